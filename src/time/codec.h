/*
 * codec.h - windows by time as bytes, and joined
 *
 * Saving and loading are one walk (state.h): a function of the tape both
 * writes and reads.
 */
#ifndef LEAT_CODEC_H
#define LEAT_CODEC_H

#include "../state/state.h"
#include "engine.h"

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
/* save_few.c: saves a tree without nodes as one with nodes. */
void leat_few_save(struct leat_tape *t, struct leat_stream *st,
    struct leat_few *few);
void leat_tape_tree(struct leat_tape *tape, struct leat_stream *st,
    struct leat_tree *t);

/* Whether two flows have the same plan. LEAT_EOPTIONS. */
int leat_stream_same(const struct leat_stream *st,
    const struct leat_stream *from);
/* Has the pools hold all of it. LEAT_ENOMEM. */
int leat_need_reserve(struct leat_stream *st, const struct leat_need *need);
/* So many values more are to go into a tree; NULL: an empty one. */
void leat_need_values(const struct leat_stream *st, struct leat_need *need,
    const struct leat_tree *t, uint64_t more);
void leat_state_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other);
void leat_stream_join_counts(struct leat_stream *st,
    const struct leat_stream *from);

#endif
