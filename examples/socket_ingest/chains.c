/*
 * Chains double when there are more elements than chains. An element moves
 * without a look at what is in it, as it has its hash.
 */
#include "chains.h"

#include <stdlib.h>

enum { FIRST_CHAINS = 64 };

static void link_in(struct chained **heads, size_t mask,
    struct chained *element)
{
	struct chained **head = &heads[element->hash & mask];

	element->next = *head;
	*head = element;
}

static void move_all(const struct chains *c, struct chained **heads,
    size_t mask)
{
	for (size_t i = 0; c->heads && i <= c->mask; i++) {
		struct chained *element = c->heads[i], *next;

		for (; element; element = next) {
			next = element->next;
			link_in(heads, mask, element);
		}
	}
}

int chains_reserve(struct chains *c, size_t n)
{
	size_t size = c->heads ? c->mask + 1 : FIRST_CHAINS;
	struct chained **heads;

	while (size < n && size <= SIZE_MAX / 4 / sizeof *heads)
		size *= 2;
	if (c->heads && size == c->mask + 1)
		return 0;
	heads = calloc(size, sizeof(struct chained *));
	/* If there is no memory for more, chains get longer, that is all. */
	if (!heads)
		return c->heads ? 0 : -1;
	move_all(c, heads, size - 1);
	free(c->heads);
	c->heads = heads;
	c->mask = size - 1;
	c->bytes = size * sizeof *heads;
	return 0;
}

struct chained *chains_first(const struct chains *c, uint64_t hash)
{
	struct chained *element = c->heads ? c->heads[hash & c->mask] : NULL;

	while (element && element->hash != hash)
		element = element->next;
	return element;
}

struct chained *chains_next(const struct chained *element)
{
	struct chained *next = element->next;

	while (next && next->hash != element->hash)
		next = next->next;
	return next;
}

void chains_add(struct chains *c, struct chained *element)
{
	link_in(c->heads, c->mask, element);
	c->n++;
}

void chains_remove(struct chains *c, struct chained *element)
{
	struct chained **at = &c->heads[element->hash & c->mask];

	while (*at != element)
		at = &(*at)->next;
	*at = element->next;
	c->n--;
}

void chains_clear(struct chains *c)
{
	free(c->heads);
	c->heads = NULL;
	c->mask = c->n = c->bytes = 0;
}
