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
#include "oracle.h"
#include "pushed.h"
#include "saved.h"
#include "suites.h"

enum { MOST = 400, STATS = 24 };

static int same_saved(const struct saved *a, const struct saved *b)
{
	return a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0;
}

/* ---- Windows ---- */

static const leat_stat singles[] = { LEAT_COUNT, LEAT_COUNT_MISSING, LEAT_SUM,
	LEAT_MEAN, LEAT_VARIANCE, LEAT_VARIANCE_POP, LEAT_STDDEV,
	LEAT_STDDEV_POP, LEAT_STDERR, LEAT_SKEWNESS, LEAT_SKEWNESS_POP,
	LEAT_KURTOSIS, LEAT_ZSCORE, LEAT_MIN, LEAT_MAX, LEAT_RANGE, LEAT_ARGMIN,
	LEAT_ARGMAX, LEAT_FIRST, LEAT_LAST, LEAT_RATE_OF_CHANGE, LEAT_PRODUCT,
	LEAT_GEOMETRIC_MEAN, LEAT_RMS };
static const leat_stat pairs[] = { LEAT_COUNT, LEAT_COUNT_MISSING, LEAT_SUM,
	LEAT_MEAN, LEAT_COVARIANCE, LEAT_COVARIANCE_POP, LEAT_CORRELATION,
	LEAT_SLOPE, LEAT_INTERCEPT, LEAT_MIN, LEAT_ARGMAX, LEAT_LAST, LEAT_MAE,
	LEAT_MSE, LEAT_RMSE, LEAT_R2, LEAT_BIAS, LEAT_LOG_LOSS, LEAT_ACCURACY,
	LEAT_COVERAGE };

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
	double out[STATS];

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
	leat_window_options o = landmark(singles, STATS);
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
	leat_window_options o = landmark(pairs, sizeof(pairs) / sizeof(*pairs));
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

/* Also over the place where one ends and the other begins. */
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
	leat_window_options o = landmark(singles, STATS);
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

/* As shards are: each saves what it has, and whoever joins them loads it. */
START_TEST(loaded_windows_are_joined_as_the_saved_ones_are)
{
	leat_window_options o = landmark(singles, STATS);
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

/* What is only the default is the same. */
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
