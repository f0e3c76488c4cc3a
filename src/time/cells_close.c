/*
 * cells_close.c - results of windows that do not overlap
 *
 * Windows close in the order of their ends as the watermark passes these. With
 * emit_empty they are a row: once one with data has closed, those without data
 * between it and the watermark are emitted in their places.
 */
#include "cells.h"

void leat_cells_emit(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c, int flags)
{
	int64_t end = c->end;

	if (st->emitter.to->emit) {
		if (st->forest.layout.ordered)
			leat_cell_query(st, c, st->emitter.whole);
		else
			leat_accs_copy(&st->forest.layout, st->emitter.whole,
			    leat_cell_accs(&st->plan, c));
		if (st->plan.traits.open_ended)
			end = leat_later(st->clock.now, 1);
		leat_stream_emit(st, c->start, end,
		    leat_cell_emitted(&st->plan, c), flags);
	}
	if (flags & LEAT_RESULT_FLUSHED)
		return;
	uint64_t marks = leat_cell_marks(&st->plan, c);
	if (marks & LEAT_CELL_CHANGED)
		leat_cells_forget_change(st, s, c);
	leat_cell_set_marks(&st->plan, c,
	    (marks & ~(uint64_t)LEAT_CELL_CHANGED) + LEAT_CELL_EMITTED);
}

/* ---------------- the row of windows without data -------------------- */

int leat_cells_next_empty(const struct leat_stream *st, int64_t from,
    int64_t *start, int64_t *end)
{
	int64_t begin = leat_later(from, st->plan.advance - st->plan.span);

	if (st->plan.traits.asks)
		begin = from;
	if (begin == INT64_MAX)
		return LEAT_OUTSIDE;
	return leat_cells_interval(st, begin, start, end);
}

int leat_cells_emitted_empty(const struct leat_stream *st,
    const struct leat_state *s, int64_t end)
{
	const struct leat_more *m = leat_more(&st->plan, s);

	return st->plan.emit_empty && m->begun && end > m->first_end &&
	    end <= m->empty_from;
}

/*
 * Returns whether the row has more windows: where time ends, the last ones
 * emitted are the last with data.
 */
static int row_goes_on(const struct leat_time_plan *p,
    const struct leat_state *s, int64_t target)
{
	const struct leat_cell *c = leat_newest(s);

	return target < LEAT_TIME_MAX || (c && !leat_cell_is_closed(p, c));
}

/*
 * Emits the windows without data that end by `until`. Where time has ended
 * there are none behind the last one with data. The calendar has been asked.
 */
static void emit_row(struct leat_stream *st, struct leat_state *s,
    int64_t until, int64_t watermark)
{
	struct leat_more *m = leat_more(&st->plan, s);
	int64_t start, end;
	const struct leat_cell *c = NULL;

	if (!m->begun ||
	    (until == watermark &&
		!row_goes_on(&st->plan, s, st->clock.target)))
		return;
	while (m->empty_from < until &&
	    !leat_cells_next_empty(st, m->empty_from, &start, &end) &&
	    end <= until) {
		m->empty_from = end;
		/* Late values may have come into it since it closed. */
		if (st->plan.lateness > 0)
			c = leat_cells_find(st, s, start);
		if (c && c->start == start)
			continue;
		leat_accs_clear(&st->forest.layout, st->emitter.whole);
		leat_stream_emit(st, start, end, 0, LEAT_RESULT_EMPTY);
	}
}

void leat_cells_begin_row(const struct leat_stream *st,
    const struct leat_state *s, int64_t end)
{
	struct leat_more *m = leat_more(&st->plan, s);

	if (m->begun)
		return;
	m->begun = 1;
	m->first_end = m->empty_from = end;
}

/* ---------------- closing -------------------------------------------- */

static void close_cell(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c, int64_t watermark)
{
	int in_row = 0;

	if (st->plan.emit_empty) {
		struct leat_more *m = leat_more(&st->plan, s);
		emit_row(st, s, c->start, watermark);
		if (leat_cell_has_data(st, c))
			leat_cells_begin_row(st, s, c->end);
		in_row = m->begun;
		m->empty_from = c->end;
	}
	leat_cell_mark(&st->plan, c, LEAT_CELL_CLOSED);
	if (st->plan.lateness > 0)
		leat_more(&st->plan, s)->open = leat_newer(s, c);
	if (leat_cell_has_data(st, c))
		leat_cells_emit(st, s, c, 0);
	else if (in_row)
		leat_cells_emit(st, s, c, LEAT_RESULT_EMPTY);
	if (st->plan.lateness == 0)
		leat_cells_remove(st, s, c);
}

void leat_cells_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark)
{
	struct leat_cell *c;

	while ((c = leat_cells_first_open(st, s)) && c->end <= watermark)
		close_cell(st, s, c, watermark);
	if (st->plan.emit_empty)
		emit_row(st, s, watermark, watermark);
	while ((c = leat_oldest(s)) && leat_cell_is_closed(&st->plan, c) &&
	    leat_is_expired(&st->plan, c->end, watermark))
		leat_cells_remove(st, s, c);
}

int leat_cells_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t target, int64_t lateness, int64_t *due_out)
{
	const struct leat_cell *old = leat_oldest(s),
			       *open = leat_cells_first_open(st, s);
	int64_t due = INT64_MAX, start, end;
	int have = old != NULL;

	if (open)
		due = open->end;
	if (old && leat_cell_is_closed(&st->plan, old) &&
	    leat_later(old->end, lateness) < due)
		due = leat_later(old->end, lateness);
	if (st->plan.emit_empty && leat_more(&st->plan, s)->begun &&
	    row_goes_on(&st->plan, s, target)) {
		int64_t from = leat_more(&st->plan, s)->empty_from;
		int err = leat_cells_next_empty(st, from, &start, &end);
		if (err == LEAT_ECALENDAR)
			end = from; /* close() will not find it either */
		if (err != LEAT_OUTSIDE) {
			have = 1;
			due = end < due ? end : due;
		}
	}
	*due_out = due;
	return have;
}

/* ---------------- open windows --------------------------------------- */

void leat_cells_emit_open(struct leat_stream *st, struct leat_state *s,
    int flag)
{
	struct leat_cell *c = leat_cells_first_open(st, s);

	if (flag == LEAT_RESULT_EARLY && leat_cells_indexed(st, s)) {
		/* An index knows which cells have changed. */
		struct leat_index *x = &leat_more(&st->plan, s)->changed;
		const struct leat_indexed_cell *item;
		while ((item = leat_index_first(&leat_cells_kind, x))) {
			c = item->cell;
			leat_index_remove(&leat_cells_kind, x, &st->nodes,
			    &c->start);
			if (leat_cell_has_data(st, c))
				leat_cells_emit(st, s, c, flag);
		}
		return;
	}
	for (; c; c = leat_newer(s, c)) {
		LEAT_LOOK();
		if (leat_cell_has_data(st, c) &&
		    (flag != LEAT_RESULT_EARLY ||
			(leat_cell_marks(&st->plan, c) & LEAT_CELL_CHANGED)))
			leat_cells_emit(st, s, c, flag);
	}
}
