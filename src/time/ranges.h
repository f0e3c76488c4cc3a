/*
 * ranges.h - windows that overlap
 *
 * ranges.c and those who save and join its states share what a window on the
 * grid is and what is known of them; see ranges.c and ranges_slices.c.
 */
#ifndef LEAT_RANGES_H
#define LEAT_RANGES_H

#include "time_engine.h"

/* Windows are ordered by end and then by start, so that one is a key. */
struct leat_grid_window {
	int64_t end, start;
};

/* An item of the ledger: a window that has been told and may be again. */
struct leat_emitted {
	struct leat_grid_window w;
	uint64_t times; /* results it has had */
	int late; /* before it would have been told as closed; 2: is to be */
};

/* Windows that have changed: all that end from..to. */
struct leat_changed {
	struct leat_grid_window from, to;
};

/* The kind of both, which begin with a window. */
extern const struct leat_index_kind leat_windows_kind;

struct leat_ranges {
	struct leat_tree tree;
	int64_t closed; /* the watermark up to which windows have been told */
	struct leat_grid_window empty; /* emit_empty: the next one, */
	int begun;                     /* if there was one before */
	int touched;                   /* sliding: changed since told early */
	struct leat_index emitted, changed;
};

LEAT_INLINE struct leat_emitted *leat_emitted_first(const struct leat_ranges *r)
{
	return leat_index_first(&leat_windows_kind, &r->emitted);
}

/* The next one of the ledger; NULL: there is none. */
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

/* Where the last window ends that holds t: the one that starts last. */
LEAT_INLINE int64_t leat_last_end(const struct leat_time_plan *p, int64_t t)
{
	int64_t since;

	if (leat_slides(p))
		return leat_later(t, p->span);
	since = leat_modulo(leat_modulo(t, p->advance) - p->offset, p->advance);
	return leat_later(t, p->span - since);
}

struct leat_grid_window leat_first_after(const struct leat_time_plan *p,
    int64_t t);
int leat_next_window(const struct leat_time_plan *p,
    struct leat_grid_window *w);
/* Goes to the first window with data from *w on; 0: there is none. */
int leat_next_with_data(const struct leat_time_plan *p,
    const struct leat_tree *t, struct leat_grid_window *w);
/* The state of a window that has had no value. */
extern const struct leat_ranges leat_no_ranges;
/* At least as many as there are of them that are open. */
size_t leat_ranges_open(const struct leat_stream *st, struct leat_changed c);
void leat_ranges_start(struct leat_stream *st, struct leat_state *s);
/* The item of a window in the ledger; a new one, whose nodes are reserved. */
struct leat_emitted *leat_ranges_note(struct leat_stream *st,
    struct leat_ranges *r, struct leat_grid_window w);
/* Tells those that are to be told late; the ledger has them all. */
void leat_ranges_emit_again(struct leat_stream *st, struct leat_ranges *r);
/* Notes windows as changed; the nodes that it takes are reserved. */
void leat_ranges_changed(struct leat_stream *st, struct leat_ranges *r,
    struct leat_changed c);
void leat_ranges_tape(struct leat_stream *st, struct leat_state *s,
    struct leat_tape *t);
int leat_ranges_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need);
void leat_ranges_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other);

/* The slice of gcd(span, advance) ticks that holds t. */
int64_t leat_slice_start(const struct leat_time_plan *p, int64_t t);
/* Whether t lies in a slice that has no data in the tree. */
int leat_slice_is_new(const struct leat_time_plan *p, const struct leat_tree *t,
    int64_t at);
/* Slices that have data before a time. */
uint64_t leat_slices_before(const struct leat_time_plan *p,
    const struct leat_tree *t, int64_t before);
/* Slices of the other tree that have no data in t. */
uint64_t leat_slices_more(const struct leat_time_plan *p,
    const struct leat_tree *t, const struct leat_tree *other);
/* The first value goes, and its slice with it if that was all. */
void leat_slices_evict_first(struct leat_stream *st, struct leat_state *s);

/* ranges_grid.c */
/* The last window that holds t. */
struct leat_grid_window leat_last_window(const struct leat_time_plan *p,
    int64_t t);
/* The first window that holds t and is open. */
struct leat_grid_window leat_first_open_window(const struct leat_stream *st,
    int64_t t);

/* ranges_close.c */
/* NULL: it has not been told. */
struct leat_emitted *leat_ranges_emitted(const struct leat_ranges *r,
    struct leat_grid_window w);
void leat_ranges_emit(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window w, int flags);
/*
 * The next window with data, where those have been told that end by `closed`.
 * Returns 0 if there is none.
 */
int leat_ranges_next(const struct leat_stream *st, const struct leat_ranges *r,
    int64_t closed, struct leat_grid_window *w);
uint64_t leat_ranges_stored(const struct leat_stream *st,
    const struct leat_state *s);
void leat_ranges_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark);
int leat_ranges_has_open(const struct leat_stream *st,
    const struct leat_state *s);
int leat_ranges_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t *due_out);

/* ranges_early.c */
/* Notes that the open windows that hold t have changed. */
void leat_ranges_note_changed(struct leat_stream *st, struct leat_ranges *r,
    int64_t t);
void leat_ranges_emit_open(struct leat_stream *st, struct leat_state *s,
    int flag);

/* ranges_prepare.c */
int leat_ranges_prepare(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e, struct leat_need *need);

#endif
