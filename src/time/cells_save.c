/*
 * cells_save.c - windows that do not overlap, as bytes
 *
 * Cells in the order of time, each with its start, relative to the time
 * before it: where windows are on a grid most keys have one cell, and all of
 * them the same, which takes a byte. Where the end follows from the start it
 * is not saved.
 */
#include "cells.h"
#include "time_codec.h"

/* emit_empty: saves or loads the row of windows without data. */
static void tape_row(struct leat_tape *t, const struct leat_stream *st,
    struct leat_more *m)
{
	int64_t start, end;

	leat_tape_int(t, &m->begun, 1);
	if (!m->begun)
		return;
	leat_tape_time(t, &m->first_end);
	leat_tape_time(t, &m->empty_from);
	leat_tape_expect(t,
	    st->clock.now > INT64_MIN && m->first_end <= m->empty_from &&
		m->empty_from <= st->clock.target);
	if (t->err || !t->loads)
		return;
	/* No window that is to be emitted lies behind, but by time's end. */
	if (leat_cells_next_empty(st, m->empty_from, &start, &end) == LEAT_OK)
		leat_tape_expect(t,
		    !leat_is_expired(&st->plan, end, st->clock.watermark) ||
			st->clock.watermark == LEAT_TIME_MAX);
}

/* Saves or loads a cell's interval. `before` is the cell before; NULL: none. */
static void tape_interval(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_cell *before, int64_t *start, int64_t *end)
{
	int64_t s, e = 0;
	uint64_t ticks = leat_ticks(*start, *end);

	leat_tape_time(t, start);
	if (st->plan.traits.asks || st->plan.traits.grows) {
		leat_tape_number(t, &ticks, UINT64_MAX);
		leat_tape_expect(t,
		    ticks > 0 && ticks <= leat_ticks(*start, INT64_MAX));
		*end = (int64_t)((uint64_t)*start + ticks);
		/* A session reaches past each of its values by the gap. */
		if (st->plan.traits.grows)
			leat_tape_expect(t,
			    *end >= leat_later(*start, st->plan.gap) &&
				*end <=
				    leat_later(st->clock.now, st->plan.gap));
	} else if (t->loads) {
		leat_tape_expect(t,
		    leat_cells_interval(st, *start, &s, &e) == LEAT_OK &&
			s == *start);
		*end = e;
	}
	leat_tape_expect(t,
	    *start <= st->clock.now &&
		(!before ||
		    (!st->plan.traits.open_ended && *start >= before->end)));
}

static void tape_held(struct leat_tape *t, struct leat_stream *st,
    struct leat_cell *c)
{
	struct leat_accs *a = leat_cell_accs(&st->plan, c);

	if (st->forest.layout.ordered) {
		const struct leat_tree *tree = leat_cell_tree(&st->plan, c);
		leat_tape_tree(t, st, leat_cell_tree(&st->plan, c));
		leat_tape_expect(t,
		    leat_tree_is_empty(tree) ||
			(c->start <= leat_tree_first(tree) &&
			    leat_tree_last(tree) < c->end));
		return;
	}
	leat_tape_accs(t, st, a, c->start, leat_earlier(c->end, 1));
	leat_tape_expect(t, a->count + a->missing > 0);
	leat_tape_holds(t, st, a);
}

/* Loads a cell, which comes after those that are there. */
static void load_cell(struct leat_tape *t, struct leat_stream *st,
    struct leat_state *s)
{
	struct leat_cell *before = leat_newest(s), *c;
	int64_t start = 0, end = 0;
	uint64_t marks = 0;

	tape_interval(t, st, before, &start, &end);
	leat_tape_number(t, &marks, UINT64_MAX);
	/* Closed cells come first, and are kept for lateness alone. */
	leat_tape_expect(t,
	    marks & LEAT_CELL_CLOSED
		? st->plan.lateness > 0 && end <= st->clock.target &&
		    (!before || leat_cell_is_closed(&st->plan, before))
		: end > st->clock.watermark);
	leat_tape_expect(t, st->plan.marks || marks == 0);
	if (t->err)
		return;
	/* The first cell lies in the state; trees reserve for themselves. */
	if ((before && leat_pool_reserve(&st->cells, 1)) ||
	    leat_index_reserve(&st->nodes, leat_cells_nodes(st, s, 1))) {
		leat_tape_fail(t, LEAT_ENOMEM);
		return;
	}
	c = leat_cells_add(st, s, before, start, end);
	leat_cell_set_marks(&st->plan, c, marks);
	leat_cells_marked(st, s, c);
	tape_held(t, st, c);
}

void leat_cells_tape(struct leat_stream *st, struct leat_state *s,
    struct leat_tape *t)
{
	struct leat_cell *c;
	uint64_t n = 0;

	if (st->plan.emit_empty)
		tape_row(t, st, leat_more(&st->plan, s));
	for (c = leat_oldest(s); c; c = leat_newer(s, c))
		n++;
	leat_tape_number(t, &n, UINT64_MAX);
	for (c = leat_oldest(s); !t->loads && c; c = leat_newer(s, c)) {
		int64_t start = c->start, end = c->end;
		uint64_t marks = leat_cell_marks(&st->plan, c);
		tape_interval(t, st, NULL, &start, &end);
		leat_tape_number(t, &marks, UINT64_MAX);
		tape_held(t, st, c);
	}
	for (; t->loads && n > 0 && !t->err; n--)
		load_cell(t, st, s);
	leat_cells_renew(st, s);
}
