/*
 * A file with the state of a program, replaced as a whole or not at all.
 */
#ifndef REPLAY_STATE_FILE_H
#define REPLAY_STATE_FILE_H

#include <stddef.h>

#include "state_tape.h"

/*
 * Saves what the walk names. Returns 0, or -1 with the reason in why, which
 * begins with the name of a file; then the file is as it was, or not there.
 */
int state_file_save(const char *path, tape_walk *walk, void *ctx, char *why,
    size_t why_size);

/*
 * Removes what runs that were killed while they saved have left beside it;
 * before the first save.
 */
void state_file_sweep(const char *path);

/*
 * Loads it. The walk is not called before all bytes are known to be
 * those that were saved. Returns 0; 1 if there is no such file; -1 with the
 * reason in why, as above.
 */
int state_file_load(const char *path, tape_walk *walk, void *ctx, char *why,
    size_t why_size);

#endif
