/*
 * decay_step.h - the usual step of sums whose weights fade
 *
 * Nearly always no infinity is remembered, all scales are 1, and sums are far
 * from the ends of their range. Then a value goes into one column by the
 * operations of decay.c, in their order, less those that multiply by 1: the
 * bits are the same. What a push takes is how long it must wait for the mean
 * that the one before has made, so two more things shorten that:
 *
 * The error of s = a + b is b - (s - a) where |a| >= |b| (Dekker, Numer.
 * Math. 18, 1971), which is as exact as a two-sum and half as long.
 *
 * The mean hi + lo is made from s + t, which is the same number. As long as
 * x - hi and x - s are exact, x - hi - lo and x - s - t round to the same
 * double, and the latter need not wait for hi and lo. A difference p = x - a
 * is exact if p + a = x and x - p = a: an error would be a multiple of the
 * last place of x or of a, and would show in one of these sums.
 *
 * Values that are near the mean, as most that have no sign are, allow both. A
 * wrong guess costs more than the long way: after the second of two that are
 * not near and come close together, the next ones are not looked at.
 */
#ifndef LEAT_DECAY_STEP_H
#define LEAT_DECAY_STEP_H

#include "../core/error_free.h"
#include "decay.h"

/* Between these the plain sums are safe; they are of the order of 1. */
#define LEAT_LEAST_M2 0x1p-200
#define LEAT_MOST_M2 0x1p+500
#define LEAT_LEAST_FREE 0x1p-400

/*
 * A value that is not near adds this to `wary`, each value takes 1 away, and
 * while there is more than this in it none is looked at.
 */
enum { LEAT_DECAY_WARY = 16 };

/* A step reads and writes these, which may be in registers. */
struct leat_decay_now {
	double weight, free, m2, hi, lo, s, t;
	int wary;
};

/* Takes them out of the sums. */
LEAT_INLINE struct leat_decay_now leat_decay_now(const struct leat_decay *d)
{
	const struct leat_decay_axis *a = &d->x;
	struct leat_decay_now n = { d->weight, d->free, a->m2, a->hi, a->lo,
		d->s, d->t, d->wary };

	return n;
}

/* Puts back what `steps` steps have made. */
LEAT_INLINE void leat_decay_put(struct leat_decay *d,
    const struct leat_decay_now *n, uint64_t steps)
{
	d->weight = n->weight;
	d->free = n->free;
	d->x.m2 = n->m2;
	d->x.hi = n->hi;
	d->x.lo = n->lo;
	d->s = n->s;
	d->t = n->t;
	d->wary = n->wary;
	d->count += steps;
	d->finite += steps;
}

/* Tells whether steps may be tried. */
LEAT_INLINE int leat_decay_steps(const struct leat_decay *d)
{
	return d->plain && d->pending == 1;
}

/* Tells whether x - a is a double. */
LEAT_INLINE int leat_decay_exact(double x, double a)
{
	const double p = x - a;

	return p + a == x && x - p == a;
}

/*
 * Sets the mean to s + t, where hi + by was s + e, and t is lo + e. As lo and
 * e are at most half a last place of hi and of s, and s is a multiple of half
 * a last place of hi where it is less than hi, t is at most s, if s is not 0.
 */
LEAT_INLINE void leat_decay_mean(struct leat_decay_now *n, double s, double t)
{
	n->s = s;
	n->t = t;
	n->hi = s + t;
	n->lo = t - (n->hi - s);
}

/*
 * Fades the sums by `keep` and takes x, which may be any number or NaN, with
 * the weight `fresh`. Returns 0, with nothing changed, if that is not usual.
 * In the recursive form keep + fresh is 1, and so the sum of weights stays 1.
 */
LEAT_INLINE int leat_decay_step(struct leat_decay_now *n, double x, double keep,
    double fresh)
{
	const double old = n->weight * keep, total = old + fresh;
	const double free = n->free * keep * keep + 2 * fresh * old;
	const double move = fresh / total;
	const int tries = n->wary <= LEAT_DECAY_WARY;
	const int is_near = LEAT_LIKELY(tries) &&
	    LEAT_LIKELY(leat_decay_exact(x, n->s)) &&
	    LEAT_LIKELY(leat_decay_exact(x, n->hi));
	const double dx = LEAT_LIKELY(is_near) ? (x - n->s) - n->t
					       : (x - n->hi) - n->lo;
	const double m2 = n->m2 * keep + (move * old * dx) * dx;
	const double by = move * dx;
	double s = n->hi + by, e = by - (s - n->hi);

	if (LEAT_UNLIKELY(!(free >= LEAT_LEAST_FREE) || !(fresh <= old) ||
		!(m2 >= LEAT_LEAST_M2) || !(m2 <= LEAT_MOST_M2)))
		return 0;
	if (LEAT_UNLIKELY(!is_near || !(fabs(by) <= fabs(n->hi)))) {
		leat_two_sum(n->hi, by, &s, &e);
		n->wary += tries ? LEAT_DECAY_WARY : 0;
	}
	n->wary -= n->wary > 0;
	leat_decay_mean(n, s, n->lo + e);
	n->m2 = m2;
	n->free = free;
	n->weight = total;
	return 1;
}

/* Does one step, unless that returns 0. */
LEAT_INLINE int leat_decay_quick(struct leat_decay *d, double x, double keep,
    double fresh)
{
	struct leat_decay_now now = leat_decay_now(d);

	if (LEAT_UNLIKELY(!leat_decay_steps(d) ||
		!leat_decay_step(&now, x, keep, fresh)))
		return 0;
	leat_decay_put(d, &now, 1);
	return 1;
}

#endif
