/*
 * The picture of a replay: the course of the first value column, for the
 * first keys, with its rolling mean or with what a model predicted.
 */
#ifndef CSV_REPLAY_PICTURE_H
#define CSV_REPLAY_PICTURE_H

#include "../replay/cli_settings.h"
#include "../replay/column_windows.h"
#include "../replay/replay.h"
#include "plot.h"
#include "series.h"

/* A panel draws one key. */
struct picture_panel {
	struct series *series;
	struct column_windows *windows; /* mean and deviation; NULL: a model */
	uint64_t drawn_to;              /* rows that have a mean already */
};

/* Start from { 0 }. */
struct picture {
	const struct settings *settings;
	const struct replay *replay;
	struct cli_stats stats; /* mean and, if there is one, deviation */
	struct column_windows_plan plan;
	struct picture_panel panels[PLOT_PANELS];
	size_t n;
	int failed; /* set when a panel found no memory */
};

/*
 * Watches a replay that has had no record yet. Returns 0, or -1: no memory.
 * The settings and the replay must stay.
 */
int picture_watch(struct picture *picture, const struct settings *settings,
    struct replay *replay);
void picture_clear(struct picture *picture);

/* Writes it; the input is called `name`. Returns 0, or an errno. */
int picture_write(const struct picture *picture, const char *path,
    const char *name);

#endif
