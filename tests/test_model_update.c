/*
 * Updates of coefficients: every update against a second
 * implementation, written here from the papers.
 *
 * Plain descent is compared with == against the loop of the textbook, in
 * double, with the documented order of the sum. The others are compared
 * with their formulas in long double; the difference is rounding, and the
 * bound for it is 1e-10 of the largest coefficient. Least squares is
 * compared with a batch fit by Householder's QR in long double.
 *
 * Slopes of the losses come from leat_loss_gradient() in the first, since
 * its bits are wanted, and from the formulas of the header in the second;
 * the two are compared as well, here.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "big.h"
#include "data.h"
#include "learn_calls.h"
#include "learn_data.h"
#include "lists.h"
#include "suites.h"

static leat_model *update_model(const leat_model_options *o)
{
	leat_model *m;
	ck_assert_int_eq(leat_model_new(&m, o), LEAT_OK);
	return m;
}

static void *zeros(size_t n, size_t each)
{
	void *p = calloc(n, each);
	ck_assert_ptr_nonnull(p);
	return p;
}

/* Returns the header's default where loss_arg is 0. */
static double effective_arg(const leat_model_options *o)
{
	return o->loss_arg != 0 ? o->loss_arg : loss_list[o->loss].arg;
}

/* ------------------------------------------------------------------ */
/* Plain descent: the textbook                                        */
/* ------------------------------------------------------------------ */

/* Coefficients, and their running means for `average`. */
struct textbook {
	const leat_model_options *o;
	double *w, *mean;
	double intercept, mean_intercept;
	double t;
};

static struct textbook textbook_open(const leat_model_options *o)
{
	struct textbook b;
	memset(&b, 0, sizeof(b));
	b.o = o;
	b.w = zeros(o->n_features, sizeof(double));
	b.mean = zeros(o->n_features, sizeof(double));
	return b;
}

static void textbook_close(struct textbook *b)
{
	free(b->w);
	free(b->mean);
}

/* Eight plain sums, feature i in sum i mod 8, joined as documented. */
static double textbook_sum(const double *w, const double *x, size_t d)
{
	double s[8] = { 0 };
	for (size_t i = 0; i < d; i++)
		s[i % 8] += w[i] * x[i];
	return ((s[0] + s[4]) + (s[2] + s[6])) +
	    ((s[1] + s[5]) + (s[3] + s[7]));
}

/* Sign of ((a + b) / 2)^4 - t^quarters, exactly. */
static int middle_above(double a, double b, double t, int quarters)
{
	struct big sum, other, power;
	big_set(&sum, a / 2);
	big_set(&other, b / 2);
	big_add(&sum, &sum, &other);
	big_mul(&sum, &sum, &sum);
	big_mul(&sum, &sum, &sum);
	big_set(&power, t);
	for (int k = 1; k < quarters; k++)
		big_mul_u64(&power, &power, (uint64_t)t);
	return big_cmp_mag(&sum, &power);
}

/*
 * The double nearest to t^(quarters / 4). powl() would not do: it rounds
 * to long double first, and its 24^0.25, cut to double, is the wrong one.
 */
static double nearest_power(double t, int quarters)
{
	double r = pow(t, quarters / 4.0);
	while (middle_above(r, nextafter(r, HUGE_VAL), t, quarters) < 0)
		r = nextafter(r, HUGE_VAL);
	while (middle_above(nextafter(r, 0), r, t, quarters) > 0)
		r = nextafter(r, 0);
	return r;
}

/* rate / t^power, for powers that are quarters. */
static double textbook_rate(const struct textbook *b)
{
	double rate = b->o->rate != 0 ? b->o->rate : 0.01, p = b->o->power;
	if (p == 0)
		return rate;
	if (p == 0.5)
		return rate / sqrt(b->t);
	if (p == 1)
		return rate / b->t;
	return rate / nearest_power(b->t, (int)(4 * p));
}

static double towards_zero(double w, double by)
{
	if (w > by)
		return w - by;
	return w < -by ? w + by : 0;
}

static void textbook_step(struct textbook *b, const double *x, double eta,
    double g)
{
	const leat_model_options *o = b->o;
	for (size_t i = 0; i < o->n_features; i++) {
		double e = o->rates != NULL ? eta * o->rates[i] : eta;
		if (o->l1 > 0 || o->l2 > 0) {
			b->w[i] -= e * (g * x[i] + o->l2 * b->w[i]);
			b->w[i] = towards_zero(b->w[i], e * o->l1);
		} else {
			b->w[i] -= e * g * x[i];
		}
	}
	if (!o->no_intercept)
		b->intercept -= eta * g;
}

static void textbook_average(struct textbook *b)
{
	for (size_t i = 0; i < b->o->n_features; i++)
		b->mean[i] += (b->w[i] - b->mean[i]) / b->t;
	b->mean_intercept += (b->intercept - b->mean_intercept) / b->t;
}

/* Returns the score that is predicted by. */
static double textbook_learn(struct textbook *b, const double *x, double y,
    double weight)
{
	const leat_model_options *o = b->o;
	double f = b->intercept + textbook_sum(b->w, x, o->n_features);
	double mean = b->mean_intercept +
	    textbook_sum(b->mean, x, o->n_features);
	b->t++;
	double g = leat_loss_gradient(o->loss, effective_arg(o), f, y);
	if (o->clip > 0 && fabs(g) > o->clip)
		g = g > 0 ? o->clip : -o->clip;
	textbook_step(b, x, textbook_rate(b) * weight, g);
	textbook_average(b);
	return o->average ? mean : f;
}

static void same_state(const leat_model *m, const struct textbook *b)
{
	const leat_model_options *o = b->o;
	double *w = zeros(o->n_features, sizeof(double)), intercept;
	leat_model_coefficients(m, w, &intercept);
	for (size_t i = 0; i < o->n_features; i++)
		if (!same_bits(w[i], b->w[i]))
			ck_abort_msg("loss %d d %zu feature %zu: %a, not %a",
			    o->loss, o->n_features, i, w[i], b->w[i]);
	ck_assert(same_bits(intercept, b->intercept));
	free(w);
}

static void follow_textbook(const leat_model_options *o, size_t n, int weighted,
    uint64_t seed)
{
	struct textbook b = textbook_open(o);
	leat_model *m = update_model(o);
	double *x = zeros(o->n_features, sizeof(double));
	struct rng r = rng_new(seed);
	for (size_t k = 0; k < n; k++) {
		double y = learn_sample(o->loss, x, o->n_features, &r);
		double weight = weighted ? 2.5 * rng_uniform(&r) + 0.01 : 1;
		double score = leat_model_score(m, x), p = 0;
		double want = textbook_learn(&b, x, y, weight);
		ck_assert_int_eq(learn_weighted(m, x, y, weight, &p), LEAT_OK);
		if (!same_bits(score, want) ||
		    !same_bits(p, leat_loss_prediction(o->loss, want)))
			ck_abort_msg("loss %d d %zu power %g sample %zu: "
				     "%a, not %a",
			    o->loss, o->n_features, o->power, k, score, want);
	}
	if (!o->average)
		same_state(m, &b);
	free(x);
	leat_model_free(m);
	textbook_close(&b);
}

/* A variant of the options, by number; 0 is the plain form. */
enum { N_VARIANTS = 16 };
static void make_variant(leat_model_options *o, int variant,
    const double *rates)
{
	static const double powers[] = { 0.5, 1, 0.25, 0.75 };
	if (variant >= 1 && variant <= 4)
		o->power = powers[variant - 1];
	if (variant == 5 || variant == 15)
		o->no_intercept = 1;
	if (variant == 6 || variant == 14 || variant == 15)
		o->rates = rates;
	if (variant == 7 || variant == 9 || variant >= 14)
		o->l1 = 0.03;
	if (variant == 8 || variant == 9 || variant >= 14)
		o->l2 = 0.2;
	if (variant == 10 || variant >= 14)
		o->clip = 0.4;
	if (variant == 11 || variant == 12 || variant == 15)
		o->average = 1;
	if (variant >= 12)
		o->rate = 0.21;
	if (variant >= 14)
		o->power = 0.25;
}

static void fill_rates(double *rates, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rates[i] = (double)(i % 4) / 2; /* 0 too */
}

START_TEST(plain_descent_is_the_textbook_loop_bit_for_bit)
{
	static const size_t dims[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
		13, 14, 15, 16, 17, 64, 100, 513 };
	size_t n = short_run() ? 20 : 60, step = short_run() ? 3 : 1;
	double rates[513];
	fill_rates(rates, 513);
	for (size_t k = 0; k < sizeof(dims) / sizeof(*dims); k += step) {
		leat_model_options o;
		o = learn_options(LEAT_UPDATE_SGD, _i, dims[k]);
		follow_textbook(&o, n, 0, 71 + k);
		for (int v = 1; v < N_VARIANTS; v++) {
			o = learn_options(LEAT_UPDATE_SGD, _i, dims[k]);
			make_variant(&o, v, rates);
			follow_textbook(&o, n, v % 2, 100 + k);
		}
		follow_textbook(&o, n, 1, 200 + k);
	}
}
END_TEST

START_TEST(a_weighted_plain_sample_is_a_longer_step)
{
	for (size_t d = 1; d < 20; d += 6) {
		leat_model_options o = learn_options(LEAT_UPDATE_SGD, _i, d);
		follow_textbook(&o, 100, 1, d);
	}
}
END_TEST

START_TEST(rates_fall_with_a_power_rounded_once)
{
	static const double powers[] = { 0.25, 0.5, 0.75, 1 };
	for (size_t k = 0; k < sizeof(powers) / sizeof(*powers); k++) {
		leat_model_options o = learn_options(LEAT_UPDATE_SGD, 0, 2);
		o.power = powers[k];
		o.rate = 0.3;
		follow_textbook(&o, short_run() ? 200 : 3000, 0, k);
	}
}
END_TEST

START_TEST(descent_has_no_trouble_with_100000_features)
{
	leat_model_options o = learn_options(LEAT_UPDATE_SGD, 0, 100000);
	follow_textbook(&o, 5, 0, 5);
	o.average = 1;
	o.l2 = 0.1;
	follow_textbook(&o, 3, 1, 6);
}
END_TEST

/* ------------------------------------------------------------------ */
/* The formulas of the papers, in long double                         */
/* ------------------------------------------------------------------ */

/*
 * The intercept is feature 0, with x = 1 and no penalty. a, b, c, e are
 * what the update keeps for each feature.
 */
struct paper {
	const leat_model_options *o;
	size_t p;
	long double *w, *mean, *a, *b, *c, *e, *x;
	long double t;
};

static struct paper paper_open(const leat_model_options *o)
{
	struct paper q;
	memset(&q, 0, sizeof(q));
	q.o = o;
	q.p = o->n_features + 1;
	q.w = zeros(7 * q.p, sizeof(long double));
	q.mean = q.w + q.p;
	q.a = q.w + 2 * q.p;
	q.b = q.w + 3 * q.p;
	q.c = q.w + 4 * q.p;
	q.e = q.w + 5 * q.p;
	q.x = q.w + 6 * q.p;
	return q;
}

static long double paper_slope(int loss, long double arg, long double f,
    long double y)
{
	long double r = f - y;
	switch (loss) {
	case LEAT_LOSS_HUBER:
		return r > arg ? arg : r < -arg ? -arg : r;
	case LEAT_LOSS_EPSILON:
		return fabsl(r) <= arg ? 0 : r > 0 ? 1 : -1;
	case LEAT_LOSS_QUANTILE:
		return r < 0 ? -arg : 1 - arg;
	case LEAT_LOSS_LOGISTIC:
		return 1 / (1 + expl(-f)) - y;
	case LEAT_LOSS_HINGE:
		if (y > 0.5L)
			return f < 1 ? -1 : 0;
		return f > -1 ? 1 : 0;
	case LEAT_LOSS_POISSON:
		return expl(f) - y;
	default:
		return r;
	}
}

/* Returns whether feature i moves at all. */
static int paper_moves(const struct paper *q, size_t i)
{
	return i > 0 || !q->o->no_intercept;
}

static long double paper_norm(const struct paper *q)
{
	long double sum = 0;
	for (size_t i = 0; i < q->p; i++)
		if (paper_moves(q, i))
			sum += q->x[i] * q->x[i];
	return sum;
}

static long double shrunk(long double w, long double by)
{
	long double a = fabsl(w) - by;
	return a <= 0 ? 0 : w > 0 ? a : -a;
}

static long double paper_rate(const struct paper *q, double usual)
{
	return q->o->rate != 0 ? q->o->rate : usual;
}

static void paper_sgd(struct paper *q, long double g, long double weight)
{
	long double eta = paper_rate(q, 0.01) / powl(q->t, q->o->power);
	for (size_t i = 0; i < q->p; i++) {
		long double e = eta * weight, l1 = 0, l2 = 0;
		if (!paper_moves(q, i))
			continue;
		if (i > 0) {
			e *= q->o->rates ? q->o->rates[i - 1] : 1;
			l1 = q->o->l1;
			l2 = q->o->l2;
		}
		q->w[i] = shrunk(q->w[i] - e * (g * q->x[i] + l2 * q->w[i]),
		    e * l1);
		q->mean[i] += (q->w[i] - q->mean[i]) / q->t;
	}
}

/* Duchi et al., with the diagonal matrix; c is the sum of squares. */
static void paper_adagrad(struct paper *q, long double g, long double weight)
{
	for (size_t i = 0; i < q->p; i++) {
		long double e = paper_rate(q, 0.1), l1 = 0, l2 = 0;
		if (!paper_moves(q, i))
			continue;
		if (i > 0) {
			e *= q->o->rates ? q->o->rates[i - 1] : 1;
			l1 = q->o->l1;
			l2 = q->o->l2;
		}
		long double slope = weight * g * q->x[i] + l2 * q->w[i];
		q->c[i] += slope * slope;
		e /= sqrtl(1e-10L + q->c[i]);
		q->w[i] = shrunk(q->w[i] - e * slope, e * l1);
	}
}

static void paper_move(struct paper *q, long double step)
{
	for (size_t i = 0; i < q->p; i++)
		if (paper_moves(q, i))
			q->w[i] += step * q->x[i];
}

static void paper_nlms(struct paper *q, long double g, long double weight)
{
	long double rate = weight * paper_rate(q, 0.5);
	paper_move(q, -rate * g / (1e-10L + paper_norm(q)));
}

/* Crammer et al., figure 1; a weight multiplies C. */
static void paper_passive(struct paper *q, long double f, long double y,
    long double weight, int second)
{
	long double c = weight * paper_rate(q, 1), loss, sign, tau;
	if (q->o->loss == LEAT_LOSS_HINGE) {
		sign = y > 0.5L ? 1 : -1;
		loss = fmaxl(0, 1 - sign * f);
	} else {
		sign = y > f ? 1 : -1;
		loss = fmaxl(0, fabsl(y - f) - effective_arg(q->o));
	}
	if (second)
		tau = loss / (paper_norm(q) + 1 / (2 * c));
	else
		tau = loss > 0 ? fminl(c, loss / paper_norm(q)) : 0;
	paper_move(q, sign * tau);
}

/* McMahan et al., algorithm 1: a is z, c is n. */
static void paper_ftrl(struct paper *q, long double g, long double weight)
{
	long double alpha = paper_rate(q, 0.1);
	for (size_t i = 0; i < q->p; i++) {
		long double l1 = i > 0 ? q->o->l1 : 0,
			    l2 = i > 0 ? q->o->l2 : 0;
		long double gi = weight * g * q->x[i], sigma;
		if (!paper_moves(q, i))
			continue;
		sigma = (sqrtl(q->c[i] + gi * gi) - sqrtl(q->c[i])) / alpha;
		q->a[i] += gi - sigma * q->w[i];
		q->c[i] += gi * gi;
		q->w[i] = 0;
		if (fabsl(q->a[i]) > l1)
			q->w[i] = -1 / ((1 + sqrtl(q->c[i])) / alpha + l2) *
			    (q->a[i] - (q->a[i] > 0 ? l1 : -l1));
	}
}

/* Orabona and Tommasi, algorithm 2: a theta, b reward, c L, e G. */
static void paper_cocob(struct paper *q, long double g, long double weight)
{
	for (size_t i = 0; i < q->p; i++) {
		long double gi = -weight * g * q->x[i];
		if (!paper_moves(q, i))
			continue;
		q->c[i] = fmaxl(q->c[i], fabsl(gi));
		q->e[i] += fabsl(gi);
		q->b[i] = fmaxl(q->b[i] + q->w[i] * gi, 0);
		q->a[i] += gi;
		if (q->c[i] > 0)
			q->w[i] = q->a[i] /
			    (q->c[i] *
				fmaxl(q->e[i] + q->c[i], 100 * q->c[i])) *
			    (q->c[i] + q->b[i]);
	}
}

static void paper_update(struct paper *q, long double f, long double y,
    long double weight)
{
	long double g = paper_slope(q->o->loss, effective_arg(q->o), f, y);
	if (q->o->clip > 0)
		g = fmaxl(-q->o->clip, fminl(g, q->o->clip));
	switch (q->o->update) {
	case LEAT_UPDATE_SGD:
		paper_sgd(q, g, weight);
		break;
	case LEAT_UPDATE_ADAGRAD:
		paper_adagrad(q, g, weight);
		break;
	case LEAT_UPDATE_NLMS:
		paper_nlms(q, g, weight);
		break;
	case LEAT_UPDATE_FTRL:
		paper_ftrl(q, g, weight);
		break;
	case LEAT_UPDATE_COCOB:
		paper_cocob(q, g, weight);
		break;
	default:
		paper_passive(q, f, y, weight, q->o->update == LEAT_UPDATE_PA2);
	}
}

/* The score before; *size gets how large its terms are. */
static long double paper_learn(struct paper *q, const double *x, double y,
    double weight, long double *size)
{
	long double f = 0, said = 0;
	*size = 0;
	q->x[0] = 1;
	for (size_t i = 1; i < q->p; i++)
		q->x[i] = x[i - 1];
	for (size_t i = 0; i < q->p; i++) {
		f += q->w[i] * q->x[i];
		said += (q->o->average ? q->mean : q->w)[i] * q->x[i];
		*size += fabsl(q->w[i] * q->x[i]);
	}
	q->t++;
	paper_update(q, f, y, weight);
	return said;
}

static void coefficients_near(const struct paper *q, const leat_model *m,
    double bound)
{
	size_t d = q->o->n_features;
	double *w = zeros(d, sizeof(double)), intercept;
	long double largest = 0;
	leat_model_coefficients(m, w, &intercept);
	for (size_t i = 0; i < q->p; i++)
		largest = fmaxl(largest, fabsl(q->w[i]));
	ck_assert_msg(largest > 0, "nothing was learned");
	for (size_t i = 0; i < q->p; i++) {
		double got = i > 0 ? w[i - 1] : intercept;
		if (!(fabsl(got - q->w[i]) <= bound * largest))
			ck_abort_msg("update %d loss %d feature %zu: "
				     "%.17g, not %.17Lg",
			    q->o->update, q->o->loss, i, got, q->w[i]);
	}
	free(w);
}

static void follow_paper(const leat_model_options *o, size_t n, int weighted,
    uint64_t seed)
{
	struct paper q = paper_open(o);
	leat_model *m = update_model(o);
	double *x = zeros(o->n_features, sizeof(double));
	struct rng r = rng_new(seed);
	for (size_t k = 0; k < n; k++) {
		double y = learn_sample(o->loss, x, o->n_features, &r);
		double weight = weighted ? (double)(1 + rng_below(&r, 7)) / 4
					 : 1;
		double score = leat_model_score(m, x);
		long double size, want = paper_learn(&q, x, y, weight, &size);
		if (!(fabsl(score - want) <= 1e-10L * fmaxl(size, 1e-3L)))
			ck_abort_msg("update %d loss %d d %zu sample %zu: "
				     "%.17g, not %.17Lg",
			    o->update, o->loss, o->n_features, k, score, want);
		learn_weighted(m, x, y, weight, NULL);
	}
	ck_assert_uint_eq(refused_by(m), 0);
	if (!o->average)
		coefficients_near(&q, m, 1e-10);
	free(x);
	free(q.w);
	leat_model_free(m);
}

static void follow_paper_all(int update, int loss, int variants,
    void (*variant)(leat_model_options *o, int v, const double *rates))
{
	static const size_t dims[] = { 1, 3, 8, 21 };
	size_t n = short_run() ? 300 : 2000;
	double rates[21];
	fill_rates(rates, 21);
	rates[0] = 1; /* else one feature learns nothing */
	for (size_t k = 0; k < sizeof(dims) / sizeof(*dims); k++) {
		for (int v = 0; v < variants; v++) {
			leat_model_options o = learn_options(update, loss,
			    dims[k]);
			variant(&o, v, rates);
			follow_paper(&o, n, v % 2, 10 * k + 7);
		}
	}
}

static void sgd_variant(leat_model_options *o, int v, const double *rates)
{
	static const int variant[] = { 0, 3, 9, 11, 14, 15, 0, 10 };
	static const double power[] = { 0, 0.25, 0, 0, 0.3, 0.9, 0.1, 0.6 };
	make_variant(o, variant[v], rates);
	o->power = power[v];
}

START_TEST(descent_follows_its_formulas)
{
	follow_paper_all(LEAT_UPDATE_SGD, _i, 8, sgd_variant);
}
END_TEST

static void adagrad_variant(leat_model_options *o, int v, const double *rates)
{
	o->rate = v == 0 ? 0 : 0.3;
	o->no_intercept = v == 2;
	if (v == 2 || v >= 4)
		o->rates = rates;
	if (v == 3 || v == 5)
		o->l1 = 0.02;
	if (v >= 4)
		o->l2 = 0.1;
	if (v == 5)
		o->clip = 0.3;
}

START_TEST(adagrad_follows_duchi_hazan_singer)
{
	follow_paper_all(LEAT_UPDATE_ADAGRAD, _i, 6, adagrad_variant);
}
END_TEST

static void margin_variant(leat_model_options *o, int v, const double *rates)
{
	(void)rates;
	o->rate = v < 2 ? 0 : 0.25;
	o->no_intercept = v == 1 || v == 3;
	if (o->loss == LEAT_LOSS_EPSILON)
		o->loss_arg = v == 3 ? 0.7 : 0;
}

START_TEST(nlms_follows_nagumo_noda)
{
	follow_paper_all(LEAT_UPDATE_NLMS, LEAT_LOSS_SQUARED, 4,
	    margin_variant);
}
END_TEST

START_TEST(passive_aggressive_follows_crammer)
{
	static const int losses[] = { LEAT_LOSS_EPSILON, LEAT_LOSS_HINGE };
	for (int k = 0; k < 2; k++) {
		follow_paper_all(LEAT_UPDATE_PA1, losses[k], 4, margin_variant);
		follow_paper_all(LEAT_UPDATE_PA2, losses[k], 4, margin_variant);
	}
}
END_TEST

static void ftrl_variant(leat_model_options *o, int v, const double *rates)
{
	(void)rates;
	o->rate = v == 0 ? 0 : 0.7;
	o->no_intercept = v == 2;
	o->l1 = v >= 2 ? 1.5 : 0;
	o->l2 = v >= 1 ? 0.3 : 0;
	o->clip = v == 3 ? 0.5 : 0;
}

START_TEST(ftrl_follows_mcmahan)
{
	follow_paper_all(LEAT_UPDATE_FTRL, _i, 4, ftrl_variant);
}
END_TEST

/* l1 of FTRL makes coefficients of what tells nothing exactly 0. */
START_TEST(ftrl_with_l1_leaves_noise_at_zero)
{
	leat_model_options o = learn_options(LEAT_UPDATE_FTRL, 0, 20);
	struct rng r = rng_new(4);
	double x[20], w[20];
	size_t zero = 0;
	o.l1 = 60;
	leat_model *m = update_model(&o);
	for (int k = 0; k < 2000; k++) {
		for (size_t i = 0; i < 20; i++)
			x[i] = rng_normal(&r);
		leat_model_learn(m, x, 3 * x[0] + 0.1 * rng_normal(&r), NULL);
	}
	leat_model_coefficients(m, w, NULL);
	for (size_t i = 1; i < 20; i++)
		zero += w[i] == 0;
	ck_assert_uint_ge(zero, 15);
	ck_assert(w[0] > 2);
	leat_model_free(m);
}
END_TEST

static void cocob_variant(leat_model_options *o, int v, const double *rates)
{
	(void)rates;
	o->no_intercept = v == 2;
	o->clip = v == 3 ? 0.5 : 0;
}

START_TEST(cocob_follows_orabona_tommasi)
{
	follow_paper_all(LEAT_UPDATE_COCOB, _i, 4, cocob_variant);
}
END_TEST

/*
 * A weight says for how many samples one stands, so that however large it
 * is, the step of NLMS, PA1 and PA2 ends at no error, or no loss.
 */
START_TEST(a_large_weight_does_not_step_past_no_error)
{
	static const int updates[] = { LEAT_UPDATE_NLMS, LEAT_UPDATE_PA1,
		LEAT_UPDATE_PA2 };
	static const int losses[] = { LEAT_LOSS_SQUARED, LEAT_LOSS_EPSILON,
		LEAT_LOSS_EPSILON };
	const double x[3] = { 1, -2, 0.5 };
	for (size_t k = 0; k < 3; k++) {
		leat_model_options o = learn_options(updates[k], losses[k], 3);
		leat_model *m = update_model(&o);
		learn_weighted(m, x, 7, 1e12, NULL);
		double want = losses[k] == LEAT_LOSS_EPSILON ? 6.9 : 7;
		ck_assert_double_eq_tol(leat_model_score(m, x), want, 1e-9);
		leat_model_free(m);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Recursive least squares                                            */
/* ------------------------------------------------------------------ */

static void rls_near(const leat_model *m, const long double *b, size_t d,
    double bound, const char *what)
{
	double *w = zeros(d, sizeof(double)), intercept;
	long double largest = 0;
	leat_model_coefficients(m, w, &intercept);
	for (size_t i = 0; i < d; i++)
		largest = fmaxl(largest, fabsl(b[i + 1]));
	for (size_t i = 0; i < d; i++)
		if (!(fabsl(w[i] - b[i + 1]) <= bound * largest))
			ck_abort_msg("%s, d %zu: coefficient %zu is %.17g, "
				     "not %.17Lg",
			    what, d, i, w[i], b[i + 1]);
	/* The intercept is a difference of terms of the columns' size. */
	if (!(fabsl(intercept - b[0]) <= bound * fmaxl(largest, fabsl(b[0]))))
		ck_abort_msg("%s, d %zu: intercept %.17g, not %.17Lg", what, d,
		    intercept, b[0]);
	free(w);
}

/* Columns as asked for: correlated by rho, at an offset. */
static struct learn_set rls_data(size_t n, size_t d, double rho, double offset,
    uint64_t seed)
{
	struct learn_set s = learn_set_new(n, d);
	struct rng r = rng_new(seed);
	for (size_t i = 0; i < n; i++) {
		double shared = rng_normal(&r), y = 2;
		for (size_t j = 0; j < d; j++) {
			double z = sqrt(rho) * shared +
			    sqrt(1 - rho) * rng_normal(&r);
			s.x[i * d + j] = offset + z;
			y += (j % 2 ? -1.0 : 2.0) * z;
		}
		s.y[i] = y + 0.5 * rng_normal(&r);
	}
	return s;
}

static void rls_is_batch(const struct learn_set *s, leat_model_options o,
    int weighted, double bound, const char *what)
{
	leat_model *m = update_model(&o);
	double *weights = zeros(s->n, sizeof(double)), w[LEAT_RLS_MAX];
	long double b[LEAT_RLS_MAX + 1];
	for (size_t i = 0; i < s->n; i++) {
		weights[i] = weighted ? 0.25 * (double)(1 + i % 9) : 1;
		ck_assert_int_eq(learn_weighted(m, learn_row(s, i), s->y[i],
				     weights[i], NULL),
		    LEAT_OK);
		if (i + 1 != 3 * s->d + 3 && i + 1 != s->n)
			continue;
		learn_fit(s, i + 1, weights, o.l2, !o.no_intercept, b);
		rls_near(m, b, s->d, bound, what);
	}
	leat_model_coefficients(m, w, NULL);
	ck_assert(w[0] != 0);
	free(weights);
	leat_model_free(m);
}

START_TEST(rls_is_the_least_squares_solution)
{
	static const size_t dims[] = { 1, 2, 5, 16, 64 };
	for (size_t k = 0; k < sizeof(dims) / sizeof(*dims); k++) {
		size_t d = dims[k], n = d > 16 || short_run() ? 300 : 2000;
		static const double rho[] = { 0, 0.99 }, at[] = { 0, 1e4 };
		for (int v = 0; v < 4; v++) {
			leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0,
			    d);
			struct learn_set s = rls_data(n, d, rho[v % 2],
			    at[v / 2], d);
			rls_is_batch(&s, o, v == 1, 1e-9, "forgetting 1");
			learn_set_free(&s);
		}
	}
}
END_TEST

START_TEST(rls_with_a_ridge_or_without_intercept_is_the_same_fit)
{
	struct learn_set s = rls_data(short_run() ? 200 : 1000, 6, 0.5, 3, 9);
	leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0, 6);
	o.l2 = 25;
	rls_is_batch(&s, o, 0, 1e-9, "ridge");
	o.forgetting = 1;
	rls_is_batch(&s, o, 1, 1e-9, "ridge, weighted");
	o.no_intercept = 1;
	rls_is_batch(&s, o, 0, 1e-9, "ridge, no intercept");
	o.l2 = 0;
	rls_is_batch(&s, o, 1, 1e-9, "no intercept");
	learn_set_free(&s);
}
END_TEST

/* Prequential squared error of RLS over the rows of s from `from` on. */
static double rls_errors(const struct learn_set *s, double forgetting,
    size_t from)
{
	leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0, s->d);
	double *p = zeros(s->n, sizeof(double)), w[LEAT_RLS_MAX], b;
	o.forgetting = forgetting;
	leat_model *m = update_model(&o);
	for (size_t i = 0; i < s->n; i++) {
		leat_model_learn(m, learn_row(s, i), s->y[i], &p[i]);
		leat_model_coefficients(m, w, &b);
		for (size_t j = 0; j < s->d; j++)
			ck_assert(isfinite(w[j]));
		ck_assert(isfinite(b));
	}
	double sum = learn_squares(s, p, from);
	free(p);
	leat_model_free(m);
	return sum;
}

/*
 * With forgetting RLS keeps a small ridge for each column, 1e-10 of its
 * variance, so that a column which has faded does not leave rounding errors
 * behind. Beside the information of 10 to 100 samples that changes
 * coefficients by about 1e-11, ill-conditioned ones by that times the
 * condition. Where columns lie does not matter: coefficients are compared
 * with columns around 0 and around offsets, whose rounding is the rest.
 */
START_TEST(rls_with_forgetting_is_weighted_least_squares)
{
	static const double keep[] = { 0.99, 0.9 };
	static const double at[] = { 0, 2, 1e4, 1e6 };
	for (int v = 0; v < 16; v++) {
		size_t d = v < 8 ? 2 : 5, n = 400;
		leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0, d);
		struct learn_set s = rls_data(n, d, 0.3, at[v / 2 % 4], 30);
		double weights[400];
		long double b[6];
		o.forgetting = keep[v % 2];
		leat_model *m = update_model(&o);
		for (size_t i = 0; i < n; i++)
			leat_model_learn(m, learn_row(&s, i), s.y[i], NULL);
		for (size_t i = n; i-- > 0;)
			weights[i] = i + 1 < n ? keep[v % 2] * weights[i + 1]
					       : 1;
		learn_fit(&s, n, weights, 0, 1, b);
		rls_near(m, b, d, 1e-7, "forgetting");
		learn_set_free(&s);
		leat_model_free(m);
	}
}
END_TEST

/* A clock is a column that lies far from 0 and never comes back. */
START_TEST(rls_with_forgetting_can_follow_a_clock)
{
	struct learn_set s = learn_set_new(3000, 2);
	struct rng r = rng_new(33);
	double noise = 0;
	for (size_t i = 0; i < s.n; i++) {
		double e = rng_normal(&r);
		s.x[2 * i] = 1.7e9 + (double)i;
		s.x[2 * i + 1] = rng_normal(&r);
		s.y[i] = 3 * (double)i + s.x[2 * i + 1] + e;
		noise += i >= 500 ? e * e : 0;
	}
	/* 100 samples that count leave about 3 / 100 of the noise more. */
	ck_assert_double_lt(rls_errors(&s, 0.99, 500), 1.1 * noise);
	learn_set_free(&s);
}
END_TEST

/*
 * A ridge of l2 does not fade: each sample gives it back what forgetting
 * takes, one column at a time, so that it stays within a cycle's fading.
 */
START_TEST(the_ridge_of_rls_does_not_fade)
{
	leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0, 3);
	struct learn_set s = rls_data(3000, 3, 0.3, 0, 31);
	double *weights = zeros(s.n, sizeof(double));
	long double b[4];
	o.forgetting = 0.99;
	o.l2 = 50;
	leat_model *m = update_model(&o);
	for (size_t i = 0; i < s.n; i++) {
		leat_model_learn(m, learn_row(&s, i), s.y[i], NULL);
		weights[i] = pow(0.99, (double)(s.n - 1 - i));
	}
	learn_fit(&s, s.n, weights, 50, 1, b);
	rls_near(m, b, 3, 0.02, "ridge with forgetting");
	free(weights);
	learn_set_free(&s);
	leat_model_free(m);
}
END_TEST

/* 4 columns of s and a fifth: 0 constant, 1 copy of the first, 2 zero. */
static struct learn_set with_useless(const struct learn_set *s, int what)
{
	struct learn_set u = learn_set_new(s->n, s->d + 1);
	for (size_t i = 0; i < s->n; i++) {
		const double *x = learn_row(s, i);
		double *to = u.x + i * u.d;
		memcpy(to, x, s->d * sizeof(double));
		to[s->d] = what == 0 ? 17.3 : what == 1 ? x[0] : 0;
		u.y[i] = s->y[i];
	}
	return u;
}

START_TEST(a_column_that_tells_nothing_new_does_rls_no_harm)
{
	static const double forgetting[] = { 1, 0.99, 0.95 };
	struct learn_set s = rls_data(1500, 4, 0.3, 5, 40);
	for (int k = 0; k < 3; k++) {
		double without = rls_errors(&s, forgetting[k], 50);
		for (int what = 0; what < 3; what++) {
			struct learn_set u = with_useless(&s, what);
			double with = rls_errors(&u, forgetting[k], 50);
			ck_assert_msg(with <= 1.001 * without,
			    "forgetting %g, column %d: %g, without it %g",
			    forgetting[k], what, with, without);
			learn_set_free(&u);
		}
	}
	learn_set_free(&s);
}
END_TEST

/* Noise of size 1, so 1.1 of mean squared error is what can be had. */
START_TEST(rls_stays_sound_over_millions_of_samples)
{
	size_t n = short_run() ? 200000 : 10000000, late = 100000;
	leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0, 3);
	struct rng r = rng_new(50);
	double errors = 0, p, w[3], b;
	o.forgetting = 0.99;
	leat_model *m = update_model(&o);
	for (size_t k = 0; k < n; k++) {
		double x[3] = { rng_uniform(&r), 40, rng_uniform(&r) };
		double noise = rng_uniform(&r) - 0.5;
		double y = 3 * x[0] - 2 * x[2] + 5 + noise;
		leat_model_learn(m, x, y, &p);
		if (n - k <= late)
			errors += (p - y) * (p - y);
	}
	leat_model_coefficients(m, w, &b);
	ck_assert(isfinite(w[0]) && isfinite(w[1]) && isfinite(w[2]));
	ck_assert(fabs(w[0] - 3) < 0.5 && fabs(w[2] + 2) < 0.5);
	ck_assert(errors / (double)late < 1.1 / 12);
	ck_assert_uint_eq(refused_by(m), 0);
	leat_model_free(m);
}
END_TEST

START_TEST(young_rls_predicts_within_the_targets_seen)
{
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct learn_set s = learn_linear(60, 6, 3, seed);
		leat_model_options o = learn_options(LEAT_UPDATE_RLS, 0, 6);
		leat_model *m = update_model(&o);
		double least = 0, most = 0, p;
		for (size_t i = 0; i < 21; i++) {
			leat_model_learn(m, learn_row(&s, i), s.y[i], &p);
			ck_assert(p >= least && p <= most);
			least = i > 0 ? fmin(least, s.y[i]) : s.y[i];
			most = i > 0 ? fmax(most, s.y[i]) : s.y[i];
		}
		leat_model_free(m);
		learn_set_free(&s);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Losses                                                             */
/* ------------------------------------------------------------------ */

static long double paper_loss(int loss, long double arg, long double f,
    long double y)
{
	long double r = f - y;
	switch (loss) {
	case LEAT_LOSS_HUBER:
		return fabsl(r) <= arg ? r * r / 2 : arg * (fabsl(r) - arg / 2);
	case LEAT_LOSS_EPSILON:
		return fmaxl(0, fabsl(r) - arg);
	case LEAT_LOSS_QUANTILE:
		return r < 0 ? -arg * r : (1 - arg) * r;
	case LEAT_LOSS_LOGISTIC:
		return fmaxl(f, 0) + log1pl(expl(-fabsl(f))) - y * f;
	case LEAT_LOSS_HINGE:
		return fmaxl(0, y > 0.5L ? 1 - f : 1 + f);
	case LEAT_LOSS_POISSON:
		return expl(f) - y * f;
	default:
		return r * r / 2;
	}
}

static double random_arg(int loss, struct rng *r)
{
	switch (loss) {
	case LEAT_LOSS_HUBER:
		return 0.1 + 3 * rng_uniform(r);
	case LEAT_LOSS_EPSILON:
		return rng_below(r, 5) ? 2 * rng_uniform(r) : 0;
	case LEAT_LOSS_QUANTILE:
		return 0.02 + 0.96 * rng_uniform(r);
	default:
		return 0;
	}
}

static double random_target(int loss, struct rng *r)
{
	switch (loss) {
	case LEAT_LOSS_LOGISTIC:
		return rng_below(r, 2) ? rng_uniform(r)
				       : (double)rng_below(r, 2);
	case LEAT_LOSS_HINGE:
		return (double)rng_below(r, 2);
	case LEAT_LOSS_POISSON:
		return (double)rng_below(r, 20) / 2;
	default:
		return 5 * rng_normal(r);
	}
}

/*
 * Terms of up to |f| and e^f are added; an exponential of the library's own
 * may be a few ulp off.
 */
START_TEST(a_loss_has_the_value_of_its_formula)
{
	struct rng r = rng_new(60);
	for (int k = 0; k < 20000; k++) {
		double scale = k % 3 ? 3 : _i == LEAT_LOSS_POISSON ? 100 : 400;
		double arg = random_arg(_i, &r), f = scale * rng_normal(&r);
		double y = random_target(_i, &r);
		if (fabs(f) > 700)
			continue;
		long double want = paper_loss(_i, arg, f, y);
		double got = leat_loss_value(_i, arg, f, y);
		long double size = fabsl(want) + fabsl(y * f);
		if (_i <= LEAT_LOSS_QUANTILE)
			size += DBL_EPSILON * fabs(f);
		if (!(fabsl(got - want) <= 4e-15L * size))
			ck_abort_msg("loss %d arg %g at %.17g, y %g: %.17g, "
				     "not %.17Lg",
			    _i, arg, f, y, got, want);
	}
}
END_TEST

/* The corner nearest to f, or where the second derivative jumps. */
static double corner_distance(int loss, double arg, double f, double y)
{
	switch (loss) {
	case LEAT_LOSS_HUBER:
	case LEAT_LOSS_EPSILON:
		return fabs(fabs(f - y) - arg);
	case LEAT_LOSS_QUANTILE:
		return fabs(f - y);
	case LEAT_LOSS_HINGE:
		return fabs(y > 0.5 ? f - 1 : f + 1);
	default:
		return HUGE_VAL;
	}
}

/*
 * Central differences of leat_loss_value(): off by h^2 / 6 times the third
 * derivative, and by the roundings of two values over 2 h.
 */
START_TEST(a_gradient_is_the_slope_of_the_value)
{
	const double h = 0x1p-17;
	struct rng r = rng_new(61);
	for (int k = 0; k < 20000; k++) {
		double arg = random_arg(_i, &r), f = 4 * rng_normal(&r);
		double y = random_target(_i, &r);
		if (corner_distance(_i, arg, f, y) <= 2 * h)
			continue;
		double above = leat_loss_value(_i, arg, f + h, y);
		double below = leat_loss_value(_i, arg, f - h, y);
		double want = (above - below) / (2 * h);
		double size = _i == LEAT_LOSS_POISSON ? exp(f) : 1;
		double slack = h * h * size +
		    8 * DBL_EPSILON * (fabs(above) + fabs(y * f) + size) / h;
		double got = leat_loss_gradient(_i, arg, f, y);
		if (!(fabs(got - want) <= slack))
			ck_abort_msg("loss %d arg %g at %.17g, y %g: %.17g, "
				     "not %.17g",
			    _i, arg, f, y, got, want);
		long double exact = paper_slope(_i, arg, f, y);
		ck_assert(fabsl(got - exact) <=
		    4 * DBL_EPSILON * (1 + fabsl(exact) + fabs(y)));
	}
}
END_TEST

START_TEST(a_gradient_in_a_corner_is_0)
{
	static const struct {
		int loss;
		double arg, f, y;
	} corner[] = {
		{ LEAT_LOSS_EPSILON, 0.5, 2.5, 2 },
		{ LEAT_LOSS_EPSILON, 0.5, 1.5, 2 },
		{ LEAT_LOSS_EPSILON, 0, 2, 2 },
		{ LEAT_LOSS_QUANTILE, 0.25, 2, 2 },
		{ LEAT_LOSS_HINGE, 0, 1, 1 },
		{ LEAT_LOSS_HINGE, 0, -1, 0 },
	};
	for (size_t k = 0; k < sizeof(corner) / sizeof(*corner); k++) {
		double g = leat_loss_gradient(corner[k].loss, corner[k].arg,
		    corner[k].f, corner[k].y);
		ck_assert_msg(g == 0, "loss %d: %g", corner[k].loss, g);
	}
}
END_TEST

/* Slopes never fall, and values lie above every tangent. */
START_TEST(every_loss_is_convex)
{
	struct rng r = rng_new(62);
	for (int k = 0; k < 20000; k++) {
		double arg = random_arg(_i, &r), y = random_target(_i, &r);
		double a = 6 * rng_normal(&r), b = 6 * rng_normal(&r);
		double ga = leat_loss_gradient(_i, arg, a, y);
		double gb = leat_loss_gradient(_i, arg, b, y);
		double va = leat_loss_value(_i, arg, a, y);
		double vb = leat_loss_value(_i, arg, b, y);
		double slack = 1e-14 *
		    (fabs(va) + fabs(vb) + fabs(ga * a) + fabs(ga * b) +
			fabs(y * a) + fabs(y * b) + 1);
		ck_assert(a <= b ? ga <= gb : gb <= ga);
		ck_assert(vb + slack >= va + ga * (b - a));
		ck_assert(_i == LEAT_LOSS_POISSON || va >= 0);
	}
}
END_TEST

START_TEST(a_prediction_is_the_mean_that_a_score_stands_for)
{
	for (double f = -700; f <= 700; f += 0.37) {
		long double p = 1 / (1 + expl(-(long double)f));
		long double m = expl(f);
		double q = leat_loss_prediction(LEAT_LOSS_LOGISTIC, f);
		for (int loss = 0; loss <= LEAT_LOSS_QUANTILE; loss++)
			ck_assert(leat_loss_prediction(loss, f) == f);
		ck_assert(leat_loss_prediction(LEAT_LOSS_HINGE, f) == (f > 0));
		ck_assert(fabsl(q - p) <= 4 * DBL_EPSILON * p);
		ck_assert(q >= 0 && q <= 1);
		q = leat_loss_prediction(LEAT_LOSS_POISSON, f);
		ck_assert(fabsl(q - m) <= 4 * DBL_EPSILON * m);
	}
	ck_assert(leat_loss_prediction(LEAT_LOSS_HINGE, 0) == 0);
	ck_assert(leat_loss_prediction(LEAT_LOSS_LOGISTIC, 0) == 0.5);
}
END_TEST

static void no_loss(int loss, double arg, double f, double y)
{
	ck_assert_msg(isnan(leat_loss_value(loss, arg, f, y)),
	    "value of loss %d arg %g at %g, y %g", loss, arg, f, y);
	ck_assert_msg(isnan(leat_loss_gradient(loss, arg, f, y)),
	    "gradient of loss %d arg %g at %g, y %g", loss, arg, f, y);
}

START_TEST(what_is_no_loss_no_arg_or_no_target_is_nan)
{
	const double nan = (double)NAN, inf = HUGE_VAL;
	static const int none[] = { -1, N_LOSSES, 99, -2147483647, 2147483647 };
	for (size_t k = 0; k < 5; k++) {
		no_loss(none[k], 0, 1, 1);
		ck_assert(isnan(leat_loss_prediction(none[k], 1)));
	}
	for (int loss = 0; loss < N_LOSSES; loss++) {
		no_loss(loss, loss_list[loss].arg, 1, nan);
		no_loss(loss, loss_list[loss].arg, 1, inf);
		no_loss(loss, loss_list[loss].arg, 1, -inf);
		no_loss(loss, loss_list[loss].arg, nan, 1);
		ck_assert(isnan(leat_loss_prediction(loss, nan)));
		ck_assert(!isnan(leat_loss_value(loss, loss_list[loss].arg, 1,
		    1)));
	}
	for (int k = 0; k < 5; k++) {
		const double bad[] = { -1, nan, inf, -inf, -1e-300 };
		no_loss(LEAT_LOSS_HUBER, bad[k], 1, 1);
		no_loss(LEAT_LOSS_EPSILON, bad[k], 1, 1);
		no_loss(LEAT_LOSS_QUANTILE, bad[k], 1, 1);
	}
	no_loss(LEAT_LOSS_HUBER, 0, 1, 1);
	no_loss(LEAT_LOSS_QUANTILE, 0, 1, 1);
	no_loss(LEAT_LOSS_QUANTILE, 1, 1, 1);
	no_loss(LEAT_LOSS_LOGISTIC, 0, 1, -0.1);
	no_loss(LEAT_LOSS_LOGISTIC, 0, 1, 1.1);
	no_loss(LEAT_LOSS_HINGE, 0, 1, 0.5);
	no_loss(LEAT_LOSS_HINGE, 0, 1, -1);
	no_loss(LEAT_LOSS_HINGE, 0, 1, 2);
	no_loss(LEAT_LOSS_POISSON, 0, 1, -1);
}
END_TEST

/* ------------------------------------------------------------------ */

static TCase *update_case(Suite *s, const char *name)
{
	TCase *c = tcase_create(name);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	return c;
}

static void add_descent(Suite *s)
{
	TCase *c = update_case(s, "textbook");
	tcase_add_loop_test(c, plain_descent_is_the_textbook_loop_bit_for_bit,
	    0, N_LOSSES);
	tcase_add_loop_test(c, a_weighted_plain_sample_is_a_longer_step, 0,
	    N_LOSSES);
	tcase_add_test(c, rates_fall_with_a_power_rounded_once);
	tcase_add_test(c, descent_has_no_trouble_with_100000_features);
}

static void add_papers(Suite *s)
{
	TCase *c = update_case(s, "papers");
	tcase_add_loop_test(c, descent_follows_its_formulas, 0, N_LOSSES);
	tcase_add_loop_test(c, adagrad_follows_duchi_hazan_singer, 0, N_LOSSES);
	tcase_add_test(c, nlms_follows_nagumo_noda);
	tcase_add_test(c, passive_aggressive_follows_crammer);
	tcase_add_loop_test(c, ftrl_follows_mcmahan, 0, N_LOSSES);
	tcase_add_test(c, ftrl_with_l1_leaves_noise_at_zero);
	tcase_add_loop_test(c, cocob_follows_orabona_tommasi, 0, N_LOSSES);
	tcase_add_test(c, a_large_weight_does_not_step_past_no_error);
}

static void add_rls(Suite *s)
{
	TCase *c = update_case(s, "rls");
	tcase_add_test(c, rls_is_the_least_squares_solution);
	tcase_add_test(c,
	    rls_with_a_ridge_or_without_intercept_is_the_same_fit);
	tcase_add_test(c, rls_with_forgetting_is_weighted_least_squares);
	tcase_add_test(c, rls_with_forgetting_can_follow_a_clock);
	tcase_add_test(c, the_ridge_of_rls_does_not_fade);
	tcase_add_test(c, a_column_that_tells_nothing_new_does_rls_no_harm);
	tcase_add_test(c, rls_stays_sound_over_millions_of_samples);
	tcase_add_test(c, young_rls_predicts_within_the_targets_seen);
}

static void add_losses(Suite *s)
{
	TCase *c = update_case(s, "losses");
	tcase_add_loop_test(c, a_loss_has_the_value_of_its_formula, 0,
	    N_LOSSES);
	tcase_add_loop_test(c, a_gradient_is_the_slope_of_the_value, 0,
	    N_LOSSES);
	tcase_add_test(c, a_gradient_in_a_corner_is_0);
	tcase_add_loop_test(c, every_loss_is_convex, 0, N_LOSSES);
	tcase_add_test(c, a_prediction_is_the_mean_that_a_score_stands_for);
	tcase_add_test(c, what_is_no_loss_no_arg_or_no_target_is_nan);
}

Suite *model_update_suite(void)
{
	Suite *s = suite_create("model_update");
	add_descent(s);
	add_papers(s);
	add_rls(s);
	add_losses(s);
	return s;
}
