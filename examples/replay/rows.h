/*
 * From the values of a record to rows of output: the keys' windows or
 * models, when there is something to print, and what.
 */
#ifndef REPLAY_ROWS_H
#define REPLAY_ROWS_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "cli_settings.h"
#include "columns.h"
#include "design.h"
#include "groups.h"
#include "learner.h"
#include "list.h"
#include "prefetch.h"
#include "row_format.h"
#include "span.h"
#include "state_tape.h"
#include "timed_windows.h"
#include "writer.h"

#define ROWS_NO_GROUP ((size_t)-1)

/* The results of a window or a model, as they are printed. */
struct rows_result {
	size_t group;       /* its number; ROWS_NO_GROUP in windows by time */
	leat_csv_field key; /* without columns of keys it is empty */
	int64_t start, end; /* of windows that close */
	int flags;          /* enum leat_flags */
	const double *values;
	uint64_t row;
};

/*
 * Who wants to know of all that is taken, of all results, also of those that
 * are not printed (by --every, --final, -o none), and of groups that are
 * forgotten. Each may be NULL.
 */
struct rows_watch {
	void (*taken)(void *ctx, size_t group, const leat_csv_field *key,
	    const double *values);
	void (*told)(void *ctx, const struct rows_result *result);
	void (*dropped)(void *ctx, size_t group);
	void *ctx;
};

/* Start from { 0 }, but for the first two. */
struct rows {
	int continued; /* rows go on where others have ended */
	struct rows_watch watch;
	const struct settings *settings;
	const struct columns *columns;
	const struct design *design; /* NULL: windows */
	struct learner_plan plan;    /* else */
	struct groups groups;
	struct prefetch prefetch;
	double *many;     /* results of its rows */
	int prefetches;   /* see rows_prefetch() */
	size_t key_bytes; /* a key by count or a model takes, about */
	int quiet;        /* no row is printed before the end */
	int silent;       /* nor wanted by anyone */
	struct timed_windows *timed; /* windows by time, instead of groups */
	int each_row;                /* of these, a result after each row */
	int ends; /* results of timed_windows_each() are wanted */
	struct row_format *out;
	struct list names; /* of the output's columns */

	/* One row at a time. */
	double *results;
	leat_csv_field *texts; /* key, shown; by time start, end, flags */
	size_t n_texts;
	uint64_t used;
	uint64_t row; /* that is being pushed */
	struct span span;

	uint64_t outcomes[LEARNER_N_OUTCOMES];
};

/*
 * Plans windows, or with a design models, and output. All but the last
 * must stay. The first n_series keys are kept for a plot. Functions here
 * return 0 or a code of the library; in any case rows_clear() is due.
 */
int rows_init(struct rows *rows, const struct settings *settings,
    const struct columns *columns, const struct design *design,
    struct writer *writer, size_t n_series);
void rows_clear(struct rows *rows);

/*
 * One record, whose number is row, its time in windows by time, and the
 * values of columns->values. A code for which timed_windows_is_refusal() holds
 * says that the windows do not take it.
 */
int rows_push(struct rows *rows, uint64_t row, const leat_csv_record *record,
    int64_t t, const double *values);

/* Rows that wait are pushed and printed; before somebody looks. */
int rows_settle(struct rows *rows);

/*
 * The same for windows by count if rows->prefetches: the key is all that is
 * needed of the record, and the values are at rows->prefetch.next. Rows may
 * wait until rows_settle().
 */
static inline int rows_prefetch(struct rows *rows, uint64_t row,
    const leat_csv_field *key)
{
	size_t group;
	int err = groups_find(&rows->groups, key, &group);

	if (err)
		return err;
	prefetch_memory(&rows->groups.items[group]);
	return prefetch_put(&rows->prefetch, group, row) ? rows_settle(rows)
							 : 0;
}

/* The rows that come at the end, and what is still held back. */
int rows_end(struct rows *rows);

/* After an error: what is held back alone. */
void rows_stop(struct rows *rows);

/*
 * Without a row: windows by time that are due close. Returns 0 or a code of
 * the library.
 */
int rows_advance(struct rows *rows, int64_t t);

/* Tells whether any row has told windows by time what time it is. */
int rows_has_begun(const struct rows *rows);

/*
 * Windows by time end and are told as at the end of all rows; then no key is
 * known and no row has come. Returns 0 or a code.
 */
int rows_begin_anew(struct rows *rows);

/*
 * By count and with models: forgets keys that have had no row since the one
 * of this number. Returns how many.
 */
size_t rows_forget(struct rows *rows, uint64_t before);

/* Whether a key has windows, and how many have. */
int rows_has_key(const struct rows *rows, const char *key, size_t len);
size_t rows_n_keys(const struct rows *rows);

/* Estimates the bytes of one key by count or model, and of all. */
size_t rows_key_bytes(const struct rows *rows);
uint64_t rows_bytes(const struct rows *rows);

/* By count and of models, more keys than so many are refused from now on. */
void rows_limit_keys(struct rows *rows, size_t most);

/* The line above CSV, for outputs that begin later. Returns 0 or a code. */
int rows_header(const struct rows *rows, struct writer *writer);

/* Numbers in a row, and their names. */
size_t rows_width(const struct rows *rows);
const char *const *rows_names(const struct rows *rows);

/* All of the state, when no row waits. */
void rows_tape(struct rows *rows, struct tape *tape);

#endif
