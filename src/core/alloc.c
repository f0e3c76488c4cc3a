/* alloc.c - the default allocator: malloc() and free() */
#include "memory.h"

#include <stdlib.h>

static void *default_alloc(void *ctx, size_t size)
{
	(void)ctx;
	return malloc(size);
}

static void default_free(void *ctx, void *memory)
{
	(void)ctx;
	free(memory);
}

const leat_allocator leat_malloc_allocator = { default_alloc, default_free,
	NULL };
