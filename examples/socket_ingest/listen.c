/*
 * Sockets to listen on. What can be reached from beyond this machine must be
 * guarded, unless the user says that it need not be: streams by TLS, and by a
 * token or the clients' certificates. Datagrams have neither.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../replay/report.h"
#include "server.h"

enum { BACKLOG = 1024, UDP_BUFFER = 8 << 20 };

struct listener {
	struct server *server;
	struct evconnlistener *streams; /* tcp:// and unix://; or NULL */
	struct datagrams *datagrams;    /* udp:// and unixgram://; or NULL */
	char who[ADDR_TEXT];
	char *path; /* path of a unix socket, to be removed */
	int is_tcp;
};

static void free_listener(struct listener *l)
{
	if (l->streams)
		evconnlistener_free(l->streams);
	datagrams_free(l->datagrams);
	if (l->path)
		unlink(l->path);
	free(l->path);
	free(l);
}

void listen_none(struct server *s)
{
	for (size_t i = 0; i < s->n_listeners; i++)
		free_listener(s->listeners[i]);
	s->n_listeners = 0;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *at, int len, void *ctx)
{
	struct listener *l = ctx;
	char who[ADDR_TEXT];

	(void)listener;
	if (l->is_tcp)
		addr_format(at, (socklen_t)len, ADDR_TCP, who, sizeof who);
	else
		snprintf(who, sizeof who, "%s", l->who);
	stream_accept(l->server, fd, at, (socklen_t)len, who, l->is_tcp);
}

/* No descriptor or no memory is left: new connections wait meanwhile. */
static void on_error(struct evconnlistener *listener, void *ctx)
{
	struct listener *l = ctx;
	int error = EVUTIL_SOCKET_ERROR();

	(void)listener;
	log_event(&l->server->log, LOG_CONNECTIONS, 1, l->server->now, "%s: %s",
	    l->who, strerror(error));
}

static int fail(char *why, size_t size, const char *what, const char *reason)
{
	return report(why, size, "--listen: %.80s: %s", what, reason);
}

/* Removes a socket that an earlier server has left, and nobody listens on. */
static void remove_stale(const struct addr *addr)
{
	const char *path = ((const struct sockaddr_un *)&addr->at)->sun_path;
	int type = addr->kind == ADDR_UNIX ? SOCK_STREAM : SOCK_DGRAM;
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, type, 0);
	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)&addr->at, addr->len) < 0 &&
	    errno == ECONNREFUSED)
		unlink(path);
	close(fd);
}

static void set_udp_buffer(int fd)
{
	int size = UDP_BUFFER;

#ifdef SO_RCVBUFFORCE
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) == 0)
		return;
#endif
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static int open_socket(const struct addr *addr)
{
	int is_stream = addr->kind == ADDR_TCP || addr->kind == ADDR_UNIX;
	int fd = socket(addr->at.ss_family,
	    is_stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	int one = 1, zero = 0, error;

	if (fd < 0)
		return -1;
	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	if (addr->kind == ADDR_TCP)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (addr->at.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
	if (!is_stream)
		set_udp_buffer(fd);
	if (addr->at.ss_family == AF_UNIX)
		remove_stale(addr);
	if (bind(fd, (const struct sockaddr *)&addr->at, addr->len) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Writes the address with the port that is used, if 0 was given. */
static void name_listener(struct listener *l, int fd, enum addr_kind kind)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof at;

	if (getsockname(fd, (struct sockaddr *)&at, &len) == 0)
		addr_format((struct sockaddr *)&at, len, kind, l->who,
		    sizeof l->who);
}

static int start(struct server *s, struct listener *l, int fd,
    const struct addr *addr)
{
	name_listener(l, fd, addr->kind);
	if (addr->at.ss_family == AF_UNIX)
		l->path =
		    strdup(((const struct sockaddr_un *)&addr->at)->sun_path);
	l->is_tcp = addr->kind == ADDR_TCP;
	if (addr->kind == ADDR_TCP || addr->kind == ADDR_UNIX) {
		l->streams = evconnlistener_new(s->base, on_accept, l,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
		if (l->streams)
			evconnlistener_set_error_cb(l->streams, on_error);
	} else {
		l->datagrams = datagrams_new(s, fd, l->who);
	}
	return l->streams || l->datagrams ? 0 : -1;
}

static int add(struct server *s, int fd, const struct addr *addr)
{
	struct listener *l = calloc(1, sizeof *l);

	if (!l) {
		close(fd);
		return -1;
	}
	l->server = s;
	if (start(s, l, fd, addr) < 0) {
		close(fd);
		free_listener(l);
		return -1;
	}
	s->listeners[s->n_listeners++] = l;
	log_say("listening on %s", l->who);
	return 0;
}

/* Returns why the program must not listen there, or NULL. */
static const char *find_unguarded(const struct server *s,
    const struct addr *addr)
{
	const struct config *c = s->config;

	if (addr_is_local(addr) || c->insecure)
		return NULL;
	if (addr->kind == ADDR_UDP)
		return "not a local address, and datagrams have neither TLS "
		       "nor "
		       "a token; use --insecure to listen anyway";
	if (!c->tls_cert || !(c->token_file || c->tls_client_ca))
		return "not a local address: needs --tls-cert, and "
		       "--token-file "
		       "or --tls-client-ca; use --insecure to listen anyway";
	return NULL;
}

static int listen_on(struct server *s, const char *text, char *why, size_t size)
{
	struct addr addrs[ADDR_MAX];
	char reason[256];
	int n = addr_parse(text, 1, addrs, reason, sizeof reason);

	if (n < 0)
		return fail(why, size, text, reason);
	for (int i = 0; i < n; i++) {
		const char *wrong = find_unguarded(s, &addrs[i]);
		int fd;

		if (wrong)
			return fail(why, size, text, wrong);
		fd = open_socket(&addrs[i]);
		if (fd >= 0)
			return add(s, fd, &addrs[i]) < 0
			    ? fail(why, size, text, "out of memory")
			    : 0;
	}
	return fail(why, size, text, strerror(errno));
}

int listen_all(struct server *s, char *why, size_t size)
{
	const struct list *urls = &s->config->listen;

	if (urls->n > SERVER_LISTENERS)
		return fail(why, size, urls->items[SERVER_LISTENERS],
		    "too many of them");
	for (size_t i = 0; i < urls->n; i++) {
		if (strcmp(urls->items[i], "-") == 0) {
			if (stream_stdin(s) < 0)
				return fail(why, size, "-", "out of memory");
		} else if (listen_on(s, urls->items[i], why, size) < 0) {
			return -1;
		}
	}
	return 0;
}
