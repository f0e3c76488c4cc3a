/*
 * flush.c - emits the results so far of open windows
 *
 * A flush changes nothing: neither the windows nor their later results. Nearly
 * always the open window is the one that a query sees. Hopping windows overlap,
 * and those that started after the oldest open one need other results: each is
 * the closed panes from its start on, and the open pane. They are emitted from
 * the oldest to the youngest, while the runs of panes that they have in common
 * are known from the young end. So the panes are halved: the right half
 * together with all behind it makes one accumulator, from which the left half
 * is made in the same way, and then the right half. With n panes that takes n
 * log2(n) combines, and log2(n) accumulators, which lie in the window's block.
 */
#include "window.h"

/* Returns the number of accumulators for a flush; 0 without a sink. */
size_t leat_flush_levels(const leat_window *w)
{
	size_t n = w->panes.closed_max;

	if (w->engine != &leat_panes_engine || !w->sink.emit || n == 0)
		return 0;
	return 64 - (size_t)leat_high_zeros(n);
}

static unsigned char *level_of(const struct leat_part *p, unsigned level)
{
	return p->levels + level * p->of.size;
}

static size_t pane_slot(const leat_window *w, uint64_t pane)
{
	return (size_t)(pane % w->panes.closed_max);
}

static const void *pane_of(const leat_window *w, const struct leat_part *p,
    uint64_t pane)
{
	return p->panes + pane_slot(w, pane) * p->of.packed;
}

/* Answers queries from the callback, which are about the emitted window. */
static void query_emitted(const leat_window *w, double *out)
{
	memcpy(out, w->results, w->n_stats * sizeof(*out));
}

/* Emits the window that starts with a pane, from the partials in `combined`. */
static void emit_combined(leat_window *w, uint64_t pane,
    struct leat_tally tally)
{
	uint64_t start = pane * w->panes.advance;
	struct leat_summary s;

	memset(&s, 0, sizeof(s));
	s.n = (double)tally.count;
	s.missing = (double)tally.missing;
	for (size_t i = 0; i < w->n_parts && !w->parts[i].of.agg; i++)
		w->parts[i].of.cls->lower(w->parts[i].combined, &s);
	w->emits = 2;
	leat_report(w, &s, w->results);
	w->emits = 0;
	w->emitted_length = w->pushed - start;
	w->query = query_emitted;
	leat_emit_results(w, start, start + w->size, tally,
	    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
	w->query = w->engine->query;
	w->emitted_length = 0;
}

/* The next level: panes lo .. hi - 1, and behind them what this one is. */
static void deepen(leat_window *w, uint64_t lo, uint64_t hi, unsigned level)
{
	for (size_t i = 0; i < w->n_parts; i++) {
		struct leat_part *p = &w->parts[i];
		unsigned char *acc = level_of(p, level + 1);
		leat_acc_load(p, acc, pane_of(w, p, lo));
		for (uint64_t pane = lo + 1; pane < hi; pane++)
			p->of.cls->combine(p->of.agg, acc, pane_of(w, p, pane));
		p->of.cls->combine(p->of.agg, acc,
		    leat_acc_pack(p, level_of(p, level), p->temp));
	}
}

/*
 * Emits the windows that start with panes lo .. hi - 1. The level has all from
 * pane hi on; *tally all from lo on, and at return from hi on.
 */
static void emit_panes(leat_window *w, uint64_t lo, uint64_t hi, unsigned level,
    struct leat_tally *tally)
{
	if (hi - lo > 1) {
		uint64_t mid = lo + (hi - lo) / 2;
		deepen(w, mid, hi, level);
		emit_panes(w, lo, mid, level + 1, tally);
		emit_panes(w, mid, hi, level, tally);
		return;
	}
	for (size_t i = 0; i < w->n_parts; i++) {
		struct leat_part *p = &w->parts[i];
		leat_part_join_packed(p, p->combined, pane_of(w, p, lo), 0);
		leat_part_join(p, p->combined, p->temp, level_of(p, level), 1);
	}
	emit_combined(w, lo, *tally);
	tally->count -= w->panes.tallies[pane_slot(w, lo)].count;
	tally->missing -= w->panes.tallies[pane_slot(w, lo)].missing;
}

/* Emits the hopping windows that start with panes from `pane` on. */
static void emit_younger(leat_window *w, uint64_t pane)
{
	const struct leat_panes *s = &w->panes;
	struct leat_tally tally = s->open;

	for (uint64_t i = pane; i < s->closed; i++) {
		tally.count += s->tallies[pane_slot(w, i)].count;
		tally.missing += s->tallies[pane_slot(w, i)].missing;
	}
	for (size_t i = 0; i < w->n_parts; i++)
		memcpy(level_of(&w->parts[i], 0), w->parts[i].open,
		    w->parts[i].of.size);
	if (pane < s->closed)
		emit_panes(w, pane, s->closed, 0, &tally);
	for (size_t i = 0; i < w->n_parts; i++) {
		struct leat_part *p = &w->parts[i];
		leat_part_join(p, p->combined, p->temp, p->open, 0);
	}
	emit_combined(w, s->closed, s->open);
}

/*
 * Emits open hopping or tumbling windows. The oldest is the one that a query
 * sees, unless it has closed just now.
 */
static void emit_paned(leat_window *w)
{
	const struct leat_panes *s = &w->panes;
	uint64_t first = 0;

	if (s->closed_max == 0 && s->fill >= s->end)
		return;
	if (s->closed >= s->closed_max)
		first = s->closed - s->closed_max + (s->fill > s->end);
	if (s->closed < s->closed_max || s->fill != s->end)
		leat_emit(w, first * s->advance, first * s->advance + w->size,
		    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
	if (first < s->closed)
		emit_younger(w, first + 1);
}

void leat_window_emit_open(leat_window *w)
{
	uint64_t n = w->engine->pushed(w);

	if (!w->sink.emit || n == 0)
		return;
	if (w->kind == LEAT_TUMBLING || w->kind == LEAT_HOPPING)
		emit_paned(w);
	else if (w->kind != LEAT_SLIDING || n < w->size)
		leat_emit(w, 0, n, LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
}

int leat_window_flush(leat_window *window)
{
	LEAT_ASSERT(window);
	if (leat_is_inside(&window->calls))
		return LEAT_EINVAL;
	leat_window_emit_open(window);
	return leat_calls_done(&window->calls, LEAT_OK);
}
