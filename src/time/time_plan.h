/*
 * time_plan.h - what the options of windows by time come to
 *
 * The plan says of which kind the windows are, where they lie in time, what
 * becomes of late, missing and surplus values, and where things lie in the
 * state of one key. time_plan.c makes it from the options, and it is constant
 * from then on.
 */
#ifndef LEAT_TIME_PLAN_H
#define LEAT_TIME_PLAN_H

#include "../agg/class.h"
#include "../agg/stat.h"
#include "../agg/summary.h"
#include "accs.h"
#include "index.h"
#include "time_clock.h"

struct leat_time_engine;

/* The engines differ by these for the kinds of windows that they serve. */
struct leat_time_traits {
	int slides;     /* a window ends at each value */
	int on_grid;    /* windows start at offset + k advance */
	int grows;      /* a value may move the ends of its window */
	int open_ended; /* one window, which goes on as long as time does */
	int asks;       /* the calendar says where windows lie */
	int decays;     /* values lose weight with time */
};

/* Holds what the options come to; constant once the object has started. */
struct leat_time_plan {
	int kind;
	struct leat_time_traits traits;
	int64_t span, advance, offset, gap;
	int64_t width; /* ticks of a pane */
	int64_t phase; /* windows end at phase + k advance */
	leat_calendar calendar;
	double half_life;
	unsigned errors; /* enum leat_decay_more, for decaying windows */
	uint64_t min_count;
	int propagate;
	int64_t lateness;
	uint64_t early_count;
	int64_t early_span;
	int emit_empty;
	uint64_t max_values, max_windows;
	int full;

	const struct leat_time_engine *engine;
	int roomy; /* windows are those of one key alone */
	size_t state_size;
	size_t more_at;   /* place of struct leat_more in a state; 0: none */
	size_t cell_head; /* bytes of a cell before its values */
	int marks;        /* cells have marks: they may be emitted again */
	int few;          /* never more than a few cells are there at once */
	size_t index_at;  /* place of the index of cells in a state; 0: none */
	int revises;      /* a window may be emitted more than once */
	int careful;      /* pushes and advances are prepared */
	int plain; /* values that a cell holds change that, and the clock */
	int quiet; /* sliding windows of which nothing is emitted or limited */
	int one_sum; /* the only statistic is made of a sum */
	size_t n_stats;
	leat_stat *stats;
};

/* Returns whether a window that ends there takes no late values any more. */
LEAT_INLINE int leat_is_expired(const struct leat_time_plan *p, int64_t end,
    int64_t watermark)
{
	return leat_later(end, p->lateness) <= watermark;
}

/* Returns the time up to which windows are forgotten at a watermark. */
LEAT_INLINE int64_t leat_settled(const struct leat_time_plan *p,
    int64_t watermark)
{
	return watermark == LEAT_TIME_MAX
	    ? LEAT_TIME_MAX
	    : leat_earlier(watermark, p->lateness);
}

struct leat_cell;

/*
 * Points to what the window of one key holds; all zero is empty. A state has
 * state_size bytes: the engine may keep more behind the struct.
 */
struct leat_state {
	void *content;
};

/* Lies behind the rest of a state if some option needs it (more_at). */
struct leat_more {
	uint64_t since;     /* values since the last result of early_count */
	uint64_t stored;    /* values stored */
	uint64_t windows;   /* cells or slices held, if max_windows is given */
	int64_t first_end;  /* emit_empty: end of the first window emitted */
	int64_t empty_from; /* emit_empty: end of the last window emitted */
	int begun;          /* first_end and empty_from are set */
	/*
	 * Cells alone use the rest: the first open cell, where closed ones are
	 * kept; a cell before which none stores values (NULL: not known); and
	 * the open cells that have changed, where cells have an index.
	 */
	struct leat_cell *open, *oldest_stored;
	struct leat_index changed;
};

LEAT_INLINE struct leat_more *leat_more(const struct leat_time_plan *p,
    const struct leat_state *s)
{
	return (struct leat_more *)(void *)((unsigned char *)(uintptr_t)s +
	    p->more_at);
}

/*
 * Checks the options and makes the plan and the measures of the layout, whose
 * sections have no place yet. LEAT_EINVAL and others, and says why.
 */
int leat_time_plan_make(struct leat_time_plan *p, struct leat_layout *l,
    const leat_time_window_options *o, int roomy, const char **why_out);
/* Measures the layout, and fills its sections if they have a place. */
void leat_time_plan_layout(struct leat_time_plan *p, struct leat_layout *l,
    const leat_time_window_options *o);

#endif
