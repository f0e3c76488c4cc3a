/*
 * Metrics, against their definitions.
 *
 * The oracle keeps the whole history and evaluates each definition on the
 * samples of the window anew, in long double; pairs for the area under the
 * ROC curve are counted one by one. Its tree is also looked at from
 * inside, since the bound of its cost cannot be seen from outside.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "../src/model/model.h"

#include "alloc.h"
#include "data.h"
#include "suites.h"

enum { N_METRICS = 9, N_STREAM = 2600 };

static const int every[] = { LEAT_METRIC_MAE, LEAT_METRIC_MSE, LEAT_METRIC_RMSE,
	LEAT_METRIC_R2, LEAT_METRIC_BIAS, LEAT_METRIC_LOG_LOSS,
	LEAT_METRIC_ACCURACY, LEAT_METRIC_AUC, LEAT_METRIC_COVERAGE };

/* All but LOG_LOSS and AUC, which do not take everything. */
static const int plain[] = { LEAT_METRIC_COVERAGE, LEAT_METRIC_R2,
	LEAT_METRIC_BIAS, LEAT_METRIC_MAE, LEAT_METRIC_ACCURACY,
	LEAT_METRIC_RMSE, LEAT_METRIC_MSE };
enum { N_PLAIN = sizeof(plain) / sizeof(plain[0]) };

static const uint64_t sizes[] = { 0, 1, 2, 7, 100, 1000 };
enum { N_SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static leat_metric_options asking(const int *metrics, size_t n, uint64_t size)
{
	leat_metric_options o;
	memset(&o, 0, sizeof(o));
	o.metrics = metrics;
	o.n_metrics = n;
	o.size = size;
	return o;
}

static leat_metric *open_metric(const int *metrics, size_t n, uint64_t size)
{
	leat_metric_options o = asking(metrics, n, size);
	leat_metric *m = NULL;
	ck_assert_int_eq(leat_metric_new(&m, &o), LEAT_OK);
	return m;
}

static double ask_one(const leat_metric *m)
{
	double out = 4711;
	leat_metric_query(m, &out);
	return out;
}

/* ------------------------------------------------------------------ */
/* Streams                                                            */
/* ------------------------------------------------------------------ */

struct samples {
	double y[N_STREAM], p[N_STREAM];
};

static double quarters(double x)
{
	return floor(4 * x) / 4;
}

/* Numbers of any kind; steps of a quarter make ties. */
static void rough(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		s->y[i] = quarters(3 * rng_normal(r));
		s->p[i] = quarters(s->y[i] + rng_normal(r));
	}
}

static void smooth(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		s->y[i] = 1e6 + 20 * rng_normal(r);
		s->p[i] = s->y[i] + 0.3 * rng_normal(r);
	}
}

/* Predictions that are worse than the mean, sizes from 1e-9 to 1e9. */
static void wild(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		double scale = pow(10, -9 + 18 * (double)i / N_STREAM);
		s->y[i] = scale * rng_normal(r);
		s->p[i] = scale * (5 + rng_normal(r));
	}
}

/* Stretches of a constant y, in windows of up to 7 the whole of it. */
static void held(struct samples *s, struct rng *r)
{
	double y = 0.1;
	for (size_t i = 0; i < N_STREAM; i++) {
		if (rng_below(r, 12) == 0)
			y = quarters(rng_normal(r)) + 0.1;
		s->y[i] = y;
		s->p[i] = rng_below(r, 4) ? quarters(rng_normal(r)) : y;
	}
}

/* Labels and probabilities. */
static void labels(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		s->p[i] = rng_uniform(r);
		s->y[i] = rng_uniform(r) < s->p[i];
	}
}

/* With 0 and 1, a half and ties among them, and y in between. */
static void eighths(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		s->p[i] = (double)rng_below(r, 9) / 8;
		s->y[i] = (double)rng_below(r, 9) / 8;
	}
}

/* So near to 0 and 1 that they are cut off. */
static void sure(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		double near = ldexp(1, -(int)rng_below(r, 70));
		s->y[i] = (double)rng_below(r, 2);
		s->p[i] = rng_below(r, 2) ? near : 1 - near;
	}
}

/* Long stretches of one class, so that windows of 100 have no other. */
static void one_sided(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		s->y[i] = (double)(i / 130 % 2);
		s->p[i] = (double)rng_below(r, 50) / 64;
	}
}

static void all_equal(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		s->y[i] = (double)rng_below(r, 2);
		s->p[i] = 0.375;
	}
}

static void upwards(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		s->y[i] = (double)rng_below(r, 2);
		s->p[i] = (double)i / N_STREAM;
	}
}

static void downwards(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		s->y[i] = (double)rng_below(r, 2);
		s->p[i] = 1 - (double)(i / 3) / N_STREAM;
	}
}

/* From both ends towards the middle. */
static void inwards(struct samples *s, struct rng *r)
{
	for (size_t i = 0; i < N_STREAM; i++) {
		double x = (double)i / (2 * N_STREAM);
		s->y[i] = (double)rng_below(r, 2);
		s->p[i] = i % 2 ? x : 1 - x;
	}
}

struct stream {
	const char *name;
	void (*fill)(struct samples *s, struct rng *r);
};

static const struct stream numbers[] = {
	{ "steps of a quarter", rough },
	{ "1e6 + N(0,20)", smooth },
	{ "sizes to 1e9", wild },
	{ "constant stretches", held },
};
enum { N_NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

static const struct stream chances[] = {
	{ "labels", labels },
	{ "eighths", eighths },
	{ "near 0 and 1", sure },
	{ "one class", one_sided },
	{ "all equal", all_equal },
	{ "upwards", upwards },
	{ "downwards", downwards },
	{ "inwards", inwards },
};
enum { N_CHANCES = sizeof(chances) / sizeof(chances[0]) };

/* ------------------------------------------------------------------ */
/* The definitions                                                    */
/* ------------------------------------------------------------------ */

/* A sum that is good also where long double is no longer than double. */
struct sum {
	long double s, rest;
};

static void add(struct sum *q, long double x)
{
	long double s = q->s + x, d = s - q->s;
	q->rest += (q->s - (s - d)) + (x - d);
	q->s = s;
}

static long double mean_of(const struct sum *q, size_t n)
{
	return (q->s + q->rest) / (long double)n;
}

static long double mean_size(const double *y, const double *p, size_t n)
{
	struct sum q = { 0, 0 };
	for (size_t i = 0; i < n; i++)
		add(&q, fabsl((long double)p[i] - y[i]));
	return mean_of(&q, n);
}

static long double mean_error(const double *y, const double *p, size_t n)
{
	struct sum q = { 0, 0 };
	for (size_t i = 0; i < n; i++)
		add(&q, (long double)p[i] - y[i]);
	return mean_of(&q, n);
}

static long double mean_square(const double *y, const double *p, size_t n)
{
	struct sum q = { 0, 0 };
	for (size_t i = 0; i < n; i++) {
		long double d = (long double)p[i] - y[i];
		add(&q, d * d);
	}
	return mean_of(&q, n);
}

/* By differences, so that equal values give exactly 0. */
static long double variance(const double *y, size_t n)
{
	struct sum shifted = { 0, 0 }, q = { 0, 0 };
	for (size_t i = 0; i < n; i++)
		add(&shifted, (long double)y[i] - y[0]);
	for (size_t i = 0; i < n; i++) {
		long double d = (long double)y[i] - y[0];
		d -= mean_of(&shifted, n);
		add(&q, d * d);
	}
	return mean_of(&q, n);
}

static long double mean_log_loss(const double *y, const double *p, size_t n)
{
	struct sum q = { 0, 0 };
	for (size_t i = 0; i < n; i++) {
		long double at = p[i];
		at = fminl(fmaxl(at, 0x1p-52L), 1 - 0x1p-52L);
		add(&q, -(y[i] * logl(at) + (1 - y[i]) * log1pl(-at)));
	}
	return mean_of(&q, n);
}

static long double hit_rate(const double *y, const double *p, size_t n)
{
	size_t hits = 0;
	for (size_t i = 0; i < n; i++)
		hits += (p[i] > 0.5) == (y[i] > 0.5);
	return (long double)hits / (long double)n;
}

static long double covered(const double *y, const double *p, size_t n)
{
	size_t hits = 0;
	for (size_t i = 0; i < n; i++)
		hits += y[i] <= p[i];
	return (long double)hits / (long double)n;
}

/* Pairs one by one: in order, ties counting a half. */
static double area(const double *y, const double *p, size_t n)
{
	size_t twice = 0, pairs = 0;
	for (size_t i = 0; i < n; i++) {
		if (!(y[i] > 0.5))
			continue;
		for (size_t j = 0; j < n; j++) {
			if (y[j] > 0.5)
				continue;
			pairs++;
			twice += p[i] > p[j] ? 2 : p[i] == p[j];
		}
	}
	return pairs ? (double)twice / (double)(2 * pairs) : (double)NAN;
}

/* What a metric should be, and how far it may be from that. */
static long double expected(int id, const double *y, const double *p, size_t n,
    long double *slack)
{
	long double v = 0;
	*slack = 0;
	switch (id) {
	case LEAT_METRIC_MAE:
		v = mean_size(y, p, n);
		break;
	case LEAT_METRIC_MSE:
		v = mean_square(y, p, n);
		break;
	case LEAT_METRIC_RMSE:
		v = sqrtl(mean_square(y, p, n));
		break;
	case LEAT_METRIC_R2:
		v = variance(y, n);
		if (v == 0)
			return NAN;
		v = mean_square(y, p, n) / v;
		*slack = 1e-13L * v + 0x1p-53L;
		return 1 - v;
	case LEAT_METRIC_BIAS: /* differences are rounded before they cancel */
		*slack = 1e-15L * mean_size(y, p, n);
		return mean_error(y, p, n);
	case LEAT_METRIC_LOG_LOSS:
		v = mean_log_loss(y, p, n);
		break;
	case LEAT_METRIC_ACCURACY:
		return (double)hit_rate(y, p, n);
	case LEAT_METRIC_COVERAGE:
		return (double)covered(y, p, n);
	default:
		return area(y, p, n);
	}
	*slack = 2e-15L * fabsl(v);
	return v;
}

static void compare(int id, double got, const struct samples *s, size_t end,
    uint64_t size, const char *name)
{
	size_t n = size && size < end ? (size_t)size : end;
	long double slack, want;
	want = expected(id, s->y + end - n, s->p + end - n, n, &slack);
	int same = isnan(want) ? isnan(got) : fabsl(got - want) <= slack;
	ck_assert_msg(same, "%s, size %llu, after %zu: %s is %.17g, not %.20Lg",
	    name, (unsigned long long)size, end, leat_metric_name(id), got,
	    want);
}

/* Every sample of small windows; of large ones now and then. */
static int looked_at(size_t i, uint64_t size)
{
	return (size > 0 && size <= 100) || i < 60 || i % 23 == 0;
}

static void follow(const struct stream *stream, const int *metrics, size_t n,
    uint64_t size, uint64_t seed)
{
	static struct samples s;
	struct rng r = rng_new(seed);
	leat_metric *m = open_metric(metrics, n, size);
	double out[N_METRICS];

	stream->fill(&s, &r);
	for (size_t i = 0; i < (short_run() ? 300 : N_STREAM); i++) {
		ck_assert_int_eq(leat_metric_push(m, s.y[i], s.p[i]), LEAT_OK);
		ck_assert_uint_eq(leat_metric_pushed(m), i + 1);
		if (!looked_at(i, size))
			continue;
		leat_metric_query(m, out);
		for (size_t k = 0; k < n; k++)
			compare(metrics[k], out[k], &s, i + 1, size,
			    stream->name);
	}
	leat_metric_free(m);
}

START_TEST(numbers_are_measured_as_defined)
{
	for (size_t k = 0; k < N_SIZES; k++)
		follow(&numbers[_i], plain, N_PLAIN, sizes[k], 100 + k);
}
END_TEST

START_TEST(chances_are_measured_as_defined)
{
	static const int of_all[] = { LEAT_METRIC_LOG_LOSS, LEAT_METRIC_MSE,
		LEAT_METRIC_ACCURACY };
	follow(&chances[_i], of_all, 3, 0, 200);
	for (size_t k = 1; k < N_SIZES; k++)
		follow(&chances[_i], every, N_METRICS, sizes[k], 200 + k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* By hand                                                            */
/* ------------------------------------------------------------------ */

static double measure(int id, const double *y, const double *p, size_t n)
{
	leat_metric *m = open_metric(&id, 1, 1000);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(leat_metric_push(m, y[i], p[i]), LEAT_OK);
	double v = ask_one(m);
	leat_metric_free(m);
	return v;
}

static void is_near(double got, double want)
{
	ck_assert_msg(fabs(got - want) <= 4e-16 * fabs(want),
	    "%.17g, not %.17g", got, want);
}

/*
 * Errors -1/2, 1/2, 0, 1: squares sum to 3/2. y has the mean 23/8 and its
 * squares sum to 249/4, so deviations to 249/4 - 4 (23/8)^2 = 467/16.
 */
START_TEST(numbers_by_hand)
{
	static const double y[] = { 3, -0.5, 2, 7 }, p[] = { 2.5, 0, 2, 8 };
	is_near(measure(LEAT_METRIC_MAE, y, p, 4), 0.5);
	is_near(measure(LEAT_METRIC_MSE, y, p, 4), 0.375);
	is_near(measure(LEAT_METRIC_RMSE, y, p, 4), sqrt(0.375));
	is_near(measure(LEAT_METRIC_R2, y, p, 4), 443.0 / 467);
	is_near(measure(LEAT_METRIC_BIAS, y, p, 4), 0.25);
	is_near(measure(LEAT_METRIC_COVERAGE, y, p, 4), 0.75);
	is_near(measure(LEAT_METRIC_ACCURACY, y, p, 4), 1);
}
END_TEST

/* The threshold itself belongs to 0, on both sides. */
START_TEST(a_half_is_not_above_a_half)
{
	static const double y[] = { 0.5, 0.5, 1, 0 }, p[] = { 0.5, 1, 0.5, 0 };
	is_near(measure(LEAT_METRIC_ACCURACY, y, p, 4), 0.5);
	/* One positive, with 0.5, against 0.5, 1 and 0. */
	is_near(measure(LEAT_METRIC_AUC, y, p, 4), 0.5);
}
END_TEST

START_TEST(log_loss_is_cut_off_at_the_ends)
{
	static const double zero = 0, one = 1, half = 0.5, tiny = 0x1p-1070;
	double worst = 52 * log(2), best = -log1p(-0x1p-52);
	is_near(measure(LEAT_METRIC_LOG_LOSS, &zero, &one, 1), worst);
	is_near(measure(LEAT_METRIC_LOG_LOSS, &one, &zero, 1), worst);
	is_near(measure(LEAT_METRIC_LOG_LOSS, &one, &tiny, 1), worst);
	is_near(measure(LEAT_METRIC_LOG_LOSS, &zero, &zero, 1), best);
	is_near(measure(LEAT_METRIC_LOG_LOSS, &one, &one, 1), best);
	is_near(measure(LEAT_METRIC_LOG_LOSS, &half, &half, 1), log(2));
	is_near(measure(LEAT_METRIC_LOG_LOSS, &half, &one, 1),
	    (worst + best) / 2);
}
END_TEST

START_TEST(areas_by_hand)
{
	/* 0.35 is below 0.4; the three other pairs are in order. */
	static const double y[] = { 0, 0, 1, 1 }, p[] = { 0.1, 0.4, 0.35, 0.8 };
	static const double tied[] = { -0.0, 1, 0.0, 1 };
	static const double huge[] = { -DBL_MAX, 0, 1, DBL_MAX };
	static const double sunk[] = { DBL_MAX, 2, 1, -DBL_MAX };
	ck_assert_double_eq(measure(LEAT_METRIC_AUC, y, p, 4), 0.75);
	/* -0 and 0 are equal, as are the ones: 1/2, 0, 1, 1/2. */
	ck_assert_double_eq(measure(LEAT_METRIC_AUC, y, tied, 4), 0.5);
	ck_assert_double_eq(measure(LEAT_METRIC_AUC, y, huge, 4), 1);
	ck_assert_double_eq(measure(LEAT_METRIC_AUC, y, sunk, 4), 0);
}
END_TEST

START_TEST(of_nothing_there_is_no_result)
{
	double out[N_METRICS];
	leat_metric *m = open_metric(every, N_METRICS, 5);
	leat_metric *all = open_metric(plain, N_PLAIN, 0);
	leat_metric_query(m, out);
	for (size_t i = 0; i < N_METRICS; i++)
		ck_assert_double_nan(out[i]);
	leat_metric_query(all, out);
	for (size_t i = 0; i < N_PLAIN; i++)
		ck_assert_double_nan(out[i]);
	ck_assert_uint_eq(leat_metric_pushed(m), 0);
	leat_metric_free(m);
	leat_metric_free(all);
}
END_TEST

START_TEST(a_constant_target_has_no_r2)
{
	static const int r2[] = { LEAT_METRIC_R2 };
	static const double level[] = { 0.1, 1e300, -1.0 / 3, 0, 1e-300 };
	leat_metric *m = open_metric(r2, 1, 10);
	for (size_t k = 0; k < 5; k++) {
		leat_metric *all = open_metric(r2, 1, 0);
		for (int i = 0; i < 40; i++) {
			leat_metric_push(all, level[k], 0.5 * i);
			ck_assert_double_nan(ask_one(all));
			leat_metric_push(m, level[k], 0.5 * i);
			if (i >= 9)
				ck_assert_double_nan(ask_one(m));
		}
		leat_metric_push(all, 2, 2);
		if (k != 1) /* whose squares overflow */
			ck_assert(isfinite(ask_one(all)));
		leat_metric_free(all);
	}
	leat_metric_free(m);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Sizes of numbers                                                   */
/* ------------------------------------------------------------------ */

static void alike(const leat_metric *a, const leat_metric *b)
{
	double x[N_METRICS], y[N_METRICS];
	ck_assert_uint_eq(leat_metric_pushed(a), leat_metric_pushed(b));
	memset(x, 0, sizeof(x));
	memset(y, 0, sizeof(y));
	leat_metric_query(a, x);
	leat_metric_query(b, y);
	for (size_t i = 0; i < N_METRICS; i++)
		ck_assert_msg(same_bits(x[i], y[i]), "metric %zu: %.17g, %.17g",
		    i, x[i], y[i]);
}

/* Same pushes but for one, which has left: the same bits. */
static void huge_once(uint64_t size, double y, double p)
{
	leat_metric *m = open_metric(plain, N_PLAIN, size);
	leat_metric *twin = open_metric(plain, N_PLAIN, size);
	struct rng r = rng_new(size);
	for (uint64_t i = 0; i < 6 * size; i++) {
		double a = rng_normal(&r), b = rng_normal(&r);
		int now = i == 2 * size;
		leat_metric_push(m, now ? y : a, now ? p : b);
		leat_metric_push(twin, a, b);
		if (i < 2 * size || i >= 3 * size)
			alike(m, twin);
	}
	leat_metric_free(m);
	leat_metric_free(twin);
}

START_TEST(a_huge_value_leaves_no_trace)
{
	static const uint64_t of[] = { 1, 2, 7, 100 };
	for (size_t k = 0; k < 4; k++) {
		huge_once(of[k], 1e300, 0);
		huge_once(of[k], 0, 1e300);
		huge_once(of[k], 1e300, -1e300);
		huge_once(of[k], -DBL_MAX, DBL_MAX);
		huge_once(of[k], DBL_MAX, -DBL_MAX);
	}
}
END_TEST

START_TEST(what_overflows_is_infinite_and_ratios_are_nan)
{
	static const int ids[] = { LEAT_METRIC_MAE, LEAT_METRIC_BIAS,
		LEAT_METRIC_MSE, LEAT_METRIC_RMSE, LEAT_METRIC_R2 };
	leat_metric *m = open_metric(ids, 5, 4);
	double out[5];
	leat_metric_push(m, 1, 2);
	leat_metric_push(m, 2, 4);
	leat_metric_push(m, 3, 1e200);
	leat_metric_query(m, out);
	is_near(out[0], 1e200 / 3);
	is_near(out[1], 1e200 / 3);
	ck_assert(isinf(out[2]) && isinf(out[3]) && isnan(out[4]));
	leat_metric_push(m, -DBL_MAX, DBL_MAX);
	leat_metric_query(m, out);
	ck_assert(isinf(out[0]) && out[1] > DBL_MAX && isnan(out[4]));
	leat_metric_push(m, DBL_MAX, -DBL_MAX);
	leat_metric_query(m, out);
	ck_assert(isinf(out[0]) && isnan(out[1]) && isinf(out[3]));
	leat_metric_reset(m);

	/* The squares of the targets overflow, those of the errors do not. */
	leat_metric_push(m, 1e200, 1e200);
	leat_metric_push(m, -1e200, -1e200);
	leat_metric_query(m, out);
	ck_assert(out[0] == 0 && out[2] == 0 && isnan(out[4]));
	leat_metric_reset(m);

	/* They fade, and the share of one in the other is lost. */
	leat_metric_push(m, 1e-170, 2e-170);
	leat_metric_push(m, -1e-170, 1e-160);
	leat_metric_query(m, out);
	ck_assert(out[0] > 0 && isnan(out[4]));
	leat_metric_free(m);
}
END_TEST

/* ------------------------------------------------------------------ */
/* What is asked for                                                  */
/* ------------------------------------------------------------------ */

/* In company or alone, in any order, twice: the same bits. */
START_TEST(a_metric_does_not_depend_on_the_others)
{
	static struct samples s;
	struct rng r = rng_new(31);
	eighths(&s, &r);
	for (int round = 0; round < 40; round++) {
		int ids[12];
		size_t n = 1 + (size_t)rng_below(&r, 12);
		uint64_t size = 1 + rng_below(&r, 30);
		leat_metric *alone[N_METRICS], *m;
		for (size_t k = 0; k < n; k++)
			ids[k] = every[rng_below(&r, N_METRICS)];
		m = open_metric(ids, n, size);
		for (size_t k = 0; k < N_METRICS; k++)
			alone[k] = open_metric(&every[k], 1, size);
		for (size_t i = 0; i < 100; i++) {
			double out[12];
			leat_metric_push(m, s.y[i], s.p[i]);
			for (size_t k = 0; k < N_METRICS; k++)
				leat_metric_push(alone[k], s.y[i], s.p[i]);
			leat_metric_query(m, out);
			for (size_t k = 0; k < n; k++)
				ck_assert(same_bits(out[k],
				    ask_one(alone[ids[k] - 1])));
		}
		for (size_t k = 0; k < N_METRICS; k++)
			leat_metric_free(alone[k]);
		leat_metric_free(m);
	}
}
END_TEST

START_TEST(names_go_both_ways)
{
	static const char *const names[] = { "mae", "mse", "rmse", "r2", "bias",
		"log_loss", "accuracy", "auc", "coverage" };
	static const char *const others[] = { "", "MAE", "ma", "maee", " mae",
		"mae ", "log-loss", "mean" };
	static const int unknown[] = { 0, -1, 10, 1000, INT32_MIN, INT32_MAX };
	for (int i = 0; i < N_METRICS; i++) {
		int id = 0;
		ck_assert_int_eq(every[i], i + 1);
		ck_assert_str_eq(leat_metric_name(every[i]), names[i]);
		ck_assert_int_eq(leat_metric_parse(names[i], &id), LEAT_OK);
		ck_assert_int_eq(id, every[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		int id = 4711;
		ck_assert_int_eq(leat_metric_parse(others[i], &id),
		    LEAT_EINVAL);
		ck_assert_int_eq(id, 4711);
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		ck_assert_ptr_null(leat_metric_name(unknown[i]));
}
END_TEST

/* ------------------------------------------------------------------ */
/* The tree, from inside                                              */
/* ------------------------------------------------------------------ */

struct walk {
	const struct leat_auc *a;
	size_t n, deepest;
	const char *fault; /* what is wrong, if anything is */
	double score;      /* of the node before */
	uint32_t at;
};

static void must(struct walk *w, int holds, const char *what)
{
	if (!holds)
		w->fault = what;
}

/* Order, counts and balance of what is below; returns its positives. */
static uint32_t walk_down(struct walk *w, uint32_t at, size_t depth)
{
	const struct leat_auc_node *n = &w->a->node[at];
	size_t before = w->n;
	uint32_t positives;
	if (at == 0)
		return 0;
	if (depth > w->deepest)
		w->deepest = depth;
	positives = walk_down(w, n->child[0], depth + 1);
	size_t left = w->n - before + 1;
	must(w,
	    w->at == 0 || w->score < n->score ||
		(w->score == n->score && w->at < at),
	    "order");
	w->score = n->score;
	w->at = at;
	w->n++;
	positives += walk_down(w, n->child[1], depth + 1);
	size_t right = w->n - before - left + 1;
	must(w, left <= 3 * right && right <= 3 * left, "balance");
	must(w, n->samples == w->n - before, "samples");
	must(w, n->positives == positives || n->positives == positives + 1,
	    "positives");
	return n->positives;
}

/* Steps down a tree of weight n + 1, each taking at least a quarter off. */
static size_t deepest_of(size_t n)
{
	return 1 + (size_t)(log(((double)n + 1) / 2) / log(4.0 / 3) + 1e-9);
}

static void check_tree(const struct leat_auc *a, uint64_t pushed)
{
	struct walk w = { a, 0, 0, NULL, 0, 0 };
	const struct leat_auc_node nobody = a->node[0];
	(void)walk_down(&w, a->root, 1);
	ck_assert_msg(!w.fault, "after %llu: %s", (unsigned long long)pushed,
	    w.fault);
	ck_assert_uint_eq(w.n, pushed < a->size ? pushed : a->size);
	ck_assert_uint_le(w.deepest, deepest_of(w.n));
	ck_assert(nobody.samples == 0 && nobody.positives == 0);
}

struct tree {
	struct leat_auc auc;
	uint64_t pushed;
};

static struct tree plant(uint32_t size)
{
	struct tree t;
	memset(&t, 0, sizeof(t));
	t.auc.size = size;
	t.auc.node = malloc((size + 1) * sizeof(*t.auc.node));
	ck_assert_ptr_nonnull(t.auc.node);
	memset(t.auc.node, 0xCD, (size + 1) * sizeof(*t.auc.node));
	leat_auc_reset(&t.auc);
	return t;
}

/* Scores of push i into a tree of n that try to make it lopsided. */
static double lopsided(int way, uint64_t i, uint32_t n, struct rng *r)
{
	double x = (double)i;
	switch (way) {
	case 0:
		return x;
	case 1:
		return -x;
	case 2:
		return i % 2 ? x : -x;
	case 3:
		return i % 2 ? 1 / (x + 1) : -1 / (x + 1);
	case 4:
		return 1;
	case 5:
		return (double)rng_below(r, 3);
	case 6: /* rises, then falls, then rises */
		return i / n % 2 ? -x : x;
	case 7: /* an age at the bottom, an age at the top */
		return i / (n / 2 + 1) % 2 ? 1e9 - x : x - 1e9;
	case 8: /* what enters goes where the oldest was */
		return (double)(i % n);
	case 9: /* and then the other half empties first */
		return (double)(i * 7 % n) + (i / n % 2 ? n / 2.0 : 0);
	default:
		return rng_normal(r);
	}
}
enum { N_WAYS = 11 };

START_TEST(the_tree_is_sound_at_every_step)
{
	static const uint32_t of[] = { 1, 2, 3, 4, 5, 6, 7, 8, 13, 50, 200 };
	for (size_t k = 0; k < sizeof(of) / sizeof(*of); k++) {
		struct tree t = plant(of[k]);
		struct rng r = rng_new(of[k]);
		for (uint64_t i = 0; i < (short_run() ? 300 : 1500); i++) {
			leat_auc_push(&t.auc, lopsided(_i, i, of[k], &r),
			    (int)rng_below(&r, 2));
			check_tree(&t.auc, i + 1);
		}
		free(t.auc.node);
	}
}
END_TEST

START_TEST(a_large_tree_is_not_deep)
{
	const uint32_t size = short_run() ? 2000 : 20000;
	struct tree t = plant(size);
	struct rng r = rng_new(5);
	for (uint64_t i = 0; i < 5 * (uint64_t)size; i++) {
		leat_auc_push(&t.auc, lopsided(_i, i, size, &r),
		    (int)rng_below(&r, 2));
		if (i % 1999 == 0)
			check_tree(&t.auc, i + 1);
	}
	free(t.auc.node);
}
END_TEST

/*
 * The fewest samples that a path of so many nodes needs, when each step
 * goes to a sibling that weighs three times the other.
 */
START_TEST(a_path_has_room_for_the_deepest_tree)
{
	uint64_t weight = 2; /* one node */
	size_t nodes = 1;
	while (weight - 1 <= LEAT_AUC_MAX) {
		weight += (weight + 2) / 3;
		nodes++;
	}
	ck_assert_uint_gt(weight - 1, LEAT_AUC_MAX);
	ck_assert_uint_le(nodes - 1, LEAT_AUC_PATH);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Life                                                               */
/* ------------------------------------------------------------------ */

/* Objects of all shapes: everything, a window, single metrics. */
static leat_metric_options form(int i)
{
	if (i == 0)
		return asking(every, N_METRICS, 13);
	if (i == 1)
		return asking(plain, N_PLAIN, 0);
	if (i == 2)
		return asking(every, N_METRICS, 1);
	return asking(&every[i - 3], 1, 40);
}
enum { N_FORMS = 3 + N_METRICS };

static leat_metric *open_form(int i)
{
	leat_metric_options o = form(i);
	return open_metric(o.metrics, o.n_metrics, o.size);
}

/* n random samples into both; they stay alike. */
static void march(leat_metric *a, leat_metric *b, size_t n, uint64_t seed)
{
	struct rng r = rng_new(seed);
	for (size_t i = 0; i < n; i++) {
		double y = (double)rng_below(&r, 2);
		double p = (double)rng_below(&r, 33) / 32;
		ck_assert_int_eq(leat_metric_push(a, y, p), LEAT_OK);
		ck_assert_int_eq(leat_metric_push(b, y, p), LEAT_OK);
		alike(a, b);
	}
}

static void refuse(leat_metric *m, double y, double p, int code)
{
	ck_assert_int_eq(leat_metric_push(m, y, p), code);
}

START_TEST(what_is_refused_leaves_no_trace)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	static const double out[] = { -0x1p-1074, 1 + DBL_EPSILON, -1e300, 2 };
	leat_metric_options o = form(_i);
	leat_metric *m = open_form(_i), *twin = open_form(_i);
	int losses = 0;
	for (size_t k = 0; k < o.n_metrics; k++)
		losses |= o.metrics[k] == LEAT_METRIC_LOG_LOSS;
	for (uint64_t round = 0; round < 30; round++) {
		for (size_t k = 0; k < 3; k++) {
			refuse(m, bad[k], 0.5, LEAT_NOT_FINITE);
			refuse(m, 0.5, bad[k], LEAT_NOT_FINITE);
			refuse(m, 7, bad[k], LEAT_NOT_FINITE);
			refuse(m, bad[k], bad[2 - k], LEAT_NOT_FINITE);
		}
		for (size_t k = 0; losses && k < 4; k++) {
			refuse(m, out[k], 0.5, LEAT_BAD_TARGET);
			refuse(m, 0.5, out[k], LEAT_BAD_TARGET);
			refuse(m, out[k], out[3 - k], LEAT_BAD_TARGET);
		}
		alike(m, twin);
		march(m, twin, 5, round);
	}
	ck_assert_uint_eq(leat_metric_pushed(m), 150);
	leat_metric_free(m);
	leat_metric_free(twin);
}
END_TEST

/* Where the logarithm is not asked for, any finite number will do. */
START_TEST(only_log_loss_wants_probabilities)
{
	for (size_t i = 0; i < N_METRICS; i++) {
		leat_metric *m = open_metric(&every[i], 1, 5);
		int code = every[i] == LEAT_METRIC_LOG_LOSS ? LEAT_BAD_TARGET
							    : LEAT_OK;
		refuse(m, 3, -2, code);
		refuse(m, 1, 0, LEAT_OK);
		refuse(m, -0.0, 1, LEAT_OK);
		leat_metric_free(m);
	}
}
END_TEST

START_TEST(a_reset_makes_it_new)
{
	leat_metric *m = open_form(_i);
	for (uint64_t seed = 0; seed < 20; seed++) {
		leat_metric *fresh = open_form(_i), *other = open_form(_i);
		march(m, other, seed * 7, seed);
		leat_metric_reset(m);
		ck_assert_uint_eq(leat_metric_pushed(m), 0);
		alike(m, fresh);
		march(m, fresh, 60, seed + 50);
		leat_metric_reset(m);
		leat_metric_free(fresh);
		leat_metric_free(other);
	}
	leat_metric_free(m);
}
END_TEST

START_TEST(a_copy_goes_its_own_way)
{
	for (size_t n = 0; n < 100; n += 9) {
		leat_metric *m = open_form(_i), *twin = open_form(_i);
		leat_metric *copy = NULL, *third = NULL;
		march(m, twin, n, 3);
		ck_assert_int_eq(leat_metric_copy(m, NULL, &copy), LEAT_OK);
		ck_assert_int_eq(leat_metric_copy(copy, NULL, &third), LEAT_OK);
		alike(m, copy);
		/* Pushed into apart, so that shared memory would be seen. */
		for (int i = 0; i < 50; i++)
			leat_metric_push(third, 1, 0.25);
		march(m, twin, 50, 4);
		leat_metric_free(m);
		leat_metric_free(twin);
		twin = open_form(_i);
		leat_metric *past = open_form(_i);
		march(past, twin, n, 3);
		march(copy, twin, 80, 5);
		leat_metric_free(copy);
		leat_metric_free(third);
		leat_metric_free(twin);
		leat_metric_free(past);
	}
}
END_TEST

START_TEST(without_memory_there_is_none)
{
	struct counted heap = { 0 }, other = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_allocator b = counted_allocator(&other);
	leat_metric_options o = form(_i);
	leat_metric *mark = (leat_metric *)(void *)&heap, *m = mark;
	o.allocator = &a;
	heap.fail_from = 1;
	ck_assert_int_eq(leat_metric_new(&m, &o), LEAT_ENOMEM);
	ck_assert_ptr_eq(m, mark);
	ck_assert_uint_eq(heap.calls, 1);
	heap.fail_from = 0;
	ck_assert_int_eq(leat_metric_new(&m, &o), LEAT_OK);
	ck_assert_uint_eq(heap.calls, 2);
	leat_metric *copy = mark, *twin = open_form(_i);
	march(m, twin, 90, 1);
	heap.fail_at = 3;
	ck_assert_int_eq(leat_metric_copy(m, NULL, &copy), LEAT_ENOMEM);
	ck_assert_ptr_eq(copy, mark);
	other.fail_at = 1;
	ck_assert_int_eq(leat_metric_copy(m, &b, &copy), LEAT_ENOMEM);
	ck_assert_ptr_eq(copy, mark);
	march(m, twin, 90, 2);
	ck_assert_int_eq(leat_metric_copy(m, &b, &copy), LEAT_OK);
	leat_metric_free(m);
	march(copy, twin, 90, 3);
	leat_metric_free(copy);
	leat_metric_free(twin);
	leat_metric_free(NULL);
	ck_assert(heap.live == 0 && heap.damaged == 0 && heap.calls == 3);
	ck_assert(other.live == 0 && other.damaged == 0 && other.calls == 2);
}
END_TEST

START_TEST(it_lives_in_memory_of_any_alignment)
{
	leat_metric_options o = form(_i);
	size_t n = 0;
	ck_assert_int_eq(leat_metric_size(&o, &n), LEAT_OK);
	unsigned char *whole = malloc(n + 4 * GUARD_BYTES);
	leat_metric *mark = (leat_metric *)(void *)whole;
	size_t step = short_run() ? 7 : 1;
	for (size_t at = GUARD_BYTES; at < 2 * GUARD_BYTES; at += step) {
		unsigned char *memory = whole + at;
		leat_metric *m = mark, *twin = open_form(_i), *copy;
		memset(memory, 0xE7, n);
		guard_fill(memory, n);
		ck_assert_int_eq(leat_metric_init(&m, memory, n - 1, &o),
		    LEAT_EBUFFER);
		ck_assert_int_eq(leat_metric_init(&m, memory, 0, &o),
		    LEAT_EBUFFER);
		ck_assert_ptr_eq(m, mark);
		ck_assert_int_eq(leat_metric_init(&m, memory, n, &o), LEAT_OK);
		march(m, twin, 90, at);
		ck_assert_int_eq(leat_metric_copy(m, NULL, &copy), LEAT_OK);
		leat_metric_free(m);
		ck_assert(guard_intact(memory, n));
		memset(memory, 0xE7, n);
		march(copy, twin, 60, at + 1);
		leat_metric_free(copy);
		leat_metric_free(twin);
	}
	free(whole);
}
END_TEST

static size_t bytes(const int *ids, size_t n, uint64_t size)
{
	leat_metric_options o = asking(ids, n, size);
	size_t n_bytes = 0;
	ck_assert_int_eq(leat_metric_size(&o, &n_bytes), LEAT_OK);
	return n_bytes;
}

/* What one more sample in the window costs. */
START_TEST(memory_is_what_the_page_says)
{
	static const size_t a_sample[N_METRICS] = { 16, 16, 16, 16 + 24, 16, 16,
		16, 24, 16 };
	static const int both[] = { LEAT_METRIC_BIAS, LEAT_METRIC_MSE };
	for (size_t i = 0; i < N_METRICS; i++) {
		size_t more = bytes(&every[i], 1, 30000) -
		    bytes(&every[i], 1, 10000);
		ck_assert_msg(more <= 20000 * a_sample[i] + 256,
		    "%s: %zu for 20000", leat_metric_name(every[i]), more);
		ck_assert_uint_le(bytes(&every[i], 1, 1), 4096);
	}
	ck_assert_uint_le(bytes(both, 2, 30000) - bytes(both, 2, 10000),
	    20000 * 24 + 256);
	ck_assert_uint_le(bytes(plain, N_PLAIN, 0), 6 * 2048);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

/* All three ways refuse these, and write nothing. */
static void refused(const leat_metric_options *o, int code)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_metric_options with = *o;
	leat_metric *mark = (leat_metric *)(void *)&heap, *m = mark;
	unsigned char memory[64];
	size_t n = 4711;
	if (!with.allocator)
		with.allocator = &a;
	memset(memory, 0x3C, sizeof(memory));
	ck_assert_int_eq(leat_metric_new(&m, &with), code);
	ck_assert_int_eq(leat_metric_size(&with, &n), code);
	ck_assert_int_eq(leat_metric_init(&m, memory, sizeof(memory), &with),
	    code);
	ck_assert(m == NULL && n == 4711 && heap.calls == 0);
	for (size_t i = 0; i < sizeof(memory); i++)
		ck_assert_uint_eq(memory[i], 0x3C);
}

static void taken(const leat_metric_options *o)
{
	size_t n = 0;
	ck_assert_int_eq(leat_metric_size(o, &n), LEAT_OK);
	ck_assert_uint_gt(n, 0);
}

START_TEST(metrics_must_be_given)
{
	leat_metric_options o = asking(every, 0, 10);
	refused(&o, LEAT_EINVAL);
	o = asking(NULL, 0, 10);
	refused(&o, LEAT_EINVAL);
	o = asking(NULL, 3, 10);
	refused(&o, LEAT_EINVAL);
}
END_TEST

START_TEST(an_unknown_metric_is_refused)
{
	static const int unknown[] = { 0, -1, 10, 1000, INT32_MIN, INT32_MAX };
	for (size_t k = 0; k < sizeof(unknown) / sizeof(*unknown); k++)
		for (size_t at = 0; at < 3; at++) {
			int ids[] = { LEAT_METRIC_MAE, LEAT_METRIC_AUC,
				LEAT_METRIC_R2 };
			ids[at] = unknown[k];
			leat_metric_options o = asking(ids, 3, 10);
			refused(&o, LEAT_EINVAL);
		}
}
END_TEST

START_TEST(a_size_out_of_range_is_refused)
{
	static const uint64_t large[] = { LEAT_SIZE_MAX + 1, (uint64_t)1 << 63,
		UINT64_MAX };
	static const int auc[] = { LEAT_METRIC_MAE, LEAT_METRIC_AUC };
	for (size_t i = 0; i < N_METRICS; i++)
		for (size_t k = 0; k < 3; k++) {
			leat_metric_options o = asking(&every[i], 1, large[k]);
			refused(&o, LEAT_EINVAL);
		}
	leat_metric_options o = asking(auc, 2, 0);
	refused(&o, LEAT_EINVAL);
	o.size = (uint64_t)1 << 31;
	refused(&o, LEAT_EINVAL);
	o.size = LEAT_SIZE_MAX;
	refused(&o, LEAT_EINVAL);
}
END_TEST

/* Where they can be addressed. */
START_TEST(sizes_at_the_end_of_their_range_are_taken)
{
	static const int mae[] = { LEAT_METRIC_MAE };
	static const int auc[] = { LEAT_METRIC_AUC };
	leat_metric_options most = asking(mae, 1, LEAT_SIZE_MAX);
	leat_metric_options tree = asking(auc, 1, ((uint64_t)1 << 31) - 1);
	if (SIZE_MAX > UINT32_MAX) {
		taken(&most);
		taken(&tree);
	} else {
		refused(&most, LEAT_ETOOBIG);
		refused(&tree, LEAT_ETOOBIG);
	}
	most.size = tree.size = 1;
	taken(&most);
	taken(&tree);
}
END_TEST

static void *no_alloc(void *ctx, size_t size)
{
	(void)ctx;
	(void)size;
	return NULL;
}

static void no_free(void *ctx, void *memory)
{
	(void)ctx;
	(void)memory;
}

START_TEST(an_allocator_has_both_functions)
{
	leat_allocator a = { no_alloc, NULL, NULL };
	leat_allocator b = { NULL, no_free, NULL };
	leat_metric_options o = form(_i);
	o.allocator = &a;
	refused(&o, LEAT_EINVAL);
	o.allocator = &b;
	refused(&o, LEAT_EINVAL);
}
END_TEST

START_TEST(options_need_not_stay)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_metric_options o = form(_i);
	int ids[N_METRICS];
	leat_metric *m, *copy, *twin = open_form(_i);
	memcpy(ids, o.metrics, o.n_metrics * sizeof(int));
	o.metrics = ids;
	o.allocator = &a;
	ck_assert_int_eq(leat_metric_new(&m, &o), LEAT_OK);
	memset(ids, 0x5A, sizeof(ids));
	memset(&o, 0x5A, sizeof(o));
	memset(&a, 0x5A, sizeof(a));
	march(m, twin, 60, 8);
	ck_assert_int_eq(leat_metric_copy(m, NULL, &copy), LEAT_OK);
	ck_assert_uint_eq(heap.live, 2);
	march(copy, twin, 60, 9);
	leat_metric_free(m);
	leat_metric_free(copy);
	leat_metric_free(twin);
	ck_assert(heap.live == 0 && heap.damaged == 0);
}
END_TEST

/* ------------------------------------------------------------------ */

static void add_values(Suite *suite)
{
	TCase *tc = tcase_create("values");
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, numbers_are_measured_as_defined, 0, N_NUMBERS);
	tcase_add_loop_test(tc, chances_are_measured_as_defined, 0, N_CHANCES);
	tcase_add_test(tc, numbers_by_hand);
	tcase_add_test(tc, a_half_is_not_above_a_half);
	tcase_add_test(tc, log_loss_is_cut_off_at_the_ends);
	tcase_add_test(tc, areas_by_hand);
	tcase_add_test(tc, of_nothing_there_is_no_result);
	tcase_add_test(tc, a_constant_target_has_no_r2);
	tcase_add_test(tc, a_huge_value_leaves_no_trace);
	tcase_add_test(tc, what_overflows_is_infinite_and_ratios_are_nan);
	tcase_add_test(tc, a_metric_does_not_depend_on_the_others);
	tcase_add_test(tc, names_go_both_ways);
	suite_add_tcase(suite, tc);
}

static void add_tree(Suite *suite)
{
	TCase *tc = tcase_create("tree");
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, the_tree_is_sound_at_every_step, 0, N_WAYS);
	tcase_add_loop_test(tc, a_large_tree_is_not_deep, 0, N_WAYS);
	tcase_add_test(tc, a_path_has_room_for_the_deepest_tree);
	suite_add_tcase(suite, tc);
}

static void add_life(Suite *suite)
{
	TCase *tc = tcase_create("life");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, what_is_refused_leaves_no_trace, 0, N_FORMS);
	tcase_add_test(tc, only_log_loss_wants_probabilities);
	tcase_add_loop_test(tc, a_reset_makes_it_new, 0, N_FORMS);
	tcase_add_loop_test(tc, a_copy_goes_its_own_way, 0, N_FORMS);
	tcase_add_loop_test(tc, without_memory_there_is_none, 0, N_FORMS);
	tcase_add_loop_test(tc, it_lives_in_memory_of_any_alignment, 0,
	    N_FORMS);
	tcase_add_test(tc, memory_is_what_the_page_says);
	suite_add_tcase(suite, tc);
}

static void add_options(Suite *suite)
{
	TCase *tc = tcase_create("options");
	tcase_add_test(tc, metrics_must_be_given);
	tcase_add_test(tc, an_unknown_metric_is_refused);
	tcase_add_test(tc, a_size_out_of_range_is_refused);
	tcase_add_test(tc, sizes_at_the_end_of_their_range_are_taken);
	tcase_add_loop_test(tc, an_allocator_has_both_functions, 0, N_FORMS);
	tcase_add_loop_test(tc, options_need_not_stay, 0, N_FORMS);
	suite_add_tcase(suite, tc);
}

Suite *metric_suite(void)
{
	Suite *suite = suite_create("metric");
	add_values(suite);
	add_tree(suite);
	add_life(suite);
	add_options(suite);
	return suite;
}
