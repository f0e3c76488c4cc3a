/*
 * push.c - one value for one key, and many
 *
 * A push finds its key once, shows the value to the clock, closes what is due
 * by then, and has the value go into its key (take.c). What can fail comes
 * before the clock moves, so that a push that fails has changed nothing. Where
 * more can fail than a small allocation, careful.c does the rest.
 *
 * A push costs two cache misses if there are many keys, one after the other:
 * the slot of the table, and the entry, whose state lies behind it. Many
 * events are pushed in blocks, in three steps: hashes, then entries, then the
 * pushes themselves; what a step needs has been asked for by the step before,
 * so misses overlap. Single ones may wait to the same end (deferred.c).
 */
#include "keyed.h"

enum { PUSH_BLOCK = 32 };

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
LEAT_INLINE int push_found(leat_keyed *k, const leat_event *v, uint32_t hash,
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

LEAT_INLINE int push_single(leat_keyed *k, const leat_event *v)
{
	struct leat_sought s = { v->key, v->key_len, 0, 0 };
	struct leat_entry *e;
	int err = push_check(k, v);

	if (LEAT_UNLIKELY(err))
		return err;
	if (k->table.length >= k->deferred.from && leat_deferred_put(k, v))
		return LEAT_OK;
	s.hash = leat_entry_hash(&k->entries, s.text, s.len);
	e = leat_table_find(&k->table, &k->entries, &s);
	return push_found(k, v, s.hash, e);
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

/* Pushes an event whose key is likely to be the entry e, or has none. */
static int push_guessed(leat_keyed *k, const leat_event *v, uint32_t hash,
    struct leat_entry *e)
{
	struct leat_sought s = { v->key, v->key_len, hash, 0 };
	leat_event without_y;
	int err = push_check(k, v);

	if (LEAT_UNLIKELY(err))
		return err;
	if (!k->stream.forest.layout.pairs && v->y != 0) {
		without_y = *v;
		without_y.y = 0;
		v = &without_y;
	}
	if (!e || !leat_entry_is(e, s.text, s.len))
		e = leat_table_search(&k->table, &k->entries, &s);
	return push_found(k, v, hash, e);
}

static int push_block(leat_keyed *k, const leat_event *v, size_t n,
    struct leat_many *many)
{
	uint32_t hash[PUSH_BLOCK];
	struct leat_entry *guess[PUSH_BLOCK]; /* likely to be it, or NULL */
	uint64_t drops = k->drops;

	for (size_t i = 0; i < n; i++) {
		/* A key that is too long is refused when its turn comes. */
		hash[i] = v[i].key_len > LEAT_KEY_MAX
		    ? 0
		    : leat_entry_hash(&k->entries, v[i].key, v[i].key_len);
		leat_table_prefetch(&k->table, hash[i]);
	}
	for (size_t i = 0; i < n; i++)
		guess[i] = leat_table_guess(&k->table, &k->entries, hash[i]);
	for (size_t i = 0; i < n; i++) {
		/* A dropped entry may be another key's, or have no text. */
		struct leat_entry *e = k->drops == drops ? guess[i] : NULL;
		int err = leat_many_note(many,
		    push_guessed(k, &v[i], hash[i], e));
		if (LEAT_UNLIKELY(err))
			return err;
	}
	return LEAT_OK;
}

int leat_keyed_push_events(leat_keyed *keyed, const leat_event *events,
    size_t n, size_t *n_taken_out)
{
	struct leat_many many = { 0, 0 };
	int err = LEAT_OK;

	LEAT_ASSERT(keyed && (events || n == 0));
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_deferred_settle(keyed);
	while (n > 0 && !err) {
		size_t some = n < PUSH_BLOCK ? n : PUSH_BLOCK;
		err = push_block(keyed, events, some, &many);
		events += some;
		n -= some;
	}
	return leat_many_done(&many, &keyed->stream.emitter.calls, err,
	    n_taken_out);
}
