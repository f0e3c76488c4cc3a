/*
 * Hints at what may be wrong with an input. A message says what does not fit;
 * a hint says what is often the cause, and which command or option helps.
 * Hints only add words to a message: nothing is read in another way.
 */
#include "hints.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- Lines ---- */

static int is_comment(const char *text, size_t len)
{
	return len > 0 && text[0] == '#' &&
	    !(len > 1 && text[1] >= '0' && text[1] <= '9');
}

static void hint_comment(const char *what, char *text, size_t size)
{
	snprintf(text, size,
	    "; the %s begins with #: if that is a comment, grep -v '^#' "
	    "removes such lines",
	    what);
}

/* Finds a field that holds the delimiter of another dialect. */
static void hint_delimiter(const char *name, char *text, size_t size)
{
	static const char others[] = ";\t|,: ";
	static const char *const words[] = { "';'", "tab", "'|'", "','", "':'",
		"' '" };

	for (size_t i = 0; i < sizeof others - 1; i++) {
		if (!strchr(name, others[i]))
			continue;
		snprintf(text, size,
		    "; the header is one field, \"%.60s\": --delimiter %s?",
		    name, words[i]);
		return;
	}
}

void hint_header(const struct columns *c, char *text, size_t size)
{
	const char *name = c->n > 0 && c->has_header ? c->names.items[0] : "";

	text[0] = '\0';
	if (is_comment(name, strlen(name)))
		hint_comment("header", text, size);
	else if (c->n == 1)
		hint_delimiter(name, text, size);
}

void hint_ragged(const struct columns *c, const leat_csv_record *r, char *text,
    size_t size)
{
	size_t n = r->n_fields;

	hint_header(c, text, size);
	if (*text || n == 0)
		return;
	if (is_comment(r->fields[0].text, r->fields[0].len))
		hint_comment("line", text, size);
	else if (n == c->n + 1 && r->fields[n - 1].len == 0)
		snprintf(text, size,
		    "; the line ends with a delimiter, the %s does not",
		    c->has_header ? "header" : "first one");
}

void hint_units(const struct columns *c, const struct values *values,
    const leat_csv_record *r, char *text, size_t size)
{
	text[0] = '\0';
	if (!c->has_header || r->number != 1)
		return;
	for (size_t i = 0; i < r->n_fields; i++) {
		double x;

		if (values_read(values, &r->fields[i], &x) == 0 && !isnan(x))
			return;
	}
	snprintf(text, size,
	    "; no field of this line is a number: if it has the units, "
	    "sed %llud removes it",
	    (unsigned long long)r->line);
}

/* ---- Bytes ---- */

/* "gzip, not text: zcat FILE | PROGRAM"; without a command, "what" alone. */
static const struct kind {
	const char *bytes;
	size_t n;
	const char *what, *command, *more;
} kinds[] = {
	{ "\x1F\x8B", 2, "gzip (1F 8B), not text", "zcat FILE", "" },
	{ "\x1F\x9D", 2, "compressed (1F 9D), not text", "zcat FILE", "" },
	{ "\x28\xB5\x2F\xFD", 4, "zstd (28 B5 2F FD), not text", "zstdcat FILE",
	    "" },
	{ "\xFD"
	  "7zXZ",
	    5, "xz (FD 37 7A 58 5A), not text", "xzcat FILE", "" },
	{ "\x04\x22\x4D\x18", 4, "lz4 (04 22 4D 18), not text", "lz4cat FILE",
	    "" },
	{ "BZh91AY&SY", 10, "bzip2 (BZh), not text", "bzcat FILE", "" },
	{ "PK\x03\x04", 4, "a zip archive (PK), maybe a spreadsheet, not text",
	    "unzip -p FILE", ", or export it as CSV" },
	{ "7z\xBC\xAF", 4, "a 7z archive, not text", "7z x -so FILE", "" },
	{ "\xD0\xCF\x11\xE0", 4,
	    "a spreadsheet (D0 CF 11 E0), not text: export it as CSV", NULL,
	    "" },
	{ "SQLite format 3", 15, "an SQLite database, not text",
	    "sqlite3 -csv -header FILE 'SELECT ...'", "" },
	{ "PAR1", 4, "Parquet (PAR1), not text: export it as CSV", NULL, "" },
	{ "\xFF\xFE", 2, "UTF-16 (it begins with FF FE)",
	    "iconv -f UTF-16 -t UTF-8 FILE", "" },
	{ "\xFE\xFF", 2, "UTF-16 (it begins with FE FF)",
	    "iconv -f UTF-16 -t UTF-8 FILE", "" },
};

/* ASCII with a NUL before or behind each byte, twice at least. */
static const struct kind without_mark[] = {
	{ NULL, 0, "UTF-16 (every second byte is NUL)",
	    "iconv -f UTF-16LE -t UTF-8 FILE", "" },
	{ NULL, 0, "UTF-16 (every second byte is NUL)",
	    "iconv -f UTF-16BE -t UTF-8 FILE", "" },
};

static const struct kind *utf16_without_mark(const struct magic *m)
{
	const unsigned char *b = m->bytes;

	if (m->n < 4)
		return NULL;
	if (b[0] && !b[1] && b[2] && !b[3])
		return &without_mark[0];
	if (!b[0] && b[1] && !b[2] && b[3])
		return &without_mark[1];
	return NULL;
}

/* The kinds of bzip2 differ in their fourth byte. */
static int begins_with(const struct magic *m, const char *bytes, size_t n)
{
	if (m->n < n)
		return 0;
	if (n == 10)
		return memcmp(m->bytes, bytes, 3) == 0 &&
		    memcmp(m->bytes + 4, bytes + 4, n - 4) == 0;
	return memcmp(m->bytes, bytes, n) == 0;
}

static const struct kind *find_kind(const struct magic *m)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (begins_with(m, kinds[i].bytes, kinds[i].n))
			return &kinds[i];
	return utf16_without_mark(m);
}

int magic_take(struct magic *m, const char *bytes, size_t n,
    const char *program, char *text, size_t size)
{
	size_t room = sizeof m->bytes - m->n;
	const struct kind *kind;

	if (room == 0)
		return 0;
	if (n > room)
		n = room;
	memcpy(m->bytes + m->n, bytes, n);
	m->n += n;
	kind = find_kind(m);
	if (!kind)
		return 0;
	snprintf(text, size, "%s%s%s%s%s%s", kind->what,
	    kind->command ? ": " : "", kind->command ? kind->command : "",
	    kind->command ? " | " : "", kind->command ? program : "",
	    kind->more);
	return 1;
}
