/*
 * ranges_join.c - windows that overlap, joined
 *
 * One tree takes the panes or values of the other. Closed windows that are
 * kept for lateness are emitted again if they are made of more now, or if only
 * one of the two had closed them; windows that one has forgotten must have no
 * data in the other.
 */
#include "ranges.h"
#include "time_codec.h"

/* Returns whether r has windows with data that the other has forgotten. */
static int is_behind(const struct leat_stream *st, const struct leat_ranges *r,
    int64_t own, int64_t watermark)
{
	struct leat_grid_window w;

	if (own >= watermark || leat_tree_is_empty(&r->tree))
		return 0;
	w = leat_first_after(&st->plan, leat_settled(&st->plan, own));
	return leat_next_with_data(&st->plan, &r->tree, &w) &&
	    w.end <= leat_settled(&st->plan, watermark);
}

/*
 * Counts the closed windows of the second, of those that are kept, that are
 * made of more now, or that only the first had closed; and with a `list` notes
 * there that they are to be emitted again.
 */
static size_t note_owed(const struct leat_stream *st,
    const struct leat_ranges *first, int64_t its,
    const struct leat_ranges *second, int64_t own, struct leat_stream *into,
    struct leat_ranges *list)
{
	int64_t last = own > its ? own : its;
	struct leat_grid_window w = leat_first_after(&st->plan,
	    leat_settled(&st->plan, last));
	int64_t at;
	size_t n = 0;

	if (st->plan.lateness == 0)
		return 0;
	while (leat_next_with_data(&st->plan, &second->tree, &w) &&
	    w.end <= last) {
		if (w.end > own ||
		    (leat_tree_seek(&first->tree, w.start, &at) &&
			at < w.end)) {
			n++;
			if (list)
				leat_ranges_note(into, list, w)->late = 2;
		}
		if (!leat_next_window(&st->plan, &w))
			break;
	}
	return n;
}

/* Does so for both; `mark` says whether to note them. */
static size_t note_all_owed(struct leat_stream *st, struct leat_ranges *r,
    const struct leat_stream *from, const struct leat_ranges *q, int mark)
{
	int64_t own = st->clock.watermark, its = from->clock.watermark;
	struct leat_ranges *list = mark ? r : NULL;

	return note_owed(st, r, own, q, its, st, list) +
	    note_owed(st, q, its, r, own, st, list);
}

static const struct leat_ranges *ranges_or_none(const struct leat_state *s)
{
	const struct leat_ranges *r = leat_ranges_of(s);

	return r ? r : &leat_no_ranges;
}

/* Counts nodes for the indices, and starts s if it has had no value. */
static int reserve_ranges(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_ranges *q,
    struct leat_need *need)
{
	struct leat_ranges *r;

	if (!leat_ranges_of(s)) {
		if (leat_pool_reserve(&st->contents, 1))
			return LEAT_ENOMEM;
		leat_ranges_start(st, s);
	}
	r = leat_ranges_of(s);
	need->nodes += leat_index_need(&leat_windows_kind, &r->emitted,
			   (size_t)leat_index_length(&q->emitted) +
			       note_all_owed(st, r, from, q, 0)) +
	    leat_index_need(&leat_windows_kind, &r->changed,
		(size_t)leat_index_length(&q->changed));
	return LEAT_OK;
}

int leat_ranges_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need)
{
	const struct leat_ranges *q = ranges_or_none(other),
				 *r = ranges_or_none(s);

	if (st->plan.traits.slides)
		return LEAT_ENOTSUP;
	if (leat_stream_joins_too_much(st, s, from, other))
		return LEAT_EFULL;
	if (is_behind(st, r, st->clock.watermark, from->clock.watermark) ||
	    is_behind(from, q, from->clock.watermark, st->clock.watermark))
		return LEAT_ELATE;
	if (st->plan.max_windows > 0 &&
	    leat_stream_joins_too_many(st, s,
		leat_slices_more(&st->plan, &r->tree, &q->tree)))
		return LEAT_EFULL;
	if (reserve_ranges(st, s, from, q, need))
		return LEAT_ENOMEM;
	r = leat_ranges_of(s);
	if (st->forest.panes) {
		leat_need_panes(need, leat_tree_panes(&from->forest, &q->tree));
	} else {
		leat_need_values(st, need, &r->tree,
		    leat_tree_length(&from->forest, &q->tree));
	}
	return LEAT_OK;
}

static int64_t later_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void leat_ranges_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other)
{
	const struct leat_ranges *q = ranges_or_none(other);
	struct leat_ranges *r = leat_ranges_of(s);

	note_all_owed(st, r, from, q, 1);
	if (st->plan.max_windows > 0)
		leat_more(&st->plan, s)->windows += leat_slices_more(&st->plan,
		    &r->tree, &q->tree);
	leat_tree_pour(&st->forest, &r->tree, &q->tree);
	for (const struct leat_emitted *t = leat_emitted_first(q); t;
	     t = leat_emitted_after(q, t->w)) {
		struct leat_emitted *at = leat_ranges_note(st, r, t->w);
		at->times += t->times;
		at->late |= t->late;
	}
	for (const struct leat_changed *c = leat_changed_first(q); c;
	     c = leat_changed_after(q, c->from))
		leat_ranges_changed(st, r, *c);
	if (q->begun && (!r->begun || leat_is_before(r->empty, q->empty)))
		r->empty = q->empty;
	r->begun |= q->begun;
	r->touched |= q->touched;
	/* Windows that are closed were emitted, or will be once more. */
	r->closed = later_of(later_of(r->closed, q->closed),
	    later_of(st->clock.watermark, from->clock.watermark));
	leat_ranges_emit_again(st, r);
}
