/*
 * few_panes.c - trees of a few panes, without nodes
 *
 * Up to seventeen panes are one block: their starts, the accumulators of each,
 * and the middle, which is the sum of all between the first and the last. As
 * long as panes come in order, where the nodes of a tree would stand follows
 * from how many panes have come and gone, and what the nodes would know is
 * joined from the panes when it is needed: by the same steps in the same order
 * as tree.c has them, so that results are the same to the bit. Behind the
 * first pane are
 *
 *      table   panes that have suffixes: of the left edge's lowest node
 *      nodes   full nodes of the table one level up
 *      front   panes that came since the edges were made; of two levels or
 *              more they begin a node, and `right` counts on from them
 *      the last pane
 *
 * and so past(1) is `table` and `nodes`, front(1) is `front`. `right` counts
 * the children of the last node on the lowest level, with those that are gone,
 * `above` those of the last node over it: full ones make the tree grow, which
 * makes the edges anew, as does the end of the table.
 *
 * A pane that comes late changes what is known of many runs at once, each in
 * a way of its own. The tree gets nodes then, until its edges are made anew
 * and nothing is left of it. So it does where it has more than that.
 *
 * Cost: of a query two combines; of a pane that goes at most sixteen.
 */
#include "few_places.h"

/* ---------------- what nodes would know ------------------------------ */

void leat_few_join(const struct leat_forest *f, const struct leat_few *w,
    size_t i, size_t end, struct leat_accs *out)
{
	for (; i < end; i++)
		leat_accs_join(&f->layout, out, leat_few_pane(f, w, i));
}

void leat_few_join_node(const struct leat_forest *f, const struct leat_few *w,
    size_t i, struct leat_accs *out)
{
	struct leat_accs_room room;
	struct leat_accs *node = leat_accs_in(&room);

	leat_accs_clear(&f->layout, node);
	leat_few_join(f, w, i, i + LEAT_ARITY, node);
	leat_accs_join(&f->layout, out, node);
}

/* Joins from the last one to the first, as suffixes are. */
void leat_few_join_suffix(const struct leat_forest *f, const struct leat_few *w,
    size_t i, size_t end, struct leat_accs *out)
{
	struct leat_accs_room room;
	struct leat_accs *next = leat_accs_in(&room);

	leat_accs_clear(&f->layout, out);
	while (end-- > i) {
		leat_accs_copy(&f->layout, next, leat_few_pane(f, w, end));
		leat_accs_join(&f->layout, next, out);
		leat_accs_copy(&f->layout, out, next);
	}
}

/* A block has room for one full node in past(1) at most. */
void leat_few_join_past(const struct leat_forest *f, const struct leat_few *w,
    struct leat_accs *out)
{
	leat_few_join_suffix(f, w, 1, 1 + (size_t)w->table, out);
	if (w->nodes > 0)
		leat_few_join_node(f, w, 1 + (size_t)w->table, out);
}

size_t leat_few_front(const struct leat_few *w)
{
	return 1 + (size_t)w->table + (size_t)w->nodes * LEAT_ARITY;
}

static void few_join_middle(const struct leat_forest *f,
    const struct leat_few *w)
{
	struct leat_accs *middle = leat_few_middle(f, w);
	size_t front = leat_few_front(w);

	leat_few_join_past(f, w, middle);
	leat_accs_clear(&f->layout, f->temp);
	leat_few_join(f, w, front, front + w->front, f->temp);
	leat_accs_join(&f->layout, middle, f->temp);
}

/* ---------------- how nodes would stand ------------------------------ */

/*
 * A single node has all panes but the last in its table; of more, the table is
 * what the first one has left, and all nodes but the last.
 */
void leat_few_make_edges(struct leat_few *w)
{
	if (w->height == 1)
		w->table = (uint8_t)(w->first - 2);
	w->front = (uint8_t)(w->height == 1 ? 0 : w->right - 1);
	w->nodes = (uint8_t)((w->first - 2 - w->table - w->front) / LEAT_ARITY);
}

/*
 * No level is above the third: where that is, `right` and `above` count the
 * front alone, which is no more than all panes.
 */
static int few_may_hang(const struct leat_few *w)
{
	LEAT_ASSERT(w->height < LEAT_FEW_LEVELS || w->above < LEAT_ARITY);
	return w->first < LEAT_FEW_PANES;
}

/* Counts a pane behind two or more. Returns whether the edges are new. */
static int few_count_up(struct leat_few *w)
{
	w->first++;
	w->front++;
	if (w->right < LEAT_ARITY) {
		w->right++;
		return 0;
	}
	w->right = 1;
	if (w->height > 1 && w->above < LEAT_ARITY) {
		w->above++;
		return 0;
	}
	if (w->height == 1)
		w->table = (uint8_t)(w->first - 2);
	w->above = w->height == 1 ? 2 : 1;
	w->height++;
	leat_few_make_edges(w);
	return 1;
}

/* Counts the first of two or more away; the middle is to be joined anew. */
static void few_count_down(struct leat_few *w)
{
	w->first--;
	w->head = (uint8_t)leat_few_place(w, 1);
	if (w->first == 1) {
		w->height = w->table = w->nodes = w->front = 0;
	} else if (w->table > 0) {
		w->table--;
	} else if (w->nodes > 0) {
		w->nodes--;
		w->table = LEAT_ARITY - 1;
	} else {
		/* The left edge is used up: the front is all that is left. */
		uint8_t nodes = (uint8_t)(w->front / LEAT_ARITY + 1);
		if (w->height == LEAT_FEW_LEVELS) {
			w->height--;
			w->above = nodes;
		}
		if (nodes == 1)
			w->height = 1;
		w->table = LEAT_ARITY - 1;
		leat_few_make_edges(w);
	}
}

/* ---------------- panes that come and go ----------------------------- */

int leat_few_stock_pane(struct leat_forest *f, const struct leat_tree *t,
    int64_t at)
{
	const struct leat_few *w = t->few;
	int in_order = w && at >= leat_few_newest(w) && few_may_hang(w);

	if (LEAT_LIKELY(in_order) && f->shelves[0].n > 0 &&
	    (w->first < w->room || f->shelves[w->size + 1u].n > 0))
		return LEAT_OK;
	f->keep = LEAT_SHELF;
	if (leat_few_reserve_size(f, 0, 1))
		return LEAT_ENOMEM;
	if (!w)
		return LEAT_OK;
	if (!in_order)
		return leat_tree_stock_nodes(f, LEAT_FEW_PANES + 2,
		    LEAT_FEW_INNERS + LEAT_FEW_LEVELS + 2, LEAT_FEW_LEVELS + 1);
	return w->first < w->room ? LEAT_OK
				  : leat_few_reserve_size(f, w->size + 1u, 1);
}

/* Hangs a pane behind all others; there is room. */
static void few_hang_pane(struct leat_forest *f, struct leat_few *w,
    int64_t start)
{
	size_t n = w->first;

	w->t[leat_few_place(w, n)] = start;
	leat_accs_clear(&f->layout, leat_few_pane(f, w, n));
	if (n < 2) {
		leat_accs_clear(&f->layout, leat_few_middle(f, w));
		w->first++;
		w->height = w->right = (uint8_t)n;
		w->right++;
		return;
	}
	leat_accs_join(&f->layout, leat_few_middle(f, w),
	    leat_few_pane(f, w, n - 1));
	if (few_count_up(w))
		few_join_middle(f, w);
}

/* Adds a sample that is not of the last pane. Returns 0 if that takes nodes. */
static int few_add_else(struct leat_forest *f, struct leat_tree *t,
    int64_t start, const leat_sample *s)
{
	struct leat_few *w = t->few;

	if (start == leat_few_oldest(w)) {
		leat_accs_append(&f->layout, leat_few_pane(f, w, 0), s);
		return 1;
	}
	if (start < leat_few_newest(w) || !few_may_hang(w)) {
		leat_few_panes_to_nodes(f, t);
		return 0;
	}
	w = t->few = leat_few_widen(f, w);
	few_hang_pane(f, w, start);
	leat_accs_append(&f->layout, leat_few_pane(f, w, (size_t)w->first - 1),
	    s);
	return 1;
}

int leat_few_add_pane(struct leat_forest *f, struct leat_tree *t, int64_t start,
    const leat_sample *s)
{
	struct leat_few *w = t->few;
	size_t last;

	if (LEAT_UNLIKELY(!w)) {
		t->few = w = leat_few_take(f, 0);
		few_hang_pane(f, w, start);
	}
	last = leat_few_place(w, (size_t)w->first - 1);
	if (w->t[last] != start)
		return few_add_else(f, t, start, s);
	leat_accs_add(&f->layout, leat_accs_at(&f->layout, leat_few_x(w), last),
	    s, 0);
	return 1;
}

void leat_few_evict_panes(struct leat_forest *f, struct leat_tree *t,
    int64_t before)
{
	struct leat_few *w = t->few;

	if (leat_few_oldest(w) >= before)
		return;
	if (leat_few_newest(w) < before) {
		leat_few_clear(f, t);
		return;
	}
	while (leat_few_oldest(w) < before)
		few_count_down(w);
	if (w->first > 1)
		few_join_middle(f, w);
}

/* ---------------- asking --------------------------------------------- */

void leat_few_query_panes(const struct leat_forest *f, const struct leat_few *w,
    struct leat_accs *out)
{
	if (w->first == 1)
		leat_accs_copy(&f->layout, out, leat_few_pane(f, w, 0));
	else
		leat_tree_whole(f, leat_few_pane(f, w, 0),
		    leat_few_middle(f, w),
		    leat_few_pane(f, w, (size_t)w->first - 1), out);
}

/* Joins the panes from the i-th on that are in [from, to). */
static void few_join_within(const struct leat_forest *f,
    const struct leat_few *w, size_t i, int64_t from, int64_t to,
    struct leat_accs *out)
{
	for (; i < w->first && leat_few_time(w, i) < to; i++)
		if (leat_few_time(w, i) >= from)
			leat_accs_join(&f->layout, out, leat_few_pane(f, w, i));
}

/* Goes node by node; one off the edges that lies within is joined as one. */
static void few_range_of_nodes(const struct leat_forest *f,
    const struct leat_few *w, int64_t from, int64_t to, struct leat_accs *out)
{
	size_t i = 0, end = w->height < 2 ? w->first : 1 + (size_t)w->table;

	while (end < w->first && leat_few_time(w, end) < to) {
		if (i > 0 && leat_few_time(w, i) >= from)
			leat_few_join_node(f, w, i, out);
		else if (leat_few_time(w, end) >= from)
			few_join_within(f, w, i, from, leat_few_time(w, end),
			    out);
		i = end;
		end = (size_t)w->first - i > LEAT_ARITY ? i + LEAT_ARITY
							: w->first;
	}
	few_join_within(f, w, i, from, to, out);
}

/* Joins all before `to`, from the lowest right node that begins before it. */
static void few_range_to(const struct leat_forest *f, const struct leat_few *w,
    int64_t to, struct leat_accs *out)
{
	size_t front = leat_few_front(w), i = (size_t)w->first - w->right;
	int lowest = w->height > 1 && leat_few_time(w, i) < to;
	struct leat_accs_room room;
	struct leat_accs *past = leat_accs_in(&room);

	if (!lowest && (w->height <= 2 || leat_few_time(w, front) >= to)) {
		few_range_of_nodes(f, w, INT64_MIN, to, out);
		return;
	}
	leat_accs_copy(&f->layout, out, leat_few_pane(f, w, 0));
	leat_few_join_past(f, w, past);
	leat_accs_join(&f->layout, out, past);
	if (lowest && w->front >= LEAT_ARITY)
		leat_few_join_node(f, w, front, out);
	few_join_within(f, w, lowest ? i : front, INT64_MIN, to, out);
}

void leat_few_range_panes(const struct leat_forest *f, const struct leat_few *w,
    int64_t from, int64_t to, struct leat_accs *out)
{
	int whole = from <= leat_few_oldest(w);

	if (whole && to > leat_few_newest(w)) {
		leat_few_query_panes(f, w, out);
		return;
	}
	leat_accs_clear(&f->layout, out);
	if (w->height > 0 && whole)
		few_range_to(f, w, to, out);
	else
		few_range_of_nodes(f, w, from, to, out);
}
