/*
 * Results as rows: CSV, JSON lines, a table for people, or nothing.
 *
 * A row is its number, some texts (the key, columns that are shown) and
 * some values. A value that does not exist is NaN: an empty field in CSV,
 * null in JSON, "-" in a table. Infinities are inf and -inf, in JSON the
 * strings of that.
 */
#ifndef REPLAY_ROW_FORMAT_H
#define REPLAY_ROW_FORMAT_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "state_tape.h"
#include "writer.h"

enum row_format_kind {
	ROW_FORMAT_CSV,
	ROW_FORMAT_JSON,
	ROW_FORMAT_TABLE,
	ROW_FORMAT_NONE
};

/* "csv", "json", "table", "none". Returns 0, or -1 if it is none of them. */
int row_format_parse(const char *text, enum row_format_kind *format_out);
const char *row_format_name(enum row_format_kind format);

/*
 * The columns after the row number, by name: texts, then values. Rows
 * without a number have at least one text.
 */
struct row_layout {
	char *const *names;
	size_t n_texts;
	size_t n_values;
	int no_row;      /* rows have no number */
	int continued;   /* the header has been written before */
	int spreadsheet; /* in CSV, texts must not be formulas */
};

struct row_format;

/* The layout's names must stay. NULL: no memory. */
struct row_format *row_format_new(enum row_format_kind format,
    struct writer *writer, const struct row_layout *layout);
void row_format_free(struct row_format *out);

/* Returns 0; -1: no memory; 1: the writer has an error, and keeps it. */
int row_format_row(struct row_format *out, uint64_t row,
    const leat_csv_field *texts, const double *values);

/*
 * Ends the output after the last row; flushes nothing. Returns as
 * row_format_row().
 */
int row_format_end(struct row_format *out);

/*
 * A text as a string of JSON, with its quotes; a number, as null if it is NaN
 * and as a string if it is infinite.
 */
void row_format_json_text(struct writer *writer, const char *text, size_t len);
void row_format_json_value(struct writer *writer, double x);

/* Saves or loads the rows that are held back, and what they wait for. */
void row_format_tape(struct row_format *out, struct tape *tape);

#endif
