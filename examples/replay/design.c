/*
 * A formula bound to columns.
 *
 * Terms that are taken away are looked up first, so that it does not
 * matter where in the formula they stand, and what is written out comes
 * before what a dot adds: the dot stands for the other columns. Marks by
 * column keep this linear in the number of columns; lags are compared one
 * by one, since each has been typed.
 */
#include "design.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"

/* Marks of a column: as a plain term, and as one of times. */
enum { MINUS = 1, WRITTEN = 2, TIMES = 4 };

struct binder {
	struct design *design;
	const struct formula *formula;
	const struct columns *columns;
	size_t *found;        /* by term of the formula: its column */
	unsigned char *marks; /* by column */
	size_t *values;       /* by column: index into design.columns + 1 */
	char *why;
	size_t why_size;
};

static int wrong(struct binder *b, const char *format, ...)
{
	char what[400];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	snprintf(b->why, b->why_size, "formula: \"%.160s\": %s",
	    b->formula->text, what);
	return -1;
}

static int no_memory(struct binder *b)
{
	snprintf(b->why, b->why_size, "out of memory");
	return -1;
}

static const char *column_name(const struct binder *b, size_t column)
{
	return b->columns->names.items[column];
}

/* ---- Columns ---- */

static int find_column(struct binder *b, const char *name, size_t *column)
{
	size_t n = columns_find(b->columns, name, column);
	char names[256];

	if (n == 1)
		return 0;
	if (n > 1)
		return wrong(b, "%zu columns are called \"%.60s\"; use #N", n,
		    name);
	columns_list(b->columns, names, sizeof names);
	return wrong(b, "no column \"%.60s\"; there are: %s", name, names);
}

static size_t add_value(struct design *d, size_t column, enum formula_kind kind,
    int64_t period)
{
	d->columns[d->n_columns] = column;
	d->reads[d->n_columns].kind = kind;
	d->reads[d->n_columns].period = period;
	return d->n_columns++;
}

/* The place of a number among the values that are read. */
static size_t value_of(struct binder *b, size_t column)
{
	if (b->values[column] == 0)
		b->values[column] = add_value(b->design, column, FORMULA_COLUMN,
					0) +
		    1;
	return b->values[column] - 1;
}

static int find_columns(struct binder *b)
{
	const struct formula *f = b->formula;
	size_t target;

	if (find_column(b, f->target, &target) < 0)
		return -1;
	value_of(b, target);
	for (size_t i = 0; i < f->n_terms; i++) {
		const struct formula_term *t = &f->terms[i];

		if (t->kind == FORMULA_ALL)
			continue;
		if (find_column(b, t->column, &b->found[i]) < 0)
			return -1;
		if (formula_is_timed(t->kind))
			b->marks[b->found[i]] |= TIMES;
		if (t->kind != FORMULA_COLUMN)
			continue;
		if (b->found[i] == target && !t->minus)
			return wrong(b,
			    "\"%.60s\" is on both sides; on the right only "
			    "lag(%.60s,K) can be",
			    t->column, t->column);
		b->marks[b->found[i]] |= t->minus ? MINUS : WRITTEN;
	}
	return 0;
}

/* ---- Terms ---- */

static int same_term(const struct binder *b, size_t i, size_t j)
{
	const struct formula_term *t = &b->formula->terms[i];
	const struct formula_term *u = &b->formula->terms[j];

	return t->kind == u->kind && t->lag == u->lag &&
	    t->period == u->period && b->found[i] == b->found[j];
}

/* "a", "lag(a,1)", "hour(t)", "sin(t,24h)"; of a column, at most most bytes. */
static void term_name(const struct binder *b, const struct formula_term *t,
    size_t column, int most, char *text, size_t size)
{
	const char *name = column_name(b, column);
	const char *function = formula_function(t->kind);

	if (t->kind == FORMULA_LAG)
		snprintf(text, size, "lag(%.*s,%llu)", most, name,
		    (unsigned long long)t->lag);
	else if (*function)
		snprintf(text, size, "%s(%.*s%s%.60s)", function, most, name,
		    t->period_text ? "," : "",
		    t->period_text ? t->period_text : "");
	else
		snprintf(text, size, "%.*s", most, name);
}

/* Returns whether a dot would have brought the term. */
static int in_dot(const struct binder *b, const struct formula_term *t)
{
	return t->kind == FORMULA_COLUMN && formula_has_all(b->formula);
}

/* Each term once, and nothing taken away that was never there. */
static int check_terms(struct binder *b)
{
	const struct formula *f = b->formula;
	char name[160];

	for (size_t i = 0; i < f->n_terms; i++) {
		const struct formula_term *t = &f->terms[i];
		int there = in_dot(b, t);

		if (t->kind == FORMULA_ALL)
			continue;
		term_name(b, t, b->found[i], 60, name, sizeof name);
		for (size_t j = 0; j < f->n_terms; j++) {
			if (j == i || !same_term(b, i, j))
				continue;
			there |= !f->terms[j].minus;
			if (t->minus == f->terms[j].minus)
				return wrong(b, "the term %s is given twice",
				    name);
		}
		if (t->minus && !there)
			return wrong(b, "there is no term %s to remove", name);
	}
	return 0;
}

static int is_taken_away(const struct binder *b, size_t i)
{
	for (size_t j = 0; j < b->formula->n_terms; j++)
		if (b->formula->terms[j].minus && same_term(b, i, j))
			return 1;
	return 0;
}

static int add_term(struct binder *b, const struct formula_term *from,
    size_t column)
{
	struct design *d = b->design;
	size_t size = strlen(column_name(b, column)) + 96;
	char *text = malloc(size);
	struct design_term *t;
	int err;

	if (!text)
		return no_memory(b);
	term_name(b, from, column, (int)size, text, size);
	err = list_add(&d->names, text, strlen(text));
	free(text);
	if (err < 0)
		return no_memory(b);
	t = &d->terms[d->n_terms++];
	t->kind = from->kind;
	t->value = formula_is_timed(from->kind)
	    ? add_value(d, column, from->kind, from->period)
	    : value_of(b, column);
	t->lag = from->lag;
	if (t->lag > d->depths[t->value])
		d->depths[t->value] = t->lag;
	return 0;
}

static int add_others(struct binder *b, const unsigned char *numeric)
{
	static const struct formula_term plain = { FORMULA_COLUMN, 0, NULL, 0,
		0, NULL };

	for (size_t i = 0; i < b->columns->n; i++) {
		if (!numeric[i] || b->marks[i] || i == b->design->columns[0] ||
		    !columns_is_free(b->columns, i))
			continue;
		if (add_term(b, &plain, i) < 0)
			return -1;
	}
	return 0;
}

static int add_terms(struct binder *b, const unsigned char *numeric)
{
	const struct formula *f = b->formula;

	for (size_t i = 0; i < f->n_terms; i++) {
		const struct formula_term *t = &f->terms[i];
		int err = 0;

		if (t->kind == FORMULA_ALL)
			err = add_others(b, numeric);
		else if (!t->minus && !is_taken_away(b, i))
			err = add_term(b, t, b->found[i]);
		if (err)
			return err;
	}
	if (b->design->n_terms > 0)
		return 0;
	return wrong(b, "no column is left to predict from");
}

/* ---- The whole ---- */

static int alloc_all(struct binder *b)
{
	struct design *d = b->design;
	size_t n = b->columns->n, most = n + b->formula->n_terms;

	b->found = calloc(b->formula->n_terms + 1, sizeof *b->found);
	b->marks = calloc(n + 1, sizeof *b->marks);
	b->values = calloc(n + 1, sizeof *b->values);
	d->columns = calloc(most + 1, sizeof *d->columns);
	d->reads = calloc(most + 1, sizeof *d->reads);
	d->depths = calloc(most + 1, sizeof *d->depths);
	d->terms = calloc(most + 1, sizeof *d->terms);
	return b->found && b->marks && b->values && d->columns && d->reads &&
		d->depths && d->terms
	    ? 0
	    : no_memory(b);
}

int design_make(struct design *d, const struct formula *f,
    const struct columns *c, const unsigned char *numeric, char *why,
    size_t why_size)
{
	struct binder b = { 0 };
	int err;

	design_clear(d);
	b.design = d;
	b.formula = f;
	b.columns = c;
	b.why = why;
	b.why_size = why_size;
	err = alloc_all(&b);
	if (!err)
		err = find_columns(&b);
	if (!err)
		err = check_terms(&b);
	if (!err)
		err = add_terms(&b, numeric);
	free(b.found);
	free(b.marks);
	free(b.values);
	return err;
}

void design_clear(struct design *d)
{
	free(d->columns);
	free(d->reads);
	free(d->depths);
	free(d->terms);
	list_clear(&d->names);
	memset(d, 0, sizeof *d);
}
