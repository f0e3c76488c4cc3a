/*
 * tree.h - values in the order of their times
 *
 * A tree holds values, or panes, each of which stands for the values of one
 * slice of time, and answers what any range of them is when joined. tree.c
 * says how. A tree of a few values has no nodes but one block (few.c): both
 * forms are one thing, so their functions call each other.
 */
#ifndef LEAT_TREE_H
#define LEAT_TREE_H

#include "few.h"

/*
 * A leaf has up to LEAT_LEAF values, a node above it up to LEAT_ARITY children,
 * and no tree has more than LEAT_HEIGHT levels.
 */
enum { LEAT_LEAF = 16, LEAT_ARITY = 8, LEAT_HEIGHT = 24 };

struct leat_node {
	uint32_t n;     /* values or children */
	uint32_t level; /* 0: a leaf */
	/*
	 * A leaf of values holds t[LEAT_LEAF], x[LEAT_LEAF] and with pairs
	 * y[LEAT_LEAF]; a pane holds t[1], its start. A node above holds of
	 * each child the smallest time, and the child.
	 */
	int64_t t[];
};

struct leat_inner {
	int64_t t[LEAT_ARITY];
	struct leat_node *child[LEAT_ARITY];
};

LEAT_INLINE struct leat_inner *leat_inner(struct leat_node *n)
{
	return (struct leat_inner *)(void *)n->t;
}

LEAT_INLINE double *leat_leaf_x(struct leat_node *n)
{
	return (double *)(void *)(n->t + LEAT_LEAF);
}

struct leat_tree {
	struct leat_node *root;         /* NULL: no nodes */
	struct leat_node *first, *last; /* leaves of the two edges */
	uint32_t height;                /* level of the root; 0: a leaf */
	uint32_t gone;            /* values that have left the first leaf */
	struct leat_edges *edges; /* NULL: while the first is the last */
	struct leat_few *few;     /* NULL: nodes, or empty */
};

LEAT_INLINE int leat_tree_is_empty(const struct leat_tree *t)
{
	return !t->root && !t->few;
}

/* Holds what is known of a tree's two edges, by level; see tree.c's drawing. */
struct leat_edges {
	struct leat_node *left[LEAT_HEIGHT], *right[LEAT_HEIGHT];
	uint32_t gone[LEAT_HEIGHT]; /* children that have left left[] */
	uint32_t covered; /* the last child of the root in its table */
	/* Each level has past(), front() and suffixes; see leat_past(). */
	unsigned char *tables[LEAT_HEIGHT];
	/* The middle and the suffixes of the first leaf lie behind this. */
};

/*
 * Holds what trees and their blocks are made of, and where the memory comes
 * from: all that functions of trees know of the object they belong to.
 */
struct leat_forest {
	struct leat_layout layout;
	struct leat_memory *memory;
	int panes;
	int small;                    /* trees of a few values have no nodes */
	size_t leaf_accs, inner_accs; /* bytes of nodes before their blocks */
	struct leat_pool leaves, inners, edges, tables;
	struct leat_node *free_subtrees; /* to be taken apart for their nodes */
	uint32_t stocked; /* trees below this height may take a value */
	struct leat_shelf shelves[LEAT_FEW_CLASSES];
	size_t keep;             /* free blocks that a shelf keeps at most */
	struct leat_accs *temp;  /* scratch of what changes trees */
	struct leat_accs *blank; /* layout.blank, where that is kept */
	/*
	 * A query into this block is that of the owner, who may note in a tree
	 * what has been worked out; any other may be one of several threads.
	 */
	const struct leat_accs *own;
};

void leat_forest_init(struct leat_forest *f, struct leat_memory *memory);
void leat_forest_clear(struct leat_forest *f);

/* Returns the first value or child of a node that is not gone. */
LEAT_INLINE uint32_t leat_tree_live(const struct leat_tree *t,
    const struct leat_node *n)
{
	if (n->level == 0)
		return n == t->first ? t->gone : 0;
	return n == t->edges->left[n->level] ? t->edges->gone[n->level] : 0;
}

/* Adds a sample to the pane that starts there, a new one if need be. */
void leat_tree_add(struct leat_forest *f, struct leat_tree *t, int64_t start,
    const leat_sample *s);
/* Evicts the first value; the tree is not empty. */
void leat_tree_evict_first(struct leat_forest *f, struct leat_tree *t);
void leat_tree_clear(struct leat_forest *f, struct leat_tree *t);
/* Finds the edges of a tree whose nodes are linked and whose `gone` is set. */
void leat_tree_find_edges(struct leat_tree *t);
/* Adds the pane of another tree; there is memory for it. */
void leat_tree_add_pane(struct leat_forest *f, struct leat_tree *t,
    int64_t start, const struct leat_accs *a);
/* Drops a subtree; nothing points to it any more. */
void leat_tree_drop(struct leat_forest *f, struct leat_node *n);
/*
 * Puts all values or panes of a tree of the same plan into `to`, for which
 * there is memory; `from` stays as it is.
 */
void leat_tree_pour(struct leat_forest *f, struct leat_tree *to,
    const struct leat_tree *from);
/* Calls back for each pane in order. */
void leat_tree_each_pane(const struct leat_forest *f, const struct leat_tree *t,
    void (*fn)(void *ctx, int64_t start, const struct leat_accs *a), void *ctx);
size_t leat_tree_panes(const struct leat_forest *f, const struct leat_tree *t);
/* Joins all values into out: of a tree that is a leaf, a block, or empty. */
void leat_tree_query_low(const struct leat_forest *f, const struct leat_tree *t,
    struct leat_accs *out);
/* Joins the three blocks of a tree's edges into out. */
void leat_tree_whole(const struct leat_forest *f, const struct leat_accs *first,
    const struct leat_accs *middle, const struct leat_accs *last,
    struct leat_accs *out);
uint64_t leat_tree_length(const struct leat_forest *f,
    const struct leat_tree *t);
/* Finds the first time of a value or pane from `from` on; 0: there is none. */
int leat_tree_seek(const struct leat_tree *t, int64_t from, int64_t *t_out);
int64_t leat_tree_first(const struct leat_tree *t);
/* Returns the largest time of a value or pane; the tree is not empty. */
LEAT_INLINE int64_t leat_tree_last(const struct leat_tree *t)
{
	return t->few ? leat_few_newest(t->few) : t->last->t[t->last->n - 1];
}

/* Calls back for each value in order. */
void leat_tree_each(const struct leat_forest *f, const struct leat_tree *t,
    void (*fn)(void *ctx, const leat_sample *s), void *ctx);
/*
 * Fills `to`. After LEAT_ENOMEM it is empty, and the pools of f are of no use
 * but to be cleared.
 */
int leat_tree_copy(struct leat_forest *f, struct leat_tree *to,
    const struct leat_tree *from);

/*
 * Returns the block of a node: of a leaf its values; of an inner node all below
 * it, of one on the right edge all but its last child. On the left edge and in
 * the root it means nothing.
 */
LEAT_INLINE struct leat_accs *leat_node_accs(const struct leat_forest *f,
    struct leat_node *n)
{
	return (struct leat_accs *)(void *)((unsigned char *)n +
	    (n->level ? f->inner_accs : f->leaf_accs));
}

/* Returns the block of all right of left[level]'s first child, and above. */
LEAT_INLINE struct leat_accs *leat_past(const struct leat_forest *f,
    const struct leat_edges *g, size_t level)
{
	return leat_accs_at(&f->layout, g->tables[level], 0);
}

/* Returns the block of all left of right[level]'s last child, and above. */
LEAT_INLINE struct leat_accs *leat_front(const struct leat_forest *f,
    const struct leat_edges *g, size_t level)
{
	return leat_accs_at(&f->layout, g->tables[level], 1);
}

/* Returns the block of left[level]'s children from the i-th on. */
LEAT_INLINE struct leat_accs *leat_suffix(const struct leat_forest *f,
    const struct leat_edges *g, size_t level, size_t i)
{
	return leat_accs_at(&f->layout, g->tables[level], 2 + i);
}

LEAT_INLINE void *leat_edges_accs(struct leat_edges *g)
{
	return (unsigned char *)g + leat_round_up(sizeof(*g));
}

/* The child behind the last one in the table of left[level]. */
LEAT_INLINE uint32_t leat_table_end(const struct leat_tree *t, size_t level)
{
	return level == t->height ? t->edges->covered + 1
				  : t->edges->left[level]->n;
}

/* Returns the block of everything between the first leaf and the last. */
LEAT_INLINE struct leat_accs *leat_middle(const struct leat_forest *f,
    struct leat_edges *g)
{
	return leat_accs_at(&f->layout, leat_edges_accs(g), 0);
}

/* Returns the block of the first leaf's values from the i-th on. */
LEAT_INLINE struct leat_accs *leat_tail(const struct leat_forest *f,
    struct leat_edges *g, size_t i)
{
	return leat_accs_at(&f->layout, leat_edges_accs(g), 1 + i);
}

/* Returns the block of the first leaf, which is not the last. */
LEAT_INLINE struct leat_accs *leat_first_accs(const struct leat_forest *f,
    const struct leat_tree *t)
{
	return f->panes ? leat_node_accs(f, t->first)
			: leat_tail(f, t->edges, t->gone);
}

LEAT_INLINE void leat_leaf_put(const struct leat_forest *f,
    struct leat_node *leaf, size_t i, const leat_sample *s)
{
	double *x = leat_leaf_x(leaf);

	leaf->t[i] = s->t;
	x[i] = s->x;
	if (LEAT_UNLIKELY(f->layout.pairs))
		x[LEAT_LEAF + i] = s->y;
}

LEAT_INLINE void leat_leaf_get(const struct leat_forest *f,
    struct leat_node *leaf, size_t i, leat_sample *s_out)
{
	const double *x = leat_leaf_x(leaf);

	s_out->t = leaf->t[i];
	s_out->x = x[i];
	s_out->y = LEAT_UNLIKELY(f->layout.pairs) ? x[LEAT_LEAF + i] : 0;
}
/* Takes apart one inner node of what was dropped last. */
void leat_tree_take_apart(struct leat_forest *f);
/* Reserves leaves, inner nodes and tables, by their numbers. LEAT_ENOMEM. */
int leat_tree_stock_nodes(struct leat_forest *f, size_t leaves, size_t inners,
    size_t tables);
/* Reserves for one value more in any tree up to a height. LEAT_ENOMEM. */
int leat_tree_stock(struct leat_forest *f, uint32_t height);

/*
 * Returns whether one value more goes into two leaves, and there is a block for
 * it; all others may go before it comes.
 */
LEAT_INLINE int leat_few_has_room(const struct leat_forest *f,
    const struct leat_few *few)
{
	int n = few->first + few->last - few->gone;

	/* The first leaf has one value at least, so the last is not full. */
	return n <= LEAT_LEAF && f->shelves[0].n > 0 &&
	    (n < few->room || f->shelves[few->size + 1].n > 0);
}

/* Reserves for one value more in a tree. LEAT_ENOMEM. */
LEAT_INLINE int leat_tree_reserve(struct leat_forest *f,
    const struct leat_tree *t)
{
	if (LEAT_LIKELY(f->stocked > t->height))
		return LEAT_OK;
	if (t->few && leat_few_has_room(f, t->few))
		return LEAT_OK;
	return t->root || !f->small ? leat_tree_stock(f, t->height)
				    : leat_few_stock(f, t);
}

/* Inserts a value that does not go to the end of the last leaf. */
void leat_tree_insert_else(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s);

/*
 * Inserts a value, for which there is memory. The last leaf takes values at its
 * end until it is full; but not if it is the first one, too, and values have
 * left it.
 */
LEAT_INLINE void leat_tree_insert(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_node *leaf = t->last;

	if (LEAT_UNLIKELY(!leaf || leaf->n == LEAT_LEAF ||
		s->t < leaf->t[leaf->n - 1] ||
		(t->height == 0 && t->gone > 0))) {
		leat_tree_insert_else(f, t, s);
		return;
	}
	leat_leaf_put(f, leaf, leaf->n++, s);
	leat_accs_add(&f->layout, leat_node_accs(f, leaf), s, 0);
}

/* Evicts values before a time, which are more than some of the first leaf. */
void leat_tree_evict_more(struct leat_forest *f, struct leat_tree *t,
    int64_t before);

LEAT_INLINE void leat_tree_evict(struct leat_forest *f, struct leat_tree *t,
    int64_t before)
{
	struct leat_node *leaf = t->first;

	if (LEAT_UNLIKELY(!leaf)) {
		if (t->few)
			leat_few_evict(f, t, before);
		return;
	}
	if (leaf->t[t->gone] >= before)
		return;
	if (LEAT_UNLIKELY(leaf->t[leaf->n - 1] < before)) {
		leat_tree_evict_more(f, t, before);
		return;
	}
	while (leaf->t[t->gone] < before)
		t->gone++;
}

/* tree_sum.c: makes the sum of [from, to), or to the end, from the values. */
void leat_tree_sum_again(const struct leat_forest *f, const struct leat_tree *t,
    int64_t from, int64_t to, struct leat_sum *out);

/* Makes the sum in a block again if bits of it have been lost. */
LEAT_INLINE void leat_tree_mend(const struct leat_forest *f,
    const struct leat_tree *t, int64_t from, int64_t to, struct leat_accs *out)
{
	const struct leat_layout *l = &f->layout;
	struct leat_sum *sum;

	/* A sum is the first class, if there is one. */
	if (l->n_sections == 0 || l->sections->id != LEAT_CLASS_SUM)
		return;
	sum = leat_section(l->sections, out);
	if (LEAT_UNLIKELY(leat_sum_has_lost(sum)))
		leat_tree_sum_again(f, t, from, to, sum);
}

/* Joins all values into out. */
LEAT_INLINE void leat_tree_query(const struct leat_forest *f,
    const struct leat_tree *t, struct leat_accs *out)
{
	if (LEAT_LIKELY(t->height > 0))
		leat_tree_whole(f, leat_first_accs(f, t),
		    leat_middle(f, t->edges), leat_node_accs(f, t->last), out);
	else
		leat_tree_query_low(f, t, out);
}

/* Joins the values in [from, to), which are not all, into out. */
void leat_tree_part(const struct leat_forest *f, const struct leat_tree *t,
    int64_t from, int64_t to, struct leat_accs *out);

LEAT_INLINE void leat_tree_range(const struct leat_forest *f,
    const struct leat_tree *t, int64_t from, int64_t to, struct leat_accs *out)
{
	if (LEAT_UNLIKELY(!t->root) && t->few)
		leat_few_range(f, t->few, from, to, out);
	else if (LEAT_UNLIKELY(!t->root) ||
	    (from <= t->first->t[t->gone] && to > t->last->t[t->last->n - 1]))
		leat_tree_query(f, t, out);
	else
		leat_tree_part(f, t, from, to, out);
	leat_tree_mend(f, t, from, to, out);
}

/* Joins all children of a node, or all but the last, into out. */
void leat_tree_join_children(const struct leat_forest *f, struct leat_node *n,
    int but_last, struct leat_accs *out);
/* Makes the tables and the middle anew; the edges are known. */
void leat_tree_edges(struct leat_forest *f, struct leat_tree *t);
/*
 * Makes anew what the left edge knows of one level's children before `end`, of
 * the first leaf, and what follows from that on lower levels.
 */
void leat_tree_tabulate(struct leat_forest *f, struct leat_tree *t,
    size_t level, uint32_t end);
void leat_tree_tabulate_leaf(struct leat_forest *f, struct leat_tree *t);
void leat_tree_chain_left(struct leat_forest *f, struct leat_tree *t,
    size_t level);
void leat_tree_chain_right(struct leat_forest *f, struct leat_tree *t,
    size_t level);
/* Make an empty leaf, an empty inner node, and an empty pane. */
struct leat_node *leat_tree_leaf(struct leat_forest *f);
struct leat_node *leat_tree_inner(struct leat_forest *f, uint32_t level);
struct leat_node *leat_tree_pane(struct leat_forest *f, int64_t start);
/* Puts a new root above the old one and `right`. */
void leat_tree_raise(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *left, struct leat_node *right);
/* Hangs a leaf behind all others, or as the only one. */
void leat_tree_hang(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *leaf);
void leat_tree_insert_late(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s);
void leat_tree_add_late(struct leat_forest *f, struct leat_tree *t,
    int64_t start, const leat_sample *s);

#endif
