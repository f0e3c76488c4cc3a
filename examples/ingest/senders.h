/*
 * Who sends, by name, and how many lines of each have been taken: so that
 * one whose connection, or whose server, has gone away knows where to go on.
 * The counts are saved with the rest of the state, so they always fit what
 * windows have seen.
 */
#ifndef INGEST_SENDERS_H
#define INGEST_SENDERS_H

#include <stddef.h>
#include <stdint.h>

#include "../common/tape.h"

enum { SENDERS_MAX = 10000, SENDER_NAME = 255 };

struct stream;

struct sender {
	char *name;
	uint64_t taken;        /* lines, */
	uint64_t saved;        /* as of the last state that is on the disk, */
	uint64_t told;         /* and as the stream has been told */
	struct stream *stream; /* or NULL */
};

struct senders;

struct senders *senders_new(const uint64_t seed[2]); /* NULL: no memory */
void senders_free(struct senders *senders);

/*
 * The sender of this name, a new one if need be. NULL: there is no memory,
 * there are too many, or it is no name (1 to SENDER_NAME bytes, no blank and
 * no control character).
 */
struct sender *senders_find(struct senders *senders, const char *name,
    size_t len);

size_t senders_count(const struct senders *senders);
struct sender *senders_at(struct senders *senders, size_t i);

/* Counts; loading: into none. */
void senders_tape(struct senders *senders, struct tape *tape);

#endif
