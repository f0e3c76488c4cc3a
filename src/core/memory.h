/*
 * memory.h - memory of objects, and of those that grow
 *
 * An object is one block, made by a cutter that first measures and then cuts.
 * Objects that grow take the rest through a leat_memory, which enforces the
 * user's limit, and items of one size through a pool on top of it.
 */
#ifndef LEAT_MEMORY_H
#define LEAT_MEMORY_H

#include "core.h"

/* Returns whether an allocator is absent or complete. */
LEAT_INLINE int leat_allocator_fits(const leat_allocator *a)
{
	return !a || (a->alloc && a->free);
}

/* malloc() and free(), as an allocator. */
extern const leat_allocator leat_malloc_allocator;

/* Memory for objects starts on a cache line. */
#define LEAT_ALIGNMENT ((size_t)64)

/* Rounds up to a multiple of 16, the alignment that users' classes may need. */
LEAT_INLINE size_t leat_round_up(size_t n_bytes)
{
	return (n_bytes + 15) & ~(size_t)15;
}

/* Rounds up to a multiple of 8, the alignment that numbers may need. */
LEAT_INLINE size_t leat_round_up_8(size_t n_bytes)
{
	return (n_bytes + 7) & ~(size_t)7;
}

/* block.c: cuts n items of `each` bytes from the block at base. */
struct leat_cutter {
	unsigned char *base; /* NULL: only measures */
	size_t used;
	int overflow;
};
void *leat_cut(struct leat_cutter *c, size_t n, size_t each);

/* The memory of an object. */
struct leat_block {
	leat_allocator allocator;
	size_t n_bytes; /* size of the object */
	void *memory;   /* block to free; NULL: the memory is the caller's */
};

/* The size to allocate so that an aligned object of n_bytes fits in it. */
LEAT_INLINE size_t leat_block_room(size_t n_bytes)
{
	return n_bytes + LEAT_ALIGNMENT - 1;
}

/* Returns the first aligned address in memory of any alignment. */
void *leat_block_start(void *memory);
/*
 * Fills *b and sets *start_out to the object's place: in the caller's memory of
 * `room` bytes, or if that is NULL in a block from the allocator. Returns
 * LEAT_EARITH, LEAT_EBUFFER or LEAT_ENOMEM on failure.
 */
int leat_block_claim(struct leat_block *b, const leat_allocator *allocator,
    void *memory, size_t room, size_t n_bytes, void **start_out);
/* Allocates a copy of the object's bytes. NULL if there is no memory. */
void *leat_block_copy(struct leat_block *b, const leat_allocator *allocator,
    const struct leat_block *from, const void *object);
void leat_block_free(struct leat_block b);
/* Translates p from `from` to the same offset in `to`. NULL stays NULL. */
void *leat_moved(const void *from, void *to, const void *p);

/*
 * scratch.c: calls use with n_bytes of stack, aligned to 16; at most an
 * accumulator of the user's largest class and its header.
 */
#define LEAT_SCRATCH_MAX ((size_t)(2 * 65536 + 64))
typedef void leat_scratch_use(void *ctx, void *scratch);
void leat_with_scratch(size_t n_bytes, leat_scratch_use *use, void *ctx);

/* Source of the next blocks; see memory.c. */
enum leat_memory_phase {
	LEAT_MEMORY_OPEN,  /* blocks come from the allocator */
	LEAT_MEMORY_ASKS,  /* blocks become pledges, and none is handed out */
	LEAT_MEMORY_CLOSED /* blocks come from the pledges */
};

/*
 * memory.c: the memory of an object that grows. Beyond the limit (0: none) a
 * request fails and sets `over`; if the allocator has no memory it fails and
 * sets `failed`.
 */
struct leat_memory {
	leat_allocator allocator;
	uint64_t bytes, limit;
	int over, failed;
	int lifted; /* the limit does not apply now */
	enum leat_memory_phase phase;
	struct leat_pledge *pledges;
};

/* Starts without blocks; the limit is kept. */
void leat_memory_start(struct leat_memory *m, const leat_allocator *allocator);
void *leat_memory_take(struct leat_memory *m, size_t n_bytes);
void leat_memory_give(struct leat_memory *m, void *p, size_t n_bytes);
/* Ends the push: returns unused pledges to the allocator, and uses it again. */
void leat_memory_open(struct leat_memory *m);

/* With a limit, the allocator is not used any more until leat_memory_open(). */
LEAT_INLINE void leat_memory_close(struct leat_memory *m)
{
	if (m->limit > 0)
		m->phase = LEAT_MEMORY_CLOSED;
}

/* Begins a public call: no request has failed in it. */
LEAT_INLINE void leat_memory_try(struct leat_memory *m)
{
	m->over = m->failed = 0;
}

/*
 * Returns whether more may be requested in this call. With a limit, every
 * request after a failure of the allocator fails too, so that a call that is
 * repeated finds the state that it would have found without the failure.
 */
LEAT_INLINE int leat_memory_may_have(const struct leat_memory *m)
{
	return !m->limit || !m->failed;
}

struct leat_spare {
	struct leat_spare *next;
};

struct leat_pool {
	struct leat_memory *memory;
	size_t item; /* size of an item */
	struct leat_spare *spare;
	size_t n_spare;
	unsigned char *at; /* first unused byte of the newest chunk */
	size_t fresh;      /* items still unused there */
	size_t next_items;
	struct leat_chunk *chunks;
};
void leat_pool_init(struct leat_pool *p, struct leat_memory *memory,
    size_t item);
/* Drops all items and frees the chunks. */
void leat_pool_clear(struct leat_pool *p);
int leat_pool_more(struct leat_pool *p, size_t n);

/* Makes sure that n items can be taken without failure. LEAT_ENOMEM. */
LEAT_INLINE int leat_pool_reserve(struct leat_pool *p, size_t n)
{
	size_t there = p->n_spare + p->fresh;

	return LEAT_LIKELY(there >= n) ? LEAT_OK : leat_pool_more(p, n - there);
}
/* Takes an item. Requires a reserved one. */
void *leat_pool_take(struct leat_pool *p);
void leat_pool_give(struct leat_pool *p, void *item);

#endif
