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
 * lanes (below) are where it pays.
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
#define LEAT_LIKELY(c) __builtin_expect(!!(c), 1)
#define LEAT_UNLIKELY(c) __builtin_expect(!!(c), 0)
#define LEAT_PREFETCH(p) __builtin_prefetch(p)
#else
#define LEAT_INLINE static inline
#define LEAT_NOINLINE
#define LEAT_LIKELY(c) (c)
#define LEAT_UNLIKELY(c) (c)
#define LEAT_PREFETCH(p) ((void)(p))
#endif

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

/* Whether an option names no allocator, or a whole one. */
LEAT_INLINE int leat_allocator_fits(const leat_allocator *a)
{
	return !a || (a->alloc && a->free);
}

/* malloc() and free(), as an allocator. */
extern const leat_allocator leat_malloc_allocator;

/* arithmetic.c: whether doubles do what the source says, in this build. */
int leat_arithmetic_fits(void);

/* root.c: for CPUs that have none, or are not known to. */
double leat_root(double x);

/* portable.c */
#define LEAT_LN2 0x1.62e42fefa39efp-1
double leat_one_minus_exp(double y); /* y >= 0 */
double leat_log(double m);           /* 0.5 <= m <= 1.5 */
double leat_ln(double x);            /* x > 0 */
double leat_exp(double x);
double leat_ldexp(double x, int k);    /* x 2^k */
double leat_power(double t, double p); /* t^p, 1 <= t, 0 <= p <= 1 */

/* Memory for objects starts on a cache line. */
#define LEAT_ALIGNMENT ((size_t)64)

/* block.c: n things of so many bytes each, from the block at base. */
struct leat_cutter {
	unsigned char *base; /* NULL: only measures */
	size_t used;
	int overflow;
};
void *leat_cut(struct leat_cutter *c, size_t n, size_t each);

/* What an object knows of the memory it lies in. */
struct leat_block {
	leat_allocator allocator;
	size_t n_bytes; /* of the object */
	void *memory;   /* to free; NULL: the caller's */
};

/* What to ask for where the alignment of the answer is not known. */
LEAT_INLINE size_t leat_block_room(size_t n_bytes)
{
	return n_bytes + LEAT_ALIGNMENT - 1;
}

/* Where an object in memory of any alignment starts. */
void *leat_block_start(void *memory);
/*
 * Fills *b and says where the object starts: in the caller's memory of
 * `room` bytes, or with NULL in the allocator's. LEAT_EARITH, LEAT_EBUFFER,
 * LEAT_ENOMEM.
 */
int leat_block_claim(struct leat_block *b, const leat_allocator *allocator,
    void *memory, size_t room, size_t n_bytes, void **start_out);
/* A copy of the object's bytes; NULL: no memory. */
void *leat_block_copy(struct leat_block *b, const leat_allocator *allocator,
    const struct leat_block *from, const void *object);
void leat_block_free(struct leat_block b);
/* The place that is as far into `to` as p is into `from`; NULL for NULL. */
void *leat_moved(const void *from, void *to, const void *p);

/*
 * scratch.c: calls use with so many bytes of the stack, aligned to 16; at most
 * an accumulator of the user's largest class and what goes before it.
 */
#define LEAT_SCRATCH_MAX ((size_t)(2 * 65536 + 64))
typedef void leat_scratch_use(void *ctx, void *scratch);
void leat_with_scratch(size_t n_bytes, leat_scratch_use *use, void *ctx);

/* What a block is taken from; see memory.c. */
enum leat_memory_phase {
	LEAT_MEMORY_OPEN,  /* the allocator */
	LEAT_MEMORY_ASKS,  /* nothing: blocks are put aside, and none is had */
	LEAT_MEMORY_CLOSED /* what was put aside */
};

/*
 * memory.c: where objects that grow take their memory, and how much they
 * have. Past the limit (0: none) nothing is to be had, and `over` says why;
 * where the allocator has nothing to give, `failed` does.
 */
struct leat_memory {
	leat_allocator allocator;
	uint64_t bytes, limit;
	int over, failed;
	int lifted; /* what is taken may go beyond the limit */
	enum leat_memory_phase phase;
	struct leat_pledge *pledges;
};

/* Has no blocks so far; the limit is as it was. */
void leat_memory_start(struct leat_memory *m, const leat_allocator *allocator);
void *leat_memory_take(struct leat_memory *m, size_t n_bytes);
void leat_memory_give(struct leat_memory *m, void *p, size_t n_bytes);
/* Back to the allocator, which is given what nobody has taken. */
void leat_memory_open(struct leat_memory *m);

/* Below a limit nothing more is asked of the allocator. */
LEAT_INLINE void leat_memory_close(struct leat_memory *m)
{
	if (m->limit > 0)
		m->phase = LEAT_MEMORY_CLOSED;
}

/* Another call begins: nothing has been refused. */
LEAT_INLINE void leat_memory_try(struct leat_memory *m)
{
	m->over = m->failed = 0;
}

/*
 * Whether more may be asked for in this call. Below a limit nothing more is
 * to be had once the allocator has failed, so that a call that is made again
 * comes upon what it would have, had nothing failed.
 */
LEAT_INLINE int leat_memory_may_have(const struct leat_memory *m)
{
	return !m->limit || !m->failed;
}

struct leat_spare {
	struct leat_spare *next;
};

struct leat_pool {
	struct leat_memory *memory;
	size_t item; /* bytes of one */
	struct leat_spare *spare;
	size_t n_spare;
	unsigned char *at; /* of the newest chunk, what is */
	size_t fresh;      /* not yet used */
	size_t next_items;
	struct leat_chunk *chunks;
};
void leat_pool_init(struct leat_pool *p, struct leat_memory *memory,
    size_t item);
/* All items are gone. */
void leat_pool_clear(struct leat_pool *p);
int leat_pool_more(struct leat_pool *p, size_t n);

/* Makes sure that n can be taken. LEAT_ENOMEM. */
LEAT_INLINE int leat_pool_reserve(struct leat_pool *p, size_t n)
{
	size_t there = p->n_spare + p->fresh;

	return LEAT_LIKELY(there >= n) ? LEAT_OK : leat_pool_more(p, n - there);
}
/* One that was reserved. */
void *leat_pool_take(struct leat_pool *p);
void leat_pool_give(struct leat_pool *p, void *item);

/* How many zeros stand below the lowest one, and above the highest; x > 0. */
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
 * CPUs differ in the sign of the NaN that 0/0 gives; results must not.
 */
LEAT_INLINE double leat_nan(double x)
{
	return LEAT_LIKELY(x == x) ? x : NAN;
}

/*
 * The square root of x >= 0, correctly rounded: the CPU's own, or root.c's.
 * sqrt() itself is not called, see there; nor is there a detour for errno.
 */
#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
LEAT_INLINE double leat_sqrt(double x)
{
	__m128d v = _mm_set_sd(x);

	return _mm_cvtsd_f64(_mm_sqrt_sd(v, v));
}
#if defined(__GNUC__) && !defined(LEAT_NO_VECTOR)
#define LEAT_LANE_SQRT(v) ((leat_lane)_mm_sqrt_pd((__m128d)(v)))
#define LEAT_LANE_MIN(a, b) ((leat_lane)_mm_min_pd((__m128d)(a), (__m128d)(b)))
#define LEAT_LANE_MAX(a, b) ((leat_lane)_mm_max_pd((__m128d)(a), (__m128d)(b)))
#endif
#elif defined(__GNUC__) && defined(__aarch64__)
LEAT_INLINE double leat_sqrt(double x)
{
	double root;

	__asm__("fsqrt %d0, %d1" : "=w"(root) : "w"(x));
	return root;
}
#elif defined(__GNUC__) && defined(__ARM_FP) && (__ARM_FP & 8)
LEAT_INLINE double leat_sqrt(double x)
{
	double root;

	__asm__("vsqrt.f64 %P0, %P1" : "=w"(root) : "w"(x));
	return root;
}
#else
#define leat_sqrt leat_root
#endif

/* sqrt(a^2 + b^2), squares neither overflowing nor vanishing on the way. */
LEAT_INLINE double leat_hypot(double a, double b)
{
	double big = fabs(a), small = fabs(b), q;

	if (big < small) {
		q = big;
		big = small;
		small = q;
	}
	if (small == 0)
		return big;
	if (big < 0x1p500 && small > 0x1p-500)
		return leat_sqrt(big * big + small * small);
	q = small / big;
	return big * leat_sqrt(1 + q * q);
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
LEAT_INLINE leat_lane_mask leat_lane_less(leat_lane a, leat_lane b)
{
	return a < b;
}
LEAT_INLINE leat_lane leat_lane_and(leat_lane a, leat_lane_mask m)
{
	return (leat_lane)((leat_lane_mask)a & m);
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

#endif

/* As C has it: a < b ? a : b, and a > b ? a : b. */
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

/* The same names for two, so that one text serves both (slide_wide.h). */
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
