/*
 * CSV where rows are a key and a value: each stream has a header of its own,
 * and columns may stand in any order.
 *
 * The columns are those that -k, -c and -t name. Where these are not given,
 * the key is a column named "key", the time one named "time" or "timestamp",
 * and the value one named "value", or else the only column that is left.
 * Without a column of keys all rows are of one key, whose name is empty.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../replay/columns.h"
#include "../replay/record_problem.h"
#include "../replay/time_text.h"
#include "../replay/values.h"
#include "server.h"

struct csv_pairs {
	struct server *server;
	struct columns columns;
	int has_columns;
	size_t value;
	struct values reader;
	char why[512];
};

struct csv_pairs *csv_pairs_new(struct server *server)
{
	struct csv_pairs *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->server = server;
	values_init(&c->reader, &server->config->settings.na);
	return c;
}

void csv_pairs_free(struct csv_pairs *c)
{
	if (!c)
		return;
	if (c->has_columns)
		columns_clear(&c->columns);
	free(c);
}

const char *csv_pairs_why(const struct csv_pairs *c)
{
	return c->why;
}

/* ---- The header ---- */

static int find_value(struct csv_pairs *in)
{
	struct columns *c = &in->columns;
	size_t n_free = 0, found;
	char names[200];

	in->value = COLUMN_NONE;
	if (c->n_values > 0)
		in->value = c->values[0];
	if (in->value == COLUMN_NONE && columns_find(c, "value", &found) == 1)
		in->value = found;
	for (size_t i = 0; i < c->n && in->value == COLUMN_NONE; i++)
		n_free += i != c->key && i != c->time;
	for (size_t i = 0; i < c->n && n_free == 1; i++)
		if (i != c->key && i != c->time)
			in->value = i;
	if (in->value != COLUMN_NONE)
		return 0;
	columns_list(c, names, sizeof names);
	snprintf(in->why, sizeof in->why,
	    "which column is the value? Name it with -c; there are: %s", names);
	return ENGINE_REFUSED;
}

static int take_header(struct csv_pairs *in, const leat_csv_record *record)
{
	const struct settings *s = &in->server->config->settings;
	struct columns *c = &in->columns;
	char why[400];

	if (record->problem) {
		record_problem_text(record, 0, why, sizeof why);
		snprintf(in->why, sizeof in->why, "header: %s", why);
		return ENGINE_REFUSED;
	}
	in->has_columns = 1;
	if (columns_take(c, record, !s->no_header) < 0) {
		snprintf(in->why, sizeof in->why, "out of memory");
		return ENGINE_REFUSED;
	}
	if (columns_resolve(c, s, why, sizeof why) < 0) {
		snprintf(in->why, sizeof in->why, "%s", why);
		return ENGINE_REFUSED;
	}
	return find_value(in);
}

/* ---- Rows ---- */

static int bad(struct csv_pairs *in, const leat_csv_record *record,
    size_t column, const char *what, const char *why)
{
	const leat_csv_field *f = &record->fields[column];

	snprintf(in->why, sizeof in->why,
	    "line %llu, column %.60s: \"%.*s\" is not a %s%s%s",
	    (unsigned long long)record->line, in->columns.names.items[column],
	    f->len > 60 ? 60 : (int)f->len, f->text, what, *why ? ": " : "",
	    why);
	return ENGINE_BAD;
}

static int take_row(struct csv_pairs *in, const leat_csv_record *record)
{
	const struct columns *c = &in->columns;
	struct sample sample = { 0 };
	char why[160];

	if (record->problem) {
		record_problem_text(record, 0, why, sizeof why);
		snprintf(in->why, sizeof in->why, "line %llu: %s",
		    (unsigned long long)record->line, why);
		return ENGINE_BAD;
	}
	sample.key = "";
	if (c->key != COLUMN_NONE) {
		sample.key = record->fields[c->key].text;
		sample.key_len = record->fields[c->key].len;
	}
	if (values_read(&in->reader, &record->fields[in->value], &sample.x) < 0)
		return bad(in, record, in->value, "number", "");
	if (c->time != COLUMN_NONE) {
		const leat_csv_field *f = &record->fields[c->time];
		int unit = in->server->config->settings.timing.unit;
		int err = values_read_time(&in->reader, f, unit, &sample.t);

		if (err < 0)
			return bad(in, record, c->time, "time",
			    time_text_why(err, f->text, f->len, unit));
		sample.has_time = err == 0;
	}
	engine_value(in->server->engine, &sample, in->server->who);
	return 0;
}

int csv_pairs_record(void *ctx, const leat_csv_record *record)
{
	struct csv_pairs *in = ctx;

	in->server->counts.lines[FORMAT_CSV]++;
	if (in->has_columns)
		return take_row(in, record);
	if (in->server->config->settings.no_header) {
		int err = take_header(in, record);

		return err ? err : take_row(in, record);
	}
	return take_header(in, record);
}
