/*
 * A peer is an address at the other end of connections: how many connections it
 * has, and how many wrong tokens it has sent.
 *
 * IPv6 addresses count as one peer if their first 64 bits are equal, as a host
 * may choose the rest. Loopback and link-local addresses count as a whole, as
 * those of IPv4 do.
 *
 * Peers are in a table of fixed size. Those with a connection stay; of the
 * others only those that have sent a wrong token are kept, and the one whose
 * last connection ended first makes room. All costs O(1).
 *
 * A few wrong tokens are refused at once, then each is answered later than the
 * one before. A right one is answered at once meanwhile, unless so many wrong
 * ones of the same peer wait for their answer that nothing else would slow
 * their sender down: then no token of this peer is looked at.
 */
#ifndef SOCKET_INGEST_PEERS_H
#define SOCKET_INGEST_PEERS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "chains.h"
#include "slots.h"

enum {
	PEER_KEY = 16,
	PEER_TYPOS = 3,    /* wrong tokens that cost nothing */
	PEER_LONGEST = 16, /* longest time an answer is held, in seconds */
	PEER_AT_ONCE = 8,  /* answers held at a time */
	PEER_FORGETS = 600 /* seconds without another one */
};

struct peer {
	struct chained link; /* the first member */
	unsigned char key[PEER_KEY];
	struct peer *older, *newer; /* in the list without a connection */
	size_t n_holders;           /* connections */
	int is_local;

	size_t n_slots; /* streams of the peer */
	struct slot_line lines[SLOT_RANKS];
	size_t n_watchers;

	unsigned n_wrong; /* wrong tokens, lately */
	int64_t wrong_at; /* the last one, by clock_steady() */
	int64_t owes;     /* until then it is being slowed down */
};

struct peers;

/*
 * Makes room for n_connections peers with a connection and n_others without.
 * NULL: no memory. The seed keeps addresses from being chosen so that they
 * collide.
 */
struct peers *peers_new(size_t n_connections, size_t n_others,
    const uint64_t seed[2]);
void peers_free(struct peers *peers);

/* Return how many peers there is room for, and how many are known. */
size_t peers_room(const struct peers *peers);
size_t peers_count(const struct peers *peers);

/*
 * Returns the peer of this address, for one more connection, until
 * peers_drop(). NULL if the address is not one of IP, or if there are more
 * connections than peers_new() made room for.
 */
struct peer *peers_hold(struct peers *peers, const struct sockaddr *at,
    socklen_t len);
void peers_drop(struct peers *peers, struct peer *peer);

/* ---- Tokens; a peer that is NULL is not slowed down ---- */

/* Returns whether a token of the peer may be looked at. */
int peer_may_guess(const struct peer *peer, int64_t now);

/* Counts a wrong token. Returns for how many nanoseconds to hold the answer. */
int64_t peer_guessed_wrong(struct peer *peer, int64_t now);

#endif
