/*
 * Formulas, read from left to right without looking back:
 *
 *      formula = name "~" [sign] term { sign term }
 *      term    = "." | "0" | "1" | name | word "(" arguments ")"
 *
 * A function is a row in a table, with its own reader of arguments, which
 * starts behind the opening parenthesis and ends before the closing one.
 */
#include "formula.h"

#include <leat.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durations.h"
#include "number.h"

struct parser {
	struct formula formula;
	const char *at;
	int n_read; /* terms, 0 and 1 among them */
	char *why;
	size_t why_size;
};

/* Says what is wrong and shows the text from there on. */
static int wrong(struct parser *p, const char *at, const char *format, ...)
{
	int more = strlen(at) > 24;
	char what[160];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	if (*at)
		snprintf(p->why, p->why_size,
		    "formula: \"%.160s\": at \"%.24s%s\": %s", p->formula.text,
		    at, more ? "..." : "", what);
	else
		snprintf(p->why, p->why_size,
		    "formula: \"%.160s\": at the end: %s", p->formula.text,
		    what);
	return -1;
}

static int no_memory(struct parser *p)
{
	snprintf(p->why, p->why_size, "out of memory");
	return -1;
}

static void skip_blanks(struct parser *p)
{
	p->at += strspn(p->at, " \t\r\n");
}

/* ---- Names ---- */

/* Bytes from 128 on are letters of UTF-8. */
static int is_word(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' ||
	    (unsigned char)byte >= 128;
}

static size_t word_length(const char *text)
{
	size_t n = *text == '#';

	while (is_word(text[n]))
		n++;
	return n > 1 || *text != '#' ? n : 0;
}

static int is_quote(char byte)
{
	return byte == '"' || byte == '`';
}

/* Copies what is between quotes; p->at is at the first one. */
static int take_quoted(struct parser *p, char *out)
{
	const char *start = p->at;
	const char quote = *p->at++;
	size_t n = 0;

	for (;; p->at++) {
		if (*p->at == '\0')
			return wrong(p, start, "no closing quote");
		if (*p->at == quote && *++p->at != quote)
			break;
		out[n++] = *p->at;
	}
	out[n] = '\0';
	return n > 0 ? 0 : wrong(p, start, "a name is empty");
}

/* Returns NULL with the reason in why. */
static char *take_name(struct parser *p, const char *what)
{
	size_t n = is_quote(*p->at) ? strlen(p->at) : word_length(p->at);
	char *name;

	if (n == 0) {
		wrong(p, p->at, "%s expected", what);
		return NULL;
	}
	name = malloc(n + 1);
	if (!name) {
		no_memory(p);
		return NULL;
	}
	if (is_quote(*p->at)) {
		if (take_quoted(p, name) == 0)
			return name;
		free(name);
		return NULL;
	}
	memcpy(name, p->at, n);
	name[n] = '\0';
	p->at += n;
	return name;
}

/* ---- Terms ---- */

/* Takes over the texts of the term, also when it fails. */
static int add_term(struct parser *p, const struct formula_term *term)
{
	struct formula *f = &p->formula;
	struct formula_term *terms;

	terms = realloc(f->terms, (f->n_terms + 1) * sizeof *terms);
	if (!terms) {
		free(term->column);
		free(term->period_text);
		return no_memory(p);
	}
	f->terms = terms;
	f->terms[f->n_terms++] = *term;
	return 0;
}

static int take_dot(struct parser *p, int minus)
{
	struct formula_term term = { FORMULA_ALL, 0, NULL, 0, 0, NULL };

	if (minus)
		return wrong(p, p->at, "the dot cannot be removed");
	if (formula_has_all(&p->formula))
		return wrong(p, p->at, "the dot is given twice");
	p->at++;
	return add_term(p, &term);
}

static int take_number(struct parser *p, size_t len, int minus)
{
	int one = *p->at == '1';

	if (len != 1 || (*p->at != '0' && !one) || (!one && minus))
		return wrong(p, p->at,
		    "the only numbers are + 1, + 0 and - 1; use #N for a "
		    "column by number");
	p->formula.no_intercept = !one || minus;
	p->at++;
	return 0;
}

/* ---- Functions ---- */

/* Goes on to the second argument. */
static int take_comma(struct parser *p, const char *needs)
{
	skip_blanks(p);
	if (*p->at != ',')
		return wrong(p, p->at, "%s", needs);
	p->at++;
	skip_blanks(p);
	return 0;
}

/* The column and the number of rows: "y, 1". */
static int take_lag(struct parser *p, struct formula_term *term)
{
	const char *start;
	size_t len;

	term->column = take_name(p, "a column");
	if (!term->column ||
	    take_comma(p,
		"lag needs a column and a number of rows: "
		"lag(COLUMN,K)") < 0)
		return -1;
	start = p->at;
	len = strcspn(start, "), \t");
	if (number_parse_count(start, len, &term->lag) < 0 || term->lag == 0 ||
	    term->lag > FORMULA_MAX_LAG)
		return wrong(p, start, "lag takes a whole number from 1 to %d",
		    FORMULA_MAX_LAG);
	p->at += len;
	return 0;
}

static int take_time(struct parser *p, struct formula_term *term)
{
	term->column = take_name(p, "a column of times");
	return term->column ? 0 : -1;
}

/* The column and the period: "t, 365.25d". */
static int take_wave(struct parser *p, struct formula_term *term)
{
	const char *start;
	size_t len;

	if (take_time(p, term) < 0 ||
	    take_comma(p,
		"sin and cos need a column of times and a period: "
		"sin(COLUMN,365.25d)") < 0)
		return -1;
	start = p->at;
	len = strcspn(start, "), \t");
	if (durations_parse(start, len, &term->period) < 0 || term->period == 0)
		return wrong(p, start,
		    "a period is a duration, such as 365.25d or 1h30m");
	term->period_text = malloc(len + 1);
	if (!term->period_text)
		return no_memory(p);
	memcpy(term->period_text, start, len);
	term->period_text[len] = '\0';
	p->at += len;
	return 0;
}

static const struct function {
	const char *name;
	enum formula_kind kind;
	int (*take)(struct parser *p, struct formula_term *term);
} functions[] = {
	{ "lag", FORMULA_LAG, take_lag },
	{ "hour", FORMULA_HOUR, take_time },
	{ "dow", FORMULA_DOW, take_time },
	{ "sin", FORMULA_SIN, take_wave },
	{ "cos", FORMULA_COS, take_wave },
};

const char *formula_function(enum formula_kind kind)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (functions[i].kind == kind)
			return functions[i].name;
	return "";
}

static const struct function *find_function(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strlen(functions[i].name) == len &&
		    memcmp(functions[i].name, name, len) == 0)
			return &functions[i];
	return NULL;
}

/* p->at is behind the opening parenthesis. */
static int take_arguments(struct parser *p, const struct function *function,
    int minus)
{
	struct formula_term term = { function->kind, 0, NULL, 0, 0, NULL };
	int err;

	term.minus = minus;
	skip_blanks(p);
	err = function->take(p, &term);
	if (!err) {
		skip_blanks(p);
		if (*p->at != ')')
			err = wrong(p, p->at, ") expected");
	}
	if (err) {
		free(term.column);
		free(term.period_text);
		return -1;
	}
	p->at++;
	return add_term(p, &term);
}

static int take_call(struct parser *p, size_t len, int minus)
{
	const struct function *function = find_function(p->at, len);
	int shown = len > 40 ? 40 : (int)len;

	if (!function)
		return wrong(p, p->at,
		    "no function \"%.*s\"; there are lag, hour, dow, sin and "
		    "cos",
		    shown, p->at);
	p->at += len;
	skip_blanks(p);
	p->at++;
	return take_arguments(p, function, minus);
}

/* ---- The whole ---- */

static int take_column(struct parser *p, int minus)
{
	struct formula_term term = { FORMULA_COLUMN, 0, NULL, 0, 0, NULL };

	term.minus = minus;
	term.column = take_name(p, "a term");
	return term.column ? add_term(p, &term) : -1;
}

/* The length of a word that a parenthesis follows, or 0. */
static size_t call_length(const char *text)
{
	size_t len = word_length(text);

	return text[len + strspn(text + len, " \t\r\n")] == '(' ? len : 0;
}

static int take_term(struct parser *p, int minus)
{
	size_t len = word_length(p->at);

	if (call_length(p->at) > 0)
		return take_call(p, len, minus);
	if (len == 1 && *p->at == '.')
		return take_dot(p, minus);
	if (len > 0 && strspn(p->at, "0123456789") == len)
		return take_number(p, len, minus);
	return take_column(p, minus);
}

static int take_signed(struct parser *p)
{
	int minus = *p->at == '-';
	int has_sign = minus || *p->at == '+';

	if (!has_sign && p->n_read > 0)
		return wrong(p, p->at, "+ or - expected");
	p->at += has_sign;
	skip_blanks(p);
	if (take_term(p, minus) < 0)
		return -1;
	p->n_read++;
	skip_blanks(p);
	return 0;
}

static int take_formula(struct parser *p)
{
	skip_blanks(p);
	p->formula.target = take_name(p, "the column to predict");
	if (!p->formula.target)
		return -1;
	skip_blanks(p);
	if (*p->at != '~')
		return wrong(p, p->at, "~ expected");
	p->at++;
	skip_blanks(p);
	if (*p->at == '\0')
		return wrong(p, p->at, "the right side is empty");
	while (*p->at)
		if (take_signed(p) < 0)
			return -1;
	return 0;
}

int formula_parse(struct formula *formula, const char *text, char *why,
    size_t why_size)
{
	struct parser p = { 0 };
	size_t size = strlen(text) + 1;

	p.why = why;
	p.why_size = why_size;
	p.formula.text = malloc(size);
	if (!p.formula.text)
		return no_memory(&p);
	memcpy(p.formula.text, text, size);
	p.at = p.formula.text;
	if (take_formula(&p) < 0) {
		formula_clear(&p.formula);
		return -1;
	}
	formula_clear(formula);
	*formula = p.formula;
	return 0;
}

void formula_clear(struct formula *f)
{
	for (size_t i = 0; i < f->n_terms; i++) {
		free(f->terms[i].column);
		free(f->terms[i].period_text);
	}
	free(f->terms);
	free(f->target);
	free(f->text);
	memset(f, 0, sizeof *f);
}

int formula_has_all(const struct formula *f)
{
	for (size_t i = 0; i < f->n_terms; i++)
		if (f->terms[i].kind == FORMULA_ALL)
			return 1;
	return 0;
}

int formula_is_timed(enum formula_kind kind)
{
	return kind == FORMULA_HOUR || kind == FORMULA_DOW ||
	    kind == FORMULA_SIN || kind == FORMULA_COS;
}

double formula_of_time(enum formula_kind kind, int64_t period, int64_t t)
{
	const int64_t hour = 3600 * (int64_t)1000000000, day = 24 * hour;
	const double two_pi = 6.283185307179586;
	int64_t rest, days = number_floor(t, day, &rest);

	switch (kind) {
	case FORMULA_HOUR:
		return (double)(rest / hour);
	case FORMULA_DOW: /* 1970-01-01 was a Thursday */
		(void)number_floor(days + 3, 7, &rest);
		return (double)(rest + 1);
	case FORMULA_SIN:
		(void)number_floor(t, period, &rest);
		return sin(two_pi * ((double)rest / (double)period));
	case FORMULA_COS:
		(void)number_floor(t, period, &rest);
		return cos(two_pi * ((double)rest / (double)period));
	case FORMULA_ALL:
	case FORMULA_COLUMN:
	case FORMULA_LAG:
		break;
	}
	return NAN;
}
