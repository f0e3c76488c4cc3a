/*
 * memory.c - the memory of objects that grow, below a limit
 *
 * Keyed windows may do irreversible things - emit results, drop keys - before
 * they know what a value needs below max_bytes. An allocator that fails then
 * would leave a push half done. So there is a rehearsal: all blocks that the
 * push may need are requested, whether they fit below the limit or not, and
 * what the allocator returns is put aside as pledges. If it fails, nothing has
 * happened yet. From there to the end of the push the allocator is not used: a
 * request succeeds if it fits below the limit and there is a pledge of its
 * size, or a block of that size was given back since. So the outcome of a push
 * does not depend on an allocator that may fail.
 *
 * Cost: one block for each request, until the push is over.
 */
#include "memory.h"

/* A block that was put aside; the pledge is stored in the block itself. */
struct leat_pledge {
	struct leat_pledge *next;
	size_t n_bytes;
};

void leat_memory_start(struct leat_memory *m, const leat_allocator *allocator)
{
	m->allocator = *allocator;
	m->bytes = 0;
	m->pledges = NULL;
	m->lifted = 0;
	m->phase = LEAT_MEMORY_OPEN;
	leat_memory_try(m);
}

static void memory_put_aside(struct leat_memory *m, void *block, size_t n_bytes)
{
	struct leat_pledge *p = block;

	p->next = m->pledges;
	p->n_bytes = n_bytes;
	m->pledges = p;
}

/*
 * Allocates at least the size of a pledge, so that every block can become one.
 */
static void *memory_alloc(struct leat_memory *m, size_t n_bytes)
{
	size_t least = sizeof(struct leat_pledge);
	void *p = m->allocator.alloc(m->allocator.ctx,
	    n_bytes > least ? n_bytes : least);

	m->failed |= !p;
	return p;
}

static void *memory_redeem(struct leat_memory *m, size_t n_bytes)
{
	struct leat_pledge **at = &m->pledges, *p;

	while (*at && (*at)->n_bytes != n_bytes)
		at = &(*at)->next;
	p = *at;
	if (p)
		*at = p->next;
	else
		m->over = 1;
	return p;
}

static int memory_lacks(const struct leat_memory *m, size_t n_bytes)
{
	/* Lifted allocations may have passed the limit: clamp it. */
	uint64_t used = m->bytes < m->limit ? m->bytes : m->limit;

	return m->limit > 0 && !m->lifted && n_bytes > m->limit - used;
}

void *leat_memory_take(struct leat_memory *m, size_t n_bytes)
{
	void *p;

	if (m->phase == LEAT_MEMORY_ASKS) {
		p = memory_alloc(m, n_bytes);
		if (p)
			memory_put_aside(m, p, n_bytes);
		return NULL;
	}
	if (!leat_memory_may_have(m))
		return NULL;
	if (memory_lacks(m, n_bytes)) {
		m->over = 1;
		return NULL;
	}
	p = m->phase == LEAT_MEMORY_CLOSED ? memory_redeem(m, n_bytes)
					   : memory_alloc(m, n_bytes);
	if (p)
		m->bytes += n_bytes;
	return p;
}

void leat_memory_give(struct leat_memory *m, void *p, size_t n_bytes)
{
	if (!p)
		return;
	m->bytes -= n_bytes;
	/* A later request of this push may need the block. */
	if (m->phase == LEAT_MEMORY_CLOSED)
		memory_put_aside(m, p, n_bytes);
	else
		m->allocator.free(m->allocator.ctx, p);
}

void leat_memory_open(struct leat_memory *m)
{
	struct leat_pledge *p = m->pledges, *next;

	for (; p; p = next) {
		next = p->next;
		m->allocator.free(m->allocator.ctx, p);
	}
	m->pledges = NULL;
	m->phase = LEAT_MEMORY_OPEN;
}
