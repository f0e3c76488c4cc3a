/*
 * slide_wide.h - the second pass of a run, WIDE pushes at a time
 *
 * A template, included by slide_run.h once for each width:
 *
 *      WIDE            how many doubles a vector has, 2 or 4
 *      WIDE_V          its type
 *      WIDE_OP(op)     the function that does op to it
 *      WIDE_NAME(name) the name of what is defined here
 *      WIDE_TARGET     attribute of the functions
 *
 * Each vector element goes through the operations of a single query in
 * their order (sum_join() and leat_run_join3()), so bits agree. The last
 * group of a run may be short: what it has too much is computed and not
 * used.
 */
#define WIDE_FUNCTION WIDE_TARGET LEAT_INLINE

struct WIDE_NAME(wide_run) {
	WIDE_V hi, lo, n, k, mu, m2;
};

/* Row i of a group of `left`, clamped. */
WIDE_FUNCTION const double *WIDE_NAME(row)(const double *place, ptrdiff_t step,
    size_t i, size_t left)
{
	return place + step * (ptrdiff_t)(i < left ? i : left - 1);
}

/* Rows of two numbers as two vectors. */
WIDE_FUNCTION void WIDE_NAME(columns2)(const double *place, ptrdiff_t step,
    size_t left, WIDE_V *c)
{
	leat_lane r[WIDE];

	for (size_t i = 0; i < WIDE; i++)
		r[i] = leat_lane_load(WIDE_NAME(row)(place, step, i, left));
#if WIDE == 4
	leat_quad_columns2(r, c);
#else
	c[0] = leat_lane_firsts(r[0], r[1]);
	c[1] = leat_lane_seconds(r[0], r[1]);
#endif
}

/* Rows of four as four. */
WIDE_FUNCTION void WIDE_NAME(columns4)(const double *place, ptrdiff_t step,
    size_t left, WIDE_V *c)
{
#if WIDE == 4
	for (size_t i = 0; i < 4; i++)
		c[i] = WIDE_OP(load)(WIDE_NAME(row)(place, step, i, left));
	leat_quad_transpose(c);
#else
	WIDE_NAME(columns2)(place, step, left, c);
	WIDE_NAME(columns2)(place + 2, step, left, c + 2);
#endif
}

WIDE_FUNCTION void WIDE_NAME(suffixes)(const struct run *u, size_t i,
    size_t left, double *place, ptrdiff_t step, size_t width)
{
	size_t bytes = width * sizeof(double);

	if (LEAT_LIKELY(left >= WIDE)) { /* the loop then has a fixed length */
		for (ptrdiff_t j = 0; j < WIDE; j++)
			memcpy(place + step * j, u->suffix[i + (size_t)j],
			    bytes);
		return;
	}
	for (size_t j = 0; j < left; j++, place += step)
		memcpy(place, u->suffix[i + j], bytes);
}

WIDE_FUNCTION void WIDE_NAME(two_sum)(WIDE_V a, WIDE_V b, WIDE_V *s, WIDE_V *e)
{
	WIDE_V sum = WIDE_OP(add)(a, b);
	WIDE_V bb = WIDE_OP(sub)(sum, a);

	*e = WIDE_OP(add)(WIDE_OP(sub)(a, WIDE_OP(sub)(sum, bb)),
	    WIDE_OP(sub)(b, bb));
	*s = sum;
}

/* hi and lo of three neighbours; into the run's arrays at i. */
WIDE_FUNCTION void WIDE_NAME(sum_join)(struct run *u, size_t i, WIDE_V a_hi,
    WIDE_V a_lo, WIDE_V b_hi, WIDE_V b_lo)
{
	WIDE_V s, hi, ea, ed, lo = WIDE_OP(load)(u->lo + i);

	WIDE_NAME(two_sum)(a_hi, b_hi, &s, &ea);
	WIDE_NAME(two_sum)(s, WIDE_OP(load)(u->hi + i), &hi, &ed);
	lo = WIDE_OP(add)(WIDE_OP(add)(WIDE_OP(add)(a_lo, b_lo), ea),
	    WIDE_OP(add)(lo, ed));
	WIDE_OP(store)(u->hi + i, hi);
	WIDE_OP(store)(u->lo + i, lo);
}

WIDE_TARGET static void WIDE_NAME(run_sums)(const struct leat_part *p,
    const struct leat_relay *r, struct run *u)
{
	const struct sum_state *s = p->lanes;
	WIDE_V b_hi = WIDE_OP(dup)(s->whole[0]), a[2];
	WIDE_V b_lo = WIDE_OP(dup)(s->whole[1]);
	double *place = run_place(p, r, 2);
	ptrdiff_t step = run_step(r, 2);

	run_sum_state(p, u);
	run_pad(u);
	for (size_t i = 0; i < u->n; i += WIDE, place += WIDE * step) {
		WIDE_NAME(columns2)(place + step, step, u->n - i, a);
		WIDE_NAME(suffixes)(u, i, u->n - i, place, step, 2);
		WIDE_NAME(sum_join)(u, i, a[0], a[1], b_hi, b_lo);
	}
}

/* m2 as leat_run_join3() has it. */
WIDE_FUNCTION void WIDE_NAME(spread_join)(const struct WIDE_NAME(wide_run) * a,
    const struct WIDE_NAME(wide_run) * b, const struct WIDE_NAME(wide_run) * d,
    WIDE_V rn, WIDE_V *m2)
{
	WIDE_V ma = WIDE_OP(add)(WIDE_OP(sub)(a->k, b->k),
	    WIDE_OP(sub)(a->mu, b->mu));
	WIDE_V md = WIDE_OP(add)(WIDE_OP(sub)(d->k, b->k),
	    WIDE_OP(sub)(d->mu, b->mu));
	WIDE_V ta = WIDE_OP(mul)(a->n, ma), td = WIDE_OP(mul)(d->n, md);
	WIDE_V t = WIDE_OP(add)(ta, td);
	WIDE_V q = WIDE_OP(mul)(t, rn);

	ta = WIDE_OP(add)(WIDE_OP(mul)(ta, ma), WIDE_OP(mul)(td, md));
	t = WIDE_OP(mul)(t, q);
	*m2 = WIDE_OP(add)(WIDE_OP(add)(a->m2, b->m2), d->m2);
	*m2 = WIDE_OP(add)(*m2, WIDE_OP(sub)(ta, t));
}

WIDE_TARGET static void WIDE_NAME(run_moments)(leat_window *w,
    const struct leat_part *p, struct run *u)
{
	const struct moments_state *s = p->lanes;
	double filled = (double)(int64_t)leat_relay_filled(&w->relay);
	struct WIDE_NAME(wide_run) a, d,
	    b = { WIDE_OP(dup)(s->whole.hi), WIDE_OP(dup)(s->whole.lo),
		    WIDE_OP(dup)(s->whole.n), WIDE_OP(dup)(s->whole.k),
		    WIDE_OP(dup)(s->whole.mu), WIDE_OP(dup)(s->whole.m2) };
	double *place = run_place(p, &w->relay, MOMENTS_WIDTH);
	ptrdiff_t step = run_step(&w->relay, MOMENTS_WIDTH);
	WIDE_V c[4], all = WIDE_OP(dup)(0);

	run_moments_state(p, u, filled);
	run_pad(u);
	d.n = WIDE_OP(count)(filled + 1);
	d.k = WIDE_OP(dup)(leat_lane_get(s->l.k, 0));
	for (size_t i = 0; i < u->n; i += WIDE, place += WIDE * step) {
		WIDE_NAME(columns4)(place + step, step, u->n - i, c);
		WIDE_NAME(suffixes)(u, i, u->n - i, place, step, 4);
		a.n = WIDE_OP(sub)(WIDE_OP(dup)(w->full - s->whole.n), d.n);
		/* A may be empty here: see moments_tail() */
		a.k = WIDE_OP(if_zero)(a.n, b.k, WIDE_OP(dup)(s->tail_k));
		a.mu = c[2];
		a.m2 = c[3];
		d.mu = WIDE_OP(load)(u->mu + i);
		d.m2 = WIDE_OP(load)(u->m2 + i);
		WIDE_NAME(sum_join)(u, i, c[0], c[1], b.hi, b.lo);
		WIDE_NAME(spread_join)
		(&a, &b, &d, WIDE_OP(dup)(w->inverse), &d.m2);
		WIDE_OP(store)(u->m2 + i, d.m2);
		all = WIDE_OP(add)(all, d.m2);
		d.n = WIDE_OP(add)(d.n, WIDE_OP(dup)(WIDE));
	}
	if (LEAT_UNLIKELY(WIDE_OP(any_nan)(all)))
		run_overflowed(w, u);
}

/* ---------------- lowering a run ------------------------------------ */

WIDE_FUNCTION WIDE_V WIDE_NAME(run_value)(const leat_window *w,
    const struct run *u, size_t i, int id)
{
	WIDE_V hi = WIDE_OP(load)(u->hi + i), lo = WIDE_OP(load)(u->lo + i);

	if (id == LEAT_STAT_SUM)
		return WIDE_OP(add)(hi, lo);
	if (id == LEAT_STAT_MEAN) {
		WIDE_NAME(two_sum)(hi, lo, &hi, &lo);
		return WIDE_OP(add)(WIDE_OP(div)(hi, WIDE_OP(dup)(w->full)),
		    WIDE_OP(mul)(lo, WIDE_OP(dup)(w->inverse)));
	}
	WIDE_V v = WIDE_OP(div)(WIDE_OP(load)(u->m2 + i),
	    WIDE_OP(dup)(w->free));
	return id == LEAT_STAT_VARIANCE ? v : WIDE_OP(sqrt)(v);
}

WIDE_FUNCTION void WIDE_NAME(run_lower_as)(const leat_window *w,
    const struct run *u, int id, double *out)
{
	size_t step = w->n_stats;
	double v[WIDE];

	for (size_t i = 0; i < u->n; i += WIDE, out += WIDE * step) {
		WIDE_V r = WIDE_NAME(run_value)(w, u, i, id);
		WIDE_OP(store)(v, r);
		if (LEAT_UNLIKELY(WIDE_OP(any_nan)(r)))
			for (size_t j = 0; j < WIDE; j++)
				v[j] = run_again(w, u, i + j, id);
		if (LEAT_LIKELY(i + WIDE <= u->n))
			for (size_t j = 0; j < WIDE; j++)
				out[j * step] = v[j];
		else
			for (size_t j = 0; i + j < u->n; j++)
				out[j * step] = v[j];
	}
}

WIDE_TARGET static void WIDE_NAME(run_lower)(const leat_window *w,
    const struct run *u, int id, double *out)
{
	if (id == LEAT_STAT_MEAN)
		WIDE_NAME(run_lower_as)(w, u, LEAT_STAT_MEAN, out);
	else if (id == LEAT_STAT_STDDEV)
		WIDE_NAME(run_lower_as)(w, u, LEAT_STAT_STDDEV, out);
	else if (id == LEAT_STAT_MIN)
		run_copy(w, u->min, u->n, out);
	else if (id == LEAT_STAT_MAX)
		run_copy(w, u->max, u->n, out);
	else if (id == LEAT_STAT_SUM)
		WIDE_NAME(run_lower_as)(w, u, LEAT_STAT_SUM, out);
	else if (id == LEAT_STAT_VARIANCE)
		WIDE_NAME(run_lower_as)(w, u, LEAT_STAT_VARIANCE, out);
	else /* LEAT_STAT_COUNT */
		run_fill(w, u->n, out);
}

WIDE_TARGET static size_t WIDE_NAME(run_body)(leat_window *w, const double *x,
    size_t n, double *out)
{
	int flags = w->flags;
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
	run_keep(w->ring_x + r->head, x, u.n);
	if (flags & SUM)
		WIDE_NAME(run_sums)(p++, r, &u);
	if (flags & MOMENTS)
		WIDE_NAME(run_moments)(w, p++, &u);
	if (flags & MIN)
		run_edges(p++, r, &u, u.min, MIN);
	if (flags & MAX)
		run_edges(p, r, &u, u.max, MAX);
	run_relay(r, u.n);
	w->last = x[u.n - 1];
	for (size_t j = 0; j < w->n_stats; j++)
		WIDE_NAME(run_lower)(w, &u, w->stats[j].id, out + j);
	return u.n;
}

#undef WIDE
#undef WIDE_TARGET
#undef WIDE_V
#undef WIDE_OP
#undef WIDE_NAME
#undef WIDE_FUNCTION
