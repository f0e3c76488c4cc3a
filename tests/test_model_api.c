/*
 * Properties of every update and loss: prediction before learning,
 * sparse and dense rows, arrays and single samples, refusals, copies,
 * memory, options.
 *
 * Two models that must be equal are compared by what they predict next, by
 * their coefficients, and by going on with both, always with ==.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "data.h"
#include "learn_calls.h"
#include "learn_data.h"
#include "lists.h"
#include "suites.h"

enum { D_MAX = 130 };

static int token; /* something to point at */

enum option {
	NO_INTERCEPT,
	RATE,
	POWER,
	AVERAGE,
	FORGETTING,
	L1,
	L2,
	CLIP,
	RATES,
	N_OPTIONS
};

static int takes(int update, int option)
{
	static const unsigned bits[N_OPTIONS] = { HAS_NO_INTERCEPT, HAS_RATE,
		HAS_POWER, HAS_AVERAGE, HAS_FORGETTING, HAS_L1, HAS_L2,
		HAS_CLIP, HAS_RATES };

	return update_has(update, bits[option]);
}

static double some_rates[D_MAX];

static void set_option(leat_model_options *o, int option, double value)
{
	double *const number[N_OPTIONS] = { [RATE] = &o->rate,
		[POWER] = &o->power,
		[FORGETTING] = &o->forgetting,
		[L1] = &o->l1,
		[L2] = &o->l2,
		[CLIP] = &o->clip };
	if (number[option] != NULL)
		*number[option] = value;
	else if (option == NO_INTERCEPT)
		o->no_intercept = value != 0;
	else if (option == AVERAGE)
		o->average = value != 0;
	else
		o->rates = some_rates;
}

/* Every option that this update takes, but for those in `without`. */
static leat_model_options rich(int update, int loss, size_t d, unsigned without)
{
	static const double value[N_OPTIONS] = { 1, 0.2, 0.5, 1, 0.98, 0.01,
		0.05, 0.8, 1 };
	leat_model_options o = learn_options(update, loss, d);
	for (size_t i = 0; i < D_MAX; i++)
		some_rates[i] = (double)(i % 3) / 2;
	for (int k = 0; k < N_OPTIONS; k++)
		if (takes(update, k) && !(without >> k & 1))
			set_option(&o, k, value[k]);
	return o;
}

static leat_model *open_model(const leat_model_options *o)
{
	leat_model *m;
	int err = leat_model_new(&m, o);
	ck_assert_msg(err == LEAT_OK, "update %d loss %d: %d", o->update,
	    o->loss, err);
	return m;
}

static void teach(leat_model *m, const leat_model_options *o, size_t n,
    uint64_t seed)
{
	struct rng r = rng_new(seed);
	double x[D_MAX];
	for (size_t k = 0; k < n; k++) {
		double y = learn_sample(o->loss, x, o->n_features, &r);
		ck_assert_int_eq(leat_model_learn(m, x, y, NULL), LEAT_OK);
	}
}

/* Checks that models look equal, as far as queries show. */
static void look_equal(const leat_model *a, const leat_model *b,
    const leat_model_options *o, int line)
{
	double u[D_MAX], v[D_MAX], i, j, x[D_MAX];
	struct rng r = rng_new(99);
	leat_model_coefficients(a, u, &i);
	leat_model_coefficients(b, v, &j);
	int same = same_bits(i, j) && learned_by(a) == learned_by(b);
	for (size_t k = 0; k < o->n_features; k++)
		same = same && same_bits(u[k], v[k]);
	learn_sample(o->loss, x, o->n_features, &r);
	same = same &&
	    same_bits(leat_model_score(a, x), leat_model_score(b, x)) &&
	    same_bits(leat_model_predict(a, x), leat_model_predict(b, x));
	if (!same)
		ck_abort_msg("line %d: update %d loss %d d %zu differ", line,
		    o->update, o->loss, o->n_features);
}

/* Also in what they will do. Both learn. */
static void equal(leat_model *a, leat_model *b, const leat_model_options *o,
    int line)
{
	look_equal(a, b, o, line);
	for (uint64_t k = 0; k < 5; k++) {
		teach(a, o, 2, 500 + k);
		teach(b, o, 2, 500 + k);
		look_equal(a, b, o, line);
	}
}

#define EQUAL(a, b, o) equal(a, b, o, __LINE__)

/* For each update, loss, and both plain and rich options: runs a test. */
static void for_each_kind(size_t d, void (*test)(const leat_model_options *o))
{
	for (int u = 0; u < N_UPDATES; u++) {
		for (int l = 0; l < N_LOSSES; l++) {
			if (!update_takes_loss(u, l))
				continue;
			leat_model_options o = learn_options(u, l, d);
			test(&o);
			o = rich(u, l, d, 0);
			test(&o);
		}
	}
}

/* ------------------------------------------------------------------ */
/* Predicting                                                         */
/* ------------------------------------------------------------------ */

static void predicts_first(const leat_model_options *o)
{
	leat_model *m = open_model(o);
	struct rng r = rng_new(1);
	double x[D_MAX];
	size_t n = short_run() ? 30 : 150;
	for (size_t k = 0; k < n; k++) {
		double y = learn_sample(o->loss, x, o->n_features, &r), p = 0;
		double before = leat_model_predict(m, x);
		double f = leat_model_score(m, x);
		double weight = k % 4 ? 1 : 3 * rng_uniform(&r);
		learn_weighted(m, x, y, weight, &p);
		if (!same_bits(p, before) ||
		    !same_bits(p, leat_loss_prediction(o->loss, f)))
			ck_abort_msg("update %d loss %d sample %zu: %a, "
				     "predicted %a",
			    o->update, o->loss, k, p, before);
	}
	ck_assert_uint_eq(learned_by(m), n);
	leat_model_free(m);
}

START_TEST(learning_tells_what_was_predicted_just_before)
{
	static const size_t dims[] = { 1, 2, 5, 8, 13 };
	for_each_kind(dims[_i], predicts_first);
}
END_TEST

static void looks_only(const leat_model_options *o)
{
	leat_model *a = open_model(o), *b = open_model(o);
	struct rng r = rng_new(2);
	double x[D_MAX], wild[D_MAX], w[D_MAX], i;
	const uint32_t index[2] = { 0, 4 };
	for (size_t k = 0; k < 40; k++) {
		double y = learn_sample(o->loss, x, o->n_features, &r), p, q;
		for (size_t j = 0; j < o->n_features; j++)
			wild[j] = 1e6 * rng_normal(&r);
		leat_model_predict(a, wild);
		leat_model_score(a, wild);
		wild[k % o->n_features] = (double)NAN;
		ck_assert(isnan(leat_model_predict(a, wild)));
		leat_model_predict_sparse(a, index, x, 2);
		leat_model_coefficients(a, w, &i);
		leat_model_coefficients(a, NULL, NULL);
		leat_model_learn(a, x, y, &p);
		leat_model_learn(b, x, y, &q);
		ck_assert(same_bits(p, q));
	}
	EQUAL(a, b, o);
	ck_assert_uint_eq(refused_by(a), 0);
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(predicting_changes_nothing)
{
	for_each_kind(6, looks_only);
}
END_TEST

static void is_zero(const leat_model_options *o)
{
	leat_model *m = open_model(o);
	double x[D_MAX] = { 0 }, w[D_MAX], b;
	for (size_t i = 0; i < o->n_features; i++)
		x[i] = 10.0 * (double)i - 7;
	leat_model_coefficients(m, w, &b);
	for (size_t i = 0; i < o->n_features; i++)
		ck_assert(w[i] == 0);
	ck_assert(b == 0);
	ck_assert(leat_model_score(m, x) == 0);
	ck_assert(leat_model_predict(m, x) == leat_loss_prediction(o->loss, 0));
	ck_assert_uint_eq(learned_by(m), 0);
	leat_model_free(m);
}

START_TEST(a_new_model_is_all_zero)
{
	for_each_kind(5, is_zero);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Sparse rows                                                        */
/* ------------------------------------------------------------------ */

/* Spreads a random selection of x, some of it 0, into dense. */
static size_t thin_out(const double *x, size_t d, uint64_t one_in,
    uint32_t *index, double *few, double *dense, struct rng *r)
{
	size_t n = 0;
	for (size_t i = 0; i < d; i++) {
		dense[i] = 0;
		if (rng_below(r, one_in) != 0)
			continue;
		index[n] = (uint32_t)i;
		few[n] = rng_below(r, 9) ? x[i] : 0;
		dense[i] = few[n++];
	}
	return n;
}

static void sparse_is_dense(const leat_model_options *from)
{
	leat_model_options o = *from;
	int penalised = o.update == LEAT_UPDATE_SGD ||
	    o.update == LEAT_UPDATE_ADAGRAD;
	if (penalised && (o.l1 > 0 || o.l2 > 0))
		o.l1 = o.l2 = 0; /* for these the forms differ */
	leat_model *a = open_model(&o), *b = open_model(&o);
	struct rng r = rng_new(3);
	double x[D_MAX], few[D_MAX], dense[D_MAX];
	uint32_t index[D_MAX];
	for (size_t k = 0; k < 60; k++) {
		double y = learn_sample(o.loss, x, o.n_features, &r), p = 0,
		       q = 0;
		double weight = k % 3 ? 1 : 2 * rng_uniform(&r);
		size_t n = thin_out(x, o.n_features, 1 + k % 5 * k, index, few,
		    dense, &r);
		p = leat_model_predict(a, dense);
		q = leat_model_predict_sparse(b, index, few, n);
		int same = same_bits(p, q);
		learn_weighted(a, dense, y, weight, &p);
		leat_model_learn_sparse(b, index, few, y, weight, n, &q);
		if (!same || !same_bits(p, q))
			ck_abort_msg("update %d loss %d d %zu sample %zu: "
				     "%a, sparse %a",
			    o.update, o.loss, o.n_features, k, p, q);
		look_equal(a, b, &o, __LINE__);
	}
	EQUAL(a, b, &o);
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(a_sparse_row_is_the_dense_one_bit_for_bit)
{
	static const size_t dims[] = { 1, 3, 8, 9, 63 };
	for_each_kind(dims[_i], sparse_is_dense);
}
END_TEST

START_TEST(sparse_rows_of_more_features_are_the_dense_ones_too)
{
	static const int updates[] = { LEAT_UPDATE_ADAPTIVE, LEAT_UPDATE_SGD,
		LEAT_UPDATE_FTRL, LEAT_UPDATE_NLMS };
	for (size_t k = 0; k < 4; k++) {
		leat_model_options o = learn_options(updates[k], 0, D_MAX);
		sparse_is_dense(&o);
	}
}
END_TEST

static void empty_row(const leat_model_options *o)
{
	leat_model *a = open_model(o), *b = open_model(o);
	const double x[D_MAX] = { 0 };
	teach(a, o, 10, 4);
	teach(b, o, 10, 4);
	double p = leat_model_predict(a, x), q;
	ck_assert(same_bits(p, leat_model_predict_sparse(b, NULL, NULL, 0)));
	leat_model_learn(a, x, 1, &p);
	ck_assert_int_eq(leat_model_learn_sparse(b, NULL, NULL, 1, 1, 0, &q),
	    LEAT_OK);
	ck_assert(same_bits(p, q));
	if (o->l1 == 0 && o->l2 == 0)
		EQUAL(a, b, o);
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(a_sparse_row_of_nothing_is_all_zeros)
{
	for_each_kind(7, empty_row);
}
END_TEST

/*
 * Penalties of SGD and ADAGRAD meet the features that a sparse row names
 * and no others: those are what a model of them alone would have.
 */
START_TEST(sparse_penalties_leave_other_features_alone)
{
	static const int updates[] = { LEAT_UPDATE_SGD, LEAT_UPDATE_ADAGRAD };
	const uint32_t index[3] = { 0, 1, 2 };
	for (size_t k = 0; k < 2; k++) {
		leat_model_options o = learn_options(updates[k], 0, 3);
		struct rng r = rng_new(6);
		double x[3], w[20], u[3];
		o.l1 = 0.01;
		o.l2 = 0.1;
		leat_model *few = open_model(&o);
		o.n_features = 20;
		leat_model *all = open_model(&o);
		for (int i = 0; i < 100; i++) {
			double y = learn_sample(0, x, 3, &r);
			leat_model_learn(few, x, y, NULL);
			leat_model_learn_sparse(all, index, x, y, 1, 3, NULL);
		}
		const uint32_t last = 19;
		leat_model_coefficients(few, u, NULL);
		for (int i = 0; i < 50; i++)
			leat_model_learn_sparse(all, &last, x, 1, 1, 1, NULL);
		leat_model_coefficients(all, w, NULL);
		for (int i = 0; i < 3; i++)
			ck_assert(u[i] != 0 && same_bits(w[i], u[i]));
		leat_model_free(few);
		leat_model_free(all);
	}
}
END_TEST

static void bad_indices(const leat_model_options *o)
{
	static const uint32_t bad[][3] = { { 0, 1, 9 }, { 0, 2, 1 },
		{ 1, 1, 2 }, { 3, 0, 1 }, { UINT32_MAX, 0, 1 }, { 9, 10, 11 },
		{ 0, 1, UINT32_MAX }, { 0, 0, 1 } };
	const double x[3] = { 1, 2, 3 };
	leat_model *a = open_model(o), *b = open_model(o);
	size_t n = sizeof(bad) / sizeof(*bad);
	teach(a, o, 10, 7);
	teach(b, o, 10, 7);
	for (size_t k = 0; k < n; k++) {
		double p = 4711;
		ck_assert_int_eq(leat_model_learn_sparse(a, bad[k], x, 1, 1, 3,
				     &p),
		    LEAT_EINDEX);
		ck_assert(p == 4711);
		ck_assert(isnan(leat_model_predict_sparse(a, bad[k], x, 3)));
	}
	ck_assert_uint_eq(refused_by(a), 0);
	EQUAL(a, b, o);
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(indices_out_of_range_or_order_are_refused)
{
	for_each_kind(9, bad_indices);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Many                                                               */
/* ------------------------------------------------------------------ */

enum { MANY = 60 };

struct batch {
	double x[MANY * 5], y[MANY], weight[MANY];
};

/* Every seventh sample is one that is refused, for each reason in turn. */
static void fill_batch(struct batch *b, int loss, struct rng *r)
{
	for (size_t k = 0; k < MANY; k++) {
		b->y[k] = learn_sample(loss, b->x + 5 * k, 5, r);
		b->weight[k] = rng_below(r, 3) ? 1 : 2 * rng_uniform(r);
		if (k % 7 != 3)
			continue;
		if (k % 4 == 0)
			b->x[5 * k + k % 5] = HUGE_VAL;
		else if (k % 4 == 1)
			b->weight[k] = (double)NAN;
		else if (k % 4 == 2)
			b->y[k] = (double)NAN;
		else
			b->weight[k] = 0;
	}
}

static void many_is_single(const leat_model_options *o)
{
	for (int form = 0; form < 4; form++) {
		leat_model *a = open_model(o), *c = open_model(o);
		struct rng r = rng_new(8);
		struct batch b;
		double p[MANY];
		int first = LEAT_OK;
		fill_batch(&b, o->loss, &r);
		const double *w = form % 2 ? b.weight : NULL;
		int got = leat_model_learn_many(a, b.x, b.y, w, MANY,
		    form / 2 ? p : NULL);
		for (size_t k = 0; k < MANY; k++) {
			double q = (double)NAN;
			int err = learn_weighted(c, b.x + 5 * k, b.y[k],
			    w != NULL ? w[k] : 1, &q);
			first = first ? first : err;
			if (form / 2 && !same_bits(p[k], q))
				ck_abort_msg("update %d loss %d sample %zu",
				    o->update, o->loss, k);
		}
		ck_assert_int_eq(got, first);
		ck_assert_int_ne(got, LEAT_OK);
		ck_assert_uint_eq(refused_by(a), refused_by(c));
		EQUAL(a, c, o);
		leat_model_free(a);
		leat_model_free(c);
	}
}

START_TEST(many_samples_are_as_many_single_ones)
{
	for_each_kind(5, many_is_single);
}
END_TEST

static void refuses_a_negative_weight(const leat_model_options *o)
{
	leat_model *a = open_model(o), *b = open_model(o);
	struct rng r = rng_new(9);
	struct batch batch;
	fill_batch(&batch, o->loss, &r);
	for (size_t k = 0; k < MANY; k++) {
		double keep = batch.weight[k];
		double p[MANY] = { 4711, 4711 };
		batch.weight[k] = k % 2 ? -1 : -DBL_MIN;
		ck_assert_int_eq(leat_model_learn_many(a, batch.x, batch.y,
				     batch.weight, MANY, p),
		    LEAT_EINVAL);
		ck_assert(p[0] == 4711 && p[1] == 4711);
		batch.weight[k] = keep;
	}
	ck_assert_uint_eq(refused_by(a), 0);
	EQUAL(a, b, o);
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(a_weight_below_0_among_many_is_no_sample_at_all)
{
	for_each_kind(5, refuses_a_negative_weight);
}
END_TEST

START_TEST(no_samples_are_fine)
{
	leat_model_options o = learn_options(0, 0, 5);
	leat_model *m = open_model(&o);
	ck_assert_int_eq(leat_model_learn_many(m, NULL, NULL, NULL, 0, NULL),
	    LEAT_OK);
	ck_assert_uint_eq(learned_by(m), 0);
	leat_model_free(m);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Refusals                                                           */
/* ------------------------------------------------------------------ */

struct refusal {
	leat_model *m;
	const leat_model_options *o;
	uint64_t n;
};

static void refuses(struct refusal *f, const double *x, double y, double weight,
    int code)
{
	double p = 4711;
	int got = learn_weighted(f->m, x, y, weight, &p);
	if (got != code || p != 4711)
		ck_abort_msg("update %d loss %d, y %g weight %g: %d, not %d",
		    f->o->update, f->o->loss, y, weight, got, code);
	f->n += code > 0;
	ck_assert_uint_eq(refused_by(f->m), f->n);
	if (weight != 1)
		return;
	ck_assert_int_eq(leat_model_learn(f->m, x, y, &p), code);
	ck_assert(p == 4711);
	ck_assert_int_eq(leat_model_learn(f->m, x, y, NULL), code);
	f->n += 2;
}

static void refuses_sparse(struct refusal *f, const double *x, double y,
    double weight, int code)
{
	uint32_t index[D_MAX];
	double p = 4711;
	for (size_t i = 0; i < f->o->n_features; i++)
		index[i] = (uint32_t)i;
	ck_assert_int_eq(leat_model_learn_sparse(f->m, index, x, y, weight,
			     f->o->n_features, &p),
	    code);
	ck_assert(p == 4711);
	f->n += code > 0;
}

static void refuses_all(struct refusal *f, uint64_t seed)
{
	const double bad[3] = { (double)NAN, HUGE_VAL, -HUGE_VAL };
	struct rng r = rng_new(seed);
	size_t d = f->o->n_features;
	double x[D_MAX];
	double y = learn_sample(f->o->loss, x, d, &r);
	for (size_t k = 0; k < 3; k++) {
		for (size_t i = 0; i < d; i++) {
			double keep = x[i];
			x[i] = bad[k];
			refuses(f, x, y, 1, LEAT_NOT_FINITE);
			refuses(f, x, y, 0, LEAT_NOT_FINITE);
			refuses_sparse(f, x, y, 1, LEAT_NOT_FINITE);
			ck_assert(isnan(leat_model_predict(f->m, x)));
			ck_assert(isnan(leat_model_score(f->m, x)));
			x[i] = keep;
		}
		refuses(f, x, bad[k], 1, LEAT_NOT_FINITE);
		refuses(f, x, bad[k], 0, LEAT_NOT_FINITE);
		refuses(f, x, y, bad[k],
		    bad[k] < 0 ? LEAT_EINVAL : LEAT_NOT_FINITE);
		refuses_sparse(f, x, bad[k], 1, LEAT_NOT_FINITE);
		refuses_sparse(f, x, y, bad[k],
		    bad[k] < 0 ? LEAT_EINVAL : LEAT_NOT_FINITE);
	}
	refuses(f, x, y, -1, LEAT_EINVAL);
	refuses(f, x, y, -DBL_MIN, LEAT_EINVAL);
	refuses_sparse(f, x, y, -2, LEAT_EINVAL);
}

/* Targets that a loss cannot have; NaN ends the list. */
static void refuses_targets(struct refusal *f)
{
	static const double above[N_LOSSES][6] = {
		[LEAT_LOSS_LOGISTIC] = { -0.5, 1.5, -1, 1 + DBL_EPSILON,
		    -1e-300, 2 },
		[LEAT_LOSS_HINGE] = { -1, 0.5, 2, 1e-300, 1 - DBL_EPSILON, 7 },
		[LEAT_LOSS_POISSON] = { -1, -1e-300, -7, -DBL_MAX, -0.5, -2 },
	};
	const double x[D_MAX] = { 0 };
	if (f->o->loss < LEAT_LOSS_LOGISTIC)
		return;
	for (size_t k = 0; k < 6; k++) {
		refuses(f, x, above[f->o->loss][k], 1, LEAT_BAD_TARGET);
		refuses(f, x, above[f->o->loss][k], 0, LEAT_BAD_TARGET);
		refuses_sparse(f, x, above[f->o->loss][k], 1, LEAT_BAD_TARGET);
	}
}

static void goes_on(const leat_model_options *o)
{
	leat_model *a = open_model(o), *b = open_model(o);
	struct refusal f = { a, o, 0 };
	for (uint64_t k = 0; k < 4; k++) {
		refuses_all(&f, k); /* before the first sample too */
		refuses_targets(&f);
		look_equal(a, b, o, __LINE__);
		teach(a, o, 7, 20 + k);
		teach(b, o, 7, 20 + k);
	}
	EQUAL(a, b, o);
	ck_assert_uint_eq(refused_by(a), f.n);
	ck_assert_uint_eq(refused_by(b), 0);
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(what_is_refused_leaves_no_trace)
{
	static const size_t dims[] = { 1, 2, 5, 8, 11, 16 };
	for_each_kind(dims[_i], goes_on);
}
END_TEST

static void weighs_nothing(const leat_model_options *o)
{
	leat_model *a = open_model(o), *b = open_model(o);
	struct rng r = rng_new(30);
	double x[D_MAX], p = 0;
	for (uint64_t k = 0; k < 20; k++) {
		double y = learn_sample(o->loss, x, o->n_features, &r);
		double want = leat_model_predict(a, x);
		ck_assert_int_eq(learn_weighted(a, x, y, 0, &p), LEAT_OK);
		ck_assert(same_bits(p, want));
		ck_assert_int_eq(learn_weighted(a, x, y, -0.0, NULL), LEAT_OK);
		look_equal(a, b, o, __LINE__);
		teach(a, o, 1, k);
		teach(b, o, 1, k);
	}
	ck_assert_uint_eq(learned_by(a), 20);
	ck_assert_uint_eq(refused_by(a), 0);
	EQUAL(a, b, o);
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(weight_0_changes_nothing)
{
	for_each_kind(5, weighs_nothing);
}
END_TEST

/* Scores of those that are linear in raw x; ADAPTIVE's cannot overflow. */
static void overflows(const leat_model_options *o)
{
	leat_model *a = open_model(o), *b = open_model(o);
	double x[D_MAX], w[D_MAX], p = 4711;
	teach(a, o, 200, 31);
	teach(b, o, 200, 31);
	leat_model_coefficients(a, w, NULL);
	for (size_t i = 0; i < o->n_features; i++)
		x[i] = w[i] > 0 ? DBL_MAX : -DBL_MAX;
	double f = leat_model_score(a, x);
	if (o->update != LEAT_UPDATE_ADAPTIVE && isnan(f)) {
		ck_assert(isnan(leat_model_predict(a, x)));
		ck_assert_int_eq(leat_model_learn(a, x, 1, &p),
		    LEAT_NOT_FINITE);
		ck_assert(p == 4711);
		EQUAL(a, b, o);
	} else {
		ck_assert(isfinite(f));
	}
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(a_score_that_overflows_is_refused)
{
	for_each_kind(12, overflows);
	leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0, 12);
	leat_model *m = open_model(&o);
	double x[12];
	teach(m, &o, 200, 31);
	leat_model_coefficients(m, x, NULL);
	for (size_t i = 0; i < 12; i++)
		x[i] = x[i] > 0 ? DBL_MAX : -DBL_MAX;
	ck_assert(isnan(leat_model_score(m, x))); /* the overflow does happen */
	leat_model_free(m);
}
END_TEST

/* A square that overflows would stay infinite and its coefficient dead. */
START_TEST(a_gradient_whose_square_overflows_is_refused)
{
	static const int updates[] = { LEAT_UPDATE_ADAGRAD, LEAT_UPDATE_FTRL,
		LEAT_UPDATE_COCOB };
	leat_model_options o = learn_options(updates[_i], LEAT_LOSS_SQUARED, 3);
	leat_model *a = open_model(&o), *b = open_model(&o);
	double x[3] = { 1, 1e160, 1 }, p = 4711;
	ck_assert_int_eq(leat_model_learn(a, x, 1, &p), LEAT_NOT_FINITE);
	x[1] = 1;
	ck_assert_int_eq(leat_model_learn(a, x, 1e160, &p), LEAT_NOT_FINITE);
	ck_assert_int_eq(learn_weighted(a, x, 1, 1e160, &p), LEAT_NOT_FINITE);
	ck_assert(p == 4711);
	ck_assert_uint_eq(refused_by(a), 3);
	teach(a, &o, 50, 9);
	teach(b, &o, 50, 9);
	EQUAL(a, b, &o);
	leat_model_free(a);
	leat_model_free(b);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Copies and resets                                                  */
/* ------------------------------------------------------------------ */

static void copies(const leat_model_options *o)
{
	struct counted heap = { 0 }, other = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_allocator b = counted_allocator(&other);
	leat_model_options mine = *o;
	leat_model *m, *c, *d, *never;
	mine.allocator = &a;
	m = open_model(&mine);
	never = open_model(o);
	teach(m, o, 15, 40);
	teach(never, o, 15, 40);
	ck_assert_int_eq(leat_model_copy(m, NULL, &c), LEAT_OK);
	ck_assert_int_eq(leat_model_copy(m, &b, &d), LEAT_OK);
	ck_assert(heap.calls == 2 && other.calls == 1);
	teach(m, o, 9, 41); /* the copies do not feel it */
	leat_model_free(m);
	EQUAL(c, never, o);
	leat_model_reset(c);
	leat_model_free(c);
	leat_model_reset(never);
	teach(never, o, 15, 40);
	EQUAL(d, never, o);
	leat_model_free(d);
	leat_model_free(never);
	ck_assert(heap.live == 0 && other.live == 0);
	ck_assert(heap.damaged == 0 && other.damaged == 0);
}

/* A copy needs nothing of where it comes from. */
static void outlives(const leat_model_options *o)
{
	leat_model *m, *c, *never = open_model(o);
	size_t n;
	ck_assert_int_eq(leat_model_check(o, &n, NULL), LEAT_OK);
	unsigned char *memory = malloc(n);
	ck_assert_ptr_nonnull(memory);
	ck_assert_int_eq(leat_model_init(&m, memory, n, o), LEAT_OK);
	teach(m, o, 15, 43);
	teach(never, o, 15, 43);
	ck_assert_int_eq(leat_model_copy(m, NULL, &c), LEAT_OK);
	memset(memory, 0xEE, n);
	EQUAL(c, never, o);
	leat_model_reset(c);
	leat_model_reset(never);
	EQUAL(c, never, o);
	memset(memory, 0xEE, n);
	leat_model_free(c);
	leat_model_free(never);
	free(memory);
}

START_TEST(copies_are_equal_and_independent)
{
	for_each_kind(7, copies);
	for_each_kind(7, outlives);
}
END_TEST

static void resets(const leat_model_options *o)
{
	leat_model *a = open_model(o), *b = open_model(o);
	double x[D_MAX] = { 0 };
	teach(a, o, 33, 50);
	x[1] = HUGE_VAL;
	ck_assert_int_ne(leat_model_learn(a, x, 1, NULL), LEAT_OK);
	ck_assert_uint_eq(learned_by(a), 33);
	ck_assert_uint_eq(refused_by(a), 1);
	leat_model_reset(a);
	ck_assert_uint_eq(learned_by(a), 0);
	ck_assert_uint_eq(refused_by(a), 0);
	EQUAL(a, b, o);
	leat_model_free(a);
	leat_model_free(b);
}

START_TEST(a_reset_model_is_as_new)
{
	for_each_kind(6, resets);
}
END_TEST

/* Options are copied: the caller's rates may go. */
START_TEST(rates_are_copied)
{
	double rates[5] = { 1, 0.5, 2, 0, 1 }, w[5];
	leat_model_options o = learn_options(LEAT_UPDATE_SGD, 0, 5);
	o.rates = rates;
	leat_model *a = open_model(&o), *b = open_model(&o);
	teach(a, &o, 5, 60);
	for (size_t i = 0; i < 5; i++)
		rates[i] = 1e9;
	teach(b, &o, 5, 60);
	EQUAL(a, b, &o);
	leat_model_coefficients(a, w, NULL);
	ck_assert(w[3] == 0 && w[2] != 0);
	leat_model_free(a);
	leat_model_free(b);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Memory                                                             */
/* ------------------------------------------------------------------ */

static void one_allocation(const leat_model_options *o)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_model_options mine = *o;
	const uint32_t index[2] = { 1, 3 };
	double x[D_MAX] = { 0 }, p[3];
	mine.allocator = &a;
	leat_model *m = open_model(&mine);
	ck_assert_uint_eq(heap.calls, 1);
	teach(m, o, 20, 70);
	leat_model_predict(m, x);
	leat_model_score(m, x);
	leat_model_learn_sparse(m, index, x, 1, 1, 2, p);
	leat_model_predict_sparse(m, index, x, 2);
	leat_model_learn_many(m, x, x, NULL, 3, p);
	leat_model_coefficients(m, x, p);
	leat_model_reset(m);
	ck_assert(heap.calls == 1 && heap.frees == 0);
	leat_model_free(m);
	ck_assert(heap.live == 0 && heap.damaged == 0);
}

START_TEST(nothing_is_allocated_after_creation)
{
	for_each_kind(5, one_allocation);
}
END_TEST

static void no_memory(const leat_model_options *o)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_model_options mine = *o;
	leat_model *mark = (leat_model *)(void *)&token, *m = mark, *c = mark;
	mine.allocator = &a;
	heap.fail_from = 1;
	ck_assert_int_eq(leat_model_new(&m, &mine), LEAT_ENOMEM);
	ck_assert(m == NULL && heap.live == 0);
	heap.fail_from = 0;
	heap.fail_at = heap.calls + 2; /* the copy's */
	m = open_model(&mine);
	teach(m, o, 5, 80);
	ck_assert_int_eq(leat_model_copy(m, NULL, &c), LEAT_ENOMEM);
	ck_assert_ptr_null(c);
	teach(m, o, 5, 81);
	ck_assert_int_eq(leat_model_copy(m, NULL, &c), LEAT_OK);
	EQUAL(m, c, o);
	leat_model_free(m);
	leat_model_free(c);
	ck_assert(heap.live == 0 && heap.damaged == 0);
}

START_TEST(no_memory_is_said_and_harms_nothing)
{
	for_each_kind(5, no_memory);
	leat_model_free(NULL);
}
END_TEST

static void in_memory_at(const leat_model_options *o, size_t n,
    unsigned char *room, size_t shift)
{
	unsigned char *at = room + GUARD_BYTES + shift;
	leat_model *m = NULL, *usual = open_model(o);
	guard_fill(at, n);
	memset(at, 0xCD, n);
	ck_assert_int_eq(leat_model_init(&m, at, n, o), LEAT_OK);
	ck_assert((unsigned char *)m >= at && (unsigned char *)m < at + n);
	teach(m, o, 12, 90);
	teach(usual, o, 12, 90);
	EQUAL(m, usual, o);
	leat_model_free(m);
	ck_assert(guard_intact(at, n));
	leat_model_free(usual);
}

static void in_callers_memory(const leat_model_options *o)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_model_options mine = *o;
	leat_model *mark = (leat_model *)(void *)&token, *m = mark;
	size_t n = 0;
	ck_assert_int_eq(leat_model_check(o, &n, NULL), LEAT_OK);
	unsigned char *room = malloc(n + 2 * GUARD_BYTES + 64);
	ck_assert_ptr_nonnull(room);
	size_t step = o->loss == 0 ? 1 : 13;
	for (size_t shift = 0; shift < 64; shift += step)
		in_memory_at(o, n, room, shift);
	mine.allocator = &a;
	ck_assert_int_eq(leat_model_init(&m, room, n - 1, &mine), LEAT_EBUFFER);
	ck_assert_int_eq(leat_model_init(&m, room, 0, &mine), LEAT_EBUFFER);
	ck_assert(m == NULL);
	ck_assert_int_eq(leat_model_init(&m, room, n, &mine), LEAT_OK);
	ck_assert_uint_eq(heap.calls, 0);
	leat_model *c;
	ck_assert_int_eq(leat_model_copy(m, NULL, &c), LEAT_OK);
	ck_assert_uint_eq(heap.calls, 1); /* options.allocator is for copies */
	leat_model_free(m);
	leat_model_free(c);
	ck_assert(heap.live == 0);
	free(room);
}

START_TEST(a_model_lies_in_the_callers_memory_at_any_alignment)
{
	for_each_kind(7, in_callers_memory);
}
END_TEST

/* "8 bytes for each feature, and as many for each of ..." */
START_TEST(memory_is_what_the_header_says)
{
	const size_t beside = 1024, d = 1000;
	double *rates = calloc(d, sizeof(double));
	ck_assert_ptr_nonnull(rates);
	size_t n;
	for (int u = 0; u < N_UPDATES; u++) {
		int loss = update_takes_loss(u, 0) ? 0 : LEAT_LOSS_HINGE;
		leat_model_options o = learn_options(u, loss, d);
		size_t each = update_list[u].numbers;
		if (each == 0)
			continue;
		ck_assert_int_eq(leat_model_check(&o, &n, NULL), LEAT_OK);
		ck_assert_uint_le(n, 8 * d * each + beside);
		ck_assert_uint_ge(n, 8 * d * each);
		o.rates = takes(u, RATES) ? rates : NULL;
		o.average = takes(u, AVERAGE);
		ck_assert_int_eq(leat_model_check(&o, &n, NULL), LEAT_OK);
		ck_assert_uint_le(n,
		    8 * d * (each + (o.rates != NULL) + (size_t)o.average) +
			beside);
	}
	leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0, 64);
	ck_assert_int_eq(leat_model_check(&o, &n, NULL), LEAT_OK);
	ck_assert_uint_le(n, 4 * 64 * 64 + 64 * 64 + beside);
	free(rates);
}
END_TEST

START_TEST(what_cannot_be_addressed_is_refused)
{
	int want = SIZE_MAX > UINT32_MAX ? LEAT_OK : LEAT_ETOOBIG;
	for (int u = 0; u < N_UPDATES; u++) {
		leat_model_options o = learn_options(u,
		    update_takes_loss(u, 0) ? 0 : LEAT_LOSS_HINGE,
		    LEAT_FEATURES_MAX);
		size_t n = 4711;
		if (update_list[u].numbers == 0)
			continue;
		ck_assert_int_eq(leat_model_check(&o, &n, NULL), want);
		ck_assert(want == LEAT_OK ? n / 8 >= o.n_features : n == 4711);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

static void refused(leat_model_options o, int code, int line)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_model *mark = (leat_model *)(void *)&token, *m = mark;
	unsigned char memory[64];
	size_t n = 4711;
	memset(memory, 0x3C, sizeof(memory));
	if (o.allocator == NULL)
		o.allocator = &a;
	int got = leat_model_new(&m, &o);
	ck_assert_msg(got == code,
	    "line %d: new: update %d loss %d: %d, "
	    "not %d",
	    line, o.update, o.loss, got, code);
	ck_assert_msg(m == NULL && heap.calls == 0, "line %d: new", line);
	got = leat_model_check(&o, &n, NULL);
	ck_assert_msg(got == code && n == 4711, "line %d: size: %d", line, got);
	got = leat_model_init(&m, memory, sizeof(memory), &o);
	ck_assert_msg(got == code && m == NULL, "line %d: init: %d", line, got);
	for (size_t i = 0; i < sizeof(memory); i++)
		ck_assert_uint_eq(memory[i], 0x3C);
}

#define REFUSED(options, code) refused(options, code, __LINE__)

static void accepted(leat_model_options o, int line)
{
	leat_model *m = NULL;
	int got = leat_model_new(&m, &o);
	ck_assert_msg(got == LEAT_OK, "line %d: update %d loss %d: %d", line,
	    o.update, o.loss, got);
	leat_model_free(m);
}

#define ACCEPTED(options) accepted(options, __LINE__)

static int usual_loss(int update)
{
	return update_takes_loss(update, 0) ? 0 : LEAT_LOSS_EPSILON;
}

START_TEST(an_unknown_update_or_loss_is_refused)
{
	static const int none[] = { -1, 9, 100, -2147483647, 2147483647, 31, 32,
		33, 64 };
	for (size_t k = 0; k < sizeof(none) / sizeof(int); k++) {
		leat_model_options o = learn_options(0, 0, 3);
		o.update = none[k];
		REFUSED(o, LEAT_EINVAL);
		o = learn_options(0, 0, 3);
		o.loss = none[k] == 9 ? 7 : none[k];
		REFUSED(o, LEAT_EINVAL);
	}
}
END_TEST

START_TEST(an_update_takes_its_losses_and_no_others)
{
	for (int u = 0; u < N_UPDATES; u++) {
		for (int l = 0; l < N_LOSSES; l++) {
			if (update_takes_loss(u, l))
				ACCEPTED(learn_options(u, l, 3));
			else
				REFUSED(learn_options(u, l, 3), LEAT_EINVAL);
		}
	}
}
END_TEST

START_TEST(an_update_takes_its_options_and_no_others)
{
	const double value[N_OPTIONS] = { 1, 0.5, 0.5, 1, 0.5, 0.5, 0.5, 0.5,
		1 };
	for (int u = 0; u < N_UPDATES; u++) {
		for (int k = 0; k < N_OPTIONS; k++) {
			leat_model_options o = learn_options(u, usual_loss(u),
			    3);
			set_option(&o, k, value[k]);
			if (takes(u, k))
				ACCEPTED(o);
			else
				REFUSED(o, LEAT_EINVAL);
		}
	}
}
END_TEST

/* The ends of each range, whether they are in it; 0 is the default. */
static const struct {
	int option;
	double value;
	int fits;
} edges[] = {
	{ RATE, DBL_MIN, 1 },
	{ RATE, 1.9999, 1 },
	{ RATE, -1e-300, 0 },
	{ RATE, -1, 0 },
	{ POWER, 1, 1 },
	{ POWER, 1e-9, 1 },
	{ POWER, 1 + DBL_EPSILON, 0 },
	{ POWER, 2, 0 },
	{ POWER, -0.5, 0 },
	{ FORGETTING, 1, 1 },
	{ FORGETTING, 1e-9, 1 },
	{ FORGETTING, 1 + DBL_EPSILON, 0 },
	{ FORGETTING, -0.5, 0 },
	{ L1, 1e300, 1 },
	{ L1, -1e-300, 0 },
	{ L2, 1e100, 1 },
	{ L2, -1e-300, 0 },
	{ CLIP, 1e-300, 1 },
	{ CLIP, 1e300, 1 },
	{ CLIP, -1, 0 },
};

START_TEST(options_out_of_range_are_refused)
{
	const double wild[] = { (double)NAN, HUGE_VAL, -HUGE_VAL, -DBL_MAX };
	for (int u = 0; u < N_UPDATES; u++) {
		for (size_t k = 0; k < sizeof(edges) / sizeof(*edges); k++) {
			leat_model_options o = learn_options(u, usual_loss(u),
			    3);
			set_option(&o, edges[k].option, edges[k].value);
			if (takes(u, edges[k].option) && edges[k].fits)
				ACCEPTED(o);
			else
				REFUSED(o, LEAT_EINVAL);
		}
		for (int k = RATE; k <= CLIP; k++) {
			for (size_t i = 0; i < 4 && k != AVERAGE; i++) {
				leat_model_options o = learn_options(u,
				    usual_loss(u), 3);
				set_option(&o, k, wild[i]);
				REFUSED(o, LEAT_EINVAL);
			}
		}
	}
}
END_TEST

START_TEST(a_rate_of_2_and_more_is_too_much_for_nlms_alone)
{
	for (int u = 0; u < N_UPDATES; u++) {
		leat_model_options o = learn_options(u, usual_loss(u), 3);
		if (!takes(u, RATE))
			continue;
		o.rate = 2;
		if (u == LEAT_UPDATE_NLMS)
			REFUSED(o, LEAT_EINVAL);
		else
			ACCEPTED(o);
	}
}
END_TEST

START_TEST(rates_of_coefficients_are_finite_and_not_negative)
{
	const double bad[] = { -1, -1e-300, (double)NAN, HUGE_VAL };
	double rates[9] = { 0, 1, 2, 0, 1e300, 1, 1, 1, 1 };
	leat_model_options o = learn_options(LEAT_UPDATE_ADAGRAD, 0, 9);
	o.rates = rates;
	ACCEPTED(o);
	for (size_t i = 0; i < 9; i++) {
		for (size_t k = 0; k < 4; k++) {
			double keep = rates[i];
			rates[i] = bad[k];
			REFUSED(o, LEAT_EINVAL);
			rates[i] = keep;
		}
	}
}
END_TEST

START_TEST(a_loss_takes_its_arg_and_no_other)
{
	const double nan = (double)NAN, inf = HUGE_VAL;
	const double bad[N_LOSSES][6] = {
		{ 1, -1, nan, inf, 0.1, DBL_MAX },
		{ -1, nan, inf, -inf, -1e-300, -DBL_MAX },
		{ -1, nan, inf, -inf, -1e-300, -DBL_MAX },
		{ 1, -0.5, nan, inf, 2, 1 + DBL_EPSILON },
		{ 1, -1, nan, inf, 0.1, 0.5 },
		{ 1, -1, nan, inf, 0.1, 0.5 },
		{ 1, -1, nan, inf, 0.1, 0.5 },
	};
	static const double good[][2] = { { LEAT_LOSS_HUBER, 1e-300 },
		{ LEAT_LOSS_HUBER, 1e300 }, { LEAT_LOSS_EPSILON, 1e-300 },
		{ LEAT_LOSS_EPSILON, 5 }, { LEAT_LOSS_QUANTILE, 1e-9 },
		{ LEAT_LOSS_QUANTILE, 1 - DBL_EPSILON } };
	for (int l = 0; l < N_LOSSES; l++) {
		for (size_t k = 0; k < 6; k++) {
			leat_model_options o = learn_options(0, l, 3);
			o.loss_arg = bad[l][k];
			REFUSED(o, LEAT_EINVAL);
			o.update = LEAT_UPDATE_SGD;
			REFUSED(o, LEAT_EINVAL);
		}
	}
	for (size_t k = 0; k < sizeof(good) / sizeof(*good); k++) {
		leat_model_options o = learn_options(0, (int)good[k][0], 3);
		o.loss_arg = good[k][1];
		ACCEPTED(o);
	}
}
END_TEST

START_TEST(a_number_of_features_out_of_range_is_refused)
{
	static const size_t bad[] = { 0, LEAT_FEATURES_MAX + 1, SIZE_MAX,
		SIZE_MAX / 8 + 1, SIZE_MAX / 2 };
	for (int u = 0; u < N_UPDATES; u++) {
		for (size_t k = 0; k < sizeof(bad) / sizeof(*bad); k++)
			REFUSED(learn_options(u, usual_loss(u), bad[k]),
			    LEAT_EINVAL);
		ACCEPTED(learn_options(u, usual_loss(u), 1));
		ACCEPTED(learn_options(u, usual_loss(u), LEAT_RLS_MAX));
		if (u == LEAT_UPDATE_RLS)
			REFUSED(learn_options(u, 0, LEAT_RLS_MAX + 1),
			    LEAT_EINVAL);
		else
			ACCEPTED(learn_options(u, usual_loss(u), 100000));
	}
}
END_TEST

START_TEST(an_allocator_that_lacks_a_function_is_refused)
{
	struct counted heap = { 0 };
	leat_allocator whole = counted_allocator(&heap), half = whole;
	leat_model_options o = learn_options(0, 0, 3);
	half.alloc = NULL;
	o.allocator = &half;
	REFUSED(o, LEAT_EINVAL);
	half = whole;
	half.free = NULL;
	REFUSED(o, LEAT_EINVAL);
	o.allocator = &whole;
	ACCEPTED(o);
	ck_assert(heap.calls == 1 && heap.live == 0);
}
END_TEST

/* A sample that is seen twice is not predicted alike, and nothing grows. */
START_TEST(a_hundred_thousand_features_are_fine)
{
	size_t d = 100000;
	double *x = malloc(d * sizeof(double)), p, q;
	struct rng r = rng_new(100);
	ck_assert_ptr_nonnull(x);
	for (int u = 0; u < N_UPDATES; u++) {
		int loss = update_takes_loss(u, 0) ? 0 : LEAT_LOSS_EPSILON;
		leat_model_options o = learn_options(u, loss, d);
		if (u == LEAT_UPDATE_RLS)
			continue;
		leat_model *m = open_model(&o);
		for (int k = 0; k < 3; k++) {
			double y = learn_sample(loss, x, d, &r);
			leat_model_learn(m, x, y, &p);
			leat_model_learn(m, x, y, &q);
			ck_assert_msg(p != q && fabs(q - y) < 100,
			    "update %d: %g, then %g for %g", u, p, q, y);
		}
		ck_assert_uint_eq(learned_by(m), 6);
		leat_model_free(m);
	}
	free(x);
}
END_TEST

/* Defaults that the header names: saying them changes no bit. */
START_TEST(defaults_are_those_of_the_header)
{
	static const struct {
		int update, loss, option;
		double value;
	} usual[] = {
		{ LEAT_UPDATE_SGD, 0, RATE, 0.01 },
		{ LEAT_UPDATE_ADAGRAD, 0, RATE, 0.1 },
		{ LEAT_UPDATE_NLMS, 0, RATE, 0.5 },
		{ LEAT_UPDATE_PA1, LEAT_LOSS_HINGE, RATE, 1 },
		{ LEAT_UPDATE_PA2, LEAT_LOSS_EPSILON, RATE, 1 },
		{ LEAT_UPDATE_FTRL, 0, RATE, 0.1 },
		{ LEAT_UPDATE_RLS, 0, FORGETTING, 1 },
	};
	for (size_t k = 0; k < sizeof(usual) / sizeof(*usual); k++) {
		leat_model_options o = learn_options(usual[k].update,
		    usual[k].loss, 5);
		leat_model *a = open_model(&o);
		set_option(&o, usual[k].option, usual[k].value);
		leat_model *b = open_model(&o);
		EQUAL(a, b, &o);
		leat_model_free(a);
		leat_model_free(b);
	}
	for (int l = 0; l < N_LOSSES; l++) {
		leat_model_options o = learn_options(LEAT_UPDATE_SGD, l, 5);
		leat_model *a = open_model(&o);
		o.loss_arg = loss_list[l].arg;
		leat_model *b = open_model(&o);
		EQUAL(a, b, &o);
		leat_model_free(a);
		leat_model_free(b);
	}
}
END_TEST

/* ------------------------------------------------------------------ */

static TCase *api_case(Suite *s, const char *name)
{
	TCase *c = tcase_create(name);
	tcase_set_timeout(c, 60);
	suite_add_tcase(s, c);
	return c;
}

static void add_samples(Suite *s)
{
	TCase *c = api_case(s, "samples");
	tcase_add_loop_test(c, learning_tells_what_was_predicted_just_before, 0,
	    5);
	tcase_add_test(c, predicting_changes_nothing);
	tcase_add_test(c, a_new_model_is_all_zero);
	tcase_add_loop_test(c, a_sparse_row_is_the_dense_one_bit_for_bit, 0, 5);
	tcase_add_test(c, sparse_rows_of_more_features_are_the_dense_ones_too);
	tcase_add_test(c, a_sparse_row_of_nothing_is_all_zeros);
	tcase_add_test(c, sparse_penalties_leave_other_features_alone);
	tcase_add_test(c, indices_out_of_range_or_order_are_refused);
	tcase_add_test(c, many_samples_are_as_many_single_ones);
	tcase_add_test(c, no_samples_are_fine);
	tcase_add_test(c, a_weight_below_0_among_many_is_no_sample_at_all);
	tcase_add_loop_test(c, what_is_refused_leaves_no_trace, 0, 6);
	tcase_add_test(c, weight_0_changes_nothing);
	tcase_add_test(c, a_score_that_overflows_is_refused);
	tcase_add_loop_test(c, a_gradient_whose_square_overflows_is_refused, 0,
	    3);
}

static void add_memory(Suite *s)
{
	TCase *c = api_case(s, "memory");
	tcase_add_test(c, copies_are_equal_and_independent);
	tcase_add_test(c, a_reset_model_is_as_new);
	tcase_add_test(c, rates_are_copied);
	tcase_add_test(c, nothing_is_allocated_after_creation);
	tcase_add_test(c, no_memory_is_said_and_harms_nothing);
	tcase_add_test(c, a_model_lies_in_the_callers_memory_at_any_alignment);
	tcase_add_test(c, memory_is_what_the_header_says);
	tcase_add_test(c, what_cannot_be_addressed_is_refused);
}

static void add_options(Suite *s)
{
	TCase *c = api_case(s, "options");
	tcase_add_test(c, an_unknown_update_or_loss_is_refused);
	tcase_add_test(c, an_update_takes_its_losses_and_no_others);
	tcase_add_test(c, an_update_takes_its_options_and_no_others);
	tcase_add_test(c, options_out_of_range_are_refused);
	tcase_add_test(c, a_rate_of_2_and_more_is_too_much_for_nlms_alone);
	tcase_add_test(c, rates_of_coefficients_are_finite_and_not_negative);
	tcase_add_test(c, a_loss_takes_its_arg_and_no_other);
	tcase_add_test(c, a_number_of_features_out_of_range_is_refused);
	tcase_add_test(c, an_allocator_that_lacks_a_function_is_refused);
	tcase_add_test(c, a_hundred_thousand_features_are_fine);
	tcase_add_test(c, defaults_are_those_of_the_header);
}

Suite *model_api_suite(void)
{
	Suite *s = suite_create("model_api");
	add_samples(s);
	add_memory(s);
	add_options(s);
	return s;
}
