/*
 * sum.c - the classes behind sum and mean
 *
 * The steps that nearly always do are in sum.h. Here the third term is tried,
 * and if that leaves an error, too, all terms go through a superaccumulator,
 * from which the nearest double is taken again and again: a, b and what fits
 * into the third term. Cost: some 200 operations where values are that far
 * apart.
 */
#include "sum.h"
#include "class.h"

/* ---------------- the third term ------------------------------------ */

enum { REST_UNIT = 1023 };

static double rest_term(uint64_t rest)
{
	double d;

	rest &= ~(uint64_t)LEAT_SUM_BITS;
	memcpy(&d, &rest, sizeof(d));
	return d;
}

/* A finite x without its two lowest bits, which is no larger than x. */
static uint64_t rest_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return x == 0 ? 0 : bits & ~(uint64_t)LEAT_SUM_BITS;
}

void leat_sum_add_units(struct leat_superacc *total, int64_t units)
{
	uint64_t n = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;

	leat_superacc_put(total, n, REST_UNIT - LEAT_SUPER_LEAST, units < 0);
}

static int64_t rest_units(uint64_t rest)
{
	rest &= ~(uint64_t)LEAT_SUM_BITS;
	return (int64_t)rest / (LEAT_SUM_BITS + 1);
}

double leat_sum_take(struct leat_superacc *total)
{
	double x = leat_superacc_terms(total).hi;

	leat_superacc_subtract(total, x);
	return x;
}

void leat_sum_to(const struct leat_sum *s, struct leat_superacc *total)
{
	leat_superacc_clear(total);
	leat_superacc_add(total, s->a);
	leat_superacc_add(total, s->b);
	if (s->rest & LEAT_SUM_COUNTS)
		leat_sum_add_units(total, rest_units(s->rest));
	else
		leat_superacc_add(total, rest_term(s->rest));
}

int64_t leat_sum_take_units(struct leat_superacc *total)
{
	struct leat_terms t = leat_superacc_terms(total);
	int64_t units = 0;

	if (t.unit > 1) {
		units = (int64_t)floor(t.hi * 0x1p-959 + 0.5);
		leat_sum_add_units(total, -units);
	}
	return units;
}

void leat_sum_of(struct leat_sum *s, const struct leat_superacc *total)
{
	struct leat_superacc left = *total;
	int64_t units = leat_sum_take_units(&left);

	s->a = leat_sum_take(&left);
	s->b = leat_sum_take(&left);
	if (units != 0) {
		s->rest = (uint64_t)units * (LEAT_SUM_BITS + 1) +
		    LEAT_SUM_COUNTS;
	} else {
		s->rest = rest_of(leat_superacc_terms(&left).hi);
		leat_superacc_subtract(&left, rest_term(s->rest));
	}
	if (left.used)
		s->rest |= LEAT_SUM_LOST;
}

/* ---------------- what is far apart, or not finite -------------------- */

void leat_sum_set(struct leat_sum *s, double a)
{
	s->a = a;
	s->b = 0;
	s->rest = 0;
}

/* Adds x to the terms. Returns 0 and changes nothing if they cannot hold it. */
static int sum_add_to_three(struct leat_sum *s, double x)
{
	double a, b, c, error;
	uint64_t rest;

	leat_two_sum(s->a, x, &a, &error);
	leat_two_sum(s->b, error, &b, &error);
	if (error != 0) { /* NaN is not 0 either */
		if (s->rest & LEAT_SUM_COUNTS)
			return 0;
		leat_two_sum(rest_term(s->rest), error, &c, &error);
		rest = rest_of(c);
		if (error != 0 || rest_term(rest) != c)
			return 0;
		s->rest = rest | (s->rest & LEAT_SUM_LOST);
	}
	s->a = a;
	s->b = b;
	return 1;
}

void leat_sum_add_more(struct leat_sum *s, double x)
{
	struct leat_superacc total;

	if (!leat_is_finite(s->a) || !leat_is_finite(x)) {
		leat_sum_set(s, s->a + x);
		return;
	}
	if (sum_add_to_three(s, x))
		return;
	uint64_t lost = s->rest & LEAT_SUM_LOST;
	leat_sum_to(s, &total);
	leat_superacc_add(&total, x);
	leat_sum_of(s, &total);
	s->rest |= lost;
}

void leat_sum_join_more(struct leat_sum *s, const struct leat_sum *right)
{
	struct leat_sum all = *s;
	struct leat_superacc total, other;
	uint64_t lost = (s->rest | right->rest) & LEAT_SUM_LOST;

	if (!leat_is_finite(s->a) || !leat_is_finite(right->a)) {
		leat_sum_set(s, s->a + right->a);
		return;
	}
	if (!(right->rest & LEAT_SUM_COUNTS) &&
	    sum_add_to_three(&all, right->a) &&
	    sum_add_to_three(&all, right->b) &&
	    sum_add_to_three(&all, rest_term(right->rest))) {
		*s = all;
		s->rest |= lost;
		return;
	}
	leat_sum_to(s, &total);
	leat_sum_to(right, &other);
	leat_superacc_join(&total, &other);
	leat_sum_of(s, &total);
	s->rest |= lost;
}

struct leat_terms leat_sum_terms_more(const struct leat_sum *s)
{
	struct leat_terms t = { s->a, 0, 1 };
	struct leat_superacc total;

	if (!leat_is_finite(s->a))
		return t;
	leat_sum_to(s, &total);
	return leat_superacc_terms(&total);
}

/* Makes sums of the same total the same bytes. */
static struct leat_sum sum_folded(const struct leat_sum *s)
{
	struct leat_sum folded;
	struct leat_superacc total;

	if (!leat_is_finite(s->a)) {
		leat_sum_set(&folded, leat_nan(s->a));
		return folded;
	}
	leat_sum_to(s, &total);
	leat_sum_of(&folded, &total);
	folded.rest |= s->rest & LEAT_SUM_LOST;
	return folded;
}

int leat_sum_same(const struct leat_sum *a, const struct leat_sum *b)
{
	struct leat_sum x = sum_folded(a), y = sum_folded(b);

	return memcmp(&x, &y, sizeof(x)) == 0;
}

/* ---------------- as a class ------------------------------------------ */

static void sum_identity(LEAT_NO_AGG, void *acc)
{
	leat_sum_set(acc, 0);
}

static void sum_append(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	leat_sum_add(acc, s->x);
}

static void sum_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct leat_sum r;

	memcpy(&r, right, sizeof(r));
	leat_sum_join(acc, &r);
}

static void sum_lower_terms(struct leat_terms t, struct leat_summary *out)
{
	out->hi = t.hi;
	out->lo = t.lo;
	out->unit = t.unit;
}

static void sum_lower(const void *acc, struct leat_summary *out)
{
	sum_lower_terms(leat_sum_terms(acc), out);
}

/* ---------------- whole sums ------------------------------------------ */

static void whole_identity(LEAT_NO_AGG, void *acc)
{
	struct leat_whole_sum *w = acc;

	leat_sum_set(&w->near, 0);
	leat_superacc_clear(&w->far);
}

/* Moves three terms, which are finite, to where there is room. */
static void whole_spill(struct leat_whole_sum *w)
{
	leat_superacc_add(&w->far, w->near.a);
	leat_superacc_add(&w->far, w->near.b);
	leat_superacc_add(&w->far, rest_term(w->near.rest));
	leat_sum_set(&w->near, 0);
	w->near.rest = LEAT_SUM_LOST;
}

static void whole_set(struct leat_whole_sum *w, double a)
{
	leat_sum_set(&w->near, a);
	leat_superacc_clear(&w->far);
}

static void whole_add(struct leat_whole_sum *w, double x)
{
	if (!leat_is_finite(w->near.a) || !leat_is_finite(x)) {
		whole_set(w, w->near.a + x);
	} else if (!sum_add_to_three(&w->near, x)) {
		whole_spill(w);
		leat_superacc_add(&w->far, x);
	}
}

static void whole_append(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct leat_whole_sum *w = acc;

	if (LEAT_UNLIKELY(!leat_sum_try(&w->near, s->x)))
		whole_add(w, s->x);
}

static void whole_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct leat_whole_sum *w = acc;
	const struct leat_whole_sum *r = right;

	if (!leat_is_finite(w->near.a) || !leat_is_finite(r->near.a)) {
		whole_set(w, w->near.a + r->near.a);
		return;
	}
	whole_add(w, r->near.a);
	whole_add(w, r->near.b);
	whole_add(w, rest_term(r->near.rest));
	if (r->far.used) {
		leat_superacc_join(&w->far, &r->far);
		w->near.rest |= LEAT_SUM_LOST;
	}
}

void leat_whole_sum_to(const struct leat_whole_sum *w,
    struct leat_superacc *total)
{
	struct leat_whole_sum all = *w;

	whole_spill(&all);
	*total = all.far;
}

static void whole_lower(const void *acc, struct leat_summary *out)
{
	const struct leat_whole_sum *w = acc;
	struct leat_superacc total;

	if (!leat_sum_has_lost(&w->near)) {
		sum_lower_terms(leat_sum_terms(&w->near), out);
		return;
	}
	leat_whole_sum_to(w, &total);
	sum_lower_terms(leat_superacc_terms(&total), out);
}

const struct leat_class leat_class_sum = {
	LEAT_ALL_PACKED(struct leat_sum),
	LEAT_ANY_STEP(sum_append),
	.identity = sum_identity,
	.combine = sum_combine,
	.lower = sum_lower,
	.tape = leat_tape_sum,
};
const struct leat_class leat_class_whole_sum = {
	LEAT_ALL_PACKED(struct leat_whole_sum),
	LEAT_ANY_STEP(whole_append),
	.identity = whole_identity,
	.combine = whole_combine,
	.lower = whole_lower,
	.tape = leat_tape_whole_sum,
};
