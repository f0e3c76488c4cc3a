/*
 * test_max_windows.c - how many windows of a key are held at a time
 *
 * Random sets of slots of ten ticks are pushed into, in any order, none of
 * which is done with; the set itself is the oracle. How many windows an object
 * holds is seen by filling it up: as many new slots as are missing to the
 * limit are taken, the next one is refused, and slots that are there still
 * take values. An object that was copied, saved and loaded, or merged is
 * filled up like the first one.
 */
#include <check.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "data.h"
#include "saved.h"
#include "suites.h"

enum { SLOT = 10, SLOTS = 40, FAR = 1000, MOST = 8, SHAPES = 5 };

static const leat_stat plain[] = { LEAT_COUNT, LEAT_MEAN };
static const leat_stat in_order[] = { LEAT_COUNT, LEAT_TIME_MEAN };

static void tens(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	int64_t into = (t % SLOT + SLOT) % SLOT;

	(void)ctx;
	*start_out = t - into;
	*end_out = t - into + SLOT;
}

/* Windows, or slices of those that overlap, of ten ticks each. */
static leat_time_window_options shaped(int shape, int ordered)
{
	static const int kinds[SHAPES] = { LEAT_TUMBLING, LEAT_HOPPING,
		LEAT_HOPPING, LEAT_SESSION, LEAT_CALENDAR };
	leat_time_window_options o = { .kind = kinds[shape] };

	if (shape == 0)
		o.span = SLOT;
	if (shape == 1 || shape == 2) {
		o.span = shape == 1 ? 3 * SLOT : SLOT;
		o.hop = shape == 1 ? 2 * SLOT : SLOT;
	}
	if (shape == 3)
		o.gap = 3;
	if (shape == 4)
		o.calendar.interval = tens;
	o.stats = ordered ? in_order : plain;
	o.n_stats = 2;
	o.delay = 2 * FAR;
	o.max_windows = MOST;
	return o;
}

static int push_slot(leat_time_window *w, int64_t slot, struct rng *r)
{
	/* Two values of a slot are in one session. */
	return leat_time_window_push(w, slot * SLOT + (int64_t)rng_below(r, 3),
	    rng_normal(r));
}

/* Pushes at random; `held` is the set of slots, *n its size. */
static void push_some(leat_time_window *w, struct rng *r, int *held, size_t *n,
    size_t most)
{
	for (size_t i = rng_below(r, 30); i > 0; i--) {
		size_t slot = rng_below(r, SLOTS);
		int fits = held[slot] || *n < most;
		ck_assert_int_eq(push_slot(w, (int64_t)slot, r),
		    fits ? LEAT_OK : LEAT_NO_ROOM);
		if (!fits || held[slot])
			continue;
		held[slot] = 1;
		++*n;
	}
}

/* Slots from SLOTS on are new. */
static void fill_up(leat_time_window *w, struct rng *r, const int *held,
    size_t n, size_t most)
{
	int64_t slot = SLOTS;
	leat_counts before, after;

	for (; n < most; n++)
		ck_assert_int_eq(push_slot(w, slot++, r), LEAT_OK);
	leat_time_window_counts(w, &before);
	ck_assert_int_eq(push_slot(w, slot, r), LEAT_NO_ROOM);
	ck_assert_int_eq(push_slot(w, -1, r), LEAT_NO_ROOM);
	leat_time_window_counts(w, &after);
	ck_assert_uint_eq(after.refused, before.refused + 2);
	ck_assert_uint_eq(after.pushed, before.pushed + 2);
	for (size_t i = 0; i < SLOTS; i++)
		if (held[i])
			ck_assert_int_eq(push_slot(w, (int64_t)i, r), LEAT_OK);
	leat_time_window_free(w);
}

static leat_time_window *made(const leat_time_window_options *o)
{
	leat_time_window *w;

	ck_assert_int_eq(leat_time_window_new(&w, o), LEAT_OK);
	return w;
}

static int loaded(leat_time_window **w, const leat_time_window_options *o,
    const struct saved *s)
{
	leat_reader reader = saved_reader(s);

	return leat_time_window_load(w, o, &reader);
}

START_TEST(kinds_with_one_window_at_a_time_have_no_such_limit)
{
	static const int kinds[] = { LEAT_SLIDING, LEAT_LANDMARK, LEAT_DECAY };
	leat_time_window_options o = { .kind = kinds[_i] };
	leat_time_window *w;

	o.stats = plain + 1;
	o.n_stats = 1;
	if (o.kind == LEAT_SLIDING)
		o.span = 10;
	if (o.kind == LEAT_DECAY)
		o.half_life = 1;
	leat_time_window_free(made(&o));
	o.max_windows = 1;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_EINVAL);
}
END_TEST

START_TEST(copied_and_loaded_windows_hold_as_many)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct rng r = rng_new(seed);
		leat_time_window_options o = shaped(_i, (int)(seed % 2));
		leat_time_window *w = made(&o), *copy, *other;
		int held[SLOTS] = { 0 };
		size_t n = 0;

		push_some(w, &r, held, &n, MOST);
		ck_assert_int_eq(leat_time_window_copy(w, NULL, &copy),
		    LEAT_OK);
		struct saved s = time_window_saved(w);
		ck_assert_int_eq(loaded(&other, &o, &s), LEAT_OK);
		fill_up(copy, &r, held, n, MOST);
		fill_up(other, &r, held, n, MOST);
		o.max_windows = MOST + 3;
		ck_assert_int_eq(loaded(&other, &o, &s), LEAT_OK);
		fill_up(other, &r, held, n, MOST + 3);
		if (n > 0) {
			o.max_windows = n;
			ck_assert_int_eq(loaded(&other, &o, &s), LEAT_OK);
			fill_up(other, &r, held, n, n);
		}
		if (n > 1) {
			o.max_windows = n - 1;
			ck_assert_int_eq(loaded(&other, &o, &s), LEAT_EFULL);
		}
		leat_time_window_reset(w);
		memset(held, 0, sizeof(held));
		fill_up(w, &r, held, 0, MOST);
		saved_free(&s);
	}
}
END_TEST

/* The other may have another limit, or none. */
START_TEST(windows_that_would_be_too_many_are_not_joined)
{
	static const int shapes[] = { 0, 1, 2, 4 };
	size_t refusals = 0;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct rng r = rng_new(seed);
		leat_time_window_options o = shaped(shapes[_i],
		    (int)(seed % 2));
		leat_time_window *a = made(&o), *b;
		int held[SLOTS] = { 0 }, its[SLOTS] = { 0 };
		size_t n = 0, m = 0, both = 0;

		o.max_windows = seed % 3 ? MOST : 0;
		b = made(&o);
		push_some(a, &r, held, &n, MOST);
		push_some(b, &r, its, &m, seed % 3 ? MOST : SLOTS);
		struct saved before = time_window_saved(a);
		for (size_t i = 0; i < SLOTS; i++)
			both += (size_t)(held[i] || its[i]);
		ck_assert_int_eq(leat_time_window_merge(a, b),
		    both > MOST ? LEAT_EFULL : LEAT_OK);
		leat_time_window_free(b);
		if (both > MOST) {
			struct saved after = time_window_saved(a);
			ck_assert(before.n == after.n &&
			    memcmp(before.bytes, after.bytes, after.n) == 0);
			saved_free(&after);
			refusals++;
		} else {
			n = both;
			for (size_t i = 0; i < SLOTS; i++)
				held[i] |= its[i];
		}
		saved_free(&before);
		fill_up(a, &r, held, n, MOST);
	}
	ck_assert_uint_gt(refusals, 0);
	ck_assert_uint_lt(refusals, 100);
}
END_TEST

static int count_told(void *ctx, const leat_result *r)
{
	size_t *told = ctx;

	told[*(const char *)r->key == 'q']++;
	return 0;
}

/* A sender with random times, and others that keep to the order. */
START_TEST(each_key_has_the_limit_by_itself)
{
	enum { QUIET = 5 };
	keyed_choice o = { .max_keys = QUIET + 1 };
	struct rng r = rng_new(5);
	size_t told[2] = { 0, 0 }, refused = 0;
	leat_keyed *k;

	o.by_time = shaped(_i, 0);
	o.by_time.delay = 1000000;
	o.by_time.sink.emit = count_told;
	o.by_time.sink.ctx = told;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (int64_t i = 0; i < 2000; i++) {
		static const char *const quiet[QUIET] = { "q1", "q2", "q3",
			"q4", "q5" };
		int64_t t = (int64_t)rng_below(&r, 1000000);
		int err = leat_keyed_push(k, "loud", 4, t, 1);
		ck_assert(err == LEAT_OK || err == LEAT_NO_ROOM);
		refused += err == LEAT_NO_ROOM;
		if (i % 100 == 0)
			ck_assert_int_eq(leat_keyed_push(k, quiet[i / 100 % 5],
					     2, i / 500 * SLOT, 1),
			    LEAT_OK);
	}
	ck_assert_uint_eq(leat_keyed_n_keys(k), QUIET + 1);
	ck_assert_int_eq(leat_keyed_advance(k, LEAT_TIME_MAX), LEAT_OK);
	/* Slices of ten ticks are in two windows of thirty, or in one. */
	ck_assert_uint_le(told[0], _i == 1 ? 2 * MOST : MOST);
	ck_assert_uint_ge(told[0], MOST);
	ck_assert_uint_ge(refused, 1900);
	/* Four slots in a row are in three windows of three each. */
	ck_assert_uint_eq(told[1], QUIET * (_i == 1 ? 3 : 4));
	leat_keyed_free(k);
}
END_TEST

#define ADD(suite, name, test, n)                                              \
	do {                                                                   \
		TCase *tc = tcase_create(name);                                \
		tcase_set_timeout(tc, 120);                                    \
		tcase_add_loop_test(tc, test, 0, n);                           \
		suite_add_tcase(suite, tc);                                    \
	} while (0)

Suite *max_windows_suite(void)
{
	Suite *s = suite_create("max_windows");

	ADD(s, "kinds", kinds_with_one_window_at_a_time_have_no_such_limit, 3);
	ADD(s, "again", copied_and_loaded_windows_hold_as_many, SHAPES);
	ADD(s, "merge", windows_that_would_be_too_many_are_not_joined, 4);
	ADD(s, "keys", each_key_has_the_limit_by_itself, SHAPES);
	return s;
}
