/*
 * lane.h - two doubles worked on as one
 */
#ifndef LEAT_LANE_H
#define LEAT_LANE_H

#include "maths.h"

/*
 * A lane is two doubles worked on as one. The engine always has two equal
 * things to do at once, extend a prefix and extend a suffix, or combine
 * for two pushes of an array; a CPU with 128-bit vectors does both for the
 * price of one. The vector and the plain version do the same IEEE
 * operations in the same order, so they give the same bits.
 */
#if defined(__GNUC__) && !defined(LEAT_NO_VECTOR)

typedef double leat_lane __attribute__((vector_size(16)));
typedef int64_t leat_lane_mask __attribute__((vector_size(16)));

#if defined(__SSE2__) || defined(_M_X64)
#define LEAT_LANE_BITS(m) _mm_movemask_pd((__m128d)(m))
#define LEAT_LANE_SQRT(v) ((leat_lane)_mm_sqrt_pd((__m128d)(v)))
#define LEAT_LANE_MIN(a, b) ((leat_lane)_mm_min_pd((__m128d)(a), (__m128d)(b)))
#define LEAT_LANE_MAX(a, b) ((leat_lane)_mm_max_pd((__m128d)(a), (__m128d)(b)))
#endif

LEAT_INLINE leat_lane leat_lane_make(double a, double b)
{
	return (leat_lane){ a, b };
}
LEAT_INLINE double leat_lane_get(leat_lane a, int i)
{
	return a[i];
}
LEAT_INLINE leat_lane leat_lane_add(leat_lane a, leat_lane b)
{
	return a + b;
}
LEAT_INLINE leat_lane leat_lane_sub(leat_lane a, leat_lane b)
{
	return a - b;
}
LEAT_INLINE leat_lane leat_lane_mul(leat_lane a, leat_lane b)
{
	return a * b;
}
LEAT_INLINE leat_lane leat_lane_div(leat_lane a, leat_lane b)
{
	return a / b;
}
/* Sets all bits of the lanes in which a is not NaN. */
LEAT_INLINE leat_lane_mask leat_lane_valid(leat_lane a)
{
	return a == a;
}
LEAT_INLINE leat_lane_mask leat_lane_zero(leat_lane a)
{
	return a == (leat_lane){ 0, 0 };
}
LEAT_INLINE leat_lane_mask leat_lane_less(leat_lane a, leat_lane b)
{
	return a < b;
}
LEAT_INLINE leat_lane leat_lane_and(leat_lane a, leat_lane_mask m)
{
	return (leat_lane)((leat_lane_mask)a & m);
}
/* Returns a bit for each lane in which the mask is set: 1, 2. */
LEAT_INLINE int leat_lane_bits(leat_lane_mask m)
{
#ifdef LEAT_LANE_BITS
	return LEAT_LANE_BITS(m);
#else
	return (int)(m[0] & 1) | (int)(m[1] & 2);
#endif
}
/* a where the mask is set, else b. */
LEAT_INLINE leat_lane leat_lane_pick(leat_lane_mask m, leat_lane a, leat_lane b)
{
	return (leat_lane)(((leat_lane_mask)a & m) | ((leat_lane_mask)b & ~m));
}
LEAT_INLINE leat_lane_mask leat_lane_both(leat_lane_mask a, leat_lane_mask b)
{
	return a & b;
}
LEAT_INLINE leat_lane_mask leat_lane_either(leat_lane_mask a, leat_lane_mask b)
{
	return a | b;
}
LEAT_INLINE leat_lane_mask leat_lane_missing(leat_lane a)
{
	return a != a;
}
LEAT_INLINE leat_lane_mask leat_lane_equal(leat_lane a, leat_lane b)
{
	return a == b;
}
/* Sets the second lane. */
LEAT_INLINE leat_lane_mask leat_lane_second(void)
{
	return (leat_lane_mask){ 0, -1 };
}

#else

typedef struct {
	double v[2];
} leat_lane;
typedef struct {
	int v[2];
} leat_lane_mask;

LEAT_INLINE leat_lane leat_lane_make(double a, double b)
{
	leat_lane r = { { a, b } };
	return r;
}
LEAT_INLINE double leat_lane_get(leat_lane a, int i)
{
	return a.v[i];
}
LEAT_INLINE leat_lane leat_lane_add(leat_lane a, leat_lane b)
{
	return leat_lane_make(a.v[0] + b.v[0], a.v[1] + b.v[1]);
}
LEAT_INLINE leat_lane leat_lane_sub(leat_lane a, leat_lane b)
{
	return leat_lane_make(a.v[0] - b.v[0], a.v[1] - b.v[1]);
}
LEAT_INLINE leat_lane leat_lane_mul(leat_lane a, leat_lane b)
{
	return leat_lane_make(a.v[0] * b.v[0], a.v[1] * b.v[1]);
}
LEAT_INLINE leat_lane leat_lane_div(leat_lane a, leat_lane b)
{
	return leat_lane_make(a.v[0] / b.v[0], a.v[1] / b.v[1]);
}
LEAT_INLINE leat_lane_mask leat_lane_valid(leat_lane a)
{
	leat_lane_mask r = { { a.v[0] == a.v[0], a.v[1] == a.v[1] } };
	return r;
}
LEAT_INLINE leat_lane_mask leat_lane_zero(leat_lane a)
{
	leat_lane_mask r = { { a.v[0] == 0, a.v[1] == 0 } };
	return r;
}
LEAT_INLINE leat_lane_mask leat_lane_less(leat_lane a, leat_lane b)
{
	leat_lane_mask r = { { a.v[0] < b.v[0], a.v[1] < b.v[1] } };
	return r;
}
LEAT_INLINE leat_lane leat_lane_and(leat_lane a, leat_lane_mask m)
{
	return leat_lane_make(m.v[0] ? a.v[0] : 0, m.v[1] ? a.v[1] : 0);
}
LEAT_INLINE int leat_lane_bits(leat_lane_mask m)
{
	return m.v[0] | m.v[1] << 1;
}
LEAT_INLINE leat_lane leat_lane_pick(leat_lane_mask m, leat_lane a, leat_lane b)
{
	return leat_lane_make(m.v[0] ? a.v[0] : b.v[0],
	    m.v[1] ? a.v[1] : b.v[1]);
}
LEAT_INLINE leat_lane_mask leat_lane_both(leat_lane_mask a, leat_lane_mask b)
{
	leat_lane_mask r = { { a.v[0] && b.v[0], a.v[1] && b.v[1] } };
	return r;
}
LEAT_INLINE leat_lane_mask leat_lane_either(leat_lane_mask a, leat_lane_mask b)
{
	leat_lane_mask r = { { a.v[0] || b.v[0], a.v[1] || b.v[1] } };
	return r;
}
LEAT_INLINE leat_lane_mask leat_lane_missing(leat_lane a)
{
	leat_lane_mask r = { { a.v[0] != a.v[0], a.v[1] != a.v[1] } };
	return r;
}
LEAT_INLINE leat_lane_mask leat_lane_equal(leat_lane a, leat_lane b)
{
	leat_lane_mask r = { { a.v[0] == b.v[0], a.v[1] == b.v[1] } };
	return r;
}
LEAT_INLINE leat_lane_mask leat_lane_second(void)
{
	leat_lane_mask r = { { 0, 1 } };
	return r;
}

#endif

/* Per lane a < b ? a : b, and a > b ? a : b, so a NaN in either gives b. */
LEAT_INLINE leat_lane leat_lane_min(leat_lane a, leat_lane b)
{
#ifdef LEAT_LANE_MIN
	return LEAT_LANE_MIN(a, b);
#else
	return leat_lane_pick(leat_lane_less(a, b), a, b);
#endif
}
LEAT_INLINE leat_lane leat_lane_max(leat_lane a, leat_lane b)
{
#ifdef LEAT_LANE_MAX
	return LEAT_LANE_MAX(a, b);
#else
	return leat_lane_pick(leat_lane_less(b, a), a, b);
#endif
}

/* The first, and the second, halves of two lanes. */
LEAT_INLINE leat_lane leat_lane_firsts(leat_lane a, leat_lane b)
{
	return leat_lane_make(leat_lane_get(a, 0), leat_lane_get(b, 0));
}

LEAT_INLINE leat_lane leat_lane_seconds(leat_lane a, leat_lane b)
{
	return leat_lane_make(leat_lane_get(a, 1), leat_lane_get(b, 1));
}

LEAT_INLINE leat_lane leat_lane_load(const double *p)
{
	return leat_lane_make(p[0], p[1]);
}

/* The first n numbers, up to two, and zeros. */
LEAT_INLINE leat_lane leat_lane_load_some(const double *p, size_t n)
{
	return leat_lane_make(n > 0 ? p[0] : 0, n > 1 ? p[1] : 0);
}

LEAT_INLINE void leat_lane_store(double *p, leat_lane a)
{
	p[0] = leat_lane_get(a, 0);
	p[1] = leat_lane_get(a, 1);
}

LEAT_INLINE leat_lane leat_lane_sqrt(leat_lane a)
{
#ifdef LEAT_LANE_SQRT
	return LEAT_LANE_SQRT(a);
#else
	return leat_lane_make(leat_sqrt(leat_lane_get(a, 0)),
	    leat_sqrt(leat_lane_get(a, 1)));
#endif
}

/* Stores to every other place. */
LEAT_INLINE void leat_lane_store_twice_apart(double *p, leat_lane a)
{
	p[0] = leat_lane_get(a, 0);
	p[2] = leat_lane_get(a, 1);
}

LEAT_INLINE leat_lane leat_lane_dup(double a)
{
	return leat_lane_make(a, a);
}

LEAT_INLINE void leat_lane_two_sum(leat_lane a, leat_lane b, leat_lane *s,
    leat_lane *e)
{
	leat_lane sum = leat_lane_add(a, b);
	leat_lane bb = leat_lane_sub(sum, a);

	*e = leat_lane_add(leat_lane_sub(a, leat_lane_sub(sum, bb)),
	    leat_lane_sub(b, bb));
	*s = sum;
}

/* Pairs under the names of wider lanes, so that a template takes all. */
LEAT_INLINE leat_lane leat_lane_count(double from)
{
	return leat_lane_make(from, from + 1);
}
LEAT_INLINE leat_lane leat_lane_if_zero(leat_lane n, leat_lane a, leat_lane b)
{
	return leat_lane_pick(leat_lane_zero(n), a, b);
}
/* |a| <= b in both. */
LEAT_INLINE int leat_lane_all_within(leat_lane a, leat_lane b)
{
	int first = fabs(leat_lane_get(a, 0)) <= leat_lane_get(b, 0);

	return first & (fabs(leat_lane_get(a, 1)) <= leat_lane_get(b, 1));
}
LEAT_INLINE int leat_lane_any_nan(leat_lane a)
{
	return isunordered(leat_lane_get(a, 0), leat_lane_get(a, 1));
}
LEAT_INLINE leat_lane leat_lane_size(leat_lane a)
{
	return leat_lane_make(fabs(leat_lane_get(a, 0)),
	    fabs(leat_lane_get(a, 1)));
}
LEAT_INLINE double leat_lane_last(leat_lane a)
{
	return leat_lane_get(a, 1);
}
LEAT_INLINE leat_lane leat_lane_spread(leat_lane a)
{
	return leat_lane_dup(leat_lane_get(a, 1));
}
LEAT_INLINE leat_lane leat_lane_enter(leat_lane a, double first)
{
	return leat_lane_make(first, leat_lane_get(a, 0));
}
/* The first, and both. */
LEAT_INLINE leat_lane leat_lane_scan(leat_lane a)
{
	return leat_lane_add(a, leat_lane_enter(a, 0));
}
LEAT_INLINE void leat_lane_store_some(double *p, leat_lane a, size_t n)
{
	if (n > 0)
		p[0] = leat_lane_get(a, 0);
	if (n > 1)
		p[1] = leat_lane_get(a, 1);
}
LEAT_INLINE void leat_lane_transpose(leat_lane *r)
{
	leat_lane first = leat_lane_firsts(r[0], r[1]);

	r[1] = leat_lane_seconds(r[0], r[1]);
	r[0] = first;
}

#endif
