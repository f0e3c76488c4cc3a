/*
 * slide_lanes.h - the commonest classes in a relay; part of slide.c
 *
 * Sum, moments, min and max keep the prefix of D and the suffix of B, as
 * far as each has come, side by side in a part's `lanes`: the step forward
 * in D and the step backward in B are then one step on both. For each
 * class there is a state, _turn (D becomes B), _step (a push), and _value
 * (suffix of A, all of B and prefix of D joined). The first push after a
 * turn starts the lanes of moments anew, so that they need not be cleared.
 */

enum {
	SUM = 1,
	MOMENTS = 2,
	MIN = 4,
	MAX = 8,
	ONE = 16, /* a single statistic, the class's own */
	ANY = 32  /* other classes too, or pairs */
};

LEAT_INLINE double *place_of(const struct leat_part *p, size_t place,
    size_t width)
{
	return (double *)(void *)p->table + place * width;
}

/* ---------------- min and max --------------------------------------- */

struct edge_state {
	double prefix, suffix, whole;
};

LEAT_INLINE double edge_none(int flag)
{
	return flag == MAX ? -HUGE_VAL : HUGE_VAL;
}

/* b if a is NaN */
LEAT_INLINE double edge_pick(int flag, double a, double b)
{
	return flag == MAX ? (a > b ? a : b) : (a < b ? a : b);
}

LEAT_INLINE void edge_turn(const struct leat_part *p, int flag)
{
	struct edge_state *e = p->lanes;

	e->whole = e->prefix;
	e->prefix = e->suffix = edge_none(flag);
}

LEAT_INLINE void edge_step(const struct leat_part *p,
    const struct leat_relay *r, double x, double old, int flag)
{
	struct edge_state *e = p->lanes;

	e->prefix = edge_pick(flag, x, e->prefix);
	e->suffix = edge_pick(flag, old, e->suffix);
	*place_of(p, r->place, 1) = e->suffix;
}

LEAT_INLINE double edge_join(int flag, double a, double b, double d)
{
	return edge_pick(flag, d, edge_pick(flag, b, a));
}

LEAT_INLINE double edge_value(const struct leat_part *p,
    const struct leat_relay *r, int flag, int steady)
{
	const struct edge_state *e = p->lanes;
	double a = steady || r->chunks == 2
	    ? *place_of(p, leat_relay_tail(r), 1)
	    : edge_none(flag);

	return edge_join(flag, a, e->whole, e->prefix);
}

/* ---------------- sum ----------------------------------------------- */

struct sum_state {
	struct leat_sum_lanes l; /* lane 0: prefix of D; lane 1: suffix of B */
	double whole[2];
};

LEAT_INLINE void sum_turn(const struct leat_part *p)
{
	struct sum_state *s = p->lanes;

	s->whole[0] = leat_lane_get(s->l.hi, 0);
	s->whole[1] = leat_lane_get(leat_lane_add(s->l.lo, s->l.lo2), 0);
	s->l.hi = s->l.lo = s->l.lo2 = leat_lane_dup(0);
}

LEAT_INLINE void sum_add(struct leat_sum_lanes *l, leat_lane v)
{
	leat_sum_lanes_add(l, leat_lane_and(v, leat_lane_valid(v)));
}

LEAT_INLINE void sum_store(const struct leat_sum_lanes *l, double *place)
{
	place[0] = leat_lane_get(l->hi, 1);
	place[1] = leat_lane_get(leat_lane_add(l->lo, l->lo2), 1);
}

LEAT_INLINE void sum_step(const struct leat_part *p, const struct leat_relay *r,
    double x, double old)
{
	struct sum_state *s = p->lanes;
	struct leat_sum_lanes l = s->l; /* in registers */

	sum_add(&l, leat_lane_make(x, old));
	s->l = l;
	sum_store(&l, place_of(p, r->place, 2));
}

/* Three neighbours at once; hi and lo of each. */
struct sum_run {
	leat_lane hi, lo;
};

LEAT_INLINE struct sum_run sum_join(struct sum_run a, struct sum_run b,
    struct sum_run d)
{
	struct sum_run r;
	leat_lane s, ea, ed;

	leat_lane_two_sum(a.hi, b.hi, &s, &ea);
	leat_lane_two_sum(s, d.hi, &r.hi, &ed);
	r.lo = leat_lane_add(leat_lane_add(leat_lane_add(a.lo, b.lo), ea),
	    leat_lane_add(d.lo, ed));
	return r;
}

/* Only the first lane of what is loaded from memory means something. */
LEAT_INLINE struct sum_run sum_load(const double *partial)
{
	struct sum_run r = { leat_lane_make(partial[0], 0),
		leat_lane_make(partial[1], 0) };
	return r;
}

LEAT_INLINE void sum_value(const struct leat_part *p,
    const struct leat_relay *r, struct leat_summary *out, int steady)
{
	static const double none[2] = { 0, 0 };
	const struct sum_state *s = p->lanes;
	struct sum_run d = { s->l.hi, leat_lane_add(s->l.lo, s->l.lo2) };

	d = sum_join(sum_load(steady || r->chunks == 2
			     ? place_of(p, leat_relay_tail(r), 2)
			     : none),
	    sum_load(s->whole), d);
	out->hi = leat_lane_get(d.hi, 0);
	out->lo = leat_lane_get(d.lo, 0);
}

/* ---------------- moments ------------------------------------------- */

/*
 * The table holds {hi, lo, mu, m2} of a suffix. Its k is the same for the
 * whole chunk, and its n is what is left of the window's when the n of B
 * and D are taken away, so neither needs a place.
 */
enum { MOMENTS_WIDTH = 4 };

struct moments_state {
	struct leat_moments_lanes l;
	struct leat_run whole;
	double tail_k; /* shift of A's tail */
};

/* The prefix of D: the first lanes of the state. */
LEAT_INLINE struct leat_run moments_prefix(const struct leat_moments_lanes *l)
{
	struct leat_run run = { leat_lane_get(l->sum.hi, 0),
		leat_lane_get(l->sum.lo, 0) + leat_lane_get(l->sum.lo2, 0),
		leat_lane_get(l->n, 0), leat_lane_get(l->k, 0),
		leat_lane_get(l->mu, 0),
		leat_lane_get(l->m2, 0) + leat_lane_get(l->c2, 0) };
	return run;
}

LEAT_INLINE void moments_turn(const struct leat_part *p)
{
	struct moments_state *s = p->lanes;
	const struct leat_moments_lanes *l = &s->l;

	s->tail_k = leat_lane_get(l->k, 1);
	s->whole = moments_prefix(l);
}

/* Adds a value to each lane; rn is 1 / the new number of values. */
LEAT_INLINE void moments_grow(struct leat_moments_lanes *l, leat_lane v,
    leat_lane rn)
{
	leat_lane delta, q, t, m2;

	leat_sum_lanes_add(&l->sum, v);
	delta = leat_lane_sub(leat_lane_sub(v, l->k), l->mu);
	q = leat_lane_mul(delta, rn);
	l->mu = leat_lane_add(l->mu, q);
	t = leat_lane_mul(delta, leat_lane_sub(delta, q));
	m2 = leat_lane_add(l->m2, t); /* leat_add_positive() */
	l->c2 = leat_lane_add(l->c2,
	    leat_lane_sub(t, leat_lane_sub(m2, l->m2)));
	l->m2 = m2;
}

LEAT_INLINE void moments_add(struct leat_moments_lanes *l, leat_lane v)
{
	l->n = leat_lane_add(l->n, leat_lane_dup(1));
	moments_grow(l, v, leat_lane_div(leat_lane_dup(1), l->n));
}

/* Adds values of which either may be missing or the first of its lane. */
static void moments_add_masked(struct moments_state *s, leat_lane v)
{
	leat_lane_mask valid = leat_lane_valid(v);
	leat_lane_mask first = leat_lane_both(valid, leat_lane_zero(s->l.n));
	struct leat_moments_lanes old = s->l, *l = &s->l;

	l->k = leat_lane_pick(first, v, l->k);
	moments_add(l, leat_lane_and(v, valid));
	l->sum.hi = leat_lane_pick(valid, l->sum.hi, old.sum.hi);
	l->sum.lo = leat_lane_pick(valid, l->sum.lo, old.sum.lo);
	l->sum.lo2 = leat_lane_pick(valid, l->sum.lo2, old.sum.lo2);
	l->n = leat_lane_pick(valid, l->n, old.n);
	l->mu = leat_lane_pick(valid, l->mu, old.mu);
	l->m2 = leat_lane_pick(valid, l->m2, old.m2);
	l->c2 = leat_lane_pick(valid, l->c2, old.c2);
}

/* The first value of both chunks, neither missing: what add comes to. */
LEAT_INLINE struct leat_moments_lanes moments_start(leat_lane v)
{
	leat_lane zero = leat_lane_dup(0);
	struct leat_moments_lanes l = { { leat_lane_add(v, zero), zero, zero },
		leat_lane_dup(1), v, zero,
		leat_lane_sub(v, v), /* 0, but NaN for an infinity */
		zero };

	return l;
}

/* m2 + c2 is NaN where m2 overflowed; moments_finish() sees to that. */
LEAT_INLINE void moments_store(const struct leat_moments_lanes *l,
    double *place)
{
	place[0] = leat_lane_get(l->sum.hi, 1);
	place[1] = leat_lane_get(leat_lane_add(l->sum.lo, l->sum.lo2), 1);
	place[2] = leat_lane_get(l->mu, 1);
	place[3] = leat_lane_get(leat_lane_add(l->m2, l->c2), 1);
}

/* Pushes in a steady window: both chunks have values and none is missing. */
LEAT_INLINE void moments_step(const struct leat_part *p,
    const struct leat_relay *r, double x, double old)
{
	struct moments_state *s = p->lanes;
	struct leat_moments_lanes l = s->l; /* in registers */
	leat_lane v = leat_lane_make(x, old);

	if (LEAT_LIKELY(!leat_relay_first(r)))
		moments_add(&l, v);
	else
		l = moments_start(v);
	s->l = l;
	moments_store(&l, place_of(p, r->place, MOMENTS_WIDTH));
}

static void moments_step_careful(const struct leat_part *p,
    const struct leat_relay *r, double x, double old)
{
	struct moments_state *s = p->lanes;

	if (leat_relay_first(r))
		memset(&s->l, 0, sizeof(s->l));
	moments_add_masked(s, leat_lane_make(x, old));
	moments_store(&s->l, place_of(p, r->place, MOMENTS_WIDTH));
}

/* The suffix of A in the window, which has n values. */
LEAT_INLINE struct leat_run moments_tail(const struct leat_part *p,
    const struct leat_relay *r, double n)
{
	const struct moments_state *s = p->lanes;
	const double *t = place_of(p, leat_relay_tail(r), MOMENTS_WIDTH);
	struct leat_run run = { t[0], t[1],
		(n - s->whole.n) - leat_lane_get(s->l.n, 0), s->tail_k, t[2],
		t[3] };

	if (LEAT_UNLIKELY(r->place == r->last && r->chunk == r->slots))
		/* nothing is left of A */
		run.k = s->whole.k;

	return run;
}

/*
 * Deviations that overflow leave NaN in the lanes, as an infinity does.
 * Their sum of squares is infinite if there is no infinity among the newest
 * values, `size` of so many pushed; NaN if there is.
 */
static double moments_overflow(const leat_window *w, uint64_t pushes)
{
	uint64_t gone = pushes > w->size ? pushes - w->size : 0;

	return w->infinite > gone ? NAN : HUGE_VAL;
}

LEAT_INLINE void moments_finish(const struct leat_run *all,
    struct leat_summary *out)
{
	out->hi = all->hi;
	out->lo = all->lo;
	out->k = all->k;
	out->mu = all->mu;
	out->m2 = all->m2;
}

static void join_careful(struct leat_run *all, const struct leat_run *run)
{
	if (all->n == 0)
		*all = *run;
	else if (run->n > 0)
		*all = leat_run_join(*all, *run);
}

/* Chunks may not be there yet, or be empty for all that is missing. */
static void moments_careful(const struct leat_part *p,
    const struct leat_relay *r, struct leat_summary *out)
{
	const struct moments_state *s = p->lanes;
	struct leat_run all, prefix = moments_prefix(&s->l);

	memset(&all, 0, sizeof(all));
	if (r->chunks == 2)
		all = moments_tail(p, r, out->n);
	join_careful(&all, &s->whole);
	join_careful(&all, &prefix);
	moments_finish(&all, out);
}

/*
 * In a steady window, see below: then the middle chunk has half of the
 * values, a third at least in a window of three.
 */
LEAT_INLINE void moments_steady(const leat_window *w, const struct leat_part *p,
    struct leat_summary *out)
{
	const struct moments_state *s = p->lanes;
	struct leat_run all = leat_run_join3(moments_tail(p, &w->relay,
						 w->full),
	    s->whole, moments_prefix(&s->l), w->inverse);

	moments_finish(&all, out);
}
