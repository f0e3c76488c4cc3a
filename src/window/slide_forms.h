/*
 * slide_forms.h - how many chunks go side by side; part of slide.c
 *
 * There is a form of slide_many.h for two lanes on any machine, for four with
 * AVX, and for eight with AVX-512; a run takes the widest that the CPU has and
 * the array fills, and goes on with narrower ones. Where the compiler has no
 * vectors, two lanes are two doubles.
 *
 * Cost: on the stack, the prefixes of a block of MANY_BLOCK pushes for each
 * lane, and its states at the starts of MANY_MARKS blocks: 6 KB with two lanes,
 * 25 with eight. That does for chunks of as many blocks, which are windows of
 * up to 4,097 values; those of larger ones are pushed singly. Windows of sums
 * alone need neither, and may have 2 * SUM_CARRY values.
 */
enum {
	MANY_BLOCK = 64,      /* pushes of a chunk whose prefixes are kept */
	MANY_MARKS = 32,      /* blocks of a chunk */
	MANY_LANES = 8,       /* the most there are */
	MANY_LEAST = 4,       /* chunks from which on a run pays */
	MANY_STRETCH = 1024,  /* pushes that sums go on for at once */
	MANY_NARROW = 1 << 14 /* values of a window that two parts do for */
};

#if defined(__clang__)
#define MANY_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define MANY_UNROLL _Pragma("GCC unroll 8")
#else
#define MANY_UNROLL
#endif

/* Chunks that go side by side; `turns` such groups follow each other. */
struct many_group {
	size_t turns;
	const double *d[MANY_LANES]; /* values of each */
	const double *a[MANY_LANES]; /* values of the chunk two before each */
	size_t chunk, odd, step;     /* step: results of a push */
	double full, inverse, free;  /* n, 1 / n, n - 1 with none missing */
};

/* A whole chunk, as the classes know it. */
struct many_whole {
	double n, k, mu, m2, edge[2]; /* edge: least and largest */
};

/* The sum in parts, and how many values it has. */
struct many_sum {
	double high, low, rest, cut_high, cut_low, n, inverse;
	int narrow; /* high and rest are all */
};

/* The sizes of values that are neither 0 nor missing; if any is missing. */
struct many_reach {
	double least, most;
	int missing;
};

struct many_form {
	size_t lanes;
	void (*reach)(const double *x, size_t n, struct many_reach *reach);
	size_t (*missing)(const double *x, size_t n);
	void (*sums)(struct many_sum *s, const double *x, const double *old,
	    size_t n, double *sums, double *means, size_t step, int gaps);
	int (*edges)(const struct many_group *g, struct many_whole *whole,
	    double *out, int largest);
	int (*moments)(const struct many_group *g, struct many_whole *whole,
	    double *out, int root, int gaps);
};

LEAT_INLINE size_t many_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Steps to the next group of so many lanes. */
static void many_turn(struct many_group *g, size_t lanes)
{
	const double *next = g->d[0] + lanes * g->chunk;

	for (size_t i = 0; i < lanes; i++) {
		g->d[i] = next + i * g->chunk;
		g->a[i] = g->d[i] - 2 * g->chunk;
	}
}

static void many_widen(struct many_reach *r, double least, double most)
{
	r->least = least < r->least ? least : r->least;
	r->most = most > r->most ? most : r->most;
}

static struct leat_terms many_terms(double high, double low, double rest)
{
	struct leat_superacc all;

	leat_superacc_clear(&all);
	leat_superacc_add(&all, high);
	leat_superacc_add(&all, low);
	leat_superacc_add(&all, rest);
	return leat_superacc_terms(&all);
}

#define MANY 2
#define MANY_V leat_lane
#define MANY_M leat_lane_mask
#define MANY_OP(op) leat_lane_##op
#define MANY_NAME(name) name##_by_2
#define MANY_TARGET
#include "slide_many.h"

#ifdef LEAT_AVX
#define MANY 4
#define MANY_V leat_quad
#define MANY_M leat_quad_mask
#define MANY_OP(op) leat_quad_##op
#define MANY_NAME(name) name##_by_4
#define MANY_TARGET LEAT_AVX
#include "slide_many.h"
#endif

#ifdef LEAT_AVX512
#define MANY 8
#define MANY_V leat_octet
#define MANY_M leat_octet_mask
#define MANY_OP(op) leat_octet_##op
#define MANY_NAME(name) name##_by_8
#define MANY_TARGET LEAT_AVX512
#include "slide_many.h"
#endif

/* The widest first. */
static const struct many_form *const many_forms[] = {
#ifdef LEAT_AVX512
	&many_by_8,
#endif
#ifdef LEAT_AVX
	&many_by_4,
#endif
	&many_by_2,
};

enum { N_FORMS = sizeof(many_forms) / sizeof(many_forms[0]) };

/* The first form that this CPU has. */
static size_t many_widest(void)
{
#ifdef LEAT_AVX512
	if (leat_has_octet())
		return 0;
#endif
#ifdef LEAT_AVX
	return N_FORMS - (leat_has_avx() ? 2 : 1);
#else
	return 0;
#endif
}
