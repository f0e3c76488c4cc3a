/*
 * The value of a field: a number or a time, or missing.
 */
#ifndef COMMON_VALUES_H
#define COMMON_VALUES_H

#include "csv.h"
#include "list.h"
#include "times.h"

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

/*
 * Reads a field as a time. Returns 0, 1 if it is missing, or enum
 * times_problem.
 */
int values_read_time(const struct values *values, const struct csv_field *field,
    enum times_unit unit, int64_t *t_out);

#endif
