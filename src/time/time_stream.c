/*
 * time_stream.c - what all windows of one object share
 *
 * A stream is cut from the block of its object and started by its plan. Then
 * there is what happens to every value, whatever the kind of window.
 */
#include "cells.h"

int leat_stream_plan(struct leat_stream *st, const leat_time_window_options *o,
    int roomy, const char **why_out)
{
	struct leat_time_plan plan;
	struct leat_layout layout;
	int err = leat_time_plan_make(&plan, &layout, o, roomy, why_out);

	if (err)
		return err;
	memset(st, 0, sizeof(*st));
	st->plan = plan;
	st->forest.layout = layout;
	st->forest.panes = plan.engine->overlaps && !plan.traits.slides &&
	    !layout.ordered;
	st->emitter.sink = o->sink;
	st->emitter.late = o->late;
	st->clock.delay = o->delay;
	st->clock.max_skew = o->max_skew;
	st->clock.idle_timeout = o->idle_timeout;
	st->clock.n_sources = o->n_sources ? o->n_sources : 1;
	return LEAT_OK;
}

void leat_stream_cut(struct leat_stream *st, struct leat_cutter *c)
{
	uint32_t sources = st->clock.n_sources > 1 ? st->clock.n_sources : 0;

	st->forest.layout.sections = leat_cut(c, st->forest.layout.n_sections,
	    sizeof(*st->forest.layout.sections));
	st->plan.stats = leat_cut(c, st->plan.n_stats, sizeof(*st->plan.stats));
	st->emitter.results = leat_cut(c, st->plan.n_stats, sizeof(double));
	st->emitter.partials = leat_cut(c,
	    st->forest.layout.has_user ? st->plan.n_stats : 0,
	    sizeof(*st->emitter.partials));
	st->emitter.whole = leat_cut(c, 1, st->forest.layout.accs_size);
	st->forest.temp = leat_cut(c, 1, st->forest.layout.accs_size);
	st->forest.blank = leat_cut(c, 1, st->forest.layout.accs_size);
	st->clock.times = leat_cut(c, sources, sizeof(int64_t));
	st->clock.seen = leat_cut(c, sources, 1);
	st->faded = NULL;
	if (st->plan.traits.decays)
		st->faded = leat_cut(c, LEAT_FADED, sizeof(*st->faded));
	if (sources == 0)
		st->clock.times = NULL;
	if (!st->forest.layout.has_user)
		st->emitter.partials = NULL;
}

static void note_partials(struct leat_stream *st)
{
	for (size_t i = 0; st->emitter.partials && i < st->plan.n_stats; i++) {
		const leat_stat *s = &st->plan.stats[i];
		const struct leat_section *p = st->forest.layout.sections;

		st->emitter.partials[i] = NULL;
		if (s->id != LEAT_STAT_AGG)
			continue;
		while (p->agg != s->agg)
			p++;
		st->emitter.partials[i] = leat_section(p, st->emitter.whole);
	}
}

/* Users' classes make their own blocks, and windows that decay have none. */
static void note_blank(struct leat_stream *st)
{
	struct leat_layout *l = &st->forest.layout;

	l->blank = NULL;
	if (l->has_user || st->plan.traits.decays)
		return;
	memset(st->forest.blank, 0, l->accs_size);
	leat_accs_blank(l, st->forest.blank);
	l->blank = st->forest.blank;
}

static void make_pools(struct leat_stream *st)
{
	size_t content = st->plan.engine->content_size;

	leat_pool_init(&st->cells, &st->memory,
	    leat_cells_size(&st->plan, &st->forest.layout));
	leat_pool_init(&st->contents, &st->memory,
	    content ? content : st->forest.layout.accs_size);
	leat_pool_init(&st->nodes, &st->memory, sizeof(struct leat_index_node));
	st->asked.root = NULL;
	leat_forest_init(&st->forest, &st->memory);
	st->forest.own = st->emitter.whole;
}

void leat_stream_start(struct leat_stream *st,
    const leat_time_window_options *o)
{
	leat_memory_start(&st->memory,
	    o->allocator ? o->allocator : &leat_malloc_allocator);
	leat_time_plan_layout(&st->plan, &st->forest.layout, o);
	memcpy(st->plan.stats, o->stats, o->n_stats * sizeof(*o->stats));
	note_partials(st);
	note_blank(st);
	if (st->faded)
		memset(st->faded, 0, LEAT_FADED * sizeof(*st->faded));
	make_pools(st);
	st->emitter.to = &st->emitter.sink;
	leat_clock_reset(&st->clock);
}

void leat_stream_end(struct leat_stream *st)
{
	leat_pool_clear(&st->cells);
	leat_pool_clear(&st->contents);
	leat_index_release(&st->nodes);
	leat_forest_clear(&st->forest);
}

static void blank_pool(struct leat_pool *p)
{
	leat_pool_init(p, p->memory, p->item);
}

void leat_stream_blank(struct leat_stream *st)
{
	struct leat_forest *w = &st->forest;

	blank_pool(&st->cells);
	blank_pool(&st->contents);
	blank_pool(&st->nodes);
	blank_pool(&w->leaves);
	blank_pool(&w->inners);
	blank_pool(&w->edges);
	blank_pool(&w->tables);
	w->free_subtrees = NULL;
	w->stocked = 0;
	memset(w->shelves, 0, sizeof(w->shelves));
}

void leat_stream_moved(const void *from, void *to, struct leat_stream *st,
    const leat_allocator *allocator)
{
	const leat_allocator own = st->memory.allocator;

	st->forest.layout.sections = leat_moved(from, to,
	    st->forest.layout.sections);
	st->plan.stats = leat_moved(from, to, st->plan.stats);
	st->emitter.results = leat_moved(from, to, st->emitter.results);
	st->emitter.partials = leat_moved(from, to, st->emitter.partials);
	st->emitter.whole = leat_moved(from, to, st->emitter.whole);
	st->forest.temp = leat_moved(from, to, st->forest.temp);
	st->forest.blank = leat_moved(from, to, st->forest.blank);
	st->clock.times = leat_moved(from, to, st->clock.times);
	st->clock.seen = leat_moved(from, to, st->clock.seen);
	st->faded = leat_moved(from, to, st->faded);
	note_partials(st);
	note_blank(st);
	st->emitter.to = &st->emitter.sink;
	leat_memory_start(&st->memory, allocator ? allocator : &own);
	make_pools(st);
}

/* ---------------- values --------------------------------------------- */

int leat_stream_refuse(struct leat_stream *st, int err)
{
	if (err > 0) {
		st->counts.pushed++;
		st->counts.refused++;
	}
	return err;
}

static int refuse_late(struct leat_stream *st, const leat_event *e)
{
	st->counts.pushed++;
	st->counts.late++;
	if (st->emitter.late.late) {
		leat_call_begins(&st->emitter.calls, NULL);
		leat_call_ends(&st->emitter.calls,
		    st->emitter.late.late(st->emitter.late.ctx, e));
	}
	return LEAT_TOO_LATE;
}

int leat_stream_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	int err = st->plan.engine->push(st, s, e);

	if (LEAT_UNLIKELY(err) && err != LEAT_OUTSIDE)
		return err == LEAT_TOO_LATE ? refuse_late(st, e)
					    : leat_stream_refuse(st, err);
	st->counts.pushed++;
	if (LEAT_UNLIKELY(err)) {
		st->counts.in_no_window++;
		return LEAT_OK;
	}
	if (e->x == e->x && e->y == e->y)
		st->counts.taken++;
	else
		st->counts.missing++;
	if (LEAT_LIKELY(!st->plan.early_count))
		return LEAT_OK;
	struct leat_more *m = leat_more(&st->plan, s);
	if (++m->since < st->plan.early_count)
		return LEAT_OK;
	m->since = 0;
	st->plan.engine->emit(st, s, LEAT_RESULT_EARLY);
	return LEAT_OK;
}

int leat_stream_early(const struct leat_stream *st, int64_t was, int64_t now)
{
	/* The first value of all passes no multiple. */
	if (st->plan.early_span == 0 ||
	    (was == INT64_MIN && st->clock.begin != INT64_MIN))
		return 0;
	return leat_earlier(now, leat_modulo(now, st->plan.early_span)) > was;
}

int leat_stream_row(const struct leat_stream *st, int64_t from, int64_t until)
{
	uint64_t n = from < until ? leat_ticks(from, until) : 0;

	return n / (uint64_t)st->plan.advance > LEAT_EMPTY_MAX ? LEAT_TOO_FAR
							       : LEAT_OK;
}

int leat_stream_is_full(const struct leat_stream *st,
    const struct leat_state *s)
{
	return st->plan.max_values > 0 &&
	    leat_more(&st->plan, s)->stored >= st->plan.max_values;
}

int leat_stream_has_all(const struct leat_stream *st,
    const struct leat_state *s)
{
	return st->plan.max_windows > 0 &&
	    leat_more(&st->plan, s)->windows >= st->plan.max_windows;
}
