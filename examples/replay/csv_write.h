/*
 * Writes CSV by RFC 4180. Fields that need quotes get them, and no others.
 */
#ifndef REPLAY_CSV_WRITE_H
#define REPLAY_CSV_WRITE_H

#include <leat_text.h>
#include <stddef.h>

#include "writer.h"

void csv_write_text(struct writer *writer, char delimiter, const char *text,
    size_t len);

/*
 * Writes a text that needs no quotes to memory with room for it. Returns its
 * end, or NULL if it needs them.
 */
char *csv_write_plain(char *out, char delimiter, const char *text, size_t len);

/*
 * Writes a text as csv_write_text() does, for a spreadsheet, which would take
 * one that begins with =, +, -, @, a tab or CR for a formula: a ' goes before
 * it, unless it is a number.
 */
void csv_write_safe(struct writer *writer, char delimiter, const char *text,
    size_t len);

/* A whole record with its line end; it reads back as the same fields. */
void csv_write_record(struct writer *writer, char delimiter,
    const leat_csv_record *record);

#endif
