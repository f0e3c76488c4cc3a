/*
 * time.c - times from text and to text
 *
 * The C library is not used, since its functions depend on the locale and the
 * zone of the machine. Text is read in one pass from left to right, except in
 * the most frequent form, 2001-01-31T00:47:05: its 19 bytes are loaded into
 * registers and checked and converted together; the bytes after them are read
 * as in all other forms.
 */
#include "text.h"

enum { BILLION = 1000000000, DAY_SECONDS = 86400 };

/* INT64_MIN and INT64_MAX ns as second and nanosecond. */
static const int64_t first_second = -9223372037, first_ns = 145224192;
static const int64_t last_second = 9223372036, last_ns = 854775807;

/* Problems of a text; 0: none. */
enum time_problem {
	TIME_FORM = 1,
	TIME_MONTH,
	TIME_DAY,
	TIME_CLOCK,
	TIME_ZONE,
	TIME_EPOCH
};

static const char *const time_problems[] = {
	[TIME_FORM] = "malformed timestamp",
	[TIME_MONTH] = "no such month",
	[TIME_DAY] = "no such day",
	[TIME_CLOCK] = "no such time of day",
	[TIME_ZONE] = "no such zone",
	[TIME_EPOCH] = "before 1677-09-21 or after 2262-04-11",
};

struct cursor {
	const char *at, *end;
};

/* Seconds since 1970, and nanoseconds from there on, 0 .. 999999999. */
struct instant {
	int64_t second;
	int64_t ns;
};

/* ---- Pieces of a text ---- */

static size_t digits_ahead(const struct cursor *r)
{
	const char *p = r->at;

	while (p < r->end && leat_is_digit(*p))
		p++;
	return (size_t)(p - r->at);
}

/* Takes the byte if it is the next one; returns whether it was. */
LEAT_INLINE int take(struct cursor *r, char byte)
{
	if (r->at == r->end || *r->at != byte)
		return 0;
	r->at++;
	return 1;
}

/* Takes two digits; -1 if there are none. */
static int take_two(struct cursor *r)
{
	if (r->end - r->at < 2 || !leat_is_digit(r->at[0]) ||
	    !leat_is_digit(r->at[1]))
		return -1;
	r->at += 2;
	return 10 * (r->at[-2] - '0') + (r->at[-1] - '0');
}

/*
 * Reads digits as a fraction of a second: at least one, any number of them.
 * Digits beyond the nanosecond have a unit of 0.
 */
static int take_fraction(struct cursor *r, int64_t *ns)
{
	int64_t unit = BILLION / 10;

	*ns = 0;
	if (r->at == r->end || !leat_is_digit(*r->at))
		return TIME_FORM;
	for (; r->at < r->end && leat_is_digit(*r->at); r->at++, unit /= 10)
		*ns += unit * (*r->at - '0');
	return LEAT_OK;
}

/* Reads [.digits] or [,digits]. */
static int take_decimals(struct cursor *r, int64_t *ns)
{
	if (!take(r, '.') && !take(r, ','))
		return LEAT_OK;
	return take_fraction(r, ns);
}

/* Reads the rest of the text: Z, +02:00, +0200, +02, or nothing. */
static int take_zone(struct cursor *r, struct instant *i)
{
	int blank = take(r, ' '), minus, hours, minutes = 0;

	if (r->at == r->end)
		return blank ? TIME_FORM : LEAT_OK;
	if (take(r, 'Z') || take(r, 'z'))
		return r->at == r->end ? LEAT_OK : TIME_FORM;
	minus = take(r, '-');
	if (!minus && !take(r, '+'))
		return TIME_FORM;
	hours = take_two(r);
	if (take(r, ':') || r->at < r->end)
		minutes = take_two(r);
	if (hours < 0 || minutes < 0 || r->at < r->end)
		return TIME_FORM;
	if (hours > 23 || minutes > 59)
		return TIME_ZONE;
	minutes += 60 * hours;
	i->second += 60 * (minus ? minutes : -minutes);
	return LEAT_OK;
}

/* ---- Dates and times of day ---- */

/*
 * Returns whether the day exists. Requires a month from 1 to 12. Only the 29th
 * of February depends on the year.
 */
LEAT_INLINE int is_day(unsigned year, unsigned month, unsigned day)
{
	static const unsigned char most[] = { 31, 29, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };

	if (day - 1 >= most[month - 1])
		return 0;
	if (LEAT_LIKELY(day != 29 || month != 2))
		return 1;
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

LEAT_INLINE int to_time(const struct instant *i, int64_t *t_out)
{
	if (LEAT_LIKELY(i->second > first_second && i->second < last_second)) {
		*t_out = i->second * BILLION + i->ns;
		return LEAT_OK;
	}
	if (i->second == first_second && i->ns >= first_ns)
		*t_out = INT64_MIN + (i->ns - first_ns);
	else if (i->second == last_second && i->ns <= last_ns)
		*t_out = last_second * BILLION + i->ns;
	else
		return TIME_EPOCH;
	return LEAT_OK;
}

/*
 * Reads 2001-01-31, 2001/01/31 or 20010131 as seconds. Requires four digits and
 * at least one byte after them.
 */
static int take_date(struct cursor *r, struct instant *i)
{
	int century = take_two(r), year = take_two(r), month, day;
	char between = leat_is_digit(*r->at) ? '\0' : *r->at;

	if (between && between != '-' && between != '/')
		return TIME_FORM;
	if (between)
		r->at++;
	month = take_two(r);
	if (between && !take(r, between))
		return TIME_FORM;
	day = take_two(r);
	if (month < 0 || day < 0)
		return TIME_FORM;
	year += 100 * century;
	if (month < 1 || month > 12)
		return TIME_MONTH;
	if (!is_day((unsigned)year, (unsigned)month, (unsigned)day))
		return TIME_DAY;
	i->second = leat_day_number(year, month, day) * DAY_SECONDS;
	return LEAT_OK;
}

/* Adds 00:47, 00:47:05, 00:47:05.25 and the same without colons. */
static int take_clock(struct cursor *r, struct instant *i)
{
	int hour = take_two(r), colon = take(r, ':');
	int minute = take_two(r), second = 0;

	if (hour < 0 || minute < 0)
		return TIME_FORM;
	if (colon ? take(r, ':') : digits_ahead(r) > 0) {
		second = take_two(r);
		if (second < 0 || take_decimals(r, &i->ns))
			return TIME_FORM;
	}
	if (hour > 24 || minute > 59 || second > 60 ||
	    (hour == 24 && (minute > 0 || second > 0 || i->ns > 0)))
		return TIME_CLOCK;
	i->second += 3600 * hour + 60 * minute + second;
	return LEAT_OK;
}

/* Reads a date and what follows it; digits alone have no T between. */
static int parse_date(struct cursor *r, int alone, int64_t *t_out)
{
	struct instant i = { 0, 0 };
	int err = take_date(r, &i);

	if (!err && r->at < r->end) {
		if (!alone && !take(r, 'T') && !take(r, 't') && !take(r, ' '))
			return TIME_FORM;
		err = take_clock(r, &i);
		if (!err)
			err = take_zone(r, &i);
	}
	return err ? err : to_time(&i, t_out);
}

/* ---- The usual form ---- */

/* Combines digits in bytes n and n + 1 to a number in byte n, for all n. */
LEAT_INLINE uint64_t pairs(uint64_t digits)
{
	return digits * 10 + (digits >> 8);
}

LEAT_INLINE unsigned byte_of(uint64_t x, int n)
{
	return (unsigned)(x >> 8 * n & 0xFF);
}

/*
 * Reads 19 bytes, 2001-01-31T00:47:05, in three registers that overlap. After
 * an exclusive or with 0000-00-00T00:00:00 digits are 0 .. 9 and the other
 * bytes 0: with 6 or 15 added none reaches 16. Returns 0 for any other form, an
 * invalid time, or a rare one as 24:00:00, which the general code then decides.
 */
LEAT_INLINE int take_usual(const char *p, int64_t *second)
{
	static const char zero[] = "0000-00-00T00:00:00";
	uint64_t a = leat_load64(p) ^ leat_load64(zero);
	uint64_t b = leat_load64(p + 8) ^ leat_load64(zero + 8);
	uint64_t c = leat_load64(p + 11) ^ leat_load64(zero + 11);
	uint64_t wrong = a | (a + 0x0F06060F06060606u) | c |
	    (c + 0x06060F06060F0606u);
	unsigned year, month, day;

	/* The day is the only part of b that a and c do not cover. */
	wrong |= (b | (b + 0x0606)) & 0xFFFF;
	if ((wrong & LEAT_EIGHT(0xF0)) ||
	    (p[10] != 'T' && p[10] != ' ' && p[10] != 't'))
		return 0;
	a = pairs(a);
	c = pairs(c) & 0x00FF0000FF0000FFu;
	year = 100 * byte_of(a, 0) + byte_of(a, 2);
	month = byte_of(a, 5);
	day = byte_of(pairs(b), 0);
	/* Bit 7 is set by hours above 23, minutes or seconds above 59. */
	if (month - 1 > 11 || !is_day(year, month, day) ||
	    ((c + 0x0044000044000068u) & 0x0080000080000080u))
		return 0;
	*second = leat_day_number((int)year, (int)month, (int)day) *
		DAY_SECONDS +
	    (int64_t)(3600 * byte_of(c, 0) + 60 * byte_of(c, 3) +
		byte_of(c, 6));
	return 1;
}

/* Reads what may follow the usual form: decimals and a zone. */
static LEAT_NOINLINE int parse_rest(const char *p, const char *end,
    int64_t second, int64_t *t_out)
{
	struct cursor r = { p, end };
	struct instant i = { second, 0 };
	int err = take_decimals(&r, &i.ns);

	if (!err && r.at < end)
		err = take_zone(&r, &i);
	return err ? err : to_time(&i, t_out);
}

/* ---- Numbers ---- */

/* Returns the units in a second for a number of this size. */
static uint64_t guess_unit(uint64_t n, int decimals)
{
	if (n < 100000000000 || decimals)
		return 1;
	return n < 100000000000000   ? 1000
	    : n < 100000000000000000 ? 1000000
				     : BILLION;
}

static int parse_number(struct cursor *r, int unit, int64_t *t_out)
{
	static const uint64_t units[] = { 0, 1, 1000, 1000000, BILLION };
	int minus = take(r, '-'), too_large = 0, decimals;
	struct instant i = { 0, 0 };
	uint64_t n = 0, per;

	if (!minus)
		take(r, '+');
	if (digits_ahead(r) == 0)
		return TIME_FORM;
	for (; r->at < r->end && leat_is_digit(*r->at); r->at++) {
		/* n wraps around from here on, and only the flag counts. */
		too_large |= n > (UINT64_MAX - 9) / 10;
		n = 10 * n + (uint64_t)(*r->at - '0');
	}
	decimals = take(r, '.');
	per = unit == LEAT_UNIT_GUESS ? guess_unit(n, decimals) : units[unit];
	if (decimals && (per != 1 || take_fraction(r, &i.ns)))
		return TIME_FORM;
	if (r->at < r->end)
		return TIME_FORM;
	if (too_large || n / per > (uint64_t)last_second + 1)
		return TIME_EPOCH;
	i.second = (int64_t)(n / per);
	i.ns += (int64_t)(n % per * (BILLION / per));
	/* The fraction counts upwards from the second, also before 1970. */
	if (minus) {
		i.second = -i.second - (i.ns > 0);
		i.ns = i.ns > 0 ? BILLION - i.ns : 0;
	}
	return to_time(&i, t_out);
}

/*
 * Returns whether a text that begins with n digits is a date. Digits alone are
 * one if their year is plausible, even if there is no such day: better to
 * refuse 20011301 than to read it as seconds in 1970.
 */
static int is_dated(struct cursor r, size_t n, int unit)
{
	int number = r.at + n == r.end || r.at[n] == '.', century, year;

	if (n != 8 && n != 14)
		return n == 4 && !number;
	century = take_two(&r);
	year = 100 * century + take_two(&r);
	return !number ||
	    (unit == LEAT_UNIT_GUESS && year >= 1677 && year <= 2262);
}

static LEAT_NOINLINE int parse_other(const char *text, size_t n_bytes, int unit,
    int64_t *t_out)
{
	struct cursor r = { text, text + n_bytes };
	size_t n = digits_ahead(&r);

	if (is_dated(r, n, unit))
		return parse_date(&r, n == 14, t_out);
	return parse_number(&r, unit, t_out);
}

int leat_parse_time(const char *text, size_t n_bytes, int unit, int64_t *t_out,
    const char **why_out)
{
	struct instant i = { 0, 0 };
	int problem;

	LEAT_ASSERT(text && t_out);
	if (unit < LEAT_UNIT_GUESS || unit > LEAT_UNIT_NS)
		return leat_because(why_out, LEAT_EINVAL, "no such unit");
	if (n_bytes < 19 || !take_usual(text, &i.second))
		problem = parse_other(text, n_bytes, unit, t_out);
	else if (n_bytes > 19 && (n_bytes > 20 || text[19] != 'Z'))
		problem = parse_rest(text + 19, text + n_bytes, i.second,
		    t_out);
	else
		problem = to_time(&i, t_out);
	if (LEAT_LIKELY(problem == LEAT_OK))
		return LEAT_OK;
	return leat_because(why_out,
	    problem == TIME_FORM ? LEAT_EPARSE : LEAT_ERANGE,
	    time_problems[problem]);
}

/* ---- To text ---- */

/* Writes 12, 34, 56 as 12-34-56; with `four`, 1234, 56, 78 as 1234-56-78. */
static char *put_three(char *out, char between, int a, int b, int c, int four)
{
	uint64_t x = (uint64_t)(10000 * a + 100 * b + c);
	char digits[8];

	leat_store64(digits, leat_digits_of(x) | LEAT_EIGHT('0'));
	memcpy(out, digits + (four ? 0 : 2), 4);
	out += four ? 4 : 2;
	out[0] = between;
	memcpy(out + 1, digits + 4, 2);
	out[3] = between;
	memcpy(out + 4, digits + 6, 2);
	return out + 6;
}

size_t leat_format_time(int64_t t, char out[LEAT_TIME_SIZE])
{
	const int64_t day_ns = (int64_t)DAY_SECONDS * BILLION;
	int64_t days = t / day_ns - (t % day_ns < 0);
	/* Unsigned, since days * day_ns may be below INT64_MIN. */
	int64_t rest = (int64_t)((uint64_t)t -
	    (uint64_t)days * (uint64_t)day_ns);
	int second = (int)(rest / BILLION), ns = (int)(rest % BILLION);
	int year, month, of_month;
	char *p = out;

	LEAT_ASSERT(out);
	leat_date_from_days(days, &year, &month, &of_month);
	p = put_three(p, '-', year, month, of_month, 1);
	*p++ = 'T';
	p = put_three(p, ':', second / 3600, second / 60 % 60, second % 60, 0);
	if (ns > 0) { /* all 9 decimals are written, and 3, 6 or 9 kept */
		*p = '.';
		leat_store64(p + 1,
		    leat_digits_of((uint64_t)ns / 10) | LEAT_EIGHT('0'));
		p[9] = (char)('0' + ns % 10);
		p += 1 + (ns % 1000 ? 9 : ns % 1000000 ? 6 : 3);
	}
	*p++ = 'Z';
	*p = '\0';
	return (size_t)(p - out);
}
