/*
 * save_cells.c - windows that do not overlap, as bytes
 *
 * Cells in the order of time, each with its start, relative to the time
 * before it: where windows are on a grid most keys have one cell, and all of
 * them the same, which takes a byte. Where the end follows from the start it
 * is not saved.
 */
#include "time.h"

/* emit_empty: windows without data. */
static void tape_row(struct leat_tape *t, const struct leat_flow *f,
    struct leat_more *m)
{
	int64_t start, end;

	leat_tape_int(t, &m->begun, 1);
	if (!m->begun)
		return;
	leat_tape_time(t, &m->first_end);
	leat_tape_time(t, &m->empty_from);
	if (!leat_tape_expect(t,
		m->first_end <= m->empty_from &&
		    m->empty_from <= f->clock.target) ||
	    !t->loads)
		return;
	/* None that are to be told have been left behind, but by time's end. */
	if (leat_cells_next_empty(f, m->empty_from, &start, &end) == LEAT_OK)
		leat_tape_expect(t,
		    !leat_is_expired(f, end, f->clock.watermark) ||
			f->clock.watermark == LEAT_TIME_MAX);
}

/* Start and end of a cell, which comes after `before` (NULL: is the first). */
static void tape_interval(struct leat_tape *t, const struct leat_flow *f,
    const struct leat_cell *before, int64_t *start, int64_t *end)
{
	int64_t s, e = 0;
	uint64_t ticks = leat_ticks(*start, *end);

	leat_tape_time(t, start);
	if (f->kind == LEAT_CALENDAR || f->kind == LEAT_SESSION) {
		leat_tape_number(t, &ticks, UINT64_MAX);
		leat_tape_expect(t,
		    ticks > 0 && ticks <= leat_ticks(*start, INT64_MAX));
		*end = (int64_t)((uint64_t)*start + ticks);
		leat_tape_expect(t,
		    f->kind == LEAT_CALENDAR ||
			*end <= leat_later(f->clock.now, f->gap));
	} else if (t->loads) {
		leat_tape_expect(t,
		    leat_cells_interval(f, *start, &s, &e) == LEAT_OK &&
			s == *start);
		*end = e;
	}
	leat_tape_expect(t,
	    *start <= f->clock.now &&
		(!before ||
		    (f->kind != LEAT_LANDMARK && *start >= before->end)));
}

/* Closed ones come first, and are kept for lateness alone. */
static void check_marks(struct leat_tape *t, const struct leat_flow *f,
    const struct leat_cell *before, uint64_t marks, int64_t end)
{
	leat_tape_expect(t,
	    !(marks & LEAT_CELL_CLOSED) ||
		(f->lateness > 0 && end <= f->clock.target &&
		    (!before || (before->marks & LEAT_CELL_CLOSED))));
}

static struct leat_cell *new_cell(struct leat_tape *t, struct leat_flow *f,
    struct leat_state *s, int64_t start, int64_t end)
{
	if (t->err)
		return NULL;
	if (f->engine->reserve(f, s)) {
		leat_tape_fail(t, LEAT_ENOMEM);
		return NULL;
	}
	return leat_cells_add(f, s, leat_newest(s), start, end);
}

/* The cell c, or loading the one after it; NULL: it failed. */
static struct leat_cell *tape_cell(struct leat_tape *t, struct leat_flow *f,
    struct leat_state *s, struct leat_cell *c)
{
	const struct leat_cell *before = t->loads ? c : NULL;
	int64_t start = t->loads ? 0 : c->start, end = t->loads ? 0 : c->end;
	uint64_t marks = t->loads ? 0 : c->marks;

	tape_interval(t, f, before, &start, &end);
	leat_tape_number(t, &marks, UINT64_MAX);
	check_marks(t, f, before, marks, end);
	if (t->loads)
		c = new_cell(t, f, s, start, end);
	if (!c)
		return NULL;
	c->marks = marks;
	if (f->ordered)
		leat_tape_tree(t, f, leat_cell_tree(c));
	else
		leat_tape_accs(t, f, leat_cell_accs(c));
	if (!f->ordered && !t->err)
		leat_tape_expect(t,
		    leat_cell_accs(c)->count + leat_cell_accs(c)->missing > 0);
	return c;
}

void leat_cells_tape(struct leat_flow *f, struct leat_state *s,
    struct leat_tape *t)
{
	struct leat_cell *c = leat_oldest(s);
	uint64_t n = 0;

	if (f->emit_empty)
		tape_row(t, f, leat_more(f, s));
	for (; c; c = leat_newer(s, c))
		n++;
	leat_tape_number(t, &n, UINT64_MAX);
	for (c = leat_oldest(s); n > 0 && !t->err; n--) {
		c = tape_cell(t, f, s, c);
		if (!t->loads)
			c = leat_newer(s, c);
	}
}
