/*
 * triple.c - sums in three terms, as a class
 *
 * See triple.h for how the terms work. Joining two sums adds their leading
 * terms with the error kept and the small terms plainly: 1 two-sum.
 */
#include "triple.h"
#include "class.h"

void leat_triple_identity(LEAT_NO_AGG, void *acc)
{
	memset(acc, 0, sizeof(struct leat_triple));
}

void leat_triple_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct leat_triple *a = acc;
	double r[2];

	memcpy(r, right, sizeof(r));
	leat_triple_add(a, r[0]);
	a->lo2 += r[1];
}

void leat_triple_round(void *acc)
{
	leat_triple_fold(acc);
}

void leat_triple_terms(const void *acc, double *hi, double *lo)
{
	struct leat_triple s = *(const struct leat_triple *)acc;

	leat_triple_fold(&s);
	*hi = s.hi;
	*lo = s.lo;
}
