/*
 * The beginning of a replay, until the value columns are known: the header,
 * and the first records, which are kept if they must say which columns are
 * numeric. Then windows or models, and the output, are planned.
 */
#include "replay_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_write.h"
#include "hints.h"
#include "numeric_columns.h"
#include "record_problem.h"
#include "report.h"

/* A hint that finds no memory is left out. */
void replay_add_note(struct replay *r, const char *text)
{
	if (*text)
		(void)list_add(&r->notes, text, strlen(text));
}

/* ---- Choosing columns ---- */

/*
 * No column is numeric. If records are bad otherwise, that is why, and then
 * the message is about the first of them, as it would be if columns were named.
 */
static int fail_numeric(struct replay *r)
{
	size_t n_bad = 0;
	char hint[160];

	r->noted = r->notes.n; /* the message says it all */
	for (size_t i = 0; i < r->peek.n; i++) {
		n_bad += r->peek.records[i]->problem != 0;
		if (replay_check_shape(r, r->peek.records[i]) < 0)
			return -1;
	}
	hint_header(&r->columns, hint, sizeof hint);
	if (n_bad > 0)
		snprintf(hint, sizeof hint, "; %zu of them are bad%s", n_bad,
		    n_bad == r->peek.n ? ", see without --skip-bad" : "");
	return report(r->why, sizeof r->why,
	    ": no numeric column in the first %zu %s; name the value columns "
	    "with -c%s",
	    r->peek.n, r->peek.n == 1 ? "record" : "records", hint);
}

/* The value columns are known: windows and output can be planned. */
int replay_set_up(struct replay *r)
{
	int err;

	r->chosen = 1;
	r->values = calloc(r->columns.n_values + 1, sizeof *r->values);
	if (!r->values)
		return replay_no_memory(r);
	err = rows_init(&r->out, r->settings, &r->columns,
	    r->is_model ? &r->design : NULL, r->writer);
	r->plain = r->out.prefetches && !r->pace;
	return err ? replay_fail_rows(r, err) : 0;
}

/* The model's columns are the value columns. */
static int set_up_model(struct replay *r)
{
	struct columns *c = &r->columns;
	struct design *d = &r->design;
	char why[480];

	if (design_make(d, &r->settings->learning.formula, c, r->numeric, why,
		sizeof why) < 0) {
		r->noted = r->notes.n;
		return report(r->why, sizeof r->why, ": %s", why);
	}
	free(c->values);
	c->n_values = 0;
	c->values = malloc(d->n_columns * sizeof *c->values);
	if (!c->values)
		return replay_no_memory(r);
	memcpy(c->values, d->columns, d->n_columns * sizeof *c->values);
	c->n_values = d->n_columns;
	return replay_set_up(r);
}

/* Tells whether one has to know which columns are numeric. */
int replay_needs_look(const struct replay *r)
{
	return r->is_model ? formula_has_all(&r->settings->learning.formula)
			   : r->settings->columns.n == 0;
}

/* Columns that are not named are those that are numeric. */
int replay_choose(struct replay *r)
{
	struct columns *c = &r->columns;

	if (r->is_model)
		return set_up_model(r);
	for (size_t i = 0; i < c->n && replay_needs_look(r); i++)
		if (columns_is_free(c, i) && r->numeric[i])
			c->values[c->n_values++] = i;
	if (c->n_values == 0 && r->peek.n > 0)
		return fail_numeric(r);
	return replay_set_up(r);
}

/* ---- The first records ---- */

/* Finds the numeric columns. Without records, any may be numeric to a model. */
static int look(struct replay *r)
{
	char text[400];

	free(r->numeric);
	r->numeric = calloc(r->columns.n + 1, 1);
	if (!r->numeric)
		return replay_no_memory(r);
	if (r->peek.n == 0) {
		memset(r->numeric, r->is_model, r->columns.n);
		return 0;
	}
	numeric_columns_find(&r->peek, &r->reader, &r->columns, r->numeric,
	    text, sizeof text);
	replay_add_note(r, text);
	columns_twice(&r->columns, text, sizeof text);
	replay_add_note(r, text);
	return 0;
}

/* Ends the looking ahead: what was kept is worked on now. */
int replay_end_peek(struct replay *r)
{
	int err = look(r);

	if (!err)
		err = replay_choose(r);
	for (size_t i = 0; i < r->peek.n && !err; i++)
		err = replay_take_data(r, r->peek.records[i]);
	peek_clear(&r->peek);
	return err;
}

size_t replay_n_kept(const struct replay *r)
{
	return r->peek.n;
}

int replay_is_full(const struct replay *r)
{
	return peek_is_full(&r->peek);
}

/* Takes the other records too if one is bad. */
int replay_decide(struct replay *r, replay_bad_fn *fn, void *ctx)
{
	int err = look(r);

	if (!err)
		err = replay_choose(r);
	for (size_t i = 0; i < r->peek.n && !err; i++)
		if (replay_take_data(r, r->peek.records[i]) != 0)
			fn(ctx);
	peek_clear(&r->peek);
	return err ? REPLAY_STOPPED : 0;
}

static int keep_header(struct replay *r, const leat_csv_record *record)
{
	for (size_t i = 0; i < record->n_fields; i++)
		if (list_add(&r->header, record->fields[i].text,
			record->fields[i].len) < 0)
			return replay_no_memory(r);
	return 0;
}

/* Takes the columns' names, of a header or a saved state. */
int replay_take_columns(struct replay *r, const leat_csv_record *record)
{
	const struct settings *s = r->settings;
	char why[384];

	r->has_columns = 1;
	if (columns_take(&r->columns, record, !s->no_header) < 0)
		return replay_no_memory(r);
	if (columns_resolve(&r->columns, s, why, sizeof why) < 0)
		return report(r->why, sizeof r->why, ": %s", why);
	return 0;
}

int replay_take_header(struct replay *r, const leat_csv_record *record)
{
	const struct settings *s = r->settings;
	char text[160];

	if (record->problem) {
		record_problem_text(record, 0, text, sizeof text);
		return report(r->why, sizeof r->why, ":%llu: %s: %s",
		    (unsigned long long)record->line,
		    s->no_header ? "first record" : "header", text);
	}
	if (replay_take_columns(r, record) < 0)
		return -1;
	if (!s->no_header && keep_header(r, record) < 0)
		return -1;
	if (r->late && !s->no_header)
		csv_write_record(r->late, s->delimiter, record);
	return replay_needs_look(r) ? 0 : replay_choose(r);
}
