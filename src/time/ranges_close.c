/*
 * ranges_close.c - results of windows that overlap
 *
 * Windows close in the order of their ends as the watermark passes these: those
 * with data, which the tree leads to, and with emit_empty those between them.
 * Then values that no window needs any more leave the tree.
 */
#include "ranges.h"

const struct leat_index_kind leat_windows_kind = { 4, 2 };

struct leat_emitted *leat_ranges_emitted(const struct leat_ranges *r,
    struct leat_grid_window w)
{
	struct leat_emitted *t = leat_index_find(&leat_windows_kind,
	    &r->emitted, &w.end);

	return t && !leat_is_before(t->w, w) ? t : NULL;
}

struct leat_emitted *leat_ranges_note(struct leat_stream *st,
    struct leat_ranges *r, struct leat_grid_window w)
{
	struct leat_emitted *t = leat_ranges_emitted(r, w);

	return t ? t
		 : leat_index_add(&leat_windows_kind, &r->emitted, &st->nodes,
		       &w.end);
}

/*
 * Returns how often the window has been emitted, and notes that it is again:
 * unless it never will be, as it expires when it closes or its key is dropped,
 * or this is a flush, which leaves no trace.
 */
static uint64_t note_emitted(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window w, int flags)
{
	struct leat_emitted *t;

	if (!st->plan.revises)
		return 0;
	if ((flags & (LEAT_RESULT_DROPPED | LEAT_RESULT_FLUSHED)) ||
	    leat_is_expired(&st->plan, w.end, st->clock.target)) {
		t = leat_ranges_emitted(r, w);
		return t ? t->times : 0;
	}
	t = leat_ranges_note(st, r, w);
	t->late |= flags == LEAT_RESULT_UPDATED;
	return t->times++;
}

void leat_ranges_emit(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window w, int flags)
{
	leat_tree_range(&st->forest, &r->tree, w.start, w.end,
	    st->emitter.whole);
	if (flags == LEAT_RESULT_EARLY &&
	    st->emitter.whole->count + st->emitter.whole->missing == 0)
		return;
	leat_stream_emit(st, w.start, w.end, note_emitted(st, r, w, flags),
	    flags);
}

int leat_ranges_next(const struct leat_stream *st, const struct leat_ranges *r,
    int64_t closed, struct leat_grid_window *w)
{
	int64_t t;

	if (!st->plan.traits.slides) {
		*w = leat_first_after(&st->plan, closed);
		return leat_next_with_data(&st->plan, &r->tree, w);
	}
	if (!leat_tree_seek(&r->tree, closed, &t))
		return 0;
	*w = leat_sliding_window(&st->plan, t);
	return 1;
}

/* ---------------- closing -------------------------------------------- */

/*
 * emit_empty: returns whether windows without data are to be emitted as time
 * passes. Where time ends, those are that lie before the next window with data
 * (NULL: none has).
 */
static int goes_on(const struct leat_stream *st, const struct leat_ranges *r,
    const struct leat_grid_window *next, int64_t target)
{
	if (!st->plan.emit_empty || !r->begun)
		return 0;
	return target < LEAT_TIME_MAX ||
	    (next && leat_is_before(r->empty, *next));
}

/* Emits the row up to the next window with data, and to the watermark. */
static void emit_ranges_row(struct leat_stream *st, struct leat_ranges *r,
    const struct leat_grid_window *next, int64_t watermark)
{
	while (goes_on(st, r, next, st->clock.target) &&
	    r->empty.end <= watermark &&
	    (!next || leat_is_before(r->empty, *next))) {
		const struct leat_emitted *t = leat_ranges_emitted(r, r->empty);
		if (!t || !t->late)
			leat_ranges_emit(st, r, r->empty, LEAT_RESULT_EMPTY);
		if (!leat_next_window(&st->plan, &r->empty)) {
			r->begun = 0;
			return;
		}
	}
}

/* Forgets all that no window needs any more. */
static void forget(struct leat_stream *st, struct leat_state *s,
    int64_t watermark)
{
	struct leat_ranges *r = leat_ranges_of(s);
	int64_t settled = leat_settled(&st->plan, watermark), first = settled;
	const struct leat_emitted *old;

	while ((old = leat_emitted_first(r)) && old->w.end <= settled) {
		struct leat_grid_window w = old->w;
		leat_index_remove(&leat_windows_kind, &r->emitted, &st->nodes,
		    &w.end);
	}
	if (settled < LEAT_TIME_MAX)
		first = st->plan.traits.slides
		    ? leat_sliding_window(&st->plan, settled).start
		    : leat_first_after(&st->plan, settled).start;
	if (st->plan.max_windows > 0)
		leat_more(&st->plan, s)->windows -=
		    leat_slices_before(&st->plan, &r->tree, first);
	leat_tree_evict(&st->forest, &r->tree, first);
}

uint64_t leat_ranges_stored(const struct leat_stream *st,
    const struct leat_state *s)
{
	const struct leat_ranges *r = leat_ranges_of(s);

	return r && !st->forest.panes ? leat_tree_length(&st->forest, &r->tree)
				      : 0;
}

static void close_windows(struct leat_stream *st, struct leat_ranges *r,
    int64_t watermark)
{
	struct leat_grid_window w;
	int more = leat_ranges_next(st, r, r->closed, &w);
	int64_t t;

	while (more && w.end <= watermark) {
		emit_ranges_row(st, r, &w, watermark);
		leat_ranges_emit(st, r, w, 0);
		r->closed = w.end;
		if (!st->plan.traits.slides) {
			r->empty = w;
			r->begun = leat_next_window(&st->plan, &r->empty);
		}
		if (w.end < LEAT_TIME_MAX || st->plan.traits.slides) {
			more = leat_ranges_next(st, r, r->closed, &w);
			continue;
		}
		/* Several windows cut off at the end of time may end there. */
		w = r->empty;
		more = r->begun && leat_tree_seek(&r->tree, w.start, &t);
	}
	emit_ranges_row(st, r, more ? &w : NULL, watermark);
}

void leat_ranges_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (!r)
		return;
	if (leat_ranges_emits(st))
		close_windows(st, r, watermark);
	if (watermark > r->closed)
		r->closed = watermark;
	forget(st, s, watermark);
	if (st->plan.max_values)
		leat_more(&st->plan, s)->stored = leat_ranges_stored(st, s);
}

int leat_ranges_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t target, int64_t lateness, int64_t *due_out)
{
	const struct leat_ranges *r = leat_ranges_of(s);
	struct leat_grid_window w;
	int64_t due = INT64_MAX;

	if (!r)
		return 0;
	int more = (leat_ranges_emits(st)) &&
	    leat_ranges_next(st, r, r->closed, &w);
	int row = goes_on(st, r, more ? &w : NULL, target);
	if (leat_tree_is_empty(&r->tree) && !row)
		return 0;
	if (row)
		due = r->empty.end;
	if (more && w.end < due)
		due = w.end;
	/* The oldest value or pane goes when its last window does. */
	if (!leat_tree_is_empty(&r->tree)) {
		int64_t gone = leat_later(leat_last_end(&st->plan,
					      leat_tree_first(&r->tree)),
		    lateness);
		if (gone < due)
			due = gone;
	}
	*due_out = due;
	return 1;
}
