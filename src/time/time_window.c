/*
 * time_window.c - the life of a window by time, and its public functions
 *
 * One stream and one state. The watermark moves when a value has been seen,
 * and what that closes is emitted before the value goes in; close() is asked
 * only when the watermark has come to `due`, which is never later than the
 * first moment it has something to do.
 */
#include "../state/object.h"
#include "cells.h"
#include "ranges.h"
#include "time_codec.h"

struct leat_time_window {
	struct leat_stream stream;
	struct leat_state *state;
	int64_t due;
	int owes_early; /* early results are due since an error */
	struct leat_block block;
};

/* ---------------- making --------------------------------------------- */

static void cut_window(leat_time_window *w, struct leat_cutter *c)
{
	leat_cut(c, 1, sizeof(*w));
	w->state = leat_cut(c, 1, w->stream.plan.state_size);
	leat_stream_cut(&w->stream, c);
}

/* The plan is the window itself, but for what it points to. */
static int time_window_measure(const void *options, void *plan,
    size_t *n_bytes_out, const char **why_out)
{
	struct leat_cutter measure = { NULL, 0, 0 };
	leat_time_window *w = plan;
	int err;

	memset(w, 0, sizeof(*w));
	if ((err = leat_stream_plan(&w->stream, options, 1, why_out)))
		return err;
	cut_window(w, &measure);
	*n_bytes_out = measure.used;
	return measure.overflow
	    ? leat_because(why_out, LEAT_ETOOBIG, "stats: too large for memory")
	    : LEAT_OK;
}

static void time_window_build(void *base, const void *plan, const void *options)
{
	struct leat_cutter c = { base, 0, 0 };
	leat_time_window *w = base;

	*w = *(const leat_time_window *)plan;
	cut_window(w, &c);
	memset(w->state, 0, w->stream.plan.state_size);
	w->due = INT64_MAX;
	leat_stream_start(&w->stream, options);
}

static void time_window_clear(void *object)
{
	leat_time_window *w = object;

	w->stream.plan.engine->clear(&w->stream, w->state);
	leat_stream_end(&w->stream);
}

static int time_window_moved(const void *from, void *to,
    const leat_allocator *allocator)
{
	const leat_time_window *window = from;
	leat_time_window *w = to;

	w->state = leat_moved(window, w, window->state);
	leat_stream_moved(window, w, &w->stream, allocator);
	memset(w->state, 0, w->stream.plan.state_size);
	return w->stream.plan.engine->copy(&w->stream, w->state, window->state);
}

void leat_time_window_reset(leat_time_window *window)
{
	struct leat_stream *st = &window->stream;

	LEAT_ASSERT(window);
	st->plan.engine->clear(st, window->state);
	leat_stream_end(st);
	leat_clock_reset(&st->clock);
	memset(&st->counts, 0, sizeof(st->counts));
	st->emitter.calls.state = 0;
	window->due = INT64_MAX;
	window->owes_early = 0;
}

/* ---------------- time ------------------------------------------------ */

/* Closes what the clock's target closes; this has been prepared. */
static void move_watermark(leat_time_window *w)
{
	struct leat_stream *st = &w->stream;
	int64_t target = st->clock.target;

	if (target >= w->due) {
		st->plan.engine->close(st, w->state, target);
		if (!leat_stream_due(st, w->state, &w->due))
			w->due = INT64_MAX;
	}
	st->clock.watermark = target;
}

static void emit_early(leat_time_window *w, int64_t was)
{
	struct leat_stream *st = &w->stream;

	if (leat_stream_early(st, was, st->clock.now) || w->owes_early)
		st->plan.engine->emit(st, w->state, LEAT_RESULT_EARLY);
	w->owes_early = 0;
}

/*
 * Prepares for a value, or for NULL; the clock has moved. Nothing has changed
 * if it fails.
 */
static int prepare(leat_time_window *w, const leat_event *e)
{
	struct leat_stream *st = &w->stream;
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
	int err = st->plan.engine->prepare(st, w->state, e, &need);

	if (!err)
		err = leat_need_reserve(st, &need);
	if (err)
		leat_stream_done(st);
	return err;
}

int leat_time_window_advance(leat_time_window *window, int64_t t)
{
	struct leat_stream *st = &window->stream;
	struct leat_clock was = st->clock;
	int err;

	LEAT_ASSERT(window);
	if (leat_is_inside(&st->emitter.calls))
		return LEAT_EINVAL;
	leat_clock_advance(&st->clock, t);
	if (st->plan.careful && (err = prepare(window, NULL))) {
		st->clock = was;
		return err;
	}
	leat_clock_advanced(&st->clock, t);
	if (st->clock.target > st->clock.watermark)
		move_watermark(window);
	emit_early(window, was.now);
	leat_stream_done(st);
	return leat_calls_done(&st->emitter.calls, LEAT_OK);
}

int leat_time_window_flush(leat_time_window *window)
{
	struct leat_stream *st = &window->stream;

	LEAT_ASSERT(window);
	if (leat_is_inside(&st->emitter.calls))
		return LEAT_EINVAL;
	if (st->emitter.sink.emit)
		st->plan.engine->emit(st, window->state,
		    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
	return leat_calls_done(&st->emitter.calls, LEAT_OK);
}

/* ---------------- values --------------------------------------------- */

/*
 * Closes what is due and takes the value, which the clock has seen and for
 * which everything is reserved.
 */
LEAT_INLINE int push_seen_one(leat_time_window *w, const leat_event *e)
{
	struct leat_stream *st = &w->stream;
	int err;

	if (st->clock.target > st->clock.watermark)
		move_watermark(w);
	st->next_due = INT64_MAX;
	err = leat_stream_push(st, w->state, e);
	if (st->next_due < w->due)
		w->due = st->next_due;
	return err;
}

/* Pushes a value where more than a small allocation can fail. */
static int push_one_with_care(leat_time_window *w, const leat_event *e)
{
	struct leat_stream *st = &w->stream;
	struct leat_clock_mark mark;
	int err;

	leat_clock_try(&st->clock, e->source, e->t, &mark);
	if (!(err = prepare(w, e)))
		err = st->plan.engine->reserve(st, w->state, e);
	if (err) {
		leat_clock_undo(&st->clock, &mark);
		err = leat_stream_refuse(st, err);
	} else {
		if (st->clock.target > st->clock.watermark)
			move_watermark(w);
		emit_early(w, mark.clock.now);
		err = push_seen_one(w, e);
	}
	leat_stream_done(st);
	return err;
}

/*
 * Does all of a push, if it closes nothing and goes into the only window, or
 * comes in order to sliding ones. Returns 0 and has changed nothing if not.
 */
LEAT_INLINE int push_at_once(leat_time_window *w, const leat_event *e)
{
	struct leat_stream *st = &w->stream;
	enum leat_cells_taken taken;

	if (st->plan.quiet)
		return leat_ranges_take(st, w->state, e, &w->due);
	if (!st->plan.plain)
		return 0;
	taken = leat_cells_take(st, w->state, e, w->due);
	if (taken == LEAT_CELLS_BEGUN && st->recent_end < w->due)
		w->due = st->recent_end;
	return taken != LEAT_CELLS_OTHER;
}

/* Pushes a value; the callbacks' answers stay in st->emitter.calls. */
LEAT_INLINE int push_quietly(leat_time_window *w, const leat_event *e)
{
	struct leat_stream *st = &w->stream;
	int err;

	if (LEAT_UNLIKELY((err = leat_clock_check(&st->clock, e->source,
			       e->t))))
		return leat_stream_refuse(st, err);
	if (push_at_once(w, e))
		return LEAT_OK;
	if (LEAT_UNLIKELY(st->plan.careful))
		return push_one_with_care(w, e);
	if (LEAT_UNLIKELY((err = st->plan.engine->reserve(st, w->state, e))))
		return err;
	leat_clock_see(&st->clock, e->source, e->t);
	return push_seen_one(w, e);
}

LEAT_INLINE int push_one(leat_time_window *w, const leat_event *e, int pairs)
{
	struct leat_stream *st = &w->stream;

	if (st->forest.layout.pairs != pairs)
		return LEAT_EPAIRS;
	if (leat_is_inside(&st->emitter.calls))
		return LEAT_EINVAL;
	return leat_calls_done(&st->emitter.calls, push_quietly(w, e));
}

int leat_time_window_push(leat_time_window *window, int64_t t, double x)
{
	leat_event e = { NULL, 0, t, x, 0, 0, 0, 0 };

	LEAT_ASSERT(window);
	return push_one(window, &e, 0);
}

int leat_time_window_push_xy(leat_time_window *window, int64_t t, double x,
    double y)
{
	leat_event e = { NULL, 0, t, x, y, 0, 0, 0 };

	LEAT_ASSERT(window);
	return push_one(window, &e, 1);
}

int leat_time_window_push_events(leat_time_window *window,
    const leat_event *events, size_t n, size_t *n_taken_out)
{
	struct leat_stream *st = &window->stream;
	struct leat_many many = { 0, 0 };
	int err = LEAT_OK;

	LEAT_ASSERT(window && (events || n == 0));
	if (leat_is_inside(&st->emitter.calls))
		return LEAT_EINVAL;
	for (size_t i = 0; i < n && !err; i++) {
		leat_event e = events[i];
		if (!st->forest.layout.pairs)
			e.y = 0;
		err = leat_many_note(&many,
		    e.flags ? LEAT_EINVAL : push_quietly(window, &e));
	}
	return leat_many_done(&many, &st->emitter.calls, err, n_taken_out);
}

int leat_time_window_push_many(leat_time_window *window, const int64_t *t,
    const double *x, const double *y, size_t n, size_t *n_taken_out)
{
	struct leat_stream *st = &window->stream;
	struct leat_many many = { 0, 0 };
	int err = LEAT_OK;

	LEAT_ASSERT(window && ((t && x) || n == 0));
	if (st->forest.layout.pairs ? !y && n > 0 : y != NULL)
		return LEAT_EPAIRS;
	if (leat_is_inside(&st->emitter.calls))
		return LEAT_EINVAL;
	for (size_t i = 0; i < n && !err; i++) {
		leat_event e = { NULL, 0, t[i], x[i], y ? y[i] : 0, 0, 0, 0 };
		err = leat_many_note(&many, push_quietly(window, &e));
	}
	return leat_many_done(&many, &st->emitter.calls, err, n_taken_out);
}

/* ---------------- asking --------------------------------------------- */

void leat_time_window_query(const leat_time_window *window, double *out)
{
	const struct leat_stream *st = &window->stream;

	LEAT_ASSERT(window && out);
	if (leat_is_inside(&st->emitter.calls) && st->emitter.calls.result) {
		memcpy(out, st->emitter.calls.result->values,
		    st->plan.n_stats * sizeof(*out));
		return;
	}
	leat_stream_query(st, window->state, out);
}

void leat_time_window_interval(const leat_time_window *window,
    int64_t *start_out, int64_t *end_out)
{
	const struct leat_calls *c = &window->stream.emitter.calls;

	LEAT_ASSERT(window && start_out && end_out);
	if (leat_is_inside(c) && c->result) {
		*start_out = c->result->start;
		*end_out = c->result->end;
		return;
	}
	window->stream.plan.engine->look(&window->stream, window->state, NULL,
	    start_out, end_out);
}

int leat_time_window_read(const leat_time_window *window, uint64_t first,
    size_t n, int64_t *t_out, double *x_out, double *y_out)
{
	struct leat_reading to = { first, n, t_out, x_out, y_out };

	LEAT_ASSERT(window);
	return leat_stream_read(&window->stream, window->state, to);
}

uint64_t leat_time_window_bytes(const leat_time_window *window)
{
	LEAT_ASSERT(window);
	return window->stream.memory.bytes;
}

int leat_time_window_partial(const leat_time_window *window,
    const leat_agg *agg, void *partial_out)
{
	LEAT_ASSERT(window && agg && partial_out);
	return leat_stream_partial(&window->stream, window->state, agg,
	    partial_out);
}

int64_t leat_time_window_now(const leat_time_window *window)
{
	LEAT_ASSERT(window);
	return window->stream.clock.now;
}

int64_t leat_time_window_watermark(const leat_time_window *window)
{
	LEAT_ASSERT(window);
	return leat_stream_watermark(&window->stream);
}

void leat_time_window_counts(const leat_time_window *window,
    leat_counts *counts_out)
{
	LEAT_ASSERT(window && counts_out);
	*counts_out = window->stream.counts;
	counts_out->stored = window->stream.plan.engine->stored(&window->stream,
	    window->state);
}

/* ---------------- as bytes, and joined --------------------------------- */

static void tape_window(struct leat_tape *t, void *object)
{
	leat_time_window *w = object;
	int64_t due;

	leat_tape_part(t, LEAT_STATE_OPTIONS);
	leat_tape_stream_options(t, &w->stream);
	leat_tape_part(t, LEAT_STATE_CONTENT);
	leat_tape_stream(t, &w->stream);
	leat_tape_time(t, &w->due);
	leat_tape_int(t, &w->owes_early, w->stream.plan.early_span > 0);
	if (t->err)
		return;
	leat_tape_state(t, &w->stream, w->state);
	/* Version 0.1 may have saved a late `due`: empty rows, no sink. */
	if (!t->loads || t->err || w->stream.plan.emit_empty)
		return;
	if (leat_stream_due(&w->stream, w->state, &due))
		leat_tape_expect(t, w->due <= due);
}

static const struct leat_object_kind time_window_kind = {
	.object = LEAT_OBJECT_TIME_WINDOW,
	.block_at = offsetof(leat_time_window, block),
	.allocator_at = offsetof(leat_time_window_options, allocator),
	.measure = time_window_measure,
	.build = time_window_build,
	.moved = time_window_moved,
	.clear = time_window_clear,
	.tape = tape_window,
};

int leat_time_window_check(const leat_time_window_options *options,
    size_t *n_bytes_out, const char **why_out)
{
	leat_time_window plan;

	LEAT_ASSERT(options);
	return leat_object_check(&time_window_kind, &plan, options, n_bytes_out,
	    why_out);
}

int leat_time_window_new(leat_time_window **window_out,
    const leat_time_window_options *options)
{
	leat_time_window plan;
	int err;

	LEAT_ASSERT(window_out && options);
	*window_out = leat_object_new(&time_window_kind, &plan, NULL, 0,
	    options, &err);
	return err;
}

void leat_time_window_free(leat_time_window *window)
{
	leat_object_free(&time_window_kind, window);
}

int leat_time_window_copy(const leat_time_window *window,
    const leat_allocator *allocator, leat_time_window **copy_out)
{
	int err;

	LEAT_ASSERT(window && copy_out);
	*copy_out = NULL;
	if (leat_is_inside(&window->stream.emitter.calls))
		return LEAT_EINVAL;
	*copy_out = leat_object_copy(&time_window_kind, window, allocator,
	    &err);
	return err;
}

int leat_time_window_save(const leat_time_window *window, leat_writer *writer)
{
	LEAT_ASSERT(window && writer);
	if (leat_is_inside(&window->stream.emitter.calls))
		return LEAT_EINVAL;
	return leat_object_save(&time_window_kind, window, writer);
}

int leat_time_window_load(leat_time_window **window_out,
    const leat_time_window_options *options, leat_reader *reader)
{
	leat_time_window plan;
	int err;

	LEAT_ASSERT(window_out && options && reader);
	*window_out = leat_object_load(&time_window_kind, &plan, options,
	    reader, &err);
	return err;
}

/*
 * Closes up to where the two have come. Some of what the other one has brought
 * may be due since before our watermark: windows without data, which it had not
 * come to yet. If this runs out of memory, the next push resumes it.
 */
static void move_on(leat_time_window *w)
{
	struct leat_stream *st = &w->stream;
	int64_t was = st->clock.watermark;

	if (w->due <= was && was < LEAT_TIME_MAX)
		st->clock.watermark = leat_earlier(w->due, 1);
	if (st->clock.target == st->clock.watermark)
		return;
	if (!st->plan.careful || !prepare(w, NULL))
		move_watermark(w);
	else
		st->clock.watermark = was;
}

int leat_time_window_merge(leat_time_window *window,
    const leat_time_window *other)
{
	struct leat_stream *st = &window->stream;
	const struct leat_stream *g = &other->stream;
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
	int err;

	LEAT_ASSERT(window && other);
	if (window == other || leat_is_inside(&st->emitter.calls) ||
	    leat_is_inside(&g->emitter.calls))
		return LEAT_EINVAL;
	if ((err = leat_stream_same(st, g)) ||
	    (err = st->plan.engine->join_room(st, window->state, g,
		 other->state, &need)) ||
	    (err = leat_need_reserve(st, &need)))
		return err;
	/*
	 * The states are joined before the watermark moves: results that the
	 * join emits must have the old one.
	 */
	leat_stream_join_counts(st, g);
	leat_clock_join(&st->clock, &g->clock);
	leat_state_join(st, window->state, g, other->state);
	window->owes_early |= other->owes_early;
	if (!leat_stream_due(st, window->state, &window->due))
		window->due = INT64_MAX;
	move_on(window);
	leat_stream_done(st);
	return leat_calls_done(&st->emitter.calls, LEAT_OK);
}
