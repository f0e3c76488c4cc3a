/*
 * The value of a field. Most fields are numbers, so the texts that mean
 * missing are looked at only when a field is none; but if one of these
 * texts is itself a number, such as -999, they come first.
 */
#include "values.h"

#include <math.h>
#include <string.h>

#include "number.h"

void values_init(struct values *v, const struct list *na)
{
	v->na = na;
	v->na_has_numbers = 0;
	for (size_t i = 0; i < na->n; i++) {
		double x;

		if (number_parse(na->items[i], strlen(na->items[i]), &x) == 0)
			v->na_has_numbers |= !isnan(x);
	}
}

static int is_missing(const struct values *v, const leat_csv_field *f)
{
	size_t len = f->len;
	const char *text = number_trim(f->text, &len);

	return list_has(v->na, text, len);
}

int values_read_other(const struct values *v, const leat_csv_field *f,
    double *x_out)
{
	int missing = v->na_has_numbers && is_missing(v, f);

	if (!missing && number_parse(f->text, f->len, x_out) == 0)
		return 0;
	if (!missing && !is_missing(v, f))
		return -1;
	*x_out = NAN;
	return 0;
}

/* The number of n digits; -1 if these are others than digits. */
static int read_digits(const char *text, size_t n)
{
	int x = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		x = 10 * x + (text[i] - '0');
	}
	return x;
}

/* "2024" and "202401", in the years that times reach. */
static int read_month(const char *text, size_t len, int64_t *t_out)
{
	int year = len == 4 || len == 6 ? read_digits(text, 4) : -1;
	int month = len == 6 ? read_digits(text + 4, 2) : 1;

	if (year < 1678 || year > 2262 || month < 1 || month > 12 ||
	    (year == 2262 && month > 4))
		return -1;
	*t_out = leat_days_from_date(year, month, 1) * LEAT_DAY;
	return 0;
}

/* A sign, digits and a fraction: none of the forms of a date. */
static int is_number(const char *text, size_t len)
{
	size_t i = len > 0 && (*text == '-' || *text == '+');

	while (i < len &&
	    ((text[i] >= '0' && text[i] <= '9') || text[i] == '.' ||
		text[i] == ','))
		i++;
	return i == len;
}

/* By size; what would be seconds long ago is something else, or small. */
static int read_by_size(const char *text, size_t len, int64_t *t_out)
{
	const int64_t early = 631152000 * LEAT_SECOND; /* 1990 */
	int problem;
	int64_t t;

	if (read_month(text, len, t_out) == 0)
		return 0;
	problem = leat_parse_time(text, len, LEAT_UNIT_GUESS, t_out);
	if (problem || *t_out >= early || !is_number(text, len))
		return problem;
	/* Digits may be a date, which as seconds is another time. */
	return leat_parse_time(text, len, LEAT_UNIT_S, &t) == 0 && t == *t_out
	    ? VALUES_NO_UNIT
	    : 0;
}

static int read_text(const char *text, size_t len, int unit, int64_t *t_out)
{
	return unit == LEAT_UNIT_GUESS
	    ? read_by_size(text, len, t_out)
	    : leat_parse_time(text, len, unit, t_out);
}

const char *values_time_why(int problem)
{
	if (problem == VALUES_NO_UNIT)
		return "as seconds since 1970 it would lie before 1990; "
		       "--time-unit says what numbers are";
	return problem == LEAT_EFORM ? "" : leat_strerror(problem);
}

/* Blanks around it do not count. */
static int read_time(const leat_csv_field *f, int unit, int64_t *t_out)
{
	int problem = read_text(f->text, f->len, unit, t_out);
	size_t len = f->len;
	const char *text;

	if (problem != LEAT_EFORM)
		return problem;
	text = number_trim(f->text, &len);
	return len < f->len ? read_text(text, len, unit, t_out) : problem;
}

int values_read_time(const struct values *v, const leat_csv_field *f, int unit,
    int64_t *t_out)
{
	int missing = v->na_has_numbers && is_missing(v, f);
	int problem = missing ? 0 : read_time(f, unit, t_out);

	return missing || (problem < 0 && is_missing(v, f)) ? 1 : problem;
}
