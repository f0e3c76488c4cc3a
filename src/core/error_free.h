/*
 * error_free.h - operations whose rounding error is kept
 *
 * A sum or a product of two doubles is a pair of doubles, exactly. Knuth,
 * "The Art of Computer Programming" 2, 4.2.2; Dekker, "A floating-point
 * technique for extending the available precision", Numer. Math. 18, 1971.
 */
#ifndef LEAT_ERROR_FREE_H
#define LEAT_ERROR_FREE_H

#include "core.h"

/*
 * a + b is exactly *s + *e, for any a and b. If the sum is not finite then *e
 * is NaN, so whoever reads such a pair must look at *s first.
 */
LEAT_INLINE void leat_two_sum(double a, double b, double *s, double *e)
{
	double sum = a + b;
	double bb = sum - a;

	*e = (a - (sum - bb)) + (b - bb);
	*s = sum;
}

/*
 * a b is exactly *p + *e, unless something over- or underflows. The factor
 * splits a double into two halves of 26 bits, whose products are exact.
 */
LEAT_INLINE void leat_two_product(double a, double b, double *p, double *e)
{
	double ca = 0x8000001p0 * a, cb = 0x8000001p0 * b;
	double ah = ca - (ca - a), bh = cb - (cb - b);
	double al = a - ah, bl = b - bh;

	*p = a * b;
	*e = ((ah * bh - *p) + ah * bl + al * bh) + al * bl;
}

#endif
