/*
 * slide.c - the last n values
 *
 * The relay of window.h over single values. For the commonest classes the
 * step forward in D and the step backward in B are the two lanes of one
 * step, and a window with one such class is served by a push and a query
 * of its own with everything inlined; the rest goes through the functions
 * of its class (chain.c). Which way a class goes depends on the class
 * alone, so results do not depend on what else is asked for.
 *
 * How many values count and how many are missing needs no class: these
 * are integers, which can be subtracted without loss.
 */
#include "window.h"

/* ---------------- the ring, and what enters and leaves -------------- */

LEAT_INLINE int is_missing(const leat_window *w, double x, double y)
{
	return x != x || (w->pairs && y != y);
}

static void turn(leat_window *w);

/* Puts the value in and moves the relay; the parts follow. */
LEAT_INLINE void enter(leat_window *w, double x, double y)
{
	struct leat_relay *r = &w->relay;
	size_t head;

	if (leat_relay_full(r))
		turn(w);
	head = r->head;
	if (LEAT_LIKELY(w->length == w->size)) {
		double gone_y = w->pairs ? w->ring_y[head] : 0;
		w->missing -= (uint64_t)is_missing(w, w->ring_x[head], gone_y);
	} else {
		w->length++;
	}
	w->ring_x[head] = x;
	if (w->pairs)
		w->ring_y[head] = y;
	if (LEAT_LIKELY(!is_missing(w, x, y)))
		w->last = x;
	else
		w->missing++;
	w->pushed++;
	leat_relay_step(r);
}

/* The value that the suffix of B grows by; missing while there is no B. */
LEAT_INLINE double backward(const leat_window *w)
{
	return w->relay.chunks ? w->ring_x[w->relay.back] : NAN;
}

LEAT_INLINE void begin_summary(const leat_window *w, struct leat_summary *s)
{
	s->n = (double)(w->length - w->missing);
	s->missing = (double)w->missing;
}

/* ---------------- min and max --------------------------------------- */

struct edge_state {
	double prefix, suffix, whole;
};

LEAT_INLINE double pick(int is_max, double a, double b)
{
	return is_max ? (a > b ? a : b) : (a < b ? a : b);
}

LEAT_INLINE void edge_turn(struct leat_part *p, int is_max)
{
	struct edge_state *e = p->lanes;

	e->whole = e->prefix;
	e->prefix = e->suffix = is_max ? -HUGE_VAL : HUGE_VAL;
}

LEAT_INLINE void edge_step(struct leat_part *p, const struct leat_relay *r,
    double x, double old, int is_max)
{
	struct edge_state *e = p->lanes;
	double *table = (double *)(void *)p->table + 1;

	e->prefix = pick(is_max, x, e->prefix);
	e->suffix = pick(is_max, old, e->suffix);
	table[leat_relay_write(r)] = e->suffix;
}

LEAT_INLINE double edge_value(const struct leat_part *p,
    const struct leat_relay *r, int is_max)
{
	const struct edge_state *e = p->lanes;
	const double *table = (const double *)(const void *)p->table;
	double m = e->prefix;

	if (r->chunks > 0)
		m = pick(is_max, e->whole, m);
	if (LEAT_LIKELY(r->chunks == 2))
		m = pick(is_max, table[leat_relay_read1(r)], m);
	return m;
}

/* ---------------- sum ----------------------------------------------- */

struct sum_state {
	struct leat_sum_lanes l; /* lane 0: prefix of D; lane 1: suffix of B */
	double whole[2];
};

LEAT_INLINE void sum_turn(struct leat_part *p)
{
	struct sum_state *s = p->lanes;

	s->whole[0] = leat_lane_get(s->l.hi, 0);
	s->whole[1] = leat_lane_get(leat_lane_add(s->l.lo, s->l.lo2), 0);
	s->l.hi = s->l.lo = s->l.lo2 = leat_lane_dup(0);
}

LEAT_INLINE void sum_step(struct leat_part *p, const struct leat_relay *r,
    double x, double old)
{
	struct sum_state *s = p->lanes;
	double *slot = (double *)(void *)p->table +
	    2 * (leat_relay_write(r) + 1);
	leat_lane v = leat_lane_make(x, old);

	leat_sum_lanes_add(&s->l, leat_lane_and(v, leat_lane_valid(v)));
	slot[0] = leat_lane_get(s->l.hi, 1);
	slot[1] = leat_lane_get(leat_lane_add(s->l.lo, s->l.lo2), 1);
}

LEAT_INLINE void sum_join(double *hi, double *lo, double hi2, double lo2)
{
	double e;

	leat_two_sum(*hi, hi2, hi, &e);
	*lo += lo2 + e;
}

LEAT_INLINE void sum_value(const struct leat_part *p,
    const struct leat_relay *r, double *hi, double *lo)
{
	const struct sum_state *s = p->lanes;

	*hi = *lo = 0;
	if (LEAT_LIKELY(r->chunks == 2)) {
		const double *slot = (const double *)(const void *)p->table +
		    2 * leat_relay_read1(r);
		*hi = slot[0];
		*lo = slot[1];
	}
	if (LEAT_LIKELY(r->chunks > 0))
		sum_join(hi, lo, s->whole[0], s->whole[1]);
	sum_join(hi, lo, leat_lane_get(s->l.hi, 0),
	    leat_lane_get(leat_lane_add(s->l.lo, s->l.lo2), 0));
}

/* ---------------- moments ------------------------------------------- */

struct moments_state {
	struct leat_moments_lanes l;
	double whole[6];
};

LEAT_INLINE void moments_turn(struct leat_part *p)
{
	struct moments_state *s = p->lanes;
	struct leat_moments_lanes *l = &s->l;

	s->whole[0] = leat_lane_get(l->sum.hi, 0);
	s->whole[1] = leat_lane_get(leat_lane_add(l->sum.lo, l->sum.lo2), 0);
	s->whole[2] = leat_lane_get(l->n, 0);
	s->whole[3] = leat_lane_get(l->k, 0);
	s->whole[4] = leat_lane_get(l->mu, 0);
	s->whole[5] = leat_positive_value(leat_lane_get(l->m2, 0),
	    leat_lane_get(l->c2, 0));
	memset(l, 0, sizeof(*l));
}

/* m2 + c2, but m2 where that overflowed. */
LEAT_INLINE leat_lane folded_m2(const struct leat_moments_lanes *l)
{
	leat_lane v = leat_lane_add(l->m2, l->c2);

	return leat_lane_pick(leat_lane_valid(v), v, l->m2);
}

LEAT_INLINE void moments_lanes_add(struct leat_moments_lanes *l, leat_lane v)
{
	leat_lane_mask valid = leat_lane_valid(v);
	leat_lane_mask first = leat_lane_both(valid, leat_lane_zero(l->n));
	leat_lane delta, q, t, sum, rn;

	leat_sum_lanes_add(&l->sum, leat_lane_and(v, valid));
	l->k = leat_lane_pick(first, v, l->k);
	l->n = leat_lane_add(l->n, leat_lane_and(leat_lane_dup(1), valid));
	rn = leat_lane_div(leat_lane_dup(1), l->n); /* waits for nothing */
	delta = leat_lane_sub(leat_lane_sub(v, l->k), l->mu);
	delta = leat_lane_and(delta, valid);
	q = leat_lane_and(leat_lane_mul(delta, rn), valid);
	l->mu = leat_lane_add(l->mu, q);
	t = leat_lane_mul(delta, leat_lane_sub(delta, q));
	sum = leat_lane_add(l->m2, t); /* leat_add_positive() */
	l->c2 = leat_lane_add(l->c2,
	    leat_lane_sub(t, leat_lane_sub(sum, l->m2)));
	l->m2 = sum;
}

LEAT_INLINE void moments_store(const struct leat_moments_lanes *l,
    double *slot)
{
	slot[0] = leat_lane_get(l->sum.hi, 1);
	slot[1] = leat_lane_get(leat_lane_add(l->sum.lo, l->sum.lo2), 1);
	slot[2] = leat_lane_get(l->n, 1);
	slot[3] = leat_lane_get(l->k, 1);
	slot[4] = leat_lane_get(l->mu, 1);
	slot[5] = leat_lane_get(folded_m2(l), 1);
}

LEAT_INLINE void moments_step(struct leat_part *p, const struct leat_relay *r,
    double x, double old)
{
	struct moments_state *s = p->lanes;

	moments_lanes_add(&s->l, leat_lane_make(x, old));
	moments_store(&s->l,
	    (double *)(void *)p->table + 6 * (leat_relay_write(r) + 1));
}

LEAT_INLINE struct leat_run run_of(const double *partial)
{
	struct leat_run run = { leat_lane_dup(partial[0]),
		leat_lane_dup(partial[1]), leat_lane_dup(partial[2]),
		leat_lane_dup(partial[3]), leat_lane_dup(partial[4]),
		leat_lane_dup(partial[5]) };
	return run;
}

/* An empty neighbour must not have a say: it takes the middle's mean. */
LEAT_INLINE void run_fill(double *partial, const double *middle)
{
	if (LEAT_UNLIKELY(partial[2] == 0)) {
		partial[3] = middle[3];
		partial[4] = middle[4];
	}
}

/* The general case: chunks that are not there yet, or all missing. */
static void moments_join(const double *a, const double *b, const double *d,
    struct leat_moments *m)
{
	const struct leat_class *cls = &leat_class_moments;

	cls->identity(NULL, m);
	cls->combine(NULL, m, a);
	cls->combine(NULL, m, b);
	cls->combine(NULL, m, d);
	cls->fold(m);
}

static void moments_value(const struct leat_part *p,
    const struct leat_relay *r, double n, struct leat_summary *out)
{
	const struct moments_state *s = p->lanes;
	const struct leat_moments_lanes *l = &s->l;
	double a[6] = { 0 }, d[6];

	if (LEAT_LIKELY(r->chunks == 2))
		memcpy(a,
		    (const double *)(const void *)p->table +
			6 * leat_relay_read1(r),
		    sizeof(a));
	d[0] = leat_lane_get(l->sum.hi, 0);
	d[1] = leat_lane_get(leat_lane_add(l->sum.lo, l->sum.lo2), 0);
	d[2] = leat_lane_get(l->n, 0);
	d[3] = leat_lane_get(l->k, 0);
	d[4] = leat_lane_get(l->mu, 0);
	d[5] = leat_lane_get(folded_m2(l), 0);
	if (LEAT_UNLIKELY(s->whole[2] == 0)) {
		struct leat_moments m;
		moments_join(a, s->whole, d, &m);
		out->hi = m.p.hi;
		out->lo = m.p.lo;
		out->k = m.p.k;
		out->mu = m.p.mu;
		out->m2 = m.p.m2;
		return;
	}
	run_fill(a, s->whole);
	run_fill(d, s->whole);
	struct leat_run ra = run_of(a), rb = run_of(s->whole), rd = run_of(d);
	struct leat_run all;
	leat_run_combine3(&ra, &rb, &rd, leat_lane_dup(1 / n), &all);
	out->hi = leat_lane_get(all.hi, 0);
	out->lo = leat_lane_get(all.lo, 0);
	out->k = leat_lane_get(all.k, 0);
	out->mu = leat_lane_get(all.mu, 0);
	out->m2 = leat_lane_get(all.m2, 0);
}

/* ---------------- any class ----------------------------------------- */

static void any_step(struct leat_window *w, struct leat_part *p)
{
	const struct leat_relay *r = &w->relay;
	size_t newest = (r->head ? r->head : r->ring) - 1;
	leat_sample s;

	s.t = (int64_t)w->pushed - 1;
	s.x = w->ring_x[newest];
	s.y = w->pairs ? w->ring_y[newest] : 0;
	if (!is_missing(w, s.x, s.y))
		p->cls->append(p->agg, p->prefix, &s);
	if (r->chunks == 0)
		return;
	s.t = (int64_t)(w->pushed - 2 * r->filled);
	s.x = w->ring_x[r->back];
	s.y = w->pairs ? w->ring_y[r->back] : 0;
	if (!is_missing(w, s.x, s.y))
		p->cls->prepend(p->agg, p->suffix, &s);
	leat_chain_store(p, r);
}

/* ---------------- a window of any parts ----------------------------- */

static void part_turn(struct leat_part *p)
{
	switch (p->id) {
	case LEAT_CLASS_MIN:
	case LEAT_CLASS_MAX:
		edge_turn(p, p->id == LEAT_CLASS_MAX);
		break;
	case LEAT_CLASS_SUM:
		sum_turn(p);
		break;
	case LEAT_CLASS_MOMENTS:
		moments_turn(p);
		break;
	default:
		leat_chain_turn(p);
	}
}

static void turn(leat_window *w)
{
	leat_relay_turn(&w->relay);
	for (size_t i = 0; i < w->n_parts; i++)
		part_turn(&w->parts[i]);
}

static void part_step(leat_window *w, struct leat_part *p, double x,
    double old)
{
	const struct leat_relay *r = &w->relay;

	switch (p->id) {
	case LEAT_CLASS_MIN:
		edge_step(p, r, x, old, 0);
		break;
	case LEAT_CLASS_MAX:
		edge_step(p, r, x, old, 1);
		break;
	case LEAT_CLASS_SUM:
		sum_step(p, r, x, old);
		break;
	case LEAT_CLASS_MOMENTS:
		moments_step(p, r, x, old);
		break;
	default:
		any_step(w, p);
	}
}

static void part_lower(const struct leat_window *w, const struct leat_part *p,
    struct leat_summary *s)
{
	const struct leat_relay *r = &w->relay;

	switch (p->id) {
	case LEAT_CLASS_MIN:
		s->min = edge_value(p, r, 0);
		break;
	case LEAT_CLASS_MAX:
		s->max = edge_value(p, r, 1);
		break;
	case LEAT_CLASS_SUM:
		sum_value(p, r, &s->hi, &s->lo);
		break;
	case LEAT_CLASS_MOMENTS:
		moments_value(p, r, s->n, s);
		break;
	default:
		leat_chain_combine(p, r, 0);
		p->cls->lower(p->combined, s);
	}
}

/*
 * Pairs with a NaN in either half are missing to every class, so the
 * special ones, which look at x alone, are shown NaN.
 */
LEAT_INLINE double shown(const leat_window *w, double x, double y)
{
	return w->pairs && y != y ? NAN : x;
}

LEAT_INLINE void tell(leat_window *w)
{
	if (LEAT_UNLIKELY(w->sink.emit) && w->length == w->size)
		leat_emit(w, w->pushed - w->size, w->pushed);
}

static void slide_push(leat_window *w, double x, double y)
{
	double old, old_y;

	enter(w, x, y);
	old_y = w->pairs && w->relay.chunks ? w->ring_y[w->relay.back] : 0;
	old = shown(w, backward(w), old_y);
	x = shown(w, x, y);
	for (size_t i = 0; i < w->n_parts; i++)
		part_step(w, &w->parts[i], x, old);
	tell(w);
}

static void slide_query(const leat_window *w, double *out)
{
	struct leat_summary s;

	begin_summary(w, &s);
	for (size_t i = 0; i < w->n_parts; i++)
		part_lower(w, &w->parts[i], &s);
	leat_report(w, &s, out);
}

static void part_reset(leat_window *w, struct leat_part *p)
{
	leat_chain_reset(p, &w->relay);
	if (!p->lanes)
		return;
	memset(p->lanes, 0, leat_slide_lanes_size(p->id));
	if (p->id == LEAT_CLASS_MIN || p->id == LEAT_CLASS_MAX)
		edge_turn(p, p->id == LEAT_CLASS_MAX);
}

static void slide_reset(leat_window *w)
{
	struct leat_relay *r = &w->relay;

	w->pushed = w->length = w->missing = 0;
	w->last = NAN;
	r->filled = r->head = r->back = 0;
	r->chunks = r->flip = 0;
	for (size_t i = 0; i < w->n_parts; i++)
		part_reset(w, &w->parts[i]);
}

static uint64_t slide_length(const leat_window *w)
{
	return w->length;
}

/* ---------------- windows of one special part ----------------------- */

/* What is reported if it may be reported. */
LEAT_INLINE int silent(const leat_window *w, const struct leat_summary *s)
{
	return s->n < w->min_count || (w->propagate && w->missing > 0);
}

static void min_push(leat_window *w, double x, double y)
{
	enter(w, x, y);
	edge_step(&w->parts[0], &w->relay, x, backward(w), 0);
	tell(w);
}

static void max_push(leat_window *w, double x, double y)
{
	enter(w, x, y);
	edge_step(&w->parts[0], &w->relay, x, backward(w), 1);
	tell(w);
}

static void sum_push(leat_window *w, double x, double y)
{
	enter(w, x, y);
	sum_step(&w->parts[0], &w->relay, x, backward(w));
	tell(w);
}

static void moments_push(leat_window *w, double x, double y)
{
	enter(w, x, y);
	moments_step(&w->parts[0], &w->relay, x, backward(w));
	tell(w);
}

/* One statistic, from its one part. */
static void min_query(const leat_window *w, double *out)
{
	struct leat_summary s;

	begin_summary(w, &s);
	out[0] = silent(w, &s) ? NAN : edge_value(&w->parts[0], &w->relay, 0);
}

static void max_query(const leat_window *w, double *out)
{
	struct leat_summary s;

	begin_summary(w, &s);
	out[0] = silent(w, &s) ? NAN : edge_value(&w->parts[0], &w->relay, 1);
}

static void sum_query(const leat_window *w, double *out)
{
	struct leat_summary s;

	begin_summary(w, &s);
	sum_value(&w->parts[0], &w->relay, &s.hi, &s.lo);
	out[0] = silent(w, &s) ? NAN : leat_sum_value(s.hi, s.lo);
}

size_t leat_slide_lanes_size(enum leat_class_id id)
{
	switch (id) {
	case LEAT_CLASS_MIN:
	case LEAT_CLASS_MAX:
		return sizeof(struct edge_state);
	case LEAT_CLASS_SUM:
		return sizeof(struct sum_state);
	case LEAT_CLASS_MOMENTS:
		return sizeof(struct moments_state);
	default:
		return 0;
	}
}

void leat_slide_specialise(leat_window *w)
{
	int id = w->n_parts == 1 && !w->pairs ? (int)w->parts[0].id : 0;
	int stat = w->n_stats == 1 ? w->plan[0].id : 0;

	if (id == LEAT_CLASS_MIN)
		w->push = min_push;
	if (id == LEAT_CLASS_MAX)
		w->push = max_push;
	if (id == LEAT_CLASS_SUM)
		w->push = sum_push;
	if (id == LEAT_CLASS_MOMENTS)
		w->push = moments_push;
	if (id && stat == LEAT_STAT_MIN)
		w->query = min_query;
	if (id && stat == LEAT_STAT_MAX)
		w->query = max_query;
	if (id && stat == LEAT_STAT_SUM)
		w->query = sum_query;
}

const struct leat_engine leat_slide_engine = { slide_push, slide_query,
	slide_reset, slide_length, NULL };
