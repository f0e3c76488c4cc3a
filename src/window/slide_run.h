/*
 * slide_run.h - many pushes and their results at once; part of slide.c
 *
 * A run is at most as many values as D still takes, so both of its chunks
 * and its tables stay put. It takes two passes. The first carries the
 * state from push to push, a chain of dependent operations, and notes what
 * it comes to: prefixes of D, suffixes of B. In the second (slide_wide.h)
 * no push waits for another, so as many are combined at a time as the CPU
 * has lanes, and each statistic is lowered in a loop of its own. The
 * suffix table gives up the place of A that was read one push earlier, so
 * the second pass reads places before it writes them.
 *
 * Only for steady windows and values that are not missing; whatever else
 * comes is left to single pushes.
 */

enum { RUN = 64, RUN_PAD = RUN + 4 };

struct run {
	const double *x;
	/* values added to B's suffix: old[0], old[-1], ... */
	const double *old;
	size_t n;
	/* prefixes of D, then the combined results in their place */
	double hi[RUN_PAD], lo[RUN_PAD], mu[RUN_PAD], m2[RUN_PAD];
	double min[RUN], max[RUN];
	double suffix[RUN][MOMENTS_WIDTH]; /* suffixes of B, as in the table */
};

/* Returns the place that the first push writes; it reads one step further. */
LEAT_INLINE double *run_place(const struct leat_part *p,
    const struct leat_relay *r, size_t width)
{
	return place_of(p, leat_relay_tail(r), width);
}

LEAT_INLINE ptrdiff_t run_step(const struct leat_relay *r, ptrdiff_t width)
{
	return r->stride == 1 ? width : -width;
}

/* Pads with zeros: a short last group computes with them in vain. */
LEAT_INLINE void run_pad(struct run *u)
{
	for (size_t i = u->n; i % 4 != 0; i++)
		u->hi[i] = u->lo[i] = u->mu[i] = u->m2[i] = 0;
}

LEAT_INLINE leat_lane run_values(const struct run *u, size_t i)
{
	return leat_lane_make(u->x[i], u->old[-(ptrdiff_t)i]);
}

/* Extrema need no second pass: there is nothing to wait for. */
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

/* Pushes once; the prefix after it is in the first halves. */
LEAT_INLINE struct sum_run run_sum_note(struct run *u, size_t i,
    struct leat_sum_lanes *l)
{
	struct sum_run r;

	leat_sum_lanes_add(l, run_values(u, i));
	r.hi = l->hi;
	r.lo = leat_lane_add(l->lo, l->lo2);
	leat_lane_store(u->suffix[i], leat_lane_seconds(r.hi, r.lo));
	return r;
}

LEAT_INLINE void run_sum_state(const struct leat_part *p, struct run *u)
{
	struct sum_state *s = p->lanes;
	struct leat_sum_lanes l = s->l;
	struct sum_run a, b;
	size_t i = 0;

	for (; i + 2 <= u->n; i += 2) {
		a = run_sum_note(u, i, &l);
		b = run_sum_note(u, i + 1, &l);
		leat_lane_store(u->hi + i, leat_lane_firsts(a.hi, b.hi));
		leat_lane_store(u->lo + i, leat_lane_firsts(a.lo, b.lo));
	}
	if (i < u->n) {
		a = run_sum_note(u, i, &l);
		u->hi[i] = leat_lane_get(a.hi, 0);
		u->lo[i] = leat_lane_get(a.lo, 0);
	}
	s->l = l;
}

LEAT_INLINE void run_moments_note(struct run *u, size_t i,
    struct leat_moments_lanes *l, leat_lane rn)
{
	moments_grow(l, run_values(u, i), rn);
	leat_lane lo = leat_lane_add(l->sum.lo, l->sum.lo2);
	leat_lane m2 = leat_lane_add(l->m2, l->c2);
	u->hi[i] = leat_lane_get(l->sum.hi, 0);
	u->lo[i] = leat_lane_get(lo, 0);
	u->mu[i] = leat_lane_get(l->mu, 0);
	u->m2[i] = leat_lane_get(m2, 0);
	leat_lane_store(u->suffix[i], leat_lane_seconds(l->sum.hi, lo));
	leat_lane_store(u->suffix[i] + 2, leat_lane_seconds(l->mu, m2));
}

/* filled: values in D before the run. */
LEAT_INLINE void run_moments_state(const struct leat_part *p, struct run *u,
    double filled)
{
	struct moments_state *s = p->lanes;
	struct leat_moments_lanes l = s->l;
	leat_lane n = leat_lane_count(filled + 1), rn;
	size_t i = 0;

	if (filled == 0) {
		memset(&l, 0, sizeof(l));
		l.k = run_values(u, 0); /* see moments_start() */
	}
	for (; i + 2 <= u->n; i += 2) {
		rn = leat_lane_div(leat_lane_dup(1), n);
		n = leat_lane_add(n, leat_lane_dup(2));
		run_moments_note(u, i, &l, leat_lane_firsts(rn, rn));
		run_moments_note(u, i + 1, &l, leat_lane_seconds(rn, rn));
	}
	if (i < u->n) {
		rn = leat_lane_div(leat_lane_dup(1), n);
		run_moments_note(u, i, &l, leat_lane_firsts(rn, rn));
	}
	l.n = leat_lane_dup(filled + (double)(int64_t)u->n);
	s->l = l;
}

/*
 * Sums of squares are NaN for some pushes of the run: see moments_overflow().
 * Such are all that have brought an infinity.
 */
static void run_overflowed(leat_window *w, struct run *u)
{
	uint64_t pushes = pushed(w);

	for (size_t i = 0; i < u->n; i++) {
		pushes++;
		if (is_infinite(u->x[i]))
			w->infinite = pushes;
		if (u->m2[i] != u->m2[i])
			u->m2[i] = moments_overflow(w, pushes);
	}
}

/* Computes a NaN result again, in the way of single queries. */
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

LEAT_INLINE void run_copy(const leat_window *w, const double *from, size_t n,
    double *out)
{
	size_t step = w->n_stats;

	for (size_t i = 0; i < n; i++, out += step)
		*out = from[i];
}

LEAT_INLINE void run_fill(const leat_window *w, size_t n, double *out)
{
	size_t step = w->n_stats;
	double full = w->full;

	for (size_t i = 0; i < n; i++, out += step)
		*out = full;
}

/* Returns the ring's index of the next value for B's suffix. */
LEAT_INLINE size_t run_back(const struct leat_relay *r)
{
	return (r->back == 0 ? r->ring : r->back) - 1;
}

LEAT_INLINE size_t at_most(size_t n, size_t limit)
{
	return n < limit ? n : limit;
}

/* Returns how many pushes reach no end of a ring, chunk or table. */
LEAT_INLINE size_t run_length(const struct leat_relay *r, const double *x,
    size_t n)
{
	size_t missing = 0;

	n = at_most(n, RUN);
	n = at_most(n, r->chunk - leat_relay_filled(r));
	n = at_most(n, r->ring - r->head);
	n = at_most(n, run_back(r) + 1);
	for (size_t i = 0; i < n; i++)
		missing += x[i] != x[i];
	return missing ? 0 : n;
}

/* Copies by hand: a compiler's memcpy() starts too slowly here. */
LEAT_INLINE void run_keep(double *ring, const double *x, size_t n)
{
	size_t i = 0;

	for (; i + 2 <= n; i += 2)
		leat_lane_store(ring + i, leat_lane_load(x + i));
	if (i < n)
		ring[i] = x[i];
}

LEAT_INLINE void run_relay(struct leat_relay *r, size_t n)
{
	r->place += r->stride * n;
	r->back = run_back(r) + 1 - n;
	r->head += n;
	if (r->head == r->ring)
		r->head = 0;
}

#define WIDE 2
#define WIDE_TARGET
#define WIDE_V leat_lane
#define WIDE_OP(op) leat_lane_##op
#define WIDE_NAME(name) name##_two
#include "slide_wide.h"

#ifdef LEAT_AVX
#define WIDE 4
#define WIDE_TARGET LEAT_AVX
#define WIDE_V leat_quad
#define WIDE_OP(op) leat_quad_##op
#define WIDE_NAME(name) name##_four
#include "slide_wide.h"
#endif
