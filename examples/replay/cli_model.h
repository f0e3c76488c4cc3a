/*
 * Options of a model on the command line: the formula, the loss, the update
 * and its numbers, the metrics.
 */
#ifndef REPLAY_CLI_MODEL_H
#define REPLAY_CLI_MODEL_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "cli_scan.h"
#include "formula.h"
#include "learner.h"
#include "state_tape.h"

/* Ids of the options here are from the first one on, below the last. */
enum { CLI_MODEL_FIRST_ID = 50, CLI_MODEL_LAST_ID = 70 };
enum { CLI_MODEL_N_OPTIONS = 12, CLI_MODEL_MAX_METRICS = 16 };

struct cli_model {
	int on;            /* a formula is given */
	const char *other; /* an option that is given besides it, or NULL */
	struct formula formula;
	leat_model_options model; /* without n_features */
	const char *update; /* name of the update as given; NULL: the default */
	leat_stat metrics[CLI_MODEL_MAX_METRICS];
	size_t n_metrics;
	uint64_t size; /* predictions in the metrics' window; 0: all */
	int coefficients;
};

/* The table, for a struct cli_option_group. */
extern const struct cli_option cli_model_options[CLI_MODEL_N_OPTIONS];

/* Start from { 0 }. */
void cli_model_clear(struct cli_model *learning);

/*
 * Takes one option. Returns 0, or -1 with the reason in why, which does
 * not name the option.
 */
int cli_model_take(struct cli_model *learning, int id, const char *arg,
    char *why, size_t why_size);

/*
 * When all options are taken: sets default metrics, and asks the library
 * whether the options go together. Returns 0, or -1 with the reason in
 * why, which names the option.
 */
int cli_model_check(struct cli_model *learning, char *why, size_t why_size);

/* Are they those of a saved state? */
void cli_model_tape(const struct cli_model *learning, struct tape *tape);

/* The plan for a learner. The learning and the design must stay. */
struct learner_plan cli_model_plan(const struct cli_model *learning,
    const struct design *design);

#endif
