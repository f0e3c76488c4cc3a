/*
 * Records that had no effect, counted, and put into words at the end.
 */
#include "tally.h"

#include <stdio.h>
#include <string.h>

void tally_bad(struct tally *y, int kind, uint64_t line)
{
	if (y->n_bad++ == 0)
		y->first_bad_line = line;
	y->bad[kind]++;
}

void tally_quote(struct tally *y, uint64_t line, size_t column)
{
	if (y->quote_column > 0)
		return;
	y->quote_line = line;
	y->quote_column = column;
}

static uint64_t line_ends(const leat_csv_field *f)
{
	const char *at = f->text, *end = f->text + f->len;
	uint64_t n = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		n++;
	}
	return n;
}

void tally_lines(struct tally *y, const leat_csv_record *record, uint64_t line)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		const leat_csv_field *f = &record->fields[i];
		uint64_t n = line_ends(f);

		if (n < TALLY_LONG)
			continue;
		y->n_long++;
		if (n < y->longest)
			return;
		y->longest = n + 1;
		y->longest_line = line;
		return;
	}
}

static const char *bad_text(int kind)
{
	if (kind == BAD_NUMBER)
		return "not a number";
	if (kind == BAD_TIME)
		return "not a time";
	if (kind == BAD_TARGET)
		return "out of range for the loss";
	return leat_csv_problem_text(kind);
}

/* Appends how many there are of each kind: ": 2 late, 1 without a time". */
static void add_counts(char *text, size_t size, const uint64_t *n,
    const char *const *words, int n_words)
{
	const char *between = ": ";
	size_t used = strlen(text);

	for (int k = 0; k < n_words && used < size; k++) {
		if (n[k] == 0 || !words[k])
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%llu %s",
		    between, (unsigned long long)n[k], words[k]);
		between = ", ";
	}
}

static void add_quote(const struct tally *y, char *text, size_t size)
{
	size_t used = strlen(text);

	if (y->quote_column > 0)
		snprintf(text + used, size - used,
		    "; the first quote that is not closed is at line %llu, "
		    "column %zu",
		    (unsigned long long)y->quote_line, y->quote_column);
}

uint64_t tally_skipped(const struct tally *y, char *text, size_t size)
{
	const char *words[N_BAD];

	for (int kind = 0; kind < N_BAD; kind++)
		words[kind] = bad_text(kind);
	snprintf(text, size, ": %llu bad %s skipped, the first at line %llu",
	    (unsigned long long)y->n_bad, y->n_bad == 1 ? "record" : "records",
	    (unsigned long long)y->first_bad_line);
	add_counts(text, size, y->bad, words, N_BAD);
	add_quote(y, text, size);
	return y->n_bad;
}

uint64_t tally_long(const struct tally *y, char *text, size_t size)
{
	snprintf(text, size,
	    ": %llu %s of more than %d lines, the longest, of %llu, at line "
	    "%llu: if quotes there are stray, --record-lines bounds them",
	    (unsigned long long)y->n_long,
	    y->n_long == 1 ? "record" : "records", TALLY_LONG,
	    (unsigned long long)y->longest,
	    (unsigned long long)y->longest_line);
	return y->n_long;
}

uint64_t tally_left_out(const struct tally *y, uint64_t rows, char *text,
    size_t size)
{
	const char *const words[N_LEFT] = {
		[LEFT_LATE] = "late",
		[LEFT_AHEAD] = y->limited ? "too far ahead or beyond a limit"
					  : "too far ahead",
		[LEFT_NO_TIME] = "without a time",
		[LEFT_KEY] = "with a key too long",
	};
	uint64_t total = 0;

	for (int k = 0; k < N_LEFT; k++)
		total += y->left[k];
	snprintf(text, size, ": %llu of %llu rows in no window",
	    (unsigned long long)total, (unsigned long long)rows);
	add_counts(text, size, y->left, words, N_LEFT);
	return total;
}

uint64_t tally_unlearned(const uint64_t n[LEARNER_N_OUTCOMES], uint64_t rows,
    char *text, size_t size)
{
	static const char *const words[LEARNER_N_OUTCOMES] = {
		[LEARNER_NO_FEATURE] = "with a missing feature",
		[LEARNER_NO_TARGET] = "without a target",
		[LEARNER_NOT_FINITE] = "not finite",
	};
	uint64_t total = n[LEARNER_NO_FEATURE] + n[LEARNER_NO_TARGET] +
	    n[LEARNER_NOT_FINITE];

	snprintf(text, size, ": %llu of %llu rows not learned",
	    (unsigned long long)total, (unsigned long long)rows);
	add_counts(text, size, n, words, LEARNER_N_OUTCOMES);
	return total;
}

void tally_tape(struct tally *y, struct tape *t)
{
	tape_counts(t, y->bad, N_BAD);
	tape_counts(t, &y->n_bad, 1);
	tape_counts(t, &y->first_bad_line, 1);
	tape_counts(t, y->left, N_LEFT);
}
