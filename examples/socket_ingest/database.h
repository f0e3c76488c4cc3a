/*
 * Rows into an SQLite file: a table "windows" with the columns key,
 * window_start, window_end (texts in ISO 8601 by time, numbers of rows by
 * count), and one for each result, REAL or NULL; primary key (key,
 * window_start). A window that is emitted again replaces what was there. Rows
 * are collected and written in one transaction each time, by database_commit()
 * or when there are 10,000. Nothing waits for others who write to the file, but
 * for two seconds when it is opened and closed: rows that cannot be written
 * stay in memory, up to a limit, and are written by a later commit. A key that
 * is not UTF-8 is a BLOB.
 *
 * Without SQLite (HAVE_SQLITE is not defined) database_open() says so.
 */
#ifndef SOCKET_INGEST_DATABASE_H
#define SOCKET_INGEST_DATABASE_H

#include <stddef.h>
#include <stdint.h>

struct database;

/*
 * names are those of the results. by_time says what start and end are:
 * nanoseconds since 1970, or numbers of rows. The table must have these
 * columns or not be there. Returns 0, or -1 with the reason in why.
 */
int database_open(struct database **database_out, const char *path,
    const char *const *names, size_t n_names, int by_time, char *why,
    size_t why_size);

/*
 * Commits and closes. Returns 0, or -1: rows are lost. Who wants to know why
 * commits before.
 */
int database_close(struct database *database);

/*
 * Puts a row. If it is retracted, the row is deleted instead. Returns 0, or -1:
 * the row is lost, and counted.
 */
int database_put(struct database *database, const char *key, size_t key_len,
    int64_t start, int64_t end, const double *values, int retracted);

/*
 * Commits what there is. Returns 0, or -1 with the reason in database_why():
 * rows were refused and are lost, or all of them wait. That the file is
 * locked is said only when it has been so for 25 commits.
 */
int database_commit(struct database *database);

const char *database_why(const struct database *database);
/* Return how many rows were written, deleted again, and lost. */
uint64_t database_rows(const struct database *database);
uint64_t database_lost(const struct database *database);

#endif
