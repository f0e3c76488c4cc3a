/*
 * Rows that wait. With thousands of keys a row's window is not in the
 * CPU's cache, and a push would wait for it, one row after the other. When
 * several rows are known their windows come together.
 */
#include "prefetch.h"

#include <stdlib.h>
#include <string.h>

int prefetch_init(struct prefetch *a, size_t n_values)
{
	a->n_values = n_values;
	a->values = calloc(PREFETCH_ROWS * (n_values + 1), sizeof *a->values);
	a->next = a->values;
	a->windows = calloc(PREFETCH_ROWS * (n_values + 1),
	    sizeof(*a->windows));
	return a->values && a->windows ? 0 : -1;
}

void prefetch_clear(struct prefetch *a)
{
	free(a->values);
	free(a->windows);
	memset(a, 0, sizeof *a);
}
