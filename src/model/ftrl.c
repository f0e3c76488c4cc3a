/*
 * ftrl.c - follow the regularised leader, the proximal form
 *
 * Each coefficient is the minimiser of all its linearised losses so far
 * plus l1 |w|, l2 / 2 w^2 and a quadratic that keeps it near where it has
 * been. With s the sum of its gradients less what that quadratic moved,
 * and q that of their squares:
 *
 *      w = 0 if |s| <= l1, else (sign(s) l1 - s) / ((1 + sqrt q) / rate + l2)
 *
 * so that most coefficients of features that tell nothing are exactly 0.
 *
 * McMahan et al., "Ad click prediction: a view from the trenches", KDD
 * (2013), algorithm 1, with beta = 1.
 * Cost: two roots and one division a feature.
 */
#include "model.h"

enum { FTRL_W, FTRL_SUM, FTRL_SQUARES, FTRL_ARRAYS };

/* per_rate is 1 / rate. */
LEAT_INLINE double ftrl_step(double w, double *sum, double *squares, double g,
    double per_rate, double l1, double l2)
{
	double before = leat_sqrt(*squares), after, s;

	*squares += g * g;
	after = leat_sqrt(*squares);
	*sum += g - (after - before) * per_rate * w;
	s = leat_shrink(*sum, l1);
	return (0 - s) / ((1 + after) * per_rate + l2);
}

/* Updates all features, two at a time. */
static void ftrl_dense(leat_model *m, const double *x, double g,
    double per_rate)
{
	double *sums = m->array[FTRL_SUM], *squares = m->array[FTRL_SQUARES];
	leat_lane per = leat_lane_dup(per_rate), one = leat_lane_dup(1);
	leat_lane zero = leat_lane_dup(0);
	leat_lane l1 = leat_lane_dup(m->l1), l2 = leat_lane_dup(m->l2);
	size_t i = 0;

	for (; i + 2 <= m->n; i += 2) {
		leat_lane w = leat_lane_load(m->w + i), sum, q, before, after;
		leat_lane c = leat_lane_mul(leat_lane_dup(g),
		    leat_lane_load(x + i));
		q = leat_lane_load(squares + i);
		before = leat_lane_sqrt(q);
		q = leat_lane_add(q, leat_lane_mul(c, c));
		after = leat_lane_sqrt(q);
		leat_lane_store(squares + i, q);
		q = leat_lane_mul(leat_lane_sub(after, before), per);
		sum = leat_lane_add(leat_lane_load(sums + i),
		    leat_lane_sub(c, leat_lane_mul(q, w)));
		leat_lane_store(sums + i, sum);
		q = leat_lane_mul(leat_lane_add(one, after), per);
		/* The sum moves towards 0 by l1, and not past it. */
		sum = leat_lane_add(leat_lane_max(leat_lane_sub(sum, l1), zero),
		    leat_lane_min(leat_lane_add(sum, l1), zero));
		sum = leat_lane_sub(zero, sum);
		leat_lane_store(m->w + i,
		    leat_lane_div(sum, leat_lane_add(q, l2)));
	}
	for (; i < m->n; i++)
		m->w[i] = ftrl_step(m->w[i], &sums[i], &squares[i], g * x[i],
		    per_rate, m->l1, m->l2);
}

/*
 * Returns whether a coefficient can take the step; stores nothing. Squares that
 * overflow make the sum infinite or NaN.
 */
static int ftrl_fits_one(const leat_model *m, double w, double sum,
    double squares, double g, double l1)
{
	double v = ftrl_step(w, &sum, &squares, g, 1 / m->rate, l1, m->l2);

	return fabs(sum) <= LEAT_SQUARES_MAX && leat_growth_fits(w, v);
}

/* Returns whether all can learn. Options this large need a trial to tell. */
static int ftrl_fits(const leat_model *m, const struct leat_row *row, double g)
{
	const double *sum = m->array[FTRL_SUM], *q = m->array[FTRL_SQUARES];
	const struct leat_coin_state *one = &m->state.coin;
	int fits = 1 / m->rate <= LEAT_SQUARES_MAX &&
	    ftrl_fits_one(m, m->intercept, one->theta, one->sum, g, 0);

	LEAT_FOR_ROW(row,
	    fits = fits &&
		ftrl_fits_one(m, m->w[i], sum[i], q[i], g * v, m->l1));
	return fits;
}

static int ftrl_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double g = weight * leat_model_slope(m, score, y);
	double per_rate = 1 / m->rate;
	double *sum = m->array[FTRL_SUM], *squares = m->array[FTRL_SQUARES];
	struct leat_coin_state *one = &m->state.coin;

	if (!leat_gradient_fits(g, row) ||
	    (!m->ordinary && !ftrl_fits(m, row, g)))
		return LEAT_NOT_FINITE;
	if (!row->index)
		ftrl_dense(m, row->x, g, per_rate);
	else
		LEAT_FOR_ROW(row,
		    m->w[i] = ftrl_step(m->w[i], &sum[i], &squares[i], g * v,
			per_rate, m->l1, m->l2));
	if (!m->no_intercept)
		m->intercept = ftrl_step(m->intercept, &one->theta, &one->sum,
		    g, per_rate, 0, 0);
	return LEAT_OK;
}

/* The sum of gradients that has w for its minimiser, before any gradient. */
static double ftrl_sum_of(const leat_model *m, double w, double l1, double l2)
{
	double most = LEAT_SQUARES_MAX;

	if (w == 0)
		return 0;
	return leat_within(-w * (1 / m->rate + l2) - (w > 0 ? l1 : -l1), -most,
	    most);
}

/* Returns the minimiser for a sum, as the next step would find it. */
static double ftrl_w_of(const leat_model *m, double sum, double l1, double l2)
{
	return (0 - leat_shrink(sum, l1)) / (1 / m->rate + l2);
}

static void ftrl_set(leat_model *m, const double *w, double intercept)
{
	double *sum = m->array[FTRL_SUM], *theta = &m->state.coin.theta;

	for (size_t i = 0; i < m->n; i++) {
		sum[i] = ftrl_sum_of(m, w[i], m->l1, m->l2);
		m->w[i] = ftrl_w_of(m, sum[i], m->l1, m->l2);
	}
	*theta = ftrl_sum_of(m, intercept, 0, 0);
	m->intercept = ftrl_w_of(m, *theta, 0, 0);
}

const struct leat_rule leat_rule_ftrl = {
	.losses = ~0u,
	.takes = LEAT_TAKES_RATE | LEAT_TAKES_L1 | LEAT_TAKES_L2 |
	    LEAT_TAKES_CLIP | LEAT_TAKES_RAW | LEAT_TAKES_STANDARD,
	.rate = 0.1,
	.n_arrays = FTRL_ARRAYS,
	.score = leat_model_linear,
	.update = ftrl_update,
	.set = ftrl_set,
};
