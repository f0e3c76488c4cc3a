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

#include "../src/key/key.h"
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

static void see(void *ctx, const leat_result *r)
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
	leat_keyed_options o;
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
		o->advance = t->span / 2 + 1;
	if (kind >= PANES) {
		int64_t width = 1 + (int64_t)rng_below(&t->rng, 5);
		o->advance = width * (1 + (int64_t)rng_below(&t->rng, 3));
		o->span = o->advance + width * (int64_t)rng_below(&t->rng, 17);
		if (o->span == o->advance)
			o->span += width;
	}
	if (kind == IN_ROW) {
		o->advance = 1 + (int64_t)rng_below(&t->rng, 2);
		o->span = o->advance * (9 + (int64_t)rng_below(&t->rng, 8));
	}
}

static void need_nodes(leat_keyed *k)
{
	k->flow.forest.small = 0;
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
	t->o.by_time.lateness = (int64_t)rng_below(&t->rng, 3) * 5;
	if (seed % 5 == 0) {
		t->o.by_time.max_values = 1 + rng_below(&t->rng, 40);
		t->o.by_time.full = LEAT_EVICT_OLD;
	}
	for (int i = 0; i < 2; i++) {
		t->seen[i] = calloc(1, sizeof(struct seen));
		ck_assert_ptr_nonnull(t->seen[i]);
		t->o.by_time.sink.emit = see;
		t->o.by_time.sink.ctx = t->seen[i];
		ck_assert_int_eq(leat_keyed_new(&t->k[i], &t->o), LEAT_OK);
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
	leat_event e = { &key, 1, t->now, 0, 0, 0 };

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
	int a = leat_keyed_push_event(t->k[0], &e);
	ck_assert_int_eq(leat_keyed_push_event(t->k[1], &e), a);
}

static void compare_twins(struct twins *t)
{
	leat_time_counts a, b;

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

static void compare_saved(struct twins *t)
{
	struct saved a = keyed_saved(t->k[0]), b = keyed_saved(t->k[1]);

	ck_assert_uint_eq(a.n, b.n);
	ck_assert(memcmp(a.bytes, b.bytes, a.n) == 0);
	saved_free(&a);
	saved_free(&b);
}

/* One is saved and loaded, or both are copied. */
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

Suite *time_small_suite(void)
{
	Suite *s = suite_create("time_small");
	TCase *t = tcase_create("small");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, small_windows_are_as_large_ones_to_the_bit, 0,
	    KINDS);
	tcase_add_loop_test(t, both_forms_load_as_one, 0, KINDS);
	suite_add_tcase(s, t);
	return s;
}
