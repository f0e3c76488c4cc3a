/*
 * Results as rows: CSV, JSON and nothing here, the table in table.c. A row
 * goes straight into the writer; nothing is kept between rows.
 */
#include "out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv_write.h"
#include "table.h"
#include "utf8.h"

struct out {
	enum out_format format;
	struct writer *writer;
	struct out_layout layout;
	struct table *table;
};

static const char *const format_names[] = { "csv", "json", "table", "none" };

int out_parse_format(const char *text, enum out_format *format_out)
{
	for (size_t i = 0; i < sizeof format_names / sizeof *format_names;
	     i++) {
		if (strcmp(text, format_names[i]) == 0) {
			*format_out = (enum out_format)i;
			return 0;
		}
	}
	return -1;
}

const char *out_format_name(enum out_format format)
{
	return format_names[format];
}

/* ---- CSV ---- */

static void csv_cell(struct out *o, const char *text, size_t len)
{
	if (o->layout.spreadsheet)
		csv_write_safe(o->writer, ',', text, len);
	else
		csv_write_text(o->writer, ',', text, len);
}

static void csv_header(struct out *o)
{
	size_t n = o->layout.n_texts + o->layout.n_values;

	if (!o->layout.no_row)
		writer_put(o->writer, "row", 3);
	for (size_t i = 0; i < n; i++) {
		const char *name = o->layout.names[i];

		if (i > 0 || !o->layout.no_row)
			writer_char(o->writer, ',');
		csv_cell(o, name, strlen(name));
	}
	writer_char(o->writer, '\n');
}

static void csv_row(struct out *o, uint64_t row, const leat_csv_field *texts,
    const double *values)
{
	struct writer *w = o->writer;

	if (!o->layout.no_row)
		writer_count(w, row);
	for (size_t i = 0; i < o->layout.n_texts; i++) {
		if (i > 0 || !o->layout.no_row)
			writer_char(w, ',');
		csv_cell(o, texts[i].text, texts[i].len);
	}
	for (size_t i = 0; i < o->layout.n_values; i++) {
		writer_char(w, ',');
		if (!isnan(values[i]))
			writer_number(w, values[i]);
	}
	writer_char(w, '\n');
}

/* ---- JSON ---- */

static void json_escape(struct writer *w, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (size_t i = 0; i + 1 < sizeof letters; i += 2) {
		if ((unsigned char)letters[i] == byte) {
			writer_char(w, '\\');
			writer_char(w, letters[i + 1]);
			return;
		}
	}
	writer_put(w, "\\u00", 4);
	writer_char(w, hex[byte >> 4]);
	writer_char(w, hex[byte & 15]);
}

/* What is not UTF-8 becomes U+FFFD, byte by byte: JSON has no other way. */
void out_json_text(struct writer *w, const char *text, size_t len)
{
	const unsigned char *t = (const unsigned char *)text;
	size_t i = 0;

	writer_char(w, '"');
	while (i < len) {
		size_t n = utf8_length(t + i, len - i);

		if (n == 0)
			writer_put(w, "\\ufffd", 6);
		else if (t[i] < ' ' || t[i] == '"' || t[i] == '\\')
			json_escape(w, t[i]);
		else
			writer_put(w, text + i, n);
		i += n ? n : 1;
	}
	writer_char(w, '"');
}

void out_json_value(struct writer *w, double x)
{
	if (isnan(x)) {
		writer_put(w, "null", 4);
		return;
	}
	if (isinf(x))
		writer_char(w, '"');
	writer_number(w, x);
	if (isinf(x))
		writer_char(w, '"');
}

static void json_name(struct out *o, size_t i)
{
	const char *name = o->layout.names[i];

	if (i > 0 || !o->layout.no_row)
		writer_char(o->writer, ',');
	out_json_text(o->writer, name, strlen(name));
	writer_char(o->writer, ':');
}

static void json_row(struct out *o, uint64_t row, const leat_csv_field *texts,
    const double *values)
{
	struct writer *w = o->writer;

	writer_char(w, '{');
	if (!o->layout.no_row) {
		writer_put(w, "\"row\":", 6);
		writer_count(w, row);
	}
	for (size_t i = 0; i < o->layout.n_texts; i++) {
		json_name(o, i);
		out_json_text(w, texts[i].text, texts[i].len);
	}
	for (size_t i = 0; i < o->layout.n_values; i++) {
		json_name(o, o->layout.n_texts + i);
		out_json_value(w, values[i]);
	}
	writer_put(w, "}\n", 2);
}

/* ---- All of them ---- */

struct out *out_new(enum out_format format, struct writer *writer,
    const struct out_layout *layout)
{
	struct out *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->format = format;
	o->writer = writer;
	o->layout = *layout;
	if (format == OUT_CSV && !layout->continued)
		csv_header(o);
	if (format != OUT_TABLE)
		return o;
	o->table = table_new(writer, layout);
	if (o->table)
		return o;
	free(o);
	return NULL;
}

void out_free(struct out *o)
{
	if (!o)
		return;
	table_free(o->table);
	free(o);
}

int out_row(struct out *o, uint64_t row, const leat_csv_field *texts,
    const double *values)
{
	switch (o->format) {
	case OUT_CSV:
		csv_row(o, row, texts, values);
		break;
	case OUT_JSON:
		json_row(o, row, texts, values);
		break;
	case OUT_TABLE:
		if (table_row(o->table, row, texts, values) < 0)
			return -1;
		break;
	case OUT_NONE:
		break;
	}
	return o->writer->error != 0;
}

int out_end(struct out *o)
{
	return o->table ? table_end(o->table) : 0;
}

void out_tape(struct out *o, struct tape *t)
{
	if (o->table)
		table_tape(o->table, t);
}
