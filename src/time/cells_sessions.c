/*
 * cells_sessions.c - sessions, which grow and become one
 *
 * A value belongs to the session before it, to the one after it, or to both,
 * which it then makes one: the later cell goes into the earlier one. A session
 * that has been emitted as closed is retracted before it changes.
 */
#include "cells.h"

/* Emits a session that was emitted as closed once more, for the last time. */
static void retract(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c)
{
	if (!leat_cell_is_closed(&st->plan, c))
		return;
	leat_cells_emit(st, s, c, LEAT_RESULT_RETRACTED);
	leat_cell_set_marks(&st->plan, c,
	    leat_cell_marks(&st->plan, c) & ~(uint64_t)LEAT_CELL_CLOSED);
}

/* Puts b, which follows a, into it. Returns where that lies then. */
static struct leat_cell *join_cells(struct leat_stream *st,
    struct leat_state *s, struct leat_cell *a, struct leat_cell *b)
{
	struct leat_tree *all = leat_cell_tree(&st->plan, a),
			 *rest = leat_cell_tree(&st->plan, b);
	int newest = b == leat_newest(s);
	uint64_t n;

	if (st->forest.layout.ordered) {
		n = leat_tree_length(&st->forest, rest);
		if (n > leat_tree_length(&st->forest, all)) {
			/* The larger tree takes the values of the other one. */
			struct leat_tree swapped = *all;
			*all = *rest;
			*rest = swapped;
			n = leat_tree_length(&st->forest, rest);
		}
		leat_cells_count_stored(st, s, n, 1);
		leat_tree_pour(&st->forest, all, rest);
	} else {
		leat_accs_join(&st->forest.layout, leat_cell_accs(&st->plan, a),
		    leat_cell_accs(&st->plan, b));
	}
	a->end = b->end;
	if (leat_cell_emitted(&st->plan, b) > leat_cell_emitted(&st->plan, a))
		leat_cell_set_marks(&st->plan, a,
		    leat_cell_emitted(&st->plan, b) * LEAT_CELL_EMITTED);
	leat_cells_remove(st, s, b);
	return newest ? leat_newest(s) : a;
}

/* Finds the sessions, or NULL, that a value at t belongs to, on either side. */
static void find_sessions(const struct leat_stream *st,
    const struct leat_state *s, int64_t t, struct leat_cell **left,
    struct leat_cell **right)
{
	*left = leat_cells_find(st, s, t);
	*right = *left ? leat_newer(s, *left) : leat_oldest(s);
	if (*left && (*left)->end <= t)
		*left = NULL;
	if (*right && (*right)->start >= leat_later(t, st->plan.gap))
		*right = NULL;
}

void leat_cells_prepare_join(struct leat_stream *st, const struct leat_state *s,
    int64_t t, struct leat_need *need)
{
	struct leat_cell *left, *right;

	find_sessions(st, s, t, &left, &right);
	if (!left || !right)
		return;
	struct leat_tree *a = leat_cell_tree(&st->plan, left),
			 *b = leat_cell_tree(&st->plan, right);
	uint64_t n = leat_tree_length(&st->forest, a),
		 more = leat_tree_length(&st->forest, b);
	leat_need_values(st, need, n >= more ? a : b,
	    (n >= more ? more : n) + 1);
}

int leat_cells_push_session(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	int64_t end = leat_later(e->t, st->plan.gap);
	struct leat_cell *left, *right, *c;
	int err;

	find_sessions(st, s, e->t, &left, &right);
	if (st->plan.max_values > 0 && (left || right)) {
		if ((err = leat_cells_make_room(st, s, e->t, left)))
			return err;
		/* Cells may lie elsewhere now. */
		find_sessions(st, s, e->t, &left, &right);
	}
	c = left ? left : right;
	if (!c)
		return leat_cells_put_new(st, s, e);
	if (left && (right || end > left->end))
		retract(st, s, left);
	if (right)
		retract(st, s, right);
	if (left && right)
		c = join_cells(st, s, left, right);
	if (e->t < c->start)
		leat_cells_start_earlier(st, s, c, e->t);
	if (end > c->end)
		c->end = end;
	if (c->end < st->next_due)
		st->next_due = c->end;
	leat_cells_put(st, s, c, e);
	return LEAT_OK;
}
