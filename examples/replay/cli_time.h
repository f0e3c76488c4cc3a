/*
 * What a program is told about times on its command line: where they
 * stand, and how windows by time treat them.
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
	const char *column; /* that has the times; NULL: none */
	int unit;
	int has_unit;
	const char *other; /* an option for windows by time alone, or NULL */
	int64_t offset, delay, lateness;
	int64_t max_skew;     /* live: ahead of the arrival; 0: any */
	uint64_t max_values;  /* of a key, kept in windows that are revised; */
	int has_max_values;   /* 0: any */
	uint64_t max_windows; /* of a key, open or revised; 0: any */
	int has_max_windows;
	uint64_t early_count;
	int64_t early_span;
	int emit_empty;
	uint64_t max_keys; /* 0: any, or so many: */
	uint64_t default_keys;
	uint64_t room_keys; /* there is memory for no more; 0: for any */
	uint64_t max_bytes; /* of windows by time; 0: any */
	int64_t ttl;        /* 0: for ever */
	const char *late;   /* file for late records, or NULL */
	int paced;          /* times are for more than windows by time */
	int live;           /* what has no time of its own has that of its
	                   arrival; and keys are limited, and forgotten, by
	                   count too */
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

/* The same where there are no windows but a model. */
int cli_time_check_model(const struct cli_time *timing,
    const struct cli_window *window, char *why, size_t why_size);

/*
 * Whether a window by time is told after each row of its own, not when it
 * closes: one that ends with its newest value, unless an option asks for
 * something else.
 */
int cli_time_each_row(const struct cli_time *timing,
    const struct cli_window *window);

/* The limit of keys; 0: none. */
uint64_t cli_time_max_keys(const struct cli_time *timing);

/* Results that are told again, and results that are not just a close. */
int cli_time_revises(const struct cli_time *timing);
int cli_time_flags(const struct cli_time *timing);

/* Are they those of a saved state? A limit on keys may be another one. */
void cli_time_tape(const struct cli_time *timing, struct tape *tape);

#endif
