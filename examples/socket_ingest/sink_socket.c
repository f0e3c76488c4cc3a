/*
 * Lines to a socket that listens elsewhere.
 *
 * All its addresses are tried, one after the other; when none answers, and
 * when a connection is closed, they are tried again after some seconds. A
 * new connection begins with the header and with the line that the old one
 * did not have in full. What the other side says is read and thrown away: so
 * its closing is seen at once, not with the next line.
 *
 * A name is looked up for each try, since it may have moved.
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../replay/report.h"
#include "sink_inside.h"

enum {
	CONNECT_SECONDS = 10, /* for each address */
	SILENT_SECONDS = 60   /* without a sign that it has what was sent */
};

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static void connect_next(struct sink *o, int error);

static void lose(struct sink *o, const char *reason)
{
	sink_shut(o);
	sink_complain(o, reason);
	sink_again_later(o);
}

/* ---- A connection ---- */

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct sink *o = ctx;
	char bytes[4096];
	ssize_t n = recv(fd, bytes, sizeof bytes, 0);

	(void)what;
	if (n == 0)
		lose(o, "closed by the other side");
	else if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK &&
	    errno != EINTR)
		lose(o, strerror(errno));
}

static ssize_t write_socket(struct sink *o, const char *bytes, size_t n)
{
	return send(o->fd, bytes, n, MSG_NOSIGNAL);
}

static void socket_broken(struct sink *o, int error)
{
	lose(o, strerror(error));
}

/* Keep-alive finds another side that is gone without a word. */
static void set_tcp(int fd)
{
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
#ifdef TCP_KEEPIDLE
	int seconds = SILENT_SECONDS;

	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
#endif
#ifdef TCP_USER_TIMEOUT
	unsigned ms = SILENT_SECONDS * 1000;

	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
#endif
}

static void connected(struct sink *o)
{
	evutil_socket_t fd = o->fd;

	if (o->writable)
		event_free(o->writable);
	o->writable = NULL;
	o->readable = event_new(o->base, fd, EV_READ | EV_PERSIST, on_readable,
	    o);
	if (!o->readable || event_add(o->readable, NULL) < 0) {
		lose(o, "out of memory");
		return;
	}
	if (o->has_failed)
		log_say("%s: connected", o->where);
	sink_begin(o, SINK_HEAD);
}

/*
 * A port of this machine that nobody listens on may be given to the very
 * socket that is connecting to it: then it is connected to itself.
 */
static int is_own(int fd)
{
	struct sockaddr_storage own, other;
	socklen_t own_len = sizeof own, other_len = sizeof other;

	memset(&own, 0, sizeof own);
	memset(&other, 0, sizeof other);
	return getsockname(fd, (struct sockaddr *)&own, &own_len) == 0 &&
	    getpeername(fd, (struct sockaddr *)&other, &other_len) == 0 &&
	    own.ss_family != AF_UNIX && own_len == other_len &&
	    memcmp(&own, &other, own_len) == 0;
}

static void on_connected(evutil_socket_t fd, short what, void *ctx)
{
	struct sink *o = ctx;
	int error = 0;
	socklen_t len = sizeof error;

	if (what & EV_TIMEOUT)
		error = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (!error && is_own((int)fd))
		error = ECONNREFUSED;
	if (!error) {
		connected(o);
		return;
	}
	sink_shut(o);
	o->i_addr++;
	connect_next(o, error);
}

/* Returns 0 if it is on its way, or an error. */
static int connect_to(struct sink *o, const struct addr *addr)
{
	struct timeval time = { CONNECT_SECONDS, 0 };

	o->fd = socket(addr->at.ss_family, SOCK_STREAM, 0);
	if (o->fd < 0)
		return errno;
	evutil_make_socket_nonblocking(o->fd);
	evutil_make_socket_closeonexec(o->fd);
	if (addr->kind == ADDR_TCP)
		set_tcp(o->fd);
	if (connect(o->fd, (const struct sockaddr *)&addr->at, addr->len) < 0 &&
	    errno != EINPROGRESS && errno != EINTR)
		return errno;
	o->writable = event_new(o->base, o->fd, EV_WRITE, on_connected, o);
	return o->writable && event_add(o->writable, &time) == 0 ? 0 : ENOMEM;
}

static void connect_next(struct sink *o, int error)
{
	for (; o->i_addr < o->n_addrs; o->i_addr++) {
		error = connect_to(o, &o->addrs[o->i_addr]);
		if (!error)
			return;
		sink_shut(o);
	}
	lose(o, strerror(error));
}

/* ---- Addresses ---- */

static void on_lookup(void *ctx, const struct addr *addrs, int n,
    const char *why)
{
	struct sink *o = ctx;

	if (n > 0)
		memcpy(o->addrs, addrs, (size_t)n * sizeof *addrs);
	o->n_addrs = n;
	o->i_addr = 0;
	if (n > 0)
		connect_next(o, 0);
	else
		lose(o, why);
	sink_lookup_free(o->lookup);
	o->lookup = NULL;
}

static void socket_again(struct sink *o)
{
	if (!o->host) {
		o->i_addr = 0;
		connect_next(o, 0);
		return;
	}
	o->lookup = sink_lookup_new(o->base, o->host, o->port, on_lookup, o);
	if (!o->lookup)
		lose(o, "out of memory");
}

/*
 * Returns whether a host must be looked up: it is no address, and not the
 * loopback.
 */
static int is_name(const char *host)
{
	struct in_addr address;

	return host[0] != '\0' && host[0] != '[' && host[0] != '*' &&
	    inet_pton(AF_INET, host, &address) != 1;
}

static int is_well_formed(const char *host)
{
	for (; *host; host++)
		if (!isalnum((unsigned char)*host) && !strchr("-._", *host))
			return 0;
	return 1;
}

/* Port N of a host is port N of any, which needs no lookup. */
static int read_port(struct sink *o, const char *text, char *why, size_t size)
{
	char any[80], number[8];
	struct sockaddr_in in;

	if (strlen(text) > 40)
		return report(why, size, "no such port");
	snprintf(any, sizeof any, "tcp://127.0.0.1:%s", text);
	if (addr_parse(any, 0, o->addrs, why, size) < 0)
		return -1;
	memcpy(&in, &o->addrs[0].at, sizeof in);
	snprintf(number, sizeof number, "%u", (unsigned)ntohs(in.sin_port));
	o->port = strdup(number);
	if (o->port)
		return 0;
	return report(why, size, "out of memory");
}

static int read_address(struct sink *o, char *why, size_t size)
{
	const char *text = o->where, *colon = strrchr(text, ':');
	int is_tcp = strncmp(text, "tcp://", 6) == 0;

	if (is_tcp && colon > text + 6) {
		o->host = strndup(text + 6, (size_t)(colon - text) - 6);
		if (!o->host)
			return report(why, size, "out of memory");
		if (is_name(o->host) && is_well_formed(o->host))
			return read_port(o, colon + 1, why, size);
		if (is_name(o->host))
			return report(why, size, "not a host name");
		free(o->host);
		o->host = NULL;
	}
	o->n_addrs = addr_parse(text, 0, o->addrs, why, size);
	return o->n_addrs < 0 ? -1 : 0;
}

static int start_socket(struct sink *o, char *why, size_t size)
{
	o->addrs = calloc(ADDR_MAX, sizeof *o->addrs);
	if (!o->addrs)
		return report(why, size, "out of memory");
	if (read_address(o, why, size) < 0)
		return -1;
	sink_again(o, 0);
	return 0;
}

/*
 * Bytes from the other side that nobody has read would make the closing a
 * reset, which takes back what is still on its way.
 */
static void stop_socket(struct sink *o)
{
	char bytes[4096];

	if (o->is_open && o->fd >= 0) {
		shutdown(o->fd, SHUT_WR);
		while (recv(o->fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
			;
	}
	sink_lookup_free(o->lookup);
	free(o->addrs);
	free(o->host);
	free(o->port);
}

const struct sink_kind sink_socket = { start_socket, write_socket,
	socket_broken, socket_again, NULL, stop_socket };
