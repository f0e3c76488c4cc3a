/*
 * key.h - a window for each key
 *
 * One stream (time.h) serves all keys: one clock, one plan, one set of pools.
 * A key is an entry: its text, where it stands in the three structures
 * below, and behind that the state of its window. Entries never move.
 *
 *   table    finds the entry of a text: hashes and indices (table.c), and a
 *            tree for what no hash can tell apart (crowd.c)
 *   roster   knows the order in which keys were first seen (roster.c)
 *   timers   know which keys have something to do when (timers.c)
 *
 * They name entries by index and ranks in the roster, 32 bits each, which
 * is half the memory of pointers. Whatever may fail for want of memory
 * happens before a key is made; then all three have room for it, and for
 * every move of it, until it is dropped.
 *
 * Windows by count are the states of one more engine (counted.c), so that
 * keys know one kind of state alone.
 */
#ifndef LEAT_KEY_H
#define LEAT_KEY_H

#include "../time/codec.h"
#include "../time/engine.h"

/* Of the 64 bits of x, which must not be 0: the lowest and the highest set. */
LEAT_INLINE unsigned leat_lowest_bit(uint64_t x)
{
	return (unsigned)leat_low_zeros(x);
}

LEAT_INLINE unsigned leat_highest_bit(uint64_t x)
{
	return 63 - (unsigned)leat_high_zeros(x);
}

/* siphash.c: SipHash-1-3. */
uint64_t leat_siphash(const uint64_t seed[2], const void *text, size_t n);

/* ---------------- slabs: items that are named by an index --------- */

/*
 * Chunks of 8 to 512 items, which are named by chunk * 512 + place. Items
 * start 16 bytes apart or a multiple of that, chunks on a cache line.
 */
enum { LEAT_SLAB_BITS = 9, LEAT_SLAB_ITEMS = 1 << LEAT_SLAB_BITS };

struct leat_slab {
	struct leat_memory *memory;
	size_t item;
	unsigned char **chunks;
	uint32_t n_chunks, room;
	size_t n_items; /* of all chunks */
	uint32_t spare; /* the first free item, from 1; 0: none */
	uint32_t n_spare;
	uint32_t fresh, fresh_end; /* of the newest chunk, what is not used */
};

void leat_slab_init(struct leat_slab *s, struct leat_memory *memory,
    size_t item);
void leat_slab_clear(struct leat_slab *s);
int leat_slab_more(struct leat_slab *s, size_t n);
/* `to` is a copy of the bytes of `from`, with its own memory set. */
int leat_slab_copy(struct leat_slab *to, const struct leat_slab *from);
/* One that was reserved. */
uint32_t leat_slab_take(struct leat_slab *s);
void leat_slab_give(struct leat_slab *s, uint32_t i);

LEAT_INLINE int leat_slab_reserve(struct leat_slab *s, size_t n)
{
	size_t there = (size_t)s->n_spare + (s->fresh_end - s->fresh);

	return LEAT_LIKELY(there >= n) ? LEAT_OK : leat_slab_more(s, n - there);
}

LEAT_INLINE void *leat_slab_at(const struct leat_slab *s, uint32_t i)
{
	return s->chunks[i >> LEAT_SLAB_BITS] +
	    (i & (LEAT_SLAB_ITEMS - 1)) * s->item;
}

/* ---------------- the table --------------------------------------- */

/* A key that is looked for, and how many entries were looked at for it. */
struct leat_sought {
	const void *text;
	size_t len;
	uint32_t hash, looks;
};

/* A tree of entries; see crowd.c. */
struct leat_crowd {
	struct leat_slab nodes;
	uint32_t root; /* index from 1; 0: empty */
};

void leat_crowd_init(struct leat_crowd *c, struct leat_memory *memory);
void leat_crowd_clear(struct leat_crowd *c);
/* `to` is empty and has a memory. LEAT_ENOMEM; then it is to be cleared. */
int leat_crowd_copy(struct leat_crowd *to, const struct leat_crowd *from);
/*
 * The entry is not there, and a node is reserved; or it is there, and still
 * has its text. Both say how many entries they looked at.
 */
uint32_t leat_crowd_add(leat_keyed *k, struct leat_crowd *c, uint32_t entry);
uint32_t leat_crowd_remove(leat_keyed *k, struct leat_crowd *c, uint32_t entry);
/* The entry of a text; 0: it is not there. */
uint32_t leat_crowd_find(const leat_keyed *k, const struct leat_crowd *c,
    struct leat_sought *s);

/*
 * A slot is 0, or an index from 1 with the tag of a hash above it: as many
 * of its low bits as there is room for. Buckets lie on cache lines.
 */
enum { LEAT_TABLE_BUCKET = 16 };

struct leat_table {
	struct leat_memory *memory;
	void *raw; /* what was allocated; NULL: nothing */
	uint32_t *slots;
	unsigned char *passed; /* of each bucket, see table.c */
	size_t size;           /* slots */
	uint64_t length, limit;
	uint32_t index_mask;
	unsigned index_bits;
	struct leat_crowd crowd;
};

void leat_table_init(struct leat_table *t, struct leat_memory *memory);
void leat_table_clear(struct leat_table *t);
int leat_table_grow(leat_keyed *k);
/* LEAT_ENOMEM; then it is to be cleared. */
int leat_table_copy(struct leat_table *to, const struct leat_table *from);
/*
 * An entry, which has its text and hash, comes or goes; for one that comes
 * there is room. Both say how many entries they looked at.
 */
uint32_t leat_table_put(leat_keyed *k, uint32_t index);
uint32_t leat_table_remove(leat_keyed *k, uint32_t index);
/* The index of a text, from 1; 0: it is not there. The table has slots. */
uint32_t leat_table_search(const leat_keyed *k, struct leat_sought *s);

/* The first of the eight slots where one of that hash would like to be. */
LEAT_INLINE size_t leat_table_half(const struct leat_table *t, uint32_t hash)
{
	return (size_t)((uint64_t)hash * t->size >> 32) & ~(size_t)7;
}

/* The bits above an index. */
LEAT_INLINE uint32_t leat_table_tag(const struct leat_table *t, uint32_t hash)
{
	return (uint32_t)((uint64_t)hash << t->index_bits);
}

/* Which of eight slots have that tag, the first as the lowest bit. */
LEAT_INLINE unsigned leat_table_match(const uint32_t *slots, uint32_t tag,
    uint32_t index_mask)
{
	unsigned found = 0;

#if defined(__SSE2__)
	const __m128i *p = (const __m128i *)(const void *)slots;
	__m128i t = _mm_set1_epi32((int)tag),
		m = _mm_set1_epi32((int)index_mask);
	__m128i a = _mm_cmpeq_epi32(t, _mm_andnot_si128(m, _mm_loadu_si128(p)));
	__m128i b = _mm_cmpeq_epi32(t,
	    _mm_andnot_si128(m, _mm_loadu_si128(p + 1)));
	a = _mm_packs_epi32(a, b);
	found = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(a, a)) & 255;
#else
	for (int i = 0; i < 8; i++)
		found |= (unsigned)((slots[i] & ~index_mask) == tag) << i;
#endif
	return found;
}

/*
 * The first index, from 1, with that tag; 0: there is none, or it is not in
 * the first half bucket. It may be another's with that tag. No branch depends
 * on which slot it is. The table has slots.
 */
LEAT_INLINE uint32_t leat_table_peek(const struct leat_table *t, uint32_t hash)
{
	const uint32_t *half = t->slots + leat_table_half(t, hash);
	unsigned found = leat_table_match(half, leat_table_tag(t, hash),
	    t->index_mask);

	if (LEAT_UNLIKELY(!found))
		return 0;
	return half[leat_lowest_bit(found)] & t->index_mask;
}

/* ---------------- the roster -------------------------------------- */

/* A set of ranks that is emptied in order. */
struct leat_marks {
	uint64_t *words;
	uint64_t *groups;   /* of 64 words: which may have some */
	size_t first, last; /* groups that may have some; first > last: none */
};

LEAT_INLINE void leat_mark(struct leat_marks *m, uint32_t rank)
{
	size_t group = rank >> 12;

	m->words[rank >> 6] |= (uint64_t)1 << (rank & 63);
	m->groups[group] |= (uint64_t)1 << (rank >> 6 & 63);
	if (group < m->first)
		m->first = group;
	if (group > m->last)
		m->last = group;
}

LEAT_INLINE int leat_marked(const struct leat_marks *m, size_t rank)
{
	return (int)(m->words[rank >> 6] >> (rank & 63) & 1);
}

LEAT_INLINE void leat_unmark(struct leat_marks *m, uint32_t rank)
{
	m->words[rank >> 6] &= ~((uint64_t)1 << (rank & 63));
}

/* Takes up to n of them away, the lowest first; how many. */
size_t leat_marks_take(struct leat_marks *m, uint32_t *ranks, size_t n);
/* The first of them from there on; SIZE_MAX: there is none. */
size_t leat_marks_next(const struct leat_marks *m, size_t from);

struct leat_roster {
	struct leat_memory *memory;
	void *block;
	size_t n_bytes;
	uint32_t *order; /* of each rank the entry's index from 1; 0: gone */
	size_t n, room, length;
	struct leat_marks due;     /* what is being closed */
	struct leat_marks changed; /* since the last early results */
};

void leat_roster_init(struct leat_roster *r, struct leat_memory *memory);
void leat_roster_clear(struct leat_roster *r);
/* Makes room for one more; ranks may change. LEAT_ENOMEM. */
int leat_roster_reserve(leat_keyed *k);
/* Closes the holes that keys have left. */
void leat_roster_pack(leat_keyed *k);
uint32_t leat_roster_add(struct leat_roster *r, uint32_t index);
void leat_roster_remove(struct leat_roster *r, uint32_t rank);
int leat_roster_copy(struct leat_roster *to, const struct leat_roster *from);

/* ---------------- timers ------------------------------------------ */

enum { LEAT_TIMER_SLOTS = 10, LEAT_TIMER_BUCKETS = 65 };

struct leat_timer_block {
	uint32_t next; /* index from 1 */
	uint32_t unused;
	int64_t due[LEAT_TIMER_SLOTS];
	uint32_t rank[LEAT_TIMER_SLOTS];
};

struct leat_timer_bucket {
	uint32_t head; /* the block that is not full, index from 1 */
	uint32_t n;
	int64_t least; /* none is due before */
};

struct leat_timers {
	struct leat_slab blocks;
	size_t used;     /* blocks */
	int64_t next;    /* none is due before */
	int64_t last;    /* see timers.c */
	uint64_t filled; /* which buckets from 1 on are not empty, and which */
	uint64_t stale;  /* may have no key at `least` */
	struct leat_timer_bucket buckets[LEAT_TIMER_BUCKETS];
};

void leat_timers_init(struct leat_timers *t, struct leat_memory *memory);
void leat_timers_clear(struct leat_timers *t);
/* Makes room for so many keys in all. LEAT_ENOMEM. */
int leat_timers_reserve(struct leat_timers *t, size_t keys);
/*
 * If some key is due at or before `until`: takes those with the smallest
 * time, marks them in the roster, and returns 1.
 */
int leat_timers_fire(leat_keyed *k, int64_t until, int64_t *due_out);
/* Calls back for each key that is due at or before `until`, in no order. */
void leat_timers_each(leat_keyed *k, int64_t until,
    void (*fn)(void *ctx, leat_keyed *k, uint32_t rank), void *ctx);

/* ---------------- entries ----------------------------------------- */

enum { LEAT_TEXT_SHORT = 16, LEAT_TEXT_POOLED = 256, LEAT_TEXT_CLASSES = 16 };

struct leat_entry {
	uint32_t rank;
	uint32_t place; /* in the timers; 0: nowhere */
	uint32_t hash;
	uint16_t len, unused;
	union {
		unsigned char bytes[LEAT_TEXT_SHORT];
		unsigned char *at; /* if it is longer */
	} text;
	/*
	 * Then the state; and if they are needed, the largest time of a value
	 * (ttl), and the entry's neighbours in the order of pushes.
	 */
};

struct leat_neighbours {
	uint32_t older, newer; /* indices from 1; 0: none */
};

/* An event that has been put off; see queue.c. */
enum { LEAT_QUEUE = 32 };

struct leat_queued {
	int64_t t;
	double x, y;
	uint32_t hash, len;
	unsigned char text[LEAT_TEXT_SHORT];
};

struct leat_queue {
	uint32_t n;
	int serves;         /* there may be events to put off */
	int64_t due;        /* the smallest end of their windows */
	int64_t start, end; /* of the window of the last one */
	struct leat_queued events[LEAT_QUEUE];
};

struct leat_keyed {
	struct leat_stream stream;
	struct leat_table table;
	struct leat_slab entries;
	struct leat_roster roster;
	struct leat_timers timers;
	struct leat_pool texts[LEAT_TEXT_CLASSES]; /* up to 16, 32, ... bytes */
	/*
	 * Memory for the text of a new key that is too long for a pool, from
	 * when it is reserved to when the key is made, and its size.
	 */
	unsigned char *long_text;
	size_t long_room;
	uint32_t oldest, newest; /* in the order of pushes; from 1 */

	uint64_t seed[2];
	int64_t ttl;
	uint64_t max_keys;
	leat_sink evicted;
	size_t entry_size, latest_at, links_at; /* 0: not needed */
	int tracks;    /* pushes are noted: for these two, or early_span */
	int announces; /* every push brings news for timers */
	int careful; /* stream.careful; or keys may expire, or there is a limit */
	/*
	 * A push makes sure of memory for one window more before it is known
	 * that the value goes into one that is there. So that keys that are
	 * there can go on at max_bytes, the first one takes this much of it.
	 */
	size_t spare_cells;

	int64_t early_from; /* now, when early_span was looked at last */
	int early;          /* there are early results to tell */
	int ending;         /* time passes to its end */
	uint64_t drops;     /* keys that are gone; pointers to them as well */
	uint64_t visits;    /* of keys because time passed */

	leat_window_options *by_count; /* NULL: by time */
	leat_stat *stats;              /* of by_count */
	size_t window_bytes;
	struct leat_state *blank;
	struct leat_queue queue;
	double *values; /* of a query for a callback */
	size_t n_values;
	struct leat_block block;
};

/* Indices of entries are from 1 here, as in table, roster and links. */
LEAT_INLINE struct leat_entry *leat_entry_at(const leat_keyed *k, uint32_t i)
{
	return leat_slab_at(&k->entries, i - 1);
}

LEAT_INLINE struct leat_state *leat_entry_state(const struct leat_entry *e)
{
	return (struct leat_state *)(void *)(uintptr_t)(e + 1);
}

LEAT_INLINE int64_t *leat_entry_latest(const leat_keyed *k,
    struct leat_entry *e)
{
	return (int64_t *)(void *)((unsigned char *)e + k->latest_at);
}

LEAT_INLINE struct leat_neighbours *leat_entry_links(const leat_keyed *k,
    struct leat_entry *e)
{
	return (struct leat_neighbours *)(void *)((unsigned char *)e +
	    k->links_at);
}

LEAT_INLINE const void *leat_entry_text(const struct leat_entry *e)
{
	return e->len <= LEAT_TEXT_SHORT ? e->text.bytes : e->text.at;
}

LEAT_INLINE struct leat_entry *leat_ranked(const leat_keyed *k, uint32_t rank)
{
	return leat_entry_at(k, k->roster.order[rank]);
}

/* The entry is due; makes its timer ring no later than that. */
void leat_timers_arm(leat_keyed *k, struct leat_entry *e, int64_t due);
void leat_timers_disarm(leat_keyed *k, struct leat_entry *e);
/* When its timer rings; INT64_MAX: it has none. */
int64_t leat_timers_due(const leat_keyed *k, const struct leat_entry *e);
/* It is likely to be armed soon. */
void leat_timers_prefetch(const leat_keyed *k, const struct leat_entry *e);
/* The key has another rank. */
void leat_timers_rename(leat_keyed *k, const struct leat_entry *e);

/*
 * Makes room for one more, which will have an index below those that the
 * slab has had so far, or the next. LEAT_ENOMEM.
 */
LEAT_INLINE int leat_table_reserve(leat_keyed *k)
{
	const struct leat_table *t = &k->table;
	uint64_t indices = (uint64_t)k->entries.n_chunks << LEAT_SLAB_BITS;
	int err = LEAT_OK;

	while (!err && (t->length >= t->limit || indices > t->index_mask))
		err = leat_table_grow(k);
	return err | leat_slab_reserve(&k->table.crowd.nodes, 1);
}

/* entry.c */
/* Makes sure that a key of that length can be made. LEAT_ENOMEM. */
int leat_entry_reserve(leat_keyed *k, size_t len);
/* The key is not made after all: a long text has no memory any more. */
void leat_entry_release(leat_keyed *k);
/* Room is reserved. */
uint32_t leat_entry_make(leat_keyed *k, const void *text, size_t len,
    uint32_t hash);
/* The text of an entry that has none. LEAT_ENOMEM, if it is a long one. */
int leat_entry_write(leat_keyed *k, struct leat_entry *e, const void *text,
    size_t len);
/* It was pushed into. */
void leat_entry_touch(leat_keyed *k, uint32_t i);
/* The key goes; nothing is told. */
void leat_entry_forget(leat_keyed *k, uint32_t i);
/* The key goes, and what it still holds is told to `evicted`. */
void leat_entry_evict(leat_keyed *k, uint32_t i);
/* No keys yet. */
void leat_entries_start(leat_keyed *k);
/* All keys go, and all memory but the object's own. */
void leat_entries_clear(leat_keyed *k);
/* k is a copy of the bytes of `from`, its stream has moved. LEAT_ENOMEM. */
int leat_entries_copy(leat_keyed *k, const leat_keyed *from);

/* What the stream tells from now on is told of this key. */
LEAT_INLINE void leat_entry_speaks(leat_keyed *k, const struct leat_entry *e)
{
	k->stream.emitter.key = leat_entry_text(e);
	k->stream.emitter.key_len = e->len;
}

LEAT_INLINE uint32_t leat_key_hash(const leat_keyed *k, const void *text,
    size_t len)
{
	return (uint32_t)(leat_siphash(k->seed, text, len) >> 32);
}

/* Words of two texts at one place. */
LEAT_INLINE int leat_same_8(const unsigned char *a, const unsigned char *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x == y;
}

LEAT_INLINE int leat_same_4(const unsigned char *a, const unsigned char *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x == y;
}

/* Up to 16 bytes: their first and their last ones, which may overlap. */
LEAT_INLINE int leat_same_short(const unsigned char *a, const unsigned char *b,
    size_t len)
{
	if (len >= 8)
		return leat_same_8(a, b) &&
		    leat_same_8(a + len - 8, b + len - 8);
	if (len >= 4)
		return leat_same_4(a, b) &&
		    leat_same_4(a + len - 4, b + len - 4);
	return len == 0 ||
	    (a[0] == b[0] && a[len / 2] == b[len / 2] &&
		a[len - 1] == b[len - 1]);
}

LEAT_INLINE int leat_entry_is(const struct leat_entry *e, const void *text,
    size_t len)
{
	if (e->len != len)
		return 0;
	if (LEAT_LIKELY(len <= LEAT_TEXT_SHORT))
		return leat_same_short(e->text.bytes, text, len);
	return memcmp(e->text.at, text, len) == 0;
}

/* All of it at once: its state would be asked for only after its text. */
LEAT_INLINE void leat_entry_prefetch(const leat_keyed *k,
    const struct leat_entry *e)
{
	const unsigned char *p = (const unsigned char *)e;

	for (size_t i = 0; i < k->entry_size && i < 320; i += 64)
		LEAT_PREFETCH(p + i);
}

/* The entry of a text; 0: none. */
LEAT_INLINE uint32_t leat_entry_find(const leat_keyed *k, const void *text,
    size_t len, uint32_t hash)
{
	struct leat_sought s = { text, len, hash, 0 };
	uint32_t i;

	if (LEAT_UNLIKELY(k->table.length == 0))
		return 0;
	i = leat_table_peek(&k->table, hash);
	if (LEAT_LIKELY(i)) {
		const struct leat_entry *e = leat_entry_at(k, i);
		leat_entry_prefetch(k, e);
		if (LEAT_LIKELY(leat_entry_is(e, text, len)))
			return i;
	}
	return leat_table_search(k, &s);
}

/* ---------------- time, values, windows by count ------------------ */

/*
 * pass.c: adds to `need` what a pass will take, so that nothing in it can
 * fail, and has it reserved whatever max_bytes says. LEAT_ECALENDAR,
 * LEAT_ENOMEM, LEAT_TOO_FAR: time is not to move.
 */
int leat_keyed_prepare_pass(leat_keyed *k, struct leat_need *need);
/*
 * Closes and tells what the clock's target closes, and early results. It has
 * been prepared.
 */
void leat_keyed_pass(leat_keyed *k);
/* Both; where the first one fails, the second is left out. */
int leat_keyed_move(leat_keyed *k);
/* When the key has something to do next. 0: never. */
int leat_keyed_due(leat_keyed *k, struct leat_entry *e, int64_t *due_out);

/*
 * push.c: pushes an event that has been checked. Its key is likely to be the
 * entry `found`, or 0.
 */
int leat_keyed_put(leat_keyed *k, const leat_event *v, uint32_t hash,
    uint32_t found);

/* queue.c */
int leat_queue_serves(const leat_keyed *k, const leat_keyed_options *o);
/* Whether the event is put off. */
int leat_queue_put(leat_keyed *k, const leat_event *v);
/* What was put off is gone. */
void leat_queue_clear(leat_keyed *k);
void leat_queue_settle_all(leat_keyed *k);

/* All that was put off goes in. There is memory for it. */
LEAT_INLINE void leat_queue_settle(leat_keyed *k)
{
	if (k->queue.n > 0)
		leat_queue_settle_all(k);
}

/* For those who only look: there is memory for it, so it cannot fail. */
LEAT_INLINE void leat_queue_look(leat_keyed *k)
{
	leat_queue_settle(k);
}

/* counted.c */
extern const struct leat_time_engine leat_counted_engine;
/* Sets the stream up for windows by count; its memory is known. */
void leat_counted_start(leat_keyed *k);
/* The window that is queried, and whether it is open and has data. */
int leat_counted_interval(const leat_keyed *k, const struct leat_state *s,
    int64_t *start_out, int64_t *end_out);
void leat_counted_query(const struct leat_state *s, double *out);
int leat_counted_partial(const struct leat_state *s, const leat_agg *agg,
    void *partial_out);
/* What a query answers, as a result. */
leat_result leat_counted_result(const leat_keyed *k,
    const struct leat_state *s);

#endif
