/*
 * root.c - a square root that is right without a CPU that has one
 *
 * C libraries do not agree on the last bit of sqrt(): there are some that
 * work in a wider format and round twice. Where the compiler is known to
 * have an instruction for it, which IEEE 754 makes exact, leat_sqrt() is
 * that; elsewhere it is this.
 *
 * With x = m 2^(2 e) and 1 <= m < 4, the root's 53
 * bits and one more are found as in a division by hand: two digits of m are
 * taken down, and the next digit is 1 if the remainder is enough for it. A
 * root of 54 bits is never exactly what lies between two doubles, since its
 * square would need more bits than x has, so the last bit alone rounds.
 *
 * Cost: 54 steps of a shift, a comparison and a subtraction.
 */
#include "maths.h"

/* The first 54 binary digits of the root of m, which are two bits each. */
static uint64_t root_digits(uint64_t m)
{
	uint64_t root = 0, rest = 0;

	for (int i = 0; i < 54; i++, m <<= 2) {
		uint64_t next = root << 2 | 1;
		rest = rest << 2 | m >> 62;
		root <<= 1;
		if (rest >= next) {
			rest -= next;
			root |= 1;
		}
	}
	return root;
}

double leat_root(double x)
{
	uint64_t bits, m;
	int e, high;

	if (!(x > 0 && x <= DBL_MAX))
		return x < 0 ? NAN : x; /* also 0, with its sign, and NaN */
	memcpy(&bits, &x, sizeof(bits));
	e = (int)(bits >> 52);
	m = bits & (((uint64_t)1 << 52) - 1);
	if (e > 0)
		m |= (uint64_t)1 << 52;
	else
		e = 1;
	high = leat_high_zeros(m) - 11;
	e -= high + 1023;
	/* Two bits before the point, the first of them 0 for an even e. */
	m <<= high + 10 + (e & 1);
	e = (e - (e & 1)) / 2;
	bits = (root_digits(m) + 1) >> 1;
	/* the first bit of the mantissa adds one to the exponent */
	bits += (uint64_t)(e + 1022) << 52;
	memcpy(&x, &bits, sizeof(x));
	return x;
}
