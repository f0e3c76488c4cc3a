/*
 * Joining windows by count
 *
 * What two have seen, one after the other, is known to the oracle as one
 * stream, so what the joined one says is held against exact arithmetic; what
 * it has no word for, against one object that was given both streams. What is
 * joined to is changed and nothing else is, and after an error not even that:
 * an object is the same if its saved bytes are.
 */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "classes.h"
#include "data.h"
#include "lists.h"
#include "oracle.h"
#include "pushed.h"
#include "saved.h"
#include "suites.h"

enum { MOST = 400 };

static int same_saved(const struct saved *a, const struct saved *b)
{
	return a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0;
}

/* ---- Windows ---- */

/* Statistics of a landmark window that the oracle knows. */
static leat_stat singles[N_STATS], pairs[N_STATS];
static size_t n_singles, n_pairs;

static void list_stats(void)
{
	n_singles = stats_with(0, STAT_PAIRS | STAT_SERIES, singles);
	n_pairs = stats_with(0, STAT_RANKED | STAT_SERIES | STAT_POWERS, pairs);
}

static leat_window_options landmark(const leat_stat *stats, size_t n)
{
	leat_window_options o = { 0 };

	o.kind = LEAT_LANDMARK;
	o.stats = stats;
	o.n_stats = n;
	return o;
}

static leat_window *window_of(const leat_window_options *o, const double *x,
    const double *y, size_t n)
{
	leat_window *w;

	ck_assert_int_eq(leat_window_new(&w, o), LEAT_OK);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(y ? leat_window_push_xy(w, x[i], y[i])
				   : leat_window_push(w, x[i]),
		    LEAT_OK);
	return w;
}

/* The first is what it was and the second as well: joined. */
static void join_windows(leat_window *w, leat_window *other)
{
	struct saved before = window_saved(other), after;
	uint64_t pushed = pushed_into(w) + pushed_into(other);

	ck_assert_int_eq(leat_window_merge(w, other), LEAT_OK);
	after = window_saved(other);
	ck_assert(same_saved(&before, &after));
	ck_assert_uint_eq(pushed_into(w), pushed);
	ck_assert_uint_eq(leat_window_length(w), pushed);
	saved_free(&before);
	saved_free(&after);
	leat_window_free(other);
}

static void check_window(const leat_window *w, const leat_window_options *o,
    const double *x, const double *y, size_t n, const char *name)
{
	static struct oracle all;
	double out[N_STATS];

	oracle_scan(&all, y ? 2 : 4, x, y, n);
	all.joined = 1;
	leat_window_query(w, out);
	for (size_t i = 0; i < o->n_stats; i++) {
		int id = o->stats[i].id;
		int quiet = id != LEAT_STAT_COUNT &&
		    id != LEAT_STAT_COUNT_MISSING &&
		    (all.count < (o->min_count ? o->min_count : 1) ||
			(o->on_missing == LEAT_ON_MISSING_PROPAGATE &&
			    all.missing > 0));
		int good = quiet ? isnan(out[i])
				 : oracle_agrees(&all, id, out[i]);
		ck_assert_msg(good, "%s, %zu values, %s is %.17g, not %.17g",
		    name, n, leat_stat_name(&o->stats[i]), out[i],
		    oracle_expect(&all, id).want);
	}
}

/* Cuts of a stream in two, at its ends and between; saved, and it goes on. */
static void check_cuts(const leat_window_options *o, const double *x,
    const double *y, const char *name)
{
	static const size_t cuts[][3] = { { 0, 0, 5 }, { 0, 1, 1 }, { 1, 1, 2 },
		{ 1, 2, 4 }, { 0, 60, 70 }, { 60, 60, 61 }, { 7, 200, 210 },
		{ 199, 200, 260 }, { 150, MOST, MOST } };

	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		size_t a = cuts[i][0], b = cuts[i][1], c = cuts[i][2];
		leat_window *w = window_of(o, x, y, a);
		join_windows(w, window_of(o, x + a, y ? y + a : NULL, b - a));
		check_window(w, o, x, y, b, name);
		window_again(&w, o);
		for (size_t k = b; k < c; k++)
			y ? leat_window_push_xy(w, x[k], y[k])
			  : leat_window_push(w, x[k]);
		check_window(w, o, x, y, c, name);
		leat_window_free(w);
	}
}

static void sprinkle(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		if (rng_below(r, 9) == 0)
			x[i] = NAN;
}

START_TEST(two_streams_in_one_window_are_one_stream)
{
	const struct data_set *set = &data_sets[_i];
	leat_window_options o = landmark(singles, n_singles);
	double x[MOST];
	struct rng r = rng_new((uint64_t)_i + 1);

	set->fill(x, MOST, 60, &r);
	check_cuts(&o, x, NULL, set->name);
	sprinkle(x, MOST, &r);
	check_cuts(&o, x, NULL, set->name);
	o.min_count = 40;
	check_cuts(&o, x, NULL, set->name);
	o.on_missing = LEAT_ON_MISSING_PROPAGATE;
	check_cuts(&o, x, NULL, set->name);
}
END_TEST

START_TEST(two_streams_of_pairs_are_one)
{
	static const char *const names[] = { "N(0,1)", "1e9 + N(0,1)",
		"integers", "constants", "gaps", "infinities", "huge" };
	leat_window_options o = landmark(pairs, n_pairs);
	double x[MOST], y[MOST];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct rng r = rng_new(i + 70);
		data_set(names[i])->fill(x, MOST, 60, &r);
		data_set("integers")->fill(y, MOST, 60, &r);
		check_cuts(&o, x, y, names[i]);
		check_cuts(&o, y, x, names[i]);
		data_set("huge")->fill(y, MOST, 60, &r);
		check_cuts(&o, x, y, names[i]);
		sprinkle(y, MOST, &r);
		check_cuts(&o, x, y, names[i]);
	}
}
END_TEST

/* Order is kept; and of 60 letters there is no room for more. */
START_TEST(words_are_put_together_in_order)
{
	leat_stat stats[] = { LEAT_AGG(&word_class, 0.0), LEAT_COUNT };
	leat_window_options o = landmark(stats, 2);
	struct word got, want = { 0, { 0 } };
	double x[40];

	for (size_t i = 0; i < 40; i++) {
		x[i] = i % 7 == 3 ? NAN : (double)(i * 5 % 26);
		if (!isnan(x[i]))
			want.text[want.n++] = (char)('a' + (int)x[i]);
	}
	for (size_t cut = 0; cut <= 40; cut++) {
		leat_window *w = window_of(&o, x, NULL, cut);
		double out[2];
		join_windows(w, window_of(&o, x + cut, NULL, 40 - cut));
		ck_assert_int_eq(leat_window_partial(w, &word_class, &got), 0);
		ck_assert_uint_eq(got.n, want.n);
		ck_assert(memcmp(got.text, want.text, want.n) == 0);
		leat_window_query(w, out);
		ck_assert(out[0] == word_lower(&want) && out[1] == want.n);
		leat_window_free(w);
	}
}
END_TEST

/* The counter is followed across the boundary of the two windows. */
START_TEST(a_counter_goes_on_from_one_window_to_the_other)
{
	static const leat_stat stat = LEAT_INCREASE;
	static const double x[] = { 5, 7, 2, 9, 9, 1, 30, NAN, 4, 4, 6 };
	const size_t n = sizeof(x) / sizeof(*x);
	leat_window_options o = landmark(&stat, 1);

	for (size_t cut = 0; cut <= n; cut++) {
		leat_window *w = window_of(&o, x, NULL, cut);
		double out;
		join_windows(w, window_of(&o, x + cut, NULL, n - cut));
		leat_window_query(w, &out);
		/* 2 + (2) + 7 + 0 + (1) + 29 + (4) + 0 + 2 */
		ck_assert_double_eq(out, 47);
		leat_window_free(w);
	}
}
END_TEST

/* Though it has had values: of these nothing is left, not the last one. */
START_TEST(a_window_that_was_reset_adds_nothing)
{
	static const leat_stat stats[] = { LEAT_LAST, LEAT_ZSCORE, LEAT_COUNT };
	static const double x[] = { 4, 6, 11 };
	leat_window_options o = landmark(stats, 3);
	leat_window *w = window_of(&o, x, NULL, 3);
	leat_window *other = window_of(&o, x, NULL, 2);
	double before[3], after[3];

	leat_window_query(w, before);
	leat_window_reset(other);
	ck_assert_int_eq(leat_window_merge(w, other), LEAT_OK);
	leat_window_query(w, after);
	for (int i = 0; i < 3; i++)
		ck_assert(same_bits(before[i], after[i]));
	ck_assert_double_eq(after[0], 11);
	leat_window_free(w);
	leat_window_free(other);
}
END_TEST

/* (a b) c and a (b c): what is equal for all is exact. */
START_TEST(three_windows_are_joined_in_either_way)
{
	leat_window_options o = landmark(singles, n_singles);
	double x[MOST];
	struct rng r = rng_new(5);

	data_set("1e9 + N(0,1)")->fill(x, MOST, 60, &r);
	sprinkle(x, MOST, &r);
	for (size_t a = 0; a <= 300; a += 50) {
		leat_window *left = window_of(&o, x, NULL, a),
			    *right = window_of(&o, x + a, NULL, 300 - a),
			    *w = window_of(&o, x, NULL, a);
		join_windows(left, window_of(&o, x + a, NULL, 300 - a));
		join_windows(left, window_of(&o, x + 300, NULL, 100));
		join_windows(right, window_of(&o, x + 300, NULL, 100));
		join_windows(w, right);
		check_window(left, &o, x, NULL, MOST, "(a b) c");
		check_window(w, &o, x, NULL, MOST, "a (b c)");
		leat_window_free(left);
		leat_window_free(w);
	}
}
END_TEST

/* Shards work so: each saves its state, and another process joins them. */
START_TEST(loaded_windows_are_joined_as_the_saved_ones_are)
{
	leat_window_options o = landmark(singles, n_singles);
	double x[MOST];
	struct rng r = rng_new(6);

	data_set("N(0,1)")->fill(x, MOST, 60, &r);
	for (size_t a = 0; a <= MOST; a += 80) {
		leat_window *w = window_of(&o, x, NULL, a),
			    *v = window_of(&o, x + a, NULL, MOST - a), *copy,
			    *other;
		struct saved s, t;
		ck_assert_int_eq(leat_window_copy(w, NULL, &copy), LEAT_OK);
		ck_assert_int_eq(leat_window_copy(v, NULL, &other), LEAT_OK);
		window_again(&w, &o);
		window_again(&v, &o);
		join_windows(w, v);
		join_windows(copy, other);
		s = window_saved(w);
		t = window_saved(copy);
		ck_assert(same_saved(&s, &t));
		saved_free(&s);
		saved_free(&t);
		leat_window_free(w);
		leat_window_free(copy);
	}
}
END_TEST

/* ---- Whatever has been joined loads, and goes on ---- */

enum { EVERY = 64, SHORT = 40 };

/* Finds all that a window that grows takes, be it alone or together. */
static size_t every_stat(leat_stat *stats)
{
	size_t n = 0;

	for (int id = 1; id < EVERY; id++) {
		leat_stat one = LEAT_STAT_INIT(0);
		one.id = id;
		leat_window_options o = landmark(&one, 1);
		if (id == LEAT_STAT_AGG || !leat_stat_name(&one) ||
		    leat_window_check(&o, NULL, NULL))
			continue;
		stats[n++] = one;
	}
	ck_assert_uint_gt(n, 24);
	return n;
}

/* Follows the definition, for two values or more; quarters add up exactly. */
static double grown(const double *x, const double *y, size_t n)
{
	double sum = 0, last = NAN;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(x[i]) || (y && isnan(y[i])))
			continue;
		if (count++ > 0)
			sum += x[i] < last ? x[i] : x[i] - last;
		last = x[i];
	}
	return count > 1 ? sum : NAN;
}

static void check_every(const double *out, const leat_window_options *o,
    const double *x, const double *y, size_t n)
{
	static struct oracle all;

	oracle_scan(&all, 4, x, y, n);
	all.joined = 1;
	for (size_t i = 0; i < o->n_stats; i++) {
		int id = o->stats[i].id, counter = id == LEAT_STAT_INCREASE;
		double want = counter ? grown(x, y, n)
				      : oracle_expect(&all, id).want;
		int good = counter
		    ? out[i] == want || (isnan(out[i]) && isnan(want))
		    : oracle_agrees(&all, id, out[i]);
		ck_assert_msg(good, "%zu values, %s is %.17g, not %.17g", n,
		    leat_stat_name(&o->stats[i]), out[i], want);
	}
}

/* Quarters, of which many are missing in some streams and in some none. */
static void make_short(double *x, uint64_t most, struct rng *r)
{
	uint64_t odds = rng_below(r, 4);

	for (size_t i = 0; i < SHORT; i++) {
		x[i] = (double)rng_below(r, most) / 4;
		if (rng_below(r, 4) < odds)
			x[i] = NAN;
	}
}

/* Exact results, with their times, are saved as if one had been given all. */
static void expect_as_one(const struct saved *joined,
    const leat_window_options *o, const double *x, const double *y, size_t n)
{
	static const int exact[] = { LEAT_STAT_COUNT, LEAT_STAT_MIN,
		LEAT_STAT_MAX, LEAT_STAT_RANGE, LEAT_STAT_ARGMIN,
		LEAT_STAT_ARGMAX, LEAT_STAT_FIRST, LEAT_STAT_LAST,
		LEAT_STAT_RATE_OF_CHANGE, LEAT_STAT_INCREASE };

	for (size_t i = 0; i < sizeof(exact) / sizeof(*exact); i++) {
		if (o->n_stats > 1 || o->stats[0].id != exact[i])
			continue;
		leat_window *one = window_of(o, x, y, n);
		struct saved all = window_saved(one);
		ck_assert_msg(same_saved(joined, &all), "%s of %zu values",
		    leat_stat_name(&o->stats[0]), n);
		saved_free(&all);
		leat_window_free(one);
	}
}

/* Up to five, one after the other; each time it is loaded again. */
static void join_and_load(const leat_window_options *o, const double *x,
    const double *y, struct rng *r)
{
	size_t n = rng_below(r, 6), shards = 1 + rng_below(r, 4);
	leat_window *w = window_of(o, x, y, n);
	double out[EVERY], again[EVERY];

	for (; shards > 0; shards--) {
		size_t more = rng_below(r, 7);
		join_windows(w, window_of(o, x + n, y ? y + n : NULL, more));
		n += more;
		struct saved before = window_saved(w), after;
		expect_as_one(&before, o, x, y, n);
		leat_window_query(w, out);
		window_again(&w, o);
		after = window_saved(w);
		ck_assert(same_saved(&before, &after));
		saved_free(&before);
		saved_free(&after);
		leat_window_query(w, again);
		for (size_t i = 0; i < o->n_stats; i++)
			ck_assert(same_bits(out[i], again[i]));
		check_every(again, o, x, y, n);
	}
	y ? leat_window_push_xy(w, x[n], y[n]) : leat_window_push(w, x[n]);
	leat_window_query(w, out);
	check_every(out, o, x, y, n + 1);
	leat_window_free(w);
}

START_TEST(joined_windows_of_any_statistic_load_and_go_on)
{
	leat_stat stats[EVERY];
	size_t n = every_stat(stats);
	struct rng r = rng_new(31);

	for (int round = 0; round < 60; round++)
		for (size_t i = 0; i <= n; i++) {
			leat_window_options o = landmark(stats, n);
			double x[SHORT], y[SHORT];
			uint64_t most = round % 2 ? 5 : 40;
			if (i < n)
				o = landmark(&stats[i], 1);
			make_short(x, most, &r);
			make_short(y, most, &r);
			int both = i == n || leat_stat_pairs(&stats[i]);
			join_and_load(&o, x, both ? y : NULL, &r);
		}
}
END_TEST

enum { KEYS = 5 };

/* The next values of keys, drawn by chance. */
static void push_keys(leat_keyed *k, double x[KEYS][SHORT], size_t *used,
    struct rng *r)
{
	for (size_t i = rng_below(r, SHORT / 2); i > 0; i--) {
		size_t key = rng_below(r, KEYS);
		ck_assert_int_eq(leat_keyed_push(k, &key, sizeof(key), 0,
				     x[key][used[key]++]),
		    LEAT_OK);
	}
}

/* Each key has a stream, and the first object gets the beginning of it. */
static void join_and_load_keys(const keyed_choice *o, struct rng *r)
{
	leat_keyed *k, *other;
	double x[KEYS][SHORT], out[EVERY];
	size_t used[KEYS] = { 0 };

	for (size_t i = 0; i < KEYS; i++)
		make_short(x[i], 40, r);
	ck_assert_int_eq(keyed_choice_new(&k, o), LEAT_OK);
	ck_assert_int_eq(keyed_choice_new(&other, o), LEAT_OK);
	push_keys(k, x, used, r);
	push_keys(other, x, used, r);
	ck_assert_int_eq(leat_keyed_merge(k, other), LEAT_OK);
	keyed_again(&k, o);
	for (size_t key = 0; key < KEYS; key++) {
		if (used[key] == 0)
			continue;
		ck_assert_int_eq(leat_keyed_query(k, &key, sizeof(key), out),
		    LEAT_OK);
		check_every(out, &o->by_count, x[key], NULL, used[key]);
	}
	leat_keyed_free(k);
	leat_keyed_free(other);
}

START_TEST(joined_keys_of_any_statistic_load)
{
	leat_stat stats[EVERY], ours[EVERY];
	size_t n = 0, all = every_stat(stats);
	struct rng r = rng_new(32);

	for (size_t i = 0; i < all; i++)
		if (!leat_stat_pairs(&stats[i]))
			ours[n++] = stats[i];
	for (int round = 0; round < 20; round++)
		for (size_t i = 0; i <= n; i++) {
			keyed_choice o = { 0 };
			o.by_count = i < n ? landmark(&ours[i], 1)
					   : landmark(ours, n);
			join_and_load_keys(&o, &r);
		}
}
END_TEST

/*
 * A missing value and 5, joined with 7 by version 0.1: the first push of the
 * counter is number 1, the last one number 0.
 */
START_TEST(a_counter_that_was_joined_by_an_earlier_version_loads)
{
	static const unsigned char bytes[] = { 0x6c, 0x65, 0x61, 0x74, 0x02,
		0x01, 0x00, 0x00, 0x02, 0x01, 0x19, 0x00, 0x03, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
		0x00, 0x00, 0x01, 0x22, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x03, 0x01, 0x23, 0x00, 0x03, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x1c, 0x40, 0x01, 0x0d, 0x01, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x14, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1c,
		0x40, 0x00, 0x01, 0x04, 0x00, 0xb4, 0x16, 0x8b, 0xb0 };
	static const leat_stat stat = LEAT_INCREASE;
	leat_window_options o = landmark(&stat, 1);
	leat_reader r = { 0 };
	leat_window *w;
	double out;

	r.bytes = bytes;
	r.n_bytes = sizeof(bytes);
	ck_assert_int_eq(leat_window_load(&w, &o, &r), LEAT_OK);
	leat_window_query(w, &out);
	ck_assert_double_eq(out, 2);
	window_again(&w, &o);
	ck_assert_int_eq(leat_window_push(w, 1), LEAT_OK);
	leat_window_query(w, &out);
	ck_assert_double_eq(out, 3);
	leat_window_free(w);
}
END_TEST

/* ---- What windows cannot be ---- */

static void refused_window(const leat_window_options *o,
    const leat_window_options *p, int err)
{
	static const double x[] = { 1, 2, 4, 8, 16, 32 };
	leat_window *w = window_of(o, x, NULL, 6),
		    *v = window_of(p, x, NULL, 5);
	struct saved s = window_saved(w), t;

	ck_assert_int_eq(leat_window_merge(w, v), err);
	t = window_saved(w);
	ck_assert(same_saved(&s, &t));
	saved_free(&s);
	saved_free(&t);
	leat_window_free(w);
	leat_window_free(v);
}

START_TEST(other_kinds_of_windows_are_not_joined)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_SUM };

	for (int kind = LEAT_SLIDING; kind <= LEAT_DECAY; kind++) {
		leat_window_options o = landmark(stats, 2), p = o;
		if (kind == LEAT_LANDMARK)
			continue;
		o.kind = kind;
		o.size = kind == LEAT_DECAY ? 0 : 4;
		o.hop = kind == LEAT_HOPPING ? 2 : 0;
		o.alpha = kind == LEAT_DECAY ? 0.5 : 0;
		refused_window(&o, &o, LEAT_ENOTSUP);
		refused_window(&o, &p, LEAT_ENOTSUP);
		refused_window(&p, &o, LEAT_EOPTIONS);
	}
}
END_TEST

START_TEST(windows_with_other_options_are_not_joined)
{
	leat_agg chain = chain_class;
	leat_stat stats[] = { LEAT_COUNT, LEAT_AGG(&word_class, 1.0) };
	leat_stat others[] = { LEAT_COUNT, LEAT_AGG(&word_class, 1.0) };
	leat_window_options o = landmark(stats, 2), p = o;

	p.stats = others;
	others[0] = (leat_stat)LEAT_COUNT_MISSING;
	refused_window(&o, &p, LEAT_EOPTIONS);
	others[0] = stats[0];
	others[1].arg = 2;
	refused_window(&o, &p, LEAT_EOPTIONS);
	others[1].arg = 1;
	others[1].agg = &chain;
	refused_window(&o, &p, LEAT_EOPTIONS);
	p.stats = stats;
	p.n_stats = 1;
	refused_window(&o, &p, LEAT_EOPTIONS);
	refused_window(&p, &o, LEAT_EOPTIONS);
	p.n_stats = 2;
	p.min_count = 2;
	refused_window(&o, &p, LEAT_EOPTIONS);
	p.min_count = 0;
	p.on_missing = LEAT_ON_MISSING_PROPAGATE;
	refused_window(&o, &p, LEAT_EOPTIONS);
}
END_TEST

/* An explicit default equals the default. */
START_TEST(a_default_that_is_given_is_no_other_option)
{
	static const leat_stat stat = LEAT_SUM;
	static const double x[] = { 1, 2, 3 };
	leat_window_options o = landmark(&stat, 1), p = o;
	leat_window *w = window_of(&o, x, NULL, 3);
	double out;

	p.min_count = 1;
	join_windows(w, window_of(&p, x, NULL, 3));
	leat_window_query(w, &out);
	ck_assert_double_eq(out, 12);
	leat_window_free(w);
}
END_TEST

/* ---- With itself ---- */

START_TEST(no_object_is_joined_with_itself)
{
	static const double x[] = { 1, 2, 4 };
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_SUM };
	leat_window_options by_count = landmark(stats, 2);
	leat_time_window_options by_time = { .kind = LEAT_TUMBLING };
	keyed_choice keyed_options = { 0 };
	leat_window *w = window_of(&by_count, x, NULL, 3);
	leat_time_window *t;
	leat_keyed *k;
	double out[2];

	by_time.span = 10;
	by_time.stats = stats;
	by_time.n_stats = 2;
	keyed_options.by_time = by_time;
	ck_assert_int_eq(leat_time_window_new(&t, &by_time), LEAT_OK);
	ck_assert_int_eq(keyed_choice_new(&k, &keyed_options), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(t, 1, 5), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 1, 5), LEAT_OK);

	ck_assert_int_eq(leat_window_merge(w, w), LEAT_EINVAL);
	ck_assert_int_eq(leat_time_window_merge(t, t), LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_merge(k, k), LEAT_EINVAL);

	leat_window_query(w, out);
	ck_assert(out[0] == 3 && out[1] == 7);
	leat_time_window_query(t, out);
	ck_assert(out[0] == 1 && out[1] == 5);
	ck_assert_int_eq(leat_keyed_query(k, "a", 1, out), LEAT_OK);
	ck_assert(out[0] == 1 && out[1] == 5);
	leat_window_free(w);
	leat_time_window_free(t);
	leat_keyed_free(k);
}
END_TEST

/* ---- The suite ---- */

Suite *state_merge_suite(void)
{
	list_stats();
	Suite *s = suite_create("state_merge");
	TCase *t = tcase_create("windows");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, two_streams_in_one_window_are_one_stream, 0,
	    (int)n_data_sets);
	tcase_add_test(t, two_streams_of_pairs_are_one);
	tcase_add_test(t, words_are_put_together_in_order);
	tcase_add_test(t, a_counter_goes_on_from_one_window_to_the_other);
	tcase_add_test(t, a_window_that_was_reset_adds_nothing);
	tcase_add_test(t, three_windows_are_joined_in_either_way);
	tcase_add_test(t, loaded_windows_are_joined_as_the_saved_ones_are);
	tcase_add_test(t, joined_windows_of_any_statistic_load_and_go_on);
	tcase_add_test(t, joined_keys_of_any_statistic_load);
	tcase_add_test(t,
	    a_counter_that_was_joined_by_an_earlier_version_loads);
	tcase_add_test(t, other_kinds_of_windows_are_not_joined);
	tcase_add_test(t, windows_with_other_options_are_not_joined);
	tcase_add_test(t, a_default_that_is_given_is_no_other_option);
	suite_add_tcase(s, t);
	suite_add_tcase(s, t);
	t = tcase_create("all");
	tcase_add_test(t, no_object_is_joined_with_itself);
	suite_add_tcase(s, t);
	return s;
}
