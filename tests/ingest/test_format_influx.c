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
	SAYS(FORMAT_INFLUX,
	    "m,tag1=value1,tag2=value2 f=\"v\" 1556813561098000000", "");
	SAYS(FORMAT_INFLUX, "m,tag1=val1,tag2=val2 f1=\"v1\",f2=1i 0",
	    "m.f2;tag1=val1;tag2=val2=1@0");
	SAYS(FORMAT_INFLUX, "m f=1.0", "m.f=1");
	SAYS(FORMAT_INFLUX, "m f=-1.234456e+78", "m.f=-1.234456e78");
	SAYS(FORMAT_INFLUX, "m f=-12485903i,g=12485903u",
	    "m.f=-12485903 m.g=12485903");
	SAYS(FORMAT_INFLUX, "m f=9223372036854775807i,g=-9223372036854775808i",
	    "m.f=9.223372036854776e18 m.g=-9.223372036854776e18");
	SAYS(FORMAT_INFLUX, "m f=18446744073709551615u",
	    "m.f=1.8446744073709552e19");
	SAYS(FORMAT_INFLUX, "m a=t,b=T,c=true,d=True,e=TRUE",
	    "m.a=1 m.b=1 m.c=1 m.d=1 m.e=1");
	SAYS(FORMAT_INFLUX, "m a=f,b=F,c=false,d=False,e=FALSE",
	    "m.a=0 m.b=0 m.c=0 m.d=0 m.e=0");
	SAYS(FORMAT_INFLUX, "m a=\"x, y=z \\\" \\\\\",b=2", "m.b=2");
	SAYS(FORMAT_INFLUX, "m a=\"\",b=2", "m.b=2");
}
END_TEST

START_TEST(influx_has_times)
{
	SAYS(FORMAT_INFLUX, "m f=1 1700000000000000000", "m.f=1" T0);
	SAYS(FORMAT_INFLUX, "m f=1 -1", "m.f=1@-1");
	SAYS(FORMAT_INFLUX, "  m   f=1   1700000000000000000  ", "m.f=1" T0);
	SAYS(FORMAT_INFLUX, "m f=1 ", "m.f=1");
	decoder_again(100, 10, LEAT_UNIT_S);
	SAYS(FORMAT_INFLUX, "m f=1 1700000000", "m.f=1" T0);
	decoder_again(100, 10, LEAT_UNIT_MS);
	SAYS(FORMAT_INFLUX, "m f=1 1700000000000", "m.f=1" T0);
	decoder_again(100, 10, LEAT_UNIT_US);
	SAYS(FORMAT_INFLUX, "m f=1 1700000000000000", "m.f=1" T0);
}
END_TEST

START_TEST(influx_keys_are_measurement_field_and_tags)
{
	SAYS(FORMAT_INFLUX, "cpu,zone=b,host=a usage=5,idle=95",
	    "cpu.usage;host=a;zone=b=5 cpu.idle;host=a;zone=b=95");
	SAYS(FORMAT_INFLUX, "cpu,host=a value=5", "cpu;host=a=5");
	SAYS(FORMAT_INFLUX, "cpu value=5,x=1", "cpu.value=5 cpu.x=1");
	SAYS(FORMAT_INFLUX, "cpu value=5,x=\"1\"", "cpu.value=5");
	/* Escapes go, and what would be ambiguous. */
	SAYS(FORMAT_INFLUX, "my\\ cpu\\,x,a\\=b=c\\ d f\\,g=1",
	    "my_cpu,x.f,g;a_b=c_d=1");
	SAYS(FORMAT_INFLUX, "m;a=b,t=u;v f=1", "m_a_b.f;t=u_v=1");
	SAYS(FORMAT_INFLUX, "m\\=x f=1", "m\\_x.f=1");
	SAYS(FORMAT_INFLUX, "m\\x,t=\\y f=1", "m\\x.f;t=\\y=1");
	SAYS(FORMAT_INFLUX, "m,t=\"q\" f=1", "m.f;t=\"q\"=1");
	SAYS(FORMAT_INFLUX, "m\001,t=\177 f=1", "m_.f;t=_=1");
	SAYS(FORMAT_INFLUX, "m,t=a,t=b,t=a f=1", "m.f;t=a;t=b=1");
	SAYS(FORMAT_INFLUX, "gr\303\266\303\237e f=1",
	    "gr\303\266\303\237e.f=1");
}
END_TEST

/* A line with a bad part emits nothing. */
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
		SAYS(FORMAT_INFLUX, bad[i], "bad");
	ck_assert_str_eq(story_of_bytes(FORMAT_INFLUX, "m f=\0", 5), "bad");
	ck_assert_str_eq(story_of_bytes(FORMAT_INFLUX, "m\\\0 f=1", 7),
	    "m\\_.f=1");
}
END_TEST

/* Cut off anywhere, a line tells all that it has or nothing. */
START_TEST(half_a_line_of_influx_does_no_harm)
{
	static const char line[] = "m\\ x,t\\==u f=\"a\\\"b\",g=12i,h=t 1700";

	for (size_t n = 0; n < sizeof line; n++)
		story_of_bytes(FORMAT_INFLUX, line, n);
	SAYS(FORMAT_INFLUX, line, "m_x.g;t_=u=12@1700 m_x.h;t_=u=1@1700");
}
END_TEST

TCase *influx_case(void)
{
	TCase *t = tcase_create("influx");

	tcase_add_checked_fixture(t, decoder_set_up, decoder_tear_down);
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
	enum format format;
} guesses[] = {
	{ "", FORMAT_AUTO },
	{ "   ", FORMAT_AUTO },
	{ "# a,b", FORMAT_AUTO },
	{ "17.25", FORMAT_LINE },
	{ "-1e5", FORMAT_LINE },
	{ "nan", FORMAT_LINE },
	{ "a 1", FORMAT_LINE },
	{ " a 1", FORMAT_LINE },
	{ "a\t1\t1700000000", FORMAT_LINE },
	{ "a 1 2023-11-14T22:13:20Z", FORMAT_LINE },
	{ "a NA", FORMAT_LINE },
	{ "5 1700000000", FORMAT_LINE },
	{ "a.b.c 1 1700000000", FORMAT_LINE },
	{ "test.load.load.shortterm 0.5 1700000000", FORMAT_LINE },
	{ "a,b=c 1", FORMAT_LINE },
	{ "a:b|c 1", FORMAT_LINE },
	{ "GET / HTTP/1.1", FORMAT_AUTO },
	{ "{\"a\": 1, \"b\": 2}", FORMAT_AUTO },
	{ "[1, 2]", FORMAT_AUTO },
	{ "\026\003\001\002,", FORMAT_AUTO },
	{ "value", FORMAT_AUTO },
	{ "hello world", FORMAT_AUTO },
	{ "a b c d", FORMAT_AUTO },
	{ "<a>", FORMAT_AUTO },
	{ "<>", FORMAT_AUTO },
	{ "<192>a", FORMAT_AUTO },
	{ "<1234>a", FORMAT_AUTO },
	{ "a:b", FORMAT_AUTO },
	{ "a:|c", FORMAT_AUTO },
	{ "a:1|x", FORMAT_AUTO },
	{ "a:x|c", FORMAT_AUTO },
	{ ":1|c", FORMAT_AUTO },
	{ "a=1", FORMAT_AUTO },
	{ "a b=", FORMAT_AUTO },
	{ "a =b", FORMAT_AUTO },
	{ "a.b;host=x 1 1700000000", FORMAT_GRAPHITE },
	{ "a.b;host=x nan", FORMAT_GRAPHITE },
	{ "a.b 1 -1", FORMAT_GRAPHITE },
	{ "a.b 1 N", FORMAT_GRAPHITE },
	{ "m f=1", FORMAT_INFLUX },
	{ "m f=1i 1700000000000000000", FORMAT_INFLUX },
	{ "m,t=u f=\"x\"", FORMAT_INFLUX },
	{ "m,t=u,v=w f=t,g=2", FORMAT_INFLUX },
	{ "my\\ cpu,t=a\\ b f=1", FORMAT_INFLUX },
	{ "cpu,host=a  usage=1", FORMAT_INFLUX },
	{ "weather,city=London temp=1,text=\"a:1|c\"", FORMAT_INFLUX },
	{ "a:1|c", FORMAT_STATSD },
	{ "a.b:1.5|ms|@0.1", FORMAT_STATSD },
	{ "a:-5|g", FORMAT_STATSD },
	{ "a:+5|g|#env:x", FORMAT_STATSD },
	{ "a:1:2:3|h", FORMAT_STATSD },
	{ "a:joe|s", FORMAT_STATSD },
	{ "a:1|d|T1700000000", FORMAT_STATSD },
	{ "a:1|m", FORMAT_STATSD },
	{ "a;b=c:1|c", FORMAT_STATSD },
	{ "a:1|c:2|c", FORMAT_STATSD },
	{ "a:1|ms|@0.5:2|ms", FORMAT_STATSD },
	{ "users,region=us-west:32|g", FORMAT_STATSD },
	{ "m,t=u f=\"a:1|c:x\"", FORMAT_INFLUX },
	{ "_e{5,4}:title|text", FORMAT_STATSD },
	{ "_sc|name|0", FORMAT_STATSD },
	{ "<13>1 - - app - - - a 1", FORMAT_SYSLOG },
	{ "<0>a 1", FORMAT_SYSLOG },
	{ "<191>Nov 28 11:53:52 vm app: a 1", FORMAT_SYSLOG },
	{ "99 <13>1 2026-11-28T11:53:49.023250+00:00 vm app", FORMAT_SYSLOG },
	{ "time,key,value", FORMAT_CSV },
	{ "key,value", FORMAT_CSV },
	{ "key;value", FORMAT_CSV },
	{ "key\tvalue", FORMAT_CSV },
	{ "\"time\",\"a b=c\"", FORMAT_CSV },
	{ "time, key, value", FORMAT_CSV },
	{ "time,value (V=ohm)", FORMAT_CSV },
	{ "sensor name;value", FORMAT_CSV },
	{ "2024-01-01 00:00:00,a,5", FORMAT_CSV },
	{ "a,1.5,1700000000", FORMAT_CSV },
	{ "a, 5", FORMAT_CSV },
	{ "x,y|c", FORMAT_CSV },
	{ "gr\303\266\303\237e,wert", FORMAT_CSV },
};

START_TEST(the_first_line_tells_the_format)
{
	for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
		const char *line = guesses[i].line;
		enum format f = format_guess(line, strlen(line));

		ck_assert_msg(f == guesses[i].format, "\"%s\" is %s", line,
		    format_name(f));
	}
	ck_assert_int_eq(format_guess("a\0,b", 4), FORMAT_AUTO);
	ck_assert_int_eq(format_guess(NULL, 0), FORMAT_AUTO);
}
END_TEST

/* Lines can be read as the format they are like, but for CSV. */
START_TEST(what_is_guessed_is_read)
{
	size_t n_read = 0;

	for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
		enum format f = guesses[i].format;

		if (f == FORMAT_CSV || f == FORMAT_AUTO ||
		    strncmp(guesses[i].line, "99 ", 3) == 0)
			continue;
		ck_assert_msg(strcmp(story_of(f, guesses[i].line), "bad") != 0,
		    "%s: %s", guesses[i].line, decoder_why(decoder));
		n_read++;
	}
	ck_assert_uint_gt(n_read, 40);
}
END_TEST

/* Reads one example; counts it for its format. */
static void try_example(char *text, size_t *n_examples)
{
	char *line = strchr(text, '\t'), *samples, *first_end;
	enum format f;

	ck_assert_ptr_nonnull(line);
	*line++ = '\0';
	samples = strchr(line, '\t');
	if (samples)
		*samples++ = '\0';
	ck_assert_msg(format_parse(text, &f) == 0, "%s", text);
	n_examples[f]++;
	first_end = strstr(line, "\\n");
	ck_assert_msg(format_guess(line,
			  first_end ? (size_t)(first_end - line)
				    : strlen(line)) == f,
	    "%s: %s", text, line);
	if (format_type(f)->take)
		SAYS(f, line, samples);
}

START_TEST(each_format_is_told_and_read_by_its_examples)
{
	FILE *file = fopen("tests/ingest/formats.txt", "r");
	size_t n_examples[FORMAT_N] = { 0 };
	char text[200];

	ck_assert_ptr_nonnull(file);
	while (fgets(text, sizeof text, file)) {
		text[strcspn(text, "\n")] = '\0';
		if (*text != '#')
			try_example(text, n_examples);
	}
	fclose(file);
	for (int i = FORMAT_AUTO + 1; i < FORMAT_N; i++)
		ck_assert_msg(n_examples[i] > 0, "%s has no example",
		    format_name((enum format)i));
}
END_TEST

/* Ranks decide which of two formats a line is; no two may be equal. */
START_TEST(each_format_that_is_guessed_has_a_rank_of_its_own)
{
	int taken[FORMAT_N] = { 0 };

	for (int i = 0; i < FORMAT_N; i++) {
		const struct format_type *f = format_type((enum format)i);

		ck_assert(!f->is_like == !f->rank);
		ck_assert(f->rank >= 0 && f->rank < FORMAT_N);
		ck_assert(!f->rank || !taken[f->rank]);
		taken[f->rank] = 1;
	}
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
		    story_of(FORMAT_GRAPHITE, lines[i]));
		SAYS(FORMAT_LINE, lines[i], graphite);
	}
}
END_TEST

TCase *guess_case(void)
{
	TCase *t = tcase_create("guess");

	tcase_add_checked_fixture(t, decoder_set_up, decoder_tear_down);
	tcase_add_test(t, the_first_line_tells_the_format);
	tcase_add_test(t, what_is_guessed_is_read);
	tcase_add_test(t, each_format_is_told_and_read_by_its_examples);
	tcase_add_test(t, each_format_that_is_guessed_has_a_rank_of_its_own);
	tcase_add_test(t, paths_mean_the_same_in_two_formats);
	return t;
}
