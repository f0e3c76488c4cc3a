/*
 * few.c - trees of a few values, without nodes
 *
 * Most keys have few values in their window. A tree of two leaves would take
 * ten times the memory of these: nodes are made for 16 values and 8 children,
 * and what the edges know is kept for all of them. So as long as a tree would
 * have no more than two leaves, it is one block of its values in order, of the
 * size that these need, and the accumulators of the last leaf. These depend on
 * the order in which values came, so they must be kept; all else that the nodes
 * would know is worked out when it is asked for, by the same steps in
 * the same order as tree.c and tree_late.c have them. So results are the same
 * to the bit, and nobody can tell which of the two forms a tree has.
 *
 * The values lie in a ring; when it is full the next larger block is taken.
 * Blocks are allocated one by one; a few free ones of each size are kept for
 * what comes next (few_block.c).
 *
 * Trees of users' classes always have nodes: their steps may be dear. Panes
 * lie in such blocks, too; see few_panes.c.
 *
 * Cost: a value moves at most 32 others, a query takes at most 32 steps.
 */
#include "few_places.h"

/* Adds up anew the last leaf, or the only one from its first value left. */
static void few_redo(const struct leat_forest *f, struct leat_few *w)
{
	struct leat_accs *a = leat_few_accs(f, w);

	leat_accs_clear(&f->layout, a);
	leat_few_add(f, w, w->last ? w->first : w->gone, leat_few_end(w), a);
}

/* ---------------- values that come ----------------------------------- */

int leat_few_stock(struct leat_forest *f, const struct leat_tree *t)
{
	const struct leat_few *w = t->few;

	f->keep = LEAT_SHELF;
	if (!w)
		return leat_few_reserve_size(f, 0, 1);
	/* Values may go until the new one is left, in the smallest block. */
	int err = leat_few_reserve_size(f, 0, 1);
	/* A value that comes late may need a third leaf. */
	if (w->last == LEAT_LEAF ||
	    (w->last && w->first == LEAT_LEAF && w->gone == 0))
		return err | leat_tree_stock(f, 1);
	if (leat_few_length(w) == w->room)
		err |= leat_few_reserve_size(f, w->size + 1u, 1);
	return err;
}

/* Appends to the last leaf, or as the first value of a new one. */
static void few_append(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s, int new_leaf)
{
	struct leat_few *w = t->few = leat_few_widen(f, t->few);
	struct leat_accs *a = leat_few_accs(f, w);

	leat_few_set(f, w, leat_few_end(w), s);
	if (new_leaf)
		leat_accs_clear(&f->layout, a);
	if (new_leaf || w->last)
		w->last++;
	else
		w->first++;
	leat_accs_add(&f->layout, a, s, 0);
}

/* Inserts behind values of the same time, in one leaf; there is room. */
static void few_insert_at(struct leat_forest *f, struct leat_few *w,
    size_t begin, size_t end, const leat_sample *s)
{
	size_t i = leat_few_end(w);
	leat_sample v;

	for (; i > end || (i > begin && leat_few_time(w, i - 1) > s->t); i--) {
		leat_few_get(f, w, i - 1, &v);
		leat_few_set(f, w, i, &v);
	}
	leat_few_set(f, w, i, s);
}

/* Splits the only leaf, which is full, and puts the value into one half. */
static void few_split(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_few *w = t->few = leat_few_widen(f, t->few);
	uint8_t half = LEAT_LEAF / 2;
	int in_last = leat_few_time(w, half) <= s->t;

	few_insert_at(f, w, 0, leat_few_end(w), s);
	w->first = (uint8_t)(in_last ? half : half + 1);
	w->last = (uint8_t)(LEAT_LEAF + 1 - w->first);
	few_redo(f, w);
}

static int few_insert_late(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_few *w = t->few;
	int in_last = w->last && s->t >= leat_few_time(w, w->first);

	if (!in_last && w->first == LEAT_LEAF && w->gone > 0) {
		/* Places of values that are gone make room. */
		w->first = (uint8_t)(w->first - w->gone);
		w->gone = w->mark = 0;
		if (w->last == 0)
			few_redo(f, w);
	}
	if (w->first == LEAT_LEAF && w->last == 0) {
		few_split(f, t, s);
		return 1;
	}
	if ((in_last ? w->last : w->first) == LEAT_LEAF) {
		leat_few_to_nodes(f, t);
		return 0;
	}
	w = t->few = leat_few_widen(f, w);
	if (in_last) {
		few_insert_at(f, w, w->first, leat_few_end(w), s);
		w->last++;
	} else {
		few_insert_at(f, w, w->gone, w->first, s);
		w->first++;
		w->mark = 0;
	}
	if (!in_last && w->last)
		return 1; /* no block is kept of the first leaf */
	if (f->layout.ordered)
		few_redo(f, w);
	else
		leat_accs_add(&f->layout, leat_few_accs(f, w), s, 0);
	return 1;
}

int leat_few_insert(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_few *w = t->few;

	if (!w) {
		t->few = w = leat_few_take(f, 0);
		leat_accs_clear(&f->layout, leat_few_accs(f, w));
		few_append(f, t, s, 0);
		return 1;
	}
	if (s->t < leat_few_time(w, leat_few_end(w) - 1))
		return few_insert_late(f, t, s);
	if (w->last == LEAT_LEAF) {
		leat_few_to_nodes(f, t);
		return 0;
	}
	few_append(f, t, s,
	    w->last == 0 && (w->first == LEAT_LEAF || w->gone > 0));
	return 1;
}

/* ---------------- values that go ------------------------------------- */

void leat_few_clear(struct leat_forest *f, struct leat_tree *t)
{
	leat_few_give(f, t->few);
	t->few = NULL;
}

void leat_few_evict_first(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_few *w = t->few;

	if (++w->head == w->room)
		w->head = 0;
	if (++w->gone < w->first)
		return;
	if (w->last == 0) {
		leat_few_clear(f, t);
		return;
	}
	/* The last leaf is the first one now. */
	w->first = w->last;
	w->last = w->gone = w->mark = 0;
}

void leat_few_evict(struct leat_forest *f, struct leat_tree *t, int64_t before)
{
	if (f->panes) {
		leat_few_evict_panes(f, t, before);
		return;
	}
	while (t->few && leat_few_oldest(t->few) < before)
		leat_few_evict_first(f, t);
}
