/*
 * cells_join.c - windows that do not overlap, joined
 *
 * Cells of the same place in time are joined, the others are taken over. None
 * that one of the two states has forgotten may have data in the other: then
 * half of it has been emitted as all of it. A closed window that is made of
 * more now than before is emitted again, as if the other's values were late.
 */
#include "cells.h"
#include "time_codec.h"

/*
 * Returns the newest cell that starts at or before a time, which rises from
 * call to call: goes on from what was found before (NULL: nothing).
 */
static struct leat_cell *follow(const struct leat_state *s,
    struct leat_cell *found, int64_t start)
{
	struct leat_cell *next = found ? leat_newer(s, found) : leat_oldest(s);

	for (; next && next->start <= start; next = leat_newer(s, next))
		found = next;
	return found;
}

/* Returns the cell of the same window, given what was found; NULL: none. */
static struct leat_cell *counterpart(const struct leat_stream *st,
    const struct leat_state *s, struct leat_cell *found,
    const struct leat_cell *c)
{
	if (st->plan.traits.open_ended)
		return leat_newest(s);
	return found && found->start == c->start ? found : NULL;
}

/* Returns whether a cell is of a window that is forgotten at that watermark. */
static int any_forgotten(const struct leat_stream *st,
    const struct leat_state *s, int64_t watermark)
{
	const struct leat_cell *c = leat_oldest(s);

	return c && leat_is_expired(&st->plan, c->end, watermark);
}

/* Returns whether a cell of the other fits in: calendars may differ. */
static int cell_fits(const struct leat_stream *st, const struct leat_state *s,
    const struct leat_cell *d, const struct leat_cell *c)
{
	const struct leat_cell *next;

	if (!st->plan.traits.asks)
		return 1;
	if (d && d->start == c->start)
		return d->end == c->end;
	next = d ? leat_newer(s, d) : leat_oldest(s);
	return (!d || d->end <= c->start) && (!next || next->start >= c->end);
}

int leat_cells_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need)
{
	struct leat_cell *c = leat_oldest(other), *at = NULL;
	size_t more = 0;

	if (st->plan.traits.grows)
		return LEAT_ENOTSUP;
	if (leat_stream_joins_too_much(st, s, from, other))
		return LEAT_EFULL;
	if (any_forgotten(st, s, from->clock.watermark) ||
	    any_forgotten(st, other, st->clock.watermark))
		return LEAT_ELATE;
	for (; c; c = leat_newer(other, c)) {
		at = follow(s, at, c->start);
		struct leat_cell *d = counterpart(st, s, at, c);
		if (!cell_fits(st, s, at, c))
			return LEAT_EOPTIONS;
		more += !d;
		if (st->forest.layout.ordered)
			leat_need_values(st, need,
			    d ? leat_cell_tree(&st->plan, d) : NULL,
			    leat_tree_length(&from->forest,
				leat_cell_tree(&st->plan, c)));
	}
	if (leat_stream_joins_too_many(st, s, more))
		return LEAT_EFULL;
	need->cells += more;
	need->nodes += leat_cells_join_nodes(st, s, more);
	return LEAT_OK;
}

/* A cell with both is closed, and to be emitted again. */
enum { EMIT_AGAIN = LEAT_CELL_CLOSED | LEAT_CELL_CHANGED };

/* Notes that a cell had n more results. */
static void count_emitted(const struct leat_time_plan *p, struct leat_cell *c,
    uint64_t n)
{
	leat_cell_set_marks(p, c,
	    leat_cell_marks(p, c) + n * LEAT_CELL_EMITTED);
}

/*
 * Joins a cell and returns its place here. A closed window is emitted again
 * unless the other had closed it, too, and there was no data here: then all of
 * it has been emitted already.
 */
static struct leat_cell *join_cell(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *at, struct leat_cell *c)
{
	struct leat_cell *d = counterpart(st, s, at, c);
	int closed = leat_cell_is_closed(&st->plan, c);
	int again = d ? closed || leat_cell_is_closed(&st->plan, d)
		      : !closed && c->end <= st->clock.watermark;

	if (!d) {
		d = leat_cells_add(st, s, at, c->start, c->end);
		if (leat_cells_emitted_empty(st, s, d->end))
			leat_cell_set_marks(&st->plan, d, LEAT_CELL_EMITTED);
	}
	count_emitted(&st->plan, d, leat_cell_emitted(&st->plan, c));
	leat_cell_mark(&st->plan, d,
	    leat_cell_marks(&st->plan, c) & EMIT_AGAIN);
	if (st->plan.lateness > 0 && again)
		leat_cell_mark(&st->plan, d, EMIT_AGAIN);
	if (c->start < d->start)
		d->start = c->start;
	if (st->forest.layout.ordered)
		leat_tree_pour(&st->forest, leat_cell_tree(&st->plan, d),
		    leat_cell_tree(&st->plan, c));
	else
		leat_accs_join(&st->forest.layout, leat_cell_accs(&st->plan, d),
		    leat_cell_accs(&st->plan, c));
	return d;
}

static void join_row(const struct leat_stream *st, const struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	struct leat_more *m = leat_more(&st->plan, s);
	const struct leat_more *o = leat_more(&from->plan, other);

	if (!o->begun)
		return;
	if (!m->begun || o->first_end < m->first_end)
		m->first_end = o->first_end;
	if (!m->begun || o->empty_from > m->empty_from)
		m->empty_from = o->empty_from;
	m->begun = 1;
}

void leat_cells_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	struct leat_cell *c = leat_oldest(other), *at = NULL;

	for (; c; c = leat_newer(other, c))
		at = join_cell(st, s, follow(s, at, c->start), c);
	/* Open windows that the other has closed without data are closed. */
	for (c = leat_oldest(s); c && c->end <= from->clock.watermark;
	     c = leat_newer(s, c)) {
		if (st->plan.lateness == 0 || leat_cell_is_closed(&st->plan, c))
			continue;
		if (leat_cells_emitted_empty(from, other, c->end))
			count_emitted(&st->plan, c, 1);
		leat_cell_mark(&st->plan, c, EMIT_AGAIN);
	}
	leat_cells_renew(st, s);
	for (c = leat_oldest(s); c; c = leat_newer(s, c))
		leat_cells_marked(st, s, c);
	if (st->plan.emit_empty)
		join_row(st, s, from, other);
	for (c = leat_oldest(s); c; c = leat_newer(s, c)) {
		if ((leat_cell_marks(&st->plan, c) & EMIT_AGAIN) !=
			EMIT_AGAIN ||
		    !leat_cell_has_data(st, c))
			continue;
		leat_cells_emit(st, s, c, LEAT_RESULT_UPDATED);
		if (st->plan.emit_empty)
			leat_cells_begin_row(st, s, c->end);
	}
}
