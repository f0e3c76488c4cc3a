/*
 * The counting allocator: header, guard, block, guard.
 *
 * The header keeps the block's size and is as long as a guard, so that a
 * block is aligned as malloc() aligned the whole.
 */
#include "alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void guard_fill(unsigned char *memory, size_t n_bytes)
{
	for (size_t i = 0; i < GUARD_BYTES; i++) {
		memory[-1 - (ptrdiff_t)i] = (unsigned char)(0xA5 ^ i);
		memory[n_bytes + i] = (unsigned char)(0x5A ^ i);
	}
}

int guard_intact(const unsigned char *memory, size_t n_bytes)
{
	for (size_t i = 0; i < GUARD_BYTES; i++) {
		if (memory[-1 - (ptrdiff_t)i] != (unsigned char)(0xA5 ^ i))
			return 0;
		if (memory[n_bytes + i] != (unsigned char)(0x5A ^ i))
			return 0;
	}
	return 1;
}

static int refused(const struct counted *c)
{
	if (c->fail_at != 0 && c->calls == c->fail_at)
		return 1;
	return c->fail_from != 0 && c->calls >= c->fail_from;
}

static void *counted_alloc(void *ctx, size_t size)
{
	struct counted *c = ctx;
	c->calls++;
	c->last_size = size;
	if (size == 0 || refused(c) || size > SIZE_MAX - 3 * GUARD_BYTES)
		return NULL;
	unsigned char *whole = malloc(size + 3 * GUARD_BYTES);
	if (whole == NULL)
		return NULL;
	unsigned char *block = whole + 2 * GUARD_BYTES;
	memcpy(whole, &size, sizeof(size));
	/* Fills new memory with a pattern, since nobody may rely on zeros. */
	memset(block, 0xCD, size);
	guard_fill(block, size);
	c->live++;
	c->bytes += size;
	return block;
}

static void counted_free(void *ctx, void *memory)
{
	struct counted *c = ctx;
	unsigned char *block = memory;
	if (block == NULL) {
		c->damaged++;
		return;
	}
	unsigned char *whole = block - 2 * GUARD_BYTES;
	size_t size;
	memcpy(&size, whole, sizeof(size));
	if (!guard_intact(block, size))
		c->damaged++;
	c->frees++;
	c->live--;
	c->bytes -= size;
	free(whole);
}

leat_allocator counted_allocator(struct counted *c)
{
	leat_allocator a;
	a.alloc = counted_alloc;
	a.free = counted_free;
	a.ctx = c;
	return a;
}
