/*
 * shape.h - skewness and kurtosis from sums of powers of deviations
 *
 * Sample forms are those of Joanes and Gill, "Comparing measures of sample
 * skewness and kurtosis", The Statistician 47 (1998). A sum of higher powers
 * overflows long before that of squares, and underflows as early, so that
 * results are NaN where m2 is in range for squares.
 */
#ifndef LEAT_SHAPE_H
#define LEAT_SHAPE_H

#include "squares.h"

LEAT_INLINE double leat_skewness_pop(double n, double m2, double m3)
{
	double variance = m2 / n;

	if (LEAT_UNLIKELY(!leat_sound(m2, LEAT_LEAST_CUBES) || m3 - m3 != 0))
		return NAN;
	return (m3 / n) / (variance * leat_sqrt(variance));
}

LEAT_INLINE double leat_skewness(double n, double m2, double m3)
{
	if (LEAT_UNLIKELY(n < 3))
		return NAN;
	return leat_skewness_pop(n, m2, m3) * leat_sqrt(n * (n - 1)) / (n - 2);
}

LEAT_INLINE double leat_kurtosis_pop(double n, double m2, double m4)
{
	double variance = m2 / n;

	if (LEAT_UNLIKELY(!leat_sound(m2, LEAT_LEAST_FOURTHS) || m4 - m4 != 0))
		return NAN;
	return (m4 / n) / (variance * variance) - 3;
}

LEAT_INLINE double leat_kurtosis(double n, double m2, double m4)
{
	if (LEAT_UNLIKELY(n < 4))
		return NAN;
	return ((n + 1) * leat_kurtosis_pop(n, m2, m4) + 6) * (n - 1) /
	    ((n - 2) * (n - 3));
}

#endif
