/*
 * Accuracy of predictions, against the definitions.
 *
 * The oracle keeps the whole history and evaluates each definition on the
 * pairs of the window anew, in long double; pairs for the area under the
 * ROC curve are counted one by one.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "data.h"
#include "pushed.h"
#include "suites.h"

enum { N_METRICS = 9, N_STREAM = 2600, MOST = 12 };

static const int every[] = { LEAT_STAT_MAE, LEAT_STAT_MSE, LEAT_STAT_RMSE,
	LEAT_STAT_R2, LEAT_STAT_BIAS, LEAT_STAT_LOG_LOSS, LEAT_STAT_ACCURACY,
	LEAT_STAT_AUC, LEAT_STAT_COVERAGE };

/* Statistics that accept every pair: not LOG_LOSS and AUC. */
static const int plain[] = { LEAT_STAT_COVERAGE, LEAT_STAT_R2, LEAT_STAT_BIAS,
	LEAT_STAT_MAE, LEAT_STAT_ACCURACY, LEAT_STAT_RMSE, LEAT_STAT_MSE };
enum { N_PLAIN = sizeof(plain) / sizeof(plain[0]) };

static const uint64_t sizes[] = { 0, 1, 2, 7, 100, 1000 };
enum { N_SIZES = sizeof(sizes) / sizeof(sizes[0]) };

/* The last `size` pairs; of a size of 0 all of them. */
static leat_window *open_window(const int *ids, size_t n, uint64_t size)
{
	leat_window_options o = { 0 };
	leat_stat stats[MOST];
	leat_window *w = NULL;
	memset(stats, 0, sizeof(stats));
	for (size_t i = 0; i < n; i++)
		stats[i].id = ids[i];
	o.kind = size ? LEAT_SLIDING : LEAT_LANDMARK;
	o.size = size;
	o.stats = stats;
	o.n_stats = n;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	return w;
}

static void push(leat_window *w, double y, double p)
{
	ck_assert_int_eq(leat_window_push_xy(w, p, y), LEAT_OK);
}

static double ask_one(const leat_window *w)
{
	double out = 4711;
	leat_window_query(w, &out);
	return out;
}

static size_t place_of(int id)
{
	size_t i = 0;
	while (every[i] != id)
		i++;
	return i;
}

static const char *name_of(int id)
{
	leat_stat stat = LEAT_STAT_INIT(0);
	stat.id = id;
	return leat_stat_name(&stat);
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

/* Makes predictions so near to 0 and 1 that they are clipped. */
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

/* Orders predictions from both ends towards the middle. */
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

/* Returns whether long double is longer than double on this machine. */
static int is_long(void)
{
	volatile long double one = 1, little = 0x1p-60L;
	return one + little > one;
}

/* Returns the expected statistic, and the allowed error. */
static long double expected(int id, const double *y, const double *p, size_t n,
    long double *slack)
{
	long double v = 0;
	*slack = 0;
	switch (id) {
	case LEAT_STAT_MAE:
		v = mean_size(y, p, n);
		break;
	case LEAT_STAT_MSE:
		v = mean_square(y, p, n);
		break;
	case LEAT_STAT_RMSE:
		v = sqrtl(mean_square(y, p, n));
		break;
	case LEAT_STAT_R2:
		v = variance(y, n);
		if (v == 0)
			return NAN;
		v = mean_square(y, p, n) / v;
		*slack = 1e-13L * v + 0x1p-53L;
		return 1 - v;
	case LEAT_STAT_BIAS:
		v = mean_error(y, p, n);
		*slack = 2e-16L * fabsl(v) +
		    (is_long() ? 0x1p-60L : 1e-15L) * mean_size(y, p, n);
		return v;
	case LEAT_STAT_LOG_LOSS:
		v = mean_log_loss(y, p, n);
		break;
	case LEAT_STAT_ACCURACY:
		return (double)hit_rate(y, p, n);
	case LEAT_STAT_COVERAGE:
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
	    name, (unsigned long long)size, end, name_of(id), got, want);
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
	leat_window *m = open_window(metrics, n, size);
	double out[N_METRICS];

	stream->fill(&s, &r);
	for (size_t i = 0; i < (short_run() ? 300 : N_STREAM); i++) {
		push(m, s.y[i], s.p[i]);
		ck_assert_uint_eq(pushed_into(m), i + 1);
		if (!looked_at(i, size))
			continue;
		leat_window_query(m, out);
		for (size_t k = 0; k < n; k++)
			compare(metrics[k], out[k], &s, i + 1, size,
			    stream->name);
	}
	leat_window_free(m);
}

START_TEST(numbers_are_measured_as_defined)
{
	for (size_t k = 0; k < N_SIZES; k++)
		follow(&numbers[_i], plain, N_PLAIN, sizes[k], 100 + k);
}
END_TEST

START_TEST(chances_are_measured_as_defined)
{
	static const int of_all[] = { LEAT_STAT_LOG_LOSS, LEAT_STAT_MSE,
		LEAT_STAT_ACCURACY };
	follow(&chances[_i], of_all, 3, 0, 200);
	for (size_t k = 1; k < N_SIZES; k++)
		follow(&chances[_i], every, N_METRICS, sizes[k], 200 + k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Examples by hand                                                   */
/* ------------------------------------------------------------------ */

static double measure(int id, const double *y, const double *p, size_t n)
{
	leat_window *m = open_window(&id, 1, 1000);
	for (size_t i = 0; i < n; i++)
		push(m, y[i], p[i]);
	double v = ask_one(m);
	leat_window_free(m);
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
	is_near(measure(LEAT_STAT_MAE, y, p, 4), 0.5);
	is_near(measure(LEAT_STAT_MSE, y, p, 4), 0.375);
	is_near(measure(LEAT_STAT_RMSE, y, p, 4), sqrt(0.375));
	is_near(measure(LEAT_STAT_R2, y, p, 4), 443.0 / 467);
	is_near(measure(LEAT_STAT_BIAS, y, p, 4), 0.25);
	is_near(measure(LEAT_STAT_COVERAGE, y, p, 4), 0.75);
	is_near(measure(LEAT_STAT_ACCURACY, y, p, 4), 1);
}
END_TEST

/* The threshold itself belongs to 0, on both sides. */
START_TEST(a_half_is_not_above_a_half)
{
	static const double y[] = { 0.5, 0.5, 1, 0 }, p[] = { 0.5, 1, 0.5, 0 };
	is_near(measure(LEAT_STAT_ACCURACY, y, p, 4), 0.5);
	/* A positive with 0.5 against 0.5, 1 and 0. */
	is_near(measure(LEAT_STAT_AUC, y, p, 4), 0.5);
}
END_TEST

START_TEST(log_loss_is_cut_off_at_the_ends)
{
	static const double zero = 0, one = 1, half = 0.5, tiny = 0x1p-1070;
	double worst = 52 * log(2), best = -log1p(-0x1p-52);
	is_near(measure(LEAT_STAT_LOG_LOSS, &zero, &one, 1), worst);
	is_near(measure(LEAT_STAT_LOG_LOSS, &one, &zero, 1), worst);
	is_near(measure(LEAT_STAT_LOG_LOSS, &one, &tiny, 1), worst);
	is_near(measure(LEAT_STAT_LOG_LOSS, &zero, &zero, 1), best);
	is_near(measure(LEAT_STAT_LOG_LOSS, &one, &one, 1), best);
	is_near(measure(LEAT_STAT_LOG_LOSS, &half, &half, 1), log(2));
	is_near(measure(LEAT_STAT_LOG_LOSS, &half, &one, 1),
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
	ck_assert_double_eq(measure(LEAT_STAT_AUC, y, p, 4), 0.75);
	/* -0 and 0 are equal, as are the ones: 1/2, 0, 1, 1/2. */
	ck_assert_double_eq(measure(LEAT_STAT_AUC, y, tied, 4), 0.5);
	ck_assert_double_eq(measure(LEAT_STAT_AUC, y, huge, 4), 1);
	ck_assert_double_eq(measure(LEAT_STAT_AUC, y, sunk, 4), 0);
}
END_TEST

START_TEST(of_nothing_there_is_no_result)
{
	double out[N_METRICS];
	leat_window *m = open_window(every, N_METRICS, 5);
	leat_window *all = open_window(plain, N_PLAIN, 0);
	leat_window_query(m, out);
	for (size_t i = 0; i < N_METRICS; i++)
		ck_assert_double_nan(out[i]);
	leat_window_query(all, out);
	for (size_t i = 0; i < N_PLAIN; i++)
		ck_assert_double_nan(out[i]);
	ck_assert_uint_eq(pushed_into(m), 0);
	leat_window_free(m);
	leat_window_free(all);
}
END_TEST

START_TEST(a_constant_target_has_no_r2)
{
	static const int r2[] = { LEAT_STAT_R2 };
	static const double level[] = { 0.1, 1e300, -1.0 / 3, 0, 1e-300 };
	leat_window *m = open_window(r2, 1, 10);
	for (size_t k = 0; k < 5; k++) {
		leat_window *all = open_window(r2, 1, 0);
		for (int i = 0; i < 40; i++) {
			push(all, level[k], 0.5 * i);
			ck_assert_double_nan(ask_one(all));
			push(m, level[k], 0.5 * i);
			if (i >= 9)
				ck_assert_double_nan(ask_one(m));
		}
		push(all, 2, 2);
		if (k != 1) /* squares overflow */
			ck_assert(isfinite(ask_one(all)));
		leat_window_free(all);
	}
	leat_window_free(m);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Sizes of numbers                                                   */
/* ------------------------------------------------------------------ */

static void alike(const leat_window *a, const leat_window *b)
{
	double x[N_METRICS], y[N_METRICS];
	ck_assert_uint_eq(pushed_into(a), pushed_into(b));
	memset(x, 0, sizeof(x));
	memset(y, 0, sizeof(y));
	leat_window_query(a, x);
	leat_window_query(b, y);
	for (size_t i = 0; i < N_METRICS; i++)
		ck_assert_msg(same_bits(x[i], y[i]),
		    "statistic %zu: %.17g, %.17g", i, x[i], y[i]);
}

/* Same pushes but for one, which has left: the same bits. */
static void huge_once(uint64_t size, double y, double p)
{
	leat_window *m = open_window(plain, N_PLAIN, size);
	leat_window *twin = open_window(plain, N_PLAIN, size);
	struct rng r = rng_new(size);
	for (uint64_t i = 0; i < 6 * size; i++) {
		double a = rng_normal(&r), b = rng_normal(&r);
		int now = i == 2 * size;
		push(m, now ? y : a, now ? p : b);
		push(twin, a, b);
		if (i < 2 * size || i >= 3 * size)
			alike(m, twin);
	}
	leat_window_free(m);
	leat_window_free(twin);
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
		huge_once(of[k], (double)INFINITY, 0);
		huge_once(of[k], (double)INFINITY, (double)INFINITY);
		huge_once(of[k], 0, (double)-INFINITY);
		huge_once(of[k], (double)NAN, 0);
	}
}
END_TEST

/*
 * The errors of adding small numbers to a large one are added up themselves,
 * and with what that loses they are all that is left when the large one is
 * taken back: a thousand times a tenth, which plain sums miss by 1e-12.
 */
START_TEST(what_the_errors_of_a_sum_lose_is_kept)
{
	leat_window *w = open_window(plain + 2, 1, 0);
	double want = 100.0 / 1002;

	push(w, 0, 0x1p60);
	for (int i = 0; i < 1000; i++)
		push(w, 0, 0.1);
	push(w, 0, -0x1p60);
	ck_assert_double_le(fabs(ask_one(w) - want), 4e-16 * want);
	leat_window_free(w);
}
END_TEST

START_TEST(what_overflows_is_infinite_and_ratios_are_nan)
{
	static const int ids[] = { LEAT_STAT_MAE, LEAT_STAT_BIAS, LEAT_STAT_MSE,
		LEAT_STAT_RMSE, LEAT_STAT_R2 };
	leat_window *m = open_window(ids, 5, 4);
	double out[5];
	push(m, 1, 2);
	push(m, 2, 4);
	push(m, 3, 1e200);
	leat_window_query(m, out);
	is_near(out[0], 1e200 / 3);
	is_near(out[1], 1e200 / 3);
	ck_assert(isinf(out[2]) && isinf(out[3]) && isnan(out[4]));
	push(m, -DBL_MAX, DBL_MAX);
	leat_window_query(m, out);
	ck_assert(isinf(out[0]) && out[1] > DBL_MAX && isnan(out[4]));
	push(m, DBL_MAX, -DBL_MAX);
	leat_window_query(m, out);
	ck_assert(isinf(out[0]) && isnan(out[1]) && isinf(out[3]));
	leat_window_reset(m);

	/* The squares of the targets overflow, those of the errors do not. */
	push(m, 1e200, 1e200);
	push(m, -1e200, -1e200);
	leat_window_query(m, out);
	ck_assert(out[0] == 0 && out[2] == 0 && isnan(out[4]));
	leat_window_reset(m);

	/* Both underflow, and their ratio is lost. */
	push(m, 1e-170, 2e-170);
	push(m, -1e-170, 1e-160);
	leat_window_query(m, out);
	ck_assert(out[0] > 0 && isnan(out[4]));
	leat_window_free(m);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Combinations of statistics                                         */
/* ------------------------------------------------------------------ */

/* In company or alone, in any order, twice: the same bits. */
START_TEST(one_does_not_depend_on_the_others)
{
	static struct samples s;
	struct rng r = rng_new(31);
	eighths(&s, &r);
	for (int round = 0; round < 40; round++) {
		int ids[12];
		size_t n = 1 + (size_t)rng_below(&r, 12);
		uint64_t size = 1 + rng_below(&r, 30);
		leat_window *alone[N_METRICS], *m;
		for (size_t k = 0; k < n; k++)
			ids[k] = every[rng_below(&r, N_METRICS)];
		m = open_window(ids, n, size);
		for (size_t k = 0; k < N_METRICS; k++)
			alone[k] = open_window(&every[k], 1, size);
		for (size_t i = 0; i < 100; i++) {
			double out[12];
			push(m, s.y[i], s.p[i]);
			for (size_t k = 0; k < N_METRICS; k++)
				push(alone[k], s.y[i], s.p[i]);
			leat_window_query(m, out);
			for (size_t k = 0; k < n; k++)
				ck_assert(same_bits(out[k],
				    ask_one(alone[place_of(ids[k])])));
		}
		for (size_t k = 0; k < N_METRICS; k++)
			leat_window_free(alone[k]);
		leat_window_free(m);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Pairs without a value                                              */
/* ------------------------------------------------------------------ */

START_TEST(a_pair_outside_the_unit_has_no_log_loss_while_it_is_in)
{
	static const int ids[] = { LEAT_STAT_LOG_LOSS, LEAT_STAT_MAE };
	static const double bad[][2] = { { 1, 1.5 }, { -0.25, 0.5 },
		{ INFINITY, 0.5 }, { 1, -INFINITY }, { 2, 2 },
		{ 1, -0x1p-1074 }, { 1 + DBL_EPSILON, 1 } };
	for (uint64_t size = 1; size < 30; size += 4)
		for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			leat_window *w = open_window(ids, 2, size);
			double out[2];
			for (uint64_t i = 0; i < 4 * size; i++) {
				int in = i >= size && i < 2 * size;
				if (i == size)
					push(w, bad[k][0], bad[k][1]);
				else
					push(w, 1, 0.5);
				leat_window_query(w, out);
				ck_assert_int_eq(isnan(out[0]) != 0, in);
				if (!in)
					is_near(out[0], log(2));
				ck_assert(!isnan(out[1]));
			}
			leat_window_free(w);
		}
}
END_TEST

START_TEST(infinities_are_as_ieee_arithmetic_has_them)
{
	double out[N_METRICS];
	leat_window *w = open_window(every, N_METRICS, 3);
	push(w, 0, 1);
	push(w, INFINITY, 1);
	leat_window_query(w, out);
	ck_assert(out[0] > DBL_MAX && out[1] > DBL_MAX && out[2] > DBL_MAX);
	ck_assert(isnan(out[3]) && out[4] < -DBL_MAX && isnan(out[5]));
	is_near(out[6], 0.5);
	is_near(out[7], 0.5);
	is_near(out[8], 0.5);
	/* Equal infinities have no difference. */
	push(w, INFINITY, INFINITY);
	leat_window_query(w, out);
	for (int k = 0; k < 5; k++)
		ck_assert(isnan(out[k]));
	is_near(out[6], 2.0 / 3);
	is_near(out[7], 0.75); /* among positives, 1 is a tie and inf above */
	is_near(out[8], 2.0 / 3);
	leat_window_free(w);
}
END_TEST

/* An infinity of the same sign, both NaN, or both finite. */
static int is_alike(double got, double want)
{
	if (isfinite(want))
		return isfinite(got) != 0;
	return isnan(want) ? isnan(got) : got == want;
}

enum { N_SIGNED = 5 };

/* Weights are positive, so the plain sums of n pairs tell of any. */
static void check_signs(const double *out, const double *x, const double *y,
    size_t n, const char *name)
{
	double size = 0, square = 0, bias = 0;

	for (size_t i = 0; i < n; i++) {
		double e = x[i] - y[i];
		size += fabs(e);
		square += e * e;
		bias += e;
	}
	const double want[N_SIGNED] = { size, square, sqrt(square), NAN, bias };
	for (size_t k = 0; k < N_SIGNED; k++) {
		if (every[k] == LEAT_STAT_R2 && isfinite(size))
			continue;
		ck_assert_msg(is_alike(out[k], want[k]),
		    "%s, %zu pairs, %s is %g, not like %g", name, n,
		    name_of(every[k]), out[k], want[k]);
	}
}

/* Checks all kinds that forget none of these few values. */
START_TEST(infinite_errors_of_either_sign_count_alike_whatever_their_weights)
{
	static const double some[] = { 0, 1, -2, 7.5, INFINITY, -INFINITY };
	enum { N_SOME = 6, FEW = 9 };
	leat_window_options plain_o = { 0 }, fading_o = { 0 };
	leat_time_window_options timed_o = { 0 };
	leat_stat stats[N_SIGNED];
	struct rng r = rng_new(77);

	memset(stats, 0, sizeof(stats));
	for (size_t k = 0; k < N_SIGNED; k++)
		stats[k].id = every[k];
	plain_o.kind = LEAT_LANDMARK;
	fading_o.kind = timed_o.kind = LEAT_DECAY;
	fading_o.alpha = 0.5;
	timed_o.half_life = 3;
	plain_o.stats = fading_o.stats = timed_o.stats = stats;
	plain_o.n_stats = fading_o.n_stats = timed_o.n_stats = N_SIGNED;
	for (int round = 0; round < 600; round++) {
		double x[FEW], y[FEW], out[N_SIGNED];
		leat_window *w, *fading;
		leat_time_window *timed;
		/* Rarely or often an infinity. */
		uint64_t odds = 1 + rng_below(&r, 4);
		fading_o.unadjusted = round & 1;
		ck_assert_int_eq(leat_window_new(&w, &plain_o), 0);
		ck_assert_int_eq(leat_window_new(&fading, &fading_o), 0);
		ck_assert_int_eq(leat_time_window_new(&timed, &timed_o), 0);
		for (size_t i = 0; i < FEW; i++) {
			size_t most = rng_below(&r, odds) ? 4 : N_SOME;
			x[i] = some[rng_below(&r, most)];
			y[i] = some[rng_below(&r, most)];
			leat_window_push_xy(w, x[i], y[i]);
			leat_window_push_xy(fading, x[i], y[i]);
			leat_time_window_push_xy(timed,
			    (int64_t)rng_below(&r, 20), x[i], y[i]);
			leat_window_query(w, out);
			check_signs(out, x, y, i + 1, "landmark");
			leat_window_query(fading, out);
			check_signs(out, x, y, i + 1, "decay");
			leat_time_window_query(timed, out);
			check_signs(out, x, y, i + 1, "decay by time");
		}
		leat_window_free(w);
		leat_window_free(fading);
		leat_time_window_free(timed);
	}
}
END_TEST

START_TEST(a_pair_with_a_missing_half_does_not_count)
{
	leat_window *w = open_window(every, N_METRICS, 40);
	leat_window *twin = open_window(every, N_METRICS, 20);
	struct rng r = rng_new(8);
	for (int i = 0; i < 200; i++) {
		double y = (double)rng_below(&r, 2), p = rng_uniform(&r);
		double a[N_METRICS], b[N_METRICS];
		push(w, y, p);
		push(w, i & 1 ? (double)NAN : y, i & 1 ? p : (double)NAN);
		push(twin, y, p);
		leat_window_query(w, a);
		leat_window_query(twin, b);
		for (size_t k = 0; k < N_METRICS; k++)
			ck_assert(same_bits(a[k], b[k]) ||
			    fabs(a[k] - b[k]) <= 1e-13 * (1 + fabs(b[k])));
	}
	leat_window_free(w);
	leat_window_free(twin);
}
END_TEST

/* ------------------------------------------------------------------ */
/* The order of values, in all windows that store them                */
/* ------------------------------------------------------------------ */

/* Returns the start of the window that closes next or has just closed. */
static size_t start_of(uint64_t size, uint64_t hop, size_t pushed)
{
	size_t start = 0;
	while (start + size < pushed)
		start += (size_t)hop;
	return start < pushed ? start : pushed;
}

static leat_window_options ordered(int kind, uint64_t size, uint64_t hop)
{
	static const leat_stat stats[] = { LEAT_AUC, LEAT_ACCURACY };
	leat_window_options o = { 0 };
	o.kind = kind;
	o.size = size;
	o.hop = kind == LEAT_HOPPING ? hop : 0;
	o.keep_values = kind != LEAT_SLIDING;
	o.stats = stats;
	o.n_stats = 2;
	return o;
}

static const struct shape {
	int kind;
	uint64_t size, hop;
} shapes[] = { { LEAT_SLIDING, 1, 1 }, { LEAT_SLIDING, 2, 1 },
	{ LEAT_SLIDING, 9, 1 }, { LEAT_SLIDING, 64, 1 },
	{ LEAT_TUMBLING, 1, 1 }, { LEAT_TUMBLING, 2, 2 },
	{ LEAT_TUMBLING, 30, 30 }, { LEAT_HOPPING, 1, 1 },
	{ LEAT_HOPPING, 10, 1 }, { LEAT_HOPPING, 10, 3 },
	{ LEAT_HOPPING, 12, 4 }, { LEAT_HOPPING, 20, 19 },
	{ LEAT_HOPPING, 7, 7 }, { LEAT_HOPPING, 5, 8 },
	{ LEAT_HOPPING, 1, 3 } };
enum { N_SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

enum { N_ORDERED = 400 };

/* A fifth of the pairs lacks a half. */
static void gappy(double *y, double *p, uint64_t seed)
{
	struct rng r = rng_new(seed);
	for (size_t i = 0; i < N_ORDERED; i++) {
		y[i] = (double)rng_below(&r, 2);
		p[i] = (double)rng_below(&r, 12) / 8 - 0.25;
		if (rng_below(&r, 10) == 0)
			y[i] = (double)NAN;
		if (rng_below(&r, 10) == 0)
			p[i] = (double)NAN;
	}
}

/* Leaves out the pairs that lack a half. */
static double area_of(const double *y, const double *p, size_t from, size_t to)
{
	double ys[N_ORDERED], ps[N_ORDERED];
	size_t n = 0;
	for (size_t i = from; i < to; i++) {
		if (isnan(y[i]) || isnan(p[i]))
			continue;
		ys[n] = y[i];
		ps[n++] = p[i];
	}
	return area(ys, ps, n);
}

static void area_is(const leat_window *w, const struct shape *s,
    const double *y, const double *p, size_t pushed)
{
	double out[2];
	double want = area_of(y, p, start_of(s->size, s->hop, pushed), pushed);
	leat_window_query(w, out);
	ck_assert_msg(same_bits(out[0], want),
	    "kind %d size %d hop %d, after %d: %.17g, not %.17g", s->kind,
	    (int)s->size, (int)s->hop, (int)pushed, out[0], want);
}

START_TEST(the_area_is_that_of_the_window_of_any_kind)
{
	const struct shape *s = &shapes[_i];
	leat_window_options o = ordered(s->kind, s->size, s->hop);
	double y[N_ORDERED], p[N_ORDERED];
	leat_window *w;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	for (uint64_t seed = 0; seed < 4; seed++) {
		gappy(y, p, seed);
		for (size_t i = 0; i < N_ORDERED; i++) {
			push(w, y[i], p[i]);
			area_is(w, s, y, p, i + 1);
		}
		leat_window_reset(w);
	}
	leat_window_free(w);
}
END_TEST

struct told_areas {
	const struct shape *s;
	const double *y, *p;
	size_t n;
};

static int tell_area(void *ctx, const leat_result *r)
{
	struct told_areas *t = ctx;
	double want = area_of(t->y, t->p, (size_t)r->start, (size_t)r->end);
	ck_assert(same_bits(r->values[0], want));
	t->n++;
	return 0;
}

START_TEST(a_window_that_closes_tells_its_own_area)
{
	const struct shape *s = &shapes[_i];
	leat_window_options o = ordered(s->kind, s->size, s->hop);
	double y[N_ORDERED], p[N_ORDERED];
	struct told_areas told = { s, y, p, 0 };
	leat_window *w;
	o.sink.emit = tell_area;
	o.sink.ctx = &told;
	gappy(y, p, 9);
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_push_many(w, p, y, N_ORDERED, NULL),
	    LEAT_OK);
	ck_assert_uint_eq(told.n, (N_ORDERED - s->size) / s->hop + 1);
	leat_window_free(w);
}
END_TEST

static leat_window *travelled(const leat_window *w,
    const leat_window_options *o)
{
	static unsigned char bytes[65536];
	leat_writer out = { 0 };
	leat_reader in = { 0 };
	leat_window *loaded;
	out.bytes = bytes;
	out.capacity = sizeof(bytes);
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_OK);
	in.bytes = bytes;
	in.n_bytes = out.n_bytes;
	ck_assert_int_eq(leat_window_load(&loaded, o, &in), LEAT_OK);
	return loaded;
}

/* At any moment, and the window goes on from there. */
START_TEST(copied_or_saved_and_loaded_it_goes_on)
{
	const struct shape *s = &shapes[_i];
	leat_window_options o = ordered(s->kind, s->size, s->hop);
	double y[N_ORDERED], p[N_ORDERED];
	leat_window *w, *next;
	gappy(y, p, 21);
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	for (size_t i = 0; i < N_ORDERED; i++) {
		if (i % 2)
			next = travelled(w, &o);
		else
			ck_assert_int_eq(leat_window_copy(w, NULL, &next),
			    LEAT_OK);
		push(w, 1, 0); /* into the one that is left behind */
		leat_window_free(w);
		w = next;
		area_is(w, s, y, p, i);
		push(w, y[i], p[i]);
		area_is(w, s, y, p, i + 1);
	}
	leat_window_free(w);
}
END_TEST

START_TEST(each_key_has_an_order_of_its_own)
{
	const struct shape *s = &shapes[_i];
	leat_window_options o = ordered(s->kind, s->size, s->hop);
	leat_keyed_options keyed = { 0 };
	leat_keyed *k;
	double y[N_ORDERED], p[N_ORDERED];
	leat_window *alone[3];
	struct rng r = rng_new(4);
	keyed.by_count = &o;
	gappy(y, p, 33);
	ck_assert_int_eq(leat_keyed_new(&k, &keyed), LEAT_OK);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(leat_window_new(&alone[i], &o), LEAT_OK);
	for (size_t i = 0; i < N_ORDERED; i++) {
		int key = (int)rng_below(&r, 3);
		double got[2], want[2];
		ck_assert_int_eq(leat_keyed_push_xy(k, &"abc"[key], 1, 0, p[i],
				     y[i]),
		    LEAT_OK);
		push(alone[key], y[i], p[i]);
		ck_assert_int_eq(leat_keyed_query(k, &"abc"[key], 1, got),
		    LEAT_OK);
		leat_window_query(alone[key], want);
		ck_assert(same_bits(got[0], want[0]));
	}
	for (int i = 0; i < 3; i++)
		leat_window_free(alone[i]);
	leat_keyed_free(k);
}
END_TEST

static void no_area(int kind, uint64_t size, int keeps)
{
	leat_window_options o = ordered(kind, size, 1);
	const char *why = NULL;
	o.keep_values = keeps;
	if (kind == LEAT_DECAY)
		o.alpha = 0.5;
	ck_assert_int_eq(leat_window_check(&o, NULL, &why), LEAT_ESTAT);
	ck_assert_str_eq(why,
	    "stats: a statistic for windows by count that store values");
}

START_TEST(without_stored_values_there_is_no_area)
{
	static const leat_stat auc = LEAT_AUC;
	leat_time_window_options o = { 0 };
	no_area(LEAT_LANDMARK, 0, 0);
	no_area(LEAT_DECAY, 0, 0);
	no_area(LEAT_TUMBLING, 10, 0);
	no_area(LEAT_HOPPING, 10, 0);
	o.stats = &auc;
	o.n_stats = 1;
	o.kind = LEAT_SLIDING;
	o.span = 10;
	ck_assert_int_eq(leat_time_window_check(&o, NULL, NULL), LEAT_ESTAT);
	o.kind = LEAT_LANDMARK;
	o.span = 0;
	ck_assert_int_eq(leat_time_window_check(&o, NULL, NULL), LEAT_ESTAT);
}
END_TEST

START_TEST(an_area_is_of_at_most_2_to_31_values)
{
	leat_window_options o = ordered(LEAT_SLIDING, (uint64_t)1 << 31, 1);
	int most = SIZE_MAX > UINT32_MAX ? LEAT_OK : LEAT_ETOOBIG;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_EINVAL);
	o.size = LEAT_SIZE_MAX;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_EINVAL);
	o.size = ((uint64_t)1 << 31) - 1;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), most);
	o.size = 1;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_OK);
}
END_TEST

static size_t bytes(int id, uint64_t size)
{
	leat_stat stat = LEAT_STAT_INIT(0);
	leat_window_options o = { 0 };
	size_t n = 0;
	stat.id = id;
	o.size = size;
	o.stats = &stat;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_check(&o, &n, NULL), LEAT_OK);
	return n;
}

/* Memory of a further pair in the window, in addition to its 24 bytes. */
START_TEST(memory_is_what_the_page_says)
{
	static const size_t a_pair[N_METRICS] = { 8, 8, 8, 8 + 16, 8, 8, 4, 36,
		4 };
	for (size_t i = 0; i < N_METRICS; i++) {
		size_t more = bytes(every[i], 30000) - bytes(every[i], 10000);
		ck_assert_msg(more <= 20000 * (24 + a_pair[i]) + 256,
		    "%s: %zu for 20000", name_of(every[i]), more);
		ck_assert_uint_ge(more, 20000 * (24 + a_pair[i]) - 256);
		ck_assert_uint_le(bytes(every[i], 1), 4096);
	}
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
	tcase_add_test(tc, what_the_errors_of_a_sum_lose_is_kept);
	tcase_add_test(tc, what_overflows_is_infinite_and_ratios_are_nan);
	tcase_add_test(tc, one_does_not_depend_on_the_others);
	tcase_add_test(tc,
	    a_pair_outside_the_unit_has_no_log_loss_while_it_is_in);
	tcase_add_test(tc, infinities_are_as_ieee_arithmetic_has_them);
	tcase_add_test(tc,
	    infinite_errors_of_either_sign_count_alike_whatever_their_weights);
	tcase_add_test(tc, a_pair_with_a_missing_half_does_not_count);
	tcase_add_test(tc, memory_is_what_the_page_says);
	suite_add_tcase(suite, tc);
}

static void add_areas(Suite *suite)
{
	TCase *tc = tcase_create("areas");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, the_area_is_that_of_the_window_of_any_kind, 0,
	    N_SHAPES);
	tcase_add_loop_test(tc, a_window_that_closes_tells_its_own_area, 0,
	    N_SHAPES);
	tcase_add_loop_test(tc, copied_or_saved_and_loaded_it_goes_on, 0,
	    N_SHAPES);
	tcase_add_loop_test(tc, each_key_has_an_order_of_its_own, 0, N_SHAPES);
	tcase_add_test(tc, without_stored_values_there_is_no_area);
	tcase_add_test(tc, an_area_is_of_at_most_2_to_31_values);
	suite_add_tcase(suite, tc);
}

Suite *errors_suite(void)
{
	Suite *suite = suite_create("errors");
	add_values(suite);
	add_areas(suite);
	return suite;
}
