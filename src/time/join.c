/*
 * join.c - what two objects have seen, as if one had seen both
 *
 * Two states of the same plan hold windows, or panes, that are known by where
 * they lie in time; those of the same place are joined, the others are taken
 * over. None that one of the two has forgotten may have data in the other:
 * then half of it has been told as all of it. That, and all memory, is asked
 * about before anything is changed.
 *
 * Closed windows that are kept for lateness are told again if they are made of
 * more now than before, as if the values of the other had come late.
 *
 * Cost: one combine a class and cell; panes, or values where order counts,
 * are put into the other's tree one by one.
 */
#include "cells.h"
#include "codec.h"
#include "ranges.h"

static int same_plan(const struct leat_plan *a, const struct leat_plan *b)
{
	return a->stat.id == b->stat.id && a->stat.agg == b->stat.agg &&
	    leat_same_arg(a->stat.arg, b->stat.arg);
}

int leat_stream_same(const struct leat_stream *st,
    const struct leat_stream *from)
{
	const struct leat_time_plan *p = &st->plan, *q = &from->plan;
	const struct leat_clock *c = &st->clock, *d = &from->clock;
	int same = p->engine == q->engine && p->kind == q->kind &&
	    p->span == q->span && p->advance == q->advance &&
	    p->offset == q->offset && p->gap == q->gap &&
	    p->half_life == q->half_life && p->min_count == q->min_count &&
	    p->propagate == q->propagate && p->lateness == q->lateness &&
	    p->early_count == q->early_count &&
	    p->early_span == q->early_span && p->emit_empty == q->emit_empty &&
	    p->max_values == q->max_values && p->full == q->full &&
	    c->delay == d->delay && c->max_skew == d->max_skew &&
	    c->n_sources == d->n_sources &&
	    c->idle_timeout == d->idle_timeout && p->n_stats == q->n_stats;

	for (size_t i = 0; same && i < p->n_stats; i++)
		same = same_plan(&p->stats[i], &q->stats[i]);
	return same ? LEAT_OK : LEAT_EOPTIONS;
}

void leat_stream_join_counts(struct leat_stream *st,
    const struct leat_stream *from)
{
	leat_counts *n = &st->counts;
	const leat_counts *m = &from->counts;

	n->pushed += m->pushed;
	n->taken += m->taken;
	n->missing += m->missing;
	n->late += m->late;
	n->refused += m->refused;
	n->in_no_window += m->in_no_window;
	n->evicted += m->evicted;
}

/* ---------------- memory ------------------------------------------------ */

/*
 * A full leaf splits at once, and one that has split only after half a leaf
 * more; inner nodes are fewer than leaves but for those on the way up.
 */
void leat_need_values(const struct leat_stream *st, struct leat_need *need,
    const struct leat_tree *t, uint64_t more)
{
	uint64_t n = t ? leat_tree_length(&st->forest, t) : 0;
	uint64_t splits = (n + 2 * more) / LEAT_LEAF + 2;
	/* Two more where there are none yet. */
	size_t leaves = (size_t)(splits < more + 1 ? splits : more + 1) + 2;

	need->few++;
	if (st->forest.small && n + more <= LEAT_LEAF && (!t || !t->root))
		return;
	need->leaves += leaves;
	need->inners += leaves + LEAT_HEIGHT;
	need->trees++;
}

/* Every pane is a leaf; and those that are there may have no nodes yet. */
static void need_panes(struct leat_need *need, size_t more)
{
	need->leaves += more + 1 + LEAT_FEW_PANES;
	need->inners += more + LEAT_HEIGHT + LEAT_FEW_INNERS;
	need->trees++;
}

int leat_need_reserve(struct leat_stream *st, const struct leat_need *need)
{
	struct leat_forest *w = &st->forest;

	int err = leat_pool_reserve(&st->cells, need->cells);

	err |= leat_pool_reserve(&st->contents, need->contents);
	err |= leat_index_reserve(&st->nodes, need->nodes);
	/* Those that become free on the way are needed by the next. */
	if (need->few > 0)
		w->keep = SIZE_MAX;
	err |= leat_few_reserve(&st->forest, need->few);
	err |= leat_pool_reserve(&w->leaves, need->leaves);
	err |= leat_pool_reserve(&w->inners, need->inners);
	err |= leat_pool_reserve(&w->edges, need->trees);
	return err | leat_pool_reserve(&w->tables, need->trees * LEAT_HEIGHT);
}

/* max_values, of those that two states store. */
static int is_too_much(const struct leat_stream *st, const struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	if (st->plan.max_values == 0)
		return 0;
	/* Neither has more than that. */
	return leat_more(&st->plan, s)->stored >
	    st->plan.max_values - from->plan.engine->stored(from, other);
}

/* max_windows, where there would be so many more than now. */
static int are_too_many(const struct leat_stream *st,
    const struct leat_state *s, uint64_t more)
{
	return st->plan.max_windows > 0 &&
	    more > st->plan.max_windows - leat_more(&st->plan, s)->windows;
}

/* ---------------- cells ------------------------------------------------- */

/*
 * The newest cell that starts at or before a time, which rises from call to
 * call: goes on from what was found before (NULL: nothing).
 */
static struct leat_cell *follow(const struct leat_state *s,
    struct leat_cell *found, int64_t start)
{
	struct leat_cell *next = found ? leat_newer(s, found) : leat_oldest(s);

	for (; next && next->start <= start; next = leat_newer(s, next))
		found = next;
	return found;
}

/* What was found, if it is of the same window; NULL: there is none. */
static struct leat_cell *counterpart(const struct leat_stream *st,
    const struct leat_state *s, struct leat_cell *found,
    const struct leat_cell *c)
{
	if (st->plan.kind == LEAT_LANDMARK)
		return leat_newest(s);
	return found && found->start == c->start ? found : NULL;
}

/* Whether there is data in windows that are forgotten at that watermark. */
static int any_forgotten(const struct leat_stream *st,
    const struct leat_state *s, int64_t watermark)
{
	const struct leat_cell *c = leat_oldest(s);

	return c && leat_is_expired(&st->plan, c->end, watermark);
}

/* A cell of the other fits in: calendars may differ. */
static int cell_fits(const struct leat_stream *st, const struct leat_state *s,
    const struct leat_cell *d, const struct leat_cell *c)
{
	const struct leat_cell *next;

	if (st->plan.kind != LEAT_CALENDAR)
		return 1;
	if (d && d->start == c->start)
		return d->end == c->end;
	next = d ? leat_newer(s, d) : leat_oldest(s);
	return (!d || d->end <= c->start) && (!next || next->start >= c->end);
}

int leat_cells_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need)
{
	struct leat_cell *c = leat_oldest(other), *at = NULL;
	size_t more = 0;

	if (st->plan.kind == LEAT_SESSION)
		return LEAT_ENOTSUP;
	if (is_too_much(st, s, from, other))
		return LEAT_EFULL;
	if (any_forgotten(st, s, from->clock.watermark) ||
	    any_forgotten(st, other, st->clock.watermark))
		return LEAT_ELATE;
	for (; c; c = leat_newer(other, c)) {
		at = follow(s, at, c->start);
		struct leat_cell *d = counterpart(st, s, at, c);
		if (!cell_fits(st, s, at, c))
			return LEAT_EOPTIONS;
		more += !d;
		if (st->forest.layout.ordered)
			leat_need_values(st, need, d ? leat_cell_tree(d) : NULL,
			    leat_tree_length(&from->forest, leat_cell_tree(c)));
	}
	if (are_too_many(st, s, more))
		return LEAT_EFULL;
	need->cells += more;
	need->nodes += leat_cells_join_nodes(st, s, more);
	return LEAT_OK;
}

struct pouring {
	struct leat_forest *st;
	struct leat_tree *to;
};

static void pour_value(void *ctx, const leat_sample *s)
{
	struct pouring *p = ctx;

	leat_tree_insert(p->st, p->to, s);
}

static void pour_pane(void *ctx, int64_t start, const struct leat_accs *a)
{
	struct pouring *p = ctx;

	leat_tree_add_pane(p->st, p->to, start, a);
}

static void join_content(struct leat_stream *st, struct leat_cell *to,
    const struct leat_stream *from, struct leat_cell *c)
{
	struct pouring p = { &st->forest,
		st->forest.layout.ordered ? leat_cell_tree(to) : NULL };

	if (st->forest.layout.ordered)
		leat_tree_each(&from->forest, leat_cell_tree(c), pour_value,
		    &p);
	else
		leat_accs_join(&st->forest.layout, leat_cell_accs(to),
		    leat_cell_accs(c));
}

/* A new one for what the other has, behind `before`. */
static struct leat_cell *adopt_cell(struct leat_stream *st,
    struct leat_state *s, struct leat_cell *before, const struct leat_cell *c)
{
	struct leat_cell *d = leat_cells_add(st, s, before, c->start, c->end);

	if (st->plan.emit_empty && leat_cells_emitted_empty(st, s, d->end))
		d->marks = LEAT_CELL_EMITTED;
	return d;
}

/* Closed, and to be told again. */
enum { EMIT_AGAIN = LEAT_CELL_CLOSED | LEAT_CELL_CHANGED };

/*
 * A closed window has news but where the other had closed it, too, and there
 * was no data here: then that has told all of it. Returns what is there now.
 */
static struct leat_cell *join_cell(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *at, const struct leat_stream *from, struct leat_cell *c)
{
	struct leat_cell *d = counterpart(st, s, at, c);
	int closed = (c->marks & LEAT_CELL_CLOSED) != 0;
	int news = d ? closed || (d->marks & LEAT_CELL_CLOSED)
		     : !closed && c->end <= st->clock.watermark;

	if (!d)
		d = adopt_cell(st, s, at, c);
	d->marks += leat_cell_emitted(c) * LEAT_CELL_EMITTED;
	d->marks |= c->marks & EMIT_AGAIN;
	if (st->plan.lateness > 0 && news)
		d->marks |= EMIT_AGAIN;
	if (c->start < d->start)
		d->start = c->start;
	join_content(st, d, from, c);
	return d;
}

/* Open windows that are closed in the other, where they had no data. */
static void join_lonely(const struct leat_stream *st,
    const struct leat_state *s, const struct leat_stream *from,
    const struct leat_state *other)
{
	struct leat_cell *c = leat_oldest(s);

	for (; c && c->end <= from->clock.watermark; c = leat_newer(s, c)) {
		if (st->plan.lateness == 0 || (c->marks & LEAT_CELL_CLOSED))
			continue;
		if (st->plan.emit_empty &&
		    leat_cells_emitted_empty(from, other, c->end))
			c->marks += LEAT_CELL_EMITTED;
		c->marks |= EMIT_AGAIN;
	}
}

static void join_row(const struct leat_stream *st, const struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	struct leat_more *m = leat_more(&st->plan, s);
	const struct leat_more *o = leat_more(&from->plan, other);

	if (!o->begun)
		return;
	if (!m->begun || o->first_end < m->first_end)
		m->first_end = o->first_end;
	if (!m->begun || o->empty_from > m->empty_from)
		m->empty_from = o->empty_from;
	m->begun = 1;
}

void leat_cells_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	struct leat_cell *c = leat_oldest(other), *at = NULL;

	for (; c; c = leat_newer(other, c))
		at = join_cell(st, s, follow(s, at, c->start), from, c);
	join_lonely(st, s, from, other);
	leat_cells_renew(st, s);
	for (c = leat_oldest(s); c; c = leat_newer(s, c))
		leat_cells_marked(st, s, c);
	if (st->plan.emit_empty)
		join_row(st, s, from, other);
	leat_cells_emit_again(st, s);
}

/* ---------------- ranges ------------------------------------------------ */

/* Up to where windows are forgotten. */
static int64_t leat_settled(const struct leat_stream *st, int64_t watermark)
{
	return watermark == LEAT_TIME_MAX
	    ? LEAT_TIME_MAX
	    : leat_earlier(watermark, st->plan.lateness);
}

/* Whether there are windows with data that the other has forgotten. */
static int is_behind(const struct leat_stream *st, const struct leat_ranges *r,
    int64_t own, int64_t watermark)
{
	struct leat_grid_window w;

	if (own >= watermark || leat_tree_is_empty(&r->tree))
		return 0;
	w = leat_first_after(&st->plan, leat_settled(st, own));
	return leat_next_with_data(&st->plan, &r->tree, &w) &&
	    w.end <= leat_settled(st, watermark);
}

static int has_data_in(const struct leat_tree *t, struct leat_grid_window w)
{
	int64_t at;

	return leat_tree_seek(t, w.start, &at) && at < w.end;
}

/*
 * Closed windows of the second, of those that are kept, that are made of more
 * now, or that only the first had closed. Says how many, and may note in the
 * ledger that they are to be told again.
 */
static size_t note_owed(const struct leat_stream *st,
    const struct leat_ranges *first, int64_t its,
    const struct leat_ranges *second, int64_t own, struct leat_stream *into,
    struct leat_ranges *ledger)
{
	int64_t last = own > its ? own : its;
	struct leat_grid_window w = leat_first_after(&st->plan,
	    leat_settled(st, last));
	size_t n = 0;

	if (st->plan.lateness == 0)
		return 0;
	while (leat_next_with_data(&st->plan, &second->tree, &w) &&
	    w.end <= last) {
		if (w.end > own || has_data_in(&first->tree, w)) {
			n++;
			if (ledger)
				leat_ranges_note(into, ledger, w)->late = 2;
		}
		if (!leat_next_window(&st->plan, &w))
			break;
	}
	return n;
}

/* Of both; `mark` says whether to note them. */
static size_t note_all_owed(struct leat_stream *st, struct leat_ranges *r,
    const struct leat_stream *from, const struct leat_ranges *q, int mark)
{
	int64_t own = st->clock.watermark, its = from->clock.watermark;
	struct leat_ranges *ledger = mark ? r : NULL;

	return note_owed(st, r, own, q, its, st, ledger) +
	    note_owed(st, q, its, r, own, st, ledger);
}

static const struct leat_ranges *ranges_or_none(const struct leat_state *s)
{
	const struct leat_ranges *r = leat_ranges_of(s);

	return r ? r : &leat_no_ranges;
}

/* Nodes for its indices, and it itself, which without data is as none. */
static int reserve_ranges(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_ranges *q,
    struct leat_need *need)
{
	struct leat_ranges *r;

	if (!leat_ranges_of(s)) {
		if (leat_pool_reserve(&st->contents, 1))
			return LEAT_ENOMEM;
		leat_ranges_start(st, s);
	}
	r = leat_ranges_of(s);
	need->nodes += leat_index_need(&leat_windows_kind, &r->emitted,
			   (size_t)leat_index_length(&q->emitted) +
			       note_all_owed(st, r, from, q, 0)) +
	    leat_index_need(&leat_windows_kind, &r->changed,
		(size_t)leat_index_length(&q->changed));
	return LEAT_OK;
}

int leat_ranges_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need)
{
	const struct leat_ranges *q = ranges_or_none(other),
				 *r = ranges_or_none(s);

	if (leat_slides(&st->plan))
		return LEAT_ENOTSUP;
	if (is_too_much(st, s, from, other))
		return LEAT_EFULL;
	if (is_behind(st, r, st->clock.watermark, from->clock.watermark) ||
	    is_behind(from, q, from->clock.watermark, st->clock.watermark))
		return LEAT_ELATE;
	if (st->plan.max_windows > 0 &&
	    are_too_many(st, s,
		leat_slices_more(&st->plan, &r->tree, &q->tree)))
		return LEAT_EFULL;
	if (reserve_ranges(st, s, from, q, need))
		return LEAT_ENOMEM;
	r = leat_ranges_of(s);
	if (st->forest.panes) {
		need_panes(need, leat_tree_panes(&from->forest, &q->tree));
	} else {
		leat_need_values(st, need, &r->tree,
		    leat_tree_length(&from->forest, &q->tree));
	}
	return LEAT_OK;
}

static void join_emitted(struct leat_stream *st, struct leat_ranges *r,
    const struct leat_emitted *told)
{
	struct leat_emitted *at = leat_ranges_note(st, r, told->w);

	at->times += told->times;
	at->late |= told->late;
}

/* All windows that are closed have been told, or will be told as news. */
static void join_closed(struct leat_ranges *r, const struct leat_ranges *q,
    int64_t own, int64_t its)
{
	if (q->closed > r->closed)
		r->closed = q->closed;
	if (own > r->closed)
		r->closed = own;
	if (its > r->closed)
		r->closed = its;
}

void leat_ranges_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	const struct leat_ranges *q = ranges_or_none(other);
	struct leat_ranges *r = leat_ranges_of(s);
	struct pouring p = { &st->forest, &r->tree };

	note_all_owed(st, r, from, q, 1);
	if (st->plan.max_windows > 0)
		leat_more(&st->plan, s)->windows += leat_slices_more(&st->plan,
		    &r->tree, &q->tree);
	if (st->forest.panes)
		leat_tree_each_pane(&from->forest, &q->tree, pour_pane, &p);
	else
		leat_tree_each(&from->forest, &q->tree, pour_value, &p);
	for (const struct leat_emitted *t = leat_emitted_first(q); t;
	     t = leat_emitted_after(q, t->w))
		join_emitted(st, r, t);
	for (const struct leat_changed *c = leat_changed_first(q); c;
	     c = leat_changed_after(q, c->from))
		leat_ranges_changed(st, r, *c);
	if (q->begun && (!r->begun || leat_is_before(r->empty, q->empty)))
		r->empty = q->empty;
	r->begun |= q->begun;
	r->touched |= q->touched;
	join_closed(r, q, st->clock.watermark, from->clock.watermark);
	leat_ranges_emit_again(st, r);
}

/* ---------------- any of them ------------------------------------------- */

void leat_state_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	struct leat_more *m = st->plan.more_at ? leat_more(&st->plan, s) : NULL;

	st->plan.engine->join(st, s, from, other);
	if (!m)
		return;
	/* If that is enough for a result, the next value brings it. */
	if (st->plan.early_count > 0)
		m->since += leat_more(&from->plan, other)->since;
	if (st->plan.early_count > 0 && m->since >= st->plan.early_count)
		m->since = st->plan.early_count - 1;
	if (st->plan.max_values > 0)
		m->stored = st->plan.engine->stored(st, s);
}
