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
 * to newer; the state points to the newest, whose successor is the oldest.
 * Closed ones come first: they stay until no late value may change them.
 * The first cell lies in the state itself, so that with one window open at
 * a time, as most keys have, nothing else is touched.
 *
 * Where there are more than a few cells, an index (index.c) finds them, and
 * another one those that have changed since they were told early. It lies in
 * eight bytes that a state has left anyway.
 *
 * Cost: one step a value, and O(log n) looks at the n cells that are open or
 * kept. Two sessions that become one cost a combine; where order counts, the
 * values of the smaller one are put into the other, so that a value moves
 * O(log n) times at most.
 */
#include "cells.h"
#include "codec.h"

size_t leat_cells_size(const struct leat_layout *l)
{
	return LEAT_CELL_HEAD +
	    (l->ordered ? sizeof(struct leat_tree) : l->accs_size);
}

/* Numbers need no more than the alignment of a pointer: 8 bytes a key less. */
size_t leat_cells_place(const struct leat_layout *l)
{
	if (l->has_user)
		return leat_round_up(sizeof(struct leat_state));
	return sizeof(struct leat_state) < sizeof(int64_t)
	    ? sizeof(int64_t)
	    : sizeof(struct leat_state);
}

/* Some of a window's values may have been evicted, or all of them. */
static int leat_cell_has_data(const struct leat_stream *st, struct leat_cell *c)
{
	return !st->forest.layout.ordered ||
	    !leat_tree_is_empty(leat_cell_tree(c));
}

static struct leat_cell *leat_cell_inline(const struct leat_stream *st,
    const struct leat_state *s)
{
	return (struct leat_cell *)(void *)((unsigned char *)(uintptr_t)s +
	    leat_cells_place(&st->forest.layout));
}

/* ---------------- the ring ------------------------------------------- */

const struct leat_index_kind leat_cells_kind = { 2, 1 };

static struct leat_index *leat_cells_index(const struct leat_stream *st,
    const struct leat_state *s)
{
	return (struct leat_index *)(void *)((unsigned char *)(uintptr_t)s +
	    st->plan.index_at);
}

/* The oldest that is not closed; without lateness no other ones are kept. */
static struct leat_cell *leat_cells_first_open(const struct leat_stream *st,
    const struct leat_state *s)
{
	return st->plan.lateness > 0 ? leat_more(&st->plan, s)->open
				     : leat_oldest(s);
}

/* A cell has been put into, or opened or closed in the middle. */
static void leat_cells_keep_open(const struct leat_stream *st,
    const struct leat_state *s, struct leat_cell *c)
{
	struct leat_cell **open = &leat_more(&st->plan, s)->open;

	if (st->plan.lateness == 0)
		return;
	if (c->marks & LEAT_CELL_CLOSED) {
		if (*open == c)
			*open = leat_newer(s, c);
	} else if (!*open || c->start < (*open)->start) {
		*open = c;
	}
}

void leat_cells_renew(const struct leat_stream *st, const struct leat_state *s)
{
	struct leat_cell *c = leat_oldest(s);

	if (!st->plan.more_at)
		return;
	while (c && (c->marks & LEAT_CELL_CLOSED))
		c = leat_newer(s, c);
	leat_more(&st->plan, s)->open = c;
	leat_more(&st->plan, s)->oldest_stored = NULL;
}

/* ---------------- indices -------------------------------------------- */

static void index_cell(struct leat_stream *st, struct leat_index *x,
    struct leat_cell *c)
{
	struct leat_indexed_cell *item = leat_index_add(&leat_cells_kind, x,
	    &st->nodes, &c->start);

	item->cell = c;
}

static int is_indexed(const struct leat_index *x, const struct leat_cell *c)
{
	const struct leat_indexed_cell *item = leat_index_find(&leat_cells_kind,
	    x, &c->start);

	return item && item->cell == c;
}

/* Early results are wanted, so that changes have to be found. */
static int finds_changes(const struct leat_stream *st)
{
	return st->plan.early_count > 0 || st->plan.early_span > 0;
}

/* An open cell has changed since it was told. */
static void leat_cells_note_change(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c)
{
	if (finds_changes(st) && leat_cells_index(st, s)->root &&
	    !is_indexed(&leat_more(&st->plan, s)->changed, c))
		index_cell(st, &leat_more(&st->plan, s)->changed, c);
}

/* The cell has been told, or goes. */
static void leat_cells_forget_change(struct leat_stream *st, const struct leat_state *s,
    const struct leat_cell *c)
{
	if (finds_changes(st) &&
	    is_indexed(&leat_more(&st->plan, s)->changed, c))
		leat_index_remove(&leat_cells_kind,
		    &leat_more(&st->plan, s)->changed, &st->nodes, &c->start);
}

/* Counts the cells, which are few: more than that have an index. */
static size_t count_few(const struct leat_state *s)
{
	const struct leat_cell *c = leat_oldest(s);
	size_t n = 0;

	for (; c; c = leat_newer(s, c)) {
		LEAT_LOOK();
		n++;
	}
	return n;
}

/* A cell is new in the ring; there are nodes for what follows from it. */
static void enter_index(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_index *x = leat_cells_index(st, s);

	if (x->root) {
		index_cell(st, x, c);
		return;
	}
	if (count_few(s) <= LEAT_CELLS_FEW)
		return;
	for (c = leat_oldest(s); c; c = leat_newer(s, c)) {
		index_cell(st, x, c);
		leat_cells_marked(st, s, c);
	}
}

static void leave_index(struct leat_stream *st, const struct leat_state *s,
    const struct leat_cell *c)
{
	struct leat_index *x = leat_cells_index(st, s);

	if (!x->root)
		return;
	leat_cells_forget_change(st, s, c);
	leat_index_remove(&leat_cells_kind, x, &st->nodes, &c->start);
}

/* A session starts earlier than it did, and after the one before it. */
static void leat_cells_start_earlier(const struct leat_stream *st,
    const struct leat_state *s, struct leat_cell *c, int64_t start)
{
	struct leat_index *x = leat_cells_index(st, s);

	if (x->root)
		leat_index_rename(&leat_cells_kind, x, &c->start, &start);
	if (finds_changes(st) &&
	    is_indexed(&leat_more(&st->plan, s)->changed, c))
		leat_index_rename(&leat_cells_kind,
		    &leat_more(&st->plan, s)->changed, &c->start, &start);
	c->start = start;
}

size_t leat_cells_nodes(const struct leat_stream *st,
    const struct leat_state *s, size_t n)
{
	const struct leat_index *x = leat_cells_index(st, s);
	size_t nodes = 0;

	if (!x->root) {
		size_t there = count_few(s);
		if (there + n <= LEAT_CELLS_FEW)
			return 0;
		n += there;
	}
	nodes = leat_index_need(&leat_cells_kind, x, n);
	if (finds_changes(st))
		nodes += leat_index_need(&leat_cells_kind,
		    &leat_more(&st->plan, s)->changed, n + 1);
	return nodes;
}

size_t leat_cells_join_nodes(const struct leat_stream *st,
    const struct leat_state *s, size_t n)
{
	size_t nodes = leat_cells_nodes(st, s, n);

	n += (size_t)leat_index_length(leat_cells_index(st, s)) + LEAT_CELLS_FEW;
	return finds_changes(st) && nodes > 0 ? nodes +
		leat_index_need(&leat_cells_kind,
		    &leat_more(&st->plan, s)->changed, n)
					      : nodes;
}

void leat_cells_marked(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c)
{
	const uint64_t flags = LEAT_CELL_CHANGED | LEAT_CELL_CLOSED;

	if ((c->marks & flags) == LEAT_CELL_CHANGED)
		leat_cells_note_change(st, s, c);
}

/* ---------------- cells come and go ---------------------------------- */

/* A new cell after `before`, or as the oldest; memory is reserved. */
struct leat_cell *leat_cells_add(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *before, int64_t start, int64_t end)
{
	struct leat_cell *c = leat_cell_inline(st, s);

	if (st->plan.more_at)
		leat_more(&st->plan, s)->windows++;
	if (c->next)
		c = leat_pool_take(&st->cells);
	c->start = start;
	c->end = end;
	c->marks = 0;
	if (st->forest.layout.ordered)
		memset(leat_cell_tree(c), 0, sizeof(struct leat_tree));
	else
		leat_accs_clear(&st->forest.layout, leat_cell_accs(c));
	if (!leat_newest(s)) {
		c->next = c;
		s->content = c;
		return c;
	}
	int last = before == leat_newest(s);
	if (!before)
		before = leat_newest(s);
	c->next = before->next;
	before->next = c;
	if (last)
		s->content = c;
	enter_index(st, s, c);
	return c;
}

static struct leat_cell *before_cell(const struct leat_stream *st,
    const struct leat_state *s, const struct leat_cell *c)
{
	struct leat_cell *p = leat_newest(s);

	if (p->next != c && leat_cells_index(st, s)->root)
		p = leat_cells_find(st, s, c->start - 1);
	while (p->next != c) {
		LEAT_LOOK();
		p = p->next;
	}
	return p;
}

static void leat_cells_count_stored(const struct leat_stream *st, struct leat_state *s,
    uint64_t n, int more)
{
	if (!st->plan.max_values)
		return;
	uint64_t *stored = &leat_more(&st->plan, s)->stored;
	*stored = more ? *stored + n : *stored - n;
}

static void leat_cells_remove(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_cell *before = before_cell(st, s, c);
	struct leat_more *m = st->plan.more_at ? leat_more(&st->plan, s) : NULL;

	if (m && m->open == c)
		m->open = leat_newer(s, c);
	if (m && m->oldest_stored == c)
		m->oldest_stored = leat_newer(s, c);
	if (m)
		m->windows--;
	leave_index(st, s, c);
	if (st->forest.layout.ordered) {
		leat_cells_count_stored(st, s,
		    leat_tree_length(&st->forest, leat_cell_tree(c)), 0);
		leat_tree_clear(&st->forest, leat_cell_tree(c));
	}
	if (before == c)
		s->content = NULL;
	else if (leat_newest(s) == c)
		s->content = before;
	before->next = c->next;
	c->next = NULL;
	if (c != leat_cell_inline(st, s))
		leat_pool_give(&st->cells, c);
}

struct leat_cell *leat_cells_find(const struct leat_stream *st,
    const struct leat_state *s, int64_t t)
{
	struct leat_cell *c = leat_newest(s), *found = NULL;
	const struct leat_index *x;

	if (!c || c->start <= t)
		return c;
	x = leat_cells_index(st, s);
	if (x->root) {
		const struct leat_indexed_cell *item =
		    leat_index_find(&leat_cells_kind, x, &t);
		return item ? item->cell : NULL;
	}
	for (c = c->next; c->start <= t; c = c->next) {
		LEAT_LOOK();
		found = c;
	}
	return found;
}

/* ---------------- intervals ------------------------------------------ */

/* Asks the calendar for what it has not answered for this push already. */
static int calendar_interval(const struct leat_stream *st, int64_t t,
    int64_t *start, int64_t *end)
{
	const int64_t *known = leat_index_find(&leat_cells_kind, &st->asked,
	    &t);

	if (known && t < known[1]) {
		*start = known[0];
		*end = known[1];
		return LEAT_OK;
	}
	st->plan.calendar.interval(st->plan.calendar.ctx, t, start, end);
	return *start <= t && t < *end ? LEAT_OK : LEAT_ECALENDAR;
}

/* The interval that holds t; LEAT_OUTSIDE between two, LEAT_ECALENDAR. */
int leat_cells_interval(const struct leat_stream *st, int64_t t, int64_t *start,
    int64_t *end)
{
	int64_t rest;

	if (st->plan.kind == LEAT_LANDMARK) {
		*start = t;
		*end = INT64_MAX;
		return LEAT_OK;
	}
	if (st->plan.kind == LEAT_SESSION) {
		*start = t;
		*end = leat_later(t, st->plan.gap);
		return LEAT_OK;
	}
	if (st->plan.kind == LEAT_CALENDAR)
		return calendar_interval(st, t, start, end);
	rest = leat_modulo(leat_modulo(t, st->plan.advance) - st->plan.offset,
	    st->plan.advance);
	*start = leat_earlier(t, rest);
	if (rest >= st->plan.span)
		return LEAT_OUTSIDE;
	*end = leat_later(t, st->plan.span - rest);
	return LEAT_OK;
}

/* ---------------- telling -------------------------------------------- */

static void leat_cells_emit(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c, int flags)
{
	int64_t end = c->end;

	if (st->emitter.to->emit) {
		if (st->forest.layout.ordered)
			leat_tree_query(&st->forest, leat_cell_tree(c),
			    st->emitter.whole);
		else
			leat_accs_copy(&st->forest.layout, st->emitter.whole,
			    leat_cell_accs(c));
		if (st->plan.kind == LEAT_LANDMARK)
			end = leat_later(st->clock.now, 1);
		leat_stream_emit(st, c->start, end, leat_cell_emitted(c), flags);
	}
	if (flags & LEAT_RESULT_FLUSHED)
		return;
	if (c->marks & LEAT_CELL_CHANGED)
		leat_cells_forget_change(st, s, c);
	c->marks = (c->marks & ~(uint64_t)LEAT_CELL_CHANGED) + LEAT_CELL_EMITTED;
}

static void emit_without_data(struct leat_stream *st, int64_t start, int64_t end)
{
	leat_accs_clear(&st->forest.layout, st->emitter.whole);
	leat_stream_emit(st, start, end, 0, LEAT_RESULT_EMPTY);
}

/* emit_empty: the window after the one that ended there. */
int leat_cells_next_empty(const struct leat_stream *st, int64_t from,
    int64_t *start, int64_t *end)
{
	int64_t begin = leat_later(from, st->plan.advance - st->plan.span);

	if (st->plan.kind == LEAT_CALENDAR)
		begin = from;
	if (begin == INT64_MAX)
		return LEAT_OUTSIDE;
	return leat_cells_interval(st, begin, start, end);
}

/* Whether late values have come into a window since it would have closed. */
static int has_cell(const struct leat_stream *st, const struct leat_state *s,
    int64_t start)
{
	const struct leat_cell *c = NULL;

	if (st->plan.lateness > 0)
		c = leat_cells_find(st, s, start);
	return c && c->start == start;
}

/* Where time ends, the last windows told are the last with data. */
static int row_goes_on(const struct leat_stream *st, const struct leat_state *s)
{
	const struct leat_cell *c = leat_newest(s);

	return st->clock.target < LEAT_TIME_MAX ||
	    (c && !(c->marks & LEAT_CELL_CLOSED));
}

/*
 * Tells the windows without data that end by `until`. Where time has ended
 * there are none behind the last one with data. The calendar has been asked.
 */
static void emit_row(struct leat_stream *st, struct leat_state *s,
    int64_t until, int64_t watermark)
{
	struct leat_more *m = leat_more(&st->plan, s);
	int64_t start, end;

	if (!m->begun || (until == watermark && !row_goes_on(st, s)))
		return;
	while (m->empty_from < until &&
	    !leat_cells_next_empty(st, m->empty_from, &start, &end) &&
	    end <= until) {
		m->empty_from = end;
		if (!has_cell(st, s, start))
			emit_without_data(st, start, end);
	}
}

/* The first window that is told as closed begins the row of them. */
static void leat_cells_begin_row(const struct leat_stream *st, const struct leat_state *s,
    int64_t end)
{
	struct leat_more *m = leat_more(&st->plan, s);

	if (m->begun)
		return;
	m->begun = 1;
	m->first_end = m->empty_from = end;
}

static void close_cell(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c, int64_t watermark)
{
	int in_row = 0;

	if (st->plan.emit_empty) {
		struct leat_more *m = leat_more(&st->plan, s);
		emit_row(st, s, c->start, watermark);
		if (leat_cell_has_data(st, c))
			leat_cells_begin_row(st, s, c->end);
		in_row = m->begun;
		m->empty_from = c->end;
	}
	c->marks |= LEAT_CELL_CLOSED;
	if (st->plan.lateness > 0)
		leat_more(&st->plan, s)->open = leat_newer(s, c);
	if (leat_cell_has_data(st, c))
		leat_cells_emit(st, s, c, 0);
	else if (in_row)
		leat_cells_emit(st, s, c, LEAT_RESULT_EMPTY);
	if (st->plan.lateness == 0)
		leat_cells_remove(st, s, c);
}

static void leat_cells_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark)
{
	struct leat_cell *c;

	while ((c = leat_cells_first_open(st, s)) && c->end <= watermark)
		close_cell(st, s, c, watermark);
	if (st->plan.emit_empty)
		emit_row(st, s, watermark, watermark);
	while ((c = leat_oldest(s)) && (c->marks & LEAT_CELL_CLOSED) &&
	    leat_is_expired(&st->plan, c->end, watermark))
		leat_cells_remove(st, s, c);
}

static int leat_cells_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t *due_out)
{
	const struct leat_cell *old = leat_oldest(s), *open = leat_cells_first_open(st, s);
	int64_t due = INT64_MAX, start, end;
	int have = old != NULL;

	if (open)
		due = open->end;
	if (old && (old->marks & LEAT_CELL_CLOSED) &&
	    leat_later(old->end, st->plan.lateness) < due)
		due = leat_later(old->end, st->plan.lateness);
	if (st->plan.emit_empty && leat_more(&st->plan, s)->begun &&
	    row_goes_on(st, s)) {
		int64_t from = leat_more(&st->plan, s)->empty_from;
		int err = leat_cells_next_empty(st, from, &start, &end);
		if (err == LEAT_ECALENDAR)
			end = from; /* close() will say so */
		if (err != LEAT_OUTSIDE) {
			have = 1;
			due = end < due ? end : due;
		}
	}
	*due_out = due;
	return have;
}

/* Early results, where it is known which cells have changed. */
static void emit_changed_cells(struct leat_stream *st, struct leat_state *s)
{
	struct leat_index *x = &leat_more(&st->plan, s)->changed;
	const struct leat_indexed_cell *item;

	while ((item = leat_index_first(&leat_cells_kind, x))) {
		struct leat_cell *c = item->cell;
		leat_index_remove(&leat_cells_kind, x, &st->nodes, &c->start);
		if (leat_cell_has_data(st, c))
			leat_cells_emit(st, s, c, LEAT_RESULT_EARLY);
	}
}

static void leat_cells_emit_open(struct leat_stream *st, struct leat_state *s, int flag)
{
	struct leat_cell *c = leat_cells_first_open(st, s);

	if (flag == LEAT_RESULT_EARLY && leat_cells_index(st, s)->root) {
		emit_changed_cells(st, s);
		return;
	}
	for (; c; c = leat_newer(s, c)) {
		LEAT_LOOK();
		if (leat_cell_has_data(st, c) &&
		    (flag != LEAT_RESULT_EARLY ||
			(c->marks & LEAT_CELL_CHANGED)))
			leat_cells_emit(st, s, c, flag);
	}
}

void leat_cells_emit_again(struct leat_stream *st, struct leat_state *s)
{
	const uint64_t news = LEAT_CELL_CLOSED | LEAT_CELL_CHANGED;
	struct leat_cell *c = leat_oldest(s);

	for (; c; c = leat_newer(s, c)) {
		if ((c->marks & news) != news || !leat_cell_has_data(st, c))
			continue;
		leat_cells_emit(st, s, c, LEAT_RESULT_UPDATED);
		if (st->plan.emit_empty)
			leat_cells_begin_row(st, s, c->end);
	}
}

/* ---------------- taking values -------------------------------------- */

static int leat_cell_holds(const struct leat_cell *c, int64_t t)
{
	return c && t >= c->start && t < c->end;
}

static const struct leat_tree *const_tree(const struct leat_cell *c)
{
	return (const struct leat_tree *)(const void *)((const unsigned char *)
							    c +
	    LEAT_CELL_HEAD);
}

/* The value may go into the cell at or before its time, or the next one. */
static int reserve_tree(struct leat_stream *st, const struct leat_state *s,
    int64_t t)
{
	const struct leat_cell *left = leat_cells_find(st, s, t), *right;
	uint32_t height = 0;

	right = left ? leat_newer(s, left) : leat_oldest(s);
	if (left)
		height = const_tree(left)->height;
	if (right && const_tree(right)->height > height)
		height = const_tree(right)->height;
	return st->forest.stocked > height
	    ? LEAT_OK
	    : leat_tree_stock(&st->forest, height);
}

/* Into the newest cell go most values, which take no other one. */
static int cells_reserve(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e)
{
	size_t nodes = 0;
	int err = LEAT_OK;

	if (LEAT_LIKELY(leat_cell_holds(leat_newest(s), e->t))) {
		if (LEAT_LIKELY(!st->forest.layout.ordered &&
			!st->plan.more_at))
			return LEAT_OK;
		if (st->plan.more_at && leat_cells_index(st, s)->root)
			nodes = leat_cells_nodes(st, s, 1);
	} else {
		err = leat_pool_reserve(&st->cells,
		    leat_cell_inline(st, s)->next != 0);
		nodes = leat_cells_nodes(st, s, 1);
	}
	if (nodes > 0)
		err |= leat_index_reserve(&st->nodes, nodes);
	return st->forest.layout.ordered ? err | reserve_tree(st, s, e->t)
					 : err;
}

/* The clock is past the end of the cell: it is told, and told again. */
static void emit_late_cell(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c)
{
	c->marks |= LEAT_CELL_CLOSED;
	leat_cells_emit(st, s, c, LEAT_RESULT_UPDATED);
	if (st->plan.emit_empty && !leat_more(&st->plan, s)->begun) {
		leat_cells_begin_row(st, s, c->end);
		st->next_due = c->end;
	}
}

static void note_stored(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_more *m;

	if (!st->plan.max_values)
		return;
	leat_cells_count_stored(st, s, 1, 1);
	m = leat_more(&st->plan, s);
	if (m->oldest_stored && c->start < m->oldest_stored->start)
		m->oldest_stored = c;
}

static void leat_cells_put(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *c, const leat_event *e)
{
	leat_sample v = { e->t, e->x, e->y };

	if (st->forest.layout.ordered) {
		leat_tree_insert(&st->forest, leat_cell_tree(c), &v);
		note_stored(st, s, c);
	} else {
		leat_accs_append(&st->forest.layout, leat_cell_accs(c), &v);
	}
	if (LEAT_LIKELY(!st->plan.revises))
		return;
	c->marks |= LEAT_CELL_CHANGED;
	if (c->end <= st->clock.watermark)
		emit_late_cell(st, s, c);
	else
		leat_cells_note_change(st, s, c);
	if (st->plan.lateness > 0)
		leat_cells_keep_open(st, s, c);
}

/*
 * Where there is no room left, the oldest value of all goes, if the new one
 * is not older still; and its cell, if that was all and it is not the one
 * that the value is for, or the earlier one of two.
 */
static int leat_cells_make_room(struct leat_stream *st, struct leat_state *s, int64_t t,
    const struct leat_cell *left)
{
	struct leat_cell *c;

	if (!st->forest.layout.ordered || !leat_stream_is_full(st, s))
		return LEAT_OK;
	struct leat_cell **from = &leat_more(&st->plan, s)->oldest_stored;
	c = *from ? *from : leat_oldest(s);
	for (; c && leat_tree_is_empty(leat_cell_tree(c)); c = leat_newer(s, c))
		LEAT_LOOK(); /* told, and then evicted */
	*from = c;
	/* Values are stored, so one of the cells is not empty. */
	LEAT_ASSERT(c);
	if (st->plan.full == LEAT_WHEN_FULL_REFUSE ||
	    t < leat_tree_first(leat_cell_tree(c)))
		return LEAT_NO_ROOM;
	leat_tree_evict_first(&st->forest, leat_cell_tree(c));
	leat_cells_count_stored(st, s, 1, 0);
	st->counts.evicted++;
	if (leat_tree_is_empty(leat_cell_tree(c)) && c != left &&
	    leat_cell_emitted(c) == 0)
		leat_cells_remove(st, s, c);
	return LEAT_OK;
}

int leat_cells_emitted_empty(const struct leat_stream *st,
    const struct leat_state *s, int64_t end)
{
	const struct leat_more *m = leat_more(&st->plan, s);

	return m->begun && end > m->first_end && end <= m->empty_from;
}

static int leat_cells_put_new(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	int64_t start = e->t, end = e->t;
	int err = leat_cells_interval(st, e->t, &start, &end);

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
	if (st->plan.emit_empty && leat_cells_emitted_empty(st, s, end))
		c->marks = LEAT_CELL_EMITTED;
	if (end < st->next_due)
		st->next_due = end;
	leat_cells_put(st, s, c, e);
	return LEAT_OK;
}

/* ---------------- sessions ------------------------------------------- */

/* The session is told again, for the last time, if it was told as closed. */
static void retract(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c)
{
	if (!(c->marks & LEAT_CELL_CLOSED))
		return;
	leat_cells_emit(st, s, c, LEAT_RESULT_RETRACTED);
	c->marks &= ~(uint64_t)LEAT_CELL_CLOSED;
}

struct joining {
	struct leat_forest *st;
	struct leat_tree *to;
};

static void move_value(void *ctx, const leat_sample *s)
{
	struct joining *j = ctx;

	leat_tree_insert(j->st, j->to, s);
}

/* The larger tree takes the values of the other, and is a's. */
static void join_trees(struct leat_stream *st, struct leat_state *s,
    struct leat_tree *a, struct leat_tree *b)
{
	struct joining j = { &st->forest, a };

	if (leat_tree_length(&st->forest, b) >
	    leat_tree_length(&st->forest, a)) {
		struct leat_tree swapped = *a;
		*a = *b;
		*b = swapped;
	}
	leat_cells_count_stored(st, s, leat_tree_length(&st->forest, b), 1);
	leat_tree_each(&st->forest, b, move_value, &j);
}

/* b, which follows a, goes into it. */
static void join_cells(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *a, struct leat_cell *b)
{
	if (st->forest.layout.ordered) {
		join_trees(st, s, leat_cell_tree(a), leat_cell_tree(b));
	} else {
		leat_accs_join(&st->forest.layout, leat_cell_accs(a),
		    leat_cell_accs(b));
	}
	a->end = b->end;
	if (leat_cell_emitted(b) > leat_cell_emitted(a))
		a->marks = leat_cell_emitted(b) * LEAT_CELL_EMITTED;
	leat_cells_remove(st, s, b);
}

/*
 * The sessions that a value at t belongs to, before and after it; NULL: there
 * is none.
 */
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

/* Memory for one tree to take the values of another, and one more. */
static void leat_cells_prepare_join(struct leat_stream *st, const struct leat_state *s,
    int64_t t, struct leat_need *need)
{
	struct leat_cell *left, *right;

	find_sessions(st, s, t, &left, &right);
	if (!left || !right)
		return;
	struct leat_tree *a = leat_cell_tree(left), *b = leat_cell_tree(right);
	uint64_t n = leat_tree_length(&st->forest, a),
		 more = leat_tree_length(&st->forest, b);
	leat_need_values(st, need, n >= more ? a : b,
	    (n >= more ? more : n) + 1);
}

static int put_in_session(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *left, struct leat_cell *right, const leat_event *e)
{
	int64_t end = leat_later(e->t, st->plan.gap);
	struct leat_cell *c = left ? left : right;
	int err;

	if ((err = leat_cells_make_room(st, s, e->t, left)))
		return err;
	if (left && (right || end > left->end))
		retract(st, s, left);
	if (right)
		retract(st, s, right);
	if (left && right)
		join_cells(st, s, left, right);
	if (e->t < c->start)
		leat_cells_start_earlier(st, s, c, e->t);
	if (end > c->end)
		c->end = end;
	if (c->end < st->next_due)
		st->next_due = c->end;
	leat_cells_put(st, s, c, e);
	return LEAT_OK;
}

static int leat_cells_push_session(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	struct leat_cell *left, *right;

	find_sessions(st, s, e->t, &left, &right);
	if (left || right)
		return put_in_session(st, s, left, right, e);
	return leat_cells_put_new(st, s, e);
}

static int cells_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	struct leat_cell *c = leat_newest(s);
	int err;

	if (st->plan.kind == LEAT_SESSION)
		return leat_cells_push_session(st, s, e);
	if (LEAT_UNLIKELY(!leat_cell_holds(c, e->t))) {
		if (!c || st->plan.kind != LEAT_LANDMARK)
			c = leat_cells_find(st, s, e->t);
		if (!c || e->t >= c->end)
			return leat_cells_put_new(st, s, e);
	}
	if (LEAT_UNLIKELY(st->plan.max_values > 0) &&
	    (err = leat_cells_make_room(st, s, e->t, c)))
		return err;
	if (e->t < c->start) /* of a landmark window */
		c->start = e->t;
	leat_cells_put(st, s, c, e);
	return LEAT_OK;
}

/* ---------------- preparing ------------------------------------------ */

/* Asks the calendar, or knows. LEAT_ECALENDAR, LEAT_ENOMEM. */
static int ask_calendar(struct leat_stream *st, int64_t t, int64_t *end)
{
	int64_t start = t, *known;
	int err = leat_cells_interval(st, t, &start, end);

	if (err)
		return err;
	known = leat_index_find(&leat_cells_kind, &st->asked, &start);
	if (!known || known[0] != start) {
		if (leat_index_reserve(&st->nodes,
			leat_index_need(&leat_cells_kind, &st->asked, 1)))
			return LEAT_ENOMEM;
		known = leat_index_add(&leat_cells_kind, &st->asked, &st->nodes,
		    &start);
	}
	known[1] = *end;
	return LEAT_OK;
}

/*
 * The calendar's windows from one end to the first that ends after `until`;
 * *n counts them.
 */
static int ask_row(struct leat_stream *st, int64_t from, int64_t until,
    size_t *n)
{
	while (from <= until) { /* which is not INT64_MAX */
		int err = ask_calendar(st, from, &from);
		if (err)
			return err;
		if (++*n > LEAT_EMPTY_MAX)
			return LEAT_TOO_FAR;
	}
	return LEAT_OK;
}

/* emit_empty: the windows that will be told, but those with data. */
static int prepare_row(struct leat_stream *st, const struct leat_state *s)
{
	const struct leat_more *m = leat_more(&st->plan, s);
	int64_t until = st->clock.target, from = m->empty_from;
	const struct leat_cell *c = leat_cells_first_open(st, s);
	int begun = m->begun, err = LEAT_OK;
	size_t n = 0;

	if (st->plan.kind != LEAT_CALENDAR) {
		if (!begun && !c)
			return LEAT_OK;
		if (until == LEAT_TIME_MAX)
			until = c ? leat_newest(s)->start : from;
		return leat_stream_row(st, begun ? from : c->end, until);
	}
	for (; c && c->end <= until && !err; c = leat_newer(s, c)) {
		if (begun)
			err = ask_row(st, from, leat_earlier(c->start, 1), &n);
		begun |= leat_cell_has_data(st, (struct leat_cell *)(uintptr_t)c);
		from = c->end;
	}
	return err || !begun || until == LEAT_TIME_MAX
	    ? err
	    : ask_row(st, from, until, &n);
}

/* The interval of a value's new cell, or of one to find that it is late. */
static int prepare_interval(struct leat_stream *st, const struct leat_state *s,
    int64_t t)
{
	const struct leat_cell *c = leat_cells_find(st, s, t);

	if (leat_cell_holds(c, t) &&
	    !leat_is_expired(&st->plan, c->end, st->clock.target))
		return LEAT_OK;
	return ask_calendar(st, t, &t);
}

static int leat_cells_prepare(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e, struct leat_need *need)
{
	int err;

	if (st->plan.emit_empty && st->clock.target > st->clock.watermark &&
	    (err = prepare_row(st, s)))
		return err;
	if (e && st->plan.kind == LEAT_CALENDAR &&
	    st->clock.target < LEAT_TIME_MAX)
		return prepare_interval(st, s, e->t);
	if (e && st->plan.kind == LEAT_SESSION && st->forest.layout.ordered)
		leat_cells_prepare_join(st, s, e->t, need);
	return LEAT_OK;
}

/* ---------------- asking --------------------------------------------- */

/* The cell that holds now. */
static struct leat_cell *current(const struct leat_stream *st,
    const struct leat_state *s)
{
	int64_t now = st->clock.now;
	struct leat_cell *c = leat_newest(s);

	if (!c)
		return NULL;
	if (st->plan.kind == LEAT_LANDMARK)
		return c;
	c = leat_cells_find(st, s, now);
	LEAT_ASSERT(c); /* none starts later */
	return now < c->end ? c : NULL;
}

static void cells_look(const struct leat_stream *st, const struct leat_state *s,
    struct leat_accs *out, int64_t *start_out, int64_t *end_out)
{
	struct leat_cell *c = current(st, s);

	*start_out = *end_out = st->clock.now;
	if (c) {
		*start_out = c->start;
		*end_out = c->end;
		if (st->plan.kind == LEAT_LANDMARK)
			*end_out = leat_later(st->clock.now, 1);
		if (!out)
			return;
		if (st->forest.layout.ordered)
			leat_tree_query(&st->forest, leat_cell_tree(c), out);
		else
			leat_accs_copy(&st->forest.layout, out,
			    leat_cell_accs(c));
		return;
	}
	if (out)
		leat_accs_clear(&st->forest.layout, out);
	if (!st->clock.started || st->plan.kind == LEAT_SESSION ||
	    st->plan.kind == LEAT_LANDMARK)
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

	for (; st->forest.layout.ordered && c;
	     c = c == leat_newest(s) ? NULL : c->next)
		n += leat_tree_length(&st->forest, leat_cell_tree(c));
	return n;
}

static void cells_clear(struct leat_stream *st, struct leat_state *s)
{
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
	n->marks = c->marks;
	leat_cells_marked(st, to, n);
	if (st->forest.layout.ordered)
		return leat_tree_copy(&st->forest, leat_cell_tree(n),
		    leat_cell_tree(c));
	leat_accs_copy(&st->forest.layout, leat_cell_accs(n),
	    leat_cell_accs(c));
	return LEAT_OK;
}

static int cells_copy(struct leat_stream *st, struct leat_state *to,
    const struct leat_state *from)
{
	struct leat_cell *c = leat_oldest(from);

	if (st->plan.more_at) {
		*leat_more(&st->plan, to) = *leat_more(&st->plan, from);
		memset(&leat_more(&st->plan, to)->changed, 0,
		    sizeof(struct leat_index));
		leat_more(&st->plan, to)->windows =
		    0; /* none has been added yet */
		leat_cells_renew(st, to);
	}
	for (; c; c = leat_newer(from, c)) {
		int err = copy_cell(st, to, c);
		if (err)
			return err;
	}
	leat_cells_renew(st, to);
	return LEAT_OK;
}

const struct leat_time_engine leat_cells_engine = {
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
