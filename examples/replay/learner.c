/*
 * A model, its metrics and its lags.
 *
 * Each column that a lag reaches back into has a ring of as many values as
 * its farthest lag; the value of K rows ago stands K places before the one
 * that is written next. All rings lie in one array. Rows count in a lag
 * whether they could be learned from or not.
 */
#include "learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct ring {
	double *values;
	uint64_t size;
	uint64_t at; /* the oldest value, which is replaced next */
};

struct learner {
	const struct learner_plan *plan;
	leat_model *model;
	leat_window *errors;
	struct ring *rings; /* for each of design.columns */
	double *past;       /* the rings' memory */
	double *features;
	double target, prediction;
};

size_t learner_width(const struct learner_plan *plan)
{
	return 2 + plan->errors.n_stats;
}

/* Returns whether the loss allows this target; a missing one it always does. */
int learner_can_have(const struct learner_plan *plan, double target)
{
	int loss = plan->model.loss;

	if (loss != LEAT_LOSS_LOGISTIC && loss != LEAT_LOSS_HINGE &&
	    loss != LEAT_LOSS_POISSON)
		return 1;
	return isnan(target) || !isnan(leat_loss_value(loss, 0, 0, target));
}

/* ---- Life ---- */

static int alloc_rings(struct learner *l)
{
	const struct design *d = l->plan->design;
	uint64_t total = 0;
	double *at;

	for (size_t i = 0; i < d->n_columns; i++)
		total += d->depths[i];
	if (total >= SIZE_MAX / sizeof *l->past)
		return LEAT_ETOOBIG;
	l->rings = calloc(d->n_columns, sizeof *l->rings);
	l->features = calloc(d->n_terms, sizeof *l->features);
	l->past = malloc(((size_t)total + 1) * sizeof *l->past);
	if (!l->rings || !l->features || !l->past)
		return LEAT_ENOMEM;
	for (size_t i = 0; i < (size_t)total; i++)
		l->past[i] = NAN;
	at = l->past;
	for (size_t i = 0; i < d->n_columns; i++) {
		l->rings[i].values = at;
		l->rings[i].size = d->depths[i];
		at += d->depths[i];
	}
	return 0;
}

static leat_model_options model_options(const struct learner_plan *plan)
{
	leat_model_options o = plan->model;

	o.n_features = plan->design->n_terms;
	return o;
}

int learner_new(struct learner **learner_out, const struct learner_plan *plan)
{
	struct learner *l = calloc(1, sizeof *l);
	leat_model_options options = model_options(plan);
	int err;

	if (!l)
		return LEAT_ENOMEM;
	l->plan = plan;
	l->target = l->prediction = NAN;
	err = alloc_rings(l);
	if (!err)
		err = leat_model_new(&l->model, &options);
	if (!err)
		err = leat_window_new(&l->errors, &plan->errors);
	if (err) {
		learner_free(l);
		return err;
	}
	*learner_out = l;
	return 0;
}

size_t learner_bytes(const struct learner_plan *plan)
{
	const struct design *d = plan->design;
	leat_model_options options = model_options(plan);
	size_t model = 0, errors = 0, values = d->n_terms;

	for (size_t i = 0; i < d->n_columns; i++)
		values += (size_t)d->depths[i];
	(void)leat_model_check(&options, &model, NULL);
	(void)leat_window_check(&plan->errors, &errors, NULL);
	return sizeof(struct learner) + model + errors +
	    d->n_columns * sizeof(struct ring) + values * sizeof(double);
}

void learner_free(struct learner *l)
{
	if (!l)
		return;
	leat_model_free(l->model);
	leat_window_free(l->errors);
	free(l->rings);
	free(l->past);
	free(l->features);
	free(l);
}

/* ---- Rows ---- */

/* NaN where there is no such row yet. */
static double lagged(const struct ring *ring, uint64_t lag)
{
	uint64_t at = ring->at + ring->size - lag;

	return ring->values[at < ring->size ? at : at - ring->size];
}

static double feature(const struct learner *l, const struct design_term *term,
    const double *values)
{
	if (term->kind == FORMULA_LAG)
		return lagged(&l->rings[term->value], term->lag);
	return values[term->value];
}

/* Returns 0 if one of them is missing. */
static int take_features(struct learner *l, const double *values)
{
	const struct design *d = l->plan->design;
	int there = 1;

	for (size_t i = 0; i < d->n_terms; i++) {
		l->features[i] = feature(l, &d->terms[i], values);
		there &= !isnan(l->features[i]);
	}
	return there;
}

/* Learning returns the prediction, but only if something can be learned. */
static enum learner_outcome learn(struct learner *l)
{
	enum learner_outcome outcome = LEARNER_LEARNED;
	double guess = NAN;
	leat_counts before;

	leat_model_counts(l->model, &before);
	if (isnan(l->target))
		outcome = LEARNER_NO_TARGET;
	else if (leat_model_learn(l->model, l->features, l->target, &guess) !=
	    0)
		outcome = LEARNER_NOT_FINITE;
	if (before.taken == 0)
		return outcome;
	if (outcome != LEARNER_LEARNED)
		guess = leat_model_predict(l->model, l->features);
	/* An infinite one has no error that could be averaged. */
	else if (isfinite(guess))
		(void)leat_window_push_xy(l->errors, guess, l->target);
	l->prediction = guess;
	return outcome;
}

static void remember(struct learner *l, const double *values)
{
	for (size_t i = 0; i < l->plan->design->n_columns; i++) {
		struct ring *ring = &l->rings[i];

		if (ring->size == 0)
			continue;
		ring->values[ring->at] = values[i];
		ring->at = ring->at + 1 < ring->size ? ring->at + 1 : 0;
	}
}

enum learner_outcome learner_push(struct learner *l, const double *values)
{
	enum learner_outcome outcome = LEARNER_NO_FEATURE;

	l->target = values[0];
	l->prediction = NAN;
	if (take_features(l, values))
		outcome = learn(l);
	remember(l, values);
	return outcome;
}

double learner_prediction(const struct learner *l)
{
	return l->prediction;
}

void learner_query(const struct learner *l, double *row_out)
{
	row_out[0] = l->target;
	row_out[1] = l->prediction;
	leat_window_query(l->errors, row_out + 2);
}

void learner_coefficients(const struct learner *l, double *coefficients_out,
    double *intercept_out)
{
	leat_model_coefficients(l->model, coefficients_out, intercept_out);
}

/* ---- Saved state ---- */

static void load_model(struct learner *l, struct tape *t)
{
	leat_model_options o = model_options(l->plan);
	leat_reader in = tape_reader(t);
	leat_model *model;
	int err = leat_model_load(&model, &o, &in);

	tape_object(t, err, &in);
	if (err)
		return;
	leat_model_free(l->model);
	l->model = model;
}

static void load_errors(struct learner *l, struct tape *t)
{
	leat_reader in = tape_reader(t);
	leat_window *errors;
	int err = leat_window_load(&errors, &l->plan->errors, &in);

	tape_object(t, err, &in);
	if (err)
		return;
	leat_window_free(l->errors);
	l->errors = errors;
}

static void save_objects(const struct learner *l, struct tape *t)
{
	leat_writer out = tape_writer(t);

	tape_object(t, leat_model_save(l->model, &out), NULL);
	tape_object(t, leat_window_save(l->errors, &out), NULL);
}

void learner_tape(struct learner *l, struct tape *t)
{
	for (size_t i = 0; i < l->plan->design->n_columns; i++) {
		struct ring *ring = &l->rings[i];

		tape_number(t, &ring->at, ring->size ? ring->size - 1 : 0);
		tape_doubles(t, ring->values, (size_t)ring->size);
	}
	tape_doubles(t, &l->target, 1);
	tape_doubles(t, &l->prediction, 1);
	if (!t->loads)
		save_objects(l, t);
	else if (!t->failed)
		load_model(l, t);
	if (t->loads && !t->failed)
		load_errors(l, t);
}
