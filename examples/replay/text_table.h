/*
 * Rows as a table for people: aligned columns, about six digits.
 */
#ifndef REPLAY_TEXT_TABLE_H
#define REPLAY_TEXT_TABLE_H

#include "row_format.h"
#include "state_tape.h"

struct text_table;

/* The layout's names must stay. NULL: no memory. */
struct text_table *text_table_new(struct writer *writer,
    const struct row_layout *layout);
void text_table_free(struct text_table *table);

/* Returns 0, or -1: no memory. */
int text_table_row(struct text_table *table, uint64_t row,
    const leat_csv_field *texts, const double *values);

/* Writes what is still held back. */
int text_table_end(struct text_table *table);

/* The rows that are held back, or what the columns look like since then. */
void text_table_tape(struct text_table *table, struct tape *tape);

#endif
