/*
 * slide_pairs.h - squares and products of deviations of pairs in a sliding
 * window; part of slide.c
 *
 * A step does what agg/pairs.c does, with a product for the quotient, on the
 * prefix of D and the suffix of B at once. In a query the lanes are x and y; it
 * joins the three runs about the means of one that has a third of the pairs at
 * least (slide_moments.h). Runs have their own k: where values are huge it may
 * change.
 *
 * Sums of squares that are not finite go through agg/pairs.c, a run at a time,
 * so that what a run holds depends on its own pairs alone; so do queries of
 * windows most of whose pairs are missing.
 */

/* The lanes are the prefix of D and the suffix of B. */
struct pairs_lanes {
	leat_lane mux, muy, m2x, m2y, cxy, cx, cy, cc;
};

/* A row of the table is a suffix's kx, ky and so on to cxy; its n follows. */
struct pairs_state {
	leat_lane kx, ky;
	struct pairs_lanes sums;
	struct leat_pairs_run whole; /* B without its n */
};

/* The run of a lane. */
static struct leat_pairs pairs_of_lane(const struct pairs_state *s, double n,
    int i)
{
	const struct pairs_lanes *a = &s->sums;
	struct leat_pairs m = {
		{ n, leat_lane_get(s->kx, i), leat_lane_get(s->ky, i),
		    leat_lane_get(a->mux, i), leat_lane_get(a->muy, i),
		    leat_lane_get(a->m2x, i), leat_lane_get(a->m2y, i),
		    leat_lane_get(a->cxy, i) },
		leat_lane_get(a->cx, i), leat_lane_get(a->cy, i),
		leat_lane_get(a->cc, i)
	};

	return m;
}

static void pairs_set_lanes(struct pairs_state *s, const struct leat_pairs *a,
    const struct leat_pairs *b)
{
	s->kx = leat_lane_make(a->p.kx, b->p.kx);
	s->ky = leat_lane_make(a->p.ky, b->p.ky);
	s->sums.mux = leat_lane_make(a->p.mux, b->p.mux);
	s->sums.muy = leat_lane_make(a->p.muy, b->p.muy);
	s->sums.m2x = leat_lane_make(a->p.m2x, b->p.m2x);
	s->sums.m2y = leat_lane_make(a->p.m2y, b->p.m2y);
	s->sums.cxy = leat_lane_make(a->p.cxy, b->p.cxy);
	s->sums.cx = leat_lane_make(a->cx, b->cx);
	s->sums.cy = leat_lane_make(a->cy, b->cy);
	s->sums.cc = leat_lane_make(a->cc, b->cc);
}

/* The prefix of D as a partial. */
LEAT_INLINE struct leat_pairs_run pairs_prefix(const struct pairs_state *s,
    double n)
{
	const struct pairs_lanes *a = &s->sums;
	struct leat_pairs_run r = { n, leat_lane_get(s->kx, 0),
		leat_lane_get(s->ky, 0), leat_lane_get(a->mux, 0),
		leat_lane_get(a->muy, 0),
		leat_lane_get(a->m2x, 0) + leat_lane_get(a->cx, 0),
		leat_lane_get(a->m2y, 0) + leat_lane_get(a->cy, 0),
		leat_lane_get(a->cxy, 0) + leat_lane_get(a->cc, 0) };

	return r;
}

static void pairs_turn(struct pairs_state *s)
{
	struct leat_pairs_run whole = pairs_prefix(s, 0);

	memset(s, 0, sizeof(*s));
	s->whole = whole;
}

/* The sums after a step, which may be too large. */
LEAT_INLINE struct pairs_lanes pairs_next(const struct pairs_state *s,
    const struct slide_step *now)
{
	struct pairs_lanes r = s->sums;
	leat_lane dx, dy, qx, qy, t, error;

	dx = leat_lane_sub(leat_lane_sub(now->x, s->kx), r.mux);
	dx = leat_lane_and(dx, now->valid);
	dy = leat_lane_sub(leat_lane_sub(now->y, s->ky), r.muy);
	dy = leat_lane_and(dy, now->valid);
	qx = leat_lane_mul(dx, now->share);
	qy = leat_lane_mul(dy, now->share);
	r.mux = leat_lane_add(r.mux, qx);
	r.muy = leat_lane_add(r.muy, qy);
	t = leat_lane_mul(dx, leat_lane_sub(dx, qx));
	r.m2x = leat_lane_add(r.m2x, t); /* leat_add_positive() */
	r.cx = leat_lane_add(r.cx,
	    leat_lane_sub(t, leat_lane_sub(r.m2x, s->sums.m2x)));
	qy = leat_lane_sub(dy, qy);
	t = leat_lane_mul(dy, qy);
	r.m2y = leat_lane_add(r.m2y, t);
	r.cy = leat_lane_add(r.cy,
	    leat_lane_sub(t, leat_lane_sub(r.m2y, s->sums.m2y)));
	leat_lane_two_sum(r.cxy, leat_lane_mul(dx, qy), &r.cxy, &error);
	r.cc = leat_lane_add(r.cc, error);
	return r;
}

LEAT_INLINE int pairs_are_near(double m2x, double m2y)
{
	return fabs(m2x + m2y) <= DBL_MAX;
}

/* A step of a lane whose sums of squares are beyond the doubles. */
static void pairs_step_lane(struct leat_pairs *m, const struct slide_step *now,
    int i)
{
	leat_sample in = { 0, leat_lane_get(now->x, i),
		leat_lane_get(now->y, i) };

	if (!(leat_lane_bits(now->valid) & 1 << i))
		return;
	m->p.n -= 1;
	leat_class_pairs.append(NULL, m, &in);
}

static LEAT_NOINLINE void pairs_step_far(struct pairs_state *s,
    const struct slide_step *now)
{
	struct pairs_state next = *s;
	struct leat_pairs m[2];

	next.sums = pairs_next(s, now);
	for (int i = 0; i < 2; i++) {
		double n = leat_lane_get(now->n, i);
		m[i] = pairs_of_lane(&next, n, i);
		if (pairs_are_near(m[i].p.m2x, m[i].p.m2y))
			continue;
		m[i] = pairs_of_lane(s, n, i);
		pairs_step_lane(&m[i], now, i);
	}
	pairs_set_lanes(s, &m[0], &m[1]);
}

LEAT_INLINE void pairs_lane_step(struct pairs_state *s,
    const struct slide_step *now, double *row)
{
	struct pairs_lanes next;
	leat_lane_mask first;

	if (LEAT_UNLIKELY(now->starts)) {
		first = leat_lane_both(now->valid,
		    leat_lane_equal(now->n, leat_lane_dup(1)));
		s->kx = leat_lane_pick(first, now->x, s->kx);
		s->ky = leat_lane_pick(first, now->y, s->ky);
	}
	next = pairs_next(s, now);
	if (LEAT_LIKELY(leat_lane_all_within(leat_lane_add(next.m2x, next.m2y),
		leat_lane_dup(DBL_MAX))))
		s->sums = next;
	else
		pairs_step_far(s, now);
	leat_lane_store(row, leat_lane_seconds(s->kx, s->ky));
	leat_lane_store(row + 2, leat_lane_seconds(s->sums.mux, s->sums.muy));
	leat_lane_store(row + 4,
	    leat_lane_seconds(leat_lane_add(s->sums.m2x, s->sums.cx),
		leat_lane_add(s->sums.m2y, s->sums.cy)));
	row[6] = leat_lane_get(leat_lane_add(s->sums.cxy, s->sums.cc), 1);
}

/* Three runs by their numbers in the order of a row, and their n. */
LEAT_INLINE void pairs_join(const double *a, double a_n, const double *b,
    const double *d, double d_n, double rn, struct leat_summary *out)
{
	leat_lane kb = leat_lane_load(b), mub = leat_lane_load(b + 2);
	leat_lane at_a = leat_lane_add(leat_lane_sub(leat_lane_load(a), kb),
	    leat_lane_sub(leat_lane_load(a + 2), mub));
	leat_lane at_d = leat_lane_add(leat_lane_sub(leat_lane_load(d), kb),
	    leat_lane_sub(leat_lane_load(d + 2), mub));
	leat_lane ta = leat_lane_mul(leat_lane_dup(a_n), at_a);
	leat_lane td = leat_lane_mul(leat_lane_dup(d_n), at_d);
	leat_lane t = leat_lane_add(ta, td);
	leat_lane q = leat_lane_mul(t, leat_lane_dup(rn));
	leat_lane m2 = leat_lane_add(leat_lane_add(leat_lane_load(a + 4),
					 leat_lane_load(b + 4)),
	    leat_lane_load(d + 4));
	leat_lane squares = leat_lane_add(leat_lane_mul(ta, at_a),
	    leat_lane_mul(td, at_d));

	m2 = leat_lane_add(m2, leat_lane_sub(squares, leat_lane_mul(t, q)));
	mub = leat_lane_add(mub, q);
	out->mean_x = leat_pair_mean(b[0], leat_lane_get(mub, 0));
	out->mean_y = leat_pair_mean(b[1], leat_lane_get(mub, 1));
	out->mu_y = leat_lane_get(mub, 1);
	out->m2x = leat_lane_get(m2, 0);
	out->m2y = leat_lane_get(m2, 1);
	out->cxy = ((a[6] + b[6]) + d[6]) +
	    ((leat_lane_get(ta, 0) * leat_lane_get(at_a, 1) +
		 leat_lane_get(td, 0) * leat_lane_get(at_d, 1)) -
		leat_lane_get(t, 0) * leat_lane_get(q, 1));
}

/*
 * Returns 0 where pairs_value_far() has to be asked: sums are not finite, or
 * the full chunk has not a third of the pairs. D may be all there is.
 */
LEAT_INLINE int pairs_value(const struct pairs_state *s,
    const struct shift_state *shift, const double *row, double n, double rn,
    struct leat_summary *out)
{
	struct leat_pairs_run d = pairs_prefix(s, 0);
	double n_d = leat_lane_get(shift->n, 0);

	out->unit_x = out->unit_y = 1;
	if (LEAT_LIKELY(shift->whole_n * 3 >= n)) {
		pairs_join(row, shift_tail_n(shift, n), &s->whole.kx, &d.kx,
		    n_d, rn, out);
	} else if (n_d >= n) {
		out->mean_x = leat_pair_mean(d.kx, d.mux);
		out->mean_y = leat_pair_mean(d.ky, d.muy);
		out->mu_y = d.muy;
		out->m2x = d.m2x;
		out->m2y = d.m2y;
		out->cxy = d.cxy;
	} else {
		return 0;
	}
	return pairs_are_near(out->m2x, out->m2y);
}

/* Joins the three runs by the functions of the class. */
static LEAT_NOINLINE struct leat_pairs pairs_value_far(const struct pairs_state
							   *s,
    const struct shift_state *shift, const double *row, double n)
{
	struct leat_pairs all = { { shift_tail_n(shift, n), row[0], row[1],
				      row[2], row[3], row[4], row[5], row[6] },
		0, 0, 0 };
	struct leat_pairs_run b = s->whole;
	struct leat_pairs_run d = pairs_prefix(s, leat_lane_get(shift->n, 0));

	b.n = shift->whole_n;
	leat_class_pairs.combine(NULL, &all, &b);
	leat_class_pairs.combine(NULL, &all, &d);
	return all;
}

/* Writes what the class makes of a run; `out` is handed to no function. */
LEAT_INLINE void pairs_report(struct leat_summary *out, struct leat_pairs m)
{
	struct leat_summary s;

	leat_class_pairs.lower(&m, &s);
	out->mean_x = s.mean_x;
	out->mean_y = s.mean_y;
	out->mu_y = s.mu_y;
	out->m2x = s.m2x;
	out->m2y = s.m2y;
	out->cxy = s.cxy;
	out->unit_x = s.unit_x;
	out->unit_y = s.unit_y;
}
