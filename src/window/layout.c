/*
 * layout.c - what a window needs of its block of memory
 */
#include "../agg/stat.h"
#include "window.h"

static void cut_part(struct leat_cutter *c, const struct leat_window *w,
    const struct leat_section *s, struct leat_part *p)
{
	memset(p, 0, sizeof(*p));
	p->of = *s;
	if (w->engine == &leat_slide_engine) {
		size_t lanes = leat_slide_lanes_size(s->id);
		size_t place = leat_slide_place_size(s->id);
		if (lanes)
			p->lanes = leat_cut(c, 1, lanes);
		if (place)
			p->of.packed = (uint32_t)place;
	} else {
		p->open = leat_cut(c, 1, p->of.size);
		p->panes = leat_cut(c, w->panes.closed_max, p->of.packed);
		p->levels = leat_cut(c, leat_flush_levels(w), p->of.size);
	}
	if (w->relay.size > 0) {
		p->prefix = leat_cut(c, 1, p->of.size);
		p->suffix = leat_cut(c, 1, p->of.size);
		p->whole = leat_cut(c, 1, p->of.packed);
		p->table = leat_cut(c, w->relay.slots + 2, p->of.packed);
	}
	p->combined = leat_cut(c, 1, p->of.size);
	p->temp = leat_cut(c, 1, p->of.size);
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
	struct leat_request r = leat_options_request(o);
	unsigned traits = leat_stats_traits(r.stats, r.n);
	struct leat_section section;
	struct leat_part part;
	size_t cursor = 0, n = 0;

	leat_cut(&c, 1, sizeof(*w));
	while (leat_next_section(&r, &cursor, &section))
		n++;
	w->n_parts = n;
	w->parts = n > 0 ? leat_cut(&c, n, sizeof(*w->parts)) : NULL;
	w->stats = leat_cut(&c, o->n_stats, sizeof(*w->stats));
	w->results = leat_cut(&c, o->n_stats, sizeof(double));
	w->partials = traits & LEAT_OF_USER
	    ? leat_cut(&c, o->n_stats, sizeof(*w->partials))
	    : NULL;
	size_t kept = w->keeps ? (size_t)w->size : 0;
	w->ring_x = leat_cut(&c, kept, sizeof(double));
	w->ring_y = leat_cut(&c, w->pairs ? kept : 0, sizeof(double));
	w->panes.tallies = leat_cut(&c,
	    w->engine == &leat_panes_engine ? w->panes.closed_max : 0,
	    sizeof(struct leat_tally));
	w->order.node = traits & LEAT_NEEDS_ORDER
	    ? leat_cut(&c, kept + 1, sizeof(struct leat_order_node))
	    : NULL;
	w->more = leat_cut(&c, leat_errors_count(w->errors), sizeof(*w->more));
	cursor = 0;
	for (size_t i = 0; leat_next_section(&r, &cursor, &section); i++) {
		cut_part(&c, w, &section, &part);
		if (base)
			w->parts[i] = part;
	}
	*n_bytes = c.used;
	return c.overflow ? LEAT_ETOOBIG : LEAT_OK;
}
