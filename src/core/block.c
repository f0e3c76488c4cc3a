/*
 * block.c - one block of memory for an object, cut into what it needs
 *
 * The same walk of leat_cut() measures (base NULL) and gives the places,
 * so that the two cannot disagree. Places are aligned to 16 bytes, the
 * block to a cache line. Sizes are checked against overflow at every cut.
 *
 * Nothing in a block points out of it but to what the user gave, so a copy
 * of an object is a copy of bytes with the pointers set anew.
 */
#include "memory.h"

void *leat_cut(struct leat_cutter *c, size_t n, size_t each)
{
	size_t limit = SIZE_MAX / 2 - 4 * LEAT_ALIGNMENT;

	if (c->overflow || (each && n > limit / each) ||
	    c->used > limit - n * each) {
		c->overflow = 1;
		return NULL;
	}
	void *p = c->base ? c->base + c->used : NULL;
	c->used = leat_round_up(c->used + n * each);
	return p;
}

void *leat_block_start(void *memory)
{
	uintptr_t over = (uintptr_t)memory % LEAT_ALIGNMENT;

	return (unsigned char *)memory + (over ? LEAT_ALIGNMENT - over : 0);
}

int leat_block_claim(struct leat_block *b, const leat_allocator *allocator,
    void *memory, size_t room, size_t n_bytes, void **start_out)
{
	b->allocator = allocator ? *allocator : leat_malloc_allocator;
	b->n_bytes = n_bytes;
	b->memory = NULL;
	if (!leat_arithmetic_fits())
		return LEAT_EARITH;
	if (memory && room < leat_block_room(n_bytes))
		return LEAT_EBUFFER;
	if (!memory)
		b->memory = memory = b->allocator.alloc(b->allocator.ctx,
		    leat_block_room(n_bytes));
	if (!memory)
		return LEAT_ENOMEM;
	*start_out = leat_block_start(memory);
	return LEAT_OK;
}

void *leat_block_copy(struct leat_block *b, const leat_allocator *allocator,
    const struct leat_block *from, const void *object)
{
	void *copy;

	if (leat_block_claim(b, allocator ? allocator : &from->allocator, NULL,
		0, from->n_bytes, &copy))
		return NULL;
	return memcpy(copy, object, from->n_bytes);
}

/* The block is a copy: its own memory goes too. */
void leat_block_free(struct leat_block b)
{
	if (b.memory)
		b.allocator.free(b.allocator.ctx, b.memory);
}

void *leat_moved(const void *from, void *to, const void *p)
{
	if (!p)
		return NULL;
	return (unsigned char *)to +
	    ((const unsigned char *)p - (const unsigned char *)from);
}
