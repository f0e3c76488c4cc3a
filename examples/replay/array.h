/*
 * An array that grows: its size doubles, so that adding n items one by one
 * copies fewer than 2 n of them.
 */
#ifndef REPLAY_ARRAY_H
#define REPLAY_ARRAY_H

#include <stdint.h>
#include <stdlib.h>

/*
 * Returns the items, or where they have been moved, with room for n of them
 * and *size set to how many there is room for. Returns NULL if there is no
 * memory; the array is as it was then. It begins as NULL with a size of 0.
 */
static inline void *array_grow(void *items, size_t *size, size_t n,
    size_t item_size)
{
	size_t more = *size ? *size : item_size == 1 ? 64 : 8;

	while (more < n && more <= SIZE_MAX / 2)
		more *= 2;
	if (more == *size)
		return items;
	if (more < n || more > SIZE_MAX / item_size)
		return NULL;
	items = realloc(items, more * item_size);
	if (items)
		*size = more;
	return items;
}

#endif
