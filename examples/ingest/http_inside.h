/*
 * What the parts of the web server know of each other.
 */
#ifndef INGEST_HTTP_INSIDE_H
#define INGEST_HTTP_INSIDE_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include "http.h"
#include "json.h"

enum { HTTP_LISTENERS = 8 };

struct guard; /* a connection */
struct watcher;

struct http {
	struct http_options options;
	struct evhttp *http;
	struct evhttp_bound_socket *sockets[HTTP_LISTENERS];
	size_t n_sockets;
	int is_local[HTTP_LISTENERS];
	int full; /* connections are not accepted */
	struct guard *guards;
	size_t n_guards;
	struct watcher *watchers;
	struct json json; /* of one answer */
	int64_t now, kept_alive;
	uint64_t told; /* the board's version at the last event */
};

/* ---- Connections (http_guard.c) ---- */

struct bufferevent *guard_new(struct event_base *base, void *http);
/* A request has come: the connection is being answered, or for long. */
void guard_request(struct http *http, struct evhttp_request *req, int for_long);
/* Each tick: who is too slow is shut down, what is gone let go. */
void guard_sweep(struct http *http);
void guard_clear(struct http *http);

/* ---- Events (http_events.c) ---- */

void watch_begin(struct http *http, struct evhttp_request *req);
void watch_tell(struct http *http);
void watch_alert(struct http *http, const struct alert_event *event);
void watch_end(struct http *http);

/* ---- Texts ---- */

/* {"key":...,...} as /api has it; with its points. */
void http_put_key(struct http *http, const struct board_key *key, int points);
void http_put_keys(struct http *http, const char *after, size_t limit);
/* ,"alerts":[...], the names of those that are raised. */
void http_put_raised(struct http *http, const struct board_key *key);
void http_put_metrics(struct http *http);
void http_put_alert(struct json *json, const struct alert_event *event);

#endif
