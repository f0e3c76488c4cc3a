/*
 * Options of saved state on the command line, and when to save by them.
 */
#ifndef REPLAY_CLI_SAVE_H
#define REPLAY_CLI_SAVE_H

#include <stddef.h>
#include <stdint.h>

#include "cli_scan.h"

/* Ids of the options here are from the first one on, below the last. */
enum {
	CLI_SAVE_FIRST_ID = 100,
	CLI_SAVE_LAST_ID = 110,
	CLI_SAVE_N_OPTIONS = 4
};

struct cli_save {
	const char *path;   /* NULL: it is not saved */
	const char *resume; /* NULL: a new start */
	int cut; /* on resuming, output written after the save is cut off */
	uint64_t every_rows; /* 0: not by rows */
	int64_t every_time;  /* nanoseconds; 0: not by time */
	double next;         /* the moment of the next save by time */
};

/* The table, for a struct cli_option_group. */
extern const struct cli_option cli_save_options[CLI_SAVE_N_OPTIONS];

/*
 * Takes one option. Returns 0, or -1 with the reason in why, which does
 * not name the option.
 */
int cli_save_take(struct cli_save *saving, int id, const char *arg, char *why,
    size_t why_size);

/*
 * When all options are taken. Returns 0, or -1 with the reason in why, which
 * names the option.
 */
int cli_save_check(const struct cli_save *saving, char *why, size_t why_size);

/* Returns whether the file to resume is also the one that is saved to. */
int cli_save_is_same(const struct cli_save *saving);

/*
 * Returns whether a save by time is due; cheap enough for each block of input.
 */
int cli_save_is_due(const struct cli_save *saving);

/*
 * Begins to wait for the next save, after one at so many rows or in place of
 * one. Returns the rows at which that is due, or UINT64_MAX if it does not
 * depend on them.
 */
uint64_t cli_save_done(struct cli_save *saving, uint64_t rows);

#endif
