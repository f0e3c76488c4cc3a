/*
 * Finds out from the first records which columns are numeric.
 */
#ifndef REPLAY_NUMERIC_COLUMNS_H
#define REPLAY_NUMERIC_COLUMNS_H

#include <stddef.h>

#include "columns.h"
#include "peek.h"
#include "values.h"

/*
 * A column is numeric if at least half of its fields that are not missing
 * are numbers, and there is one. Sets numeric[] for each column, and writes
 * which of those that are free are not, and why: ": left out ...", or
 * nothing.
 */
void numeric_columns_find(const struct peek *peek, const struct values *values,
    const struct columns *columns, unsigned char *numeric, char *text,
    size_t size);

#endif
