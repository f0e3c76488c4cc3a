/*
 * wide.h - doubles whose exponent has room
 *
 * The square of 1e300, the weight of what is a thousand half-lives old and
 * their product are ordinary numbers but for their exponent. A wide is a
 * double and a power of two beside it. Its operations round as those of
 * doubles do, and neither overflow nor underflow: what is below
 * 2^-LEAT_WIDE_LAST is 0, which takes more time than clocks can tell.
 *
 * For the rare values that need it: each operation costs several times as
 * much as a plain one.
 */
#ifndef LEAT_WIDE_H
#define LEAT_WIDE_H

#include "maths.h"

struct leat_wide {
	double m; /* 0, or 0.5 <= |m| < 1 where an operation made it */
	int64_t e;
};

#define LEAT_WIDE_LAST ((int64_t)1 << 50)

/* m times 2^e, for any finite m. An infinity and NaN stay what they are. */
LEAT_INLINE struct leat_wide leat_wide_make(double m, int64_t e)
{
	struct leat_wide r = { m, 0 };
	int shift = 0;

	if (m == 0 || m - m != 0)
		return r;
	r.m = frexp(m, &shift);
	r.e = e + shift;
	if (r.e < -LEAT_WIDE_LAST) {
		r.m = 0;
		r.e = 0;
	} else if (r.e > LEAT_WIDE_LAST) {
		r.e = LEAT_WIDE_LAST;
	}
	return r;
}

/* The double nearest to m times 2^e. */
LEAT_INLINE double leat_wide_double(double m, int64_t e)
{
	if (e == 0)
		return m;
	return leat_ldexp(m, e > 4000 ? 4000 : e < -4000 ? -4000 : (int)e);
}

LEAT_INLINE struct leat_wide leat_wide_mul(struct leat_wide a,
    struct leat_wide b)
{
	return leat_wide_make(a.m * b.m, a.e + b.e);
}

LEAT_INLINE struct leat_wide leat_wide_div(struct leat_wide a,
    struct leat_wide b)
{
	return leat_wide_make(a.m / b.m, a.e - b.e);
}

LEAT_INLINE struct leat_wide leat_wide_add(struct leat_wide a,
    struct leat_wide b)
{
	struct leat_wide larger = a, smaller = b;

	if (a.m == 0 || (b.m != 0 && a.e < b.e)) {
		larger = b;
		smaller = a;
	}
	if (smaller.m == 0)
		return larger;
	larger.m += leat_wide_double(smaller.m, smaller.e - larger.e);
	return leat_wide_make(larger.m, larger.e);
}

#endif
