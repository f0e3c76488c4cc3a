/*
 * Counts the lines that have been taken from each sender, by the sender's
 * name. After a lost connection, or a restart of the server, a sender learns
 * from the count which line to send next. Counts are saved with the rest of
 * the state, so they always agree with the values in windows.
 */
#ifndef SOCKET_INGEST_SENDERS_H
#define SOCKET_INGEST_SENDERS_H

#include <stddef.h>
#include <stdint.h>

#include "../replay/state_tape.h"

enum { SENDERS_MAX = 10000, SENDER_NAME = 255 };

struct stream;

struct sender {
	const char *name;
	uint64_t taken;        /* lines taken */
	uint64_t saved;        /* lines in the last state on the disk */
	uint64_t sent;         /* lines that the sender knows to be saved */
	struct stream *stream; /* the sender's connection, or NULL */

	/* Members of senders.c alone. */
	size_t number, at;
	int is_gone;
	struct sender *longer, *shorter; /* gone than this one */
};

struct senders;

struct senders *senders_new(const uint64_t seed[2]); /* NULL: no memory */
void senders_free(struct senders *senders);

/*
 * Returns the sender of this name, which has come, a new one if need be; at
 * SENDERS_MAX the one that has been gone longest is forgotten for it. NULL:
 * there is no memory, none of SENDERS_MAX has gone, or it is no name (1 to
 * SENDER_NAME bytes, no blank and no control character).
 */
struct sender *senders_come(struct senders *senders, const char *name,
    size_t len);

/*
 * To be called when a sender's stream is closed. It is forgotten if no line of
 * it has ever been taken.
 */
void senders_go(struct senders *senders, struct sender *sender);

/* Returns how many senders with lines have been forgotten for others. */
uint64_t senders_forgotten(const struct senders *senders);

/* Visit all senders, in any order. */
size_t senders_count(const struct senders *senders);
struct sender *senders_at(struct senders *senders, size_t i);

/* Saves counts of senders, or loads them into an empty object. */
void senders_tape(struct senders *senders, struct tape *tape);

#endif
