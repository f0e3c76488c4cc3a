/*
 * keyed.h - a window for each key
 *
 * One stream (time/time_stream.h) serves all keys: one clock, one plan, one set
 * of pools. A key is an entry, with the state of its window behind it, and
 * stands in three structures, each of which knows nothing of the others:
 *
 *   table    finds the entry of a text (table.h)
 *   order    knows the order in which keys were first seen (key_order.h)
 *   timers   know which keys have something to do when (timers.h)
 *
 * Whatever may fail for want of memory happens before a key is made; then all
 * three have room for it, and for every move of it, until it is dropped.
 *
 * Files build on each other in this order: entries and the three structures;
 * keyed.c, keys as they come and go; advance.c, time; take.c, a value and its
 * key; careful.c and deferred.c, pushes that need more or can wait; and the
 * public functions in push.c and keyed_*.c. Windows by count are one more
 * engine (counted.c), so that keys know one kind of state alone.
 */
#ifndef LEAT_KEYED_H
#define LEAT_KEYED_H

#include "../time/cells.h"
#include "../time/time_codec.h"
#include "../window/window.h"
#include "arrival.h"
#include "timers.h"

/* Events that wait for their push; see deferred.c. */
struct leat_deferred_event {
	int64_t t;
	double x, y;
	size_t len;
};

struct leat_deferred {
	uint32_t n;
	uint64_t from; /* keys from which on events wait; or UINT64_MAX */
	int64_t due;   /* smallest end of a window of deferred events */
	struct leat_deferred_event events[LEAT_ARRIVALS];
	struct leat_arrival on_way[LEAT_ARRIVALS];
};

struct leat_keyed {
	struct leat_stream stream;
	struct leat_table table;
	struct leat_entries entries;
	struct leat_timers timers;

	int64_t ttl;
	uint64_t max_keys;
	leat_sink evicted;
	int tracks;    /* pushes are noted: for ttl, eviction or early_span */
	int announces; /* every push lowers stream.next_due */
	int careful;   /* pushes go through careful.c */
	int plain;     /* pushes into open windows change nothing else */
	/*
	 * A push makes sure of memory for one window more before it is known
	 * that the value goes into one that is there. So that keys that are
	 * there can go on at max_bytes, the first one takes this much of it.
	 */
	size_t spare_cells;

	int64_t early_from; /* clock.now when early_span was looked at last */
	int early;          /* early results are to be emitted */
	int ending;         /* time passes to its end */
	uint64_t drops;  /* keys dropped; pointers to entries are void then */
	uint64_t visits; /* visits of keys because time has passed */

	leat_window_options *by_count; /* NULL: by time */
	leat_stat *stats;              /* by_count->stats */
	size_t window_bytes;
	struct leat_state *blank;
	struct leat_deferred deferred;
	double *values; /* results of a query for a callback */
	size_t n_values;
	struct leat_block block;
};

/* Has the stream emit results in the name of this key from now on. */
LEAT_INLINE void leat_set_current_key(leat_keyed *k, const struct leat_entry *e)
{
	k->stream.emitter.key = leat_entry_text(e);
	k->stream.emitter.key_len = e->len;
}

/* ---------------- keyed.c: keys come and go ----------------------- */

/* Makes the object hold no keys; entry sizes must be known. */
void leat_keys_start(leat_keyed *k);
/* keyed_save.c: the whole object. */
void leat_tape_keyed(struct leat_tape *t, void *object);
/* Drops all keys silently and frees all memory but the object's own. */
void leat_keys_clear(leat_keyed *k);
/*
 * Copies the keys of `from` into k, a copy of its bytes whose stream has been
 * moved. LEAT_ENOMEM.
 */
int leat_keys_copy(leat_keyed *k, const leat_keyed *from);
/* Closes the holes that dropped keys have left in the order. */
void leat_keys_pack(leat_keyed *k);
/* Returns a key's entry; NULL: there is no such key. */
struct leat_entry *leat_key_find(const leat_keyed *k, const void *text,
    size_t len);
/*
 * Makes sure that leat_key_make() finds memory for a key of that length, and
 * its state for one value. LEAT_ENOMEM.
 */
int leat_key_reserve(leat_keyed *k, size_t len);
/* Makes a key, for which room must be reserved. */
struct leat_entry *leat_key_make(leat_keyed *k, const void *text, size_t len,
    uint32_t hash);
/*
 * Makes a key without a value, which must not be there. LEAT_EFULL: max_keys or
 * max_bytes forbids it; LEAT_ENOMEM.
 */
int leat_key_add(leat_keyed *k, const void *text, size_t len,
    struct leat_entry **e_out);
/* Drops a key silently. */
void leat_key_forget(leat_keyed *k, struct leat_entry *e);
/* Drops a key, and emits to `evicted` what it still holds. */
void leat_key_evict(leat_keyed *k, struct leat_entry *e);

/* ---------------- advance.c: time passes -------------------------- */

/*
 * Adds to `need` what an advance to the clock's target will take, so that
 * nothing in it can fail, and has it reserved whatever max_bytes says. After
 * LEAT_ECALENDAR, LEAT_ENOMEM or LEAT_TOO_FAR time must not move.
 */
int leat_advance_prepare(leat_keyed *k, struct leat_need *need);
/*
 * Closes what is due by the clock's target, and emits early results. It must
 * have been prepared.
 */
void leat_advance_run(leat_keyed *k);
/* Prepares and runs an advance; if the former fails, time has not moved. */
int leat_advance(leat_keyed *k);
/* Returns 1 and when the key has something to do next; 0: never. */
int leat_advance_due(leat_keyed *k, struct leat_entry *e, int64_t *due_out);

/* ---------------- take.c and careful.c: a value and its key ------- */

/*
 * Makes sure of memory for the value in entry e or, if that is NULL, for a new
 * key. LEAT_ENOMEM.
 */
LEAT_INLINE int leat_take_reserve(leat_keyed *k, const leat_event *v,
    const struct leat_entry *e)
{
	struct leat_stream *st = &k->stream;

	return LEAT_LIKELY(e)
	    ? st->plan.engine->reserve(st, leat_entry_state(e), v)
	    : leat_key_reserve(k, v->key_len);
}

/*
 * Does all of a push that closes nothing and goes into the only window of entry
 * e. Returns 0 and has changed nothing if there is more to it.
 */
LEAT_INLINE int leat_take_at_once(leat_keyed *k, const leat_event *v,
    struct leat_entry *e)
{
	enum leat_cells_taken taken;

	if (!k->plain || LEAT_UNLIKELY(!e))
		return 0;
	taken = leat_cells_take(&k->stream, leat_entry_state(e), v,
	    k->timers.next);
	if (taken == LEAT_CELLS_BEGUN)
		leat_timers_arm(&k->timers, &k->entries, e,
		    k->stream.recent_end);
	return taken != LEAT_CELLS_OTHER;
}

/*
 * Puts the value into entry e or, if that is NULL, into a new key. The clock
 * must have seen it, what is due must be closed, and memory must be reserved.
 * Returns a refusal or 0.
 */
int leat_take(leat_keyed *k, const leat_event *v, uint32_t hash,
    struct leat_entry *e);
/* Tells whether no further key may come in, whatever makes room. */
int leat_take_forbids(const leat_keyed *k, const leat_event *v);

/* Does all of a push of an event that the clock accepts. */
int leat_careful_push(leat_keyed *k, const leat_event *v, uint32_t hash,
    struct leat_entry *e);

/* ---------------- deferred.c: pushes that wait -------------------- */

/*
 * A caller must not be able to see that events wait. So every function that
 * looks at keys or windows settles the events first.
 */

/* Finds out whether events may ever wait with these options. */
void leat_deferred_plan(leat_keyed *k, const leat_keyed_options *o);
/*
 * Has the event wait if it can, and returns whether it does. If not, nothing
 * waits any more.
 */
int leat_deferred_put(leat_keyed *k, const leat_event *v);
/* Forgets the events that wait. */
void leat_deferred_clear(leat_keyed *k);
/* Pushes all events that wait, of which there are some. */
void leat_deferred_settle_all(leat_keyed *k);

/* Pushes all events that wait. There is memory for it, so it cannot fail. */
LEAT_INLINE void leat_deferred_settle(leat_keyed *k)
{
	if (k->deferred.n > 0)
		leat_deferred_settle_all(k);
}

/* ---------------- counted.c: windows by count --------------------- */

extern const struct leat_time_engine leat_counted_engine;
/* Sets the stream up for windows by count; its memory must be known. */
void leat_counted_start(leat_keyed *k);
/* Returns what a query answers, as a result of the current key. */
leat_result leat_counted_result(const leat_keyed *k,
    const struct leat_state *s);

/* Returns the window, which starts at the first cache line of its memory. */
LEAT_INLINE leat_window *leat_counted_window(const struct leat_state *s)
{
	return leat_block_start(s->content);
}

#endif
