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
 * which open ones have changed, if early results are wanted, is a list of
 * ranges of ends.
 *
 * A window on the grid is known by its two ends, cut off at the limits of
 * int64_t; one of them always is exact, and leads to the next window.
 *
 * Cost: see tree.c; of a result, O(log n) combines.
 */
#include "time.h"

size_t leat_ranges_size(void)
{
	return sizeof(struct leat_ranges);
}

/* ---------------- lists ---------------------------------------------- */

int leat_list_reserve(struct leat_flow *f, struct leat_list *l, size_t n,
    size_t each)
{
	size_t room = l->room ? 2 * l->room : 8;

	if (n > SIZE_MAX / 4 / each - l->n)
		return LEAT_ENOMEM;
	if (l->n + n <= l->room)
		return LEAT_OK;
	while (room < l->n + n)
		room *= 2;
	void *items = leat_memory_take(&f->memory, room * each);
	if (!items)
		return LEAT_ENOMEM;
	if (l->n > 0)
		memcpy(items, l->items, l->n * each);
	leat_memory_give(&f->memory, l->items, l->room * each);
	l->items = items;
	l->room = room;
	return LEAT_OK;
}

static void *list_insert(struct leat_list *l, size_t at, size_t each)
{
	unsigned char *p = l->items + at * each;

	memmove(p + each, p, (l->n - at) * each);
	l->n++;
	return p;
}

static void list_remove(struct leat_list *l, size_t at, size_t n, size_t each)
{
	unsigned char *p = l->items + at * each;

	memmove(p, p + n * each, (l->n - at - n) * each);
	l->n -= n;
}

static void list_free(struct leat_flow *f, struct leat_list *l, size_t each)
{
	leat_memory_give(&f->memory, l->items, l->room * each);
}

static int list_copy(struct leat_flow *f, struct leat_list *to,
    const struct leat_list *from, size_t each)
{
	memset(to, 0, sizeof(*to));
	if (from->n == 0)
		return LEAT_OK;
	if (leat_list_reserve(f, to, from->n, each) || !to->items)
		return LEAT_ENOMEM;
	memcpy(to->items, from->items, from->n * each);
	to->n = from->n;
	return LEAT_OK;
}

/* ---------------- windows on a grid ----------------------------------- */

/* The window that ends first of those that end after t. */
struct leat_grid_window leat_first_after(const struct leat_flow *f, int64_t t)
{
	/* The grid has an end at every phase + k advance. */
	int64_t behind = leat_modulo(leat_modulo(t, f->advance) - f->phase,
	    f->advance);
	int64_t ahead = f->advance - behind;
	struct leat_grid_window w;

	w.end = leat_later(t, ahead);
	w.start = ahead < f->span ? leat_earlier(t, f->span - ahead)
				  : leat_later(t, ahead - f->span);
	return w;
}

/* Whether there is one after it. */
int leat_next_window(const struct leat_flow *f, struct leat_grid_window *w)
{
	int cut = w->start == INT64_MIN &&
	    leat_ticks(w->start, w->end) < (uint64_t)f->span;

	if (cut) {
		w->end += f->advance;
		w->start = leat_earlier(w->end, f->span);
		return 1;
	}
	if (w->start > INT64_MAX - f->advance)
		return 0;
	w->start += f->advance;
	w->end = leat_later(w->start, f->span);
	return w->start < INT64_MAX;
}

/* Where the last window ends that holds t: the one that starts last. */
int64_t leat_last_end(const struct leat_flow *f, int64_t t)
{
	int64_t since;

	if (leat_slides(f))
		return leat_later(t, f->span);
	since = leat_modulo(leat_modulo(t, f->advance) - f->offset, f->advance);
	return leat_later(t, f->span - since);
}

static struct leat_grid_window sliding_window(const struct leat_flow *f,
    int64_t t)
{
	struct leat_grid_window w = { leat_earlier(t, f->span - 1),
		leat_later(t, 1) };

	return w;
}

static int is_expired_end(const struct leat_flow *f, int64_t end,
    int64_t watermark)
{
	return leat_later(end, f->lateness) <= watermark;
}

/* ---------------- telling -------------------------------------------- */

static struct leat_told *ledger(const struct leat_ranges *r)
{
	return (struct leat_told *)(void *)r->told.items;
}

/* The place behind those up to w. */
static size_t ledger_find(const struct leat_ranges *r,
    struct leat_grid_window w)
{
	size_t i = r->told.n;

	while (i > 0 && leat_is_before(w, ledger(r)[i - 1].w))
		i--;
	return i;
}

/* NULL: it has not been told. */
static struct leat_told *told_of(const struct leat_ranges *r,
    struct leat_grid_window w)
{
	size_t i = ledger_find(r, w);

	return i > 0 && !leat_is_before(ledger(r)[i - 1].w, w)
	    ? &ledger(r)[i - 1]
	    : NULL;
}

struct leat_told *leat_ranges_note(struct leat_ranges *r,
    struct leat_grid_window w)
{
	struct leat_told *t = told_of(r, w);

	if (t)
		return t;
	t = list_insert(&r->told, ledger_find(r, w), sizeof(*t));
	t->w = w;
	t->times = 0;
	t->late = 0;
	return t;
}

/* How often the window has been told; notes that it is told again. */
static uint64_t note_told(const struct leat_flow *f, struct leat_ranges *r,
    struct leat_grid_window w, int flags)
{
	struct leat_told *t;

	if (!f->revises)
		return 0;
	t = leat_ranges_note(r, w);
	t->late |= flags == LEAT_LATE;
	return t->times++;
}

static int ledger_reserve(struct leat_flow *f, struct leat_ranges *r, size_t n)
{
	return f->revises
	    ? leat_list_reserve(f, &r->told, n, sizeof(struct leat_told))
	    : LEAT_OK;
}

/* There is room in the ledger. */
static void tell_window(struct leat_flow *f, struct leat_ranges *r,
    struct leat_grid_window w, int flags)
{
	leat_tree_range(f, &r->tree, w.start, w.end, f->whole);
	if (flags == LEAT_EARLY && f->whole->count + f->whole->missing == 0)
		return;
	leat_flow_tell(f, w.start, w.end, note_told(f, r, w, flags), flags);
}

static int tell_one(struct leat_flow *f, struct leat_ranges *r,
    struct leat_grid_window w, int flags)
{
	if (ledger_reserve(f, r, 1))
		return LEAT_ENOMEM;
	tell_window(f, r, w, flags);
	return LEAT_OK;
}

/*
 * The next window with data that has not been told as closed: it ends after
 * r->closed. Returns 0 if there is none.
 */
static int next_due(const struct leat_flow *f, const struct leat_ranges *r,
    struct leat_grid_window *w)
{
	int64_t t;

	if (leat_slides(f)) {
		if (!leat_tree_seek(&r->tree, r->closed, &t))
			return 0;
		*w = sliding_window(f, t);
		return 1;
	}
	*w = leat_first_after(f, r->closed);
	if (!leat_tree_seek(&r->tree, w->start, &t))
		return 0;
	if (t >= w->end)
		*w = leat_first_after(f, t);
	return 1;
}

/* ---------------- closing -------------------------------------------- */

/* Whether windows are closed one by one, be it to tell or to count them. */
static int tells(const struct leat_flow *f)
{
	return f->sink.emit || f->emit_empty;
}

/*
 * emit_empty: there are windows without data to be told as time passes. Where
 * it ends, only those before the next one that has some (NULL: none has).
 */
static int goes_on(const struct leat_flow *f, const struct leat_ranges *r,
    const struct leat_grid_window *next)
{
	if (!f->emit_empty || !r->begun)
		return 0;
	return f->clock.target < LEAT_TIME_MAX ||
	    (next && leat_is_before(r->empty, *next));
}

/* Those before the next window with data, and by the watermark. */
static int tell_empty_windows(struct leat_flow *f, struct leat_ranges *r,
    const struct leat_grid_window *next, int64_t watermark)
{
	while (goes_on(f, r, next) && r->empty.end <= watermark &&
	    (!next || leat_is_before(r->empty, *next))) {
		const struct leat_told *t = told_of(r, r->empty);
		if ((!t || !t->late) && tell_one(f, r, r->empty, LEAT_EMPTY))
			return LEAT_ENOMEM;
		if (!leat_next_window(f, &r->empty)) {
			r->begun = 0;
			return LEAT_OK;
		}
	}
	return LEAT_OK;
}

/* Everything that no window still needs goes. */
static void forget(struct leat_flow *f, struct leat_ranges *r,
    int64_t watermark)
{
	int64_t settled = watermark == LEAT_TIME_MAX
	    ? LEAT_TIME_MAX
	    : leat_earlier(watermark, f->lateness);
	size_t n = 0;

	while (n < r->told.n && ledger(r)[n].w.end <= settled)
		n++;
	if (LEAT_UNLIKELY(n > 0))
		list_remove(&r->told, 0, n, sizeof(struct leat_told));
	if (settled == LEAT_TIME_MAX)
		leat_tree_clear(f, &r->tree);
	else if (leat_slides(f))
		leat_tree_evict(f, &r->tree, sliding_window(f, settled).start);
	else
		leat_tree_evict(f, &r->tree,
		    leat_first_after(f, settled).start);
}

static uint64_t ranges_stored(const struct leat_flow *f,
    const struct leat_state *s)
{
	const struct leat_ranges *r = leat_ranges_of(s);

	return r && !f->forest.panes ? leat_tree_length(f, &r->tree) : 0;
}

static void count_away(struct leat_flow *f, struct leat_state *s)
{
	if (f->max_values)
		leat_more(f, s)->stored = ranges_stored(f, s);
}

static int close_windows(struct leat_flow *f, struct leat_ranges *r,
    int64_t watermark)
{
	struct leat_grid_window w;
	int more = next_due(f, r, &w);

	while (more && w.end <= watermark) {
		if (tell_empty_windows(f, r, &w, watermark) ||
		    tell_one(f, r, w, 0))
			return LEAT_ENOMEM;
		r->closed = w.end;
		r->empty = w;
		r->begun = leat_next_window(f, &r->empty);
		/* More than one window may be cut off at the end of time. */
		if (w.end == LEAT_TIME_MAX && !leat_slides(f)) {
			int64_t t;
			more = r->begun;
			w = r->empty;
			while (more && !leat_tree_seek(&r->tree, w.start, &t))
				more = 0;
		} else {
			more = next_due(f, r, &w);
		}
	}
	if (tell_empty_windows(f, r, more ? &w : NULL, watermark))
		return LEAT_ENOMEM;
	if (watermark > r->closed)
		r->closed = watermark;
	return LEAT_OK;
}

static int ranges_close(struct leat_flow *f, struct leat_state *s,
    int64_t watermark)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (!r)
		return LEAT_OK;
	if (tells(f)) {
		int err = close_windows(f, r, watermark);
		if (err)
			return err;
	} else if (watermark > r->closed) {
		r->closed = watermark;
	}
	forget(f, r, watermark);
	count_away(f, s);
	return LEAT_OK;
}

static int ranges_due(const struct leat_flow *f, const struct leat_state *s,
    int64_t *due_out)
{
	const struct leat_ranges *r = leat_ranges_of(s);
	struct leat_grid_window w;
	int64_t due = INT64_MAX;

	if (!r)
		return 0;
	int more = tells(f) && next_due(f, r, &w);
	int row = goes_on(f, r, more ? &w : NULL);
	if (!r->tree.root && !row)
		return 0;
	if (row)
		due = r->empty.end;
	if (more && w.end < due)
		due = w.end;
	/* What is oldest goes when its last window does. */
	if (r->tree.root) {
		int64_t gone = leat_later(leat_last_end(f,
					      leat_tree_first(&r->tree)),
		    f->lateness);
		if (gone < due)
			due = gone;
	}
	*due_out = due;
	return 1;
}

/* ---------------- early results --------------------------------------- */

static struct leat_changed *changes(const struct leat_ranges *r)
{
	return (struct leat_changed *)(void *)r->changed.items;
}

/* The first window that holds t and is open. */
static struct leat_grid_window first_open_window(const struct leat_flow *f,
    int64_t t)
{
	return leat_first_after(f,
	    t > f->clock.watermark ? t : f->clock.watermark);
}

/* The last window that holds t. */
static struct leat_grid_window last_window(const struct leat_flow *f, int64_t t)
{
	int64_t since = leat_modulo(leat_modulo(t, f->advance) - f->offset,
	    f->advance);
	struct leat_grid_window w = { leat_earlier(t, since),
		leat_later(t, f->span - since) };

	return w;
}

void leat_ranges_changed(struct leat_ranges *r, struct leat_changed c)
{
	size_t i = 0, n;

	while (i < r->changed.n && leat_is_before(changes(r)[i].to, c.from))
		i++;
	for (n = 0; i + n < r->changed.n &&
	     !leat_is_before(c.to, changes(r)[i + n].from);
	     n++) {
		struct leat_changed *o = &changes(r)[i + n];
		if (leat_is_before(o->from, c.from))
			c.from = o->from;
		if (leat_is_before(c.to, o->to))
			c.to = o->to;
	}
	if (n > 0)
		list_remove(&r->changed, i, n, sizeof(c));
	memcpy(list_insert(&r->changed, i, sizeof(c)), &c, sizeof(c));
}

/* Notes that the open windows that hold t have changed. */
static void note_changed(const struct leat_flow *f, struct leat_ranges *r,
    int64_t t)
{
	struct leat_changed c = { first_open_window(f, t), last_window(f, t) };

	if (!leat_is_before(c.to, c.from))
		leat_ranges_changed(r, c);
}

/* The first of them; what is left of it stays in the list. */
static int tell_changed(struct leat_flow *f, struct leat_ranges *r, int flag)
{
	struct leat_changed *c = changes(r);
	int64_t t;

	if (c->from.end <= f->clock.watermark)
		c->from = leat_first_after(f, f->clock.watermark);
	/* Values may have been evicted since. */
	int more = leat_tree_seek(&r->tree, c->from.start, &t);
	if (more && t >= c->from.end)
		c->from = leat_first_after(f, t);
	if (more && !leat_is_before(c->to, c->from)) {
		struct leat_grid_window w = c->from;
		if (tell_one(f, r, w, flag))
			return LEAT_ENOMEM;
		if (leat_next_window(f, &c->from) &&
		    !leat_is_before(c->to, c->from))
			return LEAT_OK;
	}
	list_remove(&r->changed, 0, 1, sizeof(*c));
	return LEAT_OK;
}

static int tell_sliding(struct leat_flow *f, struct leat_ranges *r, int flag)
{
	struct leat_grid_window w = sliding_window(f, f->clock.now);
	int err = LEAT_OK;

	if (r->touched || flag != LEAT_EARLY)
		err = tell_one(f, r, w, flag);
	if (!err)
		r->touched = 0;
	return err;
}

/* All windows that are open and have data, in order. */
static int tell_open(struct leat_flow *f, struct leat_ranges *r, int flag)
{
	struct leat_grid_window w = leat_first_after(f, f->clock.watermark);
	int64_t t;

	while (leat_tree_seek(&r->tree, w.start, &t)) {
		if (t >= w.end)
			w = leat_first_after(f, t);
		if (tell_one(f, r, w, flag))
			return LEAT_ENOMEM;
		if (!leat_next_window(f, &w))
			break;
	}
	return LEAT_OK;
}

static int ranges_tell(struct leat_flow *f, struct leat_state *s, int flag)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (!r)
		return LEAT_OK;
	if (leat_slides(f))
		return tell_sliding(f, r, flag);
	if (flag != LEAT_EARLY)
		return tell_open(f, r, flag);
	while (r->changed.n > 0)
		if (tell_changed(f, r, flag))
			return LEAT_ENOMEM;
	return LEAT_OK;
}

/* ---------------- taking values -------------------------------------- */

static int ranges_reserve(struct leat_flow *f, const struct leat_state *s)
{
	static const struct leat_tree none = { 0 };
	const struct leat_ranges *r = leat_ranges_of(s);

	if (!r && leat_pool_reserve(&f->contents, 1))
		return LEAT_ENOMEM;
	return leat_tree_reserve(f, r ? &r->tree : &none);
}

/* At least as many windows as end from..to. */
static size_t windows_in(const struct leat_flow *f,
    const struct leat_changed *c)
{
	uint64_t starts = leat_ticks(c->from.start, c->to.start),
		 ends = leat_ticks(c->from.end, c->to.end);

	return (size_t)((starts > ends ? starts : ends) /
		   (uint64_t)f->advance) +
	    1;
}

size_t leat_ranges_open(const struct leat_flow *f, struct leat_changed c)
{
	if (c.from.end <= f->clock.watermark)
		c.from = leat_first_after(f, f->clock.watermark);
	return leat_is_before(c.to, c.from) ? 0 : windows_in(f, &c);
}

/*
 * Sliding windows that a value at t changes and that are told late with it,
 * for the first time: they had no sink when they closed.
 */
static size_t late_untold(const struct leat_flow *f,
    const struct leat_ranges *r, int64_t t)
{
	size_t n = 0;

	if (f->lateness == 0 || t >= f->clock.watermark)
		return 0;
	for (int64_t at = t; leat_tree_seek(&r->tree, at, &at); at++) {
		struct leat_grid_window w = sliding_window(f, at);
		if (w.end > f->clock.watermark || w.start > t)
			break;
		n += told_of(r, w) == NULL;
	}
	return n;
}

/*
 * What a value at t may add to the lists, before it goes in: the windows that
 * are told late, and those that are told early with it.
 */
static int reserve_lists(struct leat_flow *f, struct leat_ranges *r, int64_t t)
{
	size_t each = 0, n = 0;

	if (leat_slides(f))
		n = late_untold(f, r, t);
	else
		each = (size_t)(f->span / f->advance) + 1;
	for (size_t i = 0; i < r->changed.n; i++)
		n += leat_ranges_open(f, changes(r)[i]);
	/* Only those that still have data are told. */
	if (each > 0 && f->max_values > 0 && n / (each + 1) > f->max_values)
		n = (size_t)f->max_values * (each + 1);
	if (ledger_reserve(f, r, n + 2 * each + 2))
		return LEAT_ENOMEM;
	return leat_list_reserve(f, &r->changed, 1,
	    sizeof(struct leat_changed));
}

/* emit_empty: the row of windows begins with the one behind this. */
static void begin_grid_row(struct leat_flow *f, struct leat_ranges *r,
    struct leat_grid_window w)
{
	if (!f->emit_empty || r->begun)
		return;
	r->empty = w;
	r->begun = leat_next_window(f, &r->empty);
	if (r->begun && r->empty.end < f->news)
		f->news = r->empty.end;
}

/* Tells again the windows that were told before a value at t came. */
static void tell_late(struct leat_flow *f, struct leat_ranges *r, int64_t t)
{
	int64_t watermark = f->clock.watermark, at = t;
	struct leat_grid_window w, last = last_window(f, t);

	if (leat_slides(f)) {
		for (; leat_tree_seek(&r->tree, at, &at); at++) {
			w = sliding_window(f, at);
			if (w.end > watermark || w.start > t)
				return;
			if (!is_expired_end(f, w.end, watermark))
				tell_window(f, r, w, LEAT_LATE);
		}
		return;
	}
	for (w = leat_first_after(f, t); !leat_is_before(last, w);) {
		if (w.end > watermark)
			return;
		if (!is_expired_end(f, w.end, watermark)) {
			tell_window(f, r, w, LEAT_LATE);
			begin_grid_row(f, r, w);
		}
		if (!leat_next_window(f, &w))
			return;
	}
}

void leat_ranges_tell_news(struct leat_flow *f, struct leat_ranges *r)
{
	for (size_t i = 0; i < r->told.n; i++) {
		struct leat_told *t = &ledger(r)[i];
		if (t->late < 2)
			continue;
		t->late = 1;
		tell_window(f, r, t->w, LEAT_LATE);
		begin_grid_row(f, r, t->w);
	}
}

static int ranges_make_room(struct leat_flow *f, struct leat_state *s,
    int64_t t)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (f->forest.panes || !leat_flow_is_full(f, s))
		return LEAT_OK;
	if (f->full == LEAT_REFUSE || t < leat_tree_first(&r->tree))
		return LEAT_EFULL;
	leat_tree_evict_first(f, &r->tree);
	leat_more(f, s)->stored--;
	f->counts.evicted++;
	return LEAT_OK;
}

void leat_ranges_start(struct leat_flow *f, struct leat_state *s)
{
	struct leat_ranges *r = leat_pool_take(&f->contents);

	memset(r, 0, sizeof(*r));
	r->closed = f->clock.watermark;
	s->content = r;
}

static void put_in_tree(struct leat_flow *f, struct leat_state *s,
    const leat_event *e)
{
	struct leat_ranges *r = leat_ranges_of(s);
	leat_sample v = { e->t, e->x, e->y };

	if (f->forest.panes) {
		int64_t into = leat_modulo(leat_modulo(e->t, f->width) -
			leat_modulo(f->offset, f->width),
		    f->width);
		leat_tree_add(f, &r->tree, leat_earlier(e->t, into), &v);
		return;
	}
	leat_tree_insert(f, &r->tree, &v);
	if (f->max_values)
		leat_more(f, s)->stored++;
}

/* When close() is first needed for a value at t. */
static void note_news(struct leat_flow *f, int64_t t)
{
	int64_t gone = leat_later(leat_last_end(f, t), f->lateness), due = gone;

	if (tells(f) && leat_slides(f))
		due = leat_later(t, 1);
	else if (tells(f))
		due = first_open_window(f, t).end;
	if (gone < due)
		due = gone;
	if (due < f->news)
		f->news = due;
}

static int ranges_push(struct leat_flow *f, struct leat_state *s,
    const leat_event *e)
{
	struct leat_ranges *r;
	int err;

	if (is_expired_end(f, leat_last_end(f, e->t), f->clock.watermark))
		return LEAT_ELATE;
	if (!s->content)
		leat_ranges_start(f, s);
	r = leat_ranges_of(s);
	if (LEAT_UNLIKELY(f->revises) && reserve_lists(f, r, e->t))
		return LEAT_ENOMEM;
	if (LEAT_UNLIKELY(f->max_values > 0) &&
	    (err = ranges_make_room(f, s, e->t)))
		return err;
	if (f->clock.watermark > r->closed)
		r->closed = f->clock.watermark;
	put_in_tree(f, s, e);
	note_news(f, e->t);
	if (LEAT_UNLIKELY(f->revises)) {
		r->touched = 1;
		if (!leat_slides(f) && (f->early_count || f->early_span))
			note_changed(f, r, e->t);
		if (e->t < f->clock.watermark && f->lateness > 0)
			tell_late(f, r, e->t);
	}
	return LEAT_OK;
}

/* ---------------- asking --------------------------------------------- */

static void ranges_look(const struct leat_flow *f, const struct leat_state *s,
    int64_t *start_out, int64_t *end_out)
{
	const struct leat_ranges *r = leat_ranges_of(s);
	struct leat_grid_window w;

	*start_out = *end_out = f->clock.now;
	if (f->clock.started) {
		w = leat_slides(f) ? sliding_window(f, f->clock.now)
				   : leat_first_after(f, f->clock.now);
		*start_out = w.start;
		*end_out = w.end;
	}
	if (!r || !f->clock.started)
		leat_accs_clear(f, f->whole);
	else
		leat_tree_range(f, &r->tree, w.start, w.end, f->whole);
}

static void ranges_clear(struct leat_flow *f, struct leat_state *s)
{
	struct leat_ranges *r = leat_ranges_of(s);

	if (r) {
		leat_tree_clear(f, &r->tree);
		list_free(f, &r->told, sizeof(struct leat_told));
		list_free(f, &r->changed, sizeof(struct leat_changed));
		leat_pool_give(&f->contents, r);
	}
	memset(s, 0, f->state_size);
}

static int ranges_copy(struct leat_flow *f, struct leat_state *to,
    const struct leat_state *from)
{
	const struct leat_ranges *r = leat_ranges_of(from);
	struct leat_ranges *n;

	if (f->more_at)
		*leat_more(f, to) = *leat_more(f, from);
	if (!r)
		return LEAT_OK;
	if (leat_pool_reserve(&f->contents, 1))
		return LEAT_ENOMEM;
	n = leat_pool_take(&f->contents);
	*n = *r;
	to->content = n;
	memset(&n->told, 0, sizeof(n->told));
	memset(&n->changed, 0, sizeof(n->changed));
	memset(&n->tree, 0, sizeof(n->tree));
	if (list_copy(f, &n->told, &r->told, sizeof(struct leat_told)) ||
	    list_copy(f, &n->changed, &r->changed, sizeof(struct leat_changed)))
		return LEAT_ENOMEM;
	return leat_tree_copy(f, &n->tree, &r->tree);
}

const struct leat_time_engine leat_ranges_engine = { ranges_reserve,
	ranges_push, ranges_due, ranges_close, ranges_tell, ranges_look,
	ranges_stored, ranges_clear, ranges_copy, leat_ranges_tape,
	leat_ranges_join_room, leat_ranges_join };
