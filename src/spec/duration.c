/*
 * duration.c - times as people write them: 90s, 1h30m, 0.5d
 *
 * A number without a unit is a number of ticks. Units are for ticks of a
 * nanosecond. Decimals are exact however many there are: taken from the last
 * one to the first, (unit * digit + what is below) / 10 can be rounded down
 * at each step, since rounding down twice is rounding down once.
 */
#include "spec.h"

/*
 * A sum so far, and what it may be at most, which depends on the sign: the
 * lowest time is further from 0 than the highest.
 */
struct spec_sum {
	uint64_t ticks, most;
};

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

/*
 * Adds unit * digits to the sum; LEAT_EINVAL if that is too large. Before the
 * last test the product is below sum->most + 10 * unit, which fits in 64 bits.
 */
static int add_whole(struct leat_piece digits, uint64_t unit,
    struct spec_sum *sum)
{
	uint64_t n = 0;

	for (; digits.at < digits.end; digits.at++) {
		unsigned digit = (unsigned)(*digits.at - '0');

		if (n > sum->most / unit / 10)
			return LEAT_EINVAL;
		n = 10 * n + digit;
	}
	if (n * unit > sum->most - sum->ticks)
		return LEAT_EINVAL;
	sum->ticks += n * unit;
	return LEAT_OK;
}

static int add_decimals(struct leat_piece digits, uint64_t unit,
    struct spec_sum *sum)
{
	uint64_t part = 0;

	while (digits.end-- > digits.at)
		part = (part + (unsigned)(*digits.end - '0') * unit) / 10;
	if (part > sum->most - sum->ticks)
		return LEAT_EINVAL;
	sum->ticks += part;
	return LEAT_OK;
}

/* Returns the end of the bytes from least to most that begin at `at`. */
static const char *spec_run(const char *at, const char *end, char least,
    char most)
{
	while (at < end && *at >= least && *at <= most)
		at++;
	return at;
}

/* Takes one number and its unit off the text, and adds it to the sum. */
static int take_part(struct leat_piece *text, struct spec_sum *sum)
{
	struct leat_piece whole = *text, decimals, name;
	uint64_t unit = 0; /* if there is no unit of that name */
	size_t n_units = sizeof(spec_units) / sizeof(spec_units[0]);
	int err;

	whole.end = decimals.at = decimals.end = spec_run(text->at, text->end,
	    '0', '9');
	if (decimals.at < text->end && *decimals.at == '.') {
		decimals.at++;
		decimals.end = spec_run(decimals.at, text->end, '0', '9');
		if (decimals.end == decimals.at)
			return LEAT_EPARSE;
	}
	name.at = decimals.end;
	name.end = spec_run(name.at, text->end, 'a', 'z');
	for (size_t i = 0; i < n_units; i++)
		if (leat_is_named(spec_units[i].name, name.at,
			(size_t)(name.end - name.at)))
			unit = (uint64_t)spec_units[i].ticks;
	if (unit == 0 || whole.at == whole.end)
		return LEAT_EPARSE;
	text->at = name.end;
	err = add_whole(whole, unit, sum);
	return err ? err : add_decimals(decimals, unit, sum);
}

/* The form is looked at to the end before a number may be too large. */
static int take_parts(struct leat_piece text, struct spec_sum *sum)
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
	struct spec_sum sum = { 0, (uint64_t)INT64_MAX + (unsigned)is_minus };
	int err;

	text.at += is_minus || (text.at < text.end && *text.at == '+');
	if (text.at == text.end)
		return LEAT_EPARSE;
	err = spec_run(text.at, text.end, '0', '9') == text.end
	    ? add_whole(text, 1, &sum)
	    : take_parts(text, &sum);
	if (err)
		return err;
	if (is_minus && sum.ticks > 0)
		*ticks_out = -(int64_t)(sum.ticks - 1) - 1;
	else
		*ticks_out = (int64_t)sum.ticks;
	return LEAT_OK;
}
