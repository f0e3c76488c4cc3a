/*
 * Results of keyed windows, computed from all their values
 *
 * A model of keyed windows that is as plain as it can be: each key has a
 * list of its values and one of the windows they have been in; whatever is
 * asked is computed from all of them. What happens when time passes is found
 * by looking for the next thing to do among all windows of all keys. It knows
 * tumbling and hopping windows with all policies, and sessions without
 * lateness and early results; what windows of one key do in full is the
 * matter of time_model.h. Values are small whole numbers, so that means are
 * exact and can be compared with ==.
 */
#ifndef LEAT_TESTS_KEYED_MODEL_H
#define LEAT_TESTS_KEYED_MODEL_H

#include <leat.h>

#include "keyed_choice.h"

enum { MODEL_KEYS = 16, MODEL_STATS = 3 }; /* mean, count, min */

/* Receivers of results. */
enum teller { TOLD_RESULT, TOLD_EVICTED, TOLD_LATE };

struct told_line {
	int who; /* enum teller */
	unsigned key;
	int64_t start, end; /* TOLD_LATE: the time, twice */
	double v[MODEL_STATS];
	uint64_t revision;
	int flags;
	int64_t watermark;
	uint64_t count, missing;
};

struct told_log {
	struct told_line *lines;
	size_t n, room;
};

void told_add(struct told_log *log, const struct told_line *line);
void told_free(struct told_log *log);
/* 1 if lines and, NaN being NaN, numbers are the same. */
int told_same(const struct told_line *a, const struct told_line *b);

/* Zero has the meaning it has in keyed_choice. */
struct model_rules {
	int kind; /* LEAT_TUMBLING, LEAT_HOPPING, LEAT_SESSION */
	int64_t span, advance, offset, gap, delay, lateness, ttl, early_span;
	uint64_t early_count, max_keys;
	int full;
	int tells_evicted;
};

struct model_window {
	int64_t start, end;
	uint64_t told;
	int changed, closed;
};

struct model_key {
	int there;
	uint64_t seen;   /* the order in which keys were first seen */
	uint64_t pushed; /* counted up to their last pushes */
	uint64_t since;  /* values since the last result of early_count */
	int64_t latest;
	struct model_value {
		int64_t t;
		double x;
	} * values;
	size_t n_values, room;
	struct model_window *windows;
	size_t n_windows, windows_room;
};

struct keyed_model {
	struct model_rules rules;
	struct model_key keys[MODEL_KEYS];
	int started;
	int64_t now, watermark;
	int64_t coming; /* the watermark to be reached while time passes */
	uint64_t steps;
	leat_counts counts;
	struct told_log log;
};

void keyed_model_open(struct keyed_model *m, const struct model_rules *rules);
void keyed_model_close(struct keyed_model *m);
int keyed_model_push(struct keyed_model *m, unsigned key, int64_t t, double x);
void keyed_model_advance(struct keyed_model *m, int64_t t);
void keyed_model_flush(struct keyed_model *m);
int keyed_model_drop(struct keyed_model *m, unsigned key);
/* Computes the results of leat_keyed_query() and leat_keyed_interval(). */
int keyed_model_query(struct keyed_model *m, unsigned key, double *out,
    int64_t *start_out, int64_t *end_out);
size_t keyed_model_length(const struct keyed_model *m);

#endif
