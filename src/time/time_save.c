/*
 * time_save.c - windows by time as bytes, and from them
 *
 * The plan of a stream follows from its options; what changes is its clock, its
 * counts, and what the states hold. States are in cells_save.c, decaying.c,
 * tree_save.c, few_save.c and ranges_save.c.
 *
 * Results may depend in their last bit on how values have been added up, so
 * it is not enough to save values: accumulators are saved as they are.
 */
#include "time_codec.h"

/* ---------------- options ---------------------------------------------- */

void leat_tape_stream_options(struct leat_tape *t, const struct leat_stream *st)
{
	/* States say the kind as it was counted once: from 0. */
	leat_tape_same(t, (uint64_t)st->plan.kind - 1, "kind");
	leat_tape_same_time(t, st->plan.span, "span");
	leat_tape_same_time(t, st->plan.advance, "hop");
	leat_tape_same_time(t, st->plan.offset, "offset");
	leat_tape_same_time(t, st->plan.gap, "gap");
	leat_tape_same_double(t, st->plan.half_life, "half_life");
	leat_tape_same(t, st->plan.min_count, "min_count");
	leat_tape_same(t, (uint64_t)st->plan.propagate, "on_missing");
	leat_tape_same_time(t, st->clock.delay, "delay");
	leat_tape_same_time(t, st->plan.lateness, "allowed_lateness");
	leat_tape_same_time(t, st->clock.max_skew, "max_skew");
	leat_tape_same(t, st->clock.n_sources, "n_sources");
	leat_tape_same_time(t, st->clock.idle_timeout, "idle_timeout");
	leat_tape_same(t, st->plan.early_count, "early_count");
	leat_tape_same_time(t, st->plan.early_span, "early_span");
	leat_tape_same(t, (uint64_t)st->plan.emit_empty, "emit_empty");
	leat_tape_same(t, st->plan.max_values, "max_values");
	leat_tape_same(t, (uint64_t)st->plan.full, "when_full");
	leat_tape_same(t, st->plan.n_stats, "n_stats");
	for (size_t i = 0; i < st->plan.n_stats; i++)
		leat_tape_stat(t, st->plan.stats[i].id, st->plan.stats[i].arg,
		    st->plan.stats[i].agg);
}

/* ---------------- clock and counts -------------------------------------- */

/*
 * Checks how times lie to each other: a watermark that is far behind, as none
 * can be with one source, would have windows emitted that never were.
 */
static int clock_fits(const struct leat_clock *c)
{
	int64_t due = leat_earlier(c->now, c->delay);

	if (!c->started)
		return c->now == INT64_MIN && c->begin == INT64_MIN &&
		    c->slowest == INT64_MIN && c->watermark == INT64_MIN &&
		    c->target == INT64_MIN;
	if (c->slowest > c->now || c->begin > c->now ||
	    c->target < c->watermark)
		return 0;
	if (c->target == LEAT_TIME_MAX)
		return 1;
	return c->target <= due && (c->times || c->target == due);
}

static void tape_clock(struct leat_tape *t, struct leat_clock *c)
{
	leat_tape_int(t, &c->started, 1);
	leat_tape_time(t, &c->now);
	leat_tape_time(t, &c->begin);
	leat_tape_time(t, &c->slowest);
	leat_tape_time(t, &c->watermark);
	leat_tape_time(t, &c->target);
	leat_tape_expect(t, clock_fits(c));
	for (uint32_t i = 0; c->times && i < c->n_sources && !t->err; i++) {
		int seen = c->seen[i];
		leat_tape_int(t, &seen, 1);
		c->seen[i] = seen != 0;
		if (!seen)
			continue;
		leat_tape_time(t, &c->times[i]);
		leat_tape_expect(t, c->times[i] <= c->now);
	}
}

static void tape_counts(struct leat_tape *t, struct leat_stream *st)
{
	leat_counts *n = &st->counts;

	leat_tape_number(t, &n->pushed, LEAT_TAPE_PUSHES);
	leat_tape_number(t, &n->taken, n->pushed);
	leat_tape_number(t, &n->missing, n->pushed);
	leat_tape_number(t, &n->late, n->pushed);
	leat_tape_number(t, &n->refused, n->pushed);
	leat_tape_number(t, &n->in_no_window,
	    st->plan.advance > st->plan.span ? n->pushed : 0);
	leat_tape_number(t, &n->evicted,
	    st->plan.max_values > 0 ? n->taken + n->missing : 0);
	/* Each value that was counted has gone one way. */
	leat_tape_expect(t,
	    n->pushed ==
		n->taken + n->missing + n->late + n->refused + n->in_no_window);
}

void leat_tape_stream(struct leat_tape *t, struct leat_stream *st)
{
	tape_clock(t, &st->clock);
	tape_counts(t, st);
}

/* ---------------- accumulators and states -------------------------------- */

/* A block of no values is saved as its count alone. */
void leat_tape_accs(struct leat_tape *t, const struct leat_stream *st,
    struct leat_accs *a, int64_t from, int64_t to)
{
	struct leat_samples of = { 0, from, to, 0 };
	uint64_t count = a->count << 1 | (a->missing > 0);

	leat_tape_number(t, &count, st->counts.taken << 1 | 1);
	if (count & 1) {
		leat_tape_number(t, &a->missing, st->counts.missing);
		leat_tape_expect(t, a->missing > 0);
	} else if (t->loads) {
		a->missing = 0;
	}
	of.n = count >> 1;
	if (t->loads)
		a->count = of.n;
	if (of.to > st->clock.now)
		of.to = st->clock.now;
	for (size_t i = 0; i < st->forest.layout.n_sections && of.n > 0; i++) {
		const struct leat_section *s = &st->forest.layout.sections[i];
		leat_tape_class(t, s, leat_section(s, a), 0, &of);
	}
}

void leat_tape_holds(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_accs *a)
{
	t->taken += a->count;
	t->missing += a->missing;
	leat_tape_expect(t,
	    t->taken <= st->counts.taken && t->missing <= st->counts.missing);
}

void leat_tape_state(struct leat_tape *t, struct leat_stream *st,
    struct leat_state *s)
{
	struct leat_more *m = st->plan.more_at ? leat_more(&st->plan, s) : NULL;

	if (st->plan.early_count > 0)
		leat_tape_number(t, &m->since, st->plan.early_count - 1);
	st->plan.engine->tape(st, s, t);
	if (!t->loads || !m || t->err)
		return;
	m->stored = st->plan.engine->stored(st, s);
	/* The limit may have been another one, so what is held was counted. */
	if (st->plan.max_windows > 0 && m->windows > st->plan.max_windows)
		leat_tape_fail(t, LEAT_EFULL);
}
