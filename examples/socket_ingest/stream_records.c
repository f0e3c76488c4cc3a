/*
 * Records of CSV in a stream. A table's records go to the engine as they are;
 * others are a key and a value each, and are read by csv_pairs.c.
 */
#include <stdlib.h>

#include "stream.h"

static int records_fail(struct stream *st, int err)
{
	struct server *s = st->server;
	const char *why = st->csv_pairs ? csv_pairs_why(st->csv_pairs)
					: engine_why(s->engine);

	if (err == LEAT_ENOMEM) {
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    st->who);
		return STREAM_CLOSE;
	}
	log_event(&s->log, LOG_BAD_LINE, 1, s->now, "%s%s%s", st->who,
	    *why == ':' ? "" : ": ", why);
	return err == LEAT_ECALLBACK && st->failed == ENGINE_BAD &&
		!s->config->strict
	    ? STREAM_ON
	    : STREAM_CLOSE;
}

int stream_take_records(struct stream *st, const char *bytes, size_t n)
{
	uint64_t start = leat_csv_offset(st->csv);
	int going = STREAM_ON;

	while (going == STREAM_ON) {
		uint64_t done = leat_csv_offset(st->csv) - start;
		int err = leat_csv_push(st->csv, bytes + done,
		    n - (size_t)done);

		if (err == 0)
			return STREAM_ON;
		going = records_fail(st, err);
	}
	return going;
}

void stream_finish_records(struct stream *st)
{
	int err;

	do
		err = leat_csv_end(st->csv);
	while (err && records_fail(st, err) == STREAM_ON);
}

static int count_record(void *ctx, const leat_csv_record *record)
{
	struct stream *st = ctx;
	int is_header = st->csv_pairs ? record->number == 0
				      : !st->table.has_header;

	st->n_records++;
	if (st->sender &&
	    (!is_header || st->server->config->settings.no_header))
		st->sender->taken++;
	st->failed = st->csv_pairs ? csv_pairs_record(st->csv_pairs, record)
				   : engine_record(&st->table, record);
	return st->failed;
}

int stream_begin_records(struct stream *st)
{
	struct server *s = st->server;
	leat_csv_options o = { 0 };

	o.record = count_record;
	o.ctx = st;
	o.delimiter = s->config->settings.delimiter;
	o.max_record = (size_t)s->config->max_line;
	o.max_lines = settings_record_lines(&s->config->settings);
	st->table.engine = s->engine;
	if (!config_is_table(s->config) && !(st->csv_pairs = csv_pairs_new(s)))
		return records_fail(st, LEAT_ENOMEM);
	if (leat_csv_new(&st->csv, &o) < 0)
		return records_fail(st, LEAT_ENOMEM);
	st->state = STREAM_RECORDS;
	return STREAM_ON;
}

void stream_end_records(struct stream *st)
{
	leat_csv_free(st->csv);
	csv_pairs_free(st->csv_pairs);
	st->csv = NULL;
	st->csv_pairs = NULL;
}

int stream_take_header(struct stream *st, const struct line *line)
{
	int going = stream_begin_records(st);

	if (going == STREAM_ON)
		going = stream_take_records(st, line->text, line->len);
	return going == STREAM_ON ? stream_take_records(st, "\n", 1) : going;
}

int stream_guess_header(struct stream *st, const struct line *line)
{
	struct server *s = st->server;
	int going = stream_take_header(st, line);

	if (going == STREAM_ON && st->n_records > 0) {
		st->format = FORMAT_CSV;
		return STREAM_ON;
	}
	if (going == STREAM_ON)
		log_event(&s->log, LOG_BAD_LINE, 1, s->now,
		    "%s: a header with an unclosed quote", st->who);
	stream_end_records(st);
	st->state = STREAM_GUESS;
	if (st->sender)
		st->sender->taken++;
	return STREAM_ON;
}
