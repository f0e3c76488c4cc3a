/*
 * Hints at what may be wrong with an input that does not look like CSV. Each
 * function writes "; ..." behind a message, or nothing.
 */
#ifndef REPLAY_HINTS_H
#define REPLAY_HINTS_H

#include <leat_text.h>
#include <stddef.h>

#include "columns.h"
#include "values.h"

/* Looks at the header for another delimiter or a comment. */
void hint_header(const struct columns *columns, char *text, size_t size);

/* Looks at a record that has another number of fields. */
void hint_ragged(const struct columns *columns, const leat_csv_record *record,
    char *text, size_t size);

/* Looks at the first row below a header, where a value is no number. */
void hint_units(const struct columns *columns, const struct values *values,
    const leat_csv_record *record, char *text, size_t size);

/* The first bytes of an input. Start from { 0 }. */
struct magic {
	unsigned char bytes[16];
	size_t n;
};

/*
 * Takes what comes next. If the bytes so far show that the input is no text,
 * returns 1 and writes what it is, with the command that makes text of it for
 * a program: "gzip (1F 8B), not text: zcat FILE | csv_replay". Else 0.
 */
int magic_take(struct magic *magic, const char *bytes, size_t n,
    const char *program, char *text, size_t size);

#endif
