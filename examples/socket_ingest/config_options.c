/*
 * Options as --help prints them. The formats that --format takes are listed
 * from their table, so this help is put together when it is asked for.
 */
#include "config_options.h"

#include <stdio.h>
#include <string.h>

#include "format.h"

#define N_OF(array) (sizeof(array) / sizeof *(array))

/* Lines of help have at most so many columns. */
enum { HELP_WIDTH = 52 };

static const struct cli_option listen_options[] = {
	{ ID_LISTEN, 'l', "listen", "URL",
	    "tcp://HOST:PORT, udp://HOST:PORT, unix:///PATH,\n"
	    "unixgram:///PATH, or - for standard input; may be\n"
	    "given several times; without a HOST: the loopback" },
	{ ID_FORMAT, 0, "format", "NAME",
	    NULL /* named by the table of formats */ },
	{ ID_CLOCK, 0, "clock", "event|arrival",
	    "times of windows: those in the lines (default; for\n"
	    "lines without one, of arrival), or of arrival only" },
	{ ID_INFLUX_UNIT, 0, "influx-unit", "UNIT",
	    "unit of times in influx: s, ms, us, ns (default)" },
	{ ID_STATSD_FLUSH, 0, "statsd-flush", "DUR",
	    "interval of counting statsd's sets; default: 10s" },
};

static const struct cli_option limit_options[] = {
	{ ID_MAX_CONNECTIONS, 0, "max-connections", "N",
	    "most streams; a new one replaces the one that has\n"
	    "been silent for longest; default: 1024" },
	{ ID_MAX_PER_PEER, 0, "max-per-peer", "N",
	    "most streams, and watching pages, of one address;\n"
	    "default: a quarter of all, or all but 1/32 for this\n"
	    "machine itself" },
	{ ID_MAX_LINE, 0, "max-line", "BYTES",
	    "longer lines are skipped; default: 8192" },
	{ ID_MAX_BYTES, 0, "max-bytes", "N[K|M|G]",
	    "memory for keys, charts, alerts and the buffers of\n"
	    "outputs together; default: 128M" },
	{ ID_MAX_RATE, 0, "max-rate", "BYTES",
	    "read at most this a second from each connection" },
	{ ID_IDLE, 0, "idle", "DUR",
	    "close connections that are silent for DUR; 0s:\n"
	    "never; default: 1h" },
};

static const struct cli_option security_options[] = {
	{ ID_TLS_CERT, 0, "tls-cert", "FILE",
	    "certificate (PEM): tcp:// and HTTP use TLS" },
	{ ID_TLS_KEY, 0, "tls-key", "FILE",
	    "the certificate's private key (PEM)" },
	{ ID_TLS_CLIENT_CA, 0, "tls-client-ca", "FILE",
	    "clients must show a certificate signed by one of\n"
	    "those in FILE" },
	{ ID_TOKEN_FILE, 0, "token-file", "FILE",
	    "SECRET is the first line of FILE: streams begin with\n"
	    "\"token SECRET\", and requests contain it" },
	{ ID_INSECURE, 0, "insecure", NULL,
	    "allow other machines to connect without TLS or token" },
};

static const struct cli_option alert_options[] = {
	{ ID_ALERT, 0, "alert", "RULE",
	    "such as 'mean > 90 for 30s clear < 80',\n"
	    "'absent 60s', 'anomaly threshold=4', 'change adwin';\n"
	    "may be given several times" },
	{ ID_ALERT_TO, 0, "alert-to", "DEST",
	    "as --to, one JSON object a line; default: text on\n"
	    "standard error" },
};

static const struct cli_option result_options[] = {
	{ ID_TO, 0, "to", "DEST",
	    "output of rows: - (the default), FILE, |COMMAND,\n"
	    "tcp://HOST:PORT, unix:///PATH, sqlite:FILE; may be\n"
	    "given several times" },
	{ ID_HTTP, 0, "http", "HOST:PORT",
	    "a page with live charts, /events, /metrics,\n"
	    "/api/keys, /api/key/NAME, /healthz" },
};

static const struct cli_option ack_options[] = {
	{ ID_ACK, 0, "ack", NULL,
	    "streams begin with \"sender NAME\", and receive how\n"
	    "many of their lines have been taken and saved" },
};

static const struct cli_option other_options[] = {
	{ ID_HELP, 'h', "help", NULL, "print this and exit" },
	{ ID_VERSION, 0, "version", NULL, "print the version and exit" },
};

/* Saving has all its options but --truncate-output: outputs here only grow. */
void config_options(struct config_options *o)
{
	const struct cli_option_group first[] = {
		{ "Listening", o->listen, CONFIG_N_LISTEN },
		{ "Results and alerts", result_options, N_OF(result_options) },
		{ "Alerts", alert_options, N_OF(alert_options) },
	};
	static const struct cli_option_group last[] = {
		{ "Limits", limit_options, N_OF(limit_options) },
		{ "Security", security_options, N_OF(security_options) },
		{ "Saved state", cli_save_options, CLI_SAVE_N_OPTIONS - 1 },
		{ "Acknowledging", ack_options, N_OF(ack_options) },
		{ "Other", other_options, N_OF(other_options) },
	};
	static const char automatic[] = "default: auto, by the first line of";
	char names[240];
	const char *last_line;

	format_list(names, sizeof names, ", ", 1, HELP_WIDTH);
	last_line = strrchr(names, '\n') ? strrchr(names, '\n') + 1 : names;
	snprintf(o->formats, sizeof o->formats, "%s;%c%s\neach connection",
	    names,
	    strlen(last_line) + sizeof automatic < HELP_WIDTH ? ' ' : '\n',
	    automatic);
	memcpy(o->listen, listen_options, sizeof o->listen);
	for (size_t i = 0; i < CONFIG_N_LISTEN; i++)
		if (o->listen[i].id == ID_FORMAT)
			o->listen[i].help = o->formats;
	memcpy(o->groups, first, sizeof first);
	memcpy(o->groups + N_OF(first), settings_groups,
	    SETTINGS_N_GROUPS * sizeof *settings_groups);
	memcpy(o->groups + N_OF(first) + SETTINGS_N_GROUPS, last, sizeof last);
}
