/*
 * ranges_grid.c - where windows that overlap lie
 *
 * A window on the grid is known by its two ends, cut off at the limits of
 * int64_t; one of them always is exact, and leads to the next window. All of
 * it follows from the plan.
 */
#include "ranges.h"

/* Ends on the grid lie at phase + k advance; so the next one follows from t. */
struct leat_grid_window leat_first_after(const struct leat_time_plan *p,
    int64_t t)
{
	int64_t ahead = p->advance - leat_since(t, p->phase, p->advance);
	struct leat_grid_window w;

	w.end = leat_later(t, ahead);
	w.start = ahead < p->span ? leat_earlier(t, p->span - ahead)
				  : leat_later(t, ahead - p->span);
	return w;
}

int leat_next_window(const struct leat_time_plan *p, struct leat_grid_window *w)
{
	if (w->start == INT64_MIN &&
	    leat_ticks(w->start, w->end) < (uint64_t)p->span) { /* cut off */
		w->end += p->advance;
		w->start = leat_earlier(w->end, p->span);
		return 1;
	}
	if (w->start > INT64_MAX - p->advance)
		return 0;
	w->start += p->advance;
	w->end = leat_later(w->start, p->span);
	return w->start < INT64_MAX;
}

struct leat_grid_window leat_first_open_window(const struct leat_stream *st,
    int64_t t)
{
	return leat_first_after(&st->plan,
	    t > st->clock.watermark ? t : st->clock.watermark);
}

int leat_next_with_data(const struct leat_time_plan *p,
    const struct leat_tree *t, struct leat_grid_window *w)
{
	int64_t at;

	if (!leat_tree_seek(t, w->start, &at))
		return 0;
	if (at >= w->end)
		*w = leat_first_after(p, at);
	return 1;
}
