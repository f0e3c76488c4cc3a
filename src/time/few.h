/*
 * few.h - trees of a few values, without nodes
 *
 * Most keys have few values in their window, and the nodes of a tree would
 * take ten times their memory. So a small tree is one block with its values in
 * order, which gives the same results to the bit; see few.c.
 */
#ifndef LEAT_FEW_H
#define LEAT_FEW_H

#include "../core/memory.h"
#include "accs.h"

struct leat_forest;
struct leat_tree;

/* The number of sizes of blocks; see few_places.h. */
enum { LEAT_FEW_CLASSES = 9 };

/*
 * Holds the values that a tree of at most two leaves would have. They are
 * counted from the first leaf's first value, which may be gone, as in a leaf;
 * those that are not gone lie in a ring.
 */
struct leat_few {
	uint8_t size;        /* the class of its size */
	uint8_t room;        /* capacity in values */
	uint8_t first, last; /* numbers of values in the two leaves */
	uint8_t gone;        /* values evicted from the first leaf */
	uint8_t head;        /* place of the first value that is not evicted */
	uint8_t mark;        /* begin of the kept suffix; 0: none */
	/*
	 * Panes are counted by `first`, and none is gone. The others say how
	 * the nodes would stand; see few_panes.c.
	 */
	uint8_t height;
	uint8_t table, nodes, front; /* panes, full nodes, and panes */
	uint8_t right, above;        /* children of the last nodes */
	int64_t t[];                 /* times, and more: few_places.h */
};

/* A shelf keeps this many free blocks of one class, unless f->keep differs. */
enum { LEAT_SHELF = 4 };

struct leat_shelf {
	struct leat_spare *spare;
	size_t n;
};

/* Reserves n blocks of each class. LEAT_ENOMEM. */
int leat_few_reserve(struct leat_forest *f, size_t n);
/* Reserves for one value more. LEAT_ENOMEM. */
int leat_few_stock(struct leat_forest *f, const struct leat_tree *t);
/* Gives back all free blocks. */
void leat_shelves_clear(struct leat_forest *f);

/*
 * Inserts a value into a tree without nodes. Returns 0 if it had too many: then
 * it has nodes now, but not the value.
 */
int leat_few_insert(struct leat_forest *f, struct leat_tree *t,
    const leat_sample *s);
/* Makes a tree with nodes one without, if it can be and there is memory. */
void leat_few_shrink(struct leat_forest *f, struct leat_tree *t);

/* Adds to a pane of a tree without nodes. Returns 0 as leat_few_insert(). */
int leat_few_add_pane(struct leat_forest *f, struct leat_tree *t, int64_t start,
    const leat_sample *s);
/* Reserves for a value at that time. LEAT_ENOMEM. */
int leat_few_stock_pane(struct leat_forest *f, const struct leat_tree *t,
    int64_t at);
/* Does without nodes if it can; the edges have just been made anew. */
void leat_few_shrink_panes(struct leat_forest *f, struct leat_tree *t);
void leat_few_query_panes(const struct leat_forest *f, const struct leat_few *w,
    struct leat_accs *out);
void leat_few_range_panes(const struct leat_forest *f, const struct leat_few *w,
    int64_t from, int64_t to, struct leat_accs *out);
void leat_few_evict_panes(struct leat_forest *f, struct leat_tree *t,
    int64_t before);
/* The most panes of a block, and the levels and nodes that they stand for. */
enum { LEAT_FEW_PANES = 17, LEAT_FEW_LEVELS = 3, LEAT_FEW_INNERS = 7 };

/* Functions of trees call these for trees without nodes that hold a value. */
void leat_few_evict(struct leat_forest *f, struct leat_tree *t, int64_t before);
void leat_few_evict_first(struct leat_forest *f, struct leat_tree *t);
void leat_few_clear(struct leat_forest *f, struct leat_tree *t);
int leat_few_copy(struct leat_forest *f, struct leat_tree *to,
    const struct leat_tree *from);
int64_t leat_few_oldest(const struct leat_few *w);
int64_t leat_few_newest(const struct leat_few *w);
size_t leat_few_length(const struct leat_few *w);
int leat_few_seek(const struct leat_few *w, int64_t from, int64_t *t_out);
void leat_few_query(const struct leat_forest *f, struct leat_few *w,
    struct leat_accs *out);
void leat_few_range(const struct leat_forest *f, struct leat_few *w,
    int64_t from, int64_t to, struct leat_accs *out);
void leat_few_each(const struct leat_forest *f, const struct leat_few *w,
    void (*fn)(void *ctx, const leat_sample *s), void *ctx);
void leat_few_get(const struct leat_forest *f, const struct leat_few *w,
    size_t i, leat_sample *s_out);
/* Joins the first leaf's values from the i-th on into out. */
void leat_few_tail(const struct leat_forest *f, struct leat_few *w, size_t i,
    struct leat_accs *out);

#endif
