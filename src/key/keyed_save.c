/*
 * keyed_save.c - keyed windows as bytes, and from them
 *
 * Keys in the order in which they were first seen, each with its text and
 * its state; then the order of pushes, where keys may have to make room for
 * others. Table, order and timers follow from that, and are made anew as
 * keys are loaded. A timer may be set to an earlier time than that at which
 * its key has something to do; where time that comes to it can show, as it
 * does where values are dropped by it, or it is not the time that the state
 * says, it is saved.
 */
#include "keyed.h"

/* Flags that are saved with a key's length. */
enum { KEY_TIMED = 1, KEY_CHANGED = 2, KEY_LENGTH = 4 };

static void save_key(struct leat_tape *t, leat_keyed *k, struct leat_entry *e)
{
	uint64_t head = (uint64_t)e->len * KEY_LENGTH;
	int64_t timer = leat_timers_due(&k->timers, e), due;

	(void)leat_advance_due(k, e, &due);
	if (timer != due)
		head |= KEY_TIMED;
	if (k->stream.plan.early_span > 0 &&
	    leat_marked(&k->entries.order.changed, e->rank))
		head |= KEY_CHANGED;
	leat_tape_number(t, &head, UINT64_MAX);
	leat_tape_bytes(t, (void *)(uintptr_t)leat_entry_text(e), e->len);
	if (k->entries.latest_at)
		leat_tape_time(t, leat_entry_latest(&k->entries, e));
	leat_tape_state(t, &k->stream, leat_entry_state(e));
	if (head & KEY_TIMED)
		leat_tape_signed(t, &timer);
}

static void load_state(struct leat_tape *t, leat_keyed *k, struct leat_entry *e,
    uint64_t head)
{
	int64_t timer, due = INT64_MAX;

	if (k->entries.latest_at)
		leat_tape_time(t, leat_entry_latest(&k->entries, e));
	leat_tape_state(t, &k->stream, leat_entry_state(e));
	if (!t->err)
		(void)leat_advance_due(k, e, &due);
	timer = due;
	/* A timer that follows from the state is not saved. */
	if (head & KEY_TIMED) {
		leat_tape_signed(t, &timer);
		leat_tape_expect(t,
		    timer < due || (k->stream.plan.emit_empty && timer > due));
	}
	if (head & KEY_CHANGED)
		leat_tape_expect(t, k->stream.plan.early_span > 0);
	if (t->err)
		return;
	/* Version 0.1 may have saved a late timer: emit_empty, no sink. */
	leat_timers_arm(&k->timers, &k->entries, e, timer < due ? timer : due);
	if (head & KEY_CHANGED)
		leat_mark(&k->entries.order.changed, e->rank);
}

static void load_key(struct leat_tape *t, leat_keyed *k)
{
	unsigned char pooled[LEAT_TEXT_POOLED], *text = pooled;
	struct leat_entry *e = NULL;
	uint64_t head = 0;
	int err;

	leat_tape_number(t, &head, LEAT_KEY_MAX * (uint64_t)KEY_LENGTH + 3);
	size_t len = (size_t)(head / KEY_LENGTH);
	if (len > sizeof(pooled))
		text = leat_memory_take(&k->stream.memory, len);
	if (!text) {
		leat_tape_fail(t,
		    k->stream.memory.over ? LEAT_EFULL : LEAT_ENOMEM);
		return;
	}
	leat_tape_bytes(t, text, len);
	if (!t->err && leat_tape_expect(t, !leat_key_find(k, text, len)) &&
	    (err = leat_key_add(k, text, len, &e)))
		leat_tape_fail(t, err);
	if (len > sizeof(pooled))
		leat_memory_give(&k->stream.memory, text, len);
	if (e)
		load_state(t, k, e, head);
}

/* The order must have been packed. */
static void save_keys(struct leat_tape *t, leat_keyed *k)
{
	uint64_t n = k->entries.order.length;

	leat_tape_number(t, &n, UINT64_MAX);
	for (size_t r = 0; r < n && !t->err; r++) {
		if (r + 8 < n)
			leat_entry_prefetch(&k->entries,
			    leat_ranked(&k->entries, (uint32_t)r + 8));
		save_key(t, k, leat_ranked(&k->entries, (uint32_t)r));
	}
}

static void load_keys(struct leat_tape *t, leat_keyed *k)
{
	uint64_t n = 0;

	leat_tape_number(t, &n, (uint64_t)1 << 31);
	for (; n > 0 && !t->err; n--)
		load_key(t, k);
}

/* Saves keys' ranks, that of the key pushed into longest ago first. */
static void save_order(struct leat_tape *t, const struct leat_entries *es)
{
	for (uint32_t i = es->oldest; i && !t->err;) {
		struct leat_entry *e = leat_entry_at(es, i);
		uint64_t rank = e->rank;
		leat_tape_number(t, &rank, UINT64_MAX);
		i = leat_entry_links(es, e)->newer;
	}
}

/*
 * Moves each key to the end of the list once, so that the first one becomes the
 * oldest. If a rank came twice, a key whose rank did not come would be older.
 */
static void load_order(struct leat_tape *t, struct leat_entries *es)
{
	uint32_t first = 0;

	for (size_t n = es->order.length; n > 0; n--) {
		uint64_t rank = 0;
		leat_tape_number(t, &rank, es->order.length - 1);
		if (t->err)
			return;
		leat_entry_touch(es, leat_ranked(es, (uint32_t)rank));
		if (!first)
			first = es->order.index[rank];
	}
	leat_tape_expect(t, es->oldest == first);
}

static void tape_order(struct leat_tape *t, struct leat_entries *es)
{
	int kept = es->links_at && es->order.length > 0;

	if (!t->loads && kept) {
		leat_tape_part(t, LEAT_STATE_ORDER);
		save_order(t, es);
	}
	while (t->loads && !kept && leat_tape_has(t, LEAT_STATE_ORDER))
		leat_tape_skip(t);
	if (t->loads && kept && leat_tape_has(t, LEAT_STATE_ORDER))
		load_order(t, es);
}

void leat_tape_keyed(struct leat_tape *t, void *object)
{
	leat_keyed *k = object;

	leat_tape_part(t, LEAT_STATE_OPTIONS);
	leat_tape_same(t, k->by_count != NULL, "by_count");
	if (k->by_count)
		leat_tape_window_options(t, k->by_count);
	else
		leat_tape_stream_options(t, &k->stream);
	leat_tape_same_time(t, k->ttl, "ttl");
	leat_tape_part(t, LEAT_STATE_CONTENT);
	leat_tape_stream(t, &k->stream);
	leat_tape_time(t, &k->early_from);
	leat_tape_int(t, &k->early, k->stream.plan.early_span > 0);
	leat_tape_int(t, &k->ending, 1);
	/* Timers before `last` fire together when time moves. */
	leat_tape_time(t, &k->timers.last);
	leat_tape_expect(t, k->timers.last <= k->stream.clock.target);
	if (t->loads)
		load_keys(t, k);
	else
		save_keys(t, k);
	tape_order(t, &k->entries);
}
