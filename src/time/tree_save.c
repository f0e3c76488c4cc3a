/*
 * tree_save.c - trees as bytes
 *
 * Nodes are saved from the root, the first child first, with the accumulators
 * of each; then those that the edges keep. Of the first leaf and of nodes on
 * the left edge, what is gone is not saved but counted: it has a place until
 * the node is used up.
 *
 * What is read is a tree as the library makes them: all leaves on one level,
 * times in order, and off the edges no node less than half full, so that it
 * is no higher and takes no more memory than its values account for.
 */
#include "../agg/summary.h"
#include "time_codec.h"

struct walk {
	struct leat_tape *t;
	const struct leat_stream *stream;
	struct leat_forest *f;
	struct leat_tree *tree;
	int64_t last; /* the last time saved or loaded */
	int begun;
	struct leat_accs nothing;
};

/* A node may be on one edge or on both. */
enum { ON_LEFT = 1, ON_RIGHT = 2 };

static void walk_time(struct walk *w, int64_t *at)
{
	leat_tape_time(w->t, at);
	leat_tape_expect(w->t,
	    *at <= w->stream->clock.now &&
		(!w->begun || *at > w->last ||
		    (*at == w->last && !w->f->panes)));
	w->last = *at;
	w->begun = 1;
}

static void *walk_take(struct walk *w, struct leat_pool *p)
{
	if (w->t->err)
		return NULL;
	if (leat_pool_reserve(p, 1)) {
		leat_tape_fail(w->t, LEAT_ENOMEM);
		return NULL;
	}
	return leat_pool_take(p);
}

/* ---------------- nodes -------------------------------------------------- */

/* Saves or loads how many values or children there are, and are gone. */
static int walk_size(struct walk *w, struct leat_node *n, uint32_t *gone,
    int edges, uint32_t most)
{
	uint64_t all = n->n, less = *gone;
	uint64_t least = edges || most == 1 ? 1 : most / 2;

	leat_tape_number(w->t, &all, most);
	if (edges & ON_LEFT)
		leat_tape_number(w->t, &less, most);
	if (w->t->loads) {
		n->n = (uint32_t)all;
		*gone = (uint32_t)less;
	}
	return leat_tape_expect(w->t, all >= least && less < all);
}

static void walk_values(struct walk *w, struct leat_node *leaf, uint32_t gone)
{
	double *x = leat_leaf_x(leaf);

	for (uint32_t i = gone; i < leaf->n; i++) {
		walk_time(w, &leaf->t[i]);
		leat_tape_double(w->t, &x[i]);
		if (w->f->layout.pairs)
			leat_tape_double(w->t, &x[LEAT_LEAF + i]);
	}
	for (uint32_t i = 0; i < gone && w->t->loads; i++)
		leaf->t[i] = leaf->t[gone];
}

/*
 * A block of several nodes must count what these count: else trees would seem
 * to hold values that they do not hold.
 */
static void tally_up(struct leat_tally *tally, const struct leat_accs *a)
{
	tally->count += a->count;
	tally->missing += a->missing;
}

static void expect_tally(struct walk *w, const struct leat_accs *a,
    struct leat_tally tally)
{
	leat_tape_expect(w->t,
	    a->count == tally.count && a->missing == tally.missing);
}

static struct leat_tally tally_values(const struct walk *w,
    struct leat_node *leaf)
{
	struct leat_tally tally = { 0, 0 };
	leat_sample s;

	for (uint32_t i = 0; i < leaf->n; i++) {
		leat_leaf_get(w->f, leaf, i, &s);
		tally.missing += leat_is_missing(&s) != 0;
		tally.count += leat_is_missing(&s) == 0;
	}
	return tally;
}

static void walk_accs(struct walk *w, struct leat_accs *a)
{
	if (w->t->loads)
		leat_accs_clear(&w->f->layout, a);
	leat_tape_accs(w->t, w->stream, a, INT64_MIN, INT64_MAX);
}

/*
 * The blocks of nodes on the left edge, but for panes, and of the root are
 * never looked at: each is saved as that of no values, as a tree without nodes
 * has none.
 */
static struct leat_accs *means_nothing(struct walk *w, struct leat_accs *a)
{
	return w->t->loads ? a : &w->nothing;
}

static void walk_leaf(struct walk *w, struct leat_node *leaf, int edges)
{
	uint32_t gone = edges & ON_LEFT ? w->tree->gone : 0;
	struct leat_accs *a = leat_node_accs(w->f, leaf);

	if (!walk_size(w, leaf, &gone, edges, w->f->panes ? 1 : LEAT_LEAF))
		return;
	if (edges & ON_LEFT)
		w->tree->gone = gone;
	if (w->f->panes)
		walk_time(w, &leaf->t[0]);
	else
		walk_values(w, leaf, gone);
	if (!w->f->panes && edges == ON_LEFT)
		a = means_nothing(w, a);
	leat_tape_accs(w->t, w->stream, a, w->f->panes ? leaf->t[0] : INT64_MIN,
	    w->f->panes ? leat_later(leaf->t[0], w->stream->plan.width - 1)
			: INT64_MAX);
	if (w->f->panes)
		leat_tape_expect(w->t, a->count + a->missing > 0);
	else if (!(edges & ON_LEFT) || (edges & ON_RIGHT && gone == 0))
		expect_tally(w, a, tally_values(w, leaf));
}

/* Counts the children from i up to `end`; none if they have not been made. */
static struct leat_tally tally_children(const struct walk *w,
    struct leat_node *n, uint32_t i, uint32_t end)
{
	struct leat_tally tally = { 0, 0 };

	for (; i < end && !w->t->err; i++)
		tally_up(&tally, leat_node_accs(w->f, leat_inner(n)->child[i]));
	return tally;
}

static struct leat_node *walk_node(struct walk *w, struct leat_node *n,
    uint32_t level, int edges);

static void walk_children(struct walk *w, struct leat_node *n, uint32_t gone,
    int edges)
{
	struct leat_inner *in = leat_inner(n);

	for (uint32_t i = gone; i < n->n && !w->t->err; i++) {
		int which = (i == gone ? edges & ON_LEFT : 0) |
		    (i + 1 == n->n ? edges & ON_RIGHT : 0);
		struct leat_node *child = walk_node(w,
		    w->t->loads ? NULL : in->child[i], n->level - 1, which);
		if (!w->t->loads || !child)
			continue;
		in->child[i] = child;
		in->t[i] = child->t[0];
	}
	for (uint32_t i = 0; i < gone && w->t->loads && !w->t->err; i++)
		in->t[i] = in->t[gone];
}

static void walk_inner(struct walk *w, struct leat_node *n, int edges)
{
	struct leat_edges *g = w->tree->edges;
	struct leat_accs *a = leat_node_accs(w->f, n);
	uint32_t gone = edges & ON_LEFT ? g->gone[n->level] : 0;

	if (!walk_size(w, n, &gone, edges, LEAT_ARITY))
		return;
	if (w->t->loads && edges & ON_LEFT)
		g->gone[n->level] = gone;
	walk_accs(w, edges & ON_LEFT ? means_nothing(w, a) : a);
	walk_children(w, n, gone, edges);
	if (!(edges & ON_LEFT))
		expect_tally(w, leat_node_accs(w->f, n),
		    tally_children(w, n, 0, n->n - (edges & ON_RIGHT ? 1 : 0)));
}

/* Saves or loads a node and all below. NULL: it failed; the pool has it. */
static struct leat_node *walk_node(struct walk *w, struct leat_node *n,
    uint32_t level, int edges)
{
	struct leat_forest *forest = w->f;

	if (w->t->loads) {
		n = walk_take(w, level ? &forest->inners : &forest->leaves);
		if (!n)
			return NULL;
		n->n = 0;
		n->level = level;
		leat_accs_clear(&w->f->layout, leat_node_accs(w->f, n));
	}
	if (level > 0)
		walk_inner(w, n, edges);
	else
		walk_leaf(w, n, edges);
	return w->t->err ? NULL : n;
}

/* ---------------- what the edges know ------------------------------------ */

/* Checks a level's past() and front(), of the lowest the middle as well. */
static void check_level(struct walk *w, uint32_t level)
{
	struct leat_tree *t = w->tree;
	struct leat_edges *g = t->edges;
	struct leat_tally past = tally_children(w, g->left[level],
			      g->gone[level] + 1, leat_table_end(t, level)),
			  front = { 0, 0 };

	if (level == t->height) {
		front = tally_children(w, t->root, g->covered + 1,
		    t->root->n - 1);
	} else {
		tally_up(&past, leat_past(w->f, g, level + 1));
		tally_up(&front, leat_front(w->f, g, level + 1));
		tally_up(&front, leat_node_accs(w->f, g->right[level]));
	}
	expect_tally(w, leat_past(w->f, g, level), past);
	expect_tally(w, leat_front(w->f, g, level), front);
	tally_up(&past, leat_front(w->f, g, level));
	if (level == 1)
		expect_tally(w, leat_middle(w->f, g), past);
}

/* Saves or loads the suffixes of the first leaf. */
static void walk_tails(struct walk *w)
{
	struct leat_tree *t = w->tree;
	struct leat_tally tally = { 0, 0 };
	leat_sample s;

	for (uint32_t i = t->gone; i < t->first->n; i++)
		walk_accs(w, leat_tail(w->f, t->edges, i));
	for (uint32_t i = t->first->n; i-- > t->gone;) {
		leat_leaf_get(w->f, t->first, i, &s);
		tally.missing += leat_is_missing(&s) != 0;
		tally.count += leat_is_missing(&s) == 0;
		expect_tally(w, leat_tail(w->f, t->edges, i), tally);
	}
}

static void walk_edges(struct walk *w)
{
	struct leat_tree *t = w->tree;
	struct leat_edges *g = t->edges;
	uint64_t covered = g->covered;

	leat_tape_number(w->t, &covered, LEAT_ARITY);
	if (!leat_tape_expect(w->t,
		covered + 2 <= t->root->n && covered >= g->gone[t->height]))
		return;
	if (w->t->loads)
		g->covered = (uint32_t)covered;
	for (uint32_t l = 1; l <= t->height; l++) {
		uint32_t end = leat_table_end(t, l);
		walk_accs(w, leat_past(w->f, g, l));
		walk_accs(w, leat_front(w->f, g, l));
		for (uint32_t i = g->gone[l] + 1; i < end; i++) {
			walk_accs(w, leat_suffix(w->f, g, l, i));
			expect_tally(w, leat_suffix(w->f, g, l, i),
			    tally_children(w, g->left[l], i, end));
		}
	}
	walk_accs(w, leat_middle(w->f, g));
	for (uint32_t l = t->height; w->t->loads && l >= 1; l--)
		check_level(w, l);
	if (!w->f->panes)
		walk_tails(w);
}

/* Makes room for the edges, and a table for each level. */
static void make_edge_tables(struct walk *w, struct leat_tree *t)
{
	struct leat_forest *forest = w->f;

	t->edges = walk_take(w, &forest->edges);
	for (uint32_t l = 1; l <= t->height && !w->t->err; l++) {
		t->edges->gone[l] = 0;
		t->edges->tables[l] = walk_take(w, &forest->tables);
	}
	if (t->edges)
		t->edges->covered = 0;
}

/* ---------------- all of it ---------------------------------------------- */

/* A tree that is loaded stays empty until it is whole. */
void leat_tape_tree(struct leat_tape *tape, struct leat_stream *f,
    struct leat_tree *t)
{
	struct leat_tree built = *t;
	struct walk w = { tape, f, &f->forest, &built, 0, 0, { 0, 0 } };
	uint64_t height = t->root ? (uint64_t)t->height + 1 : 0;

	if (!tape->loads && t->few) {
		leat_few_save(tape, f, t->few);
		return;
	}
	leat_tape_number(tape, &height, LEAT_HEIGHT - 1);
	if (height == 0)
		return;
	if (tape->loads) {
		built.height = (uint32_t)height - 1;
		if (built.height > 0)
			make_edge_tables(&w, &built);
		f->forest.stocked = 0;
	}
	built.root = walk_node(&w, t->root, (uint32_t)height - 1,
	    ON_LEFT | ON_RIGHT);
	if (tape->err)
		return;
	if (tape->loads)
		leat_tree_find_edges(&built);
	if (built.height > 0)
		walk_edges(&w);
	if (!tape->loads || tape->err)
		return;
	leat_tree_query(&f->forest, &built, f->forest.temp);
	leat_tape_holds(tape, f, f->forest.temp);
	if (tape->err)
		return;
	*t = built;
	leat_few_shrink(&f->forest, t);
}
