/*
 * Names that strangers choose, each with a number: values of gauges, how many
 * members sets have. The one that was not touched for longest can be dropped.
 */
#ifndef SOCKET_INGEST_WIRE_NAMES_H
#define SOCKET_INGEST_WIRE_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct wire_name {
	struct wire_name *next; /* in its place of the table */
	struct wire_name *newer, *older;
	uint64_t hash;
	uint64_t number; /* how many there were when it came */
	double x;        /* 0 at first */
	size_t len;
	char text[];
};

/* Starts from { 0 } and its seed. */
struct wire_names {
	uint64_t seed[2];
	struct wire_name **table;
	size_t mask; /* places - 1 */
	size_t n;
	size_t bytes; /* allocated for all this */
	struct wire_name *newest, *oldest;
};

/* What a name of so many bytes takes, beside its place in the table. */
size_t wire_name_bytes(size_t len);

/* NULL: there is no such name. */
struct wire_name *wire_names_find(const struct wire_names *names,
    const char *text, size_t len);

/* The name is a new one. NULL: no memory. */
struct wire_name *wire_names_add(struct wire_names *names, const char *text,
    size_t len);

void wire_names_touch(struct wire_names *names, struct wire_name *name);
void wire_names_drop_oldest(struct wire_names *names); /* if there is one */
void wire_names_clear(struct wire_names *names);

#endif
