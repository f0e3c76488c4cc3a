/*
 * From the values of a record to rows of output: the keys' windows or
 * models, when there is something to print, and what.
 */
#ifndef COMMON_ROWS_H
#define COMMON_ROWS_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "ahead.h"
#include "columns.h"
#include "design.h"
#include "groups.h"
#include "learner.h"
#include "list.h"
#include "out.h"
#include "settings.h"
#include "span.h"
#include "tape.h"
#include "timed.h"
#include "writer.h"

/* Start from { 0 }, but for the first. */
struct rows {
	int continued; /* rows go on where others have ended */
	const struct settings *settings;
	const struct columns *columns;
	const struct design *design; /* NULL: windows */
	struct learner_plan plan;    /* else */
	struct groups groups;
	struct ahead ahead;
	double *many;        /* results of its rows */
	int goes_ahead;      /* see rows_push_ahead() */
	int quiet;           /* no row is printed before the end */
	struct timed *timed; /* windows by time, instead of groups */
	int each_row;        /* of these, a result after each row */
	struct out *out;
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
 * values of columns->values. A code for which timed_is_refusal() holds
 * says that the windows do not take it.
 */
int rows_push(struct rows *rows, uint64_t row, const leat_csv_record *record,
    int64_t t, const double *values);

/* Rows that wait are pushed and printed; before somebody looks. */
int rows_settle(struct rows *rows);

/*
 * The same for windows by count if rows->goes_ahead: the key is all that is
 * needed of the record, and the values are at rows->ahead.next. Rows may
 * wait until rows_settle().
 */
static inline int rows_push_ahead(struct rows *rows, uint64_t row,
    const leat_csv_field *key)
{
	size_t group;
	int err = groups_find(&rows->groups, key, &group);

	if (err)
		return err;
	ahead_fetch(&rows->groups.items[group]);
	return ahead_put(&rows->ahead, group, row) ? rows_settle(rows) : 0;
}

/* The rows that come at the end, and what is still held back. */
int rows_end(struct rows *rows);

/* After an error: what is held back alone. */
void rows_stop(struct rows *rows);

/* All of the state, when no row waits. */
void rows_tape(struct rows *rows, struct tape *tape);

#endif
