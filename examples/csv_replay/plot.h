/*
 * A picture of one or more series as an SVG file: the values as a thin
 * line, the rolling mean as a strong one, and a band of one standard
 * deviation around it. Or, in place of the mean, predictions.
 */
#ifndef CSV_REPLAY_PLOT_H
#define CSV_REPLAY_PLOT_H

#include <stddef.h>

#include "series.h"

enum { PLOT_PANELS = 6 };

struct plot {
	const char *title;
	const char *subtitle;
	const char *value_name; /* for the legend */
	const char *x_name;     /* under the axis */
	int predictions;        /* the means are predictions of the values */
	int steps;              /* the mean is that of windows in a row */
	size_t n_panels;        /* at most PLOT_PANELS */
	const struct series *series[PLOT_PANELS];
	const char *names[PLOT_PANELS]; /* above each, if there are several */
};

/* Returns 0, or an errno. */
int plot_write(const char *path, const struct plot *plot);

#endif
