/*
 * HTTP: listening, and who answers what.
 *
 * evhttp reads requests and writes answers. Paths are compared as they come,
 * before anything is decoded, and none is looked up anywhere but in the list
 * below: there is no file that could be asked for. What comes from the
 * client is never sent back but as a string of JSON.
 *
 * Answers that can be long are written through one writer into one buffer,
 * one at a time: nothing here waits for anything.
 */
#define _POSIX_C_SOURCE 200809L

#include "web.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <leat.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../replay/report.h"
#include "web_inside.h"

enum { BACKLOG = 128, EVERY_METHOD = 0xffff };

/* ---- Bodies ---- */

static void take(void *ctx, const char *bytes, size_t n)
{
	struct web *web = ctx;

	if (evbuffer_add(web->body, bytes, n) < 0)
		web->failed = 1;
}

struct writer *web_begin(struct web *web)
{
	evbuffer_drain(web->body, evbuffer_get_length(web->body));
	web->failed = 0;
	writer_init_to(&web->out, take, web);
	return &web->out;
}

struct evbuffer *web_end(struct web *web)
{
	writer_flush(&web->out);
	return web->failed ? NULL : web->body;
}

/* ---- Answers ---- */

void web_headers(const struct request *request, const char *type)
{
	static const char *const all[][2] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
	};
	struct evkeyvalq *headers =
	    evhttp_request_get_output_headers(request->req);

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		evhttp_add_header(headers, all[i][0], all[i][1]);
	evhttp_add_header(headers, "Content-Type", type);
	if (!evhttp_find_header(headers, "Cache-Control"))
		evhttp_add_header(headers, "Cache-Control", "no-store");
}

/* evhttp would send the body of HEAD, and not how long it would be. */
void web_send(const struct request *request, int code, const char *type,
    struct evbuffer *body)
{
	size_t len = body ? evbuffer_get_length(body) : 0;
	char text[24];

	snprintf(text, sizeof text, "%zu", len);
	web_headers(request, type);
	evhttp_add_header(evhttp_request_get_output_headers(request->req),
	    "Content-Length", text);
	evhttp_send_reply(request->req, body ? code : HTTP_SERVUNAVAIL, NULL,
	    request->is_head ? NULL : body);
}

void web_send_text(const struct request *request, int code, const char *text)
{
	writer_text(web_begin(request->web), text);
	writer_char(&request->web->out, '\n');
	web_send(request, code, "text/plain; charset=utf-8",
	    web_end(request->web));
}

void web_refuse(const struct request *request, enum log_kind kind, int code,
    const char *why)
{
	struct evkeyvalq *headers =
	    evhttp_request_get_output_headers(request->req);

	log_event(request->web->options.log, kind, 1, clock_wall(),
	    "%s: HTTP: %s", http_conn_who(request->conn), why);
	evhttp_add_header(headers, "Connection", "close");
	if (code == HTTP_BADMETHOD)
		evhttp_add_header(headers, "Allow", "GET, HEAD");
	if (code == 401)
		evhttp_add_header(headers, "WWW-Authenticate", "Bearer");
	if (code == 429)
		evhttp_add_header(headers, "Retry-After", "16");
	web_send_text(request, code, why);
}

/* ---- Routes ---- */

static void say_ok(const struct request *request)
{
	web_send_text(request, HTTP_OK, "ok");
}

static const struct {
	const char *path;
	void (*answer)(const struct request *request);
	int is_open; /* without a token */
} routes[] = {
	{ "/", web_page, 0 },
	{ "/events", web_events, 0 },
	{ "/api/keys", web_keys, 0 },
	{ "/metrics", web_metrics, 0 },
	{ "/healthz", say_ok, 1 },
};

static void route(const struct request *request)
{
	static const char key[] = "/api/key/";
	size_t n = sizeof routes / sizeof *routes, i = 0;

	while (i < n && strcmp(routes[i].path, request->path) != 0)
		i++;
	if (!(i < n && routes[i].is_open) && request->web->options.token &&
	    !web_may_pass(request))
		return;
	if (i < n)
		routes[i].answer(request);
	else if (strncmp(request->path, key, sizeof key - 1) == 0)
		web_key(request, request->path + sizeof key - 1);
	else
		web_send_text(request, HTTP_NOTFOUND, "no such page");
}

static struct request read_request(struct web *web, struct evhttp_request *req)
{
	struct evhttp_connection *con = evhttp_request_get_connection(req);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	struct request request = { 0 };

	request.web = web;
	request.req = req;
	request.conn = http_conn_find(web,
	    evhttp_connection_get_bufferevent(con));
	request.path = evhttp_uri_get_path(uri);
	request.query = evhttp_uri_get_query(uri);
	request.is_head = evhttp_request_get_command(req) == EVHTTP_REQ_HEAD;
	if (!request.path)
		request.path = "";
	return request;
}

static void on_request(struct evhttp_request *req, void *ctx)
{
	struct web *web = ctx;
	struct request request = read_request(web, req);
	const char *wrong;
	int code;

	http_conn_reap(web);
	if (!request.conn || web->stops) {
		evhttp_add_header(evhttp_request_get_output_headers(req),
		    "Connection", "close");
		evhttp_send_reply(req, HTTP_SERVUNAVAIL, NULL, NULL);
		return;
	}
	http_conn_answers(request.conn, req);
	wrong = request_find_wrong(&request, &code);
	if (wrong)
		web_refuse(&request, LOG_HTTP, code, wrong);
	else
		route(&request);
}

/* ---- Listening ---- */

/* No descriptor or no memory is left; the next tick tries again. */
static void on_accept_error(struct evconnlistener *listener, void *ctx)
{
	(void)ctx;
	evconnlistener_disable(listener);
}

static int open_socket(const struct addr *addr)
{
	int fd = socket(addr->at.ss_family, SOCK_STREAM, 0);
	int one = 1, zero = 0, error;

	if (fd < 0)
		return -1;
	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (addr->at.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
	if (bind(fd, (const struct sockaddr *)&addr->at, addr->len) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int listen_on(struct web *web, int fd)
{
	struct evconnlistener *listener = evconnlistener_new(web->options.base,
	    NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG,
	    fd);

	if (!listener)
		return -1;
	if (!evhttp_bind_listener(web->http, listener)) {
		evconnlistener_free(listener);
		return -1;
	}
	evconnlistener_set_error_cb(listener, on_accept_error);
	return 0;
}

int web_listen(struct web *web, const struct addr *addr, char *text_out,
    char *why, size_t why_size)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof at;
	int fd;

	if (addr->kind != ADDR_TCP)
		return report(why, why_size, "HTTP needs a TCP address");
	fd = open_socket(addr);
	if (fd < 0)
		return report(why, why_size, "%s", strerror(errno));
	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0 ||
	    listen_on(web, fd) < 0)
		return report(why, why_size, "%s", strerror(errno));
	addr_format((struct sockaddr *)&at, len, ADDR_TCP, text_out, ADDR_TEXT);
	return 0;
}

/* ---- Life ---- */

static void on_settle(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	http_conn_settle(ctx);
}

static int prepare(struct web *web)
{
	const struct web_options *o = &web->options;

	web->http = evhttp_new(o->base);
	web->body = evbuffer_new();
	web->settle = event_new(o->base, -1, 0, on_settle, web);
	if (!web->http || !web->body || !web->settle ||
	    web_page_policy(web->policy) < 0)
		return -1;
	evhttp_set_max_headers_size(web->http, WEB_HEADERS);
	evhttp_set_max_body_size(web->http, 0);
	/* Other methods are refused by on_request(), and so are counted. */
	evhttp_set_allowed_methods(web->http, EVERY_METHOD);
	evhttp_set_bevcb(web->http, http_conn_connection, web);
	evhttp_set_gencb(web->http, on_request, web);
	return 0;
}

int web_new(struct web **web_out, const struct web_options *options)
{
	struct web *web = calloc(1, sizeof *web);

	if (!web)
		return -1;
	web->options = *options;
	if (prepare(web) < 0) {
		web_free(web);
		return -1;
	}
	*web_out = web;
	return 0;
}

void web_free(struct web *web)
{
	if (!web)
		return;
	web->stops = 1;
	if (web->http)
		evhttp_free(web->http);
	http_conn_reap(web);
	if (web->settle)
		event_free(web->settle);
	if (web->body)
		evbuffer_free(web->body);
	free(web);
}
