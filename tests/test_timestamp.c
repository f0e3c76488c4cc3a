/*
 * Times from text and to text, and days of the calendar.
 *
 * Days are held against a count of them, one by one; texts against a slow
 * reader that tries all forms there are, piece by piece, and knows nothing
 * of the one that is tested; also texts in which one byte is wrong. What is
 * written is held against gmtime(), which counts seconds in its own way.
 *
 * Texts are copies of just their size, once with nothing behind them, so
 * that the address sanitizer sees a read beyond the end, and once with a
 * digit, so that the result tells of it.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <leat_text.h>

#include "data.h"
#include "days.h"
#include "suites.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Returns n cases, or a twentieth of them for slow tools. */
static int times(int n)
{
	return short_run() ? n / 20 + 1 : n;
}

START_TEST(days_are_counted_as_one_counts_them)
{
	struct date d = { 0, 1, 1 };
	int64_t day = slow_day(d);
	int year, month, of_month;

	for (; d.year < (short_run() ? 500 : 10000); next_date(&d), day++) {
		leat_date_from_days(day, &year, &month, &of_month);
		if (leat_days_from_date(d.year, d.month, d.day) != day ||
		    year != d.year || month != d.month || of_month != d.day)
			ck_abort_msg("day %lld: %d-%d-%d, not %d-%d-%d",
			    (long long)day, year, month, of_month, d.year,
			    d.month, d.day);
	}
}
END_TEST

START_TEST(known_days_have_their_number)
{
	int year, month, day;

	ck_assert_int_eq(slow_day((struct date){ 2001, 1, 1 }), 11323);
	ck_assert_int_eq(leat_days_from_date(1970, 1, 1), 0);
	ck_assert_int_eq(leat_days_from_date(1969, 12, 31), -1);
	ck_assert_int_eq(leat_days_from_date(2000, 2, 29), 11016);
	ck_assert_int_eq(leat_days_from_date(0, 1, 1), -719528);
	ck_assert_int_eq(leat_days_from_date(9999, 12, 31), 2932896);
	leat_date_from_days(-719528, &year, &month, &day);
	ck_assert(year == 0 && month == 1 && day == 1);
	leat_date_from_days(2932896, &year, &month, &day);
	ck_assert(year == 9999 && month == 12 && day == 31);
}
END_TEST

/* ------------------------------------------------------------------ */
/* A slow reader of texts                                             */
/* ------------------------------------------------------------------ */

/* Values for the letters of a form; a digit each, FRACTION any number. */
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

/* LEAT_OK, or what is wrong first. */
static int fields_value(const struct fields *f, int64_t *t_out)
{
	struct date d = { (int)f->Y, (int)f->M, (int)f->D };
	int64_t seconds, ns = fraction_ns(f->fraction);

	if (f->M < 1 || f->M > 12)
		return LEAT_ERANGE;
	if (f->D < 1 || f->D > month_length(d.year, d.month))
		return LEAT_ERANGE;
	if (f->h > 24 || f->m > 59 || f->s > 60)
		return LEAT_ERANGE;
	if (f->h == 24 && f->m + f->s + ns > 0)
		return LEAT_ERANGE;
	if (f->o > 23 || f->p > 59)
		return LEAT_ERANGE;
	seconds = slow_day(d) * 86400 + f->h * 3600 + f->m * 60 + f->s;
	seconds -= f->sign * (f->o * 3600 + f->p * 60);
	return in_range(seconds, ns, t_out) ? LEAT_OK : LEAT_ERANGE;
}

/* The time of day and the zone, behind a date. */
static int read_clock(const char *text, const struct fields *date,
    int64_t *t_out)
{
	for (int c = 0; clock_forms[c]; c++) {
		struct fields f = *date;
		const char *behind = match_form(clock_forms[c], text, &f);

		for (int z = 0; behind && zone_forms[z]; z++) {
			struct fields g = f;
			const char *end;

			g.sign = strchr(zone_forms[z], '-') ? -1 : 1;
			end = match_form(zone_forms[z], behind, &g);
			if (end && *end == '\0')
				return fields_value(&g, t_out);
		}
	}
	return LEAT_EPARSE;
}

/* A date, or a date with `between` and a time of day. */
static int read_dated(const char *text, const char *between, int64_t *t_out)
{
	for (int d = 0; date_forms[d]; d++) {
		struct fields f = { 0 };
		const char *end = match_form(date_forms[d], text, &f);
		int err;

		if (end && *end == '\0' && *between)
			return fields_value(&f, t_out);
		if (!end || (*between && !strchr(between, *end)))
			continue;
		err = read_clock(end + (*between != '\0'), &f, t_out);
		if (err != LEAT_EPARSE)
			return err;
	}
	return LEAT_EPARSE;
}

static int64_t per_second(int unit)
{
	return unit == LEAT_UNIT_NS ? BILLION
	    : unit == LEAT_UNIT_US  ? 1000000
	    : unit == LEAT_UNIT_MS  ? 1000
				    : 1;
}

/* The rule of the sizes, by the digits before the point. */
static int unit_of(const char *digits, size_t n, int decimals)
{
	while (n > 1 && *digits == '0') {
		digits++;
		n--;
	}
	if (n <= 11 || decimals)
		return LEAT_UNIT_S;
	return n <= 14 ? LEAT_UNIT_MS : n <= 17 ? LEAT_UNIT_US : LEAT_UNIT_NS;
}

/* The digits of a number, with the decimals of a second. */
static int number_value(const char *digits, int minus, int unit,
    const char *fraction, int64_t *t_out)
{
	int64_t per = per_second(unit), whole, ns;
	uint64_t n;

	digits += strspn(digits, "0");
	if (strspn(digits, "0123456789") > 19)
		return LEAT_ERANGE;
	n = strtoull(digits, NULL, 10);      /* 19 digits fit */
	if (n / (uint64_t)per > 10000000000) /* fits int64_t now */
		return LEAT_ERANGE;
	whole = (int64_t)(n / (uint64_t)per);
	ns = (int64_t)(n % (uint64_t)per) * (BILLION / per);
	ns += fraction_ns(fraction);
	if (minus && ns > 0)
		return in_range(-whole - 1, BILLION - ns, t_out) ? LEAT_OK
								 : LEAT_ERANGE;
	return in_range(minus ? -whole : whole, ns, t_out) ? LEAT_OK
							   : LEAT_ERANGE;
}

static int read_number(const char *text, int unit, int64_t *t_out)
{
	int minus = *text == '-';
	const char *digits = text + (minus || *text == '+');
	size_t n = strspn(digits, "0123456789");
	struct fields f = { 0 };
	const char *end = digits + n;

	if (n == 0)
		return LEAT_EPARSE;
	if (unit == LEAT_UNIT_GUESS)
		unit = unit_of(digits, n, *end == '.');
	if (*end == '.') {
		end++;
		if (unit != LEAT_UNIT_S || !match_fraction(&end, &f))
			return LEAT_EPARSE;
	}
	if (*end)
		return LEAT_EPARSE;
	return number_value(digits, minus, unit, f.fraction, t_out);
}

static int slow_parse(const char *text, int unit, int64_t *t_out)
{
	size_t n = strspn(text, "0123456789");
	int number = text[n] == '\0' || text[n] == '.', year;

	if (number && unit == LEAT_UNIT_GUESS && (n == 8 || n == 14)) {
		sscanf(text, "%4d", &year);
		number = year < 1677 || year > 2262;
	}
	if (number || *text == '-' || *text == '+')
		return read_number(text, unit, t_out);
	return read_dated(text, n == 14 ? "" : "Tt ", t_out);
}

/* ------------------------------------------------------------------ */
/* Reading                                                            */
/* ------------------------------------------------------------------ */

#define UNTOUCHED 77

/*
 * Returns whether a code is excused: a text with two errors may report either,
 * a form that ends wrong or a field before that; the time of day or the zone.
 */
static int is_excused(int err, int wanted)
{
	return wanted == LEAT_EPARSE && err == LEAT_ERANGE;
}

/* n bytes, and what should come of them. */
static void expect(const char *text, size_t n, int unit, int wanted,
    int64_t t_wanted)
{
	static const char *const behind[] = { "", "7" };

	if (wanted != LEAT_OK)
		t_wanted = UNTOUCHED;
	for (int i = 0; i < 2; i++) {
		size_t more = strlen(behind[i]);
		char *copy = malloc(n + more + (n + more == 0));
		int64_t t = UNTOUCHED;
		int err;

		memcpy(copy, text, n);
		memcpy(copy + n, behind[i], more);
		err = leat_parse_time(copy, n, unit, &t, NULL);
		free(copy);
		if (t != t_wanted ||
		    (err != wanted && !is_excused(err, wanted)))
			ck_abort_msg("\"%.*s\" with unit %d: %d, %lld; wanted "
				     "%d, %lld",
			    (int)n, text, unit, err, (long long)t, wanted,
			    (long long)t_wanted);
	}
}

static void check_reading(const char *text, int unit)
{
	int64_t t = UNTOUCHED;
	int err = slow_parse(text, unit, &t);

	expect(text, strlen(text), unit, err, t);
}

static void check_guess(const char *text)
{
	check_reading(text, LEAT_UNIT_GUESS);
}

static void check_units(const char *text)
{
	for (int unit = LEAT_UNIT_GUESS; unit <= LEAT_UNIT_NS; unit++)
		check_reading(text, unit);
}

static void check_valid(const char *text)
{
	int64_t t;

	if (slow_parse(text, LEAT_UNIT_GUESS, &t) != LEAT_OK)
		ck_abort_msg("\"%s\" should be a time", text);
	check_units(text);
}

/* Two digits by two letters: the smallest number, and how many there are. */
static const struct part {
	const char *letters;
	unsigned first, n;
} parts[] = { { "MM", 1, 12 }, { "DD", 1, 28 }, { "hh", 0, 24 },
	{ "mm", 0, 60 }, { "ss", 0, 61 }, { "oo", 0, 15 }, { "pp", 0, 60 } };

static const struct part *part_at(const char *form)
{
	for (size_t k = 0; k < N_OF(parts); k++)
		if (memcmp(form, parts[k].letters, 2) == 0)
			return &parts[k];
	return NULL;
}

static unsigned below(struct rng *r, unsigned n)
{
	return (unsigned)rng_below(r, n);
}

/* A text of this form; the decimals are 1 to 12. */
static void fill_form(char *out, const char *form, struct rng *r)
{
	for (const char *p = form; *p;) {
		const struct part *part = p[1] ? part_at(p) : NULL;

		if (part) {
			out += sprintf(out, "%02u",
			    part->first + below(r, part->n));
			p += 2;
		} else if (*p == 'Y') {
			out += sprintf(out, "%u", 1678 + below(r, 584));
			p += 4;
		} else if (*p == 'F') {
			out += sprintf(out, "%0*u", 1 + (int)below(r, 12),
			    below(r, 4096));
			p++;
		} else {
			*out++ = *p++;
		}
	}
	*out = '\0';
}

/* Checks a text of each form of date, blank, time of day and zone. */
static void each_form(void (*check)(const char *text), uint64_t seed)
{
	static const char *const blanks[] = { "T", "t", " " };
	struct rng r = rng_new(seed);
	char form[64], text[96];

	for (int d = 0; date_forms[d]; d++) {
		fill_form(text, date_forms[d], &r);
		check(text);
		for (int c = 0; clock_forms[c]; c++) {
			for (int z = 0; zone_forms[z]; z++) {
				snprintf(form, sizeof(form), "%s%s%s%s",
				    date_forms[d], blanks[below(&r, 3)],
				    clock_forms[c], zone_forms[z]);
				fill_form(text, form, &r);
				check(text);
			}
		}
	}
	fill_form(text, "YYYYMMDDhhmmss", &r);
	check(text);
	fill_form(text, "YYYYMMDDhhmmss.F+oo:pp", &r);
	check(text);
}

START_TEST(times_are_read_in_all_their_forms)
{
	for (uint64_t seed = 1; seed <= (short_run() ? 3 : 50); seed++)
		each_form(check_valid, seed);
}
END_TEST

/* ---- One byte is wrong ---- */

/* Replaced, left out or put in, at each place, by each of these. */
static void check_corrupted(const char *text)
{
	static const char others[] = "0123459:-/+TtZz ,.\tx\377";
	size_t len = strlen(text);
	char changed[128];

	for (size_t at = 0; at <= len; at++) {
		for (const char *c = others; *c; c++) {
			snprintf(changed, sizeof(changed), "%.*s%c%s", (int)at,
			    text, *c, text + at);
			check_guess(changed);
			if (at == len)
				continue;
			snprintf(changed, sizeof(changed), "%.*s%c%s", (int)at,
			    text, *c, text + at + 1);
			check_guess(changed);
		}
		snprintf(changed, sizeof(changed), "%.*s%s", (int)at, text,
		    at < len ? text + at + 1 : "");
		check_guess(changed);
	}
}

START_TEST(a_time_with_a_wrong_character_is_refused_or_means_what_it_says)
{
	static const char *const numbers[] = { "0", "-1", "1700000000",
		"1700000000.25", "-1700000000.000000001", "1700000000123",
		"1700000000123456", "1700000000123456789", "99999999",
		"9223372036854775807", "-9223372036854775808" };

	if (!short_run())
		each_form(check_corrupted, 99);
	check_corrupted("2001-02-28 23:59:60.25+02:00");
	for (size_t i = 0; i < N_OF(numbers); i++)
		check_corrupted(numbers[i]);
}
END_TEST

/* Puts every byte at each place; a NUL is as wrong as a 1. */
static void check_each_byte(const char *text)
{
	size_t n = strlen(text);

	for (size_t at = 0; at < n; at++) {
		for (int byte = 0; byte < 256; byte++) {
			char changed[64];
			int64_t t = UNTOUCHED;
			int err;

			strcpy(changed, text);
			changed[at] = (char)(byte ? byte : 1);
			err = slow_parse(changed, LEAT_UNIT_GUESS, &t);
			changed[at] = (char)byte;
			expect(changed, n, LEAT_UNIT_GUESS, err, t);
		}
	}
}

START_TEST(no_byte_of_the_usual_form_can_be_another)
{
	static const char *const texts[] = { "2001-01-31T00:47:05",
		"1999-12-28 23:59:59", "2024-02-29t12:00:00Z",
		"2001-01-31T00:47:05.25", "2001-01-31 00:47:05,123456789",
		"2001-01-31T00:47:05+02:00", "2001-01-31T00:47:05.5-0130",
		"2001-01-31T00:47:05.123456789+02:00" };

	for (size_t i = 0; i < N_OF(texts); i++)
		check_each_byte(texts[i]);
}
END_TEST

/* ---- Fields of all sizes ---- */

/* In the form that is quick, and in others. */
static void check_day(int year, int month, int day)
{
	static const char *const forms[] = { "%04d-%02d-%02d",
		"%04d-%02d-%02dT00:47:05", "%04d/%02d/%02d 00:47:05",
		"%04d%02d%02dT0047", "%04d-%02d-%02dT23:59:60.5Z" };
	char text[64];

	for (size_t i = 0; i < N_OF(forms); i++) {
		snprintf(text, sizeof(text), forms[i], year, month, day);
		check_guess(text);
	}
}

/* Outside of the years there are, by what is wrong with them. */
START_TEST(months_end_where_they_end)
{
	for (int year = 1600; year <= 2400; year += short_run() ? 25 : 1) {
		for (int month = 0; month <= 13; month++) {
			check_day(year, month, 0);
			for (int day = 27; day <= 32; day++)
				check_day(year, month, day);
		}
	}
	check_day(0, 2, 29);
	check_day(9999, 12, 31);
	check_day(9999, 99, 99);
}
END_TEST

START_TEST(times_of_day_end_where_they_end)
{
	static const int edges[] = { 0, 1, 59, 60, 61, 99 };
	static const char *const forms[] = { "2001-01-31T%02d:%02d:%02d",
		"2001-01-31 %02d:%02d:%02d,0000000000Z",
		"2001-01-31T%02d:%02d:%02d.0000000001",
		"2001/01/31T%02d:%02d:%02d.000000001",
		"20010131t%02d%02d%02d+01", "20010131%02d%02d%02d" };
	char text[64];

	for (int hour = 0; hour < 100; hour++) {
		for (size_t i = 0; i < 36 * N_OF(forms); i++) {
			snprintf(text, sizeof(text), forms[i / 36], hour,
			    edges[i % 6], edges[i / 6 % 6]);
			check_guess(text);
		}
	}
}
END_TEST

START_TEST(zones_end_where_they_end)
{
	static const char *const forms[] = { "2001-01-31T00:47:05%c%02d:%02d",
		"2001-01-31T00:47:05.25 %c%02d%02d",
		"20010131T0047%c%02d:%02d" };
	static const int minutes[] = { 0, 1, 30, 59, 60, 99 };
	char text[64];

	for (int hours = 0; hours < 100; hours++) {
		for (size_t i = 0; i < 12 * N_OF(forms); i++) {
			snprintf(text, sizeof(text), forms[i / 12], "-+"[i % 2],
			    hours, minutes[i / 2 % 6]);
			check_guess(text);
		}
	}
}
END_TEST

/* A text without its separators is read another way. */
static void check_twin(const char *usual)
{
	char other[64];
	int64_t t = UNTOUCHED, u = UNTOUCHED;
	int err, other_err;

	snprintf(other, sizeof(other), "%.4s%.2s%.2sT%.2s%.2s%s", usual,
	    usual + 5, usual + 8, usual + 11, usual + 14, usual + 17);
	err = leat_parse_time(usual, strlen(usual), LEAT_UNIT_NS, &t, NULL);
	other_err = leat_parse_time(other, strlen(other), LEAT_UNIT_NS, &u,
	    NULL);
	if (t != u ||
	    (err != other_err && !is_excused(err, other_err) &&
		!is_excused(other_err, err)))
		ck_abort_msg("\"%s\": %d, %lld; \"%s\": %d, %lld", usual, err,
		    (long long)t, other, other_err, (long long)u);
}

START_TEST(the_usual_form_is_read_as_the_same_without_separators)
{
	static const char *const rests[] = { "", "Z", ".5", ".123456789Z",
		",25+02:00", "-1130", " z", ".", "+24:00", ".5x" };
	struct rng r = rng_new(20);

	for (int i = 0; i < times(100000); i++) {
		int wide = i % 2; /* fields that are too large, too */
		char text[64];

		snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02u%s",
		    1670 + below(&r, 600), 1 + below(&r, wide ? 14 : 12),
		    below(&r, wide ? 34 : 28), below(&r, wide ? 26 : 24),
		    below(&r, wide ? 62 : 60), below(&r, wide ? 63 : 60),
		    rests[below(&r, N_OF(rests))]);
		check_twin(text);
		check_guess(text);
	}
}
END_TEST

/* Reads n digits; the tenth and later ones are truncated. */
START_TEST(decimals_of_any_number_are_read)
{
	static const char *const before[] = { "2001-01-31T00:47:05",
		"20010131T004705", "980902025", "2001/01/31 00:47:05" };
	struct rng r = rng_new(21);
	char text[96], digits[48];

	for (int n = 1; n <= 40; n++) {
		for (int i = 0; i < times(400); i++) {
			int64_t ns = 0;

			for (int k = 0; k < n; k++)
				digits[k] = (char)('0' + below(&r, 10));
			for (int k = 0; k < 9; k++)
				ns = 10 * ns + (k < n ? digits[k] - '0' : 0);
			snprintf(text, sizeof(text), "%s%c%.*s", before[i % 4],
			    i % 8 < 4 && i % 4 != 2 ? ',' : '.', n, digits);
			expect(text, strlen(text), LEAT_UNIT_GUESS, LEAT_OK,
			    980902025 * BILLION + ns);
		}
	}
}
END_TEST

/* ---- The ends of time ---- */

START_TEST(the_first_and_the_last_nanosecond_can_be_read)
{
	static const char *const forms[] = {
		"1677-09-21T00:12:43.14522419%d",
		"1677-09-21T00:12:43.14522419%d9Z",
		"1677-09-20T22:12:43.14522419%d-02:00",
		"1677-09-21 14:12:43,14522419%d +14",
		"16770921T001243.14522419%d",
		"2262-04-11T23:47:16.85477580%d",
		"2262-04-11T23:47:16.85477580%d99",
		"2262-04-12T01:47:16.85477580%d+02:00",
		"2262/04/11T22:47:16.85477580%d-0100",
		"-922337203685477580%d",
		"+922337203685477580%d",
		"922337203685477580%d",
		"-9223372036.85477580%d",
		"9223372036.85477580%d9",
		"-922337203685477%d",
		"922337203685477%d",
		"-922337203685%d",
		"922337203685%d",
		"-922337203%d",
		"922337203%d",
		"9223372036%d",
		"1844674407370955161%d",
		"1844674407370955162%d",
		"-1844674407370955161%d",
	};
	char text[64];

	for (size_t i = 0; i < N_OF(forms); i++) {
		for (int digit = 0; digit < 10; digit++) {
			snprintf(text, sizeof(text), forms[i], digit);
			check_units(text);
		}
	}
}
END_TEST

START_TEST(the_ends_are_where_they_are)
{
	static const struct {
		const char *text;
		int err;
		int64_t t;
	} ends[] = {
		{ "1677-09-21T00:12:43.145224191", LEAT_ERANGE, 0 },
		{ "1677-09-21T00:12:43.145224192", LEAT_OK, INT64_MIN },
		{ "1677-09-21T00:12:43.145224193", LEAT_OK, INT64_MIN + 1 },
		{ "2262-04-11T23:47:16.854775806", LEAT_OK, INT64_MAX - 1 },
		{ "2262-04-11T23:47:16.854775807", LEAT_OK, INT64_MAX },
		{ "2262-04-11T23:47:16.854775808", LEAT_ERANGE, 0 },
		{ "-9223372036854775809", LEAT_ERANGE, 0 },
		{ "-9223372036854775808", LEAT_OK, INT64_MIN },
		{ "9223372036854775807", LEAT_OK, INT64_MAX },
		{ "9223372036854775808", LEAT_ERANGE, 0 },
	};

	for (size_t i = 0; i < N_OF(ends); i++)
		expect(ends[i].text, strlen(ends[i].text), LEAT_UNIT_GUESS,
		    ends[i].err, ends[i].t);
}
END_TEST

/* ---- Numbers ---- */

/* Around powers of ten, where a guess changes, and of any size. */
START_TEST(numbers_are_read_in_all_units)
{
	static const char *const forms[] = { "%llu", "-%llu", "+%llu",
		"000%llu", "-0000000000000000000000%llu", "%llu.0",
		"-%llu.000000001", "%llu.9999999999", "%llu.", "%llu,5",
		"%llue3" };
	struct rng r = rng_new(22);
	uint64_t ten = 1;
	char text[80];

	for (int n = 0; n < 20; n++, ten *= 10) {
		for (int i = 0; i < times(200); i++) {
			uint64_t x = i < 5
			    ? ten + (uint64_t)i - 2
			    : ten + rng_below(&r, 9 * (ten / 10 + 1));

			for (size_t k = 0; k < N_OF(forms); k++) {
				snprintf(text, sizeof(text), forms[k],
				    (unsigned long long)x);
				check_units(text);
			}
		}
	}
}
END_TEST

static const struct {
	const char *text;
	int unit;
	int64_t second, ns;
} known_times[] = {
	{ "1970-01-01", LEAT_UNIT_GUESS, 0, 0 },
	{ "2001/01/01 00:47", LEAT_UNIT_GUESS, 978310020, 0 },
	{ "20010101", LEAT_UNIT_GUESS, 978307200, 0 },
	{ "20010101T004701", LEAT_UNIT_GUESS, 978310021, 0 },
	{ "20010101004701", LEAT_UNIT_GUESS, 978310021, 0 },
	{ "19691231", LEAT_UNIT_GUESS, -86400, 0 },
	{ "2009-02-13T23:31:30Z", LEAT_UNIT_GUESS, 1234567890, 0 },
	{ "2009-02-14 01:31:30.5+02:00", LEAT_UNIT_GUESS, 1234567890,
	    500000000 },
	{ "2009-02-13 12:31:30,000000001 -1100", LEAT_UNIT_GUESS, 1234567890,
	    1 },
	{ "2009-02-13t23:31:30.1234567899999z", LEAT_UNIT_GUESS, 1234567890,
	    123456789 },
	{ "2016-12-31T23:59:60Z", LEAT_UNIT_GUESS, 1483228800, 0 },
	{ "2016-12-31T24:00", LEAT_UNIT_GUESS, 1483228800, 0 },
	{ "2000-02-29", LEAT_UNIT_GUESS, 951782400, 0 },
	{ "1677-09-21T00:12:43.145224192", LEAT_UNIT_GUESS, -9223372037,
	    145224192 },
	{ "2262-04-11T23:47:16.854775807", LEAT_UNIT_GUESS, 9223372036,
	    854775807 },
	/* Outside in its own zone, inside in UTC. */
	{ "2262-04-12T01:47:16.8+02:00", LEAT_UNIT_GUESS, 9223372036,
	    800000000 },
	{ "1234567890", LEAT_UNIT_GUESS, 1234567890, 0 },
	{ "1234567890.25", LEAT_UNIT_GUESS, 1234567890, 250000000 },
	{ "-0.75", LEAT_UNIT_GUESS, -1, 250000000 },
	{ "99999999999", LEAT_UNIT_MS, 99999999, 999000000 },
	{ "100000000000", LEAT_UNIT_GUESS, 100000000, 0 },
	{ "99999999999999", LEAT_UNIT_GUESS, 99999999999, 999000000 },
	{ "100000000000000", LEAT_UNIT_GUESS, 100000000, 0 },
	{ "99999999999999999", LEAT_UNIT_GUESS, 99999999999, 999999000 },
	{ "100000000000000000", LEAT_UNIT_GUESS, 100000000, 0 },
	{ "16769999", LEAT_UNIT_GUESS, 16769999, 0 },
	{ "16770922", LEAT_UNIT_GUESS, -9223286400, 0 },
	{ "22620101", LEAT_UNIT_GUESS, 9214646400, 0 },
	{ "22630101", LEAT_UNIT_GUESS, 22630101, 0 },
	{ "20010101", LEAT_UNIT_S, 20010101, 0 },
	{ "20010101", LEAT_UNIT_MS, 20010, 101000000 },
	{ "-1", LEAT_UNIT_US, -1, 999999000 },
	{ "-1", LEAT_UNIT_NS, -1, 999999999 },
	{ "1.000000001999", LEAT_UNIT_S, 1, 1 },
	{ "-9223372036854775808", LEAT_UNIT_NS, -9223372037, 145224192 },
	{ "0000000000000000000000000001", LEAT_UNIT_S, 1, 0 },
};

START_TEST(known_times_are_read)
{
	for (size_t i = 0; i < N_OF(known_times); i++) {
		const char *text = known_times[i].text;
		int64_t t = UNTOUCHED;
		int there = in_range(known_times[i].second, known_times[i].ns,
		    &t);

		expect(text, strlen(text), known_times[i].unit,
		    there ? LEAT_OK : LEAT_ERANGE, t);
		check_reading(text, known_times[i].unit);
	}
}
END_TEST

START_TEST(what_is_not_a_time_is_refused_with_the_reason)
{
	static const struct {
		const char *text;
		int problem;
	} wrong[] = {
		{ "", LEAT_EPARSE },
		{ "now", LEAT_EPARSE },
		{ "-01-31", LEAT_EPARSE },
		{ "20-01-31", LEAT_EPARSE },
		{ "20/01/31", LEAT_EPARSE },
		{ "2001-01-", LEAT_EPARSE },
		{ "2001--31", LEAT_EPARSE },
		{ " 2001-01-01", LEAT_EPARSE },
		{ "2001-01-01 ", LEAT_EPARSE },
		{ " 1", LEAT_EPARSE },
		{ "1 ", LEAT_EPARSE },
		{ "1\n", LEAT_EPARSE },
		{ "inf", LEAT_EPARSE },
		{ "2001-01-01T00:00:00Z ", LEAT_EPARSE },
		{ "2001-01-01T00:00:00ZZ", LEAT_EPARSE },
		{ "2001-01-01T00:00:00  Z", LEAT_EPARSE },
		{ "2001-01-01T00:00:00+2", LEAT_EPARSE },
		{ "2001-01-01T00:00:00,", LEAT_EPARSE },
		{ "+2001-01-01", LEAT_EPARSE },
		{ "02001-01-01", LEAT_EPARSE },
		{ "1e9", LEAT_EPARSE },
		{ "0x10", LEAT_EPARSE },
		{ "2001-01", LEAT_EPARSE },
		{ "2001-1-1", LEAT_EPARSE },
		{ "2001-01/01", LEAT_EPARSE },
		{ "01/02/2001", LEAT_EPARSE },
		{ "2001-01-01T", LEAT_EPARSE },
		{ "2001-01-01T00", LEAT_EPARSE },
		{ "2001-01-01  00:00", LEAT_EPARSE },
		{ "2001-01-01T00:00:00.", LEAT_EPARSE },
		{ "2001-01-01T00:0000", LEAT_EPARSE },
		{ "2001-01-01T0000:00", LEAT_EPARSE },
		{ "2001-01-01004701", LEAT_EPARSE },
		{ "2001-01-01Z", LEAT_EPARSE },
		{ "2001-01-01T00:00 UTC", LEAT_EPARSE },
		{ "2001-01-01T00:00+2", LEAT_EPARSE },
		{ "2001-01-01T00:00+02:", LEAT_EPARSE },
		{ "2001-01-01T00:00+020", LEAT_EPARSE },
		{ "2001-01-01T00:00Z0", LEAT_EPARSE },
		{ "20010101.0", LEAT_EPARSE },
		{ "1.", LEAT_EPARSE },
		{ ".5", LEAT_EPARSE },
		{ "1.5.5", LEAT_EPARSE },
		{ "--1", LEAT_EPARSE },
		{ "2001-00-01", LEAT_ERANGE },
		{ "20011301", LEAT_ERANGE },
		{ "2001-01-00", LEAT_ERANGE },
		{ "2001-04-31", LEAT_ERANGE },
		{ "2001-02-29", LEAT_ERANGE },
		{ "1900-02-29", LEAT_ERANGE },
		{ "20010229", LEAT_ERANGE },
		{ "2001-02-29T00:47:05", LEAT_ERANGE },
		{ "2001-13-01T00:47:05", LEAT_ERANGE },
		{ "2001-01-01T25:00:00", LEAT_ERANGE },
		{ "2001-01-01T00:00:61Z", LEAT_ERANGE },
		{ "2001-01-01T00:00:00+24:00", LEAT_ERANGE },
		{ "2001-01-01T00:00:00-0060", LEAT_ERANGE },
		{ "1677-09-21T00:12:42", LEAT_ERANGE },
		{ "2262-04-11T23:47:17", LEAT_ERANGE },
		{ "2001-01-01T25:00", LEAT_ERANGE },
		{ "2001-01-01T24:00:01", LEAT_ERANGE },
		{ "2001-01-01T24:00:00.1", LEAT_ERANGE },
		{ "2001-01-01T00:60", LEAT_ERANGE },
		{ "2001-01-01T00:00:61", LEAT_ERANGE },
		{ "2001-01-01T00:00+24:00", LEAT_ERANGE },
		{ "2001-01-01T00:00+00:60", LEAT_ERANGE },
		{ "1677-09-21T00:12:43.145224191", LEAT_ERANGE },
		{ "2262-04-11T23:47:16.854775808", LEAT_ERANGE },
		{ "2262-04-11T23:00-01:00", LEAT_ERANGE },
		{ "0000-01-01", LEAT_ERANGE },
		{ "9999-12-31", LEAT_ERANGE },
		{ "9223372037", LEAT_ERANGE },
		{ "1000000000000.5", LEAT_ERANGE },
		{ "9223372036854775808", LEAT_ERANGE },
		{ "-9223372036854775809", LEAT_ERANGE },
		{ "18446744073709551616", LEAT_ERANGE },
		{ "100000000000000000000000000000000", LEAT_ERANGE },
	};

	for (size_t i = 0; i < N_OF(wrong); i++) {
		const char *text = wrong[i].text;
		int64_t t = UNTOUCHED;
		int err = leat_parse_time(text, strlen(text), LEAT_UNIT_GUESS,
		    &t, NULL);

		if (err != wrong[i].problem || t != UNTOUCHED)
			ck_abort_msg("\"%s\": %d", text, err);
		check_reading(text, LEAT_UNIT_GUESS);
	}
}
END_TEST

START_TEST(a_unit_that_there_is_not_is_refused)
{
	static const int units[] = { -1, 5, INT_MIN, INT_MAX };
	static const char *const texts[] = { "2001-01-31T00:47:05Z", "1", "x",
		"" };

	for (size_t i = 0; i < N_OF(units); i++)
		for (size_t k = 0; k < N_OF(texts); k++)
			expect(texts[k], strlen(texts[k]), units[i],
			    LEAT_EINVAL, 0);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Writing                                                            */
/* ------------------------------------------------------------------ */

/* By gmtime(), with 0, 3, 6 or 9 decimals. */
static void slow_format(int64_t t, char *out)
{
	int64_t second = t / BILLION - (t % BILLION < 0);
	int ns = (int)(t % BILLION + (t % BILLION < 0 ? BILLION : 0));
	time_t clock = (time_t)second;

	out += strftime(out, 24, "%Y-%m-%dT%H:%M:%S", gmtime(&clock));
	if (ns % 1000)
		out += sprintf(out, ".%09d", ns);
	else if (ns % 1000000)
		out += sprintf(out, ".%06d", ns / 1000);
	else if (ns)
		out += sprintf(out, ".%03d", ns / 1000000);
	strcpy(out, "Z");
}

/* Into memory of just the size that may be written. */
static void format_time(int64_t t, char *text)
{
	char *out = malloc(LEAT_TIME_SIZE);
	size_t n = leat_format_time(t, out);

	if (n >= LEAT_TIME_SIZE || strlen(out) != n)
		ck_abort_msg("%lld: %zu bytes", (long long)t, n);
	strcpy(text, out);
	free(out);
}

static void check_writing(int64_t t)
{
	char text[LEAT_TIME_SIZE], wanted[64];
	int64_t slow = UNTOUCHED;

	format_time(t, text);
	slow_format(t, wanted);
	if (strcmp(text, wanted) != 0)
		ck_abort_msg("%lld: %s, not %s", (long long)t, text, wanted);
	if (slow_parse(text, LEAT_UNIT_GUESS, &slow) != LEAT_OK || slow != t)
		ck_abort_msg("the oracles do not agree on %s", text);
	expect(text, strlen(text), LEAT_UNIT_MS, LEAT_OK, t);
}

START_TEST(known_times_are_written)
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
	char text[LEAT_TIME_SIZE];

	for (size_t i = 0; i < N_OF(known); i++) {
		format_time(known[i].t, text);
		ck_assert_str_eq(text, known[i].text);
		check_writing(known[i].t);
	}
}
END_TEST

START_TEST(times_are_written_shortest_and_read_back)
{
	static const int64_t grains[] = { 1, 1000, 1000000, BILLION,
		60 * BILLION, 86400 * BILLION };
	struct rng r = rng_new(23);

	for (int i = 0; i < times(200000); i++) {
		uint64_t bits = rng_next(&r) >> (i % 3 ? 0 : i % 61);
		int64_t t;

		memcpy(&t, &bits, sizeof(t));
		check_writing(t - t % grains[i % 6]);
	}
	for (int64_t i = 0; i < times(2000); i++) {
		check_writing(INT64_MIN + i * i * i);
		check_writing(INT64_MAX - i * i * i);
		check_writing(i * i * i - 1000);
	}
}
END_TEST

/* The last nanosecond of each and the first one of the next. */
START_TEST(all_days_are_written)
{
	for (int64_t day = -106751; day <= 106751;
	     day += short_run() ? 100 : 1) {
		check_writing(day * 86400 * BILLION);
		check_writing(day * 86400 * BILLION - 1);
	}
}
END_TEST

/* ------------------------------------------------------------------ */

static TCase *reading_case(void)
{
	TCase *c = tcase_create("reading");

	tcase_add_test(c, times_are_read_in_all_their_forms);
	tcase_add_test(c,
	    a_time_with_a_wrong_character_is_refused_or_means_what_it_says);
	tcase_add_test(c, no_byte_of_the_usual_form_can_be_another);
	tcase_add_test(c, months_end_where_they_end);
	tcase_add_test(c, times_of_day_end_where_they_end);
	tcase_add_test(c, zones_end_where_they_end);
	tcase_add_test(c,
	    the_usual_form_is_read_as_the_same_without_separators);
	tcase_add_test(c, decimals_of_any_number_are_read);
	tcase_add_test(c, the_first_and_the_last_nanosecond_can_be_read);
	tcase_add_test(c, the_ends_are_where_they_are);
	tcase_add_test(c, numbers_are_read_in_all_units);
	tcase_add_test(c, known_times_are_read);
	tcase_add_test(c, what_is_not_a_time_is_refused_with_the_reason);
	tcase_add_test(c, a_unit_that_there_is_not_is_refused);
	return c;
}

static TCase *writing_case(void)
{
	TCase *c = tcase_create("writing");

	tcase_add_test(c, days_are_counted_as_one_counts_them);
	tcase_add_test(c, known_days_have_their_number);
	tcase_add_test(c, known_times_are_written);
	tcase_add_test(c, times_are_written_shortest_and_read_back);
	tcase_add_test(c, all_days_are_written);
	return c;
}

Suite *timestamp_suite(void)
{
	TCase *const cases[] = { reading_case(), writing_case() };
	Suite *suite = suite_create("timestamp");

	for (size_t i = 0; i < N_OF(cases); i++) {
		tcase_set_timeout(cases[i], 300);
		suite_add_tcase(suite, cases[i]);
	}
	return suite;
}
