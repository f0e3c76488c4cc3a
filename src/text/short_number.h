/*
 * short_number.h - a number of at most 16 bytes in one register
 *
 * A register of AVX-512 loads just the bytes of the text, flush right; the
 * others are neither read nor do they fault. Comparisons give a bit for each
 * byte: which is a point, and which is no digit. The bytes before the point
 * move up by one, and three multiplications make a number of the 16 digits.
 * Length and place of the point are data, so no branch depends on them, and
 * none has to be predicted; plain registers need one on the length at least.
 *
 * Invariant: what it takes, parse_double.c would read to the same double;
 * what is not plain digits with at most one point is left to that.
 */
#ifndef LEAT_SRC_SHORT_NUMBER_H
#define LEAT_SRC_SHORT_NUMBER_H

#include "text.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(LEAT_NO_VECTOR) &&    \
    !defined(LEAT_NO_AVX)
#include <immintrin.h>
#define LEAT_SHORT_NUMBER __attribute__((target("avx512f,avx512bw,avx512vl")))

LEAT_INLINE int short_number_works(void)
{
	return __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl");
}

/* Loads the bytes of `there` from the 16 that end with the text. */
LEAT_SHORT_NUMBER LEAT_INLINE __m128i short_number_load(const char *text,
    size_t n, __mmask16 there)
{
	/* Bytes before the text are not loaded, though they have addresses. */
	return _mm_maskz_loadu_epi8(there,
	    (const void *)((uintptr_t)text + n - 16));
}

/* Converts 16 bytes 0 .. 9, the first the lowest, to a number. */
LEAT_SHORT_NUMBER LEAT_INLINE uint64_t short_number_value(__m128i digits)
{
	__m128i twos = _mm_maddubs_epi16(digits, _mm_set1_epi16(0x010A));
	__m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(0x00010064));
	__m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours),
	    _mm_set1_epi32(0x00012710));
	uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);

	return (both & 0xFFFFFFFF) * 100000000 + (both >> 32);
}

/*
 * Reads a sign, and digits with at most one point among them, which are all
 * of the text. Requires n > 0. Returns 0 if it is something else, too long,
 * or beyond 2^53 without its point.
 */
LEAT_SHORT_NUMBER LEAT_INLINE int read_short_number(const char *text, size_t n,
    double *x_out)
{
	/* By the place of the point, of which 16 is that of none. */
	static const double units[17] = { 1e15, 1e14, 1e13, 1e12, 1e11, 1e10,
		1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1, 1 };
	static const double signs[2] = { 1, -1 };
	size_t len = n - (*text == '-' || *text == '+');
	unsigned there, point, below, other;
	__m128i bytes, digits;
	uint64_t w;

	if (LEAT_UNLIKELY(len - 1 >= 16))
		return 0;
	there = 0xFFFFu << (16 - len) & 0xFFFFu;
	bytes = short_number_load(text, n, (__mmask16)there);
	digits = _mm_maskz_sub_epi8((__mmask16)there, bytes,
	    _mm_set1_epi8('0'));
	point = _mm_cmpeq_epi8_mask(bytes, _mm_set1_epi8('.'));
	other = _mm_cmpgt_epu8_mask(digits, _mm_set1_epi8(9));
	if (LEAT_UNLIKELY(other != point || (point & (point - 1)) != 0 ||
		point == there))
		return 0;
	below = (point << 1) - (point != 0);
	w = short_number_value(_mm_mask_blend_epi8((__mmask16)below, digits,
	    _mm_slli_si128(digits, 1)));
	if (LEAT_UNLIKELY(w > (uint64_t)1 << 53))
		return 0;
	*x_out = (double)(int64_t)w / units[leat_low_zeros(point | 1u << 16)] *
	    signs[*text == '-'];
	return 1;
}
#else
LEAT_INLINE int short_number_works(void)
{
	return 0;
}
#endif

#endif
