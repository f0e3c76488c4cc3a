/*
 * The parts that the programs read text with: CSV, numbers, times, window
 * and statistics specs, formulas, options, keys. Numbers are held against the C
 * library's strtod() and printf(), records against ones written by hand,
 * cuts between pieces against no cuts, and what a formula's model is fed
 * with against the whole history of rows.
 */
#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "csv.h"
#include "design.h"
#include "formula.h"
#include "fuzz_csv.c" /* its target, run over the corpus below */
#include "keys.h"
#include "learner.h"
#include "list.h"
#include "number.h"
#include "options.h"
#include "series.h"
#include "settings.h"
#include "spec.h"
#include "test_times.h"
#include "ticks.h"
#include "values.h"

/* ---- CSV ---- */

/* Records as text: fields in <>, one record a line, its problem at the end. */
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

static int describe(void *ctx, const struct csv_record *record)
{
	struct text *t = ctx;
	char end[64];

	for (size_t i = 0; i < record->n_fields; i++) {
		append(t, "<", 1);
		append(t, record->fields[i].text, record->fields[i].len);
		append(t, ">", 1);
	}
	if (record->problem)
		snprintf(end, sizeof end, " !%d.%zu\n", record->problem,
		    record->problem_field);
	else
		snprintf(end, sizeof end, "\n");
	append(t, end, strlen(end));
	return 0;
}

static void read_csv(const struct csv_options *options, const char *text,
    size_t len, size_t piece, struct text *out)
{
	struct csv *csv = csv_new(options, describe, out);

	ck_assert_ptr_nonnull(csv);
	out->len = 0;
	out->bytes[0] = '\0';
	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;

		ck_assert_int_eq(csv_feed(csv, text + at, n), 0);
	}
	ck_assert_int_eq(csv_end(csv), 0);
	csv_free(csv);
}

static void expect_n(const struct csv_options *options, const char *text,
    size_t len, const char *expected)
{
	static struct text got;

	for (size_t piece = 1; piece <= len + 1; piece++) {
		read_csv(options, text, len, piece, &got);
		ck_assert_str_eq(got.bytes, expected);
	}
}

static void expect(const char *text, const char *expected)
{
	expect_n(NULL, text, strlen(text), expected);
}

START_TEST(a_record_ends_with_lf_crlf_or_cr)
{
	expect("a,b\n1,2\n", "<a><b>\n<1><2>\n");
	expect("a,b\r\n1,2\r\n", "<a><b>\n<1><2>\n");
	expect("a,b\r1,2\r", "<a><b>\n<1><2>\n");
	expect("a\r\nb\nc\rd", "<a>\n<b>\n<c>\n<d>\n");
}
END_TEST

START_TEST(the_last_record_may_lack_its_end)
{
	expect("a,b\n1,2", "<a><b>\n<1><2>\n");
	expect("a,", "<a><>\n");
	expect("\"a\"", "<a>\n");
	expect("\"\"", "<>\n");
}
END_TEST

START_TEST(lines_with_nothing_on_them_are_no_records)
{
	expect("", "");
	expect("\n\r\n\r\r\n", "");
	expect("\n\na\n\n\nb\n\n", "<a>\n<b>\n");
	expect("\"\"\n \n,\n", "<>\n< >\n<><>\n");
}
END_TEST

START_TEST(quoted_fields_hold_delimiters_line_ends_and_quotes)
{
	expect("\"a,b\",c\n", "<a,b><c>\n");
	expect("\"a\nb\",\"c\r\nd\"\n", "<a\nb><c\r\nd>\n");
	expect("\"a\"\"b\",\"\"\"\",\"\"\n", "<a\"b><\"><>\n");
	expect("\"\"\"a\"\"\",\"\"\"\"\"\"\n", "<\"a\"><\"\">\n");
}
END_TEST

START_TEST(a_byte_order_mark_is_dropped_at_the_very_start_only)
{
	expect("\xEF\xBB\xBF"
	       "a,b\n",
	    "<a><b>\n");
	expect("\xEF\xBB\xBF\"a\"\n", "<a>\n");
	expect("\xEF\xBB\xBF", "");
	expect("\xEF\xBB"
	       "a\n",
	    "<\xEF\xBB"
	    "a>\n");
	expect("\xEF\xBB", "<\xEF\xBB>\n");
	expect("a\n\xEF\xBB\xBF"
	       "b\n",
	    "<a>\n<\xEF\xBB\xBF"
	    "b>\n");
}
END_TEST

START_TEST(problems_are_told_and_the_record_is_delivered)
{
	expect("a,b\"c\nd\n", "<a><b\"c> !1.1\n<d>\n");
	expect("\"a\"b,c\n", "<ab><c> !2.0\n");
	expect("\"a\"b\"c\"\n", "<ab\"c\"> !2.0\n");
	expect("a,\"b\nc", "<a><b\nc> !3.1\n");
	expect("\"", "<> !3.0\n");
	expect(" \"a\"\n", "< \"a\"> !1.0\n");
	expect("x,\"a\" ,y\n", "<x><a ><y> !2.1\n");
}
END_TEST

static int count_nul(void *ctx, const struct csv_record *record)
{
	int *n = ctx;

	ck_assert_int_eq(record->problem, CSV_NUL);
	ck_assert_uint_eq(record->fields[0].len, 3);
	++*n;
	return 0;
}

START_TEST(a_nul_byte_is_a_problem_and_stays_in_the_field)
{
	static const char text[] = "a\0b\n\"c\0d\"\n";
	int n = 0;
	struct csv *csv = csv_new(NULL, count_nul, &n);

	ck_assert_int_eq(csv_feed(csv, text, sizeof text - 1), 0);
	ck_assert_int_eq(csv_end(csv), 0);
	ck_assert_int_eq(n, 2);
	csv_free(csv);
}
END_TEST

START_TEST(a_record_over_a_limit_is_told_and_reading_goes_on)
{
	struct csv_options o = { 0, 5, 3 };
	const char *text = "ab,cd\nabc,def\na,b,c\na,b,c,\n1\n";

	expect_n(&o, text, strlen(text),
	    "<ab><cd>\n !5.0\n<a><b><c>\n !5.0\n<1>\n");
}
END_TEST

START_TEST(any_byte_can_be_the_delimiter)
{
	struct csv_options tab = { '\t', 0, 0 }, semicolon = { ';', 0, 0 };

	expect_n(&tab, "a\tb,c\t\n", 7, "<a><b,c><>\n");
	expect_n(&semicolon, "a;\"b;c\"\n", 8, "<a><b;c>\n");
}
END_TEST

struct place {
	uint64_t line[8], offset[8];
	size_t n;
};

static int note_place(void *ctx, const struct csv_record *record)
{
	struct place *p = ctx;

	ck_assert_uint_eq(record->number, p->n);
	p->line[p->n] = record->line;
	p->offset[p->n++] = record->offset;
	return 0;
}

START_TEST(records_know_their_line_and_offset)
{
	static const char text[] = "\xEF\xBB\xBF"
				   "a\r\n\r\n\"b\r\nb\nb\rb\"\nc\rd\n";
	static const uint64_t line[] = { 1, 3, 7, 8 };
	static const uint64_t offset[] = { 3, 8, 19, 21 };

	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct place p = { { 0 }, { 0 }, 0 };
		struct csv *csv = csv_new(NULL, note_place, &p);

		for (size_t at = 0; at < sizeof text - 1; at += piece) {
			size_t left = sizeof text - 1 - at;

			csv_feed(csv, text + at, left < piece ? left : piece);
		}
		csv_end(csv);
		csv_free(csv);
		ck_assert_uint_eq(p.n, 4);
		for (size_t i = 0; i < 4; i++) {
			ck_assert_uint_eq(p.line[i], line[i]);
			ck_assert_uint_eq(p.offset[i], offset[i]);
		}
	}
}
END_TEST

static int same_memory(void *ctx, const struct csv_record *record)
{
	const char *text = ctx;

	ck_assert_ptr_eq(record->fields[0].text, text);
	ck_assert_ptr_eq(record->fields[1].text, text + 3);
	return 7;
}

START_TEST(a_record_within_a_piece_is_not_copied)
{
	static char text[] = "a,\"b\"\n";
	struct csv *csv = csv_new(NULL, same_memory, text);

	ck_assert_int_eq(csv_feed(csv, text, 6), 7);
	csv_free(csv);
}
END_TEST

static int stop_at_second(void *ctx, const struct csv_record *record)
{
	(void)ctx;
	return record->number == 1 ? 42 : 0;
}

START_TEST(the_callback_can_stop_the_reading)
{
	struct csv *csv = csv_new(NULL, stop_at_second, NULL);

	ck_assert_int_eq(csv_feed(csv, "a\nb\nc\n", 6), 42);
	csv_free(csv);
	csv = csv_new(NULL, stop_at_second, NULL);
	ck_assert_int_eq(csv_feed(csv, "a\nb", 3), 0);
	ck_assert_int_eq(csv_end(csv), 42);
	csv_free(csv);
	csv_free(NULL);
}
END_TEST

START_TEST(the_corpus_is_read_the_same_in_all_pieces)
{
	static uint8_t bytes[1 << 16];
	const char *folder = "tests/corpus/csv";
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n_files = 0;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		char path[512];
		FILE *f;
		size_t n;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		f = fopen(path, "rb");
		ck_assert_ptr_nonnull(f);
		n = fread(bytes, 1, sizeof bytes, f);
		fclose(f);
		LLVMFuzzerTestOneInput(bytes, n);
		n_files++;
	}
	closedir(dir);
	ck_assert_int_ge(n_files, 20);
}
END_TEST

/* ---- Numbers ---- */

static uint64_t seed = 88172645463325252u;

static uint64_t random_bits(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static uint64_t bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static double parse(const char *text)
{
	double x = -12345;

	ck_assert_msg(number_parse(text, strlen(text), &x) == 0,
	    "\"%s\" was refused", text);
	return x;
}

static void expect_strtod(const char *text)
{
	ck_assert_msg(bits_of(parse(text)) == bits_of(strtod(text, NULL)),
	    "\"%s\" is read as %.17g", text, parse(text));
}

START_TEST(numbers_are_read_as_strtod_reads_them)
{
	static const char *const texts[] = { "0", "-0", "1", "+1.5", ".5", "5.",
		"1e5", "1E+05", "1e-5", "316.1", "9007199254740993",
		"9007199254740992.9999", "1e22", "1e23", "123456789012345678",
		"0.1e1", "00012.50", "4.9e-324", "2.4703282292062327e-324",
		"2.4703282292062328e-324", "2.2250738585072011e-308",
		"1.7976931348623157e308", "1.7976931348623159e308", "1e400",
		"-1e400", "1e-400", "0e999999999999999999999",
		"1e99999999999999999999", "1e-99999999999999999999",
		"18446744073709551616", "0.000000000000000000000000001",
		"9007199254740992.5", "1844674407370955161.5" };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		expect_strtod(texts[i]);
}
END_TEST

START_TEST(random_decimals_are_read_as_strtod_reads_them)
{
	char text[64];

	for (int i = 0; i < 100000; i++) {
		int digits = 1 + (int)(random_bits() % 20);
		int exponent = (int)(random_bits() % 660) - 340;

		snprintf(text, sizeof text, "%llu.%0*llue%d",
		    (unsigned long long)(random_bits() % 1000), digits,
		    (unsigned long long)random_bits() % 1000000000u,
		    i % 2 ? exponent : exponent / 20);
		expect_strtod(text);
	}
}
END_TEST

/* Halfway between 1 and its neighbour, and a hair to either side of it. */
START_TEST(numbers_of_any_length_are_rounded_right)
{
	static char text[4000];
	const char *half =
	    "1.00000000000000011102230246251565404236316680908203125";
	size_t n = strlen(half);

	ck_assert(parse(half) == 1.0);
	memcpy(text, half, n);
	memset(text + n, '0', 3000);
	text[n + 3000] = '\0';
	ck_assert(parse(text) == 1.0);
	text[n + 2999] = '1';
	ck_assert(parse(text) == 1.0 + 0x1p-52);
	memset(text, '0', 3000);
	memcpy(text + 3000, "1", 2);
	ck_assert(parse(text) == 1.0);
	text[0] = '.';
	memcpy(text + 3000, "1e3000", 7);
	ck_assert(parse(text) == 1.0);
}
END_TEST

START_TEST(blanks_around_a_number_do_not_count)
{
	ck_assert(parse("  1.5") == 1.5);
	ck_assert(parse("\t1.5 \t") == 1.5);
}
END_TEST

START_TEST(infinities_and_nan_are_read_in_any_case)
{
	ck_assert(parse("inf") == INFINITY);
	ck_assert(parse("-Inf") == -INFINITY);
	ck_assert(parse("+INFINITY") == INFINITY);
	ck_assert(isnan(parse("nan")));
	ck_assert(isnan(parse("-NaN")));
}
END_TEST

START_TEST(what_is_not_a_decimal_number_is_refused)
{
	static const char *const texts[] = { "", " ", "abc", "1a", "1 2", ".",
		"-", "+-1", "--1", "e5", "1e", "1e+", "1.2.3", "0x10", "1,5",
		"1_000", "infi", "nan(1)", "1e5.5", "\n1", "1\n", "1e 5",
		"\xD9\xA3" };
	double x = 7;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		ck_assert_msg(number_parse(texts[i], strlen(texts[i]), &x) < 0,
		    "\"%s\" was read", texts[i]);
	ck_assert(x == 7);
}
END_TEST

static void expect_text(double x, const char *expected)
{
	char text[NUMBER_SIZE + 1];

	text[number_format(text, x)] = '\0';
	ck_assert_str_eq(text, expected);
}

START_TEST(numbers_are_written_in_their_shortest_form)
{
	expect_text(0, "0");
	expect_text(-0.0, "-0");
	expect_text(1, "1");
	expect_text(-1.5, "-1.5");
	expect_text(0.1, "0.1");
	expect_text(0.1 + 0.2, "0.30000000000000004");
	expect_text(1e5, "100000");
	expect_text(1e16, "10000000000000000");
	expect_text(1e17, "1e17");
	expect_text(1.25e17, "1.25e17");
	expect_text(123456789012345678.0, "1.2345678901234568e17");
	expect_text(1e-5, "0.00001");
	expect_text(1.5e-6, "1.5e-6");
	expect_text(1e300, "1e300");
	expect_text(1.7976931348623157e308, "1.7976931348623157e308");
	expect_text(4.9406564584124654e-324, "5e-324");
	expect_text(2.2250738585072014e-308, "2.2250738585072014e-308");
	expect_text(316.1, "316.1");
	expect_text(100.0 / 3, "33.333333333333336");
	expect_text(NAN, "nan");
	expect_text(INFINITY, "inf");
	expect_text(-INFINITY, "-inf");
}
END_TEST

static int n_digits(const char *text)
{
	int n = 0, zeros = 0;

	for (; *text && *text != 'e'; text++) {
		if (*text < '0' || *text > '9')
			continue;
		zeros = *text == '0' ? zeros + 1 : 0;
		n += n > 0 || *text != '0';
	}
	return n - zeros;
}

static void check_shortest(double x)
{
	char text[NUMBER_SIZE + 1], shorter[64];
	int n;

	text[number_format(text, x)] = '\0';
	ck_assert_msg(bits_of(strtod(text, NULL)) == bits_of(x),
	    "%.17g is written as %s", x, text);
	n = n_digits(text);
	ck_assert_int_le(n, 17);
	if (n < 2)
		return;
	snprintf(shorter, sizeof shorter, "%.*e", n - 2, x);
	ck_assert_msg(strtod(shorter, NULL) != x, "%s could be %s", text,
	    shorter);
}

START_TEST(random_numbers_read_back_and_cannot_be_shorter)
{
	for (int i = 0; i < 50000; i++) {
		uint64_t bits = random_bits();
		double x;

		memcpy(&x, &bits, sizeof x);
		if (isfinite(x))
			check_shortest(x);
		check_shortest((double)(random_bits() % 10000000) / 1000);
		check_shortest((double)(int64_t)random_bits() * 0x1p-50);
	}
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
	ck_assert_uint_eq(number_format_count(text, UINT64_MAX), 20);
	ck_assert_mem_eq(text, "18446744073709551615", 20);
	ck_assert_uint_eq(number_format_count(text, 0), 1);
}
END_TEST

/* ---- Windows and statistics ---- */

static struct spec_window spec_of(const char *text)
{
	struct spec_window w = { 0 };
	char why[512];

	ck_assert_msg(spec_window(text, &w, why, sizeof why) == 0, "%s: %s",
	    text, why);
	return w;
}

static leat_window_options window_of(const char *text)
{
	struct spec_window w = spec_of(text);

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
	ck_assert_uint_eq(o.advance, 10);
	ck_assert_int_eq(window_of("landmark").kind, LEAT_LANDMARK);
	o = window_of("decay:alpha=0.25");
	ck_assert_int_eq(o.kind, LEAT_DECAY);
	ck_assert(o.alpha == 0.25 && o.recursive == 0);
	ck_assert(window_of("decay:span=20").decay_span == 20);
	o = window_of("decay:halflife=1.5,recursive");
	ck_assert(o.half_life == 1.5 && o.recursive == 1);
}
END_TEST

static leat_time_window_options time_window_of(const char *text)
{
	struct spec_window w = spec_of(text);

	ck_assert(w.by_time);
	ck_assert_int_eq(w.time.kind, w.count.kind);
	ck_assert(w.count.size == 0 && w.count.advance == 0);
	ck_assert(w.count.half_life == 0);
	return w.time;
}

START_TEST(windows_by_time_are_read)
{
	leat_time_window_options o = time_window_of("60s");
	struct spec_window w;

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
	ck_assert_int_eq(o.advance, LEAT_HOUR);
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
	/* What one window has said does not stay for the next one. */
	ck_assert_int_eq(spec_window("5", &w, NULL, 0), 0);
	ck_assert(!w.by_time && w.calendar.ahead == 0 && w.count.size == 5);
}
END_TEST

START_TEST(what_is_not_a_window_is_refused_and_changes_nothing)
{
	static const char *const texts[] = { "", "x", "sliding",
		"sliding:", "sliding:-1", "1e3", "10x", "tumbling:1/2",
		"hopping:10", "hopping:/", "landmark:1", "decay", "decay:0.5",
		"decay:alpha", "decay:alpha=", "decay:alpha=x", "decay:beta=1",
		"decay:alpha=0.5,fast", "slidin:1", "slidings:1",
		"99999999999999999999999", "decay:,alpha=1", "60S", "1y",
		"-60s", "tumbling:s", "hopping:6h", "hopping:6h/10",
		"hopping:60/1h", "hopping:6h/", "session", "session:30",
		"calendar", "calendar:", "calendar:decade", "calendar:day+25",
		"landmark:1h", "decay:alpha=1s", "decay:halflife=1s,recursive",
		"decay:halflife=1x", "99999999w" };
	struct spec_window w = { 0 };
	char why[512];

	w.count.size = 3;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		ck_assert_msg(spec_window(texts[i], &w, why, sizeof why) < 0,
		    "\"%s\" was read", texts[i]);
		ck_assert_ptr_nonnull(strstr(why, "hopping:100/10"));
		ck_assert_ptr_nonnull(strstr(why, "session:30m"));
	}
	ck_assert(w.count.size == 3 && !w.by_time && w.time.span == 0);
}
END_TEST

/* What is missing is no time, and a number may mean missing. */
START_TEST(times_of_fields_can_be_missing)
{
	static const struct {
		const char *na, *text;
		int result;
	} cases[] = {
		{ ",NA", "2001-01-01", 0 },
		{ ",NA", "", 1 },
		{ ",NA", " NA ", 1 },
		{ ",NA", "nan", TIMES_FORM },
		{ ",NA", "2001-01-32", TIMES_DAY },
		{ "-999", "-999", 1 },
		{ "-999", "-998", 0 },
		{ "-999", "", TIMES_FORM },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct csv_field field = { cases[i].text, 0 };
		struct list na = { 0 };
		struct values values;
		int64_t t;

		field.len = strlen(cases[i].text);
		ck_assert_int_eq(list_add_split(&na, cases[i].na), 0);
		values_init(&values, &na);
		ck_assert_int_eq(values_read_time(&values, &field, TIMES_AUTO,
				     &t),
		    cases[i].result);
		list_clear(&na);
	}
}
END_TEST

START_TEST(statistics_of_pairs_are_kept_apart)
{
	struct spec_stats s = { 0 };
	char why[256];

	ck_assert_int_eq(spec_stats("mean,corr,std,slope", &s, why, sizeof why),
	    0);
	ck_assert_uint_eq(s.n_single, 2);
	ck_assert_uint_eq(s.n_pair, 2);
	ck_assert_str_eq(leat_stat_name(&s.single[1]), "stddev");
	ck_assert_str_eq(leat_stat_name(&s.pair[0]), "correlation");
	ck_assert_int_lt(spec_stats("mean,no", &s, why, sizeof why), 0);
	ck_assert_ptr_nonnull(strstr(why, "\"no\""));
	ck_assert_int_lt(spec_stats("std,stddev", &s, why, sizeof why), 0);
	ck_assert_ptr_nonnull(strstr(why, "twice"));
	ck_assert_int_lt(spec_stats("", &s, why, sizeof why), 0);
	ck_assert_uint_eq(s.n_single, 2);
	spec_stats_clear(&s);
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

static const struct option some_options[] = {
	{ 1, 'a', "all", NULL, "a flag" },
	{ 2, 'n', "number", "N", "with an argument" },
};
static const struct option_group some_groups[] = {
	{ "Some", some_options, 2 },
};

/* What the scan returns, in one line. */
static void expect_options(int argc, const char **argv, const char *expected)
{
	struct option_scan s = { 0 };
	char got[256];
	size_t len = 0;
	int id;

	got[0] = '\0';
	s.groups = some_groups;
	s.n_groups = 1;
	s.argc = argc;
	s.argv = (char **)(uintptr_t)argv;
	while ((id = option_next(&s)) != OPTION_END && id != OPTION_BAD)
		len += (size_t)snprintf(got + len, sizeof got - len, "%d(%s)",
		    id, s.arg ? s.arg : "");
	if (id == OPTION_BAD)
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
	OPTIONS("--al: unknown option", "--al");
	OPTIONS("--all: takes no argument", "--all=1");
	OPTIONS("-n: needs an argument: N", "-n");
	OPTIONS("--number: needs an argument: N", "--number");
}
END_TEST

START_TEST(no_long_name_or_letter_is_used_twice)
{
	char letters[256] = { 0 };

	for (size_t g = 0; g < SETTINGS_N_GROUPS; g++) {
		const struct option_group *group = &settings_groups[g];

		for (size_t i = 0; i < group->n; i++) {
			const struct option *o = &group->options[i];

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

/* As text, in a form that reads back: every name is quoted. */
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
		{ "y ~", "nothing on the right side" },
		{ "y ~ \t", "nothing on the right side" },
		{ "y ~ a b", "at \"b\": + or - expected" },
		{ "y ~ a + b)", "at \")\": + or - expected" },
		{ "y ~ a * b", "at \"* b\": + or - expected" },
		{ "y ~ a ~ b", "at \"~ b\": + or - expected" },
		{ "y ~ a +", "at the end: a term expected" },
		{ "y ~ a + - b", "at \"- b\": a term expected" },
		{ "y ~ (a)", "at \"(a)\": a term expected" },
		{ "y ~ #", "at \"#\": a term expected" },
		{ "y ~ a + 2", "at \"2\": numbers are" },
		{ "y ~ a - 0", "at \"0\": numbers are" },
		{ "y ~ 10", "at \"10\": numbers are" },
		{ "y ~ . + .", "the dot is given twice" },
		{ "y ~ a - .", "the dot cannot be taken away" },
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
		ck_assert_int_eq(times_parse(cases[i].time,
				     strlen(cases[i].time), TIMES_AUTO, &t),
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

static int take_names(void *ctx, const struct csv_record *record)
{
	return columns_take(ctx, record, 1);
}

static void make_columns(struct columns *c, const char *header)
{
	struct csv *csv = csv_new(NULL, take_names, c);

	ck_assert_ptr_nonnull(csv);
	ck_assert_int_eq(csv_feed(csv, header, strlen(header)), 0);
	ck_assert_int_eq(csv_end(csv), 0);
	csv_free(csv);
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
		{ "y ~ z", "2 columns are called \"z\"; say #N" },
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
		{ "y ~ . - hour(t)", "there is no term hour(t) to take away" },
		{ "y ~ a + sin(t,1d) - sin(t,2d)",
		    "there is no term sin(t,2d) to take away" },
		{ "y ~ hour(foo)", "no column \"foo\"" },
		{ "y ~ . - a - a", "the term a is given twice" },
		{ "y ~ a - `b c`", "there is no term b c to take away" },
		{ "y ~ . - lag(a,1)",
		    "there is no term lag(a,1) to take away" },
		{ "y ~ a + lag(a,1) - lag(a,2)",
		    "there is no term lag(a,2) to take away" },
		{ "y ~ 1", "no column to predict from" },
		{ "y ~ a - a", "no column to predict from" },
		{ "y ~ . - a - `b c` - #6 - #7", "no column to predict from" },
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
			int err = -1, seen = leat_model_learned(model) > 0;

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
			mean_errors(errors, n, (size_t)plan->metric.size, &mae,
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
	static const int metrics[] = { LEAT_METRIC_MAE, LEAT_METRIC_BIAS };
	struct learner_plan plan = { 0 };
	struct design d = { 0 };
	char why[512];

	ck_assert_int_eq(make_design(&d,
			     "y ~ a + lag(y,1) + lag(a,7) + lag(y,3)", why,
			     sizeof why),
	    0);
	plan.design = &d;
	plan.metric.metrics = metrics;
	plan.metric.n_metrics = 2;
	ck_assert_uint_eq(learner_width(&plan), 4);
	for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
		plan.model.update = updates[i];
		plan.metric.size = 0;
		run_learner(&plan);
		plan.metric.size = 10;
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

static TCase *csv_case(void)
{
	TCase *c = tcase_create("csv");

	tcase_add_test(c, a_record_ends_with_lf_crlf_or_cr);
	tcase_add_test(c, the_last_record_may_lack_its_end);
	tcase_add_test(c, lines_with_nothing_on_them_are_no_records);
	tcase_add_test(c, quoted_fields_hold_delimiters_line_ends_and_quotes);
	tcase_add_test(c, a_byte_order_mark_is_dropped_at_the_very_start_only);
	tcase_add_test(c, problems_are_told_and_the_record_is_delivered);
	tcase_add_test(c, a_nul_byte_is_a_problem_and_stays_in_the_field);
	tcase_add_test(c, a_record_over_a_limit_is_told_and_reading_goes_on);
	tcase_add_test(c, any_byte_can_be_the_delimiter);
	tcase_add_test(c, records_know_their_line_and_offset);
	tcase_add_test(c, a_record_within_a_piece_is_not_copied);
	tcase_add_test(c, the_callback_can_stop_the_reading);
	tcase_add_test(c, the_corpus_is_read_the_same_in_all_pieces);
	return c;
}

static TCase *number_case(void)
{
	TCase *c = tcase_create("number");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, numbers_are_read_as_strtod_reads_them);
	tcase_add_test(c, random_decimals_are_read_as_strtod_reads_them);
	tcase_add_test(c, numbers_of_any_length_are_rounded_right);
	tcase_add_test(c, blanks_around_a_number_do_not_count);
	tcase_add_test(c, infinities_and_nan_are_read_in_any_case);
	tcase_add_test(c, what_is_not_a_decimal_number_is_refused);
	tcase_add_test(c, numbers_are_written_in_their_shortest_form);
	tcase_add_test(c, random_numbers_read_back_and_cannot_be_shorter);
	tcase_add_test(c, whole_numbers_are_digits_alone);
	return c;
}

static TCase *rest_case(void)
{
	TCase *c = tcase_create("rest");

	tcase_add_test(c, windows_are_read);
	tcase_add_test(c, windows_by_time_are_read);
	tcase_add_test(c, times_of_fields_can_be_missing);
	tcase_add_test(c, what_is_not_a_window_is_refused_and_changes_nothing);
	tcase_add_test(c, statistics_of_pairs_are_kept_apart);
	tcase_add_test(c, lists_are_split_at_commas_outside_quotes);
	tcase_add_test(c, keys_are_numbered_in_order_of_appearance);
	tcase_add_test(c, options_are_taken_in_all_their_forms);
	tcase_add_test(c, wrong_options_are_named);
	tcase_add_test(c, no_long_name_or_letter_is_used_twice);
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
	Suite *suite = suite_create("text");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, csv_case());
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
