/*
 * keyed.c - keys as they come and go
 *
 * A key is made in all structures at once and dropped from all at once, so
 * each of them may rely on the others to know the same keys. Keys are found
 * by hash first; texts are compared only where 32 bits of it are equal.
 */
#include "keyed.h"

struct leat_entry *leat_key_find(const leat_keyed *k, const void *text,
    size_t len)
{
	struct leat_sought s = { text, len,
		leat_entry_hash(&k->entries, text, len), 0 };

	return leat_table_find(&k->table, &k->entries, &s);
}

void leat_keys_pack(leat_keyed *k)
{
	struct leat_key_order *o = &k->entries.order;
	struct leat_entry *e = leat_entry_from(&k->entries, 0), *next;
	uint32_t n = 0;

	if (o->n == o->length)
		return;
	for (; e; e = next) {
		next = leat_entry_next(&k->entries, e);
		leat_key_order_move(o, e->rank, n);
		e->rank = n++;
		leat_timers_rename(&k->timers, e);
	}
	o->n = n;
}

/* ---------------- coming ------------------------------------------ */

int leat_key_reserve(leat_keyed *k, size_t len)
{
	static const leat_event any = { NULL, 0, 0, 0, 0, 0, 0, 0 };
	const struct leat_key_order *o = &k->entries.order;
	int err = leat_entries_reserve(&k->entries);

	if (o->n == o->room)
		leat_keys_pack(k);
	err |= leat_table_reserve(&k->table, &k->entries);
	err |= leat_timers_reserve(&k->timers, o->length + 1);
	err |= k->stream.plan.engine->reserve(&k->stream, k->blank, &any);
	err |= leat_pool_reserve(&k->stream.cells, k->spare_cells);
	err |= leat_entries_reserve_text(&k->entries, len);
	if (err)
		leat_entries_release(&k->entries);
	return err;
}

struct leat_entry *leat_key_make(leat_keyed *k, const void *text, size_t len,
    uint32_t hash)
{
	struct leat_entry *e = leat_entries_add(&k->entries, text, len, hash);

	(void)leat_table_put(&k->table, &k->entries, e);
	return e;
}

int leat_key_add(leat_keyed *k, const void *text, size_t len,
    struct leat_entry **e_out)
{
	if (k->entries.order.length >= k->max_keys)
		return LEAT_EFULL;
	if (leat_key_reserve(k, len))
		return k->stream.memory.over ? LEAT_EFULL : LEAT_ENOMEM;
	*e_out = leat_key_make(k, text, len,
	    leat_entry_hash(&k->entries, text, len));
	return LEAT_OK;
}

/* ---------------- going ------------------------------------------- */

void leat_key_forget(leat_keyed *k, struct leat_entry *e)
{
	k->stream.plan.engine->clear(&k->stream, leat_entry_state(e));
	leat_timers_disarm(&k->timers, &k->entries, e);
	(void)leat_table_remove(&k->table, &k->entries, e);
	leat_entries_remove(&k->entries, e);
	k->drops++;
}

void leat_key_evict(leat_keyed *k, struct leat_entry *e)
{
	struct leat_stream *st = &k->stream;

	if (k->evicted.emit) {
		st->emitter.to = &k->evicted;
		leat_set_current_key(k, e);
		st->plan.engine->emit(st, leat_entry_state(e),
		    LEAT_RESULT_DROPPED);
		st->emitter.to = &st->emitter.sink;
	}
	leat_key_forget(k, e);
}

/* ---------------- all of them ------------------------------------- */

void leat_keys_start(leat_keyed *k)
{
	struct leat_memory *memory = &k->stream.memory;

	leat_table_init(&k->table, memory);
	leat_entries_init(&k->entries, memory);
	leat_timers_init(&k->timers, memory);
}

void leat_keys_clear(leat_keyed *k)
{
	struct leat_stream *st = &k->stream;
	const struct leat_entry *e = leat_entry_from(&k->entries, 0);

	for (; e; e = leat_entry_next(&k->entries, e))
		st->plan.engine->clear(st, leat_entry_state(e));
	leat_stream_end(st);
	leat_table_clear(&k->table);
	leat_entries_clear(&k->entries);
	leat_timers_clear(&k->timers);
	k->drops++;
}

static int keys_fill(leat_keyed *k, const leat_keyed *from)
{
	struct leat_stream *st = &k->stream;
	const struct leat_entry *o = leat_entry_from(&from->entries, 0);
	int err = LEAT_OK;

	for (; o && !err; o = leat_entry_next(&from->entries, o)) {
		struct leat_entry *e = leat_ranked(&k->entries, o->rank);
		if (o->len <= LEAT_TEXT_POOLED &&
		    leat_entries_reserve_text(&k->entries, o->len))
			return LEAT_ENOMEM;
		err = leat_entry_write(&k->entries, e, leat_entry_text(o),
		    o->len);
		if (!err)
			err = st->plan.engine->copy(st, leat_entry_state(e),
			    leat_entry_state(o));
	}
	return err;
}

int leat_keys_copy(leat_keyed *k, const leat_keyed *from)
{
	struct leat_memory *memory = &k->stream.memory;
	struct leat_entries *es = &k->entries;

	k->table.memory = k->timers.blocks.memory = memory;
	int failed = leat_entries_copy(es, &from->entries, memory);
	struct leat_entry *e = leat_entry_from(es, 0);
	/* Texts and states belong to the other object as yet. */
	for (; e; e = leat_entry_next(es, e)) {
		memset(leat_entry_state(e), 0, k->stream.plan.state_size);
		e->len = 0;
	}
	/* Each part must be whole or empty, whatever has failed before it. */
	failed |= leat_table_copy(&k->table, &from->table);
	failed |= leat_slab_copy(&k->timers.blocks, &from->timers.blocks);
	return failed ? LEAT_ENOMEM : keys_fill(k, from);
}
