/*
 * Exactness: every statistic of every window against exact arithmetic, on
 * data that break the usual algorithms, and windows that have seen bad
 * values against windows that never did.
 *
 * The bounds are those of the header and those set for the library: sum
 * and mean 1 ulp, variance and its kin 1e-14 (1e-13 beyond 4097 values),
 * skewness and kurtosis 1e-11. They stand in the oracle.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "data.h"
#include "lists.h"
#include "oracle.h"
#include "quiet.h"
#include "suites.h"

/* A window of all statistics, the stream it is fed, and the oracle. */
struct trial {
	const char *data;
	leat_window_options options;
	leat_stat stats[N_STATS];
	size_t n_stats;
	leat_window *window;
	const double *x, *y;
	size_t n; /* values of the stream */
	struct oracle oracle;
	size_t lo, hi; /* the oracle's content */
};

static double *numbers(size_t n)
{
	double *x = malloc(n * sizeof(*x));
	ck_assert_ptr_nonnull(x);
	return x;
}

static void trial_open(struct trial *t, int kind, uint64_t size,
    uint64_t advance)
{
	memset(&t->options, 0, sizeof(t->options));
	t->options.kind = kind;
	t->options.size = size;
	t->options.hop = advance;
	t->n_stats = stats_with(0,
	    STAT_SERIES | (kind != LEAT_SLIDING ? STAT_RANKED : 0) |
		(t->y != NULL ? 0 : STAT_PAIRS),
	    t->stats);
	t->options.stats = t->stats;
	t->options.n_stats = t->n_stats;
	ck_assert_int_eq(leat_window_new(&t->window, &t->options), LEAT_OK);
	oracle_init(&t->oracle, 4, t->y != NULL);
	t->lo = t->hi = 0;
}

static void trial_close(struct trial *t)
{
	leat_window_free(t->window);
}

static double y_at(const struct trial *t, size_t i)
{
	return t->y != NULL ? t->y[i] : 0.0;
}

/* Lets the oracle hold [lo, hi). */
static void follow(struct trial *t, size_t lo, size_t hi)
{
	while (t->hi < hi) {
		oracle_add(&t->oracle, t->x[t->hi], y_at(t, t->hi));
		t->hi++;
	}
	while (t->lo < lo) {
		oracle_drop(&t->oracle, t->x[t->lo], y_at(t, t->lo));
		t->lo++;
	}
	oracle_settle(&t->oracle);
}

static void push_at(struct trial *t, size_t i)
{
	int error = t->y != NULL
	    ? leat_window_push_xy(t->window, t->x[i], t->y[i])
	    : leat_window_push(t->window, t->x[i]);
	ck_assert_int_eq(error, LEAT_OK);
}

static void complain(const struct trial *t, int id, double got)
{
	leat_stat s = listed_stat(id)->stat;
	struct expect e = oracle_expect(&t->oracle, id);
	ck_abort_msg("%s of %s: got %.17g, not %.17g (off by %.3g, slack %.3g)"
		     "\n kind %d size %llu advance %llu, window [%llu,%llu)",
	    leat_stat_name(&s), t->data, got, e.want, got - e.want, e.slack,
	    t->options.kind, (unsigned long long)t->options.size,
	    (unsigned long long)t->options.hop, (unsigned long long)t->lo,
	    (unsigned long long)t->hi);
}

static void check_all(struct trial *t, int fully)
{
	double row[N_STATS];
	leat_window_query(t->window, row);
	if (fully)
		oracle_walk(&t->oracle, t->x + t->lo,
		    t->y != NULL ? t->y + t->lo : NULL, t->hi - t->lo);
	for (size_t k = 0; k < t->n_stats; k++) {
		int id = t->stats[k].id;
		if (oracle_walks(id) && !fully)
			continue;
		if (!oracle_agrees(&t->oracle, id, row[k]))
			complain(t, id, row[k]);
	}
}

/* A prime step, and the borders of chunks and of what lies around them. */
static int sampled(size_t i, size_t size)
{
	size_t half = size / 2 > 0 ? size / 2 : 1;
	return size <= 256 || i % 37 == 0 || (i + 1) % half < 3;
}

static void slide(struct trial *t, size_t size)
{
	trial_open(t, LEAT_SLIDING, size, 0);
	for (size_t i = 0; i < t->n; i++) {
		push_at(t, i);
		if (size > 1000 && !sampled(i, size))
			continue;
		size_t lo = i + 1 > size ? i + 1 - size : 0;
		follow(t, lo, i + 1);
		check_all(t, sampled(i, size) && (size < 20 || i % 7 == 0));
	}
	trial_close(t);
}

/* ------------------------------------------------------------------ */
/* Sliding windows                                                    */
/* ------------------------------------------------------------------ */

static void slide_over(const struct data_set *set, size_t size, size_t n)
{
	static struct trial t;
	double *x = numbers(n);
	struct rng r = rng_new(size * 31 + 7);
	set->fill(x, n, size, &r);
	memset(&t, 0, sizeof(t));
	t.data = set->name;
	t.x = x;
	t.n = n;
	slide(&t, size);
	free(x);
}

START_TEST(sliding_statistics_of_up_to_200_values_are_exact)
{
	size_t step = short_run() ? 41 : 1;
	for (size_t size = 1; size <= 200; size += size < 20 ? 1 : step)
		slide_over(&data_sets[_i], size, 3 * size + 40);
}
END_TEST

START_TEST(sliding_statistics_of_1000_values_are_exact)
{
	slide_over(&data_sets[_i], 1000, 4000);
}
END_TEST

START_TEST(sliding_statistics_of_4097_values_are_exact)
{
	if (!short_run())
		slide_over(&data_sets[_i], 4097, 14000);
}
END_TEST

START_TEST(sliding_statistics_of_30000_values_are_exact)
{
	if (!short_run())
		slide_over(data_set(_i ? "jumps to 1e9" : "N(0,1)"), 30000,
		    80000);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Pairs                                                              */
/* ------------------------------------------------------------------ */

/* Makes y from x and a normal z: from all of x to none of it. */
static double partner(int form, double x, double z)
{
	switch (form) {
	case 0:
		return 3 * x - 7; /* one line */
	case 1:
		return -x + 1e-6 * z; /* nearly */
	case 2:
		return z; /* not at all */
	case 3:
		return 1e9 + 2 * x + z; /* far away */
	default:
		return z > 0 ? 1e12 : x; /* jumping */
	}
}

static void pairs_over(const struct data_set *set, size_t size, size_t n,
    int form)
{
	static struct trial t;
	double *x = numbers(n), *y = numbers(n);
	struct rng r = rng_new(size * 17 + (uint64_t)form);
	set->fill(x, n, size, &r);
	for (size_t i = 0; i < n; i++)
		y[i] = partner(form, x[i], rng_normal(&r));
	memset(&t, 0, sizeof(t));
	t.data = set->name;
	t.x = x;
	t.y = y;
	t.n = n;
	slide(&t, size);
	/* Then with x and y exchanged, so that x is bad. */
	t.x = y;
	t.y = x;
	slide(&t, size);
	free(x);
	free(y);
}

START_TEST(statistics_of_pairs_are_exact)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 16, 31, 32, 60,
		101, 200, 1000 };
	size_t n_sizes = sizeof(sizes) / sizeof(*sizes);
	for (size_t k = 0; k < n_sizes - (size_t)short_run(); k++) {
		int form = (int)(k % 5);
		pairs_over(&data_sets[_i], sizes[k], 3 * sizes[k] + 40, form);
		if (sizes[k] < 40)
			pairs_over(&data_sets[_i], sizes[k], 3 * sizes[k] + 40,
			    (form + 2) % 5);
	}
}
END_TEST

/* Infinities in y alone leave the statistics of x alone. */
START_TEST(an_infinite_y_does_not_touch_x)
{
	static struct trial t;
	enum { N = 120 };
	double x[N], y[N];
	struct rng r = rng_new(4);
	data_set("N(0,1)")->fill(x, N, 10, &r);
	data_set("infinities")->fill(y, N, 10, &r);
	memset(&t, 0, sizeof(t));
	t.data = "infinite y";
	t.x = x;
	t.y = y;
	t.n = N;
	for (size_t size = 1; size < 20; size++)
		slide(&t, size);
}
END_TEST

/* ------------------------------------------------------------------ */
/* The other kinds                                                    */
/* ------------------------------------------------------------------ */

/* The window that closes next, or the one that has just closed. */
static size_t start_of(uint64_t size, uint64_t advance, size_t pushed)
{
	size_t lo = 0;
	while (lo + size < pushed)
		lo += (size_t)advance;
	return lo < pushed ? lo : pushed;
}

static void hop(const struct data_set *set, int kind, size_t size,
    size_t advance, size_t n)
{
	static struct trial t;
	double *x = numbers(n);
	struct rng r = rng_new(size * 13 + advance);
	size_t step = kind == LEAT_TUMBLING ? size : advance;
	set->fill(x, n, size, &r);
	memset(&t, 0, sizeof(t));
	t.data = set->name;
	t.x = x;
	t.n = n;
	trial_open(&t, kind, size, kind == LEAT_HOPPING ? advance : 0);
	t.oracle.joined = kind == LEAT_HOPPING;
	for (size_t i = 0; i < n; i++) {
		push_at(&t, i);
		follow(&t, start_of(size, step, i + 1), i + 1);
		check_all(&t, size < 20 || i % 11 == 0);
	}
	trial_close(&t);
	free(x);
}

START_TEST(tumbling_statistics_are_exact)
{
	static const size_t sizes[] = { 1, 2, 3, 10, 77, 200, 1000 };
	for (int k = 0; k < 7 - 2 * short_run(); k++)
		hop(&data_sets[_i], LEAT_TUMBLING, sizes[k], 0,
		    3 * sizes[k] + 5);
}
END_TEST

START_TEST(hopping_statistics_are_exact)
{
	static const size_t shapes[][2] = { { 1, 1 }, { 2, 1 }, { 3, 2 },
		{ 4, 2 }, { 5, 3 }, { 10, 1 }, { 12, 4 }, { 17, 5 }, { 5, 5 },
		{ 3, 7 }, { 60, 7 }, { 100, 10 }, { 100, 33 }, { 101, 100 },
		{ 200, 1 }, { 1000, 64 } };
	size_t n_shapes = sizeof(shapes) / sizeof(*shapes);
	for (size_t k = 0; k < n_shapes - 2 * (size_t)short_run(); k++)
		hop(&data_sets[_i], LEAT_HOPPING, shapes[k][0], shapes[k][1],
		    3 * shapes[k][0] + 40);
}
END_TEST

START_TEST(landmark_statistics_are_exact)
{
	static struct trial t;
	size_t n = short_run() ? 300 : 20000;
	double *x = numbers(n);
	struct rng r = rng_new(11);
	data_sets[_i].fill(x, n, 500, &r);
	memset(&t, 0, sizeof(t));
	t.data = data_sets[_i].name;
	t.x = x;
	t.n = n;
	trial_open(&t, LEAT_LANDMARK, 0, 0);
	for (size_t i = 0; i < n; i++) {
		push_at(&t, i);
		if (i > 200 && i % 149 != 0)
			continue;
		follow(&t, 0, i + 1);
		check_all(&t, i < 200 || i % 745 == 0);
	}
	trial_close(&t);
	free(x);
}
END_TEST

/* ------------------------------------------------------------------ */
/* No trace                                                           */
/* ------------------------------------------------------------------ */

static const double bad_values[] = { NAN, INFINITY, -INFINITY, 1e300, -1e300,
	1e16, 5e-324, 1e150 };
enum { N_BAD = sizeof(bad_values) / sizeof(bad_values[0]) };

static void same_results(const struct trial *t, const leat_window *b,
    uint64_t size, size_t phase, size_t i)
{
	double p[N_STATS], q[N_STATS];
	leat_window_query(t->window, p);
	leat_window_query(b, q);
	for (size_t k = 0; k < t->n_stats; k++) {
		ck_assert_msg(same_bits(p[k], q[k]),
		    "%s remembers: %a, not %a; size %u phase %u push %u",
		    leat_stat_name(&t->stats[k]), p[k], q[k], (unsigned)size,
		    (unsigned)phase, (unsigned)i);
	}
}

static void both_push(struct trial *a, struct trial *b, double x, double z,
    double y)
{
	if (a->y != NULL) {
		leat_window_push_xy(a->window, x, y);
		leat_window_push_xy(b->window, z, y);
	} else {
		leat_window_push(a->window, x);
		leat_window_push(b->window, z);
	}
}

/*
 * Pushes bad values into one window from push `phase` on, and tame ones into
 * the other. When the last of them has left, both must give the same bits.
 */
static void leaves_no_trace(int kind, uint64_t size, uint64_t advance,
    size_t phase, int pairs)
{
	static struct trial a, b;
	static const double mark = 0;
	struct rng r = rng_new(size * 1000 + phase);
	size_t n_bad = 1 + (size_t)rng_below(&r, 4);
	uint64_t step = kind == LEAT_HOPPING ? advance : size;

	a.y = b.y = pairs ? &mark : NULL;
	trial_open(&a, kind, size, advance);
	trial_open(&b, kind, size, advance);
	for (size_t i = 0; i < phase + n_bad + 3 * size + 5; i++) {
		int bad = i >= phase && i < phase + n_bad;
		double z = 100 + rng_normal(&r), y = rng_normal(&r);
		double x = bad ? bad_values[rng_below(&r, N_BAD)] : z;
		both_push(&a, &b, x, z, y);
		size_t lo = kind == LEAT_SLIDING
		    ? (i + 1 > size ? i + 1 - (size_t)size : 0)
		    : start_of(size, step, i + 1);
		if (lo >= phase + n_bad || i < phase)
			same_results(&a, b.window, size, phase, i);
	}
	trial_close(&a);
	trial_close(&b);
}

START_TEST(what_has_left_a_sliding_window_leaves_no_trace)
{
	static const uint64_t sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 31,
		32, 33, 64 };
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		for (size_t phase = 0; phase < 2 * sizes[k] + 2; phase++)
			leaves_no_trace(LEAT_SLIDING, sizes[k], 0, phase, _i);
	}
}
END_TEST

START_TEST(what_has_left_other_windows_leaves_no_trace)
{
	static const uint64_t shapes[][2] = { { 1, 1 }, { 2, 1 }, { 5, 2 },
		{ 6, 2 }, { 7, 3 }, { 12, 3 }, { 9, 9 }, { 3, 5 }, { 20, 1 },
		{ 30, 7 } };
	for (size_t k = 0; k < sizeof(shapes) / sizeof(*shapes); k++) {
		uint64_t size = shapes[k][0];
		for (size_t phase = 0; phase < 2 * size + 2; phase++) {
			leaves_no_trace(LEAT_HOPPING, size, shapes[k][1], phase,
			    _i);
			leaves_no_trace(LEAT_TUMBLING, size, 0, phase, _i);
		}
	}
}
END_TEST

START_TEST(a_reset_leaves_no_trace)
{
	static struct trial a, b;
	for (int kind = LEAT_SLIDING; kind <= LEAT_LANDMARK; kind++) {
		uint64_t size = kind == LEAT_LANDMARK ? 0 : 9;
		uint64_t advance = kind == LEAT_HOPPING ? 2 : 0;
		struct rng r = rng_new(21);
		trial_open(&a, kind, size, advance);
		trial_open(&b, kind, size, advance);
		for (size_t i = 0; i < 5 * N_BAD + 3; i++)
			leat_window_push(a.window, bad_values[i % N_BAD]);
		leat_window_reset(a.window);
		for (size_t i = 0; i < 40; i++) {
			double x = rng_normal(&r);
			both_push(&a, &b, x, x, 0);
			same_results(&a, b.window, 9, 0, i);
		}
		trial_close(&a);
		trial_close(&b);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Hard corners                                                       */
/* ------------------------------------------------------------------ */

/* Sums that go over the largest double are infinite, never NaN. */
START_TEST(a_sum_too_large_is_infinite)
{
	static const leat_stat stats[] = { LEAT_SUM, LEAT_SUM_OF_SQUARES };
	leat_window_options options;
	leat_window *w;
	double out[2];
	memset(&options, 0, sizeof(options));
	options.size = 4;
	options.stats = stats;
	options.n_stats = 2;
	for (int sign = -1; sign <= 1; sign += 2) {
		ck_assert_int_eq(leat_window_new(&w, &options), LEAT_OK);
		for (int i = 0; i < 9; i++)
			leat_window_push(w, sign * 1.5e308);
		leat_window_query(w, out);
		ck_assert_msg(out[0] == sign * HUGE_VAL, "%g", out[0]);
		ck_assert_msg(out[1] == HUGE_VAL, "%g", out[1]);
		for (int i = 0; i < 4; i++)
			leat_window_push(w, 0.1);
		leat_window_query(w, out);
		ck_assert_msg(fabs(out[0] - 0.4) < 1e-15, "%g", out[0]);
		leat_window_free(w);
	}
}
END_TEST

/*
 * Values times 2^600 have the variance times 2^1200, to the bit, unless that
 * overflows: then, and where only a square on the way has, it is infinite.
 */
static void compare_scaled(double small, double large, size_t size, size_t i)
{
	double exact = ldexp(small, 1200);

	ck_assert_msg(same_bits(large, exact) || large == HUGE_VAL,
	    "size %zu, push %zu: %g of %g", size, i, large, exact);
	ck_assert_msg(exact > 1e306 || same_bits(large, exact),
	    "size %zu, push %zu: %g of %g", size, i, large, exact);
}

static void play_scaled(int kind, size_t size, struct rng *r)
{
	enum { N = 400 };
	static const leat_stat stats[] = { LEAT_VARIANCE };
	leat_window_options options;
	leat_window *small, *large;
	double x[2][N], out[2][N];

	memset(&options, 0, sizeof(options));
	options.kind = kind;
	options.size = kind == LEAT_LANDMARK ? 0 : size;
	options.stats = stats;
	options.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&small, &options), LEAT_OK);
	ck_assert_int_eq(leat_window_new(&large, &options), LEAT_OK);
	for (size_t i = 0; i < N; i++) {
		x[0][i] = ldexp(rng_normal(r), -(int)rng_below(r, 120) - 85);
		x[1][i] = ldexp(x[0][i], 600);
	}
	for (size_t i = 0; i < N / 2; i++) {
		leat_window_push(small, x[0][i]);
		leat_window_push(large, x[1][i]);
		leat_window_query(small, &out[0][i]);
		leat_window_query(large, &out[1][i]);
	}
	leat_window_push_many(small, x[0] + N / 2, NULL, N / 2, out[0] + N / 2);
	leat_window_push_many(large, x[1] + N / 2, NULL, N / 2, out[1] + N / 2);
	for (size_t i = 0; i < N; i++)
		compare_scaled(out[0][i], out[1][i], size, i);
	leat_window_free(small);
	leat_window_free(large);
}

START_TEST(a_variance_whose_squares_overflow_is_infinite_and_nothing_else)
{
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING,
		LEAT_LANDMARK };
	struct rng r = rng_new(600);

	for (size_t size = 2; size <= (short_run() ? 20 : 70); size++)
		for (size_t k = 0; k < 3; k++)
			play_scaled(kinds[k], size, &r);
}
END_TEST

static TCase *sliding(void)
{
	int n = (int)n_data_sets;
	TCase *t = tcase_create("sliding");
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, sliding_statistics_of_up_to_200_values_are_exact,
	    0, n);
	tcase_add_loop_test(t, sliding_statistics_of_1000_values_are_exact, 0,
	    n);
	tcase_add_loop_test(t, sliding_statistics_of_4097_values_are_exact, 0,
	    n);
	tcase_add_loop_test(t, sliding_statistics_of_30000_values_are_exact, 0,
	    2);
	tcase_add_loop_test(t, statistics_of_pairs_are_exact, 0, n);
	tcase_add_test(t, an_infinite_y_does_not_touch_x);
	return t;
}

static TCase *other_kinds(void)
{
	int n = (int)n_data_sets;
	TCase *t = tcase_create("kinds");
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, tumbling_statistics_are_exact, 0, n);
	tcase_add_loop_test(t, hopping_statistics_are_exact, 0, n);
	tcase_add_loop_test(t, landmark_statistics_are_exact, 0, n);
	return t;
}

static TCase *traces(void)
{
	TCase *t = tcase_create("traces");
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, what_has_left_a_sliding_window_leaves_no_trace,
	    0, 2);
	tcase_add_loop_test(t, what_has_left_other_windows_leaves_no_trace, 0,
	    2);
	tcase_add_test(t, a_reset_leaves_no_trace);
	return t;
}

Suite *exact_suite(void)
{
	Suite *s = suite_create("exact");
	suite_add_tcase(s, sliding());
	suite_add_tcase(s, other_kinds());
	suite_add_tcase(s, traces());
	TCase *t = tcase_create("corners");
	tcase_add_test(t, a_sum_too_large_is_infinite);
	tcase_add_test(t,
	    a_variance_whose_squares_overflow_is_infinite_and_nothing_else);
	suite_add_tcase(s, t);
	return s;
}
