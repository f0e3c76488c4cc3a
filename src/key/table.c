/*
 * table.c - from a hash to the entries that have it
 *
 * Open addressing, linear probing. A slot is 32 bits: the index of an entry
 * and, above it, as many low bits of its hash as there is room for (the tag);
 * the high bits of the hash say where the slot would like to be. A search
 * looks at entries only where tags are equal, at a wrong one in about a
 * thousandth of all cases with a million keys.
 *
 * The table is kept this small because it is what stays in the caches when
 * entries do not: a push that has to wait for memory twice, one time after
 * the other, takes twice as long. So the rest of the hash is left to the
 * entries. Whoever moves slots has to ask them: growing goes through all of
 * them, and a slot that goes away through those that follow it, up to the
 * next empty one, to see which of them may move back.
 *
 * At most three quarters of the slots are used; sizes go up by a half or a
 * third. The old table is kept until the new one is complete. Where indices
 * outgrow their bits, the table grows to make more of them.
 */
#include "key.h"

enum { TABLE_SIZE_MIN = 8, TABLE_INDEX_BITS_MIN = 16 };

void leat_table_init(struct leat_table *t, struct leat_memory *memory)
{
	memset(t, 0, sizeof(*t));
	t->memory = memory;
}

void leat_table_clear(struct leat_table *t)
{
	leat_memory_give(t->memory, t->slots, t->size * sizeof(*t->slots));
	leat_table_init(t, t->memory);
}

static size_t table_next(const struct leat_table *t, size_t i)
{
	return i + 1 == t->size ? 0 : i + 1;
}

static uint32_t table_slot(const struct leat_table *t, uint32_t hash,
    uint32_t index)
{
	return leat_table_tag(t, hash) | index;
}

static void table_seat(struct leat_table *t, uint32_t hash, uint32_t index)
{
	size_t i = leat_table_place(t, hash);

	while (t->slots[i] != 0)
		i = table_next(t, i);
	t->slots[i] = table_slot(t, hash, index);
}

/* The next of 8, 12, 16, 24, 32, ... */
static uint64_t table_more(uint64_t size)
{
	if (size == 0)
		return TABLE_SIZE_MIN;
	return size & (size - 1) ? size / 3 * 4 : size / 2 * 3;
}

/* LEAT_ENOMEM */
static int table_make(struct leat_table *t, uint64_t size)
{
	if (size > (uint64_t)1 << 32 || size > SIZE_MAX / 2 / sizeof(*t->slots))
		return LEAT_ENOMEM;
	t->size = (size_t)size;
	t->limit = size - size / 4;
	/* Indices are few more than entries, if there are not few of those. */
	t->index_bits = leat_highest_bit(size) + 1;
	if (t->index_bits < TABLE_INDEX_BITS_MIN)
		t->index_bits = TABLE_INDEX_BITS_MIN;
	if (t->index_bits > 32)
		t->index_bits = 32;
	t->index_mask = (uint32_t)(((uint64_t)1 << t->index_bits) - 1);
	t->slots = leat_memory_take(t->memory, t->size * sizeof(*t->slots));
	if (!t->slots)
		return LEAT_ENOMEM;
	memset(t->slots, 0, t->size * sizeof(*t->slots));
	return LEAT_OK;
}

int leat_table_grow(leat_keyed *k)
{
	struct leat_table bigger = k->table;

	if (table_make(&bigger, table_more(k->table.size)))
		return LEAT_ENOMEM;
	for (size_t r = 0; r < k->roster.n; r++) {
		uint32_t i = k->roster.order[r];
		if (i)
			table_seat(&bigger, leat_entry_at(k, i)->hash, i);
	}
	leat_memory_give(bigger.memory, k->table.slots,
	    k->table.size * sizeof(*bigger.slots));
	k->table = bigger;
	return LEAT_OK;
}

void leat_table_put(leat_keyed *k, uint32_t hash, uint32_t index)
{
	table_seat(&k->table, hash, index);
	k->table.length++;
}

/* From one slot forward to another. */
static size_t table_way(const struct leat_table *t, size_t from, size_t to)
{
	return to >= from ? to - from : to + t->size - from;
}

/* Those behind the hole that may move into it do, and leave another. */
static void table_close_hole(leat_keyed *k, size_t hole)
{
	struct leat_table *t = &k->table;
	size_t i = hole;

	for (;;) {
		i = table_next(t, i);
		uint32_t slot = t->slots[i];
		if (slot == 0)
			break;
		uint32_t hash = leat_entry_at(k, slot & t->index_mask)->hash;
		size_t place = leat_table_place(t, hash);
		if (table_way(t, place, i) < table_way(t, hole, i))
			continue;
		t->slots[hole] = slot;
		hole = i;
	}
	t->slots[hole] = 0;
}

void leat_table_remove(leat_keyed *k, uint32_t hash, uint32_t index)
{
	struct leat_table *t = &k->table;
	size_t i = leat_table_place(t, hash);
	uint32_t slot = table_slot(t, hash, index);

	while (t->slots[i] != slot)
		i = table_next(t, i);
	table_close_hole(k, i);
	t->length--;
}

uint32_t leat_table_search(const leat_keyed *k, const void *text, size_t len,
    uint32_t hash)
{
	const struct leat_table *t = &k->table;
	size_t at = leat_table_place(t, hash);
	uint32_t tag = leat_table_tag(t, hash), slot;

	for (; (slot = t->slots[at]) != 0; at = table_next(t, at)) {
		uint32_t i = slot & t->index_mask;
		if (slot - i == tag &&
		    leat_entry_is(leat_entry_at(k, i), text, len))
			return i;
	}
	return 0;
}

int leat_table_copy(struct leat_table *to, const struct leat_table *from)
{
	size_t n_bytes = from->size * sizeof(*from->slots);

	to->slots = NULL;
	if (!from->slots)
		return LEAT_OK;
	to->slots = leat_memory_take(to->memory, n_bytes);
	if (!to->slots) {
		to->size = 0;
		return LEAT_ENOMEM;
	}
	memcpy(to->slots, from->slots, n_bytes);
	return LEAT_OK;
}
