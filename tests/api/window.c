/*
 * Windows by count. The twin of a push of many gets single ones, with a query
 * after each.
 */
#include "api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 300 };

static leat_window_options options;
static int is_of_pairs;

/* ---- Options ---- */

static uint64_t choose_size(void)
{
	static const uint64_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17,
		31, 64, 100, 1000, 1 << 16 };

	if (api_one_in(64))
		return api_word();
	return sizes[api_pick(sizeof(sizes) / sizeof(sizes[0]))];
}

static void choose_decay(leat_window_options *o)
{
	switch (api_pick(4)) {
	case 0:
		o->ewm_span = 1 + api_byte() / 4.0;
		break;
	case 1:
		o->half_life = ldexp(1 + api_byte(), (int)api_pick(64) - 32);
		break;
	default:
		o->alpha = (1 + api_byte()) / 256.0;
	}
	o->unadjusted = api_one_in(2);
}

/* The one that is asked is inside of its own push. */
static void ask(void *object, const leat_result *r)
{
	double row[API_STATS], x[4], y[4];
	leat_counts c;
	uint64_t n = leat_window_length(object);
	int err;

	(void)r;
	leat_window_query(object, row);
	api_note_row("query in emit", row);
	leat_window_counts(object, &c);
	api_note("pushed in emit", c.pushed);
	api_note("length in emit", n);
	err = leat_window_read(object, n > 4 ? n - 4 : 0, n > 4 ? 4 : (size_t)n,
	    x, is_of_pairs ? y : NULL);
	if (api_note_code("read in emit", err))
		return;
	api_note_doubles("x in emit", x, n > 4 ? 4 : (size_t)n);
	if (is_of_pairs)
		api_note_doubles("y in emit", y, n > 4 ? 4 : (size_t)n);
}

static void choose(void)
{
	leat_window_options o = { 0 };

	o.kind = (int)api_pick(6);
	if (api_one_in(64))
		o.kind = (int)api_byte() - 64;
	api_choose_stats(0);
	o.stats = api_stats;
	o.n_stats = api_n_stats;
	if (o.kind <= LEAT_HOPPING)
		o.size = choose_size();
	if (o.kind == LEAT_HOPPING)
		o.hop = 1 + api_pick(api_one_in(2) ? 200 : 8);
	if (o.kind == LEAT_DECAY)
		choose_decay(&o);
	if (api_one_in(4))
		o.min_count = api_pick(8);
	o.on_missing = api_one_in(2);
	o.keep_values = o.kind == LEAT_TUMBLING || o.kind == LEAT_HOPPING
	    ? api_one_in(2)
	    : 0;
	if (o.kind <= LEAT_HOPPING && api_one_in(2)) {
		o.sink = api_sink;
		api_asks = api_one_in(2) ? ask : NULL;
	}
	o.allocator = api_memory;
	options = o;
	is_of_pairs = 0;
	for (size_t i = 0; i < api_n_stats; i++)
		is_of_pairs |= leat_stat_pairs(&api_stats[i]);
}

/* ---- Pushes ---- */

static int push_one(leat_window *w, double x, double y)
{
	return is_of_pairs ? leat_window_push_xy(w, x, y)
			   : leat_window_push(w, x);
}

static void push(void *object)
{
	double x = api_number();

	api_note_code("push",
	    push_one(object, x, is_of_pairs ? api_number() : 0));
}

/* The one that the window is not made for. */
static void push_wrong(void *object)
{
	int err = is_of_pairs ? leat_window_push(object, 1)
			      : leat_window_push_xy(object, 1, 2);

	API_MUST(err == LEAT_EPAIRS);
}

/* Near to each other, equal, and now and then anything. */
static size_t choose_values(double *x, double *y)
{
	size_t n = api_pick(api_one_in(2) ? MANY : 16);
	double base = api_number();

	for (size_t i = 0; i < n; i++) {
		unsigned b = api_byte();

		x[i] = b < 8 ? api_number() : base + b % 64;
		y[i] = b >= 248 ? api_number() : x[i] * 2 + b % 4;
	}
	return n;
}

static void push_many_singly(leat_window *w, const double *x, const double *y,
    size_t n, double *rows)
{
	for (size_t i = 0; i < n; i++) {
		API_MUST(push_one(w, x[i], y[i]) == LEAT_OK);
		if (rows)
			leat_window_query(w, rows + i * api_n_stats);
	}
}

static void push_query(void *object)
{
	double x = api_number(), y = api_number(), row[API_STATS];
	int err;

	if (api_is_twin)
		push_many_singly(object, &x, &y, 1, row);
	else if (is_of_pairs)
		API_MUST(leat_window_push_query_xy(object, x, y, row) ==
		    LEAT_OK);
	else
		API_MUST(leat_window_push_query(object, x, row) == LEAT_OK);
	err = is_of_pairs ? leat_window_push_query(object, x, row)
			  : leat_window_push_query_xy(object, x, y, row);
	API_MUST(err == LEAT_EPAIRS);
	api_note_row("row", row);
}

static void push_many(void *object)
{
	static double rows[MANY * API_STATS];
	double x[MANY], y[MANY];
	size_t n = choose_values(x, y);
	double *out = api_one_in(2) ? rows : NULL;

	if (api_is_twin)
		push_many_singly(object, x, y, n, out);
	else if (is_of_pairs)
		API_MUST(leat_window_push_many(object, x, y, n, out) ==
		    LEAT_OK);
	else
		API_MUST(leat_window_push_many(object, x, NULL, n, out) ==
		    LEAT_OK);
	for (size_t i = 0; out && i < n; i++)
		api_note_row("row", out + i * api_n_stats);
}

/* The window itself more than once, so that each push depends on the last. */
static void push_each(void *object)
{
	leat_window *windows[8];
	double x[8], rows[8 * API_STATS];
	size_t n = api_pick(9);
	int err = LEAT_OK;

	for (size_t i = 0; i < n; i++) {
		windows[i] = object;
		x[i] = api_number();
	}
	if (!api_is_twin)
		err = leat_window_push_each(windows, x, NULL, n, rows);
	else if (!is_of_pairs)
		push_many_singly(object, x, x, n, rows);
	else
		err = n > 0 ? LEAT_EPAIRS : LEAT_OK;
	if (api_note_code("push each", err))
		return;
	for (size_t i = 0; i < n; i++)
		api_note_row("row", rows + i * api_n_stats);
}

/* ---- Questions ---- */

static void query(void *object)
{
	double row[API_STATS];

	leat_window_query(object, row);
	api_note_row("query", row);
}

static void partial(void *object)
{
	const leat_agg *agg = api_a_class();
	_Alignas(max_align_t) unsigned char bytes[API_PARTIAL];

	if (!api_note_code("partial", leat_window_partial(object, agg, bytes)))
		api_note_bytes("partial", bytes, agg->size);
}

static void read_values(void *object)
{
	double x[256], y[256];
	uint64_t first = api_pick(64), length = leat_window_length(object);
	size_t n = api_pick(256);
	int err, with_y = api_one_in(2), with_x = api_one_in(2);

	err = leat_window_read(object, first, n, with_x ? x : NULL,
	    with_y ? y : NULL);
	if (api_note_code("read", err))
		return;
	API_MUST(first + n <= length);
	if (with_x)
		api_note_doubles("x", x, n);
	if (with_y)
		api_note_doubles("y", y, n);
}

static void counts(void *object)
{
	uint64_t length = leat_window_length(object);
	leat_counts c;

	leat_window_counts(object, &c);
	api_note("pushed", c.pushed);
	api_note("in no window", c.in_no_window);
	api_note("stored", c.stored);
	api_note("length", length);
	API_MUST(c.pushed == c.taken + c.in_no_window);
	API_SOUND(length <= c.pushed);
	API_MUST(options.size == 0 || length <= options.size);
}

static void flush(void *object)
{
	api_note_code("flush", leat_window_flush(object));
}

static const struct api_op ops[] = {
	{ "leat_window_push leat_window_push_xy", 16, push, 0 },
	{ "leat_window_push_many", 12, push_many, 0 },
	{ "leat_window_push_query leat_window_push_query_xy", 6, push_query,
	    0 },
	{ "leat_window_push_each", 2, push_each, 0 },
	{ "leat_window_push leat_window_push_xy", 1, push_wrong, 0 },
	{ "leat_window_query", 8, query, 0 },
	{ "leat_window_partial", 2, partial, 0 },
	{ "leat_window_read", 2, read_values, 0 },
	{ "leat_window_counts leat_window_length", 1, counts, 0 },
	{ "leat_window_flush", 2, flush, 0 },
};

/* ---- The type ---- */

API_CALLS(window)
API_MAKERS(window)
API_INIT(window)
API_MERGE(window)

const struct api_type api_window = { .name = "window",
	.object = LEAT_OBJECT_WINDOW,
	.init = init,
	.merge = merge,
	API_MEMBERS };
