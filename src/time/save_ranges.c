/*
 * save_ranges.c - windows that overlap, as bytes
 *
 * The tree, and what is not in it: up to where windows have been told, and
 * which results some of them have had.
 */
#include "time.h"

/* Whether there is such a window: one that ends there, or is cut off. */
static int is_window(const struct leat_flow *f, struct leat_grid_window w)
{
	struct leat_grid_window first;

	if (w.start >= w.end)
		return 0;
	if (leat_slides(f))
		return w.start == leat_earlier(w.end - 1, f->span - 1);
	if (w.end == INT64_MAX)
		return leat_later(w.start, f->span) == w.end &&
		    leat_modulo(leat_modulo(w.start, f->advance) - f->offset,
			f->advance) == 0;
	first = leat_first_after(f, w.end - 1);
	return first.start == w.start && first.end == w.end;
}

static void tape_grid_window(struct leat_tape *t, const struct leat_flow *f,
    struct leat_grid_window *w)
{
	leat_tape_time(t, &w->start);
	leat_tape_time(t, &w->end);
	if (t->loads)
		leat_tape_expect(t, is_window(f, *w));
}

/* Loading: a new item of that window, which comes after all others. */
static void *load_item(struct leat_tape *t, struct leat_flow *f,
    struct leat_index *x, struct leat_grid_window w)
{
	if (t->err)
		return NULL;
	if (leat_index_reserve(&f->nodes,
		leat_index_need(&leat_windows_kind, x, 1))) {
		leat_tape_fail(t, LEAT_ENOMEM);
		return NULL;
	}
	return leat_index_add(&leat_windows_kind, x, &f->nodes, &w.end);
}

static void tape_told_item(struct leat_tape *t, const struct leat_flow *f,
    struct leat_told *told)
{
	tape_grid_window(t, f, &told->w);
	leat_tape_number(t, &told->times, UINT64_MAX);
	leat_tape_int(t, &told->late, 1);
}

static void tape_told(struct leat_tape *t, struct leat_flow *f,
    struct leat_ranges *r)
{
	struct leat_told item = { { 0, 0 }, 0, 0 }, before, *at;
	uint64_t n = leat_index_length(&r->told);

	at = leat_told_first(r);
	leat_tape_number(t, &n, UINT64_MAX);
	for (uint64_t i = 0; i < n && !t->err; i++) {
		before = item;
		if (!t->loads) {
			if (!at)
				break;
			tape_told_item(t, f, at);
			at = leat_told_after(r, at->w);
			continue;
		}
		tape_told_item(t, f, &item);
		leat_tape_expect(t, i == 0 || leat_is_before(before.w, item.w));
		if ((at = load_item(t, f, &r->told, item.w)))
			*at = item;
	}
}

/*
 * Of windows that are open, no more can have changed than there are values
 * for: no value is in more of them than span / advance. Each push makes room
 * in the ledger for all of them.
 */
static uint64_t most_changed(const struct leat_flow *f, uint64_t values)
{
	uint64_t each = (uint64_t)(f->span / f->advance) + 1;
	uint64_t most = UINT64_MAX / 2 / each;

	if (f->max_values > 0)
		values += f->counts.evicted;
	values++;
	return (values < most ? values : most) * each;
}

static void tape_changed_item(struct leat_tape *t, const struct leat_flow *f,
    struct leat_changed *c)
{
	tape_grid_window(t, f, &c->from);
	tape_grid_window(t, f, &c->to);
}

static void tape_changed(struct leat_tape *t, struct leat_flow *f,
    struct leat_ranges *r, uint64_t values)
{
	struct leat_changed item = { { 0, 0 }, { 0, 0 } }, before, *at;
	uint64_t n = leat_index_length(&r->changed), windows = 0;

	at = leat_changed_first(r);
	leat_tape_number(t, &n, UINT64_MAX);
	for (uint64_t i = 0; i < n && !t->err; i++) {
		before = item;
		if (!t->loads) {
			tape_changed_item(t, f, at);
			at = leat_changed_after(r, at->from);
			continue;
		}
		tape_changed_item(t, f, &item);
		if (!leat_tape_expect(t,
			!leat_is_before(item.to, item.from) &&
			    (i == 0 || leat_is_before(before.to, item.from))))
			return;
		windows += leat_ranges_open(f, item);
		leat_tape_expect(t, windows <= most_changed(f, values));
		if ((at = load_item(t, f, &r->changed, item.from)))
			*at = item;
	}
}

/* emit_empty: the next window without data, which is on the grid. */
static void tape_empty(struct leat_tape *t, const struct leat_flow *f,
    struct leat_ranges *r)
{
	leat_tape_int(t, &r->begun, 1);
	if (!r->begun)
		return;
	tape_grid_window(t, f, &r->empty);
	/* The one before it has been told. */
	leat_tape_expect(t,
	    f->clock.now > INT64_MIN &&
		leat_earlier(r->empty.end, f->advance) <= f->clock.target);
	leat_tape_expect(t,
	    !leat_is_expired(f, r->empty.end, f->clock.watermark) ||
		f->clock.watermark == LEAT_TIME_MAX);
}

/*
 * Whether it is as one into which nothing has ever been put. Sliding windows
 * without data are told where keys are dropped.
 */
static int is_blank(const struct leat_flow *f, const struct leat_ranges *r)
{
	return !leat_slides(f) && leat_tree_is_empty(&r->tree) &&
	    !r->told.root && !r->changed.root &&
	    (!f->emit_empty || !r->begun) && r->closed <= f->clock.watermark;
}

/* What no window needs any more has been forgotten. */
static void expect_needed(struct leat_tape *t, const struct leat_flow *f,
    int64_t first)
{
	leat_tape_expect(t,
	    !leat_is_expired(f, leat_last_end(f, first), f->clock.watermark));
}

void leat_ranges_tape(struct leat_flow *f, struct leat_state *s,
    struct leat_tape *t)
{
	struct leat_ranges *r = leat_ranges_of(s);
	int there = r != NULL && !is_blank(f, r);
	uint64_t values;

	leat_tape_int(t, &there, 1);
	if (!there)
		return;
	if (t->loads) {
		if (leat_pool_reserve(&f->contents, 1)) {
			leat_tape_fail(t, LEAT_ENOMEM);
			return;
		}
		leat_ranges_start(f, s);
		r = leat_ranges_of(s);
	}
	leat_tape_time(t, &r->closed);
	leat_tape_expect(t, r->closed <= f->clock.target);
	leat_tape_int(t, &r->touched, 1);
	leat_tape_tree(t, f, &r->tree);
	if (t->loads && f->max_windows > 0 && !t->err)
		leat_more(f, s)->windows = leat_slices_before(f, &r->tree,
		    LEAT_TIME_MAX);
	if (!leat_tree_is_empty(&r->tree))
		expect_needed(t, f, leat_tree_first(&r->tree));
	if (f->emit_empty)
		tape_empty(t, f, r);
	if (!f->revises || t->err)
		return;
	tape_told(t, f, r);
	values = f->forest.panes ? leat_tree_panes(f, &r->tree)
				 : leat_tree_length(f, &r->tree);
	tape_changed(t, f, r, values);
}
