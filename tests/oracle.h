/*
 * Expected statistics of a window
 *
 * The oracle keeps the exact weighted sums of the values in a window and
 * derives every statistic from them with at most a few roundings, by the
 * textbook formulas that nobody could use in plain doubles. It shares no
 * idea with the library: no updating of means, no partials.
 *
 * Values are added and taken away exactly, so an oracle can follow a
 * window along a stream; oracle_scan() starts afresh. In windows with
 * fading weights oracle_fade() multiplies all weights.
 *
 * Each answer comes with the slack that the library's promises leave it.
 */
#ifndef LEAT_TESTS_ORACLE_H
#define LEAT_TESTS_ORACLE_H

#include <leat.h>

#include "big.h"

struct oracle {
	int depth; /* highest power of x that is summed, 1 .. 4 */
	int pairs;
	uint64_t count; /* values that are not missing */
	uint64_t missing;
	uint64_t wild_x; /* infinite ones */
	uint64_t wild_y;
	uint64_t plus; /* values of x that are +inf and -inf */
	uint64_t minus;
	int fades;    /* weights differ */
	double tight; /* relative slack of variances */
	int joined;   /* the library may have joined runs of values */
	size_t trim;  /* limbs kept by oracle_fade() */

	struct big w;    /* sum of weights */
	struct big w2;   /* sum of squared weights */
	struct big s[5]; /* s[k]: sum of w x^k */
	struct big abs;  /* sum of w |x| */
	struct big y1, y2, xy;

	/* Sums of pairs: x - y, its size and square, hits, covered, losses. */
	struct {
		struct big bias, size, square, hits, covered, loss;
		uint64_t plus, minus; /* infinite differences */
		uint64_t none;        /* pairs of equal infinities */
		uint64_t outside;     /* pairs without a loss */
	} errors;

	/* Made by oracle_settle() from those above. */
	struct big m2, m3, m4; /* w^k times the central moments' sums */
	struct big my, mxy;

	/* Given to oracle_walk(), and found by it: places in x, or n. */
	const double *x;
	const double *y;
	size_t n;
	size_t oldest, newest, low, high;
	double wild; /* product of zeros, infinities and signs */
	struct {
		double hi, lo, e; /* (hi + lo) 2^e */
	} product;
};

struct expect {
	double want;
	double slack;
};

void oracle_init(struct oracle *o, int depth, int pairs);
void oracle_add(struct oracle *o, double x, double y);
void oracle_add_weighted(struct oracle *o, double x, double y,
    const struct big *weight);
void oracle_drop(struct oracle *o, double x, double y);
void oracle_fade(struct oracle *o, const struct big *factor);

/* Call it after the last change, before the first question. */
void oracle_settle(struct oracle *o);

/*
 * Looks at the window's content for order, extrema and products: what
 * oracle_walks() says of a statistic. Costs O(n). y is NULL for single
 * values.
 */
void oracle_walk(struct oracle *o, const double *x, const double *y, size_t n);
int oracle_walks(int id);

/* Init, add all, settle, walk. */
void oracle_scan(struct oracle *o, int depth, const double *x, const double *y,
    size_t n);

struct expect oracle_expect(const struct oracle *o, int id);

/* Returns whether the promises allow a result. */
int oracle_agrees(const struct oracle *o, int id, double got);

/* |got - exact| of the sum or the mean, in units in the last place. */
double oracle_ulps(const struct oracle *o, int id, double got);

/* sum |x| / |sum x|; infinite when the sum is 0. */
double oracle_condition(const struct oracle *o);

#endif
