/*
 * sgd.c - stochastic gradient descent, as the textbook has it
 *
 *      w -= eta (g x + l2 w),  eta = rate / t^power
 *
 * for the t-th sample, g being the slope of the loss. These are the loops
 * that a reader would write, so the bits are those too; what is fixed is
 * only the order of the sum (row.h). With `average`, predictions come
 * from the running mean of the coefficients, which the descent itself does
 * not see.
 *
 * Robbins and Monro (1951); Polyak and Juditsky, "Acceleration of
 * stochastic approximation by averaging", SIAM J. Control Optim. 30 (1992).
 * Cost: one sum and one update over the features.
 */
#include "../core/quad.h"
#include "model.h"

static void sgd_sizes(const leat_model_options *o, size_t *sizes)
{
	sizes[LEAT_MODEL_AVERAGE] = o->average ? o->n_features : 0;
}

/* Returns the score for predictions; the score for learning may differ. */
static double sgd_score(const leat_model *m, const struct leat_row *row)
{
	if (!m->average)
		return leat_model_linear(m, row);
	return m->state.sgd.average +
	    leat_dot(m->array[LEAT_MODEL_AVERAGE], row);
}

/* The average covers only steps from here on. */
static void sgd_set(leat_model *m, const double *w, double intercept)
{
	if (m->average) {
		memcpy(m->array[LEAT_MODEL_AVERAGE], w, m->n * sizeof(double));
		m->state.sgd.average = intercept;
	}
	leat_model_w_set(m, w, intercept);
}

/* Updates one coefficient: the step, then l1's move towards 0. */
LEAT_INLINE double sgd_step(const leat_model *m, size_t i, double v, double eta,
    double g)
{
	double w = m->w[i];

	if (m->rates)
		eta *= m->rates[i];
	w -= eta * (g * v + m->l2 * w);
	return leat_shrink(w, eta * m->l1);
}

/* Updates one coefficient without penalties, in the textbook's order. */
LEAT_INLINE double sgd_plain_step(const leat_model *m, size_t i, double v,
    double eta, double g)
{
	if (m->rates)
		eta *= m->rates[i];
	return m->w[i] - eta * g * v;
}

/* Returns the new value of coefficient i. */
LEAT_INLINE double sgd_next(const leat_model *m, size_t i, double v, double eta,
    double g)
{
	return m->l1 > 0 || m->l2 > 0 ? sgd_step(m, i, v, eta, g)
				      : sgd_plain_step(m, i, v, eta, g);
}

/* Returns whether bounds alone show that the largest move is small. */
static int sgd_is_small(const leat_model *m, double most, double step, double g)
{
	if (!(fabs(step * g) * most <= LEAT_GROWTH_MAX))
		return 0;
	if (m->l1 == 0 && m->l2 == 0)
		return 1;
	return m->ordinary && step * m->l2 <= 2 &&
	    fabs(g) * most <= LEAT_SQUARES_MAX;
}

static int sgd_fits(const leat_model *m, const struct leat_row *row, double eta,
    double g)
{
	double step = eta * m->most_rate;
	int fits = fabs(step * g) <= LEAT_GROWTH_MAX;

	if (fits && !sgd_is_small(m, leat_row_most(row), step, g))
		LEAT_FOR_ROW(row,
		    fits = fits &&
			leat_growth_fits(m->w[i], sgd_next(m, i, v, eta, g)));
	return fits;
}

static int sgd_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double n = m->t + 1, *mean = m->array[LEAT_MODEL_AVERAGE];
	double rate = m->power > 0 ? m->rate / leat_power(n, m->power)
				   : m->rate;
	double eta = rate * weight;
	double f = m->average ? leat_model_offset(m, leat_model_linear(m, row))
			      : score;
	double g = leat_model_slope(m, f, y);

	if (!(f - f == 0) || !sgd_fits(m, row, eta, g))
		return LEAT_NOT_FINITE;
	if (m->l1 > 0 || m->l2 > 0)
		LEAT_FOR_ROW(row, m->w[i] = sgd_step(m, i, v, eta, g));
	else
		LEAT_FOR_ROW(row, m->w[i] = sgd_plain_step(m, i, v, eta, g));
	if (!m->no_intercept)
		m->intercept -= eta * g;
	if (!m->average)
		return LEAT_OK;
	for (size_t i = 0; i < m->n; i++)
		mean[i] += (m->w[i] - mean[i]) / n;
	m->state.sgd.average += (m->intercept - m->state.sgd.average) / n;
	return LEAT_OK;
}

const struct leat_rule leat_rule_sgd = {
	.losses = ~0u,
	.takes = LEAT_TAKES_RATE | LEAT_TAKES_POWER | LEAT_TAKES_AVERAGE |
	    LEAT_TAKES_L1 | LEAT_TAKES_L2 | LEAT_TAKES_CLIP | LEAT_TAKES_RATES |
	    LEAT_TAKES_RAW | LEAT_TAKES_STANDARD,
	.rate = 0.01,
	.n_arrays = 1,
	.sizes = sgd_sizes,
	.score = sgd_score,
	.update = sgd_update,
	.set = sgd_set,
};

/* ---- Dense rows and the plain form, in one go ---- */

/*
 * Bound of the square of a move, |step|^2 |x|^2 with 1 for the intercept,
 * that is small without a closer look; the general form has that.
 */
#define SGD_SMALL 0x1p980

/* The slope; NaN or infinite if f or y is. */
LEAT_INLINE double sgd_slope(const leat_model *m, double f, double y)
{
	if (LEAT_LIKELY(m->plain_slope))
		return f - y;
	if (!(f - f == 0) || leat_target_check(m->loss, y) != LEAT_OK)
		return NAN;
	return leat_model_slope(m, f, y);
}

LEAT_INLINE int sgd_quick(leat_model *m, const struct leat_row *row, double y,
    double weight, double *prediction_out,
    double (*dot)(const double *, const double *, size_t, double *),
    void (*descend)(double *, const double *, size_t, double))
{
	double f, step, squares, *w = m->w;
	const double *x = row->x;
	size_t n = row->n;

	if (row->index)
		return leat_model_learn_by_rule(m, row, y, weight,
		    prediction_out);
	f = m->intercept + dot(w, x, n, &squares);
	step = m->rate * weight * sgd_slope(m, f, y);
	if (LEAT_UNLIKELY(!(step * step * (1 + squares) <= SGD_SMALL)))
		return leat_model_learn_by_rule(m, row, y, weight,
		    prediction_out);
	descend(w, x, n, step);
	m->intercept -= step;
	m->t++;
	if (prediction_out)
		*prediction_out = m->plain_slope ? f : leat_link(m->loss, f);
	return LEAT_OK;
}

LEAT_INLINE void sgd_descend_two(double *w, const double *x, leat_lane step)
{
	leat_lane_store(w,
	    leat_lane_sub(leat_lane_load(w),
		leat_lane_mul(step, leat_lane_load(x))));
}

LEAT_INLINE void sgd_descend(double *w, const double *x, size_t n, double step)
{
	leat_lane s = leat_lane_dup(step);
	size_t i = 0, whole = n - n % 8;

	for (; i < whole; i += 8) {
		sgd_descend_two(w + i, x + i, s);
		sgd_descend_two(w + i + 2, x + i + 2, s);
		sgd_descend_two(w + i + 4, x + i + 4, s);
		sgd_descend_two(w + i + 6, x + i + 6, s);
	}
	for (; i < n; i++)
		w[i] -= step * x[i];
}

static int sgd_learn(leat_model *m, const struct leat_row *row, double y,
    double weight, double *prediction_out)
{
	return sgd_quick(m, row, y, weight, prediction_out, leat_dot_dense,
	    sgd_descend);
}

#ifdef LEAT_AVX
LEAT_QUAD leat_lane sgd_half(leat_quad a, int high)
{
	__m256d v = (__m256d)a;

	return (leat_lane)(high ? _mm256_extractf128_pd(v, 1)
				: _mm256_castpd256_pd128(v));
}

LEAT_QUAD double sgd_dot_wide(const double *w, const double *x, size_t n,
    double *squares)
{
	leat_quad a = leat_quad_dup(0), b = a, p = a, q = a;
	size_t whole = n - n % 8;
	leat_lane s;

	for (size_t i = 0; i < whole; i += 8) {
		leat_quad u = leat_quad_load(x + i);
		leat_quad v = leat_quad_load(x + i + 4);
		a = leat_quad_add(a, leat_quad_mul(leat_quad_load(w + i), u));
		b = leat_quad_add(b,
		    leat_quad_mul(leat_quad_load(w + i + 4), v));
		p = leat_quad_add(p, leat_quad_mul(u, u));
		q = leat_quad_add(q, leat_quad_mul(v, v));
	}
	p = leat_quad_add(p, q);
	s = leat_lane_add(sgd_half(p, 0), sgd_half(p, 1));
	*squares = leat_lane_get(s, 0) + leat_lane_get(s, 1);
	return leat_dot_rest(w, x, whole, n, sgd_half(a, 0), sgd_half(a, 1),
	    sgd_half(b, 0), sgd_half(b, 1), squares);
}

LEAT_QUAD void sgd_descend_four(double *w, const double *x, leat_quad step)
{
	leat_quad_store(w,
	    leat_quad_sub(leat_quad_load(w),
		leat_quad_mul(step, leat_quad_load(x))));
}

LEAT_QUAD void sgd_descend_eight(double *w, const double *x, leat_quad step)
{
	sgd_descend_four(w, x, step);
	sgd_descend_four(w + 4, x + 4, step);
}

LEAT_QUAD void sgd_descend_wide(double *w, const double *x, size_t n,
    double step)
{
	leat_quad s = leat_quad_dup(step);
	size_t i = n & 8;

	if (i)
		sgd_descend_eight(w, x, s);
	for (; i + 16 <= n; i += 16) {
		sgd_descend_eight(w + i, x + i, s);
		sgd_descend_eight(w + i + 8, x + i + 8, s);
	}
	if (n & 4) {
		sgd_descend_four(w + i, x + i, s);
		i += 4;
	}
	for (; i < n; i++)
		w[i] -= step * x[i];
}

LEAT_AVX static int sgd_learn_wide(leat_model *m, const struct leat_row *row,
    double y, double weight, double *prediction_out)
{
	return sgd_quick(m, row, y, weight, prediction_out, sgd_dot_wide,
	    sgd_descend_wide);
}
#endif

/* NULL: this model needs the general form. */
leat_learn_function *leat_sgd_learn(const leat_model *m)
{
	if (m->power > 0 || m->average || m->rates || m->l1 > 0 || m->l2 > 0 ||
	    m->no_intercept)
		return NULL;
#ifdef LEAT_AVX
	if (leat_has_avx())
		return sgd_learn_wide;
#endif
	return sgd_learn;
}
