/*
 * Fuzzing times: any bytes are read without harm, and what is a time can be
 * written and read again.
 *
 * The input is read as a text with each unit. A date means the same with
 * all of them; digits alone are as many as strtoull() says; whatever comes
 * of it is written, read again and taken apart into its date. So are the
 * first eight bytes as a time. The text is a copy of its own size, so that
 * a read beyond its end is seen by the address sanitizer.
 *
 * With LEAT_FUZZ_MAIN it is a program that reads the files it is given.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { UNTOUCHED = 4711, N_UNITS = LEAT_UNIT_NS + 1 };

static void must(int holds)
{
	if (!holds)
		abort();
}

static int ask(const uint8_t *data, size_t n, int unit, int64_t *t)
{
	char *copy = malloc(n ? n : 1);
	int err;

	must(copy != NULL);
	if (n > 0)
		memcpy(copy, data, n);
	*t = UNTOUCHED;
	err = leat_parse_time(copy, n, unit, t, NULL);
	free(copy);
	must(err == LEAT_OK || *t == UNTOUCHED);
	return err;
}

/* Digits alone, at most n of them. */
static int is_count(const uint8_t *data, size_t size, size_t n)
{
	for (size_t i = 0; i < size; i++)
		if (data[i] < '0' || data[i] > '9')
			return 0;
	return size > 0 && size <= n;
}

/* Begins as a number, with digits and no more or a point, or with a sign. */
static int is_number(const uint8_t *data, size_t size)
{
	size_t i = 0;

	while (i < size && data[i] >= '0' && data[i] <= '9')
		i++;
	return i == size || data[i] == '.' ||
	    (i == 0 && (*data == '-' || *data == '+'));
}

static void check_count(const uint8_t *data, size_t size)
{
	static const uint64_t per[N_UNITS] = { 0, 1000000000, 1000000, 1000,
		1 };
	char text[20] = "";
	uint64_t n;

	memcpy(text, data, size);
	n = strtoull(text, NULL, 10);
	for (int unit = LEAT_UNIT_S; unit <= LEAT_UNIT_NS; unit++) {
		int64_t t;
		int err = ask(data, size, unit, &t);

		if (n > INT64_MAX / per[unit])
			must(err == LEAT_ERANGE);
		else
			must(err == LEAT_OK && t == (int64_t)(n * per[unit]));
	}
}

/* Checks that the day of the time is the date in the text. */
static void check_date(int64_t t, const char *text)
{
	const int64_t day = INT64_C(86400000000000);
	int64_t days = t / day - (t % day < 0);
	int year, month, of_month;
	char date[48];

	leat_date_from_days(days, &year, &month, &of_month);
	must(leat_days_from_date(year, month, of_month) == days);
	snprintf(date, sizeof(date), "%04d-%02d-%02dT", year, month, of_month);
	must(memcmp(date, text, 11) == 0);
}

static void check_writing(int64_t t)
{
	char *text = malloc(LEAT_TIME_SIZE);
	int64_t back = UNTOUCHED;
	size_t n;

	must(text != NULL);
	n = leat_format_time(t, text);
	must(n < LEAT_TIME_SIZE && strlen(text) == n);
	must(n == 20 || n == 24 || n == 27 || n == 30);
	must(n == 20 || strcmp(text + n - 4, "000Z") != 0);
	for (int unit = 0; unit < N_UNITS; unit++) {
		must(leat_parse_time(text, n, unit, &back, NULL) == LEAT_OK);
		must(back == t);
	}
	check_date(t, text);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t guess, t;
	int guess_err = ask(data, size, LEAT_UNIT_GUESS, &guess);

	must(guess_err == LEAT_OK || guess_err == LEAT_EPARSE ||
	    guess_err == LEAT_ERANGE);
	for (int unit = LEAT_UNIT_S; unit <= LEAT_UNIT_NS; unit++) {
		int err = ask(data, size, unit, &t);

		if (!is_number(data, size))
			must(!err == !guess_err && t == guess);
		if (err == LEAT_OK)
			check_writing(t);
	}
	must(ask(data, size, N_UNITS, &t) == LEAT_EINVAL);
	if (is_count(data, size, 19))
		check_count(data, size);
	if (guess_err == LEAT_OK)
		check_writing(guess);
	if (size >= sizeof(t)) {
		memcpy(&t, data, sizeof(t));
		check_writing(t);
	}
	return 0;
}

#include "fuzz_main.h"
