/*
 * The default update on data as they are.
 *
 * What is good enough comes from elsewhere: from the least-squares fit of
 * all rows at once, worked out here in long double, less a margin that is
 * stated; from the distribution that generated data were drawn from; from
 * the running mean of the targets. Predictions are made before their
 * target is learned from, so the first half of a short set is the price of
 * learning, and quality is asked of the second half.
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
#include "suites.h"

/* R^2 that one pass may lack, in its second half, to the batch fit. */
#define MARGIN 0.05

static leat_model_options defaults(int loss, size_t d)
{
	leat_model_options o;
	memset(&o, 0, sizeof(o));
	o.n_features = d;
	o.loss = loss;
	return o;
}

static leat_model *default_model(const leat_model_options *o)
{
	leat_model *m;
	ck_assert_int_eq(leat_model_new(&m, o), LEAT_OK);
	return m;
}

static double *numbers(size_t n)
{
	double *p = calloc(n, sizeof(double));
	ck_assert_ptr_nonnull(p);
	return p;
}

/* Predictions for all rows, each before it is learned from. */
static double *predictions_with(const struct learn_set *s,
    const leat_model_options *o)
{
	double *p = numbers(s->n);
	leat_model *m = default_model(o);
	ck_assert_int_eq(leat_model_learn_many(m, s->x, s->y, NULL, s->n, p),
	    LEAT_OK);
	for (size_t i = 0; i < s->n; i++)
		if (!isfinite(p[i]))
			ck_abort_msg("row %zu: %g", i, p[i]);
	leat_model_free(m);
	return p;
}

static double *predictions(const struct learn_set *s, int loss)
{
	leat_model_options o = defaults(loss, s->d);
	return predictions_with(s, &o);
}

static double r2_of(const struct learn_set *s, size_t from)
{
	double *p = predictions(s, LEAT_LOSS_SQUARED);
	double r2 = learn_r2(s, p, from);
	free(p);
	return r2;
}

/* ------------------------------------------------------------------ */
/* Quality                                                            */
/* ------------------------------------------------------------------ */

START_TEST(carbon_dioxide_is_followed)
{
	struct learn_set s = learn_co2();
	ck_assert_uint_eq(s.n, 2225); /* 2284 weeks less 59 without value */
	double r2 = r2_of(&s, s.n / 2);
	ck_assert_msg(r2 >= 0.997, "R2 %.5f", r2);
	learn_set_free(&s);
}
END_TEST

START_TEST(weather_of_tomorrow_is_predicted)
{
	struct learn_set s = learn_weather();
	ck_assert_uint_eq(s.n, 1460);
	double r2 = r2_of(&s, 0);
	ck_assert_msg(r2 >= 0.85, "R2 %.5f", r2);
	learn_set_free(&s);
}
END_TEST

static double log_loss(const struct learn_set *s, const double *p, size_t from)
{
	double sum = 0;
	for (size_t i = from; i < s->n; i++) {
		double q = s->y[i] > 0.5 ? p[i] : 1 - p[i];
		sum -= log(fmax(q, DBL_EPSILON));
	}
	return sum / (double)(s->n - from);
}

/* The rate so far, as if one of each class had been seen before. */
static double *running_rate(const struct learn_set *s)
{
	double *p = numbers(s->n), hits = 1;
	for (size_t i = 0; i < s->n; i++) {
		p[i] = hits / (double)(i + 2);
		hits += s->y[i];
	}
	return p;
}

START_TEST(late_flights_are_told_better_than_by_their_rate)
{
	struct learn_set s = learn_flights();
	ck_assert_uint_eq(s.n, 2000);
	double *p = predictions(&s, LEAT_LOSS_LOGISTIC);
	double *rate = running_rate(&s);
	double got = log_loss(&s, p, 0), mean = log_loss(&s, rate, 0);
	ck_assert_msg(got < mean, "log loss %.4f, of the rate %.4f", got, mean);
	free(p);
	free(rate);
	learn_set_free(&s);
}
END_TEST

static struct learn_set generated(int which)
{
	switch (which) {
	case 0:
		return learn_rare(11);
	case 1:
		return learn_rare(12);
	case 2:
		return learn_skewed(50000, 13);
	case 3:
		return learn_correlated(1000, 14);
	default:
		return learn_linear(2000, 10, 1, 15);
	}
}
enum { N_GENERATED = 5 };

START_TEST(one_pass_is_nearly_as_good_as_a_batch_fit)
{
	struct learn_set s = generated(_i);
	double want = learn_fit_r2(&s, s.n / 2) - MARGIN;
	double r2 = r2_of(&s, s.n / 2);
	ck_assert(want > 0.5);
	ck_assert_msg(r2 >= want, "set %d: R2 %.4f, not %.4f", _i, r2, want);
	learn_set_free(&s);
}
END_TEST

static double accuracy(const struct learn_set *s, const double *p, size_t from)
{
	double hits = 0;
	for (size_t i = from; i < s->n; i++)
		hits += (p[i] > 0.5) == (s->y[i] > 0.5);
	return hits / (double)(s->n - from);
}

/*
 * 570 rows of 30 columns. The true probabilities are known, and no
 * predictor does better; a fit to all rows at once, which has seen the
 * answers, may seem to.
 */
START_TEST(two_classes_are_told_apart)
{
	struct learn_set s = learn_classes(570, (uint64_t)_i + 20);
	double *p = predictions(&s, LEAT_LOSS_LOGISTIC), *fit = numbers(s.n);
	size_t half = s.n / 2;
	long double b[31];
	learn_fit(&s, s.n, NULL, 0, 1, b);
	for (size_t i = 0; i < s.n; i++)
		fit[i] = learn_fit_at(b, learn_row(&s, i), s.d);
	double loss = log_loss(&s, p, half), hits = accuracy(&s, p, half);
	double best = log_loss(&s, s.truth, half);
	ck_assert_msg(loss <= best + 0.1, "log loss %.4f, of the truth %.4f",
	    loss, best);
	ck_assert_msg(hits >= accuracy(&s, fit, half) - 0.08,
	    "accuracy %.3f, of the fit %.3f", hits, accuracy(&s, fit, half));
	free(p);
	free(fit);
	learn_set_free(&s);
}
END_TEST

static struct learn_set real_or_generated(int which)
{
	if (which == N_GENERATED)
		return learn_co2();
	if (which == N_GENERATED + 1)
		return learn_weather();
	return generated(which);
}
enum { N_SETS = N_GENERATED + 2 };

START_TEST(units_do_not_matter)
{
	struct learn_set s = real_or_generated(_i);
	double plain = r2_of(&s, 0);
	for (uint64_t k = 0; k < 4; k++) {
		struct learn_set c = learn_set_copy(&s);
		learn_rescale(&c, k % 2 ? 1e6 : 0, 30 + k);
		double r2 = r2_of(&c, 0);
		ck_assert_msg(fabs(r2 - plain) <= 0.02,
		    "set %d: R2 %.4f, in other units %.4f", _i, plain, r2);
		learn_set_free(&c);
	}
	learn_set_free(&s);
}
END_TEST

static void better_than_mean(const struct learn_set *s, const char *what)
{
	double *p = predictions(s, LEAT_LOSS_SQUARED);
	double got = learn_squares(s, p, 0), mean = learn_mean_squares(s, 0);
	ck_assert_msg(got < mean, "%s: %g, by the mean %g", what, got, mean);
	free(p);
}

START_TEST(any_order_is_learned_from)
{
	struct learn_set s = real_or_generated(_i), c = learn_set_copy(&s);
	better_than_mean(&s, "as it is");
	learn_reverse(&c);
	better_than_mean(&c, "reversed");
	for (uint64_t k = 0; k < 3; k++) {
		learn_shuffle(&c, 40 + k);
		better_than_mean(&c, "shuffled");
	}
	learn_set_free(&c);
	learn_set_free(&s);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Robustness                                                         */
/* ------------------------------------------------------------------ */

static double root_mean_square(const struct learn_set *s, const double *p,
    size_t from, size_t to)
{
	struct learn_set part = *s;
	part.n = to;
	return sqrt(learn_squares(&part, p, from) / (double)(to - from));
}

/* A single huge number, in row 500, feature i or (4) the target. */
START_TEST(one_huge_number_is_got_over)
{
	static const double huge[] = { 1e15, -1e15, 1e300, -1e300, DBL_MAX,
		-DBL_MAX };
	for (size_t k = 0; k < 6; k++) {
		for (size_t i = 0; i < 5; i++) {
			struct learn_set s = learn_linear(1501, 4, 0.5, 50 + i);
			if (i < 4)
				s.x[500 * s.d + i] = huge[k];
			else
				s.y[500] = huge[k];
			double *p = predictions(&s, LEAT_LOSS_SQUARED);
			double before = root_mean_square(&s, p, 300, 500);
			double after = root_mean_square(&s, p, 1301, 1501);
			ck_assert_msg(after <= 2 * before,
			    "%g in %zu: %g, before %g", huge[k], i, after,
			    before);
			free(p);
			learn_set_free(&s);
		}
	}
}
END_TEST

/* Several at a time, all over. */
START_TEST(huge_numbers_everywhere_leave_numbers)
{
	for (int loss = 0; loss < N_LOSSES; loss++) {
		struct rng r = rng_new(60);
		leat_model_options o = defaults(loss, 6);
		leat_model *m = default_model(&o);
		for (int k = 0; k < 3000; k++) {
			double x[6], y, p;
			for (size_t i = 0; i < 6; i++)
				x[i] = ldexp(rng_normal(&r),
				    (int)rng_below(&r, 2000) - 1000);
			y = target_of(loss,
			    ldexp(rng_normal(&r),
				(int)rng_below(&r, 2000) - 1000));
			ck_assert_int_eq(leat_model_learn(m, x, y, &p),
			    LEAT_OK);
			ck_assert_msg(isfinite(p), "loss %d: %g", loss, p);
			ck_assert(isfinite(leat_model_predict(m, x)));
		}
		leat_model_free(m);
	}
}
END_TEST

/*
 * The column is lost where its first number is 1e15, but not the others: a
 * batch fit without it says what they can tell.
 */
START_TEST(a_huge_first_number_spoils_its_column_alone)
{
	static const double huge[] = { 1e15, -1e300, DBL_MAX };
	for (size_t k = 0; k < 3; k++) {
		struct learn_set s = learn_linear(2000, 4, 0.5, 70 + k);
		struct learn_set rest = learn_set_copy(&s);
		for (size_t i = 0; i < s.n; i++)
			rest.x[i * s.d] = (double)(i % 2); /* tells nothing */
		double want = learn_fit_r2(&rest, 1000) - MARGIN;
		s.x[0] = huge[k];
		double r2 = r2_of(&s, 1000);
		ck_assert_msg(r2 >= want, "%g: R2 %.4f, not %.4f", huge[k], r2,
		    want);
		learn_set_free(&s);
		learn_set_free(&rest);
	}
}
END_TEST

/* Beside the mean, which has 1e15 / n of it for as long. */
START_TEST(a_huge_first_target_is_as_bad_as_it_is_for_the_mean)
{
	static const double huge[] = { 1e15, -1e15, 1e100 };
	for (size_t k = 0; k < 3; k++) {
		struct learn_set s = learn_linear(2000, 4, 0.5, 75 + k);
		s.y[0] = huge[k];
		double *p = predictions(&s, LEAT_LOSS_SQUARED);
		ck_assert(learn_squares(&s, p, 10) <=
		    1.01 * learn_mean_squares(&s, 10));
		free(p);
		learn_set_free(&s);
	}
}
END_TEST

START_TEST(a_column_that_starts_to_vary_late_is_learned)
{
	static const double still[] = { 0, 5, 1e6 };
	for (size_t k = 0; k < 3; k++) {
		struct learn_set s = learn_linear(4000, 3, 0.5, 80 + k), late;
		for (size_t i = 0; i < s.n; i++) {
			double *x = &s.x[i * s.d + 1];
			s.y[i] -= *x;
			*x = i < 2000 ? still[k] : still[k] + *x;
			s.y[i] += 2 * (*x - still[k]);
		}
		late = s;
		late.x += 3000 * s.d;
		late.y += 3000;
		late.n = 1000;
		double *p = predictions(&s, LEAT_LOSS_SQUARED);
		double want = learn_fit_r2(&late, 0) - MARGIN;
		double r2 = learn_r2(&late, p + 3000, 0);
		ck_assert_msg(r2 >= want, "R2 %.4f, not %.4f", r2, want);
		free(p);
		learn_set_free(&s);
	}
}
END_TEST

/* Only the mean can be learned, which is the prediction. */
START_TEST(constant_columns_leave_the_mean)
{
	struct learn_set s = learn_linear(3000, 4, 1, 85);
	for (size_t i = 0; i < s.n * s.d; i++)
		s.x[i] = 3.5 * (double)(i % s.d) - 2;
	double *p = predictions(&s, LEAT_LOSS_SQUARED);
	ck_assert(learn_squares(&s, p, 0) <= 1.01 * learn_mean_squares(&s, 0));
	free(p);
	learn_set_free(&s);
}
END_TEST

START_TEST(a_constant_target_is_predicted_exactly)
{
	static const double level[] = { 0, 7.3, -1e9, 1e-12, 1e140 };
	for (int loss = 0; loss <= LEAT_LOSS_QUANTILE; loss++) {
		for (size_t k = 0; k < 5; k++) {
			struct learn_set s = learn_linear(200, 5, 1, 86);
			for (size_t i = 0; i < s.n; i++)
				s.y[i] = level[k];
			double *p = predictions(&s, loss);
			for (size_t i = 1; i < s.n; i++)
				ck_assert_msg(p[i] == level[k],
				    "loss %d: %.17g, not %.17g", loss, p[i],
				    level[k]);
			free(p);
			learn_set_free(&s);
		}
	}
}
END_TEST

START_TEST(white_noise_costs_at_most_1_percent)
{
	static const size_t dims[] = { 1, 5, 20 };
	size_t n = short_run() ? 20000 : 100000, d = dims[_i];
	struct learn_set s = learn_set_new(n, d);
	struct rng r = rng_new(87 + (uint64_t)_i);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < d; j++)
			s.x[i * d + j] = rng_normal(&r);
		s.y[i] = 10 + rng_normal(&r);
	}
	double *p = predictions(&s, LEAT_LOSS_SQUARED);
	double got = learn_squares(&s, p, 0), mean = learn_mean_squares(&s, 0);
	ck_assert_msg(got <= 1.01 * mean, "d %zu: %.5f of the mean's", d,
	    got / mean);
	free(p);
	learn_set_free(&s);
}
END_TEST

/*
 * No target outside what has been seen is predicted; a few roundings are
 * allowed to the way back from standardised units.
 */
START_TEST(predictions_stay_within_the_targets_seen)
{
	for (int set = 0; set < 4; set++) {
		for (int loss = 0; loss <= LEAT_LOSS_QUANTILE; loss++) {
			struct learn_set s = set < 2 ? learn_rare(90)
			    : set == 2               ? learn_co2()
				       : learn_linear(500, 3, 4, 91);
			if (set == 1)
				learn_shuffle(&s, 92);
			double *p = predictions(&s, loss);
			double least = s.y[0], most = s.y[0];
			for (size_t i = 1; i < s.n; i++) {
				ck_assert(p[i] >= least && p[i] <= most);
				least = fmin(least, s.y[i]);
				most = fmax(most, s.y[i]);
			}
			free(p);
			learn_set_free(&s);
		}
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Weights                                                            */
/* ------------------------------------------------------------------ */

/* However heavy a sample is, what is learned from it is its target. */
static void steps_towards(int loss, double weight)
{
	struct learn_set s = learn_linear(500, 4, 1, 160);
	leat_model_options o = defaults(loss, s.d);
	leat_model *m = default_model(&o);
	for (size_t i = 0; i < 499; i++)
		leat_model_learn(m, learn_row(&s, i), s.y[i], NULL);
	const double *x = learn_row(&s, 499);
	double y = s.y[499] > 3 ? 0 : 6, before = leat_model_predict(m, x);
	ck_assert_int_eq(learn_weighted(m, x, y, weight, NULL), LEAT_OK);
	double after = leat_model_predict(m, x);
	ck_assert_msg(fabs(after - y) <= fabs(before - y),
	    "loss %d weight %g: %g, then %g for %g", loss, weight, before,
	    after, y);
	ck_assert((after - y) * (before - y) >= -1e-6);
	leat_model_free(m);
	learn_set_free(&s);
}

START_TEST(a_heavy_sample_is_not_overshot)
{
	static const double weights[] = { 1e-9, 0.5, 1, 2, 100, 1e6, 1e12,
		1e300 };
	for (int loss = 0; loss <= LEAT_LOSS_QUANTILE; loss++)
		for (size_t k = 0; k < sizeof(weights) / sizeof(*weights); k++)
			steps_towards(loss, weights[k]);
}
END_TEST

/*
 * Four rows of five say the opposite, with a weight of 0.01 each: of
 * weights that count, the fifth has 25 times theirs together, so a batch
 * fit has 24 / 26 of the plane, and an error of (2 / 26)^2 of what the
 * mean has. Without weights it would be the other plane.
 */
START_TEST(a_weight_says_how_much_a_sample_counts)
{
	struct learn_set s = learn_linear(10000, 6, 0, 161);
	leat_model_options o = defaults(LEAT_LOSS_SQUARED, s.d);
	leat_model *m = default_model(&o);
	double errors = 0, all = 0, p = 0;
	for (size_t i = 0; i < s.n; i++) {
		int lies = i % 5 != 0;
		double z = s.y[i] - 3, y = lies ? 3 - z : s.y[i];
		learn_weighted(m, learn_row(&s, i), y, lies ? 0.01 : 1, &p);
		errors += i < s.n / 2 ? 0 : (p - s.y[i]) * (p - s.y[i]);
		all += i < s.n / 2 ? 0 : z * z;
	}
	ck_assert_msg(errors <= 0.02 * all, "%g of the mean's", errors / all);
	leat_model_free(m);
	learn_set_free(&s);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Coefficients                                                       */
/* ------------------------------------------------------------------ */

/* intercept + coefficients x, and in *size what the features' part is. */
static double plane(const leat_model *m, const double *x, size_t d,
    const double *middle, double *size)
{
	double w[8], b;
	leat_model_coefficients(m, w, &b);
	long double f = b;
	*size = 1;
	for (size_t i = 0; i < d; i++) {
		f += (long double)w[i] * x[i];
		*size += fabs(w[i] * (x[i] - middle[i]));
	}
	return (double)f;
}

/*
 * A sample is standardised by statistics that it is part of, which moves
 * its z by up to about (1 + z^2 / 2) / n after n samples: so far, and no
 * farther, may the plane be from the score. Targets are noise for the most
 * part, so that no prediction comes near the ends where it is cut off.
 */
START_TEST(coefficients_are_those_of_the_plane_predicted_by)
{
	static const double middle[4] = { 0, 100, -5000, 1e6 };
	double n = short_run() ? 5000 : 50000, x[4], y, size;
	leat_model_options o = defaults(_i, 4);
	leat_model *m = default_model(&o);
	struct rng r = rng_new(97);
	for (double k = 0; k < n + 200; k++) {
		double f = 0;
		for (size_t i = 0; i < 4; i++) {
			double z = rng_normal(&r);
			f += 0.5 * z;
			x[i] = middle[i] + (double)(i + 1) * z;
		}
		y = f + 3 * rng_normal(&r);
		if (_i == LEAT_LOSS_LOGISTIC || _i == LEAT_LOSS_HINGE)
			y = y > 0;
		if (_i == LEAT_LOSS_POISSON)
			y = learn_poisson(exp(1 + 0.3 * f), &r);
		double want = plane(m, x, 4, middle, &size);
		double got = leat_model_score(m, x);
		if (k >= n && !(fabs(got - want) <= 12 / n * size))
			ck_abort_msg("loss %d: score %.17g, plane %.17g", _i,
			    got, want);
		leat_model_learn(m, x, y, NULL);
	}
	leat_model_free(m);
}
END_TEST

START_TEST(coefficients_are_near_those_of_the_batch_fit)
{
	struct learn_set s = learn_linear(20000, 5, 0.5, 95);
	leat_model_options o = defaults(LEAT_LOSS_SQUARED, s.d);
	leat_model *m = default_model(&o);
	double w[5], b;
	long double fit[6];
	for (size_t i = 0; i < s.n; i++) /* in other units */
		for (size_t j = 0; j < s.d; j++)
			s.x[i * s.d + j] = 100 +
			    pow(10, (double)j - 2) * s.x[i * s.d + j];
	leat_model_learn_many(m, s.x, s.y, NULL, s.n, NULL);
	leat_model_coefficients(m, w, &b);
	learn_fit(&s, s.n, NULL, 0, 1, fit);
	for (size_t j = 0; j < s.d; j++) {
		double unit = pow(10, (double)j - 2);
		ck_assert_double_eq_tol(w[j] * unit, (double)fit[j + 1] * unit,
		    0.05);
	}
	leat_model_free(m);
	learn_set_free(&s);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Every loss                                                         */
/* ------------------------------------------------------------------ */

START_TEST(quantiles_cover_their_share)
{
	static const double share[] = { 0.1, 0.5, 0.9 };
	for (size_t k = 0; k < 3; k++) {
		struct learn_set s = learn_linear(20000, 4, 1, 100 + k);
		leat_model_options o = defaults(LEAT_LOSS_QUANTILE, s.d);
		double below = 0;
		o.loss_arg = share[k];
		double *p = predictions_with(&s, &o);
		for (size_t i = s.n / 2; i < s.n; i++)
			below += s.y[i] <= p[i];
		below /= (double)(s.n / 2);
		ck_assert_msg(fabs(below - share[k]) <= 0.03, "%.3f, not %.1f",
		    below, share[k]);
		free(p);
		learn_set_free(&s);
	}
}
END_TEST

/*
 * Everything in the model is relative to the spread of columns and target,
 * and a power of 2 rounds nothing: so units that differ by one change no
 * bit, if a loss's arg that is given is in the units of y.
 */
static void same_in_other_units(int loss, double arg)
{
	struct learn_set s = learn_linear(500, 7, 0.5, 98);
	struct learn_set c = learn_set_copy(&s);
	leat_model_options o = defaults(loss, s.d);
	for (size_t i = 0; i < s.n; i++) {
		c.y[i] = ldexp(c.y[i], -37);
		for (size_t j = 0; j < s.d; j++)
			c.x[i * s.d + j] = ldexp(c.x[i * s.d + j],
			    (int)(40 * j) - 120);
	}
	o.loss_arg = arg;
	double *p = predictions_with(&s, &o);
	if (loss != LEAT_LOSS_QUANTILE)
		o.loss_arg = ldexp(arg, -37);
	double *q = predictions_with(&c, &o);
	for (size_t i = 0; i < s.n; i++)
		if (!same_bits(ldexp(p[i], -37), q[i]))
			ck_abort_msg("loss %d arg %g row %zu: %a, %a", loss,
			    arg, i, p[i], q[i]);
	free(p);
	free(q);
	learn_set_free(&s);
	learn_set_free(&c);
}

START_TEST(powers_of_two_change_no_bit)
{
	for (int loss = 0; loss <= LEAT_LOSS_QUANTILE; loss++)
		same_in_other_units(loss, 0);
	same_in_other_units(LEAT_LOSS_HUBER, 0.75);
	same_in_other_units(LEAT_LOSS_EPSILON, 0.25);
	same_in_other_units(LEAT_LOSS_QUANTILE, 0.2);
}
END_TEST

/*
 * The columns are shifted by 2^50, where doubles have quarters left: their
 * numbers are multiples of that, so only the model can lose anything.
 */
START_TEST(columns_far_from_0_are_learned_from_as_well)
{
	struct learn_set s = learn_linear(1000, 4, 0.5, 150), c;
	for (size_t i = 0; i < s.n * s.d; i++)
		s.x[i] = rint(64 * s.x[i]) / 4;
	c = learn_set_copy(&s);
	for (size_t i = 0; i < s.n * s.d; i++)
		c.x[i] += i % s.d % 2 ? 0x1p50 : -0x1p49;
	double *p = predictions(&s, LEAT_LOSS_SQUARED);
	double *q = predictions(&c, LEAT_LOSS_SQUARED);
	for (size_t i = 0; i < s.n; i++)
		ck_assert_double_eq_tol(p[i], q[i], 1e-9);
	free(p);
	free(q);
	learn_set_free(&s);
	learn_set_free(&c);
}
END_TEST

/*
 * With 200 features |z|^2 is about 200, so that a step by the rate alone
 * would go far past the target, to the other end of those seen. Two rows
 * a coefficient, a tenth of all, is what finding the plane may cost.
 */
START_TEST(many_features_are_no_reason_to_overshoot)
{
	for (int loss = 0; loss <= LEAT_LOSS_QUANTILE; loss++) {
		struct learn_set s = learn_linear(4000, 200, 1, 151);
		double *p = predictions(&s, loss);
		double early = learn_mean_squares(&s, 0);
		ck_assert_msg(learn_squares(&s, p, 0) < 0.1 * early,
		    "loss %d: %g of the mean's", loss,
		    learn_squares(&s, p, 0) / early);
		free(p);
		learn_set_free(&s);
	}
}
END_TEST

/*
 * l2 makes coefficients smaller; enough l1 leaves none of them. Both are in
 * standardised units, so it does not matter that columns differ in size.
 */
START_TEST(penalties_shrink_standardised_coefficients)
{
	double size[3], w[5];
	for (int k = 0; k < 3; k++) {
		struct learn_set s = learn_linear(3000, 5, 0.5, 99);
		leat_model_options o = defaults(LEAT_LOSS_SQUARED, s.d);
		o.l2 = k == 1 ? 0.5 : 0;
		o.l1 = k == 2 ? 200 : 0; /* no slope is as large */
		for (size_t i = 0; i < s.n * s.d; i++)
			s.x[i] *= pow(10, (double)(i % s.d));
		leat_model *m = default_model(&o);
		leat_model_learn_many(m, s.x, s.y, NULL, s.n, NULL);
		leat_model_coefficients(m, w, NULL);
		size[k] = 0;
		for (size_t j = 0; j < s.d; j++)
			size[k] += fabs(w[j]) * pow(10, (double)j);
		leat_model_free(m);
		learn_set_free(&s);
	}
	ck_assert_msg(size[1] < 0.85 * size[0], "l2: %g of %g", size[1],
	    size[0]);
	ck_assert_msg(size[2] == 0, "l1: %g", size[2]);
}
END_TEST

static double mean_size(const struct learn_set *s, const double *p, size_t from)
{
	double sum = 0;
	for (size_t i = from; i < s->n; i++)
		sum += fabs(p[i] - s->truth[i]);
	return sum / (double)(s->n - from);
}

/* A target in 20 is off by 100; errors are against the true value. */
START_TEST(robust_losses_beat_squares_where_targets_are_wrong)
{
	static const int losses[] = { LEAT_LOSS_SQUARED, LEAT_LOSS_HUBER,
		LEAT_LOSS_EPSILON };
	double off[3];
	for (int k = 0; k < 3; k++) {
		struct learn_set s = learn_linear(10000, 5, 0.5, 110);
		struct rng r = rng_new(111);
		s.truth = numbers(s.n);
		memcpy(s.truth, s.y, s.n * sizeof(double));
		for (size_t i = 0; i < s.n; i++)
			if (rng_below(&r, 20) == 0)
				s.y[i] += 100;
		double *p = predictions(&s, losses[k]);
		off[k] = mean_size(&s, p, s.n / 2);
		free(p);
		learn_set_free(&s);
	}
	ck_assert_msg(off[1] < off[0], "Huber %g, squares %g", off[1], off[0]);
	ck_assert_msg(off[2] < off[0], "epsilon %g, squares %g", off[2],
	    off[0]);
}
END_TEST

/* Relative to the true mean, which lies between 1 and 8. */
START_TEST(counts_are_predicted_by_their_true_mean)
{
	struct learn_set s = learn_counts(10000, 120);
	double *p = predictions(&s, LEAT_LOSS_POISSON), off = 0, mean = 0;
	for (size_t i = 0; i < s.n; i++)
		mean += s.y[i] / (double)s.n;
	double flat = 0;
	for (size_t i = s.n / 2; i < s.n; i++) {
		off += fabs(p[i] / s.truth[i] - 1);
		flat += fabs(mean / s.truth[i] - 1);
		ck_assert(p[i] > 0);
	}
	off /= (double)(s.n / 2);
	flat /= (double)(s.n / 2);
	ck_assert_msg(off <= 0.1, "off by %.3f", off);
	ck_assert_msg(off <= flat / 2, "off by %.3f, the mean %.3f", off, flat);
	free(p);
	learn_set_free(&s);
}
END_TEST

START_TEST(probabilities_are_near_the_true_ones)
{
	struct learn_set s = learn_classes(20000, 130);
	double *p = predictions(&s, LEAT_LOSS_LOGISTIC);
	double loss = log_loss(&s, p, s.n / 2);
	double best = log_loss(&s, s.truth, s.n / 2);
	ck_assert_msg(loss <= best + 0.02, "%.4f, the truth %.4f", loss, best);
	free(p);
	learn_set_free(&s);
}
END_TEST

START_TEST(the_hinge_tells_classes_apart)
{
	struct learn_set s = learn_classes(20000, 131);
	double *p = predictions(&s, LEAT_LOSS_HINGE);
	double hits = accuracy(&s, p, s.n / 2);
	double best = accuracy(&s, s.truth, s.n / 2);
	ck_assert_msg(hits >= best - 0.02, "%.4f, the truth %.4f", hits, best);
	free(p);
	learn_set_free(&s);
}
END_TEST

/* Every loss finds the same plane if there is no noise. */
START_TEST(every_loss_of_location_finds_the_plane)
{
	for (int loss = 0; loss <= LEAT_LOSS_QUANTILE; loss++) {
		struct learn_set s = learn_linear(10000, 5, 0.3, 140);
		double *p = predictions(&s, loss);
		double want = learn_fit_r2(&s, s.n / 2) - MARGIN;
		double r2 = learn_r2(&s, p, s.n / 2);
		ck_assert_msg(r2 >= want, "loss %d: R2 %.4f, not %.4f", loss,
		    r2, want);
		free(p);
		learn_set_free(&s);
	}
}
END_TEST

/* ------------------------------------------------------------------ */

static TCase *default_case(Suite *s, const char *name)
{
	TCase *c = tcase_create(name);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	return c;
}

static void add_quality(Suite *s)
{
	TCase *c = default_case(s, "quality");
	tcase_add_test(c, carbon_dioxide_is_followed);
	tcase_add_test(c, weather_of_tomorrow_is_predicted);
	tcase_add_test(c, late_flights_are_told_better_than_by_their_rate);
	tcase_add_loop_test(c, one_pass_is_nearly_as_good_as_a_batch_fit, 0,
	    N_GENERATED);
	tcase_add_loop_test(c, two_classes_are_told_apart, 0, 4);
	tcase_add_loop_test(c, units_do_not_matter, 0, N_SETS);
	tcase_add_loop_test(c, any_order_is_learned_from, 0, N_SETS);
}

static void add_robustness(Suite *s)
{
	TCase *c = default_case(s, "robustness");
	tcase_add_test(c, one_huge_number_is_got_over);
	tcase_add_test(c, huge_numbers_everywhere_leave_numbers);
	tcase_add_test(c, a_huge_first_number_spoils_its_column_alone);
	tcase_add_test(c, a_huge_first_target_is_as_bad_as_it_is_for_the_mean);
	tcase_add_test(c, a_column_that_starts_to_vary_late_is_learned);
	tcase_add_test(c, constant_columns_leave_the_mean);
	tcase_add_test(c, a_constant_target_is_predicted_exactly);
	tcase_add_loop_test(c, white_noise_costs_at_most_1_percent, 0, 3);
	tcase_add_test(c, predictions_stay_within_the_targets_seen);
}

static void add_losses(Suite *s)
{
	TCase *c = default_case(s, "losses");
	tcase_add_test(c, coefficients_are_near_those_of_the_batch_fit);
	tcase_add_loop_test(c, coefficients_are_those_of_the_plane_predicted_by,
	    0, 7);
	tcase_add_test(c, powers_of_two_change_no_bit);
	tcase_add_test(c, columns_far_from_0_are_learned_from_as_well);
	tcase_add_test(c, many_features_are_no_reason_to_overshoot);
	tcase_add_test(c, penalties_shrink_standardised_coefficients);
	tcase_add_test(c, a_heavy_sample_is_not_overshot);
	tcase_add_test(c, a_weight_says_how_much_a_sample_counts);
	tcase_add_test(c, quantiles_cover_their_share);
	tcase_add_test(c, robust_losses_beat_squares_where_targets_are_wrong);
	tcase_add_test(c, counts_are_predicted_by_their_true_mean);
	tcase_add_test(c, probabilities_are_near_the_true_ones);
	tcase_add_test(c, the_hinge_tells_classes_apart);
	tcase_add_test(c, every_loss_of_location_finds_the_plane);
}

Suite *model_default_suite(void)
{
	Suite *s = suite_create("model_default");
	add_quality(s);
	add_robustness(s);
	add_losses(s);
	return s;
}
