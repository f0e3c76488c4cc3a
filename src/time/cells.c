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
#include "time.h"

size_t leat_cells_size(const struct leat_flow *f)
{
	return LEAT_CELL_HEAD +
	    (f->ordered ? sizeof(struct leat_tree) : f->accs_size);
}

/* Numbers need no more than the alignment of a pointer: 8 bytes a key less. */
size_t leat_cells_place(const struct leat_flow *f)
{
	if (f->has_user)
		return leat_round_up(sizeof(struct leat_state));
	return sizeof(struct leat_state) < sizeof(int64_t)
	    ? sizeof(int64_t)
	    : sizeof(struct leat_state);
}

/* Some of a window's values may have been evicted, or all of them. */
static int has_data(const struct leat_flow *f, struct leat_cell *c)
{
	return !f->ordered || !leat_tree_is_empty(leat_cell_tree(c));
}

static struct leat_cell *inline_cell(const struct leat_flow *f,
    const struct leat_state *s)
{
	return (struct leat_cell *)(void *)((unsigned char *)(uintptr_t)s +
	    leat_cells_place(f));
}

/* ---------------- the ring ------------------------------------------- */

const struct leat_index_kind leat_cells_kind = { 2, 1 };

static struct leat_index *cells_index(const struct leat_flow *f,
    const struct leat_state *s)
{
	return (struct leat_index *)(void *)((unsigned char *)(uintptr_t)s +
	    f->index_at);
}

/* The oldest that is not closed; without lateness no other ones are kept. */
static struct leat_cell *first_open(const struct leat_flow *f,
    const struct leat_state *s)
{
	return f->lateness > 0 ? leat_more(f, s)->open : leat_oldest(s);
}

/* A cell has been put into, or opened or closed in the middle. */
static void keep_first_open(const struct leat_flow *f,
    const struct leat_state *s, struct leat_cell *c)
{
	struct leat_cell **open = &leat_more(f, s)->open;

	if (f->lateness == 0)
		return;
	if (c->marks & LEAT_CELL_CLOSED) {
		if (*open == c)
			*open = leat_newer(s, c);
	} else if (!*open || c->start < (*open)->start) {
		*open = c;
	}
}

void leat_cells_renew(const struct leat_flow *f, const struct leat_state *s)
{
	struct leat_cell *c = leat_oldest(s);

	if (!f->more_at)
		return;
	while (c && (c->marks & LEAT_CELL_CLOSED))
		c = leat_newer(s, c);
	leat_more(f, s)->open = c;
	leat_more(f, s)->oldest_stored = NULL;
}

/* ---------------- indices -------------------------------------------- */

static void index_cell(struct leat_flow *f, struct leat_index *x,
    struct leat_cell *c)
{
	struct leat_indexed_cell *item = leat_index_add(&leat_cells_kind, x,
	    &f->nodes, &c->start);

	item->cell = c;
}

static int is_indexed(const struct leat_index *x, const struct leat_cell *c)
{
	const struct leat_indexed_cell *item = leat_index_find(&leat_cells_kind,
	    x, &c->start);

	return item && item->cell == c;
}

/* Early results are wanted, so that changes have to be found. */
static int finds_changes(const struct leat_flow *f)
{
	return f->early_count > 0 || f->early_span > 0;
}

/* An open cell has changed since it was told. */
static void note_change(struct leat_flow *f, const struct leat_state *s,
    struct leat_cell *c)
{
	if (finds_changes(f) && cells_index(f, s)->root &&
	    !is_indexed(&leat_more(f, s)->changed, c))
		index_cell(f, &leat_more(f, s)->changed, c);
}

/* The cell has been told, or goes. */
static void forget_change(struct leat_flow *f, const struct leat_state *s,
    const struct leat_cell *c)
{
	if (finds_changes(f) && is_indexed(&leat_more(f, s)->changed, c))
		leat_index_remove(&leat_cells_kind, &leat_more(f, s)->changed,
		    &f->nodes, &c->start);
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
static void enter_index(struct leat_flow *f, const struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_index *x = cells_index(f, s);

	if (x->root) {
		index_cell(f, x, c);
		return;
	}
	if (count_few(s) <= LEAT_CELLS_FEW)
		return;
	for (c = leat_oldest(s); c; c = leat_newer(s, c)) {
		index_cell(f, x, c);
		leat_cells_marked(f, s, c);
	}
}

static void leave_index(struct leat_flow *f, const struct leat_state *s,
    const struct leat_cell *c)
{
	struct leat_index *x = cells_index(f, s);

	if (!x->root)
		return;
	forget_change(f, s, c);
	leat_index_remove(&leat_cells_kind, x, &f->nodes, &c->start);
}

/* A session starts earlier than it did, and after the one before it. */
static void start_earlier(const struct leat_flow *f, const struct leat_state *s,
    struct leat_cell *c, int64_t start)
{
	struct leat_index *x = cells_index(f, s);

	if (x->root)
		leat_index_rename(&leat_cells_kind, x, &c->start, &start);
	if (finds_changes(f) && is_indexed(&leat_more(f, s)->changed, c))
		leat_index_rename(&leat_cells_kind, &leat_more(f, s)->changed,
		    &c->start, &start);
	c->start = start;
}

size_t leat_cells_nodes(const struct leat_flow *f, const struct leat_state *s,
    size_t n)
{
	const struct leat_index *x = cells_index(f, s);
	size_t nodes = 0;

	if (!x->root) {
		size_t there = count_few(s);
		if (there + n <= LEAT_CELLS_FEW)
			return 0;
		n += there;
	}
	nodes = leat_index_need(&leat_cells_kind, x, n);
	if (finds_changes(f))
		nodes += leat_index_need(&leat_cells_kind,
		    &leat_more(f, s)->changed, n + 1);
	return nodes;
}

size_t leat_cells_join_nodes(const struct leat_flow *f,
    const struct leat_state *s, size_t n)
{
	size_t nodes = leat_cells_nodes(f, s, n);

	n += (size_t)leat_index_length(cells_index(f, s)) + LEAT_CELLS_FEW;
	return finds_changes(f) && nodes > 0 ? nodes +
		leat_index_need(&leat_cells_kind, &leat_more(f, s)->changed, n)
					     : nodes;
}

void leat_cells_marked(struct leat_flow *f, const struct leat_state *s,
    struct leat_cell *c)
{
	const uint64_t flags = LEAT_CELL_CHANGED | LEAT_CELL_CLOSED;

	if ((c->marks & flags) == LEAT_CELL_CHANGED)
		note_change(f, s, c);
}

/* ---------------- cells come and go ---------------------------------- */

/* A new cell after `before`, or as the oldest; memory is reserved. */
struct leat_cell *leat_cells_add(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *before, int64_t start, int64_t end)
{
	struct leat_cell *c = inline_cell(f, s);

	if (f->more_at)
		leat_more(f, s)->windows++;
	if (c->next)
		c = leat_pool_take(&f->cells);
	c->start = start;
	c->end = end;
	c->marks = 0;
	if (f->ordered)
		memset(leat_cell_tree(c), 0, sizeof(struct leat_tree));
	else
		leat_accs_clear(f, leat_cell_accs(c));
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
	enter_index(f, s, c);
	return c;
}

static struct leat_cell *before_cell(const struct leat_flow *f,
    const struct leat_state *s, const struct leat_cell *c)
{
	struct leat_cell *p = leat_newest(s);

	if (p->next != c && cells_index(f, s)->root)
		p = leat_cells_find(f, s, c->start - 1);
	while (p->next != c) {
		LEAT_LOOK();
		p = p->next;
	}
	return p;
}

static void count_stored(const struct leat_flow *f, struct leat_state *s,
    uint64_t n, int more)
{
	if (!f->max_values)
		return;
	uint64_t *stored = &leat_more(f, s)->stored;
	*stored = more ? *stored + n : *stored - n;
}

static void remove_cell(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_cell *before = before_cell(f, s, c);
	struct leat_more *m = f->more_at ? leat_more(f, s) : NULL;

	if (m && m->open == c)
		m->open = leat_newer(s, c);
	if (m && m->oldest_stored == c)
		m->oldest_stored = leat_newer(s, c);
	if (m)
		m->windows--;
	leave_index(f, s, c);
	if (f->ordered) {
		count_stored(f, s, leat_tree_length(f, leat_cell_tree(c)), 0);
		leat_tree_clear(f, leat_cell_tree(c));
	}
	if (before == c)
		s->content = NULL;
	else if (leat_newest(s) == c)
		s->content = before;
	before->next = c->next;
	c->next = NULL;
	if (c != inline_cell(f, s))
		leat_pool_give(&f->cells, c);
}

struct leat_cell *leat_cells_find(const struct leat_flow *f,
    const struct leat_state *s, int64_t t)
{
	struct leat_cell *c = leat_newest(s), *found = NULL;
	const struct leat_index *x;

	if (!c || c->start <= t)
		return c;
	x = cells_index(f, s);
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
static int calendar_interval(const struct leat_flow *f, int64_t t,
    int64_t *start, int64_t *end)
{
	const int64_t *known = leat_index_find(&leat_cells_kind, &f->asked, &t);

	if (known && t < known[1]) {
		*start = known[0];
		*end = known[1];
		return LEAT_OK;
	}
	f->calendar.interval(f->calendar.ctx, t, start, end);
	return *start <= t && t < *end ? LEAT_OK : LEAT_ECALENDAR;
}

/* The interval that holds t; LEAT_OUTSIDE between two, LEAT_ECALENDAR. */
int leat_cells_interval(const struct leat_flow *f, int64_t t, int64_t *start,
    int64_t *end)
{
	int64_t rest;

	if (f->kind == LEAT_LANDMARK) {
		*start = t;
		*end = INT64_MAX;
		return LEAT_OK;
	}
	if (f->kind == LEAT_SESSION) {
		*start = t;
		*end = leat_later(t, f->gap);
		return LEAT_OK;
	}
	if (f->kind == LEAT_CALENDAR)
		return calendar_interval(f, t, start, end);
	rest = leat_modulo(leat_modulo(t, f->advance) - f->offset, f->advance);
	*start = leat_earlier(t, rest);
	if (rest >= f->span)
		return LEAT_OUTSIDE;
	*end = leat_later(t, f->span - rest);
	return LEAT_OK;
}

/* ---------------- telling -------------------------------------------- */

static void tell_cell(struct leat_flow *f, const struct leat_state *s,
    struct leat_cell *c, int flags)
{
	int64_t end = c->end;

	if (f->told->emit) {
		if (f->ordered)
			leat_tree_query(f, leat_cell_tree(c), f->whole);
		else
			leat_accs_copy(f, f->whole, leat_cell_accs(c));
		if (f->kind == LEAT_LANDMARK)
			end = leat_later(f->clock.now, 1);
		leat_flow_tell(f, c->start, end, leat_cell_told(c), flags);
	}
	if (flags & LEAT_RESULT_FLUSHED)
		return;
	if (c->marks & LEAT_CELL_CHANGED)
		forget_change(f, s, c);
	c->marks = (c->marks & ~(uint64_t)LEAT_CELL_CHANGED) + LEAT_CELL_TOLD;
}

static void tell_empty(struct leat_flow *f, int64_t start, int64_t end)
{
	leat_accs_clear(f, f->whole);
	leat_flow_tell(f, start, end, 0, LEAT_RESULT_EMPTY);
}

/* emit_empty: the window after the one that ended there. */
int leat_cells_next_empty(const struct leat_flow *f, int64_t from,
    int64_t *start, int64_t *end)
{
	int64_t begin = leat_later(from, f->advance - f->span);

	if (f->kind == LEAT_CALENDAR)
		begin = from;
	if (begin == INT64_MAX)
		return LEAT_OUTSIDE;
	return leat_cells_interval(f, begin, start, end);
}

/* Whether late values have come into a window since it would have closed. */
static int has_cell(const struct leat_flow *f, const struct leat_state *s,
    int64_t start)
{
	const struct leat_cell *c = NULL;

	if (f->lateness > 0)
		c = leat_cells_find(f, s, start);
	return c && c->start == start;
}

/* Where time ends, the last windows told are the last with data. */
static int row_goes_on(const struct leat_flow *f, const struct leat_state *s)
{
	const struct leat_cell *c = leat_newest(s);

	return f->clock.target < LEAT_TIME_MAX ||
	    (c && !(c->marks & LEAT_CELL_CLOSED));
}

/*
 * Tells the windows without data that end by `until`. Where time has ended
 * there are none behind the last one with data. The calendar has been asked.
 */
static void tell_empties(struct leat_flow *f, struct leat_state *s,
    int64_t until, int64_t watermark)
{
	struct leat_more *m = leat_more(f, s);
	int64_t start, end;

	if (!m->begun || (until == watermark && !row_goes_on(f, s)))
		return;
	while (m->empty_from < until &&
	    !leat_cells_next_empty(f, m->empty_from, &start, &end) &&
	    end <= until) {
		m->empty_from = end;
		if (!has_cell(f, s, start))
			tell_empty(f, start, end);
	}
}

/* The first window that is told as closed begins the row of them. */
static void begin_row(const struct leat_flow *f, const struct leat_state *s,
    int64_t end)
{
	struct leat_more *m = leat_more(f, s);

	if (m->begun)
		return;
	m->begun = 1;
	m->first_end = m->empty_from = end;
}

static void close_cell(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *c, int64_t watermark)
{
	int in_row = 0;

	if (f->emit_empty) {
		struct leat_more *m = leat_more(f, s);
		tell_empties(f, s, c->start, watermark);
		if (has_data(f, c))
			begin_row(f, s, c->end);
		in_row = m->begun;
		m->empty_from = c->end;
	}
	c->marks |= LEAT_CELL_CLOSED;
	if (f->lateness > 0)
		leat_more(f, s)->open = leat_newer(s, c);
	if (has_data(f, c))
		tell_cell(f, s, c, 0);
	else if (in_row)
		tell_cell(f, s, c, LEAT_RESULT_EMPTY);
	if (f->lateness == 0)
		remove_cell(f, s, c);
}

static void cells_close(struct leat_flow *f, struct leat_state *s,
    int64_t watermark)
{
	struct leat_cell *c;

	while ((c = first_open(f, s)) && c->end <= watermark)
		close_cell(f, s, c, watermark);
	if (f->emit_empty)
		tell_empties(f, s, watermark, watermark);
	while ((c = leat_oldest(s)) && (c->marks & LEAT_CELL_CLOSED) &&
	    leat_is_expired(f, c->end, watermark))
		remove_cell(f, s, c);
}

static int cells_due(const struct leat_flow *f, const struct leat_state *s,
    int64_t *due_out)
{
	const struct leat_cell *old = leat_oldest(s), *open = first_open(f, s);
	int64_t due = INT64_MAX, start, end;
	int have = old != NULL;

	if (open)
		due = open->end;
	if (old && (old->marks & LEAT_CELL_CLOSED) &&
	    leat_later(old->end, f->lateness) < due)
		due = leat_later(old->end, f->lateness);
	if (f->emit_empty && leat_more(f, s)->begun && row_goes_on(f, s)) {
		int64_t from = leat_more(f, s)->empty_from;
		int err = leat_cells_next_empty(f, from, &start, &end);
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
static void tell_changed_cells(struct leat_flow *f, struct leat_state *s)
{
	struct leat_index *x = &leat_more(f, s)->changed;
	const struct leat_indexed_cell *item;

	while ((item = leat_index_first(&leat_cells_kind, x))) {
		struct leat_cell *c = item->cell;
		leat_index_remove(&leat_cells_kind, x, &f->nodes, &c->start);
		if (has_data(f, c))
			tell_cell(f, s, c, LEAT_RESULT_EARLY);
	}
}

static void cells_tell(struct leat_flow *f, struct leat_state *s, int flag)
{
	struct leat_cell *c = first_open(f, s);

	if (flag == LEAT_RESULT_EARLY && cells_index(f, s)->root) {
		tell_changed_cells(f, s);
		return;
	}
	for (; c; c = leat_newer(s, c)) {
		LEAT_LOOK();
		if (has_data(f, c) &&
		    (flag != LEAT_RESULT_EARLY ||
			(c->marks & LEAT_CELL_CHANGED)))
			tell_cell(f, s, c, flag);
	}
}

void leat_cells_tell_news(struct leat_flow *f, struct leat_state *s)
{
	const uint64_t news = LEAT_CELL_CLOSED | LEAT_CELL_CHANGED;
	struct leat_cell *c = leat_oldest(s);

	for (; c; c = leat_newer(s, c)) {
		if ((c->marks & news) != news || !has_data(f, c))
			continue;
		tell_cell(f, s, c, LEAT_RESULT_UPDATED);
		if (f->emit_empty)
			begin_row(f, s, c->end);
	}
}

/* ---------------- taking values -------------------------------------- */

static int holds(const struct leat_cell *c, int64_t t)
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
static int reserve_tree(struct leat_flow *f, const struct leat_state *s,
    int64_t t)
{
	const struct leat_cell *left = leat_cells_find(f, s, t), *right;
	uint32_t height = 0;

	right = left ? leat_newer(s, left) : leat_oldest(s);
	if (left)
		height = const_tree(left)->height;
	if (right && const_tree(right)->height > height)
		height = const_tree(right)->height;
	return f->forest.stocked > height ? LEAT_OK
					  : leat_tree_stock(f, height);
}

/* Into the newest cell go most values, which take no other one. */
static int cells_reserve(struct leat_flow *f, const struct leat_state *s,
    const leat_event *e)
{
	size_t nodes = 0;
	int err = LEAT_OK;

	if (LEAT_LIKELY(holds(leat_newest(s), e->t))) {
		if (LEAT_LIKELY(!f->ordered && !f->more_at))
			return LEAT_OK;
		if (f->more_at && cells_index(f, s)->root)
			nodes = leat_cells_nodes(f, s, 1);
	} else {
		err = leat_pool_reserve(&f->cells,
		    inline_cell(f, s)->next != 0);
		nodes = leat_cells_nodes(f, s, 1);
	}
	if (nodes > 0)
		err |= leat_index_reserve(&f->nodes, nodes);
	return f->ordered ? err | reserve_tree(f, s, e->t) : err;
}

/* The clock is past the end of the cell: it is told, and told again. */
static void tell_late_cell(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *c)
{
	c->marks |= LEAT_CELL_CLOSED;
	tell_cell(f, s, c, LEAT_RESULT_UPDATED);
	if (f->emit_empty && !leat_more(f, s)->begun) {
		begin_row(f, s, c->end);
		f->news = c->end;
	}
}

static void note_stored(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *c)
{
	struct leat_more *m;

	if (!f->max_values)
		return;
	count_stored(f, s, 1, 1);
	m = leat_more(f, s);
	if (m->oldest_stored && c->start < m->oldest_stored->start)
		m->oldest_stored = c;
}

static void put(struct leat_flow *f, struct leat_state *s, struct leat_cell *c,
    const leat_event *e)
{
	leat_sample v = { e->t, e->x, e->y };

	if (f->ordered) {
		leat_tree_insert(f, leat_cell_tree(c), &v);
		note_stored(f, s, c);
	} else {
		leat_accs_append(f, leat_cell_accs(c), &v);
	}
	if (LEAT_LIKELY(!f->revises))
		return;
	c->marks |= LEAT_CELL_CHANGED;
	if (c->end <= f->clock.watermark)
		tell_late_cell(f, s, c);
	else
		note_change(f, s, c);
	if (f->lateness > 0)
		keep_first_open(f, s, c);
}

/*
 * Where there is no room left, the oldest value of all goes, if the new one
 * is not older still; and its cell, if that was all and it is not the one
 * that the value is for, or the earlier one of two.
 */
static int make_room(struct leat_flow *f, struct leat_state *s, int64_t t,
    const struct leat_cell *left)
{
	struct leat_cell *c;

	if (!f->ordered || !leat_flow_is_full(f, s))
		return LEAT_OK;
	struct leat_cell **from = &leat_more(f, s)->oldest_stored;
	c = *from ? *from : leat_oldest(s);
	for (; c && leat_tree_is_empty(leat_cell_tree(c)); c = leat_newer(s, c))
		LEAT_LOOK(); /* told, and then evicted */
	*from = c;
	/* Values are stored, so one of the cells is not empty. */
	LEAT_ASSERT(c);
	if (f->full == LEAT_WHEN_FULL_REFUSE ||
	    t < leat_tree_first(leat_cell_tree(c)))
		return LEAT_NO_ROOM;
	leat_tree_evict_first(f, leat_cell_tree(c));
	count_stored(f, s, 1, 0);
	f->counts.evicted++;
	if (leat_tree_is_empty(leat_cell_tree(c)) && c != left &&
	    leat_cell_told(c) == 0)
		remove_cell(f, s, c);
	return LEAT_OK;
}

int leat_cells_told_empty(const struct leat_flow *f, const struct leat_state *s,
    int64_t end)
{
	const struct leat_more *m = leat_more(f, s);

	return m->begun && end > m->first_end && end <= m->empty_from;
}

static int put_in_new(struct leat_flow *f, struct leat_state *s,
    const leat_event *e)
{
	int64_t start = e->t, end = e->t;
	int err = leat_cells_interval(f, e->t, &start, &end);

	if (f->clock.watermark == LEAT_TIME_MAX)
		return LEAT_TOO_LATE;
	if (err)
		return err;
	if (leat_is_expired(f, end, f->clock.watermark))
		return LEAT_TOO_LATE;
	if (leat_flow_has_all(f, s))
		return LEAT_NO_ROOM;
	if ((err = make_room(f, s, e->t, NULL)))
		return err;
	struct leat_cell *c = leat_cells_add(f, s, leat_cells_find(f, s, e->t),
	    start, end);
	if (f->emit_empty && leat_cells_told_empty(f, s, end))
		c->marks = LEAT_CELL_TOLD;
	if (end < f->news)
		f->news = end;
	put(f, s, c, e);
	return LEAT_OK;
}

/* ---------------- sessions ------------------------------------------- */

/* The session is told again, for the last time, if it was told as closed. */
static void retract(struct leat_flow *f, const struct leat_state *s,
    struct leat_cell *c)
{
	if (!(c->marks & LEAT_CELL_CLOSED))
		return;
	tell_cell(f, s, c, LEAT_RESULT_RETRACTED);
	c->marks &= ~(uint64_t)LEAT_CELL_CLOSED;
}

struct joining {
	struct leat_flow *f;
	struct leat_tree *to;
};

static void move_value(void *ctx, const leat_sample *s)
{
	struct joining *j = ctx;

	leat_tree_insert(j->f, j->to, s);
}

/* The larger tree takes the values of the other, and is a's. */
static void join_trees(struct leat_flow *f, struct leat_state *s,
    struct leat_tree *a, struct leat_tree *b)
{
	struct joining j = { f, a };

	if (leat_tree_length(f, b) > leat_tree_length(f, a)) {
		struct leat_tree swapped = *a;
		*a = *b;
		*b = swapped;
	}
	count_stored(f, s, leat_tree_length(f, b), 1);
	leat_tree_each(f, b, move_value, &j);
}

/* b, which follows a, goes into it. */
static void join_cells(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *a, struct leat_cell *b)
{
	if (f->ordered) {
		join_trees(f, s, leat_cell_tree(a), leat_cell_tree(b));
	} else {
		leat_accs_join(f, leat_cell_accs(a), leat_cell_accs(b));
	}
	a->end = b->end;
	if (leat_cell_told(b) > leat_cell_told(a))
		a->marks = leat_cell_told(b) * LEAT_CELL_TOLD;
	remove_cell(f, s, b);
}

/*
 * The sessions that a value at t belongs to, before and after it; NULL: there
 * is none.
 */
static void find_sessions(const struct leat_flow *f, const struct leat_state *s,
    int64_t t, struct leat_cell **left, struct leat_cell **right)
{
	*left = leat_cells_find(f, s, t);
	*right = *left ? leat_newer(s, *left) : leat_oldest(s);
	if (*left && (*left)->end <= t)
		*left = NULL;
	if (*right && (*right)->start >= leat_later(t, f->gap))
		*right = NULL;
}

/* Memory for one tree to take the values of another, and one more. */
static void prepare_join(struct leat_flow *f, const struct leat_state *s,
    int64_t t, struct leat_need *need)
{
	struct leat_cell *left, *right;

	find_sessions(f, s, t, &left, &right);
	if (!left || !right)
		return;
	struct leat_tree *a = leat_cell_tree(left), *b = leat_cell_tree(right);
	uint64_t n = leat_tree_length(f, a), more = leat_tree_length(f, b);
	leat_need_values(f, need, n >= more ? a : b,
	    (n >= more ? more : n) + 1);
}

static int put_in_session(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *left, struct leat_cell *right, const leat_event *e)
{
	int64_t end = leat_later(e->t, f->gap);
	struct leat_cell *c = left ? left : right;
	int err;

	if ((err = make_room(f, s, e->t, left)))
		return err;
	if (left && (right || end > left->end))
		retract(f, s, left);
	if (right)
		retract(f, s, right);
	if (left && right)
		join_cells(f, s, left, right);
	if (e->t < c->start)
		start_earlier(f, s, c, e->t);
	if (end > c->end)
		c->end = end;
	if (c->end < f->news)
		f->news = c->end;
	put(f, s, c, e);
	return LEAT_OK;
}

static int push_session(struct leat_flow *f, struct leat_state *s,
    const leat_event *e)
{
	struct leat_cell *left, *right;

	find_sessions(f, s, e->t, &left, &right);
	if (left || right)
		return put_in_session(f, s, left, right, e);
	return put_in_new(f, s, e);
}

static int cells_push(struct leat_flow *f, struct leat_state *s,
    const leat_event *e)
{
	struct leat_cell *c = leat_newest(s);
	int err;

	if (f->kind == LEAT_SESSION)
		return push_session(f, s, e);
	if (LEAT_UNLIKELY(!holds(c, e->t))) {
		if (!c || f->kind != LEAT_LANDMARK)
			c = leat_cells_find(f, s, e->t);
		if (!c || e->t >= c->end)
			return put_in_new(f, s, e);
	}
	if (LEAT_UNLIKELY(f->max_values > 0) &&
	    (err = make_room(f, s, e->t, c)))
		return err;
	if (e->t < c->start) /* of a landmark window */
		c->start = e->t;
	put(f, s, c, e);
	return LEAT_OK;
}

/* ---------------- preparing ------------------------------------------ */

/* Asks the calendar, or knows. LEAT_ECALENDAR, LEAT_ENOMEM. */
static int ask(struct leat_flow *f, int64_t t, int64_t *end)
{
	int64_t start = t, *known;
	int err = leat_cells_interval(f, t, &start, end);

	if (err)
		return err;
	known = leat_index_find(&leat_cells_kind, &f->asked, &start);
	if (!known || known[0] != start) {
		if (leat_index_reserve(&f->nodes,
			leat_index_need(&leat_cells_kind, &f->asked, 1)))
			return LEAT_ENOMEM;
		known = leat_index_add(&leat_cells_kind, &f->asked, &f->nodes,
		    &start);
	}
	known[1] = *end;
	return LEAT_OK;
}

/*
 * The calendar's windows from one end to the first that ends after `until`;
 * *n counts them.
 */
static int ask_row(struct leat_flow *f, int64_t from, int64_t until, size_t *n)
{
	while (from <= until) { /* which is not INT64_MAX */
		int err = ask(f, from, &from);
		if (err)
			return err;
		if (++*n > LEAT_EMPTY_MAX)
			return LEAT_TOO_FAR;
	}
	return LEAT_OK;
}

/* emit_empty: the windows that will be told, but those with data. */
static int prepare_row(struct leat_flow *f, const struct leat_state *s)
{
	const struct leat_more *m = leat_more(f, s);
	int64_t until = f->clock.target, from = m->empty_from;
	const struct leat_cell *c = first_open(f, s);
	int begun = m->begun, err = LEAT_OK;
	size_t n = 0;

	if (f->kind != LEAT_CALENDAR) {
		if (!begun && !c)
			return LEAT_OK;
		if (until == LEAT_TIME_MAX)
			until = c ? leat_newest(s)->start : from;
		return leat_flow_row(f, begun ? from : c->end, until);
	}
	for (; c && c->end <= until && !err; c = leat_newer(s, c)) {
		if (begun)
			err = ask_row(f, from, leat_earlier(c->start, 1), &n);
		begun |= has_data(f, (struct leat_cell *)(uintptr_t)c);
		from = c->end;
	}
	return err || !begun || until == LEAT_TIME_MAX
	    ? err
	    : ask_row(f, from, until, &n);
}

/* The interval of a value's new cell, or of one to find that it is late. */
static int prepare_interval(struct leat_flow *f, const struct leat_state *s,
    int64_t t)
{
	const struct leat_cell *c = leat_cells_find(f, s, t);

	if (holds(c, t) && !leat_is_expired(f, c->end, f->clock.target))
		return LEAT_OK;
	return ask(f, t, &t);
}

static int cells_prepare(struct leat_flow *f, const struct leat_state *s,
    const leat_event *e, struct leat_need *need)
{
	int err;

	if (f->emit_empty && f->clock.target > f->clock.watermark &&
	    (err = prepare_row(f, s)))
		return err;
	if (e && f->kind == LEAT_CALENDAR && f->clock.target < LEAT_TIME_MAX)
		return prepare_interval(f, s, e->t);
	if (e && f->kind == LEAT_SESSION && f->ordered)
		prepare_join(f, s, e->t, need);
	return LEAT_OK;
}

/* ---------------- asking --------------------------------------------- */

/* The cell that holds now. */
static struct leat_cell *current(const struct leat_flow *f,
    const struct leat_state *s)
{
	int64_t now = f->clock.now;
	struct leat_cell *c = leat_newest(s);

	if (!c)
		return NULL;
	if (f->kind == LEAT_LANDMARK)
		return c;
	c = leat_cells_find(f, s, now);
	LEAT_ASSERT(c); /* none starts later */
	return now < c->end ? c : NULL;
}

static void cells_look(const struct leat_flow *f, const struct leat_state *s,
    struct leat_accs *out, int64_t *start_out, int64_t *end_out)
{
	struct leat_cell *c = current(f, s);

	*start_out = *end_out = f->clock.now;
	if (c) {
		*start_out = c->start;
		*end_out = c->end;
		if (f->kind == LEAT_LANDMARK)
			*end_out = leat_later(f->clock.now, 1);
		if (!out)
			return;
		if (f->ordered)
			leat_tree_query(f, leat_cell_tree(c), out);
		else
			leat_accs_copy(f, out, leat_cell_accs(c));
		return;
	}
	if (out)
		leat_accs_clear(f, out);
	if (!f->clock.started || f->kind == LEAT_SESSION ||
	    f->kind == LEAT_LANDMARK)
		return;
	if (leat_cells_interval(f, f->clock.now, start_out, end_out) != LEAT_OK)
		*start_out = *end_out = f->clock.now;
}

static uint64_t cells_stored(const struct leat_flow *f,
    const struct leat_state *s)
{
	struct leat_cell *c = leat_oldest(s);
	uint64_t n = 0;

	for (; f->ordered && c; c = c == leat_newest(s) ? NULL : c->next)
		n += leat_tree_length(f, leat_cell_tree(c));
	return n;
}

static void cells_clear(struct leat_flow *f, struct leat_state *s)
{
	leat_index_clear(cells_index(f, s), &f->nodes);
	if (f->more_at)
		leat_index_clear(&leat_more(f, s)->changed, &f->nodes);
	while (leat_newest(s))
		remove_cell(f, s, leat_oldest(s));
	memset(s, 0, f->state_size);
}

static int copy_cell(struct leat_flow *f, struct leat_state *to,
    struct leat_cell *c)
{
	const leat_event e = { NULL, 0, c->start, 0, 0, 0, 0, 0 };

	if (cells_reserve(f, to, &e))
		return LEAT_ENOMEM;
	struct leat_cell *n = leat_cells_add(f, to, leat_newest(to), c->start,
	    c->end);
	n->marks = c->marks;
	leat_cells_marked(f, to, n);
	if (f->ordered)
		return leat_tree_copy(f, leat_cell_tree(n), leat_cell_tree(c));
	leat_accs_copy(f, leat_cell_accs(n), leat_cell_accs(c));
	return LEAT_OK;
}

static int cells_copy(struct leat_flow *f, struct leat_state *to,
    const struct leat_state *from)
{
	struct leat_cell *c = leat_oldest(from);

	if (f->more_at) {
		*leat_more(f, to) = *leat_more(f, from);
		memset(&leat_more(f, to)->changed, 0,
		    sizeof(struct leat_index));
		leat_more(f, to)->windows = 0; /* none has been added yet */
		leat_cells_renew(f, to);
	}
	for (; c; c = leat_newer(from, c)) {
		int err = copy_cell(f, to, c);
		if (err)
			return err;
	}
	leat_cells_renew(f, to);
	return LEAT_OK;
}

const struct leat_time_engine leat_cells_engine = {
	.reserve = cells_reserve,
	.prepare = cells_prepare,
	.push = cells_push,
	.due = cells_due,
	.close = cells_close,
	.tell = cells_tell,
	.look = cells_look,
	.stored = cells_stored,
	.clear = cells_clear,
	.copy = cells_copy,
	.tape = leat_cells_tape,
	.join_room = leat_cells_join_room,
	.join = leat_cells_join,
};
