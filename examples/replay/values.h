/*
 * The value of a field: a number or a time, or missing.
 */
#ifndef REPLAY_VALUES_H
#define REPLAY_VALUES_H

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
 * Reads a field as time_text_read() does, which it returns, or 1 if it is
 * missing.
 */
int values_read_time(const struct values *values, const leat_csv_field *field,
    int unit, int64_t *t_out);

#endif
