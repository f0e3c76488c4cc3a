/*
 * Addresses from text, and as text.
 *
 * Nothing is guessed: a host that is put an IPv6 address in brackets (RFC
 * 3986), so that the last colon is that of the port. Names are looked up by
 * getaddrinfo(), which may take its time; it is called as the program starts,
 * before anything waits.
 */
#define _POSIX_C_SOURCE 200809L

#include "addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "../replay/report.h"

enum { HOST_SIZE = 256 };

/* Returns the text behind the prefix, or NULL if it does not begin with it. */
static const char *behind(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

/* ---- Paths ---- */

static int take_path(const char *path, enum addr_kind kind, struct addr *addr,
    char *why, size_t size)
{
	struct sockaddr_un un = { 0 };
	size_t len;

	if (path[0] == '/' && path[1] == '/') {
		path += 2;
		if (*path && *path != '/')
			return report(why, size,
			    "the path after \"//\" must begin with /");
	}
	len = strlen(path);
	if (len == 0)
		return report(why, size, "there is no path");
	if (len >= sizeof un.sun_path)
		return report(why, size,
		    "a path of %zu bytes; that of a socket has at most %zu",
		    len, sizeof un.sun_path - 1);
	un.sun_family = AF_UNIX;
	memcpy(un.sun_path, path, len + 1);
	memset(addr, 0, sizeof *addr);
	addr->kind = kind;
	addr->len = (socklen_t)sizeof un;
	memcpy(&addr->at, &un, sizeof un);
	return 1;
}

/* ---- Hosts and ports ---- */

struct place {
	char host[HOST_SIZE];
	const char *port_text;
	uint16_t port;
};

static int take_port(struct place *place, const char *text, int to_listen)
{
	unsigned long port = 0;
	size_t n = 0;

	for (; n < 5 && text[n] >= '0' && text[n] <= '9'; n++)
		port = 10 * port + (unsigned long)(text[n] - '0');
	if (n == 0 || text[n] || port > 65535 || (port == 0 && !to_listen))
		return -1;
	place->port_text = text;
	place->port = (uint16_t)port;
	return 0;
}

/*
 * Finds the colon between host and port; *host and *len get the host without
 * brackets.
 */
static const char *find_colon(const char *text, const char **host, size_t *len)
{
	const char *colon = strchr(text, ':'), *end;

	if (*text == '[') {
		end = strchr(text, ']');
		if (!end || end == text + 1 || end[1] != ':')
			return NULL;
		*host = text + 1;
		*len = (size_t)(end - text) - 1;
		return end + 1;
	}
	if (!colon || strchr(colon + 1, ':'))
		return NULL;
	*host = text;
	*len = (size_t)(colon - text);
	return colon;
}

static int take_place(struct place *place, const char *text, int to_listen,
    char *why, size_t size)
{
	const char *host = NULL, *colon;
	size_t len = 0;

	colon = find_colon(text, &host, &len);
	if (!colon)
		return report(why, size,
		    "is not HOST:PORT (put an IPv6 address in brackets)");
	if (len >= sizeof place->host)
		return report(why, size, "the host name is too long");
	if (take_port(place, colon + 1, to_listen) < 0)
		return report(why, size, "%s",
		    to_listen ? "a port is a number from 0 to 65535"
			      : "a port is a number from 1 to 65535");
	memcpy(place->host, host, len);
	place->host[len] = '\0';
	if (len == 0)
		snprintf(place->host, sizeof place->host, "127.0.0.1");
	return 0;
}

static void set(struct addr *addr, enum addr_kind kind, const void *at,
    size_t len)
{
	memset(addr, 0, sizeof *addr);
	addr->kind = kind;
	addr->len = (socklen_t)len;
	memcpy(&addr->at, at, len);
}

/* An IPv6 socket takes IPv4 too, but not every machine has one. */
static int take_every(const struct place *place, enum addr_kind kind,
    struct addr *addrs)
{
	struct sockaddr_in6 v6 = { 0 };
	struct sockaddr_in v4 = { 0 };

	v6.sin6_family = AF_INET6;
	v6.sin6_addr = in6addr_any;
	v6.sin6_port = htons(place->port);
	v4.sin_family = AF_INET;
	v4.sin_addr.s_addr = htonl(INADDR_ANY);
	v4.sin_port = htons(place->port);
	set(&addrs[0], kind, &v6, sizeof v6);
	set(&addrs[1], kind, &v4, sizeof v4);
	return 2;
}

static int look_up(const struct place *place, enum addr_kind kind,
    struct addr *addrs, char *why, size_t size)
{
	struct addrinfo hints = { 0 }, *all = NULL;
	int n = 0, err;

	hints.ai_family = AF_UNSPEC;
	hints.ai_socktype = kind == ADDR_UDP ? SOCK_DGRAM : SOCK_STREAM;
	hints.ai_flags = AI_NUMERICSERV;
	err = getaddrinfo(place->host, place->port_text, &hints, &all);
	if (err == EAI_SYSTEM)
		return report(why, size, "%s", strerror(errno));
	if (err != 0)
		return report(why, size, "%s", gai_strerror(err));
	for (struct addrinfo *a = all; a && n < ADDR_MAX; a = a->ai_next)
		if (a->ai_family == AF_INET || a->ai_family == AF_INET6)
			set(&addrs[n++], kind, a->ai_addr, a->ai_addrlen);
	freeaddrinfo(all);
	return n > 0 ? n : report(why, size, "this name has no address");
}

static int take_host(const char *text, enum addr_kind kind, int to_listen,
    struct addr *addrs, char *why, size_t size)
{
	struct place place;

	if (take_place(&place, text, to_listen, why, size) < 0)
		return -1;
	if (strcmp(place.host, "*") != 0)
		return look_up(&place, kind, addrs, why, size);
	if (!to_listen)
		return report(why, size, "* cannot be a destination");
	return take_every(&place, kind, addrs);
}

int addr_parse(const char *text, int to_listen, struct addr *addrs, char *why,
    size_t size)
{
	const char *rest;

	if ((rest = behind(text, "tcp://")))
		return take_host(rest, ADDR_TCP, to_listen, addrs, why, size);
	if ((rest = behind(text, "udp://")))
		return take_host(rest, ADDR_UDP, to_listen, addrs, why, size);
	if ((rest = behind(text, "unix:")))
		return take_path(rest, ADDR_UNIX, addrs, why, size);
	if ((rest = behind(text, "unixgram:")))
		return take_path(rest, ADDR_UNIXGRAM, addrs, why, size);
	return report(why, size,
	    "an address begins with tcp://, udp://, unix: or unixgram:");
}

int addr_parse_http(const char *text, struct addr *addrs, char *why,
    size_t size)
{
	return take_host(text, ADDR_TCP, 1, addrs, why, size);
}

/* ---- What they are ---- */

static int is_local_v6(const struct in6_addr *at)
{
	return IN6_IS_ADDR_LOOPBACK(at) ||
	    (IN6_IS_ADDR_V4MAPPED(at) && at->s6_addr[12] == 127);
}

int addr_is_local(const struct addr *addr)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (addr->at.ss_family) {
	case AF_UNIX:
		return 1;
	case AF_INET:
		memcpy(&v4, &addr->at, sizeof v4);
		return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
	case AF_INET6:
		memcpy(&v6, &addr->at, sizeof v6);
		return is_local_v6(&v6.sin6_addr);
	default:
		return 0;
	}
}

/* ---- As text ---- */

static const char *const schemes[] = { "tcp", "udp", "unix", "unixgram" };

/* The kernel's path may lack its NUL, and a client has no path at all. */
static void format_path(const struct sockaddr *at, socklen_t len,
    enum addr_kind kind, char *text, size_t size)
{
	struct sockaddr_un un = { 0 };
	char path[sizeof un.sun_path + 1] = "";

	memcpy(&un, at, len < sizeof un ? len : sizeof un);
	memcpy(path, un.sun_path, sizeof un.sun_path);
	for (char *p = path; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
	snprintf(text, size, "%s:%s%s", schemes[kind], *path == '/' ? "//" : "",
	    path);
}

/* An IPv4 client of an IPv6 socket is shown as what it is. */
static void format_v6(const struct sockaddr_in6 *v6, const char *scheme,
    char *text, size_t size)
{
	const unsigned char *b = v6->sin6_addr.s6_addr;
	char host[INET6_ADDRSTRLEN] = "?", zone[16] = "";

	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		snprintf(text, size, "%s://%d.%d.%d.%d:%d", scheme, b[12],
		    b[13], b[14], b[15], ntohs(v6->sin6_port));
		return;
	}
	inet_ntop(AF_INET6, b, host, sizeof host);
	if (v6->sin6_scope_id != 0)
		snprintf(zone, sizeof zone, "%%%lu",
		    (unsigned long)v6->sin6_scope_id);
	snprintf(text, size, "%s://[%s%s]:%d", scheme, host, zone,
	    ntohs(v6->sin6_port));
}

void addr_format(const struct sockaddr *at, socklen_t len, enum addr_kind kind,
    char *text, size_t size)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	char host[INET_ADDRSTRLEN] = "?";

	if (kind == ADDR_UNIX || kind == ADDR_UNIXGRAM) {
		format_path(at, len, kind, text, size);
	} else if (at->sa_family == AF_INET && len >= sizeof v4) {
		memcpy(&v4, at, sizeof v4);
		inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
		snprintf(text, size, "%s://%s:%d", schemes[kind], host,
		    ntohs(v4.sin_port));
	} else if (at->sa_family == AF_INET6 && len >= sizeof v6) {
		memcpy(&v6, at, sizeof v6);
		format_v6(&v6, schemes[kind], text, size);
	} else {
		snprintf(text, size, "%s://?", schemes[kind]);
	}
}
