/*
 * few_save.c - trees without nodes, as bytes
 *
 * They are saved as the nodes would be that they have none of, so that a state
 * has the same form for both; tree_save.c says what is saved, and loads
 * it. Saving takes no memory: each thing that a node would know is worked out
 * when its turn comes.
 */
#include "few_places.h"
#include "time_codec.h"

static void tape_count(struct leat_tape *t, uint64_t n)
{
	leat_tape_number(t, &n, UINT64_MAX);
}

static void save_accs(struct leat_tape *t, const struct leat_stream *st,
    struct leat_accs *a)
{
	leat_tape_accs(t, st, a, INT64_MIN, INT64_MAX);
}

/* Saves a block of no values. */
static void save_nothing(struct leat_tape *t)
{
	tape_count(t, 0);
}

/* ---------------- of panes ----------------------------------------------- */

static void save_pane(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_few *few, size_t i)
{
	int64_t start = leat_few_time(few, i);

	tape_count(t, 1);
	if (i == 0) /* on the left edge, where what is gone is counted */
		tape_count(t, 0);
	leat_tape_time(t, &start);
	save_accs(t, st, leat_few_pane(&st->forest, few, i));
}

/* Saves the head of a node on the left edge, which has lost children. */
static void save_left(struct leat_tape *t, size_t n, size_t gone)
{
	tape_count(t, n);
	tape_count(t, gone);
	save_nothing(t);
}

/* Saves a lowest node off the left edge; the last one lacks its last pane. */
static size_t save_lowest(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_few *few, size_t i)
{
	int last = i + few->right == few->first;
	size_t end = i + (last ? few->right : LEAT_ARITY);
	struct leat_accs_room room;
	struct leat_accs *a = leat_accs_in(&room);

	tape_count(t, end - i);
	leat_accs_clear(&st->forest.layout, a);
	leat_few_join(&st->forest, few, i, last ? end - 1 : end, a);
	save_accs(t, st, a);
	for (; i < end; i++)
		save_pane(t, st, few, i);
	return end;
}

/* Saves the node over those that begin with the front, of three levels. */
static void save_upper(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_few *few, size_t n)
{
	size_t i = leat_few_front(few);
	struct leat_accs_room room;
	struct leat_accs *a = leat_accs_in(&room);

	tape_count(t, n);
	leat_accs_clear(&st->forest.layout, a);
	for (; n > 1; n--, i += LEAT_ARITY)
		leat_few_join_node(&st->forest, few, i, a);
	save_accs(t, st, a);
}

/* Counts lowest nodes from the i-th pane on, if they have a node over them. */
static size_t count_nodes(const struct leat_few *few, size_t i)
{
	return (few->first - i + LEAT_ARITY - 1) / LEAT_ARITY;
}

static void save_nodes(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_few *few)
{
	size_t first = 1 + (size_t)few->table, left = 1 + (size_t)few->nodes,
	       front = leat_few_front(few), i = 0;

	if (few->height == 1) {
		first = few->first;
		save_left(t, few->right, few->right - first);
	} else if (few->height == 2) {
		left = 1 + count_nodes(few, first);
		save_left(t, few->above, few->above - left);
	} else {
		save_left(t, 2, 0);
		save_left(t, LEAT_ARITY, LEAT_ARITY - left);
	}
	if (few->height > 1)
		save_left(t, LEAT_ARITY, LEAT_ARITY - first);
	while (i < first)
		save_pane(t, st, few, i++);
	while (i < few->first) {
		if (few->height > 2 && i == front)
			save_upper(t, st, few, count_nodes(few, front));
		i = save_lowest(t, st, few, i);
	}
}

/* Counts children of the root that are gone or that its table covers. */
static size_t count_covered(const struct leat_few *few)
{
	if (few->height == 1)
		return (size_t)few->right - few->first + few->table;
	if (few->height == 2)
		return (size_t)few->above + few->nodes - 1 -
		    count_nodes(few, 1 + (size_t)few->table);
	return 0;
}

/* Saves past() and front() of the lowest level, and its suffixes. */
static void save_lowest_edges(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_few *few)
{
	size_t front = leat_few_front(few), end = 1 + (size_t)few->table;
	struct leat_accs_room room;
	struct leat_accs *a = leat_accs_in(&room);

	leat_few_join_past(&st->forest, few, a);
	save_accs(t, st, a);
	leat_accs_clear(&st->forest.layout, a);
	leat_few_join(&st->forest, few, front, front + few->front, a);
	save_accs(t, st, a);
	for (size_t i = 1; i < end; i++) {
		leat_few_join_suffix(&st->forest, few, i, end, a);
		save_accs(t, st, a);
	}
}

/* Saves a full node that begins with that pane, or an empty one. */
static void save_node_if(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_few *few, size_t i, int is_there)
{
	struct leat_accs_room room;
	struct leat_accs *a = leat_accs_in(&room);

	leat_accs_clear(&st->forest.layout, a);
	if (is_there)
		leat_few_join_node(&st->forest, few, i, a);
	save_accs(t, st, a);
}

static void save_few_panes(struct leat_tape *t, const struct leat_stream *st,
    const struct leat_few *few)
{
	size_t behind = 1 + (size_t)few->table;

	tape_count(t, 1 + (size_t)few->height);
	if (few->height == 0) {
		save_pane(t, st, few, 0);
		return;
	}
	save_nodes(t, st, few);
	tape_count(t, count_covered(few));
	save_lowest_edges(t, st, few);
	if (few->height > 1) {
		/* The next level has past(), front() and its node's suffix. */
		save_node_if(t, st, few, behind, few->nodes > 0);
		save_node_if(t, st, few, leat_few_front(few),
		    few->front >= LEAT_ARITY);
		if (few->nodes > 0)
			save_node_if(t, st, few, behind, 1);
	}
	for (int i = 0; few->height > 2 && i < 2; i++)
		save_nothing(t); /* a root of two has neither */
	save_accs(t, st, leat_few_middle(&st->forest, few));
}

/* ---------------- of values ---------------------------------------------- */

static void save_values(struct leat_tape *t, struct leat_stream *st,
    const struct leat_few *few, size_t i, size_t end)
{
	leat_sample s;

	for (; i < end; i++) {
		leat_few_get(&st->forest, few, i, &s);
		leat_tape_time(t, &s.t);
		leat_tape_double(t, &s.x);
		if (st->forest.layout.pairs)
			leat_tape_double(t, &s.y);
	}
}

void leat_few_save(struct leat_tape *t, struct leat_stream *st,
    struct leat_few *few)
{
	struct leat_accs_room room;
	struct leat_accs *a = leat_accs_in(&room);

	if (st->forest.panes) {
		save_few_panes(t, st, few);
		return;
	}
	tape_count(t, few->last ? 2 : 1);
	if (few->last) {
		tape_count(t, 2);
		tape_count(t, 0);
		save_nothing(t);
	}
	tape_count(t, few->first);
	tape_count(t, few->gone);
	save_values(t, st, few, few->gone, few->first);
	if (few->last) {
		save_nothing(t);
		tape_count(t, few->last);
		save_values(t, st, few, few->first, leat_few_end(few));
	}
	save_accs(t, st, leat_few_accs(&st->forest, few));
	if (!few->last)
		return;
	/* The edges of two leaves know nothing but the first leaf's values. */
	tape_count(t, 0);
	for (int i = 0; i < 3; i++) /* past(), front(), the middle */
		save_nothing(t);
	for (size_t i = few->gone; i < few->first; i++) {
		leat_few_tail(&st->forest, few, i, a);
		save_accs(t, st, a);
	}
}
