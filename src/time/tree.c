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

/* ---------------- nodes --------------------------------------------- */

void leat_forest_init(struct leat_forest *f, struct leat_memory *memory)
{
	size_t values = sizeof(int64_t) +
	    (f->layout.pairs ? 2 : 1) * sizeof(double);
	size_t head = sizeof(struct leat_node);
	size_t leaf = f->panes ? sizeof(int64_t) : LEAT_LEAF * values;

	f->leaf_accs = leat_round_up(head + leaf);
	f->inner_accs = leat_round_up(head + sizeof(struct leat_inner));
	f->edges_size = leat_round_up(sizeof(struct leat_edges)) +
	    (f->panes ? 1 : 1 + LEAT_LEAF) * f->layout.accs_size;
	f->table_size = (2 + LEAT_ARITY) * f->layout.accs_size;
	leat_pool_init(&f->leaves, memory, f->leaf_accs + f->layout.accs_size);
	leat_pool_init(&f->inners, memory, f->inner_accs + f->layout.accs_size);
	leat_pool_init(&f->edges, memory, f->edges_size);
	leat_pool_init(&f->tables, memory, f->table_size);
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

/*
 * A subtree that is dropped waits, linked by its first time's place, until
 * its nodes are needed: dropping it takes no longer than dropping a leaf.
 */
static void leat_tree_drop(struct leat_forest *f, struct leat_node *n)
{
	if (n->level == 0) {
		leat_pool_give(&f->leaves, n);
		return;
	}
	memcpy(&leat_inner(n)->t[0], &f->free_subtrees,
	    sizeof(f->free_subtrees));
	f->free_subtrees = n;
}

static void take_apart(struct leat_forest *f)
{
	struct leat_node *n = f->free_subtrees;

	memcpy(&f->free_subtrees, &leat_inner(n)->t[0], sizeof(n));
	for (uint32_t i = 0; i < n->n; i++)
		leat_tree_drop(f, leat_inner(n)->child[i]);
	leat_pool_give(&f->inners, n);
}

void leat_tree_take_apart(struct leat_forest *f, size_t inners)
{
	while (inners-- > 0)
		take_apart(f);
}

int leat_tree_stock_nodes(struct leat_forest *f, size_t leaves, size_t inners,
    size_t tables)
{
	while (LEAT_UNLIKELY(f->free_subtrees) &&
	    (f->leaves.n_spare < leaves || f->inners.n_spare < inners))
		take_apart(f);
	return leat_few_reserve(f, 1) ||
		leat_pool_reserve(&f->leaves, leaves) ||
		leat_pool_reserve(&f->inners, inners) ||
		leat_pool_reserve(&f->edges, 1) ||
		leat_pool_reserve(&f->tables, tables)
	    ? LEAT_ENOMEM
	    : LEAT_OK;
}

/* As many leaves as may take the place of a few values, with one of its own. */
enum { STOCK_LEAVES = 3 };

/* Leaves, a node more on each level, and what a new level needs. */
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

struct leat_node *leat_tree_inner(struct leat_forest *f, uint32_t level)
{
	struct leat_node *n = leat_pool_take(&f->inners);

	n->n = 0;
	n->level = level;
	leat_accs_clear(&f->layout, leat_node_accs(f, n));
	return n;
}

static void add_child(struct leat_node *n, struct leat_node *child)
{
	struct leat_inner *in = leat_inner(n);

	in->t[n->n] = child->t[0];
	in->child[n->n++] = child;
}

/* ---------------- the edges ----------------------------------------- */

/* Sums run backwards in registers; other classes from block to block. */
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

/* The child behind the last one in the table of left[level]. */
static uint32_t leat_table_end(const struct leat_tree *t, size_t level)
{
	return level == t->height ? t->edges->covered + 1
				  : t->edges->left[level]->n;
}

void leat_tree_tabulate(struct leat_forest *f, struct leat_tree *t,
    size_t level)
{
	struct leat_edges *g = t->edges;
	struct leat_inner *in = leat_inner(g->left[level]);
	uint32_t end = leat_table_end(t, level);

	for (uint32_t i = end; i-- > g->gone[level] + 1;) {
		struct leat_accs *at = leat_suffix(f, g, level, i);
		leat_accs_copy(&f->layout, at, leat_node_accs(f, in->child[i]));
		if (i + 1 < end)
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

/* past() of this level and those below, and the middle. */
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

/* front() of this level and those below, and the middle. */
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
		leat_tree_tabulate(f, t, l);
	/* Only after all of it, as the middle needs both. */
	leat_accs_clear(&f->layout, leat_front(f, g, 1));
	leat_tree_chain_left(f, t, t->height);
	leat_tree_chain_right(f, t, t->height);
}

/* ---------------- in order ------------------------------------------ */

/* Two nodes under a new root; the edges below it are known. */
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

/* The last leaf is complete: it joins the middle, all else as it must. */
static void complete_last(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_edges *g = t->edges;
	const struct leat_accs *leaf = leat_node_accs(f, t->last);

	leat_accs_join(&f->layout, leat_middle(f, g), leaf);
	leat_accs_join(&f->layout, leat_front(f, g, 1), leaf);
	if (t->height > 1)
		leat_accs_join(&f->layout, leat_node_accs(f, g->right[1]),
		    leaf);
}

/* right[level] is complete, too, and `next` comes after it. */
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

/* Hangs a leaf behind the last one, which is complete. */
void leat_tree_grow(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *leaf)
{
	struct leat_node *next = leaf;
	uint32_t level = 1;

	if (t->height == 0) {
		struct leat_node *first = t->first;
		leat_tree_raise(f, t, first, leaf);
		leat_tree_tabulate_leaf(f, t);
		t->last = leaf;
		leat_tree_edges(f, t);
		return;
	}
	complete_last(f, t);
	t->last = leaf;
	while (t->edges->right[level]->n == LEAT_ARITY) {
		if (level == t->height) {
			grow_root(f, t, next);
			return;
		}
		next = complete_inner(f, t, level, next);
		level++;
	}
	add_child(t->edges->right[level], next);
}

/* A leaf behind all others, or the only one. */
void leat_tree_hang(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *leaf)
{
	if (t->root) {
		leat_tree_grow(f, t, leaf);
		return;
	}
	t->root = t->first = t->last = leaf;
	t->height = t->gone = 0;
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
	struct leat_node *leaf;

	if (!t->root && f->small && leat_few_add_pane(f, t, at, s))
		return;
	if (t->root && at < t->last->t[0]) {
		leat_tree_add_late(f, t, at, s);
		return;
	}
	if (!t->root || at > t->last->t[0]) {
		leaf = leat_tree_leaf(f);
		leaf->t[0] = at;
		leaf->n = 1;
		leat_tree_hang(f, t, leaf);
	}
	leat_accs_append(&f->layout, leat_node_accs(f, t->last), s);
}

/* ---------------- evicting ------------------------------------------ */

/*
 * On the left edge, children that are gone are skipped; before a node of it
 * is free_subtrees they must be out of it, as they have been free_subtrees themselves.
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

/* The root has one child left: that is the root, and so on down. */
static void lower_root(struct leat_forest *f, struct leat_tree *t)
{
	struct leat_edges *g = t->edges;

	while (t->height > 0 && t->root->n - g->gone[t->height] == 1) {
		struct leat_node *old = t->root;
		leat_pool_give(&f->tables, g->tables[t->height]);
		t->root = leat_inner(old)->child[old->n - 1];
		t->height--;
		g->left[t->height] = t->root;
		g->gone[t->height] = 0;
		leat_pool_give(&f->inners, old);
	}
	if (t->height > 0)
		return;
	leat_pool_give(&f->edges, g);
	t->edges = NULL;
	t->first = t->root;
	t->gone = 0;
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

/* The highest level at which whole children are too old; 0: none. */
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

/* Drops those of one level: all whose next one starts too early. */
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
 * What the edges know, where the left one is new from a level down. Returns
 * whether all of it was made anew.
 */
static int renew_left(struct leat_forest *f, struct leat_tree *t,
    uint32_t level)
{
	struct leat_edges *g = t->edges;

	if (level > t->height ||
	    (level == t->height && g->gone[level] > g->covered)) {
		leat_tree_edges(f, t);
		return 1;
	}
	for (uint32_t l = 1; l < level; l++)
		leat_tree_tabulate(f, t, l);
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
		if (level == t->height &&
		    t->root->n - t->edges->gone[level] == 1) {
			lower_root(f, t);
			renewed = LEAT_HEIGHT;
			level = t->height;
		}
		if (level > 0)
			descend(t, level);
	}
	return renewed;
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
	if (level == t->height && t->root->n - t->edges->gone[level] == 1) {
		lower_root(f, t);
		level = t->height;
		if (level == 0) {
			leat_few_shrink(f, t);
			return;
		}
		descend(t, level);
		level = LEAT_HEIGHT;
	} else {
		descend(t, level);
	}
	(void)renew_left(f, t, level);
	leat_tree_tabulate_leaf(f, t);
}
