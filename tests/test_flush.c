/*
 * A flush emits open windows and changes nothing
 *
 * Which windows a flush tells, and with what numbers, the models know: random
 * sequences of the suites window, time, keyed and keyed_count have flushes in
 * them. Here is what these do not show: state is the same bytes before and
 * after, no memory is asked for, a sink that fails is heard when all has been
 * told, and the object that is asked in the middle of it.
 */
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "classes.h"
#include "data.h"
#include "lists.h"
#include "saved.h"
#include "suites.h"
#include "time_stats.h"

enum { BOTH = LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED };

static const leat_stat stats[] = { LEAT_SUM, LEAT_AGG(&chain_class, 0.0) };
static const leat_stat sum[] = { LEAT_SUM };

/* A sink that counts results and keeps the last one. */
struct ear {
	int n, answer;
	leat_result last;
	double value;
	struct chain chain;
};

static int hear(void *ctx, const leat_result *r)
{
	struct ear *e = ctx;

	e->n++;
	e->last = *r;
	e->value = r->values[0];
	if (r->partials) {
		ck_assert_ptr_null(r->partials[0]);
		memcpy(&e->chain, r->partials[1], sizeof(e->chain));
	}
	return e->answer;
}

static leat_window_options counted_options(int kind, struct ear *e)
{
	leat_window_options o = { 0 };

	o.kind = kind;
	if (kind <= LEAT_HOPPING)
		o.size = 7;
	if (kind == LEAT_HOPPING)
		o.hop = 2;
	if (kind == LEAT_DECAY)
		o.alpha = 0.5;
	o.stats = kind == LEAT_DECAY ? sum : stats;
	o.n_stats = kind == LEAT_DECAY ? 1 : 2;
	o.sink.emit = hear;
	o.sink.ctx = e;
	return o;
}

static void even(void *ctx, int64_t t, int64_t *start, int64_t *end)
{
	(void)ctx;
	*start = t - (t % 10 + 10) % 10;
	*end = *start + 10;
}

static leat_time_window_options timed_options(int kind, struct ear *e)
{
	leat_time_window_options o = { 0 };

	set_kind(&o, kind, 10, 3, even);
	o.delay = 6;
	o.stats = kind == LEAT_DECAY ? sum : stats;
	o.n_stats = kind == LEAT_DECAY ? 1 : 2;
	o.sink.emit = hear;
	o.sink.ctx = e;
	return o;
}

static void same_bytes(struct saved *a, struct saved *b)
{
	ck_assert_uint_eq(a->n, b->n);
	ck_assert_mem_eq(a->bytes, b->bytes, a->n);
	saved_free(a);
	saved_free(b);
}

/* ---- By count ---- */

/* _i: the kind */
START_TEST(a_flush_by_count_leaves_the_state_as_it_was)
{
	struct ear e = { 0 };
	leat_window_options o = counted_options(_i, &e);
	leat_window *w;

	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_flush(w), LEAT_OK);
	ck_assert_int_eq(e.n, 0); /* the window is empty */
	for (int i = 0; i < 25; i++) {
		ck_assert_int_eq(leat_window_push(w, i), LEAT_OK);
		struct saved before = window_saved(w);
		ck_assert_int_eq(leat_window_flush(w), LEAT_OK);
		struct saved after = window_saved(w);
		same_bytes(&before, &after);
	}
	ck_assert_int_gt(e.n, 0);
	leat_window_free(w);
}
END_TEST

/* Open after four pushes: all hopping windows from 0 and 2 on. */
START_TEST(a_sink_that_fails_in_a_flush_is_heard_when_all_has_been_told)
{
	struct ear e = { 0 };
	leat_window_options o = counted_options(LEAT_HOPPING, &e);
	leat_window *w;

	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	for (int i = 1; i <= 4; i++)
		ck_assert_int_eq(leat_window_push(w, i), LEAT_OK);
	e.answer = 5;
	ck_assert_int_eq(leat_window_flush(w), LEAT_ECALLBACK);
	ck_assert_int_eq(e.n, 2);
	ck_assert_int_eq(e.last.flags, BOTH);
	ck_assert_int_eq(e.last.start, 2);
	ck_assert_int_eq(e.last.end, 9);
	ck_assert_uint_eq(e.last.count, 2);
	ck_assert(e.value == 3 + 4);
	e.answer = 0;
	ck_assert_int_eq(leat_window_flush(w), LEAT_OK);
	ck_assert_int_eq(e.n, 4);
	leat_window_free(w);
}
END_TEST

/* Later results are the same as without the flush. */
START_TEST(a_window_that_was_flushed_is_told_when_it_closes)
{
	struct ear e = { 0 };
	leat_window_options o = counted_options(LEAT_TUMBLING, &e);
	leat_window *w;

	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	for (int i = 1; i <= 6; i++)
		ck_assert_int_eq(leat_window_push(w, i), LEAT_OK);
	ck_assert_int_eq(leat_window_flush(w), LEAT_OK);
	ck_assert(e.n == 1 && e.value == 21 && e.last.flags == BOTH);
	ck_assert_int_eq(leat_window_push(w, 7), LEAT_OK);
	ck_assert(e.n == 2 && e.value == 28 && e.last.flags == 0);
	ck_assert_uint_eq(e.last.revision, 0);
	ck_assert_int_eq(leat_window_flush(w), LEAT_OK);
	/* the window has been emitted, and none has begun */
	ck_assert_int_eq(e.n, 2);
	leat_window_free(w);
}
END_TEST

START_TEST(without_a_sink_a_flush_does_nothing)
{
	leat_window_options o = counted_options(LEAT_LANDMARK, NULL);
	leat_time_window_options p = timed_options(LEAT_TUMBLING, NULL);
	leat_window *w;
	leat_time_window *v;

	o.sink.emit = NULL;
	p.sink.emit = NULL;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_new(&v, &p), LEAT_OK);
	ck_assert_int_eq(leat_window_push(w, 1), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(v, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_window_flush(w), LEAT_OK);
	ck_assert_int_eq(leat_time_window_flush(v), LEAT_OK);
	leat_window_free(w);
	leat_time_window_free(v);
}
END_TEST

struct meddler {
	leat_window *w, *other;
	int asked;
};

static int meddle(void *ctx, const leat_result *r)
{
	struct meddler *m = ctx;
	leat_window *copy = m->w;
	double x = 1;

	(void)r;
	m->asked++;
	ck_assert_int_eq(leat_window_flush(m->w), LEAT_EINVAL);
	ck_assert_int_eq(leat_window_push(m->w, 1), LEAT_EINVAL);
	ck_assert_int_eq(leat_window_push_many(m->w, &x, NULL, 1, NULL),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_window_merge(m->w, m->other), LEAT_EINVAL);
	ck_assert_int_eq(leat_window_copy(m->w, NULL, &copy), LEAT_EINVAL);
	ck_assert_ptr_null(copy);
	return 0;
}

START_TEST(a_sink_cannot_change_what_is_flushed)
{
	struct meddler m = { NULL, NULL, 0 };
	leat_window_options o = counted_options(LEAT_LANDMARK, NULL);
	double x;

	o.sink.emit = meddle;
	o.sink.ctx = &m;
	ck_assert_int_eq(leat_window_new(&m.w, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_new(&m.other, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_push(m.w, 3), LEAT_OK);
	ck_assert_int_eq(leat_window_push(m.other, 5), LEAT_OK);
	ck_assert_int_eq(leat_window_flush(m.w), LEAT_OK);
	ck_assert_int_eq(m.asked, 1);
	ck_assert_int_eq(leat_window_merge(m.w, m.other), LEAT_OK);
	leat_window_query(m.w, (double[2]){ 0 });
	ck_assert_int_eq(leat_window_push(m.w, 1), LEAT_OK);
	double row[2];
	leat_window_query(m.w, row);
	x = row[0];
	ck_assert(x == 9);
	leat_window_free(m.w);
	leat_window_free(m.other);
}
END_TEST

/* ---- By time ---- */

/* _i: the kind. Memory is refused while it flushes. */
START_TEST(a_flush_by_time_takes_no_memory_and_leaves_the_state_as_it_was)
{
	struct ear e = { 0 };
	struct counted heap = { 0 };
	leat_allocator allocator = counted_allocator(&heap);
	leat_time_window_options o = timed_options(_i, &e);
	struct rng r = rng_new(7);
	leat_time_window *w;

	o.allocator = &allocator;
	o.allowed_lateness = 5;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_flush(w), LEAT_OK);
	ck_assert_int_eq(e.n, 0);
	for (int i = 0; i < 60; i++) {
		int64_t t = 2 * i - (int64_t)rng_below(&r, 9);
		ck_assert_int_ge(leat_time_window_push(w, t, 1), 0);
		struct saved before = time_window_saved(w);
		size_t calls = heap.calls;
		heap.fail_from = calls + 1;
		ck_assert_int_eq(leat_time_window_flush(w), LEAT_OK);
		heap.fail_from = 0;
		ck_assert_uint_eq(heap.calls, calls);
		struct saved after = time_window_saved(w);
		same_bytes(&before, &after);
		ck_assert_int_eq(e.last.flags, BOTH);
		ck_assert_int_eq(e.last.watermark,
		    leat_time_window_watermark(w));
	}
	ck_assert_int_eq(leat_time_window_advance(w, LEAT_TIME_MAX), LEAT_OK);
	e.n = 0;
	ck_assert_int_eq(leat_time_window_flush(w), LEAT_OK);
	ck_assert_int_eq(e.n, 0); /* all is closed */
	leat_time_window_free(w);
	ck_assert_uint_eq(heap.live, 0);
}
END_TEST

/* Windows of 12, 15 and 16 are open: the watermark is 16 - 6. */
START_TEST(sliding_windows_are_flushed_for_each_time_that_has_a_value)
{
	struct ear e = { 0 };
	leat_time_window_options o = timed_options(LEAT_SLIDING, &e);
	leat_time_window *w;

	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 8, 1), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 15, 2), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 12, 4), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 16, 8), LEAT_OK);
	ck_assert_int_eq(e.n, 1);
	e.answer = -3;
	ck_assert_int_eq(leat_time_window_flush(w), LEAT_ECALLBACK);
	ck_assert_int_eq(e.n, 4);
	ck_assert(e.last.start == 7 && e.last.end == 17 && e.value == 15);
	leat_time_window_free(w);
}
END_TEST

START_TEST(bytes_tell_what_a_window_by_time_has_taken)
{
	struct ear e = { 0 };
	struct counted heap = { 0 };
	leat_allocator allocator = counted_allocator(&heap);
	leat_time_window_options o = timed_options(LEAT_SLIDING, &e);
	leat_time_window *w;

	o.allocator = &allocator;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_uint_eq(leat_time_window_bytes(w), 0);
	uint64_t before = 0;
	for (int i = 0; i < 5000; i++)
		ck_assert_int_eq(leat_time_window_push(w, 5, i), LEAT_OK);
	before = leat_time_window_bytes(w);
	ck_assert_uint_ge(before, 5000 * 2 * sizeof(double));
	leat_time_window_reset(w);
	ck_assert_uint_eq(leat_time_window_bytes(w), 0);
	leat_time_window_free(w);
}
END_TEST

/* ---- By key ---- */

struct asker {
	leat_keyed *k;
	int n;
};

static int ask(void *ctx, const leat_result *r)
{
	struct asker *a = ctx;
	struct chain own, other = { 1, 2 };
	int64_t start = -1, end = -1;
	double row[2];

	a->n++;
	ck_assert_int_eq(leat_keyed_query(a->k, r->key, r->key_len, row),
	    LEAT_OK);
	ck_assert(row[0] == r->values[0]);
	ck_assert_int_eq(leat_keyed_interval(a->k, r->key, r->key_len, &start,
			     &end),
	    LEAT_OK);
	ck_assert(start == r->start && end == r->end);
	ck_assert_int_eq(leat_keyed_partial(a->k, r->key, r->key_len,
			     &chain_class, &own),
	    LEAT_OK);
	ck_assert_mem_eq(&own, r->partials[1], sizeof(own));
	ck_assert_int_eq(leat_keyed_partial(a->k, r->key, r->key_len,
			     &bag_class, &other),
	    LEAT_ESTAT);
	ck_assert_int_eq(leat_keyed_partial(a->k, "?", 1, &chain_class, &other),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_interval(a->k, "?", 1, &start, &end),
	    LEAT_EINVAL);
	ck_assert(start == r->start && end == r->end);
	ck_assert(other.a == 1 && other.b == 2);
	ck_assert_int_eq(leat_keyed_flush(a->k), LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_drop(a->k, r->key, r->key_len),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_watermark(a->k), r->watermark);
	return 0;
}

/* The chain of 3 and 4, pushed one after the other, or at one time. */
static struct chain chain_of(int64_t first, int64_t second)
{
	const leat_sample three = { first, 3, 0 }, four = { second, 4, 0 };
	struct chain c;

	chain_identity(&c);
	chain_append(&c, &three);
	chain_append(&c, &four);
	return c;
}

/* _i: by count or by time. Values of "a" are 3 and 4, "b" has 5. */
START_TEST(partials_of_a_key_are_those_of_its_window)
{
	struct asker a = { NULL, 0 };
	leat_window_options o = counted_options(LEAT_HOPPING, NULL);
	leat_time_window_options p = timed_options(LEAT_HOPPING, NULL);
	leat_keyed_options options = { 0 };
	struct chain got, want = _i ? chain_of(11, 11) : chain_of(0, 1);
	int64_t start, end;

	o.sink.emit = p.sink.emit = options.dropped.emit = ask;
	o.sink.ctx = p.sink.ctx = options.dropped.ctx = &a;
	options.by_count = _i ? NULL : &o;
	options.by_time = _i ? &p : NULL;
	ck_assert_int_eq(leat_keyed_new(&a.k, &options), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(a.k, "a", 1, 11, 3), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(a.k, "b", 1, 11, 5), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(a.k, "a", 1, 11, 4), LEAT_OK);
	ck_assert_int_eq(leat_keyed_partial(a.k, "a", 1, &chain_class, &got),
	    LEAT_OK);
	ck_assert_mem_eq(&got, &want, sizeof(got));
	ck_assert_int_eq(leat_keyed_partial(a.k, "c", 1, &chain_class, &got),
	    LEAT_EKEY);
	ck_assert_int_eq(leat_keyed_partial(a.k, "a", 1, &bag_class, &got),
	    LEAT_ESTAT);
	ck_assert_int_eq(leat_keyed_interval(a.k, "c", 1, &start, &end),
	    LEAT_EKEY);
	ck_assert_mem_eq(&got, &want, sizeof(got));
	ck_assert_int_eq(leat_keyed_each(a.k, ask, &a), LEAT_OK);
	ck_assert_int_eq(a.n, 2);
	struct saved before = keyed_saved(a.k);
	ck_assert_int_eq(leat_keyed_flush(a.k), LEAT_OK);
	struct saved after = keyed_saved(a.k);
	same_bytes(&before, &after);
	/* By count "a" has [0, 7), "b" too; by time [3, 13) .. [9, 19). */
	ck_assert_int_eq(a.n, 2 + (_i ? 6 : 2));
	ck_assert_int_eq(leat_keyed_drop(a.k, "a", 1), LEAT_OK);
	ck_assert_int_eq(a.n, _i ? 2 + 6 + 3 : 2 + 2 + 1);
	leat_keyed_free(a.k);
}
END_TEST

Suite *flush_suite(void)
{
	Suite *s = suite_create("flush");
	TCase *t = tcase_create("count");

	tcase_add_loop_test(t, a_flush_by_count_leaves_the_state_as_it_was,
	    LEAT_SLIDING, LEAT_DECAY + 1);
	tcase_add_test(t,
	    a_sink_that_fails_in_a_flush_is_heard_when_all_has_been_told);
	tcase_add_test(t, a_window_that_was_flushed_is_told_when_it_closes);
	tcase_add_test(t, without_a_sink_a_flush_does_nothing);
	tcase_add_test(t, a_sink_cannot_change_what_is_flushed);
	suite_add_tcase(s, t);
	t = tcase_create("time");
	tcase_add_loop_test(t,
	    a_flush_by_time_takes_no_memory_and_leaves_the_state_as_it_was, 1,
	    N_KINDS + 1);
	tcase_add_test(t,
	    sliding_windows_are_flushed_for_each_time_that_has_a_value);
	tcase_add_test(t, bytes_tell_what_a_window_by_time_has_taken);
	suite_add_tcase(s, t);
	t = tcase_create("keys");
	tcase_add_loop_test(t, partials_of_a_key_are_those_of_its_window, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
