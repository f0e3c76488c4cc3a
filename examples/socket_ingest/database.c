/*
 * Rows that wait for a database, and their transactions.
 *
 * Rows are kept in memory, one behind the other in one array, and written in
 * one transaction that begins and ends within a commit: in between nobody is
 * kept from writing. If the file is locked, or the disk full, they stay and
 * the next commit tries again, up to 100,000 rows or 64 MiB; beyond these
 * new ones are lost. A row that alone is refused, by a trigger of the user's
 * say, is lost alone.
 *
 * A file that was moved away or removed is left with all that was committed,
 * and a new one is begun at its path.
 */
#include "database.h"
#include "../replay/report.h"

#include <stdio.h>

#ifdef HAVE_SQLITE

#include <stdlib.h>
#include <string.h>

#include "../replay/array.h"
#include "../replay/list.h"
#include "database_inside.h"

enum {
	COMMIT_ROWS = 10000,
	MOST_ROWS = 100000,
	MOST_BYTES = 64 << 20,
	PATIENCE = 25 /* commits that find it locked before that is logged */
};

/* In the array it is followed by the values and by the key. */
struct waiting {
	int64_t start, end;
	size_t key_len;
	int retracted;
};

struct database {
	struct database_file file;
	char *path;
	struct list names;
	double *values; /* bytes of a row, aligned */
	char *bytes;
	size_t len, size;
	size_t n; /* rows in there */
	int n_locked;
	uint64_t rows, lost;
	char why[300];
};

static int fail(struct database *d, const char *reason)
{
	return report(d->why, sizeof d->why, "%s", reason);
}

/* ---- Rows that wait ---- */

static int grow(struct database *d, size_t n)
{
	char *bytes = array_grow(d->bytes, &d->size, d->len + n, 1);

	if (!bytes)
		return -1;
	d->bytes = bytes;
	return 0;
}

static void append(struct database *d, const void *bytes, size_t n)
{
	if (n > 0)
		memcpy(d->bytes + d->len, bytes, n);
	d->len += n;
}

static const char *keep(struct database *d, const struct waiting *w,
    const char *key, const double *values)
{
	size_t values_size = d->names.n * sizeof *values;
	size_t n = sizeof *w + values_size;

	if (w->key_len > MOST_BYTES || n + w->key_len > MOST_BYTES - d->len ||
	    d->n >= MOST_ROWS)
		return "too many rows are waiting";
	if (grow(d, n + w->key_len) < 0)
		return "out of memory";
	append(d, w, sizeof *w);
	append(d, values, values_size);
	append(d, key, w->key_len);
	d->n++;
	return NULL;
}

static void forget_all(struct database *d)
{
	d->len = d->n = 0;
	/* Memory for rows that wait is given back once they have gone. */
	if (d->size > 1 << 22) {
		free(d->bytes);
		d->bytes = NULL;
		d->size = 0;
	}
}

/* ---- Transactions ---- */

static int is_locked(int err)
{
	return (err & 0xFF) == SQLITE_BUSY || (err & 0xFF) == SQLITE_LOCKED;
}

/* Errors of these kinds are about this row, not about the file. */
static int is_refusal(int err)
{
	int kind = err & 0xFF;

	return kind == SQLITE_CONSTRAINT || kind == SQLITE_MISMATCH ||
	    kind == SQLITE_TOOBIG;
}

static int take_row(struct database *d, const char **at)
{
	size_t values_size = d->names.n * sizeof *d->values;
	struct database_row row;
	struct waiting w;

	memcpy(&w, *at, sizeof w);
	memcpy(d->values, *at + sizeof w, values_size);
	row.start = w.start;
	row.end = w.end;
	row.key_len = w.key_len;
	row.retracted = w.retracted;
	row.key = *at + sizeof w + values_size;
	row.values = d->values;
	*at = row.key + w.key_len;
	return database_file_row(&d->file, &row);
}

static int run(struct database *d, const char *text)
{
	return sqlite3_exec(d->file.db, text, NULL, NULL, NULL);
}

static int write_rows(struct database *d, uint64_t *refused)
{
	const char *at = d->bytes;
	int err = run(d, "BEGIN IMMEDIATE");

	for (size_t i = 0; !err && i < d->n; i++) {
		err = take_row(d, &at);
		if (is_refusal(err)) {
			fail(d, sqlite3_errmsg(d->file.db));
			++*refused;
			err = SQLITE_OK;
		} else if (err == SQLITE_DONE) {
			err = SQLITE_OK;
		}
	}
	return err ? err : run(d, "COMMIT");
}

/* Rows stay. */
static int give_up(struct database *d, int err)
{
	int kind = err & 0xFF;

	fail(d, sqlite3_errmsg(d->file.db));
	if (!sqlite3_get_autocommit(d->file.db))
		run(d, "ROLLBACK");
	if (is_locked(err))
		return ++d->n_locked < PATIENCE ? 0 : -1;
	/*
	 * Any other error may be the end of this file, and it is opened again.
	 */
	if (kind != SQLITE_FULL && kind != SQLITE_NOMEM)
		database_file_close(&d->file);
	return -1;
}

static int open_again(struct database *d)
{
	if (d->file.db && !database_file_has_moved(&d->file))
		return 0;
	database_file_close(&d->file);
	return database_file_open(&d->file, 0, d->why, sizeof d->why);
}

int database_commit(struct database *d)
{
	uint64_t refused = 0;
	int err;

	if (d->n == 0)
		return 0;
	if (open_again(d) < 0)
		return -1;
	err = write_rows(d, &refused);
	if (err)
		return give_up(d, err);
	d->n_locked = 0;
	d->lost += refused;
	d->rows += d->n - refused;
	forget_all(d);
	return refused > 0 ? -1 : 0;
}

int database_put(struct database *d, const char *key, size_t key_len,
    int64_t start, int64_t end, const double *values, int retracted)
{
	struct waiting w = { 0 };
	const char *wrong;

	w.start = start;
	w.end = end;
	w.key_len = key_len;
	w.retracted = retracted != 0;
	wrong = keep(d, &w, key, values);
	if (wrong) {
		d->lost++;
		return fail(d, wrong);
	}
	/* The next commit reports whether this worked. */
	if (d->n % COMMIT_ROWS == 0)
		database_commit(d);
	return 0;
}

/* ---- Opening and closing ---- */

static void free_all(struct database *d)
{
	database_file_close(&d->file);
	list_clear(&d->names);
	free(d->path);
	free(d->values);
	free(d->bytes);
	free(d);
}

static int copy_names(struct database *d, const char *path,
    const char *const *names, size_t n)
{
	d->path = malloc(strlen(path) + 1);
	d->values = calloc(n + 1, sizeof *d->values);
	if (!d->path || !d->values)
		return -1;
	memcpy(d->path, path, strlen(path) + 1);
	for (size_t i = 0; i < n; i++)
		if (list_add(&d->names, names[i], strlen(names[i])) < 0)
			return -1;
	return 0;
}

static int open_first(struct database *d, const char *path,
    const char *const *names, size_t n_names)
{
	if (copy_names(d, path, names, n_names) < 0)
		return fail(d, "out of memory");
	if (path[0] == '\0')
		return fail(d, "which file?");
	d->file.path = d->path;
	d->file.names = d->names.items;
	d->file.n_names = d->names.n;
	return database_file_open(&d->file, 1, d->why, sizeof d->why);
}

int database_open(struct database **database_out, const char *path,
    const char *const *names, size_t n_names, int by_time, char *why,
    size_t why_size)
{
	struct database *d = calloc(1, sizeof *d);

	if (!d)
		return report(why, why_size, "sqlite: out of memory");
	d->file.by_time = by_time;
	if (open_first(d, path, names, n_names) == 0) {
		*database_out = d;
		return 0;
	}
	snprintf(why, why_size, "sqlite:%.100s: %s", path, d->why);
	free_all(d);
	return -1;
}

int database_close(struct database *d)
{
	int result;

	database_file_be_patient(&d->file);
	result = database_commit(d);
	if (d->n > 0)
		result = -1;
	free_all(d);
	return result;
}

const char *database_why(const struct database *d)
{
	return d->why;
}

uint64_t database_rows(const struct database *d)
{
	return d->rows;
}

uint64_t database_lost(const struct database *d)
{
	return d->lost;
}

#else

int database_open(struct database **database_out, const char *path,
    const char *const *names, size_t n_names, int by_time, char *why,
    size_t why_size)
{
	(void)database_out;
	(void)names;
	(void)n_names;
	(void)by_time;
	return report(why, why_size, "sqlite:%.100s: built without SQLite",
	    path);
}

/* A build without SQLite never gets here, as database_open() fails. */
int database_close(struct database *d)
{
	(void)d;
	return -1;
}

int database_put(struct database *d, const char *key, size_t key_len,
    int64_t start, int64_t end, const double *values, int retracted)
{
	(void)d;
	(void)key;
	(void)key_len;
	(void)start;
	(void)end;
	(void)values;
	(void)retracted;
	return -1;
}

int database_commit(struct database *d)
{
	(void)d;
	return -1;
}

const char *database_why(const struct database *d)
{
	(void)d;
	return "built without SQLite";
}

uint64_t database_rows(const struct database *d)
{
	(void)d;
	return 0;
}

uint64_t database_lost(const struct database *d)
{
	(void)d;
	return 0;
}

#endif
