/*
 * base.c - a warm start: coefficients that a model begins with
 *
 * Plain updates (struct leat_rule, set) begin with them in place of 0. For
 * the others the plane that was given stays as it is, the base, and the
 * update learns what is beside it, from 0: of the losses that predict f what
 * y is above the base, and else a score that is added to the base's. So
 * least squares with a ridge hold the base for the prior mean, coins are bet
 * on what the base does not know, and features need no statistics before
 * they can be weighed.
 *
 * Cost: one sum over the features more to predict, and two to learn.
 */
#include "model.h"

/* Sums of products of larger numbers could overflow in an update. */
#define BASE_MOST 1e100

double leat_base_score(const leat_model *m, const struct leat_row *row)
{
	return m->base_intercept + leat_dot(m->base, row);
}

int leat_base_learn(leat_model *m, const struct leat_row *row, double y,
    double weight, double *prediction_out)
{
	int err = leat_target_check(m->loss, y);
	double base = leat_base_score(m, row);
	double f = err ? 0 : leat_model_score_of(m, row);

	if (err || !(f - f == 0))
		return leat_model_refuse(m, err ? err : LEAT_NOT_FINITE);
	if (leat_is_location(m->loss)) {
		err = m->own(m, row, y - base, weight, NULL);
	} else {
		m->offset = base;
		err = m->own(m, row, y, weight, NULL);
		m->offset = 0;
	}
	if (!err && prediction_out)
		*prediction_out = leat_link(m->loss, f);
	return err;
}

static int is_base(const leat_model *m, const double *w, double intercept)
{
	if (m->no_intercept && intercept != 0)
		return 0;
	for (size_t i = 0; i < m->n; i++)
		if (!(fabs(w[i]) <= BASE_MOST))
			return 0;
	return fabs(intercept) <= BASE_MOST;
}

int leat_model_set_coefficients(leat_model *m, const double *coefficients,
    double intercept)
{
	LEAT_ASSERT(m && coefficients);
	if (m->rule == &leat_rule_adaptive && !leat_is_location(m->loss))
		return LEAT_ENOTSUP;
	if (!is_base(m, coefficients, intercept))
		return LEAT_EINVAL;
	leat_model_reset(m);
	m->based = 1;
	if (!m->base) {
		m->rule->set(m, coefficients, intercept);
		return LEAT_OK;
	}
	memcpy(m->base, coefficients, m->n * sizeof(double));
	m->base_intercept = intercept;
	m->learn = leat_base_learn;
	return LEAT_OK;
}

/* The plane alone: whether there is one is known. */
void leat_base_tape(struct leat_tape *t, leat_model *m)
{
	if (!m->base)
		return;
	leat_tape_double(t, &m->base_intercept);
	leat_tape_doubles(t, m->base, m->n);
	if (!t->loads || t->err)
		return;
	leat_tape_expect(t, is_base(m, m->base, m->base_intercept));
	m->learn = leat_base_learn;
}
