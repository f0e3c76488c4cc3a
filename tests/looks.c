/*
 * Counts the cells that windows by time look at: the library as one file, in a
 * build in which each look of an index, and each cell that is passed, adds one.
 *
 * Prints nothing and returns 0 if every push stays within its bound, which is
 * a logarithm of what is open or kept. The values come in orders chosen to
 * make them look at as much as they can.
 */
#include <stddef.h>

static size_t n_looks;
#define LEAT_LOOK() (n_looks++)

#include "leat.c"

#include <stdio.h>

static const leat_stat of_any_order[] = { LEAT_MEAN };
static const leat_stat in_order[] = { LEAT_INCREASE };
static size_t told, most, most_told;
static int failed;

static int hear_result(void *ctx, const leat_result *r)
{
	(void)ctx;
	(void)r;
	told++;
	return 0;
}

/* Returns the looks allowed for a search among n. */
static size_t looks_allowed(size_t n)
{
	size_t levels = 2;

	while (n > 0) {
		n /= 4;
		levels++;
	}
	return 16 * levels;
}

static void push_looking(leat_time_window *w, int64_t t, size_t n)
{
	size_t before = n_looks, heard = told, cost;

	(void)leat_time_window_push(w, t, 1);
	cost = n_looks - before;
	if (cost > looks_allowed(n) * (4 + told - heard) && !failed) {
		fprintf(stderr, "looks: %zu for one of %zu, %zu results\n",
		    cost, n, told - heard);
		failed = 1;
	}
	if (cost > most)
		most = cost;
	if (told - heard > most_told)
		most_told = told - heard;
}

static leat_time_window *window_made(leat_time_window_options o, int ordered)
{
	leat_time_window *w = NULL;

	o.stats = ordered ? in_order : of_any_order;
	o.n_stats = 1;
	o.sink.emit = hear_result;
	if (leat_time_window_new(&w, &o))
		failed = 1;
	return w;
}

/* In order, in reverse, from both ends to the middle, and scattered. */
static int64_t order_of_times(int how, int64_t i, int64_t n)
{
	switch (how) {
	case 0:
		return i;
	case 1:
		return n - i;
	case 2:
		return i % 2 ? i / 2 : n - i / 2;
	default:
		return i * 7919 % n;
	}
}

static void try_orders(leat_time_window_options o, int64_t step, int64_t n)
{
	for (int ordered = 0; ordered < 2; ordered++) {
		for (int how = 0; how < 4; how++) {
			leat_time_window *w = window_made(o, ordered);
			if (!w)
				return;
			for (int64_t i = 0; i < n; i++)
				push_looking(w,
				    order_of_times(how, i, n) * step,
				    (size_t)n);
			for (int64_t i = 0; i < 200; i++)
				push_looking(w, order_of_times(3, i, n) * step,
				    (size_t)n);
			leat_time_window_free(w);
		}
	}
}

static leat_time_window_options keeping(int kind, int64_t delay,
    int64_t lateness)
{
	leat_time_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = kind;
	o.delay = delay;
	o.allowed_lateness = lateness;
	if (kind == LEAT_SESSION)
		o.gap = 5;
	else
		o.span = 10;
	if (kind == LEAT_HOPPING)
		o.hop = 2;
	return o;
}

int main(void)
{
	const int64_t far = (int64_t)1 << 40, n = 8000;
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING, LEAT_HOPPING,
		LEAT_SESSION };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		leat_time_window_options o = keeping(kinds[i], far, 0);
		try_orders(o, 10, n);
		o.early_count = 1;
		try_orders(o, 10, n);
		o.early_count = 0;
		o.max_values = (uint64_t)n / 2;
		o.when_full = LEAT_WHEN_FULL_EVICT_OLD;
		try_orders(o, 10, n);
		o = keeping(kinds[i], 0, far);
		try_orders(o, 10, n);
		o.early_span = 7;
		try_orders(o, 10, n);
	}
	if (most < 10 || most_told < 2)
		failed = 1;
	return failed;
}
