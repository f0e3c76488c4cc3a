/*
 * pool.c - many small items of one size
 *
 * Objects that grow with their data take items from chunks, which double in
 * size up to 64 kilobytes and are freed together: an item has no header, and is
 * taken and given back in a few instructions. reserve() is the only step that
 * can fail, so that a push can make sure of all it will need before it changes
 * anything.
 */
#include "memory.h"

#define CHUNK_MAX ((size_t)65536)

struct leat_chunk {
	struct leat_chunk *next;
	size_t n_bytes;
};

/* Offset of a chunk's items, aligned as the allocator aligns. */
#define CHUNK_HEAD leat_round_up(sizeof(struct leat_chunk))

void leat_pool_init(struct leat_pool *p, struct leat_memory *memory,
    size_t item)
{
	memset(p, 0, sizeof(*p));
	p->memory = memory;
	p->item = leat_round_up(item);
	p->next_items = 4;
}

static int pool_grow(struct leat_pool *p, size_t items)
{
	size_t n_bytes = CHUNK_HEAD + items * p->item;
	struct leat_chunk *c = leat_memory_take(p->memory, n_bytes);

	if (!c)
		return LEAT_ENOMEM;
	c->next = p->chunks;
	c->n_bytes = n_bytes;
	p->chunks = c;
	/* Unused items of the last chunk become spare ones. */
	while (p->fresh > 0)
		leat_pool_give(p, p->at + --p->fresh * p->item);
	p->at = (unsigned char *)c + CHUNK_HEAD;
	p->fresh = items;
	return LEAT_OK;
}

int leat_pool_more(struct leat_pool *p, size_t n)
{
	/*
	 * A rehearsal requests exactly what is needed: more could fail in vain.
	 */
	int asks = p->memory->phase == LEAT_MEMORY_ASKS;
	size_t items = p->next_items > n && !asks ? p->next_items : n;

	if (pool_grow(p, items)) {
		/*
		 * Doubling may exceed the limit where just n items still fit.
		 */
		return items > n && leat_memory_may_have(p->memory)
		    ? pool_grow(p, n)
		    : LEAT_ENOMEM;
	}
	if (2 * items * p->item <= CHUNK_MAX)
		p->next_items = 2 * items;
	return LEAT_OK;
}

void *leat_pool_take(struct leat_pool *p)
{
	struct leat_spare *s = p->spare;

	if (!s) { /* the next unused one fills a chunk from its start */
		p->at += p->item;
		p->fresh--;
		return p->at - p->item;
	}
	p->spare = s->next;
	p->n_spare--;
	return s;
}

void leat_pool_give(struct leat_pool *p, void *item)
{
	struct leat_spare *s = item;

	s->next = p->spare;
	p->spare = s;
	p->n_spare++;
}

void leat_pool_clear(struct leat_pool *p)
{
	struct leat_chunk *c = p->chunks, *next;

	for (; c; c = next) {
		next = c->next;
		leat_memory_give(p->memory, c, c->n_bytes);
	}
	leat_pool_init(p, p->memory, p->item);
}
