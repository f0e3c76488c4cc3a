/*
 * Windows by time. The twin of a push of many gets single ones. Options are
 * those of keyed windows as well.
 */
#include "api.h"

#include <math.h>

#include "../lists.h"

enum { MANY = 40, CALENDAR = 10, SMALL = 4096 };

static leat_time_window_options options;
static int is_of_pairs;

/* ---- Calendars ---- */

/* Tens, of which one begins five late: between them there is no interval. */
static void tens(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	int64_t into = (t % CALENDAR + CALENDAR) % CALENDAR;

	(void)ctx;
	*start_out = t < INT64_MIN + into ? INT64_MIN : t - into;
	*end_out = t > INT64_MAX - (CALENDAR - into) ? INT64_MAX
						     : t + (CALENDAR - into);
}

/* Does not hold every seventh tick. */
static void broken(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	tens(ctx, t, start_out, end_out);
	if (t % 7 == 0)
		*start_out = t + 1;
}

static void whole(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	(void)ctx;
	(void)t;
	*start_out = INT64_MIN;
	*end_out = INT64_MAX;
}

/* ---- Options ---- */

/* 0, which windows by count take for sliding ones, is no kind by time. */
static unsigned api_kind_traits(int kind)
{
	return kind > 0 ? kind_traits(kind) : 0;
}

static void choose_kind(leat_time_window_options *o)
{
	static void (*const intervals[])(void *, int64_t, int64_t *,
	    int64_t *) = { tens, tens, broken, whole };

	o->kind = (int)api_pick(N_KINDS + 1);
	if (o->kind)
		set_kind(o, o->kind, api_span(),
		    api_one_in(8) ? api_span() : 1 + (int64_t)api_pick(32),
		    intervals[api_pick(4)]);
	if (api_kind_traits(o->kind) & KIND_OFFSET)
		o->offset = api_one_in(4) ? (int64_t)api_word() : 0;
	/* A value is in so many windows, each of which is told. */
	if (o->kind == LEAT_HOPPING && o->hop > 0 && o->span / o->hop > 64)
		o->span = 7;
	if (o->kind == LEAT_DECAY)
		o->half_life = ldexp(1 + api_byte(), (int)api_pick(64) - 32);
	api_broken = o->calendar.interval == broken;
}

static int64_t span_or_none(unsigned one_in)
{
	int64_t t = api_one_in(one_in) ? api_span() : 0;

	return t < 0 ? 0 : t;
}

static void choose_lateness(leat_time_window_options *o)
{
	o->delay = span_or_none(2);
	o->allowed_lateness = span_or_none(2);
	o->max_skew = span_or_none(8);
	if (api_one_in(4)) {
		o->n_sources = 1 + (uint32_t)api_pick(4);
		o->idle_timeout = api_one_in(2) ? 1 + api_byte() : 0;
	}
}

void api_time_options(leat_time_window_options *out)
{
	leat_time_window_options o = { 0 };

	choose_kind(&o);
	api_choose_stats(1);
	o.stats = api_stats;
	o.n_stats = api_n_stats;
	o.min_count = api_one_in(4) ? api_pick(4) : 0;
	o.on_missing = api_one_in(2);
	choose_lateness(&o);
	o.early_count = api_one_in(4) ? api_pick(5) : 0;
	o.early_span = api_one_in(4) ? (int64_t)api_pick(20) : 0;
	if (api_kind_traits(o.kind) & KIND_GRID)
		o.emit_empty = api_one_in(4);
	o.max_values = api_one_in(4) ? api_pick(20) : 0;
	o.when_full = o.max_values > 0 && api_one_in(2);
	if (api_kind_traits(o.kind) & KIND_MANY)
		o.max_windows = api_one_in(4) ? api_pick(6) : 0;
	if (!api_one_in(4))
		o.sink = api_sink;
	if (api_one_in(2))
		o.late = api_late;
	*out = o;
}

int64_t api_bounded_time(const leat_time_window_options *o)
{
	int64_t t = api_time();

	if (o->emit_empty || o->early_span > 0 || o->kind == LEAT_HOPPING)
		return (t % SMALL + SMALL) % SMALL;
	return t;
}

static void note_interval(const leat_time_window *w)
{
	int64_t start, end;

	leat_time_window_interval(w, &start, &end);
	API_SOUND(start <= end);
	api_note("start", (uint64_t)start);
	api_note("end", (uint64_t)end);
}

static void ask(void *object, const leat_result *r)
{
	double row[API_STATS];

	(void)r;
	leat_time_window_query(object, row);
	api_note_row("query in emit", row);
	note_interval(object);
	api_note("now in emit", (uint64_t)leat_time_window_now(object));
	api_note("watermark in emit",
	    (uint64_t)leat_time_window_watermark(object));
}

static void choose(void)
{
	api_time_options(&options);
	options.allocator = api_memory;
	api_asks = options.sink.emit && api_one_in(2) ? ask : NULL;
	is_of_pairs = 0;
	for (size_t i = 0; i < api_n_stats; i++)
		is_of_pairs |= leat_stat_pairs(&api_stats[i]);
}

/* ---- Pushes ---- */

static int push_one(leat_time_window *w, int64_t t, double x, double y)
{
	return is_of_pairs ? leat_time_window_push_xy(w, t, x, y)
			   : leat_time_window_push(w, t, x);
}

static void push(void *object)
{
	int64_t t = api_bounded_time(&options);
	double x = api_number();

	api_note_code("push",
	    push_one(object, t, x, is_of_pairs ? api_number() : 0));
}

/* Pushes from any source, also from one that does not exist. */
static void push_event(void *object)
{
	leat_event e = { 0 };

	e.t = api_bounded_time(&options);
	e.x = api_number();
	e.y = is_of_pairs ? api_number() : 0;
	e.source = (uint32_t)api_pick(1 + (size_t)options.n_sources);
	api_note_code("push event",
	    leat_time_window_push_events(object, &e, 1, NULL));
}

static void push_wrong(void *object)
{
	int err = is_of_pairs ? leat_time_window_push(object, 1, 1)
			      : leat_time_window_push_xy(object, 1, 1, 1);

	API_MUST(err == LEAT_EPAIRS);
}

static int push_singly(leat_time_window *w, const int64_t *t, const double *x,
    const double *y, size_t n)
{
	int first = LEAT_OK;

	for (size_t i = 0; i < n && first >= 0; i++) {
		int err = push_one(w, t[i], x[i], y[i]);

		first = first && err >= 0 ? first : err;
	}
	return first;
}

static void push_many(void *object)
{
	int64_t t[MANY];
	double x[MANY], y[MANY];
	size_t n = api_pick(MANY + 1);
	int err;

	for (size_t i = 0; i < n; i++) {
		t[i] = api_bounded_time(&options);
		x[i] = api_number();
		y[i] = is_of_pairs ? api_number() : 0;
	}
	if (api_is_twin)
		err = push_singly(object, t, x, y, n);
	else if (is_of_pairs)
		err = leat_time_window_push_many(object, t, x, y, n, NULL);
	else
		err = leat_time_window_push_many(object, t, x, NULL, n, NULL);
	api_note_code("push many", err);
}

static void advance(void *object)
{
	int64_t t = api_bounded_time(&options);

	if (api_one_in(16) && !options.emit_empty && options.early_span == 0)
		t = LEAT_TIME_MAX;
	api_note_code("advance", leat_time_window_advance(object, t));
}

/* ---- Questions ---- */

static void query(void *object)
{
	double row[API_STATS];

	leat_time_window_query(object, row);
	api_note_row("query", row);
}

static void partial(void *object)
{
	const leat_agg *agg = api_a_class();
	_Alignas(max_align_t) unsigned char bytes[API_PARTIAL];
	int err = leat_time_window_partial(object, agg, bytes);

	if (!api_note_code("partial", err))
		api_note_bytes("partial", bytes, agg->size);
}

static void interval(void *object)
{
	note_interval(object);
	api_note("now", (uint64_t)leat_time_window_now(object));
	api_note("watermark", (uint64_t)leat_time_window_watermark(object));
	API_SOUND(leat_time_window_watermark(object) == LEAT_TIME_MAX ||
	    leat_time_window_watermark(object) <= leat_time_window_now(object));
}

static void counts(void *object)
{
	leat_counts c;

	leat_time_window_counts(object, &c);
	API_SOUND(c.pushed ==
	    c.taken + c.missing + c.late + c.refused + c.in_no_window);
	API_SOUND(options.max_values == 0 || c.stored <= options.max_values);
	API_SOUND(c.evicted + c.stored <= c.taken + c.missing);
	API_MUST(c.stored == 0 || leat_time_window_bytes(object) > 0 ||
	    options.kind != LEAT_SLIDING);
	api_note_bytes("counts", &c, sizeof(c));
}

static void flush(void *object)
{
	api_note_code("flush", leat_time_window_flush(object));
}

/* Some of the values that are stored, or more than there are. */
static void read_values(void *object)
{
	int64_t t[4] = { 0 };
	double x[4] = { 0 }, y[4] = { 0 };
	leat_counts c;
	uint64_t first, n = api_pick(5);
	int err;

	leat_time_window_counts(object, &c);
	first = c.stored > n ? c.stored - n : 0;
	err = leat_time_window_read(object, first, (size_t)n, t, x,
	    is_of_pairs ? y : NULL);
	if (api_note_code("read", err))
		return;
	for (size_t i = 0; i < n; i++)
		api_note("t", (uint64_t)t[i]);
	api_note_doubles("x", x, (size_t)n);
	api_note_doubles("y", y, (size_t)n);
}

static const struct api_op ops[] = {
	{ "leat_time_window_push leat_time_window_push_xy", 16, push, 1 },
	{ "leat_time_window_push_events", 16, push_event, 1 },
	{ "leat_time_window_push leat_time_window_push_xy", 1, push_wrong, 0 },
	{ "leat_time_window_push_many", 8, push_many, 0 },
	{ "leat_time_window_advance", 4, advance, 1 },
	{ "leat_time_window_query", 6, query, 0 },
	{ "leat_time_window_partial", 2, partial, 0 },
	{ "leat_time_window_interval leat_time_window_now"
	  " leat_time_window_watermark",
	    2, interval, 0 },
	{ "leat_time_window_counts leat_time_window_bytes", 2, counts, 0 },
	{ "leat_time_window_flush", 2, flush, 0 },
	{ "leat_time_window_read", 2, read_values, 0 },
};

/* ---- The type ---- */

API_CALLS(time_window)
API_MAKERS(time_window)
API_MERGE(time_window)

const struct api_type api_time_window = { .name = "time_window",
	.object = LEAT_OBJECT_TIME_WINDOW,
	.merge = merge,
	API_MEMBERS };
