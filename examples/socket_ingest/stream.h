/*
 * Shared by the parts of a stream: stream_life.c, where it begins and ends,
 * stream_io.c, which moves bytes, stream_parse.c, which knows what they mean,
 * and stream_records.c, which reads CSV.
 */
#ifndef SOCKET_INGEST_STREAM_H
#define SOCKET_INGEST_STREAM_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <leat.h>

#include "../replay/hints.h"
#include "greeting.h"
#include "line_join.h"
#include "server.h"
#include "slots.h"

/* States, by what comes next. */
enum stream_state {
	STREAM_HELD,   /* nothing; a wrong token is not answered yet */
	STREAM_TOKEN,  /* "token SECRET" */
	STREAM_SENDER, /* "sender NAME", or the first line */
	STREAM_GUESS,  /* the first line shows the format */
	STREAM_LINES,
	STREAM_RECORDS /* records of CSV */
};

struct stream {
	struct slot slot; /* the first member: a slot is part of a stream */
	struct server *server;
	int fd;
	int is_stdin;
	struct event *readable; /* without TLS */
	struct event *writable; /* made when it is needed */
	struct evbuffer *out; /* bytes that the socket has not taken; or NULL */
	struct bufferevent *bev; /* with TLS */
	int shaken;              /* the handshake of TLS is done */
	char who[ADDR_TEXT];
	int64_t since; /* when it began */
	int64_t held;  /* end of being held, by clock_steady() */
	double credit; /* bytes that may be read now */
	int64_t credited;
	int waits; /* waits for credit */

	struct greeting greeting;
	struct magic magic;
	enum stream_state state;
	enum format format;
	struct frame frame;
	struct join join; /* lines of influx that wait */
	char stash[16];   /* digits at the start, which may be a length */
	size_t n_stash;
	leat_csv *csv;
	uint64_t n_records;          /* records read, the header among them */
	struct engine_table table;   /* takes the records of a table */
	struct csv_pairs *csv_pairs; /* takes others; or NULL */
	int failed;                  /* the last record's code */
	struct sender *sender;
};

/* ---- Bytes to lines (stream_parse.c) ---- */

/* Results of taking bytes: the stream goes on, or is to be closed. */
enum { STREAM_ON = 0, STREAM_CLOSE = -1 };

/*
 * Takes bytes. Returns STREAM_ON, or STREAM_CLOSE, for which the reason has
 * been logged.
 */
int stream_parse(struct stream *stream, const char *bytes, size_t n);

/* To be called at the end of a stream, whose last line may lack its end. */
void stream_parse_end(struct stream *stream);

void stream_parse_clear(struct stream *stream);

/* ---- Records of CSV (stream_records.c) ---- */

/* Return STREAM_ON or STREAM_CLOSE. */
int stream_begin_records(struct stream *stream);
int stream_take_records(struct stream *stream, const char *bytes, size_t n);

/* Takes a whole line as the header that the stream must have. */
int stream_take_header(struct stream *stream, const struct line *line);

/*
 * Takes a line that looks like a header; if the columns that are needed are
 * not in it, the next line is as good a first one.
 */
int stream_guess_header(struct stream *stream, const struct line *line);

/*
 * Ends the last record, which may lack its end. A quote that is never closed
 * may hold more records.
 */
void stream_finish_records(struct stream *stream);

/* Frees what reads records. */
void stream_end_records(struct stream *stream);

/* ---- Life (stream_life.c) ---- */

/*
 * Compares a token. Returns 0, or -1 if it is wrong: the stream is to be
 * closed, at once or when it has been held.
 */
int stream_guess(struct stream *stream, const char *token, size_t len);

/* ---- Moving bytes (stream_io.c) ---- */

/* Begin to read. Return 0, or -1: no memory. */
int stream_read_plain(struct stream *stream);
int stream_read_secure(struct stream *stream);
int stream_read_turns(struct stream
	*stream); /* for what cannot be waited for */

/* Returns how many bytes the stream may read now. */
size_t stream_credit(struct stream *stream);

/* Stop reading, and go on with it. */
void stream_pause(struct stream *stream);
void stream_go_on(struct stream *stream);

/* Sends a text to the other side, which may be left out if it does not read. */
void stream_send(struct stream *stream, const char *text, size_t len);

#endif
