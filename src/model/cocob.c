/*
 * cocob.c - no rate at all: coefficients as bets on their gradients
 *
 * Each coefficient is a gambler who bets a part of what was won so far on
 * the sign of the next gradient. With c the negative gradient, and for
 * each coefficient
 *
 *      largest  the largest |c|         sum    of all |c|
 *      theta    the sum of all c        reward the winnings, never below 0
 *
 * the next bet is
 *
 *      w = theta / (largest max(sum + largest, 100 largest))
 *          (largest + reward)
 *
 * Orabona, Tommasi, "Training deep networks without learning rates through
 * coin betting", NIPS (2017), algorithm 2; the regret bound of its theorem
 * 1 is for the same betting with the largest gradient known in advance.
 * Winnings can double with each sample, so they stop at 1e140 times the
 * largest gradient: far above all that a score can be made of, and far enough
 * from infinity.
 *
 * Cost: one division a feature.
 */
#include "model.h"

#define COCOB_WON_MAX 1e140 /* times the largest */

enum {
	COCOB_W,
	COCOB_LARGEST,
	COCOB_SUM,
	COCOB_REWARD,
	COCOB_THETA,
	COCOB_ARRAYS
};

LEAT_INLINE double cocob_bet(double w, double c, double *largest, double *sum,
    double *reward, double *theta)
{
	double a = fabs(c), won = *reward + w * c, rest, cap;

	*largest = a > *largest ? a : *largest;
	*sum += a;
	cap = COCOB_WON_MAX * *largest;
	won = won > 0 ? won : 0;
	*reward = won < cap ? won : cap;
	*theta += c;
	rest = *sum + *largest;
	cap = 100 * *largest;
	rest = *largest * (rest > cap ? rest : cap);
	return rest > 0 ? *theta / rest * (*largest + *reward) : w;
}

/* Does cocob_bet() for the features i and i + 1 of a dense row. */
LEAT_INLINE void cocob_bet_two(leat_model *m, size_t i, leat_lane c)
{
	double *at[LEAT_MODEL_ARRAYS];
	leat_lane zero = leat_lane_dup(0), w, a, largest, sum, won, theta, rest;

	for (int k = 0; k < COCOB_ARRAYS; k++)
		at[k] = m->array[k] + i;
	w = leat_lane_load(at[COCOB_W]);
	a = leat_lane_max(c, leat_lane_sub(zero, c));
	largest = leat_lane_max(a, leat_lane_load(at[COCOB_LARGEST]));
	sum = leat_lane_add(leat_lane_load(at[COCOB_SUM]), a);
	won = leat_lane_add(leat_lane_load(at[COCOB_REWARD]),
	    leat_lane_mul(w, c));
	won = leat_lane_min(leat_lane_max(won, zero),
	    leat_lane_mul(leat_lane_dup(COCOB_WON_MAX), largest));
	theta = leat_lane_add(leat_lane_load(at[COCOB_THETA]), c);
	leat_lane_store(at[COCOB_LARGEST], largest);
	leat_lane_store(at[COCOB_SUM], sum);
	leat_lane_store(at[COCOB_REWARD], won);
	leat_lane_store(at[COCOB_THETA], theta);
	rest = leat_lane_mul(largest,
	    leat_lane_max(leat_lane_add(sum, largest),
		leat_lane_mul(leat_lane_dup(100), largest)));
	theta = leat_lane_mul(leat_lane_div(theta, rest),
	    leat_lane_add(largest, won));
	leat_lane_store(at[COCOB_W], leat_lane_if_zero(rest, w, theta));
}

static int cocob_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double c = -weight * leat_model_slope(m, score, y);
	double *largest = m->array[COCOB_LARGEST], *sum = m->array[COCOB_SUM];
	double *reward = m->array[COCOB_REWARD], *theta = m->array[COCOB_THETA];
	struct leat_coin_state *one = &m->state.coin;
	size_t k = 0;

	if (!leat_gradient_fits(c, row))
		return LEAT_NOT_FINITE;
	for (; !row->index && k + 2 <= m->n; k += 2)
		cocob_bet_two(m, k,
		    leat_lane_mul(leat_lane_dup(c),
			leat_lane_load(row->x + k)));
	for (; k < row->n; k++) {
		size_t i = row->index ? row->index[k] : k;
		m->w[i] = cocob_bet(m->w[i], c * row->x[k], &largest[i],
		    &sum[i], &reward[i], &theta[i]);
	}
	if (!m->no_intercept)
		m->intercept = cocob_bet(m->intercept, c, &one->largest,
		    &one->sum, &one->reward, &one->theta);
	return LEAT_OK;
}

const struct leat_rule leat_rule_cocob = {
	.losses = ~0u,
	.takes = LEAT_TAKES_CLIP | LEAT_TAKES_RAW | LEAT_TAKES_STANDARD,
	.n_arrays = COCOB_ARRAYS,
	.score = leat_model_linear,
	.update = cocob_update,
};
