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
	double old[RUN]; /* what the suffix of B grows by */
	size_t n;
	double hi[RUN], lo[RUN], m2[RUN]; /* m2 is the sum's n-1 free part */
	double min[RUN], max[RUN];
};

/* Where the i-th push of the run writes, and reads one stride further. */
LEAT_INLINE double *run_place(const struct leat_part *p,
    const struct leat_relay *r, size_t i, size_t width)
{
	return place_of(p, r->place + r->stride * (i + 1), width);
}

LEAT_INLINE void edge_run(const struct leat_part *p,
    const struct leat_relay *r, const struct run *u, double *to, int flag)
{
	struct edge_state *e = p->lanes;
	double prefix = e->prefix, suffix = e->suffix, whole = e->whole;

	for (size_t i = 0; i < u->n; i++) {
		double *place = run_place(p, r, i, 1);
		prefix = edge_pick(flag, u->x[i], prefix);
		suffix = edge_pick(flag, u->old[i], suffix);
		*place = suffix;
		to[i] = edge_join(flag, place[(ptrdiff_t)r->stride], whole,
		    prefix);
	}
	e->prefix = prefix;
	e->suffix = suffix;
}

LEAT_INLINE void sum_run(const struct leat_part *p,
    const struct leat_relay *r, struct run *u)
{
	struct sum_state *s = p->lanes;
	struct leat_sum_lanes l = s->l;
	struct sum_run b = { leat_lane_dup(s->whole[0]),
		leat_lane_dup(s->whole[1]) };

	for (size_t i = 0; i < u->n; i += 2) {
		size_t k = i + 1 < u->n ? i + 1 : i; /* the last may be alone */
		const double *t0 = run_place(p, r, i + 1, 2);
		const double *t1 = run_place(p, r, k + 1, 2);
		struct sum_run a = { leat_lane_make(t0[0], t1[0]),
			leat_lane_make(t0[1], t1[1]) };
		leat_sum_lanes_add(&l, leat_lane_make(u->x[i], u->old[i]));
		sum_store(&l, run_place(p, r, i, 2));
		double hi = leat_lane_get(l.hi, 0);
		double lo = leat_lane_get(leat_lane_add(l.lo, l.lo2), 0);
		if (k > i) {
			leat_sum_lanes_add(&l,
			    leat_lane_make(u->x[k], u->old[k]));
			sum_store(&l, run_place(p, r, k, 2));
		}
		struct sum_run d = { leat_lane_make(hi,
					 leat_lane_get(l.hi, 0)),
			leat_lane_make(lo,
			    leat_lane_get(leat_lane_add(l.lo, l.lo2), 0)) };
		d = sum_join(a, b, d);
		leat_lane_store(u->hi + i, d.hi);
		leat_lane_store(u->lo + i, d.lo);
	}
	s->l = l;
}

/* One push of a run, and the prefix after it. */
LEAT_INLINE struct leat_run moments_run_step(const struct leat_part *p,
    const struct leat_relay *r, const struct run *u,
    struct leat_moments_lanes *l, size_t i)
{
	moments_add(l, leat_lane_make(u->x[i], u->old[i]));
	moments_store(l, run_place(p, r, i, MOMENTS_WIDTH));
	return moments_prefix(l);
}

LEAT_INLINE struct leat_run_lanes run_pair(struct leat_run a,
    struct leat_run b)
{
	struct leat_run_lanes r = { leat_lane_make(a.hi, b.hi),
		leat_lane_make(a.lo, b.lo), leat_lane_make(a.n, b.n),
		leat_lane_make(a.k, b.k), leat_lane_make(a.mu, b.mu),
		leat_lane_make(a.m2, b.m2) };

	return r;
}

LEAT_INLINE struct leat_run run_tail(const struct moments_state *s,
    const double *t)
{
	struct leat_run run = { t[0], t[1], 0, s->tail_k, t[2], t[3] };

	return run;
}

LEAT_INLINE void moments_run(const leat_window *w, const struct leat_part *p,
    struct run *u)
{
	const struct leat_relay *r = &w->relay;
	struct moments_state *s = p->lanes;
	struct leat_moments_lanes l = s->l;
	struct leat_run_lanes b = run_pair(s->whole, s->whole);
	leat_lane both = leat_lane_dup(w->full - s->whole.n);

	for (size_t i = 0; i < u->n; i += 2) {
		size_t k = i + 1 < u->n ? i + 1 : i;
		const double *t0 = run_place(p, r, i + 1, MOMENTS_WIDTH);
		const double *t1 = run_place(p, r, k + 1, MOMENTS_WIDTH);
		struct leat_run_lanes a =
		    run_pair(run_tail(s, t0), run_tail(s, t1));
		struct leat_run d0 = moments_run_step(p, r, u, &l, i);
		struct leat_run d1 = d0;
		if (k > i)
			d1 = moments_run_step(p, r, u, &l, k);
		struct leat_run_lanes d = run_pair(d0, d1);
		a.n = leat_lane_sub(both, d.n);
		/* nothing left of A: see moments_tail() */
		a.k = leat_lane_pick(leat_lane_zero(a.n), b.k, a.k);
		d = leat_run_lanes_join3(&a, &b, &d,
		    leat_lane_dup(w->inverse));
		leat_lane_store(u->hi + i, d.hi);
		leat_lane_store(u->lo + i, d.lo);
		leat_lane_store(u->m2 + i, d.m2);
	}
	s->l = l;
}

/* ---------------- lowering a run ------------------------------------ */

/* What came out as NaN is looked at again, in the way of single queries. */
static double run_again(const leat_window *w, const struct run *u, size_t i,
    int id)
{
	const struct leat_relay *r = &w->relay;
	struct leat_summary s;

	(void)r;
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
		double v[2];
		leat_lane_store(v, run_value(w, u, i, id));
		for (size_t k = 0; k < 2 && i + k < u->n; k++)
			out[(i + k) * step] = LEAT_LIKELY(v[k] == v[k])
			    ? v[k]
			    : run_again(w, u, i + k, id);
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

/* How many of the values there are before one that is missing. */
LEAT_INLINE size_t run_length(const leat_window *w, const double *x, size_t n)
{
	size_t room = w->relay.chunk - w->relay.filled, i = 0;

	if (n > room)
		n = room;
	if (n > RUN)
		n = RUN;
	while (i < n && x[i] == x[i])
		i++;
	return i;
}

/* The ring takes the new values in and gives those of B, backwards. */
LEAT_INLINE void run_ring(leat_window *w, struct run *u)
{
	struct leat_relay *r = &w->relay;
	size_t head = r->head, back = r->back;

	for (size_t i = 0; i < u->n; i++) {
		w->ring_x[head] = u->x[i];
		head = head + 1 == r->ring ? 0 : head + 1;
		back = (back == 0 ? r->ring : back) - 1;
		u->old[i] = w->ring_x[back];
	}
	r->head = head;
	r->back = back;
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
	u.x = x;
	u.n = run_length(w, x, n);
	if (u.n == 0)
		return 0;
	run_ring(w, &u);
	if (flags & SUM)
		sum_run(p++, r, &u);
	if (flags & MOMENTS)
		moments_run(w, p++, &u);
	if (flags & MIN)
		edge_run(p++, r, &u, u.min, MIN);
	if (flags & MAX)
		edge_run(p, r, &u, u.max, MAX);
	r->filled += u.n;
	r->place += r->stride * u.n;
	w->last = x[u.n - 1];
	run_report(w, &u, out, flags);
	return u.n;
}
