/*
 * Units of the calendar as intervals of time.
 *
 * The unit is found by the day, or the hour, that the clock on the wall
 * shows, and its ends by counting days back to UTC. Years reach a bit
 * further than time does, so there is always a next one.
 */
#include "calendar.h"

#include <leat_text.h>
#include <string.h>

#include "number.h"

enum { SECOND = 1000000000 };

static const int64_t hour_ns = 3600 * (int64_t)SECOND;
static const int64_t day_ns = 86400 * (int64_t)SECOND;

static const char *const unit_names[] = { "hour", "day", "week", "month",
	"year" };

static int two_digits(const char *p)
{
	unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');

	return tens > 9 || ones > 9 ? -1 : (int)(10 * tens + ones);
}

/* +02:00, +0200 or +02 */
static int parse_zone(const char *text, size_t len, int64_t *ahead)
{
	size_t colon = len == 6 && text[3] == ':';
	int hours, minutes = 0;

	if ((len != 3 && len != 5 + colon) || (*text != '+' && *text != '-'))
		return -1;
	hours = two_digits(text + 1);
	if (len > 3)
		minutes = two_digits(text + 3 + colon);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return -1;
	*ahead = (60 * hours + minutes) * (60 * (int64_t)SECOND);
	if (*text == '-')
		*ahead = -*ahead;
	return 0;
}

int calendar_parse(const char *text, size_t len, struct calendar *out)
{
	for (size_t i = 0; i < sizeof unit_names / sizeof *unit_names; i++) {
		size_t n = strlen(unit_names[i]);
		int64_t ahead = 0;

		if (len < n || memcmp(text, unit_names[i], n) != 0)
			continue;
		if (len > n && parse_zone(text + n, len - n, &ahead) < 0)
			return -1;
		out->unit = (enum calendar_unit)i;
		out->ahead = ahead;
		return 0;
	}
	return -1;
}

/* The first days of this unit and of the next one. */
static void find_days(enum calendar_unit unit, int64_t day, int64_t *first,
    int64_t *next)
{
	int year, month, of_month;
	int64_t rest;

	*first = day;
	*next = day + 1;
	leat_date_from_days(day, &year, &month, &of_month);
	switch (unit) {
	case CALENDAR_HOUR:
	case CALENDAR_DAY:
		break;
	case CALENDAR_WEEK: /* 1970-01-01 was a Thursday */
		(void)number_floor(day + 3, 7, &rest);
		*first = day - rest;
		*next = *first + 7;
		break;
	case CALENDAR_MONTH:
		*first = leat_days_from_date(year, month, 1);
		*next = month < 12 ? leat_days_from_date(year, month + 1, 1)
				   : leat_days_from_date(year + 1, 1, 1);
		break;
	case CALENDAR_YEAR:
		*first = leat_days_from_date(year, 1, 1);
		*next = leat_days_from_date(year + 1, 1, 1);
		break;
	}
}

/* Returns where the n-th unit on the wall begins, cut off where time ends. */
static int64_t place(int64_t n, int64_t unit_ns, int64_t ahead)
{
	int64_t back, more;

	n -= number_floor(ahead, unit_ns, &back);
	if (n <= 0) {
		if (n < INT64_MIN / unit_ns || n * unit_ns < INT64_MIN + back)
			return INT64_MIN;
		return n * unit_ns - back;
	}
	/* n units may be too many and still be brought back. */
	n--;
	more = unit_ns - back;
	if (n > INT64_MAX / unit_ns || n * unit_ns > INT64_MAX - more)
		return INT64_MAX;
	return n * unit_ns + more;
}

void calendar_interval(void *ctx, int64_t t, int64_t *start_out,
    int64_t *end_out)
{
	const struct calendar *c = ctx;
	int64_t unit_ns = c->unit == CALENDAR_HOUR ? hour_ns : day_ns;
	int64_t rest, ahead_rest, first, next;
	int64_t ahead = number_floor(c->ahead, unit_ns, &ahead_rest);
	int64_t n = number_floor(t, unit_ns, &rest) + ahead;

	/* Time on the wall is computed without leaving int64. */
	if (rest >= unit_ns - ahead_rest)
		n++;
	if (c->unit == CALENDAR_HOUR) {
		first = n;
		next = n + 1;
	} else {
		find_days(c->unit, n, &first, &next);
	}
	*start_out = place(first, unit_ns, c->ahead);
	*end_out = place(next, unit_ns, c->ahead);
}
