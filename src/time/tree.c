/*
 * tree.c - values in the order of their times, with running aggregates
 *
 * A B+ tree: leaves of up to LEAT_LEAF values, inner nodes of up to
 * LEAT_ARITY children. Values come at the right edge or near it and leave
 * at the left edge alone, which makes it simpler than B trees are:
 *
 * - In order, a full leaf is left full and a new one begun.
 * - Nothing is ever merged. On the left edge nodes just lose their first
 *   children; when the root has one child left, that is the root. All nodes
 *   off the edges came about by filling or by splitting full ones, so that
 *   the height is that of a B tree of what was there once.
 *
 * Queries look at three things only:
 *
 *      suffix of the first leaf + middle + the last leaf
 *
 * where the middle stands for all leaves between. To keep it without ever
 * subtracting, each inner node off the edges knows what is below it, and
 * each level l has three more things, of which those on the left are made
 * when a node comes to be on the left edge and serve until it is used up
 * (so each child is joined once), and those on the right grow with it:
 *
 *      suffixes    of left[l]: its children from the i-th on
 *      past(l)     suffix behind the first child, then past(l + 1)
 *      front(l)    front(l + 1), then right[l] without its last child
 *
 *      middle = past(1) + front(1)
 *
 * The root has both edges: its suffixes end at child `covered`, and what
 * came later (without the last child) is its front, as in a queue made of
 * two stacks.
 *
 * Cost, amortised, of a value that comes in order, stays and leaves: two
 * single-value steps and about 8 / LEAT_LEAF combines; of a query two
 * combines. Of a value that is late by d places: O(log d), see
 * tree_late.c. Of evicting many at once: O(log n), as whole subtrees go,
 * which are taken apart when their nodes are needed again.
 *
 * After the finger B tree of Tangwongsan, Hirzel and Schneider (PVLDB 12,
 * 2019; 16, 2023), whose up, left and right aggregates these are.
 */
#include "tree.h"

static void add_child(struct leat_node *n, struct leat_node *child)
{
	struct leat_inner *in = leat_inner(n);

	in->t[n->n] = child->t[0];
	in->child[n->n++] = child;
}

void leat_tree_raise(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *left, struct leat_node *right)
{
	uint32_t level = left->level + 1;
	struct leat_node *root = leat_tree_inner(f, level);

	if (!t->edges)
		t->edges = leat_pool_take(&f->edges);
	add_child(root, left);
	add_child(root, right);
	t->edges->left[level] = t->edges->right[level] = root;
	t->edges->gone[level] = 0;
	t->edges->tables[level] = leat_pool_take(&f->tables);
	t->root = root;
	t->height = level;
}

/* Completes right[level], too: a new node that begins with `next` follows. */
static struct leat_node *complete_inner(struct leat_forest *f,
    struct leat_tree *t, uint32_t level, struct leat_node *next)
{
	struct leat_edges *g = t->edges;
	const struct leat_accs *done = leat_node_accs(f, g->right[level]);
	struct leat_node *n = leat_tree_inner(f, level);

	leat_accs_join(&f->layout, leat_front(f, g, level + 1), done);
	if (level + 1 < t->height)
		leat_accs_join(&f->layout,
		    leat_node_accs(f, g->right[level + 1]), done);
	add_child(n, next);
	g->right[level] = n;
	return n;
}

static void grow_root(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *next)
{
	struct leat_edges *g = t->edges;
	uint32_t level = t->height;
	struct leat_node *n = leat_tree_inner(f, level);

	add_child(n, next);
	g->right[level] = n;
	leat_tree_raise(f, t, t->root, n);
	leat_tree_edges(f, t);
}

void leat_tree_hang(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *leaf)
{
	struct leat_edges *g = t->edges;
	struct leat_node *next = leaf;
	const struct leat_accs *done;
	uint32_t level = 1;

	if (!t->root) {
		t->root = t->first = t->last = leaf;
		t->height = t->gone = 0;
		return;
	}
	if (t->height == 0) {
		leat_tree_raise(f, t, t->first, leaf);
		leat_tree_tabulate_leaf(f, t);
		t->last = leaf;
		leat_tree_edges(f, t);
		return;
	}
	/* The last leaf is complete, so it joins all that lacks a last node. */
	done = leat_node_accs(f, t->last);
	leat_accs_join(&f->layout, leat_middle(f, g), done);
	leat_accs_join(&f->layout, leat_front(f, g, 1), done);
	if (t->height > 1)
		leat_accs_join(&f->layout, leat_node_accs(f, g->right[1]),
		    done);
	t->last = leaf;
	while (g->right[level]->n == LEAT_ARITY) {
		if (level == t->height) {
			grow_root(f, t, next);
			return;
		}
		next = complete_inner(f, t, level, next);
		level++;
	}
	add_child(g->right[level], next);
}

void leat_tree_insert_else(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_node *leaf;

	if (!t->root && f->small) {
		if (!leat_few_insert(f, t, s))
			leat_tree_insert(f, t, s);
		return;
	}
	if (t->root && s->t < t->last->t[t->last->n - 1]) {
		leat_tree_insert_late(f, t, s);
		return;
	}
	leaf = leat_tree_leaf(f);
	leat_leaf_put(f, leaf, 0, s);
	leaf->n = 1;
	leat_accs_append(&f->layout, leat_node_accs(f, leaf), s);
	leat_tree_hang(f, t, leaf);
}

void leat_tree_add(struct leat_forest *f, struct leat_tree *t, int64_t at,
    const leat_sample *s)
{
	if (!t->root && f->small && leat_few_add_pane(f, t, at, s))
		return;
	if (t->root && at < t->last->t[0]) {
		leat_tree_add_late(f, t, at, s);
		return;
	}
	if (!t->root || at > t->last->t[0])
		leat_tree_hang(f, t, leat_tree_pane(f, at));
	leat_accs_append(&f->layout, leat_node_accs(f, t->last), s);
}
