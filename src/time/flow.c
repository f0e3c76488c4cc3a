/*
 * flow.c - what all windows of one object share
 *
 * Options are checked and turned into a plan: which classes the statistics
 * need, where their accumulators lie in a block, which engine and which
 * memory serve the kind of window. Then there is what happens to every
 * value and every result, whatever the kind.
 */
#include "time.h"

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
				       : "span: this kind has none";
	if (hops ? o->hop <= 0 : o->hop != 0)
		return hops ? "hop: not above 0" : "hop: for HOPPING alone";
	if (hops && o->span / o->hop > LEAT_HOPS_MAX)
		return "span: more than 100000 times hop";
	if (kind == LEAT_SESSION ? o->gap <= 0 : o->gap != 0)
		return kind == LEAT_SESSION ? "gap: not above 0"
					    : "gap: for SESSION alone";
	if (kind == LEAT_DECAY ? !is_half_life(o->half_life)
			       : o->half_life != 0)
		return kind == LEAT_DECAY ? "half_life: not above 0"
					  : "half_life: for DECAY alone";
	return NULL;
}

static const char *why_kind(const leat_time_window_options *o)
{
	int kind = o->kind;

	if (kind == 0)
		return "kind: not given";
	if (kind < LEAT_SLIDING || kind > LEAT_CALENDAR)
		return "kind: none of windows by time";
	if ((kind == LEAT_CALENDAR) != (o->calendar.interval != NULL))
		return kind == LEAT_CALENDAR ? "calendar: not given"
					     : "calendar: for CALENDAR alone";
	if (!uses_grid(kind) && o->offset != 0)
		return "offset: for TUMBLING and HOPPING alone";
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
		return "stats: there are none";
	if (o->on_missing != LEAT_ON_MISSING_SKIP &&
	    o->on_missing != LEAT_ON_MISSING_PROPAGATE)
		return "on_missing: not of enum leat_on_missing";
	if (o->when_full != LEAT_WHEN_FULL_REFUSE &&
	    o->when_full != LEAT_WHEN_FULL_EVICT_OLD)
		return "when_full: not of enum leat_when_full";
	if (o->when_full && !o->max_values)
		return "when_full: without max_values";
	if (!leat_allocator_fits(o->allocator))
		return "allocator: lacks a function";
	return NULL;
}

/* early results and empty windows are for somebody who is told. */
static const char *why_told(const leat_time_window_options *o)
{
	if (o->sink.emit)
		return NULL;
	if (o->early_count)
		return "early_count: without a sink";
	if (o->early_span)
		return "early_span: without a sink";
	return o->emit_empty ? "emit_empty: without a sink" : NULL;
}

static int check_options(const leat_time_window_options *o,
    const char **why_out)
{
	const char *why;

	if ((why = why_kind(o)) || (why = why_time(o)) ||
	    (why = why_rest_by_time(o)) || (why = why_told(o)))
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

/* Adds a section behind those that are there; with f->sections also there. */
static void add_section(struct leat_flow *f, enum leat_class_id id,
    const leat_agg *agg)
{
	const struct leat_class *cls = leat_class_find(id);
	struct leat_section s = { cls, agg, id, leat_any_order(cls, agg),
		f->accs_size, f->accs_size, agg ? 2 * agg->size : cls->size,
		agg ? agg->size : cls->packed };

	if (f->sections)
		f->sections[f->n_sections] = s;
	f->n_sections++;
	f->accs_size += leat_round_up(s.size);
	f->ordered |= !s.any_order;
	f->has_user |= agg != NULL;
}

/* The sections of a block; measures, and if they have a place fills them. */
static void lay_sections(struct leat_flow *f, const leat_time_window_options *o)
{
	unsigned classes = time_classes(o);

	f->n_sections = 0;
	f->accs_size = sizeof(struct leat_accs);
	for (int id = 0; id < LEAT_CLASS_USER; id++)
		if (classes & 1u << id)
			add_section(f, (enum leat_class_id)id, NULL);
	for (size_t i = 0; i < o->n_stats; i++)
		if (o->stats[i].id == LEAT_STAT_AGG && !agg_seen(o, i))
			add_section(f, LEAT_CLASS_USER, o->stats[i].agg);
	LEAT_ASSERT(f->has_user || f->accs_size <= LEAT_ACCS_MAX);
	if (o->kind != LEAT_DECAY)
		return;
	f->errors = leat_errors_of(o->stats, o->n_stats);
	f->accs_size = leat_fade_size(f);
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

static void plan_grid(struct leat_flow *f, const leat_time_window_options *o)
{
	f->span = o->span;
	f->advance = o->kind == LEAT_HOPPING ? o->hop : o->span;
	f->width = f->advance;
	if (!uses_grid(o->kind))
		return;
	f->offset = leat_modulo(o->offset, f->advance);
	f->width = common_divisor(f->span, f->advance);
	/* The sum of two residues may not fit, their difference does. */
	f->phase = leat_modulo(f->offset - (f->advance - f->span % f->advance),
	    f->advance);
}

static void plan_engine(struct leat_flow *f)
{
	int overlap = f->kind == LEAT_HOPPING && f->advance < f->span;

	f->forest.panes = overlap && !f->ordered;
	f->state_size = sizeof(struct leat_state);
	if (f->kind == LEAT_DECAY) {
		f->engine = &leat_fade_engine;
	} else if (f->kind == LEAT_SLIDING || overlap) {
		f->engine = &leat_ranges_engine;
	} else {
		f->engine = &leat_cells_engine;
		f->index_at = leat_cells_place(f) + leat_cells_size(f);
		f->state_size = f->index_at + sizeof(struct leat_index);
	}
	f->state_size = leat_round_up(f->state_size);
	if (f->early_count || f->early_span || f->max_values ||
	    f->max_windows || f->emit_empty || f->lateness) {
		f->more_at = f->state_size;
		f->state_size += leat_round_up(sizeof(struct leat_more));
	}
}

/*
 * Whether closing, telling or taking a value may need what can fail. Windows
 * with early_span go the same way, so that others need not ask for it.
 */
static void plan_care(struct leat_flow *f)
{
	f->careful = f->kind == LEAT_CALENDAR || f->emit_empty ||
	    f->early_span > 0 || (f->kind == LEAT_SESSION && f->ordered) ||
	    (f->engine == &leat_ranges_engine && f->revises);
}

int leat_flow_plan(struct leat_flow *f, const leat_time_window_options *o,
    const char **why_out)
{
	int err = check_options(o, why_out);

	if (err)
		return err;
	memset(f, 0, sizeof(*f));
	f->kind = o->kind;
	f->gap = o->gap;
	f->half_life = o->half_life;
	f->calendar = o->calendar;
	f->min_count = o->min_count ? o->min_count : 1;
	f->propagate = o->on_missing == LEAT_ON_MISSING_PROPAGATE;
	f->lateness = o->allowed_lateness;
	f->early_count = o->early_count;
	f->early_span = o->early_span;
	f->emit_empty = o->emit_empty != 0;
	f->max_values = o->max_values;
	f->max_windows = o->max_windows;
	f->full = o->when_full;
	f->sink = o->sink;
	f->late = o->late;
	f->n_stats = o->n_stats;
	f->revises = o->allowed_lateness > 0 || o->early_count || o->early_span;
	f->clock.delay = o->delay;
	f->clock.max_skew = o->max_skew;
	f->clock.idle_timeout = o->idle_timeout;
	f->clock.n_sources = o->n_sources ? o->n_sources : 1;
	for (size_t i = 0; i < o->n_stats; i++)
		f->pairs |= leat_stat_pairs(&o->stats[i]) != 0;
	plan_grid(f, o);
	lay_sections(f, o);
	plan_engine(f);
	plan_care(f);
	return LEAT_OK;
}

/* ---------------- making --------------------------------------------- */

void leat_flow_cut(struct leat_flow *f, struct leat_cutter *c)
{
	uint32_t sources = f->clock.n_sources > 1 ? f->clock.n_sources : 0;

	f->sections = leat_cut(c, f->n_sections, sizeof(*f->sections));
	f->plan = leat_cut(c, f->n_stats, sizeof(*f->plan));
	f->results = leat_cut(c, f->n_stats, sizeof(double));
	f->partials = leat_cut(c, f->has_user ? f->n_stats : 0,
	    sizeof(*f->partials));
	f->whole = leat_cut(c, 1, f->accs_size);
	f->piece = leat_cut(c, 1, f->accs_size);
	f->clock.times = leat_cut(c, sources, sizeof(int64_t));
	f->clock.seen = leat_cut(c, sources, 1);
	if (sources == 0)
		f->clock.times = NULL;
	if (!f->has_user)
		f->partials = NULL;
}

static void note_partials(struct leat_flow *f)
{
	for (size_t i = 0; f->partials && i < f->n_stats; i++)
		if (f->plan[i].stat.id == LEAT_STAT_AGG)
			f->partials[i] = (unsigned char *)f->whole +
			    f->sections[f->plan[i].part].offset;
		else
			f->partials[i] = NULL;
}

static void make_flow_plan(struct leat_flow *f,
    const leat_time_window_options *o)
{
	for (size_t i = 0; i < o->n_stats; i++) {
		struct leat_plan *p = &f->plan[i];
		memset(p, 0, sizeof(*p));
		p->stat = o->stats[i];
		if (p->stat.id != LEAT_STAT_AGG)
			continue;
		while (f->sections[p->part].agg != p->stat.agg)
			p->part++;
	}
	note_partials(f);
}

static void make_pools(struct leat_flow *f)
{
	leat_pool_init(&f->cells, &f->memory, leat_cells_size(f));
	leat_pool_init(&f->contents, &f->memory,
	    f->engine == &leat_fade_engine ? f->accs_size : leat_ranges_size());
	leat_pool_init(&f->nodes, &f->memory, sizeof(struct leat_index_node));
	f->asked.root = NULL;
	leat_forest_init(f);
}

void leat_flow_start(struct leat_flow *f, const leat_time_window_options *o)
{
	leat_memory_start(&f->memory,
	    o->allocator ? o->allocator : &leat_malloc_allocator);
	lay_sections(f, o);
	make_flow_plan(f, o);
	make_pools(f);
	f->told = &f->sink;
	leat_clock_reset(&f->clock);
}

void leat_flow_end(struct leat_flow *f)
{
	leat_pool_clear(&f->cells);
	leat_pool_clear(&f->contents);
	leat_index_release(&f->nodes);
	leat_forest_clear(f);
}

static void blank_pool(struct leat_pool *p)
{
	leat_pool_init(p, p->memory, p->item);
}

void leat_flow_blank(struct leat_flow *f)
{
	struct leat_forest *w = &f->forest;

	blank_pool(&f->cells);
	blank_pool(&f->contents);
	blank_pool(&f->nodes);
	blank_pool(&w->leaves);
	blank_pool(&w->inners);
	blank_pool(&w->fringes);
	blank_pool(&w->tables);
	w->felled = NULL;
	w->stocked = 0;
	memset(w->shelves, 0, sizeof(w->shelves));
}

void leat_flow_moved(const void *from, void *to, struct leat_flow *f,
    const leat_allocator *allocator)
{
	const leat_allocator own = f->memory.allocator;

	f->sections = leat_moved(from, to, f->sections);
	f->plan = leat_moved(from, to, f->plan);
	f->results = leat_moved(from, to, f->results);
	f->partials = leat_moved(from, to, f->partials);
	f->whole = leat_moved(from, to, f->whole);
	f->piece = leat_moved(from, to, f->piece);
	f->clock.times = leat_moved(from, to, f->clock.times);
	f->clock.seen = leat_moved(from, to, f->clock.seen);
	note_partials(f);
	f->told = &f->sink;
	leat_memory_start(&f->memory, allocator ? allocator : &own);
	make_pools(f);
}

/* ---------------- values --------------------------------------------- */

int leat_flow_refuse(struct leat_flow *f, int err)
{
	if (err > 0) {
		f->counts.pushed++;
		f->counts.refused++;
	}
	return err;
}

static int refuse_late(struct leat_flow *f, const leat_event *e)
{
	f->counts.pushed++;
	f->counts.late++;
	if (f->late.late) {
		leat_call_begins(&f->calls, NULL);
		leat_call_ends(&f->calls, f->late.late(f->late.ctx, e));
	}
	return LEAT_TOO_LATE;
}

int leat_flow_push(struct leat_flow *f, struct leat_state *s,
    const leat_event *e)
{
	int err = f->engine->push(f, s, e);

	if (LEAT_UNLIKELY(err) && err != LEAT_OUTSIDE)
		return err == LEAT_TOO_LATE ? refuse_late(f, e)
					    : leat_flow_refuse(f, err);
	f->counts.pushed++;
	if (LEAT_UNLIKELY(err)) {
		f->counts.in_no_window++;
		return LEAT_OK;
	}
	if (e->x == e->x && e->y == e->y)
		f->counts.taken++;
	else
		f->counts.missing++;
	if (LEAT_LIKELY(!f->early_count))
		return LEAT_OK;
	struct leat_more *m = leat_more(f, s);
	if (++m->since < f->early_count)
		return LEAT_OK;
	m->since = 0;
	f->engine->tell(f, s, LEAT_RESULT_EARLY);
	return LEAT_OK;
}

int leat_flow_early(const struct leat_flow *f, int64_t was, int64_t now)
{
	/* The first value of all passes nothing. */
	if (f->early_span == 0 ||
	    (was == INT64_MIN && f->clock.begin != INT64_MIN))
		return 0;
	return leat_earlier(now, leat_modulo(now, f->early_span)) > was;
}

int leat_flow_row(const struct leat_flow *f, int64_t from, int64_t until)
{
	uint64_t n = from < until ? leat_ticks(from, until) : 0;

	return n / (uint64_t)f->advance > LEAT_EMPTY_MAX ? LEAT_TOO_FAR
							 : LEAT_OK;
}

int leat_flow_is_full(const struct leat_flow *f, const struct leat_state *s)
{
	return f->max_values > 0 && leat_more(f, s)->stored >= f->max_values;
}

int leat_flow_has_all(const struct leat_flow *f, const struct leat_state *s)
{
	return f->max_windows > 0 && leat_more(f, s)->windows >= f->max_windows;
}

/* ---------------- results -------------------------------------------- */

/* Until when the last value of a window holds. */
static int64_t carry_to(const struct leat_flow *f, int64_t end)
{
	if (f->kind == LEAT_SLIDING)
		return leat_earlier(end, 1);
	if (f->kind == LEAT_SESSION)
		return INT64_MIN; /* no longer than it does itself */
	return end < f->clock.now ? end : f->clock.now;
}

static double rate_range(const struct leat_flow *f, int64_t start, int64_t end)
{
	if (f->kind == LEAT_CALENDAR)
		return (double)leat_ticks(start, end);
	return (double)f->span; /* 0 where there is none */
}

int leat_flow_is_silent(const struct leat_flow *f,
    const struct leat_accs *whole)
{
	return whole->count < f->min_count ||
	    (f->propagate && whole->missing > 0);
}

static void lower_users(const struct leat_flow *f,
    const struct leat_accs *whole, double *out)
{
	for (size_t i = 0; i < f->n_sections; i++) {
		const struct leat_section *p = &f->sections[i];
		if (p->agg)
			leat_lower_agg(f->plan, f->n_stats, i,
			    (const unsigned char *)whole + p->offset, out);
	}
}

void leat_flow_lower(const struct leat_flow *f, const struct leat_accs *whole,
    int64_t start, int64_t end, double *out)
{
	struct leat_summary s; /* what statistics need is set by classes */
	int silent = leat_flow_is_silent(f, whole);

	if (f->kind == LEAT_DECAY) {
		leat_fade_lower(f, whole, out);
		return;
	}
	s.n = (double)whole->count;
	s.missing = (double)whole->missing;
	s.last_tick = leat_earlier(end, 1);
	if (LEAT_UNLIKELY(f->ordered)) { /* those alone need to know */
		s.carry_to = carry_to(f, end);
		s.range = rate_range(f, start, end);
	}
	for (size_t i = 0; i < f->n_sections; i++) {
		const struct leat_section *p = &f->sections[i];
		p->cls->lower((const unsigned char *)whole + p->offset, &s);
	}
	leat_lower(f->plan, f->n_stats, &s, silent, out);
	if (LEAT_UNLIKELY(f->has_user) && !silent)
		lower_users(f, whole, out);
}

int64_t leat_flow_watermark(const struct leat_flow *f)
{
	const struct leat_result *r = f->calls.result;

	return r ? r->watermark : f->clock.watermark;
}

leat_result leat_flow_result(const struct leat_flow *f, int64_t start,
    int64_t end)
{
	struct leat_tally t = { f->whole->count, f->whole->missing };

	if (f->kind == LEAT_DECAY)
		t = leat_fade_tally(f);
	leat_result r = { 0, f->n_stats, NULL, f->partials, start, end,
		leat_clock_coming(&f->clock), t.count, t.missing, 0, f->key,
		f->key_len };
	return r;
}

void leat_flow_tell(struct leat_flow *f, int64_t start, int64_t end,
    uint64_t revision, int flags)
{
	leat_result r;

	if (!f->told->emit)
		return;
	leat_flow_lower(f, f->whole, start, end, f->results);
	r = leat_flow_result(f, start, end);
	r.values = f->results;
	r.revision = revision;
	r.flags = flags;
	leat_call_emit(&f->calls, f->told, &r);
}
