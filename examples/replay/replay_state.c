/*
 * A replay between two records, as bytes.
 *
 * A state is that before a record that is not taken yet, which the reader
 * gives the place and the line of. So bytes that the reader holds are none
 * of it: whoever goes on begins with a new reader at that place. While
 * records are kept for a look at them, that place is that of the first of
 * them, and nothing has been done.
 *
 * A new reader knows neither how many fields there are nor that it is not at
 * the start of an input, where a byte order mark would be dropped. So it is
 * primed with a record of empty fields, which is not taken.
 */
#include "replay_inside.h"

#include <stdlib.h>
#include <string.h>

/* The first record that is not taken: one that is kept for a look, or this. */
static void note_place(struct replay *r, const leat_csv_record *record)
{
	if (r->peek.n > 0)
		record = r->peek.records[0];
	r->place.offset = record->offset + r->shift.offset;
	r->place.line = replay_line_of(r, record);
}

int replay_stop_before(struct replay *r, const leat_csv_record *record)
{
	if (r->failed)
		return -1;
	if (r->is_primer) {
		r->is_primer = 0;
		return 1;
	}
	if (r->save && r->has_columns) {
		note_place(r, record);
		r->stop_at = UINT64_MAX;
		if (replay_settle(r) < 0 || r->save(r->save_ctx) < 0)
			return -1;
	}
	return record->offset >= r->end;
}

void replay_on_save(struct replay *r, replay_save_fn *fn, void *ctx)
{
	r->save = fn;
	r->save_ctx = ctx;
}

void replay_save_at(struct replay *r, uint64_t rows)
{
	r->stop_at = rows;
}

uint64_t replay_offset(const struct replay *r)
{
	return r->place.offset;
}

/* The record is not taken; of it, the reader learns how wide records are. */
int replay_prime(struct replay *r, leat_csv *csv)
{
	uint64_t rows = r->stop_at;
	int err = 0;

	if (!r->has_columns)
		return 0;
	r->is_primer = 1;
	r->stop_at = 0;
	if (r->columns.n == 1)
		err = leat_csv_push(csv, "\"\"", 2);
	for (size_t i = 1; i < r->columns.n && !err; i++)
		err = leat_csv_push(csv, &r->settings->delimiter, 1);
	if (!err)
		err = leat_csv_push(csv, "\n", 1);
	r->shift.offset = r->place.offset - leat_csv_offset(csv);
	r->shift.line = r->place.line - 2;
	r->stop_at = rows;
	return err;
}

static int is_header(const struct replay *r, const leat_csv_record *record)
{
	if (record->problem || record->n_fields != r->columns.n)
		return 0;
	for (size_t i = 0; i < r->header.n; i++)
		if (strlen(r->header.items[i]) != record->fields[i].len ||
		    memcmp(r->header.items[i], record->fields[i].text,
			record->fields[i].len) != 0)
			return 0;
	return 1;
}

int replay_compare_header(void *ctx, const leat_csv_record *record)
{
	struct replay_header *header = ctx;

	header->is = is_header(header->replay, record) ? REPLAY_SAME
						       : REPLAY_OTHER;
	return 1;
}

/* From the fields' texts, or without a header from their number alone. */
static void load_columns(struct replay *r, size_t n, struct tape *t)
{
	leat_csv_record record = { 0 };
	leat_csv_field *fields = calloc(n + 1, sizeof *fields);

	if (!fields) {
		tape_no_memory(t);
		return;
	}
	for (size_t i = 0; i < r->header.n; i++) {
		fields[i].text = r->header.items[i];
		fields[i].len = strlen(fields[i].text);
	}
	record.fields = fields;
	record.n_fields = n;
	if (replay_take_columns(r, &record) < 0)
		tape_fail(t, "does not fit%s", r->why);
	free(fields);
}

static void tape_columns(struct replay *r, struct tape *t)
{
	size_t n = r->columns.n;

	tape_size(t, &n, REPLAY_MAX_COLUMNS);
	if (!r->settings->no_header) {
		tape_list(t, &r->header);
		tape_expect(t, r->header.n == n);
	}
	tape_expect(t, n > 0);
	if (t->loads && !t->failed)
		load_columns(r, n, t);
}

/* Saves or loads which columns are numeric, so that no one looks again. */
static void tape_chosen(struct replay *r, struct tape *t)
{
	if (t->loads && replay_needs_look(r) &&
	    !(r->numeric = calloc(r->columns.n + 1, 1))) {
		tape_no_memory(t);
		return;
	}
	if (r->numeric)
		tape_bytes(t, r->numeric, r->columns.n);
	if (!t->loads || t->failed)
		return;
	r->out.continued = 1;
	if (replay_choose(r) < 0)
		tape_fail(t, "does not fit%s", r->why);
}

void replay_tape(struct replay *r, struct tape *t)
{
	int chosen = r->chosen;

	if (r->only_values) {
		replay_tape_values(r, t);
		return;
	}
	tape_int(t, &r->has_columns, 1);
	if (!r->has_columns)
		return;
	settings_tape(r->settings, t);
	if (!t->failed)
		tape_columns(r, t);
	tape_counts(t, &r->place.offset, 1);
	tape_counts(t, &r->place.line, 1);
	tape_int(t, &chosen, 1);
	if (!chosen || t->failed)
		return;
	tape_chosen(r, t);
	tape_counts(t, &r->rows, 1);
	tally_tape(&r->tally, t);
	if (!t->failed)
		rows_tape(&r->out, t);
}
