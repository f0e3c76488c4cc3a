/*
 * Names that strangers choose, each with a number: values of gauges, how many
 * members sets have. The one that was not touched for longest can be dropped.
 */
#ifndef SOCKET_INGEST_DECODER_NAMES_H
#define SOCKET_INGEST_DECODER_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "chains.h"

struct decoder_name {
	struct chained link; /* the first member */
	struct decoder_name *newer, *older;
	uint64_t number; /* number of names before it */
	double x;        /* 0 at first */
	size_t len;
	char text[];
};

/* Starts from { 0 } and its seed. */
struct decoder_names {
	uint64_t seed[2];
	struct chains chains;
	size_t bytes; /* allocated for names and chains */
	struct decoder_name *newest, *oldest;
};

/*
 * Returns how much memory a name of so many bytes takes beside its place in the
 * table.
 */
size_t decoder_name_bytes(size_t len);

/* Returns a name, NULL if there is none. */
struct decoder_name *decoder_names_find(const struct decoder_names *names,
    const char *text, size_t len);

/* Adds a name that is not there yet. NULL: no memory. */
struct decoder_name *decoder_names_add(struct decoder_names *names,
    const char *text, size_t len);

void decoder_names_touch(struct decoder_names *names,
    struct decoder_name *name);
void decoder_names_drop_oldest(struct decoder_names *names);
void decoder_names_clear(struct decoder_names *names);

#endif
