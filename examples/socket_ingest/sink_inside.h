/*
 * Shared by the kinds of sinks.
 *
 * A sink has a queue of whole lines, and a descriptor that may or may not take
 * bytes now. It is in one of four states:
 *
 *      open        is_open: what is put is written at once
 *      blocked     open too, but full: an event fires when it is not
 *      waiting     not open, a timer is on: the kind tries again
 *      dead        what is put is dropped
 *
 * A line that is written in part stays at the front of the queue as a whole:
 * the same file gets the rest of it before anything else, and a new one gets
 * it from its start.
 */
#ifndef SOCKET_INGEST_SINK_INSIDE_H
#define SOCKET_INGEST_SINK_INSIDE_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "addr.h"
#include "sink.h"

/* ---- Lines that wait (sink_queue.c) ---- */

/* Start from { 0 }. */
struct sink_queue {
	char *bytes;
	size_t size;
	size_t first; /* start of the first line */
	size_t sent;  /* bytes of the first line that have been written */
	size_t end;   /* end of the last line */
};

/* Returns 0, or -1: no memory. Amortised O(n). */
int sink_queue_add(struct sink_queue *queue, const char *bytes, size_t n);

/*
 * Takes bytes that have been written off the queue. Returns how many lines are
 * complete by that.
 */
uint64_t sink_queue_take(struct sink_queue *queue, size_t n);

uint64_t sink_queue_lines(const struct sink_queue *queue);
void sink_queue_clear(struct sink_queue *queue);

/* ---- Looking up names (sink_lookup.c) ---- */

struct sink_lookup;

/* Gets n > 0 addresses, or none and the reason. */
typedef void sink_lookup_fn(void *ctx, const struct addr *addrs, int n,
    const char *why);

/*
 * The function is called from the event loop, once; before it has been, or in
 * it, the lookup may be freed. NULL: no memory.
 */
struct sink_lookup *sink_lookup_new(struct event_base *base, const char *host,
    const char *port, sink_lookup_fn *fn, void *ctx);
void sink_lookup_free(struct sink_lookup *lookup);

/* ---- Sinks ---- */

struct sink_kind {
	/* Returns 0, or -1 with the reason in why. */
	int (*start)(struct sink *sink, char *why, size_t why_size);
	/* Writes as write(2) does. */
	ssize_t (*write)(struct sink *sink, const char *bytes, size_t n);
	/* Called when the sink cannot be written to any more. */
	void (*broken)(struct sink *sink, int error);
	/* Called when the timer is over. */
	void (*again)(struct sink *sink);
	void (*reopen)(struct sink *sink); /* NULL: nothing to do */
	/* Frees what start and again have made. */
	void (*stop)(struct sink *sink);
};

/* An intro goes before the next line. */
enum sink_intro {
	SINK_NO_INTRO,
	SINK_HEAD,    /* the header, if there is one */
	SINK_LINE_END /* end of a line that another run has not finished */
};

struct sink {
	const struct sink_kind *kind;
	struct event_base *base;
	struct log *log;
	char *where;
	size_t room;
	const char *head;
	size_t head_len;
	enum sink_intro intro;
	size_t intro_sent;
	struct sink_queue queue;
	uint64_t lines, dropped;

	int fd;      /* -1: none */
	int is_open; /* open, and not dead */
	int is_blocked;
	int is_dead;
	struct event *writable; /* event of the descriptor, made when needed */
	struct event *readable; /* event of sockets and commands */
	struct event *timer;
	int has_no_timer; /* the timer could not be set */
	unsigned wait;    /* seconds to the next try but one */
	int64_t since;    /* start of being open, by clock_steady() */
	int has_failed;   /* a failure was logged since it was open last */
	int is_shared;    /* standard output, standard error */
	int is_socket;    /* the standard descriptor is a socket */
	int is_stale;     /* a file that is opened again at the next try */
	pid_t pid; /* process of a command that has not been reaped, or 0 */
	struct addr *addrs;  /* socket: room for ADDR_MAX addresses */
	int n_addrs, i_addr; /* addresses, and which of them is tried */
	char *host, *port;   /* name that is looked up each time, or NULL */
	struct sink_lookup *lookup;
};

extern const struct sink_kind sink_file;
extern const struct sink_kind sink_standard;
extern const struct sink_kind sink_socket;
extern const struct sink_kind sink_command;

/* Logs and counts that something is wrong with a sink. */
void sink_complain(struct sink *sink, const char *reason);

/*
 * To be called with a new descriptor, which has had nothing yet but what is in
 * the file: lines begin anew.
 */
void sink_begin(struct sink *sink, enum sink_intro intro);

/* Writes what can be written now. */
void sink_flush(struct sink *sink);

/* Closes the descriptor, and frees its events. */
void sink_shut(struct sink *sink);

/* Lets the kind try again after so many milliseconds. */
void sink_again(struct sink *sink, unsigned milliseconds);
/*
 * Lets the kind try again after 1, 2, 4 ... 60 seconds: from 1 on if it was
 * open for long.
 */
void sink_again_later(struct sink *sink);

/* Gives a sink up: no line goes out any more. */
void sink_die(struct sink *sink, const char *reason);

#endif
