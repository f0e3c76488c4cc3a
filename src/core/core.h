/*
 * core.h - what every folder of leat stands on
 *
 * The promise "the same pushes give the same bits" needs a compiler that
 * does what the source says with doubles: no re-association, no fused
 * multiply-add where none is written, no extra precision. A vendored copy
 * is built with its user's flags, so the source sees to it here instead of
 * trusting a Makefile: it refuses what it cannot undo and turns off what
 * it can.
 */
#ifndef LEAT_CORE_H
#define LEAT_CORE_H

#include <leat.h>

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__FAST_MATH__)
#error "leat needs IEEE arithmetic: build it without -ffast-math"
#endif
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "leat needs doubles that are doubles: on x86 use -msse2 -mfpmath=sse"
#endif
#if DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024
#error "leat needs IEEE 754 doubles"
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off") /* gcc ignores the standard's */
#endif

#if defined(__GNUC__)
#define LEAT_INLINE static inline __attribute__((always_inline, unused))
#define LEAT_LIKELY(c) __builtin_expect(!!(c), 1)
#define LEAT_UNLIKELY(c) __builtin_expect(!!(c), 0)
#else
#define LEAT_INLINE static inline
#define LEAT_LIKELY(c) (c)
#define LEAT_UNLIKELY(c) (c)
#endif

/* malloc() and free(), as an allocator. */
extern const leat_allocator leat_malloc_allocator;

/* Memory for objects starts on a cache line. */
#define LEAT_ALIGNMENT ((size_t)64)

/*
 * Two additions of doubles whose rounding error is kept: a + b is exactly
 * *s + *e. two_sum (Knuth) for any a and b; the result is NaN in *e if the
 * sum is not finite, so whoever reads a pair must look at *s first.
 */
LEAT_INLINE void leat_two_sum(double a, double b, double *s, double *e)
{
	double sum = a + b;
	double bb = sum - a;

	*e = (a - (sum - bb)) + (b - bb);
	*s = sum;
}

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
/* All ones where a is a number, not NaN. */
LEAT_INLINE leat_lane_mask leat_lane_valid(leat_lane a)
{
	return a == a;
}
LEAT_INLINE leat_lane_mask leat_lane_zero(leat_lane a)
{
	return a == (leat_lane){ 0, 0 };
}
LEAT_INLINE leat_lane leat_lane_and(leat_lane a, leat_lane_mask m)
{
	return (leat_lane)((leat_lane_mask)a & m);
}
/* a where the mask is set, else b. */
LEAT_INLINE leat_lane leat_lane_pick(leat_lane_mask m, leat_lane a,
    leat_lane b)
{
	return (leat_lane)(((leat_lane_mask)a & m) | ((leat_lane_mask)b & ~m));
}
LEAT_INLINE leat_lane_mask leat_lane_both(leat_lane_mask a, leat_lane_mask b)
{
	return a & b;
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
LEAT_INLINE leat_lane leat_lane_and(leat_lane a, leat_lane_mask m)
{
	return leat_lane_make(m.v[0] ? a.v[0] : 0, m.v[1] ? a.v[1] : 0);
}
LEAT_INLINE leat_lane leat_lane_pick(leat_lane_mask m, leat_lane a,
    leat_lane b)
{
	return leat_lane_make(m.v[0] ? a.v[0] : b.v[0],
	    m.v[1] ? a.v[1] : b.v[1]);
}
LEAT_INLINE leat_lane_mask leat_lane_both(leat_lane_mask a, leat_lane_mask b)
{
	leat_lane_mask r = { { a.v[0] && b.v[0], a.v[1] && b.v[1] } };
	return r;
}

#endif

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

#endif
