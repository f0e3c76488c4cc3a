/*
 * four_numbers.h - four numbers of at most 16 bytes each, at once
 *
 * Each text goes into a quarter of a register as short_number.h loads it; from
 * there on it is the same for all four, so the numbers of a row, or of one
 * column in four rows, cost little more than one. The places of points are
 * looked for together, as the highest bit of a number for each text.
 *
 * Invariant: what it takes, short_number.h would read to the same doubles.
 */
#ifndef LEAT_SRC_FOUR_NUMBERS_H
#define LEAT_SRC_FOUR_NUMBERS_H

#include "short_number.h"

#ifdef LEAT_SHORT_NUMBER
#define LEAT_FOUR_NUMBERS                                                      \
	__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,"            \
			      "avx512cd")))

LEAT_INLINE int four_numbers_work(void)
{
	return short_number_works() && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512cd");
}

/* Loads a text of 1 to 16 bytes, flush right, with zeros before it. */
LEAT_FOUR_NUMBERS LEAT_INLINE __m128i four_numbers_load(const leat_csv_field *f)
{
	return short_number_load(f->text, f->len,
	    (__mmask16)(0xFFFFu << (16 - f->len)));
}

LEAT_FOUR_NUMBERS LEAT_INLINE __m512i four_numbers_join(const leat_csv_field *f)
{
	__m512i x = _mm512_castsi128_si512(four_numbers_load(f));

	x = _mm512_inserti32x4(x, four_numbers_load(f + 1), 1);
	x = _mm512_inserti32x4(x, four_numbers_load(f + 2), 2);
	return _mm512_inserti32x4(x, four_numbers_load(f + 3), 3);
}

/* The 16 bits of each text, in the lower half. */
LEAT_FOUR_NUMBERS LEAT_INLINE __m128i four_numbers_bits(__mmask64 mask)
{
	return _mm_cvtsi64_si128((int64_t)mask);
}

/* Converts four times 16 digits to numbers. */
LEAT_FOUR_NUMBERS LEAT_INLINE __m256i four_numbers_value(__m512i digits)
{
	__m512i twos = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
	__m512i fours = _mm512_madd_epi16(twos, _mm512_set1_epi32(0x00010064));
	__m512i eights = _mm512_madd_epi16(_mm512_packus_epi32(fours, fours),
	    _mm512_set1_epi32(0x00012710));
	/* Both halves of a text are in the lower half of its 16 bytes. */
	__m256i both =
	    _mm512_castsi512_si256(_mm512_permutexvar_epi64(_mm512_setr_epi64(0,
								2, 4, 6, 0, 2,
								4, 6),
		eights));

	return _mm256_add_epi64(_mm256_mul_epu32(both,
				    _mm256_set1_epi64x(100000000)),
	    _mm256_srli_epi64(both, 32));
}

/* Divides each by the power of ten for the bytes behind its point, if any. */
LEAT_FOUR_NUMBERS LEAT_INLINE __m256d four_numbers_scale(__m256d x,
    __m128i points)
{
	const __m512d low = _mm512_setr_pd(1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6,
	    1e7);
	const __m512d high = _mm512_setr_pd(1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
	    1e14, 1e15);
	/*
	 * A point in place p leaves 63 - p zeros above it, and none leaves 64.
	 * The lookup takes the lowest four bits, which are 15 - p, and 0.
	 */
	__m256i zeros = _mm256_lzcnt_epi64(_mm256_cvtepu16_epi64(points));

	return _mm256_div_pd(x,
	    _mm512_castpd512_pd256(_mm512_permutex2var_pd(low,
		_mm512_castsi256_si512(zeros), high)));
}

/* Moves the digits before each point up by one byte, over it. */
LEAT_FOUR_NUMBERS LEAT_INLINE __m512i four_numbers_squeeze(__m512i digits,
    __m128i points)
{
	__m128i twice = _mm_add_epi16(points, points);
	/* Bits up to the point are 2 p - 1, and without one 0 - 1 + 1. */
	__m128i below = _mm_sub_epi16(_mm_sub_epi16(twice, _mm_set1_epi16(1)),
	    _mm_cmpeq_epi16(points, _mm_setzero_si128()));

	return _mm512_mask_blend_epi8((__mmask64)_mm_cvtsi128_si64(below),
	    digits, _mm512_bslli_epi128(digits, 1));
}

/* Returns whether each text has a digit, and none has two points. */
LEAT_FOUR_NUMBERS LEAT_INLINE int four_numbers_fit(__m128i digits,
    __m128i points)
{
	__m128i more = _mm_and_si128(points,
	    _mm_sub_epi16(points, _mm_set1_epi16(1)));
	__mmask8 none = _mm_cmpeq_epi16_mask(digits, _mm_setzero_si128());

	return _mm_cvtsi128_si64(more) == 0 && (none & 15) == 0;
}

/* Returns a bit for each first byte of these. */
LEAT_FOUR_NUMBERS LEAT_INLINE __mmask64 four_numbers_first(__mmask64 there)
{
	__m128i x = four_numbers_bits(there);

	return (__mmask64)_mm_cvtsi128_si64(_mm_and_si128(x,
	    _mm_sub_epi16(_mm_setzero_si128(), x)));
}

/*
 * Reads four texts without NUL as read_short_number() reads one. Returns 0 if
 * it does not read all.
 */
LEAT_FOUR_NUMBERS static LEAT_NOINLINE int
take_four_numbers(const leat_csv_field *f, double *out)
{
	__m512i bytes, digits;
	__mmask64 there, first, digit, point, plus, minus;
	__m128i points;
	__m256i w;
	__m256d x;

	if (LEAT_UNLIKELY(((f[0].len - 1) | (f[1].len - 1) | (f[2].len - 1) |
			      (f[3].len - 1)) >= 16))
		return 0;
	bytes = four_numbers_join(f);
	there = _mm512_test_epi8_mask(bytes, bytes);
	first = four_numbers_first(there);
	plus = _mm512_mask_cmpeq_epi8_mask(first, bytes, _mm512_set1_epi8('+'));
	minus = _mm512_mask_cmpeq_epi8_mask(first, bytes,
	    _mm512_set1_epi8('-'));
	point = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('.'));
	digits = _mm512_sub_epi8(bytes, _mm512_set1_epi8('0'));
	digit = _mm512_cmple_epu8_mask(digits, _mm512_set1_epi8(9));
	points = four_numbers_bits(point);
	if (LEAT_UNLIKELY((digit | point | plus | minus) != there ||
		!four_numbers_fit(four_numbers_bits(digit), points)))
		return 0;
	digits = _mm512_maskz_mov_epi8(digit, digits);
	w = four_numbers_value(four_numbers_squeeze(digits, points));
	if (LEAT_UNLIKELY(_mm256_cmpgt_epu64_mask(w,
			      _mm256_set1_epi64x((int64_t)1 << 53)) != 0))
		return 0;
	x = four_numbers_scale(_mm256_cvtepi64_pd(w), points);
	there = (__mmask64)_mm_test_epi16_mask(four_numbers_bits(minus),
	    four_numbers_bits(minus));
	x = _mm256_mask_xor_pd(x, (__mmask8)(there & 15), x,
	    _mm256_set1_pd(-0.0));
	_mm256_storeu_pd(out, x);
	return 1;
}
#else
LEAT_INLINE int four_numbers_work(void)
{
	return 0;
}

LEAT_INLINE int take_four_numbers(const leat_csv_field *f, double *out)
{
	(void)f;
	(void)out;
	return 0;
}
#endif

#endif
