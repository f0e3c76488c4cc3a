/*
 * layout.c - what a window needs of its block of memory
 */
#include "../agg/stat.h"
#include "window.h"

/* Tables have places for `slots` + 2 suffixes. */
static void cut_relay(struct leat_cutter *c, struct leat_part *p, size_t slots)
{
	p->prefix = leat_cut(c, 1, p->of.size);
	p->suffix = leat_cut(c, 1, p->of.size);
	p->whole = leat_cut(c, 1, p->of.packed);
	p->table = leat_cut(c, slots + 2, p->of.packed);
}

static void cut_part(struct leat_cutter *c, const struct leat_window *w,
    const struct leat_section *s, struct leat_part *p)
{
	memset(p, 0, sizeof(*p));
	p->of = *s;
	if (w->engine == &leat_slide_engine) {
		cut_relay(c, p, w->slide.slots);
	} else {
		p->open = leat_cut(c, 1, p->of.size);
		p->panes = leat_cut(c, w->panes.closed_max, p->of.packed);
		p->levels = leat_cut(c, leat_flush_levels(w), p->of.size);
		if (w->panes.relay.size > 0)
			cut_relay(c, p, w->panes.relay.slots);
	}
	p->combined = leat_cut(c, 1, p->of.size);
	p->temp = leat_cut(c, 1, p->of.size);
}

/* The ring of a sliding window has a place before its first one. */
static void cut_slide(struct leat_cutter *c, struct leat_window *w)
{
	struct leat_slide *s = &w->slide;
	size_t front = s->slots - s->chunk, kept = w->ring_slots + front;

	s->lanes = leat_cut(c, 1, w->lanes_size);
	s->table = leat_cut(c, (s->slots + 2) * s->width, sizeof(double));
	w->ring_x = leat_cut(c, kept, sizeof(double));
	w->ring_y = leat_cut(c, w->pairs ? kept : 0, sizeof(double));
	if (!c->base)
		return;
	w->ring_x += front;
	s->ring = w->ring_x;
	if (w->pairs) {
		w->ring_y += front;
		s->y = w->ring_y - w->ring_x;
	}
}

static void cut_engine(struct leat_cutter *c, struct leat_window *w)
{
	if (w->engine == &leat_slide_engine) {
		cut_slide(c, w);
		return;
	}
	w->ring_x = leat_cut(c, w->ring_slots, sizeof(double));
	w->ring_y = leat_cut(c, w->pairs ? w->ring_slots : 0, sizeof(double));
	if (w->engine == &leat_panes_engine)
		w->panes.tallies = leat_cut(c, w->panes.closed_max,
		    sizeof(struct leat_tally));
	else
		w->more = leat_cut(c, leat_errors_count(w->errors),
		    sizeof(*w->more));
}

/* Goes over the classes that need a part, which lanes are not. */
static int next_part(struct leat_window *w, const struct leat_request *r,
    size_t *cursor, struct leat_section *section)
{
	while (leat_next_section(r, cursor, section))
		if (w->engine != &leat_slide_engine ||
		    !leat_slide_lane(section->id))
			return 1;
	return 0;
}

static void count_parts(struct leat_window *w, const struct leat_request *r)
{
	struct leat_section section;
	size_t cursor = 0;

	w->n_parts = 0;
	w->flags = 0;
	w->lanes_size = 0;
	while (next_part(w, r, &cursor, &section))
		w->n_parts++;
	if (w->engine != &leat_slide_engine)
		return;
	w->slide.width = 0;
	for (cursor = 0; leat_next_section(r, &cursor, &section);)
		leat_slide_measure(w, section.id);
}

/*
 * Cuts the block for window w, whose geometry is known; with base, w lies
 * at its start, and its pointers and parts are set. LEAT_ETOOBIG if it
 * cannot be addressed.
 */
int leat_layout(struct leat_window *w, unsigned char *base, size_t *n_bytes,
    const leat_window_options *o)
{
	struct leat_cutter c = { base, 0, w->size > SIZE_MAX / 64 };
	struct leat_request r = leat_options_request(o);
	unsigned traits = leat_stats_traits(r.stats, r.n);
	struct leat_section section;
	struct leat_part part;
	size_t cursor = 0, n;

	count_parts(w, &r);
	n = w->n_parts;
	leat_cut(&c, 1, sizeof(*w));
	w->parts = n > 0 ? leat_cut(&c, n, sizeof(*w->parts)) : NULL;
	w->stats = leat_cut(&c, o->n_stats, sizeof(*w->stats));
	w->results = leat_cut(&c, o->n_stats, sizeof(double));
	w->partials = traits & LEAT_OF_USER
	    ? leat_cut(&c, o->n_stats, sizeof(*w->partials))
	    : NULL;
	cut_engine(&c, w);
	w->order.node = traits & LEAT_NEEDS_ORDER
	    ? leat_cut(&c, w->ring_slots + 1, sizeof(struct leat_order_node))
	    : NULL;
	for (size_t i = 0; next_part(w, &r, &cursor, &section); i++) {
		cut_part(&c, w, &section, &part);
		if (base)
			w->parts[i] = part;
	}
	*n_bytes = c.used;
	return c.overflow ? LEAT_ETOOBIG : LEAT_OK;
}
