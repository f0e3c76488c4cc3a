/*
 * pass.c - time passes over the keys
 *
 * When the watermark moves, the keys that have something due by then are
 * visited, in the order of (time, key first seen), and no others. A visit
 * closes what is due in the key's windows, drops the key if its ttl is
 * over, and asks when there will be something next: timers are armed for
 * the first thing a push announces, which may have moved to a later time by
 * then, as the end of a session does.
 *
 * A pass cannot fail: all that the visits will need is made sure of before
 * time moves, by asking each of the keys that will be visited.
 *
 * Time must not stand still because memory is short: what closing needs of
 * it, notes of what was told, may go beyond max_bytes. Then old keys make
 * room, if they may be dropped.
 */
#include "key.h"

enum { PASS_BATCH = 16 };

/*
 * emit_empty: whether there is an open window with data. Engines look only
 * for these when time is about to end.
 */
static int pass_has_data(leat_keyed *k, const struct leat_entry *e)
{
	struct leat_stream *st = &k->stream;
	int64_t target = st->clock.target, lateness = st->plan.lateness, due;
	int have;

	st->clock.target = LEAT_TIME_MAX;
	if (lateness > 0) /* what is closed is not due then */
		st->plan.lateness = INT64_MAX;
	have = st->plan.engine->due(st, leat_entry_state(e), &due) &&
	    due < INT64_MAX;
	st->clock.target = target;
	st->plan.lateness = lateness;
	return have;
}

/* Time ends, and of this key there are only windows without data to come. */
static int pass_is_done(leat_keyed *k, const struct leat_entry *e)
{
	return k->ending && k->stream.plan.emit_empty && !pass_has_data(k, e);
}

int leat_keyed_due(leat_keyed *k, struct leat_entry *e, int64_t *due_out)
{
	int have = k->stream.plan.engine->due(&k->stream, leat_entry_state(e),
	    due_out);
	int64_t end;

	if (!have || pass_is_done(k, e))
		*due_out = INT64_MAX;
	if (!k->latest_at)
		return have;
	end = leat_later(*leat_entry_latest(k, e), k->ttl);
	if (end < *due_out)
		*due_out = end;
	return 1;
}

static void pass_visit(leat_keyed *k, struct leat_entry *e, int64_t due)
{
	struct leat_stream *st = &k->stream;
	int64_t next;

	k->visits++;
	e->place = 0;
	leat_entry_speaks(k, e);
	if (due == LEAT_TIME_MAX || !pass_is_done(k, e))
		st->plan.engine->close(st, leat_entry_state(e), due);
	if (k->latest_at && leat_later(*leat_entry_latest(k, e), k->ttl) <= due)
		leat_entry_evict(k, k->roster.order[e->rank]);
	else if (leat_keyed_due(k, e, &next))
		leat_timers_arm(k, e, next > due ? next : leat_later(due, 1));
}

/* Visits those that are marked; `due` is their time. */
static void pass_marked(leat_keyed *k, int64_t due)
{
	uint32_t ranks[PASS_BATCH];
	size_t n;

	while ((n = leat_marks_take(&k->roster.due, ranks, PASS_BATCH)) > 0) {
		for (size_t i = 0; i < n; i++)
			leat_entry_prefetch(k, leat_ranked(k, ranks[i]));
		for (size_t i = 0; i < n; i++)
			pass_visit(k, leat_ranked(k, ranks[i]), due);
	}
}

static void pass_close(leat_keyed *k, int64_t due)
{
	struct leat_clock *c = &k->stream.clock;
	int64_t target = c->target;

	if (due > c->watermark)
		c->watermark = due;
	c->target = due;
	pass_marked(k, due);
	c->target = target;
}

/* Time ends: what has no earlier end is due now. */
static void pass_mark_last(leat_keyed *k)
{
	int64_t due;

	for (size_t r = 0; r < k->roster.n; r++)
		if (k->roster.order[r] != 0 &&
		    leat_keyed_due(k, leat_ranked(k, (uint32_t)r), &due))
			leat_mark(&k->roster.due, (uint32_t)r);
}

static void pass_until(leat_keyed *k, int64_t target)
{
	struct leat_clock *c = &k->stream.clock;
	int64_t due;

	if (target <= c->watermark)
		return;
	k->ending = target == LEAT_TIME_MAX;
	c->ahead = target;
	while (k->timers.next <= target && leat_timers_fire(k, target, &due))
		pass_close(k, due);
	if (k->ending) {
		pass_mark_last(k);
		pass_close(k, target);
	}
	c->watermark = target;
}

/* ---------------- early results ----------------------------------- */

/* Tells whether now has come to where early results are told. */
static int pass_tells_early(const leat_keyed *k)
{
	return k->early ||
	    leat_stream_early(&k->stream, k->early_from, k->stream.clock.now);
}

/* Those of the keys that have changed since they were asked for last. */
static void pass_early(leat_keyed *k)
{
	struct leat_stream *st = &k->stream;
	int tells = pass_tells_early(k);
	uint32_t rank;

	k->early_from = st->clock.now;
	k->early = 0;
	while (tells && leat_marks_take(&k->roster.changed, &rank, 1) > 0) {
		struct leat_entry *e = leat_ranked(k, rank);
		leat_entry_speaks(k, e);
		st->plan.engine->tell(st, leat_entry_state(e),
		    LEAT_RESULT_EARLY);
	}
}

/* ---------------- preparing --------------------------------------- */

struct pass_need {
	struct leat_need need;
	int err;
};

static void pass_prepare_key(void *ctx, leat_keyed *k, uint32_t rank)
{
	struct pass_need *p = ctx;
	const struct leat_entry *e = leat_ranked(k, rank);

	if (!p->err)
		p->err = k->stream.plan.engine->prepare(&k->stream,
		    leat_entry_state(e), NULL, &p->need);
}

/*
 * Each key that may be visited; one that is due and has early results to tell
 * is asked twice, and gets what it takes twice.
 */
static void pass_prepare_keys(leat_keyed *k, struct pass_need *p)
{
	const struct leat_clock *c = &k->stream.clock;
	const struct leat_roster *r = &k->roster;

	if (c->target == LEAT_TIME_MAX && c->target > c->watermark) {
		for (size_t i = 0; i < r->n; i++)
			if (r->order[i] != 0)
				pass_prepare_key(p, k, (uint32_t)i);
		return;
	}
	if (c->target > c->watermark)
		leat_timers_each(k, c->target, pass_prepare_key, p);
	for (size_t i = leat_marks_next(&r->changed, 0);
	     pass_tells_early(k) && i < r->n;
	     i = leat_marks_next(&r->changed, i + 1))
		pass_prepare_key(p, k, (uint32_t)i);
}

int leat_keyed_prepare_pass(leat_keyed *k, struct leat_need *need)
{
	struct leat_stream *st = &k->stream;
	struct pass_need p = { *need, LEAT_OK };

	if (!st->plan.careful)
		return LEAT_OK;
	st->memory.lifted = 1;
	pass_prepare_keys(k, &p);
	if (!p.err)
		p.err = leat_need_reserve(st, &p.need);
	st->memory.lifted = 0;
	*need = p.need;
	return p.err;
}

void leat_keyed_pass(leat_keyed *k)
{
	struct leat_stream *st = &k->stream;
	uint64_t limit = st->memory.limit;

	pass_until(k, st->clock.target);
	if (st->plan.early_span > 0)
		pass_early(k);
	if (LEAT_LIKELY(!limit || st->memory.bytes <= limit || !k->links_at))
		return;
	leat_index_release(&st->nodes);
	while (st->memory.bytes > limit && k->oldest) {
		leat_entry_evict(k, k->oldest);
		leat_index_release(&st->nodes);
	}
}

int leat_keyed_move(leat_keyed *k)
{
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
	struct leat_memory *m = &k->stream.memory;
	int err;

	leat_memory_try(m);
	err = leat_keyed_prepare_pass(k, &need);
	if (!err) {
		leat_memory_close(m);
		leat_keyed_pass(k);
	}
	leat_stream_done(&k->stream);
	leat_memory_open(m);
	return err;
}
