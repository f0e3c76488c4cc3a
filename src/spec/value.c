/*
 * value.c - one value as text, and the field that gets it
 *
 * The text decides whether a value has the form of its field, the field
 * whether it can hold the value. What else a field may be is left to the
 * functions named _check, so that no range is written down twice.
 */
#include "spec.h"

const struct leat_choice *leat_choice_find(const struct leat_choice *choices,
    struct leat_piece name)
{
	size_t len = (size_t)(name.end - name.at);

	for (; choices->names; choices++)
		if (leat_is_named(choices->names, name.at, len))
			return choices;
	return NULL;
}

/* Text of digits alone has the form, however large the number is. */
static int read_count(struct leat_piece text, size_t size, void *field)
{
	uint64_t n = 0;
	uint32_t low;
	int is_large = 0;

	if (text.at == text.end)
		return LEAT_EPARSE;
	for (; text.at < text.end; text.at++) {
		unsigned digit = (unsigned char)*text.at - (unsigned)'0';

		if (digit > 9)
			return LEAT_EPARSE;
		is_large |= n > (UINT64_MAX - digit) / 10;
		n = 10 * n + digit;
	}
	low = (uint32_t)n;
	if (is_large || (size < sizeof(n) && low != n))
		return LEAT_EINVAL;
	memcpy(field, size < sizeof(n) ? (void *)&low : (void *)&n, size);
	return LEAT_OK;
}

static int read_ticks(struct leat_piece text, int64_t lowest, void *field)
{
	int64_t ticks;
	int err = leat_ticks_parse(text, &ticks);

	if (err)
		return err;
	if (ticks < lowest)
		return LEAT_EINVAL;
	memcpy(field, &ticks, sizeof(ticks));
	return LEAT_OK;
}

static int read_number(struct leat_piece text, void *field)
{
	double x;
	int err = leat_parse_double(text.at, (size_t)(text.end - text.at), &x,
	    NULL);

	if (err)
		return LEAT_EPARSE;
	if (!(x >= -DBL_MAX && x <= DBL_MAX))
		return LEAT_EINVAL;
	memcpy(field, &x, sizeof(x));
	return LEAT_OK;
}

static int read_length(struct leat_piece text, void *field)
{
	int64_t ticks;
	double x;
	int err = read_number(text, field);

	if (err != LEAT_EPARSE)
		return err;
	err = leat_ticks_parse(text, &ticks);
	if (err)
		return err;
	x = (double)ticks;
	memcpy(field, &x, sizeof(x));
	return LEAT_OK;
}

static int read_byte(const struct leat_choice *named, struct leat_piece text,
    void *field)
{
	const struct leat_choice *choice = leat_choice_find(named, text);
	char byte;

	if (choice)
		byte = (char)choice->value;
	else if (text.end - text.at == 1)
		byte = *text.at;
	else
		return LEAT_EPARSE;
	memcpy(field, &byte, 1);
	return LEAT_OK;
}

static int read_flag(const struct leat_choice *named, struct leat_piece text,
    void *field)
{
	const struct leat_choice *choice = leat_choice_find(named, text);

	if (!choice)
		return LEAT_EPARSE;
	memcpy(field, &choice->value, sizeof(choice->value));
	return LEAT_OK;
}

int leat_value_read(const struct leat_word *word, struct leat_piece value,
    void *field)
{
	switch (word->form) {
	case LEAT_FORM_COUNT:
		return read_count(value, word->size, field);
	case LEAT_FORM_TICKS:
		return read_ticks(value, 0, field);
	case LEAT_FORM_OFFSET:
		return read_ticks(value, INT64_MIN, field);
	case LEAT_FORM_NUMBER:
		return read_number(value, field);
	case LEAT_FORM_LENGTH:
		return read_length(value, field);
	case LEAT_FORM_BYTE:
		return read_byte(word->choices, value, field);
	default: /* LEAT_FORM_FLAG */
		return read_flag(word->choices, value, field);
	}
}
