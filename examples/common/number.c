/*
 * Numbers from text and to text, through the C library's own conversions.
 *
 * Reading. A number with at most 19 digits whose value is below 2^53, and
 * with a power of ten up to 10^22, is one exact integer times or divided
 * by another one that is exact as a double: the result is rounded once,
 * so it is right (Clinger 1990). All others go through strtod() in a form
 * that has no decimal point, "123e-2", so that the locale has no say. A
 * double never depends on more than its first 768 significant digits,
 * except for whether anything but zeros follows; so text of any length
 * fits into a small buffer.
 *
 * Writing. A decimal of up to 15 digits is recovered from the double it
 * reads as. So if x times a power of ten is a whole number below 1e15 that
 * gives x when divided again, its digits are the shortest. Otherwise 15,
 * 16 and 17 digits are tried in turn; 17 always suffice.
 */
#include "number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 800, MAX_EXACT_POWER = 22, EXPONENT_LIMIT = 100000 };

static const double powers[MAX_EXACT_POWER + 1] = { 1e0, 1e1, 1e2, 1e3, 1e4,
	1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
	1e18, 1e19, 1e20, 1e21, 1e22 };

struct decimal {
	int negative;
	size_t n_digits;  /* significant ones: no leading zeros */
	uint64_t value;   /* of the first 19 */
	int64_t exponent; /* of the last digit kept */
	int more;         /* something follows that is not zero */
	char digits[MAX_DIGITS];
};

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *number_trim(const char *text, size_t *len)
{
	while (*len > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		--*len;
	}
	while (*len > 0 && (text[*len - 1] == ' ' || text[*len - 1] == '\t'))
		--*len;
	return text;
}

/* Whether the text is this word, which is in lower case. */
static int is_word(const char *text, size_t len, const char *word)
{
	if (strlen(word) != len)
		return 0;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != word[i])
			return 0;
	}
	return 1;
}

static int parse_word(const char *text, size_t len, double *x_out)
{
	if (is_word(text, len, "nan"))
		*x_out = NAN;
	else if (is_word(text, len, "inf") || is_word(text, len, "infinity"))
		*x_out = INFINITY;
	else
		return -1;
	return 0;
}

/* One more digit, which counts 10^exponent. */
static void add_digit(struct decimal *d, char digit, int64_t exponent)
{
	if (d->n_digits == 0 && digit == '0')
		return;
	if (d->n_digits == MAX_DIGITS) {
		d->more |= digit != '0';
		return;
	}
	if (d->n_digits < 19)
		d->value = 10 * d->value + (uint64_t)(digit - '0');
	d->digits[d->n_digits++] = digit;
	d->exponent = exponent;
}

/* Digits with a point among them; how many bytes, 0 if there is none. */
static size_t parse_digits(const char *text, size_t len, struct decimal *d)
{
	size_t whole = 0, i = 0;

	while (whole < len && is_digit(text[whole]))
		whole++;
	for (; i < whole; i++)
		add_digit(d, text[i], (int64_t)(whole - i - 1));
	if (i == len || text[i] != '.')
		return i;
	for (i++; i < len && is_digit(text[i]); i++)
		add_digit(d, text[i], -(int64_t)(i - whole));
	return i == 1 ? 0 : i;
}

/* An exponent, all of the text; it stops growing where it is absurd. */
static int parse_exponent(const char *text, size_t len, int64_t *out)
{
	int negative = len > 0 && *text == '-';
	size_t i = len > 0 && (*text == '-' || *text == '+');
	int64_t e = 0;

	if (i == len)
		return -1;
	for (; i < len; i++) {
		if (!is_digit(text[i]))
			return -1;
		if (e < INT64_MAX / 100)
			e = 10 * e + (text[i] - '0');
	}
	*out = negative ? -e : e;
	return 0;
}

static int parse_decimal(const char *text, size_t len, struct decimal *d)
{
	size_t n = parse_digits(text, len, d);
	int64_t e = 0;

	if (n == 0)
		return -1;
	if (n < len) {
		if (text[n] != 'e' && text[n] != 'E')
			return -1;
		if (parse_exponent(text + n + 1, len - n - 1, &e) < 0)
			return -1;
	}
	d->exponent += e;
	return 0;
}

/* Whether one multiplication or division of exact doubles will do. */
static int is_simple(const struct decimal *d)
{
	return FLT_EVAL_METHOD == 0 && d->n_digits <= 19 &&
	    d->value <= (uint64_t)1 << 53 && d->exponent >= -MAX_EXACT_POWER &&
	    d->exponent <= MAX_EXACT_POWER;
}

static double by_strtod(struct decimal *d)
{
	char text[MAX_DIGITS + 32];
	size_t n = d->n_digits;
	int64_t e = d->exponent;

	memcpy(text, d->digits, n);
	if (d->more) {
		text[n++] = '1';
		e--;
	}
	if (e > EXPONENT_LIMIT)
		e = EXPONENT_LIMIT;
	if (e < -EXPONENT_LIMIT)
		e = -EXPONENT_LIMIT;
	snprintf(text + n, sizeof text - n, "e%ld", (long)e);
	return strtod(text, NULL);
}

static double to_double(struct decimal *d)
{
	if (d->n_digits == 0)
		return 0.0;
	if (!is_simple(d))
		return by_strtod(d);
	if (d->exponent < 0)
		return (double)d->value / powers[-d->exponent];
	return (double)d->value * powers[d->exponent];
}

int number_parse(const char *text, size_t len, double *x_out)
{
	struct decimal d;
	double x;

	/* All but the digits, which are many. */
	d.negative = d.more = 0;
	d.n_digits = 0;
	d.value = 0;
	d.exponent = 0;

	text = number_trim(text, &len);
	if (len > 0 && (*text == '-' || *text == '+')) {
		d.negative = *text == '-';
		text++;
		len--;
	}
	if (len == 0)
		return -1;
	if (parse_decimal(text, len, &d) == 0)
		x = to_double(&d);
	else if (parse_word(text, len, &x) < 0)
		return -1;
	*x_out = d.negative ? -x : x;
	return 0;
}

int number_parse_count(const char *text, size_t len, uint64_t *n_out)
{
	uint64_t n = 0;

	if (len == 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(text[i] - '0');

		if (!is_digit(text[i]) || n > (UINT64_MAX - digit) / 10)
			return -1;
		n = 10 * n + digit;
	}
	*n_out = n;
	return 0;
}

size_t number_format_count(char *out, uint64_t n)
{
	char digits[20];
	size_t len = 0;

	do {
		digits[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	for (size_t i = 0; i < len; i++)
		out[i] = digits[len - 1 - i];
	return len;
}

/*
 * The digits of x > 0, without zeros at the end, and its decimal exponent
 * (of the first digit). Returns how many.
 */
static size_t shortest_digits(char digits[NUMBER_SIZE], double x, int *exponent)
{
	char text[NUMBER_SIZE];
	size_t n = 0;

	/* Below the normal range fewer digits tell neighbours apart. */
	for (int p = x < DBL_MIN ? 1 : 15; p <= 17; p++) {
		snprintf(text, sizeof text, "%.*e", p - 1, x);
		if (strtod(text, NULL) == x)
			break;
	}
	*exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	for (const char *t = text; *t != 'e'; t++)
		if (is_digit(*t))
			digits[n++] = *t;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	return n;
}

/* The same for a decimal of few digits, much faster; 0 if x is not one. */
static size_t simple_digits(char digits[NUMBER_SIZE], double x, int *exponent)
{
	if (x < 1e-5 || x >= 1e15 || FLT_EVAL_METHOD != 0)
		return 0;
	for (int k = 0; k <= 10; k++) {
		double scaled = nearbyint(x * powers[k]);
		size_t n;

		if (scaled >= 1e15)
			return 0;
		if (scaled < 1 || scaled / powers[k] != x)
			continue;
		n = number_format_count(digits, (uint64_t)scaled);
		*exponent = (int)n - 1 - k;
		while (n > 1 && digits[n - 1] == '0')
			n--;
		return n;
	}
	return 0;
}

static size_t put_zeros(char *out, int n)
{
	for (int i = 0; i < n; i++)
		out[i] = '0';
	return n > 0 ? (size_t)n : 0;
}

/* 1234.5, 1234500 or 0.0012345 */
static size_t put_plain(char *out, const char *digits, size_t n, int exponent)
{
	size_t len = 0, whole = exponent < 0 ? 0 : (size_t)exponent + 1;

	if (exponent < 0) {
		out[len++] = '0';
		out[len++] = '.';
		len += put_zeros(out + len, -exponent - 1);
	}
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && i == whole)
			out[len++] = '.';
		out[len++] = digits[i];
	}
	return len + put_zeros(out + len, exponent + 1 - (int)n);
}

/* 1.2345e-7 */
static size_t put_scientific(char *out, const char *digits, size_t n,
    int exponent)
{
	size_t len = 0;

	out[len++] = digits[0];
	if (n > 1) {
		out[len++] = '.';
		memcpy(out + len, digits + 1, n - 1);
		len += n - 1;
	}
	out[len++] = 'e';
	if (exponent < 0)
		out[len++] = '-';
	return len +
	    number_format_count(out + len,
		(uint64_t)(exponent < 0 ? -exponent : exponent));
}

static size_t put_word(char *out, const char *word)
{
	size_t n = strlen(word);

	memcpy(out, word, n);
	return n;
}

size_t number_format(char *out, double x)
{
	char digits[NUMBER_SIZE];
	int exponent = 0;
	size_t n, len = 0;

	if (isnan(x))
		return put_word(out, "nan");
	if (signbit(x)) {
		out[len++] = '-';
		x = -x;
	}
	if (isinf(x))
		return len + put_word(out + len, "inf");
	if (x == 0)
		return len + put_word(out + len, "0");
	n = simple_digits(digits, x, &exponent);
	if (n == 0)
		n = shortest_digits(digits, x, &exponent);
	if (exponent >= -5 && exponent < 17)
		return len + put_plain(out + len, digits, n, exponent);
	return len + put_scientific(out + len, digits, n, exponent);
}
