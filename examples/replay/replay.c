/*
 * Records through windows or a model to rows.
 *
 * The first record is the header. If no value columns are named, the next
 * records are kept until it can be told which columns are numeric; then
 * they take the same way as those that come after them. Every record is
 * checked and all its numbers are read before any of them is pushed: a bad
 * record leaves no trace in the windows, nor in a model and its lags.
 */
#include "replay_inside.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_write.h"
#include "hints.h"
#include "numeric_columns.h"
#include "record_problem.h"
#include "time_text.h"

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

/* A hint that finds no memory is left out. */
static void note(struct replay *r, const char *text)
{
	if (*text)
		(void)list_add(&r->notes, text, strlen(text));
}

int replay_note(struct replay *r, char *text, size_t size)
{
	if (r->noted == r->notes.n)
		return 0;
	snprintf(text, size, "%s", r->notes.items[r->noted++]);
	return 1;
}

/* ---- Setting up ---- */

struct replay *replay_new(const struct settings *settings,
    struct writer *writer, struct writer *late)
{
	struct replay *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->settings = settings;
	r->is_model = settings->learning.on;
	r->is_timed = settings->window.by_time && !r->is_model;
	r->writer = writer;
	r->late = late;
	r->stop_at = r->end = UINT64_MAX;
	r->place.line = 1;
	values_init(&r->reader, &settings->na);
	return r;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	rows_clear(&r->out);
	design_clear(&r->design);
	if (r->has_columns)
		columns_clear(&r->columns);
	peek_clear(&r->peek);
	list_clear(&r->header);
	list_clear(&r->notes);
	free(r->numeric);
	free(r->values);
	free(r);
}

void replay_pace(struct replay *r, replay_time_fn *fn, void *ctx)
{
	r->pace = fn;
	r->pace_ctx = ctx;
}

static const char *column_name(const struct replay *r, size_t column)
{
	return r->columns.names.items[column];
}

/* What the library refuses now comes from the option that asked for it. */
static int fail_rows(struct replay *r, int err)
{
	if (err == LEAT_ENOMEM)
		return no_memory(r);
	return fail(r, ": %s: %s", r->is_model ? "--model" : "-w",
	    leat_strerror(err));
}

/* ---- Bad records ---- */

static int bad_record(struct replay *r, const leat_csv_record *record, int kind,
    const char *format, ...)
{
	va_list args;
	int n;

	if (r->settings->skip_bad) {
		tally_bad(&r->tally, kind, replay_line_of(r, record));
		if (kind == LEAT_CSV_UNTERMINATED)
			tally_quote(&r->tally,
			    record->problem_line + r->shift.line,
			    record->problem_column);
		return 1;
	}
	n = snprintf(r->why, sizeof r->why,
	    ":%llu: ", (unsigned long long)replay_line_of(r, record));
	va_start(args, format);
	vsnprintf(r->why + n, sizeof r->why - (size_t)n, format, args);
	va_end(args);
	return -1;
}

static int bad_number(struct replay *r, const leat_csv_record *record,
    size_t column)
{
	const leat_csv_field *f = &record->fields[column];
	int n = f->len > 60 ? 60 : (int)f->len;
	char hint[160];

	hint_units(&r->columns, &r->reader, record, hint, sizeof hint);
	return bad_record(r, record, BAD_NUMBER,
	    "column %.60s: \"%.*s%s\" is not a number%s",
	    column_name(r, column), n, f->text, f->len > 60 ? "..." : "", hint);
}

static int bad_time(struct replay *r, const leat_csv_record *record,
    size_t column, int problem)
{
	const leat_csv_field *f = &record->fields[column];
	const char *why = time_text_why(problem, f->text, f->len,
	    r->settings->timing.unit);
	int n = f->len > 60 ? 60 : (int)f->len;
	char hint[160];

	hint_units(&r->columns, &r->reader, record, hint, sizeof hint);
	return bad_record(r, record, BAD_TIME,
	    "column %.60s: \"%.*s%s\" is not a time%s%s%s",
	    column_name(r, column), n, f->text, f->len > 60 ? "..." : "",
	    *why ? ": " : "", why, hint);
}

/* The field itself is shown, not the number it was read as. */
static int bad_target(struct replay *r, const leat_csv_record *record)
{
	static const char *const wanted[] = {
		[LEAT_LOSS_LOGISTIC] = "from 0 to 1, as --loss logistic needs",
		[LEAT_LOSS_HINGE] = "0 or 1, as --loss hinge needs",
		[LEAT_LOSS_POISSON] = "0 or more, as --loss poisson needs",
	};
	size_t column = r->columns.values[0];
	const leat_csv_field *f = &record->fields[column];
	int loss = r->settings->learning.model.loss;

	return bad_record(r, record, BAD_TARGET,
	    "column %.60s: \"%.*s\" is not %s", column_name(r, column),
	    f->len > 60 ? 60 : (int)f->len, f->text, wanted[loss]);
}

static int check_shape(struct replay *r, const leat_csv_record *record)
{
	int problem = record->problem;
	char text[160];

	if (!problem)
		return 0;
	record_problem_text(record, r->shift.line, text, sizeof text);
	if (problem == LEAT_CSV_RAGGED) {
		hint_ragged(&r->columns, record, text, sizeof text);
		return bad_record(r, record, problem,
		    "%zu %s where %zu %s expected%s", record->n_fields,
		    record->n_fields == 1 ? "field" : "fields", r->columns.n,
		    r->columns.n == 1 ? "is" : "are", text);
	}
	if (problem != LEAT_CSV_TOO_LONG &&
	    record->problem_field < r->columns.n)
		return bad_record(r, record, problem, "column %.60s: %s",
		    column_name(r, record->problem_field), text);
	return bad_record(r, record, problem, "%s", text);
}

/* ---- Choosing columns ---- */

/*
 * No column is numeric. If records are bad otherwise, that is why, and then
 * the first of them is told of as it would be if columns were named.
 */
static int fail_numeric(struct replay *r)
{
	size_t n_bad = 0;
	char hint[160];

	r->noted = r->notes.n; /* the message says it all */
	for (size_t i = 0; i < r->peek.n; i++) {
		n_bad += r->peek.records[i]->problem != 0;
		if (check_shape(r, r->peek.records[i]) < 0)
			return -1;
	}
	hint_header(&r->columns, hint, sizeof hint);
	if (n_bad > 0)
		snprintf(hint, sizeof hint, "; %zu of them are bad%s", n_bad,
		    n_bad == r->peek.n ? ", see without --skip-bad" : "");
	return fail(r,
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
		return no_memory(r);
	err = rows_init(&r->out, r->settings, &r->columns,
	    r->is_model ? &r->design : NULL, r->writer);
	r->plain = r->out.prefetches && !r->pace;
	return err ? fail_rows(r, err) : 0;
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
		return fail(r, ": %s", why);
	}
	free(c->values);
	c->n_values = 0;
	c->values = malloc(d->n_columns * sizeof *c->values);
	if (!c->values)
		return no_memory(r);
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

/* These return 0, 1 if the record is to be skipped, -1. */
static int read_number(struct replay *r, const leat_csv_record *record,
    size_t i)
{
	size_t at = r->columns.values[i];

	if (values_read(&r->reader, &record->fields[at], &r->values[i]) < 0)
		return bad_number(r, record, at);
	return 0;
}

static int read_time(struct replay *r, const leat_csv_record *record,
    size_t column)
{
	int problem;

	if (column == COLUMN_NONE) {
		r->time = r->arrival;
		r->has_time = 1;
		return 0;
	}
	problem = values_read_time(&r->reader, &record->fields[column],
	    r->settings->timing.unit, &r->time);
	r->has_time = problem == 0;
	return problem < 0 ? bad_time(r, record, column, problem) : 0;
}

/* What a model wants to know of a column, of a time maybe. */
static int read_feature(struct replay *r, const leat_csv_record *record,
    size_t i)
{
	const struct design_read *read = &r->design.reads[i];
	int bad;

	if (!formula_is_timed(read->kind))
		return read_number(r, record, i);
	bad = read_time(r, record, r->columns.values[i]);
	if (!bad)
		r->values[i] = r->has_time
		    ? formula_of_time(read->kind, read->period, r->time)
		    : NAN;
	return bad;
}

static int read_numbers(struct replay *r, const leat_csv_record *record)
{
	int bad = 0;

	for (size_t i = 0; i < r->columns.n_values && !bad; i++)
		bad = read_number(r, record, i);
	return bad;
}

static int read_features(struct replay *r, const leat_csv_record *record)
{
	int bad = 0;

	for (size_t i = 0; i < r->columns.n_values && !bad; i++)
		bad = read_feature(r, record, i);
	if (!bad && !learner_can_have(&r->out.learning, r->values[0]))
		bad = bad_target(r, record);
	return bad;
}

static int read_values(struct replay *r, const leat_csv_record *record)
{
	int bad = check_shape(r, record);

	if (!bad && (r->is_timed || r->pace))
		bad = read_time(r, record, r->columns.time);
	if (bad)
		return bad;
	return r->is_model ? read_features(r, record) : read_numbers(r, record);
}

/* ---- Good records ---- */

/* What windows by time say to a record that they do not take. */
static int leave_out(struct replay *r, const leat_csv_record *record, int err)
{
	if (err == LEAT_TOO_LATE) {
		r->tally.left[LEFT_LATE]++;
		if (r->late)
			csv_write_record(r->late, r->settings->delimiter,
			    record);
	} else {
		r->tally.left[err == LEAT_EKEY ? LEFT_KEY : LEFT_AHEAD]++;
		r->tally.limited |= err == LEAT_NO_ROOM;
	}
	return 0;
}

/* Returns what windows by time say to a record before they see it. */
static int refuse_time(struct replay *r)
{
	if (!r->has_time)
		return LEFT_NO_TIME;
	return r->columns.time != COLUMN_NONE && replay_is_ahead(r, r->time)
	    ? LEFT_AHEAD
	    : N_LEFT;
}

static int push_values(struct replay *r, const leat_csv_record *record)
{
	int refused = r->is_timed ? refuse_time(r) : N_LEFT, err;

	r->rows++;
	if (refused < N_LEFT) {
		r->tally.left[refused]++;
		return 0;
	}
	err = rows_push(&r->out, r->rows, record, r->time, r->values);
	if (err && timed_windows_is_refusal(err))
		return leave_out(r, record, err);
	return err ? fail_rows(r, err) : 0;
}

static int take_data(struct replay *r, const leat_csv_record *record)
{
	int bad = read_values(r, record);

	if (bad) {
		r->rows++;
		return bad < 0 ? -1 : 0;
	}
	if (r->pace && r->has_time && r->pace(r->pace_ctx, r->time) < 0)
		return -1;
	return push_values(r, record);
}

/* ---- The first records ---- */

/* Of no records, any column may be numeric to a model. */
static int look(struct replay *r)
{
	char text[400];

	free(r->numeric);
	r->numeric = calloc(r->columns.n + 1, 1);
	if (!r->numeric)
		return no_memory(r);
	if (r->peek.n == 0) {
		memset(r->numeric, r->is_model, r->columns.n);
		return 0;
	}
	numeric_columns_find(&r->peek, &r->reader, &r->columns, r->numeric,
	    text, sizeof text);
	note(r, text);
	columns_twice(&r->columns, text, sizeof text);
	note(r, text);
	return 0;
}

/* Ends the looking ahead: what was kept is worked on now. */
static int end_peek(struct replay *r)
{
	int err = look(r);

	if (!err)
		err = replay_choose(r);
	for (size_t i = 0; i < r->peek.n && !err; i++)
		err = take_data(r, r->peek.records[i]);
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

/* One that is bad does not keep the others from being taken. */
int replay_decide(struct replay *r, replay_bad_fn *fn, void *ctx)
{
	int err = look(r);

	if (!err)
		err = replay_choose(r);
	for (size_t i = 0; i < r->peek.n && !err; i++)
		if (take_data(r, r->peek.records[i]) != 0)
			fn(ctx);
	peek_clear(&r->peek);
	return err ? REPLAY_STOPPED : 0;
}

static int keep_header(struct replay *r, const leat_csv_record *record)
{
	for (size_t i = 0; i < record->n_fields; i++)
		if (list_add(&r->header, record->fields[i].text,
			record->fields[i].len) < 0)
			return no_memory(r);
	return 0;
}

/* Also from a saved state. */
int replay_take_columns(struct replay *r, const leat_csv_record *record)
{
	const struct settings *s = r->settings;
	char why[384];

	r->has_columns = 1;
	if (columns_take(&r->columns, record, !s->no_header) < 0)
		return no_memory(r);
	if (columns_resolve(&r->columns, s, why, sizeof why) < 0)
		return fail(r, ": %s", why);
	return 0;
}

static int take_header(struct replay *r, const leat_csv_record *record)
{
	const struct settings *s = r->settings;
	char text[160];

	if (record->problem) {
		record_problem_text(record, 0, text, sizeof text);
		return fail(r, ":%llu: %s: %s",
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

static int take_record(struct replay *r, const leat_csv_record *record)
{
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
	return full && !r->settings->timing.live ? end_peek(r) : 0;
}

/*
 * Nearly all records: numbers, all of them there, for windows by count. Of
 * any other take_data() says what is wrong with it.
 */
static int take_plain(struct replay *r, const leat_csv_record *record)
{
	const struct columns *c = &r->columns;
	double *values = r->out.prefetch.next;
	int err;

	if (record->problem)
		return take_data(r, record);
	for (size_t i = 0; i < c->n_values; i++)
		if (values_read(&r->reader, &record->fields[c->values[i]],
			&values[i]) < 0)
			return take_data(r, record);
	err = rows_prefetch(&r->out, ++r->rows, &record->fields[c->key]);
	return err ? fail_rows(r, err) : 0;
}

int replay_record(void *ctx, const leat_csv_record *record)
{
	struct replay *r = ctx;
	int err = r->rows >= r->stop_at ? replay_stop_before(r, record) : 0;

	if (err)
		return err < 0 ? REPLAY_STOPPED : 0;
	if (!record->problem)
		tally_lines(&r->tally, record, replay_line_of(r, record));
	err = r->plain ? take_plain(r, record) : take_record(r, record);
	return err ? REPLAY_STOPPED : 0;
}

int replay_settle(struct replay *r)
{
	int err = r->chosen ? rows_settle(&r->out) : 0;

	return err ? fail_rows(r, err) : 0;
}

/*
 * The state is saved once more, as it is before a last record that lacks its
 * line end, since that may yet grow. Where there is none, a record that is
 * none of the input is given to the reader, which tells at what line it
 * would be. (Inside quotes that are never closed it is not seen as one, but
 * what is there is bad in any case.)
 */
static int end_records(struct replay *r, leat_csv *csv, int ends_line)
{
	int err = 0;

	if (r->save) {
		r->stop_at = 0;
		r->end = leat_csv_offset(csv);
		if (ends_line)
			err = leat_csv_push(csv, "0", 1);
	}
	return err ? err : leat_csv_end(csv);
}

int replay_end(struct replay *r, leat_csv *csv, int ends_line)
{
	int err = end_records(r, csv, ends_line);

	if (err == LEAT_ENOMEM)
		return no_memory(r);
	if (err)
		return -1;
	if (!r->has_columns)
		return fail(r, ": the input is empty");
	if (r->rows + r->peek.n == 0 && r->columns.has_header)
		note(r,
		    ": a header and no rows; if the first line is data, "
		    "--no-header says so");
	if (!r->chosen && end_peek(r) < 0)
		return -1;
	err = rows_end(&r->out);
	return err ? fail_rows(r, err) : 0;
}

void replay_stop(struct replay *r)
{
	rows_stop(&r->out);
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
	return tally_skipped(&r->tally, text, size);
}

uint64_t replay_unlearned(const struct replay *r, char *text, size_t size)
{
	return tally_unlearned(r->out.outcomes, r->out.used, text, size);
}

uint64_t replay_long(const struct replay *r, char *text, size_t size)
{
	return tally_long(&r->tally, text, size);
}

uint64_t replay_left_out(const struct replay *r, char *text, size_t size)
{
	return tally_left_out(&r->tally, r->rows, text, size);
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
	return r->out.groups.n;
}
