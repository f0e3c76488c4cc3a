/*
 * triple.h - a sum that keeps its rounding errors in two more terms
 */
#ifndef LEAT_TRIPLE_H
#define LEAT_TRIPLE_H

#include "../core/error_free.h"

/*
 * A sum in three terms: hi is the plain sum, lo the sum of the errors of
 * hi's additions, lo2 that of lo's. Two would do for well-conditioned
 * sums. (Ogita, Rump, Oishi, "Accurate sum and dot product", SIAM J. Sci.
 * Comput. 26, 2005.)
 *
 * All three are off by at most 2 n u^2 S, with u = 2^-53, S = sum |x| and n up
 * to 2^26:
 *
 *   hi is at most S, so each e is at most u S and lo at most n u S;
 *   the error of lo + e, at most u |lo + e|, is found as if lo were the larger.
 *   Where it is not, what is found is off by a rounding of e, u |e| <= u^2 S:
 *   n u^2 S in all;
 *   lo2 is at most n^2 u^2 S / 2, and its own n roundings n^3 u^3 S / 6, which
 *   n^2 u < 1/2 makes less than n u^2 S / 12;
 *   folding rounds lo once: u |lo| <= n u^2 S.
 *
 * Joining the three runs of a relay adds their lo in up to four roundings, of
 * at most (n + 2) u S each: 8 n u^2 S bounds it all. Runs that are joined one
 * after the other round what they have in lo at each join, and in what was
 * joined before it is, in up to five roundings. Steps and joins together are
 * fewer than values, and so are the e, so these lose less than 5 n^2 u^2 S,
 * whatever the tree and for any n. The result is hi + lo, rounded once.
 */
struct leat_triple {
	double hi, lo; /* the partial */
	double lo2;
};

LEAT_INLINE void leat_triple_add(struct leat_triple *s, double x)
{
	double e, lo;

	leat_two_sum(s->hi, x, &s->hi, &e);
	lo = s->lo + e;
	s->lo2 += e - (lo - s->lo);
	s->lo = lo;
}

LEAT_INLINE void leat_triple_fold(struct leat_triple *s)
{
	s->lo += s->lo2;
	s->lo2 = 0;
}

/* triple.c: as functions of a class. */
void leat_triple_identity(const leat_agg *agg, void *acc);
void leat_triple_combine(const leat_agg *agg, void *acc, const void *right);
void leat_triple_round(void *acc);
void leat_triple_terms(const void *acc, double *hi, double *lo);
/* Members of a class whose accumulator is such a sum. */
#define LEAT_TRIPLE_MEMBERS                                                    \
	.size = sizeof(struct leat_triple), .packed = 2 * sizeof(double),      \
	.identity = leat_triple_identity, .combine = leat_triple_combine,      \
	.fold = leat_triple_round

/* hi + lo; the errors of a sum that overflowed or met an infinity are NaN. */
LEAT_INLINE double leat_sum_value(double hi, double lo)
{
	double s = hi + lo;

	return LEAT_LIKELY(s == s) ? s : leat_nan(hi);
}

/*
 * The mean where hi is the sum, rounded, and lo what that lost. The quotient's
 * own rounding is the only one of the leading term that counts; lo times
 * rn = 1 / n puts back what it had lost. Within 1 ulp of (hi + lo) / n.
 */
LEAT_INLINE double leat_terms_mean(double hi, double lo, double n, double rn)
{
	double m = hi / n + lo * rn;

	return LEAT_LIKELY(m == m) ? m : leat_nan(hi / n);
}

/* The mean where hi and lo may overlap, as they do where sums cancel. */
LEAT_INLINE double leat_sum_mean(double hi, double lo, double n, double rn)
{
	double s, e, m;

	leat_two_sum(hi, lo, &s, &e);
	m = s / n + e * rn;
	return LEAT_LIKELY(m == m) ? m : leat_nan(hi / n);
}

#endif
