/*
 * Joining keyed windows
 *
 * As with windows by time, a stream of many keys is dealt out to two objects
 * and given to a third one whole; from the moment of joining on, the joined
 * one must tell what the third tells. Keys are in one, in the other or in
 * both, so they come in another order than in the third: what is told at one
 * time is compared as a set, and the order of keys by itself.
 *
 * Values are small whole numbers, and all results are exact.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "alloc.h"
#include "classes.h"
#include "data.h"
#include "saved.h"
#include "suites.h"

enum { MOST_KEYS = 12000, STATS = 4, TEXT = 40 };

static const leat_stat stats[STATS] = { LEAT_COUNT, LEAT_SUM, LEAT_MIN,
	LEAT_LAST };

/* ---- What is told ---- */

struct line {
	int what, flags; /* 0: a result, 1: a result of a dropped key */
	int64_t start, end;
	unsigned key;
	double v[STATS];
};

struct log {
	struct line *lines;
	size_t n, room;
};

/* Texts of three lengths, with the number at their end. */
static size_t key_text(unsigned key, unsigned char *text)
{
	size_t len = key % 3 == 0 ? 4 : key % 3 == 1 ? 16 : TEXT;

	memset(text, 'k', len);
	for (size_t i = 0; i < 4; i++)
		text[len - 4 + i] = (unsigned char)(key >> 8 * i);
	return len;
}

static unsigned key_number(const void *key, size_t len)
{
	const unsigned char *p = (const unsigned char *)key + len - 4;

	return p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16;
}

static void log_add(struct log *log, int what, const leat_result *r)
{
	if (log->n == log->room) {
		log->room = log->room ? 2 * log->room : 256;
		log->lines = realloc(log->lines,
		    log->room * sizeof(*log->lines));
		ck_assert_ptr_nonnull(log->lines);
	}
	struct line *l = &log->lines[log->n++];
	memset(l, 0, sizeof(*l));
	l->what = what;
	l->flags = r->flags;
	l->start = r->start;
	l->end = r->end;
	l->key = key_number(r->key, r->key_len);
	memcpy(l->v, r->values, r->n_values * sizeof(double));
}

static int on_told(void *ctx, const leat_result *r)
{
	log_add(ctx, 0, r);
	return 0;
}

static int on_evicted(void *ctx, const leat_result *r)
{
	log_add(ctx, 1, r);
	return 0;
}

static int by_end(const void *p, const void *q)
{
	const struct line *a = p, *b = q;

	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->key < b->key ? -1 : a->key > b->key;
}

static int same_line(const struct line *a, const struct line *b)
{
	int same = a->what == b->what && a->flags == b->flags &&
	    a->start == b->start && a->end == b->end && a->key == b->key;

	for (size_t i = 0; same && i < STATS; i++)
		same = same_bits(a->v[i], b->v[i]);
	return same;
}

static void same_logs(struct log *a, struct log *b, int in_order)
{
	ck_assert_uint_eq(a->n, b->n);
	if (!in_order && a->n > 0) {
		qsort(a->lines, a->n, sizeof(*a->lines), by_end);
		qsort(b->lines, b->n, sizeof(*b->lines), by_end);
	}
	for (size_t i = 0; i < a->n; i++)
		ck_assert_msg(same_line(&a->lines[i], &b->lines[i]),
		    "line %zu: key %u, [%lld, %lld), not key %u, [%lld, %lld)",
		    i, a->lines[i].key, (long long)a->lines[i].start,
		    (long long)a->lines[i].end, b->lines[i].key,
		    (long long)b->lines[i].start, (long long)b->lines[i].end);
	a->n = b->n = 0;
}

/* ---- Objects ---- */

struct one {
	keyed_choice o;
	leat_keyed *k;
	struct log log;
};

/* Sinks and the seed may differ between objects. */
static void one_open(struct one *s, const keyed_choice *o, uint64_t seed)
{
	s->o = *o;
	s->o.seed[0] = seed;
	memset(&s->log, 0, sizeof(s->log));
	s->o.dropped.emit = on_evicted;
	s->o.dropped.ctx = &s->log;
	if (o->by_time.n_stats > 0) {
		s->o.by_time.sink.emit = on_told;
		s->o.by_time.sink.ctx = &s->log;
	}
	ck_assert_int_eq(keyed_choice_new(&s->k, &s->o), LEAT_OK);
}

static void one_close(struct one *s)
{
	leat_keyed_free(s->k);
	free(s->log.lines);
}

static int push(struct one *s, unsigned key, int64_t t, double x)
{
	unsigned char text[TEXT];
	size_t len = key_text(key, text);

	return leat_keyed_push(s->k, text, len, t, x);
}

static keyed_choice timed_options(int kind)
{
	keyed_choice o = { 0 };

	o.by_time.kind = kind;
	o.by_time.span = kind == LEAT_LANDMARK ? 0 : 60;
	o.by_time.hop = kind == LEAT_HOPPING ? 20 : 0;
	o.by_time.stats = stats;
	o.by_time.n_stats = STATS;
	return o;
}

static keyed_choice counted_options(void)
{
	keyed_choice o = { 0 };

	o.by_count.kind = LEAT_LANDMARK;
	o.by_count.stats = stats;
	o.by_count.n_stats = STATS;
	return o;
}

struct key_list {
	unsigned keys[MOST_KEYS];
	size_t n;
	unsigned char there[MOST_KEYS];
};

static void note_key(struct key_list *l, unsigned key)
{
	if (!l->there[key])
		l->keys[l->n++] = key;
	l->there[key] = 1;
}

static int visit_key(void *ctx, const leat_result *r)
{
	struct key_list *l = ctx;

	l->keys[l->n++] = key_number(r->key, r->key_len);
	return 0;
}

static void same_keys(const struct one *s, const struct key_list *want)
{
	static struct key_list got;

	got.n = 0;
	ck_assert_int_eq(leat_keyed_each(s->k, visit_key, &got), 0);
	ck_assert_uint_eq(got.n, want->n);
	ck_assert(memcmp(got.keys, want->keys, want->n * sizeof(*want->keys)) ==
	    0);
}

static void same_queries(const struct one *a, const struct one *b,
    const struct key_list *keys)
{
	double got[STATS], want[STATS];
	unsigned char text[TEXT];

	for (size_t i = 0; i < keys->n; i++) {
		size_t len = key_text(keys->keys[i], text);
		ck_assert_int_eq(leat_keyed_query(a->k, text, len, got), 0);
		ck_assert_int_eq(leat_keyed_query(b->k, text, len, want), 0);
		for (size_t k = 0; k < STATS; k++)
			ck_assert(same_bits(got[k], want[k]));
	}
	ck_assert_uint_eq(leat_keyed_n_keys(a->k), leat_keyed_n_keys(b->k));
	ck_assert_int_eq(leat_keyed_now(a->k), leat_keyed_now(b->k));
	ck_assert_int_eq(leat_keyed_watermark(a->k),
	    leat_keyed_watermark(b->k));
}

static void same_counts(const struct one *a, const struct one *b)
{
	leat_counts c, d;

	leat_keyed_counts(a->k, &c);
	leat_keyed_counts(b->k, &d);
	ck_assert(memcmp(&c, &d, sizeof(c)) == 0);
}

static int unchanged(struct saved *before, leat_keyed *k)
{
	struct saved after = keyed_saved(k);
	int same = before->n == after.n &&
	    memcmp(before->bytes, after.bytes, after.n) == 0;

	saved_free(before);
	saved_free(&after);
	return same;
}

/* ---- A stream that is dealt out ---- */

struct deal {
	unsigned keys; /* number of keys */
	size_t events;
	int by_key;   /* a key's values go to one side alone */
	int in_turn;  /* first all of one side, then all of the other */
	int64_t step; /* ticks between two events, about; at least 1 */
};

static char side_of(const struct deal *d, unsigned key, size_t i, struct rng *r)
{
	if (d->in_turn)
		return i < d->events / 2 ? 'a' : 'b';
	if (d->by_key || key % 4 == 0)
		return key % 8 < 4 ? 'a' : 'b';
	return rng_below(r, 2) ? 'a' : 'b';
}

/* Returns the time it comes to; *order gets the keys that there will be. */
static int64_t deal_out(const struct deal *d, struct one *a, struct one *b,
    struct one *both, struct key_list *order, struct rng *r)
{
	static struct key_list second;
	int64_t t = 0;

	memset(order, 0, sizeof(*order));
	memset(&second, 0, sizeof(second));
	for (size_t i = 0; i < d->events; i++) {
		unsigned key = (unsigned)rng_below(r, d->keys);
		double x = (double)rng_below(r, 1000);
		char side = side_of(d, key, i, r);
		t += 1 + (int64_t)rng_below(r, (uint64_t)(2 * d->step));
		ck_assert_int_eq(push(side == 'a' ? a : b, key, t, x), 0);
		ck_assert_int_eq(push(both, key, t, x), 0);
		note_key(side == 'a' ? order : &second, key);
	}
	for (size_t i = 0; i < second.n; i++)
		note_key(order, second.keys[i]);
	return t;
}

static void advance_all(struct one *a, struct one *b, struct one *both,
    int64_t t)
{
	ck_assert_int_eq(leat_keyed_advance(a->k, t), LEAT_OK);
	ck_assert_int_eq(leat_keyed_advance(b->k, t), LEAT_OK);
	ck_assert_int_eq(leat_keyed_advance(both->k, t), LEAT_OK);
	a->log.n = b->log.n = both->log.n = 0;
}

static void join(struct one *a, struct one *b)
{
	struct saved before = keyed_saved(b->k);

	ck_assert_int_eq(leat_keyed_merge(a->k, b->k), LEAT_OK);
	ck_assert(unchanged(&before, b->k));
}

/* More values, of old keys and of new ones. */
static void go_on(const struct deal *d, struct one *a, struct one *both,
    int64_t t, struct rng *r)
{
	for (size_t i = 0; i < d->events / 4; i++) {
		unsigned key = (unsigned)rng_below(r, d->keys + 50);
		double x = (double)rng_below(r, 1000);
		t += 1 + (int64_t)rng_below(r, (uint64_t)(2 * d->step));
		ck_assert_int_eq(push(a, key, t, x), push(both, key, t, x));
	}
	same_logs(&a->log, &both->log, 0);
	ck_assert_int_eq(leat_keyed_advance(a->k, LEAT_TIME_MAX), LEAT_OK);
	ck_assert_int_eq(leat_keyed_advance(both->k, LEAT_TIME_MAX), LEAT_OK);
	same_logs(&a->log, &both->log, 0);
	same_counts(a, both);
}

static void play(const keyed_choice *o, const struct deal *d, uint64_t seed)
{
	static struct key_list order;
	struct one a, b, both;
	struct rng r = rng_new(seed);

	one_open(&a, o, 1);
	one_open(&b, o, 2);
	one_open(&both, o, 3);
	int64_t t = deal_out(d, &a, &b, &both, &order, &r);
	if (seed % 2)
		advance_all(&a, &b, &both, t);
	a.log.n = b.log.n = both.log.n = 0;
	if (seed % 3 == 0) {
		keyed_again(&a.k, &a.o);
		keyed_again(&b.k, &b.o);
	}
	/* Saving settles deferred pushes. */
	if (seed % 3 == 1)
		ck_assert_int_eq(leat_keyed_merge(a.k, b.k), LEAT_OK);
	else
		join(&a, &b);
	same_keys(&a, &order);
	same_queries(&a, &both, &order);
	same_counts(&a, &both);
	same_logs(&a.log, &both.log, 0);
	if (seed % 5 == 0)
		keyed_again(&a.k, &a.o);
	go_on(d, &a, &both, t, &r);
	one_close(&a);
	one_close(&b);
	one_close(&both);
}

/* Time is at one place: odd seeds; or has closed nothing: the delay. */
START_TEST(two_sets_of_keys_tell_what_one_would)
{
	static const int kinds[] = { LEAT_TUMBLING, LEAT_HOPPING,
		LEAT_LANDMARK };
	const struct deal sets[] = { { 3000, 12000, 0, 0, 1 },
		{ 3000, 9000, 1, 0, 1 }, { 40, 3000, 0, 0, 1 },
		{ 1, 50, 0, 0, 3 }, { 5, 0, 0, 0, 1 } };

	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		for (uint64_t seed = 1; seed <= 8; seed++) {
			keyed_choice o = timed_options(kinds[_i]);
			o.by_time.delay = seed % 2 ? 0 : 1000000;
			play(&o, &sets[i], seed);
		}
}
END_TEST

/* With so many keys, single pushes are put off inside. */
START_TEST(values_that_wait_are_joined_as_well)
{
	const struct deal d = { MOST_KEYS - 50, 40000, 0, 0, 1 };
	keyed_choice o = timed_options(LEAT_TUMBLING);

	o.by_time.span = 70000;
	for (uint64_t seed = 1; seed <= 4; seed++)
		play(&o, &d, seed);
}
END_TEST

/* By count, those of the second come after those of the first. */
START_TEST(two_sets_of_keys_by_count_are_one)
{
	const struct deal sets[] = { { 2000, 9000, 0, 1, 1 },
		{ 30, 2000, 0, 1, 1 }, { 1, 9, 0, 1, 1 } };

	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		for (uint64_t seed = 2; seed <= 9; seed++) {
			keyed_choice o = counted_options();
			o.ttl = seed % 2 ? 0 : 100000;
			play(&o, &sets[i], seed);
		}
}
END_TEST

/* ---- Keys that go ---- */

/* A key stays as long as the later of its two last values says. */
START_TEST(keys_go_when_both_have_been_silent)
{
	const struct deal d = { 300, 4000, 0, 0, 1 };

	for (uint64_t seed = 1; seed <= 6; seed++) {
		keyed_choice o = timed_options(seed % 4 < 2 ? LEAT_HOPPING
							    : LEAT_LANDMARK);
		o.ttl = 900;
		/* Otherwise a key might be dropped where it is silent alone. */
		o.by_time.delay = 100000;
		o.by_time.allowed_lateness = seed % 3 ? 0 : 50;
		static struct key_list order;
		struct one a, b, both;
		struct rng r = rng_new(seed);
		one_open(&a, &o, 1);
		one_open(&b, &o, 2);
		one_open(&both, &o, 3);
		int64_t t = deal_out(&d, &a, &b, &both, &order, &r);
		advance_all(&a, &b, &both, t);
		join(&a, &b);
		a.log.n = both.log.n = 0;
		for (int64_t by = 0; by < 102000; by += 17) {
			leat_keyed_advance(a.k, t + by);
			leat_keyed_advance(both.k, t + by);
			ck_assert_uint_eq(leat_keyed_n_keys(a.k),
			    leat_keyed_n_keys(both.k));
			same_logs(&a.log, &both.log, 0);
		}
		ck_assert_uint_eq(leat_keyed_n_keys(a.k), 0);
		one_close(&a);
		one_close(&b);
		one_close(&both);
	}
}
END_TEST

/*
 * The object ahead has no keys: a key's windows without data are emitted up to
 * its watermark, at once, and can be saved then.
 */
START_TEST(a_row_without_data_goes_on_to_the_later_watermark)
{
	static const unsigned char key[] = "four";

	for (int hops = 0; hops < 2; hops++) {
		keyed_choice o = timed_options(hops ? LEAT_HOPPING
						    : LEAT_TUMBLING);
		struct one a, b;
		o.by_time.span = 10;
		o.by_time.hop = hops ? 5 : 0;
		o.by_time.offset = 0;
		o.by_time.delay = 0;
		o.by_time.allowed_lateness = 1000;
		o.by_time.emit_empty = 1;
		one_open(&a, &o, 1);
		one_open(&b, &o, 2);
		for (int64_t t = 1; t <= 32; t += 31)
			ck_assert_int_eq(leat_keyed_push(b.k, key, 4, t, 1),
			    LEAT_OK);
		ck_assert_int_eq(leat_keyed_advance(a.k, 101), LEAT_OK);
		a.log.n = 0;
		ck_assert_int_eq(leat_keyed_merge(a.k, b.k), LEAT_OK);
		ck_assert_int_eq(leat_keyed_watermark(a.k), 101);
		keyed_again(&a.k, &a.o);
		size_t empty = 0;
		for (size_t i = 0; i < a.log.n; i++)
			empty += a.log.lines[i].flags == LEAT_RESULT_EMPTY;
		ck_assert_uint_eq(empty, hops ? 12 : 6);
		one_close(&a);
		one_close(&b);
	}
}
END_TEST

/* The order is as if the second's pushes had come after the first's. */
START_TEST(keys_make_room_in_the_order_of_pushes)
{
	const struct deal d = { 500, 4000, 0, 1, 1 };

	for (int by_count = 0; by_count < 2; by_count++) {
		keyed_choice o = by_count ? counted_options()
					  : timed_options(LEAT_TUMBLING);
		static struct key_list order;
		struct one a, b, both;
		struct rng r = rng_new(77);
		o.by_time.delay = by_count ? 0 : 100000;
		o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
		o.max_keys = 500;
		one_open(&a, &o, 1);
		one_open(&b, &o, 2);
		one_open(&both, &o, 3);
		int64_t t = deal_out(&d, &a, &b, &both, &order, &r);
		keyed_again(&b.k, &b.o);
		join(&a, &b);
		keyed_again(&a.k, &a.o);
		for (unsigned key = 600; key < 1100; key++) {
			ck_assert_int_eq(push(&a, key, t, 1), 0);
			ck_assert_int_eq(push(&both, key, t, 1), 0);
			same_logs(&a.log, &both.log, 1);
		}
		one_close(&a);
		one_close(&b);
		one_close(&both);
	}
}
END_TEST

/* An object without an order of pushes uses that of first pushes. */
START_TEST(where_there_is_no_order_of_pushes_keys_are_in_theirs)
{
	keyed_choice o = timed_options(LEAT_LANDMARK), p = o;
	static const unsigned in_b[] = { 9, 7, 8, 7, 9 };
	struct one a, b;

	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	o.max_keys = 4;
	one_open(&a, &o, 1);
	one_open(&b, &p, 2);
	push(&a, 7, 0, 1);
	push(&a, 1, 0, 1);
	for (size_t i = 0; i < 5; i++)
		push(&b, in_b[i], 0, 1);
	join(&a, &b);
	static const unsigned gone[] = { 1, 9, 7, 8 };
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_int_eq(push(&a, 20 + i, 0, 1), 0);
		ck_assert_uint_eq(a.log.n, i + 1);
		ck_assert_uint_eq(a.log.lines[i].key, gone[i]);
	}
	one_close(&a);
	one_close(&b);
}
END_TEST

/* ---- What cannot be joined ---- */

static void fill(struct one *s, unsigned from, unsigned n, int64_t t)
{
	for (unsigned i = 0; i < n; i++)
		ck_assert_int_eq(push(s, from + i, t, i), 0);
}

static void refused(const keyed_choice *o, const keyed_choice *p, int err)
{
	struct one a, b;

	one_open(&a, o, 1);
	one_open(&b, p, 2);
	fill(&a, 0, 10, 5);
	fill(&b, 5, 10, 5);
	struct saved before = keyed_saved(a.k);
	ck_assert_int_eq(leat_keyed_merge(a.k, b.k), err);
	ck_assert(unchanged(&before, a.k));
	one_close(&a);
	one_close(&b);
}

START_TEST(other_kinds_of_keyed_windows_are_not_joined)
{
	keyed_choice o = timed_options(LEAT_SLIDING);

	refused(&o, &o, LEAT_ENOTSUP);
	o = timed_options(LEAT_SESSION);
	o.by_time.span = 0;
	o.by_time.gap = 10;
	refused(&o, &o, LEAT_ENOTSUP);
	for (int kind = LEAT_SLIDING; kind <= LEAT_HOPPING; kind++) {
		o = counted_options();
		o.by_count.kind = kind;
		o.by_count.size = 4;
		o.by_count.hop = kind == LEAT_HOPPING ? 2 : 0;
		refused(&o, &o, LEAT_ENOTSUP);
	}
}
END_TEST

/* Not the one that it is a copy of. */
static leat_agg chain_twin;

START_TEST(keyed_windows_with_other_options_are_not_joined)
{
	static const leat_stat words[] = { LEAT_AGG(&chain_class, 1.0) },
			       others[] = { LEAT_AGG(&chain_class, 2.0) };
	keyed_choice o = timed_options(LEAT_TUMBLING), p = o;

	p.ttl = 1000;
	refused(&o, &p, LEAT_EOPTIONS);
	p = o;
	p.by_time.span++;
	refused(&o, &p, LEAT_EOPTIONS);
	p = counted_options();
	refused(&o, &p, LEAT_EOPTIONS);
	refused(&p, &o, LEAT_EOPTIONS);
	o = p;
	p.by_count.min_count = 2;
	refused(&o, &p, LEAT_EOPTIONS);
	p = o;
	p.by_count.on_missing = LEAT_ON_MISSING_PROPAGATE;
	refused(&o, &p, LEAT_EOPTIONS);
	p = o;
	p.by_count.n_stats--;
	refused(&o, &p, LEAT_EOPTIONS);
	p.by_count.n_stats = o.by_count.n_stats = 1;
	o.by_count.stats = words;
	refused(&o, &p, LEAT_EOPTIONS);
	p.by_count.stats = others;
	refused(&o, &p, LEAT_EOPTIONS);
	static const leat_stat twins[] = { LEAT_AGG(&chain_twin, 1.0) };
	chain_twin = chain_class;
	p.by_count.stats = twins;
	refused(&o, &p, LEAT_EOPTIONS);
	p = o;
	p.by_count.kind = LEAT_SLIDING;
	p.by_count.size = 4;
	refused(&o, &p, LEAT_EOPTIONS);
}
END_TEST

/* Limits, seeds and who is told are not what results depend on. */
START_TEST(limits_may_differ)
{
	keyed_choice o = counted_options(), p = o;
	struct one a, b;
	double out[STATS];
	unsigned char text[TEXT];

	o.max_keys = 20;
	p.by_count.min_count = 1;
	one_open(&a, &o, 1);
	one_open(&b, &p, 2);
	fill(&a, 0, 10, 5);
	fill(&b, 5, 10, 5);
	join(&a, &b);
	ck_assert_int_eq(leat_keyed_query(a.k, text, key_text(7, text), out),
	    0);
	ck_assert(out[0] == 2 && out[1] == 7 + 2);
	one_close(&a);
	one_close(&b);
}
END_TEST

START_TEST(more_keys_or_bytes_than_there_may_be_are_not_joined)
{
	for (int i = 0; i < 8; i++) {
		keyed_choice o = i & 1 ? counted_options()
				       : timed_options(LEAT_HOPPING);
		struct one a, b;
		int by_keys = (i & 2) != 0;
		o.max_keys = by_keys ? 100 : 0;
		o.max_bytes = by_keys ? 0 : 200000;
		o.when_keys_full = i & 4 ? LEAT_WHEN_FULL_EVICT_OLD
					 : LEAT_WHEN_FULL_REFUSE;
		one_open(&a, &o, 1);
		o.max_keys = o.max_bytes = 0;
		one_open(&b, &o, 2);
		fill(&a, 0, 60, 5);
		fill(&b, 30, by_keys ? 71 : 3000, 5);
		struct saved before = keyed_saved(a.k);
		uint64_t length = leat_keyed_n_keys(a.k);
		ck_assert_int_eq(leat_keyed_merge(a.k, b.k), LEAT_EFULL);
		ck_assert_uint_eq(leat_keyed_n_keys(a.k), length);
		ck_assert(unchanged(&before, a.k));
		/* The limit allows as many as can exist. */
		if (by_keys) {
			unsigned char text[TEXT];
			leat_keyed_drop(b.k, text, key_text(100, text));
			join(&a, &b);
			ck_assert_uint_eq(leat_keyed_n_keys(a.k), 100);
		}
		one_close(&a);
		one_close(&b);
	}
}
END_TEST

/* The key that is halved comes last, so that all others have been made. */
START_TEST(keys_are_not_joined_if_one_is_halved)
{
	for (int kind = LEAT_TUMBLING; kind <= LEAT_HOPPING; kind++) {
		keyed_choice o = timed_options(kind);
		struct one a, b;
		one_open(&a, &o, 1);
		one_open(&b, &o, 2);
		fill(&a, 0, 200, 100);
		fill(&b, 100, 200, 130);
		push(&b, 7, 500, 1);
		push(&a, 7, 410, 1);
		struct saved before = keyed_saved(a.k);
		ck_assert_int_eq(leat_keyed_merge(a.k, b.k), LEAT_ELATE);
		ck_assert(unchanged(&before, a.k));
		leat_keyed_advance(a.k, 500);
		join(&a, &b);
		one_close(&a);
		one_close(&b);
	}
}
END_TEST

/* ---- Memory ---- */

static size_t starve(const keyed_choice *options, unsigned keys)
{
	struct counted heap = { 0 };
	leat_allocator memory = counted_allocator(&heap);
	keyed_choice o = *options;
	struct one a, b;
	size_t failed = 0;

	o.allocator = &memory;
	one_open(&a, &o, 1);
	o.allocator = NULL;
	one_open(&b, &o, 2);
	fill(&a, 0, keys, 5);
	fill(&b, keys / 2, keys, 25);
	for (;; failed++) {
		struct saved before = keyed_saved(a.k);
		heap.calls = 0;
		heap.fail_from = 1 + failed / 2;
		heap.fail_at = failed % 2 ? 2 + failed / 2 : 0;
		int err = leat_keyed_merge(a.k, b.k);
		heap.fail_from = heap.fail_at = 0;
		if (!err) {
			ck_assert(!unchanged(&before, a.k));
			break;
		}
		ck_assert_int_eq(err, LEAT_ENOMEM);
		ck_assert(unchanged(&before, a.k));
		ck_assert_uint_lt(failed, 2000);
	}
	ck_assert_uint_eq(leat_keyed_n_keys(a.k), keys + keys / 2);
	one_close(&a);
	one_close(&b);
	ck_assert(heap.live == 0 && heap.damaged == 0);
	return failed;
}

START_TEST(without_memory_no_keys_are_joined)
{
	keyed_choice sets[5];
	size_t failed = 0;

	sets[0] = timed_options(LEAT_TUMBLING);
	sets[1] = timed_options(LEAT_HOPPING);
	sets[1].by_time.allowed_lateness = 1000;
	sets[2] = timed_options(LEAT_TUMBLING);
	sets[2].by_time.stats = &(const leat_stat)LEAT_TIME_MEAN;
	sets[2].by_time.n_stats = 1;
	sets[3] = counted_options();
	sets[4] = timed_options(LEAT_LANDMARK);
	sets[4].ttl = 100;
	for (size_t i = 0; i < 5; i++)
		for (unsigned keys = 2; keys <= 300; keys *= 12)
			failed += starve(&sets[i], keys);
	ck_assert_uint_gt(failed, 20);
}
END_TEST

/* ---- Three ---- */

/* Shards of keys: each has its own. What is told does not depend on order. */
START_TEST(three_shards_of_keys_are_joined_in_any_order)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 },
		{ 1, 2, 0 } };

	for (int i = 0; i < 3; i++) {
		keyed_choice o = timed_options(LEAT_HOPPING);
		struct one s[4];
		struct rng r = rng_new(4);
		for (int k = 0; k < 4; k++)
			one_open(&s[k], &o, (uint64_t)k);
		for (int64_t t = 0; t < 6000; t++) {
			unsigned key = (unsigned)rng_below(&r, 700);
			double x = (double)rng_below(&r, 100);
			ck_assert_int_eq(push(&s[key % 3], key, t / 9, x), 0);
			ck_assert_int_eq(push(&s[3], key, t / 9, x), 0);
		}
		for (int k = 0; k < 4; k++) {
			leat_keyed_advance(s[k].k, 667);
			keyed_again(&s[k].k, &s[k].o);
			s[k].log.n = 0;
		}
		struct one *first = &s[orders[i][0]], *then = &s[orders[i][1]];
		join(then, &s[orders[i][2]]);
		join(first, then);
		same_counts(first, &s[3]);
		leat_keyed_advance(first->k, LEAT_TIME_MAX);
		leat_keyed_advance(s[3].k, LEAT_TIME_MAX);
		ck_assert_uint_gt(s[3].log.n, 100);
		same_logs(&first->log, &s[3].log, 0);
		for (int k = 0; k < 4; k++)
			one_close(&s[k]);
	}
}
END_TEST

/* ---- The suite ---- */

Suite *state_merge_keyed_suite(void)
{
	Suite *s = suite_create("state_merge_keyed");
	TCase *t = tcase_create("streams");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, two_sets_of_keys_tell_what_one_would, 0, 3);
	tcase_add_test(t, values_that_wait_are_joined_as_well);
	tcase_add_test(t, two_sets_of_keys_by_count_are_one);
	tcase_add_test(t, three_shards_of_keys_are_joined_in_any_order);
	suite_add_tcase(s, t);
	t = tcase_create("going");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, keys_go_when_both_have_been_silent);
	tcase_add_test(t, a_row_without_data_goes_on_to_the_later_watermark);
	tcase_add_test(t, keys_make_room_in_the_order_of_pushes);
	tcase_add_test(t, where_there_is_no_order_of_pushes_keys_are_in_theirs);
	suite_add_tcase(s, t);
	t = tcase_create("refused");
	tcase_add_test(t, other_kinds_of_keyed_windows_are_not_joined);
	tcase_add_test(t, keyed_windows_with_other_options_are_not_joined);
	tcase_add_test(t, limits_may_differ);
	tcase_add_test(t, more_keys_or_bytes_than_there_may_be_are_not_joined);
	tcase_add_test(t, keys_are_not_joined_if_one_is_halved);
	suite_add_tcase(s, t);
	t = tcase_create("memory");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, without_memory_no_keys_are_joined);
	suite_add_tcase(s, t);
	return s;
}
