/*
 * table.h - the hash table that finds the entry of a text
 *
 * A slot is 0, or an entry's index from 1 with a tag above it: as many of the
 * low bits of the hash as there is room for. Buckets lie on cache lines. What
 * finds no slot is in a balanced tree, the crowd (crowd.c). Functions that
 * search count in s->looks, or return, how many entries they have looked at.
 */
#ifndef LEAT_TABLE_H
#define LEAT_TABLE_H

#include "entry.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* A key that is looked for. */
struct leat_sought {
	const void *text;
	size_t len;
	uint32_t hash, looks;
};

struct leat_crowd {
	struct leat_slab nodes;
	uint32_t root; /* index from 1; 0: empty */
};

void leat_crowd_init(struct leat_crowd *c, struct leat_memory *memory);
void leat_crowd_clear(struct leat_crowd *c);
/*
 * Copies the tree; `to` must be empty and have a memory. After LEAT_ENOMEM it
 * must be cleared.
 */
int leat_crowd_copy(struct leat_crowd *to, const struct leat_crowd *from);
/* Adds an entry that is not in the tree; a node must be reserved. */
uint32_t leat_crowd_add(struct leat_crowd *c, const struct leat_entries *es,
    uint32_t entry);
/* Removes an entry of the tree, which must still have its text. */
uint32_t leat_crowd_remove(struct leat_crowd *c, const struct leat_entries *es,
    uint32_t entry);
/* Returns the entry of a text; 0: it is not in the tree. */
uint32_t leat_crowd_find(const struct leat_crowd *c,
    const struct leat_entries *es, struct leat_sought *s);

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
/* Copies `from`; `to` must have a memory. After LEAT_ENOMEM, clear it. */
int leat_table_copy(struct leat_table *to, const struct leat_table *from);
/*
 * Makes room for one entry more, whose index will be one of the slab's or the
 * next. LEAT_ENOMEM.
 */
int leat_table_reserve(struct leat_table *t, const struct leat_entries *es);
/* Adds an entry that has its text and hash; room must be reserved. */
uint32_t leat_table_put(struct leat_table *t, const struct leat_entries *es,
    const struct leat_entry *e);
/* Removes an entry, which must still have its text. */
uint32_t leat_table_remove(struct leat_table *t, const struct leat_entries *es,
    const struct leat_entry *e);
/* Returns the entry with the text and hash of s; NULL: there is none. */
struct leat_entry *leat_table_search(const struct leat_table *t,
    const struct leat_entries *es, struct leat_sought *s);

/* Returns the first of the eight slots where a hash is looked for first. */
LEAT_INLINE size_t leat_table_half(const struct leat_table *t, uint32_t hash)
{
	return (size_t)((uint64_t)hash * t->size >> 32) & ~(size_t)7;
}

/* Returns the first slot of the bucket where that half lies. */
LEAT_INLINE size_t leat_table_bucket(const struct leat_table *t, uint32_t hash)
{
	return leat_table_half(t, hash) & ~(size_t)(LEAT_TABLE_BUCKET - 1);
}

/* Returns the bits above an index. */
LEAT_INLINE uint32_t leat_table_tag(const struct leat_table *t, uint32_t hash)
{
	return (uint32_t)((uint64_t)hash << t->index_bits);
}

/* Returns which of eight slots have that tag, the first as the lowest bit. */
LEAT_INLINE unsigned leat_table_match(const uint32_t *slots, uint32_t tag,
    uint32_t index_mask)
{
	unsigned found = 0;

#if defined(__SSE2__)
	const __m128i *p = (const __m128i *)(const void *)slots;
	__m128i t = _mm_set1_epi32((int)tag),
		m = _mm_set1_epi32((int)index_mask);
	__m128i a = _mm_cmpeq_epi32(t, _mm_andnot_si128(m, _mm_loadu_si128(p)));
	__m128i b = _mm_cmpeq_epi32(t,
	    _mm_andnot_si128(m, _mm_loadu_si128(p + 1)));
	a = _mm_packs_epi32(a, b);
	found = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(a, a)) & 255;
#else
	for (int i = 0; i < 8; i++)
		found |= (unsigned)((slots[i] & ~index_mask) == tag) << i;
#endif
	return found;
}

/*
 * Returns the first index in the first bucket with that tag, from 1; 0: none is
 * there. The entry may be another key's with that tag. No branch depends on
 * which slot it is. The table must have slots.
 */
LEAT_INLINE uint32_t leat_table_peek(const struct leat_table *t, uint32_t hash)
{
	const uint32_t *bucket = t->slots + leat_table_bucket(t, hash);
	uint32_t tag = leat_table_tag(t, hash);
	unsigned low = leat_table_match(bucket, tag, t->index_mask),
		 high = leat_table_match(bucket + LEAT_TABLE_BUCKET / 2, tag,
		     t->index_mask),
		 found = low | high << LEAT_TABLE_BUCKET / 2;

	if (LEAT_UNLIKELY(!found))
		return 0;
	return bucket[leat_low_zeros(found)] & t->index_mask;
}

/* Prefetches the slots where a hash is looked for first, if there are any. */
LEAT_INLINE void leat_table_prefetch(const struct leat_table *t, uint32_t hash)
{
	if (t->length > 0)
		LEAT_PREFETCH(t->slots + leat_table_half(t, hash));
}

/*
 * Returns an entry that is likely to be that of a hash; NULL: none is. The
 * caller must compare texts.
 */
LEAT_INLINE struct leat_entry *leat_table_guess(const struct leat_table *t,
    const struct leat_entries *es, uint32_t hash)
{
	uint32_t i = LEAT_LIKELY(t->length > 0) ? leat_table_peek(t, hash) : 0;

	return LEAT_LIKELY(i) ? leat_entry_at(es, i) : NULL;
}

/* Searches as leat_table_search() does, with a guess first. */
LEAT_INLINE struct leat_entry *leat_table_find(const struct leat_table *t,
    const struct leat_entries *es, struct leat_sought *s)
{
	struct leat_entry *e = leat_table_guess(t, es, s->hash);

	return LEAT_LIKELY(e && leat_entry_is(e, s->text, s->len))
	    ? e
	    : leat_table_search(t, es, s);
}

#endif
