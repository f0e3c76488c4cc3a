/*
 * queue.c - single pushes that wait a moment for their memory
 *
 * Among many keys a push waits for two cache misses, one after the other,
 * which is most of its time; push_many() lets those of many events overlap.
 * So do single pushes where nobody can tell: an event that changes nothing
 * but a window that is open, and cannot be refused, is put off with its key
 * until there are enough of them. Whatever could see a difference settles
 * them first: time that closes a window, a query, a copy, a count, and any
 * push that is not of that sort.
 *
 * That is so for tumbling windows, and hopping ones with time between them,
 * whose statistics need no order; without lateness, early or empty results,
 * and without limits on keys and memory, nor a delay of so many windows that
 * a key may need an index of them. Before the first event is put off
 * there must be room for as many new keys as there may be events, so that
 * settling them needs no memory: what a push has answered stays true.
 */
#include "../time/cells.h"
#include "key.h"

/* With fewer keys, table and entries are in the caches. */
enum { QUEUE_KEYS = 8192 };

int leat_queue_serves(const leat_keyed *k, const leat_keyed_options *o)
{
	const struct leat_stream *st = &k->stream;

	return (st->plan.kind == LEAT_TUMBLING ||
		   st->plan.kind == LEAT_HOPPING) &&
	    st->plan.engine == &leat_cells_engine && st->clock.n_sources == 1 &&
	    !st->forest.layout.ordered && st->plan.more_at == 0 &&
	    st->clock.delay / st->plan.advance + 2 <= LEAT_CELLS_FEW &&
	    !k->tracks && !o->max_keys && !o->max_bytes;
}

/* Whether a value at t has time close a window, which is not to be put off. */
static int queue_passes(const leat_keyed *k, int64_t t)
{
	int64_t w = leat_earlier(t, k->stream.clock.delay);

	return w >= k->queue.due || w >= k->timers.next;
}

/* Only of these it is certain that they go in. */
static int queue_takes(const leat_keyed *k, struct leat_queue *q, int64_t t)
{
	const struct leat_stream *st = &k->stream;

	if (t >= q->start && t < q->end && q->end > st->clock.watermark)
		return 1;
	if (leat_cells_interval(st, t, &q->start, &q->end) != LEAT_OK ||
	    q->end <= st->clock.watermark) {
		q->start = q->end = 0;
		return 0;
	}
	return 1;
}

/* For as many new keys, and windows, as events may wait. */
static int queue_has_room(leat_keyed *k)
{
	const struct leat_table *t = &k->table;
	const struct leat_roster *r = &k->roster;
	int err;

	if (t->length + LEAT_QUEUE > t->limit ||
	    r->length + LEAT_QUEUE > r->room / 4 * 3)
		return 0;
	err = leat_slab_reserve(&k->entries, LEAT_QUEUE);
	err |= leat_slab_reserve(&k->table.crowd.nodes, LEAT_QUEUE);
	err |= leat_timers_reserve(&k->timers, r->length + LEAT_QUEUE);
	err |= leat_pool_reserve(&k->stream.cells, LEAT_QUEUE + k->spare_cells);
	if ((uint64_t)k->entries.n_chunks << LEAT_SLAB_BITS > t->index_mask)
		return 0;
	return !err;
}

static void queue_add(leat_keyed *k, const leat_event *v)
{
	struct leat_queue *q = &k->queue;
	struct leat_queued *e = &q->events[q->n++];

	if (v->key_len > 0)
		memcpy(e->text, v->key, v->key_len);
	e->len = (uint32_t)v->key_len;
	e->t = v->t;
	e->x = v->x;
	e->y = v->y;
	e->hash = leat_key_hash(k, e->text, e->len);
	if (q->end < q->due)
		q->due = q->end;
	LEAT_PREFETCH(k->table.slots + leat_table_half(&k->table, e->hash));
}

int leat_queue_put(leat_keyed *k, const leat_event *v)
{
	struct leat_queue *q = &k->queue;
	struct leat_clock *c = &k->stream.clock;

	if (k->table.length < QUEUE_KEYS || v->key_len > LEAT_TEXT_SHORT ||
	    c->target > c->watermark || /* a state may say that */
	    leat_clock_check(c, v->source, v->t))
		return 0;
	if (q->n == LEAT_QUEUE)
		leat_queue_settle_all(k);
	if (queue_passes(k, v->t) || !queue_takes(k, q, v->t) ||
	    (q->n == 0 && !queue_has_room(k)))
		return 0;
	leat_clock_see(c, v->source, v->t);
	c->watermark = c->target;
	queue_add(k, v);
	return 1;
}

void leat_queue_clear(leat_keyed *k)
{
	k->queue.n = 0;
	k->queue.due = INT64_MAX;
	k->queue.start = k->queue.end = 0;
}

void leat_queue_settle_all(leat_keyed *k)
{
	struct leat_queue *q = &k->queue;
	uint32_t found[LEAT_QUEUE];

	for (uint32_t i = 0; i < q->n; i++) {
		found[i] = leat_table_peek(&k->table, q->events[i].hash);
		if (found[i])
			leat_entry_prefetch(k, leat_entry_at(k, found[i]));
	}
	for (uint32_t i = 0; i < q->n; i++) {
		struct leat_queued *e = &q->events[i];
		leat_event v = { e->text, e->len, e->t, e->x, e->y, 0, 0, 0 };
		(void)leat_keyed_put(k, &v, e->hash, found[i]);
	}
	leat_queue_clear(k);
}
