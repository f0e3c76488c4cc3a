/*
 * row.h - the features of a sample, and sums over them
 *
 * A row is dense, with every feature of the model, or sparse, with the features
 * that an index names; the others are then 0. Sums over both have the same
 * bits; see row.c.
 */
#ifndef LEAT_ROW_H
#define LEAT_ROW_H

#include "../core/lane.h"

/* Features of one sample: all of them, or those that index names. */
struct leat_row {
	const double *x;
	const uint32_t *index; /* NULL: x has all */
	size_t n;
};

/* For each feature i that the row has, with value v: the statement. */
#define LEAT_FOR_ROW(row, statement)                                           \
	do {                                                                   \
		if (!(row)->index) {                                           \
			for (size_t i = 0; i < (row)->n; i++) {                \
				const double v = (row)->x[i];                  \
				statement;                                     \
			}                                                      \
		} else {                                                       \
			for (size_t k = 0; k < (row)->n; k++) {                \
				const size_t i = (row)->index[k];              \
				const double v = (row)->x[k];                  \
				statement;                                     \
			}                                                      \
		}                                                              \
	} while (0)

/*
 * A sum over features has eight terms: term k is the plain sum over the
 * features i with i mod 8 = k, in ascending order, and the terms are joined
 * as below. The order is part of the result, so it is fixed here and not
 * left to the compiler: dense rows by vectors of two or four, and sparse
 * ones feature by feature, give the same bits.
 */
LEAT_INLINE double leat_join8(const double *s)
{
	return ((s[0] + s[4]) + (s[2] + s[6])) +
	    ((s[1] + s[5]) + (s[3] + s[7]));
}

/*
 * The rest of a dense sum from feature i on, i mod 8 = 0. Unless NULL, the
 * squares of these features are added.
 */
LEAT_INLINE double leat_dot_rest(const double *w, const double *x, size_t i,
    size_t n, leat_lane a, leat_lane b, leat_lane c, leat_lane d,
    double *squares)
{
	double s[8];
	leat_lane t;

	if (i == n) {
		t = leat_lane_add(leat_lane_add(a, c), leat_lane_add(b, d));
		return leat_lane_get(t, 0) + leat_lane_get(t, 1);
	}
	leat_lane_store(s, a);
	leat_lane_store(s + 2, b);
	leat_lane_store(s + 4, c);
	leat_lane_store(s + 6, d);
	for (; i < n; i++) {
		s[i & 7] += w[i] * x[i];
		if (squares)
			*squares += x[i] * x[i];
	}
	return leat_join8(s);
}

/* Returns the squares of four features. */
LEAT_INLINE leat_lane leat_squares(const double *x)
{
	leat_lane u = leat_lane_load(x), v = leat_lane_load(x + 2);

	return leat_lane_add(leat_lane_mul(u, u), leat_lane_mul(v, v));
}

/* The sum, and unless NULL that of x's squares, in any order. */
LEAT_INLINE double leat_dot_dense(const double *w, const double *x, size_t n,
    double *squares)
{
	leat_lane a = leat_lane_dup(0), b = a, c = a, d = a;
	leat_lane p = a, q = a;
	size_t whole = n - n % 8;

	for (size_t i = 0; i < whole; i += 8) {
		if (squares) {
			p = leat_lane_add(p, leat_squares(x + i));
			q = leat_lane_add(q, leat_squares(x + i + 4));
		}
		a = leat_lane_add(a,
		    leat_lane_mul(leat_lane_load(w + i),
			leat_lane_load(x + i)));
		b = leat_lane_add(b,
		    leat_lane_mul(leat_lane_load(w + i + 2),
			leat_lane_load(x + i + 2)));
		c = leat_lane_add(c,
		    leat_lane_mul(leat_lane_load(w + i + 4),
			leat_lane_load(x + i + 4)));
		d = leat_lane_add(d,
		    leat_lane_mul(leat_lane_load(w + i + 6),
			leat_lane_load(x + i + 6)));
	}
	if (squares) {
		p = leat_lane_add(p, q);
		*squares = leat_lane_get(p, 0) + leat_lane_get(p, 1);
	}
	return leat_dot_rest(w, x, whole, n, a, b, c, d, squares);
}

double leat_dot(const double *w, const struct leat_row *row);
double leat_square_norm(const struct leat_row *row);
/* The largest |x| of a row that is finite; 0 if it has none. */
double leat_row_most(const struct leat_row *row);
/* NaN or an infinity in it. */
int leat_row_nonfinite(const struct leat_row *row);

#endif
