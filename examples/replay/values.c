/*
 * The value of a field. Most fields are numbers, so the texts that mean
 * missing are looked at only when a field is none; but if one of these
 * texts is itself a number, such as -999, they come first.
 */
#include "values.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "time_text.h"

void values_init(struct values *v, const struct list *na)
{
	v->na = na;
	v->na_has_numbers = 0;
	for (size_t i = 0; i < na->n; i++) {
		double x;

		if (number_parse(na->items[i], strlen(na->items[i]), &x) == 0)
			v->na_has_numbers |= !isnan(x);
	}
}

static int is_missing(const struct values *v, const leat_csv_field *f)
{
	size_t len = f->len;
	const char *text = number_trim(f->text, &len);

	return list_has(v->na, text, len);
}

int values_read_other(const struct values *v, const leat_csv_field *f,
    double *x_out)
{
	int missing = v->na_has_numbers && is_missing(v, f);

	if (!missing && number_parse(f->text, f->len, x_out) == 0)
		return 0;
	if (!missing && !is_missing(v, f))
		return -1;
	*x_out = NAN;
	return 0;
}

/* Blanks around it do not count. */
static int read_time(const leat_csv_field *f, int unit, int64_t *t_out)
{
	int problem = time_text_read(f->text, f->len, unit, t_out);
	size_t len = f->len;
	const char *text;

	if (problem != LEAT_EPARSE)
		return problem;
	text = number_trim(f->text, &len);
	return len < f->len ? time_text_read(text, len, unit, t_out) : problem;
}

int values_read_time(const struct values *v, const leat_csv_field *f, int unit,
    int64_t *t_out)
{
	int missing = v->na_has_numbers && is_missing(v, f);
	int problem = missing ? 0 : read_time(f, unit, t_out);

	return missing || (problem < 0 && is_missing(v, f)) ? 1 : problem;
}
