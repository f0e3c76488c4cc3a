/*
 * slab.c - items of one size that are named by an index of 32 bits
 *
 * As a pool (core/pool.c), but for names of half the size: the first bits of
 * an index say which chunk, the last nine which item of it. A chunk adds a
 * quarter to what there is, so the first ones have fewer items than that
 * leaves room for; the missing indices, some thousand, are never used. Chunks
 * stay where they are, and so do items.
 */
#include "slab.h"

enum { SLAB_ITEMS_MIN = 8 };

/* Stands in front of a chunk's first item, which starts on a cache line. */
struct slab_head {
	void *raw;
	size_t items;
};

static struct slab_head *slab_head_of(const unsigned char *chunk)
{
	return (struct slab_head *)(void *)(uintptr_t)(chunk -
	    sizeof(struct slab_head));
}

static size_t slab_chunk_bytes(const struct leat_slab *s, size_t items)
{
	return sizeof(struct slab_head) + leat_block_room(items * s->item);
}

void leat_slab_init(struct leat_slab *s, struct leat_memory *memory,
    size_t item)
{
	memset(s, 0, sizeof(*s));
	s->memory = memory;
	s->item = leat_round_up_8(item);
}

static unsigned char *slab_new_chunk(struct leat_slab *s, size_t items)
{
	unsigned char *raw, *chunk;

	raw = leat_memory_take(s->memory, slab_chunk_bytes(s, items));
	if (!raw)
		return NULL;
	chunk = leat_block_start(raw + sizeof(struct slab_head));
	slab_head_of(chunk)->raw = raw;
	slab_head_of(chunk)->items = items;
	return chunk;
}

/* Makes room for one chunk more in the list of them. LEAT_ENOMEM. */
static int slab_list_grow(struct leat_slab *s)
{
	uint32_t room = s->room ? 2 * s->room : 4;
	size_t each = sizeof(*s->chunks);
	unsigned char **list;

	if (s->n_chunks < s->room)
		return LEAT_OK;
	if (room > (uint32_t)1 << (32 - LEAT_SLAB_BITS))
		return LEAT_ENOMEM;
	list = leat_memory_take(s->memory, room * each);
	if (!list)
		return LEAT_ENOMEM;
	if (s->n_chunks > 0)
		memcpy(list, s->chunks, s->n_chunks * each);
	leat_memory_give(s->memory, s->chunks, s->room * each);
	s->chunks = list;
	s->room = room;
	return LEAT_OK;
}

/*
 * Adds a chunk, of a quarter of the items there are or, if memory is short, of
 * as many as there is room for, but at least one. LEAT_ENOMEM.
 */
static int slab_grow(struct leat_slab *s)
{
	size_t items = s->n_items / 4;
	unsigned char *chunk;

	if (items < SLAB_ITEMS_MIN)
		items = SLAB_ITEMS_MIN;
	if (items > LEAT_SLAB_ITEMS)
		items = LEAT_SLAB_ITEMS;
	if (s->memory->phase == LEAT_MEMORY_ASKS) {
		/* A chunk of one item is asked for, and none is got. */
		(void)slab_list_grow(s);
		(void)slab_new_chunk(s, 1);
		return LEAT_ENOMEM;
	}
	if (slab_list_grow(s))
		return LEAT_ENOMEM;
	while (!(chunk = slab_new_chunk(s, items))) {
		items /= 2;
		if (items == 0 || !leat_memory_may_have(s->memory))
			return LEAT_ENOMEM;
	}
	/* Only the newest chunk has items that are not in the list. */
	while (s->fresh < s->fresh_end)
		leat_slab_give(s, s->fresh++);
	s->fresh = s->n_chunks << LEAT_SLAB_BITS;
	s->fresh_end = s->fresh + (uint32_t)items;
	s->chunks[s->n_chunks++] = chunk;
	s->n_items += items;
	return LEAT_OK;
}

int leat_slab_more(struct leat_slab *s, size_t n)
{
	size_t wanted = (size_t)s->n_spare + (s->fresh_end - s->fresh) + n;

	while ((size_t)s->n_spare + (s->fresh_end - s->fresh) < wanted)
		if (slab_grow(s))
			return LEAT_ENOMEM;
	return LEAT_OK;
}

/* Takes from the list of free items, each of which begins with the next. */
uint32_t leat_slab_take(struct leat_slab *s)
{
	uint32_t i = s->spare;

	if (i == 0)
		return s->fresh++;
	memcpy(&s->spare, leat_slab_at(s, i - 1), sizeof(s->spare));
	s->n_spare--;
	return i - 1;
}

void leat_slab_give(struct leat_slab *s, uint32_t i)
{
	memcpy(leat_slab_at(s, i), &s->spare, sizeof(s->spare));
	s->spare = i + 1;
	s->n_spare++;
}

void leat_slab_clear(struct leat_slab *s)
{
	for (uint32_t i = 0; i < s->n_chunks; i++) {
		struct slab_head *h = slab_head_of(s->chunks[i]);
		leat_memory_give(s->memory, h->raw,
		    slab_chunk_bytes(s, h->items));
	}
	leat_memory_give(s->memory, s->chunks, s->room * sizeof(*s->chunks));
	leat_slab_init(s, s->memory, s->item);
}

int leat_slab_copy(struct leat_slab *to, const struct leat_slab *from)
{
	to->chunks = NULL;
	to->n_chunks = to->room = 0;
	for (uint32_t i = 0; i < from->n_chunks; i++) {
		size_t items = slab_head_of(from->chunks[i])->items;
		unsigned char *chunk;
		if (slab_list_grow(to) || !(chunk = slab_new_chunk(to, items)))
			return LEAT_ENOMEM;
		memcpy(chunk, from->chunks[i], items * from->item);
		to->chunks[to->n_chunks++] = chunk;
	}
	return LEAT_OK;
}
