/*
 * A window by time as texts: its start and end, and how its result came about.
 */
#ifndef REPLAY_SPAN_H
#define REPLAY_SPAN_H

#include <leat_text.h>

/* The texts' memory. */
struct span {
	char start[LEAT_TIME_SIZE];
	char end[LEAT_TIME_SIZE];
	char flags[48];
};

/*
 * Start and end of a window of this kind, enum leat_kind. One that ends
 * with its newest value is shown to end at that value's time, a sliding one
 * to start at the first time that it holds no more: (start, end], as one
 * says "the last minute".
 */
void span_interval(struct span *span, int kind, const leat_result *result,
    leat_csv_field *start_out, leat_csv_field *end_out);

/* The flags that are set, "late+retracted", or nothing. */
void span_flags(struct span *span, int flags, leat_csv_field *out);

#endif
