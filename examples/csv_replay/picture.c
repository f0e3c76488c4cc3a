/*
 * What a plot says of a replay: of what it is, over which window, of which
 * keys. How it is drawn is in plot.c.
 */
#include "picture.h"

#include <stdio.h>

#include "../replay/cli_window.h"

static void write_title(const struct replay *r, const struct settings *s,
    char *title, size_t size)
{
	char window[64];

	if (s->learning.on) {
		snprintf(title, size, "%.120s", s->learning.formula.text);
		return;
	}
	cli_window_describe(&s->window.count, window, sizeof window);
	snprintf(title, size, "Mean of %.60s over %s", replay_value_name(r),
	    window);
}

int picture_write(const char *path, const struct replay *r,
    const struct settings *s, const char *name)
{
	char title[160], subtitle[256], x_name[128];
	const char *shown = replay_shown_name(r);
	size_t n_keys = replay_n_keys(r);
	struct plot plot = { 0 };
	int n;

	write_title(r, s, title, sizeof title);
	n = snprintf(subtitle, sizeof subtitle, "%.120s, %llu rows", name,
	    (unsigned long long)replay_rows(r));
	plot.n_panels = replay_n_series(r);
	if (n_keys > plot.n_panels)
		snprintf(subtitle + n, sizeof subtitle - (size_t)n,
		    ", the first %zu of %zu keys", plot.n_panels, n_keys);
	snprintf(x_name, sizeof x_name, "row%s%s%.60s",
	    s->key ? " of the key" : "", *shown ? ", " : "", shown);
	plot.title = title;
	plot.subtitle = subtitle;
	plot.value_name = replay_value_name(r);
	plot.x_name = x_name;
	plot.predictions = s->learning.on;
	plot.steps = s->window.count.kind == LEAT_TUMBLING ||
	    s->window.count.kind == LEAT_HOPPING;
	for (size_t i = 0; i < plot.n_panels; i++)
		plot.series[i] = replay_series(r, i, &plot.names[i]);
	return plot_write(path, &plot);
}
