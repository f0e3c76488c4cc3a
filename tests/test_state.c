/*
 * Saved state: objects that are saved and loaded again after every step
 *
 * Two objects of the same options get the same steps; one of them is saved,
 * freed and loaded again after each. Whatever they say must have the same
 * bits to the end. This for windows by count, models, metrics and
 * detectors; windows by time and by key are in test_state_time.c, the format
 * and its errors in test_state_format.c.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "classes.h"
#include "data.h"
#include "learn_calls.h"
#include "lists.h"
#include "pushed.h"
#include "saved.h"
#include "suites.h"

enum { MANY = 64 };

static void expect_same(const double *a, const double *b, size_t n,
    const char *what, uint64_t seed, size_t step)
{
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(same_bits(a[i], b[i]),
		    "%s, seed %u, step %u: number %u is %.17g, not %.17g", what,
		    (unsigned)seed, (unsigned)step, (unsigned)i, b[i], a[i]);
}

/* Numbers of all sorts; missing ones and infinities where they may come. */
static double any_number(struct rng *r, int wild)
{
	switch (rng_below(r, wild ? 12 : 10)) {
	case 0:
		return (double)rng_below(r, 4);
	case 1:
		return 1e9 + rng_uniform(r);
	case 2:
		return -rng_uniform(r);
	case 10:
		return NAN;
	case 11:
		return rng_below(r, 6) ? NAN
		    : rng_below(r, 2)  ? HUGE_VAL
				       : -HUGE_VAL;
	default:
		return rng_normal(r) * 50;
	}
}

/* ---- Windows by count ---- */

struct window_twins {
	leat_window *a, *b;
	leat_window_options options;
	leat_stat stats[MANY];
	uint64_t seed;
	double told[2][MANY];
	int64_t at[2]; /* start, flags and counts of that one */
	size_t n_told[2];
	struct window_twins *self; /* owner of the sink */
	int which;
};

static int note_told(void *ctx, const leat_result *r)
{
	struct window_twins *t = ctx;

	memcpy(t->told[t->which], r->values, r->n_values * sizeof(double));
	t->at[t->which] = r->start + 3 * r->flags + 1000 * (int64_t)r->count +
	    1000000 * (int64_t)r->missing;
	t->n_told[t->which]++;
	return 0;
}

/* Chooses all statistics of a kind, of single values or of pairs. */
static void choose_stats(struct window_twins *t, int pairs)
{
	int decays = t->options.kind == LEAT_DECAY;
	static const leat_stat of_class[] = { LEAT_AGG(&chain_class, 0),
		LEAT_AGG(&chain_class, 3) };
	size_t n = 0;

	for (size_t i = 0; i < N_STATS; i++) {
		leat_window_options alone = t->options;
		leat_stat s = { .id = stat_list[i].number };
		size_t bytes;
		if (leat_stat_pairs(&s) && !pairs)
			continue;
		alone.stats = &s;
		alone.n_stats = 1;
		if (leat_window_check(&alone, &bytes, NULL) == LEAT_OK)
			t->stats[n++] = s;
	}
	if (!decays) {
		t->stats[n++] = of_class[0];
		t->stats[n++] = of_class[1];
	}
	t->options.stats = t->stats;
	t->options.n_stats = n;
}

/* Some sets go through bodies of their own. */
static void choose_few(struct window_twins *t, uint64_t seed)
{
	static const leat_stat few[][3] = {
		{ LEAT_SUM, LEAT_SUM, LEAT_SUM },
		{ LEAT_MIN, LEAT_MIN, LEAT_MIN },
		{ LEAT_MEAN, LEAT_STDDEV, LEAT_VARIANCE },
		{ LEAT_MIN, LEAT_MAX, LEAT_COUNT },
		{ LEAT_MEAN, LEAT_STDDEV, LEAT_MAX },
	};
	size_t which = seed % (sizeof(few) / sizeof(few[0]));

	memcpy(t->stats, few[which], sizeof(few[which]));
	if (t->options.kind == LEAT_DECAY)
		t->stats[0] = t->stats[1] = t->stats[2] = (leat_stat)LEAT_MEAN;
	t->options.stats = t->stats;
	t->options.n_stats = which < 2 ? 1 : 3;
}

static void choose_window(struct window_twins *t, int kind, struct rng *r)
{
	leat_window_options *o = &t->options;

	o->kind = kind;
	if (kind <= LEAT_HOPPING)
		o->size = 1 + rng_below(r, rng_below(r, 3) ? 12 : 90);
	if (kind == LEAT_HOPPING)
		o->hop = 1 + rng_below(r, o->size + o->size / 4 + 1);
	if (kind == LEAT_DECAY) {
		o->alpha = 0.25;
		o->unadjusted = (int)rng_below(r, 2);
	}
	o->on_missing = (int)rng_below(r, 2);
	o->min_count = rng_below(r, 2);
	if (kind == LEAT_TUMBLING || kind == LEAT_HOPPING)
		o->keep_values = (int)rng_below(r, 2);
	if (rng_below(r, 3) == 0)
		choose_few(t, rng_next(r));
	else
		choose_stats(t, (int)rng_below(r, 3) == 0);
	if (rng_below(r, 2)) {
		o->sink.emit = note_told;
		o->sink.ctx = t;
	}
}

static void push_both(struct window_twins *t, double x, double y)
{
	int pairs = 0;

	for (size_t i = 0; i < t->options.n_stats; i++)
		pairs |= leat_stat_pairs(&t->stats[i]);
	for (t->which = 0; t->which < 2; t->which++) {
		leat_window *w = t->which ? t->b : t->a;
		int err = pairs ? leat_window_push_xy(w, x, y)
				: leat_window_push(w, x);
		ck_assert_int_eq(err, LEAT_OK);
	}
}

static void flush_both(struct window_twins *t)
{
	for (t->which = 0; t->which < 2; t->which++)
		ck_assert_int_eq(leat_window_flush(t->which ? t->b : t->a),
		    LEAT_OK);
}

static void compare_values(const struct window_twins *t, size_t step)
{
	double x[2][MANY * 2];
	size_t n = (size_t)leat_window_length(t->a);
	int err = n > MANY * 2 ? LEAT_ENOTSUP
			       : leat_window_read(t->a, 0, n, x[0], NULL);

	if (err == LEAT_ENOTSUP)
		return;
	ck_assert_int_eq(leat_window_read(t->b, 0, n, x[1], NULL), LEAT_OK);
	expect_same(x[0], x[1], n, "values", t->seed, step);
}

static void compare_windows(const struct window_twins *t, size_t step)
{
	double out[2][MANY];
	size_t n = t->options.n_stats;

	leat_window_query(t->a, out[0]);
	leat_window_query(t->b, out[1]);
	expect_same(out[0], out[1], n, "query", t->seed, step);
	ck_assert_uint_eq(t->n_told[0], t->n_told[1]);
	ck_assert_int_eq(t->at[0], t->at[1]);
	expect_same(t->told[0], t->told[1], n, "told", t->seed, step);
	ck_assert_uint_eq(pushed_into(t->a), pushed_into(t->b));
	ck_assert_uint_eq(leat_window_length(t->a), leat_window_length(t->b));
	compare_values(t, step);
}

START_TEST(a_window_by_count_goes_on_with_the_same_bits)
{
	uint64_t seeds = short_run() ? 5 : 120;

	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_new(seed * 31 + (uint64_t)_i);
		struct window_twins t;
		memset(&t, 0, sizeof(t));
		t.seed = seed;
		choose_window(&t, _i, &r);
		size_t steps = 20 + 4 * (size_t)t.options.size;
		ck_assert_int_eq(leat_window_new(&t.a, &t.options), LEAT_OK);
		ck_assert_int_eq(leat_window_new(&t.b, &t.options), LEAT_OK);
		window_again(&t.b, &t.options);
		for (size_t i = 0; i < steps; i++) {
			push_both(&t, any_number(&r, 1), any_number(&r, 1));
			compare_windows(&t, i);
			if (rng_below(&r, 4) == 0)
				flush_both(&t);
			window_again(&t.b, &t.options);
			compare_windows(&t, i);
			if (rng_below(&r, 4) == 0)
				flush_both(&t);
			compare_windows(&t, i);
		}
		leat_window_free(t.a);
		leat_window_free(t.b);
	}
}
END_TEST

/* Many at once, and one window into which a state of other places goes. */
START_TEST(a_loaded_window_takes_arrays_as_the_saved_one_would)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };
	leat_window_options o = { 0 };
	double x[300], out[2][600];
	struct rng r = rng_new(5);
	leat_window *a, *b;

	o.size = 37;
	o.stats = stats;
	o.n_stats = 2;
	ck_assert_int_eq(leat_window_new(&a, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_new(&b, &o), LEAT_OK);
	for (size_t round = 0; round < 40; round++) {
		size_t n = 1 + (size_t)rng_below(&r, 300);
		for (size_t i = 0; i < n; i++)
			x[i] = any_number(&r, rng_below(&r, 50) == 0);
		leat_window_push_many(a, x, NULL, n, out[0]);
		leat_window_push_many(b, x, NULL, n, out[1]);
		expect_same(out[0], out[1], 2 * n, "rows", 5, round);
		window_again(&b, &o);
	}
	leat_window_free(a);
	leat_window_free(b);
}
END_TEST

START_TEST(a_loaded_window_of_words_tells_the_whole_word)
{
	const leat_stat word = LEAT_AGG(&word_class, 0);
	leat_window_options o = { 0 };
	struct word w;
	leat_window *a;

	o.kind = LEAT_HOPPING;
	o.size = 8;
	o.hop = 2;
	o.stats = &word;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&a, &o), LEAT_OK);
	for (int i = 0; i < 26; i++) {
		leat_window_push(a, i);
		window_again(&a, &o);
	}
	ck_assert_int_eq(leat_window_partial(a, &word_class, &w), LEAT_OK);
	ck_assert_uint_eq(w.n, 8);
	ck_assert(memcmp(w.text, "stuvwxyz", 8) == 0);
	leat_window_free(a);
}
END_TEST

/* ---- Models ---- */

enum { FEATURES = 5 };

static const struct model_case {
	int update, loss;
	double l1, l2, clip, power, forgetting;
	int average, rates, no_intercept;
} model_cases[] = {
	{ LEAT_UPDATE_ADAPTIVE, LEAT_LOSS_SQUARED, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_ADAPTIVE, LEAT_LOSS_QUANTILE, 0, 0.1, 0, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_ADAPTIVE, LEAT_LOSS_LOGISTIC, 0.01, 0, 0, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_ADAPTIVE, LEAT_LOSS_POISSON, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_SGD, LEAT_LOSS_SQUARED, 0, 0, 1, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_SGD, LEAT_LOSS_HUBER, 0.01, 0.01, 0, 0.5, 0, 1, 1, 0 },
	{ LEAT_UPDATE_SGD, LEAT_LOSS_LOGISTIC, 0, 0, 0, 0, 0, 0, 0, 1 },
	{ LEAT_UPDATE_ADAGRAD, LEAT_LOSS_SQUARED, 0.01, 0.1, 1, 0, 0, 0, 1, 0 },
	{ LEAT_UPDATE_ADAGRAD, LEAT_LOSS_HINGE, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_NLMS, LEAT_LOSS_SQUARED, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_PA1, LEAT_LOSS_EPSILON, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_PA2, LEAT_LOSS_HINGE, 0, 0, 0, 0, 0, 0, 0, 1 },
	{ LEAT_UPDATE_FTRL, LEAT_LOSS_LOGISTIC, 0.1, 0.1, 2, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_FTRL, LEAT_LOSS_SQUARED, 0, 0, 0, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_RLS, LEAT_LOSS_SQUARED, 0, 0.1, 0, 0, 1, 0, 0, 0 },
	{ LEAT_UPDATE_RLS, LEAT_LOSS_SQUARED, 0, 0, 0, 0, 0.98, 0, 0, 1 },
	{ LEAT_UPDATE_COCOB, LEAT_LOSS_SQUARED, 0, 0, 5, 0, 0, 0, 0, 0 },
	{ LEAT_UPDATE_COCOB, LEAT_LOSS_EPSILON, 0, 0, 0, 0, 0, 0, 0, 1 },
};

enum { MODEL_CASES = sizeof(model_cases) / sizeof(model_cases[0]) };

static leat_model_options model_options(const struct model_case *c)
{
	static const double rates[FEATURES] = { 1, 0.5, 2, 0, 1 };
	leat_model_options o;

	memset(&o, 0, sizeof(o));
	o.n_features = FEATURES;
	o.update = c->update;
	o.loss = c->loss;
	o.l1 = c->l1;
	o.l2 = c->l2;
	o.clip = c->clip;
	o.power = c->power;
	o.forgetting = c->forgetting;
	o.average = c->average;
	o.no_intercept = c->no_intercept;
	o.rates = c->rates ? rates : NULL;
	return o;
}

static double target_for(int loss, struct rng *r, const double *x)
{
	double y = 3 + 2 * x[0] - x[1] + rng_normal(r);

	y = target_of(loss, loss_list[loss].targets ? y - 3 : y);
	return loss_list[loss].targets == NOT_NEGATIVE ? floor(y) : y;
}

static void learn_both(leat_model *a, leat_model *b, int loss, struct rng *r,
    size_t step)
{
	double x[FEATURES], y, weight, p[2] = { 0, 0 };
	uint32_t index[FEATURES];
	size_t n = 0;
	int err[2];

	for (size_t i = 0; i < FEATURES; i++)
		x[i] = rng_below(r, 3) ? rng_normal(r) * (double)(1 + i) : 0;
	if (rng_below(r, 20) == 0)
		x[1] = NAN;
	y = target_for(loss, r, x);
	weight = rng_below(r, 4) ? 1 : rng_uniform(r) * 3;
	if (rng_below(r, 4) == 0) {
		for (uint32_t i = 0; i < FEATURES; i++)
			if (x[i] != 0) {
				index[n] = i;
				x[n++] = x[i];
			}
		err[0] = leat_model_learn_sparse(a, index, x, y, weight, n, p);
		err[1] = leat_model_learn_sparse(b, index, x, y, weight, n,
		    p + 1);
	} else {
		err[0] = learn_weighted(a, x, y, weight, p);
		err[1] = learn_weighted(b, x, y, weight, p + 1);
	}
	ck_assert_int_eq(err[0], err[1]);
	expect_same(p, p + 1, 1, "prediction", 0, step);
}

START_TEST(a_model_goes_on_with_the_same_bits)
{
	const struct model_case *c = &model_cases[_i];
	leat_model_options o = model_options(c);
	struct rng r = rng_new(1000 + (uint64_t)_i);
	double w[2][FEATURES + 1];
	leat_model *a, *b;

	ck_assert_int_eq(leat_model_new(&a, &o), LEAT_OK);
	ck_assert_int_eq(leat_model_new(&b, &o), LEAT_OK);
	for (size_t i = 0; i < 400; i++) {
		model_again(&b, &o);
		learn_both(a, b, c->loss, &r, i);
		leat_model_coefficients(a, w[0], &w[0][FEATURES]);
		leat_model_coefficients(b, w[1], &w[1][FEATURES]);
		expect_same(w[0], w[1], FEATURES + 1, "w", (uint64_t)_i, i);
		ck_assert_uint_eq(learned_by(a), learned_by(b));
		ck_assert_uint_eq(refused_by(a), refused_by(b));
	}
	ck_assert_uint_gt(refused_by(a), 0);
	leat_model_free(a);
	leat_model_free(b);
}
END_TEST

/* ---- Detectors ---- */

static const leat_drift_options detectors[] = {
	{ .kind = LEAT_DRIFT_PAGE_HINKLEY, .delta = 0.05, .threshold = 5 },
	{ .kind = LEAT_DRIFT_PAGE_HINKLEY,
	    .threshold = 3,
	    .direction = LEAT_CHANGE_FALL },
	{ .kind = LEAT_DRIFT_ADWIN },
	{ .kind = LEAT_DRIFT_ADWIN, .delta = 0.3 },
	{ .kind = LEAT_DRIFT_ZSCORE },
	{ .kind = LEAT_DRIFT_ZSCORE, .size = 20, .threshold = 2 },
	{ .kind = LEAT_DRIFT_EWMA },
	{ .kind = LEAT_DRIFT_EWMA, .mean = 0.5, .stddev = 0.2 },
};

enum { DETECTORS = sizeof(detectors) / sizeof(detectors[0]) };

START_TEST(a_detector_goes_on_with_the_same_bits)
{
	const leat_drift_options *o = &detectors[_i];
	struct rng r = rng_new(9);
	leat_drift *a, *b;
	size_t alarms = 0;

	ck_assert_int_eq(leat_drift_new(&a, o), LEAT_OK);
	ck_assert_int_eq(leat_drift_new(&b, o), LEAT_OK);
	for (size_t i = 0; i < 2000; i++) {
		double x = rng_uniform(&r) + (double)(i / 400 % 2);
		double m[2];
		drift_again(&b, o);
		leat_drift_answer p, q;
		leat_counts n;
		ck_assert_int_eq(leat_drift_push(a, x, &p), LEAT_OK);
		ck_assert_int_eq(leat_drift_push(b, x, &q), LEAT_OK);
		ck_assert_int_eq(p.change, q.change);
		alarms += p.change != LEAT_CHANGE_NONE;
		m[0] = leat_drift_mean(a);
		m[1] = leat_drift_mean(b);
		expect_same(m, m + 1, 1, "mean", (uint64_t)_i, i);
		expect_same(&p.score, &q.score, 1, "score", (uint64_t)_i, i);
		ck_assert_uint_eq(leat_drift_width(a), leat_drift_width(b));
		leat_drift_counts(b, &n);
		ck_assert_uint_eq(n.taken, i + 1);
	}
	ck_assert_uint_gt(alarms, 0);
	leat_drift_free(a);
	leat_drift_free(b);
}
END_TEST

Suite *state_suite(void)
{
	Suite *s = suite_create("state");
	TCase *c = tcase_create("windows by count");

	tcase_set_timeout(c, 600);
	tcase_add_loop_test(c, a_window_by_count_goes_on_with_the_same_bits,
	    LEAT_SLIDING, LEAT_DECAY + 1);
	tcase_add_test(c, a_loaded_window_takes_arrays_as_the_saved_one_would);
	tcase_add_test(c, a_loaded_window_of_words_tells_the_whole_word);
	suite_add_tcase(s, c);
	c = tcase_create("models");
	tcase_set_timeout(c, 600);
	tcase_add_loop_test(c, a_model_goes_on_with_the_same_bits, 0,
	    MODEL_CASES);
	tcase_add_loop_test(c, a_detector_goes_on_with_the_same_bits, 0,
	    DETECTORS);
	suite_add_tcase(s, c);
	return s;
}
