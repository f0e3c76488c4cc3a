/*
 * Exact sums of doubles, against sums of whole numbers without a bound
 *
 * Both terms of a sum are compared with those that big.c rounds from its own
 * exact total: after every kind of addition and subtraction, over the whole
 * range of doubles, and with digits brought to the edges where they carry.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../src/core/superacc.h"

#include "big.h"
#include "data.h"
#include "quiet.h"
#include "suites.h"

struct both {
	struct leat_superacc sum;
	struct big exact;
};

static void begin(struct both *b)
{
	leat_superacc_clear(&b->sum);
	big_set(&b->exact, 0);
}

static void put(struct both *b, double x, int minus)
{
	struct big term;

	big_set(&term, minus ? -x : x);
	big_add(&b->exact, &b->exact, &term);
	if (minus)
		leat_superacc_subtract(&b->sum, x);
	else
		leat_superacc_add(&b->sum, x);
}

static struct leat_terms expected(const struct big *exact)
{
	struct leat_terms t = { big_double(exact), 0, 1 };
	struct big s, scale, hi;

	big_copy(&s, exact);
	if (fabs(t.hi) > DBL_MAX) {
		t.unit = 0x1p64;
		big_set(&scale, 0x1p-64);
		big_mul(&s, &s, &scale);
		t.hi = big_double(&s);
	}
	big_set(&hi, t.hi);
	big_sub(&s, &s, &hi);
	t.lo = big_double(&s);
	return t;
}

static int same_double(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

static void check(const struct both *b)
{
	struct leat_terms is = leat_superacc_terms(&b->sum);
	struct leat_terms want = expected(&b->exact);

	ck_assert_msg(same_double(is.hi, want.hi) &&
		same_double(is.lo, want.lo) && is.unit == want.unit,
	    "%a %a %a, not %a %a %a", is.hi, is.lo, is.unit, want.hi, want.lo,
	    want.unit);
}

/* Every digit at rest, and the bits that say which ones are 0. */
static void check_digits(const struct leat_superacc *s)
{
	for (int i = 0; i < LEAT_SUPER_DIGITS; i++) {
		ck_assert_int_le(s->digit[i], LEAT_SUPER_REST);
		ck_assert_int_ge(s->digit[i], -LEAT_SUPER_REST);
		ck_assert_int_eq(s->used >> i & 1, s->digit[i] != 0);
	}
}

static double any_double(struct rng *r, int least, int most)
{
	uint64_t bits =
	    (uint64_t)(least + (int)rng_below(r, (uint64_t)(most - least + 1)))
	    << 52;
	uint64_t mask = (uint64_t)-1 << rng_below(r, 53);
	double x;

	bits |= rng_next(r) & mask & (((uint64_t)1 << 52) - 1);
	bits |= rng_next(r) << 63;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

START_TEST(one_value_is_its_own_sum)
{
	struct rng r = rng_new(1);

	for (int e = 0; e < 2047; e++)
		for (int i = 0; i < 8; i++) {
			struct both b;
			double x = any_double(&r, e, e);

			begin(&b);
			check(&b);
			put(&b, x, i & 1);
			check(&b);
			check_digits(&b.sum);
			put(&b, x, !(i & 1));
			check(&b);
			ck_assert_uint_eq(b.sum.used, 0);
		}
}
END_TEST

static double kept[64];

/* Sums of a few values, some of which leave again. */
static void few(struct rng *r, int least, int most)
{
	struct both b;
	size_t n = 0;

	begin(&b);
	for (int i = 0; i < 64; i++) {
		if (n > 0 && rng_below(r, 3) == 0) {
			size_t at = rng_below(r, n);
			put(&b, kept[at], 1);
			kept[at] = kept[--n];
		} else {
			kept[n] = any_double(r, least, most);
			put(&b, kept[n++], 0);
		}
		check(&b);
	}
	check_digits(&b.sum);
}

START_TEST(both_terms_are_rounded_once_at_any_distance)
{
	struct rng r = rng_new(2);
	int rounds = getenv("LEAT_TEST_SHORT") ? 200 : 4000;

	for (int i = 0; i < rounds; i++) {
		static const int spans[] = { 0, 1, 60, 100, 160, 200, 700,
			2046 };
		int span = spans[rng_below(&r, 8)];
		int least = (int)rng_below(&r, (uint64_t)(2047 - span));

		few(&r, least, least + span);
	}
}
END_TEST

/* A power of two, half of its last bit, and something far below. */
START_TEST(ties_are_told_from_what_is_a_little_more_or_less)
{
	struct rng r = rng_new(3);

	for (int i = 0; i < 20000; i++) {
		struct both b;
		int e = (int)rng_below(&r, 900);
		double x = ldexp(1 + (double)rng_below(&r, 3) * DBL_EPSILON, e);
		double half = ldexp(1, e - 53 - (int)rng_below(&r, 2));
		double second = ldexp(half, -(int)rng_below(&r, 120) - 40);
		double last = ldexp(1, e - 160 - (int)rng_below(&r, 800));

		begin(&b);
		put(&b, x, (int)rng_below(&r, 2));
		put(&b, half, (int)rng_below(&r, 2));
		check(&b);
		put(&b, last, (int)rng_below(&r, 2));
		check(&b);
		put(&b, second, (int)rng_below(&r, 2));
		check(&b);
		put(&b, second * DBL_EPSILON / 2, (int)rng_below(&r, 2));
		check(&b);
	}
}
END_TEST

START_TEST(sums_beyond_the_largest_double_are_told_with_a_unit)
{
	struct both b;

	begin(&b);
	for (int i = 0; i < 1000; i++) {
		put(&b, DBL_MAX, 0);
		check(&b);
	}
	put(&b, 0x1p-1074, 0);
	check(&b);
	for (int i = 0; i < 2000; i++) {
		put(&b, DBL_MAX, 1);
		check(&b);
	}
	/* The border: DBL_MAX, half of its last bit and what is below. */
	begin(&b);
	put(&b, DBL_MAX, 0);
	put(&b, 0x1p970, 0);
	check(&b);
	put(&b, 0x1p-1074, 1);
	check(&b);
	put(&b, 0x1p-1073, 0);
	check(&b);
}
END_TEST

/* Digits as a long history could leave them, each at an edge. */
START_TEST(digits_carry_on_where_they_are_full)
{
	struct rng r = rng_new(4);
	static const int64_t edges[] = { 0, 1, -1, (int64_t)1 << 47,
		LEAT_SUPER_REST, -LEAT_SUPER_REST, LEAT_SUPER_REST - 1,
		1 - LEAT_SUPER_REST };

	for (int i = 0; i < 3000; i++) {
		struct both b;

		begin(&b);
		for (int k = 0; k < 43; k++) {
			int64_t d = edges[rng_below(&r, (uint64_t)i % 7 + 2)];
			struct big term, scale;

			b.sum.digit[k] = d;
			b.sum.used |= (uint64_t)(d != 0) << k;
			big_set(&term, (double)d);
			big_set(&scale, ldexp(1, 48 * k - 1074));
			big_mul(&term, &term, &scale);
			big_add(&b.exact, &b.exact, &term);
		}
		check(&b);
		for (int k = 0; k < 8; k++) {
			put(&b, any_double(&r, 0, 2046), k & 1);
			check_digits(&b.sum);
			check(&b);
		}
	}
}
END_TEST

START_TEST(a_million_values_sum_up_alike_in_any_order)
{
	size_t n = getenv("LEAT_TEST_SHORT") ? 20000 : 1000000;
	double *x = malloc(n * sizeof(*x));
	struct rng r = rng_new(5);
	struct both b;
	struct leat_superacc parts[3];

	ck_assert_ptr_nonnull(x);
	begin(&b);
	for (int k = 0; k < 3; k++)
		leat_superacc_clear(&parts[k]);
	for (size_t i = 0; i < n; i++) {
		x[i] = any_double(&r, i % 2 ? 0 : 900, i % 2 ? 2046 : 1100);
		put(&b, x[i], 0);
	}
	check(&b);
	check_digits(&b.sum);
	for (size_t i = n; i > 1; i--) {
		size_t at = rng_below(&r, i);
		double t = x[at];
		x[at] = x[i - 1];
		x[i - 1] = t;
		leat_superacc_add(&parts[rng_below(&r, 3)], t);
	}
	leat_superacc_add(&parts[0], x[0]);
	leat_superacc_join(&parts[1], &parts[2]);
	check_digits(&parts[1]);
	leat_superacc_join(&parts[1], &parts[0]);
	check_digits(&parts[1]);
	b.sum = parts[1];
	check(&b);
	for (size_t i = 0; i < n; i++)
		leat_superacc_subtract(&b.sum, x[i]);
	ck_assert_double_eq(leat_superacc_terms(&b.sum).hi, 0);
	ck_assert_uint_eq(b.sum.used, 0);
	free(x);
}
END_TEST

Suite *superacc_suite(void)
{
	Suite *s = suite_create("superacc");
	TCase *t = tcase_create("superacc");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, one_value_is_its_own_sum);
	tcase_add_test(t, both_terms_are_rounded_once_at_any_distance);
	tcase_add_test(t, ties_are_told_from_what_is_a_little_more_or_less);
	tcase_add_test(t, sums_beyond_the_largest_double_are_told_with_a_unit);
	tcase_add_test(t, digits_carry_on_where_they_are_full);
	tcase_add_test(t, a_million_values_sum_up_alike_in_any_order);
	suite_add_tcase(s, t);
	return s;
}
