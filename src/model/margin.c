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

/* w += step x. A step that is not finite would spoil all of w. */
static void margin_move(leat_model *m, const struct leat_row *row, double step)
{
	if (!(step - step == 0))
		return;
	LEAT_FOR_ROW(row, m->w[i] += step * v);
	if (!m->no_intercept)
		m->intercept += step;
}

/* A weight repeats the step, but not beyond the point of no error. */
static void nlms_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double part = m->rate * weight;

	if (weight > 1 && part > 1)
		part = m->rate > 1 ? m->rate : 1;
	margin_move(m, row, part * (y - score) / (1e-10 + margin_norm(m, row)));
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

static void pa1_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double direction, loss = margin_loss(m, score, y, &direction);
	double most = m->rate * weight;

	if (loss <= 0)
		return;
	double step = loss / margin_norm(m, row);
	margin_move(m, row, direction * (step < most ? step : most));
}

static void pa2_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	double direction, loss = margin_loss(m, score, y, &direction);
	double slack = 1 / (2 * m->rate * weight);

	if (loss > 0)
		margin_move(m, row,
		    direction * loss / (margin_norm(m, row) + slack));
}

#define MARGIN_LOSSES (1u << LEAT_LOSS_EPSILON | 1u << LEAT_LOSS_HINGE)
#define MARGIN_TAKES (LEAT_TAKES_RATE | LEAT_TAKES_RAW)

const struct leat_rule leat_rule_nlms = {
	1u << LEAT_LOSS_SQUARED,
	MARGIN_TAKES,
	0.5,
	leat_model_w_alone,
	NULL,
	leat_model_linear,
	nlms_update,
	NULL,
};

const struct leat_rule leat_rule_pa1 = {
	MARGIN_LOSSES,
	MARGIN_TAKES,
	1,
	leat_model_w_alone,
	NULL,
	leat_model_linear,
	pa1_update,
	NULL,
};

const struct leat_rule leat_rule_pa2 = {
	MARGIN_LOSSES,
	MARGIN_TAKES,
	1,
	leat_model_w_alone,
	NULL,
	leat_model_linear,
	pa2_update,
	NULL,
};
