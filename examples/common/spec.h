/*
 * Windows and statistics as a user writes them.
 */
#ifndef COMMON_SPEC_H
#define COMMON_SPEC_H

#include <leat.h>
#include <stddef.h>

/* The forms of a window, one a line, for messages and help. */
extern const char spec_window_forms[];

/*
 * Reads a window: "100", "sliding:100", "tumbling:100", "hopping:100/10",
 * "landmark", "decay:alpha=0.1", "decay:span=20", "decay:halflife=20", and
 * the last three with ",recursive". Sets the kind and its numbers in
 * *options and leaves the rest. Ranges are left to the library.
 *
 * Returns 0, or -1 with the reason in why.
 */
int spec_window(const char *text, leat_window_options *options, char *why,
    size_t why_size);

/* The window in words, for titles: "the last 52 rows". */
void spec_describe(const leat_window_options *options, char *text, size_t size);

/* Statistics in order, those of one value apart from those of pairs. */
struct spec_stats {
	leat_stat *single;
	size_t n_single;
	leat_stat *pair;
	size_t n_pair;
};

/*
 * Reads a list of statistics, "mean,stddev,max". Returns 0, or -1 with the
 * reason in why and *stats untouched. What *stats held is freed.
 */
int spec_stats(const char *text, struct spec_stats *stats, char *why,
    size_t why_size);

void spec_stats_clear(struct spec_stats *stats);

#endif
