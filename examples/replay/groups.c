/*
 * What is kept for each key. The number of a key is the place of its
 * group. Groups are the only thing in a replay that grows with the input:
 * one for each distinct key.
 *
 * A group that is plotted has a second bank, for mean and standard
 * deviation of the first column, whatever statistics are asked for.
 */
#include "groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

static int plan_plot(struct groups *g)
{
	static const leat_stat pair[] = { LEAT_MEAN, LEAT_STDDEV };
	leat_window_options o = g->plan.window;
	const char *names = "mean,stddev";
	char why[64];
	size_t size;

	g->plot_plan = g->plan;
	g->plot_plan.n_columns = 1;
	g->plot_plan.stats = &g->plot_stats;
	o.stats = pair;
	o.n_stats = 2;
	/* Not every kind of window needs to have a standard deviation. */
	if (leat_window_check(&o, &size, NULL) < 0)
		names = "mean";
	return cli_stats_parse(names, &g->plot_stats, why, sizeof why);
}

int groups_init(struct groups *g, const struct column_windows_plan *plan,
    size_t max_series)
{
	memset(g, 0, sizeof *g);
	g->plan = *plan;
	g->max_series = max_series;
	g->max_keys = SIZE_MAX;
	g->keys = keys_new();
	return g->keys && plan_plot(g) == 0 ? 0 : LEAT_ENOMEM;
}

int groups_init_models(struct groups *g, const struct learner_plan *plan,
    size_t max_series)
{
	memset(g, 0, sizeof *g);
	g->learning = plan;
	g->max_series = max_series;
	g->max_keys = SIZE_MAX;
	g->keys = keys_new();
	return g->keys ? 0 : LEAT_ENOMEM;
}

static void clear_item(struct group *item)
{
	column_windows_free(item->bank);
	learner_free(item->learner);
	column_windows_free(item->plotted);
	series_free(item->series);
	list_clear(&item->shown);
	memset(item, 0, sizeof *item);
}

void groups_clear(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		clear_item(&g->items[i]);
	free(g->items);
	keys_free(g->keys);
	cli_stats_clear(&g->plot_stats);
	memset(g, 0, sizeof *g);
}

static int add_series(struct groups *g, struct group *item)
{
	int err = 0;

	if (!g->learning)
		err = column_windows_new(&item->plotted, &g->plot_plan);
	if (err)
		return err;
	item->series = series_new();
	return item->series ? 0 : LEAT_ENOMEM;
}

/* Of a key that is there: it has this number. */
static int make_item(struct groups *g, struct group *item)
{
	int err;

	memset(item, 0, sizeof *item);
	err = g->learning ? learner_new(&item->learner, g->learning)
			  : column_windows_new(&item->bank, &g->plan);
	if (!err && item->bank)
		item->only = column_windows_only(item->bank);
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

	if (!items)
		return LEAT_ENOMEM;
	g->items = items;
	return 0;
}

/* A key whose group cannot be made is not kept. */
int groups_add(struct groups *g, size_t number)
{
	struct group *item;
	int err;

	if (number < g->n) {
		g->n_dropped--;
	} else if (grow_items(g) != 0) {
		keys_drop(g->keys, number);
		return LEAT_ENOMEM;
	} else {
		g->n++;
	}
	item = &g->items[number];
	err = make_item(g, item);
	if (!err && number < g->max_series)
		err = add_series(g, item);
	if (err)
		groups_drop(g, number);
	return err;
}

/* The mean of a window that has closed is drawn along its rows. */
static void draw_closed(const struct groups *g, struct group *item)
{
	int64_t start, end;
	const double *row = column_windows_closed(item->plotted, &start, &end);
	uint64_t from = (uint64_t)start;

	if (from < item->plotted_to)
		from = item->plotted_to;
	item->plotted_to = (uint64_t)end;
	series_set_mean(item->series, from, (uint64_t)end, row[0],
	    g->plot_stats.n_single > 1 ? row[1] : NAN);
}

/* Returns 0 or a code of the library. */
static int draw(const struct groups *g, struct group *item, double value,
    const leat_csv_field *label)
{
	uint64_t at = item->series->rows;
	double row[2] = { NAN, NAN };
	int closed = column_windows_push(item->plotted, &value);

	series_add(item->series, value, label->text, label->len);
	if (closed > 0) {
		draw_closed(g, item);
	} else if (!column_windows_closes(&g->plot_plan)) {
		column_windows_query(item->plotted, row);
		series_set_mean(item->series, at, at + 1, row[0], row[1]);
	}
	return closed < 0 ? closed : 0;
}

int groups_push(struct groups *g, struct group *item, const double *values,
    const leat_csv_field *label)
{
	int err = item->series ? draw(g, item, values[0], label) : 0;

	if (err)
		return err;
	return item->only ? leat_window_push(item->only, values[0])
			  : column_windows_push(item->bank, values);
}

enum learner_outcome groups_learn(struct group *item, const double *values,
    const leat_csv_field *label)
{
	enum learner_outcome outcome = learner_push(item->learner, values);
	struct series *s = item->series;

	if (s) {
		series_add(s, values[0], label->text, label->len);
		series_set_mean(s, s->rows - 1, s->rows,
		    learner_prediction(item->learner), NAN);
	}
	return outcome;
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
			column_windows_tape(g->items[i].bank, t);
		g->items[i].only = g->items[i].bank
		    ? column_windows_only(g->items[i].bank)
		    : NULL;
	}
}
