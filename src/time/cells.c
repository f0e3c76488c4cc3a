/*
 * cells.c - windows that do not overlap
 *
 * Tumbling, calendar, session and landmark windows, and hopping ones with
 * time between them: a value belongs to one window at most, which is a
 * cell. If order does not matter to the statistics, a cell is one block
 * of accumulators that takes values in any order; else it has a tree of
 * its values.
 *
 * The cells of a state are a ring in the order of time, linked from older
 * to newer. The newest is the state itself, and its successor the oldest; it
 * moves out when a newer one comes. So with one window open at a time, as most
 * keys have, nothing else is touched, and no pointer leads there. Closed cells
 * come first: they stay until no late value may change them.
 *
 * Where there are more than a few cells, an index (index.c) finds them, and
 * another one those that have changed since they were emitted early. Cells have
 * marks where they may be emitted more than once, and states an index where it
 * may be needed: a million keys need neither.
 *
 * Cost: one step a value, and O(log n) looks at the n cells that are open or
 * kept. Two sessions that become one cost a combine; where order counts, the
 * values of the smaller one are put into the other, so that a value moves
 * O(log n) times at most.
 */
#include "cells.h"
#include "time_codec.h"

/*
 * The value goes into the cell at or before its time, or into the next one; so
 * the higher of the two trees says what is needed.
 */
static int reserve_tree(struct leat_stream *st, const struct leat_state *s,
    int64_t t)
{
	struct leat_cell *left = leat_cells_find(st, s, t),
			 *right = left ? leat_newer(s, left) : leat_oldest(s);
	uint32_t height = left ? leat_cell_tree(&st->plan, left)->height : 0;

	if (right && leat_cell_tree(&st->plan, right)->height > height)
		height = leat_cell_tree(&st->plan, right)->height;
	return st->forest.stocked > height
	    ? LEAT_OK
	    : leat_tree_stock(&st->forest, height);
}

/* Most values go into the newest cell, and take no other one. */
static int cells_reserve(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e)
{
	size_t nodes = 0;
	int err = LEAT_OK;

	if (LEAT_LIKELY(leat_cell_holds(leat_newest(s), e->t))) {
		if (LEAT_LIKELY(!st->forest.layout.ordered &&
			!st->plan.more_at))
			return LEAT_OK;
		if (st->plan.more_at && leat_cells_indexed(st, s))
			nodes = leat_cells_nodes(st, s, 1);
	} else {
		err = leat_pool_reserve(&st->cells, leat_newest(s) != NULL);
		nodes = leat_cells_nodes(st, s, 1);
	}
	if (nodes > 0)
		err |= leat_index_reserve(&st->nodes, nodes);
	return st->forest.layout.ordered ? err | reserve_tree(st, s, e->t)
					 : err;
}

void leat_cells_put(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c, const leat_event *e)
{
	leat_sample v = { e->t, e->x, e->y };
	struct leat_more *m = leat_more(&st->plan, s); /* if there is one */

	if (st->forest.layout.ordered) {
		leat_tree_insert(&st->forest, leat_cell_tree(&st->plan, c), &v);
		leat_cells_count_stored(st, s, 1, 1);
		if (st->plan.max_values > 0 && m->oldest_stored &&
		    c->start < m->oldest_stored->start)
			m->oldest_stored = c;
	} else {
		leat_accs_add(&st->forest.layout, leat_cell_accs(&st->plan, c),
		    &v, 0);
	}
	if (LEAT_LIKELY(!st->plan.revises))
		return;
	leat_cell_mark(&st->plan, c, LEAT_CELL_CHANGED);
	if (c->end <= st->clock.watermark) {
		/* The clock is past it, so it is emitted once more. */
		leat_cell_mark(&st->plan, c, LEAT_CELL_CLOSED);
		leat_cells_emit(st, s, c, LEAT_RESULT_UPDATED);
		if (st->plan.emit_empty && !m->begun) {
			leat_cells_begin_row(st, s, c->end);
			st->next_due = c->end;
		}
	} else {
		leat_cells_note_change(st, s, c);
	}
	if (st->plan.lateness == 0)
		return;
	if (leat_cell_is_closed(&st->plan, c)) {
		if (m->open == c)
			m->open = leat_newer(s, c);
	} else if (!m->open || c->start < m->open->start) {
		m->open = c;
	}
}

int leat_cells_make_room(struct leat_stream *st, struct leat_state *s,
    int64_t t, const struct leat_cell *left)
{
	struct leat_cell *c;

	if (!st->forest.layout.ordered || !leat_stream_is_full(st, s))
		return LEAT_OK;
	struct leat_cell **from = &leat_more(&st->plan, s)->oldest_stored;
	c = *from ? *from : leat_oldest(s);
	for (; c && leat_tree_is_empty(leat_cell_tree(&st->plan, c));
	     c = leat_newer(s, c))
		LEAT_LOOK(); /* all its values were evicted */
	*from = c;
	/* Values are stored, so one of the cells is not empty. */
	LEAT_ASSERT(c);
	if (st->plan.full == LEAT_WHEN_FULL_REFUSE ||
	    t < leat_tree_first(leat_cell_tree(&st->plan, c)))
		return LEAT_NO_ROOM;
	leat_tree_evict_first(&st->forest, leat_cell_tree(&st->plan, c));
	leat_cells_count_stored(st, s, 1, 0);
	st->counts.evicted++;
	if (leat_tree_is_empty(leat_cell_tree(&st->plan, c)) && c != left &&
	    leat_cell_emitted(&st->plan, c) == 0)
		leat_cells_remove(st, s, c);
	return LEAT_OK;
}

int leat_cells_put_new(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	int64_t start = e->t, end = e->t;
	int err = leat_cells_locate(st, e->t, &start, &end);

	if (st->clock.watermark == LEAT_TIME_MAX)
		return LEAT_TOO_LATE;
	if (err)
		return err;
	if (leat_is_expired(&st->plan, end, st->clock.watermark))
		return LEAT_TOO_LATE;
	if (leat_stream_has_all(st, s))
		return LEAT_NO_ROOM;
	if ((err = leat_cells_make_room(st, s, e->t, NULL)))
		return err;
	struct leat_cell *c = leat_cells_add(st, s,
	    leat_cells_find(st, s, e->t), start, end);
	if (leat_cells_emitted_empty(st, s, end))
		leat_cell_set_marks(&st->plan, c, LEAT_CELL_EMITTED);
	if (end < st->next_due)
		st->next_due = end;
	leat_cells_put(st, s, c, e);
	return LEAT_OK;
}

/* Finds the cell that a value at t goes into; NULL: it needs a new one. */
LEAT_INLINE struct leat_cell *cell_for(const struct leat_stream *st,
    const struct leat_state *s, int64_t t)
{
	struct leat_cell *c = leat_newest(s);

	if (LEAT_LIKELY(leat_cell_holds(c, t)))
		return c;
	if (!st->plan.traits.open_ended)
		c = leat_cells_find(st, s, t);
	return c && t < c->end ? c : NULL;
}

static int cells_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	struct leat_cell *c;
	int err;

	if (st->plan.traits.grows)
		return leat_cells_push_session(st, s, e);
	c = cell_for(st, s, e->t);
	if (c && LEAT_UNLIKELY(st->plan.max_values > 0)) {
		if ((err = leat_cells_make_room(st, s, e->t, c)))
			return err;
		/* The cell may lie elsewhere now. */
		c = cell_for(st, s, e->t);
	}
	if (!c)
		return leat_cells_put_new(st, s, e);
	if (e->t < c->start) /* a landmark window */
		c->start = e->t;
	leat_cells_put(st, s, c, e);
	return LEAT_OK;
}

/* ---------------- asking --------------------------------------------- */

static void cells_look(const struct leat_stream *st, const struct leat_state *s,
    struct leat_accs *out, int64_t *start_out, int64_t *end_out)
{
	struct leat_cell *c = leat_newest(s);

	if (c && !st->plan.traits.open_ended) {
		c = leat_cells_find(st, s, st->clock.now);
		LEAT_ASSERT(c); /* no cell starts after now */
	}
	*start_out = *end_out = st->clock.now;
	if (c && st->clock.now < c->end) {
		*start_out = c->start;
		*end_out = c->end;
		if (st->plan.traits.open_ended)
			*end_out = leat_later(st->clock.now, 1);
		if (!out)
			return;
		if (st->forest.layout.ordered)
			leat_cell_query(st, c, out);
		else
			leat_accs_copy(&st->forest.layout, out,
			    leat_cell_accs(&st->plan, c));
		return;
	}
	if (out)
		leat_accs_clear(&st->forest.layout, out);
	if (!st->clock.started || st->plan.traits.grows ||
	    st->plan.traits.open_ended)
		return;
	if (leat_cells_interval(st, st->clock.now, start_out, end_out) !=
	    LEAT_OK)
		*start_out = *end_out = st->clock.now;
}

static uint64_t cells_stored(const struct leat_stream *st,
    const struct leat_state *s)
{
	struct leat_cell *c = leat_oldest(s);
	uint64_t n = 0;

	for (; st->forest.layout.ordered && c; c = leat_newer(s, c))
		n += leat_tree_length(&st->forest,
		    leat_cell_tree(&st->plan, c));
	return n;
}

static void cells_clear(struct leat_stream *st, struct leat_state *s)
{
	if (st->plan.index_at)
		leat_index_clear(leat_cells_index(st, s), &st->nodes);
	if (st->plan.more_at)
		leat_index_clear(&leat_more(&st->plan, s)->changed, &st->nodes);
	while (leat_newest(s))
		leat_cells_remove(st, s, leat_oldest(s));
	memset(s, 0, st->plan.state_size);
}

static int copy_cell(struct leat_stream *st, struct leat_state *to,
    struct leat_cell *c)
{
	const leat_event e = { NULL, 0, c->start, 0, 0, 0, 0, 0 };

	if (cells_reserve(st, to, &e))
		return LEAT_ENOMEM;
	struct leat_cell *n = leat_cells_add(st, to, leat_newest(to), c->start,
	    c->end);
	leat_cell_set_marks(&st->plan, n, leat_cell_marks(&st->plan, c));
	leat_cells_marked(st, to, n);
	if (st->forest.layout.ordered)
		return leat_tree_copy(&st->forest, leat_cell_tree(&st->plan, n),
		    leat_cell_tree(&st->plan, c));
	leat_accs_copy(&st->forest.layout, leat_cell_accs(&st->plan, n),
	    leat_cell_accs(&st->plan, c));
	return LEAT_OK;
}

static int cells_copy(struct leat_stream *st, struct leat_state *to,
    const struct leat_state *from)
{
	struct leat_cell *c = leat_oldest(from);
	struct leat_more *m = leat_more(&st->plan, to);
	int err = LEAT_OK;

	if (st->plan.more_at) {
		*m = *leat_more(&st->plan, from);
		memset(&m->changed, 0, sizeof(m->changed));
		m->windows = 0; /* copy_cell() counts them anew */
		leat_cells_renew(st, to);
	}
	for (; c && !err; c = leat_newer(from, c))
		err = copy_cell(st, to, c);
	leat_cells_renew(st, to);
	return err;
}

static void cells_plan(struct leat_time_plan *p, const struct leat_layout *l)
{
	size_t head = offsetof(struct leat_cell, marks);

	p->marks = p->revises || p->emit_empty;
	if (p->marks)
		head += sizeof(uint64_t);
	/* Numbers need but eight bytes' alignment, which saves memory. */
	p->cell_head = l->has_user ? leat_round_up(head)
				   : leat_round_up_8(head);
	p->state_size = leat_cells_size(p, l);
	if (p->few)
		return;
	p->state_size = leat_round_up_8(p->state_size);
	p->index_at = p->state_size;
	p->state_size += sizeof(struct leat_index);
}

const struct leat_time_engine leat_cells_engine = {
	.has_cells = 1,
	.plan = cells_plan,
	.reserve = cells_reserve,
	.prepare = leat_cells_prepare,
	.push = cells_push,
	.due = leat_cells_due,
	.close = leat_cells_close,
	.emit = leat_cells_emit_open,
	.look = cells_look,
	.stored = cells_stored,
	.clear = cells_clear,
	.copy = cells_copy,
	.tape = leat_cells_tape,
	.join_room = leat_cells_join_room,
	.join = leat_cells_join,
};
