/*
 * Sums that do not depend on how they were added up
 *
 * The same values come in another order each time, to windows of every kind,
 * in one piece or in several that are then merged, saved and loaded on the
 * way. Each must report the exact sum, which big.c works out, rounded to the
 * nearest double; and all the same mean, to the bit, within an ulp of the exact
 * one. The values are made to lead sums astray: they cancel, differ by as much
 * as the window promises to bear, or overflow on the way.
 */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "big.h"
#include "data.h"
#include "quiet.h"
#include "saved.h"
#include "suites.h"

enum { MOST = 240, PARTS = 3 };

static const leat_stat both[] = { LEAT_SUM, LEAT_MEAN };
static const leat_stat more[] = { LEAT_SUM, LEAT_MEAN, LEAT_STDDEV, LEAT_MAX,
	LEAT_INCREASE };

/* ---- Values ---- */

static double any_between(struct rng *r, int least, int most)
{
	uint64_t below = (uint64_t)(most - least) + 1;
	double x = ldexp(1 + rng_uniform(r), least + (int)rng_below(r, below));

	return rng_below(r, 2) ? x : -x;
}

/* Each value comes with what nearly takes it back. */
static void fill_cancelling(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = i % 2 && i + 2 < n ? -x[i - 1] : any_between(r, -30, 30);
}

static void fill_usual(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = rng_normal(r);
}

/* Fills in numbers of usual size, and some 1e16. */
static void fill_spiky(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = rng_normal(r) * (rng_below(r, 9) ? 1 : 1e16);
	for (size_t i = 0; i + 1 < n; i += 7)
		x[i] = -x[i + 1];
}

/* Half of them take the others back, and their sums overflow. */
static void fill_huge(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = i % 2
		    ? -x[i - 1]
		    : ldexp(1 + rng_uniform(r), 1023 - (int)rng_below(r, 2));
	for (size_t i = n % 2 ? n - 1 : 0; i < n; i += 11)
		x[i] = ldexp((double)rng_below(r, 1 << 30) - 0x1p29, 940);
}

/* Adds numbers of usual size to these. */
static void fill_huge_and_usual(double *x, size_t n, struct rng *r)
{
	fill_huge(x, n, r);
	for (size_t i = 0; i + 1 < n; i += 1 + rng_below(r, 4))
		x[i] = rng_normal(r);
}

static void fill_beyond(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = rng_below(r, 3) ? DBL_MAX : -0x1p1023;
}

static void fill_tiny(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = ldexp((double)rng_below(r, 64) - 31,
		    -1074 + (int)rng_below(r, 70));
}

static void fill_zeros(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = rng_below(r, 2) ? -0.0 : 0;
}

/* Fills in numbers from all over the range of doubles. */
static void fill_wild(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = i % 3 == 1 ? -x[i - 1] : any_between(r, -1074, 1020);
}

/* Spikes of 1e300 that go again, beside numbers of usual size. */
static void fill_far(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = i % 5 == 1 ? -x[i - 1]
				  : rng_normal(r) * (i % 5 ? 1 : 1e300);
}

static const struct kind {
	const char *name;
	void (*fill)(double *x, size_t n, struct rng *r);
	int wild; /* more than a small sum can bear */
} kinds[] = {
	{ "usual", fill_usual, 0 },
	{ "cancelling", fill_cancelling, 0 },
	{ "spiky", fill_spiky, 0 },
	{ "huge", fill_huge, 0 },
	{ "beyond", fill_beyond, 0 },
	{ "tiny", fill_tiny, 0 },
	{ "zeros", fill_zeros, 0 },
	{ "huge and usual", fill_huge_and_usual, 1 },
	{ "wild", fill_wild, 1 },
	{ "far", fill_far, 1 },
};

enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* ---- Windows by count ---- */

static leat_window_options count_options(int kind, size_t n)
{
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = kind;
	o.stats = both;
	o.n_stats = 2;
	if (kind != LEAT_LANDMARK)
		o.size = n;
	return o;
}

static leat_window *counted(const leat_window_options *o, const double *x,
    size_t n)
{
	leat_window *w;

	ck_assert_int_eq(leat_window_new(&w, o), LEAT_OK);
	for (size_t i = 0; i < n; i++) {
		leat_window_push(w, x[i]);
		if (i == n / 2)
			window_again(&w, o);
	}
	return w;
}

static void ask_counted(leat_window *w, double *out)
{
	leat_window_query(w, out);
	leat_window_free(w);
}

static void landmark(const double *x, size_t n, double *out)
{
	leat_window_options o = count_options(LEAT_LANDMARK, n);

	ask_counted(counted(&o, x, n), out);
}

static void landmarks_merged(const double *x, size_t n, double *out)
{
	leat_window_options o = count_options(LEAT_LANDMARK, n);
	leat_window *w = counted(&o, x, n / PARTS), *part;

	part = counted(&o, x + n / PARTS, n / PARTS);
	ck_assert_int_eq(leat_window_merge(part, w), LEAT_OK);
	leat_window_free(w);
	w = counted(&o, x + 2 * (n / PARTS), n - 2 * (n / PARTS));
	ck_assert_int_eq(leat_window_merge(w, part), LEAT_OK);
	leat_window_free(part);
	ask_counted(w, out);
}

static void tumbling(const double *x, size_t n, double *out)
{
	leat_window_options o = count_options(LEAT_TUMBLING, n);

	ask_counted(counted(&o, x, n), out);
}

static void hopping(const double *x, size_t n, double *out)
{
	leat_window_options o = count_options(LEAT_HOPPING, n);

	o.hop = n > 8 ? n / 8 : 1;
	ask_counted(counted(&o, x, n), out);
}

/* ---- Windows by time ---- */

static leat_time_window_options time_options(int kind, size_t n)
{
	leat_time_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = kind;
	o.stats = both;
	o.n_stats = 2;
	o.delay = (int64_t)n;
	if (kind == LEAT_SESSION)
		o.gap = 2 * (int64_t)n;
	else if (kind != LEAT_LANDMARK)
		o.span = 4 * (int64_t)n;
	if (kind == LEAT_HOPPING)
		o.hop = 4;
	return o;
}

static leat_time_window *timed(const leat_time_window_options *o,
    const double *x, size_t from, size_t end, int late)
{
	leat_time_window *w;

	ck_assert_int_eq(leat_time_window_new(&w, o), LEAT_OK);
	for (size_t i = from; i < end; i++) {
		size_t at = late ? from + (i - from) * 7 % (end - from) : i;
		ck_assert_int_eq(leat_time_window_push(w, (int64_t)at, x[i]),
		    LEAT_OK);
		if (i == (from + end) / 2)
			time_window_again(&w, o);
	}
	return w;
}

static void ask_timed(leat_time_window *w, double *out)
{
	leat_time_window_query(w, out);
	leat_time_window_free(w);
}

static void by_time(int kind, const double *x, size_t n, double *out)
{
	leat_time_window_options o = time_options(kind, n);

	ask_timed(timed(&o, x, 0, n, n % 7 != 0), out);
}

static void by_time_merged(int kind, const double *x, size_t n, double *out)
{
	leat_time_window_options o = time_options(kind, n);
	leat_time_window *w = timed(&o, x, 0, n / 2, 0);
	leat_time_window *part = timed(&o, x, n / 2, n, 0);

	ck_assert_int_eq(leat_time_window_merge(w, part), LEAT_OK);
	leat_time_window_free(part);
	ask_timed(w, out);
}

static void time_tumbling(const double *x, size_t n, double *out)
{
	by_time(LEAT_TUMBLING, x, n, out);
}

static void time_landmark(const double *x, size_t n, double *out)
{
	by_time(LEAT_LANDMARK, x, n, out);
}

static void time_session(const double *x, size_t n, double *out)
{
	by_time(LEAT_SESSION, x, n, out);
}

static void time_sliding(const double *x, size_t n, double *out)
{
	by_time(LEAT_SLIDING, x, n, out);
}

static void time_hopping(const double *x, size_t n, double *out)
{
	leat_time_window_options o = time_options(LEAT_HOPPING, n);

	/* The window that holds now and closes first begins before 0. */
	o.offset = 0;
	ask_timed(timed(&o, x, 0, n, 0), out);
}

static void tumbling_merged(const double *x, size_t n, double *out)
{
	by_time_merged(LEAT_TUMBLING, x, n, out);
}

static void landmarks_by_time_merged(const double *x, size_t n, double *out)
{
	by_time_merged(LEAT_LANDMARK, x, n, out);
}

static void hopping_merged(const double *x, size_t n, double *out)
{
	by_time_merged(LEAT_HOPPING, x, n, out);
}

/* With a statistic that makes a cell keep its values in a tree. */
static void in_order(const double *x, size_t n, double *out)
{
	leat_time_window_options o = time_options(LEAT_TUMBLING, n);
	double all[5];

	o.stats = more;
	o.n_stats = 5;
	ask_timed(timed(&o, x, 0, n, 0), all);
	memcpy(out, all, 2 * sizeof(*out));
}

/* ---- Keys ---- */

static leat_keyed *keyed(const keyed_choice *c, const double *x, size_t from,
    size_t end)
{
	leat_keyed *k;

	ck_assert_int_eq(keyed_choice_new(&k, c), LEAT_OK);
	for (size_t i = from; i < end; i++) {
		ck_assert_int_eq(leat_keyed_push(k, "a", 1, (int64_t)i, x[i]),
		    LEAT_OK);
		ck_assert_int_eq(leat_keyed_push(k, "b", 1, (int64_t)i, 1),
		    LEAT_OK);
		if (i == (from + end) / 2)
			keyed_again(&k, c);
	}
	return k;
}

static void keys_merged(const double *x, size_t n, double *out)
{
	keyed_choice c;
	leat_keyed *k, *part;

	memset(&c, 0, sizeof(c));
	c.by_time = time_options(LEAT_TUMBLING, n);
	k = keyed(&c, x, 0, n / 2);
	part = keyed(&c, x, n / 2, n);
	ck_assert_int_eq(leat_keyed_merge(k, part), LEAT_OK);
	leat_keyed_free(part);
	ck_assert_int_eq(leat_keyed_query(k, "a", 1, out), LEAT_OK);
	leat_keyed_free(k);
}

/* ---- All of them ---- */

static const struct way {
	const char *name;
	void (*ask)(const double *x, size_t n, double *out);
	int bears_all;
} ways[] = {
	{ "landmark", landmark, 1 },
	{ "landmarks merged", landmarks_merged, 1 },
	{ "tumbling", tumbling, 1 },
	{ "hopping", hopping, 0 },
	{ "tumbling by time", time_tumbling, 0 },
	{ "landmark by time", time_landmark, 1 },
	{ "session", time_session, 0 },
	{ "sliding by time", time_sliding, 1 },
	{ "hopping by time", time_hopping, 0 },
	{ "tumbling by time merged", tumbling_merged, 0 },
	{ "landmark by time merged", landmarks_by_time_merged, 1 },
	{ "hopping by time merged", hopping_merged, 0 },
	{ "in order", in_order, 1 },
	{ "keys merged", keys_merged, 0 },
};

enum { N_WAYS = sizeof(ways) / sizeof(ways[0]) };

static void shuffle(double *x, size_t n, struct rng *r)
{
	for (size_t i = n; i > 1; i--) {
		size_t at = rng_below(r, i);
		double t = x[at];
		x[at] = x[i - 1];
		x[i - 1] = t;
	}
}

static void exact_sum(const double *x, size_t n, struct big *sum)
{
	struct big term;

	big_set(sum, 0);
	for (size_t i = 0; i < n; i++) {
		big_set(&term, x[i]);
		big_add(sum, sum, &term);
	}
}

static double ulp(double x)
{
	double next = nextafter(fabs(x), INFINITY);

	return isinf(next) ? 0x1p971 : next - fabs(x);
}

static void check_way(const struct kind *kind, const struct way *way,
    const double *x, size_t n, double *mean)
{
	struct big sum, count;
	double out[2], want, exact;

	exact_sum(x, n, &sum);
	big_set_u64(&count, n);
	want = big_double(&sum);
	exact = big_ratio(&sum, &count);
	way->ask(x, n, out);
	ck_assert_msg(out[0] == want, "%s, %s of %zu: sum %a, not %a",
	    kind->name, way->name, n, out[0], want);
	ck_assert_msg(fabs(out[1] - exact) <= ulp(exact),
	    "%s, %s of %zu: mean %a, not %a", kind->name, way->name, n, out[1],
	    exact);
	if (*mean != *mean)
		*mean = out[1];
	ck_assert_msg(same_bits(out[1], *mean),
	    "%s, %s of %zu: mean %a, but %a another way", kind->name, way->name,
	    n, out[1], *mean);
}

START_TEST(any_order_and_any_cut_gives_the_same_sum)
{
	const struct kind *kind = &kinds[_i];
	struct rng r = rng_new((uint64_t)_i + 1);
	double x[MOST];

	for (int round = 0; round < (short_run() ? 20 : 200); round++) {
		size_t n = 1 + rng_below(&r, round % 2 ? 20 : MOST);
		double mean = NAN;

		kind->fill(x, n, &r);
		for (int i = 0; i < N_WAYS; i++) {
			const struct way *way = &ways[i];
			if (kind->wild && !way->bears_all)
				continue;
			if (n < 6 && strstr(way->name, "merged"))
				continue;
			shuffle(x, n, &r);
			check_way(kind, way, x, n, &mean);
		}
	}
}
END_TEST

/* |got - exact|, less half an ulp, over the sum of |x|. */
static double lost(const double *x, size_t n, double got)
{
	struct big sum, sizes, off, half;

	exact_sum(x, n, &sum);
	big_set(&sizes, 0);
	for (size_t i = 0; i < n; i++) {
		big_set(&off, fabs(x[i]));
		big_add(&sizes, &sizes, &off);
	}
	big_set(&off, got);
	big_sub(&off, &off, &sum);
	off.sign *= off.sign;
	big_set(&half, ulp(got) / 2);
	big_sub(&off, &off, &half);
	return sizes.sign == 0 ? (double)off.sign : big_ratio(&off, &sizes);
}

/* By the page, what is lost is less than so much for each value. */
START_TEST(what_a_small_sum_loses_is_far_below_its_values)
{
	struct rng r = rng_new((uint64_t)_i + 99);
	const struct kind *kind = &kinds[_i];
	double x[MOST], out[2];
	int overflows = strstr(kind->name, "huge") != NULL;

	for (int round = 0; round < (short_run() ? 20 : 200); round++) {
		size_t n = 6 + rng_below(&r, MOST - 6);
		kind->fill(x, n, &r);
		for (int i = 0; i < N_WAYS; i++) {
			shuffle(x, n, &r);
			ways[i].ask(x, n, out);
			if (!isfinite(out[0]))
				continue;
			ck_assert_msg(lost(x, n, out[0]) <=
				(double)n * (overflows ? 1e-31 : 1e-46),
			    "%s, %s of %zu", kind->name, ways[i].name, n);
		}
	}
}
END_TEST

START_TEST(an_infinity_is_the_sum_and_two_that_differ_are_none)
{
	struct rng r = rng_new(7);
	double x[MOST], out[2];

	for (int round = 0; round < 20; round++) {
		size_t n = 6 + rng_below(&r, MOST - 6);
		kinds[round % N_KINDS].fill(x, n, &r);
		x[0] = round & 1 ? INFINITY : -INFINITY;
		if (round & 2)
			x[1] = -x[0];
		if (round & 4)
			x[2] = x[0];
		double want = round & 2 ? NAN : x[0];
		for (int i = 0; i < N_WAYS; i++) {
			shuffle(x, n, &r);
			ways[i].ask(x, n, out);
			ck_assert_msg(same_bits(out[0], want) &&
				same_bits(out[1], want),
			    "%s of %zu: %g %g, not %g", ways[i].name, n, out[0],
			    out[1], want);
		}
	}
}
END_TEST

Suite *totals_suite(void)
{
	Suite *s = suite_create("totals");
	TCase *t = tcase_create("totals");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, any_order_and_any_cut_gives_the_same_sum, 0,
	    N_KINDS);
	tcase_add_loop_test(t, what_a_small_sum_loses_is_far_below_its_values,
	    0, N_KINDS);
	tcase_add_test(t, an_infinity_is_the_sum_and_two_that_differ_are_none);
	suite_add_tcase(s, t);
	return s;
}
