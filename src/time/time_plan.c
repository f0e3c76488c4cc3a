/*
 * time_plan.c - what the options of windows by time come to
 *
 * A table says of each kind of window which options give it its shape, which
 * engine serves it, and in which traits it differs for that engine; nothing
 * else in the library asks for the kind. Options are checked by the table and
 * turned into a plan: the classes that the statistics need, where their
 * accumulators lie in a block, and what a state holds.
 */
#include "../agg/decay.h"
#include "../agg/plan.h"
#include "cells.h"

/* ---------------- kinds ---------------------------------------------- */

struct window_kind {
	struct leat_time_traits traits;
	int spans;  /* `span` is given */
	int hops;   /* `hop` is given */
	int in_row; /* windows follow each other, with or without data */
	int many;   /* more than one window may be open */
	const struct leat_time_engine *engine;
	const struct leat_time_engine *overlapping; /* if hop is below span */
};

static const struct window_kind window_kinds[] = {
	[LEAT_SLIDING] = { .traits = { .slides = 1 },
	    .spans = 1,
	    .engine = &leat_ranges_engine },
	[LEAT_TUMBLING] = { .traits = { .on_grid = 1 },
	    .spans = 1,
	    .in_row = 1,
	    .many = 1,
	    .engine = &leat_cells_engine },
	[LEAT_HOPPING] = { .traits = { .on_grid = 1 },
	    .spans = 1,
	    .hops = 1,
	    .in_row = 1,
	    .many = 1,
	    .engine = &leat_cells_engine,
	    .overlapping = &leat_ranges_engine },
	[LEAT_SESSION] = { .traits = { .grows = 1 },
	    .many = 1,
	    .engine = &leat_cells_engine },
	[LEAT_LANDMARK] = { .traits = { .open_ended = 1 },
	    .engine = &leat_cells_engine },
	[LEAT_DECAY] = { .traits = { .decays = 1 },
	    .engine = &leat_decaying_engine },
	[LEAT_CALENDAR] = { .traits = { .asks = 1 },
	    .in_row = 1,
	    .many = 1,
	    .engine = &leat_cells_engine },
};

/* ---------------- checking ------------------------------------------- */

/* Checks what gives a kind its shape: above 0 there, and 0 for other kinds. */
static const char *why_shape(const leat_time_window_options *o)
{
	const struct window_kind *k = &window_kinds[o->kind];

	if (k->spans ? o->span <= 0 : o->span != 0)
		return k->spans ? "span: not above 0"
				: "span: not used by this kind";
	if (k->hops ? o->hop <= 0 : o->hop != 0)
		return k->hops ? "hop: not above 0" : "hop: only for HOPPING";
	if (k->hops && o->span / o->hop > LEAT_HOPS_MAX)
		return "span: more than 100000 times hop";
	if (k->traits.grows ? o->gap <= 0 : o->gap != 0)
		return k->traits.grows ? "gap: not above 0"
				       : "gap: only for SESSION";
	/* The comparison is written so that NaN fails. */
	if (k->traits.decays ? !(o->half_life > 0 && o->half_life <= DBL_MAX)
			     : o->half_life != 0)
		return k->traits.decays ? "half_life: not above 0"
					: "half_life: only for DECAY";
	return NULL;
}

static const char *why_kind(const leat_time_window_options *o)
{
	int kind = o->kind;
	const struct window_kind *k;

	if (kind == 0)
		return "kind: not given";
	if (kind < LEAT_SLIDING || kind > LEAT_CALENDAR)
		return "kind: not a kind of windows by time";
	k = &window_kinds[kind];
	if (k->traits.asks != (o->calendar.interval != NULL))
		return k->traits.asks ? "calendar: not given"
				      : "calendar: only for CALENDAR";
	if (!k->traits.on_grid && o->offset != 0)
		return "offset: only for TUMBLING and HOPPING";
	if (o->emit_empty && !k->in_row)
		return "emit_empty: this kind has no empty windows";
	if (o->max_windows > 0 && !k->many)
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
	/* Early results and windows without data are for a sink alone. */
	if (o->sink.emit)
		return NULL;
	if (o->early_count)
		return "early_count: needs a sink";
	if (o->early_span)
		return "early_span: needs a sink";
	return o->emit_empty ? "emit_empty: needs a sink" : NULL;
}

static struct leat_request time_request(const leat_time_window_options *o)
{
	struct leat_request r = {
		.stats = o->stats,
		.n = o->n_stats,
		.kind = o->kind,
		.by_time = 1,
	};

	return r;
}

static int check_options(const leat_time_window_options *o,
    const char **why_out)
{
	const char *why;

	if ((why = why_kind(o)) || (why = why_time(o)) ||
	    (why = why_rest_by_time(o)))
		return leat_because(why_out, LEAT_EINVAL, why);
	struct leat_request r = time_request(o);
	return leat_request_check(&r, why_out);
}

/* ---------------- the plan ------------------------------------------- */

static int is_ordered(const struct leat_request *r)
{
	struct leat_section s;
	size_t cursor = 0;

	while (leat_next_section(r, &cursor, &s))
		if (!s.any_order)
			return 1;
	return 0;
}

void leat_time_plan_layout(struct leat_time_plan *p, struct leat_layout *l,
    const leat_time_window_options *o)
{
	struct leat_request r = time_request(o);
	struct leat_section s;
	size_t cursor = 0;

	r.few = p->roomy && p->traits.open_ended && !is_ordered(&r);
	l->n_sections = 0;
	l->accs_size = sizeof(struct leat_accs);
	while (leat_next_section(&r, &cursor, &s)) {
		if (s.agg)
			l->accs_size = leat_round_up(l->accs_size);
		s.offset = s.from = l->accs_size;
		if (l->sections)
			l->sections[l->n_sections] = s;
		l->n_sections++;
		l->accs_size += s.size;
		l->ordered |= !s.any_order;
		l->has_user |= s.agg != NULL;
	}
	l->accs_size = leat_round_up(l->accs_size);
	l->sum_alone = l->n_sections == 1 && s.cls == &leat_class_sum;
	l->pairs = (leat_stats_traits(r.stats, r.n) & LEAT_OF_PAIRS) != 0;
	LEAT_ASSERT(l->has_user || l->accs_size <= LEAT_ACCS_MAX);
	if (!p->traits.decays)
		return;
	p->errors = leat_errors_of(o->stats, o->n_stats);
	l->accs_size = leat_decaying_size(p);
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

static void plan_grid(struct leat_time_plan *p,
    const leat_time_window_options *o)
{
	p->span = o->span;
	p->advance = window_kinds[o->kind].hops ? o->hop : o->span;
	p->width = p->advance;
	if (!p->traits.on_grid)
		return;
	p->offset = leat_modulo(o->offset, p->advance);
	p->width = common_divisor(p->span, p->advance);
	/* The sum of two residues may not fit, their difference does. */
	p->phase = leat_modulo(p->offset - (p->advance - p->span % p->advance),
	    p->advance);
}

/* Tells whether a state needs a struct leat_more. */
static int plan_has_more(const struct leat_time_plan *p)
{
	return p->early_count || p->early_span || p->max_values ||
	    p->max_windows || p->emit_empty || p->lateness;
}

/*
 * Tells whether no state ever has more than a few cells: these lie between the
 * watermark and now, and do not overlap.
 */
static int plan_has_few(const struct leat_time_plan *p,
    const leat_time_window_options *o)
{
	int64_t each = p->traits.grows ? p->gap : p->advance;

	if (p->traits.asks || plan_has_more(p) || o->n_sources > 1)
		return 0;
	return p->traits.open_ended ||
	    (each > 0 && o->delay / each + 2 <= LEAT_CELLS_FEW);
}

/* Places what a state holds. Numbers need but eight bytes' alignment. */
static void plan_state(struct leat_time_plan *p, const struct leat_layout *l)
{
	p->state_size = sizeof(struct leat_state);
	if (p->engine->plan)
		p->engine->plan(p, l);
	p->state_size = leat_round_up_8(p->state_size);
	if (plan_has_more(p)) {
		p->more_at = p->state_size;
		p->state_size += leat_round_up_8(sizeof(struct leat_more));
	}
	if (l->has_user)
		p->state_size = leat_round_up(p->state_size);
}

int leat_time_plan_make(struct leat_time_plan *p, struct leat_layout *l,
    const leat_time_window_options *o, int roomy, const char **why_out)
{
	const struct window_kind *k;
	int err = check_options(o, why_out);

	if (err)
		return err;
	k = &window_kinds[o->kind];
	memset(p, 0, sizeof(*p));
	memset(l, 0, sizeof(*l));
	p->kind = o->kind;
	p->traits = k->traits;
	p->engine = k->overlapping && o->hop < o->span ? k->overlapping
						       : k->engine;
	p->gap = o->gap;
	p->half_life = o->half_life;
	p->calendar = o->calendar;
	p->min_count = o->min_count ? o->min_count : 1;
	p->propagate = o->on_missing == LEAT_ON_MISSING_PROPAGATE;
	p->lateness = o->allowed_lateness;
	p->early_count = o->early_count;
	p->early_span = o->early_span;
	p->emit_empty = o->emit_empty != 0;
	p->max_values = o->max_values;
	p->max_windows = o->max_windows;
	p->full = o->when_full;
	p->n_stats = o->n_stats;
	p->revises = o->allowed_lateness > 0 || o->early_count || o->early_span;
	p->roomy = roomy;
	plan_grid(p, o);
	leat_time_plan_layout(p, l, o);
	p->one_sum = l->sum_alone && o->n_stats == 1;
	p->few = plan_has_few(p, o);
	plan_state(p, l);
	/*
	 * Closing, emitting or taking a value may need what can fail. Windows
	 * with early_span go the same way, so that others need not ask for it.
	 */
	p->careful = p->traits.asks || p->emit_empty || p->early_span > 0 ||
	    (p->traits.grows && l->ordered) ||
	    (p->engine->overlaps && p->revises);
	int usual = !p->careful && !p->more_at && o->n_sources <= 1 &&
	    !o->max_skew;
	p->plain = usual && p->engine->has_cells && !p->traits.grows &&
	    !l->ordered;
	p->quiet = usual && p->traits.slides && !o->sink.emit;
	return LEAT_OK;
}
