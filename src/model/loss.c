/*
 * loss.c - what an error costs
 *
 * A loss is a convex function of the score and the target. Models use its
 * slope; for steps that must not overshoot they also ask where it is least
 * and how quickly the slope can change on the way there.
 *
 * Huber, "Robust estimation of a location parameter" (1964); Koenker and
 * Bassett, "Regression quantiles" (1978); Vapnik, "The nature of
 * statistical learning theory" (1995), for the epsilon-insensitive and the
 * hinge loss; McCullagh and Nelder, "Generalized linear models" (1989), for
 * the logistic and the Poisson loss.
 */
#include "loss.h"
#include "../core/maths.h"

/* 1 / (1 + e^-f), without overflow on the way. */
static double sigmoid(double f)
{
	double e = leat_exp(f < 0 ? f : -f);

	return (f < 0 ? e : 1) / (1 + e);
}

double leat_slope_other(int loss, double arg, double f, double y)
{
	double r = f - y;

	switch (loss) {
	case LEAT_LOSS_HUBER:
		return r > arg ? arg : r < -arg ? -arg : r;
	case LEAT_LOSS_EPSILON:
		return r > arg ? 1 : r < -arg ? -1 : 0;
	case LEAT_LOSS_QUANTILE:
		return r < 0 ? -arg : r > 0 ? 1 - arg : 0;
	case LEAT_LOSS_LOGISTIC:
		return sigmoid(f) - y;
	case LEAT_LOSS_HINGE:
		if (y > 0.5)
			return f < 1 ? -1 : 0;
		return f > -1 ? 1 : 0;
	default: /* LEAT_LOSS_POISSON */
		return leat_exp(f) - y;
	}
}

double leat_link_other(int loss, double f)
{
	switch (loss) {
	case LEAT_LOSS_LOGISTIC:
		return sigmoid(f);
	case LEAT_LOSS_HINGE:
		return f > 0;
	default: /* LEAT_LOSS_POISSON */
		return leat_exp(f);
	}
}

int leat_target_check_other(int loss, double y)
{
	switch (loss) {
	case LEAT_LOSS_LOGISTIC:
		return y >= 0 && y <= 1 ? LEAT_OK : LEAT_BAD_TARGET;
	case LEAT_LOSS_HINGE:
		return y == 0 || y == 1 ? LEAT_OK : LEAT_BAD_TARGET;
	default: /* LEAT_LOSS_POISSON */
		return y >= 0 ? LEAT_OK : LEAT_BAD_TARGET;
	}
}

int leat_loss_exists(int loss)
{
	return loss >= LEAT_LOSS_SQUARED && loss <= LEAT_LOSS_POISSON;
}

int leat_loss_arg_fits(int loss, double arg)
{
	switch (loss) {
	case LEAT_LOSS_HUBER:
		return arg > 0 && arg <= DBL_MAX;
	case LEAT_LOSS_EPSILON:
		return arg >= 0 && arg <= DBL_MAX;
	case LEAT_LOSS_QUANTILE:
		return arg > 0 && arg < 1;
	default:
		return arg == 0;
	}
}

double leat_loss_curvature(int loss, double f)
{
	switch (loss) {
	case LEAT_LOSS_SQUARED:
	case LEAT_LOSS_HUBER:
		return 1;
	case LEAT_LOSS_LOGISTIC:
		return 0.25;
	case LEAT_LOSS_POISSON:
		return leat_exp(f);
	default:
		return 0;
	}
}

double leat_loss_best(int loss, double arg, double f, double y)
{
	switch (loss) {
	case LEAT_LOSS_EPSILON:
		return f > y + arg ? y + arg : f < y - arg ? y - arg : f;
	case LEAT_LOSS_HINGE:
		if (y > 0.5)
			return f < 1 ? 1 : f;
		return f > -1 ? -1 : f;
	case LEAT_LOSS_POISSON:
		return y > 0 ? leat_ln(y) : -INFINITY;
	default:
		return y;
	}
}

/* log(1 + e^f) */
static double softplus(double f)
{
	double e = leat_exp(f < 0 ? f : -f);
	double z = e / (2 + e), sum = 0;

	/* log(1 + e) is 2 artanh z; z is at most 1/3. */
	for (int k = 17; k >= 0; k--)
		sum = sum * (z * z) + 1.0 / (2 * k + 1);
	return (f > 0 ? f : 0) + 2 * z * sum;
}

/* Returns whether the loss is defined: its arg, score and target are valid. */
static int loss_defined(int loss, double arg, double score, double y)
{
	return leat_loss_exists(loss) && leat_loss_arg_fits(loss, arg) &&
	    score - score == 0 && leat_target_check(loss, y) == LEAT_OK;
}

double leat_loss_value(int loss, double arg, double score, double y)
{
	double r = score - y, a = fabs(r);

	if (!loss_defined(loss, arg, score, y))
		return NAN;
	switch (loss) {
	case LEAT_LOSS_HUBER:
		return a <= arg ? a * a / 2 : arg * (a - arg / 2);
	case LEAT_LOSS_EPSILON:
		return a > arg ? a - arg : 0;
	case LEAT_LOSS_QUANTILE:
		return r < 0 ? -arg * r : (1 - arg) * r;
	case LEAT_LOSS_LOGISTIC:
		return y > 0.5 ? softplus(-score) + (1 - y) * score
			       : softplus(score) - y * score;
	case LEAT_LOSS_HINGE:
		a = y > 0.5 ? 1 - score : 1 + score;
		return a > 0 ? a : 0;
	case LEAT_LOSS_POISSON:
		return leat_exp(score) - y * score;
	default:
		return a * a / 2;
	}
}

double leat_loss_gradient(int loss, double arg, double score, double y)
{
	if (!loss_defined(loss, arg, score, y))
		return NAN;
	return leat_slope(loss, arg, score, y);
}

double leat_loss_prediction(int loss, double score)
{
	if (!leat_loss_exists(loss) || score != score)
		return NAN;
	return leat_link(loss, score);
}
