/*
 * Windows by time of all keys: one for each value column, and one for the
 * pair if statistics of pairs are wanted. All of them are given the same
 * times and keys, so they have one clock and close together, and their
 * results make one row: the statistics of the first column, of the second,
 * ..., then those of the pair.
 */
#ifndef REPLAY_TIMED_WINDOWS_H
#define REPLAY_TIMED_WINDOWS_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "row_slots.h"
#include "state_tape.h"

struct timed_windows_plan {
	leat_time_window_options window; /* without statistics and sink */
	uint64_t max_keys;
	uint64_t max_bytes; /* memory of all columns; 0: any */
	uint64_t seed[2];
	int64_t ttl;
	int each_row; /* a result after each row, and no others */
	int silent;   /* none but those of timed_windows_each() */
	struct row_slots slots;
};

/*
 * Told of each result; values are the whole row. Returns 0, or a code of
 * the library, which the function that is running then returns.
 */
typedef int timed_windows_fn(void *ctx, const leat_result *result);

struct timed_windows;

/* The plan's statistics must stay. Returns 0 or a code of the library. */
int timed_windows_new(struct timed_windows **timed_out,
    const struct timed_windows_plan *plan, timed_windows_fn *fn, void *ctx);
void timed_windows_free(struct timed_windows *timed);

/* Returns whether a code means that a row was not taken, and nothing worse. */
int timed_windows_is_refusal(int error);

/*
 * Pushes one value into each column. Returns 0 or a code of the library;
 * one for which timed_windows_is_refusal() holds has no other effect than that
 * of its time on the clock.
 */
int timed_windows_push(struct timed_windows *timed, const leat_csv_field *key,
    int64_t t, const double *x);

/* Closes windows that are due without a row. */
int timed_windows_advance(struct timed_windows *timed, int64_t t);

/* Returns whether a row has set the time; and undoes that, with all keys. */
int timed_windows_has_begun(const struct timed_windows *timed);
void timed_windows_reset(struct timed_windows *timed);

/* Returns whether a key is known, and how many are. */
int timed_windows_has(const struct timed_windows *timed, const char *key,
    size_t len);
size_t timed_windows_n_keys(const struct timed_windows *timed);

/* Allocated for windows. */
uint64_t timed_windows_bytes(const struct timed_windows *timed);

/* No more rows: closes all windows. */
int timed_windows_end(struct timed_windows *timed);

/* Tells of each key's window as it is now, in the order of first seen. */
int timed_windows_each(struct timed_windows *timed);

/* Saves all state, between pushes, or loads it into one with the same plan. */
void timed_windows_tape(struct timed_windows *timed, struct tape *tape);

#endif
