/*
 * squares.h - sums of squares, and of other terms that are not negative
 */
#ifndef LEAT_SQUARES_H
#define LEAT_SQUARES_H

#include "../core/maths.h"

/*
 * s + t for s >= 0, t >= 0 and the error in *c. Only where t > s is the
 * error itself rounded, and then s at least doubles, so this happens too
 * seldom to add up.
 */
LEAT_INLINE void leat_add_positive(double *s, double *c, double t)
{
	double sum = *s + t;

	*c += t - (sum - *s);
	*s = sum;
}

/*
 * Returns whether such steps can have left this sum and this error, however
 * they were rounded. An infinite sum or NaN may have any error.
 */
LEAT_INLINE int leat_positive_fits(double s, double c)
{
	if (!(s <= DBL_MAX))
		return 1;
	return s >= 0 && fabs(c) <= s;
}

/* A positive sum and its error; squares.c has the functions of a class. */
struct leat_squares {
	double sum, error;
};

void leat_squares_identity(const leat_agg *agg, void *acc);
void leat_squares_combine(const leat_agg *agg, void *acc, const void *right);

/* A positive sum that overflowed has NaN for its error. */
LEAT_INLINE double leat_positive_value(double s, double c)
{
	double v = s + c;

	return v == v ? v : s;
}

/*
 * Instead of a sum of squares that has become NaN. An infinity has no
 * deviation: if there is one among the values the sum has been NaN before,
 * or what comes is. Finite values whose deviation overflows add an infinity,
 * or NaN where that is taken from another one; their sum is infinite.
 * So a sum of squares is NaN if and only if a value is an infinity.
 */
double leat_far_squares(double before, double comes);

/*
 * Squares live in half the range of exponents. A ratio of sums of squares
 * that overflowed, or are so small that their terms underflow, would be a
 * plausible wrong number: it is NaN instead. So it is if they are 0.
 */
LEAT_INLINE int leat_sound(double m2, double least)
{
	return m2 >= least && m2 <= DBL_MAX;
}
#define LEAT_LEAST_SQUARES 0x1p-960 /* smallest terms are 2^-62 of it */
#define LEAT_LEAST_CUBES 0x1p-640   /* the same for d^3 where this is d^2 */
#define LEAT_LEAST_FOURTHS 0x1p-480

/* Returns the variance of squared deviations; NaN for too few values. */
LEAT_INLINE double leat_variance(double m2, double denominator)
{
	return LEAT_LIKELY(denominator > 0) ? m2 / denominator : NAN;
}

LEAT_INLINE double leat_stddev(double m2, double denominator)
{
	return leat_sqrt(leat_variance(m2, denominator));
}

/* Returns the z-score of a value by its deviation from the mean. */
LEAT_INLINE double leat_zscore(double deviation, double m2, double n)
{
	if (LEAT_UNLIKELY(!leat_sound(m2, LEAT_LEAST_SQUARES)))
		return NAN;
	return deviation / leat_stddev(m2, n - 1);
}

/* Rounding may leave |r| an ulp above 1; no correlation is. */
LEAT_INLINE double leat_correlation(double cxy, double m2x, double m2y)
{
	double r = cxy / (leat_sqrt(m2x) * leat_sqrt(m2y));

	if (!leat_sound(m2x, LEAT_LEAST_SQUARES) ||
	    !leat_sound(m2y, LEAT_LEAST_SQUARES))
		return NAN;
	if (r > 1)
		return 1;
	return r < -1 ? -1 : r;
}

#endif
