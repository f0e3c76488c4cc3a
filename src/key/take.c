/*
 * take.c - a value goes into its key
 *
 * Here the value meets its state: the key's timer is armed for what the push
 * announces, and the order of pushes, ttl and early results take note of it.
 * A key that is not there is made first. It makes room for itself only after
 * the value has gone in, so that a value that is refused drops no other key.
 */
#include "take.h"

/* Counts the values that went in, or could have: they make a key. */
static uint64_t take_inside(const struct leat_stream *st)
{
	return st->counts.taken + st->counts.missing + st->counts.in_no_window;
}

static void take_note(leat_keyed *k, struct leat_entry *e, int64_t t)
{
	struct leat_entries *es = &k->entries;

	if (k->stream.plan.early_span > 0)
		leat_mark(&es->order.changed, e->rank);
	if (es->latest_at && t > *leat_entry_latest(es, e))
		*leat_entry_latest(es, e) = t;
}

/* Pushes into a key that is there. */
LEAT_INLINE int take_into(leat_keyed *k, uint32_t i, const leat_event *v)
{
	struct leat_stream *st = &k->stream;
	struct leat_entry *e = leat_entry_at(&k->entries, i);
	uint64_t inside = take_inside(st);
	int err;

	leat_set_current_key(k, e);
	if (k->announces)
		leat_timers_prefetch(&k->timers, e);
	st->next_due = INT64_MAX;
	err = leat_stream_push(st, leat_entry_state(e), v);
	if (st->next_due < INT64_MAX)
		leat_timers_arm(&k->timers, &k->entries, e, st->next_due);
	if (LEAT_LIKELY(!k->tracks))
		return err;
	leat_entry_touch(&k->entries, i);
	if (take_inside(st) != inside)
		take_note(k, e, v->t);
	return err;
}

/* Arms the end of ttl; a value older than that made a key that is over. */
static void take_expire(leat_keyed *k, uint32_t i, int64_t t)
{
	struct leat_entry *e = leat_entry_at(&k->entries, i);
	int64_t end = leat_later(t, k->ttl);

	leat_timers_arm(&k->timers, &k->entries, e, end);
	if (end <= k->stream.clock.watermark)
		leat_key_evict(k, i);
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
	struct leat_stream *st = &k->stream;
	uint64_t inside = take_inside(st);
	uint32_t i;
	int err;

	if (leat_take_forbids(k, v)) {
		leat_entries_release(&k->entries);
		return leat_stream_refuse(st, LEAT_NO_ROOM);
	}
	i = leat_key_make(k, v->key, v->key_len, hash);
	err = take_into(k, i, v);
	if (take_inside(st) == inside) {
		leat_key_forget(k, i);
		return err;
	}
	/* The oldest is another key: this one has just been pushed into. */
	while (k->entries.order.length > k->max_keys)
		leat_key_evict(k, k->entries.oldest);
	if (k->entries.latest_at)
		take_expire(k, i, v->t);
	return err;
}

int leat_take(leat_keyed *k, const leat_event *v, uint32_t hash, uint32_t i)
{
	return LEAT_LIKELY(i) ? take_into(k, i, v) : take_new(k, v, hash);
}

int leat_take_reserve(leat_keyed *k, const leat_event *v, uint32_t i, int fresh)
{
	struct leat_stream *st = &k->stream;
	int err = LEAT_OK;

	if (LEAT_LIKELY(i))
		err = st->plan.engine->reserve(st,
		    leat_entry_state(leat_entry_at(&k->entries, i)), v);
	return LEAT_LIKELY(!fresh) ? err
				   : err | leat_key_reserve(k, v->key_len);
}
