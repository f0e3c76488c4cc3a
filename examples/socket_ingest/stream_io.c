/*
 * Streams: how their bytes come and go.
 *
 * Plain ones are read straight into one buffer that all of them share, and
 * what is in it is taken at once; only the start of a line whose end has not
 * come is kept. So a stream that says nothing costs little, and memory is at
 * most the number of connections times the length of a line, and what TLS
 * needs. TLS is done by libevent's bufferevents.
 *
 * With --max-rate each has a credit of bytes that fills with time, up to a
 * second's worth; when it is used up, the stream is not read until a tick.
 */
#define _POSIX_C_SOURCE 200809L

#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../replay/system_clock.h"

/*
 * Limit of bytes that wait to be sent; a sender that does not read gets no
 * more.
 */
enum { MOST_OUT = 4096 };

/* ---- Credit ---- */

size_t stream_credit(struct stream *st)
{
	const struct server *s = st->server;
	double rate = (double)s->config->max_rate, passed;

	if (s->config->max_rate == 0 || st->is_stdin)
		return SERVER_BUFFER;
	passed = 1e-9 * (double)(s->now - st->credited);
	st->credited = s->now;
	if (passed > 0)
		st->credit += passed * rate;
	if (st->credit > rate)
		st->credit = rate;
	if (st->credit < 1)
		return 0;
	return st->credit > SERVER_BUFFER ? SERVER_BUFFER : (size_t)st->credit;
}

void stream_pause(struct stream *st)
{
	if (st->readable)
		event_del(st->readable);
	else
		bufferevent_disable(st->bev, EV_READ);
}

static void wait_for_credit(struct stream *st)
{
	st->waits = 1;
	stream_pause(st);
}

void stream_go_on(struct stream *st)
{
	st->waits = 0;
	if (st->readable) {
		event_add(st->readable, NULL);
		return;
	}
	bufferevent_enable(st->bev, EV_READ);
	bufferevent_trigger(st->bev, EV_READ, 0);
}

/* ---- What it begins with ---- */

static int refuse_greeting(struct stream *st, enum greeting_verdict verdict)
{
	struct server *s = st->server;

	log_event(&s->log, LOG_HTTP_STREAM, 1, s->now, "%s: %s", st->who,
	    verdict == GREETING_TLS ? "TLS, which needs --tls-cert"
				    : "an HTTP request, not a line");
	return -1;
}

/* A stream that has not shown the token yet counts as silent. */
static void has_spoken(struct stream *st)
{
	if (!st->is_stdin)
		slots_speak(&st->server->slots, &st->slot,
		    st->state == STREAM_TOKEN ? SLOT_FRESH : SLOT_SPOKEN,
		    st->server->now);
}

/*
 * Takes bytes, but none of a request of HTTP, wherever it is cut. Returns 0, or
 * -1 if the stream is to be closed.
 */
static int take(struct stream *st, const char *bytes, size_t n)
{
	enum greeting_verdict verdict = st->is_stdin
	    ? GREETING_LINES
	    : greeting_take(&st->greeting, bytes, n);

	if (verdict == GREETING_HTTP || verdict == GREETING_TLS)
		return refuse_greeting(st, verdict);
	if (stream_parse(st, bytes, n) == 0) {
		has_spoken(st);
		return 0;
	}
	if (st->state != STREAM_HELD)
		return -1;
	stream_pause(st);
	return 0;
}

/* ---- Reading ---- */

static int end_of(struct stream *st)
{
	struct server *s = st->server;
	int is_stdin = st->is_stdin;

	if (!is_stdin && greeting_end(&st->greeting) == GREETING_HTTP)
		refuse_greeting(st, GREETING_HTTP);
	else
		stream_parse_end(st);
	stream_close(st);
	if (is_stdin && s->n_listeners == 0)
		server_stop(s);
	return -1;
}

/* Returns 0, or -1 if the stream is gone. */
static int read_some(struct stream *st)
{
	struct server *s = st->server;
	size_t most = stream_credit(st);
	ssize_t n;

	if (most == 0) {
		wait_for_credit(st);
		return 0;
	}
	n = read(st->fd, s->buffer, most);
	if (n < 0) {
		if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
			return 0;
		/* Cut off in the middle: what is held is no line. */
		stream_close(st);
		return -1;
	}
	if (n == 0)
		return end_of(st);
	st->credit -= (double)n;
	s->counts.bytes += (uint64_t)n;
	s->who = st->who;
	if (take(st, s->buffer, (size_t)n) < 0) {
		stream_close(st);
		return -1;
	}
	return 0;
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct stream *st = ctx;
	struct server *s = st->server;

	(void)fd;
	(void)what;
	server_begin(s);
	read_some(st);
	server_settle(s);
}

/* Standard input that is a file is always readable, but not to epoll. */
static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	struct stream *st = ctx;
	struct server *s = st->server;
	struct timeval at_once = { 0, 0 };
	int going;

	(void)fd;
	(void)what;
	server_begin(s);
	going = read_some(st);
	if (going >= 0)
		event_add(st->readable, &at_once);
	server_settle(s);
}

/* ---- TLS ---- */

/*
 * Takes the bytes in the buffer, as far as there is credit, or all of them.
 * Returns -1 if the stream is to be closed.
 */
static int take_input(struct stream *st, int all)
{
	struct server *s = st->server;
	struct evbuffer *in = bufferevent_get_input(st->bev);

	s->who = st->who;
	while (st->state != STREAM_HELD && evbuffer_get_length(in) > 0) {
		size_t most = all ? SERVER_BUFFER : stream_credit(st);
		ev_ssize_t n;

		if (most == 0) {
			wait_for_credit(st);
			return 0;
		}
		n = evbuffer_remove(in, s->buffer, most);
		if (n <= 0)
			return 0;
		st->credit -= (double)n;
		s->counts.bytes += (uint64_t)n;
		if (take(st, s->buffer, (size_t)n) < 0)
			return -1;
	}
	return 0;
}

static void on_secure(struct bufferevent *bev, void *ctx)
{
	struct stream *st = ctx;
	struct server *s = st->server;

	(void)bev;
	if (st->waits)
		return;
	server_begin(s);
	if (take_input(st, 0) < 0)
		stream_close(st);
	server_settle(s);
}

static void on_secure_event(struct bufferevent *bev, short what, void *ctx)
{
	struct stream *st = ctx;
	struct server *s = st->server;
	char why[256];

	server_begin(s);
	if (what & BEV_EVENT_CONNECTED) {
		st->shaken = 1;
		return;
	}
	if (!st->shaken) {
		tls_why(bev, why, sizeof why);
		log_event(&s->log, LOG_TLS, 1, s->now, "%s: %s", st->who, why);
		stream_close(st);
	} else if (what & BEV_EVENT_EOF) {
		if (take_input(st, 1) < 0 || st->state == STREAM_HELD)
			stream_close(st);
		else
			end_of(st);
		server_settle(s);
	} else {
		stream_close(st);
	}
}

int stream_read_secure(struct stream *st)
{
	struct server *s = st->server;

	st->bev = tls_bufferevent(s->tls, s->base, st->fd,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (!st->bev)
		return -1;
	bufferevent_setcb(st->bev, on_secure, NULL, on_secure_event, st);
	bufferevent_setwatermark(st->bev, EV_READ, 0, 1 << 16);
	return bufferevent_enable(st->bev, EV_READ | EV_WRITE);
}

/* ---- Beginning ---- */

int stream_read_plain(struct stream *st)
{
	st->shaken = 1;
	st->readable = event_new(st->server->base, st->fd, EV_READ | EV_PERSIST,
	    on_readable, st);
	return st->readable ? event_add(st->readable, NULL) : -1;
}

int stream_read_turns(struct stream *st)
{
	struct timeval at_once = { 0, 0 };

	st->shaken = 1;
	st->readable = event_new(st->server->base, -1, 0, on_turn, st);
	return st->readable ? event_add(st->readable, &at_once) : -1;
}

/* ---- Sending ---- */

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
	struct stream *st = ctx;

	(void)what;
	if (evbuffer_write(st->out, fd) < 0 && errno != EAGAIN)
		evbuffer_drain(st->out, evbuffer_get_length(st->out));
	if (evbuffer_get_length(st->out) > 0)
		event_add(st->writable, NULL);
}

static void send_plain(struct stream *st, const char *text, size_t len)
{
	if (!st->out)
		st->out = evbuffer_new();
	if (!st->writable)
		st->writable = event_new(st->server->base, st->fd, EV_WRITE,
		    on_writable, st);
	if (!st->out || !st->writable ||
	    evbuffer_get_length(st->out) > MOST_OUT)
		return;
	evbuffer_add(st->out, text, len);
	on_writable(st->fd, EV_WRITE, st);
}

void stream_send(struct stream *st, const char *text, size_t len)
{
	if (!st->bev)
		send_plain(st, text, len);
	else if (evbuffer_get_length(bufferevent_get_output(st->bev)) <=
	    MOST_OUT)
		bufferevent_write(st->bev, text, len);
}

void stream_saved(struct server *s)
{
	for (size_t i = 0; i < senders_count(s->senders); i++) {
		struct sender *sender = senders_at(s->senders, i);
		char text[40];
		int n;

		sender->saved = sender->taken;
		if (!sender->stream || sender->sent == sender->saved)
			continue;
		sender->sent = sender->saved;
		n = snprintf(text, sizeof text, "saved %llu\n",
		    (unsigned long long)sender->saved);
		stream_send(sender->stream, text, (size_t)n);
	}
}
