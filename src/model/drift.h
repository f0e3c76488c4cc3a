/*
 * drift.h - detectors of change in a stream of numbers
 *
 * A detector takes values one by one, such as the errors of a model, and raises
 * an alarm when their mean has changed or one of them is unusual. drift.c has
 * what all kinds share; page_hinkley.c, adwin.c and chart.c each define kinds,
 * as tables of functions.
 */
#ifndef LEAT_DRIFT_H
#define LEAT_DRIFT_H

#include "../core/error_free.h"
#include "../core/memory.h"
#include "../state/state.h"

/* Options that a kind has; the others must be 0. */
enum leat_detector_takes {
	LEAT_TAKES_DELTA = 1,
	LEAT_TAKES_THRESHOLD = 2,
	LEAT_TAKES_ALPHA = 4,
	LEAT_TAKES_SIZE = 8,
	LEAT_TAKES_BASELINE = 16 /* mean and stddev */
};

/* Operations of one kind of detector. */
struct leat_detector {
	unsigned takes; /* bits of enum leat_detector_takes */
	/* Defaults; 0 where there is none. */
	double delta, threshold, alpha;
	uint64_t min_count;
	uint64_t least_count; /* the smallest min_count it can take */
	/* Bytes that are needed beside the struct; NULL: none. */
	int (*room)(const leat_drift_options *o, size_t *n_bytes_out);
	/* Makes what lies there, new or in a copied block; NULL: no need. */
	void (*place)(leat_drift *d, size_t n_bytes);
	void (*moved)(const leat_drift *from, leat_drift *to);
	void (*reset)(leat_drift *d);
	void (*tape)(leat_drift *d, struct leat_tape *t);
	/*
	 * x is finite and at most LEAT_DRIFT_MAX in size. *score is NaN, and
	 * stays it where there is none.
	 */
	int (*push)(leat_drift *d, double x, double *score);
	double (*mean)(const leat_drift *d);
	uint64_t (*length)(const leat_drift *d);
};

extern const struct leat_detector leat_detector_page_hinkley,
    leat_detector_adwin, leat_detector_zscore, leat_detector_ewma;

/*
 * Larger values are taken as this one: the square of twice it, summed over 2^64
 * values, is still finite, so nothing here can overflow.
 */
#define LEAT_DRIFT_MAX 0x1p465

/*
 * A mean in two doubles. In one, a mean of 10^10 values would no longer
 * move: each new value changes it by less than half an ulp.
 */
struct leat_running {
	double hi, lo;
	uint64_t n;
};

/* Returns how far x was from the mean of the values before it. */
LEAT_INLINE double leat_running_add(struct leat_running *r, double x)
{
	double d = (x - r->hi) - r->lo;

	r->n++;
	leat_two_sum(r->hi, r->lo + d / (double)r->n, &r->hi, &r->lo);
	return d;
}

/* Saves or loads a running mean of at most `most` values. */
void leat_tape_running(struct leat_tape *t, struct leat_running *r,
    uint64_t most);
int leat_drift_may_be_mean(double x);
/* A number that is never below 0. */
void leat_tape_positive(struct leat_tape *t, double *x);

LEAT_INLINE double leat_running_mean(const struct leat_running *r)
{
	return r->n ? r->hi + r->lo : NAN;
}

struct leat_page_hinkley_state {
	struct leat_running mean;
	double rise, fall; /* cumulated sums, each above its minimum */
};

struct leat_zscore_state {
	double mean; /* mean of the values before the newest */
	uint64_t length;
};

struct leat_ewma_state {
	struct leat_running baseline;
	double m2;       /* sum of squared deviations of the baseline */
	double stddev;   /* standard deviation of the complete baseline */
	double average;  /* EWMA less the mean of the baseline */
	double variance; /* variance of the average, in units of stddev^2 */
};

/*
 * Row i has up to M buckets of 2^i values each, oldest first, and for a
 * moment one more. 64 rows hold more values than can be pushed.
 */
#define LEAT_ADWIN_M 5
#define LEAT_ADWIN_ROWS 64
struct leat_adwin {
	uint64_t n;    /* values in all buckets */
	unsigned rows; /* in use; none of them is empty */
	unsigned char count[LEAT_ADWIN_ROWS];
	double mean[LEAT_ADWIN_ROWS][LEAT_ADWIN_M + 1];
	double m2[LEAT_ADWIN_ROWS][LEAT_ADWIN_M + 1];
};

struct leat_drift {
	const struct leat_detector *detector;
	leat_drift_options options; /* options, complete with defaults */
	uint64_t pushed;            /* values taken */
	uint64_t refused;
	union {
		struct leat_page_hinkley_state page_hinkley;
		struct leat_zscore_state zscore;
		struct leat_ewma_state ewma;
	} state;
	void *beside; /* ADWIN's buckets, or the window of a z-score chart */
	struct leat_block block;
};

/* Returns whether the caller wants this change reported. */
LEAT_INLINE int leat_drift_wants(const leat_drift *d, int change)
{
	return !d->options.direction || d->options.direction == change;
}

#endif
