/*
 * Connections of HTTP, and how long they may take.
 *
 * evhttp gives up on a client that is silent, not on one that sends a byte a
 * second. So each connection has a deadline here: for a request to arrive as
 * a whole, and for its answer to be taken. When it has passed evhttp is told
 * that there was a timeout, which it knows how to deal with.
 *
 * evhttp does not say when it is done with a connection. We hold a reference
 * to its bufferevent: when evhttp lets go of it, its callbacks are gone, and
 * we drop ours. Only then is the socket closed (BEV_OPT_CLOSE_ON_FREE), so
 * that no other connection has the number of one whose events still stand.
 *
 * What evhttp refuses by itself it does not tell either; it is seen as an
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

#include "web_guard.h"

enum { INPUT = 16384, ASK_SECONDS = 10, ANSWER_SECONDS = 60 };

const char *guard_who(const struct guard *g)
{
	return g->who;
}

struct peer *guard_peer(const struct guard *g)
{
	return g->peer;
}

struct guard *guard_find(const struct web *web, const struct bufferevent *bev)
{
	struct guard *g = web->guards;

	while (g && g->bev != bev)
		g = g->next;
	return g;
}

size_t guard_waiting(const struct guard *g)
{
	return evbuffer_get_length(bufferevent_get_output(g->bev));
}

int guard_any_waiting(const struct web *web)
{
	const struct guard *g = web->guards;

	while (g && guard_waiting(g) == 0)
		g = g->next;
	return g != NULL;
}

/* ---- States ---- */

static void wait_for(struct guard *g, enum guard_state state, int seconds)
{
	g->state = state;
	g->since = clock_steady();
	g->deadline = g->since + seconds * LEAT_SECOND;
}

static void on_answered(struct evhttp_request *req, void *ctx)
{
	struct guard *g = ctx;
	struct evbuffer *input = bufferevent_get_input(g->bev);

	(void)req;
	wait_for(g, ASKS, ASK_SECONDS);
	g->had_turn = 1;
	g->has_begun = evbuffer_get_length(input) > 0;
}

void guard_answers(struct guard *g, struct evhttp_request *req)
{
	wait_for(g, ANSWERS, ANSWER_SECONDS);
	evhttp_request_set_on_complete_cb(req, on_answered, g);
}

/* For as long as the peer is to be slowed down. */
void guard_holds(struct guard *g)
{
	wait_for(g, HELD, 2 * PEER_LONGEST);
}

void guard_lasts(struct guard *g)
{
	g->state = LASTS;
}

void guard_close(struct guard *g)
{
	g->is_closed = 1;
	bufferevent_trigger_event(g->bev, BEV_EVENT_READING | BEV_EVENT_TIMEOUT,
	    0);
}

/* ---- What passes ---- */

/* The bytes behind the first `at`. */
static const char *look(struct guard *g, struct evbuffer *buffer, size_t at)
{
	struct evbuffer_ptr from;
	struct evbuffer_iovec piece;
	const char *wrong = NULL;

	while (!wrong && at < evbuffer_get_length(buffer)) {
		if (evbuffer_ptr_set(buffer, &from, at, EVBUFFER_PTR_SET) < 0 ||
		    evbuffer_peek(buffer, -1, &from, &piece, 1) < 1)
			return NULL;
		wrong = head_take(&g->head, piece.iov_base, piece.iov_len);
		at += piece.iov_len;
	}
	return wrong;
}

/* Neither a request nor a header. */
static void spoil(struct evbuffer *buffer)
{
	static const char no_line[] = "?\r\n\r\n";

	evbuffer_drain(buffer, evbuffer_get_length(buffer));
	evbuffer_add(buffer, no_line, sizeof no_line - 1);
}

static void on_input(struct evbuffer *buffer,
    const struct evbuffer_cb_info *info, void *ctx)
{
	struct guard *g = ctx;

	if (info->n_added == 0 || g->wrong)
		return;
	g->has_begun = 1;
	g->wrong = look(g, buffer, info->orig_size - info->n_deleted);
	if (g->wrong)
		spoil(buffer);
}

static void on_output(struct evbuffer *buffer,
    const struct evbuffer_cb_info *info, void *ctx)
{
	struct guard *g = ctx;

	(void)buffer;
	if (info->n_added == 0 || g->state != ASKS || g->is_refused)
		return;
	g->is_refused = 1;
	notice(g->web->options.notices, NOTICE_HTTP, 1, clock_wall(),
	    "%s: HTTP: %s", g->who, g->wrong ? g->wrong : "no request");
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

static struct guard *new_guard(struct web *web)
{
	struct guard *g = calloc(1, sizeof *g);

	if (!g)
		return NULL;
	g->web = web;
	g->bev = new_bufferevent(web);
	if (!g->bev) {
		free(g);
		return NULL;
	}
	bufferevent_incref(g->bev);
	bufferevent_setcb(g->bev, NULL, NULL, not_taken, NULL);
	bufferevent_setwatermark(g->bev, EV_READ, 0, INPUT);
	evbuffer_add_cb(bufferevent_get_input(g->bev), on_input, g);
	evbuffer_add_cb(bufferevent_get_output(g->bev), on_output, g);
	wait_for(g, ASKS, ASK_SECONDS);
	memcpy(g->who, "a client", sizeof "a client");
	return g;
}

/*
 * Without memory evhttp makes a bufferevent of its own, which is not under
 * watch and whose requests are refused, whatever they are.
 */
struct bufferevent *guard_connection(struct event_base *base, void *ctx)
{
	struct web *web = ctx;
	struct guard *g;

	(void)base;
	guard_reap(web);
	g = new_guard(web);
	if (!g) {
		guard_switch(web, 0);
		notice(web->options.notices, NOTICE_MEMORY, 1, clock_wall(),
		    "HTTP: out of memory");
		return NULL;
	}
	g->next = web->guards;
	web->guards = g;
	if (++web->n_guards >= WEB_CONNECTIONS)
		guard_switch(web, 0);
	event_active(web->settle, EV_TIMEOUT, 0);
	return g->bev;
}

/* ---- Old ones ---- */

/* Whether there is only our reference left, or evhttp has never had one. */
static int is_left(const struct guard *g, int *was_taken_out)
{
	bufferevent_data_cb on_read, on_write;
	bufferevent_event_cb on_event;
	void *ctx;

	bufferevent_getcb(g->bev, &on_read, &on_write, &on_event, &ctx);
	*was_taken_out = on_event != not_taken;
	return !*was_taken_out || (!on_read && !on_write && !on_event);
}

static int is_in_handshake(const struct guard *g)
{
	SSL *ssl = g->web->options.tls ? bufferevent_openssl_get_ssl(g->bev)
				       : NULL;

	return ssl && !SSL_is_init_finished(ssl);
}

static void let_go(struct guard *g, int was_taken)
{
	char why[200];

	if (was_taken && !g->is_closed && !g->web->stops &&
	    is_in_handshake(g)) {
		tls_why(g->bev, why, sizeof why);
		notice(g->web->options.notices, NOTICE_TLS, 1, clock_wall(),
		    "%s: TLS: %s", g->who, why);
	}
	evbuffer_remove_cb(bufferevent_get_input(g->bev), on_input, g);
	evbuffer_remove_cb(bufferevent_get_output(g->bev), on_output, g);
	if (!was_taken)
		bufferevent_free(g->bev);
	bufferevent_decref(g->bev);
	if (g->peer)
		peers_drop(g->web->options.peers, g->peer);
	g->web->n_guards--;
	free(g);
}

void guard_reap(struct web *web)
{
	struct guard **at = &web->guards;

	while (*at) {
		struct guard *g = *at;
		int was_taken;

		if (is_left(g, &was_taken)) {
			*at = g->next;
			let_go(g, was_taken);
		} else {
			at = &g->next;
		}
	}
}

/* ---- Slow ones ---- */

/* A connection on which nothing was asked is just not needed any more. */
static void expire(struct guard *g)
{
	if (g->state == ANSWERS || g->has_begun || is_in_handshake(g))
		notice(g->web->options.notices, NOTICE_SLOW_HTTP, 1,
		    clock_wall(), "%s: HTTP: %s", g->who,
		    g->state == ANSWERS ? "an answer is not taken"
					: "a request is not sent");
	guard_close(g);
}

void guard_sweep(struct web *web)
{
	int64_t now = clock_steady();

	guard_reap(web);
	for (struct guard *g = web->guards; g; g = g->next)
		if (g->state != LASTS && now >= g->deadline)
			expire(g);
	guard_reap(web);
	guard_let_in(web);
}

void guard_close_idle(struct web *web)
{
	guard_switch(web, 0);
	guard_reap(web);
	for (struct guard *g = web->guards; g; g = g->next)
		if (g->state == ASKS)
			guard_close(g);
	guard_reap(web);
}
