/*
 * Names in chains, and in a list by when they were touched.
 *
 * The hash is keyed, as names come from strangers. A name costs one block of
 * memory; the chains come with the first one.
 */
#include "decoder_names.h"

#include <stdlib.h>
#include <string.h>

#include "siphash24.h"

enum { BESIDE_BLOCK = 16 };

size_t decoder_name_bytes(size_t len)
{
	return sizeof(struct decoder_name) + len + BESIDE_BLOCK;
}

struct decoder_name *decoder_names_find(const struct decoder_names *names,
    const char *text, size_t len)
{
	struct chained *c;

	if (names->chains.n == 0)
		return NULL;
	c = chains_first(&names->chains, siphash24(names->seed, text, len));
	for (; c; c = chains_next(c)) {
		struct decoder_name *name = (struct decoder_name *)c;

		if (name->len == len && memcmp(name->text, text, len) == 0)
			return name;
	}
	return NULL;
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
	size_t before = names->chains.bytes;

	if (chains_reserve(&names->chains, names->chains.n + 1) < 0)
		return NULL;
	names->bytes += names->chains.bytes - before;
	name = malloc(sizeof *name + len);
	if (!name)
		return NULL;
	name->link.hash = siphash24(names->seed, text, len);
	name->number = names->chains.n;
	name->x = 0;
	name->len = len;
	if (len > 0)
		memcpy(name->text, text, len);
	chains_add(&names->chains, &name->link);
	link_newest(names, name);
	names->bytes += decoder_name_bytes(len);
	return name;
}

void decoder_names_drop_oldest(struct decoder_names *names)
{
	struct decoder_name *name = names->oldest;

	if (!name)
		return;
	chains_remove(&names->chains, &name->link);
	unlink_name(names, name);
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
	chains_clear(&names->chains);
	names->bytes = 0;
	names->oldest = names->newest = NULL;
}
