/*
 * ranges.c - windows that overlap
 *
 * Sliding windows, and hopping ones whose advance is less than their span:
 * a value belongs to many of them, so it is kept once, in a tree, and a
 * window is a range of that. Sliding windows keep values; hopping ones keep
 * panes of gcd(span, advance) ticks, in which values are added up in any
 * order, or values if order matters to the statistics.
 *
 * The windows themselves are not stored: they are counted through. Which
 * results they have had, if they may have more than one, is in a ledger;
 * which open ones have changed, if early results are wanted, are ranges of
 * them. Both are indices (index.c) in the order of windows.
 *
 * A window on the grid is known by its two ends, cut off at the limits of
 * int64_t; one of them always is exact, and leads to the next window.
 *
 * Cost: see tree.c; of a result, O(log n) combines and looks at the ledger.
 */
#include "ranges.h"
#include "codec.h"

size_t leat_ranges_size(void)
{
	return sizeof(struct leat_ranges);
}

const struct leat_index_kind leat_windows_kind = { 4, 2 };

/* ---------------- windows on a grid ----------------------------------- */

/* The window that ends first of those that end after t. */
struct leat_grid_window leat_first_after(const struct leat_time_plan *p,
    int64_t t)
{
	/* The grid has an end at every phase + k advance. */
	int64_t behind = leat_modulo(leat_modulo(t, p->advance) - p->phase,
	    p->advance);
	int64_t ahead = p->advance - behind;
	struct leat_grid_window w;

	w.end = leat_later(t, ahead);
	w.start = ahead < p->span ? leat_earlier(t, p->span - ahead)
				  : leat_later(t, ahead - p->span);
	return w;
}

/* Whether there is one after it. */
int leat_next_window(const struct leat_time_plan *p, struct leat_grid_window *w)
{
	int cut = w->start == INT64_MIN &&
	    leat_ticks(w->start, w->end) < (uint64_t)p->span;

	if (cut) {
		w->end += p->advance;
		w->start = leat_earlier(w->end, p->span);
		return 1;
	}
	if (w->start > INT64_MAX - p->advance)
		return 0;
	w->start += p->advance;
	w->end = leat_later(w->start, p->span);
	return w->start < INT64_MAX;
}

/* Where the last window ends that holds t: the one that starts last. */
int64_t leat_last_end(const struct leat_time_plan *p, int64_t t)
{
	int64_t since;

	if (leat_slides(p))
		return leat_later(t, p->span);
	since = leat_modulo(leat_modulo(t, p->advance) - p->offset, p->advance);
	return leat_later(t, p->span - since);
}

static struct leat_grid_window leat_sliding_window(const struct leat_time_plan *p,
    int64_t t)
{
	struct leat_grid_window w = { leat_later(t, 1),
		leat_earlier(t, p->span - 1) };

	return w;
}

/* ---------------- telling -------------------------------------------- */

/* NULL: it has not been told. */
static struct leat_emitted *leat_ranges_emitted(const struct leat_ranges *r,
    struct leat_grid_window w)
{
	struct leat_emitted *t = leat_index_find(&leat_windows_kind, &r->emitted,
	    &w.end);

	return t && !leat_is_before(t->w, w) ? t : NULL;
}

struct leat_emitted *leat_ranges_note(struct leat_stream *st,
    struct leat_ranges *r, struct leat_grid_window w)
{
	struct leat_emitted *t = leat_ranges_emitted(r, w);

	return t
	    ? t
	    : leat_index_add(&leat_windows_kind, &r->emitted, &st->nodes, &w.end);
}

/*
 * How often the window has been told. Notes that it is told again, unless it
 * never will be, as it expires when it closes or its key is dropped; or this
 * is a flush, which leaves no trace.
 */
static uint64_t note_emitted(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window w, int flags)
{
	struct leat_emitted *t;

	if (!st->plan.revises)
		return 0;
	if ((flags & (LEAT_RESULT_DROPPED | LEAT_RESULT_FLUSHED)) ||
	    leat_is_expired(&st->plan, w.end, st->clock.target)) {
		t = leat_ranges_emitted(r, w);
		return t ? t->times : 0;
	}
	t = leat_ranges_note(st, r, w);
	t->late |= flags == LEAT_RESULT_UPDATED;
	return t->times++;
}

static void leat_ranges_emit(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window w, int flags)
{
	leat_tree_range(&st->forest, &r->tree, w.start, w.end,
	    st->emitter.whole);
	if (flags == LEAT_RESULT_EARLY &&
	    st->emitter.whole->count + st->emitter.whole->missing == 0)
		return;
	leat_stream_emit(st, w.start, w.end, note_emitted(st, r, w, flags), flags);
}

int leat_next_with_data(const struct leat_time_plan *p,
    const struct leat_tree *t, struct leat_grid_window *w)
{
	int64_t at;

	if (!leat_tree_seek(t, w->start, &at))
		return 0;
	if (at >= w->end)
		*w = leat_first_after(p, at);
	return 1;
}

static int next_on_grid(const struct leat_stream *st,
    const struct leat_ranges *r, int64_t closed, struct leat_grid_window *w)
{
	*w = leat_first_after(&st->plan, closed);
	return leat_next_with_data(&st->plan, &r->tree, w);
}

/*
 * The next window with data, where those have been told that end by `closed`.
 * Returns 0 if there is none.
 */
LEAT_INLINE int leat_ranges_next(const struct leat_stream *st,
    const struct leat_ranges *r, int64_t closed, struct leat_grid_window *w)
{
	int64_t t;

	if (!leat_slides(&st->plan))
		return next_on_grid(st, r, closed, w);
	if (!leat_tree_seek(&r->tree, closed, &t))
		return 0;
	*w = leat_sliding_window(&st->plan, t);
	return 1;
}

/* ---------------- closing -------------------------------------------- */

/* Tells whether windows are closed one by one, to emit or count them. */
static int leat_ranges_emits(const struct leat_stream *st)
{
	return st->emitter.sink.emit || st->plan.emit_empty;
}

/*
 * emit_empty: there are windows without data to be told as time passes. Where
 * it ends, only those before the next one that has some (NULL: none has).
 */
static int goes_on(const struct leat_stream *st, const struct leat_ranges *r,
    const struct leat_grid_window *next)
{
	if (!st->plan.emit_empty || !r->begun)
		return 0;
	return st->clock.target < LEAT_TIME_MAX ||
	    (next && leat_is_before(r->empty, *next));
}

/* Those before the next window with data, and by the watermark. */
static void emit_ranges_row(struct leat_stream *st, struct leat_ranges *r,
    const struct leat_grid_window *next, int64_t watermark)
{
	while (goes_on(st, r, next) && r->empty.end <= watermark &&
	    (!next || leat_is_before(r->empty, *next))) {
		const struct leat_emitted *t = leat_ranges_emitted(r, r->empty);
		if (!t || !t->late)
			leat_ranges_emit(st, r, r->empty, LEAT_RESULT_EMPTY);
		if (!leat_next_window(&st->plan, &r->empty)) {
			r->begun = 0;
			return;
		}
	}
}

/* The tree's values or panes before a time go: no window still needs them. */
static void forget_data(struct leat_stream *st, struct leat_state *s,
    int64_t before)
{
	struct leat_tree *t = &leat_ranges_of(s)->tree;

	if (st->plan.max_windows > 0)
		leat_more(&st->plan, s)->windows -=
		    leat_slices_before(&st->plan, t, before);
	leat_tree_evict(&st->forest, t, before);
}

/* Everything that no window still needs goes. */
static void forget(struct leat_stream *st, struct leat_state *s,
    int64_t watermark)
{
	struct leat_ranges *r = leat_ranges_of(s);
	int64_t settled = watermark == LEAT_TIME_MAX
	    ? LEAT_TIME_MAX
	    : leat_earlier(watermark, st->plan.lateness);
	const struct leat_emitted *old;

	while ((old = leat_emitted_first(r)) && old->w.end <= settled) {
		struct leat_grid_window w = old->w;
		leat_index_remove(&leat_windows_kind, &r->emitted, &st->nodes,
		    &w.end);
	}
	if (settled == LEAT_TIME_MAX)
		forget_data(st, s, LEAT_TIME_MAX);
	else if (leat_slides(&st->plan))
		forget_data(st, s, leat_sliding_window(&st->plan, settled).start);
	else
		forget_data(st, s, leat_first_after(&st->plan, settled).start);
}

static uint64_t leat_ranges_stored(const struct leat_stream *st,
    const struct leat_state *s)
{
	const struct leat_ranges *r = leat_ranges_of(s);

	return r && !st->forest.panes ? leat_tree_length(&st->forest, &r->tree)
				      : 0;
}

static void count_away(struct leat_stream *st, struct leat_state *s)
{
	if (st->plan.max_values)
		leat_more(&st->plan, s)->stored = leat_ranges_stored(st, s);
}

/*
 * Goes on to the window after w that is due; returns 0 if there is none. Of
 * those that are cut off at the end of time, more than one may end there.
 */
static int close_next(const struct leat_stream *st, const struct leat_ranges *r,
    struct leat_grid_window *w)
{
	int64_t t;

	if (w->end < LEAT_TIME_MAX || leat_slides(&st->plan))
		return leat_ranges_next(st, r, r->closed, w);
	*w = r->empty;
	return r->begun && leat_tree_seek(&r->tree, w->start, &t);
}

static void close_windows(struct leat_stream *st, struct leat_ranges *r,
    int64_t watermark)
{
	struct leat_grid_window w;
	int more = leat_ranges_next(st, r, r->closed, &w);

	while (more && w.end <= watermark) {
		emit_ranges_row(st, r, &w, watermark);
		leat_ranges_emit(st, r, w, 0);
		r->closed = w.end;
		r->empty = w;
		r->begun = leat_next_window(&st->plan, &r->empty);
		more = close_next(st, r, &w);
	}
	emit_ranges_row(st, r, more ? &w : NULL, watermark);
	if (watermark > r->closed)
		r->closed = watermark;
}

static void leat_ranges_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (!r)
		return;
	if (leat_ranges_emits(st))
		close_windows(st, r, watermark);
	else if (watermark > r->closed)
		r->closed = watermark;
	forget(st, s, watermark);
	count_away(st, s);
}

static int leat_ranges_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t *due_out)
{
	const struct leat_ranges *r = leat_ranges_of(s);
	struct leat_grid_window w;
	int64_t due = INT64_MAX;

	if (!r)
		return 0;
	int more = (st->emitter.sink.emit || st->plan.emit_empty) &&
	    leat_ranges_next(st, r, r->closed, &w);
	int row = goes_on(st, r, more ? &w : NULL);
	if (leat_tree_is_empty(&r->tree) && !row)
		return 0;
	if (row)
		due = r->empty.end;
	if (more && w.end < due)
		due = w.end;
	/* What is oldest goes when its last window does. */
	if (!leat_tree_is_empty(&r->tree)) {
		int64_t gone = leat_later(leat_last_end(&st->plan,
					      leat_tree_first(&r->tree)),
		    st->plan.lateness);
		if (gone < due)
			due = gone;
	}
	*due_out = due;
	return 1;
}

/* ---------------- early results --------------------------------------- */

/* The first window that holds t and is open. */
static struct leat_grid_window leat_first_open_window(const struct leat_stream *st,
    int64_t t)
{
	return leat_first_after(&st->plan,
	    t > st->clock.watermark ? t : st->clock.watermark);
}

/* The last window that holds t. */
static struct leat_grid_window leat_last_window(const struct leat_time_plan *p,
    int64_t t)
{
	int64_t since = leat_modulo(leat_modulo(t, p->advance) - p->offset,
	    p->advance);
	struct leat_grid_window w = { leat_later(t, p->span - since),
		leat_earlier(t, since) };

	return w;
}

static void remove_changed(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window from)
{
	leat_index_remove(&leat_windows_kind, &r->changed, &st->nodes,
	    &from.end);
}

/* Ranges that overlap become one. */
void leat_ranges_changed(struct leat_stream *st, struct leat_ranges *r,
    struct leat_changed c)
{
	struct leat_changed *o = leat_index_find(&leat_windows_kind,
	    &r->changed, &c.from.end);

	if (o && !leat_is_before(o->to, c.to))
		return;
	if (o && !leat_is_before(o->to, c.from)) {
		c.from = o->from;
		remove_changed(st, r, c.from);
	}
	while ((o = leat_changed_after(r, c.from)) &&
	    !leat_is_before(c.to, o->from)) {
		struct leat_grid_window from = o->from;
		if (leat_is_before(c.to, o->to))
			c.to = o->to;
		remove_changed(st, r, from);
	}
	o = leat_index_add(&leat_windows_kind, &r->changed, &st->nodes,
	    &c.from.end);
	o->to = c.to;
}

/* Notes that the open windows that hold t have changed. */
static void leat_ranges_note_changed(struct leat_stream *st, struct leat_ranges *r,
    int64_t t)
{
	struct leat_changed c = { leat_first_open_window(st, t),
		leat_last_window(&st->plan, t) };

	if (!leat_is_before(c.to, c.from))
		leat_ranges_changed(st, r, c);
}

/* Emits the changed windows that still have data after evictions. */
static void emit_changed(struct leat_stream *st, struct leat_ranges *r,
    struct leat_changed c)
{
	if (c.from.end <= st->clock.watermark)
		c.from = leat_first_after(&st->plan, st->clock.watermark);
	while (leat_next_with_data(&st->plan, &r->tree, &c.from) &&
	    !leat_is_before(c.to, c.from)) {
		leat_ranges_emit(st, r, c.from, LEAT_RESULT_EARLY);
		if (!leat_next_window(&st->plan, &c.from))
			return;
	}
}

static void emit_all_changed(struct leat_stream *st, struct leat_ranges *r)
{
	const struct leat_changed *c;

	while ((c = leat_changed_first(r))) {
		struct leat_changed copy = *c;
		remove_changed(st, r, copy.from);
		emit_changed(st, r, copy);
	}
}

static void emit_sliding(struct leat_stream *st, struct leat_ranges *r,
    int flag)
{
	if (r->touched || flag != LEAT_RESULT_EARLY)
		leat_ranges_emit(st, r, leat_sliding_window(&st->plan, st->clock.now),
		    flag);
	r->touched = 0;
}

/* All windows that are open and have data, in order. */
static void emit_open(struct leat_stream *st, struct leat_ranges *r, int flag)
{
	struct leat_grid_window w = leat_first_after(&st->plan,
	    st->clock.watermark);

	while (leat_next_with_data(&st->plan, &r->tree, &w)) {
		leat_ranges_emit(st, r, w, flag);
		if (!leat_next_window(&st->plan, &w))
			break;
	}
}

/* Each window that is open and has data; sliding ones end at a value. */
static void emit_flushed(struct leat_stream *st, struct leat_ranges *r)
{
	int64_t closed = st->clock.watermark;
	struct leat_grid_window w;
	int more;

	if (!leat_slides(&st->plan)) {
		emit_open(st, r, LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
		return;
	}
	if (r->closed > closed)
		closed = r->closed;
	for (more = leat_ranges_next(st, r, closed, &w); more;
	     more = leat_ranges_next(st, r, w.end, &w))
		leat_ranges_emit(st, r, w, LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
}

static void leat_ranges_emit_open(struct leat_stream *st, struct leat_state *s, int flag)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (!r)
		return;
	if (flag & LEAT_RESULT_FLUSHED)
		emit_flushed(st, r);
	else if (leat_slides(&st->plan))
		emit_sliding(st, r, flag);
	else if (flag == LEAT_RESULT_EARLY)
		emit_all_changed(st, r);
	else
		emit_open(st, r, flag);
}

/* ---------------- taking values -------------------------------------- */

static int ranges_reserve(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e)
{
	static const struct leat_tree none = { 0 };
	const struct leat_ranges *r = leat_ranges_of(s);

	const struct leat_tree *t = r ? &r->tree : &none;
	int err = r ? LEAT_OK : leat_pool_reserve(&st->contents, 1);

	if (st->forest.panes && st->forest.small && !t->root)
		return err | leat_few_stock_pane(&st->forest, t, e->t);
	return err | leat_tree_reserve(&st->forest, t);
}

/* At least as many windows as end from..to. */
static size_t windows_in(const struct leat_time_plan *p,
    const struct leat_changed *c)
{
	uint64_t starts = leat_ticks(c->from.start, c->to.start),
		 ends = leat_ticks(c->from.end, c->to.end);

	return (size_t)((starts > ends ? starts : ends) /
		   (uint64_t)p->advance) +
	    1;
}

size_t leat_ranges_open(const struct leat_stream *st, struct leat_changed c)
{
	if (c.from.end <= st->clock.watermark)
		c.from = leat_first_after(&st->plan, st->clock.watermark);
	return leat_is_before(c.to, c.from) ? 0 : windows_in(&st->plan, &c);
}

/* The state of a window that has had no value. */
const struct leat_ranges leat_no_ranges = { .closed = INT64_MIN };

/*
 * Sliding windows that a value at t changes and that are told late with it,
 * for the first time: they had no sink when they closed.
 */
static size_t late_not_emitted(const struct leat_stream *st,
    const struct leat_ranges *r, int64_t t)
{
	size_t n = 0;

	for (int64_t at = t; leat_tree_seek(&r->tree, at, &at); at++) {
		struct leat_grid_window w = leat_sliding_window(&st->plan, at);
		if (w.end > st->clock.target || w.start > t)
			break;
		n += leat_ranges_emitted(r, w) == NULL;
	}
	return n;
}

/* Closed windows that lateness keeps at once, no more than SIZE_MAX. */
static size_t kept_at_once(const struct leat_time_plan *p)
{
	uint64_t n = (uint64_t)(p->lateness / p->advance) + 2;

	if (leat_slides(p))
		return SIZE_MAX;
	return n > SIZE_MAX ? SIZE_MAX : (size_t)n;
}

/* Counts what a value at t notes for late or early results. */
static size_t count_held(const struct leat_stream *st,
    const struct leat_ranges *r, int64_t t)
{
	size_t each, n = 0;

	if (leat_slides(&st->plan)) {
		if (st->plan.lateness > 0 && t < st->clock.target)
			n = late_not_emitted(st, r, t);
		return n + 2;
	}
	each = (size_t)(st->plan.span / st->plan.advance) + 1;
	if (!st->plan.early_count && !st->plan.early_span &&
	    each > kept_at_once(&st->plan))
		each = kept_at_once(&st->plan);
	return each + 2;
}

/* Open windows that have changed, of which only those with data are told. */
static size_t count_changed(const struct leat_stream *st,
    const struct leat_ranges *r)
{
	size_t each = (size_t)(st->plan.span / st->plan.advance) + 1, n = 0;
	const struct leat_changed *c = leat_changed_first(r);

	for (; c; c = leat_changed_after(r, c->from))
		n += leat_ranges_open(st, *c);
	if (st->plan.max_values > 0 && n / each > st->plan.max_values)
		n = (size_t)st->plan.max_values * each;
	return n;
}

/*
 * emit_empty: between which ends windows will be told in a row up to the
 * clock's target. Returns 0 if there are none.
 */
static int row_ahead(const struct leat_stream *st, const struct leat_ranges *r,
    int64_t *from, int64_t *until)
{
	struct leat_grid_window w;

	*from = r->empty.end;
	*until = st->clock.target;
	if (!r->begun) {
		if (!leat_ranges_next(st, r, r->closed, &w))
			return 0;
		*from = w.end;
	}
	if (*until == LEAT_TIME_MAX && leat_tree_is_empty(&r->tree))
		return 0;
	if (*until == LEAT_TIME_MAX)
		*until = leat_last_end(&st->plan, leat_tree_last(&r->tree));
	return *from <= *until;
}

/* Counts what is noted of windows that close up to the clock's target. */
static size_t count_closing(const struct leat_stream *st,
    const struct leat_ranges *r)
{
	int64_t until = st->clock.target, from;
	size_t most = kept_at_once(&st->plan), n = 0;
	struct leat_grid_window w;

	if (st->plan.emit_empty) {
		if (!row_ahead(st, r, &from, &until))
			return 0;
		uint64_t row = leat_ticks(from, until) /
		    (uint64_t)st->plan.advance;
		return row < most - 2 ? (size_t)row + 2 : most;
	}
	int more = st->emitter.sink.emit && leat_ranges_next(st, r, r->closed, &w);
	while (more && w.end <= until && n < most) {
		n++;
		more = leat_ranges_next(st, r, w.end, &w);
	}
	return n;
}

static int leat_ranges_prepare(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e, struct leat_need *need)
{
	const struct leat_ranges *r = leat_ranges_of(s);
	int64_t from, until;
	size_t n = 0;

	if (!r)
		r = &leat_no_ranges;
	if (st->clock.target > st->clock.watermark) {
		if (st->plan.emit_empty && row_ahead(st, r, &from, &until) &&
		    leat_stream_row(st, from, until))
			return LEAT_TOO_FAR;
		if (st->plan.revises && st->clock.target < LEAT_TIME_MAX)
			n += count_closing(st, r);
	}
	if (!st->plan.revises)
		return LEAT_OK;
	n += count_changed(st, r) + 1;
	if (e)
		n += count_held(st, r, e->t);
	need->nodes += leat_index_need(&leat_windows_kind, &r->emitted, n) +
	    leat_index_need(&leat_windows_kind, &r->changed, 1);
	return LEAT_OK;
}

/* emit_empty: the row of windows begins with the one behind this. */
static void begin_grid_row(struct leat_stream *st, struct leat_ranges *r,
    struct leat_grid_window w)
{
	if (!st->plan.emit_empty || r->begun)
		return;
	r->empty = w;
	r->begun = leat_next_window(&st->plan, &r->empty);
	if (r->begun && r->empty.end < st->next_due)
		st->next_due = r->empty.end;
}

/* Tells again the windows that were told before a value at t came. */
static void emit_late(struct leat_stream *st, struct leat_ranges *r, int64_t t)
{
	int64_t watermark = st->clock.watermark, at = t;
	struct leat_grid_window w, last = leat_last_window(&st->plan, t);

	if (leat_slides(&st->plan)) {
		for (; leat_tree_seek(&r->tree, at, &at); at++) {
			w = leat_sliding_window(&st->plan, at);
			if (w.end > watermark || w.start > t)
				return;
			if (!leat_is_expired(&st->plan, w.end, watermark))
				leat_ranges_emit(st, r, w, LEAT_RESULT_UPDATED);
		}
		return;
	}
	for (w = leat_first_after(&st->plan, t); !leat_is_before(last, w);) {
		if (w.end > watermark)
			return;
		if (!leat_is_expired(&st->plan, w.end, watermark)) {
			leat_ranges_emit(st, r, w, LEAT_RESULT_UPDATED);
			begin_grid_row(st, r, w);
		}
		if (!leat_next_window(&st->plan, &w))
			return;
	}
}

void leat_ranges_emit_again(struct leat_stream *st, struct leat_ranges *r)
{
	struct leat_emitted *t = leat_emitted_first(r);

	for (; t; t = leat_emitted_after(r, t->w)) {
		if (t->late < 2)
			continue;
		t->late = 1;
		leat_ranges_emit(st, r, t->w, LEAT_RESULT_UPDATED);
		begin_grid_row(st, r, t->w);
	}
}

static int ranges_make_room(struct leat_stream *st, struct leat_state *s,
    int64_t t)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (st->forest.panes || !leat_stream_is_full(st, s))
		return LEAT_OK;
	if (st->plan.full == LEAT_WHEN_FULL_REFUSE ||
	    t < leat_tree_first(&r->tree))
		return LEAT_NO_ROOM;
	leat_slices_evict_first(st, s);
	leat_more(&st->plan, s)->stored--;
	st->counts.evicted++;
	return LEAT_OK;
}

void leat_ranges_start(struct leat_stream *st, struct leat_state *s)
{
	struct leat_ranges *r = leat_pool_take(&st->contents);

	memset(r, 0, sizeof(*r));
	r->closed = st->clock.watermark;
	s->content = r;
}

static void put_in_tree(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	struct leat_ranges *r = leat_ranges_of(s);
	leat_sample v = { e->t, e->x, e->y };

	if (st->plan.max_windows > 0)
		leat_more(&st->plan, s)->windows += (uint64_t)
		    leat_slice_is_new(&st->plan, &r->tree, e->t);
	if (st->forest.panes) {
		leat_tree_add(&st->forest, &r->tree,
		    leat_slice_start(&st->plan, e->t), &v);
		return;
	}
	leat_tree_insert(&st->forest, &r->tree, &v);
	if (st->plan.max_values)
		leat_more(&st->plan, s)->stored++;
}

/* When close() is first needed for a value at t. */
static void note_next_due(struct leat_stream *st, int64_t t)
{
	int64_t gone = leat_later(leat_last_end(&st->plan, t),
		    st->plan.lateness),
		due = gone;

	if (leat_ranges_emits(st) && leat_slides(&st->plan))
		due = leat_later(t, 1);
	else if (leat_ranges_emits(st))
		due = leat_first_open_window(st, t).end;
	if (gone < due)
		due = gone;
	if (due < st->next_due)
		st->next_due = due;
}

static int ranges_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	struct leat_ranges *r;
	int err;

	if (leat_is_expired(&st->plan, leat_last_end(&st->plan, e->t),
		st->clock.watermark))
		return LEAT_TOO_LATE;
	if (!s->content)
		leat_ranges_start(st, s);
	r = leat_ranges_of(s);
	if (LEAT_UNLIKELY(leat_stream_has_all(st, s)) &&
	    leat_slice_is_new(&st->plan, &r->tree, e->t))
		return LEAT_NO_ROOM;
	if (LEAT_UNLIKELY(st->plan.max_values > 0) &&
	    (err = ranges_make_room(st, s, e->t)))
		return err;
	if (st->clock.watermark > r->closed)
		r->closed = st->clock.watermark;
	put_in_tree(st, s, e);
	note_next_due(st, e->t);
	if (LEAT_UNLIKELY(st->plan.revises)) {
		r->touched = 1;
		if (!leat_slides(&st->plan) &&
		    (st->plan.early_count || st->plan.early_span))
			leat_ranges_note_changed(st, r, e->t);
		if (e->t < st->clock.watermark && st->plan.lateness > 0)
			emit_late(st, r, e->t);
	}
	return LEAT_OK;
}

/* ---------------- asking --------------------------------------------- */

static void ranges_look(const struct leat_stream *st,
    const struct leat_state *s, struct leat_accs *out, int64_t *start_out,
    int64_t *end_out)
{
	const struct leat_ranges *r = leat_ranges_of(s);
	struct leat_grid_window w;

	w.start = w.end = st->clock.now;
	if (st->clock.started)
		w = leat_slides(&st->plan)
		    ? leat_sliding_window(&st->plan, st->clock.now)
		    : leat_first_after(&st->plan, st->clock.now);
	*start_out = w.start;
	*end_out = w.end;
	if (!out)
		return;
	if (!r || !st->clock.started)
		leat_accs_clear(&st->forest.layout, out);
	else
		leat_tree_range(&st->forest, &r->tree, w.start, w.end, out);
}

static void ranges_clear(struct leat_stream *st, struct leat_state *s)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (r) {
		leat_tree_clear(&st->forest, &r->tree);
		leat_index_clear(&r->emitted, &st->nodes);
		leat_index_clear(&r->changed, &st->nodes);
		leat_pool_give(&st->contents, r);
	}
	memset(s, 0, st->plan.state_size);
}

static int ranges_copy(struct leat_stream *st, struct leat_state *to,
    const struct leat_state *from)
{
	const struct leat_ranges *r = leat_ranges_of(from);
	struct leat_ranges *n;

	if (st->plan.more_at)
		*leat_more(&st->plan, to) = *leat_more(&st->plan, from);
	if (!r)
		return LEAT_OK;
	if (leat_pool_reserve(&st->contents, 1))
		return LEAT_ENOMEM;
	n = leat_pool_take(&st->contents);
	*n = *r;
	to->content = n;
	memset(&n->emitted, 0, sizeof(n->emitted));
	memset(&n->changed, 0, sizeof(n->changed));
	memset(&n->tree, 0, sizeof(n->tree));
	if (leat_index_copy(&leat_windows_kind, &n->emitted, &st->nodes,
		&r->emitted) ||
	    leat_index_copy(&leat_windows_kind, &n->changed, &st->nodes,
		&r->changed))
		return LEAT_ENOMEM;
	return leat_tree_copy(&st->forest, &n->tree, &r->tree);
}

const struct leat_time_engine leat_ranges_engine = {
	.reserve = ranges_reserve,
	.prepare = leat_ranges_prepare,
	.push = ranges_push,
	.due = leat_ranges_due,
	.close = leat_ranges_close,
	.emit = leat_ranges_emit_open,
	.look = ranges_look,
	.stored = leat_ranges_stored,
	.clear = ranges_clear,
	.copy = ranges_copy,
	.tape = leat_ranges_tape,
	.join_room = leat_ranges_join_room,
	.join = leat_ranges_join,
};
