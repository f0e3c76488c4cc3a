/*
 * Datagrams: each has whole lines, the last one with a line end or without.
 * They are taken out of the socket many at a time. The format, if it is not
 * given, is guessed for each datagram anew, for they may come from anyone: it
 * is that of the first line that fits one.
 *
 * The kernel drops what comes while the socket's buffer is full. It counts
 * these (SO_RXQ_OVFL), and passes the count with the next datagram.
 */
#define _GNU_SOURCE /* recvmmsg() */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "line_join.h"
#include "server.h"

enum {
	N_AT_ONCE = 64,
	ROUNDS = 16,           /* before others have their turn */
	LONGEST = 1 << 16,     /* no datagram is longer */
	SLOT = LONGEST + 1472, /* slots do not share sets of a cache */
	CONTROL = 64
};

/* Systems without recvmmsg() take one datagram at a time. */
#if !defined(__linux__)
struct mmsghdr {
	struct msghdr msg_hdr;
	unsigned msg_len;
};
#endif

struct datagrams {
	struct server *server;
	int fd;
	struct event *event;
	const char *who;
	uint32_t lost;      /* the kernel's count */
	enum format format; /* current datagram's */
	struct join join;   /* lines of influx that wait for its end */

	struct mmsghdr headers[N_AT_ONCE];
	struct iovec pieces[N_AT_ONCE];
	struct sockaddr_storage from[N_AT_ONCE];
	char control[N_AT_ONCE][CONTROL];
	char *bytes; /* SLOT for each */
};

/* ---- Lines ---- */

static int on_joined(void *ctx, const char *text, size_t len)
{
	const struct datagrams *d = ctx;

	return server_line(d->server, d->format, text, len);
}

static void join_line(struct datagrams *d, const char *text, size_t len)
{
	struct server *s = d->server;

	if (join_take(&d->join, text, len, (size_t)s->config->max_line,
		on_joined, d) < 0)
		log_event(&s->log, LOG_MEMORY, 1, s->now, "%s: out of memory",
		    s->who);
}

static void take_line(struct datagrams *d, const char *text, size_t len)
{
	struct server *s = d->server;

	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (len > s->config->max_line) {
		log_event(&s->log, LOG_LONG_LINE, 1, s->now,
		    "%s: a line of %zu bytes", s->who, len);
		return;
	}
	if (d->format == FORMAT_AUTO)
		d->format = format_guess_open(text, len);
	d->join.end = format_type(d->format)->end;
	if (d->format == FORMAT_AUTO)
		server_guess(s, &d->format, text, len);
	else if (d->join.end)
		join_line(d, text, len);
	else if (d->format != FORMAT_CSV)
		server_line(s, d->format, text, len);
	if (d->format != FORMAT_CSV)
		return;
	log_event(&s->log, LOG_BAD_LINE, 1, s->now, "%s: CSV needs a stream",
	    s->who);
	d->format = s->config->format;
}

/* Takes a datagram; a message of syslog is all of it. */
static void take_datagram(struct datagrams *d, const char *bytes, size_t n)
{
	const char *end = bytes + n;

	d->format = d->server->config->format;
	if (n > 0 && *bytes == '<' &&
	    (d->format == FORMAT_AUTO || d->format == FORMAT_SYSLOG)) {
		d->format = FORMAT_SYSLOG;
		while (n > 0 && (bytes[n - 1] == '\n' || bytes[n - 1] == '\0'))
			n--;
		take_line(d, bytes, n);
		return;
	}
	while (bytes < end) {
		const char *line = bytes;
		const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));

		bytes = stop ? stop + 1 : end;
		take_line(d, line, (size_t)((stop ? stop : end) - line));
	}
	join_end(&d->join, on_joined, d);
}

/* ---- The socket ---- */

static void count_lost(struct datagrams *d, struct msghdr *header)
{
#ifdef SO_RXQ_OVFL
	struct server *s = d->server;
	struct cmsghdr *c;
	uint32_t lost;

	for (c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
			continue;
		memcpy(&lost, CMSG_DATA(c), sizeof lost);
		if (lost != d->lost)
			log_event(&s->log, LOG_UDP_LOST,
			    (uint32_t)(lost - d->lost), s->now,
			    "%s: the kernel has dropped datagrams", d->who);
		d->lost = lost;
	}
#else
	(void)d;
	(void)header;
#endif
}

static void prepare(struct datagrams *d, size_t i)
{
	struct msghdr *h = &d->headers[i].msg_hdr;

	d->pieces[i].iov_base = d->bytes + i * SLOT;
	d->pieces[i].iov_len = LONGEST;
	h->msg_iov = &d->pieces[i];
	h->msg_iovlen = 1;
	h->msg_name = &d->from[i];
	h->msg_namelen = sizeof d->from[i];
	h->msg_control = d->control[i];
	h->msg_controllen = CONTROL;
	h->msg_flags = 0;
}

static int receive(struct datagrams *d)
{
#if defined(__linux__)
	for (size_t i = 0; i < N_AT_ONCE; i++)
		prepare(d, i);
	return recvmmsg(d->fd, d->headers, N_AT_ONCE, MSG_DONTWAIT, NULL);
#else
	ssize_t n;

	prepare(d, 0);
	n = recvmsg(d->fd, &d->headers[0].msg_hdr, 0);
	d->headers[0].msg_len = n > 0 ? (unsigned)n : 0;
	return n < 0 ? -1 : 1;
#endif
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct datagrams *d = ctx;
	struct server *s = d->server;

	(void)fd;
	(void)what;
	server_begin(s);
	s->who = d->who;
	for (int round = 0; round < ROUNDS; round++) {
		int n = receive(d);

		if (n <= 0)
			break;
		count_lost(d, &d->headers[n - 1].msg_hdr);
		s->counts.datagrams += (uint64_t)n;
		for (int i = 0; i < n; i++) {
			size_t len = d->headers[i].msg_len;

			s->counts.bytes += len;
			take_datagram(d, d->bytes + (size_t)i * SLOT, len);
		}
		if (n < N_AT_ONCE)
			break;
	}
	server_settle(s);
}

struct datagrams *datagrams_new(struct server *s, int fd, const char *who)
{
	struct datagrams *d = calloc(1, sizeof *d);
	int one = 1;

	if (!d)
		return NULL;
	d->server = s;
	d->fd = -1;
	d->who = who;
	d->bytes = malloc((size_t)N_AT_ONCE * SLOT);
	d->event = event_new(s->base, fd, EV_READ | EV_PERSIST, on_readable, d);
	if (!d->bytes || !d->event || event_add(d->event, NULL) < 0) {
		datagrams_free(d);
		return NULL;
	}
	d->fd = fd;
#ifdef SO_RXQ_OVFL
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof one);
#endif
	(void)one;
	return d;
}

void datagrams_free(struct datagrams *d)
{
	if (!d)
		return;
	if (d->event)
		event_free(d->event);
	if (d->fd >= 0)
		close(d->fd);
	join_clear(&d->join);
	free(d->bytes);
	free(d);
}
