/*
 * Records through windows or a model to rows.
 *
 * The first record is the header. If no value columns are named, the next
 * records are kept until it can be told which columns are numeric; then
 * they take the same way as those that come after them. Every record is
 * checked and all its numbers are read before any of them is pushed: a bad
 * record leaves no trace in the windows, nor in a model and its lags.
 */
#include "replay.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "csv_write.h"
#include "design.h"
#include "peek.h"
#include "rows.h"
#include "values.h"

/* Kinds of bad records: what the CSV reader finds, and these. */
enum { BAD_NUMBER = LEAT_CSV_RAGGED + 1, BAD_TIME, BAD_TARGET, N_BAD };

/* Rows that no window takes. */
enum { LEFT_LATE, LEFT_AHEAD, LEFT_NO_TIME, LEFT_KEY, N_LEFT };

struct replay {
	const struct settings *settings;
	struct writer *writer, *late;
	struct columns columns;
	int has_columns;
	int chosen; /* the value columns are known */
	int plain;  /* and all that has to be read */
	struct peek peek;
	struct values reader;

	replay_time_fn *pace; /* or NULL */
	void *pace_ctx;

	struct design design; /* of the model */
	struct rows out;
	size_t n_series;
	double *values; /* of one record */
	int64_t time;   /* of it, in windows by time; */
	int has_time;   /* 0: it is missing */
	uint64_t rows, left[N_LEFT];

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
    struct writer *writer, struct writer *late, size_t n_series)
{
	struct replay *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->settings = settings;
	r->writer = writer;
	r->late = late;
	r->n_series = n_series;
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

static int is_model(const struct replay *r)
{
	return r->settings->learning.on;
}

static int is_timed(const struct replay *r)
{
	return r->settings->window.by_time && !is_model(r);
}

/* What the library refuses now comes from the option that asked for it. */
static int fail_rows(struct replay *r, int err)
{
	if (err == LEAT_ENOMEM)
		return no_memory(r);
	return fail(r, ": %s: %s", is_model(r) ? "--model" : "-w",
	    leat_strerror(err));
}

/* The value columns are known: windows and output can be planned. */
static int set_up(struct replay *r)
{
	int err;

	r->chosen = 1;
	r->values = calloc(r->columns.n_values + 1, sizeof *r->values);
	if (!r->values)
		return no_memory(r);
	err = rows_init(&r->out, r->settings, &r->columns,
	    is_model(r) ? &r->design : NULL, r->writer, r->n_series);
	r->plain = r->out.goes_ahead && !r->pace;
	return err ? fail_rows(r, err) : 0;
}

/* The model's columns are the value columns. */
static int set_up_model(struct replay *r, const unsigned char *numeric)
{
	struct columns *c = &r->columns;
	struct design *d = &r->design;
	char why[480];

	if (design_make(d, &r->settings->learning.formula, c, numeric, why,
		sizeof why) < 0)
		return fail(r, ": %s", why);
	free(c->values);
	c->n_values = 0;
	c->values = malloc(d->n_columns * sizeof *c->values);
	if (!c->values)
		return no_memory(r);
	memcpy(c->values, d->columns, d->n_columns * sizeof *c->values);
	c->n_values = d->n_columns;
	return set_up(r);
}

/* ---- Bad records ---- */

static const char *bad_text(int kind)
{
	if (kind == BAD_NUMBER)
		return "not a number";
	if (kind == BAD_TIME)
		return "not a time";
	if (kind == BAD_TARGET)
		return "not a target of the loss";
	return leat_csv_problem_text(kind);
}

static int bad_record(struct replay *r, const leat_csv_record *record, int kind,
    const char *format, ...)
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

static int bad_number(struct replay *r, const leat_csv_record *record,
    size_t column)
{
	const leat_csv_field *f = &record->fields[column];
	int n = f->len > 60 ? 60 : (int)f->len;

	return bad_record(r, record, BAD_NUMBER,
	    "column %.60s: \"%.*s%s\" is not a number", column_name(r, column),
	    n, f->text, f->len > 60 ? "..." : "");
}

static int bad_time(struct replay *r, const leat_csv_record *record,
    size_t column, int problem)
{
	const leat_csv_field *f = &record->fields[column];
	const char *why = leat_strerror(problem);
	int n = f->len > 60 ? 60 : (int)f->len;

	if (problem == LEAT_EFORM)
		why = "";
	return bad_record(r, record, BAD_TIME,
	    "column %.60s: \"%.*s%s\" is not a time%s%s",
	    column_name(r, column), n, f->text, f->len > 60 ? "..." : "",
	    *why ? ": " : "", why);
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

	if (!problem)
		return 0;
	if (problem == LEAT_CSV_RAGGED)
		return bad_record(r, record, problem,
		    "%zu %s where %zu are expected", record->n_fields,
		    record->n_fields == 1 ? "field" : "fields", r->columns.n);
	if (problem != LEAT_CSV_TOO_LONG &&
	    record->problem_field < r->columns.n)
		return bad_record(r, record, problem, "column %.60s: %s",
		    column_name(r, record->problem_field),
		    leat_csv_problem_text(problem));
	return bad_record(r, record, problem, "%s",
	    leat_csv_problem_text(problem));
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
	int problem = values_read_time(&r->reader, &record->fields[column],
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

static int read_values(struct replay *r, const leat_csv_record *record)
{
	int bad = check_shape(r, record);

	if (!bad && (is_timed(r) || r->pace))
		bad = read_time(r, record, r->columns.time);
	for (size_t i = 0; i < r->columns.n_values && !bad; i++)
		bad = is_model(r) ? read_feature(r, record, i)
				  : read_number(r, record, i);
	if (!bad && is_model(r) &&
	    !learner_can_have(&r->out.plan, r->values[0]))
		bad = bad_target(r, record);
	return bad;
}

/* ---- Good records ---- */

/* What windows by time say to a record that they do not take. */
static int leave_out(struct replay *r, const leat_csv_record *record, int err)
{
	if (err == LEAT_ELATE) {
		r->left[LEFT_LATE]++;
		if (r->late)
			csv_write_record(r->late, r->settings->delimiter,
			    record);
	} else {
		r->left[err == LEAT_EKEY ? LEFT_KEY : LEFT_AHEAD]++;
	}
	return 0;
}

static int push_values(struct replay *r, const leat_csv_record *record)
{
	int err;

	r->rows++;
	if (is_timed(r) && !r->has_time) {
		r->left[LEFT_NO_TIME]++;
		return 0;
	}
	err = rows_push(&r->out, r->rows, record, r->time, r->values);
	if (err && timed_is_refusal(err))
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

/* Whether the first field that is not missing is a number. */
static int looks_numeric(const struct replay *r, size_t column)
{
	for (size_t i = 0; i < r->peek.n; i++) {
		const leat_csv_record *record = r->peek.records[i];
		double x;

		if (record->problem)
			continue;
		if (values_read(&r->reader, &record->fields[column], &x) < 0)
			return 0;
		if (!isnan(x))
			return 1;
	}
	return 0;
}

/* Of no records, any column may be numeric. */
static int choose_terms(struct replay *r)
{
	unsigned char *numeric = calloc(r->columns.n + 1, 1);
	int err;

	if (!numeric)
		return no_memory(r);
	for (size_t i = 0; i < r->columns.n; i++)
		numeric[i] = r->peek.n == 0 || looks_numeric(r, i);
	err = set_up_model(r, numeric);
	free(numeric);
	return err;
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
	int err = is_model(r) ? choose_terms(r) : choose_columns(r);

	for (size_t i = 0; i < r->peek.n && !err; i++)
		err = take_data(r, r->peek.records[i]);
	peek_clear(&r->peek);
	return err;
}

static int take_header(struct replay *r, const leat_csv_record *record)
{
	const struct settings *s = r->settings;
	char why[384];

	if (record->problem)
		return fail(r, ":%llu: %s: %s",
		    (unsigned long long)record->line,
		    s->no_header ? "first record" : "header",
		    leat_csv_problem_text(record->problem));
	r->has_columns = 1;
	if (columns_take(&r->columns, record, !s->no_header) < 0)
		return no_memory(r);
	if (columns_resolve(&r->columns, s, why, sizeof why) < 0)
		return fail(r, ": %s", why);
	if (r->late && !s->no_header)
		csv_write_record(r->late, s->delimiter, record);
	if (is_model(r))
		return formula_has_all(&s->learning.formula)
		    ? 0
		    : set_up_model(r, NULL);
	return s->columns.n > 0 ? set_up(r) : 0;
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
	return full ? end_peek(r) : 0;
}

/*
 * Nearly all records: numbers, all of them there, for windows by count. Of
 * any other take_data() says what is wrong with it.
 */
static int take_plain(struct replay *r, const leat_csv_record *record)
{
	const struct columns *c = &r->columns;
	double *values = r->out.ahead.next;
	int err;

	if (record->problem)
		return take_data(r, record);
	for (size_t i = 0; i < c->n_values; i++)
		if (values_read(&r->reader, &record->fields[c->values[i]],
			&values[i]) < 0)
			return take_data(r, record);
	err = rows_push_ahead(&r->out, ++r->rows, &record->fields[c->key]);
	return err ? fail_rows(r, err) : 0;
}

int replay_record(void *ctx, const leat_csv_record *record)
{
	struct replay *r = ctx;
	int err = r->plain ? take_plain(r, record) : take_record(r, record);

	return err ? REPLAY_STOPPED : 0;
}

int replay_settle(struct replay *r)
{
	int err = r->chosen ? rows_settle(&r->out) : 0;

	return err ? fail_rows(r, err) : 0;
}

int replay_end(struct replay *r)
{
	int err;

	if (!r->has_columns)
		return fail(r, ": the input is empty");
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

/* What there is of each kind: ": 2 late, 1 without a time". */
static void add_counts(char *text, size_t size, const uint64_t *n,
    const char *const *words, int n_words)
{
	const char *between = ": ";
	size_t used = strlen(text);

	for (int k = 0; k < n_words && used < size; k++) {
		if (n[k] == 0 || !words[k])
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%llu %s",
		    between, (unsigned long long)n[k], words[k]);
		between = ", ";
	}
}

uint64_t replay_skipped(const struct replay *r, char *text, size_t size)
{
	const char *words[N_BAD];

	for (int kind = 0; kind < N_BAD; kind++)
		words[kind] = bad_text(kind);
	snprintf(text, size, ": %llu bad %s skipped, the first at line %llu",
	    (unsigned long long)r->n_bad, r->n_bad == 1 ? "record" : "records",
	    (unsigned long long)r->first_bad_line);
	add_counts(text, size, r->bad, words, N_BAD);
	return r->n_bad;
}

uint64_t replay_unlearned(const struct replay *r, char *text, size_t size)
{
	static const char *const words[LEARNER_N_OUTCOMES] = {
		[LEARNER_NO_FEATURE] = "with a missing feature",
		[LEARNER_NO_TARGET] = "without a target",
		[LEARNER_NOT_FINITE] = "not finite",
	};
	const uint64_t *n = r->out.outcomes;
	uint64_t total = n[LEARNER_NO_FEATURE] + n[LEARNER_NO_TARGET] +
	    n[LEARNER_NOT_FINITE];

	snprintf(text, size, ": %llu of %llu rows not learned",
	    (unsigned long long)total, (unsigned long long)r->out.used);
	add_counts(text, size, n, words, LEARNER_N_OUTCOMES);
	return total;
}

uint64_t replay_left_out(const struct replay *r, char *text, size_t size)
{
	static const char *const words[N_LEFT] = {
		[LEFT_LATE] = "late",
		[LEFT_AHEAD] = "too far ahead",
		[LEFT_NO_TIME] = "without a time",
		[LEFT_KEY] = "with a key too long",
	};
	uint64_t total = 0;

	for (int k = 0; k < N_LEFT; k++)
		total += r->left[k];
	snprintf(text, size, ": %llu of %llu rows in no window",
	    (unsigned long long)total, (unsigned long long)r->rows);
	add_counts(text, size, r->left, words, N_LEFT);
	return total;
}

size_t replay_n_series(const struct replay *r)
{
	return r->out.groups.n < r->n_series ? r->out.groups.n : r->n_series;
}

const struct series *replay_series(const struct replay *r, size_t i,
    const char **key_out)
{
	size_t len;

	*key_out = keys_text(r->out.groups.keys, i, &len);
	return r->out.groups.items[i].series;
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
