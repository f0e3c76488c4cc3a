/*
 * errors.c - the classes behind how good predictions are
 *
 * Errors, their sizes and losses have terms of their own in a sum of three
 * terms (triple.h), so that a bias of which large errors cancel is as right as
 * any other sum: what the subtraction x - y has rounded off is added, too.
 * Squares of errors are added as in squares.c; each is off by three roundings
 * at most. Hits and covered targets are counted. For R2 the
 * moments of y (moments.c) give the variance of the targets.
 *
 * A target or a probability outside [0, 1] has no logarithmic loss: it is
 * NaN, and so is the mean while that pair is in the window. Nothing is ever
 * subtracted from these sums, so it leaves no trace when it has left.
 */
#include "errors.h"
#include "class.h"
#include "squares.h"
#include "triple.h"

/* ---------------- the logarithmic loss ------------------------------- */

/*
 * log(1 - p), for p not too small for 1 - p to differ from 1. A small p
 * loses digits in it; the share that is left is known, and so near to 1 the
 * logarithm is in proportion.
 */
static double log_rest(double p)
{
	double rest = 1 - p;

	return leat_ln(rest) * (p / (1 - rest));
}

static int in_unit(double x)
{
	return x >= 0 && x <= 1;
}

/* A p of 0 or 1 is taken as 2^-52 from it: its loss is finite. */
double leat_log_loss(double x, double y)
{
	double least = DBL_EPSILON, most = 1 - DBL_EPSILON, p = x;

	if (!in_unit(x) || !in_unit(y))
		return NAN;
	p = p < least ? least : p > most ? most : p;
	return -(y * leat_ln(p) + (1 - y) * log_rest(p));
}

/* ---------------- sums ----------------------------------------------- */

/* A number and its rest, which is less than an ulp of it. */
static void add_both(struct leat_triple *s, double e, double rest)
{
	double lo;

	leat_triple_add(s, e);
	lo = s->lo + rest;
	s->lo2 += rest - (lo - s->lo);
	s->lo = lo;
}

static void bias_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	double e, rest;

	leat_two_sum(s->x, -s->y, &e, &rest);
	add_both(acc, e, rest);
}

static void bias_lower(const void *acc, struct leat_summary *out)
{
	leat_triple_terms(acc, &out->errors.bias_hi, &out->errors.bias_lo);
}

static void distance_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	double e, rest;

	leat_two_sum(s->x, -s->y, &e, &rest);
	add_both(acc, fabs(e), e < 0 ? -rest : rest);
}

static void distance_lower(const void *acc, struct leat_summary *out)
{
	leat_triple_terms(acc, &out->errors.distance_hi,
	    &out->errors.distance_lo);
}

static void loss_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	leat_triple_add(acc, leat_log_loss(s->x, s->y));
}

static void loss_lower(const void *acc, struct leat_summary *out)
{
	leat_triple_terms(acc, &out->errors.loss_hi, &out->errors.loss_lo);
}

/* No distance and no loss is negative, so no sum of them is. */
static int positive_sum_fits(const void *acc, const struct leat_samples *of)
{
	const struct leat_triple *s = acc;

	(void)of;
	return !(s->hi < 0);
}

/* ---------------- squares -------------------------------------------- */

static void square_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct leat_squares *q = acc;
	double e = s->x - s->y;

	leat_add_positive(&q->sum, &q->error, e * e);
}

static void square_lower(const void *acc, struct leat_summary *out)
{
	const struct leat_squares *q = acc;

	out->errors.square_hi = q->sum;
	out->errors.square_lo = q->error;
}

/* Infinities that are equal have no difference: NaN is possible here. */
static int square_fits(const void *acc, const struct leat_samples *of)
{
	const struct leat_squares *q = acc;

	(void)of;
	return leat_positive_fits(q->sum, q->error);
}

/* ---------------- counts --------------------------------------------- */

static void count_identity(LEAT_NO_AGG, void *acc)
{
	*(double *)acc = 0;
}

static void hit_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	*(double *)acc += leat_is_hit(s->x, s->y);
}

static void covered_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	*(double *)acc += leat_is_covered(s->x, s->y);
}

static void count_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	double r;

	memcpy(&r, right, sizeof(r));
	*(double *)acc += r;
}

static void hit_lower(const void *acc, struct leat_summary *out)
{
	out->errors.hits = *(const double *)acc;
}

static void covered_lower(const void *acc, struct leat_summary *out)
{
	out->errors.covered = *(const double *)acc;
}

static int count_fits(const void *acc, const struct leat_samples *of)
{
	double n = *(const double *)acc;

	return n >= 0 && n <= (double)of->n && n == floor(n);
}

const struct leat_class leat_class_bias = {
	LEAT_TRIPLE_MEMBERS,
	LEAT_ANY_STEP(bias_step),
	.lower = bias_lower,
};
const struct leat_class leat_class_distance = {
	LEAT_TRIPLE_MEMBERS,
	LEAT_ANY_STEP(distance_step),
	.lower = distance_lower,
	.fits = positive_sum_fits,
};
const struct leat_class leat_class_loss = {
	LEAT_TRIPLE_MEMBERS,
	LEAT_ANY_STEP(loss_step),
	.lower = loss_lower,
	.fits = positive_sum_fits,
};
const struct leat_class leat_class_error_squares = {
	LEAT_ALL_PACKED(struct leat_squares),
	.identity = leat_squares_identity,
	LEAT_ANY_STEP(square_step),
	.combine = leat_squares_combine,
	.lower = square_lower,
	.fits = square_fits,
};
#define COUNT_CLASS(step, lowers)                                              \
	{                                                                      \
		LEAT_ALL_PACKED(double), LEAT_ANY_STEP(step),                  \
		    .identity = count_identity, .combine = count_combine,      \
		    .lower = (lowers), .fits = count_fits                      \
	}
const struct leat_class leat_class_hits = COUNT_CLASS(hit_step, hit_lower);
const struct leat_class leat_class_covered = COUNT_CLASS(covered_step,
    covered_lower);
