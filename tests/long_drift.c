/*
 * No drift: a random walk of a thousand million pushes, then N(0,1), all
 * held to the bounds that a new window keeps. Takes minutes, so it is not
 * part of the usual tests.
 *
 *      long_drift [COUNT]     pushes of the walk, 1000000000 by default
 *
 * Windows of 100 and 4097 values, and one of 250 pairs, are compared with
 * exact arithmetic at a thousand places of the walk and at a thousand
 * after it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "data.h"
#include "oracle.h"

enum { LARGEST = 4097, N_WINDOWS = 3, AFTER = 50000 };

static const leat_stat single_stats[] = { LEAT_COUNT, LEAT_SUM, LEAT_MEAN,
	LEAT_VARIANCE, LEAT_STDDEV, LEAT_SKEWNESS, LEAT_KURTOSIS, LEAT_MIN,
	LEAT_MAX, LEAT_ARGMAX, LEAT_RMS };
static const leat_stat pair_stats[] = { LEAT_MEAN, LEAT_VARIANCE,
	LEAT_COVARIANCE, LEAT_CORRELATION, LEAT_SLOPE };

struct lane {
	leat_window *window;
	const leat_stat *stats;
	size_t n_stats, size;
	int pairs;
};

static struct lane lanes[N_WINDOWS] = {
	{ NULL, single_stats, 11, 100, 0 },
	{ NULL, single_stats, 11, LARGEST, 0 },
	{ NULL, pair_stats, 5, 250, 1 },
};

static unsigned long passed, failed;

static int open_lanes(void)
{
	for (int k = 0; k < N_WINDOWS; k++) {
		leat_window_options options;
		memset(&options, 0, sizeof(options));
		options.size = lanes[k].size;
		options.stats = lanes[k].stats;
		options.n_stats = lanes[k].n_stats;
		if (leat_window_new(&lanes[k].window, &options) != LEAT_OK)
			return -1;
	}
	return 0;
}

static void push(double x, double y)
{
	for (int k = 0; k < N_WINDOWS; k++) {
		if (lanes[k].pairs)
			(void)leat_window_push_xy(lanes[k].window, x, y);
		else
			(void)leat_window_push(lanes[k].window, x);
	}
}

static void judge(const struct lane *lane, uint64_t at)
{
	static struct oracle o;
	static double x[LARGEST], y[LARGEST];
	double row[16];
	uint64_t n = leat_window_length(lane->window);
	double *ys = lane->pairs ? y : NULL;
	if (leat_window_read(lane->window, 0, (size_t)n, x, ys) != LEAT_OK) {
		failed++;
		return;
	}
	oracle_scan(&o, 4, x, ys, (size_t)n);
	leat_window_query(lane->window, row);
	for (size_t k = 0; k < lane->n_stats; k++) {
		int id = lane->stats[k].id;
		if (oracle_agrees(&o, id, row[k])) {
			passed++;
			continue;
		}
		failed++;
		printf("%s of %u after %llu: %.17g, not %.17g\n",
		    leat_stat_name(&lane->stats[k]), (unsigned)lane->size,
		    (unsigned long long)at, row[k], oracle_expect(&o, id).want);
	}
}

static void judge_all(uint64_t at)
{
	for (int k = 0; k < N_WINDOWS; k++)
		judge(&lanes[k], at);
}

/* Steps of a quarter of the uniform numbers: quick, and far from 0. */
static void walk(uint64_t count, struct rng *r)
{
	uint64_t step = count / 1000 > 0 ? count / 1000 : 1;
	double level = 0;
	for (uint64_t i = 0; i < count; i++) {
		double u = rng_uniform(r) - 0.5;
		level += 1e6 * u;
		push(level, level / 2 + 1e6 * rng_uniform(r));
		if (i % step == step / 2 || i < 300)
			judge_all(i + 1);
		if (i % (10 * step) == 10 * step - 1) {
			printf("%llu of %llu pushes, level %.3g\n",
			    (unsigned long long)i + 1,
			    (unsigned long long)count, level);
			(void)fflush(stdout);
		}
	}
}

int main(int argc, char **argv)
{
	uint64_t count = 1000000000;
	struct rng r = rng_new(1);
	if (argc > 1)
		count = strtoull(argv[1], NULL, 10);
	if (open_lanes() != 0) {
		fprintf(stderr, "long_drift: no memory\n");
		return 1;
	}
	walk(count, &r);
	for (uint64_t i = 0; i < AFTER; i++) {
		double x = rng_normal(&r);
		push(x, x + rng_normal(&r));
		if (i % 53 == 0)
			judge_all(count + i + 1);
	}
	for (int k = 0; k < N_WINDOWS; k++)
		leat_window_free(lanes[k].window);
	printf("%lu passed, %lu failed\n", passed, failed);
	return failed != 0;
}
