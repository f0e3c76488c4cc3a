/*
 * order.h - the values that a window stores, in order
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
	uint32_t values;   /* of this node and those below it */
	uint32_t marked;   /* how many of these have a mark */
};

/* No path in a tree of LEAT_ORDER_MAX values has more nodes; see order.c. */
#define LEAT_ORDER_MAX (((uint64_t)1 << 31) - 1)
#define LEAT_ORDER_PATH 73

struct leat_order {
	struct leat_order_node *node; /* room for one more than values */
	uint32_t root;
	uint32_t spare; /* of those not in use, linked by child[0], */
	uint32_t used;  /* and all behind the first so many */
	uint64_t
	    in_order; /* pairs of a marked value and another; see order.c */
};

void leat_order_reset(struct leat_order *o);

/* Values are no NaN; mark is 0 or 1. There must be room for one more. */
void leat_order_add(struct leat_order *o, double value, uint32_t mark);
/* Such a value has been added and not removed. */
void leat_order_remove(struct leat_order *o, double value, uint32_t mark);

/* How often a marked value is larger than another; NaN if there is no pair. */
double leat_order_auc(const struct leat_order *o);

#endif
