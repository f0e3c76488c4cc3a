/*
 * ranges.h - windows that overlap
 *
 * Windows that overlap are not stored. Each is a range of a tree of values, and
 * is known by its two ends, which lie on a grid. Only windows that have been
 * emitted and may be again, or that have changed, are noted in lists. This
 * header is for the ranges_*.c that close, save and join; see ranges.c.
 */
#ifndef LEAT_RANGES_H
#define LEAT_RANGES_H

#include "time_engine.h"

/* A window on the grid; ordered by end and then by start, so it is a key. */
struct leat_grid_window {
	int64_t end, start;
};

/* An item of the emitted list: a window that was emitted and may be again. */
struct leat_emitted {
	struct leat_grid_window w;
	uint64_t times; /* results so far */
	int late; /* emitted before it would have closed; 2: to be emitted */
};

/* A range of windows that have changed: all that end from..to. */
struct leat_changed {
	struct leat_grid_window from, to;
};

/* Describes the items of both lists, which begin with a window. */
extern const struct leat_index_kind leat_windows_kind;

struct leat_ranges {
	struct leat_tree tree;
	int64_t closed; /* windows that end by this were emitted */
	struct leat_grid_window
	    empty;   /* emit_empty: the next window in the row */
	int begun;   /* `empty` is set */
	int touched; /* sliding: changed since emitted early */
	struct leat_index emitted, changed;
};

LEAT_INLINE struct leat_emitted *leat_emitted_first(const struct leat_ranges *r)
{
	return leat_index_first(&leat_windows_kind, &r->emitted);
}

/* Returns the next of the emitted list; NULL: there is none. */
LEAT_INLINE struct leat_emitted *leat_emitted_after(const struct leat_ranges *r,
    struct leat_grid_window w)
{
	return leat_index_after(&leat_windows_kind, &r->emitted, &w.end);
}

LEAT_INLINE struct leat_changed *leat_changed_first(const struct leat_ranges *r)
{
	return leat_index_first(&leat_windows_kind, &r->changed);
}

LEAT_INLINE struct leat_changed *leat_changed_after(const struct leat_ranges *r,
    struct leat_grid_window from)
{
	return leat_index_after(&leat_windows_kind, &r->changed, &from.end);
}

LEAT_INLINE struct leat_ranges *leat_ranges_of(const struct leat_state *s)
{
	return s->content;
}

LEAT_INLINE int leat_is_before(struct leat_grid_window a,
    struct leat_grid_window b)
{
	return a.end != b.end ? a.end < b.end : a.start < b.start;
}

LEAT_INLINE struct leat_grid_window
leat_sliding_window(const struct leat_time_plan *p, int64_t t)
{
	struct leat_grid_window w = { leat_later(t, 1),
		leat_earlier(t, p->span - 1) };

	return w;
}

/* Tells whether windows are closed one by one, to emit or count them. */
LEAT_INLINE int leat_ranges_emits(const struct leat_stream *st)
{
	return st->emitter.sink.emit || st->plan.emit_empty;
}

/* Returns the last window on the grid that holds t. */
LEAT_INLINE struct leat_grid_window leat_last_window(const struct leat_time_plan
							 *p,
    int64_t t)
{
	int64_t since = leat_since(t, p->offset, p->advance);
	struct leat_grid_window w = { leat_later(t, p->span - since),
		leat_earlier(t, since) };

	return w;
}

/* Returns the end of the window that starts last of those that hold t. */
LEAT_INLINE int64_t leat_last_end(const struct leat_time_plan *p, int64_t t)
{
	return p->traits.slides ? leat_later(t, p->span)
				: leat_last_window(p, t).end;
}

struct leat_grid_window leat_first_after(const struct leat_time_plan *p,
    int64_t t);
int leat_next_window(const struct leat_time_plan *p,
    struct leat_grid_window *w);
/* Moves *w on to the first window with data; 0: there is none. */
int leat_next_with_data(const struct leat_time_plan *p,
    const struct leat_tree *t, struct leat_grid_window *w);
/* Stands for a state that has had no value. */
extern const struct leat_ranges leat_no_ranges;
/* Returns at least how many windows of a range are open. */
size_t leat_ranges_open(const struct leat_stream *st, struct leat_changed c);
void leat_ranges_start(struct leat_stream *st, struct leat_state *s);
/* Returns a window's item of the emitted list; a new one's nodes are there. */
struct leat_emitted *leat_ranges_note(struct leat_stream *st,
    struct leat_ranges *r, struct leat_grid_window w);
/* Emits the windows that are to be emitted late; all are in the list. */
void leat_ranges_emit_again(struct leat_stream *st, struct leat_ranges *r);
/* Notes windows as changed; the nodes for it are reserved. */
void leat_ranges_changed(struct leat_stream *st, struct leat_ranges *r,
    struct leat_changed c);
void leat_ranges_tape(struct leat_stream *st, struct leat_state *s,
    struct leat_tape *t);
int leat_ranges_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need);
void leat_ranges_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other);

/* Returns the start of the slice of gcd(span, advance) ticks that holds t. */
int64_t leat_slice_start(const struct leat_time_plan *p, int64_t t);
/* Returns whether t lies in a slice that has no data in the tree. */
int leat_slice_is_new(const struct leat_time_plan *p, const struct leat_tree *t,
    int64_t at);
/* Returns how many slices have data before a time. */
uint64_t leat_slices_before(const struct leat_time_plan *p,
    const struct leat_tree *t, int64_t before);
/* Returns how many slices of the other tree have no data in t. */
uint64_t leat_slices_more(const struct leat_time_plan *p,
    const struct leat_tree *t, const struct leat_tree *other);

/* ranges_grid.c */
/* Returns the first window that holds t and is open. */
struct leat_grid_window leat_first_open_window(const struct leat_stream *st,
    int64_t t);

/* ranges_close.c */
/* Returns a window's item in the emitted list; NULL: not emitted. */
struct leat_emitted *leat_ranges_emitted(const struct leat_ranges *r,
    struct leat_grid_window w);
void leat_ranges_emit(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window w, int flags);
/* Finds the next window with data after those that end by `closed`; 0: none. */
int leat_ranges_next(const struct leat_stream *st, const struct leat_ranges *r,
    int64_t closed, struct leat_grid_window *w);
uint64_t leat_ranges_stored(const struct leat_stream *st,
    const struct leat_state *s);
void leat_ranges_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark);
int leat_ranges_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t target, int64_t lateness, int64_t *due_out);

/* ranges_early.c */
void leat_ranges_emit_open(struct leat_stream *st, struct leat_state *s,
    int flag);

/* ranges_prepare.c */
int leat_ranges_prepare(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e, struct leat_need *need);

/*
 * Moves the clock for a value, and evicts what no window needs any more, if
 * that leaves a value in the first leaf. Returns 0 and has changed nothing if
 * there is more to it, or the value is late.
 */
LEAT_INLINE int leat_ranges_pass(struct leat_stream *st, struct leat_ranges *r,
    int64_t t, int64_t *due)
{
	struct leat_clock *c = &st->clock;
	const struct leat_node *first = r->tree.first;
	int64_t target = leat_earlier(t, c->delay), before;

	if (LEAT_UNLIKELY(c->target != c->watermark) || t < c->now)
		return 0;
	if (target < c->watermark)
		target = c->watermark;
	before = leat_earlier(target, st->plan.span - 1);
	if (LEAT_UNLIKELY(first->t[first->n - 1] < before) ||
	    LEAT_UNLIKELY(leat_later(t, st->plan.span) <= target))
		return 0;
	c->now = c->slowest = t;
	c->target = c->watermark = r->closed = target;
	while (first->t[r->tree.gone] < before)
		r->tree.gone++;
	*due = leat_later(first->t[r->tree.gone], st->plan.span);
	return 1;
}

/*
 * Does all of a push of a value that is older than others, and so moves no
 * clock, if there is memory for it. The window of the oldest value holds it.
 */
LEAT_INLINE int leat_ranges_take_late(struct leat_stream *st,
    struct leat_ranges *r, const leat_event *e)
{
	leat_sample v = { e->t, e->x, e->y };

	if (st->forest.stocked <= r->tree.height ||
	    e->t < r->tree.first->t[r->tree.gone] ||
	    LEAT_UNLIKELY(st->clock.target != st->clock.watermark))
		return 0;
	if (st->clock.watermark > r->closed)
		r->closed = st->clock.watermark;
	leat_tree_insert_late(&st->forest, &r->tree, &v);
	leat_stream_count(st, &v);
	return 1;
}

/*
 * Does all of a push, where plan.quiet, if the value goes behind all others
 * into the last leaf, and values leave the first leaf alone. *due becomes when
 * the oldest value leaves. Returns 0 and has changed nothing if there is more
 * to it.
 */
LEAT_INLINE int leat_ranges_take(struct leat_stream *st, struct leat_state *s,
    const leat_event *e, int64_t *due)
{
	struct leat_ranges *r = leat_ranges_of(s);
	leat_sample v = { e->t, e->x, e->y };
	struct leat_node *last;

	if (LEAT_UNLIKELY(!r) || LEAT_UNLIKELY(r->tree.height == 0))
		return 0;
	last = r->tree.last;
	if (e->t < last->t[last->n - 1])
		return leat_ranges_take_late(st, r, e);
	if (last->n == LEAT_LEAF || !leat_ranges_pass(st, r, e->t, due))
		return 0;
	leat_leaf_put(&st->forest, last, last->n++, &v);
	leat_accs_add(&st->forest.layout, leat_node_accs(&st->forest, last), &v,
	    0);
	leat_stream_count(st, &v);
	return 1;
}

#endif
