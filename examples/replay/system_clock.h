/*
 * The clocks of the machine, in nanoseconds. The wall clock counts from 1970
 * and may be set back; the steady one counts from an unknown moment and never
 * goes back.
 */
#ifndef REPLAY_SYSTEM_CLOCK_H
#define REPLAY_SYSTEM_CLOCK_H

#include <stdint.h>

int64_t clock_wall(void);
int64_t clock_steady(void);

/* Returns the steady time in seconds, to measure how long something takes. */
static inline double clock_seconds(void)
{
	return 1e-9 * (double)clock_steady();
}

#endif
