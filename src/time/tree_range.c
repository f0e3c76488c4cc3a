/*
 * tree_range.c - asking a tree
 *
 * For all of it there are three blocks to join. A range that begins where
 * the tree begins, as windows that close do, is what is left of one node of
 * the right edge, and children of that; any other range is joined from the
 * root down: O(log n) combines.
 */
#include "few_places.h"

/* A node on the way down, and the smallest time behind it. */
struct span_of {
	struct leat_node *node;
	int left, right; /* on the left or the right edge */
	int64_t next;
	int is_last;
};

static void add_leaf(const struct leat_forest *f, const struct leat_tree *t,
    struct leat_node *leaf, int64_t from, int64_t to, struct leat_accs *out)
{
	leat_sample s;

	if (f->panes) {
		if (leaf->t[0] >= from && leaf->t[0] < to)
			leat_accs_join(&f->layout, out,
			    leat_node_accs(f, leaf));
		return;
	}
	for (uint32_t i = leat_tree_live(t, leaf); i < leaf->n; i++) {
		if (leaf->t[i] < from || leaf->t[i] >= to)
			continue;
		leat_leaf_get(f, leaf, i, &s);
		leat_accs_append(&f->layout, out, &s);
	}
}

static void add_range(const struct leat_forest *f, const struct leat_tree *t,
    const struct span_of *of, int64_t from, int64_t to, struct leat_accs *out)
{
	struct leat_node *n = of->node;
	struct leat_inner *in = leat_inner(n);

	if (n->level == 0) {
		add_leaf(f, t, n, from, to, out);
		return;
	}
	uint32_t first = of->left ? t->edges->gone[n->level] : 0;
	for (uint32_t i = first; i < n->n; i++) {
		int last = i + 1 == n->n;
		struct span_of c = { in->child[i], of->left && i == first,
			of->right && last, last ? of->next : in->t[i + 1],
			last && of->is_last };
		if (!c.is_last && c.next < from)
			continue;
		if (i > first && in->t[i] >= to)
			return;
		if (!c.left && !c.right && in->t[i] >= from && !c.is_last &&
		    c.next < to)
			leat_accs_join(&f->layout, out,
			    leat_node_accs(f, c.node));
		else
			add_range(f, t, &c, from, to, out);
	}
}

static void add_from_root(const struct leat_forest *f,
    const struct leat_tree *t, int64_t from, int64_t to, struct leat_accs *out)
{
	struct span_of all = { t->root, 1, 1, 0, 1 };

	add_range(f, t, &all, from, to, out);
}

/* Joins all that is before `to`. */
static void add_prefix(const struct leat_forest *f, const struct leat_tree *t,
    int64_t to, struct leat_accs *out)
{
	struct leat_edges *g = t->edges;
	struct span_of of = { t->last, 0, 1, 0, 1 };
	uint32_t level = 0;

	while (level < t->height && of.node->t[0] >= to)
		of.node = g->right[++level];
	if (level == t->height) {
		add_from_root(f, t, INT64_MIN, to, out);
		return;
	}
	leat_accs_copy(&f->layout, out, leat_first_accs(f, t));
	leat_accs_join(&f->layout, out, leat_past(f, g, 1));
	leat_accs_join(&f->layout, out, leat_front(f, g, level + 1));
	add_range(f, t, &of, INT64_MIN, to, out);
}

/*
 * Joins three blocks of a sum alone, where these have the two terms that nearly
 * all have. Returns 0 if they do not: then out means nothing.
 */
LEAT_INLINE int whole_sum(const struct leat_accs *first,
    const struct leat_accs *middle, const struct leat_accs *last,
    struct leat_accs *out)
{
	const struct leat_sum *x = (const void *)(first + 1),
			      *y = (const void *)(middle + 1),
			      *z = (const void *)(last + 1);
	struct leat_sum *sum = (void *)(out + 1);
	double a, b, e, e1, e2, e3, e4, e5;

	leat_two_sum(x->a, y->a, &a, &e);
	leat_two_sum(x->b, y->b, &b, &e1);
	leat_two_sum(b, e, &b, &e2);
	leat_two_sum(a, z->a, &a, &e);
	leat_two_sum(b, z->b, &b, &e3);
	leat_two_sum(b, e, &b, &e4);
	e5 = (double)((x->rest | y->rest | z->rest) != 0);
	out->count = first->count + middle->count + last->count;
	out->missing = first->missing + middle->missing + last->missing;
	sum->a = a;
	sum->b = b;
	sum->rest = 0;
	return (e1 == 0) & (e2 == 0) & (e3 == 0) & (e4 == 0) & (e5 == 0);
}

void leat_tree_whole(const struct leat_forest *f, const struct leat_accs *first,
    const struct leat_accs *middle, const struct leat_accs *last,
    struct leat_accs *out)
{
	if (f->layout.sum_alone &&
	    LEAT_LIKELY(whole_sum(first, middle, last, out)))
		return;
	leat_accs_copy(&f->layout, out, first);
	if (LEAT_LIKELY(out->count && middle->count && last->count)) {
		leat_accs_unite(&f->layout, out, middle);
		leat_accs_unite(&f->layout, out, last);
		return;
	}
	leat_accs_join(&f->layout, out, middle);
	leat_accs_join(&f->layout, out, last);
}

void leat_tree_query_low(const struct leat_forest *f, const struct leat_tree *t,
    struct leat_accs *out)
{
	if (t->few) {
		leat_few_query(f, t->few, out);
	} else if (t->root && t->gone == 0) {
		leat_accs_copy(&f->layout, out, leat_node_accs(f, t->last));
	} else {
		leat_accs_clear(&f->layout, out);
		if (t->root)
			add_leaf(f, t, t->first, INT64_MIN, INT64_MAX, out);
	}
}

static uint64_t values_of(const struct leat_accs *a)
{
	return a->count + a->missing;
}

uint64_t leat_tree_length(const struct leat_forest *f,
    const struct leat_tree *t)
{
	LEAT_ASSERT(!t->few || !f->panes);
	if (t->few)
		return leat_few_length(t->few);
	if (!t->root)
		return 0;
	if (t->height == 0)
		return t->last->n - t->gone;
	return values_of(leat_first_accs(f, t)) +
	    values_of(leat_middle(f, t->edges)) +
	    values_of(leat_node_accs(f, t->last));
}

int64_t leat_tree_first(const struct leat_tree *t)
{
	return LEAT_LIKELY(t->first) ? t->first->t[t->gone]
				     : leat_few_oldest(t->few);
}

void leat_tree_part(const struct leat_forest *f, const struct leat_tree *t,
    int64_t from, int64_t to, struct leat_accs *out)
{
	leat_accs_clear(&f->layout, out);
	if (t->height > 0 && from <= leat_tree_first(t))
		add_prefix(f, t, to, out);
	else
		add_from_root(f, t, from, to, out);
}

int leat_tree_seek(const struct leat_tree *t, int64_t from, int64_t *t_out)
{
	struct leat_node *n = t->last;
	uint32_t level = 0, i;
	int have = 0;

	if (LEAT_UNLIKELY(!t->root))
		return t->few ? leat_few_seek(t->few, from, t_out) : 0;
	if (n->t[n->n - 1] < from)
		return 0;
	while (level < t->height && n->t[0] >= from)
		n = t->edges->right[++level];
	for (; n->level > 0; n = leat_inner(n)->child[i]) {
		uint32_t first = leat_tree_live(t, n);
		for (i = n->n - 1; i > first && n->t[i] >= from; i--)
			;
		if (i + 1 < n->n) {
			*t_out = n->t[i + 1];
			have = 1;
		}
	}
	for (i = leat_tree_live(t, n); i < n->n; i++) {
		if (n->t[i] < from)
			continue;
		*t_out = n->t[i];
		return 1;
	}
	return have;
}

static void each_below(const struct leat_forest *f, const struct leat_tree *t,
    struct leat_node *n, void (*fn)(void *ctx, const leat_sample *s), void *ctx)
{
	leat_sample s;

	for (uint32_t i = leat_tree_live(t, n); i < n->n; i++) {
		if (n->level > 0) {
			each_below(f, t, leat_inner(n)->child[i], fn, ctx);
			continue;
		}
		leat_leaf_get(f, n, i, &s);
		fn(ctx, &s);
	}
}

void leat_tree_each(const struct leat_forest *f, const struct leat_tree *t,
    void (*fn)(void *ctx, const leat_sample *s), void *ctx)
{
	if (t->few)
		leat_few_each(f, t->few, fn, ctx);
	if (t->root)
		each_below(f, t, t->root, fn, ctx);
}

static void panes_below(const struct leat_forest *f, const struct leat_tree *t,
    struct leat_node *n,
    void (*fn)(void *ctx, int64_t start, const struct leat_accs *a), void *ctx)
{
	for (uint32_t i = leat_tree_live(t, n); i < n->n; i++)
		if (n->level > 0)
			panes_below(f, t, leat_inner(n)->child[i], fn, ctx);
		else
			fn(ctx, n->t[0], leat_node_accs(f, n));
}

void leat_tree_each_pane(const struct leat_forest *f, const struct leat_tree *t,
    void (*fn)(void *ctx, int64_t start, const struct leat_accs *a), void *ctx)
{
	for (size_t i = 0; t->few && i < leat_few_length(t->few); i++)
		fn(ctx, leat_few_time(t->few, i), leat_few_pane(f, t->few, i));
	if (t->root)
		panes_below(f, t, t->root, fn, ctx);
}

struct pouring {
	struct leat_forest *f;
	struct leat_tree *to;
};

static void pour_value(void *ctx, const leat_sample *s)
{
	const struct pouring *p = ctx;

	leat_tree_insert(p->f, p->to, s);
}

static void pour_pane(void *ctx, int64_t start, const struct leat_accs *a)
{
	const struct pouring *p = ctx;

	leat_tree_add_pane(p->f, p->to, start, a);
}

void leat_tree_pour(struct leat_forest *f, struct leat_tree *to,
    const struct leat_tree *from)
{
	struct pouring p = { f, to };

	if (f->panes)
		leat_tree_each_pane(f, from, pour_pane, &p);
	else
		leat_tree_each(f, from, pour_value, &p);
}

static void count_pane(void *ctx, int64_t start, const struct leat_accs *a)
{
	size_t *n = ctx;

	(void)start;
	(void)a;
	++*n;
}

size_t leat_tree_panes(const struct leat_forest *f, const struct leat_tree *t)
{
	size_t n = 0;

	leat_tree_each_pane(f, t, count_pane, &n);
	return n;
}

/* ---------------- copying -------------------------------------------- */

static void *copy_item(struct leat_pool *p, const void *from)
{
	if (leat_pool_reserve(p, 1))
		return NULL;
	return memcpy(leat_pool_take(p), from, p->item);
}

static struct leat_node *copy_node(struct leat_forest *f,
    const struct leat_tree *t, const struct leat_node *from)
{
	struct leat_node *n = copy_item(from->level ? &f->inners : &f->leaves,
	    from);

	if (!n || n->level == 0)
		return n;
	for (uint32_t i = leat_tree_live(t, from); i < n->n; i++) {
		struct leat_node **child = &leat_inner(n)->child[i];
		*child = copy_node(f, t, *child);
		if (!*child)
			return NULL;
	}
	return n;
}

void leat_tree_find_edges(struct leat_tree *t)
{
	struct leat_edges *g = t->edges;
	struct leat_node *l = t->root, *r = t->root;

	for (uint32_t level = t->height; level > 0; level--) {
		g->left[level] = l;
		g->right[level] = r;
		l = leat_inner(l)->child[g->gone[level]];
		r = leat_inner(r)->child[r->n - 1];
	}
	t->first = l;
	t->last = r;
}

static int copy_tree(struct leat_forest *f, struct leat_tree *to,
    const struct leat_tree *from)
{
	to->root = copy_node(f, from, from->root);
	if (!to->root)
		return LEAT_ENOMEM;
	if (from->edges)
		to->edges = copy_item(&f->edges, from->edges);
	if (from->edges && !to->edges)
		return LEAT_ENOMEM;
	for (uint32_t l = 1; l <= to->height; l++) {
		to->edges->tables[l] = copy_item(&f->tables,
		    from->edges->tables[l]);
		if (!to->edges->tables[l])
			return LEAT_ENOMEM;
	}
	leat_tree_find_edges(to);
	return LEAT_OK;
}

/* Nodes that were copied when memory ends go with the pools. */
int leat_tree_copy(struct leat_forest *f, struct leat_tree *to,
    const struct leat_tree *from)
{
	int err = LEAT_OK;

	if (from->few)
		return leat_few_copy(f, to, from);
	*to = *from;
	if (from->root)
		err = copy_tree(f, to, from);
	if (err)
		memset(to, 0, sizeof(*to));
	f->stocked = 0;
	return err;
}
