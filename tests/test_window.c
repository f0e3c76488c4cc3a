/*
 * Contents of windows, and every function on them: examples
 * worked out by hand, then long random sequences of operations on every
 * kind and size against a model that keeps everything.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "model.h"
#include "pushed.h"
#include "suites.h"

static leat_window_options options_of(int kind, uint64_t size, uint64_t advance,
    const leat_stat *stats, size_t n)
{
	leat_window_options options;
	memset(&options, 0, sizeof(options));
	options.kind = kind;
	options.size = kind == LEAT_LANDMARK ? 0 : size;
	options.hop = kind == LEAT_HOPPING ? advance : 0;
	options.stats = stats;
	options.n_stats = n;
	return options;
}

static leat_window *open_window(const leat_window_options *options)
{
	leat_window *w = NULL;
	ck_assert_int_eq(leat_window_new(&w, options), LEAT_OK);
	ck_assert_ptr_nonnull(w);
	return w;
}

static leat_window *simple(int kind, uint64_t size, uint64_t advance,
    const leat_stat *stats, size_t n)
{
	leat_window_options options = options_of(kind, size, advance, stats, n);
	return open_window(&options);
}

static double push_ask(leat_window *w, double x)
{
	double out;
	ck_assert_int_eq(leat_window_push(w, x), LEAT_OK);
	leat_window_query(w, &out);
	return out;
}

static const leat_stat sum_of[] = { LEAT_SUM };

/* Pushes 1 10 100 ... and reads off from the sum which ones are in. */
static void sums_are(leat_window *w, const double *want, size_t n)
{
	double x = 1;
	for (size_t i = 0; i < n; i++) {
		double got = push_ask(w, x);
		if (isnan(want[i]))
			ck_assert(isnan(got));
		else
			ck_assert_double_eq(got, want[i]);
		x *= 10;
	}
	leat_window_free(w);
}

START_TEST(a_sliding_window_holds_the_last_values)
{
	static const double want[] = { 1, 11, 111, 1111, 11110, 111100 };
	sums_are(simple(LEAT_SLIDING, 4, 0, sum_of, 1), want, 6);
}
END_TEST

START_TEST(a_tumbling_window_starts_again_after_size_values)
{
	static const double want[] = { 1, 11, 111, 1000, 11000, 111000, 1e6 };
	sums_are(simple(LEAT_TUMBLING, 3, 0, sum_of, 1), want, 7);
}
END_TEST

START_TEST(a_hopping_window_is_the_one_that_closes_next)
{
	/* [0,4) [2,6) [4,8): after 5 pushes [2,6) as far as it has come. */
	static const double want[] = { 1, 11, 111, 1111, 11100, 111100, 1110000,
		11110000 };
	sums_are(simple(LEAT_HOPPING, 4, 2, sum_of, 1), want, 8);
}
END_TEST

START_TEST(a_hopping_window_need_not_be_a_multiple_of_its_advance)
{
	/* [0,5) [3,8) [6,11) */
	static const double want[] = { 1, 11, 111, 1111, 11111, 111000, 1111000,
		11111000, 111000000, 1111000000 };
	sums_are(simple(LEAT_HOPPING, 5, 3, sum_of, 1), want, 10);
}
END_TEST

START_TEST(between_hopping_windows_there_is_nothing)
{
	/* [0,2) [5,7) */
	static const double want[] = { 1, 11, NAN, NAN, NAN, 1e5, 11e5, NAN };
	sums_are(simple(LEAT_HOPPING, 2, 5, sum_of, 1), want, 8);
}
END_TEST

START_TEST(a_landmark_window_holds_everything)
{
	static const double want[] = { 1, 11, 111, 1111, 11111, 111111 };
	sums_are(simple(LEAT_LANDMARK, 0, 0, sum_of, 1), want, 6);
}
END_TEST

START_TEST(a_window_of_one_value_is_that_value)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_VARIANCE_POP,
		LEAT_VARIANCE, LEAT_ARGMAX };
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING,
		LEAT_HOPPING };
	for (int k = 0; k < 3; k++) {
		leat_window *w = simple(kinds[k], 1, 1, stats, 4);
		for (int i = 1; i < 10; i++) {
			double out[4];
			leat_window_push(w, i * 0.1);
			leat_window_query(w, out);
			ck_assert_double_eq(out[0], i * 0.1);
			ck_assert_double_eq(out[1], 0);
			ck_assert(isnan(out[2]));
			ck_assert_double_eq(out[3], 0);
			ck_assert_uint_eq(leat_window_length(w), 1);
		}
		leat_window_free(w);
	}
}
END_TEST

START_TEST(of_nothing_there_is_a_count_and_nothing_else)
{
	for (int kind = LEAT_SLIDING; kind <= LEAT_LANDMARK; kind++) {
		leat_stat stats[N_STATS];
		double out[N_STATS];
		size_t n = stats_with(0, STAT_TIMED | STAT_RANKED, stats);
		leat_window *w = simple(kind, 5, 2, stats, n);
		for (int round = 0; round < 2; round++) {
			leat_window_query(w, out);
			ck_assert(out[0] == 0 && out[1] == 0);
			for (size_t i = 2; i < n; i++)
				ck_assert(isnan(out[i]));
			ck_assert_uint_eq(leat_window_length(w), 0);
			ck_assert_uint_eq(pushed_into(w), 0);
			leat_window_push_xy(w, 3, 4);
			leat_window_push_xy(w, 5, 9);
			leat_window_reset(w);
		}
		leat_window_free(w);
	}
}
END_TEST

START_TEST(missing_values_take_a_place_and_are_skipped)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_COUNT_MISSING,
		LEAT_MEAN, LEAT_FIRST, LEAT_LAST, LEAT_ARGMAX };
	static const double x[] = { 8, NAN, 4, NAN, NAN, NAN, 1 };
	static const double want[][6] = { { 1, 0, 8, 8, 8, 0 },
		{ 1, 1, 8, 8, 8, 1 }, { 2, 1, 6, 8, 4, 2 },
		{ 1, 2, 4, 4, 4, 1 }, { 1, 2, 4, 4, 4, 2 },
		{ 0, 3, NAN, NAN, NAN, NAN }, { 1, 2, 1, 1, 1, 0 } };
	leat_window *w = simple(LEAT_SLIDING, 3, 0, stats, 6);
	for (size_t i = 0; i < 7; i++) {
		double out[6];
		leat_window_push(w, x[i]);
		leat_window_query(w, out);
		for (int k = 0; k < 6; k++)
			ck_assert(same_bits(out[k], want[i][k]));
	}
	leat_window_free(w);
}
END_TEST

START_TEST(missing_values_propagate_when_asked_to)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_COUNT_MISSING,
		LEAT_MEAN, LEAT_MAX, LEAT_LAST, LEAT_STDDEV_POP };
	leat_window_options options = options_of(LEAT_SLIDING, 2, 0, stats, 6);
	options.on_missing = LEAT_ON_MISSING_PROPAGATE;
	leat_window *w = open_window(&options);
	static const double x[] = { 1, NAN, 3, 5, 7 };
	for (size_t i = 0; i < 5; i++) {
		double out[6];
		int gone = i == 0 || i >= 3;
		leat_window_push(w, x[i]);
		leat_window_query(w, out);
		ck_assert(out[1] == (gone ? 0 : 1));
		ck_assert(out[0] == (i == 0 || i == 1 || i == 2 ? 1 : 2));
		for (int k = 2; k < 6; k++)
			ck_assert_int_eq(isnan(out[k]) == 0, gone);
	}
	leat_window_free(w);
}
END_TEST

START_TEST(below_min_count_there_is_only_the_count)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_COUNT_MISSING,
		LEAT_SUM, LEAT_AGG(&chain_class, 0) };
	leat_window_options options = options_of(LEAT_SLIDING, 4, 0, stats, 4);
	options.min_count = 3;
	leat_window *w = open_window(&options);
	static const double x[] = { 1, 2, NAN, 4, 8, NAN, NAN, 1 };
	static const double sum[] = { NAN, NAN, NAN, 7, 14, NAN, NAN, NAN };
	for (size_t i = 0; i < 8; i++) {
		double out[4];
		leat_window_push(w, x[i]);
		leat_window_query(w, out);
		ck_assert(same_bits(out[2], sum[i]));
		ck_assert(isnan(out[3]) == isnan(sum[i]));
		ck_assert(!isnan(out[0]) && !isnan(out[1]));
	}
	leat_window_free(w);
}
END_TEST

START_TEST(infinities_follow_ieee_while_inside_and_leave_no_trace)
{
	static const leat_stat stats[] = { LEAT_SUM, LEAT_MEAN, LEAT_VARIANCE,
		LEAT_MIN, LEAT_MAX, LEAT_RANGE, LEAT_RMS, LEAT_SKEWNESS };
	static const double want[][8] = {
		{ INFINITY, INFINITY, NAN, 1, INFINITY, INFINITY, INFINITY,
		    NAN },
		{ NAN, NAN, NAN, -INFINITY, INFINITY, INFINITY, INFINITY, NAN },
		{ -INFINITY, -INFINITY, NAN, -INFINITY, 3, INFINITY, INFINITY,
		    NAN },
		{ 6, 3, 0, 3, 3, 0, 3, NAN },
	};
	static const double x[] = { INFINITY, -INFINITY, 3, 3 };
	leat_window *w = simple(LEAT_SLIDING, 2, 0, stats, 8);
	leat_window_push(w, 1);
	for (size_t i = 0; i < 4; i++) {
		double out[8];
		leat_window_push(w, x[i]);
		leat_window_query(w, out);
		for (int k = 0; k < 8; k++)
			ck_assert_msg(same_bits(out[k], want[i][k]),
			    "%d: %s %g", (int)i, leat_stat_name(&stats[k]),
			    out[k]);
	}
	leat_window_free(w);
}
END_TEST

START_TEST(few_values_have_no_spread_and_no_shape)
{
	static const leat_stat stats[] = { LEAT_VARIANCE, LEAT_VARIANCE_POP,
		LEAT_STDERR, LEAT_SKEWNESS, LEAT_SKEWNESS_POP, LEAT_KURTOSIS,
		LEAT_KURTOSIS_POP, LEAT_ZSCORE, LEAT_STDERR_POP };
	/* The n from which on there is a result. */
	static const int from[] = { 2, 1, 2, 3, 2, 4, 2, 2, 1 };
	leat_window *w = simple(LEAT_SLIDING, 9, 0, stats, 9);
	for (int n = 1; n < 7; n++) {
		double out[9];
		leat_window_push(w, n * n);
		leat_window_query(w, out);
		for (int k = 0; k < 9; k++)
			ck_assert_msg((n >= from[k]) == !isnan(out[k]),
			    "%s of %d: %g", leat_stat_name(&stats[k]), n,
			    out[k]);
	}
	leat_window_free(w);
}
END_TEST

START_TEST(equal_values_have_no_spread_and_no_shape)
{
	static const leat_stat stats[] = { LEAT_VARIANCE, LEAT_STDDEV,
		LEAT_STDERR_POP, LEAT_RANGE, LEAT_SKEWNESS, LEAT_KURTOSIS_POP,
		LEAT_ZSCORE };
	static const double levels[] = { 0, 0.1, -1e300, 5e-324, 1.0 / 3 };
	for (int k = 0; k < 5; k++) {
		leat_window *w = simple(LEAT_SLIDING, 7, 0, stats, 7);
		double out[7];
		for (int n = 0; n < 30; n++) {
			leat_window_push(w, levels[k]);
			leat_window_query(w, out);
			if (n < 4)
				continue;
			for (int i = 0; i < 4; i++)
				ck_assert(out[i] == 0);
			for (int i = 4; i < 7; i++)
				ck_assert(isnan(out[i]));
		}
		leat_window_free(w);
	}
}
END_TEST

START_TEST(the_product_overflows_only_if_the_result_does)
{
	static const leat_stat stats[] = { LEAT_PRODUCT, LEAT_GEOMETRIC_MEAN };
	static const double x[] = { 1e300, 1e300, 1e-300, 1e-300, 1e-300,
		1e-300, 1e300, 1e300, -1, 0 };
	double out[2];
	leat_window *w = simple(LEAT_LANDMARK, 0, 0, stats, 2);
	for (int i = 0; i < 10; i++) {
		leat_window_push(w, x[i]);
		leat_window_query(w, out);
		if (i == 1)
			ck_assert(isinf(out[0]) &&
			    fabs(out[1] - 1e300) < 1e288);
		if (i == 3 || i == 7)
			ck_assert(fabs(out[0] - 1) < 1e-14);
		if (i == 5)
			ck_assert(out[0] == 0 && out[1] > 0);
		if (i == 8)
			ck_assert(out[0] < 0 && isnan(out[1]));
	}
	ck_assert(out[0] == 0 && out[1] == 0);
	leat_window_free(w);
}
END_TEST

START_TEST(rate_of_change_divides_by_the_oldest)
{
	static const leat_stat stats[] = { LEAT_RATE_OF_CHANGE };
	leat_window *w = simple(LEAT_SLIDING, 2, 0, stats, 1);
	ck_assert(push_ask(w, 4) == 0);
	ck_assert(push_ask(w, 5) == 0.25);
	ck_assert(push_ask(w, 0) == -1);
	ck_assert(push_ask(w, 2) == HUGE_VAL);
	ck_assert(push_ask(w, 0) == -1);
	ck_assert(isnan(push_ask(w, 0)));
	leat_window_free(w);
}
END_TEST

START_TEST(of_equal_extremes_the_newest_counts)
{
	static const leat_stat stats[] = { LEAT_ARGMIN, LEAT_ARGMAX };
	static const double x[] = { 5, 5, 1, 5, 1, 1, NAN, 3 };
	static const double low[] = { 0, 0, 0, 1, 0, 0, 1, 2 };
	static const double high[] = { 0, 0, 1, 0, 1, 2, 3, 0 };
	leat_window *w = simple(LEAT_SLIDING, 4, 0, stats, 2);
	for (size_t i = 0; i < 8; i++) {
		double out[2];
		leat_window_push(w, x[i]);
		leat_window_query(w, out);
		ck_assert(out[0] == low[i] && out[1] == high[i]);
	}
	leat_window_free(w);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Pairs                                                              */
/* ------------------------------------------------------------------ */

START_TEST(a_pair_with_a_missing_half_is_missing_as_a_whole)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_COUNT_MISSING,
		LEAT_SUM, LEAT_SLOPE, LEAT_INTERCEPT, LEAT_COVARIANCE_POP };
	double out[6];
	leat_window *w = simple(LEAT_SLIDING, 4, 0, stats, 6);
	leat_window_push_xy(w, 1, 10);
	leat_window_push_xy(w, NAN, 11);
	leat_window_push_xy(w, 100, NAN);
	leat_window_push_xy(w, 3, 14);
	leat_window_query(w, out);
	ck_assert(out[0] == 2 && out[1] == 2 && out[2] == 4);
	ck_assert(out[3] == 2 && out[4] == 8 && out[5] == 2);
	leat_window_free(w);
}
END_TEST

START_TEST(a_line_needs_x_to_vary_and_a_correlation_both)
{
	static const leat_stat stats[] = { LEAT_SLOPE, LEAT_INTERCEPT,
		LEAT_CORRELATION, LEAT_COVARIANCE };
	double out[4];
	leat_window *w = simple(LEAT_TUMBLING, 2, 0, stats, 4);
	leat_window_push_xy(w, 0.1, 7);
	leat_window_push_xy(w, 0.1, 8);
	leat_window_query(w, out);
	ck_assert(isnan(out[0]) && isnan(out[1]) && isnan(out[2]));
	ck_assert(out[3] == 0);
	leat_window_push_xy(w, 1, 0.3);
	leat_window_push_xy(w, 2, 0.3);
	leat_window_query(w, out);
	ck_assert(out[0] == 0 && out[1] == 0.3 && isnan(out[2]));
	ck_assert(out[3] == 0);
	leat_window_free(w);
}
END_TEST

START_TEST(pairs_and_single_values_do_not_mix)
{
	static const leat_stat one[] = { LEAT_MEAN };
	static const leat_stat two[] = { LEAT_MEAN, LEAT_SLOPE };
	double x[2] = { 1, 2 }, out[4] = { -1, -1, -1, -1 };

	leat_window *w = simple(LEAT_SLIDING, 3, 0, one, 1);
	ck_assert_int_eq(leat_window_push_xy(w, 1, 2), LEAT_EPAIRS);
	ck_assert_int_eq(leat_window_push_many(w, x, x, 2, out), LEAT_EPAIRS);
	ck_assert_uint_eq(pushed_into(w), 0);
	leat_window_free(w);
	w = simple(LEAT_SLIDING, 3, 0, two, 2);
	ck_assert_int_eq(leat_window_push(w, 1), LEAT_EPAIRS);
	ck_assert_int_eq(leat_window_push_many(w, x, NULL, 2, out),
	    LEAT_EPAIRS);
	ck_assert_uint_eq(pushed_into(w), 0);
	ck_assert_uint_eq(leat_window_length(w), 0);
	for (int i = 0; i < 4; i++)
		ck_assert(out[i] == -1);
	leat_window_free(w);
}
END_TEST

START_TEST(a_class_for_pairs_makes_the_window_one_of_pairs)
{
	leat_agg agg = chain_class;
	leat_stat stats[] = { LEAT_COUNT, LEAT_AGG(NULL, 0.0) };
	agg.pairs = 1;
	stats[1].agg = &agg;
	leat_window *w = simple(LEAT_SLIDING, 3, 0, stats, 2);
	ck_assert_int_eq(leat_window_push(w, 1), LEAT_EPAIRS);
	ck_assert_int_eq(leat_window_push_xy(w, 1, 2), LEAT_OK);
	leat_window_free(w);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Reading, resetting, copying                                        */
/* ------------------------------------------------------------------ */

START_TEST(read_gives_back_any_part_of_the_window)
{
	leat_window *w = simple(LEAT_SLIDING, 4, 0, sum_of, 1);
	double x[5] = { -1, -1, -1, -1, -1 };
	ck_assert_int_eq(leat_window_read(w, 0, 0, x, NULL), LEAT_OK);
	ck_assert_int_eq(leat_window_read(w, 0, 1, x, NULL), LEAT_ERANGE);
	for (int i = 0; i < 6; i++)
		leat_window_push(w, i == 3 ? (double)NAN : i);
	ck_assert_int_eq(leat_window_read(w, 1, 2, x, NULL), LEAT_OK);
	ck_assert(isnan(x[0]) && x[1] == 4 && x[2] == -1);
	ck_assert_int_eq(leat_window_read(w, 4, 0, x, NULL), LEAT_OK);
	ck_assert_int_eq(leat_window_read(w, 0, 4, NULL, NULL), LEAT_OK);
	ck_assert_int_eq(leat_window_read(w, 1, 4, x, NULL), LEAT_ERANGE);
	ck_assert_int_eq(leat_window_read(w, 5, 0, x, NULL), LEAT_ERANGE);
	ck_assert_int_eq(leat_window_read(w, UINT64_MAX, 2, x, NULL),
	    LEAT_ERANGE);
	ck_assert_int_eq(leat_window_read(w, 2, SIZE_MAX, x, NULL),
	    LEAT_ERANGE);
	double y = -1;
	ck_assert_int_eq(leat_window_read(w, 0, 1, x, &y), LEAT_EPAIRS);
	ck_assert(y == -1 && x[1] == 4);
	leat_window_free(w);
}
END_TEST

START_TEST(windows_that_store_no_values_cannot_be_read)
{
	static const int kinds[] = { LEAT_TUMBLING, LEAT_HOPPING,
		LEAT_LANDMARK };
	for (int k = 0; k < 3; k++) {
		leat_window *w = simple(kinds[k], 4, 2, sum_of, 1);
		double x = -1;
		leat_window_push(w, 3);
		ck_assert_int_eq(leat_window_read(w, 0, 1, &x, NULL),
		    LEAT_ENOTSUP);
		ck_assert(x == -1);
		leat_window_free(w);
	}
}
END_TEST

START_TEST(pairs_are_read_together_or_apart)
{
	static const leat_stat stats[] = { LEAT_SLOPE };
	leat_window_options options = options_of(LEAT_TUMBLING, 3, 0, stats, 1);
	options.keep_values = 1;
	leat_window *w = open_window(&options);
	double x[3] = { 0 }, y[3] = { 0 };
	for (int i = 0; i < 5; i++)
		leat_window_push_xy(w, i, 10 * i);
	ck_assert_int_eq(leat_window_read(w, 0, 2, x, y), LEAT_OK);
	ck_assert(x[0] == 3 && x[1] == 4 && y[0] == 30 && y[1] == 40);
	ck_assert_int_eq(leat_window_read(w, 1, 1, NULL, y), LEAT_OK);
	ck_assert(y[0] == 40);
	ck_assert_int_eq(leat_window_read(w, 1, 1, x, NULL), LEAT_OK);
	ck_assert(x[0] == 4);
	leat_window_free(w);
}
END_TEST

START_TEST(options_are_copied)
{
	leat_stat stats[] = { LEAT_MIN, LEAT_MAX };
	leat_window_options options = options_of(LEAT_SLIDING, 2, 0, stats, 2);
	leat_window *w = open_window(&options);
	stats[0].id = LEAT_STAT_SUM;
	stats[1].id = -5;
	memset(&options, 0xFF, sizeof(options));
	double out[2];
	leat_window_push(w, 1);
	leat_window_push(w, 2);
	leat_window_push(w, 3);
	leat_window_query(w, out);
	ck_assert(out[0] == 2 && out[1] == 3);
	leat_window_free(w);
}
END_TEST

START_TEST(a_copy_and_its_original_go_their_own_ways)
{
	struct counted heap = { 0 }, other = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_allocator b = counted_allocator(&other);
	leat_window_options options = options_of(LEAT_SLIDING, 5, 0, sum_of, 1);
	leat_window *w, *same, *moved;
	options.allocator = &a;
	w = open_window(&options);
	memset(&options, 0, sizeof(options));
	for (int i = 0; i < 7; i++)
		leat_window_push(w, i);
	ck_assert_int_eq(leat_window_copy(w, NULL, &same), LEAT_OK);
	ck_assert_uint_eq(heap.live, 2);
	ck_assert_int_eq(leat_window_copy(w, &b, &moved), LEAT_OK);
	ck_assert_uint_eq(other.live, 1);
	ck_assert(push_ask(w, 100) == 3 + 4 + 5 + 6 + 100);
	ck_assert(push_ask(same, 1000) == 3 + 4 + 5 + 6 + 1000);
	leat_window_reset(w);
	leat_window_free(w);
	ck_assert(push_ask(moved, 0) == 3 + 4 + 5 + 6);
	ck_assert_uint_eq(pushed_into(same), 8);
	leat_window_free(same);
	leat_window_free(moved);
	ck_assert_uint_eq(heap.live + other.live, 0);
	ck_assert_uint_eq(heap.damaged + other.damaged, 0);
}
END_TEST

START_TEST(a_copy_of_a_window_in_the_callers_memory_lives_on_the_heap)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_window_options options = options_of(LEAT_SLIDING, 5, 0, sum_of, 1);
	size_t n;
	leat_window *w, *copy, *plain;
	ck_assert_int_eq(leat_window_check(&options, &n, NULL), LEAT_OK);
	unsigned char *memory = malloc(n);
	ck_assert_int_eq(leat_window_init(&w, memory, n, &options), LEAT_OK);
	leat_window_push(w, 7);
	leat_window_free(w); /* does nothing */
	ck_assert_int_eq(leat_window_copy(w, &a, &copy), LEAT_OK);
	ck_assert_int_eq(leat_window_copy(w, NULL, &plain), LEAT_OK);
	memset(memory, 0xFF, n);
	free(memory);
	ck_assert(push_ask(copy, 1) == 8 && push_ask(plain, 2) == 9);
	leat_window_free(copy);
	leat_window_free(plain);
	ck_assert_uint_eq(heap.live, 0);
}
END_TEST

START_TEST(freeing_nothing_is_fine)
{
	leat_window_free(NULL);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Callbacks                                                          */
/* ------------------------------------------------------------------ */

struct log {
	char text[512];
	size_t n;
};

static int note(void *ctx, const leat_result *r)
{
	struct log *log = ctx;
	int n = snprintf(log->text + log->n, sizeof(log->text) - log->n,
	    "[%d,%d)=%g;", (int)r->start, (int)r->end, r->values[0]);
	ck_assert_uint_eq(r->n_values, 1);
	log->n += (size_t)n;
	return 0;
}

/*
 * Each set of count, sum, minimum and maximum has code of its own to compute
 * it; of whole numbers all of them are exact.
 */
START_TEST(simple_statistics_are_the_same_in_every_company)
{
	static const char *const names[] = { "count", "sum", "min", "max" };
	struct rng r = rng_new((uint64_t)_i);
	double kept[40], out[4];
	leat_stat stats[4];
	size_t n = 0, size = 1 + (size_t)rng_below(&r, 20);

	for (size_t i = 0; i < 4; i++)
		if (_i >> i & 1)
			ck_assert_int_eq(leat_stat_parse(names[i], &stats[n++]),
			    LEAT_OK);
	leat_window_options o = options_of(LEAT_SLIDING, size, 0, stats, n);
	leat_window *w = open_window(&o);
	for (size_t i = 0; i < 40; i++) {
		double all[4] = { 0, 0, HUGE_VAL, -HUGE_VAL };
		kept[i] = (double)rng_below(&r, 1000) - 500;
		ck_assert_int_eq(leat_window_push(w, kept[i]), LEAT_OK);
		for (size_t k = i < size ? 0 : i + 1 - size; k <= i; k++) {
			all[0]++;
			all[1] += kept[k];
			all[2] = fmin(all[2], kept[k]);
			all[3] = fmax(all[3], kept[k]);
		}
		leat_window_query(w, out);
		for (size_t k = 0, at = 0; k < 4; k++)
			if (_i >> k & 1)
				ck_assert_double_eq(out[at++], all[k]);
	}
	leat_window_free(w);
}
END_TEST

static void emits(int kind, uint64_t size, uint64_t advance, const char *want)
{
	leat_window_options options = options_of(kind, size, advance, sum_of,
	    1);
	for (int many = 0; many < 2; many++) {
		struct log log = { "", 0 };
		options.sink.emit = note;
		options.sink.ctx = &log;
		leat_window *w = open_window(&options);
		static const double x[] = { 1, 2, 3, 4, 5, 6, 7 };
		if (many)
			leat_window_push_many(w, x, NULL, 7, NULL);
		for (int i = 0; !many && i < 7; i++)
			leat_window_push(w, x[i]);
		ck_assert_str_eq(log.text, want);
		leat_window_reset(w);
		leat_window_free(w);
		ck_assert_str_eq(log.text, want);
	}
}

START_TEST(windows_that_close_are_told_in_order)
{
	emits(LEAT_SLIDING, 5, 0, "[0,5)=15;[1,6)=20;[2,7)=25;");
	emits(LEAT_TUMBLING, 3, 0, "[0,3)=6;[3,6)=15;");
	emits(LEAT_HOPPING, 4, 2, "[0,4)=10;[2,6)=18;");
	emits(LEAT_HOPPING, 3, 1,
	    "[0,3)=6;[1,4)=9;[2,5)=12;[3,6)=15;"
	    "[4,7)=18;");
	emits(LEAT_HOPPING, 2, 3, "[0,2)=3;[3,5)=9;");
	emits(LEAT_HOPPING, 5, 2, "[0,5)=15;[2,7)=25;");
	emits(LEAT_SLIDING, 8, 0, "");
}
END_TEST

/* ------------------------------------------------------------------ */
/* Classes                                                            */
/* ------------------------------------------------------------------ */

START_TEST(a_class_sees_its_samples_in_order)
{
	static const leat_stat stats[] = { LEAT_AGG(&word_class, 0) };
	leat_window *w = simple(LEAT_SLIDING, 5, 0, stats, 1);
	struct word got;
	for (int i = 0; i < 9; i++)
		leat_window_push(w, i == 6 ? (double)NAN : i);
	ck_assert_int_eq(leat_window_partial(w, &word_class, &got), LEAT_OK);
	ck_assert_uint_eq(got.n, 4);
	ck_assert_int_eq(memcmp(got.text, "efhi", 4), 0);
	leat_window_free(w);
}
END_TEST

START_TEST(a_partial_of_nothing_is_the_identity)
{
	static const leat_stat stats[] = { LEAT_AGG(&chain_class, 0) };
	for (int kind = LEAT_SLIDING; kind <= LEAT_LANDMARK; kind++) {
		leat_window *w = simple(kind, 4, 2, stats, 1);
		struct chain c = { 9, 9 };
		ck_assert_int_eq(leat_window_partial(w, &chain_class, &c), 0);
		ck_assert(c.a == 1 && c.b == 0);
		leat_window_free(w);
	}
}
END_TEST

START_TEST(a_class_that_was_not_asked_for_has_no_partial)
{
	static const leat_stat stats[] = { LEAT_SUM,
		LEAT_AGG(&chain_class, 0) };
	leat_agg twin = chain_class;
	struct word w0, before;
	memset(&w0, 0x77, sizeof(w0));
	before = w0;
	leat_window *w = simple(LEAT_SLIDING, 4, 0, stats, 2);
	leat_window_push(w, 1);
	ck_assert_int_eq(leat_window_partial(w, &word_class, &w0), LEAT_ESTAT);
	ck_assert_int_eq(leat_window_partial(w, &twin, &w0), LEAT_ESTAT);
	ck_assert_mem_eq(&w0, &before, sizeof(w0));
	leat_window_free(w);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Random operations                                                  */
/* ------------------------------------------------------------------ */

static double draw(struct rng *r)
{
	return rng_below(r, 9) == 0 ? (double)NAN : (double)rng_below(r, 26);
}

static void push_some(struct subject *s, struct rng *r, size_t n)
{
	double x[200], y[200];
	for (size_t i = 0; i < n; i++) {
		x[i] = draw(r);
		y[i] = draw(r);
	}
	subject_push_many(s, x, s->pairs ? y : NULL, n, rng_below(r, 3) != 0);
}

static void one_operation(struct subject *s, struct rng *r)
{
	size_t length = (size_t)leat_window_length(s->window);
	switch (rng_below(r, 18)) {
	case 0:
		if (rng_below(r, 3) == 0)
			subject_reset(s);
		break;
	case 1:
		subject_copy(s);
		break;
	case 2:
	case 3:
		subject_read(s, (size_t)rng_below(r, length + 2),
		    (size_t)rng_below(r, length + 1));
		break;
	case 4:
		subject_read(s, 0, length);
		break;
	case 5:
	case 6:
		push_some(s, r, (size_t)rng_below(r, 9));
		break;
	case 7:
		push_some(s, r, (size_t)rng_below(r, 100));
		break;
	case 8:
	case 9:
		subject_query(s);
		break;
	case 10:
	case 11:
		subject_flush(s);
		break;
	default:
		subject_push(s, draw(r), draw(r));
	}
}

static void random_run(leat_window_options options, int pairs, uint64_t seed,
    int operations)
{
	static struct subject s;
	struct rng r = rng_new(seed * 1000003 + options.size);
	memset(&s, 0, sizeof(s));
	s.options = options;
	s.pairs = pairs;
	s.seed = seed;
	s.what = "random operations";
	s.options.min_count = rng_below(&r, 4) == 0 ? 2 : 0;
	if (options.size == 1)
		s.options.min_count = 0;
	s.options.on_missing = rng_below(&r, 4) == 0 ? LEAT_ON_MISSING_PROPAGATE
						     : LEAT_ON_MISSING_SKIP;
	s.options.keep_values = (options.kind == LEAT_TUMBLING ||
				    options.kind == LEAT_HOPPING) &&
	    rng_below(&r, 2) == 0;
	size_t offset = rng_below(&r, 2) ? SIZE_MAX : rng_below(&r, 65);
	subject_open(&s, options.kind != LEAT_LANDMARK, offset);
	for (int i = 0; i < operations && s.pushed < MODEL_MAX - 200; i++)
		one_operation(&s, &r);
	subject_query(&s);
	subject_close(&s);
}

static void random_runs(int kind, uint64_t size, uint64_t advance)
{
	leat_window_options options = options_of(kind, size, advance, NULL, 0);
	uint64_t seeds = short_run() ? 1 : 3;
	uint64_t base = (uint64_t)kind * 977 + size * 41 + advance;
	for (uint64_t seed = 0; seed < seeds; seed++)
		random_run(options, seed == 1, base + seed * 7, 60);
}

START_TEST(sliding_windows_do_what_the_model_does)
{
	random_runs(LEAT_SLIDING, (uint64_t)_i, 0);
}
END_TEST

START_TEST(tumbling_windows_do_what_the_model_does)
{
	random_runs(LEAT_TUMBLING, (uint64_t)_i, 0);
}
END_TEST

START_TEST(hopping_windows_do_what_the_model_does)
{
	uint64_t size = (uint64_t)_i, step = size > 12 ? 5 : 1;
	for (uint64_t advance = 1; advance <= size + 3; advance += step)
		random_runs(LEAT_HOPPING, size, advance);
	random_runs(LEAT_HOPPING, size, size);
	random_runs(LEAT_HOPPING, size, 2 * size + 1);
}
END_TEST

START_TEST(landmark_windows_do_what_the_model_does)
{
	random_runs(LEAT_LANDMARK, 0, 0);
}
END_TEST

START_TEST(a_window_works_at_every_address)
{
	static struct subject s;
	struct rng r = rng_new(99);
	memset(&s, 0, sizeof(s));
	s.options = options_of(_i % 2 ? LEAT_SLIDING : LEAT_HOPPING, 11, 3,
	    NULL, 0);
	s.what = "at every address";
	s.options.keep_values = _i % 2 == 0;
	s.seed = (uint64_t)_i;
	subject_open(&s, 1, (size_t)_i);
	for (int i = 0; i < 40; i++) {
		subject_push(&s, draw(&r), 0);
		subject_query(&s);
	}
	subject_close(&s);
}
END_TEST

static TCase *semantics(void)
{
	TCase *t = tcase_create("semantics");
	tcase_add_test(t, a_sliding_window_holds_the_last_values);
	tcase_add_test(t, a_tumbling_window_starts_again_after_size_values);
	tcase_add_test(t, a_hopping_window_is_the_one_that_closes_next);
	tcase_add_test(t,
	    a_hopping_window_need_not_be_a_multiple_of_its_advance);
	tcase_add_test(t, between_hopping_windows_there_is_nothing);
	tcase_add_test(t, a_landmark_window_holds_everything);
	tcase_add_test(t, a_window_of_one_value_is_that_value);
	tcase_add_test(t, of_nothing_there_is_a_count_and_nothing_else);
	tcase_add_test(t, missing_values_take_a_place_and_are_skipped);
	tcase_add_test(t, missing_values_propagate_when_asked_to);
	tcase_add_test(t, below_min_count_there_is_only_the_count);
	tcase_add_test(t,
	    infinities_follow_ieee_while_inside_and_leave_no_trace);
	tcase_add_test(t, few_values_have_no_spread_and_no_shape);
	tcase_add_test(t, equal_values_have_no_spread_and_no_shape);
	tcase_add_test(t, the_product_overflows_only_if_the_result_does);
	tcase_add_test(t, rate_of_change_divides_by_the_oldest);
	tcase_add_test(t, of_equal_extremes_the_newest_counts);
	return t;
}

static TCase *handling(void)
{
	TCase *t = tcase_create("handling");
	tcase_add_test(t, a_pair_with_a_missing_half_is_missing_as_a_whole);
	tcase_add_test(t, a_line_needs_x_to_vary_and_a_correlation_both);
	tcase_add_test(t, pairs_and_single_values_do_not_mix);
	tcase_add_test(t, a_class_for_pairs_makes_the_window_one_of_pairs);
	tcase_add_test(t, read_gives_back_any_part_of_the_window);
	tcase_add_test(t, windows_that_store_no_values_cannot_be_read);
	tcase_add_test(t, pairs_are_read_together_or_apart);
	tcase_add_test(t, options_are_copied);
	tcase_add_test(t, a_copy_and_its_original_go_their_own_ways);
	tcase_add_test(t,
	    a_copy_of_a_window_in_the_callers_memory_lives_on_the_heap);
	tcase_add_test(t, freeing_nothing_is_fine);
	tcase_add_loop_test(t, simple_statistics_are_the_same_in_every_company,
	    1, 16);
	tcase_add_test(t, windows_that_close_are_told_in_order);
	tcase_add_test(t, a_class_sees_its_samples_in_order);
	tcase_add_test(t, a_partial_of_nothing_is_the_identity);
	tcase_add_test(t, a_class_that_was_not_asked_for_has_no_partial);
	return t;
}

Suite *window_suite(void)
{
	Suite *s = suite_create("window");
	suite_add_tcase(s, semantics());
	suite_add_tcase(s, handling());
	TCase *t = tcase_create("random");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, sliding_windows_do_what_the_model_does, 1, 41);
	tcase_add_loop_test(t, tumbling_windows_do_what_the_model_does, 1, 41);
	tcase_add_loop_test(t, hopping_windows_do_what_the_model_does, 1, 41);
	tcase_add_test(t, landmark_windows_do_what_the_model_does);
	tcase_add_loop_test(t, a_window_works_at_every_address, 0, 65);
	suite_add_tcase(s, t);
	return s;
}
