/*
 * A line on the terminal that says how far the work is.
 */
#ifndef CSV_REPLAY_PROGRESS_H
#define CSV_REPLAY_PROGRESS_H

#include <stdint.h>

struct progress {
	int on;
	int shown;      /* something is on the line */
	uint64_t total; /* bytes; 0: not known */
	double started, last;
	uint64_t from_bytes,
	    from_rows; /* bytes and rows done before the start */
};

void progress_start(struct progress *progress, int on, uint64_t total);

/* Counts bytes and rows as done that took no time. */
void progress_skip(struct progress *progress, uint64_t bytes, uint64_t rows);

/* Cheap when called often: it writes five times a second at most. */
void progress_update(struct progress *progress, uint64_t bytes, uint64_t rows);

/* Clears the line; a later update shows it again. */
void progress_clear(struct progress *progress);

#endif
