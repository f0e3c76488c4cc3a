/*
 * entry.c - entries as they are made and freed
 *
 * A key's text lies in its entry up to 16 bytes, else in a pool for its
 * length in steps of 16, and beyond 256 in memory of its own.
 *
 * Where keys may have to make room for others, a list through all entries
 * has them in the order of their last push.
 */
#include "entry.h"

/* ---------------- texts ------------------------------------------- */

static struct leat_pool *text_pool(struct leat_entries *es, size_t len)
{
	return &es->texts[(len - 1) / 16];
}

/* Takes the text that was reserved, or a new one; NULL if memory is out. */
static unsigned char *text_take(struct leat_entries *es, size_t len)
{
	unsigned char *text = es->long_text;

	if (len <= LEAT_TEXT_POOLED)
		return leat_pool_take(text_pool(es, len));
	if (es->long_room != len)
		return leat_memory_take(es->slab.memory, len);
	es->long_text = NULL;
	es->long_room = 0;
	return text;
}

void leat_entries_release(struct leat_entries *es)
{
	leat_memory_give(es->slab.memory, es->long_text, es->long_room);
	es->long_text = NULL;
	es->long_room = 0;
}

/* A long text of another length gives way: one new key is made at a time. */
int leat_entries_reserve_text(struct leat_entries *es, size_t len)
{
	if (len <= LEAT_TEXT_SHORT)
		return LEAT_OK;
	if (len <= LEAT_TEXT_POOLED) {
		struct leat_pool *pool = text_pool(es, len);
		return leat_pool_reserve(pool, 1);
	}
	if (es->long_room == len)
		return LEAT_OK;
	leat_entries_release(es);
	es->long_text = leat_memory_take(es->slab.memory, len);
	es->long_room = es->long_text ? len : 0;
	return es->long_text ? LEAT_OK : LEAT_ENOMEM;
}

static void text_give(struct leat_entries *es, const struct leat_entry *e)
{
	if (e->len <= LEAT_TEXT_SHORT)
		return;
	if (e->len <= LEAT_TEXT_POOLED)
		leat_pool_give(text_pool(es, e->len), e->text.at);
	else
		leat_memory_give(es->slab.memory, e->text.at, e->len);
}

int leat_entry_write(struct leat_entries *es, struct leat_entry *e,
    const void *text, size_t len)
{
	unsigned char *to = e->text.bytes;

	memset(&e->text, 0, sizeof(e->text));
	if (len > LEAT_TEXT_SHORT) {
		to = text_take(es, len);
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

static void link_remove(struct leat_entries *es, struct leat_entry *e)
{
	struct leat_neighbours *n = leat_entry_links(es, e);

	if (n->older)
		leat_entry_links(es, leat_entry_at(es, n->older))->newer =
		    n->newer;
	else
		es->oldest = n->newer;
	if (n->newer)
		leat_entry_links(es, leat_entry_at(es, n->newer))->older =
		    n->older;
	else
		es->newest = n->older;
}

static void link_add(struct leat_entries *es, struct leat_entry *e, uint32_t i)
{
	struct leat_neighbours *n = leat_entry_links(es, e);

	n->older = es->newest;
	n->newer = 0;
	if (es->newest)
		leat_entry_links(es, leat_entry_at(es, es->newest))->newer = i;
	else
		es->oldest = i;
	es->newest = i;
}

void leat_entry_touch(struct leat_entries *es, struct leat_entry *e)
{
	uint32_t i;

	if (!es->links_at || (i = leat_entry_index(es, e)) == es->newest)
		return;
	link_remove(es, e);
	link_add(es, e, i);
}

/* ---------------- coming and going -------------------------------- */

int leat_entries_reserve(struct leat_entries *es)
{
	int err = leat_slab_reserve(&es->slab, 1);

	return err | leat_key_order_reserve(&es->order);
}

struct leat_entry *leat_entries_add(struct leat_entries *es, const void *text,
    size_t len, uint32_t hash)
{
	uint32_t i = leat_slab_take(&es->slab) + 1;
	struct leat_entry *e = leat_entry_at(es, i);

	memset(e, 0, es->size);
	(void)leat_entry_write(es, e, text, len);
	e->hash = hash;
	e->rank = leat_key_order_add(&es->order, i);
	if (es->latest_at)
		*leat_entry_latest(es, e) = INT64_MIN;
	if (es->links_at)
		link_add(es, e, i);
	return e;
}

void leat_entries_remove(struct leat_entries *es, struct leat_entry *e)
{
	uint32_t i = leat_entry_index(es, e);

	if (es->links_at)
		link_remove(es, e);
	leat_key_order_remove(&es->order, e->rank);
	text_give(es, e);
	leat_slab_give(&es->slab, i - 1);
}

/* ---------------- all of them ------------------------------------- */

static void texts_init(struct leat_entries *es, struct leat_memory *memory)
{
	for (size_t i = 0; i < LEAT_TEXT_CLASSES; i++)
		leat_pool_init(&es->texts[i], memory, 16 * (i + 1));
}

void leat_entries_init(struct leat_entries *es, struct leat_memory *memory)
{
	leat_slab_init(&es->slab, memory, es->size);
	leat_key_order_init(&es->order, memory);
	texts_init(es, memory);
	es->oldest = es->newest = 0;
}

void leat_entries_clear(struct leat_entries *es)
{
	struct leat_entry *e = leat_entry_from(es, 0);

	for (; e; e = leat_entry_next(es, e))
		if (e->len > LEAT_TEXT_POOLED)
			text_give(es, e);
	for (size_t i = 0; i < LEAT_TEXT_CLASSES; i++)
		leat_pool_clear(&es->texts[i]);
	leat_slab_clear(&es->slab);
	leat_key_order_clear(&es->order);
	es->oldest = es->newest = 0;
}

int leat_entries_copy(struct leat_entries *es, const struct leat_entries *from,
    struct leat_memory *memory)
{
	texts_init(es, memory);
	es->slab.memory = memory;
	/* If the slab cannot be copied, there must be no entries. */
	leat_key_order_init(&es->order, memory);
	return leat_slab_copy(&es->slab, &from->slab) ||
		leat_key_order_copy(&es->order, &from->order)
	    ? LEAT_ENOMEM
	    : LEAT_OK;
}
