/*
 * decay.c - sums of values whose weights fade
 *
 * With W the sum of weights, which a pause has made r, and v the weight of
 * the value x that comes, the sums are those of West (Comm. ACM 22, 1979)
 * and W^2 less the sum of squared weights, which is twice the sum of
 * products of two weights:
 *
 *      mean + v / (r + v) dx  =  x - r / (r + v) dx      dx = x - mean
 *      m2    +=  v r / (r + v) dx^2
 *      free  +=  2 v r
 *
 * Whatever is there shrinks and a positive term is added. Nothing cancels,
 * however small r / v or v / r is: of the two forms of the mean the one
 * with the smaller step is taken.
 *
 * Columns may lie anywhere from denormals to the largest double, and weights
 * may be thousands of powers of two apart. So each column has a scale of its
 * own, and so has `free`. A push works in plain doubles, looks whether its
 * results are far from the ends of their range, and if they are not does
 * all of it once more in wide numbers (core/wide.h), which choose scales
 * that last for hundreds of half-lives. A push that is more usual still, of a
 * column that is alone, is done in decay_step.h.
 *
 * Nothing ever leaves such sums, so an infinity does not enter the sums:
 * it is remembered with its weight, decides the results while that is at
 * least 2^-53 of a new value's, and is forgotten then.
 */
#include "../core/error_free.h"
#include "decay_step.h"

#define FORGOTTEN 0x1p-53

/* Columns of values that are all tiny are kept times LIFT. */
#define LIFT 0x1p+128
#define TINY 0x1p-900
#define NOT_TINY 0x1p-800

/* ---------------- time passes ---------------------------------------- */

/*
 * Between values only the weight of what is there falls, and all of it
 * alike: it can wait until a value comes.
 */
void leat_decay_fade(struct leat_decay *d, struct leat_wide keep)
{
	double pending = d->pending * keep.m;

	if (LEAT_LIKELY(keep.e == 0 && pending >= LEAT_LEAST_FREE)) {
		d->pending = pending;
	} else {
		struct leat_wide p = leat_wide_mul(leat_wide_make(d->pending,
						       d->pending_e),
		    leat_wide_make(keep.m, keep.e));
		d->pending = p.m;
		d->pending_e = p.e;
	}
	for (int i = 0; i < 4; i++) {
		if (LEAT_LIKELY(d->inf[i] == 0))
			continue;
		d->inf[i] *= leat_wide_double(keep.m, keep.e);
		if (d->inf[i] < FORGOTTEN)
			d->inf[i] = 0;
	}
}

/* ---------------- a value, plainly ----------------------------------- */

/* The weights of what is there and of the value that comes, and shares. */
struct entry {
	double old, fresh, total;
	double move;  /* move of the mean, in its nearer form */
	double cross; /* old fresh / total */
};

/* Adds a value to a column. */
struct step {
	double x, dx; /* times lift */
	double u;     /* dx in the unit of m2 */
	double m2;
};

/* Tells whether the plain sums can be trusted. */
LEAT_INLINE int step_axis(const struct leat_decay *d,
    const struct leat_decay_axis *a, double x, const struct entry *e,
    struct step *s)
{
	s->x = x * a->lift;
	s->dx = (s->x - a->hi) - a->lo;
	s->u = s->dx * a->unit;
	s->m2 = a->m2 * d->pending + (e->cross * s->u) * s->u;
	if (LEAT_LIKELY(s->m2 >= LEAT_LEAST_M2 && s->m2 <= LEAT_MOST_M2))
		return 1;
	return a->m2 == 0 && s->dx == 0;
}

/* The mean in two terms, so that one of 1e9 costs no digits. */
LEAT_INLINE void move_mean(struct leat_decay_axis *a, double x, double by,
    int nearer_x)
{
	double e;

	if (nearer_x) {
		leat_two_sum(x, -by, &a->hi, &a->lo);
		return;
	}
	leat_two_sum(a->hi, by, &a->hi, &e);
	leat_two_sum(a->hi, a->lo + e, &a->hi, &a->lo);
}

/* The recursive form: what is there weighs 1 in all. */
static void normalise(struct leat_decay *d)
{
	double w = d->weight;

	d->free = d->free / w / w;
	d->x.m2 /= w;
	d->y.m2 /= w;
	d->cxy /= w;
	d->weight = 1;
}

/* Adds a pair the quick way. Returns 0, with nothing changed, if it cannot. */
LEAT_INLINE int add_plain(struct leat_decay *d, double x, double y,
    struct leat_wide v)
{
	struct entry e = { d->weight * d->pending, v.m, 0, 0, 0 };
	struct step sx, sy = { 0, 0, 0, 0 };
	double free = d->free * d->pending * d->pending + 2 * v.m * e.old;
	int nearer_x = e.fresh > e.old;

	if (!(free >= LEAT_LEAST_FREE) || (d->pending_e | d->free_e | v.e) != 0)
		return 0;
	e.total = e.old + e.fresh;
	e.move = (nearer_x ? e.old : e.fresh) / e.total;
	e.cross = e.move * (nearer_x ? e.fresh : e.old);
	if (!step_axis(d, &d->x, x, &e, &sx))
		return 0;
	if (d->pairs && !step_axis(d, &d->y, y, &e, &sy))
		return 0;
	d->weight = e.total;
	d->free = free;
	d->x.m2 = sx.m2;
	move_mean(&d->x, sx.x, e.move * sx.dx, nearer_x);
	if (d->pairs) {
		d->y.m2 = sy.m2;
		d->cxy = d->cxy * d->pending + (e.cross * sx.u) * sy.u;
		move_mean(&d->y, sy.x, e.move * sy.dx, nearer_x);
	}
	d->pending = 1;
	if (d->recursive && d->weight != 1)
		normalise(d);
	return 1;
}

/* ---------------- a value, in wide numbers --------------------------- */

static struct leat_wide wide(double m)
{
	return leat_wide_make(m, 0);
}

static void start_axis(struct leat_decay_axis *a, double x)
{
	a->lift = x != 0 && fabs(x) < TINY ? LIFT : 1;
	a->hi = x * a->lift;
	a->lo = a->m2 = 0;
	a->scale = 0;
	a->unit = 1;
}

static void set_scale(struct leat_decay_axis *a, int64_t scale)
{
	a->scale = scale;
	a->unit = scale > 1000 || scale < -1000 ? NAN
						: leat_ldexp(1, -(int)scale);
}

/* A tiny mean has no room for a second term: it is lifted, or put down. */
static void settle_lift(struct leat_decay_axis *a, double x)
{
	double by = 1;

	if (a->lift > 1 && fabs(x) >= NOT_TINY)
		by = 1 / LIFT;
	else if (!(a->lift > 1) && fabs(x) < TINY && fabs(a->hi) < TINY)
		by = LIFT;
	if (by == 1)
		return;
	a->lift *= by;
	a->hi *= by;
	a->lo *= by;
	set_scale(a, a->scale + (by > 1 ? 128 : -128));
}

/* x - mean, times lift. The difference of two doubles may be none. */
static struct leat_wide deviation(const struct leat_decay_axis *a, double x)
{
	double dx = (x * a->lift - a->hi) - a->lo;

	if (dx - dx == 0)
		return wide(dx);
	return leat_wide_make((x / 4 - a->hi / 4) - a->lo / 4, 2);
}

static void set_m2(struct leat_decay_axis *a, struct leat_wide m2)
{
	int64_t scale = m2.m == 0 ? 0 : (m2.e - (m2.e & 1)) / 2;

	set_scale(a, scale);
	a->m2 = leat_wide_double(m2.m, m2.e - 2 * scale);
}

/* The weights of add_plain(), and what the old ones have faded by. */
struct wide_entry {
	struct leat_wide old, fresh, total, move, cross, keep;
	int nearer_x;
};

static struct wide_entry wide_weights(const struct leat_decay *d,
    struct leat_wide v)
{
	struct wide_entry e;

	e.keep = leat_wide_make(d->pending, d->pending_e);
	e.old = leat_wide_mul(wide(d->weight), e.keep);
	e.fresh = leat_wide_make(v.m, v.e);
	e.total = leat_wide_add(e.old, e.fresh);
	e.nearer_x = e.fresh.e > e.old.e ||
	    (e.fresh.e == e.old.e && e.fresh.m > e.old.m);
	e.move = leat_wide_div(e.nearer_x ? e.old : e.fresh, e.total);
	e.cross = leat_wide_mul(e.move, e.nearer_x ? e.fresh : e.old);
	return e;
}

/*
 * The sum of weights as a plain double. What it is to be multiplied by goes
 * into `pending` where it is far from 1; in the recursive form, where weights
 * are relative to their sum, it is left out. Says by what all sums are to
 * be divided for that.
 */
static struct leat_wide set_weight(struct leat_decay *d, struct leat_wide total)
{
	struct leat_wide unit = { 1, total.e < -300 ? total.e : 0 };

	d->pending = 1;
	d->pending_e = d->recursive ? 0 : unit.e;
	if (d->recursive)
		unit = total;
	total = leat_wide_div(total, unit);
	d->weight = leat_wide_double(total.m, total.e);
	return unit;
}

/* The sum of a * keep and cross b c, in that unit. */
static struct leat_wide wide_sum(struct leat_wide a, const struct wide_entry *e,
    struct leat_wide b, struct leat_wide c, struct leat_wide unit)
{
	a = leat_wide_mul(a, e->keep);
	b = leat_wide_mul(leat_wide_mul(e->cross, b), c);
	return leat_wide_div(leat_wide_add(a, b), unit);
}

static void wide_move(struct leat_decay_axis *a, double x,
    const struct wide_entry *e, struct leat_wide dx)
{
	struct leat_wide by = leat_wide_mul(e->move, dx);

	move_mean(a, x * a->lift, leat_wide_double(by.m, by.e), e->nearer_x);
}

static LEAT_NOINLINE void add_wide(struct leat_decay *d, double x, double y,
    struct leat_wide v)
{
	struct wide_entry e = wide_weights(d, v);
	struct leat_wide free = leat_wide_make(d->free, d->free_e), cxy, dx, dy;

	settle_lift(&d->x, x);
	settle_lift(&d->y, y);
	dx = deviation(&d->x, x);
	dy = deviation(&d->y, y);
	free = leat_wide_mul(leat_wide_mul(free, e.keep), e.keep);
	free = leat_wide_add(free,
	    leat_wide_mul(leat_wide_mul(wide(2), e.fresh), e.old));
	cxy = leat_wide_make(d->cxy, d->x.scale + d->y.scale);
	struct leat_wide unit = set_weight(d, e.total);
	free = leat_wide_div(leat_wide_div(free, unit), unit);
	d->free_e = free.e < -300 ? free.e - (free.e & 1) : 0;
	d->free = leat_wide_double(free.m, free.e - d->free_e);
	cxy = wide_sum(cxy, &e, dx, dy, unit);
	set_m2(&d->x,
	    wide_sum(leat_wide_make(d->x.m2, 2 * d->x.scale), &e, dx, dx,
		unit));
	set_m2(&d->y,
	    wide_sum(leat_wide_make(d->y.m2, 2 * d->y.scale), &e, dy, dy,
		unit));
	d->cxy = leat_wide_double(cxy.m, cxy.e - d->x.scale - d->y.scale);
	wide_move(&d->x, x, &e, dx);
	wide_move(&d->y, y, &e, dy);
}

/* ---------------- values ---------------------------------------------- */

/* The first value, or the first after all before it faded to nothing. */
static void start_sums(struct leat_decay *d, double x, double y,
    struct leat_wide v)
{
	start_axis(&d->x, x);
	start_axis(&d->y, y);
	d->cxy = d->free = 0;
	d->free_e = 0;
	d->weight = d->pending = 1;
	d->pending_e = 0;
	if (!d->recursive) {
		d->pending = v.m;
		d->pending_e = v.e;
	}
}

LEAT_INLINE void remember_infinity(double *inf, double x, double weight)
{
	if (x - x != 0 && inf[x < 0] < weight && weight >= FORGOTTEN)
		inf[x < 0] = weight;
}

/* Both infinities make no number, and are forgotten like any other. */
void leat_decay_upset(struct leat_decay *d, double share)
{
	d->count++;
	for (int i = 0; i < 4; i++)
		remember_infinity(d->inf + (i & 2),
		    i & 1 ? -HUGE_VAL : HUGE_VAL, share);
}

void leat_decay_take(struct leat_decay *d, double x, double y,
    struct leat_wide weight, double share)
{
	if (x != x || y != y) {
		d->missing++;
		return;
	}
	d->count++;
	remember_infinity(d->inf, x, share);
	remember_infinity(d->inf + 2, y, share);
	/*
	 * Beside an infinite y, x counts all the same. Whatever y is put in
	 * for it shows no sooner than it has faded.
	 */
	if (x - x != 0)
		return;
	if (y - y != 0)
		y = d->y.hi / d->y.lift;
	d->finite++;
	if (LEAT_LIKELY(add_plain(d, x, y, weight)) || weight.m == 0)
		return;
	if (d->weight == 0 || d->pending == 0)
		start_sums(d, x, y, weight);
	else
		add_wide(d, x, y, weight);
}

static int is_plain(const struct leat_decay *d)
{
	return !d->pairs && d->finite > 0 &&
	    (d->free_e | d->pending_e | d->x.scale) == 0 && d->x.lift <= 1 &&
	    d->inf[0] == 0 && d->inf[1] == 0;
}

void leat_decay_push(struct leat_decay *d, double x, double y,
    struct leat_wide keep, struct leat_wide weight, double share)
{
	leat_decay_fade(d, keep);
	leat_decay_take(d, x, y, weight, share);
	d->s = d->x.hi;
	d->t = d->x.lo;
	d->plain = is_plain(d);
}

/* Clears everything but what options have set. */
void leat_decay_start(struct leat_decay *d)
{
	const struct leat_decay fresh = {
		.keep = d->keep,
		.fresh = d->fresh,
		.recursive = d->recursive,
		.pairs = d->pairs,
		.pending = 1,
		.x = { .lift = 1, .unit = 1 },
		.y = { .lift = 1, .unit = 1 },
	};

	*d = fresh;
}

/* ---------------- as bytes -------------------------------------------- */

static void tape_scale(struct leat_tape *t, int64_t *e)
{
	leat_tape_signed(t, e);
	if (!leat_tape_expect(t, *e >= -LEAT_WIDE_LAST && *e <= LEAT_WIDE_LAST))
		*e = 0;
}

static void tape_axis(struct leat_tape *t, struct leat_decay_axis *a)
{
	int lifted = a->lift > 1;
	int64_t scale = a->scale;

	leat_tape_int(t, &lifted, 1);
	tape_scale(t, &scale);
	if (t->loads) {
		a->lift = lifted ? LIFT : 1;
		set_scale(a, scale);
	}
}

/*
 * Version 1 had the sum of squared weights where `free` is, and one scale
 * for all, 2^-600 or 1. What it lost by cancellation stays lost.
 */
static void load_version_1(struct leat_decay *d, int shrunk)
{
	double free = d->weight * d->weight - d->free;

	d->free = d->finite > 1 && free > 0 ? free : 0;
	set_scale(&d->x, shrunk ? 600 : 0);
	set_scale(&d->y, shrunk ? 600 : 0);
}

/* Saves or loads the sums. Requires that options have been set. */
void leat_tape_decay(struct leat_tape *t, struct leat_decay *d)
{
	double *const sums[10] = { &d->pending, &d->weight, &d->free, &d->x.hi,
		&d->x.lo, &d->y.hi, &d->y.lo, &d->x.m2, &d->y.m2, &d->cxy };
	double flat[10];
	int old = leat_tape_version(t) < 2, shrunk = 0;

	leat_tape_number(t, &d->count, LEAT_TAPE_PUSHES);
	leat_tape_number(t, &d->finite, d->count);
	leat_tape_number(t, &d->missing, LEAT_TAPE_PUSHES);
	if (old) {
		leat_tape_int(t, &shrunk, 1);
	} else {
		tape_axis(t, &d->x);
		tape_axis(t, &d->y);
		tape_scale(t, &d->free_e);
		tape_scale(t, &d->pending_e);
	}
	for (int i = 0; i < 10; i++)
		flat[i] = *sums[i];
	leat_tape_sparse(t, flat, 10, 0);
	for (int i = 0; i < 10 && t->loads; i++)
		*sums[i] = flat[i];
	leat_tape_sparse(t, d->inf, 4, 0);
	if (old)
		load_version_1(d, shrunk);
}
