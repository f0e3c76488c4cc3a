/*
 * Streams: how they begin, and why they end.
 *
 * All but standard input have a slot, and so have a place in line: who is
 * silent makes room for a new one when there is none. What has come and not
 * been read yet is no silence. A stream that has not shaken hands and shown
 * its token after SERVER_HELLO seconds is closed, however much it says.
 *
 * A wrong token is answered, which is to close the stream, the later the more
 * of them there have been. Meanwhile nothing is read of it, and it is the
 * first one to go; that does not change what its peer owes.
 */
#define _POSIX_C_SOURCE 200809L

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../replay/system_clock.h"
#include "stream.h"

enum { TRIES = 16 };

/* ---- Ends ---- */

static void free_stream(struct stream *st)
{
	if (st->readable)
		event_free(st->readable);
	if (st->writable)
		event_free(st->writable);
	if (st->out)
		evbuffer_free(st->out);
	if (st->bev)
		bufferevent_free(st->bev);
	else if (st->fd >= 0 && !st->is_stdin)
		close(st->fd);
	stream_parse_clear(st);
	free(st);
}

void stream_close(struct stream *st)
{
	struct server *s = st->server;
	struct peer *peer = st->slot.peer;

	if (st->sender && st->sender->stream == st)
		st->sender->stream = NULL;
	if (st->is_stdin) {
		s->input = NULL;
	} else {
		slots_leave(&s->slots, &st->slot);
		peers_drop(s->peers, peer);
	}
	s->counts.open = s->slots.n;
	free_stream(st);
}

static struct stream *stream_of(struct slot *slot)
{
	return (struct stream *)slot;
}

void stream_close_all(struct server *s)
{
	for (int rank = 0; rank < SLOT_RANKS; rank++)
		while (s->slots.lines[rank].first)
			stream_close(stream_of(s->slots.lines[rank].first));
	if (s->input)
		stream_close(s->input);
}

/* ---- Room ---- */

static int has_unread(const struct stream *st)
{
	char byte;

	return st->state != STREAM_HELD &&
	    recv(st->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static enum slots_room make_room(struct server *s, const struct peer *peer)
{
	enum slots_room room = slots_room(&s->slots, peer);

	for (int i = 0; room != SLOTS_ROOM && i < TRIES; i++) {
		struct slot *slot = slots_idle(&s->slots, peer, s->now);
		struct stream *st = slot ? stream_of(slot) : NULL;

		if (!st)
			break;
		if (has_unread(st)) {
			slots_speak(&s->slots, slot, slot->rank, s->now);
			continue;
		}
		log_event(&s->log, LOG_ROOM, 1, s->now,
		    "%s: silent, and closed for a new one", st->who);
		stream_close(st);
		room = slots_room(&s->slots, peer);
	}
	return room;
}

static void refuse(struct server *s, enum slots_room room, const char *who)
{
	if (room == SLOTS_PEER_FULL)
		log_event(&s->log, LOG_PEER, 1, s->now,
		    "%s: more than --max-per-peer", who);
	else
		log_event(&s->log, LOG_CONNECTIONS, 1, s->now,
		    "%s: more than --max-connections", who);
}

/* ---- Beginning ---- */

static struct stream *new_stream(struct server *s, int fd, const char *who)
{
	struct stream *st = calloc(1, sizeof *st);

	if (!st)
		return NULL;
	st->server = s;
	st->fd = fd;
	st->since = st->credited = s->now;
	st->credit = (double)s->config->max_rate;
	snprintf(st->who, sizeof st->who, "%s", who);
	st->format = s->config->format;
	st->frame.max_line = (size_t)s->config->max_line;
	st->state = STREAM_SENDER;
	return st;
}

static int begin(struct stream *st, int is_tcp)
{
	struct server *s = st->server;
	int one = 1;

	if (is_tcp) {
		setsockopt(st->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		setsockopt(st->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	}
	if (is_tcp && s->token)
		st->state = STREAM_TOKEN;
	return is_tcp && s->tls ? stream_read_secure(st)
				: stream_read_plain(st);
}

/* Returns 0, or -1: no memory. The socket is closed then. */
static int enter(struct server *s, int fd, struct peer *peer, const char *who,
    int is_tcp)
{
	struct stream *st = new_stream(s, fd, who);

	if (!st) {
		close(fd);
		return -1;
	}
	if (begin(st, is_tcp) < 0) {
		free_stream(st);
		return -1;
	}
	slots_enter(&s->slots, &st->slot, peer, s->now);
	s->counts.open = s->slots.n;
	return 0;
}

void stream_accept(struct server *s, int fd, const struct sockaddr *at,
    socklen_t len, const char *who, int is_tcp)
{
	struct peer *peer = peers_hold(s->peers, at, len);
	enum slots_room room;

	s->now = clock_wall();
	s->counts.accepted++;
	room = make_room(s, peer);
	if (room == SLOTS_ROOM && enter(s, fd, peer, who, is_tcp) == 0)
		return;
	peers_drop(s->peers, peer);
	if (room == SLOTS_ROOM) {
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    who);
		return;
	}
	refuse(s, room, who);
	close(fd);
}

/* Returns whether it is neither a file nor a device such as /dev/null. */
static int can_be_waited_for(int fd)
{
	struct stat stat;

	return isatty(fd) ||
	    (fstat(fd, &stat) == 0 &&
		(S_ISFIFO(stat.st_mode) || S_ISSOCK(stat.st_mode)));
}

int stream_stdin(struct server *s)
{
	struct stream *st = new_stream(s, 0, "standard input");

	if (!st)
		return -1;
	st->is_stdin = 1;
	if ((can_be_waited_for(0) ? stream_read_plain(st)
				  : stream_read_turns(st)) < 0) {
		free_stream(st);
		return -1;
	}
	s->input = st;
	return 0;
}

/* ---- Tokens ---- */

int stream_guess(struct stream *st, const char *token, size_t len)
{
	struct server *s = st->server;
	struct peer *peer = st->slot.peer;
	int64_t now = clock_steady(), delay;

	if (!peer_may_guess(peer, now)) {
		log_event(&s->log, LOG_TOKEN, 1, s->now,
		    "%s: too many wrong tokens; this one is ignored", st->who);
		return -1;
	}
	if (secret_is(s->token, token, len)) {
		st->state = STREAM_SENDER;
		return 0;
	}
	delay = peer_guessed_wrong(peer, now);
	log_event(&s->log, LOG_TOKEN, 1, s->now, "%s: a wrong token", st->who);
	if (delay > 0) {
		st->state = STREAM_HELD;
		st->held = now + delay;
	}
	return -1;
}

/* ---- Ticks ---- */

static int is_overdue(const struct stream *st)
{
	return (!st->shaken || st->state == STREAM_TOKEN) &&
	    st->server->now - st->since > SERVER_HELLO * LEAT_SECOND;
}

static int is_silent(const struct stream *st)
{
	const struct server *s = st->server;

	return s->config->idle > 0 && !st->waits &&
	    s->now - st->slot.last > s->config->idle;
}

static void tick(struct stream *st)
{
	struct server *s = st->server;

	if (st->state == STREAM_HELD) {
		if (clock_steady() >= st->held)
			stream_close(st);
	} else if (is_overdue(st)) {
		log_event(&s->log, st->shaken ? LOG_TOKEN : LOG_TLS, 1, s->now,
		    "%s: no %s in %d s", st->who,
		    st->shaken ? "token" : "handshake", SERVER_HELLO);
		stream_close(st);
	} else if (is_silent(st)) {
		log_event(&s->log, LOG_IDLE, 1, s->now,
		    "%s: silent for longer than --idle", st->who);
		stream_close(st);
	} else if (st->waits && stream_credit(st) > 0) {
		stream_go_on(st);
	}
}

/* A stream that a tick sets going is read later, or joins the end of a line. */
void stream_tick(struct server *s)
{
	for (int rank = 0; rank < SLOT_RANKS; rank++) {
		struct slot *slot = s->slots.lines[rank].first, *newer;

		for (; slot; slot = newer) {
			newer = slot->newer[SLOT_ALL];
			tick(stream_of(slot));
		}
	}
}
