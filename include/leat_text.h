/*
 * leat_text.h - numbers, times, dates, CSV and options as text
 *
 * Functions that turn text into the arguments of leat.h, and results back into
 * text. None of them depends on the locale; the conventions are those at the
 * top of leat.h. Both headers belong to one library. Numbers, times and CSV do
 * not use the rest of it; options as text do.
 *
 * Licence: MIT, see COPYING.
 */
#ifndef LEAT_TEXT_H
#define LEAT_TEXT_H

#include "leat.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ */
/* Text: numbers and times                                            */
/* ------------------------------------------------------------------ */
/* Conversions that do not depend on the locale: leat_text(3). */

/*
 * Reads a decimal number from the start of n_bytes of text:
 *
 *      [+-] digits [. digits] [e [+-] digits]
 *      [+-] inf | infinity | nan       e and words in upper or lower case
 *
 * with a digit before or after the point, and no blanks. The result is the
 * double nearest to the number, halfway cases to even, however long the text;
 * beyond the largest double an infinity, below the smallest a zero with its
 * sign. *n_used_out is the length of the longest prefix that is a number, as
 * with strtod(); if n_used_out is NULL, all n_bytes must be one number. No byte
 * behind them is read, and the locale is ignored.
 *
 * Errors: LEAT_EPARSE. Cost: O(n_bytes). Clinger (1990), Lemire (2021), Mushtak
 * and Lemire (2023), and beyond 19 digits exact arithmetic where these are not
 * certain.
 */
LEAT_API int leat_parse_double(const char *text, size_t n_bytes, double *x_out,
    size_t *n_used_out);

/* Sizes of the buffers of the functions below, with the NUL at the end. */
#define LEAT_DOUBLE_SIZE 40
#define LEAT_FIXED_SIZE 336
#define LEAT_TIME_SIZE 32

/*
 * Writes the shortest decimal that reads back as x, of these the one nearest to
 * x, and a NUL; returns its length without the NUL. The form is 1234.5 from
 * 1e-5 up to below 1e17, else 1.2345e-7; nan, inf, -inf. Cost: O(1). Giulietti
 * (2020).
 */
LEAT_API size_t leat_format_double(double x, char out[LEAT_DOUBLE_SIZE]);

/*
 * Writes x with the given number of decimals, as printf("%.*f") does in the C
 * locale: the exact value is rounded, halfway cases to even. More than
 * LEAT_DECIMALS_MAX decimals count as that many. Returns as
 * leat_format_double() does.
 */
#define LEAT_DECIMALS_MAX 17
LEAT_API size_t leat_format_fixed(double x, unsigned decimals,
    char out[LEAT_FIXED_SIZE]);

/* Units of times that are given as plain numbers. */
enum leat_time_unit {
	LEAT_UNIT_GUESS = 0,
	LEAT_UNIT_S = 1,
	LEAT_UNIT_MS = 2,
	LEAT_UNIT_US = 3,
	LEAT_UNIT_NS = 4
};

/*
 * Reads a time, which must be all of the text, as nanoseconds since
 * 1970-01-01T00:00:00Z with days of 86400 seconds. The text is either a date,
 * optionally with a time of day and a zone (default UTC), as in ISO 8601, RFC
 * 3339, and similar forms:
 *
 *      2001-01-31  2001/01/31  20010131
 *      00:47  00:47:05  00:47:05.25  0047  004705     after T, t or a blank
 *      Z  z  +02:00  +0200  +02                       maybe after a blank
 *
 * or a number of seconds, milliseconds, microseconds or nanoseconds since 1970,
 * with or without a sign; seconds may have decimals. Decimals beyond the
 * nanosecond are truncated. 24:00:00 is the end of a day, and a second numbered
 * 60 the first one of the next minute.
 *
 * With LEAT_UNIT_GUESS, 8 digits that begin with a year from 1677 to 2262 are a
 * date, and 14 a date with the time of day. Other numbers go by their size:
 * below 1e11 (and with decimals) they are seconds, below 1e14 milliseconds,
 * below 1e17 microseconds, else nanoseconds. With a unit, digits alone are a
 * number in that unit.
 *
 * Errors: LEAT_EPARSE for a malformed timestamp; LEAT_ERANGE for a month, day,
 * time of day or zone that does not exist, or a time before 1677-09-21 or after
 * 2262-04-11; LEAT_EINVAL for an unknown unit. *why_out, unless why_out is
 * NULL, says which of these, as static text. Cost: O(n_bytes).
 */
LEAT_API int leat_parse_time(const char *text, size_t n_bytes, int unit,
    int64_t *t_out, const char **why_out);

/*
 * Writes a time as ISO 8601 in UTC, 2001-01-31T00:47:05Z, with 0, 3, 6 or 9
 * decimals as needed, and a NUL; returns the length without the NUL. The text
 * reads back as the same time.
 */
LEAT_API size_t leat_format_time(int64_t t, char out[LEAT_TIME_SIZE]);

/*
 * Convert between days since 1970-01-01 and dates; for calendars. The calendar
 * is the proleptic Gregorian one, for years 0 to 9999; months and days count
 * from 1. leat_days_from_date() does not check its date. Cost: O(1). Hinnant
 * (2013).
 */
LEAT_API int64_t leat_days_from_date(int year, int month, int day);
LEAT_API void leat_date_from_days(int64_t days, int *year_out, int *month_out,
    int *day_out);

/* ------------------------------------------------------------------ */
/* Text: CSV                                                          */
/* ------------------------------------------------------------------ */

/*
 * A CSV reader takes bytes in pieces of any size, from a file or a socket, and
 * passes one record at a time to a callback: leat_csv(3). Records do not depend
 * on where the bytes were cut. The format is RFC 4180, read as most programs
 * read it:
 *
 * - A record ends with LF, CRLF or CR; the last one may lack its end.
 * - A field that starts with a quote ends at the next single one. In it
 *   delimiters and line ends are text, and a doubled quote is one quote.
 * - A UTF-8 byte order mark at the very start is dropped.
 * - Empty lines are not records.
 *
 * Malformed records are read as well as possible, and `problem` is the first
 * thing wrong with the record. In strict mode such a record is not delivered:
 * leat_csv_push() returns LEAT_ECSV.
 */
enum leat_csv_problem {
	LEAT_CSV_FINE = 0,
	/* a quote in an unquoted field; it is text */
	LEAT_CSV_STRAY_QUOTE = 1,
	/* text after a closing quote; it is appended */
	LEAT_CSV_AFTER_QUOTE = 2,
	/* quotes not closed: the input ends in them, or see max_lines */
	LEAT_CSV_UNTERMINATED = 3,
	LEAT_CSV_NUL = 4, /* a NUL byte; it is text */
	/* beyond max_record or max_fields; the record has no fields */
	LEAT_CSV_TOO_LONG = 5,
	/* more or fewer fields than the first record that has fields */
	LEAT_CSV_RAGGED = 6
};

/* Returns a text for a problem, for messages; for any int, never NULL. */
LEAT_API const char *leat_csv_problem_text(int problem);

/* A field, without the quotes around it; not NUL-terminated. */
typedef struct leat_csv_field {
	const char *text;
	size_t len;
} leat_csv_field;

/* A record, valid during the callback only. */
typedef struct leat_csv_record {
	const leat_csv_field *fields;
	size_t n_fields;
	uint64_t number; /* number of records before this one */
	uint64_t line;   /* line at which it starts, from 1 */
	uint64_t offset; /* offset of its first byte in the input */
	int problem;     /* enum leat_csv_problem */
	/*
	 * Field of the problem, from 0; if ragged, the first that is missing or
	 * too many.
	 */
	size_t problem_field;
	/*
	 * Line, and byte in the line from 1, of the quote or NUL that is wrong,
	 * the text behind a quote, or the quote that is not closed; else `line`
	 * and 0.
	 */
	uint64_t problem_line;
	size_t problem_column;
} leat_csv_record;

typedef struct leat_csv_options {
	/*
	 * Receives each record and returns 0 to go on. Anything else ends the
	 * push with LEAT_ECALLBACK; the callback keeps its reason in ctx. It
	 * must not use the reader.
	 */
	int (*record)(void *ctx, const leat_csv_record *record);
	void *ctx;         /* passed to record */
	char delimiter;    /* 0: comma */
	char quote;        /* 0: double quote */
	int no_quotes;     /* not 0: quotes are text like any other */
	int strict;        /* not 0: refuse malformed records */
	int ragged_ok;     /* not 0: no record is ragged */
	size_t max_record; /* largest record in bytes; 0: 16 MiB */
	size_t max_fields; /* most fields of a record; 0: 2^20 */
	/*
	 * Most lines of a record; 0: no limit. With a limit, quotes that cross
	 * a line end are taken as stray if they are not closed within
	 * max_lines, max_record and the input, or if text follows the closing
	 * one: the record ends with the line on which they began, as
	 * LEAT_CSV_UNTERMINATED, and reading goes on with the next line.
	 */
	uint64_t max_lines;
	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[4];            /* 0 */
} leat_csv_options;

typedef struct leat_csv leat_csv;

/*
 * Makes a reader. It takes 5 kilobytes; up to four times the length of the
 * longest record that was cut or has doubled quotes (six times with max_lines),
 * and at most that many times max_record; and up to 80 bytes for each field of
 * the widest record, 120 while it grows; and what leat_csv_select() takes,
 * about 1 kilobyte for each column.
 *
 * Errors: LEAT_EINVAL (no callback, half an allocator; the delimiter or the
 * quote is the other one or a line end; a quote with no_quotes), LEAT_ENOMEM.
 */
LEAT_API int leat_csv_new(leat_csv **csv_out, const leat_csv_options *options);
LEAT_API void leat_csv_free(leat_csv *csv);

/*
 * Reads n_bytes more and calls back for each record that ends in them. After a
 * failure some bytes have not been taken, and the next push begins with the
 * byte at leat_csv_offset(). With LEAT_ECALLBACK and LEAT_ECSV that is behind
 * the record returned by leat_csv_last(): it counts as taken and is not
 * delivered again. With LEAT_ENOMEM all records before the offset have been
 * delivered.
 *
 * Errors: LEAT_ECALLBACK; LEAT_ENOMEM; LEAT_ECSV in strict mode, see
 * leat_csv_last(); LEAT_EINVAL after the end. Cost: O(n_bytes): no byte is read
 * more than twice, and a third time if it is pushed again. A record that lies
 * within one piece is not copied, except fields with doubled quotes.
 */
LEAT_API int leat_csv_push(leat_csv *csv, const char *bytes, size_t n_bytes);

/*
 * Ends the input: delivers a last record that lacks its line end. Returns as
 * leat_csv_push(). Then the reader takes no more bytes (LEAT_EINVAL) until a
 * reset. After a failure call it again, until it returns 0: with max_lines
 * there may be more records.
 */
LEAT_API int leat_csv_end(leat_csv *csv);

/* Returns the bytes taken so far, with those of an unfinished record. */
LEAT_API uint64_t leat_csv_offset(const leat_csv *csv);

/*
 * Returns the last record that was delivered or refused; its fields are no
 * longer valid. Before the first one all is 0, except for the lines.
 */
LEAT_API const leat_csv_record *leat_csv_last(const leat_csv *csv);

/* Several records, valid during the callback only. */
typedef struct leat_csv_rows {
	size_t n_rows;
	const leat_csv_field *texts; /* n_texts of each row */
	size_t n_texts;
	const double *numbers; /* n_numbers of each row */
	size_t n_numbers;
	/* The first row has these, as a record has; each row is one line. */
	uint64_t number, line, offset;
} leat_csv_rows;

typedef struct leat_csv_selection {
	/* Columns that are wanted as text, counted from 0, in any order. */
	const size_t *texts;
	size_t n_texts;
	/* Columns that are wanted as numbers, NaN where a field is empty. */
	const size_t *numbers;
	size_t n_numbers;
	/*
	 * Receives rows, with the options' ctx, and returns how many of them it
	 * has taken. If that is not all, the next one is delivered as a record.
	 */
	size_t (*rows)(void *ctx, const leat_csv_rows *rows);
	uint64_t reserved[2]; /* 0 */
} leat_csv_selection;

/*
 * From the next push on, usual records come in rows of the columns selected,
 * many at once, which is quicker. Usual is a record on one line, without a
 * problem, as wide as the first one, with numbers where these are wanted. All
 * others come as records, in order with the rows; the reader may deliver any
 * record so. Columns are copied. With NULL, and after a reset, there are
 * records alone.
 *
 * Not to be called by a callback. On failure nothing is changed. Errors:
 * LEAT_EINVAL (no callback, or a column beyond max_fields), LEAT_ENOMEM.
 */
LEAT_API int leat_csv_select(leat_csv *csv,
    const leat_csv_selection *selection);

/* Makes the reader as new, at the start of another input; memory is kept. */
LEAT_API void leat_csv_reset(leat_csv *csv);

/* ------------------------------------------------------------------ */
/* Options as text                                                    */
/* ------------------------------------------------------------------ */

/*
 * Options as text, for configuration files, command lines and other languages:
 * leat_options(3) lists all words, and other names for them.
 *
 *      leat_time_window_options options = { 0 };
 *      leat_stat stats[8];
 *      const char *why;
 *      size_t place;
 *
 *      if (leat_time_window_options_parse("tumbling:1m delay:5s", &options,
 *              &place, &why) < 0 ||
 *          leat_stats_parse("mean,max,rate/1m", stats, 8, &options.n_stats,
 *              &place, &why) < 0)
 *              fprintf(stderr, "byte %zu: %s\n", place, why);
 *      options.stats = stats;
 *
 * Words are separated by blanks or commas. A word is the name of a field, with
 * its value after a colon or an equals sign, or the name of a kind:
 *
 *      60  sliding:60  tumbling:60  hopping:100/10  landmark
 *      decay:half_life=20                  windows by count
 *      60s  tumbling:1m  hopping:1h/5m  session:30m  calendar
 *      decay:half_life=20s                 windows by time
 *      ttl:1h max_keys:1000 when_keys_full:evict_old
 *      loss:quantile=0.9 update:ftrl rate:0.1 l1:0.001
 *      adwin delta:0.002 direction:rise
 *      delimiter:; ragged_ok
 *
 * A time is a number of ticks, or numbers with units: 90s, 1h30m, 0.5d. Units
 * are ns us ms s m (minutes) h d w, and assume ticks of a nanosecond
 * (LEAT_SECOND).
 */

/*
 * Sets the fields that the text names, and leaves the others: start from { 0 }
 * or from defaults of your own. Statistics, callbacks, allocators and other
 * pointers have no words. Ranges, and combinations of options, are checked by
 * leat_..._check() and leat_..._new(), not here.
 *
 * On failure *place_out is the offset in the text of the word or value that is
 * wrong and *why_out the reason, "span: not a time", as static text; the
 * options are unchanged. Either may be NULL.
 *
 * Errors: LEAT_EPARSE (unknown word, or malformed value), LEAT_EINVAL (a number
 * that the field cannot hold, a field that is given twice). Cost: O(length of
 * the text). Nothing is allocated.
 */
LEAT_API int leat_window_options_parse(const char *text,
    leat_window_options *options, size_t *place_out, const char **why_out);
LEAT_API int leat_time_window_options_parse(const char *text,
    leat_time_window_options *options, size_t *place_out, const char **why_out);
LEAT_API int leat_keyed_options_parse(const char *text,
    leat_keyed_options *options, size_t *place_out, const char **why_out);
LEAT_API int leat_model_options_parse(const char *text,
    leat_model_options *options, size_t *place_out, const char **why_out);
LEAT_API int leat_drift_options_parse(const char *text,
    leat_drift_options *options, size_t *place_out, const char **why_out);
LEAT_API int leat_csv_options_parse(const char *text, leat_csv_options *options,
    size_t *place_out, const char **why_out);

/*
 * Reads a list of statistics, each as leat_stat_parse() reads it; "rate/1m" is
 * LEAT_RATE_PER of a minute. Writes them to stats_out, which has room for
 * `capacity`, and their number to *n_stats_out. If stats_out is NULL they are
 * only checked and counted.
 *
 * Errors: LEAT_ESTAT (no such statistic), LEAT_EPARSE (an empty list, or a
 * malformed argument), LEAT_EINVAL (an argument out of range), LEAT_EBUFFER;
 * place_out and why_out as above.
 */
LEAT_API int leat_stats_parse(const char *text, leat_stat *stats_out,
    size_t capacity, size_t *n_stats_out, size_t *place_out,
    const char **why_out);

#ifdef __cplusplus
}
#endif

#endif /* LEAT_TEXT_H */
