/*
 * Times without a unit. The library takes a number by its size, so a year or
 * another small number would be seconds, in 1970. Years and months are read
 * as such here, and small numbers are refused.
 */
#include "time_text.h"

#include <leat.h>
#include <leat_text.h>

/* The number of n digits; -1 if these are others than digits. */
static int read_digits(const char *text, size_t n)
{
	int x = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		x = 10 * x + (text[i] - '0');
	}
	return x;
}

/* "2024" and "202401", in the years that times reach. */
static int read_month(const char *text, size_t len, int64_t *t_out)
{
	int year = len == 4 || len == 6 ? read_digits(text, 4) : -1;
	int month = len == 6 ? read_digits(text + 4, 2) : 1;

	if (year < 1678 || year > 2262 || month < 1 || month > 12 ||
	    (year == 2262 && month > 4))
		return -1;
	*t_out = leat_days_from_date(year, month, 1) * LEAT_DAY;
	return 0;
}

/* A sign, digits and a fraction: none of the forms of a date. */
static int is_number(const char *text, size_t len)
{
	size_t i = len > 0 && (*text == '-' || *text == '+');

	while (i < len &&
	    ((text[i] >= '0' && text[i] <= '9') || text[i] == '.' ||
		text[i] == ','))
		i++;
	return i == len;
}

/*
 * Reads a number by its size; seconds long ago would be small, and are refused.
 */
static int read_by_size(const char *text, size_t len, int64_t *t_out)
{
	const int64_t early = 631152000 * LEAT_SECOND; /* 1990 */
	int problem;
	int64_t t;

	if (read_month(text, len, t_out) == 0)
		return 0;
	problem = leat_parse_time(text, len, LEAT_UNIT_GUESS, t_out, NULL);
	if (problem || *t_out >= early || !is_number(text, len))
		return problem;
	/* Digits may be a date, which as seconds is another time. */
	return leat_parse_time(text, len, LEAT_UNIT_S, &t, NULL) == 0 &&
		t == *t_out
	    ? TIME_TEXT_NO_UNIT
	    : 0;
}

int time_text_read(const char *text, size_t len, int unit, int64_t *t_out)
{
	return unit == LEAT_UNIT_GUESS
	    ? read_by_size(text, len, t_out)
	    : leat_parse_time(text, len, unit, t_out, NULL);
}

const char *time_text_why(int problem, const char *text, size_t len, int unit)
{
	const char *why = "";
	int64_t t;

	if (problem == TIME_TEXT_NO_UNIT)
		return TIME_TEXT_WHY_NO_UNIT;
	if (problem == LEAT_ERANGE)
		(void)leat_parse_time(text, len, unit, &t, &why);
	return why;
}
