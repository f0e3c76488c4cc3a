/*
 * The course of a value in bounded memory.
 *
 * Points stand for `stride` rows each. When all points are in use,
 * neighbours are merged and the stride doubles, so that between half of
 * the points and all of them are in use from then on, and each row costs
 * O(1) amortised. A merged point keeps the lowest and the highest value,
 * so no spike is lost, and which of them came first, so that a line
 * through both goes the right way. Its label is that of its last row, whose
 * number (from 1) is a multiple of the stride: so round row numbers mostly
 * have their own labels.
 */
#include "series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct series *series_new(void)
{
	struct series *s = calloc(1, sizeof *s);

	if (s)
		s->stride = 1;
	return s;
}

void series_free(struct series *s)
{
	free(s);
}

static const struct series_point nothing = { NAN, NAN, 1, NAN, NAN, "" };

/* *to, and after it *next. */
static void merge(struct series_point *to, const struct series_point *next)
{
	if (isnan(to->low)) {
		to->low = next->low;
		to->high = next->high;
		to->low_first = next->low_first;
	} else if (!isnan(next->low)) {
		int lower = next->low < to->low;
		int higher = next->high > to->high;

		if (lower && higher)
			to->low_first = next->low_first;
		else if (lower || higher)
			to->low_first = higher;
		to->low = lower ? next->low : to->low;
		to->high = higher ? next->high : to->high;
	}
	memcpy(to->label, next->label, SERIES_LABEL);
	if (!isnan(next->mean)) {
		to->mean = next->mean;
		to->stddev = next->stddev;
	}
}

/*
 * Returns what an axis can show: the difference of any two must not overflow.
 */
static double drawable(double x)
{
	if (!(fabs(x) <= 1e300))
		return NAN;
	return fabs(x) < 1e-300 ? 0 : x;
}

static void halve(struct series *s)
{
	for (size_t i = 0; i < s->n / 2; i++) {
		struct series_point p = s->points[2 * i];

		merge(&p, &s->points[2 * i + 1]);
		s->points[i] = p;
	}
	s->n /= 2;
	s->stride *= 2;
}

void series_add(struct series *s, double value, const char *label,
    size_t label_len)
{
	struct series_point p = nothing;

	p.low = p.high = drawable(value);
	if (label_len >= SERIES_LABEL)
		label_len = SERIES_LABEL - 1;
	if (label_len > 0)
		memcpy(p.label, label, label_len);
	if (s->rows++ % s->stride != 0) {
		merge(&s->points[s->n - 1], &p);
		return;
	}
	if (s->n == SERIES_POINTS)
		halve(s);
	s->points[s->n++] = p;
}

void series_set_mean(struct series *s, uint64_t start, uint64_t end,
    double mean, double stddev)
{
	mean = drawable(mean);
	stddev = drawable(stddev);
	for (uint64_t i = start / s->stride; i < s->n; i++) {
		if (i * s->stride >= end)
			break;
		s->points[i].mean = mean;
		s->points[i].stddev = stddev;
	}
}
