/*
 * The command line of csv_replay: the options that it shares with other
 * programs, and those of its own.
 */
#include "app.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../replay/number.h"

enum id {
	ID_SPEED = CLI_SAVE_LAST_ID,
	ID_PLOT,
	ID_PROGRESS,
	ID_NO_PROGRESS,
	ID_HELP,
	ID_VERSION
};

static const struct cli_option other_options[] = {
	{ ID_SPEED, 0, "speed", "R",
	    "pace the replay by the times of -t: R times as fast\n"
	    "as recorded; 0 (the default): as fast as possible" },
	{ ID_PLOT, 0, "plot", "FILE.svg",
	    "values, rolling mean and mean +- stddev as a picture;\n"
	    "with --model values and predictions" },
	{ ID_PROGRESS, 0, "progress", NULL,
	    "report progress on standard error (by default on\n"
	    "a terminal, if the input is large)" },
	{ ID_NO_PROGRESS, 0, "no-progress", NULL, "do not report progress" },
	{ ID_HELP, 'h', "help", NULL, "print this and exit" },
	{ ID_VERSION, 0, "version", NULL, "print the version and exit" },
};

enum { N_GROUPS = SETTINGS_N_GROUPS + 2 };

/* The shared tables, then the ones of this program. */
static void all_groups(struct cli_option_group *groups)
{
	static const struct cli_option_group own[] = {
		{ "Saved state", cli_save_options, CLI_SAVE_N_OPTIONS },
		{ "Other", other_options,
		    sizeof other_options / sizeof *other_options },
	};

	memcpy(groups, settings_groups,
	    SETTINGS_N_GROUPS * sizeof *settings_groups);
	memcpy(groups + SETTINGS_N_GROUPS, own, sizeof own);
}

static void print_help(const struct cli_option_group *groups)
{
	printf("Usage: csv_replay [options] [FILE]\n\n"
	       "Replays a CSV file, or standard input, through windows and "
	       "prints their\nresults, a row after each input row or each "
	       "window. With --model it learns\nto predict one column from "
	       "others instead.\n");
	cli_help(stdout, groups, N_GROUPS);
	printf("\nExample:\n"
	       "  csv_replay -c co2 -w 52 -s mean,stddev -o table "
	       "co2_weekly.csv\n\n"
	       "The statistics and all the details are in csv_replay(1).\n");
}

/* Flushes the help or the version, after which there is nothing to do. */
static int flush_words(void)
{
	return fflush(stdout) == 0
	    ? 1
	    : app_complain_errno("standard output", errno);
}

static int take_operand(struct app *app, const char *operand)
{
	if (app->n_files++ > 0)
		return app_complain(operand, ": only one FILE can be read");
	app->file = strcmp(operand, "-") == 0 ? NULL : operand;
	return 0;
}

static int take_speed(struct app *app, const struct cli_scan *scan)
{
	double speed;

	if (number_parse(scan->arg, strlen(scan->arg), &speed) < 0 ||
	    !(speed >= 0) || speed > 1e300)
		return app_complain(scan->shown, ": not a number from 0 on");
	app->pace.speed = speed;
	app->settings.timing.paced = speed > 0;
	return 0;
}

/* Takes an option of the tables that programs share. */
static int take_shared(struct app *app, const struct cli_scan *scan, int id)
{
	int saves = id >= CLI_SAVE_FIRST_ID && id < CLI_SAVE_LAST_ID;
	char why[512], text[600];
	int bad = saves
	    ? cli_save_take(&app->saving, id, scan->arg, why, sizeof why)
	    : settings_take(&app->settings, id, scan->arg, why, sizeof why);

	if (!bad)
		return 0;
	snprintf(text, sizeof text, ": %s", why);
	return app_complain(scan->shown, text);
}

/* Returns 0 to go on, 1 when the work is done, -1. */
static int take_option(struct app *app, const struct cli_scan *scan, int id)
{
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
		print_help(scan->groups);
		return flush_words();
	case ID_VERSION:
		printf("csv_replay (leat) %s\n", LEAT_VERSION_STRING);
		return flush_words();
	default:
		return take_shared(app, scan, id);
	}
}

static int check_options(struct app *app)
{
	char text[256];

	if (app->settings.timing.paced && !app->settings.timing.column)
		return app_complain("--speed: ",
		    "needs times; name their column with -t");
	if (settings_check(&app->settings, text, sizeof text) < 0 ||
	    cli_save_check(&app->saving, text, sizeof text) < 0)
		return app_complain(text, "");
	if (app->plot && app->settings.window.by_time)
		return app_complain("--plot: ",
		    "not supported for windows by time");
	if (app->plot && (app->saving.path || app->saving.resume))
		return app_complain("--plot: ",
		    "not together with a saved state");
	return 0;
}

int app_read_options(struct app *app, int argc, char **argv)
{
	struct cli_option_group groups[N_GROUPS];
	struct cli_scan scan = { 0 };
	char text[256];
	int id, result = 0;

	all_groups(groups);
	scan.groups = groups;
	scan.n_groups = N_GROUPS;
	scan.argc = argc;
	scan.argv = argv;
	while (result == 0 && (id = cli_next(&scan)) != CLI_END) {
		if (id == CLI_BAD) {
			snprintf(text, sizeof text, ": %s (see --help)",
			    scan.why);
			return app_complain(scan.shown, text);
		}
		result = id == CLI_OPERAND ? take_operand(app, scan.arg)
					   : take_option(app, &scan, id);
	}
	return result ? result : check_options(app);
}
