/*
 * Single pushes among many keys, which may be put off inside: what anybody
 * can see of them is what push_many() and keys without that show.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "data.h"
#include "saved.h"
#include "suites.h"

enum { KEYS = 12000, EVENTS = 60000 };

/* A hash of all results, in order. */
struct heard {
	uint64_t hash, n;
};

static int hear(void *ctx, const leat_result *r)
{
	struct heard *h = ctx;
	uint64_t word = (uint64_t)r->start * 31 + (uint64_t)r->end;

	for (size_t i = 0; i < r->key_len; i++)
		word = word * 131 + ((const unsigned char *)r->key)[i];
	for (size_t i = 0; i < r->n_values; i++) {
		uint64_t bits;
		memcpy(&bits, &r->values[i], sizeof(bits));
		word = (word ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
	}
	h->hash = (h->hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
	h->n++;
	return 0;
}

static uint64_t state;

static uint64_t draw(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

struct text {
	char bytes[24];
	size_t len;
};

static struct text texts[EVENTS];
static leat_event events[EVENTS];

/* Mostly in order, some late, some too late, some far ahead; a NaN. */
static void make_events(uint64_t seed, int64_t span)
{
	int64_t now = -5 * span;

	state = seed * 2654435761u + 88172645463325252u;
	for (size_t i = 0; i < EVENTS; i++) {
		leat_event *e = &events[i];
		struct text *t = &texts[i];
		uint64_t key = i < KEYS ? i : draw(KEYS + 500);
		int n = snprintf(t->bytes, sizeof(t->bytes),
		    key % 97 ? "%llu" : "a longer key %llu",
		    (unsigned long long)key);
		t->len = key == 13 ? 0 : (size_t)n;
		memset(e, 0, sizeof(*e));
		now += (int64_t)draw(3);
		if (draw(5000) == 0)
			now += 3 * span;
		e->key = t->bytes;
		e->key_len = t->len;
		e->t = now - (draw(4) ? 0 : (int64_t)draw((uint64_t)span));
		if (draw(50) == 0)
			e->t -= 2 * span;
		e->x = draw(60) ? (double)draw(1000) / 7 : (double)NAN;
	}
}

static leat_keyed *make(struct heard *h, int kind, int64_t span, int64_t delay,
    const leat_allocator *allocator)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_COUNT_MISSING,
		LEAT_SUM, LEAT_STDDEV, LEAT_MIN };
	keyed_choice o;
	leat_keyed *k;

	memset(&o, 0, sizeof(o));
	memset(h, 0, sizeof(*h));
	o.by_time.kind = kind;
	o.by_time.span = span;
	o.by_time.hop = kind == LEAT_HOPPING ? span + span / 3 : 0;
	o.by_time.delay = delay;
	o.by_time.stats = stats;
	o.by_time.n_stats = 5;
	o.by_time.sink.emit = hear;
	o.by_time.sink.ctx = h;
	o.allocator = allocator;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	return k;
}

/* Pushes alone: such a push may wait, those of push_events() never do. */
static int push_one(leat_keyed *k, const leat_event *e)
{
	return leat_keyed_push(k, e->key, e->key_len, e->t, e->x);
}

/* Makes an object whose pushes are settled one by one by a query. */
static leat_keyed *asked(struct heard *h, int kind, int64_t span, int64_t delay,
    int *errors)
{
	leat_keyed *k = make(h, kind, span, delay, NULL);

	for (size_t i = 0; i < EVENTS; i++) {
		errors[i] = push_one(k, &events[i]);
		(void)leat_keyed_n_keys(k);
	}
	return k;
}

static void same_counts(leat_keyed *a, leat_keyed *b, size_t step)
{
	leat_counts x, y;

	leat_keyed_counts(a, &x);
	leat_keyed_counts(b, &y);
	ck_assert_msg(memcmp(&x, &y, sizeof(x)) == 0, "counts at %u",
	    (unsigned)step);
	ck_assert_uint_eq(leat_keyed_n_keys(a), leat_keyed_n_keys(b));
	ck_assert_int_eq(leat_keyed_now(a), leat_keyed_now(b));
	ck_assert_int_eq(leat_keyed_watermark(a), leat_keyed_watermark(b));
}

static void same_results(leat_keyed *a, leat_keyed *b)
{
	for (size_t i = 0; i < EVENTS; i += 7) {
		const struct text *t = &texts[i];
		double x[5], y[5];
		int err = leat_keyed_query(a, t->bytes, t->len, x);
		ck_assert_int_eq(leat_keyed_query(b, t->bytes, t->len, y), err);
		if (!err)
			ck_assert_msg(memcmp(x, y, sizeof(x)) == 0, "key %u",
			    (unsigned)i);
	}
}

static void finish(leat_keyed *a, leat_keyed *b, const struct heard *x,
    const struct heard *y)
{
	same_counts(a, b, EVENTS);
	same_results(a, b);
	ck_assert_int_eq(leat_keyed_advance(a, LEAT_TIME_MAX), LEAT_OK);
	ck_assert_int_eq(leat_keyed_advance(b, LEAT_TIME_MAX), LEAT_OK);
	ck_assert_uint_eq(x->n, y->n);
	ck_assert_uint_eq(x->hash, y->hash);
	ck_assert_uint_gt(x->n, KEYS);
	leat_keyed_free(a);
	leat_keyed_free(b);
}

static int errors[EVENTS];

static const struct {
	int kind;
	int64_t span, delay;
} trials[] = {
	{ LEAT_TUMBLING, 9000, 0 },
	{ LEAT_TUMBLING, 9000, 2500 },
	{ LEAT_TUMBLING, 200, 150 },
	{ LEAT_HOPPING, 6000, 1000 },
};

enum { TRIALS = sizeof(trials) / sizeof(trials[0]) };

/* Errors are answered at once, and nothing else depends on being asked. */
START_TEST(pushes_that_wait_are_as_pushes_that_do_not)
{
	int kind = trials[_i].kind;
	int64_t span = trials[_i].span, delay = trials[_i].delay;
	struct heard x, y;
	size_t wrong = 0;
	make_events((uint64_t)_i + 1, span);
	leat_keyed *a = asked(&x, kind, span, delay, errors);
	leat_keyed *b = make(&y, kind, span, delay, NULL);
	for (size_t i = 0; i < EVENTS; i++)
		wrong += push_one(b, &events[i]) != errors[i];
	ck_assert_uint_eq(wrong, 0);
	finish(a, b, &x, &y);
}
END_TEST

/* Questions, copies, batches and time at any moment. */
START_TEST(whatever_comes_between_finds_them_settled)
{
	int kind = trials[_i].kind;
	int64_t span = trials[_i].span, delay = trials[_i].delay;
	struct heard x, y;
	make_events((uint64_t)_i + 11, span);
	leat_keyed *a = asked(&x, kind, span, delay, errors);
	leat_keyed *b = make(&y, kind, span, delay, NULL);
	for (size_t i = 0; i < EVENTS; i++) {
		size_t n = draw(40);
		double out[5];
		leat_keyed *c;
		if (draw(30) == 0 && i + n <= EVENTS) {
			(void)leat_keyed_push_events(b, events + i, n, NULL);
			i += n;
		}
		if (i < EVENTS)
			ck_assert_msg(push_one(b, &events[i]) == errors[i],
			    "event %u", (unsigned)i);
		if (draw(50) == 0 && i < EVENTS) {
			int err = leat_keyed_query(b, events[i].key,
			    events[i].key_len, out);
			ck_assert(err == LEAT_OK ||
			    (err == LEAT_EKEY && errors[i] == LEAT_TOO_LATE));
		}
		if (draw(50) == 0)
			ck_assert_int_eq(leat_keyed_advance(b,
					     leat_keyed_now(b)),
			    LEAT_OK);
		if (draw(8000) == 0) {
			ck_assert_int_eq(leat_keyed_copy(b, NULL, &c), LEAT_OK);
			leat_keyed_free(b);
			b = c;
		}
	}
	finish(a, b, &x, &y);
}
END_TEST

/* Fails one allocation in four. */
static void *scarce_alloc(void *ctx, size_t size)
{
	unsigned *calls = ctx;

	return ++*calls % 4 == 3 ? NULL : malloc(size);
}

static void scarce_free(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

/* Failed calls are repeated; nothing is lost or done twice. */
START_TEST(nothing_is_lost_where_memory_is_short)
{
	int64_t span = 9000, delay = 2500;
	unsigned calls = 0;
	leat_allocator scarce = { scarce_alloc, scarce_free, &calls };
	struct heard x, y;
	size_t wrong = 0, failed = 0;
	make_events((uint64_t)_i + 21, span);
	leat_keyed *a = asked(&x, LEAT_TUMBLING, span, delay, errors);
	leat_keyed *b = make(&y, LEAT_TUMBLING, span, delay, &scarce);
	for (size_t i = 0; i < EVENTS; i++) {
		int err;
		while ((err = push_one(b, &events[i])) == LEAT_ENOMEM)
			failed++;
		wrong += err != errors[i];
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_gt(failed, 0);
	while (leat_keyed_advance(b, leat_keyed_now(b)) == LEAT_ENOMEM)
		;
	finish(a, b, &x, &y);
}
END_TEST

static leat_counts counts_of(leat_keyed *k)
{
	leat_counts c;

	leat_keyed_counts(k, &c);
	return c;
}

/* Fails each allocation of a push, until it is told something else. */
static int push_failing(leat_keyed *k, struct counted *heap,
    const leat_event *e, size_t *failed)
{
	for (size_t n = 1;; n++) {
		/*
		 * A query settles deferred pushes, so it is not made each time.
		 */
		int asks = draw(4) == 0;
		leat_counts was = { 0 }, is;
		if (asks)
			was = counts_of(k);
		int64_t now = leat_keyed_now(k);
		size_t *fails = n % 2 ? &heap->fail_at : &heap->fail_from;
		*fails = heap->calls + (n + 1) / 2;
		int err = push_one(k, e);
		*fails = 0;
		if (err != LEAT_ENOMEM)
			return err;
		++*failed;
		ck_assert_int_eq(leat_keyed_now(k), now);
		if (!asks)
			continue;
		is = counts_of(k);
		ck_assert_int_eq(memcmp(&is, &was, sizeof(is)), 0);
	}
}

/* Beside a twin whose allocator does not fail. */
START_TEST(a_push_that_fails_among_waiting_ones_has_changed_nothing)
{
	int kind = trials[_i].kind;
	int64_t span = trials[_i].span, delay = trials[_i].delay;
	struct counted heap;
	leat_allocator counting = counted_allocator(&heap);
	struct heard x, y;
	size_t failed = 0;
	memset(&heap, 0, sizeof(heap));
	make_events((uint64_t)_i + 31, span);
	leat_keyed *a = make(&x, kind, span, delay, NULL);
	leat_keyed *b = make(&y, kind, span, delay, &counting);
	for (size_t i = 0; i < EVENTS; i++) {
		int err = push_failing(b, &heap, &events[i], &failed);
		ck_assert_int_eq(err, push_one(a, &events[i]));
		if (i % 1000 == 0)
			same_counts(a, b, i);
	}
	ck_assert_uint_gt(failed, 20);
	struct saved s = keyed_saved(a), t = keyed_saved(b);
	ck_assert(s.n == t.n && memcmp(s.bytes, t.bytes, s.n) == 0);
	saved_free(&s);
	saved_free(&t);
	finish(a, b, &x, &y);
	ck_assert_uint_eq(heap.live, 0);
}
END_TEST

/* Times out of range, and keys too long to wait, among values that wait. */
START_TEST(what_cannot_wait_is_answered_at_once)
{
	static const char text[LEAT_KEY_MAX + 1] = "a key that is too long";
	struct heard h;
	leat_keyed *k = make(&h, LEAT_TUMBLING, 9000, 0, NULL);
	double out[5];

	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), 5, 1),
		    LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 6, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, -9001, 1), LEAT_TOO_LATE);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, INT64_MAX, 1),
	    LEAT_TOO_FAR);
	ck_assert_int_eq(leat_keyed_push(k, text, sizeof(text), 6, 1),
	    LEAT_EKEY);
	ck_assert_int_eq(leat_keyed_push(k, text, 17, 7, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 8, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_query(k, "a", 1, out), LEAT_OK);
	ck_assert_double_eq(out[0], 2);
	ck_assert_int_eq(leat_keyed_query(k, text, 17, out), LEAT_OK);
	ck_assert_double_eq(out[0], 1);
	leat_counts c = counts_of(k);
	ck_assert_uint_eq(c.taken, 10003);
	ck_assert_uint_eq(c.refused, 1);
	ck_assert_uint_eq(c.late, 1);
	leat_keyed_free(k);
}
END_TEST

/* The window behind it has all other keys. */
START_TEST(a_window_that_only_waiting_values_have_is_told_when_it_ends)
{
	struct heard h;
	leat_keyed *k = make(&h, LEAT_TUMBLING, 100, 200, NULL);

	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(leat_keyed_push(k, &i, sizeof(i), 250, 1),
		    LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 60, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "b", 1, 299, 1), LEAT_OK);
	ck_assert_uint_eq(h.n, 0);
	ck_assert_int_eq(leat_keyed_push(k, "b", 1, 300, 1), LEAT_OK);
	ck_assert_uint_eq(h.n, 1);
	leat_keyed_free(k);
}
END_TEST

/* No memory at all from some moment on. */
static void *last_alloc(void *ctx, size_t size)
{
	return *(int *)ctx ? NULL : malloc(size);
}

START_TEST(what_was_answered_is_true_when_memory_ends)
{
	int ended = 0;
	leat_allocator a = { last_alloc, scarce_free, &ended };
	struct heard h;
	leat_keyed *k = make(&h, LEAT_TUMBLING, 1000, 0, &a);
	int keys = 9000 + 37 * _i, n = 0;
	double out[5];
	char text[16];
	for (; n < keys + 5000; n++) {
		ended = n >= keys;
		int len = snprintf(text, sizeof(text), "%d", n);
		int err = leat_keyed_push(k, text, (size_t)len, 5, 1);
		if (err) {
			ck_assert_int_eq(err, LEAT_ENOMEM);
			break;
		}
	}
	ck_assert_int_ge(n, keys);
	ck_assert_uint_eq(leat_keyed_n_keys(k), (uint64_t)n);
	for (int i = 0; i < n; i++) {
		int len = snprintf(text, sizeof(text), "%d", i);
		if (leat_keyed_query(k, text, (size_t)len, out) || out[0] != 1)
			ck_abort_msg("key %d of %d", i, n);
	}
	ended = 0;
	leat_keyed_free(k);
}
END_TEST

Suite *keyed_queue_suite(void)
{
	Suite *s = suite_create("keyed_queue");
	TCase *t = tcase_create("queue");
	int n = short_run() ? 1 : TRIALS;

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, pushes_that_wait_are_as_pushes_that_do_not, 0,
	    n);
	tcase_add_loop_test(t, whatever_comes_between_finds_them_settled, 0, n);
	tcase_add_loop_test(t, nothing_is_lost_where_memory_is_short, 0, 2);
	tcase_add_loop_test(t,
	    a_push_that_fails_among_waiting_ones_has_changed_nothing, 0,
	    TRIALS);
	tcase_add_test(t, what_cannot_wait_is_answered_at_once);
	tcase_add_test(t,
	    a_window_that_only_waiting_values_have_is_told_when_it_ends);
	tcase_add_loop_test(t, what_was_answered_is_true_when_memory_ends, 0,
	    short_run() ? 2 : 40);
	suite_add_tcase(s, t);
	return s;
}
