/*
 * key_order.c - the order in which keys were first seen
 *
 * A list of entries to which new keys are added at the end. A key's rank is
 * its place in it, so a set of keys is brought into order without a sort:
 * ranks are marked in a bit set, and taken out of it from the lowest on.
 * That needs no memory when time passes, and costs a step for each key and
 * one for each 4096 ranks between them.
 *
 * Keys that are dropped leave holes. When the list is full it is packed, which
 * gives ranks anew; it grows by a third or a half before more than three
 * quarters of it are keys, so packing is always worth its while. List and sets
 * are one block: it grows as a whole or not at all.
 */
#include "key_order.h"

void leat_key_order_init(struct leat_key_order *o, struct leat_memory *memory)
{
	memset(o, 0, sizeof(*o));
	o->memory = memory;
	o->due.first = o->changed.first = SIZE_MAX;
}

void leat_key_order_clear(struct leat_key_order *o)
{
	leat_memory_give(o->memory, o->block, o->n_bytes);
	leat_key_order_init(o, o->memory);
}

/* ---------------- sets -------------------------------------------- */

static void marks_cut(struct leat_marks *m, struct leat_cutter *c, size_t room)
{
	m->words = leat_cut(c, room / 64, sizeof(*m->words));
	m->groups = leat_cut(c, (room + 4095) / 4096, sizeof(*m->groups));
	m->first = SIZE_MAX;
	m->last = 0;
}

size_t leat_marks_take(struct leat_marks *m, uint32_t *ranks, size_t n)
{
	size_t taken = 0;

	for (; m->first <= m->last; m->first++) {
		uint64_t *group = &m->groups[m->first];
		for (; *group; *group &= *group - 1) {
			size_t w = m->first * 64 +
			    (unsigned)leat_low_zeros(*group);
			uint64_t *word = &m->words[w];
			for (; *word; *word &= *word - 1) {
				if (taken == n)
					return n;
				ranks[taken++] = (uint32_t)(w * 64) +
				    (unsigned)leat_low_zeros(*word);
			}
		}
	}
	m->first = SIZE_MAX;
	m->last = 0;
	return taken;
}

size_t leat_marks_next(const struct leat_marks *m, size_t from)
{
	size_t group = from >> 12 > m->first ? from >> 12 : m->first;

	for (; group <= m->last; group++) {
		uint64_t words = m->groups[group];
		for (; words; words &= words - 1) {
			size_t w = group * 64 + (unsigned)leat_low_zeros(words);
			uint64_t word = m->words[w];
			if (w * 64 + 63 < from)
				continue;
			if (w * 64 < from)
				word &= UINT64_MAX << (from - w * 64);
			if (word)
				return w * 64 + (unsigned)leat_low_zeros(word);
		}
	}
	return SIZE_MAX;
}

/* ---------------- the list ---------------------------------------- */

static void key_order_cut(struct leat_key_order *o, struct leat_cutter *c,
    size_t room)
{
	o->index = leat_cut(c, room, sizeof(*o->index));
	marks_cut(&o->due, c, room);
	marks_cut(&o->changed, c, room);
}

/* Makes an empty order of so much room; its block is NULL without memory. */
static struct leat_key_order key_order_make(struct leat_memory *memory,
    size_t room)
{
	struct leat_cutter measure = { NULL, 0, 0 }, c = { NULL, 0, 0 };
	struct leat_key_order o;

	leat_key_order_init(&o, memory);
	key_order_cut(&o, &measure, room);
	o.room = room;
	o.n_bytes = measure.used;
	if (!measure.overflow)
		o.block = leat_memory_take(memory, o.n_bytes);
	if (!o.block)
		return o;
	memset(o.block, 0, o.n_bytes);
	c.base = o.block;
	key_order_cut(&o, &c, room);
	return o;
}

static void key_order_fill(struct leat_key_order *to,
    const struct leat_key_order *from)
{
	if (from->n > 0)
		memcpy(to->index, from->index, from->n * sizeof(*to->index));
	for (size_t i = 0; i < from->n; i++)
		if (leat_marked(&from->changed, i))
			leat_mark(&to->changed, (uint32_t)i);
	to->n = from->n;
	to->length = from->length;
}

/* Returns the next size: 64, 128, 192, 256, 384, ..., whole words of bits. */
static size_t key_order_next(size_t room)
{
	if (room < 128)
		return room + 64;
	return room & (room - 1) ? room / 3 * 4 : room / 2 * 3;
}

int leat_key_order_reserve(struct leat_key_order *o)
{
	struct leat_key_order bigger;

	if (o->length < o->room / 4 * 3)
		return LEAT_OK;
	bigger = key_order_make(o->memory, key_order_next(o->room));
	if (!bigger.block)
		return LEAT_ENOMEM;
	key_order_fill(&bigger, o);
	leat_memory_give(o->memory, o->block, o->n_bytes);
	*o = bigger;
	return LEAT_OK;
}

void leat_key_order_move(struct leat_key_order *o, size_t from, size_t to)
{
	if (leat_marked(&o->changed, from)) {
		leat_unmark(&o->changed, (uint32_t)from);
		leat_mark(&o->changed, (uint32_t)to);
	}
	o->index[to] = o->index[from];
}

uint32_t leat_key_order_add(struct leat_key_order *o, uint32_t index)
{
	o->index[o->n] = index;
	o->length++;
	return (uint32_t)o->n++;
}

void leat_key_order_remove(struct leat_key_order *o, uint32_t rank)
{
	leat_unmark(&o->changed, rank);
	o->index[rank] = 0;
	o->length--;
	while (o->n > 0 && o->index[o->n - 1] == 0)
		o->n--;
}

int leat_key_order_copy(struct leat_key_order *to,
    const struct leat_key_order *from)
{
	struct leat_memory *memory = to->memory;

	leat_key_order_init(to, memory);
	if (from->room == 0)
		return LEAT_OK;
	*to = key_order_make(memory, from->room);
	if (!to->block)
		return LEAT_ENOMEM;
	key_order_fill(to, from);
	return LEAT_OK;
}
