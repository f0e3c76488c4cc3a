/*
 * Requests and the token: who may see what is not for all.
 *
 * A wrong token is answered later the more of them its peer has sent; the
 * request is held until a tick finds that it is time. One without any is no
 * guess, and is refused at once. The connection may be gone before: what the
 * peer owes stays.
 */
#define _POSIX_C_SOURCE 200809L

#include <event2/http.h>
#include <stdlib.h>

#include "web_inside.h"

struct held {
	struct request request;
	int64_t until; /* clock_steady() */
	struct held *next;
};

static void forget(struct held *x)
{
	struct held **at = &x->request.web->held;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	free(x);
}

/* The request is ours if evhttp has taken it off the connection. */
static void on_close(struct evhttp_connection *con, void *ctx)
{
	struct held *x = ctx;
	struct evhttp_request *req = x->request.req;

	(void)con;
	forget(x);
	if (!evhttp_request_get_connection(req))
		evhttp_send_reply_end(req);
}

static void refuse(const struct request *request)
{
	web_refuse(request, LOG_TOKEN, 401, "a wrong token");
}

static void hold(const struct request *request, int64_t until)
{
	struct held *x = calloc(1, sizeof *x);

	if (!x) {
		refuse(request);
		return;
	}
	x->request = *request;
	x->until = until;
	x->next = request->web->held;
	request->web->held = x;
	http_conn_holds(request->conn);
	evhttp_connection_set_closecb(evhttp_request_get_connection(request
									->req),
	    on_close, x);
}

static void release(struct held *x)
{
	struct request request = x->request;

	evhttp_connection_set_closecb(evhttp_request_get_connection(request
									.req),
	    NULL, NULL);
	forget(x);
	http_conn_answers(request.conn, request.req);
	refuse(&request);
}

void web_release(struct web *web, int all)
{
	int64_t now = clock_steady();
	struct held *x = web->held, *next;

	for (; x; x = next) {
		next = x->next;
		if (all || now >= x->until)
			release(x);
	}
}

/* Answers a wrong token, now or later. Returns 0. */
static int take_wrong(const struct request *request)
{
	int64_t now = clock_steady();
	int64_t delay = peer_guessed_wrong(http_conn_peer(request->conn), now);

	if (delay == 0)
		refuse(request);
	else
		hold(request, now + delay);
	return 0;
}

int web_may_pass(const struct request *request)
{
	enum request_token token = request_token(request);

	if (token == REQUEST_NO_TOKEN) {
		web_refuse(request, LOG_TOKEN, 401, "no token");
		return 0;
	}
	if (!peer_may_guess(http_conn_peer(request->conn), clock_steady())) {
		web_refuse(request, LOG_TOKEN, 429, "too many wrong tokens");
		return 0;
	}
	return token == REQUEST_TOKEN || take_wrong(request);
}
