/*
 * Saved state: each field of each object, damaged, below a good checksum
 *
 * States of every specimen of the zoo (state_zoo.h) have each byte of their
 * content changed in turn: every bit of it, one more and one less, left out,
 * come twice, and from each place eight bytes that a double could have. The
 * checksum is put right, so that nothing but what the fields say about each
 * other can tell. What comes of it is refused, or zoo_try() finds it sound:
 * it is saved as what it was loaded from, its numbers add up, and it goes on
 * like its own copies.
 */
#include <math.h>
#include <string.h>

#include <leat.h>

#include "data.h"
#include "state_zoo.h"
#include "suites.h"

enum { ROOM = 4096 };

struct content {
	unsigned char bytes[ROOM];
	size_t n, m; /* bytes of the content, and of the order behind it */
};

static size_t place; /* place of the current damage */

static void on_failure(const char *what, size_t specimen)
{
	ck_abort_msg("%s, damaged at %u: %s", zoo_name(specimen),
	    (unsigned)place, what);
}

static size_t n_refused, n_loaded;

static void try_damaged(size_t specimen, const struct content *c)
{
	unsigned char state[2 * ROOM];
	size_t n = zoo_compose(specimen, c->bytes, c->n, c->m, state,
	    sizeof(state));

	ck_assert_uint_gt(n, 0);
	if (zoo_try(specimen, state, n, 0))
		n_refused++;
	else
		n_loaded++;
}

static void try_byte(size_t specimen, const struct content *whole, size_t at,
    int byte)
{
	struct content c = *whole;

	c.bytes[at] = (unsigned char)byte;
	if (c.bytes[at] != whole->bytes[at])
		try_damaged(specimen, &c);
}

/* Every bit of one byte, and its neighbours among numbers. */
static void change_one(size_t specimen, const struct content *whole, size_t at)
{
	int byte = whole->bytes[at];

	for (int b = 0; b < 8; b++)
		try_byte(specimen, whole, at, byte ^ 1 << b);
	try_byte(specimen, whole, at, byte + 1);
	try_byte(specimen, whole, at, byte - 1);
	try_byte(specimen, whole, at, 0);
}

static void move_rest(size_t specimen, const struct content *whole, size_t at)
{
	size_t rest = whole->n + whole->m - at;
	struct content c = *whole;

	memmove(c.bytes + at, whole->bytes + at + 1, rest - 1);
	c.n -= at < c.n;
	c.m -= at >= whole->n;
	try_damaged(specimen, &c);
	c = *whole;
	memmove(c.bytes + at + 1, whole->bytes + at, rest);
	c.n += at < c.n;
	c.m += at >= whole->n;
	try_damaged(specimen, &c);
}

/* NaN, an infinity, numbers of the other sign, large and small. */
static void change_words(size_t specimen, const struct content *whole,
    size_t at)
{
	static const double odd[] = { 0, -1, 1e300, 5e-324, HUGE_VAL,
		-HUGE_VAL };
	struct content c = *whole;

	if (at + 8 > whole->n)
		return;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		leat_put_double(c.bytes + at, odd[i]);
		try_damaged(specimen, &c);
	}
	leat_put_uint64(c.bytes + at, 0x7FF8000000000000u);
	try_damaged(specimen, &c);
	memcpy(c.bytes + at, whole->bytes + at, 8);
	c.bytes[at + 7] ^= 128;
	try_damaged(specimen, &c);
}

/*
 * Finds the longest state of some seeds that is short enough, or one of an
 * object that has hardly begun.
 */
static void find_content(size_t specimen, size_t longest, int begins,
    struct content *c)
{
	unsigned char state[ROOM], bytes[2 * ROOM];

	c->n = c->m = 0;
	for (uint64_t i = 1; i < (begins ? 5 : 30); i++) {
		uint64_t seed = begins ? ZOO_BEGINS + i : i;
		size_t n = zoo_state(specimen, seed, state, sizeof(state));
		size_t m = zoo_part(state, n, ZOO_CONTENT, bytes);
		if (m <= c->n || m > longest)
			continue;
		memcpy(c->bytes, bytes, m);
		c->n = m;
		c->m = zoo_part(state, n, ZOO_ORDER, c->bytes + m);
	}
}

static void damage_all(size_t specimen, size_t longest, int begins)
{
	struct content c;
	size_t step;

	find_content(specimen, longest, begins, &c);
	/* In short runs, damages only some places of long states. */
	step = short_run() && c.n > 160 ? 4 : 1;
	try_damaged(specimen, &c);
	for (place = 0; place < c.n + c.m; place += step) {
		change_one(specimen, &c, place);
		move_rest(specimen, &c, place);
		change_words(specimen, &c, place);
	}
}

START_TEST(a_damaged_field_is_refused_or_leaves_an_object_that_is_sound)
{
	zoo_failed = on_failure;
	n_refused = n_loaded = 0;
	for (size_t i = (size_t)_i; i < zoo_size(); i += 8) {
		damage_all(i, 160, 0);
		damage_all(i, 500, 0);
		damage_all(i, 500, 1);
	}
	/* Both there are. */
	ck_assert_uint_gt(n_refused, n_loaded / 4);
	ck_assert_uint_gt(n_loaded, 0);
}
END_TEST

Suite *state_damage_suite(void)
{
	Suite *s = suite_create("state_damage");
	TCase *c = tcase_create("every field");

	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c,
	    a_damaged_field_is_refused_or_leaves_an_object_that_is_sound, 0, 8);
	suite_add_tcase(s, c);
	return s;
}
