/*
 * Durations and calendars: included by test_replay.c, which is linked with
 * what is tested here.
 *
 * Units of the calendar are held against a walk over the days from some
 * years before, one by one, which knows nothing of eras and leap years but
 * their rule.
 */
#ifndef LEAT_TESTS_TEST_TIMES_H
#define LEAT_TESTS_TEST_TIMES_H

#include "calendar.h"
#include "days.h"
#include "durations.h"

static int64_t random_time(uint32_t *state)
{
	static const int64_t grains[] = { 1, 1000, 1000000, BILLION,
		86400 * BILLION };
	uint64_t x = 0;
	int64_t t;

	for (int i = 0; i < 4; i++) {
		*state = *state * 1664525u + 1013904223u;
		x = x << 16 | *state >> 16;
	}
	memcpy(&t, &x, sizeof t);
	return t - t % grains[*state >> 13 & 3];
}

/* ---- Durations ---- */

START_TEST(durations_are_read)
{
	static const struct {
		const char *text;
		int64_t ns; /* -1: refused */
	} cases[] = {
		{ "1ns", 1 },
		{ "1us", 1000 },
		{ "1ms", 1000000 },
		{ "90s", 90 * BILLION },
		{ "1m", 60 * BILLION },
		{ "1h30m", 5400 * BILLION },
		{ "30m1h", 5400 * BILLION },
		{ "1d", 86400 * BILLION },
		{ "2w", 14 * 86400 * BILLION },
		{ "0.5d", 43200 * BILLION },
		{ "365.25d", 31557600 * BILLION },
		{ "1.999999999999s", 1999999999 },
		{ "0.3333333333333333333333333333h", 1199999999999 },
		{ "0", 0 },
		{ "0s", 0 },
		{ "1.5ns", 1 },
		{ "9223372036854775807ns", INT64_MAX },
		{ "9223372036.854775807s", INT64_MAX },
		{ "106751d23h47m16.854775807s", INT64_MAX },
		{ "9223372036854775808ns", -1 },
		{ "9223372036.854775808s", -1 },
		{ "106751d23h47m16.854775808s", -1 },
		{ "9223372036854775807ns1ns", -1 },
		{ "15251w", -1 },
		{ "99999999999999999999999s", -1 },
		{ "", -1 },
		{ "1", -1 },
		{ "00", -1 },
		{ "s", -1 },
		{ ".5s", -1 },
		{ "1.s", -1 },
		{ "1.5", -1 },
		{ "1h30", -1 },
		{ "-1s", -1 },
		{ "1 s", -1 },
		{ "1s ", -1 },
		{ "1S", -1 },
		{ "1y", -1 },
		{ "1mm", -1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *text = cases[i].text;
		size_t len = strlen(text);
		char *copy = malloc(len ? len : 1); /* ends where it ends */
		int64_t ns = -1;
		int result;

		memcpy(copy, text, len);
		result = durations_parse(copy, len, &ns);
		free(copy);
		if (ns != cases[i].ns || (result == 0) != (ns >= 0))
			ck_abort_msg("\"%s\": %d, %lld", text, result,
			    (long long)ns);
	}
}
END_TEST

START_TEST(a_duration_is_told_from_a_number_by_its_letters)
{
	ck_assert(durations_like("1s", 2) && durations_like("5x", 2));
	ck_assert(durations_like("0.5d", 4) && durations_like("1h30", 4));
	ck_assert(!durations_like("", 0) && !durations_like("s", 1));
	ck_assert(!durations_like("100", 3) && !durations_like("-1s", 3));
	ck_assert(!durations_like("1s", 1));
}
END_TEST

/* Three decimals of each unit against whole numbers. */
START_TEST(decimals_of_durations_are_exact)
{
	static const char *const names[] = { "us", "ms", "s", "m", "h", "d",
		"w" };
	static const int64_t units[] = { 1000, 1000000, BILLION, 60 * BILLION,
		3600 * BILLION, 86400 * BILLION, 604800 * BILLION };
	uint32_t state = 3;

	for (int i = 0; i < 20000; i++) {
		char text[32];
		int64_t n, ns;
		int k;

		state = state * 1664525u + 1013904223u;
		n = state >> 12;
		k = (int)(state % 7);
		snprintf(text, sizeof text, "%lld.%03lld%s",
		    (long long)(n / 1000), (long long)(n % 1000), names[k]);
		if (durations_parse(text, strlen(text), &ns) < 0 ||
		    ns != n * (units[k] / 1000))
			ck_abort_msg("\"%s\"", text);
	}
}
END_TEST

/* ---- The calendar ---- */

static int begins(enum calendar_unit unit, const struct date *d, int64_t day)
{
	if (unit == CALENDAR_WEEK) /* 1970-01-05 was a Monday */
		return (day - 4) % 7 == 0;
	if (unit == CALENDAR_MONTH)
		return d->day == 1;
	return unit != CALENDAR_YEAR || (d->day == 1 && d->month == 1);
}

/* In seconds on the wall, by walking over days from some years before. */
static void slow_unit(enum calendar_unit unit, int64_t second, int64_t *first,
    int64_t *next)
{
	int64_t length = unit == CALENDAR_HOUR ? 3600 : 86400, day;
	struct date d = { 0, 1, 1 };

	*first = second / length - (second % length < 0);
	*next = *first + 1;
	if (unit > CALENDAR_DAY) {
		d.year = 1970 - 3 + (int)(*first / (*first < 0 ? 365 : 366));
		for (day = slow_day(d); day <= *first; day++, next_date(&d))
			if (begins(unit, &d, day))
				*next = day;
		*first = *next;
		for (; !begins(unit, &d, day); day++)
			next_date(&d);
		*next = day;
	}
	*first *= length;
	*next *= length;
}

static void slow_interval(const struct calendar *c, int64_t t, int64_t *start,
    int64_t *end)
{
	int64_t ahead = c->ahead / BILLION, first, next;

	slow_unit(c->unit, t / BILLION - (t % BILLION < 0) + ahead, &first,
	    &next);
	if (!in_range(first - ahead, 0, start))
		*start = INT64_MIN;
	if (!in_range(next - ahead, 0, end))
		*end = INT64_MAX;
}

static void check_interval(struct calendar c, int64_t t)
{
	int64_t start, end, slow_start, slow_end, before_start, before_end;

	calendar_interval(&c, t, &start, &end);
	slow_interval(&c, t, &slow_start, &slow_end);
	if (start != slow_start || end != slow_end)
		ck_abort_msg("unit %d ahead %lld at %lld: %lld, %lld; wanted "
			     "%lld, %lld",
		    (int)c.unit, (long long)c.ahead, (long long)t,
		    (long long)start, (long long)end, (long long)slow_start,
		    (long long)slow_end);
	if (start > t || (end <= t && t < INT64_MAX))
		ck_abort_msg("%lld is not inside", (long long)t);
	if (start == INT64_MIN)
		return;
	calendar_interval(&c, start - 1, &before_start, &before_end);
	ck_assert(before_end == start && before_start < start);
}

START_TEST(units_of_the_calendar_are_where_days_counted_put_them)
{
	static const int zones[] = { 0, 120, -300, 330, -1439, 1439 };
	static const int64_t edges[] = { INT64_MIN, INT64_MIN + 1,
		INT64_MAX - 1, INT64_MAX, 0, -1 };
	uint32_t state = 11;

	for (int unit = CALENDAR_HOUR; unit <= CALENDAR_YEAR; unit++) {
		for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
			struct calendar c;

			c.unit = (enum calendar_unit)unit;
			c.ahead = zones[z] * 60 * BILLION;
			for (size_t i = 0; i < 6; i++)
				check_interval(c, edges[i]);
			for (int64_t i = 0; i < 60; i++) {
				check_interval(c,
				    INT64_MAX - i * 1800 * BILLION);
				check_interval(c,
				    INT64_MIN + i * 1800 * BILLION);
			}
			for (int i = 0; i < 20; i++)
				check_interval(c, random_time(&state));
		}
	}
}
END_TEST

START_TEST(calendars_are_read)
{
	static const struct {
		const char *text;
		int unit; /* -1: refused */
		int minutes;
	} cases[] = {
		{ "hour", CALENDAR_HOUR, 0 },
		{ "day", CALENDAR_DAY, 0 },
		{ "week", CALENDAR_WEEK, 0 },
		{ "month", CALENDAR_MONTH, 0 },
		{ "year", CALENDAR_YEAR, 0 },
		{ "day+02:00", CALENDAR_DAY, 120 },
		{ "day-0530", CALENDAR_DAY, -330 },
		{ "month+02", CALENDAR_MONTH, 120 },
		{ "hour+00:30", CALENDAR_HOUR, 30 },
		{ "year-2359", CALENDAR_YEAR, -1439 },
		{ "week+09:19", CALENDAR_WEEK, 559 },
		{ "", -1, 0 },
		{ "da", -1, 0 },
		{ "days", -1, 0 },
		{ "day+2", -1, 0 },
		{ "day+02:", -1, 0 },
		{ "day+02:0", -1, 0 },
		{ "day+24:00", -1, 0 },
		{ "day+00:60", -1, 0 },
		{ "day+02.00", -1, 0 },
		{ "day 02:00", -1, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *text = cases[i].text;
		struct calendar c = { CALENDAR_HOUR, 0 };
		int result = calendar_parse(text, strlen(text), &c);

		if ((result == 0) != (cases[i].unit >= 0) ||
		    (result == 0 &&
			((int)c.unit != cases[i].unit ||
			    c.ahead != cases[i].minutes * 60 * BILLION)))
			ck_abort_msg("\"%s\": %d", text, result);
	}
}
END_TEST

static TCase *times_case(void)
{
	TCase *c = tcase_create("times");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, durations_are_read);
	tcase_add_test(c, a_duration_is_told_from_a_number_by_its_letters);
	tcase_add_test(c, decimals_of_durations_are_exact);
	tcase_add_test(c,
	    units_of_the_calendar_are_where_days_counted_put_them);
	tcase_add_test(c, calendars_are_read);
	return c;
}

#endif
