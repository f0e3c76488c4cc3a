/*
 * Reads the bytes of a stream: a token and a sender's name, if there must or
 * may be such, and then lines of one format or records of CSV.
 *
 * The format is that of the first line that fits one, and stays; lines before
 * it are bad ones. Syslog may count its frames, with no line end in sight, so
 * whether it does is seen by the first bytes: digits, a blank and "<". A
 * header of CSV fits if columns can be found by it. It is one line here, or a
 * stray quote would swallow what comes after it.
 *
 * A sender is sent the line at which to begin: the one after those that have
 * been taken. Later it is sent how many have been saved, and are not needed any
 * more. If it comes again while its old connection still stands, the old one is
 * closed: what it may yet hold will be sent again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

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
	return STREAM_CLOSE;
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
		    "%s: not a valid sender line", st->who);
		return STREAM_CLOSE;
	}
	if (senders_forgotten(s->senders) > forgotten)
		log_event(&s->log, LOG_SENDER, 1, s->now,
		    "%s: %d senders are remembered; "
		    "forgetting the one gone longest",
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
	return STREAM_ON;
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
		return STREAM_CLOSE;
	}
	if (st->sender)
		st->sender->taken += (uint64_t)n;
	return STREAM_ON;
}

/* Prepares for lines of the format, which is known and not CSV. */
static void begin_lines(struct stream *st)
{
	const struct format_type *f = format_type(st->format);

	st->frame.counted = f->is_framed;
	st->join.end = f->end;
	st->state = STREAM_LINES;
}

/* Takes a line while the format is not known. */
static int take_first(struct stream *st, const struct line *line)
{
	if (st->format == FORMAT_CSV)
		return stream_take_header(st, line);
	if (st->format == FORMAT_AUTO &&
	    format_guess(line->text, line->len) == FORMAT_CSV)
		return stream_guess_header(st, line);
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
	return STREAM_ON;
}

/* Takes a line before the state is STREAM_LINES or STREAM_RECORDS. */
static int take_line(struct stream *st, const struct line *line)
{
	struct line rest;

	if (st->state == STREAM_TOKEN)
		return take_token(st, line);
	if (st->state == STREAM_SENDER) {
		if (st->server->config->ack && is_word(line, "sender ", &rest))
			return take_sender(st, &rest);
		st->state = STREAM_GUESS;
	}
	return take_first(st, line);
}

/* ---- Bytes ---- */

static int log_frame_event(struct stream *st, enum frame_event event)
{
	struct server *s = st->server;

	switch (event) {
	case FRAME_TOO_LONG:
		log_event(&s->log, LOG_LONG_LINE, 1, s->now,
		    "%s: a line beyond --max-line", st->who);
		if (st->sender && st->state >= STREAM_GUESS)
			st->sender->taken++;
		return st->state == STREAM_TOKEN ? STREAM_CLOSE : STREAM_ON;
	case FRAME_BROKEN:
		log_event(&s->log, LOG_BAD_FRAME, 1, s->now,
		    "%s: not the length of a frame", st->who);
		return STREAM_CLOSE;
	default:
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    st->who);
		return STREAM_CLOSE;
	}
}

/*
 * Takes lines of the simplest format, which are the most, one after the other.
 */
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
 * Returns whether frames are counted: 1, 0, or -1 if that cannot be seen yet.
 * The bytes are the first of the stream's lines.
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

/*
 * Refuses a stream of which the first bytes show that it is no text, such as a
 * compressed file.
 */
static int check_magic(struct stream *st, const char *bytes, size_t n)
{
	struct server *s = st->server;
	char text[160];

	if (!magic_take(&st->magic, bytes, n,
		st->is_stdin ? "socket_ingest -l -" : "nc HOST PORT", text,
		sizeof text))
		return STREAM_ON;
	log_event(&s->log, LOG_BAD_LINE, 1, s->now, "%s: %s", st->who, text);
	s->failed |= st->is_stdin;
	return STREAM_CLOSE;
}

/*
 * Looks at bytes before the first line. Returns 0, 1 if all of them have been
 * put into the stash, or STREAM_CLOSE.
 */
static int look(struct stream *st, struct piece *piece)
{
	size_t n = (size_t)(piece->end - piece->at);
	int counted;

	if (st->state != STREAM_SENDER && st->state != STREAM_GUESS)
		return 0;
	if (st->frame.n_held == 0)
		st->magic.n = 0;
	if (check_magic(st, piece->at, n) == STREAM_CLOSE)
		return STREAM_CLOSE;
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

/* Takes lines of the stream's format, up to the end of the piece. */
static int take_lines(struct stream *st, struct piece *piece)
{
	int going = STREAM_ON;

	while (going == STREAM_ON) {
		struct line line;
		enum frame_event event = st->format == FORMAT_LINE
		    ? take_plain(st, piece)
		    : frame_next(&st->frame, piece, &line);

		if (event == FRAME_MORE)
			return STREAM_ON;
		going = event == FRAME_LINE ? take_known(st, &line)
					    : log_frame_event(st, event);
	}
	return going;
}

/* Takes lines until the format is known, or there is no more. */
static int take_first_lines(struct stream *st, struct piece *piece)
{
	int going = STREAM_ON;

	while (going == STREAM_ON && st->state < STREAM_LINES) {
		struct line line;
		enum frame_event event;
		int seen = piece->at < piece->end ? look(st, piece) : 0;

		if (seen != 0)
			return seen == STREAM_CLOSE ? STREAM_CLOSE : STREAM_ON;
		event = frame_next(&st->frame, piece, &line);
		if (event == FRAME_MORE)
			return STREAM_ON;
		going = event == FRAME_LINE ? take_line(st, &line)
					    : log_frame_event(st, event);
	}
	return going;
}

static int take_bytes(struct stream *st, const char *bytes, size_t n)
{
	struct piece piece = { bytes, bytes + n };
	int going = take_first_lines(st, &piece);

	if (going == STREAM_ON && st->state == STREAM_LINES)
		return take_lines(st, &piece);
	if (going == STREAM_ON && st->state == STREAM_RECORDS)
		return stream_take_records(st, piece.at,
		    (size_t)(piece.end - piece.at));
	return going;
}

/*
 * Puts the stash, which was too little to tell its format, before the bytes: a
 * few of them are enough.
 */
static int take_stash(struct stream *st, const char *bytes, size_t n)
{
	char both[2 * sizeof st->stash];
	size_t n_both = st->n_stash;

	memcpy(both, st->stash, n_both);
	memcpy(both + n_both, bytes, n);
	st->n_stash = 0;
	return take_bytes(st, both, n_both + n);
}

/* Takes the first bytes of a stream, up to its format. */
static int take_beginning(struct stream *st, const char *bytes, size_t n)
{
	int may_begin = st->state == STREAM_GUESS ||
	    (st->state == STREAM_SENDER && !st->server->config->ack);

	if (may_begin && st->format == FORMAT_CSV) {
		if (check_magic(st, bytes, n) == STREAM_CLOSE ||
		    stream_begin_records(st) < 0)
			return STREAM_CLOSE;
	}
	if (st->n_stash > 0) {
		size_t more = n < sizeof st->stash ? n : sizeof st->stash;

		if (take_stash(st, bytes, more) < 0)
			return STREAM_CLOSE;
		bytes += more;
		n -= more;
	}
	return n > 0 ? take_bytes(st, bytes, n) : STREAM_ON;
}

int stream_parse(struct stream *st, const char *bytes, size_t n)
{
	struct piece piece = { bytes, bytes + n };

	if (st->state == STREAM_LINES)
		return take_lines(st, &piece);
	if (st->state != STREAM_RECORDS)
		return take_beginning(st, bytes, n);
	return check_magic(st, bytes, n) == STREAM_CLOSE
	    ? STREAM_CLOSE
	    : stream_take_records(st, bytes, n);
}

void stream_parse_end(struct stream *st)
{
	struct line line;

	if (st->sender)
		return; /* The sender will send the rest again. */
	server_begin(st->server);
	/* Digits alone are a value. */
	if (st->n_stash > 0 && take_stash(st, "\n", 1) < 0)
		return;
	if (st->state != STREAM_RECORDS) {
		if (frame_end(&st->frame, &line) == FRAME_LINE)
			(void)(st->state == STREAM_LINES
				? take_known(st, &line)
				: take_line(st, &line));
		join_end(&st->join, on_joined, st);
	}
	if (st->state == STREAM_RECORDS)
		stream_finish_records(st);
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

/* After the end of standard input, there may be nothing left to wait for. */
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
	stream_end_records(st);
}
