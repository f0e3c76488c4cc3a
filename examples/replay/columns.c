/*
 * The columns of a file. Names are looked up in a hash table, so that a
 * header of 100,000 names costs no more than reading it.
 */
#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hints.h"
#include "nearest.h"
#include "number.h"
#include "report.h"

static int alloc_names(struct columns *c)
{
	c->first = calloc(c->n + 1, sizeof *c->first);
	c->count = calloc(c->n + 1, sizeof *c->count);
	c->known = keys_new();
	return c->first && c->count && c->known ? 0 : -1;
}

static int know_name(struct columns *c, const leat_csv_field *f, size_t i)
{
	size_t number;
	int added = keys_add(c->known, f->text, f->len, &number);

	if (added < 0)
		return -1;
	if (added)
		c->first[number] = i;
	c->count[number]++;
	return 0;
}

/* The column with this name, if just one has it. */
static size_t unique(const struct columns *c, const char *text, size_t len)
{
	size_t number;

	if (keys_find(c->known, text, len, &number) < 0)
		return COLUMN_NONE;
	return c->count[number] == 1 ? c->first[number] : COLUMN_NONE;
}

static int name_column(struct columns *c, const leat_csv_field *f, size_t i)
{
	char text[32];
	int n;

	if (f && f->len > 0 && unique(c, f->text, f->len) == i)
		return list_add(&c->names, f->text, f->len);
	n = snprintf(text, sizeof text, "#%zu", i + 1);
	return list_add(&c->names, text, (size_t)n);
}

int columns_take(struct columns *c, const leat_csv_record *record,
    int has_header)
{
	memset(c, 0, sizeof *c);
	c->key = c->time = COLUMN_NONE;
	c->n = record->n_fields;
	c->has_header = has_header;
	if (alloc_names(c) < 0)
		return -1;
	for (size_t i = 0; has_header && i < c->n; i++)
		if (know_name(c, &record->fields[i], i) < 0)
			return -1;
	for (size_t i = 0; i < c->n; i++)
		if (name_column(c, has_header ? &record->fields[i] : NULL, i) <
		    0)
			return -1;
	return 0;
}

void columns_clear(struct columns *c)
{
	list_clear(&c->names);
	keys_free(c->known);
	free(c->first);
	free(c->count);
	free(c->values);
	free(c->shown);
	memset(c, 0, sizeof *c);
}

void columns_list(const struct columns *c, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < c->n; i++) {
		const char *name = c->names.items[i];
		size_t len = strlen(name);

		if (used + len + 2 > size || used + len > 160) {
			snprintf(text + used, size - used, ", %zu more",
			    c->n - i);
			return;
		}
		used += (size_t)snprintf(text + used, size - used, "%s%s",
		    i ? ", " : "", name);
	}
}

void columns_twice(const struct columns *c, char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; c->has_header && i < keys_count(c->known); i++) {
		size_t len;
		const char *name = keys_text(c->known, i, &len);

		if (len == 0 || c->count[i] < 2)
			continue;
		snprintf(text, size,
		    ": %zu columns are called \"%.60s\", the first is #%zu: "
		    "use their numbers",
		    c->count[i], name, c->first[i] + 1);
		return;
	}
}

/* #N, from 1 */
static size_t by_number(const struct columns *c, const char *name)
{
	uint64_t n;

	if (name[0] != '#' ||
	    number_parse_count(name + 1, strlen(name + 1), &n) < 0)
		return COLUMN_NONE;
	return n >= 1 && n <= c->n ? (size_t)(n - 1) : COLUMN_NONE;
}

size_t columns_find(const struct columns *c, const char *name,
    size_t *column_out)
{
	size_t len = strlen(name), number;

	*column_out = unique(c, name, len);
	if (*column_out == COLUMN_NONE)
		*column_out = by_number(c, name);
	if (*column_out != COLUMN_NONE)
		return 1;
	return keys_find(c->known, name, len, &number) == 0 ? c->count[number]
							    : 0;
}

static int find(const struct columns *c, const char *name, size_t *column,
    char *why, size_t why_size)
{
	char names[256], near[64], hint[160];
	size_t n = columns_find(c, name, column);
	struct nearest nearest = nearest_to(name, strlen(name));

	if (n == 1)
		return 0;
	if (n > 1)
		return report(why, why_size,
		    "column %.60s: %zu columns have this name; use #N", name,
		    n);
	for (size_t i = 0; i < c->n; i++)
		nearest_offer(&nearest, c->names.items[i]);
	nearest_text(&nearest, "", near, sizeof near);
	columns_list(c, names, sizeof names);
	hint_header(c, hint, sizeof hint);
	return report(why, why_size,
	    "column %.60s: no such column%s%s there are: %s%s", name, near,
	    *near ? "" : ";", names, hint);
}

static int find_all(const struct columns *c, const struct list *names,
    size_t **columns, size_t *n, char *why, size_t why_size)
{
	free(*columns);
	*n = 0;
	*columns = calloc((names->n > c->n ? names->n : c->n) + 1,
	    sizeof **columns);
	if (!*columns)
		return report(why, why_size, "out of memory");
	for (; *n < names->n; ++*n)
		if (find(c, names->items[*n], &(*columns)[*n], why, why_size) <
		    0)
			return -1;
	return 0;
}

/* A statistic of a column has one place in the output. */
static int check_twice(const struct columns *c, char *why, size_t why_size)
{
	for (size_t i = 0; i < c->n_values; i++) {
		for (size_t j = 0; j < i; j++) {
			if (c->values[i] != c->values[j])
				continue;
			return report(why, why_size,
			    "column %.60s: given twice",
			    c->names.items[c->values[i]]);
		}
	}
	return 0;
}

static int is_wanted(const struct columns *c, size_t column)
{
	for (size_t i = 0; i < c->n_values; i++)
		if (c->values[i] == column)
			return 1;
	return !columns_is_free(c, column);
}

/* In a service, what is not given is found by its usual name. */
static void find_usual(const struct columns *c, const char *name,
    size_t *column)
{
	size_t found;

	if (*column == COLUMN_NONE && columns_find(c, name, &found) == 1 &&
	    !is_wanted(c, found))
		*column = found;
}

int columns_resolve(struct columns *c, const struct settings *s, char *why,
    size_t why_size)
{
	if (s->key && find(c, s->key, &c->key, why, why_size) < 0)
		return -1;
	if (s->timing.column &&
	    find(c, s->timing.column, &c->time, why, why_size) < 0)
		return -1;
	if (find_all(c, &s->show, &c->shown, &c->n_shown, why, why_size) < 0)
		return -1;
	if (find_all(c, &s->columns, &c->values, &c->n_values, why, why_size) <
	    0)
		return -1;
	if (s->timing.live) {
		find_usual(c, "key", &c->key);
		if (!s->learning.on) {
			find_usual(c, "time", &c->time);
			find_usual(c, "timestamp", &c->time);
		}
	}
	return check_twice(c, why, why_size);
}

int columns_is_free(const struct columns *c, size_t column)
{
	if (column == c->key || column == c->time)
		return 0;
	for (size_t i = 0; i < c->n_shown; i++)
		if (c->shown[i] == column)
			return 0;
	return 1;
}
