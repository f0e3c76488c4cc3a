/*
 * Finds numeric columns. One odd field among numbers does not make a column
 * of text, nor do a few numbers make one of numbers; a tie is for numbers, so
 * that the odd field is an error which can be seen.
 */
#include "numeric_columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct found {
	size_t numbers, others;
	const leat_csv_field *other; /* the first */
};

static struct found look_at(const struct peek *p, const struct values *values,
    size_t column)
{
	struct found found = { 0, 0, NULL };

	for (size_t i = 0; i < p->n; i++) {
		const leat_csv_field *f;
		double x;

		if (p->records[i]->problem)
			continue;
		f = &p->records[i]->fields[column];
		if (values_read(values, f, &x) == 0) {
			found.numbers += isnan(x) ? 0 : 1;
		} else if (found.others++ == 0) {
			found.other = f;
		}
	}
	return found;
}

/* "date ("2001-01-31")", "v ("N.N."; 2 of 7 are numbers)", "w (no value)" */
static size_t write_one(const struct found *found, const char *name, char *text,
    size_t size)
{
	int n = snprintf(text, size, "%.40s (", name);
	size_t used = (size_t)n;
	const leat_csv_field *f = found->other;

	if (used >= size)
		return size;
	if (!f)
		n = snprintf(text + used, size - used, "no value)");
	else if (found->numbers == 0)
		n = snprintf(text + used, size - used, "\"%.*s\")",
		    f->len < 24 ? (int)f->len : 24, f->text);
	else
		n = snprintf(text + used, size - used,
		    "\"%.*s\"; %zu of %zu are numbers)",
		    f->len < 24 ? (int)f->len : 24, f->text, found->numbers,
		    found->numbers + found->others);
	return used + (size_t)n;
}

/* Adds a name if there is room for it. */
static void add_one(const struct found *found, const char *name, size_t *more,
    char *text, size_t size)
{
	char one[160];
	size_t n = write_one(found, name, one, sizeof one), used = strlen(text);

	if (*more > 0 || n >= sizeof one || used + n + 16 > size) {
		++*more;
		return;
	}
	snprintf(text + used, size - used, "%s%s",
	    used ? ", " : ": left out, since not numeric: ", one);
}

void numeric_columns_find(const struct peek *p, const struct values *values,
    const struct columns *c, unsigned char *numeric, char *text, size_t size)
{
	size_t more = 0, used;

	text[0] = '\0';
	for (size_t i = 0; i < c->n; i++) {
		struct found found = look_at(p, values, i);

		numeric[i] = found.numbers > 0 && found.numbers >= found.others;
		if (!numeric[i] && columns_is_free(c, i))
			add_one(&found, c->names.items[i], &more, text, size);
	}
	used = strlen(text);
	if (more > 0 && used < size)
		snprintf(text + used, size - used, ", %zu more", more);
}
