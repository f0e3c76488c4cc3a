/*
 * report.c - results in the order they were asked for, and who is told
 */
#include "window.h"

/* s has all but the newest value, which every window knows by itself. */
void leat_report(const leat_window *w, struct leat_summary *s, double *out)
{
	int silent = s->n < (double)w->min_count ||
	    (w->propagate && s->missing > 0);

	s->last = w->last;
	s->last_tick = (int64_t)w->engine->pushed(w) - 1;
	leat_lower(w->plan, w->n_stats, s, silent, out);
}

void leat_emit_results(leat_window *w, uint64_t start, uint64_t end,
    struct leat_tally tally, int flags)
{
	leat_result result = { flags, w->n_stats, w->results, w->partials,
		(int64_t)start, (int64_t)end, INT64_MIN, tally.count,
		tally.missing, 0, NULL, 0 };

	leat_call_emit(&w->calls, &w->sink, &result);
}

void leat_emit(leat_window *w, uint64_t start, uint64_t end, int flags)
{
	w->query(w, w->results);
	leat_emit_results(w, start, end, w->engine->tally(w), flags);
}

/* For engines that count every push. */
uint64_t leat_pushes(const leat_window *w)
{
	return w->pushed;
}
