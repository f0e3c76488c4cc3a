/*
 * The options that socket_ingest has beside those of csv_replay, with their
 * help.
 */
#ifndef SOCKET_INGEST_CONFIG_OPTIONS_H
#define SOCKET_INGEST_CONFIG_OPTIONS_H

#include "../replay/cli_scan.h"
#include "config.h"

enum config_option {
	ID_LISTEN = CLI_SAVE_LAST_ID,
	ID_FORMAT,
	ID_CLOCK,
	ID_INFLUX_UNIT,
	ID_STATSD_FLUSH,
	ID_MAX_CONNECTIONS,
	ID_MAX_PER_PEER,
	ID_MAX_LINE,
	ID_MAX_BYTES,
	ID_MAX_RATE,
	ID_IDLE,
	ID_TLS_CERT,
	ID_TLS_KEY,
	ID_TLS_CLIENT_CA,
	ID_TOKEN_FILE,
	ID_INSECURE,
	ID_ALERT,
	ID_ALERT_TO,
	ID_TO,
	ID_HTTP,
	ID_ACK,
	ID_HELP,
	ID_VERSION
};

enum { CONFIG_N_LISTEN = 5, CONFIG_N_GROUPS = SETTINGS_N_GROUPS + 8 };

/*
 * The groups of options as --help prints them, with those of windows and of
 * saving.
 */
struct config_options {
	struct cli_option_group groups[CONFIG_N_GROUPS];
	struct cli_option listen[CONFIG_N_LISTEN];
	char formats[400]; /* help of --format */
};

/* The structure must stay where it is: its members point into it. */
void config_options(struct config_options *options);

#endif
