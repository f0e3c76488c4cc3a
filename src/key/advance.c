/*
 * advance.c - time passes over the keys
 *
 * When the watermark moves, the keys that have something due by then are
 * visited, in the order of (time, key first seen), and no others. A visit
 * closes what is due in the key's windows, drops the key if its ttl is
 * over, and asks when there will be something next: timers are armed for
 * the first thing a push announces, which may have moved to a later time by
 * then, as the end of a session does.
 *
 * An advance cannot fail once it runs: all that the visits will need is made
 * sure of before time moves, by asking each of the keys that will be visited.
 *
 * Time must not stand still because memory is short: what closing needs of
 * it, notes of what was emitted, may go beyond max_bytes. Then old keys make
 * room, if they may be dropped.
 */
#include "keyed.h"

enum { ADVANCE_BATCH = 16 };

/* Tells whether time ends and only windows without data are left to emit. */
static int advance_is_done(leat_keyed *k, const struct leat_entry *e)
{
	const struct leat_stream *st = &k->stream;

	return k->ending && st->plan.emit_empty &&
	    !leat_stream_has_open(st, leat_entry_state(e));
}

/* Returns the watermark at which the key's ttl is over; there is a ttl. */
static int64_t advance_expiry(const leat_keyed *k, struct leat_entry *e)
{
	return leat_later(*leat_entry_latest(&k->entries, e), k->ttl);
}

int leat_advance_due(leat_keyed *k, struct leat_entry *e, int64_t *due_out)
{
	int have = leat_stream_due(&k->stream, leat_entry_state(e), due_out);
	int64_t end;

	if (!have || advance_is_done(k, e))
		*due_out = INT64_MAX;
	if (!k->entries.latest_at)
		return have;
	end = advance_expiry(k, e);
	if (end < *due_out)
		*due_out = end;
	return 1;
}

static void advance_visit(leat_keyed *k, struct leat_entry *e, int64_t due)
{
	struct leat_stream *st = &k->stream;
	int64_t next;

	k->visits++;
	/* The timer has fired and is gone. */
	e->place = 0;
	leat_set_current_key(k, e);
	if (due == LEAT_TIME_MAX || !advance_is_done(k, e))
		st->plan.engine->close(st, leat_entry_state(e), due);
	if (k->entries.latest_at && advance_expiry(k, e) <= due)
		leat_key_evict(k, e);
	else if (leat_advance_due(k, e, &next))
		leat_timers_arm(&k->timers, &k->entries, e,
		    next > due ? next : leat_later(due, 1));
}

/*
 * Visits the keys that are marked as if time went to `due` and no further, so
 * that results of different keys come in the order of their times.
 */
static void advance_close(leat_keyed *k, int64_t due)
{
	struct leat_clock *c = &k->stream.clock;
	struct leat_entries *es = &k->entries;
	int64_t target = c->target;
	uint32_t ranks[ADVANCE_BATCH];
	size_t n;

	if (due > c->watermark)
		c->watermark = due;
	c->target = due;
	while ((n = leat_marks_take(&es->order.due, ranks, ADVANCE_BATCH)) >
	    0) {
		for (size_t i = 0; i < n; i++)
			leat_entry_prefetch(es, leat_ranked(es, ranks[i]));
		for (size_t i = 0; i < n; i++)
			advance_visit(k, leat_ranked(es, ranks[i]), due);
	}
	c->target = target;
}

static void advance_until(leat_keyed *k, int64_t target)
{
	struct leat_clock *c = &k->stream.clock;
	struct leat_entry *e;
	int64_t due;

	if (target <= c->watermark)
		return;
	k->ending = target == LEAT_TIME_MAX;
	c->ahead = target;
	while (k->timers.next <= target &&
	    leat_timers_fire(&k->timers, &k->entries, target, &due))
		advance_close(k, due);
	/* When time ends, what has no earlier end is due, without a timer. */
	e = k->ending ? leat_entry_from(&k->entries, 0) : NULL;
	for (; e; e = leat_entry_next(&k->entries, e))
		if (leat_advance_due(k, e, &due))
			leat_mark(&k->entries.order.due, e->rank);
	if (k->ending)
		advance_close(k, target);
	c->watermark = target;
}

/* ---------------- early results ----------------------------------- */

/* Tells whether now has come to where early results are emitted. */
static int advance_is_early(const leat_keyed *k)
{
	return k->early ||
	    leat_stream_early(&k->stream, k->early_from, k->stream.clock.now);
}

/* Emits early results of the keys that have changed since the last ones. */
static void advance_emit_early(leat_keyed *k)
{
	struct leat_stream *st = &k->stream;
	int early = advance_is_early(k);
	uint32_t rank;

	k->early_from = st->clock.now;
	k->early = 0;
	while (early &&
	    leat_marks_take(&k->entries.order.changed, &rank, 1) > 0) {
		struct leat_entry *e = leat_ranked(&k->entries, rank);
		leat_set_current_key(k, e);
		st->plan.engine->emit(st, leat_entry_state(e),
		    LEAT_RESULT_EARLY);
	}
}

/* ---------------- preparing --------------------------------------- */

struct advance_need {
	leat_keyed *keyed;
	struct leat_need need;
	int err;
};

static void advance_prepare_key(void *ctx, uint32_t rank)
{
	struct advance_need *p = ctx;
	struct leat_stream *st = &p->keyed->stream;
	const struct leat_entry *e = leat_ranked(&p->keyed->entries, rank);

	if (!p->err)
		p->err = st->plan.engine->prepare(st, leat_entry_state(e), NULL,
		    &p->need);
}

/*
 * Asks each key that may be visited. A key that is due and has early results
 * to emit is asked twice, and gets what it takes twice.
 */
static void advance_prepare_keys(leat_keyed *k, struct advance_need *p)
{
	const struct leat_clock *c = &k->stream.clock;
	const struct leat_entries *es = &k->entries;
	const struct leat_entry *e = leat_entry_from(es, 0);
	size_t rank;

	if (c->target == LEAT_TIME_MAX && c->target > c->watermark) {
		for (; e; e = leat_entry_next(es, e))
			advance_prepare_key(p, e->rank);
		return;
	}
	if (c->target > c->watermark)
		leat_timers_each(&k->timers, c->target, advance_prepare_key, p);
	if (!advance_is_early(k))
		return;
	for (rank = leat_marks_next(&es->order.changed, 0); rank < es->order.n;
	     rank = leat_marks_next(&es->order.changed, rank + 1))
		advance_prepare_key(p, (uint32_t)rank);
}

int leat_advance_prepare(leat_keyed *k, struct leat_need *need)
{
	struct leat_stream *st = &k->stream;
	struct advance_need p = { k, *need, LEAT_OK };

	if (!st->plan.careful)
		return LEAT_OK;
	st->memory.lifted = 1;
	advance_prepare_keys(k, &p);
	if (!p.err)
		p.err = leat_need_reserve(st, &p.need);
	st->memory.lifted = 0;
	*need = p.need;
	return p.err;
}

void leat_advance_run(leat_keyed *k)
{
	struct leat_stream *st = &k->stream;
	uint64_t limit = st->memory.limit;

	advance_until(k, st->clock.target);
	if (st->plan.early_span > 0)
		advance_emit_early(k);
	if (LEAT_LIKELY(!limit || st->memory.bytes <= limit ||
		!k->entries.links_at))
		return;
	leat_index_release(&st->nodes);
	while (st->memory.bytes > limit && k->entries.oldest) {
		leat_key_evict(k,
		    leat_entry_at(&k->entries, k->entries.oldest));
		leat_index_release(&st->nodes);
	}
}

int leat_advance(leat_keyed *k)
{
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
	struct leat_memory *m = &k->stream.memory;
	int err;

	leat_memory_try(m);
	err = leat_advance_prepare(k, &need);
	if (!err) {
		leat_memory_close(m);
		leat_advance_run(k);
	}
	leat_stream_done(&k->stream);
	leat_memory_open(m);
	return err;
}

int leat_keyed_advance(leat_keyed *keyed, int64_t t)
{
	struct leat_clock *c = &keyed->stream.clock, was;
	int err;

	LEAT_ASSERT(keyed);
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_deferred_settle(keyed);
	was = *c;
	leat_clock_advance(c, t);
	if ((err = leat_advance(keyed))) {
		*c = was;
		return err;
	}
	leat_clock_advanced(c, t);
	return leat_calls_done(&keyed->stream.emitter.calls, LEAT_OK);
}

int leat_keyed_flush(leat_keyed *keyed)
{
	struct leat_stream *st = &keyed->stream;
	const struct leat_entry *e;

	LEAT_ASSERT(keyed);
	if (leat_is_inside(&st->emitter.calls))
		return LEAT_EINVAL;
	leat_deferred_settle(keyed);
	e = st->emitter.sink.emit ? leat_entry_from(&keyed->entries, 0) : NULL;
	for (; e; e = leat_entry_next(&keyed->entries, e)) {
		leat_set_current_key(keyed, e);
		st->plan.engine->emit(st, leat_entry_state(e),
		    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
	}
	return leat_calls_done(&st->emitter.calls, LEAT_OK);
}
