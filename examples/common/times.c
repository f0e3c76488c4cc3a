/*
 * Times from text and to text, in one pass from left to right and without
 * the C library, whose functions know the locale and the zone of the
 * machine.
 *
 * Days are counted as by Hinnant ("chrono-compatible low-level date
 * algorithms", 2013): a year that begins in March has its leap day at the
 * end, so the days before a month are a linear function of it, rounded,
 * (153 m + 2) / 5; 400 years are 146097 days.
 */
#include "times.h"

#include "number.h"

enum { BILLION = 1000000000, DAY_SECONDS = 86400, ERA_DAYS = 146097 };
enum { EPOCH_DAYS = 719468 }; /* from 0000-03-01 to 1970-01-01 */

/* The second that INT64_MIN ns is in, and where in it; and INT64_MAX. */
static const int64_t first_second = -9223372037, first_ns = 145224192;
static const int64_t last_second = 9223372036, last_ns = 854775807;

struct reader {
	const char *at, *end;
};

/* Seconds since 1970, and nanoseconds from there on, 0 .. 999999999. */
struct instant {
	int64_t second;
	int64_t ns;
};

int64_t times_floor(int64_t a, int64_t b, int64_t *rest_out)
{
	int64_t rest = a % b;

	*rest_out = rest < 0 ? rest + b : rest;
	return a / b - (rest < 0);
}

/* ---- Days ---- */

int64_t times_day(int year, int month, int day)
{
	/* One era more, so that January of the year 0 is not negative. */
	int64_t y = year + 400 - (month <= 2);
	int64_t of_era = y % 400, m = month + (month > 2 ? -3 : 9);
	int64_t of_year = (153 * m + 2) / 5 + day - 1;

	return (y / 400 - 1) * ERA_DAYS + 365 * of_era + of_era / 4 -
	    of_era / 100 + of_year - EPOCH_DAYS;
}

void times_date(int64_t day, int *year_out, int *month_out, int *day_out)
{
	int64_t d, of_era, of_year, m;
	int64_t era = times_floor(day + EPOCH_DAYS, ERA_DAYS, &d);

	/* Days of the era less its leap days: 365 for each year before. */
	of_era = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	of_year = d - (365 * of_era + of_era / 4 - of_era / 100);
	m = (5 * of_year + 2) / 153;
	*day_out = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month_out = (int)(m < 10 ? m + 3 : m - 9);
	*year_out = (int)(era * 400 + of_era + (m >= 10));
}

static int is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* ---- Pieces of a text ---- */

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(const struct reader *r)
{
	const char *p = r->at;

	while (p < r->end && is_digit(*p))
		p++;
	return (size_t)(p - r->at);
}

/* Takes the byte, if it is the next one. */
static int take(struct reader *r, char byte)
{
	if (r->at == r->end || *r->at != byte)
		return 0;
	r->at++;
	return 1;
}

/* Takes two digits; -1 if there are none. */
static int take_two(struct reader *r)
{
	unsigned tens, ones;

	if (r->end - r->at < 2)
		return -1;
	tens = (unsigned)(r->at[0] - '0');
	ones = (unsigned)(r->at[1] - '0');
	if (tens > 9 || ones > 9)
		return -1;
	r->at += 2;
	return (int)(10 * tens + ones);
}

/* Digits as a fraction of a second: at least one, any number of them. */
static int take_fraction(struct reader *r, int64_t *ns)
{
	int64_t unit = BILLION / 10;

	*ns = 0;
	if (count_digits(r) == 0)
		return TIMES_FORM;
	for (; r->at < r->end && is_digit(*r->at); r->at++, unit /= 10)
		*ns += unit * (*r->at - '0');
	return 0;
}

/* 2001-01-31, 2001/01/31, 20010131: to seconds. */
static int take_date(struct reader *r, struct instant *i)
{
	int century = take_two(r), year = take_two(r), month, day;
	char between = r->at < r->end && !is_digit(*r->at) ? *r->at : '\0';

	if (between && between != '-' && between != '/')
		return TIMES_FORM;
	if (between)
		r->at++;
	month = take_two(r);
	if (between && !take(r, between))
		return TIMES_FORM;
	day = take_two(r);
	if (century < 0 || year < 0 || month < 0 || day < 0)
		return TIMES_FORM;
	year += 100 * century;
	if (month < 1 || month > 12)
		return TIMES_MONTH;
	if (day < 1 || day > days_in(year, month))
		return TIMES_DAY;
	i->second = times_day(year, month, day) * DAY_SECONDS;
	return 0;
}

/* 00:47, 00:47:05, 00:47:05.25 and the same without colons. */
static int take_clock(struct reader *r, struct instant *i)
{
	int hour = take_two(r), colon = take(r, ':');
	int minute = take_two(r), second = 0;
	int64_t ns = 0;

	if (hour < 0 || minute < 0)
		return TIMES_FORM;
	if (colon ? take(r, ':') : count_digits(r) > 0) {
		second = take_two(r);
		if (second < 0)
			return TIMES_FORM;
		if ((take(r, '.') || take(r, ',')) && take_fraction(r, &ns) < 0)
			return TIMES_FORM;
	}
	if (hour > 24 || minute > 59 || second > 60 ||
	    (hour == 24 && (minute > 0 || second > 0 || ns > 0)))
		return TIMES_CLOCK;
	i->second += 3600 * hour + 60 * minute + second;
	i->ns = ns;
	return 0;
}

/* Z, +02:00, +0200, +02, or nothing; the rest of the text. */
static int take_zone(struct reader *r, struct instant *i)
{
	int blank = take(r, ' '), minus, hours, minutes = 0;

	if (r->at == r->end)
		return blank ? TIMES_FORM : 0;
	if (take(r, 'Z') || take(r, 'z'))
		return r->at == r->end ? 0 : TIMES_FORM;
	minus = take(r, '-');
	if (!minus && !take(r, '+'))
		return TIMES_FORM;
	hours = take_two(r);
	if (take(r, ':') || r->at < r->end)
		minutes = take_two(r);
	if (hours < 0 || minutes < 0 || r->at < r->end)
		return TIMES_FORM;
	if (hours > 23 || minutes > 59)
		return TIMES_ZONE;
	minutes += 60 * hours;
	i->second += 60 * (minus ? minutes : -minutes);
	return 0;
}

/* ---- The two kinds of text ---- */

static int to_time(const struct instant *i, int64_t *t_out)
{
	if (i->second < first_second || i->second > last_second ||
	    (i->second == first_second && i->ns < first_ns) ||
	    (i->second == last_second && i->ns > last_ns))
		return TIMES_RANGE;
	/* By a detour, since first_second * BILLION is too small. */
	if (i->second < 0)
		*t_out = (i->second + 1) * BILLION + (i->ns - BILLION);
	else
		*t_out = i->second * BILLION + i->ns;
	return 0;
}

/* Digits alone, 20010131004705, go on without a T. */
static int parse_date(struct reader *r, int alone, int64_t *t_out)
{
	struct instant i = { 0, 0 };
	int err = take_date(r, &i);

	if (!err && r->at < r->end) {
		if (!alone && !take(r, 'T') && !take(r, 't') && !take(r, ' '))
			return TIMES_FORM;
		err = take_clock(r, &i);
		if (!err)
			err = take_zone(r, &i);
	}
	return err ? err : to_time(&i, t_out);
}

/* How many to the second there are of what a number of this size counts. */
static uint64_t guess_unit(uint64_t n, int decimals)
{
	if (n < 100000000000 || decimals)
		return 1;
	return n < 100000000000000   ? 1000
	    : n < 100000000000000000 ? 1000000
				     : BILLION;
}

static int parse_number(struct reader *r, enum times_unit unit, int64_t *t_out)
{
	static const uint64_t units[] = { 0, 1, 1000, 1000000, BILLION };
	int minus = take(r, '-'), too_large = 0, decimals;
	struct instant i = { 0, 0 };
	uint64_t n = 0, per;

	if (!minus)
		take(r, '+');
	if (count_digits(r) == 0)
		return TIMES_FORM;
	for (; r->at < r->end && is_digit(*r->at); r->at++) {
		too_large |= n > (UINT64_MAX - 9) / 10;
		n = 10 * n + (uint64_t)(*r->at - '0');
	}
	decimals = take(r, '.');
	per = unit == TIMES_AUTO ? guess_unit(n, decimals) : units[unit];
	if (decimals && (per != 1 || take_fraction(r, &i.ns) < 0))
		return TIMES_FORM;
	if (r->at < r->end)
		return TIMES_FORM;
	if (too_large || n / per > (uint64_t)last_second + 1)
		return TIMES_RANGE;
	i.second = (int64_t)(n / per);
	i.ns += (int64_t)(n % per * (BILLION / per));
	if (minus) {
		i.second = -i.second - (i.ns > 0);
		i.ns = i.ns > 0 ? BILLION - i.ns : 0;
	}
	return to_time(&i, t_out);
}

/*
 * Whether a text that begins with n digits is a date. Digits alone are one
 * by the year they begin with, also if there is no such day: better to
 * refuse 20011301 than to take it for a day in 1970.
 */
static int is_dated(struct reader r, size_t n, enum times_unit unit)
{
	int number = r.at + n == r.end || r.at[n] == '.', century, year;

	if (n != 8 && n != 14)
		return n == 4 && !number;
	century = take_two(&r);
	year = 100 * century + take_two(&r);
	return !number || (unit == TIMES_AUTO && year >= 1677 && year <= 2262);
}

int times_parse(const char *text, size_t len, enum times_unit unit,
    int64_t *t_out)
{
	struct reader r;
	size_t n;

	r.at = number_trim(text, &len);
	r.end = r.at + len;
	n = count_digits(&r);
	if (is_dated(r, n, unit))
		return parse_date(&r, n == 14, t_out);
	return parse_number(&r, unit, t_out);
}

const char *times_problem_text(int problem)
{
	switch (problem) {
	case TIMES_FORM:
		return "not the form of a time";
	case TIMES_MONTH:
		return "no such month";
	case TIMES_DAY:
		return "no such day";
	case TIMES_CLOCK:
		return "no such time of day";
	case TIMES_ZONE:
		return "no such zone";
	case TIMES_RANGE:
		return "before 1677-09-21 or after 2262-04-11";
	default:
		return "";
	}
}

/* ---- To text ---- */

/* n digits with zeros in front. */
static char *put_digits(char *out, int64_t x, int n)
{
	for (int i = n - 1; i >= 0; i--, x /= 10)
		out[i] = (char)('0' + x % 10);
	return out + n;
}

static char *put_fields(char *out, char between, int a, int b)
{
	out = put_digits(out, a, 2);
	*out++ = between;
	return put_digits(out, b, 2);
}

size_t times_format(char *out, int64_t t)
{
	int64_t ns, second, day = times_floor(t, BILLION, &ns);
	int year, month, of_month, digits = 9;
	char *p = out;

	day = times_floor(day, DAY_SECONDS, &second);
	times_date(day, &year, &month, &of_month);
	p = put_digits(p, year, 4);
	*p++ = '-';
	p = put_fields(p, '-', month, of_month);
	*p++ = 'T';
	p = put_fields(p, ':', (int)(second / 3600), (int)(second / 60 % 60));
	*p++ = ':';
	p = put_digits(p, second % 60, 2);
	for (; ns > 0 && ns % 1000 == 0; ns /= 1000)
		digits -= 3;
	if (ns > 0) {
		*p++ = '.';
		p = put_digits(p, ns, digits);
	}
	*p++ = 'Z';
	return (size_t)(p - out);
}
