/*
 * slide.c - the last n values
 *
 * The relay of window.h over single values. For the commonest classes, sum,
 * moments, min and max, the step forward in D and the step backward in B
 * are the two lanes of one step on what is kept in `lanes`; other classes
 * go through their functions (chain.c). Which way a class goes depends on
 * the class alone, so a result does not depend on what else is asked for.
 *
 * A body with constant flags for the special classes is stamped into a push
 * and a query for the sets that are asked for most; run.h adds the pass
 * over an array. All of them do the same arithmetic in the same order.
 *
 * How many values count and how many are missing needs no class: these
 * are integers, which can be subtracted without loss.
 */
#include "window.h"

enum {
	SUM = 1,
	MOMENTS = 2,
	MIN = 4,
	MAX = 8,
	ONE = 16, /* a single statistic, the class's own */
	ANY = 32  /* other classes too, or pairs */
};

/* ---------------- the ring, and what enters and leaves -------------- */

LEAT_INLINE int is_missing(const leat_window *w, double x, double y)
{
	return x != x || (w->pairs && y != y);
}

/* All pushes: those before D are counted when it begins. */
LEAT_INLINE uint64_t pushed(const leat_window *w)
{
	return w->pushed + leat_relay_filled(&w->relay);
}

/* In w->unsettled beside the count of missing values: not all chunks yet. */
#define WARMING ((uint64_t)1 << 63)

LEAT_INLINE uint64_t missing(const leat_window *w)
{
	return w->unsettled & ~WARMING;
}

/*
 * Nothing is missing and all chunks are there, so the window is full: what
 * nearly every push and query finds, in one comparison.
 */
LEAT_INLINE int steady(const leat_window *w)
{
	return w->unsettled == 0;
}

/* Puts the value in and moves the relay; D is not full. Parts follow. */
static void enter(leat_window *w, double x, double y)
{
	struct leat_relay *r = &w->relay;

	if (pushed(w) >= w->size) {
		double gone_y = w->pairs ? w->ring_y[r->head] : 0;
		w->unsettled -= (uint64_t)is_missing(w, w->ring_x[r->head],
		    gone_y);
	}
	w->ring_x[r->head] = x;
	if (w->pairs)
		w->ring_y[r->head] = y;
	if (is_missing(w, x, y))
		w->unsettled++;
	else
		w->last = x;
	leat_relay_step(r);
}

/* The same in a steady window for a value that is not missing. */
LEAT_INLINE void enter_steady(leat_window *w, double x)
{
	w->ring_x[w->relay.head] = x;
	w->last = x;
	leat_relay_step(&w->relay);
}

LEAT_INLINE double *place_of(const struct leat_part *p, size_t place,
    size_t width)
{
	return (double *)(void *)p->table + place * width;
}

LEAT_INLINE uint64_t length(const leat_window *w)
{
	return pushed(w) < w->size ? pushed(w) : w->size;
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
	double tail_k; /* of A */
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
	struct leat_moments_lanes *l = &s->l;

	s->tail_k = leat_lane_get(l->k, 1);
	s->whole = moments_prefix(l);
	memset(l, 0, sizeof(*l));
}

/* One value more in each lane; rn is 1 / their number then. */
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

/* The same where either may be missing or the first of its lane. */
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
LEAT_INLINE void moments_start(struct leat_moments_lanes *l, leat_lane v)
{
	l->sum.hi = leat_lane_add(v, leat_lane_dup(0));
	l->k = v;
	l->n = leat_lane_dup(1);
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

/* In a steady window: both chunks have values and none is missing. */
LEAT_INLINE void moments_step(const struct leat_part *p,
    const struct leat_relay *r, double x, double old)
{
	struct moments_state *s = p->lanes;
	struct leat_moments_lanes l = s->l; /* in registers */
	leat_lane v = leat_lane_make(x, old);

	if (LEAT_LIKELY(r->place != r->start + r->stride))
		moments_add(&l, v);
	else
		moments_start(&l, v);
	s->l = l;
	moments_store(&l, place_of(p, r->place, MOMENTS_WIDTH));
}

static void moments_step_careful(const struct leat_part *p,
    const struct leat_relay *r, double x, double old)
{
	struct moments_state *s = p->lanes;

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
 * A sum of squares that is NaN though its mean is finite has overflowed:
 * what is lost in its error term, the infinity, is put back.
 */
static double moments_overflow(double k, double mu)
{
	return k - k + (mu - mu) == 0 ? HUGE_VAL : NAN;
}

LEAT_INLINE void moments_finish(const struct leat_run *all,
    struct leat_summary *out)
{
	out->hi = all->hi;
	out->lo = all->lo;
	out->k = all->k;
	out->mu = all->mu;
	out->m2 = all->m2;
	if (LEAT_UNLIKELY(out->m2 != out->m2))
		out->m2 = moments_overflow(all->k, all->mu);
}

static struct leat_run join_careful(struct leat_run a, struct leat_run b)
{
	if (a.n == 0)
		return b;
	return b.n == 0 ? a : leat_run_join(a, b);
}

/* Chunks may not be there yet, or be empty for all that is missing. */
static void moments_careful(const struct leat_part *p,
    const struct leat_relay *r, struct leat_summary *out)
{
	static const struct leat_run none = { 0, 0, 0, 0, 0, 0 };
	const struct moments_state *s = p->lanes;
	struct leat_run all = none;

	if (r->chunks == 2)
		all = moments_tail(p, r, out->n);
	all = join_careful(all, s->whole);
	all = join_careful(all, moments_prefix(&s->l));
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

/* ---------------- any class ----------------------------------------- */

static void any_step(struct leat_window *w, struct leat_part *p)
{
	const struct leat_relay *r = &w->relay;
	size_t newest = (r->head ? r->head : r->ring) - 1;
	leat_sample s;

	s.t = (int64_t)pushed(w) - 1;
	s.x = w->ring_x[newest];
	s.y = w->pairs ? w->ring_y[newest] : 0;
	if (!is_missing(w, s.x, s.y))
		p->cls->append(p->agg, p->prefix, &s);
	if (r->chunks == 0)
		return;
	s.t = (int64_t)(w->pushed - leat_relay_filled(r));
	s.x = w->ring_x[r->back];
	s.y = w->pairs ? w->ring_y[r->back] : 0;
	if (!is_missing(w, s.x, s.y))
		p->cls->prepend(p->agg, p->suffix, &s);
	leat_chain_store(p, r);
}

/* ---------------- one part, whatever its class ---------------------- */

static void part_turn(struct leat_part *p)
{
	switch (p->id) {
	case LEAT_CLASS_MIN:
		edge_turn(p, MIN);
		break;
	case LEAT_CLASS_MAX:
		edge_turn(p, MAX);
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

LEAT_INLINE void turn(leat_window *w, int flags)
{
	const struct leat_part *p = w->parts;

	w->pushed += leat_relay_filled(&w->relay);
	leat_relay_turn(&w->relay);
	if (w->relay.chunks == 2)
		w->unsettled &= ~WARMING;
	if (flags & ANY)
		for (size_t i = 0; i < w->n_parts; i++)
			part_turn(&w->parts[i]);
	if (flags & SUM)
		sum_turn(p++);
	if (flags & MOMENTS)
		moments_turn(p++);
	if (flags & MIN)
		edge_turn(p++, MIN);
	if (flags & MAX)
		edge_turn(p, MAX);
}

static void part_step(struct leat_window *w, struct leat_part *p, double x,
    double old)
{
	const struct leat_relay *r = &w->relay;

	switch (p->id) {
	case LEAT_CLASS_MIN:
		edge_step(p, r, x, old, MIN);
		break;
	case LEAT_CLASS_MAX:
		edge_step(p, r, x, old, MAX);
		break;
	case LEAT_CLASS_SUM:
		sum_step(p, r, x, old);
		break;
	case LEAT_CLASS_MOMENTS:
		moments_step_careful(p, r, x, old);
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
		s->min = edge_value(p, r, MIN, 0);
		break;
	case LEAT_CLASS_MAX:
		s->max = edge_value(p, r, MAX, 0);
		break;
	case LEAT_CLASS_SUM:
		sum_value(p, r, s, 0);
		break;
	case LEAT_CLASS_MOMENTS:
		if (steady(w))
			moments_steady(w, p, s);
		else
			moments_careful(p, r, s);
		break;
	default:
		leat_chain_combine(p, r, 0);
		p->cls->lower(p->combined, s);
	}
}

/* ---------------- push and query, stamped --------------------------- */

static void tell(leat_window *w)
{
	if (w->sink.emit && pushed(w) >= w->size)
		leat_emit(w, pushed(w) - w->size, pushed(w));
}

static void slide_push(leat_window *w, double x, double y);

/* Parts come in the order of their classes: sums first, then extrema. */
LEAT_INLINE int push_body(leat_window *w, double x, int flags)
{
	const struct leat_part *p = w->parts;
	double old;

	if (LEAT_UNLIKELY(leat_relay_full(&w->relay)))
		turn(w, flags);
	if (LEAT_UNLIKELY(!steady(w) || x != x)) {
		slide_push(w, x, 0);
		return LEAT_OK;
	}
	enter_steady(w, x);
	old = w->ring_x[w->relay.back];
	if (flags & SUM)
		sum_step(p++, &w->relay, x, old);
	if (flags & MOMENTS)
		moments_step(p++, &w->relay, x, old);
	if (flags & MIN)
		edge_step(p++, &w->relay, x, old, MIN);
	if (flags & MAX)
		edge_step(p, &w->relay, x, old, MAX);
	return LEAT_OK;
}

/* Statistics that the stamped queries know how to compute. */
static int is_hot(int id)
{
	return id == LEAT_STAT_MEAN || id == LEAT_STAT_STDDEV ||
	    id == LEAT_STAT_SUM || id == LEAT_STAT_VARIANCE ||
	    id == LEAT_STAT_MIN || id == LEAT_STAT_MAX || id == LEAT_STAT_COUNT;
}

LEAT_INLINE double hot(const leat_window *w, int id,
    const struct leat_summary *s, int flags)
{
	if ((flags & (SUM | MOMENTS)) && id == LEAT_STAT_MEAN)
		return leat_sum_mean(s->hi, s->lo, s->n, w->inverse);
	if ((flags & MOMENTS) && id == LEAT_STAT_STDDEV)
		return leat_sqrt(s->m2 / w->free);
	if ((flags & MIN) && id == LEAT_STAT_MIN)
		return s->min;
	if ((flags & MAX) && id == LEAT_STAT_MAX)
		return s->max;
	if ((flags & (SUM | MOMENTS)) && id == LEAT_STAT_SUM)
		return leat_sum_value(s->hi, s->lo);
	if ((flags & MOMENTS) && id == LEAT_STAT_VARIANCE)
		return s->m2 / w->free;
	return s->n;
}

static void slide_query(const leat_window *w, double *out);

/*
 * The common case, in which there is nothing to check: all chunks are
 * there and nothing is missing, so the window is full and has its
 * min_count. Everything else goes the long way.
 */
LEAT_INLINE void query_body(const leat_window *w, double *out, int flags)
{
	const struct leat_part *p = w->parts;
	struct leat_summary s;

	if (LEAT_UNLIKELY(!steady(w))) {
		slide_query(w, out);
		return;
	}
	s.n = w->full;
	if (flags & SUM)
		sum_value(p++, &w->relay, &s, 1);
	if (flags & MOMENTS)
		moments_steady(w, p++, &s);
	if (flags & MIN)
		s.min = edge_value(p++, &w->relay, MIN, 1);
	if (flags & MAX)
		s.max = edge_value(p, &w->relay, MAX, 1);
	if (flags & ONE)
		out[0] = flags & SUM ? leat_sum_value(s.hi, s.lo)
		    : flags & MIN    ? s.min
				     : s.max;
	else
		for (size_t i = 0; i < w->n_stats; i++)
			out[i] = hot(w, w->plan[i].id, &s, flags);
}

#include "slide_run.h"

/*
 * Each set of classes in two forms, for any CPU and for those with AVX.
 */
#define STAMP_FOR(target, name, flags)                                         \
	target static int name##_push(leat_window *w, double x)                \
	{                                                                      \
		return push_body(w, x, (flags));                               \
	}                                                                      \
	target static void name##_query(const leat_window *w, double *out)     \
	{                                                                      \
		query_body(w, out, (flags));                                   \
	}
#define ENTRY(name, flags)                                                     \
	{                                                                      \
		(flags), name##_push, name##_query                             \
	}

#ifdef LEAT_AVX
#define STAMP(name, flags)                                                     \
	STAMP_FOR(, name, flags)                                               \
	STAMP_FOR(LEAT_AVX, name##_avx, flags)
#else
#define STAMP(name, flags) STAMP_FOR(, name, flags)
#endif

STAMP(sum_alone, SUM | ONE)
STAMP(min_alone, MIN | ONE)
STAMP(max_alone, MAX | ONE)
STAMP(sums, SUM)
STAMP(edges, MIN | MAX)
STAMP(spread, MOMENTS)
STAMP(summary, MOMENTS | MIN | MAX)

static const struct stamped {
	int flags;
	int (*push)(leat_window *w, double x);
	void (*query)(const leat_window *w, double *out);
} stamped[] = {
	ENTRY(sum_alone, SUM | ONE),
	ENTRY(min_alone, MIN | ONE),
	ENTRY(max_alone, MAX | ONE),
	ENTRY(sums, SUM),
	ENTRY(edges, MIN | MAX),
	ENTRY(spread, MOMENTS),
	ENTRY(summary, MOMENTS | MIN | MAX),
};

enum { N_STAMPED = sizeof(stamped) / sizeof(stamped[0]) };

#ifdef LEAT_AVX
static const struct stamped stamped_avx[N_STAMPED] = {
	ENTRY(sum_alone_avx, SUM | ONE),
	ENTRY(min_alone_avx, MIN | ONE),
	ENTRY(max_alone_avx, MAX | ONE),
	ENTRY(sums_avx, SUM),
	ENTRY(edges_avx, MIN | MAX),
	ENTRY(spread_avx, MOMENTS),
	ENTRY(summary_avx, MOMENTS | MIN | MAX),
};

static const struct stamped *stamped_here(void)
{
	return leat_has_avx() ? stamped_avx : stamped;
}

static leat_run_function *run_here(void)
{
	return leat_has_avx() ? run_body_four : run_body_two;
}
#else
static const struct stamped *stamped_here(void)
{
	return stamped;
}

static leat_run_function *run_here(void)
{
	return run_body_two;
}
#endif

static int flag_of(enum leat_class_id id)
{
	switch (id) {
	case LEAT_CLASS_SUM:
		return SUM;
	case LEAT_CLASS_MOMENTS:
		return MOMENTS;
	case LEAT_CLASS_MIN:
		return MIN;
	case LEAT_CLASS_MAX:
		return MAX;
	default:
		return ANY;
	}
}

static int flags_of(const leat_window *w)
{
	int id = w->n_stats == 1 ? w->plan[0].id : 0, flags = 0;

	for (size_t i = 0; i < w->n_parts; i++)
		flags |= flag_of(w->parts[i].id);
	if (id == LEAT_STAT_SUM || id == LEAT_STAT_MIN || id == LEAT_STAT_MAX)
		flags |= ONE;
	return w->pairs ? flags | ANY : flags;
}

void leat_slide_specialise(leat_window *w)
{
	int flags = flags_of(w), all_hot = 1;

	for (size_t i = 0; i < w->n_stats; i++)
		all_hot &= is_hot(w->plan[i].id);
	const struct stamped *s = stamped_here();
	w->flags = flags;
	for (size_t i = 0; i < N_STAMPED; i++, s++) {
		if (s->flags != flags)
			continue;
		if (!w->sink.emit) /* who is told is told by slide_push() */
			w->push_x = s->push;
		if (all_hot)
			w->query = s->query;
		if (all_hot && !w->sink.emit)
			w->run = run_here();
	}
}

/* ---------------- push and query for everything else ---------------- */

/*
 * Pairs with a NaN in either half are missing to every class, so the
 * special ones, which look at x alone, are shown NaN.
 */
LEAT_INLINE double shown(double x, double y)
{
	return y != y ? NAN : x;
}

static void slide_push(leat_window *w, double x, double y)
{
	const struct leat_relay *r = &w->relay;
	double old = NAN, old_y = 0;

	if (leat_relay_full(r))
		turn(w, ANY);
	enter(w, x, y);
	if (r->chunks > 0) { /* else there is no B for its suffix to grow */
		old = w->ring_x[r->back];
		old_y = w->pairs ? w->ring_y[r->back] : 0;
	}
	x = shown(x, y);
	old = shown(old, old_y);
	for (size_t i = 0; i < w->n_parts; i++)
		part_step(w, &w->parts[i], x, old);
	tell(w);
}

static void slide_query(const leat_window *w, double *out)
{
	struct leat_summary s;

	s.missing = (double)missing(w);
	s.n = (double)(length(w) - missing(w));
	for (size_t i = 0; i < w->n_parts; i++)
		part_lower(w, &w->parts[i], &s);
	leat_report(w, &s, out);
}

static void part_reset(const leat_window *w, struct leat_part *p)
{
	leat_chain_reset(p, &w->relay);
	if (!p->lanes)
		return;
	memset(p->lanes, 0, leat_slide_lanes_size(p->id));
	int flag = flag_of(p->id);
	if (flag & (MIN | MAX)) {
		struct edge_state *e = p->lanes;
		e->prefix = e->suffix = e->whole = edge_none(flag);
	}
}

static void slide_reset(leat_window *w)
{
	w->pushed = 0;
	w->unsettled = WARMING;
	w->last = NAN;
	leat_relay_reset(&w->relay);
	for (size_t i = 0; i < w->n_parts; i++)
		part_reset(w, &w->parts[i]);
}

static uint64_t slide_pushed(const leat_window *w)
{
	return pushed(w);
}

static uint64_t slide_length(const leat_window *w)
{
	return length(w);
}

/* Bytes of a place in the table of a class; 0: its partial's. */
size_t leat_slide_place_size(enum leat_class_id id)
{
	return id == LEAT_CLASS_MOMENTS ? MOMENTS_WIDTH * sizeof(double) : 0;
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

const struct leat_engine leat_slide_engine = { slide_push, slide_query,
	slide_reset, slide_pushed, slide_length };
