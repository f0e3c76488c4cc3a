/*
 * Keyed windows when something fails
 *
 * A stream is pushed into an object whose n-th allocation fails, for every n;
 * a push or an advance that says LEAT_ENOMEM is made again. What is told must
 * be what an undisturbed object tells, line by line, and nothing may be lost
 * or leak. The same for a calendar that answers nonsense for a while.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "../src/key/keyed.h"
#include "alloc.h"
#include "data.h"
#include "keyed_model.h"
#include "lists.h"
#include "suites.h"

enum { KEYS = 6, STEPS = 260 };

static const leat_stat usual[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MAX };
static const leat_stat ordered[] = { LEAT_INCREASE, LEAT_TIME_MEAN,
	LEAT_COUNT };
static const leat_stat faded[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_COUNT };

/* The first byte is the key's number. */
static const size_t lengths[KEYS] = { 1, 16, 17, 40, 256, 700 };
static unsigned char texts[KEYS][700];

static void make_texts(void)
{
	for (unsigned i = 0; i < KEYS; i++)
		texts[i][0] = (unsigned char)i;
}

static void note(struct told_log *log, int who, const leat_result *r)
{
	struct told_line line = { who, *(const unsigned char *)r->key, r->start,
		r->end, { 0 }, r->revision, r->flags, r->watermark, r->count,
		r->missing };

	ck_assert_uint_eq(r->n_values, MODEL_STATS);
	ck_assert_uint_eq(r->key_len, lengths[line.key]);
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

/* Intervals of 20 and 30 in turn; nonsense while it is broken. */
static int broken;

static void uneven(void *ctx, int64_t t, int64_t *start, int64_t *end)
{
	int64_t rest = (t % 50 + 50) % 50, from = rest < 20 ? 0 : 20;

	(void)ctx;
	*start = t - rest + from;
	*end = t - rest + (from ? 50 : 20);
	if (broken && --broken == 0)
		*end = *start = t - 1;
}

/* ---- Objects of every kind ---- */

enum { SCENES = 9 };

static void scene_by_time(int scene, leat_time_window_options *o)
{
	static const int kinds[SCENES] = { LEAT_TUMBLING, LEAT_TUMBLING,
		LEAT_HOPPING, LEAT_HOPPING, LEAT_SLIDING, LEAT_SESSION,
		LEAT_DECAY, LEAT_CALENDAR, 0 };

	if (kinds[scene])
		set_kind(o, kinds[scene], 30, 10, uneven);
	o->stats = scene == 6 ? faded : scene % 2 ? ordered : usual;
	o->n_stats = MODEL_STATS;
	o->delay = 10;
	o->emit_empty = o->calendar.interval != NULL;
	if (scene % 4 > 1) {
		o->allowed_lateness = 25;
		o->early_count = 3;
		o->early_span = 40;
	}
	o->sink.emit = on_result;
}

static keyed_choice scene_options(int scene, struct told_log *log,
    const leat_allocator *a)
{
	keyed_choice o;

	memset(&o, 0, sizeof(o));
	if (scene < SCENES - 1) {
		scene_by_time(scene, &o.by_time);
		o.by_time.sink.ctx = log;
	} else {
		o.by_count.kind = LEAT_SLIDING;
		o.by_count.size = 5;
		o.by_count.stats = usual;
		o.by_count.n_stats = MODEL_STATS;
		o.by_count.sink.emit = on_result;
		o.by_count.sink.ctx = log;
	}
	o.dropped.emit = on_evicted;
	o.dropped.ctx = log;
	o.allocator = a;
	if (scene % 3 == 1) {
		o.max_keys = 4;
		o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	}
	if (scene % 3 == 2)
		o.ttl = 60;
	return o;
}

static leat_event scene_event(struct rng *r, int step)
{
	unsigned key = (unsigned)rng_below(r, KEYS);
	leat_event e = { texts[key], lengths[key], 0, 0, 0, 0, 0, 0 };

	e.t = 2 * step - (int64_t)rng_below(r, 25);
	if (rng_below(r, 25) == 0)
		e.t += 20;
	e.x = (double)rng_below(r, 1000);
	return e;
}

/* ---- Failing and trying again ---- */

/* Number of failures of a call before memory is available again. */
struct trouble {
	struct counted *heap;
	int patience;
	size_t failures;
};

static int again(struct trouble *t, int err)
{
	if (err != LEAT_ENOMEM)
		return 0;
	ck_assert_ptr_nonnull(t->heap);
	t->failures++;
	if (t->patience-- == 0)
		t->heap->fail_from = 0;
	return 1;
}

static void play(leat_keyed *k, struct trouble *t, int *codes)
{
	struct rng r = rng_new(77);
	int err;

	for (int step = 0; step < STEPS; step++) {
		leat_event e = scene_event(&r, step);
		do
			err = leat_keyed_push_events(k, &e, 1, NULL);
		while (again(t, err));
		codes[step] = err;
		if (step % 37 == 0)
			do
				err = leat_keyed_advance(k, e.t + 15);
			while (again(t, err));
		if (step % 41 == 0) /* takes no memory */
			ck_assert_int_eq(leat_keyed_flush(k), LEAT_OK);
		if (step % 53 == 0)
			do
				err = leat_keyed_drop(k, e.key, e.key_len);
			while (again(t, err));
	}
	do
		err = leat_keyed_advance(k, LEAT_TIME_MAX);
	while (again(t, err));
	ck_assert_int_eq(err, LEAT_OK);
}

struct record {
	struct told_log log;
	int codes[STEPS];
	leat_counts counts;
};

static void compare(const struct record *a, const struct record *b, int scene,
    size_t fail)
{
	ck_assert_msg(memcmp(a->codes, b->codes, sizeof(a->codes)) == 0,
	    "scene %d, failure %zu: codes", scene, fail);
	for (size_t i = 0; i < a->log.n && i < b->log.n; i++)
		ck_assert_msg(told_same(&a->log.lines[i], &b->log.lines[i]),
		    "scene %d, failure %zu: line %zu", scene, fail, i);
	ck_assert_msg(a->log.n == b->log.n,
	    "scene %d, failure %zu: %zu lines, not %zu", scene, fail, b->log.n,
	    a->log.n);
	ck_assert_msg(memcmp(&a->counts, &b->counts, sizeof(a->counts)) == 0,
	    "scene %d, failure %zu: counts", scene, fail);
}

/* Returns how often memory was asked for. */
static size_t play_scene(int scene, struct counted *heap, struct trouble *t,
    struct record *out)
{
	leat_allocator a = counted_allocator(heap);
	keyed_choice o = scene_options(scene, &out->log, &a);
	leat_keyed *k = NULL;
	int err;

	do
		err = keyed_choice_new(&k, &o);
	while (again(t, err));
	ck_assert_int_eq(err, LEAT_OK);
	play(k, t, out->codes);
	leat_keyed_counts(k, &out->counts);
	leat_keyed_free(k);
	ck_assert_uint_eq(heap->live, 0);
	ck_assert_uint_eq(heap->damaged, 0);
	return heap->calls;
}

START_TEST(what_failed_for_memory_can_be_tried_again)
{
	static struct record sound, hit;
	struct counted heap = { 0 };
	struct trouble none = { NULL, 0, 0 };
	size_t calls, step = short_run() ? 13 : 1, failures = 0;

	make_texts();
	broken = 0;
	calls = play_scene(_i, &heap, &none, &sound);
	ck_assert_uint_gt(sound.log.n, 20);
	for (size_t fail = 1; fail <= calls; fail += step) {
		struct counted once = { .fail_at = fail };
		struct trouble t = { &once, 0, 0 };
		(void)play_scene(_i, &once, &t, &hit);
		compare(&sound, &hit, _i, fail);
		failures += t.failures;
		told_free(&hit.log);
		/* Then with no memory for a while. */
		struct counted often = { .fail_from = fail };
		struct trouble u = { &often, 2, 0 };
		(void)play_scene(_i, &often, &u, &hit);
		compare(&sound, &hit, _i, fail);
		ck_assert_uint_eq(u.failures, 3);
		told_free(&hit.log);
	}
	ck_assert_uint_gt(failures, 0);
	told_free(&sound.log);
}
END_TEST

START_TEST(a_copy_that_fails_leaves_nothing)
{
	struct counted heap = { 0 }, other = { 0 };
	leat_allocator a = counted_allocator(&heap),
		       b = counted_allocator(&other);
	struct told_log log = { 0 };
	keyed_choice o = scene_options(_i, &log, &a);
	struct rng r = rng_new(5);
	leat_keyed *k = NULL, *copy = NULL;
	int err;

	make_texts();
	broken = 0;
	o.max_keys = 0;
	o.when_keys_full = LEAT_WHEN_FULL_REFUSE;
	o.ttl = 0;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (int i = 0; i < 100; i++) {
		leat_event e = scene_event(&r, i);
		(void)leat_keyed_push_events(k, &e, 1, NULL);
	}
	for (size_t fail = 1;; fail++) {
		other.fail_from = other.calls + fail;
		err = leat_keyed_copy(k, &b, &copy);
		if (!err)
			break;
		ck_assert_int_eq(err, LEAT_ENOMEM);
		ck_assert_ptr_null(copy);
		ck_assert_uint_eq(other.live, 0);
	}
	ck_assert_uint_gt(other.calls, KEYS);
	leat_keyed_free(k);
	ck_assert_uint_eq(heap.live, 0);
	/* The copy survives the original. */
	other.fail_from = 0;
	ck_assert_int_eq(leat_keyed_advance(copy, LEAT_TIME_MAX), LEAT_OK);
	leat_keyed_free(copy);
	ck_assert_uint_eq(other.live + other.damaged + heap.damaged, 0);
	told_free(&log);
}
END_TEST

/* ---- A calendar that is wrong for one answer ---- */

static int again_calendar(int err, size_t *failures)
{
	*failures += err == LEAT_ECALENDAR;
	return err == LEAT_ECALENDAR;
}

static void play_calendar(leat_keyed *k, size_t *failures)
{
	struct rng r = rng_new(78);
	int err;

	for (int step = 0; step < STEPS; step++) {
		leat_event e = scene_event(&r, step);
		do
			err = leat_keyed_push_events(k, &e, 1, NULL);
		while (again_calendar(err, failures));
	}
	do
		err = leat_keyed_advance(k, 3000);
	while (again_calendar(err, failures));
	do
		err = leat_keyed_advance(k, LEAT_TIME_MAX);
	while (again_calendar(err, failures));
}

START_TEST(a_calendar_may_be_wrong_once)
{
	struct told_log sound = { 0 };
	keyed_choice o = scene_options(7, &sound, NULL);
	leat_keyed *k;
	size_t failures = 0;

	make_texts();
	o.max_keys = 0;
	o.when_keys_full = LEAT_WHEN_FULL_REFUSE;
	broken = 0;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	play_calendar(k, &failures);
	leat_keyed_free(k);
	ck_assert_uint_eq(failures, 0);
	for (int at = 1; at < 400; at += short_run() ? 17 : 1) {
		struct told_log log = { 0 };
		o.by_time.sink.ctx = o.dropped.ctx = &log;
		ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
		broken = at;
		play_calendar(k, &failures);
		broken = 0;
		leat_keyed_free(k);
		for (size_t i = 0; i < log.n && i < sound.n; i++)
			ck_assert_msg(told_same(&sound.lines[i], &log.lines[i]),
			    "answer %d: line %zu", at, i);
		ck_assert_msg(log.n == sound.n, "answer %d: %zu lines, not %zu",
		    at, log.n, sound.n);
		told_free(&log);
	}
	ck_assert_uint_gt(failures, short_run() ? 5 : 100);
	told_free(&sound);
}
END_TEST

/* Three keys are due at the same time; the calendar is asked once for all. */
START_TEST(time_does_not_move_where_a_calendar_fails)
{
	struct told_log log = { 0 };
	keyed_choice o = scene_options(7, &log, NULL);
	leat_keyed *k;

	make_texts();
	o.by_time.delay = 0;
	o.by_time.early_count = 0;
	o.by_time.early_span = 0;
	o.by_time.allowed_lateness = 0;
	o.max_keys = 0;
	o.when_keys_full = LEAT_WHEN_FULL_REFUSE;
	broken = 0;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(leat_keyed_push(k, texts[i], lengths[i], 5, 1),
		    LEAT_OK);
	ck_assert_int_eq(leat_keyed_advance(k, 60), LEAT_OK);
	ck_assert_uint_eq(log.n, 6); /* [0, 20) and, empty, [20, 50) */
	broken = 1;
	ck_assert_int_eq(leat_keyed_advance(k, 80), LEAT_ECALENDAR);
	ck_assert_int_eq(leat_keyed_watermark(k), 60);
	ck_assert_int_eq(leat_keyed_now(k), 60);
	ck_assert_uint_eq(log.n, 6);
	ck_assert_int_eq(leat_keyed_advance(k, 80), LEAT_OK);
	ck_assert_int_eq(leat_keyed_watermark(k), 80);
	ck_assert_uint_eq(log.n, 9);
	for (size_t i = 0; i < 9; i++)
		ck_assert_uint_eq(log.lines[i].key, i % 3);
	leat_keyed_free(k);
	told_free(&log);
}
END_TEST

/* push_many() stops there, and says so although there was an error before. */
START_TEST(many_pushes_stop_where_memory_ends)
{
	struct told_log log = { 0 };
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	keyed_choice o = scene_options(0, &log, &a);
	leat_event e[4] = { { "a", 1, 1000, 1, 0, 0, 0, 0 },
		{ "a", 1, 0, 2, 0, 0, 0, 0 }, { "b", 1, 1000, 3, 0, 0, 0, 0 },
		{ "a", 1, 1000, 4, 0, 0, 0, 0 } };
	leat_counts c;
	leat_keyed *k;

	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push_events(k, &e[0], 1, NULL), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push_events(k, e, 2, NULL), LEAT_TOO_LATE);
	e[2].key = texts[5]; /* long, so that it needs memory of its own */
	e[2].key_len = lengths[5];
	heap.fail_from = heap.calls + 1;
	ck_assert_int_eq(leat_keyed_push_events(k, e, 4, NULL), LEAT_ENOMEM);
	leat_keyed_counts(k, &c);
	ck_assert_uint_eq(c.taken, 3);
	ck_assert_uint_eq(c.late, 2);
	heap.fail_from = 0;
	ck_assert_int_eq(leat_keyed_push_events(k, e + 2, 2, NULL), LEAT_OK);
	leat_keyed_counts(k, &c);
	ck_assert_uint_eq(c.taken, 5);
	leat_keyed_free(k);
	told_free(&log);
}
END_TEST

/* Options alone decide whether there is memory for the object. */
START_TEST(an_object_that_fails_leaves_nothing)
{
	struct told_log log = { 0 };
	struct counted heap = { .fail_at = 1 };
	leat_allocator a = counted_allocator(&heap);
	keyed_choice o = scene_options(0, &log, &a);
	leat_keyed *k = NULL, *copy = NULL;

	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_ENOMEM);
	ck_assert_ptr_null(k);
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	ck_assert_uint_eq(heap.live, 1);
	/* An object without keys needs no more. */
	ck_assert_int_eq(leat_keyed_copy(k, NULL, &copy), LEAT_OK);
	ck_assert_uint_eq(heap.live, 2);
	leat_keyed_free(copy);
	leat_keyed_free(k);
	ck_assert_uint_eq(heap.live, 0);
}
END_TEST

Suite *keyed_faults_suite(void)
{
	Suite *s = suite_create("keyed_faults");
	TCase *t = tcase_create("faults");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, what_failed_for_memory_can_be_tried_again, 0,
	    SCENES);
	tcase_add_loop_test(t, a_copy_that_fails_leaves_nothing, 0, SCENES);
	tcase_add_test(t, a_calendar_may_be_wrong_once);
	tcase_add_test(t, time_does_not_move_where_a_calendar_fails);
	tcase_add_test(t, many_pushes_stop_where_memory_ends);
	tcase_add_test(t, an_object_that_fails_leaves_nothing);
	suite_add_tcase(s, t);
	return s;
}
