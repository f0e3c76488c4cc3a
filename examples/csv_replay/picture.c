/*
 * The picture of a replay. It watches the rows that are taken, and keeps for
 * each of the first keys a series in bounded memory. A picture of windows has
 * windows of its own, for the mean and the standard deviation, whatever
 * statistics are asked for; that of a model takes the predictions that the
 * replay emits. How all is drawn is in plot.c.
 */
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../replay/cli_window.h"

/* ---- Watching ---- */

/* Returns the panel of a group, or NULL if it has none. */
static struct picture_panel *panel_of(struct picture *p, size_t group)
{
	struct picture_panel *panel;

	if (group >= PLOT_PANELS || p->failed)
		return NULL;
	panel = &p->panels[group];
	if (panel->series)
		return panel;
	panel->series = series_new();
	if (!p->settings->learning.on && panel->series)
		p->failed = column_windows_new(&panel->windows, &p->plan) != 0;
	p->failed |= !panel->series;
	p->n = group + 1;
	return p->failed ? NULL : panel;
}

static void add(struct picture *p, struct picture_panel *panel, double value)
{
	leat_csv_field label = rows_label(replay_output(p->replay));

	series_add(panel->series, value, label.text, label.len);
}

/* Draws the mean of windows that have closed along their rows. */
static void draw_closed(const struct picture *p, struct picture_panel *panel)
{
	int64_t start, end;
	const double *row = column_windows_closed(panel->windows, &start, &end);
	uint64_t from = (uint64_t)start;

	if (from < panel->drawn_to)
		from = panel->drawn_to;
	panel->drawn_to = (uint64_t)end;
	series_set_mean(panel->series, from, (uint64_t)end, row[0],
	    p->stats.n_single > 1 ? row[1] : NAN);
}

/* Takes a value into the windows of the picture. */
static void on_taken(void *ctx, size_t group, const leat_csv_field *key,
    const double *values)
{
	struct picture *p = ctx;
	struct picture_panel *panel = panel_of(p, group);
	double row[2] = { NAN, NAN };
	uint64_t at;
	int closed;

	(void)key;
	if (!panel)
		return;
	at = panel->series->rows;
	closed = column_windows_push(panel->windows, values);
	add(p, panel, values[0]);
	if (closed > 0) {
		draw_closed(p, panel);
	} else if (!column_windows_closes(&p->plan)) {
		column_windows_query(panel->windows, row);
		series_set_mean(panel->series, at, at + 1, row[0], row[1]);
	}
	p->failed |= closed < 0;
}

/* Takes a target and its prediction, which begin the results of a model. */
static void on_emitted(void *ctx, const struct rows_result *result)
{
	struct picture *p = ctx;
	struct picture_panel *panel = panel_of(p, result->group);

	if (!panel)
		return;
	add(p, panel, result->values[0]);
	series_set_mean(panel->series, panel->series->rows - 1,
	    panel->series->rows, result->values[1], NAN);
}

/* Not every kind of window has a standard deviation. */
static const char *stats_of(const struct settings *s)
{
	static const leat_stat both[] = { LEAT_MEAN, LEAT_STDDEV };
	leat_window_options o = s->window.count;

	o.stats = both;
	o.n_stats = 2;
	return leat_window_check(&o, NULL, NULL) < 0 ? "mean" : "mean,stddev";
}

int picture_watch(struct picture *p, const struct settings *settings,
    struct replay *replay)
{
	struct rows_watch watch = { 0 };
	char why[64];

	p->settings = settings;
	p->replay = replay;
	p->plan.window = settings->window.count;
	p->plan.slots.stats = &p->stats;
	p->plan.slots.n_columns = 1;
	watch.ctx = p;
	if (settings->learning.on)
		watch.emitted = on_emitted;
	else
		watch.taken = on_taken;
	replay_watch(replay, &watch);
	return cli_stats_parse(stats_of(settings), &p->stats, why, sizeof why);
}

void picture_clear(struct picture *p)
{
	for (size_t i = 0; i < PLOT_PANELS; i++) {
		column_windows_free(p->panels[i].windows);
		series_free(p->panels[i].series);
	}
	cli_stats_clear(&p->stats);
}

/* ---- Writing ---- */

static void write_title(const struct picture *p, char *title, size_t size)
{
	const struct settings *s = p->settings;
	char window[64];

	if (s->learning.on) {
		snprintf(title, size, "%.120s", s->learning.formula.text);
		return;
	}
	cli_window_describe(&s->window.count, window, sizeof window);
	snprintf(title, size, "Mean of %.60s over %s",
	    replay_value_name(p->replay), window);
}

static void write_subtitle(const struct picture *p, const char *name,
    char *text, size_t size)
{
	size_t n_keys = replay_n_keys(p->replay);
	int n = snprintf(text, size, "%.120s, %llu rows", name,
	    (unsigned long long)replay_rows(p->replay));

	if (n_keys > p->n)
		snprintf(text + n, size - (size_t)n,
		    ", the first %zu of %zu keys", p->n, n_keys);
}

static void set_panels(const struct picture *p, struct plot *plot)
{
	size_t len;

	plot->n_panels = p->n;
	for (size_t i = 0; i < p->n; i++) {
		plot->series[i] = p->panels[i].series;
		plot->names[i] = rows_key_of(replay_output(p->replay), i, &len);
	}
}

int picture_write(const struct picture *p, const char *path, const char *name)
{
	const struct settings *s = p->settings;
	const char *shown = replay_shown_name(p->replay);
	char title[160], subtitle[256], x_name[128];
	struct plot plot = { 0 };

	if (p->failed)
		return ENOMEM;
	write_title(p, title, sizeof title);
	write_subtitle(p, name, subtitle, sizeof subtitle);
	snprintf(x_name, sizeof x_name, "row%s%s%.60s",
	    s->key ? " of the key" : "", *shown ? ", " : "", shown);
	plot.title = title;
	plot.subtitle = subtitle;
	plot.value_name = replay_value_name(p->replay);
	plot.x_name = x_name;
	plot.predictions = s->learning.on;
	plot.steps = s->window.count.kind == LEAT_TUMBLING ||
	    s->window.count.kind == LEAT_HOPPING;
	set_panels(p, &plot);
	return plot_write(path, &plot);
}
