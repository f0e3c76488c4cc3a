/*
 * window.c - the life of a window, and its public functions
 */
#include "window.h"
#include "../state/object.h"

/* ---------------- making and freeing -------------------------------- */

static void aim_partials(leat_window *w)
{
	for (size_t i = 0; w->partials && i < w->n_stats; i++) {
		const struct leat_part *p = w->parts;
		int of_user = w->stats[i].id == LEAT_STAT_AGG;

		while (of_user && p->of.agg != w->stats[i].agg)
			p++;
		w->partials[i] = of_user ? p->combined : NULL;
	}
}

static int window_measure(const void *options, void *plan, size_t *n_bytes_out,
    const char **why_out)
{
	const leat_window_options *o = options;
	leat_window *geometry = plan;
	int err = leat_options_check(o, why_out);

	if (err)
		return err;
	leat_options_apply(o, geometry);
	err = leat_layout(geometry, NULL, n_bytes_out, o);
	return err ? leat_because(why_out, err, "size: too large for memory")
		   : LEAT_OK;
}

/* leat_window_push() by way of the engine, and for windows of pairs. */
static int push_x(leat_window *w, double x)
{
	w->push(w, x, 0);
	return LEAT_OK;
}

/* leat_window_push_query() where it is no more than both calls. */
static int push_then_query(leat_window *w, double x, double *out)
{
	int err = w->push_x(w, x);

	if (err != LEAT_EPAIRS && err != LEAT_EINVAL)
		w->query(w, out);
	return err;
}

/* Pushes one value to a window with a sink, whose failure it returns. */
static int push_x_emit(leat_window *w, double x)
{
	if (leat_is_inside(&w->calls))
		return LEAT_EINVAL;
	w->push(w, x, 0);
	return leat_calls_done(&w->calls, LEAT_OK);
}

int leat_window_refuse_x(leat_window *w, double x)
{
	(void)w;
	(void)x;
	return LEAT_EPAIRS;
}

static void window_build(void *base, const void *plan, const void *options)
{
	const leat_window_options *o = options;
	leat_window *w = base;
	size_t n;

	*w = *(const leat_window *)plan;
	leat_layout(w, base, &n, o);
	memcpy(w->stats, o->stats, o->n_stats * sizeof(*w->stats));
	aim_partials(w);
	w->push = w->engine->push;
	w->push_x = w->sink.emit ? push_x_emit : push_x;
	if (w->pairs)
		w->push_x = leat_window_refuse_x;
	w->query = w->engine->query;
	w->push_query = push_then_query;
	if (w->engine == &leat_slide_engine)
		leat_slide_specialise(w);
	if (w->engine == &leat_decay_engine)
		leat_decay_specialise(w);
	w->engine->reset(w);
	if (w->order.node)
		leat_ordered_start(w);
}

static void slide_moved(const leat_window *from, leat_window *to)
{
	struct leat_slide *s = &to->slide;

	s->d = leat_moved(from, to, s->d);
	s->b = leat_moved(from, to, s->b);
	s->a = leat_moved(from, to, s->a);
	s->row = leat_moved(from, to, s->row);
	s->lanes = leat_moved(from, to, s->lanes);
	s->table = leat_moved(from, to, s->table);
	s->ring = leat_moved(from, to, s->ring);
}

static void engine_moved(const leat_window *from, leat_window *to)
{
	if (to->engine == &leat_slide_engine)
		slide_moved(from, to);
	else if (to->engine == &leat_panes_engine)
		to->panes.tallies = leat_moved(from, to, to->panes.tallies);
	else
		to->more = leat_moved(from, to, to->more);
}

void leat_window_moved(const leat_window *from, leat_window *to)
{
	to->parts = leat_moved(from, to, from->parts);
	to->stats = leat_moved(from, to, from->stats);
	to->results = leat_moved(from, to, from->results);
	to->partials = leat_moved(from, to, from->partials);
	to->ring_x = leat_moved(from, to, from->ring_x);
	to->ring_y = leat_moved(from, to, from->ring_y);
	to->order.node = leat_moved(from, to, from->order.node);
	engine_moved(from, to);
	for (size_t i = 0; i < to->n_parts; i++) {
		struct leat_part *p = &to->parts[i];
		p->prefix = leat_moved(from, to, p->prefix);
		p->suffix = leat_moved(from, to, p->suffix);
		p->open = leat_moved(from, to, p->open);
		p->combined = leat_moved(from, to, p->combined);
		p->temp = leat_moved(from, to, p->temp);
		p->whole = leat_moved(from, to, p->whole);
		p->table = leat_moved(from, to, p->table);
		p->panes = leat_moved(from, to, p->panes);
		p->levels = leat_moved(from, to, p->levels);
	}
	aim_partials(to);
}

void leat_window_clone(const leat_window *from, leat_window *to, void *ctx)
{
	memcpy(to, from, from->block.n_bytes);
	leat_window_moved(from, to);
	to->sink.ctx = ctx;
}

static int window_moved(const void *from, void *to,
    const leat_allocator *allocator)
{
	(void)allocator;
	leat_window_moved(from, to);
	return LEAT_OK;
}

static const struct leat_object_kind window_kind = {
	.object = LEAT_OBJECT_WINDOW,
	.block_at = offsetof(leat_window, block),
	.allocator_at = offsetof(leat_window_options, allocator),
	.measure = window_measure,
	.build = window_build,
	.moved = window_moved,
	.tape = leat_tape_whole_window,
};

int leat_window_check(const leat_window_options *options, size_t *n_bytes_out,
    const char **why_out)
{
	leat_window plan;

	LEAT_ASSERT(options);
	return leat_object_check(&window_kind, &plan, options, n_bytes_out,
	    why_out);
}

int leat_window_init(leat_window **window_out, void *memory, size_t n_bytes,
    const leat_window_options *options)
{
	leat_window plan;
	int err;

	LEAT_ASSERT(window_out && memory && options);
	*window_out = leat_object_new(&window_kind, &plan, memory, n_bytes,
	    options, &err);
	return err;
}

int leat_window_new(leat_window **window_out,
    const leat_window_options *options)
{
	leat_window plan;
	int err;

	LEAT_ASSERT(window_out && options);
	*window_out = leat_object_new(&window_kind, &plan, NULL, 0, options,
	    &err);
	return err;
}

void leat_window_free(leat_window *window)
{
	leat_object_free(&window_kind, window);
}

int leat_window_copy(const leat_window *window, const leat_allocator *allocator,
    leat_window **copy_out)
{
	int err;

	LEAT_ASSERT(window && copy_out);
	*copy_out = NULL;
	if (leat_is_inside(&window->calls))
		return LEAT_EINVAL;
	*copy_out = leat_object_copy(&window_kind, window, allocator, &err);
	return err;
}

int leat_window_save(const leat_window *window, leat_writer *writer)
{
	LEAT_ASSERT(window && writer);
	if (leat_is_inside(&window->calls))
		return LEAT_EINVAL;
	return leat_object_save(&window_kind, window, writer);
}

int leat_window_load(leat_window **window_out,
    const leat_window_options *options, leat_reader *reader)
{
	leat_window plan;
	int err;

	LEAT_ASSERT(window_out && options && reader);
	*window_out = leat_object_load(&window_kind, &plan, options, reader,
	    &err);
	return err;
}

/* ---------------- pushing ------------------------------------------- */

int leat_window_push(leat_window *window, double x)
{
	LEAT_ASSERT(window);
	return window->push_x(window, x);
}

int leat_window_push_xy(leat_window *window, double x, double y)
{
	LEAT_ASSERT(window);
	if (!window->pairs)
		return LEAT_EPAIRS;
	if (leat_is_inside(&window->calls))
		return LEAT_EINVAL;
	window->push(window, x, y);
	return leat_calls_done(&window->calls, LEAT_OK);
}

static void push_one_by_one(leat_window *w, const double *x, const double *y,
    size_t n, double *out)
{
	size_t step = w->n_stats;

	if (y || w->sink.emit)
		for (size_t i = 0; i < n; i++) {
			w->push(w, x[i], y ? y[i] : 0);
			if (out)
				w->query(w, out + i * step);
		}
	else if (out)
		for (size_t i = 0; i < n; i++)
			w->push_query(w, x[i], out + i * step);
	else
		for (size_t i = 0; i < n; i++)
			w->push_x(w, x[i]);
}

int leat_window_push_many(leat_window *window, const double *x, const double *y,
    size_t n, double *out)
{
	leat_window *w = window;

	LEAT_ASSERT(w && (x || n == 0));
	if (w->pairs ? !y && n > 0 : y != NULL)
		return LEAT_EPAIRS;
	if (leat_is_inside(&w->calls))
		return LEAT_EINVAL;
	while (w->run && out && n > 0) {
		size_t done = w->run(w, x, n, out);
		if (done == 0) { /* the next one cannot begin a run */
			push_one_by_one(w, x, NULL, 1, out);
			done = 1;
		}
		x += done;
		n -= done;
		out += done * w->n_stats;
	}
	push_one_by_one(w, x, y, n, out);
	return leat_calls_done(&w->calls, LEAT_OK);
}

/* ---------------- asking -------------------------------------------- */

void leat_window_query(const leat_window *window, double *out)
{
	LEAT_ASSERT(window && out);
	window->query(window, out);
}

int leat_window_push_query(leat_window *window, double x, double *out)
{
	LEAT_ASSERT(window && out);
	return window->push_query(window, x, out);
}

int leat_window_push_query_xy(leat_window *window, double x, double y,
    double *out)
{
	int err = leat_window_push_xy(window, x, y);

	LEAT_ASSERT(out);
	if (err != LEAT_EPAIRS && err != LEAT_EINVAL)
		window->query(window, out);
	return err;
}

struct partial_of {
	const leat_window *w;
	const struct leat_part *part;
	void *out;
};

/* In memory that is aligned, as that of the caller need not be. */
static void combine_partial(void *ctx, void *scratch)
{
	const struct partial_of *of = ctx;

	of->w->engine->combine(of->w, of->part, scratch, NULL);
	memcpy(of->out, scratch, of->part->of.packed);
}

int leat_window_partial(const leat_window *window, const leat_agg *agg,
    void *partial_out)
{
	struct partial_of of = { window, NULL, partial_out };

	LEAT_ASSERT(window && agg && partial_out);
	for (size_t i = 0; i < window->n_parts; i++)
		if (window->parts[i].of.agg == agg)
			of.part = &window->parts[i];
	if (!of.part)
		return LEAT_ESTAT;
	/* the emitted window has its partials there */
	if (window->calls.result)
		memcpy(partial_out, of.part->combined, of.part->of.packed);
	else
		leat_with_scratch(of.part->of.packed, combine_partial, &of);
	return LEAT_OK;
}

/* Returns how many of n pushes lie between two hopping windows. */
static uint64_t between_windows(const leat_window *w, uint64_t n)
{
	uint64_t hop = w->panes.advance, rest;

	if (w->kind != LEAT_HOPPING || hop <= w->size)
		return 0;
	rest = n % hop;
	return n / hop * (hop - w->size) +
	    (rest > w->size ? rest - w->size : 0);
}

void leat_window_counts(const leat_window *window, leat_counts *counts_out)
{
	const leat_window *w = window;
	leat_counts *c = counts_out;

	LEAT_ASSERT(w && c);
	memset(c, 0, sizeof(*c));
	c->pushed = w->engine->pushed(w);
	c->in_no_window = between_windows(w, c->pushed);
	c->taken = c->pushed - c->in_no_window;
	c->stored = w->keeps ? w->engine->length(w) : 0;
}

uint64_t leat_window_length(const leat_window *window)
{
	LEAT_ASSERT(window);
	return window->emitted_length ? window->emitted_length
				      : window->engine->length(window);
}

size_t leat_window_slot(const leat_window *w, uint64_t back)
{
	int slides = w->engine == &leat_slide_engine;
	size_t next = slides
	    ? (size_t)(w->slide.d - w->ring_x) + w->slide.filled
	    : w->ring_head;

	next = next >= back ? next - (size_t)back
			    : next + (w->ring_slots - (size_t)back);
	return next == w->ring_slots ? 0 : next;
}

int leat_window_read(const leat_window *window, uint64_t first, size_t n,
    double *x_out, double *y_out)
{
	const leat_window *w = window;

	LEAT_ASSERT(w);
	if (!w->keeps)
		return LEAT_ENOTSUP;
	uint64_t length = leat_window_length(w);
	if (first > length || n > length - first)
		return LEAT_ERANGE;
	if (y_out && !w->pairs)
		return LEAT_EPAIRS;
	size_t slot = leat_window_slot(w, length - first);
	for (size_t i = 0; i < n; i++) {
		if (x_out)
			x_out[i] = w->ring_x[slot];
		if (y_out)
			y_out[i] = w->ring_y[slot];
		slot = leat_window_younger(w, slot);
	}
	return LEAT_OK;
}

void leat_window_reset(leat_window *window)
{
	LEAT_ASSERT(window);
	window->engine->reset(window);
	if (window->order.node)
		leat_ordered_reset(window);
}
