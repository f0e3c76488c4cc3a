/*
 * A list of texts. It grows by doubling, so adding is O(1) amortised; the
 * lists here have a few items, and looking one up is a plain search.
 */
#include "list.h"

#include <leat_text.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

int list_add(struct list *list, const char *text, size_t len)
{
	char **items = array_grow(list->items, &list->size, list->n + 1,
	    sizeof *items);
	char *copy;

	if (!items)
		return -1;
	list->items = items;
	copy = malloc(len + 1);
	if (!copy)
		return -1;
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	list->items[list->n++] = copy;
	return 0;
}

static int add_fields(void *ctx, const leat_csv_record *record)
{
	struct list *list = ctx;

	for (size_t i = 0; i < record->n_fields; i++) {
		const leat_csv_field *f = &record->fields[i];

		if (list_add(list, f->text, f->len) < 0)
			return -1;
	}
	return 0;
}

int list_add_split(struct list *list, const char *text)
{
	leat_csv_options options = { 0 };
	leat_csv *csv;
	int err;

	if (*text == '\0')
		return list_add(list, "", 0);
	options.record = add_fields;
	options.ctx = list;
	if (leat_csv_new(&csv, &options) < 0)
		return -1;
	err = leat_csv_push(csv, text, strlen(text));
	if (!err)
		err = leat_csv_end(csv);
	leat_csv_free(csv);
	return err ? -1 : 0;
}

int list_has(const struct list *list, const char *text, size_t len)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *item = list->items[i];

		if (strlen(item) == len && memcmp(item, text, len) == 0)
			return 1;
	}
	return 0;
}

void list_clear(struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
	list->items = NULL;
	list->n = list->size = 0;
}
