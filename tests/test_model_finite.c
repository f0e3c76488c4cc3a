/*
 * No finite sample leaves a model with a number that is not finite.
 *
 * Four models learn the same: from dense rows; from sparse ones; from dense
 * ones in a model that is saved and loaded in the middle; and a twin that is
 * shown none of the samples that the first refused. All must answer alike
 * and be the same bytes when saved, after every sample, on numbers of all
 * sizes in features, targets, weights and options. The twin's count of what
 * it refused is made equal by samples whose target is NaN.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "../src/model/model.h"
#include "data.h"
#include "learn_calls.h"
#include "learn_data.h"
#include "lists.h"
#include "suites.h"

enum { D_MAX = 17, BYTES_MAX = 16384 };

/* ------------------------------------------------------------------ */
/* Numbers of all sizes                                               */
/* ------------------------------------------------------------------ */

static double sign(struct rng *r)
{
	return rng_below(r, 2) ? 1 : -1;
}

/* 10^least to 10^most, but finite and not 0. */
static double of_size(struct rng *r, double least, double most)
{
	double x = pow(10, least + (most - least) * rng_uniform(r));

	return x > DBL_MAX ? DBL_MAX : x > 0 ? x : DBL_MIN;
}

static double wild(struct rng *r)
{
	static const double edge[] = { DBL_MAX, 1.7e308, 1e308, 1e300, 1e200,
		1e154, 1e150, 1e140, 1e-160, 1e-300, DBL_MIN, 5e-324, 0 };

	if (rng_below(r, 3) == 0)
		return edge[rng_below(r, sizeof(edge) / sizeof(*edge))];
	return of_size(r, -320, 308.2);
}

/* Returns a number; on average one in one_in is extreme. */
static double some_number(struct rng *r, uint64_t one_in)
{
	if (rng_below(r, one_in) == 0)
		return sign(r) * wild(r);
	return rng_below(r, 8) ? rng_normal(r) : 0;
}

static double some_target(struct rng *r, int loss, uint64_t one_in)
{
	return target_of(loss, some_number(r, one_in));
}

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

static double rates[D_MAX];

static double option(struct rng *r, int is_wild)
{
	return rng_below(r, 2) ? 0 : is_wild ? wild(r) : rng_uniform(r);
}

/* Options that were refused go back to the default. */
static void maybe(leat_model_options *o, double *option, double value)
{
	size_t n;

	*option = value;
	if (leat_model_check(o, &n, NULL) != LEAT_OK)
		*option = 0;
}

static leat_model_options some_options(struct rng *r, int update, int loss,
    size_t d, int kind)
{
	leat_model_options o = learn_options(update, loss, d);
	size_t n;

	if (kind == 0)
		return o;
	maybe(&o, &o.loss_arg, option(r, kind == 2));
	maybe(&o, &o.rate, option(r, kind == 2));
	maybe(&o, &o.power, option(r, 0));
	maybe(&o, &o.forgetting, kind == 2 ? option(r, 1) : 0.9);
	maybe(&o, &o.l1, option(r, kind == 2));
	maybe(&o, &o.l2, option(r, kind == 2));
	maybe(&o, &o.clip, option(r, kind == 2));
	o.no_intercept = rng_below(r, 2) == 0;
	if (leat_model_check(&o, &n, NULL) != LEAT_OK)
		o.no_intercept = 0;
	o.average = rng_below(r, 2) == 0;
	if (leat_model_check(&o, &n, NULL) != LEAT_OK)
		o.average = 0;
	for (size_t i = 0; i < d; i++)
		rates[i] = kind == 2 ? wild(r) : rng_uniform(r);
	o.rates = rng_below(r, 2) ? rates : NULL;
	if (leat_model_check(&o, &n, NULL) != LEAT_OK)
		o.rates = NULL;
	int no_intercept = o.no_intercept;
	o.standardise = rng_below(r, 2) == 0;
	o.no_intercept = no_intercept && !o.standardise;
	if (leat_model_check(&o, &n, NULL) != LEAT_OK) {
		o.standardise = 0;
		o.no_intercept = no_intercept;
	}
	return o;
}

/* ------------------------------------------------------------------ */
/* Four models                                                        */
/* ------------------------------------------------------------------ */

enum { DENSE, SPARSE, LOADED, TWIN, FOUR };

struct trial {
	leat_model_options o;
	leat_model *m[FOUR];
	uint64_t seed;
	int all_given; /* sparse rows have zeros too */
	uint64_t learned, refused;
};

struct sample {
	double x[D_MAX], y, weight;
};

static leat_model *new_model(const leat_model_options *o)
{
	leat_model *m;
	ck_assert_int_eq(leat_model_new(&m, o), LEAT_OK);
	return m;
}

static size_t bytes_of(const leat_model *m, unsigned char *bytes)
{
	leat_writer w = { 0 };
	w.bytes = bytes;
	w.capacity = BYTES_MAX;
	ck_assert_int_eq(leat_model_save(m, &w), LEAT_OK);
	return w.n_bytes;
}

static void reload(struct trial *t)
{
	unsigned char bytes[BYTES_MAX];
	leat_reader r = { 0 };
	r.bytes = bytes;
	r.n_bytes = bytes_of(t->m[LOADED], bytes);
	leat_model_free(t->m[LOADED]);
	ck_assert_int_eq(leat_model_load(&t->m[LOADED], &t->o, &r), LEAT_OK);
}

static int learn_sparse(const struct trial *t, const struct sample *s,
    double *p)
{
	uint32_t index[D_MAX];
	double x[D_MAX];
	size_t n = 0;
	for (size_t i = 0; i < t->o.n_features; i++)
		if (s->x[i] != 0 || signbit(s->x[i]) || t->all_given) {
			index[n] = (uint32_t)i;
			x[n++] = s->x[i];
		}
	return leat_model_learn_sparse(t->m[SPARSE], index, x, s->y, s->weight,
	    n, p);
}

static void fails(const struct trial *t, const char *what)
{
	ck_abort_msg("%s: update %d loss %d d %zu seed %llu, after %llu "
		     "learned and %llu refused",
	    what, t->o.update, t->o.loss, t->o.n_features,
	    (unsigned long long)t->seed, (unsigned long long)t->learned,
	    (unsigned long long)t->refused);
}

static double unit_times_0(const struct leat_unit *u)
{
	return u->first * 0 + u->moments.mean * 0 + u->moments.variance * 0 +
	    u->moments.inverse * 0;
}

/* Checks all numbers of a model; limits of scores may be infinite. */
static int all_finite(const leat_model *m)
{
	double own[sizeof(m->state) / sizeof(double)], sum = m->intercept * 0;
	double *end = own + sizeof(m->state) / sizeof(double);
	memcpy(own, &m->state, sizeof(own));
	if (m->update == LEAT_UPDATE_ADAPTIVE)
		end = own +
		    offsetof(struct leat_adaptive_state, units) /
			sizeof(double);
	for (double *x = own; x < end; x++)
		sum += *x * 0;
	for (int k = 0; k < LEAT_MODEL_ARRAYS; k++)
		for (size_t i = 0; i < m->length[k]; i++)
			sum += m->array[k][i] * 0;
	for (size_t i = 0; m->units && i < m->n; i++)
		sum += unit_times_0(&m->units[i]);
	for (size_t i = 0; m->base && i < m->n; i++)
		sum += m->base[i] * 0;
	return sum + unit_times_0(&m->y) + m->base_intercept * 0 == 0;
}

/* Checks numbers that public functions return. */
static int told_finite(const leat_model *m)
{
	double w[D_MAX], intercept, sum;
	leat_model_coefficients(m, w, &intercept);
	sum = intercept * 0;
	for (size_t i = 0; i < m->n; i++)
		sum += w[i] * 0;
	return sum == 0;
}

static void look(const struct trial *t)
{
	unsigned char bytes[2][BYTES_MAX];
	size_t n = bytes_of(t->m[DENSE], bytes[0]);
	if (!all_finite(t->m[DENSE]))
		fails(t, "a number is not finite");
	if (!told_finite(t->m[DENSE]))
		fails(t, "a coefficient is not finite");
	for (int k = 1; k < FOUR; k++)
		if (bytes_of(t->m[k], bytes[1]) != n ||
		    memcmp(bytes[0], bytes[1], n) != 0)
			fails(t,
			    k == SPARSE     ? "sparse is another"
				: k == TWIN ? "a refused sample left a trace"
					    : "loaded is another");
}

static void show(struct trial *t, const struct sample *s)
{
	double p[FOUR] = { 4711, 4711, 4711, 4711 };
	int err = learn_weighted(t->m[DENSE], s->x, s->y, s->weight, &p[DENSE]);
	int sparse = learn_sparse(t, s, &p[SPARSE]);
	int loaded = leat_model_learn_many(t->m[LOADED], s->x, &s->y,
	    &s->weight, 1, &p[LOADED]);
	if (err != LEAT_OK && err != LEAT_NOT_FINITE)
		fails(t, "another code");
	if (sparse != err || loaded != err)
		fails(t, "they disagree");
	if (err) {
		ck_assert_int_eq(leat_model_learn(t->m[TWIN], s->x, NAN, NULL),
		    LEAT_NOT_FINITE);
		if (p[DENSE] != 4711 || p[SPARSE] != 4711)
			fails(t, "a refused sample told a prediction");
		t->refused++;
	} else {
		ck_assert_int_eq(learn_weighted(t->m[TWIN], s->x, s->y,
				     s->weight, &p[TWIN]),
		    LEAT_OK);
		for (int k = 1; k < FOUR; k++)
			if (!same_bits(p[k], p[DENSE]))
				fails(t, "predictions differ");
		t->learned++;
	}
}

/* Coefficients of all sizes to start from, where the update takes them. */
static void set_all(struct trial *t, struct rng *r)
{
	double w[D_MAX], b = t->o.no_intercept ? 0 : rng_normal(r);

	for (size_t i = 0; i < t->o.n_features; i++)
		w[i] = rng_below(r, 4) ? sign(r) * of_size(r, -320, 100) : 0;
	for (int k = 0; k < FOUR; k++) {
		int err = leat_model_set_coefficients(t->m[k], w, b);
		if (err !=
		    (t->o.update == LEAT_UPDATE_ADAPTIVE &&
				t->o.loss > LEAT_LOSS_QUANTILE
			    ? LEAT_ENOTSUP
			    : LEAT_OK))
			fails(t, leat_strerror(err));
	}
}

static void start(struct trial *t, struct rng *r, int update, int loss,
    size_t d, int kind)
{
	t->o = some_options(r, update, loss, d, kind);
	/* Penalties are for the features given alone: give them all. */
	t->all_given = (t->o.l1 > 0 || t->o.l2 > 0) && !t->o.standardise &&
	    (update == LEAT_UPDATE_SGD || update == LEAT_UPDATE_ADAGRAD);
	t->learned = t->refused = 0;
	for (int k = 0; k < FOUR; k++)
		t->m[k] = new_model(&t->o);
	if (kind > 0 && rng_below(r, 2))
		set_all(t, r);
}

static void stop(struct trial *t)
{
	for (int k = 0; k < FOUR; k++)
		leat_model_free(t->m[k]);
}

struct tally {
	uint64_t learned, refused;
};

static void run(int update, int loss, size_t d, int kind, uint64_t one_in,
    struct tally *tally)
{
	struct trial t = { 0 };
	struct sample s;
	t.seed = (uint64_t)(((update * 10 + loss) * 10 + kind) * 100) + d;
	t.seed = t.seed * 1000 + one_in;
	struct rng r = rng_new(t.seed);
	start(&t, &r, update, loss, d, kind);
	for (int k = 0; k < (short_run() ? 20 : 80); k++) {
		for (size_t i = 0; i < d; i++)
			s.x[i] = some_number(&r, one_in);
		s.y = some_target(&r, loss, one_in);
		s.weight = rng_below(&r, 4) ? 1
		    : rng_below(&r, one_in) ? rng_uniform(&r)
					    : wild(&r);
		show(&t, &s);
		if (rng_below(&r, 16) == 0)
			reload(&t);
		look(&t);
	}
	tally->learned += t.learned;
	tally->refused += t.refused;
	stop(&t);
}

static void run_all(int update, int loss)
{
	static const size_t dims[] = { 1, 2, 3, 8, 11, 17 };
	static const uint64_t odds[] = { 1, 4, 30, 300 };
	struct tally tally = { 0, 0 };
	for (size_t d = 0; d < sizeof(dims) / sizeof(*dims); d++)
		for (int kind = 0; kind < 3; kind++)
			for (size_t k = 0; k < 4; k++)
				run(update, loss, dims[d], kind, odds[k],
				    &tally);
	/* The test had something to see. */
	ck_assert_uint_gt(tally.learned, 400);
	if (!short_run())
		ck_assert_uint_gt(tally.refused, 0);
}

START_TEST(no_finite_sample_leaves_a_number_that_is_not)
{
	for (int loss = 0; loss < N_LOSSES; loss++)
		if (update_takes_loss(_i, loss))
			run_all(_i, loss);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Single cases                                                       */
/* ------------------------------------------------------------------ */

/* A coefficient of 1e308 would be a step of 5e307 away from infinity. */
START_TEST(a_huge_feature_is_refused_before_it_is_stored)
{
	static const int updates[] = { LEAT_UPDATE_SGD, LEAT_UPDATE_ADAGRAD,
		LEAT_UPDATE_FTRL, LEAT_UPDATE_RLS, LEAT_UPDATE_COCOB };
	leat_model_options o = { 0 };
	double x = 1e308, p, c, intercept;
	uint32_t index = 0;
	o.n_features = 1;
	o.update = updates[_i];
	leat_model *m = new_model(&o);
	ck_assert_int_eq(leat_model_learn(m, &x, 5, &p), LEAT_NOT_FINITE);
	ck_assert_int_eq(leat_model_learn_sparse(m, &index, &x, 5, 1, 1, &p),
	    LEAT_NOT_FINITE);
	leat_model_coefficients(m, &c, &intercept);
	ck_assert(c == 0 && intercept == 0);
	ck_assert_uint_eq(learned_by(m), 0);
	ck_assert_uint_eq(refused_by(m), 2);
	x = 1;
	ck_assert_int_eq(leat_model_learn(m, &x, 1, &p), LEAT_OK);
	x = 0;
	ck_assert_int_eq(leat_model_learn(m, &x, 1, &p), LEAT_OK);
	ck_assert_int_eq(leat_model_learn_sparse(m, &index, &x, 1, 1, 0, &p),
	    LEAT_OK);
	leat_model_free(m);
}
END_TEST

/* The intercept has rate 1, and PA1 a step as long as its rate allows. */
START_TEST(a_huge_step_of_the_intercept_is_refused)
{
	static const double tiny[] = { 1e-300 };
	leat_model_options o = learn_options(LEAT_UPDATE_SGD, LEAT_LOSS_SQUARED,
	    1);
	double x = 1;
	o.rates = tiny;
	leat_model *m = new_model(&o);
	ck_assert_int_eq(leat_model_learn(m, &x, 1e200, NULL), LEAT_NOT_FINITE);
	leat_model_free(m);
	o = learn_options(LEAT_UPDATE_PA1, LEAT_LOSS_EPSILON, 1);
	o.rate = 1e300;
	m = new_model(&o);
	ck_assert_int_eq(leat_model_learn(m, &x, 1e200, NULL), LEAT_NOT_FINITE);
	ck_assert_int_eq(leat_model_learn(m, &x, 1e100, NULL), LEAT_OK);
	leat_model_free(m);
}
END_TEST

/* Each move is one that fits, and all together are more than a number. */
START_TEST(many_large_steps_do_not_add_up_to_infinity)
{
	leat_model_options o = { 0 };
	o.n_features = 1;
	o.update = LEAT_UPDATE_COCOB;
	o.loss = LEAT_LOSS_QUANTILE;
	o.no_intercept = 1;
	leat_model *m = new_model(&o);
	double x = 1e-100, p;
	for (int k = 0; k < 5000; k++) {
		leat_model_learn(m, &x, 1e300, &p);
		if (!all_finite(m))
			ck_abort_msg("sample %d", k);
	}
	leat_model_free(m);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Samples that are always taken                                      */
/* ------------------------------------------------------------------ */

static double up_to(struct rng *r, double most)
{
	return rng_below(r, 8) ? of_size(r, -most, most) : 0;
}

/* "At most 1e40" in the manual. */
static void takes_all(int update, int loss, uint64_t seed)
{
	struct rng r = rng_new(seed);
	leat_model_options o = learn_options(update, loss,
	    1 + rng_below(&r, D_MAX));
	double x[D_MAX], y, weight;
	int taken = 0;
	maybe(&o, &o.rate, rng_below(&r, 2) ? 0 : of_size(&r, -20, 20));
	leat_model *m = new_model(&o);
	for (int k = 0; k < 200; k++) {
		for (size_t i = 0; i < o.n_features; i++)
			x[i] = sign(&r) * up_to(&r, 40);
		y = loss >= LEAT_LOSS_LOGISTIC ? (double)rng_below(&r, 2)
					       : sign(&r) * up_to(&r, 40);
		if (loss == LEAT_LOSS_POISSON)
			y = up_to(&r, 40);
		weight = up_to(&r, 40);
		double f = leat_model_score(m, x), p = leat_model_predict(m, x);
		if (!(fabs(f) <= 1e40 && fabs(p) <= 1e40))
			continue;
		int err = learn_weighted(m, x, y, weight, NULL);
		if (err)
			ck_abort_msg("update %d loss %d seed %llu: %s", update,
			    loss, (unsigned long long)seed, leat_strerror(err));
		taken++;
	}
	ck_assert_int_gt(taken, 0);
	leat_model_free(m);
}

START_TEST(a_sample_of_no_more_than_1e40_is_always_taken)
{
	for (int loss = 0; loss < N_LOSSES; loss++)
		for (uint64_t k = 0; k < 100 && update_takes_loss(_i, loss);
		     k++)
			takes_all(_i, loss, 1000 * (uint64_t)loss + k);
}
END_TEST

/* ADAPTIVE clips what is far away, whatever it is. */
START_TEST(adaptive_takes_every_finite_sample)
{
	struct rng r = rng_new(7);
	for (int loss = 0; loss < N_LOSSES; loss++) {
		leat_model_options o = { 0 };
		double x[3], p;
		o.n_features = 3;
		o.loss = loss;
		leat_model *m = new_model(&o);
		for (int k = 0; k < 5000; k++) {
			for (size_t i = 0; i < 3; i++)
				x[i] = some_number(&r, 20);
			double y = some_target(&r, loss, 20);
			ck_assert_int_eq(leat_model_learn(m, x, y, &p),
			    LEAT_OK);
			ck_assert(all_finite(m) && told_finite(m));
			ck_assert(p == p);
		}
		leat_model_free(m);
	}
}
END_TEST

Suite *model_finite_suite(void)
{
	Suite *s = suite_create("model_finite");
	TCase *c = tcase_create("any numbers");
	tcase_add_loop_test(c, no_finite_sample_leaves_a_number_that_is_not, 0,
	    N_UPDATES);
	tcase_add_loop_test(c, a_huge_feature_is_refused_before_it_is_stored, 0,
	    5);
	tcase_add_test(c, a_huge_step_of_the_intercept_is_refused);
	tcase_add_test(c, many_large_steps_do_not_add_up_to_infinity);
	tcase_add_loop_test(c, a_sample_of_no_more_than_1e40_is_always_taken, 0,
	    N_UPDATES);
	tcase_add_test(c, adaptive_takes_every_finite_sample);
	suite_add_tcase(s, c);
	return s;
}
