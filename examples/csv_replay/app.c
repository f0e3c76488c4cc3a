/*
 * The parts of csv_replay share these functions: messages, and reading the
 * input.
 */
#include "app.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *app_file_name(const struct app *app)
{
	return app->file ? app->file : "standard input";
}

int app_complain(const char *first, const char *second)
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

int app_complain_errno(const char *what, int error)
{
	char text[256];

	snprintf(text, sizeof text, ": %s", strerror(error));
	return app_complain(what, text);
}

int app_fail_write(struct app *app)
{
	progress_clear(&app->shown);
	if (app->writer.error == EPIPE)
		return -1;
	return app_complain_errno("standard output", app->writer.error);
}

int app_fail_late(struct app *app)
{
	progress_clear(&app->shown);
	return app_complain_errno(app->settings.timing.late, app->late.error);
}

ssize_t app_read_block(struct app *app, const char **block)
{
	ssize_t n = input_read(&app->input, block);

	if (n < 0) {
		int error = errno;

		progress_clear(&app->shown);
		app_complain_errno(app_file_name(app), error);
	}
	return n;
}
