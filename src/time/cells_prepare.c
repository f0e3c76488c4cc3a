/*
 * cells_prepare.c - where cells lie, and what a push will have to know
 *
 * The end of a cell follows from its start, or is asked of the user's calendar,
 * which may answer nonsense: so everything that a push or advance needs to know
 * of it is asked before anything changes, and kept until that is over.
 */
#include "cells.h"

/* ---------------- intervals ------------------------------------------ */

int leat_cells_interval(const struct leat_stream *st, int64_t t, int64_t *start,
    int64_t *end)
{
	const int64_t *known;

	if (st->plan.traits.open_ended || st->plan.traits.grows) {
		*start = t;
		*end = st->plan.traits.grows ? leat_later(t, st->plan.gap)
					     : INT64_MAX;
		return LEAT_OK;
	}
	if (st->plan.traits.asks) {
		/* The calendar may have answered during this push already. */
		known = leat_index_find(&leat_cells_kind, &st->asked, &t);
		if (known && t < known[1]) {
			*start = known[0];
			*end = known[1];
			return LEAT_OK;
		}
		st->plan.calendar.interval(st->plan.calendar.ctx, t, start,
		    end);
		return *start <= t && t < *end ? LEAT_OK : LEAT_ECALENDAR;
	}
	int64_t rest = leat_since(t, st->plan.offset, st->plan.advance);
	*start = leat_earlier(t, rest);
	if (rest >= st->plan.span)
		return LEAT_OUTSIDE;
	*end = leat_later(t, st->plan.span - rest);
	return LEAT_OK;
}

/* ---------------- preparing ------------------------------------------ */

/* Asks for an interval and keeps the answer. LEAT_ECALENDAR, LEAT_ENOMEM. */
static int ask_calendar(struct leat_stream *st, int64_t t, int64_t *end)
{
	int64_t start = t, *known;
	int err = leat_cells_interval(st, t, &start, end);

	if (err)
		return err;
	known = leat_index_find(&leat_cells_kind, &st->asked, &start);
	if (!known || known[0] != start) {
		if (leat_index_reserve(&st->nodes,
			leat_index_need(&leat_cells_kind, &st->asked, 1)))
			return LEAT_ENOMEM;
		known = leat_index_add(&leat_cells_kind, &st->asked, &st->nodes,
		    &start);
	}
	known[1] = *end;
	return LEAT_OK;
}

/*
 * Asks for the windows from one end to the first that ends after `until`, and
 * counts them in *n. LEAT_TOO_FAR if they are too many for one call.
 */
static int ask_row(struct leat_stream *st, int64_t from, int64_t until,
    size_t *n)
{
	while (from <= until) { /* `until` is below INT64_MAX, so this ends */
		int err = ask_calendar(st, from, &from);
		if (err)
			return err;
		if (++*n > LEAT_EMPTY_MAX)
			return LEAT_TOO_FAR;
	}
	return LEAT_OK;
}

/* emit_empty: asks for all windows without data that will be emitted. */
static int prepare_row(struct leat_stream *st, const struct leat_state *s)
{
	const struct leat_more *m = leat_more(&st->plan, s);
	int64_t until = st->clock.target, from = m->empty_from;
	struct leat_cell *c = leat_cells_first_open(st, s);
	int begun = m->begun, err = LEAT_OK;
	size_t n = 0;

	if (!st->plan.traits.asks) {
		if (!begun && !c)
			return LEAT_OK;
		if (until == LEAT_TIME_MAX)
			until = c ? leat_cell_inline(s)->start : from;
		return leat_stream_row(st, begun ? from : c->end, until);
	}
	for (; c && c->end <= until && !err; c = leat_newer(s, c)) {
		if (begun)
			err = ask_row(st, from, leat_earlier(c->start, 1), &n);
		begun |= leat_cell_has_data(st, c);
		from = c->end;
	}
	return err || !begun || until == LEAT_TIME_MAX
	    ? err
	    : ask_row(st, from, until, &n);
}

int leat_cells_prepare(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e, struct leat_need *need)
{
	const struct leat_cell *c;
	int64_t end;
	int err;

	if (st->plan.emit_empty && st->clock.target > st->clock.watermark &&
	    (err = prepare_row(st, s)))
		return err;
	if (e && st->plan.traits.asks && st->clock.target < LEAT_TIME_MAX) {
		c = leat_cells_find(st, s, e->t);
		/* A new cell is asked for, or one that shows the value late. */
		return leat_cell_holds(c, e->t) &&
			!leat_is_expired(&st->plan, c->end, st->clock.target)
		    ? LEAT_OK
		    : ask_calendar(st, e->t, &end);
	}
	if (e && st->plan.traits.grows && st->forest.layout.ordered)
		leat_cells_prepare_join(st, s, e->t, need);
	return LEAT_OK;
}
