/*
 * time_join.c - what two objects have seen, as if one had seen both
 *
 * Two states of the same plan hold windows, or panes, that are known by where
 * they lie in time; those of the same place are joined, the others are taken
 * over. None that one of the two has forgotten may have data in the other:
 * then half of it has been emitted as all of it. That, and all memory, is asked
 * about before anything is changed.
 *
 * Closed windows that are kept for lateness are emitted again if they are made
 * of more now than before, as if the values of the other had come late.
 *
 * Cost: one combine a class and cell; panes, or values where order counts,
 * are put into the other's tree one by one.
 */
#include "cells.h"
#include "ranges.h"
#include "time_codec.h"

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
	    c->idle_timeout == d->idle_timeout && p->n_stats == q->n_stats &&
	    leat_stats_equal(p->stats, q->stats, p->n_stats);

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

/* ---------------- memory --------------------------------------------- */

/*
 * A full leaf splits at once, and one that has split only after half a leaf
 * more; inner nodes are fewer than leaves, but for those on the way up.
 */
void leat_need_values(const struct leat_stream *st, struct leat_need *need,
    const struct leat_tree *t, uint64_t more)
{
	uint64_t n = t ? leat_tree_length(&st->forest, t) : 0;
	uint64_t splits = (n + 2 * more) / LEAT_LEAF + 2;
	/* A tree without nodes needs two leaves more. */
	size_t leaves = (size_t)(splits < more + 1 ? splits : more + 1) + 2;

	need->few++;
	if (st->forest.small && n + more <= LEAT_LEAF && (!t || !t->root))
		return;
	need->leaves += leaves;
	need->inners += leaves + LEAT_HEIGHT;
	need->trees++;
}

/* Every pane is a leaf; and the panes that are there may have no nodes yet. */
void leat_need_panes(struct leat_need *need, size_t more)
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
	/* Blocks that become free on the way are needed by the next tree. */
	if (need->few > 0)
		w->keep = SIZE_MAX;
	err |= leat_few_reserve(&st->forest, need->few);
	err |= leat_pool_reserve(&w->leaves, need->leaves);
	err |= leat_pool_reserve(&w->inners, need->inners);
	err |= leat_pool_reserve(&w->edges, need->trees);
	return err | leat_pool_reserve(&w->tables, need->trees * LEAT_HEIGHT);
}

int leat_stream_joins_too_much(const struct leat_stream *st,
    const struct leat_state *s, const struct leat_stream *from,
    const struct leat_state *other)
{
	if (st->plan.max_values == 0)
		return 0;
	/* No state stores more than max_values. */
	return leat_more(&st->plan, s)->stored >
	    st->plan.max_values - from->plan.engine->stored(from, other);
}

int leat_stream_joins_too_many(const struct leat_stream *st,
    const struct leat_state *s, uint64_t more)
{
	return st->plan.max_windows > 0 &&
	    more > st->plan.max_windows - leat_more(&st->plan, s)->windows;
}

/* ---------------- any state ------------------------------------------ */

void leat_state_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	struct leat_more *m = st->plan.more_at ? leat_more(&st->plan, s) : NULL;

	st->plan.engine->join(st, s, from, other);
	if (!m)
		return;
	/* The next value brings a result if these are enough for one. */
	if (st->plan.early_count > 0)
		m->since += leat_more(&from->plan, other)->since;
	if (st->plan.early_count > 0 && m->since >= st->plan.early_count)
		m->since = st->plan.early_count - 1;
	if (st->plan.max_values > 0)
		m->stored = st->plan.engine->stored(st, s);
}
