/*
 * Replaying at the speed at which it was recorded, or so many times that.
 */
#ifndef CSV_REPLAY_PACE_H
#define CSV_REPLAY_PACE_H

#include <stdint.h>

struct pace {
	double speed;      /* 0: as fast as possible */
	int started;       /* a record has been seen */
	int64_t first;     /* the first record has this time */
	double started_at; /* when the first record came, in seconds */
};

/*
 * Returns how many seconds the record with this time, in nanoseconds, has to
 * wait. The first one does not wait, nor does one that is late.
 */
double pace_wait(struct pace *pace, int64_t t);

/* Sleeps so many seconds. */
void pace_sleep(double seconds);

#endif
