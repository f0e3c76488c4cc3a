/*
 * A malformed record in words.
 */
#ifndef REPLAY_RECORD_PROBLEM_H
#define REPLAY_RECORD_PROBLEM_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The words for record->problem; of quotes that are not closed also where
 * they begin, as a line, to which so many are added, and a byte in it.
 */
void record_problem_text(const leat_csv_record *record, uint64_t lines,
    char *text, size_t size);

#endif
