/*
 * window_report.c - results in the order of options, and their emission
 *
 * An engine fills a summary from the partials of the library's classes. Here
 * the statistics are lowered from it, and those of users' classes from their
 * own partials, which a query makes in scratch memory and an emission leaves
 * in the window, so that the callback can ask for them. Cost: a step for each
 * statistic, and a combine for each user's class.
 */
#include "window.h"

struct users_report {
	const leat_window *w;
	size_t part;
	double *out;
};

static void report_user(void *ctx, void *scratch)
{
	const struct users_report *r = ctx;
	const leat_window *w = r->w;

	w->engine->combine(w, &w->parts[r->part], scratch, NULL);
	leat_lower_agg(w->stats, w->n_stats, w->parts[r->part].of.agg, scratch,
	    r->out);
}

/*
 * Reports users' classes, which come last. While a result is emitted, each
 * leaves its partial in its part.
 */
static void report_users(const leat_window *w, int silent, double *out)
{
	struct users_report r = { w, w->n_parts, out };

	while (r.part > 0 && w->parts[r.part - 1].of.agg) {
		const struct leat_part *p = &w->parts[--r.part];
		if (!w->emits) {
			leat_with_scratch(p->of.packed, report_user, &r);
			continue;
		}
		if (w->emits == 1)
			w->engine->combine(w, p, p->combined, NULL);
		if (!silent)
			leat_lower_agg(w->stats, w->n_stats, p->of.agg,
			    p->combined, out);
	}
}

/* s has all but the newest value, which every window knows by itself. */
void leat_report(const leat_window *w, struct leat_summary *s, double *out)
{
	int silent = s->n < (double)w->min_count ||
	    (w->propagate && s->missing > 0);

	s->last = w->last;
	s->last_tick = (int64_t)w->engine->pushed(w) - 1;
	if (LEAT_UNLIKELY(w->order.node != NULL))
		s->errors.auc = leat_order_auc(&w->order);
	leat_lower(w->stats, w->n_stats, s, silent, out);
	if (w->n_parts > 0 && w->parts[w->n_parts - 1].of.agg)
		if (!silent || w->emits)
			report_users(w, silent, out);
}

/*
 * A query by a function that may change the window: results go to w->results,
 * and partials of users' classes stay in their parts.
 */
static void ask(leat_window *w)
{
	w->emits = 1;
	w->query(w, w->results);
	w->emits = 0;
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
	ask(w);
	leat_emit_results(w, start, end, w->engine->tally(w), flags);
}

leat_result leat_window_answer(leat_window *w)
{
	struct leat_tally tally = w->engine->tally(w);
	leat_result r = { 0, w->n_stats, w->results, w->partials, 0, 0,
		INT64_MIN, tally.count, tally.missing, 0, NULL, 0 };

	ask(w);
	return r;
}

/* Counts pushes for engines that count each of them. */
uint64_t leat_pushes(const leat_window *w)
{
	return w->pushed;
}
