/*
 * CSV to a writer. A field is quoted if the delimiter, a quote or a line
 * end is in it. A record of one empty field gets quotes, since a line with
 * nothing on it would be no record.
 */
#include "csv_write.h"

#include <string.h>

#include "number.h"

static int needs_quotes(char delimiter, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == delimiter || text[i] == '"' || text[i] == '\r' ||
		    text[i] == '\n')
			return 1;
	return 0;
}

static void write_text(struct writer *w, char delimiter, const char *text,
    size_t len, int is_formula)
{
	int quoted = needs_quotes(delimiter, text, len);

	if (quoted)
		writer_char(w, '"');
	if (is_formula)
		writer_char(w, '\'');
	if (!quoted) {
		writer_put(w, text, len);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			writer_char(w, '"');
		writer_char(w, text[i]);
	}
	writer_char(w, '"');
}

void csv_write_text(struct writer *w, char delimiter, const char *text,
    size_t len)
{
	write_text(w, delimiter, text, len, 0);
}

void csv_write_safe(struct writer *w, char delimiter, const char *text,
    size_t len)
{
	double x;
	int is_formula = len > 0 && memchr("=+-@\t\r", text[0], 6) != NULL &&
	    number_parse(text, len, &x) < 0;

	write_text(w, delimiter, text, len, is_formula);
}

void csv_write_record(struct writer *w, char delimiter,
    const leat_csv_record *record)
{
	if (record->n_fields == 1 && record->fields[0].len == 0)
		writer_put(w, "\"\"", 2);
	for (size_t i = 0; i < record->n_fields; i++) {
		const leat_csv_field *f = &record->fields[i];

		if (i > 0)
			writer_char(w, delimiter);
		csv_write_text(w, delimiter, f->text, f->len);
	}
	writer_char(w, '\n');
}
