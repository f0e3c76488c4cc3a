/*
 * slide_group.h - results of chunks of an array; part of slide.c
 *
 * A run is at some place of an array, whose values before it are the window's
 * newest, and the oldest of the window are still in the ring. Nothing but the
 * results is written before a run ends: what the classes and the sum have come
 * to is kept in the run.
 *
 * Where values are missing they are counted as they come and leave. Results
 * that too few values have are silenced after they have been written.
 */
struct many_run {
	leat_window *w;
	const struct leat_slide *slide;
	const double *x; /* the array */
	double *out;
	size_t n;         /* all values of the array */
	size_t at;        /* values in D; not 0 if no more than D is filled */
	size_t done;      /* values that have results */
	size_t clean;     /* values before the next, none of them missing */
	double low, high; /* sizes of values that a run takes */
	uint64_t absent;  /* places of the window without a value */
	struct many_reach reach;    /* sizes since the oldest in the ring */
	struct many_whole whole[2]; /* the last chunk, and the one before */
	struct many_sum sum;
};

/* Classes that go by chunks. */
LEAT_INLINE int many_chunked(const leat_window *w)
{
	return (w->flags & (MOMENTS | MIN | MAX)) != 0;
}

/* A double by its doubled bits. */
static double many_size(uint64_t bits)
{
	double size;

	bits >>= 1;
	memcpy(&size, &bits, sizeof(size));
	return size;
}

static void many_begin_sum(struct many_run *r, const struct sum_state *s)
{
	r->sum.high = leat_lane_get(s->upper, 0);
	r->sum.low = leat_lane_get(s->upper, 1);
	r->sum.rest = s->rest;
	r->sum.cut_high = s->cut_high;
	r->sum.cut_low = s->cut_low;
	r->low = many_size(s->from);
	r->high = many_size(s->from + s->span);
}

/* States of the classes that go by chunks; NULL where there is none. */
struct many_states {
	struct shift_state *shift;
	struct moments_state *moments;
	struct edge_state *edge[2];
};

static struct many_states many_states(const leat_window *w)
{
	struct slide_cursor c = { w->slide.lanes, NULL };
	struct many_states s = { shift_of(&c, w->flags), NULL, { NULL, NULL } };

	if (w->flags & SUM)
		pass(&c, sizeof(struct sum_state), 0);
	if (w->flags & MOMENTS)
		s.moments = pass(&c, sizeof(struct moments_state), 0);
	if (w->flags & MIN)
		s.edge[0] = pass(&c, sizeof(struct edge_state), 0);
	if (w->flags & MAX)
		s.edge[1] = pass(&c, sizeof(struct edge_state), 0);
	return s;
}

/* Reads what classes know of B. */
static void many_get_whole(const leat_window *w, struct many_whole *whole)
{
	struct many_states s = many_states(w);

	if (s.moments) {
		whole->n = s.shift->whole_n;
		whole->k = s.shift->whole_k;
		whole->mu = s.moments->whole_mu;
		whole->m2 = s.moments->whole_m2;
	}
	for (int i = 0; i < 2; i++)
		if (s.edge[i])
			whole->edge[i] = s.edge[i]->whole;
}

static void many_set_whole(const leat_window *w, const struct many_whole *whole)
{
	struct many_states s = many_states(w);

	if (s.moments) {
		s.shift->whole_n = whole->n;
		s.shift->whole_k = whole->k;
		s.moments->whole_mu = whole->mu;
		s.moments->whole_m2 = whole->m2;
	}
	for (int i = 0; i < 2; i++)
		if (s.edge[i])
			s.edge[i]->whole = whole->edge[i];
}

/* Sets what values a run takes, and the sum as it is. */
static void many_begin_range(struct many_run *r)
{
	const leat_window *w = r->w;

	r->absent = r->slide->absent;
	r->clean = r->absent == 0 ? (size_t)w->size : 0;
	r->low = 0;
	r->high = w->flags & MOMENTS ? HUGE_VAL : NAN;
	r->reach.least = HUGE_VAL;
	r->reach.most = 0;
	if (w->flags & SUM)
		many_begin_sum(r, sum_of(w, w->flags));
}

/* D is empty. */
static void many_begin(struct many_run *r)
{
	leat_window *w = r->w;
	struct leat_slide *s = &w->slide;
	const struct many_form *form = many_forms[many_widest()];
	const double *b = leat_slide_chunk(s, 1);

	many_begin_range(r);
	many_get_whole(w, r->whole);
	if (leat_slide_odd(s) && b == s->ring)
		slide_mirror(s, 0);
	if (!(w->flags & SUM))
		return;
	form->reach(s->a, s->chunk + leat_slide_odd(s), &r->reach);
	form->reach(b, s->chunk, &r->reach);
}

/*
 * The values that leave for the i-th and some of the next, whose number is n.
 */
static const double *many_old(const struct many_run *r, size_t i, size_t *n)
{
	const struct leat_slide *s = r->slide;
	size_t c = s->chunk, size = (size_t)r->w->size;

	if (i >= size) {
		*n = SIZE_MAX;
		return r->x + (i - size);
	}
	i += r->at;
	*n = i < c ? c - i : i < 2 * c ? 2 * c - i : 1;
	if (i < c)
		return s->a + i;
	return leat_slide_chunk(s, 1) + (i - c) - leat_slide_odd(s);
}

/* Counts the missing ones among n values that leave for the i-th and on. */
static uint64_t many_gone(const struct many_run *r, size_t i, size_t n)
{
	const struct many_form *form = many_forms[many_widest()];
	uint64_t missing = 0;
	size_t some;

	for (; n > 0; i += some, n -= some) {
		const double *old = many_old(r, i, &some);
		some = many_least(some, n);
		missing += form->missing(old, some);
	}
	return missing;
}

/* Chunk number i of the array; the last two of the ring are -1 and -2. */
static const double *many_chunk(const struct many_run *r, ptrdiff_t i)
{
	const struct leat_slide *s = &r->w->slide;

	return i >= 0 ? r->x + (size_t)i * s->chunk
		      : leat_slide_chunk(s, (unsigned)-i);
}

/* ---------------- a group of chunks -------------------------------------- */

/* The place of the next result of a statistic; NULL if it is not wanted. */
static double *many_column(const struct many_run *r, int at)
{
	const struct leat_slide *s = r->slide;

	return s->want & 1u << at ? r->out + r->done * r->w->n_stats + s->at[at]
				  : NULL;
}

static void many_aim(const struct many_run *r, struct many_group *g,
    size_t lanes)
{
	const leat_window *w = r->w;
	const struct leat_slide *s = &w->slide;
	ptrdiff_t first = (ptrdiff_t)(r->done / s->chunk);

	for (size_t i = 0; i < lanes; i++) {
		g->d[i] = many_chunk(r, first + (ptrdiff_t)i);
		g->a[i] = many_chunk(r, first + (ptrdiff_t)i - 2);
	}
	g->chunk = s->chunk;
	g->odd = leat_slide_odd(s);
	g->step = w->n_stats;
	g->full = (double)(int64_t)w->size;
	g->inverse = 1 / g->full;
	g->free = g->full - 1;
}

/*
 * Writes the sum in two parts, which are enough if no value is much smaller
 * than another: `high` of 51 bits less those that a window adds, and what is
 * left of a value, which the other one has to hold. Returns 0 where three are
 * needed.
 */
static int many_narrow(const struct many_run *r, struct many_sum *s)
{
	int bits = 64 - leat_high_zeros(r->w->size | MANY_LANES);
	int top, high, low;
	double sum, error, below, lost;

	top = sum_exponent(r->reach.most) - 1022;
	low = sum_exponent(r->reach.least) - 1023;
	if (r->w->size > MANY_NARROW || r->reach.most == 0 ||
	    top - low > 52 - 2 * bits)
		return 0;
	leat_two_sum(r->sum.high, r->sum.low, &sum, &error);
	leat_two_sum(error, r->sum.rest, &below, &lost);
	if (lost != 0)
		return 0;
	high = top + bits - 51;
	leat_two_sum(sum, below, &sum, &below);
	*s = r->sum;
	s->narrow = 1;
	s->cut_high = 0x1.8p52 * sum_power(high);
	s->high = sum_on(sum, s->cut_high);
	s->rest = (sum - s->high) + below;
	s->low = 0;
	return 1;
}

/* Back to three parts. */
static void many_wide(struct many_sum *to, const struct many_sum *s)
{
	double sum, error;

	leat_two_sum(s->high, s->rest, &sum, &error);
	to->high = sum_on(sum, to->cut_high);
	sum -= to->high;
	to->low = sum_on(sum, to->cut_low);
	to->rest = (sum - to->low) + error;
}

static void many_sums(struct many_run *r, const struct many_form *form,
    size_t values, uint64_t absent, int gaps)
{
	double *sums = many_column(r, AT_SUM);
	double *means = many_column(r, AT_MEAN);
	size_t step = r->w->n_stats, n;
	struct many_sum s = r->sum;
	int narrow = many_narrow(r, &s);

	s.n = (double)(int64_t)(r->w->size - absent);
	s.inverse = 1 / s.n;
	for (size_t i = 0; i < values; i += n) {
		const double *old = many_old(r, r->done + i, &n);
		n = many_least(n, values - i);
		form->sums(&s, r->x + r->done + i, old, n,
		    sums ? sums + i * step : NULL,
		    means ? means + i * step : NULL, step, gaps);
	}
	if (narrow)
		many_wide(&r->sum, &s);
	else
		r->sum = s;
}

/* Writes deviations, as roots of variances. */
static void many_roots(const struct many_run *r, size_t values, double *to,
    const double *from)
{
	size_t step = r->w->n_stats;

	for (size_t i = 0; i < values * step; i += step)
		to[i] = leat_sqrt(from[i]);
}

/* Counts; and where too many values are missing there is no other result. */
static void many_counts(const struct many_run *r, size_t values,
    uint64_t absent, int silence)
{
	const leat_window *w = r->w;
	double *row = r->out + r->done * w->n_stats;
	const double *x = r->x + r->done, *old = NULL;

	for (size_t i = 0, n = 0; i < values; i++, n--, row += w->n_stats) {
		if (n == 0)
			old = many_old(r, r->done + i, &n);
		absent += (uint64_t)(x[i] != x[i]);
		absent -= (uint64_t)(*old != *old);
		old++;
		for (size_t j = 0; silence && j < w->n_stats; j++)
			row[j] = absent > w->slide.quiet ? NAN : row[j];
		if (w->slide.want & 1u << AT_COUNT)
			row[w->slide.at[AT_COUNT]] = (double)(int64_t)(w->size -
			    absent);
	}
}

/* Returns 0 if the classes leave it to single pushes. */
static int many_chunks(struct many_run *r, const struct many_form *form,
    size_t values, int gaps)
{
	double *variance = many_column(r, AT_VARIANCE);
	double *stddev = many_column(r, AT_STDDEV);
	struct many_whole whole[2] = { r->whole[0], r->whole[1] };
	int flags = r->w->flags;
	struct many_group g;

	many_aim(r, &g, form->lanes);
	g.turns = values / (form->lanes * g.chunk);
	if ((flags & MOMENTS) &&
	    !form->moments(&g, whole, variance ? variance : stddev, !variance,
		gaps))
		return 0;
	if ((flags & MOMENTS) && variance && stddev)
		many_roots(r, values, stddev, variance);
	if (flags & MIN)
		r->reach.missing |= form->edges(&g, whole,
		    many_column(r, AT_MIN), 0);
	if (flags & MAX)
		r->reach.missing |= form->edges(&g, whole,
		    many_column(r, AT_MAX), 1);
	memcpy(r->whole, whole, sizeof(whole));
	return 1;
}

/* Writes counts and silence after other results, and counts on. */
static void many_finish(struct many_run *r, const struct many_form *form,
    size_t values, int gaps)
{
	uint64_t come = gaps ? form->missing(r->x + r->done, values) : 0;
	int silence = gaps && r->absent + come > r->slide->quiet;

	if (silence || many_column(r, AT_COUNT))
		many_counts(r, values, r->absent, silence);
	if (gaps)
		r->absent += come - many_gone(r, r->done, values);
	r->clean = r->reach.missing ? 0 : r->clean + values;
	r->done += values;
}

/*
 * Writes the results of some values. `reach` tells whether some of them may be
 * missing; where only the least and largest are wanted they tell.
 */
static int many_results(struct many_run *r, const struct many_form *form,
    size_t values)
{
	leat_window *w = r->w;
	int gaps = r->clean < w->size || r->reach.missing;

	if (many_chunked(w) && !many_chunks(r, form, values, gaps))
		return 0;
	if (w->flags & SUM)
		many_sums(r, form, values, r->absent, gaps);
	many_finish(r, form, values, gaps || r->reach.missing);
	return 1;
}
