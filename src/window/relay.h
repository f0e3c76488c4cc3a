/*
 * relay.h - the two-chunk relay
 *
 * Says where the elements of a moving window of `size` are, for an engine
 * that never subtracts.
 *
 * Elements arrive in chunks of `chunk` = floor(size / 2). D is the chunk
 * being filled, B the full one before it, A the one before that. The
 * window is
 *
 *      suffix(A, size - chunk - filled) + all of B + prefix(D, filled)
 *
 * where + is combine. Each push makes one step forward in D and one step
 * backward in B, whose suffix table is therefore complete exactly when D
 * is full and B takes A's place. Cost: two single-value steps a push, two
 * combines a query, whatever the size.
 *
 * One table of `slots` = size - chunk partials serves A and B at once: as
 * the table of B grows by one, the longest suffix of A dies. To let B take
 * the very places that A gives up, every other chunk's table is laid out
 * from the end. The suffix of length l is at slot l - 1, or in such a table
 * at slots - l. Slots -1 and `slots` exist and always hold the identity,
 * for the suffix of length 0.
 */
#ifndef LEAT_RELAY_H
#define LEAT_RELAY_H

#include "../core/core.h"

struct leat_relay {
	size_t ring; /* slots of the ring of elements, at least size */
	size_t head; /* index of the next element */
	size_t back; /* the element of B that was stepped over last */
	/*
	 * The table is addressed from its slot -1: place 1 is slot 0. The
	 * suffix of B, as long as D, goes to `place`, which therefore tells
	 * how far D has come; the suffix of A that is in the window is one
	 * `stride` further.
	 */
	size_t place;
	size_t last;     /* place when D is full */
	size_t start;    /* start while it is empty */
	size_t stride;   /* 1, or -1 for a table laid out from the end */
	unsigned chunks; /* full ones before D: 0, 1, or 2 for more */
	size_t size, chunk, slots;
};

/* Says how many elements there are in a window. */
LEAT_INLINE void leat_relay_measure(struct leat_relay *r, size_t size)
{
	r->size = size;
	r->chunk = size / 2;
	r->slots = size - r->chunk;
}

/* Begins D; its chunk's table is laid out by stride. */
LEAT_INLINE void leat_relay_begin(struct leat_relay *r, size_t stride)
{
	r->stride = stride;
	r->start = stride == 1 ? 0 : r->slots + 1;
	r->last = r->start + stride * r->chunk;
	r->place = r->start;
}

LEAT_INLINE void leat_relay_reset(struct leat_relay *r)
{
	r->head = r->back = 0;
	r->chunks = 0;
	leat_relay_begin(r, 1);
}

/* Elements in D. */
LEAT_INLINE size_t leat_relay_filled(const struct leat_relay *r)
{
	return r->stride == 1 ? r->place : r->start - r->place;
}

LEAT_INLINE int leat_relay_full(const struct leat_relay *r)
{
	return r->place == r->last;
}

/* D has its first element. */
LEAT_INLINE int leat_relay_first(const struct leat_relay *r)
{
	return r->place == r->start + r->stride;
}

/* D becomes B and B becomes A; the parts have to follow. */
LEAT_INLINE void leat_relay_turn(struct leat_relay *r)
{
	r->back = r->head;
	leat_relay_begin(r, 0 - r->stride);
	if (r->chunks < 2)
		r->chunks++;
}

/* Moves on: one element more in D, one element further back in B. */
LEAT_INLINE void leat_relay_step(struct leat_relay *r)
{
	r->head = r->head + 1 == r->ring ? 0 : r->head + 1;
	r->back = (r->back == 0 ? r->ring : r->back) - 1;
	r->place += r->stride;
}

/* Returns the slot of A's suffix in the window. Requires chunks == 2. */
LEAT_INLINE size_t leat_relay_tail(const struct leat_relay *r)
{
	return r->place + r->stride;
}

#endif
