/*
 * Expected statistics of dated values
 *
 * Given the values of one window by time in order of time, and of arrival
 * at the same time, says whether a result is one that the header allows.
 * Counts, extrema, first and last must be exact, sum and mean as near to that
 * as leat_stat(3) says, what order or weights make 1e-13 of the size of
 * the values, all else as the oracle says.
 */
#ifndef LEAT_TESTS_TIME_STATS_H
#define LEAT_TESTS_TIME_STATS_H

#include <leat.h>

#include "oracle.h"
#include "time_model.h"

/* The values of one result, and where it lies. */
struct dated {
	const leat_time_window_options *o;
	int64_t start, end;
	int64_t now;
	int pairs;
	size_t n;
	int64_t t[TM_VALUES];
	double x[TM_VALUES], y[TM_VALUES];
	struct oracle oracle;
	double largest; /* |x| of the finite ones */
	int wild;       /* an infinity is among them */
};

/* depth: 4 for shape and products, 2 for all else. */
void dated_fill(struct dated *d, const struct time_model *m,
    const struct tm_told *told, int depth);
int dated_depth(const leat_stat *stats, size_t n);

/* Returns whether `got` is allowed; *want is the expected result. */
int dated_agrees(const struct dated *d, const leat_stat *stat, double got,
    double *want);

/* Returns whether the statistic needs values in order. */
int dated_in_order(const leat_stat *stat);

/* A class that is commutative: a sum of hashes of time, x and y. */
struct bag {
	uint64_t n, sum;
};

extern const leat_agg bag_class;

/* The partial of bag_class or chain_class over the values. */
struct bag dated_bag(const struct dated *d);
struct chain dated_chain(const struct dated *d);

#endif
