/*
 * Formulas: which column is to be predicted, and from what.
 *
 *      y ~ a + "b c" + lag(y,1) - 1
 *
 * On the left stands the column that is predicted, on the right the terms
 * it is predicted from: columns of the same row, and by lag(COLUMN,K) of K
 * rows before. Of a column of times there are the hour and the day of the
 * week, hour(COLUMN) and dow(COLUMN), and sin(COLUMN,PERIOD) and
 * cos(COLUMN,PERIOD), which go around once in a period such as 365.25d. A
 * dot stands for all other numeric columns, a minus takes a term away
 * again, and - 1 or + 0 the intercept.
 *
 * A column is a bare word (letters, digits, _ and dots), #N, or any text
 * in double quotes or backticks, where the quote is doubled to stand for
 * itself.
 */
#ifndef REPLAY_FORMULA_H
#define REPLAY_FORMULA_H

#include <stddef.h>
#include <stdint.h>

enum formula_kind {
	FORMULA_ALL,    /* the dot */
	FORMULA_COLUMN, /* a column, in this row */
	FORMULA_LAG,    /* column, `lag` rows before */
	FORMULA_HOUR,   /* hour of a time, 0 to 23 */
	FORMULA_DOW,    /* day of the week, Monday 1 to 7 */
	FORMULA_SIN,    /* sine of 2 pi times the periods since 1970 */
	FORMULA_COS     /* cosine of that */
};

enum { FORMULA_MAX_LAG = 1000000 };

struct formula_term {
	enum formula_kind kind;
	int minus;    /* to be taken away */
	char *column; /* name as it was written; NULL for the dot */
	uint64_t lag;
	int64_t period;    /* in nanoseconds, > 0 */
	char *period_text; /* text of the period as it was written, or NULL */
};

/* Start from { 0 }. */
struct formula {
	char *text;
	char *target;
	struct formula_term *terms; /* in the order of the text */
	size_t n_terms;
	int no_intercept;
};

/*
 * Reads a formula; what *formula held is freed. Returns 0, or -1 with the
 * reason in why and *formula untouched. Whether the columns are there, and
 * whether the terms go together, is for design.h.
 */
int formula_parse(struct formula *formula, const char *text, char *why,
    size_t why_size);
void formula_clear(struct formula *formula);

/* The function's name, "" if the kind has none. */
const char *formula_function(enum formula_kind kind);

/* Returns whether a term of this kind is made of a time. */
int formula_is_timed(enum formula_kind kind);

/*
 * Returns the term's value at t, in UTC, or NaN if the kind is not of a time.
 */
double formula_of_time(enum formula_kind kind, int64_t period, int64_t t);

/* Returns whether there is a dot, so that numeric columns must be known. */
int formula_has_all(const struct formula *formula);

#endif
