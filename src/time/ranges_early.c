/*
 * ranges_early.c - early results of windows that overlap
 *
 * Open windows that have changed since they were emitted are kept as ranges of
 * windows in an index, so that a value that changes many notes two ends.
 */
#include "ranges.h"

static void remove_changed(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window from)
{
	leat_index_remove(&leat_windows_kind, &r->changed, &st->nodes,
	    &from.end);
}

/* Adds a range; those that overlap become one. */
void leat_ranges_changed(struct leat_stream *st, struct leat_ranges *r,
    struct leat_changed c)
{
	struct leat_changed *o = leat_index_find(&leat_windows_kind,
	    &r->changed, &c.from.end);

	if (o && !leat_is_before(o->to, c.to))
		return;
	if (o && !leat_is_before(o->to, c.from)) {
		c.from = o->from;
		remove_changed(st, r, c.from);
	}
	while ((o = leat_changed_after(r, c.from)) &&
	    !leat_is_before(c.to, o->from)) {
		struct leat_grid_window from = o->from;
		if (leat_is_before(c.to, o->to))
			c.to = o->to;
		remove_changed(st, r, from);
	}
	o = leat_index_add(&leat_windows_kind, &r->changed, &st->nodes,
	    &c.from.end);
	o->to = c.to;
}

/* A range of all windows. */
static const struct leat_changed all_windows = { { INT64_MIN, INT64_MIN },
	{ INT64_MAX, INT64_MAX } };

/* Emits in order the windows of a range that are open and have data. */
static void emit_open(struct leat_stream *st, struct leat_ranges *r,
    struct leat_changed c, int flag)
{
	if (c.from.end <= st->clock.watermark)
		c.from = leat_first_after(&st->plan, st->clock.watermark);
	while (leat_next_with_data(&st->plan, &r->tree, &c.from) &&
	    !leat_is_before(c.to, c.from)) {
		leat_ranges_emit(st, r, c.from, flag);
		if (!leat_next_window(&st->plan, &c.from))
			return;
	}
}

/* Emits each window that is open and has data; sliding ones end at a value. */
static void emit_flushed(struct leat_stream *st, struct leat_ranges *r)
{
	int64_t closed = st->clock.watermark;
	struct leat_grid_window w;
	int more;

	if (!st->plan.traits.slides) {
		emit_open(st, r, all_windows,
		    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
		return;
	}
	if (r->closed > closed)
		closed = r->closed;
	for (more = leat_ranges_next(st, r, closed, &w); more;
	     more = leat_ranges_next(st, r, w.end, &w))
		leat_ranges_emit(st, r, w,
		    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
}

void leat_ranges_emit_open(struct leat_stream *st, struct leat_state *s,
    int flag)
{
	struct leat_ranges *r = leat_ranges_of(s);
	const struct leat_changed *c;

	if (!r)
		return;
	if (flag & LEAT_RESULT_FLUSHED) {
		emit_flushed(st, r);
	} else if (st->plan.traits.slides) {
		if (r->touched || flag != LEAT_RESULT_EARLY)
			leat_ranges_emit(st, r,
			    leat_sliding_window(&st->plan, st->clock.now),
			    flag);
		r->touched = 0;
	} else if (flag != LEAT_RESULT_EARLY) {
		emit_open(st, r, all_windows, flag);
	} else {
		while ((c = leat_changed_first(r))) {
			struct leat_changed copy = *c;
			remove_changed(st, r, copy.from);
			emit_open(st, r, copy, flag);
		}
	}
}
