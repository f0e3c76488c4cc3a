/*
 * Days counted one by one: an oracle for dates that knows nothing of eras
 * and of leap years but their rule. And which nanoseconds are times.
 */
#ifndef LEAT_TESTS_DAYS_H
#define LEAT_TESTS_DAYS_H

#include <stdint.h>

struct date {
	int year, month, day;
};

static inline int month_length(int year, int month)
{
	if (month == 2) {
		if (year % 400 == 0)
			return 29;
		return year % 4 == 0 && year % 100 != 0 ? 29 : 28;
	}
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static inline void next_date(struct date *d)
{
	if (++d->day <= month_length(d->year, d->month))
		return;
	d->day = 1;
	if (++d->month <= 12)
		return;
	d->month = 1;
	d->year++;
}

/* Year by year and month by month from 1970 on, or back. */
static inline int64_t slow_day(struct date d)
{
	int64_t days = d.day - 1;

	for (int y = 1970; y < d.year; y++)
		days += month_length(y, 2) == 29 ? 366 : 365;
	for (int y = d.year; y < 1970; y++)
		days -= month_length(y, 2) == 29 ? 366 : 365;
	for (int m = 1; m < d.month; m++)
		days += month_length(d.year, m);
	return days;
}

#define BILLION ((int64_t)1000000000)

/* seconds * BILLION + ns, if that is a time. */
static inline int in_range(int64_t seconds, int64_t ns, int64_t *t_out)
{
	const int64_t low = -9223372037, high = 9223372036;

	if (seconds < low || (seconds == low && ns < 145224192))
		return 0;
	if (seconds > high || (seconds == high && ns > 854775807))
		return 0;
	/* Modulo 2^64, where only the result need fit. */
	*t_out = (int64_t)((uint64_t)seconds * (uint64_t)BILLION +
	    (uint64_t)ns);
	return 1;
}

#endif
