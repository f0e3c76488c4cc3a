/*
 * Rows of output from the values of records: the keys' windows or models, when
 * there is something to print, and what.
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

/* The results of a window or a model. */
struct rows_result {
	size_t group;       /* ROWS_NO_GROUP in windows by time */
	leat_csv_field key; /* empty if rows have no key, or wait for others */
	int64_t start, end; /* set for windows that have closed */
	int flags;          /* enum leat_flags */
	const double *values;
	uint64_t row;
};

/*
 * A program that watches is called for each row that is taken, for each
 * result, also if it is not printed (--every, --final, -o none), and for each
 * group that is forgotten. Any of the functions may be NULL.
 */
struct rows_watch {
	void (*taken)(void *ctx, size_t group, const leat_csv_field *key,
	    const double *values);
	void (*emitted)(void *ctx, const struct rows_result *result);
	void (*dropped)(void *ctx, size_t group);
	void *ctx;
};

struct rows;

/*
 * A step of a row of a group, whose windows have been pushed, and have closed
 * if closed is set. Returns 0 or a code of the library.
 */
typedef int rows_step(struct rows *rows, struct group *group, int closed);

/* rows_init() decides this for the whole run. */
struct rows_plan {
	int has_key;
	int is_timed;     /* windows by time, instead of groups */
	int each_row;     /* a result by time has the number of a row */
	int has_flags;    /* rows get a column of flags */
	int has_revision; /* rows get a column of revisions */
	int quiet;        /* no row is printed before the end */
	int silent;       /* results are not even watched */
	size_t n_texts;   /* key, shown columns; by time start, end, flags */
	size_t width;     /* numbers in a result */
	rows_step *emit;  /* emits to the watch; NULL: no results */
	rows_step *print;
};

/* Start from { 0 }, but for the first two. */
struct rows {
	int continued; /* no header is written */
	struct rows_watch watch;
	const struct settings *settings;
	const struct columns *columns;
	const struct design *design;  /* NULL: windows */
	struct learner_plan learning; /* with a design */
	struct rows_plan plan;
	struct groups groups;
	struct timed_windows *timed; /* NULL: groups */
	int ends;                    /* results are those of the end */
	struct row_format *out;
	struct list names; /* names of the output's columns */

	struct prefetch prefetch; /* rows that wait */
	double *many;             /* results of rows that have waited */
	int prefetches;           /* see rows_prefetch() */
	size_t key_bytes;         /* a key by count or a model takes, about */

	/* The row that is worked on. */
	double *results;
	leat_csv_field *texts;
	uint64_t used; /* rows so far, this one too */
	uint64_t row;  /* number of the row */
	struct span span;

	uint64_t outcomes[LEARNER_N_OUTCOMES];
};

/*
 * Plans windows, or with a design models, and output. All but the first must
 * stay. Functions here return 0 or a code of the library; in any case
 * rows_clear() is due.
 */
int rows_init(struct rows *rows, const struct settings *settings,
    const struct columns *columns, const struct design *design,
    struct writer *writer);
void rows_clear(struct rows *rows);

/*
 * Takes one record, whose number is row, with its time for windows by time,
 * and the values of columns->values. Returns a code for which
 * timed_windows_is_refusal() holds if the windows do not take it.
 */
int rows_push(struct rows *rows, uint64_t row, const leat_csv_record *record,
    int64_t t, const double *values);

/* Pushes and prints the rows that wait; to be called before somebody looks. */
int rows_settle(struct rows *rows);

/*
 * Finds the group of a key, NULL for rows without a key column: they have one
 * group.
 */
static inline int rows_find_group(struct rows *rows, const leat_csv_field *key,
    size_t *group_out)
{
	static const leat_csv_field none = { "", 0 };

	*group_out = 0;
	if (!key && groups_count(&rows->groups) == 1)
		return 0;
	return groups_find(&rows->groups, key ? key : &none, group_out);
}

/*
 * Takes one record if rows->prefetches: it needs nothing but the key, NULL if
 * there is none, and the values are at rows->prefetch.next. It may wait until
 * rows_settle().
 */
static inline int rows_prefetch(struct rows *rows, uint64_t row,
    const leat_csv_field *key)
{
	struct groups *g = &rows->groups;
	struct prefetch *a = &rows->prefetch;
	leat_window *const *from;
	leat_window **to;
	size_t group, n_open = g->n_open;
	int err = rows_find_group(rows, key, &group);

	if (err)
		return err;
	from = groups_open(g, group);
	to = a->windows + a->n * n_open;
	prefetch_memory(&g->items[group]);
	for (size_t i = 0; i < n_open; i++) {
		prefetch_memory(from[i]);
		to[i] = from[i];
	}
	return prefetch_put(a, group, row) ? rows_settle(rows) : 0;
}

/* Prints the rows of the end, and what is still held back. */
int rows_end(struct rows *rows);

/*
 * Prints what is held back, and no rows of the end; to be called after an
 * error.
 */
void rows_stop(struct rows *rows);

/* Closes the windows by time that are due without a row. */
int rows_advance(struct rows *rows, int64_t t);

/* Returns whether windows by time have had a row, and so know the time. */
int rows_has_begun(const struct rows *rows);

/*
 * Ends windows by time as at the end of all rows, and emits them. No key is
 * known and no row has come after that.
 */
int rows_begin_anew(struct rows *rows);

/*
 * By count and with models, forgets keys that have had no row since the one
 * of this number. Returns how many.
 */
size_t rows_forget(struct rows *rows, uint64_t before);

/* Returns whether a key has windows, and how many keys have. */
int rows_has_key(const struct rows *rows, const char *key, size_t len);
size_t rows_n_keys(const struct rows *rows);

/* Returns the key of a group; it stays until the group is forgotten. */
const char *rows_key_of(const struct rows *rows, size_t group, size_t *len_out);

/*
 * Returns the first shown column of the row that a watch is called for, or an
 * empty text.
 */
leat_csv_field rows_label(const struct rows *rows);

/* Returns about how many bytes one key by count or model takes, and all. */
size_t rows_key_bytes(const struct rows *rows);
uint64_t rows_bytes(const struct rows *rows);

/* By count and of models, refuses more keys than so many from now on. */
void rows_limit_keys(struct rows *rows, size_t most);

/* Writes the line above CSV, for outputs that begin later. */
int rows_header(const struct rows *rows, struct writer *writer);

/* Returns how many numbers a result has, and their names. */
size_t rows_width(const struct rows *rows);
const char *const *rows_names(const struct rows *rows);

/* Saves or loads all state; no row may wait. */
void rows_tape(struct rows *rows, struct tape *tape);

#endif
