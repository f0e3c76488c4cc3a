/*
 * cells_ring.c - which cells a state has
 *
 * The ring of cells, the index that finds them where there are more than a few
 * and the other one, of those that have changed since they were emitted early:
 * both are kept right here whenever a cell comes, goes or starts earlier.
 */
#include "cells.h"

size_t leat_cells_size(const struct leat_time_plan *p,
    const struct leat_layout *l)
{
	return p->cell_head +
	    (l->ordered ? sizeof(struct leat_tree) : l->accs_size);
}

const struct leat_index_kind leat_cells_kind = { 2, 1 };

void leat_cells_renew(const struct leat_stream *st, const struct leat_state *s)
{
	struct leat_cell *c = leat_oldest(s);

	if (!st->plan.more_at)
		return;
	while (c && leat_cell_is_closed(&st->plan, c))
		c = leat_newer(s, c);
	leat_more(&st->plan, s)->open = c;
	leat_more(&st->plan, s)->oldest_stored = NULL;
}

/* ---------------- indices -------------------------------------------- */

static void index_cell(struct leat_stream *st, struct leat_index *x,
    struct leat_cell *c)
{
	struct leat_indexed_cell *item = leat_index_add(&leat_cells_kind, x,
	    &st->nodes, &c->start);

	item->cell = c;
}

static int is_indexed(const struct leat_index *x, const struct leat_cell *c)
{
	const struct leat_indexed_cell *item = leat_index_find(&leat_cells_kind,
	    x, &c->start);

	return item && item->cell == c;
}

/* Returns whether early results are wanted, so that changes must be found. */
static int finds_changes(const struct leat_stream *st)
{
	return st->plan.early_count > 0 || st->plan.early_span > 0;
}

void leat_cells_note_change(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c)
{
	if (finds_changes(st) && leat_cells_indexed(st, s) &&
	    !is_indexed(&leat_more(&st->plan, s)->changed, c))
		index_cell(st, &leat_more(&st->plan, s)->changed, c);
}

void leat_cells_forget_change(struct leat_stream *st,
    const struct leat_state *s, const struct leat_cell *c)
{
	if (finds_changes(st) &&
	    is_indexed(&leat_more(&st->plan, s)->changed, c))
		leat_index_remove(&leat_cells_kind,
		    &leat_more(&st->plan, s)->changed, &st->nodes, &c->start);
}

/* Counts the cells, which are few: more than that have an index. */
static size_t count_few(const struct leat_state *s)
{
	const struct leat_cell *c = leat_oldest(s);
	size_t n = 0;

	for (; c; c = leat_newer(s, c)) {
		LEAT_LOOK();
		n++;
	}
	return n;
}

/* Enters a new cell, or all once they are more than a few; nodes are there. */
static void enter_index(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_index *x = leat_cells_index(st, s);

	if (!st->plan.index_at)
		return;
	if (x->root) {
		index_cell(st, x, c);
		return;
	}
	if (count_few(s) <= LEAT_CELLS_FEW)
		return;
	for (c = leat_oldest(s); c; c = leat_newer(s, c)) {
		index_cell(st, x, c);
		leat_cells_marked(st, s, c);
	}
}

void leat_cells_start_earlier(const struct leat_stream *st,
    const struct leat_state *s, struct leat_cell *c, int64_t start)
{
	struct leat_index *x = leat_cells_index(st, s);

	if (leat_cells_indexed(st, s))
		leat_index_rename(&leat_cells_kind, x, &c->start, &start);
	if (finds_changes(st) &&
	    is_indexed(&leat_more(&st->plan, s)->changed, c))
		leat_index_rename(&leat_cells_kind,
		    &leat_more(&st->plan, s)->changed, &c->start, &start);
	c->start = start;
}

size_t leat_cells_nodes(const struct leat_stream *st,
    const struct leat_state *s, size_t n)
{
	const struct leat_index *x = leat_cells_index(st, s);
	size_t nodes;

	if (!st->plan.index_at)
		return 0;
	if (!x->root) {
		n += count_few(s);
		if (n <= LEAT_CELLS_FEW)
			return 0;
	}
	nodes = leat_index_need(&leat_cells_kind, x, n);
	if (finds_changes(st))
		nodes += leat_index_need(&leat_cells_kind,
		    &leat_more(&st->plan, s)->changed, n + 1);
	return nodes;
}

size_t leat_cells_join_nodes(const struct leat_stream *st,
    const struct leat_state *s, size_t n)
{
	size_t nodes = leat_cells_nodes(st, s, n);

	if (!st->plan.index_at)
		return 0;
	n += (size_t)leat_index_length(leat_cells_index(st, s)) +
	    LEAT_CELLS_FEW;
	if (finds_changes(st) && nodes > 0)
		nodes += leat_index_need(&leat_cells_kind,
		    &leat_more(&st->plan, s)->changed, n);
	return nodes;
}

void leat_cells_marked(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c)
{
	const uint64_t flags = LEAT_CELL_CHANGED | LEAT_CELL_CLOSED;

	if ((leat_cell_marks(&st->plan, c) & flags) == LEAT_CELL_CHANGED)
		leat_cells_note_change(st, s, c);
}

/* ---------------- cells come and go ---------------------------------- */

/* Returns the cell before c; if c is the only one, c; if the oldest, newest. */
static struct leat_cell *cell_before(const struct leat_stream *st,
    const struct leat_state *s, const struct leat_cell *c)
{
	/* The ring has a newest cell, as c at least is there. */
	struct leat_cell *before = leat_cell_inline(s);

	if (before->next != c && leat_cells_indexed(st, s)) {
		before = leat_cells_find(st, s, c->start - 1);
		LEAT_ASSERT(before); /* c is not the oldest */
	}
	while (before->next != c) {
		LEAT_LOOK();
		before = before->next;
	}
	return before;
}

static void point_to(const struct leat_index *x, const struct leat_cell *from,
    struct leat_cell *to)
{
	struct leat_indexed_cell *item = leat_index_find(&leat_cells_kind, x,
	    &to->start);

	if (item && item->cell == from)
		item->cell = to;
}

/*
 * Moves a cell to a place that is not in the ring; `before` is the cell before
 * it. Whatever points to the cell is told.
 */
static void move_cell(const struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *before, struct leat_cell *from, struct leat_cell *to)
{
	struct leat_more *m = leat_more(&st->plan, s); /* if there is one */

	memcpy(to, from, leat_cells_size(&st->plan, &st->forest.layout));
	before->next = to;
	if (st->plan.index_at)
		point_to(leat_cells_index(st, s), from, to);
	if (!st->plan.more_at)
		return;
	point_to(&m->changed, from, to);
	if (m->open == from)
		m->open = to;
	if (m->oldest_stored == from)
		m->oldest_stored = to;
}

/* Makes the newest cell; the one that was that has its place taken. */
static void add_newest(struct leat_stream *st, struct leat_state *s,
    int64_t start, int64_t end)
{
	struct leat_cell *c = leat_cell_inline(s), *was, *oldest;

	was = leat_pool_take(&st->cells);
	move_cell(st, s, cell_before(st, s, c), c, was);
	oldest = c->next;
	was->next = c;
	leat_cell_begin(st, c, start, end);
	c->next = oldest;
}

struct leat_cell *leat_cells_add(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *before, int64_t start, int64_t end)
{
	struct leat_cell *newest = leat_newest(s), *c = leat_cell_inline(s);

	if (st->plan.more_at)
		leat_more(&st->plan, s)->windows++;
	if (!newest) {
		leat_cell_begin(st, c, start, end);
		c->next = c;
		return c;
	}
	if (before == newest) {
		add_newest(st, s, start, end);
	} else {
		c = leat_pool_take(&st->cells);
		if (!before)
			before = newest;
		leat_cell_begin(st, c, start, end);
		c->next = before->next;
		before->next = c;
	}
	enter_index(st, s, c);
	return c;
}

/* Takes a cell out of the ring; the newest one gives its place to another. */
static void unlink_cell(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_cell *before = cell_before(st, s, c), *oldest = c->next;

	if (before == c) {
		c->next = NULL;
		return;
	}
	if (c == leat_cell_inline(s)) {
		move_cell(st, s, cell_before(st, s, before), before, c);
		c->next = before == oldest ? c : oldest;
		c = before;
	} else {
		before->next = c->next;
	}
	leat_pool_give(&st->cells, c);
}

void leat_cells_remove(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_more *m = st->plan.more_at ? leat_more(&st->plan, s) : NULL;

	if (m && m->open == c)
		m->open = leat_newer(s, c);
	if (m && m->oldest_stored == c)
		m->oldest_stored = leat_newer(s, c);
	if (m)
		m->windows--;
	if (leat_cells_indexed(st, s)) {
		leat_cells_forget_change(st, s, c);
		leat_index_remove(&leat_cells_kind, leat_cells_index(st, s),
		    &st->nodes, &c->start);
	}
	if (st->forest.layout.ordered) {
		leat_cells_count_stored(st, s,
		    leat_tree_length(&st->forest, leat_cell_tree(&st->plan, c)),
		    0);
		leat_tree_clear(&st->forest, leat_cell_tree(&st->plan, c));
	}
	unlink_cell(st, s, c);
}

struct leat_cell *leat_cells_search(const struct leat_stream *st,
    const struct leat_state *s, int64_t t)
{
	struct leat_cell *c = leat_oldest(s), *found = NULL;

	if (leat_cells_indexed(st, s)) {
		const struct leat_indexed_cell *item =
		    leat_index_find(&leat_cells_kind, leat_cells_index(st, s),
			&t);
		return item ? item->cell : NULL;
	}
	LEAT_ASSERT(c);
	for (; c->start <= t; c = c->next) {
		LEAT_LOOK();
		found = c;
	}
	return found;
}
