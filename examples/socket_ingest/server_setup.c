/*
 * The parts of a server, made from its configuration in the order in which
 * they need each other, and freed again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../replay/report.h"
#include "../replay/system_clock.h"
#include "describe.h"
#include "descriptors.h"
#include "run.h"
#include "server.h"

/* ---- Alerts ---- */

static void on_alert(void *ctx, const struct alert_event *event)
{
	struct server *s = ctx;

	if (s->alerts_on_stderr)
		log_say("%s key \"%.*s\": %s (%.10g)",
		    event->raised ? "RAISED" : "cleared", (int)event->key_len,
		    event->key, event->text, event->value);
	if (s->alert_sinks.n > 0) {
		describe_alert(&s->alert_lines, event);
		writer_flush(&s->alert_lines);
	}
	if (s->web)
		web_alert(s->web, event);
}

/* A writer_fn, called with a line at a time. */
static void put_alert_line(void *ctx, const char *bytes, size_t n)
{
	struct server *s = ctx;

	sink_list_put(&s->alert_sinks, bytes, n, 1);
}

static int make_alerts(struct server *s, char *why, size_t size)
{
	const struct list *rules = &s->config->alerts;
	char reason[400];

	if (rules->n == 0)
		return 0;
	s->alerts = alerts_new(on_alert, s);
	if (!s->alerts)
		return report(why, size, "out of memory");
	for (size_t i = 0; i < rules->n; i++) {
		if (alerts_add(s->alerts, rules->items[i], reason,
			sizeof reason) == 0)
			continue;
		return report(why, size, "--alert \"%.80s\": %s",
		    rules->items[i], reason);
	}
	s->alerts_on_stderr = s->config->alert_to.n == 0;
	return 0;
}

/* ---- Outputs ---- */

static int is_database(const char *where)
{
	return strncmp(where, "sqlite:", 7) == 0;
}

static int add_sink(struct server *s, struct sink_list *list,
    const char *option, const char *where, char *why, size_t size)
{
	struct sink_options o = { 0 };
	char reason[300];

	o.base = s->base;
	o.where = where;
	o.log = &s->log;
	if (sink_list_add(list, &o, reason, sizeof reason) == 0)
		return 0;
	return report(why, size, "%s %.80s: %s", option, where, reason);
}

static int make_sinks(struct server *s, char *why, size_t size)
{
	const struct config *c = s->config;

	for (size_t i = 0; i < c->to.n; i++)
		if (!is_database(c->to.items[i]) &&
		    add_sink(s, &s->sinks, "--to", c->to.items[i], why, size) <
			0)
			return -1;
	if (c->to.n == 0 && c->settings.format != ROW_FORMAT_NONE &&
	    add_sink(s, &s->sinks, "--to", "-", why, size) < 0)
		return -1;
	for (size_t i = 0; i < c->alert_to.n; i++)
		if (add_sink(s, &s->alert_sinks, "--alert-to",
			c->alert_to.items[i], why, size) < 0)
			return -1;
	return 0;
}

/* ---- Making ---- */

static int make_secrets(struct server *s, char *why, size_t size)
{
	const struct config *c = s->config;

	if (c->token_file &&
	    secret_read(c->token_file, &s->token, why, size) < 0)
		return -1;
	if (!c->tls_cert)
		return 0;
	return tls_new(&s->tls, c->tls_cert, c->tls_key, c->tls_client_ca, why,
	    size);
}

/* Streams, the page, files and outputs need a descriptor each. */
static size_t allow_connections(const struct config *c)
{
	size_t others = WEB_CONNECTIONS + c->listen.n +
	    2 * (c->to.n + c->alert_to.n) + 16;
	size_t wanted = (size_t)c->max_connections + others;
	size_t allowed = descriptors_allow(wanted);

	if (allowed == wanted)
		return (size_t)c->max_connections;
	allowed = allowed > others ? allowed - others : 1;
	log_say("file descriptors suffice for %zu connections, not %llu",
	    allowed, (unsigned long long)c->max_connections);
	return allowed;
}

static int make_slots(struct server *s)
{
	uint64_t given = s->config->max_per_peer;
	size_t max = allow_connections(s->config);

	s->slots.max = max;
	s->slots.max_per_peer = given ? (size_t)given : (max + 3) / 4;
	s->slots.max_per_local = given ? (size_t)given : max - max / 32;
	s->peers = peers_new(max + 2 * WEB_CONNECTIONS, SERVER_PEERS,
	    s->config->settings.seed);
	return s->peers ? 0 : -1;
}

static int on_sample(void *ctx, const struct sample *sample)
{
	struct server *s = ctx;

	engine_value(s->engine, sample, s->who);
	return 0;
}

static int make_decoder(struct server *s)
{
	const struct settings *settings = &s->config->settings;
	struct decoder_options o = { 0 };

	o.time_unit = settings->timing.unit;
	o.influx_unit = s->config->influx_unit;
	o.max_key = 4096;
	o.max_keys = (size_t)cli_time_max_keys(&settings->timing);
	o.seed[0] = settings->seed[0];
	o.seed[1] = settings->seed[1];
	o.fn = on_sample;
	o.ctx = s;
	s->decoder = decoder_new(&o);
	s->senders = senders_new(settings->seed);
	s->buffer = malloc(SERVER_BUFFER);
	return s->decoder && s->senders && s->buffer ? 0 : -1;
}

static int make_engine(struct server *s, char *why, size_t size)
{
	const struct config *c = s->config;
	struct engine_options o = { 0 };
	size_t n_databases = 0;

	o.config = c;
	o.alerts = s->alerts;
	o.has_page = c->http.n > 0;
	for (size_t i = 0; i < c->to.n; i++)
		if (is_database(c->to.items[i])) {
			o.database = c->to.items[i] + 7;
			n_databases++;
		}
	if (n_databases > 1)
		return report(why, size, "--to: only one sqlite: file");
	o.now = s->now;
	o.sinks = &s->sinks;
	o.counts = &s->counts;
	o.log = &s->log;
	return engine_new(&s->engine, &o, why, size);
}

static int listen_http(struct server *s, const char *text, char *why,
    size_t size)
{
	const struct config *c = s->config;
	struct addr addrs[ADDR_MAX];
	char reason[300] = "", who[ADDR_TEXT];
	int n = addr_parse_http(text, addrs, reason, sizeof reason);

	for (int i = 0; i < n; i++) {
		if (!addr_is_local(&addrs[i]) && !c->insecure &&
		    !(c->tls_cert && (c->token_file || c->tls_client_ca)))
			return report(why, size,
			    "--http %.80s: not a local address: needs "
			    "--tls-cert, and --token-file "
			    "or --tls-client-ca; use --insecure to listen "
			    "anyway",
			    text);
		if (web_listen(s->web, &addrs[i], who, reason, sizeof reason) ==
		    0) {
			log_say("page on %s://%s/",
			    c->tls_cert ? "https" : "http",
			    strncmp(who, "tcp://", 6) == 0 ? who + 6 : who);
			return 0;
		}
	}
	return report(why, size, "--http %.80s: %s", text, reason);
}

static int make_web(struct server *s, char *why, size_t size)
{
	const struct config *c = s->config;
	struct web_options o = { 0 };

	if (c->http.n == 0)
		return 0;
	o.base = s->base;
	o.tls = s->tls;
	o.token = s->token;
	o.peers = s->peers;
	o.max_per_peer = (size_t)s->config->max_per_peer;
	o.title = s->title;
	o.snapshot = engine_snapshot(s->engine);
	o.alerts = s->alerts;
	o.log = &s->log;
	o.counts = &s->counts;
	o.sinks = &s->sinks;
	if (web_new(&s->web, &o) < 0)
		return report(why, size, "out of memory");
	for (size_t i = 0; i < c->http.n; i++)
		if (listen_http(s, c->http.items[i], why, size) < 0)
			return -1;
	return 0;
}

static int make_all(struct server *s, char *why, size_t size)
{
	s->base = event_base_new();
	if (!s->base || make_decoder(s) < 0 || make_slots(s) < 0)
		return report(why, size, "out of memory");
	if (make_secrets(s, why, size) < 0 || make_alerts(s, why, size) < 0 ||
	    make_sinks(s, why, size) < 0 || make_engine(s, why, size) < 0 ||
	    server_load(s, why, size) < 0 || make_web(s, why, size) < 0 ||
	    listen_all(s, why, size) < 0)
		return -1;
	if (server_start(s) == 0)
		return 0;
	return report(why, size, "out of memory");
}

int server_new(struct server **server_out, const struct config *config,
    char *why, size_t size)
{
	struct server *s = calloc(1, sizeof *s);

	if (!s)
		return report(why, size, "out of memory");
	s->config = config;
	s->now = s->counts.started = clock_wall();
	s->next_save = UINT64_MAX;
	s->saving = config->saving;
	writer_init_to(&s->alert_lines, put_alert_line, s);
	describe_windows(config, s->title, sizeof s->title);
	*server_out = s;
	return make_all(s, why, size);
}

static void free_events(struct server *s)
{
	struct event *events[] = { s->ticks, s->on_term, s->on_int, s->on_hup };

	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i])
			event_free(events[i]);
}

void server_free(struct server *s)
{
	if (!s)
		return;
	listen_none(s);
	stream_close_all(s);
	web_free(s->web);
	peers_free(s->peers);
	engine_free(s->engine);
	sink_list_free(&s->sinks);
	sink_list_free(&s->alert_sinks);
	alerts_free(s->alerts);
	decoder_free(s->decoder);
	senders_free(s->senders);
	tls_free(s->tls);
	free_events(s);
	if (s->base)
		event_base_free(s->base);
	free(s->token);
	free(s->buffer);
	free(s);
}
