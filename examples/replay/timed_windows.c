/*
 * Windows by time of all keys, joined into rows.
 *
 * Each leat_keyed emits its results from inside a push, in the same order
 * as the others. Those of the first ones wait until the last one has its
 * own of the same window; then the row is whole. So what waits is what one
 * row of input has brought, with one leat_keyed nothing at all.
 *
 * With emit_empty one row can bring any number of windows, if there is a
 * long gap before it. Time is then moved through the gap in steps, with the
 * same results.
 */
#include "timed_windows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

enum { STEP_WINDOWS = 1000 };

struct slot {
	struct timed_windows *timed;
	leat_keyed *keyed;
	size_t at;        /* in the row */
	size_t n_emitted; /* results since the last push */
};

struct timed_windows {
	struct timed_windows_plan plan;
	timed_windows_fn *fn;
	void *ctx;
	int error; /* code that fn has returned */
	size_t width;

	size_t n_slots;
	struct slot *slots; /* the columns', then the pair's */

	double *scratch; /* a row */
	double *rows;    /* rows that wait until they are whole */
	size_t max_rows;
};

/* ---- Results ---- */

static int grow(struct timed_windows *t)
{
	double *rows = array_grow(t->rows, &t->max_rows, t->max_rows + 1,
	    t->width * sizeof *rows);

	if (!rows)
		return LEAT_ENOMEM;
	t->rows = rows;
	return 0;
}

/* Makes a row whole that has two or more slots, or lets it wait. */
static int join(struct timed_windows *t, struct slot *s,
    const leat_result *result)
{
	int last = s == &t->slots[t->n_slots - 1];
	size_t row = s->n_emitted++;
	leat_result whole = *result;

	if (row == t->max_rows) {
		int err = grow(t);

		if (err)
			return err;
	}
	memcpy(t->rows + row * t->width + s->at, result->values,
	    result->n_values * sizeof *result->values);
	if (!last)
		return 0;
	whole.values = t->rows + row * t->width;
	whole.n_values = t->width;
	return t->fn(t->ctx, &whole);
}

static int on_result(void *ctx, const leat_result *result)
{
	struct slot *s = ctx;
	struct timed_windows *t = s->timed;

	if (t->error ||
	    (t->plan.each_row && !(result->flags & LEAT_RESULT_EARLY)))
		return 0;
	t->error = t->n_slots > 1 ? join(t, s, result) : t->fn(t->ctx, result);
	return t->error;
}

/*
 * Ends a push: all slots have emitted the same windows, or there was an error.
 */
static int end_emitting(struct timed_windows *t)
{
	for (size_t i = 1; i < t->n_slots; i++)
		assert(t->error ||
		    t->slots[i].n_emitted == t->slots[0].n_emitted);
	for (size_t i = 0; i < t->n_slots; i++)
		t->slots[i].n_emitted = 0;
	return t->error;
}

/* ---- Life ---- */

/* *window, to which the options point, is filled in. */
static leat_keyed_options slot_options(struct timed_windows *t, size_t i,
    leat_time_window_options *window)
{
	struct row_slot slot = row_slots_get(&t->plan.slots, i);
	leat_keyed_options o = { 0 };

	*window = t->plan.window;
	window->stats = slot.stats;
	window->n_stats = slot.n_stats;
	if (!t->plan.silent) {
		window->sink.emit = on_result;
		window->sink.ctx = &t->slots[i];
		if (t->plan.each_row)
			window->early_count = 1;
	}
	o.by_time = window;
	o.max_keys = t->plan.max_keys;
	o.seed[0] = t->plan.seed[0];
	o.seed[1] = t->plan.seed[1];
	o.ttl = t->plan.ttl;
	o.max_bytes = t->plan.max_bytes / row_slots_count(&t->plan.slots);
	if (o.max_keys > 0 || o.max_bytes > 0)
		o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	o.dropped = window->sink;
	return o;
}

static int add_slots(struct timed_windows *t)
{
	size_t n = row_slots_count(&t->plan.slots);

	for (size_t i = 0; i < n; i++) {
		leat_time_window_options window;
		leat_keyed_options o = slot_options(t, i, &window);
		struct slot *s = &t->slots[i];
		int err = leat_keyed_new(&s->keyed, &o);

		if (err)
			return err;
		s->timed = t;
		s->at = row_slots_get(&t->plan.slots, i).at;
		t->n_slots++;
	}
	return 0;
}

int timed_windows_new(struct timed_windows **timed_out,
    const struct timed_windows_plan *plan, timed_windows_fn *fn, void *ctx)
{
	struct timed_windows *t = calloc(1, sizeof *t);
	int err = LEAT_ENOMEM;

	if (!t)
		return err;
	t->plan = *plan;
	t->fn = fn;
	t->ctx = ctx;
	t->width = row_slots_width(&plan->slots);
	t->slots = calloc(plan->slots.n_columns + 1, sizeof *t->slots);
	t->scratch = calloc(t->width + 1, sizeof *t->scratch);
	if (t->slots && t->scratch)
		err = add_slots(t);
	if (err) {
		timed_windows_free(t);
		return err;
	}
	*timed_out = t;
	return 0;
}

void timed_windows_free(struct timed_windows *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_slots; i++)
		leat_keyed_free(t->slots[i].keyed);
	free(t->slots);
	free(t->scratch);
	free(t->rows);
	free(t);
}

/* ---- Rows ---- */

int timed_windows_is_refusal(int error)
{
	return error > 0 || error == LEAT_EKEY;
}

static int advance(struct timed_windows *t, int64_t to)
{
	for (size_t i = 0; i < t->n_slots; i++) {
		int err = leat_keyed_advance(t->slots[i].keyed, to);

		if (err && err != LEAT_ECALLBACK)
			return err;
	}
	return end_emitting(t);
}

/*
 * Returns a time in which at most STEP_WINDOWS windows of a key close. Windows
 * of other kinds are taken to last an hour.
 */
static int64_t step_of(const leat_time_window_options *o)
{
	int64_t one = o->kind == LEAT_HOPPING ? o->hop
	    : o->kind == LEAT_TUMBLING        ? o->span
					      : LEAT_HOUR;

	return one > INT64_MAX / STEP_WINDOWS ? INT64_MAX : one * STEP_WINDOWS;
}

/* Up to t, where a jump would do the same at once. */
static int step_to(struct timed_windows *t, int64_t to)
{
	const leat_time_window_options *o = &t->plan.window;
	leat_keyed *keyed = t->slots[0].keyed;
	int64_t now = leat_keyed_now(keyed), step = step_of(o);
	int64_t mark = leat_keyed_watermark(keyed);

	/* A value that will be refused moves no time. */
	if (now == INT64_MIN || to == LEAT_TIME_MAX ||
	    (o->max_skew > 0 && to > mark && mark <= INT64_MAX - o->max_skew &&
		to > mark + o->max_skew))
		return 0;
	while (now < to && (uint64_t)to - (uint64_t)now > (uint64_t)step) {
		int err = advance(t, now += step);

		if (err)
			return err;
	}
	return 0;
}

static int push(struct timed_windows *t, const leat_csv_field *key, int64_t at,
    const double *x)
{
	size_t n = t->n_slots - (t->plan.slots.stats->n_pair > 0);
	int err = 0;

	for (size_t i = 0; i < n; i++) {
		err = leat_keyed_push(t->slots[i].keyed, key->text, key->len,
		    at, x[i]);
		if (err < 0)
			return err;
	}
	if (t->plan.slots.stats->n_pair)
		err = leat_keyed_push_xy(t->slots[n].keyed, key->text, key->len,
		    at, x[0], x[1]);
	return err;
}

/* Early results by time, and keys that go, need the jump itself. */
static int takes_steps(const struct timed_windows *t)
{
	return t->n_slots > 1 && t->plan.window.emit_empty &&
	    t->plan.window.early_span == 0 && t->plan.ttl == 0;
}

int timed_windows_push(struct timed_windows *timed, const leat_csv_field *key,
    int64_t t, const double *x)
{
	int err = 0, ended;

	if (takes_steps(timed))
		err = step_to(timed, t);
	if (!err)
		err = push(timed, key, t, x);
	if (err < 0 && err != LEAT_ECALLBACK && !timed_windows_is_refusal(err))
		return err;
	ended = end_emitting(timed);
	return ended ? ended : err;
}

int timed_windows_advance(struct timed_windows *timed, int64_t t)
{
	int err = takes_steps(timed) ? step_to(timed, t) : 0;

	return err ? err : advance(timed, t);
}

int timed_windows_has_begun(const struct timed_windows *t)
{
	return t->n_slots > 0 && leat_keyed_now(t->slots[0].keyed) != INT64_MIN;
}

void timed_windows_reset(struct timed_windows *t)
{
	for (size_t i = 0; i < t->n_slots; i++)
		leat_keyed_reset(t->slots[i].keyed);
}

int timed_windows_has(const struct timed_windows *t, const char *key,
    size_t len)
{
	return t->n_slots > 0 &&
	    leat_keyed_query(t->slots[0].keyed, key, len, t->scratch) == 0;
}

size_t timed_windows_n_keys(const struct timed_windows *t)
{
	return t->n_slots > 0 ? (size_t)leat_keyed_n_keys(t->slots[0].keyed)
			      : 0;
}

uint64_t timed_windows_bytes(const struct timed_windows *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->n_slots; i++)
		n += leat_keyed_bytes(t->slots[i].keyed);
	return n;
}

int timed_windows_end(struct timed_windows *t)
{
	return advance(t, LEAT_TIME_MAX);
}

/* ---- What is there now ---- */

static int visit(void *ctx, const leat_result *result)
{
	struct timed_windows *t = ctx;
	leat_result whole = *result;

	whole.values = t->rows;
	whole.n_values = t->width;
	memcpy(t->rows, result->values,
	    result->n_values * sizeof *result->values);
	for (size_t i = 1; i < t->n_slots; i++) {
		int err = leat_keyed_query(t->slots[i].keyed, result->key,
		    result->key_len, t->rows + t->slots[i].at);

		if (err)
			return err;
	}
	return t->fn(t->ctx, &whole);
}

int timed_windows_each(struct timed_windows *t)
{
	if (t->n_slots == 0)
		return 0;
	if (t->max_rows == 0) {
		int err = grow(t);

		if (err)
			return err;
	}
	return leat_keyed_each(t->slots[0].keyed, visit, t);
}

/* ---- Saved state ---- */

static void load_keyed(struct timed_windows *timed, size_t i, struct tape *t)
{
	leat_time_window_options window;
	leat_keyed_options o = slot_options(timed, i, &window);
	leat_reader in = tape_reader(t);
	leat_keyed *keyed;
	int err = leat_keyed_load(&keyed, &o, &in);

	tape_object(t, err, &in);
	if (err)
		return;
	leat_keyed_free(timed->slots[i].keyed);
	timed->slots[i].keyed = keyed;
}

void timed_windows_tape(struct timed_windows *timed, struct tape *t)
{
	for (size_t i = 0; i < timed->n_slots && !t->failed; i++) {
		leat_writer out = tape_writer(t);

		if (t->loads)
			load_keyed(timed, i, t);
		else
			tape_object(t,
			    leat_keyed_save(timed->slots[i].keyed, &out), NULL);
	}
}
