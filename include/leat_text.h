/*
 * leat_text.h - numbers, times, dates, CSV and options as text
 *
 * What a program needs to turn text into what leat.h takes, and results back
 * into text. None of it depends on the locale; the conventions are those that
 * leat.h tells at its top. Both headers belong to one library, in which only
 * the last section, options as text, needs more than the text itself.
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

/*
 * Reads a decimal number from the start of n_bytes of text:
 *
 *      [+-] digits [. digits] [e [+-] digits]
 *      [+-] inf | infinity | nan       e and words in upper or lower case
 *
 * with a digit before or after the point, and no blanks. The result is the
 * double nearest to the number, to the even one of two, however long the
 * text; beyond the largest double an infinity, below the smallest a zero
 * with its sign. *n_used_out is how many bytes the longest number took, as
 * strtod() has it; if n_used_out is NULL, all n_bytes must be one number.
 * No byte behind them is read, and the locale has no say.
 *
 * Errors: LEAT_EPARSE.
 * Cost: O(n_bytes). Clinger (1990), Lemire (2021), Mushtak and Lemire
 * (2023), and beyond 19 digits exact arithmetic where these leave a doubt.
 */
LEAT_API int leat_parse_double(const char *text, size_t n_bytes, double *x_out,
    size_t *n_used_out);

/* Bytes that each of these may write, with the NUL at the end. */
#define LEAT_DOUBLE_SIZE 40
#define LEAT_FIXED_SIZE 336
#define LEAT_TIME_SIZE 32

/*
 * Writes the decimal with the fewest digits that reads back as x, of these
 * the one nearest to x, and a NUL; returns its length without the NUL. As
 * 1234.5 from 1e-5 up to below 1e17, beyond that as 1.2345e-7; nan, inf,
 * -inf. Cost: O(1). Giulietti (2020).
 */
LEAT_API size_t leat_format_double(double x, char out[LEAT_DOUBLE_SIZE]);

/*
 * Writes x with so many decimals, as printf("%.*f") does in the C locale:
 * the exact value is rounded, halves to even. More than LEAT_DECIMALS_MAX
 * decimals count as that many. Returns as leat_format_double() does.
 */
#define LEAT_DECIMALS_MAX 17
LEAT_API size_t leat_format_fixed(double x, unsigned decimals,
    char out[LEAT_FIXED_SIZE]);

/* What plain numbers count that are times. */
enum leat_time_unit {
	LEAT_UNIT_GUESS = 0,
	LEAT_UNIT_S = 1,
	LEAT_UNIT_MS = 2,
	LEAT_UNIT_US = 3,
	LEAT_UNIT_NS = 4
};

/*
 * Reads a time, which must be all of the text: nanoseconds since
 * 1970-01-01T00:00:00Z, where every day has 86400 seconds. Either a date,
 * and with it maybe a time of day and a zone, without which it is UTC (ISO
 * 8601, RFC 3339, and forms near to these):
 *
 *      2001-01-31  2001/01/31  20010131
 *      00:47  00:47:05  00:47:05.25  0047  004705     after T, t or a blank
 *      Z  z  +02:00  +0200  +02                       maybe after a blank
 *
 * Or a number of seconds, milliseconds, microseconds or nanoseconds since
 * 1970, with a sign or not; of seconds it may have decimals. Decimals
 * beyond the nanosecond are cut off. 24:00:00 is the end of a day, and a
 * second numbered 60 the first one of the next minute.
 *
 * With LEAT_UNIT_GUESS, 8 digits that begin with a year from 1677 to 2262
 * are a date, and 14 a date with the time of day. Other numbers go by
 * their size: below 1e11 (and with decimals) they are seconds, below 1e14
 * milliseconds, below 1e17 microseconds, else nanoseconds. With a unit,
 * digits alone are a number in that unit.
 *
 * Errors: LEAT_EPARSE for a text that has not the form of a time, LEAT_ERANGE
 * for one that has, but names a month, day, time of day or zone that there is
 * not, or a moment before 1677-09-21 or after 2262-04-11; LEAT_EINVAL for
 * another unit. *why_out, unless why_out is NULL, tells which of these, in
 * static words. Cost: O(n_bytes).
 */
LEAT_API int leat_parse_time(const char *text, size_t n_bytes, int unit,
    int64_t *t_out, const char **why_out);

/*
 * Writes a time as ISO 8601 in UTC, 2001-01-31T00:47:05Z, with as many
 * decimals as it needs: 0, 3, 6 or 9, and a NUL; returns the length without
 * the NUL. Reads back as the same time.
 */
LEAT_API size_t leat_format_time(int64_t t, char out[LEAT_TIME_SIZE]);

/*
 * Days from 1970-01-01 to a date, and back; for calendars. The calendar is
 * the Gregorian one, also where that was not in use, of the years 0 to
 * 9999; months and days count from 1. leat_days_from_date() does not check
 * its date. Cost: O(1). Hinnant (2013).
 */
LEAT_API int64_t leat_days_from_date(int year, int month, int day);
LEAT_API void leat_date_from_days(int64_t days, int *year_out, int *month_out,
    int *day_out);

/* ------------------------------------------------------------------ */
/* Text: CSV                                                          */
/* ------------------------------------------------------------------ */

/*
 * Takes bytes in pieces of any size, from a file or a socket, and calls
 * back with one record at a time. Records do not depend on where the bytes
 * were cut. The format is RFC 4180, read as most programs read it:
 *
 * - A record ends with LF, CRLF or CR; the last one may lack its end.
 * - A field that starts with a quote ends at the next single one. In it
 *   delimiters and line ends are text, and a doubled quote is one quote.
 * - A UTF-8 byte order mark at the very start is dropped.
 * - Lines with nothing on them are no records.
 *
 * What is malformed is read as well as it can be, and the first thing that
 * is wrong with a record is told in `problem`. In strict mode such a
 * record is not delivered: leat_csv_push() returns LEAT_ECSV.
 */
enum leat_csv_problem {
	LEAT_CSV_FINE = 0,
	LEAT_CSV_STRAY_QUOTE = 1,  /* in a field that starts without one; it
	                           is text */
	LEAT_CSV_AFTER_QUOTE = 2,  /* text between a closing quote and the
	                           delimiter; it is put behind the rest */
	LEAT_CSV_UNTERMINATED = 3, /* quotes that are not closed: the input
	                           ends in them, or see max_lines */
	LEAT_CSV_NUL = 4,          /* a NUL byte; it is text */
	LEAT_CSV_TOO_LONG = 5,     /* beyond max_record or max_fields, whatever
	                           else is wrong: there are no fields */
	LEAT_CSV_RAGGED = 6        /* another number of fields than the first
	                           record that has fields */
};

/* The words for a problem, for messages; for any int, never NULL. */
LEAT_API const char *leat_csv_problem_text(int problem);

/* Without the quotes around it; not NUL-terminated. */
typedef struct leat_csv_field {
	const char *text;
	size_t len;
} leat_csv_field;

/* Valid during the callback alone. */
typedef struct leat_csv_record {
	const leat_csv_field *fields;
	size_t n_fields;
	uint64_t number;       /* of records before this one */
	uint64_t line;         /* at which it starts, from 1 */
	uint64_t offset;       /* of its first byte in the input */
	int problem;           /* enum leat_csv_problem */
	size_t problem_field;  /* the field it is in, from 0; if ragged, the
	                         first that is missing or too many */
	uint64_t problem_line; /* the line and the byte in it, from 1, of */
	size_t problem_column; /* the quote or NUL that is wrong, the text
	                         behind a quote, or the quote that is not
	                         closed; else `line` and 0 */
} leat_csv_record;

typedef struct leat_csv_options {
	/*
	 * Told of each record. Returns 0 to go on; anything else ends the
	 * visit, and leat_csv_push() returns LEAT_ECALLBACK: the reason is for
	 * ctx to keep. Must not use the reader.
	 */
	int (*record)(void *ctx, const leat_csv_record *record);
	void *ctx;         /* passed to it */
	char delimiter;    /* 0: comma */
	char quote;        /* 0: double quote */
	int no_quotes;     /* not 0: quotes are text like any other */
	int strict;        /* not 0: refuse malformed records */
	int ragged_ok;     /* not 0: no record is ragged */
	size_t max_record; /* bytes; 0: 16 MiB */
	size_t max_fields; /* 0: 2^20 */
	/*
	 * The most lines of a record. Then quotes that cross a line end are
	 * taken for stray ones if they are not closed within max_lines,
	 * max_record and the input, or if text stands behind the closing
	 * one: the record ends with the line on which they began, as
	 * LEAT_CSV_UNTERMINATED, and reading goes on with the next line.
	 * 0: they may take all that follows.
	 */
	uint64_t max_lines;
	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[4];            /* 0 */
} leat_csv_options;

typedef struct leat_csv leat_csv;

/*
 * Memory: 5 kilobytes; for the longest record that was cut, or has doubled
 * quotes, up to four times its length, with max_lines six times, at most so
 * many times max_record; and up to 80 bytes for each field of the widest,
 * 120 while it grows.
 *
 * Errors: LEAT_EINVAL (no callback, half an allocator; the delimiter or the
 * quote is the other one or a line end; a quote with no_quotes),
 * LEAT_ENOMEM.
 */
LEAT_API int leat_csv_new(leat_csv **csv_out, const leat_csv_options *options);
LEAT_API void leat_csv_free(leat_csv *csv);

/*
 * Reads n_bytes more and calls back for each record that ends in them. After
 * a failure not all bytes have been taken, and the next push begins with the
 * byte at leat_csv_offset(). With LEAT_ECALLBACK and LEAT_ECSV that is behind
 * the record that leat_csv_last() tells: it counts as taken and is not told
 * again. With LEAT_ENOMEM all records before the offset have been told.
 *
 * Errors: LEAT_ECALLBACK; LEAT_ENOMEM; LEAT_ECSV in strict mode,
 * leat_csv_last() tells why; LEAT_EINVAL after the end.
 * Cost: O(n_bytes): no byte is read more than twice, and a third time if it
 * is pushed again. A record that lies within one piece is not copied, but
 * for fields with doubled quotes.
 */
LEAT_API int leat_csv_push(leat_csv *csv, const char *bytes, size_t n_bytes);

/*
 * The input has ended: delivers a last record that lacks its line end.
 * Returns as leat_csv_push(). Then the reader takes no more bytes
 * (LEAT_EINVAL) until a reset. After a failure call it again, until it
 * returns 0: with max_lines there may be more records.
 */
LEAT_API int leat_csv_end(leat_csv *csv);

/* Bytes taken so far; those of a record that has not ended are taken too. */
LEAT_API uint64_t leat_csv_offset(const leat_csv *csv);

/*
 * The last record that was delivered or refused; its fields are no longer
 * valid. Before the first all is 0, but for the lines.
 */
LEAT_API const leat_csv_record *leat_csv_last(const leat_csv *csv);

/* As new, at the start of another input; memory is kept. */
LEAT_API void leat_csv_reset(leat_csv *csv);

/* ------------------------------------------------------------------ */
/* Options as text                                                    */
/* ------------------------------------------------------------------ */

/*
 * Options in words, for configuration files, command lines and other
 * languages:
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
 * Words are separated by blanks or commas. A word is the name of a field,
 * with its value after a colon or an equals sign, or that of a kind:
 *
 *      60  sliding:60  tumbling:60  hopping:100/10  landmark
 *      decay:half_life=20                  of the last `size` values
 *      60s  tumbling:1m  hopping:1h/5m  session:30m  calendar
 *      decay:half_life=20s                 by time
 *      ttl:1h max_keys:1000 when_keys_full:evict_old
 *      loss:quantile=0.9 update:ftrl rate:0.1 l1:0.001
 *      adwin delta:0.002 direction:rise
 *      delimiter:; ragged_ok
 *
 * A time is a number of ticks, or numbers with units: 90s, 1h30m, 0.5d. Units
 * are ns us ms s m (minutes) h d w, and as many ticks of a nanosecond
 * (LEAT_SECOND). leat_options(3) has all words, and other names for them.
 */

/*
 * Sets the fields that the text names, and leaves the others: start from
 * { 0 } or from defaults of your own. What cannot be said in text are
 * statistics, callbacks, allocators and other pointers. Ranges, and what goes
 * together, are not checked here but by leat_..._check() and leat_..._new().
 *
 * On failure *place_out is the offset in the text of the word or value that
 * is wrong and *why_out what is wrong, "span: not a time", in static words;
 * the options are untouched. Either may be NULL.
 *
 * Errors: LEAT_EPARSE (no such word, or a value of another form), LEAT_EINVAL
 * (a number that the field cannot hold, a field that is given twice).
 * Cost: O(length of the text). Nothing is allocated.
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
 * Reads a list of statistics, each as leat_stat_parse() reads it; "rate/1m"
 * is LEAT_RATE_PER of a minute. Writes them to stats_out, which has room for
 * `capacity`, and how many they are to *n_stats_out. With stats_out NULL
 * they are only checked and counted.
 *
 * Errors: LEAT_ESTAT (no such statistic), LEAT_EPARSE (none at all, or an
 * argument of another form), LEAT_EINVAL (an argument that cannot be),
 * LEAT_EBUFFER; place_out and why_out as above.
 */
LEAT_API int leat_stats_parse(const char *text, leat_stat *stats_out,
    size_t capacity, size_t *n_stats_out, size_t *place_out,
    const char **why_out);

#ifdef __cplusplus
}
#endif

#endif /* LEAT_TEXT_H */
