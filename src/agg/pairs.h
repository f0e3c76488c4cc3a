/*
 * pairs.h - sums of squares and products of deviations in two columns
 *
 * pairs.c tells what the numbers are, and how large ones go; windows that slide
 * do the usual steps by themselves (window/slide_pairs.h).
 */
#ifndef LEAT_PAIRS_H
#define LEAT_PAIRS_H

#include "../core/maths.h"

struct leat_pairs {
	struct leat_pairs_run {
		double n, kx, ky, mux, muy, m2x, m2y, cxy;
	} p; /* the partial */
	double cx, cy, cc;
};

/* No mean is beyond the values, but rounding may leave one there. */
LEAT_INLINE double leat_pair_mean(double k, double mu)
{
	double mean = k + mu;

	if (LEAT_LIKELY(mean - mean == 0) || k - k + (mu - mu) != 0)
		return mean;
	return mean > 0 ? DBL_MAX : -DBL_MAX;
}

#endif
