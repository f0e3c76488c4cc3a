/*
 * Windows by time, case by case
 *
 * Short streams with what must be told after each value, worked out by
 * hand from the header. A result is written as
 *
 *      [start,end) nCOUNT sSUM rREVISION FLAGS
 *
 * and all results of a step, one after the other, as one line.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "data.h"
#include "suites.h"

struct scene {
	leat_time_window *window;
	char told[4096];
	size_t used;
	int code; /* result of the last push */
};

static struct scene scene;

static int write_down(void *ctx, const leat_result *r)
{
	static const char *const names[] = { " EARLY", " LATE", " EMPTY",
		" RETRACTED", " EVICTED" };
	struct scene *s = ctx;
	char *at = s->told + s->used;
	size_t left = sizeof(s->told) - s->used;
	int n = snprintf(at, left,
	    "%s[%" PRId64 ",%" PRId64 ") n%g s%g r%" PRIu64,
	    s->used > 0 ? " " : "", r->start, r->end, r->values[0],
	    isnan(r->values[1]) ? 0.0 : r->values[1], r->revision);
	for (int bit = 0; bit < 5; bit++) {
		if (r->flags & 1 << bit)
			n += snprintf(at + n, left - (size_t)n, "%s",
			    names[bit]);
	}
	s->used += (size_t)n;
	return 0;
}

static const leat_stat count_and_sum[] = { LEAT_COUNT, LEAT_SUM };

static leat_time_window_options options_of(int kind, int64_t length)
{
	leat_time_window_options o;
	memset(&o, 0, sizeof(o));
	o.kind = kind;
	if (kind == LEAT_SESSION)
		o.gap = length;
	else if (kind != LEAT_LANDMARK && kind != LEAT_CALENDAR)
		o.span = length;
	o.stats = count_and_sum;
	o.n_stats = 2;
	o.sink.emit = write_down;
	o.sink.ctx = &scene;
	return o;
}

static void begin(const leat_time_window_options *o)
{
	scene.used = 0;
	scene.told[0] = '\0';
	ck_assert_int_eq(leat_time_window_new(&scene.window, o), LEAT_OK);
}

static void end(void)
{
	leat_time_window_free(scene.window);
}

static void said(const char *what, const char *told, int line)
{
	ck_assert_msg(strcmp(scene.told, told) == 0,
	    "line %d: %s told\n  \"%s\", not\n  \"%s\"", line, what, scene.told,
	    told);
	scene.used = 0;
	scene.told[0] = '\0';
}

static void push_from(uint32_t source, int64_t t, double x, int code,
    const char *told, int line)
{
	leat_event e;
	memset(&e, 0, sizeof(e));
	e.t = t;
	e.x = x;
	e.source = source;
	int got = leat_time_window_push_events(scene.window, &e, 1, NULL);
	ck_assert_msg(got == code, "line %d: %d, not %d", line, got, code);
	said("push", told, line);
}

static void advance_to(int64_t t, const char *told, int line)
{
	ck_assert_int_eq(leat_time_window_advance(scene.window, t), LEAT_OK);
	said("advance", told, line);
}

static void query_is(double n, double sum, int line)
{
	double row[2];
	leat_time_window_query(scene.window, row);
	ck_assert_msg(row[0] == n &&
		(row[1] == sum || (isnan(row[1]) && n == 0)),
	    "line %d: query: n %g sum %g, not n %g sum %g", line, row[0],
	    row[1], n, sum);
}

static void interval_is(int64_t from, int64_t to, int line)
{
	int64_t start, stop;
	leat_time_window_interval(scene.window, &start, &stop);
	ck_assert_msg(start == from && stop == to,
	    "line %d: [%" PRId64 ",%" PRId64 "), not [%" PRId64 ",%" PRId64 ")",
	    line, start, stop, from, to);
}

#define PUSH(t, x, told) push_from(0, t, x, LEAT_OK, told, __LINE__)
#define FROM(source, t, x, told)                                               \
	push_from(source, t, x, LEAT_OK, told, __LINE__)
#define REFUSED(t, x, code, told) push_from(0, t, x, code, told, __LINE__)
#define ADVANCE(t, told) advance_to(t, told, __LINE__)
#define QUERY(n, sum) query_is(n, sum, __LINE__)
#define INTERVAL(from, to) interval_is(from, to, __LINE__)

/* ------------------------------------------------------------------ */
/* Windows that do not overlap                                        */
/* ------------------------------------------------------------------ */

START_TEST(a_window_closes_when_a_value_comes_that_is_not_before_its_end)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	begin(&o);
	PUSH(1, 1, "");
	PUSH(9, 2, "");
	QUERY(2, 3);
	INTERVAL(0, 10);
	PUSH(10, 3, "[0,10) n2 s3 r0");
	QUERY(1, 3);
	INTERVAL(10, 20);
	PUSH(35, 1, "[10,20) n1 s3 r0");
	ADVANCE(LEAT_TIME_MAX, "[30,40) n1 s1 r0");
	REFUSED(1000, 1, LEAT_TOO_LATE, "");
	end();
}
END_TEST

START_TEST(the_grid_goes_through_the_offset_also_below_zero)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.offset = 3;
	begin(&o);
	PUSH(-8, 1, "");
	INTERVAL(-17, -7);
	PUSH(-7, 2, "[-17,-7) n1 s1 r0");
	PUSH(2, 4, "");
	PUSH(3, 8, "[-7,3) n2 s6 r0");
	INTERVAL(3, 13);
	end();
}
END_TEST

START_TEST(the_watermark_trails_by_the_delay)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.delay = 5;
	begin(&o);
	PUSH(3, 1, "");
	PUSH(12, 2, "");
	ck_assert_int_eq(leat_time_window_watermark(scene.window), 7);
	PUSH(8, 4, "");
	PUSH(14, 8, "");
	PUSH(15, 16, "[0,10) n2 s5 r0");
	REFUSED(9, 1, LEAT_TOO_LATE, "");
	ADVANCE(25, "[10,20) n3 s26 r0");
	end();
}
END_TEST

START_TEST(a_late_value_tells_the_window_again_until_that_expires)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.allowed_lateness = 10;
	begin(&o);
	PUSH(5, 1, "");
	PUSH(12, 2, "[0,10) n1 s1 r0");
	PUSH(7, 4, "[0,10) n2 s5 r1 LATE");
	PUSH(19, 1, "");
	PUSH(9, 1, "[0,10) n3 s6 r2 LATE");
	PUSH(20, 1, "[10,20) n2 s3 r0");
	REFUSED(8, 1, LEAT_TOO_LATE, "");
	PUSH(19, 1, "[10,20) n3 s4 r1 LATE");
	PUSH(39, NAN, "[20,30) n1 s1 r0");
	PUSH(29, NAN, "[20,30) n1 s1 r1 LATE");
	end();
}
END_TEST

/* A window that nobody knew of when it closed is new when it is told. */
START_TEST(a_late_value_may_be_the_first_of_its_window)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.allowed_lateness = 100;
	begin(&o);
	PUSH(55, 1, "");
	PUSH(7, 4, "[0,10) n1 s4 r0 LATE");
	PUSH(3, 4, "[0,10) n2 s8 r1 LATE");
	PUSH(13, 1, "[10,20) n1 s1 r0 LATE");
	end();
}
END_TEST

START_TEST(a_missing_value_is_data)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	begin(&o);
	PUSH(5, NAN, "");
	PUSH(15, 1, "[0,10) n0 s0 r0");
	end();
}
END_TEST

static void threes(void *ctx, int64_t t, int64_t *start, int64_t *stop)
{
	/* ... [0, 3) [3, 10) [10, 13) [13, 20) ... */
	int64_t into = (t % 10 + 10) % 10;
	(void)ctx;
	*start = into < 3 ? t - into : t - into + 3;
	*stop = into < 3 ? t - into + 3 : t - into + 10;
}

START_TEST(a_calendar_says_where_windows_lie)
{
	leat_time_window_options o = options_of(LEAT_CALENDAR, 0);
	o.calendar.interval = threes;
	o.emit_empty = 1;
	begin(&o);
	PUSH(-6, 1, "");
	INTERVAL(-7, 0);
	PUSH(2, 2, "[-7,0) n1 s1 r0");
	INTERVAL(0, 3);
	PUSH(15, 4,
	    "[0,3) n1 s2 r0 [3,10) n0 s0 r0 EMPTY "
	    "[10,13) n0 s0 r0 EMPTY");
	ADVANCE(LEAT_TIME_MAX, "[13,20) n1 s4 r0");
	end();
}
END_TEST

/* ------------------------------------------------------------------ */
/* Empty windows                                                      */
/* ------------------------------------------------------------------ */

START_TEST(empty_windows_between_others_and_before_the_watermark_are_told)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.emit_empty = 1;
	o.allowed_lateness = 30;
	begin(&o);
	ADVANCE(-35, "");
	PUSH(5, 1, "");
	PUSH(37, 2,
	    "[0,10) n1 s1 r0 [10,20) n0 s0 r0 EMPTY "
	    "[20,30) n0 s0 r0 EMPTY");
	PUSH(12, 1, "[10,20) n1 s1 r1 LATE");
	ADVANCE(60,
	    "[30,40) n1 s2 r0 [40,50) n0 s0 r0 EMPTY "
	    "[50,60) n0 s0 r0 EMPTY");
	ADVANCE(65, "");
	PUSH(72, 4, "[60,70) n0 s0 r0 EMPTY");
	PUSH(55, 8, "[50,60) n1 s8 r1 LATE");
	ADVANCE(LEAT_TIME_MAX, "[70,80) n1 s4 r0");
	end();
}
END_TEST

/* The first window that is told may be one that a late value told of. */
START_TEST(empty_windows_are_told_from_the_first_result_on)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.emit_empty = 1;
	o.allowed_lateness = 100;
	begin(&o);
	PUSH(45, 1, "");
	PUSH(5, 1, "[0,10) n1 s1 r0 LATE");
	PUSH(15, 2, "[10,20) n1 s2 r0 LATE");
	PUSH(52, 1,
	    "[20,30) n0 s0 r0 EMPTY [30,40) n0 s0 r0 EMPTY "
	    "[40,50) n1 s1 r0");
	PUSH(33, 1, "[30,40) n1 s1 r1 LATE");
	PUSH(-3, 1, "[-10,0) n1 s1 r0 LATE");
	end();
}
END_TEST

/* The window may expire as soon as the watermark moves. */
START_TEST(a_window_told_late_is_not_told_as_empty)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.emit_empty = 1;
	o.delay = 20;
	o.allowed_lateness = 51;
	begin(&o);
	PUSH(90, 1, "");
	PUSH(15, 1, "[10,20) n1 s1 r0 LATE");
	PUSH(25, 2, "[20,30) n1 s2 r0 LATE");
	PUSH(101, 1,
	    "[30,40) n0 s0 r0 EMPTY [40,50) n0 s0 r0 EMPTY "
	    "[50,60) n0 s0 r0 EMPTY [60,70) n0 s0 r0 EMPTY "
	    "[70,80) n0 s0 r0 EMPTY");
	end();
}
END_TEST

START_TEST(empty_windows_of_a_hopping_grid_are_told_in_order_of_their_end)
{
	leat_time_window_options o = options_of(LEAT_HOPPING, 10);
	o.hop = 5;
	o.emit_empty = 1;
	begin(&o);
	PUSH(2, 1, "");
	PUSH(23, 2,
	    "[-5,5) n1 s1 r0 [0,10) n1 s1 r0 "
	    "[5,15) n0 s0 r0 EMPTY [10,20) n0 s0 r0 EMPTY");
	ADVANCE(LEAT_TIME_MAX, "[15,25) n1 s2 r0 [20,30) n1 s2 r0");
	end();
}
END_TEST

/* ------------------------------------------------------------------ */
/* Windows that overlap                                               */
/* ------------------------------------------------------------------ */

START_TEST(a_value_goes_into_those_of_its_windows_that_take_it)
{
	leat_time_window_options o = options_of(LEAT_HOPPING, 10);
	o.hop = 5;
	begin(&o);
	PUSH(7, 1, "");
	INTERVAL(0, 10);
	QUERY(1, 1);
	PUSH(12, 2, "[0,10) n1 s1 r0");
	INTERVAL(5, 15);
	PUSH(8, 4, "");
	QUERY(3, 7);
	PUSH(15, 8, "[5,15) n3 s7 r0");
	REFUSED(9, 1, LEAT_TOO_LATE, "");
	end();
}
END_TEST

START_TEST(late_values_tell_all_their_windows_in_order)
{
	leat_time_window_options o = options_of(LEAT_HOPPING, 10);
	o.hop = 5;
	o.allowed_lateness = 7;
	begin(&o);
	PUSH(7, 1, "");
	PUSH(16, 2, "[0,10) n1 s1 r0 [5,15) n1 s1 r0");
	PUSH(9, 4, "[0,10) n2 s5 r1 LATE [5,15) n2 s5 r1 LATE");
	PUSH(17, 1, "");
	PUSH(8, 1, "[5,15) n3 s6 r2 LATE");
	PUSH(11, 1, "[5,15) n4 s7 r3 LATE");
	ADVANCE(20, "[10,20) n3 s4 r0");
	end();
}
END_TEST

START_TEST(values_between_windows_are_in_none)
{
	leat_time_window_options o = options_of(LEAT_HOPPING, 5);
	leat_counts c;
	o.hop = 10;
	begin(&o);
	PUSH(3, 1, "");
	PUSH(7, 2, "[0,5) n1 s1 r0");
	QUERY(0, 0);
	PUSH(11, 4, "");
	leat_time_window_counts(scene.window, &c);
	ck_assert_uint_eq(c.pushed, 3);
	ck_assert_uint_eq(c.taken, 2);
	ck_assert_uint_eq(c.in_no_window, 1);
	end();
}
END_TEST

START_TEST(a_sliding_window_ends_with_each_time_at_which_there_is_a_value)
{
	leat_time_window_options o = options_of(LEAT_SLIDING, 10);
	begin(&o);
	PUSH(1, 1, "");
	PUSH(5, 2, "[-8,2) n1 s1 r0");
	PUSH(5, 3, "");
	QUERY(3, 6);
	INTERVAL(-4, 6);
	PUSH(12, 1, "[-4,6) n3 s6 r0");
	QUERY(3, 6);
	PUSH(15, 1, "[3,13) n3 s6 r0");
	QUERY(2, 2);
	ADVANCE(21, "[6,16) n2 s2 r0");
	QUERY(2, 2);
	ADVANCE(22, "");
	QUERY(1, 1);
	end();
}
END_TEST

START_TEST(a_late_value_tells_the_sliding_windows_that_hold_it)
{
	leat_time_window_options o = options_of(LEAT_SLIDING, 10);
	o.allowed_lateness = 20;
	begin(&o);
	PUSH(1, 1, "");
	PUSH(5, 2, "[-8,2) n1 s1 r0");
	PUSH(12, 4, "[-4,6) n2 s3 r0");
	PUSH(3, 10, "[-6,4) n2 s11 r0 LATE [-4,6) n3 s13 r1 LATE");
	PUSH(3, 20, "[-6,4) n3 s31 r1 LATE [-4,6) n4 s33 r2 LATE");
	PUSH(13, 1, "[3,13) n4 s36 r0");
	QUERY(3, 7);
	end();
}
END_TEST

/* The value's own window is gone for good; later ones still take it. */
START_TEST(a_value_may_be_too_late_for_its_own_sliding_window)
{
	leat_time_window_options o = options_of(LEAT_SLIDING, 10);
	begin(&o);
	PUSH(20, 1, "");
	PUSH(14, 2, "");
	QUERY(2, 3);
	REFUSED(10, 1, LEAT_TOO_LATE, "");
	PUSH(11, 4, "");
	QUERY(3, 7);
	PUSH(22, 1, "[11,21) n3 s7 r0");
	QUERY(3, 4);
	end();
}
END_TEST

/* ------------------------------------------------------------------ */
/* Sessions                                                           */
/* ------------------------------------------------------------------ */

START_TEST(a_session_ends_a_gap_after_its_last_value)
{
	leat_time_window_options o = options_of(LEAT_SESSION, 5);
	begin(&o);
	PUSH(0, 1, "");
	PUSH(4, 2, "");
	INTERVAL(0, 9);
	PUSH(9, 4, "[0,9) n2 s3 r0");
	INTERVAL(9, 14);
	PUSH(13, 8, "");
	ADVANCE(17, "");
	QUERY(2, 12);
	ADVANCE(18, "[9,18) n2 s12 r0");
	QUERY(0, 0);
	INTERVAL(18, 18);
	end();
}
END_TEST

START_TEST(sessions_that_become_one_are_retracted)
{
	leat_time_window_options o = options_of(LEAT_SESSION, 5);
	o.allowed_lateness = 100;
	begin(&o);
	PUSH(0, 1, "");
	PUSH(10, 2, "[0,5) n1 s1 r0");
	PUSH(20, 3, "[10,15) n1 s2 r0");
	PUSH(5, 4, "[5,10) n1 s4 r0 LATE");
	PUSH(3, 5,
	    "[0,5) n1 s1 r1 RETRACTED [5,10) n1 s4 r1 RETRACTED "
	    "[0,10) n3 s10 r2 LATE");
	PUSH(9, 1,
	    "[0,10) n3 s10 r3 RETRACTED [10,15) n1 s2 r1 RETRACTED "
	    "[0,15) n5 s13 r4 LATE");
	PUSH(7, 1, "[0,15) n6 s14 r5 LATE");
	PUSH(16, 1, "");
	PUSH(14, 1, "[0,15) n6 s14 r6 RETRACTED");
	PUSH(24, 1, "");
	ADVANCE(29, "[0,29) n10 s20 r7");
	end();
}
END_TEST

START_TEST(a_session_that_grows_late_is_retracted_and_told_again)
{
	leat_time_window_options o = options_of(LEAT_SESSION, 5);
	o.allowed_lateness = 100;
	begin(&o);
	PUSH(10, 1, "");
	ADVANCE(50, "[10,15) n1 s1 r0");
	PUSH(14, 2, "[10,15) n1 s1 r1 RETRACTED [10,19) n2 s3 r2 LATE");
	PUSH(6, 4, "[10,19) n2 s3 r3 RETRACTED [6,19) n3 s7 r4 LATE");
	PUSH(14, 8, "[6,19) n4 s15 r5 LATE");
	end();
}
END_TEST

START_TEST(an_expired_session_is_joined_no_more)
{
	leat_time_window_options o = options_of(LEAT_SESSION, 5);
	o.allowed_lateness = 3;
	begin(&o);
	PUSH(0, 1, "");
	PUSH(8, 2, "[0,5) n1 s1 r0");
	REFUSED(0, 1, LEAT_TOO_LATE, "");
	PUSH(4, 4, "");
	INTERVAL(4, 13);
	ADVANCE(13, "[4,13) n2 s6 r0");
	end();
}
END_TEST

/* ------------------------------------------------------------------ */
/* Windows without an end                                             */
/* ------------------------------------------------------------------ */

START_TEST(a_landmark_window_is_told_at_the_end_of_time)
{
	leat_time_window_options o = options_of(LEAT_LANDMARK, 0);
	begin(&o);
	PUSH(5, 1, "");
	PUSH(3, 2, "");
	PUSH(9, 4, "");
	QUERY(3, 7);
	INTERVAL(3, 10);
	ADVANCE(20, "");
	INTERVAL(3, 21);
	PUSH(-1000, 8, "");
	ADVANCE(LEAT_TIME_MAX, "[-1000,21) n4 s15 r0");
	REFUSED(30, 1, LEAT_TOO_LATE, "");
	end();
}
END_TEST

/* ------------------------------------------------------------------ */
/* Early results                                                      */
/* ------------------------------------------------------------------ */

START_TEST(every_so_many_values_what_has_changed_is_told)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.early_count = 2;
	o.delay = 10;
	begin(&o);
	PUSH(1, 1, "");
	PUSH(2, 2, "[0,10) n2 s3 r0 EARLY");
	PUSH(3, 4, "");
	PUSH(11, 1, "[0,10) n3 s7 r1 EARLY [10,20) n1 s1 r0 EARLY");
	PUSH(12, 1, "");
	PUSH(20, 1,
	    "[0,10) n3 s7 r2 [10,20) n2 s2 r1 EARLY "
	    "[20,30) n1 s1 r0 EARLY");
	end();
}
END_TEST

START_TEST(when_now_passes_a_multiple_what_has_changed_is_told)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.early_span = 4;
	begin(&o);
	PUSH(1, 1, "");
	PUSH(3, 2, "");
	PUSH(6, 4, "[0,10) n2 s3 r0 EARLY");
	PUSH(7, 8, "");
	ADVANCE(9, "[0,10) n4 s15 r1 EARLY");
	PUSH(10, 1, "[0,10) n4 s15 r2");
	PUSH(12, 1, "[10,20) n1 s1 r0 EARLY");
	end();
}
END_TEST

START_TEST(a_sliding_window_is_told_early_as_it_ends_now)
{
	leat_time_window_options o = options_of(LEAT_SLIDING, 10);
	o.early_count = 1;
	o.delay = 5;
	begin(&o);
	PUSH(1, 1, "[-8,2) n1 s1 r0 EARLY");
	PUSH(4, 2, "[-5,5) n2 s3 r0 EARLY");
	PUSH(4, 4, "[-5,5) n3 s7 r1 EARLY");
	PUSH(7, 8, "[-8,2) n1 s1 r1 [-2,8) n4 s15 r0 EARLY");
	end();
}
END_TEST

/* ------------------------------------------------------------------ */
/* The clock                                                          */
/* ------------------------------------------------------------------ */

START_TEST(the_slowest_source_rules_until_it_is_idle)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.n_sources = 2;
	o.idle_timeout = 30;
	begin(&o);
	FROM(0, 15, 1, "");
	ck_assert_int_eq(leat_time_window_watermark(scene.window), INT64_MIN);
	FROM(1, 5, 2, "");
	ck_assert_int_eq(leat_time_window_watermark(scene.window), 5);
	FROM(1, 12, 4, "[0,10) n1 s2 r0");
	FROM(0, 42, 8, "");
	ck_assert_int_eq(leat_time_window_watermark(scene.window), 12);
	FROM(0, 43, 8, "[10,20) n2 s5 r0");
	ck_assert_int_eq(leat_time_window_watermark(scene.window), 43);
	FROM(1, 43, 1, "");
	push_from(1, 39, 1, LEAT_TOO_LATE, "", __LINE__);
	end();
}
END_TEST

START_TEST(a_source_that_never_pushed_is_idle_after_a_while)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.n_sources = 3;
	o.idle_timeout = 30;
	begin(&o);
	FROM(2, 100, 1, "");
	FROM(2, 130, 1, "");
	ck_assert_int_eq(leat_time_window_watermark(scene.window), INT64_MIN);
	FROM(2, 131, 1, "[100,110) n1 s1 r0");
	ck_assert_int_eq(leat_time_window_watermark(scene.window), 131);
	push_from(3, 131, 1, LEAT_ESOURCE, "", __LINE__);
	end();
}
END_TEST

START_TEST(a_time_too_far_ahead_moves_nothing)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	leat_counts c;
	o.max_skew = 100;
	begin(&o);
	PUSH(1000, 1, "");
	REFUSED(1101, 1, LEAT_TOO_FAR, "");
	ck_assert_int_eq(leat_time_window_now(scene.window), 1000);
	PUSH(1100, 1, "[1000,1010) n1 s1 r0");
	REFUSED(LEAT_TIME_MAX, 1, LEAT_TOO_FAR, "");
	ADVANCE(5000, "[1100,1110) n1 s1 r0");
	PUSH(5050, 1, "");
	leat_time_window_counts(scene.window, &c);
	ck_assert_uint_eq(c.refused, 2);
	ck_assert_uint_eq(c.pushed, 5);
	end();
}
END_TEST

/* A source that has not pushed keeps the watermark where it began. */
START_TEST(a_time_may_be_too_far_ahead_of_now_as_well)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.max_skew = 100;
	o.n_sources = 2;
	begin(&o);
	FROM(0, 1000, 1, "");
	push_from(0, 1101, 1, LEAT_TOO_FAR, "", __LINE__);
	FROM(0, 1100, 1, "");
	FROM(0, 1200, 1, "");
	FROM(1, 1050, 1, "[1000,1010) n1 s1 r0");
	push_from(0, 1151, 1, LEAT_TOO_FAR, "", __LINE__);
	end();
}
END_TEST

START_TEST(now_and_the_watermark_start_at_the_beginning_of_time)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	begin(&o);
	ck_assert_int_eq(leat_time_window_now(scene.window), INT64_MIN);
	ck_assert_int_eq(leat_time_window_watermark(scene.window), INT64_MIN);
	INTERVAL(INT64_MIN, INT64_MIN);
	QUERY(0, 0);
	PUSH(5, 1, "");
	leat_time_window_reset(scene.window);
	ck_assert_int_eq(leat_time_window_now(scene.window), INT64_MIN);
	INTERVAL(INT64_MIN, INT64_MIN);
	QUERY(0, 0);
	PUSH(-1000, 1, "");
	QUERY(1, 1);
	end();
}
END_TEST

/* ------------------------------------------------------------------ */
/* Limits                                                             */
/* ------------------------------------------------------------------ */

START_TEST(windows_are_cut_off_where_time_ends)
{
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	begin(&o);
	/* INT64_MIN is ...808, INT64_MAX ...807. */
	PUSH(INT64_MIN, 1, "");
	INTERVAL(INT64_MIN, INT64_MIN + 8);
	PUSH(INT64_MIN + 8, 1,
	    "[-9223372036854775808,-9223372036854775800) n1 s1 r0");
	PUSH(INT64_MAX - 1, 1,
	    "[-9223372036854775800,-9223372036854775790) n1 s1 r0");
	INTERVAL(INT64_MAX - 7, INT64_MAX);
	REFUSED(INT64_MAX, 1, LEAT_TOO_FAR, "");
	ADVANCE(LEAT_TIME_MAX,
	    "[9223372036854775800,9223372036854775807) n1 s1 r0");
	REFUSED(0, 1, LEAT_TOO_LATE, "");
	end();
}
END_TEST

START_TEST(a_jump_to_the_last_tick_closes_all_but_the_last_window)
{
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING, LEAT_HOPPING,
		LEAT_SESSION };
	for (size_t i = 0; i < 4; i++) {
		leat_time_window_options o = options_of(kinds[i], 10);
		o.allowed_lateness = i % 2 ? 1000 : 0;
		o.hop = kinds[i] == LEAT_HOPPING ? 10 : 0;
		begin(&o);
		PUSH(12, 1, "");
		push_from(0, INT64_MAX - 1, 1, LEAT_OK,
		    kinds[i] == LEAT_SLIDING       ? "[3,13) n1 s1 r0"
			: kinds[i] == LEAT_SESSION ? "[12,22) n1 s1 r0"
						   : "[10,20) n1 s1 r0",
		    __LINE__);
		QUERY(1, 1);
		REFUSED(INT64_MAX, 1, LEAT_TOO_FAR, "");
		end();
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Statistics that know time                                          */
/* ------------------------------------------------------------------ */

static const leat_stat timed[] = { LEAT_INCREASE, LEAT_RATE_PER(5),
	LEAT_TIME_MEAN, LEAT_TIME_MEAN_LINEAR, LEAT_ARGMIN, LEAT_ARGMAX,
	LEAT_FIRST, LEAT_LAST };
enum { N_TIMED = 8 };

static double row_told[N_TIMED];

static int keep_row(void *ctx, const leat_result *r)
{
	(void)ctx;
	memcpy(row_told, r->values, r->n_values * sizeof(row_told[0]));
	return 0;
}

static void row_is(const double *got, const double *want, int line)
{
	for (size_t i = 0; i < N_TIMED; i++) {
		int right = isnan(want[i])
		    ? isnan(got[i])
		    : fabs(got[i] - want[i]) <= 1e-13 * fabs(want[i]);
		ck_assert_msg(right, "line %d: %s is %.17g, not %.17g", line,
		    leat_stat_name(&timed[i]), got[i], want[i]);
	}
}

/* 10 at 2, 20 and then 5 at 4, 7 at 8; not in this order. */
static void begin_timed(leat_time_window_options *o)
{
	o->stats = timed;
	o->n_stats = N_TIMED;
	o->sink.emit = keep_row;
	begin(o);
	PUSH(4, 20, "");
	PUSH(2, 10, "");
	PUSH(8, 7, "");
	PUSH(3, NAN, "");
	PUSH(4, 5, "");
}

START_TEST(what_time_does_to_statistics_of_a_window_with_a_span)
{
	static const double at_eight[] = { 17, 8.5, 40.0 / 6, 9, 5, 5, 10, 7 };
	static const double at_end[] = { 17, 8.5, 54.0 / 8, 9, 5, 5, 10, 7 };
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	double row[N_TIMED];
	o.delay = 6;
	begin_timed(&o);
	leat_time_window_query(scene.window, row);
	row_is(row, at_eight, __LINE__);
	PUSH(16, 1, "");
	row_is(row_told, at_end, __LINE__);
	end();
}
END_TEST

START_TEST(what_time_does_to_statistics_of_a_session)
{
	static const double want[] = { 17, 85.0 / 6, 40.0 / 6, 9, 13, 13, 10,
		7 };
	leat_time_window_options o = options_of(LEAT_SESSION, 10);
	o.delay = 6;
	begin_timed(&o);
	PUSH(30, 1, "");
	row_is(row_told, want, __LINE__);
	end();
}
END_TEST

START_TEST(what_one_value_has_of_statistics_that_know_time)
{
	const double want[] = { (double)NAN, (double)NAN, 3, 3, 7, 7, 3, 3 };
	leat_time_window_options o = options_of(LEAT_TUMBLING, 10);
	o.stats = timed;
	o.n_stats = N_TIMED;
	o.sink.emit = keep_row;
	begin(&o);
	PUSH(2, 3, "");
	PUSH(10, 1, "");
	row_is(row_told, want, __LINE__);
	end();
}
END_TEST

START_TEST(a_value_weighs_half_when_it_is_a_half_life_old)
{
	static const leat_stat stats[] = { LEAT_SUM, LEAT_MEAN };
	leat_time_window_options o = options_of(LEAT_LANDMARK, 0);
	double row[2];
	o.kind = LEAT_DECAY;
	o.half_life = 10;
	o.stats = stats;
	begin(&o);
	PUSH(0, 4, "");
	PUSH(10, 1, "");
	leat_time_window_query(scene.window, row);
	ck_assert(row[0] == 3 && row[1] == 2);
	leat_time_window_advance(scene.window, 20);
	leat_time_window_query(scene.window, row);
	ck_assert(row[0] == 1.5 && row[1] == 2);
	PUSH(0, 4, "");
	leat_time_window_query(scene.window, row);
	ck_assert(row[0] == 2.5 && row[1] == 2.5);
	end();
}
END_TEST

/* An infinity counts until it weighs no more than 2^-53. */
START_TEST(an_infinity_fades_as_well)
{
	static const leat_stat stats[] = { LEAT_SUM, LEAT_MEAN, LEAT_LAST };
	leat_time_window_options o = options_of(LEAT_LANDMARK, 0);
	double row[3];
	o.kind = LEAT_DECAY;
	o.half_life = 10;
	o.stats = stats;
	o.n_stats = 3;
	begin(&o);
	PUSH(0, HUGE_VAL, "");
	PUSH(10, 1, "");
	leat_time_window_query(scene.window, row);
	ck_assert(row[0] == HUGE_VAL && row[1] == HUGE_VAL && row[2] == 1);
	PUSH(600, 3, "");
	leat_time_window_query(scene.window, row);
	ck_assert(row[0] == 3 && row[1] == 3 && row[2] == 3);
	PUSH(0, -HUGE_VAL, "");
	leat_time_window_query(scene.window, row);
	ck_assert(row[0] == 3 && row[1] == 3 && row[2] == 3);
	end();
}
END_TEST

/* ------------------------------------------------------------------ */
/* Sums alone, whose late values go other ways                        */
/* ------------------------------------------------------------------ */

enum { LATE_SPAN = 3000, LATE_VALUES = 12000 };

/* The values that were taken are whole numbers, so any sum of them is exact. */
static struct {
	int64_t t[LATE_VALUES], now;
	double x[LATE_VALUES];
	int n, heard;
} taken;

static double sum_of(int64_t from, int64_t to)
{
	double sum = 0;

	for (int i = 0; i < taken.n; i++)
		if (taken.t[i] >= from && taken.t[i] < to)
			sum += taken.x[i];
	return sum;
}

static int hear_sum(void *ctx, const leat_result *r)
{
	(void)ctx;
	if (++taken.heard % 11 == 0)
		ck_assert_msg(r->values[0] == sum_of(r->start, r->end),
		    "window that ends at %" PRId64, r->end);
	return 0;
}

/* Queries of the whole tree, of a part of it, and windows that close. */
START_TEST(a_sum_alone_is_that_of_its_values_however_late_they_come)
{
	static const leat_stat stats[] = { LEAT_SUM };
	static const int64_t lateness[] = { 3, 64, 900, 2900 };
	int64_t late = lateness[_i / 3];
	leat_time_window_options o = options_of(LEAT_SLIDING, LATE_SPAN);
	struct rng r = rng_new((uint64_t)_i + 1);
	leat_time_window *w;

	o.stats = stats;
	o.n_stats = 1;
	o.sink.emit = _i % 3 == 2 ? hear_sum : NULL;
	o.delay = _i % 3 ? late : 0;
	memset(&taken, 0, sizeof(taken));
	taken.now = INT64_MIN;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	for (int i = 0; i < LATE_VALUES; i++) {
		int64_t t = i - (int64_t)rng_below(&r, (uint64_t)late);
		double x = (double)rng_below(&r, 1000) - 300, sum;
		if (t > taken.now)
			taken.now = t;
		ck_assert_int_eq(leat_time_window_push(w, t, x), LEAT_OK);
		taken.t[taken.n] = t;
		taken.x[taken.n++] = x;
		if (i % 17)
			continue;
		leat_time_window_query(w, &sum);
		ck_assert_msg(sum ==
			sum_of(taken.now - LATE_SPAN + 1, taken.now + 1),
		    "value %d", i);
	}
	leat_time_window_free(w);
}
END_TEST

Suite *time_cases_suite(void)
{
	Suite *s = suite_create("time_cases");
	TCase *t = tcase_create("apart");
	tcase_add_test(t,
	    a_window_closes_when_a_value_comes_that_is_not_before_its_end);
	tcase_add_test(t, the_grid_goes_through_the_offset_also_below_zero);
	tcase_add_test(t, the_watermark_trails_by_the_delay);
	tcase_add_test(t,
	    a_late_value_tells_the_window_again_until_that_expires);
	tcase_add_test(t, a_late_value_may_be_the_first_of_its_window);
	tcase_add_test(t, a_missing_value_is_data);
	tcase_add_test(t, a_calendar_says_where_windows_lie);
	suite_add_tcase(s, t);
	t = tcase_create("empty");
	tcase_add_test(t,
	    empty_windows_between_others_and_before_the_watermark_are_told);
	tcase_add_test(t, empty_windows_are_told_from_the_first_result_on);
	tcase_add_test(t, a_window_told_late_is_not_told_as_empty);
	tcase_add_test(t,
	    empty_windows_of_a_hopping_grid_are_told_in_order_of_their_end);
	suite_add_tcase(s, t);
	t = tcase_create("overlap");
	tcase_add_test(t, a_value_goes_into_those_of_its_windows_that_take_it);
	tcase_add_test(t, late_values_tell_all_their_windows_in_order);
	tcase_add_test(t, values_between_windows_are_in_none);
	tcase_add_test(t,
	    a_sliding_window_ends_with_each_time_at_which_there_is_a_value);
	tcase_add_test(t, a_late_value_tells_the_sliding_windows_that_hold_it);
	tcase_add_test(t, a_value_may_be_too_late_for_its_own_sliding_window);
	suite_add_tcase(s, t);
	t = tcase_create("sessions");
	tcase_add_test(t, a_session_ends_a_gap_after_its_last_value);
	tcase_add_test(t, sessions_that_become_one_are_retracted);
	tcase_add_test(t,
	    a_session_that_grows_late_is_retracted_and_told_again);
	tcase_add_test(t, an_expired_session_is_joined_no_more);
	suite_add_tcase(s, t);
	t = tcase_create("endless");
	tcase_add_test(t, a_landmark_window_is_told_at_the_end_of_time);
	suite_add_tcase(s, t);
	t = tcase_create("early");
	tcase_add_test(t, every_so_many_values_what_has_changed_is_told);
	tcase_add_test(t, when_now_passes_a_multiple_what_has_changed_is_told);
	tcase_add_test(t, a_sliding_window_is_told_early_as_it_ends_now);
	suite_add_tcase(s, t);
	t = tcase_create("statistics");
	tcase_add_test(t, what_time_does_to_statistics_of_a_window_with_a_span);
	tcase_add_test(t, what_time_does_to_statistics_of_a_session);
	tcase_add_test(t, what_one_value_has_of_statistics_that_know_time);
	tcase_add_test(t, a_value_weighs_half_when_it_is_a_half_life_old);
	tcase_add_test(t, an_infinity_fades_as_well);
	suite_add_tcase(s, t);
	t = tcase_create("clock");
	tcase_add_test(t, the_slowest_source_rules_until_it_is_idle);
	tcase_add_test(t, a_source_that_never_pushed_is_idle_after_a_while);
	tcase_add_test(t, a_time_too_far_ahead_moves_nothing);
	tcase_add_test(t, a_time_may_be_too_far_ahead_of_now_as_well);
	tcase_add_loop_test(t,
	    a_sum_alone_is_that_of_its_values_however_late_they_come, 0, 12);
	tcase_add_test(t, now_and_the_watermark_start_at_the_beginning_of_time);
	suite_add_tcase(s, t);
	t = tcase_create("limits");
	tcase_add_test(t, windows_are_cut_off_where_time_ends);
	tcase_add_test(t,
	    a_jump_to_the_last_tick_closes_all_but_the_last_window);
	suite_add_tcase(s, t);
	return s;
}
