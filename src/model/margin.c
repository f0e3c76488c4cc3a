/*
 * margin.c - steps along x as long as |x| allows
 *
 * Normalised least mean squares goes a fixed part of the way to no error:
 *
 *      w -= rate r x / (1e-10 + |x|^2)
 *
 * Passive-aggressive updates go all the way to no loss, but no further
 * than `rate` allows, which is C of the paper:
 *
 *      I   w += s min(C, loss / |x|^2) x
 *      II  w += s loss / (|x|^2 + 1 / (2 C)) x
 *
 * s being the direction of y from the score. |x|^2 counts the intercept's
 * 1, where there is an intercept.
 *
 * Nagumo, Noda, "A learning method for system identification", IEEE Trans.
 * Autom. Control 12 (1967); Crammer et al., "Online passive-aggressive
 * algorithms", JMLR 7 (2006).
 * Cost: one sum of squares more than plain descent.
 */
#include "model.h"

static double margin_norm(const leat_model *m, const struct leat_row *row)
{
	return leat_square_norm(row) + (m->no_intercept ? 0 : 1);
}

/* w += step x, if that is small by |step| |x|, or each move; norm is |x|^2. */
static int margin_move(leat_model *m, const struct leat_row *row, double step,
    double norm)
{
	if (!(step * step * norm <= LEAT_GROWTH_MAX * LEAT_GROWTH_MAX)) {
		double most = leat_row_most(row);
		if (!m->no_intercept && most < 1)
			most = 1;
		if (!(step - step == 0 && fabs(step) * most <= LEAT_GROWTH_MAX))
			return LEAT_NOT_FINITE;
	}
	LEAT_FOR_ROW(row, m->w[i] += step * v);
	if (!m->no_intercept)
		m->intercept += step;
	return LEAT_OK;
}

/* A weight repeats the step, but not beyond zero error. */
static int nlms_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double part = m->rate * weight, norm = margin_norm(m, row);

	if (weight > 1 && part > 1)
		part = m->rate > 1 ? m->rate : 1;
	return margin_move(m, row, part * (y - score) / (1e-10 + norm), norm);
}

/* The loss, and the direction that lessens it. */
static double margin_loss(const leat_model *m, double score, double y,
    double *direction)
{
	if (m->loss == LEAT_LOSS_HINGE) {
		*direction = y > 0.5 ? 1 : -1;
		return 1 - *direction * score;
	}
	*direction = y > score ? 1 : -1;
	return *direction * (y - score) - m->loss_arg;
}

static int pa_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double direction, loss = margin_loss(m, score, y, &direction);
	double most = m->rate * weight, norm, step;

	if (loss <= 0)
		return LEAT_OK;
	norm = margin_norm(m, row);
	if (m->update == LEAT_UPDATE_PA1)
		step = loss / norm < most ? loss / norm : most;
	else
		step = loss / (norm + 1 / (2 * m->rate * weight));
	return margin_move(m, row, direction * step, norm);
}

#define MARGIN_TAKES (LEAT_TAKES_RATE | LEAT_TAKES_RAW)

const struct leat_rule leat_rule_nlms = {
	.losses = 1u << LEAT_LOSS_SQUARED,
	.takes = MARGIN_TAKES | LEAT_TAKES_STANDARD,
	.rate = 0.5,
	.n_arrays = 1,
	.score = leat_model_linear,
	.update = nlms_update,
	.set = leat_model_w_set,
};

const struct leat_rule leat_rule_pa = {
	.losses = 1u << LEAT_LOSS_EPSILON | 1u << LEAT_LOSS_HINGE,
	.takes = MARGIN_TAKES,
	.rate = 1,
	.n_arrays = 1,
	.score = leat_model_linear,
	.update = pa_update,
	.set = leat_model_w_set,
};
