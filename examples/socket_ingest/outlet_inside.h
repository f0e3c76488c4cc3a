/*
 * What the kinds of outlets have in common.
 *
 * An outlet has a queue of whole lines, and a descriptor that may or may not
 * take bytes now. It is in one of four states:
 *
 *      open        is_open: what is put is written at once
 *      blocked     open too, but full: an event tells when it is not
 *      waiting     not open, a timer is on: the kind tries again
 *      dead        what is put is dropped
 *
 * A line that is written in part stays at the front of the queue as a whole:
 * the same file gets the rest of it before anything else, and a new one gets
 * it from its start.
 */
#ifndef SOCKET_INGEST_OUTLET_INSIDE_H
#define SOCKET_INGEST_OUTLET_INSIDE_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "addr.h"
#include "outlet.h"

/* ---- Lines that wait (outlet_queue.c) ---- */

/* Start from { 0 }. */
struct outlet_queue {
	char *bytes;
	size_t size;
	size_t first; /* where the first line begins, */
	size_t sent;  /* bytes of it that have been written, */
	size_t end;   /* and the end of the last one */
};

/* Returns 0, or -1: no memory. Amortised O(n). */
int outlet_queue_add(struct outlet_queue *queue, const char *bytes, size_t n);

/* So many more bytes are written. Returns lines that are complete now. */
uint64_t outlet_queue_take(struct outlet_queue *queue, size_t n);

uint64_t outlet_queue_lines(const struct outlet_queue *queue);
void outlet_queue_clear(struct outlet_queue *queue);

/* ---- Looking up names (outlet_lookup.c) ---- */

struct outlet_lookup;

/* n > 0 addresses, or none and the reason. */
typedef void outlet_lookup_fn(void *ctx, const struct addr *addrs, int n,
    const char *why);

/*
 * The function is called from the event loop, once; before it has been, or in
 * it, the lookup may be freed. NULL: no memory.
 */
struct outlet_lookup *outlet_lookup_new(struct event_base *base,
    const char *host, const char *port, outlet_lookup_fn *fn, void *ctx);
void outlet_lookup_free(struct outlet_lookup *lookup);

/* ---- Outlets ---- */

struct outlet_kind {
	/* Returns 0, or -1 with the reason in why. */
	int (*start)(struct outlet *outlet, char *why, size_t why_size);
	/* As write(2). */
	ssize_t (*write)(struct outlet *outlet, const char *bytes, size_t n);
	/* It cannot be written to any more. */
	void (*broken)(struct outlet *outlet, int error);
	/* The timer is over. */
	void (*again)(struct outlet *outlet);
	void (*reopen)(struct outlet *outlet); /* NULL: nothing to do */
	/* Frees what start and again have made. */
	void (*stop)(struct outlet *outlet);
};

/* What goes before the next line. */
enum outlet_intro {
	OUTLET_NO_INTRO,
	OUTLET_HEAD,    /* the header, if there is one */
	OUTLET_LINE_END /* of a line that another run has not finished */
};

struct outlet {
	const struct outlet_kind *kind;
	struct event_base *base;
	struct notices *notices;
	char *where;
	size_t room;
	const char *head;
	size_t head_len;
	enum outlet_intro intro;
	size_t intro_sent;
	struct outlet_queue queue;
	uint64_t lines, dropped;

	int fd;      /* -1: none */
	int is_open; /* and not dead */
	int is_blocked;
	int is_dead;
	struct event *writable; /* of the descriptor, made when needed */
	struct event *readable; /* of sockets and commands */
	struct event *timer;
	int has_no_timer;    /* it could not be set */
	unsigned wait;       /* seconds to the next try but one */
	int64_t since;       /* it is open, by clock_steady() */
	int has_failed;      /* since it was open last */
	int is_shared;       /* standard output, standard error */
	int is_socket;       /* and it is one */
	int is_stale;        /* a file that is opened again at the next try */
	pid_t pid;           /* of a command that has not been reaped, or 0 */
	struct addr *addrs;  /* of a socket: ADDR_MAX, */
	int n_addrs, i_addr; /* those there are, and which is tried */
	char *host, *port; /* of a name that is looked up each time, or NULL */
	struct outlet_lookup *lookup;
};

extern const struct outlet_kind outlet_file;
extern const struct outlet_kind outlet_standard;
extern const struct outlet_kind outlet_socket;
extern const struct outlet_kind outlet_command;

/* Says and counts that something is wrong with it. */
void outlet_complain(struct outlet *outlet, const char *reason);

/*
 * A new descriptor is open, which has had nothing yet but what is in the
 * file: lines begin anew.
 */
void outlet_begin(struct outlet *outlet, enum outlet_intro intro);

/* Writes what can be written now. */
void outlet_flush(struct outlet *outlet);

/* Is not open any more; its events are gone, and the descriptor with them. */
void outlet_shut(struct outlet *outlet);

/* The kind tries again after so many milliseconds, */
void outlet_again(struct outlet *outlet, unsigned milliseconds);
/* or after 1, 2, 4 ... 60 seconds: from 1 on if it was open for long. */
void outlet_again_later(struct outlet *outlet);

/* Nothing goes out any more. */
void outlet_die(struct outlet *outlet, const char *reason);

#endif
