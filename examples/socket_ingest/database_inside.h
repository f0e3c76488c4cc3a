/*
 * The SQLite file behind a database: opening it, and its statements.
 */
#ifndef SOCKET_INGEST_DATABASE_INSIDE_H
#define SOCKET_INGEST_DATABASE_INSIDE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

struct database_file {
	const char *path; /* must stay */
	char *const *names;
	size_t n_names;
	int by_time;
	sqlite3 *db; /* NULL: not open */
	sqlite3_stmt *put, *drop;
};

struct database_row {
	int64_t start, end;
	size_t key_len;
	int retracted;
	const char *key;
	const double *values;
};

/*
 * Opens the file, makes the table or looks whether it is the right one. Set
 * all up to by_time before. With may_wait, others who write are waited for,
 * two seconds. Returns 0, or -1 with the reason in why and nothing open.
 */
int database_file_open(struct database_file *file, int may_wait, char *why,
    size_t why_size);
void database_file_close(struct database_file *file);

/* From now on others who write are waited for, two seconds. */
void database_file_be_patient(struct database_file *file);

/* Returns whether the file is not at its path any more. */
int database_file_has_moved(struct database_file *file);

/* Applies a row. Returns a result of SQLite: SQLITE_DONE if all is well. */
int database_file_row(struct database_file *file,
    const struct database_row *row);

#endif
