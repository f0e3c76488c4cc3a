/*
 * careful.c - a push that may run out of keys, memory or calendar
 *
 * Objects with a limit or a ttl, and those whose windows need more memory
 * than that of a value when time moves, push this way. All that can fail
 * comes before the clock moves, so that a push that fails has changed nothing:
 * memory is made sure of, and each key that time will visit is asked for what
 * it will need.
 *
 * What max_bytes refuses waits until the clock has moved: a value that finds
 * no room has been seen, and what it closes may make room. Whatever making
 * room may take of the allocator has been put aside by then (core/memory.c),
 * so that such a value is taken or refused, but never fails.
 */
#include "keyed.h"

/* Tells whether time will drop the key, so that the value makes it anew. */
static int careful_renews(const leat_keyed *k, struct leat_entry *e)
{
	const struct leat_entries *es = &k->entries;

	return es->latest_at &&
	    leat_later(*leat_entry_latest(es, e), k->ttl) <=
	    k->stream.clock.target;
}

/*
 * Adds to `need` what the value takes in the state of its key, or of a new
 * one. Below a limit either may come of it, so a calendar is asked for both:
 * what it says is kept whatever the limit is.
 */
static int careful_prepare(leat_keyed *k, const leat_event *v,
    struct leat_entry *e, struct leat_need *need)
{
	struct leat_stream *st = &k->stream;
	struct leat_need unused = { 0, 0, 0, 0, 0, 0, 0 };
	int fresh = !e || careful_renews(k, e), err = LEAT_OK;

	if (!st->plan.careful)
		return LEAT_OK;
	st->memory.lifted = 1;
	if (e)
		err = st->plan.engine->prepare(st, leat_entry_state(e), v,
		    need);
	if (!err)
		err = st->plan.engine->prepare(st, k->blank, v,
		    fresh ? need : &unused);
	st->memory.lifted = 0;
	return err;
}

/* Reserves all that the value takes, in entry e or a new key. LEAT_ENOMEM. */
static int careful_reserve(leat_keyed *k, const leat_event *v,
    struct leat_entry *e, const struct leat_need *need)
{
	int err = leat_need_reserve(&k->stream, need);

	err |= leat_take_reserve(k, v, e);
	if (e && careful_renews(k, e))
		err |= leat_key_reserve(k, v->key_len);
	return err;
}

/* Asks for what the value would take if there were no key and no memory. */
static void careful_ask_anew(leat_keyed *k, const leat_event *v,
    const struct leat_need *need)
{
	leat_keyed was = *k;
	struct leat_memory memory;

	leat_keys_start(k);
	leat_stream_blank(&k->stream);
	(void)careful_reserve(k, v, NULL, need);
	memory = k->stream.memory;
	*k = was;
	k->stream.memory = memory;
}

/* Reserves all that the value and its time take, or has it put aside. */
static int careful_ready(leat_keyed *k, const leat_event *v,
    struct leat_entry *e)
{
	struct leat_memory *m = &k->stream.memory;
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
	int err;

	if ((err = leat_advance_prepare(k, &need)) ||
	    (err = careful_prepare(k, v, e, &need)))
		return err;
	err = careful_reserve(k, v, e, &need);
	if (!err || m->failed)
		return err;
	/* Making room may take this with the keys there are, and with none. */
	m->phase = LEAT_MEMORY_ASKS;
	(void)careful_reserve(k, v, e, &need);
	careful_ask_anew(k, v, &need);
	return m->failed ? LEAT_ENOMEM : LEAT_OK;
}

/* Pushes at max_bytes: keys not pushed into for long make room. */
static int careful_make_room(leat_keyed *k, const leat_event *v, uint32_t hash,
    struct leat_entry *e)
{
	struct leat_stream *st = &k->stream;
	struct leat_entries *es = &k->entries;
	int err, cleared = 0;

	if (e)
		leat_entry_touch(es, e);
	else if (leat_take_forbids(k, v))
		return leat_stream_refuse(st, LEAT_NO_ROOM);
	for (;;) {
		struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
		if (!(err = careful_prepare(k, v, e, &need)))
			err = careful_reserve(k, v, e, &need);
		if (!err)
			return leat_take(k, v, hash, e);
		if (es->oldest && leat_entry_at(es, es->oldest) != e) {
			leat_key_evict(k, leat_entry_at(es, es->oldest));
			continue;
		}
		if (es->order.length > 0 || cleared)
			return leat_stream_refuse(st, LEAT_NO_ROOM);
		/* Pools still hold memory when there are no keys. */
		leat_keys_clear(k);
		cleared = 1;
	}
}

/*
 * The clock has seen the value, and all that may be needed of the allocator
 * has been asked for; `full`: max_bytes has refused some of it.
 */
static int careful_seen(leat_keyed *k, const leat_event *v, uint32_t hash,
    struct leat_entry *e, int full)
{
	struct leat_clock *c = &k->stream.clock;
	uint64_t drops = k->drops;

	if ((c->target > c->watermark && c->target >= k->timers.next) ||
	    (k->stream.plan.early_span > 0 &&
		(k->early || c->now > k->early_from))) {
		leat_advance_run(k);
		if (e && k->drops != drops) {
			e = leat_key_find(k, v->key, v->key_len);
			full |= !e;
		}
		/* At max_bytes the advance may have freed what was reserved. */
		full |= k->stream.memory.limit > 0;
	} else if (c->target > c->watermark) {
		c->watermark = c->target;
	}
	return full ? careful_make_room(k, v, hash, e)
		    : leat_take(k, v, hash, e);
}

int leat_careful_push(leat_keyed *k, const leat_event *v, uint32_t hash,
    struct leat_entry *e)
{
	struct leat_stream *st = &k->stream;
	struct leat_memory *m = &st->memory;
	struct leat_clock_mark mark;
	int err;

	leat_memory_try(m);
	leat_clock_try(&st->clock, v->source, v->t, &mark);
	if ((err = careful_ready(k, v, e))) {
		leat_clock_undo(&st->clock, &mark);
		err = leat_stream_refuse(st, err);
	} else {
		leat_memory_close(m);
		err = careful_seen(k, v, hash, e, m->over);
		leat_stream_done(st);
		/* At the limit, nodes that this push alone has taken go. */
		if (m->limit > 0 && m->bytes > m->limit)
			leat_index_release(&st->nodes);
	}
	leat_entries_release(&k->entries);
	leat_stream_done(st);
	leat_memory_open(m);
	return err;
}
