/*
 * superacc.h - a sum of any doubles, exactly
 *
 * A fixed-point number as wide as the range of doubles, in digits of 48 bits
 * that have a sign and stand in words of 64. A double is at most 100 bits from
 * the start of a digit, so adding one goes to two digits and carries into a
 * third. A carry rounds to nearest, so that a digit at rest is at most 2^47,
 * and what goes on into the third is at most 17: that one has room for 2^41
 * of those before it must carry as well, and for as many again until it must
 * once more. There is no pass over all digits.
 *
 * Digits are at most LEAT_SUPER_REST, less than 2^48 by so much that all below
 * a digit cannot reach 1 of it: the highest that is not 0 has the sign of the
 * sum. A word of bits says which ones are not 0.
 *
 * After Collange, Defour, Graillat and Iakymchuk, "Numerical reproducibility
 * for the parallel reduction on multi- and many-core architectures", Parallel
 * Computing 49, 2015; and Neal, "Fast exact summation using small and large
 * superaccumulators", arXiv:1505.05571.
 */
#ifndef LEAT_SUPERACC_H
#define LEAT_SUPERACC_H

#include "core.h"

/* Sums of 2^40 doubles have 2138 bits: all of them fit in 45 digits. */
enum { LEAT_SUPER_DIGITS = 46, LEAT_SUPER_LEAST = -1074 };

#define LEAT_SUPER_REST (((int64_t)1 << 47) + ((int64_t)1 << 46))

struct leat_superacc {
	int64_t digit[LEAT_SUPER_DIGITS]; /* times 2^(48 i - 1074) */
	uint64_t used;                    /* bit i: digit i is not 0 */
};

/*
 * The exact sum S, rounded: hi is the double nearest to S / unit, lo the one
 * nearest to what is left. unit is 1, or 2^64 where S is beyond DBL_MAX. Sums
 * of 0 are +0.
 */
struct leat_terms {
	double hi, lo, unit;
};

LEAT_INLINE void leat_superacc_clear(struct leat_superacc *s)
{
	memset(s, 0, sizeof(*s));
}

/* A digit over 2^48, rounded to nearest; |digit| < 2^62. */
LEAT_INLINE int64_t leat_super_carry(int64_t digit)
{
	uint64_t moved = (uint64_t)digit + ((uint64_t)1 << 62);

	return (int64_t)((moved + ((uint64_t)1 << 47)) >> 48) - (1 << 14);
}

/* superacc.c: carries on from digit i, which is more than one at rest. */
void leat_superacc_settle(struct leat_superacc *s, unsigned i);

/* Adds m 2^(at - 1074), or subtracts it; m <= 2^53, at <= 2110. */
LEAT_INLINE void leat_superacc_put(struct leat_superacc *s, uint64_t m,
    unsigned at, int minus)
{
	unsigned i = at / 48, shift = at % 48;
	int64_t *d = &s->digit[i], sign = -(int64_t)(minus != 0), carry;
	int64_t low = (int64_t)(m << shift & 0xffffffffffff);
	int64_t high = (int64_t)(m >> (48 - shift));
	uint64_t used = s->used & ~((uint64_t)7 << i);

	d[0] += (low ^ sign) - sign;
	carry = leat_super_carry(d[0]);
	d[0] -= carry * ((int64_t)1 << 48);
	d[1] += ((high ^ sign) - sign) + carry;
	carry = leat_super_carry(d[1]);
	d[1] -= carry * ((int64_t)1 << 48);
	d[2] += carry;
	used |= (uint64_t)(d[0] != 0) << i;
	used |= (uint64_t)(d[1] != 0) << (i + 1);
	s->used = used | (uint64_t)(d[2] != 0) << (i + 2);
	if (LEAT_UNLIKELY(d[2] > LEAT_SUPER_REST || d[2] < -LEAT_SUPER_REST))
		leat_superacc_settle(s, i + 2);
}

LEAT_INLINE void leat_super_signed(struct leat_superacc *s, double x, int minus)
{
	uint64_t bits, fraction;
	unsigned exponent;

	memcpy(&bits, &x, sizeof(bits));
	exponent = (unsigned)(bits >> 52 & 2047);
	fraction = bits & (((uint64_t)1 << 52) - 1);
	fraction |= (uint64_t)(exponent > 0) << 52;
	leat_superacc_put(s, fraction, exponent - (exponent > 0),
	    (int)(bits >> 63) ^ minus);
}

/* x is finite. */
LEAT_INLINE void leat_superacc_add(struct leat_superacc *s, double x)
{
	leat_super_signed(s, x, 0);
}

LEAT_INLINE void leat_superacc_subtract(struct leat_superacc *s, double x)
{
	leat_super_signed(s, x, 1);
}

/* superacc.c */
struct leat_terms leat_superacc_terms(const struct leat_superacc *s);
/* Adds another sum. */
void leat_superacc_join(struct leat_superacc *s,
    const struct leat_superacc *other);

#endif
