/*
 * keyed_join.c - what two sets of keys have seen, as if one had seen both
 *
 * Keys that are not there yet are made first, empty, in the order of the
 * other object. Then each pair of states is asked whether it can be joined
 * and what that takes; so far all can be undone, by forgetting the new keys.
 * From there on nothing fails.
 */
#include "keyed.h"

static uint64_t least_count(const leat_window_options *o)
{
	return o->min_count ? o->min_count : 1;
}

static int keyed_fits(const leat_keyed *k, const leat_keyed *other)
{
	const leat_window_options *a = k->by_count, *b = other->by_count;

	if (!a != !b || k->ttl != other->ttl)
		return LEAT_EOPTIONS;
	if (!a)
		return leat_stream_same(&k->stream, &other->stream);
	if (a->kind != LEAT_LANDMARK)
		return LEAT_ENOTSUP;
	return b->kind == a->kind && least_count(a) == least_count(b) &&
		b->on_missing == a->on_missing && a->n_stats == b->n_stats &&
		leat_stats_equal(a->stats, b->stats, a->n_stats)
	    ? LEAT_OK
	    : LEAT_EOPTIONS;
}

/* Returns k's entry of the key of another object's entry; NULL: none. */
static struct leat_entry *counterpart_of(const leat_keyed *k,
    const struct leat_entry *o)
{
	return leat_key_find(k, leat_entry_text(o), o->len);
}

/* Makes the keys that only the other object has, and counts them in *made. */
static int make_keys(leat_keyed *k, const leat_keyed *other, size_t *made)
{
	const struct leat_entry *o = leat_entry_from(&other->entries, 0);
	struct leat_entry *e;
	int err = LEAT_OK;

	for (; o && !err; o = leat_entry_next(&other->entries, o)) {
		if (counterpart_of(k, o))
			continue;
		err = leat_key_add(k, leat_entry_text(o), o->len, &e);
		*made += !err;
	}
	return err;
}

/* Asks whether all states can be joined, and has memory for it reserved. */
static int keyed_room(leat_keyed *k, const leat_keyed *other)
{
	struct leat_stream *st = &k->stream;
	const struct leat_entry *o = leat_entry_from(&other->entries, 0);
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };

	for (; o; o = leat_entry_next(&other->entries, o)) {
		const struct leat_entry *e = counterpart_of(k, o);
		int err = st->plan.engine->join_room(st, leat_entry_state(e),
		    &other->stream, leat_entry_state(o), &need);
		if (err)
			return err;
	}
	return leat_need_reserve(st, &need);
}

static void join_key(leat_keyed *k, const leat_keyed *other,
    struct leat_entry *o)
{
	struct leat_entries *es = &k->entries;
	struct leat_entry *e = counterpart_of(k, o);
	int64_t due, latest;

	leat_set_current_key(k, e);
	leat_state_join(&k->stream, leat_entry_state(e), &other->stream,
	    leat_entry_state(o));
	if (es->latest_at) {
		latest = *leat_entry_latest(&other->entries, o);
		if (latest > *leat_entry_latest(es, e))
			*leat_entry_latest(es, e) = latest;
	}
	if (k->stream.plan.early_span > 0 &&
	    leat_marked(&other->entries.order.changed, o->rank))
		leat_mark(&es->order.changed, e->rank);
	leat_timers_arm(&k->timers, es, e, leat_timers_due(&other->timers, o));
	if (leat_advance_due(k, e, &due))
		leat_timers_arm(&k->timers, es, e, due);
}

/* Orders keys as if the other's pushes had come after ours. */
static void join_order(leat_keyed *k, const leat_keyed *other)
{
	const struct leat_entries *theirs = &other->entries;
	struct leat_entry *o = leat_entry_from(theirs, 0);

	if (!k->entries.links_at)
		return;
	/* An object that keeps no order of pushes has that of its keys. */
	for (; o && !theirs->links_at; o = leat_entry_next(theirs, o))
		leat_entry_touch(&k->entries, counterpart_of(k, o));
	if (!theirs->links_at)
		return;
	for (uint32_t i = theirs->oldest; i;
	     i = leat_entry_links(theirs, o)->newer) {
		o = leat_entry_at(theirs, i);
		leat_entry_touch(&k->entries, counterpart_of(k, o));
	}
}

static void join_keys(leat_keyed *k, const leat_keyed *other)
{
	struct leat_entry *o = leat_entry_from(&other->entries, 0);

	/* Results emitted by the join have the watermark of before it. */
	leat_stream_join_counts(&k->stream, &other->stream);
	leat_clock_join(&k->stream.clock, &other->stream.clock);
	for (; o; o = leat_entry_next(&other->entries, o))
		join_key(k, other, o);
	join_order(k, other);
	k->early |= other->early;
	if (other->early_from > k->early_from)
		k->early_from = other->early_from;
}

/*
 * Advances to where the two clocks have come. Windows that the other object
 * has brought may be due since before our watermark, so it goes back to them.
 * If this runs out of memory, the next push resumes the advance.
 */
static void keyed_move_on(leat_keyed *k)
{
	struct leat_clock *c = &k->stream.clock;
	int64_t was = c->watermark;

	if (k->timers.next <= was && was < LEAT_TIME_MAX)
		c->watermark = leat_earlier(k->timers.next, 1);
	if (leat_advance(k))
		c->watermark = was;
}

int leat_keyed_merge(leat_keyed *keyed, leat_keyed *other)
{
	leat_keyed *k = keyed;
	const struct leat_entries *es = &keyed->entries;
	size_t made = 0;
	int err;

	LEAT_ASSERT(k && other);
	if (k == other || leat_is_inside(&k->stream.emitter.calls) ||
	    leat_is_inside(&other->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_deferred_settle(other);
	leat_deferred_settle(k);
	if ((err = keyed_fits(k, other)))
		return err;
	leat_memory_try(&k->stream.memory);
	if ((err = make_keys(k, other, &made)) ||
	    (err = keyed_room(k, other))) {
		/* The newest keys are those that were made. */
		for (; made > 0; made--)
			leat_key_forget(k,
			    leat_ranked(es, (uint32_t)es->order.n - 1));
		return err == LEAT_ENOMEM && k->stream.memory.over ? LEAT_EFULL
								   : err;
	}
	join_keys(k, other);
	keyed_move_on(k);
	return leat_calls_done(&k->stream.emitter.calls, LEAT_OK);
}
