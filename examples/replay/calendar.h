/*
 * Hours, days, weeks, months and years, at a fixed distance from UTC, as
 * windows: the intervals of a leat_calendar.
 */
#ifndef REPLAY_CALENDAR_H
#define REPLAY_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

enum calendar_unit {
	CALENDAR_HOUR,
	CALENDAR_DAY,
	CALENDAR_WEEK, /* from Monday on */
	CALENDAR_MONTH,
	CALENDAR_YEAR
};

struct calendar {
	enum calendar_unit unit;
	int64_t ahead; /* offset from UTC in nanoseconds, less than a day */
};

/*
 * Reads "day", or "day+02:00" for days that begin two hours earlier than
 * in UTC; +0200 and +02 are the same. Returns 0, or -1.
 */
int calendar_parse(const char *text, size_t len, struct calendar *calendar_out);

/*
 * The unit that t is in, [*start_out, *end_out); it is cut off where there
 * is no more time. ctx is a const struct calendar.
 */
void calendar_interval(void *ctx, int64_t t, int64_t *start_out,
    int64_t *end_out);

#endif
