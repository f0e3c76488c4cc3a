/*
 * decay_window.c - everything since reset, with weights that fade by pushes
 *
 * A value pushed k pushes ago weighs (1 - alpha)^k, or, in the recursive
 * form, such that the mean is m += alpha (x - m) from the first value on.
 * Definitions are those of pandas' ewm: adjust=True and False,
 * ignore_na=False, var(bias=False) and var(bias=True).
 *
 * agg/decay.c does the sums: each push fades them by one step and takes the
 * value.
 */
#include "window.h"

static LEAT_NOINLINE void push_errors(leat_window *w, double x, double y)
{
	const struct leat_wide keep = { w->decay.keep, 0 };
	const struct leat_wide fresh = { w->decay.fresh, 0 };

	leat_errors_fade(w->more, w->errors, keep);
	if (x == x && y == y)
		leat_errors_take(w->more, w->errors, x, y, fresh, 1);
}

static void decay_push(leat_window *w, double x, double y)
{
	w->pushed++;
	if (x == x && y == y)
		w->last = x;
	if (LEAT_UNLIKELY(w->errors))
		push_errors(w, x, y);
	leat_decay_push(&w->decay, x, y);
}

static LEAT_NOINLINE void query_errors(const leat_window *w, int quiet,
    double *out)
{
	leat_decay_lower(&w->decay, w->last, w->stats, w->n_stats, quiet, out);
	leat_errors_lower(w->more, w->errors, &w->decay, w->stats, w->n_stats,
	    quiet, out);
}

static void decay_query(const leat_window *w, double *out)
{
	const struct leat_decay *d = &w->decay;
	int quiet = d->count < w->min_count || (w->propagate && d->missing > 0);

	if (LEAT_UNLIKELY(w->errors))
		query_errors(w, quiet, out);
	else
		leat_decay_lower(d, w->last, w->stats, w->n_stats, quiet, out);
}

static void decay_reset(leat_window *w)
{
	leat_decay_start(&w->decay);
	leat_errors_start(w->more, w->errors, &w->decay);
	w->pushed = 0;
	w->last = NAN;
}

static struct leat_tally decay_tally(const leat_window *w)
{
	struct leat_tally t = { w->decay.count, w->decay.missing };

	return t;
}

const struct leat_engine leat_decay_engine = {
	.push = decay_push,
	.query = decay_query,
	.reset = decay_reset,
	.pushed = leat_pushes,
	.length = leat_pushes,
	.tally = decay_tally,
};
