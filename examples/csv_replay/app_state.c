/*
 * Saving the state of csv_replay, and resuming.
 *
 * A saved state is that between two records: where the next one begins in
 * the input, how long the outputs are, and all that is kept in between. The
 * outputs are on their disk before the state that says so is, and the first
 * state is saved before there is any output. So at any moment the last state
 * is one from which the outputs can be made whole.
 */
#include "app.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../replay/state_file.h"

/* ---- Saving ---- */

/* A tape_walk. */
static void tape_app(void *ctx, struct tape *t)
{
	struct app *app = ctx;

	tape_counts(t, app->places, 2);
	replay_tape(app->replay, t);
}

/* Syncs all output, which must be on its disk before the state that says so. */
static int sync_outputs(struct app *app)
{
	if (writer_sync(&app->writer))
		return app_fail_write(app);
	app->places[0] = app->writer.place;
	if (app->late.fd < 0)
		return 0;
	if (writer_sync(&app->late))
		return app_fail_late(app);
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
		return app_complain(why, "");
	}
	replay_save_at(app->replay,
	    cli_save_done(&app->saving, replay_rows(app->replay)));
	return 0;
}

/* A replay_save_fn. */
static int on_save(void *ctx)
{
	struct app *app = ctx;

	app->has_complained = save_state(app) < 0;
	return app->has_complained ? -1 : 0;
}

int app_begin_saving(struct app *app)
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

int app_load_state(struct app *app)
{
	const char *path = app->saving.resume;
	char why[600];
	int missing;

	if (!path)
		return 0;
	missing = state_file_load(path, tape_app, app, why, sizeof why);
	if (missing < 0)
		return app_complain(why, "");
	app->resumes = !missing;
	if (!missing)
		return 0;
	if (!cli_save_is_same(&app->saving))
		return app_complain_errno(path, ENOENT);
	app_complain(path, ": does not exist yet; starting empty");
	return 0;
}

static int fail_input(struct app *app, const char *what)
{
	char text[600];

	snprintf(text, sizeof text, ": %s the one that %.400s was saved from",
	    what, app->saving.resume);
	return app_complain(app_file_name(app), text);
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
		return app_complain("out of memory", "");
	do {
		n = app_read_block(app, &block);
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
		return app_complain_errno(app_file_name(app), errno);
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
		return app_complain_errno(name, err);
	snprintf(text, sizeof text,
	    ": shorter than the %llu bytes of the saved state",
	    (unsigned long long)place);
	return app_complain(name, text);
}

int app_resume(struct app *app)
{
	if (!app->resumes)
		return 0;
	if (replay_offset(app->replay) > 0 &&
	    (check_header(app) < 0 || skip_input(app) < 0))
		return -1;
	if (replay_prime(app->replay, app->csv))
		return app_complain("out of memory", "");
	if (app->saving.cut && !app->writer.is_file &&
	    app->settings.format != ROW_FORMAT_NONE)
		return app_complain("--truncate-output: ",
		    "standard output is not a file");
	if (resume_output(app, &app->writer, app->places[0],
		"standard output") < 0)
		return -1;
	if (app->late.fd < 0)
		return 0;
	return resume_output(app, &app->late, app->places[1],
	    app->settings.timing.late);
}
