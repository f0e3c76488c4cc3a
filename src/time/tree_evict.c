/*
 * tree_evict.c - values leave a tree
 *
 * Values leave at the left edge alone, where nodes just lose their first
 * children. Whole subtrees go at once, so that evicting many costs O(log n).
 */
#include "tree.h"

/*
 * Children that are gone are skipped on the left edge. Before a node of it is
 * dropped they must be out of it, as they have been dropped themselves.
 */
static void trim_left(struct leat_tree *t, uint32_t level)
{
	struct leat_edges *g = t->edges;

	for (uint32_t l = 1; l < level; l++) {
		struct leat_inner *in = leat_inner(g->left[l]);
		g->left[l]->n -= g->gone[l];
		memmove(in->child, in->child + g->gone[l],
		    g->left[l]->n * sizeof(*in->child));
		g->gone[l] = 0;
	}
}

void leat_tree_clear(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_edges *g = t->edges;

	if (t->few)
		leat_few_clear(f, t);
	if (t->root) {
		trim_left(t, t->height + 1);
		leat_tree_drop(f, t->root);
	}
	for (uint32_t l = 1; l <= t->height; l++)
		leat_pool_give(&f->tables, g->tables[l]);
	if (g)
		leat_pool_give(&f->edges, g);
	memset(t, 0, sizeof(*t));
}

/* Makes a root's only child the root, and so on; returns whether any was. */
static int lower_root(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_edges *g = t->edges;
	uint32_t height = t->height;

	while (t->height > 0 && t->root->n - g->gone[t->height] == 1) {
		struct leat_node *old = t->root;
		leat_pool_give(&f->tables, g->tables[t->height]);
		t->root = leat_inner(old)->child[old->n - 1];
		t->height--;
		g->left[t->height] = t->root;
		g->gone[t->height] = 0;
		leat_pool_give(&f->inners, old);
	}
	if (t->height == 0) {
		leat_pool_give(&f->edges, g);
		t->edges = NULL;
		t->first = t->root;
		t->gone = 0;
	}
	return t->height < height;
}

/* Goes down the left edge from a level whose first child is new. */
static void descend(struct leat_tree *t, uint32_t level)
{
	struct leat_edges *g = t->edges;
	struct leat_node *n = g->left[level];

	for (uint32_t l = level; l > 0; l--) {
		n = leat_inner(n)->child[g->gone[l]];
		g->left[l - 1] = n;
		g->gone[l - 1] = 0;
	}
	t->first = n;
	t->gone = 0;
}

/* Returns the highest level at which whole children are too old; 0: none. */
static uint32_t highest_old(const struct leat_tree *t, int64_t before)
{
	for (uint32_t l = t->height; l > 0; l--) {
		struct leat_node *n = t->edges->left[l];
		uint32_t next = t->edges->gone[l] + 1;
		if (next < n->n && leat_inner(n)->t[next] < before)
			return l;
	}
	return 0;
}

/* Drops the children of one level whose next one starts too early. */
static void drop_old(struct leat_forest *f, struct leat_tree *t, uint32_t level,
    int64_t before)
{
	struct leat_edges *g = t->edges;
	struct leat_node *n = g->left[level];
	struct leat_inner *in = leat_inner(n);

	trim_left(t, level);
	while (g->gone[level] + 1 < n->n && in->t[g->gone[level] + 1] < before)
		leat_tree_drop(f, in->child[g->gone[level]++]);
}

/* Drops the first leaf. Returns the level that has a new first child. */
static uint32_t drop_leaf(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_edges *g = t->edges;
	uint32_t l = 1;

	leat_pool_give(&f->leaves, t->first);
	while (++g->gone[l] == g->left[l]->n) {
		leat_pool_give(&f->inners, g->left[l]);
		l++;
	}
	return l;
}

/*
 * Makes anew what the edges know, where the left one is new from a level down.
 * Returns whether all of it was made anew.
 */
static int renew_left(struct leat_forest *f, struct leat_tree *t,
    uint32_t level)
{
	struct leat_edges *g = t->edges;

	LEAT_ASSERT(g);
	if (level > t->height ||
	    (level == t->height && g->gone[level] > g->covered)) {
		leat_tree_edges(f, t);
		return 1;
	}
	for (uint32_t l = 1; l < level; l++)
		leat_tree_tabulate(f, t, l, leat_table_end(t, l));
	leat_tree_chain_left(f, t, level);
	return 0;
}

/*
 * Drops leaves until the first one has a value that stays, and says how far
 * up the left edge is new. Nothing is joined on the way.
 */
static uint32_t drop_leaves(struct leat_forest *f, struct leat_tree *t,
    int64_t before)
{
	uint32_t renewed = 0;

	while (t->height > 0 && t->first->t[t->first->n - 1] < before) {
		uint32_t level = highest_old(t, before);
		if (level > 0)
			drop_old(f, t, level, before);
		else
			level = drop_leaf(f, t);
		if (level > renewed)
			renewed = level;
		if (lower_root(f, t)) {
			renewed = LEAT_HEIGHT;
			level = t->height;
		}
		if (level > 0)
			descend(t, level);
	}
	return renewed;
}

/* Prefetches the leaf that comes first when the first one is used up. */
static void prefetch_second(const struct leat_forest *f,
    const struct leat_tree *t)
{
	struct leat_node *n = t->edges->left[1];
	uint32_t next = t->edges->gone[1] + 1;
	const unsigned char *leaf;

	if (next >= n->n)
		return;
	leaf = (const unsigned char *)leat_inner(n)->child[next];
	for (size_t i = 0; i < f->leaf_accs; i += 64)
		LEAT_PREFETCH(leaf + i);
}

void leat_tree_evict_more(struct leat_forest *f, struct leat_tree *t,
    int64_t before)
{
	uint32_t renewed = drop_leaves(f, t, before);

	if (t->first->t[t->first->n - 1] < before) {
		leat_tree_clear(f, t);
		return;
	}
	while (t->first->t[t->gone] < before)
		t->gone++;
	if (renewed == 0)
		return;
	if (t->height == 0) {
		leat_few_shrink(f, t);
		return;
	}
	int anew = renew_left(f, t, renewed);
	prefetch_second(f, t);
	if (!f->panes)
		leat_tree_tabulate_leaf(f, t);
	else if (anew)
		leat_few_shrink_panes(f, t);
}

void leat_tree_evict_first(struct leat_forest *f, struct leat_tree *t)
{
	if (t->few) {
		leat_few_evict_first(f, t);
		return;
	}
	if (++t->gone < t->first->n)
		return;
	if (t->height == 0) {
		leat_tree_clear(f, t);
		return;
	}
	uint32_t level = drop_leaf(f, t);
	int lowered = lower_root(f, t);
	if (t->height == 0) {
		leat_few_shrink(f, t);
		return;
	}
	descend(t, lowered ? t->height : level);
	(void)renew_left(f, t, lowered ? LEAT_HEIGHT : level);
	leat_tree_tabulate_leaf(f, t);
}
