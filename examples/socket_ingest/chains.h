/*
 * A hash table whose chains go through the elements themselves. Snapshots of
 * keys, names of gauges and sets, and peers are found by it.
 *
 * A struct chained is the first member of each element. Users compare the
 * elements that have the same hash themselves.
 */
#ifndef SOCKET_INGEST_CHAINS_H
#define SOCKET_INGEST_CHAINS_H

#include <stddef.h>
#include <stdint.h>

struct chained {
	struct chained *next; /* in its chain */
	uint64_t hash;
};

/* Starts from { 0 }, without memory. */
struct chains {
	struct chained **heads;
	size_t mask;  /* chains - 1 */
	size_t n;     /* elements */
	size_t bytes; /* allocated, beside the elements */
};

/*
 * Makes room for n elements, so that chains stay short. Returns 0, or -1 if
 * there is no memory, not even for longer chains.
 */
int chains_reserve(struct chains *chains, size_t n);

/* Returns the first element with a hash, and the next one, or NULL. */
struct chained *chains_first(const struct chains *chains, uint64_t hash);
struct chained *chains_next(const struct chained *element);

/* Adds an element whose hash is set; chains_reserve() has returned 0. */
void chains_add(struct chains *chains, struct chained *element);

/* Takes out an element that is in. */
void chains_remove(struct chains *chains, struct chained *element);

/* Frees the chains; the elements are the user's. */
void chains_clear(struct chains *chains);

#endif
