/*
 * scan.c - finds the special bytes of CSV
 *
 * 64 bytes become one word that has a bit for each byte, set where the byte is
 * a delimiter, a quote, LF, CR or NUL. The places of its bits are then written
 * out, usually more than there are, since writing some too many costs less than
 * a branch on their number.
 *
 * Marks that differ in their lower four bits are found by one lookup in a table
 * of 16: the entry for a byte's lower half is the only mark it can be (as in
 * Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019). Others
 * are compared one by one.
 *
 * There are variants for AVX2 and AVX-512, chosen at run time; SSE2 and NEON,
 * chosen when compiling; and eight bytes at a time in plain registers. All
 * write the same places.
 */
#include "text.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(LEAT_NO_VECTOR) &&    \
    !defined(LEAT_NO_AVX)
#include <immintrin.h>
#define SCAN_AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define SCAN_AVX512                                                            \
	__attribute__((target("avx512bw,avx512vbmi2,avx512f,popcnt")))
#endif
#if defined(__SSE2__) && !defined(LEAT_NO_VECTOR)
#include <emmintrin.h>
#define SCAN_SSE2
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(LEAT_NO_VECTOR)
#include <arm_neon.h>
#define SCAN_NEON
#endif

enum { SCAN_BLOCK = 64, SCAN_AT_ONCE = 12 };

LEAT_INLINE size_t count_bits(uint64_t x)
{
#if defined(__GNUC__)
	return (size_t)__builtin_popcountll(x);
#else
	size_t n = 0;

	for (; x; x &= x - 1)
		n++;
	return n;
#endif
}

/* Writes the places of a block's bits; returns their number. */
LEAT_INLINE size_t write_places(uint64_t mask, size_t base, uint16_t *out)
{
	/* makes leat_low_zeros() defined when mask is 0 */
	const uint64_t top = (uint64_t)1 << 63;
	size_t n = count_bits(mask), i = 0;

	do {
		for (int k = 0; k < SCAN_AT_ONCE; k++) {
			out[i++] = (uint16_t)(base +
			    (size_t)leat_low_zeros(mask | top));
			mask &= mask - 1;
		}
	} while (LEAT_UNLIKELY(i < n));
	return n;
}

/* ---- In plain registers ---- */

LEAT_INLINE uint64_t plain_mask(const struct leat_special *m, const char *bytes)
{
	uint64_t mask = 0;

	for (int i = 0; i < 8; i++) {
		uint64_t x = leat_load64(bytes + 8 * i);
		uint64_t found = leat_zero_bytes(x) |
		    leat_zero_bytes(x ^ LEAT_EIGHT('\n')) |
		    leat_zero_bytes(x ^ LEAT_EIGHT('\r')) |
		    leat_zero_bytes(x ^ LEAT_EIGHT(m->delimiter)) |
		    leat_zero_bytes(x ^ LEAT_EIGHT(m->quote));

		/* The product gathers the bytes' lowest bits in its top. */
		mask |= ((found >> 7) * 0x0102040810204080u >> 56) << 8 * i;
	}
	return mask;
}

#if !defined(SCAN_SSE2)
#define SCAN_NAME scan_plain
#define SCAN_MASK plain_mask
#define SCAN_TARGET
#include "scan_each.h"
#endif

/* ---- With vectors ---- */

#ifdef SCAN_SSE2
LEAT_INLINE uint64_t sse2_mask(const struct leat_special *m, const char *bytes)
{
	__m128i delimiter = _mm_set1_epi8((char)m->delimiter);
	__m128i quote = _mm_set1_epi8((char)m->quote);
	__m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
	uint64_t mask = 0;

	for (int i = 0; i < 4; i++) {
		__m128i x =
		    _mm_loadu_si128((const __m128i *)(const void *)(bytes +
			16 * i));
		__m128i a = _mm_or_si128(_mm_cmpeq_epi8(x, delimiter),
		    _mm_cmpeq_epi8(x, quote));
		__m128i b = _mm_or_si128(_mm_cmpeq_epi8(x, lf),
		    _mm_cmpeq_epi8(x, cr));

		a = _mm_or_si128(_mm_or_si128(a, b),
		    _mm_cmpeq_epi8(x, _mm_setzero_si128()));
		mask |= (uint64_t)(unsigned)_mm_movemask_epi8(a) << 16 * i;
	}
	return mask;
}

#define SCAN_NAME scan_sse2
#define SCAN_MASK sse2_mask
#define SCAN_TARGET
#include "scan_each.h"
#endif

#ifdef SCAN_AVX2
SCAN_AVX2 LEAT_INLINE uint64_t avx2_half(__m256i table, const char *bytes)
{
	__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
	/* A byte of 128 or more looks up 0, which differs from it. */
	__m256i mark = _mm256_shuffle_epi8(table, x);

	return (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(mark, x));
}

SCAN_AVX2 LEAT_INLINE uint64_t avx2_mask(const struct leat_special *m,
    const char *bytes)
{
	__m256i table =
	    _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i
		    *)(const void *)m->by_half));

	return avx2_half(table, bytes) | avx2_half(table, bytes + 32) << 32;
}

#define SCAN_NAME scan_avx2
#define SCAN_MASK avx2_mask
#define SCAN_TARGET SCAN_AVX2
#include "scan_each.h"
#endif

#ifdef SCAN_AVX512
static const unsigned char byte_numbers[64] __attribute__((aligned(64))) = { 0,
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
	21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
	39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56,
	57, 58, 59, 60, 61, 62, 63 };

/*
 * Scans 64 bytes at once, with an instruction that packs the numbers of the
 * bytes found, so no bits are counted out one by one.
 */
SCAN_AVX512 static size_t scan_avx512(const struct leat_special *m,
    const char *bytes, size_t n, uint16_t *out)
{
	__m512i table = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i
		*)(const void *)m->by_half));
	__m512i numbers = _mm512_load_si512(byte_numbers);
	uint16_t *p = out;

	for (size_t i = 0; i < n; i += SCAN_BLOCK) {
		__mmask64 there = n - i < SCAN_BLOCK
		    ? ((__mmask64)1 << (n - i)) - 1
		    : ~(__mmask64)0;
		__m512i x = _mm512_maskz_loadu_epi8(there, bytes + i);
		__mmask64 found = _mm512_mask_cmpeq_epi8_mask(there,
		    _mm512_shuffle_epi8(table, x), x);
		__m512i packed = _mm512_maskz_compress_epi8(found, numbers);
		__m512i base = _mm512_set1_epi16((short)i);

		_mm512_storeu_si512(p,
		    _mm512_add_epi16(base,
			_mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed))));
		if (LEAT_UNLIKELY(count_bits(found) > 32))
			_mm512_storeu_si512(p + 32,
			    _mm512_add_epi16(base,
				_mm512_cvtepu8_epi16(
				    _mm512_extracti64x4_epi64(packed, 1))));
		p += count_bits(found);
	}
	return (size_t)(p - out);
}
#endif

#ifdef SCAN_NEON
/* Converts 16 bytes of all ones or zeros to 16 bits. */
LEAT_INLINE uint64_t neon_bits(uint8x16_t x)
{
	static const uint8_t weights[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2,
		4, 8, 16, 32, 64, 128 };
	uint8x16_t w = vandq_u8(x, vld1q_u8(weights));

	return (uint64_t)vaddv_u8(vget_low_u8(w)) |
	    (uint64_t)vaddv_u8(vget_high_u8(w)) << 8;
}

LEAT_INLINE uint64_t neon_mask(const struct leat_special *m, const char *bytes)
{
	uint8x16_t table = vld1q_u8(m->by_half), half = vdupq_n_u8(15);
	uint64_t mask = 0;

	for (int i = 0; i < 4; i++) {
		uint8x16_t x = vld1q_u8((const uint8_t *)bytes + 16 * i);
		uint8x16_t mark = vqtbl1q_u8(table, vandq_u8(x, half));

		mask |= neon_bits(vceqq_u8(mark, x)) << 16 * i;
	}
	return mask;
}

#define SCAN_NAME scan_neon
#define SCAN_MASK neon_mask
#define SCAN_TARGET
#include "scan_each.h"
#endif

/* ---- Which one ---- */

/* Fills the table. Returns 0 if two lower halves are equal, or a mark > 127. */
static int fill_table(struct leat_special *m)
{
	unsigned char marks[5] = { 0, '\n', '\r', 0, 0 };

	marks[3] = m->delimiter;
	marks[4] = m->quote;
	/* An unused entry differs from all bytes that look it up. */
	for (int i = 0; i < 16; i++)
		m->by_half[i] = (unsigned char)(~i & 15);
	for (int i = 0; i < 5; i++) {
		unsigned char *entry = &m->by_half[marks[i] & 15];

		if (marks[i] > 127 ||
		    ((*entry & 15) == (marks[i] & 15) && *entry != marks[i]))
			return 0;
		*entry = marks[i];
	}
	return 1;
}

leat_scan_fn *leat_scan_choose(struct leat_special *m, unsigned char delimiter,
    unsigned char quote)
{
	int has_table;

	m->delimiter = delimiter;
	m->quote = quote;
	has_table = fill_table(m);
#if defined(SCAN_AVX2)
	if (has_table) {
		if (__builtin_cpu_supports("avx512bw") &&
		    __builtin_cpu_supports("avx512vbmi2") &&
		    __builtin_cpu_supports("popcnt"))
			return scan_avx512;
		if (__builtin_cpu_supports("avx2") &&
		    __builtin_cpu_supports("bmi") &&
		    __builtin_cpu_supports("popcnt"))
			return scan_avx2;
	}
#elif defined(SCAN_NEON)
	if (has_table)
		return scan_neon;
#endif
	(void)has_table;
#if defined(SCAN_SSE2)
	return scan_sse2;
#else
	return scan_plain;
#endif
}
