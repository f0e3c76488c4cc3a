/*
 * Results as rows: CSV, JSON lines, a table for people, or nothing.
 *
 * A row is its number, some texts (the key, columns that are shown) and
 * some values. A value that does not exist is NaN: an empty field in CSV,
 * null in JSON, "-" in a table. Infinities are inf and -inf, in JSON the
 * strings of that.
 */
#ifndef REPLAY_OUT_H
#define REPLAY_OUT_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "tape.h"
#include "writer.h"

enum out_format { OUT_CSV, OUT_JSON, OUT_TABLE, OUT_NONE };

/* "csv", "json", "table", "none". Returns 0, or -1 if it is none of them. */
int out_parse_format(const char *text, enum out_format *format_out);
const char *out_format_name(enum out_format format);

/*
 * The columns after the row number, by name: texts, then values. Rows
 * without a number have at least one text.
 */
struct out_layout {
	char *const *names;
	size_t n_texts;
	size_t n_values;
	int no_row;      /* rows have no number */
	int continued;   /* the header has been written before */
	int spreadsheet; /* in CSV, texts must not be formulas */
};

struct out;

/* The layout's names must stay. NULL: no memory. */
struct out *out_new(enum out_format format, struct writer *writer,
    const struct out_layout *layout);
void out_free(struct out *out);

/* Returns 0; -1: no memory; 1: the writer has an error, and keeps it. */
int out_row(struct out *out, uint64_t row, const leat_csv_field *texts,
    const double *values);

/* After the last row; flushes nothing. Returns as out_row(). */
int out_end(struct out *out);

/*
 * A text as a string of JSON, with its quotes; a number, as null if it is NaN
 * and as a string if it is infinite.
 */
void out_json_text(struct writer *writer, const char *text, size_t len);
void out_json_value(struct writer *writer, double x);

/* What is held back, and what it has been held back for. */
void out_tape(struct out *out, struct tape *tape);

#endif
