/*
 * lower.c - from what the classes know to the number to report
 *
 * Definitions are those of the manual page leat_stat(3). Everything here
 * may be asked of any number of values, also none: the division by zero
 * that follows is how NaN comes about.
 */
#include "../core/wide.h"
#include "shape.h"
#include "sum.h"
#include "summary.h"

static double product(const struct leat_summary *s)
{
	double e = s->exponent;

	/* Beyond 4000 the result is 0 or infinite, as ldexp will find. */
	e = e > 4000 ? 4000 : e < -4000 ? -4000 : e;
	return leat_ldexp(s->mantissa, (int)e);
}

/*
 * The n-th root of mantissa * 2^exponent. The whole powers of two of the
 * result are set apart, so that what is left for the exponential is small.
 */
static double geometric_mean(const struct leat_summary *s)
{
	double m = s->mantissa;

	if (m < 0)
		return NAN;
	if (!(m > 0 && m <= 1)) /* 0, infinite or NaN */
		return m;
	double whole = ceil(s->exponent / s->n);
	/* No values have such a product, but a state may say so. */
	if (!(fabs(whole) <= 4000))
		return whole > 0 ? HUGE_VAL : 0;
	double rest = s->exponent - whole * s->n;
	double y = -(rest * LEAT_LN2 + leat_log(m)) / s->n;
	return leat_ldexp(1 - leat_one_minus_exp(y), (int)whole);
}

/* Products of deviations so small that they lose digits; y may be flat. */
static int faint(const struct leat_summary *s)
{
	int flat = s->m2y == 0 && s->mu_y == 0;

	return !flat && fabs(s->cxy) < LEAT_LEAST_SQUARES &&
	    leat_sqrt(s->m2x) * leat_sqrt(s->m2y) < 0x1p-900;
}

static double slope(const struct leat_summary *s)
{
	if (!leat_sound(s->m2x, LEAT_LEAST_SQUARES) || faint(s) ||
	    s->cxy - s->cxy != 0)
		return NAN;
	return s->cxy / s->m2x * s->unit_y;
}

/* Slope, or what it is multiplied by, may be more than a double. */
static double far_intercept(const struct leat_summary *s)
{
	struct leat_wide y = leat_wide_div(leat_wide_make(s->cxy, 0),
	    leat_wide_make(s->m2x, 0));

	y = leat_wide_mul(y, leat_wide_make(-s->unit_y, 0));
	y = leat_wide_mul(y, leat_wide_make(s->mean_x, 0));
	y = leat_wide_add(y, leat_wide_make(s->mean_y, 0));
	return leat_wide_double(y.m, y.e);
}

static double intercept(const struct leat_summary *s)
{
	double b = slope(s), at_0 = s->mean_y - b * s->mean_x;

	if (LEAT_UNLIKELY(at_0 - at_0 != 0) && b == b)
		return far_intercept(s);
	return at_0;
}

/* Per pair, of n; or of n - 1, which may be 0. */
static double covariance(const struct leat_summary *s, double n)
{
	return n > 0 ? s->cxy / n * s->unit_x * s->unit_y : NAN;
}

/* A mean of finite values is finite, though its last rounding may not be. */
static double mean(const struct leat_summary *s)
{
	double m = leat_terms_mean(s->hi, s->lo, s->n, 1 / s->n) * s->unit;

	if (LEAT_LIKELY(s->unit == 1))
		return m;
	return m > DBL_MAX ? DBL_MAX : m < -DBL_MAX ? -DBL_MAX : m;
}

static double lower_spread(const struct leat_summary *s, int id)
{
	double n = s->n;

	switch (id) {
	case LEAT_STAT_VARIANCE:
		return leat_variance(s->m2, n - 1);
	case LEAT_STAT_VARIANCE_POP:
		return leat_variance(s->m2, n);
	case LEAT_STAT_STDDEV:
		return leat_stddev(s->m2, n - 1);
	case LEAT_STAT_STDDEV_POP:
		return leat_stddev(s->m2, n);
	case LEAT_STAT_STDERR:
		return leat_sqrt(leat_variance(s->m2, n - 1) / n);
	case LEAT_STAT_STDERR_POP:
		return leat_sqrt(leat_variance(s->m2, n) / n);
	case LEAT_STAT_SKEWNESS:
		return leat_skewness(n, s->g2, s->g3);
	case LEAT_STAT_SKEWNESS_POP:
		return leat_skewness_pop(n, s->g2, s->g3);
	case LEAT_STAT_KURTOSIS:
		return leat_kurtosis(n, s->g2, s->g4);
	case LEAT_STAT_KURTOSIS_POP:
		return leat_kurtosis_pop(n, s->g2, s->g4);
	default: /* LEAT_STAT_ZSCORE */
		/* Not from the mean, which may be 1e9 times the deviation. */
		return leat_zscore((s->last - s->k) - s->mu, s->m2, n);
	}
}

/* Divides before subtracting if the difference overflows. */
static double rate_of_change(double first, double last)
{
	double change = last - first;

	if (change - change != 0)
		return (last / 2 - first / 2) / (first / 2);
	return change / first;
}

static double lower_place(const struct leat_summary *s, int id)
{
	switch (id) {
	case LEAT_STAT_MIN:
		return s->min;
	case LEAT_STAT_MAX:
		return s->max;
	case LEAT_STAT_RANGE:
		return s->max - s->min;
	case LEAT_STAT_ARGMIN:
		return (double)leat_ticks(s->argmin, s->last_tick);
	case LEAT_STAT_ARGMAX:
		return (double)leat_ticks(s->argmax, s->last_tick);
	case LEAT_STAT_FIRST:
		return s->first;
	case LEAT_STAT_LAST:
		return s->last;
	default: /* LEAT_STAT_RATE_OF_CHANGE */
		return rate_of_change(s->first, s->last);
	}
}

static double lower_pairs(const struct leat_summary *s, int id)
{
	switch (id) {
	case LEAT_STAT_COVARIANCE:
		return covariance(s, s->n - 1);
	case LEAT_STAT_COVARIANCE_POP:
		return covariance(s, s->n);
	case LEAT_STAT_CORRELATION:
		return leat_correlation(s->cxy, s->m2x, s->m2y);
	case LEAT_STAT_SLOPE:
		return slope(s);
	default: /* LEAT_STAT_INTERCEPT */
		return intercept(s);
	}
}

/*
 * Returns growth per time, NaN for one value or no time. Dividing by whole
 * seconds instead of ticks first rounds only once.
 */
static double increase_per(const struct leat_summary *s, double arg)
{
	double ticks = s->range > 0 ? s->range : s->counted;

	return s->n > 1 && ticks > 0 ? s->increase / (ticks / arg) : NAN;
}

static double lower_time(const struct leat_summary *s, int id, double arg)
{
	switch (id) {
	case LEAT_STAT_INCREASE:
		return s->n > 1 ? s->increase : NAN;
	case LEAT_STAT_RATE:
		return increase_per(s, arg);
	case LEAT_STAT_TIME_MEAN:
		return leat_path_mean(&s->hold, s->carry_to);
	default: /* LEAT_STAT_TIME_MEAN_LINEAR */
		return leat_path_mean(&s->line, s->line.t_last);
	}
}

/* A ratio of squares of which one is out of range would be wrong: NaN. */
static double r2(const struct leat_error_sums *s, double squares)
{
	if (!leat_sound(s->targets, LEAT_LEAST_SQUARES) ||
	    !(squares <= DBL_MAX))
		return NAN;
	return 1 - squares / s->targets;
}

static double lower_errors(const struct leat_error_sums *s, double n, int id)
{
	switch (id) {
	case LEAT_STAT_MAE:
		return leat_sum_mean(s->distance_hi, s->distance_lo, n, 1 / n);
	case LEAT_STAT_MSE:
		return leat_positive_value(s->square_hi, s->square_lo) / n;
	case LEAT_STAT_RMSE:
		return leat_sqrt(leat_positive_value(s->square_hi,
				     s->square_lo) /
		    n);
	case LEAT_STAT_R2:
		return r2(s, leat_positive_value(s->square_hi, s->square_lo));
	case LEAT_STAT_BIAS:
		return leat_sum_mean(s->bias_hi, s->bias_lo, n, 1 / n);
	case LEAT_STAT_LOG_LOSS:
		return leat_sum_mean(s->loss_hi, s->loss_lo, n, 1 / n);
	case LEAT_STAT_ACCURACY:
		return s->hits / n;
	case LEAT_STAT_COVERAGE:
		return s->covered / n;
	default: /* LEAT_STAT_AUC */
		return s->auc;
	}
}

/* Statistics are numbered by what they are made from. */
static double lowered(const struct leat_summary *s, int id, double arg)
{
	double n = s->n;

	if (id >= LEAT_STAT_INCREASE)
		return id >= LEAT_STAT_MAE ? lower_errors(&s->errors, n, id)
					   : lower_time(s, id, arg);
	if (id >= LEAT_STAT_COVARIANCE)
		return lower_pairs(s, id);
	switch (id) {
	case LEAT_STAT_SUM:
		return s->hi * s->unit;
	case LEAT_STAT_MEAN:
		return mean(s);
	case LEAT_STAT_PRODUCT:
		return product(s);
	case LEAT_STAT_GEOMETRIC_MEAN:
		return geometric_mean(s);
	case LEAT_STAT_SUM_OF_SQUARES:
		return leat_positive_value(s->sq_hi, s->sq_lo);
	case LEAT_STAT_RMS:
		return leat_sqrt(leat_positive_value(s->sq_hi, s->sq_lo) / n);
	default:
		return id < LEAT_STAT_MIN ? lower_spread(s, id)
					  : lower_place(s, id);
	}
}

double leat_lower_one(const struct leat_summary *s, int id, double arg)
{
	if (id == LEAT_STAT_COUNT_MISSING)
		return s->missing;
	return leat_nan(lowered(s, id, arg));
}

void leat_lower(const leat_stat *stats, size_t n, const struct leat_summary *s,
    int silent, double *out)
{
	for (size_t i = 0; i < n; i++) {
		const leat_stat *p = &stats[i];
		if (p->id == LEAT_STAT_COUNT)
			out[i] = s->n;
		else if (p->id == LEAT_STAT_COUNT_MISSING)
			out[i] = s->missing;
		else if (LEAT_UNLIKELY(silent))
			out[i] = NAN;
		else if (p->id != LEAT_STAT_AGG)
			out[i] = leat_lower_one(s, p->id, p->arg);
	}
}

void leat_lower_agg(const leat_stat *stats, size_t n, const leat_agg *agg,
    const void *partial, double *out)
{
	for (size_t i = 0; i < n; i++) {
		const leat_stat *s = &stats[i];
		if (s->id == LEAT_STAT_AGG && s->agg == agg)
			out[i] = agg->lower(agg->ctx, partial, s);
	}
}
