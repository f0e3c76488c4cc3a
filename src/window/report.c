/*
 * report.c - results in the order they were asked for
 */
#include "window.h"

static double user_result(const leat_window *w, const struct leat_plan *p)
{
	return p->agg->lower(p->agg->ctx, w->parts[p->part].combined, p->arg);
}

/*
 * s has everything but what the user's classes hold, which is in their
 * parts' `combined`.
 */
void leat_report(const leat_window *w, struct leat_summary *s, double *out)
{
	int silent = s->n < w->min_count || (w->propagate && s->missing > 0);

	s->last = w->last;
	s->pushed = (double)w->pushed;
	for (size_t i = 0; i < w->n_stats; i++) {
		const struct leat_plan *p = &w->plan[i];
		if (p->id == LEAT_STAT_COUNT)
			out[i] = s->n;
		else if (p->id == LEAT_STAT_MISSING)
			out[i] = s->missing;
		else if (silent)
			out[i] = NAN;
		else if (p->id == LEAT_STAT_AGG)
			out[i] = user_result(w, p);
		else
			out[i] = leat_summary_stat(s, p->id);
	}
}

void leat_emit(leat_window *w, uint64_t start, uint64_t end)
{
	leat_result result;

	w->query(w, w->results);
	result.values = w->results;
	result.n_values = w->n_stats;
	result.start = (int64_t)start;
	result.end = (int64_t)end;
	w->sink.emit(w->sink.ctx, &result);
}
