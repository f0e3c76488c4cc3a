/*
 * A group is what a replay keeps for one key: its windows or its model.
 */
#ifndef REPLAY_GROUPS_H
#define REPLAY_GROUPS_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "column_windows.h"
#include "keys.h"
#include "learner.h"
#include "list.h"
#include "state_tape.h"

struct group {
	struct column_windows *windows; /* NULL: a model */
	struct learner *learner;        /* NULL: windows */
	uint64_t last_row;              /* set by who pushes */
	struct list shown;              /* kept by who pushes, for the end */
};

struct groups {
	struct column_windows_plan plan;
	const struct learner_plan *learning; /* NULL: windows */
	struct keys *keys;
	struct group *items; /* in order of first appearance */
	size_t n, size;
	leat_window **open; /* n_open of each group, see groups_open() */
	size_t n_open, open_size;
	size_t n_dropped; /* places among the n that are free */
	size_t max_keys;  /* SIZE_MAX: any */
};

/*
 * Groups of windows, and groups of models, whose plan must stay. Return 0
 * or a code of the library; in either case groups_clear() is due.
 */
int groups_init(struct groups *groups, const struct column_windows_plan *plan);
int groups_init_models(struct groups *groups, const struct learner_plan *plan);
void groups_clear(struct groups *groups);

/* Returns whether this place has no group. */
static inline int groups_is_dropped(const struct groups *groups, size_t number)
{
	return !groups->items[number].windows && !groups->items[number].learner;
}

/* Returns how many groups there are. */
static inline size_t groups_count(const struct groups *groups)
{
	return groups->n - groups->n_dropped;
}

/*
 * Returns the n_open windows of a group into which values may be pushed
 * straight, as column_windows_open() says; NULL if no group has any.
 */
static inline leat_window *const *groups_open(const struct groups *groups,
    size_t number)
{
	return groups->open ? groups->open + number * groups->n_open : NULL;
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

	if (groups_count(groups) >= groups->max_keys)
		return keys_find(groups->keys, key->text, key->len,
			   number_out) < 0
		    ? LEAT_NO_ROOM
		    : 0;
	added = keys_add(groups->keys, key->text, key->len, number_out);
	if (added == 0 && *number_out < groups->n)
		return 0;
	return added < 0 ? LEAT_ENOMEM : groups_add(groups, *number_out);
}

/* Keys and their state; loading: into groups without keys. */
void groups_tape(struct groups *groups, struct tape *tape);

#endif
