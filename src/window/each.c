/*
 * each.c - one value into each of many windows
 *
 * With thousands of windows a push finds nothing that it needs in the cache,
 * and waits several times, since each pointer has to be loaded before the next.
 * Here the memory of a push is fetched while others before it are made, in
 * stages: the start of the window; then the places it points to, where the
 * value enters and where another is stepped over. Then all of it is there.
 * Otherwise it does the same as single pushes.
 */
#include "window.h"

/* Pushes from a stage to the next one; what a cache brings at once. */
enum { EACH_AHEAD = 12, EACH_LINE = 64 };

static int each_check(leat_window *const *windows, size_t n, int pairs,
    int has_out)
{
	for (size_t i = 0; i < n; i++) {
		const leat_window *w = windows[i];

		if ((w->push_x == leat_window_refuse_x) != pairs)
			return LEAT_EPAIRS;
		if (leat_is_inside(&w->calls))
			return LEAT_EINVAL;
		if (has_out && w->n_stats != windows[0]->n_stats)
			return LEAT_EINVAL;
	}
	return LEAT_OK;
}

/* Prefetches the window's own block. */
LEAT_INLINE void each_first(const leat_window *w)
{
	const char *p = (const char *)w;

	LEAT_PREFETCH(p);
	LEAT_PREFETCH(p + EACH_LINE);
	LEAT_PREFETCH(p + 2 * EACH_LINE);
}

LEAT_INLINE void each_second(const leat_window *w)
{
	const struct leat_slide *s = &w->slide;

	if (w->engine != &leat_slide_engine) {
		LEAT_PREFETCH(w->parts);
		return;
	}
	LEAT_PREFETCH(s->d + s->filled);
	LEAT_PREFETCH(s->b - s->filled);
	LEAT_PREFETCH(s->a + s->filled);
	LEAT_PREFETCH(s->row + s->step);
	LEAT_PREFETCH(s->lanes);
	LEAT_PREFETCH(s->lanes + EACH_LINE);
	LEAT_PREFETCH(s->lanes + 2 * EACH_LINE);
}

LEAT_INLINE size_t each_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

int leat_window_push_each(leat_window *const *windows, const double *x,
    const double *y, size_t n, double *out)
{
	const size_t ahead = EACH_AHEAD;
	int err;

	LEAT_ASSERT(n == 0 || (windows && x));
	err = each_check(windows, n, y != NULL, out != NULL);
	if (err)
		return err;
	for (size_t i = 0; i < each_least(n, 2 * ahead); i++)
		each_first(windows[i]);
	for (size_t i = 0; i < each_least(n, ahead); i++)
		each_second(windows[i]);
	for (size_t i = 0; i < n; i++) {
		leat_window *w = windows[i];

		if (n - i > 2 * ahead)
			each_first(windows[i + 2 * ahead]);
		if (n - i > ahead)
			each_second(windows[i + ahead]);
		err |= y ? leat_window_push_xy(w, x[i], y[i])
			 : w->push_x(w, x[i]);
		if (out) {
			w->query(w, out);
			out += w->n_stats;
		}
	}
	return err ? LEAT_ECALLBACK : LEAT_OK; /* all else has been checked */
}
