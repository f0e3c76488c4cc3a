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
 * Cost: one step a value, and a look at the open cells that are older than
 * its own unless that is the newest (of a closed one: at the closed ones).
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
	return !f->ordered || leat_cell_tree(c)->root;
}

static struct leat_cell *inline_cell(const struct leat_flow *f,
    const struct leat_state *s)
{
	return (struct leat_cell *)(void *)((unsigned char *)(uintptr_t)s +
	    leat_cells_place(f));
}

/* ---------------- the ring ------------------------------------------- */

/*
 * The oldest that is not closed. Where closed ones are kept there may be
 * many of them, so it is remembered.
 */
static struct leat_cell *first_open(const struct leat_flow *f,
    const struct leat_state *s)
{
	struct leat_cell *c = leat_oldest(s);

	if (f->lateness == 0 || !c)
		return c;
	if (leat_newest(s)->marks & LEAT_CELL_CLOSED)
		return NULL;
	if (leat_more(f, s)->open)
		return leat_more(f, s)->open;
	while (c->marks & LEAT_CELL_CLOSED)
		c = c->next;
	leat_more(f, s)->open = c;
	return c;
}

/* It may be another one now. */
void leat_cells_forget_open(const struct leat_flow *f,
    const struct leat_state *s)
{
	if (f->lateness > 0)
		leat_more(f, s)->open = NULL;
}

static void forget_open_before(const struct leat_flow *f,
    const struct leat_state *s, int64_t start)
{
	if (f->lateness > 0 && leat_more(f, s)->open &&
	    start < leat_more(f, s)->open->start)
		leat_more(f, s)->open = NULL;
}

/* A new cell after `before`, or as the oldest; memory is reserved. */
struct leat_cell *leat_cells_add(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *before, int64_t start, int64_t end)
{
	struct leat_cell *c = inline_cell(f, s);

	if (c->next)
		c = leat_pool_take(&f->cells);
	forget_open_before(f, s, start);
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
	return c;
}

static struct leat_cell *before_cell(const struct leat_state *s,
    const struct leat_cell *c)
{
	struct leat_cell *p = leat_newest(s);

	while (p->next != c)
		p = p->next;
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
	struct leat_cell *before = before_cell(s, c);

	if (f->lateness > 0 && leat_more(f, s)->open == c)
		leat_cells_forget_open(f, s);
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

/* The newest cell that starts at or before t; NULL: none. */
struct leat_cell *leat_cells_find(const struct leat_flow *f,
    const struct leat_state *s, int64_t t)
{
	struct leat_cell *c = leat_newest(s), *found = NULL, *open;

	if (!c || c->start <= t)
		return c;
	c = c->next;
	open = f->lateness > 0 ? leat_more(f, s)->open : NULL;
	if (open && open->start <= t)
		c = open;
	for (; c->start <= t; c = c->next)
		found = c;
	return found;
}

/* ---------------- intervals ------------------------------------------ */

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
	if (f->kind == LEAT_CALENDAR) {
		f->calendar.interval(f->calendar.ctx, t, start, end);
		return *start <= t && t < *end ? LEAT_OK : LEAT_ECALENDAR;
	}
	rest = leat_modulo(leat_modulo(t, f->advance) - f->offset, f->advance);
	*start = leat_earlier(t, rest);
	if (rest >= f->span)
		return LEAT_OUTSIDE;
	*end = leat_later(t, f->span - rest);
	return LEAT_OK;
}

int leat_is_expired(const struct leat_flow *f, int64_t end, int64_t watermark)
{
	return leat_later(end, f->lateness) <= watermark;
}

/* ---------------- telling -------------------------------------------- */

static void tell_cell(struct leat_flow *f, struct leat_cell *c, int flags)
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
	c->marks = (c->marks & ~(uint64_t)LEAT_CELL_CHANGED) + LEAT_CELL_TOLD;
}

static void tell_empty(struct leat_flow *f, int64_t start, int64_t end)
{
	leat_accs_clear(f, f->whole);
	leat_flow_tell(f, start, end, 0, LEAT_EMPTY);
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
	return f->clock.target < LEAT_TIME_MAX || first_open(f, s);
}

/*
 * Tells the windows without data that end by `until`. Where time has ended
 * there are none behind the last one with data.
 */
static int tell_empties(struct leat_flow *f, struct leat_state *s,
    int64_t until, int64_t watermark)
{
	struct leat_more *m = leat_more(f, s);
	int64_t start, end;

	if (!m->begun || (until == watermark && !row_goes_on(f, s)))
		return LEAT_OK;
	while (m->empty_from < until) {
		int err = leat_cells_next_empty(f, m->empty_from, &start, &end);
		if (err)
			return err == LEAT_OUTSIDE ? LEAT_OK : err;
		if (end > until)
			return LEAT_OK;
		m->empty_from = end;
		if (!has_cell(f, s, start))
			tell_empty(f, start, end);
	}
	return LEAT_OK;
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

static int close_cell(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *c, int64_t watermark)
{
	int err, in_row = 0;

	if (f->emit_empty) {
		struct leat_more *m = leat_more(f, s);
		if ((err = tell_empties(f, s, c->start, watermark)))
			return err;
		if (has_data(f, c))
			begin_row(f, s, c->end);
		in_row = m->begun;
		m->empty_from = c->end;
	}
	c->marks |= LEAT_CELL_CLOSED;
	if (f->lateness > 0)
		leat_more(f, s)->open = c == leat_newest(s) ? NULL : c->next;
	if (has_data(f, c))
		tell_cell(f, c, 0);
	else if (in_row)
		tell_cell(f, c, LEAT_EMPTY);
	if (f->lateness == 0)
		remove_cell(f, s, c);
	return LEAT_OK;
}

static int cells_close(struct leat_flow *f, struct leat_state *s,
    int64_t watermark)
{
	struct leat_cell *c;

	while ((c = first_open(f, s)) && c->end <= watermark) {
		int err = close_cell(f, s, c, watermark);
		if (err)
			return err;
	}
	if (f->emit_empty) {
		int err = tell_empties(f, s, watermark, watermark);
		if (err)
			return err;
	}
	while ((c = leat_oldest(s)) && (c->marks & LEAT_CELL_CLOSED) &&
	    leat_is_expired(f, c->end, watermark))
		remove_cell(f, s, c);
	return LEAT_OK;
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

static int cells_tell(struct leat_flow *f, struct leat_state *s, int flag)
{
	struct leat_cell *c = first_open(f, s);

	while (c) {
		if (has_data(f, c) &&
		    (flag != LEAT_EARLY || (c->marks & LEAT_CELL_CHANGED)))
			tell_cell(f, c, flag);
		c = c == leat_newest(s) ? NULL : c->next;
	}
	return LEAT_OK;
}

void leat_cells_tell_news(struct leat_flow *f, struct leat_state *s)
{
	const uint64_t news = LEAT_CELL_CLOSED | LEAT_CELL_CHANGED;
	struct leat_cell *c = leat_oldest(s);

	for (; c; c = leat_newer(s, c)) {
		if ((c->marks & news) != news || !has_data(f, c))
			continue;
		tell_cell(f, c, LEAT_LATE);
		if (f->emit_empty)
			begin_row(f, s, c->end);
	}
}

/* ---------------- taking values -------------------------------------- */

static int cells_reserve(struct leat_flow *f, const struct leat_state *s)
{
	const struct leat_cell *c = leat_newest(s);

	if (inline_cell(f, s)->next && leat_pool_reserve(&f->cells, 1))
		return LEAT_ENOMEM;
	if (!f->ordered)
		return LEAT_OK;
	/* The highest tree there is needs most. */
	struct leat_tree none = { 0 };
	uint32_t height = 0;
	for (; c; c = c->next == leat_newest(s) ? NULL : c->next) {
		const struct leat_tree *t =
		    (const void *)((const unsigned char *)c + LEAT_CELL_HEAD);
		if (t->height > height)
			height = t->height;
	}
	none.height = height;
	return leat_tree_reserve(f, &none);
}

static void put(struct leat_flow *f, struct leat_state *s, struct leat_cell *c,
    const leat_event *e)
{
	leat_sample v = { e->t, e->x, e->y };

	if (f->ordered) {
		leat_tree_insert(f, leat_cell_tree(c), &v);
		count_stored(f, s, 1, 1);
	} else {
		leat_accs_append(f, leat_cell_accs(c), &v);
	}
	if (f->revises)
		c->marks |= LEAT_CELL_CHANGED;
	if (LEAT_UNLIKELY(c->end <= f->clock.watermark)) {
		if (!(c->marks & LEAT_CELL_CLOSED))
			leat_cells_forget_open(f, s);
		c->marks |= LEAT_CELL_CLOSED;
		tell_cell(f, c, LEAT_LATE);
		if (f->emit_empty && !leat_more(f, s)->begun) {
			begin_row(f, s, c->end);
			f->news = c->end;
		}
	}
}

/*
 * Where there is no room left, the oldest value of all goes, if the new one
 * is not older still; and its cell, if that was all and it is not one that
 * the value is for.
 */
static int make_room(struct leat_flow *f, struct leat_state *s, int64_t t,
    const struct leat_cell *left, const struct leat_cell *right)
{
	struct leat_cell *c;

	if (!f->ordered || !leat_flow_is_full(f, s))
		return LEAT_OK;
	c = leat_oldest(s);
	while (c && !leat_cell_tree(c)->root) /* told, and then evicted */
		c = c->next;
	if (!c || f->full == LEAT_REFUSE ||
	    t < leat_tree_first(leat_cell_tree(c)))
		return LEAT_EFULL;
	leat_tree_evict_first(f, leat_cell_tree(c));
	count_stored(f, s, 1, 0);
	f->counts.evicted++;
	if (!leat_cell_tree(c)->root && c != left && c != right &&
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
		return LEAT_ELATE;
	if (err)
		return err;
	if (leat_is_expired(f, end, f->clock.watermark))
		return LEAT_ELATE;
	if ((err = make_room(f, s, e->t, NULL, NULL)))
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
	tell_cell(f, c, LEAT_RETRACTED);
	c->marks &= ~(uint64_t)LEAT_CELL_CLOSED;
	leat_cells_forget_open(f, s);
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

/* Room for all values of one tree at the end of another. */
static int reserve_join(struct leat_flow *f, struct leat_cell *b)
{
	struct leat_forest *w = &f->forest;
	size_t n = (size_t)leat_tree_length(f, leat_cell_tree(b));
	size_t leaves = n / LEAT_LEAF + 2;
	size_t inners = leaves + LEAT_HEIGHT;

	if (leat_pool_reserve(&w->leaves, leaves + 1) ||
	    leat_pool_reserve(&w->inners, inners) ||
	    leat_pool_reserve(&w->fringes, 2) ||
	    leat_pool_reserve(&w->tables, LEAT_HEIGHT))
		return LEAT_ENOMEM;
	return LEAT_OK;
}

/* b, which follows a, goes into it. */
static void join_cells(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *a, struct leat_cell *b)
{
	struct joining j = { f, leat_cell_tree(a) };

	if (f->ordered) {
		count_stored(f, s, leat_tree_length(f, leat_cell_tree(b)), 1);
		leat_tree_each(f, leat_cell_tree(b), move_value, &j);
	} else {
		leat_accs_join(f, leat_cell_accs(a), leat_cell_accs(b));
	}
	a->end = b->end;
	if (leat_cell_told(b) > leat_cell_told(a))
		a->marks = leat_cell_told(b) * LEAT_CELL_TOLD;
	remove_cell(f, s, b);
}

static int put_in_session(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *left, struct leat_cell *right, const leat_event *e)
{
	int64_t end = leat_later(e->t, f->gap);
	struct leat_cell *c = left ? left : right;
	int err;

	if (left && right && f->ordered && (err = reserve_join(f, right)))
		return err;
	if ((err = make_room(f, s, e->t, left, right)))
		return err;
	if (left && (right || end > left->end))
		retract(f, s, left);
	if (right)
		retract(f, s, right);
	if (left && right)
		join_cells(f, s, left, right);
	if (e->t < c->start)
		c->start = e->t;
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
	struct leat_cell *left = leat_cells_find(f, s, e->t);
	struct leat_cell *right = left ? left->next : leat_oldest(s);

	if (left == leat_newest(s))
		right = NULL;
	if (left && left->end <= e->t)
		left = NULL;
	if (right && right->start >= leat_later(e->t, f->gap))
		right = NULL;
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
	if (LEAT_UNLIKELY(!c || e->t < c->start || e->t >= c->end)) {
		if (!c || f->kind != LEAT_LANDMARK)
			c = leat_cells_find(f, s, e->t);
		if (!c || e->t >= c->end)
			return put_in_new(f, s, e);
	}
	if (LEAT_UNLIKELY(f->max_values > 0) &&
	    (err = make_room(f, s, e->t, c, NULL)))
		return err;
	if (e->t < c->start) /* of a landmark window */
		c->start = e->t;
	put(f, s, c, e);
	return LEAT_OK;
}

/* ---------------- asking --------------------------------------------- */

/* The cell that holds now. */
static struct leat_cell *current(const struct leat_flow *f,
    const struct leat_state *s)
{
	int64_t now = f->clock.now;
	struct leat_cell *c = leat_newest(s);

	if (!c || !f->clock.started)
		return NULL;
	if (f->kind == LEAT_LANDMARK)
		return c;
	c = leat_cells_find(f, s, now);
	return c && now < c->end ? c : NULL;
}

static void cells_look(const struct leat_flow *f, const struct leat_state *s,
    int64_t *start_out, int64_t *end_out)
{
	struct leat_cell *c = current(f, s);

	*start_out = *end_out = f->clock.now;
	if (c) {
		*start_out = c->start;
		*end_out = c->end;
		if (f->kind == LEAT_LANDMARK)
			*end_out = leat_later(f->clock.now, 1);
		if (f->ordered)
			leat_tree_query(f, leat_cell_tree(c), f->whole);
		else
			leat_accs_copy(f, f->whole, leat_cell_accs(c));
		return;
	}
	leat_accs_clear(f, f->whole);
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
	while (leat_newest(s))
		remove_cell(f, s, leat_oldest(s));
	memset(s, 0, f->state_size);
}

static int copy_cell(struct leat_flow *f, struct leat_state *to,
    struct leat_cell *c)
{
	if (cells_reserve(f, to))
		return LEAT_ENOMEM;
	struct leat_cell *n = leat_cells_add(f, to, leat_newest(to), c->start,
	    c->end);
	n->marks = c->marks;
	if (f->ordered)
		return leat_tree_copy(f, leat_cell_tree(n), leat_cell_tree(c));
	leat_accs_copy(f, leat_cell_accs(n), leat_cell_accs(c));
	return LEAT_OK;
}

static int cells_copy(struct leat_flow *f, struct leat_state *to,
    const struct leat_state *from)
{
	struct leat_cell *c = leat_oldest(from);

	if (f->more_at)
		*leat_more(f, to) = *leat_more(f, from);
	leat_cells_forget_open(f, to);
	while (c) {
		int err = copy_cell(f, to, c);
		if (err)
			return err;
		c = c == leat_newest(from) ? NULL : c->next;
	}
	return LEAT_OK;
}

const struct leat_time_engine leat_cells_engine = { cells_reserve, cells_push,
	cells_due, cells_close, cells_tell, cells_look, cells_stored,
	cells_clear, cells_copy, leat_cells_tape, leat_cells_join_room,
	leat_cells_join };
