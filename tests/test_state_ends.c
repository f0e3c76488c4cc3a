/*
 * Saved state: every place at which it can end, and all that can fail
 *
 * States of every specimen of the zoo (state_zoo.h) are cut off in front of
 * each byte of their content, with a checksum that is right: none of them is
 * whole, so all are refused. They are written and read through functions that
 * stop at each call, and loaded, copied and joined with each allocation
 * refused in turn.
 */
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "saved.h"
#include "state_zoo.h"
#include "suites.h"

enum { ROOM = 65536 };

static size_t place; /* place of the current end */

static void on_failure(const char *what, size_t specimen)
{
	ck_abort_msg("%s, at %u: %s", zoo_name(specimen), (unsigned)place,
	    what);
}

static size_t longest(void)
{
	return getenv("LEAT_TEST_SHORT") ? 6000 : 9000;
}

static unsigned char state[2 * ROOM], bytes[2 * ROOM], whole[ROOM];

/* Finds the content of the longest short enough state of some seeds. */
static size_t find_content(size_t specimen, size_t *order)
{
	size_t n = 0;

	for (uint64_t seed = 1; seed < 30; seed++) {
		size_t size = zoo_state(specimen, seed, state, ROOM);
		size_t m = zoo_part(state, size, ZOO_CONTENT, bytes);
		if (m <= n || m > longest())
			continue;
		memcpy(whole, bytes, n = m);
		*order = zoo_part(state, size, ZOO_ORDER, whole + n);
	}
	return n;
}

/* No more of them than take a second: the first ones, and some of the rest. */
static size_t next_place(size_t at)
{
	return at < 1500 ? at + 1 : at + 13;
}

START_TEST(a_part_that_ends_too_early_is_refused)
{
	zoo_failed = on_failure;
	for (size_t i = (size_t)_i; i < zoo_size(); i += 8) {
		size_t order = 0, n = find_content(i, &order), m;
		for (place = 0; place < n; place = next_place(place)) {
			m = zoo_compose(i, whole, place, 0, bytes,
			    sizeof(bytes));
			ck_assert_msg(zoo_try(i, bytes, m, place & 1),
			    "%s, cut off at %u of %u", zoo_name(i),
			    (unsigned)place, (unsigned)n);
		}
		for (place = 1; place < order; place++) {
			m = zoo_compose(i, whole, n, place, bytes,
			    sizeof(bytes));
			ck_assert_int_ne(zoo_try(i, bytes, m, place & 1), 0);
		}
		m = zoo_compose(i, whole, n, order, bytes, sizeof(bytes));
		ck_assert_msg(zoo_try(i, bytes, m, 0) == LEAT_OK &&
			zoo_try(i, bytes, m, 1) == LEAT_OK,
		    "%s", zoo_name(i));
	}
}
END_TEST

/* Whatever room there is, it is either enough or told not to be. */
START_TEST(a_state_that_finds_no_room_is_told)
{
	zoo_failed = on_failure;
	for (size_t i = (size_t)_i; i < zoo_size(); i += 8) {
		size_t n = zoo_state(i, 4, state, sizeof(state));
		for (place = 0; place < n; place += 1 + n / 40)
			ck_assert_uint_eq(zoo_state(i, 4, bytes, place), 0);
		ck_assert_uint_eq(zoo_state(i, 4, bytes, n), n);
		ck_assert_int_eq(memcmp(state, bytes, n), 0);
	}
}
END_TEST

START_TEST(what_finds_no_memory_leaves_none_and_changes_nothing)
{
	size_t failed = 0;

	zoo_failed = on_failure;
	place = 0;
	for (size_t i = (size_t)_i; i < zoo_size(); i += 8)
		for (uint64_t seed = 1; seed < 12; seed++) {
			size_t n = zoo_state(i, seed, state, sizeof(state));
			if (n > 0)
				failed += zoo_starve(i, state, n);
		}
	ck_assert_uint_gt(failed, 100);
}
END_TEST

Suite *state_ends_suite(void)
{
	Suite *s = suite_create("state_ends");
	TCase *c = tcase_create("every end");

	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, a_part_that_ends_too_early_is_refused, 0, 8);
	tcase_add_loop_test(c, a_state_that_finds_no_room_is_told, 0, 8);
	tcase_add_loop_test(c,
	    what_finds_no_memory_leaves_none_and_changes_nothing, 0, 8);
	suite_add_tcase(s, c);
	return s;
}
