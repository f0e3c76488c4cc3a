/*
 * errors.h - what a pair of a prediction x and its target y comes to
 *
 * Every measure of predictions but the area under the ROC curve is a mean of
 * one of these over the pairs of a window, or made of such means.
 */
#ifndef LEAT_ERRORS_H
#define LEAT_ERRORS_H

#include "../core/error_free.h"

/* x - y as the sum of a double and of what rounding has left out of it. */
struct leat_difference {
	double e, rest; /* rest is NaN where e is no number */
};

LEAT_INLINE struct leat_difference leat_difference_of(double x, double y)
{
	struct leat_difference r;

	leat_two_sum(x, -y, &r.e, &r.rest);
	return r;
}

LEAT_INLINE double leat_error_square(double x, double y)
{
	return (x - y) * (x - y);
}

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
