/*
 * Records that have no effect, counted by reason: bad ones that are
 * skipped, and rows that windows or a model do not take.
 */
#ifndef REPLAY_TALLY_H
#define REPLAY_TALLY_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "learner.h"
#include "state_tape.h"

/* Kinds of bad records: what the CSV reader finds, and these. */
enum { BAD_NUMBER = LEAT_CSV_RAGGED + 1, BAD_TIME, BAD_TARGET, N_BAD };

/* Rows that no window takes. */
enum { LEFT_LATE, LEFT_AHEAD, LEFT_NO_TIME, LEFT_KEY, N_LEFT };

/* Start from { 0 }. */
struct tally {
	uint64_t bad[N_BAD];
	uint64_t n_bad, first_bad_line;
	uint64_t left[N_LEFT];
	int limited; /* some are beyond a limit, not ahead; since it began */
	/* The first quote that was not closed, since the program began. */
	uint64_t quote_line;
	size_t quote_column; /* 0: none */
	/* Good records of more than TALLY_LONG lines, since it began. */
	uint64_t n_long, longest, longest_line;
};

enum { TALLY_LONG = 50 };

void tally_bad(struct tally *tally, int kind, uint64_t line);
void tally_quote(struct tally *tally, uint64_t line, size_t column);

/*
 * Looks at a record that begins at this line: one of very many lines may be
 * what stands between two stray quotes.
 */
void tally_lines(struct tally *tally, const leat_csv_record *record,
    uint64_t line);

/*
 * Writes text that comes after the file's name: ": 3 bad records skipped, the
 * first at line 17: 2 not a number, ...". Each returns how many there are; the
 * text is of no use if that is 0.
 */
uint64_t tally_skipped(const struct tally *tally, char *text, size_t size);

/* ": 3 of 90 rows in no window: 2 late, ..." */
uint64_t tally_left_out(const struct tally *tally, uint64_t rows, char *text,
    size_t size);

/* ": 2 records of more than 50 lines, the longest, of 991, ..." */
uint64_t tally_long(const struct tally *tally, char *text, size_t size);

/* ": 3 of 90 rows not learned: 2 with a missing feature, ..." */
uint64_t tally_unlearned(const uint64_t outcomes[LEARNER_N_OUTCOMES],
    uint64_t rows, char *text, size_t size);

void tally_tape(struct tally *tally, struct tape *tape);

#endif
