/*
 * slide_run.h - arrays with a result for each value; part of slide.c
 *
 * A run begins where a chunk does and takes whole chunks, as many side by side
 * as vectors have lanes (slide_many.h), or fewer at the end of an array. It
 * reads the array and the last two chunks of the ring, and leaves the window
 * alone until all its results are there. Then the chunks before the last one
 * are put into the ring, and the values of the last are pushed singly, which
 * brings the classes to where they have to be; the sum, which is of no order,
 * is known.
 *
 * What is not as usual goes singly: values that the sum has no place for on
 * its grid, infinities among deviations and such as overflow, and missing
 * values where they are a third of a chunk. A run ends before them.
 *
 * Cost: a few nanoseconds for a value; see slide_forms.h for the stack.
 */
#include "slide_forms.h"

#include "slide_group.h"

/* Returns whether a value is 0, missing, or of a size that a run takes. */
LEAT_INLINE int many_fits(const struct many_run *r, double x)
{
	if (fabs(x) >= r->high)
		return 0;
	return x == 0 || !(fabs(x) < r->low);
}

/* Returns how many of the next n values a run takes. */
static size_t many_fitting(const struct many_run *r, size_t n)
{
	const double *x = r->x + r->done;
	size_t i = 0;

	while (i < n && many_fits(r, x[i]))
		i++;
	return i;
}

/* Returns how many of the chunks left a form takes at once. */
static size_t many_at_once(const struct many_run *r,
    const struct many_form *form, size_t left)
{
	size_t c = r->slide->chunk, lanes = form->lanes;
	size_t turns = MANY_STRETCH / (lanes * c) + 1;

	if (!many_chunked(r->w))
		return many_least(left, turns * lanes);
	return c < lanes ? 0 : many_least(left / lanes, turns) * lanes;
}

/* Takes as many of the next chunks as go at once. Returns 0 if none does. */
static int many_next(struct many_run *r)
{
	size_t c = r->slide->chunk, left = (r->n - r->done) / c, chunks;

	for (size_t i = many_widest(); i < N_FORMS;) {
		const struct many_form *form = many_forms[i];
		struct many_reach reach = r->reach;
		chunks = many_at_once(r, form, left);
		if (chunks == 0) {
			i++;
			continue;
		}
		reach.missing = 0;
		if ((r->w->flags & (SUM | MOMENTS)) || !many_chunked(r->w))
			form->reach(r->x + r->done, chunks * c, &reach);
		if (reach.most >= r->high || reach.least < r->low) {
			left = many_fitting(r, chunks * c) / c;
			continue;
		}
		r->reach = reach;
		if (many_results(r, form, chunks * c))
			return 1;
		left = chunks > form->lanes ? form->lanes : 0;
	}
	return 0;
}

/* ---------------- its end ------------------------------------------------ */

/* Puts the chunks of the array before one of them into the ring. */
static void many_fill(const struct many_run *r, size_t chunks)
{
	struct leat_slide *s = &r->w->slide;
	size_t kept = many_least(chunks, 3), c = s->chunk;

	s->before += (chunks - kept) * c;
	for (size_t i = chunks - kept; i < chunks; i++) {
		memcpy(s->d, r->x + i * c, c * sizeof(double));
		slide_turn(r->w);
	}
}

/*
 * Pushes the first value of a chunk and skips the others: the classes see the
 * last value of the chunk before B, which may stay longer than B grows, and are
 * told what they had to know of this one.
 */
static void many_skip(const struct many_run *r, const double *x)
{
	leat_window *w = r->w;
	struct leat_slide *s = &w->slide;

	(void)w->push_x(w, *x);
	memcpy(s->d, x, s->chunk * sizeof(double));
	s->filled = s->chunk;
	slide_stop(w);
	many_set_whole(w, &r->whole[1]);
}

/* Sets the newest value, and how many are missing. */
static void many_settle(const struct many_run *r, size_t done, uint64_t absent)
{
	leat_window *w = r->w;

	while (done > 0 && r->x[done - 1] != r->x[done - 1])
		done--;
	if (done > 0)
		w->last = r->x[done - 1];
	count(&w->slide, w->size, absent);
}

static void many_end_sum(const struct many_run *r)
{
	struct sum_state *sum;

	if (!(r->w->flags & SUM))
		return;
	sum = sum_of(r->w, r->w->flags);
	sum->upper = leat_lane_make(r->sum.high, r->sum.low);
	sum->rest = r->sum.rest;
}

/* The last chunk is D, in the classes also. */
static void many_end(struct many_run *r)
{
	leat_window *w = r->w;
	struct leat_slide *s = &w->slide;
	size_t c = s->chunk, from = r->done - c;
	size_t at = many_chunked(w) ? from : r->done;
	uint64_t absent = r->absent;

	/* the window before the last chunk has what that pushed out */
	if (r->clean < w->size + c && at == from)
		absent = many_gone(r, at, (size_t)w->size);

	if (many_chunked(w)) {
		many_fill(r, from / c - 1);
		many_skip(r, r->x + from - c);
	} else {
		many_fill(r, from / c);
		memcpy(s->d, r->x + from, c * sizeof(double));
		s->filled = c;
	}
	many_settle(r, at, absent);
	for (size_t i = at; i < r->done; i++)
		(void)w->push_x(w, r->x[i]);
	many_end_sum(r);
}

static size_t many_singly(leat_window *w, const double *x, size_t n,
    double *out)
{
	for (size_t i = 0; i < n; i++, out += w->n_stats)
		(void)w->push_query(w, x[i], out);
	return n;
}

/* The window is full, and its sum, if there is one, in parts on a grid. */
static int many_ready(const leat_window *w)
{
	const struct sum_state *sum;

	if (leat_slide_pushed(&w->slide) < w->size)
		return 0;
	if (!(w->flags & SUM))
		return 1;
	sum = sum_of(w, w->flags);
	return sum->plain && sum->cut_high > 0;
}

/* Pushes what D has room for, if no class goes by chunks. */
static size_t many_part(struct many_run *r)
{
	const struct many_form *form = many_forms[many_widest()];
	leat_window *w = r->w;
	struct leat_slide *s = &w->slide;
	size_t n = many_least(r->n, s->chunk - s->filled), fit = n;

	many_begin_range(r);
	r->at = s->filled;
	form->reach(r->x, n, &r->reach);
	if (r->reach.most >= r->high || r->reach.least < r->low)
		fit = many_fitting(r, n);
	if (fit < form->lanes)
		return many_singly(w, r->x, many_least(n, form->lanes), r->out);
	r->reach.most = 0; /* nobody looked at the sizes in the ring */
	if (w->flags & SUM)
		many_sums(r, form, fit, r->absent, 1);
	many_finish(r, form, fit, r->absent > 0 || r->reach.missing);
	memcpy(s->d + s->filled, r->x, fit * sizeof(double));
	s->filled += fit;
	many_settle(r, fit, r->absent);
	many_end_sum(r);
	return fit;
}

static size_t many_push(leat_window *w, const double *x, size_t n, double *out)
{
	struct leat_slide *s = &w->slide;
	struct many_run r = { .w = w, .slide = s, .x = x, .out = out, .n = n };
	size_t c = s->chunk, filled = s->filled % c;

	if (!many_ready(w) || (many_chunked(w) && n / c < MANY_LEAST))
		return many_singly(w, x, many_least(n, c - filled), out);
	if (s->filled == c)
		slide_stop(w);
	if (!many_chunked(w) && (filled > 0 || n < c))
		return many_part(&r);
	if (filled > 0)
		return many_singly(w, x, many_least(n, c - filled), out);
	many_begin(&r);
	while (many_next(&r))
		;
	if (r.done == 0)
		return many_singly(w, x, many_least(n, c), out);
	many_end(&r);
	return r.done;
}

/* Returns 1 for a window whose arrays go by runs. */
static int many_pays(const leat_window *w)
{
	int fits = many_chunked(w) ? w->slide.chunk <= MANY_BLOCK * MANY_MARKS
				   : w->size <= 2 * SUM_CARRY;

	return w->slide.want && fits;
}
