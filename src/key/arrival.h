/*
 * arrival.h - events on their way into their keys
 *
 * Among many keys a push waits for two cache misses, one after the other: the
 * slot of the table, and the entry, whose state lies behind it. So events take
 * steps in groups: all hashes are found, all slots are asked for, all entries,
 * and then each event is pushed. What a step needs has been asked for by the
 * step before, so misses overlap.
 *
 * A prefetch may have to wait for the address of its page, and a CPU looks but
 * a few hundred instructions ahead meanwhile. So those of a group come one
 * after the other, with nothing between them.
 */
#ifndef LEAT_ARRIVAL_H
#define LEAT_ARRIVAL_H

#include "table.h"

/* A group has at most as many events. */
enum { LEAT_ARRIVALS = 64 };

struct leat_arrival {
	uint64_t words[2];        /* a text of at most LEAT_TEXT_SHORT bytes */
	struct leat_entry *entry; /* likely to be the key's; NULL: unknown */
	uint32_t hash;
};

/* Begins with a text. A hash of one that is too long is not needed. */
LEAT_INLINE void leat_arrival_begin(const struct leat_entries *es,
    struct leat_arrival *a, const void *text, size_t len)
{
	uint64_t hash = 0;

	a->words[0] = a->words[1] = 0;
	if (LEAT_LIKELY(len <= LEAT_TEXT_SHORT)) {
		leat_load_short(text, len, a->words);
		hash = leat_siphash_short(es->seed, a->words, len);
	} else if (len <= LEAT_KEY_MAX) {
		hash = leat_siphash(es->seed, text, len);
	}
	a->hash = leat_hash_bits(hash);
}

/* Asks for the slots of n events. */
LEAT_INLINE void leat_arrivals_seek(const struct leat_table *t,
    const struct leat_arrival *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		leat_table_prefetch(t, a[i].hash);
}

/* Looks at the slots of n events, and asks for the entries that they name. */
LEAT_INLINE void leat_arrivals_guess(const struct leat_table *t,
    const struct leat_entries *es, struct leat_arrival *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a[i].entry = leat_table_guess(t, es, a[i].hash);
	for (size_t i = 0; i < n; i++)
		if (LEAT_LIKELY(a[i].entry))
			leat_entry_prefetch(es, a[i].entry);
}

/* Returns the entry of the text; NULL: there is no such key. */
LEAT_INLINE struct leat_entry *leat_arrival_entry(const struct leat_table *t,
    const struct leat_entries *es, const struct leat_arrival *a,
    const void *text, size_t len)
{
	struct leat_sought s = { text, len, a->hash, 0 };

	if (LEAT_LIKELY(a->entry) &&
	    LEAT_LIKELY(len <= LEAT_TEXT_SHORT
		    ? leat_entry_is_short(a->entry, a->words, len)
		    : leat_entry_is(a->entry, text, len)))
		return a->entry;
	return leat_table_search(t, es, &s);
}

#endif
