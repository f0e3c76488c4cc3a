/*
 * InfluxDB's line protocol, by the examples and rules of its documentation;
 * and what a first line looks like.
 */
#include "test_text.h"

#include <stdio.h>
#include <string.h>

#define T0 "@1700000000000000000"

/* ---- InfluxDB ---- */

START_TEST(influx_has_typed_fields)
{
	SAYS(WIRE_INFLUX,
	    "m,tag1=value1,tag2=value2 f=\"v\" 1556813561098000000", "");
	SAYS(WIRE_INFLUX, "m,tag1=val1,tag2=val2 f1=\"v1\",f2=1i 0",
	    "m.f2;tag1=val1;tag2=val2=1@0");
	SAYS(WIRE_INFLUX, "m f=1.0", "m.f=1");
	SAYS(WIRE_INFLUX, "m f=-1.234456e+78", "m.f=-1.234456e78");
	SAYS(WIRE_INFLUX, "m f=-12485903i,g=12485903u",
	    "m.f=-12485903 m.g=12485903");
	SAYS(WIRE_INFLUX, "m f=9223372036854775807i,g=-9223372036854775808i",
	    "m.f=9.223372036854776e18 m.g=-9.223372036854776e18");
	SAYS(WIRE_INFLUX, "m f=18446744073709551615u",
	    "m.f=1.8446744073709552e19");
	SAYS(WIRE_INFLUX, "m a=t,b=T,c=true,d=True,e=TRUE",
	    "m.a=1 m.b=1 m.c=1 m.d=1 m.e=1");
	SAYS(WIRE_INFLUX, "m a=f,b=F,c=false,d=False,e=FALSE",
	    "m.a=0 m.b=0 m.c=0 m.d=0 m.e=0");
	SAYS(WIRE_INFLUX, "m a=\"x, y=z \\\" \\\\\",b=2", "m.b=2");
	SAYS(WIRE_INFLUX, "m a=\"\",b=2", "m.b=2");
}
END_TEST

START_TEST(influx_has_times)
{
	SAYS(WIRE_INFLUX, "m f=1 1700000000000000000", "m.f=1" T0);
	SAYS(WIRE_INFLUX, "m f=1 -1", "m.f=1@-1");
	SAYS(WIRE_INFLUX, "  m   f=1   1700000000000000000  ", "m.f=1" T0);
	SAYS(WIRE_INFLUX, "m f=1 ", "m.f=1");
	wire_again(100, 10, LEAT_UNIT_S);
	SAYS(WIRE_INFLUX, "m f=1 1700000000", "m.f=1" T0);
	wire_again(100, 10, LEAT_UNIT_MS);
	SAYS(WIRE_INFLUX, "m f=1 1700000000000", "m.f=1" T0);
	wire_again(100, 10, LEAT_UNIT_US);
	SAYS(WIRE_INFLUX, "m f=1 1700000000000000", "m.f=1" T0);
}
END_TEST

START_TEST(influx_keys_are_measurement_field_and_tags)
{
	SAYS(WIRE_INFLUX, "cpu,zone=b,host=a usage=5,idle=95",
	    "cpu.usage;host=a;zone=b=5 cpu.idle;host=a;zone=b=95");
	SAYS(WIRE_INFLUX, "cpu,host=a value=5", "cpu;host=a=5");
	SAYS(WIRE_INFLUX, "cpu value=5,x=1", "cpu.value=5 cpu.x=1");
	SAYS(WIRE_INFLUX, "cpu value=5,x=\"1\"", "cpu.value=5");
	/* Escapes go, and what would be ambiguous. */
	SAYS(WIRE_INFLUX, "my\\ cpu\\,x,a\\=b=c\\ d f\\,g=1",
	    "my_cpu,x.f,g;a_b=c_d=1");
	SAYS(WIRE_INFLUX, "m;a=b,t=u;v f=1", "m_a_b.f;t=u_v=1");
	SAYS(WIRE_INFLUX, "m\\=x f=1", "m\\_x.f=1");
	SAYS(WIRE_INFLUX, "m\\x,t=\\y f=1", "m\\x.f;t=\\y=1");
	SAYS(WIRE_INFLUX, "m,t=\"q\" f=1", "m.f;t=\"q\"=1");
	SAYS(WIRE_INFLUX, "m\001,t=\177 f=1", "m_.f;t=_=1");
	SAYS(WIRE_INFLUX, "m,t=a,t=b,t=a f=1", "m.f;t=a;t=b=1");
	SAYS(WIRE_INFLUX, "gr\303\266\303\237e f=1", "gr\303\266\303\237e.f=1");
}
END_TEST

/* Of a line with one bad part nothing is told. */
START_TEST(what_is_no_influx_is_bad)
{
	static const char *const bad[] = { "m", "m ", "m f", "m f=", "m =1",
		"m f=1,", "m f=1,g", "m f=1,g=", "m f=1 x", "m f=1 1.5",
		"m f=1 1 2", "m f=1 99999999999999999999", "m, f=1", "m,t f=1",
		"m,t= f=1", "m,=v f=1", "m,t=v", "m,t=a=b f=1", ",t=v f=1",
		"m f=1,g=abc", "m f=1,g=nan", "m f=1,g=inf", "m f=1,g=1e999",
		"m f=1,g=0x1", "m f=1,g=1.5i", "m f=1,g=-1u", "m f=1,g=i",
		"m f=1,g=-i", "m f=1,g=9223372036854775808i",
		"m f=1,g=-9223372036854775809i", "m f=1,g=+1i",
		"m f=1,g=18446744073709551616u", "m f=1,g=tRUE",
		"m f=1,g=\"abc", "m f=1,g=\"abc\\\"", "m f=1,g=\"abc\"x",
		"m f=1,g=abc\"", "m f=1, g=2", "m f=1,g h=2", "m\\ f=1",
		"m\tf=1", "m f=1 \001" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		SAYS(WIRE_INFLUX, bad[i], "bad");
	ck_assert_str_eq(story_of_bytes(WIRE_INFLUX, "m f=\0", 5), "bad");
	ck_assert_str_eq(story_of_bytes(WIRE_INFLUX, "m\\\0 f=1", 7),
	    "m\\_.f=1");
}
END_TEST

/* Cut off anywhere, a line tells all that it has or nothing. */
START_TEST(half_a_line_of_influx_does_no_harm)
{
	static const char line[] = "m\\ x,t\\==u f=\"a\\\"b\",g=12i,h=t 1700";

	for (size_t n = 0; n < sizeof line; n++)
		story_of_bytes(WIRE_INFLUX, line, n);
	SAYS(WIRE_INFLUX, line, "m_x.g;t_=u=12@1700 m_x.h;t_=u=1@1700");
}
END_TEST

TCase *influx_case(void)
{
	TCase *t = tcase_create("influx");

	tcase_add_checked_fixture(t, wire_set_up, wire_tear_down);
	tcase_add_test(t, influx_has_typed_fields);
	tcase_add_test(t, influx_has_times);
	tcase_add_test(t, influx_keys_are_measurement_field_and_tags);
	tcase_add_test(t, what_is_no_influx_is_bad);
	tcase_add_test(t, half_a_line_of_influx_does_no_harm);
	return t;
}

/* ---- Guessing ---- */

static const struct {
	const char *line;
	enum wire_format format;
} guesses[] = {
	{ "", WIRE_GUESS },
	{ "   ", WIRE_GUESS },
	{ "# a,b", WIRE_GUESS },
	{ "17.25", WIRE_LINE },
	{ "-1e5", WIRE_LINE },
	{ "nan", WIRE_LINE },
	{ "a 1", WIRE_LINE },
	{ " a 1", WIRE_LINE },
	{ "a\t1\t1700000000", WIRE_LINE },
	{ "a 1 2023-11-14T22:13:20Z", WIRE_LINE },
	{ "a NA", WIRE_LINE },
	{ "5 1700000000", WIRE_LINE },
	{ "a.b.c 1 1700000000", WIRE_LINE },
	{ "test.load.load.shortterm 0.5 1700000000", WIRE_LINE },
	{ "a,b=c 1", WIRE_LINE },
	{ "a:b|c 1", WIRE_LINE },
	{ "GET / HTTP/1.1", WIRE_GUESS },
	{ "{\"a\": 1, \"b\": 2}", WIRE_GUESS },
	{ "[1, 2]", WIRE_GUESS },
	{ "\026\003\001\002,", WIRE_GUESS },
	{ "value", WIRE_GUESS },
	{ "hello world", WIRE_GUESS },
	{ "a b c d", WIRE_GUESS },
	{ "<a>", WIRE_GUESS },
	{ "<>", WIRE_GUESS },
	{ "<192>a", WIRE_GUESS },
	{ "<1234>a", WIRE_GUESS },
	{ "a:b", WIRE_GUESS },
	{ "a:|c", WIRE_GUESS },
	{ "a:1|x", WIRE_GUESS },
	{ "a:x|c", WIRE_GUESS },
	{ ":1|c", WIRE_GUESS },
	{ "a=1", WIRE_GUESS },
	{ "a b=", WIRE_GUESS },
	{ "a =b", WIRE_GUESS },
	{ "a.b;host=x 1 1700000000", WIRE_GRAPHITE },
	{ "a.b;host=x nan", WIRE_GRAPHITE },
	{ "a.b 1 -1", WIRE_GRAPHITE },
	{ "a.b 1 N", WIRE_GRAPHITE },
	{ "m f=1", WIRE_INFLUX },
	{ "m f=1i 1700000000000000000", WIRE_INFLUX },
	{ "m,t=u f=\"x\"", WIRE_INFLUX },
	{ "m,t=u,v=w f=t,g=2", WIRE_INFLUX },
	{ "my\\ cpu,t=a\\ b f=1", WIRE_INFLUX },
	{ "cpu,host=a  usage=1", WIRE_INFLUX },
	{ "weather,city=London temp=1,text=\"a:1|c\"", WIRE_INFLUX },
	{ "a:1|c", WIRE_STATSD },
	{ "a.b:1.5|ms|@0.1", WIRE_STATSD },
	{ "a:-5|g", WIRE_STATSD },
	{ "a:+5|g|#env:x", WIRE_STATSD },
	{ "a:1:2:3|h", WIRE_STATSD },
	{ "a:joe|s", WIRE_STATSD },
	{ "a:1|d|T1700000000", WIRE_STATSD },
	{ "a:1|m", WIRE_STATSD },
	{ "a;b=c:1|c", WIRE_STATSD },
	{ "a:1|c:2|c", WIRE_STATSD },
	{ "a:1|ms|@0.5:2|ms", WIRE_STATSD },
	{ "users,region=us-west:32|g", WIRE_STATSD },
	{ "m,t=u f=\"a:1|c:x\"", WIRE_INFLUX },
	{ "_e{5,4}:title|text", WIRE_STATSD },
	{ "_sc|name|0", WIRE_STATSD },
	{ "<13>1 - - app - - - a 1", WIRE_SYSLOG },
	{ "<0>a 1", WIRE_SYSLOG },
	{ "<191>Nov 28 11:53:52 vm app: a 1", WIRE_SYSLOG },
	{ "99 <13>1 2026-11-28T11:53:49.023250+00:00 vm app", WIRE_SYSLOG },
	{ "time,key,value", WIRE_CSV },
	{ "key,value", WIRE_CSV },
	{ "key;value", WIRE_CSV },
	{ "key\tvalue", WIRE_CSV },
	{ "\"time\",\"a b=c\"", WIRE_CSV },
	{ "time, key, value", WIRE_CSV },
	{ "time,value (V=ohm)", WIRE_CSV },
	{ "sensor name;value", WIRE_CSV },
	{ "2024-01-01 00:00:00,a,5", WIRE_CSV },
	{ "a,1.5,1700000000", WIRE_CSV },
	{ "a, 5", WIRE_CSV },
	{ "x,y|c", WIRE_CSV },
	{ "gr\303\266\303\237e,wert", WIRE_CSV },
};

START_TEST(the_first_line_tells_the_format)
{
	for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
		const char *line = guesses[i].line;
		enum wire_format f = wire_guess(line, strlen(line));

		ck_assert_msg(f == guesses[i].format, "\"%s\" is %s", line,
		    wire_format_name(f));
	}
	ck_assert_int_eq(wire_guess("a\0,b", 4), WIRE_GUESS);
	ck_assert_int_eq(wire_guess(NULL, 0), WIRE_GUESS);
}
END_TEST

/* What is guessed can be read, but for CSV, and what is like nothing. */
START_TEST(what_is_guessed_is_read)
{
	size_t n_read = 0;

	for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
		enum wire_format f = guesses[i].format;

		if (f == WIRE_CSV || f == WIRE_GUESS ||
		    strncmp(guesses[i].line, "99 ", 3) == 0)
			continue;
		ck_assert_msg(strcmp(story_of(f, guesses[i].line), "bad") != 0,
		    "%s: %s", guesses[i].line, wire_why(wire));
		n_read++;
	}
	ck_assert_uint_gt(n_read, 40);
}
END_TEST

/* Lines of Graphite without tags mean the same as a line. */
START_TEST(paths_mean_the_same_in_two_formats)
{
	static const char *const lines[] = { "a.b 1.5 1700000000", "a.b 1.5",
		"a.b nan 1700000000", "a.b 1 1700000000.5" };
	char graphite[100];

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		snprintf(graphite, sizeof graphite, "%s",
		    story_of(WIRE_GRAPHITE, lines[i]));
		SAYS(WIRE_LINE, lines[i], graphite);
	}
}
END_TEST

TCase *guess_case(void)
{
	TCase *t = tcase_create("guess");

	tcase_add_checked_fixture(t, wire_set_up, wire_tear_down);
	tcase_add_test(t, the_first_line_tells_the_format);
	tcase_add_test(t, what_is_guessed_is_read);
	tcase_add_test(t, paths_mean_the_same_in_two_formats);
	return t;
}
