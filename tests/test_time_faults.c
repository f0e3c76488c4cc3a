/*
 * Faults of windows by time: options and arguments that make no sense,
 * allocators that fail, calendars that answer wrongly. What fails says so
 * by the documented code and leaves no trace but for a count.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "alloc.h"
#include "classes.h"
#include "lists.h"
#include "suites.h"
#include "time_trial.h"

static const leat_stat usual[] = { LEAT_COUNT, LEAT_MEAN };
static struct trial trial;
static int token;

static leat_time_window_options sound(int kind)
{
	leat_time_window_options o;
	memset(&o, 0, sizeof(o));
	set_kind(&o, kind, 100, 30, uneven_months);
	o.stats = usual;
	o.n_stats = 2;
	return o;
}

static void refused(leat_time_window_options o, int code, int line)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_time_window *mark = (leat_time_window *)(void *)&token, *w = mark;
	if (o.allocator == NULL)
		o.allocator = &a;
	int got = leat_time_window_new(&w, &o);
	ck_assert_msg(got == code, "line %d: kind %d: %d, not %d", line, o.kind,
	    got, code);
	ck_assert_msg(w == NULL && heap.live == 0, "line %d", line);
}

static void accepted(leat_time_window_options o, int line)
{
	leat_time_window *w = NULL;
	int got = leat_time_window_new(&w, &o);
	ck_assert_msg(got == LEAT_OK, "line %d: kind %d: %d", line, o.kind,
	    got);
	leat_time_window_free(w);
}

#define REFUSED(o, code) refused(o, code, __LINE__)
#define ACCEPTED(o) accepted(o, __LINE__)

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

START_TEST(an_unknown_kind_is_refused)
{
	static const int kinds[] = { -1, 0, N_KINDS + 1, 100, -2147483647,
		2147483647 };
	for (size_t i = 0; i < 6; i++) {
		leat_time_window_options o = sound(LEAT_TUMBLING);
		o.kind = kinds[i];
		REFUSED(o, LEAT_EINVAL);
	}
	for (int kind = 1; kind <= N_KINDS; kind++)
		ACCEPTED(sound(kind));
}
END_TEST

/* An option that must be above 0 where it is used, and 0 elsewhere. */
struct length_option {
	size_t offset;
	unsigned kinds; /* bits */
};

static void set_length(leat_time_window_options *o, size_t offset, int64_t to)
{
	memcpy((char *)o + offset, &to, sizeof(to));
}

/* A bit for each kind that has this length, or that hops. */
static unsigned kinds_by(enum kind_length length, int hops)
{
	unsigned kinds = 0;

	for (int kind = 1; kind <= N_KINDS; kind++)
		if (hops ? kind_list[kind - 1].hops
			 : kind_list[kind - 1].length == length)
			kinds |= 1u << kind;
	return kinds;
}

START_TEST(lengths_must_be_above_zero_where_they_are_used)
{
	const struct length_option lengths[] = {
		{ offsetof(leat_time_window_options, span),
		    kinds_by(BY_SPAN, 0) },
		{ offsetof(leat_time_window_options, hop),
		    kinds_by(BY_SPAN, 1) },
		{ offsetof(leat_time_window_options, gap),
		    kinds_by(BY_GAP, 0) },
	};

	for (int kind = 1; kind <= N_KINDS; kind++) {
		for (size_t i = 0; i < 3; i++) {
			leat_time_window_options o = sound(kind);
			int used = (lengths[i].kinds >> kind & 1) != 0;
			set_length(&o, lengths[i].offset, -1);
			REFUSED(o, used ? LEAT_EINVAL : LEAT_EINVAL);
			set_length(&o, lengths[i].offset, INT64_MIN);
			REFUSED(o, used ? LEAT_EINVAL : LEAT_EINVAL);
			set_length(&o, lengths[i].offset, 0);
			if (used)
				REFUSED(o, LEAT_EINVAL);
			set_length(&o, lengths[i].offset, INT64_MAX);
			if (used && kind == LEAT_HOPPING && i == 0)
				REFUSED(o, LEAT_EINVAL); /* too many hops */
			else if (used)
				ACCEPTED(o);
			else
				REFUSED(o, LEAT_EINVAL);
		}
	}
}
END_TEST

START_TEST(no_value_is_in_more_than_so_many_hopping_windows)
{
	leat_time_window_options o = sound(LEAT_HOPPING);
	o.hop = 7;
	o.span = 7 * (int64_t)LEAT_HOPS_MAX + 6;
	ACCEPTED(o);
	o.span++;
	REFUSED(o, LEAT_EINVAL);
	o.span = INT64_MAX;
	o.hop = 1;
	REFUSED(o, LEAT_EINVAL);
}
END_TEST

/* For options that need somebody who is told. */
static int never(void *ctx, const leat_result *r)
{
	(void)ctx;
	(void)r;
	return 0;
}

START_TEST(lengths_that_any_window_has_must_not_be_below_zero)
{
	static const size_t offsets[] = {
		offsetof(leat_time_window_options, delay),
		offsetof(leat_time_window_options, allowed_lateness),
		offsetof(leat_time_window_options, max_skew),
		offsetof(leat_time_window_options, idle_timeout),
		offsetof(leat_time_window_options, early_span),
	};
	for (int kind = 1; kind <= N_KINDS; kind++) {
		for (size_t i = 0; i < 5; i++) {
			leat_time_window_options o = sound(kind);
			o.sink.emit = never;
			set_length(&o, offsets[i], -1);
			REFUSED(o, LEAT_EINVAL);
			set_length(&o, offsets[i], INT64_MIN);
			REFUSED(o, LEAT_EINVAL);
			set_length(&o, offsets[i], INT64_MAX);
			ACCEPTED(o);
		}
	}
}
END_TEST

/* Otherwise a value could be refused that is not even ahead of now. */
START_TEST(the_largest_skew_must_be_above_the_delay)
{
	leat_time_window_options o = sound(LEAT_TUMBLING);
	o.delay = 10;
	o.max_skew = 10;
	REFUSED(o, LEAT_EINVAL);
	o.max_skew = 1;
	REFUSED(o, LEAT_EINVAL);
	o.max_skew = 11;
	ACCEPTED(o);
}
END_TEST

START_TEST(a_half_life_must_be_above_zero_and_finite)
{
	static const double bad[] = { 0, -1, (double)NAN, HUGE_VAL, -HUGE_VAL };
	leat_time_window_options o = sound(LEAT_DECAY);
	for (size_t i = 0; i < 5; i++) {
		o.half_life = bad[i];
		REFUSED(o, LEAT_EINVAL);
	}
	o.half_life = 1e-9;
	ACCEPTED(o);
	o.half_life = 1e30;
	ACCEPTED(o);
	for (int kind = 1; kind <= N_KINDS; kind++) {
		o = sound(kind);
		o.half_life = 1;
		if (kind != LEAT_DECAY)
			REFUSED(o, LEAT_EINVAL);
	}
}
END_TEST

START_TEST(other_options_that_a_kind_has_no_use_for_must_be_zero)
{
	for (int kind = 1; kind <= N_KINDS; kind++) {
		int grid = (kind_traits(kind) & KIND_OFFSET) != 0;
		leat_time_window_options o = sound(kind);
		o.offset = -7;
		if (grid)
			ACCEPTED(o);
		else
			REFUSED(o, LEAT_EINVAL);
		o = sound(kind);
		o.emit_empty = 1;
		REFUSED(o, LEAT_EINVAL); /* nobody is told */
		o.sink.emit = never;
		if (grid || kind == LEAT_CALENDAR)
			ACCEPTED(o);
		else
			REFUSED(o, LEAT_EINVAL);
		o = sound(kind);
		o.calendar.interval = uneven_months;
		if (kind == LEAT_CALENDAR)
			ACCEPTED(o);
		else
			REFUSED(o, LEAT_EINVAL);
	}
	leat_time_window_options o = sound(LEAT_CALENDAR);
	o.calendar.interval = NULL;
	REFUSED(o, LEAT_EINVAL);
}
END_TEST

START_TEST(numbers_out_of_range_are_refused)
{
	for (int kind = 1; kind <= N_KINDS; kind++) {
		leat_time_window_options o = sound(kind);
		o.on_missing = 2;
		REFUSED(o, LEAT_EINVAL);
		o = sound(kind);
		o.when_full = 2;
		REFUSED(o, LEAT_EINVAL);
		o.when_full = -1;
		REFUSED(o, LEAT_EINVAL);
		o = sound(kind);
		o.n_sources = 65537;
		REFUSED(o, LEAT_EINVAL);
		o.n_sources = 65536;
		ACCEPTED(o);
		o = sound(kind);
		o.n_stats = 0;
		REFUSED(o, LEAT_EINVAL);
		o = sound(kind);
		o.stats = NULL;
		REFUSED(o, LEAT_EINVAL);
		leat_allocator half = counted_allocator(&trial.heap);
		half.free = NULL;
		o = sound(kind);
		o.allocator = &half;
		REFUSED(o, LEAT_EINVAL);
	}
}
END_TEST

START_TEST(statistics_that_do_not_exist_are_refused)
{
	const int ids[] = { 0, -1, stat_list[N_STATS - 1].number + 1, 1000,
		-2147483647 };
	leat_stat stats[2] = { LEAT_COUNT, LEAT_MEAN };
	for (int kind = 1; kind <= N_KINDS; kind++) {
		leat_time_window_options o = sound(kind);
		o.stats = stats;
		for (size_t i = 0; i < 5; i++) {
			stats[i % 2].id = ids[i];
			REFUSED(o, LEAT_ESTAT);
			stats[i % 2].id = LEAT_STAT_MEAN;
		}
		stats[1] = (leat_stat)LEAT_RATE_PER(0);
		REFUSED(o, LEAT_ESTAT);
		stats[1].arg = (double)NAN;
		REFUSED(o, LEAT_ESTAT);
		stats[1].arg = -1;
		REFUSED(o, LEAT_ESTAT);
		stats[1] = (leat_stat)LEAT_MEAN;
	}
}
END_TEST

START_TEST(a_fading_window_refuses_what_has_no_weighted_form)
{
	static const leat_stat not_faded[] = { LEAT_MIN, LEAT_FIRST,
		LEAT_SKEWNESS, LEAT_PRODUCT, LEAT_INCREASE, LEAT_RATE,
		LEAT_TIME_MEAN, LEAT_TIME_MEAN_LINEAR, LEAT_ARGMAX,
		LEAT_STDERR };
	leat_time_window_options o = sound(LEAT_DECAY);
	o.n_stats = 1;
	for (size_t i = 0; i < 10; i++) {
		o.stats = &not_faded[i];
		REFUSED(o, LEAT_ESTAT);
	}
	leat_stat own = LEAT_AGG(&bag_class, 0.0);
	o.stats = &own;
	REFUSED(o, LEAT_ESTAT);
}
END_TEST

START_TEST(a_class_that_lacks_something_is_refused)
{
	leat_agg agg = chain_class;
	leat_stat own = LEAT_AGG(&agg, 0.0);
	leat_time_window_options o = sound(LEAT_TUMBLING);
	o.stats = &own;
	o.n_stats = 1;
	ACCEPTED(o);
	agg.combine = NULL;
	REFUSED(o, LEAT_ESTAT);
	agg = chain_class;
	agg.size = 0;
	REFUSED(o, LEAT_ESTAT);
	agg = chain_class;
	own.agg = NULL;
	REFUSED(o, LEAT_ESTAT);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Arguments                                                          */
/* ------------------------------------------------------------------ */

START_TEST(values_of_another_form_are_not_counted)
{
	static const leat_stat pair = LEAT_CORRELATION;
	for (int kind = 1; kind <= N_KINDS; kind++) {
		leat_time_window_options o = sound(kind);
		leat_time_window *w;
		leat_counts c;
		leat_event e = { 0 };
		int64_t t = 1;
		double x = 1;
		ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
		ck_assert_int_eq(leat_time_window_push_xy(w, 1, 2, 3),
		    LEAT_EPAIRS);
		ck_assert_int_eq(leat_time_window_push_many(w, &t, &x, &x, 1,
				     NULL),
		    LEAT_EPAIRS);
		e.source = 1;
		ck_assert_int_eq(leat_time_window_push_events(w, &e, 1, NULL),
		    LEAT_ESOURCE);
		e.source = UINT32_MAX;
		ck_assert_int_eq(leat_time_window_push_events(w, &e, 1, NULL),
		    LEAT_ESOURCE);
		leat_time_window_counts(w, &c);
		ck_assert_uint_eq(c.pushed, 0);
		ck_assert_int_eq(leat_time_window_now(w), INT64_MIN);
		leat_time_window_free(w);
		o.stats = &pair;
		o.n_stats = 1;
		ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
		ck_assert_int_eq(leat_time_window_push(w, 1, 2), LEAT_EPAIRS);
		ck_assert_int_eq(leat_time_window_push_many(w, &t, &x, NULL, 1,
				     NULL),
		    LEAT_EPAIRS);
		leat_time_window_free(w);
	}
	leat_time_window_free(NULL);
}
END_TEST

START_TEST(a_class_that_the_window_has_not_has_no_partial)
{
	leat_time_window_options o = sound(LEAT_TUMBLING);
	leat_time_window *w;
	struct chain c = { 5, 6 };
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_partial(w, &chain_class, &c),
	    LEAT_ESTAT);
	ck_assert(c.a == 5 && c.b == 6);
	leat_time_window_free(w);
}
END_TEST

/* The sink and the late callback are optional. */
START_TEST(nobody_need_listen)
{
	for (int kind = 1; kind <= N_KINDS; kind++) {
		leat_time_window_options o = sound(kind);
		leat_time_window *w;
		leat_counts c;
		ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
		for (int64_t t = 0; t < 1000; t += 7)
			ck_assert_int_eq(leat_time_window_push(w, t, 1), 0);
		ck_assert_int_eq(leat_time_window_advance(w, LEAT_TIME_MAX), 0);
		ck_assert_int_eq(leat_time_window_push(w, 1, 1), LEAT_TOO_LATE);
		leat_time_window_counts(w, &c);
		ck_assert_uint_eq(c.pushed, 144);
		ck_assert_uint_eq(c.late, 1);
		leat_time_window_free(w);
	}
}
END_TEST

/* Results that a late value changes are not recorded then, either. */
START_TEST(nobody_need_listen_to_what_is_late)
{
	for (int kind = 1; kind <= N_KINDS; kind++) {
		struct counted heap = { 0 };
		leat_allocator a = counted_allocator(&heap);
		leat_time_window_options o = sound(kind);
		leat_time_window *w;
		o.allowed_lateness = 1000;
		o.allocator = &a;
		ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
		for (int64_t t = 0; t < 600; t++)
			ck_assert_int_eq(leat_time_window_push(w, t, 1), 0);
		for (int64_t t = 0; t < 600; t += 7)
			ck_assert_int_eq(leat_time_window_push(w, t, 1), 0);
		leat_time_window_free(w);
		ck_assert_uint_eq(heap.damaged, 0);
		ck_assert_uint_eq(heap.live, 0);
	}
}
END_TEST

static int count_told(void *ctx, const leat_result *r)
{
	(void)r;
	++*(uint64_t *)ctx;
	return 0;
}

/* Jumps from the window of time 0 over windows of some width. */
static void jump(leat_time_window_options o, int64_t width, int line)
{
	leat_time_window *w;
	leat_counts c;
	uint64_t told = 0, before;
	int64_t most = width * (LEAT_EMPTY_MAX - 2), now;

	o.emit_empty = 1;
	o.sink.emit = count_told;
	o.sink.ctx = &told;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 0, 1), LEAT_OK);
	ck_assert_int_eq(leat_time_window_advance(w, 1000), LEAT_OK);
	before = told;
	for (int64_t t = 2 * most; t < INT64_MAX / 4000; t *= 1000) {
		int code = leat_time_window_push(w, t, 1);
		ck_assert_msg(code == LEAT_TOO_FAR, "line %d: %d", line, code);
		ck_assert_int_eq(leat_time_window_advance(w, t), LEAT_TOO_FAR);
	}
	leat_time_window_counts(w, &c);
	ck_assert_uint_eq(c.refused, c.pushed - 1);
	ck_assert_int_eq(leat_time_window_now(w), 1000);
	ck_assert_uint_eq(told, before);
	/* In steps time goes there. */
	now = 1000 + most / 2;
	ck_assert_int_eq(leat_time_window_advance(w, now), LEAT_OK);
	ck_assert_uint_gt(told, LEAT_EMPTY_MAX / 3);
	ck_assert_int_eq(leat_time_window_push(w, now + most / 2, 1), LEAT_OK);
	leat_time_window_free(w);
}

START_TEST(no_call_tells_more_than_so_many_empty_windows)
{
	leat_time_window_options o = sound(LEAT_TUMBLING);
	jump(o, 100, __LINE__);
	o.allowed_lateness = 700;
	jump(o, 100, __LINE__);
	o = sound(LEAT_HOPPING);
	jump(o, 30, __LINE__);
	o.allowed_lateness = 700;
	o.early_count = 3;
	jump(o, 30, __LINE__);
	o = sound(LEAT_CALENDAR);
	o.calendar.ctx = NULL;
	jump(o, 22, __LINE__);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Memory                                                             */
/* ------------------------------------------------------------------ */

static const unsigned mixes[] = {
	WITH_DISORDER | WITH_LATENESS | WITH_JUMPS,
	WITH_ORDER | WITH_DISORDER | WITH_LATENESS | WITH_JUMPS,
	WITH_EARLY_COUNT | WITH_EMPTY | WITH_DISORDER | WITH_JUMPS,
	WITH_ORDER | WITH_EVICT | WITH_DISORDER | WITH_SOURCES,
};

/*
 * The n-th allocation after new() fails, once or with all that follow it
 * until the push has been tried three times.
 */
static size_t play_failing(int kind, size_t mix, size_t n, size_t tries)
{
	trial_make(&trial, "failing", kind, mixes[mix], mix + 1);
	trial.n_steps = 60;
	trial_open(&trial);
	size_t made = trial.heap.calls;
	trial.tries = tries;
	if (tries == 1)
		trial.heap.fail_at = made + n;
	else
		trial.heap.fail_from = made + n;
	trial_play(&trial);
	size_t calls = trial.heap.calls - made;
	/*
	 * No push fails where only a tree could not become smaller, or where a
	 * smaller allocation makes up for the one that failed.
	 */
	if (trial.failed != 0 && (trial.failed > tries || calls < n))
		trial_fail(&trial, "failed %zu times, n %zu of %zu",
		    trial.failed, n, calls);
	trial_close(&trial);
	return calls;
}

START_TEST(after_an_allocation_that_fails_the_push_may_be_repeated)
{
	for (size_t mix = 0; mix < 4; mix++) {
		size_t calls = 1, times = 0, heard = 0;
		for (size_t n = 1; n <= calls; n += short_run() ? 7 : 1) {
			play_failing(LEAT_SLIDING + _i, mix, n, 3);
			times++;
			heard += trial.failed == 3;
			calls = play_failing(LEAT_SLIDING + _i, mix, n, 1);
		}
		ck_assert_uint_ge(2 * heard, times);
	}
}
END_TEST

/*
 * Many at once stop where memory runs out, and the counts say where: the
 * rest may be pushed again. Returns how many calls the allocator had.
 */
static size_t push_what_is_left(int kind, size_t n)
{
	static int64_t t[TRIAL_STEPS];
	static double x[TRIAL_STEPS];
	leat_counts c;
	trial_make(&trial, "failing many", kind,
	    WITH_ORDER | WITH_DISORDER | WITH_LATENESS | WITH_EARLY_COUNT, 3);
	trial.n_steps = 60;
	for (size_t i = 0; i < trial.n_steps; i++) {
		trial.script[i].kind = STEP_PUSH;
		t[i] = trial.script[i].e.t;
		x[i] = trial.script[i].e.x;
	}
	trial_open(&trial);
	size_t made = trial.heap.calls, done = 0;
	int code;
	trial.heap.fail_from = made + n;
	do {
		code = leat_time_window_push_many(trial.window, t + done,
		    x + done, NULL, trial.n_steps - done, NULL);
		leat_time_window_counts(trial.window, &c);
		done = (size_t)c.pushed;
		trial.heap.fail_from = 0;
	} while (code == LEAT_ENOMEM);
	size_t calls = trial.heap.calls - made;
	for (size_t i = 0; i < trial.n_steps; i++)
		time_model_push(trial.model, &trial.script[i].e);
	trial.step = trial.n_steps - 1;
	trial_compare(&trial);
	ck_assert_uint_eq(done, trial.n_steps);
	trial_close(&trial);
	return calls;
}

START_TEST(many_values_stop_where_memory_does)
{
	size_t calls = 1;
	for (size_t n = 1; n <= calls; n++)
		calls = push_what_is_left(LEAT_SLIDING + _i, n);
}
END_TEST

START_TEST(a_window_is_not_made_without_memory)
{
	leat_time_window_options o = sound(LEAT_SLIDING + _i);
	leat_time_window *mark = (leat_time_window *)(void *)&token, *w = mark;
	struct counted clean = { 0 };
	leat_allocator a = counted_allocator(&clean);
	o.allocator = &a;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	leat_time_window_free(w);
	ck_assert_uint_gt(clean.calls, 0);
	ck_assert_uint_eq(clean.live, 0);
	for (size_t n = 1; n <= clean.calls; n++) {
		struct counted heap = { 0 };
		leat_allocator b = counted_allocator(&heap);
		heap.fail_at = n;
		o.allocator = &b;
		w = mark;
		ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_ENOMEM);
		ck_assert_ptr_null(w);
		ck_assert_uint_eq(heap.live, 0);
	}
}
END_TEST

/* A copy in the middle of a script, each of its allocations failing. */
START_TEST(a_copy_that_fails_leaves_nothing_behind)
{
	for (size_t mix = 0; mix < 4; mix++) {
		struct counted heap = { 0 };
		leat_allocator a = counted_allocator(&heap);
		trial_make(&trial, "copies", LEAT_SLIDING + _i, mixes[mix],
		    mix + 1);
		trial_open(&trial);
		while (trial.step < trial.n_steps / 2)
			trial_step(&trial);
		leat_time_window *copy = (leat_time_window *)(void *)&token;
		size_t n = 0;
		int code;
		do {
			ck_assert(n == 0 || copy == NULL);
			ck_assert_uint_eq(heap.live, 0);
			heap.calls = 0;
			heap.fail_at = ++n;
			code = leat_time_window_copy(trial.window, &a, &copy);
			ck_assert(code == LEAT_OK || code == LEAT_ENOMEM);
		} while (code == LEAT_ENOMEM);
		ck_assert_uint_gt(n, 1);
		leat_time_window_free(copy);
		ck_assert_uint_eq(heap.live, 0);
		ck_assert_uint_eq(heap.damaged, 0);
		trial_play(&trial);
		trial_close(&trial);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Calendars                                                          */
/* ------------------------------------------------------------------ */

/* Windows of 10 up to 1000; there is no answer behind that. */
static void only_early(void *ctx, int64_t t, int64_t *start, int64_t *end)
{
	(void)ctx;
	*start = t - t % 10;
	*end = t < 1000 ? *start + 10 : t;
}

START_TEST(a_calendar_that_answers_wrongly_fails_the_push)
{
	size_t failed = 0;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		trial_make(&trial, "calendar", LEAT_CALENDAR,
		    (seed % 2 ? WITH_EMPTY : 0) | WITH_DISORDER |
			WITH_LATENESS | WITH_JUMPS,
		    seed);
		trial_open(&trial);
		while (trial.step < trial.n_steps) {
			trial.months.wrong = (int)(trial.step % 5);
			trial_step(&trial);
		}
		failed += trial.failed;
		trial_close(&trial);
	}
	ck_assert_uint_gt(failed, 20);
}
END_TEST

/* The ones before it have been taken, those after it are not looked at. */
START_TEST(many_values_stop_where_a_calendar_fails)
{
	static const leat_stat count[] = { LEAT_COUNT };
	static const int64_t t[] = { 1, 2, 100000, 3 };
	static const double x[] = { 1, 1, 1, 1 };
	leat_event events[4];
	leat_time_window_options o;
	leat_time_window *w;
	leat_keyed *k;
	leat_counts c;

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_CALENDAR;
	o.calendar.interval = only_early;
	o.stats = count;
	o.n_stats = 1;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push_many(w, t, x, NULL, 4, NULL),
	    LEAT_ECALENDAR);
	leat_time_window_counts(w, &c);
	ck_assert_uint_eq(c.taken, 2);
	leat_time_window_free(w);

	keyed_choice ko = { .by_time = o };
	ck_assert_int_eq(keyed_choice_new(&k, &ko), LEAT_OK);
	for (size_t i = 0; i < 4; i++)
		events[i] = (leat_event){ "k", 1, t[i], x[i], 0, 0, 0, 0 };
	ck_assert_int_eq(leat_keyed_push_events(k, events, 4, NULL),
	    LEAT_ECALENDAR);
	leat_keyed_counts(k, &c);
	ck_assert_uint_eq(c.taken, 2);
	leat_keyed_free(k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* The suite                                                          */
/* ------------------------------------------------------------------ */

Suite *time_faults_suite(void)
{
	Suite *s = suite_create("time_faults");
	TCase *t = tcase_create("options");
	tcase_add_test(t, an_unknown_kind_is_refused);
	tcase_add_test(t, many_values_stop_where_a_calendar_fails);
	tcase_add_test(t, lengths_must_be_above_zero_where_they_are_used);
	tcase_add_test(t, no_value_is_in_more_than_so_many_hopping_windows);
	tcase_add_test(t, lengths_that_any_window_has_must_not_be_below_zero);
	tcase_add_test(t, the_largest_skew_must_be_above_the_delay);
	tcase_add_test(t, a_half_life_must_be_above_zero_and_finite);
	tcase_add_test(t,
	    other_options_that_a_kind_has_no_use_for_must_be_zero);
	tcase_add_test(t, numbers_out_of_range_are_refused);
	tcase_add_test(t, statistics_that_do_not_exist_are_refused);
	tcase_add_test(t, a_fading_window_refuses_what_has_no_weighted_form);
	tcase_add_test(t, a_class_that_lacks_something_is_refused);
	suite_add_tcase(s, t);
	t = tcase_create("arguments");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, values_of_another_form_are_not_counted);
	tcase_add_test(t, a_class_that_the_window_has_not_has_no_partial);
	tcase_add_test(t, no_call_tells_more_than_so_many_empty_windows);
	tcase_add_test(t, nobody_need_listen);
	tcase_add_test(t, nobody_need_listen_to_what_is_late);
	suite_add_tcase(s, t);
	t = tcase_create("memory");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t,
	    after_an_allocation_that_fails_the_push_may_be_repeated, 0,
	    N_KINDS);
	tcase_add_loop_test(t, many_values_stop_where_memory_does, 0, N_KINDS);
	tcase_add_loop_test(t, a_window_is_not_made_without_memory, 0, N_KINDS);
	tcase_add_loop_test(t, a_copy_that_fails_leaves_nothing_behind, 0,
	    N_KINDS);
	suite_add_tcase(s, t);
	t = tcase_create("calendars");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_calendar_that_answers_wrongly_fails_the_push);
	suite_add_tcase(s, t);
	return s;
}
