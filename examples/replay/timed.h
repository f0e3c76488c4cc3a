/*
 * Windows by time of all keys: one for each value column, and one for the
 * pair if statistics of pairs are wanted. All of them are told the same
 * times and keys, so they have one clock and close together, and their
 * results make one row: the statistics of the first column, of the second,
 * ..., then those of the pair.
 */
#ifndef REPLAY_TIMED_H
#define REPLAY_TIMED_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "spec.h"
#include "tape.h"

struct timed_plan {
	leat_time_window_options window; /* without statistics and sink */
	uint64_t max_keys;
	uint64_t max_bytes; /* of all columns; 0: any */
	uint64_t seed[2];
	int64_t ttl;
	int each_row; /* a result after each row, and no others */
	int silent;   /* none but those of timed_each() */
	const struct spec_stats *stats;
	size_t n_columns; /* 2 if there are statistics of pairs */
};

/*
 * Told of each result; values are the whole row. Returns 0, or a code of
 * the library, which the function that is running then returns.
 */
typedef int timed_fn(void *ctx, const leat_result *result);

struct timed;

/* The plan's statistics must stay. Returns 0 or a code of the library. */
int timed_new(struct timed **timed_out, const struct timed_plan *plan,
    timed_fn *fn, void *ctx);
void timed_free(struct timed *timed);

/* Whether a code means that a row was not taken, and nothing worse. */
int timed_is_refusal(int error);

/*
 * Pushes one value into each column. Returns 0 or a code of the library;
 * one for which timed_is_refusal() holds has no other effect than that of
 * its time on the clock.
 */
int timed_push(struct timed *timed, const leat_csv_field *key, int64_t t,
    const double *x);

/* Without a row: closes windows that are due. */
int timed_advance(struct timed *timed, int64_t t);

/* Tells whether any row has told the time; and all is as if none had. */
int timed_has_begun(const struct timed *timed);
void timed_reset(struct timed *timed);

/* Whether a key is known, and how many are. */
int timed_has(const struct timed *timed, const char *key, size_t len);
size_t timed_n_keys(const struct timed *timed);

/* Allocated for windows. */
uint64_t timed_bytes(const struct timed *timed);

/* No more rows: closes all windows. */
int timed_end(struct timed *timed);

/* Tells of each key's window as it is now, in the order of first seen. */
int timed_each(struct timed *timed);

/* All of its state, between pushes, of one with the same plan. */
void timed_tape(struct timed *timed, struct tape *tape);

#endif
