/*
 * Days counted one by one: an oracle for dates that knows nothing of eras
 * and of leap years but their rule.
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

#endif
