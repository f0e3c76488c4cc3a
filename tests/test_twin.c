/*
 * A push that fails has changed nothing, and an advance neither.
 *
 * Beside each window goes a twin whose allocator and calendar never fail. Of
 * the window every allocation and every call of the calendar fails in turn,
 * in each push: then its saved bytes are those from before, nothing has been
 * told, and pushing the same again has the twin's code, results and counts.
 */
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "alloc.h"
#include "data.h"
#include "lists.h"
#include "saved.h"
#include "suites.h"
#include "time_trial.h"

/* A sum of the bits of all results of a sink. */
struct ear {
	uint64_t sum;
	size_t told;
	int fails_at; /* calls of the calendar from now on; 0: none fails */
};

static void mix(struct ear *ear, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < n; i++)
		ear->sum = (ear->sum ^ p[i]) * 1099511628211u;
}

static int hear(void *ctx, const leat_result *r)
{
	struct ear *ear = ctx;
	mix(ear, r->values, r->n_values * sizeof(double));
	mix(ear, &r->start, sizeof(r->start));
	mix(ear, &r->end, sizeof(r->end));
	mix(ear, &r->revision, sizeof(r->revision));
	mix(ear, &r->flags, sizeof(r->flags));
	mix(ear, r->key, r->key_len);
	ear->told++;
	return 0;
}

static void months_that_fail(void *ctx, int64_t t, int64_t *start, int64_t *end)
{
	struct ear *ear = ctx;
	uneven_months(NULL, t, start, end);
	if (ear->fails_at > 0 && --ear->fails_at == 0)
		*end = t;
}

/* The subject and its twin, one of two sorts. */
struct both {
	leat_time_window *window[2];
	leat_keyed *keyed[2];
	struct ear ears[2];
	struct counted heap;
	leat_allocator allocator;
	int has_limit; /* max_bytes: how memory is packed decides */
};

static struct trial trial;
static struct both both;
static size_t failures, full;

enum { ALONE, BY_TIME, BY_COUNT };

/* Windows by count in place of those by time. */
static leat_window_options by_count(const leat_time_window_options *o)
{
	static const leat_stat stats[] = { LEAT_SUM, LEAT_MAX };
	leat_window_options w;

	memset(&w, 0, sizeof(w));
	w.kind = o->kind == LEAT_HOPPING ? LEAT_HOPPING : LEAT_SLIDING;
	w.size = 3 + (uint64_t)o->kind * 20;
	w.hop = o->kind == LEAT_HOPPING ? 2 : 0;
	w.stats = stats;
	w.n_stats = 2;
	w.sink = o->sink;
	return w;
}

static void limit_keys(keyed_choice *k, struct rng r)
{
	if (rng_below(&r, 2))
		k->max_keys = 1 + rng_below(&r, 6);
	if (rng_below(&r, 2))
		k->when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	if (rng_below(&r, 2))
		k->ttl = 1 + (int64_t)rng_below(&r, 400);
	if (rng_below(&r, 3))
		k->max_bytes = 1500 +
		    rng_below(&r, rng_below(&r, 2) ? 4000 : 40000);
}

static void open_both(int keyed, uint64_t seed)
{
	struct rng r = rng_new(seed);
	memset(&both, 0, sizeof(both));
	both.allocator = counted_allocator(&both.heap);
	for (int i = 0; i < 2; i++) {
		leat_time_window_options o = trial.options;
		const leat_allocator *a = i ? NULL : &both.allocator;
		if (seed % 3 == 0 && has_many_windows(o.kind))
			o.max_windows = 1 + seed % 5;
		o.sink.emit = hear;
		o.sink.ctx = &both.ears[i];
		if (o.kind == LEAT_CALENDAR) {
			o.calendar.interval = months_that_fail;
			o.calendar.ctx = &both.ears[i];
		}
		if (!keyed) {
			o.allocator = a;
			ck_assert_int_eq(leat_time_window_new(&both.window[i],
					     &o),
			    LEAT_OK);
			continue;
		}
		keyed_choice k;
		memset(&k, 0, sizeof(k));
		if (keyed == BY_TIME)
			k.by_time = o;
		else
			k.by_count = by_count(&o);
		k.allocator = a;
		k.dropped = o.sink;
		limit_keys(&k, r);
		both.has_limit = k.max_bytes > 0;
		ck_assert_int_eq(keyed_choice_new(&both.keyed[i], &k), LEAT_OK);
	}
}

static void close_both(void)
{
	for (int i = 0; i < 2; i++) {
		leat_time_window_free(both.window[i]);
		leat_keyed_free(both.keyed[i]);
	}
	ck_assert_uint_eq(both.heap.live, 0);
}

static struct saved save(int i)
{
	return both.keyed[i] ? keyed_saved(both.keyed[i])
			     : time_window_saved(both.window[i]);
}

/* Pushes to sixteen keys, some in pools, others in memory of their own. */
static int act(int i, const struct step *step)
{
	static const char text[2000] = "abcdefghijklmnop";
	static const size_t lengths[16] = { 1, 1, 1, 1, 20, 40, 100, 200, 300,
		300, 301, 500, 700, 1000, 1400, 1900 };
	leat_event e = step->e;
	uint64_t which = (uint64_t)e.t * 2654435761u >> 13 & 15;
	if (step->kind == STEP_ADVANCE)
		return both.keyed[i]
		    ? leat_keyed_advance(both.keyed[i], e.t)
		    : leat_time_window_advance(both.window[i], e.t);
	if (step->kind == STEP_FLUSH)
		return both.keyed[i] ? leat_keyed_flush(both.keyed[i])
				     : leat_time_window_flush(both.window[i]);
	if (!both.keyed[i])
		return leat_time_window_push_events(both.window[i], &e, 1,
		    NULL);
	e.key = text + which;
	e.key_len = lengths[which];
	return leat_keyed_push_events(both.keyed[i], &e, 1, NULL);
}

static void same_saved(const struct saved *a, const struct saved *b,
    const char *what)
{
	if (a->n != b->n || memcmp(a->bytes, b->bytes, a->n) != 0)
		ck_abort_msg("%s: kind %d, seed %llu, step %zu: the bytes "
			     "differ",
		    what, trial.options.kind, (unsigned long long)trial.seed,
		    trial.step);
}

/* Failures: an allocation, all from it on, or a call of the calendar. */
enum { FAIL_ONCE, FAIL_FROM, FAIL_CALENDAR };

/* Has the first one fail, then the second one, until none is left. */
static int act_failing(const struct step *step, int how)
{
	struct ear was = both.ears[0];
	struct saved before = save(0);
	int code, want = how == FAIL_CALENDAR ? LEAT_ECALENDAR : LEAT_ENOMEM;
	for (size_t n = 1;; n++) {
		if (how == FAIL_CALENDAR)
			both.ears[0].fails_at = (int)n;
		else if (how == FAIL_FROM)
			both.heap.fail_from = both.heap.calls + n;
		else
			both.heap.fail_at = both.heap.calls + n;
		code = act(0, step);
		both.ears[0].fails_at = 0;
		both.heap.fail_at = both.heap.fail_from = 0;
		if (code != want)
			break;
		failures++;
		struct saved after = save(0);
		same_saved(&before, &after, "after a failure");
		ck_assert_uint_eq(both.ears[0].told, was.told);
		saved_free(&after);
	}
	saved_free(&before);
	return code;
}

static void play_both(int keyed, uint64_t seed)
{
	open_both(keyed, seed);
	for (trial.step = 0; trial.step < trial.n_steps; trial.step++) {
		const struct step *step = &trial.script[trial.step];
		if (step->kind == STEP_RESET)
			continue;
		int hows = trial.options.kind == LEAT_CALENDAR ? 3 : 2;
		int code = act_failing(step, (int)(trial.step % 3) % hows);
		int twin = act(1, step);
		full += code == LEAT_NO_ROOM;
		if (keyed)
			ck_assert_msg(!both.has_limit ||
				leat_keyed_bytes(both.keyed[0]) ==
				    leat_keyed_bytes(both.keyed[1]),
			    "seed %llu, step %zu: %llu bytes, not %llu",
			    (unsigned long long)seed, trial.step,
			    (unsigned long long)leat_keyed_bytes(both.keyed[0]),
			    (unsigned long long)
				leat_keyed_bytes(both.keyed[1]));
		ck_assert_msg(code == twin &&
			both.ears[0].told == both.ears[1].told &&
			both.ears[0].sum == both.ears[1].sum,
		    "kind %d, seed %llu, step %zu: %d, not %d; %zu results, "
		    "not %zu",
		    trial.options.kind, (unsigned long long)seed, trial.step,
		    code, twin, both.ears[0].told, both.ears[1].told);
	}
	struct saved a = save(0), b = save(1);
	same_saved(&a, &b, "in the end");
	saved_free(&a);
	saved_free(&b);
	close_both();
}

/* Plays with any combination of policies. */
static void play_kind(int kind, int keyed)
{
	uint64_t seeds = short_run() ? 6 : 60;
	failures = full = 0;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_new(seed * 977 + (uint64_t)kind);
		unsigned features = (unsigned)rng_next(&r) &
		    (WITH_LATENESS | WITH_EARLY_COUNT | WITH_EARLY_SPAN |
			WITH_EMPTY | WITH_SOURCES | WITH_SKEW | WITH_REFUSE |
			WITH_EVICT | WITH_ORDER | WITH_PAIRS | WITH_TICKS);
		trial_make(&trial, "twins", kind,
		    features | WITH_DISORDER | WITH_JUMPS, seed);
		if (trial.n_steps > 150)
			trial.n_steps = 150;
		play_both(keyed, seed);
	}
	/* DECAY allocates so seldom that a few seeds may not see it. */
	if (!short_run() || kind != LEAT_DECAY)
		ck_assert_uint_gt(failures, 0);
	if (keyed)
		ck_assert_uint_gt(full, 0);
}

START_TEST(a_window_that_fails_has_changed_nothing)
{
	play_kind(LEAT_SLIDING + _i, ALONE);
}
END_TEST

START_TEST(keyed_windows_that_fail_have_changed_nothing)
{
	play_kind(LEAT_SLIDING + _i, BY_TIME);
}
END_TEST

START_TEST(keyed_windows_by_count_that_fail_have_changed_nothing)
{
	play_kind(LEAT_SLIDING + _i, BY_COUNT);
}
END_TEST

/* ---- Several sources, merged: as one window that saw all of it ---- */

static leat_time_window *of_two_sources(int64_t idle_timeout)
{
	static const leat_stat count[] = { LEAT_COUNT };
	leat_time_window_options o;
	leat_time_window *w;
	memset(&o, 0, sizeof(o));
	o.kind = LEAT_TUMBLING;
	o.span = 10;
	o.allowed_lateness = 1000;
	o.n_sources = 2;
	o.idle_timeout = idle_timeout;
	o.stats = count;
	o.n_stats = 1;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	return w;
}

static void from(leat_time_window *w, uint32_t source, int64_t t)
{
	leat_event e = { NULL, 0, t, 1, 0, 0, source, 0 };
	ck_assert_int_eq(leat_time_window_push_events(w, &e, 1, NULL), LEAT_OK);
}

/* Source 1 has been silent since the first time that either has seen. */
START_TEST(a_merged_window_began_with_the_earlier_one)
{
	leat_time_window *a = of_two_sources(30), *b = of_two_sources(30);
	from(a, 0, 100);
	from(b, 0, 40);
	ck_assert_int_eq(leat_time_window_watermark(a), INT64_MIN);
	ck_assert_int_eq(leat_time_window_merge(a, b), LEAT_OK);
	ck_assert_int_eq(leat_time_window_watermark(a), 100);
	leat_time_window_free(a);
	leat_time_window_free(b);
}
END_TEST

/* To one of the two, source 1 was idle. */
START_TEST(a_merged_watermark_is_not_before_either)
{
	leat_time_window *a = of_two_sources(5), *b = of_two_sources(5);
	from(b, 0, 0);
	from(b, 0, 100);
	ck_assert_int_eq(leat_time_window_watermark(b), 100);
	from(a, 1, 99);
	ck_assert_int_eq(leat_time_window_merge(a, b), LEAT_OK);
	ck_assert_int_eq(leat_time_window_watermark(a), 100);
	leat_time_window_free(a);
	leat_time_window_free(b);
}
END_TEST

/* ---- Merges, each of whose allocations fails in turn ---- */

static leat_time_window *behind_or_ahead(int kind, int i, int ahead,
    const leat_allocator *a)
{
	static const leat_stat stats[] = { LEAT_SUM, LEAT_COUNT };
	leat_time_window_options o;
	leat_time_window *w;
	memset(&o, 0, sizeof(o));
	o.kind = kind;
	o.span = kind == LEAT_CALENDAR ? 0 : 20;
	o.hop = kind == LEAT_HOPPING ? 10 : 0;
	o.allowed_lateness = 1000;
	o.emit_empty = 1;
	if (kind == LEAT_CALENDAR) {
		o.calendar.interval = months_that_fail;
		o.calendar.ctx = &both.ears[i];
	}
	o.stats = stats;
	o.n_stats = 2;
	o.sink.emit = hear;
	o.sink.ctx = &both.ears[i];
	o.allocator = a;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	for (int64_t t = 0; t < (ahead ? 400 : 60); t += 7)
		ck_assert_int_eq(leat_time_window_push(w, t, (double)t),
		    LEAT_OK);
	return w;
}

/* Joins them; from the n-th call on memory fails, or the n-th of a calendar. */
static void merged(int kind, int i, int how, size_t n, size_t *failed)
{
	memset(&both.heap, 0, sizeof(both.heap));
	memset(&both.ears[i], 0, sizeof(both.ears[i]));
	both.allocator = counted_allocator(&both.heap);
	leat_time_window *w = behind_or_ahead(kind, i, 0, &both.allocator);
	leat_time_window *other = behind_or_ahead(kind, i, 1, NULL);
	size_t before = both.heap.calls;
	if (how == FAIL_CALENDAR)
		both.ears[i].fails_at = (int)n;
	else if (n > 0)
		both.heap.fail_from = before + n;
	int err = leat_time_window_merge(w, other);
	both.ears[i].fails_at = 0;
	both.heap.fail_from = 0;
	*failed += err == LEAT_ENOMEM;
	if (err)
		ck_assert_int_eq(leat_time_window_merge(w, other), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 401, 1), LEAT_OK);
	ck_assert_int_eq(leat_time_window_advance(w, LEAT_TIME_MAX), LEAT_OK);
	leat_time_window_free(w);
	leat_time_window_free(other);
	ck_assert_uint_eq(both.heap.live, 0);
}

/* The join remains where only its results find no memory. */
START_TEST(a_merge_that_finds_no_memory_tells_nothing_else)
{
	size_t failed = 0;
	merged(_i, 1, FAIL_FROM, 0, &failed);
	ck_assert_uint_gt(both.ears[1].told, 10);
	int hows = _i == LEAT_CALENDAR ? 2 : 1;
	for (int how = 0; how < hows; how++)
		for (size_t n = 1; n < 60; n++) {
			merged(_i, 0, how ? FAIL_CALENDAR : FAIL_FROM, n,
			    &failed);
			ck_assert_uint_eq(both.ears[0].told, both.ears[1].told);
			ck_assert_msg(both.ears[0].sum == both.ears[1].sum,
			    "kind %d, call %zu of %d", _i, n, how);
		}
	ck_assert_uint_gt(failed, 0);
}
END_TEST

Suite *twin_suite(void)
{
	Suite *s = suite_create("twin");
	TCase *t = tcase_create("twins");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, a_window_that_fails_has_changed_nothing, 0,
	    N_KINDS);
	tcase_add_loop_test(t, keyed_windows_that_fail_have_changed_nothing, 0,
	    N_KINDS);
	tcase_add_loop_test(t,
	    keyed_windows_by_count_that_fail_have_changed_nothing, 0,
	    LEAT_TUMBLING + 1);
	tcase_add_test(t, a_merged_window_began_with_the_earlier_one);
	tcase_add_loop_test(t, a_merge_that_finds_no_memory_tells_nothing_else,
	    LEAT_TUMBLING, LEAT_HOPPING + 1);
	tcase_add_loop_test(t, a_merge_that_finds_no_memory_tells_nothing_else,
	    LEAT_CALENDAR, N_KINDS + 1);
	tcase_add_test(t, a_merged_watermark_is_not_before_either);
	suite_add_tcase(s, t);
	return s;
}
