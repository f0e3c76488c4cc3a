/*
 * time_engine.h - how windows of a kind take values and emit results
 *
 * Engines know how a state takes values and emits results: cells.c (windows
 * that do not overlap), ranges.c (windows that do, as ranges of a tree),
 * decaying.c (weights), and for keys counted.c (windows by count). The rest of
 * the library knows windows by this table alone.
 */
#ifndef LEAT_TIME_ENGINE_H
#define LEAT_TIME_ENGINE_H

#include "../state/state.h"
#include "time_stream.h"

/* Returned by push() of an engine for a value that lies between two windows. */
#define LEAT_OUTSIDE 100

/*
 * A push has two steps. All that can fail happens in the first one: reserve(),
 * and for streams that are `careful` prepare() of every state that the push may
 * touch. The second one moves the clock, closes windows, emits results and
 * takes the value, and cannot fail. Both steps look for the value's window:
 * closing may free the one that the first has found.
 */
struct leat_time_engine {
	size_t has_cells; /* windows are cells, from st->cells */
	int overlaps; /* a value is in many windows, which are emitted anew */
	size_t content_size; /* bytes a state points to; 0: a block */
	/* Adds to p->state_size what a state holds; NULL: a pointer alone. */
	void (*plan)(struct leat_time_plan *p, const struct leat_layout *l);
	/*
	 * Makes sure that push() finds the memory that a value takes wherever
	 * it goes, before the clock moves. LEAT_ENOMEM.
	 */
	int (*reserve)(struct leat_stream *st, const struct leat_state *s,
	    const leat_event *e);
	/*
	 * The clock has seen a value, or has been advanced, and the watermark
	 * has not moved. Adds to `need` what is taken when the state closes up
	 * to the clock's target, emits early results and takes `e` (NULL: no
	 * value), and asks the calendar for all that will have to be known.
	 * Changes nothing that can be seen; NULL where no stream is careful.
	 * LEAT_ECALENDAR, LEAT_ENOMEM, LEAT_TOO_FAR.
	 */
	int (*prepare)(struct leat_stream *st, const struct leat_state *s,
	    const leat_event *e, struct leat_need *need);
	/*
	 * Takes a value, emits closed windows that it changes once more, and
	 * lowers st->next_due to the watermark at which it gives close()
	 * something to do. LEAT_TOO_LATE, LEAT_NO_ROOM, LEAT_OUTSIDE.
	 */
	int (*push)(struct leat_stream *st, struct leat_state *s,
	    const leat_event *e);
	/*
	 * Returns 0 if close() has nothing to do at any watermark; else 1, and
	 * *due_out is the first one at which it has. What is kept for a
	 * lateness of INT64_MAX ticks is not due; see leat_stream_due().
	 */
	int (*due)(const struct leat_stream *st, const struct leat_state *s,
	    int64_t target, int64_t lateness, int64_t *due_out);
	/*
	 * Emits the windows that end by `watermark` and have not been emitted
	 * as closed, in order, and forgets what is expired.
	 */
	void (*close)(struct leat_stream *st, struct leat_state *s,
	    int64_t watermark);
	/*
	 * Emits open windows. LEAT_RESULT_EARLY: those that have changed since
	 * they were emitted. LEAT_RESULT_DROPPED: all of them, of a state that
	 * will be cleared; this takes no memory and need not be prepared. EARLY
	 * with LEAT_RESULT_FLUSHED: all of them, and nothing changes.
	 */
	void (*emit)(struct leat_stream *st, struct leat_state *s, int flag);
	/*
	 * Finds the window that holds now: where it lies, and unless out is
	 * NULL the block of its values. Writes into nothing else.
	 */
	void (*look)(const struct leat_stream *st, const struct leat_state *s,
	    struct leat_accs *out, int64_t *start_out, int64_t *end_out);
	/*
	 * Returns the block that look() would fill if it lies somewhere as it
	 * is, else NULL. The engine may lack this.
	 */
	const struct leat_accs *(*held)(const struct leat_stream *st,
	    const struct leat_state *s);
	/* Returns how many values are stored. */
	uint64_t (*stored)(const struct leat_stream *st,
	    const struct leat_state *s);
	/* Gives back all that the state holds; it is empty then. */
	void (*clear)(struct leat_stream *st, struct leat_state *s);
	/*
	 * Fills `to`, of zeros. After LEAT_ENOMEM it is to be cleared, and the
	 * stream it belongs to is to be freed.
	 */
	int (*copy)(struct leat_stream *st, struct leat_state *to,
	    const struct leat_state *from);
	/*
	 * Saves or loads all that the state holds; loading goes into one of
	 * zeros, which is to be cleared after an error.
	 */
	void (*tape)(struct leat_stream *st, struct leat_state *s,
	    struct leat_tape *t);
	/*
	 * Returns whether a state of another stream of the same plan can be
	 * joined to s, and adds to `need` what that takes: LEAT_ENOTSUP,
	 * LEAT_ELATE, LEAT_EFULL, LEAT_ENOMEM. join() then cannot fail.
	 */
	int (*join_room)(struct leat_stream *st, struct leat_state *s,
	    const struct leat_stream *from, const struct leat_state *other,
	    struct leat_need *need);
	void (*join)(struct leat_stream *st, struct leat_state *s,
	    const struct leat_stream *from, const struct leat_state *other);
	/*
	 * NULL where a window is a block of accumulators. Else lower() makes
	 * statistics of what look() found, and tally() counts the values of
	 * st->emitter.whole.
	 */
	void (*lower)(const struct leat_stream *st,
	    const struct leat_accs *whole, double *out);
	struct leat_tally (*tally)(const struct leat_stream *st);
};

extern const struct leat_time_engine leat_cells_engine, leat_ranges_engine,
    leat_decaying_engine;

/* Returns the size of what a window that decays holds. */
size_t leat_decaying_size(const struct leat_time_plan *p);

LEAT_INLINE int leat_stream_due(const struct leat_stream *st,
    const struct leat_state *s, int64_t *due_out)
{
	return st->plan.engine->due(st, s, st->clock.target, st->plan.lateness,
	    due_out);
}

/*
 * Returns whether an open window with data ends before time does: when time
 * ends, no windows without data follow the last one that has some.
 */
LEAT_INLINE int leat_stream_has_open(const struct leat_stream *st,
    const struct leat_state *s)
{
	int64_t due, lateness = st->plan.lateness > 0 ? INT64_MAX : 0;

	return st->plan.engine->due(st, s, LEAT_TIME_MAX, lateness, &due) &&
	    due < INT64_MAX;
}

#endif
