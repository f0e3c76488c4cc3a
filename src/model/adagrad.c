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

enum { ADAGRAD_W, ADAGRAD_SQUARES };

#define ADAGRAD_FLOOR 1e-10

static void adagrad_sizes(const leat_model_options *o, size_t *sizes)
{
	sizes[ADAGRAD_W] = o->n_features;
	sizes[ADAGRAD_SQUARES] = o->n_features;
}

LEAT_INLINE double adagrad_step(const leat_model *m, double *squares, double w,
    double v, double g, double rate)
{
	double slope = g * v + m->l2 * w;

	*squares += slope * slope;
	rate /= leat_sqrt(ADAGRAD_FLOOR + *squares);
	return leat_shrink(w - rate * slope, rate * m->l1);
}

/* All features, without l1 and rates: two at a time, roots and all. */
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

static void adagrad_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double g = weight * leat_model_slope(m, score, y);
	double *s = m->array[ADAGRAD_SQUARES];
	struct leat_coin_state *one = &m->state.coin;

	if (!row->index && m->l1 == 0 && !m->rates)
		adagrad_dense(m, row->x, g);
	else
		LEAT_FOR_ROW(row,
		    m->w[i] = adagrad_step(m, &s[i], m->w[i], v, g,
			m->rates ? m->rate * m->rates[i] : m->rate));
	if (m->no_intercept)
		return;
	one->sum += g * g;
	m->intercept -= m->rate / leat_sqrt(ADAGRAD_FLOOR + one->sum) * g;
}

const struct leat_rule leat_rule_adagrad = {
	~0u,
	LEAT_TAKES_RATE | LEAT_TAKES_L1 | LEAT_TAKES_L2 | LEAT_TAKES_CLIP |
	    LEAT_TAKES_RATES | LEAT_TAKES_RAW | LEAT_KEEPS_SQUARES,
	0.1,
	adagrad_sizes,
	NULL,
	leat_model_linear,
	adagrad_update,
	NULL,
};
