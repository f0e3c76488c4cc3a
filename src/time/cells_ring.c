/*
 * cells_ring.c - which cells a state has
 *
 * The ring of cells, the index that finds them where there are more than a few
 * and the other one, of those that have changed since they were emitted early:
 * both are kept right here whenever a cell comes, goes or starts earlier.
 */
#include "cells.h"

size_t leat_cells_size(const struct leat_layout *l)
{
	return LEAT_CELL_HEAD +
	    (l->ordered ? sizeof(struct leat_tree) : l->accs_size);
}

const struct leat_index_kind leat_cells_kind = { 2, 1 };

void leat_cells_renew(const struct leat_stream *st, const struct leat_state *s)
{
	struct leat_cell *c = leat_oldest(s);

	if (!st->plan.more_at)
		return;
	while (c && (c->marks & LEAT_CELL_CLOSED))
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
	if (finds_changes(st) && leat_cells_index(st, s)->root &&
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

	if (x->root)
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

	if ((c->marks & flags) == LEAT_CELL_CHANGED)
		leat_cells_note_change(st, s, c);
}

/* ---------------- cells come and go ---------------------------------- */

struct leat_cell *leat_cells_add(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *before, int64_t start, int64_t end)
{
	struct leat_cell *c = leat_cell_inline(st, s);

	if (st->plan.more_at)
		leat_more(&st->plan, s)->windows++;
	if (c->next)
		c = leat_pool_take(&st->cells);
	c->start = start;
	c->end = end;
	c->marks = 0;
	if (st->forest.layout.ordered)
		memset(leat_cell_tree(c), 0, sizeof(struct leat_tree));
	else
		leat_accs_clear(&st->forest.layout, leat_cell_accs(c));
	if (!leat_newest(s)) {
		c->next = c;
		s->content = c;
		return c;
	}
	int last = before == leat_newest(s);
	if (!before)
		before = leat_newest(s);
	c->next = before->next;
	before->next = c;
	if (last)
		s->content = c;
	enter_index(st, s, c);
	return c;
}

void leat_cells_remove(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_cell *before = leat_newest(s);
	struct leat_more *m = st->plan.more_at ? leat_more(&st->plan, s) : NULL;
	struct leat_index *x = leat_cells_index(st, s);

	if (before->next != c && x->root)
		before = leat_cells_find(st, s, c->start - 1);
	LEAT_ASSERT(before); /* c at least is there */
	while (before->next != c) {
		LEAT_LOOK();
		before = before->next;
	}
	if (m && m->open == c)
		m->open = leat_newer(s, c);
	if (m && m->oldest_stored == c)
		m->oldest_stored = leat_newer(s, c);
	if (m)
		m->windows--;
	if (x->root) {
		leat_cells_forget_change(st, s, c);
		leat_index_remove(&leat_cells_kind, x, &st->nodes, &c->start);
	}
	if (st->forest.layout.ordered) {
		leat_cells_count_stored(st, s,
		    leat_tree_length(&st->forest, leat_cell_tree(c)), 0);
		leat_tree_clear(&st->forest, leat_cell_tree(c));
	}
	if (before == c)
		s->content = NULL;
	else if (leat_newest(s) == c)
		s->content = before;
	before->next = c->next;
	c->next = NULL;
	if (c != leat_cell_inline(st, s))
		leat_pool_give(&st->cells, c);
}

struct leat_cell *leat_cells_search(const struct leat_stream *st,
    const struct leat_state *s, int64_t t)
{
	const struct leat_index *x = leat_cells_index(st, s);
	struct leat_cell *c = leat_oldest(s), *found = NULL;

	if (x->root) {
		const struct leat_indexed_cell *item =
		    leat_index_find(&leat_cells_kind, x, &t);
		return item ? item->cell : NULL;
	}
	LEAT_ASSERT(c);
	for (; c->start <= t; c = c->next) {
		LEAT_LOOK();
		found = c;
	}
	return found;
}
