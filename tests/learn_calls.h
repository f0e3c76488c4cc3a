/*
 * Short forms of what tests ask of a model
 */
#ifndef LEAT_TESTS_LEARN_CALLS_H
#define LEAT_TESTS_LEARN_CALLS_H

#include <stddef.h>

#include <leat.h>

/* Learns a sample; the prediction is written if it is taken. */
static inline int learn_weighted(leat_model *m, const double *x, double y,
    double weight, double *prediction_out)
{
	double p;
	int err = leat_model_learn_many(m, x, &y, &weight, 1, &p);

	if (!err && prediction_out)
		*prediction_out = p;
	return err;
}

static inline uint64_t learned_by(const leat_model *m)
{
	leat_counts n;

	leat_model_counts(m, &n);
	return n.taken;
}

static inline uint64_t refused_by(const leat_model *m)
{
	leat_counts n;

	leat_model_counts(m, &n);
	return n.pushed - n.taken;
}

#endif
