/*
 * Who may hold a connection, and for how long.
 *
 * evhttp closes a connection on which nothing happens; one that gets a byte a
 * second it would keep for ever. So each connection has a moment by which a
 * whole request must have come: 10 seconds after it began, and after each
 * request. Those that watch events are exempt.
 *
 * evhttp does not tell when it is done with a connection. But it takes its
 * callbacks out of the bufferevent then; a second reference keeps that, and its
 * socket, until it is looked at, some times a second.
 */
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_inside.h"

static const int64_t SECOND = 1000000000;
enum { PATIENCE = 10 };

struct guard {
	struct bufferevent *bev;
	int64_t since;
	int for_long, is_slow, is_served;
	size_t n_bytes; /* that have come */
	struct guard *next;
};

static void set_accepting(struct http *w, int accepts)
{
	w->full = !accepts;
	for (size_t i = 0; i < w->n_sockets; i++) {
		struct evconnlistener *l =
		    evhttp_bound_socket_get_listener(w->sockets[i]);

		if (accepts)
			evconnlistener_enable(l);
		else
			evconnlistener_disable(l);
	}
}

static void on_bytes(struct evbuffer *in, const struct evbuffer_cb_info *info,
    void *ctx)
{
	struct guard *g = ctx;

	(void)in;
	g->n_bytes += info->n_added;
}

struct bufferevent *guard_new(struct event_base *base, void *ctx)
{
	struct http *w = ctx;
	struct guard *g = calloc(1, sizeof *g);
	struct bufferevent *bev;

	if (!g)
		return NULL;
	bev = w->options.tls
	    ? tls_bufferevent(w->options.tls, base, -1, BEV_OPT_CLOSE_ON_FREE)
	    : bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (!bev) {
		free(g);
		return NULL;
	}
	bufferevent_incref(bev);
	evbuffer_add_cb(bufferevent_get_input(bev), on_bytes, g);
	g->bev = bev;
	g->since = w->now;
	g->next = w->guards;
	w->guards = g;
	if (++w->n_guards >= w->options.max_connections)
		set_accepting(w, 0);
	return bev;
}

void guard_request(struct http *w, struct evhttp_request *req, int for_long)
{
	struct evhttp_connection *c = evhttp_request_get_connection(req);
	struct bufferevent *bev = c ? evhttp_connection_get_bufferevent(c)
				    : NULL;

	for (struct guard *g = w->guards; g; g = g->next) {
		if (g->bev == bev) {
			g->since = w->now;
			g->for_long = for_long;
			g->is_served = 1;
		}
	}
}

static int is_gone(const struct guard *g)
{
	bufferevent_data_cb read, write;
	bufferevent_event_cb event;
	void *ctx;

	bufferevent_getcb(g->bev, &read, &write, &event, &ctx);
	return !read && !write && !event;
}

/* What evhttp itself has refused was never a request. */
static void let_go(struct http *w, struct guard *g)
{
	if (g->n_bytes > 0 && !g->is_served && !g->is_slow)
		notice(w->options.notices, NOTICE_HTTP, 1, w->now,
		    "HTTP: what came was no request, or too long");
	bufferevent_decref(g->bev);
	free(g);
	w->n_guards--;
}

void guard_sweep(struct http *w)
{
	struct guard **at = &w->guards;

	while (*at) {
		struct guard *g = *at;

		if (is_gone(g)) {
			*at = g->next;
			let_go(w, g);
			continue;
		}
		if (!g->for_long && !g->is_slow &&
		    w->now - g->since > PATIENCE * SECOND) {
			g->is_slow = 1;
			notice(w->options.notices, NOTICE_SLOW_HTTP, 1, w->now,
			    "HTTP: no whole request in %d s", PATIENCE);
			shutdown(bufferevent_getfd(g->bev), SHUT_RDWR);
		}
		at = &g->next;
	}
	if (w->full && w->n_guards < w->options.max_connections)
		set_accepting(w, 1);
}

void guard_clear(struct http *w)
{
	while (w->guards) {
		struct guard *g = w->guards;

		w->guards = g->next;
		let_go(w, g);
	}
}
