/*
 * sum.h - the exact sum of the values of a run
 *
 * A sum is an expansion: doubles whose exact total it is. Adding a value goes
 * down the terms, each of which takes the error that the addition to the one
 * above has left; nearly always the second addition leaves none. Whatever has
 * been added and joined in whatever order, the total is the same number, and
 * the result is that number, rounded once. (Priest, "Algorithms for arbitrary
 * precision floating point arithmetic", ARITH 10, 1991; Shewchuk, "Adaptive
 * precision floating-point arithmetic", Discrete Comput. Geom. 18, 1997.)
 *
 * A third word holds another term, of 51 bits, or where the total is beyond the
 * largest double counts units of 2^1023. What does not fit into these is sorted
 * out by a superaccumulator (sum.c), which makes the terms as short as can be;
 * what is left below them then is lost, and the sum says so. It takes values
 * that differ by more than 2^97, or 2^53 beside a total beyond the largest
 * double, and shows in a result only if these cancel.
 *
 * An infinity or NaN is the first term alone, as adding it to a double makes
 * it, whatever comes after.
 */
#ifndef LEAT_SUM_H
#define LEAT_SUM_H

#include "../core/superacc.h"
#include "triple.h"

struct leat_sum {
	double a, b;
	/*
	 * The third term, a double of which the two lowest bits are not part;
	 * or where the lowest bit is 1, four times how many times 2^1023 is to
	 * be added. The other bit says that some of the total was lost.
	 */
	uint64_t rest;
};

enum { LEAT_SUM_COUNTS = 1, LEAT_SUM_LOST = 2, LEAT_SUM_BITS = 3 };

/* sum.c: the additions that leave an error, and what is not finite. */
void leat_sum_add_more(struct leat_sum *s, double x);
void leat_sum_join_more(struct leat_sum *s, const struct leat_sum *right);
struct leat_terms leat_sum_terms_more(const struct leat_sum *s);

/* Adds x to the first two terms. Returns 0 and adds nothing if that rounds. */
LEAT_INLINE int leat_sum_try(struct leat_sum *s, double x)
{
	double a, b, error, left;

	leat_two_sum(s->a, x, &a, &error);
	leat_two_sum(s->b, error, &b, &left);
	if (LEAT_UNLIKELY(left != 0)) /* NaN is not 0 either */
		return 0;
	s->a = a;
	s->b = b;
	return 1;
}

LEAT_INLINE void leat_sum_add(struct leat_sum *s, double x)
{
	if (LEAT_UNLIKELY(!leat_sum_try(s, x)))
		leat_sum_add_more(s, x);
}

/* Adds a sum of two terms, as above. */
LEAT_INLINE int leat_sum_try_join(struct leat_sum *s,
    const struct leat_sum *right)
{
	double a, b, error, left, last;

	leat_two_sum(s->a, right->a, &a, &error);
	leat_two_sum(s->b, right->b, &b, &left);
	leat_two_sum(b, error, &b, &last);
	if (LEAT_UNLIKELY(!((left == 0) & (last == 0) & (right->rest == 0))))
		return 0;
	s->a = a;
	s->b = b;
	return 1;
}

LEAT_INLINE void leat_sum_join(struct leat_sum *s, const struct leat_sum *right)
{
	if (LEAT_UNLIKELY(!leat_sum_try_join(s, right)))
		leat_sum_join_more(s, right);
}

/* The total, rounded: the same for all sums of the same total. */
LEAT_INLINE struct leat_terms leat_sum_terms(const struct leat_sum *s)
{
	struct leat_terms t = { 0, 0, 1 };

	leat_two_sum(s->a, s->b, &t.hi, &t.lo);
	if (LEAT_UNLIKELY(!((s->rest == 0) & (t.lo == t.lo))))
		return leat_sum_terms_more(s);
	return t;
}

void leat_sum_set(struct leat_sum *s, double a);
int leat_sum_same(const struct leat_sum *a, const struct leat_sum *b);
/* The total is finite in both. What does not fit into a sum is lost. */
void leat_sum_of(struct leat_sum *s, const struct leat_superacc *total);
void leat_sum_to(const struct leat_sum *s, struct leat_superacc *total);

/* Returns whether the total is known in part only. */
LEAT_INLINE int leat_sum_has_lost(const struct leat_sum *s)
{
	return (s->rest & LEAT_SUM_LOST) != 0;
}

/* Units of 2^1023, of which no total has more than LEAT_SUM_UNITS. */
#define LEAT_SUM_UNITS ((int64_t)1 << 45)
void leat_sum_add_units(struct leat_superacc *total, int64_t units);
/* Takes out those that a total beyond DBL_MAX has; else none. */
int64_t leat_sum_take_units(struct leat_superacc *total);
/* Takes the nearest double out of a total within the range of doubles. */
double leat_sum_take(struct leat_superacc *total);

LEAT_INLINE int leat_is_finite(double x)
{
	return x - x == 0;
}

/*
 * A sum that holds any total: windows whose few accumulators need not be small
 * have these. What the first three cannot hold goes to a superaccumulator.
 */
struct leat_whole_sum {
	struct leat_sum near; /* counts no units; `lost` says: into far */
	struct leat_superacc far;
};

/* near is finite. */
void leat_whole_sum_to(const struct leat_whole_sum *w,
    struct leat_superacc *total);

#endif
