/*
 * push_each() gives the bits of single pushes, whatever windows it is given
 * and however often one of them comes; and it pushes all or nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "classes.h"
#include "data.h"
#include "pushed.h"
#include "suites.h"

enum { WINDOWS = 40, PUSHES = 6000, MOST_STATS = 3 };

/* Two equal sets of windows: one of them is pushed into singly. */
struct twins {
	leat_window *single[WINDOWS], *each[WINDOWS];
	size_t n_stats;
};

/* Window i: all kinds, and sets that are special to the engine and not. */
static leat_window_options options_of(size_t i, size_t n_stats,
    const leat_stat **stats)
{
	static const leat_stat sets[][MOST_STATS] = {
		{ LEAT_MEAN, LEAT_STDDEV, LEAT_SUM },
		{ LEAT_MAX, LEAT_MIN, LEAT_RANGE },
		{ LEAT_COUNT, LEAT_COUNT_MISSING, LEAT_COUNT },
		{ LEAT_PRODUCT, LEAT_LAST, LEAT_SKEWNESS },
		{ LEAT_AGG(&chain_class, 0), LEAT_SUM, LEAT_MAX },
	};
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = (int)(i % 4);
	*stats = sets[i / 4 % 5];
	if (o.kind < LEAT_LANDMARK)
		o.size = i % 9 == 0 ? 1 : 2 + i;
	if (o.kind == LEAT_HOPPING)
		o.hop = 1 + i / 3;
	if (i % 13 == 7) {
		o.kind = LEAT_DECAY;
		o.size = o.hop = 0;
		o.half_life = 10;
		*stats = sets[0];
	}
	o.stats = *stats;
	o.n_stats = n_stats;
	return o;
}

static void twins_open(struct twins *t, size_t n_stats)
{
	t->n_stats = n_stats;
	for (size_t i = 0; i < WINDOWS; i++) {
		const leat_stat *stats;
		leat_window_options o = options_of(i, n_stats, &stats);

		ck_assert_int_eq(leat_window_new(&t->single[i], &o), LEAT_OK);
		ck_assert_int_eq(leat_window_new(&t->each[i], &o), LEAT_OK);
	}
}

static void twins_close(struct twins *t)
{
	for (size_t i = 0; i < WINDOWS; i++) {
		leat_window_free(t->single[i]);
		leat_window_free(t->each[i]);
	}
}

static int same(double a, double b)
{
	return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(a)) == 0;
}

static void twins_are_equal(const struct twins *t)
{
	double a[MOST_STATS], b[MOST_STATS];

	for (size_t i = 0; i < WINDOWS; i++) {
		leat_window_query(t->single[i], a);
		leat_window_query(t->each[i], b);
		ck_assert_uint_eq(pushed_into(t->single[i]),
		    pushed_into(t->each[i]));
		for (size_t k = 0; k < t->n_stats; k++)
			if (!same(a[k], b[k]))
				ck_abort_msg("window %zu: %.17g, not %.17g", i,
				    b[k], a[k]);
	}
}

/* n pushes, of which some go into the same window one after the other. */
static void push_some(struct twins *t, struct rng *r, size_t n, int has_out)
{
	static double x[PUSHES], out[PUSHES * MOST_STATS];
	static leat_window *windows[PUSHES];
	double want[MOST_STATS];
	static size_t which[PUSHES];

	for (size_t i = 0; i < n; i++) {
		which[i] = i > 0 && rng_below(r, 3) == 0
		    ? which[i - 1]
		    : (size_t)rng_below(r, WINDOWS);
		x[i] = rng_below(r, 20) == 0
		    ? NAN
		    : (double)rng_below(r, 2000) / 7 - 100;
		windows[i] = t->each[which[i]];
	}
	ck_assert_int_eq(leat_window_push_each(windows, x, NULL, n,
			     has_out ? out : NULL),
	    LEAT_OK);
	for (size_t i = 0; i < n; i++) {
		leat_window *w = t->single[which[i]];

		leat_window_push(w, x[i]);
		leat_window_query(w, want);
		for (size_t k = 0; has_out && k < t->n_stats; k++)
			ck_assert(same(want[k], out[i * t->n_stats + k]));
	}
}

START_TEST(a_push_into_each_is_a_push_into_each)
{
	struct rng r = rng_new((uint64_t)_i + 1);
	struct twins t;
	size_t done = 0, n;

	twins_open(&t, 1 + (size_t)_i % MOST_STATS);
	for (n = 0; done < PUSHES; done += n, n = (n + 1) % 70)
		push_some(&t, &r, n, (n + (size_t)_i) & 1);
	push_some(&t, &r, PUSHES, 1);
	twins_are_equal(&t);
	twins_close(&t);
}
END_TEST

START_TEST(a_window_of_pairs_among_them_is_refused_and_nothing_pushed)
{
	static const leat_stat pair[] = { LEAT_SLOPE };
	leat_window_options o = { .size = 5, .stats = pair, .n_stats = 1 };
	leat_window *windows[WINDOWS], *of_pairs;
	double x[WINDOWS] = { 0 };
	struct twins t;

	twins_open(&t, 1);
	ck_assert_int_eq(leat_window_new(&of_pairs, &o), LEAT_OK);
	for (size_t at = 0; at < WINDOWS; at++) {
		memcpy(windows, t.each, sizeof(windows));
		windows[at] = of_pairs;
		ck_assert_int_eq(leat_window_push_each(windows, x, NULL,
				     WINDOWS, NULL),
		    LEAT_EPAIRS);
	}
	twins_are_equal(&t);
	leat_window_free(of_pairs);
	twins_close(&t);
}
END_TEST

START_TEST(results_need_equal_numbers_of_statistics)
{
	struct twins one, two;
	leat_window *windows[2];
	double x[2] = { 1, 2 }, out[4] = { 7, 7, 7, 7 };

	twins_open(&one, 1);
	twins_open(&two, 2);
	windows[0] = one.each[3];
	windows[1] = two.each[3];
	ck_assert_int_eq(leat_window_push_each(windows, x, NULL, 2, out),
	    LEAT_EINVAL);
	for (int i = 0; i < 4; i++)
		ck_assert(out[i] == 7);
	twins_are_equal(&one);
	twins_are_equal(&two);
	/* The numbers do not matter if there are no results. */
	ck_assert_int_eq(leat_window_push_each(windows, x, NULL, 2, NULL),
	    LEAT_OK);
	ck_assert_uint_eq(pushed_into(windows[1]), 1);
	twins_close(&one);
	twins_close(&two);
}
END_TEST

START_TEST(a_push_into_none_is_nothing)
{
	ck_assert_int_eq(leat_window_push_each(NULL, NULL, NULL, 0, NULL),
	    LEAT_OK);
}
END_TEST

Suite *each_suite(void)
{
	Suite *s = suite_create("each");
	TCase *t = tcase_create("each");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, a_push_into_each_is_a_push_into_each, 0,
	    short_run() ? 3 : 12);
	tcase_add_test(t,
	    a_window_of_pairs_among_them_is_refused_and_nothing_pushed);
	tcase_add_test(t, results_need_equal_numbers_of_statistics);
	tcase_add_test(t, a_push_into_none_is_nothing);
	suite_add_tcase(s, t);
	return s;
}
