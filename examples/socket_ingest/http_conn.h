/*
 * A connection of HTTP, as the two files know it that watch over them:
 * web_guard.c, from its beginning to its end, and web_room.c, which sees to it
 * that there is room for another one.
 */
#ifndef SOCKET_INGEST_HTTP_CONN_H
#define SOCKET_INGEST_HTTP_CONN_H

#include "head.h"
#include "web_inside.h"

enum http_conn_state { ASKS, HELD, ANSWERS, LASTS };

struct http_conn {
	struct web *web;
	struct bufferevent *bev;
	struct http_conn *next;
	struct peer *peer;
	struct head head;
	const char *wrong; /* with a head; or NULL */
	int64_t since;     /* it is in this state; by clock_steady() */
	int64_t deadline;
	enum http_conn_state state;
	int has_begun;  /* some of a request has come */
	int is_refused; /* by evhttp; counted */
	int is_closed;  /* by us */
	int had_turn;   /* an answer has gone out */
	int is_named;
	char who[ADDR_TEXT];
};

/* Whether new connections are accepted, or wait. */
void http_conn_switch(struct web *web, int on);

/* Accepts them again, if there is room or someone to make it. */
void http_conn_let_in(struct web *web);

#endif
