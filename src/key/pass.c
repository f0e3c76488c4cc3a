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
 * If a visit fails, it and all that were to follow are put back, and the
 * watermark stays just below their time, so that the next push or advance
 * goes on there.
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
	struct leat_flow *f = &k->flow;
	int64_t target = f->clock.target, lateness = f->lateness, due;
	int have;

	f->clock.target = LEAT_TIME_MAX;
	if (lateness > 0) /* what is closed is not due then */
		f->lateness = INT64_MAX;
	have = f->engine->due(f, leat_entry_state(e), &due) && due < INT64_MAX;
	f->clock.target = target;
	f->lateness = lateness;
	return have;
}

/* Time ends, and of this key there are only windows without data to come. */
static int pass_is_done(leat_keyed *k, const struct leat_entry *e)
{
	return k->ending && k->flow.emit_empty && !pass_has_data(k, e);
}

int leat_keyed_due(leat_keyed *k, struct leat_entry *e, int64_t *due_out)
{
	int have = k->flow.engine->due(&k->flow, leat_entry_state(e), due_out);
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

static int pass_visit(leat_keyed *k, struct leat_entry *e, int64_t due)
{
	struct leat_flow *f = &k->flow;
	int64_t next;
	int err;

	k->visits++;
	e->place = 0;
	leat_entry_speaks(k, e);
	if ((due == LEAT_TIME_MAX || !pass_is_done(k, e)) &&
	    (err = f->engine->close(f, leat_entry_state(e), due)))
		return err;
	if (k->latest_at && leat_later(*leat_entry_latest(k, e), k->ttl) <= due)
		return leat_entry_evict(k, k->roster.order[e->rank]);
	if (leat_keyed_due(k, e, &next))
		leat_timers_arm(k, e, next > due ? next : leat_later(due, 1));
	return LEAT_OK;
}

static void pass_put_back(leat_keyed *k, const uint32_t *ranks, size_t n,
    int64_t due)
{
	for (size_t i = 0; i < n; i++) {
		struct leat_entry *e = leat_ranked(k, ranks[i]);
		e->place = 0;
		leat_timers_arm(k, e, due);
	}
}

/* Visits those that are marked; `due` is their time. */
static int pass_marked(leat_keyed *k, int64_t due)
{
	uint32_t ranks[PASS_BATCH];
	size_t n;

	while ((n = leat_marks_take(&k->roster.due, ranks, PASS_BATCH)) > 0) {
		for (size_t i = 0; i < n; i++)
			leat_entry_prefetch(k, leat_ranked(k, ranks[i]));
		for (size_t i = 0; i < n; i++) {
			int err = pass_visit(k, leat_ranked(k, ranks[i]), due);
			if (LEAT_LIKELY(!err))
				continue;
			do {
				pass_put_back(k, ranks + i, n - i, due);
				i = 0;
			} while ((n = leat_marks_take(&k->roster.due, ranks,
				      PASS_BATCH)) > 0);
			return err;
		}
	}
	return LEAT_OK;
}

static int pass_close(leat_keyed *k, int64_t due)
{
	struct leat_clock *c = &k->flow.clock;
	int64_t was = c->watermark, target = c->target;
	int err;

	if (due > was)
		c->watermark = due;
	c->target = due;
	err = pass_marked(k, due);
	c->target = target;
	if (err)
		c->watermark = due - 1 > was ? due - 1 : was;
	return err;
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

static int pass_until(leat_keyed *k, int64_t target)
{
	struct leat_clock *c = &k->flow.clock;
	int64_t due;
	int err;

	if (target <= c->watermark)
		return LEAT_OK;
	k->ending = target == LEAT_TIME_MAX;
	while (k->timers.next <= target && leat_timers_fire(k, target, &due))
		if ((err = pass_close(k, due)))
			return err;
	if (k->ending) {
		pass_mark_last(k);
		if ((err = pass_close(k, target)))
			return err;
	}
	c->watermark = target;
	return LEAT_OK;
}

/* ---------------- early results ----------------------------------- */

/* Those of the keys that have changed since they were asked for last. */
static int pass_early(leat_keyed *k)
{
	struct leat_flow *f = &k->flow;
	uint32_t rank;

	if (leat_flow_early(f, k->early_from, f->clock.now))
		k->early = 1;
	k->early_from = f->clock.now;
	if (!k->early)
		return LEAT_OK;
	while (leat_marks_take(&k->roster.changed, &rank, 1) > 0) {
		struct leat_entry *e = leat_ranked(k, rank);
		leat_entry_speaks(k, e);
		int err = f->engine->tell(f, leat_entry_state(e), LEAT_EARLY);
		if (err) {
			leat_mark(&k->roster.changed, rank);
			return err;
		}
	}
	k->early = 0;
	return LEAT_OK;
}

int leat_keyed_pass(leat_keyed *k)
{
	struct leat_flow *f = &k->flow;
	uint64_t limit = f->memory.limit;
	int err;

	f->memory.limit = 0;
	err = pass_until(k, f->clock.target);
	if (!err && f->early_span > 0)
		err = pass_early(k);
	f->memory.limit = limit;
	while (limit && f->memory.bytes > limit && k->links_at && k->oldest &&
	    !err)
		err = leat_entry_evict(k, k->oldest);
	return err;
}
