/*
 * Results as rows: CSV, JSON and nothing here, the table in table.c. A row
 * goes straight into the writer; nothing is kept between rows.
 */
#include "row_format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv_write.h"
#include "number.h"
#include "text_table.h"
#include "utf8.h"

/*
 * A row's number is nearly always that of the row before and one, so its text
 * is kept: mostly one digit changes.
 */
struct row_number {
	uint64_t row;
	size_t len; /* 0: there has been none */
	char text[NUMBER_SIZE];
};

struct row_format {
	enum row_format_kind format;
	struct writer *writer;
	struct row_layout layout;
	struct text_table *table;
	struct row_number number;
};

static const char *const format_names[] = { "csv", "json", "table", "none" };

int row_format_parse(const char *text, enum row_format_kind *format_out)
{
	for (size_t i = 0; i < sizeof format_names / sizeof *format_names;
	     i++) {
		if (strcmp(text, format_names[i]) == 0) {
			*format_out = (enum row_format_kind)i;
			return 0;
		}
	}
	return -1;
}

const char *row_format_name(enum row_format_kind format)
{
	return format_names[format];
}

/* ---- CSV ---- */

static void csv_cell(struct row_format *o, const char *text, size_t len)
{
	if (o->layout.spreadsheet)
		csv_write_safe(o->writer, ',', text, len);
	else
		csv_write_text(o->writer, ',', text, len);
}

static void csv_header(struct row_format *o)
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

/* Writes a row of any size, with any texts. */
static void csv_any_row(struct row_format *o, uint64_t row,
    const leat_csv_field *texts, const double *values)
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

/* Writes the number, and maybe something behind it. */
static char *put_number(char *out, struct row_number *n, uint64_t row)
{
	char *last = n->text + n->len - 1;

	if (n->len > 0 && row == n->row + 1 && *last < '9')
		++*last;
	else
		n->len = number_format_count(n->text, row);
	n->row = row;
	memcpy(out, n->text, sizeof n->text);
	return out + n->len;
}

/*
 * Writes a row into memory where it fits, with texts as they are: csv_most()
 * bytes are enough. Returns its end, or NULL if a text needs quotes.
 */
static char *csv_plain_row(struct row_format *o, uint64_t row,
    const leat_csv_field *texts, const double *values, char *out)
{
	const struct row_layout *l = &o->layout;
	char *p = out;

	if (!l->no_row)
		p = put_number(p, &o->number, row);
	for (size_t i = 0; i < l->n_texts; i++) {
		if (i > 0 || !l->no_row)
			*p++ = ',';
		p = csv_write_plain(p, ',', texts[i].text, texts[i].len);
		if (!p)
			return NULL;
	}
	for (size_t i = 0; i < l->n_values; i++) {
		*p++ = ',';
		if (!isnan(values[i]))
			p += leat_format_double(values[i], p);
	}
	*p++ = '\n';
	return p;
}

/* Returns how many bytes a plain row may need. */
static size_t csv_most(const struct row_format *o, const leat_csv_field *texts)
{
	size_t n = NUMBER_SIZE + 1 +
	    o->layout.n_values * (LEAT_DOUBLE_SIZE + 1);

	for (size_t i = 0; i < o->layout.n_texts && n <= WRITER_SIZE; i++)
		n += texts[i].len < WRITER_SIZE ? texts[i].len + 1
						: WRITER_SIZE;
	return n;
}

static void csv_row(struct row_format *o, uint64_t row,
    const leat_csv_field *texts, const double *values)
{
	char *p = o->layout.spreadsheet
	    ? NULL
	    : writer_room(o->writer, csv_most(o, texts));

	if (p)
		p = csv_plain_row(o, row, texts, values, p);
	if (p)
		writer_took(o->writer, p);
	else
		csv_any_row(o, row, texts, values);
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

/* Returns how many bytes of ASCII there are that need no escape. */
static size_t json_plain(const unsigned char *t, size_t len)
{
	size_t n = 0;

	while (n < len && t[n] >= ' ' && t[n] < 0x80 && t[n] != '"' &&
	    t[n] != '\\')
		n++;
	return n;
}

/* Bytes that are not UTF-8 become U+FFFD, one by one: JSON has no other way. */
void row_format_json_text(struct writer *w, const char *text, size_t len)
{
	const unsigned char *t = (const unsigned char *)text;
	size_t i = 0, n;

	writer_char(w, '"');
	for (; i < len; i += n) {
		n = json_plain(t + i, len - i);
		if (n == 0 && t[i] >= 0x80)
			n = utf8_length(t + i, len - i);
		if (n > 0) {
			writer_put(w, text + i, n);
			continue;
		}
		if (t[i] >= 0x80)
			writer_put(w, "\\ufffd", 6);
		else
			json_escape(w, t[i]);
		n = 1;
	}
	writer_char(w, '"');
}

void row_format_json_value(struct writer *w, double x)
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

static void json_name(struct row_format *o, size_t i)
{
	const char *name = o->layout.names[i];

	if (i > 0 || !o->layout.no_row)
		writer_char(o->writer, ',');
	row_format_json_text(o->writer, name, strlen(name));
	writer_char(o->writer, ':');
}

static void json_row(struct row_format *o, uint64_t row,
    const leat_csv_field *texts, const double *values)
{
	struct writer *w = o->writer;

	writer_char(w, '{');
	if (!o->layout.no_row) {
		writer_put(w, "\"row\":", 6);
		writer_count(w, row);
	}
	for (size_t i = 0; i < o->layout.n_texts; i++) {
		json_name(o, i);
		row_format_json_text(w, texts[i].text, texts[i].len);
	}
	for (size_t i = 0; i < o->layout.n_values; i++) {
		json_name(o, o->layout.n_texts + i);
		row_format_json_value(w, values[i]);
	}
	writer_put(w, "}\n", 2);
}

/* ---- All of them ---- */

struct row_format *row_format_new(enum row_format_kind format,
    struct writer *writer, const struct row_layout *layout)
{
	struct row_format *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->format = format;
	o->writer = writer;
	o->layout = *layout;
	if (format == ROW_FORMAT_CSV && !layout->continued)
		csv_header(o);
	if (format != ROW_FORMAT_TABLE)
		return o;
	o->table = text_table_new(writer, layout);
	if (o->table)
		return o;
	free(o);
	return NULL;
}

void row_format_free(struct row_format *o)
{
	if (!o)
		return;
	text_table_free(o->table);
	free(o);
}

int row_format_row(struct row_format *o, uint64_t row,
    const leat_csv_field *texts, const double *values)
{
	switch (o->format) {
	case ROW_FORMAT_CSV:
		csv_row(o, row, texts, values);
		break;
	case ROW_FORMAT_JSON:
		json_row(o, row, texts, values);
		break;
	case ROW_FORMAT_TABLE:
		if (text_table_row(o->table, row, texts, values) < 0)
			return -1;
		break;
	case ROW_FORMAT_NONE:
		break;
	}
	return o->writer->error != 0;
}

int row_format_end(struct row_format *o)
{
	return o->table ? text_table_end(o->table) : 0;
}

void row_format_tape(struct row_format *o, struct tape *t)
{
	if (o->table)
		text_table_tape(o->table, t);
}
