/*
 * ordered.c - windows by count that know the order of their values
 *
 * Beside its engine such a window has a tree (order.h) of the values that a
 * query sees, which are those of positions
 *
 *      [start, pushed),  start = k hop,  pushed <= start + size
 *
 * with a hop of 1 for SLIDING and of `size` for TUMBLING. They are in the ring
 * that the window keeps, so what leaves is known, and a loaded window makes
 * its tree anew. The tree is brought up to date before the engine has the
 * value, for the engine may emit results.
 *
 * Cost: O(log size) a push, on average over `hop` of them where many values
 * leave at once.
 */
#include "window.h"

static uint64_t ordered_hop(const leat_window *w)
{
	return w->kind == LEAT_SLIDING ? 1 : w->panes.advance;
}

static uint32_t ordered_mark(double y)
{
	return y > 0.5;
}

static int ordered_counts(double x, double y)
{
	return x == x && y == y;
}

/* The next window begins, which is that of the value to come. */
static void ordered_hop_on(leat_window *w, uint64_t pushed)
{
	uint64_t hop = ordered_hop(w);
	uint64_t gone = hop < w->size ? hop : w->size;

	if (gone == w->size)
		leat_order_reset(&w->order);
	for (uint64_t i = 0; i < gone && gone < w->size; i++) {
		size_t slot = leat_window_slot(w, pushed - w->ordered_from - i);
		double x = w->ring_x[slot], y = w->ring_y[slot];
		if (ordered_counts(x, y))
			leat_order_remove(&w->order, x, ordered_mark(y));
	}
	w->ordered_from += hop;
}

static void ordered_push(leat_window *w, double x, double y)
{
	uint64_t pushed = w->engine->pushed(w);

	if (pushed >= w->ordered_from && pushed - w->ordered_from == w->size)
		ordered_hop_on(w, pushed);
	if (pushed >= w->ordered_from && ordered_counts(x, y))
		leat_order_add(&w->order, x, ordered_mark(y));
	w->engine->push(w, x, y);
}

void leat_ordered_start(leat_window *w)
{
	w->push = ordered_push;
	leat_ordered_reset(w);
}

void leat_ordered_reset(leat_window *w)
{
	leat_order_reset(&w->order);
	w->ordered_from = 0;
}

/* A full window is seen until the next push. */
void leat_ordered_again(leat_window *w)
{
	uint64_t pushed = w->engine->pushed(w), hop = ordered_hop(w), at;

	leat_ordered_reset(w);
	if (pushed > w->size)
		w->ordered_from = ((pushed - 1 - w->size) / hop + 1) * hop;
	for (at = w->ordered_from; at < pushed; at++) {
		size_t slot = leat_window_slot(w, pushed - at);
		double x = w->ring_x[slot], y = w->ring_y[slot];
		if (ordered_counts(x, y))
			leat_order_add(&w->order, x, ordered_mark(y));
	}
}
