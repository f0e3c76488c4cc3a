/*
 * The columns of a file: their names, and which of them are values, the
 * key, the time, and shown.
 */
#ifndef REPLAY_COLUMNS_H
#define REPLAY_COLUMNS_H

#include <leat_text.h>
#include <stddef.h>

#include "cli_settings.h"
#include "keys.h"
#include "list.h"

#define COLUMN_NONE ((size_t)-1)

struct columns {
	size_t n;           /* fields of a record */
	int has_header;     /* the first record had their names */
	struct list names;  /* in output and messages */
	struct keys *known; /* names as they stand in the header */
	size_t *first; /* first column with each name, by its number in known */
	size_t *count; /* number of columns with each name */

	size_t *values;
	size_t n_values;
	size_t key;  /* column of keys, or COLUMN_NONE */
	size_t time; /* column of times, or COLUMN_NONE */
	size_t *shown;
	size_t n_shown;
};

/*
 * Takes the names from a header, or without one only the number of fields.
 * A column whose name is empty or not unique is called #N, from 1. Returns
 * 0, or -1: no memory; in either case columns_clear() is due.
 */
int columns_take(struct columns *columns, const leat_csv_record *record,
    int has_header);
void columns_clear(struct columns *columns);

/*
 * Looks up what the settings name: values (none, if the settings have
 * none), key, time, shown. Returns 0, or -1 with the reason in why.
 */
int columns_resolve(struct columns *columns, const struct settings *settings,
    char *why, size_t why_size);

/*
 * The column with this name, or #N. Returns how many there are: only if it
 * is one, *column_out is that one.
 */
size_t columns_find(const struct columns *columns, const char *name,
    size_t *column_out);

/* The names, as many as fit: "date, co2, 98 more". */
void columns_list(const struct columns *columns, char *text, size_t size);

/*
 * Writes which name several columns have: ": 2 columns are called "x": #2, #5";
 * or nothing.
 */
void columns_twice(const struct columns *columns, char *text, size_t size);

/* Returns whether a column may be a value column without being named. */
int columns_is_free(const struct columns *columns, size_t column);

#endif
