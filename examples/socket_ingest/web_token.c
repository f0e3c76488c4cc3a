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
	struct ask ask;
	int64_t until; /* clock_steady() */
	struct held *next;
};

static void forget(struct held *x)
{
	struct held **at = &x->ask.web->held;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	free(x);
}

/* The request is ours if evhttp has taken it off the connection. */
static void on_close(struct evhttp_connection *con, void *ctx)
{
	struct held *x = ctx;
	struct evhttp_request *req = x->ask.req;

	(void)con;
	forget(x);
	if (!evhttp_request_get_connection(req))
		evhttp_send_reply_end(req);
}

static void refuse(const struct ask *ask)
{
	web_refuse(ask, NOTICE_TOKEN, 401, "a wrong token");
}

static void hold(const struct ask *ask, int64_t until)
{
	struct held *x = calloc(1, sizeof *x);

	if (!x) {
		refuse(ask);
		return;
	}
	x->ask = *ask;
	x->until = until;
	x->next = ask->web->held;
	ask->web->held = x;
	guard_holds(ask->guard);
	evhttp_connection_set_closecb(evhttp_request_get_connection(ask->req),
	    on_close, x);
}

static void release(struct held *x)
{
	struct ask ask = x->ask;

	evhttp_connection_set_closecb(evhttp_request_get_connection(ask.req),
	    NULL, NULL);
	forget(x);
	guard_answers(ask.guard, ask.req);
	refuse(&ask);
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

/* Returns 0: it has been answered, or will be. */
static int take_wrong(const struct ask *ask)
{
	int64_t now = clock_steady();
	int64_t delay = peer_guessed_wrong(guard_peer(ask->guard), now);

	if (delay == 0)
		refuse(ask);
	else
		hold(ask, now + delay);
	return 0;
}

int web_may_pass(const struct ask *ask)
{
	enum ask_token token = ask_token(ask);

	if (token == ASK_NO_TOKEN) {
		web_refuse(ask, NOTICE_TOKEN, 401, "no token");
		return 0;
	}
	if (!peer_may_guess(guard_peer(ask->guard), clock_steady())) {
		web_refuse(ask, NOTICE_TOKEN, 429, "too many wrong tokens");
		return 0;
	}
	return token == ASK_TOKEN || take_wrong(ask);
}
