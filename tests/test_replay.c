/*
 * The parts that the programs are made of, but for what the library has of
 * text: numbers with blanks, durations and calendars, window and statistics
 * specs, formulas, options, keys. What a formula's model is fed with is held
 * against the whole history of rows.
 */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

#include "cli_scan.h"
#include "cli_settings.h"
#include "cli_window.h"
#include "columns.h"
#include "design.h"
#include "formula.h"
#include "hints.h"
#include "keys.h"
#include "learn_calls.h"
#include "learner.h"
#include "list.h"
#include "nearest.h"
#include "number.h"
#include "row_format.h"
#include "series.h"
#include "test_times.h"
#include "ticks.h"
#include "time_text.h"
#include "values.h"

/* ---- Tools ---- */

/* Text that grows. */
struct text {
	char bytes[4096];
	size_t len;
};

static void append(struct text *t, const char *bytes, size_t n)
{
	ck_assert_uint_lt(t->len + n, sizeof t->bytes);
	memcpy(t->bytes + t->len, bytes, n);
	t->len += n;
	t->bytes[t->len] = '\0';
}

static uint64_t seed = 88172645463325252u;

static uint64_t random_bits(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* ---- Numbers ---- */

static double parse(const char *text)
{
	double x = -12345;

	ck_assert_msg(number_parse(text, strlen(text), &x) == 0,
	    "\"%s\" was refused", text);
	return x;
}

START_TEST(blanks_around_a_number_do_not_count)
{
	static const char *const refused[] = { "", " ", " \t ", "1 2", "- 1",
		"\n1", "1\n", "\v1", "1\r", "1x", " 1x ", "\302\2401" };
	double x = 7;

	ck_assert(parse("1.5") == 1.5);
	ck_assert(parse("  1.5") == 1.5);
	ck_assert(parse("\t-1.5e1 \t") == -15);
	ck_assert(isnan(parse(" nan ")));
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		ck_assert_msg(number_parse(refused[i], strlen(refused[i]),
				  &x) == -1,
		    "\"%s\" was read", refused[i]);
	ck_assert(x == 7);
}
END_TEST

static void expect_trimmed(const char *text, size_t start, size_t len)
{
	size_t n = strlen(text);

	ck_assert_ptr_eq(number_trim(text, &n), text + start);
	ck_assert_uint_eq(n, len);
}

START_TEST(blanks_are_spaces_and_tabs_at_either_end)
{
	expect_trimmed("", 0, 0);
	expect_trimmed("a", 0, 1);
	expect_trimmed(" \ta b\t ", 2, 3);
	expect_trimmed("\na\r", 0, 3);
	expect_trimmed("  ", 2, 0);
}
END_TEST

START_TEST(whole_numbers_are_digits_alone)
{
	uint64_t n = 5;
	char text[NUMBER_SIZE];

	ck_assert_int_eq(number_parse_count("18446744073709551615", 20, &n), 0);
	ck_assert_uint_eq(n, UINT64_MAX);
	ck_assert_int_lt(number_parse_count("18446744073709551616", 20, &n), 0);
	ck_assert_int_lt(number_parse_count("", 0, &n), 0);
	ck_assert_int_lt(number_parse_count("-1", 2, &n), 0);
	ck_assert_int_lt(number_parse_count("1.0", 3, &n), 0);
	ck_assert_int_lt(number_parse_count(" 1", 2, &n), 0);
	ck_assert_int_lt(number_parse_count("99999999999999999999", 20, &n), 0);
	ck_assert_uint_eq(n, UINT64_MAX);
	ck_assert_uint_eq(number_format_count(text, UINT64_MAX), 20);
	ck_assert_mem_eq(text, "18446744073709551615", 20);
	ck_assert_uint_eq(number_format_count(text, 0), 1);
	ck_assert_int_eq(text[0], '0');
}
END_TEST

START_TEST(division_rounds_down)
{
	for (int64_t b = 1; b < 9; b++) {
		for (int64_t a = -40; a <= 40; a++) {
			int64_t rest = -1, q = number_floor(a, b, &rest);

			ck_assert(rest >= 0 && rest < b && q * b + rest == a);
		}
	}
}
END_TEST

START_TEST(division_rounds_down_at_the_ends_of_what_there_is)
{
	int64_t rest;

	ck_assert(number_floor(INT64_MIN, 1, &rest) == INT64_MIN && rest == 0);
	ck_assert(number_floor(INT64_MIN, INT64_MAX, &rest) == -2);
	ck_assert_int_eq(rest, INT64_MAX - 1);
	ck_assert(number_floor(-1, INT64_MAX, &rest) == -1);
	ck_assert_int_eq(rest, INT64_MAX - 1);
	ck_assert(number_floor(INT64_MAX, INT64_MAX, &rest) == 1 && rest == 0);
}
END_TEST

/* ---- Windows and statistics ---- */

static struct cli_window spec_of(const char *text)
{
	struct cli_window w = { 0 };
	char why[512];

	ck_assert_msg(cli_window_parse(text, &w, why, sizeof why) == 0,
	    "%s: %s", text, why);
	return w;
}

static leat_window_options window_of(const char *text)
{
	struct cli_window w = spec_of(text);

	ck_assert(!w.by_time);
	ck_assert_int_eq(w.time.kind, w.count.kind);
	ck_assert(w.time.span == 0 && w.time.half_life == 0);
	return w.count;
}

START_TEST(windows_are_read)
{
	leat_window_options o = window_of("100");

	ck_assert_int_eq(o.kind, LEAT_SLIDING);
	ck_assert_uint_eq(o.size, 100);
	o = window_of("sliding:7");
	ck_assert_int_eq(o.kind, LEAT_SLIDING);
	ck_assert_uint_eq(o.size, 7);
	o = window_of("tumbling:60");
	ck_assert_int_eq(o.kind, LEAT_TUMBLING);
	ck_assert_uint_eq(o.size, 60);
	o = window_of("hopping:100/10");
	ck_assert_int_eq(o.kind, LEAT_HOPPING);
	ck_assert_uint_eq(o.size, 100);
	ck_assert_uint_eq(o.hop, 10);
	ck_assert_int_eq(window_of("landmark").kind, LEAT_LANDMARK);
	o = window_of("decay:alpha=0.25");
	ck_assert_int_eq(o.kind, LEAT_DECAY);
	ck_assert(o.alpha == 0.25 && o.unadjusted == 0);
	ck_assert(window_of("decay:span=20").ewm_span == 20);
	ck_assert(window_of("ewm:half_life=20").half_life == 20);
	ck_assert_int_eq(window_of("expanding").kind, LEAT_LANDMARK);
	o = window_of("decay:halflife=1.5,recursive");
	ck_assert(o.half_life == 1.5 && o.unadjusted == 1);
}
END_TEST

static leat_time_window_options time_window_of(const char *text)
{
	struct cli_window w = spec_of(text);

	ck_assert(w.by_time);
	ck_assert_int_eq(w.time.kind, w.count.kind);
	ck_assert(w.count.size == 0 && w.count.hop == 0);
	ck_assert(w.count.half_life == 0);
	return w.time;
}

START_TEST(windows_by_time_are_read)
{
	leat_time_window_options o = time_window_of("60s");
	struct cli_window w;

	ck_assert_int_eq(o.kind, LEAT_SLIDING);
	ck_assert_int_eq(o.span, LEAT_MINUTE);
	o = time_window_of("sliding:1h30m");
	ck_assert_int_eq(o.kind, LEAT_SLIDING);
	ck_assert_int_eq(o.span, 90 * LEAT_MINUTE);
	o = time_window_of("tumbling:0.5d");
	ck_assert_int_eq(o.kind, LEAT_TUMBLING);
	ck_assert_int_eq(o.span, 12 * LEAT_HOUR);
	o = time_window_of("hopping:6h/1h");
	ck_assert_int_eq(o.kind, LEAT_HOPPING);
	ck_assert_int_eq(o.span, 6 * LEAT_HOUR);
	ck_assert_int_eq(o.hop, LEAT_HOUR);
	o = time_window_of("session:30m");
	ck_assert_int_eq(o.kind, LEAT_SESSION);
	ck_assert_int_eq(o.gap, 30 * LEAT_MINUTE);
	o = time_window_of("decay:halflife=20s");
	ck_assert_int_eq(o.kind, LEAT_DECAY);
	ck_assert(o.half_life == 20e9);
	w = spec_of("calendar:week-05:30");
	ck_assert(w.by_time && w.time.kind == LEAT_CALENDAR);
	ck_assert_int_eq(w.calendar.unit, CALENDAR_WEEK);
	ck_assert_int_eq(w.calendar.ahead, -330 * LEAT_MINUTE);
	/* Options of one window do not stay for the next. */
	ck_assert_int_eq(cli_window_parse("5", &w, NULL, 0), 0);
	ck_assert(!w.by_time && w.calendar.ahead == 0 && w.count.size == 5);
}
END_TEST

START_TEST(what_is_not_a_window_is_refused_and_changes_nothing)
{
	static const char *const texts[] = { "", "x", "sliding:", "sliding:-1",
		"1e3", "10x", "tumbling:1/2", "hopping:/", "landmark:1",
		"decay:0.5", "sliding,5", "5 min_count:2", "decay:alpha",
		"decay:alpha=", "decay:alpha=x", "decay:beta=1",
		"decay:alpha=0.5,fast", "slidin:1", "slidings:1",
		"99999999999999999999999", "decay:,alpha=1", "60S", "1y",
		"-60s", "tumbling:s", "hopping:6h/10", "hopping:60/1h",
		"hopping:6h/", "session:30", "min_count:5", "calendar",
		"calendar:", "calendar:decade", "calendar:day+25",
		"landmark:1h", "decay:alpha=1s", "decay:halflife=1s,recursive",
		"decay:halflife=1x", "99999999w" };
	struct cli_window w = { 0 };
	char why[512];

	w.count.size = 3;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		ck_assert_msg(cli_window_parse(texts[i], &w, why, sizeof why) <
			0,
		    "\"%s\" was read", texts[i]);
		ck_assert_ptr_nonnull(strstr(why, "hopping:100/10"));
		ck_assert_ptr_nonnull(strstr(why, "session:30m"));
	}
	ck_assert(w.count.size == 3 && !w.by_time && w.time.span == 0);
}
END_TEST

/* A missing field is no time, and a number may mean missing. */
START_TEST(times_of_fields_can_be_missing)
{
	static const struct {
		const char *na, *text;
		int result;
	} cases[] = {
		{ ",NA", "2001-01-01", 0 },
		{ ",NA", "", 1 },
		{ ",NA", " NA ", 1 },
		{ ",NA", "nan", LEAT_EPARSE },
		{ ",NA", "2001-01-32", LEAT_ERANGE },
		{ "-999", "-999", 1 },
		{ "-999", "-998", TIME_TEXT_NO_UNIT },
		{ "-999", "", LEAT_EPARSE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		leat_csv_field field = { cases[i].text, 0 };
		struct list na = { 0 };
		struct values values;
		int64_t t;

		field.len = strlen(cases[i].text);
		ck_assert_int_eq(list_add_split(&na, cases[i].na), 0);
		values_init(&values, &na);
		ck_assert_int_eq(values_read_time(&values, &field,
				     LEAT_UNIT_GUESS, &t),
		    cases[i].result);
		list_clear(&na);
	}
}
END_TEST

/* Seconds of a date, by the library's other way. */
static int64_t seconds_of(int year, int month, int day)
{
	return leat_days_from_date(year, month, day) * 86400;
}

static void expect_time(const char *text, int unit, int result, int64_t seconds)
{
	struct list na = { 0 };
	leat_csv_field field = { text, strlen(text) };
	struct values values;
	int64_t t = 0;

	values_init(&values, &na);
	ck_assert_int_eq(values_read_time(&values, &field, unit, &t), result);
	if (result == 0)
		ck_assert_int_eq(t, seconds * LEAT_SECOND);
	list_clear(&na);
}

START_TEST(numbers_without_a_unit_are_years_months_or_late)
{
	static const char *const none[] = { "0", "5", "-1", "1.5", "1677",
		"2263", "0042", "202400", "202413", "166612", "226205", "19000",
		"45000", "99999999", "631151999", "+631151999" };
	char text[32];

	for (int year = 1678; year <= 2262; year++) {
		snprintf(text, sizeof text, " %d ", year);
		expect_time(text, LEAT_UNIT_GUESS, 0, seconds_of(year, 1, 1));
		for (int month = 1; month <= (year == 2262 ? 4 : 12); month++) {
			snprintf(text, sizeof text, "%d%02d", year, month);
			expect_time(text, LEAT_UNIT_GUESS, 0,
			    seconds_of(year, month, 1));
		}
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		expect_time(none[i], LEAT_UNIT_GUESS, TIME_TEXT_NO_UNIT, 0);
	expect_time("631152000", LEAT_UNIT_GUESS, 0, seconds_of(1990, 1, 1));
	expect_time("19850102", LEAT_UNIT_GUESS, 0, seconds_of(1985, 1, 2));
	expect_time("1985-01-02", LEAT_UNIT_GUESS, 0, seconds_of(1985, 1, 2));
	expect_time("19850102000000", LEAT_UNIT_GUESS, 0,
	    seconds_of(1985, 1, 2));
	/* With a unit, any number is what it says. */
	expect_time("2024", LEAT_UNIT_S, 0, 2024);
	expect_time("-1", LEAT_UNIT_S, 0, -1);
	expect_time("5000", LEAT_UNIT_MS, 0, 5);
	ck_assert_str_eq(time_text_why(LEAT_EPARSE, "x", 1, LEAT_UNIT_GUESS),
	    "");
	ck_assert_ptr_nonnull(strstr(time_text_why(TIME_TEXT_NO_UNIT, "12", 2,
					 LEAT_UNIT_GUESS),
	    "--time-unit"));
	ck_assert_str_eq(time_text_why(LEAT_ERANGE, "2024-13-01", 10,
			     LEAT_UNIT_GUESS),
	    "no such month");
}
END_TEST

START_TEST(the_nearest_word_is_the_one_with_fewest_changes)
{
	static const struct {
		const char *word, *best;
	} cases[] = {
		{ "maen", "mean" },
		{ "meann", "mean" },
		{ "MEAN", "mean" },
		{ "stdev", "stddev" },
		{ "corelation", "correlation" },
		{ "x", NULL },
		{ "quartile", NULL },
		{ "", NULL },
	};
	static const char *const known[] = { "median", "mean", "stddev",
		"correlation", "min", "max", "" };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct nearest n = nearest_to(cases[i].word,
		    strlen(cases[i].word));

		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			nearest_offer(&n, known[k]);
		if (cases[i].best)
			ck_assert_str_eq(n.best, cases[i].best);
		else
			ck_assert_ptr_null(n.best);
	}
}
END_TEST

/* Returns the hint for an input that comes byte by byte; NULL if none. */
static const char *magic_of(const char *bytes, size_t n)
{
	static char text[160];
	struct magic m = { { 0 }, 0 };

	for (size_t i = 0; i < n; i++)
		if (magic_take(&m, bytes + i, 1, "wc", text, sizeof text))
			return text;
	return NULL;
}

#define MAGIC_OF(bytes) magic_of(bytes, sizeof(bytes) - 1)

START_TEST(what_is_no_text_is_known_by_its_first_bytes)
{
	ck_assert_str_eq(MAGIC_OF("\x1F\x8B\x08"),
	    "gzip (1F 8B), not text: zcat FILE | wc");
	ck_assert_str_eq(MAGIC_OF("PAR1"),
	    "Parquet (PAR1), not text: export it as CSV");
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("\x28\xB5\x2F\xFD"), "zstdcat"));
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("BZh91AY&SY"), "bzcat"));
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("BZh11AY&SY"), "bzcat"));
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("\xFD"
					      "7zXZ"),
	    "xzcat"));
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("PK\3\4"), "unzip"));
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("\xFF\xFEv\0"), "FF FE"));
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("\xFE\xFF\0v"), "FE FF"));
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("v\0\n\0"), "UTF-16LE"));
	ck_assert_ptr_nonnull(strstr(MAGIC_OF("\0v\0\n"), "UTF-16BE"));
	ck_assert_ptr_null(MAGIC_OF("BZh9,PK\n1,2\n"));
	ck_assert_ptr_null(MAGIC_OF("\xEF\xBB\xBFv\n1\n"));
	ck_assert_ptr_null(MAGIC_OF("v,w\n1\n"
				    "\x1F\x8B"));
	ck_assert_ptr_null(MAGIC_OF(""));
}
END_TEST

START_TEST(statistics_of_pairs_are_kept_apart)
{
	struct cli_stats s = { 0 };
	char why[256];

	ck_assert_int_eq(cli_stats_parse("mean,corr,std,slope", &s, why,
			     sizeof why),
	    0);
	ck_assert_uint_eq(s.n_single, 2);
	ck_assert_uint_eq(s.n_pair, 2);
	ck_assert_str_eq(leat_stat_name(&s.single[1]), "stddev");
	ck_assert_str_eq(leat_stat_name(&s.pair[0]), "correlation");
	ck_assert_int_lt(cli_stats_parse("mean,no", &s, why, sizeof why), 0);
	ck_assert_ptr_nonnull(strstr(why, "\"no\""));
	ck_assert_int_lt(cli_stats_parse("std,stddev", &s, why, sizeof why), 0);
	ck_assert_ptr_nonnull(strstr(why, "twice"));
	ck_assert_int_lt(cli_stats_parse("", &s, why, sizeof why), 0);
	ck_assert_int_lt(cli_stats_parse("mean/1m", &s, why, sizeof why), 0);
	ck_assert_uint_eq(s.n_single, 2);
	ck_assert_int_eq(cli_stats_parse("rate/1m,sum", &s, why, sizeof why),
	    0);
	ck_assert(s.n_single == 2 && s.single[0].arg == LEAT_MINUTE);
	cli_stats_clear(&s);
}
END_TEST

/* ---- The rest ---- */

START_TEST(lists_are_split_at_commas_outside_quotes)
{
	struct list l = { 0 };

	ck_assert_int_eq(list_add_split(&l, "a,\"b,c\",,d"), 0);
	ck_assert_uint_eq(l.n, 4);
	ck_assert_str_eq(l.items[1], "b,c");
	ck_assert_str_eq(l.items[2], "");
	ck_assert(list_has(&l, "d", 1) && !list_has(&l, "e", 1));
	list_clear(&l);
	ck_assert_int_eq(list_add_split(&l, ""), 0);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_str_eq(l.items[0], "");
	list_clear(&l);
}
END_TEST

START_TEST(keys_are_numbered_in_order_of_appearance)
{
	struct keys *keys = keys_new();
	char text[32];
	size_t number, len;

	ck_assert_ptr_nonnull(keys);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < 10000; i++) {
			int n = snprintf(text, sizeof text, "key %zu", i * 7);

			ck_assert_int_eq(keys_add(keys, text, (size_t)n,
					     &number),
			    round == 0);
			ck_assert_uint_eq(number, i);
		}
	}
	ck_assert_uint_eq(keys_count(keys), 10000);
	ck_assert_str_eq(keys_text(keys, 3, &len), "key 21");
	ck_assert_uint_eq(len, 6);
	ck_assert_int_eq(keys_find(keys, "key 14", 6, &number), 0);
	ck_assert_uint_eq(number, 2);
	ck_assert_int_lt(keys_find(keys, "key 13", 6, &number), 0);
	ck_assert_int_eq(keys_add(keys, "", 0, &number), 1);
	ck_assert_int_eq(keys_add(keys, "", 0, &number), 0);
	keys_free(keys);
	keys_free(NULL);
}
END_TEST

/* Texts of up to 40 bytes, a few hundred of them, some alike for long. */
static size_t make_key(unsigned i, char text[64])
{
	const char *front = i % 3 == 0 ? ""
	    : i % 3 == 1               ? "a.long.start.of.it"
				       : "abcdefgh";

	return (size_t)snprintf(text, 64, "%s%u%s", front, i,
	    i % 5 == 0 ? ".and.a.long.end" : "");
}

/* Against an array that says which texts are there, and by what number. */
START_TEST(keys_come_and_go)
{
	enum { N = 300 };
	const uint64_t secret[2] = { random_bits(), random_bits() };
	struct keys *keys = keys_new();
	size_t numbers[N], number, len;
	int there[N] = { 0 };
	char text[64];

	ck_assert_ptr_nonnull(keys);
	if (_i > 0)
		keys_seed(keys, secret);
	for (int step = 0; step < 20000; step++) {
		unsigned i = (unsigned)(random_bits() % N);
		size_t n = make_key(i, text);

		if (there[i] && random_bits() % 2) {
			keys_drop(keys, numbers[i]);
			there[i] = 0;
		} else {
			ck_assert_int_eq(keys_add(keys, text, n, &number),
			    !there[i]);
			ck_assert(!there[i] || number == numbers[i]);
			numbers[i] = number;
			there[i] = 1;
			ck_assert_str_eq(keys_text(keys, number, &len), text);
		}
		i = (unsigned)(random_bits() % N);
		n = make_key(i, text);
		ck_assert_int_eq(keys_find(keys, text, n, &number),
		    there[i] ? 0 : -1);
		ck_assert(!there[i] || number == numbers[i]);
	}
	/* Numbers are used again. */
	ck_assert_uint_le(keys_count(keys), N);
	for (unsigned i = 0; i < N; i++)
		for (unsigned k = 0; k < i; k++)
			ck_assert(!there[i] || !there[k] ||
			    numbers[i] != numbers[k]);
	keys_free(keys);
}
END_TEST

static const struct cli_option some_options[] = {
	{ 1, 'a', "all", NULL, "a flag" },
	{ 2, 'n', "number", "N", "with an argument" },
};
static const struct cli_option_group some_groups[] = {
	{ "Some", some_options, 2 },
};

/* Compares the scan's result, as one line. */
static void expect_options(int argc, const char **argv, const char *expected)
{
	struct cli_scan s = { 0 };
	char got[256];
	size_t len = 0;
	int id;

	got[0] = '\0';
	s.groups = some_groups;
	s.n_groups = 1;
	s.argc = argc;
	s.argv = (char **)(uintptr_t)argv;
	while ((id = cli_next(&s)) != CLI_END && id != CLI_BAD)
		len += (size_t)snprintf(got + len, sizeof got - len, "%d(%s)",
		    id, s.arg ? s.arg : "");
	if (id == CLI_BAD)
		snprintf(got + len, sizeof got - len, "%s: %s", s.shown, s.why);
	ck_assert_str_eq(got, expected);
}

#define OPTIONS(expected, ...)                                                 \
	do {                                                                   \
		const char *words[] = { "program", __VA_ARGS__ };              \
		expect_options((int)(sizeof words / sizeof *words), words,     \
		    expected);                                                 \
	} while (0)

START_TEST(options_are_taken_in_all_their_forms)
{
	OPTIONS("1()2(5)-1(f)", "-a", "-n", "5", "f");
	OPTIONS("1()2(5)", "-an5");
	OPTIONS("1()1()2(5)", "-aan", "5");
	OPTIONS("1()2(5)2()", "--all", "--number=5", "--number=");
	OPTIONS("2(-a)-1(-)-1(-a)", "--number", "-a", "-", "--", "-a");
	OPTIONS("-1()", "");
}
END_TEST

START_TEST(wrong_options_are_named)
{
	OPTIONS("-x: unknown option", "-x");
	OPTIONS("1()-x: unknown option", "-ax");
	OPTIONS("--other: unknown option", "--other=5");
	OPTIONS("--al: unknown option; did you mean --all?", "--al");
	OPTIONS("--all: takes no argument", "--all=1");
	OPTIONS("-n: needs an argument: N", "-n");
	OPTIONS("--number: needs an argument: N", "--number");
}
END_TEST

START_TEST(no_long_name_or_letter_is_used_twice)
{
	char letters[256] = { 0 };

	for (size_t g = 0; g < SETTINGS_N_GROUPS; g++) {
		const struct cli_option_group *group = &settings_groups[g];

		for (size_t i = 0; i < group->n; i++) {
			const struct cli_option *o = &group->options[i];

			ck_assert_int_lt(o->id, SETTINGS_LAST_ID);
			ck_assert(!o->letter ||
			    !letters[(unsigned char)o->letter]++);
			for (size_t k = 0; k < i; k++)
				ck_assert_str_ne(o->name,
				    group->options[k].name);
		}
	}
}
END_TEST

/* ---- Rows ---- */

/* Bytes that a writer has given out. */
struct output {
	char *bytes;
	size_t n, room;
};

static void take_output(void *ctx, const char *bytes, size_t n)
{
	struct output *o = ctx;

	if (n > o->room - o->n) {
		o->room = 2 * (o->room + n);
		o->bytes = realloc(o->bytes, o->room);
		ck_assert_ptr_nonnull(o->bytes);
	}
	memcpy(o->bytes + o->n, bytes, n);
	o->n += n;
}

static void expect_count(uint64_t n)
{
	char text[NUMBER_SIZE + 1], wanted[32];

	text[number_format_count(text, n)] = '\0';
	sprintf(wanted, "%llu", (unsigned long long)n);
	ck_assert_str_eq(text, wanted);
}

START_TEST(whole_numbers_are_written_as_printf_writes_them)
{
	uint64_t power = 1;

	for (int i = 0; i < 20; i++, power *= 10)
		for (uint64_t k = 0; k < 4; k++)
			expect_count(power - 2 + k);
	expect_count(UINT64_MAX);
	for (int i = 0; i < 100000; i++)
		expect_count(random_bits() >> random_bits() % 64);
}
END_TEST

enum { ROW_TEXTS = 2, ROW_VALUES = 3, ROWS = 20000 };

/* A row in the plainest way: byte by byte, and by printf. */
static void expect_row(struct output *o, uint64_t row,
    const leat_csv_field *texts, const double *values)
{
	char number[64];

	take_output(o, number,
	    (size_t)sprintf(number, "%llu", (unsigned long long)row));
	for (int i = 0; i < ROW_TEXTS; i++) {
		int quoted = 0;

		take_output(o, ",", 1);
		for (size_t k = 0; k < texts[i].len; k++)
			quoted |= memchr(",\"\r\n", texts[i].text[k], 4) !=
			    NULL;
		if (quoted)
			take_output(o, "\"", 1);
		for (size_t k = 0; k < texts[i].len; k++)
			take_output(o,
			    texts[i].text[k] == '"' ? "\"\""
						    : &texts[i].text[k],
			    texts[i].text[k] == '"' ? 2 : 1);
		if (quoted)
			take_output(o, "\"", 1);
	}
	for (int i = 0; i < ROW_VALUES; i++) {
		take_output(o, ",", 1);
		if (!isnan(values[i]))
			take_output(o, number,
			    leat_format_double(values[i], number));
	}
	take_output(o, "\n", 1);
}

/* Texts of all lengths, most without a byte that needs quotes. */
static leat_csv_field random_text(char *bytes, size_t most)
{
	static const char others[] = ",\"\r\n;'\t\xAC\xA2\x8D\x8A\x0B -+";
	leat_csv_field f = { bytes, random_bits() % most };

	for (size_t i = 0; i < f.len; i++)
		bytes[i] = (char)('!' + 8 + random_bits() % 3);
	if (f.len > 0 && random_bits() % 4 == 0)
		bytes[random_bits() % f.len] =
		    others[random_bits() % (sizeof others - 1)];
	return f;
}

static uint64_t next_row(uint64_t row)
{
	uint64_t kind = random_bits() % 100;

	return kind < 90 ? row + 1
	    : kind < 99  ? row
			 : random_bits() >> random_bits() % 64;
}

/* Now and then a text is as long as nearly all that a writer holds. */
START_TEST(rows_of_csv_are_the_same_in_all_ways)
{
	static struct writer w;
	static char *names[] = { "a", "b", "c", "d", "e" };
	struct row_layout layout = { names, ROW_TEXTS, ROW_VALUES, 0, 1, 0 };
	struct output got = { 0 }, wanted = { 0 };
	char *bytes = malloc(2 * WRITER_SIZE);
	struct row_format *out;
	uint64_t row = 0;

	writer_init_to(&w, take_output, &got);
	out = row_format_new(ROW_FORMAT_CSV, &w, &layout);
	ck_assert_ptr_nonnull(out);
	for (int i = 0; i < ROWS; i++) {
		double values[ROW_VALUES] = { i, NAN, 0.1 * i };
		size_t most = random_bits() % 999 ? 30 : 2 * WRITER_SIZE - 99;
		char *text = malloc(40);
		leat_csv_field texts[ROW_TEXTS];

		row = next_row(row);
		texts[0] = random_text(bytes, most);
		texts[1] = random_text(text, 40);
		ck_assert_int_eq(row_format_row(out, row, texts, values), 0);
		expect_row(&wanted, row, texts, values);
		free(text);
	}
	writer_flush(&w);
	ck_assert_uint_eq(got.n, wanted.n);
	ck_assert(memcmp(got.bytes, wanted.bytes, got.n) == 0);
	row_format_free(out);
	free(got.bytes);
	free(wanted.bytes);
	free(bytes);
}
END_TEST

START_TEST(ticks_are_round_and_inside)
{
	struct ticks t = ticks_make(310.2, 375.9, 8);
	char label[32];

	ck_assert(t.step == 10 && t.n == 6 && ticks_at(&t, 0) == 320);
	t = ticks_make(-0.013, 0.021, 6);
	ticks_label(&t, 1, label, sizeof label);
	ck_assert_str_eq(label, "0.00");
	for (int i = 0; i < 2000; i++) {
		double low = (double)(int64_t)random_bits() * 0x1p-40;
		double span = (double)(random_bits() >> 20) * 0x1p-30 + 1e-3;

		t = ticks_make(low, low + span, 7);
		ck_assert_int_ge(t.n, 1);
		ck_assert_int_le(t.n, 7);
		ck_assert(ticks_at(&t, 0) >= low - 1e-9 * span);
		ck_assert(ticks_at(&t, t.n - 1) <= low + span + 1e-9 * span);
	}
}
END_TEST

START_TEST(a_series_keeps_its_extremes_in_bounded_memory)
{
	struct series *s = series_new();
	double low = 0, high = 0;
	const struct series_point *p;

	ck_assert_ptr_nonnull(s);
	for (int i = 0; i < 100000; i++) {
		char label[16];
		int n = snprintf(label, sizeof label, "%d", i + 1);
		double x = i == 54321 ? 1e6 : i == 54322 ? -1e6 : i % 10;

		series_add(s, i % 97 ? x : NAN, label, (size_t)n);
		series_set_mean(s, (uint64_t)i, (uint64_t)i + 1, i, 1);
	}
	ck_assert_uint_eq(s->rows, 100000);
	ck_assert_uint_eq(s->stride, 64);
	ck_assert_uint_eq(s->n, (100000 + 63) / 64);
	p = &s->points[54321 / 64];
	ck_assert(p->low == -1e6 && p->high == 1e6 && !p->low_first);
	ck_assert(s->points[0].mean == 63);
	ck_assert_str_eq(s->points[0].label, "64");
	for (size_t i = 0; i < s->n; i++) {
		low = fmin(low, s->points[i].low);
		high = fmax(high, s->points[i].high);
	}
	ck_assert(low == -1e6 && high == 1e6);
	series_free(s);
}
END_TEST

/* ---- Formulas ---- */

static void put_name(struct text *t, const char *name)
{
	append(t, "`", 1);
	for (; *name; name++)
		append(t, *name == '`' ? "``" : name, *name == '`' ? 2 : 1);
	append(t, "`", 1);
}

/* Returns a formula as text that reads back: every name is quoted. */
static const char *describe_formula(const struct formula *f, struct text *t)
{
	char end[96];

	t->len = 0;
	put_name(t, f->target);
	append(t, " ~", 2);
	for (size_t i = 0; i < f->n_terms; i++) {
		const struct formula_term *term = &f->terms[i];
		const char *function = formula_function(term->kind);

		append(t, term->minus ? " - " : " + ", 3);
		if (term->kind == FORMULA_ALL) {
			append(t, ".", 1);
			continue;
		}
		append(t, function, strlen(function));
		append(t, "(", *function != '\0');
		put_name(t, term->column);
		end[0] = '\0';
		if (term->kind == FORMULA_LAG)
			snprintf(end, sizeof end, ",%llu",
			    (unsigned long long)term->lag);
		if (term->period > 0)
			snprintf(end, sizeof end, ",%lldns",
			    (long long)term->period);
		append(t, end, strlen(end));
		append(t, ")", *function != '\0');
	}
	append(t, f->no_intercept ? " + 0" : " + 1", 4);
	return t->bytes;
}

START_TEST(formulas_are_read)
{
	static const struct {
		const char *text, *meaning;
	} cases[] = {
		{ "y~a", "`y` ~ + `a` + 1" },
		{ " y ~ a + b+c ", "`y` ~ + `a` + `b` + `c` + 1" },
		{ "y ~ . - a", "`y` ~ + . - `a` + 1" },
		{ "y ~ - a + .", "`y` ~ - `a` + . + 1" },
		{ "y ~ a - 1", "`y` ~ + `a` + 0" },
		{ "y ~ 0 + a", "`y` ~ + `a` + 0" },
		{ "y ~ -1+a", "`y` ~ + `a` + 0" },
		{ "y ~ a + 0 + 1", "`y` ~ + `a` + 1" },
		{ "y ~ 1", "`y` ~ + 1" },
		{ "y ~ lag(y,1) + lag( a , 52 )",
		    "`y` ~ + lag(`y`,1) + lag(`a`,52) + 1" },
		{ "y ~ a - lag (a,1000000)",
		    "`y` ~ + `a` - lag(`a`,1000000) + 1" },
		{ "#2 ~ #1 + lag(#12,3)", "`#2` ~ + `#1` + lag(`#12`,3) + 1" },
		{ "\"a b\" ~ `c,\"d` + lag(\"(\",1)",
		    "`a b` ~ + `c,\"d` + lag(`(`,1) + 1" },
		{ "\"a\"\"b\" ~ \"~\"", "`a\"b` ~ + `~` + 1" },
		{ "y.1 ~ 2nd + _x + .z + \303\251t\303\251",
		    "`y.1` ~ + `2nd` + `_x` + `.z` + `\303\251t\303\251` + 1" },
		{ "y ~ hour(t) + dow( `a b` ) - hour(t)",
		    "`y` ~ + hour(`t`) + dow(`a b`) - hour(`t`) + 1" },
		{ "y ~ sin(t,365.25d) + cos ( t , 1h30m )",
		    "`y` ~ + sin(`t`,31557600000000000ns) + "
		    "cos(`t`,5400000000000ns) + 1" },
		{ "lag ~ sin + hour", "`lag` ~ + `sin` + `hour` + 1" },
		{ "y ~ \"1\" + `.`", "`y` ~ + `1` + `.` + 1" },
	};
	static struct text got;
	struct formula f = { 0 };
	char why[512];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_int_eq(formula_parse(&f, cases[i].text, why,
				     sizeof why),
		    0);
		ck_assert_str_eq(f.text, cases[i].text);
		ck_assert_str_eq(describe_formula(&f, &got), cases[i].meaning);
	}
	formula_clear(&f);
	ck_assert_ptr_null(f.target);
}
END_TEST

START_TEST(what_is_not_a_formula_is_refused_and_shown)
{
	static const struct {
		const char *text, *where;
	} cases[] = {
		{ "", "at the end: the column to predict expected" },
		{ "y", "at the end: ~ expected" },
		{ "y a", "at \"a\": ~ expected" },
		{ "y + z ~ a", "at \"+ z ~ a\": ~ expected" },
		{ "~ a", "at \"~ a\": the column to predict" },
		{ "y ~", "the right side is empty" },
		{ "y ~ \t", "the right side is empty" },
		{ "y ~ a b", "at \"b\": + or - expected" },
		{ "y ~ a + b)", "at \")\": + or - expected" },
		{ "y ~ a * b", "at \"* b\": + or - expected" },
		{ "y ~ a ~ b", "at \"~ b\": + or - expected" },
		{ "y ~ a +", "at the end: a term expected" },
		{ "y ~ a + - b", "at \"- b\": a term expected" },
		{ "y ~ (a)", "at \"(a)\": a term expected" },
		{ "y ~ #", "at \"#\": a term expected" },
		{ "y ~ a + 2", "at \"2\": the only numbers are" },
		{ "y ~ a - 0", "at \"0\": the only numbers are" },
		{ "y ~ 10", "at \"10\": the only numbers are" },
		{ "y ~ . + .", "the dot is given twice" },
		{ "y ~ a - .", "the dot cannot be removed" },
		{ "y ~ log(a)", "at \"log(a)\": no function \"log\"" },
		{ "y ~ LAG(a,1)", "no function \"LAG\"" },
		{ "y ~ lagg(a,1)", "no function \"lagg\"" },
		{ "y ~ lag()", "at \")\": a column expected" },
		{ "y ~ lag(a)", "at \")\": lag needs a column and" },
		{ "y ~ lag(a b,1)", "at \"b,1)\": lag needs" },
		{ "y ~ lag(a,1.5)", "at \"1.5)\": lag takes a whole number" },
		{ "y ~ lag(a,-1)", "at \"-1)\": lag takes a whole number" },
		{ "y ~ lag(a,0)", "at \"0)\": lag takes a whole number" },
		{ "y ~ lag(a,1000001)", "lag takes a whole number" },
		{ "y ~ lag(a,99999999999999999999)", "a whole number" },
		{ "y ~ lag(a,)", "at \")\": lag takes a whole number" },
		{ "y ~ lag(a,b)", "at \"b)\": lag takes a whole number" },
		{ "y ~ lag(a,1", "at the end: ) expected" },
		{ "y ~ lag(a,1 2)", "at \"2)\": ) expected" },
		{ "y ~ lag(", "at the end: a column expected" },
		{ "y ~ lag(\"a,1)", "no closing quote" },
		{ "y ~ \"a", "at \"\"a\": no closing quote" },
		{ "y ~ \"\"", "a name is empty" },
		{ "\"\" ~ a", "a name is empty" },
		{ "y ~ hour()", "at \")\": a column of times expected" },
		{ "y ~ hour(t,1)", "at \",1)\": ) expected" },
		{ "y ~ dow(t", "at the end: ) expected" },
		{ "y ~ sin(t)", "at \")\": sin and cos need" },
		{ "y ~ cos(t,)", "at \")\": a period is a duration" },
		{ "y ~ cos(t,24)", "at \"24)\": a period is a duration" },
		{ "y ~ cos(t,0)", "at \"0)\": a period is a duration" },
		{ "y ~ sin(t,0s)", "at \"0s)\": a period is a duration" },
		{ "y ~ sin(t,-1d)", "at \"-1d)\": a period is a duration" },
		{ "y ~ sin(t,1d,2d)", "at \",2d)\": ) expected" },
		{ "y ~ lag(hour(t),1)", "at \"(t),1)\": lag needs" },
	};
	struct formula f = { 0 };
	char why[512];

	ck_assert_int_eq(formula_parse(&f, "y ~ a", why, sizeof why), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		why[0] = '\0';
		ck_assert_int_eq(formula_parse(&f, cases[i].text, why,
				     sizeof why),
		    -1);
		ck_assert_msg(strncmp(why, "formula: \"", 10) == 0 &&
			strstr(why, cases[i].text) &&
			strstr(why, cases[i].where),
		    "%s: %s", cases[i].text, why);
		ck_assert_str_eq(f.text, "y ~ a");
		ck_assert_uint_eq(f.n_terms, 1);
	}
	formula_clear(&f);
}
END_TEST

/* Pieces of formulas, put together blindly. */
static void random_formula(char *text, size_t size)
{
	static const char *const pieces[] = { "y", "~", " ~ ", "+", "-", " ",
		".", "0", "1", "a", "\"b c\"", "`d``e`", "#3", "lag(", "lag(y,",
		"7", ")", ",", "(", "\"", "`", "lag(a,2)", "\302\265", "hour(",
		"sin(t,", "cos(t,1.5h)", "1d" };
	size_t n = 0, n_pieces = 1 + random_bits() % 12;

	if (random_bits() % 4 > 0)
		n = (size_t)snprintf(text, size, "y~");
	for (size_t i = 0; i < n_pieces; i++)
		n += (size_t)snprintf(text + n, size - n, "%s",
		    pieces[random_bits() % (sizeof pieces / sizeof *pieces)]);
	ck_assert_uint_lt(n, size);
}

START_TEST(what_is_read_from_a_formula_reads_back_the_same)
{
	static struct text first, second;
	struct formula f = { 0 }, again = { 0 };
	char text[256], why[512];
	size_t n_read = 0;

	for (int i = 0; i < 50000; i++) {
		random_formula(text, sizeof text);
		if (formula_parse(&f, text, why, sizeof why) < 0)
			continue;
		n_read++;
		describe_formula(&f, &first);
		ck_assert_msg(formula_parse(&again, first.bytes, why,
				  sizeof why) == 0,
		    "%s: %s", first.bytes, why);
		ck_assert_str_eq(describe_formula(&again, &second),
		    first.bytes);
	}
	ck_assert_uint_gt(n_read, 1000);
	formula_clear(&f);
	formula_clear(&again);
}
END_TEST

/* Hours and days of the week against known ones, waves against angles. */
START_TEST(functions_of_time_are_what_they_say)
{
	static const struct {
		const char *time;
		int hour, dow;
	} cases[] = {
		{ "1970-01-01T00:00", 0, 4 },
		{ "1969-12-31T23:59:59.999999999", 23, 3 },
		{ "1969-12-29", 0, 1 },
		{ "1969-12-28T12:30", 12, 7 },
		{ "2001-01-01T00:59:59.999999999", 0, 1 },
		{ "2000-02-29T13:00", 13, 2 },
		{ "2016-12-25T01:00+02:00", 23, 6 },
	};
	int64_t t;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_int_eq(leat_parse_time(cases[i].time,
				     strlen(cases[i].time), LEAT_UNIT_GUESS, &t,
				     NULL),
		    0);
		ck_assert(formula_of_time(FORMULA_HOUR, 0, t) == cases[i].hour);
		ck_assert(formula_of_time(FORMULA_DOW, 0, t) == cases[i].dow);
	}
	ck_assert(isnan(formula_of_time(FORMULA_LAG, 0, 0)));
	for (int64_t i = -48; i <= 48; i++) {
		double angle = 3.14159265358979323846 * (double)i / 12;
		double s = formula_of_time(FORMULA_SIN, LEAT_DAY,
		    i * LEAT_HOUR);
		double c = formula_of_time(FORMULA_COS, LEAT_DAY,
		    i * LEAT_HOUR);

		ck_assert(fabs(s - sin(angle)) < 1e-14);
		ck_assert(fabs(c - cos(angle)) < 1e-14);
		/* 100000 days later or before. */
		t = i * LEAT_HOUR + (i < 0 ? 1 : -1) * 100000 * LEAT_DAY;
		ck_assert(formula_of_time(FORMULA_SIN, LEAT_DAY, t) == s);
		ck_assert(formula_of_time(FORMULA_COS, LEAT_DAY, t) == c);
	}
}
END_TEST

/* ---- Designs ---- */

static int take_names(void *ctx, const leat_csv_record *record)
{
	return columns_take(ctx, record, 1);
}

static void make_columns(struct columns *c, const char *header)
{
	leat_csv_options options = { 0 };
	leat_csv *csv;

	options.record = take_names;
	options.ctx = c;
	ck_assert_int_eq(leat_csv_new(&csv, &options), 0);
	ck_assert_int_eq(leat_csv_push(csv, header, strlen(header)), 0);
	ck_assert_int_eq(leat_csv_end(csv), 0);
	leat_csv_free(csv);
}

/* Columns y, a, b c, t, k, y, of which t is text and k the key. */
static int make_design(struct design *d, const char *text, char *why,
    size_t why_size)
{
	static const unsigned char numeric[] = { 1, 1, 1, 0, 1, 1, 1 };
	struct settings settings;
	struct formula f = { 0 };
	struct columns c;
	int err;

	ck_assert_int_eq(settings_init(&settings), 0);
	settings.key = "k";
	make_columns(&c, "y,a,b c,t,k,z,z\n");
	ck_assert_int_eq(columns_resolve(&c, &settings, why, why_size), 0);
	ck_assert_int_eq(formula_parse(&f, text, why, why_size), 0);
	err = design_make(d, &f, &c, numeric, why, why_size);
	formula_clear(&f);
	columns_clear(&c);
	settings_clear(&settings);
	return err;
}

START_TEST(a_formula_finds_its_columns)
{
	static const struct {
		const char *text, *terms, *columns;
	} cases[] = {
		{ "y ~ a", "a", "0 1" },
		{ "y ~ a + \"b c\"", "a,b c", "0 1 2" },
		{ "y ~ .", "a,b c,#6,#7", "0 1 2 5 6" },
		{ "a ~ .", "y,b c,#6,#7", "1 0 2 5 6" },
		{ "y ~ . - a - #7", "b c,#6", "0 2 5" },
		{ "y ~ - a + .", "b c,#6,#7", "0 2 5 6" },
		{ "y ~ . - t - y - k", "a,b c,#6,#7", "0 1 2 5 6" },
		{ "y ~ `b c` + .", "b c,a,#6,#7", "0 2 1 5 6" },
		{ "y ~ t + k", "t,k", "0 3 4" },
		{ "y ~ lag(y,1)", "lag(y,1)", "0" },
		{ "y ~ lag(y,1) + lag(y,3) + lag(a,2)",
		    "lag(y,1),lag(y,3),lag(a,2)", "0 1" },
		{ "y ~ . + lag(a,1) - #6 - #7", "a,b c,lag(a,1)", "0 1 2" },
		{ "y ~ a + lag(a,1) - lag(a,1)", "a", "0 1" },
		{ "#7 ~ #1 + #2 - a", "y", "6 0" },
		{ "y ~ hour(t) + dow(t)", "hour(t),dow(t)", "0 3 3" },
		{ "y ~ sin(a,24h) + . + cos(a,1d) - hour(a) + hour(a)",
		    "sin(a,24h),b c,#6,#7,cos(a,1d)", "0 1 2 5 6 1" },
		{ "y ~ a + hour(a) + lag(a,1)", "a,hour(a),lag(a,1)", "0 1 1" },
		{ "y ~ sin(t,1d) + sin(t,2d)", "sin(t,1d),sin(t,2d)", "0 3 3" },
	};
	struct design d = { 0 };
	char terms[256], columns[64], why[512];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = 0;

		ck_assert_msg(make_design(&d, cases[i].text, why, sizeof why) ==
			0,
		    "%s: %s", cases[i].text, why);
		for (size_t k = 0; k < d.names.n; k++)
			n += (size_t)snprintf(terms + n, sizeof terms - n,
			    "%s%s", k ? "," : "", d.names.items[k]);
		ck_assert_str_eq(terms, cases[i].terms);
		ck_assert_uint_eq(d.n_terms, d.names.n);
		n = 0;
		for (size_t k = 0; k < d.n_columns; k++)
			n += (size_t)snprintf(columns + n, sizeof columns - n,
			    "%s%zu", k ? " " : "", d.columns[k]);
		ck_assert_str_eq(columns, cases[i].columns);
	}
	design_clear(&d);
}
END_TEST

START_TEST(a_formula_that_does_not_fit_its_columns_is_refused)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "foo ~ a", "no column \"foo\"; there are: y, a" },
		{ "y ~ foo", "no column \"foo\"" },
		{ "y ~ lag(foo,1)", "no column \"foo\"" },
		{ "y ~ #8", "no column \"#8\"" },
		{ "y ~ a - foo", "no column \"foo\"" },
		{ "y ~ z", "2 columns are called \"z\"; use #N" },
		{ "y ~ y", "\"y\" is on both sides" },
		{ "y ~ a + #1", "\"#1\" is on both sides" },
		{ "y ~ a + a", "the term a is given twice" },
		{ "y ~ a + `a`", "the term a is given twice" },
		{ "y ~ a + #2", "the term a is given twice" },
		{ "y ~ lag(a,2) + lag(a,02)",
		    "the term lag(a,2) is given twice" },
		{ "y ~ hour(t) + hour(#4)", "the term hour(t) is given twice" },
		{ "y ~ sin(t,1d) + sin(t,24h)",
		    "the term sin(t,1d) is given twice" },
		{ "y ~ . - hour(t)", "there is no term hour(t) to remove" },
		{ "y ~ a + sin(t,1d) - sin(t,2d)",
		    "there is no term sin(t,2d) to remove" },
		{ "y ~ hour(foo)", "no column \"foo\"" },
		{ "y ~ . - a - a", "the term a is given twice" },
		{ "y ~ a - `b c`", "there is no term b c to remove" },
		{ "y ~ . - lag(a,1)", "there is no term lag(a,1) to remove" },
		{ "y ~ a + lag(a,1) - lag(a,2)",
		    "there is no term lag(a,2) to remove" },
		{ "y ~ 1", "no column is left to predict from" },
		{ "y ~ a - a", "no column is left to predict from" },
		{ "y ~ . - a - `b c` - #6 - #7",
		    "no column is left to predict from" },
	};
	struct design d = { 0 };
	char why[512];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_int_eq(make_design(&d, cases[i].text, why,
				     sizeof why),
		    -1);
		ck_assert_msg(strncmp(why, "formula: \"", 10) == 0 &&
			strstr(why, cases[i].text) && strstr(why, cases[i].why),
		    "%s: %s", cases[i].text, why);
	}
	design_clear(&d);
}
END_TEST

/* ---- Learners ---- */

enum { HISTORY = 400 };

/* Numbers with gaps, and an infinity now and then. */
static double random_value(void)
{
	uint64_t what = random_bits() % 40;

	if (what < 3)
		return NAN;
	if (what == 3)
		return INFINITY;
	return (double)(random_bits() % 2000) / 100 - 10;
}

/* 0, also for rows before the first one, if a term is missing. */
static int features_of(const double (*rows)[2], size_t i, double *x)
{
	x[0] = rows[i][1];
	x[1] = i < 1 ? NAN : rows[i - 1][0];
	x[2] = i < 7 ? NAN : rows[i - 7][1];
	x[3] = i < 3 ? NAN : rows[i - 3][0];
	for (size_t k = 0; k < 4; k++)
		if (isnan(x[k]))
			return 0;
	return 1;
}

static void mean_errors(const double *errors, size_t n, size_t size,
    double *mae, double *bias)
{
	long double sum = 0, size_sum = 0;
	size_t first = size > 0 && n > size ? n - size : 0;

	for (size_t i = first; i < n; i++) {
		sum += errors[i];
		size_sum += fabs(errors[i]);
	}
	*mae = (double)(size_sum / (long double)(n - first));
	*bias = (double)(sum / (long double)(n - first));
}

static int same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static int near(double a, double b)
{
	return same(a, b) || fabs(a - b) <= 1e-12 * (1 + fabs(b));
}

/* A second model is fed by hand with what the whole history says. */
static void run_learner(const struct learner_plan *plan)
{
	static double rows[HISTORY][2], errors[HISTORY];
	leat_model_options options = plan->model;
	struct learner *l;
	leat_model *model;
	size_t n = 0;

	options.n_features = 4;
	ck_assert_int_eq(leat_model_new(&model, &options), 0);
	ck_assert_int_eq(learner_new(&l, plan), 0);
	for (size_t i = 0; i < HISTORY; i++) {
		enum learner_outcome wanted = LEARNER_NO_FEATURE;
		double x[4], got[4], guess = NAN, mae = NAN, bias = NAN;

		rows[i][0] = random_value();
		rows[i][1] = random_value();
		if (features_of((const double(*)[2])rows, i, x)) {
			int err = -1, seen = learned_by(model) > 0;

			if (seen)
				guess = leat_model_predict(model, x);
			if (!isnan(rows[i][0]))
				err = leat_model_learn(model, x, rows[i][0],
				    NULL);
			wanted = isnan(rows[i][0]) ? LEARNER_NO_TARGET
			    : err                  ? LEARNER_NOT_FINITE
						   : LEARNER_LEARNED;
			if (!err && seen)
				errors[n++] = guess - rows[i][0];
		}
		ck_assert_int_eq(learner_push(l, rows[i]), wanted);
		learner_query(l, got);
		if (n > 0)
			mean_errors(errors, n, (size_t)plan->errors.size, &mae,
			    &bias);
		ck_assert(same(got[0], rows[i][0]));
		ck_assert(same(got[1], guess));
		ck_assert(same(learner_prediction(l), guess));
		ck_assert(near(got[2], mae) && near(got[3], bias));
	}
	ck_assert_uint_gt(n, HISTORY / 4);
	leat_model_free(model);
	learner_free(l);
}

START_TEST(a_learner_is_fed_with_the_rows_before)
{
	static const int updates[] = { LEAT_UPDATE_ADAPTIVE, LEAT_UPDATE_RLS,
		LEAT_UPDATE_NLMS };
	static const leat_stat errors[] = { LEAT_MAE, LEAT_BIAS };
	struct learner_plan plan = { 0 };
	struct design d = { 0 };
	char why[512];

	ck_assert_int_eq(make_design(&d,
			     "y ~ a + lag(y,1) + lag(a,7) + lag(y,3)", why,
			     sizeof why),
	    0);
	plan.design = &d;
	plan.errors.stats = errors;
	plan.errors.n_stats = 2;
	ck_assert_uint_eq(learner_width(&plan), 4);
	for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
		plan.model.update = updates[i];
		plan.errors.kind = LEAT_LANDMARK;
		plan.errors.size = 0;
		run_learner(&plan);
		plan.errors.kind = LEAT_SLIDING;
		plan.errors.size = 10;
		run_learner(&plan);
	}
	design_clear(&d);
}
END_TEST

START_TEST(a_learner_says_which_targets_its_loss_can_have)
{
	static const struct {
		int loss;
		double target;
		int can;
	} cases[] = {
		{ LEAT_LOSS_SQUARED, -1e300, 1 },
		{ LEAT_LOSS_HUBER, -5, 1 },
		{ LEAT_LOSS_EPSILON, 1e9, 1 },
		{ LEAT_LOSS_QUANTILE, -2, 1 },
		{ LEAT_LOSS_LOGISTIC, 0, 1 },
		{ LEAT_LOSS_LOGISTIC, 0.25, 1 },
		{ LEAT_LOSS_LOGISTIC, 1, 1 },
		{ LEAT_LOSS_LOGISTIC, -0.001, 0 },
		{ LEAT_LOSS_LOGISTIC, 1.001, 0 },
		{ LEAT_LOSS_HINGE, 0, 1 },
		{ LEAT_LOSS_HINGE, 1, 1 },
		{ LEAT_LOSS_HINGE, 0.5, 0 },
		{ LEAT_LOSS_HINGE, -1, 0 },
		{ LEAT_LOSS_POISSON, 0, 1 },
		{ LEAT_LOSS_POISSON, 17.5, 1 },
		{ LEAT_LOSS_POISSON, -1, 0 },
		{ LEAT_LOSS_LOGISTIC, NAN, 1 },
		{ LEAT_LOSS_HINGE, NAN, 1 },
		{ LEAT_LOSS_POISSON, NAN, 1 },
	};
	struct learner_plan plan = { 0 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plan.model.loss = cases[i].loss;
		ck_assert_msg(learner_can_have(&plan, cases[i].target) ==
			cases[i].can,
		    "loss %d, target %g", cases[i].loss, cases[i].target);
	}
}
END_TEST

static TCase *number_case(void)
{
	TCase *c = tcase_create("number");

	tcase_add_test(c, blanks_around_a_number_do_not_count);
	tcase_add_test(c, blanks_are_spaces_and_tabs_at_either_end);
	tcase_add_test(c, whole_numbers_are_digits_alone);
	tcase_add_test(c, division_rounds_down);
	tcase_add_test(c, division_rounds_down_at_the_ends_of_what_there_is);
	return c;
}

static TCase *rest_case(void)
{
	TCase *c = tcase_create("rest");

	tcase_add_test(c, windows_are_read);
	tcase_add_test(c, windows_by_time_are_read);
	tcase_add_test(c, times_of_fields_can_be_missing);
	tcase_add_test(c, numbers_without_a_unit_are_years_months_or_late);
	tcase_add_test(c, the_nearest_word_is_the_one_with_fewest_changes);
	tcase_add_test(c, what_is_no_text_is_known_by_its_first_bytes);
	tcase_add_test(c, what_is_not_a_window_is_refused_and_changes_nothing);
	tcase_add_test(c, statistics_of_pairs_are_kept_apart);
	tcase_add_test(c, lists_are_split_at_commas_outside_quotes);
	tcase_add_test(c, keys_are_numbered_in_order_of_appearance);
	tcase_add_loop_test(c, keys_come_and_go, 0, 3);
	tcase_add_test(c, options_are_taken_in_all_their_forms);
	tcase_add_test(c, wrong_options_are_named);
	tcase_add_test(c, no_long_name_or_letter_is_used_twice);
	tcase_add_test(c, whole_numbers_are_written_as_printf_writes_them);
	tcase_add_test(c, rows_of_csv_are_the_same_in_all_ways);
	tcase_add_test(c, ticks_are_round_and_inside);
	tcase_add_test(c, a_series_keeps_its_extremes_in_bounded_memory);
	return c;
}

static TCase *formula_case(void)
{
	TCase *c = tcase_create("formula");

	tcase_add_test(c, formulas_are_read);
	tcase_add_test(c, what_is_not_a_formula_is_refused_and_shown);
	tcase_add_test(c, what_is_read_from_a_formula_reads_back_the_same);
	tcase_add_test(c, functions_of_time_are_what_they_say);
	tcase_add_test(c, a_formula_finds_its_columns);
	tcase_add_test(c, a_formula_that_does_not_fit_its_columns_is_refused);
	tcase_add_test(c, a_learner_is_fed_with_the_rows_before);
	tcase_add_test(c, a_learner_says_which_targets_its_loss_can_have);
	return c;
}

int main(void)
{
	Suite *suite = suite_create("replay");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, number_case());
	suite_add_tcase(suite, times_case());
	suite_add_tcase(suite, rest_case());
	suite_add_tcase(suite, formula_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
