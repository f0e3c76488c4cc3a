/*
 * counted.h - windows by count, as states of keys; see counted.c
 */
#ifndef LEAT_COUNTED_H
#define LEAT_COUNTED_H

#include "../window/window.h"
#include "keyed.h"

extern const struct leat_time_engine leat_counted_engine;
/* Sets the stream up for windows by count; its memory must be known. */
void leat_counted_start(leat_keyed *k);
/* Writes the results of the window that a query sees. */
void leat_counted_query(const struct leat_state *s, double *out);
int leat_counted_partial(const struct leat_state *s, const leat_agg *agg,
    void *partial_out);
/* Returns what a query answers, as a result of the current key. */
leat_result leat_counted_result(const leat_keyed *k,
    const struct leat_state *s);

#endif
