/*
 * The command line of socket_ingest: the options of windows, statistics and
 * models that csv_replay has, and those of a service.
 */
#ifndef SOCKET_INGEST_CONFIG_H
#define SOCKET_INGEST_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "../replay/cli_save.h"
#include "../replay/cli_settings.h"
#include "../replay/list.h"
#include "format.h"

struct config {
	struct settings settings;
	struct cli_save saving;
	int ack;

	/* Input. */
	struct list listen;
	enum format format;
	int influx_unit;      /* enum leat_time_unit */
	int by_arrival;       /* ignores the times that lines have */
	int64_t statsd_flush; /* nanoseconds, as all durations here */
	int strict;           /* the first bad record of a stream ends it */

	/* Limits. */
	uint64_t max_connections, max_line;
	uint64_t max_per_peer;   /* connections of an address; 0: by default */
	uint64_t max_bytes;      /* for keys and outputs together */
	uint64_t key_bytes;      /* for keys, gauges and sets */
	uint64_t decoder_bytes;  /* at most for gauges and sets */
	uint64_t snapshot_bytes; /* for keys, beside their windows by time */
	uint64_t max_rate;       /* bytes a second of each connection; 0: any */
	int64_t idle;            /* 0: for ever */

	/* Security. */
	const char *tls_cert, *tls_key, *tls_client_ca;
	const char *token_file;
	int insecure;

	/* Alerts and results. */
	struct list alerts;
	struct list alert_to;
	struct list to;
	struct list http;
};

/* Sets the defaults. Returns 0, or -1: no memory. */
int config_init(struct config *config);
void config_clear(struct config *config);

/*
 * Reads the command line. Returns 0 to go on, 1 when the work is done (help,
 * version), or -1 with the reason in why.
 */
int config_read(struct config *config, int argc, char **argv, char *why,
    size_t why_size);

/*
 * Returns whether rows have columns that only CSV can have: several, shown
 * ones, those of a model. Otherwise a row is a key and a value, in whatever
 * format.
 */
int config_is_table(const struct config *config);

#endif
