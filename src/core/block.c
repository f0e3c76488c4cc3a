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
#include "core.h"

void *leat_cut(struct leat_cutter *c, size_t n, size_t each)
{
	size_t limit = SIZE_MAX / 2 - 4 * LEAT_ALIGNMENT;

	if (c->overflow || (each && n > limit / each) ||
	    c->used > limit - n * each) {
		c->overflow = 1;
		return NULL;
	}
	void *p = c->base ? c->base + c->used : NULL;
	c->used = (c->used + n * each + 15) & ~(size_t)15;
	return p;
}

void *leat_block_start(void *memory)
{
	uintptr_t over = (uintptr_t)memory % LEAT_ALIGNMENT;

	return (unsigned char *)memory + (over ? LEAT_ALIGNMENT - over : 0);
}

void *leat_block_new(struct leat_block *b, const leat_allocator *allocator,
    size_t n_bytes)
{
	b->allocator = allocator ? *allocator : leat_malloc_allocator;
	b->n_bytes = n_bytes;
	b->memory = b->allocator.alloc(b->allocator.ctx,
	    leat_block_room(n_bytes));
	return b->memory ? leat_block_start(b->memory) : NULL;
}

void *leat_block_init(struct leat_block *b, const leat_allocator *allocator,
    void *memory, size_t n_bytes)
{
	b->allocator = allocator ? *allocator : leat_malloc_allocator;
	b->n_bytes = n_bytes;
	b->memory = NULL;
	return leat_block_start(memory);
}

void *leat_block_copy(struct leat_block *b, const leat_allocator *allocator,
    const struct leat_block *from, const void *object)
{
	void *copy = leat_block_new(b, allocator ? allocator : &from->allocator,
	    from->n_bytes);

	return copy ? memcpy(copy, object, from->n_bytes) : NULL;
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
