/*
 * The value of a field: a number, or missing.
 */
#ifndef COMMON_VALUES_H
#define COMMON_VALUES_H

#include "csv.h"
#include "list.h"

struct values {
	const struct list *na; /* texts that mean missing */
	int na_has_numbers;
};

/* The list must stay. */
void values_init(struct values *values, const struct list *na);

/*
 * Reads a field: a number, or NaN if it is missing. Returns 0, or -1 if it
 * is neither.
 */
int values_read(const struct values *values, const struct csv_field *field,
    double *x_out);

#endif
