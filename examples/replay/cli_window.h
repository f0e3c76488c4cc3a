/*
 * Windows and statistics as a user writes them.
 */
#ifndef REPLAY_CLI_WINDOW_H
#define REPLAY_CLI_WINDOW_H

#include <leat.h>
#include <stddef.h>

#include "calendar.h"
#include "state_tape.h"

/* The forms of a window, for messages. */
extern const char cli_window_forms[];

/* A window, by count or by time; what it is not is 0. */
struct cli_window {
	int by_time;
	leat_window_options count;
	leat_time_window_options time; /* the calendar is not set */
	struct calendar calendar;      /* settings_time_window() sets it */
};

/*
 * Reads a window. By count: "100", "sliding:100", "tumbling:100",
 * "hopping:100/10", "landmark", "decay:alpha=0.1", "decay:span=20",
 * "decay:halflife=20", and the last three with ",recursive". By time:
 * "60s", "sliding:60s", "tumbling:1h", "hopping:6h/1h", "session:30m",
 * "calendar:day+02:00", "decay:halflife=20s".
 *
 * Sets the kind and its numbers in *window and leaves the rest. Ranges are
 * left to the library. Returns 0, or -1 with the reason in why.
 */
int cli_window_parse(const char *text, struct cli_window *window, char *why,
    size_t why_size);

/* A window by count in words, for titles: "the last 52 rows". */
void cli_window_describe(const leat_window_options *options, char *text,
    size_t size);

/* Statistics in order, those of one value apart from those of pairs. */
struct cli_stats {
	leat_stat *single;
	size_t n_single;
	leat_stat *pair;
	size_t n_pair;
};

/*
 * Reads a list of statistics, "mean,stddev,max". Returns 0, or -1 with the
 * reason in why and *stats untouched. What *stats held is freed.
 */
int cli_stats_parse(const char *text, struct cli_stats *stats, char *why,
    size_t why_size);

void cli_stats_clear(struct cli_stats *stats);

/* Are they those of a saved state? */
void cli_window_tape(const struct cli_window *window, struct tape *tape);
void cli_stats_tape(const struct cli_stats *stats, struct tape *tape);

#endif
