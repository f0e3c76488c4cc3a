/*
 * entry.h - the entries of keys
 *
 * An entry is the memory of one key, an item of a slab: the struct below, the
 * state of the key's window, and, where they are needed, the largest time of
 * a value (ttl) and the entry's neighbours in the order of pushes. Entries
 * never move. Table, order and timers name them by indices from 1 and by
 * ranks, of 32 bits each.
 */
#ifndef LEAT_ENTRY_H
#define LEAT_ENTRY_H

#include "../core/siphash.h"
#include "key_order.h"
#include "slab.h"

struct leat_state;

enum { LEAT_TEXT_SHORT = 16, LEAT_TEXT_POOLED = 256, LEAT_TEXT_CLASSES = 16 };

struct leat_entry {
	uint32_t rank;
	uint32_t place; /* timer's place, see timers.c; 0: it has none */
	uint32_t hash;
	uint16_t len, unused;
	union {
		unsigned char bytes[LEAT_TEXT_SHORT]; /* 0 behind the text */
		unsigned char *at; /* a longer text, outside the entry */
	} text;
};

struct leat_neighbours {
	uint32_t older, newer; /* indices from 1; 0: none */
};

struct leat_entries {
	struct leat_slab slab;
	struct leat_key_order order;
	struct leat_pool texts[LEAT_TEXT_CLASSES]; /* up to 16, 32, ... bytes */
	/*
	 * Memory and size of the text of a new key that is too long for a
	 * pool, from when it is reserved to when the key is made.
	 */
	unsigned char *long_text;
	size_t long_room;
	uint32_t oldest, newest; /* in the order of pushes, from 1; 0: none */
	uint64_t seed[2];        /* keys the hash */
	size_t size;             /* bytes of an entry with all behind it */
	size_t latest_at, links_at; /* places in an entry; 0: not needed */
};

LEAT_INLINE struct leat_entry *leat_entry_at(const struct leat_entries *es,
    uint32_t i)
{
	return leat_slab_at(&es->slab, i - 1);
}

/* Returns the index of an entry, from 1. */
LEAT_INLINE uint32_t leat_entry_index(const struct leat_entries *es,
    const struct leat_entry *e)
{
	return es->order.index[e->rank];
}

LEAT_INLINE struct leat_entry *leat_ranked(const struct leat_entries *es,
    uint32_t rank)
{
	return leat_entry_at(es, es->order.index[rank]);
}

/* Returns the first entry of rank `from` or above; NULL: there is none. */
LEAT_INLINE struct leat_entry *leat_entry_from(const struct leat_entries *es,
    size_t from)
{
	for (; from < es->order.n; from++)
		if (es->order.index[from] != 0)
			return leat_ranked(es, (uint32_t)from);
	return NULL;
}

/* Returns the entry after e in the order of keys; NULL: e is the last. */
LEAT_INLINE struct leat_entry *leat_entry_next(const struct leat_entries *es,
    const struct leat_entry *e)
{
	return leat_entry_from(es, (size_t)e->rank + 1);
}

LEAT_INLINE struct leat_state *leat_entry_state(const struct leat_entry *e)
{
	return (struct leat_state *)(void *)(uintptr_t)(e + 1);
}

/* Returns where the largest time of a value stands; es->latest_at > 0. */
LEAT_INLINE int64_t *leat_entry_latest(const struct leat_entries *es,
    struct leat_entry *e)
{
	return (int64_t *)(void *)((unsigned char *)e + es->latest_at);
}

/* Returns the neighbours in the order of pushes; es->links_at > 0. */
LEAT_INLINE struct leat_neighbours *leat_entry_links(const struct leat_entries
							 *es,
    struct leat_entry *e)
{
	return (struct leat_neighbours *)(void *)((unsigned char *)e +
	    es->links_at);
}

LEAT_INLINE const void *leat_entry_text(const struct leat_entry *e)
{
	return e->len <= LEAT_TEXT_SHORT ? e->text.bytes : e->text.at;
}

/* Compares with a text of at most 16 bytes in two words. */
LEAT_INLINE int leat_entry_is_short(const struct leat_entry *e,
    const uint64_t words[2], size_t len)
{
	return ((leat_load64(e->text.bytes) ^ words[0]) |
		   (leat_load64(e->text.bytes + 8) ^ words[1]) |
		   (uint64_t)(e->len ^ len)) == 0;
}

LEAT_INLINE int leat_entry_is(const struct leat_entry *e, const void *text,
    size_t len)
{
	uint64_t words[2];

	if (e->len != len)
		return 0;
	if (len > LEAT_TEXT_SHORT)
		return memcmp(e->text.at, text, len) == 0;
	leat_load_short(text, len, words);
	return leat_entry_is_short(e, words, len);
}

/* Returns the bits of a hash that a table and its entries use. */
LEAT_INLINE uint32_t leat_hash_bits(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

LEAT_INLINE uint32_t leat_entry_hash(const struct leat_entries *es,
    const void *text, size_t len)
{
	return leat_hash_bits(leat_siphash(es->seed, text, len));
}

/* Prefetches text and state at once: each is needed soon after the other. */
LEAT_INLINE void leat_entry_prefetch(const struct leat_entries *es,
    const struct leat_entry *e)
{
	const unsigned char *p = (const unsigned char *)e;

	for (size_t i = 0; i < es->size && i < 320; i += 64)
		LEAT_PREFETCH(p + i);
	LEAT_PREFETCH(p + es->size - 1);
}

/* Empties es, whose sizes, places and seed must be set. */
void leat_entries_init(struct leat_entries *es, struct leat_memory *memory);
/* Frees all memory; what the states hold must have been given back. */
void leat_entries_clear(struct leat_entries *es);
/*
 * Copies slab and order into a copy of the bytes of `from`. Texts and states
 * of the entries are still those of `from`: the caller must blank them. After
 * LEAT_ENOMEM there are no entries, and es must be cleared.
 */
int leat_entries_copy(struct leat_entries *es, const struct leat_entries *from,
    struct leat_memory *memory);
/*
 * Makes room for one entry, but for its text. Then the order may be full of
 * ranks, and must be packed. LEAT_ENOMEM.
 */
int leat_entries_reserve(struct leat_entries *es);
/* Makes room for the text of one entry. LEAT_ENOMEM. */
int leat_entries_reserve_text(struct leat_entries *es, size_t len);
/* Frees a long text that was reserved and has not been taken. */
void leat_entries_release(struct leat_entries *es);
/* Makes an entry, for which room must be reserved. */
struct leat_entry *leat_entries_add(struct leat_entries *es, const void *text,
    size_t len, uint32_t hash);
/* Frees an entry and its text; its state must be empty. */
void leat_entries_remove(struct leat_entries *es, struct leat_entry *e);
/* Gives an entry without a text a copy of this one. LEAT_ENOMEM. */
int leat_entry_write(struct leat_entries *es, struct leat_entry *e,
    const void *text, size_t len);
/* Makes the entry the newest in the order of pushes, if one is kept. */
void leat_entry_touch(struct leat_entries *es, struct leat_entry *e);

#endif
