/*
 * Replaying at the speed at which it was recorded, or so many times that.
 */
#ifndef CSV_REPLAY_PACE_H
#define CSV_REPLAY_PACE_H

#include <stdint.h>

struct pace {
	double speed;      /* 0: as fast as possible */
	int started;       /* a record has been seen, */
	int64_t first;     /* with this time, */
	double started_at; /* at this moment, in seconds */
};

/*
 * How long the record with this time, in nanoseconds, has to wait, in
 * seconds. The first one does not wait, nor does one that is late.
 */
double pace_wait(struct pace *pace, int64_t t);

/* Sleeps so many seconds. */
void pace_sleep(double seconds);

#endif
