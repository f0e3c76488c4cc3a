/*
 * Streams to test with: deterministic, each a shape that breaks one of
 * the usual ways to keep statistics
 */
#ifndef LEAT_TESTS_DATA_H
#define LEAT_TESTS_DATA_H

#include <stddef.h>
#include <stdint.h>

/* A generator of our own, so that a seed means the same everywhere. */
struct rng {
	uint64_t state;
};

struct rng rng_new(uint64_t seed);
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n);
double rng_uniform(struct rng *r); /* in [0, 1), multiples of 2^-53 */
double rng_normal(struct rng *r);

/*
 * A data set fills x[0 .. n) for windows of the given size. Sets with
 * spikes and steps put them where a window sees them come, stay and go.
 */
struct data_set {
	const char *name;
	void (*fill)(double *x, size_t n, size_t window, struct rng *r);
};

extern const struct data_set data_sets[];
double huge_number(struct rng *r); /* returns 1e150 or more */
extern const size_t n_data_sets;

/* The set of that name; aborts if there is none. */
const struct data_set *data_set(const char *name);

/* Bits equal, or both NaN. */
int same_bits(double a, double b);

/* 1 if the environment asks for the short form of the tests. */
int short_run(void);

#endif
