/*
 * tree_nodes.c - nodes of trees, and the memory they come from
 *
 * Every node that a push may need is made sure of before anything changes. A
 * subtree that is dropped waits until its nodes are needed, so that dropping
 * it takes no longer than dropping a leaf.
 */
#include "tree.h"

void leat_forest_init(struct leat_forest *f, struct leat_memory *memory)
{
	size_t values = sizeof(int64_t) +
	    (f->layout.pairs ? 2 : 1) * sizeof(double);
	size_t head = sizeof(struct leat_node);
	size_t leaf = f->panes ? sizeof(int64_t) : LEAT_LEAF * values;

	f->leaf_accs = leat_round_up(head + leaf);
	f->inner_accs = leat_round_up(head + sizeof(struct leat_inner));
	leat_pool_init(&f->leaves, memory, f->leaf_accs + f->layout.accs_size);
	leat_pool_init(&f->inners, memory, f->inner_accs + f->layout.accs_size);
	leat_pool_init(&f->edges, memory,
	    leat_round_up(sizeof(struct leat_edges)) +
		(f->panes ? 1 : 1 + LEAT_LEAF) * f->layout.accs_size);
	leat_pool_init(&f->tables, memory,
	    (2 + LEAT_ARITY) * f->layout.accs_size);
	f->memory = memory;
	f->free_subtrees = NULL;
	f->stocked = 0;
	f->small = !f->layout.has_user;
	f->keep = LEAT_SHELF;
	memset(f->shelves, 0, sizeof(f->shelves));
}

void leat_forest_clear(struct leat_forest *f)
{
	leat_shelves_clear(f);
	leat_pool_clear(&f->leaves);
	leat_pool_clear(&f->inners);
	leat_pool_clear(&f->edges);
	leat_pool_clear(&f->tables);
	f->free_subtrees = NULL;
	f->stocked = 0;
}

/* The list is linked where a subtree has its first time. */
void leat_tree_drop(struct leat_forest *f, struct leat_node *n)
{
	if (n->level == 0) {
		leat_pool_give(&f->leaves, n);
		return;
	}
	memcpy(&leat_inner(n)->t[0], &f->free_subtrees,
	    sizeof(f->free_subtrees));
	f->free_subtrees = n;
}

void leat_tree_take_apart(struct leat_forest *f)
{
	struct leat_node *n = f->free_subtrees;

	memcpy(&f->free_subtrees, &leat_inner(n)->t[0], sizeof(n));
	for (uint32_t i = 0; i < n->n; i++)
		leat_tree_drop(f, leat_inner(n)->child[i]);
	leat_pool_give(&f->inners, n);
}

int leat_tree_stock_nodes(struct leat_forest *f, size_t leaves, size_t inners,
    size_t tables)
{
	while (LEAT_UNLIKELY(f->free_subtrees) &&
	    (f->leaves.n_spare < leaves || f->inners.n_spare < inners))
		leat_tree_take_apart(f);
	return leat_few_reserve(f, 1) ||
		leat_pool_reserve(&f->leaves, leaves) ||
		leat_pool_reserve(&f->inners, inners) ||
		leat_pool_reserve(&f->edges, 1) ||
		leat_pool_reserve(&f->tables, tables)
	    ? LEAT_ENOMEM
	    : LEAT_OK;
}

/* A few values take the place of two leaves at most, and a value one more. */
enum { STOCK_LEAVES = 3 };

/* Reserves leaves, a node more on each level, and what a new level needs. */
int leat_tree_stock(struct leat_forest *f, uint32_t height)
{
	if (leat_tree_stock_nodes(f, STOCK_LEAVES, height + 2, 1))
		return LEAT_ENOMEM;
	f->stocked = height + 1;
	return LEAT_OK;
}

struct leat_node *leat_tree_leaf(struct leat_forest *f)
{
	struct leat_node *n = leat_pool_take(&f->leaves);

	f->stocked = 0;
	n->n = 0;
	n->level = 0;
	leat_accs_clear(&f->layout, leat_node_accs(f, n));
	return n;
}

struct leat_node *leat_tree_pane(struct leat_forest *f, int64_t start)
{
	struct leat_node *n = leat_tree_leaf(f);

	n->n = 1;
	n->t[0] = start;
	return n;
}

struct leat_node *leat_tree_inner(struct leat_forest *f, uint32_t level)
{
	struct leat_node *n = leat_pool_take(&f->inners);

	n->n = 0;
	n->level = level;
	leat_accs_clear(&f->layout, leat_node_accs(f, n));
	return n;
}
