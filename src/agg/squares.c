/*
 * squares.c - the class behind sum of squares and root mean square
 *
 * Squares are rounded once each and are all positive, so the sum's own
 * errors are all there is to catch. A square overflows beyond 1.3e154.
 */
#include "agg.h"

struct squares {
	double sum, error;
};

static void squares_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	memset(acc, 0, sizeof(struct squares));
}

static void squares_step(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct squares *q = acc;

	(void)agg;
	leat_add_positive(&q->sum, &q->error, s->x * s->x);
}

static void squares_combine(const leat_agg *agg, void *acc, const void *right)
{
	struct squares *q = acc, r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	leat_add_positive(&q->sum, &q->error, r.sum);
	q->error += r.error;
}

static void squares_lower(const void *acc, struct leat_summary *out)
{
	const struct squares *q = acc;

	out->sq_hi = q->sum;
	out->sq_lo = q->error;
}

static int squares_fits(const void *acc, const struct leat_samples *of)
{
	const struct squares *q = acc;

	(void)of;
	return q->sum == q->sum && leat_positive_fits(q->sum, q->error);
}

const struct leat_class leat_class_squares = { sizeof(struct squares),
	sizeof(struct squares), squares_identity, squares_step, squares_step,
	squares_combine, NULL, squares_lower, 1, 0, 0, squares_fits };
