/*
 * cells.h - windows that do not overlap
 *
 * A cell is one such window: its interval, how often it has been emitted, and
 * the accumulators or the tree of its values. This header has the layout of a
 * cell, for the cells_*.c that close, save and join them; cells.c says how the
 * cells of a key are kept.
 */
#ifndef LEAT_CELLS_H
#define LEAT_CELLS_H

#include "time_engine.h"

struct leat_cell {
	struct leat_cell *next; /* the next newer one; NULL: not in use */
	int64_t start, end;
	uint64_t marks[]; /* one, where plan.marks; see leat_cell_marks() */
	/* A block of accumulators or a tree lies behind this. */
};

/* An item of an index of cells, in the order of their starts. */
struct leat_indexed_cell {
	int64_t start;
	struct leat_cell *cell;
};

/* Describes the items of both indices of cells, and of st->asked. */
extern const struct leat_index_kind leat_cells_kind;

/* Cells up to this many are looked at one by one; more have an index. */
enum { LEAT_CELLS_FEW = 16 };

/* The marks of a cell are flags, and above them how many results it had. */
enum { LEAT_CELL_CHANGED = 1, LEAT_CELL_CLOSED = 2, LEAT_CELL_EMITTED = 4 };

/* Returns the marks of a cell, which are 0 where none can be set. */
LEAT_INLINE uint64_t leat_cell_marks(const struct leat_time_plan *p,
    const struct leat_cell *c)
{
	return p->marks ? c->marks[0] : 0;
}

LEAT_INLINE void leat_cell_set_marks(const struct leat_time_plan *p,
    struct leat_cell *c, uint64_t marks)
{
	if (p->marks)
		c->marks[0] = marks;
}

/* Sets some marks beside those that are set. */
LEAT_INLINE void leat_cell_mark(const struct leat_time_plan *p,
    struct leat_cell *c, uint64_t marks)
{
	leat_cell_set_marks(p, c, leat_cell_marks(p, c) | marks);
}

LEAT_INLINE int leat_cell_is_closed(const struct leat_time_plan *p,
    const struct leat_cell *c)
{
	return (leat_cell_marks(p, c) & LEAT_CELL_CLOSED) != 0;
}

LEAT_INLINE uint64_t leat_cell_emitted(const struct leat_time_plan *p,
    const struct leat_cell *c)
{
	return leat_cell_marks(p, c) / LEAT_CELL_EMITTED;
}

LEAT_INLINE struct leat_accs *leat_cell_accs(const struct leat_time_plan *p,
    struct leat_cell *c)
{
	return (struct leat_accs *)(void *)((unsigned char *)c + p->cell_head);
}

LEAT_INLINE struct leat_tree *leat_cell_tree(const struct leat_time_plan *p,
    struct leat_cell *c)
{
	return (struct leat_tree *)(void *)((unsigned char *)c + p->cell_head);
}

/* Returns the place of the newest cell: a state begins with it. */
LEAT_INLINE struct leat_cell *leat_cell_inline(const struct leat_state *s)
{
	return (struct leat_cell *)(void *)(uintptr_t)s;
}

/* Joins all values of a cell that has a tree. */
LEAT_INLINE void leat_cell_query(const struct leat_stream *st,
    struct leat_cell *c, struct leat_accs *out)
{
	const struct leat_tree *t = leat_cell_tree(&st->plan, c);

	leat_tree_query(&st->forest, t, out);
	leat_tree_mend(&st->forest, t, INT64_MIN, INT64_MAX, out);
}

/* Returns the newest cell; NULL: there is none. */
LEAT_INLINE struct leat_cell *leat_newest(const struct leat_state *s)
{
	struct leat_cell *c = leat_cell_inline(s);

	return c->next ? c : NULL;
}

LEAT_INLINE struct leat_cell *leat_oldest(const struct leat_state *s)
{
	return leat_cell_inline(s)->next;
}

/* Returns the cell after c; NULL: c is the newest. */
LEAT_INLINE struct leat_cell *leat_newer(const struct leat_state *s,
    const struct leat_cell *c)
{
	return c == leat_cell_inline(s) ? NULL : c->next;
}

/* Returns the bytes of a cell. */
size_t leat_cells_size(const struct leat_time_plan *p,
    const struct leat_layout *l);

/* Some of a window's values may have been evicted, or all of them. */
LEAT_INLINE int leat_cell_has_data(const struct leat_stream *st,
    struct leat_cell *c)
{
	return !st->forest.layout.ordered ||
	    !leat_tree_is_empty(leat_cell_tree(&st->plan, c));
}

/* Returns the index of the cells, which a state has if plan.index_at. */
LEAT_INLINE struct leat_index *leat_cells_index(const struct leat_stream *st,
    const struct leat_state *s)
{
	return (struct leat_index *)(void *)((unsigned char *)(uintptr_t)s +
	    st->plan.index_at);
}

/* Returns whether the cells are more than a few, and have an index. */
LEAT_INLINE int leat_cells_indexed(const struct leat_stream *st,
    const struct leat_state *s)
{
	return st->plan.index_at && leat_cells_index(st, s)->root;
}

/* Returns the oldest open cell; without lateness no closed ones are kept. */
LEAT_INLINE struct leat_cell *leat_cells_first_open(const struct leat_stream
							*st,
    const struct leat_state *s)
{
	return st->plan.lateness > 0 ? leat_more(&st->plan, s)->open
				     : leat_oldest(s);
}

LEAT_INLINE int leat_cell_holds(const struct leat_cell *c, int64_t t)
{
	return c && t >= c->start && t < c->end;
}

/* Finds the cell's interval that holds t. LEAT_OUTSIDE, LEAT_ECALENDAR. */
int leat_cells_interval(const struct leat_stream *st, int64_t t, int64_t *start,
    int64_t *end);

/*
 * Finds the interval as leat_cells_interval() does. On the grid the last one is
 * kept: the next value is likely to go there, too.
 */
LEAT_INLINE int leat_cells_locate(struct leat_stream *st, int64_t t,
    int64_t *start, int64_t *end)
{
	int err = LEAT_OK;

	if (t < st->recent_start || t >= st->recent_end) {
		err = leat_cells_interval(st, t, start, end);
		if (err || !st->plan.traits.on_grid)
			return err;
		st->recent_start = *start;
		st->recent_end = *end;
	}
	*start = st->recent_start;
	*end = st->recent_end;
	return err;
}

/* Makes a cell without values, which is not in the ring yet. */
LEAT_INLINE void leat_cell_begin(const struct leat_stream *st,
    struct leat_cell *c, int64_t start, int64_t end)
{
	c->start = start;
	c->end = end;
	leat_cell_set_marks(&st->plan, c, 0);
	if (LEAT_UNLIKELY(st->forest.layout.ordered))
		memset(leat_cell_tree(&st->plan, c), 0,
		    sizeof(struct leat_tree));
	else
		leat_accs_clear(&st->forest.layout,
		    leat_cell_accs(&st->plan, c));
}

enum leat_cells_taken {
	LEAT_CELLS_OTHER, /* not taken, and nothing has changed */
	LEAT_CELLS_TAKEN,
	LEAT_CELLS_BEGUN /* taken by a new cell, which ends at recent_end */
};

/*
 * Does all of a push, where plan.plain, if the newest cell holds the value, or
 * a first one begins where the last one began, and the watermark stays before
 * `due`.
 */
LEAT_INLINE enum leat_cells_taken leat_cells_take(struct leat_stream *st,
    struct leat_state *s, const leat_event *e, int64_t due)
{
	leat_sample v = { e->t, e->x, e->y };
	struct leat_cell *c = leat_cell_inline(s);
	int begins = !c->next;

	if (begins ? e->t < st->recent_start || e->t >= st->recent_end ||
		    st->recent_end <= st->clock.watermark
		   : !leat_cell_holds(c, e->t))
		return LEAT_CELLS_OTHER;
	if (LEAT_UNLIKELY(!leat_clock_pass(&st->clock, e->t, due)))
		return LEAT_CELLS_OTHER;
	if (begins) {
		leat_cell_begin(st, c, st->recent_start, st->recent_end);
		c->next = c;
	}
	leat_accs_add(&st->forest.layout, leat_cell_accs(&st->plan, c), &v, 0);
	leat_stream_count(st, &v);
	return begins ? LEAT_CELLS_BEGUN : LEAT_CELLS_TAKEN;
}

LEAT_INLINE void leat_cells_count_stored(const struct leat_stream *st,
    struct leat_state *s, uint64_t n, int more)
{
	if (!st->plan.max_values)
		return;
	uint64_t *stored = &leat_more(&st->plan, s)->stored;
	*stored = more ? *stored + n : *stored - n;
}

/* Searches among the older ones: the newest cell starts after t. */
struct leat_cell *leat_cells_search(const struct leat_stream *st,
    const struct leat_state *s, int64_t t);

/* Returns the newest cell that starts at or before t; NULL if there is none. */
LEAT_INLINE struct leat_cell *leat_cells_find(const struct leat_stream *st,
    const struct leat_state *s, int64_t t)
{
	struct leat_cell *c = leat_newest(s);

	return !c || c->start <= t ? c : leat_cells_search(st, s, t);
}

/* Makes a cell after `before`, or as the oldest; memory is reserved. */
struct leat_cell *leat_cells_add(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *before, int64_t start, int64_t end);
/* Finds out anew what is known of cells that were put there one by one. */
void leat_cells_renew(const struct leat_stream *st, const struct leat_state *s);
/* Returns the nodes that n new cells and one change may take. */
size_t leat_cells_nodes(const struct leat_stream *st,
    const struct leat_state *s, size_t n);
/* Returns the nodes that are needed where all cells may change. */
size_t leat_cells_join_nodes(const struct leat_stream *st,
    const struct leat_state *s, size_t n);
/* Notes in the index that a cell's marks have been set; nodes are there. */
void leat_cells_marked(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c);
/* Finds the window after one that ended there. LEAT_OUTSIDE, LEAT_ECALENDAR. */
int leat_cells_next_empty(const struct leat_stream *st, int64_t from,
    int64_t *start, int64_t *end);
/* Returns whether the window that ends there was emitted without data. */
int leat_cells_emitted_empty(const struct leat_stream *st,
    const struct leat_state *s, int64_t end);
void leat_cells_tape(struct leat_stream *st, struct leat_state *s,
    struct leat_tape *t);
int leat_cells_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need);
void leat_cells_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other);

/* cells_ring.c */
/* Notes that an open cell has changed since it was emitted. */
void leat_cells_note_change(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c);
/* Forgets that a cell has changed: it has been emitted, or goes. */
void leat_cells_forget_change(struct leat_stream *st,
    const struct leat_state *s, const struct leat_cell *c);
/* Moves the start of a session to an earlier time, after the one before it. */
void leat_cells_start_earlier(const struct leat_stream *st,
    const struct leat_state *s, struct leat_cell *c, int64_t start);
void leat_cells_remove(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c);

/* cells_close.c */
void leat_cells_emit(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c, int flags);
/* Begins the row of windows with the first one emitted as closed. */
void leat_cells_begin_row(const struct leat_stream *st,
    const struct leat_state *s, int64_t end);
void leat_cells_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark);
int leat_cells_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t target, int64_t lateness, int64_t *due_out);
void leat_cells_emit_open(struct leat_stream *st, struct leat_state *s,
    int flag);

/* cells_sessions.c */
/* Counts memory for one tree to take another's values, and one more. */
void leat_cells_prepare_join(struct leat_stream *st, const struct leat_state *s,
    int64_t t, struct leat_need *need);
int leat_cells_push_session(struct leat_stream *st, struct leat_state *s,
    const leat_event *e);

/* cells_prepare.c */
int leat_cells_prepare(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e, struct leat_need *need);

/* cells.c */
void leat_cells_put(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c, const leat_event *e);
/*
 * Makes room at max_values: the oldest value goes, if the new one is not older
 * still; and its cell, if that was all and it is neither the one that the value
 * is for nor was emitted. LEAT_NO_ROOM.
 */
int leat_cells_make_room(struct leat_stream *st, struct leat_state *s,
    int64_t t, const struct leat_cell *left);
int leat_cells_put_new(struct leat_stream *st, struct leat_state *s,
    const leat_event *e);

#endif
