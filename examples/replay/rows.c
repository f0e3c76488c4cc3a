/*
 * From values to rows. A row is texts (the key, shown columns) and numbers
 * (results of windows, or target, prediction and metrics of a model). With
 * windows that close there is a row for each of them, else for each
 * record, unless the settings say otherwise.
 *
 * Windows by time lie where times are, not at a row: when they begin and
 * end is told in place of the row's number, but for those of which each
 * row has one of its own.
 */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int has_key(const struct rows *r)
{
	return r->columns->key != COLUMN_NONE;
}

static int is_timed(const struct rows *r)
{
	return r->settings->window.by_time && !r->design;
}

/* Rows are what windows tell, not how one of them is now. */
static int is_told(const struct rows *r)
{
	const struct settings *s = r->settings;

	return is_timed(r) && !s->final &&
	    !cli_time_each_row(&s->timing, &s->window);
}

static int has_flags(const struct rows *r)
{
	return is_told(r) && cli_time_flags(&r->settings->timing);
}

static int has_revision(const struct rows *r)
{
	return is_told(r) && cli_time_revises(&r->settings->timing);
}

static const char *column_name(const struct rows *r, size_t column)
{
	return r->columns->names.items[column];
}

/* ---- Names ---- */

/* The parts that are not empty, with _ between them. */
static int add_name(struct rows *r, const char *first, const char *second,
    const char *third)
{
	size_t size = strlen(first) + strlen(second) + strlen(third) + 3;
	char *text = malloc(size);
	int err;

	if (!text)
		return -1;
	snprintf(text, size, "%s%s%s%s%s", first, *second ? "_" : "", second,
	    *third ? "_" : "", third);
	err = list_add(&r->names, text, strlen(text));
	free(text);
	return err;
}

static int name_spans(struct rows *r)
{
	if (add_name(r, "start", "", "") < 0 || add_name(r, "end", "", "") < 0)
		return -1;
	if (has_flags(r) && add_name(r, "flags", "", "") < 0)
		return -1;
	return has_revision(r) ? add_name(r, "revision", "", "") : 0;
}

static int name_windows(struct rows *r)
{
	const struct columns *c = r->columns;
	const struct cli_stats *s = &r->settings->stats;

	if (is_timed(r) && name_spans(r) < 0)
		return -1;

	for (size_t i = 0; i < c->n_values; i++)
		for (size_t k = 0; k < s->n_single; k++)
			if (add_name(r, column_name(r, c->values[i]), "",
				leat_stat_name(&s->single[k])) < 0)
				return -1;
	for (size_t k = 0; k < s->n_pair; k++)
		if (add_name(r, column_name(r, c->values[0]),
			column_name(r, c->values[1]),
			leat_stat_name(&s->pair[k])) < 0)
			return -1;
	return 0;
}

static int name_model(struct rows *r)
{
	const char *target = column_name(r, r->design->columns[0]);
	const leat_window_options *errors = &r->plan.errors;

	if (r->settings->learning.coefficients)
		return add_name(r, "term", "", "") < 0
		    ? -1
		    : add_name(r, "coefficient", "", "");
	if (add_name(r, target, "", "") < 0 ||
	    add_name(r, target, "prediction", "") < 0)
		return -1;
	for (size_t i = 0; i < errors->n_stats; i++)
		if (add_name(r, leat_stat_name(&errors->stats[i]), "", "") < 0)
			return -1;
	return 0;
}

static int name_output(struct rows *r)
{
	const struct columns *c = r->columns;

	if (has_key(r) && add_name(r, column_name(r, c->key), "", "") < 0)
		return -1;
	for (size_t i = 0; i < c->n_shown; i++)
		if (add_name(r, column_name(r, c->shown[i]), "", "") < 0)
			return -1;
	return r->design ? name_model(r) : name_windows(r);
}

static int put_row(struct rows *r, uint64_t row, const double *results)
{
	int err = row_format_row(r->out, row, r->texts, results);

	return err == 0 ? 0 : err < 0 ? LEAT_ENOMEM : LEAT_EIO;
}

/* Of those who watch. */
static void tell(struct rows *r, size_t group, uint64_t row,
    const double *values, int64_t start, int64_t end)
{
	struct rows_result result = { 0 };

	if (!r->watch.told)
		return;
	result.group = group;
	if (has_key(r))
		result.key = r->texts[0];
	result.start = start;
	result.end = end;
	result.values = values;
	result.row = row;
	r->watch.told(r->watch.ctx, &result);
}

/* ---- Windows by time ---- */

/* Of those who watch. */
static void tell_span(struct rows *r, const leat_result *result)
{
	struct rows_result told = { 0 };

	told.group = ROWS_NO_GROUP;
	told.key.text = result->key;
	told.key.len = result->key_len;
	told.start = result->start;
	told.end = result->end;
	told.flags = result->flags;
	told.values = result->values;
	told.row = r->row;
	r->watch.told(r->watch.ctx, &told);
}

/* A timed_windows_fn. */
static int put_span(void *ctx, const leat_result *result)
{
	struct rows *r = ctx;
	const struct settings *s = r->settings;
	size_t at = (size_t)has_key(r) + r->columns->n_shown;

	if (r->watch.told && !r->ends)
		tell_span(r, result);
	if (r->quiet && !r->ends)
		return 0;
	if (s->every > 0 && r->used % s->every > 0)
		return 0;
	if (has_key(r)) {
		r->texts[0].text = result->key;
		r->texts[0].len = result->key_len;
	}
	span_interval(&r->span, s->window.time.kind, result, &r->texts[at],
	    &r->texts[at + 1]);
	if (has_flags(r))
		span_flags(&r->span, result->flags, &r->texts[at + 2]);
	if (!has_revision(r))
		return put_row(r, r->row, result->values);
	r->results[0] = (double)result->revision;
	memcpy(r->results + 1, result->values,
	    result->n_values * sizeof *result->values);
	return put_row(r, r->row, r->results);
}

/* ---- Setting up ---- */

static int plan_timed(struct rows *r)
{
	const struct settings *s = r->settings;
	struct timed_windows_plan plan = { 0 };

	plan.window = settings_time_window(s);
	plan.max_keys = cli_time_max_keys(&s->timing);
	plan.max_bytes = s->timing.max_bytes;
	plan.seed[0] = s->seed[0];
	plan.seed[1] = s->seed[1];
	plan.ttl = s->timing.ttl;
	plan.each_row = cli_time_each_row(&s->timing, &s->window);
	plan.silent = r->silent;
	plan.stats = &s->stats;
	plan.n_columns = r->columns->n_values;
	r->each_row = plan.each_row && !s->final;
	return timed_windows_new(&r->timed, &plan, put_span, r);
}

static int plan_banks(struct rows *r, size_t n_series)
{
	struct column_windows_plan plan;

	plan.window = r->settings->window.count;
	plan.stats = &r->settings->stats;
	plan.n_columns = r->columns->n_values;
	return groups_init(&r->groups, &plan, n_series);
}

static int plan_groups(struct rows *r, size_t n_series)
{
	const struct settings *s = r->settings;
	int err;

	if (is_timed(r))
		return plan_timed(r);
	if (r->design) {
		r->plan = cli_model_plan(&s->learning, r->design);
		err = groups_init_models(&r->groups, &r->plan, n_series);
	} else {
		err = plan_banks(r, n_series);
	}
	if (err)
		return err;
	keys_seed(r->groups.keys, s->seed);
	if (s->timing.live && cli_time_max_keys(&s->timing) < SIZE_MAX)
		r->groups.max_keys = (size_t)cli_time_max_keys(&s->timing);
	return 0;
}

static size_t results_width(const struct rows *r)
{
	const struct cli_stats *s = &r->settings->stats;

	if (r->design)
		return learner_width(&r->plan);
	return r->columns->n_values * s->n_single + s->n_pair +
	    (size_t)has_revision(r);
}

size_t rows_width(const struct rows *r)
{
	return results_width(r) - (size_t)has_revision(r);
}

const char *const *rows_names(const struct rows *r)
{
	return (const char *const *)r->names.items + r->n_texts +
	    (size_t)has_revision(r);
}

/* A row of texts and numbers; without value columns, of nothing. */
static struct row_layout layout_of(const struct rows *r)
{
	struct row_layout layout = { 0 };

	if (r->columns->n_values > 0) {
		layout.names = r->names.items;
		layout.n_texts = r->n_texts;
		layout.n_values = results_width(r);
	}
	layout.no_row = is_timed(r) && !r->each_row;
	layout.continued = r->continued;
	layout.spreadsheet = r->settings->spreadsheet;
	if (r->settings->learning.coefficients) {
		layout.n_texts = r->n_texts + 1;
		layout.n_values = 1;
		layout.no_row = 1;
	}
	return layout;
}

int rows_header(const struct rows *r, struct writer *writer)
{
	struct row_layout layout = layout_of(r);
	struct row_format *out;

	if (r->settings->format != ROW_FORMAT_CSV)
		return 0;
	layout.continued = 0;
	out = row_format_new(ROW_FORMAT_CSV, writer, &layout);
	row_format_free(out);
	return out ? 0 : LEAT_ENOMEM;
}

static int plan_output(struct rows *r, struct writer *writer)
{
	size_t width = results_width(r);
	struct row_layout layout;

	if (r->columns->n_values > 0 && name_output(r) < 0)
		return LEAT_ENOMEM;
	layout = layout_of(r);
	r->results = calloc(width + 1, sizeof *r->results);
	r->texts = calloc(r->n_texts + 2, sizeof *r->texts);
	if (!r->results || !r->texts)
		return LEAT_ENOMEM;
	r->out = row_format_new(r->settings->format, writer, &layout);
	return r->out ? 0 : LEAT_ENOMEM;
}

/* Rows that wait have nothing but their key and values any more. */
static int may_prefetch(const struct rows *r, size_t n_series)
{
	return has_key(r) && !is_timed(r) && !r->design && n_series == 0 &&
	    r->columns->n_shown == 0;
}

/* Returns the bytes of a key by count or of a model. */
static size_t key_bytes(const struct rows *r)
{
	enum { BESIDE = 512 }; /* groups, hash table, what malloc() needs */

	if (r->timed)
		return 0;
	return BESIDE +
	    (r->design ? learner_bytes(&r->plan)
		       : column_windows_bytes(&r->groups.plan));
}

int rows_init(struct rows *r, const struct settings *settings,
    const struct columns *columns, const struct design *design,
    struct writer *writer, size_t n_series)
{
	int err;

	r->settings = settings;
	r->columns = columns;
	r->design = design;
	r->n_texts = (size_t)has_key(r) + columns->n_shown;
	if (is_timed(r))
		r->n_texts += 2 + (size_t)has_flags(r);
	r->prefetches = may_prefetch(r, n_series);
	r->quiet = settings->format == ROW_FORMAT_NONE || settings->final;
	r->silent = r->quiet && !r->watch.told;
	err = plan_groups(r, n_series);
	if (!err && prefetch_init(&r->prefetch, columns->n_values) < 0)
		err = LEAT_ENOMEM;
	if (!err)
		err = plan_output(r, writer);
	if (err)
		return err;
	r->key_bytes = key_bytes(r);
	r->many = calloc(PREFETCH_ROWS * (results_width(r) + 1),
	    sizeof *r->many);
	return r->many ? 0 : LEAT_ENOMEM;
}

void rows_clear(struct rows *r)
{
	groups_clear(&r->groups);
	prefetch_clear(&r->prefetch);
	free(r->many);
	timed_windows_free(r->timed);
	row_format_free(r->out);
	list_clear(&r->names);
	free(r->results);
	free(r->texts);
	memset(r, 0, sizeof *r);
}

/* ---- Rows ---- */

static int put_state(struct rows *r, const struct group *g, uint64_t row)
{
	if (r->settings->format == ROW_FORMAT_NONE)
		return 0;
	if (r->design)
		learner_query(g->learner, r->results);
	else
		column_windows_query(g->bank, r->results);
	return put_row(r, row, r->results);
}

static void take_texts(struct rows *r, const leat_csv_record *record)
{
	const struct columns *c = r->columns;
	size_t n = 0;

	if (has_key(r))
		r->texts[n++] = record->fields[c->key];
	for (size_t i = 0; i < c->n_shown; i++)
		r->texts[n++] = record->fields[c->shown[i]];
}

/* With --final, what is shown of a key's last row must outlive the row. */
static int keep_shown(struct rows *r, struct group *g)
{
	if (r->columns->n_shown == 0)
		return 0;
	list_clear(&g->shown);
	for (size_t i = (size_t)has_key(r); i < r->n_texts; i++)
		if (list_add(&g->shown, r->texts[i].text, r->texts[i].len) < 0)
			return LEAT_ENOMEM;
	return 0;
}

/* A state after each row, or windows that have closed. */
static void tell_results(struct rows *r, struct group *g, uint64_t row,
    int closed)
{
	size_t group = (size_t)(g - r->groups.items);
	int64_t start = 0, end = 0;

	if (r->design) {
		learner_query(g->learner, r->results);
		tell(r, group, row, r->results, 0, 0);
	} else if (!column_windows_closes(&r->groups.plan)) {
		column_windows_query(g->bank, r->results);
		tell(r, group, row, r->results, 0, 0);
	} else if (closed) {
		const double *values = column_windows_closed(g->bank, &start,
		    &end);

		tell(r, group, row, values, start, end);
	}
}

static int put_results(struct rows *r, struct group *g, uint64_t row,
    int closed)
{
	const struct settings *s = r->settings;
	int64_t start, end;

	if (r->watch.told)
		tell_results(r, g, row, closed);
	if (s->learning.coefficients)
		return 0;
	if (s->final)
		return keep_shown(r, g);
	if (s->every > 0)
		return r->used % s->every > 0 ? 0 : put_state(r, g, row);
	if (r->design || !column_windows_closes(&r->groups.plan))
		return put_state(r, g, row);
	if (!closed)
		return 0;
	return put_row(r, row, column_windows_closed(g->bank, &start, &end));
}

static int push_group(struct rows *r, struct group *g,
    const leat_csv_field *label, const double *values)
{
	int closed = 0;

	r->used++;
	g->last_row = r->row;
	if (r->watch.taken)
		r->watch.taken(r->watch.ctx, (size_t)(g - r->groups.items),
		    &r->texts[0], values);
	if (r->design)
		r->outcomes[groups_learn(g, values, label)]++;
	else
		closed = groups_push(&r->groups, g, values, label);
	if (closed < 0)
		return closed;
	return put_results(r, g, r->row, closed);
}

static void take_key(struct rows *r, size_t group)
{
	if (has_key(r))
		r->texts[0].text = keys_text(r->groups.keys, group,
		    &r->texts[0].len);
}

/* ---- Rows that wait ---- */

/* The key is not looked up: who watches knows the group. */
static void tell_waiting(struct rows *r, size_t i, const double *results)
{
	static const leat_csv_field none = { "", 0 };
	const struct prefetch *a = &r->prefetch;
	struct rows_result result = { 0 };

	if (r->watch.taken)
		r->watch.taken(r->watch.ctx, a->groups[i], &none,
		    a->values + i * a->n_values);
	result.group = a->groups[i];
	result.key = none;
	result.values = results;
	result.row = a->rows[i];
	r->watch.told(r->watch.ctx, &result);
}

/* Results of the rows that have been pushed, as far as they are printed. */
static int put_many(struct rows *r, size_t n)
{
	const struct prefetch *a = &r->prefetch;
	const struct settings *s = r->settings;
	size_t width = results_width(r);
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		r->used++;
		if (r->watch.told)
			tell_waiting(r, i, r->many + i * width);
		if (r->quiet || (s->every > 0 && r->used % s->every > 0))
			continue;
		take_key(r, a->groups[i]);
		err = put_row(r, a->rows[i], r->many + i * width);
	}
	return err;
}

/* Rows of keys that have one window, which does not close. */
static int push_many(struct rows *r, size_t n)
{
	const struct prefetch *a = &r->prefetch;
	leat_window *windows[PREFETCH_ROWS];
	int err;

	for (size_t i = 0; i < n; i++) {
		struct group *g = &r->groups.items[a->groups[i]];

		g->last_row = a->rows[i];
		windows[i] = g->only;
	}
	err = leat_window_push_each(windows, a->values, NULL, n,
	    r->silent ? NULL : r->many);
	if (err < 0)
		return err;
	return r->silent ? 0 : put_many(r, n);
}

static int push_waiting(struct rows *r, size_t i)
{
	static const leat_csv_field no_label = { "", 0 };
	const struct prefetch *a = &r->prefetch;

	r->row = a->rows[i];
	take_key(r, a->groups[i]);
	return push_group(r, &r->groups.items[a->groups[i]], &no_label,
	    a->values + i * a->n_values);
}

int rows_settle(struct rows *r)
{
	size_t n = prefetch_take(&r->prefetch);
	int err = 0;

	if (n > 0 && r->groups.items[r->prefetch.groups[0]].only)
		return push_many(r, n);
	for (size_t i = 0; i < n && !err; i++)
		err = push_waiting(r, i);
	return err;
}

/* Without a key column there is one group, whose key is empty. */
int rows_push(struct rows *r, uint64_t row, const leat_csv_record *record,
    int64_t t, const double *values)
{
	static const leat_csv_field none = { "", 0 };
	size_t n_keys = (size_t)has_key(r), group;
	const leat_csv_field *key = &none, *label = &none;
	int err = r->prefetch.n > 0 ? rows_settle(r) : 0;

	if (err)
		return err;
	if (n_keys > 0)
		key = &record->fields[r->columns->key];
	if (!r->timed && (err = groups_find(&r->groups, key, &group)) != 0)
		return err;
	r->row = row;
	take_texts(r, record);
	if (r->columns->n_shown > 0)
		label = &r->texts[n_keys];
	if (!r->timed)
		return push_group(r, &r->groups.items[group], label, values);
	r->used++;
	err = timed_windows_push(r->timed, key, t, values);
	if (err == 0 && r->watch.taken)
		r->watch.taken(r->watch.ctx, ROWS_NO_GROUP, key, values);
	return err;
}

int rows_advance(struct rows *r, int64_t t)
{
	return r->timed ? timed_windows_advance(r->timed, t) : 0;
}

int rows_has_key(const struct rows *r, const char *key, size_t len)
{
	size_t group;

	return r->timed ? timed_windows_has(r->timed, key, len)
			: keys_find(r->groups.keys, key, len, &group) == 0;
}

size_t rows_forget(struct rows *r, uint64_t before)
{
	size_t n = 0;

	if (r->timed || rows_settle(r) != 0)
		return 0;
	for (size_t i = 0; i < r->groups.n; i++) {
		if (r->groups.items[i].last_row >= before ||
		    groups_is_dropped(&r->groups, i))
			continue;
		if (r->watch.dropped)
			r->watch.dropped(r->watch.ctx, i);
		groups_drop(&r->groups, i);
		n++;
	}
	return n;
}

size_t rows_n_keys(const struct rows *r)
{
	return r->timed ? timed_windows_n_keys(r->timed)
			: r->groups.n - r->groups.n_dropped;
}

/* ---- Memory ---- */

size_t rows_key_bytes(const struct rows *r)
{
	return r->key_bytes;
}

uint64_t rows_bytes(const struct rows *r)
{
	if (r->timed)
		return timed_windows_bytes(r->timed);
	return (uint64_t)rows_n_keys(r) * r->key_bytes +
	    keys_bytes(r->groups.keys);
}

void rows_limit_keys(struct rows *r, size_t most)
{
	uint64_t given = cli_time_max_keys(&r->settings->timing);

	r->groups.max_keys = most < given ? most : (size_t)given;
}

/* ---- The end ---- */

static int put_final(struct rows *r)
{
	size_t first = (size_t)has_key(r);

	for (size_t i = 0; i < r->groups.n; i++) {
		const struct group *g = &r->groups.items[i];
		int err;

		if (groups_is_dropped(&r->groups, i))
			continue;
		take_key(r, i);
		for (size_t k = 0; k < g->shown.n; k++) {
			r->texts[first + k].text = g->shown.items[k];
			r->texts[first + k].len = strlen(g->shown.items[k]);
		}
		err = put_state(r, g, g->last_row);
		if (err)
			return err;
	}
	return 0;
}

static int put_term(struct rows *r, const char *term, double coefficient)
{
	leat_csv_field *text = &r->texts[has_key(r)];

	text->text = term;
	text->len = strlen(term);
	return put_row(r, 0, &coefficient);
}

/* The terms of one key's model, the intercept first. */
static int put_terms(struct rows *r, const struct group *g,
    double *coefficients)
{
	double intercept;
	int err = 0;

	learner_coefficients(g->learner, coefficients, &intercept);
	if (!r->plan.model.no_intercept)
		err = put_term(r, "(intercept)", intercept);
	for (size_t i = 0; i < r->design->n_terms && !err; i++)
		err = put_term(r, r->design->names.items[i], coefficients[i]);
	return err;
}

static int put_coefficients(struct rows *r)
{
	double *coefficients;
	int err = 0;

	coefficients = calloc(r->design->n_terms, sizeof *coefficients);
	if (!coefficients)
		return LEAT_ENOMEM;
	for (size_t i = 0; i < r->groups.n && !err; i++) {
		take_key(r, i);
		err = put_terms(r, &r->groups.items[i], coefficients);
	}
	free(coefficients);
	return err;
}

static int end_timed(struct rows *r)
{
	if (!r->settings->final)
		return timed_windows_end(r->timed);
	r->ends = 1;
	return timed_windows_each(r->timed);
}

int rows_has_begun(const struct rows *r)
{
	return r->timed && timed_windows_has_begun(r->timed);
}

int rows_begin_anew(struct rows *r)
{
	int err = r->timed ? end_timed(r) : 0;

	r->ends = 0;
	if (r->timed && !err)
		timed_windows_reset(r->timed);
	return err;
}

int rows_end(struct rows *r)
{
	int err = rows_settle(r);

	if (err)
		return err;
	if (r->settings->learning.coefficients)
		err = put_coefficients(r);
	else if (r->timed)
		err = end_timed(r);
	else if (r->settings->final)
		err = put_final(r);
	if (err)
		return err;
	return row_format_end(r->out) < 0 ? LEAT_ENOMEM : 0;
}

void rows_stop(struct rows *r)
{
	if (!r->out)
		return;
	(void)rows_settle(r);
	row_format_end(r->out);
}

/* ---- Saved state ---- */

/* What is shown of a key is all of it or nothing yet. */
static int shown_fits(const struct rows *r)
{
	for (size_t i = 0; i < r->groups.n; i++) {
		size_t n = r->groups.items[i].shown.n;

		if (n > 0 && n != r->columns->n_shown)
			return 0;
	}
	return 1;
}

void rows_tape(struct rows *r, struct tape *t)
{
	tape_counts(t, &r->used, 1);
	tape_counts(t, r->outcomes, LEARNER_N_OUTCOMES);
	if (r->timed)
		timed_windows_tape(r->timed, t);
	else
		groups_tape(&r->groups, t);
	tape_expect(t, shown_fits(r));
	row_format_tape(r->out, t);
}
