/*
 * An allocator that counts, fails on demand and guards its blocks
 *
 * Calls are numbered from 1. fail_at refuses that one call, fail_from
 * that one and all later ones; 0 refuses none. Each block stands between
 * guard bytes, which are looked at when it is freed, so a write outside
 * is found without a sanitizer.
 */
#ifndef LEAT_TESTS_ALLOC_H
#define LEAT_TESTS_ALLOC_H

#include <leat.h>

struct counted {
	size_t calls;
	size_t frees;
	size_t live;      /* blocks not yet freed */
	size_t bytes;     /* bytes of live blocks */
	size_t last_size; /* bytes asked for by the last call */
	size_t fail_at;
	size_t fail_from;
	size_t damaged; /* blocks freed with broken guards */
};

/* An allocator over *c, which starts as zeros and must outlive it. */
leat_allocator counted_allocator(struct counted *c);

/* Guards around memory of the caller's: n bytes on each side. */
enum { GUARD_BYTES = 64 };
void guard_fill(unsigned char *memory, size_t n_bytes);
int guard_intact(const unsigned char *memory, size_t n_bytes);

#endif
