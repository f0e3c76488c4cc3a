/*
 * The value of a field: a number or a time, or missing.
 */
#ifndef COMMON_VALUES_H
#define COMMON_VALUES_H

#include <leat_text.h>

#include "list.h"

struct values {
	const struct list *na; /* texts that mean missing */
	int na_has_numbers;
};

/* The list must stay. */
void values_init(struct values *values, const struct list *na);

/*
 * Reads a field: a number, or NaN if it is missing. Returns 0, or -1 if it
 * is neither. The first is nearly always the answer, without a call more.
 */
int values_read_other(const struct values *values, const leat_csv_field *field,
    double *x_out);

static inline int values_read(const struct values *values,
    const leat_csv_field *field, double *x_out)
{
	if (!values->na_has_numbers &&
	    leat_parse_double(field->text, field->len, x_out, NULL) == 0)
		return 0;
	return values_read_other(values, field, x_out);
}

/*
 * Reads a field as a time. By its size, with LEAT_UNIT_GUESS, a number of
 * four digits is a year and one of six a month, 202401; another one that
 * would be seconds before 1990 is none. Returns 0, 1 if it is missing, a code
 * of leat_parse_time(), or VALUES_NO_UNIT for such a number.
 */
enum { VALUES_NO_UNIT = -1000 };
int values_read_time(const struct values *values, const leat_csv_field *field,
    int unit, int64_t *t_out);

/* Says what is wrong with a time, for messages; it may be empty. */
const char *values_time_why(int problem);

#endif
