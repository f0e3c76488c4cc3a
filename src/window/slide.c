/*
 * slide.c - the last n values
 *
 * The relay of window.h over single values. The commonest classes have a
 * form of their own here, two lanes at a time (slide_lanes.h); the others
 * go through their functions (chain.c). Which way a class goes depends on
 * the class alone, so a result does not depend on what else is asked for.
 *
 * A body with constant flags for the special classes is stamped into a push
 * and a query for the sets that are asked for most; slide_run.h adds the
 * pass over an array. All of them do the same arithmetic in the same order.
 *
 * How many values count and how many are missing needs no class: these
 * are integers, which can be subtracted without loss.
 */
#include "../agg/moments.h"
#include "../core/quad.h"
#include "window.h"

/* ---------------- the ring, and what enters and leaves -------------- */

LEAT_INLINE int is_missing(const leat_window *w, double x, double y)
{
	return x != x || (w->pairs && y != y);
}

/* Returns all pushes: those before D are counted when it begins. */
LEAT_INLINE uint64_t pushed(const leat_window *w)
{
	return w->pushed + leat_relay_filled(&w->relay);
}

/*
 * Flag in w->unsettled, beside the count of missing values: chunks are missing.
 */
#define WARMING ((uint64_t)1 << 63)

LEAT_INLINE uint64_t missing(const leat_window *w)
{
	return w->unsettled & ~WARMING;
}

/*
 * Returns whether no value and no chunk is missing, so the window is full: true
 * for nearly every push and query, and tested by one comparison.
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

/* Enters a value that is not missing. Requires a steady window. */
LEAT_INLINE void enter_steady(leat_window *w, double x)
{
	w->ring_x[w->relay.head] = x;
	w->last = x;
	leat_relay_step(&w->relay);
}

LEAT_INLINE uint64_t length(const leat_window *w)
{
	return pushed(w) < w->size ? pushed(w) : w->size;
}

LEAT_INLINE int is_infinite(double x)
{
	return fabs(x) > DBL_MAX;
}

#include "slide_lanes.h"

/*
 * Returns whether a push has to take the long way: for missing values, and for
 * infinities with moments, which must set w->infinite.
 */
LEAT_INLINE int is_odd(double x, int flags)
{
	double none = flags & MOMENTS ? x - x : x;

	return none != none;
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
		p->of.cls->append(p->of.agg, p->prefix, &s);
	if (r->chunks == 0)
		return;
	s.t = (int64_t)(w->pushed - leat_relay_filled(r));
	s.x = w->ring_x[r->back];
	s.y = w->pairs ? w->ring_y[r->back] : 0;
	if (!is_missing(w, s.x, s.y))
		p->of.cls->prepend(p->of.agg, p->suffix, &s);
	leat_chain_store(p, r);
}

/* ---------------- one part, whatever its class ---------------------- */

static void part_turn(struct leat_part *p)
{
	switch (p->of.id) {
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

	switch (p->of.id) {
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
		if (steady(w))
			moments_step(p, r, x, old);
		else
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
	struct leat_scratch scratch;

	switch (p->of.id) {
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
		if (s->m2 != s->m2)
			s->m2 = moments_overflow(w, pushed(w));
		break;
	default:
		leat_chain_combine(p, r, scratch.acc, scratch.temp, 0);
		p->of.cls->lower(scratch.acc, s);
	}
}

static void slide_combine(const leat_window *w, const struct leat_part *p,
    void *acc, void *temp)
{
	leat_chain_combine(p, &w->relay, acc, temp, 0);
}

/* ---------------- push and query, stamped --------------------------- */

static void slide_push(leat_window *w, double x, double y);

/* Parts come in the order of their classes: sums first, then extrema. */
LEAT_INLINE int push_body(leat_window *w, double x, int flags)
{
	const struct leat_part *p = w->parts;
	double old;

	if (LEAT_UNLIKELY(leat_relay_full(&w->relay)))
		turn(w, flags);
	if (LEAT_UNLIKELY(!steady(w) || is_odd(x, flags))) {
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
 * min_count; and no square has overflowed. Everything else goes the long way.
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
	if ((flags & MOMENTS) && LEAT_UNLIKELY(s.m2 != s.m2)) {
		slide_query(w, out);
		return;
	}
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
			out[i] = hot(w, w->stats[i].id, &s, flags);
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

#ifdef LEAT_AVX
#define STAMP(name, flags)                                                     \
	STAMP_FOR(, name, flags)                                               \
	STAMP_FOR(LEAT_AVX, name##_avx, flags)
#define FORMS(name, what)                                                      \
	{                                                                      \
		name##_##what, name##_avx_##what                               \
	}
#else
#define STAMP(name, flags) STAMP_FOR(, name, flags)
#define FORMS(name, what)                                                      \
	{                                                                      \
		name##_##what, name##_##what                                   \
	}
#define run_body_four run_body_two
#endif
#define ENTRY(name, flags)                                                     \
	{                                                                      \
		(flags), FORMS(name, push), FORMS(name, query)                 \
	}

STAMP(sum_alone, SUM | ONE)
STAMP(min_alone, MIN | ONE)
STAMP(max_alone, MAX | ONE)
STAMP(sums, SUM)
STAMP(edges, MIN | MAX)
STAMP(spread, MOMENTS)
STAMP(summary, MOMENTS | MIN | MAX)

static const struct stamped {
	int flags;
	int (*push[2])(leat_window *w, double x);
	void (*query[2])(const leat_window *w, double *out);
} stamped[] = {
	ENTRY(sum_alone, SUM | ONE),
	ENTRY(min_alone, MIN | ONE),
	ENTRY(max_alone, MAX | ONE),
	ENTRY(sums, SUM),
	ENTRY(edges, MIN | MAX),
	ENTRY(spread, MOMENTS),
	ENTRY(summary, MOMENTS | MIN | MAX),
};

/*
 * The classes that slide.c knows specially: their flags, and bytes of their
 * state; bytes of a place in the table, 0 where that is the class's partial.
 */
static const struct {
	int flag;
	size_t lanes, place;
} specials[LEAT_N_CLASSES] = {
	[LEAT_CLASS_SUM] = { SUM, sizeof(struct sum_state), 0 },
	[LEAT_CLASS_MOMENTS] = { MOMENTS, sizeof(struct moments_state),
	    MOMENTS_WIDTH * sizeof(double) },
	[LEAT_CLASS_MIN] = { MIN, sizeof(struct edge_state), 0 },
	[LEAT_CLASS_MAX] = { MAX, sizeof(struct edge_state), 0 },
};

static int flag_of(enum leat_class_id id)
{
	return specials[id].flag ? specials[id].flag : ANY;
}

static int flags_of(const leat_window *w)
{
	int id = w->n_stats == 1 ? w->stats[0].id : 0, flags = 0;

	for (size_t i = 0; i < w->n_parts; i++)
		flags |= flag_of(w->parts[i].of.id);
	if (id == LEAT_STAT_SUM || id == LEAT_STAT_MIN || id == LEAT_STAT_MAX)
		flags |= ONE;
	return w->pairs ? flags | ANY : flags;
}

void leat_slide_specialise(leat_window *w)
{
	int flags = flags_of(w), all_hot = 1;

	for (size_t i = 0; i < w->n_stats; i++)
		all_hot &= is_hot(w->stats[i].id);
	int form = leat_has_avx();
	w->flags = flags;
	for (size_t i = 0; i < sizeof(stamped) / sizeof(stamped[0]); i++) {
		const struct stamped *s = &stamped[i];
		if (s->flags != flags)
			continue;
		if (!w->sink.emit) /* with a sink, slide_push() emits */
			w->push_x = s->push[form];
		if (all_hot)
			w->query = s->query[form];
		if (all_hot && !w->sink.emit)
			w->run = form ? run_body_four : run_body_two;
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
	if (is_infinite(x))
		w->infinite = pushed(w);
	old = shown(old, old_y);
	for (size_t i = 0; i < w->n_parts; i++)
		part_step(w, &w->parts[i], x, old);
	if (w->sink.emit && pushed(w) >= w->size)
		leat_emit(w, pushed(w) - w->size, pushed(w), 0);
}

static void slide_query(const leat_window *w, double *out)
{
	struct leat_summary s;

	s.missing = (double)missing(w);
	s.n = (double)(length(w) - missing(w));
	for (size_t i = 0; i < w->n_parts && !w->parts[i].of.agg; i++)
		part_lower(w, &w->parts[i], &s);
	leat_report(w, &s, out);
}

static void slide_reset(leat_window *w)
{
	w->pushed = 0;
	w->unsettled = WARMING;
	w->infinite = 0;
	w->last = NAN;
	leat_relay_reset(&w->relay);
	for (size_t i = 0; i < w->n_parts; i++) {
		struct leat_part *p = &w->parts[i];
		int flag = flag_of(p->of.id);
		leat_chain_reset(p, &w->relay);
		if (p->lanes)
			memset(p->lanes, 0, leat_slide_lanes_size(p->of.id));
		if (p->lanes && (flag & (MIN | MAX))) {
			struct edge_state *e = p->lanes;
			e->prefix = e->suffix = e->whole = edge_none(flag);
		}
	}
}

static struct leat_tally slide_tally(const leat_window *w)
{
	struct leat_tally t = { length(w) - missing(w), missing(w) };

	return t;
}

size_t leat_slide_place_size(enum leat_class_id id)
{
	return specials[id].place;
}

size_t leat_slide_lanes_size(enum leat_class_id id)
{
	return specials[id].lanes;
}

const struct leat_engine leat_slide_engine = {
	.push = slide_push,
	.query = slide_query,
	.combine = slide_combine,
	.reset = slide_reset,
	.pushed = pushed,
	.length = length,
	.tally = slide_tally,
};
