/*
 * counter.c - the class behind how much a counter has grown
 *
 * A run grows from its first value to its last; where a value is smaller
 * than the one before it, the counter was reset to 0 between them, and the
 * one before is what would have been lost:
 *
 *      increase = last - first + sum of the values before each reset
 *
 * Two runs join with at most one reset more, that between them. The order
 * of values is all there is to it, so they have to come in that order. The
 * sum's errors are caught in lo, which is added up plainly: with r resets and
 * S = sum |value| of what is added, lo is at most 2 r u S, and its roundings,
 * three for a reset and two more in the end, lose 6 (r + 1)^2 u^2 S.
 */
#include "class.h"
#include "triple.h"

struct counter {
	int64_t t_first, t_last;
	double first, last; /* NaN: no values */
	double hi, lo;      /* sum of the values before each reset */
};

static void counter_identity(LEAT_NO_AGG, void *acc)
{
	memset(acc, 0, sizeof(struct counter));
	((struct counter *)acc)->first = NAN;
}

static void counter_add(struct counter *c, double x)
{
	double e;

	leat_two_sum(c->hi, x, &c->hi, &e);
	c->lo += e;
}

static void counter_append(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct counter *c = acc;

	if (c->first != c->first) {
		c->t_first = s->t;
		c->first = s->x;
	} else if (s->x < c->last) {
		counter_add(c, c->last);
	}
	c->t_last = s->t;
	c->last = s->x;
}

static void counter_prepend(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct counter *c = acc;

	if (c->first != c->first) {
		c->t_last = s->t;
		c->last = s->x;
	} else if (c->first < s->x) {
		counter_add(c, s->x);
	}
	c->t_first = s->t;
	c->first = s->x;
}

static void counter_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct counter *c = acc, r;

	memcpy(&r, right, sizeof(r));
	if (r.first != r.first)
		return;
	if (c->first != c->first) {
		*c = r;
		return;
	}
	if (r.first < c->last)
		counter_add(c, c->last);
	counter_add(c, r.hi);
	c->lo += r.lo;
	c->t_last = r.t_last;
	c->last = r.last;
}

static void counter_lower(const void *acc, struct leat_summary *out)
{
	const struct counter *c = acc;
	double s, e1, hi, e2;

	leat_two_sum(c->last, -c->first, &s, &e1);
	leat_two_sum(s, c->hi, &hi, &e2);
	out->increase = leat_sum_value(hi, (e1 + e2) + c->lo);
	out->counted = (double)leat_ticks(c->t_first, c->t_last);
}

static int counter_fits(const void *acc, const struct leat_samples *of)
{
	const struct counter *c = acc;

	if (!leat_may_span(of, c->t_first, c->t_last))
		return 0;
	if (of->n == 1 && (c->t_first != c->t_last || c->first != c->last))
		return 0;
	return c->first == c->first && c->last == c->last;
}

const struct leat_class leat_class_counter = {
	LEAT_ALL_PACKED(struct counter),
	.identity = counter_identity,
	.append = counter_append,
	.prepend = counter_prepend,
	.combine = counter_combine,
	.lower = counter_lower,
	.integers = 3,
	.fits = counter_fits,
	.times = 3,
};
