/*
 * A table of chains, which doubles when there are more names than places,
 * and a list of all of them by when they were touched.
 *
 * The hash is keyed, as names come from strangers. A name costs one block of
 * memory; the table comes with the first one.
 */
#include "decoder_names.h"

#include <stdlib.h>
#include <string.h>

#include "siphash.h"

enum { FIRST_PLACES = 64, BESIDE_BLOCK = 16 };

size_t decoder_name_bytes(size_t len)
{
	return sizeof(struct decoder_name) + len + BESIDE_BLOCK;
}

struct decoder_name *decoder_names_find(const struct decoder_names *names,
    const char *text, size_t len)
{
	uint64_t hash;

	if (names->n == 0)
		return NULL;
	hash = siphash(names->seed, text, len);
	for (struct decoder_name *p = names->table[hash & names->mask]; p;
	     p = p->next)
		if (p->hash == hash && p->len == len &&
		    memcmp(p->text, text, len) == 0)
			return p;
	return NULL;
}

static void put_name(struct decoder_name **table, size_t mask,
    struct decoder_name *name)
{
	struct decoder_name **place = &table[name->hash & mask];

	name->next = *place;
	*place = name;
}

/* If there is no memory for a larger table, chains get longer, that is all. */
static int grow(struct decoder_names *names)
{
	size_t places = names->table ? 2 * (names->mask + 1) : FIRST_PLACES;
	struct decoder_name **table = calloc(places,
	    sizeof(struct decoder_name *));

	if (!table)
		return names->table ? 0 : -1;
	for (struct decoder_name *p = names->oldest; p; p = p->newer)
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

static void unlink_name(struct decoder_names *names, struct decoder_name *name)
{
	*(name->newer ? &name->newer->older : &names->newest) = name->older;
	*(name->older ? &name->older->newer : &names->oldest) = name->newer;
}

static void link_newest(struct decoder_names *names, struct decoder_name *name)
{
	name->newer = NULL;
	name->older = names->newest;
	*(names->newest ? &names->newest->newer : &names->oldest) = name;
	names->newest = name;
}

void decoder_names_touch(struct decoder_names *names, struct decoder_name *name)
{
	if (name == names->newest)
		return;
	unlink_name(names, name);
	link_newest(names, name);
}

/* ---- Names ---- */

struct decoder_name *decoder_names_add(struct decoder_names *names,
    const char *text, size_t len)
{
	struct decoder_name *name;

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
	names->bytes += decoder_name_bytes(len);
	return name;
}

void decoder_names_drop_oldest(struct decoder_names *names)
{
	struct decoder_name *name = names->oldest, **place;

	if (!name)
		return;
	place = &names->table[name->hash & names->mask];
	while (*place != name)
		place = &(*place)->next;
	*place = name->next;
	unlink_name(names, name);
	names->n--;
	names->bytes -= decoder_name_bytes(name->len);
	free(name);
}

void decoder_names_clear(struct decoder_names *names)
{
	struct decoder_name *name, *newer;

	for (name = names->oldest; name; name = newer) {
		newer = name->newer;
		free(name);
	}
	free(names->table);
	names->table = NULL;
	names->mask = names->n = names->bytes = 0;
	names->oldest = names->newest = NULL;
}
