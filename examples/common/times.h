/*
 * Times from text and to text.
 *
 * A time is the number of nanoseconds since 1970-01-01T00:00:00Z, in UTC,
 * where every day has 86400 seconds: what most clocks and logs mean. It
 * reaches from 1677-09-21T00:12:43.145224192Z to
 * 2262-04-11T23:47:16.854775807Z.
 */
#ifndef COMMON_TIMES_H
#define COMMON_TIMES_H

#include <stddef.h>
#include <stdint.h>

/* What plain numbers count. */
enum times_unit { TIMES_AUTO, TIMES_S, TIMES_MS, TIMES_US, TIMES_NS };

/* Why a text is not a time. */
enum times_problem {
	TIMES_FORM = -1,  /* it has not the form of one */
	TIMES_MONTH = -2, /* there is no such month, */
	TIMES_DAY = -3,   /* no such day of the month, */
	TIMES_CLOCK = -4, /* no such time of day, */
	TIMES_ZONE = -5,  /* no such zone */
	TIMES_RANGE = -6  /* it is before or after all times there are */
};

/*
 * Reads a time, which must be all of the text but for blanks (spaces and
 * tabs) around it. Either a date, and with it maybe a time of day and a
 * zone, without which it is UTC:
 *
 *      2001-01-31  2001/01/31  20010131
 *      00:47  00:47:05  00:47:05.25  0047  004705     after T, t or a blank
 *      Z  z  +02:00  +0200  +02                       maybe after a blank
 *
 * Or a number of seconds, milliseconds, microseconds or nanoseconds since
 * 1970, with a sign or not; of seconds it may have decimals. Decimals
 * beyond the nanosecond are cut off. 24:00:00 is the end of a day, and a
 * second numbered 60 the first one of the next minute.
 *
 * With TIMES_AUTO, 8 digits that begin with a year from 1677 to 2262 are a
 * date, and 14 a date with the time of day. Other numbers go by their size:
 * below 1e11 (and with decimals) they are seconds, below 1e14 milliseconds,
 * below 1e17 microseconds, else nanoseconds; the last three then begin in
 * March 1973. With a unit, digits alone are a number in that unit.
 *
 * Returns 0, or enum times_problem with *t_out untouched.
 */
int times_parse(const char *text, size_t len, enum times_unit unit,
    int64_t *t_out);

/* The words for a problem: "no such day", for messages; "" if it is none. */
const char *times_problem_text(int problem);

/* Bytes that times_format() may write. */
#define TIMES_SIZE 30

/*
 * Writes a time as ISO 8601 in UTC, 2001-01-31T00:47:05Z, without a NUL,
 * and returns its length. Of decimals there are as many as are needed: 0,
 * 3, 6 or 9.
 */
size_t times_format(char *out, int64_t t);

/*
 * Days from 1970-01-01 to a date of the years 0 to 9999 (Gregorian, also
 * where that was not in use), and back. Months and days count from 1.
 */
int64_t times_day(int year, int month, int day);
void times_date(int64_t day, int *year_out, int *month_out, int *day_out);

/* a / b and its remainder, rounded towards minus infinity; b > 0. */
int64_t times_floor(int64_t a, int64_t b, int64_t *rest_out);

#endif
