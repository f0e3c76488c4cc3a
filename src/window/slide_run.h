/*
 * slide_run.h - many pushes and their results at once; part of slide.c
 *
 * A run is at most as many values as D still takes, so both of its chunks
 * and its tables stay put. In it the state lives in registers, two results
 * are combined at a time, and each statistic is lowered in a loop of its
 * own. The suffix table gives up the place of A that was read one push
 * earlier, so a pair of results reads its two places before it writes.
 *
 * Only for steady windows and values that are not missing; whatever else
 * comes is left to single pushes.
 */

enum { RUN = 64 };

struct run {
	const double *x;
	const double *old; /* what B's suffix grows by: old[0], old[-1], ... */
	size_t n;
	double hi[RUN], lo[RUN], m2[RUN];
	double min[RUN], max[RUN];
};

/* Where the first push of the run writes; one step further it reads. */
LEAT_INLINE double *run_place(const struct leat_part *p,
    const struct leat_relay *r, size_t width)
{
	return place_of(p, leat_relay_tail(r), width);
}

LEAT_INLINE ptrdiff_t run_step(const struct leat_relay *r, ptrdiff_t width)
{
	return r->stride == 1 ? width : -width;
}

LEAT_INLINE void run_edges(const struct leat_part *p,
    const struct leat_relay *r, const struct run *u, double *to, int flag)
{
	struct edge_state *e = p->lanes;
	double prefix = e->prefix, suffix = e->suffix, whole = e->whole;
	double *place = run_place(p, r, 1);
	ptrdiff_t step = run_step(r, 1);

	for (size_t i = 0; i < u->n; i++, place += step) {
		prefix = edge_pick(flag, u->x[i], prefix);
		suffix = edge_pick(flag, u->old[-(ptrdiff_t)i], suffix);
		*place = suffix;
		to[i] = edge_join(flag, place[step], whole, prefix);
	}
	e->prefix = prefix;
	e->suffix = suffix;
}

/* One push of a run; l's first lanes are the prefix after it. */
LEAT_INLINE struct sum_run sum_run_step(const struct run *u,
    struct leat_sum_lanes *l, size_t i, double *place)
{
	struct sum_run d;

	leat_sum_lanes_add(l, leat_lane_make(u->x[i], u->old[-(ptrdiff_t)i]));
	d.hi = l->hi;
	d.lo = leat_lane_add(l->lo, l->lo2);
	leat_lane_store(place, leat_lane_seconds(d.hi, d.lo));
	return d;
}

/* n is even: what is odd is pushed singly. */
LEAT_INLINE void run_sums(const struct leat_part *p,
    const struct leat_relay *r, struct run *u)
{
	struct sum_state *s = p->lanes;
	struct leat_sum_lanes l = s->l;
	struct sum_run b = { leat_lane_dup(s->whole[0]),
		leat_lane_dup(s->whole[1]) };
	double *place = run_place(p, r, 2);
	ptrdiff_t step = run_step(r, 2);

	for (size_t i = 0; i < u->n; i += 2, place += 2 * step) {
		leat_lane t0 = leat_lane_load(place + step);
		leat_lane t1 = leat_lane_load(place + 2 * step);
		struct sum_run a = { leat_lane_firsts(t0, t1),
			leat_lane_seconds(t0, t1) };
		struct sum_run d0 = sum_run_step(u, &l, i, place);
		struct sum_run d1 = sum_run_step(u, &l, i + 1, place + step);
		struct sum_run d = { leat_lane_firsts(d0.hi, d1.hi),
			leat_lane_firsts(d0.lo, d1.lo) };
		d = sum_join(a, b, d);
		leat_lane_store(u->hi + i, d.hi);
		leat_lane_store(u->lo + i, d.lo);
	}
	s->l = l;
}

LEAT_INLINE struct leat_run_lanes moments_run_step(const struct run *u,
    struct leat_moments_lanes *l, size_t i, double *place, leat_lane rn)
{
	struct leat_run_lanes d;

	moments_grow(l, leat_lane_make(u->x[i], u->old[-(ptrdiff_t)i]), rn);
	d.hi = l->sum.hi;
	d.lo = leat_lane_add(l->sum.lo, l->sum.lo2);
	d.n = d.k = l->k;
	d.mu = l->mu;
	d.m2 = leat_lane_add(l->m2, l->c2);
	leat_lane_store(place, leat_lane_seconds(d.hi, d.lo));
	leat_lane_store(place + 2, leat_lane_seconds(d.mu, d.m2));
	return d;
}

/* The suffixes of A at two places; n and k are up to the caller. */
LEAT_INLINE void run_tails(struct leat_run_lanes *a, const double *t0,
    const double *t1)
{
	leat_lane s0 = leat_lane_load(t0), s1 = leat_lane_load(t1);
	leat_lane m0 = leat_lane_load(t0 + 2), m1 = leat_lane_load(t1 + 2);

	a->hi = leat_lane_firsts(s0, s1);
	a->lo = leat_lane_seconds(s0, s1);
	a->mu = leat_lane_firsts(m0, m1);
	a->m2 = leat_lane_seconds(m0, m1);
}

LEAT_INLINE struct leat_run_lanes run_firsts(const struct leat_run_lanes *a,
    const struct leat_run_lanes *b)
{
	struct leat_run_lanes r = { leat_lane_firsts(a->hi, b->hi),
		leat_lane_firsts(a->lo, b->lo), a->n, a->k,
		leat_lane_firsts(a->mu, b->mu),
		leat_lane_firsts(a->m2, b->m2) };

	return r;
}

LEAT_INLINE void run_moments(const leat_window *w, const struct leat_part *p,
    struct run *u)
{
	struct moments_state *s = p->lanes;
	struct leat_moments_lanes l = s->l;
	const struct leat_run *whole = &s->whole;
	struct leat_run_lanes b = { leat_lane_dup(whole->hi),
		leat_lane_dup(whole->lo), leat_lane_dup(whole->n),
		leat_lane_dup(whole->k), leat_lane_dup(whole->mu),
		leat_lane_dup(whole->m2) };
	struct leat_run_lanes a = b, d0, d1;
	leat_lane others = leat_lane_dup(w->full - whole->n);
	leat_lane prefix_k = leat_lane_dup(leat_lane_get(l.k, 0));
	leat_lane tail_k = leat_lane_dup(s->tail_k);
	double filled = (double)w->relay.filled;
	leat_lane rn, n = leat_lane_make(filled - 1, filled);
	double *place = run_place(p, &w->relay, MOMENTS_WIDTH);
	ptrdiff_t step = run_step(&w->relay, MOMENTS_WIDTH);

	for (size_t i = 0; i < u->n; i += 2, place += 2 * step) {
		run_tails(&a, place + step, place + 2 * step);
		n = leat_lane_add(n, leat_lane_dup(2));
		rn = leat_lane_div(leat_lane_dup(1), n);
		d0 = moments_run_step(u, &l, i, place,
		    leat_lane_firsts(rn, rn));
		d1 = moments_run_step(u, &l, i + 1, place + step,
		    leat_lane_seconds(rn, rn));
		d0 = run_firsts(&d0, &d1);
		d0.n = n;
		d0.k = prefix_k;
		a.n = leat_lane_sub(others, d0.n);
		/* where nothing is left of A: see moments_tail() */
		a.k = leat_lane_pick(leat_lane_zero(a.n), b.k, tail_k);
		d0 = leat_run_lanes_join3(&a, &b, &d0,
		    leat_lane_dup(w->inverse));
		leat_lane_store(u->hi + i, d0.hi);
		leat_lane_store(u->lo + i, d0.lo);
		leat_lane_store(u->m2 + i, d0.m2);
	}
	l.n = leat_lane_seconds(n, n);
	s->l = l;
}

/* ---------------- lowering a run ------------------------------------ */

/* What came out as NaN is looked at again, in the way of single queries. */
static double run_again(const leat_window *w, const struct run *u, size_t i,
    int id)
{
	struct leat_summary s;

	s.n = w->full;
	s.hi = u->hi[i];
	s.lo = u->lo[i];
	s.m2 = u->m2[i];
	return hot(w, id, &s, SUM | MOMENTS);
}

LEAT_INLINE leat_lane run_value(const leat_window *w, const struct run *u,
    size_t i, int id)
{
	leat_lane hi = leat_lane_load(u->hi + i);
	leat_lane lo = leat_lane_load(u->lo + i);

	if (id == LEAT_STAT_SUM)
		return leat_lane_add(hi, lo);
	if (id == LEAT_STAT_MEAN)
		return leat_lane_add(leat_lane_div(hi, leat_lane_dup(w->full)),
		    leat_lane_mul(lo, leat_lane_dup(w->inverse)));
	leat_lane v = leat_lane_div(leat_lane_load(u->m2 + i),
	    leat_lane_dup(w->full - 1));
	return id == LEAT_STAT_VARIANCE ? v : leat_lane_sqrt(v);
}

LEAT_INLINE void run_lower(const leat_window *w, const struct run *u, int id,
    double *out)
{
	size_t step = w->n_stats;

	for (size_t i = 0; i < u->n; i += 2) {
		leat_lane v = run_value(w, u, i, id);
		double v0 = leat_lane_get(v, 0), v1 = leat_lane_get(v, 1);
		if (LEAT_UNLIKELY(isunordered(v0, v1))) {
			v0 = run_again(w, u, i, id);
			v1 = run_again(w, u, i + 1, id);
		}
		out[i * step] = v0;
		out[i * step + step] = v1;
	}
}

LEAT_INLINE void run_copy(const leat_window *w, const double *from, size_t n,
    double *out)
{
	for (size_t i = 0; i < n; i++)
		out[i * w->n_stats] = from[i];
}

LEAT_INLINE void run_report(const leat_window *w, const struct run *u,
    double *out, int flags)
{
	for (size_t j = 0; j < w->n_stats; j++, out++) {
		int id = w->plan[j].id;
		if ((flags & (SUM | MOMENTS)) && id == LEAT_STAT_MEAN)
			run_lower(w, u, LEAT_STAT_MEAN, out);
		else if ((flags & MOMENTS) && id == LEAT_STAT_STDDEV)
			run_lower(w, u, LEAT_STAT_STDDEV, out);
		else if ((flags & MIN) && id == LEAT_STAT_MIN)
			run_copy(w, u->min, u->n, out);
		else if ((flags & MAX) && id == LEAT_STAT_MAX)
			run_copy(w, u->max, u->n, out);
		else if ((flags & (SUM | MOMENTS)) && id == LEAT_STAT_SUM)
			run_lower(w, u, LEAT_STAT_SUM, out);
		else if ((flags & MOMENTS) && id == LEAT_STAT_VARIANCE)
			run_lower(w, u, LEAT_STAT_VARIANCE, out);
		else /* LEAT_STAT_COUNT */
			for (size_t i = 0; i < u->n; i++)
				out[i * w->n_stats] = w->full;
	}
}

/* ---------------- a run --------------------------------------------- */

/* Where the value before B's next one to step over is in the ring. */
LEAT_INLINE size_t run_back(const struct leat_relay *r)
{
	return (r->back == 0 ? r->ring : r->back) - 1;
}

LEAT_INLINE size_t at_most(size_t n, size_t limit)
{
	return n < limit ? n : limit;
}

/* As many as stay clear of the ends of all that is walked through. */
LEAT_INLINE size_t run_length(const struct leat_relay *r, const double *x,
    size_t n)
{
	size_t missing = 0;

	n = at_most(n, RUN);
	n = at_most(n, r->chunk - r->filled);
	n = at_most(n, r->ring - r->head);
	n = at_most(n, run_back(r) + 1);
	n &= ~(size_t)1;
	for (size_t i = 0; i < n; i++)
		missing += x[i] != x[i];
	return missing ? 0 : n;
}

LEAT_INLINE void run_relay(struct leat_relay *r, size_t n)
{
	r->filled += n;
	r->place += r->stride * n;
	r->back = run_back(r) + 1 - n;
	r->head += n;
	if (r->head == r->ring)
		r->head = 0;
}

LEAT_INLINE size_t run_body(leat_window *w, const double *x, size_t n,
    double *out, int flags)
{
	const struct leat_part *p = w->parts;
	struct leat_relay *r = &w->relay;
	struct run u;

	/* The first of a chunk is pushed singly: it sets k. */
	if (!steady(w) || r->filled == 0 || leat_relay_full(r))
		return 0;
	u.n = run_length(r, x, n);
	if (u.n == 0)
		return 0;
	u.x = x;
	u.old = w->ring_x + run_back(r);
	memcpy(w->ring_x + r->head, x, u.n * sizeof(*x));
	if (flags & SUM)
		run_sums(p++, r, &u);
	if (flags & MOMENTS)
		run_moments(w, p++, &u);
	if (flags & MIN)
		run_edges(p++, r, &u, u.min, MIN);
	if (flags & MAX)
		run_edges(p, r, &u, u.max, MAX);
	run_relay(r, u.n);
	w->last = x[u.n - 1];
	run_report(w, &u, out, flags);
	return u.n;
}
