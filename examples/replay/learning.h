/*
 * What a program is told about a model on its command line: the formula,
 * the loss, the update and its numbers, the metrics.
 */
#ifndef REPLAY_LEARNING_H
#define REPLAY_LEARNING_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "formula.h"
#include "learner.h"
#include "options.h"
#include "tape.h"

/* Ids of the options here are from the first one on, below the last. */
enum { LEARNING_FIRST_ID = 50, LEARNING_LAST_ID = 70 };
enum { LEARNING_N_OPTIONS = 12, LEARNING_MAX_METRICS = 16 };

struct learning {
	int on;            /* there is a formula */
	const char *other; /* an option that is given besides it, or NULL */
	struct formula formula;
	leat_model_options model; /* without n_features */
	leat_stat metrics[LEARNING_MAX_METRICS];
	size_t n_metrics;
	uint64_t size; /* of the metrics' window; 0: everything */
	int coefficients;
};

/* The table, for a struct option_group. */
extern const struct option learning_options[LEARNING_N_OPTIONS];

/* Start from { 0 }. */
void learning_clear(struct learning *learning);

/*
 * Takes one option. Returns 0, or -1 with the reason in why, which does
 * not name the option.
 */
int learning_take(struct learning *learning, int id, const char *arg, char *why,
    size_t why_size);

/*
 * When all options are taken: sets default metrics, and asks the library
 * whether the options go together. Returns 0, or -1 with the reason in
 * why, which names the option.
 */
int learning_check(struct learning *learning, char *why, size_t why_size);

/* Are they those of a saved state? */
void learning_tape(const struct learning *learning, struct tape *tape);

/* The plan for a learner. The learning and the design must stay. */
struct learner_plan learning_plan(const struct learning *learning,
    const struct design *design);

#endif
