/*
 * CSV, pushed in pieces.
 *
 * The caller brings bytes, in pieces of any size, from a file or a
 * socket; the reader calls back with one record at a time. The records
 * do not depend on where the bytes were cut.
 *
 * The format is RFC 4180, read as most programs read it:
 *
 * - A record ends with LF, CRLF or CR; the last one may lack its end.
 * - A field that starts with a double quote ends at the next single one.
 *   In it the delimiter and line ends are text, and "" is one quote.
 * - A UTF-8 byte order mark at the very start is dropped.
 * - Lines with nothing on them are no records.
 *
 * Malformed records are delivered too, as well as they can be read, with
 * the first thing that is wrong with them in `problem`. What to do about
 * it is the caller's choice.
 */
#ifndef COMMON_CSV_H
#define COMMON_CSV_H

#include <stddef.h>
#include <stdint.h>

enum csv_problem {
	CSV_FINE = 0,
	CSV_STRAY_QUOTE,  /* a quote in a field that starts without one */
	CSV_AFTER_QUOTE,  /* text between a closing quote and the delimiter */
	CSV_UNTERMINATED, /* the input ends inside quotes */
	CSV_NUL,          /* a NUL byte */
	CSV_TOO_LONG,     /* more bytes or fields than the limit; no fields
	                     are delivered */
	CSV_N_PROBLEMS
};

/* Not NUL-terminated, and without the quotes around it. */
struct csv_field {
	const char *text;
	size_t len;
};

/* Valid during the callback alone. */
struct csv_record {
	const struct csv_field *fields;
	size_t n_fields;
	uint64_t number;      /* of records before this one */
	uint64_t line;        /* at which it starts, from 1 */
	uint64_t offset;      /* of its first byte in the input */
	int problem;          /* enum csv_problem */
	size_t problem_field; /* the field it is in, from 0 */
};

struct csv_options {
	char delimiter;    /* 0: comma */
	size_t max_record; /* bytes; 0: 16 MiB */
	size_t max_fields; /* 0: 2^20 */
};

/* Returns 0 to go on; anything else stops csv_feed(), which returns it. */
typedef int csv_record_fn(void *ctx, const struct csv_record *record);

#define CSV_ENOMEM (-1000)

struct csv;

/* NULL if there is no memory. Options may be NULL. */
struct csv *csv_new(const struct csv_options *options, csv_record_fn *fn,
    void *ctx);
void csv_free(struct csv *csv);

/*
 * Reads n bytes more. Returns 0, what the callback returned if that was
 * not 0, or CSV_ENOMEM; after either of these only csv_free() is left.
 *
 * Cost: O(n). A record that lies within one piece is not copied, except
 * for fields with a quote in them.
 */
int csv_feed(struct csv *csv, const char *bytes, size_t n);

/* The input has ended: delivers a last record that lacks its line end. */
int csv_end(struct csv *csv);

/* The words for a problem, for messages. */
const char *csv_problem_text(int problem);

#endif
