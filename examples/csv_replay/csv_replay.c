/*
 * csv_replay: replays a CSV file through windows, or through a model that
 * learns from it, and prints the results.
 *
 * Blocks are read as they come and pushed into the CSV reader, its records
 * go through the windows or the model, rows go into one buffer that is
 * written out after each block: memory does not grow with the input, and
 * behind a pipe nothing waits for more data than it needs. Results go to
 * standard output, all else to standard error.
 *
 * A saved state is that between two records: where the next one begins in
 * the input, how long the output is, and all that is kept in between. The
 * output is on its disk before the state that says so is, and the first
 * state is saved before there is any output. So at any moment the last state
 * is one from which the output can be made whole.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <leat_text.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../replay/cli_save.h"
#include "../replay/cli_settings.h"
#include "../replay/hints.h"
#include "../replay/number.h"
#include "../replay/replay.h"
#include "../replay/state_file.h"
#include "../replay/writer.h"
#include "input.h"
#include "pace.h"
#include "picture.h"
#include "progress.h"

enum { BIG_INPUT = 16 << 20 };

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
	struct picture picture; /* watches if there is to be a plot */
	int progress;           /* -1: as it fits */
	struct cli_save saving;

	struct input input;
	struct magic magic;
	leat_csv *csv;
	struct pace pace;
	struct replay *replay;
	struct progress shown;
	struct writer writer;
	struct writer late; /* of rows that are too late; fd -1: none */
	int resumes;        /* there is a state, by which the outputs */
	uint64_t places[2]; /* have had these lengths */
	int told;           /* it has been said why the work stops */
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

/* They were all there was to be done. */
static int flush_words(void)
{
	return fflush(stdout) == 0 ? 1
				   : complain_errno("standard output", errno);
}

static int take_operand(struct app *app, const char *operand)
{
	if (app->n_files++ > 0)
		return complain(operand, ": only one FILE can be read");
	app->file = strcmp(operand, "-") == 0 ? NULL : operand;
	return 0;
}

static int take_speed(struct app *app, const struct cli_scan *scan)
{
	double speed;

	if (number_parse(scan->arg, strlen(scan->arg), &speed) < 0 ||
	    !(speed >= 0) || speed > 1e300)
		return complain(scan->shown, ": not a number from 0 on");
	app->pace.speed = speed;
	app->settings.timing.paced = speed > 0;
	return 0;
}

/* By one of the shared tables. */
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
	return complain(scan->shown, text);
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
		return complain("--speed: ",
		    "needs times; name their column with -t");
	if (settings_check(&app->settings, text, sizeof text) < 0 ||
	    cli_save_check(&app->saving, text, sizeof text) < 0)
		return complain(text, "");
	if (app->plot && app->settings.window.by_time)
		return complain("--plot: ",
		    "not supported for windows by time");
	if (app->plot && (app->saving.path || app->saving.resume))
		return complain("--plot: ", "not together with a saved state");
	return 0;
}

static int read_options(struct app *app, int argc, char **argv)
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
			return complain(scan.shown, text);
		}
		result = id == CLI_OPERAND ? take_operand(app, scan.arg)
					   : take_option(app, &scan, id);
	}
	return result ? result : check_options(app);
}

/* ---- Opening ---- */

/* Anew it is empty. */
static int open_late(struct app *app)
{
	const char *path = app->settings.timing.late;
	int flags = O_WRONLY | O_CREAT | (app->resumes ? O_APPEND : O_TRUNC);
	int fd = path ? open(path, flags, 0666) : -1;

	if (path && fd < 0)
		return complain_errno(path, errno);
	writer_init(&app->late, fd);
	return 0;
}

static int open_input(struct app *app)
{
	int on = app->progress;

	if (input_open(&app->input, app->file) < 0)
		return complain_errno(file_name(app), errno);
	if (on < 0)
		on = app->input.size > BIG_INPUT && isatty(2);
	progress_start(&app->shown, on, app->input.size);
	return 0;
}

/* ---- Reading ---- */

/* Whoever closed the pipe knows: `csv_replay ... | head` is no mishap. */
static int fail_write(struct app *app)
{
	progress_clear(&app->shown);
	if (app->writer.error == EPIPE)
		return -1;
	return complain_errno("standard output", app->writer.error);
}

static int fail_records(struct app *app, int err)
{
	if (app->told)
		return -1;
	if (app->writer.error)
		return fail_write(app);
	replay_stop(app->replay);
	writer_flush(&app->writer);
	if (app->late.fd >= 0)
		writer_flush(&app->late);
	progress_clear(&app->shown);
	if (err == LEAT_ENOMEM)
		return complain(file_name(app), ": out of memory");
	return complain(file_name(app), replay_why(app->replay));
}

static int fail_late(struct app *app)
{
	progress_clear(&app->shown);
	return complain_errno(app->settings.timing.late, app->late.error);
}

static int flush(struct app *app)
{
	if (writer_flush(&app->writer))
		return fail_write(app);
	if (app->late.fd >= 0 && writer_flush(&app->late))
		return fail_late(app);
	return 0;
}

/* Returns how many bytes there are, or -1. */
static ssize_t read_block(struct app *app, const char **block)
{
	ssize_t n = input_read(&app->input, block);

	if (n < 0) {
		int error = errno;

		progress_clear(&app->shown);
		complain_errno(file_name(app), error);
	}
	return n;
}

/* At the next record. */
static void save_if_due(struct app *app)
{
	if (cli_save_is_due(&app->saving))
		replay_save_at(app->replay, 0);
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
	save_if_due(app);
	return 0;
}

static void tell_notes(struct app *app)
{
	char text[512];

	while (replay_note(app->replay, text, sizeof text)) {
		progress_clear(&app->shown);
		complain(file_name(app), text);
	}
}

/* A text has no such bytes at its start. */
static int check_magic(struct app *app, const char *bytes, size_t n)
{
	char text[160] = ": ";

	if (app->resumes ||
	    !magic_take(&app->magic, bytes, n, "csv_replay", text + 2,
		sizeof text - 2))
		return 0;
	return complain(file_name(app), text);
}

static int read_all(struct app *app)
{
	const char *block;
	ssize_t n;

	while ((n = read_block(app, &block)) > 0) {
		int err;

		if (check_magic(app, block, (size_t)n) < 0)
			return -1;
		save_if_due(app);
		err = leat_csv_push(app->csv, block, (size_t)n);
		if (!err && replay_settle(app->replay) < 0)
			err = REPLAY_STOPPED;
		tell_notes(app);
		if (err)
			return fail_records(app, err);
		if (flush(app) < 0)
			return -1;
		progress_update(&app->shown, input_offset(&app->input),
		    replay_rows(app->replay));
	}
	return n < 0 ? -1 : 0;
}

static int finish(struct app *app)
{
	char text[400];
	int err = replay_end(app->replay, app->csv,
	    input_ends_line(&app->input));

	tell_notes(app);
	if (err < 0)
		return fail_records(app, REPLAY_STOPPED);
	if (flush(app) < 0)
		return -1;
	progress_clear(&app->shown);
	if (replay_skipped(app->replay, text, sizeof text) > 0)
		complain(file_name(app), text);
	if (replay_long(app->replay, text, sizeof text) > 0)
		complain(file_name(app), text);
	if (replay_unlearned(app->replay, text, sizeof text) > 0)
		complain(file_name(app), text);
	if (replay_left_out(app->replay, text, sizeof text) > 0)
		complain(file_name(app), text);
	return 0;
}

/* ---- Saving ---- */

/* A tape_walk. */
static void tape_app(void *ctx, struct tape *t)
{
	struct app *app = ctx;

	tape_counts(t, app->places, 2);
	replay_tape(app->replay, t);
}

/* All that has been put out is there before the state that says so. */
static int sync_outputs(struct app *app)
{
	if (writer_sync(&app->writer))
		return fail_write(app);
	app->places[0] = app->writer.place;
	if (app->late.fd < 0)
		return 0;
	if (writer_sync(&app->late))
		return fail_late(app);
	app->places[1] = app->late.place;
	return 0;
}

static int save_state(struct app *app)
{
	char why[600];

	if (sync_outputs(app) < 0)
		return -1;
	if (state_file_save(app->saving.path, tape_app, app, why, sizeof why) <
	    0) {
		progress_clear(&app->shown);
		return complain(why, "");
	}
	replay_save_at(app->replay,
	    cli_save_done(&app->saving, replay_rows(app->replay)));
	return 0;
}

/* A replay_save_fn. */
static int on_save(void *ctx)
{
	struct app *app = ctx;

	app->told = save_state(app) < 0;
	return app->told ? -1 : 0;
}

/*
 * The first state is saved before anything is put out, unless the one that
 * was resumed is there.
 */
static int begin_saving(struct app *app)
{
	if (!app->saving.path)
		return 0;
	state_file_sweep(app->saving.path);
	replay_on_save(app->replay, on_save, app);
	if (!app->resumes || !cli_save_is_same(&app->saving))
		return save_state(app);
	replay_save_at(app->replay,
	    cli_save_done(&app->saving, replay_rows(app->replay)));
	return 0;
}

/* ---- Resuming ---- */

static int load_state(struct app *app)
{
	const char *path = app->saving.resume;
	char why[600];
	int missing;

	if (!path)
		return 0;
	missing = state_file_load(path, tape_app, app, why, sizeof why);
	if (missing < 0)
		return complain(why, "");
	app->resumes = !missing;
	if (!missing)
		return 0;
	if (!cli_save_is_same(&app->saving))
		return complain_errno(path, ENOENT);
	complain(path, ": does not exist yet; starting empty");
	return 0;
}

static int fail_input(struct app *app, const char *what)
{
	char text[600];

	snprintf(text, sizeof text, ": %s the one that %.400s was saved from",
	    what, app->saving.resume);
	return complain(file_name(app), text);
}

/* Is the input's first record that of the state? */
static int check_header(struct app *app)
{
	struct replay_header header = { app->replay, REPLAY_NONE };
	leat_csv_options options = { 0 };
	const char *block;
	leat_csv *csv;
	ssize_t n;
	int err;

	options.delimiter = app->settings.delimiter;
	options.max_lines = settings_record_lines(&app->settings);
	options.record = replay_compare_header;
	options.ctx = &header;
	if (leat_csv_new(&csv, &options) < 0)
		return complain("out of memory", "");
	do {
		n = read_block(app, &block);
		err = n > 0  ? leat_csv_push(csv, block, (size_t)n)
		    : n == 0 ? leat_csv_end(csv)
			     : 0;
	} while (n > 0 && !err);
	leat_csv_free(csv);
	if (n < 0)
		return -1;
	if (header.is == REPLAY_SAME)
		return 0;
	return fail_input(app,
	    err ? "has a different header than" : "is shorter than");
}

static int skip_input(struct app *app)
{
	uint64_t offset = replay_offset(app->replay);
	int err = input_skip(&app->input, offset);

	if (err == INPUT_SHORT)
		return fail_input(app, "is shorter than");
	if (err)
		return complain_errno(file_name(app), errno);
	/* The first record may stand behind a byte order mark. */
	if (offset > 3 && !input_ends_line(&app->input))
		return fail_input(app, "is not");
	progress_skip(&app->shown, offset, replay_rows(app->replay));
	return 0;
}

static int resume_output(struct app *app, struct writer *w, uint64_t place,
    const char *name)
{
	int err = writer_continue(w, place, app->saving.cut);
	char text[160];

	if (err == 0)
		return 0;
	if (err != WRITER_SHORT)
		return complain_errno(name, err);
	snprintf(text, sizeof text,
	    ": shorter than the %llu bytes of the saved state",
	    (unsigned long long)place);
	return complain(name, text);
}

/* Nothing is changed before all is known to fit. */
static int resume(struct app *app)
{
	if (!app->resumes)
		return 0;
	if (replay_offset(app->replay) > 0 &&
	    (check_header(app) < 0 || skip_input(app) < 0))
		return -1;
	if (replay_prime(app->replay, app->csv))
		return complain("out of memory", "");
	if (app->saving.cut && !app->writer.is_file &&
	    app->settings.format != ROW_FORMAT_NONE)
		return complain("--truncate-output: ",
		    "standard output is not a file");
	if (resume_output(app, &app->writer, app->places[0],
		"standard output") < 0)
		return -1;
	if (app->late.fd < 0)
		return 0;
	return resume_output(app, &app->late, app->places[1],
	    app->settings.timing.late);
}

/* ---- All together ---- */

static int write_plot(const struct app *app)
{
	int err = app->plot
	    ? picture_write(&app->picture, app->plot, file_name(app))
	    : 0;

	return err ? complain_errno(app->plot, err) : 0;
}

static int prepare(struct app *app)
{
	leat_csv_options options = { 0 };

	options.delimiter = app->settings.delimiter;
	options.max_lines = settings_record_lines(&app->settings);
	options.record = replay_record;
	writer_init(&app->writer, 1);
	app->replay = replay_new(&app->settings, &app->writer,
	    app->settings.timing.late ? &app->late : NULL);
	options.ctx = app->replay;
	if (!app->replay || leat_csv_new(&app->csv, &options) < 0)
		return complain("out of memory", "");
	if (app->plot &&
	    picture_watch(&app->picture, &app->settings, app->replay) < 0)
		return complain("out of memory", "");
	if (app->pace.speed > 0)
		replay_pace(app->replay, wait_for, app);
	return 0;
}

static int run(struct app *app, int argc, char **argv)
{
	int done = read_options(app, argc, argv);

	if (done)
		return done;
	if (prepare(app) < 0 || load_state(app) < 0 || open_late(app) < 0 ||
	    open_input(app) < 0 || resume(app) < 0 || begin_saving(app) < 0 ||
	    read_all(app) < 0 || finish(app) < 0)
		return -1;
	return write_plot(app);
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
	input_close(&app->input);
	if (app->late.fd >= 0)
		close(app->late.fd);
	leat_csv_free(app->csv);
	replay_free(app->replay);
	picture_clear(&app->picture);
	settings_clear(&app->settings);
	free(app);
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
