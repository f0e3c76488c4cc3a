/*
 * quad.h - four doubles at once, where the compiler has AVX by function
 *
 * The loops that have enough to do side by side are stamped a second time
 * with these in place of lanes; leat_has_avx() chooses at run
 * time. Each operation rounds as the one of a lane does, so the bits are the
 * same. The header of the intrinsics is large: it costs more to compile than
 * most files of this library, so only those that use a quad include this.
 */
#ifndef LEAT_QUAD_H
#define LEAT_QUAD_H

#include "lane.h"

/*
 * x86 CPUs since 2011 have a form of the same 128-bit instructions that
 * needs no copies of registers; functions marked LEAT_AVX are compiled for
 * it and used where leat_has_avx() says so. Not the fused ones: bits stay.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(LEAT_NO_VECTOR) &&    \
    !defined(LEAT_NO_AVX) && !defined(__AVX__)
#define LEAT_AVX __attribute__((target("avx")))
#endif

LEAT_INLINE int leat_has_avx(void)
{
#ifdef LEAT_AVX
	return __builtin_cpu_supports("avx") != 0;
#else
	return 0;
#endif
}

#ifdef LEAT_AVX
#include <immintrin.h>

#define LEAT_QUAD LEAT_AVX LEAT_INLINE

typedef double leat_quad __attribute__((vector_size(32)));
typedef int64_t leat_quad_mask __attribute__((vector_size(32)));

LEAT_QUAD leat_quad leat_quad_dup(double a)
{
	return (leat_quad){ a, a, a, a };
}
LEAT_QUAD leat_quad leat_quad_count(double from)
{
	return (leat_quad){ from, from + 1, from + 2, from + 3 };
}
LEAT_QUAD leat_quad leat_quad_load(const double *p)
{
	return (leat_quad)_mm256_loadu_pd(p);
}
/* The first n numbers, up to four, and zeros. */
LEAT_QUAD leat_quad leat_quad_load_some(const double *p, size_t n)
{
	if (n == 0)
		return leat_quad_dup(0);
	if (n > 3)
		return leat_quad_load(p);
	__m128d low = n > 1 ? _mm_loadu_pd(p) : _mm_load_sd(p);
	__m128d high = n > 2 ? _mm_load_sd(p + 2) : _mm_setzero_pd();

	return (leat_quad)_mm256_insertf128_pd(_mm256_castpd128_pd256(low),
	    high, 1);
}
LEAT_QUAD void leat_quad_store(double *p, leat_quad a)
{
	_mm256_storeu_pd(p, (__m256d)a);
}
/* Stores to every other place. */
LEAT_QUAD void leat_quad_store_twice_apart(double *p, leat_quad a)
{
	__m128d low = _mm256_castpd256_pd128((__m256d)a);
	__m128d high = _mm256_extractf128_pd((__m256d)a, 1);

	_mm_storel_pd(p, low);
	_mm_storeh_pd(p + 2, low);
	_mm_storel_pd(p + 4, high);
	_mm_storeh_pd(p + 6, high);
}
LEAT_QUAD leat_quad leat_quad_add(leat_quad a, leat_quad b)
{
	return a + b;
}
LEAT_QUAD leat_quad leat_quad_sub(leat_quad a, leat_quad b)
{
	return a - b;
}
LEAT_QUAD leat_quad leat_quad_mul(leat_quad a, leat_quad b)
{
	return a * b;
}
LEAT_QUAD leat_quad leat_quad_div(leat_quad a, leat_quad b)
{
	return a / b;
}
LEAT_QUAD leat_quad leat_quad_sqrt(leat_quad a)
{
	return (leat_quad)_mm256_sqrt_pd((__m256d)a);
}
/* a where n is 0, else b. */
LEAT_QUAD leat_quad leat_quad_if_zero(leat_quad n, leat_quad a, leat_quad b)
{
	leat_quad_mask m = n == (leat_quad){ 0, 0, 0, 0 };

	return (leat_quad)(((leat_quad_mask)a & m) | ((leat_quad_mask)b & ~m));
}
LEAT_QUAD leat_quad_mask leat_quad_within(leat_quad a, leat_quad b)
{
	__m256d size = _mm256_andnot_pd(_mm256_set1_pd(-0.0), (__m256d)a);

	return (leat_quad_mask)_mm256_cmp_pd(size, (__m256d)b, _CMP_LE_OQ);
}
LEAT_QUAD int leat_quad_all_within(leat_quad a, leat_quad b)
{
	return _mm256_movemask_pd((__m256d)leat_quad_within(a, b)) == 15;
}
LEAT_QUAD int leat_quad_any_nan(leat_quad a)
{
	__m256d v = (__m256d)a;

	return _mm256_movemask_pd(_mm256_cmp_pd(v, v, _CMP_UNORD_Q));
}
LEAT_QUAD leat_quad leat_quad_min(leat_quad a, leat_quad b)
{
	return (leat_quad)_mm256_min_pd((__m256d)a, (__m256d)b);
}
LEAT_QUAD leat_quad leat_quad_max(leat_quad a, leat_quad b)
{
	return (leat_quad)_mm256_max_pd((__m256d)a, (__m256d)b);
}
LEAT_QUAD leat_quad_mask leat_quad_valid(leat_quad a)
{
	return a == a;
}
LEAT_QUAD leat_quad_mask leat_quad_zero(leat_quad a)
{
	return a == (leat_quad){ 0, 0, 0, 0 };
}
LEAT_QUAD leat_quad_mask leat_quad_both(leat_quad_mask a, leat_quad_mask b)
{
	return a & b;
}
LEAT_QUAD int leat_quad_bits(leat_quad_mask m)
{
	return _mm256_movemask_pd((__m256d)m);
}
LEAT_QUAD leat_quad leat_quad_and(leat_quad a, leat_quad_mask m)
{
	return (leat_quad)((leat_quad_mask)a & m);
}
/* a where the mask is set, else b. */
LEAT_QUAD leat_quad leat_quad_pick(leat_quad_mask m, leat_quad a, leat_quad b)
{
	return (leat_quad)_mm256_blendv_pd((__m256d)b, (__m256d)a, (__m256d)m);
}
LEAT_QUAD leat_quad leat_quad_size(leat_quad a)
{
	return (leat_quad)_mm256_andnot_pd(_mm256_set1_pd(-0.0), (__m256d)a);
}
LEAT_QUAD double leat_quad_last(leat_quad a)
{
	return a[3];
}
/* The last in all lanes. */
LEAT_QUAD leat_quad leat_quad_spread(leat_quad a)
{
	__m256d high = _mm256_permute2f128_pd((__m256d)a, (__m256d)a, 0x11);

	return (leat_quad)_mm256_permute_pd(high, 15);
}
/* first, and all lanes but the last one step on. */
LEAT_QUAD leat_quad leat_quad_enter(leat_quad a, double first)
{
	return (leat_quad){ first, a[0], a[1], a[2] };
}
/* Each lane and all before it, added in another order than one by one. */
LEAT_QUAD leat_quad leat_quad_scan(leat_quad a)
{
	__m256d low = _mm256_permute2f128_pd((__m256d)a, (__m256d)a, 0x08);

	a += (leat_quad)_mm256_shuffle_pd(low, (__m256d)a, 5);
	return a +
	    (leat_quad)_mm256_permute2f128_pd((__m256d)a, (__m256d)a, 0x08);
}
/* The first n, up to four. */
LEAT_QUAD void leat_quad_store_some(double *p, leat_quad a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = a[i];
}
/* Four rows of which r[i] is the i-th, into four columns. */
LEAT_QUAD void leat_quad_transpose(leat_quad *r)
{
	__m256d a = _mm256_unpacklo_pd((__m256d)r[0], (__m256d)r[1]);
	__m256d b = _mm256_unpackhi_pd((__m256d)r[0], (__m256d)r[1]);
	__m256d c = _mm256_unpacklo_pd((__m256d)r[2], (__m256d)r[3]);
	__m256d d = _mm256_unpackhi_pd((__m256d)r[2], (__m256d)r[3]);

	r[0] = (leat_quad)_mm256_permute2f128_pd(a, c, 0x20);
	r[1] = (leat_quad)_mm256_permute2f128_pd(b, d, 0x20);
	r[2] = (leat_quad)_mm256_permute2f128_pd(a, c, 0x31);
	r[3] = (leat_quad)_mm256_permute2f128_pd(b, d, 0x31);
}
#endif

#endif
