/*
 * The picture of a replay: the series of its first keys, with words.
 */
#ifndef CSV_REPLAY_PICTURE_H
#define CSV_REPLAY_PICTURE_H

#include "../replay/cli_settings.h"
#include "../replay/replay.h"
#include "plot.h"

enum { PICTURE_PANELS = PLOT_PANELS };

/* The input is called `name`. Returns 0, or an errno. */
int picture_write(const char *path, const struct replay *replay,
    const struct settings *settings, const char *name);

#endif
