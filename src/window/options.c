/*
 * options.c - checks of options
 *
 * An option that does not apply to the kind of window must be zero: a mistake
 * is reported, not ignored.
 */
#include "../agg/stat.h"
#include "window.h"

/* Returns the kind; with only a size given, a sliding window. */
static int kind_of(const leat_window_options *o)
{
	return o->kind ? o->kind : LEAT_SLIDING;
}

static int sized(int kind)
{
	return kind == LEAT_SLIDING || kind == LEAT_TUMBLING ||
	    kind == LEAT_HOPPING;
}

static int keeps_values(const leat_window_options *o)
{
	return kind_of(o) == LEAT_SLIDING || o->keep_values;
}

/* Returns what the statistics of such a window may rely on. */
struct leat_request leat_options_request(const leat_window_options *o)
{
	struct leat_request r = {
		.stats = o->stats,
		.n = o->stats ? o->n_stats : 0,
		.kind = kind_of(o),
		.stores = keeps_values(o),
		.few = o->kind != LEAT_HOPPING,
	};

	return r;
}

static const char *why_size(const leat_window_options *o)
{
	struct leat_request r = leat_options_request(o);

	if (!sized(kind_of(o)))
		return o->size ? "size: not used by this kind" : NULL;
	if (o->size < 1 || o->size > LEAT_SIZE_MAX)
		return "size: not from 1 to 2^40";
	if (o->size > LEAT_ORDER_MAX &&
	    (leat_stats_traits(r.stats, r.n) & LEAT_NEEDS_ORDER))
		return "size: must be at most 2^31 - 1 with AUC";
	return o->min_count > o->size ? "min_count: more than size" : NULL;
}

static const char *why_advance(const leat_window_options *o)
{
	if (o->kind != LEAT_HOPPING)
		return o->hop ? "hop: only for HOPPING" : NULL;
	return o->hop < 1 || o->hop > LEAT_SIZE_MAX ? "hop: not from 1 to 2^40"
						    : NULL;
}

/* Written so that NaN fails. */
static int in(double x, double low, double high)
{
	return x >= low && x <= high;
}

static const char *why_decay(const leat_window_options *o)
{
	int given = (o->alpha != 0) + (o->ewm_span != 0) + (o->half_life != 0);

	if (o->kind != LEAT_DECAY) {
		if (given)
			return "alpha, ewm_span, half_life: only for DECAY";
		return o->unadjusted ? "unadjusted: only for DECAY" : NULL;
	}
	if (given != 1)
		return "alpha, ewm_span, half_life: "
		       "DECAY needs exactly one of them";
	if (o->alpha != 0 && !in(o->alpha, 0, 1))
		return "alpha: must be above 0 and at most 1";
	if (o->ewm_span != 0 && !in(o->ewm_span, 1, DBL_MAX))
		return "ewm_span: must be at least 1";
	if (o->half_life != 0 && !in(o->half_life, 0, DBL_MAX))
		return "half_life: not above 0";
	return NULL;
}

static const char *why_rest(const leat_window_options *o)
{
	if (!LEAT_IS_RESERVED(o))
		return LEAT_WHY_RESERVED;
	if (!o->stats || o->n_stats < 1)
		return "stats: none given";
	if (o->on_missing != LEAT_ON_MISSING_SKIP &&
	    o->on_missing != LEAT_ON_MISSING_PROPAGATE)
		return "on_missing: not of enum leat_on_missing";
	if (kind_of(o) == LEAT_SLIDING && o->keep_values)
		return "keep_values: not used by SLIDING, "
		       "which always keeps them";
	if (!sized(kind_of(o)) && o->keep_values)
		return "keep_values: not supported by this kind";
	if (!leat_allocator_fits(o->allocator))
		return "allocator: lacks a function";
	return NULL;
}

int leat_options_check(const leat_window_options *o, const char **why_out)
{
	const char *why;

	if (kind_of(o) < LEAT_SLIDING || kind_of(o) > LEAT_DECAY)
		why = "kind: not a kind of windows by count";
	else if (!(why = why_size(o)) && !(why = why_advance(o)) &&
	    !(why = why_decay(o)))
		why = why_rest(o);
	if (why)
		return leat_because(why_out, LEAT_EINVAL, why);
	struct leat_request r = leat_options_request(o);
	return leat_request_check(&r, why_out);
}

static void apply_slide(const leat_window_options *o, struct leat_window *w)
{
	size_t size = o->size > SIZE_MAX ? SIZE_MAX : (size_t)o->size;

	w->engine = &leat_slide_engine;
	w->slide.chunk = size / 2;
	w->slide.slots = size - w->slide.chunk;
	w->ring_slots = 3 * w->slide.chunk;
}

static void apply_panes(const leat_window_options *o, struct leat_window *w)
{
	uint64_t size = sized(kind_of(o)) ? o->size : UINT64_MAX;
	uint64_t advance = o->kind == LEAT_HOPPING ? o->hop : size;
	uint64_t closed = (size - 1) / advance; /* ceil(size / advance) - 1 */

	w->engine = &leat_panes_engine;
	w->ring_slots = w->keeps ? (size_t)w->size : 0;
	w->panes.advance = advance;
	w->panes.closed_max = closed > SIZE_MAX ? SIZE_MAX : (size_t)closed;
	w->panes.end = size - closed * advance;
	w->panes.relay.ring = w->panes.closed_max;
	if (closed >= 3)
		leat_relay_measure(&w->panes.relay, w->panes.closed_max - 1);
}

/*
 * The factor by which weights fall. 1 - alpha has no digits left where
 * alpha is nearly 1.
 */
static double keep_of(const leat_window_options *o, double alpha)
{
	if (o->alpha > 0 || alpha <= 0.5)
		return 1 - alpha;
	if (o->ewm_span > 0)
		return (o->ewm_span - 1) / (o->ewm_span + 1);
	double halvings = 1 / o->half_life, whole = floor(halvings);
	if (whole > 2000)
		return 0;
	return leat_ldexp(leat_exp((whole - halvings) * LEAT_LN2), -(int)whole);
}

static void apply_decay(const leat_window_options *o, struct leat_window *w)
{
	double alpha = o->alpha > 0 ? o->alpha
	    : o->ewm_span > 0       ? 2 / (o->ewm_span + 1)
			      : leat_one_minus_exp(LEAT_LN2 / o->half_life);

	w->engine = &leat_decay_engine;
	w->errors = leat_errors_of(o->stats, o->n_stats);
	w->decay.keep = keep_of(o, alpha);
	w->decay.recursive = o->unadjusted != 0;
	w->decay.fresh = o->unadjusted ? alpha : 1;
	w->decay.pairs = w->pairs;
}

/* The geometry, from options that have been checked. */
void leat_options_apply(const leat_window_options *o, struct leat_window *w)
{
	memset(w, 0, sizeof(*w));
	w->kind = kind_of(o);
	w->size = o->size;
	w->n_stats = o->n_stats;
	w->min_count = o->min_count ? o->min_count : 1;
	w->propagate = o->on_missing == LEAT_ON_MISSING_PROPAGATE;
	w->sink = o->sink;
	w->keeps = keeps_values(o);
	w->pairs = (leat_stats_traits(o->stats, o->n_stats) & LEAT_OF_PAIRS) !=
	    0;
	if (o->kind == LEAT_DECAY) {
		apply_decay(o, w);
	} else if (kind_of(o) == LEAT_SLIDING && o->size > 1) {
		apply_slide(o, w);
	} else {
		apply_panes(o, w);
	}
}
