/*
 * Connections of HTTP that come, and those that make room for them.
 *
 * When all connections are in use, who is least in use makes room: first who
 * asks for nothing, then who waits for the answer to a wrong token, then who
 * is slow to ask, then who is slow to take an answer, and of these the one who
 * has been so for longest. A new one has GRACE to ask; one that has had an
 * answer has had its turn. So there is always one soon, as those who look on
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

#include "web_guard.h"

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

void guard_switch(struct web *web, int on)
{
	evhttp_foreach_bound_socket(web->http, switch_listener, &on);
}

/* ---- Names ---- */

static void take_name(struct guard *g, const struct sockaddr *at, socklen_t len)
{
	struct peers *peers = g->web->options.peers;

	addr_format(at, len, ADDR_TCP, g->who, sizeof g->who);
	g->peer = peers ? peers_hold(peers, at, len) : NULL;
}

/* Before anything is read: who fails at once has no name any more. */
static void name_new(struct web *web)
{
	struct sockaddr_storage at;
	int one = 1;

	for (struct guard *g = web->guards; g && !g->is_named; g = g->next) {
		int fd = (int)bufferevent_getfd(g->bev);
		socklen_t len = sizeof at;

		g->is_named = 1;
		if (fd < 0)
			continue;
		/* One who looks on and is gone is found out some time. */
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		if (getpeername(fd, (struct sockaddr *)&at, &len) == 0)
			take_name(g, (struct sockaddr *)&at, len);
	}
}

/* ---- Room ---- */

/* How little it is in use: the lower the better a place for another one. */
static int use_of(const struct guard *g)
{
	if (g->state == ASKS)
		return g->has_begun ? 2 : 0;
	return g->state == HELD ? 1 : 3;
}

static struct guard *find_idle(const struct web *web, int64_t now)
{
	struct guard *found = NULL;

	for (struct guard *g = web->guards; g; g = g->next) {
		if (g->state == LASTS ||
		    (!g->had_turn && now - g->since < GRACE))
			continue;
		if (!found || use_of(g) < use_of(found) ||
		    (use_of(g) == use_of(found) && g->since < found->since))
			found = g;
	}
	return found;
}

static int has_unread(const struct guard *g)
{
	char byte;

	return recv((int)bufferevent_getfd(g->bev), &byte, 1,
		   MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* Who has asked and was not heard yet is not idle. */
static struct guard *find_silent(const struct web *web)
{
	int64_t now = clock_steady();

	for (int i = 0; i < TRIES; i++) {
		struct guard *g = find_idle(web, now);

		if (!g || g->has_begun || !has_unread(g))
			return g;
		g->has_begun = 1;
	}
	return NULL;
}

static void make_room(struct web *web)
{
	struct guard *g = find_silent(web);

	if (!g)
		return;
	notice(web->options.notices, NOTICE_ROOM, 1, clock_wall(),
	    "%s: HTTP: closed for a new connection", g->who);
	guard_close(g);
	guard_reap(web);
}

void guard_let_in(struct web *web)
{
	if (web->stops)
		return;
	if (web->n_guards >= WEB_CONNECTIONS)
		make_room(web);
	if (web->n_guards < WEB_CONNECTIONS)
		guard_switch(web, 1);
}

void guard_settle(struct web *web)
{
	name_new(web);
	guard_reap(web);
	guard_let_in(web);
}
