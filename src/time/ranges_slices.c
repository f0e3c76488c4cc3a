/*
 * ranges_slices.c - how many windows that overlap are held
 *
 * Windows that overlap are ranges of one tree, so what a limit on them counts
 * is slices of gcd(span, advance) ticks that have data: panes, or where order
 * counts the values that would be in one. Each is in at most span / advance
 * windows, and no window has data that is in none of them.
 *
 * Cost: O(log n) for a value that does not come in order; counting takes as
 * much for each slice that is counted.
 */
#include "ranges.h"

/* Returns how far t is above the start of its slice. */
static int64_t into_slice(const struct leat_time_plan *p, int64_t t)
{
	return leat_since(t, leat_modulo(p->offset, p->width), p->width);
}

int64_t leat_slice_start(const struct leat_time_plan *p, int64_t t)
{
	return leat_earlier(t, into_slice(p, t));
}

static int64_t slice_end(const struct leat_time_plan *p, int64_t t)
{
	return leat_later(t, p->width - into_slice(p, t));
}

int leat_slice_is_new(const struct leat_time_plan *p, const struct leat_tree *t,
    int64_t at)
{
	int64_t start = leat_slice_start(p, at), found;

	if (leat_tree_is_empty(t) || leat_tree_last(t) < start)
		return 1;
	return !leat_tree_seek(t, start, &found) || found >= slice_end(p, at);
}

uint64_t leat_slices_before(const struct leat_time_plan *p,
    const struct leat_tree *t, int64_t before)
{
	int64_t at = INT64_MIN;
	uint64_t n = 0;

	for (; leat_tree_seek(t, at, &at) && at < before; n++)
		at = slice_end(p, at);
	return n;
}

uint64_t leat_slices_more(const struct leat_time_plan *p,
    const struct leat_tree *t, const struct leat_tree *other)
{
	int64_t at = INT64_MIN;
	uint64_t n = 0;

	while (leat_tree_seek(other, at, &at)) {
		n += (uint64_t)leat_slice_is_new(p, t, at);
		at = slice_end(p, at);
	}
	return n;
}
