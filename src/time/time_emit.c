/*
 * time_emit.c - results leave
 *
 * The accumulators of a window become its statistics, and the sink is called
 * with a result that has them.
 */
#include "../agg/summary.h"
#include "time_engine.h"

/* Returns until when the last value of a window holds. */
static int64_t carry_to(const struct leat_stream *st, int64_t end)
{
	if (st->plan.traits.slides)
		return leat_earlier(end, 1);
	if (st->plan.traits.grows)
		return INT64_MIN; /* a session's last value holds no longer */
	return end < st->clock.now ? end : st->clock.now;
}

int leat_stream_is_silent(const struct leat_stream *st,
    const struct leat_accs *whole)
{
	return whole->count < st->plan.min_count ||
	    (st->plan.propagate && whole->missing > 0);
}

/* Makes the only statistic, which is a sum or a mean. */
LEAT_INLINE void lower_sum(const struct leat_stream *st,
    const struct leat_accs *whole, double *out)
{
	const void *sum = whole + 1;
	struct leat_terms t = leat_sum_terms(sum);
	double n = (double)whole->count;

	if (st->plan.stats->id == LEAT_STAT_SUM)
		*out = leat_nan(t.hi * t.unit);
	else
		*out = leat_nan(leat_terms_mean(t.hi, t.lo, n, 1 / n) * t.unit);
}

void leat_stream_lower(const struct leat_stream *st,
    const struct leat_accs *whole, int64_t start, int64_t end, double *out)
{
	const struct leat_layout *l = &st->forest.layout;
	const unsigned char *block = (const unsigned char *)whole;
	struct leat_summary s; /* the classes set what statistics need */
	int silent = leat_stream_is_silent(st, whole);

	if (st->plan.one_sum && LEAT_LIKELY(!silent)) {
		lower_sum(st, whole, out);
		return;
	}
	if (st->plan.engine->lower) {
		st->plan.engine->lower(st, whole, out);
		return;
	}
	s.n = (double)whole->count;
	s.missing = LEAT_UNLIKELY(whole->missing > 0) ? (double)whole->missing
						      : 0;
	s.last_tick = leat_earlier(end, 1);
	if (LEAT_UNLIKELY(l->ordered)) { /* ordered classes alone need these */
		s.carry_to = carry_to(st, end);
		s.range = st->plan.traits.asks ? (double)leat_ticks(start, end)
					       : (double)st->plan.span;
	}
	for (size_t i = 0; i < l->n_sections; i++) {
		const struct leat_section *p = &l->sections[i];
		p->cls->lower(block + p->offset, &s);
	}
	leat_lower(st->plan.stats, st->plan.n_stats, &s, silent, out);
	if (LEAT_LIKELY(!l->has_user) || silent)
		return;
	for (size_t i = 0; i < l->n_sections; i++) {
		const struct leat_section *p = &l->sections[i];
		if (p->agg)
			leat_lower_agg(st->plan.stats, st->plan.n_stats, p->agg,
			    block + p->offset, out);
	}
}

int64_t leat_stream_watermark(const struct leat_stream *st)
{
	const struct leat_result *r = st->emitter.calls.result;

	return r ? r->watermark : st->clock.watermark;
}

leat_result leat_stream_result(const struct leat_stream *st, int64_t start,
    int64_t end)
{
	struct leat_tally t = { st->emitter.whole->count,
		st->emitter.whole->missing };

	if (st->plan.engine->tally)
		t = st->plan.engine->tally(st);
	leat_result r = { 0, st->plan.n_stats, NULL, st->emitter.partials,
		start, end, leat_clock_coming(&st->clock), t.count, t.missing,
		0, st->emitter.key, st->emitter.key_len };
	return r;
}

void leat_stream_emit(struct leat_stream *st, int64_t start, int64_t end,
    uint64_t revision, int flags)
{
	leat_result r;

	if (!st->emitter.to->emit)
		return;
	leat_stream_lower(st, st->emitter.whole, start, end,
	    st->emitter.results);
	r = leat_stream_result(st, start, end);
	r.values = st->emitter.results;
	r.revision = revision;
	r.flags = flags;
	leat_call_emit(&st->emitter.calls, st->emitter.to, &r);
}
