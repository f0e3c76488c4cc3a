/*
 * memory.h - where objects lie, and where those that grow take more
 *
 * An object is one block, made by a cutter that first measures and then cuts.
 * Objects that grow take the rest through a leat_memory, which keeps the limit
 * that the user has set, and things of one size through a pool on top of it.
 */
#ifndef LEAT_MEMORY_H
#define LEAT_MEMORY_H

#include "core.h"

/* Whether an option names no allocator, or a whole one. */
LEAT_INLINE int leat_allocator_fits(const leat_allocator *a)
{
	return !a || (a->alloc && a->free);
}

/* malloc() and free(), as an allocator. */
extern const leat_allocator leat_malloc_allocator;

/* Memory for objects starts on a cache line. */
#define LEAT_ALIGNMENT ((size_t)64)

/* All else lies on multiples of 16, as users' classes may ask. */
LEAT_INLINE size_t leat_round_up(size_t n_bytes)
{
	return (n_bytes + 15) & ~(size_t)15;
}

/* block.c: n things of so many bytes each, from the block at base. */
struct leat_cutter {
	unsigned char *base; /* NULL: only measures */
	size_t used;
	int overflow;
};
void *leat_cut(struct leat_cutter *c, size_t n, size_t each);

/* What an object knows of the memory it lies in. */
struct leat_block {
	leat_allocator allocator;
	size_t n_bytes; /* of the object */
	void *memory;   /* to free; NULL: the caller's */
};

/* What to ask for where the alignment of the answer is not known. */
LEAT_INLINE size_t leat_block_room(size_t n_bytes)
{
	return n_bytes + LEAT_ALIGNMENT - 1;
}

/* Where an object in memory of any alignment starts. */
void *leat_block_start(void *memory);
/*
 * Fills *b and says where the object starts: in the caller's memory of
 * `room` bytes, or with NULL in the allocator's. LEAT_EARITH, LEAT_EBUFFER,
 * LEAT_ENOMEM.
 */
int leat_block_claim(struct leat_block *b, const leat_allocator *allocator,
    void *memory, size_t room, size_t n_bytes, void **start_out);
/* A copy of the object's bytes; NULL: no memory. */
void *leat_block_copy(struct leat_block *b, const leat_allocator *allocator,
    const struct leat_block *from, const void *object);
void leat_block_free(struct leat_block b);
/* The place that is as far into `to` as p is into `from`; NULL for NULL. */
void *leat_moved(const void *from, void *to, const void *p);

/*
 * scratch.c: calls use with so many bytes of the stack, aligned to 16; at most
 * an accumulator of the user's largest class and what goes before it.
 */
#define LEAT_SCRATCH_MAX ((size_t)(2 * 65536 + 64))
typedef void leat_scratch_use(void *ctx, void *scratch);
void leat_with_scratch(size_t n_bytes, leat_scratch_use *use, void *ctx);

/* What a block is taken from; see memory.c. */
enum leat_memory_phase {
	LEAT_MEMORY_OPEN,  /* the allocator */
	LEAT_MEMORY_ASKS,  /* nothing: blocks are put aside, and none is had */
	LEAT_MEMORY_CLOSED /* what was put aside */
};

/*
 * memory.c: where objects that grow take their memory, and how much they
 * have. Past the limit (0: none) nothing is to be had, and `over` says why;
 * where the allocator has nothing to give, `failed` does.
 */
struct leat_memory {
	leat_allocator allocator;
	uint64_t bytes, limit;
	int over, failed;
	int lifted; /* what is taken may go beyond the limit */
	enum leat_memory_phase phase;
	struct leat_pledge *pledges;
};

/* Has no blocks so far; the limit is as it was. */
void leat_memory_start(struct leat_memory *m, const leat_allocator *allocator);
void *leat_memory_take(struct leat_memory *m, size_t n_bytes);
void leat_memory_give(struct leat_memory *m, void *p, size_t n_bytes);
/* Back to the allocator, which is given what nobody has taken. */
void leat_memory_open(struct leat_memory *m);

/* Below a limit nothing more is asked of the allocator. */
LEAT_INLINE void leat_memory_close(struct leat_memory *m)
{
	if (m->limit > 0)
		m->phase = LEAT_MEMORY_CLOSED;
}

/* Another call begins: nothing has been refused. */
LEAT_INLINE void leat_memory_try(struct leat_memory *m)
{
	m->over = m->failed = 0;
}

/*
 * Whether more may be asked for in this call. Below a limit nothing more is
 * to be had once the allocator has failed, so that a call that is made again
 * comes upon what it would have, had nothing failed.
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
	size_t item; /* bytes of one */
	struct leat_spare *spare;
	size_t n_spare;
	unsigned char *at; /* of the newest chunk, what is */
	size_t fresh;      /* not yet used */
	size_t next_items;
	struct leat_chunk *chunks;
};
void leat_pool_init(struct leat_pool *p, struct leat_memory *memory,
    size_t item);
/* All items are gone. */
void leat_pool_clear(struct leat_pool *p);
int leat_pool_more(struct leat_pool *p, size_t n);

/* Makes sure that n can be taken. LEAT_ENOMEM. */
LEAT_INLINE int leat_pool_reserve(struct leat_pool *p, size_t n)
{
	size_t there = p->n_spare + p->fresh;

	return LEAT_LIKELY(there >= n) ? LEAT_OK : leat_pool_more(p, n - there);
}
/* One that was reserved. */
void *leat_pool_take(struct leat_pool *p);
void leat_pool_give(struct leat_pool *p, void *item);

#endif
