/*
 * stream.c - what all windows of one object share
 *
 * Options are checked and turned into a plan: which classes the statistics
 * need, where their accumulators lie in a block, which engine and which
 * memory serve the kind of window. Then there is what happens to every
 * value and every result, whatever the kind.
 */
#include "../window/window.h"
#include "cells.h"
#include "decaying.h"
#include "ranges.h"

/* ---------------- checking ------------------------------------------- */

static int uses_span(int kind)
{
	return kind == LEAT_SLIDING || kind == LEAT_TUMBLING ||
	    kind == LEAT_HOPPING;
}

static int uses_grid(int kind)
{
	return kind == LEAT_TUMBLING || kind == LEAT_HOPPING;
}

/* Written so that NaN fails. */
static int is_half_life(double x)
{
	return x > 0 && x <= DBL_MAX;
}

/* What gives the kind its shape is above 0 there, and 0 for other kinds. */
static const char *why_shape(const leat_time_window_options *o)
{
	int kind = o->kind, hops = kind == LEAT_HOPPING;

	if (uses_span(kind) ? o->span <= 0 : o->span != 0)
		return uses_span(kind) ? "span: not above 0"
				       : "span: not used by this kind";
	if (hops ? o->hop <= 0 : o->hop != 0)
		return hops ? "hop: not above 0" : "hop: only for HOPPING";
	if (hops && o->span / o->hop > LEAT_HOPS_MAX)
		return "span: more than 100000 times hop";
	if (kind == LEAT_SESSION ? o->gap <= 0 : o->gap != 0)
		return kind == LEAT_SESSION ? "gap: not above 0"
					    : "gap: only for SESSION";
	if (kind == LEAT_DECAY ? !is_half_life(o->half_life)
			       : o->half_life != 0)
		return kind == LEAT_DECAY ? "half_life: not above 0"
					  : "half_life: only for DECAY";
	return NULL;
}

static const char *why_kind(const leat_time_window_options *o)
{
	int kind = o->kind;

	if (kind == 0)
		return "kind: not given";
	if (kind < LEAT_SLIDING || kind > LEAT_CALENDAR)
		return "kind: not a kind of windows by time";
	if ((kind == LEAT_CALENDAR) != (o->calendar.interval != NULL))
		return kind == LEAT_CALENDAR ? "calendar: not given"
					     : "calendar: only for CALENDAR";
	if (!uses_grid(kind) && o->offset != 0)
		return "offset: only for TUMBLING and HOPPING";
	if (o->emit_empty && !uses_grid(kind) && kind != LEAT_CALENDAR)
		return "emit_empty: this kind has no empty windows";
	if (o->max_windows > 0 && !uses_grid(kind) && kind != LEAT_SESSION &&
	    kind != LEAT_CALENDAR)
		return "max_windows: this kind has one window";
	return why_shape(o);
}

static const char *why_time(const leat_time_window_options *o)
{
	if (o->delay < 0)
		return "delay: below 0";
	if (o->allowed_lateness < 0)
		return "allowed_lateness: below 0";
	if (o->max_skew < 0)
		return "max_skew: below 0";
	if (o->max_skew > 0 && o->max_skew <= o->delay)
		return "max_skew: not more than delay";
	if (o->idle_timeout < 0)
		return "idle_timeout: below 0";
	if (o->early_span < 0)
		return "early_span: below 0";
	return o->n_sources > 65536 ? "n_sources: more than 65536" : NULL;
}

static const char *why_rest_by_time(const leat_time_window_options *o)
{
	if (!LEAT_IS_RESERVED(o))
		return LEAT_WHY_RESERVED;
	if (!o->stats || o->n_stats < 1)
		return "stats: none given";
	if (o->on_missing != LEAT_ON_MISSING_SKIP &&
	    o->on_missing != LEAT_ON_MISSING_PROPAGATE)
		return "on_missing: not of enum leat_on_missing";
	if (o->when_full != LEAT_WHEN_FULL_REFUSE &&
	    o->when_full != LEAT_WHEN_FULL_EVICT_OLD)
		return "when_full: not of enum leat_when_full";
	if (o->when_full && !o->max_values)
		return "when_full: needs max_values";
	if (!leat_allocator_fits(o->allocator))
		return "allocator: lacks a function";
	return NULL;
}

/* early results and empty windows are for somebody who is told. */
static const char *why_sink(const leat_time_window_options *o)
{
	if (o->sink.emit)
		return NULL;
	if (o->early_count)
		return "early_count: needs a sink";
	if (o->early_span)
		return "early_span: needs a sink";
	return o->emit_empty ? "emit_empty: needs a sink" : NULL;
}

static int check_options(const leat_time_window_options *o,
    const char **why_out)
{
	const char *why;

	if ((why = why_kind(o)) || (why = why_time(o)) ||
	    (why = why_rest_by_time(o)) || (why = why_sink(o)))
		return leat_because(why_out, LEAT_EINVAL, why);
	why = leat_options_stats(o->stats, o->n_stats, o->kind, 1, 0);
	return why ? leat_because_stats(why_out, why) : LEAT_OK;
}

/* ---------------- the plan ------------------------------------------- */

static unsigned time_classes(const leat_time_window_options *o)
{
	unsigned classes = 0;

	if (o->kind == LEAT_DECAY)
		return 0;
	for (size_t i = 0; i < o->n_stats; i++)
		classes |= leat_stat_time_classes(&o->stats[i]);
	if (classes & 1u << LEAT_CLASS_MOMENTS) /* they know the sum */
		classes &= ~(1u << LEAT_CLASS_SUM);
	return classes;
}

static int agg_seen(const leat_time_window_options *o, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (o->stats[k].id == LEAT_STAT_AGG &&
		    o->stats[k].agg == o->stats[i].agg)
			return 1;
	return 0;
}

/* Adds a section behind those that are there; with st->forest.layout.sections also there. */
static void add_section(struct leat_stream *st, enum leat_class_id id,
    const leat_agg *agg)
{
	const struct leat_class *cls = leat_class_find(id);
	struct leat_section s = { cls, agg, id, leat_any_order(cls, agg),
		st->forest.layout.accs_size, st->forest.layout.accs_size,
		agg ? 2 * agg->size : cls->size,
		agg ? agg->size : cls->packed };

	if (st->forest.layout.sections)
		st->forest.layout.sections[st->forest.layout.n_sections] = s;
	st->forest.layout.n_sections++;
	st->forest.layout.accs_size += leat_round_up(s.size);
	st->forest.layout.ordered |= !s.any_order;
	st->forest.layout.has_user |= agg != NULL;
}

/* The sections of a block; measures, and if they have a place fills them. */
static void lay_sections(struct leat_stream *st,
    const leat_time_window_options *o)
{
	unsigned classes = time_classes(o);

	st->forest.layout.n_sections = 0;
	st->forest.layout.accs_size = sizeof(struct leat_accs);
	for (int id = 0; id < LEAT_CLASS_USER; id++)
		if (classes & 1u << id)
			add_section(st, (enum leat_class_id)id, NULL);
	for (size_t i = 0; i < o->n_stats; i++)
		if (o->stats[i].id == LEAT_STAT_AGG && !agg_seen(o, i))
			add_section(st, LEAT_CLASS_USER, o->stats[i].agg);
	LEAT_ASSERT(st->forest.layout.has_user ||
	    st->forest.layout.accs_size <= LEAT_ACCS_MAX);
	if (o->kind != LEAT_DECAY)
		return;
	st->plan.errors = leat_errors_of(o->stats, o->n_stats);
	st->forest.layout.accs_size = leat_decaying_size(&st->plan);
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static void plan_grid(struct leat_stream *st, const leat_time_window_options *o)
{
	st->plan.span = o->span;
	st->plan.advance = o->kind == LEAT_HOPPING ? o->hop : o->span;
	st->plan.width = st->plan.advance;
	if (!uses_grid(o->kind))
		return;
	st->plan.offset = leat_modulo(o->offset, st->plan.advance);
	st->plan.width = common_divisor(st->plan.span, st->plan.advance);
	/* The sum of two residues may not fit, their difference does. */
	st->plan.phase = leat_modulo(st->plan.offset -
		(st->plan.advance - st->plan.span % st->plan.advance),
	    st->plan.advance);
}

static void plan_engine(struct leat_stream *st)
{
	int overlap = st->plan.kind == LEAT_HOPPING &&
	    st->plan.advance < st->plan.span;

	st->forest.panes = overlap && !st->forest.layout.ordered;
	st->plan.state_size = sizeof(struct leat_state);
	if (st->plan.kind == LEAT_DECAY) {
		st->plan.engine = &leat_decaying_engine;
	} else if (st->plan.kind == LEAT_SLIDING || overlap) {
		st->plan.engine = &leat_ranges_engine;
	} else {
		st->plan.engine = &leat_cells_engine;
		st->plan.index_at = leat_cells_place(&st->forest.layout) +
		    leat_cells_size(&st->forest.layout);
		st->plan.state_size = st->plan.index_at +
		    sizeof(struct leat_index);
	}
	st->plan.state_size = leat_round_up(st->plan.state_size);
	if (st->plan.early_count || st->plan.early_span ||
	    st->plan.max_values || st->plan.max_windows ||
	    st->plan.emit_empty || st->plan.lateness) {
		st->plan.more_at = st->plan.state_size;
		st->plan.state_size += leat_round_up(sizeof(struct leat_more));
	}
}

/*
 * Whether closing, telling or taking a value may need what can fail. Windows
 * with early_span go the same way, so that others need not ask for it.
 */
static void plan_care(struct leat_stream *st)
{
	st->plan.careful = st->plan.kind == LEAT_CALENDAR ||
	    st->plan.emit_empty || st->plan.early_span > 0 ||
	    (st->plan.kind == LEAT_SESSION && st->forest.layout.ordered) ||
	    (st->plan.engine == &leat_ranges_engine && st->plan.revises);
}

int leat_stream_plan(struct leat_stream *st, const leat_time_window_options *o,
    const char **why_out)
{
	int err = check_options(o, why_out);

	if (err)
		return err;
	memset(st, 0, sizeof(*st));
	st->plan.kind = o->kind;
	st->plan.gap = o->gap;
	st->plan.half_life = o->half_life;
	st->plan.calendar = o->calendar;
	st->plan.min_count = o->min_count ? o->min_count : 1;
	st->plan.propagate = o->on_missing == LEAT_ON_MISSING_PROPAGATE;
	st->plan.lateness = o->allowed_lateness;
	st->plan.early_count = o->early_count;
	st->plan.early_span = o->early_span;
	st->plan.emit_empty = o->emit_empty != 0;
	st->plan.max_values = o->max_values;
	st->plan.max_windows = o->max_windows;
	st->plan.full = o->when_full;
	st->emitter.sink = o->sink;
	st->emitter.late = o->late;
	st->plan.n_stats = o->n_stats;
	st->plan.revises = o->allowed_lateness > 0 || o->early_count ||
	    o->early_span;
	st->clock.delay = o->delay;
	st->clock.max_skew = o->max_skew;
	st->clock.idle_timeout = o->idle_timeout;
	st->clock.n_sources = o->n_sources ? o->n_sources : 1;
	for (size_t i = 0; i < o->n_stats; i++)
		st->forest.layout.pairs |= leat_stat_pairs(&o->stats[i]) != 0;
	plan_grid(st, o);
	lay_sections(st, o);
	plan_engine(st);
	plan_care(st);
	return LEAT_OK;
}

/* ---------------- making --------------------------------------------- */

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
	st->clock.times = leat_cut(c, sources, sizeof(int64_t));
	st->clock.seen = leat_cut(c, sources, 1);
	if (sources == 0)
		st->clock.times = NULL;
	if (!st->forest.layout.has_user)
		st->emitter.partials = NULL;
}

static void note_partials(struct leat_stream *st)
{
	for (size_t i = 0; st->emitter.partials && i < st->plan.n_stats; i++)
		if (st->plan.stats[i].stat.id == LEAT_STAT_AGG)
			st->emitter.partials[i] = (unsigned char *)
						      st->emitter.whole +
			    st->forest.layout.sections[st->plan.stats[i].part]
				.offset;
		else
			st->emitter.partials[i] = NULL;
}

static void make_stream_plan(struct leat_stream *st,
    const leat_time_window_options *o)
{
	for (size_t i = 0; i < o->n_stats; i++) {
		struct leat_plan *p = &st->plan.stats[i];
		memset(p, 0, sizeof(*p));
		p->stat = o->stats[i];
		if (p->stat.id != LEAT_STAT_AGG)
			continue;
		while (st->forest.layout.sections[p->part].agg != p->stat.agg)
			p->part++;
	}
	note_partials(st);
}

static void make_pools(struct leat_stream *st)
{
	leat_pool_init(&st->cells, &st->memory,
	    leat_cells_size(&st->forest.layout));
	leat_pool_init(&st->contents, &st->memory,
	    st->plan.engine == &leat_decaying_engine ? st->forest.layout.accs_size
						 : leat_ranges_size());
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
	lay_sections(st, o);
	make_stream_plan(st, o);
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
	st->clock.times = leat_moved(from, to, st->clock.times);
	st->clock.seen = leat_moved(from, to, st->clock.seen);
	note_partials(st);
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
	/* The first value of all passes nothing. */
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

/* ---------------- results -------------------------------------------- */

/* Until when the last value of a window holds. */
static int64_t carry_to(const struct leat_stream *st, int64_t end)
{
	if (st->plan.kind == LEAT_SLIDING)
		return leat_earlier(end, 1);
	if (st->plan.kind == LEAT_SESSION)
		return INT64_MIN; /* no longer than it does itself */
	return end < st->clock.now ? end : st->clock.now;
}

static double rate_range(const struct leat_stream *st, int64_t start,
    int64_t end)
{
	if (st->plan.kind == LEAT_CALENDAR)
		return (double)leat_ticks(start, end);
	return (double)st->plan.span; /* 0 where there is none */
}

int leat_stream_is_silent(const struct leat_stream *st,
    const struct leat_accs *whole)
{
	return whole->count < st->plan.min_count ||
	    (st->plan.propagate && whole->missing > 0);
}

static void lower_users(const struct leat_stream *st,
    const struct leat_accs *whole, double *out)
{
	for (size_t i = 0; i < st->forest.layout.n_sections; i++) {
		const struct leat_section *p = &st->forest.layout.sections[i];
		if (p->agg)
			leat_lower_agg(st->plan.stats, st->plan.n_stats, i,
			    (const unsigned char *)whole + p->offset, out);
	}
}

void leat_stream_lower(const struct leat_stream *st,
    const struct leat_accs *whole, int64_t start, int64_t end, double *out)
{
	struct leat_summary s; /* what statistics need is set by classes */
	int silent = leat_stream_is_silent(st, whole);

	if (st->plan.kind == LEAT_DECAY) {
		leat_decaying_lower(st, whole, out);
		return;
	}
	s.n = (double)whole->count;
	s.missing = (double)whole->missing;
	s.last_tick = leat_earlier(end, 1);
	if (LEAT_UNLIKELY(st->forest.layout
			      .ordered)) { /* those alone need to know */
		s.carry_to = carry_to(st, end);
		s.range = rate_range(st, start, end);
	}
	for (size_t i = 0; i < st->forest.layout.n_sections; i++) {
		const struct leat_section *p = &st->forest.layout.sections[i];
		p->cls->lower((const unsigned char *)whole + p->offset, &s);
	}
	leat_lower(st->plan.stats, st->plan.n_stats, &s, silent, out);
	if (LEAT_UNLIKELY(st->forest.layout.has_user) && !silent)
		lower_users(st, whole, out);
}

int64_t leat_stream_watermark(const struct leat_stream *st)
{
	const struct leat_result *r = st->emitter.calls.result;

	return r ? r->watermark : st->clock.watermark;
}

leat_result leat_stream_result(const struct leat_stream *st, int64_t start,
    int64_t end)
{
	struct leat_tally t = { st->emitter.whole->count,
		st->emitter.whole->missing };

	if (st->plan.kind == LEAT_DECAY)
		t = leat_decaying_tally(st);
	leat_result r = { 0, st->plan.n_stats, NULL, st->emitter.partials,
		start, end, leat_clock_coming(&st->clock), t.count, t.missing,
		0, st->emitter.key, st->emitter.key_len };
	return r;
}

void leat_stream_emit(struct leat_stream *st, int64_t start, int64_t end,
    uint64_t revision, int flags)
{
	leat_result r;

	if (!st->emitter.to->emit)
		return;
	leat_stream_lower(st, st->emitter.whole, start, end,
	    st->emitter.results);
	r = leat_stream_result(st, start, end);
	r.values = st->emitter.results;
	r.revision = revision;
	r.flags = flags;
	leat_call_emit(&st->emitter.calls, st->emitter.to, &r);
}
