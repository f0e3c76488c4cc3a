/*
 * timemean.c - the classes behind means over time
 *
 * A run of values is a path: from its first value to its last, with the
 * integral below it. HOLD has steps, each value holding until the next one;
 * TRAPEZOID has lines from each value to the next. Two paths join with the
 * piece between them, so values must come in the order of time. Of several
 * values at one time a line comes in at the first and leaves from the last.
 * A piece of no length has no integral, not even below an infinity.
 *
 * The integral is kept in two terms and each piece is multiplied without
 * rounding, value by ticks (Dekker, "A floating-point technique for
 * extending the available precision", Numer. Math. 18, 1971): neither a
 * large offset nor a spike costs the mean a digit, and nothing has to be
 * subtracted first. What is left is the rounding of the small term: of n pieces
 * it is at most 2 n u S, S being the integral of |x|, and is rounded three
 * times for each, which loses 6 (n + 1)^2 u^2 S. Pieces of 2^53 ticks and more
 * put up to 2^-42 of themselves into it, for 2^11 times that. Beyond 1e299 the
 * product's error is lost, beyond 1e308 / ticks it overflows.
 */
#include "../core/error_free.h"
#include "class.h"

static void path_identity(LEAT_NO_AGG, void *acc)
{
	memset(acc, 0, sizeof(struct leat_path));
	((struct leat_path *)acc)->v_first = NAN;
}

/* Ticks in two doubles, exactly: rest is 0 below 2^53. */
struct path_ticks {
	double most, rest;
};

static struct path_ticks path_split(uint64_t ticks)
{
	uint64_t rest = ticks >> 53 ? ticks & 2047 : 0;
	struct path_ticks t = { (double)(ticks - rest), (double)rest };

	return t;
}

/* Joins the integral below a value that holds for so long. */
static void path_hold(struct leat_path *p, double v, uint64_t ticks)
{
	struct path_ticks t = path_split(ticks);
	double area, e1, e2;

	if (ticks == 0)
		return;
	leat_two_product(v, t.most, &area, &e1);
	leat_two_sum(p->hi, area, &p->hi, &e2);
	p->lo += (e1 + e2) + v * t.rest;
}

/* Joins the piece that begins at one value and ends at the next. */
LEAT_INLINE void path_piece(struct leat_path *p, double from, double to,
    uint64_t ticks, int by_lines)
{
	double middle = from, e = 0;

	if (ticks == 0)
		return;
	if (by_lines)
		leat_two_sum(0.5 * from, 0.5 * to, &middle, &e);
	path_hold(p, middle, ticks);
	if (by_lines)
		p->lo += e * (double)ticks;
}

LEAT_INLINE void path_append(struct leat_path *p, const leat_sample *s,
    int by_lines)
{
	if (p->v_first != p->v_first) {
		p->t_first = s->t;
		p->v_first = s->x;
	} else {
		path_piece(p, p->v_last, s->x, leat_ticks(p->t_last, s->t),
		    by_lines);
	}
	p->t_last = s->t;
	p->v_last = s->x;
}

LEAT_INLINE void path_prepend(struct leat_path *p, const leat_sample *s,
    int by_lines)
{
	if (p->v_first != p->v_first) {
		p->t_last = s->t;
		p->v_last = s->x;
	} else {
		path_piece(p, s->x, p->v_first, leat_ticks(s->t, p->t_first),
		    by_lines);
	}
	p->t_first = s->t;
	p->v_first = s->x;
}

LEAT_INLINE void path_combine(struct leat_path *p, const void *right,
    int by_lines)
{
	struct leat_path r;
	double e;

	memcpy(&r, right, sizeof(r));
	if (r.v_first != r.v_first)
		return;
	if (p->v_first != p->v_first) {
		*p = r;
		return;
	}
	path_piece(p, p->v_last, r.v_first, leat_ticks(p->t_last, r.t_first),
	    by_lines);
	leat_two_sum(p->hi, r.hi, &p->hi, &e);
	p->lo += r.lo + e;
	p->t_last = r.t_last;
	p->v_last = r.v_last;
}

LEAT_TWIN(hold, path, 0)
LEAT_TWIN(line, path, 1)

static void hold_lower(const void *acc, struct leat_summary *out)
{
	out->hold = *(const struct leat_path *)acc;
}

static void line_lower(const void *acc, struct leat_summary *out)
{
	out->line = *(const struct leat_path *)acc;
}

/*
 * The quotient with its remainder put back, so that the mean of a constant
 * is that constant.
 */
static double path_divide(double hi, double lo, uint64_t ticks)
{
	struct path_ticks t = path_split(ticks);
	double s, e, n = t.most + t.rest, q, back, lost;

	leat_two_sum(hi, lo, &s, &e);
	q = s / n;
	leat_two_product(q, t.most, &back, &lost);
	q += (((s - back) - lost) - q * t.rest + e) / n;
	return q == q ? q : hi / n;
}

/* The last value holds until `until`, if that is after it. */
double leat_path_mean(const struct leat_path *path, int64_t until)
{
	struct leat_path p = *path;

	if (until < p.t_last)
		until = p.t_last;
	path_hold(&p, p.v_last, leat_ticks(p.t_last, until));
	uint64_t ticks = leat_ticks(p.t_first, until);
	return ticks ? path_divide(p.hi, p.lo, ticks) : p.v_last;
}

/* From a first sample to a last one, which may be the same. */
static int path_fits(const void *acc, const struct leat_samples *of)
{
	const struct leat_path *p = acc;

	if (!leat_may_span(of, p->t_first, p->t_last))
		return 0;
	if (of->n == 1 && (p->t_first != p->t_last || p->v_first != p->v_last))
		return 0;
	return p->v_first == p->v_first && p->v_last == p->v_last;
}

#define PATH_CLASS(name)                                                       \
	{                                                                      \
		LEAT_ALL_PACKED(struct leat_path),                             \
		    .identity = path_identity, .append = name##_append,        \
		    .prepend = name##_prepend, .combine = name##_combine,      \
		    .lower = name##_lower, .integers = 3, .fits = path_fits,   \
		    .times = 3                                                 \
	}

const struct leat_class leat_class_hold = PATH_CLASS(hold);
const struct leat_class leat_class_trapezoid = PATH_CLASS(line);
