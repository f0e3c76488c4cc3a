/*
 * Keyed windows, by time and by count. The twin of a push of many gets single
 * ones.
 *
 * A limit on bytes depends on what memory is held, which the results of a copy
 * or of what was loaded need not agree on: with one there is no comparison,
 * only what must hold of each by itself.
 */
#include "../keyed_choice.h"
#include "api.h"

#include <string.h>

enum { MANY = 40, KEYS = 24, KEY_ROOM = 8 };

static keyed_choice options;
static int is_of_pairs;

/* ---- Options ---- */

static void choose_counted(leat_window_options *o)
{
	o->kind = (int)api_pick(6);
	api_choose_stats(0);
	o->stats = api_stats;
	o->n_stats = api_n_stats;
	if (o->kind <= LEAT_HOPPING)
		o->size = 1 + api_pick(20);
	if (o->kind == LEAT_HOPPING)
		o->hop = 1 + api_pick(24);
	if (o->kind == LEAT_DECAY)
		o->alpha = (1 + api_byte()) / 256.0;
	if (o->kind <= LEAT_HOPPING && api_one_in(2))
		o->sink = api_sink;
	if (o->kind == LEAT_TUMBLING || o->kind == LEAT_HOPPING)
		o->keep_values = api_one_in(2);
	o->on_missing = api_one_in(2);
}

static void choose_limits(keyed_choice *o)
{
	o->ttl = api_one_in(2) ? 1 + api_byte() : 0;
	o->max_keys = api_one_in(2) ? 1 + api_pick(20) : 0;
	if (api_one_in(8))
		o->max_bytes = 2000 + api_pick(60000);
	if (o->max_keys > 0 || o->max_bytes > 0)
		o->when_keys_full = api_one_in(2);
	if (api_one_in(2))
		o->dropped = api_evicted;
	o->seed[0] = api_byte();
}

static void note_interval(void *object, const void *key, size_t n)
{
	int64_t start, end;

	if (api_note_code("interval",
		leat_keyed_interval(object, key, n, &start, &end)))
		return;
	api_note("start", (uint64_t)start);
	api_note("end", (uint64_t)end);
}

static void ask(void *object, const leat_result *r)
{
	double row[API_STATS];

	if (!api_note_code("query in emit",
		leat_keyed_query(object, r->key, r->key_len, row)))
		api_note_row("query in emit", row);
	note_interval(object, r->key, r->key_len);
	api_note("now in emit", (uint64_t)leat_keyed_now(object));
	api_note("watermark in emit", (uint64_t)leat_keyed_watermark(object));
}

static void choose(void)
{
	keyed_choice o = { 0 };
	const leat_sink *sink;

	if (api_one_in(3))
		choose_counted(&o.by_count);
	else
		api_time_options(&o.by_time);
	choose_limits(&o);
	o.allocator = api_memory;
	options = o;
	api_unlike = o.max_bytes > 0;
	sink = o.by_count.n_stats > 0 ? &o.by_count.sink : &o.by_time.sink;
	api_asks = sink->emit && api_one_in(2) ? ask : NULL;
	is_of_pairs = 0;
	for (size_t i = 0; i < api_n_stats; i++)
		is_of_pairs |= leat_stat_pairs(&api_stats[i]);
}

/* ---- Events ---- */

static size_t choose_key(char *key)
{
	size_t i = api_pick(KEYS);

	memset(key, 0, KEY_ROOM);
	key[0] = (char)i;
	return i % 4 == 3 ? KEY_ROOM : i > 0;
}

static leat_event choose_event(char *key)
{
	leat_event e = { 0 };

	e.key = key;
	e.key_len = choose_key(key);
	e.t = api_bounded_time(&options.by_time);
	e.x = api_number();
	e.y = is_of_pairs ? api_number() : 0;
	if (options.by_time.n_sources > 1)
		e.source = (uint32_t)api_pick(1 +
		    (size_t)options.by_time.n_sources);
	return e;
}

static int push_plainly(leat_keyed *k, const leat_event *e)
{
	return is_of_pairs
	    ? leat_keyed_push_xy(k, e->key, e->key_len, e->t, e->x, e->y)
	    : leat_keyed_push(k, e->key, e->key_len, e->t, e->x);
}

static void push(void *object)
{
	char key[KEY_ROOM];
	leat_event e = choose_event(key);

	api_note_code("push", push_plainly(object, &e));
}

static void push_event(void *object)
{
	char key[KEY_ROOM];
	leat_event e = choose_event(key);

	api_note_code("push event",
	    leat_keyed_push_events(object, &e, 1, NULL));
}

static void push_wrong(void *object)
{
	static char key[LEAT_KEY_MAX + 1];
	int err = is_of_pairs ? leat_keyed_push(object, "a", 1, 0, 1)
			      : leat_keyed_push_xy(object, "a", 1, 0, 1, 1);

	API_MUST(err == LEAT_EPAIRS);
	err = is_of_pairs
	    ? leat_keyed_push_xy(object, key, sizeof(key), 0, 1, 1)
	    : leat_keyed_push(object, key, sizeof(key), 0, 1);
	API_MUST(err == LEAT_EKEY);
}

static int push_singly(leat_keyed *k, const leat_event *events, size_t n)
{
	int first = LEAT_OK;

	for (size_t i = 0; i < n && first >= 0; i++) {
		int err = leat_keyed_push_events(k, &events[i], 1, NULL);

		first = first && err >= 0 ? first : err;
	}
	return first;
}

static void push_many(void *object)
{
	static char keys[MANY][KEY_ROOM];
	leat_event events[MANY];
	size_t n = api_pick(MANY + 1);

	for (size_t i = 0; i < n; i++)
		events[i] = choose_event(keys[i]);
	api_note_code("push many",
	    api_is_twin ? push_singly(object, events, n)
			: leat_keyed_push_events(object, events, n, NULL));
}

static void advance(void *object)
{
	int64_t t = api_bounded_time(&options.by_time);

	if (api_one_in(16) && !options.by_time.emit_empty &&
	    options.by_time.early_span == 0)
		t = LEAT_TIME_MAX;
	api_note_code("advance", leat_keyed_advance(object, t));
}

static void drop(void *object)
{
	char key[KEY_ROOM];
	size_t n = choose_key(key);

	api_note_code("drop", leat_keyed_drop(object, key, n));
}

/* ---- Questions ---- */

static void query(void *object)
{
	char key[KEY_ROOM];
	size_t n = choose_key(key);
	double row[API_STATS];

	if (!api_note_code("query", leat_keyed_query(object, key, n, row)))
		api_note_row("query", row);
	note_interval(object, key, n);
}

static int visit(void *ctx, const leat_result *r)
{
	int *left = ctx;

	api_note_result(r);
	return --*left == 0 ? 7 : 0;
}

static void each(void *object)
{
	int left = (int)api_pick(30) + 1;
	uint64_t keys = leat_keyed_n_keys(object);
	int stopped = leat_keyed_each(object, visit, &left);

	api_note_code("each", stopped);
	API_MUST(stopped == (left == 0 ? LEAT_ECALLBACK : 0));
	API_MUST(stopped || left > 0);
	api_note("keys", keys);
}

static void counts(void *object)
{
	leat_counts c;

	leat_keyed_counts(object, &c);
	API_SOUND(c.pushed ==
	    c.taken + c.missing + c.late + c.refused + c.in_no_window);
	api_note_bytes("counts", &c, sizeof(c));
	api_note("now", (uint64_t)leat_keyed_now(object));
	api_note("watermark", (uint64_t)leat_keyed_watermark(object));
	API_SOUND(options.max_keys == 0 ||
	    leat_keyed_n_keys(object) <= options.max_keys);
	/* A copy packs its memory otherwise: the limit does not hold of it. */
	API_MUST(leat_keyed_n_keys(object) == 0 ||
	    leat_keyed_bytes(object) > 0);
}

static void flush(void *object)
{
	api_note_code("flush", leat_keyed_flush(object));
}

static void partial(void *object)
{
	char key[KEY_ROOM];
	size_t n = choose_key(key);
	const leat_agg *agg = api_a_class();
	_Alignas(max_align_t) unsigned char bytes[API_PARTIAL];

	if (!api_note_code("partial",
		leat_keyed_partial(object, key, n, agg, bytes)))
		api_note_bytes("partial", bytes, agg->size);
}

static const struct api_op ops[] = {
	{ "leat_keyed_push leat_keyed_push_xy", 16, push, 1 },
	{ "leat_keyed_push_events", 16, push_event, 1 },
	{ "leat_keyed_push leat_keyed_push_xy", 1, push_wrong, 0 },
	{ "leat_keyed_push_events", 8, push_many, 0 },
	{ "leat_keyed_advance", 4, advance, 1 },
	{ "leat_keyed_drop", 2, drop, 0 },
	{ "leat_keyed_query leat_keyed_interval", 6, query, 0 },
	{ "leat_keyed_partial", 2, partial, 0 },
	{ "leat_keyed_flush", 2, flush, 0 },
	{ "leat_keyed_each leat_keyed_n_keys", 2, each, 0 },
	{ "leat_keyed_counts leat_keyed_now leat_keyed_watermark"
	  " leat_keyed_bytes",
	    2, counts, 0 },
};

/* ---- The type ---- */

static int check(size_t *n_bytes_out, const char **why_out)
{
	leat_keyed_options o = keyed_chosen(&options);

	return leat_keyed_check(&o, n_bytes_out, why_out);
}

static int make(void **out)
{
	return keyed_choice_new((leat_keyed **)out, &options);
}

static int load(void **out, leat_reader *reader)
{
	return keyed_choice_load((leat_keyed **)out, &options, reader);
}

API_CALLS(keyed)
API_MERGE(keyed)

const struct api_type api_keyed = { .name = "keyed",
	.object = LEAT_OBJECT_KEYED,
	.merge = merge,
	API_MEMBERS };
