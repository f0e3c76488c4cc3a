/*
 * scratch.c - memory for the length of a call, from the stack
 *
 * A query must not write into the object, so that two threads can query it at
 * once. The room that a user's class needs for combining is known only when the
 * program runs, and may be as much as 128 KiB, so there are a
 * few functions with frames of different sizes, and the smallest that will do
 * is called. It is called through a pointer: frames that a compiler put into
 * one another would always be the largest.
 */
#include "memory.h"

#define SCRATCH(name, n_bytes)                                                 \
	LEAT_NOINLINE static void name(leat_scratch_use *use, void *ctx)       \
	{                                                                      \
		_Alignas(16) unsigned char scratch[n_bytes];                   \
                                                                               \
		use(ctx, scratch);                                             \
	}

SCRATCH(scratch_least, 256)
SCRATCH(scratch_less, 4096)
SCRATCH(scratch_more, 32768)
SCRATCH(scratch_most, LEAT_SCRATCH_MAX)

static const struct {
	size_t n_bytes;
	void (*call)(leat_scratch_use *use, void *ctx);
} scratch_sizes[] = {
	{ 256, scratch_least },
	{ 4096, scratch_less },
	{ 32768, scratch_more },
	{ LEAT_SCRATCH_MAX, scratch_most },
};

void leat_with_scratch(size_t n_bytes, leat_scratch_use *use, void *ctx)
{
	size_t i = 0;

	LEAT_ASSERT(n_bytes <= LEAT_SCRATCH_MAX);
	while (scratch_sizes[i].n_bytes < n_bytes)
		i++;
	scratch_sizes[i].call(use, ctx);
}
