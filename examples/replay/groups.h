/*
 * What is kept for each key: its windows or its model, and the series for
 * a plot.
 */
#ifndef REPLAY_GROUPS_H
#define REPLAY_GROUPS_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "cli_window.h"
#include "column_windows.h"
#include "keys.h"
#include "learner.h"
#include "list.h"
#include "series.h"
#include "state_tape.h"

struct group {
	leat_window *only; /* column_windows_only(): one step less on the way */
	struct column_windows *bank; /* either this */
	struct learner *learner;     /* or this */
	uint64_t last_row;           /* the user's own, */
	struct list shown;           /* as is this */

	struct column_windows *plotted; /* mean and stddev, for the series */
	struct series *series;          /* NULL: not plotted */
	uint64_t plotted_to;            /* rows that have a mean to draw */
};

struct groups {
	struct column_windows_plan plan, plot_plan;
	const struct learner_plan *learning; /* NULL: windows */
	struct cli_stats plot_stats;
	struct keys *keys;
	struct group *items; /* in order of first appearance */
	size_t n, size, max_series;
	size_t n_dropped; /* of the n, their places are free */
	size_t max_keys;  /* SIZE_MAX: any */
};

/*
 * Groups of windows, and groups of models, whose plan must stay. Return 0
 * or a code of the library; in either case groups_clear() is due. The first
 * max_series groups get a series.
 */
int groups_init(struct groups *groups, const struct column_windows_plan *plan,
    size_t max_series);
int groups_init_models(struct groups *groups, const struct learner_plan *plan,
    size_t max_series);
void groups_clear(struct groups *groups);

/* A place without a group. */
static inline int groups_is_dropped(const struct groups *groups, size_t number)
{
	return !groups->items[number].bank && !groups->items[number].learner;
}

/* Forgets a group and its key. */
void groups_drop(struct groups *groups, size_t number);

/*
 * The number of a key's group, which is added if it is new; items[number]
 * is valid until the next call. Returns 0 or a code of the library,
 * LEAT_NO_ROOM if it would be one more than max_keys.
 */
int groups_add(struct groups *groups, size_t number);

static inline int groups_find(struct groups *groups, const leat_csv_field *key,
    size_t *number_out)
{
	int added;

	if (groups->n - groups->n_dropped >= groups->max_keys)
		return keys_find(groups->keys, key->text, key->len,
			   number_out) < 0
		    ? LEAT_NO_ROOM
		    : 0;
	added = keys_add(groups->keys, key->text, key->len, number_out);
	if (added == 0 && *number_out < groups->n)
		return 0;
	return added < 0 ? LEAT_ENOMEM : groups_add(groups, *number_out);
}

/*
 * Pushes one row. The label is for the plot. Returns 1 if windows have
 * closed, 0, or a code of the library.
 */
int groups_push(struct groups *groups, struct group *group,
    const double *values, const leat_csv_field *label);

/* The same with a model. */
enum learner_outcome groups_learn(struct group *group, const double *values,
    const leat_csv_field *label);

/* Keys and their state, but for series; loading: into groups without keys. */
void groups_tape(struct groups *groups, struct tape *tape);

#endif
