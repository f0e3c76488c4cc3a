/*
 * take.c - a value goes into its key
 *
 * Here the value meets its state: the key's timer is armed for what the push
 * announces, and the order of pushes, ttl and early results take note of it.
 * A key that is not there is made first. It makes room for itself only after
 * the value has gone in, so that a value that is refused drops no other key.
 */
#include "keyed.h"

/* Counts the values that went in, or lie between windows: both make a key. */
static uint64_t take_inside(const struct leat_stream *st)
{
	return st->counts.taken + st->counts.missing + st->counts.in_no_window;
}

/* Pushes into a key that is there. */
LEAT_INLINE int take_into(leat_keyed *k, const leat_event *v,
    struct leat_entry *e)
{
	struct leat_stream *st = &k->stream;
	int err;

	leat_set_current_key(k, e);
	if (k->announces)
		leat_timers_prefetch(&k->timers, e);
	st->next_due = INT64_MAX;
	err = leat_stream_push(st, leat_entry_state(e), v);
	if (st->next_due < INT64_MAX)
		leat_timers_arm(&k->timers, &k->entries, e, st->next_due);
	return err;
}

/* Pushes as take_into() does, and notes the push for all that asks for it. */
static int take_and_note(leat_keyed *k, const leat_event *v,
    struct leat_entry *e)
{
	struct leat_entries *es = &k->entries;
	uint64_t inside = take_inside(&k->stream);
	int err = take_into(k, v, e);

	leat_entry_touch(es, e);
	if (take_inside(&k->stream) == inside)
		return err;
	if (k->stream.plan.early_span > 0)
		leat_mark(&es->order.changed, e->rank);
	if (es->latest_at && v->t > *leat_entry_latest(es, e))
		*leat_entry_latest(es, e) = v->t;
	return err;
}

/* Arms the end of ttl; a value older than that made a key that is over. */
static void take_expire(leat_keyed *k, struct leat_entry *e, int64_t t)
{
	int64_t end = leat_later(t, k->ttl);

	leat_timers_arm(&k->timers, &k->entries, e, end);
	if (end <= k->stream.clock.watermark)
		leat_key_evict(k, e);
}

int leat_take_forbids(const leat_keyed *k, const leat_event *v)
{
	uint64_t limit = k->stream.memory.limit;

	return (k->entries.order.length >= k->max_keys &&
		   !k->entries.links_at) ||
	    (limit && v->key_len > limit);
}

static int take_new(leat_keyed *k, const leat_event *v, uint32_t hash)
{
	struct leat_entries *es = &k->entries;
	uint64_t inside = take_inside(&k->stream);
	struct leat_entry *e;
	int err;

	if (leat_take_forbids(k, v)) {
		leat_entries_release(es);
		return leat_stream_refuse(&k->stream, LEAT_NO_ROOM);
	}
	e = leat_key_make(k, v->key, v->key_len, hash);
	err = leat_take(k, v, hash, e);
	if (take_inside(&k->stream) == inside) {
		leat_key_forget(k, e);
		return err;
	}
	/* The oldest is another key: this one has just been pushed into. */
	while (es->order.length > k->max_keys)
		leat_key_evict(k, leat_entry_at(es, es->oldest));
	if (es->latest_at)
		take_expire(k, e, v->t);
	return err;
}

int leat_take(leat_keyed *k, const leat_event *v, uint32_t hash,
    struct leat_entry *e)
{
	if (LEAT_UNLIKELY(!e))
		return take_new(k, v, hash);
	return LEAT_LIKELY(!k->tracks) ? take_into(k, v, e)
				       : take_and_note(k, v, e);
}
