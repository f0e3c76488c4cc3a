/*
 * Guards at the ends of ranges, and terms that catch what others lose
 *
 * Each holds something that shows on few data only. Scaling by powers of two
 * shows whether a ratio of tiny or huge squares is either right or NaN: what
 * is right follows from the data as they were. Data whose sums are far larger
 * on the way than in the end show a compensation that is not there; what they
 * must be is told by the exact sums of the oracle.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "data.h"
#include "oracle.h"
#include "suites.h"

enum { RATIOS = 8, FEW = 24 };

/* The ones that do not change with the unit of x; slope is looked at apart. */
static const leat_stat ratios[RATIOS] = { LEAT_SKEWNESS, LEAT_SKEWNESS_POP,
	LEAT_KURTOSIS, LEAT_KURTOSIS_POP, LEAT_ZSCORE, LEAT_CORRELATION,
	LEAT_SLOPE, LEAT_COUNT };
enum { SLOPE = 6 };

static leat_window *ratios_of(int kind, const double *x, const double *y,
    size_t n, int ex, int ey)
{
	leat_window_options o;
	leat_window *w;

	memset(&o, 0, sizeof(o));
	o.kind = kind;
	o.size = kind == LEAT_LANDMARK ? 0 : n;
	o.stats = ratios;
	o.n_stats = RATIOS;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	for (size_t i = 0; i < n; i++)
		leat_window_push_xy(w, ldexp(x[i], ex), ldexp(y[i], ey));
	return w;
}

/* Compares ratios, which must exist if no square is out of range. */
static void compare_ratio(double got, double want, int there, int stat, int ex,
    int ey)
{
	ck_assert_msg(isnan(got) ? !there || isnan(want)
				 : fabs(got - want) <= 1e-9 * (1 + fabs(want)),
	    "statistic %d of x 2^%d, y 2^%d: %.17g, should be %.17g", stat, ex,
	    ey, got, want);
}

static void scale_ratios(int kind, struct rng *r)
{
	double x[FEW], y[FEW], want[RATIOS], got[RATIOS];
	size_t n = 5 + (size_t)rng_below(r, FEW - 5);
	int ex = (int)rng_below(r, 1000) - 500;
	int ey = rng_below(r, 3) ? ex : (int)rng_below(r, 1000) - 500;
	int there = abs(ex) < 100 && abs(ey) < 100;
	leat_window *w;

	for (size_t i = 0; i < n; i++) {
		x[i] = rng_normal(r);
		y[i] = x[i] + rng_normal(r);
	}
	w = ratios_of(kind, x, y, n, 0, 0);
	leat_window_query(w, want);
	leat_window_free(w);
	w = ratios_of(kind, x, y, n, ex, ey);
	leat_window_query(w, got);
	leat_window_free(w);
	/* Brought back to the unit of the data, if it is there. */
	if (isfinite(got[SLOPE]) && got[SLOPE] != 0)
		got[SLOPE] = ldexp(got[SLOPE], ex - ey);
	for (int i = 0; i < RATIOS; i++)
		if (i != SLOPE || there || isfinite(got[i]))
			compare_ratio(got[i], want[i], there, ratios[i].id, ex,
			    ey);
}

START_TEST(a_ratio_of_squares_is_right_or_nan_whatever_the_unit)
{
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING,
		LEAT_LANDMARK };
	struct rng r = rng_new(640);

	for (int i = 0; i < (short_run() ? 9000 : 60000); i++)
		scale_ratios(kinds[i % 3], &r);
}
END_TEST

/* ---- Sums ---- */

enum { MANY = 30000, PANE = 500 };

/* First there are positive ones alone, and nearly all of that is taken back. */
static void cancel_far(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n / 2; i++) {
		int e = (int)rng_below(r, 36);
		x[i] = ldexp(fabs(rng_normal(r)), e);
	}
	for (size_t i = 0; i < n / 2; i++)
		x[n - 1 - i] = -x[i];
	for (size_t i = 0; i < n; i += 97)
		x[i] += ldexp(rng_uniform(r), -10);
}

/* Slope and line where products of deviations lose digits, or are nothing. */
static void scale_line(int kind, struct rng *r)
{
	double x[FEW], y[FEW], want[RATIOS], got[RATIOS];
	size_t n = 5 + (size_t)rng_below(r, FEW - 5);
	int ex = -380 - (int)rng_below(r, 90);
	int ey = -430 - (int)rng_below(r, 250);
	leat_window *w;

	for (size_t i = 0; i < n; i++) {
		x[i] = rng_normal(r);
		y[i] = x[i] + rng_normal(r);
	}
	w = ratios_of(kind, x, y, n, 0, 0);
	leat_window_query(w, want);
	leat_window_free(w);
	w = ratios_of(kind, x, y, n, ex, ey);
	leat_window_query(w, got);
	leat_window_free(w);
	compare_ratio(ldexp(got[SLOPE], ex - ey), want[SLOPE], ex + ey > -850,
	    LEAT_STAT_SLOPE, ex, ey);
}

START_TEST(a_slope_of_faint_products_is_right_or_nan)
{
	struct rng r = rng_new(77);

	for (int i = 0; i < 4000; i++)
		scale_line(i % 2 ? LEAT_LANDMARK : LEAT_SLIDING, &r);
}
END_TEST

/* Sum and mean by themselves: beside a variance they are kept otherwise. */
START_TEST(what_cancels_far_apart_costs_a_sum_no_digit)
{
	static const leat_stat stats[] = { LEAT_SUM };
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING, LEAT_HOPPING,
		LEAT_LANDMARK };
	static double x[MANY];
	static struct oracle o;
	struct rng r = rng_new(97);

	for (int i = 0; i < 40; i++) {
		leat_window_options options;
		leat_window *w;
		double sum;
		memset(&options, 0, sizeof(options));
		options.kind = kinds[i % 4];
		options.size = options.kind == LEAT_LANDMARK ? 0 : MANY;
		options.hop = options.kind == LEAT_HOPPING ? PANE : 0;
		options.stats = stats;
		options.n_stats = 1;
		cancel_far(x, MANY, &r);
		ck_assert_int_eq(leat_window_new(&w, &options), LEAT_OK);
		for (size_t k = 0; k < MANY; k++)
			leat_window_push(w, x[k]);
		leat_window_query(w, &sum);
		leat_window_free(w);
		oracle_scan(&o, 1, x, NULL, MANY);
		ck_assert(oracle_condition(&o) < 1e15);
		double off = oracle_ulps(&o, LEAT_STAT_SUM, sum);
		/* Partials of panes and chunks keep two terms of three. */
		ck_assert_msg(off <= (i % 2 ? 1 : 2),
		    "kind %d: off by %g ulp, condition %g", options.kind, off,
		    oracle_condition(&o));
	}
}
END_TEST

/* ---- Pairs ---- */

enum { PAIRS = 20000 };

/*
 * y goes with x for one half and against it for the other one, so that the
 * mixed sum is thousands of times larger on the way than in the end.
 */
static void turn_around(double *x, double *y, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++) {
		x[i] = 1 + rng_uniform(r);
		if (rng_below(r, 2))
			x[i] = -x[i];
		y[i] = i < n / 2 ? x[i] : -x[i];
	}
	y[n - 1] += 0.5;
}

START_TEST(a_covariance_that_comes_back_to_zero_has_lost_nothing)
{
	static const leat_stat stats[] = { LEAT_COVARIANCE_POP,
		LEAT_VARIANCE_POP, LEAT_SLOPE };
	static double x[PAIRS], y[PAIRS];
	static struct oracle o;
	leat_window_options options;
	struct rng r = rng_new(11);

	memset(&options, 0, sizeof(options));
	options.kind = LEAT_LANDMARK;
	options.stats = stats;
	options.n_stats = 3;
	for (int i = 0; i < 3; i++) {
		leat_window *w;
		double out[3];
		turn_around(x, y, PAIRS, &r);
		ck_assert_int_eq(leat_window_new(&w, &options), LEAT_OK);
		for (size_t k = 0; k < PAIRS; k++)
			leat_window_push_xy(w, x[k], y[k]);
		leat_window_query(w, out);
		leat_window_free(w);
		oracle_scan(&o, 2, x, y, PAIRS);
		double want = oracle_expect(&o, LEAT_STAT_COVARIANCE_POP).want;
		/* Terms are about 2.3. */
		ck_assert_msg(fabs(out[0] - want) < 1e-16, "%.17g of %.17g",
		    out[0], want);
		want = oracle_expect(&o, LEAT_STAT_VARIANCE_POP).want;
		ck_assert_msg(fabs(out[1] - want) < 1e-15 * want,
		    "%.17g of %.17g", out[1], want);
		ck_assert_msg(fabs(out[2] - out[0] / out[1]) < 1e-17,
		    "%.17g of %.17g", out[2], out[0] / out[1]);
	}
}
END_TEST

/* ---- Far columns, and what they are joined with ---- */

static leat_window *landmark_of(const leat_stat *stats, size_t n_stats)
{
	leat_window_options o;
	leat_window *w;

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_LANDMARK;
	o.stats = stats;
	o.n_stats = n_stats;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	return w;
}

/* Steeper than any double, through 2^992 at 0. */
START_TEST(a_line_may_be_steeper_than_a_double)
{
	static const leat_stat stats[] = { LEAT_SLOPE, LEAT_INTERCEPT };
	leat_window *w = landmark_of(stats, 2);
	double out[2];

	for (int i = 1; i < 9; i++)
		leat_window_push_xy(w, ldexp(i, -470),
		    ldexp(1, 992) + ldexp(i, 990));
	leat_window_query(w, out);
	ck_assert(out[0] == HUGE_VAL);
	ck_assert_msg(fabs(ldexp(out[1], -992) - 1) < 1e-13, "%g", out[1]);
	leat_window_free(w);
}
END_TEST

/* Whichever of the two is far, in x, in y or in both. */
START_TEST(far_columns_are_joined_with_near_ones)
{
	static const leat_stat stat = LEAT_COVARIANCE;
	static struct oracle o;
	struct rng r = rng_new(520);

	for (int round = 0; round < 2000; round++) {
		double x[20], y[20], out;
		leat_window *w[2];
		int e[4];
		for (int k = 0; k < 2; k++)
			w[k] = landmark_of(&stat, 1);
		for (int k = 0; k < 4; k++)
			e[k] = 480 + (int)rng_below(&r, 60);
		for (int i = 0; i < 20; i++) {
			x[i] = ldexp(rng_normal(&r), e[i / 10]);
			y[i] = ldexp(x[i], e[2 + i / 10] - e[i / 10]) +
			    ldexp(rng_normal(&r), e[2 + i / 10]);
			leat_window_push_xy(w[i / 10], x[i], y[i]);
		}
		ck_assert_int_eq(leat_window_merge(w[0], w[1]), LEAT_OK);
		leat_window_query(w[0], &out);
		oracle_scan(&o, 2, x, y, 20);
		ck_assert_msg(oracle_agrees(&o, stat.id, out),
		    "round %d: 2^%d 2^%d and 2^%d 2^%d: %g", round, e[0], e[2],
		    e[1], e[3], out);
		leat_window_free(w[0]);
		leat_window_free(w[1]);
	}
}
END_TEST

Suite *ends_suite(void)
{
	Suite *s = suite_create("ends");
	TCase *t = tcase_create("ends");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_line_may_be_steeper_than_a_double);
	tcase_add_test(t, far_columns_are_joined_with_near_ones);
	tcase_add_test(t, a_slope_of_faint_products_is_right_or_nan);
	tcase_add_test(t, a_ratio_of_squares_is_right_or_nan_whatever_the_unit);
	tcase_add_test(t, what_cancels_far_apart_costs_a_sum_no_digit);
	tcase_add_test(t,
	    a_covariance_that_comes_back_to_zero_has_lost_nothing);
	suite_add_tcase(s, t);
	return s;
}
