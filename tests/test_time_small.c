/*
 * Small windows by time: they have no nodes, and nobody can tell
 *
 * A twin has nodes from its first value on; all that both tell, answer and
 * count is the same to the bit, whatever comes in which order, and so are
 * their bytes after they have been saved and loaded. Then what small windows
 * take is measured, against what leat_time_window(3) and leat_keyed(3) say.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "../src/key/keyed.h"
#include "alloc.h"
#include "data.h"
#include "saved.h"
#include "suites.h"

enum { SEEN = 20000, NUMBERS = 8 };

struct seen {
	size_t n;
	struct line {
		int64_t start, end;
		uint64_t revision;
		double values[NUMBERS];
	} lines[SEEN];
};

static int see(void *ctx, const leat_result *r)
{
	struct seen *s = ctx;
	struct line *l = &s->lines[s->n++];

	ck_assert_uint_le(s->n, SEEN);
	memset(l, 0, sizeof(*l));
	l->start = r->start;
	l->end = r->end;
	l->revision = r->revision * 256 + (uint64_t)r->flags;
	for (size_t i = 0; i < r->n_values; i++)
		l->values[i] = r->values[i] == r->values[i] ? r->values[i]
							    : -1e300;
	return 0;
}

/* ------------------------------------------------------------------ */
/* The twin                                                           */
/* ------------------------------------------------------------------ */

enum twin_kind {
	PLAIN,
	ORDERED,
	PAIRED,
	TUMBLING,
	SESSION,
	HOPPING,
	PANES,
	IN_ORDER, /* panes, most of whose values are not late */
	IN_ROW,   /* nine to sixteen panes of one key, none of which is late */
	KINDS
};

struct twins {
	leat_stat stats[NUMBERS];
	keyed_choice o;
	leat_keyed *k[2]; /* the second has nodes */
	struct seen *seen[2];
	struct rng rng;
	int64_t now, span;
	int kind;
};

static void choose_stats(struct twins *t, int kind)
{
	static const char *const names[][NUMBERS] = {
		{ "mean", "stddev", "min", "max", "sum", "range" },
		{ "mean", "stddev", "rate", "time_mean", "first", "last" },
		{ "correlation", "slope", "mean", "stddev" },
	};
	const char *const *n = names[kind < PAIRED ? kind
		: kind >= PANES                    ? 0
		: kind == PAIRED                   ? 2
						   : 1];
	size_t i = 0;

	for (; i < NUMBERS && n[i]; i++)
		ck_assert_int_eq(leat_stat_parse(n[i], &t->stats[i]), LEAT_OK);
	t->o.by_time.stats = t->stats;
	t->o.by_time.n_stats = i;
}

static void choose_kind(struct twins *t, int kind)
{
	leat_time_window_options *o = &t->o.by_time;

	o->kind = kind == TUMBLING ? LEAT_TUMBLING
	    : kind == SESSION      ? LEAT_SESSION
	    : kind >= HOPPING      ? LEAT_HOPPING
				   : LEAT_SLIDING;
	if (kind == SESSION)
		o->gap = 3;
	else
		o->span = t->span;
	if (kind == HOPPING)
		o->hop = t->span / 2 + 1;
	if (kind >= PANES) {
		int64_t width = 1 + (int64_t)rng_below(&t->rng, 5);
		o->hop = width * (1 + (int64_t)rng_below(&t->rng, 3));
		o->span = o->hop + width * (int64_t)rng_below(&t->rng, 17);
		if (o->span == o->hop)
			o->span += width;
	}
	if (kind == IN_ROW) {
		o->hop = 1 + (int64_t)rng_below(&t->rng, 2);
		o->span = o->hop * (9 + (int64_t)rng_below(&t->rng, 8));
	}
}

static void need_nodes(leat_keyed *k)
{
	k->stream.forest.small = 0;
}

static void open_twins(struct twins *t, int kind, uint64_t seed)
{
	memset(t, 0, sizeof(*t));
	t->rng = rng_new(seed);
	t->kind = kind;
	t->span = 1 + (int64_t)rng_below(&t->rng, seed % 4 ? 24 : 90);
	choose_stats(t, kind);
	choose_kind(t, kind);
	t->o.by_time.delay = (int64_t)rng_below(&t->rng, 3) * 4;
	t->o.by_time.allowed_lateness = (int64_t)rng_below(&t->rng, 3) * 5;
	if (seed % 5 == 0) {
		t->o.by_time.max_values = 1 + rng_below(&t->rng, 40);
		t->o.by_time.when_full = LEAT_WHEN_FULL_EVICT_OLD;
	}
	for (int i = 0; i < 2; i++) {
		t->seen[i] = calloc(1, sizeof(struct seen));
		ck_assert_ptr_nonnull(t->seen[i]);
		t->o.by_time.sink.emit = see;
		t->o.by_time.sink.ctx = t->seen[i];
		ck_assert_int_eq(keyed_choice_new(&t->k[i], &t->o), LEAT_OK);
	}
	need_nodes(t->k[1]);
}

static void close_twins(struct twins *t)
{
	for (int i = 0; i < 2; i++) {
		leat_keyed_free(t->k[i]);
		free(t->seen[i]);
	}
}

static void push_both(struct twins *t)
{
	unsigned char key = t->kind == IN_ROW
	    ? 0
	    : (unsigned char)rng_below(&t->rng, 3);
	leat_event e = { &key, 1, t->now, 0, 0, 0, 0, 0 };

	/* Bursts, gaps, disorder. */
	if (rng_below(&t->rng, t->kind == IN_ROW ? 900 : 40) == 0)
		t->now += (int64_t)rng_below(&t->rng, 60);
	t->now += (int64_t)rng_below(&t->rng, 3);
	e.t = t->now;
	if (t->kind != IN_ROW &&
	    rng_below(&t->rng, t->kind == IN_ORDER ? 300 : 3) == 0)
		e.t -= (int64_t)rng_below(&t->rng, 12);
	e.x = (double)rng_below(&t->rng, 1000) / 7;
	e.y = (double)rng_below(&t->rng, 1000) / 11;
	if (rng_below(&t->rng, 30) == 0)
		e.x = NAN;
	int a = leat_keyed_push_events(t->k[0], &e, 1, NULL);
	ck_assert_int_eq(leat_keyed_push_events(t->k[1], &e, 1, NULL), a);
}

static void compare_twins(struct twins *t)
{
	leat_counts a, b;

	for (unsigned char key = 0; key < 3; key++) {
		double v[NUMBERS] = { 0 }, w[NUMBERS] = { 0 };
		int err = leat_keyed_query(t->k[0], &key, 1, v);
		ck_assert_int_eq(leat_keyed_query(t->k[1], &key, 1, w), err);
		for (size_t i = 0; i < t->o.by_time.n_stats; i++)
			ck_assert(same_bits(v[i], w[i]));
	}
	leat_keyed_counts(t->k[0], &a);
	leat_keyed_counts(t->k[1], &b);
	ck_assert(memcmp(&a, &b, sizeof(a)) == 0);
	ck_assert_uint_eq(t->seen[0]->n, t->seen[1]->n);
	ck_assert(memcmp(t->seen[0]->lines, t->seen[1]->lines,
		      t->seen[0]->n * sizeof(struct line)) == 0);
	t->seen[0]->n = t->seen[1]->n = 0;
}

/* Compares saved states, and checks that saving keeps no memory. */
static void compare_saved(struct twins *t)
{
	uint64_t before = leat_keyed_bytes(t->k[0]);
	struct saved a = keyed_saved(t->k[0]), b = keyed_saved(t->k[1]);

	ck_assert_uint_eq(a.n, b.n);
	ck_assert(memcmp(a.bytes, b.bytes, a.n) == 0);
	ck_assert_uint_eq(leat_keyed_bytes(t->k[0]), before);
	saved_free(&a);
	saved_free(&b);
}

/* Saves and loads a twin, or copies both. */
static void renew(struct twins *t, int how)
{
	if (how == 0) {
		t->o.by_time.sink.ctx = t->seen[0];
		keyed_again(&t->k[0], &t->o);
		return;
	}
	for (int i = 0; i < 2; i++) {
		leat_keyed *k;
		ck_assert_int_eq(leat_keyed_copy(t->k[i], NULL, &k), LEAT_OK);
		leat_keyed_free(t->k[i]);
		t->k[i] = k;
	}
	need_nodes(t->k[1]);
}

START_TEST(small_windows_are_as_large_ones_to_the_bit)
{
	uint64_t seeds = short_run() ? 6 : 40;

	for (uint64_t seed = 0; seed < seeds; seed++) {
		struct twins t;
		open_twins(&t, _i, seed * 6 + (uint64_t)_i);
		for (int step = 0; step < 2000; step++) {
			push_both(&t);
			if (step % 7 == 0)
				compare_twins(&t);
			if (step % 37 == 0)
				compare_saved(&t);
			if (step % 97 == 0)
				renew(&t, step % 2);
		}
		compare_twins(&t);
		close_twins(&t);
	}
}
END_TEST

/* With nodes from the first value on, and without from the last on. */
START_TEST(both_forms_load_as_one)
{
	struct twins t;

	open_twins(&t, _i, 77);
	for (int step = 0; step < 600; step++) {
		push_both(&t);
		compare_twins(&t);
		if (step % 20 == 0) {
			t.o.by_time.sink.ctx = t.seen[1];
			keyed_again(&t.k[1], &t.o);
		}
	}
	close_twins(&t);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Bytes                                                              */
/* ------------------------------------------------------------------ */

enum { KEYS = 2500 };

/*
 * On machines with pointers of eight bytes, with mean and standard deviation:
 * for each of so many values or panes, and beside them.
 */
struct price {
	int kind;
	size_t each, key, plain;
};

static const struct price prices[] = {
	{ LEAT_SLIDING, 16, 400, 5200 },
	{ LEAT_HOPPING, 88, 400, 12000 },
	{ LEAT_TUMBLING, 0, 230, 2600 },
	{ LEAT_SESSION, 0, 230, 2600 },
};

/* Windows of n values, or of n panes of two values. */
static leat_time_window_options small_options(int kind, int64_t n,
    leat_stat *stats)
{
	leat_time_window_options o;

	memset(&o, 0, sizeof(o));
	ck_assert_int_eq(leat_stat_parse("mean", &stats[0]), LEAT_OK);
	ck_assert_int_eq(leat_stat_parse("stddev", &stats[1]), LEAT_OK);
	o.kind = kind;
	o.stats = stats;
	o.n_stats = 2;
	if (kind == LEAT_SESSION)
		o.gap = 10 * n;
	else
		o.span = 10 * n;
	if (kind == LEAT_HOPPING)
		o.hop = n > 1 ? 10 : 5;
	return o;
}

static int pushes_at(int kind)
{
	return kind == LEAT_HOPPING ? 2 : 1;
}

START_TEST(a_key_with_a_small_window_takes_what_the_page_says)
{
	const struct price *p = &prices[_i];

	for (int64_t n = 1; n <= 16; n += short_run() ? 5 : 1) {
		struct counted heap = { 0 };
		leat_allocator a = counted_allocator(&heap);
		leat_stat stats[2];
		keyed_choice o;
		leat_keyed *k;
		memset(&o, 0, sizeof(o));
		o.by_time = small_options(p->kind, n, stats);
		o.allocator = &a;
		ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
		for (int64_t t = 0; t < 10 * 40; t += 10)
			for (uint32_t key = 0; key < KEYS; key++)
				for (int i = 0; i < pushes_at(p->kind); i++)
					ck_assert_int_eq(leat_keyed_push(k,
							     &key, sizeof(key),
							     t, 7.1),
					    LEAT_OK);
		size_t panes = (size_t)(n > 1 ? n : 2);
		size_t most = KEYS *
		    (p->key +
			p->each *
			    (p->kind == LEAT_HOPPING ? panes : (size_t)n));
		ck_assert_msg(sizeof(void *) > 8 || heap.bytes <= most,
		    "kind %d, %d values: %zu bytes a key", p->kind, (int)n,
		    heap.bytes / KEYS);
		leat_keyed_free(k);
		ck_assert_uint_eq(heap.bytes, 0);
	}
}
END_TEST

START_TEST(a_small_window_takes_what_the_page_says)
{
	const struct price *p = &prices[_i];

	for (int64_t n = 1; n <= 16; n++) {
		struct counted heap = { 0 };
		leat_allocator a = counted_allocator(&heap);
		leat_stat stats[2];
		leat_time_window_options o = small_options(p->kind, n, stats);
		leat_time_window *w;
		o.allocator = &a;
		ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
		for (int64_t t = 0; t < 10 * 200; t += 10)
			for (int i = 0; i < pushes_at(p->kind); i++)
				ck_assert_int_eq(leat_time_window_push(w, t,
						     7.1),
				    LEAT_OK);
		ck_assert_msg(sizeof(void *) > 8 || heap.bytes <= p->plain,
		    "kind %d, %d values: %zu bytes", p->kind, (int)n,
		    heap.bytes);
		leat_time_window_free(w);
		ck_assert_uint_eq(heap.bytes, 0);
	}
}
END_TEST

Suite *time_small_suite(void)
{
	Suite *s = suite_create("time_small");
	TCase *t = tcase_create("small");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, small_windows_are_as_large_ones_to_the_bit, 0,
	    KINDS);
	tcase_add_loop_test(t, both_forms_load_as_one, 0, KINDS);
	tcase_add_loop_test(t,
	    a_key_with_a_small_window_takes_what_the_page_says, 0, 4);
	tcase_add_loop_test(t, a_small_window_takes_what_the_page_says, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
