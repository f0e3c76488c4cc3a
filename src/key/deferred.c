/*
 * deferred.c - single pushes that wait a moment for their memory
 *
 * Among many keys a push waits for two cache misses, one after the other,
 * which is most of its time; leat_keyed_push_events() has those of many events
 * overlap. So do single pushes where nobody can tell: an event that changes
 * nothing but a window that is open, and cannot be refused, waits with its key
 * until there are enough of them. Whatever could see a difference settles them
 * first: time that closes a window, a query, a copy, a count, and any push that
 * is not of that sort.
 *
 * That is so for tumbling windows, and hopping ones with time between them,
 * whose statistics need no order; without lateness, early or empty results,
 * and without limits on keys and memory, nor a delay of so many windows that
 * a key may need an index of them. Before the first event waits there must be
 * room for as many new keys as there may be events, so that settling them needs
 * no memory: what a push has answered stays true.
 */
#include "keyed.h"

/* With fewer keys, table and entries are in the caches. */
enum { DEFERRED_KEYS = 8192 };

void leat_deferred_plan(leat_keyed *k, const leat_keyed_options *o)
{
	const struct leat_stream *st = &k->stream;
	const struct leat_time_plan *p = &st->plan;
	int serves = p->traits.on_grid && p->engine->has_cells &&
	    st->clock.n_sources == 1 && !st->forest.layout.ordered && p->few &&
	    !k->tracks && !o->max_keys && !o->max_bytes;

	k->deferred.from = serves ? DEFERRED_KEYS : UINT64_MAX;
	leat_deferred_clear(k);
}

/* Tells whether a value at t is sure to go into a window that is open. */
static int deferred_fits(leat_keyed *k, int64_t t)
{
	struct leat_stream *st = &k->stream;
	int64_t start, end;

	return leat_cells_locate(st, t, &start, &end) == LEAT_OK &&
	    end > st->clock.watermark;
}

/* Reserves for as many new keys, and windows, as events may wait. */
static int deferred_has_room(leat_keyed *k)
{
	const struct leat_table *t = &k->table;
	const struct leat_key_order *o = &k->entries.order;
	int err;

	/* Settling must not have to grow the table or the order. */
	if (t->length + LEAT_ARRIVALS > t->limit ||
	    o->length + LEAT_ARRIVALS > o->room / 4 * 3)
		return 0;
	err = leat_slab_reserve(&k->entries.slab, LEAT_ARRIVALS);
	err |= leat_slab_reserve(&k->table.crowd.nodes, LEAT_ARRIVALS);
	err |= leat_timers_reserve(&k->timers, o->length + LEAT_ARRIVALS);
	err |= leat_pool_reserve(&k->stream.cells,
	    LEAT_ARRIVALS + k->spare_cells);
	if ((uint64_t)k->entries.slab.n_chunks << LEAT_SLAB_BITS >
	    t->index_mask)
		return 0;
	return !err;
}

/* Tells whether the event can wait, and has room for it. */
static int deferred_takes(leat_keyed *k, const leat_event *v)
{
	struct leat_deferred *d = &k->deferred;
	const struct leat_clock *c = &k->stream.clock;
	int64_t due;

	if (v->key_len > LEAT_TEXT_SHORT ||
	    c->target > c->watermark) /* a loaded state may say so */
		return 0;
	if (d->n == LEAT_ARRIVALS)
		leat_deferred_settle(k);
	/* The first window to close is one of those that wait, or a timer's. */
	due = d->due < k->timers.next ? d->due : k->timers.next;
	return v->t < leat_later(due, c->delay) && deferred_fits(k, v->t) &&
	    (d->n > 0 || deferred_has_room(k));
}

int leat_deferred_put(leat_keyed *k, const leat_event *v)
{
	struct leat_clock *c = &k->stream.clock;
	struct leat_deferred *d = &k->deferred;

	if (!deferred_takes(k, v)) {
		leat_deferred_settle(k);
		return 0;
	}
	leat_arrival_begin(&k->entries, &d->on_way[d->n], v->key, v->key_len);
	d->events[d->n++] = (struct leat_deferred_event){ v->t, v->x, v->y,
		v->key_len };
	/* The window of t has just been located. */
	if (k->stream.recent_end < d->due)
		d->due = k->stream.recent_end;
	leat_clock_see(c, v->source, v->t);
	c->watermark = c->target;
	return 1;
}

void leat_deferred_clear(leat_keyed *k)
{
	k->deferred.n = 0;
	k->deferred.due = INT64_MAX;
}

/* Pushes an event that has waited. Memory is there, so it cannot fail. */
LEAT_INLINE void deferred_push(leat_keyed *k,
    const struct leat_deferred_event *w, const struct leat_arrival *a)
{
	unsigned char text[LEAT_TEXT_SHORT];
	leat_event v = { text, w->len, w->t, w->x, w->y, 0, 0, 0 };
	struct leat_sought s = { text, w->len, a->hash, 0 };
	struct leat_entry *e = a->entry;

	leat_store64(text, a->words[0]);
	leat_store64(text + 8, a->words[1]);
	if (LEAT_UNLIKELY(!e || !leat_entry_is_short(e, a->words, w->len)))
		e = leat_table_search(&k->table, &k->entries, &s);
	if (LEAT_LIKELY(leat_take_at_once(k, &v, e)))
		return;
	/* Ranks may have to be packed. */
	if (!leat_take_reserve(k, &v, e))
		(void)leat_take(k, &v, a->hash, e);
}

void leat_deferred_settle_all(leat_keyed *k)
{
	struct leat_deferred *d = &k->deferred;

	leat_arrivals_seek(&k->table, d->on_way, d->n);
	leat_arrivals_guess(&k->table, &k->entries, d->on_way, d->n);
	for (uint32_t i = 0; i < d->n; i++)
		deferred_push(k, &d->events[i], &d->on_way[i]);
	leat_deferred_clear(k);
}
