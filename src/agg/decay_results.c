/*
 * decay_results.c - what the sums of decay.c come to
 *
 * Sums have scales of their own, which are put together before a result
 * becomes a double: a standard deviation of 1e300 or of 1e-300 is as right
 * as one of 1. Weights that all fade alike cancel in all but sums, so only
 * those know what is pending.
 */
#include "decay.h"
#include "stat.h"

double leat_decay_disturbed(const struct leat_decay *d, int axis)
{
	const double *inf = d->inf + 2 * axis;
	double sum = 0;

	if (inf[0] > 0)
		sum += HUGE_VAL;
	if (inf[1] > 0)
		sum -= HUGE_VAL;
	return sum;
}

/* The power of two that deviations in a column are to be multiplied by. */
static int64_t scale_of(const struct leat_decay_axis *a)
{
	return a->scale - (a->lift > 1 ? 128 : 0);
}

static double mean_of(const struct leat_decay_axis *a)
{
	return LEAT_LIKELY(a->lift <= 1) ? a->hi : a->hi / a->lift;
}

/* Returns the divisor of a weighted sum of products, without free_e. */
static double bessel(const struct leat_decay *d)
{
	return d->free > 0 ? d->free / d->weight : NAN;
}

/* A quarter of a deviation beyond the doubles is within them. */
static double decay_zscore(const struct leat_decay *d, double last)
{
	const struct leat_decay_axis *a = &d->x;
	double dx = (last * a->lift - a->hi) - a->lo;
	int64_t e = d->free_e / 2 - a->scale;

	if (dx - dx != 0) {
		dx = (last / 4 - a->hi / 4) - a->lo / 4;
		e += 2;
	}
	double sd = leat_sqrt(a->m2 / bessel(d));
	if (LEAT_LIKELY(e == 0))
		return dx / sd;
	struct leat_wide z = leat_wide_make(dx, e);
	return leat_wide_double(z.m / sd, z.e);
}

/* x times the sum of weights as of now; x may be large and weights tiny. */
static double weighted(const struct leat_decay *d, struct leat_wide x)
{
	struct leat_wide w = leat_wide_make(d->weight, 0);

	w = leat_wide_mul(w, leat_wide_make(d->pending, d->pending_e));
	w = leat_wide_mul(w, x);
	return leat_wide_double(w.m, w.e);
}

static struct leat_wide wide_mean(const struct leat_decay_axis *a)
{
	return leat_wide_make(a->hi, a->lift > 1 ? -128 : 0);
}

static double sum(const struct leat_decay *d)
{
	if (LEAT_LIKELY(d->pending_e == 0 && d->x.lift <= 1))
		return mean_of(&d->x) * (d->weight * d->pending);
	return weighted(d, wide_mean(&d->x));
}

struct leat_wide leat_decay_mean_square(const struct leat_decay *d)
{
	struct leat_wide mean = wide_mean(&d->x);

	return leat_wide_add(leat_wide_make(d->x.m2 / d->weight,
				 2 * scale_of(&d->x)),
	    leat_wide_mul(mean, mean));
}

/* Units cancel. Rounding may leave |r| an ulp above 1. */
static double correlation(const struct leat_decay *d)
{
	double r = d->cxy / (leat_sqrt(d->x.m2) * leat_sqrt(d->y.m2));

	if (r > 1)
		return 1;
	return r < -1 ? -1 : r;
}

static struct leat_wide wide_slope(const struct leat_decay *d)
{
	return leat_wide_make(d->cxy / d->x.m2,
	    scale_of(&d->y) - scale_of(&d->x));
}

/* A slope may be more than a double where the line at x = 0 is not. */
static double decay_intercept(const struct leat_decay *d)
{
	struct leat_wide y = leat_wide_mul(wide_slope(d), wide_mean(&d->x));

	y.m = -y.m;
	y = leat_wide_add(wide_mean(&d->y), y);
	return leat_wide_double(y.m, y.e);
}

/* In lifted units, where small numbers have all their digits. */
double leat_decay_rms(const struct leat_decay *d)
{
	const struct leat_decay_axis *a = &d->x;
	double sd = leat_wide_double(leat_sqrt(a->m2 / d->weight), a->scale);

	return leat_hypot(sd, a->hi) / a->lift;
}

static double decayed_pairs(const struct leat_decay *d, int id)
{
	int64_t scale = scale_of(&d->x) + scale_of(&d->y);
	struct leat_wide b = wide_slope(d);

	switch (id) {
	case LEAT_STAT_COVARIANCE:
		return leat_wide_double(d->cxy / bessel(d), scale - d->free_e);
	case LEAT_STAT_COVARIANCE_POP:
		return leat_wide_double(d->cxy / d->weight, scale);
	case LEAT_STAT_CORRELATION:
		return correlation(d);
	case LEAT_STAT_SLOPE:
		return leat_wide_double(b.m, b.e);
	default: /* LEAT_STAT_INTERCEPT */
		return decay_intercept(d);
	}
}

static double undisturbed(const struct leat_decay *d, double last, int id)
{
	int64_t scale = scale_of(&d->x);

	switch (id) {
	case LEAT_STAT_SUM:
		return sum(d);
	case LEAT_STAT_MEAN:
		return mean_of(&d->x);
	case LEAT_STAT_VARIANCE:
		return leat_wide_double(d->x.m2 / bessel(d),
		    2 * scale - d->free_e);
	case LEAT_STAT_VARIANCE_POP:
		return leat_wide_double(d->x.m2 / d->weight, 2 * scale);
	case LEAT_STAT_STDDEV:
		return leat_wide_double(leat_sqrt(d->x.m2 / bessel(d)),
		    scale - d->free_e / 2);
	case LEAT_STAT_STDDEV_POP:
		return leat_wide_double(leat_sqrt(d->x.m2 / d->weight), scale);
	case LEAT_STAT_ZSCORE:
		return decay_zscore(d, last);
	case LEAT_STAT_SUM_OF_SQUARES:
		return weighted(d, leat_decay_mean_square(d));
	case LEAT_STAT_RMS:
		return leat_decay_rms(d);
	default:
		return decayed_pairs(d, id);
	}
}

/* With an infinity about, as IEEE arithmetic on the values would have it. */
static double decayed(const struct leat_decay *d, double last, int id)
{
	double x = leat_decay_disturbed(d, 0), y = leat_decay_disturbed(d, 1);

	if (id == LEAT_STAT_LAST)
		return last;
	if (x == 0 && (y == 0 || !(leat_stat_find(id)->traits & LEAT_OF_PAIRS)))
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

static LEAT_NOINLINE double decay_result(const struct leat_decay *d,
    double last, int id, int quiet)
{
	if (id == LEAT_STAT_COUNT)
		return (double)d->count;
	if (id == LEAT_STAT_COUNT_MISSING)
		return (double)d->missing;
	return quiet ? NAN : leat_nan(decayed(d, last, id));
}

/* Writes results, except those of errors, which decay_errors.c writes later. */
void leat_decay_lower(const struct leat_decay *d, double last,
    const leat_stat *stats, size_t n, int quiet, double *out)
{
	const int plain = d->plain && !quiet;

	for (size_t i = 0; i < n; i++) {
		int id = stats[i].id;
		if (LEAT_LIKELY(plain && id == LEAT_STAT_MEAN))
			out[i] = d->x.hi;
		else if (LEAT_LIKELY(plain && id == LEAT_STAT_STDDEV))
			out[i] = leat_nan(leat_sqrt(d->x.m2 / bessel(d)));
		else
			out[i] = decay_result(d, last, id, quiet);
	}
}
