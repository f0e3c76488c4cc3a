/*
 * Replaying at a speed. When a record is due goes by the first one's time
 * and moment, not by the one before, so that errors do not add up. Records
 * out of order, and those behind the clock, go at once.
 */
#define _POSIX_C_SOURCE 200809L

#include "pace.h"

#include <errno.h>
#include <time.h>

#include "../replay/system_clock.h"

double pace_wait(struct pace *p, int64_t t)
{
	double due;

	if (p->speed <= 0)
		return 0;
	if (!p->started) {
		p->started = 1;
		p->first = t;
		p->started_at = clock_seconds();
		return 0;
	}
	due = p->started_at + ((double)t - (double)p->first) * 1e-9 / p->speed -
	    clock_seconds();
	return due > 0 ? due : 0;
}

void pace_sleep(double seconds)
{
	struct timespec t;

	while (seconds > 0) {
		double part = seconds < 1000 ? seconds : 1000;

		t.tv_sec = (time_t)part;
		t.tv_nsec = (long)((part - (double)t.tv_sec) * 1e9);
		while (nanosleep(&t, &t) < 0 && errno == EINTR)
			;
		seconds -= part;
	}
}
