/*
 * Where lines go: standard output or error, a file, a program's standard
 * input, a socket. Sockets that are not there are tried again, after 1, 2,
 * 4 ... 60 seconds; meanwhile lines wait in a buffer of limited size, and
 * what it has no room for is dropped, whole lines at a time, and counted.
 *
 *      -  or  stdout    standard output        stderr
 *      FILE             appended to; reopened by outlet_reopen()
 *      tcp://HOST:PORT  unix:///PATH
 *      |COMMAND         started by the shell; started again when it ends
 *
 * Nothing here waits: files are written to at once, all else as it takes
 * bytes. What waits for one that takes nothing is what came first; new lines
 * are dropped. A line that a connection or a program has got in part is sent
 * in full to the next one.
 */
#ifndef SOCKET_INGEST_OUTLET_H
#define SOCKET_INGEST_OUTLET_H

#include <stddef.h>
#include <stdint.h>

#include "notice.h"

struct event_base;
struct outlet;

struct outlet_options {
	struct event_base *base;
	const char *where;
	size_t room;      /* bytes that may wait; 0: 4 MiB */
	const char *head; /* what each new file or connection begins with, */
	size_t head_len;  /* a header; must stay. A file that is not empty
	                          has it already */
	struct notices *notices;
};

/* Returns 0, or -1 with the reason in why. */
int outlet_new(struct outlet **outlet_out, const struct outlet_options *options,
    char *why, size_t why_size);
/* A command is given at most a second to end. */
void outlet_free(struct outlet *outlet);

/* The header may be known later, before the first line. */
void outlet_set_head(struct outlet *outlet, const char *head, size_t len);

/*
 * Whole lines, n_lines of them, which go out or are dropped together. Cheap
 * if called with some kilobytes at a time.
 */
void outlet_put(struct outlet *outlet, const char *lines, size_t len,
    uint64_t n_lines);

/* SIGHUP: a file is opened anew (it may have been moved away). */
void outlet_reopen(struct outlet *outlet);

/*
 * Before the end: tries to get out what waits, for at most so many
 * milliseconds, running the event loop. Returns lines that are lost.
 */
uint64_t outlet_drain(struct outlet *outlet, int milliseconds);

const char *outlet_where(const struct outlet *outlet);
uint64_t outlet_lines(const struct outlet *outlet);   /* that went out */
uint64_t outlet_dropped(const struct outlet *outlet); /* lines */
size_t outlet_waiting(const struct outlet *outlet);   /* bytes */
int outlet_is_connected(const struct outlet *outlet);

#endif
