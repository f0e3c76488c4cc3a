/*
 * Running a server, for main().
 */
#ifndef SOCKET_INGEST_RUN_H
#define SOCKET_INGEST_RUN_H

#include <stddef.h>

#include "config.h"

struct server;

/*
 * Listens. Returns 0, or -1 with the reason in why; in either case
 * server_free() is due.
 */
int server_new(struct server **server_out, const struct config *config,
    char *why, size_t why_size);
void server_free(struct server *server);

/*
 * Runs until a signal, or the end of standard input if there is nothing else.
 * Returns 0, or -1: the state could not be saved.
 */
int server_run(struct server *server);

#endif
