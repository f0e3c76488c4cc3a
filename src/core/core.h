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

/*
 * A programming error, such as an object that is NULL, is found by this. It
 * is assert() unless the library is compiled with another one, and nothing
 * where NDEBUG is defined.
 */
#ifndef LEAT_ASSERT
#define LEAT_ASSERT(condition) assert(condition)
#endif

#if defined(__FAST_MATH__) || defined(_M_FP_FAST)
#error "leat needs IEEE arithmetic: build it without -ffast-math or -Ofast"
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0
#error "leat counts NaNs: build it without -ffinite-math-only"
#endif
#if defined(__ASSOCIATIVE_MATH__)
#error "leat adds in an order: no -funsafe-math-optimizations, please"
#endif
#if defined(__RECIPROCAL_MATH__)
#error "leat needs divisions that divide: build it without -freciprocal-math"
#endif
/* 1 widens floats alone, as on s390x. */
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0 &&                        \
    FLT_EVAL_METHOD != 1 && FLT_EVAL_METHOD != 16
#error "leat needs doubles that are doubles: on x86 use -msse2 -mfpmath=sse"
#endif
#if DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024
#error "leat needs IEEE 754 doubles"
#endif
_Static_assert(sizeof(0.1) == sizeof(double),
    "leat needs constants that are doubles: -fno-single-precision-constant");

/*
 * clang has no macros for its flags one by one, but a pragma that takes them
 * back; one that is too old for it, or cannot do it for its target, passes
 * over it, and leat_arithmetic_fits() looks for what is left. The standard's
 * pragma comes second, for the other one allows fusing. gcc ignores both;
 * and it gathers doubles into vectors where that only costs shuffles, while
 * lanes (lane.h) are where it pays.
 */
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunknown-pragmas"
#pragma clang diagnostic ignored "-Wignored-pragmas"
#pragma float_control(precise, on)
#pragma clang diagnostic pop
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off", "no-tree-slp-vectorize")
#pragma GCC optimize("signed-zeros", "no-associative-math")
#pragma GCC optimize("no-reciprocal-math", "no-finite-math-only")
#elif defined(_MSC_VER)
#pragma float_control(precise, on)
#pragma fp_contract(off)
#endif

#if defined(__GNUC__)
#define LEAT_INLINE static inline __attribute__((always_inline, unused))
#define LEAT_NOINLINE __attribute__((noinline))
#define LEAT_UNUSED __attribute__((unused))
#define LEAT_LIKELY(c) __builtin_expect(!!(c), 1)
#define LEAT_UNLIKELY(c) __builtin_expect(!!(c), 0)
#define LEAT_PREFETCH(p) __builtin_prefetch(p)
#else
#define LEAT_INLINE static inline
#define LEAT_NOINLINE
#define LEAT_UNUSED
#define LEAT_LIKELY(c) (c)
#define LEAT_UNLIKELY(c) (c)
#define LEAT_PREFETCH(p) ((void)(p))
#endif

/* arithmetic.c: whether doubles do what the source says, in this build. */
int leat_arithmetic_fits(void);

/* Number of zeros below the lowest bit set, and above the highest; x > 0. */
LEAT_INLINE int leat_low_zeros(uint64_t x)
{
#if defined(__GNUC__)
	return __builtin_ctzll(x);
#else
	int n = 0;

	for (; !(x & 1); x >>= 1)
		n++;
	return n;
#endif
}

LEAT_INLINE int leat_high_zeros(uint64_t x)
{
#if defined(__GNUC__)
	return __builtin_clzll(x);
#else
	int n = 0;

	for (; !(x >> 63); x <<= 1)
		n++;
	return n;
#endif
}

/*
 * Bytes as whole numbers, the first the lowest, on any machine. Compilers
 * know these for single loads where they are.
 */
LEAT_INLINE uint64_t leat_load32(const void *bytes)
{
	const unsigned char *p = (const unsigned char *)bytes;

	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	    (uint64_t)p[3] << 24;
}

LEAT_INLINE uint64_t leat_load64(const void *bytes)
{
	const unsigned char *p = (const unsigned char *)bytes;

	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	    (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
	    (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* Hashes a text by SipHash-1-3; see siphash.c. */
uint64_t leat_siphash(const uint64_t seed[2], const void *text, size_t n);

LEAT_INLINE void leat_store64(void *bytes, uint64_t x)
{
	unsigned char *p = (unsigned char *)bytes;

	p[0] = (unsigned char)x;
	p[1] = (unsigned char)(x >> 8);
	p[2] = (unsigned char)(x >> 16);
	p[3] = (unsigned char)(x >> 24);
	p[4] = (unsigned char)(x >> 32);
	p[5] = (unsigned char)(x >> 40);
	p[6] = (unsigned char)(x >> 48);
	p[7] = (unsigned char)(x >> 56);
}

/* Ticks from one time to a later one, which may be more than INT64_MAX. */
LEAT_INLINE uint64_t leat_ticks(int64_t from, int64_t to)
{
	return (uint64_t)to - (uint64_t)from;
}

/*
 * CPUs differ in the sign of the NaN that 0/0 gives; results must not.
 */
LEAT_INLINE double leat_nan(double x)
{
	return LEAT_LIKELY(x == x) ? x : NAN;
}

/* Why options are refused: says so, if anybody asked, and returns the code. */
LEAT_INLINE int leat_because(const char **why_out, int code, const char *why)
{
	if (why_out)
		*why_out = why;
	return code;
}

/* words.c: is it one of these names? There are bars between them. */
int leat_is_named(const char *names, const char *word, size_t len);

/* Words that later versions may use are 0 in this one. */
LEAT_INLINE int leat_all_zero(const uint64_t *words, size_t n)
{
	uint64_t any = 0;

	for (size_t i = 0; i < n; i++)
		any |= words[i];
	return any == 0;
}

#define LEAT_IS_RESERVED(s)                                                    \
	leat_all_zero((s)->reserved, sizeof((s)->reserved) / sizeof(uint64_t))
#define LEAT_WHY_RESERVED "reserved: not 0, or an option of a later version"

#endif
