/*
 * Rows in an SQLite file. What is in there is read by another connection, as
 * another program would.
 */
#define _XOPEN_SOURCE 700

#include "test_sink.h"

#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "database.h"

static char why[400];

static int try_open(struct database **d, const char *path,
    const char *const *names, size_t n, int by_time)
{
	why[0] = '\0';
	return database_open(d, path, names, n, by_time, why, sizeof why);
}

#ifdef HAVE_SQLITE

#include <sqlite3.h>

static const int64_t SECOND = 1000000000;
static const char *const names[] = { "count", "mean of \"x\"" };

static struct database *open_at(const char *path, int by_time)
{
	struct database *d = NULL;

	ck_assert_msg(try_open(&d, path, names, 2, by_time) == 0, "%s", why);
	return d;
}

static int put(struct database *d, const char *key, int64_t start, double x,
    double y)
{
	double values[2];

	values[0] = x;
	values[1] = y;
	return database_put(d, key, strlen(key), start, start + 10, values, 0);
}

/* The other connection. */
static sqlite3 *other_at(const char *path)
{
	sqlite3 *db = NULL;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static void execute(sqlite3 *db, const char *text)
{
	ck_assert_msg(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK,
	    "%s: %s", text, sqlite3_errmsg(db));
}

static char answer[4096];

static int add_answer(void *ctx, int n, char **fields, char **columns)
{
	(void)ctx;
	(void)columns;
	for (int i = 0; i < n; i++) {
		size_t len = strlen(answer);

		snprintf(answer + len, sizeof answer - len, "%s%s",
		    fields[i] ? fields[i] : "NULL", i + 1 < n ? "|" : "\n");
	}
	return 0;
}

/* Rows as "a|b\nc|d\n"; "" without the table. */
static const char *ask(const char *path, const char *question)
{
	sqlite3 *db = other_at(path);

	answer[0] = '\0';
	sqlite3_exec(db, question, add_answer, NULL, NULL);
	sqlite3_close(db);
	return answer;
}

static const char *count(const char *path)
{
	return ask(path, "SELECT count(*) FROM windows");
}

START_TEST(rows_are_there)
{
	const char *path = bench_path("db");
	struct database *d = open_at(path, 1);
	double gone[2] = { 0, 0 }, all[2] = { 7, 8 };

	put(d, "b", 120 * SECOND, 1, NAN);
	put(d, "a", 60 * SECOND, 2.5, INFINITY);
	put(d, "a", 61 * SECOND, 3, -INFINITY);
	put(d, "a", 62 * SECOND, 4, 0);
	database_put(d, "a", 1, 62 * SECOND, 0, gone, 1);
	database_put(d, "all", 3, INT64_MIN, INT64_MAX, all, 0);
	ck_assert_str_eq(count(path), "0\n");
	ck_assert_int_eq(database_commit(d), 0);
	/* Told again. */
	put(d, "b", 120 * SECOND, 5, 6);
	ck_assert_int_eq(database_close(d), 0);
	ck_assert_str_eq(
	    ask(path, "SELECT * FROM windows ORDER BY key, window_start"),
	    "a|1970-01-01T00:01:00Z|1970-01-01T00:01:00.000000010Z|2.5|Inf\n"
	    "a|1970-01-01T00:01:01Z|1970-01-01T00:01:01.000000010Z|3.0|-Inf\n"
	    "all|-infinity|infinity|7.0|8.0\n"
	    "b|1970-01-01T00:02:00Z|1970-01-01T00:02:00.000000010Z|5.0|6.0\n");
	ck_assert_str_eq(ask(path,
			     "SELECT name, type, pk FROM "
			     "pragma_table_info('windows')"),
	    "key||1\nwindow_start|TEXT|2\nwindow_end|TEXT|0\n"
	    "count|REAL|0\nmean of \"x\"|REAL|0\n");
}
END_TEST

START_TEST(rows_by_count)
{
	const char *path = bench_path("db");
	struct database *d = open_at(path, 0);

	put(d, "a", 10, 1, NAN);
	put(d, "a", 9, 2, 3);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_uint_eq(database_rows(d), 2);
	ck_assert_str_eq(ask(path,
			     "SELECT * FROM windows ORDER BY window_start"),
	    "a|9|19|2.0|3.0\na|10|20|1.0|NULL\n");
	ck_assert_int_eq(database_close(d), 0);
}
END_TEST

/* Texts of RFC 3629, and of what it forbids. */
START_TEST(keys_are_texts_or_bytes)
{
	static const struct {
		const char *key;
		size_t len;
		const char *type;
	} keys[] = { { "", 0, "text" }, { "a b", 3, "text" },
		{ "\x7f", 1, "text" }, { "\xc3\xa4", 2, "text" },
		{ "\xe0\xa0\x80", 3, "text" }, { "\xed\x9f\xbf", 3, "text" },
		{ "\xef\xbf\xbf", 3, "text" },
		{ "\xf0\x90\x80\x80", 4, "text" },
		{ "\xf4\x8f\xbf\xbf", 4, "text" }, { "a\0b", 3, "blob" },
		{ "\x80", 1, "blob" }, { "\xc0\x80", 2, "blob" },
		{ "\xc1\xbf", 2, "blob" }, { "\xc3", 1, "blob" },
		{ "\xc3"
		  "a",
		    2, "blob" },
		{ "\xe0\x9f\xbf", 3, "blob" }, { "\xed\xa0\x80", 3, "blob" },
		{ "\xe2\x82", 2, "blob" }, { "\xf0\x8f\xbf\xbf", 4, "blob" },
		{ "\xf4\x90\x80\x80", 4, "blob" },
		{ "\xf5\x80\x80\x80", 4, "blob" }, { "\xff", 1, "blob" } };
	enum { N = sizeof keys / sizeof *keys };
	const char *path = bench_path("db");
	struct database *d = open_at(path, 1);
	double values[2] = { 0, 0 };
	sqlite3_stmt *all;
	sqlite3 *db;

	for (size_t i = 0; i < N; i++)
		database_put(d, keys[i].key, keys[i].len, (int64_t)i * SECOND,
		    0, values, 0);
	ck_assert_int_eq(database_close(d), 0);
	db = other_at(path);
	ck_assert_int_eq(
	    sqlite3_prepare_v2(db,
		"SELECT key, typeof(key) FROM windows ORDER BY window_start",
		-1, &all, NULL),
	    SQLITE_OK);
	for (size_t i = 0; i < N; i++) {
		ck_assert_int_eq(sqlite3_step(all), SQLITE_ROW);
		ck_assert_str_eq((const char *)sqlite3_column_text(all, 1),
		    keys[i].type);
		ck_assert_int_eq(sqlite3_column_bytes(all, 0),
		    (int)keys[i].len);
		if (keys[i].len > 0)
			ck_assert_mem_eq(sqlite3_column_blob(all, 0),
			    keys[i].key, keys[i].len);
	}
	ck_assert_int_eq(sqlite3_step(all), SQLITE_DONE);
	sqlite3_finalize(all);
	sqlite3_close(db);
}
END_TEST

START_TEST(names_may_be_anything)
{
	static const char *const odd[] = { "select", "a\"b", "a'b", "%w %s",
		"); DROP TABLE windows; --", "", "\xff", "[x]" };
	const char *path = bench_path("db");
	double values[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct database *d = NULL;

	for (int i = 0; i < 2; i++) {
		ck_assert_msg(try_open(&d, path, odd, 8, 1) == 0, "%s", why);
		values[0] += i;
		database_put(d, "k", 1, 0, SECOND, values, 0);
		ck_assert_int_eq(database_close(d), 0);
	}
	ck_assert_str_eq(ask(path, "SELECT * FROM windows"),
	    "k|1970-01-01T00:00:00Z|1970-01-01T00:00:01Z|"
	    "2.0|2.0|3.0|4.0|5.0|6.0|7.0|8.0\n");
}
END_TEST

START_TEST(no_results_at_all)
{
	const char *path = bench_path("db");
	struct database *d = NULL;

	for (int i = 0; i < 2; i++) {
		ck_assert_msg(try_open(&d, path, NULL, 0, 0) == 0, "%s", why);
		database_put(d, "k", 1, 5, 6, NULL, 0);
		ck_assert_int_eq(database_close(d), 0);
	}
	ck_assert_str_eq(ask(path, "SELECT * FROM windows"), "k|5|6\n");
}
END_TEST

/* ---- Files that are not right ---- */

START_TEST(tables_that_are_others)
{
	static const struct {
		const char *columns, *wrong;
	} tables[] = {
		{ "key NOT NULL, window_start TEXT, window_end TEXT, count "
		  "REAL, sum REAL, PRIMARY KEY (key, window_start)",
		    "column 5 of the table \"windows\" is \"sum\", not \"mean "
		    "of \"x\"\"" },
		{ "key, window_start TEXT, window_end TEXT, count REAL, "
		  "PRIMARY KEY (key, window_start)",
		    "has 4 columns, not 5" },
		{ "key, window_start TEXT, window_end TEXT, count REAL, "
		  "\"mean of \"\"x\"\"\" REAL, more, "
		  "PRIMARY KEY (key, window_start)",
		    "has 6 columns, not 5" },
		{ "key, window_start INTEGER, window_end INTEGER, count REAL, "
		  "\"mean of \"\"x\"\"\" REAL, PRIMARY KEY (key, window_start)",
		    "\"window_start\" of the table \"windows\" has the type "
		    "\"INTEGER\", not \"TEXT\"" },
		{ "key, window_start TEXT, window_end TEXT, count REAL, "
		  "\"mean of \"\"x\"\"\" REAL",
		    "primary key" },
		{ "key, window_start TEXT, window_end TEXT, count REAL, "
		  "\"mean of \"\"x\"\"\" REAL, "
		  "PRIMARY KEY (key, window_start, window_end)",
		    "primary key" },
	};
	const char *path = bench_path("db");
	struct database *d = NULL;
	char create[400];
	sqlite3 *db = other_at(path);

	snprintf(create, sizeof create, "CREATE TABLE windows (%s)",
	    tables[_i].columns);
	execute(db, create);
	sqlite3_close(db);
	ck_assert_int_eq(try_open(&d, path, names, 2, 1), -1);
	ck_assert_msg(strstr(why, tables[_i].wrong) != NULL, "%s", why);
	ck_assert_msg(strstr(why, path) != NULL, "%s", why);
}
END_TEST

START_TEST(files_that_are_none)
{
	static const char *const same[] = { "x", "X" };
	struct database *d = NULL;

	bench_write(bench_path("text"),
	    "This is not a database at all, "
	    "but it is long enough to be one.");
	ck_assert_int_eq(try_open(&d, bench_path("text"), names, 2, 1), -1);
	ck_assert_msg(strstr(why, "not a database") != NULL, "%s", why);
	ck_assert_int_eq(try_open(&d, "/nowhere/at/all", names, 2, 1), -1);
	ck_assert_str_ne(why, "");
	ck_assert_int_eq(try_open(&d, "", names, 2, 1), -1);
	ck_assert_str_ne(why, "");
	/* SQLite does not tell them apart. */
	ck_assert_int_eq(try_open(&d, bench_path("db"), same, 2, 1), -1);
	ck_assert_msg(strstr(why, "duplicate") != NULL, "%s", why);
}
END_TEST

/* ---- While it works ---- */

START_TEST(ten_thousand_rows_are_committed)
{
	const char *path = bench_path("db");
	struct database *d = open_at(path, 0);

	for (int i = 0; i < 10005; i++)
		ck_assert_int_eq(put(d, "a", i, i, i), 0);
	ck_assert_str_eq(count(path), "10000\n");
	ck_assert_int_eq(database_close(d), 0);
	ck_assert_str_eq(count(path), "10005\n");
}
END_TEST

START_TEST(locked_rows_wait)
{
	const char *path = bench_path("db");
	struct database *d = open_at(path, 0);
	sqlite3 *db = other_at(path);

	put(d, "a", 1, 1, 1);
	ck_assert_int_eq(database_commit(d), 0);
	execute(db, "BEGIN IMMEDIATE");
	put(d, "a", 2, 2, 2);
	for (int i = 0; i < 24; i++)
		ck_assert_int_eq(database_commit(d), 0);
	ck_assert_int_eq(database_commit(d), -1);
	ck_assert_msg(strstr(database_why(d), "locked") != NULL, "%s",
	    database_why(d));
	ck_assert_uint_eq(database_rows(d), 1);
	ck_assert_uint_eq(database_lost(d), 0);
	execute(db, "ROLLBACK");
	put(d, "a", 3, 3, 3);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_uint_eq(database_rows(d), 3);
	/* A reader is not in the way, and we are not in its. */
	execute(db, "BEGIN; SELECT * FROM windows");
	put(d, "a", 4, 4, 4);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_uint_eq(database_rows(d), 4);
	execute(db, "COMMIT; BEGIN IMMEDIATE");
	put(d, "a", 5, 5, 5);
	ck_assert_int_eq(database_close(d), -1);
	sqlite3_close(db);
	ck_assert_str_eq(count(path), "4\n");
}
END_TEST

START_TEST(too_many_rows_are_lost)
{
	const char *path = bench_path("db");
	struct database *d = open_at(path, 0);
	sqlite3 *db = other_at(path);

	execute(db, "BEGIN IMMEDIATE");
	for (int i = 0; i < 100000; i++)
		ck_assert_int_eq(put(d, "a", i, i, i), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(put(d, "b", i, i, i), -1);
	ck_assert_uint_eq(database_lost(d), 3);
	ck_assert_str_ne(database_why(d), "");
	execute(db, "ROLLBACK");
	sqlite3_close(db);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_int_eq(put(d, "b", 7, 7, 7), 0);
	ck_assert_int_eq(database_close(d), 0);
	ck_assert_str_eq(ask(path,
			     "SELECT key, count(*) FROM windows GROUP BY key"),
	    "a|100000\nb|1\n");
}
END_TEST

START_TEST(keys_of_any_size)
{
	enum { LONG = 65 << 20 };
	const char *path = bench_path("db");
	struct database *d = open_at(path, 0);
	char *key = malloc(LONG);
	double values[2] = { 1, 2 };

	ck_assert_ptr_nonnull(key);
	memset(key, 'k', LONG);
	ck_assert_int_eq(database_put(d, key, LONG, 0, 1, values, 0), -1);
	ck_assert_int_eq(database_put(d, key, 1 << 20, 0, 1, values, 0), 0);
	ck_assert_uint_eq(database_lost(d), 1);
	ck_assert_int_eq(database_close(d), 0);
	ck_assert_str_eq(ask(path, "SELECT length(key) FROM windows"),
	    "1048576\n");
	free(key);
}
END_TEST

START_TEST(a_row_is_refused_alone)
{
	const char *path = bench_path("db");
	struct database *d = open_at(path, 0);
	sqlite3 *db = other_at(path);

	execute(db,
	    "CREATE TRIGGER no BEFORE INSERT ON windows WHEN new.key "
	    "= 'bad' BEGIN SELECT RAISE(ABORT, 'not this one'); END");
	sqlite3_close(db);
	put(d, "a", 1, 1, 1);
	put(d, "bad", 1, 1, 1);
	put(d, "b", 1, 1, 1);
	ck_assert_int_eq(database_commit(d), -1);
	ck_assert_str_eq(database_why(d), "not this one");
	ck_assert_uint_eq(database_lost(d), 1);
	ck_assert_uint_eq(database_rows(d), 2);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_int_eq(database_close(d), 0);
	ck_assert_str_eq(count(path), "2\n");
}
END_TEST

START_TEST(a_file_that_moves)
{
	const char *path = bench_path("db"), *old = bench_path("old");
	struct database *d = open_at(path, 0);

	put(d, "a", 1, 1, 1);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_int_eq(rename(path, old), 0);
	put(d, "a", 2, 2, 2);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_str_eq(ask(old, "SELECT window_start FROM windows"), "1\n");
	ck_assert_str_eq(ask(path, "SELECT window_start FROM windows"), "2\n");
	/* The file cannot be opened at first, and then it can. */
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	put(d, "a", 3, 3, 3);
	ck_assert_int_eq(database_commit(d), -1);
	ck_assert_str_ne(database_why(d), "");
	put(d, "a", 4, 4, 4);
	ck_assert_int_eq(database_commit(d), -1);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(database_close(d), 0);
	ck_assert_str_eq(ask(path, "SELECT window_start FROM windows"),
	    "3\n4\n");
}
END_TEST

START_TEST(a_table_that_goes)
{
	const char *path = bench_path("db");
	struct database *d = open_at(path, 0);
	sqlite3 *db = other_at(path);

	put(d, "a", 1, 1, 1);
	ck_assert_int_eq(database_commit(d), 0);
	execute(db, "DROP TABLE windows");
	sqlite3_close(db);
	put(d, "a", 2, 2, 2);
	ck_assert_int_eq(database_commit(d), -1);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_uint_eq(database_lost(d), 0);
	ck_assert_int_eq(database_close(d), 0);
	ck_assert_str_eq(ask(path, "SELECT window_start FROM windows"), "2\n");
}
END_TEST

/*
 * A limit on the size of files is as a full disk, also to Check: nothing is
 * asserted meanwhile.
 */
START_TEST(a_disk_that_is_full)
{
	const char *path = bench_path("db");
	struct database *d = open_at(path, 0);
	struct rlimit limit;
	int first, again;

	signal(SIGXFSZ, SIG_IGN);
	put(d, "a", 1, 1, 1);
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = 20000;
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 2; i <= 5000; i++)
		put(d, "a", i, i, i);
	first = database_commit(d);
	again = database_commit(d);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
	ck_assert_int_eq(first, -1);
	ck_assert_int_eq(again, -1);
	ck_assert_str_ne(database_why(d), "");
	ck_assert_int_eq(database_commit(d), 0);
	ck_assert_uint_eq(database_lost(d), 0);
	ck_assert_uint_eq(database_rows(d), 5000);
	ck_assert_int_eq(database_close(d), 0);
	ck_assert_str_eq(count(path), "5000\n");
}
END_TEST

TCase *database_case(void)
{
	TCase *c = bench_case("database");

	tcase_add_test(c, rows_are_there);
	tcase_add_test(c, rows_by_count);
	tcase_add_test(c, keys_are_texts_or_bytes);
	tcase_add_test(c, names_may_be_anything);
	tcase_add_test(c, no_results_at_all);
	tcase_add_loop_test(c, tables_that_are_others, 0, 6);
	tcase_add_test(c, files_that_are_none);
	tcase_add_test(c, ten_thousand_rows_are_committed);
	tcase_add_test(c, locked_rows_wait);
	tcase_add_test(c, too_many_rows_are_lost);
	tcase_add_test(c, keys_of_any_size);
	tcase_add_test(c, a_row_is_refused_alone);
	tcase_add_test(c, a_file_that_moves);
	tcase_add_test(c, a_table_that_goes);
	tcase_add_test(c, a_disk_that_is_full);
	return c;
}

#else

START_TEST(there_is_none)
{
	struct database *d = NULL;

	ck_assert_int_eq(try_open(&d, bench_path("db"), NULL, 0, 0), -1);
	ck_assert_ptr_nonnull(strstr(why, "SQLite"));
}
END_TEST

TCase *database_case(void)
{
	TCase *c = bench_case("database");

	tcase_add_test(c, there_is_none);
	return c;
}

#endif
