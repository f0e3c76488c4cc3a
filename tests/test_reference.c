/*
 * Rules that other systems document: windows by time of Apache Flink and Kafka
 * Streams, and counters of Prometheus.
 *
 * Each case is a table that is read from the top: pushes, and below
 * each the results that it must emit. Nothing else may be emitted.
 * The tables were worked out by hand from the documented rule that stands
 * above them. The values pushed are 1, 10, 100, ..., and the statistic is
 * their sum, so each digit of a result says whether that value is in.
 *
 * Where leat differs on purpose, the comment says so, and the table has
 * leat's rule. leat_window(7) lists these differences.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "data.h"
#include "suites.h"

/* ------------------------------------------------------------------ */
/* Tables, and how they are read                                      */
/* ------------------------------------------------------------------ */

enum verb {
	VERB_PUSH, /* the value is taken */
	VERB_DROP, /* late: refused, and passed to the late callback */
	VERB_TIME, /* leat_..._advance() */
	VERB_TOLD  /* a result, of what stands above */
};

struct row {
	enum verb verb;
	const char *key; /* NULL but for keyed windows */
	uint32_t source;
	int64_t t; /* start of a result */
	int64_t end;
	double x;
	uint64_t revision;
	int flags;
};

#define K_PUSH(key, t, x)                                                      \
	{                                                                      \
		VERB_PUSH, (key), 0, (t), 0, (x), 0, 0                         \
	}
#define K_DROP(key, t, x)                                                      \
	{                                                                      \
		VERB_DROP, (key), 0, (t), 0, (x), 0, 0                         \
	}
#define K_TOLD(key, start, end, x, revision, flags)                            \
	{                                                                      \
		VERB_TOLD, (key), 0, (start), (end), (x), (revision), (flags)  \
	}
#define FROM(source, t, x)                                                     \
	{                                                                      \
		VERB_PUSH, NULL, (source), (t), 0, (x), 0, 0                   \
	}
#define DROP_FROM(source, t, x)                                                \
	{                                                                      \
		VERB_DROP, NULL, (source), (t), 0, (x), 0, 0                   \
	}
#define PUSH(t, x) K_PUSH(NULL, t, x)
#define DROP(t, x) K_DROP(NULL, t, x)
#define TOLD(start, end, x, revision, flags)                                   \
	K_TOLD(NULL, start, end, x, revision, flags)
#define TIME(t)                                                                \
	{                                                                      \
		VERB_TIME, NULL, 0, (t), 0, 0, 0, 0                            \
	}
#define END_OF_TIME TIME(LEAT_TIME_MAX)

/*
 * A watermark of Flink says that no time up to it, itself included, is
 * still expected; leat's says so of the times before it. So Flink's w is
 * leat's w + 1. With a delay longer than the data, values do not move the
 * watermark where it matters, and advance() sets it as Flink's tests do.
 */
#define FAR 100000
#define WATERMARK(w) TIME((w) + 1 + FAR)

enum { TOLD_MAX = 64 };

struct reader {
	const char *name;
	leat_time_window *window; /* one of these two */
	leat_keyed *keyed;
	struct row told[TOLD_MAX];
	char keys[TOLD_MAX][8];
	size_t n_told, n_read;
	leat_event late; /* the newest */
	size_t n_late;
};

static int hear_result(void *ctx, const leat_result *result)
{
	struct reader *r = ctx;
	ck_assert_msg(r->n_told < TOLD_MAX, "%s: told too much", r->name);
	ck_assert_uint_eq(result->n_values, 1);
	struct row *row = &r->told[r->n_told];
	memset(row, 0, sizeof(*row));
	row->verb = VERB_TOLD;
	row->t = result->start;
	row->end = result->end;
	row->x = result->values[0];
	row->revision = result->revision;
	row->flags = result->flags;
	if (r->keyed) {
		ck_assert_uint_lt(result->key_len, sizeof(r->keys[0]));
		memcpy(r->keys[r->n_told], result->key, result->key_len);
		r->keys[r->n_told][result->key_len] = '\0';
		row->key = r->keys[r->n_told];
	}
	r->n_told++;
	return 0;
}

static int hear_late(void *ctx, const leat_event *event)
{
	struct reader *r = ctx;
	r->late = *event;
	r->n_late++;
	return 0;
}

static int push_row(struct reader *r, const struct row *row)
{
	leat_event e = { 0 };
	if (row->key) {
		e.key = row->key;
		e.key_len = strlen(row->key);
	}
	e.t = row->t;
	e.x = row->x;
	e.source = row->source;
	return r->keyed ? leat_keyed_push_events(r->keyed, &e, 1, NULL)
			: leat_time_window_push_events(r->window, &e, 1, NULL);
}

static void do_input(struct reader *r, size_t i, const struct row *row)
{
	size_t n_late = r->n_late;
	int want = row->verb == VERB_DROP ? LEAT_TOO_LATE : LEAT_OK;
	int got;
	if (row->verb != VERB_TIME)
		got = push_row(r, row);
	else if (r->keyed)
		got = leat_keyed_advance(r->keyed, row->t);
	else
		got = leat_time_window_advance(r->window, row->t);
	ck_assert_msg(got == want, "%s, row %zu: %d, not %d", r->name, i, got,
	    want);
	ck_assert_msg(r->n_late - n_late == (want == LEAT_TOO_LATE),
	    "%s, row %zu: %zu told to the late callback", r->name, i,
	    r->n_late - n_late);
	if (want == LEAT_TOO_LATE)
		ck_assert_msg(r->late.t == row->t && r->late.x == row->x,
		    "%s, row %zu: another value was called late", r->name, i);
}

static void compare_result(struct reader *r, size_t i, const struct row *want)
{
	ck_assert_msg(r->n_read < r->n_told,
	    "%s, row %zu: [%lld, %lld) was not told", r->name, i,
	    (long long)want->t, (long long)want->end);
	const struct row *got = &r->told[r->n_read++];
	ck_assert_msg(got->t == want->t && got->end == want->end &&
		same_bits(got->x, want->x) && got->revision == want->revision &&
		got->flags == want->flags &&
		(!want->key || strcmp(got->key, want->key) == 0),
	    "%s, row %zu: %s [%lld, %lld) is %.17g, revision %llu, flags %d; "
	    "not %s [%lld, %lld) %.17g, revision %llu, flags %d",
	    r->name, i, got->key ? got->key : "", (long long)got->t,
	    (long long)got->end, got->x, (unsigned long long)got->revision,
	    got->flags, want->key ? want->key : "", (long long)want->t,
	    (long long)want->end, want->x, (unsigned long long)want->revision,
	    want->flags);
}

static void nothing_more(const struct reader *r, size_t i)
{
	if (r->n_read == r->n_told)
		return;
	const struct row *row = &r->told[r->n_read];
	ck_abort_msg("%s, row %zu: %s [%lld, %lld) %.17g, revision %llu, flags "
		     "%d, which the table does not have",
	    r->name, i, row->key ? row->key : "", (long long)row->t,
	    (long long)row->end, row->x, (unsigned long long)row->revision,
	    row->flags);
}

static void read_rows(struct reader *r, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].verb == VERB_TOLD) {
			compare_result(r, i, &rows[i]);
			continue;
		}
		nothing_more(r, i);
		do_input(r, i, &rows[i]);
	}
	nothing_more(r, n);
}

static const leat_stat sum_of[] = { LEAT_SUM };

static leat_time_window_options windows_of(int kind, int64_t span)
{
	leat_time_window_options o;
	memset(&o, 0, sizeof(o));
	o.kind = kind;
	*(kind == LEAT_SESSION ? &o.gap : &o.span) = span;
	o.stats = sum_of;
	o.n_stats = 1;
	return o;
}

static leat_time_window_options hopping_of(int64_t span, int64_t advance)
{
	leat_time_window_options o = windows_of(LEAT_HOPPING, span);
	o.hop = advance;
	return o;
}

static void listen(leat_time_window_options *o, struct reader *r)
{
	o->sink.emit = hear_result;
	o->sink.ctx = r;
	o->late.late = hear_late;
	o->late.ctx = r;
}

static void run(const char *name, leat_time_window_options o,
    const struct row *rows, size_t n)
{
	struct reader r;
	memset(&r, 0, sizeof(r));
	r.name = name;
	listen(&o, &r);
	ck_assert_int_eq(leat_time_window_new(&r.window, &o), LEAT_OK);
	read_rows(&r, rows, n);
	leat_time_window_free(r.window);
}

static void run_keyed(const char *name, leat_time_window_options o,
    const struct row *rows, size_t n)
{
	struct reader r;
	memset(&r, 0, sizeof(r));
	r.name = name;
	listen(&o, &r);
	keyed_choice options;
	memset(&options, 0, sizeof(options));
	options.by_time = o;
	ck_assert_int_eq(keyed_choice_new(&r.keyed, &options), LEAT_OK);
	read_rows(&r, rows, n);
	leat_keyed_free(r.keyed);
}

#define RUN(options, rows)                                                     \
	run(#rows, (options), (rows), sizeof(rows) / sizeof((rows)[0]))
#define RUN_KEYED(options, rows)                                               \
	run_keyed(#rows, (options), (rows), sizeof(rows) / sizeof((rows)[0]))

/* ------------------------------------------------------------------ */
/* Apache Flink                                                       */
/* ------------------------------------------------------------------ */

/*
 * Tumbling windows: [offset + k size, offset + (k + 1) size). Hours, and
 * hours that begin a quarter past; days of a zone 8 hours ahead of UTC,
 * for which the offset is -8 hours; times before the epoch. In
 * milliseconds.
 */
START_TEST(flink_where_a_tumbling_window_starts)
{
	static const struct {
		int64_t size, offset, t, start;
	} cases[] = {
		{ 3600000, 0, 3599999, 0 },
		{ 3600000, 0, 3600000, 3600000 },
		{ 3600000, 900000, 4499999, 900000 },
		{ 3600000, 900000, 4500000, 4500000 },
		{ 3600000, 900000, 8099999, 4500000 },
		{ 3600000, 900000, 8100000, 8100000 },
		{ 86400000, -28800000, -1, -28800000 },
		{ 86400000, -28800000, 57599999, -28800000 },
		{ 86400000, -28800000, 57600000, 57600000 },
		{ 7, 0, -1, -7 },
		{ 7, 0, -7, -7 },
		{ 7, 0, -8, -14 },
		{ 7, 3, 2, -4 },
		{ 7, -2, 5, 5 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		leat_time_window_options o;
		leat_time_window *w;
		int64_t start, end;
		o = windows_of(LEAT_TUMBLING, cases[i].size);
		o.offset = cases[i].offset;
		ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
		ck_assert_int_eq(leat_time_window_push(w, cases[i].t, 1), 0);
		leat_time_window_interval(w, &start, &end);
		ck_assert_msg(start == cases[i].start &&
			end == cases[i].start + cases[i].size,
		    "case %zu: [%lld, %lld)", i, (long long)start,
		    (long long)end);
		leat_time_window_free(w);
	}
}
END_TEST

/*
 * Hopping windows, which Flink calls sliding: a value is in size / slide
 * of them. 10 minutes every 5 minutes.
 */
static const struct row flink_hopping[] = {
	PUSH(0, 1),
	PUSH(4, 10),
	PUSH(5, 100),
	TOLD(-5, 5, 11, 0, 0),
	PUSH(9, 1000),
	PUSH(10, 10000),
	TOLD(0, 10, 1111, 0, 0),
	END_OF_TIME,
	TOLD(5, 15, 11100, 0, 0),
	TOLD(10, 20, 10000, 0, 0),
};

/* An hour every half an hour from a quarter past on, in minutes. */
static const struct row flink_hopping_with_offset[] = {
	PUSH(75, 1),
	PUSH(104, 10),
	PUSH(105, 100),
	TOLD(45, 105, 11, 0, 0),
	END_OF_TIME,
	TOLD(75, 135, 111, 0, 0),
	TOLD(105, 165, 100, 0, 0),
};

START_TEST(flink_sliding_windows_are_hopping_ones)
{
	RUN(hopping_of(10, 5), flink_hopping);
	leat_time_window_options o = hopping_of(60, 30);
	o.offset = 15;
	RUN(o, flink_hopping_with_offset);
}
END_TEST

/*
 * Bounded disorder b: the watermark is the largest time less b less 1, and
 * a window fires when it reaches the largest time that the window can
 * have, end - 1. So it fires when the largest time is end + b. What comes
 * later for that window is dropped; what is behind the watermark, but in a
 * window that has not fired, is not. b = 3.
 */
static const struct row flink_watermark[] = {
	PUSH(1, 1),
	PUSH(12, 10),
	PUSH(9, 100),
	PUSH(13, 1000),
	TOLD(0, 10, 101, 0, 0),
	DROP(9, 7),
	PUSH(10, 10000),
	PUSH(18, 100000),
	PUSH(12, 1000000),
	END_OF_TIME,
	TOLD(10, 20, 1111010, 0, 0),
};

START_TEST(flink_when_a_window_fires)
{
	leat_time_window_options o = windows_of(LEAT_TUMBLING, 10);
	o.delay = 3;
	RUN(o, flink_watermark);
}
END_TEST

/*
 * Allowed lateness: a window takes values until the watermark passes its
 * end plus the lateness, and fires again for each of them; then it is
 * removed, and what comes for it goes to the side output. Five minutes
 * with one minute of lateness, in seconds.
 */
static const struct row flink_lateness[] = {
	PUSH(10, 1),
	PUSH(299, 10),
	PUSH(300, 100),
	TOLD(0, 300, 11, 0, 0),
	PUSH(290, 1000),
	TOLD(0, 300, 1011, 1, LEAT_RESULT_UPDATED),
	PUSH(359, 10000),
	PUSH(0, 100000),
	TOLD(0, 300, 101011, 2, LEAT_RESULT_UPDATED),
	PUSH(360, 1000000),
	DROP(299, 7),
	END_OF_TIME,
	TOLD(300, 600, 1010100, 0, 0),
};

/* Flink drops a value after the firing if there is no lateness. */
static const struct row flink_no_lateness[] = {
	PUSH(299, 1),
	PUSH(300, 10),
	TOLD(0, 300, 1, 0, 0),
	DROP(299, 7),
	END_OF_TIME,
	TOLD(300, 600, 10, 0, 0),
};

START_TEST(flink_allowed_lateness)
{
	leat_time_window_options o = windows_of(LEAT_TUMBLING, 300);
	RUN(o, flink_no_lateness);
	o.allowed_lateness = 60;
	RUN(o, flink_lateness);
}
END_TEST

/*
 * A value of several windows goes into those that have not been removed;
 * only one that is too late for all of them is dropped. 3 every 1.
 */
static const struct row flink_late_for_some[] = {
	PUSH(0, 1),
	PUSH(2, 10),
	TOLD(-2, 1, 1, 0, 0),
	TOLD(-1, 2, 1, 0, 0),
	PUSH(3, 100),
	TOLD(0, 3, 11, 0, 0),
	PUSH(2, 1000),
	DROP(0, 7),
	END_OF_TIME,
	TOLD(1, 4, 1110, 0, 0),
	TOLD(2, 5, 1110, 0, 0),
	TOLD(3, 6, 100, 0, 0),
};

/* With a lateness of 1, [-1, 2) is removed at 3 and [0, 3) is not. */
static const struct row flink_late_for_one[] = {
	PUSH(0, 1),
	PUSH(3, 10),
	TOLD(-2, 1, 1, 0, 0),
	TOLD(-1, 2, 1, 0, 0),
	TOLD(0, 3, 1, 0, 0),
	PUSH(1, 100),
	TOLD(0, 3, 101, 1, LEAT_RESULT_UPDATED),
	END_OF_TIME,
	TOLD(1, 4, 110, 0, 0),
	TOLD(2, 5, 10, 0, 0),
	TOLD(3, 6, 10, 0, 0),
};

START_TEST(flink_late_for_some_windows_only)
{
	leat_time_window_options o = hopping_of(3, 1);
	RUN(o, flink_late_for_some);
	o.allowed_lateness = 1;
	RUN(o, flink_late_for_one);
}
END_TEST

/* ---- Sessions of Flink, gap 30 -------------------------------------- */

/*
 * A value makes a window [t, t + gap), and windows that overlap are merged,
 * whatever the order they came in. It fires when the watermark reaches
 * end - 1.
 */
static const struct row flink_session_merge[] = {
	PUSH(100, 1),
	PUSH(150, 10),
	PUSH(125, 100),
	WATERMARK(178),
	WATERMARK(179),
	TOLD(100, 180, 111, 0, 0),
	PUSH(329, 1000),
	PUSH(300, 10000),
	END_OF_TIME,
	TOLD(300, 359, 11000, 0, 0),
};

/*
 * Exactly one gap apart. Flink merges windows that only touch, [300, 330)
 * and [330, 360); to leat, as to Beam, intervals are half-open here too,
 * and these are two sessions. One tick less, and it is one.
 */
static const struct row flink_session_touch[] = {
	PUSH(330, 1),
	PUSH(300, 10),
	PUSH(500, 100),
	PUSH(529, 1000),
	END_OF_TIME,
	TOLD(300, 330, 10, 0, 0),
	TOLD(330, 360, 1, 0, 0),
	TOLD(500, 559, 1100, 0, 0),
};

/*
 * Late is what the merged window is: a value that would be late alone is
 * taken if it joins a session that has not been removed.
 */
static const struct row flink_session_joins[] = {
	PUSH(330, 1),
	WATERMARK(339),
	PUSH(301, 10),
	DROP(270, 7),
	WATERMARK(358),
	WATERMARK(359),
	TOLD(301, 360, 11, 0, 0),
};

/* No value joins a session that has fired if there is no lateness. */
static const struct row flink_session_removed[] = {
	PUSH(100, 1),
	WATERMARK(129),
	TOLD(100, 130, 1, 0, 0),
	DROP(90, 7),
	PUSH(115, 10),
	WATERMARK(144),
	TOLD(115, 145, 10, 0, 0),
};

START_TEST(flink_sessions_merge)
{
	leat_time_window_options o = windows_of(LEAT_SESSION, 30);
	o.delay = FAR;
	RUN(o, flink_session_merge);
	RUN(o, flink_session_touch);
	RUN(o, flink_session_joins);
	RUN(o, flink_session_removed);
}
END_TEST

/*
 * Lateness of 10. A late value makes its session fire again, and can make
 * it longer. Flink then leaves it to the reader to know that the longer
 * one replaces the other; leat retracts that one first.
 */
static const struct row flink_session_late[] = {
	PUSH(100, 1),
	WATERMARK(129),
	TOLD(100, 130, 1, 0, 0),
	PUSH(95, 10),
	TOLD(100, 130, 1, 1, LEAT_RESULT_RETRACTED),
	TOLD(95, 130, 11, 2, LEAT_RESULT_UPDATED),
	PUSH(129, 100),
	TOLD(95, 130, 11, 3, LEAT_RESULT_RETRACTED),
	WATERMARK(157),
	WATERMARK(158),
	TOLD(95, 159, 111, 4, 0),
	WATERMARK(168),
	DROP(120, 7),
};

/* A late value in the midst of a session changes no interval. */
static const struct row flink_session_late_inside[] = {
	PUSH(100, 1),
	PUSH(120, 10),
	WATERMARK(149),
	TOLD(100, 150, 11, 0, 0),
	PUSH(105, 100),
	TOLD(100, 150, 111, 1, LEAT_RESULT_UPDATED),
};

/* Late firings can merge windows: one value bridges two that have fired. */
static const struct row flink_session_bridge[] = {
	PUSH(100, 1),
	PUSH(135, 10),
	PUSH(140, 100),
	WATERMARK(169),
	TOLD(100, 130, 1, 0, 0),
	TOLD(135, 170, 110, 0, 0),
	PUSH(137, 1000),
	TOLD(135, 170, 1110, 1, LEAT_RESULT_UPDATED),
	PUSH(120, 10000),
	TOLD(100, 130, 1, 1, LEAT_RESULT_RETRACTED),
	TOLD(135, 170, 1110, 2, LEAT_RESULT_RETRACTED),
	TOLD(100, 170, 11111, 3, LEAT_RESULT_UPDATED),
};

START_TEST(flink_sessions_and_lateness)
{
	leat_time_window_options o = windows_of(LEAT_SESSION, 30);
	o.delay = FAR;
	o.allowed_lateness = 10;
	RUN(o, flink_session_late);
	RUN(o, flink_session_late_inside);
	o.allowed_lateness = 50;
	RUN(o, flink_session_bridge);
}
END_TEST

/*
 * The watermark of several inputs is the smallest of theirs, and an input
 * that has sent nothing holds it back.
 */
static const struct row flink_inputs[] = {
	FROM(0, 25, 1),
	FROM(1, 5, 10),
	FROM(1, 9, 100),
	FROM(1, 12, 1000),
	TOLD(0, 10, 110, 0, 0),
	FROM(0, 11, 10000),
	FROM(1, 30, 100000),
	TOLD(10, 20, 11000, 0, 0),
	END_OF_TIME,
	TOLD(20, 30, 1, 0, 0),
	TOLD(30, 40, 100000, 0, 0),
};

/*
 * An idle input does not hold the watermark back; when it comes back, the
 * watermark does not fall, and what it sends can be late. Flink measures
 * idleness by the clock on the wall, leat by event time: 50 ticks here.
 */
static const struct row flink_idle[] = {
	FROM(0, 0, 1),
	FROM(0, 50, 10),
	FROM(0, 51, 100),
	TOLD(0, 10, 1, 0, 0),
	DROP_FROM(1, 20, 7),
	FROM(1, 52, 1000),
	FROM(0, 61, 10000),
	FROM(1, 60, 100000),
	TOLD(50, 60, 1110, 0, 0),
	END_OF_TIME,
	TOLD(60, 70, 110000, 0, 0),
};

START_TEST(flink_several_inputs)
{
	leat_time_window_options o = windows_of(LEAT_TUMBLING, 10);
	o.n_sources = 2;
	RUN(o, flink_inputs);
	o.idle_timeout = 50;
	RUN(o, flink_idle);
}
END_TEST

static TCase *flink_cases(void)
{
	TCase *tc = tcase_create("flink");
	tcase_add_test(tc, flink_where_a_tumbling_window_starts);
	tcase_add_test(tc, flink_sliding_windows_are_hopping_ones);
	tcase_add_test(tc, flink_when_a_window_fires);
	tcase_add_test(tc, flink_allowed_lateness);
	tcase_add_test(tc, flink_late_for_some_windows_only);
	tcase_add_test(tc, flink_sessions_merge);
	tcase_add_test(tc, flink_sessions_and_lateness);
	tcase_add_test(tc, flink_several_inputs);
	return tc;
}

/* ------------------------------------------------------------------ */
/* Kafka Streams                                                      */
/* ------------------------------------------------------------------ */

/* Hopping windows of 12 every 5: 21 is in three of them. */
static const struct row kafka_hopping_12_5[] = {
	PUSH(21, 1),
	END_OF_TIME,
	TOLD(10, 22, 1, 0, 0),
	TOLD(15, 27, 1, 0, 0),
	TOLD(20, 32, 1, 0, 0),
};

/* Size 6, every 5: two windows share one tick, and 7 is in only one. */
static const struct row kafka_hopping_6_5[] = {
	PUSH(7, 1),
	PUSH(10, 10),
	END_OF_TIME,
	TOLD(5, 11, 11, 0, 0),
	TOLD(10, 16, 10, 0, 0),
};

/*
 * Size 10, every 5. Kafka Streams has no window that starts before 0; in leat
 * the epoch is a time like any other.
 */
static const struct row kafka_hopping_at_0[] = {
	PUSH(2, 1),
	END_OF_TIME,
	TOLD(-5, 5, 1, 0, 0),
	TOLD(0, 10, 1, 0, 0),
};

START_TEST(kafka_hopping_windows)
{
	RUN(hopping_of(12, 5), kafka_hopping_12_5);
	RUN(hopping_of(6, 5), kafka_hopping_6_5);
	RUN(hopping_of(10, 5), kafka_hopping_at_0);
}
END_TEST

/*
 * Grace: a window takes records, in whatever order, until stream time, the
 * largest time seen, is window end + grace. Told once, then: what Kafka
 * Streams does with results suppressed until the window closes. That is a
 * delay of the length of the grace. Size 10, grace 90.
 */
static const struct row kafka_grace[] = {
	PUSH(105, 1),
	PUSH(199, 10),
	PUSH(102, 100),
	PUSH(200, 1000),
	TOLD(100, 110, 101, 0, 0),
	DROP(109, 7),
	PUSH(110, 10000),
	END_OF_TIME,
	TOLD(110, 120, 10000, 0, 0),
	TOLD(190, 200, 10, 0, 0),
	TOLD(200, 210, 1000, 0, 0),
};

/* Hopping, 10 every 5: at stream time 100, [0, 10) is over, [5, 15) not. */
static const struct row kafka_grace_hopping[] = {
	PUSH(100, 1),
	DROP(4, 7),
	PUSH(5, 10),
	PUSH(6, 100),
	END_OF_TIME,
	TOLD(5, 15, 110, 0, 0),
	TOLD(95, 105, 1, 0, 0),
	TOLD(100, 110, 1, 0, 0),
};

/*
 * Each record is emitted at once: the grace is the lateness. Size 10, grace 5.
 * leat also emits when a window's end is reached, unlike Kafka Streams.
 */
static const struct row kafka_grace_updates[] = {
	PUSH(3, 1),
	TOLD(0, 10, 1, 0, LEAT_RESULT_EARLY),
	PUSH(10, 10),
	TOLD(0, 10, 1, 1, 0),
	TOLD(10, 20, 10, 0, LEAT_RESULT_EARLY),
	PUSH(9, 100),
	TOLD(0, 10, 101, 2, LEAT_RESULT_UPDATED),
	PUSH(14, 1000),
	TOLD(10, 20, 1010, 1, LEAT_RESULT_EARLY),
	PUSH(0, 10000),
	TOLD(0, 10, 10101, 3, LEAT_RESULT_UPDATED),
	PUSH(15, 100000),
	TOLD(10, 20, 101010, 2, LEAT_RESULT_EARLY),
	DROP(9, 7),
};

START_TEST(kafka_grace_period)
{
	leat_time_window_options o = windows_of(LEAT_TUMBLING, 10);
	o.delay = 90;
	RUN(o, kafka_grace);

	o = hopping_of(10, 5);
	o.delay = 90;
	RUN(o, kafka_grace_hopping);

	o = windows_of(LEAT_TUMBLING, 10);
	o.allowed_lateness = 5;
	o.early_count = 1;
	RUN(o, kafka_grace_updates);
}
END_TEST

/*
 * Windows of a table of keys, 10 every 5, an update for each record and
 * window, also of the record that comes out of order (9). When time ends
 * leat tells each window once more, in the order of end and key.
 */
static const struct row kafka_updates[] = {
	K_PUSH("A", 12, 1),
	K_TOLD("A", 5, 15, 1, 0, LEAT_RESULT_EARLY),
	K_TOLD("A", 10, 20, 1, 0, LEAT_RESULT_EARLY),
	K_PUSH("B", 13, 10),
	K_TOLD("B", 5, 15, 10, 0, LEAT_RESULT_EARLY),
	K_TOLD("B", 10, 20, 10, 0, LEAT_RESULT_EARLY),
	K_PUSH("A", 15, 100),
	K_TOLD("A", 10, 20, 101, 1, LEAT_RESULT_EARLY),
	K_TOLD("A", 15, 25, 100, 0, LEAT_RESULT_EARLY),
	K_PUSH("A", 9, 1000),
	K_TOLD("A", 0, 10, 1000, 0, LEAT_RESULT_EARLY),
	K_TOLD("A", 5, 15, 1001, 1, LEAT_RESULT_EARLY),
	END_OF_TIME,
	K_TOLD("A", 0, 10, 1000, 1, 0),
	K_TOLD("A", 5, 15, 1001, 2, 0),
	K_TOLD("B", 5, 15, 10, 1, 0),
	K_TOLD("A", 10, 20, 101, 2, 0),
	K_TOLD("B", 10, 20, 10, 1, 0),
	K_TOLD("A", 15, 25, 100, 1, 0),
};

/*
 * Stream time is that of all keys of a partition: a record of B closes the
 * window of A.
 */
static const struct row kafka_stream_time[] = {
	K_PUSH("A", 5, 1),
	K_PUSH("B", 7, 10),
	K_PUSH("B", 20, 100),
	K_TOLD("A", 0, 10, 1, 0, 0),
	K_TOLD("B", 0, 10, 10, 0, 0),
	K_DROP("A", 9, 7),
	K_PUSH("A", 21, 1000),
	END_OF_TIME,
	K_TOLD("A", 20, 30, 1000, 0, 0),
	K_TOLD("B", 20, 30, 100, 0, 0),
};

START_TEST(kafka_keys)
{
	leat_time_window_options o = hopping_of(10, 5);
	o.delay = 90;
	o.early_count = 1;
	RUN_KEYED(o, kafka_updates);
	RUN_KEYED(windows_of(LEAT_TUMBLING, 10), kafka_stream_time);
}
END_TEST

/*
 * Session windows with an inactivity gap of 5: 10 and 12 are a session and
 * 20 is another one; then comes 16, and they are one. A session that was
 * told is withdrawn when it is merged into another: Kafka Streams sends a
 * tombstone for it, leat a retraction. Kafka Streams reports the last
 * record as the end of a session, leat the last one plus the gap.
 */
static const struct row kafka_sessions[] = {
	PUSH(10, 1),
	PUSH(12, 10),
	PUSH(20, 100),
	TOLD(10, 17, 11, 0, 0),
	PUSH(16, 1000),
	TOLD(10, 17, 11, 1, LEAT_RESULT_RETRACTED),
	END_OF_TIME,
	TOLD(10, 25, 1111, 2, 0),
};

/*
 * To Kafka Streams, as to Flink, records exactly one gap apart are of one
 * session; to leat they are not.
 */
static const struct row kafka_session_touch[] = {
	PUSH(10, 1),
	PUSH(15, 10),
	TOLD(10, 15, 1, 0, 0),
	PUSH(19, 100),
	END_OF_TIME,
	TOLD(15, 24, 110, 0, 0),
};

START_TEST(kafka_session_windows)
{
	leat_time_window_options o = windows_of(LEAT_SESSION, 5);
	o.allowed_lateness = 100;
	RUN(o, kafka_sessions);
	RUN(o, kafka_session_touch);
}
END_TEST

static TCase *kafka_cases(void)
{
	TCase *tc = tcase_create("kafka");
	tcase_add_test(tc, kafka_hopping_windows);
	tcase_add_test(tc, kafka_grace_period);
	tcase_add_test(tc, kafka_keys);
	tcase_add_test(tc, kafka_session_windows);
	return tc;
}

/* ------------------------------------------------------------------ */
/* Prometheus                                                         */
/* ------------------------------------------------------------------ */

/*
 * increase() and rate() of series with a sample every five minutes, at the
 * time of the last one: over the last `span`, which is (now - span, now] in
 * both, or over all samples.
 *
 * A sample below the one before it comes after a reset to 0. What was
 * counted before a reset counts in full. There is no result for fewer than
 * two samples. PromQL then extrapolates to the ends of the range, which
 * leat does not; where that matters, PromQL's result is given for
 * comparison. In return INCREASE of counts is a whole number.
 *
 * RATE is INCREASE by the span, or over all samples, by the time from the
 * first to the last.
 */
struct counter {
	double x[12];
	size_t n;
	int64_t span; /* 0: all */
	double increase, rate;
};

#define MINUTES(n) ((n)*LEAT_MINUTE)
#define STEP MINUTES(5)

static const struct counter counters[] = {
	/* Steady; PromQL: 100 */
	{ { 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100 }, 11, 0, 100,
	    100.0 / 3000 },
	/* A reset half-way: 90 before it and 72 after it; PromQL: 162 */
	{ { 0, 18, 36, 54, 72, 90, 0, 18, 36, 54, 72 }, 11, 0, 162,
	    162.0 / 3000 },
	/* The window does not start at 0; PromQL extrapolates to 105 and 101 */
	{ { 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110 }, 11, 0, 100,
	    100.0 / 3000 },
	{ { 1, 11, 21, 31, 41, 51, 61, 71, 81, 91, 101 }, 11, 0, 100,
	    100.0 / 3000 },
	/* 3 2 is 3, 0, 2, so this is 3 and then 4; PromQL: 7 */
	{ { 0, 1, 2, 3, 2, 3, 4 }, 7, 0, 7, 7.0 / 1800 },
	/* PromQL: 0.26666666666666666 */
	{ { 0, 80, 160, 240, 320, 400, 480, 560, 640, 720, 800 }, 11, 0, 800,
	    800.0 / 3000 },
	/* 108 - 0 and 135 - 0 */
	{ { 0, 27, 54, 81, 108, 0, 27, 54, 81, 108, 135 }, 11, 0, 243,
	    243.0 / 3000 },
	/* The first sample is not in: 108 - 27 and 135; PromQL: 0.08 */
	{ { 0, 27, 54, 81, 108, 0, 27, 54, 81, 108, 135 }, 11, MINUTES(50), 216,
	    216.0 / 3000 },
	/* The last two, 80 and 90; PromQL: 0.0333 */
	{ { 0, 10, 20, 30, 40, 50, 60, 70, 80, 90 }, 10, MINUTES(10), 10,
	    10.0 / 600 },
	/* 90 and then a reset: nothing was counted; PromQL: 0 */
	{ { 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 0 }, 11, MINUTES(6), 0, 0 },
	/* A single sample; PromQL: no result */
	{ { 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 0 }, 11, MINUTES(5), NAN,
	    NAN },
	{ { 42 }, 1, 0, NAN, NAN },
	/* Two resets in a row, to 1 and to 0 */
	{ { 5, 1, 0, 4 }, 4, 0, 5, 5.0 / 900 },
	/* NaN is a missing sample to leat: 1 to 5 to 11 */
	{ { 1, NAN, NAN, 5, 11 }, 5, 0, 10, 10.0 / 1200 },
};

enum { N_COUNTERS = sizeof(counters) / sizeof(counters[0]) };

static leat_time_window *open_counter(const struct counter *c,
    const leat_stat *stats)
{
	leat_time_window_options o;
	leat_time_window *w;
	memset(&o, 0, sizeof(o));
	o.kind = c->span ? LEAT_SLIDING : LEAT_LANDMARK;
	o.span = c->span;
	o.delay = LEAT_HOUR;
	o.stats = stats;
	o.n_stats = 2;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	return w;
}

static void counter_is(leat_time_window *w, const struct counter *c, int i)
{
	double out[2];
	leat_time_window_query(w, out);
	ck_assert_msg(same_bits(out[0], c->increase),
	    "counter %d: increase is %.17g", i, out[0]);
	if (isnan(c->rate))
		ck_assert_msg(isnan(out[1]), "counter %d: rate is %.17g", i,
		    out[1]);
	else
		ck_assert_msg(fabs(out[1] - c->rate) <= 1e-15 * c->rate,
		    "counter %d: rate is %.17g", i, out[1]);
	leat_time_window_free(w);
}

START_TEST(prometheus_increase_and_rate)
{
	static const leat_stat stats[] = { LEAT_INCREASE, LEAT_RATE };
	const struct counter *c = &counters[_i];
	leat_time_window *w = open_counter(c, stats);
	for (size_t i = 0; i < c->n; i++)
		leat_time_window_push(w, (int64_t)i * STEP, c->x[i]);
	counter_is(w, c, _i);
}
END_TEST

/* Order is by time, not by arrival. */
START_TEST(prometheus_samples_out_of_order)
{
	static const leat_stat stats[] = { LEAT_INCREASE, LEAT_RATE };
	const struct counter *c = &counters[_i];
	leat_time_window *w = open_counter(c, stats);
	for (size_t k = c->n; k-- > 0;) {
		size_t i = k ^ 1; /* 10, 11, 8, 9, ... 0, 1 */
		if (i >= c->n)
			i = k;
		ck_assert_int_eq(leat_time_window_push(w, (int64_t)i * STEP,
				     c->x[i]),
		    0);
	}
	counter_is(w, c, _i);
}
END_TEST

/* Per second, whatever the ticks: these are milliseconds. */
START_TEST(prometheus_in_milliseconds)
{
	static const leat_stat stats[] = { LEAT_INCREASE, LEAT_RATE_PER(1000) };
	struct counter c = counters[_i];
	c.span /= LEAT_MILLISECOND;
	leat_time_window *w = open_counter(&c, stats);
	for (size_t i = 0; i < c.n; i++)
		leat_time_window_push(w, (int64_t)i * (STEP / LEAT_MILLISECOND),
		    c.x[i]);
	counter_is(w, &c, _i);
}
END_TEST

/* A range without samples has no result. */
START_TEST(prometheus_nothing_in_range)
{
	static const leat_stat stats[] = { LEAT_INCREASE, LEAT_RATE };
	static const struct counter none = { { 0 }, 0, STEP, NAN, NAN };
	leat_time_window *w = open_counter(&none, stats);
	leat_time_window_push(w, 0, 1);
	leat_time_window_push(w, 1, 2);
	ck_assert_int_eq(leat_time_window_advance(w, 2 * STEP), LEAT_OK);
	counter_is(w, &none, N_COUNTERS);
}
END_TEST

/*
 * A sample that is missing can be made to count: the result is NaN, as
 * PromQL's arithmetic has it.
 */
START_TEST(prometheus_missing_samples)
{
	static const leat_stat stats[] = { LEAT_INCREASE };
	leat_time_window_options o = windows_of(LEAT_LANDMARK, 0);
	leat_time_window *w;
	double out;
	o.stats = stats;
	o.on_missing = LEAT_ON_MISSING_PROPAGATE;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	leat_time_window_push(w, 0, 1);
	leat_time_window_push(w, 1, 5);
	leat_time_window_query(w, &out);
	ck_assert_double_eq(out, 4);
	leat_time_window_push(w, 2, NAN);
	leat_time_window_query(w, &out);
	ck_assert(isnan(out));
	leat_time_window_free(w);
}
END_TEST

static TCase *prometheus_cases(void)
{
	TCase *tc = tcase_create("prometheus");
	tcase_add_loop_test(tc, prometheus_increase_and_rate, 0, N_COUNTERS);
	tcase_add_loop_test(tc, prometheus_samples_out_of_order, 0, N_COUNTERS);
	tcase_add_loop_test(tc, prometheus_in_milliseconds, 0, N_COUNTERS);
	tcase_add_test(tc, prometheus_nothing_in_range);
	tcase_add_test(tc, prometheus_missing_samples);
	return tc;
}

Suite *reference_suite(void)
{
	Suite *suite = suite_create("reference");
	suite_add_tcase(suite, flink_cases());
	suite_add_tcase(suite, kafka_cases());
	suite_add_tcase(suite, prometheus_cases());
	return suite;
}
