/*
 * socket_ingest: takes values from the network, keeps windows of them for
 * each key, raises alerts, passes results on and shows them in a browser.
 *
 *      socket_ingest --listen tcp://127.0.0.1:9009
 *
 * Its parts, in the order in which a value passes them:
 *
 *      listen, stream_*, datagram   sockets to bytes
 *      frame, line_join             bytes to lines
 *      decoder, format_*            lines to samples
 *      csv_pairs, engine_table      records of CSV to samples and rows
 *      engine                       samples to windows, by examples/replay
 *      engine_snapshot, snapshot    results of each key, for those who look on
 *      sink_*, database, alert_*    results and alerts to outputs
 *      web_*, http_conn             the page, its events and the API
 *
 * Around them are server (the loop), server_setup and config.
 */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "../replay/random_seed.h"
#include "config.h"
#include "run.h"

static int complain(const char *why)
{
	fprintf(stderr, "socket_ingest: %s\n", why);
	return -1;
}

static int serve(const struct config *config)
{
	struct server *server = NULL;
	char why[800] = "";
	int result = server_new(&server, config, why, sizeof why);

	result = result < 0 ? complain(why) : server_run(server);
	server_free(server);
	return result;
}

static int run(struct config *config, int argc, char **argv)
{
	char why[800] = "";
	int done = config_read(config, argc, argv, why, sizeof why);

	if (done < 0)
		return complain(why);
	if (done > 0)
		return 0;
	/* Keys come from strangers. */
	if (random_seed(config->settings.seed) < 0)
		return complain("random numbers are not available");
	return serve(config);
}

int main(int argc, char **argv)
{
	struct config config;
	int result;

	/* A closed pipe is an error of write() like others. */
	signal(SIGPIPE, SIG_IGN);
	if (config_init(&config) < 0) {
		complain("out of memory");
		return EXIT_FAILURE;
	}
	result = run(&config, argc, argv);
	config_clear(&config);
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
