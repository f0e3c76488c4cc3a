/*
 * Durations from text.
 *
 * Decimals are exact however many there are: taken from the last one to the
 * first, (unit * digit + what is below) / 10 can be rounded down at each
 * step, since rounding down twice is rounding down once.
 */
#include "durations.h"

#include <string.h>

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", 60 * (int64_t)1000000000 },
	{ "h", 3600 * (int64_t)1000000000 },
	{ "d", 86400 * (int64_t)1000000000 },
	{ "w", 604800 * (int64_t)1000000000 },
};

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* The unit's length in nanoseconds, or 0. */
static int64_t find_unit(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strlen(units[i].name) == len &&
		    memcmp(units[i].name, name, len) == 0)
			return units[i].ns;
	return 0;
}

/* *sum += unit * (the digits before at), or -1 if that is too large. */
static int add_whole(const char *digits, const char *end, int64_t unit,
    int64_t *sum)
{
	int64_t n = 0;

	for (; digits < end; digits++) {
		int digit = *digits - '0';

		if (n > (INT64_MAX / unit - digit) / 10)
			return -1;
		n = 10 * n + digit;
	}
	if (n * unit > INT64_MAX - *sum)
		return -1;
	*sum += n * unit;
	return 0;
}

static int add_decimals(const char *digits, const char *end, int64_t unit,
    int64_t *sum)
{
	int64_t part = 0;

	while (end-- > digits)
		part = (part + (*end - '0') * unit) / 10;
	if (part > INT64_MAX - *sum)
		return -1;
	*sum += part;
	return 0;
}

/* One number and its unit. Returns how many bytes, 0 if there is none. */
static size_t take_part(const char *text, const char *end, int64_t *sum)
{
	const char *point = text, *name, *after;
	int64_t unit;

	while (point < end && is_digit(*point))
		point++;
	name = point;
	if (name < end && *name == '.')
		for (name++; name < end && is_digit(*name);)
			name++;
	for (after = name; after < end && is_letter(*after);)
		after++;
	unit = find_unit(name, (size_t)(after - name));
	if (unit == 0 || point == text || name == point + 1)
		return 0;
	if (add_whole(text, point, unit, sum) < 0)
		return 0;
	if (name > point && add_decimals(point + 1, name, unit, sum) < 0)
		return 0;
	return (size_t)(after - text);
}

int durations_parse(const char *text, size_t len, int64_t *ns_out)
{
	const char *end = text + len;
	int64_t sum = 0;

	if (len == 0)
		return -1;
	if (len == 1 && *text == '0')
		text = end;
	while (text < end) {
		size_t n = take_part(text, end, &sum);

		if (n == 0)
			return -1;
		text += n;
	}
	*ns_out = sum;
	return 0;
}

int durations_like(const char *text, size_t len)
{
	if (len == 0 || !is_digit(*text))
		return 0;
	for (size_t i = 0; i < len; i++)
		if (is_letter(text[i]))
			return 1;
	return 0;
}
