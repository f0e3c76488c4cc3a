/*
 * Lines of InfluxDB's protocol with line ends in their texts, against a
 * reader that goes over all bytes at once.
 */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../examples/socket_ingest/line_join.h"
#include "test_random.h"
#include "test_text.h"

enum { LONGEST = 100 };

static char told[1 << 16];
static size_t n_told;

static void tell(const char *text, size_t len)
{
	ck_assert_uint_lt(n_told + len + 1, sizeof told);
	memcpy(told + n_told, text, len);
	n_told += len;
	told[n_told] = '\0';
}

/* Writes down a text, and whether the decoder takes it. */
static int take(void *ctx, const char *text, size_t len)
{
	int bad = decoder_take(decoder, FORMAT_INFLUX, text, len) ==
	    DECODER_BAD;

	(void)ctx;
	tell(bad ? "-[" : "+[", 2);
	tell(text, len);
	tell("]", 1);
	return bad ? -1 : 0;
}

/* Returns what has been dealt with, as a text. */
static const char *joined(const char *text)
{
	struct join j = { .end = format_type(FORMAT_INFLUX)->end };
	long done = 0, lines = 0;

	n_told = 0;
	told[0] = '\0';
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *copy = malloc(len ? len : 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, text, len);
		done += join_take(&j, copy, len, LONGEST, take, NULL);
		free(copy);
		ck_assert_uint_le(j.n, LONGEST);
		ck_assert_int_eq((long)j.lines, ++lines - done);
		text += len + (text[len] == '\n');
	}
	done += join_end(&j, take, NULL);
	ck_assert_int_eq(done, lines);
	ck_assert_uint_eq(j.lines, 0);
	join_clear(&j);
	return told;
}

#define JOINS(text, wanted) ck_assert_str_eq(joined(text), wanted)

START_TEST(a_text_may_hold_line_ends)
{
	JOINS("m a=1\nm b=2\n", "+[m a=1]+[m b=2]");
	JOINS("m a=\"x\ny\",b=2\nm c=1\n", "+[m a=\"x\ny\",b=2]+[m c=1]");
	JOINS("m a=\"\n\n\n\",b=2 17\n", "+[m a=\"\n\n\n\",b=2 17]");
	JOINS("m a=\"x\\\"\ny\",b=2", "+[m a=\"x\\\"\ny\",b=2]");
	JOINS("m a=\"x\\\\\"\nm b=1", "+[m a=\"x\\\\\"]+[m b=1]");
	JOINS("m a=\"x\n\",b=\"y\n\",c=1", "+[m a=\"x\n\",b=\"y\n\",c=1]");
	JOINS("m\\ n,t\\ u=v\\,w a\\==\"x\ny\"\nm b=1",
	    "+[m\\ n,t\\ u=v\\,w a\\==\"x\ny\"]+[m b=1]");
}
END_TEST

START_TEST(a_quote_elsewhere_is_a_quote)
{
	JOINS("m,t=\"a b=1\nm c=1", "+[m,t=\"a b=1]+[m c=1]");
	JOINS("m\" b=1\nm c=1", "+[m\" b=1]+[m c=1]");
	JOINS("m b\"=1\nm c=1", "+[m b\"=1]+[m c=1]");
	JOINS("m b=1\"\nm c=1", "-[m b=1\"]+[m c=1]");
	JOINS("m b=1 \"\nm c=1", "-[m b=1 \"]+[m c=1]");
	JOINS("# b=\"\nm c=1", "+[# b=\"]+[m c=1]");
}
END_TEST

/* The first line alone is lost. */
START_TEST(a_text_without_an_end_takes_no_other_line_along)
{
	char text[1000] = "m a=\"x\n", wanted[2000] = "-[m a=\"x]";

	JOINS("m a=\"x\nm b=1\nm c=2\n", "-[m a=\"x]+[m b=1]+[m c=2]");
	JOINS("m a=\"x\nm b=\"y\"\nm c=2\n",
	    "-[m a=\"x\nm b=\"y\"]+[m b=\"y\"]+[m c=2]");
	JOINS("m a=\"x\nm b=\"y\nz\",c=1\nm d=2\n",
	    "-[m a=\"x\nm b=\"y]+[m b=\"y\nz\",c=1]+[m d=2]");
	for (int i = 0; i < 40; i++) {
		strcat(text, "m a=1\n");
		strcat(wanted, "+[m a=1]");
	}
	JOINS(text, wanted);
}
END_TEST

/* ---- Random ones ---- */

/*
 * Returns whether a field's text is open where the bytes end, and whether they
 * are well-formed up to there: byte by byte, by a state for each.
 */
static int is_open(const char *p, size_t n)
{
	enum {
		SERIES,
		GAP,
		NAME,
		VALUE,
		TEXT,
		BEHIND,
		PLAIN,
		REST
	} at = SERIES;

	for (size_t i = 0; i < n; i++) {
		char c = p[i];
		int escapes = c == '\\' && i + 1 < n &&
		    (at == TEXT || strchr(", =", p[i + 1]));

		if ((at == SERIES || at == NAME || at == GAP || at == TEXT ||
			at == PLAIN) &&
		    escapes && at != PLAIN) {
			at = at == GAP ? NAME : at;
			i++;
			continue;
		}
		switch (at) {
		case SERIES:
			at = c == ' ' ? GAP : SERIES;
			break;
		case GAP:
			at = c == ' '  ? GAP
			    : c == '=' ? VALUE
			    : c == ',' ? REST
				       : NAME;
			break;
		case NAME:
			at = c == '='              ? VALUE
			    : c == ',' || c == ' ' ? REST
						   : NAME;
			break;
		case VALUE:
			at = c == '"'               ? TEXT
			    : c == ','              ? NAME
			    : c == ' ' || c == '\t' ? REST
						    : PLAIN;
			break;
		case TEXT:
			at = c == '"' ? BEHIND : TEXT;
			break;
		case BEHIND:
			at = c == ',' ? NAME : REST;
			break;
		case PLAIN:
			at = c == ','               ? NAME
			    : c == ' ' || c == '\t' ? REST
						    : PLAIN;
			break;
		case REST:
			break;
		}
	}
	return at == TEXT;
}

/* Finds the same from all lines at once, by another way. */
static const char *read_whole(const char *text)
{
	n_told = 0;
	told[0] = '\0';
	while (*text) {
		size_t first = strcspn(text, "\n"), n = first;

		while (text[n] && n <= LONGEST && is_open(text, n))
			n += 1 + strcspn(text + n + 1, "\n");
		if (n > LONGEST || is_open(text, n))
			n = first;
		if (take(NULL, text, n) < 0)
			n = first;
		text += n + (text[n] == '\n');
	}
	return told;
}

START_TEST(any_lines_are_joined_as_if_read_at_once)
{
	static const char *const parts[] = { "m ", "m,t=u ", "a=", "1", "\"",
		"\"", "\n", "\n", ",", "x", "\\", " ", "=", "b=\"", "\",",
		"0123456789" };
	static char wanted[sizeof told];
	size_t n_joined = 0;

	for (int round = 0; round < 30000; round++) {
		char text[600] = "m a=";
		size_t n;

		set_seed(round);
		n = below(60);
		for (size_t i = 0; i < n; i++)
			strcat(text, parts[below(16)]);
		strcpy(wanted, read_whole(text));
		JOINS(text, wanted);
		for (const char *p = wanted; (p = strstr(p, "+[")) != NULL; p++)
			n_joined += memchr(p, '\n', strcspn(p, "]")) != NULL;
	}
	ck_assert_uint_gt(n_joined, 200);
}
END_TEST

TCase *join_case(void)
{
	TCase *t = tcase_create("join");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, decoder_set_up, decoder_tear_down);
	tcase_add_test(t, a_text_may_hold_line_ends);
	tcase_add_test(t, a_quote_elsewhere_is_a_quote);
	tcase_add_test(t, a_text_without_an_end_takes_no_other_line_along);
	tcase_add_test(t, any_lines_are_joined_as_if_read_at_once);
	return t;
}
