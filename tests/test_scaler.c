/*
 * Scalers, against means, deviations and extrema worked out in two passes
 * in long double.
 *
 * A running mean is kept in one double, so where values lie far from 0 its
 * last digit limits the deviations: tolerances are stated in the data's
 * size over its spread.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "data.h"
#include "suites.h"

enum { D = 5, N = 2000 };

static int token; /* something to point at */

static leat_scaler_options scaling(int kind, size_t d)
{
	leat_scaler_options o;
	memset(&o, 0, sizeof(o));
	o.n_features = d;
	o.kind = kind;
	return o;
}

static leat_scaler *scaler_of(const leat_scaler_options *o)
{
	leat_scaler *s;
	ck_assert_int_eq(leat_scaler_new(&s, o), LEAT_OK);
	return s;
}

static leat_scaler *open_scaler(int kind, size_t d)
{
	leat_scaler_options o = scaling(kind, d);
	return scaler_of(&o);
}

/* Columns of different size and spread; the last one is constant. */
static const double offset[D] = { 0, 1e4, -1e9, 3e-5, 7.7 };
static const double spread[D] = { 1, 20, 1, 1e-6, 0 };

static void fill(double *x, size_t n, uint64_t seed)
{
	struct rng r = rng_new(seed);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < D; i++)
			x[k * D + i] = offset[i] + spread[i] * rng_normal(&r);
}

struct truth {
	long double mean, deviation, least, most;
};

/* Counted from the first value, which is close: the differences are exact. */
static struct truth truth_of(const double *x, size_t n, size_t i)
{
	struct truth t = { 0, 0, x[i], x[i] };
	long double mean = 0;
	for (size_t k = 0; k < n; k++) {
		mean += x[k * D + i] - x[i];
		t.least = fminl(t.least, x[k * D + i]);
		t.most = fmaxl(t.most, x[k * D + i]);
	}
	mean /= (long double)n;
	for (size_t k = 0; k < n; k++) {
		long double d = x[k * D + i] - x[i] - mean;
		t.deviation += d * d;
	}
	t.mean = x[i] + mean;
	t.deviation = sqrtl(t.deviation / (long double)n);
	return t;
}

/* ------------------------------------------------------------------ */
/* Parameters                                                         */
/* ------------------------------------------------------------------ */

START_TEST(standardise_has_mean_and_standard_deviation)
{
	double *x = malloc(sizeof(double) * N * D), center[D], scale[D];
	leat_scaler *s = open_scaler(LEAT_STANDARDISE, D);
	ck_assert_ptr_nonnull(x);
	fill(x, N, 1);
	for (size_t n = 1; n <= N; n++) {
		leat_scaler_push(s, x + (n - 1) * D);
		if (n > 20 && n % 97 != 0 && n != N)
			continue;
		leat_scaler_parameters(s, center, scale);
		for (size_t i = 0; i < D; i++) {
			struct truth t = truth_of(x, n, i);
			double far = fabs(offset[i]) + 4 * spread[i];
			double ulp = DBL_EPSILON * far;
			ck_assert(fabsl(center[i] - t.mean) <= 8 * ulp);
			ck_assert(fabsl(scale[i] - t.deviation) <=
			    8 * ulp + 1e-13L * t.deviation);
		}
	}
	ck_assert(center[4] == 7.7 && scale[4] == 0);
	leat_scaler_free(s);
	free(x);
}
END_TEST

START_TEST(min_max_has_the_extrema)
{
	double *x = malloc(sizeof(double) * N * D), center[D], scale[D];
	leat_scaler *s = open_scaler(LEAT_MIN_MAX, D);
	ck_assert_ptr_nonnull(x);
	fill(x, N, 2);
	for (size_t n = 1; n <= N; n++) {
		leat_scaler_push(s, x + (n - 1) * D);
		if (n > 20 && n % 97 != 0)
			continue;
		leat_scaler_parameters(s, center, scale);
		for (size_t i = 0; i < D; i++) {
			struct truth t = truth_of(x, n, i);
			ck_assert(center[i] == (double)t.least);
			ck_assert(scale[i] == (double)t.most - (double)t.least);
		}
	}
	leat_scaler_free(s);
	free(x);
}
END_TEST

START_TEST(nothing_pushed_has_no_center_and_scale_0)
{
	for (int kind = 0; kind < 2; kind++) {
		leat_scaler *s = open_scaler(kind, D);
		double center[D], scale[D], x[D] = { 1, 2, 3, 4, 5 };
		for (int k = 0; k < 2; k++) {
			leat_scaler_parameters(s, center, scale);
			for (size_t i = 0; i < D; i++)
				ck_assert(isnan(center[i]) && scale[i] == 0);
			leat_scaler_push(s, x);
			leat_scaler_parameters(s, NULL, NULL);
			leat_scaler_parameters(s, center, NULL);
			leat_scaler_parameters(s, NULL, scale);
			ck_assert(center[2] == 3 && scale[2] == 0);
			leat_scaler_reset(s);
		}
		leat_scaler_free(s);
	}
}
END_TEST

/* A first value that stays for long leaves no mark. */
START_TEST(a_column_may_start_constant)
{
	for (int kind = 0; kind < 2; kind++) {
		leat_scaler *s = open_scaler(kind, 1);
		double center, scale, z, x = 1e6;
		long double mean, m2 = 0;
		for (int k = 0; k < 500; k++) {
			leat_scaler_push(s, &x);
			leat_scaler_transform(s, &x, &z);
			ck_assert(z == 0);
			leat_scaler_parameters(s, &center, &scale);
			ck_assert(center == 1e6 && scale == 0);
			double other = x + 17;
			leat_scaler_transform(s, &other, &z);
			ck_assert(z == 0);
		}
		for (int k = 1; k <= 500; k++) {
			x = 1e6 + k;
			leat_scaler_push(s, &x);
		}
		mean = 1e6L + 500.0L * 501 / 2 / 1000;
		m2 = 500 * (mean - 1e6L) * (mean - 1e6L);
		for (int k = 1; k <= 500; k++)
			m2 += (1e6L + k - mean) * (1e6L + k - mean);
		leat_scaler_parameters(s, &center, &scale);
		if (kind == LEAT_STANDARDISE) {
			ck_assert(fabsl(center - mean) < 1e-9L);
			ck_assert(fabsl(scale - sqrtl(m2 / 1000)) < 1e-9L);
		} else {
			ck_assert(center == 1e6 && scale == 500);
		}
		leat_scaler_free(s);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* To and fro                                                         */
/* ------------------------------------------------------------------ */

START_TEST(z_is_x_less_center_over_scale)
{
	for (int kind = 0; kind < 2; kind++) {
		leat_scaler *s = open_scaler(kind, D);
		double *x = malloc(sizeof(double) * N * D);
		double center[D], scale[D], z[D];
		ck_assert_ptr_nonnull(x);
		fill(x, N, 3);
		for (size_t k = 0; k < N; k++) {
			const double *row = x + k * D;
			leat_scaler_push(s, row);
			leat_scaler_parameters(s, center, scale);
			leat_scaler_transform(s, row, z);
			for (size_t i = 0; i < D; i++) {
				double want = scale[i] > 0
				    ? (row[i] - center[i]) / scale[i]
				    : 0;
				ck_assert(same_bits(z[i], want));
				ck_assert(kind == LEAT_STANDARDISE ||
				    (z[i] >= 0 && z[i] <= 1));
			}
		}
		free(x);
		leat_scaler_free(s);
	}
}
END_TEST

START_TEST(the_inverse_gives_x_back)
{
	for (int kind = 0; kind < 2; kind++) {
		leat_scaler *s = open_scaler(kind, D);
		double x[N * D], row[D];
		fill(x, N, 4);
		for (size_t k = 0; k < N; k++)
			leat_scaler_push(s, x + k * D);
		for (size_t k = 0; k < N; k++) {
			memcpy(row, x + k * D, sizeof(row));
			leat_scaler_transform(s, row, row); /* in place */
			leat_scaler_inverse(s, row, row);
			for (size_t i = 0; i < D; i++)
				ck_assert(fabs(row[i] - x[k * D + i]) <= 8 *
					DBL_EPSILON *
					(fabs(offset[i]) + 8 * spread[i]));
		}
		leat_scaler_free(s);
	}
}
END_TEST

START_TEST(clip_cuts_off_what_is_far_away)
{
	for (int kind = 0; kind < 2; kind++) {
		leat_scaler_options o = scaling(kind, 1);
		o.clip = 2.5;
		leat_scaler *s = scaler_of(&o);
		for (int k = 0; k < 100; k++) {
			double x = k % 2 ? 11 : 9; /* mean 10, deviation 1 */
			leat_scaler_push(s, &x);
		}
		for (double x = 0; x < 20; x += 0.125) {
			double z, want = x - 10;
			if (kind == LEAT_MIN_MAX)
				want = fmax(0, fmin(1, (x - 9) / 2));
			want = fmax(-2.5, fmin(2.5, want));
			leat_scaler_transform(s, &x, &z);
			ck_assert_double_eq_tol(z, want, 1e-12);
			ck_assert(fabs(z) <= 2.5);
		}
		leat_scaler_free(s);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* What is not sound                                                  */
/* ------------------------------------------------------------------ */

static void same_scaler(const leat_scaler *a, const leat_scaler *b)
{
	double c[2][D], s[2][D];
	leat_scaler_parameters(a, c[0], s[0]);
	leat_scaler_parameters(b, c[1], s[1]);
	ck_assert_uint_eq(leat_scaler_pushed(a), leat_scaler_pushed(b));
	for (size_t i = 0; i < D; i++)
		ck_assert(same_bits(c[0][i], c[1][i]) &&
		    same_bits(s[0][i], s[1][i]));
}

START_TEST(what_is_not_finite_is_refused_and_leaves_no_trace)
{
	const double bad[] = { (double)NAN, HUGE_VAL, -HUGE_VAL };
	for (int kind = 0; kind < 2; kind++) {
		leat_scaler *a = open_scaler(kind, D), *b;
		double x[40 * D];
		b = open_scaler(kind, D);
		fill(x, 40, 5);
		for (size_t k = 0; k < 40; k++) {
			for (size_t i = 0; i < 3 * D; i++) {
				double row[D];
				memcpy(row, x + k * D, sizeof(row));
				row[i % D] = bad[i / D];
				ck_assert_int_eq(leat_scaler_push(a, row),
				    LEAT_NOT_FINITE);
			}
			same_scaler(a, b);
			ck_assert_int_eq(leat_scaler_push(a, x + k * D),
			    LEAT_OK);
			leat_scaler_push(b, x + k * D);
		}
		same_scaler(a, b);
		ck_assert_uint_eq(leat_scaler_pushed(a), 40);
		leat_scaler_free(a);
		leat_scaler_free(b);
	}
}
END_TEST

/* Sizes whose squares still are numbers. */
START_TEST(large_values_are_scaled_like_any)
{
	static const double size[] = { 1e-150, 1e100, 1e150 };
	for (size_t k = 0; k < 3; k++) {
		for (int kind = 0; kind < 2; kind++) {
			leat_scaler *s = open_scaler(kind, 1);
			double x[4] = { -3, 1, 0, 6 }, center, scale;
			for (size_t i = 0; i < 4; i++) {
				x[i] *= size[k];
				leat_scaler_push(s, &x[i]);
			}
			leat_scaler_parameters(s, &center, &scale);
			/* squares of 4, 0, 1, 5 around the mean 1 */
			double c = kind == LEAT_MIN_MAX ? -3 : 1;
			double w = kind == LEAT_MIN_MAX ? 9 : sqrt(42 / 4.0);
			ck_assert_double_eq_tol(center / size[k], c, 1e-14);
			ck_assert_double_eq_tol(scale / size[k], w, 1e-14);
			leat_scaler_free(s);
		}
	}
}
END_TEST

/* Of n values, the k-th is huge; the rest have a deviation of about 1. */
static double scale_after_one(double huge, size_t k, size_t n)
{
	leat_scaler *s = open_scaler(LEAT_STANDARDISE, 1);
	struct rng r = rng_new(k + 1);
	double scale;

	for (size_t i = 0; i < n; i++) {
		double x = i == k ? huge : rng_normal(&r);
		ck_assert_int_eq(leat_scaler_push(s, &x), LEAT_OK);
	}
	leat_scaler_parameters(s, NULL, &scale);
	leat_scaler_free(s);
	return scale;
}

/*
 * 8 deviations at the 100th place add 64 / 100 to a variance of 1, and at the
 * third place 8 of those of two values.
 */
START_TEST(one_huge_value_does_not_take_the_scale_away)
{
	static const double huge[] = { 1e154, 1e200, -1e300, DBL_MAX,
		-DBL_MAX };

	for (size_t i = 0; i < sizeof(huge) / sizeof(*huge); i++)
		for (size_t k = 0; k < 200; k++) {
			double scale = scale_after_one(huge[i], k, 1000);
			ck_assert_double_gt(scale, 0.8);
			ck_assert_double_lt(scale, 1.4);
		}
}
END_TEST

/*
 * A column and its twin that has no huge values are scaled nearly alike, and
 * the huge values count as 8 deviations away.
 */
static void a_few_huge(struct rng *r, double middle, double size)
{
	leat_scaler *s = open_scaler(LEAT_STANDARDISE, 1);
	leat_scaler *twin = open_scaler(LEAT_STANDARDISE, 1);
	double z, own, c[2], scale[2];
	for (int k = 0; k < 3000; k++) {
		double x = middle + size * rng_normal(r);
		double huge = pow(10, 154 + 154 * rng_uniform(r));
		if (rng_below(r, 300) && k > 0) {
			leat_scaler_push(s, &x);
			leat_scaler_push(twin, &x);
			continue;
		}
		huge = rng_below(r, 2) ? huge : -huge;
		leat_scaler_push(s, &huge);
		leat_scaler_transform(s, &huge, &z);
		ck_assert(k == 0 || z == (huge > 0 ? 8 : -8));
	}
	leat_scaler_parameters(s, &c[0], &scale[0]);
	leat_scaler_parameters(twin, &c[1], &scale[1]);
	ck_assert_double_lt(fabs(c[0] - c[1]), 0.5 * scale[1]);
	ck_assert_double_gt(scale[0], 0.9 * scale[1]);
	ck_assert_double_lt(scale[0], 2 * scale[1]);
	double x = middle + 2 * size;
	leat_scaler_transform(s, &x, &z);
	leat_scaler_transform(twin, &x, &own);
	ck_assert_double_gt(z, 0.3 * own);
	ck_assert_double_lt(z, 2 * own);
	leat_scaler_free(s);
	leat_scaler_free(twin);
}

START_TEST(a_few_huge_values_leave_the_others_what_they_were)
{
	struct rng r = rng_new(11);

	for (int k = 0; k < 300; k++) {
		double size = pow(10, 100 * rng_uniform(&r) - 50);
		a_few_huge(&r, size * 10 * rng_normal(&r), size);
	}
}
END_TEST

/* 5, then a huge value, then 5 for long: no scale but that of the huge one. */
START_TEST(what_is_far_gives_way_to_what_is_not)
{
	leat_scaler *s = open_scaler(LEAT_STANDARDISE, 1);
	double x = 5, center, scale;

	for (int k = 0; k < 500; k++) {
		x = k % 100 == 1 ? 1e200 : 5;
		leat_scaler_push(s, &x);
		leat_scaler_parameters(s, &center, &scale);
		ck_assert(center == 5);
		ck_assert(k == 0 ? scale == 0 : scale > 1e150);
	}
	for (int k = 0; k < 500; k++) {
		x = k % 2 ? 7 : 3;
		leat_scaler_push(s, &x);
	}
	leat_scaler_parameters(s, &center, &scale);
	ck_assert_double_eq_tol(center, 5, 0.1);
	ck_assert_double_eq_tol(scale, sqrt(2), 0.1);
	leat_scaler_free(s);
}
END_TEST

START_TEST(a_column_of_huge_values_has_a_scale)
{
	struct rng r = rng_new(5);

	for (int e = 150; e <= 307; e++) {
		leat_scaler *s = open_scaler(LEAT_STANDARDISE, 1);
		double x, z, scale;
		for (int i = 0; i < 3000; i++) {
			x = rng_normal(&r) * pow(10, e);
			if (fabs(x) <= DBL_MAX)
				ck_assert_int_eq(leat_scaler_push(s, &x), 0);
		}
		leat_scaler_parameters(s, NULL, &scale);
		x = pow(10, e);
		leat_scaler_transform(s, &x, &z);
		leat_scaler_free(s);
		ck_assert_msg(scale > 0 && scale <= DBL_MAX, "1e%d: %g", e,
		    scale);
		ck_assert_msg(z == z && z != 0, "1e%d: z %g", e, z);
	}
}
END_TEST

START_TEST(the_largest_numbers_leave_numbers)
{
	static const double huge[] = { DBL_MAX, -DBL_MAX, 1e300, -1e300,
		DBL_MAX, 0, DBL_MIN, 4e-320, -DBL_MAX, 1 };
	size_t n = sizeof(huge) / sizeof(*huge);
	for (int kind = 0; kind < 2; kind++) {
		leat_scaler *s = open_scaler(kind, 1);
		for (size_t k = 0; k < 5 * n; k++) {
			double center, scale, z;
			ck_assert_int_eq(leat_scaler_push(s, &huge[k % n]),
			    LEAT_OK);
			leat_scaler_parameters(s, &center, &scale);
			leat_scaler_transform(s, &huge[k % n], &z);
			ck_assert(isfinite(center) && isfinite(z));
			ck_assert(isfinite(scale) && scale >= 0);
		}
		leat_scaler_free(s);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Objects                                                            */
/* ------------------------------------------------------------------ */

static void push_all(leat_scaler *s, const double *x, size_t n)
{
	for (size_t k = 0; k < n; k++)
		leat_scaler_push(s, x + k * D);
}

START_TEST(a_copy_is_equal_and_independent)
{
	for (int kind = 0; kind < 2; kind++) {
		struct counted heap = { 0 }, other = { 0 };
		leat_allocator one = counted_allocator(&heap);
		leat_allocator two = counted_allocator(&other);
		leat_scaler_options o = scaling(kind, D);
		double x[100 * D];
		leat_scaler *c, *d, *never;
		o.allocator = &one;
		leat_scaler *s = scaler_of(&o);
		never = open_scaler(kind, D);
		fill(x, 100, 6);
		push_all(s, x, 60);
		push_all(never, x, 60);
		ck_assert_int_eq(leat_scaler_copy(s, NULL, &c), LEAT_OK);
		ck_assert_int_eq(leat_scaler_copy(s, &two, &d), LEAT_OK);
		ck_assert(heap.calls == 2 && other.calls == 1);
		push_all(s, x, 3);
		leat_scaler_free(s);
		same_scaler(c, never);
		push_all(c, x + 60 * D, 40);
		push_all(never, x + 60 * D, 40);
		same_scaler(c, never);
		leat_scaler_reset(c);
		push_all(d, x + 60 * D, 40);
		same_scaler(d, never);
		leat_scaler_free(c);
		leat_scaler_free(d);
		leat_scaler_free(never);
		ck_assert(heap.live == 0 && other.live == 0);
		ck_assert(heap.damaged == 0 && other.damaged == 0);
	}
}
END_TEST

START_TEST(a_reset_scaler_is_as_new)
{
	for (int kind = 0; kind < 2; kind++) {
		leat_scaler *a = open_scaler(kind, D), *b;
		double x[50 * D];
		b = open_scaler(kind, D);
		fill(x, 50, 7);
		push_all(a, x, 50);
		ck_assert_uint_eq(leat_scaler_pushed(a), 50);
		leat_scaler_reset(a);
		same_scaler(a, b);
		push_all(a, x + D, 20);
		push_all(b, x + D, 20);
		same_scaler(a, b);
		leat_scaler_free(a);
		leat_scaler_free(b);
	}
}
END_TEST

START_TEST(a_scaler_lies_in_the_callers_memory_at_any_alignment)
{
	unsigned char room[4096];
	leat_scaler_options o = scaling(LEAT_STANDARDISE, D);
	leat_scaler *mark = (leat_scaler *)(void *)&token, *s = mark;
	double x[20 * D];
	size_t n = 0;
	fill(x, 20, 8);
	leat_scaler *usual = scaler_of(&o);
	push_all(usual, x, 20);
	ck_assert_int_eq(leat_scaler_size(&o, &n), LEAT_OK);
	ck_assert_uint_le(n + 64 + 2 * GUARD_BYTES, sizeof(room));
	for (size_t shift = 0; shift < 64; shift++) {
		unsigned char *at = room + GUARD_BYTES + shift;
		guard_fill(at, n);
		memset(at, 0xCD, n);
		ck_assert_int_eq(leat_scaler_init(&s, at, n - 1, &o),
		    LEAT_EBUFFER);
		ck_assert(s == mark && at[0] == 0xCD && at[n - 1] == 0xCD);
		ck_assert_int_eq(leat_scaler_init(&s, at, n, &o), LEAT_OK);
		push_all(s, x, 20);
		same_scaler(s, usual);
		leat_scaler_free(s);
		ck_assert(guard_intact(at, n));
		s = mark;
	}
	leat_scaler_free(usual);
}
END_TEST

START_TEST(a_scaler_allocates_once_and_says_when_it_cannot)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_scaler_options o = scaling(LEAT_MIN_MAX, D);
	leat_scaler *mark = (leat_scaler *)(void *)&token, *s = mark, *c = mark;
	double x[20 * D], z[D];
	o.allocator = &a;
	heap.fail_at = 1;
	ck_assert_int_eq(leat_scaler_new(&s, &o), LEAT_ENOMEM);
	ck_assert(s == mark && heap.live == 0);
	s = scaler_of(&o);
	fill(x, 20, 9);
	heap.fail_at = 3;
	ck_assert_int_eq(leat_scaler_copy(s, NULL, &c), LEAT_ENOMEM);
	ck_assert(c == mark);
	push_all(s, x, 20);
	leat_scaler_transform(s, x, z);
	leat_scaler_inverse(s, z, z);
	leat_scaler_parameters(s, z, NULL);
	leat_scaler_reset(s);
	ck_assert_uint_eq(heap.calls, 3);
	leat_scaler_free(s);
	leat_scaler_free(NULL);
	ck_assert(heap.live == 0 && heap.damaged == 0);
}
END_TEST

/* "16 bytes a feature" */
START_TEST(memory_of_a_scaler_is_what_the_header_says)
{
	leat_scaler_options o = scaling(LEAT_STANDARDISE, 10000);
	size_t n = 0;
	ck_assert_int_eq(leat_scaler_size(&o, &n), LEAT_OK);
	ck_assert_uint_ge(n, 160000);
	ck_assert_uint_le(n, 160000 + 512);
	o.n_features = LEAT_FEATURES_MAX;
	int got = leat_scaler_size(&o, &n);
	ck_assert_int_eq(got, SIZE_MAX > UINT32_MAX ? LEAT_OK : LEAT_ETOOBIG);
}
END_TEST

static void refused(leat_scaler_options o, int code, int line)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_scaler *mark = (leat_scaler *)(void *)&token, *s = mark;
	unsigned char memory[64];
	size_t n = 4711;
	memset(memory, 0x3C, sizeof(memory));
	if (o.allocator == NULL)
		o.allocator = &a;
	int got = leat_scaler_new(&s, &o);
	ck_assert_msg(got == code, "line %d: new: %d, not %d", line, got, code);
	got = leat_scaler_size(&o, &n);
	ck_assert_msg(got == code && n == 4711, "line %d: size: %d", line, got);
	got = leat_scaler_init(&s, memory, sizeof(memory), &o);
	ck_assert_msg(got == code, "line %d: init: %d", line, got);
	ck_assert(s == mark && heap.calls == 0);
	for (size_t i = 0; i < sizeof(memory); i++)
		ck_assert_uint_eq(memory[i], 0x3C);
}

#define REFUSED(options, code) refused(options, code, __LINE__)

START_TEST(options_of_scalers_out_of_range_are_refused)
{
	const double clips[] = { -1, -1e-300, (double)NAN, HUGE_VAL,
		-HUGE_VAL };
	static const int kinds[] = { -1, 2, 3, 2147483647, -2147483647 };
	static const size_t sizes[] = { 0, LEAT_FEATURES_MAX + 1, SIZE_MAX };
	leat_scaler_options o;
	for (size_t k = 0; k < 5; k++) {
		o = scaling(0, D);
		o.clip = clips[k];
		REFUSED(o, LEAT_EINVAL);
		REFUSED(scaling(kinds[k], D), LEAT_EINVAL);
		if (k < 3)
			REFUSED(scaling(0, sizes[k]), LEAT_EINVAL);
	}
	struct counted heap = { 0 };
	leat_allocator half = counted_allocator(&heap);
	half.free = NULL;
	o = scaling(0, D);
	o.allocator = &half;
	REFUSED(o, LEAT_EINVAL);
	half = counted_allocator(&heap);
	half.alloc = NULL;
	REFUSED(o, LEAT_EINVAL);
}
END_TEST

/* ------------------------------------------------------------------ */

static void add_values(Suite *s)
{
	TCase *c = tcase_create("values");
	tcase_add_test(c, standardise_has_mean_and_standard_deviation);
	tcase_add_test(c, min_max_has_the_extrema);
	tcase_add_test(c, nothing_pushed_has_no_center_and_scale_0);
	tcase_add_test(c, a_column_may_start_constant);
	tcase_add_test(c, z_is_x_less_center_over_scale);
	tcase_add_test(c, the_inverse_gives_x_back);
	tcase_add_test(c, clip_cuts_off_what_is_far_away);
	tcase_add_test(c, what_is_not_finite_is_refused_and_leaves_no_trace);
	tcase_add_test(c, large_values_are_scaled_like_any);
	tcase_add_test(c, one_huge_value_does_not_take_the_scale_away);
	tcase_add_test(c, a_few_huge_values_leave_the_others_what_they_were);
	tcase_add_test(c, what_is_far_gives_way_to_what_is_not);
	tcase_add_test(c, a_column_of_huge_values_has_a_scale);
	tcase_add_test(c, the_largest_numbers_leave_numbers);
	suite_add_tcase(s, c);
}

static void add_objects(Suite *s)
{
	TCase *c = tcase_create("objects");
	tcase_add_test(c, a_copy_is_equal_and_independent);
	tcase_add_test(c, a_reset_scaler_is_as_new);
	tcase_add_test(c, a_scaler_lies_in_the_callers_memory_at_any_alignment);
	tcase_add_test(c, a_scaler_allocates_once_and_says_when_it_cannot);
	tcase_add_test(c, memory_of_a_scaler_is_what_the_header_says);
	tcase_add_test(c, options_of_scalers_out_of_range_are_refused);
	suite_add_tcase(s, c);
}

Suite *scaler_suite(void)
{
	Suite *s = suite_create("scaler");
	add_values(s);
	add_objects(s);
	return s;
}
