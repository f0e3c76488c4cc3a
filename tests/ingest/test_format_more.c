/*
 * StatsD, by its metric_types.md and DogStatsD's description; syslog, by the
 * examples of RFC 5424 and 3164 and by what logger(1) sends; and the state
 * that outlives lines: gauges and sets.
 */
#define _POSIX_C_SOURCE 200809L

#include "test_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../examples/replay/state_tape.h"

#define T0 "@1700000000000000000"

/* ---- StatsD ---- */

START_TEST(statsd_has_types)
{
	SAYS(FORMAT_STATSD, "gorets:1|c", "gorets=1");
	SAYS(FORMAT_STATSD, "gorets:1|c|@0.1", "gorets=10");
	SAYS(FORMAT_STATSD, "gorets:-3|m|@0.5", "gorets=-6");
	SAYS(FORMAT_STATSD, "song.length:240|h|@0.5",
	    "song.length=240 song.length=240");
	SAYS(FORMAT_STATSD, "a:1.5|d", "a=1.5");
	SAYS(FORMAT_STATSD, "a:1:2.5:-3|ms", "a=1 a=2.5 a=-3");
	SAYS(FORMAT_STATSD, "a:1:2|c|@0.5", "a=2 a=4");
	SAYS(FORMAT_STATSD, " a:1|c \t", "a=1");
	SAYS(FORMAT_STATSD, "page.views:15|c|T1656581400",
	    "page.views=15@1656581400000000000");
	SAYS(FORMAT_STATSD, "a:1|c|#env:dev|c:83c0a99c0a54c0c18|T1700000000",
	    "a;env=dev=1" T0);
	SAYS(FORMAT_STATSD, "a:1|c|e:it-false|card:low", "a=1");
	SAYS(FORMAT_STATSD, "_e{5,4}:title|text|#a:b", "");
	SAYS(FORMAT_STATSD, "_sc|Redis connection|2|#env:dev|m:timed out", "");
}
END_TEST

/* Telegraf's and Kamon's clients send these; types may differ. */
START_TEST(statsd_has_several_values_in_a_line)
{
	SAYS(FORMAT_STATSD, "a:1|c:2|c", "a=1 a=2");
	SAYS(FORMAT_STATSD, "k.time:581632|ms:593920|ms|@0.5:610304|ms",
	    "k.time=581632 k.time=593920 k.time=593920 k.time=610304");
	SAYS(FORMAT_STATSD, "foo:1|c:200|ms", "foo=1 foo=200");
	SAYS(FORMAT_STATSD, "app:32|g:+10|g:-12|g", "app=32 app=42 app=30");
	SAYS(FORMAT_STATSD, "app:+1|g", "app=31");
	SAYS(FORMAT_STATSD, "d:1|c:101|c:1|c|@0.1", "d=1 d=101 d=10");
	SAYS(FORMAT_STATSD, "a:1:2|c:3:4|h|#x:y",
	    "a;x=y=1 a;x=y=2 a;x=y=3 "
	    "a;x=y=4");
	SAYS(FORMAT_STATSD, "a:1|c|@0.5:2|g|T1700000000", "a=2" T0 " a=2" T0);
	SAYS(FORMAT_STATSD, "u:101|s:fe80::1|s:102|s:5|c", "u=5");
	ck_assert_str_eq(story_of_sets(), "u=3");
}
END_TEST

/* Counts of timers are scaled by 1 / rate, rounded. */
START_TEST(a_rate_says_how_many_values_one_stands_for)
{
	char wanted[20000] = "";

	for (int i = 0; i < 1000; i++)
		strcat(wanted, &" lat=2.5"[i == 0]);
	SAYS(FORMAT_STATSD, "lat:2.5|ms|@0.001", wanted);
	SAYS(FORMAT_STATSD, "a:1|d|@0.3", "a=1 a=1 a=1");
	SAYS(FORMAT_STATSD, "a:1|d|@0.9", "a=1");
	SAYS(FORMAT_STATSD, "a:1|d|@1", "a=1");
	SAYS(FORMAT_STATSD, "a:1:2|h|@0.5", "a=1 a=1 a=2 a=2");
	SAYS(FORMAT_STATSD, "a:1|g|@0.5", "a=1");
}
END_TEST

/* Few bytes do not make many values: 10000 beside those that are written. */
START_TEST(what_a_line_stands_for_has_a_limit)
{
	char line[60000] = "a:1";
	size_t n = 0;

	SAYS(FORMAT_STATSD, "a:1|ms|@0.00009", "bad");
	SAYS(FORMAT_STATSD, "a:1|ms|@1e-320", "bad");
	SAYS(FORMAT_STATSD, "a:1|ms|@0.0002:2|ms|@0.0002:3|ms|@0.2", "bad");
	for (const char *p = story_of(FORMAT_STATSD, "a:1|ms|@0.0001"); *p; p++)
		n += *p == '=';
	ck_assert_uint_eq(n, 10000);
	/*
	 * Rates above 1 are not meant, and a counter is one value in any case.
	 */
	for (n = 0; n < 12000; n++)
		strcpy(line + 3 + 2 * n, ":7");
	strcpy(line + 3 + 2 * n, "|ms");
	decoder_most = 12001;
	story_of(FORMAT_STATSD, line);
	ck_assert_uint_eq(decoder_most, 0);
	decoder_most = 10;
	SAYS(FORMAT_STATSD, "a:1|c|@1.52587890625e-05", "a=65536");
}
END_TEST

START_TEST(a_full_set_spoils_the_line_before_it_tells)
{
	decoder_again(100, 1, LEAT_UNIT_GUESS);
	SAYS(FORMAT_STATSD, "a:1|s", "");
	SAYS(FORMAT_STATSD, "b:5|g:1|s", "bad");
	SAYS(FORMAT_STATSD, "b:+1|g", "b=1");
}
END_TEST

START_TEST(statsd_has_tags_of_telegraf)
{
	SAYS(FORMAT_STATSD, "users,region=us-west,host=a:32|g",
	    "users;host=a;region=us-west=32");
	SAYS(FORMAT_STATSD, "cpu,a=b:1|c|#c:d", "cpu;a=b;c=d=1");
	SAYS(FORMAT_STATSD, "cpu,a=b,c:1|c:2|c", "cpu;a=b;c=1 cpu;a=b;c=2");
	SAYS(FORMAT_STATSD, "a,b:1|c", "a,b=1");
	SAYS(FORMAT_STATSD, "a;x=1,y=2:1|c", "a;x=1,y_2=1");
	SAYS(FORMAT_STATSD, ",a=b:1|c", "bad");
}
END_TEST

START_TEST(statsd_has_tags)
{
	SAYS(FORMAT_STATSD, "users.online:1|c|@0.5|#country:china",
	    "users.online;country=china=2");
	SAYS(FORMAT_STATSD, "a:1|c|#z:1,b,a:x:y", "a;a=x:y;b;z=1=1");
	SAYS(FORMAT_STATSD, "a:1|c|#", "a=1");
	SAYS(FORMAT_STATSD, "a:1|c|#,,b,", "a;b=1");
	SAYS(FORMAT_STATSD, "a:1|c|#b:,:c", "a;b;c=1");
	SAYS(FORMAT_STATSD, "a:1|c|#b=c;d:e f", "a;b_c_d=e_f=1");
	SAYS(FORMAT_STATSD, "a;z=1;b=2:1|c|#c:3", "a;b=2;c=3;z=1=1");
	SAYS(FORMAT_STATSD, "a b/c:1|c", "a_b/c=1");
}
END_TEST

/* "a:+4|g" and "a:-10|g" change it, so a negative one is set to 0 first. */
START_TEST(gauges_are_remembered)
{
	SAYS(FORMAT_STATSD, "gaugor:333|g", "gaugor=333");
	SAYS(FORMAT_STATSD, "gaugor:-10|g", "gaugor=323");
	SAYS(FORMAT_STATSD, "gaugor:+4|g", "gaugor=327");
	SAYS(FORMAT_STATSD, "other:+1|g", "other=1");
	SAYS(FORMAT_STATSD, "gaugor:0|g", "gaugor=0");
	SAYS(FORMAT_STATSD, "gaugor:-10|g", "gaugor=-10");
	SAYS(FORMAT_STATSD, "gaugor:5:+1:-2|g", "gaugor=5 gaugor=6 gaugor=4");
	SAYS(FORMAT_STATSD, "gaugor:+1|g|#a:b", "gaugor;a=b=1");
	SAYS(FORMAT_STATSD, "gaugor:+1|g|@0.1", "gaugor=5");
}
END_TEST

START_TEST(a_bad_line_changes_no_gauge)
{
	SAYS(FORMAT_STATSD, "a:5|g", "a=5");
	SAYS(FORMAT_STATSD, "a:7:x|g", "bad");
	SAYS(FORMAT_STATSD, "a:+1:+nan|g", "bad");
	SAYS(FORMAT_STATSD, "a:+1|g|@2", "bad");
	SAYS(FORMAT_STATSD, "a:+1|g|x", "bad");
	SAYS(FORMAT_STATSD, "a:1e308:+1e308|g", "bad");
	SAYS(FORMAT_STATSD, "new:+1:x|g", "bad");
	SAYS(FORMAT_STATSD, "a:+1|g", "a=6");
	SAYS(FORMAT_STATSD, "new:+1|g", "new=1");
}
END_TEST

/* With room for three, the one that was touched last stays. */
START_TEST(gauges_make_room)
{
	decoder_again(100, 3, LEAT_UNIT_GUESS);
	SAYS(FORMAT_STATSD, "a:1|g", "a=1");
	SAYS(FORMAT_STATSD, "b:1|g", "b=1");
	SAYS(FORMAT_STATSD, "c:1|g", "c=1");
	SAYS(FORMAT_STATSD, "a:+1|g", "a=2");
	SAYS(FORMAT_STATSD, "d:1|g", "d=1");
	SAYS(FORMAT_STATSD, "a:+1|g", "a=3");
	SAYS(FORMAT_STATSD, "c:+1|g", "c=2");
	SAYS(FORMAT_STATSD, "b:+1|g", "b=1"); /* forgotten */
	SAYS(FORMAT_STATSD, "d:+1|g", "d=1"); /* forgotten, too */
}
END_TEST

/* 100000 names of 90 bytes, of which 200000 bytes hold some 1000. */
START_TEST(gauges_and_sets_have_a_limit_of_bytes)
{
	char line[160];
	int n_refused = 0;

	decoder_again(100, 1000000, LEAT_UNIT_GUESS);
	decoder_limit(decoder, 200000);
	for (int i = 0; i < 100000; i++) {
		snprintf(line, sizeof line, "%090d:%d|g", i, i);
		ck_assert_str_ne(story_of(FORMAT_STATSD, line), "bad");
		snprintf(line, sizeof line, "s:%d|s", i);
		n_refused += strcmp(story_of(FORMAT_STATSD, line), "bad") == 0;
		ck_assert_uint_le(decoder_bytes(decoder), 200000);
	}
	ck_assert_int_gt(n_refused, 80000);
	ck_assert_int_lt(n_refused, 98000);
	snprintf(line, sizeof line, "%090d:+1|g", 99900);
	ck_assert_str_eq(strchr(story_of(FORMAT_STATSD, line), '='), "=99901");
	snprintf(line, sizeof line, "%090d:+1|g", 9);
	ck_assert_str_eq(strchr(story_of(FORMAT_STATSD, line), '='), "=1");
}
END_TEST

START_TEST(sets_count_members)
{
	SAYS(FORMAT_STATSD, "uniques:765|s", "");
	SAYS(FORMAT_STATSD, "uniques:765|s", "");
	SAYS(FORMAT_STATSD, "uniques:766|s|#a:b", "");
	SAYS(FORMAT_STATSD, "uniques:fe80::1|s", "");
	SAYS(FORMAT_STATSD, "u:765|s", "");
	SAYS(FORMAT_STATSD, "u:|s", "");
	ck_assert_str_eq(story_of_sets(), "uniques=2 uniques;a=b=1 u=2");
	ck_assert_str_eq(story_of_sets(), "");
	SAYS(FORMAT_STATSD, "u:765|s", "");
	ck_assert_str_eq(story_of_sets(), "u=1");
}
END_TEST

START_TEST(sets_have_limits)
{
	char line[64];

	decoder_again(100, 2, LEAT_UNIT_GUESS);
	SAYS(FORMAT_STATSD, "a:1|s", "");
	for (int i = 0; i < 100000; i++) {
		snprintf(line, sizeof line, "b:%d|s", i);
		SAYS(FORMAT_STATSD, line, "");
	}
	SAYS(FORMAT_STATSD, "c:1|s", "bad");
	SAYS(FORMAT_STATSD, "a:1|s", "");
	ck_assert_str_eq(story_of_sets(), "a=1 b=100000");
	SAYS(FORMAT_STATSD, "c:1|s", "");
	decoder_most = 0;
	ck_assert_str_eq(story_of_sets(), "7");
	decoder_most = 100;
	ck_assert_str_eq(story_of_sets(), "");
}
END_TEST

/* Members beyond are refused; members that are there still count as there. */
START_TEST(members_have_a_limit)
{
	char line[64];

	for (int i = 0; i < 1000000; i++) {
		int n = snprintf(line, sizeof line, "%c:%d|s", 'a' + i % 2, i);

		ck_assert_int_eq(decoder_take(decoder, FORMAT_STATSD, line,
				     (size_t)n),
		    0);
	}
	SAYS(FORMAT_STATSD, "a:x|s", "bad");
	SAYS(FORMAT_STATSD, "c:x|s", "bad");
	SAYS(FORMAT_STATSD, "b:999999|s", "");
	ck_assert_str_eq(story_of_sets(), "a=500000 b=500000");
	SAYS(FORMAT_STATSD, "a:x|s", "");
	ck_assert_str_eq(story_of_sets(), "a=1");
}
END_TEST

START_TEST(what_is_no_statsd_is_bad)
{
	static const char *const bad[] = { "a", "a:", "a:1", "a:1|", "a:|c",
		"a:1|x", "a:1|C", "a:1|c|", "a:1|c||@1", "a:1|c|@", "a:1|c|@0",
		"a:1|c|@-1", "a:1|c|@1.1", "a:1|c|@nan", "a:1|c|x", "a:1|c|T",
		"a:1|c|Tx", "a:1|c|T1.5", "a:1:|c", "a::1|c", "a:1:x|ms",
		":1|c", ";a=b:1|c", "a:nan|c", "a:inf|g", "a:1e308|c|@0.1",
		"a:0x1|c", "a:1|c\001", "a|c", "|", ":", ":|", "a 1",
		"a:1|c:", "a:1|c:2", "a:1|c:2|", "a:1|c:x|c", "a:1|c:|c",
		"a:1|c::2|c", "a:1|c|@0.5:", "a:1|c|@0.5:2", "a:1|c|@:2|c",
		"a:1|c:2|x", "a:1|ms:nan|ms" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		SAYS(FORMAT_STATSD, bad[i], "bad");
	ck_assert_str_eq(story_of_sets(), "");
}
END_TEST

/* ---- Syslog ---- */

START_TEST(syslog_of_rfc_5424)
{
	SAYS(FORMAT_SYSLOG,
	    "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - "
	    "\xEF\xBB\xBFtemp 17.25",
	    "temp=17.25@1065910455003000000");
	SAYS(FORMAT_SYSLOG,
	    "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - "
	    "17.25",
	    "myproc=17.25@1061727255000003000");
	SAYS(FORMAT_SYSLOG,
	    "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - "
	    "ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"Application\" "
	    "eventID=\"1011\"][examplePriority@32473 class=\"high\"] a 1 "
	    "1700000000",
	    "a=1" T0);
	SAYS(FORMAT_SYSLOG, "<1>1 - - app - - [a b=\"\\\"]\\\\\\] \"][c] 5",
	    "app=5");
	SAYS(FORMAT_SYSLOG, "<1>1 - host - - - - 5", "host=5");
	SAYS(FORMAT_SYSLOG, "<1>1 - - - - - - 5", "=5");
	SAYS(FORMAT_SYSLOG, "<1>1 - - app - - - 5 1700000000", "app=5" T0);
	SAYS(FORMAT_SYSLOG, "<1>1 - - app - - - nan", "app=nan");
	/* No message, or a comment. */
	SAYS(FORMAT_SYSLOG, "<1>1 - - app - - -", "");
	SAYS(FORMAT_SYSLOG, "<1>1 - - app - - - ", "");
	SAYS(FORMAT_SYSLOG, "<1>1 - - app - - [a]", "");
	SAYS(FORMAT_SYSLOG, "<1>1 - - app - - - #5", "");
}
END_TEST

/*
 * Messages captured from logger of util-linux 2.38: by TCP, UDP, a local
 * socket.
 */
START_TEST(syslog_of_logger)
{
	SAYS(FORMAT_SYSLOG,
	    "<13>1 2026-11-28T11:53:48.409813+00:00 vm app - - [timeQuality "
	    "tzKnown=\"1\" isSynced=\"0\"] temp 17.25",
	    "temp=17.25@1795866828409813000");
	SAYS(FORMAT_SYSLOG, "<13>1 - - app - - - temp 17.25", "temp=17.25");
	SAYS(FORMAT_SYSLOG, "<13>Nov 28 11:53:52 vm app: temp 17.25",
	    "temp=17.25@1795866832000000000");
	SAYS(FORMAT_SYSLOG, "<13>Nov 28 11:53:53 app[14090]: temp 17.25",
	    "temp=17.25@1795866833000000000");
	SAYS(FORMAT_SYSLOG, "<13>Nov 28 11:53:53 app[14090]: 17.25",
	    "app=17.25@1795866833000000000");
}
END_TEST

START_TEST(syslog_of_rfc_3164)
{
	SAYS(FORMAT_SYSLOG, "<34>Oct 11 22:14:15 mymachine su: 5",
	    "su=5@1791756855000000000");
	SAYS(FORMAT_SYSLOG, "<34>Oct  1 22:14:15 mymachine su: 5 1700000000",
	    "su=5" T0);
	SAYS(FORMAT_SYSLOG, "<13>Feb  5 17:32:18 10.0.0.99 a 1",
	    "a=1@1770312738000000000");
	SAYS(FORMAT_SYSLOG, "<13>Feb  5 17:32:18 10.0.0.99 5",
	    "10.0.0.99=5@1770312738000000000");
	SAYS(FORMAT_SYSLOG, "<13>Feb  5 17:32:18 5", "=5@1770312738000000000");
	SAYS(FORMAT_SYSLOG, "<13>Feb  5 17:32:18 h a[1]b: 5",
	    "a[1]b=5@1770312738000000000");
	SAYS(FORMAT_SYSLOG, "<13>Feb  5 17:32:18 h [1]: 5",
	    "[1]=5@1770312738000000000");
	SAYS(FORMAT_SYSLOG, "<13>temp: 5", "temp=5");
	SAYS(FORMAT_SYSLOG, "<13>temp 5", "temp=5");
	SAYS(FORMAT_SYSLOG, "<13>5", "=5");
	SAYS(FORMAT_SYSLOG, "<13>2023-11-14T23:13:20+01:00 vm app[1]: 5",
	    "app=5" T0);
	SAYS(FORMAT_SYSLOG, "<13>", "");
	SAYS(FORMAT_SYSLOG, "<13>app:", "");
	SAYS(FORMAT_SYSLOG, "<13>Feb  5 17:32:18 ", "");
}
END_TEST

/* When a message came, what it said of its time, and which one that is. */
static const struct {
	const char *zone, *arrival, *said, *wanted;
} years[] = {
	{ "UTC0", "2026-11-30T04:00:00Z", "Nov 30 01:14:15",
	    "2026-11-30T01:14:15Z" },
	{ "UTC0", "2026-11-30T04:00:00Z", "Oct 11 22:14:15",
	    "2026-10-11T22:14:15Z" },
	{ "UTC0", "2026-11-30T04:00:00Z", "Jan  1 00:00:00",
	    "2026-01-01T00:00:00Z" },
	/* A little ahead is a clock that is wrong. */
	{ "UTC0", "2026-11-30T04:00:00Z", "Nov 30 04:00:07",
	    "2026-11-30T04:00:07Z" },
	{ "UTC0", "2026-11-30T04:00:00Z", "Dec  6 23:59:59",
	    "2026-12-06T23:59:59Z" },
	{ "UTC0", "2026-11-30T04:00:00Z", "Dec  8 00:00:00",
	    "2025-12-08T00:00:00Z" },
	/* The turn of the year, both ways. */
	{ "UTC0", "2027-01-01T00:00:03Z", "Dec 31 23:59:58",
	    "2026-12-31T23:59:58Z" },
	{ "UTC0", "2026-12-31T23:59:58Z", "Jan  1 00:00:03",
	    "2027-01-01T00:00:03Z" },
	{ "UTC0", "2026-12-31T23:59:58Z", "Dec 31 23:59:60",
	    "2027-01-01T00:00:00Z" },
	/* Leap days, of years that have one. */
	{ "UTC0", "2026-11-30T04:00:00Z", "Feb 29 12:00:00",
	    "2024-02-29T12:00:00Z" },
	{ "UTC0", "2028-03-01T00:00:00Z", "Feb 29 12:00:00",
	    "2028-02-29T12:00:00Z" },
	{ "UTC0", "2103-03-01T00:00:00Z", "feb 29 12:00:00",
	    "2096-02-29T12:00:00Z" },
	/* The zone is that of the machine. */
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-11-30T04:00:00Z",
	    "Nov 30 01:14:15", "2026-11-30T00:14:15Z" },
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-11-30T04:00:00Z",
	    "Jul  1 01:14:15", "2026-06-30T23:14:15Z" },
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-12-31T23:30:00Z",
	    "Jan  1 00:29:00", "2026-12-31T23:29:00Z" },
	{ "PST8", "2026-11-30T04:00:00Z", "Nov 29 19:00:00",
	    "2026-11-30T03:00:00Z" },
};

static int64_t ns_of(const char *text)
{
	int64_t t = 0;

	ck_assert_int_eq(leat_parse_time(text, strlen(text), LEAT_UNIT_S, &t,
			     NULL),
	    0);
	return t;
}

START_TEST(syslog_without_a_year_is_of_the_last_one)
{
	char line[100], wanted[100];

	/* In one decoder, so that what it remembers is put to the test. */
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
			setenv("TZ", years[i].zone, 1);
			tzset();
			decoder_arrival(decoder, ns_of(years[i].arrival));
			snprintf(line, sizeof line, "<13>%s h a: 1",
			    years[i].said);
			snprintf(wanted, sizeof wanted, "a=1@%lld",
			    (long long)ns_of(years[i].wanted));
			if (round > 0)
				SAYS(FORMAT_SYSLOG, line, wanted);
			decoder_again(200, 10, LEAT_UNIT_GUESS);
			decoder_arrival(decoder, ns_of(years[i].arrival));
			SAYS(FORMAT_SYSLOG, line, wanted);
		}
	}
}
END_TEST

/* Every minute of a year, as it comes, is what it was. */
START_TEST(syslog_in_order_has_the_times_of_its_arrival)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t t = ns_of("2026-11-30T04:00:00Z");
	char time[LEAT_TIME_SIZE], line[100], wanted[100];

	for (int i = 0; i < 80000; i++, t += 397 * LEAT_SECOND) {
		leat_format_time(t, time);
		decoder_arrival(decoder, t + (int64_t)(i % 5) * LEAT_SECOND);
		snprintf(line, sizeof line, "<13>%s %2d %.8s h a: 1",
		    months[atoi(time + 5) - 1], atoi(time + 8), time + 11);
		snprintf(wanted, sizeof wanted, "a=1@%lld", (long long)t);
		SAYS(FORMAT_SYSLOG, line, wanted);
	}
}
END_TEST

START_TEST(what_is_no_syslog_is_bad)
{
	static const char *const bad[] = { "<13>Foo 28 11:53:52 h a: 1",
		"<13>Nov 28 24:00:00 h a: 1", "<13>Nov 28 23:60:00 h a: 1",
		"<13>Nov 28 23:00:61 h a: 1", "<13>Nov 31 23:00:00 h a: 1",
		"<13>Feb 30 23:00:00 h a: 1", "<13>Nov  0 23:00:00 h a: 1",
		"a 1", "<", "<>a 1", "<1", "<1a 1", "<a>a 1", "<192>a 1",
		"<0013>a 1", "<-1>a 1", "<1>1 ", "<1>1 - - - - -",
		"<1>1 - - - - -a 1", "<1>1 x - - - - - a 1",
		"<1>1 - - - - - a 1", "<1>1 - - - - - [a a 1",
		"<1>1 - - - - - [a b=\"] 5", "<1>1 - - - - - [a b=\"\\\"] 5",
		"<1>1 - - - - - [a]5", "<1>1 - - - - - -5", "<1>a b",
		"<1>a 1 2 3", "<1>1 - - a\001b - - - 5",
		"<1>1 - - a\tb - - - 5", "<1>a\001: 5",
		"<1>Feb  5 17:32:18 h started: all is well",
		"<1>1 2003-10-11T22:14:99Z - - - - - a 1" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		SAYS(FORMAT_SYSLOG, bad[i], "bad");
}
END_TEST

/* ---- Saved state ---- */

static int file;

static void begin_file(void)
{
	char name[] = "/tmp/test_decoder.XXXXXX";

	decoder_set_up();
	file = mkstemp(name);
	ck_assert_int_ge(file, 0);
	unlink(name);
}

static void end_file(void)
{
	decoder_tear_down();
	close(file);
}

static uint64_t save(void)
{
	struct tape *t = malloc(sizeof *t);
	off_t end;

	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(ftruncate(file, 0), 0);
	lseek(file, 0, SEEK_SET);
	tape_save(t, file);
	decoder_tape(decoder, t);
	tape_flush(t);
	ck_assert(!t->failed);
	free(t);
	end = lseek(file, 0, SEEK_CUR);
	ck_assert_int_gt(end, 0);
	return (uint64_t)end;
}

/* Returns whether it could be loaded, up to its last byte. */
static int load(uint64_t n)
{
	struct tape *t = malloc(sizeof *t);
	int fits;

	ck_assert_ptr_nonnull(t);
	lseek(file, 0, SEEK_SET);
	tape_load(t, file, n);
	decoder_tape(decoder, t);
	fits = !t->failed && t->left == 0 && t->at == t->n;
	free(t);
	return fits;
}

static void fill(void)
{
	SAYS(FORMAT_STATSD, "a:1.5|g", "a=1.5");
	SAYS(FORMAT_STATSD, "b:-2|g|#x:y", "b;x=y=-2");
	SAYS(FORMAT_STATSD, "a:+1|g", "a=2.5");
	SAYS(FORMAT_STATSD, "s:1|s", "");
	SAYS(FORMAT_STATSD, "s:2|s", "");
	SAYS(FORMAT_STATSD, "t:1|s", "");
}

START_TEST(gauges_and_sets_are_saved)
{
	uint64_t n;

	fill();
	n = save();
	/* The other one has another seed; members stay known. */
	decoder_again(200, 1000, LEAT_UNIT_GUESS);
	SAYS(FORMAT_STATSD, "gone:1|g", "gone=1");
	SAYS(FORMAT_STATSD, "gone:1|s", "");
	ck_assert(load(n));
	SAYS(FORMAT_STATSD, "a:+1|g", "a=3.5");
	SAYS(FORMAT_STATSD, "b:+1|g|#x:y", "b;x=y=-1");
	SAYS(FORMAT_STATSD, "gone:+1|g", "gone=1");
	SAYS(FORMAT_STATSD, "s:2|s", "");
	SAYS(FORMAT_STATSD, "s:3|s", "");
	ck_assert_str_eq(story_of_sets(), "s=3 t=1");
}
END_TEST

/* With room for one gauge, it is the one that was touched last. */
START_TEST(saved_gauges_make_room)
{
	uint64_t n;

	fill();
	n = save();
	decoder_again(200, 1, LEAT_UNIT_GUESS);
	ck_assert(load(n));
	SAYS(FORMAT_STATSD, "a:+1|g", "a=3.5");
	SAYS(FORMAT_STATSD, "b:+1|g|#x:y", "b;x=y=1");
	ck_assert_str_eq(story_of_sets(), "s=2 t=1");
}
END_TEST

START_TEST(a_state_that_is_cut_off_is_refused)
{
	uint64_t n;

	fill();
	n = save();
	for (uint64_t i = 0; i < n; i++)
		ck_assert(!load(i));
	ck_assert(load(n));
	decoder_set_up();
	n = save();
	ck_assert(load(n));
}
END_TEST

/* Any byte that is another one: refused, or another state, but no harm. */
START_TEST(a_state_that_is_damaged_does_no_harm)
{
	unsigned char bytes[1000];
	uint64_t n;

	fill();
	n = save();
	ck_assert_uint_lt(n, sizeof bytes);
	ck_assert_int_eq(pread(file, bytes, n, 0), (ssize_t)n);
	for (uint64_t i = 0; i < n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			unsigned char byte = (unsigned char)(bytes[i] ^
			    1u << bit);

			ck_assert_int_eq(pwrite(file, &byte, 1, (off_t)i), 1);
			load(n);
			SAYS(FORMAT_STATSD, "a:1:+1|g", "a=1 a=2");
			SAYS(FORMAT_STATSD, "s:9|s", "");
			ck_assert_ptr_nonnull(strstr(story_of_sets(), "s="));
		}
		ck_assert_int_eq(pwrite(file, &bytes[i], 1, (off_t)i), 1);
	}
	ck_assert(load(n));
}
END_TEST

/* The first gauge's value stands behind two numbers and five bytes of name. */
START_TEST(a_saved_gauge_is_finite)
{
	static const unsigned char infinity[8] = { 0, 0, 0, 0, 0, 0, 0xF0,
		0x7F };
	uint64_t n;

	fill();
	n = save();
	ck_assert_int_eq(pwrite(file, infinity, 8, 21), 8);
	ck_assert(!load(n));
}
END_TEST

/* ---- All of it ---- */

TCase *statsd_case(void)
{
	TCase *t = tcase_create("statsd");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, begin_file, end_file);
	tcase_add_test(t, statsd_has_types);
	tcase_add_test(t, statsd_has_several_values_in_a_line);
	tcase_add_test(t, a_rate_says_how_many_values_one_stands_for);
	tcase_add_test(t, what_a_line_stands_for_has_a_limit);
	tcase_add_test(t, a_full_set_spoils_the_line_before_it_tells);
	tcase_add_test(t, statsd_has_tags_of_telegraf);
	tcase_add_test(t, statsd_has_tags);
	tcase_add_test(t, gauges_are_remembered);
	tcase_add_test(t, a_bad_line_changes_no_gauge);
	tcase_add_test(t, gauges_make_room);
	tcase_add_test(t, gauges_and_sets_have_a_limit_of_bytes);
	tcase_add_test(t, sets_count_members);
	tcase_add_test(t, sets_have_limits);
	tcase_add_test(t, members_have_a_limit);
	tcase_add_test(t, what_is_no_statsd_is_bad);
	tcase_add_test(t, gauges_and_sets_are_saved);
	tcase_add_test(t, saved_gauges_make_room);
	tcase_add_test(t, a_state_that_is_cut_off_is_refused);
	tcase_add_test(t, a_state_that_is_damaged_does_no_harm);
	tcase_add_test(t, a_saved_gauge_is_finite);
	return t;
}

TCase *syslog_case(void)
{
	TCase *t = tcase_create("syslog");

	tcase_add_checked_fixture(t, decoder_set_up, decoder_tear_down);
	tcase_add_test(t, syslog_of_rfc_5424);
	tcase_add_test(t, syslog_of_logger);
	tcase_add_test(t, syslog_of_rfc_3164);
	tcase_add_test(t, syslog_without_a_year_is_of_the_last_one);
	tcase_add_test(t, syslog_in_order_has_the_times_of_its_arrival);
	tcase_add_test(t, what_is_no_syslog_is_bad);
	return t;
}
