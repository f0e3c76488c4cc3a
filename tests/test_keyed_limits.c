/*
 * Keyed windows at their limits: memory, failing allocators, many keys that
 * come and go, options that make no sense. Where nothing fails there is a
 * computation of its own to compare with; where something does, an object
 * to which it did not happen.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "../src/key/keyed.h"
#include "alloc.h"
#include "data.h"
#include "lists.h"
#include "suites.h"

static const leat_stat mean_stddev[] = { LEAT_MEAN, LEAT_STDDEV };
static int token; /* something to point at */

static keyed_choice tumbling(int64_t span)
{
	keyed_choice o;

	memset(&o, 0, sizeof(o));
	o.by_time.kind = LEAT_TUMBLING;
	o.by_time.span = span;
	o.by_time.stats = mean_stddev;
	o.by_time.n_stats = 2;
	return o;
}

static leat_keyed *made(const keyed_choice *o)
{
	leat_keyed *k;

	ck_assert_int_eq(keyed_choice_new(&k, o), LEAT_OK);
	return k;
}

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

static void refused(keyed_choice o, int code, int line)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_keyed *mark = (leat_keyed *)(void *)&token, *k = mark;

	if (!o.allocator)
		o.allocator = &a;
	int got = keyed_choice_new(&k, &o);
	ck_assert_msg(got == code, "line %d: %d, not %d", line, got, code);
	ck_assert_msg(k == NULL && heap.calls == 0, "line %d", line);
}

#define REFUSED(o, code) refused(o, code, __LINE__)

START_TEST(options_that_make_no_sense_are_refused)
{
	const keyed_choice sound = tumbling(10);
	leat_allocator half = { 0 }, whole = leat_malloc_allocator;
	keyed_choice o = sound;

	o.by_count.stats = mean_stddev; /* both */
	o.by_count.n_stats = 2;
	REFUSED(o, LEAT_EINVAL);
	o.by_time.n_stats = 0; /* by count, and without a size */
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.by_time.n_stats = 0; /* neither */
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.by_time.span = 0;
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.by_time.kind = N_KINDS + 1;
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.ttl = -1;
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.max_keys = 3;
	o.when_keys_full = 2;
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.max_keys = ((uint64_t)1 << 31) + 1;
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.by_time.allocator = &whole;
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.by_count.stats = o.by_time.stats;
	o.by_count.n_stats = o.by_time.n_stats;
	o.by_time.n_stats = 0;
	o.by_count.size = 3;
	o.by_count.allocator = &whole;
	REFUSED(o, LEAT_EINVAL);
	o = sound;
	o.allocator = &half;
	REFUSED(o, LEAT_EINVAL);
}
END_TEST

START_TEST(a_key_has_at_most_key_max_bytes)
{
	static char text[LEAT_KEY_MAX + 1];
	keyed_choice o = tumbling(10);
	leat_keyed *k = made(&o);
	leat_event e = { text, LEAT_KEY_MAX + 1, 0, 1, 0, 0, 0, 0 };
	leat_counts c;
	double v[2];

	ck_assert_int_eq(leat_keyed_push(k, text, LEAT_KEY_MAX + 1, 0, 1),
	    LEAT_EKEY);
	ck_assert_int_eq(leat_keyed_push_events(k, &e, 1, NULL), LEAT_EKEY);
	ck_assert_int_eq(leat_keyed_push_events(k, &e, 1, NULL), LEAT_EKEY);
	ck_assert_int_eq(leat_keyed_query(k, text, LEAT_KEY_MAX + 1, v),
	    LEAT_EKEY);
	ck_assert_int_eq(leat_keyed_drop(k, text, LEAT_KEY_MAX + 1), LEAT_EKEY);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 0);
	leat_keyed_counts(k, &c);
	ck_assert_uint_eq(c.pushed, 0);
	ck_assert_int_eq(leat_keyed_push(k, text, LEAT_KEY_MAX, 0, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_query(k, text, LEAT_KEY_MAX, v), LEAT_OK);
	ck_assert_int_eq(leat_keyed_query(k, text, LEAT_KEY_MAX - 1, v),
	    LEAT_EKEY);
	leat_keyed_free(k);
	leat_keyed_free(NULL);
}
END_TEST

START_TEST(pairs_and_single_values_are_told_apart)
{
	static const leat_stat slope = LEAT_SLOPE;
	keyed_choice o = tumbling(10);
	leat_keyed *k = made(&o);
	leat_event e = { "k", 1, 0, 1, 1, 0, 0, 0 };
	double v[2];

	ck_assert_int_eq(leat_keyed_push_xy(k, "k", 1, 0, 1, 1), LEAT_EPAIRS);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 0);
	leat_keyed_free(k);
	o.by_time.stats = &slope;
	o.by_time.n_stats = 1;
	k = made(&o);
	ck_assert_int_eq(leat_keyed_push(k, "k", 1, 0, 1), LEAT_EPAIRS);
	ck_assert_int_eq(leat_keyed_push_xy(k, "k", 1, 0, 0, 0), LEAT_OK);
	e.x = 2;
	e.y = 6;
	ck_assert_int_eq(leat_keyed_push_events(k, &e, 1, NULL), LEAT_OK);
	ck_assert_int_eq(leat_keyed_query(k, "k", 1, v), LEAT_OK);
	ck_assert(v[0] == 3);
	leat_keyed_free(k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Memory and visits                                                  */
/* ------------------------------------------------------------------ */

/* The page's bounds hold from some thousands of keys on. */
START_TEST(a_key_takes_what_the_page_says_beside_its_text)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };
	uint64_t most = short_run() ? 20000 : 200000, bound = _i ? 200 : 140;
	keyed_choice o = tumbling(1000);
	o.by_time.stats = stats;
	o.by_time.n_stats = (size_t)_i + 1;
	leat_keyed *k = made(&o);

	for (uint64_t n = 1; n <= most; n++) {
		uint64_t text = n * 0x9e3779b97f4a7c15u;
		ck_assert_int_eq(leat_keyed_push(k, &text, 8, 1, 1), LEAT_OK);
		ck_assert_msg(n < 6000 ||
			leat_keyed_bytes(k) <= n * (bound + 8),
		    "%llu keys take %llu bytes", (unsigned long long)n,
		    (unsigned long long)leat_keyed_bytes(k));
	}
	leat_keyed_free(k);
}
END_TEST

static void push_keys(leat_keyed *k, uint32_t first, uint32_t n, int64_t t)
{
	for (uint32_t i = first; i < first + n; i++)
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), t, 1),
		    LEAT_OK);
}

START_TEST(closing_visits_keys_with_data_alone)
{
	keyed_choice o = tumbling(10);
	leat_keyed *k = made(&o);

	push_keys(k, 0, 5000, 1);
	ck_assert_uint_eq(k->visits, 0);
	push_keys(k, 100, 7, 11); /* closes the first window of all */
	ck_assert_uint_eq(k->visits, 5000);
	for (int64_t t = 12; t < 20; t++)
		ck_assert_int_eq(leat_keyed_advance(k, t), LEAT_OK);
	ck_assert_uint_eq(k->visits, 5000);
	ck_assert_int_eq(leat_keyed_advance(k, 1000), LEAT_OK);
	ck_assert_uint_eq(k->visits, 5007);
	push_keys(k, 3, 2, 1001);
	ck_assert_int_eq(leat_keyed_advance(k, LEAT_TIME_MAX), LEAT_OK);
	ck_assert_uint_eq(k->visits, 5009);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 5000);
	leat_keyed_free(k);
}
END_TEST

struct tally {
	size_t results, early;
	uint64_t keys; /* a hash of the keys in the order they were told */
	double values;
};

static int on_tally(void *ctx, const leat_result *r)
{
	struct tally *c = ctx;
	uint32_t i = 0;

	memcpy(&i, r->key, r->key_len < sizeof(i) ? r->key_len : sizeof(i));
	c->results++;
	c->early += r->flags == LEAT_RESULT_EARLY;
	c->keys = c->keys * 31 + i + 1;
	c->values += r->values[0];
	return 0;
}

static struct tally pushed_anew(leat_keyed *k, struct tally *told)
{
	struct rng r = rng_new(1);

	memset(told, 0, sizeof(*told));
	for (int64_t t = -500; t < 500; t++) {
		uint32_t i = (uint32_t)rng_below(&r, 300);
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), t, i),
		    LEAT_OK);
	}
	return *told;
}

START_TEST(stored_values_are_counted_over_all_keys)
{
	static const leat_stat ordered = LEAT_INCREASE;
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING,
		LEAT_HOPPING };
	keyed_choice o = tumbling(100);
	leat_counts c;

	o.by_time.kind = kinds[_i];
	o.by_time.hop = kinds[_i] == LEAT_HOPPING ? 10 : 0;
	for (int i = 0; i < 2; i++) {
		leat_keyed *k = made(&o);
		push_keys(k, 0, 30, 1);
		push_keys(k, 10, 5, 2);
		leat_keyed_counts(k, &c);
		ck_assert_uint_eq(c.taken, 35);
		/* Sums of tumbling and hopping windows need no values. */
		ck_assert_uint_eq(c.stored, i || _i == 0 ? 35 : 0);
		leat_keyed_free(k);
		o.by_time.stats = &ordered;
		o.by_time.n_stats = 1;
	}
}
END_TEST

START_TEST(what_is_reset_is_as_new)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	keyed_choice o = tumbling(100);
	struct tally told, first, second;
	leat_counts c;

	o.allocator = &a;
	o.by_time.early_span = 30;
	o.by_time.sink.emit = on_tally;
	o.by_time.sink.ctx = &told;
	leat_keyed *k = made(&o);
	size_t live = heap.live;
	first = pushed_anew(k, &told);
	leat_keyed_reset(k);
	ck_assert_uint_eq(heap.live, live);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 0);
	ck_assert_uint_eq(leat_keyed_bytes(k), 0);
	ck_assert_int_eq(leat_keyed_now(k), INT64_MIN);
	ck_assert_int_eq(leat_keyed_watermark(k), INT64_MIN);
	leat_keyed_counts(k, &c);
	ck_assert_uint_eq(c.pushed, 0);
	second = pushed_anew(k, &told);
	ck_assert_uint_gt(first.early, 100);
	ck_assert_uint_eq(first.results, second.results);
	ck_assert_uint_eq(first.early, second.early);
	ck_assert_uint_eq(first.keys, second.keys);
	ck_assert(first.values == second.values);
	leat_keyed_free(k);
	ck_assert_uint_eq(heap.live, 0);
	ck_assert_uint_eq(heap.damaged, 0);
}
END_TEST

/* Windows without an earlier end are emitted when time ends, by first key. */
START_TEST(time_ends_for_all_keys)
{
	static const int kinds[] = { LEAT_LANDMARK, LEAT_DECAY };
	static const uint32_t order[] = { 7, 3, 9, 1 };
	keyed_choice o = tumbling(0);
	struct tally told = { 0, 0, 0, 0 };
	uint64_t keys = 0;

	o.by_time.kind = kinds[_i];
	o.by_time.half_life = _i ? 100 : 0;
	o.by_time.sink.emit = on_tally;
	o.by_time.sink.ctx = &told;
	leat_keyed *k = made(&o);
	for (int64_t t = 0; t < 8; t++) {
		uint32_t i = order[t % 4];
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), t, i),
		    LEAT_OK);
	}
	ck_assert_int_eq(leat_keyed_advance(k, LEAT_TIME_MAX - 1), LEAT_OK);
	ck_assert_uint_eq(told.results, 0);
	ck_assert_int_eq(leat_keyed_advance(k, LEAT_TIME_MAX), LEAT_OK);
	ck_assert_uint_eq(told.results, 4);
	for (size_t i = 0; i < 4; i++)
		keys = keys * 31 + order[i] + 1;
	ck_assert_uint_eq(told.keys, keys);
	ck_assert_int_eq(leat_keyed_watermark(k), LEAT_TIME_MAX);
	ck_assert_int_eq(leat_keyed_advance(k, LEAT_TIME_MAX), LEAT_OK);
	ck_assert_uint_eq(told.results, 4);
	leat_keyed_free(k);
}
END_TEST

struct ends {
	size_t n;
	int64_t start[32];
	unsigned char key[32];
	int flags[32];
};

static int on_end(void *ctx, const leat_result *r)
{
	struct ends *e = ctx;

	ck_assert_uint_lt(e->n, 32);
	e->start[e->n] = r->start;
	e->key[e->n] = *(const unsigned char *)r->key;
	e->flags[e->n++] = r->flags;
	return 0;
}

/*
 * Two keys, values at 5 and 45, and of one at 65: windows without data come
 * between those with data, in the order of their ends, and none after.
 */
START_TEST(no_empty_window_comes_last_when_time_ends)
{
	struct ends told = { 0 };
	keyed_choice o = tumbling(10);
	size_t n = 0;

	o.by_time.emit_empty = 1;
	o.by_time.delay = _i & 1 ? 100 : 0;
	o.by_time.allowed_lateness = _i & 2 ? 1000 : 0;
	o.by_time.sink.emit = on_end;
	o.by_time.sink.ctx = &told;
	leat_keyed *k = made(&o);
	for (int64_t t = 5; t < 50; t += 40) {
		ck_assert_int_eq(leat_keyed_push(k, "a", 1, t, 1), LEAT_OK);
		ck_assert_int_eq(leat_keyed_push(k, "b", 1, t, 1), LEAT_OK);
	}
	ck_assert_int_eq(leat_keyed_push(k, "b", 1, 65, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_advance(k, LEAT_TIME_MAX), LEAT_OK);
	for (int64_t start = 0; start < 70; start += 10) {
		int data = start == 0 || start == 40;
		/* By 65 the window [50, 60) has closed if there is no delay. */
		if (start <= 40 || (start == 50 && !(_i & 1))) {
			ck_assert_int_eq(told.start[n], start);
			ck_assert_int_eq(told.flags[n],
			    data ? 0 : LEAT_RESULT_EMPTY);
			ck_assert_uint_eq(told.key[n++], 'a');
		}
		data |= start == 60;
		ck_assert_int_eq(told.start[n], start);
		ck_assert_int_eq(told.flags[n], data ? 0 : LEAT_RESULT_EMPTY);
		ck_assert_uint_eq(told.key[n++], 'b');
	}
	ck_assert_uint_eq(told.n, n);
	leat_keyed_free(k);
}
END_TEST

/* Within a block of push_many() a key is dropped, and comes again. */
START_TEST(a_key_may_go_and_come_back_at_once)
{
	static const leat_event e[] = { { "a", 1, 0, 1, 0, 0, 0, 0 },
		{ "b", 1, 50, 1, 0, 0, 0, 0 }, { "a", 1, 51, 5, 0, 0, 0, 0 },
		{ "b", 1, 52, 1, 0, 0, 0, 0 }, { "a", 1, 53, 7, 0, 0, 0, 0 } };
	keyed_choice o = tumbling(1000);
	double v[2];

	o.ttl = 20;
	leat_keyed *k = made(&o);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 0, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push_events(k, e, 5, NULL), LEAT_OK);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 2);
	ck_assert_int_eq(leat_keyed_query(k, "a", 1, v), LEAT_OK);
	ck_assert(v[0] == 6); /* only 5 and 7 */
	leat_keyed_free(k);
}
END_TEST

/* Strangers whose values come too late cost nothing. */
START_TEST(a_key_that_is_refused_leaves_nothing)
{
	keyed_choice o = tumbling(10);

	o.max_keys = 3;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	leat_keyed *k = made(&o);
	push_keys(k, 0, 3, 1000);
	for (uint32_t i = 3; i < 2000; i++)
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), 5, 1),
		    LEAT_TOO_LATE);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 3);
	ck_assert_uint_eq(k->entries.order.n, 3);
	push_keys(k, 0, 3, 1001);
	ck_assert_uint_eq(k->drops, 1997);
	leat_keyed_free(k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* max_bytes                                                          */
/* ------------------------------------------------------------------ */

enum { CAP = 60000 };

START_TEST(at_max_bytes_new_keys_are_refused)
{
	keyed_choice o = tumbling(10);
	uint64_t taken = 0, refusals = 0;
	leat_counts c;

	o.max_bytes = CAP;
	leat_keyed *k = made(&o);
	for (uint32_t i = 0; i < 1000; i++) {
		int err = leat_keyed_push(k, &i, sizeof(i), 1, 1);
		ck_assert(err == LEAT_OK || err == LEAT_NO_ROOM);
		ck_assert_uint_le(leat_keyed_bytes(k), CAP);
		taken += err == LEAT_OK;
		refusals += err == LEAT_NO_ROOM;
	}
	/* More would not fit at 200 bytes a key, half must. */
	ck_assert_uint_gt(taken, CAP / 400);
	ck_assert_uint_gt(refusals, 0);
	ck_assert_uint_eq(leat_keyed_n_keys(k), taken);
	leat_keyed_counts(k, &c);
	ck_assert_uint_eq(c.taken, taken);
	ck_assert_uint_eq(c.refused, refusals);
	/* Keys that are there go on, and one that goes makes room. */
	push_keys(k, 0, (uint32_t)taken, 2);
	ck_assert_int_eq(leat_keyed_push(k, "new", 3, 2, 1), LEAT_NO_ROOM);
	uint32_t first = 0;
	ck_assert_int_eq(leat_keyed_drop(k, &first, sizeof(first)), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "new", 3, 2, 1), LEAT_OK);
	leat_keyed_free(k);
}
END_TEST

struct dropped {
	uint32_t next; /* the key that must be dropped next */
	uint64_t n;
};

static int on_dropped(void *ctx, const leat_result *r)
{
	struct dropped *d = ctx;
	uint32_t i;

	ck_assert_int_eq(r->flags, LEAT_RESULT_DROPPED);
	ck_assert_uint_eq(r->key_len, sizeof(i));
	memcpy(&i, r->key, sizeof(i));
	ck_assert_uint_eq(i, d->next);
	d->next++;
	d->n++;
	return 0;
}

START_TEST(at_max_bytes_old_keys_make_room)
{
	struct dropped d = { 0, 0 };
	keyed_choice o = tumbling(10);

	o.max_bytes = CAP;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	o.dropped.emit = on_dropped;
	o.dropped.ctx = &d;
	leat_keyed *k = made(&o);
	for (uint32_t i = 0; i < 3000; i++) {
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), 1, i),
		    LEAT_OK);
		ck_assert_uint_le(leat_keyed_bytes(k), CAP);
		ck_assert_uint_eq(leat_keyed_n_keys(k) + d.n, i + 1);
	}
	ck_assert_uint_gt(leat_keyed_n_keys(k), CAP / 400);
	leat_keyed_free(k);
}
END_TEST

/* A text that fits once all others are gone, and one that never does. */
START_TEST(a_long_key_makes_room_or_is_refused)
{
	static char text[LEAT_KEY_MAX];
	keyed_choice o = tumbling(10);
	double v[2];

	o.max_bytes = CAP;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	leat_keyed *k = made(&o);
	push_keys(k, 0, 1000, 1);
	uint64_t there = leat_keyed_n_keys(k);
	ck_assert_int_eq(leat_keyed_push(k, text, CAP + 1, 1, 1), LEAT_NO_ROOM);
	ck_assert_uint_eq(leat_keyed_n_keys(k), there);
	ck_assert_int_eq(leat_keyed_push(k, text, CAP - 10000, 1, 1), LEAT_OK);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 1);
	ck_assert_uint_le(leat_keyed_bytes(k), CAP);
	ck_assert_int_eq(leat_keyed_push(k, text, CAP - 100, 1, 1),
	    LEAT_NO_ROOM);
	push_keys(k, 0, 1000, 1);
	ck_assert_uint_le(leat_keyed_bytes(k), CAP);
	ck_assert_int_eq(leat_keyed_query(k, text, CAP - 10000, v), LEAT_EKEY);
	leat_keyed_free(k);
}
END_TEST

/* The pool of their texts is empty; the key that goes has memory of its own. */
START_TEST(keys_of_another_length_make_room)
{
	static char text[500];
	keyed_choice o = tumbling(10);

	o.max_bytes = CAP;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	leat_keyed *k = made(&o);
	for (uint32_t i = 0; i < 200; i++) {
		memcpy(text, &i, sizeof(i));
		ck_assert_int_eq(leat_keyed_push(k, text, sizeof(text), 1, 1),
		    LEAT_OK);
	}
	uint64_t there = leat_keyed_n_keys(k);
	ck_assert_uint_lt(there, 200);
	ck_assert_int_eq(leat_keyed_push(k, text, 40, 1, 1), LEAT_OK);
	ck_assert_uint_ge(leat_keyed_n_keys(k), there - 2);
	ck_assert_uint_le(leat_keyed_bytes(k), CAP);
	leat_keyed_free(k);
}
END_TEST

/* A key grows until the others are gone; then it is full. */
START_TEST(a_key_is_never_dropped_for_its_own_value)
{
	keyed_choice o = tumbling(10);
	int err = LEAT_OK;
	double v[2];

	o.by_time.kind = LEAT_SLIDING;
	o.by_time.span = 1000000;
	o.max_bytes = CAP;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	leat_keyed *k = made(&o);
	ck_assert_int_eq(leat_keyed_push(k, "big", 3, 0, 1), LEAT_OK);
	push_keys(k, 0, 5, 0);
	for (int64_t t = 1; !err && t < 100000; t++) {
		err = leat_keyed_push(k, "big", 3, t, (double)t);
		ck_assert_uint_le(leat_keyed_bytes(k), CAP);
	}
	ck_assert_int_eq(err, LEAT_NO_ROOM);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 1);
	ck_assert_int_eq(leat_keyed_query(k, "big", 3, v), LEAT_OK);
	leat_keyed_free(k);
}
END_TEST

/* Whoever pushes next has waited longest, and must not be what goes. */
START_TEST(the_oldest_key_is_not_dropped_for_its_own_value)
{
	keyed_choice o = tumbling(0);
	uint64_t fewest = 20;

	o.by_time.kind = LEAT_SLIDING;
	o.by_time.span = 1000000;
	o.max_bytes = CAP;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	leat_keyed *k = made(&o);
	for (uint32_t n = 0; n < 2000; n++) {
		uint32_t i = n % 20;
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), n, 1),
		    LEAT_OK);
		ck_assert_uint_le(leat_keyed_bytes(k), CAP);
		if (n >= 20 && leat_keyed_n_keys(k) < fewest)
			fewest = leat_keyed_n_keys(k);
	}
	ck_assert_uint_lt(fewest, 20);
	leat_keyed_free(k);
}
END_TEST

/*
 * Results that may be revised are noted. Those notes may not be refused, or
 * time would stand still; what is pushed still is.
 */
static void tens(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	(void)ctx;
	*start_out = t - t % 10;
	*end_out = *start_out + 10;
}

/* For options that need somebody who is told. */
static int nobody(void *ctx, const leat_result *r)
{
	(void)ctx;
	(void)r;
	return 0;
}

/* However little there may be: what a push has learned is freed with it. */
START_TEST(at_max_bytes_nothing_is_left_behind)
{
	static const leat_stat stat = LEAT_MEAN;
	static char text[300];
	struct rng r = rng_new(77);

	for (uint64_t most = 300; most < 12000; most += 113) {
		struct counted memory = { 0 };
		leat_allocator allocator = counted_allocator(&memory);
		keyed_choice o = { 0 };
		leat_keyed *k;
		o.by_time.kind = LEAT_CALENDAR;
		o.by_time.calendar.interval = tens;
		o.by_time.emit_empty = (int)(most % 2);
		o.by_time.sink.emit = nobody;
		o.by_time.stats = &stat;
		o.by_time.n_stats = 1;
		o.max_bytes = most;
		o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
		o.allocator = &allocator;
		ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
		for (int64_t t = 0; t < 200; t++) {
			size_t len = (size_t)rng_below(&r, sizeof(text));
			memset(text, (int)rng_below(&r, 9), sizeof(text));
			leat_keyed_push(k, text, len, t * 3, 1);
		}
		leat_keyed_free(k);
		ck_assert_uint_eq(memory.live, 0);
		ck_assert_uint_eq(memory.damaged, 0);
	}
}
END_TEST

START_TEST(at_max_bytes_windows_go_on_closing)
{
	keyed_choice o = tumbling(60);
	struct tally told = { 0, 0, 0, 0 };
	int refusals = 0;
	leat_keyed *copy;

	o.by_time.kind = LEAT_HOPPING;
	o.by_time.hop = 2;
	o.by_time.allowed_lateness = 1000;
	o.by_time.early_span = 10;
	o.by_time.emit_empty = 1;
	o.by_time.sink.emit = on_tally;
	o.by_time.sink.ctx = &told;
	o.dropped.emit = on_tally;
	o.dropped.ctx = &told;
	o.max_bytes = CAP;
	o.when_keys_full = _i ? LEAT_WHEN_FULL_EVICT_OLD
			      : LEAT_WHEN_FULL_REFUSE;
	leat_keyed *k = made(&o);
	for (uint32_t n = 0; n < 5000; n++) {
		uint32_t i = n % 100;
		int err = leat_keyed_push(k, &i, sizeof(i), n / 10, 1);
		ck_assert(err == LEAT_OK || (err == LEAT_NO_ROOM && !_i));
		refusals += err == LEAT_NO_ROOM;
		ck_assert_int_eq(leat_keyed_watermark(k), n / 10);
		ck_assert(leat_keyed_bytes(k) <= CAP || !_i);
	}
	/* The notes went beyond, or the keys did. */
	ck_assert(_i || leat_keyed_bytes(k) > CAP);
	ck_assert(_i || refusals > 0);
	ck_assert_int_eq(leat_keyed_copy(k, NULL, &copy), LEAT_OK);
	leat_keyed_free(copy);
	ck_assert_int_eq(leat_keyed_advance(k, 900), LEAT_OK);
	ck_assert_int_eq(leat_keyed_watermark(k), 900);
	ck_assert(leat_keyed_bytes(k) <= CAP || !_i);
	ck_assert_uint_gt(told.results, 100);
	leat_keyed_free(k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Many keys that come and go                                         */
/* ------------------------------------------------------------------ */

struct session {
	int64_t start, end;
	uint64_t seen; /* when its key was first seen */
	uint32_t key;
	double count, sum;
};

struct sessions {
	struct session *list;
	size_t n, room;
};

static void add_session(struct sessions *s, const struct session *one)
{
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->list = realloc(s->list, s->room * sizeof(*one));
		ck_assert_ptr_nonnull(s->list);
	}
	s->list[s->n++] = *one;
}

static int by_end(const void *a, const void *b)
{
	const struct session *s = a, *t = b;

	if (s->end != t->end)
		return s->end < t->end ? -1 : 1;
	return (s->seen > t->seen) - (s->seen < t->seen);
}

static int on_session(void *ctx, const leat_result *r)
{
	struct session s = { r->start, r->end, 0, 0, r->values[0],
		r->values[1] };

	ck_assert_uint_eq(r->key_len, sizeof(s.key));
	memcpy(&s.key, r->key, sizeof(s.key));
	add_session(ctx, &s);
	return 0;
}

enum { CROWD = 6000, GAP = 900, TTL = 2000 };

/* Keys move through their numbers, so that old ones are seen no more. */
static uint32_t passer_by(struct rng *r, int step)
{
	uint32_t recent = (uint32_t)rng_below(r, 500);

	if (rng_below(r, 10) == 0)
		recent = (uint32_t)rng_below(r, 3000);
	return ((uint32_t)step / 10 + recent) % CROWD;
}

/* Values in order: a key's sessions follow from its own values alone. */
static void expect(struct sessions *s, struct session *open, uint32_t key,
    int64_t t, double x, uint64_t step)
{
	struct session *o = &open[key];
	int fresh = o->count == 0;

	if (!fresh && t - (o->end - GAP) >= GAP) {
		add_session(s, o);
		fresh = 1;
	}
	/* Dropped since: it is seen for the first time again. */
	if (o->count == 0 || t - (o->end - GAP) >= TTL)
		o->seen = step;
	if (fresh) {
		o->start = t;
		o->count = o->sum = 0;
	}
	o->key = key;
	o->end = t + GAP;
	o->count++;
	o->sum += x;
}

static void same_sessions(const struct sessions *a, const struct sessions *b)
{
	ck_assert_uint_eq(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct session *s = &a->list[i], *t = &b->list[i];
		ck_assert_msg(s->start == t->start && s->end == t->end &&
			s->key == t->key && s->count == t->count &&
			s->sum == t->sum,
		    "session %zu: [%lld, %lld) of %u, not [%lld, %lld) of %u",
		    i, (long long)t->start, (long long)t->end, t->key,
		    (long long)s->start, (long long)s->end, s->key);
	}
}

START_TEST(sessions_of_many_keys_are_told_in_order)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_SUM };
	static struct session open[CROWD];
	struct sessions expected = { 0 }, told = { 0 };
	struct rng r = rng_new(11);
	keyed_choice o = tumbling(0);
	int steps = short_run() ? 20000 : 200000;
	int64_t t = 0;

	memset(open, 0, sizeof(open));
	o.by_time.kind = LEAT_SESSION;
	o.by_time.gap = GAP;
	o.by_time.stats = stats;
	o.by_time.sink.emit = on_session;
	o.by_time.sink.ctx = &told;
	o.ttl = TTL;
	o.max_keys = _i ? CROWD : 0;
	o.when_keys_full = _i ? LEAT_WHEN_FULL_EVICT_OLD
			      : LEAT_WHEN_FULL_REFUSE;
	leat_keyed *k = made(&o);
	for (int step = 0; step < steps; step++) {
		uint32_t key = passer_by(&r, step);
		double x = (double)rng_below(&r, 100);
		t += (int64_t)rng_below(&r, 3);
		expect(&expected, open, key, t, x, (uint64_t)step + 1);
		ck_assert_int_eq(leat_keyed_push(k, &key, sizeof(key), t, x),
		    LEAT_OK);
	}
	ck_assert_int_eq(leat_keyed_advance(k, LEAT_TIME_MAX), LEAT_OK);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 0);
	for (uint32_t i = 0; i < CROWD; i++)
		if (open[i].count > 0)
			add_session(&expected, &open[i]);
	qsort(expected.list, expected.n, sizeof(*expected.list), by_end);
	same_sessions(&expected, &told);
	leat_keyed_free(k);
	free(expected.list);
	free(told.list);
}
END_TEST

static leat_event crowd_event(struct rng *r, int step, uint32_t *key)
{
	leat_event e = { key, sizeof(*key), step / 4, 0, 0, 0, 0, 0 };

	*key = passer_by(r, step);
	e.t -= (int64_t)rng_below(r, 300); /* some are late */
	e.x = (double)rng_below(r, 1000);
	return e;
}

/* With so many keys that the table is looked at in the quick way. */
START_TEST(many_pushes_for_many_keys_are_as_many_single_ones)
{
	enum { PIECE = 1000 };
	static leat_event e[PIECE];
	static uint32_t keys[PIECE];
	keyed_choice o = tumbling(500);
	struct tally one_told = { 0, 0, 0, 0 }, many_told = { 0, 0, 0, 0 };
	struct rng r = rng_new(21);
	leat_keyed *one, *many;
	leat_counts a, b;
	double v[2], w[2];

	o.by_time.delay = 200;
	o.ttl = _i & 1 ? 400 : 0;
	o.max_keys = _i & 2 ? 700 : 0;
	o.when_keys_full = _i & 2 ? LEAT_WHEN_FULL_EVICT_OLD
				  : LEAT_WHEN_FULL_REFUSE;
	o.by_time.sink.emit = on_tally;
	o.by_time.sink.ctx = &one_told;
	one = made(&o);
	o.by_time.sink.ctx = &many_told;
	many = made(&o);
	for (int step = 0; step < (short_run() ? 5000 : 50000);) {
		int first = LEAT_OK;
		for (int i = 0; i < PIECE; i++, step++) {
			e[i] = crowd_event(&r, step, &keys[i]);
			int err = leat_keyed_push_events(one, &e[i], 1, NULL);
			if (!first)
				first = err;
		}
		ck_assert_int_eq(leat_keyed_push_events(many, e, PIECE, NULL),
		    first);
		ck_assert_uint_eq(leat_keyed_n_keys(one),
		    leat_keyed_n_keys(many));
	}
	ck_assert_uint_gt(one_told.results, 1000);
	ck_assert_uint_eq(one_told.results, many_told.results);
	ck_assert_uint_eq(one_told.keys, many_told.keys);
	ck_assert(one_told.values == many_told.values);
	leat_keyed_counts(one, &a);
	leat_keyed_counts(many, &b);
	ck_assert(memcmp(&a, &b, sizeof(a)) == 0);
	ck_assert_uint_gt(a.late, 0);
	for (uint32_t i = 0; i < CROWD; i++) {
		int err = leat_keyed_query(one, &i, sizeof(i), v);
		ck_assert_int_eq(leat_keyed_query(many, &i, sizeof(i), w), err);
		ck_assert(err ||
		    (same_bits(v[0], w[0]) && same_bits(v[1], w[1])));
	}
	leat_keyed_free(one);
	leat_keyed_free(many);
}
END_TEST

Suite *keyed_limits_suite(void)
{
	Suite *s = suite_create("keyed_limits");
	TCase *t = tcase_create("limits");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, options_that_make_no_sense_are_refused);
	tcase_add_test(t, a_key_has_at_most_key_max_bytes);
	tcase_add_test(t, pairs_and_single_values_are_told_apart);
	tcase_add_loop_test(t, a_key_takes_what_the_page_says_beside_its_text,
	    0, 2);
	tcase_add_test(t, closing_visits_keys_with_data_alone);
	tcase_add_loop_test(t, stored_values_are_counted_over_all_keys, 0, 3);
	tcase_add_test(t, what_is_reset_is_as_new);
	tcase_add_loop_test(t, time_ends_for_all_keys, 0, 2);
	tcase_add_loop_test(t, no_empty_window_comes_last_when_time_ends, 0, 4);
	tcase_add_test(t, a_key_may_go_and_come_back_at_once);
	tcase_add_test(t, a_key_that_is_refused_leaves_nothing);
	tcase_add_test(t, at_max_bytes_new_keys_are_refused);
	tcase_add_test(t, at_max_bytes_old_keys_make_room);
	tcase_add_test(t, keys_of_another_length_make_room);
	tcase_add_test(t, a_long_key_makes_room_or_is_refused);
	tcase_add_test(t, a_key_is_never_dropped_for_its_own_value);
	tcase_add_test(t, the_oldest_key_is_not_dropped_for_its_own_value);
	tcase_add_test(t, at_max_bytes_nothing_is_left_behind);
	tcase_add_loop_test(t, at_max_bytes_windows_go_on_closing, 0, 2);
	tcase_add_loop_test(t, sessions_of_many_keys_are_told_in_order, 0, 2);
	tcase_add_loop_test(t,
	    many_pushes_for_many_keys_are_as_many_single_ones, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
