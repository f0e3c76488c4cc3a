/*
 * order.c - the values that a window stores, in order
 *
 * A tree in which each node counts what is below it: values come and go in any
 * order, and how many of them lie below another is known in one walk. Values
 * may have a mark, which is counted too; equal values with equal marks are
 * alike, and any of them may be removed in place of another. Nodes lie in one
 * array, which has no pointers in it, so a copy is a copy of bytes.
 *
 * The area under the ROC curve is the share of pairs, one marked value (the
 * score of a positive sample) and one without a mark, in which the marked one
 * is larger, ties counting a half: the statistic of Mann and Whitney (Hanley
 * and McNeil, "The meaning and use of the area under a receiver operating
 * characteristic (ROC) curve", Radiology 143, 1982). Over the newest samples
 * alone it follows a change: Brzezinski and Stefanowski, "Prequential AUC:
 * properties of the area under the ROC curve for data streams with concept
 * drift", Knowledge and Information Systems 52 (2017).
 *
 * They walk through all samples in order of score at every step. Here the
 * number of pairs in order is kept, twice so that a tie counts one. It is
 * changed by the pairs that a value makes when it enters and when it leaves.
 * These are integers, so nothing is lost, and what a result is does not
 * depend on the shape of the tree.
 *
 * The tree is balanced by its own counts. The weight of a tree is the number
 * of its values plus 1, and of two siblings neither weighs more than three
 * times the other. When a value has come or gone, one or two rotations at each
 * node of its path restore this: Adams, "Efficient sets: a balancing act",
 * Journal of Functional Programming 3 (1993). That they always do with the
 * constants 3 and 2 was proved by Hirai and Yamamoto, "Balancing
 * weight-balanced trees", in the same journal, 21 (2011). So it holds whatever
 * the values are and in whatever order they come.
 *
 * Cost: adding or removing a value walks three paths at most. A child has at
 * most 3/4 of the weight of its parent and every node at least weight 2, so d
 * steps down a tree of n values need (3/4)^d (n + 1) >= 2: with n + 1 = 2^31,
 * d <= 72.
 */
#include "order.h"

enum { ORDER_DELTA = 3, ORDER_GAMMA = 2 };

void leat_order_reset(struct leat_order *o)
{
	o->root = o->spare = o->used = 0;
	o->in_order = 0;
	memset(&o->node[0], 0, sizeof(o->node[0]));
}

/* ---------------- balance ------------------------------------------- */

static uint64_t order_weight_of(const struct leat_order *o, uint32_t at)
{
	return (uint64_t)o->node[at].values + 1;
}

/* The child on that side takes the node's place, the node goes below. */
static void order_rotate(struct leat_order *o, uint32_t *link, int side)
{
	struct leat_order_node *up, *down = &o->node[*link];
	uint32_t rising = down->child[side];
	const struct leat_order_node *inner;

	up = &o->node[rising];
	inner = &o->node[up->child[!side]];
	uint32_t values = down->values, marked = down->marked;
	down->values -= up->values - inner->values;
	down->marked -= up->marked - inner->marked;
	up->values = values;
	up->marked = marked;
	down->child[side] = up->child[!side];
	up->child[!side] = *link;
	*link = rising;
}

static void order_balance(struct leat_order *o, uint32_t *link)
{
	struct leat_order_node *n = &o->node[*link];
	uint64_t left = order_weight_of(o, n->child[0]);
	uint64_t right = order_weight_of(o, n->child[1]);
	int side = right > left;

	if (left <= ORDER_DELTA * right && right <= ORDER_DELTA * left)
		return;
	const struct leat_order_node *heavy = &o->node[n->child[side]];
	if (order_weight_of(o, heavy->child[!side]) >=
	    ORDER_GAMMA * order_weight_of(o, heavy->child[side]))
		order_rotate(o, &n->child[side], !side);
	order_rotate(o, link, side);
}

/* ---------------- entering and leaving ------------------------------ */

/* The way from the root, as the places that name the nodes on it. */
struct order_path {
	uint32_t *link[LEAT_ORDER_PATH];
	size_t n;
};

/* Each node on the way counts one value more, or less. */
static void order_pass(struct leat_order *o, struct order_path *path,
    uint32_t *link, uint32_t values, uint32_t marked)
{
	path->link[path->n++] = link;
	o->node[*link].values += values;
	o->node[*link].marked += marked;
}

/* 1 if the value of that node has a mark. */
static uint32_t order_mark_of(const struct leat_order *o, uint32_t at)
{
	const struct leat_order_node *n = &o->node[at];

	return n->marked - o->node[n->child[0]].marked -
	    o->node[n->child[1]].marked;
}

/* Tells whether what is looked for is larger than node `at`: -1, 0, 1. */
static int order_compare(const struct leat_order *o, double value,
    uint32_t mark, uint32_t at)
{
	double other = o->node[at].value;

	if (value < other)
		return -1;
	if (value > other)
		return 1;
	return (int)mark - (int)order_mark_of(o, at);
}

static void order_balance_path(struct leat_order *o,
    const struct order_path *path)
{
	for (size_t i = path->n; i-- > 0;)
		order_balance(o, path->link[i]);
}

static void order_enter(struct leat_order *o, double value, uint32_t mark)
{
	struct leat_order_node fresh = { value, { 0, 0 }, 1, mark };
	uint32_t at = o->spare, *link = &o->root;
	struct order_path path;

	path.n = 0;
	if (at)
		o->spare = o->node[at].child[0];
	else
		at = ++o->used;
	o->node[at] = fresh;
	while (*link) {
		int larger = order_compare(o, value, mark, *link) > 0;
		order_pass(o, &path, link, 1, mark);
		link = &o->node[*link].child[larger];
	}
	*link = at;
	order_balance_path(o, &path);
}

/* The next larger value takes the place of one that has both children. */
static void order_replace(struct leat_order *o, struct order_path *path,
    uint32_t *link)
{
	struct leat_order_node *gone = &o->node[*link];
	uint32_t marked = gone->marked - order_mark_of(o, *link);
	uint32_t heir = gone->child[1], *below = &gone->child[1];
	size_t place = path->n;

	while (o->node[heir].child[0])
		heir = o->node[heir].child[0];
	uint32_t less = 0 - order_mark_of(o, heir);
	path->link[path->n++] = link;
	while (*below != heir) {
		order_pass(o, path, below, UINT32_MAX, less);
		below = &o->node[*below].child[0];
	}
	struct leat_order_node *s = &o->node[heir];
	*below = s->child[1];
	s->child[0] = gone->child[0];
	s->child[1] = gone->child[1];
	s->values = gone->values - 1;
	s->marked = marked;
	*link = heir;
	if (path->n > place + 1) /* the node that was dropped had this link */
		path->link[place + 1] = &s->child[1];
}

static void order_leave(struct leat_order *o, double value, uint32_t mark)
{
	uint32_t *link = &o->root;
	struct order_path path;
	int side;

	path.n = 0;
	LEAT_ASSERT(*link);
	while ((side = order_compare(o, value, mark, *link)) != 0) {
		order_pass(o, &path, link, UINT32_MAX, 0 - mark);
		link = &o->node[*link].child[side > 0];
	}
	uint32_t at = *link;
	const struct leat_order_node *gone = &o->node[at];
	if (gone->child[0] && gone->child[1])
		order_replace(o, &path, link);
	else
		*link = gone->child[gone->child[0] == 0];
	order_balance_path(o, &path);
	o->node[at].child[0] = o->spare;
	o->spare = at;
}

/* ---------------- pairs --------------------------------------------- */

/* Counts the values with the other mark in a node and below it. */
static uint64_t order_others_of(const struct leat_order *o, uint32_t at,
    uint32_t mark)
{
	const struct leat_order_node *n = &o->node[at];

	return mark ? n->values - n->marked : n->marked;
}

/* Counts those below a value, or with ties also equal ones. */
static uint64_t order_others_below(const struct leat_order *o, double value,
    uint32_t mark, int ties)
{
	uint64_t below = 0;
	uint32_t at = o->root;

	while (at) {
		const struct leat_order_node *n = &o->node[at];
		int larger = ties ? n->value <= value : n->value < value;
		if (larger)
			below += order_others_of(o, at, mark) -
			    order_others_of(o, n->child[1], mark);
		at = n->child[larger];
	}
	return below;
}

/* Twice the pairs in order that a value makes with those in the tree. */
static uint64_t order_pairs_of(const struct leat_order *o, double value,
    uint32_t mark)
{
	uint64_t below = order_others_below(o, value, mark, 0) +
	    order_others_below(o, value, mark, 1);

	return mark ? below : 2 * order_others_of(o, o->root, mark) - below;
}

void leat_order_add(struct leat_order *o, double value, uint32_t mark)
{
	o->in_order += order_pairs_of(o, value, mark);
	order_enter(o, value, mark);
}

void leat_order_remove(struct leat_order *o, double value, uint32_t mark)
{
	o->in_order -= order_pairs_of(o, value, mark);
	order_leave(o, value, mark);
}

/* At most 2^31 values make at most 2^60 pairs. */
double leat_order_auc(const struct leat_order *o)
{
	uint64_t marked = o->node[o->root].marked;
	uint64_t others = o->node[o->root].values - marked;

	if (marked == 0 || others == 0)
		return NAN;
	return (double)o->in_order / (double)(2 * marked * others);
}
