/*
 * Server-sent events. What has changed is written once and sent to all who
 * watch; one who does not read is closed when too much waits for it.
 */
#include <stdlib.h>
#include <string.h>

#include "http_inside.h"

enum { FIRST_KEYS = 50, MOST_KEYS = 200, MOST_WAITING = 1 << 20 };

static const int64_t ALIVE = 15000000000;

struct watcher {
	struct http *http;
	struct evhttp_request *req;
	struct watcher *next;
};

static void forget(struct watcher *v)
{
	struct watcher **at = &v->http->watchers;

	while (*at != v)
		at = &(*at)->next;
	*at = v->next;
	free(v);
}

/*
 * The other side has gone. The request is still ours then, unless evhttp itself
 * is being freed; its end frees it.
 */
static void on_close(struct evhttp_connection *c, void *ctx)
{
	struct watcher *v = ctx;
	struct evhttp_request *req = v->req;

	(void)c;
	forget(v);
	if (!evhttp_request_get_connection(req))
		evhttp_send_reply_end(req);
}

static void close_watcher(struct watcher *v)
{
	struct evhttp_request *req = v->req;
	struct evhttp_connection *c = evhttp_request_get_connection(req);

	forget(v);
	if (c)
		evhttp_connection_set_closecb(c, NULL, NULL);
	evhttp_send_reply_end(req);
}

static void send_text(struct watcher *v, const struct json *text)
{
	struct evbuffer *chunk = evbuffer_new();

	if (chunk && !text->failed &&
	    evbuffer_add(chunk, text->text, text->len) == 0)
		evhttp_send_reply_chunk(v->req, chunk);
	if (chunk)
		evbuffer_free(chunk);
}

static size_t waiting(const struct watcher *v)
{
	struct evhttp_connection *c = evhttp_request_get_connection(v->req);
	struct bufferevent *bev = c ? evhttp_connection_get_bufferevent(c)
				    : NULL;

	return bev ? evbuffer_get_length(bufferevent_get_output(bev)) : 0;
}

static void send_all(struct http *w)
{
	struct watcher *v, *next;

	for (v = w->watchers; v; v = next) {
		next = v->next;
		if (waiting(v) > MOST_WAITING)
			close_watcher(v);
		else
			send_text(v, &w->json);
	}
}

/* ---- What is said ---- */

static void put_row(struct json *j, const struct board *b, const double *row)
{
	for (size_t i = 0; i < b->n_values; i++) {
		json_raw(j, ",");
		json_number(j, row[i]);
	}
}

static void put_key(struct http *w, const struct board_key *k, int points)
{
	const struct board *b = w->options.board;
	struct json *j = &w->json;
	int64_t at = 0;

	json_raw(j, "{\"key\":");
	json_string(j, k->name, k->len);
	json_raw(j, ",\"n\":");
	json_count(j, k->n);
	json_raw(j, ",\"points\":[");
	for (size_t i = points || k->n_points == 0 ? 0 : k->n_points - 1;
	     i < k->n_points; i++) {
		const double *row = board_point(b, k, i, &at);

		json_raw(j, i > 0 && points ? ",[" : "[");
		json_ms(j, at);
		put_row(j, b, row);
		json_raw(j, "]");
	}
	json_raw(j, "]");
	if (points)
		http_put_raised(w, k);
	json_raw(j, "}");
}

static void put_names(struct http *w)
{
	const struct board *b = w->options.board;
	struct json *j = &w->json;

	for (size_t i = 0; i < b->n_values; i++) {
		if (i > 0)
			json_raw(j, ",");
		json_string(j, b->names[i], strlen(b->names[i]));
	}
}

void watch_begin(struct http *w, struct evhttp_request *req)
{
	struct watcher *v = calloc(1, sizeof *v);
	struct json *j = &w->json;
	size_t n = 0;

	if (!v) {
		evhttp_send_error(req, 503, "out of memory");
		return;
	}
	v->http = w;
	v->req = req;
	v->next = w->watchers;
	w->watchers = v;
	evhttp_connection_set_closecb(evhttp_request_get_connection(req),
	    on_close, v);
	evhttp_send_reply_start(req, 200, "OK");
	json_reset(j);
	json_raw(j, "retry: 2000\nevent: hello\ndata: {\"title\":");
	json_string(j, w->options.title, strlen(w->options.title));
	json_raw(j, ",\"names\":[");
	put_names(w);
	json_raw(j, "],\"keys\":[");
	for (const struct board_key *k = w->options.board->newest;
	     k && n < FIRST_KEYS; k = k->older) {
		if (n++ > 0)
			json_raw(j, ",");
		put_key(w, k, 1);
	}
	json_raw(j, "]}\n\n");
	send_text(v, j);
}

/* Keys in the order of their last row: those that have changed come first. */
void watch_tell(struct http *w)
{
	const struct board *b = w->options.board;
	struct json *j = &w->json;
	size_t n = 0;

	if (!w->watchers || b->version == w->told) {
		w->told = b->version;
		if (w->watchers && w->now - w->kept_alive > ALIVE) {
			json_reset(j);
			json_raw(j, ":\n\n");
			w->kept_alive = w->now;
			send_all(w);
		}
		return;
	}
	json_reset(j);
	json_raw(j, "event: rows\ndata: {\"names\":[");
	put_names(w);
	json_raw(j, "],\"keys\":[");
	for (const struct board_key *k = b->newest;
	     k && k->version > w->told && n < MOST_KEYS; k = k->older) {
		if (n++ > 0)
			json_raw(j, ",");
		put_key(w, k, 0);
	}
	json_raw(j, "]}\n\n");
	w->told = b->version;
	w->kept_alive = w->now;
	send_all(w);
}

void watch_alert(struct http *w, const struct alert_event *event)
{
	if (!w->watchers)
		return;
	json_reset(&w->json);
	json_raw(&w->json, "event: alert\ndata: ");
	http_put_alert(&w->json, event);
	json_raw(&w->json, "\n\n");
	send_all(w);
}

void watch_end(struct http *w)
{
	json_reset(&w->json);
	json_raw(&w->json, "event: bye\ndata: {}\n\n");
	send_all(w);
	while (w->watchers)
		close_watcher(w->watchers);
}
