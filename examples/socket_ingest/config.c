/*
 * Reads the command line of socket_ingest. Options of windows, statistics and
 * models are read and checked as csv_replay's are; this file adds the options
 * of a service. Limits have defaults that a small machine can bear.
 */
#include "config.h"

#include <errno.h>
#include <leat_text.h>
#include <stdio.h>
#include <string.h>

#include "../replay/durations.h"
#include "../replay/number.h"
#include "../replay/report.h"
#include "config_options.h"

#define N_OF(array) (sizeof(array) / sizeof *(array))

/*
 * Flushes standard output, which is all that is left to do. Returns 1, or -1.
 */
static int flush(char *why, size_t size)
{
	if (fflush(stdout) == 0)
		return 1;
	return report(why, size, "standard output: %s", strerror(errno));
}

static int print_help(const struct cli_option_group *groups, char *why,
    size_t size)
{
	printf("Usage: socket_ingest --listen URL [options]\n\n"
	       "Takes values from the network, keeps windows of them for each "
	       "key, prints\ntheir results, raises alerts, and shows them in a "
	       "browser.\n");
	cli_help(stdout, groups, CONFIG_N_GROUPS);
	printf("\nExample:\n"
	       "  socket_ingest --listen tcp://127.0.0.1:9009 -w 60s "
	       "-s count,mean,max \\\n"
	       "    --alert 'mean > 90 for 30s' --http 127.0.0.1:8080\n\n"
	       "Formats, alerts and all the details are in "
	       "socket_ingest(1).\n");
	return flush(why, size);
}

int config_init(struct config *c)
{
	memset(c, 0, sizeof *c);
	c->statsd_flush = 10 * LEAT_SECOND;
	c->max_connections = 1024;
	c->max_line = 8192;
	c->max_bytes = 128 << 20;
	c->idle = LEAT_HOUR;
	if (settings_init(&c->settings) < 0)
		return -1;
	c->settings.timing.live = 1;
	c->settings.timing.max_skew = LEAT_DAY;
	c->settings.timing.max_values = 5000;
	c->settings.timing.max_windows = 10000;
	c->settings.timing.default_keys = 100000;
	c->settings.skip_bad = 1;
	return 0;
}

void config_clear(struct config *c)
{
	settings_clear(&c->settings);
	list_clear(&c->listen);
	list_clear(&c->alerts);
	list_clear(&c->alert_to);
	list_clear(&c->to);
	list_clear(&c->http);
}

int config_is_table(const struct config *c)
{
	const struct settings *s = &c->settings;

	return s->columns.n > 1 || s->learning.on || s->show.n > 0 ||
	    (c->format == FORMAT_CSV && s->columns.n == 0);
}

/* ---- One option ---- */

static int add(struct list *list, const char *arg, char *why, size_t size)
{
	if (list_add(list, arg, strlen(arg)) == 0)
		return 0;
	return report(why, size, "out of memory");
}

static int take_count(uint64_t *n, uint64_t most, const char *arg, char *why,
    size_t size)
{
	uint64_t value;
	char allowed[64];

	if (number_parse_count(arg, strlen(arg), &value) == 0 && value > 0 &&
	    value <= most) {
		*n = value;
		return 0;
	}
	snprintf(allowed, sizeof allowed, "a whole number from 1 to %llu",
	    (unsigned long long)most);
	return report_argument(why, size, arg, allowed);
}

/* Reads a number of bytes, with a K, M or G of 1024 behind it or without. */
static int take_bytes(uint64_t *n, const char *arg, char *why, size_t size)
{
	static const char units[] = "KMG";
	size_t len = strlen(arg);
	const char *unit = len > 1 ? strchr(units, arg[len - 1]) : NULL;
	int shift = unit ? 10 * (int)(unit - units + 1) : 0;
	uint64_t value;

	if (number_parse_count(arg, len - (unit != NULL), &value) < 0 ||
	    value == 0 || value > (UINT64_C(1) << 50) >> shift)
		return report_argument(why, size, arg,
		    "a number of bytes, such as 64M");
	*n = value << shift;
	return 0;
}

static int take_duration(int64_t *ns, const char *arg, char *why, size_t size)
{
	if (durations_parse(arg, strlen(arg), ns) < 0)
		return report_argument(why, size, arg, DURATIONS_FORM);
	return 0;
}

static int take_flush(struct config *c, const char *arg, char *why, size_t size)
{
	int64_t ns;

	if (durations_parse(arg, strlen(arg), &ns) < 0 || ns < LEAT_SECOND)
		return report_argument(why, size, arg,
		    DURATIONS_FORM ", from a second on");
	c->statsd_flush = ns;
	return 0;
}

static int take_unit(struct config *c, const char *arg, char *why, size_t size)
{
	static const char *const names[] = { "s", "ms", "us", "ns" };

	for (size_t i = 0; i < N_OF(names); i++) {
		if (strcmp(names[i], arg) == 0) {
			c->influx_unit = LEAT_UNIT_S + (int)i;
			return 0;
		}
	}
	return report_argument(why, size, arg, "s, ms, us or ns");
}

static int take_clock(struct config *c, const char *arg, char *why, size_t size)
{
	if (strcmp(arg, "event") != 0 && strcmp(arg, "arrival") != 0)
		return report_argument(why, size, arg, "event or arrival");
	c->by_arrival = *arg == 'a';
	return 0;
}

static int take_format(struct config *c, const char *arg, char *why,
    size_t size)
{
	char allowed[240] = "auto, ";
	size_t n = strlen(allowed);

	if (format_parse(arg, &c->format) == 0)
		return 0;
	format_list(allowed + n, sizeof allowed - n, " or ", 0, SIZE_MAX);
	return report_argument(why, size, arg, allowed);
}

static int set(const char **text, const char *arg)
{
	*text = arg;
	return 0;
}

static int take_own(struct config *c, int id, const char *arg, char *why,
    size_t size)
{
	switch ((enum config_option)id) {
	case ID_LISTEN:
		return add(&c->listen, arg, why, size);
	case ID_FORMAT:
		return take_format(c, arg, why, size);
	case ID_CLOCK:
		return take_clock(c, arg, why, size);
	case ID_INFLUX_UNIT:
		return take_unit(c, arg, why, size);
	case ID_STATSD_FLUSH:
		return take_flush(c, arg, why, size);
	case ID_MAX_CONNECTIONS:
		return take_count(&c->max_connections, 1000000, arg, why, size);
	case ID_MAX_PER_PEER:
		return take_count(&c->max_per_peer, 1000000, arg, why, size);
	case ID_MAX_LINE:
		return take_count(&c->max_line, 1 << 24, arg, why, size);
	case ID_MAX_BYTES:
		return take_bytes(&c->max_bytes, arg, why, size);
	case ID_MAX_RATE:
		return take_count(&c->max_rate, 1 << 30, arg, why, size);
	case ID_IDLE:
		return take_duration(&c->idle, arg, why, size);
	case ID_TLS_CERT:
		return set(&c->tls_cert, arg);
	case ID_TLS_KEY:
		return set(&c->tls_key, arg);
	case ID_TLS_CLIENT_CA:
		return set(&c->tls_client_ca, arg);
	case ID_TOKEN_FILE:
		return set(&c->token_file, arg);
	case ID_INSECURE:
		c->insecure = 1;
		return 0;
	case ID_ALERT:
		return add(&c->alerts, arg, why, size);
	case ID_ALERT_TO:
		return add(&c->alert_to, arg, why, size);
	case ID_TO:
		return add(&c->to, arg, why, size);
	case ID_HTTP:
		return add(&c->http, arg, why, size);
	case ID_ACK:
		c->ack = 1;
		return 0;
	case ID_HELP:
	case ID_VERSION:
		break;
	}
	return report(why, size, "unknown option");
}

static int take(struct config *c, int id, const char *arg, char *why,
    size_t size)
{
	if (id < SETTINGS_LAST_ID)
		return settings_take(&c->settings, id, arg, why, size);
	if (id >= CLI_SAVE_FIRST_ID && id < CLI_SAVE_LAST_ID)
		return cli_save_take(&c->saving, id, arg, why, size);
	return take_own(c, id, arg, why, size);
}

/* ---- All of them ---- */

static const char *find_wrong(const struct config *c)
{
	const struct settings *s = &c->settings;

	if (c->listen.n == 0)
		return "--listen: required, for example tcp://127.0.0.1:9009; "
		       "see --help";
	if (s->format == ROW_FORMAT_TABLE)
		return "-o: table is not supported by a service; use csv, "
		       "json or none";
	if (s->learning.coefficients)
		return "--coefficients: not supported by a service, which has "
		       "no end";
	if (config_is_table(c) && c->format != FORMAT_AUTO &&
	    c->format != FORMAT_CSV)
		return "--format: several columns, --show and --model need "
		       "--format csv";
	if (!c->tls_cert != !c->tls_key)
		return "--tls-cert and --tls-key: only together";
	if (c->tls_client_ca && !c->tls_cert)
		return "--tls-client-ca: only with --tls-cert and --tls-key";
	if (c->alert_to.n > 0 && c->alerts.n == 0)
		return "--alert-to: only with --alert";
	if (c->ack && !c->saving.path)
		return "--ack: only with --save, since it reports saved lines";
	return NULL;
}

/*
 * Outputs may hold 4 MiB each. Gauges and sets of statsd may have an eighth of
 * what is left. Windows by time get half of the rest, as the page, alerts and
 * charts need some too.
 */
static int share_bytes(struct config *c, char *why, size_t size)
{
	size_t outputs = c->to.n + c->alert_to.n + (c->to.n == 0);
	uint64_t held = (uint64_t)outputs << 22;

	if (c->max_bytes < held + (4 << 20))
		return report(why, size,
		    "--max-bytes: with so many outputs at least %lluM",
		    (unsigned long long)(held >> 20) + 4);
	c->key_bytes = c->max_bytes - held;
	c->decoder_bytes = c->key_bytes / 8;
	if (c->format != FORMAT_AUTO && !format_type(c->format)->has_memory)
		c->decoder_bytes = 0;
	c->snapshot_bytes = (c->key_bytes - c->decoder_bytes) / 2;
	c->settings.timing.max_bytes = c->snapshot_bytes;
	return 0;
}

/* Rows of windows by time need no -t here; a table's columns may have one. */
static int check(struct config *c, char *why, size_t size)
{
	const char *wrong = find_wrong(c);

	if (wrong)
		return report(why, size, "%s", wrong);
	if (settings_check(&c->settings, why, size) < 0 ||
	    cli_save_check(&c->saving, why, size) < 0)
		return -1;
	c->strict = !c->settings.skip_bad;
	c->settings.skip_bad = 0;
	if (config_is_table(c))
		c->format = FORMAT_CSV;
	return share_bytes(c, why, size);
}

int config_read(struct config *c, int argc, char **argv, char *why, size_t size)
{
	struct config_options options;
	struct cli_scan scan = { 0 };
	char reason[400];
	int id;

	config_options(&options);
	scan.groups = options.groups;
	scan.n_groups = CONFIG_N_GROUPS;
	scan.argc = argc;
	scan.argv = argv;
	while ((id = cli_next(&scan)) != CLI_END) {
		if (id == CLI_BAD)
			return report(why, size, "%s: %s (see --help)",
			    scan.shown, scan.why);
		if (id == CLI_OPERAND)
			return report(why, size,
			    "%.60s: sources are given by --listen", scan.arg);
		if (id == ID_HELP)
			return print_help(options.groups, why, size);
		if (id == ID_VERSION) {
			printf("socket_ingest (leat) %s\n",
			    LEAT_VERSION_STRING);
			return flush(why, size);
		}
		if (take(c, id, scan.arg, reason, sizeof reason) < 0)
			return report(why, size, "%s: %s", scan.shown, reason);
	}
	return check(c, why, size);
}
