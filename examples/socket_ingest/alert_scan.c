/*
 * The words of a rule. Blanks may stand between any two of them.
 *
 * All looking ahead is by one word, so each place in a rule knows what may
 * stand there; messages say so, and quote what stands there instead. What is
 * quoted comes from a command line: control characters are not repeated.
 */
#include "alert_scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../replay/durations.h"
#include "../replay/number.h"

enum { QUOTED_SIZE = 44 }; /* longer text is cut */

static int is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static int ends_word(char c)
{
	return c == '\0' || is_blank(c) || strchr("<>=!():\"", c) != NULL;
}

char alert_scan_peek(struct alert_scan *s)
{
	while (is_blank(*s->at))
		s->at++;
	return *s->at;
}

static int take_quoted(struct alert_scan *s, struct alert_word *word)
{
	const char *end = strchr(s->at + 1, '"');

	if (!end)
		return 0;
	word->text = s->at + 1;
	word->len = (size_t)(end - word->text);
	word->is_quoted = 1;
	s->at = end + 1;
	return 1;
}

int alert_scan_word(struct alert_scan *s, struct alert_word *word)
{
	if (alert_scan_peek(s) == '"')
		return take_quoted(s, word);
	word->text = s->at;
	word->is_quoted = 0;
	while (!ends_word(*s->at))
		s->at++;
	word->len = (size_t)(s->at - word->text);
	return word->len > 0;
}

int alert_word_is(const struct alert_word *w, const char *text)
{
	return !w->is_quoted && strlen(text) == w->len &&
	    memcmp(w->text, text, w->len) == 0;
}

int alert_scan_this(struct alert_scan *s, const char *text)
{
	struct alert_scan ahead = *s;
	struct alert_word word;

	if (!alert_scan_word(&ahead, &word) || !alert_word_is(&word, text))
		return 0;
	s->at = ahead.at;
	return 1;
}

int alert_scan_char(struct alert_scan *s, char c)
{
	if (c == '\0' || alert_scan_peek(s) != c)
		return 0;
	s->at++;
	return 1;
}

struct alert_word alert_scan_rest(struct alert_scan *s)
{
	struct alert_word rest = { NULL, 0, 0 };

	alert_scan_peek(s);
	rest.text = s->at;
	rest.len = strlen(s->at);
	s->at += rest.len;
	while (rest.len > 0 && is_blank(rest.text[rest.len - 1]))
		rest.len--;
	return rest;
}

/* ---- Messages ---- */

/* A part of the text that can be shown, cut between two characters. */
static void show(const char *text, size_t len, char out[QUOTED_SIZE])
{
	const char *dots = "";

	if (len > QUOTED_SIZE - 4) {
		len = QUOTED_SIZE - 4;
		dots = "...";
		while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
			len--;
	}
	snprintf(out, QUOTED_SIZE, "%.*s%s", (int)len, text, dots);
	for (char *c = out; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
}

int alert_scan_fail(struct alert_scan *s, const char *expected)
{
	char shown[QUOTED_SIZE];
	struct alert_word word;
	const char *from;

	if (alert_scan_peek(s) == '\0') {
		snprintf(s->why, s->why_size, "expected %s at the end",
		    expected);
		return -1;
	}
	from = s->at;
	if (!alert_scan_word(s, &word)) {
		word.text = from;
		word.len = 1;
	}
	show(word.text, word.len, shown);
	snprintf(s->why, s->why_size, "expected %s, not \"%s\"", expected,
	    shown);
	return -1;
}

/* ---- Values ---- */

int alert_scan_number(struct alert_scan *s, double *x_out)
{
	struct alert_scan ahead = *s;
	struct alert_word word;
	double x;

	if (!alert_scan_word(&ahead, &word) || word.is_quoted ||
	    number_parse(word.text, word.len, &x) < 0 || isnan(x))
		return alert_scan_fail(s, "a number");
	s->at = ahead.at;
	*x_out = x;
	return 0;
}

int alert_scan_count(struct alert_scan *s, uint64_t *n_out)
{
	struct alert_scan ahead = *s;
	struct alert_word word;

	if (!alert_scan_word(&ahead, &word) || word.is_quoted ||
	    number_parse_count(word.text, word.len, n_out) < 0)
		return alert_scan_fail(s, "a whole number");
	s->at = ahead.at;
	return 0;
}

int alert_scan_duration(struct alert_scan *s, int64_t *ns_out)
{
	struct alert_scan ahead = *s;
	struct alert_word word;

	if (!alert_scan_word(&ahead, &word) || word.is_quoted ||
	    durations_parse(word.text, word.len, ns_out) < 0)
		return alert_scan_fail(s, DURATIONS_FORM);
	s->at = ahead.at;
	return 0;
}
