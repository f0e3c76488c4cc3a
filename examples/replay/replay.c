/*
 * Records through windows or a model to rows.
 *
 * The first record is the header. If no value columns are named, the next
 * records are kept until they show which columns are numeric; then
 * they take the same way as those that come after them. Every record is
 * checked and all its numbers are read before any of them is pushed: a bad
 * record leaves no trace in the windows, nor in a model and its lags.
 */
#include "replay_inside.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_write.h"
#include "report.h"

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

/* ---- Bad records ---- */

/* Each of these returns 0, 1 if the record is to be skipped, or -1. */
static int read_number(struct replay *r, const leat_csv_record *record,
    size_t i)
{
	size_t at = r->columns.values[i];

	if (values_read(&r->reader, &record->fields[at], &r->values[i]) < 0)
		return replay_bad_number(r, record, at);
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
	return problem < 0 ? replay_bad_time(r, record, column, problem) : 0;
}

/* Reads a column for a model, which may want one thing of a time. */
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
		bad = replay_bad_target(r, record);
	return bad;
}

static int read_values(struct replay *r, const leat_csv_record *record)
{
	int bad = record->problem ? replay_check_shape(r, record) : 0;

	if (!bad && (r->is_timed || r->pace))
		bad = read_time(r, record, r->columns.time);
	if (bad)
		return bad;
	return r->is_model ? read_features(r, record) : read_numbers(r, record);
}

/* ---- Good records ---- */

/* Counts a record that windows by time refuse, and keeps it if it is late. */
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
	return err ? replay_fail_rows(r, err) : 0;
}

int replay_take_data(struct replay *r, const leat_csv_record *record)
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

static int take_record(struct replay *r, const leat_csv_record *record)
{
	int full;

	if (!r->has_columns) {
		if (replay_take_header(r, record) < 0)
			return -1;
		if (!r->settings->no_header)
			return 0;
	}
	if (r->chosen)
		return replay_take_data(r, record);
	full = peek_add(&r->peek, record);
	if (full < 0)
		return replay_no_memory(r);
	return full && !r->settings->timing.live ? replay_end_peek(r) : 0;
}

/*
 * Nearly all records: numbers, all of them there, for windows by count. Of
 * any other replay_take_data() says what is wrong with it.
 */
static int take_plain(struct replay *r, const leat_csv_record *record)
{
	const struct columns *c = &r->columns;
	double *values = r->out.prefetch.next;
	int err;

	if (record->problem)
		return replay_take_data(r, record);
	for (size_t i = 0; i < c->n_values; i++)
		if (values_read(&r->reader, &record->fields[c->values[i]],
			&values[i]) < 0)
			return replay_take_data(r, record);
	err = rows_prefetch(&r->out, ++r->rows,
	    c->key != COLUMN_NONE ? &record->fields[c->key] : NULL);
	return err ? replay_fail_rows(r, err) : 0;
}

/*
 * Returns how many of the rows are taken, which fit into those that wait. keys
 * is NULL if they have none.
 */
static size_t put_rows(struct replay *r, const leat_csv_field *keys,
    const double *values, size_t n)
{
	memcpy(r->out.prefetch.next, values,
	    n * r->columns.n_values * sizeof *values);
	for (size_t i = 0; i < n; i++) {
		int err = rows_prefetch(&r->out, ++r->rows,
		    keys ? &keys[i] : NULL);

		if (err) {
			/* The row comes as a record, which ends the reading. */
			replay_fail_rows(r, err);
			r->failed = 1;
			r->stop_at = 0;
			return i;
		}
	}
	return n;
}

/* Takes rows of keys and values, as take_plain() takes records. */
static size_t take_rows(void *ctx, const leat_csv_rows *rows)
{
	struct replay *r = ctx;
	size_t n = rows->n_rows, at = 0, some;

	if (r->rows >= r->stop_at)
		return 0;
	if (n > r->stop_at - r->rows)
		n = (size_t)(r->stop_at - r->rows);
	for (; at < n && !r->failed; at += some) {
		size_t room = PREFETCH_ROWS - r->out.prefetch.n;

		some = put_rows(r, rows->n_texts ? rows->texts + at : NULL,
		    rows->numbers + at * rows->n_numbers,
		    n - at < room ? n - at : room);
	}
	return at;
}

/* An empty field is a missing number to the reader, so it must be one here. */
void replay_select(struct replay *r, leat_csv *csv)
{
	leat_csv_selection selection = { 0 };

	if (r->selects || !r->chosen)
		return;
	r->selects = 1;
	if (!r->plain || r->reader.na_has_numbers ||
	    !list_has(r->reader.na, "", 0))
		return;
	selection.texts = &r->columns.key;
	selection.n_texts = r->columns.key != COLUMN_NONE;
	selection.numbers = r->columns.values;
	selection.n_numbers = r->columns.n_values;
	selection.rows = take_rows;
	(void)leat_csv_select(csv, &selection);
}

/* Only a long field may have the many lines that are counted. */
static int has_long_field(const leat_csv_record *record)
{
	for (size_t i = 0; i < record->n_fields; i++)
		if (record->fields[i].len >= TALLY_LONG)
			return 1;
	return 0;
}

int replay_record(void *ctx, const leat_csv_record *record)
{
	struct replay *r = ctx;
	int err = r->rows >= r->stop_at ? replay_stop_before(r, record) : 0;

	if (err)
		return err < 0 ? REPLAY_STOPPED : 0;
	if (!record->problem && has_long_field(record))
		tally_lines(&r->tally, record, replay_line_of(r, record));
	err = r->plain ? take_plain(r, record) : take_record(r, record);
	return err ? REPLAY_STOPPED : 0;
}

int replay_settle(struct replay *r)
{
	int err = r->chosen ? rows_settle(&r->out) : 0;

	return err ? replay_fail_rows(r, err) : 0;
}

/*
 * The state is saved once more, as it is before a last record that lacks its
 * line end, since that may yet grow. Where there is none, a record that is
 * none of the input is given to the reader, which says at what line it
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
		return replay_no_memory(r);
	if (err)
		return -1;
	if (!r->has_columns)
		return report(r->why, sizeof r->why, ": the input is empty");
	if (r->rows + r->peek.n == 0 && r->columns.has_header)
		replay_add_note(r,
		    ": a header and no rows; if the first line is data, "
		    "--no-header says so");
	if (!r->chosen && replay_end_peek(r) < 0)
		return -1;
	err = rows_end(&r->out);
	return err ? replay_fail_rows(r, err) : 0;
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
	    ? replay_column_name(r, r->columns.values[0])
	    : "";
}

const char *replay_shown_name(const struct replay *r)
{
	return r->columns.n_shown ? replay_column_name(r, r->columns.shown[0])
				  : "";
}

size_t replay_n_keys(const struct replay *r)
{
	return r->out.groups.n;
}
