/*
 * time_stream.h - what all windows of one object share
 *
 * A stream is the plan of the windows, the clock, the forest in which values
 * are kept, the emitter by which results leave, and pools of memory. What a
 * window of one key holds is its state (time_plan.h). A window by time is a stream
 * with one state; keyed windows are a stream with a state for each key.
 */
#ifndef LEAT_TIME_STREAM_H
#define LEAT_TIME_STREAM_H

#include "../core/calls.h"
#include "../core/memory.h"
#include "time_plan.h"
#include "tree.h"

/* The results that leave, and what they are made in. */
struct leat_emitter {
	leat_sink sink;
	leat_late_sink late;
	const leat_sink *to; /* who is emitted to now */
	struct leat_calls calls;
	const void *key; /* whose result it is */
	size_t key_len;
	double *results;
	const void **partials;   /* of classes; NULL: there is none */
	struct leat_accs *whole; /* what stands for the window's values */
};

struct leat_stream {
	struct leat_memory memory;
	struct leat_clock clock;
	struct leat_time_plan plan;
	struct leat_forest forest;
	struct leat_emitter emitter;
	struct leat_pool cells, contents;
	struct leat_pool nodes; /* of indices */
	leat_counts counts;
	int64_t next_due; /* see push() of engines */
	/*
	 * Start and end of the intervals that the calendar was asked for while
	 * a push was prepared, until that push is over.
	 */
	struct leat_index asked;
};

/* Memory that something may take from pools; see join.c. */
struct leat_need {
	size_t cells, contents, nodes;
	size_t leaves, inners, trees;
	size_t few; /* trees that have none */
};

/*
 * The options as a stream has them: *st is filled but for pointers. Then how
 * the stream and what it points to is cut from a block: with base, its places
 * are set and it is ready. leat_stream_end() gives back all but the block.
 */
int leat_stream_plan(struct leat_stream *st, const leat_time_window_options *o,
    const char **why_out);
void leat_stream_cut(struct leat_stream *st, struct leat_cutter *c);
void leat_stream_start(struct leat_stream *st,
    const leat_time_window_options *o);
void leat_stream_end(struct leat_stream *st);
/* Forgets what its pools hold, which stays where it is. */
void leat_stream_blank(struct leat_stream *st);
/*
 * st lies in the block `to`, a copy of the bytes of `from`: its pointers are
 * set, and its pools are empty. allocator NULL: the same.
 */
void leat_stream_moved(const void *from, void *to, struct leat_stream *st,
    const leat_allocator *allocator);

/*
 * One value into one state. The clock has seen it, and all that was due has
 * been closed. Counts it, tells `late` and early_count's results.
 */
int leat_stream_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e);
/* Counts a value that is refused before it comes to that; returns err. */
int leat_stream_refuse(struct leat_stream *st, int err);
/*
 * Whether windows without data between two times are few enough to be told in
 * one call. LEAT_TOO_FAR.
 */
int leat_stream_row(const struct leat_stream *st, int64_t from, int64_t until);
/* Whether now has passed a multiple of early_span. */
int leat_stream_early(const struct leat_stream *st, int64_t was, int64_t now);
/* A result of st->emitter.whole, but for its values. */
leat_result leat_stream_result(const struct leat_stream *st, int64_t start,
    int64_t end);
/* Where the watermark is, or goes with what is being told. */
int64_t leat_stream_watermark(const struct leat_stream *st);
/* Whether that has too few values, or a missing one too many. */
int leat_stream_is_silent(const struct leat_stream *st,
    const struct leat_accs *whole);
/* Lowers what look() found. */
void leat_stream_lower(const struct leat_stream *st,
    const struct leat_accs *whole, int64_t start, int64_t end, double *out);
/*
 * time_query.c: looks and lowers, or copies the partial of a class, for one of
 * several threads: writes into nothing but what is given. LEAT_ESTAT.
 */
void leat_stream_query(const struct leat_stream *st, const struct leat_state *s,
    double *out);
int leat_stream_partial(const struct leat_stream *st,
    const struct leat_state *s, const leat_agg *agg, void *partial_out);
/* Which values are read, and where they go, unless it is NULL. */
struct leat_reading {
	uint64_t skip; /* so many are left out before */
	size_t n;
	int64_t *t;
	double *x, *y;
};
/* LEAT_ENOTSUP, LEAT_ERANGE, LEAT_EPAIRS. */
int leat_stream_read(const struct leat_stream *st, const struct leat_state *s,
    struct leat_reading to);
/* Tells st->emitter.whole as the result of a window. */
void leat_stream_emit(struct leat_stream *st, int64_t start, int64_t end,
    uint64_t revision, int flags);
/* At max_values. */
int leat_stream_is_full(const struct leat_stream *st,
    const struct leat_state *s);
/* At max_windows, so that a value that needs one more is refused. */
int leat_stream_has_all(const struct leat_stream *st,
    const struct leat_state *s);

/* A push is over: what was asked for it is forgotten. */
LEAT_INLINE void leat_stream_done(struct leat_stream *st)
{
	if (LEAT_UNLIKELY(st->asked.root != NULL))
		leat_index_clear(&st->asked, &st->nodes);
}

/* Whether two flows have the same plan. LEAT_EOPTIONS. */
int leat_stream_same(const struct leat_stream *st,
    const struct leat_stream *from);
/* Has the pools hold all of it. LEAT_ENOMEM. */
int leat_need_reserve(struct leat_stream *st, const struct leat_need *need);
/* So many values more are to go into a tree; NULL: an empty one. */
void leat_need_panes(struct leat_need *need, size_t more);
/* Whether max_values is less than what two states store. */
int leat_stream_joins_too_much(const struct leat_stream *st,
    const struct leat_state *s, const struct leat_stream *from,
    const struct leat_state *other);
/* Whether max_windows is less than what is held and so many more. */
int leat_stream_joins_too_many(const struct leat_stream *st,
    const struct leat_state *s, uint64_t more);
void leat_need_values(const struct leat_stream *st, struct leat_need *need,
    const struct leat_tree *t, uint64_t more);
void leat_state_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other);
void leat_stream_join_counts(struct leat_stream *st,
    const struct leat_stream *from);

#endif
