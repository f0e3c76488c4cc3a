/*
 * layout.c - what a window needs of its block of memory
 */
#include "../agg/class.h"
#include "../agg/decay.h"
#include "../agg/order.h"
#include "../agg/stat.h"
#include "../agg/summary.h"
#include "../core/memory.h"
#include "relay.h"
#include "window.h"

static unsigned stat_classes(const leat_window_options *o)
{
	unsigned classes = 0;

	for (size_t i = 0; i < o->n_stats; i++)
		if (o->stats[i].id != LEAT_STAT_AGG)
			classes |= leat_stat_find(o->stats[i].id)->classes;
	if (classes & 1u << LEAT_CLASS_MOMENTS) /* they know the sum */
		classes &= ~(1u << LEAT_CLASS_SUM);
	return classes;
}

static int seen_before(const leat_window_options *o, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (o->stats[k].id == LEAT_STAT_AGG &&
		    o->stats[k].agg == o->stats[i].agg)
			return 1;
	return 0;
}

/*
 * The parts a window needs, one a call: built-in classes, then those of
 * the user in the order of the statistics. *cursor starts at 0. Returns 0
 * after the last.
 */
int leat_next_part(const leat_window_options *o, size_t *cursor,
    struct leat_part_source *out)
{
	unsigned classes = o->kind == LEAT_DECAY ? 0 : stat_classes(o);

	for (; *cursor < LEAT_CLASS_USER; ++*cursor)
		if (classes & 1u << *cursor) {
			out->id = (enum leat_class_id)(*cursor)++;
			out->cls = leat_class_find(out->id);
			out->agg = NULL;
			return 1;
		}
	for (; *cursor < LEAT_CLASS_USER + o->n_stats; ++*cursor) {
		size_t i = *cursor - LEAT_CLASS_USER;
		if (o->stats[i].id != LEAT_STAT_AGG || seen_before(o, i))
			continue;
		out->id = LEAT_CLASS_USER;
		out->cls = &leat_class_user;
		out->agg = o->stats[i].agg;
		++*cursor;
		return 1;
	}
	return 0;
}

static int has_class(const leat_window_options *o)
{
	for (size_t i = 0; i < o->n_stats; i++)
		if (o->stats[i].id == LEAT_STAT_AGG)
			return 1;
	return 0;
}

static void cut_relay(struct leat_cutter *c, const struct leat_relay *r,
    struct leat_part *p)
{
	if (r->size == 0)
		return;
	p->prefix = leat_cut(c, 1, p->size);
	p->suffix = leat_cut(c, 1, p->size);
	p->whole = leat_cut(c, 1, p->packed);
	p->table = leat_cut(c, r->slots + 2, p->packed);
}

static void cut_part(struct leat_cutter *c, const struct leat_window *w,
    const struct leat_part_source *s, struct leat_part *p)
{
	memset(p, 0, sizeof(*p));
	p->cls = s->cls;
	p->agg = s->agg;
	p->id = s->id;
	p->packed = s->agg ? s->agg->size : s->cls->packed;
	p->size = s->agg ? 2 * s->agg->size : s->cls->size;
	LEAT_ASSERT(s->agg || p->size <= LEAT_ACC_MAX);
	if (w->engine == &leat_slide_engine) {
		size_t lanes = leat_slide_lanes_size(s->id);
		size_t place = leat_slide_place_size(s->id);
		if (lanes)
			p->lanes = leat_cut(c, 1, lanes);
		if (place)
			p->packed = place;
	} else {
		p->open = leat_cut(c, 1, p->size);
		p->panes = leat_cut(c, w->panes.closed_max, p->packed);
		p->levels = leat_cut(c, leat_flush_levels(w), p->size);
	}
	cut_relay(c, &w->relay, p);
	p->combined = leat_cut(c, 1, p->size);
	p->temp = leat_cut(c, 1, p->size);
}

/*
 * Cuts the block for window w, whose geometry is known; with base, w lies
 * at its start, and its pointers and parts are set. LEAT_ETOOBIG if it
 * cannot be addressed.
 */
int leat_layout(struct leat_window *w, unsigned char *base, size_t *n_bytes,
    const leat_window_options *o)
{
	struct leat_cutter c = { base, 0, w->size > SIZE_MAX };
	struct leat_part_source source;
	struct leat_part part;
	size_t cursor = 0, n = 0;

	leat_cut(&c, 1, sizeof(*w));
	while (leat_next_part(o, &cursor, &source))
		n++;
	struct leat_part *parts = leat_cut(&c, n, sizeof(*parts));
	struct leat_plan *plan = leat_cut(&c, o->n_stats, sizeof(*plan));
	double *results = leat_cut(&c, o->n_stats, sizeof(double));
	size_t told = has_class(o) ? o->n_stats : 0;
	const void **partials = leat_cut(&c, told, sizeof(*partials));
	size_t kept = w->keeps ? (size_t)w->size : 0;
	double *ring_x = leat_cut(&c, kept, sizeof(double));
	double *ring_y = leat_cut(&c, w->pairs ? kept : 0, sizeof(double));
	struct leat_tally *tallies = leat_cut(&c,
	    w->engine == &leat_panes_engine ? w->panes.closed_max : 0,
	    sizeof(*tallies));
	int ordered = leat_options_ordered(o);
	struct leat_order_node *nodes = leat_cut(&c, ordered ? kept + 1 : 0,
	    sizeof(*nodes));
	struct leat_decay *more = leat_cut(&c, leat_errors_count(w->errors),
	    sizeof(*more));
	cursor = 0;
	for (size_t i = 0; leat_next_part(o, &cursor, &source); i++) {
		cut_part(&c, w, &source, &part);
		if (base)
			parts[i] = part;
	}
	*n_bytes = c.used;
	if (c.overflow)
		return LEAT_ETOOBIG;
	w->n_parts = n;
	w->parts = n > 0 ? parts : NULL;
	w->plan = plan;
	w->results = results;
	w->partials = told > 0 ? partials : NULL;
	w->ring_x = ring_x;
	w->ring_y = ring_y;
	w->panes.tallies = tallies;
	w->order.node = ordered ? nodes : NULL;
	w->more = more;
	return LEAT_OK;
}
