/*
 * Shared by the tests of sinks, databases and TLS: a folder of their own, an
 * event loop, and the count of descriptors, which must be the same at the end.
 */
#ifndef INGEST_TEST_SINK_H
#define INGEST_TEST_SINK_H

#include <check.h>
#include <stddef.h>

#include "log.h"

struct event_base;
struct sink;

extern struct event_base *bench_base;

/* The path of a file in the folder; good for the next eight calls. */
const char *bench_path(const char *name);

void bench_set_up(void);
void bench_tear_down(void);

/* A turn of the loop. Fails the test after ten seconds of them. */
void bench_turn(void);

#define AWAIT(condition)                                                       \
	do {                                                                   \
		while (!(condition))                                           \
			bench_turn();                                          \
	} while (0)

/* A sink of that loop; what it has to say is counted anew. */
struct sink *bench_sink(const char *where, const char *head, size_t room);
extern struct log bench_notices;

/* A file as a text that is good until the next call; "" if there is none. */
const char *bench_read(const char *path);
void bench_write(const char *path, const char *text);

/* A case with these fixtures, to be added tests to. */
TCase *bench_case(const char *name);

TCase *sink_file_case(void);
TCase *sink_socket_case(void);
TCase *sink_command_case(void);
TCase *database_case(void);
TCase *tls_case(void);

#endif
