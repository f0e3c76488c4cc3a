/*
 * Shared by the files of web.h: connections under watch, clients of /events,
 * and how answers are written.
 */
#ifndef SOCKET_INGEST_WEB_INSIDE_H
#define SOCKET_INGEST_WEB_INSIDE_H

#include <stddef.h>
#include <stdint.h>

#include "../replay/system_clock.h"
#include "../replay/writer.h"
#include "web.h"

struct bufferevent;
struct evbuffer;
struct evhttp;
struct evhttp_request;
struct evkeyvalq;
struct event;
struct http_conn;
struct held;
struct watcher;

enum {
	WEB_HEADERS = 8192,    /* bytes of a request */
	WEB_WAITING = 1 << 20, /* bytes that may wait for a client of /events */
	WEB_POLICY_SIZE = 400  /* size of the page's policy */
};

struct web {
	struct web_options options;
	struct evhttp *http;
	struct event *settle; /* when connections have come */
	struct http_conn *conns;
	size_t n_conns;
	struct held *held; /* requests with a wrong token */

	struct watcher *watchers;
	size_t n_watchers;
	const char *const *names; /* names that clients of /events know */
	uint64_t version;         /* version of the snapshot that they know */
	size_t n_alerts;          /* since the last tick */
	size_t turn;              /* next share of many keys to be sent */
	int64_t next_ping;

	struct writer out;     /* writes to body */
	struct evbuffer *body; /* body of the answer that is being written */
	int failed;            /* no memory for all of the body */
	int stops;
	char policy[WEB_POLICY_SIZE];
};

/* A request that may be answered. */
struct request {
	struct web *web;
	struct evhttp_request *req;
	struct http_conn *conn;
	const char *path;  /* not decoded */
	const char *query; /* behind the ?; NULL: none */
	int is_head;
};

/* ---- Answers (web.c) ---- */

/* Begin and end a body; NULL at its end: no memory. */
struct writer *web_begin(struct web *web);
struct evbuffer *web_end(struct web *web);

/* Adds the headers that each answer has. */
void web_headers(const struct request *request, const char *type);

/* Sends an answer, whose body is drained; NULL: 503. */
void web_send(const struct request *request, int code, const char *type,
    struct evbuffer *body);
void web_send_text(const struct request *request, int code, const char *text);

/*
 * Sends a text as web_send_text() does, counts and logs it, and closes the
 * connection behind it.
 */
void web_refuse(const struct request *request, enum log_kind kind, int code,
    const char *why);

/* ---- What a request says (web_request.c) ---- */

/* Returns why a request is refused, with the status in *code_out, or NULL. */
const char *request_find_wrong(const struct request *request, int *code_out);

/* Returns which token a request has, where there must be one. */
enum request_token { REQUEST_NO_TOKEN, REQUEST_WRONG_TOKEN, REQUEST_TOKEN };
enum request_token request_token(const struct request *request);

/*
 * Finds a value of the query, decoded and allocated. Returns 1, 0 if there is
 * none, or -1: no memory.
 */
int request_param(const struct request *request, const char *name,
    char **text_out, size_t *len_out);

/* ---- Connections (http_conn.c, http_conn_room.c) ---- */

/* Makes a bufferevent that is under watch, for evhttp. */
struct bufferevent *http_conn_connection(struct event_base *base, void *ctx);

/* Finds a connection; NULL: there was no memory for one. */
struct http_conn *http_conn_find(const struct web *web,
    const struct bufferevent *bev);
const char *http_conn_who(const struct http_conn *conn);
struct peer *http_conn_peer(const struct http_conn *conn); /* NULL: not known */

/*
 * To be called when a request has come and an answer follows, which may last
 * for ever.
 */
void http_conn_answers(struct http_conn *conn, struct evhttp_request *req);
void http_conn_holds(struct http_conn
	*conn); /* the answer is not written yet */
void http_conn_lasts(struct http_conn *conn);

/* Closes a connection at once; a client of /events is forgotten. */
void http_conn_close(struct http_conn *conn);
size_t http_conn_waiting(const struct http_conn *conn); /* bytes to go out */
int http_conn_any_waiting(const struct web *web);

/* Lets go of those that are closed; and closes those that take too long. */
void http_conn_reap(struct web *web);
void http_conn_sweep(struct web *web);
void http_conn_close_idle(struct web *web);
void http_conn_settle(struct web *web);

/* ---- Who may pass (web_token.c) ---- */

/*
 * Returns whether a request has the token. If it has not, it has been or will
 * be answered.
 */
int web_may_pass(const struct request *request);

/*
 * Sends the answers to wrong tokens that have been held for long enough, or
 * all.
 */
void web_release(struct web *web, int all);

/* ---- Those who look on (web_events.c) ---- */

void web_events(const struct request *request);

/* ---- JSON (web_json.c) ---- */

enum { JSON_HELLO_KEYS = 50 }; /* the most keys in an event "hello" */

/* Each writes the members of an event's object, without its braces. */
void json_hello(struct writer *writer, const struct web_options *options,
    int64_t now);
/*
 * Writes each `step`th key that has changed since a version, beginning with
 * number `first`.
 */
void json_rows(struct writer *writer, const struct snapshot *snapshot,
    uint64_t version, size_t step, size_t first, int64_t now);
void json_alert(struct writer *writer, const struct alert_event *event);

/* Each writes a whole object and a line end. */
void json_key(struct writer *writer, const struct web_options *options,
    const struct snapshot_key *key);
/* With has_next, the object says behind which key the next page begins. */
void json_keys(struct writer *writer, const struct web_options *options,
    const struct snapshot_key *const *keys, size_t n, int has_next);

/* ---- Routes ---- */

void web_keys(const struct request *request);                  /* web_keys.c */
void web_key(const struct request *request, const char *name); /* web_keys.c */
void web_metrics(const struct request *request);   /* web_metrics.c */
void web_page(const struct request *request);      /* web_page.c */
int web_page_policy(char policy[WEB_POLICY_SIZE]); /* web_page.c */

#endif
