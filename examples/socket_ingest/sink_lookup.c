/*
 * Addresses of a name, without waiting: /etc/hosts and DNS, by evdns, which
 * is part of libevent.
 *
 * Each lookup reads /etc/hosts and /etc/resolv.conf anew, which may be other
 * ones when a network has come or gone; at most one is made a second. evdns
 * says its last word of a lookup that is given up in a later turn of the
 * loop, so the object lives as long as that.
 */
#define _POSIX_C_SOURCE 200809L

#include <event2/dns.h>
#include <event2/util.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "sink_inside.h"

struct sink_lookup {
	struct evdns_base *dns;
	struct event *ready;
	sink_lookup_fn *fn;
	void *ctx;
	int is_pending; /* evdns has not answered yet */
	int is_given_up;
	int error; /* answer: an error, or n addresses */
	int n;
	struct addr addrs[ADDR_MAX];
};

static void take_addresses(struct sink_lookup *l,
    const struct evutil_addrinfo *a)
{
	for (; a && l->n < ADDR_MAX; a = a->ai_next) {
		struct addr *to = &l->addrs[l->n];

		if (a->ai_addrlen > sizeof to->at)
			continue;
		to->kind = ADDR_TCP;
		to->len = (socklen_t)a->ai_addrlen;
		memcpy(&to->at, a->ai_addr, a->ai_addrlen);
		l->n++;
	}
}

static void on_answer(int error, struct evutil_addrinfo *addresses, void *ctx)
{
	struct sink_lookup *l = ctx;

	l->is_pending = 0;
	l->error = error;
	if (!error && !l->is_given_up)
		take_addresses(l, addresses);
	if (addresses)
		evutil_freeaddrinfo(addresses);
	if (l->is_given_up)
		free(l);
	else
		/* Here evdns cannot be freed yet. */
		event_active(l->ready, EV_TIMEOUT, 0);
}

static void on_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct sink_lookup *l = ctx;
	const char *why = "no such host";

	(void)fd;
	(void)what;
	if (l->error)
		why = evutil_gai_strerror(l->error);
	l->fn(l->ctx, l->addrs, l->n, why);
}

struct sink_lookup *sink_lookup_new(struct event_base *base, const char *host,
    const char *port, sink_lookup_fn *fn, void *ctx)
{
	struct sink_lookup *l = calloc(1, sizeof *l);
	struct evutil_addrinfo hints;

	if (!l)
		return NULL;
	l->fn = fn;
	l->ctx = ctx;
	l->ready = event_new(base, -1, 0, on_ready, l);
	l->dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (!l->ready || !l->dns) {
		sink_lookup_free(l);
		return NULL;
	}
	/* If there is no such file, the name server is this machine. */
	evdns_base_resolv_conf_parse(l->dns, DNS_OPTIONS_ALL,
	    "/etc/resolv.conf");
	memset(&hints, 0, sizeof hints);
	hints.ai_family = AF_UNSPEC;
	hints.ai_socktype = SOCK_STREAM;
	l->is_pending = 1;
	evdns_getaddrinfo(l->dns, host, port, &hints, on_answer, l);
	return l;
}

void sink_lookup_free(struct sink_lookup *l)
{
	if (!l)
		return;
	l->is_given_up = 1;
	if (l->ready)
		event_free(l->ready);
	if (l->dns)
		evdns_base_free(l->dns, 1);
	if (!l->is_pending)
		free(l);
}
