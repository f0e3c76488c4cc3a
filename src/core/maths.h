/*
 * maths.h - functions of doubles that are the same on every machine
 *
 * C libraries differ in the last bit, so results never come from those of
 * <math.h> that may round in more than one way; these stand in for them.
 */
#ifndef LEAT_MATHS_H
#define LEAT_MATHS_H

#include "core.h"

/* root.c: for CPUs that have none, or are not known to. */
double leat_root(double x);

/* portable.c */
#define LEAT_LN2 0x1.62e42fefa39efp-1
double leat_one_minus_exp(double y); /* y >= 0 */
double leat_log(double m);           /* 0.5 <= m <= 1.5 */
double leat_ln(double x);            /* x > 0 */
double leat_exp(double x);
double leat_ldexp(double x, int k);    /* x 2^k */
double leat_power(double t, double p); /* t^p, 1 <= t, 0 <= p <= 1 */

/*
 * The square root of x >= 0, correctly rounded: the CPU's own, or root.c's.
 * sqrt() itself is not called, see there; nor is there a detour for errno.
 */
#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
LEAT_INLINE double leat_sqrt(double x)
{
	__m128d v = _mm_set_sd(x);

	return _mm_cvtsd_f64(_mm_sqrt_sd(v, v));
}
#elif defined(__GNUC__) && defined(__aarch64__)
LEAT_INLINE double leat_sqrt(double x)
{
	double root;

	__asm__("fsqrt %d0, %d1" : "=w"(root) : "w"(x));
	return root;
}
#elif defined(__GNUC__) && defined(__ARM_FP) && (__ARM_FP & 8)
LEAT_INLINE double leat_sqrt(double x)
{
	double root;

	__asm__("vsqrt.f64 %P0, %P1" : "=w"(root) : "w"(x));
	return root;
}
#else
#define leat_sqrt leat_root
#endif

/* sqrt(a^2 + b^2), squares neither overflowing nor vanishing on the way. */
LEAT_INLINE double leat_hypot(double a, double b)
{
	double big = fabs(a), small = fabs(b), q;

	if (big < small) {
		q = big;
		big = small;
		small = q;
	}
	if (small == 0)
		return big;
	if (big < 0x1p500 && small > 0x1p-500)
		return leat_sqrt(big * big + small * small);
	q = small / big;
	return big * leat_sqrt(1 + q * q);
}

#endif
