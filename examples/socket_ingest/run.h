/*
 * Running a server, for main(); and what it says of alerts and of itself.
 */
#ifndef SOCKET_INGEST_RUN_H
#define SOCKET_INGEST_RUN_H

#include <stddef.h>

#include "../replay/writer.h"
#include "alert.h"
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
 * Until a signal, or the end of standard input if there is nothing else.
 * Returns 0, or -1: the state could not be saved.
 */
int server_run(struct server *server);

/* ---- Words (words.c) ---- */

enum { DESCRIBE_SIZE = 200 };

/* An alert as a line with a JSON object. */
void describe_alert(struct writer *writer, const struct alert_event *event);

/* What is counted: "-w 60s -s mean,max". */
void describe_windows(const struct config *config, char *text, size_t size);

/* Returns 0, or -1 with the reason in why. */
int run_listen_http(struct server *server, const char *text, char *why,
    size_t why_size);

#endif
