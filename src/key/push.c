/*
 * push.c - one value for one key, and many
 *
 * A push costs two cache misses if there are many keys, one after the
 * other: the slot of the table, and the entry, whose state lies behind it.
 * push_many() works on blocks of events, in three steps: hashes, then
 * entries, then the pushes themselves; what one step needs has been asked
 * for by the step before, so misses overlap.
 *
 * All that can fail comes before the clock moves, so that a push that fails
 * has changed nothing: memory is made sure of, and where time may do more
 * than that, each key that it will visit is asked what it will need. What
 * max_bytes refuses waits until the clock has moved: a value that finds no
 * room has been seen, and what it closes may make room. Whatever making room
 * may take of the allocator has been put aside by then (core/memory.c), so
 * that such a value is taken or refused, but never fails.
 */
#include "key.h"

enum { PUSH_BLOCK = 32 };

/* ---------------- making room ------------------------------------- */

/* Drops the key that was pushed into longest ago, but not `keep`. */
static int push_evict(leat_keyed *k, uint32_t keep)
{
	if (!k->oldest || k->oldest == keep)
		return LEAT_NO_ROOM;
	leat_entry_evict(k, k->oldest);
	return LEAT_OK;
}

static uint64_t push_inside(const struct leat_stream *st)
{
	return st->counts.taken + st->counts.missing + st->counts.in_no_window;
}

/* ---------------- one key ----------------------------------------- */

/* The value went in. */
static void push_note(leat_keyed *k, struct leat_entry *e, int64_t t)
{
	if (k->stream.plan.early_span > 0)
		leat_mark(&k->roster.changed, e->rank);
	if (k->latest_at && t > *leat_entry_latest(k, e))
		*leat_entry_latest(k, e) = t;
}

/* Into the key that is there; memory is reserved. */
LEAT_INLINE int push_take(leat_keyed *k, uint32_t i, const leat_event *v)
{
	struct leat_stream *st = &k->stream;
	struct leat_entry *e = leat_entry_at(k, i);
	uint64_t inside = push_inside(st);
	int err;

	leat_entry_speaks(k, e);
	if (k->announces)
		leat_timers_prefetch(k, e);
	st->next_due = INT64_MAX;
	err = leat_stream_push(st, leat_entry_state(e), v);
	if (st->next_due < INT64_MAX)
		leat_timers_arm(k, e, st->next_due);
	if (LEAT_LIKELY(!k->tracks))
		return err;
	leat_entry_touch(k, i);
	if (push_inside(st) != inside)
		push_note(k, e, v->t);
	return err;
}

/* A value older than ttl has made a key that is over already. */
static void push_expire(leat_keyed *k, uint32_t i, int64_t t)
{
	int64_t end = leat_later(t, k->ttl);

	leat_timers_arm(k, leat_entry_at(k, i), end);
	if (end <= k->stream.clock.watermark)
		leat_entry_evict(k, i);
}

/* Tells whether no further key may come in, whatever makes room. */
static int push_forbids(const leat_keyed *k, const leat_event *v)
{
	uint64_t limit = k->stream.memory.limit;

	return (k->roster.length >= k->max_keys && !k->links_at) ||
	    (limit && v->key_len > limit);
}

/*
 * Into a key that is not there; memory is reserved. It makes room for itself
 * after the value has gone in: one that is refused drops no other key.
 */
static int push_new(leat_keyed *k, const leat_event *v, uint32_t hash)
{
	struct leat_stream *st = &k->stream;
	uint64_t inside = push_inside(st);
	uint32_t i;
	int err;

	if (push_forbids(k, v))
		return leat_stream_refuse(st, LEAT_NO_ROOM);
	i = leat_entry_make(k, v->key, v->key_len, hash);
	err = push_take(k, i, v);
	if (push_inside(st) == inside) {
		leat_entry_forget(k, i);
		return err;
	}
	while (k->roster.length > k->max_keys)
		(void)push_evict(k, i); /* the oldest is another one */
	if (k->latest_at)
		push_expire(k, i, v->t);
	return err;
}

/* The key will be dropped when time passes, and made anew. */
static int push_renews(const leat_keyed *k, uint32_t i)
{
	return k->latest_at &&
	    leat_later(*leat_entry_latest(k, leat_entry_at(k, i)), k->ttl) <=
	    k->stream.clock.target;
}

/*
 * Adds to `need` what the value takes in the state of its key, or of a new
 * one. Below a limit either may come of it, so a calendar is asked for both:
 * what it says is kept whatever the limit is.
 */
static int push_prepare(leat_keyed *k, const leat_event *v, uint32_t i,
    struct leat_need *need)
{
	struct leat_stream *st = &k->stream;
	struct leat_need unused = { 0, 0, 0, 0, 0, 0, 0 };
	int fresh = !i || push_renews(k, i), err = LEAT_OK;

	if (!st->plan.careful)
		return LEAT_OK;
	st->memory.lifted = 1;
	if (i)
		err = st->plan.engine->prepare(st,
		    leat_entry_state(leat_entry_at(k, i)), v, need);
	if (!err)
		err = st->plan.engine->prepare(st, k->blank, v,
		    fresh ? need : &unused);
	st->memory.lifted = 0;
	return err;
}

/* All that a value takes, in a key that is there or a new one. LEAT_ENOMEM. */
static int push_reserve(leat_keyed *k, const leat_event *v, uint32_t i,
    const struct leat_need *need)
{
	struct leat_stream *st = &k->stream;
	int err = leat_need_reserve(st, need);

	if (i)
		err |= st->plan.engine->reserve(st,
		    leat_entry_state(leat_entry_at(k, i)), v);
	if (!i || push_renews(k, i))
		err |= leat_entry_reserve(k, v->key_len);
	return err;
}

/* Asks for what the value would take if there were no key and no memory. */
static void push_ask_anew(leat_keyed *k, const leat_event *v,
    const struct leat_need *need)
{
	leat_keyed was = *k;
	struct leat_memory memory;

	leat_entries_start(k);
	leat_stream_blank(&k->stream);
	(void)push_reserve(k, v, 0, need);
	memory = k->stream.memory;
	*k = was;
	k->stream.memory = memory;
}

/*
 * Has all put aside that making room for the value may take: what it takes
 * with the keys that are there, and without any. LEAT_ENOMEM.
 */
static int push_ask(leat_keyed *k, const leat_event *v, uint32_t i,
    const struct leat_need *need)
{
	struct leat_memory *m = &k->stream.memory;

	m->phase = LEAT_MEMORY_ASKS;
	(void)push_reserve(k, v, i, need);
	push_ask_anew(k, v, need);
	return m->failed ? LEAT_ENOMEM : LEAT_OK;
}

/* At max_bytes, keys that were not pushed into for long make room. */
static int push_or_evict(leat_keyed *k, const leat_event *v, uint32_t hash,
    uint32_t i)
{
	struct leat_stream *st = &k->stream;
	int err, cleared = 0;

	if (i)
		leat_entry_touch(k, i);
	else if (push_forbids(k, v))
		return leat_stream_refuse(st, LEAT_NO_ROOM);
	for (;;) {
		struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
		if (!(err = push_prepare(k, v, i, &need)))
			err = push_reserve(k, v, i, &need);
		if (!err)
			return i ? push_take(k, i, v) : push_new(k, v, hash);
		if (!(err = push_evict(k, i)))
			continue;
		if (k->roster.length > 0 || cleared)
			return leat_stream_refuse(st, err);
		/* What is left is memory of other sizes than is needed. */
		leat_entries_clear(k);
		cleared = 1;
	}
}

/* Whether time has something to do besides moving the watermark. */
LEAT_INLINE int push_passes(const leat_keyed *k)
{
	const struct leat_clock *c = &k->stream.clock;

	return (c->target > c->watermark && c->target >= k->timers.next) ||
	    (k->stream.plan.early_span > 0 &&
		(k->early || c->now > k->early_from));
}

/* The clock has seen the value; `full`: there is no memory for it so far. */
LEAT_INLINE int push_seen(leat_keyed *k, const leat_event *v, uint32_t hash,
    uint32_t i, int full)
{
	struct leat_clock *c = &k->stream.clock;
	uint64_t drops = k->drops;

	if (LEAT_UNLIKELY(push_passes(k))) {
		leat_keyed_pass(k);
		if (i && k->drops != drops) {
			i = leat_entry_find(k, v->key, v->key_len, hash);
			full |= !i;
		}
		/* At max_bytes it may have freed what was reserved. */
		full |= k->stream.memory.limit > 0;
	} else if (c->target > c->watermark) {
		c->watermark = c->target;
	}
	if (LEAT_UNLIKELY(full))
		return push_or_evict(k, v, hash, i);
	return LEAT_LIKELY(i) ? push_take(k, i, v) : push_new(k, v, hash);
}

/* Makes sure of all that the value and its time take; or it is put aside. */
static int push_ready(leat_keyed *k, const leat_event *v, uint32_t i)
{
	struct leat_memory *m = &k->stream.memory;
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
	int err;

	if ((err = leat_keyed_prepare_pass(k, &need)) ||
	    (err = push_prepare(k, v, i, &need)))
		return err;
	if ((err = push_reserve(k, v, i, &need)) && !m->failed)
		err = push_ask(k, v, i, &need);
	return err;
}

/*
 * As push_seen(); all that may be needed of the allocator has been asked for.
 * What was known for this push alone does not stay there beyond the limit.
 */
static int push_below_limit(leat_keyed *k, const leat_event *v, uint32_t hash,
    uint32_t i)
{
	struct leat_stream *st = &k->stream;
	struct leat_memory *m = &st->memory;
	int err;

	leat_memory_close(m);
	err = push_seen(k, v, hash, i, m->over);
	leat_stream_done(st);
	if (m->limit > 0 && m->bytes > m->limit)
		leat_index_release(&st->nodes);
	return err;
}

/* Pushes as push_at() does where more than a small allocation can fail. */
static int push_with_care(leat_keyed *k, const leat_event *v, uint32_t hash,
    uint32_t i)
{
	struct leat_stream *st = &k->stream;
	struct leat_memory *m = &st->memory;
	struct leat_clock_mark mark;
	int err;

	leat_memory_try(m);
	leat_clock_mark(&st->clock, v->source, &mark);
	leat_clock_see(&st->clock, v->source, v->t);
	if ((err = push_ready(k, v, i))) {
		leat_clock_back(&st->clock, v->source, &mark);
		err = leat_stream_refuse(st, err);
	} else {
		err = push_below_limit(k, v, hash, i);
	}
	leat_entry_release(k);
	leat_stream_done(st);
	leat_memory_open(m);
	return err;
}

/* The key's index i is 0 if it is not there. */
LEAT_INLINE int push_at(leat_keyed *k, const leat_event *v, uint32_t hash,
    uint32_t i)
{
	struct leat_stream *st = &k->stream;
	int err = leat_clock_check(&st->clock, v->source, v->t);

	if (LEAT_UNLIKELY(err))
		return leat_stream_refuse(st, err);
	if (LEAT_UNLIKELY(k->careful))
		return push_with_care(k, v, hash, i);
	err = i ? st->plan.engine->reserve(st,
		      leat_entry_state(leat_entry_at(k, i)), v)
		: leat_entry_reserve(k, v->key_len);
	if (LEAT_UNLIKELY(err))
		return err;
	leat_clock_see(&st->clock, v->source, v->t);
	err = push_seen(k, v, hash, i, 0);
	if (LEAT_UNLIKELY(k->long_room > 0))
		leat_entry_release(k);
	return err;
}

/* ---------------- public ------------------------------------------ */

LEAT_INLINE int push_event(leat_keyed *k, const leat_event *v)
{
	uint32_t hash;

	LEAT_ASSERT(v->key || v->key_len == 0);
	if (v->key_len > LEAT_KEY_MAX)
		return LEAT_EKEY;
	if (k->queue.serves) {
		if (leat_queue_put(k, v))
			return LEAT_OK;
		leat_queue_settle(k);
	}
	hash = leat_key_hash(k, v->key, v->key_len);
	return push_at(k, v, hash,
	    leat_entry_find(k, v->key, v->key_len, hash));
}

/* Inside a callback, or where pairs are and are not expected; else 0. */
static int push_refused(const leat_keyed *k, int pairs)
{
	if (leat_is_inside(&k->stream.emitter.calls))
		return LEAT_EINVAL;
	return (k->stream.forest.layout.pairs != 0) == pairs ? LEAT_OK
							     : LEAT_EPAIRS;
}

int leat_keyed_push(leat_keyed *keyed, const void *key, size_t key_len,
    int64_t t, double x)
{
	leat_event v = { key, key_len, t, x, 0, 0, 0, 0 };
	int err;

	LEAT_ASSERT(keyed);
	if (LEAT_UNLIKELY((unsigned)keyed->stream.forest.layout.pairs |
		keyed->stream.emitter.calls.state) &&
	    (err = push_refused(keyed, 0)))
		return err;
	return leat_calls_done(&keyed->stream.emitter.calls,
	    push_event(keyed, &v));
}

int leat_keyed_push_xy(leat_keyed *keyed, const void *key, size_t key_len,
    int64_t t, double x, double y)
{
	leat_event v = { key, key_len, t, x, y, 0, 0, 0 };
	int err;

	LEAT_ASSERT(keyed);
	if (!keyed->stream.forest.layout.pairs ||
	    keyed->stream.emitter.calls.state)
		if ((err = push_refused(keyed, 1)))
			return err;
	return leat_calls_done(&keyed->stream.emitter.calls,
	    push_event(keyed, &v));
}

/* ---------------- many -------------------------------------------- */

struct push_block {
	uint32_t hash[PUSH_BLOCK];
	uint32_t found[PUSH_BLOCK]; /* the first entry of that hash; 0: none */
};

static void push_hash_block(const leat_keyed *k, const leat_event *v, size_t n,
    struct push_block *b)
{
	for (size_t i = 0; i < n; i++) {
		b->hash[i] = 0;
		if (v[i].key_len > LEAT_KEY_MAX)
			continue;
		b->hash[i] = leat_key_hash(k, v[i].key, v[i].key_len);
		if (k->table.length > 0)
			LEAT_PREFETCH(k->table.slots +
			    leat_table_half(&k->table, b->hash[i]));
	}
}

static void push_find_block(const leat_keyed *k, size_t n, struct push_block *b)
{
	for (size_t i = 0; i < n; i++) {
		b->found[i] = leat_table_peek(&k->table, b->hash[i]);
		if (b->found[i])
			leat_entry_prefetch(k, leat_entry_at(k, b->found[i]));
	}
}

/* The entry that was found may be another key's with that hash. */
int leat_keyed_put(leat_keyed *k, const leat_event *v, uint32_t hash,
    uint32_t i)
{
	if (!i || !leat_entry_is(leat_entry_at(k, i), v->key, v->key_len))
		i = leat_entry_find(k, v->key, v->key_len, hash);
	return push_at(k, v, hash, i);
}

/* As leat_keyed_put(), of an event that the caller has made. */
static int put_event(leat_keyed *k, const leat_event *event, uint32_t hash,
    uint32_t i)
{
	leat_event v;

	if (event->key_len > LEAT_KEY_MAX)
		return LEAT_EKEY;
	if (event->flags)
		return LEAT_EINVAL;
	if (k->stream.forest.layout.pairs || event->y == 0)
		return leat_keyed_put(k, event, hash, i);
	v = *event;
	v.y = 0;
	return leat_keyed_put(k, &v, hash, i);
}

static int push_block(leat_keyed *k, const leat_event *v, size_t n,
    struct leat_many *many)
{
	struct push_block b;
	uint64_t drops = k->drops;

	push_hash_block(k, v, n, &b);
	if (k->table.length > 0)
		push_find_block(k, n, &b);
	else
		memset(b.found, 0, sizeof(b.found));
	for (size_t i = 0; i < n; i++) {
		uint32_t found = k->drops == drops ? b.found[i] : 0;
		int err = leat_many_note(many,
		    put_event(k, &v[i], b.hash[i], found));
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
	leat_queue_settle(keyed);
	while (n > 0 && !err) {
		size_t some = n < PUSH_BLOCK ? n : PUSH_BLOCK;
		err = push_block(keyed, events, some, &many);
		events += some;
		n -= some;
	}
	return leat_many_done(&many, &keyed->stream.emitter.calls, err,
	    n_taken_out);
}

int leat_keyed_flush(leat_keyed *keyed)
{
	struct leat_stream *st = &keyed->stream;
	const struct leat_roster *r = &keyed->roster;

	LEAT_ASSERT(keyed);
	if (leat_is_inside(&st->emitter.calls))
		return LEAT_EINVAL;
	leat_queue_settle(keyed);
	for (size_t i = 0; i < r->n && st->emitter.sink.emit; i++) {
		if (r->order[i] == 0)
			continue;
		struct leat_entry *e = leat_ranked(keyed, (uint32_t)i);
		leat_entry_speaks(keyed, e);
		st->plan.engine->tell(st, leat_entry_state(e),
		    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
	}
	return leat_calls_done(&st->emitter.calls, LEAT_OK);
}

int leat_keyed_advance(leat_keyed *keyed, int64_t t)
{
	LEAT_ASSERT(keyed);
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_queue_settle(keyed);
	struct leat_clock was = keyed->stream.clock;
	int err;
	leat_clock_advance(&keyed->stream.clock, t);
	if ((err = leat_keyed_move(keyed))) {
		keyed->stream.clock = was;
		return err;
	}
	leat_clock_advanced(&keyed->stream.clock, t);
	return leat_calls_done(&keyed->stream.emitter.calls, LEAT_OK);
}
