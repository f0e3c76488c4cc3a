/*
 * join.c - what two objects have seen, as if one had seen both
 *
 * Two states of the same plan hold windows, or panes, that are known by where
 * they lie in time; those of the same place are joined, the others are taken
 * over. Nothing that a window has told can be taken back, so none that one of
 * the two has told as closed may have data in the other: then half of it has
 * been told as all of it. That, and all memory, is asked about before
 * anything is changed.
 *
 * Cost: one combine a class and cell; panes, or values where order counts,
 * are put into the other's tree one by one.
 */
#include "time.h"

static int same_plan(const struct leat_plan *a, const struct leat_plan *b)
{
	return a->id == b->id && a->agg == b->agg && a->arg == b->arg;
}

int leat_flow_same(const struct leat_flow *f, const struct leat_flow *g)
{
	const struct leat_clock *c = &f->clock, *d = &g->clock;
	int same = f->engine == g->engine && f->kind == g->kind &&
	    f->span == g->span && f->advance == g->advance &&
	    f->offset == g->offset && f->gap == g->gap &&
	    f->half_life == g->half_life && f->min_count == g->min_count &&
	    f->propagate == g->propagate && f->lateness == g->lateness &&
	    f->early_count == g->early_count &&
	    f->early_span == g->early_span && f->emit_empty == g->emit_empty &&
	    f->max_values == g->max_values && f->full == g->full &&
	    c->delay == d->delay && c->max_skew == d->max_skew &&
	    c->n_sources == d->n_sources &&
	    c->idle_timeout == d->idle_timeout && f->n_stats == g->n_stats;

	for (size_t i = 0; same && f->plan && i < f->n_stats; i++)
		same = same_plan(&f->plan[i], &g->plan[i]);
	return same ? LEAT_OK : LEAT_EOPTIONS;
}

void leat_flow_join_counts(struct leat_flow *f, const struct leat_flow *g)
{
	leat_time_counts *n = &f->counts;
	const leat_time_counts *m = &g->counts;

	n->pushed += m->pushed;
	n->taken += m->taken;
	n->missing += m->missing;
	n->late += m->late;
	n->refused += m->refused;
	n->outside += m->outside;
	n->evicted += m->evicted;
}

/* ---------------- memory -------------------------------------------------- */

/*
 * A full leaf splits at once, and one that has split only after half a leaf
 * more; inner nodes are fewer than leaves but for those on the way up.
 */
void leat_need_values(struct leat_need *need, uint64_t n, uint64_t more)
{
	uint64_t splits = (n + 2 * more) / LEAT_LEAF + 2;
	size_t leaves = (size_t)(splits < more + 1 ? splits : more + 1);

	need->leaves += leaves;
	need->inners += leaves + LEAT_HEIGHT;
	need->trees++;
}

/* Every pane is a leaf. */
static void need_panes(struct leat_need *need, size_t more)
{
	need->leaves += more + 1;
	need->inners += more + LEAT_HEIGHT;
	need->trees++;
}

int leat_need_reserve(struct leat_flow *f, const struct leat_need *need)
{
	struct leat_forest *w = &f->forest;

	if (leat_pool_reserve(&f->cells, need->cells) ||
	    leat_pool_reserve(&f->contents, need->contents))
		return LEAT_ENOMEM;
	if (need->trees == 0)
		return LEAT_OK;
	return leat_pool_reserve(&w->leaves, need->leaves) ||
		leat_pool_reserve(&w->inners, need->inners) ||
		leat_pool_reserve(&w->fringes, need->trees) ||
		leat_pool_reserve(&w->tables, need->trees * LEAT_HEIGHT)
	    ? LEAT_ENOMEM
	    : LEAT_OK;
}

/* max_values, of those that two states store. */
static int is_too_much(const struct leat_flow *f, const struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other)
{
	uint64_t n;

	if (f->max_values == 0)
		return 0;
	n = g->engine->stored(g, other);
	return n > f->max_values || leat_more(f, s)->stored > f->max_values - n;
}

/* ---------------- cells --------------------------------------------------- */

/* The cell of s that is of the same window; NULL: there is none. */
static struct leat_cell *counterpart(const struct leat_flow *f,
    const struct leat_state *s, const struct leat_cell *c)
{
	struct leat_cell *d;

	if (f->kind == LEAT_LANDMARK)
		return leat_newest(s);
	d = leat_cells_find(f, s, c->start);
	return d && d->start == c->start ? d : NULL;
}

/* Whether the other may have told a window of which this has data. */
static int is_halved(const struct leat_flow *f, const struct leat_cell *c,
    const struct leat_cell *d, int64_t watermark)
{
	if (c->marks & LEAT_CELL_CLOSED)
		return d != NULL;
	if (d && (d->marks & LEAT_CELL_CLOSED))
		return 1;
	return c->end <= watermark && leat_is_expired(f, c->end, watermark);
}

static int any_halved(const struct leat_flow *f, const struct leat_state *s,
    const struct leat_state *other, int64_t watermark)
{
	struct leat_cell *c = leat_oldest(s);

	for (; c; c = leat_newer(s, c))
		if (is_halved(f, c, counterpart(f, other, c), watermark))
			return 1;
	return 0;
}

int leat_cells_join_room(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other,
    struct leat_need *need)
{
	struct leat_cell *c = leat_oldest(other);

	if (f->kind == LEAT_SESSION)
		return LEAT_ENOTSUP;
	if (is_too_much(f, s, g, other))
		return LEAT_EFULL;
	if (any_halved(f, s, other, need->watermark) ||
	    any_halved(f, other, s, need->watermark))
		return LEAT_ELATE;
	for (; c; c = leat_newer(other, c)) {
		struct leat_cell *d = counterpart(f, s, c);
		if (d && d->end != c->end) /* calendars that differ */
			return LEAT_EOPTIONS;
		need->cells += !d;
		if (f->ordered)
			leat_need_values(need,
			    d ? leat_tree_length(f, leat_cell_tree(d)) : 0,
			    leat_tree_length(g, leat_cell_tree(c)));
	}
	return LEAT_OK;
}

struct pouring {
	struct leat_flow *f;
	struct leat_tree *to;
};

static void pour_value(void *ctx, const leat_sample *s)
{
	struct pouring *p = ctx;

	leat_tree_insert(p->f, p->to, s);
}

static void pour_pane(void *ctx, int64_t start, const struct leat_accs *a)
{
	struct pouring *p = ctx;

	leat_tree_add_pane(p->f, p->to, start, a);
}

static void join_cell(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, struct leat_cell *c)
{
	struct leat_cell *d = counterpart(f, s, c);
	uint64_t told = leat_cell_told(c) * LEAT_CELL_TOLD;

	if (!d) {
		d = leat_cells_add(f, s, leat_cells_find(f, s, c->start),
		    c->start, c->end);
		d->marks = c->marks - told;
	}
	d->marks += told;
	d->marks |= c->marks & LEAT_CELL_CHANGED;
	if (c->start < d->start)
		d->start = c->start;
	if (f->ordered) {
		struct pouring p = { f, leat_cell_tree(d) };
		leat_tree_each(g, leat_cell_tree(c), pour_value, &p);
	} else {
		leat_accs_join(f, leat_cell_accs(d), leat_cell_accs(c));
	}
}

static void join_row(const struct leat_flow *f, const struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other)
{
	struct leat_more *m = leat_more(f, s);
	const struct leat_more *o = leat_more(g, other);

	if (!o->begun)
		return;
	if (!m->begun || o->first_end < m->first_end)
		m->first_end = o->first_end;
	if (!m->begun || o->empty_from > m->empty_from)
		m->empty_from = o->empty_from;
	m->begun = 1;
}

void leat_cells_join(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other)
{
	struct leat_cell *c = leat_oldest(other);

	for (; c; c = leat_newer(other, c))
		join_cell(f, s, g, c);
	if (f->emit_empty)
		join_row(f, s, g, other);
	leat_cells_forget_open(f, s);
}

/* ---------------- ranges -------------------------------------------------- */

/* A result as closed, which other data would have changed. */
static int has_told(const struct leat_ranges *r, int64_t watermark)
{
	const struct leat_told *told = (const void *)r->told.items;

	return r->told.n > 0 && told[0].w.end <= watermark;
}

/* Whether there are windows with data that the other has gone past. */
static int is_behind(const struct leat_flow *f, const struct leat_ranges *r,
    int64_t own, int64_t watermark)
{
	int64_t t;

	if (own >= watermark || !r->tree.root)
		return 0;
	struct leat_grid_window w = leat_first_after(f, own);
	if (!leat_tree_seek(&r->tree, w.start, &t))
		return 0;
	if (t >= w.end)
		w = leat_first_after(f, t);
	return w.end <= watermark;
}

static void count_pane(void *ctx, int64_t start, const struct leat_accs *a)
{
	size_t *n = ctx;

	(void)start;
	(void)a;
	++*n;
}

/* Room in its lists, and it itself, which without data is as none. */
static int reserve_ranges(struct leat_flow *f, struct leat_state *s,
    const struct leat_ranges *q)
{
	struct leat_ranges *r;

	if (!leat_ranges_of(s)) {
		if (leat_pool_reserve(&f->contents, 1))
			return LEAT_ENOMEM;
		leat_ranges_start(f, s);
	}
	r = leat_ranges_of(s);
	if (leat_list_reserve(f, &r->told, q->told.n,
		sizeof(struct leat_told)) ||
	    leat_list_reserve(f, &r->changed, q->changed.n,
		sizeof(struct leat_changed)))
		return LEAT_ENOMEM;
	return LEAT_OK;
}

int leat_ranges_join_room(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other,
    struct leat_need *need)
{
	const struct leat_ranges *q = leat_ranges_of(other), *r;
	int64_t watermark = need->watermark;
	size_t panes = 0;

	if (leat_slides(f))
		return LEAT_ENOTSUP;
	if (!q)
		return LEAT_OK;
	if (is_too_much(f, s, g, other))
		return LEAT_EFULL;
	if (reserve_ranges(f, s, q))
		return LEAT_ENOMEM;
	r = leat_ranges_of(s);
	if (has_told(r, watermark) || has_told(q, watermark) ||
	    is_behind(f, r, f->clock.watermark, watermark) ||
	    is_behind(f, q, g->clock.watermark, watermark))
		return LEAT_ELATE;
	if (f->forest.panes) {
		leat_tree_each_pane(g, &q->tree, count_pane, &panes);
		need_panes(need, panes);
	} else {
		leat_need_values(need, leat_tree_length(f, &r->tree),
		    leat_tree_length(g, &q->tree));
	}
	return LEAT_OK;
}

static void join_told(struct leat_ranges *r, const struct leat_told *told)
{
	struct leat_told *at = leat_ranges_note(r, told->w);

	at->times += told->times;
	at->late |= told->late;
}

void leat_ranges_join(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other)
{
	const struct leat_ranges *q = leat_ranges_of(other);
	struct leat_ranges *r = leat_ranges_of(s);

	if (!q)
		return;
	struct pouring p = { f, &r->tree };
	if (f->forest.panes)
		leat_tree_each_pane(g, &q->tree, pour_pane, &p);
	else
		leat_tree_each(g, &q->tree, pour_value, &p);
	for (size_t i = 0; i < q->told.n; i++)
		join_told(r,
		    (const struct leat_told *)(void *)q->told.items + i);
	for (size_t i = 0; i < q->changed.n; i++)
		leat_ranges_changed(r,
		    ((const struct leat_changed *)(void *)q->changed.items)[i]);
	if (q->begun && (!r->begun || leat_is_before(r->empty, q->empty)))
		r->empty = q->empty;
	r->begun |= q->begun;
	r->touched |= q->touched;
	if (q->closed > r->closed)
		r->closed = q->closed;
}

/* ---------------- any of them ---------------------------------------------- */

void leat_state_join(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other)
{
	struct leat_more *m = f->more_at ? leat_more(f, s) : NULL;

	f->engine->join(f, s, g, other);
	if (!m)
		return;
	m->since += leat_more(g, other)->since;
	if (f->max_values > 0)
		m->stored = f->engine->stored(f, s);
}
