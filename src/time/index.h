/*
 * index.h - items in the order of their keys
 *
 * What an index keeps is of one size and begins with its key, which is one
 * word or two; see index.c.
 */
#ifndef LEAT_INDEX_H
#define LEAT_INDEX_H

#include "../core/memory.h"

/* A build that counts what an index looks at defines this as a statement. */
#ifndef LEAT_LOOK
#define LEAT_LOOK() ((void)0)
#endif

/* A node has so many bytes of items; no index has more levels than this. */
enum { LEAT_INDEX_BYTES = 256, LEAT_INDEX_LEVELS = 32 };

struct leat_index_node {
	uint32_t n;      /* items, or children */
	uint32_t level;  /* 0: a leaf */
	uint64_t length; /* items of the whole index; set in the root */
	int64_t items[LEAT_INDEX_BYTES / 8];
};

/* An index of all zeros has no items. */
struct leat_index {
	struct leat_index_node *root;
};

/* Describes the items of an index: their size and their key's, in words. */
struct leat_index_kind {
	size_t words, key;
};

LEAT_INLINE uint64_t leat_index_length(const struct leat_index *x)
{
	return x->root ? x->root->length : 0;
}

/* Returns the last item whose key is at most `key`; NULL: there is none. */
void *leat_index_find(const struct leat_index_kind *kind,
    const struct leat_index *x, const int64_t *key);
/* Returns the first item whose key is above `key`; NULL: there is none. */
void *leat_index_after(const struct leat_index_kind *kind,
    const struct leat_index *x, const int64_t *key);
/* Returns the first item of all; NULL: there is none. */
void *leat_index_first(const struct leat_index_kind *kind,
    const struct leat_index *x);

/*
 * Nodes wait in a pool that has no chunks. The first function makes sure that
 * n are there (LEAT_ENOMEM), the second one frees all that are not in use.
 */
int leat_index_reserve(struct leat_pool *nodes, size_t n);
void leat_index_release(struct leat_pool *nodes);

/* Returns at least as many nodes as n calls of leat_index_add() may take. */
size_t leat_index_need(const struct leat_index_kind *kind,
    const struct leat_index *x, size_t n);
/*
 * Adds an item of zeros but for its key, which must not be there; the pool
 * holds the nodes that may be needed. Items found before may have moved.
 */
void *leat_index_add(const struct leat_index_kind *kind, struct leat_index *x,
    struct leat_pool *nodes, const int64_t *key);
/* Removes the item of that key, which is there; others may move. */
void leat_index_remove(const struct leat_index_kind *kind, struct leat_index *x,
    struct leat_pool *nodes, const int64_t *key);
/* Gives an item that is there a new key between the same neighbours. */
void leat_index_rename(const struct leat_index_kind *kind, struct leat_index *x,
    const int64_t *key, const int64_t *new_key);
/* Gives all nodes back. */
void leat_index_clear(struct leat_index *x, struct leat_pool *nodes);
/* Fills `to`, which is empty. LEAT_ENOMEM; then it is to be cleared. */
int leat_index_copy(const struct leat_index_kind *kind, struct leat_index *to,
    struct leat_pool *nodes, const struct leat_index *from);

#endif
