/*
 * ranges.c - windows that overlap
 *
 * Sliding windows, and hopping ones whose advance is less than their span:
 * a value belongs to many of them, so it is kept once, in a tree, and a
 * window is a range of that. Sliding windows keep values; hopping ones keep
 * panes of gcd(span, advance) ticks, in which values are added up in any
 * order, or values if order matters to the statistics.
 *
 * The windows themselves are not stored: they are counted through. Which
 * results they have had, if they may have more than one, is in a list;
 * which open ones have changed, if early results are wanted, are ranges of
 * them. Both are indices (index.c) in the order of windows.
 *
 * A window on the grid is known by its two ends, cut off at the limits of
 * int64_t; one of them always is exact, and leads to the next window.
 *
 * Cost: see tree.c; of a result, O(log n) combines and looks at that list.
 */
#include "ranges.h"
#include "time_codec.h"

static int ranges_reserve(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e)
{
	static const struct leat_tree none = { 0 };
	const struct leat_ranges *r = leat_ranges_of(s);

	const struct leat_tree *t = r ? &r->tree : &none;
	int err = r ? LEAT_OK : leat_pool_reserve(&st->contents, 1);

	if (st->forest.panes && st->forest.small && !t->root)
		return err | leat_few_stock_pane(&st->forest, t, e->t);
	return err | leat_tree_reserve(&st->forest, t);
}

/* emit_empty: begins the row of windows with the one after w. */
static void begin_grid_row(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window w)
{
	if (!st->plan.emit_empty || r->begun)
		return;
	r->empty = w;
	r->begun = leat_next_window(&st->plan, &r->empty);
	if (r->begun && r->empty.end < st->next_due)
		st->next_due = r->empty.end;
}

/* Emits the windows once more that closed before a value at t came. */
static void emit_late(struct leat_stream *st, struct leat_ranges *r, int64_t t)
{
	int64_t watermark = st->clock.watermark, at = t;
	struct leat_grid_window w, last = leat_last_window(&st->plan, t);

	if (st->plan.traits.slides) {
		for (; leat_tree_seek(&r->tree, at, &at); at++) {
			w = leat_sliding_window(&st->plan, at);
			if (w.end > watermark || w.start > t)
				return;
			if (!leat_is_expired(&st->plan, w.end, watermark))
				leat_ranges_emit(st, r, w, LEAT_RESULT_UPDATED);
		}
		return;
	}
	for (w = leat_first_after(&st->plan, t); !leat_is_before(last, w);) {
		if (w.end > watermark)
			return;
		if (!leat_is_expired(&st->plan, w.end, watermark)) {
			leat_ranges_emit(st, r, w, LEAT_RESULT_UPDATED);
			begin_grid_row(st, r, w);
		}
		if (!leat_next_window(&st->plan, &w))
			return;
	}
}

void leat_ranges_emit_again(struct leat_stream *st, struct leat_ranges *r)
{
	struct leat_emitted *t = leat_emitted_first(r);

	for (; t; t = leat_emitted_after(r, t->w)) {
		if (t->late < 2)
			continue;
		t->late = 1;
		leat_ranges_emit(st, r, t->w, LEAT_RESULT_UPDATED);
		begin_grid_row(st, r, t->w);
	}
}

static int ranges_make_room(struct leat_stream *st, struct leat_state *s,
    int64_t t)
{
	struct leat_tree *tree = &leat_ranges_of(s)->tree;
	struct leat_more *m = leat_more(&st->plan, s);

	if (st->forest.panes || !leat_stream_is_full(st, s))
		return LEAT_OK;
	int64_t first = leat_tree_first(tree);
	if (st->plan.full == LEAT_WHEN_FULL_REFUSE || t < first)
		return LEAT_NO_ROOM;
	leat_tree_evict_first(&st->forest, tree);
	if (st->plan.max_windows > 0)
		m->windows -= (uint64_t)leat_slice_is_new(&st->plan, tree,
		    first);
	m->stored--;
	st->counts.evicted++;
	return LEAT_OK;
}

void leat_ranges_start(struct leat_stream *st, struct leat_state *s)
{
	struct leat_ranges *r = leat_pool_take(&st->contents);

	memset(r, 0, sizeof(*r));
	r->closed = st->clock.watermark;
	s->content = r;
}

static void put_in_tree(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	struct leat_ranges *r = leat_ranges_of(s);
	leat_sample v = { e->t, e->x, e->y };

	if (st->plan.max_windows > 0)
		leat_more(&st->plan, s)->windows += (uint64_t)
		    leat_slice_is_new(&st->plan, &r->tree, e->t);
	if (st->forest.panes) {
		leat_tree_add(&st->forest, &r->tree,
		    leat_slice_start(&st->plan, e->t), &v);
		return;
	}
	leat_tree_insert(&st->forest, &r->tree, &v);
	if (st->plan.max_values)
		leat_more(&st->plan, s)->stored++;
}

/*
 * Lowers next_due to when close() is first needed for a value at t, which no
 * window needs any more at `gone`.
 */
static void note_next_due(struct leat_stream *st, int64_t t, int64_t gone)
{
	int64_t due = gone;

	if (leat_ranges_emits(st) && st->plan.traits.slides)
		due = leat_later(t, 1);
	else if (leat_ranges_emits(st))
		due = leat_first_open_window(st, t).end;
	if (gone < due)
		due = gone;
	if (due < st->next_due)
		st->next_due = due;
}

static int ranges_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	int64_t gone = leat_later(leat_last_end(&st->plan, e->t),
	    st->plan.lateness);
	struct leat_ranges *r;
	int err;

	if (gone <= st->clock.watermark)
		return LEAT_TOO_LATE;
	if (!s->content)
		leat_ranges_start(st, s);
	r = leat_ranges_of(s);
	if (LEAT_UNLIKELY(leat_stream_has_all(st, s)) &&
	    leat_slice_is_new(&st->plan, &r->tree, e->t))
		return LEAT_NO_ROOM;
	if (LEAT_UNLIKELY(st->plan.max_values > 0) &&
	    (err = ranges_make_room(st, s, e->t)))
		return err;
	if (st->clock.watermark > r->closed)
		r->closed = st->clock.watermark;
	put_in_tree(st, s, e);
	note_next_due(st, e->t, gone);
	if (LEAT_UNLIKELY(st->plan.revises)) {
		r->touched = 1;
		if (!st->plan.traits.slides &&
		    (st->plan.early_count || st->plan.early_span)) {
			struct leat_changed c = { leat_first_open_window(st,
						      e->t),
				leat_last_window(&st->plan, e->t) };
			if (!leat_is_before(c.to, c.from))
				leat_ranges_changed(st, r, c);
		}
		if (e->t < st->clock.watermark && st->plan.lateness > 0)
			emit_late(st, r, e->t);
	}
	return LEAT_OK;
}

/* ---------------- asking --------------------------------------------- */

static void ranges_look(const struct leat_stream *st,
    const struct leat_state *s, struct leat_accs *out, int64_t *start_out,
    int64_t *end_out)
{
	const struct leat_ranges *r = leat_ranges_of(s);
	struct leat_grid_window w;

	w.start = w.end = st->clock.now;
	if (st->clock.started)
		w = st->plan.traits.slides
		    ? leat_sliding_window(&st->plan, st->clock.now)
		    : leat_first_after(&st->plan, st->clock.now);
	*start_out = w.start;
	*end_out = w.end;
	if (!out)
		return;
	if (!r || !st->clock.started)
		leat_accs_clear(&st->forest.layout, out);
	else
		leat_tree_range(&st->forest, &r->tree, w.start, w.end, out);
}

static void ranges_clear(struct leat_stream *st, struct leat_state *s)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (r) {
		leat_tree_clear(&st->forest, &r->tree);
		leat_index_clear(&r->emitted, &st->nodes);
		leat_index_clear(&r->changed, &st->nodes);
		leat_pool_give(&st->contents, r);
	}
	memset(s, 0, st->plan.state_size);
}

static int ranges_copy(struct leat_stream *st, struct leat_state *to,
    const struct leat_state *from)
{
	const struct leat_ranges *r = leat_ranges_of(from);
	struct leat_ranges *n;

	if (st->plan.more_at)
		*leat_more(&st->plan, to) = *leat_more(&st->plan, from);
	if (!r)
		return LEAT_OK;
	if (leat_pool_reserve(&st->contents, 1))
		return LEAT_ENOMEM;
	n = leat_pool_take(&st->contents);
	*n = *r;
	to->content = n;
	memset(&n->emitted, 0, sizeof(n->emitted));
	memset(&n->changed, 0, sizeof(n->changed));
	memset(&n->tree, 0, sizeof(n->tree));
	if (leat_index_copy(&leat_windows_kind, &n->emitted, &st->nodes,
		&r->emitted) ||
	    leat_index_copy(&leat_windows_kind, &n->changed, &st->nodes,
		&r->changed))
		return LEAT_ENOMEM;
	return leat_tree_copy(&st->forest, &n->tree, &r->tree);
}

const struct leat_time_engine leat_ranges_engine = {
	.overlaps = 1,
	.content_size = sizeof(struct leat_ranges),
	.reserve = ranges_reserve,
	.prepare = leat_ranges_prepare,
	.push = ranges_push,
	.due = leat_ranges_due,
	.close = leat_ranges_close,
	.emit = leat_ranges_emit_open,
	.look = ranges_look,
	.stored = leat_ranges_stored,
	.clear = ranges_clear,
	.copy = ranges_copy,
	.tape = leat_ranges_tape,
	.join_room = leat_ranges_join_room,
	.join = leat_ranges_join,
};
