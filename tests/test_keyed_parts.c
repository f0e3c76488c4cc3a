/*
 * Parts of keyed windows: the hash function against a slow one
 * written from the paper, the table with hashes chosen to collide, sets of
 * ranks, and timers against a list that is searched.
 */
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "../src/key/keyed.h"
#include "data.h"
#include "suites.h"

/* ------------------------------------------------------------------ */
/* SipHash                                                            */
/* ------------------------------------------------------------------ */

/* SipHash-c-d, byte by byte, as section 2 of the paper has it. */
struct slow {
	uint64_t v[4];
};

static uint64_t rotated(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void slow_rounds(struct slow *s, int n)
{
	uint64_t *v = s->v;

	for (int i = 0; i < n; i++) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotated(v[1], 13);
		v[3] = rotated(v[3], 16);
		v[1] ^= v[0];
		v[3] ^= v[2];
		v[0] = rotated(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotated(v[1], 17);
		v[3] = rotated(v[3], 21);
		v[1] ^= v[2];
		v[3] ^= v[0];
		v[2] = rotated(v[2], 32);
	}
}

static uint64_t slow_siphash(const uint64_t k[2], const unsigned char *text,
    size_t n, int c, int d)
{
	static const unsigned char name[] = "somepseudorandomlygeneratedbytes";
	struct slow s = { { 0 } };
	size_t words = n / 8 + 1;

	for (int i = 0; i < 4; i++) {
		for (int j = 0; j < 8; j++)
			s.v[i] = s.v[i] << 8 | name[8 * i + j];
		s.v[i] ^= k[i % 2];
	}
	for (size_t w = 0; w < words; w++) {
		uint64_t m = 0;
		for (size_t j = 0; j < 8; j++)
			if (8 * w + j < n)
				m |= (uint64_t)text[8 * w + j] << (8 * j);
		if (w + 1 == words)
			m |= (uint64_t)(n % 256) << 56;
		s.v[3] ^= m;
		slow_rounds(&s, c);
		s.v[0] ^= m;
	}
	s.v[2] ^= 0xff;
	slow_rounds(&s, d);
	return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}

/* Key 00 01 .. 0f, text 00 01 .. : appendix A, and the authors' vectors. */
START_TEST(the_slow_siphash_is_siphash)
{
	static const uint64_t k[2] = { 0x0706050403020100u,
		0x0f0e0d0c0b0a0908u };
	static const uint64_t vectors[] = { 0x726fdb47dd0e0e31u,
		0x74f839c593dc67fdu, 0x0d6c8009d9a94f5au, 0x85676696d7fb7e2du };
	unsigned char text[15];

	for (unsigned i = 0; i < sizeof(text); i++)
		text[i] = (unsigned char)i;
	for (size_t n = 0; n < 4; n++)
		ck_assert_uint_eq(slow_siphash(k, text, n, 2, 4), vectors[n]);
	ck_assert_uint_eq(slow_siphash(k, text, 15, 2, 4), 0xa129ca6149be45e5u);
}
END_TEST

START_TEST(siphash_is_that_with_one_and_three_rounds)
{
	struct rng r = rng_new(1);
	unsigned char text[200];

	for (int i = 0; i < (short_run() ? 1000 : 20000); i++) {
		uint64_t k[2] = { rng_next(&r), rng_next(&r) };
		size_t n = (size_t)rng_below(&r, i % 2 ? 20 : 180);
		size_t at = (size_t)rng_below(&r, 16);
		for (size_t j = 0; j < n; j++)
			text[at + j] = (unsigned char)rng_next(&r);
		ck_assert_uint_eq(leat_siphash(k, text + at, n),
		    slow_siphash(k, text + at, n, 1, 3));
		if (n > 16)
			continue;
		uint64_t words[2];
		leat_load_short(text + at, n, words);
		ck_assert_uint_eq(leat_siphash_short(k, words, n),
		    slow_siphash(k, text + at, n, 1, 3));
	}
	uint64_t seed[2] = { 1, 2 };
	ck_assert_uint_eq(leat_siphash(seed, NULL, 0),
	    slow_siphash(seed, text, 0, 1, 3));
}
END_TEST

/* ------------------------------------------------------------------ */
/* The table                                                          */
/* ------------------------------------------------------------------ */

static leat_keyed *new_keyed(void)
{
	static const leat_stat count = LEAT_COUNT;
	keyed_choice o;
	leat_keyed *k;

	memset(&o, 0, sizeof(o));
	o.by_time.kind = LEAT_SESSION;
	o.by_time.gap = 1;
	o.by_time.stats = &count;
	o.by_time.n_stats = 1;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	return k;
}

enum { NAMES = 3000 };

/* Hashes of few kinds: all collide with many others. */
static uint32_t poor_hash(struct rng *r, int way)
{
	uint32_t h = (uint32_t)rng_next(r);

	switch (way) {
	case 0:
		return 0;
	case 1:
		return UINT32_MAX;
	case 2: /* few places, at both ends of the table */
		return (h & 3) | (h & 4 ? 0xfffffff0u : 0);
	case 3: /* many places, few tags */
		return h & 0xffff0000u;
	default:
		return h;
	}
}

static struct leat_entry *find(leat_keyed *k, uint32_t i, uint32_t hash)
{
	struct leat_sought s = { &i, sizeof(i), hash, 0 };

	return leat_table_find(&k->table, &k->entries, &s);
}

static void find_all(leat_keyed *k, const uint32_t *hash,
    struct leat_entry **entry)
{
	for (uint32_t i = 0; i < NAMES; i++)
		ck_assert_ptr_eq(find(k, i, hash[i]), entry[i]);
}

START_TEST(keys_are_found_whatever_their_hashes)
{
	static uint32_t hash[NAMES];
	static struct leat_entry *entry[NAMES];
	leat_keyed *k = new_keyed();
	struct rng r = rng_new(7 + (uint64_t)_i);
	uint32_t n = _i < 2 ? 200 : short_run() ? 500 : NAMES;

	for (uint32_t i = 0; i < NAMES; i++) {
		hash[i] = poor_hash(&r, _i);
		entry[i] = NULL;
	}
	for (uint32_t step = 0; step < (short_run() ? 2 : 6) * n; step++) {
		uint32_t i = (uint32_t)rng_below(&r, n);
		if (entry[i]) {
			leat_key_forget(k, entry[i]);
			entry[i] = NULL;
		} else {
			ck_assert_int_eq(leat_key_reserve(k, sizeof(i)), 0);
			entry[i] = leat_key_make(k, &i, sizeof(i), hash[i]);
		}
		ck_assert_ptr_eq(find(k, i, hash[i]), entry[i]);
		if (step % 500 == 0)
			find_all(k, hash, entry);
	}
	find_all(k, hash, entry);
	leat_keyed_free(k);
}
END_TEST

/* At most three quarters are used, and at least one half of those. */
/* Texts of each length that differ at one place, or nowhere. */
START_TEST(a_key_is_that_text_and_no_other)
{
	struct {
		struct leat_entry head;
		struct leat_state state;
	} e;

	for (size_t len = 0; len <= LEAT_TEXT_SHORT; len++) {
		unsigned char text[LEAT_TEXT_SHORT + 1];
		memset(&e, 0, sizeof(e));
		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = (unsigned char)(i * 37 + 11);
		memcpy(e.head.text.bytes, text, len);
		e.head.len = (uint16_t)len;
		ck_assert(leat_entry_is(&e.head, text, len));
		ck_assert(!leat_entry_is(&e.head, text, len + 1));
		for (size_t i = 0; i < len; i++) {
			text[i] ^= 64;
			ck_assert(!leat_entry_is(&e.head, text, len));
			text[i] ^= 64;
		}
	}
}
END_TEST

/*
 * With an item in each chunk, each takes 512 indices, of which 511 stay unused.
 */
START_TEST(indices_that_outgrow_their_bits_make_the_table_grow)
{
	leat_keyed *k = new_keyed();
	struct leat_memory *m = &k->stream.memory;
	double out[8];

	for (uint32_t i = 0; i < 200; i++) {
		struct leat_slab *slab = &k->entries.slab;
		uint64_t spare = slab->n_spare + slab->fresh_end - slab->fresh;
		m->limit = 1;
		for (uint64_t n = 1; spare == 0; n++) {
			m->limit = m->bytes + 16 * n;
			spare = !leat_slab_more(slab, 1);
		}
		m->limit = 0;
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), 1, i),
		    LEAT_OK);
	}
	ck_assert_uint_gt((uint64_t)k->entries.slab.n_chunks << LEAT_SLAB_BITS,
	    65536);
	for (uint32_t i = 0; i < 200; i++)
		ck_assert_int_eq(leat_keyed_query(k, &i, sizeof(i), out),
		    LEAT_OK);
	ck_assert_uint_le((uint64_t)k->entries.slab.n_chunks << LEAT_SLAB_BITS,
	    (uint64_t)k->table.index_mask + 1);
	leat_keyed_free(k);
}
END_TEST

START_TEST(the_table_grows_with_its_keys)
{
	leat_keyed *k = new_keyed();

	for (uint32_t i = 0; i < 20000; i++) {
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), 0, 1), 0);
		ck_assert_uint_eq(k->table.length, i + 1);
		ck_assert(4 * k->table.length <= 3 * k->table.size);
		ck_assert(k->table.size <= 32 || 2 * (i + 1) >= k->table.size);
	}
	leat_keyed_free(k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Sets of ranks                                                      */
/* ------------------------------------------------------------------ */

enum { RANKS = 3 * 4096 };

START_TEST(ranks_are_taken_in_order)
{
	static uint64_t words[RANKS / 64], groups[RANKS / 4096];
	static unsigned char in[RANKS];
	struct leat_marks m = { words, groups, SIZE_MAX, 0 };
	struct rng r = rng_new(3);
	uint32_t taken[7];

	for (int round = 0; round < (short_run() ? 60 : 300); round++) {
		size_t n = (size_t)rng_below(&r, round % 3 ? 5 : 3000), got;
		uint32_t i = 0;
		for (size_t j = 0; j < n; j++) {
			uint32_t rank = (uint32_t)rng_below(&r, RANKS);
			leat_mark(&m, rank);
			in[rank] = 1;
			if (j % 5 == 0) {
				leat_unmark(&m, rank);
				in[rank] = 0;
			}
		}
		while ((got = leat_marks_take(&m, taken, 7)) > 0)
			for (size_t j = 0; j < got; j++, i++) {
				while (i < RANKS && !in[i])
					i++;
				ck_assert_uint_eq(taken[j], i);
				in[i] = 0;
			}
		while (i < RANKS && !in[i])
			i++;
		ck_assert_uint_eq(i, RANKS);
	}
}
END_TEST

/* For options that need somebody who is told. */
static int nobody(void *ctx, const leat_result *r)
{
	(void)ctx;
	(void)r;
	return 0;
}

/* Packing the order gives ranks anew; what is marked stays so. */
START_TEST(keys_that_have_changed_keep_their_marks)
{
	static const leat_stat count = LEAT_COUNT;
	keyed_choice o;
	leat_keyed *k;
	uint32_t ranks[64];
	unsigned char i;

	memset(&o, 0, sizeof(o));
	o.by_time.kind = LEAT_SESSION;
	o.by_time.gap = 1000;
	o.by_time.early_span = 1000;
	o.by_time.sink.emit = nobody;
	o.by_time.stats = &count;
	o.by_time.n_stats = 1;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (i = 0; i < 40; i++)
		ck_assert_int_eq(leat_keyed_push(k, &i, 1, 1, 1), LEAT_OK);
	ck_assert_uint_eq(leat_marks_take(&k->entries.order.changed, ranks, 64),
	    40);
	/* The odd ones go, the upper even ones change. */
	for (i = 0; i < 40; i++)
		if (i % 2)
			ck_assert_int_eq(leat_keyed_drop(k, &i, 1), LEAT_OK);
		else if (i >= 20)
			ck_assert_int_eq(leat_keyed_push(k, &i, 1, 1, 1), 0);
	/* The last of these finds all 64 places taken. */
	for (i = 100; i < 126; i++)
		ck_assert_int_eq(leat_keyed_push(k, &i, 1, 1, 1), LEAT_OK);
	ck_assert_uint_eq(k->entries.order.n, 46);
	ck_assert_uint_eq(leat_marks_take(&k->entries.order.changed, ranks, 64),
	    36);
	for (uint32_t j = 0; j < 36; j++)
		ck_assert_uint_eq(ranks[j], j + 10);
	leat_keyed_free(k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Timers                                                             */
/* ------------------------------------------------------------------ */

enum { CLOCKS = 700 };

struct clocks {
	leat_keyed *k;
	struct rng rng;
	struct leat_entry *entry[CLOCKS];
	int64_t due[CLOCKS]; /* INT64_MAX: not armed */
	int64_t now;
};

static struct leat_entry *clock_entry(struct clocks *c, uint32_t i)
{
	return c->entry[i];
}

/* Near, far, the same as others, and at the very end. */
static int64_t random_due(struct clocks *c)
{
	uint64_t far = rng_below(&c->rng, 63);
	int64_t ahead = (int64_t)(rng_next(&c->rng) >> (63 - far));

	if (rng_below(&c->rng, 3) == 0)
		ahead = 10 - (c->now % 10 + 10) % 10;
	return c->now > INT64_MAX - 1 - ahead ? INT64_MAX - 1 : c->now + ahead;
}

static void arm_one(struct clocks *c)
{
	uint32_t i = (uint32_t)rng_below(&c->rng, CLOCKS);
	int64_t due = random_due(c);

	if (rng_below(&c->rng, 5) == 0) {
		leat_timers_disarm(&c->k->timers, &c->k->entries,
		    clock_entry(c, i));
		c->due[i] = INT64_MAX;
		return;
	}
	leat_timers_arm(&c->k->timers, &c->k->entries, clock_entry(c, i), due);
	if (due < c->due[i])
		c->due[i] = due;
}

static int64_t least_due(const struct clocks *c)
{
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < CLOCKS; i++)
		if (c->due[i] < least)
			least = c->due[i];
	return least;
}

/* Checks that all timers due at the smallest time expire, in order of rank. */
static void check_fired(struct clocks *c, int64_t due)
{
	uint32_t rank;

	for (uint32_t i = 0; i < CLOCKS; i++) {
		if (c->due[i] != due)
			continue;
		ck_assert_uint_eq(leat_marks_take(&c->k->entries.order.due,
				      &rank, 1),
		    1);
		ck_assert_uint_eq(rank, i);
		clock_entry(c, i)->place = 0;
		c->due[i] = INT64_MAX;
	}
	ck_assert_uint_eq(leat_marks_take(&c->k->entries.order.due, &rank, 1),
	    0);
}

static void let_pass(struct clocks *c, int64_t until)
{
	int64_t due = 0;

	while (c->k->timers.next <= until &&
	    leat_timers_fire(&c->k->timers, &c->k->entries, until, &due)) {
		ck_assert_int_eq(due, least_due(c));
		check_fired(c, due);
	}
	ck_assert_int_gt(least_due(c), until);
	ck_assert_int_le(c->k->timers.next, least_due(c));
	c->now = until;
}

START_TEST(timers_fire_in_order)
{
	static const int64_t begins[] = { INT64_MIN, -1000, 0,
		INT64_MAX - 100000 };
	struct clocks c = { new_keyed(), rng_new(5), { NULL }, { 0 }, 0 };

	c.now = begins[_i];
	for (uint32_t i = 0; i < CLOCKS; i++) {
		ck_assert_int_eq(leat_key_reserve(c.k, sizeof(i)), 0);
		c.entry[i] = leat_key_make(c.k, &i, sizeof(i), i * 77777);
		c.due[i] = INT64_MAX;
	}
	for (int step = 0; step < (short_run() ? 80 : 400); step++) {
		uint64_t n = rng_below(&c.rng, 60);
		while (n-- > 0)
			arm_one(&c);
		int64_t until = random_due(&c);
		if (rng_below(&c.rng, 4) > 0 && until > least_due(&c))
			until = least_due(&c);
		let_pass(&c, until);
	}
	leat_keyed_free(c.k);
}
END_TEST

Suite *keyed_parts_suite(void)
{
	Suite *s = suite_create("keyed_parts");
	TCase *t = tcase_create("parts");

	tcase_add_test(t, the_slow_siphash_is_siphash);
	tcase_add_test(t, siphash_is_that_with_one_and_three_rounds);
	tcase_add_loop_test(t, keys_are_found_whatever_their_hashes, 0, 5);
	tcase_add_test(t, the_table_grows_with_its_keys);
	tcase_add_test(t, a_key_is_that_text_and_no_other);
	tcase_add_test(t, indices_that_outgrow_their_bits_make_the_table_grow);
	tcase_add_test(t, ranks_are_taken_in_order);
	tcase_add_test(t, keys_that_have_changed_keep_their_marks);
	tcase_add_loop_test(t, timers_fire_in_order, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
