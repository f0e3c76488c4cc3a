/*
 * tree_sum.c - sums of far values, from the values
 *
 * The sums that a tree keeps are small (agg/sum.h): they lose bits where values
 * are too far apart, and say so. Then the sum of a range is worked out from its
 * values, or its panes, and what comes of it is right. Cost: a step for each
 * value of the tree, with values that differ by more than 2^97.
 */
#include "tree.h"

struct again {
	int64_t from, to;
	const struct leat_section *section;
	struct leat_superacc total;
	uint64_t lost;
};

static int is_in(const struct again *a, int64_t t)
{
	return t >= a->from && (t < a->to || a->to == INT64_MAX);
}

static void sum_value_again(void *ctx, const leat_sample *s)
{
	struct again *a = ctx;

	if (is_in(a, s->t) && !leat_is_missing(s))
		leat_superacc_add(&a->total, s->x);
}

static void sum_pane_again(void *ctx, int64_t start, const struct leat_accs *p)
{
	struct again *a = ctx;
	struct leat_superacc pane;
	struct leat_sum sum;

	if (!is_in(a, start) || p->count == 0)
		return;
	memcpy(&sum, (const unsigned char *)p + a->section->from, sizeof(sum));
	leat_sum_to(&sum, &pane);
	leat_superacc_join(&a->total, &pane);
	a->lost |= sum.rest & LEAT_SUM_LOST;
}

void leat_tree_sum_again(const struct leat_forest *f, const struct leat_tree *t,
    int64_t from, int64_t to, struct leat_sum *out)
{
	struct again a = { from, to, f->layout.sections, { { 0 }, 0 }, 0 };

	if (f->panes)
		leat_tree_each_pane(f, t, sum_pane_again, &a);
	else
		leat_tree_each(f, t, sum_value_again, &a);
	leat_sum_of(out, &a.total);
	out->rest &= ~(uint64_t)LEAT_SUM_LOST;
	out->rest |= a.lost;
}
