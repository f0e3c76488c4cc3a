/*
 * few.c - trees of a few values, without nodes
 *
 * Most keys have few values in their window. A tree of two leaves would take
 * ten times the memory of these: nodes are made for 16 values and 8 children,
 * and what the edges know is kept for all of them. So as long as a tree would
 * have no more than two leaves, it is one block of its values in order, of the
 * size that these need, and what stands for the last leaf. Values are added to
 * that in the order in which they come, so it must be kept; all else that the
 * nodes would know is worked out when it is asked for, by the same steps in
 * the same order as tree.c and tree_late.c have them. So results are the same
 * to the bit, and nobody can tell which of the two forms a tree has.
 *
 * Values that go leave their place when the block is full, and the next larger
 * block is taken when none have gone. Blocks are allocated one by one; a few
 * free ones of each size are kept for what comes next.
 *
 * Trees of users' classes always have nodes: their steps may be dear. So have
 * those of panes.
 *
 * Cost: a value moves at most 32 others, a query takes at most 32 steps.
 */
#include "time.h"

/* ---------------- blocks -------------------------------------------- */

static size_t few_room(unsigned size)
{
	return size == LEAT_FEW_CLASSES - 1 ? 2 * LEAT_LEAF
					    : 4 * ((size_t)size + 1);
}

static size_t few_bytes(const struct leat_flow *f, unsigned size)
{
	size_t each = sizeof(int64_t) + (f->pairs ? 2 : 1) * sizeof(double);

	return sizeof(struct leat_few) + few_room(size) * each + f->accs_size;
}

static int few_reserve_size(struct leat_flow *f, unsigned size, size_t n)
{
	struct leat_shelf *shelf = &f->forest.shelves[size];

	while (LEAT_UNLIKELY(shelf->n < n)) {
		struct leat_spare *s = leat_memory_take(&f->memory,
		    few_bytes(f, size));
		if (!s)
			return LEAT_ENOMEM;
		s->next = shelf->spare;
		shelf->spare = s;
		shelf->n++;
	}
	return LEAT_OK;
}

int leat_few_reserve(struct leat_flow *f, size_t n)
{
	if (!f->forest.small)
		return LEAT_OK;
	for (unsigned size = 0; size < LEAT_FEW_CLASSES; size++)
		if (few_reserve_size(f, size, n))
			return LEAT_ENOMEM;
	return LEAT_OK;
}

static struct leat_few *few_take(struct leat_flow *f, unsigned size)
{
	struct leat_shelf *shelf = &f->forest.shelves[size];
	struct leat_spare *s = shelf->spare;
	struct leat_few *w = (struct leat_few *)(void *)s;

	shelf->spare = s->next;
	shelf->n--;
	f->forest.stocked = 0;
	memset(w, 0, sizeof(*w));
	w->size = (uint8_t)size;
	return w;
}

/* Down to so many free ones. */
static void shelf_trim(struct leat_flow *f, unsigned size, size_t most)
{
	struct leat_shelf *shelf = &f->forest.shelves[size];

	while (shelf->n > most) {
		struct leat_spare *s = shelf->spare;
		shelf->spare = s->next;
		shelf->n--;
		leat_memory_give(&f->memory, s, few_bytes(f, size));
	}
}

static void few_give(struct leat_flow *f, struct leat_few *w)
{
	unsigned size = w->size;
	struct leat_shelf *shelf = &f->forest.shelves[size];
	struct leat_spare *s = (struct leat_spare *)(void *)w;

	s->next = shelf->spare;
	shelf->spare = s;
	shelf->n++;
	shelf_trim(f, size, f->forest.keep);
}

void leat_shelves_clear(struct leat_flow *f)
{
	for (unsigned size = 0; size < LEAT_FEW_CLASSES; size++)
		shelf_trim(f, size, 0);
}

/* ---------------- places -------------------------------------------- */

static double *few_x(const struct leat_few *w)
{
	return (double *)(void *)(uintptr_t)(w->t + few_room(w->size));
}

struct leat_accs *leat_few_accs(const struct leat_flow *f,
    const struct leat_few *w)
{
	return (struct leat_accs *)(void *)(few_x(w) +
	    few_room(w->size) * (f->pairs ? 2 : 1));
}

static size_t few_end(const struct leat_few *w)
{
	return (size_t)w->first + w->last;
}

static int64_t few_time(const struct leat_few *w, size_t i)
{
	return w->t[i - w->dropped];
}

void leat_few_get(const struct leat_flow *f, const struct leat_few *w, size_t i,
    leat_sample *s_out)
{
	const double *x = few_x(w) + (i - w->dropped);

	s_out->t = few_time(w, i);
	s_out->x = x[0];
	s_out->y = f->pairs ? x[few_room(w->size)] : 0;
}

static void few_set(const struct leat_flow *f, struct leat_few *w, size_t i,
    const leat_sample *s)
{
	double *x = few_x(w) + (i - w->dropped);

	w->t[i - w->dropped] = s->t;
	x[0] = s->x;
	if (f->pairs)
		x[few_room(w->size)] = s->y;
}

/* All of one block to another, which need not be larger; or in itself. */
static void few_move(const struct leat_flow *f, struct leat_few *to,
    const struct leat_few *from)
{
	size_t n = few_end(from) - from->gone,
	       skip = from->gone - from->dropped;
	const double *x = few_x(from) + skip;

	memmove(to->t, from->t + skip, n * sizeof(*to->t));
	memmove(few_x(to), x, n * sizeof(*x));
	if (f->pairs)
		memmove(few_x(to) + few_room(to->size),
		    x + few_room(from->size), n * sizeof(*x));
	to->first = from->first;
	to->last = from->last;
	to->dropped = to->gone = from->gone;
}

static int few_is_packed(const struct leat_few *w)
{
	return w->gone == w->dropped;
}

static int few_is_full(const struct leat_few *w)
{
	return few_end(w) - w->dropped == few_room(w->size);
}

/* Room for one more; where all is packed, a larger block is reserved. */
static struct leat_few *few_widen(struct leat_flow *f, struct leat_few *w)
{
	struct leat_few *wide;

	if (!few_is_full(w))
		return w;
	if (!few_is_packed(w)) {
		few_move(f, w, w);
		return w;
	}
	wide = few_take(f, w->size + 1u);
	few_move(f, wide, w);
	leat_accs_copy(f, leat_few_accs(f, wide), leat_few_accs(f, w));
	few_give(f, w);
	return wide;
}

static void few_add(const struct leat_flow *f, const struct leat_few *w,
    size_t i, size_t end, struct leat_accs *out)
{
	leat_sample s;

	for (; i < end; i++) {
		leat_few_get(f, w, i, &s);
		leat_accs_add(f, out, &s, 0);
	}
}

/* The values of the last leaf, or of the only one, from the first there is. */
static void few_redo(const struct leat_flow *f, struct leat_few *w)
{
	struct leat_accs *a = leat_few_accs(f, w);

	leat_accs_clear(f, a);
	few_add(f, w, w->last ? w->first : w->gone, few_end(w), a);
}

/* ---------------- from nodes, and to them ----------------------------- */

/* Both leaves, or the only one, in the order of their values. */
static struct leat_node *few_leaf(struct leat_flow *f, const struct leat_few *w,
    size_t begin, size_t end)
{
	struct leat_node *leaf = leat_tree_leaf(f);
	size_t there = begin > w->gone ? begin : w->gone;
	leat_sample s;

	leaf->n = (uint32_t)(end - begin);
	for (size_t i = begin; i < end; i++) {
		leat_few_get(f, w, i < there ? there : i, &s);
		leat_leaf_put(f, leaf, i - begin, &s);
	}
	return leaf;
}

static void few_to_nodes(struct leat_flow *f, struct leat_tree *t)
{
	struct leat_few *w = t->few;
	struct leat_node *leaf = few_leaf(f, w, 0, w->first);

	t->few = NULL;
	leat_tree_hang(f, t, leaf);
	t->gone = w->gone;
	if (w->last) {
		leaf = few_leaf(f, w, w->first, few_end(w));
		leat_tree_hang(f, t, leaf);
	}
	leat_accs_copy(f, leat_node_accs(f, leaf), leat_few_accs(f, w));
	few_give(f, w);
}

static void few_from_leaf(struct leat_flow *f, struct leat_few *w,
    struct leat_node *leaf, size_t gone)
{
	leat_sample s;

	for (size_t i = gone; i < leaf->n; i++) {
		leat_leaf_get(f, leaf, i, &s);
		few_set(f, w, few_end(w) + i, &s);
	}
}

/* Room for n values and, if n is not all there may be, for the next. */
static unsigned few_size_for(size_t n)
{
	unsigned size = 0;

	while (size + 1 < LEAT_FEW_CLASSES && few_room(size) <= n)
		size++;
	return size;
}

/*
 * An attempt, so that it failed is nobody's business; and one more stays for
 * a value that has been made sure of.
 */
static int few_try(struct leat_flow *f, unsigned size)
{
	int over = f->memory.over, err = few_reserve_size(f, size, 2);

	f->memory.over = over;
	return err;
}

void leat_few_shrink(struct leat_flow *f, struct leat_tree *t)
{
	struct leat_node *last = t->last, *first = t->first;
	struct leat_few *w;
	size_t n;

	if (!f->forest.small || !t->root || t->height > 1 ||
	    (t->height == 1 && t->root->n - t->fringe->gone[1] > 2))
		return;
	n = first->n - t->gone + (t->height ? last->n : 0);
	if (few_try(f, few_size_for(n)))
		return;
	w = few_take(f, few_size_for(n));
	w->gone = w->dropped = (uint8_t)t->gone;
	few_from_leaf(f, w, first, t->gone);
	w->first = (uint8_t)first->n;
	if (t->height) {
		few_from_leaf(f, w, last, 0);
		w->last = (uint8_t)last->n;
	}
	leat_accs_copy(f, leat_few_accs(f, w), leat_node_accs(f, last));
	leat_tree_clear(f, t);
	t->few = w;
}

/* ---------------- values that come ----------------------------------- */

/* Whether the next value may need a third leaf. */
static int few_may_split(const struct leat_few *w)
{
	return w->last == LEAT_LEAF ||
	    (w->last && w->first == LEAT_LEAF && w->gone == 0);
}

int leat_few_stock(struct leat_flow *f, const struct leat_tree *t)
{
	const struct leat_few *w = t->few;

	f->forest.keep = LEAT_SHELF;
	if (!w)
		return few_reserve_size(f, 0, 1);
	/* All may go before the value comes. */
	if (few_reserve_size(f, 0, 1))
		return LEAT_ENOMEM;
	if (few_may_split(w))
		return leat_tree_stock(f, 1);
	if (few_is_full(w) && few_is_packed(w))
		return few_reserve_size(f, w->size + 1u, 1);
	return LEAT_OK;
}

/* At the end of the last leaf, or as the first of a new one. */
static void few_append(struct leat_flow *f, struct leat_tree *t,
    const leat_sample *s, int new_leaf)
{
	struct leat_few *w = t->few = few_widen(f, t->few);
	struct leat_accs *a = leat_few_accs(f, w);

	few_set(f, w, few_end(w), s);
	if (new_leaf)
		leat_accs_clear(f, a);
	if (new_leaf || w->last)
		w->last++;
	else
		w->first++;
	leat_accs_add(f, a, s, 0);
}

/* The first leaf's places of values that are gone. */
static void few_close_gap(struct leat_flow *f, struct leat_few *w)
{
	few_move(f, w, w);
	w->first = (uint8_t)(w->first - w->gone);
	w->gone = w->dropped = 0;
	if (w->last == 0)
		few_redo(f, w);
}

/* Behind those of the same time, in one leaf; there is room. */
static void few_insert_at(struct leat_flow *f, struct leat_few *w, size_t begin,
    size_t end, const leat_sample *s)
{
	size_t i = few_end(w);
	leat_sample v;

	for (; i > end || (i > begin && few_time(w, i - 1) > s->t); i--) {
		leat_few_get(f, w, i - 1, &v);
		few_set(f, w, i, &v);
	}
	few_set(f, w, i, s);
}

/* The only leaf is full: it becomes two, then the value goes into one. */
static void few_split(struct leat_flow *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_few *w = t->few = few_widen(f, t->few);
	uint8_t half = LEAT_LEAF / 2;
	int in_last = few_time(w, half) <= s->t;

	few_insert_at(f, w, 0, few_end(w), s);
	w->first = (uint8_t)(in_last ? half : half + 1);
	w->last = (uint8_t)(LEAT_LEAF + 1 - w->first);
	few_redo(f, w);
}

static int few_insert_late(struct leat_flow *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_few *w = t->few;
	int in_last = w->last && s->t >= few_time(w, w->first);

	if (!in_last && w->first == LEAT_LEAF && w->gone > 0)
		few_close_gap(f, w);
	if (w->first == LEAT_LEAF && w->last == 0) {
		few_split(f, t, s);
		return 1;
	}
	if ((in_last ? w->last : w->first) == LEAT_LEAF) {
		few_to_nodes(f, t);
		return 0;
	}
	w = t->few = few_widen(f, w);
	if (in_last) {
		few_insert_at(f, w, w->first, few_end(w), s);
		w->last++;
	} else {
		few_insert_at(f, w, w->gone, w->first, s);
		w->first++;
	}
	if (!in_last && w->last)
		return 1; /* nothing is kept of the first leaf */
	if (f->ordered)
		few_redo(f, w);
	else
		leat_accs_add(f, leat_few_accs(f, w), s, 0);
	return 1;
}

int leat_few_insert(struct leat_flow *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_few *w = t->few;

	if (!w) {
		t->few = w = few_take(f, 0);
		leat_accs_clear(f, leat_few_accs(f, w));
		few_append(f, t, s, 0);
		return 1;
	}
	if (s->t < few_time(w, few_end(w) - 1))
		return few_insert_late(f, t, s);
	if (w->last == LEAT_LEAF) {
		few_to_nodes(f, t);
		return 0;
	}
	few_append(f, t, s,
	    w->last == 0 && (w->first == LEAT_LEAF || w->gone > 0));
	return 1;
}

/* ---------------- values that go ------------------------------------- */

void leat_few_clear(struct leat_flow *f, struct leat_tree *t)
{
	few_give(f, t->few);
	t->few = NULL;
}

/* The first leaf is used up. */
static void few_next_leaf(struct leat_flow *f, struct leat_tree *t)
{
	struct leat_few *w = t->few;

	if (w->last == 0) {
		leat_few_clear(f, t);
		return;
	}
	few_move(f, w, w);
	w->first = w->last;
	w->last = w->gone = w->dropped = 0;
}

void leat_few_evict_first(struct leat_flow *f, struct leat_tree *t)
{
	if (++t->few->gone == t->few->first)
		few_next_leaf(f, t);
}

void leat_few_evict(struct leat_flow *f, struct leat_tree *t, int64_t before)
{
	while (t->few && leat_few_oldest(t->few) < before)
		leat_few_evict_first(f, t);
}

/* ---------------- asking --------------------------------------------- */

int64_t leat_few_oldest(const struct leat_few *w)
{
	return few_time(w, w->gone);
}

int64_t leat_few_newest(const struct leat_few *w)
{
	return few_time(w, few_end(w) - 1);
}

size_t leat_few_length(const struct leat_few *w)
{
	return few_end(w) - w->gone;
}

int leat_few_seek(const struct leat_few *w, int64_t from, int64_t *t_out)
{
	for (size_t i = w->gone; i < few_end(w); i++) {
		if (few_time(w, i) < from)
			continue;
		*t_out = few_time(w, i);
		return 1;
	}
	return 0;
}

void leat_few_tail(const struct leat_flow *f, const struct leat_few *w,
    size_t i, struct leat_accs *out)
{
	leat_sample s;

	leat_accs_clear(f, out);
	for (size_t k = w->first; k-- > i;) {
		leat_few_get(f, w, k, &s);
		leat_accs_add(f, out, &s, 1);
	}
}

void leat_few_query(const struct leat_flow *f, const struct leat_few *w,
    struct leat_accs *out)
{
	if (w->last) {
		leat_few_tail(f, w, w->gone, out);
		leat_accs_join(f, out, leat_few_accs(f, w));
	} else if (w->gone == 0) {
		leat_accs_copy(f, out, leat_few_accs(f, w));
	} else {
		leat_accs_clear(f, out);
		few_add(f, w, w->gone, w->first, out);
	}
}

/* A range that begins where the tree does is made of leaves if it can be. */
void leat_few_range(const struct leat_flow *f, const struct leat_few *w,
    int64_t from, int64_t to, struct leat_accs *out)
{
	size_t begin = w->gone, end = few_end(w);

	if (from <= leat_few_oldest(w) && to > few_time(w, end - 1)) {
		leat_few_query(f, w, out);
		return;
	}
	while (begin < end && few_time(w, begin) < from)
		begin++;
	while (end > begin && few_time(w, end - 1) >= to)
		end--;
	if (w->last && from <= leat_few_oldest(w) &&
	    to > few_time(w, w->first)) {
		leat_few_tail(f, w, w->gone, out);
		begin = w->first;
	} else {
		leat_accs_clear(f, out);
	}
	few_add(f, w, begin, end, out);
}

void leat_few_each(const struct leat_flow *f, const struct leat_few *w,
    void (*fn)(void *ctx, const leat_sample *s), void *ctx)
{
	leat_sample s;

	for (size_t i = w->gone; i < few_end(w); i++) {
		leat_few_get(f, w, i, &s);
		fn(ctx, &s);
	}
}

/* ---------------- copying -------------------------------------------- */

int leat_few_copy(struct leat_flow *f, struct leat_tree *to,
    const struct leat_tree *from)
{
	unsigned size = from->few->size;

	memset(to, 0, sizeof(*to));
	if (few_reserve_size(f, size, 1))
		return LEAT_ENOMEM;
	to->few = few_take(f, size);
	memcpy(to->few, from->few, few_bytes(f, size));
	return LEAT_OK;
}
