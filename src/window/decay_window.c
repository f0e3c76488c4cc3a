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
#include "../agg/decay_step.h"
#include "window.h"

static LEAT_NOINLINE void push_errors(leat_window *w, double x, double y)
{
	const struct leat_wide keep = { w->decay.keep, 0 };
	const struct leat_wide fresh = { w->decay.fresh, 0 };

	leat_errors_fade(w->more, w->errors, keep);
	if (x == x && y == y)
		leat_errors_take(w->more, w->errors, x, y, fresh, 1);
}

static LEAT_NOINLINE void push_rare(leat_window *w, double x, double y)
{
	const struct leat_wide keep = { w->decay.keep, 0 };
	const struct leat_wide fresh = { w->decay.fresh, 0 };

	w->pushed++;
	if (x == x && y == y)
		w->last = x;
	if (LEAT_UNLIKELY(w->errors))
		push_errors(w, x, y);
	leat_decay_push(&w->decay, x, y, keep, fresh, 1);
}

/* Columns of pairs are never plain. */
static void decay_push(leat_window *w, double x, double y)
{
	struct leat_decay *d = &w->decay;

	if (LEAT_LIKELY(leat_decay_quick(d, x, d->keep, d->fresh))) {
		w->pushed++;
		w->last = x;
	} else {
		push_rare(w, x, y);
	}
}

static int decay_push_x(leat_window *w, double x)
{
	decay_push(w, x, 0);
	return LEAT_OK;
}

static LEAT_NOINLINE void query_errors(const leat_window *w, int quiet,
    double *out)
{
	leat_decay_lower(&w->decay, w->last, w->stats, w->n_stats, quiet, out);
	leat_errors_lower(w->more, w->errors, &w->decay, w->stats, w->n_stats,
	    quiet, out);
}

/* Tells whether there are too few values for a result, or one is missing. */
static int is_quiet(const leat_window *w)
{
	const struct leat_decay *d = &w->decay;

	return d->count < w->min_count || (w->propagate && d->missing > 0);
}

static void decay_query(const leat_window *w, double *out)
{
	int quiet = is_quiet(w);

	if (LEAT_UNLIKELY(w->errors))
		query_errors(w, quiet, out);
	else
		leat_decay_lower(&w->decay, w->last, w->stats, w->n_stats,
		    quiet, out);
}

static int decay_push_query(leat_window *w, double x, double *out)
{
	decay_push_x(w, x);
	decay_query(w, out);
	return LEAT_OK;
}

/*
 * Pushes values with their results, which are means and standard deviations,
 * as long as they are usual; all in registers.
 */
static size_t decay_run(leat_window *w, const double *x, size_t n, double *out)
{
	struct leat_decay *d = &w->decay;
	struct leat_decay_now now = leat_decay_now(d);
	const double keep = d->keep, fresh = d->fresh;
	const int with_stddev = w->n_stats > 1;
	size_t i = 0;

	if (!leat_decay_steps(d) || is_quiet(w))
		return 0;
	while (i < n && leat_decay_step(&now, x[i], keep, fresh)) {
		*out++ = now.hi;
		if (with_stddev)
			*out++ = leat_sqrt(now.m2 / (now.free / now.weight));
		i++;
	}
	if (i > 0)
		w->last = x[i - 1];
	leat_decay_put(d, &now, i);
	w->pushed += i;
	return i;
}

void leat_decay_specialise(leat_window *w)
{
	if (w->pairs || w->sink.emit)
		return;
	w->push_x = decay_push_x;
	w->push_query = decay_push_query;
	if (w->stats[0].id == LEAT_STAT_MEAN &&
	    (w->n_stats == 1 ||
		(w->n_stats == 2 && w->stats[1].id == LEAT_STAT_STDDEV)))
		w->run = decay_run;
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
