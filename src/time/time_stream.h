/*
 * time_stream.h - what all windows of one object share
 *
 * A stream is the plan of the windows, the clock, the forest in which values
 * are kept, the emitter by which results leave, and pools of memory. What a
 * window of one key holds is its state (time_plan.h). A window by time is a
 * stream with one state; keyed windows are a stream with a state for each key.
 */
#ifndef LEAT_TIME_STREAM_H
#define LEAT_TIME_STREAM_H

#include "../core/calls.h"
#include "../core/memory.h"
#include "../core/wide.h"
#include "time_plan.h"
#include "tree.h"

/* The way by which results leave, and the memory that they are made in. */
struct leat_emitter {
	leat_sink sink;
	leat_late_sink late;
	const leat_sink *to; /* the sink that is emitted to now */
	struct leat_calls calls;
	const void *key; /* the key whose result is emitted */
	size_t key_len;
	double *results;
	const void **partials;   /* partials of users' classes; NULL: none */
	struct leat_accs *whole; /* the block of the emitted window */
};

enum { LEAT_FADED = 16 };

/* A factor by which weights that decay have fallen in so much time. */
struct leat_faded {
	uint64_t ticks; /* 0: no factor is known */
	struct leat_wide keep;
};

struct leat_stream {
	struct leat_memory memory;
	struct leat_clock clock;
	struct leat_time_plan plan;
	struct leat_forest forest;
	struct leat_emitter emitter;
	struct leat_pool cells, contents;
	struct leat_pool nodes; /* nodes of indices */
	leat_counts counts;
	int64_t next_due; /* push() of engines lowers it */
	/* Cells on the grid: where the one lies that was last looked for. */
	int64_t recent_start, recent_end;
	/*
	 * Keeps the intervals that the calendar was asked for while a push or
	 * advance was prepared, until that is over.
	 */
	struct leat_index asked;
	struct leat_faded
	    *faded; /* by ticks, modulo LEAT_FADED; NULL: no decay */
};

/*
 * Counts what is to be taken from pools, so that it is reserved before anything
 * changes; see time_join.c.
 */
struct leat_need {
	size_t cells, contents, nodes;
	size_t leaves, inners, trees;
	size_t few; /* trees without nodes */
};

/*
 * Checks the options and fills *st but for its pointers; roomy: there is one
 * key alone, so if there is also one window alone it need not be small.
 * leat_stream_cut() then cuts what the stream points to from the object's
 * block, leat_stream_start() makes it ready, and leat_stream_end() gives back
 * all but the block. LEAT_EINVAL, LEAT_ESTAT and others, and *why_out says why.
 */
int leat_stream_plan(struct leat_stream *st, const leat_time_window_options *o,
    int roomy, const char **why_out);
void leat_stream_cut(struct leat_stream *st, struct leat_cutter *c);
void leat_stream_start(struct leat_stream *st,
    const leat_time_window_options *o);
void leat_stream_end(struct leat_stream *st);
/* Forgets what the pools hold without giving it back. */
void leat_stream_blank(struct leat_stream *st);
/*
 * Sets the pointers of st, which lies in the block `to`, a copy of the bytes of
 * `from`, and empties its pools. allocator NULL keeps the one of `from`.
 */
void leat_stream_moved(const void *from, void *to, struct leat_stream *st,
    const leat_allocator *allocator);

/*
 * Puts one value into one state, counts it, and emits `late` and the results of
 * early_count. The clock has seen the value, all that was due has been closed,
 * and reserve() of the engine has succeeded. Returns LEAT_OK or a refusal.
 */
int leat_stream_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e);
/* Counts a value that is refused before leat_stream_push(); returns err. */
int leat_stream_refuse(struct leat_stream *st, int err);
/* Returns LEAT_TOO_FAR if the empty windows between are too many for a call. */
int leat_stream_row(const struct leat_stream *st, int64_t from, int64_t until);
/* Returns whether now has passed a multiple of early_span since `was`. */
int leat_stream_early(const struct leat_stream *st, int64_t was, int64_t now);
/* Returns a result of st->emitter.whole, without its values. */
leat_result leat_stream_result(const struct leat_stream *st, int64_t start,
    int64_t end);
/* Returns the watermark, or while a result is emitted the one in that. */
int64_t leat_stream_watermark(const struct leat_stream *st);
/*
 * Returns whether statistics are NAN: a block has fewer values than min_count,
 * or one is missing and on_missing propagates it.
 */
int leat_stream_is_silent(const struct leat_stream *st,
    const struct leat_accs *whole);
/* Turns the block that look() of the engine filled into statistics. */
void leat_stream_lower(const struct leat_stream *st,
    const struct leat_accs *whole, int64_t start, int64_t end, double *out);
/*
 * Makes the statistics of the window that holds now, or copies the partial of
 * one class (LEAT_ESTAT: there is none). Writes into nothing but what is given,
 * so that several threads may ask; see time_query.c.
 */
void leat_stream_query(const struct leat_stream *st, const struct leat_state *s,
    double *out);
int leat_stream_partial(const struct leat_stream *st,
    const struct leat_state *s, const leat_agg *agg, void *partial_out);
/* Says which of the stored values are read, and to where; NULL is skipped. */
struct leat_reading {
	uint64_t skip; /* older values that are left out */
	size_t n;
	int64_t *t;
	double *x, *y;
};
/* Copies values, the oldest first. LEAT_ENOTSUP, LEAT_ERANGE, LEAT_EPAIRS. */
int leat_stream_read(const struct leat_stream *st, const struct leat_state *s,
    struct leat_reading to);
/* Emits st->emitter.whole as the result of a window, if there is a sink. */
void leat_stream_emit(struct leat_stream *st, int64_t start, int64_t end,
    uint64_t revision, int flags);
/* Returns whether max_values are stored. */
int leat_stream_is_full(const struct leat_stream *st,
    const struct leat_state *s);
/* Returns whether max_windows are held, so that one more is refused. */
int leat_stream_has_all(const struct leat_stream *st,
    const struct leat_state *s);

/* Counts a value that went into a window. */
LEAT_INLINE void leat_stream_count(struct leat_stream *st, const leat_sample *v)
{
	st->counts.pushed++;
	if (LEAT_LIKELY(!leat_is_missing(v)))
		st->counts.taken++;
	else
		st->counts.missing++;
}

/* Ends a push or advance: the calendar's answers are forgotten. */
LEAT_INLINE void leat_stream_done(struct leat_stream *st)
{
	if (LEAT_UNLIKELY(st->asked.root != NULL))
		leat_index_clear(&st->asked, &st->nodes);
}

/* Returns LEAT_EOPTIONS unless two streams have the same plan. */
int leat_stream_same(const struct leat_stream *st,
    const struct leat_stream *from);
/* Reserves in the pools all that is counted. LEAT_ENOMEM. */
int leat_need_reserve(struct leat_stream *st, const struct leat_need *need);
/* Adds the memory that `more` panes need. */
void leat_need_panes(struct leat_need *need, size_t more);
/* Returns whether max_values is less than what two states store. */
int leat_stream_joins_too_much(const struct leat_stream *st,
    const struct leat_state *s, const struct leat_stream *from,
    const struct leat_state *other);
/* Returns whether s with `more` windows added would exceed max_windows. */
int leat_stream_joins_too_many(const struct leat_stream *st,
    const struct leat_state *s, uint64_t more);
void leat_need_values(const struct leat_stream *st, struct leat_need *need,
    const struct leat_tree *t, uint64_t more);
void leat_state_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other);
void leat_stream_join_counts(struct leat_stream *st,
    const struct leat_stream *from);

#endif
