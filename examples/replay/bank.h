/*
 * The windows of one key: one for each value column, and one for the pair
 * if statistics of pairs are wanted. They are pushed together, so they
 * close together, and their results make one row: the statistics of the
 * first column, of the second, ..., then those of the pair.
 */
#ifndef REPLAY_BANK_H
#define REPLAY_BANK_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "spec.h"
#include "tape.h"

/* What all keys have in common. Must stay as long as the banks. */
struct bank_plan {
	leat_window_options window; /* without statistics and sink */
	const struct spec_stats *stats;
	size_t n_columns; /* 2 if there are statistics of pairs */
};

/* Results in a row. */
size_t bank_width(const struct bank_plan *plan);

/* Returns about how many bytes a bank takes. */
size_t bank_bytes(const struct bank_plan *plan);

/* Whether windows of this kind close, so that bank_push() returns 1. */
int bank_closes(const struct bank_plan *plan);

struct bank;

/* Returns 0 or a code of the library. */
int bank_new(struct bank **bank_out, const struct bank_plan *plan);
void bank_free(struct bank *bank);

/*
 * The window, if it is the only one and has nothing to tell, so that values
 * may be pushed straight into it; else NULL.
 */
leat_window *bank_only(const struct bank *bank);

/*
 * Pushes one value into each column. Returns 1 if windows have closed, 0, or a
 * code of the library.
 */
int bank_push(struct bank *bank, const double *x);

/* The row of the windows that have closed last, and where they lay. */
const double *bank_closed(const struct bank *bank, int64_t *start_out,
    int64_t *end_out);

/* The row of the values that are in the windows now. */
void bank_query(const struct bank *bank, double *row_out);

/* The state of the windows, of a bank with the same plan. */
void bank_tape(struct bank *bank, struct tape *tape);

#endif
