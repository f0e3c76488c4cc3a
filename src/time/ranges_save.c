/*
 * ranges_save.c - windows that overlap, as bytes
 *
 * The tree, and what is not in it: up to where windows have been emitted, and
 * which results some of them have had.
 */
#include "ranges.h"
#include "time_codec.h"

/* Returns whether there is such a window: it ends there, or is cut off. */
static int is_window(const struct leat_stream *st, struct leat_grid_window w)
{
	struct leat_grid_window first;

	if (w.start >= w.end)
		return 0;
	if (st->plan.traits.slides)
		return w.start == leat_earlier(w.end - 1, st->plan.span - 1);
	if (w.end == INT64_MAX)
		return leat_later(w.start, st->plan.span) == w.end &&
		    leat_since(w.start, st->plan.offset, st->plan.advance) == 0;
	first = leat_first_after(&st->plan, w.end - 1);
	return first.start == w.start && first.end == w.end;
}

static void tape_grid_window(struct leat_tape *t, const struct leat_stream *st,
    struct leat_grid_window *w)
{
	leat_tape_time(t, &w->start);
	leat_tape_time(t, &w->end);
	if (t->loads)
		leat_tape_expect(t, is_window(st, *w));
}

/* Loading: makes a new item of that window, which comes after all others. */
static void *load_item(struct leat_tape *t, struct leat_stream *st,
    struct leat_index *x, struct leat_grid_window w)
{
	if (t->err)
		return NULL;
	if (leat_index_reserve(&st->nodes,
		leat_index_need(&leat_windows_kind, x, 1))) {
		leat_tape_fail(t, LEAT_ENOMEM);
		return NULL;
	}
	return leat_index_add(&leat_windows_kind, x, &st->nodes, &w.end);
}

static void tape_emitted(struct leat_tape *t, struct leat_stream *st,
    struct leat_ranges *r)
{
	struct leat_emitted item = { { 0, 0 }, 0, 0 }, before,
			    *at = leat_emitted_first(r);
	uint64_t n = leat_index_length(&r->emitted);

	leat_tape_number(t, &n, UINT64_MAX);
	for (uint64_t i = 0; i < n && !t->err; i++) {
		before = item;
		if (!t->loads) {
			LEAT_ASSERT(at); /* the i-th of n windows exists */
			item = *at;
		}
		tape_grid_window(t, st, &item.w);
		leat_tape_number(t, &item.times, UINT64_MAX);
		leat_tape_int(t, &item.late, 1);
		if (!t->loads) {
			at = leat_emitted_after(r, item.w);
			continue;
		}
		leat_tape_expect(t, i == 0 || leat_is_before(before.w, item.w));
		if ((at = load_item(t, st, &r->emitted, item.w)))
			*at = item;
	}
}

/*
 * No more open windows can have changed than there are values for: each is in
 * span / advance of them, and pushed it makes room for these in the list.
 */
static void tape_changed(struct leat_tape *t, struct leat_stream *st,
    struct leat_ranges *r, uint64_t values)
{
	struct leat_changed item = { { 0, 0 }, { 0, 0 } }, before,
			    *at = leat_changed_first(r);
	uint64_t n = leat_index_length(&r->changed), windows = 0;
	uint64_t each = (uint64_t)(st->plan.span / st->plan.advance) + 1,
		 most = UINT64_MAX / 2 / each;

	if (st->plan.max_values > 0)
		values += st->counts.evicted;
	if (values + 1 < most)
		most = values + 1;

	leat_tape_number(t, &n, UINT64_MAX);
	for (uint64_t i = 0; i < n && !t->err; i++) {
		before = item;
		if (!t->loads)
			item = *at;
		tape_grid_window(t, st, &item.from);
		tape_grid_window(t, st, &item.to);
		if (!t->loads) {
			at = leat_changed_after(r, item.from);
			continue;
		}
		if (!leat_tape_expect(t,
			!leat_is_before(item.to, item.from) &&
			    (i == 0 || leat_is_before(before.to, item.from))))
			return;
		windows += leat_ranges_open(st, item);
		leat_tape_expect(t, windows <= most * each);
		if ((at = load_item(t, st, &r->changed, item.from)))
			*at = item;
	}
}

/* emit_empty: saves or loads the next window in the row, on the grid. */
static void tape_empty(struct leat_tape *t, const struct leat_stream *st,
    struct leat_ranges *r)
{
	leat_tape_int(t, &r->begun, 1);
	if (!r->begun)
		return;
	tape_grid_window(t, st, &r->empty);
	/* The window before this one has been emitted. */
	leat_tape_expect(t,
	    st->clock.now > INT64_MIN &&
		leat_earlier(r->empty.end, st->plan.advance) <=
		    st->clock.target);
	leat_tape_expect(t,
	    !leat_is_expired(&st->plan, r->empty.end, st->clock.watermark) ||
		st->clock.watermark == LEAT_TIME_MAX);
}

/*
 * Returns whether r is as one into which nothing has ever been put. Sliding
 * windows without data are emitted where keys are dropped.
 */
static int is_blank(const struct leat_stream *st, const struct leat_ranges *r)
{
	return !st->plan.traits.slides && leat_tree_is_empty(&r->tree) &&
	    !r->emitted.root && !r->changed.root &&
	    (!st->plan.emit_empty || !r->begun) &&
	    r->closed <= st->clock.watermark;
}

void leat_ranges_tape(struct leat_stream *st, struct leat_state *s,
    struct leat_tape *t)
{
	struct leat_ranges *r = leat_ranges_of(s);
	int there = r != NULL && !is_blank(st, r);
	uint64_t values;

	leat_tape_int(t, &there, 1);
	if (!there)
		return;
	if (t->loads) {
		if (leat_pool_reserve(&st->contents, 1)) {
			leat_tape_fail(t, LEAT_ENOMEM);
			return;
		}
		leat_ranges_start(st, s);
		r = leat_ranges_of(s);
	}
	leat_tape_time(t, &r->closed);
	leat_tape_expect(t, r->closed <= st->clock.target);
	leat_tape_int(t, &r->touched, 1);
	leat_tape_tree(t, st, &r->tree);
	if (t->loads && st->plan.max_windows > 0 && !t->err)
		leat_more(&st->plan, s)->windows = leat_slices_before(&st->plan,
		    &r->tree, LEAT_TIME_MAX);
	/* Data that no window needs any more must have been forgotten. */
	leat_tape_expect(t,
	    leat_tree_is_empty(&r->tree) ||
		!leat_is_expired(&st->plan,
		    leat_last_end(&st->plan, leat_tree_first(&r->tree)),
		    st->clock.watermark));
	if (st->plan.emit_empty)
		tape_empty(t, st, r);
	if (!st->plan.revises || t->err)
		return;
	tape_emitted(t, st, r);
	values = st->forest.panes ? leat_tree_panes(&st->forest, &r->tree)
				  : leat_tree_length(&st->forest, &r->tree);
	tape_changed(t, st, r, values);
}
