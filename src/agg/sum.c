/*
 * sum.c - the class behind sum and mean
 *
 * See sum.h for how the terms work. Joining two sums adds their leading
 * terms with the error kept and the small terms plainly: 1 two-sum.
 */
#include "sum.h"
#include "class.h"

void leat_sum_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	memset(acc, 0, sizeof(struct leat_sum));
}

static void sum_append(const leat_agg *agg, void *acc, const leat_sample *s)
{
	(void)agg;
	leat_sum_add(acc, s->x);
}

void leat_sum_combine(const leat_agg *agg, void *acc, const void *right)
{
	struct leat_sum *a = acc;
	double r[2];

	(void)agg;
	memcpy(r, right, sizeof(r));
	leat_sum_add(a, r[0]);
	a->lo2 += r[1];
}

void leat_sum_round(void *acc)
{
	leat_sum_fold(acc);
}

static void sum_lower(const void *acc, struct leat_summary *out)
{
	struct leat_sum s = *(const struct leat_sum *)acc;

	leat_sum_fold(&s);
	out->hi = s.hi;
	out->lo = s.lo;
}

const struct leat_class leat_class_sum = {
	.size = sizeof(struct leat_sum),
	.packed = 2 * sizeof(double),
	.identity = leat_sum_identity,
	.append = sum_append,
	.prepend = sum_append,
	.combine = leat_sum_combine,
	.fold = leat_sum_round,
	.lower = sum_lower,
	.any_order = 1,
};
