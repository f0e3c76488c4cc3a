/*
 * timers.c - which keys have something to do at which watermark
 *
 * A radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for
 * the shortest path problem", J. ACM 37, 1990), which uses that time only
 * goes forward. Bucket b > 0 holds the keys whose time differs from `last`,
 * the time that has been taken last, in bit b - 1 and in none above it;
 * bucket 0 those that do not differ, or are before it. So all times of a
 * bucket are before those of the buckets above it, and the next ones to be
 * taken are in the first that is not empty. When they are, `last` becomes
 * their time, and what else is in their bucket goes to lower ones. A key
 * goes down at most 64 times; keys with one time, as tumbling windows have
 * them, go nowhere until they are all taken together.
 *
 * A bucket is a list of blocks of ten, of which only the first may have
 * places free. An entry knows its place, so it can leave: the last of the
 * bucket takes its place. There are never more than n / 10 blocks and one
 * for each bucket in use, which is what is reserved when the n-th key is
 * made: no later step needs memory.
 *
 * Times that are reached by LEAT_TIME_MAX alone are not kept here.
 */
#include "timers.h"

enum { TIMER_PLACE_BITS = 4 };

void leat_timers_init(struct leat_timers *t, struct leat_memory *memory)
{
	memset(t, 0, sizeof(*t));
	leat_slab_init(&t->blocks, memory, sizeof(struct leat_timer_block));
	t->next = INT64_MAX;
	t->last = INT64_MIN;
}

void leat_timers_clear(struct leat_timers *t)
{
	leat_slab_clear(&t->blocks);
	leat_timers_init(t, t->blocks.memory);
}

int leat_timers_reserve(struct leat_timers *t, size_t keys)
{
	size_t partial = keys < LEAT_TIMER_BUCKETS ? keys : LEAT_TIMER_BUCKETS;
	size_t blocks = keys / LEAT_TIMER_SLOTS + partial;

	if (blocks <= t->used)
		return LEAT_OK;
	return leat_slab_reserve(&t->blocks, blocks - t->used);
}

/* ---------------- buckets ----------------------------------------- */

static unsigned timer_bucket_of(const struct leat_timers *t, int64_t due)
{
	if (due <= t->last)
		return 0;
	/* The sign bits cancel, or are the highest that differ. */
	return 64 -
	    (unsigned)leat_high_zeros((uint64_t)due ^ (uint64_t)t->last);
}

static struct leat_timer_block *timer_block(const struct leat_timers *t,
    uint32_t index)
{
	return leat_slab_at(&t->blocks, index - 1);
}

/* Returns how many timers the first block of a bucket holds, if any. */
static unsigned timer_filling(const struct leat_timer_bucket *b)
{
	return (b->n - 1) % LEAT_TIMER_SLOTS + 1;
}

static uint64_t timer_bit(unsigned bucket)
{
	return bucket ? (uint64_t)1 << (bucket - 1) : 0;
}

/* Gives the first block of a bucket back, which must be empty. */
static void timer_close_block(struct leat_timers *t,
    struct leat_timer_bucket *b)
{
	uint32_t index = b->head;

	b->head = timer_block(t, index)->next;
	leat_slab_give(&t->blocks, index - 1);
	t->used--;
}

/* Puts a key's timer into its bucket; returns its place for the entry. */
static uint32_t timer_put(struct leat_timers *t, uint32_t rank, int64_t due)
{
	unsigned i = timer_bucket_of(t, due), slot;
	struct leat_timer_bucket *b = &t->buckets[i];
	struct leat_timer_block *block;

	if (b->n % LEAT_TIMER_SLOTS == 0) {
		uint32_t index = leat_slab_take(&t->blocks) + 1;
		t->used++;
		timer_block(t, index)->next = b->n > 0 ? b->head : 0;
		b->head = index;
	}
	if (b->n == 0 || due < b->least) {
		b->least = due;
		t->stale &= ~timer_bit(i);
	}
	t->filled |= timer_bit(i);
	b->n++;
	slot = timer_filling(b) - 1;
	block = timer_block(t, b->head);
	block->due[slot] = due;
	block->rank[slot] = rank;
	if (due < t->next)
		t->next = due;
	return b->head << TIMER_PLACE_BITS | (slot + 1);
}

static struct leat_timer_block *timer_at(const struct leat_timers *t,
    uint32_t place, unsigned *slot)
{
	*slot = (place & ((1u << TIMER_PLACE_BITS) - 1)) - 1;
	return timer_block(t, place >> TIMER_PLACE_BITS);
}

/* ---------------- arming ------------------------------------------ */

void leat_timers_disarm(struct leat_timers *t, struct leat_entries *es,
    struct leat_entry *e)
{
	struct leat_timer_block *block, *first;
	unsigned slot, end, i;

	if (e->place == 0)
		return;
	block = timer_at(t, e->place, &slot);
	i = timer_bucket_of(t, block->due[slot]);
	struct leat_timer_bucket *b = &t->buckets[i];
	if (block->due[slot] == b->least)
		t->stale |= timer_bit(i);
	first = timer_block(t, b->head);
	end = timer_filling(b) - 1;
	/* The last timer of the first block fills the hole. */
	if (first != block || end != slot) {
		block->due[slot] = first->due[end];
		block->rank[slot] = first->rank[end];
		leat_ranked(es, first->rank[end])->place = e->place;
	}
	b->n--;
	if (end == 0)
		timer_close_block(t, b);
	if (b->n == 0)
		t->filled &= ~timer_bit(i);
	e->place = 0;
}

int64_t leat_timers_due(const struct leat_timers *t, const struct leat_entry *e)
{
	unsigned slot;

	if (e->place == 0)
		return INT64_MAX;
	return timer_at(t, e->place, &slot)->due[slot];
}

void leat_timers_arm(struct leat_timers *t, struct leat_entries *es,
    struct leat_entry *e, int64_t due)
{
	unsigned slot;

	if (due == INT64_MAX)
		return;
	if (e->place != 0) {
		if (timer_at(t, e->place, &slot)->due[slot] <= due)
			return;
		leat_timers_disarm(t, es, e);
	}
	e->place = timer_put(t, e->rank, due);
}

void leat_timers_prefetch(const struct leat_timers *t,
    const struct leat_entry *e)
{
	if (e->place != 0)
		LEAT_PREFETCH(timer_block(t, e->place >> TIMER_PLACE_BITS));
}

void leat_timers_rename(struct leat_timers *t, const struct leat_entry *e)
{
	unsigned slot;

	if (e->place != 0)
		timer_at(t, e->place, &slot)->rank[slot] = e->rank;
}

/* ---------------- firing ------------------------------------------ */

/* Returns the smallest time of a bucket, which must not be empty. */
static int64_t timer_least(const struct leat_timers *t,
    const struct leat_timer_bucket *b)
{
	unsigned n = timer_filling(b);
	int64_t least = INT64_MAX;

	for (uint32_t at = b->head; at; n = LEAT_TIMER_SLOTS) {
		const struct leat_timer_block *block = timer_block(t, at);
		for (unsigned i = 0; i < n; i++)
			if (block->due[i] < least)
				least = block->due[i];
		at = block->next;
	}
	return least;
}

/* Prefetches the entries of timers that are not due: they will move. */
static void timer_prefetch_block(const struct leat_timers *t,
    const struct leat_entries *es, uint32_t index)
{
	const struct leat_timer_block *block;

	if (index == 0)
		return;
	block = timer_block(t, index);
	for (unsigned i = 0; i < LEAT_TIMER_SLOTS; i++)
		if (block->due[i] > t->last)
			LEAT_PREFETCH(leat_ranked(es, block->rank[i]));
}

/* Marks keys of a block that are due; other timers go to lower buckets. */
static void timer_take_block(struct leat_timers *t, struct leat_entries *es,
    const struct leat_timer_block *block, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t rank = block->rank[i];
		if (block->due[i] <= t->last)
			leat_mark(&es->order.due, rank);
		else
			leat_ranked(es, rank)->place = timer_put(t, rank,
			    block->due[i]);
	}
}

/* Takes timers that are due at t->last from the first bucket in use. */
static void timer_take(struct leat_timers *t, struct leat_entries *es,
    unsigned bucket)
{
	struct leat_timer_bucket b = t->buckets[bucket];
	unsigned n = timer_filling(&b);

	t->buckets[bucket].n = 0;
	t->filled &= ~timer_bit(bucket);
	t->stale &= ~timer_bit(bucket);
	for (; b.head; n = LEAT_TIMER_SLOTS) {
		timer_prefetch_block(t, es, timer_block(t, b.head)->next);
		/* A copy: timers that stay may need the block itself. */
		struct leat_timer_block block = *timer_block(t, b.head);
		timer_close_block(t, &b);
		timer_take_block(t, es, &block, n);
	}
}

/* Calls back for the keys of a bucket that are due by then. */
static void timer_each_in(const struct leat_timers *t,
    const struct leat_timer_bucket *b, int64_t until,
    void (*fn)(void *ctx, uint32_t rank), void *ctx)
{
	unsigned n = b->n > 0 ? timer_filling(b) : 0;

	for (uint32_t at = b->n > 0 ? b->head : 0; at; n = LEAT_TIMER_SLOTS) {
		const struct leat_timer_block *block = timer_block(t, at);
		for (unsigned i = 0; i < n; i++)
			if (block->due[i] <= until)
				fn(ctx, block->rank[i]);
		at = block->next;
	}
}

/* Every bucket is looked into, as leat_timers_fire() empties several. */
void leat_timers_each(const struct leat_timers *t, int64_t until,
    void (*fn)(void *ctx, uint32_t rank), void *ctx)
{
	if (t->next > until)
		return;
	for (int i = 0; i < LEAT_TIMER_BUCKETS; i++)
		if (t->buckets[i].n > 0 &&
		    (i == 0 || t->buckets[i].least <= until))
			timer_each_in(t, &t->buckets[i], until, fn, ctx);
}

int leat_timers_fire(struct leat_timers *t, struct leat_entries *es,
    int64_t until, int64_t *due_out)
{
	unsigned i = 0;

	if (t->buckets[0].n == 0) {
		t->next = INT64_MAX;
		if (t->filled == 0)
			return 0;
		i = (unsigned)leat_low_zeros(t->filled) + 1;
		struct leat_timer_bucket *b = &t->buckets[i];
		if (t->stale & timer_bit(i))
			b->least = timer_least(t, b);
		t->stale &= ~timer_bit(i);
		t->next = b->least;
		if (b->least > until)
			return 0;
		t->last = b->least;
	}
	timer_take(t, es, i);
	*due_out = t->last;
	return 1;
}
