/*
 * spread.h - values in standard units
 *
 * A spread is the running mean and variance of a feature or of targets. A value
 * in standard units is its distance from that mean in standard deviations, so
 * that rates mean the same in all data; standard.c and adaptive.c learn in
 * these units.
 */
#ifndef LEAT_SPREAD_H
#define LEAT_SPREAD_H

#include "../core/maths.h"

#define LEAT_STANDARD_MOST 8.0      /* most deviations of a value */
#define LEAT_STANDARD_HUGE 1e150    /* squares of smaller numbers are finite */
#define LEAT_STANDARD_SPREAD 1e-290 /* variance of what is not constant */
#define LEAT_STANDARD_SEEN 1e307    /* sum of weights */

LEAT_INLINE double leat_within(double x, double least, double most)
{
	x = x > least ? x : least;
	return x < most ? x : most;
}

struct leat_spread {
	double mean, variance;
	double inverse; /* 1 / sqrt(variance), 0 while that is 0 */
};

LEAT_INLINE double leat_inverse_root(double variance)
{
	return variance < LEAT_STANDARD_SPREAD ? 0 : 1 / leat_sqrt(variance);
}

/*
 * Takes in a value that counts `rate` beside those before it, which count
 * keep = 1 - rate. A value more than 8 deviations away moves them as one that
 * far away does. Returns the value in the deviations that this makes.
 */
LEAT_INLINE double leat_spread_see(struct leat_spread *s, double value,
    double rate, double keep)
{
	double most = LEAT_STANDARD_MOST * s->variance * s->inverse;
	double d, part;

	if (s->inverse == 0 || most > LEAT_STANDARD_HUGE)
		most = LEAT_STANDARD_HUGE;
	d = leat_within(value - s->mean, -most, most);
	part = rate * d;
	s->mean += part;
	s->variance = keep * (s->variance + part * d);
	s->inverse = leat_inverse_root(s->variance);
	return leat_within((value - s->mean) * s->inverse, -LEAT_STANDARD_MOST,
	    LEAT_STANDARD_MOST);
}

struct leat_unit {
	double first; /* value seen, which the mean is relative to */
	struct leat_spread moments;
};

#endif
