/*
 * few_nodes.c - from a block to nodes, and from nodes to a block
 *
 * Both forms of a tree hold the same: a block is what at most two leaves are,
 * without what can be worked out from their values. So nodes can be hung from
 * it, which then know what they would have known, and a tree that has come
 * down to two leaves can do without them, unless these were saved by a thread
 * that rounds another way.
 */
#include "few_places.h"

/* Makes a leaf of some values of the block, in their order. */
static struct leat_node *few_leaf(struct leat_forest *f,
    const struct leat_few *w, size_t begin, size_t end)
{
	struct leat_node *leaf = leat_tree_leaf(f);
	size_t there = begin > w->gone ? begin : w->gone;
	leat_sample s;

	leaf->n = (uint32_t)(end - begin);
	for (size_t i = begin; i < end; i++) {
		leat_few_get(f, w, i < there ? there : i, &s);
		leat_leaf_put(f, leaf, i - begin, &s);
	}
	return leaf;
}

void leat_few_to_nodes(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_few *w = t->few;
	struct leat_node *leaf;

	if (f->panes) {
		leat_few_panes_to_nodes(f, t);
		return;
	}
	leaf = few_leaf(f, w, 0, w->first);
	t->few = NULL;
	leat_tree_hang(f, t, leaf);
	t->gone = w->gone;
	if (w->last) {
		leaf = few_leaf(f, w, w->first, leat_few_end(w));
		leat_tree_hang(f, t, leaf);
	}
	leat_accs_copy(&f->layout, leat_node_accs(f, leaf),
	    leat_few_accs(f, w));
	leat_few_give(f, w);
}

static void few_from_leaf(struct leat_forest *f, struct leat_few *w,
    struct leat_node *leaf, size_t gone)
{
	leat_sample s;

	for (size_t i = gone; i < leaf->n; i++) {
		leat_leaf_get(f, leaf, i, &s);
		leat_few_set(f, w, leat_few_end(w) + i, &s);
	}
}

/* Finds room for n values and, if n is not all there may be, for one more. */
unsigned leat_few_size_for(const struct leat_forest *f, size_t n)
{
	unsigned size = 0;

	while (size + 1 < leat_few_classes(f) && leat_few_room(f, size) <= n)
		size++;
	return size;
}

/*
 * A failed attempt leaves no trace, as the tree can stay as it is. One free
 * block more stays for a value that has been made sure of.
 */
int leat_few_try(struct leat_forest *f, unsigned size)
{
	int over = f->memory->over, failed = f->memory->failed;
	int err = leat_few_reserve_size(f, size, 2);

	f->memory->over = over;
	f->memory->failed = failed;
	return err;
}

/*
 * Returns whether the block works out what the first leaf's suffixes are, to
 * the bit. It does not for those saved by a thread that rounds another way, and
 * they must stay as they are.
 */
static int few_knows_tails(const struct leat_forest *f, struct leat_few *w,
    const struct leat_tree *t)
{
	for (size_t i = w->gone; i < w->first; i++) {
		leat_few_tail(f, w, i, f->temp);
		if (!leat_accs_are_same(&f->layout, f->temp,
			leat_tail(f, t->edges, i)))
			return 0;
	}
	return 1;
}

void leat_few_shrink(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_node *last = t->last, *first = t->first;
	struct leat_few *w;
	size_t n;

	if (f->panes) {
		if (t->height == 0)
			leat_few_shrink_panes(f, t);
		return;
	}
	if (!f->small || t->height > 1 || (t->height == 1 && t->root->n > 2))
		return;
	n = first->n - t->gone + (t->height ? last->n : 0);
	if (leat_few_try(f, leat_few_size_for(f, n)))
		return;
	w = leat_few_take(f, leat_few_size_for(f, n));
	w->gone = (uint8_t)t->gone;
	few_from_leaf(f, w, first, t->gone);
	w->first = (uint8_t)first->n;
	if (t->height) {
		few_from_leaf(f, w, last, 0);
		w->last = (uint8_t)last->n;
	}
	leat_accs_copy(&f->layout, leat_few_accs(f, w),
	    leat_node_accs(f, last));
	if (t->height && !few_knows_tails(f, w, t)) {
		leat_few_give(f, w);
		return;
	}
	leat_tree_clear(f, t);
	t->few = w;
}
