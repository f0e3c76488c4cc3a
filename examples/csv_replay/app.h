/*
 * csv_replay while it runs, for its parts: app_options.c reads the command
 * line, app_state.c saves and resumes, csv_replay.c does the rest.
 */
#ifndef CSV_REPLAY_APP_H
#define CSV_REPLAY_APP_H

#include <leat_text.h>
#include <stdint.h>
#include <sys/types.h>

#include "../replay/cli_save.h"
#include "../replay/cli_settings.h"
#include "../replay/hints.h"
#include "../replay/replay.h"
#include "../replay/writer.h"
#include "input.h"
#include "pace.h"
#include "picture.h"
#include "progress.h"

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
	struct writer late; /* takes rows that are too late; fd -1: none */
	int resumes;        /* a saved state was loaded */
	uint64_t places[2]; /* lengths of the two outputs at that save */
	int has_complained; /* the reason why the work stops is printed */
};

/* Returns the name of the input, for messages. */
const char *app_file_name(const struct app *app);

/*
 * Prints a message of two parts, which begins with the program's name, and
 * returns -1. The input may have put anything into it, so control characters
 * are not let through.
 */
int app_complain(const char *first, const char *second);
int app_complain_errno(const char *what, int error);

/*
 * Complains that the output, or that of late rows, cannot be written. Whoever
 * closed the pipe knows: `csv_replay ... | head` is no mishap.
 */
int app_fail_write(struct app *app);
int app_fail_late(struct app *app);

/* Reads a block of the input. Returns its bytes, 0 at the end, or -1. */
ssize_t app_read_block(struct app *app, const char **block);

/* Returns 0 to go on, 1 when the work is done, -1 after a complaint. */
int app_read_options(struct app *app, int argc, char **argv);

/* Each of these returns 0, or -1 after a complaint. */

/* Loads the state to resume, if there is one. */
int app_load_state(struct app *app);

/* Goes to where the state was saved. Changes nothing before all fits. */
int app_resume(struct app *app);

/*
 * Saves the first state, before anything is written, unless the one that was
 * resumed is in that file.
 */
int app_begin_saving(struct app *app);

#endif
