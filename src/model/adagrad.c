/*
 * adagrad.c - a rate for each coefficient, by its gradients so far
 *
 *      s += (g x)^2,  w -= rate g x / sqrt(1e-10 + s)
 *
 * so that features that are rare, or small, are learned from in larger
 * steps. Duchi, Hazan, Singer, "Adaptive subgradient methods for online
 * learning and stochastic optimization", JMLR 12 (2011).
 * Cost: one root and one division a feature.
 */
#include "model.h"

enum { ADAGRAD_W, ADAGRAD_SQUARES, ADAGRAD_ARRAYS };

#define ADAGRAD_FLOOR 1e-10

LEAT_INLINE double adagrad_step(const leat_model *m, double *squares, double w,
    double v, double g, double rate)
{
	double slope = g * v + m->l2 * w;

	*squares += slope * slope;
	rate /= leat_sqrt(ADAGRAD_FLOOR + *squares);
	return leat_shrink(w - rate * slope, rate * m->l1);
}

/* Updates all features, two at a time. Requires no l1 and no rates. */
static void adagrad_dense(leat_model *m, const double *x, double g)
{
	leat_lane slope_of = leat_lane_dup(g), l2 = leat_lane_dup(m->l2);
	leat_lane floor_of = leat_lane_dup(ADAGRAD_FLOOR);
	leat_lane rate = leat_lane_dup(m->rate);
	double *squares = m->array[ADAGRAD_SQUARES];
	size_t i = 0;

	for (; i + 2 <= m->n; i += 2) {
		leat_lane w = leat_lane_load(m->w + i), s, slope;
		slope = leat_lane_add(leat_lane_mul(slope_of,
					  leat_lane_load(x + i)),
		    leat_lane_mul(l2, w));
		s = leat_lane_add(leat_lane_load(squares + i),
		    leat_lane_mul(slope, slope));
		leat_lane_store(squares + i, s);
		s = leat_lane_div(rate,
		    leat_lane_sqrt(leat_lane_add(floor_of, s)));
		leat_lane_store(m->w + i,
		    leat_lane_sub(w, leat_lane_mul(s, slope)));
	}
	for (; i < m->n; i++)
		m->w[i] = adagrad_step(m, &squares[i], m->w[i], x[i], g,
		    m->rate);
}

/* The rate of coefficient i. */
LEAT_INLINE double adagrad_rate(const leat_model *m, size_t i)
{
	return m->rates ? m->rate * m->rates[i] : m->rate;
}

/* Returns whether one coefficient can learn; stores nothing. */
static int adagrad_fits_one(const leat_model *m, size_t i, double v, double g)
{
	double squares = m->array[ADAGRAD_SQUARES][i];
	double w = adagrad_step(m, &squares, m->w[i], v, g, adagrad_rate(m, i));

	return squares <= LEAT_SQUARES_MAX && leat_growth_fits(m->w[i], w);
}

/* Returns whether all can learn. Options this large need a trial to tell. */
static int adagrad_fits(const leat_model *m, const struct leat_row *row,
    double g)
{
	double step = m->rate / leat_sqrt(ADAGRAD_FLOOR + m->state.coin.sum);
	int fits = m->rate * m->most_rate <= LEAT_SQUARES_MAX &&
	    fabs(step * g) <= LEAT_GROWTH_MAX;

	LEAT_FOR_ROW(row, fits = fits && adagrad_fits_one(m, i, v, g));
	return fits;
}

static int adagrad_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double g = weight * leat_model_slope(m, score, y);
	double *s = m->array[ADAGRAD_SQUARES];
	struct leat_coin_state *one = &m->state.coin;

	if (!leat_gradient_fits(g, row) ||
	    (!m->ordinary && !adagrad_fits(m, row, g)))
		return LEAT_NOT_FINITE;
	if (!row->index && m->l1 == 0 && !m->rates)
		adagrad_dense(m, row->x, g);
	else
		LEAT_FOR_ROW(row,
		    m->w[i] = adagrad_step(m, &s[i], m->w[i], v, g,
			adagrad_rate(m, i)));
	if (m->no_intercept)
		return LEAT_OK;
	one->sum += g * g;
	m->intercept -= m->rate / leat_sqrt(ADAGRAD_FLOOR + one->sum) * g;
	return LEAT_OK;
}

const struct leat_rule leat_rule_adagrad = {
	.losses = ~0u,
	.takes = LEAT_TAKES_RATE | LEAT_TAKES_L1 | LEAT_TAKES_L2 |
	    LEAT_TAKES_CLIP | LEAT_TAKES_RATES | LEAT_TAKES_RAW |
	    LEAT_TAKES_STANDARD,
	.rate = 0.1,
	.n_arrays = ADAGRAD_ARRAYS,
	.score = leat_model_linear,
	.update = adagrad_update,
	.set = leat_model_w_set,
};
