/*
 * Lines of InfluxDB's protocol that belong together: a text in quotes may
 * hold line ends.
 *
 * A quote begins a text only after certain bytes, so a line is joined with the
 * next ones only if its last field is a text without an end. If the text does
 * not end within the longest line, or the joined line is bad, only the first
 * line is counted as bad, and those after it are read again as lines.
 *
 * Memory is at most that of two of the longest lines; a line costs at most a
 * walk over as much.
 */
#ifndef SOCKET_INGEST_LINE_JOIN_H
#define SOCKET_INGEST_LINE_JOIN_H

#include <stddef.h>

/* Start from { 0 } and set the first member. */
struct join {
	size_t (*end)(const char *text, size_t len); /* struct format_type's */
	char *at; /* lines that wait, with LF between them */
	size_t n, size;
	size_t lines; /* lines that wait */
};

/* Takes a line. Returns 0, or -1 if it is bad, which has been logged. */
typedef int join_fn(void *ctx, const char *text, size_t len);

/*
 * Takes a line without its end. Returns how many lines have been dealt with, of
 * those that have waited and this one; -1: no memory, and no line waits any
 * more.
 */
long join_take(struct join *join, const char *text, size_t len, size_t longest,
    join_fn *fn, void *ctx);

/*
 * To be called after the last line: deals with those that wait. Returns how
 * many.
 */
long join_end(struct join *join, join_fn *fn, void *ctx);

void join_clear(struct join *join);

#endif
