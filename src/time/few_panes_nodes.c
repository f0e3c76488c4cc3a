/*
 * few_panes_nodes.c - from a block of panes to nodes, and back
 *
 * A block says how the nodes would stand, so they can be made to stand so: on
 * the lowest level the left edge's node, which has lost children, full ones and
 * the last; above them one or two, and a root. What they know is joined from
 * the panes, but for the middle, which the block has kept.
 *
 * The other way goes where the edges of a tree have just been made anew, which
 * leaves nothing but what its panes tell; only nodes off the edges may know
 * something else, of values that came late, and then the tree stays as it is.
 */
#include "few_places.h"

/* ---------------- to nodes ------------------------------------------- */

/* Makes a node of its children; the places of `gone` ones stay. */
static struct leat_node *stand(struct leat_forest *f, uint32_t level,
    size_t gone, struct leat_node *const *children, size_t n)
{
	struct leat_node *node = leat_tree_inner(f, level);
	struct leat_inner *in = leat_inner(node);

	node->n = (uint32_t)(gone + n);
	for (size_t i = 0; i < node->n; i++) {
		in->child[i] = children[i < gone ? 0 : i - gone];
		in->t[i] = in->child[i]->t[0];
	}
	return node;
}

static struct leat_node *stand_root(struct leat_forest *f,
    const struct leat_few *w, struct leat_node *const *leaves, uint32_t *gone)
{
	struct leat_node *nodes[LEAT_FEW_PANES], *two[2];
	size_t n = 1, i = 1 + (size_t)w->table, left = 1 + (size_t)w->nodes;

	if (w->height == 1) {
		gone[1] = (uint32_t)(w->right - w->first);
		return stand(f, 1, gone[1], leaves, w->first);
	}
	gone[1] = (uint32_t)(LEAT_ARITY - i);
	nodes[0] = stand(f, 1, gone[1], leaves, i);
	for (; i < w->first; n++) {
		int last = i + w->right == w->first;
		size_t children = last ? w->right : LEAT_ARITY;
		nodes[n] = stand(f, 1, 0, leaves + i, children);
		leat_tree_join_children(f, nodes[n], last,
		    leat_node_accs(f, nodes[n]));
		i += children;
	}
	if (w->height == 2) {
		gone[2] = (uint32_t)(w->above - n);
		return stand(f, 2, gone[2], nodes, n);
	}
	gone[2] = (uint32_t)(LEAT_ARITY - left);
	gone[3] = 0;
	two[0] = stand(f, 2, gone[2], nodes, left);
	two[1] = stand(f, 2, 0, nodes + left, n - left);
	leat_tree_join_children(f, two[1], 1, leat_node_accs(f, two[1]));
	return stand(f, 3, 0, two, 2);
}

static void stand_edges(struct leat_forest *f, struct leat_tree *t,
    const struct leat_few *w)
{
	struct leat_edges *g = t->edges;
	size_t i = leat_few_front(w);

	g->covered = t->height == 1 ? g->gone[1] + w->table
	    : t->height == 2        ? g->gone[2] + w->nodes
				    : 0;
	for (uint32_t l = 1; l <= t->height; l++)
		leat_tree_tabulate(f, t, l, leat_table_end(t, l));
	/* front() is all panes of the front, and above its full nodes. */
	for (uint32_t l = 1; l <= t->height; l++)
		leat_accs_clear(&f->layout, leat_front(f, g, l));
	leat_few_join(f, w, i, i + w->front, leat_front(f, g, 1));
	if (t->height > 1 && w->front >= LEAT_ARITY)
		leat_few_join(f, w, i, i + LEAT_ARITY, leat_front(f, g, 2));
	leat_tree_chain_left(f, t, t->height);
	leat_accs_copy(&f->layout, leat_middle(f, g), leat_few_middle(f, w));
}

void leat_few_panes_to_nodes(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_few *w = t->few;
	struct leat_node *leaves[LEAT_FEW_PANES];
	size_t i = 0;

	t->few = NULL;
	t->gone = 0;
	t->height = w->height;
	do { /* no block is empty */
		leaves[i] = leat_tree_pane(f, leat_few_time(w, i));
		leat_accs_copy(&f->layout, leat_node_accs(f, leaves[i]),
		    leat_few_pane(f, w, i));
	} while (++i < w->first);
	if (w->height == 0) {
		t->root = t->first = t->last = leaves[0];
	} else {
		t->edges = leat_pool_take(&f->edges);
		for (uint32_t l = 1; l <= t->height; l++)
			t->edges->tables[l] = leat_pool_take(&f->tables);
		t->root = stand_root(f, w, leaves, t->edges->gone);
		leat_tree_find_edges(t);
		stand_edges(f, t, w);
	}
	leat_few_give(f, w);
}

/* ---------------- from nodes ----------------------------------------- */

/* Returns whether the nodes of two levels stand as those of a block do. */
static int stands_so(const struct leat_forest *f, const struct leat_tree *t)
{
	const struct leat_inner *in = leat_inner(t->root);
	uint32_t gone = t->edges->gone[2];

	for (uint32_t i = gone; i < t->root->n; i++) {
		struct leat_node *n = in->child[i];
		int last = i + 1 == t->root->n;
		if (!last && n->n < LEAT_ARITY)
			return 0;
		if (i == gone)
			continue;
		/* Off the left edge it must know what its children make. */
		leat_tree_join_children(f, n, last, f->temp);
		if (!leat_accs_are_same(&f->layout, f->temp,
			leat_node_accs(f, n)))
			return 0;
	}
	return 1;
}

struct few_panes_filling {
	const struct leat_forest *f;
	struct leat_few *w;
};

static void fill_pane(void *ctx, int64_t start, const struct leat_accs *a)
{
	const struct few_panes_filling *to = ctx;
	struct leat_few *w = to->w;

	w->t[w->first] = start;
	leat_accs_copy(&to->f->layout, leat_few_pane(to->f, w, w->first), a);
	w->first++;
}

/* Counts the panes of a tree of up to two levels; too many for higher ones. */
static size_t live_panes(const struct leat_tree *t)
{
	const struct leat_edges *g = t->edges;
	size_t nodes;

	if (t->height == 0)
		return 1;
	if (t->height == 1)
		return t->root->n - g->gone[1];
	nodes = t->root->n - g->gone[2];
	if (t->height > 2 || nodes > 3)
		return LEAT_FEW_PANES + 1;
	return g->left[1]->n - g->gone[1] + (nodes - 2) * LEAT_ARITY +
	    g->right[1]->n;
}

void leat_few_shrink_panes(struct leat_forest *f, struct leat_tree *t)
{
	size_t n = live_panes(t), inners = t->height;
	struct few_panes_filling to = { f, NULL };

	if (t->height == 2)
		inners = 1 + t->root->n - t->edges->gone[2];
	if (!f->small || n > LEAT_FEW_PANES ||
	    (t->height == 2 && !stands_so(f, t)) ||
	    leat_few_try(f, leat_few_size_for(f, n)))
		return;
	to.w = leat_few_take(f, leat_few_size_for(f, n));
	leat_tree_each_pane(f, t, fill_pane, &to);
	to.w->height = (uint8_t)t->height;
	if (t->height > 0) {
		const struct leat_edges *g = t->edges;
		to.w->right = (uint8_t)g->right[1]->n;
		to.w->above = (uint8_t)t->root->n;
		to.w->table = (uint8_t)(g->left[1]->n - g->gone[1] - 1);
		leat_few_make_edges(to.w);
		leat_accs_copy(&f->layout, leat_few_middle(f, to.w),
		    leat_middle(f, t->edges));
	}
	leat_tree_clear(f, t);
	/* A value that comes late with this push may need these nodes again. */
	while (inners-- > 0)
		leat_tree_take_apart(f);
	t->few = to.w;
}
