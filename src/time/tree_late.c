/*
 * tree_late.c - values that come late into a tree
 *
 * The way up starts at the last leaf and ends at the lowest node of the
 * right edge that begins early enough, so that a value d places late costs
 * O(log d) steps of search; then it goes down to its leaf. The
 * accumulators of the nodes on the way are corrected in one of two ways:
 *
 * - If all classes take samples in any order and nothing was split, the
 *   sample is appended to each block that it belongs to.
 * - Else the blocks are joined anew from the leaf up: at most LEAT_LEAF
 *   steps, and at most LEAT_ARITY combines a level.
 *
 * Above the node where the way turned down, only front() of the levels at
 * and below it, past() of the same if it is on the left edge, and the
 * middle hold the value.
 */
#include "few_places.h"

/* The way to a leaf: the node on each level, and the child it goes to. */
struct way {
	struct leat_node *node[LEAT_HEIGHT];
	uint32_t child[LEAT_HEIGHT];
	uint32_t top; /* level where it turned down; 0: last leaf */
};

static int on_left(const struct leat_tree *t, const struct way *w,
    uint32_t level)
{
	return w->node[level] == t->edges->left[level];
}

static void find_way(const struct leat_tree *t, int64_t at, struct way *w)
{
	w->top = 0;
	w->node[0] = t->last;
	while (w->top < t->height && at < w->node[w->top]->t[0]) {
		w->top++;
		w->node[w->top] = t->edges->right[w->top];
	}
	for (uint32_t l = w->top; l > 0; l--) {
		struct leat_inner *in = leat_inner(w->node[l]);
		uint32_t n = w->node[l]->n,
			 child = leat_tree_live(t, w->node[l]);
		uint32_t first = child;
		/* Children behind the first are counted without a branch. */
		for (uint32_t i = 1; i < LEAT_ARITY; i++)
			child += (uint32_t)((i > first) & (i < n) &
			    (in->t[i] <= at));
		w->child[l] = child;
		w->node[l - 1] = in->child[child];
	}
	/* The right edge was left here, so the last child begins later. */
	LEAT_ASSERT(w->top == 0 || w->child[w->top] + 1 < w->node[w->top]->n);
}

/* ---------------- appending to what is there ------------------------- */

/* Something to add: a sample, or the block of a pane of another tree. */
struct addend {
	const leat_sample *s;
	const struct leat_accs *a;
};

LEAT_INLINE void give(struct leat_forest *f, struct leat_accs *to,
    const struct addend *g)
{
	if (g->s)
		leat_accs_add(&f->layout, to, g->s, 0);
	else
		leat_accs_join(&f->layout, to, g->a);
}

/* Returns the lowest level at which the way is on the left edge; 0: none. */
static uint32_t left_level(const struct leat_tree *t, const struct way *w)
{
	/* Nodes above one of the left edge are on it, too. */
	if (w->top == 0 || !on_left(t, w, w->top))
		return 0;
	for (uint32_t l = 1;; l++)
		if (on_left(t, w, l))
			return l;
}

static void append_to_edges(struct leat_forest *f, struct leat_tree *t,
    const struct way *w, const struct addend *what)
{
	struct leat_edges *g = t->edges;
	uint32_t left = left_level(t, w);

	if (left > 0 && (left < t->height || w->child[left] <= g->covered)) {
		for (uint32_t i = g->gone[left] + 1; i <= w->child[left]; i++)
			give(f, leat_suffix(f, g, left, i), what);
		for (uint32_t l = left; l > 0; l--)
			give(f, leat_past(f, g, l), what);
	} else {
		for (uint32_t l = w->top; l > 0; l--)
			give(f, leat_front(f, g, l), what);
	}
	give(f, leat_middle(f, g), what);
}

/* Adds to the blocks of nodes above the leaf, and of edges. */
static void append_above(struct leat_forest *f, struct leat_tree *t,
    const struct way *w, const struct addend *what)
{
	for (uint32_t l = 1; l <= w->top; l++)
		give(f, leat_node_accs(f, w->node[l]), what);
	if (w->top > 0 && w->node[0] != t->first)
		append_to_edges(f, t, w, what);
}

static void append_on_way(struct leat_forest *f, struct leat_tree *t,
    const struct way *w, const struct addend *what)
{
	give(f, leat_node_accs(f, w->node[0]), what);
	append_above(f, t, w, what);
}

/* ---------------- joining anew --------------------------------------- */

static void redo_leaf(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *leaf)
{
	struct leat_accs *a = leat_node_accs(f, leaf);
	leat_sample s;

	if (f->panes)
		return;
	leat_accs_clear(&f->layout, a);
	for (uint32_t i = leat_tree_live(t, leaf); i < leaf->n; i++) {
		leat_leaf_get(f, leaf, i, &s);
		leat_accs_add(&f->layout, a, &s, 0);
	}
}

/* Joins the children of a node; the right edge's lack the last one. */
static void redo_inner(struct leat_forest *f, const struct leat_tree *t,
    struct leat_node *n)
{
	leat_tree_join_children(f, n, n == t->edges->right[n->level],
	    leat_node_accs(f, n));
}

/* Joins the nodes of the way from a level on; the left edge's say nothing. */
static void redo_inners(struct leat_forest *f, const struct leat_tree *t,
    const struct way *w, uint32_t from)
{
	for (uint32_t l = from; l <= w->top; l++)
		if (!on_left(t, w, l))
			redo_inner(f, t, w->node[l]);
}

static void redo_edges(struct leat_forest *f, struct leat_tree *t,
    const struct way *w)
{
	uint32_t left = left_level(t, w);

	if (left > 0 &&
	    (left < t->height || w->child[left] <= t->edges->covered)) {
		leat_tree_tabulate(f, t, left, w->child[left] + 1);
		leat_tree_chain_left(f, t, left);
	} else {
		leat_tree_chain_right(f, t, w->top);
	}
}

/* ---------------- splitting ------------------------------------------ */

static void insert_child(struct leat_node *n, uint32_t at,
    struct leat_node *child)
{
	struct leat_inner *in = leat_inner(n);
	uint32_t after = n->n - at;

	memmove(in->t + at + 1, in->t + at, after * sizeof(*in->t));
	memmove(in->child + at + 1, in->child + at, after * sizeof(*in->child));
	in->t[at] = child->t[0];
	in->child[at] = child;
	n->n++;
}

/* Gives up the places of children that are gone. */
static void close_gap(struct leat_tree *t, struct way *w, uint32_t level)
{
	struct leat_node *n = w->node[level];
	struct leat_inner *in = leat_inner(n);
	uint32_t gone = leat_tree_live(t, n);

	if (gone == 0)
		return;
	n->n -= gone;
	memmove(in->t, in->t + gone, n->n * sizeof(*in->t));
	memmove(in->child, in->child + gone, n->n * sizeof(*in->child));
	w->child[level] -= gone;
	t->edges->gone[level] = 0;
	if (level == t->height)
		t->edges->covered -= gone <= t->edges->covered
		    ? gone
		    : t->edges->covered;
}

/* Moves the upper half of a node to a new one, which is returned. */
static struct leat_node *split_inner(struct leat_forest *f, struct leat_tree *t,
    struct leat_node *n)
{
	struct leat_node *r = leat_tree_inner(f, n->level);
	struct leat_inner *from = leat_inner(n), *to = leat_inner(r);
	uint32_t half = n->n / 2;

	r->n = n->n - half;
	memcpy(to->t, from->t + half, r->n * sizeof(*to->t));
	memcpy(to->child, from->child + half, r->n * sizeof(*to->child));
	n->n = half;
	if (n == t->edges->right[n->level])
		t->edges->right[n->level] = r;
	redo_inner(f, t, n);
	redo_inner(f, t, r);
	return r;
}

/*
 * Hangs `next` behind the child that the way goes to, splitting nodes as
 * need be. Returns the highest level that changed.
 */
static uint32_t hang(struct leat_forest *f, struct leat_tree *t, struct way *w,
    struct leat_node *next)
{
	struct leat_edges *g = t->edges;
	uint32_t l = 1;

	for (;; l++) {
		struct leat_node *n, *r;
		if (l > w->top) { /* up the right edge by its last children */
			w->node[l] = g->right[l];
			w->child[l] = g->right[l]->n - 1;
			w->top = l;
		}
		n = w->node[l];
		if (n->n == LEAT_ARITY)
			close_gap(t, w, l);
		if (n->n < LEAT_ARITY) {
			insert_child(n, w->child[l] + 1, next);
			return l;
		}
		r = split_inner(f, t, n);
		if (w->child[l] < n->n)
			insert_child(n, w->child[l] + 1, next);
		else
			insert_child(r, w->child[l] + 1 - n->n, next);
		redo_inner(f, t, n);
		redo_inner(f, t, r);
		if (l == t->height) {
			leat_tree_raise(f, t, n, r);
			return t->height;
		}
		next = r;
	}
}

/*
 * Joins anew after a split up to level `top`. Inner nodes below it were redone
 * while splitting, but for those that only took a child.
 */
static void redo_split(struct leat_forest *f, struct leat_tree *t,
    const struct way *w, uint32_t top)
{
	for (uint32_t l = 1; l <= top && l < t->height; l++) {
		if (!on_left(t, w, l))
			redo_inner(f, t, w->node[l]);
		/* The other half may be on the right edge. */
		if (w->node[l] != t->edges->right[l])
			redo_inner(f, t, t->edges->right[l]);
	}
	redo_inners(f, t, w, top + 1);
	uint32_t left = left_level(t, w);
	if (left == 0) {
		leat_tree_chain_right(f, t, w->top > top ? w->top : top);
	} else if (top < left) {
		redo_edges(f, t, w);
	} else {
		leat_tree_edges(f, t);
		leat_tree_tabulate_leaf(f, t);
	}
}

/*
 * Returns whether a leaf that was split, and was not the last one, has left all
 * blocks above it with the values that they had, but for the new one: where no
 * node above was split, and none is on the left edge.
 */
static int keeps_blocks(const struct leat_tree *t, const struct way *w,
    uint32_t top)
{
	return top == 1 && left_level(t, w) == 0;
}

/*
 * Hangs a leaf behind the one that the way leads to, which was split for a
 * value, or for none (NULL).
 */
static void hang_behind(struct leat_forest *f, struct leat_tree *t,
    struct way *w, struct leat_node *next, const leat_sample *s)
{
	const struct addend what = { s, NULL };
	struct leat_node *leaf = w->node[0];
	int was_last = t->last == leaf;

	if (was_last)
		t->last = next;
	if (t->height > 0) {
		uint32_t top = hang(f, t, w, next);
		if (s && f->layout.sum_alone && !was_last &&
		    keeps_blocks(t, w, top))
			append_above(f, t, w, &what);
		else
			redo_split(f, t, w, top);
		return;
	}
	leat_tree_raise(f, t, leaf, next);
	leat_tree_tabulate_leaf(f, t);
	leat_tree_edges(f, t);
}

/* ---------------- leaves of values ----------------------------------- */

/*
 * Puts a value behind those of the same time, of which the first is `first`;
 * there is room. Values behind it move as they are compared: how many they are
 * cannot be foreseen, and so is found out but once.
 */
static void insert_sorted(const struct leat_forest *f, struct leat_node *leaf,
    uint32_t first, const leat_sample *s)
{
	double *x = leat_leaf_x(leaf);
	uint32_t i = leaf->n++;

	for (; i > first && leaf->t[i - 1] > s->t; i--) {
		leaf->t[i] = leaf->t[i - 1];
		x[i] = x[i - 1];
		if (LEAT_UNLIKELY(f->layout.pairs))
			x[LEAT_LEAF + i] = x[LEAT_LEAF + i - 1];
	}
	leat_leaf_put(f, leaf, i, s);
}

static void move_values(const struct leat_forest *f, struct leat_node *from,
    uint32_t first, struct leat_node *to)
{
	leat_sample s;
	uint32_t n = from->n - first;

	for (uint32_t i = 0; i < n; i++) {
		leat_leaf_get(f, from, first + i, &s);
		leat_leaf_put(f, to, i, &s);
	}
	to->n = n;
}

/* Splits a full leaf in two and puts the sample in one of them. */
static void insert_by_split(struct leat_forest *f, struct leat_tree *t,
    struct way *w, const leat_sample *s)
{
	struct leat_node *leaf = w->node[0], *r = leat_tree_leaf(f);
	uint32_t half = LEAT_LEAF / 2;

	move_values(f, leaf, half, r);
	leaf->n = half;
	insert_sorted(f, r->t[0] <= s->t ? r : leaf, 0, s);
	redo_leaf(f, t, leaf);
	redo_leaf(f, t, r);
	hang_behind(f, t, w, r, s);
}

void leat_tree_insert_late(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s)
{
	const struct addend what = { s, NULL };
	struct way w;
	struct leat_node *leaf;

	find_way(t, s->t, &w);
	leaf = w.node[0];
	if (leaf->n == LEAT_LEAF && leaf == t->first && t->gone > 0) {
		/* Places of values that are gone make room. */
		move_values(f, leaf, t->gone, leaf);
		t->gone = 0;
		if (leaf == t->last)
			redo_leaf(f, t, leaf);
	}
	if (leaf->n == LEAT_LEAF) {
		insert_by_split(f, t, &w, s);
		return;
	}
	/* Blocks come first: a CPU foresees a way that it has just gone. */
	if (!f->layout.ordered)
		append_on_way(f, t, &w, &what);
	insert_sorted(f, leaf, leat_tree_live(t, leaf), s);
	if (f->layout.ordered) {
		redo_leaf(f, t, leaf);
		redo_inners(f, t, &w, 1);
		if (w.top > 0 && leaf != t->first)
			redo_edges(f, t, &w);
	}
	if (leaf == t->first && t->height > 0)
		leat_tree_tabulate_leaf(f, t);
}

/* ---------------- panes ----------------------------------------------- */

/* Inserts a new pane behind the way's one, or before the first of all. */
static void insert_pane(struct leat_forest *f, struct leat_tree *t,
    struct way *w, int64_t start, const struct addend *what)
{
	struct leat_node *pane = leat_tree_pane(f, start), *was = w->node[0];

	give(f, leat_node_accs(f, pane), what);
	if (start < was->t[0]) {
		/*
		 * A pane before the first of all changes places with that, so
		 * that it is hung behind it as any other.
		 */
		int64_t t0 = was->t[0];
		leat_accs_copy(&f->layout, f->temp, leat_node_accs(f, was));
		leat_accs_copy(&f->layout, leat_node_accs(f, was),
		    leat_node_accs(f, pane));
		leat_accs_copy(&f->layout, leat_node_accs(f, pane), f->temp);
		was->t[0] = start;
		pane->t[0] = t0;
		for (uint32_t l = 1; l <= w->top; l++)
			leat_inner(w->node[l])->t[w->child[l]] = start;
	}
	hang_behind(f, t, w, pane, NULL);
}

static void add_addend(struct leat_forest *f, struct leat_tree *t,
    int64_t start, const struct addend *what)
{
	struct way w;

	find_way(t, start, &w);
	if (w.node[0]->t[0] == start)
		append_on_way(f, t, &w, what);
	else
		insert_pane(f, t, &w, start, what);
}

void leat_tree_add_late(struct leat_forest *f, struct leat_tree *t,
    int64_t start, const leat_sample *s)
{
	const struct addend what = { s, NULL };

	add_addend(f, t, start, &what);
}

void leat_tree_add_pane(struct leat_forest *f, struct leat_tree *t,
    int64_t start, const struct leat_accs *a)
{
	const struct addend what = { NULL, a };

	if (t->few)
		leat_few_to_nodes(f, t);
	if (!t->root || start > t->last->t[0])
		leat_tree_hang(f, t, leat_tree_pane(f, start));
	if (start == t->last->t[0])
		give(f, leat_node_accs(f, t->last), &what);
	else
		add_addend(f, t, start, &what);
}
