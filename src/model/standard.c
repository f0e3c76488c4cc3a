/*
 * standard.c - updates that learn in standard deviations
 *
 * With `standardise` an update does not see features and targets as they
 * are, but z = (x - mean) / deviation of what has been seen of them, the
 * sample at hand included, and at most 8. A feature that has been constant
 * is 0. Targets are standardised where the loss predicts f in their units;
 * a score f then stands for mean + deviation f of the targets before it.
 * So a rate means the same whatever the data are measured in.
 *
 * Means are kept relative to the first value seen, since a mean far from 0
 * has no digits to spare for a small deviation. Nothing is written down
 * before the update has taken the sample, so that one it refuses leaves no
 * trace; therefore features are gone through twice.
 *
 * A row that leaves out what is 0 is gone through like any other: 0 is a
 * value, and rarely the mean. So both forms give the same bits.
 *
 * Ross, Mineiro, Langford, "Normalized online learning", UAI (2013).
 * Cost: two roots and two divisions a feature more.
 */
#include "model.h"

/* Weights can make each of 2^64 samples move a mean by 1e150. */
#define STANDARD_MEAN_MAX 1e170

/* Adds x, of a sample with weight `rate`, to a unit. Returns z. */
static double unit_see(struct leat_unit *u, double x, double rate, int first)
{
	double most = LEAT_STANDARD_HUGE;

	if (first)
		u->first = leat_within(x, -most, most);
	return leat_spread_see(&u->moments, x - u->first, rate, 1 - rate);
}

/* Returns feature i of a row. Requires ascending i, and k of 0 at first. */
LEAT_INLINE double row_next(const struct leat_row *row, size_t i, size_t *k)
{
	if (!row->index)
		return row->x[i];
	return *k < row->n && row->index[*k] == i ? row->x[(*k)++] : 0;
}

/* The deviation of the targets; 1 while there is none. */
static double standard_scale(const struct leat_unit *y)
{
	double inverse = y->moments.inverse;

	return inverse > 0 ? y->moments.variance * inverse : 1;
}

/* Returns the score f in raw units. */
static double standard_raw_score(const leat_model *m, double f)
{
	if (!leat_is_location(m->loss))
		return f;
	return m->y.first + (m->y.moments.mean + standard_scale(&m->y) * f);
}

double leat_standard_score(const leat_model *m, const struct leat_row *row)
{
	double s[8] = { 0 }, rate = 1 / (m->seen + 1), intercept;
	const double *w = leat_model_w(m, &intercept);
	size_t k = 0;

	if (leat_row_nonfinite(row))
		return NAN;
	for (size_t i = 0; i < m->n; i++) {
		struct leat_unit u = m->units[i];
		s[i & 7] += w[i] *
		    unit_see(&u, row_next(row, i, &k), rate, m->seen == 0);
	}
	return standard_raw_score(m, intercept + leat_join8(s));
}

/* Runs the update in its own units; a refused sample changes nothing. */
static int standard_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double *score)
{
	double rate = weight / (m->seen + weight), f;
	struct leat_row z = { m->z, NULL, m->n };
	struct leat_unit unit = m->y;
	size_t k = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct leat_unit u = m->units[i];
		m->z[i] = unit_see(&u, row_next(row, i, &k), rate,
		    m->seen == 0);
	}
	f = m->rule->score(m, &z);
	if (!(f - f == 0))
		return LEAT_NOT_FINITE;
	if (leat_is_location(m->loss)) {
		unit_see(&unit, y, rate, m->seen == 0);
		y = leat_within(((y - unit.first) - unit.moments.mean) /
			standard_scale(&unit),
		    -LEAT_STANDARD_MOST, LEAT_STANDARD_MOST);
	}
	/*
	 * HUBER's and EPSILON's arg is a length: one that was given is in the
	 * units of y, a default in deviations.
	 */
	m->loss_arg = m->given_arg;
	if (m->arg_given &&
	    (m->loss == LEAT_LOSS_HUBER || m->loss == LEAT_LOSS_EPSILON))
		m->loss_arg /= standard_scale(&unit);
	int err = m->rule->update(m, &z, y, weight, leat_model_offset(m, f));
	if (err)
		return err;
	*score = standard_raw_score(m, f);
	k = 0;
	for (size_t i = 0; i < m->n; i++)
		unit_see(&m->units[i], row_next(row, i, &k), rate,
		    m->seen == 0);
	m->y = unit;
	m->seen += weight;
	return LEAT_OK;
}

int leat_standard_learn(leat_model *m, const struct leat_row *row, double y,
    double weight, double *prediction_out)
{
	int err = leat_target_check(m->loss, y);
	double f, before;

	if (!err &&
	    (!(m->seen + weight <= LEAT_STANDARD_SEEN) ||
		leat_row_nonfinite(row)))
		err = LEAT_NOT_FINITE;
	/* The prediction must not depend on the weight, but z does. */
	before = !err && weight != 1 ? leat_standard_score(m, row) : 0;
	if (!err)
		err = before - before == 0
		    ? standard_update(m, row, y, weight, &f)
		    : LEAT_NOT_FINITE;
	if (err)
		return leat_model_refuse(m, err);
	m->t++;
	if (prediction_out)
		*prediction_out = leat_link(m->loss, weight != 1 ? before : f);
	return LEAT_OK;
}

void leat_standard_reset(leat_model *m)
{
	memset(&m->y, 0, sizeof(m->y));
	m->seen = 0;
	for (size_t i = 0; i < m->n && m->units; i++)
		m->units[i] = m->y;
}

/*
 * Writes coefficients in raw units. They may overflow where a deviation has
 * become very small.
 */
void leat_standard_raw(const leat_model *m, double *w_out,
    double *intercept_out)
{
	double scale = leat_is_location(m->loss) ? standard_scale(&m->y) : 1;
	double intercept, at0 = 0;
	const double *w = leat_model_w(m, &intercept);

	for (size_t i = 0; i < m->n; i++) {
		const struct leat_unit *u = &m->units[i];
		double v = w[i] * u->moments.inverse;
		intercept -= v * u->moments.mean;
		at0 -= scale * v * u->first;
		if (w_out)
			w_out[i] = leat_model_finite(scale * v);
	}
	*intercept_out = leat_model_finite(standard_raw_score(m, intercept) +
	    at0);
}

/* 1 / deviation follows from the variance. */
static void tape_unit(struct leat_tape *t, struct leat_unit *u, int seen)
{
	struct leat_spread *s = &u->moments;
	double huge = LEAT_STANDARD_HUGE;

	leat_tape_double(t, &u->first);
	leat_tape_double(t, &s->mean);
	leat_tape_double(t, &s->variance);
	if (!t->loads)
		return;
	leat_tape_expect(t,
	    fabs(u->first) <= huge && fabs(s->mean) <= STANDARD_MEAN_MAX &&
		s->variance >= 0 && s->variance <= DBL_MAX);
	leat_tape_expect(t,
	    seen || fabs(u->first) + fabs(s->mean) + s->variance == 0);
	s->inverse = leat_inverse_root(s->variance);
}

void leat_standard_tape(struct leat_tape *t, leat_model *m)
{
	leat_tape_double(t, &m->seen);
	leat_tape_expect(t,
	    m->seen >= 0 && m->seen <= LEAT_STANDARD_SEEN &&
		(m->seen > 0) == (m->t > 0));
	tape_unit(t, &m->y, m->t > 0 && leat_is_location(m->loss));
	for (size_t i = 0; i < m->n && !t->err; i++)
		tape_unit(t, &m->units[i], m->t > 0);
}
