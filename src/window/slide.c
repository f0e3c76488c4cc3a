/*
 * slide.c - the last n values
 *
 * One body does a push and one a query, whatever the classes, with values
 * missing or a window that is not full: slide.h says where values are, and
 * slide_*.h what each class does with them, two lanes at a time: the step
 * forward in D and the step backward in B are one step on both. Classes that
 * have no lanes, the user's among them, go through their functions
 * (chain.c). Which way a class goes depends on the class alone, so a result
 * does not depend on what else is asked for.
 *
 * The bodies take the set of classes as flags. They are stamped with constant
 * flags for the sets that are asked for most, and once with those of the
 * window, where each class costs a branch that is always predicted. All do the
 * same arithmetic in the same order. slide_run.h adds the pass over an array.
 *
 * How many values count and how many are missing needs no class: these are
 * integers, which can be subtracted without loss.
 */
#include "../agg/moments.h"
#include "../agg/pairs.h"
#include "../agg/shape.h"
#include "../agg/sum.h"
#include "../core/octet.h"
#include "../core/superacc.h"
#include "window.h"

#include "slide_sum.h"

#include "slide_edges.h"
#include "slide_moments.h"

#include "slide_dated.h"
#include "slide_first.h"
#include "slide_pairs.h"
#include "slide_product.h"
#include "slide_shape.h"
#include "slide_squares.h"

/*
 * Classes in lanes, in the order of their states and of their doubles in a row
 * of the table; and what else a body may have to do.
 */
enum {
	SUM = 1,
	MOMENTS = 2,
	MIN = 4,
	MAX = 8,
	SHAPE = 16,
	ARGMIN = 32,
	ARGMAX = 64,
	FIRST = 128,
	SQUARES = 256,
	JOINT = 512, /* the class of pairs */
	PRODUCT = 1024,
	HOT = SUM | MOMENTS | MIN | MAX, /* sets of these have a usual way */
	SELDOM = SHAPE | ARGMIN | ARGMAX | FIRST | SQUARES | JOINT | PRODUCT,
	SHIFTED = MOMENTS | SHAPE | JOINT, /* classes that share n */
	MASKED = SHIFTED | SQUARES, /* classes that mask missing values */
	ONE = 0x1000,               /* a single statistic, the class's own */
	PAIRED = 0x2000,            /* values are pairs */
	OTHER = 0x4000,             /* some classes have no lanes */
	EMITS = 0x8000, /* each push of a full window emits its results */
	COOL = 0x10000, /* no usual way and no stamp makes all results */
	ANY = 0x20000   /* a body that learns its classes when it runs */
};

/* A class in lanes: bytes of its state, and doubles in a row of the table. */
static const struct laned {
	int flag;
	enum leat_class_id id;
	size_t state, width;
} laned[] = {
	{ SUM, LEAT_CLASS_SUM, sizeof(struct sum_state), 0 },
	{ MOMENTS, LEAT_CLASS_MOMENTS, sizeof(struct moments_state), 2 },
	{ MIN, LEAT_CLASS_MIN, sizeof(struct edge_state), 1 },
	{ MAX, LEAT_CLASS_MAX, sizeof(struct edge_state), 1 },
	{ SHAPE, LEAT_CLASS_SHAPE, sizeof(struct shape_state), 4 },
	{ ARGMIN, LEAT_CLASS_ARGMIN, sizeof(struct dated_state), 2 },
	{ ARGMAX, LEAT_CLASS_ARGMAX, sizeof(struct dated_state), 2 },
	{ FIRST, LEAT_CLASS_FIRST, sizeof(struct first_state), 1 },
	{ SQUARES, LEAT_CLASS_SQUARES, sizeof(struct squares_state), 2 },
	{ JOINT, LEAT_CLASS_PAIRS, sizeof(struct pairs_state), 7 },
	{ PRODUCT, LEAT_CLASS_PRODUCT, sizeof(struct product_state), 2 },
};

enum { N_LANED = sizeof(laned) / sizeof(laned[0]) };

/* The place of a body among the states and in the row. */
struct slide_cursor {
	unsigned char *state;
	double *row;
};

/* Moves over a class; its state and doubles lie before. */
LEAT_INLINE void *pass(struct slide_cursor *c, size_t state, size_t width)
{
	void *here = c->state;

	c->state += state;
	if (width > 0)
		c->row += width;
	return here;
}

/* The state that classes of SHIFTED share; a window of others has none. */
LEAT_INLINE struct shift_state *shift_of(struct slide_cursor *c, int flags)
{
	return pass(c, flags & SHIFTED ? sizeof(struct shift_state) : 0, 0);
}

/* The state of the sum of a window that has one. */
LEAT_INLINE struct sum_state *sum_of(const leat_window *w, int flags)
{
	size_t before = flags & SHIFTED ? sizeof(struct shift_state) : 0;

	return (struct sum_state *)(void *)(w->slide.lanes + before);
}

/* ---------------- turning -------------------------------------------- */

/* The classes of SELDOM come after the others. */
static void turn_seldom(struct slide_cursor *c, int flags)
{
	if (flags & SHAPE)
		shape_turn(pass(c, sizeof(struct shape_state), 0));
	if (flags & ARGMIN)
		dated_turn(pass(c, sizeof(struct dated_state), 0));
	if (flags & ARGMAX)
		dated_turn(pass(c, sizeof(struct dated_state), 0));
	if (flags & FIRST)
		first_turn(pass(c, sizeof(struct first_state), 0));
	if (flags & SQUARES)
		squares_turn(pass(c, sizeof(struct squares_state), 0));
	if (flags & JOINT)
		pairs_turn(pass(c, sizeof(struct pairs_state), 0));
	if (flags & PRODUCT)
		product_turn(pass(c, sizeof(struct product_state), 0));
}

static void turn_lanes(const leat_window *w)
{
	struct slide_cursor c = { w->slide.lanes, NULL };
	struct shift_state *shift = shift_of(&c, w->flags);

	if (w->flags & SHIFTED)
		shift_turn(shift);
	if (w->flags & SUM)
		sum_turn(pass(&c, sizeof(struct sum_state), 0), &w->slide,
		    w->size);
	if (w->flags & MOMENTS)
		moments_turn(pass(&c, sizeof(struct moments_state), 0));
	if (w->flags & MIN)
		edge_turn(pass(&c, sizeof(struct edge_state), 0), 0);
	if (w->flags & MAX)
		edge_turn(pass(&c, sizeof(struct edge_state), 0), 1);
	turn_seldom(&c, w->flags);
}

/* The next value at which a push has more to do: a carry, or a turn. */
static size_t next_stop(const struct leat_slide *s)
{
	size_t left = s->chunk - s->filled;

	return s->filled + (left < SUM_CARRY ? left : SUM_CARRY);
}

/* D is empty: aims at the row before its first one. */
static void slide_begin(struct leat_slide *s)
{
	s->filled = 0;
	s->stop = next_stop(s);
	s->step = s->reversed ? -(ptrdiff_t)s->width : (ptrdiff_t)s->width;
	s->row = s->table + (s->reversed ? (s->slots + 1) * s->width : 0);
}

/* Copies what is before A from the other end of the ring. */
static LEAT_NOINLINE void slide_mirror(struct leat_slide *s, int pairs)
{
	double *last = s->ring + 3 * s->chunk - 1;

	s->ring[-1] = *last;
	if (pairs)
		s->ring[s->y - 1] = last[s->y];
}

/* D becomes B, B becomes A, and A gives its place to D. */
static void slide_turn(leat_window *w)
{
	struct leat_slide *s = &w->slide;
	size_t odd = leat_slide_odd(s);
	double *d = leat_slide_chunk(s, 2);

	s->a = leat_slide_chunk(s, 1) - odd;
	s->b = s->d + s->chunk - 1;
	s->d = d;
	if (odd && s->a < s->ring)
		slide_mirror(s, w->pairs);
	s->before += s->chunk;
	s->chunks += s->chunks < 2;
	s->reversed = !s->reversed;
	slide_begin(s);
}

/* D is full, or it is time for a carry. */
static LEAT_NOINLINE void slide_stop(leat_window *w)
{
	struct leat_slide *s = &w->slide;

	if ((w->flags & SUM) && LEAT_UNLIKELY(w->size > 2 * SUM_CARRY))
		sum_carry(sum_of(w, w->flags));
	if (LEAT_UNLIKELY(s->filled < s->chunk)) {
		s->stop = next_stop(s);
		return;
	}
	turn_lanes(w);
	slide_turn(w);
	for (size_t i = 0; i < w->n_parts; i++)
		leat_chain_turn(&w->parts[i]);
}

/* ---------------- a push ---------------------------------------------- */

/* The pair at a place of the ring as classes see it, NaN if half is missing. */
LEAT_INLINE double shown(const leat_window *w, const double *place, int flags)
{
	if ((flags & PAIRED) && place[w->slide.y] != place[w->slide.y])
		return NAN;
	return *place;
}

/* Counts when a value comes for a missing one, or the other way round. */
LEAT_INLINE void count(struct leat_slide *s, uint64_t size, uint64_t absent)
{
	s->absent = absent;
	s->n = (double)(int64_t)(size - absent);
	s->inverse = 1 / s->n;
	s->free = s->n > 1 ? s->n - 1 : NAN;
}

/* Puts the value in and finds out what the push is about. */
LEAT_INLINE void enter(leat_window *w, double x, double y, int flags,
    struct slide_step *now, leat_lane *seen)
{
	struct leat_slide *s = &w->slide;
	size_t i = s->filled;
	double gone = shown(w, s->a + i, flags), old;
	leat_lane_mask kept;

	s->d[i] = x;
	if (flags & PAIRED) {
		s->d[(ptrdiff_t)i + s->y] = y;
		x = y != y ? NAN : x;
	}
	old = shown(w, s->b - (ptrdiff_t)i, flags);
	if (flags & JOINT)
		now->y = leat_lane_make(y, s->b[s->y - (ptrdiff_t)i]);
	s->filled = i + 1;
	s->row += s->step;
	*seen = leat_lane_make(x, old);
	now->entering = leat_lane_make(x, gone);
	kept = leat_lane_valid(now->entering);
	now->entering = leat_lane_and(now->entering, kept);
	if (LEAT_LIKELY(leat_lane_bits(kept) == 3)) {
		w->last = x;
	} else {
		count(s, w->size,
		    s->absent + (uint64_t)(x != x) - (uint64_t)(gone != gone));
		if (x == x)
			w->last = x;
	}
	if (flags & MASKED) {
		now->valid = leat_lane_valid(*seen);
		now->x = *seen;
	}
	/* The sum counts infinities itself. */
	if ((flags & (MOMENTS | SUM)) == MOMENTS &&
	    LEAT_UNLIKELY(fabs(x) > DBL_MAX))
		s->infinite = leat_slide_pushed(s);
}

static leat_sample sample_at(const leat_window *w, const double *place,
    uint64_t t)
{
	leat_sample s = { (int64_t)t, *place,
		w->pairs ? place[w->slide.y] : 0 };

	return s;
}

/* A class without lanes. */
static void other_step(leat_window *w, struct leat_part *p)
{
	const struct leat_slide *s = &w->slide;
	const double *d = s->d + s->filled - 1;
	const double *b = s->b - (ptrdiff_t)(s->filled - 1);
	leat_sample in = sample_at(w, d, leat_slide_pushed(s) - 1);

	if (in.x == in.x && in.y == in.y)
		p->of.cls->append(p->of.agg, p->prefix, &in);
	if (s->chunks == 0)
		return;
	in = sample_at(w, b, s->before - s->filled);
	if (in.x == in.x && in.y == in.y)
		p->of.cls->prepend(p->of.agg, p->suffix, &in);
	leat_chain_store(p, leat_slide_place(s));
}

static LEAT_NOINLINE void others_step(leat_window *w)
{
	for (size_t i = 0; i < w->n_parts; i++)
		other_step(w, &w->parts[i]);
}

LEAT_INLINE void steps_seldom(struct slide_cursor *c, struct leat_slide *s,
    const struct slide_step *now, leat_lane seen, int flags)
{
	size_t i = s->filled - 1;
	double *row = c->row;

	if (flags & SHAPE)
		shape_lane_step(pass(c, sizeof(struct shape_state), 4), now,
		    row);
	row = c->row;
	if (flags & ARGMIN)
		dated_step(pass(c, sizeof(struct dated_state), 2), seen, i, row,
		    0);
	row = c->row;
	if (flags & ARGMAX)
		dated_step(pass(c, sizeof(struct dated_state), 2), seen, i, row,
		    1);
	row = c->row;
	if (flags & FIRST)
		first_step(pass(c, sizeof(struct first_state), 1), seen, row);
	row = c->row;
	if (flags & SQUARES)
		squares_lane_step(pass(c, sizeof(struct squares_state), 2), now,
		    row);
	row = c->row;
	if (flags & JOINT)
		pairs_lane_step(pass(c, sizeof(struct pairs_state), 7), now,
		    row);
	row = c->row;
	if (flags & PRODUCT)
		product_lane_step(pass(c, sizeof(struct product_state), 2),
		    seen, row);
}

LEAT_INLINE void push_body(leat_window *w, double x, double y, int flags)
{
	struct leat_slide *s = &w->slide;
	struct slide_step now;
	struct slide_cursor c;
	double *row;
	leat_lane seen;

	if (LEAT_UNLIKELY(s->filled == s->stop))
		slide_stop(w);
	enter(w, x, y, flags, &now, &seen);
	c.state = s->lanes;
	c.row = row = s->row;
	if (flags & SHIFTED)
		shift_step(shift_of(&c, flags), &now);
	else
		shift_step_none(&now);
	if (flags & SUM)
		sum_step(pass(&c, sizeof(struct sum_state), 0), s, w->size,
		    now.entering);
	row = c.row;
	if (flags & MOMENTS)
		moments_step(pass(&c, sizeof(struct moments_state), 2), &now,
		    row);
	row = c.row;
	if (flags & MIN)
		edge_step(pass(&c, sizeof(struct edge_state), 1), seen, row, 0);
	row = c.row;
	if (flags & MAX)
		edge_step(pass(&c, sizeof(struct edge_state), 1), seen, row, 1);
	if (flags & SELDOM)
		steps_seldom(&c, s, &now, seen, flags);
	if (flags & OTHER)
		others_step(w);
	if ((flags & EMITS) && w->sink.emit && leat_slide_pushed(s) >= w->size)
		leat_emit(w, leat_slide_pushed(s) - w->size,
		    leat_slide_pushed(s), 0);
}

/* ---------------- a query --------------------------------------------- */

/*
 * Deviations that overflow leave NaN in the lanes, as an infinity does. Their
 * sum of squares is infinite if there is no infinity in the window.
 */
static double overflown(const leat_window *w, const struct sum_state *sum)
{
	if (sum)
		return sum->infinite[0] + sum->infinite[1] > 0 ? NAN : HUGE_VAL;
	uint64_t pushes = leat_slide_pushed(&w->slide);
	uint64_t gone = pushes > w->size ? pushes - w->size : 0;

	return w->slide.infinite > gone ? NAN : HUGE_VAL;
}

/* The time of an extremum, counted in pushes. */
LEAT_INLINE int64_t time_of(const struct leat_slide *s, double age)
{
	return (int64_t)leat_slide_pushed(s) - 1 - (int64_t)age;
}

/* sum_up() of the classes of SELDOM. */
LEAT_INLINE void sum_up_seldom(const struct leat_slide *s,
    struct slide_cursor *c, const struct shift_state *shift,
    struct leat_summary *out, int flags)
{
	const double *row = c->row;

	if (flags & SHAPE) {
		const struct shape_state *m = pass(c,
		    sizeof(struct shape_state), 4);
		if (LEAT_UNLIKELY(!shape_value(m, shift, row, s->n, s->inverse,
			out)))
			shape_report(out,
			    shape_value_odd(m, shift, row, s->n, s->inverse));
	}
	row = c->row;
	if (flags & ARGMIN)
		out->argmin = time_of(s,
		    dated_age(pass(c, sizeof(struct dated_state), 2), row, s,
			0));
	row = c->row;
	if (flags & ARGMAX)
		out->argmax = time_of(s,
		    dated_age(pass(c, sizeof(struct dated_state), 2), row, s,
			1));
	row = c->row;
	if (flags & FIRST)
		out->first = first_value(pass(c, sizeof(struct first_state), 1),
		    row);
	row = c->row;
	if (flags & SQUARES)
		squares_value(pass(c, sizeof(struct squares_state), 2), row,
		    out);
	row = c->row;
	if (flags & JOINT) {
		const struct pairs_state *m = pass(c,
		    sizeof(struct pairs_state), 7);
		if (LEAT_UNLIKELY(!pairs_value(m, shift, row, s->n, s->inverse,
			out)))
			pairs_report(out, pairs_value_far(m, shift, row, s->n));
	}
	row = c->row;
	if (flags & PRODUCT)
		product_value(pass(c, sizeof(struct product_state), 2), row,
		    out);
}

/* Collects what the classes in lanes know. */
LEAT_INLINE void sum_up(const leat_window *w, struct leat_summary *out,
    int flags)
{
	const struct leat_slide *s = &w->slide;
	struct slide_cursor c = { s->lanes, s->row + s->step };
	const struct shift_state *shift = shift_of(&c, flags);
	const struct sum_state *sum = NULL;
	const double *row;

	if (flags & SUM) {
		sum = pass(&c, sizeof(struct sum_state), 0);
		struct leat_terms terms;
		if (LEAT_UNLIKELY(!sum->plain) ||
		    LEAT_UNLIKELY(!sum_parts(sum, &terms)))
			terms = sum_value(sum);
		out->hi = terms.hi;
		out->lo = terms.lo;
		out->unit = terms.unit;
	}
	row = c.row;
	if (flags & MOMENTS) {
		const struct moments_state *m = pass(&c,
		    sizeof(struct moments_state), 2);
		if (!moments_value(m, shift, row, s->n, s->inverse, out))
			moments_value_odd(m, shift, row, s->n, s->inverse, out);
		if (LEAT_UNLIKELY(out->m2 != out->m2))
			out->m2 = overflown(w, sum);
	}
	row = c.row;
	if (flags & MIN)
		out->min = edge_value(pass(&c, sizeof(struct edge_state), 1),
		    row, 0);
	row = c.row;
	if (flags & MAX)
		out->max = edge_value(pass(&c, sizeof(struct edge_state), 1),
		    row, 1);
	if (flags & SELDOM)
		sum_up_seldom(s, &c, shift, out, flags);
}

/* Statistics that hot() makes; each set that is stamped for it has all. */
static int is_hot(int id)
{
	switch (id) {
	case LEAT_STAT_COUNT:
	case LEAT_STAT_COUNT_MISSING:
	case LEAT_STAT_SKEWNESS:
	case LEAT_STAT_KURTOSIS:
	case LEAT_STAT_ARGMIN:
	case LEAT_STAT_ARGMAX:
	case LEAT_STAT_FIRST:
	case LEAT_STAT_LAST:
	case LEAT_STAT_SUM_OF_SQUARES:
	case LEAT_STAT_RMS:
	case LEAT_STAT_CORRELATION:
		return 1;
	default:
		return 0;
	}
}

/* Values and missing ones; what has not come yet is neither. */
static struct leat_tally slide_tally(const leat_window *w)
{
	uint64_t pushed = leat_slide_pushed(&w->slide);
	uint64_t to_come = pushed < w->size ? w->size - pushed : 0;
	struct leat_tally t = { w->size - w->slide.absent,
		w->slide.absent - to_come };

	return t;
}

/* Returns what every window knows. */
static LEAT_NOINLINE double counted(const leat_window *w, int id)
{
	return id == LEAT_STAT_LAST ? w->last : (double)slide_tally(w).missing;
}

/* Returns what is made from the classes of SELDOM. */
LEAT_INLINE double hot(const leat_window *w, int id,
    const struct leat_summary *s, int flags)
{
	double n = w->slide.n;

	if ((flags & ARGMIN) && id == LEAT_STAT_ARGMIN)
		return (double)(s->last_tick - s->argmin);
	if ((flags & ARGMAX) && id == LEAT_STAT_ARGMAX)
		return (double)(s->last_tick - s->argmax);
	if ((flags & SHAPE) && id == LEAT_STAT_SKEWNESS)
		return leat_nan(leat_skewness(n, s->g2, s->g3));
	if ((flags & SHAPE) && id == LEAT_STAT_KURTOSIS)
		return leat_nan(leat_kurtosis(n, s->g2, s->g4));
	if ((flags & JOINT) && id == LEAT_STAT_CORRELATION)
		return leat_nan(leat_correlation(s->cxy, s->m2x, s->m2y));
	if ((flags & FIRST) && id == LEAT_STAT_FIRST)
		return s->first;
	if ((flags & SQUARES) && id == LEAT_STAT_SUM_OF_SQUARES)
		return leat_nan(leat_positive_value(s->sq_hi, s->sq_lo));
	if ((flags & SQUARES) && id == LEAT_STAT_RMS)
		return leat_nan(leat_sqrt(leat_positive_value(s->sq_hi,
					      s->sq_lo) /
		    n));
	return id == LEAT_STAT_COUNT ? n : counted(w, id);
}

/* Returns any result; it pays to look at the statistic first. */
LEAT_INLINE double hot_any(const leat_window *w, int id,
    const struct leat_summary *s)
{
	const struct leat_slide *at = &w->slide;

	switch (id) {
	case LEAT_STAT_COUNT:
		return s->n;
	case LEAT_STAT_SUM:
		return s->hi;
	case LEAT_STAT_MEAN:
		return leat_terms_mean(s->hi, s->lo, at->n, at->inverse);
	case LEAT_STAT_VARIANCE:
		return s->m2 / at->free;
	case LEAT_STAT_STDDEV:
		return leat_sqrt(s->m2 / at->free);
	case LEAT_STAT_MIN:
		return s->min;
	case LEAT_STAT_MAX:
		return s->max;
	case LEAT_STAT_RANGE:
		return leat_nan(s->max - s->min);
	case LEAT_STAT_ZSCORE:
		return leat_nan(leat_zscore((s->last - s->k) - s->mu, s->m2,
		    at->n));
	case LEAT_STAT_ARGMIN:
		return (double)(s->last_tick - s->argmin);
	case LEAT_STAT_ARGMAX:
		return (double)(s->last_tick - s->argmax);
	case LEAT_STAT_FIRST:
		return s->first;
	case LEAT_STAT_LAST:
		return s->last;
	default:
		return leat_lower_one(s, id, 0);
	}
}

static void slide_query(const leat_window *w, double *out);

/* Adds what leat_report() would. */
LEAT_INLINE void add_counts(const leat_window *w, struct leat_summary *s)
{
	s->n = w->slide.n;
	s->missing = (double)slide_tally(w).missing;
	s->last = w->last;
}

/* ---------------- stamped --------------------------------------------- */

#include "slide_usual.h"

/* Each set of classes in two forms, for any CPU and for those with AVX. */
#define STAMP_FOR(target, name, flags)                                         \
	target static int name##_push(leat_window *w, double x)                \
	{                                                                      \
		if (LEAT_UNLIKELY(!usual_push(w, x, (flags))))                 \
			return unusual_push(w, x);                             \
		return LEAT_OK;                                                \
	}                                                                      \
	target static void name##_query(const leat_window *w, double *out)     \
	{                                                                      \
		if (LEAT_UNLIKELY(!usual_query(w, out, (flags))))              \
			unusual_query(w, out);                                 \
	}                                                                      \
	target static int name##_both(leat_window *w, double x, double *out)   \
	{                                                                      \
		if (LEAT_UNLIKELY(!usual_push(w, x, (flags))))                 \
			return unusual_push_query(w, x, out);                  \
		if (LEAT_UNLIKELY(!usual_query(w, out, (flags))))              \
			return unusual_query(w, out);                          \
		return LEAT_OK;                                                \
	}

/* Sets without a usual way, whose bodies are faster with constant flags. */
#define STAMP_SET_FOR(target, name, flags)                                     \
	target static int name##_push(leat_window *w, double x)                \
	{                                                                      \
		push_body(w, x, 0, (flags));                                   \
		return LEAT_OK;                                                \
	}                                                                      \
	target static void name##_query(const leat_window *w, double *out)     \
	{                                                                      \
		set_query(w, out, (flags));                                    \
	}                                                                      \
	target static int name##_both(leat_window *w, double x, double *out)   \
	{                                                                      \
		push_body(w, x, 0, (flags));                                   \
		set_query(w, out, (flags));                                    \
		return LEAT_OK;                                                \
	}

#ifdef LEAT_AVX
#define STAMP(name, flags)                                                     \
	STAMP_FOR(, name, flags)                                               \
	STAMP_FOR(LEAT_AVX, name##_avx, flags)
#define STAMP_SET(name, flags)                                                 \
	STAMP_SET_FOR(, name, flags)                                           \
	STAMP_SET_FOR(LEAT_AVX, name##_avx, flags)
#define FORMS(name, what)                                                      \
	{                                                                      \
		name##_##what, name##_avx_##what                               \
	}
#else
#define STAMP(name, flags) STAMP_FOR(, name, flags)
#define STAMP_SET(name, flags) STAMP_SET_FOR(, name, flags)
#define FORMS(name, what)                                                      \
	{                                                                      \
		name##_##what, name##_##what                                   \
	}
#endif
#define ENTRY(name, flags)                                                     \
	{                                                                      \
		(flags), FORMS(name, push), FORMS(name, query),                \
		    FORMS(name, both)                                          \
	}

STAMP(sum_alone, SUM | ONE)
STAMP(min_alone, MIN | ONE)
STAMP(max_alone, MAX | ONE)
STAMP(sums, SUM)
STAMP(spread, SUM | MOMENTS)
STAMP(summary, SUM | MOMENTS | MIN | MAX)
STAMP(hot_set, w->flags &HOT)
STAMP_SET(low_place, ARGMIN)
STAMP_SET(high_place, ARGMAX)
STAMP_SET(places, ARGMIN | ARGMAX)
STAMP_SET(shapes, SHAPE)
STAMP_SET(firsts, FIRST)
STAMP_SET(squares, SQUARES)
STAMP_SET(any_set, w->flags | ANY)

/* Windows of pairs have a push of both numbers. */
#define STAMP_PAIRS_FOR(target, name, flags)                                   \
	target static void name##_push(leat_window *w, double x, double y)     \
	{                                                                      \
		push_body(w, x, y, (flags));                                   \
	}                                                                      \
	target static void name##_query(const leat_window *w, double *out)     \
	{                                                                      \
		set_query(w, out, (flags));                                    \
	}

#ifdef LEAT_AVX
#define STAMP_PAIRS(name, flags)                                               \
	STAMP_PAIRS_FOR(, name, flags)                                         \
	STAMP_PAIRS_FOR(LEAT_AVX, name##_avx, flags)
#else
#define STAMP_PAIRS(name, flags) STAMP_PAIRS_FOR(, name, flags)
#endif

STAMP_PAIRS(joint, JOINT | PAIRED)
STAMP_PAIRS(any_pairs, w->flags | ANY)

static const struct stamped_pairs {
	void (*push[2])(leat_window *w, double x, double y);
	void (*query[2])(const leat_window *w, double *out);
} stamped_joint = { FORMS(joint, push), FORMS(joint, query) },
  stamped_any_pairs = { FORMS(any_pairs, push), FORMS(any_pairs, query) };

static const struct stamped {
	int flags;
	int (*push[2])(leat_window *w, double x);
	void (*query[2])(const leat_window *w, double *out);
	int (*both[2])(leat_window *w, double x, double *out);
} stamped[] = {
	ENTRY(sum_alone, SUM | ONE),
	ENTRY(min_alone, MIN | ONE),
	ENTRY(max_alone, MAX | ONE),
	ENTRY(sums, SUM),
	ENTRY(spread, SUM | MOMENTS),
	ENTRY(summary, SUM | MOMENTS | MIN | MAX),
	ENTRY(low_place, ARGMIN),
	ENTRY(high_place, ARGMAX),
	ENTRY(places, ARGMIN | ARGMAX),
	ENTRY(shapes, SHAPE),
	ENTRY(firsts, FIRST),
	ENTRY(squares, SQUARES),
};
static const struct stamped stamped_any_hot = ENTRY(hot_set, HOT);
static const struct stamped stamped_any = ENTRY(any_set, ANY);

/* A push of a set of HOT with results for which there is no plan. */
static int hot_push_query(leat_window *w, double x, double *out)
{
	w->push_x(w, x);
	w->query(w, out);
	return LEAT_OK;
}

/* Returns the functions of the window's set. */
static const struct stamped *stamped_for(const leat_window *w)
{
	for (size_t i = 0; i < sizeof(stamped) / sizeof(stamped[0]); i++)
		if (stamped[i].flags == w->flags &&
		    (w->slide.want || (w->flags & SELDOM)))
			return &stamped[i];
	return w->slide.want && !(w->flags & ~HOT) ? &stamped_any_hot
						   : &stamped_any;
}

/* ---------------- the general way -------------------------------------- */

static void slide_push(leat_window *w, double x, double y)
{
	push_body(w, x, y, w->flags);
}

static void slide_combine(const leat_window *w, const struct leat_part *p,
    void *acc, void *temp)
{
	const struct leat_slide *s = &w->slide;

	leat_chain_combine(p, s->chunks, leat_slide_tail(s), acc, temp, 0);
}

static void slide_query(const leat_window *w, double *out)
{
	struct leat_tally tally = slide_tally(w);
	struct leat_scratch scratch;
	struct leat_summary s;

	s.n = (double)tally.count;
	s.missing = (double)tally.missing;
	sum_up(w, &s, w->flags);
	for (size_t i = 0; i < w->n_parts && !w->parts[i].of.agg; i++) {
		slide_combine(w, &w->parts[i], scratch.acc, scratch.temp);
		w->parts[i].of.cls->lower(scratch.acc, &s);
	}
	leat_report(w, &s, out);
}

static uint64_t slide_pushed(const leat_window *w)
{
	return leat_slide_pushed(&w->slide);
}

static uint64_t slide_length(const leat_window *w)
{
	uint64_t pushed = leat_slide_pushed(&w->slide);

	return pushed < w->size ? pushed : w->size;
}

/* ---------------- making and resetting --------------------------------- */

static int flag_of(enum leat_class_id id)
{
	for (size_t i = 0; i < N_LANED; i++)
		if (laned[i].id == id)
			return laned[i].flag;
	return 0;
}

int leat_slide_lane(enum leat_class_id id)
{
	return flag_of(id) != 0;
}

void leat_slide_measure(struct leat_window *w, enum leat_class_id id)
{
	struct leat_slide *s = &w->slide;
	int flag = flag_of(id), shifted = w->flags & SHIFTED;

	w->flags |= flag ? flag : OTHER;
	if (!shifted && (w->flags & SHIFTED))
		w->lanes_size += sizeof(struct shift_state);
	for (size_t i = 0; i < N_LANED; i++)
		if (laned[i].flag == flag) {
			w->lanes_size += laned[i].state;
			s->width += laned[i].width;
		}
}

/* Sets the states of the classes of SELDOM. */
static void reset_seldom(struct slide_cursor *c, int flags)
{
	if (flags & SHAPE)
		memset(pass(c, sizeof(struct shape_state), 0), 0,
		    sizeof(struct shape_state));
	if (flags & ARGMIN)
		dated_reset(pass(c, sizeof(struct dated_state), 0));
	if (flags & ARGMAX)
		dated_reset(pass(c, sizeof(struct dated_state), 0));
	if (flags & FIRST)
		first_reset(pass(c, sizeof(struct first_state), 0));
	if (flags & SQUARES)
		memset(pass(c, sizeof(struct squares_state), 0), 0,
		    sizeof(struct squares_state));
	if (flags & JOINT)
		memset(pass(c, sizeof(struct pairs_state), 0), 0,
		    sizeof(struct pairs_state));
	if (flags & PRODUCT)
		product_reset(pass(c, sizeof(struct product_state), 0));
}

static void lanes_reset(leat_window *w)
{
	struct slide_cursor c = { w->slide.lanes, NULL };

	struct shift_state *shift = shift_of(&c, w->flags);

	if (w->flags & SHIFTED)
		shift_reset(shift);
	if (w->flags & SUM)
		sum_reset(pass(&c, sizeof(struct sum_state), 0));
	if (w->flags & MOMENTS)
		memset(pass(&c, sizeof(struct moments_state), 0), 0,
		    sizeof(struct moments_state));
	for (int i = 0; i < 2; i++)
		if (w->flags & (i ? MAX : MIN)) {
			struct edge_state *e = pass(&c,
			    sizeof(struct edge_state), 0);
			e->whole = edge_none(i);
			e->run = leat_lane_dup(edge_none(i));
		}
	reset_seldom(&c, w->flags);
}

/* Writes the empty suffix to a row: zeros, but for what compares values. */
static void row_none(const leat_window *w, double *row)
{
	memset(row, 0, w->slide.width * sizeof(*row));
	for (size_t i = 0; i < N_LANED; i++) {
		int flag = w->flags & laned[i].flag;
		if (flag & (MIN | MAX))
			*row = edge_none(flag == MAX);
		if (flag & (ARGMIN | ARGMAX | FIRST))
			*row = NAN;
		if (flag & PRODUCT) {
			row[0] = 0.5;
			row[1] = 1;
		}
		row += flag ? laned[i].width : 0;
	}
}

/* Makes each row that of an empty suffix. */
static void fill_rows(leat_window *w)
{
	size_t width = w->slide.width, n = (w->slide.slots + 2) * width;
	double *t = w->slide.table;

	if (n > 0)
		row_none(w, t);
	for (size_t i = width; i < n; i++)
		t[i] = t[i - width];
}

static void fill_missing(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = NAN;
}

static void slide_reset(leat_window *w)
{
	struct leat_slide *s = &w->slide;
	size_t front = leat_slide_odd(s);

	s->d = s->ring;
	s->b = s->ring + 3 * s->chunk - 1;
	s->a = s->ring + s->chunk - front;
	s->chunks = 0;
	s->before = s->infinite = 0;
	s->reversed = 0;
	w->last = NAN;
	fill_missing(s->ring - front, 3 * s->chunk + front);
	if (w->pairs)
		fill_missing(s->ring + s->y - front, 3 * s->chunk + front);
	fill_rows(w);
	count(s, w->size, w->size);
	slide_begin(s);
	lanes_reset(w);
	for (size_t i = 0; i < w->n_parts; i++)
		leat_chain_reset(&w->parts[i], s->slots);
}

#include "slide_run.h"

/* Chooses the functions of a window whose classes are known; no grid is. */
void leat_slide_specialise(leat_window *w)
{
	int id = w->n_stats == 1 ? w->stats[0].id : 0, form = leat_has_avx();

	memset(w->slide.lanes, 0, w->lanes_size);
	for (size_t i = 0; i < w->n_stats; i++)
		if (!is_hot(w->stats[i].id) &&
		    usual_place(w->stats[i].id) == N_AT)
			w->flags |= COOL;
	if (id == LEAT_STAT_SUM || id == LEAT_STAT_MIN || id == LEAT_STAT_MAX)
		w->flags |= ONE;
	w->flags |= (w->pairs ? PAIRED : 0) | (w->sink.emit ? EMITS : 0);
	w->slide.quiet = w->propagate ? 0 : w->size - w->min_count;
	w->query = any_query;
	usual_plan(w);
	if (w->pairs) {
		const struct stamped_pairs *p = w->flags == (JOINT | PAIRED)
		    ? &stamped_joint
		    : &stamped_any_pairs;
		w->push = p->push[form];
		w->query = p->query[form];
	}
	if (w->pairs || w->sink.emit)
		return;
	const struct stamped *s = stamped_for(w);
	w->run = many_pays(w) ? many_push : NULL;
	w->push_x = s->push[form];
	w->push_query = s->both[form];
	w->query = s->query[form];
	if (s != &stamped_any || (w->flags & ~(HOT | COOL)))
		return;
	w->push_x = stamped_any_hot.push[form];
	w->push_query = hot_push_query;
}

const struct leat_engine leat_slide_engine = {
	.push = slide_push,
	.query = slide_query,
	.combine = slide_combine,
	.reset = slide_reset,
	.pushed = slide_pushed,
	.length = slide_length,
	.tally = slide_tally,
};
