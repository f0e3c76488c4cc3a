/*
 * A formula bound to the columns of a file: which numbers of a row make
 * the features of a model. (In statistics, the rows of the design matrix.)
 */
#ifndef REPLAY_DESIGN_H
#define REPLAY_DESIGN_H

#include <stddef.h>
#include <stdint.h>

#include "formula.h"
#include "list.h"

struct columns;

/* A value is read as a number, or as one thing of a time. */
struct design_read {
	enum formula_kind kind; /* FORMULA_COLUMN: a number */
	int64_t period;
};

/* A feature: the value of one of design.columns, so many rows ago. */
struct design_term {
	enum formula_kind kind; /* never FORMULA_ALL */
	size_t value;           /* index into design.columns */
	uint64_t lag;           /* 0: this row */
};

/* Start from { 0 }. */
struct design {
	size_t *columns;           /* columns to read; as a number each once */
	size_t n_columns;          /* the first is the one that is predicted */
	struct design_read *reads; /* manner in which each is read */
	uint64_t *depths;          /* rows that the lags of each reach back */
	struct design_term *terms;
	size_t n_terms;
	struct list names; /* names of terms: "a", "lag(a,1)", "sin(t,24h)" */
};

/*
 * numeric is set for each numeric column, and may be NULL if the
 * formula has no dot. Returns 0, or -1 with the reason in why; in either
 * case design_clear() is due.
 */
int design_make(struct design *design, const struct formula *formula,
    const struct columns *columns, const unsigned char *numeric, char *why,
    size_t why_size);
void design_clear(struct design *design);

#endif
