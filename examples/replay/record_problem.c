/*
 * The words for a malformed record. Quotes that are never closed may begin
 * far from where somebody notices, so a message has their place.
 */
#include "record_problem.h"

#include <stdio.h>

void record_problem_text(const leat_csv_record *r, uint64_t lines, char *text,
    size_t size)
{
	const char *words = leat_csv_problem_text(r->problem);

	if (r->problem == LEAT_CSV_UNTERMINATED)
		snprintf(text, size, "%s; it begins at line %llu, column %zu",
		    words, (unsigned long long)(r->problem_line + lines),
		    r->problem_column);
	else
		snprintf(text, size, "%s", words);
}
