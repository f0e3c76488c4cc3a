/*
 * A list of texts, and "a,b,c" from a command line.
 */
#ifndef REPLAY_LIST_H
#define REPLAY_LIST_H

#include <stddef.h>

struct list {
	char **items; /* NUL-terminated */
	size_t n;
	size_t size; /* items that the array has room for */
};

/* An empty list is { 0 }. Those that fail return -1: no memory. */
int list_add(struct list *list, const char *text, size_t len);

/*
 * Adds the items of a list with commas, read as a CSV record: an item
 * with a comma in it can be quoted. An empty text is one empty item.
 */
int list_add_split(struct list *list, const char *text);

/* Returns whether the text is one of the items. */
int list_has(const struct list *list, const char *text, size_t len);

/* Frees the items; the list is empty then. */
void list_clear(struct list *list);

#endif
