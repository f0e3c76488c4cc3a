/*
 * adwin.c - ADWIN: a window as long as its values have one mean
 *
 * The window is cut wherever a bucket ends into an older part of n0 values
 * and a newer one of n1. When for some cut the means of the two differ by
 *
 *      sqrt(2 / m * v * l) + 2 / (3 m) * l       or more, where
 *      1 / m = 1 / n0 + 1 / n1,  l = ln(2 / delta'),  delta' = delta / ln n,
 *      n = n0 + n1, v = variance of all values
 *
 * the oldest bucket is dropped and all cuts are looked at again. This is
 * done every 32 values.
 *
 * Values are in buckets of 1, 2, 4, ... values, at most M = 5 of a size
 * (an exponential histogram): when there are six, the two oldest of them
 * are joined into one of twice the size. A bucket has its mean and the sum
 * of squared deviations from it, joined by the formula of Chan, Golub and
 * LeVeque (1983). There are no running totals: what is dropped is not
 * subtracted from anything but forgotten, and sums are taken anew from the
 * buckets. A mean of 2^i values has been rounded i times on its way, so it
 * is good to 64 ulp whatever has passed.
 *
 * Cost: O(1) a value on average, O(log n) at worst and for a look at all
 * cuts; one such look for each bucket that is dropped, and no more buckets
 * can be dropped than there have been values. A look takes 2.5 kilobytes of
 * stack. Source: A. Bifet and R. Gavalda, "Learning from time-changing data
 * with adaptive windowing", SIAM Data Mining (2007), algorithm ADWIN2.
 */
#include "../core/maths.h"
#include "drift.h"

enum { ADWIN_CLOCK = 32 };

struct adwin_run {
	double n, mean, m2;
};

/* Joins n values more. Equal means stay what they are, to the bit. */
static void adwin_join(struct adwin_run *r, double n, double mean, double m2)
{
	double d = mean - r->mean;
	double all = r->n + n;

	r->mean += d * (n / all);
	r->m2 += m2 + d * d * (r->n * (n / all));
	r->n = all;
}

/* ---------------- buckets ------------------------------------------- */

static void adwin_remove(struct leat_adwin *a, size_t row, unsigned k)
{
	unsigned left = a->count[row] - k;

	memmove(a->mean[row], a->mean[row] + k, left * sizeof(double));
	memmove(a->m2[row], a->m2[row] + k, left * sizeof(double));
	a->count[row] = (unsigned char)left;
}

static void adwin_append(struct leat_adwin *a, double x)
{
	struct adwin_run b = { 1, x, 0 };

	a->n++;
	for (size_t row = 0;; row++) {
		double *mean = a->mean[row], *m2 = a->m2[row];
		unsigned k = a->count[row]++;
		mean[k] = b.mean;
		m2[k] = b.m2;
		if (row == a->rows)
			a->rows++;
		if (k < LEAT_ADWIN_M)
			return;
		b.mean = mean[0];
		b.m2 = m2[0];
		adwin_join(&b, b.n, mean[1], m2[1]);
		adwin_remove(a, row, 2);
	}
}

/*
 * Joins all values to one run. If means is not NULL, means[i] becomes the mean
 * of the i + 1 newest buckets.
 */
static struct adwin_run adwin_total(const struct leat_adwin *a, double *means)
{
	struct adwin_run r = { 0, 0, 0 };
	double n = 1;

	for (size_t row = 0; row < a->rows; row++, n *= 2)
		for (size_t k = a->count[row]; k-- > 0;) {
			adwin_join(&r, n, a->mean[row][k], a->m2[row][k]);
			if (means)
				*means++ = r.mean;
		}
	return r;
}

/* ---------------- cuts ---------------------------------------------- */

/*
 * Returns whether the means on both sides of some cut differ too much. *most is
 * the difference at that cut, or else the largest one, in units of the bound;
 * above 0 if the newer values are larger.
 */
static int adwin_differs(const struct leat_adwin *a, double delta, double *most)
{
	double newer[LEAT_ADWIN_ROWS * LEAT_ADWIN_M];
	struct adwin_run all = adwin_total(a, newer), older = { 0, 0, 0 };
	double l = leat_ln(2 * leat_ln(all.n)) - leat_ln(delta);
	double spread = leat_sqrt(2 * (all.m2 / all.n) * l);
	size_t left = 0;

	for (size_t row = 0; row < a->rows; row++)
		left += a->count[row];
	*most = 0;
	for (size_t row = a->rows; row-- > 0;) {
		double n = leat_ldexp(1, (int)row);
		for (size_t k = 0; k < a->count[row]; k++) {
			if (--left == 0)
				return 0;
			adwin_join(&older, n, a->mean[row][k], 0);
			double by_m = 1 / older.n + 1 / (all.n - older.n);
			double bound = spread * leat_sqrt(by_m) +
			    by_m * l * (2.0 / 3);
			double apart = newer[left - 1] - older.mean;
			if (fabs(apart) >= fabs(*most) * bound)
				*most = apart / bound;
			if (fabs(apart) >= bound)
				return 1;
		}
	}
	return 0;
}

/* *score is of the cuts before anything is dropped. */
static int adwin_check(leat_drift *d, double *score)
{
	struct leat_adwin *a = d->beside;
	struct adwin_run dropped = { 0, 0, 0 };
	double most = 0;

	while (a->n > d->options.min_count &&
	    adwin_differs(a, d->options.delta, &most)) {
		size_t row = a->rows - 1;
		if (dropped.n == 0)
			*score = most;
		adwin_join(&dropped, leat_ldexp(1, (int)row), a->mean[row][0],
		    a->m2[row][0]);
		a->n -= (uint64_t)1 << row;
		adwin_remove(a, row, 1);
		if (a->count[row] == 0)
			a->rows--;
	}
	if (dropped.n == 0) {
		if (a->n > d->options.min_count)
			*score = most;
		return LEAT_CHANGE_NONE;
	}
	/*
	 * The means can be equal only by a freak of rounding. Which is larger
	 * after all that was dropped is what counts, for the score as well.
	 */
	*score = fabs(*score);
	if (adwin_total(a, NULL).mean >= dropped.mean)
		return LEAT_CHANGE_RISE;
	*score = -*score;
	return LEAT_CHANGE_FALL;
}

/* ---------------- the detector -------------------------------------- */

static int adwin_room(const leat_drift_options *o, size_t *n_bytes_out)
{
	(void)o;
	*n_bytes_out = sizeof(struct leat_adwin);
	return LEAT_OK;
}

static void adwin_reset(leat_drift *d)
{
	memset(d->beside, 0, sizeof(struct leat_adwin));
}

static int adwin_push(leat_drift *d, double x, double *score)
{
	adwin_append(d->beside, x);
	return d->pushed % ADWIN_CLOCK ? LEAT_CHANGE_NONE
				       : adwin_check(d, score);
}

static double adwin_mean(const leat_drift *d)
{
	const struct leat_adwin *a = d->beside;

	return a->n ? adwin_total(a, NULL).mean : NAN;
}

static uint64_t adwin_length(const leat_drift *d)
{
	const struct leat_adwin *a = d->beside;

	return a->n;
}

/* Returns how many values the row has. */
static uint64_t adwin_tape_row(struct leat_adwin *a, struct leat_tape *t,
    unsigned row)
{
	uint64_t count = a->count[row];

	leat_tape_number(t, &count, LEAT_ADWIN_M);
	leat_tape_expect(t, count > 0);
	if (t->loads)
		a->count[row] = (unsigned char)count;
	leat_tape_doubles(t, a->mean[row], (size_t)count);
	for (size_t i = 0; i < count && !t->err; i++) {
		leat_tape_positive(t, &a->m2[row][i]);
		leat_tape_expect(t,
		    leat_drift_may_be_mean(a->mean[row][i]) &&
			(row > 0 || a->m2[row][i] == 0));
	}
	return count << row;
}

static void adwin_tape(leat_drift *d, struct leat_tape *t)
{
	struct leat_adwin *a = d->beside;
	uint64_t rows = a->rows, n = 0;

	leat_tape_number(t, &rows, LEAT_ADWIN_ROWS - 3);
	if (t->loads)
		a->rows = (unsigned)rows;
	for (unsigned row = 0; row < a->rows && !t->err; row++)
		n += adwin_tape_row(a, t, row);
	if (t->loads)
		a->n = n;
	/* The sum of all pushes leaves room for one more row. */
	leat_tape_expect(t, n <= d->pushed);
}

const struct leat_detector leat_detector_adwin = {
	.takes = LEAT_TAKES_DELTA,
	.delta = 0.002,
	.min_count = 10,
	.least_count = 1,
	.room = adwin_room,
	.reset = adwin_reset,
	.tape = adwin_tape,
	.push = adwin_push,
	.mean = adwin_mean,
	.length = adwin_length,
};
