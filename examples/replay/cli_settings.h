/*
 * Options of a program that reads CSV and keeps windows, or learns a model:
 * columns, windows, statistics, models, output. All such programs share them,
 * and each adds a table of its own for the rest.
 */
#ifndef REPLAY_CLI_SETTINGS_H
#define REPLAY_CLI_SETTINGS_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "cli_model.h"
#include "cli_scan.h"
#include "cli_time.h"
#include "cli_window.h"
#include "list.h"
#include "row_format.h"
#include "state_tape.h"

/* Ids of the options here are below this. */
enum { SETTINGS_LAST_ID = 100 };

struct settings {
	/* Input. */
	struct list columns; /* empty: every numeric column */
	const char *key;     /* NULL: none */
	struct list show;
	struct list na;
	int na_given;
	char delimiter;
	int no_header;
	uint64_t record_lines; /* 0: not given */
	int skip_bad;

	/* Windows; the statistics are apart from them. */
	struct cli_window window;
	struct cli_time timing;
	struct cli_stats stats;
	int stats_given;
	int window_given;

	/* The model, if there is one; then there are no windows. */
	struct cli_model learning;

	/* Strangers may choose the keys, so their hash has a seed. */
	uint64_t seed[2];

	/* Output. */
	enum row_format_kind format;
	int spreadsheet; /* texts must not be formulas */
	int final;
	uint64_t every; /* 0: not given */
};

/* The tables, for option_scan and cli_help(). */
extern const struct cli_option_group settings_groups[];
enum { SETTINGS_N_GROUPS = 5 };

/* The defaults. Returns 0, or -1: no memory. */
int settings_init(struct settings *settings);
void settings_clear(struct settings *settings);

/*
 * Takes one option. Returns 0, or -1 with the reason in why, which does
 * not name the option.
 */
int settings_take(struct settings *settings, int id, const char *arg, char *why,
    size_t why_size);

/*
 * When all options are taken: do they go together, and can the library do
 * it? Default statistics that this kind of window does not have are left
 * out. Returns 0, or -1 with the reason in why, which names the option.
 */
int settings_check(struct settings *settings, char *why, size_t why_size);

/* The most lines of a record; fewer where somebody waits for it. */
uint64_t settings_record_lines(const struct settings *settings);

/*
 * The window by time, with its calendar and without statistics and sink.
 * The settings must stay.
 */
leat_time_window_options settings_time_window(const struct settings *settings);

/*
 * Are they those of a saved state, as far as the state, what is read and
 * what is written depend on them?
 */
void settings_tape(const struct settings *settings, struct tape *tape);

#endif
