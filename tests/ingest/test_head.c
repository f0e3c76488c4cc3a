/*
 * Heads of requests that can be understood in two ways, held against a look
 * at whole lines; cut everywhere.
 */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../examples/socket_ingest/head.h"
#include "test_random.h"
#include "test_text.h"

/* ---- Another way ---- */

static int is_tchar(int c)
{
	return c > 0 && c < 128 && (isalnum(c) || strchr("!#$%&'*+-.^_`|~", c));
}

/* Digits with blanks around them. 0: none; 1: nought; 2: more. */
static int read_length(const char *p)
{
	size_t n;

	p += strspn(p, " \t");
	n = strspn(p, "0123456789");
	if (n == 0 || p[n + strspn(p + n, " \t")] != '\0')
		return 0;
	return strspn(p, "0") == n ? 1 : 2;
}

struct found {
	int n_lengths, n_codings, has_body;
};

/* Takes a line without its end. Returns whether it is good. */
static int is_good_line(char *line, struct found *found)
{
	size_t n = 0;
	char *value;
	int length;

	while (is_tchar((unsigned char)line[n]))
		n++;
	if (n == 0 || line[n] != ':')
		return 0;
	line[n] = '\0';
	value = line + n + 1;
	if (strcasecmp(line, "content-length") == 0) {
		length = read_length(value);
		found->n_lengths++;
		found->has_body |= length == 2;
		if (length == 0)
			return 0;
	} else if (strcasecmp(line, "transfer-encoding") == 0) {
		found->n_codings++;
	}
	return found->n_lengths <= 1 && found->n_codings <= 1 &&
	    found->n_lengths + found->n_codings <= 1;
}

/* Returns whether all heads in a text are good, up to one with a body. */
static int is_good(const char *text, size_t len)
{
	char *copy = malloc(len + 1), *p, *end;
	struct found found = { 0, 0, 0 };
	int good = 1, in_head = 0;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	for (p = copy; good && (end = strchr(p, '\n')); p = end + 1) {
		size_t n = (size_t)(end - p);

		n -= n > 0 && p[n - 1] == '\r';
		p[n] = '\0';
		if (strchr(p, '\r')) {
			good = 0;
		} else if (in_head && n == 0) {
			in_head = 0;
			if (found.has_body || found.n_codings)
				break;
			memset(&found, 0, sizeof found);
		} else if (in_head) {
			good = is_good_line(p, &found);
		} else {
			in_head = n > 0;
		}
	}
	free(copy);
	return good;
}

/* ---- The one that is tried ---- */

static const char *hear(const char *text, size_t len, size_t step)
{
	struct head h = { 0 };
	const char *wrong = NULL;

	for (size_t at = 0; at < len && !wrong; at += step)
		wrong = head_take(&h, text + at,
		    len - at < step ? len - at : step);
	return wrong;
}

static void try(const char *text)
{
	size_t len = strlen(text);
	int good = is_good(text, len);

	for (size_t step = 1; step <= len; step++)
		if ((hear(text, len, step) == NULL) != good)
			ck_abort_msg("\"%s\" in pieces of %zu is %s", text,
			    step, good ? "refused" : "taken");
}

#define REQUEST(lines) "GET / HTTP/1.1\r\nHost: a\r\n" lines "\r\n"

START_TEST(heads_with_two_meanings_are_refused)
{
	static const char *const bad[] = {
		REQUEST("Content-Length: 5\r\nContent-Length: 5\r\n"),
		REQUEST("Content-Length: 5\r\ncontent-length: 6\r\n"),
		REQUEST("Content-Length: 0\r\nX: 1\r\nCONTENT-LENGTH: 0\r\n"),
		REQUEST("Content-Length: 5, 5\r\n"),
		REQUEST("Content-Length: 5 5\r\n"),
		REQUEST("Content-Length: +5\r\n"),
		REQUEST("Content-Length: -1\r\n"),
		REQUEST("Content-Length: 0x5\r\n"),
		REQUEST("Content-Length:\r\n"),
		REQUEST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
		REQUEST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
		REQUEST("Transfer-Encoding: a\r\nTransfer-Encoding: b\r\n"),
		REQUEST("X: a\r\n b\r\n"),
		REQUEST("X: a\r\n\tb: c\r\n"),
		REQUEST(" X: a\r\n"),
		REQUEST("Content-Length : 5\r\n"),
		REQUEST("X\t: a\r\n"),
		REQUEST("X y: a\r\n"),
		REQUEST(": a\r\n"),
		REQUEST("X\r\n"),
		REQUEST("X: a\rY: b\r\n"),
		REQUEST("X: a\r\r\n"),
		REQUEST("X(): a\r\n"),
		"GET / HTTP/1.1\rX: a\r\n\r\n",
		"GET / HTTP/1.1\n X: a\n\n",
		REQUEST("") REQUEST("X : a\r\n"),
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ck_assert_msg(hear(bad[i], strlen(bad[i]), 1000) != NULL, "%s",
		    bad[i]);
		try(bad[i]);
	}
	ck_assert_ptr_nonnull(hear("GET / HTTP/1.1\nX: \0\n", 19, 19));
}
END_TEST

START_TEST(heads_with_one_meaning_are_taken)
{
	static const char *const good[] = {
		REQUEST(""),
		REQUEST("Content-Length: 0\r\n"),
		REQUEST("Content-Length:\t0 \r\n"),
		REQUEST("Content-Length: 500\r\n") "X : y\n a\n",
		REQUEST("Transfer-Encoding: chunked\r\n") "5\r\n a\n",
		REQUEST("X:\r\nY: : a\t b \xff\r\n"),
		REQUEST("Content-Lengthy: a\r\nX-Content-Length: b\r\n"),
		REQUEST("Content-Length-Is-Longer-Than-Others: a\r\n"),
		"\r\n\n" REQUEST("") "\r\n" REQUEST("Content-Length: 0\r\n")
		    REQUEST("Content-Length: 0\r\n"),
		"GET / HTTP/1.1\nHost: a\n\n",
	};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		const char *wrong = hear(good[i], strlen(good[i]), 1000);

		ck_assert_msg(!wrong, "%s: %s", good[i], wrong);
		try(good[i]);
	}
}
END_TEST

START_TEST(all_heads_are_judged_alike)
{
	static const char *const parts[] = { "GET / HTTP/1.1", "\r\n", "\n",
		"\r\nContent-Length", "\r\nTransfer-Encoding", "content-length",
		": 5", ":", ": 0", "\r\n\r\n", "\r\nX: y", "X", " ", "\t", "\r",
		"\r\nA: b\r\n", "0", "\x7f", "Content-Length: 0\r\n" };
	size_t n_good = 0;

	set_seed(1);
	for (int round = 0; round < 200000; round++) {
		char text[400] = "GET /\r\n";
		unsigned n = 1 + below(9);

		for (unsigned i = 0; i < n; i++)
			strcat(text,
			    parts[below(sizeof parts / sizeof *parts)]);
		/* A line is judged when it is whole. */
		strcat(text, "\r\n");
		try(text);
		n_good += is_good(text, strlen(text)) != 0;
	}
	ck_assert_uint_gt(n_good, 10000);
	ck_assert_uint_lt(n_good, 190000);
}
END_TEST

TCase *head_case(void)
{
	TCase *t = tcase_create("head");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, heads_with_two_meanings_are_refused);
	tcase_add_test(t, heads_with_one_meaning_are_taken);
	tcase_add_test(t, all_heads_are_judged_alike);
	return t;
}
