/*
 * HTTP by libevent's server: who is let in, and which path is what.
 *
 * No path is that of a file. Whoever is refused gets a short answer and is
 * counted. On the loopback a request must also name this machine: else a page
 * from elsewhere, whose name has been made to lead here, could read all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include "http_inside.h"
#include "live.h"

enum {
	MOST_HEADER = 8192,
	MOST_CONNECTIONS = 64,
	IDLE = 30,
	DEFAULT_LIMIT = 100,
	MOST_LIMIT = 1000
};

/* ---- Answers ---- */

static void set_header(struct evhttp_request *req, const char *name,
    const char *value)
{
	evhttp_add_header(evhttp_request_get_output_headers(req), name, value);
}

static void set_headers(struct evhttp_request *req, const char *type)
{
	set_header(req, "Content-Type", type);
	set_header(req, "Cache-Control", "no-store");
	set_header(req, "X-Content-Type-Options", "nosniff");
	set_header(req, "X-Frame-Options", "DENY");
	set_header(req, "Referrer-Policy", "no-referrer");
	set_header(req, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'; "
	    "script-src 'unsafe-inline'; connect-src 'self'; "
	    "img-src data:; base-uri 'none'; form-action 'none'; "
	    "frame-ancestors 'none'");
}

static void answer(struct evhttp_request *req, int code, const char *reason,
    const char *type, const void *bytes, size_t n)
{
	struct evbuffer *body = evbuffer_new();

	set_headers(req, type);
	if (!body || evbuffer_add(body, bytes, n) < 0) {
		code = 500;
		reason = "out of memory";
	}
	evhttp_send_reply(req, code, reason, body);
	if (body)
		evbuffer_free(body);
}

static void answer_words(struct evhttp_request *req, int code,
    const char *words)
{
	char text[80];
	int n = snprintf(text, sizeof text, "%s\n", words);

	answer(req, code, words, "text/plain; charset=utf-8", text, (size_t)n);
}

static void answer_json(struct http *w, struct evhttp_request *req,
    const char *type)
{
	if (w->json.failed)
		answer_words(req, 503, "out of memory");
	else
		answer(req, 200, "OK", type, w->json.text, w->json.len);
}

static void refuse(struct http *w, struct evhttp_request *req,
    enum notice_kind kind, int code, const char *words)
{
	char *host = NULL;
	ev_uint16_t port = 0;
	struct evhttp_connection *c = evhttp_request_get_connection(req);

	if (c)
		evhttp_connection_get_peer(c, &host, &port);
	notice(w->options.notices, kind, 1, w->now, "HTTP from %s: %s",
	    host ? host : "?", words);
	answer_words(req, code, words);
}

/* ---- Who is let in ---- */

static const char *header_of(struct evhttp_request *req, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(req), name);
}

static int has_token(const struct http *w, struct evhttp_request *req,
    const struct evkeyvalq *query)
{
	const char *given = header_of(req, "Authorization");

	if (!w->options.token)
		return 1;
	if (given && strncmp(given, "Bearer ", 7) == 0)
		given += 7;
	else
		given = evhttp_find_header(query, "token");
	return given && secret_is(w->options.token, given, strlen(given));
}

/* Without its port. */
static int is_this_machine(const char *host)
{
	size_t len = strcspn(host, ":");

	if (host[0] == '[')
		len = strcspn(host, "]") + 1;
	return (len == 9 && strncmp(host, "localhost", 9) == 0) ||
	    (len == 5 && strncmp(host, "[::1]", 5) == 0) ||
	    (len >= 7 && strncmp(host, "127.", 4) == 0 &&
		strspn(host, "0123456789.") == len);
}

/* Returns 1 if the request has been answered. */
static int is_refused(struct http *w, struct evhttp_request *req,
    const char *path, const struct evkeyvalq *query)
{
	enum evhttp_cmd_type method = evhttp_request_get_command(req);
	const char *host = header_of(req, "Host");

	if (method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD) {
		set_header(req, "Allow", "GET, HEAD");
		refuse(w, req, NOTICE_HTTP, 405, "only GET and HEAD");
	} else if (w->is_local[0] && host && !is_this_machine(host)) {
		refuse(w, req, NOTICE_HTTP, 403,
		    "not the name of this machine");
	} else if (strcmp(path, "/healthz") != 0 && !has_token(w, req, query)) {
		set_header(req, "WWW-Authenticate", "Bearer");
		refuse(w, req, NOTICE_TOKEN, 401, "a token is needed");
	} else {
		return 0;
	}
	return 1;
}

/* ---- Paths ---- */

static void send_key(struct http *w, struct evhttp_request *req,
    const char *name)
{
	size_t len;
	char *decoded = evhttp_uridecode(name, 0, &len);
	const struct board_key *key = decoded
	    ? board_find(w->options.board, decoded, len)
	    : NULL;

	free(decoded);
	if (!key) {
		answer_words(req, 404, "no such key");
		return;
	}
	json_reset(&w->json);
	http_put_key(w, key, 1);
	json_raw(&w->json, "\n");
	answer_json(w, req, "application/json");
}

static void send_keys(struct http *w, struct evhttp_request *req,
    const struct evkeyvalq *query)
{
	const char *limit = evhttp_find_header(query, "limit");
	unsigned long n = limit ? strtoul(limit, NULL, 10) : DEFAULT_LIMIT;

	if (n == 0 || n > MOST_LIMIT)
		n = MOST_LIMIT;
	json_reset(&w->json);
	http_put_keys(w, evhttp_find_header(query, "after"), n);
	answer_json(w, req, "application/json");
}

static void route(struct http *w, struct evhttp_request *req, const char *path,
    const struct evkeyvalq *query)
{
	if (strcmp(path, "/") == 0) {
		answer(req, 200, "OK", "text/html; charset=utf-8", ingest_live,
		    ingest_live_len);
	} else if (strcmp(path, "/healthz") == 0) {
		answer_words(req, 200, "ok");
	} else if (strcmp(path, "/events") == 0) {
		guard_request(w, req, 1);
		set_headers(req, "text/event-stream");
		watch_begin(w, req);
	} else if (strcmp(path, "/metrics") == 0) {
		json_reset(&w->json);
		http_put_metrics(w);
		answer_json(w, req, "text/plain; version=0.0.4");
	} else if (strcmp(path, "/api/keys") == 0) {
		send_keys(w, req, query);
	} else if (strncmp(path, "/api/key/", 9) == 0) {
		send_key(w, req, path + 9);
	} else {
		answer_words(req, 404, "not found");
	}
}

static void on_request(struct evhttp_request *req, void *ctx)
{
	struct http *w = ctx;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	const char *text = uri ? evhttp_uri_get_query(uri) : NULL;
	struct evkeyvalq query;

	guard_request(w, req, 0);
	if (!path || evhttp_parse_query_str(text ? text : "", &query) < 0) {
		refuse(w, req, NOTICE_HTTP, 400, "not an address");
		return;
	}
	if (!is_refused(w, req, path, &query))
		route(w, req, path, &query);
	evhttp_clear_headers(&query);
}

/* ---- Life ---- */

int http_new(struct http **http_out, const struct http_options *options)
{
	struct http *w = calloc(1, sizeof *w);

	if (!w)
		return -1;
	w->options = *options;
	if (w->options.max_connections == 0)
		w->options.max_connections = MOST_CONNECTIONS;
	w->http = evhttp_new(options->base);
	if (!w->http) {
		free(w);
		return -1;
	}
	evhttp_set_max_headers_size(w->http, MOST_HEADER);
	evhttp_set_max_body_size(w->http, MOST_HEADER);
	evhttp_set_timeout(w->http, IDLE);
	/* All methods come here, to be refused with the right answer. */
	evhttp_set_allowed_methods(w->http, 0xffff);
	evhttp_set_gencb(w->http, on_request, w);
	evhttp_set_bevcb(w->http, guard_new, w);
	*http_out = w;
	return 0;
}

void http_free(struct http *w)
{
	if (!w)
		return;
	watch_end(w);
	evhttp_free(w->http);
	guard_clear(w);
	json_clear(&w->json);
	free(w);
}

int http_listen(struct http *w, const struct addr *addr, char *text_out,
    char *why, size_t why_size)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof at;
	struct evconnlistener *l;

	if (w->n_sockets == HTTP_LISTENERS) {
		snprintf(why, why_size, "too many of them");
		return -1;
	}
	l = evconnlistener_new_bind(w->options.base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
	    128, (const struct sockaddr *)&addr->at, (int)addr->len);
	if (!l) {
		snprintf(why, why_size, "%s",
		    evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
		return -1;
	}
	getsockname(evconnlistener_get_fd(l), (struct sockaddr *)&at, &len);
	addr_format((struct sockaddr *)&at, len, ADDR_TCP, text_out, ADDR_TEXT);
	w->is_local[w->n_sockets] = addr_is_local(addr);
	w->sockets[w->n_sockets] = evhttp_bind_listener(w->http, l);
	if (!w->sockets[w->n_sockets]) {
		evconnlistener_free(l);
		snprintf(why, why_size, "out of memory");
		return -1;
	}
	w->n_sockets++;
	return 0;
}

void http_tick(struct http *w, int64_t now)
{
	w->now = now;
	watch_tell(w);
	guard_sweep(w);
}

void http_alert(struct http *w, const struct alert_event *event)
{
	watch_alert(w, event);
}

void http_stop(struct http *w)
{
	watch_end(w);
}
