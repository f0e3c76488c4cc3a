/*
 * Keys that were chosen to collide: what they cost is counted, in entries
 * that are looked at, and held against the depth that a balanced tree has;
 * what becomes of them is held against keys that do not collide.
 *
 * Hashes of all kinds are given to entries directly. Keys whose own hashes
 * share their upper bits are found by trying.
 */
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "../src/key/keyed.h"
#include "alloc.h"
#include "data.h"
#include "suites.h"

/* Six buckets of two halves may have two entries each of one tag. */
enum { IN_BUCKETS = 24, KEYS = 4000 };

static leat_keyed *new_keyed(const leat_allocator *allocator)
{
	static const leat_stat count = LEAT_COUNT;
	keyed_choice o;
	leat_keyed *k;

	memset(&o, 0, sizeof(o));
	o.allocator = allocator;
	o.by_time.kind = LEAT_SESSION;
	o.by_time.gap = 1;
	o.by_time.stats = &count;
	o.by_time.n_stats = 1;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	return k;
}

/* Ways in which all hashes collide, or many do. */
enum { ONE_HASH, ONE_BUCKET, ONE_TAG, FEW_HASHES, WAYS };

static uint32_t chosen_hash(int way, uint32_t i)
{
	switch (way) {
	case ONE_HASH:
		return 0x12345678;
	case ONE_BUCKET: /* the upper bits choose it */
		return 0xabc00000 | (i * 2654435761u >> 12);
	case ONE_TAG: /* the lower ones are it */
		return i << 16 | 0x55;
	default:
		return (i % 5) * 0x33333333;
	}
}

/* The depth of an AA tree of n nodes is at most 2 log2(n + 1). */
static uint32_t most_looks(uint64_t n)
{
	uint32_t log = 0;

	while (n >> log)
		log++;
	return IN_BUCKETS + 2 * log;
}

struct crowd {
	leat_keyed *k;
	int way;
	uint32_t index[KEYS]; /* from 1; 0: the key is not there */
	uint64_t n;
};

static uint32_t sought(const struct crowd *c, leat_keyed *k, uint32_t i)
{
	struct leat_sought s = { &i, sizeof(i), chosen_hash(c->way, i), 0 };
	struct leat_entry *e = leat_table_search(&k->table, &k->entries, &s);

	ck_assert_uint_le(s.looks, most_looks(c->n));
	return e ? leat_entry_index(&k->entries, e) : 0;
}

static struct leat_entry *entry_of(struct crowd *c, uint32_t i)
{
	return leat_entry_at(&c->k->entries, c->index[i]);
}

static void check_all(const struct crowd *c, leat_keyed *k)
{
	for (uint32_t i = 0; i < KEYS; i++)
		ck_assert_uint_eq(sought(c, k, i), c->index[i]);
}

static void come(struct crowd *c, uint32_t i)
{
	ck_assert_int_eq(leat_key_reserve(c->k, sizeof(i)), LEAT_OK);
	c->index[i] = leat_entry_index(&c->k->entries,
	    leat_key_make(c->k, &i, sizeof(i), chosen_hash(c->way, i)));
	c->n++;
}

static void go(struct crowd *c, uint32_t i)
{
	leat_key_forget(c->k, entry_of(c, i));
	c->index[i] = 0;
	c->n--;
}

/* The key leaves the table and comes back, for what that costs. */
static void count_coming_and_going(struct crowd *c, uint32_t i)
{
	struct leat_table *t = &c->k->table;
	const struct leat_entries *es = &c->k->entries;

	ck_assert_uint_le(leat_table_remove(t, es, entry_of(c, i)),
	    most_looks(c->n) + 1);
	ck_assert_uint_le(leat_table_put(t, es, entry_of(c, i)),
	    most_looks(c->n));
}

START_TEST(no_choice_of_hashes_makes_a_key_dear)
{
	static struct crowd c;
	struct rng r = rng_new(11 + (uint64_t)_i);
	uint32_t keys = short_run() ? 600 : KEYS;

	memset(&c, 0, sizeof(c));
	c.k = new_keyed(NULL);
	c.way = _i;
	for (uint32_t step = 0; step < 8 * keys; step++) {
		/* First they come in order, later they come and go. */
		uint32_t i = step < keys ? step : (uint32_t)rng_below(&r, keys);
		if (!c.index[i])
			come(&c, i);
		else if (step % 3)
			go(&c, i);
		else
			count_coming_and_going(&c, i);
		ck_assert_uint_eq(sought(&c, c.k, i), c.index[i]);
		if (step % keys == 0)
			check_all(&c, c.k);
	}
	check_all(&c, c.k);
	ck_assert(_i == ONE_BUCKET || c.k->table.crowd.root != 0);
	for (uint32_t i = 0; i < keys; i++)
		if (c.index[i])
			go(&c, i);
	ck_assert_uint_eq(c.k->table.crowd.root, 0);
	check_all(&c, c.k);
	leat_keyed_free(c.k);
}
END_TEST

START_TEST(a_copy_finds_what_collides)
{
	static struct crowd c;
	leat_keyed *copy;

	memset(&c, 0, sizeof(c));
	c.k = new_keyed(NULL);
	c.way = _i;
	for (uint32_t i = 0; i < 500; i++)
		come(&c, i);
	ck_assert_int_eq(leat_keyed_copy(c.k, NULL, &copy), LEAT_OK);
	check_all(&c, copy);
	leat_keyed_free(c.k);
	check_all(&c, copy);
	leat_keyed_reset(copy);
	ck_assert_uint_eq(leat_keyed_bytes(copy), 0);
	leat_keyed_free(copy);
}
END_TEST

/* A failed allocation loses no key. */
START_TEST(no_key_that_collides_is_lost_without_memory)
{
	static struct crowd c;
	struct counted calls = { 0 };
	const leat_allocator allocator = counted_allocator(&calls);

	memset(&c, 0, sizeof(c));
	c.k = new_keyed(&allocator);
	c.way = _i;
	for (uint32_t i = 0; i < 300; i++) {
		for (size_t at = 1;; at++) {
			calls.fail_at = calls.calls + at;
			if (!leat_key_reserve(c.k, sizeof(i)))
				break;
			check_all(&c, c.k);
		}
		calls.fail_at = 0;
		come(&c, i);
	}
	check_all(&c, c.k);
	leat_keyed_free(c.k);
	ck_assert_uint_eq(calls.live, 0);
	ck_assert_uint_eq(calls.damaged, 0);
}
END_TEST

static size_t in_crowd(leat_keyed *k)
{
	const struct leat_slab *nodes = &k->table.crowd.nodes;

	return nodes->n_items - nodes->n_spare -
	    (nodes->fresh_end - nodes->fresh);
}

/* With hashes that are spread the tree is all but empty. */
START_TEST(keys_that_were_not_chosen_have_their_seats)
{
	leat_keyed *k = new_keyed(NULL);
	uint32_t n = short_run() ? 30000 : 300000;

	for (uint32_t i = 0; i < n; i++) {
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), 0, 1), 0);
		ck_assert_uint_le(in_crowd(k), 1 + i / 10000);
	}
	leat_keyed_free(k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Keys found by trying                                               */
/* ------------------------------------------------------------------ */

enum { CHOSEN = 400, LINES = 4 * CHOSEN };

struct lines {
	size_t n;
	uint64_t key[LINES];
	int64_t end[LINES];
	int flags[LINES];
};

static int note_line(void *ctx, const leat_result *r)
{
	struct lines *l = ctx;

	ck_assert_uint_lt(l->n, LINES);
	memcpy(&l->key[l->n], r->key, sizeof(l->key[0]));
	l->end[l->n] = r->end;
	l->flags[l->n++] = r->flags;
	return 0;
}

static int emit_line(void *ctx, const leat_result *r)
{
	(void)note_line(ctx, r);
	return 0;
}

/* Texts whose hashes under the seed {0, 0} begin with ten zeros. */
static void choose_keys(uint64_t *keys)
{
	static const uint64_t seed[2] = { 0, 0 };
	size_t n = 0;

	for (uint64_t i = 0; n < CHOSEN; i++)
		if (leat_siphash(seed, &i, sizeof(i)) >> 54 == 0)
			keys[n++] = i;
}

static void replay(const uint64_t *keys, uint64_t seed, struct lines *out)
{
	static const leat_stat count = LEAT_COUNT;
	keyed_choice o;
	leat_keyed *k;
	struct rng r = rng_new(3);

	memset(&o, 0, sizeof(o));
	o.seed[0] = o.seed[1] = seed;
	o.max_keys = CHOSEN / 2;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	o.dropped.emit = emit_line;
	o.dropped.ctx = out;
	o.by_time.kind = LEAT_TUMBLING;
	o.by_time.span = 300;
	o.by_time.stats = &count;
	o.by_time.n_stats = 1;
	o.by_time.sink.emit = emit_line;
	o.by_time.sink.ctx = out;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	out->n = 0;
	for (int64_t t = 0; t < 2 * CHOSEN; t++) {
		const uint64_t *key = &keys[rng_next(&r) % CHOSEN];
		ck_assert_int_eq(leat_keyed_push(k, key, sizeof(*key), t, 1),
		    LEAT_OK);
		ck_assert_uint_le(leat_keyed_n_keys(k), CHOSEN / 2);
	}
	leat_keyed_each(k, note_line, out);
	leat_keyed_free(k);
}

START_TEST(results_and_their_order_do_not_depend_on_the_seed)
{
	static uint64_t keys[CHOSEN];
	static struct lines chosen, other;

	choose_keys(keys);
	memset(&chosen, 0, sizeof(chosen));
	memset(&other, 0, sizeof(other));
	replay(keys, 0, &chosen);
	for (uint64_t seed = 1; seed < 4; seed++) {
		replay(keys, seed * 0x9e3779b97f4a7c15u, &other);
		ck_assert_uint_gt(chosen.n, CHOSEN);
		ck_assert(memcmp(&chosen, &other, sizeof(chosen)) == 0);
	}
}
END_TEST

Suite *keyed_crowd_suite(void)
{
	Suite *s = suite_create("keyed_crowd");
	TCase *t = tcase_create("crowd");

	tcase_add_loop_test(t, no_choice_of_hashes_makes_a_key_dear, 0, WAYS);
	tcase_add_loop_test(t, a_copy_finds_what_collides, 0, WAYS);
	tcase_add_loop_test(t, no_key_that_collides_is_lost_without_memory, 0,
	    WAYS);
	tcase_add_test(t, keys_that_were_not_chosen_have_their_seats);
	tcase_add_test(t, results_and_their_order_do_not_depend_on_the_seed);
	suite_add_tcase(s, t);
	return s;
}
