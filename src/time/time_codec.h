/*
 * time_codec.h - windows by time as bytes, and joined
 *
 * Saving and loading are one walk (state.h): a function of the tape both
 * writes and reads.
 */
#ifndef LEAT_TIME_CODEC_H
#define LEAT_TIME_CODEC_H

#include "../state/state.h"
#include "time_engine.h"

/* Options of a stream; clock and counts; and a state. */
void leat_tape_stream_options(struct leat_tape *t,
    const struct leat_stream *st);
void leat_tape_stream(struct leat_tape *t, struct leat_stream *st);
void leat_tape_state(struct leat_tape *t, struct leat_stream *st,
    struct leat_state *s);
/* Saves or loads what stands for samples between two times, both included. */
void leat_tape_accs(struct leat_tape *t, const struct leat_stream *st,
    struct leat_accs *a, int64_t from, int64_t to);
/* What was read stands for values of its own, which have been counted. */
void leat_tape_holds(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_accs *a);
/* few_save.c: saves a tree without nodes as one with nodes. */
void leat_few_save(struct leat_tape *t, struct leat_stream *st,
    struct leat_few *few);
void leat_tape_tree(struct leat_tape *tape, struct leat_stream *st,
    struct leat_tree *t);

#endif
