/*
 * tree_edges.c - what the edges of a tree know
 *
 * Suffixes, past() and front() of each level, and the middle, which tree.c
 * explains, made anew from the nodes below where these have changed.
 */
#include "tree.h"

/* Sums run backwards in registers, other classes from block to block. */
static void tabulate_sums(const struct leat_forest *f, struct leat_tree *t,
    const struct leat_section *p)
{
	struct leat_sum sum = { 0, 0, 0 };
	leat_sample s;

	for (size_t i = t->first->n; i-- > t->gone;) {
		leat_leaf_get(f, t->first, i, &s);
		if (!leat_is_missing(&s))
			leat_sum_add(&sum, s.x);
		memcpy(leat_section(p, leat_tail(f, t->edges, i)), &sum,
		    sizeof(sum));
	}
}

/* Does so for blocks of a sum and nothing else. */
static void tabulate_sum_alone(const struct leat_forest *f, struct leat_tree *t)
{
	struct leat_accs tally = { 0, 0 };
	struct leat_sum sum = { 0, 0, 0 };
	const double *x = leat_leaf_x(t->first);

	for (size_t i = t->first->n; i-- > t->gone;) {
		struct leat_accs *at = leat_tail(f, t->edges, i);
		if (LEAT_LIKELY(x[i] == x[i])) {
			tally.count++;
			leat_sum_add(&sum, x[i]);
		} else {
			tally.missing++;
		}
		*at = tally;
		*leat_accs_sum(at) = sum;
	}
}

static void tabulate_section(const struct leat_forest *f, struct leat_tree *t,
    const struct leat_section *p)
{
	const void *behind = NULL;
	leat_sample s;

	for (size_t i = t->first->n; i-- > t->gone;) {
		void *acc = leat_section(p, leat_tail(f, t->edges, i));
		if (behind)
			memcpy(acc, behind, p->size);
		else
			p->cls->identity(p->agg, acc);
		leat_leaf_get(f, t->first, i, &s);
		if (!leat_is_missing(&s))
			leat_section_add(p, acc, &s, 1);
		behind = acc;
	}
}

void leat_tree_tabulate_leaf(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_accs tally = { 0, 0 };
	leat_sample s;

	if (f->panes)
		return;
	if (f->layout.sum_alone) {
		tabulate_sum_alone(f, t);
		return;
	}
	for (size_t i = t->first->n; i-- > t->gone;) {
		leat_leaf_get(f, t->first, i, &s);
		tally.missing += leat_is_missing(&s) != 0;
		tally.count += leat_is_missing(&s) == 0;
		*leat_tail(f, t->edges, i) = tally;
	}
	for (size_t i = 0; i < f->layout.n_sections; i++) {
		const struct leat_section *p = &f->layout.sections[i];
		if (p->id == LEAT_CLASS_SUM)
			tabulate_sums(f, t, p);
		else
			tabulate_section(f, t, p);
	}
}

void leat_tree_tabulate(struct leat_forest *f, struct leat_tree *t,
    size_t level, uint32_t end)
{
	struct leat_edges *g = t->edges;
	struct leat_inner *in = leat_inner(g->left[level]);

	for (uint32_t i = end; i-- > g->gone[level] + 1;) {
		struct leat_accs *at = leat_suffix(f, g, level, i);
		leat_accs_copy(&f->layout, at, leat_node_accs(f, in->child[i]));
		if (i + 1 < leat_table_end(t, level))
			leat_accs_join(&f->layout, at,
			    leat_suffix(f, g, level, i + 1));
	}
}

static void join_middle(struct leat_forest *f, struct leat_edges *g)
{
	struct leat_accs *middle = leat_middle(f, g);

	leat_accs_copy(&f->layout, middle, leat_past(f, g, 1));
	leat_accs_join(&f->layout, middle, leat_front(f, g, 1));
}

/* Makes past() of this level and those below anew, and the middle. */
void leat_tree_chain_left(struct leat_forest *f, struct leat_tree *t,
    size_t level)
{
	struct leat_edges *g = t->edges;

	for (size_t l = level; l >= 1; l--) {
		struct leat_accs *at = leat_past(f, g, l);
		uint32_t behind = g->gone[l] + 1;
		if (behind < leat_table_end(t, l))
			leat_accs_copy(&f->layout, at,
			    leat_suffix(f, g, l, behind));
		else
			leat_accs_clear(&f->layout, at);
		if (l < t->height)
			leat_accs_join(&f->layout, at, leat_past(f, g, l + 1));
	}
	join_middle(f, g);
}

/* Makes front() of this level and those below anew, and the middle. */
void leat_tree_chain_right(struct leat_forest *f, struct leat_tree *t,
    size_t level)
{
	struct leat_edges *g = t->edges;

	for (size_t l = level; l >= 1; l--) {
		struct leat_accs *at = leat_front(f, g, l);
		if (l < t->height) {
			leat_accs_copy(&f->layout, at, leat_front(f, g, l + 1));
			leat_accs_join(&f->layout, at,
			    leat_node_accs(f, g->right[l]));
			continue;
		}
		leat_accs_clear(&f->layout, at);
		for (uint32_t i = g->covered + 1; i + 1 < t->root->n; i++)
			leat_accs_join(&f->layout, at,
			    leat_node_accs(f, leat_inner(t->root)->child[i]));
	}
	join_middle(f, g);
}

void leat_tree_edges(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_edges *g = t->edges;

	g->covered = t->root->n - 2;
	for (size_t l = 1; l <= t->height; l++)
		leat_tree_tabulate(f, t, l, leat_table_end(t, l));
	/* The middle is joined from both sides, so front() must be there. */
	leat_accs_clear(&f->layout, leat_front(f, g, 1));
	leat_tree_chain_left(f, t, t->height);
	leat_tree_chain_right(f, t, t->height);
}

void leat_tree_join_children(const struct leat_forest *f, struct leat_node *n,
    int but_last, struct leat_accs *out)
{
	leat_accs_clear(&f->layout, out);
	for (uint32_t i = 0; i + (uint32_t)but_last < n->n; i++)
		leat_accs_join(&f->layout, out,
		    leat_node_accs(f, leat_inner(n)->child[i]));
}
