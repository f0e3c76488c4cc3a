/*
 * Connections of HTTP, and how long they may take.
 *
 * evhttp gives up on a client that is silent, not on one that sends a byte a
 * second. So each connection has a deadline here: for a request to arrive as a
 * whole, and for its answer to be taken. When it has passed, evhttp is let know
 * that there was a timeout, which it knows how to deal with.
 *
 * evhttp does not say when it is done with a connection. We hold a reference
 * to its bufferevent: when evhttp lets go of it, its callbacks are gone, and
 * we drop ours. Only then is the socket closed (BEV_OPT_CLOSE_ON_FREE), so
 * that no other connection has the number of one whose events still stand.
 *
 * A request that evhttp refuses by itself is not passed on; it is seen as an
 * answer that goes out while nobody has been asked.
 *
 * All that can come in and wait is INPUT bytes: evhttp reads on while it
 * answers, and has no limit on the line of a chunk. Bytes are looked at as
 * they come: if a head is not as it must be, what waits is replaced by a line
 * that evhttp, wherever it is in the head, refuses with 400.
 */
#define _POSIX_C_SOURCE 200809L

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <leat.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "http_conn.h"

enum { INPUT = 16384, REQUEST_SECONDS = 10, ANSWER_SECONDS = 60 };

const char *http_conn_who(const struct http_conn *c)
{
	return c->who;
}

struct peer *http_conn_peer(const struct http_conn *c)
{
	return c->peer;
}

struct http_conn *http_conn_find(const struct web *web,
    const struct bufferevent *bev)
{
	struct http_conn *c = web->conns;

	while (c && c->bev != bev)
		c = c->next;
	return c;
}

size_t http_conn_waiting(const struct http_conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}

int http_conn_any_waiting(const struct web *web)
{
	const struct http_conn *c = web->conns;

	while (c && http_conn_waiting(c) == 0)
		c = c->next;
	return c != NULL;
}

/* ---- States ---- */

static void wait_for(struct http_conn *c, enum http_conn_state state,
    int seconds)
{
	c->state = state;
	c->since = clock_steady();
	c->deadline = c->since + seconds * LEAT_SECOND;
}

static void on_answered(struct evhttp_request *req, void *ctx)
{
	struct http_conn *c = ctx;
	struct evbuffer *input = bufferevent_get_input(c->bev);

	(void)req;
	wait_for(c, ASKS, REQUEST_SECONDS);
	c->had_turn = 1;
	c->has_begun = evbuffer_get_length(input) > 0;
}

void http_conn_answers(struct http_conn *c, struct evhttp_request *req)
{
	wait_for(c, ANSWERS, ANSWER_SECONDS);
	evhttp_request_set_on_complete_cb(req, on_answered, c);
}

/* Holds the connection for as long as its peer is to be slowed down. */
void http_conn_holds(struct http_conn *c)
{
	wait_for(c, HELD, 2 * PEER_LONGEST);
}

void http_conn_lasts(struct http_conn *c)
{
	c->state = LASTS;
}

void http_conn_close(struct http_conn *c)
{
	c->is_closed = 1;
	bufferevent_trigger_event(c->bev, BEV_EVENT_READING | BEV_EVENT_TIMEOUT,
	    0);
}

/* ---- What passes ---- */

/* Looks at the bytes behind the first `at`. */
static const char *look(struct http_conn *c, struct evbuffer *buffer, size_t at)
{
	struct evbuffer_ptr from;
	struct evbuffer_iovec piece;
	const char *wrong = NULL;

	while (!wrong && at < evbuffer_get_length(buffer)) {
		if (evbuffer_ptr_set(buffer, &from, at, EVBUFFER_PTR_SET) < 0 ||
		    evbuffer_peek(buffer, -1, &from, &piece, 1) < 1)
			return NULL;
		wrong = head_take(&c->head, piece.iov_base, piece.iov_len);
		at += piece.iov_len;
	}
	return wrong;
}

/* Answers that are neither a request nor a header are ours. */
static void spoil(struct evbuffer *buffer)
{
	static const char no_line[] = "?\r\n\r\n";

	evbuffer_drain(buffer, evbuffer_get_length(buffer));
	evbuffer_add(buffer, no_line, sizeof no_line - 1);
}

static void on_input(struct evbuffer *buffer,
    const struct evbuffer_cb_info *info, void *ctx)
{
	struct http_conn *c = ctx;

	if (info->n_added == 0 || c->wrong)
		return;
	c->has_begun = 1;
	c->wrong = look(c, buffer, info->orig_size - info->n_deleted);
	if (c->wrong)
		spoil(buffer);
}

static void on_output(struct evbuffer *buffer,
    const struct evbuffer_cb_info *info, void *ctx)
{
	struct http_conn *c = ctx;

	(void)buffer;
	if (info->n_added == 0 || c->state != ASKS || c->is_refused)
		return;
	c->is_refused = 1;
	log_event(c->web->options.log, LOG_HTTP, 1, clock_wall(),
	    "%s: HTTP: %s", c->who, c->wrong ? c->wrong : "no request");
}

/* ---- New ones ---- */

/* Stands until evhttp takes the bufferevent, if it does. */
static void not_taken(struct bufferevent *bev, short what, void *ctx)
{
	(void)bev;
	(void)what;
	(void)ctx;
}

static struct bufferevent *new_bufferevent(const struct web *web)
{
	const struct web_options *o = &web->options;

	return o->tls
	    ? tls_bufferevent(o->tls, o->base, -1, BEV_OPT_CLOSE_ON_FREE)
	    : bufferevent_socket_new(o->base, -1, BEV_OPT_CLOSE_ON_FREE);
}

static struct http_conn *new_guard(struct web *web)
{
	struct http_conn *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->web = web;
	c->bev = new_bufferevent(web);
	if (!c->bev) {
		free(c);
		return NULL;
	}
	bufferevent_incref(c->bev);
	bufferevent_setcb(c->bev, NULL, NULL, not_taken, NULL);
	bufferevent_setwatermark(c->bev, EV_READ, 0, INPUT);
	evbuffer_add_cb(bufferevent_get_input(c->bev), on_input, c);
	evbuffer_add_cb(bufferevent_get_output(c->bev), on_output, c);
	wait_for(c, ASKS, REQUEST_SECONDS);
	memcpy(c->who, "a client", sizeof "a client");
	return c;
}

/*
 * If there is no memory, evhttp makes a bufferevent of its own, which is not
 * under watch and whose requests are refused, whatever they are.
 */
struct bufferevent *http_conn_connection(struct event_base *base, void *ctx)
{
	struct web *web = ctx;
	struct http_conn *c;

	(void)base;
	http_conn_reap(web);
	c = new_guard(web);
	if (!c) {
		http_conn_switch(web, 0);
		log_event(web->options.log, LOG_MEMORY, 1, clock_wall(),
		    "HTTP: out of memory");
		return NULL;
	}
	c->next = web->conns;
	web->conns = c;
	if (++web->n_conns >= WEB_CONNECTIONS)
		http_conn_switch(web, 0);
	event_active(web->settle, EV_TIMEOUT, 0);
	return c->bev;
}

/* ---- Old ones ---- */

/* Returns whether only our reference is left, or evhttp has never had one. */
static int is_left(const struct http_conn *c, int *was_taken_out)
{
	bufferevent_data_cb on_read, on_write;
	bufferevent_event_cb on_event;
	void *ctx;

	bufferevent_getcb(c->bev, &on_read, &on_write, &on_event, &ctx);
	*was_taken_out = on_event != not_taken;
	return !*was_taken_out || (!on_read && !on_write && !on_event);
}

static int is_in_handshake(const struct http_conn *c)
{
	SSL *ssl = c->web->options.tls ? bufferevent_openssl_get_ssl(c->bev)
				       : NULL;

	return ssl && !SSL_is_init_finished(ssl);
}

static void let_go(struct http_conn *c, int was_taken)
{
	char why[200];

	if (was_taken && !c->is_closed && !c->web->stops &&
	    is_in_handshake(c)) {
		tls_why(c->bev, why, sizeof why);
		log_event(c->web->options.log, LOG_TLS, 1, clock_wall(),
		    "%s: TLS: %s", c->who, why);
	}
	evbuffer_remove_cb(bufferevent_get_input(c->bev), on_input, c);
	evbuffer_remove_cb(bufferevent_get_output(c->bev), on_output, c);
	if (!was_taken)
		bufferevent_free(c->bev);
	bufferevent_decref(c->bev);
	if (c->peer)
		peers_drop(c->web->options.peers, c->peer);
	c->web->n_conns--;
	free(c);
}

void http_conn_reap(struct web *web)
{
	struct http_conn **at = &web->conns;

	while (*at) {
		struct http_conn *c = *at;
		int was_taken;

		if (is_left(c, &was_taken)) {
			*at = c->next;
			let_go(c, was_taken);
		} else {
			at = &c->next;
		}
	}
}

/* ---- Slow ones ---- */

/* A connection on which nothing was asked is just not needed any more. */
static void expire(struct http_conn *c)
{
	if (c->state == ANSWERS || c->has_begun || is_in_handshake(c))
		log_event(c->web->options.log, LOG_SLOW_HTTP, 1, clock_wall(),
		    "%s: HTTP: %s", c->who,
		    c->state == ANSWERS ? "the client does not read the answer"
					: "the request is incomplete");
	http_conn_close(c);
}

void http_conn_sweep(struct web *web)
{
	int64_t now = clock_steady();

	http_conn_reap(web);
	for (struct http_conn *c = web->conns; c; c = c->next)
		if (c->state != LASTS && now >= c->deadline)
			expire(c);
	http_conn_reap(web);
	http_conn_let_in(web);
}

void http_conn_close_idle(struct web *web)
{
	http_conn_switch(web, 0);
	http_conn_reap(web);
	for (struct http_conn *c = web->conns; c; c = c->next)
		if (c->state == ASKS)
			http_conn_close(c);
	http_conn_reap(web);
}
