/*
 * Options of times on the command line: where they stand, and how windows by
 * time treat them.
 */
#ifndef REPLAY_CLI_TIME_H
#define REPLAY_CLI_TIME_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "cli_scan.h"
#include "cli_window.h"
#include "state_tape.h"

/* Ids of the options here are from the first one on, below the last. */
enum { CLI_TIME_FIRST_ID = 30, CLI_TIME_LAST_ID = 50, CLI_TIME_N_OPTIONS = 13 };

/* Durations are in nanoseconds. */
struct cli_time {
	const char *column; /* column with the times; NULL: none */
	int unit;
	int has_unit;
	const char *other; /* an option for windows by time alone, or NULL */
	int64_t offset, delay, lateness;
	int64_t max_skew;     /* live: ahead of the arrival; 0: any */
	uint64_t max_values;  /* a key keeps while windows may be revised */
	int has_max_values;   /* else a key keeps any number */
	uint64_t max_windows; /* windows of a key, open or revised; 0: any */
	int has_max_windows;
	uint64_t early_count;
	int64_t early_span;
	int emit_empty;
	uint64_t max_keys;     /* 0: default_keys */
	uint64_t default_keys; /* 0: any number */
	uint64_t room_keys;    /* keys for which there is memory; 0: any */
	uint64_t max_bytes;    /* memory of windows by time; 0: any */
	int64_t ttl;           /* 0: for ever */
	const char *late;      /* file for late records, or NULL */
	int paced;             /* times are for more than windows by time */
	/*
	 * A service is live: rows without a time have that of their arrival,
	 * and keys are limited and forgotten by count too.
	 */
	int live;
};

/* The table, for a struct cli_option_group. */
extern const struct cli_option cli_time_options[CLI_TIME_N_OPTIONS];

/*
 * Takes one option. Returns 0, or -1 with the reason in why, which does
 * not name the option.
 */
int cli_time_take(struct cli_time *timing, int id, const char *arg, char *why,
    size_t why_size);

/*
 * When all options are taken: does the window go with them? By time it
 * gets them; a landmark window is by time if there are times. Returns 0, or
 * -1 with the reason in why, which names the option.
 */
int cli_time_check(const struct cli_time *timing, struct cli_window *window,
    char *why, size_t why_size);

/* Checks the same for a model, which has no windows. */
int cli_time_check_model(const struct cli_time *timing,
    const struct cli_window *window, char *why, size_t why_size);

/*
 * Returns whether a window by time emits a result after each of its rows, not
 * when it closes: one that ends with its newest value, unless an option asks
 * for something else.
 */
int cli_time_each_row(const struct cli_time *timing,
    const struct cli_window *window);

/* The limit of keys; 0: none. */
uint64_t cli_time_max_keys(const struct cli_time *timing);

/*
 * Return whether results may be emitted again, and whether they may be
 * something else than a close.
 */
int cli_time_revises(const struct cli_time *timing);
int cli_time_flags(const struct cli_time *timing);

/* Are they those of a saved state? A limit on keys may be another one. */
void cli_time_tape(const struct cli_time *timing, struct tape *tape);

#endif
