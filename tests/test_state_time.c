/*
 * Saved state of windows by time and by key: saved and loaded again after
 * every step
 *
 * As in test_state.c, two objects get the same steps, and one is made anew
 * from its bytes after each. All that either tells, in its order and with its
 * revisions, all codes, counts, clocks and queries are the same to the bit.
 * Options and streams are those of time_trial.h: every kind and policy.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "classes.h"
#include "data.h"
#include "lists.h"
#include "saved.h"
#include "suites.h"
#include "time_trial.h"

/* ---- What is told ---- */

enum { LOG_VALUES = TRIAL_STATS + 2, LOG_KEY = 8 };

struct line {
	int what, flags;
	int64_t start, end;
	uint64_t revision, count, missing;
	int64_t watermark;
	size_t key_len;
	unsigned char key[LOG_KEY]; /* last bytes of the key */
	size_t n;
	double values[LOG_VALUES];
};

struct log {
	struct line *lines;
	size_t n, room;
};

enum { TOLD, EVICTED, LATE };

static struct line *log_add(struct log *log, int what, const void *key,
    size_t len)
{
	if (log->n == log->room) {
		log->room = log->room ? 2 * log->room : 64;
		log->lines = realloc(log->lines,
		    log->room * sizeof(*log->lines));
		ck_assert_ptr_nonnull(log->lines);
	}
	struct line *l = &log->lines[log->n++];
	size_t some = len < LOG_KEY ? len : LOG_KEY;
	memset(l, 0, sizeof(*l));
	l->what = what;
	l->key_len = len;
	if (some > 0)
		memcpy(l->key, (const unsigned char *)key + (len - some), some);
	return l;
}

static void log_result(struct log *log, int what, const leat_result *r)
{
	struct line *l = log_add(log, what, r->key, r->key_len);

	l->flags = r->flags;
	l->start = r->start;
	l->end = r->end;
	l->revision = r->revision;
	l->watermark = r->watermark;
	l->count = r->count;
	l->missing = r->missing;
	l->n = r->n_values;
	memcpy(l->values, r->values, r->n_values * sizeof(double));
}

static int on_told(void *ctx, const leat_result *r)
{
	log_result(ctx, TOLD, r);
	return 0;
}

static int on_evicted(void *ctx, const leat_result *r)
{
	log_result(ctx, EVICTED, r);
	return 0;
}

static int on_late(void *ctx, const leat_event *e)
{
	struct line *l = log_add(ctx, LATE, e->key, e->key_len);

	l->start = e->t;
	l->n = 2;
	l->values[0] = e->x;
	l->values[1] = e->y;
	return 0;
}

/* Both logs, which are emptied. */
static void compare_logs(struct log *a, struct log *b, const char *what,
    uint64_t seed, size_t step)
{
	ck_assert_msg(a->n == b->n, "%s, seed %u, step %u: %u lines, not %u",
	    what, (unsigned)seed, (unsigned)step, (unsigned)b->n,
	    (unsigned)a->n);
	for (size_t i = 0; i < a->n; i++) {
		struct line *l = &a->lines[i], *m = &b->lines[i];
		int same = l->n == m->n && l->what == m->what &&
		    l->flags == m->flags && l->start == m->start &&
		    l->end == m->end && l->revision == m->revision &&
		    l->watermark == m->watermark && l->count == m->count &&
		    l->missing == m->missing && l->key_len == m->key_len &&
		    memcmp(l->key, m->key, LOG_KEY) == 0;
		for (size_t k = 0; same && k < l->n; k++)
			same = same_bits(l->values[k], m->values[k]);
		ck_assert_msg(same,
		    "%s, seed %u, step %u, line %u: [%lld, %lld) %.17g "
		    "revision %u flags %d, not [%lld, %lld) %.17g %u %d",
		    what, (unsigned)seed, (unsigned)step, (unsigned)i,
		    (long long)m->start, (long long)m->end, m->values[0],
		    (unsigned)m->revision, m->flags, (long long)l->start,
		    (long long)l->end, l->values[0], (unsigned)l->revision,
		    l->flags);
	}
	a->n = b->n = 0;
}

/* ---- Windows by time ---- */

static struct trial trial;

struct twins {
	leat_time_window *a, *b;
	leat_time_window_options oa, ob;
	struct log la, lb;
};

static int step_of(leat_time_window *w, const struct step *s)
{
	switch (s->kind) {
	case STEP_PUSH:
		return leat_time_window_push_events(w, &s->e, 1, NULL);
	case STEP_ADVANCE:
		return leat_time_window_advance(w, s->e.t);
	case STEP_FLUSH:
		return leat_time_window_flush(w);
	default:
		leat_time_window_reset(w);
		return LEAT_OK;
	}
}

static void compare_time_windows(struct twins *t, size_t step)
{
	double out[2][TRIAL_STATS];
	leat_counts n[2];
	int64_t at[4];

	leat_time_window_query(t->a, out[0]);
	leat_time_window_query(t->b, out[1]);
	for (size_t i = 0; i < trial.options.n_stats; i++)
		ck_assert_msg(same_bits(out[0][i], out[1][i]),
		    "%s, seed %u, step %u: query %u is %.17g, not %.17g",
		    trial.what, (unsigned)trial.seed, (unsigned)step,
		    (unsigned)i, out[1][i], out[0][i]);
	leat_time_window_interval(t->a, &at[0], &at[1]);
	leat_time_window_interval(t->b, &at[2], &at[3]);
	ck_assert(at[0] == at[2] && at[1] == at[3]);
	leat_time_window_counts(t->a, &n[0]);
	leat_time_window_counts(t->b, &n[1]);
	ck_assert(memcmp(&n[0], &n[1], sizeof(n[0])) == 0);
	ck_assert_int_eq(leat_time_window_now(t->a),
	    leat_time_window_now(t->b));
	ck_assert_int_eq(leat_time_window_watermark(t->a),
	    leat_time_window_watermark(t->b));
}

static void twins_open(struct twins *t)
{
	memset(t, 0, sizeof(*t));
	trial.options.stats = trial.stats;
	trial.options.allocator = NULL;
	t->oa = t->ob = trial.options;
	t->oa.sink.emit = t->ob.sink.emit = on_told;
	t->oa.late.late = t->ob.late.late = on_late;
	t->oa.sink.ctx = t->oa.late.ctx = &t->la;
	t->ob.sink.ctx = t->ob.late.ctx = &t->lb;
	ck_assert_int_eq(leat_time_window_new(&t->a, &t->oa), LEAT_OK);
	ck_assert_int_eq(leat_time_window_new(&t->b, &t->ob), LEAT_OK);
}

/* Saved after each step, or after some of them. */
static void play_twins(size_t every)
{
	struct twins t;

	twins_open(&t);
	for (size_t i = 0; i < trial.n_steps; i++) {
		if (i % every == 0)
			time_window_again(&t.b, &t.ob);
		int a = step_of(t.a, &trial.script[i]);
		int b = step_of(t.b, &trial.script[i]);
		ck_assert_int_eq(a, b);
		compare_logs(&t.la, &t.lb, trial.what, trial.seed, i);
		compare_time_windows(&t, i);
	}
	time_window_again(&t.b, &t.ob);
	leat_time_window_advance(t.a, LEAT_TIME_MAX);
	leat_time_window_advance(t.b, LEAT_TIME_MAX);
	time_window_again(&t.b, &t.ob);
	compare_logs(&t.la, &t.lb, "at the end", trial.seed, trial.n_steps);
	compare_time_windows(&t, trial.n_steps);
	leat_time_window_free(t.a);
	leat_time_window_free(t.b);
	free(t.la.lines);
	free(t.lb.lines);
}

#define ANY                                                                    \
	(WITH_WILD | WITH_PAIRS | WITH_ORDER | WITH_TICKS | WITH_RESET |       \
	    WITH_JUMPS | WITH_DISORDER | WITH_LATENESS | WITH_EARLY_COUNT |    \
	    WITH_EARLY_SPAN | WITH_EMPTY | WITH_SOURCES | WITH_SKEW)

static void play_seeds(const char *what, int kind, unsigned always,
    uint64_t seeds)
{
	if (short_run())
		seeds = seeds / 20 + 1;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_new(seed * 91 + always);
		unsigned some = (unsigned)rng_next(&r) & ANY;
		trial_make(&trial, what, kind, always | some, seed);
		play_twins(1);
	}
}

START_TEST(a_window_by_time_goes_on_with_the_same_bits)
{
	play_seeds("any", _i, 0, 60);
}
END_TEST

START_TEST(a_window_whose_values_are_evicted_goes_on)
{
	play_seeds("evicting", _i, WITH_EVICT | WITH_ORDER, 20);
	play_seeds("refusing", _i, WITH_REFUSE | WITH_ORDER, 10);
	play_seeds("windows", _i, WITH_WINDOWS, 20);
}
END_TEST

START_TEST(a_window_near_the_limits_of_time_goes_on)
{
	play_seeds("limits", _i, WITH_LIMITS, 20);
}
END_TEST

/* Trees of some levels, in every state of their edges. */
START_TEST(a_large_window_by_time_goes_on)
{
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING, LEAT_HOPPING,
		LEAT_LANDMARK, LEAT_SESSION };

	for (uint64_t seed = 1; seed <= (short_run() ? 1 : 3); seed++) {
		trial_make_large(&trial, kinds[_i], seed);
		play_twins(short_run() ? 97 : 7);
	}
}
END_TEST

/* ---- Keys ---- */

enum { KEYS = 14, KEY_MOST = 300 };

static unsigned char texts[KEYS][KEY_MOST];
static const size_t text_lengths[KEYS] = { 0, 1, 2, 3, 15, 16, 17, 31, 32, 33,
	100, 256, 257, 300 };

static void make_texts(void)
{
	for (size_t i = 0; i < KEYS; i++)
		for (size_t k = 0; k < KEY_MOST; k++)
			texts[i][k] = (unsigned char)(k % 5 ? k : i);
}

struct keyed_twins {
	leat_keyed *a, *b;
	keyed_choice oa, ob;
	struct log la, lb;
	leat_stat stats[LOG_VALUES];
	uint64_t seed;
	int pairs;
};

static int64_t of_three(struct rng *r, int64_t a, int64_t b, int64_t c)
{
	uint64_t which = rng_below(r, 3);

	return which == 0 ? a : which == 1 ? b : c;
}

static void choose_by_time(leat_time_window_options *o, int kind, struct rng *r)
{
	set_kind(o, kind, of_three(r, 1, 10, 24), of_three(r, 2, 5, 30),
	    uneven_months);
	o->delay = of_three(r, 0, 5, 40);
	o->allowed_lateness = of_three(r, 0, 0, 30);
	o->early_count = (uint64_t)of_three(r, 0, 0, 3);
	o->early_span = of_three(r, 0, 0, 17);
	if (kind_traits(kind) & KIND_GRID)
		o->emit_empty = (int)of_three(r, 0, 0, 1);
	if (rng_below(r, 4) == 0) {
		o->max_values = 5;
		o->when_full = LEAT_WHEN_FULL_EVICT_OLD;
	}
	if (rng_below(r, 4) == 0 && has_many_windows(kind))
		o->max_windows = 3;
}

static void choose_by_count(leat_window_options *o, int kind, struct rng *r)
{
	o->kind = kind;
	if (kind <= LEAT_HOPPING)
		o->size = 1 + rng_below(r, 12);
	if (kind == LEAT_HOPPING)
		o->hop = 1 + rng_below(r, 9);
	if (kind == LEAT_DECAY)
		o->half_life = 4;
}

static size_t choose_keyed_stats(struct keyed_twins *t, int by_count, int kind,
    struct rng *r)
{
	static const leat_stat plain[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_COUNT,
		LEAT_COUNT_MISSING };
	static const leat_stat more[] = { LEAT_MIN, LEAT_ARGMAX, LEAT_FIRST,
		LEAT_PRODUCT, LEAT_AGG(&chain_class, 0) };
	static const leat_stat timed[] = { LEAT_INCREASE, LEAT_TIME_MEAN };
	size_t n = 4;

	memcpy(t->stats, plain, sizeof(plain));
	if (kind == LEAT_DECAY)
		return n;
	if (rng_below(r, 2)) {
		memcpy(t->stats + n, more, sizeof(more));
		n += 5;
	}
	if (!by_count && rng_below(r, 3) == 0) {
		memcpy(t->stats + n, timed, sizeof(timed));
		n += 2;
	}
	return n;
}

static void choose_keyed(struct keyed_twins *t, int by_count, int kind,
    struct rng *r)
{
	keyed_choice *o = &t->oa;
	size_t n = choose_keyed_stats(t, by_count, kind, r);

	if (by_count) {
		choose_by_count(&o->by_count, kind, r);
		o->by_count.stats = t->stats;
		o->by_count.n_stats = n;
		if (kind <= LEAT_HOPPING)
			o->by_count.sink.emit = on_told;
		o->by_count.sink.ctx = &t->la;
	} else {
		choose_by_time(&o->by_time, kind, r);
		o->by_time.stats = t->stats;
		o->by_time.n_stats = n;
		o->by_time.sink.emit = on_told;
		o->by_time.late.late = on_late;
		o->by_time.sink.ctx = o->by_time.late.ctx = &t->la;
	}
	o->ttl = of_three(r, 0, 15, 200);
	o->max_keys = (uint64_t)of_three(r, 0, 5, 5);
	o->when_keys_full = (int)rng_below(r, 2);
	o->dropped.emit = on_evicted;
	o->dropped.ctx = &t->la;
	/* Time has its work to do where nobody is told of it, too. */
	if (rng_below(r, 4) == 0 && !o->by_time.early_count &&
	    !o->by_time.early_span && !o->by_time.emit_empty)
		o->by_time.sink.emit = NULL;
	t->ob = *o;
	t->ob.by_time.sink.ctx = t->ob.by_time.late.ctx = &t->lb;
	t->ob.by_count.sink.ctx = t->ob.dropped.ctx = &t->lb;
	t->ob.seed[0] = 12345; /* results do not depend on it */
}

static int log_each(void *ctx, const leat_result *r)
{
	log_result(ctx, TOLD, r);
	return 0;
}

static void compare_keyed(struct keyed_twins *t, const char *what, size_t step)
{
	leat_counts n[2];

	compare_logs(&t->la, &t->lb, what, t->seed, step);
	leat_keyed_each(t->a, log_each, &t->la);
	leat_keyed_each(t->b, log_each, &t->lb);
	compare_logs(&t->la, &t->lb, what, t->seed, step);
	ck_assert_uint_eq(leat_keyed_n_keys(t->a), leat_keyed_n_keys(t->b));
	leat_keyed_counts(t->a, &n[0]);
	leat_keyed_counts(t->b, &n[1]);
	ck_assert(memcmp(&n[0], &n[1], sizeof(n[0])) == 0);
	ck_assert_int_eq(leat_keyed_now(t->a), leat_keyed_now(t->b));
	ck_assert_int_eq(leat_keyed_watermark(t->a),
	    leat_keyed_watermark(t->b));
}

static int keyed_step(leat_keyed *k, const leat_event *e, uint64_t how)
{
	if (how == 0)
		return leat_keyed_advance(k, e->t);
	if (how == 1)
		return leat_keyed_drop(k, e->key, e->key_len);
	if (how == 2)
		return leat_keyed_push_events(k, e, 1, NULL);
	return leat_keyed_push_events(k, e, 1, NULL);
}

static void play_keyed(struct keyed_twins *t, struct rng *r, const char *what)
{
	int64_t now = 0;

	ck_assert_int_eq(keyed_choice_new(&t->a, &t->oa), LEAT_OK);
	ck_assert_int_eq(keyed_choice_new(&t->b, &t->ob), LEAT_OK);
	for (size_t i = 0; i < 150; i++) {
		uint64_t how = rng_below(r, 40);
		size_t key = (size_t)rng_below(r, KEYS);
		leat_event e = { texts[key], text_lengths[key], 0, 0, 0, 0, 0,
			0 };
		keyed_again(&t->b, &t->ob);
		now += (int64_t)rng_below(r, rng_below(r, 9) ? 4 : 60);
		e.t = now - (int64_t)rng_below(r, 12);
		e.x = rng_below(r, 9) ? rng_normal(r) : NAN;
		int a = keyed_step(t->a, &e, how);
		int b = keyed_step(t->b, &e, how);
		ck_assert_int_eq(a, b);
		compare_keyed(t, what, i);
	}
	keyed_again(&t->b, &t->ob);
	leat_keyed_advance(t->a, LEAT_TIME_MAX);
	leat_keyed_advance(t->b, LEAT_TIME_MAX);
	keyed_again(&t->b, &t->ob);
	compare_keyed(t, what, 150);
	leat_keyed_free(t->a);
	leat_keyed_free(t->b);
	free(t->la.lines);
	free(t->lb.lines);
}

static void play_keyed_seeds(int by_count, int kind)
{
	uint64_t seeds = short_run() ? 2 : 50;

	make_texts();
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_new(seed * 17 + (uint64_t)kind);
		struct keyed_twins t;
		memset(&t, 0, sizeof(t));
		t.seed = seed;
		choose_keyed(&t, by_count, kind, &r);
		play_keyed(&t, &r, by_count ? "by count" : "by time");
	}
}

START_TEST(keyed_windows_by_time_go_on_with_the_same_bits)
{
	play_keyed_seeds(0, _i);
}
END_TEST

START_TEST(keyed_windows_by_count_go_on_with_the_same_bits)
{
	play_keyed_seeds(1, _i);
}
END_TEST

/* Single pushes are deferred, since there are many keys. */
START_TEST(many_keys_are_saved_with_what_waits)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };
	struct rng r = rng_new(4);
	struct keyed_twins t;
	keyed_choice *o = &t.oa;

	memset(&t, 0, sizeof(t));
	o->by_time.kind = LEAT_TUMBLING;
	o->by_time.span = 1000;
	o->by_time.stats = stats;
	o->by_time.n_stats = 2;
	o->by_time.sink.emit = on_told;
	o->by_time.sink.ctx = &t.la;
	t.ob = *o;
	t.ob.by_time.sink.ctx = &t.lb;
	ck_assert_int_eq(keyed_choice_new(&t.a, &t.oa), LEAT_OK);
	ck_assert_int_eq(keyed_choice_new(&t.b, &t.ob), LEAT_OK);
	for (int64_t i = 0; i < 60000; i++) {
		char key[16];
		int len = snprintf(key, sizeof(key), "k%u",
		    (unsigned)rng_below(&r, 12000));
		double x = rng_normal(&r);
		leat_keyed_push(t.a, key, (size_t)len, i / 20, x);
		leat_keyed_push(t.b, key, (size_t)len, i / 20, x);
		if (i % 9973 == 77)
			keyed_again(&t.b, &t.ob);
	}
	compare_keyed(&t, "many", 0);
	leat_keyed_free(t.a);
	leat_keyed_free(t.b);
	free(t.la.lines);
	free(t.lb.lines);
}
END_TEST

Suite *state_time_suite(void)
{
	Suite *s = suite_create("state_time");
	TCase *c = tcase_create("windows by time");

	tcase_set_timeout(c, 600);
	tcase_add_loop_test(c, a_window_by_time_goes_on_with_the_same_bits, 1,
	    N_KINDS + 1);
	tcase_add_loop_test(c, a_window_whose_values_are_evicted_goes_on, 1,
	    N_KINDS + 1);
	tcase_add_loop_test(c, a_window_near_the_limits_of_time_goes_on, 1,
	    N_KINDS + 1);
	tcase_add_loop_test(c, a_large_window_by_time_goes_on, 0, 5);
	suite_add_tcase(s, c);
	c = tcase_create("keys");
	tcase_set_timeout(c, 600);
	tcase_add_loop_test(c, keyed_windows_by_time_go_on_with_the_same_bits,
	    1, N_KINDS + 1);
	tcase_add_loop_test(c, keyed_windows_by_count_go_on_with_the_same_bits,
	    LEAT_SLIDING, LEAT_DECAY + 1);
	tcase_add_test(c, many_keys_are_saved_with_what_waits);
	suite_add_tcase(s, c);
	return s;
}
