/*
 * sixteen.h - sixteen digits as bytes, the first the lowest
 *
 * They stay in registers until the whole number is stored: bytes that are
 * written apart and then loaded together would have to wait for each other.
 * SSE2 has them in one register, and makes all of them at once, by halves of
 * four, two and one digit; else they are two words of eight. No branch depends
 * on the digits, which are as good as random: the CPU would learn only at the
 * very end that it went wrong.
 *
 * Both forms write the same bytes.
 */
#ifndef LEAT_SRC_SIXTEEN_H
#define LEAT_SRC_SIXTEEN_H

#include "text.h"

#if defined(__SSE2__) && !defined(LEAT_NO_VECTOR)
#include <emmintrin.h>
typedef __m128i leat_sixteen;

/* Returns the digits of high * 10^8 + low, both below 10^8. */
LEAT_INLINE leat_sixteen leat_sixteen_of(uint64_t high, uint64_t low)
{
	__m128i eights = _mm_unpacklo_epi64(_mm_cvtsi32_si128((int)high),
	    _mm_cvtsi32_si128((int)low));
	/* Products are shifted so that numbers this small divide exactly. */
	__m128i fours = _mm_srli_epi64(_mm_mul_epu32(eights,
					   _mm_set1_epi64x(0xD1B71759)),
	    45);
	__m128i twos, ones;

	fours = _mm_or_si128(fours,
	    _mm_slli_epi64(_mm_sub_epi32(eights,
			       _mm_mul_epu32(fours, _mm_set1_epi64x(10000))),
		32));
	twos = _mm_srli_epi16(_mm_mulhi_epu16(fours, _mm_set1_epi16(5243)), 3);
	twos = _mm_or_si128(twos,
	    _mm_slli_epi32(_mm_sub_epi16(fours,
			       _mm_mullo_epi16(twos, _mm_set1_epi16(100))),
		16));
	ones = _mm_mulhi_epu16(twos, _mm_set1_epi16(6554));
	return _mm_or_si128(ones,
	    _mm_slli_epi16(_mm_sub_epi16(twos,
			       _mm_mullo_epi16(ones, _mm_set1_epi16(10))),
		8));
}

/* Returns how many digits there are before the zeros at the end. */
LEAT_INLINE int leat_sixteen_count(leat_sixteen x)
{
	int zeros = _mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_setzero_si128()));
	uint64_t others = (uint64_t)zeros ^ 0xFFFF;

	return 63 - leat_high_zeros(others << 1 | 1);
}

/* Writes the digits as text. */
LEAT_INLINE void leat_sixteen_store(char *out, leat_sixteen x)
{
	_mm_storeu_si128((__m128i *)(void *)out,
	    _mm_or_si128(x, _mm_set1_epi8('0')));
}

/*
 * Writes 18 bytes: the digit `first` and these, with a point in place 1 to 16;
 * 17 is none.
 */
LEAT_INLINE void leat_sixteen_point(char *out, uint64_t first, leat_sixteen x,
    int place)
{
	static const unsigned char before[34] = { 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
	const unsigned char *p = before + 17 - place;
	__m128i behind = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i ahead = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
	__m128i point = _mm_and_si128(_mm_andnot_si128(ahead, behind),
	    _mm_set1_epi8('.'));
	/* Digits behind the point move up by one. */
	__m128i text = _mm_or_si128(x, _mm_set1_epi8('0'));
	__m128i up = _mm_or_si128(_mm_slli_si128(text, 1),
	    _mm_cvtsi32_si128((int)(first | '0')));

	*out = (char)(first | '0');
	_mm_storeu_si128((__m128i *)(void *)(out + 1),
	    _mm_or_si128(_mm_and_si128(text, ahead),
		_mm_or_si128(point, _mm_andnot_si128(behind, up))));
	out[17] = (char)(_mm_extract_epi16(text, 7) >> 8);
}
#else
typedef struct leat_sixteen {
	uint64_t high, low;
} leat_sixteen;

LEAT_INLINE leat_sixteen leat_sixteen_of(uint64_t high, uint64_t low)
{
	leat_sixteen x = { leat_digits_of(high), leat_digits_of(low) };

	return x;
}

LEAT_INLINE int leat_sixteen_count(leat_sixteen x)
{
	uint64_t more = x.low != 0, digits = leat_choose(more, x.low, x.high);

	/* If all digits are zero, one byte more is than is counted. */
	return 8 + 8 * (int)more - (leat_high_zeros(digits | 1) >> 3) -
	    (digits == 0);
}

LEAT_INLINE void leat_sixteen_store(char *out, leat_sixteen x)
{
	leat_store64(out, x.high | LEAT_EIGHT('0'));
	leat_store64(out + 8, x.low | LEAT_EIGHT('0'));
}

/* Takes `n` bytes of x, a point, and the others of y, which has moved up. */
LEAT_INLINE uint64_t leat_sixteen_join(uint64_t x, uint64_t y, int n)
{
	uint64_t ahead = ((uint64_t)1 << 4 * n << 4 * n) - 1;
	uint64_t point = ahead + 1; /* 0 if all are ahead of it */

	return (x & ahead) | point * '.' | (y & ~(ahead | point * 0xFF));
}

LEAT_INLINE void leat_sixteen_point(char *out, uint64_t first, leat_sixteen x,
    int place)
{
	uint64_t high = x.high | LEAT_EIGHT('0'), low = x.low | LEAT_EIGHT('0');
	uint64_t up = high << 8 | first | '0', up_low = low << 8 | high >> 56;

	*out = (char)(first | '0');
	out[17] = (char)(low >> 56);
	if (place <= 8) {
		leat_store64(out + 1, leat_sixteen_join(high, up, place - 1));
		leat_store64(out + 9, up_low);
	} else {
		leat_store64(out + 1, high);
		leat_store64(out + 9,
		    leat_sixteen_join(low, up_low, place - 9));
	}
}
#endif

#endif
