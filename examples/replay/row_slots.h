/*
 * The slots of a row of results. Each value column has a window, if there are
 * statistics of one value, and the pair has one, if there are statistics of
 * pairs. A slot is one of these windows: the columns' come first, in order,
 * and the pair's last, and so do their results in the row.
 */
#ifndef REPLAY_ROW_SLOTS_H
#define REPLAY_ROW_SLOTS_H

#include "cli_window.h"

/* The statistics must stay. */
struct row_slots {
	const struct cli_stats *stats;
	size_t n_columns; /* 2 if there are statistics of pairs */
};

/* The statistics of one slot, and the place of its first result. */
struct row_slot {
	const leat_stat *stats;
	size_t n_stats;
	size_t at;
};

/* Returns how many slots are those of columns. */
static inline size_t row_slots_single(const struct row_slots *slots)
{
	return slots->stats->n_single ? slots->n_columns : 0;
}

static inline size_t row_slots_count(const struct row_slots *slots)
{
	return row_slots_single(slots) + (slots->stats->n_pair > 0);
}

/* Returns how many results are in a row. */
static inline size_t row_slots_width(const struct row_slots *slots)
{
	return slots->n_columns * slots->stats->n_single + slots->stats->n_pair;
}

static inline struct row_slot row_slots_get(const struct row_slots *slots,
    size_t i)
{
	const struct cli_stats *s = slots->stats;
	struct row_slot slot = { s->single, s->n_single, i * s->n_single };

	if (i == row_slots_single(slots)) {
		slot.stats = s->pair;
		slot.n_stats = s->n_pair;
	}
	return slot;
}

#endif
