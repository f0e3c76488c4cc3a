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

static uint64_t load8(const char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof x);
	return x;
}

static uint64_t load4(const char *p)
{
	uint32_t x;

	memcpy(&x, p, sizeof x);
	return x;
}

/* Returns whether one of eight bytes is this one. */
static inline uint64_t has_byte(uint64_t x, char byte)
{
	uint64_t ones = 0x0101010101010101u;
	uint64_t y = x ^ (ones * (unsigned char)byte);

	return (y - ones) & ~y & (ones << 7);
}

static inline int is_special(uint64_t x, char delimiter)
{
	return (has_byte(x, delimiter) | has_byte(x, '"') | has_byte(x, '\r') |
		   has_byte(x, '\n')) != 0;
}

/* Eight bytes at once, of which the last ones may have been among others. */
char *csv_write_plain(char *out, char delimiter, const char *text, size_t len)
{
	if (len >= 8) {
		for (size_t i = 0; i < len; i += 8) {
			size_t at = i + 8 <= len ? i : len - 8;

			if (is_special(load8(text + at), delimiter))
				return NULL;
			memcpy(out + at, text + at, 8);
		}
	} else if (len >= 4) {
		if (is_special(load4(text) | load4(text + len - 4) << 32,
			delimiter))
			return NULL;
		memcpy(out, text, 4);
		memcpy(out + len - 4, text + len - 4, 4);
	} else {
		if (needs_quotes(delimiter, text, len))
			return NULL;
		for (size_t i = 0; i < len; i++)
			out[i] = text[i];
	}
	return out + len;
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
