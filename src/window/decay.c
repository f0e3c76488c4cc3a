/*
 * decay.c - everything since reset, with weights that fade
 *
 * A value pushed k pushes ago weighs (1 - alpha)^k, or, in the recursive
 * form, such that the mean is m += alpha (x - m) from the first value on.
 * Definitions are those of pandas' ewm: adjust=True and False,
 * ignore_na=False, var(bias=False) and var(bias=True). Mean and squared
 * deviations are kept by West's weighted form of Welford's recurrence
 * (Comm. ACM 22, 1979): every push shrinks what is there and adds a
 * positive term, so nothing ever cancels.
 *
 * Nothing ever leaves such a window, so two things that would poison it
 * for ever are kept apart. An infinity does not enter the sums: it is
 * remembered with its weight, decides the results while that is at least
 * 2^-53 of a new value's, and is forgotten then. And where a deviation is
 * so large that its square could overflow, sums of squares are kept scaled
 * by a power of two until they have faded.
 */
#include "window.h"

#define LARGE 0x1p+500  /* its square is fine, but not much more is */
#define SHRINK 0x1p-600 /* what deviations are multiplied by then */
#define SHRUNK 600
#define FADED 0x1p-200 /* scaled sums of squares that fit unscaled */
#define FORGOTTEN 0x1p-53

static void rescale(struct leat_decay *d, double factor, int scale)
{
	d->m2x = d->m2x * factor * factor;
	d->m2y = d->m2y * factor * factor;
	d->cxy = d->cxy * factor * factor;
	d->scale = scale;
}

static void choose_scale(struct leat_decay *d, double x, double y)
{
	int large = !(fabs(x - d->x.hi) < LARGE && fabs(y - d->y.hi) < LARGE);

	if (d->scale == 0 && large)
		rescale(d, SHRINK, SHRUNK);
	else if (d->scale != 0 && !large && d->m2x < FADED && d->m2y < FADED)
		rescale(d, 1 / SHRINK, 0);
}

/* x - mean in the present scale, without overflow. */
static double deviation(const struct leat_decay *d, double x,
    const struct leat_decay_mean *mean)
{
	if (d->scale)
		return x * SHRINK - mean->hi * SHRINK;
	return (x - mean->hi) - mean->lo;
}

/* The mean in two terms, so that one of 1e9 costs no digits. */
static void move_mean(const struct leat_decay *d, struct leat_decay_mean *m,
    double by)
{
	double e;

	leat_two_sum(m->hi, d->scale ? by / SHRINK : by, &m->hi, &e);
	leat_two_sum(m->hi, m->lo + e, &m->hi, &m->lo);
}

/*
 * Between values only the weight of what is there falls, and all of it
 * alike: it can wait, and need not vanish, until a value comes.
 */
void leat_decay_fade(struct leat_decay *d, double keep)
{
	d->pending *= keep;
	for (int i = 0; i < 4; i++) {
		d->inf[i] *= keep;
		if (d->inf[i] < FORGOTTEN)
			d->inf[i] = 0;
	}
}

static void apply_pending(struct leat_decay *d)
{
	d->weight *= d->pending;
	d->weight2 *= d->pending * d->pending;
	d->m2x *= d->pending;
	d->m2y *= d->pending;
	d->cxy *= d->pending;
	d->pending = 1;
}

/* The recursive form: what is there weighs 1 in all. */
static void normalise(struct leat_decay *d)
{
	double w = d->weight;

	d->weight2 /= w * w;
	d->m2x /= w;
	d->m2y /= w;
	d->cxy /= w;
	d->weight = 1;
}

static void add_finite(struct leat_decay *d, double x, double y, double weight)
{
	struct leat_decay_mean at_x = { x, 0 }, at_y = { y, 0 };

	apply_pending(d);
	if (d->weight == 0) { /* the first, or all before faded to nothing */
		d->x = at_x;
		d->y = at_y;
		d->m2x = d->m2y = d->cxy = 0;
	}
	choose_scale(d, x, y);
	d->weight += weight;
	d->weight2 += weight * weight;
	double f = weight / d->weight;
	double dx = deviation(d, x, &d->x), qx = dx * f;
	double dy = deviation(d, y, &d->y), qy = dy * f;
	move_mean(d, &d->x, qx);
	move_mean(d, &d->y, qy);
	d->m2x += weight * dx * (dx - qx);
	d->m2y += weight * dy * (dy - qy);
	d->cxy += weight * dx * (dy - qy);
	d->finite++;
	if (d->recursive)
		normalise(d);
}

static void remember_infinity(double *inf, double x, double weight)
{
	if (x - x != 0 && inf[x < 0] < weight && weight >= FORGOTTEN)
		inf[x < 0] = weight;
}

void leat_decay_take(struct leat_decay *d, double x, double y, double weight,
    double share)
{
	if (x != x || y != y) {
		d->missing++;
		return;
	}
	d->count++;
	remember_infinity(d->inf, x, share);
	remember_infinity(d->inf + 2, y, share);
	/*
	 * Beside an infinite y, x counts all the same. Whatever y is put in
	 * for it shows no sooner than it has faded.
	 */
	if (x - x == 0)
		add_finite(d, x, y - y == 0 ? y : d->y.hi, weight);
}

static void decay_push(leat_window *w, double x, double y)
{
	struct leat_decay *d = &w->decay;

	w->pushed++;
	leat_decay_fade(d, d->keep);
	leat_decay_take(d, x, y, d->fresh, 1);
	if (x == x && y == y)
		w->last = x;
}

/* ---------------- results ------------------------------------------- */

/* 0, or the infinity or NaN that x (axis 0) or y (axis 1) now comes to. */
static double disturbed(const struct leat_decay *d, int axis)
{
	const double *inf = d->inf + 2 * axis;
	double sum = 0;

	if (inf[0] > 0)
		sum += HUGE_VAL;
	if (inf[1] > 0)
		sum -= HUGE_VAL;
	return sum;
}

/* What a weighted sum of products is divided by. */
static double bessel(const struct leat_decay *d)
{
	double free = d->weight * d->weight - d->weight2;

	return d->finite > 1 && free > 0 ? free / d->weight : NAN;
}

static double unscaled(const struct leat_decay *d, double square)
{
	return leat_ldexp(square, 2 * d->scale);
}

static double root(const struct leat_decay *d, double square)
{
	return leat_ldexp(leat_sqrt(square), d->scale);
}

static double decay_slope(const struct leat_decay *d)
{
	int faint = d->m2y != 0 && fabs(d->cxy) < LEAT_LEAST_SQUARES &&
	    leat_sqrt(d->m2x) * leat_sqrt(d->m2y) < 0x1p-900;

	if (!leat_sound(d->m2x, LEAT_LEAST_SQUARES) || faint)
		return NAN;
	return d->cxy / d->m2x;
}

static double decay_zscore(const struct leat_decay *d, double last)
{
	if (!leat_sound(d->m2x, LEAT_LEAST_SQUARES))
		return NAN;
	return deviation(d, last, &d->x) / leat_sqrt(d->m2x / bessel(d));
}

static double decay_rms(const struct leat_decay *d)
{
	double mean = d->scale ? d->x.hi * SHRINK : d->x.hi;

	return root(d, d->m2x / d->weight + mean * mean);
}

static double decay_squares(const struct leat_decay *d)
{
	double weight = d->weight * d->pending;

	return unscaled(d, d->m2x) * d->pending + weight * d->x.hi * d->x.hi;
}

static double undisturbed(const struct leat_decay *d, double last, int id)
{
	switch (id) {
	case LEAT_STAT_SUM:
		return d->x.hi * (d->weight * d->pending);
	case LEAT_STAT_MEAN:
		return d->x.hi;
	case LEAT_STAT_VARIANCE:
		return unscaled(d, d->m2x / bessel(d));
	case LEAT_STAT_VARIANCE_POP:
		return unscaled(d, d->m2x / d->weight);
	case LEAT_STAT_STDDEV:
		return root(d, d->m2x / bessel(d));
	case LEAT_STAT_STDDEV_POP:
		return root(d, d->m2x / d->weight);
	case LEAT_STAT_ZSCORE:
		return decay_zscore(d, last);
	case LEAT_STAT_SUM_OF_SQUARES:
		return decay_squares(d);
	case LEAT_STAT_RMS:
		return decay_rms(d);
	case LEAT_STAT_COVARIANCE:
		return unscaled(d, d->cxy / bessel(d));
	case LEAT_STAT_COVARIANCE_POP:
		return unscaled(d, d->cxy / d->weight);
	case LEAT_STAT_CORRELATION:
		return leat_correlation(d->cxy, d->m2x, d->m2y);
	case LEAT_STAT_SLOPE:
		return decay_slope(d);
	default: /* LEAT_STAT_INTERCEPT */
		return d->y.hi - decay_slope(d) * d->x.hi;
	}
}

/* With an infinity about, as IEEE arithmetic on the values would have it. */
static double decayed(const struct leat_decay *d, double last, int id)
{
	double x = disturbed(d, 0), y = disturbed(d, 1);

	if (id == LEAT_STAT_LAST)
		return last;
	if (x == 0 && (y == 0 || !leat_stat_find(id)->pairs))
		return d->finite ? undisturbed(d, last, id) : NAN;
	switch (id) {
	case LEAT_STAT_SUM:
	case LEAT_STAT_MEAN:
		return x;
	case LEAT_STAT_SUM_OF_SQUARES:
	case LEAT_STAT_RMS:
		return HUGE_VAL;
	default:
		return NAN;
	}
}

void leat_decay_lower(const struct leat_decay *d, double last,
    const struct leat_plan *plan, size_t n, int quiet, double *out)
{
	for (size_t i = 0; i < n; i++) {
		int id = plan[i].id;
		if (id == LEAT_STAT_COUNT)
			out[i] = (double)d->count;
		else if (id == LEAT_STAT_MISSING)
			out[i] = (double)d->missing;
		else
			out[i] = quiet ? NAN : leat_nan(decayed(d, last, id));
	}
}

static void decay_query(const leat_window *w, double *out)
{
	const struct leat_decay *d = &w->decay;
	int quiet = d->count < w->min_count || (w->propagate && d->missing > 0);

	leat_decay_lower(d, w->last, w->plan, w->n_stats, quiet, out);
}

static void decay_reset(leat_window *w)
{
	struct leat_decay *d = &w->decay, fresh;

	memset(&fresh, 0, sizeof(fresh));
	fresh.keep = d->keep;
	fresh.pending = 1;
	fresh.fresh = d->fresh;
	fresh.recursive = d->recursive;
	*d = fresh;
	w->pushed = 0;
	w->last = NAN;
}

/* What options have set is there. */
void leat_tape_decay(struct leat_tape *t, struct leat_decay *d)
{
	double sums[10] = { d->pending, d->weight, d->weight2, d->x.hi, d->x.lo,
		d->y.hi, d->y.lo, d->m2x, d->m2y, d->cxy };
	int shrunk = d->scale != 0;

	leat_tape_number(t, &d->count, LEAT_TAPE_PUSHES);
	leat_tape_number(t, &d->finite, d->count);
	leat_tape_number(t, &d->missing, LEAT_TAPE_PUSHES);
	leat_tape_int(t, &shrunk, 1);
	leat_tape_sparse(t, sums, 10, 0);
	leat_tape_sparse(t, d->inf, 4, 0);
	d->pending = sums[0];
	d->weight = sums[1];
	d->weight2 = sums[2];
	d->x.hi = sums[3];
	d->x.lo = sums[4];
	d->y.hi = sums[5];
	d->y.lo = sums[6];
	d->m2x = sums[7];
	d->m2y = sums[8];
	d->cxy = sums[9];
	d->scale = shrunk ? SHRUNK : 0;
}

const struct leat_engine leat_decay_engine = { decay_push, decay_query,
	decay_reset, leat_pushes, leat_pushes };
