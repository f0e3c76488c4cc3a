/*
 * key_order.h - the order in which keys were first seen, and sets of them
 *
 * A key's rank is its place in the order. A set of keys is a bit for each
 * rank (struct leat_marks), so emptying a set yields its keys in order without
 * a sort and without memory.
 */
#ifndef LEAT_KEY_ORDER_H
#define LEAT_KEY_ORDER_H

#include "../core/memory.h"

struct leat_marks {
	uint64_t *words;    /* a bit for each rank */
	uint64_t *groups;   /* a bit for each word that may have bits set */
	size_t first, last; /* groups that may have bits; first > last: none */
};

LEAT_INLINE void leat_mark(struct leat_marks *m, uint32_t rank)
{
	size_t group = rank >> 12;

	m->words[rank >> 6] |= (uint64_t)1 << (rank & 63);
	m->groups[group] |= (uint64_t)1 << (rank >> 6 & 63);
	if (group < m->first)
		m->first = group;
	if (group > m->last)
		m->last = group;
}

LEAT_INLINE int leat_marked(const struct leat_marks *m, size_t rank)
{
	return (int)(m->words[rank >> 6] >> (rank & 63) & 1);
}

LEAT_INLINE void leat_unmark(struct leat_marks *m, uint32_t rank)
{
	m->words[rank >> 6] &= ~((uint64_t)1 << (rank & 63));
}

/* Moves up to n ranks, lowest first, to `ranks`. Returns how many it moved. */
size_t leat_marks_take(struct leat_marks *m, uint32_t *ranks, size_t n);
/* Returns the lowest rank of the set that is >= from; SIZE_MAX if none is. */
size_t leat_marks_next(const struct leat_marks *m, size_t from);

struct leat_key_order {
	struct leat_memory *memory;
	void *block; /* holds the list and both sets */
	size_t n_bytes;
	uint32_t *index;        /* entry of each rank, from 1; 0: it is gone */
	size_t n, room, length; /* ranks given, ranks in all, keys */
	struct leat_marks due;  /* keys whose windows are being closed */
	struct leat_marks changed; /* keys changed since the early results */
};

void leat_key_order_init(struct leat_key_order *o, struct leat_memory *memory);
void leat_key_order_clear(struct leat_key_order *o);
/*
 * Grows the list before more than three quarters of it are keys, so that
 * packing a full one is worth its while. LEAT_ENOMEM.
 */
int leat_key_order_reserve(struct leat_key_order *o);
/* Appends an entry and returns its rank; there must be a rank left. */
uint32_t leat_key_order_add(struct leat_key_order *o, uint32_t index);
/* Makes a hole of a rank, or shortens the list if it is the last. */
void leat_key_order_remove(struct leat_key_order *o, uint32_t rank);
/* Gives a key the lower rank `to`, a hole; its mark in `changed` goes along. */
void leat_key_order_move(struct leat_key_order *o, size_t from, size_t to);
/* Copies `from`; `to` must have a memory. LEAT_ENOMEM leaves it empty. */
int leat_key_order_copy(struct leat_key_order *to,
    const struct leat_key_order *from);

#endif
