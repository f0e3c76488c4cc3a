/*
 * roster.c - the order in which keys were first seen
 *
 * A list of entries to which new keys are added at the end. A key's rank is
 * its place in it, so a set of keys is brought into order without a sort:
 * ranks are marked in a bit set, and taken out of it from the lowest on.
 * That needs no memory when time passes, and costs a step for each key and
 * one for each 4096 ranks between them.
 *
 * Keys that are dropped leave holes. When the list is full it is packed, which
 * gives ranks anew; it doubles before more than three quarters of it are keys,
 * so packing is always worth its while. List and sets are one block: it grows
 * as a whole or not at all.
 */
#include "key.h"

void leat_roster_init(struct leat_roster *r, struct leat_memory *memory)
{
	memset(r, 0, sizeof(*r));
	r->memory = memory;
	r->due.first = r->changed.first = SIZE_MAX;
}

void leat_roster_clear(struct leat_roster *r)
{
	leat_memory_give(r->memory, r->block, r->n_bytes);
	leat_roster_init(r, r->memory);
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
			size_t w = m->first * 64 + leat_lowest_bit(*group);
			uint64_t *word = &m->words[w];
			for (; *word; *word &= *word - 1) {
				if (taken == n)
					return n;
				ranks[taken++] = (uint32_t)(w * 64) +
				    leat_lowest_bit(*word);
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
			size_t w = group * 64 + leat_lowest_bit(words);
			uint64_t word = m->words[w];
			if (w * 64 + 63 < from)
				continue;
			if (w * 64 < from)
				word &= UINT64_MAX << (from - w * 64);
			if (word)
				return w * 64 + leat_lowest_bit(word);
		}
	}
	return SIZE_MAX;
}

static void marks_move(const struct leat_marks *from, struct leat_marks *to,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (leat_marked(from, i))
			leat_mark(to, (uint32_t)i);
}

/* ---------------- the list ---------------------------------------- */

static void roster_cut(struct leat_roster *r, struct leat_cutter *c,
    size_t room)
{
	r->order = leat_cut(c, room, sizeof(*r->order));
	marks_cut(&r->due, c, room);
	marks_cut(&r->changed, c, room);
}

/* A roster of so much room, empty; block is NULL if there is no memory. */
static struct leat_roster roster_make(struct leat_memory *memory, size_t room)
{
	struct leat_cutter measure = { NULL, 0, 0 }, c = { NULL, 0, 0 };
	struct leat_roster r;

	leat_roster_init(&r, memory);
	roster_cut(&r, &measure, room);
	r.room = room;
	r.n_bytes = measure.used;
	if (!measure.overflow)
		r.block = leat_memory_take(memory, r.n_bytes);
	if (!r.block)
		return r;
	memset(r.block, 0, r.n_bytes);
	c.base = r.block;
	roster_cut(&r, &c, room);
	return r;
}

static void roster_fill(struct leat_roster *to, const struct leat_roster *from)
{
	if (from->n > 0)
		memcpy(to->order, from->order, from->n * sizeof(*to->order));
	marks_move(&from->changed, &to->changed, from->n);
	to->n = from->n;
	to->length = from->length;
}

static int roster_grow(struct leat_roster *r)
{
	struct leat_roster bigger = roster_make(r->memory,
	    r->room ? 2 * r->room : 64);

	if (!bigger.block)
		return LEAT_ENOMEM;
	roster_fill(&bigger, r);
	leat_memory_give(r->memory, r->block, r->n_bytes);
	*r = bigger;
	return LEAT_OK;
}

void leat_roster_pack(leat_keyed *k)
{
	struct leat_roster *r = &k->roster;
	uint32_t n = 0;

	if (r->n == r->length)
		return;

	for (size_t i = 0; i < r->n; i++) {
		int changed = leat_marked(&r->changed, i);
		if (r->order[i] == 0)
			continue;
		leat_unmark(&r->changed, (uint32_t)i);
		if (changed)
			leat_mark(&r->changed, n);
		r->order[n] = r->order[i];
		struct leat_entry *e = leat_ranked(k, n);
		e->rank = n++;
		leat_timers_rename(k, e);
	}
	r->n = n;
}

int leat_roster_reserve(leat_keyed *k)
{
	struct leat_roster *r = &k->roster;

	if (r->length >= r->room / 4 * 3)
		return roster_grow(r);
	if (r->n == r->room)
		leat_roster_pack(k);
	return LEAT_OK;
}

uint32_t leat_roster_add(struct leat_roster *r, uint32_t index)
{
	r->order[r->n] = index;
	r->length++;
	return (uint32_t)r->n++;
}

void leat_roster_remove(struct leat_roster *r, uint32_t rank)
{
	leat_unmark(&r->changed, rank);
	r->order[rank] = 0;
	r->length--;
	while (r->n > 0 && r->order[r->n - 1] == 0)
		r->n--;
}

int leat_roster_copy(struct leat_roster *to, const struct leat_roster *from)
{
	struct leat_memory *memory = to->memory;

	leat_roster_init(to, memory);
	if (from->room == 0)
		return LEAT_OK;
	*to = roster_make(memory, from->room);
	if (!to->block)
		return LEAT_ENOMEM;
	roster_fill(to, from);
	return LEAT_OK;
}
