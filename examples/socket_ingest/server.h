/*
 * Shared by the parts of the server: listeners, streams, datagrams, and the
 * loop around them.
 */
#ifndef SOCKET_INGEST_SERVER_H
#define SOCKET_INGEST_SERVER_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "alert.h"
#include "config.h"
#include "counts.h"
#include "decoder.h"
#include "describe.h"
#include "engine.h"
#include "frame.h"
#include "log.h"
#include "peers.h"
#include "senders.h"
#include "sink_list.h"
#include "slots.h"
#include "tls.h"
#include "web.h"

enum {
	SERVER_LISTENERS = 64,
	SERVER_BUFFER = 1 << 18, /* bytes read at once */
	SERVER_HELLO = 10,       /* seconds for a handshake and a token */
	SERVER_PEERS = 1024      /* remembered without a connection */
};

struct stream;
struct listener;

struct server {
	const struct config *config;
	struct event_base *base;
	struct counts counts;
	struct log log;
	int64_t now; /* nanoseconds since 1970, of this turn of the loop */

	struct engine *engine;
	struct decoder *decoder;
	const char *who; /* the line that is being taken came from */
	struct alerts *alerts;
	struct senders *senders;

	struct sink_list sinks, alert_sinks; /* sinks of --to, of --alert-to */
	int alerts_on_stderr;
	struct writer alert_lines; /* writes to alert_sinks */
	struct cli_save saving;

	struct tls *tls;
	char *token;
	struct web *web;

	struct listener *listeners[SERVER_LISTENERS];
	size_t n_listeners;
	struct peers *peers;
	struct slots slots; /* slots of streams */
	struct stream
	    *input;   /* standard input, standard input has no slot; or NULL */
	char *buffer; /* SERVER_BUFFER bytes, for everybody */

	struct event *ticks, *on_term, *on_int, *on_hup;
	int64_t next_flush; /* next time that sets are emitted */
	uint64_t next_save; /* at so many values; UINT64_MAX: by time */
	int stops;          /* asked to */
	char title[DESCRIBE_SIZE];
	int failed; /* the exit status is not 0 */
};

/*
 * To be called before and after a batch of lines: what they bring goes out at
 * the end, and the state may be saved then.
 */
void server_begin(struct server *server);
void server_settle(struct server *server);

/*
 * Takes a line of a known format, and counts it. Returns 0, or -1 if it was not
 * understood; the log says so, with the format that the line is like if that is
 * another one.
 */
int server_line(struct server *server, enum format format, const char *text,
    size_t len);

/*
 * Takes a line of a stream or datagram whose format is not known yet. *format
 * becomes what the line is like if it could be read, or is CSV, which is not
 * read here. Otherwise it stays FORMAT_AUTO, and the line is bad. A blank line
 * or a comment changes nothing.
 */
void server_guess(struct server *server, enum format *format, const char *text,
    size_t len);

/* Stops the loop. */
void server_stop(struct server *server);

/*
 * Loads the state that --resume names. Returns 0, or -1 with the reason in
 * why.
 */
int server_load(struct server *server, char *why, size_t why_size);

/* Begins to listen for ticks and signals. Returns 0, or -1: no memory. */
int server_start(struct server *server);

/* ---- Listeners (listen.c) ---- */

/* Returns 0, or -1 with the reason in why. */
int listen_all(struct server *server, char *why, size_t why_size);
void listen_none(struct server *server);

/* ---- Streams (stream_life.c) ---- */

/* Takes over the socket, for which there may be no room. */
void stream_accept(struct server *server, int fd, const struct sockaddr *at,
    socklen_t len, const char *who, int is_tcp);
void stream_close(struct stream *stream);
void stream_close_all(struct server *server);

/* Reads standard input; if it cannot be waited for, it is read at each turn. */
int stream_stdin(struct server *server);

/*
 * To be called each tick: closes streams that are silent for too long, and lets
 * those go on that have waited.
 */
void stream_tick(struct server *server);

/*
 * To be called after a save: senders learn how many of their lines are in it.
 */
void stream_saved(struct server *server);

/* ---- Datagrams (datagram.c) ---- */

struct datagrams;

/* Takes over a bound socket. NULL: no memory. */
struct datagrams *datagrams_new(struct server *server, int fd, const char *who);
void datagrams_free(struct datagrams *datagrams);

/* ---- CSV with one value column (csv_pairs.c) ---- */

struct csv_pairs;

/* Reads records whose header names the columns of key, value and time. */
struct csv_pairs *csv_pairs_new(struct server *server);
void csv_pairs_free(struct csv_pairs *csv_pairs);

/* Takes a record as engine_record() does; ctx is a struct csv_pairs. */
int csv_pairs_record(void *ctx, const leat_csv_record *record);
const char *csv_pairs_why(const struct csv_pairs *csv_pairs);

#endif
