/*
 * options.c - what a caller may ask for
 *
 * An option that the kind of window has no use for must be zero: a mistake
 * is told, not ignored.
 */
#include "window.h"

static int check_stat(const leat_stat *s, int kind)
{
	if (s->id == LEAT_STAT_AGG) {
		if (!leat_agg_fits(s->agg))
			return LEAT_EAGG;
		return kind == LEAT_DECAY ? LEAT_ESTAT : LEAT_OK;
	}
	if (!leat_stat_fits(s))
		return LEAT_ESTAT;
	const struct leat_stat_info *info = leat_stat_find(s->id);
	if (info->timed || (kind == LEAT_DECAY && !info->decays))
		return LEAT_ESTAT;
	return LEAT_OK;
}

static int check_stats(const leat_window_options *o)
{
	if (!o->stats || o->n_stats < 1)
		return LEAT_EINVAL;
	for (size_t i = 0; i < o->n_stats; i++) {
		int err = check_stat(&o->stats[i], o->kind);
		if (err)
			return err;
	}
	return LEAT_OK;
}

static int sized(int kind)
{
	return kind == LEAT_SLIDING || kind == LEAT_TUMBLING ||
	    kind == LEAT_HOPPING;
}

static int check_size(const leat_window_options *o)
{
	if (!sized(o->kind))
		return o->size ? LEAT_EINVAL : LEAT_OK;
	if (o->size < 1 || o->size > LEAT_SIZE_MAX)
		return LEAT_ESIZE;
	return o->min_count > o->size ? LEAT_EINVAL : LEAT_OK;
}

static int check_advance(const leat_window_options *o)
{
	if (o->kind != LEAT_HOPPING)
		return o->advance ? LEAT_EINVAL : LEAT_OK;
	return o->advance < 1 || o->advance > LEAT_SIZE_MAX ? LEAT_EADVANCE
							    : LEAT_OK;
}

static int in(double x, double low, double high)
{
	return x >= low && x <= high;
}

static int check_decay(const leat_window_options *o)
{
	int given = (o->alpha != 0) + (o->decay_span != 0) +
	    (o->half_life != 0);

	if (o->kind != LEAT_DECAY)
		return given || o->recursive ? LEAT_EINVAL : LEAT_OK;
	if (given != 1)
		return LEAT_EDECAY;
	if (o->alpha != 0)
		return in(o->alpha, 0, 1) ? LEAT_OK : LEAT_EDECAY;
	if (o->decay_span != 0)
		return in(o->decay_span, 1, DBL_MAX) ? LEAT_OK : LEAT_EDECAY;
	return in(o->half_life, 0, DBL_MAX) ? LEAT_OK : LEAT_EDECAY;
}

static int check_rest(const leat_window_options *o)
{
	if (o->missing != LEAT_SKIP && o->missing != LEAT_PROPAGATE)
		return LEAT_EINVAL;
	if (!sized(o->kind) && (o->keep_values || o->sink.emit))
		return LEAT_ENOTSUP;
	if (!leat_allocator_fits(o->allocator))
		return LEAT_EINVAL;
	return LEAT_OK;
}

int leat_options_check(const leat_window_options *o)
{
	int err;

	if (o->kind < LEAT_SLIDING || o->kind > LEAT_DECAY)
		return LEAT_EKIND;
	if ((err = check_size(o)) || (err = check_advance(o)) ||
	    (err = check_decay(o)) || (err = check_stats(o)))
		return err;
	return check_rest(o);
}

double leat_options_alpha(const leat_window_options *o)
{
	if (o->alpha > 0)
		return o->alpha;
	if (o->decay_span > 0)
		return 2 / (o->decay_span + 1);
	return leat_one_minus_exp(LEAT_LN2 / o->half_life);
}

static void apply_panes(const leat_window_options *o, struct leat_window *w)
{
	uint64_t size = sized(o->kind) ? o->size : UINT64_MAX;
	uint64_t advance = o->kind == LEAT_HOPPING ? o->advance : size;
	uint64_t closed = (size - 1) / advance; /* ceil(size / advance) - 1 */

	w->engine = &leat_panes_engine;
	w->panes.advance = advance;
	w->panes.closed_max = closed > SIZE_MAX ? SIZE_MAX : (size_t)closed;
	w->panes.end = size - closed * advance;
	w->relay.ring = w->panes.closed_max;
	if (closed >= 3)
		w->relay.size = w->panes.closed_max - 1;
}

static void apply_slide(const leat_window_options *o, struct leat_window *w)
{
	w->engine = &leat_slide_engine;
	w->relay.size = o->size > SIZE_MAX ? SIZE_MAX : (size_t)o->size;
	w->relay.ring = w->relay.size;
}

/*
 * The factor by which weights fall. 1 - alpha has no digits left where
 * alpha is nearly 1.
 */
static double keep_of(const leat_window_options *o, double alpha)
{
	if (o->alpha > 0 || alpha <= 0.5)
		return 1 - alpha;
	if (o->decay_span > 0)
		return (o->decay_span - 1) / (o->decay_span + 1);
	double halvings = 1 / o->half_life, whole = floor(halvings);
	if (whole > 2000)
		return 0;
	return leat_ldexp(leat_exp((whole - halvings) * LEAT_LN2), -(int)whole);
}

static void apply_decay(const leat_window_options *o, struct leat_window *w)
{
	double alpha = leat_options_alpha(o);

	w->engine = &leat_decay_engine;
	w->decay.keep = keep_of(o, alpha);
	w->decay.recursive = o->recursive != 0;
	w->decay.fresh = o->recursive ? alpha : 1;
	w->decay.pairs = w->pairs;
}

/* The geometry, from options that have been checked. */
void leat_options_apply(const leat_window_options *o, struct leat_window *w)
{
	memset(w, 0, sizeof(*w));
	w->kind = o->kind;
	w->size = o->size;
	w->full = (double)o->size;
	w->free = w->full - 1;
	w->inverse = o->size ? 1 / w->full : 0;
	w->n_stats = o->n_stats;
	w->min_count = o->min_count ? o->min_count : 1;
	w->propagate = o->missing == LEAT_PROPAGATE;
	w->sink = o->sink;
	w->keeps = o->kind == LEAT_SLIDING || o->keep_values;
	for (size_t i = 0; i < o->n_stats; i++)
		w->pairs |= leat_stat_pairs(&o->stats[i]);
	if (o->kind == LEAT_DECAY)
		apply_decay(o, w);
	else if (o->kind == LEAT_SLIDING && o->size > 1)
		apply_slide(o, w);
	else
		apply_panes(o, w);
	w->relay.chunk = w->relay.size / 2;
	w->relay.slots = w->relay.size - w->relay.chunk;
}
