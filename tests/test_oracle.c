/*
 * The judge is judged first: the exact arithmetic and the oracle against
 * values worked out by hand, and against identities that must hold to the
 * last bit.
 */
#include <float.h>
#include <math.h>

#include "data.h"
#include "oracle.h"
#include "suites.h"

static struct oracle o;

static double want(int id)
{
	return oracle_expect(&o, id).want;
}

static void ck_near(double got, double expected)
{
	ck_assert_msg(fabs(got - expected) <= 4e-16 * fabs(expected),
	    "%.17g, expected %.17g", got, expected);
}

START_TEST(every_double_goes_through_a_big_unchanged)
{
	static const double edge[] = { 0, 1, -1, 0x1p-1074, 0x1p-1022,
		0x1.fffffffffffffp-1023, DBL_MAX, -DBL_MAX, 0.1, 1e300 };
	struct rng r = rng_new(1);
	struct big b;

	for (size_t i = 0; i < sizeof(edge) / sizeof(*edge); i++) {
		big_set(&b, edge[i]);
		ck_assert(big_double(&b) == edge[i]);
	}
	for (int i = 0; i < 20000; i++) {
		double x = ldexp(rng_uniform(&r) - 0.5,
		    (int)rng_below(&r, 2098) - 1074);
		big_set(&b, x);
		ck_assert(big_double(&b) == x);
	}
}
END_TEST

START_TEST(sums_of_bigs_round_to_nearest_even)
{
	struct big a, b;

	big_set(&a, 1.0);
	big_set(&b, 0x1p-53);
	big_add(&b, &a, &b);
	ck_assert(big_double(&b) == 1.0);
	big_set(&a, 0x1p-1074);
	big_add(&b, &b, &a);
	ck_assert(big_double(&b) == 1.0 + DBL_EPSILON);
	big_set(&a, 1.0 + DBL_EPSILON);
	big_set(&b, 0x1p-53);
	big_add(&b, &a, &b);
	ck_assert(big_double(&b) == 1.0 + 2 * DBL_EPSILON);
	big_set(&a, DBL_MAX);
	big_set(&b, 0x1p969);
	big_add(&b, &a, &b);
	ck_assert(big_double(&b) == DBL_MAX);
	big_set(&b, 0x1p970);
	big_add(&b, &a, &b);
	ck_assert(isinf(big_double(&b)));
}
END_TEST

START_TEST(products_of_bigs_keep_every_bit)
{
	struct big a, b, c;

	/* (1 + u)(1 - u) = 1 - u^2 */
	big_set(&a, 1 + 0x1p-40);
	big_set(&b, 1 - 0x1p-40);
	big_mul(&a, &a, &b);
	big_set(&b, 1);
	big_sub(&a, &a, &b);
	ck_assert(big_double(&a) == -0x1p-80);
	/* The product of the largest and the smallest. */
	big_set(&a, DBL_MAX);
	big_set(&b, -0x1p-1074);
	big_mul(&c, &a, &b);
	ck_assert(big_double(&c) == ldexp(-DBL_MAX, -1074));
	big_mul(&c, &b, &b);
	ck_assert(big_double(&c) == 0);
	ck_assert_int_eq(c.sign, 1);
}
END_TEST

START_TEST(differences_of_bigs_cancel_to_nothing)
{
	struct rng r = rng_new(2);
	struct big sum = { 0 }, b;
	double x[200];

	for (int i = 0; i < 200; i++) {
		x[i] = ldexp(rng_normal(&r), (int)rng_below(&r, 2000) - 1000);
		big_set(&b, x[i]);
		big_add(&sum, &sum, &b);
	}
	for (int i = 0; i < 200; i++) {
		big_set(&b, x[i]);
		big_sub(&sum, &sum, &b);
	}
	ck_assert_int_eq(sum.sign, 0);
}
END_TEST

START_TEST(wide_numbers_go_beyond_the_range_of_doubles)
{
	struct wide a = wide_mul(wide_set(1e300), wide_set(1e300));

	ck_near(wide_double(wide_sqrt(a)), 1e300);
	ck_near(wide_double(wide_div(a, wide_set(4e300))), 2.5e299);
	ck_assert(isinf(wide_double(a)));
	ck_near(wide_double(wide_sqrt(wide_set(2.0))), sqrt(2.0));
	ck_near(wide_double(wide_sqrt(wide_set(0x1p-5))), sqrt(0x1p-5));
}
END_TEST

/* 2 4 4 4 5 5 7 9: mean 5, sum of squares around it 32. */
START_TEST(the_oracle_knows_a_textbook_example)
{
	static const double x[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	oracle_scan(&o, 4, x, NULL, 8);

	ck_assert(want(LEAT_STAT_COUNT) == 8 &&
	    want(LEAT_STAT_COUNT_MISSING) == 0);
	ck_assert(want(LEAT_STAT_SUM) == 40 && want(LEAT_STAT_MEAN) == 5);
	ck_near(want(LEAT_STAT_VARIANCE), 32.0 / 7);
	ck_assert(want(LEAT_STAT_VARIANCE_POP) == 4);
	ck_assert(want(LEAT_STAT_STDDEV_POP) == 2);
	ck_near(want(LEAT_STAT_STDERR), sqrt(4.0 / 7));
	/* Third powers -27 -1 -1 -1 0 0 8 64, fourth 81 1 1 1 0 0 16 256. */
	ck_near(want(LEAT_STAT_SKEWNESS_POP), 42.0 / 8 / 8);
	ck_near(want(LEAT_STAT_SKEWNESS), 0.65625 * sqrt(56.0) / 6);
	ck_near(want(LEAT_STAT_KURTOSIS_POP), 356.0 / 8 / 16 - 3);
	ck_near(want(LEAT_STAT_KURTOSIS),
	    (9 * (356.0 / 128 - 3) + 6) * 7 / (6 * 5));
	ck_near(want(LEAT_STAT_ZSCORE), 4 / sqrt(32.0 / 7));
	ck_assert(want(LEAT_STAT_RANGE) == 7);
	ck_assert(want(LEAT_STAT_ARGMIN) == 7 && want(LEAT_STAT_ARGMAX) == 0);
	ck_near(want(LEAT_STAT_RATE_OF_CHANGE), 3.5);
	ck_assert(want(LEAT_STAT_PRODUCT) == 2.0 * 64 * 25 * 63);
	ck_near(want(LEAT_STAT_GEOMETRIC_MEAN), pow(201600, 0.125));
	ck_assert(want(LEAT_STAT_SUM_OF_SQUARES) == 232);
	ck_near(want(LEAT_STAT_RMS), sqrt(29));
}
END_TEST

/* x 1 2 3 4 5, y 2 4 5 4 5: the usual example of a fitted line. */
START_TEST(the_oracle_knows_a_textbook_line)
{
	static const double x[] = { 1, 2, 3, 4, 5 }, y[] = { 2, 4, 5, 4, 5 };
	oracle_scan(&o, 2, x, y, 5);

	ck_near(want(LEAT_STAT_COVARIANCE), 1.5);
	ck_near(want(LEAT_STAT_COVARIANCE_POP), 1.2);
	ck_near(want(LEAT_STAT_SLOPE), 0.6);
	ck_near(want(LEAT_STAT_INTERCEPT), 2.2);
	ck_near(want(LEAT_STAT_CORRELATION), 6 / sqrt(60));
}
END_TEST

START_TEST(the_oracle_sees_through_cancellation)
{
	static const double x[] = { 1e16, 1, -1e16, 1e300, -1e300, 2 };
	oracle_scan(&o, 2, x, NULL, 6);
	ck_assert(want(LEAT_STAT_SUM) == 3 && want(LEAT_STAT_MEAN) == 0.5);

	static const double y[] = { 1e9 + 1, 1e9 + 2, 1e9 + 3 };
	oracle_scan(&o, 2, y, NULL, 3);
	ck_assert(want(LEAT_STAT_VARIANCE) == 1);
}
END_TEST

START_TEST(the_oracle_skips_missing_values)
{
	static const double x[] = { NAN, 3, NAN, 1, 3, NAN };
	oracle_scan(&o, 2, x, NULL, 6);

	ck_assert(want(LEAT_STAT_COUNT) == 3 &&
	    want(LEAT_STAT_COUNT_MISSING) == 3);
	ck_assert(want(LEAT_STAT_SUM) == 7);
	ck_assert(want(LEAT_STAT_FIRST) == 3 && want(LEAT_STAT_LAST) == 3);
	ck_assert(want(LEAT_STAT_ARGMIN) == 2 && want(LEAT_STAT_ARGMAX) == 1);
	ck_assert(want(LEAT_STAT_RATE_OF_CHANGE) == 0);
}
END_TEST

START_TEST(the_oracle_refuses_what_is_off_by_two_units)
{
	static const double x[] = { 0.1, 0.2, 0.3 };
	oracle_scan(&o, 4, x, NULL, 3);
	double sum = want(LEAT_STAT_SUM), up = nextafter(sum, 2);

	ck_assert(oracle_agrees(&o, LEAT_STAT_SUM, sum));
	ck_assert(!oracle_agrees(&o, LEAT_STAT_SUM, nextafter(up, 2)));
	ck_assert(!oracle_agrees(&o, LEAT_STAT_SUM, NAN));
	ck_assert(!oracle_agrees(&o, LEAT_STAT_SUM, HUGE_VAL));
	ck_assert(oracle_agrees(&o, LEAT_STAT_VARIANCE, 0.01));
	ck_assert(!oracle_agrees(&o, LEAT_STAT_VARIANCE, 0.01 + 2e-16));
	ck_assert(!oracle_agrees(&o, LEAT_STAT_VARIANCE, NAN));
	static const double same[] = { 0.1, 0.1, 0.1 };
	oracle_scan(&o, 4, same, NULL, 3);
	ck_assert(oracle_agrees(&o, LEAT_STAT_VARIANCE, 0));
	ck_assert(!oracle_agrees(&o, LEAT_STAT_VARIANCE, 0x1p-1074));
	ck_assert(!oracle_agrees(&o, LEAT_STAT_SKEWNESS, 0));
}
END_TEST

START_TEST(an_oracle_that_follows_a_stream_never_drifts)
{
	static struct oracle fresh;
	double x[400];
	struct rng r = rng_new(3);
	data_set("spikes of 1e300")->fill(x, 400, 30, &r);

	oracle_init(&o, 4, 0);
	for (size_t i = 0; i < 400; i++) {
		oracle_add(&o, x[i], 0);
		if (i >= 30)
			oracle_drop(&o, x[i - 30], 0);
	}
	oracle_scan(&fresh, 4, x + 370, NULL, 30);
	for (int k = 1; k <= 4; k++) {
		struct big d;
		big_sub(&d, &o.s[k], &fresh.s[k]);
		ck_assert_int_eq(d.sign, 0);
	}
	ck_assert_uint_eq(o.count, 30);
}
END_TEST

Suite *oracle_suite(void)
{
	Suite *s = suite_create("oracle");
	TCase *t = tcase_create("big");
	tcase_add_test(t, every_double_goes_through_a_big_unchanged);
	tcase_add_test(t, sums_of_bigs_round_to_nearest_even);
	tcase_add_test(t, products_of_bigs_keep_every_bit);
	tcase_add_test(t, differences_of_bigs_cancel_to_nothing);
	tcase_add_test(t, wide_numbers_go_beyond_the_range_of_doubles);
	suite_add_tcase(s, t);
	t = tcase_create("oracle");
	tcase_add_test(t, the_oracle_knows_a_textbook_example);
	tcase_add_test(t, the_oracle_knows_a_textbook_line);
	tcase_add_test(t, the_oracle_sees_through_cancellation);
	tcase_add_test(t, the_oracle_skips_missing_values);
	tcase_add_test(t, the_oracle_refuses_what_is_off_by_two_units);
	tcase_add_test(t, an_oracle_that_follows_a_stream_never_drifts);
	suite_add_tcase(s, t);
	return s;
}
