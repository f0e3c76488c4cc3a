/*
 * The loop around all parts: turns, ticks, signals, saving.
 *
 * Five times a second there is a tick: time goes on in windows, alerts and
 * the page, and what is due is done. All is in one thread; nothing waits but
 * for the disk when the state is saved.
 *
 * A save is the state between two batches of lines. When it is on the disk,
 * senders are told what is in it. So a line is counted exactly once, if its
 * sender sends again what had not been saved when the server was gone.
 */
#define _POSIX_C_SOURCE 200809L

#include "server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../replay/report.h"
#include "../replay/state_file.h"
#include "../replay/system_clock.h"
#include "descriptors.h"
#include "run.h"

enum { TICK_MS = 200, DRAIN_MS = 2000 };

/* ---- Lines ---- */

static int on_sample(void *ctx, const struct sample *sample)
{
	struct server *s = ctx;

	engine_value(s->engine, sample, s->who);
	return 0;
}

/* A line that is bad may be a good one of another format. */
static void tell_bad(struct server *s, enum format format, const char *text,
    size_t len)
{
	enum format like = format_guess(text, len);

	if (like == format || like == FORMAT_AUTO || like == FORMAT_CSV)
		log_event(&s->log, LOG_BAD_LINE, 1, s->now, "%s: %s", s->who,
		    decoder_why(s->decoder));
	else
		log_event(&s->log, LOG_BAD_LINE, 1, s->now,
		    "%s: %s; it is read as format %s, but it is like %s",
		    s->who, decoder_why(s->decoder), format_name(format),
		    format_name(like));
}

int server_line(struct server *s, enum format format, const char *text,
    size_t len)
{
	int err = decoder_take(s->decoder, format, text, len);

	s->counts.lines[format]++;
	if (err == DECODER_BAD)
		tell_bad(s, format, text, len);
	else if (err)
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    s->who);
	return err == DECODER_BAD ? -1 : 0;
}

/* Neither blank nor a comment. */
static int says_something(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && (text[i] == ' ' || text[i] == '\t'))
		i++;
	return i < len && text[i] != '#';
}

void server_guess(struct server *s, enum format *format, const char *text,
    size_t len)
{
	enum format like = format_guess(text, len);

	if (!says_something(text, len))
		return;
	if (like == FORMAT_CSV ||
	    server_line(s, like == FORMAT_AUTO ? FORMAT_LINE : like, text,
		len) == 0)
		*format = like == FORMAT_AUTO ? FORMAT_LINE : like;
}

/* ---- Saved state ---- */

static void tape_server(void *ctx, struct tape *t)
{
	struct server *s = ctx;

	tape_same_text(t, "socket_ingest", "the program");
	engine_tape(s->engine, t);
	if (!t->failed)
		decoder_tape(s->decoder, t);
	if (!t->failed)
		senders_tape(s->senders, t);
}

static void save(struct server *s)
{
	char why[600];
	int64_t began = clock_wall();

	engine_settle(s->engine);
	if (state_file_save(s->saving.path, tape_server, s, why, sizeof why) <
	    0) {
		log_event(&s->log, LOG_SAVE, 1, s->now, "%s", why);
	} else {
		s->counts.saves++;
		s->counts.saved_at = s->now;
		s->counts.save_took = clock_wall() - began;
		stream_saved(s);
	}
	s->next_save = cli_save_done(&s->saving, engine_values(s->engine));
}

static int load(struct server *s, char *why, size_t size)
{
	const struct cli_save *saving = &s->saving;
	int missing;

	if (saving->path)
		state_file_sweep(saving->path);
	if (!saving->resume)
		return 0;
	missing = state_file_load(saving->resume, tape_server, s, why, size);
	if (missing <= 0)
		return missing;
	if (!cli_save_is_same(saving))
		return report(why, size, "%s: there is no such file",
		    saving->resume);
	log_say("%s: not there yet; starting anew", saving->resume);
	return 0;
}

/* ---- Batches ---- */

void server_begin(struct server *s)
{
	s->now = clock_wall();
	decoder_limit(s->decoder,
	    (size_t)engine_share(s->engine, decoder_bytes(s->decoder)));
	engine_begin(s->engine);
	decoder_arrival(s->decoder, s->now);
}

void server_settle(struct server *s)
{
	engine_settle(s->engine);
	if (s->saving.path && engine_values(s->engine) >= s->next_save)
		save(s);
}

/* ---- Ticks ---- */

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
	struct server *s = ctx;

	(void)fd;
	(void)what;
	server_begin(s);
	if (s->now >= s->next_flush ||
	    s->next_flush - s->now > s->config->statsd_flush) {
		s->who = "sets";
		decoder_flush_sets(s->decoder);
		s->next_flush = s->now + s->config->statsd_flush;
	}
	engine_tick(s->engine);
	if (s->web)
		web_tick(s->web, s->now);
	stream_tick(s);
	log_tick(&s->log, s->now);
	if (s->saving.path && cli_save_is_due(&s->saving))
		save(s);
}

static void on_stop(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	server_stop(ctx);
}

static void on_reopen(evutil_socket_t fd, short what, void *ctx)
{
	struct server *s = ctx;
	char why[400];

	(void)fd;
	(void)what;
	for (size_t i = 0; i < s->n_sinks; i++)
		sink_reopen(s->sinks[i]);
	for (size_t i = 0; i < s->n_alert_sinks; i++)
		sink_reopen(s->alert_sinks[i]);
	engine_reopen(s->engine);
	if (s->tls && tls_reload(s->tls, why, sizeof why) < 0)
		log_say("%s; the old certificate stays", why);
	log_say("files are opened again");
}

void server_stop(struct server *s)
{
	s->stops = 1;
	event_base_loopbreak(s->base);
}

static int start_ticks(struct server *s)
{
	struct timeval tick = { 0, TICK_MS * 1000 };

	s->ticks = event_new(s->base, -1, EV_PERSIST, on_tick, s);
	s->on_term = evsignal_new(s->base, SIGTERM, on_stop, s);
	s->on_int = evsignal_new(s->base, SIGINT, on_stop, s);
	s->on_hup = evsignal_new(s->base, SIGHUP, on_reopen, s);
	if (!s->ticks || !s->on_term || !s->on_int || !s->on_hup)
		return -1;
	if (event_add(s->on_term, NULL) < 0 || event_add(s->on_int, NULL) < 0 ||
	    event_add(s->on_hup, NULL) < 0)
		return -1;
	s->next_flush = s->now + s->config->statsd_flush;
	return event_add(s->ticks, &tick);
}

/* ---- Alerts ---- */

static void on_alert(void *ctx, const struct alert_event *event)
{
	struct server *s = ctx;

	if (s->alerts_on_stderr)
		log_say("%s key \"%.*s\": %s (%.10g)",
		    event->raised ? "RAISED" : "cleared", (int)event->key_len,
		    event->key, event->text, event->value);
	if (s->n_alert_sinks > 0) {
		describe_alert(&s->words, event);
		writer_flush(&s->words);
	}
	if (s->web)
		web_alert(s->web, event);
}

/* A writer's, of one line. */
static void take_words(void *ctx, const char *bytes, size_t n)
{
	struct server *s = ctx;

	for (size_t i = 0; i < s->n_alert_sinks; i++)
		sink_put(s->alert_sinks[i], bytes, n, 1);
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

static int add_sink(struct server *s, struct sink **sinks, size_t *n,
    const char *option, const char *where, char *why, size_t size)
{
	struct sink_options o = { 0 };
	char reason[300];

	if (*n == ENGINE_SINKS)
		return report(why, size, "%s: too many of them", option);
	o.base = s->base;
	o.where = where;
	o.log = &s->log;
	if (sink_new(&sinks[*n], &o, reason, sizeof reason) < 0)
		return report(why, size, "%s %.80s: %s", option, where, reason);
	++*n;
	return 0;
}

static int make_sinks(struct server *s, char *why, size_t size)
{
	const struct config *c = s->config;

	for (size_t i = 0; i < c->to.n; i++)
		if (!is_database(c->to.items[i]) &&
		    add_sink(s, s->sinks, &s->n_sinks, "--to", c->to.items[i],
			why, size) < 0)
			return -1;
	if (c->to.n == 0 && c->settings.format != ROW_FORMAT_NONE &&
	    add_sink(s, s->sinks, &s->n_sinks, "--to", "-", why, size) < 0)
		return -1;
	for (size_t i = 0; i < c->alert_to.n; i++)
		if (add_sink(s, s->alert_sinks, &s->n_alert_sinks, "--alert-to",
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
	log_say("there are descriptors for %zu connections, not %llu", allowed,
	    (unsigned long long)c->max_connections);
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
	o.sinks = s->sinks;
	o.n_sinks = &s->n_sinks;
	o.counts = &s->counts;
	o.log = &s->log;
	o.now = &s->now;
	return engine_new(&s->engine, &o, why, size);
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
	o.sinks = s->sinks;
	o.n_sinks = &s->n_sinks;
	if (web_new(&s->web, &o) < 0)
		return report(why, size, "out of memory");
	for (size_t i = 0; i < c->http.n; i++)
		if (run_listen_http(s, c->http.items[i], why, size) < 0)
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
	    load(s, why, size) < 0 || make_web(s, why, size) < 0 ||
	    listen_all(s, why, size) < 0)
		return -1;
	if (start_ticks(s) == 0)
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
	writer_init_to(&s->words, take_words, s);
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
	for (size_t i = 0; i < s->n_sinks; i++)
		sink_free(s->sinks[i]);
	for (size_t i = 0; i < s->n_alert_sinks; i++)
		sink_free(s->alert_sinks[i]);
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

/* ---- Running ---- */

/* Returns how many rows wait in vain. */
static uint64_t drain(struct server *s, struct sink *o)
{
	uint64_t waiting = sink_drain(o, DRAIN_MS);

	s->failed |= waiting > 0 || sink_dropped(o) > 0;
	return waiting;
}

/* Rows that have been lost on the way have been told of then. */
static void drain_all(struct server *s)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < s->n_sinks; i++)
		lost += drain(s, s->sinks[i]);
	for (size_t i = 0; i < s->n_alert_sinks; i++)
		lost += drain(s, s->alert_sinks[i]);
	if (lost > 0)
		log_say("%llu rows did not get out in time",
		    (unsigned long long)lost);
}

/*
 * What is saved is gone on with; what is not would be lost, and is told as it
 * is.
 */
static void end(struct server *s)
{
	listen_none(s);
	server_begin(s);
	engine_tick(s->engine);
	if (s->saving.path)
		save(s);
	else
		engine_finish(s->engine);
	if (s->saving.path && s->counts.saved_at != s->now)
		s->failed = 1;
	if (s->web) {
		web_tick(s->web, s->now);
		web_stop(s->web);
	}
	drain_all(s);
}

int server_run(struct server *s)
{
	if (s->saving.path)
		save(s);
	while (!s->stops && event_base_dispatch(s->base) == 0)
		;
	end(s);
	return s->failed ? -1 : 0;
}
