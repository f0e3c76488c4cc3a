/*
 * few_places.h - where things lie in a block of a few values
 *
 * Behind the head come as many times as there is room for, as many x, with
 * pairs as many y, the accumulators of the last leaf, and in the larger blocks
 * those of a suffix of the first leaf that has been worked out; see few_ask.c.
 */
#ifndef LEAT_FEW_PLACES_H
#define LEAT_FEW_PLACES_H

#include "tree.h"

/* Blocks from this class on keep a suffix; in smaller ones these are short. */
enum { LEAT_FEW_MARKED = 2 };

/* Values fill two leaves at most. A block of panes has one place to spare. */
LEAT_INLINE size_t leat_few_room(const struct leat_forest *f, unsigned size)
{
	static const unsigned char values[] = { 4, 8, 10, 12, 14, 16, 24, 32 };

	return f->panes ? 2 * ((size_t)size + 1) : values[size];
}

LEAT_INLINE unsigned leat_few_classes(const struct leat_forest *f)
{
	return f->panes ? LEAT_FEW_CLASSES : LEAT_FEW_CLASSES - 1;
}

LEAT_INLINE size_t leat_few_end(const struct leat_few *w)
{
	return (size_t)w->first + w->last;
}

/* Returns the place of the i-th value, which is not gone. */
LEAT_INLINE size_t leat_few_place(const struct leat_few *w, size_t i)
{
	size_t place = w->head + (i - w->gone);

	return place < w->room ? place : place - w->room;
}

LEAT_INLINE int64_t leat_few_time(const struct leat_few *w, size_t i)
{
	return w->t[leat_few_place(w, i)];
}

LEAT_INLINE double *leat_few_x(const struct leat_few *w)
{
	return (double *)(void *)(uintptr_t)(w->t + w->room);
}

/* Returns the block of the last leaf, or of the only one if none are gone. */
LEAT_INLINE struct leat_accs *leat_few_accs(const struct leat_forest *f,
    const struct leat_few *w)
{
	return (struct leat_accs *)(void *)(leat_few_x(w) +
	    w->room * (f->layout.pairs ? 2 : 1));
}

/* Returns the suffix that begins at w->mark, unless that is 0. */
LEAT_INLINE struct leat_accs *leat_few_marked(const struct leat_forest *f,
    const struct leat_few *w)
{
	return leat_accs_at(&f->layout, leat_few_accs(f, w), 1);
}

LEAT_INLINE void leat_few_set(const struct leat_forest *f, struct leat_few *w,
    size_t i, const leat_sample *s)
{
	size_t place = leat_few_place(w, i);
	double *x = leat_few_x(w) + place;

	w->t[place] = s->t;
	x[0] = s->x;
	if (LEAT_UNLIKELY(f->layout.pairs))
		x[w->room] = s->y;
}

/* Returns the block of the i-th pane. */
LEAT_INLINE struct leat_accs *leat_few_pane(const struct leat_forest *f,
    const struct leat_few *w, size_t i)
{
	return leat_accs_at(&f->layout, leat_few_x(w), leat_few_place(w, i));
}

/* Returns the block of all panes between the first and the last. */
LEAT_INLINE struct leat_accs *leat_few_middle(const struct leat_forest *f,
    const struct leat_few *w)
{
	return leat_accs_at(&f->layout, leat_few_x(w), w->room);
}

/* Take and give back a block: one is reserved (few_block.c). */
struct leat_few *leat_few_take(struct leat_forest *f, unsigned size);
void leat_few_give(struct leat_forest *f, struct leat_few *w);
/* Reserves n free blocks of a class. LEAT_ENOMEM. */
int leat_few_reserve_size(struct leat_forest *f, unsigned size, size_t n);

/* Makes room for one value more: a larger block is reserved. */
struct leat_few *leat_few_widen(struct leat_forest *f, struct leat_few *w);
/*
 * Returns the class for n values, and tries to have free blocks of it without
 * noting a failure (few_nodes.c).
 */
unsigned leat_few_size_for(const struct leat_forest *f, size_t n);
int leat_few_try(struct leat_forest *f, unsigned size);

/* Gives nodes to a tree that has too many values. */
void leat_few_to_nodes(struct leat_forest *f, struct leat_tree *t);
/* Does so for panes (few_panes_nodes.c). */
void leat_few_panes_to_nodes(struct leat_forest *f, struct leat_tree *t);
/* Sets what the edges know once they are made anew (few_panes.c). */
void leat_few_make_edges(struct leat_few *w);
/* Returns the pane that the front begins with. */
size_t leat_few_front(const struct leat_few *w);
void leat_few_join(const struct leat_forest *f, const struct leat_few *w,
    size_t i, size_t end, struct leat_accs *out);
/* Joins a full node that begins with the i-th pane into out. */
void leat_few_join_node(const struct leat_forest *f, const struct leat_few *w,
    size_t i, struct leat_accs *out);
/* Make `out` what suffixes and past(1) know. */
void leat_few_join_suffix(const struct leat_forest *f, const struct leat_few *w,
    size_t i, size_t end, struct leat_accs *out);
void leat_few_join_past(const struct leat_forest *f, const struct leat_few *w,
    struct leat_accs *out);
/* Adds values one after the other (few_ask.c). */
void leat_few_add(const struct leat_forest *f, const struct leat_few *w,
    size_t i, size_t end, struct leat_accs *out);

#endif
