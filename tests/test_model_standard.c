/*
 * Models that learn in standard deviations, and models that start warm
 *
 * The oracle standardises by itself, in long double, with the recurrence of
 * the page, and gives what it gets to the same update without the option,
 * which has its own tests. Scales and origins of the data are then changed:
 * by powers of two the predictions of a model that standardises keep their
 * bits. A warm start is compared with the plane that was given, and with a
 * model whose targets have that plane taken away.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "data.h"
#include "learn_calls.h"
#include "learn_data.h"
#include "lists.h"
#include "saved.h"
#include "suites.h"

enum { D = 6 };

/* The updates that can be standardised. */
static int updates[N_UPDATES], n_updates;

static void list_updates(void)
{
	for (int update = 0; update < N_UPDATES; update++)
		if (update_has(update, HAS_STANDARDISE))
			updates[n_updates++] = update;
}

static leat_model_options options_of(int update, int loss)
{
	leat_model_options o = { 0 };

	o.n_features = D;
	o.update = update;
	o.loss = loss;
	return o;
}

static int exists(const leat_model_options *o)
{
	return leat_model_check(o, NULL, NULL) == LEAT_OK;
}

static leat_model *made(const leat_model_options *o)
{
	leat_model *m = NULL;

	ck_assert_int_eq(leat_model_new(&m, o), LEAT_OK);
	return m;
}

static double target_for(int loss, double f, struct rng *r)
{
	if (loss_list[loss].targets == ANY_TARGET)
		return 40 + 5 * f + rng_normal(r);
	return fmod(target_of(loss, f + rng_normal(r)), 4);
}

/* Features of wild scales far from 0; one that is constant, one rare. */
static double next_sample(double *x, int loss, struct rng *r)
{
	double f = 0;

	for (int i = 0; i < D; i++)
		x[i] = rng_normal(r);
	f = x[0] - 2 * x[1] + x[2] / 2;
	x[0] = 3e6 + 1e6 * x[0];
	x[1] = 1e-3 * x[1] - 1;
	x[2] *= rng_below(r, 60) ? 1 : 50; /* outliers */
	x[3] = 17;
	x[4] = rng_below(r, 40) == 0 ? x[4] : 0;
	return target_for(loss, f, r);
}

/* ---- The oracle ---- */

struct unit {
	long double mean, variance;
};

/* The page: n so far, this one included; returns z. */
static double see(struct unit *u, double x, double seen, double weight)
{
	long double rate = (long double)weight / ((long double)seen + weight);
	long double d = x - u->mean, z;

	if (seen == 0) {
		u->mean = x;
		return 0;
	}
	if (u->variance > 0 && fabsl(d) > 8 * sqrtl(u->variance))
		d = copysignl(8 * sqrtl(u->variance), d);
	u->mean += rate * d;
	u->variance = (1 - rate) * (u->variance + rate * d * d);
	if (u->variance == 0)
		return 0;
	z = (x - u->mean) / sqrtl(u->variance);
	return (double)(z > 8 ? 8 : z < -8 ? -8 : z);
}

struct standard {
	struct unit x[D], y;
	double seen;
};

/* Returns the expected prediction, from a plain model of z. */
static double told(const struct standard *s, int loss, double f)
{
	double scale = s->y.variance > 0 ? (double)sqrtl(s->y.variance) : 1;

	if (loss > LEAT_LOSS_QUANTILE)
		return leat_loss_prediction(loss, f);
	return (double)s->y.mean + scale * f;
}

/* Standardised features go to z; returns the target. */
static double standardised(struct standard *s, const double *x, double y,
    int loss, double weight, double *z)
{
	for (int i = 0; i < D; i++)
		z[i] = see(&s->x[i], x[i], s->seen, weight);
	if (loss <= LEAT_LOSS_QUANTILE)
		y = see(&s->y, y, s->seen, weight);
	s->seen += weight;
	return y;
}

static void follow(const leat_model_options *o, int weighted)
{
	leat_model_options with = *o;
	struct rng r = rng_new(7 + (uint64_t)o->update);
	struct standard s = { 0 };

	with.standardise = 1;
	leat_model *m = made(&with), *plain = made(o);
	for (int k = 0; k < 400; k++) {
		double x[D], z[D], p = 0;
		double y = next_sample(x, o->loss, &r);
		double weight = weighted && k % 3 ? 0.25 + rng_uniform(&r) : 1;
		struct standard one = s, before = s;
		standardised(&one, x, y, o->loss, 1, z);
		double want = told(&before, o->loss,
		    leat_model_score(plain, z));
		double foretold = leat_model_predict(m, x);
		double t = standardised(&s, x, y, o->loss, weight, z);
		ck_assert_int_eq(learn_weighted(m, x, y, weight, &p), LEAT_OK);
		ck_assert_int_eq(learn_weighted(plain, z, t, weight, NULL),
		    LEAT_OK);
		ck_assert(same_bits(p, foretold));
		ck_assert_msg(fabs(p - want) <= 1e-6 * (1 + fabs(want)),
		    "update %d loss %d sample %d: %.17g, not %.17g", o->update,
		    o->loss, k, p, want);
	}
	leat_model_free(m);
	leat_model_free(plain);
}

START_TEST(it_learns_what_a_plain_one_learns_from_standardised_data)
{
	for (int loss = 0; loss < N_LOSSES; loss++) {
		leat_model_options o = options_of(updates[_i], loss);
		if (loss == LEAT_LOSS_HINGE) /* predicts 0 or 1 */
			continue;
		if (!exists(&o))
			continue;
		follow(&o, 0);
		follow(&o, 1);
		if (updates[_i] == LEAT_UPDATE_SGD) {
			o.average = 1;
			follow(&o, 1);
		}
		if (updates[_i] <= LEAT_UPDATE_ADAGRAD) {
			o.l1 = o.l2 = 0.01;
			follow(&o, 0);
		}
	}
}
END_TEST

/* A standard deviation of a power of two more is the same data. */
START_TEST(units_of_the_data_do_not_change_a_bit)
{
	for (int loss = 0; loss < N_LOSSES; loss++) {
		leat_model_options o = options_of(updates[_i], loss);
		int moves = loss <= LEAT_LOSS_QUANTILE;
		double unit = moves ? 1024 : 1, x[D], u[D], p = 0, q = 0;
		struct rng r = rng_new(11);
		o.standardise = 1;
		o.loss_arg = loss == LEAT_LOSS_HUBER ? 3
		    : loss == LEAT_LOSS_EPSILON      ? 0.5
						     : 0;
		if (!exists(&o))
			continue;
		leat_model *a = made(&o), *b;
		if (loss == LEAT_LOSS_HUBER || loss == LEAT_LOSS_EPSILON)
			o.loss_arg *= unit;
		b = made(&o);
		for (int k = 0; k < 300; k++) {
			double y = next_sample(x, loss, &r);
			for (int i = 0; i < D; i++)
				u[i] = ldexp(x[i], 30 * (i % 3) - 30);
			ck_assert_int_eq(leat_model_learn(a, x, y, &p),
			    LEAT_OK);
			ck_assert_int_eq(leat_model_learn(b, u, y * unit, &q),
			    LEAT_OK);
			ck_assert(same_bits(p * unit, q));
		}
		leat_model_free(a);
		leat_model_free(b);
	}
}
END_TEST

/* R2 of the second half, prequential. */
static double r2_of(const leat_model_options *o, uint64_t seed, size_t n)
{
	leat_model *m = made(o);
	struct rng r = rng_new(seed);
	double errors = 0, squares = 0, sum = 0, mean;

	for (size_t k = 0; k < n; k++) {
		double x[D], p = 0, y;
		y = next_sample(x, o->loss, &r);
		leat_model_learn(m, x, y, &p);
		if (k < n / 2)
			continue;
		errors += (p - y) * (p - y);
		squares += y * y;
		sum += y;
	}
	mean = sum / (double)(n - n / 2);
	leat_model_free(m);
	return 1 - errors / (squares - sum * mean);
}

START_TEST(wild_scales_are_learned_as_well_as_by_the_default)
{
	leat_model_options o = options_of(LEAT_UPDATE_ADAPTIVE, 0);
	double best = r2_of(&o, 3, 6000), got;

	ck_assert_double_gt(best, 0.8);
	o.update = updates[_i];
	if (o.update == LEAT_UPDATE_NLMS)
		o.rate = 0.01;
	ck_assert_double_lt(r2_of(&o, 3, 6000), 0.5);
	o.standardise = 1;
	got = r2_of(&o, 3, 6000);
	/* The outliers have no part in y, and NLMS goes all their way. */
	if (o.update == LEAT_UPDATE_NLMS)
		best -= 0.1;
	ck_assert_msg(got > best - 0.02, "update %d: %.4f, not %.4f", o.update,
	    got, best);
}
END_TEST

START_TEST(coefficients_are_in_the_units_of_the_data)
{
	leat_model_options o = options_of(updates[_i], 0);
	struct rng r = rng_new(4);
	double w[D], b, x[D];

	o.standardise = 1;
	leat_model *m = made(&o);
	for (int k = 0; k < 20000; k++) {
		double y = next_sample(x, 0, &r);
		leat_model_learn(m, x, y, NULL);
	}
	leat_model_coefficients(m, w, &b);
	for (int k = 0; k < 100; k++) {
		double plane = b, said, size = fabs(b);
		next_sample(x, 0, &r);
		x[2] = fmod(x[2], 3);
		x[4] = 0; /* other values are rare, and so far out */
		for (int i = 0; i < D; i++) {
			plane += w[i] * x[i];
			size += fabs(w[i] * x[i]);
		}
		said = leat_model_score(m, x);
		ck_assert_msg(fabs(plane - said) <=
			1e-3 * fabs(said) + 1e-13 * size,
		    "update %d: %g, not %g", o.update, plane, said);
	}
	leat_model_free(m);
}
END_TEST

START_TEST(what_cannot_be_standardised_is_told)
{
	for (int update = 0; update < N_UPDATES; update++) {
		leat_model_options o = options_of(update, 0);
		const char *why = NULL;
		int can = 0;
		if (!exists(&o))
			o.loss = LEAT_LOSS_EPSILON;
		for (int i = 0; i < n_updates; i++)
			can |= updates[i] == update;
		o.standardise = 1;
		ck_assert_int_eq(leat_model_check(&o, NULL, &why),
		    can ? LEAT_OK : LEAT_EINVAL);
		if (!can)
			ck_assert_str_eq(why,
			    "standardise: not with this update");
		o.no_intercept = 1;
		ck_assert_int_eq(leat_model_check(&o, NULL, &why), LEAT_EINVAL);
	}
}
END_TEST

START_TEST(a_saved_model_goes_on_and_knows_that_it_standardises)
{
	leat_model_options o = options_of(updates[_i], 0), other = o;
	struct rng r = rng_new(5);
	double x[D], p = 0, q = 0;

	o.standardise = 1;
	leat_model *a = made(&o), *b = made(&o);
	for (int k = 0; k < 300; k++) {
		double y = next_sample(x, 0, &r);
		if (k % 40 == 0)
			model_again(&b, &o);
		leat_model_learn(a, x, y, &p);
		leat_model_learn(b, x, y, &q);
		ck_assert(same_bits(p, q));
	}
	for (int which = 0; which < 2; which++) {
		leat_model *plain = made(&other), *m = NULL;
		struct saved s = model_saved(which ? plain : a);
		leat_reader in = saved_reader(&s);
		ck_assert_int_eq(leat_model_load(&m, which ? &o : &other, &in),
		    LEAT_EOPTIONS);
		ck_assert_str_eq(in.differs, "standardise");
		ck_assert_ptr_null(m);
		saved_free(&s);
		leat_model_free(plain);
	}
	leat_model_free(a);
	leat_model_free(b);
}
END_TEST

/* ---- Warm starts ---- */

struct plane {
	double w[D], b;
};

static double on_plane(const struct plane *p, const double *x, double *size)
{
	double sum = p->b;

	*size = fabs(p->b);
	for (int i = 0; i < D; i++) {
		sum += p->w[i] * x[i];
		*size += fabs(p->w[i] * x[i]);
	}
	return sum;
}

static struct plane some_plane(struct rng *r)
{
	struct plane p = { { 0 }, rng_normal(r) };

	for (int i = 0; i < D; i++)
		p.w[i] = rng_normal(r);
	return p;
}

static int can_be_set(const leat_model_options *o)
{
	return o->update != LEAT_UPDATE_ADAPTIVE ||
	    o->loss <= LEAT_LOSS_QUANTILE;
}

/* FTRL finds its coefficients anew from sums of gradients. */
static void expect_plane(const double *w, double b, const struct plane *want)
{
	for (int i = 0; i < D; i++)
		ck_assert(fabs(w[i] - want->w[i]) <= 1e-15 * (1 + fabs(w[i])));
	ck_assert(fabs(b - want->b) <= 1e-15 * (1 + fabs(b)));
}

static void starts_warm(const leat_model_options *o)
{
	struct rng r = rng_new(21);
	struct plane plane = some_plane(&r);
	leat_model *m = made(o), *fresh = made(o);
	double x[D], w[D], b, size, y, p = 0, q = 0;

	for (int k = 0; k < 50; k++) { /* forgets what it knew */
		y = learn_sample(o->loss, x, D, &r);
		leat_model_learn(m, x, y, NULL);
	}
	ck_assert_int_eq(leat_model_set_coefficients(m, plane.w, plane.b),
	    LEAT_OK);
	ck_assert_uint_eq(learned_by(m) + refused_by(m), 0);
	leat_model_coefficients(m, w, &b);
	expect_plane(w, b, &plane);
	for (int k = 0; k < 50; k++) {
		for (int i = 0; i < D; i++)
			x[i] = 100 * rng_normal(&r);
		double want = on_plane(&plane, x, &size);
		ck_assert_msg(fabs(leat_model_score(m, x) - want) <=
			1e-14 * size,
		    "update %d loss %d", o->update, o->loss);
	}
	model_again(&m, o);
	leat_model_coefficients(m, w, &b);
	expect_plane(w, b, &plane);
	y = learn_sample(o->loss, x, D, &r);
	double foretold = leat_model_predict(m, x);
	ck_assert_int_eq(leat_model_learn(m, x, y, &p), LEAT_OK);
	ck_assert(same_bits(p, foretold));
	leat_model_reset(m);
	for (int k = 0; k < 30; k++) {
		y = learn_sample(o->loss, x, D, &r);
		leat_model_learn(m, x, y, &p);
		leat_model_learn(fresh, x, y, &q);
		ck_assert(same_bits(p, q));
	}
	leat_model_free(m);
	leat_model_free(fresh);
}

static void for_each_that_can(int update, void (*f)(const leat_model_options *))
{
	for (int loss = 0; loss < N_LOSSES; loss++)
		for (int form = 0; form < 4; form++) {
			leat_model_options o = options_of(update, loss);
			o.standardise = form & 1;
			o.average = (form & 2) && update == LEAT_UPDATE_SGD;
			o.l1 = (form & 2) && update == LEAT_UPDATE_FTRL;
			if (exists(&o) && can_be_set(&o))
				f(&o);
		}
}

START_TEST(a_model_starts_from_the_plane_it_is_given)
{
	for_each_that_can(_i, starts_warm);
}
END_TEST

/* The plane that data lie on, in whole numbers, is kept by all. */
static void keeps(const leat_model_options *o)
{
	struct rng r = rng_new(22);
	struct plane plane = { { 1, -2, 3, 0, 5, -7 }, 11 };
	double x[D], size, p = 0;

	if (o->loss > LEAT_LOSS_QUANTILE || o->l1 > 0)
		return;
	leat_model *m = made(o);
	leat_model_set_coefficients(m, plane.w, plane.b);
	for (int k = 0; k < 300; k++) {
		for (int i = 0; i < D; i++)
			x[i] = (double)rng_below(&r, 9) - 4;
		double y = on_plane(&plane, x, &size);
		leat_model_learn(m, x, y, &p);
		ck_assert_msg(p == y, "update %d loss %d sample %d: %g, not %g",
		    o->update, o->loss, k, p, y);
	}
	leat_model_free(m);
}

START_TEST(the_right_plane_stays)
{
	for_each_that_can(_i, keeps);
}
END_TEST

/* With a ridge it is the mean of the prior: batch least squares, exactly. */
START_TEST(least_squares_take_it_for_the_prior)
{
	leat_model_options o = options_of(LEAT_UPDATE_RLS, 0);
	struct rng r = rng_new(23);
	struct plane plane = some_plane(&r);
	leat_model *m, *beside;
	double x[D], size;

	o.l2 = 3;
	m = made(&o);
	beside = made(&o);
	leat_model_set_coefficients(m, plane.w, plane.b);
	for (int k = 0; k < 60; k++) {
		double y = 3 * learn_sample(0, x, D, &r), p, q;
		double base = on_plane(&plane, x, &size);
		leat_model_learn(m, x, y, &p);
		leat_model_learn(beside, x, y - base, &q);
		ck_assert(fabs(p - (base + q)) <= 1e-12 * (1 + size));
	}
	leat_model_free(m);
	leat_model_free(beside);
}
END_TEST

START_TEST(what_is_no_plane_is_refused)
{
	const double bad[] = { NAN, INFINITY, -INFINITY, 1e101, -DBL_MAX };

	for (int loss = 0; loss < N_LOSSES; loss++) {
		leat_model_options o = options_of(_i, loss);
		double w[D] = { 1, 2, 3, 4, 5, 6 }, x[D] = { 1, 1 }, p;
		if (!exists(&o))
			continue;
		leat_model *m = made(&o);
		leat_model_learn(m, x, 1, NULL);
		p = leat_model_predict(m, x);
		int code = can_be_set(&o) ? LEAT_EINVAL : LEAT_ENOTSUP;
		for (size_t k = 0; k < 5; k++) {
			w[4] = bad[k];
			ck_assert_int_eq(leat_model_set_coefficients(m, w, 0),
			    code);
			w[4] = 5;
			ck_assert_int_eq(leat_model_set_coefficients(m, w,
					     bad[k]),
			    code);
		}
		ck_assert(same_bits(leat_model_predict(m, x), p));
		ck_assert_uint_eq(learned_by(m), 1);
		leat_model_free(m);
		o.no_intercept = 1;
		if (!exists(&o))
			continue;
		m = made(&o);
		ck_assert_int_eq(leat_model_set_coefficients(m, w, 1),
		    LEAT_EINVAL);
		ck_assert_int_eq(leat_model_set_coefficients(m, w, 0), LEAT_OK);
		leat_model_free(m);
	}
}
END_TEST

Suite *model_standard_suite(void)
{
	Suite *s = suite_create("model_standard");
	TCase *t = tcase_create("standardise");

	list_updates();
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t,
	    it_learns_what_a_plain_one_learns_from_standardised_data, 0,
	    n_updates);
	tcase_add_loop_test(t, units_of_the_data_do_not_change_a_bit, 0,
	    n_updates);
	tcase_add_loop_test(t,
	    wild_scales_are_learned_as_well_as_by_the_default, 0, n_updates);
	tcase_add_loop_test(t, coefficients_are_in_the_units_of_the_data, 0,
	    n_updates);
	tcase_add_test(t, what_cannot_be_standardised_is_told);
	tcase_add_loop_test(t,
	    a_saved_model_goes_on_and_knows_that_it_standardises, 0, n_updates);
	suite_add_tcase(s, t);
	t = tcase_create("warm start");
	tcase_add_loop_test(t, a_model_starts_from_the_plane_it_is_given, 0,
	    N_UPDATES);
	tcase_add_loop_test(t, the_right_plane_stays, 0, N_UPDATES);
	tcase_add_test(t, least_squares_take_it_for_the_prior);
	tcase_add_loop_test(t, what_is_no_plane_is_refused, 0, N_UPDATES);
	suite_add_tcase(s, t);
	return s;
}
