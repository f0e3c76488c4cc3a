/*
 * The time, from POSIX.
 */
#define _POSIX_C_SOURCE 200809L

#include "system_clock.h"

#include <leat.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec now = { 0, 0 };

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * LEAT_SECOND + now.tv_nsec;
}

int64_t clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_steady(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
