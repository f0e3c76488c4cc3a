/*
 * HTTP at the start of a stream, held against a look at the whole first line
 * with another method: from its end. Texts of what means something are cut
 * everywhere.
 */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../examples/socket_ingest/greeting.h"
#include "test_random.h"
#include "test_text.h"

/* ---- Another way ---- */

static int is_tchar(int c)
{
	return c > 0 && c < 128 && (isalnum(c) || strchr("!#$%&'*+-.^_`|~", c));
}

static int is_version(const char *p, size_t n)
{
	static const char *const all[] = { "HTTP/#", "HTTP/#.#" };

	for (size_t i = 0; i < 2; i++) {
		size_t k = 0;

		if (strlen(all[i]) != n)
			continue;
		while (k < n &&
		    (all[i][k] == '#' ? isdigit((unsigned char)p[k])
				      : p[k] == all[i][k]))
			k++;
		if (k == n)
			return 1;
	}
	return 0;
}

/* A line without its LF. */
static int is_request(const char *line, size_t len)
{
	size_t method = 0, at, word;
	int is_known = 1, is_slash;

	while (len > 0 && line[len - 1] == '\r')
		len--;
	while (len > 0 && line[len - 1] == ' ')
		len--;
	while (method < len && is_tchar((unsigned char)line[method])) {
		is_known &= isupper((unsigned char)line[method]) ||
		    (method > 0 && line[method] == '-');
		method++;
	}
	for (at = method; at < len && line[at] == ' ';)
		at++;
	if (method == 0 || at == method)
		return 0;
	for (word = len; word > at && line[word - 1] != ' ';)
		word--;
	if (word == at || !is_version(line + word, len - word))
		return 0;
	while (word > at && line[word - 1] == ' ')
		word--;
	if (memchr(line + at, '"', word - at))
		return 0;
	is_slash = line[at] == '/' && !memchr(line + at, ' ', word - at);
	return is_known || is_slash;
}

static enum greeting_verdict judge(const char *text, size_t len)
{
	size_t at = 0;
	const char *end;

	while (at < len && (text[at] == '\r' || text[at] == '\n'))
		at++;
	end = memchr(text + at, '\n', len - at);
	len = end ? (size_t)(end - text) : len;
	return is_request(text + at, len - at) ? GREETING_HTTP : GREETING_LINES;
}

/* ---- The one that is tried ---- */

static enum greeting_verdict hear(const char *text, size_t len, size_t step)
{
	struct greeting g = { 0 };
	enum greeting_verdict verdict = GREETING_OPEN;

	for (size_t at = 0; at < len; at += step) {
		size_t n = len - at < step ? len - at : step;
		enum greeting_verdict next = greeting_take(&g, text + at, n);

		if (verdict != GREETING_OPEN && next != verdict)
			ck_abort_msg("a verdict has changed");
		verdict = next;
	}
	return verdict == GREETING_OPEN ? greeting_end(&g) : verdict;
}

static void try(const char *text, size_t len)
{
	enum greeting_verdict wanted = judge(text, len);

	for (size_t step = 1; step <= len; step += 1 + step / 2)
		if (hear(text, len, step) != wanted)
			ck_abort_msg("\"%.*s\" in pieces of %zu: not %d",
			    (int)len, text, step, (int)wanted);
}

#define IS(text, verdict)                                                      \
	do {                                                                   \
		try(text, sizeof text - 1);                                    \
		ck_assert_int_eq(hear(text, sizeof text - 1, 3), verdict);     \
	} while (0)

START_TEST(a_request_of_any_method_is_http)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "HEAD",
		"OPTIONS", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND",
		"M-SEARCH", "get", "patch", "x", "#", "40", "a.b_c" };
	static const char *const targets[] = { "/", "/a?b=1|c|c:d", "/a:1|c" };
	char text[200];

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		for (size_t k = 0; k < sizeof targets / sizeof *targets; k++) {
			int n = snprintf(text, sizeof text,
			    "%s %s HTTP/1.1\r\nHost: a\r\n\r\na 1\n",
			    methods[i], targets[k]);

			try(text, (size_t)n);
			ck_assert_int_eq(hear(text, (size_t)n, 7),
			    GREETING_HTTP);
		}
	IS("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", GREETING_HTTP);
	IS("CONNECT a:1 HTTP/1.1\n", GREETING_HTTP);
	IS("GET http://a/ HTTP/1.0\n", GREETING_HTTP);
	IS("OPTIONS * HTTP/1.1\r\n", GREETING_HTTP);
	IS("GET / HTTP/3\n", GREETING_HTTP);
	IS("\r\n\nGET / HTTP/1.1\n", GREETING_HTTP);
	IS("GET  /  HTTP/1.1  \r\r\n", GREETING_HTTP);
	IS("GET /a b HTTP/1.1\n", GREETING_HTTP);
	IS("GET / HTTP/1.1 HTTP/1.1\n", GREETING_HTTP);
}
END_TEST

START_TEST(a_request_whose_line_has_no_end_is_http)
{
	IS("POST /a:1|c|c:b HTTP/1.1", GREETING_HTTP);
	IS("POST / HTTP/1.1\r", GREETING_HTTP);
	IS("POST / HTTP/1", GREETING_HTTP);
	IS("POST / HTTP/1.", GREETING_LINES);
	IS("POST /", GREETING_LINES);
	IS("POST", GREETING_LINES);
	IS("", GREETING_LINES);
}
END_TEST

START_TEST(lines_may_begin_with_a_method)
{
	IS("GET 5\n", GREETING_LINES);
	IS("POST 5 1700000000\n", GREETING_LINES);
	IS("GET,POST,HTTP/1.1\n", GREETING_LINES);
	IS("GET:5|c\n", GREETING_LINES);
	IS("GET /api/users:12|ms\n", GREETING_LINES);
	IS("GET / HTTP/1.1:12|ms\n", GREETING_LINES);
	IS("GET x=1 1700000000\n", GREETING_LINES);
	IS("GET,path=/ HTTP/1.1=3\n", GREETING_LINES);
	IS("# all about HTTP/1.1\n", GREETING_LINES);
	IS("m f=\"GET / HTTP/1.1\nb\" 5\n", GREETING_LINES);
	IS("GET f=\"/ HTTP/1.1\nb\" 5\n", GREETING_LINES);
	IS("40 <13>1 - - - - - GET / HTTP/1.1\n", GREETING_LINES);
	IS("<13>1 - - - - - GET / HTTP/1.1\n", GREETING_LINES);
	IS("token swordfish\nGET / HTTP/1.1\n", GREETING_LINES);
	IS("GET HTTP/1.1\n", GREETING_LINES);
	IS(" GET / HTTP/1.1\n", GREETING_LINES);
	IS("GET\t/ HTTP/1.1\n", GREETING_LINES);
	IS("a 1\nGET / HTTP/1.1\n", GREETING_LINES);
}
END_TEST

START_TEST(a_handshake_of_tls_is_seen)
{
	for (size_t step = 1; step < 4; step++) {
		ck_assert_int_eq(hear("\x16\x03\x01\x02", 4, step),
		    GREETING_TLS);
		ck_assert_int_eq(hear("\x16\x04\n", 3, step), GREETING_LINES);
	}
	ck_assert_int_eq(hear("\x16", 1, 1), GREETING_LINES);
}
END_TEST

/* However long the line of a request is. */
START_TEST(nothing_is_kept_of_a_long_line)
{
	enum { LONG = 3000000 };
	char *text = malloc(LONG + 12);

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', LONG);
	memcpy(text, "GET /", 5);
	memcpy(text + LONG, " HTTP/1.1\r\n", 12);
	ck_assert_int_eq(hear(text, LONG + 11, 1000), GREETING_HTTP);
	text[LONG] = 'b';
	ck_assert_int_eq(hear(text, LONG + 11, 1000), GREETING_LINES);
	free(text);
	ck_assert_uint_le(sizeof(struct greeting), 4);
}
END_TEST

/* Texts put together from what may stand in a first line. */
START_TEST(all_first_lines_are_judged_alike)
{
	static const char *const parts[] = { "G", "ET", "a", "-", " ", " ",
		" HTTP/1.1", "HTTP/1.1", "HTTP/", "1", ".", "/", "\"", "\r",
		"\n", "#", "<", "HTTP/2", " /x ", "GET /", " HTTP/1.0\r\n",
		"\x01", "\xff", ":" };
	size_t n_http = 0;

	set_seed(1);
	for (int round = 0; round < 300000; round++) {
		char text[200] = "";
		size_t n = 1 + below(9);

		for (size_t i = 0; i < n; i++)
			strcat(text,
			    parts[below(sizeof parts / sizeof *parts)]);
		try(text, strlen(text));
		n_http += judge(text, strlen(text)) == GREETING_HTTP;
	}
	ck_assert_uint_gt(n_http, 1000);
}
END_TEST

TCase *greeting_case(void)
{
	TCase *t = tcase_create("greeting");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_request_of_any_method_is_http);
	tcase_add_test(t, a_request_whose_line_has_no_end_is_http);
	tcase_add_test(t, lines_may_begin_with_a_method);
	tcase_add_test(t, a_handshake_of_tls_is_seen);
	tcase_add_test(t, nothing_is_kept_of_a_long_line);
	tcase_add_test(t, all_first_lines_are_judged_alike);
	return t;
}
