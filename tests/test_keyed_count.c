/*
 * Keyed windows by count against a window of its own for each key
 *
 * leat_window has tests of its own; here the same values go into one keyed
 * object and into separate windows. What is told, by windows that close and
 * by keys that are dropped, what queries say, counts and order must agree.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "alloc.h"
#include "data.h"
#include "keyed_model.h"
#include "pushed.h"
#include "suites.h"

enum { KEYS = 9, KINDS = 5 };

static const leat_stat stats[MODEL_STATS] = { LEAT_MEAN, LEAT_VARIANCE,
	LEAT_COUNT };

static leat_window_options window_options(int kind, struct rng *r)
{
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = kind;
	o.stats = stats;
	o.n_stats = MODEL_STATS;
	if (kind <= LEAT_HOPPING)
		o.size = 1 + rng_below(r, 12);
	if (kind == LEAT_HOPPING)
		o.hop = 1 + rng_below(r, 15);
	if (kind == LEAT_DECAY)
		o.alpha = 0.1;
	if (kind == LEAT_TUMBLING)
		o.keep_values = 1;
	return o;
}

/* ---- What is told, and what should be ---- */

struct separate {
	leat_window_options options;
	leat_window *windows[KEYS]; /* NULL: no such key */
	uint64_t pushed[KEYS];      /* when, of all pushes */
	int64_t latest[KEYS];
	unsigned order[KEYS]; /* in which they were first seen */
	size_t n;
	struct told_log log;
	unsigned now; /* key being pushed */
	int64_t watermark;
	leat_counts counts;
};

static int on_separate(void *ctx, const leat_result *r)
{
	struct separate *s = ctx;
	struct told_line line = { TOLD_RESULT, s->now, r->start, r->end, { 0 },
		0, r->flags, s->watermark, r->count, r->missing };

	memcpy(line.v, r->values, sizeof(line.v));
	told_add(&s->log, &line);
	return 0;
}

/* Keys are single bytes. */
static void note(struct told_log *log, int who, const leat_result *r)
{
	struct told_line line = { who, *(const unsigned char *)r->key, r->start,
		r->end, { 0 }, r->revision, r->flags, r->watermark, r->count,
		r->missing };

	ck_assert_uint_eq(r->key_len, 1);
	ck_assert_uint_eq(r->n_values, MODEL_STATS);
	memcpy(line.v, r->values, sizeof(line.v));
	told_add(log, &line);
}

static int on_result(void *ctx, const leat_result *r)
{
	note(ctx, TOLD_RESULT, r);
	return 0;
}

static int on_evicted(void *ctx, const leat_result *r)
{
	note(ctx, TOLD_EVICTED, r);
	return 0;
}

/* The window that a query sees; 0 if it has closed or not begun. */
static int queried(const struct separate *s, unsigned key, int64_t *start,
    int64_t *end)
{
	const leat_window *w = s->windows[key];
	int64_t p = (int64_t)pushed_into(w);
	int64_t size = (int64_t)s->options.size, by = size;

	*start = 0;
	*end = p;
	if (s->options.kind == LEAT_SLIDING)
		*start = p < size ? 0 : p - size;
	if (s->options.kind == LEAT_HOPPING)
		by = (int64_t)s->options.hop;
	if (s->options.kind != LEAT_TUMBLING && s->options.kind != LEAT_HOPPING)
		return 1;
	/* The first one that ends at p or after it. */
	for (*start = 0; *start + size < p; *start += by)
		;
	*end = *start + size;
	return *end != p && *start < p;
}

static void separate_drop(struct separate *s, unsigned key)
{
	struct told_line line = { TOLD_EVICTED, key, 0, 0, { 0 }, 0,
		LEAT_RESULT_DROPPED, s->watermark, 0, 0 };
	size_t i = 0;

	if (queried(s, key, &line.start, &line.end)) {
		leat_window_query(s->windows[key], line.v);
		line.count = (uint64_t)line.v[2];
		line.missing = leat_window_length(s->windows[key]) - line.count;
		told_add(&s->log, &line);
	}
	leat_window_free(s->windows[key]);
	s->windows[key] = NULL;
	while (s->order[i] != key)
		i++;
	for (s->n--; i < s->n; i++)
		s->order[i] = s->order[i + 1];
}

static void separate_new(struct separate *s, unsigned key)
{
	leat_window_options o = s->options;

	o.sink.emit = on_separate;
	o.sink.ctx = s;
	ck_assert_int_eq(leat_window_new(&s->windows[key], &o), LEAT_OK);
	s->latest[key] = INT64_MIN;
	s->order[s->n++] = key;
}

/* Drops what is over, in the order of times and then of keys. */
static void separate_expire(struct separate *s, int64_t now, int64_t ttl)
{
	for (;;) {
		size_t first = s->n;
		for (size_t i = 0; ttl > 0 && i < s->n; i++)
			if (s->latest[s->order[i]] + ttl <= now &&
			    (first == s->n ||
				s->latest[s->order[i]] <
				    s->latest[s->order[first]]))
				first = i;
		if (first == s->n)
			return;
		separate_drop(s, s->order[first]);
	}
}

static void separate_push(struct separate *s, unsigned key, int64_t t, double x)
{
	s->now = key;
	s->counts.pushed++;
	if (!s->windows[key])
		separate_new(s, key);
	s->pushed[key] = s->counts.pushed;
	if (t > s->latest[key])
		s->latest[key] = t;
	if (x == x)
		s->counts.taken++;
	else
		s->counts.missing++;
	ck_assert_int_eq(leat_window_push(s->windows[key], x), LEAT_OK);
}

static void separate_flush(struct separate *s)
{
	for (size_t i = 0; i < s->n; i++) {
		s->now = s->order[i];
		ck_assert_int_eq(leat_window_flush(s->windows[s->now]),
		    LEAT_OK);
	}
}

static void separate_make_room(struct separate *s, size_t most)
{
	while (most > 0 && s->n > most) {
		unsigned old = s->order[0];
		for (size_t i = 1; i < s->n; i++)
			if (s->pushed[s->order[i]] < s->pushed[old])
				old = s->order[i];
		separate_drop(s, old);
	}
}

/* ---- Comparing ---- */

struct walk {
	struct separate *s;
	size_t i;
};

static int walk_key(void *ctx, const leat_result *r)
{
	struct walk *w = ctx;
	unsigned key = *(const unsigned char *)r->key;
	double v[MODEL_STATS];
	int64_t start, end;

	ck_assert_uint_lt(w->i, w->s->n);
	ck_assert_uint_eq(key, w->s->order[w->i]);
	(void)queried(w->s, key, &start, &end);
	ck_assert_int_eq(r->start, start);
	ck_assert_int_eq(r->end, end);
	ck_assert_int_eq(r->watermark, w->s->watermark);
	ck_assert_uint_eq(r->count, (uint64_t)r->values[2]);
	leat_window_query(w->s->windows[key], v);
	for (int i = 0; i < MODEL_STATS; i++)
		ck_assert(same_bits(r->values[i], v[i]));
	return ++w->i == w->s->n ? 99 : 0;
}

static void compare(struct separate *s, leat_keyed *k, struct told_log *log,
    uint64_t seed)
{
	struct walk w = { s, 0 };
	leat_counts c;
	uint64_t stored = 0;

	ck_assert_uint_eq(leat_keyed_n_keys(k), s->n);
	ck_assert_int_eq(leat_keyed_each(k, walk_key, &w),
	    s->n ? LEAT_ECALLBACK : LEAT_OK);
	for (size_t i = 0; i < s->n && s->options.kind <= LEAT_TUMBLING; i++)
		stored += leat_window_length(s->windows[s->order[i]]);
	leat_keyed_counts(k, &c);
	ck_assert_uint_eq(c.pushed, s->counts.pushed);
	ck_assert_uint_eq(c.taken, s->counts.taken);
	ck_assert_uint_eq(c.missing, s->counts.missing);
	ck_assert_uint_eq(c.stored, stored);
	ck_assert_msg(log->n == s->log.n, "seed %llu: %zu lines, not %zu",
	    (unsigned long long)seed, log->n, s->log.n);
	for (size_t i = 0; i < log->n; i++)
		ck_assert_msg(told_same(&log->lines[i], &s->log.lines[i]),
		    "seed %llu: line %zu", (unsigned long long)seed, i);
	log->n = s->log.n = 0;
}

static keyed_choice keyed_options(const struct separate *s,
    struct told_log *log, struct rng *r)
{
	keyed_choice o;

	memset(&o, 0, sizeof(o));
	o.by_count = s->options;
	o.by_count.sink.emit = on_result;
	o.by_count.sink.ctx = log;
	o.dropped.emit = on_evicted;
	o.dropped.ctx = log;
	if (rng_below(r, 2))
		o.ttl = 40;
	if (rng_below(r, 2)) {
		o.max_keys = 1 + rng_below(r, KEYS);
		o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	}
	return o;
}

static void step(struct separate *s, leat_keyed **k, struct rng *r,
    int64_t *now, const keyed_choice *o)
{
	unsigned char key = (unsigned char)rng_below(r, KEYS);
	double x = rng_below(r, 15) ? rng_normal(r) : NAN;
	int64_t t;

	*now += (int64_t)rng_below(r, 8);
	t = *now - (int64_t)rng_below(r, 2) * (int64_t)rng_below(r, 60);
	s->watermark = *now;
	separate_expire(s, *now, o->ttl);
	ck_assert_int_eq(leat_keyed_advance(*k, *now), LEAT_OK);
	separate_push(s, key, t, x);
	separate_make_room(s, (size_t)o->max_keys);
	/* the expiry may have come too late */
	separate_expire(s, *now, o->ttl);
	ck_assert_int_eq(leat_keyed_push(*k, &key, 1, t, x), LEAT_OK);
	if (rng_below(r, 20) == 0) {
		separate_flush(s);
		ck_assert_int_eq(leat_keyed_flush(*k), LEAT_OK);
	}
	if (rng_below(r, 30) == 0 && s->windows[key]) {
		separate_drop(s, key);
		ck_assert_int_eq(leat_keyed_drop(*k, &key, 1), LEAT_OK);
		ck_assert_int_eq(leat_keyed_drop(*k, &key, 1), LEAT_EKEY);
	}
	if (rng_below(r, 50) == 0) {
		leat_keyed *copy;
		ck_assert_int_eq(leat_keyed_copy(*k, NULL, &copy), LEAT_OK);
		leat_keyed_free(*k);
		*k = copy;
	}
}

START_TEST(each_key_has_a_window_of_its_own)
{
	uint64_t seeds = short_run() ? 5 : 60;

	for (uint64_t seed = 1; seed <= seeds; seed++) {
		static struct separate s;
		struct told_log log = { 0 };
		struct rng r = rng_new(seed * 13 + (uint64_t)_i);
		int64_t now = -300;
		leat_keyed *k;

		memset(&s, 0, sizeof(s));
		s.options = window_options(LEAT_SLIDING + _i, &r);
		keyed_choice o = keyed_options(&s, &log, &r);
		ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
		for (int i = 0; i < 250; i++) {
			step(&s, &k, &r, &now, &o);
			compare(&s, k, &log, seed);
		}
		/* Time ends for keys with a ttl; values come all the same. */
		ck_assert_int_eq(leat_keyed_advance(k, LEAT_TIME_MAX), LEAT_OK);
		s.watermark = INT64_MAX;
		separate_expire(&s, INT64_MAX, o.ttl);
		compare(&s, k, &log, seed);
		while (s.n > 0)
			separate_drop(&s, s.order[0]);
		leat_keyed_free(k);
		told_free(&log);
		told_free(&s.log);
	}
}
END_TEST

START_TEST(windows_by_count_take_pairs)
{
	static const leat_stat slope = LEAT_SLOPE;
	keyed_choice o;
	leat_keyed *k;
	double v;

	memset(&o, 0, sizeof(o));
	o.by_count.kind = LEAT_SLIDING;
	o.by_count.size = 3;
	o.by_count.stats = &slope;
	o.by_count.n_stats = 1;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "k", 1, 0, 1), LEAT_EPAIRS);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(leat_keyed_push_xy(k, "k", 1, 0, i, 4 * i),
		    LEAT_OK);
	ck_assert_int_eq(leat_keyed_query(k, "k", 1, &v), LEAT_OK);
	ck_assert(v == 4);
	leat_keyed_free(k);
}
END_TEST

/* "what leat_window_check() tells", and what finds the key. */
START_TEST(a_key_takes_little_more_than_its_window)
{
	struct rng r = rng_new(1);
	keyed_choice o;
	leat_keyed *k;
	size_t window;

	memset(&o, 0, sizeof(o));
	o.by_count = window_options(LEAT_SLIDING, &r);
	o.by_count.size = _i ? 100000 : 50;
	ck_assert_int_eq(leat_window_check(&o.by_count, &window, NULL),
	    LEAT_OK);
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (uint32_t n = 1; n <= (_i ? 20u : 5000u); n++) {
		ck_assert_int_eq(leat_keyed_push(k, &n, sizeof(n), 0, 1),
		    LEAT_OK);
		if (_i || n > 1000)
			ck_assert_uint_le(leat_keyed_bytes(k),
			    n * (window + 200) + 65536);
	}
	leat_keyed_free(k);
}
END_TEST

START_TEST(a_value_at_the_end_of_time_is_refused)
{
	struct rng r = rng_new(1);
	keyed_choice o;
	leat_keyed *k;
	leat_counts c;

	memset(&o, 0, sizeof(o));
	o.by_count = window_options(LEAT_SLIDING, &r);
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "k", 1, LEAT_TIME_MAX, 1),
	    LEAT_TOO_FAR);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 0);
	leat_keyed_counts(k, &c);
	ck_assert_uint_eq(c.refused, 1);
	leat_keyed_free(k);
}
END_TEST

START_TEST(options_of_windows_by_count_are_checked)
{
	struct rng r = rng_new(1);
	keyed_choice o;
	leat_keyed *k = NULL;

	memset(&o, 0, sizeof(o));
	o.by_count = window_options(LEAT_LANDMARK, &r);
	o.by_count.keep_values = 1;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_EINVAL);
	o.by_count.keep_values = 0;
	o.by_count.kind = LEAT_SESSION;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_EINVAL);
	ck_assert_ptr_null(k);
}
END_TEST

Suite *keyed_count_suite(void)
{
	Suite *s = suite_create("keyed_count");
	TCase *t = tcase_create("count");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, each_key_has_a_window_of_its_own, 0, KINDS);
	tcase_add_test(t, windows_by_count_take_pairs);
	tcase_add_loop_test(t, a_key_takes_little_more_than_its_window, 0, 2);
	tcase_add_test(t, a_value_at_the_end_of_time_is_refused);
	tcase_add_test(t, options_of_windows_by_count_are_checked);
	suite_add_tcase(s, t);
	return s;
}
