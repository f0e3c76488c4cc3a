/*
 * Lines to samples: formats line and graphite, and what goes for all.
 * 1700000000 is 2023-11-14T22:13:20Z.
 */
#include "test_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 "@1700000000000000000"

/* ---- Line ---- */

START_TEST(a_line_is_key_value_time)
{
	SAYS(FORMAT_LINE, "a 1.5 1700000000", "a=1.5" T0);
	SAYS(FORMAT_LINE, "a 1.5", "a=1.5");
	SAYS(FORMAT_LINE, "1.5", "=1.5");
	SAYS(FORMAT_LINE, "1.5 1700000000", "=1.5" T0);
	SAYS(FORMAT_LINE, " \ta\t \t-1e3  1700000000 \t", "a=-1000" T0);
	SAYS(FORMAT_LINE, "a 1 2023-11-14T22:13:20Z", "a=1" T0);
	SAYS(FORMAT_LINE, "a 1 2023-11-14T23:13:20+01:00", "a=1" T0);
	SAYS(FORMAT_LINE, "a 1 1700000000000", "a=1" T0);
	SAYS(FORMAT_LINE, "a 1 1700000000.25", "a=1@1700000000250000000");
	SAYS(FORMAT_LINE, "a 1 1969-12-31T23:59:59Z", "a=1@-1000000000");
	SAYS(FORMAT_LINE, "a 1 20231114", "a=1@1699920000000000000");
	SAYS(FORMAT_LINE, "a;b=c,d 1", "a;b=c,d=1");
	SAYS(FORMAT_LINE, "gr\303\266\303\237e 1", "gr\303\266\303\237e=1");
}
END_TEST

/* Two fields: what could be a value and a time is that. */
START_TEST(a_key_like_a_number_needs_a_time)
{
	SAYS(FORMAT_LINE, "12 1700000000", "=12" T0);
	SAYS(FORMAT_LINE, "12 5 1700000000", "12=5" T0);
	SAYS(FORMAT_LINE, "nan 1700000000", "=nan" T0);
	SAYS(FORMAT_LINE, "inf 5 1700000000", "inf=5" T0);
	SAYS(FORMAT_LINE, "1.5 2023-11-14", "=1.5@1699920000000000000");
	SAYS(FORMAT_LINE, "12 abc", "bad");
	SAYS(FORMAT_LINE, "12 5e400", "bad");
	SAYS(FORMAT_LINE, "12 NA", "12=nan");
	SAYS(FORMAT_LINE, "12x 5", "12x=5");
	SAYS(FORMAT_LINE, "2023-11-14 5", "2023-11-14=5");
	SAYS(FORMAT_LINE, "nano 5", "nano=5");
	SAYS(FORMAT_LINE, "infinit 5", "infinit=5");
	SAYS(FORMAT_LINE, "i 5", "i=5");
	SAYS(FORMAT_LINE, "U 5", "U=5");
}
END_TEST

START_TEST(a_value_may_be_missing_or_infinite)
{
	static const char *const words[] = { "nan", "NaN", "NAN", "NA", "na",
		"null", "NULL", "U" };
	char line[40];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		snprintf(line, sizeof line, "a %s", words[i]);
		SAYS(FORMAT_LINE, line, "a=nan");
		snprintf(line, sizeof line, "a %s 1700000000", words[i]);
		SAYS(FORMAT_LINE, line, "a=nan" T0);
	}
	SAYS(FORMAT_LINE, "NA", "=nan");
	SAYS(FORMAT_LINE, "a inf", "a=inf");
	SAYS(FORMAT_LINE, "a -infinity 1700000000", "a=-inf" T0);
	SAYS(FORMAT_LINE, "a 1e999", "a=inf");
}
END_TEST

START_TEST(what_is_no_line_is_bad)
{
	static const char *const bad[] = { "a", "a b", "a 1 b", "a 1 2 3",
		"a 1 2 3 4", "a 0x10", "a 1,5", "a 1 0x10", "a 1 12:30",
		"a 1 2023-13-01", "a 1 99999999999999999999", "a\001b 1",
		"a\177 1", "a\r 1", "a 1\r", "a 1\v2", "\177 1 2", "a nul",
		"a nulll", "a uu", "\001", "a 1 1700000000\001" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		SAYS(FORMAT_LINE, bad[i], "bad");
	ck_assert_str_eq(story_of_bytes(FORMAT_LINE, "a\0b 1", 5), "bad");
	ck_assert_str_eq(story_of_bytes(FORMAT_LINE, "a 1\0", 4), "bad");
}
END_TEST

START_TEST(blank_lines_and_comments_are_nothing)
{
	static const char *const none[] = { "", " ", "\t \t", "#", "# a 1",
		"  #a:1|c", "#\001" };

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		for (int f = FORMAT_LINE; f < FORMAT_N; f++)
			SAYS((enum format)f, none[i], "");
	ck_assert_str_eq(story_of_bytes(FORMAT_LINE, NULL, 0), "");
	SAYS(FORMAT_CSV, "a,b", "bad");
	SAYS(FORMAT_AUTO, "a 1", "bad");
}
END_TEST

START_TEST(a_bad_line_says_why)
{
	char text[300];

	SAYS(FORMAT_LINE, "a abc", "bad");
	ck_assert_str_eq(decoder_why(decoder), "value \"abc\" is not a number");
	SAYS(FORMAT_LINE, "a 1 noon", "bad");
	ck_assert_str_eq(decoder_why(decoder), "time \"noon\" is not a time");
	memset(text, 'x', 200);
	memcpy(text, "a \033[2Jx\303\266", 9);
	text[200] = '\0';
	SAYS(FORMAT_LINE, text, "bad"); /* a control character: not shown */
	memcpy(text, "a x[2Jx\303\266", 9);
	SAYS(FORMAT_LINE, text, "bad"); /* end_story() looks at the bytes */
}
END_TEST

/* Each byte at each place: the two ways to read a line agree on what ends. */
START_TEST(every_byte_is_seen_wherever_it_stands)
{
	char line[64], wanted[64];

	for (int c = 1; c < 256; c++) {
		for (size_t at = 0; at < 20; at++) {
			int ends = c == ' ' || c == '\t';
			int bad = (c < ' ' && !ends) || c == 127;

			memcpy(line, "keykeykeykeykeykeykeyk 1 1700000000", 36);
			line[at] = (char)c;
			snprintf(wanted, sizeof wanted, "%.22s=1" T0, line);
			if (at == 0 && c == '#')
				wanted[0] = '\0';
			else if (bad || (ends && at > 0))
				snprintf(wanted, sizeof wanted, "bad");
			else if (ends)
				snprintf(wanted, sizeof wanted, "%.21s=1" T0,
				    line + 1);
			SAYS(FORMAT_LINE, line, wanted);
		}
	}
}
END_TEST

/* A number, taken for seconds. */
static int is_before_1990(const char *time, size_t n, int64_t t)
{
	return strspn(time, "+-0123456789.,") == n &&
	    t < 631152000 * LEAT_SECOND &&
	    t / LEAT_SECOND == strtoll(time, NULL, 10);
}

/* Ten digits are read in a way of their own. */
START_TEST(times_are_those_of_the_library)
{
	static const int units[] = { LEAT_UNIT_GUESS, LEAT_UNIT_S, LEAT_UNIT_MS,
		LEAT_UNIT_US, LEAT_UNIT_NS };
	struct decoder_options o = { 0 };
	uint64_t bits = 88172645463325252u;

	o.max_key = 100;
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		struct decoder *w;

		o.time_unit = units[u];
		w = decoder_new(&o);
		ck_assert_ptr_nonnull(w);
		for (int i = 0; i < 20000; i++) {
			char line[64] = "k 1 ", *time = line + 4;
			struct sample s;
			int64_t t = 0;
			size_t n = 8 + (size_t)(bits % 7);
			int err;

			for (size_t k = 0; k < n; k++) {
				bits ^= bits << 13;
				bits ^= bits >> 7;
				bits ^= bits << 17;
				time[k] = bits % 97 ? (char)('0' + bits % 10)
						    : (char)(33 + bits % 94);
			}
			err = leat_parse_time(time, n, units[u], &t, NULL);
			if (err == 0 && units[u] == LEAT_UNIT_GUESS &&
			    is_before_1990(time, n, t))
				err = LEAT_EPARSE;
			ck_assert_int_eq(decoder_line(w, line, 4 + n, &s),
			    err ? DECODER_BAD : 0);
			if (err == 0)
				ck_assert_int_eq(s.t, t);
		}
		decoder_free(w);
	}
}
END_TEST

/* A year, a month; what else would be seconds before 1990 is refused. */
START_TEST(small_times_without_a_unit_are_no_seconds)
{
	static const char *const bad[] = { "a 1 5", "a 1 -1", "a 1 0", "12 5",
		"a 1 20240", "a 1 202413", "a 1 631151999", "1 45000" };

	SAYS(FORMAT_LINE, "a 1 2024", "a=1@1704067200000000000");
	SAYS(FORMAT_LINE, "a 1 202402", "a=1@1706745600000000000");
	SAYS(FORMAT_LINE, "a 1 631152000", "a=1@631152000000000000");
	SAYS(FORMAT_LINE, "12 2024", "=12@1704067200000000000");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		SAYS(FORMAT_LINE, bad[i], "bad");
		ck_assert_msg(strstr(decoder_why(decoder), "before 1990") &&
			strstr(decoder_why(decoder), "--time-unit"),
		    "\"%s\": %s", bad[i], decoder_why(decoder));
		ck_assert_int_eq(format_guess(bad[i], strlen(bad[i])),
		    i == 1 ? FORMAT_GRAPHITE : FORMAT_LINE);
	}
	SAYS(FORMAT_LINE, "a 1 x", "bad");
	ck_assert_ptr_null(strstr(decoder_why(decoder), "--time-unit"));
}
END_TEST

START_TEST(with_a_unit_small_times_are_what_they_say)
{
	static const char text[] = "a 1 2024";
	struct decoder_options o = { 0 };
	struct sample s;
	struct decoder *w;

	o.max_key = 9;
	o.time_unit = LEAT_UNIT_S;
	w = decoder_new(&o);
	ck_assert_ptr_nonnull(w);
	ck_assert_int_eq(decoder_line(w, text, sizeof text - 1, &s), 0);
	ck_assert_int_eq(s.t, 2024 * LEAT_SECOND);
	decoder_free(w);
}
END_TEST

START_TEST(keys_have_a_limit)
{
	decoder_again(4, 10, LEAT_UNIT_GUESS);
	SAYS(FORMAT_LINE, "abcd 1", "abcd=1");
	SAYS(FORMAT_LINE, "abcde 1", "bad");
	SAYS(FORMAT_LINE, "abcde 1 2", "bad");
	SAYS(FORMAT_GRAPHITE, "abcd 1", "abcd=1");
	SAYS(FORMAT_GRAPHITE, "abcde 1", "bad");
	SAYS(FORMAT_GRAPHITE, "a;b=c 1", "bad");
	SAYS(FORMAT_INFLUX, "a b=1", "a.b=1");
	SAYS(FORMAT_INFLUX, "a b=1,bcd=2", "bad");
	SAYS(FORMAT_INFLUX, "a b=1,b\\ =2", "a.b=1 a.b_=2");
	SAYS(FORMAT_INFLUX, "abcd value=2", "abcd=2");
	SAYS(FORMAT_INFLUX, "a,b=c value=2", "bad");
	SAYS(FORMAT_STATSD, "abcd:1|c", "abcd=1");
	SAYS(FORMAT_STATSD, "abcde:1|g", "bad");
	SAYS(FORMAT_SYSLOG, "<1>abcde: 5", "bad");
	SAYS(FORMAT_SYSLOG, "<1>abcd: 5", "abcd=5");
}
END_TEST

START_TEST(the_callback_can_end_a_line)
{
	decoder_most = 1;
	SAYS(FORMAT_INFLUX, "a b=1,c=2,d=3", "a.b=1 7");
	SAYS(FORMAT_LINE, "a 1", "7");
	decoder_most = 2;
	SAYS(FORMAT_STATSD, "a:1:2:3|ms", "a=1 a=2 7");
}
END_TEST

START_TEST(formats_have_names)
{
	enum format f = FORMAT_N;

	for (int i = 0; i < FORMAT_N; i++) {
		const char *name = format_name((enum format)i);

		ck_assert_int_eq(format_parse(name, &f), 0);
		ck_assert_int_eq((int)f, i);
	}
	ck_assert_int_eq(format_parse("auto", &f), 0);
	ck_assert_int_eq(f, FORMAT_AUTO);
	ck_assert_int_eq(format_parse("Line", &f), -1);
	ck_assert_int_eq(format_parse("", &f), -1);
}
END_TEST

/* ---- Graphite ---- */

/* The path with its tags is what carbon makes of it: sorted. */
START_TEST(graphite_has_paths_and_seconds)
{
	SAYS(FORMAT_GRAPHITE, "a.b 1.5 1700000000", "a.b=1.5" T0);
	SAYS(FORMAT_GRAPHITE, "a.b\t1.5 \t1700000000.5",
	    "a.b=1.5@1700000000500000000");
	SAYS(FORMAT_GRAPHITE, "a.b nan 1700000000", "a.b=nan" T0);
	SAYS(FORMAT_GRAPHITE, "a.b 1 -1", "a.b=1");
	SAYS(FORMAT_GRAPHITE, "a.b 1 N", "a.b=1");
	SAYS(FORMAT_GRAPHITE, "a.b 1", "a.b=1");
	SAYS(FORMAT_GRAPHITE, "12 5", "12=5");
	SAYS(FORMAT_GRAPHITE, "a.b 1 20231114", "a.b=1@20231114000000000");
	SAYS(FORMAT_GRAPHITE, "d;b=2;a=1 3 1700000000", "d;a=1;b=2=3" T0);
	SAYS(FORMAT_GRAPHITE, "d;a-b=2;a=1;a=0;a=1 3", "d;a=0;a=1;a-b=2=3");
	SAYS(FORMAT_GRAPHITE, "d;a=b=c 3", "d;a=b=c=3");
	SAYS(FORMAT_GRAPHITE, "d;z;b=1 3", "d;b=1;z=3");
}
END_TEST

START_TEST(what_is_no_graphite_is_bad)
{
	static const char *const bad[] = { "a", "a b", "a 1 x", "a 1 2 3",
		"a 1 1e9", "a 1 2023-11-14", "a 1 1.2.3", "a 1 n", "a 1 .",
		"a 1 -", ";a=b 1", "a; 1", "a;b= 1", "a;=b 1", "a;b=1;; 1",
		"a;b=1; 1", "a\001 1", "a;b=\177 1", "a 1 99999999999999",
		"1700000000" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		SAYS(FORMAT_GRAPHITE, bad[i], "bad");
}
END_TEST

TCase *line_case(void)
{
	TCase *t = tcase_create("line");

	tcase_add_checked_fixture(t, decoder_set_up, decoder_tear_down);
	tcase_add_test(t, a_line_is_key_value_time);
	tcase_add_test(t, a_key_like_a_number_needs_a_time);
	tcase_add_test(t, a_value_may_be_missing_or_infinite);
	tcase_add_test(t, what_is_no_line_is_bad);
	tcase_add_test(t, blank_lines_and_comments_are_nothing);
	tcase_add_test(t, a_bad_line_says_why);
	tcase_add_test(t, every_byte_is_seen_wherever_it_stands);
	tcase_add_test(t, times_are_those_of_the_library);
	tcase_add_test(t, small_times_without_a_unit_are_no_seconds);
	tcase_add_test(t, with_a_unit_small_times_are_what_they_say);
	tcase_add_test(t, keys_have_a_limit);
	tcase_add_test(t, the_callback_can_end_a_line);
	tcase_add_test(t, formats_have_names);
	return t;
}

TCase *graphite_case(void)
{
	TCase *t = tcase_create("graphite");

	tcase_add_checked_fixture(t, decoder_set_up, decoder_tear_down);
	tcase_add_test(t, graphite_has_paths_and_seconds);
	tcase_add_test(t, what_is_no_graphite_is_bad);
	return t;
}
