/*
 * table.h - the hash table that finds the entry of a text
 *
 * A slot is 0, or an entry's index from 1 with a tag above it: as many of the
 * low bits of the hash as there is room for. Buckets lie on cache lines. What
 * finds no slot is in a tree (crowd.h). Functions that search return, or
 * count in s->looks, how many entries they have looked at.
 */
#ifndef LEAT_TABLE_H
#define LEAT_TABLE_H

#include "crowd.h"

enum { LEAT_TABLE_BUCKET = 16 };

struct leat_table {
	struct leat_memory *memory;
	void *raw; /* the allocation that holds slots; NULL: there is none */
	uint32_t *slots;
	unsigned char *passed; /* a count for each bucket, see table.c */
	size_t size;           /* slots */
	uint64_t length, limit;
	uint32_t index_mask;
	unsigned index_bits;
	struct leat_crowd crowd;
};

void leat_table_init(struct leat_table *t, struct leat_memory *memory);
void leat_table_clear(struct leat_table *t);
/* Copies `from`; `to` must have a memory. After LEAT_ENOMEM it must be cleared. */
int leat_table_copy(struct leat_table *to, const struct leat_table *from);
/*
 * Makes room for one entry more, whose index will be one of the slab's or the
 * next. LEAT_ENOMEM.
 */
int leat_table_reserve(struct leat_table *t, const struct leat_entries *es);
/* Adds an entry that has its text and hash; room must be reserved. */
uint32_t leat_table_put(struct leat_table *t, const struct leat_entries *es,
    uint32_t index);
/* Removes an entry, which must still have its text. */
uint32_t leat_table_remove(struct leat_table *t, const struct leat_entries *es,
    uint32_t index);
/*
 * Returns the index of the entry with the text and hash of s, from 1; 0: there
 * is none.
 */
uint32_t leat_table_find(const struct leat_table *t,
    const struct leat_entries *es, struct leat_sought *s);
/*
 * Returns an entry that is likely to be that of a hash, and prefetches it; 0:
 * none is likely. The caller must compare texts.
 */
uint32_t leat_table_guess(const struct leat_table *t,
    const struct leat_entries *es, uint32_t hash);

/* Returns the first of the eight slots where a hash is looked for first. */
LEAT_INLINE size_t leat_table_half(const struct leat_table *t, uint32_t hash)
{
	return (size_t)((uint64_t)hash * t->size >> 32) & ~(size_t)7;
}

/* Prefetches the slots where a hash is looked for first, if there are any. */
LEAT_INLINE void leat_table_prefetch(const struct leat_table *t, uint32_t hash)
{
	if (t->length > 0)
		LEAT_PREFETCH(t->slots + leat_table_half(t, hash));
}

#endif
