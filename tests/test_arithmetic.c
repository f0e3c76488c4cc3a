/*
 * Threads that round another way, or flush denormal numbers to zero, as
 * audio threads do. Their results may differ in the last digits, and tiny
 * ones may be 0, but nothing else does: objects are made, every call comes
 * back, and what is saved under one arithmetic loads under every other.
 *
 * The objects are those of the state zoo, which also sees to it that a
 * loaded object goes the way of the one saved, to the bit. Compilers may
 * work out constants by rounding to nearest, which is no matter here.
 */
#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

#include "../src/core/maths.h"
#include "saved.h"
#include "state_zoo.h"
#include "suites.h"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

enum { FLUSHING = -1, ROOM = 1 << 17 };

static const struct way {
	const char *name;
	int mode;
} ways[] = {
	{ "to nearest", FE_TONEAREST },
#ifdef FE_UPWARD
	{ "upward", FE_UPWARD },
#endif
#ifdef FE_DOWNWARD
	{ "downward", FE_DOWNWARD },
#endif
#ifdef FE_TOWARDZERO
	{ "toward zero", FE_TOWARDZERO },
#endif
#if defined(__SSE2__)
	{ "flushing to zero", FLUSHING },
#endif
};

enum { N_WAYS = sizeof(ways) / sizeof(*ways) };

static void go(int mode)
{
#if defined(__SSE2__)
	unsigned flush = 0x8040; /* results, and operands */

	_mm_setcsr((_mm_getcsr() & ~flush) | (mode == FLUSHING ? flush : 0));
#endif
	fesetround(mode == FLUSHING ? FE_TONEAREST : mode);
}

static void usual(void)
{
	go(FE_TONEAREST);
}

static void on_failure(const char *what, size_t specimen)
{
	usual();
	ck_abort_msg("%s: %s", zoo_name(specimen), what);
}

/* The way is on, or there would be nothing to test. */
START_TEST(each_way_is_told_from_the_others)
{
	volatile double third[N_WAYS], tiny[N_WAYS];

	for (size_t i = 0; i < N_WAYS; i++) {
		volatile double one = 1, minus = -1, three = 3, least = 1e-308;
		go(ways[i].mode);
		third[i] = one / three + minus / three / 4;
		tiny[i] = least / three;
		usual();
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(third[i] != third[j] ||
				tiny[i] != tiny[j] ||
				ways[i].mode == FE_TOWARDZERO,
			    "%s as %s", ways[i].name, ways[j].name);
	}
}
END_TEST

static size_t saved_by(const struct way *way, size_t specimen, uint64_t seed,
    unsigned char *bytes)
{
	go(way->mode);
	size_t n = zoo_state(specimen, seed, bytes, ROOM);
	usual();
	ck_assert_msg(n > 0, "%s: no state when rounding %s",
	    zoo_name(specimen), way->name);
	return n;
}

static void loads(const struct way *way, size_t specimen,
    const unsigned char *bytes, size_t n, const char *saved)
{
	go(way->mode);
	int err = zoo_try(specimen, bytes, n, 0);
	usual();
	ck_assert_msg(err == LEAT_OK, "%s, saved when rounding %s, when %s: %s",
	    zoo_name(specimen), saved, way->name, leat_strerror(err));
}

START_TEST(what_is_saved_under_one_arithmetic_loads_under_every_other)
{
	static unsigned char bytes[ROOM];
	uint64_t seeds = getenv("LEAT_TEST_SHORT") ? 1 : 12;

	zoo_failed = on_failure;
	for (size_t s = 0; s < zoo_size(); s++)
		for (uint64_t k = 0; k < seeds * N_WAYS; k++) {
			const struct way *way = &ways[k % N_WAYS];
			size_t n = saved_by(way, s, 1000 + k / N_WAYS, bytes);
			for (size_t j = 0; j < N_WAYS; j++)
				loads(&ways[j], s, bytes, n, way->name);
		}
}
END_TEST

/* Values, or panes with advance; each time has one. */
static leat_time_window_options few_options(int64_t span, int64_t advance)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };
	leat_time_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = advance ? LEAT_HOPPING : LEAT_SLIDING;
	o.span = span;
	o.hop = advance;
	o.stats = stats;
	o.n_stats = 2;
	return o;
}

/* A window is saved one way, loaded another way and saved again. */
static void few_are_kept(const struct way *way, const struct way *other,
    const leat_time_window_options *o, int64_t n)
{
	leat_time_window *w;

	go(way->mode);
	ck_assert_int_eq(leat_time_window_new(&w, o), LEAT_OK);
	for (int64_t t = 0; t < n; t++)
		leat_time_window_push(w, t, (double)(t * t % 23) / 7);
	struct saved s = time_window_saved(w);
	leat_time_window_free(w);
	go(other->mode);
	leat_reader reader = saved_reader(&s);
	ck_assert_int_eq(leat_time_window_load(&w, o, &reader), LEAT_OK);
	struct saved again = time_window_saved(w);
	usual();
	ck_assert_msg(s.n == again.n && memcmp(s.bytes, again.bytes, s.n) == 0,
	    "%d values of %d: %s as %s", (int)n, (int)o->span, way->name,
	    other->name);
	leat_time_window_free(w);
	saved_free(&s);
	saved_free(&again);
}

START_TEST(small_windows_keep_what_another_arithmetic_has_saved)
{
	for (int k = 0; k < N_WAYS * N_WAYS; k++)
		for (int64_t n = 1; n < 50; n++) {
			leat_time_window_options o = few_options(1 + n % 31, 0);
			const struct way *way = &ways[k % N_WAYS];
			few_are_kept(way, &ways[k / N_WAYS], &o, n);
			o = few_options(2 + n % 16, 1);
			few_are_kept(way, &ways[k / N_WAYS], &o, n);
		}
}
END_TEST

/* Sizes of all kinds, denormal ones too, from any bits. */
static double any_number(uint64_t *state)
{
	double x;

	do {
		*state ^= *state << 13;
		*state ^= *state >> 7;
		*state ^= *state << 17;
		memcpy(&x, state, sizeof(x));
	} while (!isfinite(x));
	return x;
}

START_TEST(numbers_are_written_the_same_under_every_arithmetic)
{
	uint64_t state = 88172645463325252;

	for (int k = 0; k < 3000; k++) {
		double x = k % 7 ? any_number(&state)
				 : (double)(k + 1) * 4.9406564584124654e-324;
		char right[LEAT_DOUBLE_SIZE], text[LEAT_DOUBLE_SIZE];
		size_t n = leat_format_double(x, right);
		for (size_t i = 1; i < N_WAYS; i++) {
			go(ways[i].mode);
			size_t m = leat_format_double(x, text);
			usual();
			ck_assert_uint_eq(n, m);
			ck_assert_mem_eq(text, right, n);
		}
	}
}
END_TEST

/* Returns the next double up or down. */
static double beside(double x, int up)
{
	return nextafter(x, up ? INFINITY : -INFINITY);
}

START_TEST(a_number_is_read_to_the_nearest_or_the_one_beside_it)
{
	uint64_t state = 362436069;

	for (int k = 0; k < 3000; k++) {
		char text[LEAT_DOUBLE_SIZE];
		double x = any_number(&state), back = 0;
		size_t n;
		if (fabs(x) < 1e-300)
			continue;
		n = leat_format_double(x, text);
		for (size_t i = 1; i < N_WAYS; i++) {
			go(ways[i].mode);
			int err = leat_parse_double(text, n, &back, NULL);
			usual();
			ck_assert_int_eq(err, LEAT_OK);
			ck_assert_msg(back == x || back == beside(x, 0) ||
				back == beside(x, 1),
			    "%.17g read as %.17g %s", x, back, ways[i].name);
		}
	}
}
END_TEST

/* The CPU's own root is the oracle, which IEEE 754 makes exact. */
static void root_fits(double x)
{
	double right = sqrt(x), got = leat_root(x);

	ck_assert_msg(memcmp(&right, &got, sizeof(got)) == 0,
	    "root of %a: %a, not %a", x, got, right);
	ck_assert(leat_sqrt(x) == right);
}

START_TEST(the_root_by_digits_is_correctly_rounded)
{
	static const double edges[] = { 0, -0.0, 1, 2, 3, 4, 0x1p-1022,
		0x1.fffffffffffffp1023, 0x1p-1074, 0x0.fffffffffffffp-1022,
		0x1.fffffffffffffp-1, 0x1.fffffffffffffp1, INFINITY };
	uint64_t state = 521288629;

	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++)
		root_fits(edges[i]);
	ck_assert(isnan(leat_root(-1)) && isnan(leat_root(NAN)));
	for (int k = 0; k < 200000; k++) {
		double x = fabs(any_number(&state));
		double near = floor(ldexp(x, -ilogb(x) + 26));
		root_fits(x);
		root_fits(near * near);
		root_fits(nextafter(near * near, 0));
		root_fits(nextafter(near * near, INFINITY));
	}
}
END_TEST

/* Results are exact, or denormal and rounded once, or nothing, or too large. */
START_TEST(a_power_of_2_is_multiplied_by_as_the_standard_says)
{
	uint64_t state = 88675123;

	for (int k = 0; k < 200000; k++) {
		double x = any_number(&state);
		int e = (int)(state % 4400) - 2200;
		if (k % 3 == 0) /* around where results become denormal */
			e = -1075 + (int)(state % 60) - ilogb(x);
		double right = ldexp(x, e), got = leat_ldexp(x, e);
		ck_assert_msg(memcmp(&right, &got, sizeof(got)) == 0,
		    "%a 2^%d: %a, not %a", x, e, got, right);
	}
	ck_assert(leat_ldexp(1, 1 << 30) == INFINITY);
	ck_assert(leat_ldexp(1, -(1 << 30)) == 0);
}
END_TEST

Suite *arithmetic_suite(void)
{
	Suite *s = suite_create("arithmetic");
	TCase *c = tcase_create("threads");

	tcase_add_test(c, each_way_is_told_from_the_others);
	tcase_add_test(c,
	    what_is_saved_under_one_arithmetic_loads_under_every_other);
	tcase_add_test(c, small_windows_keep_what_another_arithmetic_has_saved);
	tcase_add_test(c, numbers_are_written_the_same_under_every_arithmetic);
	tcase_add_test(c, a_number_is_read_to_the_nearest_or_the_one_beside_it);
	tcase_add_test(c, the_root_by_digits_is_correctly_rounded);
	tcase_add_test(c, a_power_of_2_is_multiplied_by_as_the_standard_says);
	tcase_set_timeout(c, 300);
	suite_add_tcase(s, c);
	return s;
}
