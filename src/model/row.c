/*
 * row.c - sums over the features of a sample, dense or sparse
 */
#include "row.h"

double leat_dot(const double *w, const struct leat_row *row)
{
	double s[8] = { 0 };

	if (!row->index)
		return leat_dot_dense(w, row->x, row->n, NULL);
	for (size_t k = 0; k < row->n; k++) {
		size_t i = row->index[k];
		s[i & 7] += w[i] * row->x[k];
	}
	return leat_join8(s);
}

double leat_square_norm(const struct leat_row *row)
{
	double s[8] = { 0 };

	if (!row->index)
		return leat_dot_dense(row->x, row->x, row->n, NULL);
	for (size_t k = 0; k < row->n; k++)
		s[row->index[k] & 7] += row->x[k] * row->x[k];
	return leat_join8(s);
}

double leat_row_most(const struct leat_row *row)
{
	leat_lane high = leat_lane_dup(0), low = high, u, v;
	size_t i = 0, whole = row->n - row->n % 8;

	for (; i < whole; i += 4) {
		u = leat_lane_load(row->x + i);
		v = leat_lane_load(row->x + i + 2);
		high = leat_lane_max(high, leat_lane_max(u, v));
		low = leat_lane_min(low, leat_lane_min(u, v));
		i += 4;
		u = leat_lane_load(row->x + i);
		v = leat_lane_load(row->x + i + 2);
		high = leat_lane_max(high, leat_lane_max(u, v));
		low = leat_lane_min(low, leat_lane_min(u, v));
	}
	for (; i < row->n; i++) {
		u = leat_lane_dup(row->x[i]);
		high = leat_lane_max(high, u);
		low = leat_lane_min(low, u);
	}
	high = leat_lane_max(high, leat_lane_sub(leat_lane_dup(0), low));
	u = leat_lane_seconds(high, high);
	return leat_lane_get(leat_lane_max(high, u), 0);
}

/* x - x is 0 for a finite x alone; the rest is NaN and stays it. */
int leat_row_nonfinite(const struct leat_row *row)
{
	leat_lane a = leat_lane_dup(0), b = a, u, v;
	size_t i = 0;
	double sum;

	for (; i + 4 <= row->n; i += 4) {
		u = leat_lane_load(row->x + i);
		v = leat_lane_load(row->x + i + 2);
		a = leat_lane_add(a, leat_lane_sub(u, u));
		b = leat_lane_add(b, leat_lane_sub(v, v));
	}
	a = leat_lane_add(a, b);
	sum = leat_lane_get(a, 0) + leat_lane_get(a, 1);
	for (; i < row->n; i++)
		sum += row->x[i] - row->x[i];
	return sum != 0;
}
