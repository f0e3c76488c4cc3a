/*
 * Faults: no memory, options and arguments that make no sense, sizes at
 * the edge. A call that fails says so by the documented code, leaves its
 * outputs unwritten, leaks nothing and leaves the window as it was.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "classes.h"
#include "data.h"
#include "pushed.h"
#include "suites.h"

static const leat_stat usual[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MAX };
static int token; /* something to point at */

static leat_window_options sound(int kind)
{
	leat_window_options options;
	memset(&options, 0, sizeof(options));
	options.kind = kind;
	if (kind <= LEAT_HOPPING)
		options.size = 10;
	if (kind == LEAT_HOPPING)
		options.hop = 3;
	if (kind == LEAT_DECAY)
		options.alpha = 0.5;
	options.stats = usual;
	options.n_stats = kind == LEAT_DECAY ? 2 : 3;
	return options;
}

/* Checks that all three ways to make a window refuse these, writing nothing. */
static void refused(leat_window_options options, int code, int line)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_window *mark = (leat_window *)(void *)&token, *w = mark;
	unsigned char memory[64];
	size_t n = 4711;

	memset(memory, 0x3C, sizeof(memory));
	if (options.allocator == NULL)
		options.allocator = &a;
	int got = leat_window_new(&w, &options);
	ck_assert_msg(got == code, "line %d: new: %d, not %d", line, got, code);
	ck_assert_msg(w == NULL && heap.calls == 0, "line %d: new", line);
	got = leat_window_check(&options, &n, NULL);
	ck_assert_msg(got == code && n == 4711, "line %d: size: %d", line, got);
	got = leat_window_init(&w, memory, sizeof(memory), &options);
	ck_assert_msg(got == code && w == NULL, "line %d: init: %d", line, got);
	for (size_t i = 0; i < sizeof(memory); i++)
		ck_assert_uint_eq(memory[i], 0x3C);
}

#define REFUSED(options, code) refused(options, code, __LINE__)

static void accepted(leat_window_options options, int line)
{
	leat_window *w = NULL;
	int got = leat_window_new(&w, &options);
	ck_assert_msg(got == LEAT_OK, "line %d: %d", line, got);
	leat_window_free(w);
}

#define ACCEPTED(options) accepted(options, __LINE__)

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

START_TEST(an_unknown_kind_is_refused)
{
	static const int kinds[] = { -1, 5, 100, -2147483647, 2147483647 };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(int); i++) {
		leat_window_options options = sound(LEAT_SLIDING);
		options.kind = kinds[i];
		REFUSED(options, LEAT_EINVAL);
	}
}
END_TEST

START_TEST(a_size_out_of_range_is_refused)
{
	static const uint64_t sizes[] = { 0, LEAT_SIZE_MAX + 1, UINT64_MAX,
		(uint64_t)1 << 63 };
	for (int kind = LEAT_SLIDING; kind <= LEAT_HOPPING; kind++) {
		for (size_t i = 0; i < 4; i++) {
			leat_window_options options = sound(kind);
			options.size = sizes[i];
			REFUSED(options, LEAT_EINVAL);
		}
	}
}
END_TEST

START_TEST(an_advance_out_of_range_is_refused)
{
	static const uint64_t advances[] = { 0, LEAT_SIZE_MAX + 1, UINT64_MAX };
	for (size_t i = 0; i < 3; i++) {
		leat_window_options options = sound(LEAT_HOPPING);
		options.hop = advances[i];
		REFUSED(options, LEAT_EINVAL);
	}
}
END_TEST

static leat_window_options fading(double alpha, double span, double half_life)
{
	leat_window_options options = sound(LEAT_DECAY);
	options.alpha = alpha;
	options.ewm_span = span;
	options.half_life = half_life;
	return options;
}

START_TEST(a_decay_needs_exactly_one_rate_in_range)
{
	REFUSED(fading(0, 0, 0), LEAT_EINVAL);
	REFUSED(fading(0.5, 3, 0), LEAT_EINVAL);
	REFUSED(fading(0.5, 0, 1), LEAT_EINVAL);
	REFUSED(fading(0, 3, 1), LEAT_EINVAL);
	REFUSED(fading(0.5, 3, 1), LEAT_EINVAL);
	REFUSED(fading(-0.5, 0, 0), LEAT_EINVAL);
	REFUSED(fading(nextafter(1, 2), 0, 0), LEAT_EINVAL);
	REFUSED(fading(NAN, 0, 0), LEAT_EINVAL);
	REFUSED(fading(INFINITY, 0, 0), LEAT_EINVAL);
	REFUSED(fading(-INFINITY, 0, 0), LEAT_EINVAL);
	REFUSED(fading(0, nextafter(1, 0), 0), LEAT_EINVAL);
	REFUSED(fading(0, -3, 0), LEAT_EINVAL);
	REFUSED(fading(0, NAN, 0), LEAT_EINVAL);
	REFUSED(fading(0, 0, -1), LEAT_EINVAL);
	REFUSED(fading(0, 0, NAN), LEAT_EINVAL);
	REFUSED(fading(0.5, NAN, 0), LEAT_EINVAL);
	ACCEPTED(fading(1, 0, 0));
	ACCEPTED(fading(1e-9, 0, 0));
	ACCEPTED(fading(0, 1, 0));
	ACCEPTED(fading(0, 0, 0.01));
	ACCEPTED(fading(0, 0, 1e12));
}
END_TEST

START_TEST(statistics_that_do_not_exist_are_refused)
{
	static const int ids[] = { 0, -1, 47, 1000, -2147483647 };
	leat_stat stats[3] = { LEAT_MEAN, LEAT_MEAN, LEAT_MEAN };
	for (int kind = LEAT_SLIDING; kind <= LEAT_DECAY; kind++) {
		for (size_t i = 0; i < sizeof(ids) / sizeof(int); i++) {
			leat_window_options options = sound(kind);
			stats[i % 2].id = ids[i];
			options.stats = stats;
			REFUSED(options, LEAT_ESTAT);
			stats[i % 2].id = LEAT_STAT_MEAN;
		}
	}
}
END_TEST

START_TEST(a_window_without_statistics_is_refused)
{
	leat_window_options options = sound(LEAT_SLIDING);
	options.n_stats = 0;
	REFUSED(options, LEAT_EINVAL);
	options = sound(LEAT_SLIDING);
	options.stats = NULL;
	REFUSED(options, LEAT_EINVAL);
}
END_TEST

static void lacks(leat_agg agg)
{
	leat_stat stats[2] = { LEAT_MEAN, LEAT_AGG(NULL, 0.0) };
	stats[1].agg = &agg;
	for (int kind = LEAT_SLIDING; kind <= LEAT_LANDMARK; kind++) {
		leat_window_options options = sound(kind);
		options.stats = stats;
		options.n_stats = 2;
		REFUSED(options, LEAT_ESTAT);
	}
}

START_TEST(a_class_that_lacks_something_is_refused)
{
	leat_agg agg = chain_class;
	agg.size = 0;
	lacks(agg);
	agg.size = 65537;
	lacks(agg);
	agg = chain_class;
	agg.identity = NULL;
	lacks(agg);
	agg = chain_class;
	agg.lift = NULL;
	lacks(agg);
	agg = chain_class;
	agg.combine = NULL;
	lacks(agg);
	agg = chain_class;
	agg.lower = NULL;
	lacks(agg);
	agg = chain_class;
	agg.save = NULL;
	agg.load = NULL;
	agg.saved_size = 8;
	lacks(agg);
	leat_stat none = LEAT_AGG(NULL, 0.0);
	leat_window_options options = sound(LEAT_SLIDING);
	options.stats = &none;
	options.n_stats = 1;
	REFUSED(options, LEAT_ESTAT);
	agg = chain_class;
	agg.name = NULL;
	agg.prepend = NULL;
	none.agg = &agg;
	ACCEPTED(options);
}
END_TEST

static int never(void *ctx, const leat_result *result)
{
	(void)ctx;
	(void)result;
	return 0;
}

static void *no_alloc(void *ctx, size_t size)
{
	(void)ctx;
	(void)size;
	return NULL;
}

static void no_free(void *ctx, void *memory)
{
	(void)ctx;
	(void)memory;
}

START_TEST(other_options_out_of_range_are_refused)
{
	leat_window_options options = sound(LEAT_SLIDING);
	options.on_missing = 2;
	REFUSED(options, LEAT_EINVAL);
	options.on_missing = -1;
	REFUSED(options, LEAT_EINVAL);
	options = sound(LEAT_SLIDING);
	options.min_count = 11;
	REFUSED(options, LEAT_EINVAL);
	options.min_count = 10;
	ACCEPTED(options);
	leat_allocator half = { no_alloc, NULL, NULL };
	options = sound(LEAT_SLIDING);
	options.allocator = &half;
	REFUSED(options, LEAT_EINVAL);
	half.alloc = NULL;
	half.free = no_free;
	REFUSED(options, LEAT_EINVAL);
}
END_TEST

START_TEST(options_that_a_kind_has_no_use_for_are_refused)
{
	for (int kind = LEAT_SLIDING; kind <= LEAT_DECAY; kind++) {
		leat_window_options options = sound(kind);
		options.size = 5;
		if (kind > LEAT_HOPPING)
			REFUSED(options, LEAT_EINVAL);
		options = sound(kind);
		options.hop = 5;
		if (kind != LEAT_HOPPING)
			REFUSED(options, LEAT_EINVAL);
		options = sound(kind);
		options.half_life = 5;
		if (kind != LEAT_DECAY)
			REFUSED(options, LEAT_EINVAL);
		options = sound(kind);
		options.unadjusted = 1;
		if (kind != LEAT_DECAY)
			REFUSED(options, LEAT_EINVAL);
	}
}
END_TEST

/* A flush emits to their sink. */
START_TEST(windows_that_never_close_take_a_sink_and_keep_nothing)
{
	for (int kind = LEAT_LANDMARK; kind <= LEAT_DECAY; kind++) {
		leat_window_options options = sound(kind);
		options.sink.emit = never;
		ck_assert_int_eq(leat_window_check(&options, NULL, NULL),
		    LEAT_OK);
		options.keep_values = 1;
		REFUSED(options, LEAT_EINVAL);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Memory                                                             */
/* ------------------------------------------------------------------ */

/* The life of a window; returns the first error. *live must end at 0. */
static int life(struct counted *heap, int kind)
{
	leat_allocator a = counted_allocator(heap);
	leat_window_options options = sound(kind);
	leat_window *w = NULL, *copy = (leat_window *)(void *)&token;
	double out[3], after[3];
	options.allocator = &a;

	int error = leat_window_new(&w, &options);
	if (error != 0) {
		ck_assert_ptr_null(w);
		return error;
	}
	for (int i = 0; i < 25; i++)
		ck_assert_int_eq(leat_window_push(w, i * i % 7), LEAT_OK);
	leat_window_query(w, out);
	error = leat_window_copy(w, NULL, &copy);
	if (error != 0)
		ck_assert_ptr_null(copy);
	else
		leat_window_free(copy);
	leat_window_query(w, after);
	for (size_t k = 0; k < options.n_stats; k++)
		ck_assert(same_bits(out[k], after[k]));
	ck_assert_uint_eq(pushed_into(w), 25);
	leat_window_free(w);
	return error;
}

START_TEST(each_allocation_may_fail_once_or_from_then_on)
{
	for (int kind = LEAT_SLIDING; kind <= LEAT_DECAY; kind++) {
		struct counted clean = { 0 };
		ck_assert_int_eq(life(&clean, kind), LEAT_OK);
		ck_assert_uint_eq(clean.calls, 2);
		for (size_t n = 1; n <= clean.calls; n++) {
			struct counted once = { 0 }, on = { 0 };
			once.fail_at = n;
			on.fail_from = n;
			ck_assert_int_eq(life(&once, kind), LEAT_ENOMEM);
			ck_assert_int_eq(life(&on, kind), LEAT_ENOMEM);
			ck_assert_uint_eq(once.live + on.live, 0);
			ck_assert_uint_eq(once.damaged + on.damaged, 0);
		}
		ck_assert_uint_eq(clean.live + clean.damaged, 0);
	}
}
END_TEST

START_TEST(a_copy_into_another_allocator_may_fail_too)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_window_options options = sound(LEAT_SLIDING);
	leat_window *w, *copy = NULL;
	ck_assert_int_eq(leat_window_new(&w, &options), LEAT_OK);
	heap.fail_from = 1;
	ck_assert_int_eq(leat_window_copy(w, &a, &copy), LEAT_ENOMEM);
	ck_assert_ptr_null(copy);
	leat_window_free(w);
}
END_TEST

START_TEST(memory_a_byte_too_small_is_refused)
{
	for (int kind = LEAT_SLIDING; kind <= LEAT_DECAY; kind++) {
		leat_window_options options = sound(kind);
		leat_window *mark = (leat_window *)(void *)&token, *w = mark;
		size_t n;
		ck_assert_int_eq(leat_window_check(&options, &n, NULL),
		    LEAT_OK);
		unsigned char *memory = malloc(n);
		memset(memory, 0x3C, n);
		for (size_t less = 1; less <= n; less += less < 70 ? 1 : 97) {
			ck_assert_int_eq(leat_window_init(&w, memory, n - less,
					     &options),
			    LEAT_EBUFFER);
			ck_assert_ptr_null(w);
			w = mark;
		}
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(memory[i], 0x3C);
		ck_assert_int_eq(leat_window_init(&w, memory, n, &options),
		    LEAT_OK);
		leat_window_push(w, 1);
		free(memory);
	}
}
END_TEST

START_TEST(a_window_in_the_callers_memory_asks_nobody)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_window_options options = sound(LEAT_SLIDING);
	leat_window *w;
	size_t n;
	options.allocator = &a;
	heap.fail_from = 1;
	ck_assert_int_eq(leat_window_check(&options, &n, NULL), LEAT_OK);
	void *memory = malloc(n);
	ck_assert_int_eq(leat_window_init(&w, memory, n, &options), LEAT_OK);
	leat_window_push(w, 1);
	leat_window_free(w);
	ck_assert_uint_eq(heap.calls + heap.frees, 0);
	free(memory);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Sizes                                                              */
/* ------------------------------------------------------------------ */

/* Either it is too big to address, or the allocator is asked in full. */
static void huge(leat_window_options options, double least)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_window *w = NULL;
	size_t n = 0;
	heap.fail_from = 1;
	options.allocator = &a;
	int size = leat_window_check(&options, &n, NULL);
	int error = leat_window_new(&w, &options);
	ck_assert_ptr_null(w);
	if (least > (double)(SIZE_MAX / 2)) {
		ck_assert_int_eq(size, LEAT_ETOOBIG);
		ck_assert_int_eq(error, LEAT_ETOOBIG);
		ck_assert_uint_eq(heap.calls, 0);
		return;
	}
	ck_assert_int_eq(size, LEAT_OK);
	ck_assert_int_eq(error, LEAT_ENOMEM);
	ck_assert_msg((double)n >= least, "%g of %g", (double)n, least);
	ck_assert_uint_eq(heap.last_size, n);
}

START_TEST(the_largest_sizes_are_counted_without_overflow)
{
	for (uint64_t less = 0; less < 3; less++) {
		double size = (double)(LEAT_SIZE_MAX - less);
		leat_window_options options = sound(LEAT_SLIDING);
		options.size = LEAT_SIZE_MAX - less;
		huge(options, 24 * size);
		options = sound(LEAT_TUMBLING);
		options.size = LEAT_SIZE_MAX - less;
		options.keep_values = 1;
		huge(options, 8 * size);
		options = sound(LEAT_HOPPING);
		options.size = LEAT_SIZE_MAX - less;
		options.hop = 1;
		huge(options, 8 * size);
	}
}
END_TEST

START_TEST(windows_that_store_nothing_may_be_of_any_size)
{
	leat_window_options options = sound(LEAT_TUMBLING);
	options.size = LEAT_SIZE_MAX;
	ACCEPTED(options);
	options = sound(LEAT_HOPPING);
	options.size = LEAT_SIZE_MAX;
	options.hop = LEAT_SIZE_MAX;
	ACCEPTED(options);
	options.hop = LEAT_SIZE_MAX / 64;
	ACCEPTED(options);
	options.size = 3;
	options.hop = LEAT_SIZE_MAX;
	ACCEPTED(options);
}
END_TEST

/* 2^39 partials of 2^16 bytes from 2000 classes: more than 2^64 bytes. */
START_TEST(more_memory_than_there_are_addresses_is_refused)
{
	enum { N = 2000 };
	static leat_agg aggs[N];
	static leat_stat stats[N];
	for (size_t i = 0; i < N; i++) {
		aggs[i] = chain_class;
		aggs[i].size = 65536;
		stats[i].id = LEAT_STAT_AGG;
		stats[i].agg = &aggs[i];
	}
	leat_window_options options = sound(LEAT_SLIDING);
	options.stats = stats;
	options.size = LEAT_SIZE_MAX;
	for (size_t n = 100; n <= N; n += 50) {
		options.n_stats = n;
		huge(options, ldexp((double)n, 55));
	}
	options = sound(LEAT_HOPPING);
	options.stats = stats;
	options.n_stats = N;
	options.size = LEAT_SIZE_MAX;
	options.hop = 1;
	REFUSED(options, LEAT_ETOOBIG);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Pushes and reads that fail                                         */
/* ------------------------------------------------------------------ */

START_TEST(calls_that_fail_leave_the_window_as_it_was)
{
	for (int kind = LEAT_SLIDING; kind <= LEAT_DECAY; kind++) {
		leat_window_options options = sound(kind);
		leat_window *w;
		double before[3], after[3], x[4] = { 1, 2, 3, 4 };
		struct chain c = { 5, 6 };
		ck_assert_int_eq(leat_window_new(&w, &options), LEAT_OK);
		for (int i = 0; i < 14; i++)
			leat_window_push(w, 0.1 * i);
		leat_window_query(w, before);
		ck_assert_int_eq(leat_window_push_xy(w, 1, 2), LEAT_EPAIRS);
		ck_assert_int_eq(leat_window_push_many(w, x, x, 4, NULL),
		    LEAT_EPAIRS);
		ck_assert_int_eq(leat_window_partial(w, &chain_class, &c),
		    LEAT_ESTAT);
		ck_assert_int_lt(leat_window_read(w, 1000, 1, x, NULL), 0);
		leat_window_query(w, after);
		for (size_t k = 0; k < options.n_stats; k++)
			ck_assert(same_bits(before[k], after[k]));
		ck_assert_uint_eq(pushed_into(w), 14);
		ck_assert(c.a == 5 && c.b == 6 && x[0] == 1);
		leat_window_free(w);
	}
}
END_TEST

Suite *faults_suite(void)
{
	Suite *s = suite_create("faults");
	TCase *t = tcase_create("options");
	tcase_add_test(t, an_unknown_kind_is_refused);
	tcase_add_test(t, a_size_out_of_range_is_refused);
	tcase_add_test(t, an_advance_out_of_range_is_refused);
	tcase_add_test(t, a_decay_needs_exactly_one_rate_in_range);
	tcase_add_test(t, statistics_that_do_not_exist_are_refused);
	tcase_add_test(t, a_window_without_statistics_is_refused);
	tcase_add_test(t, a_class_that_lacks_something_is_refused);
	tcase_add_test(t, other_options_out_of_range_are_refused);
	tcase_add_test(t, options_that_a_kind_has_no_use_for_are_refused);
	tcase_add_test(t,
	    windows_that_never_close_take_a_sink_and_keep_nothing);
	suite_add_tcase(s, t);
	t = tcase_create("memory");
	tcase_add_test(t, each_allocation_may_fail_once_or_from_then_on);
	tcase_add_test(t, a_copy_into_another_allocator_may_fail_too);
	tcase_add_test(t, memory_a_byte_too_small_is_refused);
	tcase_add_test(t, a_window_in_the_callers_memory_asks_nobody);
	suite_add_tcase(s, t);
	t = tcase_create("sizes");
	tcase_add_test(t, the_largest_sizes_are_counted_without_overflow);
	tcase_add_test(t, windows_that_store_nothing_may_be_of_any_size);
	tcase_add_test(t, more_memory_than_there_are_addresses_is_refused);
	suite_add_tcase(s, t);
	t = tcase_create("calls");
	tcase_add_test(t, calls_that_fail_leave_the_window_as_it_was);
	suite_add_tcase(s, t);
	return s;
}
