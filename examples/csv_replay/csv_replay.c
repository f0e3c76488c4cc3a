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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"

enum { BIG_INPUT = 16 << 20 };

/* ---- Opening ---- */

/* Anew it is empty. */
static int open_late(struct app *app)
{
	const char *path = app->settings.timing.late;
	int flags = O_WRONLY | O_CREAT | (app->resumes ? O_APPEND : O_TRUNC);
	int fd = path ? open(path, flags, 0666) : -1;

	if (path && fd < 0)
		return app_complain_errno(path, errno);
	writer_init(&app->late, fd);
	return 0;
}

static int open_input(struct app *app)
{
	int on = app->progress;

	if (input_open(&app->input, app->file) < 0)
		return app_complain_errno(app_file_name(app), errno);
	if (on < 0)
		on = app->input.size > BIG_INPUT && isatty(2);
	progress_start(&app->shown, on, app->input.size);
	return 0;
}

/* ---- Reading ---- */

static int fail_records(struct app *app, int err)
{
	if (app->has_complained)
		return -1;
	if (app->writer.error)
		return app_fail_write(app);
	replay_stop(app->replay);
	writer_flush(&app->writer);
	if (app->late.fd >= 0)
		writer_flush(&app->late);
	progress_clear(&app->shown);
	if (err == LEAT_ENOMEM)
		return app_complain(app_file_name(app), ": out of memory");
	return app_complain(app_file_name(app), replay_why(app->replay));
}

static int flush(struct app *app)
{
	if (writer_flush(&app->writer))
		return app_fail_write(app);
	if (app->late.fd >= 0 && writer_flush(&app->late))
		return app_fail_late(app);
	return 0;
}

/* Lets the replay save at the next record if a save by time is due. */
static void save_if_due(struct app *app)
{
	if (cli_save_is_due(&app->saving))
		replay_save_at(app->replay, 0);
}

/*
 * Waits until the time of a record. Writes the rows so far before a longer
 * wait.
 */
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

static void print_notes(struct app *app)
{
	char text[512];

	while (replay_note(app->replay, text, sizeof text)) {
		progress_clear(&app->shown);
		app_complain(app_file_name(app), text);
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
	return app_complain(app_file_name(app), text);
}

static int read_all(struct app *app)
{
	const char *block;
	ssize_t n;

	while ((n = app_read_block(app, &block)) > 0) {
		int err;

		if (check_magic(app, block, (size_t)n) < 0)
			return -1;
		save_if_due(app);
		err = leat_csv_push(app->csv, block, (size_t)n);
		if (!err && replay_settle(app->replay) < 0)
			err = REPLAY_STOPPED;
		print_notes(app);
		if (err)
			return fail_records(app, err);
		replay_select(app->replay, app->csv);
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

	print_notes(app);
	if (err < 0)
		return fail_records(app, REPLAY_STOPPED);
	if (flush(app) < 0)
		return -1;
	progress_clear(&app->shown);
	if (replay_skipped(app->replay, text, sizeof text) > 0)
		app_complain(app_file_name(app), text);
	if (replay_long(app->replay, text, sizeof text) > 0)
		app_complain(app_file_name(app), text);
	if (replay_unlearned(app->replay, text, sizeof text) > 0)
		app_complain(app_file_name(app), text);
	if (replay_left_out(app->replay, text, sizeof text) > 0)
		app_complain(app_file_name(app), text);
	return 0;
}

/* ---- All together ---- */

static int write_plot(const struct app *app)
{
	int err = app->plot
	    ? picture_write(&app->picture, app->plot, app_file_name(app))
	    : 0;

	return err ? app_complain_errno(app->plot, err) : 0;
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
		return app_complain("out of memory", "");
	if (app->plot &&
	    picture_watch(&app->picture, &app->settings, app->replay) < 0)
		return app_complain("out of memory", "");
	if (app->pace.speed > 0)
		replay_pace(app->replay, wait_for, app);
	return 0;
}

static int run(struct app *app, int argc, char **argv)
{
	int done = app_read_options(app, argc, argv);

	if (done)
		return done;
	if (prepare(app) < 0 || app_load_state(app) < 0 || open_late(app) < 0 ||
	    open_input(app) < 0 || app_resume(app) < 0 ||
	    app_begin_saving(app) < 0 || read_all(app) < 0 || finish(app) < 0)
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
		app_complain("out of memory", "");
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
