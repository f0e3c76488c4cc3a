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

/* What a push comes to; lane 0: prefix of D, lane 1: suffix of B. */
struct run_note {
	leat_lane hi, lo, mu, m2;
};

struct run {
	const double *x;
	const double *old; /* what B's suffix grows by: old[0], old[-1], ... */
	size_t n;
	double hi[RUN + 1], lo[RUN + 1], m2[RUN + 1];
	double min[RUN], max[RUN];
	struct run_note t[RUN];
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

/*
 * The rest takes two passes. The first carries the state from push to push,
 * which is a chain of dependent operations, and notes what it comes to:
 * prefix in the first lanes, suffix in the second. In the second pass no
 * push waits for another.
 */
LEAT_INLINE leat_lane run_values(const struct run *u, size_t i)
{
	return leat_lane_make(u->x[i], u->old[-(ptrdiff_t)i]);
}

/* ---------------- sum ----------------------------------------------- */

LEAT_INLINE void run_sum_state(const struct leat_part *p, struct run *u)
{
	struct sum_state *s = p->lanes;
	struct leat_sum_lanes l = s->l;

	for (size_t i = 0; i < u->n; i++) {
		leat_sum_lanes_add(&l, run_values(u, i));
		u->t[i].hi = l.hi;
		u->t[i].lo = leat_lane_add(l.lo, l.lo2);
	}
	s->l = l;
}

LEAT_INLINE void run_sums(const struct leat_part *p,
    const struct leat_relay *r, struct run *u)
{
	const struct sum_state *s = p->lanes;
	struct sum_run b = { leat_lane_dup(s->whole[0]),
		leat_lane_dup(s->whole[1]) };
	double *place = run_place(p, r, 2);
	ptrdiff_t step = run_step(r, 2);

	run_sum_state(p, u);
	for (size_t i = 0; i < u->n; i += 2, place += 2 * step) {
		const struct run_note *t0 = &u->t[i];
		size_t two = i + 1 < u->n;
		const struct run_note *t1 = t0 + two;
		leat_lane a0 = leat_lane_load(place + step);
		leat_lane a1 =
		    leat_lane_load(two ? place + 2 * step : place + step);
		struct sum_run a = { leat_lane_firsts(a0, a1),
			leat_lane_seconds(a0, a1) };
		struct sum_run d = { leat_lane_firsts(t0->hi, t1->hi),
			leat_lane_firsts(t0->lo, t1->lo) };
		leat_lane_store(place, leat_lane_seconds(t0->hi, t0->lo));
		if (two)
			leat_lane_store(place + step,
			    leat_lane_seconds(t1->hi, t1->lo));
		d = sum_join(a, b, d);
		leat_lane_store(u->hi + i, d.hi);
		leat_lane_store(u->lo + i, d.lo);
	}
}

/* ---------------- moments ------------------------------------------- */

LEAT_INLINE void run_moments_note(struct run_note *t,
    struct leat_moments_lanes *l, leat_lane v, leat_lane rn)
{
	moments_grow(l, v, rn);
	t->hi = l->sum.hi;
	t->lo = leat_lane_add(l->sum.lo, l->sum.lo2);
	t->mu = l->mu;
	t->m2 = leat_lane_add(l->m2, l->c2);
}

/* Returns the k of D, in both lanes. */
LEAT_INLINE leat_lane run_moments_state(const struct leat_part *p,
    struct run *u, double filled)
{
	struct moments_state *s = p->lanes;
	struct leat_moments_lanes l = s->l;
	leat_lane n = leat_lane_make(filled + 1, filled + 2), rn;
	size_t i = 0;

	if (filled == 0) /* see moments_start() */
		l.k = run_values(u, 0);
	for (; i + 2 <= u->n; i += 2) {
		rn = leat_lane_div(leat_lane_dup(1), n);
		n = leat_lane_add(n, leat_lane_dup(2));
		run_moments_note(&u->t[i], &l, run_values(u, i),
		    leat_lane_firsts(rn, rn));
		run_moments_note(&u->t[i + 1], &l, run_values(u, i + 1),
		    leat_lane_seconds(rn, rn));
	}
	if (i < u->n) {
		rn = leat_lane_div(leat_lane_dup(1), n);
		run_moments_note(&u->t[i], &l, run_values(u, i),
		    leat_lane_firsts(rn, rn));
	}
	l.n = leat_lane_dup(filled + (double)(int64_t)u->n);
	s->l = l;
	return leat_lane_firsts(l.k, l.k);
}

/* The suffixes of A at two places. */
LEAT_INLINE void run_tails(struct leat_run_lanes *a, const double *a0,
    const double *a1)
{
	leat_lane s0 = leat_lane_load(a0), s1 = leat_lane_load(a1);
	leat_lane m0 = leat_lane_load(a0 + 2), m1 = leat_lane_load(a1 + 2);

	a->hi = leat_lane_firsts(s0, s1);
	a->lo = leat_lane_seconds(s0, s1);
	a->mu = leat_lane_firsts(m0, m1);
	a->m2 = leat_lane_seconds(m0, m1);
}

LEAT_INLINE void run_prefixes(struct leat_run_lanes *d,
    const struct run_note *t0, const struct run_note *t1)
{
	d->hi = leat_lane_firsts(t0->hi, t1->hi);
	d->lo = leat_lane_firsts(t0->lo, t1->lo);
	d->mu = leat_lane_firsts(t0->mu, t1->mu);
	d->m2 = leat_lane_firsts(t0->m2, t1->m2);
}

LEAT_INLINE void run_suffix(const struct run_note *t, double *place)
{
	leat_lane_store(place, leat_lane_seconds(t->hi, t->lo));
	leat_lane_store(place + 2, leat_lane_seconds(t->mu, t->m2));
}

static leat_lane run_overflow(const struct leat_run_lanes *a)
{
	double m2[2];

	for (int i = 0; i < 2; i++) {
		m2[i] = leat_lane_get(a->m2, i);
		if (m2[i] != m2[i])
			m2[i] = moments_overflow(leat_lane_get(a->k, i),
			    leat_lane_get(a->mu, i));
	}
	return leat_lane_load(m2);
}

LEAT_INLINE struct leat_run_lanes run_dup(const struct leat_run *b)
{
	struct leat_run_lanes r = { leat_lane_dup(b->hi), leat_lane_dup(b->lo),
		leat_lane_dup(b->n), leat_lane_dup(b->k), leat_lane_dup(b->mu),
		leat_lane_dup(b->m2) };

	return r;
}

LEAT_INLINE void run_moments(const leat_window *w, const struct leat_part *p,
    struct run *u)
{
	const struct moments_state *s = p->lanes;
	double filled = (double)(int64_t)w->relay.filled;
	leat_lane k = run_moments_state(p, u, filled);
	leat_lane others = leat_lane_dup(w->full - s->whole.n);
	struct leat_run_lanes a, b = run_dup(&s->whole), d;
	double *place = run_place(p, &w->relay, MOMENTS_WIDTH);
	ptrdiff_t step = run_step(&w->relay, MOMENTS_WIDTH);

	d.n = leat_lane_make(filled + 1, filled + 2);
	d.k = k;
	for (size_t i = 0; i < u->n; i += 2, place += 2 * step) {
		size_t two = i + 1 < u->n;
		run_tails(&a, place + step,
		    two ? place + 2 * step : place + step);
		run_prefixes(&d, &u->t[i], &u->t[i + two]);
		run_suffix(&u->t[i], place);
		if (two)
			run_suffix(&u->t[i + 1], place + step);
		a.n = leat_lane_sub(others, d.n);
		/* where nothing is left of A: see moments_tail() */
		a.k = leat_lane_pick(leat_lane_zero(a.n), b.k,
		    leat_lane_dup(s->tail_k));
		struct leat_run_lanes all = leat_run_lanes_join3(&a, &b, &d,
		    leat_lane_dup(w->inverse));
		if (LEAT_UNLIKELY(isunordered(leat_lane_get(all.m2, 0),
			leat_lane_get(all.m2, 1))))
			all.m2 = run_overflow(&all);
		leat_lane_store(u->hi + i, all.hi);
		leat_lane_store(u->lo + i, all.lo);
		leat_lane_store(u->m2 + i, all.m2);
		d.n = leat_lane_add(d.n, leat_lane_dup(2));
	}
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
	if (id == LEAT_STAT_MEAN) {
		leat_lane_two_sum(hi, lo, &hi, &lo);
		return leat_lane_add(leat_lane_div(hi, leat_lane_dup(w->full)),
		    leat_lane_mul(lo, leat_lane_dup(w->inverse)));
	}
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
		if (LEAT_LIKELY(i + 1 < u->n))
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

	if (!steady(w))
		return 0;
	if (leat_relay_full(r))
		turn(w, flags);
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
