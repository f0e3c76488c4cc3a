/*
 * slab.h - items of one size that are named by an index of 32 bits
 *
 * A slab lies in chunks of 8 to 512 items, and an index is
 * chunk * 512 + place. Items never move; they start on multiples of 8 bytes,
 * and of 16 if their size is one, chunks on a cache line. An index takes half
 * the memory of a pointer, which counts where millions of keys name each other
 * in several structures.
 */
#ifndef LEAT_SLAB_H
#define LEAT_SLAB_H

#include "../core/memory.h"

enum { LEAT_SLAB_BITS = 9, LEAT_SLAB_ITEMS = 1 << LEAT_SLAB_BITS };

struct leat_slab {
	struct leat_memory *memory;
	size_t item; /* bytes of an item */
	unsigned char **chunks;
	uint32_t n_chunks, room; /* chunks in the list, and places in it */
	size_t n_items;          /* items of all chunks, free ones too */
	uint32_t spare;          /* first free item, from 1; 0: none is free */
	uint32_t n_spare;
	uint32_t fresh, fresh_end; /* items of the newest chunk never used */
};

void leat_slab_init(struct leat_slab *s, struct leat_memory *memory,
    size_t item);
/* Frees all chunks; the slab is empty then. */
void leat_slab_clear(struct leat_slab *s);
/* Makes room for n items besides those that are free. LEAT_ENOMEM. */
int leat_slab_more(struct leat_slab *s, size_t n);
/*
 * Copies the chunks. `to` must be a copy of the bytes of `from` with a memory
 * of its own. After LEAT_ENOMEM it must be cleared.
 */
int leat_slab_copy(struct leat_slab *to, const struct leat_slab *from);
/* Returns the index of a free item; one must have been reserved. */
uint32_t leat_slab_take(struct leat_slab *s);
/* Frees item i. */
void leat_slab_give(struct leat_slab *s, uint32_t i);

/* Makes sure that n items are free. LEAT_ENOMEM. */
LEAT_INLINE int leat_slab_reserve(struct leat_slab *s, size_t n)
{
	size_t there = (size_t)s->n_spare + (s->fresh_end - s->fresh);

	return LEAT_LIKELY(there >= n) ? LEAT_OK : leat_slab_more(s, n - there);
}

LEAT_INLINE void *leat_slab_at(const struct leat_slab *s, uint32_t i)
{
	return s->chunks[i >> LEAT_SLAB_BITS] +
	    (i & (LEAT_SLAB_ITEMS - 1)) * s->item;
}

#endif
