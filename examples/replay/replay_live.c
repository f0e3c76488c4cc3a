/*
 * A replay without an end: rows come from several places at once, some of
 * them without a header or a time.
 *
 * Rows of a key and a value are those of a table with these two columns,
 * whose header has been thought up; what comes of them is the same.
 *
 * Time in windows by time begins with the first row. If that has no time of
 * its own it is that of its arrival, and goes on by itself. From the first row
 * with a time on only rows move it, or else the clock of this machine would
 * make all rows late whose own is behind. So when the first such row comes
 * and is late, by nothing but arrivals, those windows end and time begins
 * anew: when the program was started makes no difference to it.
 *
 * A time far ahead of its arrival is refused, since it would make all others
 * late. Only arrivals can say so: a history may have gaps of any length.
 */
#include <stdlib.h>
#include <string.h>

#include "replay_inside.h"

void replay_watch(struct replay *r, const struct rows_watch *watch)
{
	r->out.watch = *watch;
}

void replay_omit_header(struct replay *r)
{
	r->out.continued = 1;
}

/* The key has its column's name, or "key"; so has the value. */
int replay_plan_values(struct replay *r)
{
	const struct settings *s = r->settings;
	const char *value = s->columns.n > 0 ? s->columns.items[0] : "value";
	leat_csv_field fields[2];
	leat_csv_record header = { 0 };

	fields[0].text = s->key ? s->key : "key";
	fields[0].len = strlen(fields[0].text);
	fields[1].text = value;
	fields[1].len = strlen(value);
	header.fields = fields;
	header.n_fields = 2;
	r->has_columns = 1;
	r->only_values = 1;
	if (columns_take(&r->columns, &header, 1) < 0)
		return REPLAY_STOPPED;
	r->columns.key = 0;
	r->columns.values = calloc(2, sizeof *r->columns.values);
	if (!r->columns.values)
		return REPLAY_STOPPED;
	r->columns.values[0] = 1;
	r->columns.n_values = 1;
	return replay_set_up(r) < 0 ? REPLAY_STOPPED : 0;
}

static int push_value(struct replay *r, const leat_csv_field *key, double x)
{
	leat_csv_field fields[2] = { *key, { "", 0 } };
	leat_csv_record record = { 0 };

	record.fields = fields;
	record.n_fields = 2;
	return rows_push(&r->out, r->rows, &record, r->time, &x);
}

int replay_is_ahead(const struct replay *r, int64_t t)
{
	const struct cli_time *timing = &r->settings->timing;

	return timing->live && timing->max_skew > 0 && t > r->arrival &&
	    (uint64_t)t - (uint64_t)r->arrival > (uint64_t)timing->max_skew;
}

/* A row with a time of its own. */
static int push_dated(struct replay *r, const leat_csv_field *key, double x)
{
	int err;

	if (r->settings->window.by_time && replay_is_ahead(r, r->time))
		return LEAT_TOO_FAR;
	err = push_value(r, key, x);
	/* The library says the latter of too many empty windows before it. */
	if ((err == LEAT_TOO_LATE && !r->has_own) || err == LEAT_TOO_FAR) {
		err = rows_begin_anew(&r->out);
		if (!err)
			err = push_value(r, key, x);
	}
	r->has_own |= err == 0;
	return err;
}

int replay_value(struct replay *r, const leat_csv_field *key, int has_time,
    int64_t t, double x)
{
	r->rows++;
	if (r->plain) {
		r->out.prefetch.next[0] = x;
		return rows_prefetch(&r->out, r->rows, key);
	}
	r->time = has_time ? t : r->arrival;
	return has_time ? push_dated(r, key, x) : push_value(r, key, x);
}

void replay_arrival(struct replay *r, int64_t t)
{
	r->arrival = t;
}

int replay_advance(struct replay *r)
{
	if (!r->chosen || r->has_own || r->columns.time != COLUMN_NONE ||
	    !rows_has_begun(&r->out))
		return 0;
	return rows_advance(&r->out, r->arrival);
}

void replay_tape_values(struct replay *r, struct tape *t)
{
	settings_tape(r->settings, t);
	tape_counts(t, &r->rows, 1);
	tape_int(t, &r->has_own, 1);
	tally_tape(&r->tally, t);
	if (!t->failed)
		rows_tape(&r->out, t);
}

void replay_forget(struct replay *r, uint64_t before)
{
	if (r->chosen)
		rows_forget(&r->out, before);
}

void replay_limit_keys(struct replay *r, size_t most)
{
	if (r->chosen)
		rows_limit_keys(&r->out, most);
}

int replay_finish(struct replay *r)
{
	return r->chosen ? rows_end(&r->out) : 0;
}

int replay_has_header(const struct replay *r)
{
	return r->has_columns;
}

const struct rows *replay_output(const struct replay *r)
{
	return r->chosen ? &r->out : NULL;
}

const struct tally *replay_tally(const struct replay *r)
{
	return &r->tally;
}
