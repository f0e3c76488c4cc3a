/*
 * Addresses to listen on and to send to, as a user writes them:
 *
 *      tcp://HOST:PORT   udp://HOST:PORT   unix:///PATH   unixgram:///PATH
 *      HOST:PORT         (of --http: tcp)
 *
 * HOST is a name, an IPv4 address or an IPv6 one in brackets; without one it
 * is the loopback: nothing is open to the network that was not asked for.
 * "*" is every address of the machine.
 */
#ifndef SOCKET_INGEST_ADDR_H
#define SOCKET_INGEST_ADDR_H

#include <stddef.h>
#include <sys/socket.h>

enum addr_kind { ADDR_TCP, ADDR_UDP, ADDR_UNIX, ADDR_UNIXGRAM };

/* An address; a name may have several of them. */
struct addr {
	enum addr_kind kind;
	socklen_t len;
	struct sockaddr_storage at;
};

enum { ADDR_MAX = 8, ADDR_TEXT = 128 };

/*
 * Reads an address and looks up its name. With to_listen "*" is allowed.
 * Returns how many there are (at most ADDR_MAX, the first is to be tried
 * first), or -1 with the reason in why, which does not repeat the text.
 */
int addr_parse(const char *text, int to_listen, struct addr *addrs, char *why,
    size_t why_size);

/* Reads HOST:PORT without a scheme, as if it had tcp://. */
int addr_parse_http(const char *text, struct addr *addrs, char *why,
    size_t why_size);

/* Returns whether nobody but this machine can reach the address. */
int addr_is_local(const struct addr *addr);

/* Writes an address as a message shows it: "tcp://127.0.0.1:9009". */
void addr_format(const struct sockaddr *at, socklen_t len, enum addr_kind kind,
    char *text, size_t size);

#endif
