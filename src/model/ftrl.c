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
 * Cost: two roots and two divisions a feature.
 */
#include "model.h"

enum { FTRL_W, FTRL_SUM, FTRL_SQUARES };

static void ftrl_sizes(const leat_model_options *o, size_t *sizes)
{
	sizes[FTRL_W] = o->n_features;
	sizes[FTRL_SUM] = o->n_features;
	sizes[FTRL_SQUARES] = o->n_features;
}

LEAT_INLINE double ftrl_step(double w, double *sum, double *squares, double g,
    double rate, double l1, double l2)
{
	double before = leat_sqrt(*squares), after, s;

	*squares += g * g;
	after = leat_sqrt(*squares);
	*sum += g - (after - before) / rate * w;
	s = leat_shrink(*sum, l1);
	return s == 0 ? 0 : -s / ((1 + after) / rate + l2);
}

static void ftrl_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double g = weight * leat_model_slope(m, score, y);
	double *sum = m->array[FTRL_SUM], *squares = m->array[FTRL_SQUARES];
	struct leat_coin_state *one = &m->state.coin;

	LEAT_FOR_ROW(row,
	    m->w[i] = ftrl_step(m->w[i], &sum[i], &squares[i], g * v, m->rate,
		m->l1, m->l2));
	if (!m->no_intercept)
		m->intercept = ftrl_step(m->intercept, &one->theta, &one->sum,
		    g, m->rate, 0, 0);
}

const struct leat_rule leat_rule_ftrl = {
	~0u,
	LEAT_TAKES_RATE | LEAT_TAKES_L1 | LEAT_TAKES_L2 | LEAT_TAKES_CLIP |
	    LEAT_TAKES_RAW,
	0.1,
	ftrl_sizes,
	NULL,
	leat_model_linear,
	ftrl_update,
	NULL,
};
