/*
 * window_save.c - windows by count as bytes, and from them; and joined
 *
 * Nothing of the relay is saved. Where its elements are follows from how
 * many there have been, and its partials from the elements that are in the
 * window: each prefix and suffix is made of nothing else. So a window
 * that slides is saved as its values and their number, and is loaded by
 * pushing them, which takes the very steps that were taken once. Panes that
 * have closed are saved as their partials, and go through their relay again.
 *
 * A relay's oldest chunk A may be in the window only in part. What is
 * missing of it enters as values that are missing, or, of panes, as whatever
 * lies in their places: it is part of A's longest suffixes alone, which no
 * query sees any more.
 */
#include "../agg/stat.h"
#include "window.h"

/* ---------------- options --------------------------------------------- */

/*
 * 1 - alpha, which may come from a half-life: a thread that rounds another
 * way than the one that saved works out other last bits. In version 1 those
 * of a small one came from an alpha near 1.
 */
static void tape_keep(struct leat_tape *t, double keep)
{
	double slack = 0x1p-48 * (1 - keep) + 0x1p-52;

	if (keep < 0.5 && leat_tape_version(t) > 1)
		slack = 0x1p-40 * keep;
	leat_tape_near_double(t, keep, slack, "alpha");
}

static void tape_geometry(struct leat_tape *t, const leat_window *w,
    const leat_stat *stats)
{
	/* Kinds counted from 0 once. */
	leat_tape_same(t, (uint64_t)w->kind - 1, "kind");
	leat_tape_same(t, w->size, "size");
	leat_tape_same(t, w->kind == LEAT_HOPPING ? w->panes.advance : 0,
	    "hop");
	tape_keep(t, w->kind == LEAT_DECAY ? w->decay.keep : 0);
	leat_tape_same(t,
	    (uint64_t)(w->kind == LEAT_DECAY && w->decay.recursive),
	    "unadjusted");
	leat_tape_same(t, w->min_count, "min_count");
	leat_tape_same(t, (uint64_t)w->propagate, "on_missing");
	leat_tape_same(t, (uint64_t)w->keeps, "keep_values");
	leat_tape_same(t, w->n_stats, "n_stats");
	for (size_t i = 0; i < w->n_stats; i++)
		leat_tape_stat(t, stats[i].id, stats[i].arg, stats[i].agg);
}

void leat_tape_window_options(struct leat_tape *t, const leat_window_options *o)
{
	leat_window geometry;

	leat_options_apply(o, &geometry);
	tape_geometry(t, &geometry, o->stats);
}

/* ---------------- the relay ------------------------------------------- */

/*
 * Rewinds the relay to the begin of the oldest chunk that it still knows, and
 * returns the number of elements at that time.
 */
static uint64_t relay_rewind(struct leat_relay *r, uint64_t elements)
{
	uint64_t chunk = r->chunk, full, from = 0;

	leat_relay_reset(r);
	if (elements > 0) {
		full = (elements - 1) / chunk;
		from = (full > 2 ? full - 2 : 0) * chunk;
	}
	r->head = r->back = (size_t)(from % r->ring);
	if (from / chunk % 2)
		leat_relay_begin(r, 0 - (size_t)1);
	return from;
}

/* ---------------- the last n values ----------------------------------- */

static void tape_value(struct leat_tape *t, const leat_window *w, double *x,
    double *y)
{
	leat_tape_double(t, x);
	if (w->pairs)
		leat_tape_double(t, y);
}

/* Writes or reads the newest n of the ring. */
static void tape_ring(struct leat_tape *t, leat_window *w, uint64_t n)
{
	size_t slot = leat_window_slot(w, n);
	double none;

	for (uint64_t i = 0; i < n && !t->err; i++) {
		tape_value(t, w, &w->ring_x[slot],
		    w->pairs ? &w->ring_y[slot] : &none);
		slot = leat_window_younger(w, slot);
	}
}

/*
 * The newest value that was not missing: one that is still there, if there is
 * such a one; else one that has left, of which there is none if all are there.
 */
static void expect_newest(struct leat_tape *t, double last, double newest,
    int all)
{
	if (newest == newest)
		leat_tape_expect(t, leat_bits_of(last) == leat_bits_of(newest));
	else
		leat_tape_expect(t, !all || last != last);
}

/* Pushes those that the relay needs; the last `length` are on the tape. */
static void slide_again(struct leat_tape *t, leat_window *w, uint64_t pushed,
    uint64_t length)
{
	const leat_sink none = { NULL, NULL }, sink = w->sink;
	double last = w->last, x, y = 0;
	uint64_t chunk = w->slide.chunk, full = pushed / chunk, i;

	/* The oldest of the chunks that the window can reach begins with i. */
	i = (full > 3 ? full - 3 : 0) * chunk;
	w->sink = none;
	w->last = NAN;
	w->slide.before = i;
	if (i > 0)
		w->slide.chunks = 2;
	for (; i < pushed - length; i++)
		w->engine->push(w, NAN, NAN);
	for (; i < pushed && !t->err; i++) {
		tape_value(t, w, &x, &y);
		w->engine->push(w, x, y);
	}
	w->sink = sink;
	expect_newest(t, last, w->last, pushed == length);
	w->last = last;
}

/* ---------------- panes ------------------------------------------------ */

/* Saves the missing values of a pane of n; the others count. */
static void tape_tally(struct leat_tape *t, struct leat_tally *tally,
    uint64_t n)
{
	leat_tape_number(t, &tally->missing, n);
	if (t->loads)
		tally->count = n - tally->missing;
}

/* Times are numbers of pushes: those of n values of a pane. */
static struct leat_samples samples_of(const leat_window *w, uint64_t pane,
    uint64_t n, uint64_t count)
{
	uint64_t from = pane * w->panes.advance;
	struct leat_samples of = { count, (int64_t)from,
		(int64_t)(from + n - 1), w->kind == LEAT_LANDMARK };

	return of;
}

static void tape_pane(struct leat_tape *t, leat_window *w, uint64_t pane)
{
	size_t slot = (size_t)(pane % w->panes.closed_max);
	struct leat_tally *tally = &w->panes.tallies[slot];

	tape_tally(t, tally, w->panes.advance);
	struct leat_samples of = samples_of(w, pane, w->panes.advance,
	    tally->count);
	for (size_t i = 0; i < w->n_parts; i++) {
		struct leat_part *p = &w->parts[i];
		leat_tape_class(t, &p->of, p->panes + slot * p->of.packed, 1,
		    &of);
	}
}

static void tape_open(struct leat_tape *t, leat_window *w)
{
	struct leat_panes *s = &w->panes;
	int cut = s->closed_max == 0 && s->fill > s->end;

	tape_tally(t, &s->open, cut ? s->end : s->fill);
	struct leat_samples of = samples_of(w, s->closed, s->fill,
	    s->open.count);
	for (size_t i = 0; i < w->n_parts; i++) {
		struct leat_part *p = &w->parts[i];
		leat_tape_class(t, &p->of, p->open, 0, &of);
	}
}

/* The values that are kept, n from the one that is `back` places old. */
static struct leat_tally count_kept(const leat_window *w, uint64_t back,
    uint64_t n, double *newest)
{
	struct leat_tally tally = { 0, 0 };

	for (; n > 0; n--, back--) {
		size_t slot = leat_window_slot(w, back);
		double x = w->ring_x[slot], y = w->pairs ? w->ring_y[slot] : 0;
		if (x != x || y != y) {
			tally.missing++;
			continue;
		}
		tally.count++;
		*newest = x;
	}
	return tally;
}

static int same_tally(struct leat_tally a, struct leat_tally b)
{
	return a.count == b.count && a.missing == b.missing;
}

/* Panes must count what the values count that are kept. */
static void expect_kept(struct leat_tape *t, const leat_window *w)
{
	const struct leat_panes *s = &w->panes;
	uint64_t back = leat_window_length(w), advance = s->advance;
	uint64_t closed = back > s->fill ? (back - s->fill) / advance : 0;
	double newest = NAN;
	int all = back == w->pushed;

	if (back == 0)
		return;
	for (; closed > 0; closed--, back -= advance)
		leat_tape_expect(t,
		    same_tally(count_kept(w, back, advance, &newest),
			s->tallies[(s->closed - closed) % s->closed_max]));
	leat_tape_expect(t,
	    same_tally(count_kept(w, back, back, &newest), s->open));
	expect_newest(t, w->last, newest, all);
}

/* Places the panes of the first `pushed` values. */
static void place_panes(leat_window *w, uint64_t pushed)
{
	struct leat_panes *s = &w->panes;

	w->pushed = pushed;
	s->closed = pushed ? (pushed - 1) / s->advance : 0;
	s->fill = pushed ? (pushed - 1) % s->advance + 1 : 0;
	if (s->closed_max > 0)
		s->head = (size_t)(s->closed % s->closed_max);
	if (w->keeps)
		w->ring_head = (size_t)(pushed % w->size);
}

/* Rebuilds the relay from all panes but the oldest. */
static void relay_again(leat_window *w, uint64_t n)
{
	struct leat_panes *s = &w->panes;

	for (uint64_t i = n == s->closed_max; i < n; i++) {
		uint64_t pane = s->closed - n + i;
		const struct leat_tally *tally =
		    &s->tallies[pane % s->closed_max];
		s->relayed.count += tally->count;
		s->relayed.missing += tally->missing;
	}
	if (w->panes.relay.size == 0)
		return;
	for (uint64_t i = relay_rewind(&w->panes.relay, s->closed);
	     i < s->closed; i++)
		leat_panes_relay(w);
}

static void tape_paned(struct leat_tape *t, leat_window *w, uint64_t pushed)
{
	struct leat_panes *s = &w->panes;

	if (t->loads)
		place_panes(w, pushed);
	uint64_t n = s->closed < s->closed_max ? s->closed : s->closed_max;
	for (uint64_t i = s->closed - n; i < s->closed && !t->err; i++)
		tape_pane(t, w, i);
	tape_open(t, w);
	if (w->keeps)
		tape_ring(t, w, leat_window_length(w));
	if (!t->loads || t->err)
		return;
	relay_again(w, n);
	if (w->keeps)
		expect_kept(t, w);
	else /* a newest value exists if some are counted */
		leat_tape_expect(t,
		    w->last != w->last ? s->open.count + s->relayed.count == 0
				       : pushed > s->open.missing);
}

/* ---------------- all kinds --------------------------------------------- */

void leat_tape_window_content(struct leat_tape *t, leat_window *w)
{
	uint64_t pushed = w->engine->pushed(w);

	leat_tape_number(t, &pushed, LEAT_TAPE_PUSHES);
	leat_tape_double(t, &w->last);
	if (t->err)
		return;
	if (w->engine == &leat_slide_engine) {
		uint64_t length = pushed < w->size ? pushed : w->size;
		if (t->loads)
			slide_again(t, w, pushed, length);
		else
			tape_ring(t, w, length);
	} else if (w->engine == &leat_panes_engine) {
		tape_paned(t, w, pushed);
	} else {
		if (t->loads)
			w->pushed = pushed;
		leat_tape_decay(t, &w->decay);
		leat_tape_errors(t, w->more, w->errors, &w->decay);
		leat_tape_expect(t,
		    w->decay.count + w->decay.missing == pushed);
	}
	if (t->loads && !t->err && w->order.node)
		leat_ordered_again(w);
}

uint64_t leat_window_missing(const leat_window *w)
{
	const struct leat_panes *s = &w->panes;

	if (w->engine == &leat_slide_engine)
		return w->engine->tally(w).missing;
	return s->open.missing + s->relayed.missing;
}

void leat_tape_whole_window(struct leat_tape *t, void *object)
{
	leat_window *w = object;
	leat_tape_part(t, LEAT_STATE_OPTIONS);
	tape_geometry(t, w, w->stats);
	leat_tape_part(t, LEAT_STATE_CONTENT);
	leat_tape_window_content(t, w);
}

/* ---------------- joining ------------------------------------------------ */

static int window_fits(const leat_window *w, const leat_window *other)
{
	if (w->kind != LEAT_LANDMARK)
		return LEAT_ENOTSUP;
	return other->kind == LEAT_LANDMARK && w->n_stats == other->n_stats &&
		leat_stats_equal(w->stats, other->stats, w->n_stats) &&
		w->min_count == other->min_count &&
		w->propagate == other->propagate
	    ? LEAT_OK
	    : LEAT_EOPTIONS;
}

/* Shifts times that are numbers of pushes: those of `other` come after ours. */
static const void *shifted(const struct leat_part *p,
    const struct leat_part *other, uint64_t by)
{
	const void *partial = leat_acc_pack(other, other->open, p->temp);

	if (p->of.cls->times == 0)
		return partial;
	memcpy(p->combined, partial, p->of.packed);
	leat_class_delay(p->of.cls, p->combined, by);
	return p->combined;
}

void leat_window_join(leat_window *w, const leat_window *other)
{
	struct leat_panes *s = &w->panes;
	const struct leat_panes *o = &other->panes;

	for (size_t i = 0; i < w->n_parts && o->open.count > 0; i++) {
		struct leat_part *p = &w->parts[i];
		const struct leat_part *q = &other->parts[i];
		const void *right = shifted(p, q, w->pushed);
		if (s->open.count > 0)
			p->of.cls->combine(p->of.agg, p->open, right);
		else
			leat_acc_load(p, p->open, right);
	}
	s->open.count += o->open.count;
	s->open.missing += o->open.missing;
	s->fill += o->fill;
	w->pushed += other->pushed;
	if (other->last == other->last)
		w->last = other->last;
}

int leat_window_merge(leat_window *window, const leat_window *other)
{
	LEAT_ASSERT(window && other);
	int err = window_fits(window, other);
	if (window == other || leat_is_inside(&window->calls))
		err = LEAT_EINVAL;
	if (!err)
		leat_window_join(window, other);
	return err;
}
