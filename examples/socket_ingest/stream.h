/*
 * What the parts of a stream know of each other: stream_life.c, where it
 * begins and ends, stream_io.c, which moves bytes, and stream_parse.c, which knows
 * what they mean.
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

/* What comes next. */
enum stream_state {
	STREAM_HELD,   /* nothing: a wrong token is not answered yet */
	STREAM_TOKEN,  /* "token SECRET" */
	STREAM_SENDER, /* "sender NAME", or the first line */
	STREAM_GUESS,  /* the first line tells the format */
	STREAM_LINES,
	STREAM_RECORDS /* of CSV */
};

struct stream {
	struct slot slot; /* the first member: a slot is part of a stream */
	struct server *server;
	int fd;
	int is_stdin;
	struct event *readable;  /* without TLS */
	struct event *writable;  /* made when it is needed */
	struct evbuffer *out;    /* that the socket has not taken; or NULL */
	struct bufferevent *bev; /* with TLS */
	int shaken;              /* hands: the handshake is done */
	char who[ADDR_TEXT];
	int64_t since; /* it began */
	int64_t held;  /* until then, by clock_steady() */
	double credit; /* bytes that may be read now */
	int64_t credited;
	int waits; /* for credit */

	struct greeting greeting;
	struct magic magic;
	enum stream_state state;
	enum format format;
	struct frame frame;
	struct join join; /* lines of influx that wait */
	char stash[16];   /* digits at the start, which may be a length */
	size_t n_stash;
	leat_csv *csv;
	uint64_t n_records;        /* that it has told, the header among them */
	struct engine_table table; /* either this takes the records, */
	struct csv_pairs *csv_pairs; /* or this; */
	int failed;                  /* what it has said */
	struct sender *sender;
};

/* ---- Bytes to lines (stream_parse.c) ---- */

/* What becomes of a stream after some of its bytes. */
enum { STREAM_ON = 0, STREAM_CLOSE = -1 };

/*
 * Takes bytes. Returns STREAM_ON, or STREAM_CLOSE, for which the reason has
 * been logged.
 */
int stream_parse(struct stream *stream, const char *bytes, size_t n);

/* The other side has no more to say: a last line may lack its end. */
void stream_parse_end(struct stream *stream);

void stream_parse_clear(struct stream *stream);

/* ---- Records of CSV (stream_records.c) ---- */

/* These return STREAM_ON or STREAM_CLOSE. */
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
 * A token: the right one, or the stream is to be closed, at once or when it
 * has been held. Returns 0 or -1.
 */
int stream_guess(struct stream *stream, const char *token, size_t len);

/* ---- Moving bytes (stream_io.c) ---- */

/* Begins to read. Return 0, or -1: no memory. */
int stream_read_plain(struct stream *stream);
int stream_read_secure(struct stream *stream);
int stream_read_turns(struct stream *stream); /* what cannot be waited for */

/* How many bytes it may read now. */
size_t stream_credit(struct stream *stream);

/* Stops reading, and goes on with it. */
void stream_pause(struct stream *stream);
void stream_go_on(struct stream *stream);

/* Tells the other side something. */
void stream_send(struct stream *stream, const char *text, size_t len);

#endif
