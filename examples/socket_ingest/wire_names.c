/*
 * A table of chains, which doubles when there are more names than places,
 * and a list of all of them by when they were touched.
 *
 * The hash is keyed, as names come from strangers. A name costs one block of
 * memory; the table comes with the first one.
 */
#include "wire_names.h"

#include <stdlib.h>
#include <string.h>

#include "siphash.h"

enum { FIRST_PLACES = 64, BESIDE_BLOCK = 16 };

size_t wire_name_bytes(size_t len)
{
	return sizeof(struct wire_name) + len + BESIDE_BLOCK;
}

struct wire_name *wire_names_find(const struct wire_names *names,
    const char *text, size_t len)
{
	uint64_t hash;

	if (names->n == 0)
		return NULL;
	hash = siphash(names->seed, text, len);
	for (struct wire_name *p = names->table[hash & names->mask]; p;
	     p = p->next)
		if (p->hash == hash && p->len == len &&
		    memcmp(p->text, text, len) == 0)
			return p;
	return NULL;
}

static void put_name(struct wire_name **table, size_t mask,
    struct wire_name *name)
{
	struct wire_name **place = &table[name->hash & mask];

	name->next = *place;
	*place = name;
}

/* Without memory for a larger table chains get longer, that is all. */
static int grow(struct wire_names *names)
{
	size_t places = names->table ? 2 * (names->mask + 1) : FIRST_PLACES;
	struct wire_name **table = calloc(places, sizeof(struct wire_name *));

	if (!table)
		return names->table ? 0 : -1;
	for (struct wire_name *p = names->oldest; p; p = p->newer)
		put_name(table, places - 1, p);
	if (names->table)
		names->bytes -= (names->mask + 1) * sizeof *table;
	names->bytes += places * sizeof *table;
	free(names->table);
	names->table = table;
	names->mask = places - 1;
	return 0;
}

/* ---- The list ---- */

static void unlink_name(struct wire_names *names, struct wire_name *name)
{
	*(name->newer ? &name->newer->older : &names->newest) = name->older;
	*(name->older ? &name->older->newer : &names->oldest) = name->newer;
}

static void link_newest(struct wire_names *names, struct wire_name *name)
{
	name->newer = NULL;
	name->older = names->newest;
	*(names->newest ? &names->newest->newer : &names->oldest) = name;
	names->newest = name;
}

void wire_names_touch(struct wire_names *names, struct wire_name *name)
{
	if (name == names->newest)
		return;
	unlink_name(names, name);
	link_newest(names, name);
}

/* ---- Names ---- */

struct wire_name *wire_names_add(struct wire_names *names, const char *text,
    size_t len)
{
	struct wire_name *name;

	if ((!names->table || names->n > names->mask) && grow(names) < 0)
		return NULL;
	name = malloc(sizeof *name + len);
	if (!name)
		return NULL;
	name->hash = siphash(names->seed, text, len);
	name->number = names->n;
	name->x = 0;
	name->len = len;
	if (len > 0)
		memcpy(name->text, text, len);
	put_name(names->table, names->mask, name);
	link_newest(names, name);
	names->n++;
	names->bytes += wire_name_bytes(len);
	return name;
}

void wire_names_drop_oldest(struct wire_names *names)
{
	struct wire_name *name = names->oldest, **place;

	if (!name)
		return;
	place = &names->table[name->hash & names->mask];
	while (*place != name)
		place = &(*place)->next;
	*place = name->next;
	unlink_name(names, name);
	names->n--;
	names->bytes -= wire_name_bytes(name->len);
	free(name);
}

void wire_names_clear(struct wire_names *names)
{
	struct wire_name *name, *newer;

	for (name = names->oldest; name; name = newer) {
		newer = name->newer;
		free(name);
	}
	free(names->table);
	names->table = NULL;
	names->mask = names->n = names->bytes = 0;
	names->oldest = names->newest = NULL;
}
