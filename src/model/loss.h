/*
 * loss.h - the cost of a wrong prediction
 *
 * A loss is a function of a score, which is the linear sum of a model, and a
 * target. It defines how the score becomes a prediction, which targets it can
 * have, and by its slope in which direction coefficients move. The losses
 * themselves are in loss.c.
 */
#ifndef LEAT_LOSS_H
#define LEAT_LOSS_H

#include "../core/core.h"

/* The derivative of a loss by the score; the commonest loss in place. */
double leat_slope_other(int loss, double arg, double f, double y);

LEAT_INLINE double leat_slope(int loss, double arg, double f, double y)
{
	return LEAT_LIKELY(loss == LEAT_LOSS_SQUARED)
	    ? f - y
	    : leat_slope_other(loss, arg, f, y);
}

/* Tells whether a loss predicts f in the units of y. */
LEAT_INLINE int leat_is_location(int loss)
{
	return loss <= LEAT_LOSS_QUANTILE;
}

/* Returns the prediction for a score, for losses behind QUANTILE. */
double leat_link_other(int loss, double f);

LEAT_INLINE double leat_link(int loss, double f)
{
	return LEAT_LIKELY(leat_is_location(loss)) ? f
						   : leat_link_other(loss, f);
}

/* Returns LEAT_OK if the loss can take y, else the refusal. */
int leat_target_check_other(int loss, double y);

LEAT_INLINE int leat_target_check(int loss, double y)
{
	if (LEAT_UNLIKELY(!(y - y == 0)))
		return LEAT_NOT_FINITE;
	return LEAT_LIKELY(leat_is_location(loss))
	    ? LEAT_OK
	    : leat_target_check_other(loss, y);
}

int leat_loss_exists(int loss);
int leat_loss_arg_fits(int loss, double arg);

/*
 * For steps that must not overshoot: a bound of the second derivative
 * around f, and for losses but LOGISTIC the score at which the loss is least
 * (f itself where it is least already, infinite where there is none).
 */
double leat_loss_curvature(int loss, double f);
double leat_loss_best(int loss, double arg, double f, double y);

#endif
