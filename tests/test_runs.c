/*
 * push_many() with results in sliding windows, where vectors do it: the bits
 * are those of single pushes, in the results and in all that follows them, for
 * each set of statistics that has such runs, each size, values of any kind.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "data.h"
#include "lists.h"
#include "pushed.h"
#include "suites.h"

enum { MAX_RESULTS = 7, LONGEST = 70000 };

static double stream[LONGEST];

/* ---------------- values ----------------------------------------------- */

static double usual(struct rng *r, size_t i)
{
	(void)i;
	return 3 + rng_normal(r);
}

static double few_missing(struct rng *r, size_t i)
{
	return rng_below(r, 100) == 0 ? NAN : usual(r, i);
}

static double many_missing(struct rng *r, size_t i)
{
	return rng_below(r, 3) == 0 ? NAN : usual(r, i);
}

static double stretches_missing(struct rng *r, size_t i)
{
	return i / 97 % 4 == 3 ? NAN : usual(r, i);
}

static double rarely_infinite(struct rng *r, size_t i)
{
	uint64_t k = rng_below(r, 400);

	return k == 0 ? HUGE_VAL : k == 1 ? -HUGE_VAL : usual(r, i);
}

static double with_spikes(struct rng *r, size_t i)
{
	return rng_below(r, 600) == 0 ? 1e16 : usual(r, i);
}

static double zeros(struct rng *r, size_t i)
{
	(void)i;
	return rng_below(r, 2) ? -0.0 : rng_below(r, 9) ? 0.0 : NAN;
}

static double huge(struct rng *r, size_t i)
{
	uint64_t k = rng_below(r, 500);

	return k == 0 ? 1.7e308 : k == 1 ? -1e300 : usual(r, i);
}

/* On the grid of a sum, but too far apart for two parts. */
static double far_apart(struct rng *r, size_t i)
{
	int e = (int)rng_below(r, 40);

	(void)i;
	return ldexp(1 + rng_uniform(r), -e);
}

/* Large values that cancel leave what the lower parts alone have. */
static double cancelling(struct rng *r, size_t i)
{
	double x = ldexp(1 + rng_uniform(r), -45);

	return i % 2 == 0 ? 1 + x : -1;
}

static double coarse(struct rng *r, size_t i)
{
	return floor(4 * usual(r, i)) / 8;
}

static const struct kind {
	const char *name;
	double (*next)(struct rng *r, size_t i);
} kinds[] = {
	{ "usual", usual },
	{ "few missing", few_missing },
	{ "many missing", many_missing },
	{ "stretches missing", stretches_missing },
	{ "infinite", rarely_infinite },
	{ "spikes", with_spikes },
	{ "zeros", zeros },
	{ "huge", huge },
	{ "far apart", far_apart },
	{ "cancelling", cancelling },
	{ "coarse", coarse },
};

enum { N_STREAMS = sizeof(kinds) / sizeof(kinds[0]) };

static void fill(const struct kind *kind, struct rng *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		stream[i] = kind->next(r, i);
}

/* ---------------- windows side by side --------------------------------- */

struct pair {
	leat_window *one, *many;
	leat_window_options options;
	leat_stat stats[MAX_RESULTS];
	const char *kind;
	size_t at;
};

/* Some of the statistics, each at most once, in any order. */
static size_t choose(struct rng *r, leat_stat *stats)
{
	int ids[MAX_RESULTS] = { LEAT_STAT_COUNT, LEAT_STAT_SUM, LEAT_STAT_MEAN,
		LEAT_STAT_VARIANCE, LEAT_STAT_STDDEV, LEAT_STAT_MIN,
		LEAT_STAT_MAX };
	size_t n = rng_below(r, 2) ? 1 : 1 + (size_t)rng_below(r, MAX_RESULTS);

	memset(stats, 0, MAX_RESULTS * sizeof(*stats));
	for (size_t i = 0; i < n; i++) {
		size_t k = i + (size_t)rng_below(r, MAX_RESULTS - i);
		stats[i].id = ids[k];
		ids[k] = ids[i];
	}
	return n;
}

/* A sum and a mean, or some set. */
static void open_pair(struct pair *p, size_t size, struct rng *r, int sums)
{
	static const leat_stat both[2] = { LEAT_SUM, LEAT_MEAN };

	memset(p, 0, sizeof(*p));
	p->options.stats = p->stats;
	p->options.n_stats = choose(r, p->stats);
	if (sums) {
		memcpy(p->stats, both, sizeof(both));
		p->options.n_stats = 2;
	}
	p->options.size = size;
	if (rng_below(r, 3) == 0)
		p->options.min_count = 1 + rng_below(r, size);
	if (rng_below(r, 5) == 0)
		p->options.on_missing = LEAT_ON_MISSING_PROPAGATE;
	ck_assert_int_eq(leat_window_new(&p->one, &p->options), LEAT_OK);
	ck_assert_int_eq(leat_window_new(&p->many, &p->options), LEAT_OK);
}

static void close_pair(struct pair *p)
{
	leat_window_free(p->one);
	leat_window_free(p->many);
}

static void same_row(const struct pair *p, const double *want,
    const double *row, const char *when)
{
	for (size_t k = 0; k < p->options.n_stats; k++)
		ck_assert_msg(same_bits(want[k], row[k]),
		    "%s of %s: %a singly, %a %s; size %d, push %d, of %d "
		    "statistics",
		    leat_stat_name(&p->stats[k]), p->kind, want[k], row[k],
		    when, (int)p->options.size, (int)p->at,
		    (int)p->options.n_stats);
}

/* Compares what the windows answer now. */
static void same_now(const struct pair *p)
{
	double one[MAX_RESULTS], many[MAX_RESULTS];

	leat_window_query(p->one, one);
	leat_window_query(p->many, many);
	same_row(p, one, many, "afterwards");
	ck_assert_uint_eq(pushed_into(p->one), pushed_into(p->many));
	ck_assert_uint_eq(leat_window_length(p->one),
	    leat_window_length(p->many));
}

/*
 * Pushes n values in both ways. Arrays have just the room that they need, so
 * that whoever looks beyond is found out.
 */
static void push(struct pair *p, size_t n)
{
	size_t n_stats = p->options.n_stats;
	double *x = malloc((n + 1) * sizeof(*x));
	double *out = malloc((n * n_stats + 1) * sizeof(*out));
	double want[MAX_RESULTS];

	ck_assert(x && out);
	out[n * n_stats] = 4711;
	memcpy(x + 1, stream + p->at, n * sizeof(*x));
	ck_assert_int_eq(leat_window_push_many(p->many, x + 1, NULL, n, out),
	    LEAT_OK);
	ck_assert(out[n * n_stats] == 4711);
	for (size_t i = 0; i < n; i++, p->at++) {
		leat_window_push(p->one, x[i + 1]);
		leat_window_query(p->one, want);
		same_row(p, want, out + i * n_stats, "at once");
	}
	free(x);
	free(out);
	same_now(p);
}

/* The values that both windows hold. */
static void same_content(const struct pair *p)
{
	size_t n = (size_t)leat_window_length(p->one);
	double *one = malloc(n * sizeof(*one) + 1);
	double *many = malloc(n * sizeof(*many) + 1);

	ck_assert(one && many);
	ck_assert_int_eq(leat_window_read(p->one, 0, n, one, NULL), LEAT_OK);
	ck_assert_int_eq(leat_window_read(p->many, 0, n, many, NULL), LEAT_OK);
	for (size_t i = 0; i < n; i++)
		ck_assert(same_bits(one[i], many[i]));
	free(one);
	free(many);
}

/* Calls of any lengths up to one, the first of which fill the windows. */
static void push_all(struct pair *p, struct rng *r, size_t n, size_t longest)
{
	while (p->at < n) {
		size_t most = rng_below(r, 3) == 0 ? 9 : longest;
		size_t length = (size_t)rng_below(r, most + 1);
		push(p, length < n - p->at ? length : n - p->at);
		if (rng_below(r, 4) == 0)
			same_content(p);
	}
}

/* ---------------- tests ------------------------------------------------- */

START_TEST(results_at_once_are_those_of_single_pushes)
{
	size_t size = (size_t)_i, n = 20 * size + 300;
	struct rng r = rng_new(size);

	for (size_t k = 0; k < N_STREAMS; k++)
		for (int round = 0; round < (short_run() ? 2 : 6); round++) {
			struct pair p;
			fill(&kinds[k], &r, n);
			open_pair(&p, size, &r, 0);
			p.kind = kinds[k].name;
			push_all(&p, &r, n, 14 * size + 80);
			close_pair(&p);
		}
}
END_TEST

/* Prefixes of long chunks are found again by blocks, up to a limit. */
START_TEST(results_of_large_windows_at_once_are_so_too)
{
	static const size_t sizes[] = { 130, 257, 1000, 4096, 4097, 4098,
		17000 };
	size_t size = sizes[_i], n = 4 * size < LONGEST ? 4 * size : LONGEST;
	struct rng r = rng_new(size);

	n = n < 20000 ? n + 6000 : n;
	for (size_t k = 0; k < N_STREAMS; k++) {
		struct pair p;
		if (short_run() && k % 3 != 0)
			continue;
		fill(&kinds[k], &r, n);
		open_pair(&p, size, &r, k % 2 == 0);
		p.kind = kinds[k].name;
		push(&p, 1 + size / 3);
		push_all(&p, &r, n, n);
		close_pair(&p);
	}
}
END_TEST

/* A call that is cut in two anywhere leaves the same behind. */
START_TEST(a_run_may_begin_and_end_anywhere)
{
	static const size_t sizes[] = { 5, 16, 17, 34 };
	size_t size = sizes[_i], n = 12 * size;
	struct rng r = rng_new(77);

	for (size_t first = 0; first < n; first++) {
		struct pair p;
		fill(&kinds[first % 2], &r, 3 * n);
		open_pair(&p, size, &r, 0);
		p.kind = kinds[first % 2].name;
		push(&p, first);
		push(&p, n - first / 2);
		push(&p, n);
		close_pair(&p);
	}
}
END_TEST

/* The sum of values that are on the grid of none before: each goes singly. */
START_TEST(values_that_no_grid_takes_cost_no_results)
{
	struct rng r = rng_new(5);

	for (size_t i = 0; i < 4000; i++)
		stream[i] = ldexp(rng_normal(&r),
		    (int)rng_below(&r, 1900) - 950);
	for (size_t size = 2; size < 40; size += 3) {
		struct pair p;
		open_pair(&p, size, &r, 0);
		p.kind = "any exponent";
		push_all(&p, &r, 4000, 900);
		close_pair(&p);
	}
}
END_TEST

Suite *runs_suite(void)
{
	Suite *s = suite_create("runs");
	TCase *t = tcase_create("runs");

	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t, results_at_once_are_those_of_single_pushes, 2,
	    71);
	tcase_add_loop_test(t, results_of_large_windows_at_once_are_so_too, 0,
	    7);
	tcase_add_loop_test(t, a_run_may_begin_and_end_anywhere, 0, 4);
	tcase_add_test(t, values_that_no_grid_takes_cost_no_results);
	suite_add_tcase(s, t);
	return s;
}
