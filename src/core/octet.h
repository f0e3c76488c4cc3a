/*
 * octet.h - eight doubles at once, where the compiler has AVX-512 by function
 *
 * The loops over arrays that quad.h has four lanes for are stamped a third
 * time with these; leat_has_octet() chooses at run time. Each operation
 * rounds as the one of a lane does, so the bits are the same.
 */
#ifndef LEAT_OCTET_H
#define LEAT_OCTET_H

#include "quad.h"

#if defined(LEAT_AVX) && !defined(LEAT_NO_AVX512)
#define LEAT_AVX512 __attribute__((target("avx512f,avx512dq")))
#endif

LEAT_INLINE int leat_has_octet(void)
{
#ifdef LEAT_AVX512
	return __builtin_cpu_supports("avx512f") &&
	    __builtin_cpu_supports("avx512dq");
#else
	return 0;
#endif
}

#ifdef LEAT_AVX512
#define LEAT_OCTET LEAT_AVX512 LEAT_INLINE

typedef __m512d leat_octet;
typedef __mmask8 leat_octet_mask;

LEAT_OCTET leat_octet leat_octet_dup(double a)
{
	return _mm512_set1_pd(a);
}
LEAT_OCTET leat_octet leat_octet_count(double from)
{
	return _mm512_add_pd(_mm512_set1_pd(from),
	    _mm512_setr_pd(0, 1, 2, 3, 4, 5, 6, 7));
}
LEAT_OCTET leat_octet leat_octet_load(const double *p)
{
	return _mm512_loadu_pd(p);
}
LEAT_OCTET leat_octet_mask leat_octet_first(size_t n)
{
	return (leat_octet_mask)((1U << n) - 1);
}
/* The first n numbers, up to eight, and zeros. */
LEAT_OCTET leat_octet leat_octet_load_some(const double *p, size_t n)
{
	return _mm512_maskz_loadu_pd(leat_octet_first(n), p);
}
LEAT_OCTET void leat_octet_store(double *p, leat_octet a)
{
	_mm512_storeu_pd(p, a);
}
LEAT_OCTET void leat_octet_store_some(double *p, leat_octet a, size_t n)
{
	_mm512_mask_storeu_pd(p, leat_octet_first(n), a);
}
/* Stores to every other place. */
LEAT_OCTET void leat_octet_store_twice_apart(double *p, leat_octet a)
{
	__m512i low = _mm512_setr_epi64(0, 0, 1, 1, 2, 2, 3, 3);
	__m512i high = _mm512_setr_epi64(4, 4, 5, 5, 6, 6, 7, 7);

	_mm512_mask_storeu_pd(p, 0x55, _mm512_permutexvar_pd(low, a));
	_mm512_mask_storeu_pd(p + 8, 0x55, _mm512_permutexvar_pd(high, a));
}
LEAT_OCTET leat_octet leat_octet_add(leat_octet a, leat_octet b)
{
	return _mm512_add_pd(a, b);
}
LEAT_OCTET leat_octet leat_octet_sub(leat_octet a, leat_octet b)
{
	return _mm512_sub_pd(a, b);
}
LEAT_OCTET leat_octet leat_octet_mul(leat_octet a, leat_octet b)
{
	return _mm512_mul_pd(a, b);
}
LEAT_OCTET leat_octet leat_octet_div(leat_octet a, leat_octet b)
{
	return _mm512_div_pd(a, b);
}
LEAT_OCTET leat_octet leat_octet_sqrt(leat_octet a)
{
	return _mm512_sqrt_pd(a);
}
LEAT_OCTET leat_octet leat_octet_min(leat_octet a, leat_octet b)
{
	return _mm512_min_pd(a, b);
}
LEAT_OCTET leat_octet leat_octet_max(leat_octet a, leat_octet b)
{
	return _mm512_max_pd(a, b);
}
LEAT_OCTET leat_octet_mask leat_octet_valid(leat_octet a)
{
	return _mm512_cmp_pd_mask(a, a, _CMP_ORD_Q);
}
LEAT_OCTET leat_octet_mask leat_octet_zero(leat_octet a)
{
	return _mm512_cmp_pd_mask(a, _mm512_setzero_pd(), _CMP_EQ_OQ);
}
LEAT_OCTET leat_octet_mask leat_octet_both(leat_octet_mask a, leat_octet_mask b)
{
	return a & b;
}
LEAT_OCTET int leat_octet_bits(leat_octet_mask m)
{
	return m;
}
LEAT_OCTET leat_octet leat_octet_and(leat_octet a, leat_octet_mask m)
{
	return _mm512_maskz_mov_pd(m, a);
}
/* a where the mask is set, else b. */
LEAT_OCTET leat_octet leat_octet_pick(leat_octet_mask m, leat_octet a,
    leat_octet b)
{
	return _mm512_mask_mov_pd(b, m, a);
}
LEAT_OCTET leat_octet leat_octet_size(leat_octet a)
{
	return _mm512_abs_pd(a);
}
LEAT_OCTET int leat_octet_any_nan(leat_octet a)
{
	return _mm512_cmp_pd_mask(a, a, _CMP_UNORD_Q) != 0;
}
/* |a| <= b in all. */
LEAT_OCTET int leat_octet_all_within(leat_octet a, leat_octet b)
{
	return _mm512_cmp_pd_mask(_mm512_abs_pd(a), b, _CMP_LE_OQ) == 255;
}
LEAT_OCTET double leat_octet_last(leat_octet a)
{
	__m256d high = _mm512_extractf64x4_pd(a, 1);

	return _mm256_cvtsd_f64(_mm256_permute4x64_pd(high, 3));
}
/* The last in all lanes. */
LEAT_OCTET leat_octet leat_octet_spread(leat_octet a)
{
	return _mm512_permutexvar_pd(_mm512_set1_epi64(7), a);
}
#define LEAT_OCTET_SHIFT(a, below, n)                                          \
	_mm512_castsi512_pd(_mm512_alignr_epi64(_mm512_castpd_si512(a),        \
	    _mm512_castpd_si512(below), 8 - (n)))
/* first, and all lanes but the last one step on. */
LEAT_OCTET leat_octet leat_octet_enter(leat_octet a, double first)
{
	return LEAT_OCTET_SHIFT(a, _mm512_set1_pd(first), 1);
}
/* Each lane and all before it, added in another order than one by one. */
LEAT_OCTET leat_octet leat_octet_scan(leat_octet a)
{
	a = _mm512_add_pd(a, LEAT_OCTET_SHIFT(a, _mm512_setzero_pd(), 1));
	a = _mm512_add_pd(a, LEAT_OCTET_SHIFT(a, _mm512_setzero_pd(), 2));
	return _mm512_add_pd(a, LEAT_OCTET_SHIFT(a, _mm512_setzero_pd(), 4));
}

/* Rows into columns. */
LEAT_OCTET void leat_octet_transpose(leat_octet *r)
{
	leat_octet a[8], b[8];

	a[0] = _mm512_unpacklo_pd(r[0], r[1]);
	a[1] = _mm512_unpackhi_pd(r[0], r[1]);
	a[2] = _mm512_unpacklo_pd(r[2], r[3]);
	a[3] = _mm512_unpackhi_pd(r[2], r[3]);
	a[4] = _mm512_unpacklo_pd(r[4], r[5]);
	a[5] = _mm512_unpackhi_pd(r[4], r[5]);
	a[6] = _mm512_unpacklo_pd(r[6], r[7]);
	a[7] = _mm512_unpackhi_pd(r[6], r[7]);
	/*
	 * b[0]: columns 0 and 4 of rows 0 to 3; b[2]: 2 and 6; b[4..]: 4 to 7
	 */
	b[0] = _mm512_shuffle_f64x2(a[0], a[2], 0x88);
	b[1] = _mm512_shuffle_f64x2(a[1], a[3], 0x88);
	b[2] = _mm512_shuffle_f64x2(a[0], a[2], 0xdd);
	b[3] = _mm512_shuffle_f64x2(a[1], a[3], 0xdd);
	b[4] = _mm512_shuffle_f64x2(a[4], a[6], 0x88);
	b[5] = _mm512_shuffle_f64x2(a[5], a[7], 0x88);
	b[6] = _mm512_shuffle_f64x2(a[4], a[6], 0xdd);
	b[7] = _mm512_shuffle_f64x2(a[5], a[7], 0xdd);
	r[0] = _mm512_shuffle_f64x2(b[0], b[4], 0x88);
	r[1] = _mm512_shuffle_f64x2(b[1], b[5], 0x88);
	r[2] = _mm512_shuffle_f64x2(b[2], b[6], 0x88);
	r[3] = _mm512_shuffle_f64x2(b[3], b[7], 0x88);
	r[4] = _mm512_shuffle_f64x2(b[0], b[4], 0xdd);
	r[5] = _mm512_shuffle_f64x2(b[1], b[5], 0xdd);
	r[6] = _mm512_shuffle_f64x2(b[2], b[6], 0xdd);
	r[7] = _mm512_shuffle_f64x2(b[3], b[7], 0xdd);
}
#endif

#endif
