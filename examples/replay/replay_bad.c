/*
 * Records that cannot be taken: what is said of them, or, with --skip-bad,
 * how they are counted.
 */
#include "replay_inside.h"

#include <stdarg.h>
#include <stdio.h>

#include "hints.h"
#include "record_problem.h"
#include "report.h"
#include "time_text.h"

const char *replay_column_name(const struct replay *r, size_t column)
{
	return r->columns.names.items[column];
}

int replay_no_memory(struct replay *r)
{
	return report(r->why, sizeof r->why, ": out of memory");
}

/* Names the option that asked for what the library refuses. */
int replay_fail_rows(struct replay *r, int err)
{
	if (err == LEAT_ENOMEM)
		return replay_no_memory(r);
	return report(r->why, sizeof r->why, ": %s: %s",
	    r->is_model ? "--model" : "-w", leat_strerror(err));
}

static int bad_record(struct replay *r, const leat_csv_record *record, int kind,
    const char *format, ...)
{
	va_list args;
	int n;

	if (r->settings->skip_bad) {
		tally_bad(&r->tally, kind, replay_line_of(r, record));
		if (kind == LEAT_CSV_UNTERMINATED)
			tally_quote(&r->tally,
			    record->problem_line + r->shift.line,
			    record->problem_column);
		return 1;
	}
	n = snprintf(r->why, sizeof r->why,
	    ":%llu: ", (unsigned long long)replay_line_of(r, record));
	va_start(args, format);
	vsnprintf(r->why + n, sizeof r->why - (size_t)n, format, args);
	va_end(args);
	return -1;
}

int replay_bad_number(struct replay *r, const leat_csv_record *record,
    size_t column)
{
	const leat_csv_field *f = &record->fields[column];
	int n = f->len > 60 ? 60 : (int)f->len;
	char hint[160];

	hint_units(&r->columns, &r->reader, record, hint, sizeof hint);
	return bad_record(r, record, BAD_NUMBER,
	    "column %.60s: \"%.*s%s\" is not a number%s",
	    replay_column_name(r, column), n, f->text, f->len > 60 ? "..." : "",
	    hint);
}

int replay_bad_time(struct replay *r, const leat_csv_record *record,
    size_t column, int problem)
{
	const leat_csv_field *f = &record->fields[column];
	const char *why = time_text_why(problem, f->text, f->len,
	    r->settings->timing.unit);
	int n = f->len > 60 ? 60 : (int)f->len;
	char hint[160];

	hint_units(&r->columns, &r->reader, record, hint, sizeof hint);
	return bad_record(r, record, BAD_TIME,
	    "column %.60s: \"%.*s%s\" is not a time%s%s%s",
	    replay_column_name(r, column), n, f->text, f->len > 60 ? "..." : "",
	    *why ? ": " : "", why, hint);
}

/* The field itself is shown, not the number it was read as. */
int replay_bad_target(struct replay *r, const leat_csv_record *record)
{
	static const char *const wanted[] = {
		[LEAT_LOSS_LOGISTIC] = "from 0 to 1, as --loss logistic needs",
		[LEAT_LOSS_HINGE] = "0 or 1, as --loss hinge needs",
		[LEAT_LOSS_POISSON] = "0 or more, as --loss poisson needs",
	};
	size_t column = r->columns.values[0];
	const leat_csv_field *f = &record->fields[column];
	int loss = r->settings->learning.model.loss;

	return bad_record(r, record, BAD_TARGET,
	    "column %.60s: \"%.*s\" is not %s", replay_column_name(r, column),
	    f->len > 60 ? 60 : (int)f->len, f->text, wanted[loss]);
}

int replay_check_shape(struct replay *r, const leat_csv_record *record)
{
	int problem = record->problem;
	char text[160];

	if (!problem)
		return 0;
	record_problem_text(record, r->shift.line, text, sizeof text);
	if (problem == LEAT_CSV_RAGGED) {
		hint_ragged(&r->columns, record, text, sizeof text);
		return bad_record(r, record, problem,
		    "%zu %s where %zu %s expected%s", record->n_fields,
		    record->n_fields == 1 ? "field" : "fields", r->columns.n,
		    r->columns.n == 1 ? "is" : "are", text);
	}
	if (problem != LEAT_CSV_TOO_LONG &&
	    record->problem_field < r->columns.n)
		return bad_record(r, record, problem, "column %.60s: %s",
		    replay_column_name(r, record->problem_field), text);
	return bad_record(r, record, problem, "%s", text);
}
