/*
 * Cost, counted and not timed: how many steps and combines of a class
 * each call takes in the worst case, and how often memory is asked for.
 *
 * A step is an append or a prepend; a class without these is lifted and
 * combined, and then a push may take as many combines as it takes lifts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "classes.h"
#include "data.h"
#include "pushed.h"
#include "quiet.h"
#include "suites.h"

struct bill {
	struct watch watch;
	leat_agg agg;
	leat_stat stats[2];
	leat_window_options options;
	leat_window *window;
	struct counted heap;
	leat_allocator allocator;
	int fast;
};

static void bill_open(struct bill *b, int kind, uint64_t size, uint64_t advance,
    int fast)
{
	memset(b, 0, sizeof(*b));
	b->agg = watch_class(&b->watch, 32, fast);
	b->fast = fast;
	b->stats[0] = (leat_stat)LEAT_AGG(NULL, 0.0);
	b->stats[0].agg = &b->agg;
	b->stats[1] = (leat_stat)LEAT_MEAN;
	b->options.kind = kind;
	b->options.size = size;
	b->options.hop = advance;
	b->options.stats = b->stats;
	b->options.n_stats = 2;
	b->allocator = counted_allocator(&b->heap);
	b->options.allocator = &b->allocator;
	ck_assert_int_eq(leat_window_new(&b->window, &b->options), LEAT_OK);
}

static void bill_close(struct bill *b)
{
	ck_assert_uint_eq(b->heap.calls, 1);
	ck_assert_uint_eq(b->heap.frees, 0);
	leat_window_free(b->window);
	ck_assert_uint_eq(b->heap.frees, 1);
	ck_assert_uint_eq(b->heap.damaged, 0);
	ck_assert_uint_eq(b->watch.faults, 0);
}

#define ck_bill(b, condition)                                                  \
	ck_assert_msg(condition,                                               \
	    #condition ": kind %d size %llu advance %llu, push %llu: "         \
		       "%u lifts %u appends %u prepends %u combines",          \
	    (b)->options.kind, (unsigned long long)(b)->options.size,          \
	    (unsigned long long)(b)->options.hop,                              \
	    (unsigned long long)pushed_into((b)->window),                      \
	    (unsigned)(b)->watch.lifts, (unsigned)(b)->watch.appends,          \
	    (unsigned)(b)->watch.prepends, (unsigned)(b)->watch.combines)

static void push_costs(struct bill *b, double x, size_t steps, size_t more)
{
	watch_clear(&b->watch);
	ck_assert_int_eq(leat_window_push(b->window, x), LEAT_OK);
	ck_bill(b, watch_steps(&b->watch) <= steps);
	ck_bill(b, b->watch.combines <= (b->fast ? 0 : b->watch.lifts) + more);
	ck_bill(b, b->watch.lowers == 0);
	ck_bill(b, b->watch.identities <= 4);
}

static void query_costs(struct bill *b)
{
	double out[2];
	unsigned char partial[64];
	size_t most = b->options.kind == LEAT_HOPPING ? 4 : 2;
	watch_clear(&b->watch);
	leat_window_query(b->window, out);
	ck_bill(b, b->watch.combines <= most);
	ck_bill(b, watch_steps(&b->watch) == 0);
	ck_bill(b, b->watch.lowers <= 1);
	watch_clear(&b->watch);
	ck_assert_int_eq(leat_window_partial(b->window, &b->agg, partial),
	    LEAT_OK);
	ck_bill(b, b->watch.combines <= most);
	ck_bill(b, watch_steps(&b->watch) == 0 && b->watch.lowers <= 1);
}

static double value(uint64_t size, size_t i)
{
	return i % (size % 5 + 3) == 1 ? (double)NAN : (double)(i % 10);
}

static void slide(uint64_t size, size_t n, int fast)
{
	static struct bill b;
	bill_open(&b, LEAT_SLIDING, size, 0, fast);
	for (size_t i = 0; i < n; i++) {
		push_costs(&b, value(size, i), 2, 0);
		query_costs(&b);
	}
	leat_window_reset(b.window);
	for (size_t i = 0; i < size % 50 + 3; i++)
		push_costs(&b, 1, 2, 0);
	bill_close(&b);
}

START_TEST(a_sliding_push_takes_two_steps_and_a_query_two_combines)
{
	for (uint64_t size = 1; size <= 300; size += short_run() ? 17 : 1)
		slide(size, 4 * size + 20, _i);
}
END_TEST

START_TEST(and_so_it_does_in_large_windows)
{
	static const uint64_t sizes[] = { 1000, 4096, 4097, 65536, 99999 };
	for (int k = 0; k < (short_run() ? 1 : 5); k++)
		slide(sizes[k], (size_t)(sizes[k] * 5 / 2), _i);
}
END_TEST

/* Each query's cost is in the callback; the push's own is 2 steps. */
static int ignore(void *ctx, const leat_result *result)
{
	(void)ctx;
	(void)result;
	return 0;
}

START_TEST(a_callback_adds_the_cost_of_a_query)
{
	struct watch w = { 0 };
	leat_agg agg = watch_class(&w, 24, 1);
	leat_stat stat = LEAT_AGG(NULL, 0.0);
	leat_window_options options;
	leat_window *window;
	stat.agg = &agg;
	memset(&options, 0, sizeof(options));
	options.size = 13;
	options.stats = &stat;
	options.n_stats = 1;
	options.sink.emit = ignore;
	ck_assert_int_eq(leat_window_new(&window, &options), LEAT_OK);
	for (int i = 0; i < 100; i++) {
		watch_clear(&w);
		leat_window_push(window, i);
		ck_assert_uint_le(watch_steps(&w), 2);
		ck_assert_uint_le(w.combines, 2);
		ck_assert_uint_le(w.lowers, 1);
	}
	leat_window_free(window);
}
END_TEST

START_TEST(the_other_kinds_take_one_step_a_push)
{
	static struct bill b;
	for (int kind = LEAT_TUMBLING; kind <= LEAT_LANDMARK; kind++) {
		if (kind == LEAT_HOPPING)
			continue;
		for (uint64_t size = 1; size < 30; size++) {
			uint64_t sized = kind == LEAT_TUMBLING ? size : 0;
			bill_open(&b, kind, sized, 0, _i);
			for (size_t i = 0; i < 4 * size + 10; i++) {
				push_costs(&b, value(size, i), 1, 0);
				query_costs(&b);
			}
			bill_close(&b);
		}
	}
}
END_TEST

/* A pane ends at each start of a window and at each end of one. */
static int ends_a_pane(uint64_t size, uint64_t advance, size_t pushed)
{
	return pushed % advance == 0 ||
	    (pushed >= size && (pushed - size) % advance == 0) ||
	    pushed % advance == size % advance;
}

START_TEST(a_hopping_push_takes_a_step_and_two_combines_at_a_pane)
{
	static struct bill b;
	for (uint64_t size = 1; size <= 60; size += short_run() ? 7 : 1) {
		for (uint64_t hop = 1; hop <= size + 3; hop += size / 20 + 1) {
			bill_open(&b, LEAT_HOPPING, size, hop, _i);
			for (size_t i = 0; i < 3 * size + 3 * hop; i++) {
				/* The end before this push counts too. */
				int pane = ends_a_pane(size, hop, i + 1) ||
				    ends_a_pane(size, hop, i);
				push_costs(&b, value(size, i), 1, pane ? 2 : 0);
				query_costs(&b);
			}
			bill_close(&b);
		}
	}
}
END_TEST

/* n pushes at once with results: no more than one by one. */
START_TEST(many_pushes_at_once_cost_no_more)
{
	static struct bill b;
	static double x[3000], out[6000];
	for (size_t i = 0; i < 3000; i++)
		x[i] = value(7, i);
	for (uint64_t size = 1; size <= 300; size += 13) {
		for (int rows = 0; rows < 2; rows++) {
			bill_open(&b, LEAT_SLIDING, size, 0, _i);
			leat_window_push_many(b.window, x, NULL, 3000,
			    rows ? out : NULL);
			size_t steps = watch_steps(&b.watch);
			size_t joins = b.fast ? 0 : b.watch.lifts;
			ck_bill(&b, steps <= 2 * 3000);
			ck_bill(&b,
			    b.watch.combines <= joins + (rows ? 2 * 3000 : 0));
			bill_close(&b);
		}
	}
}
END_TEST

START_TEST(making_a_window_costs_the_same_whatever_its_size)
{
	static const uint64_t sizes[] = { 2, 100, 100000 };
	static struct bill b;
	for (int kind = LEAT_SLIDING; kind <= LEAT_HOPPING; kind++) {
		for (int k = 0; k < 3; k++) {
			bill_open(&b, kind, sizes[k],
			    kind == LEAT_HOPPING ? 1 : 0, 1);
			ck_bill(&b, b.watch.identities <= 16);
			ck_bill(&b, watch_steps(&b.watch) == 0);
			watch_clear(&b.watch);
			leat_window_reset(b.window);
			ck_bill(&b, b.watch.identities <= 16);
			bill_close(&b);
		}
	}
}
END_TEST

START_TEST(nothing_but_new_and_copy_allocates)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MIN,
		LEAT_PRODUCT, LEAT_ARGMAX, LEAT_KURTOSIS, LEAT_SLOPE };
	static double x[500], out[3500];
	for (int kind = LEAT_SLIDING; kind <= LEAT_LANDMARK; kind++) {
		leat_window_options options;
		leat_window *w, *copy;
		memset(&options, 0, sizeof(options));
		memset(&heap, 0, sizeof(heap));
		options.kind = kind;
		options.size = kind < LEAT_LANDMARK ? 77 : 0;
		options.hop = kind == LEAT_HOPPING ? 5 : 0;
		options.keep_values = kind == LEAT_TUMBLING ||
		    kind == LEAT_HOPPING;
		options.stats = stats;
		options.n_stats = 7;
		options.allocator = &a;
		ck_assert_int_eq(leat_window_new(&w, &options), LEAT_OK);
		ck_assert_uint_eq(heap.calls, 1);
		for (int i = 0; i < 400; i++) {
			leat_window_push_xy(w, i, -i);
			leat_window_query(w, out);
		}
		leat_window_push_many(w, x, x, 500, out);
		(void)leat_window_read(w, 0, 1, out, out + 1);
		leat_window_reset(w);
		ck_assert_uint_eq(heap.calls, 1);
		ck_assert_int_eq(leat_window_copy(w, NULL, &copy), LEAT_OK);
		ck_assert_uint_eq(heap.calls, 2);
		leat_window_free(w);
		leat_window_free(copy);
		ck_assert_uint_eq(heap.live, 0);
		ck_assert_uint_eq(heap.damaged, 0);
	}
}
END_TEST

Suite *cost_suite(void)
{
	Suite *s = suite_create("cost");
	TCase *t = tcase_create("cost");
	tcase_set_timeout(t, 120);
	/* 0: a class that is lifted and combined; 1: one that is fast. */
	tcase_add_loop_test(t,
	    a_sliding_push_takes_two_steps_and_a_query_two_combines, 0, 2);
	tcase_add_loop_test(t, and_so_it_does_in_large_windows, 0, 2);
	tcase_add_test(t, a_callback_adds_the_cost_of_a_query);
	tcase_add_loop_test(t, the_other_kinds_take_one_step_a_push, 0, 2);
	tcase_add_loop_test(t,
	    a_hopping_push_takes_a_step_and_two_combines_at_a_pane, 0, 2);
	tcase_add_loop_test(t, many_pushes_at_once_cost_no_more, 0, 2);
	tcase_add_test(t, making_a_window_costs_the_same_whatever_its_size);
	tcase_add_test(t, nothing_but_new_and_copy_allocates);
	suite_add_tcase(s, t);
	return s;
}
