/*
 * timers.h - which keys have something to do at which watermark
 *
 * A key has one timer or none. An entry knows the place of its timer, so a
 * timer can be moved and taken away at once; the timer knows the key's rank.
 * Timers are a radix heap; see timers.c. Room for them is reserved with the
 * keys, so nothing but leat_timers_reserve() can fail.
 */
#ifndef LEAT_TIMERS_H
#define LEAT_TIMERS_H

#include "entry.h"

enum { LEAT_TIMER_SLOTS = 10, LEAT_TIMER_BUCKETS = 65 };

struct leat_timer_block {
	uint32_t next; /* index from 1; 0: it is the last */
	uint32_t unused;
	int64_t due[LEAT_TIMER_SLOTS];
	uint32_t rank[LEAT_TIMER_SLOTS];
};

struct leat_timer_bucket {
	uint32_t head; /* the block that is not full, index from 1 */
	uint32_t n;
	int64_t least; /* no timer of the bucket is due before */
};

struct leat_timers {
	struct leat_slab blocks;
	size_t used;     /* blocks */
	int64_t next;    /* no timer is due before */
	int64_t last;    /* time of those that fired last, see timers.c */
	uint64_t filled; /* bit b: bucket b + 1 is not empty */
	uint64_t stale;  /* bit b: bucket b + 1 may have no timer at `least` */
	struct leat_timer_bucket buckets[LEAT_TIMER_BUCKETS];
};

void leat_timers_init(struct leat_timers *t, struct leat_memory *memory);
void leat_timers_clear(struct leat_timers *t);
/* Makes room for timers of `keys` keys in all. LEAT_ENOMEM. */
int leat_timers_reserve(struct leat_timers *t, size_t keys);
/* Has the timer ring at `due`, or when it does now if that is earlier. */
void leat_timers_arm(struct leat_timers *t, struct leat_entries *es,
    struct leat_entry *e, int64_t due);
/* Takes the entry's timer away, if it has one. */
void leat_timers_disarm(struct leat_timers *t, struct leat_entries *es,
    struct leat_entry *e);
/* Returns when the entry's timer rings; INT64_MAX: it has none. */
int64_t leat_timers_due(const struct leat_timers *t,
    const struct leat_entry *e);
/* Prefetches the timer of an entry that is likely to be armed soon. */
void leat_timers_prefetch(const struct leat_timers *t,
    const struct leat_entry *e);
/* Tells the timer the entry's new rank. */
void leat_timers_rename(struct leat_timers *t, const struct leat_entry *e);
/*
 * If a key is due at or before `until`: takes the timers of those with the
 * smallest time, marks them as due in the order of keys, and returns 1.
 */
int leat_timers_fire(struct leat_timers *t, struct leat_entries *es,
    int64_t until, int64_t *due_out);
/* Calls back for each key that is due at or before `until`, in any order. */
void leat_timers_each(const struct leat_timers *t, int64_t until,
    void (*fn)(void *ctx, uint32_t rank), void *ctx);

#endif
