/*
 * Times, durations and calendars: included by test_csv.c, which is linked
 * with what is tested here.
 *
 * Days are held against a count of them, one by one; texts against a slow
 * reader that tries all forms there are, piece by piece, and knows nothing
 * of the one that is tested; also texts in which one character is wrong.
 */
#ifndef LEAT_TESTS_TEST_TIMES_H
#define LEAT_TESTS_TEST_TIMES_H

#include "calendar.h"
#include "durations.h"
#include "times.h"

#define BILLION ((int64_t)1000000000)

/* As short_run(), which is of another program. */
static int hurry(void)
{
	return getenv("LEAT_TEST_SHORT") != NULL;
}

/* ---- Days, counted one by one ---- */

struct date {
	int year, month, day;
};

static int month_length(int year, int month)
{
	if (month == 2) {
		if (year % 400 == 0)
			return 29;
		return year % 4 == 0 && year % 100 != 0 ? 29 : 28;
	}
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void next_date(struct date *d)
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
static int64_t slow_day(struct date d)
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

START_TEST(days_are_counted_as_one_counts_them)
{
	struct date d = { 0, 1, 1 };
	int64_t day = slow_day(d);
	int year, month, of_month;

	for (; d.year < (hurry() ? 500 : 10000); next_date(&d), day++) {
		times_date(day, &year, &month, &of_month);
		if (times_day(d.year, d.month, d.day) != day ||
		    year != d.year || month != d.month || of_month != d.day)
			ck_abort_msg("day %lld: %d-%d-%d, not %d-%d-%d",
			    (long long)day, year, month, of_month, d.year,
			    d.month, d.day);
	}
	ck_assert_int_eq(slow_day((struct date){ 1970, 1, 1 }), 0);
	ck_assert_int_eq(slow_day((struct date){ 2001, 1, 1 }), 11323);
	ck_assert_int_eq(times_day(2000, 2, 29), 11016);
}
END_TEST

/* ---- A slow reader of texts ---- */

/* What the letters of a form stand for; a digit each, FRACTION any number. */
struct fields {
	int64_t Y, M, D, h, m, s, o, p, sign;
	char fraction[64];
};

static int64_t *field_of(struct fields *f, char letter)
{
	switch (letter) {
	case 'Y':
		return &f->Y;
	case 'M':
		return &f->M;
	case 'D':
		return &f->D;
	case 'h':
		return &f->h;
	case 'm':
		return &f->m;
	case 's':
		return &f->s;
	case 'o':
		return &f->o;
	case 'p':
		return &f->p;
	default:
		return NULL;
	}
}

static int match_fraction(const char **text, struct fields *f)
{
	size_t n = strspn(*text, "0123456789");

	if (n == 0 || n >= sizeof f->fraction)
		return 0;
	memcpy(f->fraction, *text, n);
	f->fraction[n] = '\0';
	*text += n;
	return 1;
}

/* The text behind the form, or NULL if it does not begin with it. */
static const char *match_form(const char *form, const char *text,
    struct fields *f)
{
	for (; *form; form++) {
		int64_t *field = field_of(f, *form);

		if (*form == 'F') {
			if (!match_fraction(&text, f))
				return NULL;
			continue;
		}
		if (!field && *text != *form)
			return NULL;
		if (field && (*text < '0' || *text > '9'))
			return NULL;
		if (field)
			*field = 10 * *field + (*text - '0');
		text++;
	}
	return text;
}

static const char *const date_forms[] = { "YYYY-MM-DD", "YYYY/MM/DD",
	"YYYYMMDD", NULL };
static const char *const clock_forms[] = { "hh:mm", "hh:mm:ss", "hh:mm:ss.F",
	"hh:mm:ss,F", "hhmm", "hhmmss", "hhmmss.F", "hhmmss,F", NULL };
static const char *const zone_forms[] = { "", "Z", "z", "+oo:pp", "-oo:pp",
	"+oopp", "-oopp", "+oo", "-oo", " Z", " z", " +oo:pp", " -oo:pp",
	" +oopp", " -oopp", " +oo", " -oo", NULL };

/* The first nine digits as nanoseconds. */
static int64_t fraction_ns(const char *digits)
{
	char nine[10] = "000000000";

	for (size_t i = 0; i < 9 && digits[i]; i++)
		nine[i] = digits[i];
	return strtol(nine, NULL, 10);
}

/* seconds * BILLION + ns, if that is a time. */
static int in_range(int64_t seconds, int64_t ns, int64_t *t_out)
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

static int fields_value(const struct fields *f, int64_t *t_out)
{
	struct date d = { (int)f->Y, (int)f->M, (int)f->D };
	int64_t seconds, ns = fraction_ns(f->fraction);

	if (f->M < 1 || f->M > 12 || f->D < 1 ||
	    f->D > month_length(d.year, d.month))
		return 0;
	if (f->h > 24 || f->m > 59 || f->s > 60 || f->o > 23 || f->p > 59)
		return 0;
	if (f->h == 24 && f->m + f->s + ns > 0)
		return 0;
	seconds = slow_day(d) * 86400 + f->h * 3600 + f->m * 60 + f->s;
	return in_range(seconds - f->sign * (f->o * 3600 + f->p * 60), ns,
	    t_out);
}

/* A date, or a date with `between` and a time of day. */
static int read_dated(const char *text, const char *between, int64_t *t_out)
{
	for (int d = 0; date_forms[d]; d++) {
		struct fields f = { 0 }, g, h;
		const char *a = match_form(date_forms[d], text, &f), *b;

		if (a && *a == '\0' && *between)
			return fields_value(&f, t_out);
		if (!a || (*between && !strchr(between, *a)))
			continue;
		a += *between != '\0';
		for (int c = 0; clock_forms[c]; c++) {
			g = f;
			b = match_form(clock_forms[c], a, &g);
			for (int z = 0; b && zone_forms[z]; z++) {
				const char *end;

				h = g;
				h.sign = strchr(zone_forms[z], '-') ? -1 : 1;
				end = match_form(zone_forms[z], b, &h);
				if (end && *end == '\0')
					return fields_value(&h, t_out);
			}
		}
	}
	return 0;
}

static int64_t per_second(enum times_unit unit)
{
	return unit == TIMES_NS ? BILLION
	    : unit == TIMES_US  ? 1000000
	    : unit == TIMES_MS  ? 1000
				: 1;
}

/* The rule of the sizes, by the digits before the point. */
static enum times_unit unit_of(const char *digits, size_t n, int decimals)
{
	while (n > 1 && *digits == '0') {
		digits++;
		n--;
	}
	if (n <= 11 || decimals)
		return TIMES_S;
	return n <= 14 ? TIMES_MS : n <= 17 ? TIMES_US : TIMES_NS;
}

static int read_number(const char *text, enum times_unit unit, int64_t *t_out)
{
	int minus = *text == '-';
	const char *digits = text + (minus || *text == '+');
	size_t n = strspn(digits, "0123456789"), zeros = strspn(digits, "0");
	struct fields f = { 0 };
	const char *end = digits + n;
	int64_t per, whole, ns;

	if (n == 0)
		return 0;
	if (unit == TIMES_AUTO)
		unit = unit_of(digits, n, *end == '.');
	if (*end == '.') {
		end++;
		if (unit != TIMES_S || !match_fraction(&end, &f))
			return 0;
	}
	if (*end || n - (zeros < n ? zeros : n - 1) > 18 + (unit == TIMES_NS))
		return 0;
	per = per_second(unit);
	/* 19 digits are at most 9.99e18: too large for int64, not for this. */
	if (strtoull(digits, NULL, 10) > INT64_MAX)
		return minus &&
		    strtoull(digits, NULL, 10) == (uint64_t)INT64_MAX + 1 &&
		    in_range(-9223372037, 145224192, t_out);
	whole = (int64_t)strtoull(digits, NULL, 10);
	ns = whole % per * (BILLION / per) + fraction_ns(f.fraction);
	whole /= per;
	if (minus && ns > 0)
		return in_range(-whole - 1, BILLION - ns, t_out);
	return in_range(minus ? -whole : whole, ns, t_out);
}

static int slow_parse(const char *text, enum times_unit unit, int64_t *t_out)
{
	size_t n = strspn(text, "0123456789");
	int number = text[n] == '\0' || text[n] == '.', year;

	if (number && unit == TIMES_AUTO && (n == 8 || n == 14)) {
		sscanf(text, "%4d", &year);
		number = year < 1677 || year > 2262;
	}
	if (number || *text == '-' || *text == '+')
		return read_number(text, unit, t_out);
	return read_dated(text, n == 14 ? "" : "Tt ", t_out);
}

/* ---- Reading ---- */

static void check_reading(const char *text, enum times_unit unit)
{
	size_t len = strlen(text), first = strspn(text, " \t"), last = len;
	char *copy = malloc(len ? len : 1); /* nothing behind it is read */
	char trimmed[128] = "";
	int64_t t = 77, wanted = 77;
	int there, result;

	while (last > first && strchr(" \t", text[last - 1]))
		last--;
	memcpy(trimmed, text + first, last - first);
	there = slow_parse(trimmed, unit, &wanted);
	memcpy(copy, text, len);
	result = times_parse(copy, len, unit, &t);
	free(copy);
	if (there != (result == 0) || t != wanted || result > 0)
		ck_abort_msg("\"%s\" with unit %d: %d, %lld; wanted %d, %lld",
		    text, (int)unit, result, (long long)t, there,
		    (long long)wanted);
	if (result < 0 && *times_problem_text(result) == '\0')
		ck_abort_msg("problem %d has no words", result);
}

/* A text of this form, with digits from the state of a generator. */
static void fill_form(char *out, const char *form, uint32_t *state)
{
	static const char *const small[] = { "MM", "DD", "hh", "mm", "ss", "oo",
		"pp" };
	static const int limits[] = { 12, 28, 23, 59, 60, 14, 59 };

	for (const char *p = form; *p;) {
		size_t k = 0;

		*state = *state * 1664525u + 1013904223u;
		while (k < 7 && memcmp(p, small[k], 2) != 0)
			k++;
		if (k < 7) {
			int n = (int)((*state >> 8) % (unsigned)limits[k]);

			out += sprintf(out, "%02d", n + (k < 2 || k == 4));
			p += 2;
		} else if (memcmp(p, "YYYY", 4) == 0) {
			out += sprintf(out, "%d",
			    1678 + (int)((*state >> 8) % 584));
			p += 4;
		} else if (*p == 'F') {
			int n = 1 + (int)((*state >> 28) % 12);

			out += sprintf(out, "%0*u", n, *state >> 20);
			p++;
		} else {
			*out++ = *p++;
		}
	}
	*out = '\0';
}

/* One of each form of date, blank, time of day and zone. */
static void each_form(void (*check)(const char *text), uint32_t seed)
{
	static const char *const blanks[] = { "T", "t", " " };
	char form[64], text[96];

	for (int d = 0; date_forms[d]; d++) {
		fill_form(text, date_forms[d], &seed);
		check(text);
		for (int c = 0; clock_forms[c]; c++) {
			for (int z = 0; zone_forms[z]; z++) {
				snprintf(form, sizeof form, "%s%s%s%s",
				    date_forms[d], blanks[(c + z) % 3],
				    clock_forms[c], zone_forms[z]);
				fill_form(text, form, &seed);
				check(text);
			}
		}
	}
	fill_form(text, "YYYYMMDDhhmmss", &seed);
	check(text);
	fill_form(text, "YYYYMMDDhhmmss.F+oo:pp", &seed);
	check(text);
}

static void check_valid(const char *text)
{
	int64_t t;

	if (!slow_parse(text, TIMES_AUTO, &t))
		ck_abort_msg("\"%s\" should be a time", text);
	for (int unit = TIMES_AUTO; unit <= TIMES_NS; unit++)
		check_reading(text, (enum times_unit)unit);
}

START_TEST(times_are_read_in_all_their_forms)
{
	for (uint32_t seed = 1; seed <= (hurry() ? 3 : 50); seed++)
		each_form(check_valid, seed);
}
END_TEST

/* Replaced, left out or put in, at each place, by each of these. */
static void check_corrupted(const char *text)
{
	static const char others[] = "0123459:-/+TtZz ,.\tx\377";
	size_t len = strlen(text);
	char changed[128];

	for (size_t at = 0; at <= len; at++) {
		for (const char *c = others; *c; c++) {
			snprintf(changed, sizeof changed, "%.*s%c%s", (int)at,
			    text, *c, text + at);
			check_reading(changed, TIMES_AUTO);
			if (at < len)
				snprintf(changed, sizeof changed, "%.*s%c%s",
				    (int)at, text, *c, text + at + 1);
			check_reading(changed, TIMES_AUTO);
		}
		snprintf(changed, sizeof changed, "%.*s%s", (int)at, text,
		    at < len ? text + at + 1 : "");
		check_reading(changed, TIMES_AUTO);
	}
}

START_TEST(a_time_with_a_wrong_character_is_refused_or_means_what_it_says)
{
	static const char *const numbers[] = { "0", "-1", "1700000000",
		"1700000000.25", "-1700000000.000000001", "1700000000123",
		"1700000000123456", "1700000000123456789", "99999999",
		"9223372036854775807", "-9223372036854775808" };

	if (!hurry())
		each_form(check_corrupted, 99);
	check_corrupted("2001-02-28 23:59:60.25+02:00");
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		check_corrupted(numbers[i]);
}
END_TEST

static const struct {
	const char *text;
	enum times_unit unit;
	int64_t second, ns;
} known_times[] = {
	{ "1970-01-01", TIMES_AUTO, 0, 0 },
	{ "2001/01/01 00:47", TIMES_AUTO, 978310020, 0 },
	{ "20010101", TIMES_AUTO, 978307200, 0 },
	{ "20010101T004701", TIMES_AUTO, 978310021, 0 },
	{ "20010101004701", TIMES_AUTO, 978310021, 0 },
	{ "19691231", TIMES_AUTO, -86400, 0 },
	{ "2009-02-13T23:31:30Z", TIMES_AUTO, 1234567890, 0 },
	{ "2009-02-14 01:31:30.5+02:00", TIMES_AUTO, 1234567890, 500000000 },
	{ "2009-02-13 12:31:30,000000001 -1100", TIMES_AUTO, 1234567890, 1 },
	{ "2009-02-13t23:31:30.1234567899999z", TIMES_AUTO, 1234567890,
	    123456789 },
	{ "2016-12-31T23:59:60Z", TIMES_AUTO, 1483228800, 0 },
	{ "2016-12-31T24:00", TIMES_AUTO, 1483228800, 0 },
	{ "2000-02-29", TIMES_AUTO, 951782400, 0 },
	{ " 2000-02-29\t", TIMES_AUTO, 951782400, 0 },
	{ "1677-09-21T00:12:43.145224192", TIMES_AUTO, -9223372037, 145224192 },
	{ "2262-04-11T23:47:16.854775807", TIMES_AUTO, 9223372036, 854775807 },
	/* Outside in its own zone, inside in UTC. */
	{ "2262-04-12T01:47:16.8+02:00", TIMES_AUTO, 9223372036, 800000000 },
	{ "1234567890", TIMES_AUTO, 1234567890, 0 },
	{ "1234567890.25", TIMES_AUTO, 1234567890, 250000000 },
	{ "-0.75", TIMES_AUTO, -1, 250000000 },
	{ "99999999999", TIMES_MS, 99999999, 999000000 },
	{ "100000000000", TIMES_AUTO, 100000000, 0 },
	{ "99999999999999", TIMES_AUTO, 99999999999, 999000000 },
	{ "100000000000000", TIMES_AUTO, 100000000, 0 },
	{ "99999999999999999", TIMES_AUTO, 99999999999, 999999000 },
	{ "100000000000000000", TIMES_AUTO, 100000000, 0 },
	{ "16769999", TIMES_AUTO, 16769999, 0 },
	{ "16770922", TIMES_AUTO, -9223286400, 0 },
	{ "22620101", TIMES_AUTO, 9214646400, 0 },
	{ "22630101", TIMES_AUTO, 22630101, 0 },
	{ "20010101", TIMES_S, 20010101, 0 },
	{ "20010101", TIMES_MS, 20010, 101000000 },
	{ "-1", TIMES_US, -1, 999999000 },
	{ "-1", TIMES_NS, -1, 999999999 },
	{ "1.000000001999", TIMES_S, 1, 1 },
	{ "-9223372036854775808", TIMES_NS, -9223372037, 145224192 },
	{ "0000000000000000000000000001", TIMES_S, 1, 0 },
};

START_TEST(known_times_are_read)
{
	for (size_t i = 0; i < sizeof known_times / sizeof *known_times; i++) {
		const char *text = known_times[i].text;
		int64_t t, wanted;
		int there = in_range(known_times[i].second, known_times[i].ns,
		    &wanted);
		int result = times_parse(text, strlen(text),
		    known_times[i].unit, &t);

		if (there != (result == 0) || (there && t != wanted))
			ck_abort_msg("\"%s\": %d, %lld", text, result,
			    (long long)t);
	}
}
END_TEST

START_TEST(what_is_not_a_time_is_refused_with_the_reason)
{
	static const struct {
		const char *text;
		int problem;
	} wrong[] = {
		{ "", TIMES_FORM },
		{ "now", TIMES_FORM },
		{ "1e9", TIMES_FORM },
		{ "0x10", TIMES_FORM },
		{ "2001", 0 }, /* seconds */
		{ "2001-01", TIMES_FORM },
		{ "2001-1-1", TIMES_FORM },
		{ "2001-01/01", TIMES_FORM },
		{ "01/02/2001", TIMES_FORM },
		{ "2001-01-01T", TIMES_FORM },
		{ "2001-01-01T00", TIMES_FORM },
		{ "2001-01-01  00:00", TIMES_FORM },
		{ "2001-01-01T00:00:00.", TIMES_FORM },
		{ "2001-01-01T00:0000", TIMES_FORM },
		{ "2001-01-01T0000:00", TIMES_FORM },
		{ "2001-01-01004701", TIMES_FORM },
		{ "2001-01-01Z", TIMES_FORM },
		{ "2001-01-01T00:00 UTC", TIMES_FORM },
		{ "2001-01-01T00:00+2", TIMES_FORM },
		{ "2001-01-01T00:00+02:", TIMES_FORM },
		{ "2001-01-01T00:00+020", TIMES_FORM },
		{ "2001-01-01T00:00Z0", TIMES_FORM },
		{ "20010101.0", TIMES_FORM },
		{ "1.", TIMES_FORM },
		{ ".5", TIMES_FORM },
		{ "1.5.5", TIMES_FORM },
		{ "--1", TIMES_FORM },
		{ "2001-00-01", TIMES_MONTH },
		{ "20011301", TIMES_MONTH },
		{ "2001-01-00", TIMES_DAY },
		{ "2001-04-31", TIMES_DAY },
		{ "2001-02-29", TIMES_DAY },
		{ "1900-02-29", TIMES_DAY },
		{ "20010229", TIMES_DAY },
		{ "2001-01-01T25:00", TIMES_CLOCK },
		{ "2001-01-01T24:00:01", TIMES_CLOCK },
		{ "2001-01-01T24:00:00.1", TIMES_CLOCK },
		{ "2001-01-01T00:60", TIMES_CLOCK },
		{ "2001-01-01T00:00:61", TIMES_CLOCK },
		{ "2001-01-01T00:00+24:00", TIMES_ZONE },
		{ "2001-01-01T00:00+00:60", TIMES_ZONE },
		{ "1677-09-21T00:12:43.145224191", TIMES_RANGE },
		{ "2262-04-11T23:47:16.854775808", TIMES_RANGE },
		{ "2262-04-11T23:00-01:00", TIMES_RANGE },
		{ "0000-01-01", TIMES_RANGE },
		{ "9999-12-31", TIMES_RANGE },
		{ "9223372037", TIMES_RANGE },
		{ "1000000000000.5", TIMES_RANGE },
		{ "9223372036854775808", TIMES_RANGE },
		{ "-9223372036854775809", TIMES_RANGE },
		{ "18446744073709551616", TIMES_RANGE },
		{ "100000000000000000000000000000000", TIMES_RANGE },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const char *text = wrong[i].text;
		int64_t t = 5;
		int result = times_parse(text, strlen(text), TIMES_AUTO, &t);

		if (result != wrong[i].problem || (result && t != 5))
			ck_abort_msg("\"%s\": %d", text, result);
	}
	ck_assert_str_eq(times_problem_text(TIMES_DAY), "no such day");
	ck_assert_str_eq(times_problem_text(0), "");
}
END_TEST

/* ---- Writing ---- */

static void check_writing(int64_t t)
{
	char bytes[TIMES_SIZE + 2], *out = malloc(TIMES_SIZE);
	size_t n = times_format(out, t), digits;
	int64_t back, slow;

	if (n > TIMES_SIZE)
		ck_abort_msg("%lld: %zu bytes", (long long)t, n);
	memcpy(bytes, out, n);
	free(out);
	bytes[n] = '\0';
	digits = n == 20 ? 3 : n - 21;
	if (times_parse(bytes, n, TIMES_AUTO, &back) < 0 || back != t ||
	    !slow_parse(bytes, TIMES_AUTO, &slow) || slow != t ||
	    bytes[10] != 'T' || bytes[n - 1] != 'Z' || digits % 3 != 0 ||
	    (n > 20 && strcmp(bytes + n - 4, "000Z") == 0))
		ck_abort_msg("%lld: \"%s\"", (long long)t, bytes);
}

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

START_TEST(times_are_written_shortest_and_read_back)
{
	static const struct {
		int64_t t;
		const char *text;
	} known[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59.999999999Z" },
		{ 1, "1970-01-01T00:00:00.000000001Z" },
		{ 1000, "1970-01-01T00:00:00.000001Z" },
		{ 500000000, "1970-01-01T00:00:00.500Z" },
		{ 1234567890 * BILLION, "2009-02-13T23:31:30Z" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224192Z" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
	};
	uint32_t state = 7;
	char out[TIMES_SIZE + 1];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		out[times_format(out, known[i].t)] = '\0';
		ck_assert_str_eq(out, known[i].text);
		check_writing(known[i].t);
	}
	for (int i = 0; i < (hurry() ? 5000 : 200000); i++)
		check_writing(random_time(&state));
}
END_TEST

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
	tcase_add_test(c, days_are_counted_as_one_counts_them);
	tcase_add_test(c, known_times_are_read);
	tcase_add_test(c, times_are_read_in_all_their_forms);
	tcase_add_test(c,
	    a_time_with_a_wrong_character_is_refused_or_means_what_it_says);
	tcase_add_test(c, what_is_not_a_time_is_refused_with_the_reason);
	tcase_add_test(c, times_are_written_shortest_and_read_back);
	tcase_add_test(c, durations_are_read);
	tcase_add_test(c, a_duration_is_told_from_a_number_by_its_letters);
	tcase_add_test(c, decimals_of_durations_are_exact);
	tcase_add_test(c,
	    units_of_the_calendar_are_where_days_counted_put_them);
	tcase_add_test(c, calendars_are_read);
	return c;
}

#endif
