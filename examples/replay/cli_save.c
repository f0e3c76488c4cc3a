/*
 * When to save. By rows it is always at the same ones, so a run that is
 * resumed saves where the other would have; by time it is at the first
 * record after the moment has come, since a state is one between records.
 */
#include "cli_save.h"

#include <stdio.h>
#include <string.h>

#include "durations.h"
#include "number.h"
#include "report.h"
#include "system_clock.h"

enum id {
	ID_SAVE = CLI_SAVE_FIRST_ID,
	ID_SAVE_EVERY,
	ID_RESUME,
	ID_TRUNCATE_OUTPUT
};

const struct cli_option cli_save_options[CLI_SAVE_N_OPTIONS] = {
	{ ID_SAVE, 0, "save", "FILE",
	    "save the state here, at the end and by --save-every;\n"
	    "FILE is replaced atomically" },
	{ ID_SAVE_EVERY, 0, "save-every", "N|DUR",
	    "after every N rows, or whenever DUR has passed" },
	{ ID_RESUME, 0, "resume", "FILE",
	    "continue from the saved state; if FILE is also the\n"
	    "--save file and does not exist yet, start empty" },
	{ ID_TRUNCATE_OUTPUT, 0, "truncate-output", NULL,
	    "when resuming, truncate the output to its length at\n"
	    "the save; standard output opened as by >>file" },
};

static int take_every(struct cli_save *s, const char *arg, char *why,
    size_t why_size)
{
	size_t len = strlen(arg);
	uint64_t rows = 0;
	int64_t time = 0;

	if (durations_like(arg, len))
		(void)durations_parse(arg, len, &time);
	else
		(void)number_parse_count(arg, len, &rows);
	if (time == 0 && rows == 0)
		return report(why, why_size,
		    "\"%.60s\" is not a number of rows, nor " DURATIONS_FORM,
		    arg);
	s->every_rows = rows;
	s->every_time = time;
	return 0;
}

int cli_save_take(struct cli_save *s, int id, const char *arg, char *why,
    size_t why_size)
{
	switch ((enum id)id) {
	case ID_SAVE:
		s->path = arg;
		return 0;
	case ID_SAVE_EVERY:
		return take_every(s, arg, why, why_size);
	case ID_RESUME:
		s->resume = arg;
		return 0;
	case ID_TRUNCATE_OUTPUT:
		s->cut = 1;
		return 0;
	}
	return report(why, why_size, "unknown option");
}

int cli_save_check(const struct cli_save *s, char *why, size_t why_size)
{
	if (!s->path && (s->every_rows || s->every_time))
		snprintf(why, why_size, "--save-every: only with --save");
	else if (!s->resume && s->cut)
		snprintf(why, why_size,
		    "--truncate-output: only with "
		    "--resume");
	else
		return 0;
	return -1;
}

int cli_save_is_same(const struct cli_save *s)
{
	return s->path && s->resume && strcmp(s->path, s->resume) == 0;
}

int cli_save_is_due(const struct cli_save *s)
{
	return s->every_time > 0 && clock_seconds() >= s->next;
}

uint64_t cli_save_done(struct cli_save *s, uint64_t rows)
{
	if (s->every_time > 0)
		s->next = clock_seconds() + 1e-9 * (double)s->every_time;
	if (s->every_rows == 0 ||
	    rows > UINT64_MAX - s->every_rows - rows % s->every_rows)
		return UINT64_MAX;
	return rows - rows % s->every_rows + s->every_rows;
}
