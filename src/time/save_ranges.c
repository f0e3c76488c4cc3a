/*
 * save_ranges.c - windows that overlap, as bytes
 *
 * The tree, and what is not in it: up to where windows have been told, and
 * which results some of them have had.
 */
#include "time.h"

static void tape_grid_window(struct leat_tape *t, struct leat_grid_window *w)
{
	leat_tape_time(t, &w->start);
	leat_tape_time(t, &w->end);
	leat_tape_expect(t, w->start < w->end);
}

/* Loading, a list has room for one more, which is blank; 0: it failed. */
static int list_next(struct leat_tape *t, struct leat_flow *f,
    struct leat_list *l, uint64_t i, size_t each)
{
	if (!t->loads || t->err)
		return !t->err;
	if (leat_list_reserve(f, l, 1, each)) {
		leat_tape_fail(t, LEAT_ENOMEM);
		return 0;
	}
	memset(l->items + (size_t)i * each, 0, each);
	l->n++;
	return 1;
}

static void tape_told(struct leat_tape *t, struct leat_flow *f,
    struct leat_list *l)
{
	uint64_t n = l->n;

	leat_tape_number(t, &n, UINT64_MAX);
	for (uint64_t i = 0; i < n; i++) {
		struct leat_told *told;
		if (!list_next(t, f, l, i, sizeof(*told)))
			return;
		told = (struct leat_told *)(void *)l->items + i;
		tape_grid_window(t, &told->w);
		leat_tape_number(t, &told->times, UINT64_MAX);
		leat_tape_int(t, &told->late, 1);
		leat_tape_expect(t,
		    i == 0 || leat_is_before(told[-1].w, told->w));
	}
}

/*
 * More windows than values can have changed would only be a way to make the
 * ledger large: no value is in more of them than span / advance.
 */
static uint64_t most_changed(const struct leat_flow *f, uint64_t values)
{
	uint64_t each = (uint64_t)(f->span / f->advance) + 1;
	uint64_t most = UINT64_MAX / 2 / each;

	values += f->counts.evicted + 1;
	return (values < most ? values : most) * each;
}

static void tape_changed(struct leat_tape *t, struct leat_flow *f,
    struct leat_list *l, uint64_t values)
{
	uint64_t n = l->n, windows = 0;

	leat_tape_number(t, &n, UINT64_MAX);
	for (uint64_t i = 0; i < n; i++) {
		struct leat_changed *c;
		if (!list_next(t, f, l, i, sizeof(*c)))
			return;
		c = (struct leat_changed *)(void *)l->items + i;
		tape_grid_window(t, &c->from);
		tape_grid_window(t, &c->to);
		if (!leat_tape_expect(t,
			!leat_is_before(c->to, c->from) &&
			    (i == 0 || leat_is_before(c[-1].to, c->from))))
			return;
		windows += leat_windows_in(f, c);
		leat_tape_expect(t, windows <= most_changed(f, values));
	}
}

/* emit_empty: the next window without data, which is on the grid. */
static void tape_empty(struct leat_tape *t, const struct leat_flow *f,
    struct leat_ranges *r)
{
	struct leat_grid_window w;

	leat_tape_int(t, &r->begun, 1);
	if (!r->begun)
		return;
	tape_grid_window(t, &r->empty);
	if (!t->loads || t->err)
		return;
	w = leat_first_after(f, r->empty.end - 1);
	leat_tape_expect(t,
	    (w.end == r->empty.end || r->empty.end == INT64_MAX) &&
		leat_later(r->empty.end, f->lateness) > f->clock.watermark);
}

void leat_ranges_tape(struct leat_flow *f, struct leat_state *s,
    struct leat_tape *t)
{
	struct leat_ranges *r = leat_ranges_of(s);
	int there = r != NULL;
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
	leat_tape_int(t, &r->touched, 1);
	leat_tape_tree(t, f, &r->tree);
	if (f->emit_empty)
		tape_empty(t, f, r);
	if (!f->revises || t->err)
		return;
	tape_told(t, f, &r->told);
	values = r->tree.root ? leat_tree_length(f, &r->tree) : 0;
	tape_changed(t, f, &r->changed, values);
}
