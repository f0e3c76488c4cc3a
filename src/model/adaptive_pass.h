/*
 * adaptive_pass.h - the two passes over the features, for one width
 *
 * A template: adaptive.c includes it for vectors of two and of four, with
 * PASS(name) the name of a function, V(name) that of a vector's operation,
 * VECTOR its type, WIDTH and TARGET. Each feature is worked on by itself
 * and in the same steps, and sums have four terms, feature i in term i mod
 * 4, so the width does not change a bit.
 *
 * All that these functions call on the way is of their own instruction set,
 * the rare cases too: a call out of it with upper halves in use costs more
 * than the whole pass (tests/check_halves.sh).
 */

struct PASS(sums) {
	VECTOR p, q, h; /* quick and steady score, squares */
};

/* Updates one feature in the general case. */
TARGET static LEAT_NOINLINE void PASS(careful_one)(const struct adaptive_four
						       *a,
    const struct adaptive_weights *w, size_t i, struct adaptive_few *few, int k)
{
	struct leat_spread s = { a->mean[i], a->variance[i], a->inverse[i] };

	few->z[k] = leat_spread_see(&s, few->value[k], w->rate, w->keep);
	few->mean[k] = s.mean;
	few->variance[k] = s.variance;
	few->inverse[k] = s.inverse;
}

/*
 * Updates those of n features that need it; constant ones do not, unless it
 * is the weight of this sample that has just made them so.
 */
TARGET static LEAT_NOINLINE void PASS(careful)(const struct adaptive_four *a,
    const struct adaptive_weights *w, size_t i, struct adaptive_few *few, int n)
{
	for (int k = 0; k < n; k++)
		if (!(fabs(few->moved[k]) <= w->reach) &&
		    (few->variance[k] != 0 || a->inverse[i + (size_t)k] != 0))
			PASS(careful_one)(a, w, i + (size_t)k, few, k);
}

/*
 * A mean far from 0 has no digits to spare for a small spread, so features
 * are counted from the first value that each had.
 */
TARGET static void PASS(first)(leat_model *m, const struct leat_row *row)
{
	LEAT_FOR_ROW(row,
	    adaptive_fours(m)[i / 4].first[i % 4] = leat_within(v,
		-LEAT_STANDARD_HUGE, LEAT_STANDARD_HUGE));
}

/*
 * Takes features i.. into account: mean, variance, and by a Newton step its
 * inverse root. `moved` says how far the variance has gone from there;
 * features for which that is not a little are seen to one by one.
 */
TARGET LEAT_INLINE void PASS(see)(struct adaptive_four *a,
    const struct adaptive_weights *weights, struct PASS(sums) * s, size_t i,
    VECTOR x, int store)
{
	VECTOR rate = V(dup)(weights->rate);
	VECTOR mean = V(load)(a->mean + i);
	VECTOR inverse = V(load)(a->inverse + i);
	VECTOR value = V(sub)(x, V(load)(a->first + i));
	VECTOR d = V(sub)(value, mean), part = V(mul)(rate, d), z, moved;
	VECTOR variance = V(mul)(V(dup)(weights->keep),
	    V(add)(V(load)(a->variance + i), V(mul)(part, d)));

	moved = V(mul)(V(mul)(variance, inverse), inverse);
	inverse = V(mul)(inverse,
	    V(sub)(V(dup)(1.5), V(mul)(V(dup)(0.5), moved)));
	z = V(mul)(V(sub)(d, part), inverse);
	mean = V(add)(mean, part);
	/* A feature that has not varied, or does not exist, needs none. */
	moved = V(if_zero)(variance, V(dup)(0),
	    V(sub)(moved, V(dup)(weights->middle)));
	if (LEAT_UNLIKELY(!V(all_within)(moved, V(dup)(weights->reach)))) {
		struct adaptive_few few;
		V(store)(few.value, value);
		V(store)(few.moved, moved);
		V(store)(few.mean, mean);
		V(store)(few.variance, variance);
		V(store)(few.inverse, inverse);
		V(store)(few.z, z);
		PASS(careful)(a, weights, i, &few, WIDTH);
		mean = V(load)(few.mean);
		variance = V(load)(few.variance);
		inverse = V(load)(few.inverse);
		z = V(load)(few.z);
	}
	s->p = V(add)(s->p, V(mul)(V(load)(a->quick + i), z));
	s->q = V(add)(s->q, V(mul)(V(load)(a->steady + i), z));
	s->h = V(add)(s->h, V(mul)(z, z));
	if (!store)
		return;
	V(store)(a->mean + i, mean);
	V(store)(a->variance + i, variance);
	V(store)(a->inverse + i, inverse);
	V(store)(a->z + i, z);
}

/* Fours from a on, x being their features alone. */
TARGET LEAT_INLINE void PASS(see_run)(struct adaptive_four *a,
    const struct adaptive_weights *weights, struct PASS(sums) * s,
    const double *x, size_t n, int store)
{
	for (struct adaptive_four *end = a + n; a < end; a++, x += 4) {
		PASS(see)(a, weights, &s[0], 0, V(load)(x), store);
		if (WIDTH == 2)
			PASS(see)
		(a, weights, &s[4 / WIDTH - 1], 2, V(load)(x + 4 - WIDTH),
		    store);
	}
}

/* Runs see_run() without inlining, for all but a whole dense row. */
TARGET static LEAT_NOINLINE void PASS(see_some)(struct adaptive_four *a,
    const struct adaptive_weights *weights, struct PASS(sums) * s,
    const double *x, size_t n, int store)
{
	if (store)
		PASS(see_run)(a, weights, s, x, n, 1);
	else
		PASS(see_run)(a, weights, s, x, n, 0);
}

/* A sparse row is spread out piece by piece. */
TARGET static void PASS(see_sparse)(struct adaptive_four *a, size_t fours,
    const struct adaptive_weights *weights, struct PASS(sums) * s,
    const struct leat_row *row, int store)
{
	enum { PIECE = 16 };

	for (size_t from = 0, k = 0; from < fours; from += PIECE) {
		size_t n = fours - from < PIECE ? fours - from : PIECE;
		double x[4 * PIECE] = { 0 };
		for (; k < row->n && row->index[k] < 4 * (from + n); k++)
			x[row->index[k] - 4 * from] = row->x[k];
		PASS(see_some)(a + from, weights, s, x, n, store);
	}
}

/*
 * The last features of a dense row, fewer than four. They go into a vector
 * directly: read back from memory, single ones would have to wait.
 */
TARGET LEAT_INLINE void PASS(see_rest)(struct adaptive_four *a,
    const struct adaptive_weights *weights, struct PASS(sums) * s,
    const double *x, size_t n, int store)
{
	size_t half = n < WIDTH ? n : WIDTH;

	PASS(see)(a, weights, &s[0], 0, V(load_some)(x, half), store);
	if (WIDTH == 2)
		PASS(see)
	(a, weights, &s[4 / WIDTH - 1], 2, V(load_some)(x + half, n - half),
	    store);
}

TARGET LEAT_INLINE double PASS(join)(VECTOR a, VECTOR b)
{
	double s[4];

	V(store)(s, a);
	if (WIDTH == 2)
		V(store)(s + 4 - WIDTH, b);
	return (s[0] + s[2]) + (s[1] + s[3]);
}

TARGET LEAT_INLINE struct adaptive_view PASS(view)(const leat_model *m,
    const struct adaptive_weights *weights, const struct leat_row *row,
    int store)
{
	struct adaptive_four *a = adaptive_fours(m);
	VECTOR zero = V(dup)(0);
	struct PASS(sums) s[2] = { { zero, zero, zero }, { zero, zero, zero } };
	struct adaptive_view view;

	if (row->index) {
		size_t fours = adaptive_n_fours(m);
		PASS(see_sparse)(a, fours, weights, s, row, store);
	} else {
		if (store)
			PASS(see_run)(a, weights, s, row->x, row->n / 4, 1);
		else
			PASS(see_some)(a, weights, s, row->x, row->n / 4, 0);
		if (row->n % 4)
			PASS(see_rest)
		(a + row->n / 4, weights, s, row->x + row->n / 4 * 4,
		    row->n % 4, store);
	}
	view.quick = m->intercept + PASS(join)(s[0].p, s[1].p);
	view.steady = m->state.adaptive.intercept2 + PASS(join)(s[0].q, s[1].q);
	view.squares = 1 + PASS(join)(s[0].h, s[1].h);
	return view;
}

/* Computes the scores of a sample; stores nothing. */
TARGET static struct adaptive_view PASS(look)(const leat_model *m,
    const struct adaptive_weights *weights, const struct leat_row *row)
{
	return PASS(view)(m, weights, row, 0);
}

TARGET LEAT_INLINE struct adaptive_view PASS(note)(const leat_model *m,
    const struct adaptive_weights *weights, const struct leat_row *row)
{
	return PASS(view)(m, weights, row, 1);
}

/* The steps of both predictors. */
TARGET LEAT_INLINE void PASS(move)(const leat_model *m, double quick,
    double steady)
{
	struct adaptive_four *a = adaptive_fours(m);
	VECTOR c = V(dup)(quick), d = V(dup)(steady);

	for (struct adaptive_four *end = a + adaptive_n_fours(m); a < end; a++)
		for (size_t i = 0; i < 4; i += WIDTH) {
			VECTOR z = V(load)(a->z + i);
			V(store)
			(a->quick + i,
			    V(sub)(V(load)(a->quick + i), V(mul)(c, z)));
			V(store)
			(a->steady + i,
			    V(sub)(V(load)(a->steady + i), V(mul)(d, z)));
		}
}

/* The penalties' part of the steps, with the rates of both predictors. */
TARGET static void PASS(penalise)(const leat_model *m, double quick,
    double steady)
{
	struct adaptive_four *a = adaptive_fours(m);

	for (size_t i = 0; i < m->n; i++) {
		double *w = &a[i / 4].quick[i % 4],
		       *u = &a[i / 4].steady[i % 4];
		*w = leat_shrink(*w / (1 + quick * m->l2), quick * m->l1);
		*u = leat_shrink(*u / (1 + steady * m->l2), steady * m->l1);
	}
}

/* 0 x is 0 for a finite x alone. */
TARGET LEAT_INLINE int PASS(nonfinite)(const double *x, size_t n)
{
	VECTOR zero = V(dup)(0), bad = zero, too = zero;
	size_t i = 0;

	for (; i + 2 * WIDTH <= n; i += 2 * WIDTH) {
		bad = V(add)(bad, V(mul)(zero, V(load)(x + i)));
		too = V(add)(too, V(mul)(zero, V(load)(x + i + WIDTH)));
	}
	if (V(any_nan)(V(add)(bad, too)))
		return 1;
	for (; i < n; i++)
		if (!(x[i] - x[i] == 0))
			return 1;
	return 0;
}

TARGET static int PASS(learn)(leat_model *m, const struct leat_row *row,
    double y, double weight, double *prediction_out)
{
	const struct adaptive_passes by = { PASS(nonfinite), PASS(first),
		PASS(note), PASS(move), PASS(penalise) };

	return adaptive_learn_by(m, row, y, weight, prediction_out, by);
}

#undef PASS
#undef V
#undef VECTOR
#undef WIDTH
#undef TARGET
