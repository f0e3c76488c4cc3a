/*
 * The picture of a replay: the series of its first keys, with words.
 */
#ifndef COMMON_PICTURE_H
#define COMMON_PICTURE_H

#include "plot.h"
#include "replay.h"
#include "settings.h"

enum { PICTURE_PANELS = PLOT_PANELS };

/* The input is called `name`. Returns 0, or an errno. */
int picture_write(const char *path, const struct replay *replay,
    const struct settings *settings, const char *name);

#endif
