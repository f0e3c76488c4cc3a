/*
 * Joining windows by time
 *
 * A stream is dealt out to two windows, and a third one gets all of it. After
 * the two have been joined, the joined one and the third get the rest of the
 * stream and must tell the same from there on. Before that, each of the two
 * has told of what it had, and closed windows that are kept for lateness are
 * told again when they are joined: which ones follows from the values, their
 * windows and the two watermarks, and so does whether joining is refused.
 *
 * Values are eighths, so that sums of them are exact in any order. Times
 * differ, but where their order of arrival is what is tested.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "classes.h"
#include "data.h"
#include "quiet.h"
#include "saved.h"
#include "suites.h"
#include "time_stats.h"
#include "time_trial.h"

enum { VALUES = 16, LINES = 20000, EVENTS = 600, BLOCK = 24 };

/* ---- What is told ---- */

struct line {
	int64_t start, end;
	uint64_t revision;
	int flags;
	double v[VALUES];
};

struct log {
	struct line lines[LINES];
	size_t n;
};

static int on_told(void *ctx, const leat_result *r)
{
	struct log *log = ctx;
	struct line *l = &log->lines[log->n++];

	ck_assert_uint_lt(log->n, LINES);
	l->start = r->start;
	l->end = r->end;
	l->revision = r->revision;
	l->flags = r->flags;
	memcpy(l->v, r->values, r->n_values * sizeof(double));
	return 0;
}

/* Lines with any of the flags go. */
static void forget(struct log *log, int flags)
{
	size_t n = 0;

	for (size_t i = 0; i < log->n; i++)
		if (!(log->lines[i].flags & flags))
			log->lines[n++] = log->lines[i];
	log->n = n;
}

/* ---- Streams and options ---- */

static const leat_stat any_order[] = { LEAT_COUNT, LEAT_COUNT_MISSING, LEAT_SUM,
	LEAT_MEAN, LEAT_VARIANCE, LEAT_STDDEV_POP, LEAT_MIN, LEAT_MAX,
	LEAT_ARGMIN, LEAT_ARGMAX, LEAT_FIRST, LEAT_LAST, LEAT_SUM_OF_SQUARES,
	LEAT_AGG(&bag_class, 0.0) };
static const leat_stat in_order[] = { LEAT_COUNT, LEAT_SUM, LEAT_INCREASE,
	LEAT_TIME_MEAN, LEAT_TIME_MEAN_LINEAR, LEAT_RATE, LEAT_LAST,
	LEAT_AGG(&chain_class, 0.0) };
static const leat_stat of_pairs[] = { LEAT_COUNT, LEAT_COVARIANCE,
	LEAT_CORRELATION, LEAT_SLOPE, LEAT_INTERCEPT, LEAT_MIN, LEAT_MAE,
	LEAT_RMSE, LEAT_R2, LEAT_COVERAGE };

/* Intervals of 20, 35 and 50 ticks in turn. */
static void uneven(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	int64_t rest = ((t % 105) + 105) % 105, from = t - rest;

	(void)ctx;
	*start_out = rest < 20 ? from : rest < 55 ? from + 20 : from + 55;
	*end_out = rest < 20 ? from + 20 : rest < 55 ? from + 55 : from + 105;
}

enum { TUMBLES, HOPS, HOPS_EVENLY, LEAPS, MONTHS, EVER, SHAPES };

enum {
	LATENESS = 1,
	EARLY_COUNT = 2,
	EARLY_SPAN = 4,
	EMPTY = 8,
	ORDERED = 16,
	PAIRED = 32,
	PROPAGATES = 64,
	TIGHT = 128, /* a delay that makes some values late */
	MIXES = 256
};

static void shape_options(leat_time_window_options *o, int shape)
{
	static const int64_t spans[] = { 40, 50, 60, 20 },
			     advances[] = { 0, 20, 15, 50 };

	memset(o, 0, sizeof(*o));
	o->kind = shape == TUMBLES ? LEAT_TUMBLING
	    : shape == MONTHS      ? LEAT_CALENDAR
	    : shape == EVER        ? LEAT_LANDMARK
				   : LEAT_HOPPING;
	if (shape == MONTHS)
		o->calendar.interval = uneven;
	if (shape < MONTHS) {
		o->span = spans[shape];
		o->hop = advances[shape];
		o->offset = 7;
	}
	o->sink.emit = on_told;
}

#define STATS_ARE(o, which)                                                    \
	((o)->stats = (which), (o)->n_stats = sizeof(which) / sizeof(*(which)))

static void mix_options(leat_time_window_options *o, int shape, unsigned mix)
{
	shape_options(o, shape);
	STATS_ARE(o, any_order);
	if (mix & ORDERED)
		STATS_ARE(o, in_order);
	else if (mix & PAIRED)
		STATS_ARE(o, of_pairs);
	o->delay = mix & TIGHT ? 30 : BLOCK * 6;
	o->allowed_lateness = mix & LATENESS ? 90 : 0;
	o->early_count = mix & EARLY_COUNT ? 7 : 0;
	o->early_span = mix & EARLY_SPAN ? 33 : 0;
	o->emit_empty = (mix & EMPTY) && shape != EVER;
	o->min_count = mix & PROPAGATES ? 3 : 0;
	o->on_missing = mix & PROPAGATES ? LEAT_ON_MISSING_PROPAGATE
					 : LEAT_ON_MISSING_SKIP;
}

/* Times are shuffled within blocks, between which there may be a break. */
static void make_events(leat_event *e, size_t n, struct rng *r)
{
	int64_t t = (int64_t)rng_below(r, 1000) - 500;

	for (size_t i = 0; i < n; i++) {
		memset(&e[i], 0, sizeof(e[i]));
		if (i % BLOCK == 0 && rng_below(r, 4) == 0)
			t += (int64_t)rng_below(r, 400);
		t += 1 + (int64_t)rng_below(r, 5);
		e[i].t = t;
		e[i].x = (double)rng_below(r, 4000) / 8;
		e[i].y = (double)rng_below(r, 64);
		if (rng_below(r, 12) == 0)
			e[i].x = NAN;
	}
	for (size_t i = 0; i < n; i++) {
		size_t last = i - i % BLOCK + BLOCK, k;
		k = i + (size_t)rng_below(r, (last < n ? last : n) - i);
		int64_t swap = e[i].t;
		e[i].t = e[k].t;
		e[k].t = swap;
	}
}

/* ---- Two, and one that sees it all ---- */

struct trio {
	const char *what;
	unsigned mix;
	uint64_t seed;
	leat_time_window_options o, oa, ob, oone;
	leat_time_window *a, *b, *one;
	struct log told_a, told_b, told_one;
	leat_event e[EVENTS];
	char side[EVENTS]; /* 'a', 'b'; 0: it was late, or is not in yet */
};

static struct trio trio;

static leat_time_window *make_window(leat_time_window_options *own,
    const leat_time_window_options *o, struct log *log)
{
	leat_time_window *w;

	*own = *o;
	own->sink.ctx = log;
	log->n = 0;
	ck_assert_int_eq(leat_time_window_new(&w, own), LEAT_OK);
	return w;
}

static void trio_open(struct trio *t, const leat_time_window_options *o)
{
	t->o = *o;
	t->a = make_window(&t->oa, o, &t->told_a);
	t->b = make_window(&t->ob, o, &t->told_b);
	t->one = make_window(&t->oone, o, &t->told_one);
	memset(t->side, 0, sizeof(t->side));
}

static void trio_close(struct trio *t)
{
	leat_time_window_free(t->a);
	leat_time_window_free(t->b);
	leat_time_window_free(t->one);
}

static void fail_trio(const struct trio *t, const char *what)
{
	ck_abort_msg("kind %d, span %d, advance %d, mix %u, seed %u: %s",
	    t->o.kind, (int)t->o.span, (int)t->o.hop, t->mix, (unsigned)t->seed,
	    what);
}

/* A value that is late for one is not given to the other. */
static void trio_push(struct trio *t, size_t i, char side)
{
	leat_time_window *w = side == 'a' ? t->a : t->b;
	int err = leat_time_window_push_events(t->one, &t->e[i], 1, NULL);

	if (err == LEAT_TOO_LATE)
		return;
	ck_assert_int_eq(err, LEAT_OK);
	ck_assert_int_eq(leat_time_window_push_events(w, &t->e[i], 1, NULL),
	    LEAT_OK);
	t->side[i] = side;
}

/* ---- What joining must do ---- */

static int64_t less(int64_t t, int64_t by)
{
	return t < INT64_MIN + by ? INT64_MIN : t - by;
}

/* The k-th window, from 0, that holds t. */
static int window_at(const leat_time_window_options *o, int64_t t, int k,
    struct line *w)
{
	int64_t advance = o->hop ? o->hop : o->span, into;

	if (o->kind == LEAT_CALENDAR) {
		uneven(NULL, t, &w->start, &w->end);
		return k == 0;
	}
	if (o->kind == LEAT_LANDMARK) {
		w->start = t;
		w->end = INT64_MAX;
		return k == 0;
	}
	into = (((t - o->offset) % advance) + advance) % advance;
	w->start = t - into - k * advance;
	w->end = w->start + o->span;
	return t < w->end;
}

static int holds(const struct line *w, int64_t t)
{
	return t >= w->start && t < w->end;
}

static int side_has(const struct trio *t, char side, const struct line *w)
{
	for (size_t i = 0; i < EVENTS; i++)
		if (t->side[i] == side && holds(w, t->e[i].t))
			return 1;
	return 0;
}

/* Returns whether this window, which has a value, causes a new result. */
static int has_news(const struct trio *t, const struct line *w)
{
	int a = side_has(t, 'a', w), b = side_has(t, 'b', w);
	int a_closed = w->end <= leat_time_window_watermark(t->a),
	    b_closed = w->end <= leat_time_window_watermark(t->b);

	return (a_closed || b_closed) && !(!b && a_closed) && !(!a && b_closed);
}

/* Returns whether one has forgotten a window that the other has not. */
static int predict_late(const struct trio *t)
{
	int64_t a = less(leat_time_window_watermark(t->a),
		    t->o.allowed_lateness),
		b = less(leat_time_window_watermark(t->b),
		    t->o.allowed_lateness);
	struct line w;

	for (size_t i = 0; i < EVENTS; i++) {
		int64_t own = t->side[i] == 'a' ? a : b;
		int64_t its = t->side[i] == 'a' ? b : a;
		for (int k = 0;
		     t->side[i] && window_at(&t->o, t->e[i].t, k, &w); k++)
			if (w.end > own && w.end <= its)
				return 1;
	}
	return 0;
}

static int compare_windows(const void *p, const void *q)
{
	const struct line *a = p, *b = q;

	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

/* Returns the last result of the window from the third object. */
static const struct line *told_by_one(const struct trio *t,
    const struct line *w)
{
	for (size_t i = t->told_one.n; i-- > 0;) {
		const struct line *l = &t->told_one.lines[i];
		if (l->start == w->start && l->end == w->end &&
		    !(l->flags & LEAT_RESULT_EARLY))
			return l;
	}
	fail_trio(t, "a window was not told");
	return NULL;
}

/* The windows that are to be told again. */
static size_t predict_news(const struct trio *t, struct line *news)
{
	int64_t a = leat_time_window_watermark(t->a),
		b = leat_time_window_watermark(t->b);
	int64_t done = less(a > b ? a : b, t->o.allowed_lateness);
	struct line w;
	size_t n = 0, m = 0;

	for (size_t i = 0; i < EVENTS; i++)
		for (int k = 0;
		     t->side[i] && window_at(&t->o, t->e[i].t, k, &w); k++)
			if (w.end > done && has_news(t, &w))
				news[n++] = w;
	qsort(news, n, sizeof(*news), compare_windows);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || compare_windows(&news[i], &news[i - 1]) != 0)
			news[m++] = news[i];
	for (size_t i = 0; i < m; i++)
		news[i] = *told_by_one(t, &news[i]);
	return m;
}

/* Returns the allowed error of an inexact statistic; < 0: it is exact. */
static double slack_of(int id, double want)
{
	switch (id) {
	case LEAT_STAT_MEAN:
	case LEAT_STAT_MAE:
		return fabs(want) * 0x1p-52; /* 1 ulp */
	case LEAT_STAT_VARIANCE:
	case LEAT_STAT_RMSE:
	case LEAT_STAT_STDDEV_POP:
	case LEAT_STAT_TIME_MEAN:
	case LEAT_STAT_TIME_MEAN_LINEAR:
		return fabs(want) * 1e-13;
	case LEAT_STAT_COVARIANCE: /* error in the size of both */
	case LEAT_STAT_INTERCEPT:
		return 1e-13 * 500 * 64;
	case LEAT_STAT_CORRELATION:
	case LEAT_STAT_SLOPE:
	case LEAT_STAT_R2:
		return 1e-13 * (1 + fabs(want));
	default:
		return -1;
	}
}

static int is_as(int id, double got, double want)
{
	return got == want || (isnan(got) && isnan(want)) ||
	    fabs(got - want) <= slack_of(id, want);
}

static void same_values(const struct trio *t, const double *got,
    const double *want, const char *where)
{
	for (size_t i = 0; i < t->o.n_stats; i++) {
		char text[200];
		if (is_as(t->o.stats[i].id, got[i], want[i]))
			continue;
		snprintf(text, sizeof(text), "%s: %s is %.17g, not %.17g",
		    where, leat_stat_name(&t->o.stats[i]), got[i], want[i]);
		fail_trio(t, text);
	}
}

static void same_lines(const struct trio *t, const struct line *got, size_t n,
    const struct line *want, size_t n_want, const char *where)
{
	char text[200];

	for (size_t i = 0; i < n && i < n_want; i++) {
		if (got[i].start != want[i].start ||
		    got[i].end != want[i].end ||
		    got[i].flags != want[i].flags) {
			snprintf(text, sizeof(text),
			    "%s: [%lld, %lld) %d, not [%lld, %lld) %d", where,
			    (long long)got[i].start, (long long)got[i].end,
			    got[i].flags, (long long)want[i].start,
			    (long long)want[i].end, want[i].flags);
			fail_trio(t, text);
		}
		same_values(t, got[i].v, want[i].v, where);
	}
	snprintf(text, sizeof(text), "%s: %zu results, not %zu", where, n,
	    n_want);
	if (n != n_want)
		fail_trio(t, text);
}

/* Compares all results so far, except early ones. */
static void same_telling(struct trio *t, const char *where)
{
	forget(&t->told_a, LEAT_RESULT_EARLY);
	forget(&t->told_one, LEAT_RESULT_EARLY);
	same_lines(t, t->told_a.lines, t->told_a.n, t->told_one.lines,
	    t->told_one.n, where);
	t->told_a.n = t->told_one.n = 0;
}

static void same_view(struct trio *t)
{
	double got[VALUES], want[VALUES];
	int64_t starts[2], ends[2];

	leat_time_window_query(t->a, got);
	leat_time_window_query(t->one, want);
	same_values(t, got, want, "query");
	leat_time_window_interval(t->a, &starts[0], &ends[0]);
	leat_time_window_interval(t->one, &starts[1], &ends[1]);
	ck_assert(starts[0] == starts[1] && ends[0] == ends[1]);
	ck_assert(leat_time_window_now(t->a) == leat_time_window_now(t->one));
	ck_assert(leat_time_window_watermark(t->a) ==
	    leat_time_window_watermark(t->one));
}

static void same_counts(struct trio *t)
{
	leat_counts a, one;

	leat_time_window_counts(t->a, &a);
	leat_time_window_counts(t->one, &one);
	ck_assert(a.taken == one.taken && a.missing == one.missing &&
	    a.in_no_window == one.in_no_window && a.stored == one.stored);
	ck_assert_uint_eq(a.pushed - a.late, one.pushed - one.late);
}

static int unchanged(struct saved *before, leat_time_window *w)
{
	struct saved after = time_window_saved(w);
	int same = before->n == after.n &&
	    memcmp(before->bytes, after.bytes, after.n) == 0;

	saved_free(before);
	saved_free(&after);
	return same;
}

/* If they cannot be joined as they are, time comes to one place in both. */
static void join_late(struct trio *t)
{
	struct saved a = time_window_saved(t->a), b = time_window_saved(t->b);
	int64_t now = leat_time_window_now(t->one);

	if (leat_time_window_merge(t->a, t->b) != LEAT_ELATE)
		fail_trio(t, "what is halved has been joined");
	if (!unchanged(&a, t->a) || !unchanged(&b, t->b))
		fail_trio(t, "being refused has changed something");
	ck_assert_int_eq(leat_time_window_advance(t->a, now), LEAT_OK);
	ck_assert_int_eq(leat_time_window_advance(t->b, now), LEAT_OK);
}

static int told_empty(const struct log *log, size_t n, const struct line *w)
{
	for (size_t i = 0; i < n; i++)
		if ((log->lines[i].flags & LEAT_RESULT_EMPTY) &&
		    compare_windows(&log->lines[i], w) == 0)
			return 1;
	return 0;
}

/* No window is told twice as one without data: from that line on. */
static void check_empty(const struct trio *t, size_t from)
{
	for (size_t i = from; i < t->told_a.n; i++) {
		const struct line *l = &t->told_a.lines[i];
		if ((l->flags & LEAT_RESULT_EMPTY) &&
		    (told_empty(&t->told_a, i, l) ||
			told_empty(&t->told_b, t->told_b.n, l)))
			fail_trio(t, "an empty window is told twice");
	}
}

static void join(struct trio *t)
{
	static struct line news[EVENTS * 4];
	struct saved b;
	size_t n, told;

	if (predict_late(t))
		join_late(t);
	n = predict_news(t, news);
	for (size_t i = 0; i < n; i++)
		news[i].flags = LEAT_RESULT_UPDATED;
	told = t->told_a.n;
	b = time_window_saved(t->b);
	if (leat_time_window_merge(t->a, t->b) != LEAT_OK)
		fail_trio(t, "they cannot be joined");
	if (!unchanged(&b, t->b))
		fail_trio(t, "the other one has changed");
	check_empty(t, told);
	t->told_a.n -= told;
	memmove(t->told_a.lines, t->told_a.lines + told,
	    t->told_a.n * sizeof(*t->told_a.lines));
	forget(&t->told_a, LEAT_RESULT_EARLY | LEAT_RESULT_EMPTY);
	same_lines(t, t->told_a.lines, t->told_a.n, news, n, "joining");
	t->told_a.n = t->told_one.n = 0;
	same_view(t);
	same_counts(t);
}

/* The rest of the stream goes to both. */
static void go_on(struct trio *t, size_t from)
{
	for (size_t i = from; i < EVENTS; i++) {
		int err = leat_time_window_push_events(t->a, &t->e[i], 1, NULL);
		ck_assert_int_eq(err,
		    leat_time_window_push_events(t->one, &t->e[i], 1, NULL));
		same_telling(t, "later");
		if (i % 16 == 0)
			same_view(t);
	}
	same_counts(t);
	ck_assert_int_eq(leat_time_window_advance(t->a, LEAT_TIME_MAX), 0);
	ck_assert_int_eq(leat_time_window_advance(t->one, LEAT_TIME_MAX), 0);
	same_telling(t, "at the end");
	same_counts(t);
}

static void deal(struct trio *t, size_t n, struct rng *r)
{
	uint64_t share = rng_below(r, 5); /* parts of four: to the first */
	int64_t now;

	for (size_t i = 0; i < n; i++)
		trio_push(t, i, rng_below(r, 4) < share ? 'a' : 'b');
	/* Maybe time goes on in one of them, or in both. */
	now = leat_time_window_now(t->one);
	if (n > 0 && rng_below(r, 3) == 0)
		now += (int64_t)rng_below(r, 300);
	if (n > 0 && rng_below(r, 2))
		leat_time_window_advance(t->a, now);
	if (n > 0 && rng_below(r, 2))
		leat_time_window_advance(t->b, now);
	now = leat_time_window_now(t->a);
	if (now < leat_time_window_now(t->b))
		now = leat_time_window_now(t->b);
	if (n > 0)
		leat_time_window_advance(t->one, now);
	if (rng_below(r, 2))
		time_window_again(&t->a, &t->oa);
	if (rng_below(r, 2))
		time_window_again(&t->b, &t->ob);
}

static void play(int shape, unsigned mix, uint64_t seed)
{
	struct rng r = rng_new(seed * 1000 + mix);
	leat_time_window_options o;
	size_t n = (size_t)rng_below(&r, EVENTS + 1);

	if (rng_below(&r, 8) == 0)
		n = (size_t)rng_below(&r, 3);
	trio.mix = mix;
	trio.seed = seed;
	mix_options(&o, shape, mix);
	trio_open(&trio, &o);
	make_events(trio.e, EVENTS, &r);
	deal(&trio, n, &r);
	join(&trio);
	if (seed % 3 == 0)
		time_window_again(&trio.a, &trio.oa);
	go_on(&trio, n);
	trio_close(&trio);
}

START_TEST(two_windows_tell_what_one_would)
{
	for (unsigned mix = 0; mix < MIXES; mix += short_run() ? 5 : 1)
		for (uint64_t seed = 1; seed <= (short_run() ? 2 : 6); seed++)
			play(_i, mix, seed);
}
END_TEST

/* ---- Revisions ---- */

static leat_time_window *window_with(leat_time_window_options *o,
    struct log *log, const int64_t *t, size_t n)
{
	leat_time_window *w = make_window(o, o, log);

	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(leat_time_window_push(w, t[i], 1), LEAT_OK);
	return w;
}

/* [0, 10) was told once in each, so it is its third result that is whole. */
START_TEST(results_of_both_count_as_revisions)
{
	static const leat_stat stat = LEAT_COUNT;
	static const int64_t ta[] = { 1, 2, 12 }, tb[] = { 3, 13, 14 };
	static struct log log_a, log_b;
	leat_time_window_options o = { 0 }, p;
	leat_time_window *a, *b;

	for (int hops = 0; hops < 2; hops++) {
		memset(&o, 0, sizeof(o));
		o.kind = hops ? LEAT_HOPPING : LEAT_TUMBLING;
		o.span = 10;
		o.hop = hops ? 5 : 0;
		o.allowed_lateness = 10;
		o.stats = &stat;
		o.n_stats = 1;
		o.sink.emit = on_told;
		p = o;
		a = window_with(&o, &log_a, ta, 3);
		b = window_with(&p, &log_b, tb, 3);
		log_a.n = 0;
		ck_assert_int_eq(leat_time_window_merge(a, b), LEAT_OK);
		/* With HOPPING, [-5, 5) comes first. */
		ck_assert_uint_eq(log_a.n, 1 + (size_t)hops);
		const struct line *l = &log_a.lines[hops];
		ck_assert(l->start == 0 && l->end == 10 && l->v[0] == 3);
		ck_assert(l->flags == LEAT_RESULT_UPDATED && l->revision == 2);
		log_a.n = 0;
		ck_assert_int_eq(leat_time_window_push(a, 5, 1), LEAT_OK);
		l = log_a.lines;
		ck_assert(l->start == 0 && l->v[0] == 4 && l->revision == 3);
		leat_time_window_free(a);
		leat_time_window_free(b);
	}
}
END_TEST

/* [10, 20) was told as one without data, so it is its second result. */
START_TEST(results_without_data_count_as_revisions)
{
	static const leat_stat stat = LEAT_COUNT;
	static const int64_t ta[] = { 1, 35 }, tb[] = { 12 };
	static struct log log_a, log_b;

	for (int i = 0; i < 4; i++) {
		int hops = i & 1, behind = i & 2;
		leat_time_window_options o = { 0 }, p;
		o.kind = hops ? LEAT_HOPPING : LEAT_TUMBLING;
		o.span = 10;
		o.hop = hops ? 5 : 0;
		o.allowed_lateness = 100;
		o.emit_empty = 1;
		o.stats = &stat;
		o.n_stats = 1;
		o.sink.emit = on_told;
		p = o;
		leat_time_window *a = window_with(&o, &log_a, ta, 2),
				 *b = window_with(&p, &log_b, tb, 1);
		log_a.n = log_b.n = 0;
		ck_assert_int_eq(behind ? leat_time_window_merge(b, a)
					: leat_time_window_merge(a, b),
		    LEAT_OK);
		struct log *log = behind ? &log_b : &log_a;
		/* With HOPPING, [5, 15) comes as well. */
		ck_assert_uint_eq(log->n, 1 + (size_t)hops);
		for (size_t k = 0; k < log->n; k++) {
			ck_assert_int_eq(log->lines[k].flags,
			    LEAT_RESULT_UPDATED);
			ck_assert_uint_eq(log->lines[k].revision, 1);
			ck_assert(log->lines[k].v[0] == 1);
		}
		leat_time_window_free(a);
		leat_time_window_free(b);
	}
}
END_TEST

/*
 * The object ahead has no data; the other's windows without data are emitted up
 * to its watermark, at once and in order, and can be saved then.
 */
START_TEST(a_row_without_data_goes_on_to_the_later_watermark)
{
	static const leat_stat stat = LEAT_COUNT;
	static const int64_t tb[] = { 1, 32 };
	static struct log log_a, log_b;

	for (int hops = 0; hops < 2; hops++) {
		leat_time_window_options o = { 0 }, p;
		o.kind = hops ? LEAT_HOPPING : LEAT_TUMBLING;
		o.span = 10;
		o.hop = hops ? 5 : 0;
		o.allowed_lateness = 1000;
		o.emit_empty = 1;
		o.stats = &stat;
		o.n_stats = 1;
		o.sink.emit = on_told;
		p = o;
		int64_t step = hops ? 5 : 10;
		leat_time_window *a = window_with(&o, &log_a, tb, 0),
				 *b = window_with(&p, &log_b, tb, 2);
		ck_assert_int_eq(leat_time_window_advance(a, 101), LEAT_OK);
		log_a.n = log_b.n = 0;
		ck_assert_int_eq(leat_time_window_merge(a, b), LEAT_OK);
		ck_assert_int_eq(leat_time_window_watermark(a), 101);
		time_window_again(&a, &o);
		/* The open ones of b have become late, the rest is empty. */
		forget(&log_a, LEAT_RESULT_UPDATED);
		ck_assert_uint_eq(log_a.n, (size_t)(60 / step));
		for (size_t i = 0; i < log_a.n; i++) {
			ck_assert_int_eq(log_a.lines[i].flags,
			    LEAT_RESULT_EMPTY);
			ck_assert_int_eq(log_a.lines[i].end,
			    40 + step * (int64_t)(i + 1));
		}
		log_a.n = 0;
		ck_assert_int_eq(leat_time_window_advance(a, 110), LEAT_OK);
		ck_assert_uint_eq(log_a.n, (size_t)(10 / step));
		leat_time_window_free(a);
		leat_time_window_free(b);
	}
}
END_TEST

/* ---- Clocks of several sources ---- */

enum { SOURCES = 5 };

/*
 * A model by the manual: a time for each source, from which all else follows.
 */
struct sources {
	uint32_t n;
	int64_t t[SOURCES], idle, delay;
	int seen[SOURCES], started;
	int64_t begin, now, watermark;
};

/*
 * Returns the time of the slowest source that is not idle, or the last if all
 * are.
 */
static int64_t ruling(const struct sources *s)
{
	int64_t least = INT64_MAX, most = INT64_MIN;

	for (uint32_t i = 0; i < s->n; i++) {
		int64_t t = s->seen[i] ? s->t[i] : s->begin;
		if (s->idle > 0 && s->now - t > s->idle) {
			if (s->seen[i] && t > most)
				most = t;
			continue;
		}
		if (!s->seen[i])
			return INT64_MIN;
		if (t < least)
			least = t;
	}
	return least < INT64_MAX ? least : most;
}

/* Updates now and the watermark, which never falls. */
static void settle(struct sources *s)
{
	int64_t w = ruling(s);

	if (w > INT64_MIN && w - s->delay > s->watermark)
		s->watermark = w - s->delay;
}

static void sources_start(struct sources *s, const leat_time_window_options *o)
{
	memset(s, 0, sizeof(*s));
	s->n = o->n_sources;
	s->idle = o->idle_timeout;
	s->delay = o->delay;
	s->now = s->watermark = INT64_MIN;
}

static void sources_push(struct sources *s, uint32_t i, int64_t t)
{
	if (!s->started)
		s->begin = t;
	s->started = 1;
	if (!s->seen[i] || t > s->t[i])
		s->t[i] = t;
	s->seen[i] = 1;
	if (t > s->now)
		s->now = t;
	settle(s);
}

static void sources_join(struct sources *s, const struct sources *other)
{
	if (!other->started)
		return;
	if (!s->started || other->begin < s->begin)
		s->begin = other->begin;
	s->started = 1;
	for (uint32_t i = 0; i < s->n; i++) {
		if (other->seen[i] && (!s->seen[i] || other->t[i] > s->t[i]))
			s->t[i] = other->t[i];
		s->seen[i] |= other->seen[i];
	}
	if (other->now > s->now)
		s->now = other->now;
	if (other->watermark > s->watermark)
		s->watermark = other->watermark;
	settle(s);
}

static void expect_clock(const leat_time_window *w, const struct sources *s,
    unsigned seed, int step)
{
	int64_t now = leat_time_window_now(w);
	int64_t watermark = leat_time_window_watermark(w);

	ck_assert_msg(now == s->now && watermark == s->watermark,
	    "seed %u, step %d: now %lld, watermark %lld, should be %lld, %lld",
	    seed, step, (long long)now, (long long)watermark, (long long)s->now,
	    (long long)s->watermark);
}

/* Streams to two windows, which become one at some time, and it goes on. */
static void join_clocks(unsigned seed)
{
	static const leat_stat stat = LEAT_COUNT;
	struct rng r = rng_new(seed);
	leat_time_window_options o = { 0 };
	struct sources s[2];
	leat_time_window *w[2];
	int n = 2 + (int)rng_below(&r, 40), joined = (int)rng_below(&r, 30);
	int64_t t = 1000;

	o.kind = LEAT_TUMBLING;
	o.span = 10;
	o.allowed_lateness = 1000000;
	o.n_sources = 2 + (uint32_t)rng_below(&r, SOURCES - 1);
	o.idle_timeout = rng_below(&r, 3) ? 1 + (int64_t)rng_below(&r, 60) : 0;
	o.delay = (int64_t)rng_below(&r, 2) * 7;
	o.stats = &stat;
	o.n_stats = 1;
	for (int k = 0; k < 2; k++) {
		sources_start(&s[k], &o);
		ck_assert_int_eq(leat_time_window_new(&w[k], &o), LEAT_OK);
	}
	for (int i = 0; i < n; i++) {
		int k = i > joined ? 0 : (int)rng_below(&r, 2);
		uint32_t source = (uint32_t)rng_below(&r, o.n_sources);
		leat_event e = { 0 };
		if (i == joined) {
			ck_assert_int_eq(leat_time_window_merge(w[0], w[1]),
			    LEAT_OK);
			sources_join(&s[0], &s[1]);
			time_window_again(&w[0], &o);
			expect_clock(w[0], &s[0], seed, i);
			k = 0;
		}
		t += (int64_t)rng_below(&r, 40) - 8;
		e.t = t;
		e.source = source;
		ck_assert_int_eq(leat_time_window_push_events(w[k], &e, 1,
				     NULL),
		    LEAT_OK);
		sources_push(&s[k], source, t);
		expect_clock(w[k], &s[k], seed, i);
	}
	leat_time_window_free(w[0]);
	leat_time_window_free(w[1]);
}

START_TEST(clocks_of_several_sources_become_one)
{
	for (unsigned seed = 1; seed <= (short_run() ? 300 : 3000); seed++)
		join_clocks(seed);
}
END_TEST

/* Rows of both together begin where the first of them began. */
START_TEST(windows_that_either_told_as_empty_count_as_told)
{
	static const leat_stat stat = LEAT_COUNT;
	static const int64_t ta[] = { 51, 75 }, tb[] = { 1, 35 };
	static struct log log_a, log_b;

	for (int i = 0; i < 2; i++) {
		leat_time_window_options o = { 0 }, p;
		o.kind = LEAT_TUMBLING;
		o.span = 10;
		o.allowed_lateness = 1000;
		o.emit_empty = 1;
		o.stats = &stat;
		o.n_stats = 1;
		o.sink.emit = on_told;
		p = o;
		leat_time_window *a = window_with(&o, &log_a, ta, 2),
				 *b = window_with(&p, &log_b, tb, 2);
		struct log *log = i ? &log_b : &log_a;
		ck_assert_int_eq(i ? leat_time_window_merge(b, a)
				   : leat_time_window_merge(a, b),
		    LEAT_OK);
		log->n = 0;
		ck_assert_int_eq(leat_time_window_push(i ? b : a, 15, 1),
		    LEAT_OK);
		ck_assert_uint_eq(log->n, 1);
		ck_assert_int_eq(log->lines[0].flags, LEAT_RESULT_UPDATED);
		ck_assert_int_eq(log->lines[0].start, 10);
		ck_assert_uint_eq(log->lines[0].revision, 1);
		leat_time_window_free(a);
		leat_time_window_free(b);
	}
}
END_TEST

/* ---- Of equal times the second's values are the later ones ---- */

START_TEST(values_of_the_other_come_after_those_of_the_same_time)
{
	static const int shapes[] = { TUMBLES, HOPS, LEAPS, MONTHS, EVER };

	for (size_t k = 0; k < 10; k++) {
		struct rng r = rng_new(k + 40);
		leat_time_window_options o;
		shape_options(&o, shapes[k / 2]);
		if (k % 2)
			STATS_ARE(&o, in_order);
		else
			STATS_ARE(&o, any_order);
		o.delay = 100000;
		trio.mix = (unsigned)k;
		trio_open(&trio, &o);
		make_events(trio.e, EVENTS, &r);
		for (size_t i = 0; i < EVENTS; i++)
			trio.e[i].t /= 8;
		for (size_t i = 0; i < 300; i++)
			trio_push(&trio, i, i < 150 ? 'a' : 'b');
		join(&trio);
		go_on(&trio, 300);
		trio_close(&trio);
	}
}
END_TEST

/* ---- Three ---- */

/* Whatever the order in which they are joined. */
START_TEST(three_shards_are_joined_in_any_order)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 },
		{ 1, 0, 2 } };
	static struct log logs[4];

	for (unsigned mix = 0; mix < 6; mix++) {
		leat_event e[EVENTS];
		struct rng r = rng_new(mix + 7);
		leat_time_window_options o, own[4];
		mix_options(&o, _i, mix & 1 ? ORDERED : 0);
		make_events(e, EVENTS, &r);
		trio.o = o;
		leat_time_window *w[4];
		for (int k = 0; k < 4; k++)
			w[k] = make_window(&own[k], &o, &logs[k]);
		for (size_t i = 0; i < EVENTS; i++) {
			leat_time_window_push_events(w[rng_below(&r, 3)], &e[i],
			    1, NULL);
			leat_time_window_push_events(w[3], &e[i], 1, NULL);
		}
		for (int k = 0; k < 4; k++) {
			leat_time_window_advance(w[k],
			    leat_time_window_now(w[3]));
			time_window_again(&w[k], &own[k]);
			logs[k].n = 0;
		}
		const int *order = orders[mix / 2];
		leat_time_window *first = w[order[0]];
		ck_assert_int_eq(leat_time_window_merge(w[order[1]],
				     w[order[2]]),
		    LEAT_OK);
		ck_assert_int_eq(leat_time_window_merge(first, w[order[1]]),
		    LEAT_OK);
		leat_time_window_advance(first, LEAT_TIME_MAX);
		leat_time_window_advance(w[3], LEAT_TIME_MAX);
		ck_assert_uint_gt(logs[3].n, 0);
		same_lines(&trio, logs[order[0]].lines, logs[order[0]].n,
		    logs[3].lines, logs[3].n, "three");
		for (int k = 0; k < 4; k++)
			leat_time_window_free(w[k]);
	}
}
END_TEST

/* ---- What cannot be joined ---- */

static void refused(const leat_time_window_options *o,
    const leat_time_window_options *p, int err)
{
	leat_time_window *a, *b;
	struct saved before;

	ck_assert_int_eq(leat_time_window_new(&a, o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_new(&b, p), LEAT_OK);
	for (int64_t t = 0; t < 50; t++) {
		leat_event e = { NULL, 0, t, 1, 1, 0, 0, 0 };
		leat_time_window_push_events(t % 2 ? a : b, &e, 1, NULL);
	}
	before = time_window_saved(a);
	ck_assert_int_eq(leat_time_window_merge(a, b), err);
	ck_assert(unchanged(&before, a));
	leat_time_window_free(a);
	leat_time_window_free(b);
}

START_TEST(other_kinds_of_windows_are_not_joined)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_MEAN };
	leat_time_window_options o = { 0 };

	STATS_ARE(&o, stats);
	o.kind = LEAT_SLIDING;
	o.span = 10;
	refused(&o, &o, LEAT_ENOTSUP);
	o.kind = LEAT_SESSION;
	o.span = 0;
	o.gap = 10;
	refused(&o, &o, LEAT_ENOTSUP);
	o.kind = LEAT_DECAY;
	o.gap = 0;
	o.half_life = 10;
	refused(&o, &o, LEAT_ENOTSUP);
}
END_TEST

/* Not the one that it is a copy of. */
static leat_agg chain_twin;

START_TEST(lengths_and_kinds_of_their_own_must_be_the_same)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_MEAN };
	static const leat_stat words[] = { LEAT_AGG(&chain_class, 1.0) },
			       twins[] = { LEAT_AGG(&chain_twin, 1.0) };
	leat_time_window_options o = { 0 }, p;

	STATS_ARE(&o, stats);
	p = o;
	o.kind = p.kind = LEAT_SESSION;
	o.gap = 10;
	p.gap = 11;
	refused(&o, &p, LEAT_EOPTIONS);
	o.kind = p.kind = LEAT_DECAY;
	o.gap = p.gap = 0;
	o.half_life = 10;
	p.half_life = 11;
	refused(&o, &p, LEAT_EOPTIONS);
	o.half_life = p.half_life = 0;
	o.kind = LEAT_LANDMARK;
	p.kind = LEAT_CALENDAR;
	p.calendar.interval = uneven_months;
	refused(&o, &p, LEAT_EOPTIONS);
	p = o;
	chain_twin = chain_class;
	STATS_ARE(&o, words);
	STATS_ARE(&p, twins);
	refused(&o, &p, LEAT_EOPTIONS);
}
END_TEST

/* Each of them by itself. */
static int change_option(leat_time_window_options *o, int i)
{
	static const leat_stat others[] = { LEAT_COUNT, LEAT_SUM },
			       rates[] = { LEAT_COUNT, LEAT_RATE_PER(7) };
	int64_t *times[] = { &o->span, &o->hop, &o->offset, &o->delay,
		&o->allowed_lateness, &o->max_skew, &o->idle_timeout,
		&o->early_span };

	if (i < 8) {
		*times[i] += i == 5 ? 1000 : 1;
		return 1;
	}
	switch (i) {
	case 8:
		o->kind = LEAT_TUMBLING;
		o->hop = 0;
		break;
	case 9:
		o->min_count = 2;
		break;
	case 10:
		o->on_missing = LEAT_ON_MISSING_PROPAGATE;
		break;
	case 11:
		o->n_sources = 2;
		break;
	case 12:
		o->early_count = 3;
		break;
	case 13:
		o->emit_empty = 1;
		break;
	case 14:
		o->max_values = 500;
		break;
	case 15:
		o->when_full = LEAT_WHEN_FULL_EVICT_OLD;
		break;
	case 16:
		o->stats = others;
		break;
	case 17:
		o->stats = rates;
		break;
	case 18:
		o->n_stats = 1;
		break;
	default:
		return 0;
	}
	return 1;
}

/* For options that need somebody who is told. */
static int nobody(void *ctx, const leat_result *r)
{
	(void)ctx;
	(void)r;
	return 0;
}

START_TEST(windows_with_other_options_are_not_joined)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_RATE };
	leat_time_window_options o, p;

	for (int i = 0;; i++) {
		shape_options(&o, HOPS);
		STATS_ARE(&o, stats);
		o.sink.emit = nobody;
		o.max_values = 400;
		p = o;
		if (!change_option(&p, i))
			break;
		refused(&o, &p, LEAT_EOPTIONS);
		refused(&p, &o, LEAT_EOPTIONS);
	}
}
END_TEST

static void other_uneven(void *ctx, int64_t t, int64_t *start_out,
    int64_t *end_out)
{
	uneven(ctx, t + 10, start_out, end_out);
	*start_out -= 10;
	*end_out -= 10;
}

/* The function may be another one as long as it says the same. */
START_TEST(windows_of_other_calendars_are_not_joined)
{
	leat_time_window_options o, p;

	shape_options(&o, MONTHS);
	STATS_ARE(&o, in_order);
	o.sink.emit = NULL;
	p = o;
	p.calendar.interval = other_uneven;
	refused(&o, &p, LEAT_EOPTIONS);
	refused(&p, &o, LEAT_EOPTIONS);
}
END_TEST

START_TEST(more_values_than_there_may_be_are_not_joined)
{
	for (int shape = 0; shape < SHAPES; shape++) {
		leat_time_window_options o;
		leat_time_window *a, *b;
		leat_counts c;
		shape_options(&o, shape);
		STATS_ARE(&o, in_order);
		o.sink.emit = NULL;
		o.delay = 1000;
		o.max_values = 50;
		o.when_full = shape % 2 ? LEAT_WHEN_FULL_EVICT_OLD
					: LEAT_WHEN_FULL_REFUSE;
		ck_assert_int_eq(leat_time_window_new(&a, &o), LEAT_OK);
		ck_assert_int_eq(leat_time_window_new(&b, &o), LEAT_OK);
		for (int64_t t = 0; t < 26; t++) {
			leat_time_window_push(a, 100 + t % 7, 1);
			leat_time_window_push(b, 100 + t % 5, 1);
		}
		leat_time_window_counts(a, &c);
		struct saved before = time_window_saved(a);
		ck_assert_int_eq(leat_time_window_merge(a, b),
		    2 * c.stored > 50 ? LEAT_EFULL : LEAT_OK);
		if (2 * c.stored > 50)
			ck_assert(unchanged(&before, a));
		else
			saved_free(&before);
		leat_time_window_free(a);
		leat_time_window_free(b);
	}
}
END_TEST

/* ---- Memory ---- */

/* Each allocation of joining fails once; then there is memory. */
static size_t starve(int shape, unsigned mix, uint64_t seed)
{
	static struct log log;
	struct counted heap = { 0 };
	leat_allocator memory = counted_allocator(&heap);
	leat_time_window_options o, own;
	leat_time_window *a, *b;
	leat_event e[EVENTS];
	struct rng r = rng_new(seed);
	struct saved before;
	size_t failed = 0;

	mix_options(&o, shape, mix);
	o.allocator = &memory;
	a = make_window(&own, &o, &log);
	o.allocator = NULL;
	b = make_window(&own, &o, &log);
	make_events(e, EVENTS, &r);
	/* The object without memory may have had no values, either. */
	for (size_t i = 0; i < EVENTS; i++)
		leat_time_window_push_events(seed % 2 || rng_below(&r, 9) ? b
									  : a,
		    &e[i], 1, NULL);
	leat_time_window_advance(a, leat_time_window_now(b));
	leat_time_window_advance(b, leat_time_window_now(a));
	for (;; failed++) {
		before = time_window_saved(a);
		heap.calls = 0;
		heap.fail_from = 1 + failed;
		int err = leat_time_window_merge(a, b);
		heap.fail_from = 0;
		if (!err)
			break;
		ck_assert_int_eq(err, LEAT_ENOMEM);
		ck_assert(unchanged(&before, a));
		/* Reserved memory is kept, so this comes to an end. */
		ck_assert_uint_lt(failed, 1000);
	}
	ck_assert(!unchanged(&before, a));
	leat_time_window_advance(a, LEAT_TIME_MAX);
	leat_time_window_free(a);
	leat_time_window_free(b);
	ck_assert(heap.live == 0 && heap.damaged == 0);
	return failed;
}

START_TEST(without_memory_nothing_is_joined)
{
	static const unsigned mixes[] = { 0, LATENESS, ORDERED,
		ORDERED | LATENESS | EARLY_COUNT | EMPTY, EARLY_SPAN | EMPTY };
	size_t failed = 0;

	for (size_t i = 0; i < sizeof(mixes) / sizeof(*mixes); i++)
		failed += starve(_i, mixes[i], i + 3);
	ck_assert_uint_gt(failed, 1);
}
END_TEST

/* ---- Many windows ---- */

/* Makes a window whose results all go to *log. */
static leat_time_window *counting(const leat_time_window_options *options,
    struct log *log)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_SUM };
	leat_time_window_options o = *options;
	leat_time_window *w;

	o.stats = stats;
	o.n_stats = 2;
	o.sink.emit = on_told;
	o.sink.ctx = log;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	return w;
}

/* Each window has been changed in one of the two, or in both, or in none. */
START_TEST(many_open_windows_that_have_changed_are_joined)
{
	enum { WINDOWS = 150 };
	static struct log log[2];
	static const unsigned each[] = { 2, 3 };
	leat_time_window_options o = { 0 };
	leat_time_window *w[2];

	o.kind = LEAT_TUMBLING;
	o.span = 10;
	o.delay = 10 * WINDOWS;
	o.early_count = 1000;
	for (int i = 0; i < 2; i++) {
		log[i].n = 0;
		w[i] = counting(&o, &log[i]);
		for (unsigned k = 0; k < WINDOWS; k += each[i])
			ck_assert_int_eq(leat_time_window_push(w[i],
					     10 * (int64_t)k + i, k),
			    LEAT_OK);
	}
	ck_assert_int_eq(leat_time_window_merge(w[0], w[1]), LEAT_OK);
	ck_assert_int_eq(leat_time_window_advance(w[0], LEAT_TIME_MAX),
	    LEAT_OK);
	size_t at = 0;
	for (unsigned k = 0; k < WINDOWS; k++) {
		unsigned n = (k % 2 ? 0u : 1u) + (k % 3 ? 0u : 1u);
		if (n == 0)
			continue;
		const struct line *l = &log[0].lines[at++];
		ck_assert_int_eq(l->start, 10 * (int64_t)k);
		ck_assert(l->v[0] == n && l->v[1] == (double)n * k);
	}
	ck_assert_uint_eq(log[0].n, at);
	ck_assert_uint_eq(log[1].n, 0);
	leat_time_window_free(w[0]);
	leat_time_window_free(w[1]);
}
END_TEST

/* ---- The suite ---- */

Suite *state_merge_time_suite(void)
{
	Suite *s = suite_create("state_merge_time");
	TCase *t = tcase_create("streams");

	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t, two_windows_tell_what_one_would, 0, SHAPES);
	tcase_add_test(t, results_of_both_count_as_revisions);
	tcase_add_test(t, results_without_data_count_as_revisions);
	tcase_add_test(t, a_row_without_data_goes_on_to_the_later_watermark);
	tcase_add_test(t, windows_that_either_told_as_empty_count_as_told);
	tcase_add_test(t, clocks_of_several_sources_become_one);
	tcase_add_test(t,
	    values_of_the_other_come_after_those_of_the_same_time);
	tcase_add_loop_test(t, three_shards_are_joined_in_any_order, 0, SHAPES);
	tcase_add_test(t, many_open_windows_that_have_changed_are_joined);
	suite_add_tcase(s, t);
	t = tcase_create("refused");
	tcase_add_test(t, other_kinds_of_windows_are_not_joined);
	tcase_add_test(t, lengths_and_kinds_of_their_own_must_be_the_same);
	tcase_add_test(t, windows_with_other_options_are_not_joined);
	tcase_add_test(t, windows_of_other_calendars_are_not_joined);
	tcase_add_test(t, more_values_than_there_may_be_are_not_joined);
	suite_add_tcase(s, t);
	t = tcase_create("memory");
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, without_memory_nothing_is_joined, 0, SHAPES);
	suite_add_tcase(s, t);
	return s;
}
