/*
 * Sets of statsd: how many different members each has had. Members are known
 * by hashes of 64 bits that others cannot foresee: of a million, two are taken
 * for the same once in some 37 million times.
 */
#ifndef SOCKET_INGEST_WIRE_SETS_H
#define SOCKET_INGEST_WIRE_SETS_H

#include <stddef.h>
#include <stdint.h>

#include "../replay/state_tape.h"
#include "wire_names.h"

enum { WIRE_MEMBERS_MAX = 1000000 }; /* of all sets together */

struct wire_sets {
	uint64_t seed[2];        /* of members; saved with them */
	struct wire_names names; /* how many members each has */
	uint64_t *places;        /* hashes of set and member; 0: free */
	size_t mask;             /* places - 1 */
	size_t n;                /* members */
};

/* What there may be, in sets and in bytes. */
struct wire_sets_room {
	size_t sets, bytes;
};

/*
 * Adds a member. Returns 0, also if it was there, 1 if there is no room for
 * it or WIRE_MEMBERS_MAX members are there, or -1: no memory.
 */
int wire_sets_add(struct wire_sets *sets, const char *name, size_t name_len,
    const char *member, size_t len, struct wire_sets_room room);

size_t wire_sets_bytes(const struct wire_sets *sets);

/* The seeds stay. */
void wire_sets_clear(struct wire_sets *sets);

/* Loading: into none. */
void wire_sets_tape(struct wire_sets *sets, struct tape *tape);

#endif
