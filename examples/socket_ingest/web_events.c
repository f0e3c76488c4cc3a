/*
 * Server-sent events (HTML Living Standard, 9.2): answers that do not end.
 *
 * All who look on are at the same version of the snapshot: a new one gets
 * everything, and after each tick all get what has changed. So an event could
 * not be sent written once, however many there are. It may be that more keys
 * have changed than an event has room for; then it has each second, third ...
 * of them, the others next time.
 *
 * Nobody is waited for. One who takes nothing is let go when WEB_WAITING bytes
 * wait for it; it comes again, and gets everything again. So are all, if there
 * have been too many alerts between two ticks.
 */
#define _POSIX_C_SOURCE 200809L

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <leat.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../replay/row_format.h"
#include "web_inside.h"

enum {
	ROWS_KEYS = 200,
	ALERTS = 100, /* between two ticks */
	PING_SECONDS = 15,
	END_TURNS = 20, /* turns of the loop for the last bytes */
	END_TURN_NS = 5000000
};

struct watcher {
	struct web *web;
	struct evhttp_request *req;
	struct http_conn *conn;
	struct watcher *next;
	struct peer *peer;
	size_t room; /* bytes that may wait; a hello may be longer */
	int is_lost; /* an event is */
};

/* ---- Telling ---- */

static void send_bytes(struct watcher *x, const char *bytes, size_t n)
{
	struct evbuffer *chunk = x->is_lost ? NULL : evbuffer_new();
	size_t waiting;

	if (!chunk || evbuffer_add(chunk, bytes, n) < 0)
		x->is_lost = 1;
	else
		evhttp_send_reply_chunk(x->req, chunk);
	if (chunk)
		evbuffer_free(chunk);
	waiting = http_conn_waiting(x->conn);
	if (waiting <= WEB_WAITING)
		x->room = WEB_WAITING;
	else if (waiting > x->room)
		x->is_lost = 1;
}

/* Returns the bytes of an event, NULL if there is no memory. */
static const char *end_event(struct web *web, size_t *n_out)
{
	struct evbuffer *body;

	writer_text(&web->out, "}\n\n");
	body = web_end(web);
	*n_out = body ? evbuffer_get_length(body) : 0;
	return body ? (const char *)evbuffer_pullup(body, -1) : NULL;
}

static void send_all(struct web *web)
{
	size_t n;
	const char *bytes = end_event(web, &n);

	for (struct watcher *x = web->watchers; x; x = x->next) {
		if (bytes)
			send_bytes(x, bytes, n);
		else
			x->is_lost = 1;
	}
}

/* ---- Events ---- */

static void write_hello(struct web *web, int64_t now)
{
	struct writer *w = web_begin(web);

	writer_text(w, "event: hello\ndata: {");
	json_hello(w, &web->options, now);
}

static size_t count_changed(const struct web *web)
{
	const struct snapshot_key *k = web->options.snapshot->newest;
	size_t n = 0;

	while ((k = snapshot_changed(k, web->version))) {
		k = k->older;
		n++;
	}
	return n;
}

static void write_rows(struct web *web, size_t n_changed, int64_t now)
{
	size_t step = (n_changed + ROWS_KEYS - 1) / ROWS_KEYS;
	struct writer *w = web_begin(web);

	writer_text(w, "event: rows\ndata: {");
	json_rows(w, web->options.snapshot, web->version, step,
	    web->turn++ % step, now);
}

static void write_alert(struct web *web, const struct alert_event *event)
{
	struct writer *w = web_begin(web);

	writer_text(w, "event: alert\ndata: {");
	json_alert(w, event);
}

/* ---- Coming and going ---- */

static void forget(struct watcher *x)
{
	struct watcher **at = &x->web->watchers;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	x->web->n_watchers--;
	if (x->peer)
		x->peer->n_watchers--;
	free(x);
}

/* The request is ours if evhttp has taken it off the connection. */
static void on_close(struct evhttp_connection *con, void *ctx)
{
	struct watcher *x = ctx;
	struct evhttp_request *req = x->req;

	(void)con;
	forget(x);
	if (!evhttp_request_get_connection(req))
		evhttp_send_reply_end(req);
}

static void start(const struct request *request, struct watcher *x)
{
	static const char head[] = "retry: 2000\n\n";
	struct web *web = request->web;
	const char *bytes;
	size_t n;

	x->web = web;
	x->req = request->req;
	x->conn = request->conn;
	x->peer = http_conn_peer(request->conn);
	if (x->peer)
		x->peer->n_watchers++;
	x->next = web->watchers;
	web->watchers = x;
	web->n_watchers++;
	evhttp_connection_set_closecb(evhttp_request_get_connection(request
									->req),
	    on_close, x);
	http_conn_lasts(request->conn);
	web_headers(request, "text/event-stream");
	evhttp_send_reply_start(request->req, HTTP_OK, NULL);
	send_bytes(x, head, sizeof head - 1);
	write_hello(web, clock_wall());
	bytes = end_event(web, &n);
	x->room = n + WEB_WAITING;
	if (bytes)
		send_bytes(x, bytes, n);
	else
		x->is_lost = 1;
}

/* Returns whether there is room for another client of this peer. */
static int may_look_on(const struct web *web, const struct peer *peer)
{
	size_t most = web->options.max_per_peer ? web->options.max_per_peer
						: WEB_PER_PEER;

	return web->n_watchers < WEB_WATCHERS &&
	    (!peer || peer->n_watchers < most);
}

/* Most connections are left to all else, whose answers have an end. */
void web_events(const struct request *request)
{
	struct watcher *x;

	if (request->is_head) {
		web_headers(request, "text/event-stream");
		evhttp_send_reply(request->req, HTTP_OK, NULL, NULL);
		return;
	}
	if (!may_look_on(request->web, http_conn_peer(request->conn))) {
		web_refuse(request, LOG_PEER, HTTP_SERVUNAVAIL,
		    "too many watching pages");
		return;
	}
	x = calloc(1, sizeof *x);
	if (x)
		start(request, x);
	else
		web_send_text(request, HTTP_SERVUNAVAIL, "out of memory");
}

/* ---- Ticks ---- */

static void let_lost_go(struct web *web)
{
	struct watcher *x = web->watchers, *next;

	for (; x; x = next) {
		next = x->next;
		if (x->is_lost)
			http_conn_close(x->conn);
	}
}

static void send_changes(struct web *web, int64_t now)
{
	const struct snapshot *b = web->options.snapshot;
	size_t n;

	if (b->names != web->names || b->version < web->version ||
	    web->n_alerts > ALERTS) {
		write_hello(web, now);
		for (struct watcher *x = web->watchers; x; x = x->next)
			x->room += WEB_WAITING;
		send_all(web);
		return;
	}
	n = count_changed(web);
	if (n > 0) {
		write_rows(web, n, now);
		send_all(web);
	}
}

static void ping(struct web *web)
{
	int64_t now = clock_steady();

	if (now < web->next_ping)
		return;
	web->next_ping = now + PING_SECONDS * LEAT_SECOND;
	for (struct watcher *x = web->watchers; x; x = x->next)
		send_bytes(x, ":\n\n", 3);
}

void web_tick(struct web *web, int64_t now)
{
	const struct snapshot *b = web->options.snapshot;

	web_release(web, 0);
	http_conn_sweep(web);
	if (web->stops)
		return;
	if (web->watchers)
		send_changes(web, now);
	web->names = b->names;
	web->version = b->version;
	web->n_alerts = 0;
	ping(web);
	let_lost_go(web);
}

void web_alert(struct web *web, const struct alert_event *event)
{
	if (!web->watchers || web->stops || ++web->n_alerts > ALERTS)
		return;
	write_alert(web, event);
	send_all(web);
}

/* ---- The end ---- */

/* Turns of the loop let all connections write, as those of a sink do. */
static void let_out(struct web *web)
{
	struct timespec turn = { 0, END_TURN_NS };

	for (int i = 0; i < END_TURNS && http_conn_any_waiting(web); i++) {
		event_base_loop(web->options.base, EVLOOP_NONBLOCK);
		nanosleep(&turn, NULL);
	}
}

void web_stop(struct web *web)
{
	static const char bye[] = "event: bye\ndata: {}\n\n";

	web->stops = 1;
	while (web->watchers) {
		struct watcher *x = web->watchers;
		struct evhttp_request *req = x->req;

		send_bytes(x, bye, sizeof bye - 1);
		evhttp_connection_set_closecb(
		    evhttp_request_get_connection(req), NULL, NULL);
		forget(x);
		evhttp_send_reply_end(req);
	}
	web_release(web, 1);
	http_conn_close_idle(web);
	let_out(web);
}
