/*
 * crowd.c - keys that find no seat in the table
 *
 * A hash table is fast because hashes are spread. Whoever knows the seed can
 * choose keys whose hashes are not, down to all 64 bits of them, and some
 * seeds are known to everybody. So what is too much for its buckets is kept
 * here, in a tree that no choice of keys can unbalance: in the order of their
 * hashes, then lengths, then bytes.
 *
 * It is an AA tree (Andersson, "Balanced search trees made simple", WADS
 * 1993): a node is one level above its left child and at most one above its
 * right one, which may be of its own level, but not that one's right child,
 * too. So a leaf is at most 2 log2(n + 1) nodes deep, and each way to it is
 * as much work to put right.
 */
#include "table.h"

struct crowd_node {
	uint32_t left, right; /* indices from 1; 0: none */
	uint32_t entry;
	uint32_t level; /* 1 for leaves */
};

void leat_crowd_init(struct leat_crowd *c, struct leat_memory *memory)
{
	leat_slab_init(&c->nodes, memory, sizeof(struct crowd_node));
	c->root = 0;
}

void leat_crowd_clear(struct leat_crowd *c)
{
	leat_slab_clear(&c->nodes);
	c->root = 0;
}

int leat_crowd_copy(struct leat_crowd *to, const struct leat_crowd *from)
{
	struct leat_memory *memory = to->nodes.memory;

	*to = *from;
	to->nodes.memory = memory;
	return leat_slab_copy(&to->nodes, &from->nodes);
}

static struct crowd_node *crowd_node(const struct leat_crowd *c, uint32_t i)
{
	return leat_slab_at(&c->nodes, i - 1);
}

/* ---------------- order ------------------------------------------- */

static int crowd_order(const struct leat_entries *es, struct leat_sought *s,
    uint32_t entry)
{
	const struct leat_entry *e = leat_entry_at(es, entry);

	s->looks++;
	if (s->hash != e->hash)
		return s->hash < e->hash ? -1 : 1;
	if (s->len != e->len)
		return s->len < e->len ? -1 : 1;
	return s->len ? memcmp(s->text, leat_entry_text(e), s->len) : 0;
}

static struct leat_sought crowd_sought(const struct leat_entries *es,
    uint32_t entry)
{
	const struct leat_entry *e = leat_entry_at(es, entry);
	struct leat_sought s = { leat_entry_text(e), e->len, e->hash, 0 };

	return s;
}

uint32_t leat_crowd_find(const struct leat_crowd *c,
    const struct leat_entries *es, struct leat_sought *s)
{
	uint32_t i = c->root;

	while (i) {
		const struct crowd_node *n = crowd_node(c, i);
		int order = crowd_order(es, s, n->entry);
		if (order == 0)
			return n->entry;
		i = order < 0 ? n->left : n->right;
	}
	return 0;
}

/* ---------------- balance ----------------------------------------- */

static uint32_t crowd_level(const struct leat_crowd *c, uint32_t i)
{
	return i ? crowd_node(c, i)->level : 0;
}

/* A left child of the same level changes places with its parent. */
static uint32_t crowd_skew(struct leat_crowd *c, uint32_t i)
{
	uint32_t left;

	if (!i)
		return 0;
	struct crowd_node *n = crowd_node(c, i);
	left = n->left;
	if (crowd_level(c, left) != n->level)
		return i;
	n->left = crowd_node(c, left)->right;
	crowd_node(c, left)->right = i;
	return left;
}

/* Raises the middle one of three in a row to the right on one level. */
static uint32_t crowd_split(struct leat_crowd *c, uint32_t i)
{
	struct crowd_node *n, *r;
	uint32_t right;

	if (!i)
		return 0;
	n = crowd_node(c, i);
	right = n->right;
	if (!right)
		return i;
	r = crowd_node(c, right);
	if (crowd_level(c, r->right) != n->level)
		return i;
	n->right = r->left;
	r->left = i;
	r->level++;
	return right;
}

static uint32_t crowd_insert(struct leat_crowd *c,
    const struct leat_entries *es, uint32_t i, struct leat_sought *s,
    uint32_t fresh)
{
	if (!i)
		return fresh;
	struct crowd_node *n = crowd_node(c, i);
	if (crowd_order(es, s, n->entry) < 0)
		n->left = crowd_insert(c, es, n->left, s, fresh);
	else
		n->right = crowd_insert(c, es, n->right, s, fresh);
	return crowd_split(c, crowd_skew(c, i));
}

uint32_t leat_crowd_add(struct leat_crowd *c, const struct leat_entries *es,
    uint32_t entry)
{
	struct leat_sought s = crowd_sought(es, entry);
	uint32_t fresh = leat_slab_take(&c->nodes) + 1;
	struct crowd_node leaf = { 0, 0, entry, 1 };

	*crowd_node(c, fresh) = leaf;
	c->root = crowd_insert(c, es, c->root, &s, fresh);
	return s.looks;
}

/* Lowers a node whose children may be too low for it, and balances them. */
static uint32_t crowd_lower(struct leat_crowd *c, uint32_t i)
{
	struct crowd_node *n = crowd_node(c, i);
	uint32_t left = crowd_level(c, n->left),
		 right = crowd_level(c, n->right),
		 most = (left < right ? left : right) + 1;

	if (most < n->level) {
		n->level = most;
		if (most < right)
			crowd_node(c, n->right)->level = most;
	}
	i = crowd_skew(c, i);
	n = crowd_node(c, i);
	n->right = crowd_skew(c, n->right);
	if (n->right) {
		struct crowd_node *r = crowd_node(c, n->right);
		r->right = crowd_skew(c, r->right);
	}
	i = crowd_split(c, i);
	n = crowd_node(c, i);
	n->right = crowd_split(c, n->right);
	return i;
}

/* Returns the entry next to a node's own in order; the node has a child. */
static uint32_t crowd_neighbour(const struct leat_crowd *c,
    const struct crowd_node *n)
{
	uint32_t i = n->left ? n->left : n->right;

	for (;;) {
		const struct crowd_node *o = crowd_node(c, i);
		uint32_t next = n->left ? o->right : o->left;
		if (!next)
			return o->entry;
		i = next;
	}
}

/* Removes an entry below node i, and says in *freed which node is free. */
static uint32_t crowd_take(struct leat_crowd *c, const struct leat_entries *es,
    uint32_t i, struct leat_sought *s, uint32_t *freed)
{
	struct crowd_node *n = crowd_node(c, i);
	int order = crowd_order(es, s, n->entry);

	if (order == 0) {
		if (!n->left && !n->right) {
			*freed = i;
			return 0;
		}
		/* The neighbour takes this place and is removed instead. */
		n->entry = crowd_neighbour(c, n);
		uint32_t looks = s->looks;
		*s = crowd_sought(es, n->entry);
		s->looks = looks;
		order = n->left ? -1 : 1;
	}
	if (order < 0)
		n->left = crowd_take(c, es, n->left, s, freed);
	else
		n->right = crowd_take(c, es, n->right, s, freed);
	return crowd_lower(c, i);
}

uint32_t leat_crowd_remove(struct leat_crowd *c, const struct leat_entries *es,
    uint32_t entry)
{
	struct leat_sought s = crowd_sought(es, entry);
	uint32_t freed = 0;

	c->root = crowd_take(c, es, c->root, &s, &freed);
	leat_slab_give(&c->nodes, freed - 1);
	return s.looks;
}
