/*
 * What the bytes of a stream mean: a token and a sender's name, if there must
 * or may be such, and then lines of one format or records of CSV.
 *
 * The format is that of the first line that fits one, and stays; lines before
 * it are bad ones. Syslog may count its frames, with no line end in sight, so
 * whether it does is seen by the first bytes: digits, a blank and "<". A
 * header of CSV fits if columns can be found by it. It is one line here, or a
 * stray quote would swallow what comes after it.
 *
 * A sender is told at which line to begin: the one after those that have been
 * taken. Later it is told how many have been saved, and are not needed any
 * more. If it comes again while its old connection still stands, the old one
 * is closed: what it may yet hold will be sent again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

enum { ON = 0, CLOSE = -1 };

/* ---- Records ---- */

static int records_fail(struct stream *st, int err)
{
	struct server *s = st->server;
	const char *why = st->csv_pairs ? csv_pairs_why(st->csv_pairs)
					: engine_why(s->engine);

	if (err == LEAT_ENOMEM) {
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    st->who);
		return CLOSE;
	}
	log_event(&s->log, LOG_BAD_LINE, 1, s->now, "%s%s%s", st->who,
	    *why == ':' ? "" : ": ", why);
	return err == LEAT_ECALLBACK && st->failed == ENGINE_BAD &&
		!s->config->strict
	    ? ON
	    : CLOSE;
}

/* A bad record has been taken; those after it follow. */
static int take_records(struct stream *st, const char *bytes, size_t n)
{
	uint64_t start = leat_csv_offset(st->csv);
	int going = ON;

	while (going == ON) {
		uint64_t done = leat_csv_offset(st->csv) - start;
		int err = leat_csv_push(st->csv, bytes + done,
		    n - (size_t)done);

		if (err == 0)
			return ON;
		going = records_fail(st, err);
	}
	return going;
}

/* Quotes that are never closed may hold more records. */
static void finish_records(struct stream *st)
{
	int err;

	do
		err = leat_csv_end(st->csv);
	while (err && records_fail(st, err) == ON);
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

static int begin_records(struct stream *st)
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
	return ON;
}

/* ---- The beginning ---- */

static int is_word(const struct line *line, const char *word,
    struct line *rest_out)
{
	size_t n = strlen(word);

	if (line->len < n || memcmp(line->text, word, n) != 0)
		return 0;
	rest_out->text = line->text + n;
	rest_out->len = line->len - n;
	return 1;
}

static int take_token(struct stream *st, const struct line *line)
{
	struct server *s = st->server;
	struct line rest;

	if (is_word(line, "token ", &rest))
		return stream_guess(st, rest.text, rest.len);
	log_event(&s->log, LOG_TOKEN, 1, s->now,
	    "%s: the first line is not \"token SECRET\"", st->who);
	return CLOSE;
}

static int take_sender(struct stream *st, const struct line *name)
{
	struct server *s = st->server;
	char text[40];
	int n;
	uint64_t forgotten = senders_forgotten(s->senders);
	struct stream *old;

	st->sender = senders_come(s->senders, name->text, name->len);
	if (!st->sender) {
		log_event(&s->log, LOG_BAD_LINE, 1, s->now,
		    "%s: not a sender's name, or one too many", st->who);
		return CLOSE;
	}
	if (senders_forgotten(s->senders) > forgotten)
		log_event(&s->log, LOG_SENDER, 1, s->now,
		    "%s: %d senders are known; the one gone longest is "
		    "forgotten",
		    st->who, SENDERS_MAX);
	/* The sender is this stream's before the old one lets go of it. */
	old = st->sender->stream;
	st->sender->stream = st;
	if (old)
		stream_close(old);
	st->state = STREAM_GUESS;
	n = snprintf(text, sizeof text, "start %llu\n",
	    (unsigned long long)st->sender->taken);
	stream_send(st, text, (size_t)n);
	return ON;
}

static int on_joined(void *ctx, const char *text, size_t len)
{
	const struct stream *st = ctx;

	return server_line(st->server, st->format, text, len);
}

/* Takes one line of a format that is known, and not CSV. */
static int take_known(struct stream *st, const struct line *line)
{
	struct server *s = st->server;
	long n = 1;

	if (st->join.end)
		n = join_take(&st->join, line->text, line->len,
		    (size_t)s->config->max_line, on_joined, st);
	else
		server_line(s, st->format, line->text, line->len);
	if (n < 0) {
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    st->who);
		return CLOSE;
	}
	if (st->sender)
		st->sender->taken += (uint64_t)n;
	return ON;
}

static void end_records(struct stream *st)
{
	leat_csv_free(st->csv);
	csv_pairs_free(st->csv_pairs);
	st->csv = NULL;
	st->csv_pairs = NULL;
}

/* Returns ON if the line is a header of CSV, whole, with the columns needed. */
static int take_header(struct stream *st, const struct line *line)
{
	int going = begin_records(st);

	if (going == ON)
		going = take_records(st, line->text, line->len);
	return going == ON ? take_records(st, "\n", 1) : going;
}

/* Like a header: if it is none, the next line is as good a first one. */
static int guess_header(struct stream *st, const struct line *line)
{
	struct server *s = st->server;
	int going = take_header(st, line);

	if (going == ON && st->n_records > 0) {
		st->format = FORMAT_CSV;
		return ON;
	}
	if (going == ON)
		log_event(&s->log, LOG_BAD_LINE, 1, s->now,
		    "%s: a header with a quote that has no end", st->who);
	end_records(st);
	st->state = STREAM_GUESS;
	if (st->sender)
		st->sender->taken++;
	return ON;
}

/* The format is known, and not CSV: lines of it follow. */
static void begin_lines(struct stream *st)
{
	const struct format_type *f = format_type(st->format);

	st->frame.counted = f->is_framed;
	st->join.end = f->end;
	st->state = STREAM_LINES;
}

/* Takes a line as long as none has told the format. */
static int take_first(struct stream *st, const struct line *line)
{
	if (st->format == FORMAT_CSV)
		return take_header(st, line);
	if (st->format == FORMAT_AUTO &&
	    format_guess(line->text, line->len) == FORMAT_CSV)
		return guess_header(st, line);
	if (st->format == FORMAT_AUTO)
		st->format = format_guess_open(line->text, line->len);
	if (st->format != FORMAT_AUTO) {
		begin_lines(st);
		return take_known(st, line);
	}
	server_guess(st->server, &st->format, line->text, line->len);
	if (st->sender)
		st->sender->taken++;
	if (st->format != FORMAT_AUTO)
		begin_lines(st);
	return ON;
}

static int take_line(struct stream *st, const struct line *line)
{
	struct line rest;

	switch (st->state) {
	case STREAM_TOKEN:
		return take_token(st, line);
	case STREAM_SENDER:
		if (st->server->config->ack && is_word(line, "sender ", &rest))
			return take_sender(st, &rest);
		st->state = STREAM_GUESS;
		return take_first(st, line);
	case STREAM_GUESS:
		return take_first(st, line);
	case STREAM_HELD:
	case STREAM_LINES:
	case STREAM_RECORDS:
		break;
	}
	return take_known(st, line);
}

/* ---- Bytes ---- */

static int tell_event(struct stream *st, enum frame_event event)
{
	struct server *s = st->server;

	switch (event) {
	case FRAME_TOO_LONG:
		log_event(&s->log, LOG_LONG_LINE, 1, s->now,
		    "%s: a line beyond --max-line", st->who);
		if (st->sender && st->state >= STREAM_GUESS)
			st->sender->taken++;
		return st->state == STREAM_TOKEN ? CLOSE : ON;
	case FRAME_BROKEN:
		log_event(&s->log, LOG_BAD_FRAME, 1, s->now,
		    "%s: not the length of a frame", st->who);
		return CLOSE;
	default:
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    st->who);
		return CLOSE;
	}
}

/* The many: lines of the simplest format, one after the other. */
static enum frame_event take_plain(struct stream *st, struct piece *piece)
{
	struct server *s = st->server;
	struct sample sample;
	enum frame_event event;
	struct line line;
	uint64_t n = 0, others = 0;

	while ((event = frame_next(&st->frame, piece, &line)) == FRAME_LINE) {
		if (decoder_line(s->decoder, line.text, line.len, &sample) ==
		    0) {
			engine_value(s->engine, &sample, st->who);
			n++;
		} else {
			server_line(s, FORMAT_LINE, line.text, line.len);
			others++;
		}
	}
	s->counts.lines[FORMAT_LINE] += n;
	if (st->sender)
		st->sender->taken += n + others;
	return event;
}

/*
 * Whether frames are counted: 1, 0, or -1 if that is not to be told yet. The
 * bytes are the first of the stream's lines.
 */
static int is_counted(const char *bytes, size_t n)
{
	size_t digits = 0;

	while (digits < n && digits < 10 && bytes[digits] >= '0' &&
	    bytes[digits] <= '9')
		digits++;
	if (digits == 0 || digits == 10)
		return 0;
	if (digits == n || (digits + 1 == n && bytes[digits] == ' '))
		return -1;
	return bytes[digits] == ' ' && bytes[digits + 1] == '<';
}

/* The bytes are the first ones where lines or records are to come. */
static int check_magic(struct stream *st, const char *bytes, size_t n)
{
	struct server *s = st->server;
	char text[160];

	if (!magic_take(&st->magic, bytes, n,
		st->is_stdin ? "socket_ingest -l -" : "nc HOST PORT", text,
		sizeof text))
		return ON;
	log_event(&s->log, LOG_BAD_LINE, 1, s->now, "%s: %s", st->who, text);
	s->failed |= st->is_stdin;
	return CLOSE;
}

/*
 * Before the first line. Returns 1 if all has been put into the stash, or
 * CLOSE.
 */
static int look(struct stream *st, struct piece *piece)
{
	size_t n = (size_t)(piece->end - piece->at);
	int counted;

	if (st->state != STREAM_SENDER && st->state != STREAM_GUESS)
		return 0;
	if (st->frame.n_held == 0)
		st->magic.n = 0;
	if (check_magic(st, piece->at, n) == CLOSE)
		return CLOSE;
	counted = st->format == FORMAT_SYSLOG;
	if (st->format == FORMAT_AUTO && st->frame.n_held == 0)
		counted = is_counted(piece->at, n);
	if (counted < 0) {
		memcpy(st->stash, piece->at, n);
		st->n_stash = n;
		return 1;
	}
	if (counted > 0) {
		st->format = FORMAT_SYSLOG;
		st->frame.counted = 1;
	}
	return 0;
}

static int take_bytes(struct stream *st, const char *bytes, size_t n)
{
	struct piece piece = { bytes, bytes + n };
	int going = ON;

	while (going == ON && st->state != STREAM_RECORDS) {
		struct line line;
		enum frame_event event;
		int seen = piece.at < piece.end ? look(st, &piece) : 0;

		if (seen != 0)
			return seen == CLOSE ? CLOSE : ON;
		if (st->state == STREAM_LINES && st->format == FORMAT_LINE)
			event = take_plain(st, &piece);
		else
			event = frame_next(&st->frame, &piece, &line);
		if (event == FRAME_MORE)
			return ON;
		going = event == FRAME_LINE ? take_line(st, &line)
					    : tell_event(st, event);
	}
	if (going != ON)
		return going;
	return take_records(st, piece.at, (size_t)(piece.end - piece.at));
}

/* Behind what was too little to tell, of which a few bytes more are enough. */
static int take_stash(struct stream *st, const char *bytes, size_t n)
{
	char both[2 * sizeof st->stash];
	size_t n_both = st->n_stash;

	memcpy(both, st->stash, n_both);
	memcpy(both + n_both, bytes, n);
	st->n_stash = 0;
	return take_bytes(st, both, n_both + n);
}

int stream_parse(struct stream *st, const char *bytes, size_t n)
{
	int may_begin = st->state == STREAM_GUESS ||
	    (st->state == STREAM_SENDER && !st->server->config->ack);

	if (st->state == STREAM_RECORDS ||
	    (may_begin && st->format == FORMAT_CSV))
		if (check_magic(st, bytes, n) == CLOSE)
			return CLOSE;
	if (may_begin && st->format == FORMAT_CSV && begin_records(st) < 0)
		return CLOSE;
	if (st->n_stash > 0) {
		size_t more = n < sizeof st->stash ? n : sizeof st->stash;

		if (take_stash(st, bytes, more) < 0)
			return CLOSE;
		bytes += more;
		n -= more;
	}
	return n > 0 ? take_bytes(st, bytes, n) : ON;
}

void stream_parse_end(struct stream *st)
{
	struct line line;

	if (st->sender)
		return; /* It will send the rest again. */
	server_begin(st->server);
	/* Digits alone are a value. */
	if (st->n_stash > 0 && take_stash(st, "\n", 1) < 0)
		return;
	if (st->state != STREAM_RECORDS) {
		if (frame_end(&st->frame, &line) == FRAME_LINE)
			take_line(st, &line);
		join_end(&st->join, on_joined, st);
	}
	if (st->state == STREAM_RECORDS)
		finish_records(st);
	server_settle(st->server);
}

/* A sender that has come again by another stream stays. */
static void leave_sender(struct stream *st)
{
	struct sender *sender = st->sender;

	st->sender = NULL;
	if (!sender || (sender->stream && sender->stream != st))
		return;
	sender->stream = NULL;
	senders_go(st->server->senders, sender);
}

/* Without standard input there may be nothing left to wait for. */
static void leave_stdin(struct stream *st)
{
	if (st->is_stdin && st->server->n_listeners == 0)
		server_stop(st->server);
}

void stream_parse_clear(struct stream *st)
{
	leave_stdin(st);
	leave_sender(st);
	frame_clear(&st->frame);
	join_clear(&st->join);
	end_records(st);
}
