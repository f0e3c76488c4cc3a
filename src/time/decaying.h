/*
 * decaying.h - windows whose values lose weight; see fade.c
 */
#ifndef LEAT_DECAYING_H
#define LEAT_DECAYING_H

#include "../agg/decay.h"
#include "engine.h"

/* Bytes of what a state points to. */
size_t leat_decaying_size(const struct leat_time_plan *p);
/* A result of st->emitter.whole, or of another place of that size. */
void leat_decaying_lower(const struct leat_stream *st,
    const struct leat_accs *whole, double *out);
struct leat_tally leat_decaying_tally(const struct leat_stream *st);

#endif
