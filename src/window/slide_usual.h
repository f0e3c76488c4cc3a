/*
 * slide_usual.h - the usual push and query of the commonest sets; part of
 * slide.c
 *
 * Nearly every push finds D not full, both values that it adds to runs there,
 * and the sum in its parts with x on their grid; nearly every query finds that
 * as many values are there as results need, and B with a third of them. Then
 * there is nothing to decide. usual_push() and usual_query() do what the
 * general bodies do then, in the same order, and return 0 where one of that is
 * not so, before anything has changed: the general body does it instead. A
 * value that comes or leaves where the other one is missing, as in each of the
 * first pushes, is usual: it has only to be counted.
 *
 * Both are stamped with constant flags for each set. Results go where `at` says
 * for the statistics that are wanted.
 */

/* Statistics that usual_query() computes; bit i of `want` is about at[i]. */
enum {
	AT_COUNT,
	AT_SUM,
	AT_MEAN,
	AT_VARIANCE,
	AT_STDDEV,
	AT_MIN,
	AT_MAX,
	N_AT
};

/* Returns N_AT if it is another one. */
static int usual_place(int id)
{
	static const int ids[] = { LEAT_STAT_COUNT, LEAT_STAT_SUM,
		LEAT_STAT_MEAN, LEAT_STAT_VARIANCE, LEAT_STAT_STDDEV,
		LEAT_STAT_MIN, LEAT_STAT_MAX };
	int i = 0;

	while (i < N_AT && ids[i] != id)
		i++;
	return i;
}

/* Notes where results go, unless there are others, or one twice. */
static void usual_plan(leat_window *w)
{
	struct leat_slide *s = &w->slide;
	unsigned want = 0;

	for (size_t i = 0; i < w->n_stats; i++) {
		int at = usual_place(w->stats[i].id);
		if (at == N_AT || (want & 1u << at))
			return;
		want |= 1u << at;
		s->at[at] = (unsigned char)i;
	}
	s->want = want;
}

/* Counts where either is missing, and keeps x if it is not. */
LEAT_INLINE void usual_count(leat_window *w, double x, double gone)
{
	struct leat_slide *s = &w->slide;

	count(s, w->size,
	    s->absent + (uint64_t)(x != x) - (uint64_t)(gone != gone));
	if (x == x)
		w->last = x;
}

LEAT_INLINE int usual_push(leat_window *w, double x, int flags)
{
	struct leat_slide *s = &w->slide;
	size_t i = s->filled;
	struct slide_cursor c = { s->lanes, NULL };
	struct shift_state *shift = shift_of(&c, flags);
	struct slide_step now;
	double gone, old;

	if (LEAT_UNLIKELY(i == s->stop))
		return 0;
	old = s->b[-(ptrdiff_t)i];
	if ((flags & SHIFTED) && LEAT_UNLIKELY(isunordered(x, old)))
		return 0;
	if ((flags & SUM) && LEAT_UNLIKELY(!sum_takes(sum_of(w, flags), x)))
		return 0;
	if ((flags & (MOMENTS | SUM)) == MOMENTS &&
	    LEAT_UNLIKELY(fabs(x) > DBL_MAX))
		return 0;
	gone = s->a[i];
	s->d[i] = x;
	s->filled = i + 1;
	c.row = s->row = s->row + s->step;
	if (LEAT_LIKELY(!isunordered(x, gone))) {
		w->last = x;
	} else {
		usual_count(w, x, gone);
		gone = gone == gone ? gone : 0;
	}
	now.x = leat_lane_make(x, old);
	now.k = now.share = leat_lane_dup(0);
	if (flags & SHIFTED) {
		now.valid = leat_lane_valid(leat_lane_dup(0));
		shift_step(shift, &now);
	}
	if (flags & SUM)
		sum_step_on(pass(&c, sizeof(struct sum_state), 0),
		    leat_lane_make(x, gone));
	double *row = c.row;
	if (flags & MOMENTS)
		moments_step(pass(&c, sizeof(struct moments_state), 2), &now,
		    row);
	row = c.row;
	if (flags & MIN)
		edge_step(pass(&c, sizeof(struct edge_state), 1), now.x, row,
		    0);
	row = c.row;
	if (flags & MAX)
		edge_step(pass(&c, sizeof(struct edge_state), 1), now.x, row,
		    1);
	return 1;
}

LEAT_INLINE void usual_write(const struct leat_slide *s, double *out,
    const struct leat_summary *from, int flags)
{
	unsigned want = s->want;

	if (want & 1u << AT_COUNT)
		out[s->at[AT_COUNT]] = s->n;
	if ((flags & SUM) && (want & 1u << AT_SUM))
		out[s->at[AT_SUM]] = from->hi;
	if ((flags & SUM) && (want & 1u << AT_MEAN))
		out[s->at[AT_MEAN]] = from->hi / s->n + from->lo * s->inverse;
	if ((flags & MOMENTS) && (want & 1u << AT_VARIANCE))
		out[s->at[AT_VARIANCE]] = from->m2 / s->free;
	if ((flags & MOMENTS) && (want & 1u << AT_STDDEV))
		out[s->at[AT_STDDEV]] = leat_sqrt(from->m2 / s->free);
	if (flags & MIN)
		out[s->at[AT_MIN]] = from->min;
	if (flags & MAX)
		out[s->at[AT_MAX]] = from->max;
}

/* Writes the results in any case, or where there is no plan. */
LEAT_INLINE void set_query(const leat_window *w, double *out, int flags)
{
	const struct leat_slide *s = &w->slide;
	struct leat_summary from;

	from.hi = from.lo = from.m2 = from.min = from.max = 0;
	from.unit = 1;
	if (LEAT_UNLIKELY(s->absent > s->quiet) || (flags & OTHER) ||
	    ((flags & PAIRED) && w->order.node)) {
		slide_query(w, out);
		return;
	}
	from.last_tick = (int64_t)leat_slide_pushed(s) - 1;
	sum_up(w, &from, flags);
	if ((flags & SUM) && LEAT_UNLIKELY(from.unit != 1)) {
		slide_query(w, out);
	} else if (s->want) {
		usual_write(s, out, &from, flags);
	} else {
		if (flags & ANY)
			add_counts(w, &from);
		for (size_t i = 0; i < w->n_stats; i++)
			out[i] = flags & ANY
			    ? hot_any(w, w->stats[i].id, &from)
			    : hot(w, w->stats[i].id, &from, flags);
	}
}

static LEAT_NOINLINE int unusual_query(const leat_window *w, double *out)
{
	set_query(w, out, w->flags | ANY);
	return LEAT_OK;
}

static void any_query(const leat_window *w, double *out)
{
	unusual_query(w, out);
}

static LEAT_NOINLINE int any_push(leat_window *w, double x)
{
	push_body(w, x, 0, w->flags);
	return LEAT_OK;
}

/* D is full, or something else is not usual. */
static LEAT_NOINLINE int unusual_push(leat_window *w, double x)
{
	if (w->slide.filled < w->slide.stop)
		return any_push(w, x);
	slide_stop(w);
	return w->push_x(w, x);
}

static LEAT_NOINLINE int unusual_push_query(leat_window *w, double x,
    double *out)
{
	if (w->slide.filled == w->slide.stop) {
		slide_stop(w);
		return w->push_query(w, x, out);
	}
	any_push(w, x);
	w->query(w, out);
	return LEAT_OK;
}

LEAT_INLINE int usual_query(const leat_window *w, double *out, int flags)
{
	const struct leat_slide *s = &w->slide;
	struct slide_cursor c = { s->lanes, s->row + s->step };
	const struct shift_state *shift = shift_of(&c, flags);
	const struct sum_state *sum;
	struct leat_summary from;
	const double *row;

	from.hi = from.lo = from.m2 = from.min = from.max = 0;
	if (LEAT_UNLIKELY(s->absent > s->quiet))
		return 0;
	if (flags & SUM) {
		struct leat_terms terms;
		sum = pass(&c, sizeof(struct sum_state), 0);
		if (LEAT_UNLIKELY(!sum->plain) ||
		    LEAT_UNLIKELY(!sum_parts(sum, &terms)))
			return 0;
		from.hi = terms.hi;
		from.lo = terms.lo;
	}
	row = c.row;
	if ((flags & MOMENTS) &&
	    LEAT_UNLIKELY(!moments_value(pass(&c, sizeof(struct moments_state),
					     2),
		shift, row, s->n, s->inverse, &from)))
		return 0;
	row = c.row;
	if (flags & MIN)
		from.min = edge_value(pass(&c, sizeof(struct edge_state), 1),
		    row, 0);
	row = c.row;
	if (flags & MAX)
		from.max = edge_value(pass(&c, sizeof(struct edge_state), 1),
		    row, 1);
	if (flags & ONE)
		out[0] = flags & SUM ? from.hi
		    : flags & MIN    ? from.min
				     : from.max;
	else
		usual_write(s, out, &from, flags);
	return 1;
}
