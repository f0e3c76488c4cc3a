/*
 * The SQLite file: its table, and the statements for rows.
 *
 * The names of columns are those of results, which come from a user's files
 * and may hold anything: they are quoted. Write-ahead logging lets others
 * read while rows are written, and needs the disk only now and then. It is
 * not known everywhere (network file systems): then it is done without.
 *
 * Times are ISO 8601, which sorts as it should as long as all have the same
 * number of decimals; the ends of time are "-infinity" and "infinity", which
 * sort before and behind them. What is no text in UTF-8 is a BLOB.
 */
#ifdef HAVE_SQLITE

#include "database_inside.h"

#include <leat_text.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../replay/report.h"
#include "../replay/utf8.h"

enum { N_FIXED = 3, BUSY_MS = 2000 };

/* ---- Statements ---- */

/* Both return NULL if there is no memory. */
static char *text_of_create(const struct database_file *f)
{
	sqlite3_str *s = sqlite3_str_new(NULL);
	const char *type = f->by_time ? "TEXT" : "INTEGER";

	sqlite3_str_appendf(s,
	    "CREATE TABLE IF NOT EXISTS windows (\"key\" NOT NULL, "
	    "\"window_start\" %s NOT NULL, \"window_end\" %s NOT NULL",
	    type, type);
	for (size_t i = 0; i < f->n_names; i++)
		sqlite3_str_appendf(s, ", \"%w\" REAL", f->names[i]);
	sqlite3_str_appendf(s,
	    ", PRIMARY KEY (\"key\", \"window_start\")) WITHOUT ROWID");
	return sqlite3_str_finish(s);
}

static char *text_of_put(const struct database_file *f)
{
	sqlite3_str *s = sqlite3_str_new(NULL);

	sqlite3_str_appendf(s,
	    "INSERT INTO windows (\"key\", \"window_start\", \"window_end\"");
	for (size_t i = 0; i < f->n_names; i++)
		sqlite3_str_appendf(s, ", \"%w\"", f->names[i]);
	sqlite3_str_appendf(s, ") VALUES (?, ?, ?");
	for (size_t i = 0; i < f->n_names; i++)
		sqlite3_str_appendf(s, ", ?");
	sqlite3_str_appendf(s,
	    ") ON CONFLICT (\"key\", \"window_start\") DO UPDATE SET "
	    "\"window_end\" = excluded.\"window_end\"");
	for (size_t i = 0; i < f->n_names; i++)
		sqlite3_str_appendf(s, ", \"%w\" = excluded.\"%w\"",
		    f->names[i], f->names[i]);
	return sqlite3_str_finish(s);
}

static char *text_of_drop(void)
{
	return sqlite3_mprintf("DELETE FROM windows WHERE \"key\" = ? AND "
			       "\"window_start\" = ?");
}

/* Both take over the text. */
static int execute(struct database_file *f, char *text)
{
	int err = text ? sqlite3_exec(f->db, text, NULL, NULL, NULL)
		       : SQLITE_NOMEM;

	sqlite3_free(text);
	return err;
}

static int prepare(struct database_file *f, char *text, sqlite3_stmt **out)
{
	int err = text ? sqlite3_prepare_v2(f->db, text, -1, out, NULL)
		       : SQLITE_NOMEM;

	sqlite3_free(text);
	return err;
}

/* ---- The table ---- */

static const char *column_name(const struct database_file *f, size_t i)
{
	static const char *const fixed[N_FIXED] = { "key", "window_start",
		"window_end" };

	return i < N_FIXED ? fixed[i] : f->names[i - N_FIXED];
}

static const char *column_type(const struct database_file *f, size_t i)
{
	return i == 0 ? "" : i > 2 ? "REAL" : f->by_time ? "TEXT" : "INTEGER";
}

static const char *text_column(sqlite3_stmt *stmt, int i)
{
	const unsigned char *text = sqlite3_column_text(stmt, i);

	return text ? (const char *)text : "";
}

/*
 * Compares a row of table_info: cid, name, type, notnull, default, place in the
 * key.
 */
static int check_column(const struct database_file *f, size_t i,
    sqlite3_stmt *info, char *why, size_t size)
{
	const char *name = text_column(info, 1), *type = text_column(info, 2);
	int place = sqlite3_column_int(info, 5);

	if (strcmp(name, column_name(f, i)) != 0)
		snprintf(why, size,
		    "column %zu of the table \"windows\" is \"%.80s\", not "
		    "\"%.80s\"",
		    i + 1, name, column_name(f, i));
	else if (sqlite3_stricmp(type, column_type(f, i)) != 0)
		snprintf(why, size,
		    "column \"%.80s\" of the table \"windows\" has the type "
		    "\"%.20s\", not \"%s\"",
		    name, type, column_type(f, i));
	else if (place != (i < 2 ? (int)i + 1 : 0))
		snprintf(why, size,
		    "the primary key of the table \"windows\" is not (key, "
		    "window_start)");
	else
		return 0;
	return -1;
}

static int check_columns(const struct database_file *f, sqlite3_stmt *info,
    char *why, size_t size)
{
	size_t n = 0, expected = f->n_names + N_FIXED;
	int step;

	while ((step = sqlite3_step(info)) == SQLITE_ROW) {
		if (n < expected && check_column(f, n, info, why, size) < 0)
			return -1;
		n++;
	}
	if (step != SQLITE_DONE)
		snprintf(why, size, "%s", sqlite3_errmsg(f->db));
	else if (n != expected)
		snprintf(why, size,
		    "the table \"windows\" has %zu columns, not %zu", n,
		    expected);
	return step == SQLITE_DONE && n == expected ? 0 : -1;
}

/* ---- Opening ---- */

static int fail(struct database_file *f, int err, char *why, size_t size)
{
	return report(why, size, "%s",
	    f->db && err != SQLITE_NOMEM ? sqlite3_errmsg(f->db)
					 : sqlite3_errstr(err));
}

static int open_table(struct database_file *f, char *why, size_t size)
{
	sqlite3_stmt *info = NULL;
	int err = execute(f, text_of_create(f)), checked;

	if (err)
		return fail(f, err, why, size);
	err = prepare(f, sqlite3_mprintf("PRAGMA table_info(windows)"), &info);
	if (err)
		return fail(f, err, why, size);
	checked = check_columns(f, info, why, size);
	sqlite3_finalize(info);
	if (checked < 0)
		return -1;
	err = prepare(f, text_of_put(f), &f->put);
	if (!err)
		err = prepare(f, text_of_drop(), &f->drop);
	return err ? fail(f, err, why, size) : 0;
}

static int open_all(struct database_file *f, int busy_ms, char *why,
    size_t size)
{
	int err = sqlite3_open_v2(f->path, &f->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (err)
		return fail(f, err, why, size);
	sqlite3_busy_timeout(f->db, busy_ms);
	sqlite3_exec(f->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	sqlite3_exec(f->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	if (open_table(f, why, size) < 0)
		return -1;
	/* From now on a locked file is not waited for, but tried again. */
	sqlite3_busy_timeout(f->db, 0);
	return 0;
}

int database_file_open(struct database_file *f, int may_wait, char *why,
    size_t size)
{
	if (open_all(f, may_wait ? BUSY_MS : 0, why, size) == 0)
		return 0;
	database_file_close(f);
	return -1;
}

/*
 * Moves the log's content into the file first, even if the file has been moved:
 * SQLite would leave the log to whatever is at the path then.
 */
void database_file_close(struct database_file *f)
{
	sqlite3_finalize(f->put);
	sqlite3_finalize(f->drop);
	if (f->db && database_file_has_moved(f))
		sqlite3_wal_checkpoint_v2(f->db, NULL,
		    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close(f->db);
	f->put = f->drop = NULL;
	f->db = NULL;
}

void database_file_be_patient(struct database_file *f)
{
	if (f->db)
		sqlite3_busy_timeout(f->db, BUSY_MS);
}

int database_file_has_moved(struct database_file *f)
{
	int moved = 0;

	return sqlite3_file_control(f->db, "main", SQLITE_FCNTL_HAS_MOVED,
		   &moved) == SQLITE_OK &&
	    moved;
}

/* ---- Rows ---- */

/* Returns whether a text is UTF-8 without NUL, of which SQLite says nothing. */
static int is_utf8(const char *text, size_t len)
{
	const unsigned char *t = (const unsigned char *)text;
	size_t i = 0, n;

	for (; i < len; i += n) {
		n = t[i] ? utf8_length(t + i, len - i) : 0;
		if (n == 0)
			return 0;
	}
	return 1;
}

/* SQLITE_STATIC: the statement is done with before the key is gone. */
static int bind_key(sqlite3_stmt *s, const struct database_row *row)
{
	if (is_utf8(row->key, row->key_len))
		return sqlite3_bind_text64(s, 1, row->key, row->key_len,
		    SQLITE_STATIC, SQLITE_UTF8);
	return sqlite3_bind_blob64(s, 1, row->key, row->key_len, SQLITE_STATIC);
}

static int bind_place(const struct database_file *f, sqlite3_stmt *s, int i,
    int64_t at)
{
	char time[LEAT_TIME_SIZE];

	if (!f->by_time)
		return sqlite3_bind_int64(s, i, at);
	if (at == INT64_MIN)
		return sqlite3_bind_text(s, i, "-infinity", -1, SQLITE_STATIC);
	if (at == INT64_MAX)
		return sqlite3_bind_text(s, i, "infinity", -1, SQLITE_STATIC);
	leat_format_time(at, time);
	return sqlite3_bind_text(s, i, time, -1, SQLITE_TRANSIENT);
}

static int bind_values(const struct database_file *f, sqlite3_stmt *s,
    const struct database_row *row)
{
	for (size_t i = 0; i < f->n_names; i++) {
		int at = (int)i + N_FIXED + 1;
		int err = isnan(row->values[i])
		    ? sqlite3_bind_null(s, at)
		    : sqlite3_bind_double(s, at, row->values[i]);

		if (err)
			return err;
	}
	return SQLITE_OK;
}

int database_file_row(struct database_file *f, const struct database_row *row)
{
	sqlite3_stmt *s = row->retracted ? f->drop : f->put;
	int err = bind_key(s, row);

	if (!err)
		err = bind_place(f, s, 2, row->start);
	if (!err && !row->retracted)
		err = bind_place(f, s, 3, row->end);
	if (!err && !row->retracted)
		err = bind_values(f, s, row);
	if (!err)
		err = sqlite3_step(s);
	sqlite3_reset(s);
	return err;
}

#else

/* A file of C must not be empty. */
typedef int database_file_is_left_out;

#endif
