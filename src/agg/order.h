/*
 * order.h - the values that a window stores, in the order of their size
 *
 * A balanced tree that counts how many values lie below another one, for the
 * area under the ROC curve; see order.c.
 */
#ifndef LEAT_ORDER_H
#define LEAT_ORDER_H

#include "../core/core.h"

/*
 * A value in a tree ordered by values, and of equal ones by their marks. Node
 * 0 is no value and counts for none.
 */
struct leat_order_node {
	double value;
	uint32_t child[2]; /* with smaller values, with larger ones */
	uint32_t values;   /* values in this node and below */
	uint32_t marked;   /* marked ones among these */
};

/* No path in a tree of LEAT_ORDER_MAX values has more nodes; see order.c. */
#define LEAT_ORDER_MAX (((uint64_t)1 << 31) - 1)
#define LEAT_ORDER_PATH 73

struct leat_order {
	struct leat_order_node *node; /* room for one more than values */
	uint32_t root;
	uint32_t spare;    /* first unused node of a list linked by child[0] */
	uint32_t used;     /* nodes from this index on are unused, too */
	uint64_t in_order; /* pairs of a marked value and another: order.c */
};

void leat_order_reset(struct leat_order *o);

/* Values are no NaN; mark is 0 or 1. There must be room for one more. */
void leat_order_add(struct leat_order *o, double value, uint32_t mark);
/* Removes a value. Requires that it was added with this mark. */
void leat_order_remove(struct leat_order *o, double value, uint32_t mark);

/* Returns how often a marked value exceeds another one; NaN without pairs. */
double leat_order_auc(const struct leat_order *o);

#endif
