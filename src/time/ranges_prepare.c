/*
 * ranges_prepare.c - what a push or advance will note of windows that overlap
 *
 * The lists of emitted and of changed windows take nodes, and these must be
 * there before anything changes: so what will be noted is counted here, rather
 * too high than too low.
 */
#include "ranges.h"

size_t leat_ranges_open(const struct leat_stream *st, struct leat_changed c)
{
	if (c.from.end <= st->clock.watermark)
		c.from = leat_first_after(&st->plan, st->clock.watermark);
	if (leat_is_before(c.to, c.from))
		return 0;
	/* Ends may be cut off at one side of time, starts at the other. */
	uint64_t starts = leat_ticks(c.from.start, c.to.start),
		 ends = leat_ticks(c.from.end, c.to.end);
	return (size_t)((starts > ends ? starts : ends) /
		   (uint64_t)st->plan.advance) +
	    1;
}

const struct leat_ranges leat_no_ranges = { .closed = INT64_MIN };

/* Returns how many closed windows lateness keeps at once. */
static size_t kept_at_once(const struct leat_time_plan *p)
{
	uint64_t n = (uint64_t)(p->lateness / p->advance) + 2;

	if (p->traits.slides)
		return SIZE_MAX;
	return n > SIZE_MAX ? SIZE_MAX : (size_t)n;
}

/* Counts what a value at t notes for late or early results. */
static size_t count_held(const struct leat_stream *st,
    const struct leat_ranges *r, int64_t t)
{
	int late = st->plan.lateness > 0 && t < st->clock.target;
	int64_t at = t;
	size_t each, n = 2;

	if (st->plan.traits.slides) {
		/* Windows that had no sink when they closed may be new. */
		for (; late && leat_tree_seek(&r->tree, at, &at); at++) {
			struct leat_grid_window w =
			    leat_sliding_window(&st->plan, at);
			if (w.end > st->clock.target || w.start > t)
				break;
			n += leat_ranges_emitted(r, w) == NULL;
		}
		return n;
	}
	each = (size_t)(st->plan.span / st->plan.advance) + 1;
	if (!st->plan.early_count && !st->plan.early_span &&
	    each > kept_at_once(&st->plan))
		each = kept_at_once(&st->plan);
	return each + 2;
}

/*
 * emit_empty: finds between which ends windows will be emitted in a row up to
 * the clock's target. Returns 0 if there are none.
 */
static int row_ahead(const struct leat_stream *st, const struct leat_ranges *r,
    int64_t *from, int64_t *until)
{
	struct leat_grid_window w;

	*from = r->empty.end;
	*until = st->clock.target;
	if (!r->begun) {
		if (!leat_ranges_next(st, r, r->closed, &w))
			return 0;
		*from = w.end;
	}
	if (*until == LEAT_TIME_MAX && leat_tree_is_empty(&r->tree))
		return 0;
	if (*until == LEAT_TIME_MAX)
		*until = leat_last_end(&st->plan, leat_tree_last(&r->tree));
	return *from <= *until;
}

/* Counts what is noted of windows that close up to the clock's target. */
static size_t count_closing(const struct leat_stream *st,
    const struct leat_ranges *r)
{
	int64_t until = st->clock.target, from;
	size_t most = kept_at_once(&st->plan), n = 0;
	struct leat_grid_window w;

	if (st->plan.emit_empty) {
		if (!row_ahead(st, r, &from, &until))
			return 0;
		uint64_t row = leat_ticks(from, until) /
		    (uint64_t)st->plan.advance;
		return row < most - 2 ? (size_t)row + 2 : most;
	}
	int more = st->emitter.sink.emit &&
	    leat_ranges_next(st, r, r->closed, &w);
	while (more && w.end <= until && n < most) {
		n++;
		more = leat_ranges_next(st, r, w.end, &w);
	}
	return n;
}

int leat_ranges_prepare(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e, struct leat_need *need)
{
	const struct leat_ranges *r = leat_ranges_of(s);
	const struct leat_changed *c;
	int64_t from, until;
	size_t n = 0;

	if (!r)
		r = &leat_no_ranges;
	if (st->clock.target > st->clock.watermark) {
		if (st->plan.emit_empty && row_ahead(st, r, &from, &until) &&
		    leat_stream_row(st, from, until))
			return LEAT_TOO_FAR;
		if (st->plan.revises && st->clock.target < LEAT_TIME_MAX)
			n += count_closing(st, r);
	}
	if (!st->plan.revises)
		return LEAT_OK;
	/* The open windows that have changed and have data are emitted. */
	size_t each = (size_t)(st->plan.span / st->plan.advance) + 1, open = 0;
	for (c = leat_changed_first(r); c; c = leat_changed_after(r, c->from))
		open += leat_ranges_open(st, *c);
	if (st->plan.max_values > 0 && open / each > st->plan.max_values)
		open = (size_t)st->plan.max_values * each;
	n += open + 1;
	if (e)
		n += count_held(st, r, e->t);
	need->nodes += leat_index_need(&leat_windows_kind, &r->emitted, n) +
	    leat_index_need(&leat_windows_kind, &r->changed, 1);
	return LEAT_OK;
}
