/*
 * Data for the tests of models: real sets from examples/data, generated
 * ones, and the batch fit that learners are judged by
 *
 * A set has n rows of d features and one target each. Generated sets come
 * from a seed and are the same everywhere, but for the last bits of libm.
 */
#ifndef LEAT_TESTS_LEARN_DATA_H
#define LEAT_TESTS_LEARN_DATA_H

#include <stddef.h>

#include <leat.h>

#include "data.h"

struct learn_set {
	size_t n, d;
	double *x; /* n rows of d */
	double *y;
	double *truth; /* probability, rate or mean of y; NULL: not known */
};

struct learn_set learn_set_new(size_t n, size_t d);
void learn_set_free(struct learn_set *s);
const double *learn_row(const struct learn_set *s, size_t i);

/* ---- Real data. Tests run in the root of the tree. ---- */

/* Weeks: day, sine and cosine of the year and of half of it -> ppm. */
struct learn_set learn_co2(void);
/*
 * Days in Seattle: greatest and least temperature, wind, precipitation,
 * sine and cosine of the year -> greatest temperature of the next day.
 */
struct learn_set learn_weather(void);
/*
 * Flights: distance, hour, its sine and cosine, the delay before it ->
 * whether it was late by at least 15 minutes.
 */
struct learn_set learn_flights(void);

/* ---- Generated data ---- */

/* 1500 rows of 60 columns, most of them rare 0/1; skewed target. */
struct learn_set learn_rare(uint64_t seed);
/* Log-normal columns and target. */
struct learn_set learn_skewed(size_t n, uint64_t seed);
/* Columns that correlate by 0.9. */
struct learn_set learn_correlated(size_t n, uint64_t seed);
/* Two classes, 30 columns of scales from 1e-3 to 1e3; truth is p. */
struct learn_set learn_classes(size_t n, uint64_t seed);
/* Counts whose log-mean is linear in 4 columns; truth is the mean. */
struct learn_set learn_counts(size_t n, uint64_t seed);
/* d normal columns and y = x b + 3 + noise of this size. */
struct learn_set learn_linear(size_t n, size_t d, double noise, uint64_t seed);

/* The next Poisson variate of that mean. */
double learn_poisson(double mean, struct rng *r);

/*
 * Makes a sample of d normal features, with |x| about 1 whatever d, so that
 * plain descent stays bounded: writes x, returns a target that the loss allows.
 */
double learn_sample(int loss, double *x, size_t d, struct rng *r);

/* ---- The same data in other units and orders ---- */

struct learn_set learn_set_copy(const struct learn_set *s);
/* Column i times 10^power, power drawn from -8 .. 8, plus offset. */
void learn_rescale(struct learn_set *s, double offset, uint64_t seed);
void learn_shuffle(struct learn_set *s, uint64_t seed);
void learn_reverse(struct learn_set *s);

/* ---- What a batch fit reaches ---- */

/*
 * Least squares by Householder's reflections in long double: minimises the
 * sum of weights (y - b0 - x b)^2 + l2 |b|^2 over rows 0 .. n - 1; b0 is in
 * b[0] (0 without an intercept), b in b[1 .. d]. weights NULL: 1.
 */
void learn_fit(const struct learn_set *s, size_t n, const double *weights,
    double l2, int intercept, long double *b);
/* R^2 of that fit on rows from .. n - 1, which it has seen. */
double learn_fit_r2(const struct learn_set *s, size_t from);
/* b0 + x b */
double learn_fit_at(const long double *b, const double *x, size_t d);

/*
 * R^2 of predictions p on rows from .. n - 1, with the mean of y there.
 * -inf if one of them is not finite.
 */
double learn_r2(const struct learn_set *s, const double *p, size_t from);
/* Sum of squared errors of p, and of the mean of all y before. */
double learn_squares(const struct learn_set *s, const double *p, size_t from);
double learn_mean_squares(const struct learn_set *s, size_t from);

/* Options of which nothing else is set. */
leat_model_options learn_options(int update, int loss, size_t d);

#endif
