/*
 * Reading a rule of alerts.
 *
 *      [NAME:] BODY [on PATTERN]
 *      BODY = SUBJECT OP NUMBER [for DURATION] [clear OP NUMBER [for DURATION]]
 *           | absent DURATION | anomaly ... | change ...
 *      SUBJECT = COLUMN | abs(COLUMN)
 *
 * A column in double quotes may be called anything, "change" too. The pattern
 * is all that is left, so keys may have blanks.
 *
 * A rule whose two conditions can hold at once would be raised and cleared
 * with every result there, and is refused.
 */
#define _POSIX_C_SOURCE 200809L

#include "alert_rule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_scan.h"

static int no_memory(struct alert_scan *s)
{
	snprintf(s->why, s->why_size, "out of memory");
	return -1;
}

static int copy_word(struct alert_scan *s, const struct alert_word *word,
    char **copy_out)
{
	*copy_out = strndup(word->text, word->len);
	return *copy_out ? 0 : no_memory(s);
}

/* ---- Conditions ---- */

/* Sets a test that holds up to x. */
static void set_below(struct alert_test *t, double x, int with_x)
{
	int never = !with_x && isinf(x) && x < 0;

	t->low = never ? INFINITY : -INFINITY;
	t->high = with_x ? x : nextafter(x, -INFINITY);
}

static void set_above(struct alert_test *t, double x, int with_x)
{
	int never = !with_x && isinf(x) && x > 0;

	t->high = never ? -INFINITY : INFINITY;
	t->low = with_x ? x : nextafter(x, INFINITY);
}

/* Reads OP NUMBER. */
static int read_comparison(struct alert_scan *s, struct alert_test *t)
{
	char op = alert_scan_peek(s);
	double x;
	int with_x;

	if (!strchr("<>=!", op) || op == '\0')
		return alert_scan_fail(s, "one of < <= > >= == !=");
	alert_scan_char(s, op);
	with_x = *s->at == '=';
	if (with_x)
		s->at++;
	else if (op == '=' || op == '!')
		return alert_scan_fail(s, "== or !=, with no blank in it");
	if (alert_scan_number(s, &x) < 0)
		return -1;
	if (op == '<') {
		set_below(t, x, with_x);
	} else if (op == '>') {
		set_above(t, x, with_x);
	} else {
		t->low = t->high = x;
		t->is_outside = op == '!';
	}
	return 0;
}

static int read_condition(struct alert_scan *s, struct alert_test *t)
{
	if (read_comparison(s, t) < 0)
		return -1;
	return alert_scan_this(s, "for") ? alert_scan_duration(s, &t->hold) : 0;
}

/*
 * If two conditions hold at once, they do so at an end of an interval, or
 * beside one.
 */
static int overlap(const struct alert_test tests[2])
{
	const double ends[] = { tests[0].low, tests[0].high, tests[1].low,
		tests[1].high };

	for (int i = 0; i < 12; i++) {
		double x = ends[i / 3];

		if (i % 3 == 1)
			x = nextafter(x, INFINITY);
		else if (i % 3 == 2)
			x = nextafter(x, -INFINITY);
		if (alert_test_holds(&tests[0], x) &&
		    alert_test_holds(&tests[1], x))
			return 1;
	}
	return 0;
}

/* Reads what follows COLUMN. */
static int read_row_rule(struct alert_rule *r, struct alert_scan *s)
{
	struct alert_test *t = r->tests;

	if (read_condition(s, &t[0]) < 0)
		return -1;
	t[1] = t[0];
	t[1].hold = 0;
	t[1].is_outside = !t[0].is_outside;
	if (!alert_scan_this(s, "clear"))
		return 0;
	t[1].is_outside = 0;
	if (read_condition(s, &t[1]) < 0)
		return -1;
	if (!overlap(t))
		return 0;
	snprintf(s->why, s->why_size,
	    "the condition to clear it can hold together with the one that "
	    "raises it");
	return -1;
}

static int is_operator(char c)
{
	return c != '\0' && strchr("<>=!", c) != NULL;
}

/* ---- Bodies ---- */

static int read_absent(struct alert_rule *r, struct alert_scan *s)
{
	struct alert_scan before = *s;

	r->kind = ALERT_ABSENT;
	if (alert_scan_duration(s, &r->span) < 0)
		return -1;
	return r->span > 0
	    ? 0
	    : alert_scan_fail(&before, "a duration of more than 0");
}

static int read_subject(struct alert_rule *r, struct alert_scan *s,
    struct alert_word *word)
{
	if (alert_word_is(word, "abs") && alert_scan_char(s, '(')) {
		r->tests[0].is_abs = 1;
		if (!alert_scan_word(s, word))
			return alert_scan_fail(s, "a statistic");
		if (!alert_scan_char(s, ')'))
			return alert_scan_fail(s, ")");
	}
	return copy_word(s, word, &r->column);
}

static int read_body(struct alert_rule *r, struct alert_scan *s)
{
	struct alert_word word;

	if (!alert_scan_word(s, &word))
		return alert_scan_fail(s,
		    "a statistic, absent, anomaly or change");
	if (!is_operator(alert_scan_peek(s))) {
		if (alert_word_is(&word, "absent"))
			return read_absent(r, s);
		if (alert_word_is(&word, "anomaly"))
			return alert_drift_anomaly(r, s);
		if (alert_word_is(&word, "change"))
			return alert_drift_change(r, s);
	}
	if (read_subject(r, s, &word) < 0)
		return -1;
	return read_row_rule(r, s);
}

/* ---- The whole ---- */

static int read_name(struct alert_rule *r, struct alert_scan *s)
{
	struct alert_scan ahead = *s;
	struct alert_word word;

	if (!alert_scan_word(&ahead, &word) || !alert_scan_char(&ahead, ':'))
		return 0;
	if (word.len == 0)
		return alert_scan_fail(s, "a name");
	s->at = ahead.at;
	return copy_word(s, &word, &r->name);
}

static int read_pattern(struct alert_rule *r, struct alert_scan *s)
{
	struct alert_word rest;

	if (!alert_scan_this(s, "on"))
		return alert_scan_peek(s) == '\0'
		    ? 0
		    : alert_scan_fail(s,
			  r->kind == ALERT_ROW
			      ? "for, clear, on or nothing more"
			      : "on or nothing more");
	rest = alert_scan_rest(s);
	if (rest.len == 0)
		return alert_scan_fail(s, "a pattern of keys");
	return copy_word(s, &rest, &r->pattern);
}

int alert_rule_read(struct alert_rule *r, const char *text, char *why,
    size_t why_size)
{
	struct alert_scan s = { text, why, why_size };
	struct alert_word whole = alert_scan_rest(&s);

	memset(r, 0, sizeof *r);
	s.at = whole.text;
	if (copy_word(&s, &whole, &r->text) == 0 && read_name(r, &s) == 0 &&
	    read_body(r, &s) == 0 && read_pattern(r, &s) == 0)
		return 0;
	alert_rule_clear(r);
	return -1;
}

void alert_rule_clear(struct alert_rule *r)
{
	free(r->text);
	free(r->name);
	free(r->pattern);
	free(r->column);
	memset(r, 0, sizeof *r);
}

const char *alert_rule_name(const struct alert_rule *r)
{
	return r->name ? r->name : r->text;
}
