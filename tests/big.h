/*
 * Exact arithmetic for the tests
 *
 * A big is a dyadic rational: a sign, and 32-bit limbs times a power of
 * 2^32. Every finite double is one, and sums, differences and products of
 * bigs are bigs, so whole statistics can be worked out with no rounding
 * at all. Sums of fourth powers of any doubles fit.
 *
 * A wide is a double with an exponent of its own: what is left after the
 * exact part is done, for the few roots and ratios at the end. Each of
 * its operations is right to a rounding of double.
 */
#ifndef LEAT_TESTS_BIG_H
#define LEAT_TESTS_BIG_H

#include <stddef.h>
#include <stdint.h>

/* Four times the 66 limbs that doubles span, and room for the counts. */
enum { BIG_LIMBS = 320 };

struct big {
	int sign; /* -1, 0, 1 */
	size_t n; /* limbs in use; the first and the last are not 0 */
	long exp; /* limb[0] is worth 2^(32 exp) */
	uint32_t limb[BIG_LIMBS];
};

struct wide {
	double m; /* 0, or 0.5 <= |m| <= 1 */
	long e;
};

void big_set(struct big *r, double x);
void big_set_u64(struct big *r, uint64_t u);
void big_copy(struct big *r, const struct big *a);
void big_neg(struct big *a);

/* r may be a or b. */
void big_add(struct big *r, const struct big *a, const struct big *b);
void big_sub(struct big *r, const struct big *a, const struct big *b);
void big_mul(struct big *r, const struct big *a, const struct big *b);
void big_mul_u64(struct big *r, const struct big *a, uint64_t u);

/* Sign of |a| - |b|. */
int big_cmp_mag(const struct big *a, const struct big *b);

/* Drops all but the n highest limbs: the one operation that rounds. */
void big_trim(struct big *a, size_t n);

/* To the nearest double, ties to even; infinite beyond the largest. */
double big_double(const struct big *a);

struct wide wide_of(const struct big *a);
struct wide wide_set(double x);
struct wide wide_mul(struct wide a, struct wide b);
struct wide wide_div(struct wide a, struct wide b);
struct wide wide_sqrt(struct wide a);
double wide_double(struct wide a);

/* a / b as a double. */
double big_ratio(const struct big *a, const struct big *b);

#endif
