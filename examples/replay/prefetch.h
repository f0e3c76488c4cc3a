/*
 * Rows that are known but not yet pushed, so that the windows of their keys
 * can come from memory meanwhile.
 */
#ifndef REPLAY_PREFETCH_H
#define REPLAY_PREFETCH_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

enum { PREFETCH_ROWS = 32 };

/*
 * Row i is rows[i], of the key groups[i], its values from n_values * i on; so
 * are its windows, if there is one for each value.
 */
struct prefetch {
	size_t n;
	size_t n_values;
	double *values, *next; /* the first row's, and the next one's */
	leat_window **windows; /* the windows of all rows */
	size_t groups[PREFETCH_ROWS];
	uint64_t rows[PREFETCH_ROWS];
};

/* Returns 0, or -1: no memory; in either case prefetch_clear() is due. */
int prefetch_init(struct prefetch *prefetch, size_t n_values);
void prefetch_clear(struct prefetch *prefetch);

/*
 * Adds one row, whose values are at prefetch->next. Returns 1 if there is no
 * room for another one.
 */
static inline int prefetch_put(struct prefetch *a, size_t group, uint64_t row)
{
	a->groups[a->n] = group;
	a->rows[a->n] = row;
	a->next += a->n_values;
	return ++a->n == PREFETCH_ROWS;
}

/* Takes all rows, which wait no longer, and returns how many there are. */
static inline size_t prefetch_take(struct prefetch *a)
{
	size_t n = a->n;

	a->n = 0;
	a->next = a->values;
	return n;
}

/* Asks for memory; a hint, no more. */
static inline void prefetch_memory(const void *p)
{
#if defined(__GNUC__)
	__builtin_prefetch(p);
#else
	(void)p;
#endif
}

#endif
