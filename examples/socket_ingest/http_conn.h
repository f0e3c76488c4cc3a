/*
 * A connection of HTTP, shared by two files: http_conn.c watches it from its
 * beginning to its end, and http_conn_room.c closes it when another one needs
 * the room.
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
	const char *wrong; /* fault of its head, or NULL */
	int64_t since;     /* start of this state, by clock_steady() */
	int64_t deadline;
	enum http_conn_state state;
	int has_begun;  /* some of a request has come */
	int is_refused; /* refused by evhttp, and counted */
	int is_closed;  /* by us */
	int had_turn;   /* an answer has gone out */
	int is_named;
	char who[ADDR_TEXT];
};

/* Lets new connections be accepted, or wait. */
void http_conn_switch(struct web *web, int on);

/* Accepts them again, if there is room or someone to make it. */
void http_conn_let_in(struct web *web);

#endif
