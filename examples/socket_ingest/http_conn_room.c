/*
 * Connections of HTTP that come, and those that make room for them.
 *
 * When all connections are in use, who is least in use makes room: first who
 * asks for nothing, then who waits for the answer to a wrong token, then who
 * is slow to request, then who is slow to take an answer, and of these the one
 * who has been so for longest. A new one has GRACE to request; one that has had
 * an answer has had its turn. So there is always one soon, as those who look on
 * are fewer than all. Till then new ones wait, outside.
 */
#define _POSIX_C_SOURCE 200809L

#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <leat.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "http_conn.h"

#define GRACE (250 * LEAT_MILLISECOND)

enum { TRIES = 16 };

/* ---- Listeners ---- */

static void switch_listener(struct evhttp_bound_socket *bound, void *ctx)
{
	const int *on = ctx;
	struct evconnlistener *listener =
	    evhttp_bound_socket_get_listener(bound);

	if (*on)
		evconnlistener_enable(listener);
	else
		evconnlistener_disable(listener);
}

void http_conn_switch(struct web *web, int on)
{
	evhttp_foreach_bound_socket(web->http, switch_listener, &on);
}

/* ---- Names ---- */

static void take_name(struct http_conn *c, const struct sockaddr *at,
    socklen_t len)
{
	struct peers *peers = c->web->options.peers;

	addr_format(at, len, ADDR_TCP, c->who, sizeof c->who);
	c->peer = peers ? peers_hold(peers, at, len) : NULL;
}

/*
 * Names new connections before anything is read: one that fails at once has no
 * address any more.
 */
static void name_new(struct web *web)
{
	struct sockaddr_storage at;
	int one = 1;

	for (struct http_conn *c = web->conns; c && !c->is_named; c = c->next) {
		int fd = (int)bufferevent_getfd(c->bev);
		socklen_t len = sizeof at;

		c->is_named = 1;
		if (fd < 0)
			continue;
		/*
		 * With keep-alive, a client of /events that is gone is found
		 * out some time.
		 */
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		if (getpeername(fd, (struct sockaddr *)&at, &len) == 0)
			take_name(c, (struct sockaddr *)&at, len);
	}
}

/* ---- Room ---- */

/* Returns how much a connection is in use; the lowest one makes room first. */
static int use_of(const struct http_conn *c)
{
	if (c->state == ASKS)
		return c->has_begun ? 2 : 0;
	return c->state == HELD ? 1 : 3;
}

static struct http_conn *find_idle(const struct web *web, int64_t now)
{
	struct http_conn *found = NULL;

	for (struct http_conn *c = web->conns; c; c = c->next) {
		if (c->state == LASTS ||
		    (!c->had_turn && now - c->since < GRACE))
			continue;
		if (!found || use_of(c) < use_of(found) ||
		    (use_of(c) == use_of(found) && c->since < found->since))
			found = c;
	}
	return found;
}

static int has_unread(const struct http_conn *c)
{
	char byte;

	return recv((int)bufferevent_getfd(c->bev), &byte, 1,
		   MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* A connection whose request has not been read yet is not idle. */
static struct http_conn *find_silent(const struct web *web)
{
	int64_t now = clock_steady();

	for (int i = 0; i < TRIES; i++) {
		struct http_conn *c = find_idle(web, now);

		if (!c || c->has_begun || !has_unread(c))
			return c;
		c->has_begun = 1;
	}
	return NULL;
}

static void make_room(struct web *web)
{
	struct http_conn *c = find_silent(web);

	if (!c)
		return;
	log_event(web->options.log, LOG_ROOM, 1, clock_wall(),
	    "%s: HTTP: closed for a new connection", c->who);
	http_conn_close(c);
	http_conn_reap(web);
}

void http_conn_let_in(struct web *web)
{
	if (web->stops)
		return;
	if (web->n_conns >= WEB_CONNECTIONS)
		make_room(web);
	if (web->n_conns < WEB_CONNECTIONS)
		http_conn_switch(web, 1);
}

void http_conn_settle(struct web *web)
{
	name_new(web);
	http_conn_reap(web);
	http_conn_let_in(web);
}
