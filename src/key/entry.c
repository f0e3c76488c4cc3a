/*
 * entry.c - keys as they come and go
 *
 * A key's text lies in its entry up to 16 bytes, else in a pool for its
 * length in steps of 16, and beyond 256 in memory of its own. Keys are found
 * by hash first; texts are compared only where 32 bits of it are equal.
 *
 * Where keys may have to make room for others, a list through all entries
 * has them in the order of their last push.
 */
#include "key.h"

/* ---------------- texts ------------------------------------------- */

static struct leat_pool *text_pool(leat_keyed *k, size_t len)
{
	return &k->texts[(len - 1) / 16];
}

/* Takes the text that was reserved, or a new one; NULL if memory is out. */
static unsigned char *text_take(leat_keyed *k, size_t len)
{
	unsigned char *text = k->long_text;

	if (len <= LEAT_TEXT_POOLED)
		return leat_pool_take(text_pool(k, len));
	if (k->long_room != len)
		return leat_memory_take(&k->stream.memory, len);
	k->long_text = NULL;
	k->long_room = 0;
	return text;
}

void leat_entry_release(leat_keyed *k)
{
	leat_memory_give(&k->stream.memory, k->long_text, k->long_room);
	k->long_text = NULL;
	k->long_room = 0;
}

/* A long one of another length gives way. */
static int text_reserve(leat_keyed *k, size_t len)
{
	if (len <= LEAT_TEXT_SHORT)
		return LEAT_OK;
	if (len <= LEAT_TEXT_POOLED)
		return leat_pool_reserve(text_pool(k, len), 1);
	if (k->long_room == len)
		return LEAT_OK;
	leat_entry_release(k);
	k->long_text = leat_memory_take(&k->stream.memory, len);
	k->long_room = k->long_text ? len : 0;
	return k->long_text ? LEAT_OK : LEAT_ENOMEM;
}

static void text_give(leat_keyed *k, const struct leat_entry *e)
{
	if (e->len <= LEAT_TEXT_SHORT)
		return;
	if (e->len <= LEAT_TEXT_POOLED)
		leat_pool_give(text_pool(k, e->len), e->text.at);
	else
		leat_memory_give(&k->stream.memory, e->text.at, e->len);
}

int leat_entry_write(leat_keyed *k, struct leat_entry *e, const void *text,
    size_t len)
{
	unsigned char *to = e->text.bytes;

	if (len > LEAT_TEXT_SHORT) {
		to = text_take(k, len);
		if (!to)
			return LEAT_ENOMEM;
		e->text.at = to;
	}
	if (len > 0)
		memcpy(to, text, len);
	e->len = (uint16_t)len;
	return LEAT_OK;
}

/* ---------------- the order of pushes ----------------------------- */

static void link_remove(leat_keyed *k, struct leat_entry *e)
{
	struct leat_neighbours *n = leat_entry_links(k, e);

	if (n->older)
		leat_entry_links(k, leat_entry_at(k, n->older))->newer =
		    n->newer;
	else
		k->oldest = n->newer;
	if (n->newer)
		leat_entry_links(k, leat_entry_at(k, n->newer))->older =
		    n->older;
	else
		k->newest = n->older;
}

static void link_add(leat_keyed *k, struct leat_entry *e, uint32_t i)
{
	struct leat_neighbours *n = leat_entry_links(k, e);

	n->older = k->newest;
	n->newer = 0;
	if (k->newest)
		leat_entry_links(k, leat_entry_at(k, k->newest))->newer = i;
	else
		k->oldest = i;
	k->newest = i;
}

void leat_entry_touch(leat_keyed *k, uint32_t i)
{
	struct leat_entry *e = leat_entry_at(k, i);

	if (!k->links_at || k->newest == i)
		return;
	link_remove(k, e);
	link_add(k, e, i);
}

/* ---------------- coming ------------------------------------------ */

int leat_entry_reserve(leat_keyed *k, size_t len)
{
	static const leat_event any = { NULL, 0, 0, 0, 0, 0, 0, 0 };

	int err = leat_slab_reserve(&k->entries, 1);

	err |= leat_roster_reserve(k);
	err |= leat_table_reserve(k);
	err |= leat_timers_reserve(&k->timers, k->roster.length + 1);
	err |= k->stream.plan.engine->reserve(&k->stream, k->blank, &any);
	err |= leat_pool_reserve(&k->stream.cells, k->spare_cells);
	err |= text_reserve(k, len);
	if (err)
		leat_entry_release(k);
	return err;
}

uint32_t leat_entry_make(leat_keyed *k, const void *text, size_t len,
    uint32_t hash)
{
	uint32_t i = leat_slab_take(&k->entries) + 1;
	struct leat_entry *e = leat_entry_at(k, i);

	memset(e, 0, k->entry_size);
	(void)leat_entry_write(k, e, text, len);
	e->hash = hash;
	e->rank = leat_roster_add(&k->roster, i);
	(void)leat_table_put(k, i);
	if (k->latest_at)
		*leat_entry_latest(k, e) = INT64_MIN;
	if (k->links_at)
		link_add(k, e, i);
	return i;
}

/* ---------------- going ------------------------------------------- */

void leat_entry_forget(leat_keyed *k, uint32_t i)
{
	struct leat_entry *e = leat_entry_at(k, i);

	k->stream.plan.engine->clear(&k->stream, leat_entry_state(e));
	if (k->links_at)
		link_remove(k, e);
	leat_timers_disarm(k, e);
	leat_roster_remove(&k->roster, e->rank);
	(void)leat_table_remove(k, i);
	text_give(k, e);
	leat_slab_give(&k->entries, i - 1);
	k->drops++;
}

static void entry_last_words(leat_keyed *k, const struct leat_entry *e)
{
	struct leat_stream *st = &k->stream;

	st->emitter.to = &k->evicted;
	leat_entry_speaks(k, e);
	st->plan.engine->tell(st, leat_entry_state(e), LEAT_RESULT_DROPPED);
	st->emitter.to = &st->emitter.sink;
}

void leat_entry_evict(leat_keyed *k, uint32_t i)
{
	if (k->evicted.emit)
		entry_last_words(k, leat_entry_at(k, i));
	leat_entry_forget(k, i);
}

/* ---------------- all of them ------------------------------------- */

void leat_entries_start(leat_keyed *k)
{
	struct leat_memory *memory = &k->stream.memory;

	leat_table_init(&k->table, memory);
	leat_slab_init(&k->entries, memory, k->entry_size);
	leat_roster_init(&k->roster, memory);
	leat_timers_init(&k->timers, memory);
	for (size_t i = 0; i < LEAT_TEXT_CLASSES; i++)
		leat_pool_init(&k->texts[i], memory, 16 * (i + 1));
	k->oldest = k->newest = 0;
}

void leat_entries_clear(leat_keyed *k)
{
	struct leat_stream *st = &k->stream;

	for (size_t r = 0; r < k->roster.n; r++) {
		if (k->roster.order[r] == 0)
			continue;
		struct leat_entry *e = leat_ranked(k, (uint32_t)r);
		st->plan.engine->clear(st, leat_entry_state(e));
		if (e->len > LEAT_TEXT_POOLED)
			text_give(k, e);
	}
	leat_stream_end(st);
	for (size_t i = 0; i < LEAT_TEXT_CLASSES; i++)
		leat_pool_clear(&k->texts[i]);
	leat_table_clear(&k->table);
	leat_slab_clear(&k->entries);
	leat_roster_clear(&k->roster);
	leat_timers_clear(&k->timers);
	k->oldest = k->newest = 0;
	k->drops++;
}

/* What lies in entries and tells no more of where they were copied from. */
static void entries_blank(leat_keyed *k)
{
	for (size_t r = 0; r < k->roster.n; r++) {
		if (k->roster.order[r] == 0)
			continue;
		struct leat_entry *e = leat_ranked(k, (uint32_t)r);
		memset(leat_entry_state(e), 0, k->stream.plan.state_size);
		e->len = 0;
	}
}

static int entries_fill(leat_keyed *k, const leat_keyed *from)
{
	struct leat_stream *st = &k->stream;

	for (size_t r = 0; r < k->roster.n; r++) {
		if (k->roster.order[r] == 0)
			continue;
		struct leat_entry *e = leat_ranked(k, (uint32_t)r);
		const struct leat_entry *o = leat_ranked(from, (uint32_t)r);
		size_t len = o->len;
		int err;
		if (len > LEAT_TEXT_SHORT && len <= LEAT_TEXT_POOLED &&
		    leat_pool_reserve(text_pool(k, len), 1))
			return LEAT_ENOMEM;
		if (leat_entry_write(k, e, leat_entry_text(o), len))
			return LEAT_ENOMEM;
		err = st->plan.engine->copy(st, leat_entry_state(e),
		    leat_entry_state(o));
		if (err)
			return err;
	}
	return LEAT_OK;
}

int leat_entries_copy(leat_keyed *k, const leat_keyed *from)
{
	struct leat_memory *memory = &k->stream.memory;

	for (size_t i = 0; i < LEAT_TEXT_CLASSES; i++)
		leat_pool_init(&k->texts[i], memory, 16 * (i + 1));
	k->table.memory = k->entries.memory = memory;
	k->roster.memory = k->timers.blocks.memory = memory;
	/* What has not been copied yet must be empty if something fails. */
	leat_roster_init(&k->roster, memory);
	int failed = leat_table_copy(&k->table, &from->table);
	failed |= leat_slab_copy(&k->entries, &from->entries);
	failed |= leat_slab_copy(&k->timers.blocks, &from->timers.blocks);
	if (failed || leat_roster_copy(&k->roster, &from->roster))
		return LEAT_ENOMEM;
	entries_blank(k);
	return entries_fill(k, from);
}
