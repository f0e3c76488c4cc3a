/*
 * The loop around all parts: turns, ticks, signals, saving.
 *
 * Five times a second there is a tick: time goes on in windows, alerts and
 * the page, and what is due is done. All is in one thread; nothing waits but
 * for the disk when the state is saved.
 *
 * A save is the state between two batches of lines. When it is on the disk,
 * senders are sent how many of their lines are in it. So a line is counted
 * exactly once, if its sender sends again what had not been saved when the
 * server was gone.
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
#include "run.h"

enum { TICK_MS = 200, DRAIN_MS = 2000 };

/* ---- Lines ---- */

/* A line that is bad may be a good one of another format. */
static void log_bad(struct server *s, enum format format, const char *text,
    size_t len)
{
	enum format like = format_guess(text, len);

	if (like == format || like == FORMAT_AUTO || like == FORMAT_CSV)
		log_event(&s->log, LOG_BAD_LINE, 1, s->now, "%s: %s", s->who,
		    decoder_why(s->decoder));
	else
		log_event(&s->log, LOG_BAD_LINE, 1, s->now,
		    "%s: %s; it is read as format %s, but looks like %s",
		    s->who, decoder_why(s->decoder), format_name(format),
		    format_name(like));
}

int server_line(struct server *s, enum format format, const char *text,
    size_t len)
{
	int err = decoder_take(s->decoder, format, text, len);

	s->counts.lines[format]++;
	if (err == DECODER_BAD)
		log_bad(s, format, text, len);
	else if (err)
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    s->who);
	return err == DECODER_BAD ? -1 : 0;
}

/* Returns whether a line is neither blank nor a comment. */
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

int server_load(struct server *s, char *why, size_t size)
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
		return report(why, size, "%s: no such file", saving->resume);
	log_say("%s: does not exist yet; starting empty", saving->resume);
	return 0;
}

/* ---- Batches ---- */

void server_begin(struct server *s)
{
	s->now = clock_wall();
	decoder_limit(s->decoder,
	    (size_t)engine_begin(s->engine, s->now, decoder_bytes(s->decoder)));
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
	sink_list_reopen(&s->sinks);
	sink_list_reopen(&s->alert_sinks);
	engine_reopen(s->engine);
	if (s->tls && tls_reload(s->tls, why, sizeof why) < 0)
		log_say("%s; keeping the old certificate", why);
	log_say("files reopened");
}

void server_stop(struct server *s)
{
	s->stops = 1;
	event_base_loopbreak(s->base);
}

int server_start(struct server *s)
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

/* ---- Running ---- */

/* Rows that were lost on the way have been logged then. */
static void drain(struct server *s)
{
	uint64_t lost = sink_list_drain(&s->sinks, DRAIN_MS, &s->failed) +
	    sink_list_drain(&s->alert_sinks, DRAIN_MS, &s->failed);

	s->failed |= lost > 0;
	if (lost > 0)
		log_say("%llu rows could not be written in time",
		    (unsigned long long)lost);
}

/*
 * A state that is saved will be gone on with; if none is, open windows would be
 * lost, and are emitted as they are.
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
	drain(s);
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
