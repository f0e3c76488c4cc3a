/*
 * Errors of sums and means, for values made to lead them astray
 *
 * Each way of adding up must give the exact sum, rounded once, and a mean
 * within an ulp of the exact one; the oracle's exact sums judge that. The data
 * are an attack: each value is the worst of some that were tried on the very
 * steps of a sum in three terms, where two tricks are known. One makes its low
 * terms swing, so that a term of the second order is taken for larger than it
 * is. The other makes all errors of the first order add up, and with them those
 * of the second; whoever forgets the third term fails here.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "data.h"
#include "oracle.h"
#include "suites.h"

enum { MOST = 3003, TRIED = 6 };

/* ---- The attack ---- */

struct terms {
	double hi, lo, lo2;
};

static double two_sum(double a, double b, double *e)
{
	double s = a + b, bb = s - a;

	*e = (a - (s - bb)) + (b - bb);
	return s;
}

/* Adds x; returns what the third term misses, and in *second what it is. */
static double add_terms(struct terms *t, double x, double *second)
{
	double e, exact, lo;

	t->hi = two_sum(t->hi, x, &e);
	lo = two_sum(t->lo, e, &exact);
	*second = e - (lo - t->lo);
	t->lo2 += *second;
	t->lo = lo;
	return exact - *second;
}

/* Three values that leave the sum nearly where it was. */
static void swing(double *x, struct rng *r)
{
	double a = 0.5 + 0.5 * rng_uniform(r);

	x[0] = ldexp(1 + 0.02 * rng_uniform(r), -54);
	if (rng_below(r, 2))
		x[0] = -x[0];
	x[1] = rng_below(r, 2) ? a : -a;
	x[2] = -x[1];
}

/* Three that are all lost at first beside 2^53, on one side. */
static void pile(double *x, struct rng *r)
{
	for (int i = 0; i < 3; i++)
		x[i] = 0.75 + 0.24 * rng_uniform(r);
}

static void attack(double *x, size_t n, void (*three)(double *, struct rng *),
    struct rng *r)
{
	struct terms t = { 0, 0, 0 };
	double second, big = ldexp(1, 53 + 3 * (int)rng_below(r, 3));
	size_t i = 2;

	x[0] = big;
	x[1] = 20;
	add_terms(&t, x[0], &second);
	add_terms(&t, x[1], &second);
	for (; i + 4 <= n; i += 3) {
		double most = -1, tried[3];
		struct terms best = t;
		for (int k = 0; k < TRIED; k++) {
			struct terms after = t;
			double harm = 0;
			three(tried, r);
			for (int j = 0; j < 3; j++) {
				harm += add_terms(&after, tried[j], &second);
				harm += three == pile ? second : 0;
			}
			if (harm <= most)
				continue;
			most = harm;
			best = after;
			memcpy(x + i, tried, sizeof(tried));
		}
		t = best;
	}
	for (; i + 1 < n; i++)
		x[i] = rng_normal(r);
	x[i] = -big;
}

/*
 * Pairs that cancel, of sizes that differ by up to 2^45, one of which is
 * moved so that sum |x| / |sum x| is about what is asked for; shuffled.
 */
static void cancel(double *x, size_t n, struct rng *r)
{
	double all = 0;

	for (size_t i = 0; i < n; i++) {
		x[i] = ldexp(rng_normal(r), (int)rng_below(r, 45));
		if (i % 2)
			x[i] = -x[i - 1];
		all += fabs(x[i]);
	}
	x[1] += all / pow(10, 10 + 8 * rng_uniform(r));
	for (size_t i = n - 1; i > 0; i--) {
		size_t k = (size_t)rng_below(r, i + 1);
		double t = x[i];
		x[i] = x[k];
		x[k] = t;
	}
}

static void fill(double *x, size_t n, uint64_t kind, struct rng *r)
{
	switch (kind % 4) {
	case 0:
		attack(x, n, swing, r);
		break;
	case 1:
		attack(x, n, pile, r);
		break;
	case 2:
		cancel(x, n, r);
		break;
	default: /* one sign: the sum is as large as its terms */
		for (size_t i = 0; i < n; i++)
			x[i] = ldexp(1 + rng_uniform(r),
			    (int)rng_below(r, 2000) - 1060);
	}
}

/* ---- Ways to add up ---- */

enum { BY_COUNT, BY_TIME, KEYED_COUNT, KEYED_TIME };

static const struct way {
	const char *name;
	int by, kind;
	int pairs, spread;
	unsigned hops, parts; /* 0 and 1 are one */
	int late;
	int joined;
} ways[] = {
	{ "sliding", BY_COUNT, LEAT_SLIDING, 0, 0, 0, 0, 0, 0 },
	{ "sliding, spread", BY_COUNT, LEAT_SLIDING, 0, 1, 0, 0, 0, 0 },
	{ "half full", BY_COUNT, LEAT_SLIDING, 0, 0, 2, 0, 0, 0 },
	{ "half full, spread", BY_COUNT, LEAT_SLIDING, 0, 1, 2, 0, 0, 0 },
	{ "sliding pairs", BY_COUNT, LEAT_SLIDING, 1, 1, 0, 0, 0, 0 },
	{ "tumbling", BY_COUNT, LEAT_TUMBLING, 0, 0, 0, 0, 0, 0 },
	{ "tumbling, spread", BY_COUNT, LEAT_TUMBLING, 0, 1, 0, 0, 0, 0 },
	{ "landmark", BY_COUNT, LEAT_LANDMARK, 0, 0, 0, 0, 0, 0 },
	{ "landmark, spread", BY_COUNT, LEAT_LANDMARK, 1, 1, 0, 0, 0, 0 },
	{ "landmarks merged", BY_COUNT, LEAT_LANDMARK, 0, 0, 0, 7, 0, 1 },
	{ "spreads merged", BY_COUNT, LEAT_LANDMARK, 0, 1, 0, 40, 0, 1 },
	{ "hopping by few", BY_COUNT, LEAT_HOPPING, 0, 0, 3, 0, 0, 1 },
	{ "hopping by many", BY_COUNT, LEAT_HOPPING, 0, 1, 300, 0, 0, 1 },
	{ "sliding by time", BY_TIME, LEAT_SLIDING, 0, 0, 0, 0, 0, 1 },
	{ "sliding, late", BY_TIME, LEAT_SLIDING, 0, 1, 0, 0, 1, 1 },
	{ "tumbling by time", BY_TIME, LEAT_TUMBLING, 0, 1, 0, 0, 1, 1 },
	{ "hopping by time", BY_TIME, LEAT_HOPPING, 0, 0, 11, 0, 1, 1 },
	{ "landmark by time", BY_TIME, LEAT_LANDMARK, 0, 0, 0, 0, 0, 1 },
	{ "session", BY_TIME, LEAT_SESSION, 0, 1, 0, 0, 1, 1 },
	{ "cells merged", BY_TIME, LEAT_TUMBLING, 0, 0, 0, 9, 0, 1 },
	{ "keyed sliding", KEYED_COUNT, LEAT_SLIDING, 0, 1, 0, 0, 0, 0 },
	{ "keyed hopping by time", KEYED_TIME, LEAT_HOPPING, 0, 0, 5, 0, 0, 1 },
};
enum { N_WAYS = sizeof(ways) / sizeof(ways[0]), N_STATS = 4 };

static const leat_stat stats[N_STATS] = { LEAT_COUNT, LEAT_SUM, LEAT_MEAN,
	LEAT_STDDEV };
static const leat_stat pair_stats[N_STATS] = { LEAT_COUNT, LEAT_SUM, LEAT_MEAN,
	LEAT_COVARIANCE };

static uint64_t part_of(uint64_t n, unsigned parts)
{
	return parts > 1 ? n / parts + 1 : n;
}

static leat_window_options count_options(const struct way *w, size_t n)
{
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = w->kind;
	o.size = w->kind == LEAT_LANDMARK ? 0 : n;
	if (w->kind == LEAT_SLIDING && w->hops) /* all in one chunk of two */
		o.size = w->hops * n + 2;
	o.hop = w->kind == LEAT_HOPPING ? part_of(n, w->hops) : 0;
	o.stats = w->pairs ? pair_stats : stats;
	o.n_stats = w->spread ? 4 : 3;
	return o;
}

static leat_time_window_options time_options(const struct way *w, size_t n)
{
	leat_time_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = w->kind;
	o.span = w->kind == LEAT_LANDMARK || w->kind == LEAT_SESSION
	    ? 0
	    : (int64_t)n;
	o.gap = w->kind == LEAT_SESSION ? 5 : 0;
	o.hop = w->kind == LEAT_HOPPING ? (int64_t)part_of(n, w->hops) : 0;
	o.delay = w->late || w->parts ? (int64_t)n : 0;
	o.stats = stats;
	o.n_stats = w->spread ? 4 : 3;
	return o;
}

static void push_count(leat_window *w, int pairs, double x)
{
	if (pairs)
		leat_window_push_xy(w, x, 1);
	else
		leat_window_push(w, x);
}

/* Before the values, some that have left when all of them are there. */
static void by_count(const struct way *way, const double *x, size_t n,
    struct rng *r, double *out)
{
	leat_window_options o = count_options(way, n);
	uint64_t junk = o.size == n && way->kind == LEAT_SLIDING
	    ? rng_below(r, 2 * n)
	    : 0;
	leat_window *w, *part;

	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_new(&part, &o), LEAT_OK);
	for (; junk > 0; junk--)
		push_count(w, way->pairs, 1e17);
	for (size_t i = 0; i < n; i++) {
		push_count(way->parts ? part : w, way->pairs, x[i]);
		if (way->parts && rng_below(r, n / way->parts + 1) == 0) {
			ck_assert_int_eq(leat_window_merge(w, part), LEAT_OK);
			leat_window_reset(part);
		}
	}
	if (way->parts)
		ck_assert_int_eq(leat_window_merge(w, part), LEAT_OK);
	leat_window_query(w, out);
	leat_window_free(part);
	leat_window_free(w);
}

/* Some neighbours change places, and one value comes much later. */
static void mix(int64_t *t, size_t n, struct rng *r)
{
	int64_t late = t[n / 3];

	for (size_t i = 1; i < n; i++)
		if (rng_below(r, 3) == 0) {
			int64_t other = t[i];
			t[i] = t[i - 1];
			t[i - 1] = other;
		}
	for (size_t i = 0; i < n; i++)
		if (t[i] == late) {
			memmove(t + i, t + i + 1, (n - 1 - i) * sizeof(*t));
			t[n - 1] = late;
			return;
		}
}

static void times_of(const struct way *way, size_t n, struct rng *r, int64_t *t)
{
	for (size_t i = 0; i < n; i++)
		t[i] = (int64_t)i;
	if (way->late)
		mix(t, n, r);
}

static void by_time(const struct way *way, const double *x, size_t n,
    struct rng *r, double *out)
{
	static leat_time_window *part[64];
	static int64_t t[MOST];
	leat_time_window_options o = time_options(way, n);
	size_t parts = way->parts ? way->parts : 1;

	times_of(way, n, r, t);
	for (size_t i = 0; i < parts; i++)
		ck_assert_int_eq(leat_time_window_new(&part[i], &o), LEAT_OK);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(leat_time_window_push(part[rng_below(r,
							   parts)],
				     t[i], x[i]),
		    LEAT_OK);
	for (size_t i = 1; i < parts; i++)
		ck_assert_int_eq(leat_time_window_merge(part[0], part[i]),
		    LEAT_OK);
	leat_time_window_query(part[0], out);
	for (size_t i = 0; i < parts; i++)
		leat_time_window_free(part[i]);
}

static void by_key(const struct way *way, const double *x, size_t n,
    double *out)
{
	keyed_choice o;
	leat_keyed *k;

	memset(&o, 0, sizeof(o));
	if (way->by == KEYED_COUNT)
		o.by_count = count_options(way, n);
	else
		o.by_time = time_options(way, n);
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(leat_keyed_push(k, "a", 1, (int64_t)i, x[i]),
		    LEAT_OK);
		ck_assert_int_eq(leat_keyed_push(k, "b", 1, (int64_t)i, 1e17),
		    LEAT_OK);
	}
	ck_assert_int_eq(leat_keyed_query(k, "a", 1, out), LEAT_OK);
	leat_keyed_free(k);
}

/* ---- What is promised ---- */

static void judge(const struct way *way, const double *x, size_t n,
    uint64_t seed, struct rng *r)
{
	static struct oracle o;
	double out[N_STATS];

	if (way->by == BY_COUNT)
		by_count(way, x, n, r, out);
	else if (way->by == BY_TIME)
		by_time(way, x, n, r, out);
	else
		by_key(way, x, n, out);
	oracle_scan(&o, 1, x, NULL, n);
	o.joined = way->joined;
	ck_assert_msg(out[0] == (double)n, "%s: %g of %zu", way->name, out[0],
	    n);
	for (int k = 1; k < 3; k++)
		ck_assert_msg(oracle_agrees(&o, stats[k].id, out[k]),
		    "%s, statistic %d of %zu values, seed %u, condition %.2g: "
		    "%.17g is off by %.3g ulp",
		    way->name, stats[k].id, n, (unsigned)seed,
		    oracle_condition(&o), out[k],
		    oracle_ulps(&o, stats[k].id, out[k]));
}

START_TEST(a_sum_and_a_mean_are_as_near_as_the_manual_says)
{
	static const size_t sizes[] = { 4, 7, 12, 40, 101, 303, 1000, MOST };
	static double x[MOST];
	uint64_t seeds = short_run() ? 8 : 60;

	for (uint64_t seed = 0; seed < seeds; seed++) {
		struct rng r = rng_new(1000 * (uint64_t)_i + seed);
		size_t n = sizes[rng_below(&r, sizeof(sizes) / sizeof(*sizes))];
		fill(x, n, seed, &r);
		judge(&ways[_i], x, n, seed, &r);
	}
}
END_TEST

START_TEST(a_sum_of_one_sign_is_within_half_an_ulp)
{
	static double x[MOST];
	static struct oracle o;
	struct rng r = rng_new(9);

	for (int round = 0; round < 40; round++) {
		double out[N_STATS];
		size_t n = 4 + (size_t)rng_below(&r, MOST - 4);
		fill(x, n, 3, &r);
		by_count(&ways[round % 13], x, n, &r, out);
		oracle_scan(&o, 1, x, NULL, n);
		ck_assert_double_le(oracle_ulps(&o, LEAT_STAT_SUM, out[1]),
		    0.5 + 1e-9);
		ck_assert_double_le(oracle_ulps(&o, LEAT_STAT_MEAN, out[2]), 1);
	}
}
END_TEST

/* The attack is one: sums in three terms do not withstand it. */
START_TEST(the_attack_moves_a_sum_by_more_than_an_ulp)
{
	static double x[MOST];
	static struct oracle o;
	struct rng r = rng_new(12);
	struct terms t = { 0, 0, 0 };
	double second;

	attack(x, MOST, swing, &r);
	for (size_t i = 0; i < MOST; i++)
		add_terms(&t, x[i], &second);
	oracle_scan(&o, 1, x, NULL, MOST);
	ck_assert_double_gt(oracle_ulps(&o, LEAT_STAT_SUM,
				t.hi + (t.lo + t.lo2)),
	    1);
}
END_TEST

START_TEST(what_overflows_on_the_way_is_what_it_comes_to)
{
	static const double x[][5] = { { 1.7e308, 1.7e308, -1.7e308, -1.7e308,
					   5 },
		{ 1.7e308, 1.7e308, 1, 1, 1 }, { -1e308, -1e308, 3, 1e308, 4 },
		{ 4e307, 1, -4e307, 8e306, 5 } };
	struct rng r = rng_new(3);

	for (size_t i = 0; i < N_WAYS; i++)
		for (size_t k = 0; k < 4; k++)
			judge(&ways[i], x[k], 5, k, &r);
}
END_TEST

Suite *sums_suite(void)
{
	Suite *s = suite_create("sums");
	TCase *t = tcase_create("sums");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, a_sum_and_a_mean_are_as_near_as_the_manual_says,
	    0, N_WAYS);
	tcase_add_test(t, a_sum_of_one_sign_is_within_half_an_ulp);
	tcase_add_test(t, the_attack_moves_a_sum_by_more_than_an_ulp);
	tcase_add_test(t, what_overflows_on_the_way_is_what_it_comes_to);
	suite_add_tcase(s, t);
	return s;
}
