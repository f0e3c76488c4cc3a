/*
 * push.c - one value for one key, and many
 *
 * A push finds its key once, shows the value to the clock, closes what is due
 * by then, and has the value go into its key (take.c). What can fail comes
 * before the clock moves, so that a push that fails has changed nothing. Where
 * more can fail than a small allocation, careful.c does the rest.
 *
 * Many events are pushed side by side, in the three steps of arrival.h, so
 * that their cache misses overlap: while one is pushed, the entry of another
 * comes, and the slot of a third. Single ones may wait to the same end
 * (deferred.c).
 */
#include "keyed.h"

/* Tells whether an event can come at all, whatever its key. */
LEAT_INLINE int push_check(leat_keyed *k, const leat_event *v)
{
	int err;

	LEAT_ASSERT(v->key || v->key_len == 0);
	if (v->key_len > LEAT_KEY_MAX)
		return LEAT_EKEY;
	if (v->flags)
		return LEAT_EINVAL;
	err = leat_clock_check(&k->stream.clock, v->source, v->t);
	return LEAT_LIKELY(!err) ? LEAT_OK
				 : leat_stream_refuse(&k->stream, err);
}

/* Pushes into entry e or, if that is NULL, into a new key of that hash. */
static int push_found(leat_keyed *k, const leat_event *v, uint32_t hash,
    struct leat_entry *e)
{
	struct leat_clock *c = &k->stream.clock;
	int err;

	if (LEAT_UNLIKELY(k->careful))
		return leat_careful_push(k, v, hash, e);
	err = leat_take_reserve(k, v, e);
	if (LEAT_UNLIKELY(err))
		return err;
	leat_clock_see(c, v->source, v->t);
	if (c->target > c->watermark) {
		/* No key is dropped here: that takes a limit or a ttl. */
		if (LEAT_UNLIKELY(c->target >= k->timers.next))
			leat_advance_run(k);
		else
			c->watermark = c->target;
	}
	return leat_take(k, v, hash, e);
}

/* Pushes an event that has had its first two steps. */
LEAT_INLINE int push_arrived(leat_keyed *k, const leat_event *v,
    const struct leat_arrival *a)
{
	struct leat_entry *e = leat_arrival_entry(&k->table, &k->entries, a,
	    v->key, v->key_len);

	return LEAT_LIKELY(leat_take_at_once(k, v, e))
	    ? LEAT_OK
	    : push_found(k, v, a->hash, e);
}

LEAT_INLINE int push_single(leat_keyed *k, const leat_event *v)
{
	struct leat_arrival a;
	int err = push_check(k, v);

	if (LEAT_UNLIKELY(err))
		return err;
	if (k->table.length >= k->deferred.from && leat_deferred_put(k, v))
		return LEAT_OK;
	leat_arrival_begin(&k->entries, &a, v->key, v->key_len);
	leat_arrivals_guess(&k->table, &k->entries, &a, 1);
	return push_arrived(k, v, &a);
}

/* Refuses a push inside a callback, and one with y where there are no pairs. */
LEAT_INLINE int push_value(leat_keyed *k, const leat_event *v, int pairs)
{
	struct leat_calls *calls = &k->stream.emitter.calls;
	int other = k->stream.forest.layout.pairs ^ pairs, err;

	if (LEAT_UNLIKELY((unsigned)other | calls->state)) {
		if (leat_is_inside(calls))
			return LEAT_EINVAL;
		if (other)
			return LEAT_EPAIRS;
	}
	err = push_single(k, v);
	return leat_calls_done(calls, err);
}

int leat_keyed_push(leat_keyed *keyed, const void *key, size_t key_len,
    int64_t t, double x)
{
	leat_event v = { key, key_len, t, x, 0, 0, 0, 0 };

	LEAT_ASSERT(keyed);
	return push_value(keyed, &v, 0);
}

int leat_keyed_push_xy(leat_keyed *keyed, const void *key, size_t key_len,
    int64_t t, double x, double y)
{
	leat_event v = { key, key_len, t, x, y, 0, 0, 0 };

	LEAT_ASSERT(keyed);
	return push_value(keyed, &v, 1);
}

/* ---------------- many -------------------------------------------- */

/*
 * Events on their way go in groups, each of which is one step ahead of the
 * one behind it.
 */
struct convoy {
	leat_keyed *keyed;
	const leat_event *events;
	size_t n;
	uint64_t drops; /* entries that were found before are valid */
	struct leat_arrival on_way[2][LEAT_ARRIVALS];
};

/* Returns how many events the group that begins with the i-th has. */
LEAT_INLINE size_t convoy_group(const struct convoy *c, size_t i)
{
	size_t left = i < c->n ? c->n - i : 0;

	return left < LEAT_ARRIVALS ? left : LEAT_ARRIVALS;
}

LEAT_INLINE struct leat_arrival *convoy_place(struct convoy *c, size_t i)
{
	return c->on_way[i / LEAT_ARRIVALS % 2];
}

static void convoy_begin(struct convoy *c, size_t i)
{
	struct leat_arrival *a = convoy_place(c, i);
	size_t n = convoy_group(c, i);

	for (size_t k = 0; k < n; k++)
		leat_arrival_begin(&c->keyed->entries, &a[k],
		    c->events[i + k].key, c->events[i + k].key_len);
	leat_arrivals_seek(&c->keyed->table, a, n);
}

static void convoy_guess(struct convoy *c, size_t i)
{
	leat_arrivals_guess(&c->keyed->table, &c->keyed->entries,
	    convoy_place(c, i), convoy_group(c, i));
}

/* Forgets entries that may be another key's, or have no text. */
static void convoy_drop(struct convoy *c)
{
	for (size_t i = 0; i < LEAT_ARRIVALS; i++)
		c->on_way[0][i].entry = c->on_way[1][i].entry = NULL;
	c->drops = c->keyed->drops;
}

LEAT_INLINE int convoy_push_one(struct convoy *c, const leat_event *e,
    const struct leat_arrival *a)
{
	leat_keyed *k = c->keyed;
	leat_event v = *e;
	int err = push_check(k, &v);

	if (LEAT_UNLIKELY(err))
		return err;
	if (!k->stream.forest.layout.pairs)
		v.y = 0;
	err = push_arrived(k, &v, a);
	if (LEAT_UNLIKELY(k->drops != c->drops))
		convoy_drop(c);
	return err;
}

static int convoy_push(struct convoy *c, size_t i, struct leat_many *many)
{
	const struct leat_arrival *a = convoy_place(c, i);
	size_t n = convoy_group(c, i);
	int err = LEAT_OK;

	for (size_t k = 0; k < n && !err; k++)
		err = leat_many_note(many,
		    convoy_push_one(c, &c->events[i + k], &a[k]));
	return err;
}

/* Pushes all events, until one fails. */
static int push_convoy(struct convoy *c, struct leat_many *many)
{
	int err = LEAT_OK;

	convoy_begin(c, 0);
	for (size_t i = 0; i < c->n && !err; i += LEAT_ARRIVALS) {
		convoy_guess(c, i);
		convoy_begin(c, i + LEAT_ARRIVALS);
		err = convoy_push(c, i, many);
	}
	return err;
}

int leat_keyed_push_events(leat_keyed *keyed, const leat_event *events,
    size_t n, size_t *n_taken_out)
{
	struct leat_many many = { 0, 0 };
	struct convoy c;
	int err;

	LEAT_ASSERT(keyed && (events || n == 0));
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_deferred_settle(keyed);
	c.keyed = keyed;
	c.events = events;
	c.n = n;
	c.drops = keyed->drops;
	err = push_convoy(&c, &many);
	return leat_many_done(&many, &keyed->stream.emitter.calls, err,
	    n_taken_out);
}
