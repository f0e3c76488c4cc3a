/*
 * Keeps the first records of an input, which are examined before they are
 * processed.
 */
#ifndef REPLAY_PEEK_H
#define REPLAY_PEEK_H

#include <leat_text.h>
#include <stddef.h>

#include "values.h"

enum { PEEK_RECORDS = 100, PEEK_BYTES = 1 << 20 };

/* Start from { 0 }. */
struct peek {
	size_t n;
	size_t bytes;
	leat_csv_record *records[PEEK_RECORDS];
};

/*
 * Keeps a copy of a record. Returns 1 if that was the last one for which
 * there is room, 0 if there is room for more, -1 if there is no memory.
 */
int peek_add(struct peek *peek, const leat_csv_record *record);

/* Returns whether no record more can be kept. */
int peek_is_full(const struct peek *peek);

void peek_clear(struct peek *peek);

#endif
