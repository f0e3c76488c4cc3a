/*
 * sum.c - the class behind sum and mean
 *
 * See sum.h for how the terms work. Joining two sums adds their leading
 * terms with the error kept and the small terms plainly: 1 two-sum.
 */
#include "sum.h"
#include "class.h"

void leat_sum_identity(LEAT_NO_AGG, void *acc)
{
	memset(acc, 0, sizeof(struct leat_sum));
}

static void sum_append(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	leat_sum_add(acc, s->x);
}

void leat_sum_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct leat_sum *a = acc;
	double r[2];

	memcpy(r, right, sizeof(r));
	leat_sum_add(a, r[0]);
	a->lo2 += r[1];
}

void leat_sum_round(void *acc)
{
	leat_sum_fold(acc);
}

void leat_sum_terms(const void *acc, double *hi, double *lo)
{
	struct leat_sum s = *(const struct leat_sum *)acc;

	leat_sum_fold(&s);
	*hi = s.hi;
	*lo = s.lo;
}

static void sum_lower(const void *acc, struct leat_summary *out)
{
	leat_sum_terms(acc, &out->hi, &out->lo);
	leat_sum_settle(&out->hi, &out->lo);
	out->unit = 1;
}

const struct leat_class leat_class_sum = {
	LEAT_SUM_MEMBERS,
	LEAT_ANY_STEP(sum_append),
	.lower = sum_lower,
};
