/*
 * The HTTP server: a page that draws the live windows, the events that keep it
 * up to date, an API in JSON, and metrics for Prometheus.
 *
 *      /                 the page; nothing from elsewhere
 *      /events           server-sent events: at first "hello" with the names
 *                        of the results and the keys' newest rows and points,
 *                        then after each tick "rows" with what has changed,
 *                        and "alert" for each that is raised or cleared
 *      /api/keys         ?limit=N&after=NAME
 *      /api/key/NAME     its last row, points, alerts; NAME percent-encoded
 *      /metrics          Prometheus text format 0.0.4
 *      /healthz          "ok"
 *
 * All but /healthz need the token, if there is one: "Authorization: Bearer
 * TOKEN", or ?token=TOKEN, which a page can be opened with. Only GET and HEAD
 * are taken. A request has 10 seconds to arrive as a whole, 8 KiB of header
 * and no body; a client of /events that does not read is closed when 1 MiB
 * waits for it.
 */
#ifndef SOCKET_INGEST_WEB_H
#define SOCKET_INGEST_WEB_H

#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "alert.h"
#include "counts.h"
#include "log.h"
#include "peers.h"
#include "sink_list.h"
#include "snapshot.h"
#include "tls.h"

struct event_base;
struct web;

enum {
	WEB_CONNECTIONS = 128,
	WEB_WATCHERS = 48, /* clients of /events, at most */
	WEB_PER_PEER = 32  /* clients of /events from an address */
};

struct web_options {
	struct event_base *base;
	struct tls *tls;     /* NULL: none */
	const char *token;   /* NULL: none */
	struct peers *peers; /* counts wrong tokens */
	size_t max_per_peer; /* limit of clients of /events; 0: WEB_PER_PEER */
	const char *title;   /* title of the page: what is counted, "-w 60s" */
	const struct snapshot *snapshot; /* must stay, as all below */
	struct alerts *alerts;           /* NULL: no rule */
	struct log *log;
	const struct counts *counts;
	const struct sink_list *sinks; /* for /metrics; NULL: none */
};

/* Returns 0, or -1: no memory. */
int web_new(struct web **web_out, const struct web_options *options);
void web_free(struct web *web);

/*
 * Listens; may be called for several. text_out (ADDR_TEXT) is the address
 * with the port that is used, if 0 was given. Returns 0, or -1 with the
 * reason in why.
 */
int web_listen(struct web *web, const struct addr *addr, char *text_out,
    char *why, size_t why_size);

/*
 * To be called after each snapshot_tick(): sends clients of /events what has
 * changed.
 */
void web_tick(struct web *web, int64_t now);

/* Sends an alert to clients of /events at once. */
void web_alert(struct web *web, const struct alert_event *event);

/*
 * To be called before the end: clients of /events get "bye", and connections
 * are closed.
 */
void web_stop(struct web *web);

#endif
