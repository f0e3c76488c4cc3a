/*
 * summary.h - the numbers of a window from which its statistics follow
 *
 * Classes and the engine of a window fill in a struct leat_summary, and
 * leat_lower() computes any of the library's statistics from it.
 */
#ifndef LEAT_SUMMARY_H
#define LEAT_SUMMARY_H

#include "../core/core.h"

/* Values, and missing ones, of a run. */
struct leat_tally {
	uint64_t count, missing;
};

/*
 * Values along time and the integral below them, see timemean.c; v_first
 * is NaN while there is none.
 */
struct leat_path {
	int64_t t_first, t_last;
	double v_first, v_last;
	double hi, lo;
};

/* Sums of predictions' errors (errors.c), and the moments of targets. */
struct leat_error_sums {
	double bias_hi, bias_lo; /* sum of x - y */
	double distance_hi, distance_lo;
	double loss_hi, loss_lo;
	double square_hi, square_lo;
	double targets; /* sum of squared deviations of y */
	double hits, covered;
	double auc; /* from the engine, which has the order of values */
};

/*
 * Times are the numbers of pushes in windows by count. n, missing,
 * last_tick, carry_to and range come from the engine, and in windows by
 * count last, too; all else from classes.
 */
struct leat_summary {
	double n; /* values that are not missing */
	double missing;
	double last;       /* newest value that is not missing */
	int64_t last_tick; /* last tick of the window: pushed - 1, or end - 1 */
	int64_t carry_to;  /* until when the last value holds */
	double range;      /* ticks that a rate is over; 0: as counted */
	/* The sum, as hi + lo, times 2^64 where unit is that, and not 1. */
	double hi, lo, unit;
	double k, mu, m2;  /* mean is k + mu; sum of squared deviations */
	double g2, g3, g4; /* central moment sums, for shape */
	double min, max;
	int64_t argmin, argmax; /* times of the extrema */
	double first;
	double mantissa, exponent; /* product */
	double sq_hi, sq_lo;       /* sum of squares */
	double mean_x, mean_y, mu_y, m2x, m2y;
	double cxy, unit_x, unit_y; /* the mixed sum, times both units */
	/* growth of a counter, and ticks from first to last */
	double increase, counted;
	struct leat_path hold, line; /* by steps, and by lines */
	struct leat_error_sums errors;
};

/* Writes the results of a user's class from its partial, unless silent. */
void leat_lower_agg(const leat_stat *stats, size_t n, const leat_agg *agg,
    const void *partial, double *out);

/* Returns a result of any statistic but COUNT and those of users' classes. */
double leat_lower_one(const struct leat_summary *s, int id, double arg);

/*
 * Writes the n results, but for those of users' classes. silent: there are
 * not enough values, so only counts are reported.
 */
void leat_lower(const leat_stat *stats, size_t n, const struct leat_summary *s,
    int silent, double *out);

/* timemean.c */
double leat_path_mean(const struct leat_path *path, int64_t until);

#endif
