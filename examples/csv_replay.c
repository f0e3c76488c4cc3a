/*
 * csv_replay: replays a CSV file through windows, or through a model that
 * learns from it, and prints the results.
 *
 * Blocks are read as they come and pushed into the CSV reader, its records
 * go through the windows or the model, rows go into one buffer that is
 * written out after each block: memory does not grow with the input, and
 * behind a pipe nothing waits for more data than it needs. Results go to
 * standard output, all else to standard error.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <leat.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/number.h"
#include "common/pace.h"
#include "common/plot.h"
#include "common/progress.h"
#include "common/replay.h"
#include "common/settings.h"
#include "common/writer.h"

enum { BLOCK = 1 << 16, BIG_INPUT = 16 << 20 };

enum id {
	ID_SPEED = SETTINGS_LAST_ID,
	ID_PLOT,
	ID_PROGRESS,
	ID_NO_PROGRESS,
	ID_HELP,
	ID_VERSION
};

static const struct option other_options[] = {
	{ ID_SPEED, 0, "speed", "R",
	    "pace the replay by the times of -t: R times as fast\n"
	    "as recorded; 0 (the default): as fast as possible" },
	{ ID_PLOT, 0, "plot", "FILE.svg",
	    "values, rolling mean and mean +- stddev as a picture;\n"
	    "with --model values and predictions" },
	{ ID_PROGRESS, 0, "progress", NULL,
	    "tell on standard error how far it is (by default on\n"
	    "a terminal, if the input is big)" },
	{ ID_NO_PROGRESS, 0, "no-progress", NULL, "never do that" },
	{ ID_HELP, 'h', "help", NULL, "print this and exit" },
	{ ID_VERSION, 0, "version", NULL, "print the version and exit" },
};

struct app {
	struct settings settings;
	const char *file; /* NULL: standard input */
	int n_files;
	const char *plot;
	int progress; /* -1: as it fits */

	int fd;
	leat_csv *csv;
	struct pace pace;
	struct replay *replay;
	struct progress shown;
	struct writer writer;
	struct writer late; /* of rows that are too late; fd -1: none */
};

static const char *file_name(const struct app *app)
{
	return app->file ? app->file : "standard input";
}

/*
 * Everything the program says begins with its name. What comes from the
 * input may be anything, so control characters are not let through.
 */
static int complain(const char *first, const char *second)
{
	const char *parts[] = { "csv_replay: ", first, second };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		for (const char *p = parts[i]; *p; p++) {
			unsigned char byte = (unsigned char)*p;

			putc(byte < ' ' || byte == 127 ? '?' : byte, stderr);
		}
	}
	putc('\n', stderr);
	return -1;
}

static int complain_errno(const char *what, int error)
{
	char text[256];

	snprintf(text, sizeof text, ": %s", strerror(error));
	return complain(what, text);
}

/* ---- The command line ---- */

/* The shared tables, then the ones of this program. */
static void all_groups(struct option_group *groups)
{
	memcpy(groups, settings_groups,
	    SETTINGS_N_GROUPS * sizeof *settings_groups);
	groups[SETTINGS_N_GROUPS].title = "Other";
	groups[SETTINGS_N_GROUPS].options = other_options;
	groups[SETTINGS_N_GROUPS].n = sizeof other_options /
	    sizeof *other_options;
}

static int print_help(const struct option_group *groups)
{
	printf("Usage: csv_replay [options] [FILE]\n\n"
	       "Replays a CSV file, or standard input, through windows and "
	       "prints their\nresults, a row after each input row or each "
	       "window. With --model it learns\nto predict one column from "
	       "others instead.\n");
	option_help(stdout, groups, SETTINGS_N_GROUPS + 1);
	printf("\nExample:\n"
	       "  csv_replay -c co2 -w 52 -s mean,stddev -o table "
	       "co2_weekly.csv\n\n"
	       "The statistics and all the details are in csv_replay(1).\n");
	return fflush(stdout) == 0 ? 0 : -1;
}

static int take_operand(struct app *app, const char *operand)
{
	if (app->n_files++ > 0)
		return complain(operand, ": only one FILE can be read");
	app->file = strcmp(operand, "-") == 0 ? NULL : operand;
	return 0;
}

static int take_speed(struct app *app, const struct option_scan *scan)
{
	double speed;

	if (number_parse(scan->arg, strlen(scan->arg), &speed) < 0 ||
	    !(speed >= 0) || speed > 1e300)
		return complain(scan->shown, ": not a number from 0 on");
	app->pace.speed = speed;
	app->settings.timing.paced = speed > 0;
	return 0;
}

/* Returns 0 to go on, 1 when the work is done, -1. */
static int take_option(struct app *app, const struct option_scan *scan, int id)
{
	char why[512], text[600];

	switch (id) {
	case ID_SPEED:
		return take_speed(app, scan);
	case ID_PLOT:
		app->plot = scan->arg;
		return 0;
	case ID_PROGRESS:
	case ID_NO_PROGRESS:
		app->progress = id == ID_PROGRESS;
		return 0;
	case ID_HELP:
		return print_help(scan->groups) < 0
		    ? complain_errno("standard output", errno)
		    : 1;
	case ID_VERSION:
		printf("csv_replay (leat) %s\n", LEAT_VERSION_STRING);
		return 1;
	default:
		if (settings_take(&app->settings, id, scan->arg, why,
			sizeof why) == 0)
			return 0;
		snprintf(text, sizeof text, ": %s", why);
		return complain(scan->shown, text);
	}
}

static int read_options(struct app *app, int argc, char **argv)
{
	struct option_group groups[SETTINGS_N_GROUPS + 1];
	struct option_scan scan = { 0 };
	char text[256];
	int id, result = 0;

	all_groups(groups);
	scan.groups = groups;
	scan.n_groups = SETTINGS_N_GROUPS + 1;
	scan.argc = argc;
	scan.argv = argv;
	while (result == 0 && (id = option_next(&scan)) != OPTION_END) {
		if (id == OPTION_BAD) {
			snprintf(text, sizeof text, ": %s (see --help)",
			    scan.why);
			return complain(scan.shown, text);
		}
		result = id == OPTION_OPERAND ? take_operand(app, scan.arg)
					      : take_option(app, &scan, id);
	}
	if (result)
		return result;
	if (app->settings.timing.paced && !app->settings.timing.column)
		return complain("--speed: ",
		    "needs times: -t tells in which "
		    "column they are");
	if (settings_check(&app->settings, text, sizeof text) < 0)
		return complain(text, "");
	if (app->plot && app->settings.window.by_time)
		return complain("--plot: ", "not of windows by time");
	return 0;
}

/* ---- Reading ---- */

static int open_late(struct app *app)
{
	const char *path = app->settings.timing.late;
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;

	writer_init(&app->late, fd);
	return path && fd < 0 ? complain_errno(path, errno) : 0;
}

static int open_input(struct app *app)
{
	struct stat st;
	int known = 0, on = app->progress;

	app->fd = 0;
	if (app->file)
		app->fd = open(app->file, O_RDONLY);
	if (app->fd < 0)
		return complain_errno(file_name(app), errno);
	if (fstat(app->fd, &st) == 0)
		known = S_ISREG(st.st_mode) && st.st_size > 0;
	if (on < 0)
		on = known && st.st_size > BIG_INPUT && isatty(2);
	progress_start(&app->shown, on, known ? (uint64_t)st.st_size : 0);
	return 0;
}

static int fail_records(struct app *app, int err)
{
	replay_stop(app->replay);
	writer_flush(&app->writer);
	if (app->late.fd >= 0)
		writer_flush(&app->late);
	progress_clear(&app->shown);
	if (err == LEAT_ENOMEM)
		return complain(file_name(app), ": out of memory");
	return complain(file_name(app), replay_why(app->replay));
}

/* Whoever closed the pipe knows: `csv_replay ... | head` is no mishap. */
static int fail_write(struct app *app)
{
	progress_clear(&app->shown);
	if (app->writer.error == EPIPE)
		return -1;
	return complain_errno("standard output", app->writer.error);
}

static int flush(struct app *app)
{
	if (writer_flush(&app->writer))
		return fail_write(app);
	if (app->late.fd < 0 || writer_flush(&app->late) == 0)
		return 0;
	progress_clear(&app->shown);
	return complain_errno(app->settings.timing.late, app->late.error);
}

/* Returns how many bytes there were, or -1. */
static ssize_t read_block(struct app *app, char *block)
{
	ssize_t n;

	do
		n = read(app->fd, block, BLOCK);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		int error = errno;

		progress_clear(&app->shown);
		complain_errno(file_name(app), error);
	}
	return n;
}

/* What is there is seen before a longer wait. */
static int wait_for(void *ctx, int64_t t)
{
	struct app *app = ctx;
	double wait = pace_wait(&app->pace, t);

	if (wait <= 0)
		return 0;
	if (replay_settle(app->replay) < 0)
		return -1;
	writer_flush(&app->writer); /* an error stays with the writer */
	pace_sleep(wait);
	return 0;
}

static int read_all(struct app *app)
{
	static char block[BLOCK];
	uint64_t bytes = 0;
	ssize_t n;

	while ((n = read_block(app, block)) > 0) {
		int err = leat_csv_push(app->csv, block, (size_t)n);

		if (!err && replay_settle(app->replay) < 0)
			err = REPLAY_STOPPED;
		if (err)
			return fail_records(app, err);
		if (flush(app) < 0)
			return -1;
		bytes += (uint64_t)n;
		progress_update(&app->shown, bytes, replay_rows(app->replay));
	}
	return n < 0 ? -1 : 0;
}

static int finish(struct app *app)
{
	char text[400];
	int err = leat_csv_end(app->csv);

	if (!err && replay_end(app->replay) < 0)
		err = REPLAY_STOPPED;
	if (err)
		return fail_records(app, err);
	if (flush(app) < 0)
		return -1;
	progress_clear(&app->shown);
	if (replay_skipped(app->replay, text, sizeof text) > 0)
		complain(file_name(app), text);
	if (replay_unlearned(app->replay, text, sizeof text) > 0)
		complain(file_name(app), text);
	if (replay_left_out(app->replay, text, sizeof text) > 0)
		complain(file_name(app), text);
	return 0;
}

/* ---- The picture ---- */

static void write_title(const struct app *app, char *title, size_t size)
{
	const struct settings *s = &app->settings;
	char window[64];

	if (s->learning.on) {
		snprintf(title, size, "%.120s", s->learning.formula.text);
		return;
	}
	spec_describe(&s->window.count, window, sizeof window);
	snprintf(title, size, "Mean of %.60s over %s",
	    replay_value_name(app->replay), window);
}

static int write_plot(const struct app *app)
{
	const struct replay *r = app->replay;
	char title[160], subtitle[256], x_name[128];
	const char *shown = replay_shown_name(r);
	size_t n_keys = replay_n_keys(r);
	struct plot plot = { 0 };
	int err, n;

	write_title(app, title, sizeof title);
	n = snprintf(subtitle, sizeof subtitle, "%.120s, %llu rows",
	    file_name(app), (unsigned long long)replay_rows(r));
	plot.n_panels = replay_n_series(r);
	if (n_keys > plot.n_panels)
		snprintf(subtitle + n, sizeof subtitle - (size_t)n,
		    ", the first %zu of %zu keys", plot.n_panels, n_keys);
	snprintf(x_name, sizeof x_name, "row%s%s%.60s",
	    app->settings.key ? " of the key" : "", *shown ? ", " : "", shown);
	plot.title = title;
	plot.subtitle = subtitle;
	plot.value_name = replay_value_name(r);
	plot.x_name = x_name;
	plot.predictions = app->settings.learning.on;
	plot.steps = app->settings.window.count.kind == LEAT_TUMBLING ||
	    app->settings.window.count.kind == LEAT_HOPPING;
	for (size_t i = 0; i < plot.n_panels; i++)
		plot.series[i] = replay_series(r, i, &plot.names[i]);
	err = plot_write(app->plot, &plot);
	return err ? complain_errno(app->plot, err) : 0;
}

/* ---- All together ---- */

static int prepare(struct app *app)
{
	leat_csv_options options = { 0 };

	options.delimiter = app->settings.delimiter;
	options.record = replay_record;
	writer_init(&app->writer, 1);
	app->replay = replay_new(&app->settings, &app->writer,
	    app->late.fd < 0 ? NULL : &app->late, app->plot ? PLOT_PANELS : 0);
	options.ctx = app->replay;
	if (!app->replay || leat_csv_new(&app->csv, &options) < 0)
		return complain("out of memory", "");
	if (app->pace.speed > 0)
		replay_pace(app->replay, wait_for, app);
	return open_input(app);
}

static int run(struct app *app, int argc, char **argv)
{
	int done = read_options(app, argc, argv);

	if (done)
		return done;
	if (open_late(app) < 0 || prepare(app) < 0 || read_all(app) < 0 ||
	    finish(app) < 0)
		return -1;
	return app->plot ? write_plot(app) : 0;
}

int main(int argc, char **argv)
{
	struct app *app = calloc(1, sizeof *app);
	int result;

	/* A closed pipe is an error of write() like others. */
	signal(SIGPIPE, SIG_IGN);
	if (!app || settings_init(&app->settings) < 0) {
		free(app);
		complain("out of memory", "");
		return EXIT_FAILURE;
	}
	app->progress = -1;
	app->late.fd = -1;
	result = run(app, argc, argv);
	if (app->fd > 0)
		close(app->fd);
	if (app->late.fd >= 0)
		close(app->late.fd);
	leat_csv_free(app->csv);
	replay_free(app->replay);
	settings_clear(&app->settings);
	free(app);
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
