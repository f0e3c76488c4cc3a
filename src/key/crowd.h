/*
 * crowd.h - a balanced tree for keys that find no seat in the table
 *
 * The functions that go down the tree count in s->looks, or return, how many
 * entries they have looked at.
 */
#ifndef LEAT_CROWD_H
#define LEAT_CROWD_H

#include "entry.h"

/* A key that is looked for. */
struct leat_sought {
	const void *text;
	size_t len;
	uint32_t hash, looks;
};

struct leat_crowd {
	struct leat_slab nodes;
	uint32_t root; /* index from 1; 0: empty */
};

void leat_crowd_init(struct leat_crowd *c, struct leat_memory *memory);
void leat_crowd_clear(struct leat_crowd *c);
/*
 * Copies the tree; `to` must be empty and have a memory. After LEAT_ENOMEM it
 * must be cleared.
 */
int leat_crowd_copy(struct leat_crowd *to, const struct leat_crowd *from);
/* Adds an entry that is not in the tree; a node must be reserved. */
uint32_t leat_crowd_add(struct leat_crowd *c, const struct leat_entries *es,
    uint32_t entry);
/* Removes an entry of the tree, which must still have its text. */
uint32_t leat_crowd_remove(struct leat_crowd *c, const struct leat_entries *es,
    uint32_t entry);
/* Returns the entry of a text; 0: it is not in the tree. */
uint32_t leat_crowd_find(const struct leat_crowd *c,
    const struct leat_entries *es, struct leat_sought *s);

#endif
