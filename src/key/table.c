/*
 * table.c - from a hash to the entries that have it
 *
 * Open addressing in buckets of a cache line. A slot is 32 bits: the index of
 * an entry and, above it, as many low bits of its hash as there is room for
 * (the tag); the high bits of the hash choose a bucket and one half of it,
 * where its slot is first looked for. A search looks at entries only where
 * tags are equal, at a wrong one in about a thousandth of all cases with a
 * million keys.
 *
 * The table is kept this small because it is what stays in the caches when
 * entries do not: a push that has to wait for memory twice, one time after
 * the other, takes twice as long. So the rest of the hash is left to the
 * entries, and growing, which needs it, goes through all of them.
 *
 * A hash that finds its bucket full goes on to another, which the hash itself
 * chooses, and so on up to TABLE_TRIES. Each bucket counts those that went
 * on, so that a search for what is not there ends at the first that none has
 * passed, and a slot can be emptied where it is: nothing is ever moved. Nor
 * may a bucket have more than a few slots of one tag. What finds no seat at
 * all is in the crowd (crowd.c). With hashes that are as random as they should
 * be those are a few keys in a million; of keys that were chosen to collide,
 * most are there, and cost O(log n) each, whatever they are:
 *
 *   a search   TABLE_TRIES buckets, as many entries as these may have with
 *              one tag, and the depth of a tree
 *
 * At most three quarters of the slots are used; sizes go up by a half or a
 * third. The old table is kept until the new one is complete. Where indices
 * outgrow their bits, the table grows to make more of them.
 */
#include "table.h"

enum {
	TABLE_SIZE_MIN = 2 * LEAT_TABLE_BUCKET,
	TABLE_INDEX_BITS_MIN = 16,
	TABLE_TRIES = 6,
	TABLE_PASSED_MAX = 255
};

/* More slots a hash of 32 bits cannot tell apart, nor an object have. */
#define TABLE_SIZE_MAX                                                         \
	(SIZE_MAX / 16 < UINT32_MAX ? SIZE_MAX / 16 : (uint64_t)1 << 32)

void leat_table_init(struct leat_table *t, struct leat_memory *memory)
{
	memset(t, 0, sizeof(*t));
	t->memory = memory;
	leat_crowd_init(&t->crowd, memory);
}

/* Returns the bytes of the slots, with a count for each bucket behind. */
static size_t table_bytes(size_t size)
{
	return leat_block_room(size * sizeof(uint32_t) +
	    size / LEAT_TABLE_BUCKET);
}

void leat_table_clear(struct leat_table *t)
{
	leat_memory_give(t->memory, t->raw, table_bytes(t->size));
	leat_crowd_clear(&t->crowd);
	leat_table_init(t, t->memory);
}

/* Allocates t->size slots and their counts; 0: there is no memory. */
static int table_lay(struct leat_table *t)
{
	t->raw = leat_memory_take(t->memory, table_bytes(t->size));
	if (!t->raw)
		return 0;
	t->slots = leat_block_start(t->raw);
	t->passed = (unsigned char *)(t->slots + t->size);
	return 1;
}

/* Makes an empty table of `size` slots. LEAT_ENOMEM. */
static int table_make(struct leat_table *t, uint64_t size)
{
	if (size > TABLE_SIZE_MAX)
		return LEAT_ENOMEM;
	t->size = (size_t)size;
	t->limit = size - size / 4;
	/* Indices are hardly more than entries once these are many. */
	t->index_bits = 64 - (unsigned)leat_high_zeros(size);
	if (t->index_bits < TABLE_INDEX_BITS_MIN)
		t->index_bits = TABLE_INDEX_BITS_MIN;
	if (t->index_bits > 32)
		t->index_bits = 32;
	t->index_mask = (uint32_t)(((uint64_t)1 << t->index_bits) - 1);
	leat_crowd_init(&t->crowd, t->memory);
	if (!table_lay(t))
		return LEAT_ENOMEM;
	memset(t->slots, 0,
	    t->size * sizeof(*t->slots) + t->size / LEAT_TABLE_BUCKET);
	return LEAT_OK;
}

/* ---------------- the way of a hash ------------------------------- */

/* Chooses the next bucket by the hash in another order. */
static uint32_t table_turn(uint32_t hash)
{
	hash = (hash ^ hash >> 16) * 0x7feb352du;
	return hash ^ hash >> 15;
}

/* Returns the other half of a half's bucket. */
static size_t table_other(size_t half)
{
	return half ^ LEAT_TABLE_BUCKET / 2;
}

/*
 * Returns how many slots of one tag half a bucket takes. More do not occur by
 * chance with tags of that many bits, but by keys that were chosen.
 */
static unsigned table_alike(const struct leat_table *t)
{
	unsigned tag_bits = 32 - t->index_bits;

	if (tag_bits >= 10)
		return 2;
	return tag_bits >= 4 ? 4 : 8;
}

static unsigned table_bits(unsigned x)
{
	unsigned n = 0;

	for (; x; x &= x - 1)
		n++;
	return n;
}

/*
 * Returns a free slot in a half bucket; NULL: there is none, or too many others
 * have the tag.
 */
LEAT_INLINE uint32_t *table_free(const struct leat_table *t, size_t half,
    uint32_t tag)
{
	uint32_t *slots = t->slots + half;
	unsigned free = leat_table_match(slots, 0, 0), same;

	if (LEAT_UNLIKELY(!free))
		return NULL;
	same = leat_table_match(slots, tag, t->index_mask) & ~free;
	if (LEAT_UNLIKELY(same) && table_bits(same) >= table_alike(t))
		return NULL;
	return &slots[leat_low_zeros(free)];
}

static unsigned char *table_passed(const struct leat_table *t, size_t half)
{
	return &t->passed[half / LEAT_TABLE_BUCKET];
}

/* Puts a slot where its hash finds a seat; 0: there is none. */
static int table_seat(struct leat_table *t, uint32_t hash, uint32_t index)
{
	uint32_t tag = leat_table_tag(t, hash), way = hash;

	for (int i = 0; i < TABLE_TRIES; i++, way = table_turn(way)) {
		size_t half = leat_table_half(t, way);
		uint32_t *at = table_free(t, half, tag);
		unsigned char *passed = table_passed(t, half);
		if (!at)
			at = table_free(t, table_other(half), tag);
		if (LEAT_LIKELY(at)) {
			*at = tag | index;
			return 1;
		}
		/* A count that is full stays so, as it knows no more. */
		if (*passed < TABLE_PASSED_MAX)
			++*passed;
	}
	return 0;
}

/* ---------------- growing ----------------------------------------- */

/* Makes the table one of the next size: 32, 48, 64, 96, ... LEAT_ENOMEM. */
static int table_grow(struct leat_table *t, const struct leat_entries *es)
{
	const struct leat_entry *e = leat_entry_from(es, 0);
	uint64_t size = t->size;
	struct leat_table bigger = *t;

	size = size & (size - 1) ? size / 3 * 4 : size / 2 * 3;
	if (table_make(&bigger, t->size ? size : TABLE_SIZE_MIN))
		return LEAT_ENOMEM;
	for (; e; e = leat_entry_next(es, e)) {
		uint32_t i = leat_entry_index(es, e);
		if (table_seat(&bigger, e->hash, i))
			continue;
		if (leat_slab_reserve(&bigger.crowd.nodes, 1)) {
			leat_table_clear(&bigger);
			return LEAT_ENOMEM;
		}
		leat_crowd_add(&bigger.crowd, es, i);
	}
	leat_table_clear(t);
	*t = bigger;
	return LEAT_OK;
}

int leat_table_reserve(struct leat_table *t, const struct leat_entries *es)
{
	uint64_t indices = (uint64_t)es->slab.n_chunks << LEAT_SLAB_BITS;
	int err = LEAT_OK;

	while (!err && (t->length >= t->limit || indices > t->index_mask))
		err = table_grow(t, es);
	return err | leat_slab_reserve(&t->crowd.nodes, 1);
}

uint32_t leat_table_put(struct leat_table *t, const struct leat_entries *es,
    const struct leat_entry *e)
{
	uint32_t index = leat_entry_index(es, e);

	t->length++;
	return table_seat(t, e->hash, index)
	    ? 0
	    : leat_crowd_add(&t->crowd, es, index);
}

/* ---------------- looking for a slot ------------------------------ */

/* Finds the slot of an index in a half bucket; NULL: it is not there. */
static uint32_t *table_spot(const struct leat_table *t, size_t half,
    uint32_t slot)
{
	unsigned found = leat_table_match(t->slots + half, slot, 0);

	return found ? &t->slots[half + (unsigned)leat_low_zeros(found)] : NULL;
}

/* Empties a slot, and buckets that it passed count it no longer. */
static int table_leave(struct leat_table *t, uint32_t hash, uint32_t index)
{
	uint32_t slot = leat_table_tag(t, hash) | index, way = hash;

	for (int i = 0; i < TABLE_TRIES; i++, way = table_turn(way)) {
		size_t half = leat_table_half(t, way);
		uint32_t *at = table_spot(t, half, slot);
		unsigned char *passed = table_passed(t, half);
		if (!at)
			at = table_spot(t, table_other(half), slot);
		if (at) {
			*at = 0;
			return 1;
		}
		if (*passed < TABLE_PASSED_MAX)
			--*passed;
	}
	return 0;
}

uint32_t leat_table_remove(struct leat_table *t, const struct leat_entries *es,
    const struct leat_entry *e)
{
	uint32_t index = leat_entry_index(es, e);

	t->length--;
	return table_leave(t, e->hash, index)
	    ? 0
	    : leat_crowd_remove(&t->crowd, es, index);
}

/* Returns the entry of s in a half bucket; NULL: it is not there. */
static struct leat_entry *table_look(const struct leat_table *t,
    const struct leat_entries *es, size_t half, struct leat_sought *s)
{
	const uint32_t *slots = t->slots + half;
	unsigned found = leat_table_match(slots, leat_table_tag(t, s->hash),
	    t->index_mask);

	for (; found; found &= found - 1) {
		uint32_t i = slots[leat_low_zeros(found)] & t->index_mask;
		if (i == 0) /* an empty slot looks like a tag of 0 */
			continue;
		s->looks++;
		if (leat_entry_is(leat_entry_at(es, i), s->text, s->len))
			return leat_entry_at(es, i);
	}
	return NULL;
}

struct leat_entry *leat_table_search(const struct leat_table *t,
    const struct leat_entries *es, struct leat_sought *s)
{
	uint32_t way = s->hash, i;
	struct leat_entry *e;

	if (t->length == 0)
		return NULL;
	for (i = 0; i < TABLE_TRIES; i++, way = table_turn(way)) {
		size_t half = leat_table_half(t, way);
		if ((e = table_look(t, es, half, s)) ||
		    (e = table_look(t, es, table_other(half), s)))
			return e;
		if (*table_passed(t, half) == 0)
			return NULL;
	}
	i = leat_crowd_find(&t->crowd, es, s);
	return i ? leat_entry_at(es, i) : NULL;
}

int leat_table_copy(struct leat_table *to, const struct leat_table *from)
{
	struct leat_memory *memory = to->memory;

	leat_table_init(to, memory);
	if (!from->raw)
		return LEAT_OK;
	*to = *from;
	to->memory = memory;
	leat_crowd_init(&to->crowd, memory);
	if (!table_lay(to)) {
		leat_table_init(to, memory);
		return LEAT_ENOMEM;
	}
	memcpy(to->slots, from->slots,
	    to->size * sizeof(*to->slots) + to->size / LEAT_TABLE_BUCKET);
	return leat_crowd_copy(&to->crowd, &from->crowd);
}
