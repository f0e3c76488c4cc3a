/*
 * errors.h - what a pair of a prediction x and its target y comes to
 *
 * Every measure of predictions but the area under the ROC curve is a mean of
 * one of these over the pairs of a window, or made of such means.
 */
#ifndef LEAT_ERRORS_H
#define LEAT_ERRORS_H

#include "../core/core.h"

/* Returns the loss of x as the probability that y is 1; see errors.c. */
double leat_log_loss(double x, double y);

LEAT_INLINE double leat_is_hit(double x, double y)
{
	return (x > 0.5) == (y > 0.5);
}

LEAT_INLINE double leat_is_covered(double x, double y)
{
	return y <= x;
}

#endif
