/*
 * The index of src/time, which holds what windows by time look up: against a
 * sorted array, and by how much it looks at and how many nodes it takes.
 */
#include <string.h>

#include "../src/time/index.h"

#include "data.h"
#include "suites.h"

enum { MOST = 6000 };

static const struct leat_index_kind kinds[] = { { 2, 1 }, { 4, 2 }, { 3, 1 } };

struct pair {
	int64_t key[2];
	int64_t value;
};

struct plain {
	struct pair items[MOST];
	size_t n;
};

static struct plain plain;
static struct leat_memory memory;
static struct leat_pool pool;
static struct leat_index x;
static const struct leat_index_kind *kind;

static int order_of(const int64_t *a, const int64_t *b)
{
	if (a[0] != b[0] || kind->key == 1)
		return a[0] < b[0] ? -1 : a[0] > b[0];
	return a[1] < b[1] ? -1 : a[1] > b[1];
}

/* Items of the array up to a key. */
static size_t plain_up_to(const int64_t *key)
{
	size_t n = 0;
	while (n < plain.n && order_of(plain.items[n].key, key) <= 0)
		n++;
	return n;
}

static void same_item(const int64_t *got, size_t i)
{
	if (i >= plain.n) {
		ck_assert_ptr_null(got);
		return;
	}
	ck_assert_ptr_nonnull(got);
	ck_assert_int_eq(order_of(got, plain.items[i].key), 0);
	ck_assert_int_eq(got[kind->key], plain.items[i].value);
}

static void compare(const int64_t *key)
{
	size_t n = plain_up_to(key);
	same_item(leat_index_find(kind, &x, key), n > 0 ? n - 1 : plain.n);
	same_item(leat_index_after(kind, &x, key), n);
	same_item(leat_index_first(kind, &x), 0);
	ck_assert_uint_eq(leat_index_length(&x), plain.n);
}

static void add(const int64_t *key, int64_t value)
{
	size_t at = plain_up_to(key);
	if (plain.n == MOST ||
	    (at > 0 && order_of(plain.items[at - 1].key, key) == 0))
		return;
	ck_assert_int_eq(leat_index_reserve(&pool,
			     leat_index_need(kind, &x, 1)),
	    LEAT_OK);
	int64_t *item = leat_index_add(kind, &x, &pool, key);
	item[kind->key] = value;
	memmove(plain.items + at + 1, plain.items + at,
	    (plain.n - at) * sizeof(struct pair));
	plain.items[at] = (struct pair){ { key[0], key[1] }, value };
	plain.n++;
}

static void drop(size_t at)
{
	leat_index_remove(kind, &x, &pool, plain.items[at].key);
	plain.n--;
	memmove(plain.items + at, plain.items + at + 1,
	    (plain.n - at) * sizeof(struct pair));
}

/* Half-way to the item before it. */
static void rename_item(size_t at)
{
	int64_t was[2] = { plain.items[at].key[0], plain.items[at].key[1] };
	int64_t to[2] = { was[0], was[1] };
	int64_t before = at > 0 ? plain.items[at - 1].key[0] : -1000;
	if (before >= -1000 && was[0] < INT64_MAX && was[0] > before + 1)
		to[0] -= (was[0] - before) / 2;
	leat_index_rename(kind, &x, was, to);
	plain.items[at].key[0] = to[0];
}

static void start(int which)
{
	memset(&memory, 0, sizeof(memory));
	memory.allocator = leat_malloc_allocator;
	leat_pool_init(&pool, &memory, sizeof(struct leat_index_node));
	memset(&x, 0, sizeof(x));
	plain.n = 0;
	kind = &kinds[which];
}

static void finish(void)
{
	size_t there = pool.n_spare + pool.fresh, chunks = 0;
	leat_index_clear(&x, &pool);
	chunks = pool.n_spare + pool.fresh;
	ck_assert_uint_ge(chunks, there);
	leat_index_release(&pool);
	ck_assert_uint_eq(memory.bytes, 0);
}

static int64_t far_or_near(struct rng *r, int64_t range)
{
	if (rng_below(r, 50) == 0)
		return rng_below(r, 2) ? INT64_MIN : INT64_MAX;
	return (int64_t)rng_below(r, (uint64_t)range);
}

START_TEST(an_index_is_a_sorted_array_that_is_found_in_fast)
{
	for (uint64_t seed = 1; seed <= (short_run() ? 3u : 12u); seed++) {
		struct rng r = rng_new(seed);
		int64_t range = seed % 2 ? 3000 : 100;
		start(_i);
		for (int step = 0; step < 6000; step++) {
			int64_t key[2] = { far_or_near(&r, range),
				far_or_near(&r, 4) };
			int falls = step / 1500 % 2;
			if (rng_below(&r, 3) == (uint64_t)falls || plain.n == 0)
				add(key, step);
			else if (rng_below(&r, 2))
				drop(rng_below(&r, plain.n));
			else
				rename_item(rng_below(&r, plain.n));
			if (plain.n > 0 && falls)
				drop(rng_below(&r, 4) ? 0
						      : rng_below(&r, plain.n));
			compare(key);
		}
		struct leat_index copy = { NULL }, own = x;
		ck_assert_int_eq(leat_index_copy(kind, &copy, &pool, &x),
		    LEAT_OK);
		leat_index_clear(&own, &pool);
		x = copy;
		for (size_t i = 0; i < plain.n; i++)
			compare(plain.items[i].key);
		while (plain.n > 0)
			drop(rng_below(&r, plain.n));
		ck_assert_ptr_null(x.root);
		finish();
	}
}
END_TEST

/* Returns the nodes in use, of all that exist. */
static size_t nodes_left(void)
{
	return pool.n_spare + pool.fresh;
}

/* In order, in reverse, in the middle, and anywhere, into any that there is. */
static int64_t next_key(struct rng *r, int how, int64_t i)
{
	switch (how) {
	case 0:
		return 1000000 + i;
	case 1:
		return -i;
	case 2:
		return i % 2 ? 500000 + i : 500000 - i;
	default:
		return (int64_t)rng_below(r, 1000000);
	}
}

START_TEST(as_many_nodes_as_were_foreseen_are_enough)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct rng r = rng_new(seed);
		size_t before = rng_below(&r, 2000);
		start(_i);
		for (size_t i = 0; i < before; i++) {
			int64_t key[2] = {
				next_key(&r, (int)(seed % 4), (int64_t)i), 0
			};
			add(key, 1);
		}
		for (size_t i = 0; i < plain.n / 3; i++)
			drop(rng_below(&r, plain.n));
		for (int round = 0; round < 8; round++) {
			size_t n = 1 + rng_below(&r, round % 2 ? 4 : 300);
			size_t need = leat_index_need(kind, &x, n);
			ck_assert_int_eq(leat_index_reserve(&pool, need),
			    LEAT_OK);
			size_t left = nodes_left();
			for (size_t i = 0; i < n; i++) {
				int64_t key[2] = { next_key(&r, round / 2,
						       (int64_t)(plain.n + i)),
					7 };
				add(key, 2);
			}
			ck_assert_uint_le(left - nodes_left(), need);
		}
		finish();
	}
}
END_TEST

Suite *index_suite(void)
{
	Suite *s = suite_create("index");
	TCase *t = tcase_create("index");
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, an_index_is_a_sorted_array_that_is_found_in_fast,
	    0, 3);
	tcase_add_loop_test(t, as_many_nodes_as_were_foreseen_are_enough, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
