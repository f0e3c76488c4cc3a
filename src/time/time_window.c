/*
 * time_window.c - the life of a window by time, and its public functions
 *
 * One flow and one state. The watermark moves when a value has been seen,
 * and what that closes is told before the value goes in; close() is asked
 * only when the watermark has come to `due`, which is never later than the
 * first moment it has something to do.
 */
#include "time.h"

struct leat_time_window {
	struct leat_flow flow;
	struct leat_state *state;
	int64_t due;
	int owes_early; /* results of early_span, after an error */
	struct leat_block block;
};

/* ---------------- making --------------------------------------------- */

static void cut_window(leat_time_window *w, struct leat_cutter *c)
{
	leat_cut(c, 1, sizeof(*w));
	w->state = leat_cut(c, 1, w->flow.state_size);
	leat_flow_cut(&w->flow, c);
}

/* Plans the window, and measures what it takes beside what it grows by. */
static int plan_window(leat_time_window *plan,
    const leat_time_window_options *o, size_t *n_bytes, const char **why_out)
{
	struct leat_cutter measure = { NULL, 0, 0 };
	int err;

	memset(plan, 0, sizeof(*plan));
	if ((err = leat_flow_plan(&plan->flow, o, why_out)))
		return err;
	cut_window(plan, &measure);
	*n_bytes = measure.used;
	return measure.overflow
	    ? leat_because(why_out, LEAT_ETOOBIG, "stats: too large for memory")
	    : LEAT_OK;
}

int leat_time_window_check(const leat_time_window_options *options,
    size_t *n_bytes_out, const char **why_out)
{
	leat_time_window plan;
	size_t n;

	LEAT_ASSERT(options);
	int err = plan_window(&plan, options, &n, why_out);
	if (!err && n_bytes_out)
		*n_bytes_out = leat_block_room(n);
	return err;
}

int leat_time_window_new(leat_time_window **window_out,
    const leat_time_window_options *options)
{
	leat_time_window plan, *w;
	void *base;
	size_t n;
	int err;

	LEAT_ASSERT(window_out && options);
	*window_out = NULL;
	if ((err = plan_window(&plan, options, &n, NULL)) ||
	    (err = leat_block_claim(&plan.block, options->allocator, NULL, 0, n,
		 &base)))
		return err;
	w = base;
	*w = plan;
	struct leat_cutter c = { base, 0, 0 };
	cut_window(w, &c);
	memset(w->state, 0, w->flow.state_size);
	w->due = INT64_MAX;
	leat_flow_start(&w->flow, options);
	*window_out = w;
	return LEAT_OK;
}

void leat_time_window_free(leat_time_window *window)
{
	if (!window)
		return;
	window->flow.engine->clear(&window->flow, window->state);
	leat_flow_end(&window->flow);
	leat_block_free(window->block);
}

int leat_time_window_copy(const leat_time_window *window,
    const leat_allocator *allocator, leat_time_window **copy_out)
{
	struct leat_block block;
	int err;

	LEAT_ASSERT(window && copy_out);
	*copy_out = NULL;
	if (leat_is_inside(&window->flow.calls))
		return LEAT_EINVAL;
	leat_time_window *w = leat_block_copy(&block, allocator, &window->block,
	    window);
	if (!w)
		return LEAT_ENOMEM;
	w->block = block;
	w->state = leat_moved(window, w, window->state);
	leat_flow_moved(window, w, &w->flow, allocator);
	memset(w->state, 0, w->flow.state_size);
	err = w->flow.engine->copy(&w->flow, w->state, window->state);
	if (err) {
		leat_time_window_free(w);
		return err;
	}
	*copy_out = w;
	return LEAT_OK;
}

void leat_time_window_reset(leat_time_window *window)
{
	struct leat_flow *f = &window->flow;

	LEAT_ASSERT(window);
	f->engine->clear(f, window->state);
	leat_flow_end(f);
	leat_clock_reset(&f->clock);
	memset(&f->counts, 0, sizeof(f->counts));
	f->calls.state = 0;
	window->due = INT64_MAX;
	window->owes_early = 0;
}

/* ---------------- time ------------------------------------------------ */

/* Closes what the clock's target closes; this has been prepared. */
static void move_watermark(leat_time_window *w)
{
	struct leat_flow *f = &w->flow;
	int64_t target = f->clock.target;

	if (target >= w->due) {
		f->engine->close(f, w->state, target);
		if (!f->engine->due(f, w->state, &w->due))
			w->due = INT64_MAX;
	}
	f->clock.watermark = target;
}

static void tell_early(leat_time_window *w, int64_t was)
{
	struct leat_flow *f = &w->flow;

	if (leat_flow_early(f, was, f->clock.now) || w->owes_early)
		f->engine->tell(f, w->state, LEAT_RESULT_EARLY);
	w->owes_early = 0;
}

/* The clock has moved; e may be NULL. Where it fails nothing has changed. */
static int prepare(leat_time_window *w, const leat_event *e)
{
	struct leat_flow *f = &w->flow;
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
	int err = f->engine->prepare(f, w->state, e, &need);

	if (!err)
		err = leat_need_reserve(f, &need);
	if (err)
		leat_flow_done(f);
	return err;
}

int leat_time_window_advance(leat_time_window *window, int64_t t)
{
	struct leat_flow *f = &window->flow;
	struct leat_clock was = f->clock;
	int err;

	LEAT_ASSERT(window);
	if (leat_is_inside(&f->calls))
		return LEAT_EINVAL;
	leat_clock_advance(&f->clock, t);
	if (f->careful && (err = prepare(window, NULL))) {
		f->clock = was;
		return err;
	}
	leat_clock_advanced(&f->clock, t);
	if (f->clock.target > f->clock.watermark)
		move_watermark(window);
	tell_early(window, was.now);
	leat_flow_done(f);
	return leat_calls_done(&f->calls, LEAT_OK);
}

int leat_time_window_flush(leat_time_window *window)
{
	struct leat_flow *f = &window->flow;

	LEAT_ASSERT(window);
	if (leat_is_inside(&f->calls))
		return LEAT_EINVAL;
	if (f->sink.emit)
		f->engine->tell(f, window->state,
		    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
	return leat_calls_done(&f->calls, LEAT_OK);
}

/* ---------------- values --------------------------------------------- */

/* The clock has seen the value, and nothing can fail any more. */
LEAT_INLINE int push_seen_one(leat_time_window *w, const leat_event *e)
{
	struct leat_flow *f = &w->flow;
	int err;

	if (f->clock.target > f->clock.watermark)
		move_watermark(w);
	f->news = INT64_MAX;
	err = leat_flow_push(f, w->state, e);
	if (f->news < w->due)
		w->due = f->news;
	return err;
}

/* Pushes where more than a small allocation can fail. */
static int push_one_with_care(leat_time_window *w, const leat_event *e)
{
	struct leat_flow *f = &w->flow;
	struct leat_clock_mark mark;
	int err;

	leat_clock_mark(&f->clock, e->source, &mark);
	leat_clock_see(&f->clock, e->source, e->t);
	if (!(err = prepare(w, e)))
		err = f->engine->reserve(f, w->state, e);
	if (err) {
		leat_clock_back(&f->clock, e->source, &mark);
		err = leat_flow_refuse(f, err);
	} else {
		if (f->clock.target > f->clock.watermark)
			move_watermark(w);
		tell_early(w, mark.clock.now);
		err = push_seen_one(w, e);
	}
	leat_flow_done(f);
	return err;
}

/* What callbacks have answered is left in f->calls. */
LEAT_INLINE int push_quietly(leat_time_window *w, const leat_event *e)
{
	struct leat_flow *f = &w->flow;
	int err;

	if (LEAT_UNLIKELY((err = leat_clock_check(&f->clock, e->source, e->t))))
		return leat_flow_refuse(f, err);
	if (LEAT_UNLIKELY(f->careful))
		return push_one_with_care(w, e);
	if (LEAT_UNLIKELY((err = f->engine->reserve(f, w->state, e))))
		return err;
	leat_clock_see(&f->clock, e->source, e->t);
	return push_seen_one(w, e);
}

LEAT_INLINE int push_one(leat_time_window *w, const leat_event *e)
{
	struct leat_flow *f = &w->flow;

	if (leat_is_inside(&f->calls))
		return LEAT_EINVAL;
	return leat_calls_done(&f->calls, push_quietly(w, e));
}

int leat_time_window_push(leat_time_window *window, int64_t t, double x)
{
	leat_event e = { NULL, 0, t, x, 0, 0, 0, 0 };

	LEAT_ASSERT(window);
	if (window->flow.pairs)
		return LEAT_EPAIRS;
	return push_one(window, &e);
}

int leat_time_window_push_xy(leat_time_window *window, int64_t t, double x,
    double y)
{
	leat_event e = { NULL, 0, t, x, y, 0, 0, 0 };

	LEAT_ASSERT(window);
	if (!window->flow.pairs)
		return LEAT_EPAIRS;
	return push_one(window, &e);
}

int leat_time_window_push_events(leat_time_window *window,
    const leat_event *events, size_t n, size_t *n_taken_out)
{
	struct leat_flow *f = &window->flow;
	struct leat_many many = { 0, 0 };
	int err = LEAT_OK;

	LEAT_ASSERT(window && (events || n == 0));
	if (leat_is_inside(&f->calls))
		return LEAT_EINVAL;
	for (size_t i = 0; i < n && !err; i++) {
		leat_event e = events[i];
		if (!f->pairs)
			e.y = 0;
		err = leat_many_note(&many,
		    e.flags ? LEAT_EINVAL : push_quietly(window, &e));
	}
	return leat_many_done(&many, &f->calls, err, n_taken_out);
}

int leat_time_window_push_many(leat_time_window *window, const int64_t *t,
    const double *x, const double *y, size_t n, size_t *n_taken_out)
{
	struct leat_flow *f = &window->flow;
	struct leat_many many = { 0, 0 };
	int err = LEAT_OK;

	LEAT_ASSERT(window && ((t && x) || n == 0));
	if (f->pairs ? !y && n > 0 : y != NULL)
		return LEAT_EPAIRS;
	if (leat_is_inside(&f->calls))
		return LEAT_EINVAL;
	for (size_t i = 0; i < n && !err; i++) {
		leat_event e = { NULL, 0, t[i], x[i], y ? y[i] : 0, 0, 0, 0 };
		err = leat_many_note(&many, push_quietly(window, &e));
	}
	return leat_many_done(&many, &f->calls, err, n_taken_out);
}

/* ---------------- asking --------------------------------------------- */

void leat_time_window_query(const leat_time_window *window, double *out)
{
	const struct leat_flow *f = &window->flow;

	LEAT_ASSERT(window && out);
	if (leat_is_inside(&f->calls) && f->calls.result) {
		memcpy(out, f->calls.result->values, f->n_stats * sizeof(*out));
		return;
	}
	leat_flow_query(f, window->state, out);
}

void leat_time_window_interval(const leat_time_window *window,
    int64_t *start_out, int64_t *end_out)
{
	LEAT_ASSERT(window && start_out && end_out);
	if (leat_is_inside(&window->flow.calls) && window->flow.calls.result) {
		*start_out = window->flow.calls.result->start;
		*end_out = window->flow.calls.result->end;
		return;
	}
	window->flow.engine->look(&window->flow, window->state, NULL, start_out,
	    end_out);
}

int leat_time_window_read(const leat_time_window *window, uint64_t first,
    size_t n, int64_t *t_out, double *x_out, double *y_out)
{
	struct leat_reading to = { first, n, t_out, x_out, y_out };

	LEAT_ASSERT(window);
	return leat_flow_read(&window->flow, window->state, to);
}

uint64_t leat_time_window_bytes(const leat_time_window *window)
{
	LEAT_ASSERT(window);
	return window->flow.memory.bytes;
}

int leat_time_window_partial(const leat_time_window *window,
    const leat_agg *agg, void *partial_out)
{
	const struct leat_flow *f = &window->flow;

	LEAT_ASSERT(window && agg && partial_out);
	return leat_flow_partial(f, window->state, agg, partial_out);
}

int64_t leat_time_window_now(const leat_time_window *window)
{
	LEAT_ASSERT(window);
	return window->flow.clock.now;
}

int64_t leat_time_window_watermark(const leat_time_window *window)
{
	LEAT_ASSERT(window);
	return leat_flow_watermark(&window->flow);
}

void leat_time_window_counts(const leat_time_window *window,
    leat_counts *counts_out)
{
	const struct leat_flow *f = &window->flow;

	LEAT_ASSERT(window && counts_out);
	*counts_out = f->counts;
	counts_out->stored = f->engine->stored(f, window->state);
}

/* ---------------- as bytes, and joined --------------------------------- */

static void tape_window(struct leat_tape *t, void *object)
{
	leat_time_window *w = object;
	int64_t due;

	leat_tape_part(t, LEAT_STATE_OPTIONS);
	leat_tape_flow_options(t, &w->flow);
	leat_tape_part(t, LEAT_STATE_CONTENT);
	leat_tape_flow(t, &w->flow);
	leat_tape_time(t, &w->due);
	leat_tape_int(t, &w->owes_early, w->flow.early_span > 0);
	if (t->err)
		return;
	leat_tape_state(t, &w->flow, w->state);
	/* Version 0.1 may have saved a late time: emit_empty, no sink. */
	if (!t->loads || t->err || w->flow.emit_empty)
		return;
	if (w->flow.engine->due(&w->flow, w->state, &due))
		leat_tape_expect(t, w->due <= due);
}

int leat_time_window_save(const leat_time_window *window, leat_writer *writer)
{
	LEAT_ASSERT(window && writer);
	if (leat_is_inside(&window->flow.calls))
		return LEAT_EINVAL;
	return leat_tape_to(writer, LEAT_OBJECT_TIME_WINDOW, tape_window,
	    window);
}

int leat_time_window_load(leat_time_window **window_out,
    const leat_time_window_options *options, leat_reader *reader)
{
	leat_time_window *w;
	int err;

	LEAT_ASSERT(window_out && options && reader);
	*window_out = NULL;
	if ((err = leat_time_window_new(&w, options)))
		return err;
	err = leat_tape_from(reader, LEAT_OBJECT_TIME_WINDOW, tape_window, w);
	if (err)
		leat_time_window_free(w);
	else
		*window_out = w;
	return err;
}

/*
 * Time goes on to where the two have come. Of what the other one has brought
 * some may be due since before our watermark: windows without data, up to
 * which it had not come yet. Where this fails, the next push goes on with it.
 */
static void move_on(leat_time_window *w)
{
	struct leat_flow *f = &w->flow;
	int64_t was = f->clock.watermark;

	if (w->due <= was && was < LEAT_TIME_MAX)
		f->clock.watermark = leat_earlier(w->due, 1);
	if (f->clock.target == f->clock.watermark)
		return;
	if (!f->careful || !prepare(w, NULL))
		move_watermark(w);
	else
		f->clock.watermark = was;
}

int leat_time_window_merge(leat_time_window *window,
    const leat_time_window *other)
{
	struct leat_flow *f = &window->flow;
	const struct leat_flow *g = &other->flow;
	struct leat_need need = { 0, 0, 0, 0, 0, 0, 0 };
	int err;

	LEAT_ASSERT(window && other);
	if (window == other || leat_is_inside(&f->calls) ||
	    leat_is_inside(&g->calls))
		return LEAT_EINVAL;
	if ((err = leat_flow_same(f, g)) ||
	    (err = f->engine->join_room(f, window->state, g, other->state,
		 &need)) ||
	    (err = leat_need_reserve(f, &need)))
		return err;
	/* What the states tell is as of then; the watermark is not yet. */
	leat_flow_join_counts(f, g);
	leat_clock_join(&f->clock, &g->clock);
	leat_state_join(f, window->state, g, other->state);
	window->owes_early |= other->owes_early;
	if (!f->engine->due(f, window->state, &window->due))
		window->due = INT64_MAX;
	move_on(window);
	leat_flow_done(f);
	return leat_calls_done(&f->calls, LEAT_OK);
}
