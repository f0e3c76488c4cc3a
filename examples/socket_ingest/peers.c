/*
 * Peers in a table: buckets of linked lists, by SipHash of the address.
 *
 * A held answer costs its peer a share of PEER_AT_ONCE, so as many can be
 * held at a time; what a peer owes is counted as a time that goes by, and
 * needs no list of them. So in the long run a peer has PEER_AT_ONCE guesses
 * each PEER_LONGEST seconds, by however many connections.
 */
#define _POSIX_C_SOURCE 200809L

#include "peers.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "siphash24.h"

#define SECOND INT64_C(1000000000)

struct peers {
	uint64_t seed[2];
	struct peer *all;
	struct chains chains;
	size_t size;               /* elements of all */
	size_t n_used;             /* elements that have ever been used */
	size_t n_free;             /* used elements that are free again */
	struct peer *free;         /* by newer */
	struct peer *first, *last; /* without a connection; oldest first */
};

struct peers *peers_new(size_t n_connections, size_t n_others,
    const uint64_t seed[2])
{
	struct peers *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->size = n_connections + n_others;
	s->seed[0] = seed[0];
	s->seed[1] = seed[1];
	s->all = calloc(s->size ? s->size : 1, sizeof *s->all);
	if (s->all && chains_reserve(&s->chains, s->size) == 0)
		return s;
	peers_free(s);
	return NULL;
}

void peers_free(struct peers *s)
{
	if (!s)
		return;
	free(s->all);
	chains_clear(&s->chains);
	free(s);
}

size_t peers_room(const struct peers *s)
{
	return s->size;
}

size_t peers_count(const struct peers *s)
{
	return s->n_used - s->n_free;
}

/* ---- Addresses ---- */

static void key_v4(unsigned char key[PEER_KEY], const void *four,
    int *is_local_out)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0xff, 0xff };

	memcpy(key, mapped, sizeof mapped);
	memcpy(key + sizeof mapped, four, 4);
	*is_local_out = key[12] == 127;
}

static void key_v6(unsigned char key[PEER_KEY], const struct in6_addr *at,
    int *is_local_out)
{
	if (IN6_IS_ADDR_V4MAPPED(at)) {
		key_v4(key, at->s6_addr + 12, is_local_out);
		return;
	}
	memcpy(key, at->s6_addr, PEER_KEY);
	*is_local_out = IN6_IS_ADDR_LOOPBACK(at);
	if (!*is_local_out && !IN6_IS_ADDR_LINKLOCAL(at))
		memset(key + 8, 0, 8);
}

/* Returns 0, or -1: it is no address of IP. */
static int find_key(const struct sockaddr *at, socklen_t len,
    unsigned char key[PEER_KEY], int *is_local_out)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (at->sa_family == AF_INET && len >= sizeof v4) {
		memcpy(&v4, at, sizeof v4);
		key_v4(key, &v4.sin_addr, is_local_out);
		return 0;
	}
	if (at->sa_family == AF_INET6 && len >= sizeof v6) {
		memcpy(&v6, at, sizeof v6);
		key_v6(key, &v6.sin6_addr, is_local_out);
		return 0;
	}
	return -1;
}

/* ---- Those without a connection ---- */

static void append(struct peers *s, struct peer *p)
{
	p->older = s->last;
	p->newer = NULL;
	if (s->last)
		s->last->newer = p;
	else
		s->first = p;
	s->last = p;
}

static void take_out(struct peers *s, struct peer *p)
{
	if (p->older)
		p->older->newer = p->newer;
	else
		s->first = p->newer;
	if (p->newer)
		p->newer->older = p->older;
	else
		s->last = p->older;
}

static struct peer *find(const struct peers *s, uint64_t hash,
    const unsigned char *key)
{
	struct chained *c = chains_first(&s->chains, hash);

	while (c && memcmp(((struct peer *)c)->key, key, PEER_KEY) != 0)
		c = chains_next(c);
	return (struct peer *)c;
}

static void forget(struct peers *s, struct peer *p)
{
	chains_remove(&s->chains, &p->link);
	p->newer = s->free;
	s->free = p;
	s->n_free++;
}

/* Returns room for a new peer, all zeros, or NULL. */
static struct peer *find_room(struct peers *s)
{
	struct peer *p;

	if (!s->free && s->n_used < s->size)
		return &s->all[s->n_used++];
	if (!s->free && s->first) {
		p = s->first;
		take_out(s, p);
		forget(s, p);
	}
	p = s->free;
	if (!p)
		return NULL;
	s->free = p->newer;
	s->n_free--;
	memset(p, 0, sizeof *p);
	return p;
}

static struct peer *add(struct peers *s, uint64_t hash,
    const unsigned char *key)
{
	struct peer *p = find_room(s);

	if (!p)
		return NULL;
	memcpy(p->key, key, PEER_KEY);
	p->link.hash = hash;
	chains_add(&s->chains, &p->link);
	return p;
}

struct peer *peers_hold(struct peers *s, const struct sockaddr *at,
    socklen_t len)
{
	unsigned char key[PEER_KEY];
	struct peer *p;
	uint64_t hash;
	int is_local;

	if (find_key(at, len, key, &is_local) < 0)
		return NULL;
	hash = siphash24(s->seed, key, PEER_KEY);
	p = find(s, hash, key);
	if (!p) {
		p = add(s, hash, key);
		if (!p)
			return NULL;
		p->is_local = is_local;
	} else if (p->n_holders == 0) {
		take_out(s, p);
	}
	p->n_holders++;
	return p;
}

void peers_drop(struct peers *s, struct peer *p)
{
	if (!p || --p->n_holders > 0)
		return;
	if (p->n_wrong > 0)
		append(s, p);
	else
		forget(s, p);
}

/* ---- Tokens ---- */

int peer_may_guess(const struct peer *p, int64_t now)
{
	return !p || p->owes - now <= PEER_LONGEST * SECOND;
}

int64_t peer_guessed_wrong(struct peer *p, int64_t now)
{
	int64_t delay = SECOND;

	if (!p)
		return 0;
	if (p->n_wrong > 0 && now - p->wrong_at >= PEER_FORGETS * SECOND)
		p->n_wrong = 0;
	p->wrong_at = now;
	if (p->n_wrong < UINT16_MAX)
		p->n_wrong++;
	if (p->n_wrong <= PEER_TYPOS)
		return 0;
	for (unsigned i = PEER_TYPOS + 1;
	     i < p->n_wrong && delay < PEER_LONGEST * SECOND; i++)
		delay *= 2;
	p->owes = (p->owes > now ? p->owes : now) + delay / PEER_AT_ONCE;
	return delay;
}
