/*
 * Makes rows of values. A row is texts (the key, shown columns) and numbers
 * (results of windows, or target, prediction and metrics of a model).
 *
 * A row of a group goes through three steps: its windows or its model take
 * the values, the result is emitted to who watches, and a row is printed. The
 * last two are chosen when the run starts, in rows_plan.c. Windows by time
 * instead emit results when they are due, and rows_put_timed() does both.
 *
 * Windows by time lie where times are, not at a row: their start and end are
 * printed in place of the row's number, except for those of which each row
 * has one of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows_inside.h"

int rows_put(struct rows *r, uint64_t row, const double *results)
{
	int err = row_format_row(r->out, row, r->texts, results);

	return err == 0 ? 0 : err < 0 ? LEAT_ENOMEM : LEAT_EIO;
}

void rows_take_key(struct rows *r, size_t group)
{
	if (r->plan.has_key)
		r->texts[0].text = rows_key_of(r, group, &r->texts[0].len);
}

leat_csv_field rows_label(const struct rows *r)
{
	static const leat_csv_field none = { "", 0 };

	return r->columns->n_shown > 0 ? r->texts[r->plan.has_key] : none;
}

/* ---- Windows by time ---- */

static void emit_timed(struct rows *r, const leat_result *result)
{
	struct rows_result emitted = { 0 };

	emitted.group = ROWS_NO_GROUP;
	emitted.key.text = result->key;
	emitted.key.len = result->key_len;
	emitted.start = result->start;
	emitted.end = result->end;
	emitted.flags = result->flags;
	emitted.values = result->values;
	emitted.row = r->row;
	r->watch.emitted(r->watch.ctx, &emitted);
}

static int print_timed(struct rows *r, const leat_result *result)
{
	const struct rows_plan *p = &r->plan;
	size_t at = (size_t)p->has_key + r->columns->n_shown;

	if (p->has_key) {
		r->texts[0].text = result->key;
		r->texts[0].len = result->key_len;
	}
	span_interval(&r->span, r->settings->window.time.kind, result,
	    &r->texts[at], &r->texts[at + 1]);
	if (p->has_flags)
		span_flags(&r->span, result->flags, &r->texts[at + 2]);
	if (!p->has_revision)
		return rows_put(r, r->row, result->values);
	r->results[0] = (double)result->revision;
	memcpy(r->results + 1, result->values,
	    result->n_values * sizeof *result->values);
	return rows_put(r, r->row, r->results);
}

int rows_put_timed(void *ctx, const leat_result *result)
{
	struct rows *r = ctx;
	uint64_t every = r->settings->every;

	if (r->watch.emitted && !r->ends)
		emit_timed(r, result);
	if (r->plan.quiet && !r->ends)
		return 0;
	return every > 0 && r->used % every > 0 ? 0 : print_timed(r, result);
}

static int push_timed(struct rows *r, const leat_csv_field *key, int64_t t,
    const double *values)
{
	int err;

	r->used++;
	err = timed_windows_push(r->timed, key, t, values);
	if (err == 0 && r->watch.taken)
		r->watch.taken(r->watch.ctx, ROWS_NO_GROUP, key, values);
	return err;
}

/* ---- Windows by count, and models ---- */

/* Writes the results of the group as they are now to r->results. */
static void query(struct rows *r, const struct group *g)
{
	if (g->windows)
		column_windows_query(g->windows, r->results);
	else
		learner_query(g->learner, r->results);
}

/* Returns 1 if windows have closed, 0, or a code of the library. */
static int push_values(struct rows *r, struct group *g, const double *values)
{
	if (g->windows)
		return column_windows_push(g->windows, values);
	r->outcomes[learner_push(g->learner, values)]++;
	return 0;
}

static void emit(struct rows *r, const struct group *g,
    struct rows_result *result)
{
	result->group = (size_t)(g - r->groups.items);
	if (r->plan.has_key)
		result->key = r->texts[0];
	result->row = r->row;
	r->watch.emitted(r->watch.ctx, result);
}

int rows_emit_state(struct rows *r, struct group *g, int closed)
{
	struct rows_result result = { 0 };

	(void)closed;
	query(r, g);
	result.values = r->results;
	emit(r, g, &result);
	return 0;
}

int rows_emit_closed(struct rows *r, struct group *g, int closed)
{
	struct rows_result result = { 0 };

	if (!closed)
		return 0;
	result.values = column_windows_closed(g->windows, &result.start,
	    &result.end);
	emit(r, g, &result);
	return 0;
}

int rows_print_nothing(struct rows *r, struct group *g, int closed)
{
	(void)r;
	(void)g;
	(void)closed;
	return 0;
}

int rows_print_state(struct rows *r, struct group *g, int closed)
{
	(void)closed;
	query(r, g);
	return rows_put(r, g->last_row, r->results);
}

int rows_print_every(struct rows *r, struct group *g, int closed)
{
	return r->used % r->settings->every > 0
	    ? 0
	    : rows_print_state(r, g, closed);
}

int rows_print_closed(struct rows *r, struct group *g, int closed)
{
	int64_t start, end;

	if (!closed)
		return 0;
	return rows_put(r, g->last_row,
	    column_windows_closed(g->windows, &start, &end));
}

/* With --final, what is shown of a key's last row must outlive the row. */
int rows_keep_shown(struct rows *r, struct group *g, int closed)
{
	(void)closed;
	list_clear(&g->shown);
	for (size_t i = (size_t)r->plan.has_key; i < r->plan.n_texts; i++)
		if (list_add(&g->shown, r->texts[i].text, r->texts[i].len) < 0)
			return LEAT_ENOMEM;
	return 0;
}

static int push_group(struct rows *r, size_t group, const double *values)
{
	struct group *g = &r->groups.items[group];
	int closed;

	r->used++;
	g->last_row = r->row;
	if (r->watch.taken)
		r->watch.taken(r->watch.ctx, group, &r->texts[0], values);
	closed = push_values(r, g, values);
	if (closed < 0)
		return closed;
	if (r->plan.emit)
		r->plan.emit(r, g, closed);
	return r->plan.print(r, g, closed);
}

/* ---- A row ---- */

static void take_texts(struct rows *r, const leat_csv_record *record)
{
	const struct columns *c = r->columns;
	size_t n = 0;

	if (r->plan.has_key)
		r->texts[n++] = record->fields[c->key];
	for (size_t i = 0; i < c->n_shown; i++)
		r->texts[n++] = record->fields[c->shown[i]];
}

int rows_push(struct rows *r, uint64_t row, const leat_csv_record *record,
    int64_t t, const double *values)
{
	static const leat_csv_field none = { "", 0 };
	const leat_csv_field *key = r->plan.has_key
	    ? &record->fields[r->columns->key]
	    : &none;
	int err = r->prefetch.n > 0 ? rows_settle(r) : 0;
	size_t group = 0;

	if (!err && !r->timed)
		err = rows_find_group(r, r->plan.has_key ? key : NULL, &group);
	if (err)
		return err;
	r->row = row;
	take_texts(r, record);
	return r->timed ? push_timed(r, key, t, values)
			: push_group(r, group, values);
}

/* ---- Rows that wait ---- */

/* The key is not looked up: who watches knows the group. */
static void watch_waiting(struct rows *r, size_t i, const double *results)
{
	static const leat_csv_field none = { "", 0 };
	const struct prefetch *a = &r->prefetch;

	if (r->watch.taken)
		r->watch.taken(r->watch.ctx, a->groups[i], &none,
		    a->values + i * a->n_values);
	if (r->watch.emitted) {
		struct rows_result result = { .group = a->groups[i],
			.key = none,
			.values = results,
			.row = a->rows[i] };

		r->watch.emitted(r->watch.ctx, &result);
	}
}

/* Emits the results of rows that have been pushed, and prints them. */
static int put_many(struct rows *r, size_t n)
{
	const struct prefetch *a = &r->prefetch;
	uint64_t every = r->settings->every;
	size_t width = r->plan.width;
	int watched = r->watch.taken || r->watch.emitted, err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		r->used++;
		if (watched)
			watch_waiting(r, i, r->many + i * width);
		if (r->plan.quiet || (every > 0 && r->used % every > 0))
			continue;
		rows_take_key(r, a->groups[i]);
		err = rows_put(r, a->rows[i], r->many + i * width);
	}
	return err;
}

/*
 * Rows of keys whose windows stay open. The results of a row's windows come
 * one after the other, which makes a row of results.
 */
static int push_many(struct rows *r, size_t n)
{
	const struct prefetch *a = &r->prefetch;
	double *many = r->plan.silent ? NULL : r->many;
	int err;

	for (size_t i = 0; i < n; i++)
		r->groups.items[a->groups[i]].last_row = a->rows[i];
	/* If there are no keys, the values of the only window lie together. */
	if (!r->plan.has_key && r->groups.n_open == 1)
		err = leat_window_push_many(a->windows[0], a->values, NULL, n,
		    many);
	else
		err = leat_window_push_each(a->windows, a->values, NULL,
		    n * r->groups.n_open, many);
	if (err < 0)
		return err;
	return r->plan.silent && !r->watch.taken ? 0 : put_many(r, n);
}

static int push_waiting(struct rows *r, size_t i)
{
	const struct prefetch *a = &r->prefetch;

	r->row = a->rows[i];
	rows_take_key(r, a->groups[i]);
	return push_group(r, a->groups[i], a->values + i * a->n_values);
}

int rows_settle(struct rows *r)
{
	size_t n = prefetch_take(&r->prefetch);
	int err = 0;

	if (n > 0 && r->groups.n_open > 0)
		return push_many(r, n);
	for (size_t i = 0; i < n && !err; i++)
		err = push_waiting(r, i);
	return err;
}
