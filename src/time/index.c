/*
 * index.c - items in the order of their keys
 *
 * A B+ tree whose nodes all have one size and wait in one pool, each of which
 * is memory of its own, so that those not in use can be freed. Leaves hold
 * the items themselves; an inner node holds, of each child, the smallest key
 * below it and the child.
 *
 * A full node is split on the way down, before anything is put below it, so
 * that one pass is enough: in half, but at the right edge, where items that
 * come in order leave full nodes behind. Nodes are never merged: one that
 * loses its last item goes, and a root with one child gives way to it. The
 * height is that of a B tree of what was there once.
 *
 * Cost: O(log n) looks at items to find, add, remove or rename one, whatever
 * the order they come in.
 */
#include "index.h"

/* An inner node has two words for the key, then the child. */
enum { INNER_WORDS = 3, INNER_KEY = 2 };

static size_t item_words(const struct leat_index_kind *kind,
    const struct leat_index_node *n)
{
	return n->level ? (size_t)INNER_WORDS : kind->words;
}

static size_t node_room(const struct leat_index_kind *kind,
    const struct leat_index_node *n)
{
	return LEAT_INDEX_BYTES / 8 / item_words(kind, n);
}

static int64_t *item_at(const struct leat_index_kind *kind,
    struct leat_index_node *n, size_t i)
{
	return n->items + i * item_words(kind, n);
}

static struct leat_index_node *child_at(struct leat_index_node *n, size_t i)
{
	struct leat_index_node *child;

	memcpy(&child, n->items + i * INNER_WORDS + INNER_KEY, sizeof(child));
	return child;
}

static void set_child(struct leat_index_node *n, size_t i,
    struct leat_index_node *child)
{
	memcpy(n->items + i * INNER_WORDS + INNER_KEY, &child, sizeof(child));
}

static void copy_key(const struct leat_index_kind *kind, int64_t *to,
    const int64_t *from)
{
	memcpy(to, from, kind->key * sizeof(*to));
}

/* Returns whether a comes after b. */
static int is_after(const struct leat_index_kind *kind, const int64_t *a,
    const int64_t *b)
{
	LEAT_LOOK();
	if (a[0] != b[0] || kind->key == 1)
		return a[0] > b[0];
	return a[1] > b[1];
}

/* Counts the items of a node whose keys are up to `key`. */
static size_t count_up_to(const struct leat_index_kind *kind,
    struct leat_index_node *n, const int64_t *key)
{
	size_t low = 0, high = n->n;

	while (low < high) {
		size_t i = (low + high) / 2;
		if (is_after(kind, item_at(kind, n, i), key))
			high = i;
		else
			low = i + 1;
	}
	return low;
}

/* The nodes from the root to a leaf, and the place in each of them. */
struct index_path {
	struct leat_index_node *node[LEAT_INDEX_LEVELS];
	size_t at[LEAT_INDEX_LEVELS]; /* place in node[], by level */
};

/* Goes to the last item up to `key`, or to the first of all. */
static struct leat_index_node *index_descend(const struct leat_index_kind *kind,
    const struct leat_index *x, const int64_t *key, struct index_path *path)
{
	struct leat_index_node *n = x->root;

	for (;;) {
		size_t i = count_up_to(kind, n, key);
		path->node[n->level] = n;
		path->at[n->level] = i > 0 ? i - 1 : 0;
		if (n->level == 0)
			return n;
		n = child_at(n, path->at[n->level]);
	}
}

/* ---------------- memory --------------------------------------------- */

int leat_index_reserve(struct leat_pool *nodes, size_t n)
{
	int err = LEAT_OK;

	for (size_t i = nodes->n_spare; i < n; i++) {
		void *node = leat_memory_take(nodes->memory,
		    sizeof(struct leat_index_node));
		if (node)
			leat_pool_give(nodes, node);
		else
			err = LEAT_ENOMEM;
	}
	return err;
}

void leat_index_release(struct leat_pool *nodes)
{
	while (nodes->n_spare > 0)
		leat_memory_give(nodes->memory, leat_pool_take(nodes),
		    sizeof(struct leat_index_node));
}

/* ---------------- finding -------------------------------------------- */

void *leat_index_first(const struct leat_index_kind *kind,
    const struct leat_index *x)
{
	struct leat_index_node *n = x->root;

	while (n && n->level > 0)
		n = child_at(n, 0);
	return n ? item_at(kind, n, 0) : NULL;
}

void *leat_index_find(const struct leat_index_kind *kind,
    const struct leat_index *x, const int64_t *key)
{
	struct leat_index_node *n = x->root;

	for (; n && n->level > 0;) {
		size_t i = count_up_to(kind, n, key);
		n = i > 0 ? child_at(n, i - 1) : NULL;
	}
	size_t i = n ? count_up_to(kind, n, key) : 0;
	return i > 0 ? item_at(kind, n, i - 1) : NULL;
}

void *leat_index_after(const struct leat_index_kind *kind,
    const struct leat_index *x, const int64_t *key)
{
	struct leat_index_node *n = x->root, *right = NULL;

	for (; n && n->level > 0;) {
		size_t i = count_up_to(kind, n, key);
		if (i < n->n)
			right = child_at(n, i);
		n = child_at(n, i > 0 ? i - 1 : 0);
	}
	size_t i = n ? count_up_to(kind, n, key) : 0;
	if (n && i < n->n)
		return item_at(kind, n, i);
	const struct leat_index rest = { right };
	return leat_index_first(kind, &rest);
}

/* ---------------- adding --------------------------------------------- */

static void index_open_gap(const struct leat_index_kind *kind,
    struct leat_index_node *n, size_t i)
{
	size_t each = item_words(kind, n) * sizeof(int64_t);
	int64_t *p = item_at(kind, n, i);

	memmove((unsigned char *)p + each, p, (n->n - i) * each);
	memset(p, 0, each);
	n->n++;
}

static void index_close_gap(const struct leat_index_kind *kind,
    struct leat_index_node *n, size_t i)
{
	size_t each = item_words(kind, n) * sizeof(int64_t);
	int64_t *p = item_at(kind, n, i);

	n->n--;
	memmove(p, (unsigned char *)p + each, (n->n - i) * each);
}

static struct leat_index_node *new_node(struct leat_pool *nodes, uint32_t level)
{
	struct leat_index_node *n = leat_pool_take(nodes);

	n->n = 0;
	n->level = level;
	n->length = 0;
	return n;
}

/* Splits the child that `key` belongs to if it is full; says which it is. */
static size_t make_child_room(const struct leat_index_kind *kind,
    struct leat_index_node *n, size_t i, struct leat_pool *nodes,
    const int64_t *key)
{
	struct leat_index_node *child = child_at(n, i), *right;
	size_t room = node_room(kind, child), keep = room / 2;

	if (child->n < room)
		return i;
	if (!is_after(kind, item_at(kind, child, room - 1), key))
		keep = room - 1;
	right = new_node(nodes, child->level);
	right->n = child->n - (uint32_t)keep;
	memcpy(right->items, item_at(kind, child, keep),
	    right->n * item_words(kind, child) * sizeof(int64_t));
	child->n = (uint32_t)keep;
	index_open_gap(kind, n, i + 1);
	copy_key(kind, item_at(kind, n, i + 1), right->items);
	set_child(n, i + 1, right);
	return is_after(kind, item_at(kind, n, i + 1), key) ? i : i + 1;
}

void *leat_index_add(const struct leat_index_kind *kind, struct leat_index *x,
    struct leat_pool *nodes, const int64_t *key)
{
	struct leat_index_node *n;

	if (!x->root)
		x->root = new_node(nodes, 0);
	n = x->root;
	if (n->n == node_room(kind, n)) {
		x->root = new_node(nodes, n->level + 1);
		x->root->n = 1;
		x->root->length = n->length;
		copy_key(kind, x->root->items, n->items);
		set_child(x->root, 0, n);
		n = x->root;
	}
	n->length++;
	while (n->level > 0) {
		size_t i = count_up_to(kind, n, key);
		if (i == 0)
			copy_key(kind, n->items, key);
		i = make_child_room(kind, n, i > 0 ? i - 1 : 0, nodes, key);
		n = child_at(n, i);
	}
	size_t i = count_up_to(kind, n, key);
	index_open_gap(kind, n, i);
	copy_key(kind, item_at(kind, n, i), key);
	return item_at(kind, n, i);
}

/*
 * Returns at least how often nodes of one level split when n items are added
 * there: each item splits one at most, and but for those that are nearly full
 * now a node takes half of its room before it does.
 */
static size_t splits(size_t n, size_t length, size_t room)
{
	size_t most = 2 * (length / room) + 4 * (n / room) + 4;

	return n < most ? n : most;
}

size_t leat_index_need(const struct leat_index_kind *kind,
    const struct leat_index *x, size_t n)
{
	size_t room = LEAT_INDEX_BYTES / 8 / kind->words, nodes = 2;
	size_t length = (size_t)leat_index_length(x);
	size_t levels = x->root ? x->root->level + 1 : 0;

	for (; n > 0 && levels > 0; levels--) {
		n = splits(n, length, room);
		nodes += n;
		room = LEAT_INDEX_BYTES / 8 / INNER_WORDS;
	}
	for (; n > 1; n = splits(n, 0, room) / 2)
		nodes += n;
	return nodes;
}

/* ---------------- removing ------------------------------------------- */

/* Renews the keys in the nodes above the first item of a leaf. */
static void renew_keys(const struct leat_index_kind *kind,
    const struct leat_index *x, struct index_path *path, uint32_t level)
{
	for (; level < x->root->level && path->at[level] == 0; level++) {
		struct leat_index_node *above = path->node[level + 1];
		copy_key(kind, item_at(kind, above, path->at[level + 1]),
		    path->node[level]->items);
	}
}

void leat_index_remove(const struct leat_index_kind *kind, struct leat_index *x,
    struct leat_pool *nodes, const int64_t *key)
{
	struct index_path path;
	struct leat_index_node *n = index_descend(kind, x, key, &path), *root;
	uint64_t length = x->root->length - 1;
	uint32_t level = 0;

	index_close_gap(kind, n, path.at[0]);
	while (n->n == 0 && level < x->root->level) {
		leat_pool_give(nodes, n);
		n = path.node[++level];
		index_close_gap(kind, n, path.at[level]);
	}
	if (n->n > 0)
		renew_keys(kind, x, &path, level);
	while ((root = x->root)->level > 0 && root->n == 1) {
		x->root = child_at(root, 0);
		leat_pool_give(nodes, root);
	}
	if (length == 0) {
		leat_pool_give(nodes, x->root);
		x->root = NULL;
		return;
	}
	x->root->length = length;
}

void leat_index_rename(const struct leat_index_kind *kind, struct leat_index *x,
    const int64_t *key, const int64_t *new_key)
{
	struct index_path path;
	struct leat_index_node *n = index_descend(kind, x, key, &path);

	copy_key(kind, item_at(kind, n, path.at[0]), new_key);
	renew_keys(kind, x, &path, 0);
}

/* ---------------- all of it ------------------------------------------ */

void leat_index_clear(struct leat_index *x, struct leat_pool *nodes)
{
	struct leat_index_node *n = x->root;

	/* Each round gives back the last leaf, then nodes without children. */
	while (n) {
		struct leat_index_node *above = NULL;
		while (n->level > 0 && n->n > 0) {
			above = n;
			n = child_at(n, n->n - 1);
		}
		leat_pool_give(nodes, n);
		if (above)
			above->n--;
		n = above ? x->root : NULL;
	}
	x->root = NULL;
}

int leat_index_copy(const struct leat_index_kind *kind, struct leat_index *to,
    struct leat_pool *nodes, const struct leat_index *from)
{
	const int64_t *item = leat_index_first(kind, from);

	while (item) {
		if (leat_index_reserve(nodes, leat_index_need(kind, to, 1)))
			return LEAT_ENOMEM;
		memcpy(leat_index_add(kind, to, nodes, item), item,
		    kind->words * sizeof(*item));
		item = leat_index_after(kind, from, item);
	}
	return LEAT_OK;
}
