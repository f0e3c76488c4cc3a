/*
 * duration.c - times as people write them: 90s, 1h30m, 0.5d
 *
 * A number without a unit is so many ticks. Units are for ticks of a
 * nanosecond. Decimals are exact however many there are: taken from the last
 * one to the first, (unit * digit + what is below) / 10 can be rounded down
 * at each step, since rounding down twice is rounding down once.
 */
#include "spec.h"

static const struct {
	const char *name;
	int64_t ticks;
} spec_units[] = {
	{ "ns", 1 },
	{ "us", LEAT_MICROSECOND },
	{ "ms", LEAT_MILLISECOND },
	{ "s", LEAT_SECOND },
	{ "m", LEAT_MINUTE },
	{ "h", LEAT_HOUR },
	{ "d", LEAT_DAY },
	{ "w", 7 * LEAT_DAY },
};

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The unit's length, or 0 if there is no such unit. */
static int64_t spec_unit(struct leat_piece name)
{
	size_t len = (size_t)(name.end - name.at);

	for (size_t i = 0; i < sizeof(spec_units) / sizeof(spec_units[0]); i++)
		if (leat_is_named(spec_units[i].name, name.at, len))
			return spec_units[i].ticks;
	return 0;
}

/* Adds unit * digits to *sum; LEAT_EINVAL if that is too large. */
static int add_whole(struct leat_piece digits, int64_t unit, int64_t *sum)
{
	int64_t n = 0;

	for (; digits.at < digits.end; digits.at++) {
		int digit = *digits.at - '0';

		if (n > (INT64_MAX / unit - digit) / 10)
			return LEAT_EINVAL;
		n = 10 * n + digit;
	}
	if (n * unit > INT64_MAX - *sum)
		return LEAT_EINVAL;
	*sum += n * unit;
	return LEAT_OK;
}

static int add_decimals(struct leat_piece digits, int64_t unit, int64_t *sum)
{
	int64_t part = 0;

	while (digits.end-- > digits.at)
		part = (part + (*digits.end - '0') * unit) / 10;
	if (part > INT64_MAX - *sum)
		return LEAT_EINVAL;
	*sum += part;
	return LEAT_OK;
}

static const char *after_digits(struct leat_piece text)
{
	while (text.at < text.end && is_digit(*text.at))
		text.at++;
	return text.at;
}

static const char *after_letters(struct leat_piece text)
{
	while (text.at < text.end && *text.at >= 'a' && *text.at <= 'z')
		text.at++;
	return text.at;
}

/* Takes one number and its unit off the text, and adds it to *sum. */
static int take_part(struct leat_piece *text, int64_t *sum)
{
	struct leat_piece whole = *text, decimals, name;
	int64_t unit;
	int err;

	whole.end = decimals.at = decimals.end = after_digits(*text);
	if (decimals.at < text->end && *decimals.at == '.') {
		decimals.at++;
		decimals.end = after_digits((struct leat_piece){
		    decimals.at, text->end });
		if (decimals.end == decimals.at)
			return LEAT_EPARSE;
	}
	name.at = decimals.end;
	name.end = after_letters((struct leat_piece){ name.at, text->end });
	unit = spec_unit(name);
	if (unit == 0 || whole.at == whole.end)
		return LEAT_EPARSE;
	text->at = name.end;
	err = add_whole(whole, unit, sum);
	return err ? err : add_decimals(decimals, unit, sum);
}

/* The form is looked at to the end before a number may be too large. */
static int take_parts(struct leat_piece text, int64_t *sum)
{
	int err = LEAT_OK;

	while (text.at < text.end) {
		int one = take_part(&text, sum);

		if (one == LEAT_EPARSE)
			return one;
		err = err ? err : one;
	}
	return err;
}

int leat_ticks_parse(struct leat_piece text, int64_t *ticks_out)
{
	int is_minus = text.at < text.end && *text.at == '-';
	int64_t sum = 0;
	int err;

	text.at += is_minus || (text.at < text.end && *text.at == '+');
	if (text.at == text.end)
		return LEAT_EPARSE;
	err = after_digits(text) == text.end ? add_whole(text, 1, &sum)
					     : take_parts(text, &sum);
	if (!err)
		*ticks_out = is_minus ? -sum : sum;
	return err;
}
