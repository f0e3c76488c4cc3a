/*
 * portable.c - exponential and logarithm with the same bits everywhere
 *
 * C libraries agree on floor(), ceil(), fmod() and frexp(), which are exact by
 * definition, but not on the last bits of exp() and log(), nor on ldexp()
 * where the result is denormal. Where a result or a weight needs one of
 * those, it comes from here: series in a fixed number of additions and
 * multiplications, within a few ulp, and steps by powers of 2, which are
 * exact up to the last one.
 */
#include "maths.h"

/*
 * x 2^k, rounded once. A step down is shorter by the 53 bits of x: what it
 * makes denormal is then, after the last step, too small to differ from 0.
 */
double leat_ldexp(double x, int k)
{
	uint64_t bits;
	double power;

	k = k > 4000 ? 4000 : k < -4000 ? -4000 : k;
	for (; k > 1023; k -= 1023)
		x *= 0x1p1023;
	for (; k < -1022; k += 1022 - 53)
		x *= 0x1p-969;
	bits = (uint64_t)(k + 1023) << 52;
	memcpy(&power, &bits, sizeof(power));
	return x * power;
}

/*
 * 1 - e^-y for y >= 0. The series for a small y, then, with E(y) for the
 * function, E(2y) = E(y) (2 - E(y)), which never amplifies the error.
 */
double leat_one_minus_exp(double y)
{
	double e = 0;
	int doublings = 0;

	if (y > 64)
		return 1;
	while (y > 0.0625) {
		y /= 2;
		doublings++;
	}
	for (int k = 12; k >= 1; k--)
		e = y / k * (1 - e);
	while (doublings-- > 0)
		e = e * (2 - e);
	return e;
}

/* The logarithm of m in [0.5, 1.5]: 2 artanh of (m - 1) / (m + 1). */
double leat_log(double m)
{
	double z = (m - 1) / (m + 1);
	double sum = 0;

	for (int k = 17; k >= 0; k--)
		sum = sum * (z * z) + 1.0 / (2 * k + 1);
	return 2 * z * sum;
}

/* The logarithm of x > 0. */
double leat_ln(double x)
{
	int e;
	double m = frexp(x, &e);

	if (m < 0x1.6a09e667f3bcdp-1) { /* m is in [sqrt(1/2), sqrt(2)) */
		m *= 2;
		e--;
	}
	return e * LEAT_LN2 + leat_log(m);
}

/* e^x: 2^k e^r, with r at most half of log 2. */
double leat_exp(double x)
{
	const double ln2_hi = 0x1.62e42fee00000p-1; /* k ln2_hi is exact */
	const double ln2_lo = 0x1.a39ef35793c76p-33;
	double k, r, e = 1;

	if (x > 710)
		return INFINITY;
	if (x < -746)
		return 0;
	if (x != x)
		return NAN;
	k = x * 0x1.71547652b82fep0 + 0x1.8p52; /* to the nearest */
	k -= 0x1.8p52;
	r = (x - k * ln2_hi) - k * ln2_lo;
	for (int i = 13; i >= 1; i--)
		e = 1 + e * (r / i);
	return leat_ldexp(e, (int)k);
}
