/*
 * Groups of the keys. The number of a key is the place of its group. Groups
 * are the only thing in a replay that grows with the input: one for each
 * distinct key.
 */
#include "groups.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

int groups_init(struct groups *g, const struct column_windows_plan *plan)
{
	memset(g, 0, sizeof *g);
	g->plan = *plan;
	g->n_open = column_windows_open(plan);
	g->max_keys = SIZE_MAX;
	g->keys = keys_new();
	return g->keys ? 0 : LEAT_ENOMEM;
}

int groups_init_models(struct groups *g, const struct learner_plan *plan)
{
	memset(g, 0, sizeof *g);
	g->learning = plan;
	g->max_keys = SIZE_MAX;
	g->keys = keys_new();
	return g->keys ? 0 : LEAT_ENOMEM;
}

static void clear_item(struct group *item)
{
	column_windows_free(item->windows);
	learner_free(item->learner);
	list_clear(&item->shown);
	memset(item, 0, sizeof *item);
}

void groups_clear(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		clear_item(&g->items[i]);
	free(g->items);
	free(g->open);
	keys_free(g->keys);
	memset(g, 0, sizeof *g);
}

static void list_open(struct groups *g, size_t number)
{
	if (g->n_open > 0)
		column_windows_list(g->items[number].windows,
		    g->open + number * g->n_open);
}

/* Makes the windows or the model of a key that is there. */
static int make_item(struct groups *g, size_t number)
{
	struct group *item = &g->items[number];
	int err;

	memset(item, 0, sizeof *item);
	err = g->learning ? learner_new(&item->learner, g->learning)
			  : column_windows_new(&item->windows, &g->plan);
	if (!err)
		list_open(g, number);
	return err;
}

void groups_drop(struct groups *g, size_t number)
{
	clear_item(&g->items[number]);
	keys_drop(g->keys, number);
	g->n_dropped++;
}

/* Room for one more. */
static int grow_items(struct groups *g)
{
	struct group *items = array_grow(g->items, &g->size, g->n + 1,
	    sizeof *items);

	leat_window **open;

	if (!items)
		return LEAT_ENOMEM;
	g->items = items;
	if (g->n_open == 0)
		return 0;
	open = array_grow(g->open, &g->open_size, (g->n + 1) * g->n_open,
	    sizeof *open);
	if (!open)
		return LEAT_ENOMEM;
	g->open = open;
	return 0;
}

/* A key whose group cannot be made is not kept. */
int groups_add(struct groups *g, size_t number)
{
	int err;

	if (number < g->n) {
		g->n_dropped--;
	} else if (grow_items(g) != 0) {
		keys_drop(g->keys, number);
		return LEAT_ENOMEM;
	} else {
		g->n++;
	}
	err = make_item(g, number);
	if (err)
		groups_drop(g, number);
	return err;
}

/* ---- Saved state ---- */

/* Loading: the key must be a new one. */
static void tape_key(struct groups *g, size_t i, struct tape *t)
{
	size_t len = 0, number = 0;
	char *text = NULL;

	if (!t->loads)
		text = (char *)(uintptr_t)keys_text(g->keys, i, &len);
	tape_text(t, &text, &len);
	if (!t->loads)
		return;
	if (text) {
		int added = keys_add(g->keys, text, len, &number);

		if (added < 0 || (added > 0 && groups_add(g, number) != 0))
			tape_no_memory(t);
		tape_expect(t, added > 0);
	}
	free(text);
}

void groups_tape(struct groups *g, struct tape *t)
{
	size_t n = g->n - g->n_dropped;

	tape_size(t, &n, SIZE_MAX);
	n += t->loads ? 0 : g->n_dropped;
	for (size_t i = 0; i < n && !t->failed; i++) {
		if (!t->loads && groups_is_dropped(g, i))
			continue;
		tape_key(g, i, t);
		if (t->failed)
			return;
		tape_counts(t, &g->items[i].last_row, 1);
		tape_list(t, &g->items[i].shown);
		if (g->learning)
			learner_tape(g->items[i].learner, t);
		else
			column_windows_tape(g->items[i].windows, t);
		if (!t->failed)
			list_open(g, i);
	}
}
