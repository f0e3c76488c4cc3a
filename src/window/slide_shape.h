/*
 * slide_shape.h - sums of the second to the fourth power of deviations, of a
 * sliding window; part of slide.c
 *
 * A step is that of agg/shape.c with a product for the quotient. A query joins
 * the three runs about the mean of one that has a third of the values at least
 * (slide_moments.h), and then moves the sums to the mean of all: the sum of
 * fourth powers about a mean of a third is at most nine times the result, so
 * three bits are what may cancel.
 *
 * Source: the formulas are those of Pebay, "Formulas for robust, one-pass
 * parallel computation of covariances and arbitrary-order statistical moments",
 * SAND2008-6212.
 */

/* A run's mean less k, and its sums; a row of the table is that of a suffix. */
struct shape_run {
	double mu, m2, m3, m4;
};

/* The lanes are the prefix of D and the suffix of B, and `whole` is B's. */
struct shape_state {
	leat_lane mu, m2, m3, m4;
	struct shape_run whole;
};

/* The prefix of D. */
LEAT_INLINE struct shape_run shape_prefix(const struct shape_state *s)
{
	struct shape_run r = { leat_lane_get(s->mu, 0), leat_lane_get(s->m2, 0),
		leat_lane_get(s->m3, 0), leat_lane_get(s->m4, 0) };

	return r;
}

LEAT_INLINE void shape_turn(struct shape_state *s)
{
	s->whole = shape_prefix(s);
	s->mu = s->m2 = s->m3 = s->m4 = leat_lane_dup(0);
}

LEAT_INLINE leat_lane lane_times(double factor, leat_lane v)
{
	return leat_lane_mul(leat_lane_dup(factor), v);
}

/*
 * m4 += t q^2 (n^2 - 3 n + 3) + 6 q^2 m2 - 4 q m3 and
 * m3 += t q (n - 2) - 3 q m2, with t = delta q (n - 1)
 */
LEAT_INLINE void shape_lane_step(struct shape_state *s,
    const struct slide_step *now, double *row)
{
	leat_lane n = now->n, three = leat_lane_dup(3);
	leat_lane delta, q, t, form, m2 = s->m2, m3 = s->m3;

	delta = leat_lane_sub(leat_lane_sub(now->x, now->k), s->mu);
	delta = leat_lane_and(delta, now->valid);
	q = leat_lane_mul(delta, now->share);
	t = leat_lane_mul(leat_lane_mul(delta, q),
	    leat_lane_sub(n, leat_lane_dup(1)));
	form = leat_lane_add(leat_lane_mul(n, leat_lane_sub(n, three)), three);
	form = leat_lane_add(leat_lane_mul(t, form), lane_times(6, m2));
	form = leat_lane_sub(leat_lane_mul(q, form), lane_times(4, m3));
	s->m4 = leat_lane_add(s->m4, leat_lane_mul(q, form));
	form = leat_lane_mul(t, leat_lane_sub(n, leat_lane_dup(2)));
	form = leat_lane_sub(form, leat_lane_mul(three, m2));
	s->m3 = leat_lane_add(m3, leat_lane_mul(q, form));
	s->m2 = leat_lane_add(m2, t);
	s->mu = leat_lane_add(s->mu, q);
	leat_lane_store(row, leat_lane_seconds(s->mu, s->m2));
	leat_lane_store(row + 2, leat_lane_seconds(s->m3, s->m4));
}

LEAT_INLINE double lane_total(leat_lane v)
{
	return leat_lane_get(v, 0) + leat_lane_get(v, 1);
}

/*
 * Joins the runs a and d, in lanes, with b about the mean of this. n: the
 * values of a and d; apart: their k less that of b.
 */
LEAT_INLINE struct shape_run shape_join(const struct shape_run *a,
    const struct shape_run *b, const struct shape_run *d, leat_lane n,
    leat_lane apart, double rn)
{
	struct shape_run r;
	leat_lane m2 = leat_lane_make(a->m2, d->m2);
	leat_lane m3 = leat_lane_make(a->m3, d->m3);
	leat_lane m4 = leat_lane_make(a->m4, d->m4);
	leat_lane at = leat_lane_add(apart,
	    leat_lane_sub(leat_lane_make(a->mu, d->mu), leat_lane_dup(b->mu)));
	leat_lane sum = leat_lane_mul(n, at), square = leat_lane_mul(sum, at);
	leat_lane form;
	double s2, s3, s4, s1 = lane_total(sum), e = s1 * rn, base = s1 * e;

	s2 = b->m2 + lane_total(leat_lane_add(m2, square));
	form = leat_lane_add(lane_times(3, m2), square);
	s3 = b->m3 + lane_total(leat_lane_add(m3, leat_lane_mul(at, form)));
	form = leat_lane_mul(at, leat_lane_add(lane_times(6, m2), square));
	form = leat_lane_mul(at, leat_lane_add(lane_times(4, m3), form));
	s4 = b->m4 + lane_total(leat_lane_add(m4, form));
	r.mu = b->mu + e;
	r.m2 = s2 - base;
	r.m3 = s3 - e * (3 * s2 - 2 * base);
	r.m4 = s4 - e * (4 * s3 - e * (6 * s2 - 3 * base));
	return r;
}

/* Writes the sums of all values; `out` is handed to no function. */
LEAT_INLINE void shape_report(struct leat_summary *out, struct shape_run all)
{
	out->g2 = all.m2;
	out->g3 = all.m3;
	out->g4 = all.m4;
}

/*
 * Returns 0 where shape_value_odd() has to be asked, as moments_value() does.
 */
LEAT_INLINE int shape_value(const struct shape_state *s,
    const struct shift_state *shift, const double *row, double n, double rn,
    struct leat_summary *out)
{
	struct shape_run a = { row[0], row[1], row[2], row[3] };
	struct shape_run d = shape_prefix(s);
	leat_lane counts = leat_lane_make(shift_tail_n(shift, n),
	    leat_lane_get(shift->n, 0));

	if (LEAT_LIKELY(shift->whole_n * 3 >= n)) {
		d = shape_join(&a, &s->whole, &d, counts, shift->apart, rn);
	} else if (leat_lane_get(counts, 1) < n) {
		return 0;
	}
	shape_report(out, d);
	return out->g4 == out->g4;
}

/* Joins any three runs about the mean of the one with the most values. */
static LEAT_NOINLINE struct shape_run shape_value_odd(const struct shape_state
							  *s,
    const struct shift_state *shift, const double *row, double n, double rn)
{
	struct shift_runs runs = shift_of_runs(shift, n);
	struct shape_run r[3] = { { row[0], row[1], row[2], row[3] }, s->whole,
		shape_prefix(s) };
	size_t middle = runs.middle, first = middle == 0 ? 1 : 0;
	size_t last = middle == 2 ? 1 : 2;

	return shape_join(&r[first], &r[middle], &r[last],
	    leat_lane_make(runs.n[first], runs.n[last]),
	    leat_lane_sub(leat_lane_make(runs.k[first], runs.k[last]),
		leat_lane_dup(runs.k[middle])),
	    rn);
}
