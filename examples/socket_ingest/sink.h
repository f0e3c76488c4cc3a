/*
 * A sink takes lines: standard output or error, a file, a program's standard
 * input, a socket. Sockets that are not there are tried again, after 1, 2, 4
 * ... 60 seconds; meanwhile lines wait in a buffer of limited size, and what it
 * has no room for is dropped, whole lines at a time, and counted.
 *
 *      -  or  stdout    standard output        stderr
 *      FILE             appended to; reopened by sink_reopen()
 *      tcp://HOST:PORT  unix:///PATH
 *      |COMMAND         started by the shell; started again when it ends
 *
 * Nothing here waits: files are written to at once, all else as it takes
 * bytes. What waits for one that takes nothing is what came first; new lines
 * are dropped. A line that a connection or a program has got in part is sent
 * in full to the next one.
 */
#ifndef SOCKET_INGEST_SINK_H
#define SOCKET_INGEST_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "log.h"

struct event_base;
struct sink;

struct sink_options {
	struct event_base *base;
	const char *where;
	size_t room; /* bytes that may wait; 0: 4 MiB */
	const char
	    *head; /* header that each new file or connection begins with; */
	size_t
	    head_len; /* must stay; a file that is not empty has it already */
	struct log *log;
};

/* Returns 0, or -1 with the reason in why. */
int sink_new(struct sink **sink_out, const struct sink_options *options,
    char *why, size_t why_size);
/* A command is given at most a second to end. */
void sink_free(struct sink *sink);

/* The header may be known later, before the first line. */
void sink_set_head(struct sink *sink, const char *head, size_t len);

/*
 * Takes whole lines, n_lines of them, which go out or are dropped together. Is
 * cheap if called with some kilobytes at a time.
 */
void sink_put(struct sink *sink, const char *lines, size_t len,
    uint64_t n_lines);

/* Opens a file anew, which may have been moved away, as SIGHUP asks for. */
void sink_reopen(struct sink *sink);

/*
 * To be called before the end: tries to get out what waits, for at most so many
 * milliseconds, running the event loop. Returns lines that are lost.
 */
uint64_t sink_drain(struct sink *sink, int milliseconds);

const char *sink_where(const struct sink *sink);
uint64_t sink_lines(const struct sink *sink);   /* lines that went out */
uint64_t sink_dropped(const struct sink *sink); /* lines */
size_t sink_waiting(const struct sink *sink);   /* bytes */
int sink_is_connected(const struct sink *sink);

#endif
