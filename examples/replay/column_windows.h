/*
 * The windows of one key: one for each value column, and one for the pair
 * if statistics of pairs are wanted. They are pushed together, so they
 * close together, and their results make one row: the statistics of the
 * first column, of the second, ..., then those of the pair.
 */
#ifndef REPLAY_COLUMN_WINDOWS_H
#define REPLAY_COLUMN_WINDOWS_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "row_slots.h"
#include "state_tape.h"

/* The plan is common to all keys, and must stay as long as any of them. */
struct column_windows_plan {
	leat_window_options window; /* without statistics and sink */
	struct row_slots slots;
};

/* Returns about how many bytes the windows of a key take. */
size_t column_windows_bytes(const struct column_windows_plan *plan);

/* Returns whether windows of this kind close, so that a push may return 1. */
int column_windows_closes(const struct column_windows_plan *plan);

struct column_windows;

/* Returns 0 or a code of the library. */
int column_windows_new(struct column_windows **windows_out,
    const struct column_windows_plan *plan);
void column_windows_free(struct column_windows *windows);

/*
 * Returns how many windows a key has into which the values of a row may be
 * pushed straight, one into each: all, or none if windows close or there are
 * statistics of pairs. column_windows_list() writes them, in the order of the
 * row's results.
 */
size_t column_windows_open(const struct column_windows_plan *plan);
void column_windows_list(const struct column_windows *windows,
    leat_window **windows_out);

/*
 * Pushes one value into each column. Returns 1 if windows have closed, 0, or a
 * code of the library.
 */
int column_windows_push(struct column_windows *windows, const double *x);

/* The row of the windows that have closed last, and where they lay. */
const double *column_windows_closed(const struct column_windows *windows,
    int64_t *start_out, int64_t *end_out);

/* The row of the values that are in the windows now. */
void column_windows_query(const struct column_windows *windows,
    double *row_out);

/* The state of the windows, loaded into those of the same plan. */
void column_windows_tape(struct column_windows *windows, struct tape *tape);

#endif
