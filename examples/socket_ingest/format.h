/*
 * The table of formats: all that the program has to know of one of them. A
 * new format is a file with its description, a line in formats.def, examples
 * in tests/ingest/formats.txt and a paragraph in the manual.
 */
#ifndef SOCKET_INGEST_FORMAT_H
#define SOCKET_INGEST_FORMAT_H

#include <stddef.h>

struct decoder;

/* A piece of a line; text is not terminated. */
struct part {
	const char *text;
	size_t len;
};

enum format {
	FORMAT_AUTO, /* guessed by the first line */
#define FORMAT(NAME, name) FORMAT_##NAME,
#include "formats.def"
#undef FORMAT
	FORMAT_N
};

struct format_type {
	const char *name; /* the word for --format, /metrics and messages */
	const char *form; /* shown in --help behind the name; NULL: nothing */

	/*
	 * Returns whether a line that is not blank has the marks of this
	 * format. Of several formats the one with the lowest rank, counted from
	 * 1, is taken. NULL: no line is guessed to be of this format.
	 */
	int (*is_like)(struct part line);
	int rank;

	/*
	 * Takes a line that is neither blank nor a comment; see
	 * decoder_take(). NULL: the format is not one of lines.
	 */
	int (*take)(struct decoder *decoder, struct part line);

	/*
	 * Returns where the first record of a text of several lines ends: at
	 * an LF that is not inside a quoted field, or at the end of the text;
	 * SIZE_MAX if the record goes on beyond the text. NULL: each LF ends a
	 * record.
	 */
	size_t (*end)(const char *text, size_t len);

	int has_memory; /* gauges and sets outlive a line */
	int is_framed;  /* a message may be preceded by its length (RFC 6587),
	                   and is all of its datagram */
	int is_finite;  /* a value that is missing or infinite is refused */
};

/* Describes FORMAT_AUTO too, which has a name and nothing else. */
const struct format_type *format_type(enum format format);

/* Finds a format by its name. Returns 0, or -1 if there is none. */
int format_parse(const char *text, enum format *format_out);
const char *format_name(enum format format);

/*
 * Writes the names, separated by commas, and before the last one by `last`;
 * with their forms if has_forms, and in lines of at most `width` bytes.
 */
void format_list(char *text, size_t size, const char *last, int has_forms,
    size_t width);

/* Returns the format that a line is like, FORMAT_AUTO if there is none. */
enum format format_guess(const char *text, size_t len);

/*
 * Returns the format that a line is like whose record goes on in the next
 * line, FORMAT_AUTO if it is not such a line.
 */
enum format format_guess_open(const char *text, size_t len);

#endif
