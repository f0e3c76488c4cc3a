/*
 * panes.c - tumbling, hopping and landmark windows by count
 *
 * Values are added to one open pane of `advance` values, which costs one
 * step each and stores nothing. A window is `closed_max` closed panes, the
 * oldest first, and the first `end` values of the open one:
 *
 *      size = closed_max * advance + end,  0 < end <= advance
 *
 * so it closes when the open pane has `end` values, and no pane ever has
 * to be cut. Tumbling windows are the case closed_max = 0, end = advance;
 * a landmark window is one whose pane never ends; with advance > size the
 * values from `end` on are in no window.
 *
 * All closed panes but the oldest move in a relay (window.h), whose
 * elements are their partials: closing a pane costs two combines, a query
 * four, however many panes a window has.
 *
 * From the value after `end` on, the window that closed is gone, and the
 * one to close next starts one pane later: then the oldest closed pane
 * counts no more.
 */
#include "window.h"

static int in_gap(const struct leat_panes *s)
{
	return s->fill > s->end && s->closed_max == 0;
}

/* Returns whether the oldest closed pane is part of the window. */
static int with_oldest(const struct leat_panes *s)
{
	return s->closed_max > 0 && s->closed >= s->closed_max &&
	    s->fill <= s->end;
}

/* Closed panes but the oldest, as far as they have come. */
static size_t relayed(const struct leat_panes *s)
{
	if (s->closed_max == 0)
		return 0;
	return s->closed < s->closed_max - 1 ? (size_t)s->closed
					     : s->closed_max - 1;
}

/* ---------------- closing a pane ------------------------------------ */

static const void *pane_at(const struct leat_part *p, size_t slot)
{
	return p->panes + slot * p->of.packed;
}

static void close_part(const struct leat_relay *r, struct leat_part *p)
{
	size_t newest = (r->head ? r->head : r->ring) - 1;

	p->of.cls->combine(p->of.agg, p->prefix, pane_at(p, newest));
	if (r->chunks == 0)
		return;
	leat_acc_load(p, p->combined, pane_at(p, r->back));
	p->of.cls->combine(p->of.agg, p->combined,
	    leat_acc_pack(p, p->suffix, p->temp));
	memcpy(p->suffix, p->combined, p->of.size);
	leat_chain_store(p, r->place);
}

void leat_panes_relay(leat_window *w)
{
	struct leat_relay *r = &w->panes.relay;

	if (leat_relay_full(r)) {
		leat_relay_turn(r);
		for (size_t i = 0; i < w->n_parts; i++)
			leat_chain_turn(&w->parts[i]);
	}
	leat_relay_step(r);
	for (size_t i = 0; i < w->n_parts; i++)
		close_part(r, &w->parts[i]);
}

static void tally_close(struct leat_panes *s)
{
	struct leat_tally *t = s->tallies;
	size_t next = s->head + 1 == s->closed_max ? 0 : s->head + 1;

	if (s->closed >= s->closed_max - 1 && s->closed_max > 1) {
		s->relayed.count -= t[next].count;
		s->relayed.missing -= t[next].missing;
	}
	t[s->head] = s->open;
	if (s->closed_max > 1) {
		s->relayed.count += s->open.count;
		s->relayed.missing += s->open.missing;
	}
	s->head = next;
}

static void open_pane(leat_window *w)
{
	struct leat_panes *s = &w->panes;

	s->fill = 0;
	s->open.count = s->open.missing = 0;
	for (size_t i = 0; i < w->n_parts; i++)
		w->parts[i].of.cls->identity(w->parts[i].of.agg,
		    w->parts[i].open);
}

LEAT_NOINLINE static void close_pane(leat_window *w)
{
	struct leat_panes *s = &w->panes;

	if (s->closed_max > 0) {
		for (size_t i = 0; i < w->n_parts; i++) {
			struct leat_part *p = &w->parts[i];
			memcpy(p->panes + s->head * p->of.packed,
			    leat_acc_pack(p, p->open, p->temp), p->of.packed);
		}
		tally_close(s);
		if (w->panes.relay.size > 0)
			leat_panes_relay(w);
	}
	s->closed++;
	open_pane(w);
}

/* ---------------- pushing ------------------------------------------- */

static void keep(leat_window *w, double x, double y)
{
	if (!w->keeps)
		return;
	w->ring_x[w->ring_head] = x;
	if (w->pairs)
		w->ring_y[w->ring_head] = y;
	w->ring_head = w->ring_head + 1 == w->size ? 0 : w->ring_head + 1;
}

static void add(leat_window *w, double x, double y)
{
	leat_sample s = { (int64_t)w->pushed, x, y };

	if (x != x || y != y) {
		w->panes.open.missing++;
		return;
	}
	w->panes.open.count++;
	w->last = x;
	for (size_t i = 0; i < w->n_parts; i++)
		w->parts[i].of.cls->append(w->parts[i].of.agg, w->parts[i].open,
		    &s);
}

static void panes_push(leat_window *w, double x, double y)
{
	struct leat_panes *s = &w->panes;

	if (s->fill == s->advance)
		close_pane(w);
	keep(w, x, y);
	s->fill++;
	if (!in_gap(s))
		add(w, x, y);
	w->pushed++;
	if (LEAT_UNLIKELY(w->sink.emit) && s->fill == s->end &&
	    s->closed >= s->closed_max)
		leat_emit(w, w->pushed - w->size, w->pushed, 0);
}

/* ---------------- asking -------------------------------------------- */

static void panes_combine(const leat_window *w, const struct leat_part *p,
    void *acc, void *temp)
{
	const struct leat_panes *s = &w->panes;
	const struct leat_relay *r = &w->panes.relay;
	int started = 0;

	if (in_gap(s)) {
		p->of.cls->identity(p->of.agg, acc);
		return;
	}
	if (with_oldest(s))
		started = leat_part_join_packed(p, acc, pane_at(p, s->head), 0);
	if (r->size > 0 && s->closed > 0)
		started = leat_chain_combine(p, r->chunks, leat_relay_tail(r),
		    acc, temp, started);
	else if (relayed(s) == 1)
		started = leat_part_join_packed(p, acc,
		    pane_at(p, (s->head ? s->head : s->closed_max) - 1),
		    started);
	leat_part_join(p, acc, temp, p->open, started);
}

static struct leat_tally panes_tally(const leat_window *w)
{
	const struct leat_panes *s = &w->panes;
	struct leat_tally t = s->open;

	if (in_gap(s))
		t.count = t.missing = 0;
	t.count += s->relayed.count;
	t.missing += s->relayed.missing;
	if (with_oldest(s)) {
		t.count += s->tallies[s->head].count;
		t.missing += s->tallies[s->head].missing;
	}
	return t;
}

static void panes_query(const leat_window *w, double *out)
{
	struct leat_tally t = panes_tally(w);
	struct leat_summary s;
	struct leat_scratch scratch;

	memset(&s, 0, offsetof(struct leat_summary, errors));
	s.n = (double)t.count;
	s.missing = (double)t.missing;
	for (size_t i = 0; i < w->n_parts && !w->parts[i].of.agg; i++) {
		const struct leat_part *p = &w->parts[i];
		const void *acc = scratch.acc;
		if (w->panes.closed_max == 0 && !in_gap(&w->panes))
			acc = leat_acc_pack(p, p->open, scratch.temp);
		else
			panes_combine(w, p, scratch.acc, scratch.temp);
		p->of.cls->lower(acc, &s);
	}
	leat_report(w, &s, out);
}

static uint64_t panes_length(const leat_window *w)
{
	const struct leat_panes *s = &w->panes;

	if (in_gap(s))
		return 0;
	return (relayed(s) + (size_t)with_oldest(s)) * s->advance + s->fill;
}

static void panes_reset(leat_window *w)
{
	struct leat_panes *s = &w->panes;
	struct leat_relay *r = &w->panes.relay;

	w->pushed = 0;
	w->last = NAN;
	w->ring_head = 0;
	s->closed = 0;
	s->head = 0;
	s->relayed.count = s->relayed.missing = 0;
	leat_relay_reset(r);
	if (r->size > 0)
		for (size_t i = 0; i < w->n_parts; i++)
			leat_chain_reset(&w->parts[i], r->slots);
	open_pane(w);
}

const struct leat_engine leat_panes_engine = {
	.push = panes_push,
	.query = panes_query,
	.combine = panes_combine,
	.reset = panes_reset,
	.pushed = leat_pushes,
	.length = panes_length,
	.tally = panes_tally,
};
