/*
 * join.c - what two sets of keys have seen, as if one had seen both
 *
 * Keys that are not there yet are made first, empty, in the order of the
 * other object. Then each pair of states is asked whether it can be joined
 * and what that takes; so far all can be undone, by forgetting the new keys.
 * From there on nothing fails.
 */
#include "key.h"

/* ---------------- the same plan ------------------------------------------ */

static int same_counted_stats(const leat_window_options *a,
    const leat_window_options *b)
{
	if (a->n_stats != b->n_stats)
		return 0;
	for (size_t i = 0; i < a->n_stats; i++)
		if (a->stats[i].id != b->stats[i].id ||
		    a->stats[i].agg != b->stats[i].agg ||
		    !(a->stats[i].arg == b->stats[i].arg))
			return 0;
	return 1;
}

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
		b->on_missing == a->on_missing && same_counted_stats(a, b)
	    ? LEAT_OK
	    : LEAT_EOPTIONS;
}

/* ---------------- new keys ---------------------------------------------- */

static uint32_t counterpart_of(const leat_keyed *k, const struct leat_entry *e)
{
	const void *text = leat_entry_text(e);

	return leat_entry_find(k, text, e->len, leat_key_hash(k, text, e->len));
}

static int make_key(leat_keyed *k, const struct leat_entry *e)
{
	const void *text = leat_entry_text(e);

	if (k->roster.length >= k->max_keys)
		return LEAT_EFULL;
	if (leat_entry_reserve(k, e->len))
		return LEAT_ENOMEM;
	leat_entry_make(k, text, e->len, leat_key_hash(k, text, e->len));
	return LEAT_OK;
}

static int make_keys(leat_keyed *k, const leat_keyed *other, size_t *made)
{
	for (size_t r = 0; r < other->roster.n; r++) {
		const struct leat_entry *e;
		if (other->roster.order[r] == 0)
			continue;
		e = leat_ranked(other, (uint32_t)r);
		if (counterpart_of(k, e))
			continue;
		int err = make_key(k, e);
		if (err)
			return err;
		++*made;
	}
	return LEAT_OK;
}

/* The newest so many. */
static void unmake_keys(leat_keyed *k, size_t made)
{
	for (; made > 0; made--)
		leat_entry_forget(k, k->roster.order[k->roster.n - 1]);
}

/* ---------------- joining ----------------------------------------------- */

/* Whether all states can be joined; then there is memory for it. */
static int keyed_room(leat_keyed *k, const leat_keyed *other)
{
	struct leat_stream *st = &k->stream;
	const struct leat_stream *from = &other->stream;
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };

	for (size_t r = 0; r < other->roster.n; r++) {
		const struct leat_entry *e;
		if (other->roster.order[r] == 0)
			continue;
		e = leat_ranked(other, (uint32_t)r);
		int err = st->plan.engine->join_room(st,
		    leat_entry_state(leat_entry_at(k, counterpart_of(k, e))),
		    from, leat_entry_state(e), &need);
		if (err)
			return err;
	}
	return leat_need_reserve(st, &need);
}

static void join_key(leat_keyed *k, const leat_keyed *other,
    struct leat_entry *o)
{
	struct leat_entry *e = leat_entry_at(k, counterpart_of(k, o));
	int64_t due;

	leat_entry_speaks(k, e);
	leat_state_join(&k->stream, leat_entry_state(e), &other->stream,
	    leat_entry_state(o));
	if (k->latest_at &&
	    *leat_entry_latest(other, o) > *leat_entry_latest(k, e))
		*leat_entry_latest(k, e) = *leat_entry_latest(other, o);
	if (k->stream.plan.early_span > 0 &&
	    leat_marked(&other->roster.changed, o->rank))
		leat_mark(&k->roster.changed, e->rank);
	leat_timers_arm(k, e, leat_timers_due(other, o));
	if (leat_keyed_due(k, e, &due))
		leat_timers_arm(k, e, due);
}

/* As if the other's pushes had come after ours. */
static void join_order(leat_keyed *k, const leat_keyed *other)
{
	if (!k->links_at)
		return;
	if (!other->links_at) {
		for (size_t r = 0; r < other->roster.n; r++)
			if (other->roster.order[r])
				leat_entry_touch(k,
				    counterpart_of(k,
					leat_ranked(other, (uint32_t)r)));
		return;
	}
	for (uint32_t i = other->oldest; i;) {
		struct leat_entry *e = leat_entry_at(other, i);
		leat_entry_touch(k, counterpart_of(k, e));
		i = leat_entry_links(other, e)->newer;
	}
}

static void join_keys(leat_keyed *k, const leat_keyed *other)
{
	/* What the states tell is as of then; the watermark is not yet. */
	leat_stream_join_counts(&k->stream, &other->stream);
	leat_clock_join(&k->stream.clock, &other->stream.clock);
	for (size_t r = 0; r < other->roster.n; r++)
		if (other->roster.order[r])
			join_key(k, other, leat_ranked(other, (uint32_t)r));
	join_order(k, other);
	k->early |= other->early;
	if (other->early_from > k->early_from)
		k->early_from = other->early_from;
}

/*
 * Time goes on to where the two have come. Of what the other one has brought
 * some may be due since before our watermark. Where this fails, the next push
 * goes on with it.
 */
static void keyed_move_on(leat_keyed *k)
{
	struct leat_clock *c = &k->stream.clock;
	int64_t was = c->watermark;

	if (k->timers.next <= was && was < LEAT_TIME_MAX)
		c->watermark = leat_earlier(k->timers.next, 1);
	if (leat_keyed_move(k))
		c->watermark = was;
}

int leat_keyed_merge(leat_keyed *keyed, leat_keyed *other)
{
	leat_keyed *k = keyed;
	size_t made = 0;
	int err;

	LEAT_ASSERT(k && other);
	if (k == other || leat_is_inside(&k->stream.emitter.calls) ||
	    leat_is_inside(&other->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_queue_look(other);
	leat_queue_settle(k);
	if ((err = keyed_fits(k, other)))
		return err;
	leat_memory_try(&k->stream.memory);
	if ((err = make_keys(k, other, &made)) ||
	    (err = keyed_room(k, other))) {
		unmake_keys(k, made);
		return err == LEAT_ENOMEM && k->stream.memory.over ? LEAT_EFULL
								   : err;
	}
	join_keys(k, other);
	keyed_move_on(k);
	return leat_calls_done(&k->stream.emitter.calls, LEAT_OK);
}
