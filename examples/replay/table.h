/*
 * Rows as a table for people: aligned columns, about six digits.
 */
#ifndef REPLAY_TABLE_H
#define REPLAY_TABLE_H

#include "out.h"
#include "tape.h"

struct table;

/* The layout's names must stay. NULL: no memory. */
struct table *table_new(struct writer *writer, const struct out_layout *layout);
void table_free(struct table *table);

/* Returns 0, or -1: no memory. */
int table_row(struct table *table, uint64_t row, const leat_csv_field *texts,
    const double *values);

/* Writes what is still held back. */
int table_end(struct table *table);

/* The rows that are held back, or what the columns look like since then. */
void table_tape(struct table *table, struct tape *tape);

#endif
