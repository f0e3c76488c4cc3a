/*
 * squares.c - the class behind sum of squares and root mean square
 *
 * Squares are rounded once each and are all positive, so the sum's own
 * errors are all there is to catch. A square overflows beyond 1.3e154.
 */
#include "squares.h"
#include "class.h"

void leat_squares_identity(LEAT_NO_AGG, void *acc)
{
	memset(acc, 0, sizeof(struct leat_squares));
}

static void squares_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct leat_squares *q = acc;

	leat_add_positive(&q->sum, &q->error, s->x * s->x);
}

void leat_squares_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct leat_squares *q = acc, r;

	memcpy(&r, right, sizeof(r));
	leat_add_positive(&q->sum, &q->error, r.sum);
	q->error += r.error;
}

static void squares_lower(const void *acc, struct leat_summary *out)
{
	const struct leat_squares *q = acc;

	out->sq_hi = q->sum;
	out->sq_lo = q->error;
}

static int squares_fits(const void *acc, const struct leat_samples *of)
{
	const struct leat_squares *q = acc;

	(void)of;
	return q->sum == q->sum && leat_positive_fits(q->sum, q->error);
}

const struct leat_class leat_class_squares = {
	LEAT_ALL_PACKED(struct leat_squares),
	.identity = leat_squares_identity,
	LEAT_ANY_STEP(squares_step),
	.combine = leat_squares_combine,
	.lower = squares_lower,
	.fits = squares_fits,
};
