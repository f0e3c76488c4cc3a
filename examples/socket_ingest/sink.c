/*
 * The common part of all kinds of sinks.
 *
 * Lines are queued and, if the sink takes bytes, written in the same call.
 * The room is that of the queue: when it is full new lines are dropped and
 * old ones wait, so that what goes out is without gaps up to where there was
 * no room any more. A line counts as gone out when the kernel has it. What
 * becomes of it then is not known: it is lost with a connection that breaks
 * before the other side has read it.
 */
#define _POSIX_C_SOURCE 200809L

#include "sink.h"

#include <errno.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../replay/report.h"
#include "../replay/system_clock.h"
#include "sink_inside.h"

enum {
	DEFAULT_ROOM = 4 << 20,
	LONGEST_WAIT = 60, /* seconds between two tries */
	LONG_OPEN = 10     /* seconds after which it works, it seems */
};

static const int64_t SECOND = 1000000000;

void sink_complain(struct sink *o, const char *reason)
{
	o->has_failed = 1;
	if (o->log)
		log_event(o->log, LOG_OUTPUT, 1, clock_wall(), "%s: %s",
		    o->where, reason);
}

static void drop(struct sink *o, uint64_t n_lines, const char *reason)
{
	o->dropped += n_lines;
	if (o->log)
		log_event(o->log, LOG_OUTPUT_DROPPED, n_lines, clock_wall(),
		    "%s: %s", o->where, reason);
}

/* ---- Events ---- */

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
	struct sink *o = ctx;

	(void)fd;
	(void)what;
	o->is_blocked = 0;
	sink_flush(o);
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct sink *o = ctx;

	(void)fd;
	(void)what;
	if (o->is_blocked)
		on_writable(-1, 0, o);
	else if (!o->is_dead)
		o->kind->again(o);
}

void sink_again(struct sink *o, unsigned ms)
{
	struct timeval after;

	after.tv_sec = (time_t)(ms / 1000);
	after.tv_usec = (suseconds_t)(ms % 1000) * 1000;
	/*
	 * If there is no memory for a timer, the next line does what it would
	 * do.
	 */
	o->has_no_timer = event_add(o->timer, &after) < 0;
}

/*
 * Random delays keep those who have lost the same server from coming back all
 * at once.
 */
void sink_again_later(struct sink *o)
{
	unsigned ms;
	uint16_t random = 0;

	if (o->since && clock_steady() - o->since >= LONG_OPEN * SECOND)
		o->wait = 0;
	o->since = 0;
	if (o->wait == 0)
		o->wait = 1;
	evutil_secure_rng_get_bytes(&random, sizeof random);
	ms = o->wait * 900 + o->wait * 200 * random / UINT16_MAX;
	o->wait = o->wait > LONGEST_WAIT / 2 ? LONGEST_WAIT : 2 * o->wait;
	sink_again(o, ms);
}

/* Some descriptors cannot be waited for, as devices by epoll(7). */
static void await_room(struct sink *o)
{
	o->is_blocked = 1;
	if (!o->writable)
		o->writable = event_new(o->base, o->fd, EV_WRITE, on_writable,
		    o);
	if (!o->writable || event_add(o->writable, NULL) < 0)
		sink_again(o, 100);
}

static void free_event(struct event **event)
{
	if (*event)
		event_free(*event);
	*event = NULL;
}

void sink_shut(struct sink *o)
{
	free_event(&o->writable);
	free_event(&o->readable);
	if (o->timer)
		event_del(o->timer);
	if (o->fd >= 0 && !o->is_shared)
		close(o->fd);
	o->fd = -1;
	o->is_open = o->is_blocked = 0;
}

void sink_die(struct sink *o, const char *reason)
{
	sink_complain(o, reason);
	sink_shut(o);
	o->is_dead = 1;
	o->dropped += sink_queue_lines(&o->queue);
	sink_queue_clear(&o->queue);
}

/* ---- Writing ---- */

void sink_begin(struct sink *o, enum sink_intro intro)
{
	o->intro = intro;
	o->intro_sent = 0;
	o->queue.sent = 0;
	o->is_open = 1;
	o->is_blocked = 0;
	o->has_failed = 0;
	o->since = clock_steady();
	sink_flush(o);
}

static size_t find_intro(const struct sink *o, const char **bytes_out)
{
	*bytes_out = o->intro == SINK_HEAD ? o->head : "\n";
	return o->intro == SINK_HEAD    ? o->head_len
	    : o->intro == SINK_LINE_END ? 1
					: 0;
}

/* Returns how many bytes are to be written next; 0: none. */
static size_t find_next(struct sink *o, const char **bytes_out)
{
	const struct sink_queue *q = &o->queue;
	size_t at = q->first + q->sent, n = find_intro(o, bytes_out);

	if (o->intro_sent < n) {
		*bytes_out += o->intro_sent;
		return n - o->intro_sent;
	}
	if (at == q->end)
		return 0;
	*bytes_out = q->bytes + at;
	return q->end - at;
}

static void count_written(struct sink *o, size_t n)
{
	const char *bytes;

	if (o->intro_sent < find_intro(o, &bytes)) {
		o->intro_sent += n;
		return;
	}
	/* A header that comes to be known now is too late. */
	o->intro = SINK_NO_INTRO;
	o->intro_sent = 0;
	o->lines += sink_queue_take(&o->queue, n);
}

void sink_flush(struct sink *o)
{
	const char *bytes;
	size_t n;

	while (o->is_open && !o->is_blocked && (n = find_next(o, &bytes)) > 0) {
		ssize_t written = o->kind->write(o, bytes, n);

		if (written > 0)
			count_written(o, (size_t)written);
		else if (written == 0 || errno == EAGAIN ||
		    errno == EWOULDBLOCK)
			await_room(o);
		else if (errno != EINTR)
			o->kind->broken(o, errno);
	}
}

void sink_put(struct sink *o, const char *lines, size_t len, uint64_t n_lines)
{
	if (o->has_no_timer)
		sink_again(o, 0);
	if (o->is_dead)
		o->dropped += n_lines;
	else if (len > o->room || sink_waiting(o) > o->room - len)
		drop(o, n_lines, "no room for more lines");
	else if (sink_queue_add(&o->queue, lines, len) < 0)
		drop(o, n_lines, "out of memory");
	else
		sink_flush(o);
}

void sink_set_head(struct sink *o, const char *head, size_t len)
{
	o->head = head;
	o->head_len = len;
	sink_flush(o);
}

void sink_reopen(struct sink *o)
{
	if (o->kind->reopen && !o->is_dead)
		o->kind->reopen(o);
}

/* ---- Making ---- */

static const struct sink_kind *find_kind(const char *where)
{
	if (strncmp(where, "tcp://", 6) == 0 ||
	    strncmp(where, "unix://", 7) == 0)
		return &sink_socket;
	if (where[0] == '|')
		return &sink_command;
	if (strcmp(where, "-") == 0 || strcmp(where, "stdout") == 0 ||
	    strcmp(where, "stderr") == 0)
		return &sink_standard;
	return &sink_file;
}

/* Returns whether it is no file: "udp://...", or a place for rows alone. */
static int is_no_file(const char *where)
{
	return strncmp(where + strcspn(where, ":/"), "://", 3) == 0 ||
	    strncmp(where, "sqlite:", 7) == 0;
}

static int start(struct sink *o, char *why, size_t size)
{
	if (o->kind == &sink_file && is_no_file(o->where))
		return report(why, size,
		    "not -, stderr, FILE, |COMMAND, tcp:// or unix://");
	return o->kind->start(o, why, size);
}

int sink_new(struct sink **sink_out, const struct sink_options *options,
    char *why, size_t why_size)
{
	struct sink *o = calloc(1, sizeof *o);

	if (!o)
		return report(why, why_size, "out of memory");
	o->fd = -1;
	o->base = options->base;
	o->log = options->log;
	o->room = options->room ? options->room : DEFAULT_ROOM;
	o->head = options->head;
	o->head_len = options->head_len;
	o->kind = find_kind(options->where);
	o->where = strdup(options->where);
	o->timer = event_new(o->base, -1, 0, on_timer, o);
	if (!o->where || !o->timer) {
		snprintf(why, why_size, "out of memory");
	} else if (start(o, why, why_size) == 0) {
		*sink_out = o;
		return 0;
	}
	sink_free(o);
	return -1;
}

void sink_free(struct sink *o)
{
	if (!o)
		return;
	o->kind->stop(o);
	sink_shut(o);
	free_event(&o->timer);
	sink_queue_clear(&o->queue);
	free(o->where);
	free(o);
}

/* ---- The end ---- */

static void on_alarm(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	*(int *)ctx = 1;
}

static void run_until(struct sink *o, const int *is_over)
{
	while (!*is_over && !o->is_dead && sink_waiting(o) > 0)
		/* A second signal to stop is heard here too. */
		if (event_base_loop(o->base, EVLOOP_ONCE) < 0 ||
		    event_base_got_break(o->base))
			return;
}

uint64_t sink_drain(struct sink *o, int ms)
{
	struct timeval time;
	struct event *alarm;
	int is_over = 0;

	time.tv_sec = ms / 1000;
	time.tv_usec = (suseconds_t)(ms % 1000) * 1000;
	alarm = event_new(o->base, -1, 0, on_alarm, &is_over);
	if (alarm && event_add(alarm, &time) == 0) {
		/* A try that is due in a minute is made at once. */
		if (event_pending(o->timer, EV_TIMEOUT, NULL)) {
			o->wait = 0;
			sink_again(o, 0);
		}
		run_until(o, &is_over);
	}
	free_event(&alarm);
	if (o->lookup) {
		/* The lookup reports its end in the loop. */
		sink_lookup_free(o->lookup);
		o->lookup = NULL;
		sink_again_later(o);
		event_base_loop(o->base, EVLOOP_NONBLOCK);
	}
	return sink_queue_lines(&o->queue);
}

/* ---- Looking ---- */

const char *sink_where(const struct sink *o)
{
	return o->where;
}

uint64_t sink_lines(const struct sink *o)
{
	return o->lines;
}

uint64_t sink_dropped(const struct sink *o)
{
	return o->dropped;
}

size_t sink_waiting(const struct sink *o)
{
	return o->queue.end - o->queue.first - o->queue.sent;
}

int sink_is_connected(const struct sink *o)
{
	return o->is_open;
}
