/*
 * Words for what the program does: alerts as JSON, windows as a title.
 */
#ifndef SOCKET_INGEST_DESCRIBE_H
#define SOCKET_INGEST_DESCRIBE_H

#include <stddef.h>

#include "../replay/writer.h"
#include "alert.h"
#include "config.h"

enum { DESCRIBE_SIZE = 200 };

/* Writes an alert as a line with a JSON object. */
void describe_alert(struct writer *writer, const struct alert_event *event);

/* Describes what is counted: "the last 60s", "sessions with gaps of 5m". */
void describe_windows(const struct config *config, char *text, size_t size);

#endif
