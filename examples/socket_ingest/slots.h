/*
 * Places for connections, whose number is limited. When all are taken, one
 * connection may be closed for a new one.
 *
 * Connections that have sent nothing yet are closed first, the oldest of them
 * before the others; then those that have been silent for SLOT_QUIET, the
 * longest silence first. Active connections are kept, and a new one is refused
 * if there are no others. A peer that has used up its share loses one of its
 * own connections.
 *
 * Each slot is in two queues of its rank, that of all slots and that of its
 * peer, with the longest silence at the front. So only the first of a queue is
 * looked at, and everything costs O(1).
 */
#ifndef SOCKET_INGEST_SLOTS_H
#define SOCKET_INGEST_SLOTS_H

#include <stddef.h>
#include <stdint.h>

struct peer;

#define SLOT_QUIET INT64_C(10000000000) /* nanoseconds */

enum slot_rank { SLOT_FRESH, SLOT_SPOKEN, SLOT_RANKS };
enum slot_line_of { SLOT_ALL, SLOT_PEER, SLOT_LINES };

struct slot {
	struct slot *older[SLOT_LINES], *newer[SLOT_LINES];
	struct peer *peer; /* NULL: nobody's share */
	enum slot_rank rank;
	int64_t last; /* something came, or it began */
};

struct slot_line {
	struct slot *first, *last;
};

/* Start from { 0 } and set the limits. */
struct slots {
	size_t max;
	size_t max_per_peer; /* for an address of another machine; at least 1 */
	size_t max_per_local; /* for an address of this machine; at least 1 */
	size_t n;
	struct slot_line lines[SLOT_RANKS];
};

/* Enters as SLOT_FRESH, whether there is room or not. */
void slots_enter(struct slots *slots, struct slot *slot, struct peer *peer,
    int64_t now);
void slots_leave(struct slots *slots, struct slot *slot);

/* Makes a slot that has said something the last one of this rank. */
void slots_speak(struct slots *slots, struct slot *slot, enum slot_rank rank,
    int64_t now);

enum slots_room { SLOTS_ROOM, SLOTS_PEER_FULL, SLOTS_FULL };

/*
 * Returns whether there is room for another slot of this peer, which may be
 * NULL.
 */
enum slots_room slots_room(const struct slots *slots, const struct peer *peer);

/* Returns the slot that makes room, NULL if none must. */
struct slot *slots_idle(const struct slots *slots, const struct peer *peer,
    int64_t now);

#endif
