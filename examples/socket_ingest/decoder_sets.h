/*
 * Sets of statsd: how many different members each has had. Members are known
 * by hashes of 64 bits that others cannot foresee: of a million, two are taken
 * for the same once in some 37 million times.
 */
#ifndef SOCKET_INGEST_DECODER_SETS_H
#define SOCKET_INGEST_DECODER_SETS_H

#include <stddef.h>
#include <stdint.h>

#include "../replay/state_tape.h"
#include "decoder_names.h"

enum { DECODER_MEMBERS_MAX = 1000000 }; /* members of all sets together */

struct decoder_sets {
	uint64_t seed[2]; /* seed of the members' hash; saved with them */
	struct decoder_names
	    names;        /* sets by name; x is how many members each has */
	uint64_t *places; /* hashes of set and member; 0: free */
	size_t mask;      /* places - 1 */
	size_t n;         /* members */
};

/* Limits of sets: how many, and how many bytes. */
struct decoder_sets_room {
	size_t sets, bytes;
};

/*
 * Adds a member. Returns 0, also if it was there, 1 if there is no room for
 * it or DECODER_MEMBERS_MAX members are there, or -1: no memory.
 */
int decoder_sets_add(struct decoder_sets *sets, const char *name,
    size_t name_len, const char *member, size_t len,
    struct decoder_sets_room room);

size_t decoder_sets_bytes(const struct decoder_sets *sets);

/* The seeds stay. */
void decoder_sets_clear(struct decoder_sets *sets);

/* Loading: into none. */
void decoder_sets_tape(struct decoder_sets *sets, struct tape *tape);

#endif
