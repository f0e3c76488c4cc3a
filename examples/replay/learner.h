/*
 * A model that learns row by row, the errors of its predictions, and the
 * values of the rows before that its lags need: what is kept for one key.
 *
 * A row is first predicted and then learned from (prequential evaluation),
 * so the metrics say how well the model has predicted rows that it had
 * not seen. There is no prediction before the first row is learned from.
 */
#ifndef REPLAY_LEARNER_H
#define REPLAY_LEARNER_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "design.h"
#include "state_tape.h"

/* The plan is common to all keys, and must stay as long as the learners. */
struct learner_plan {
	leat_model_options model;   /* n_features: as design has terms */
	leat_window_options errors; /* window of pairs: prediction, target */
	const struct design *design;
};

/* Numbers in a result: target, prediction, metrics. */
size_t learner_width(const struct learner_plan *plan);

/*
 * Returns whether the loss can have this target, or one that is missing. A row
 * with another one must not be pushed.
 */
int learner_can_have(const struct learner_plan *plan, double target);

/* A row that is pushed has one of these outcomes. */
enum learner_outcome {
	LEARNER_LEARNED,
	LEARNER_NO_FEATURE, /* one is missing: no prediction */
	LEARNER_NO_TARGET,  /* predicted, nothing to learn */
	LEARNER_NOT_FINITE, /* an infinity, or numbers that lead to one */
	LEARNER_N_OUTCOMES
};

struct learner;

/* Returns 0 or a code of the library. */
int learner_new(struct learner **learner_out, const struct learner_plan *plan);
/* Returns about how many bytes a model takes. */
size_t learner_bytes(const struct learner_plan *plan);
void learner_free(struct learner *learner);

/* Takes one row: a value for each of design.columns, NaN if missing. */
enum learner_outcome learner_push(struct learner *learner,
    const double *values);

/* The last row's prediction; NaN if there is none. */
double learner_prediction(const struct learner *learner);

/* The last row's target and prediction, and the metrics so far. */
void learner_query(const struct learner *learner, double *row_out);

/* A coefficient for each term of the design, and the intercept. */
void learner_coefficients(const struct learner *learner,
    double *coefficients_out, double *intercept_out);

/* Saves all state, or loads it into a learner with the same plan. */
void learner_tape(struct learner *learner, struct tape *tape);

#endif
