/*
 * Records through windows to rows.
 *
 * The first record is the header. If no value columns are named, the next
 * records are kept until it can be told which columns are numeric; then
 * they take the same way as those that come after them. Every record is
 * checked and all its numbers are read before any of them is pushed: a bad
 * record leaves no trace in the windows.
 */
#include "replay.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "groups.h"
#include "out.h"
#include "peek.h"
#include "values.h"

/* Kinds of bad records: what the CSV reader finds, and these. */
enum { BAD_FIELDS = CSV_N_PROBLEMS, BAD_NUMBER, N_BAD };

struct replay {
	const struct settings *settings;
	struct writer *writer;
	struct columns columns;
	int has_columns;
	int chosen; /* the value columns are known */
	struct peek peek;
	struct values reader;

	struct groups groups;
	size_t n_series;
	struct out *out;
	struct list names; /* of the output's columns */

	/* One row at a time. */
	double *values;
	double *results;
	struct csv_field *texts; /* key, shown */
	size_t n_texts;
	uint64_t rows, used;

	uint64_t bad[N_BAD];
	uint64_t n_bad, first_bad_line;
	char why[512];
};

static int fail(struct replay *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->why, sizeof r->why, format, args);
	va_end(args);
	return -1;
}

static int no_memory(struct replay *r)
{
	return fail(r, ": out of memory");
}

/* ---- Setting up ---- */

struct replay *replay_new(const struct settings *settings,
    struct writer *writer, size_t n_series)
{
	struct replay *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->settings = settings;
	r->writer = writer;
	r->n_series = n_series;
	values_init(&r->reader, &settings->na);
	return r;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	groups_clear(&r->groups);
	if (r->has_columns)
		columns_clear(&r->columns);
	peek_clear(&r->peek);
	out_free(r->out);
	list_clear(&r->names);
	free(r->values);
	free(r->results);
	free(r->texts);
	free(r);
}

static int add_name(struct replay *r, const char *first, const char *second,
    const leat_stat *stat)
{
	const char *name = stat ? leat_stat_name(stat) : "";
	size_t size = strlen(first) + strlen(second) + strlen(name) + 3;
	char *text = malloc(size);
	int err;

	if (!text)
		return -1;
	snprintf(text, size, "%s%s%s%s%s", first, *second ? "_" : "", second,
	    *name ? "_" : "", name);
	err = list_add(&r->names, text, strlen(text));
	free(text);
	return err;
}

static const char *column_name(const struct replay *r, size_t column)
{
	return r->columns.names.items[column];
}

static int name_values(struct replay *r)
{
	const struct columns *c = &r->columns;
	const struct spec_stats *s = &r->settings->stats;

	for (size_t i = 0; i < c->n_values; i++)
		for (size_t k = 0; k < s->n_single; k++)
			if (add_name(r, column_name(r, c->values[i]), "",
				&s->single[k]) < 0)
				return -1;
	for (size_t k = 0; k < s->n_pair; k++)
		if (add_name(r, column_name(r, c->values[0]),
			column_name(r, c->values[1]), &s->pair[k]) < 0)
			return -1;
	return 0;
}

static int name_output(struct replay *r)
{
	const struct columns *c = &r->columns;

	if (c->key != COLUMN_NONE &&
	    add_name(r, column_name(r, c->key), "", NULL) < 0)
		return -1;
	for (size_t i = 0; i < c->n_shown; i++)
		if (add_name(r, column_name(r, c->shown[i]), "", NULL) < 0)
			return -1;
	return name_values(r);
}

static int plan_groups(struct replay *r)
{
	struct bank_plan plan;

	plan.window = r->settings->window;
	plan.stats = &r->settings->stats;
	plan.n_columns = r->columns.n_values;
	return groups_init(&r->groups, &plan, r->n_series);
}

/* A row of text and numbers; without value columns, of nothing. */
static int make_output(struct replay *r)
{
	const struct columns *c = &r->columns;
	struct out_layout layout = { 0 };

	if (c->n_values > 0) {
		if (name_output(r) < 0)
			return -1;
		layout.names = r->names.items;
		layout.n_texts = r->n_texts;
		layout.n_values = bank_width(&r->groups.plan);
	}
	r->values = calloc(c->n_values + 1, sizeof *r->values);
	r->results = calloc(layout.n_values + 1, sizeof *r->results);
	r->texts = calloc(r->n_texts + 1, sizeof *r->texts);
	if (!r->values || !r->results || !r->texts)
		return -1;
	r->out = out_new(r->settings->format, r->writer, &layout);
	return r->out ? 0 : -1;
}

/* The value columns are known: windows and output can be planned. */
static int set_up(struct replay *r)
{
	r->chosen = 1;
	r->n_texts = (r->columns.key != COLUMN_NONE) + r->columns.n_shown;
	if (plan_groups(r) < 0 || make_output(r) < 0)
		return no_memory(r);
	return 0;
}

/* ---- Bad records ---- */

static const char *bad_text(int kind)
{
	if (kind == BAD_FIELDS)
		return "wrong number of fields";
	if (kind == BAD_NUMBER)
		return "not a number";
	return csv_problem_text(kind);
}

static int bad_record(struct replay *r, const struct csv_record *record,
    int kind, const char *format, ...)
{
	va_list args;
	int n;

	if (r->settings->skip_bad) {
		if (r->n_bad++ == 0)
			r->first_bad_line = record->line;
		r->bad[kind]++;
		return 1;
	}
	n = snprintf(r->why, sizeof r->why,
	    ":%llu: ", (unsigned long long)record->line);
	va_start(args, format);
	vsnprintf(r->why + n, sizeof r->why - (size_t)n, format, args);
	va_end(args);
	return -1;
}

static int bad_number(struct replay *r, const struct csv_record *record,
    size_t column)
{
	const struct csv_field *f = &record->fields[column];
	int n = f->len > 60 ? 60 : (int)f->len;

	return bad_record(r, record, BAD_NUMBER,
	    "column %.60s: \"%.*s%s\" is not a number", column_name(r, column),
	    n, f->text, f->len > 60 ? "..." : "");
}

static int check_shape(struct replay *r, const struct csv_record *record)
{
	int problem = record->problem;

	if (problem == CSV_TOO_LONG)
		return bad_record(r, record, problem, "%s",
		    csv_problem_text(problem));
	if (problem && record->problem_field < r->columns.n)
		return bad_record(r, record, problem, "column %.60s: %s",
		    column_name(r, record->problem_field),
		    csv_problem_text(problem));
	if (problem)
		return bad_record(r, record, problem, "%s",
		    csv_problem_text(problem));
	if (record->n_fields != r->columns.n)
		return bad_record(r, record, BAD_FIELDS,
		    "%zu %s where %zu are expected", record->n_fields,
		    record->n_fields == 1 ? "field" : "fields", r->columns.n);
	return 0;
}

/* Returns 0, 1 if the record is to be skipped, -1. */
static int read_values(struct replay *r, const struct csv_record *record)
{
	const struct columns *c = &r->columns;
	int bad = check_shape(r, record);

	for (size_t i = 0; i < c->n_values && !bad; i++) {
		size_t at = c->values[i];

		if (values_read(&r->reader, &record->fields[at],
			&r->values[i]) < 0)
			bad = bad_number(r, record, at);
	}
	return bad;
}

/* ---- Rows ---- */

static int put_row(struct replay *r, uint64_t row, const double *results)
{
	if (out_row(r->out, row, r->texts, results) == 0)
		return 0;
	return no_memory(r);
}

static int put_state(struct replay *r, const struct group *g, uint64_t row)
{
	if (r->settings->format == OUT_NONE)
		return 0;
	bank_query(g->bank, r->results);
	return put_row(r, row, r->results);
}

static void take_texts(struct replay *r, const struct csv_record *record)
{
	const struct columns *c = &r->columns;
	size_t n = 0;

	if (c->key != COLUMN_NONE)
		r->texts[n++] = record->fields[c->key];
	for (size_t i = 0; i < c->n_shown; i++)
		r->texts[n++] = record->fields[c->shown[i]];
}

/* With --final, what is shown of a key's last row must outlive the row. */
static int keep_shown(struct replay *r, struct group *g)
{
	size_t first = r->columns.key != COLUMN_NONE;

	if (r->columns.n_shown == 0)
		return 0;
	list_clear(&g->shown);
	for (size_t i = first; i < r->n_texts; i++)
		if (list_add(&g->shown, r->texts[i].text, r->texts[i].len) < 0)
			return no_memory(r);
	return 0;
}

static int put_results(struct replay *r, struct group *g, int closed)
{
	const struct settings *s = r->settings;
	int64_t start, end;

	if (s->final)
		return keep_shown(r, g);
	if (s->every > 0)
		return r->used % s->every > 0 ? 0 : put_state(r, g, r->rows);
	if (!bank_closes(&r->groups.plan))
		return put_state(r, g, r->rows);
	if (!closed)
		return 0;
	return put_row(r, r->rows, bank_closed(g->bank, &start, &end));
}

/* Without a key column there is one group, whose key is empty. */
static int push_values(struct replay *r)
{
	static const struct csv_field none = { "", 0 };
	size_t n_keys = r->columns.key != COLUMN_NONE;
	const struct csv_field *key = n_keys ? &r->texts[0] : &none;
	const struct csv_field *label = r->n_texts > n_keys ? &r->texts[n_keys]
							    : &none;
	struct group *g;
	int err = groups_find(&r->groups, key, &g);

	if (err)
		return fail(r, ": -w: %s", leat_strerror(err));
	g->last_row = r->rows;
	return put_results(r, g, groups_push(&r->groups, g, r->values, label));
}

static int take_data(struct replay *r, const struct csv_record *record)
{
	int bad;

	r->rows++;
	bad = read_values(r, record);
	if (bad)
		return bad < 0 ? -1 : 0;
	r->used++;
	take_texts(r, record);
	return push_values(r);
}

static int put_final(struct replay *r)
{
	size_t first = r->columns.key != COLUMN_NONE;

	for (size_t i = 0; i < r->groups.n; i++) {
		const struct group *g = &r->groups.items[i];

		if (first)
			r->texts[0].text = keys_text(r->groups.keys, i,
			    &r->texts[0].len);
		for (size_t k = 0; k < g->shown.n; k++) {
			r->texts[first + k].text = g->shown.items[k];
			r->texts[first + k].len = strlen(g->shown.items[k]);
		}
		if (put_state(r, g, g->last_row) < 0)
			return -1;
	}
	return 0;
}

/* ---- The first records ---- */

/* Whether the first field that is not missing is a number. */
static int looks_numeric(const struct replay *r, size_t column)
{
	for (size_t i = 0; i < r->peek.n; i++) {
		const struct csv_record *record = r->peek.records[i];
		double x;

		if (record->problem || record->n_fields != r->columns.n)
			continue;
		if (values_read(&r->reader, &record->fields[column], &x) < 0)
			return 0;
		if (!isnan(x))
			return 1;
	}
	return 0;
}

static int choose_columns(struct replay *r)
{
	struct columns *c = &r->columns;

	for (size_t i = 0; i < c->n; i++)
		if (columns_is_free(c, i) && looks_numeric(r, i))
			c->values[c->n_values++] = i;
	if (c->n_values == 0 && r->peek.n > 0)
		return fail(r,
		    ": no numeric column in the first %zu records; name the "
		    "value columns with -c",
		    r->peek.n);
	return set_up(r);
}

/* Ends the looking ahead: what was kept is worked on now. */
static int end_peek(struct replay *r)
{
	int err = choose_columns(r);

	for (size_t i = 0; i < r->peek.n && !err; i++)
		err = take_data(r, r->peek.records[i]);
	peek_clear(&r->peek);
	return err;
}

static int take_header(struct replay *r, const struct csv_record *record)
{
	const struct settings *s = r->settings;
	char why[384];

	if (record->problem)
		return fail(r, ":%llu: %s: %s",
		    (unsigned long long)record->line,
		    s->no_header ? "first record" : "header",
		    csv_problem_text(record->problem));
	r->has_columns = 1;
	if (columns_take(&r->columns, record, !s->no_header) < 0)
		return no_memory(r);
	if (columns_resolve(&r->columns, s, why, sizeof why) < 0)
		return fail(r, ": %s", why);
	return s->columns.n > 0 ? set_up(r) : 0;
}

int replay_record(void *ctx, const struct csv_record *record)
{
	struct replay *r = ctx;
	int full;

	if (!r->has_columns) {
		if (take_header(r, record) < 0)
			return -1;
		if (!r->settings->no_header)
			return 0;
	}
	if (r->chosen)
		return take_data(r, record);
	full = peek_add(&r->peek, record);
	if (full < 0)
		return no_memory(r);
	return full ? end_peek(r) : 0;
}

int replay_end(struct replay *r)
{
	if (!r->has_columns)
		return fail(r, ": the input is empty");
	if (!r->chosen && end_peek(r) < 0)
		return -1;
	if (r->settings->final && put_final(r) < 0)
		return -1;
	return out_end(r->out) < 0 ? no_memory(r) : 0;
}

void replay_stop(struct replay *r)
{
	if (r->out)
		out_end(r->out);
}

/* ---- What is known ---- */

const char *replay_why(const struct replay *r)
{
	return r->why;
}

uint64_t replay_rows(const struct replay *r)
{
	return r->rows + r->peek.n;
}

uint64_t replay_skipped(const struct replay *r, char *text, size_t size)
{
	const char *between = ": ";
	size_t used;

	used = (size_t)snprintf(text, size,
	    ": %llu bad %s skipped, the first at line %llu",
	    (unsigned long long)r->n_bad, r->n_bad == 1 ? "record" : "records",
	    (unsigned long long)r->first_bad_line);
	for (int kind = 0; kind < N_BAD; kind++) {
		if (r->bad[kind] == 0 || used >= size)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%llu %s",
		    between, (unsigned long long)r->bad[kind], bad_text(kind));
		between = ", ";
	}
	return r->n_bad;
}

size_t replay_n_series(const struct replay *r)
{
	return r->groups.n < r->n_series ? r->groups.n : r->n_series;
}

const struct series *replay_series(const struct replay *r, size_t i,
    const char **key_out)
{
	size_t len;

	*key_out = keys_text(r->groups.keys, i, &len);
	return r->groups.items[i].series;
}

const char *replay_value_name(const struct replay *r)
{
	return r->chosen && r->columns.n_values
	    ? column_name(r, r->columns.values[0])
	    : "";
}

const char *replay_shown_name(const struct replay *r)
{
	return r->columns.n_shown ? column_name(r, r->columns.shown[0]) : "";
}

size_t replay_n_keys(const struct replay *r)
{
	return r->groups.n;
}
