/*
 * The parts of rows share this: rows_plan.c decides, rows go through rows.c,
 * and rows_end.c ends them.
 */
#ifndef REPLAY_ROWS_INSIDE_H
#define REPLAY_ROWS_INSIDE_H

#include "rows.h"

/* Steps of a row of a group, of which rows_plan.c chooses. */
rows_step rows_emit_state, rows_emit_closed;
rows_step rows_print_nothing, rows_print_state, rows_print_every,
    rows_print_closed, rows_keep_shown;

/* A timed_windows_fn: watches and prints a result of windows by time. */
int rows_put_timed(void *rows, const leat_result *result);

/* Prints a row with the texts in rows->texts. */
int rows_put(struct rows *rows, uint64_t row, const double *results);

/* Sets the text of the key, of a group, in rows->texts. */
void rows_take_key(struct rows *rows, size_t group);

#endif
