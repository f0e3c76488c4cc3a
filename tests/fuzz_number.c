/*
 * Fuzzing numbers: any bytes are read as strtod() reads them, and any
 * double is written as it should be.
 *
 * The input is read as a text, all of it and as far as it is a number, and
 * held against strtod() on a copy, but for what strtod() alone takes: blanks
 * at the start, hexadecimal digits and nan(...). The double that comes of
 * it, and the first eight bytes as one, are written in both ways and read
 * again. The text is a copy of its own size, so that a read beyond its end
 * is seen by the address sanitizer.
 *
 * With LEAT_FUZZ_MAIN it is a program that reads the files it is given.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const double untouched = 4711;

struct answer {
	int err;
	double x;
	size_t used;
};

static void must(int holds)
{
	if (!holds)
		abort();
}

static int same(double a, double b)
{
	return (a != a && b != b) || memcmp(&a, &b, sizeof(a)) == 0;
}

static struct answer ask(const uint8_t *data, size_t n, int whole)
{
	struct answer a = { 0, untouched, 4711 };
	char *copy = malloc(n ? n : 1);

	must(copy != NULL);
	if (n > 0)
		memcpy(copy, data, n);
	a.err = leat_parse_double(copy, n, &a.x, whole ? NULL : &a.used);
	free(copy);
	must(a.err == LEAT_OK || a.err == LEAT_EPARSE);
	must(a.err == LEAT_OK || (same(a.x, untouched) && a.used == 4711));
	must(!whole || a.used == 4711);
	return a;
}

/* Returns whether strtod() accepts more than leat does. */
static int is_foreign(const char *text)
{
	if (isspace((unsigned char)*text))
		return 1;
	text += *text == '-' || *text == '+';
	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		return 1;
	return (text[0] | 0x20) == 'n' && (text[1] | 0x20) == 'a' &&
	    (text[2] | 0x20) == 'n' && text[3] == '(';
}

static void check_reading(const uint8_t *data, size_t n, struct answer a)
{
	char *text = malloc(n + 1), *end;
	double x;

	must(text != NULL);
	if (n > 0)
		memcpy(text, data, n);
	text[n] = '\0';
	x = strtod(text, &end);
	if (!is_foreign(text)) {
		must((a.err == LEAT_OK) == (end > text));
		must(a.err || (a.used == (size_t)(end - text) && same(a.x, x)));
	}
	free(text);
}

static void check_writing(double x, unsigned decimals)
{
	char *text = malloc(LEAT_DOUBLE_SIZE), *fixed = malloc(LEAT_FIXED_SIZE);
	char wanted[LEAT_FIXED_SIZE];
	size_t n;
	double back;

	must(text != NULL && fixed != NULL);
	n = leat_format_double(x, text);
	must(n < LEAT_DOUBLE_SIZE && strlen(text) == n);
	must(leat_parse_double(text, n, &back, NULL) == LEAT_OK);
	must(same(back, x));
	n = leat_format_fixed(x, decimals, fixed);
	must(n < LEAT_FIXED_SIZE && strlen(fixed) == n);
	if (decimals > LEAT_DECIMALS_MAX)
		decimals = LEAT_DECIMALS_MAX;
	snprintf(wanted, sizeof(wanted), "%.*f", (int)decimals, x);
	/* The C library may write -nan. */
	must(strcmp(fixed, x == x ? wanted : "nan") == 0);
	free(text);
	free(fixed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer whole = ask(data, size, 1), a = ask(data, size, 0), part;
	double x;

	must((whole.err == LEAT_OK) == (a.err == LEAT_OK && a.used == size));
	must(whole.err || same(whole.x, a.x));
	check_reading(data, size, a);
	if (a.err == LEAT_OK) {
		/* The text behind the number must not matter. */
		must(a.used > 0 && a.used <= size);
		part = ask(data, a.used, 1);
		must(part.err == LEAT_OK && same(part.x, a.x));
		check_writing(a.x, (unsigned)(size % 20));
	}
	if (size >= sizeof(x)) {
		memcpy(&x, data, sizeof(x));
		check_writing(x, (unsigned)(size % 20));
	}
	return 0;
}

#include "fuzz_main.h"
