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

/* Saves or loads the options, the clock and counts, and one state. */
void leat_tape_stream_options(struct leat_tape *t,
    const struct leat_stream *st);
void leat_tape_stream(struct leat_tape *t, struct leat_stream *st);
void leat_tape_state(struct leat_tape *t, struct leat_stream *st,
    struct leat_state *s);
/* Saves or loads accumulators of samples between two times, both included. */
void leat_tape_accs(struct leat_tape *t, const struct leat_stream *st,
    struct leat_accs *a, int64_t from, int64_t to);
/* Counts what was read as values: all together no more than were taken. */
void leat_tape_holds(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_accs *a);
/* Saves a tree without nodes as one with nodes; see few_save.c. */
void leat_few_save(struct leat_tape *t, struct leat_stream *st,
    struct leat_few *few);
void leat_tape_tree(struct leat_tape *tape, struct leat_stream *st,
    struct leat_tree *t);

#endif
