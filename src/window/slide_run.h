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
 * Cost: a few nanoseconds for a value by one to eight lanes; on the stack, the
 * prefixes of a block of MANY_BLOCK pushes for each lane, and states at the
 * starts of MANY_MARKS blocks: 22 KB with eight lanes, 13 with two. The marks
 * are enough for windows of MANY_BLOCK * MANY_MARKS values with two lanes, half
 * as many with four, and a quarter with eight; those of larger ones go singly.
 * Windows of sums alone may have 2 * SUM_CARRY values.
 */
enum {
	MANY_BLOCK = 64,      /* pushes of a chunk whose prefixes are kept */
	MANY_MARKS = 256,     /* shared by the lanes: blocks of their chunks */
	MANY_LANES = 8,       /* the most there are */
	MANY_LEAST = 4,       /* chunks from which on a run pays */
	MANY_STRETCH = 1024,  /* pushes that sums go on for at once */
	MANY_NARROW = 1 << 14 /* values of a window that two parts do for */
};

#if defined(__clang__)
#define MANY_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define MANY_UNROLL _Pragma("GCC unroll 8")
#else
#define MANY_UNROLL
#endif

/* Chunks that go side by side; `turns` such groups follow each other. */
struct many_group {
	size_t turns;
	const double *d[MANY_LANES]; /* values of each */
	const double *a[MANY_LANES]; /* values of the chunk two before each */
	size_t chunk, odd, step;     /* step: results of a push */
	double full, inverse, free;  /* n, 1 / n, n - 1 with none missing */
};

/* A whole chunk, as the classes know it. */
struct many_whole {
	double n, k, mu, m2, edge[2]; /* edge: least and largest */
};

/* The sum in parts, and how many values it has. */
struct many_sum {
	double high, low, rest, cut_high, cut_low, n, inverse;
	int narrow; /* high and rest are all */
};

/* The sizes of values that are neither 0 nor missing; if any is missing. */
struct many_reach {
	double least, most;
	int missing;
};

struct many_form {
	size_t lanes;
	void (*reach)(const double *x, size_t n, struct many_reach *reach);
	size_t (*missing)(const double *x, size_t n);
	void (*sums)(struct many_sum *s, const double *x, const double *old,
	    size_t n, double *sums, double *means, size_t step, int gaps);
	int (*edges)(const struct many_group *g, struct many_whole *whole,
	    double *out, int largest);
	int (*moments)(const struct many_group *g, struct many_whole *whole,
	    double *out, int root, int gaps);
};

LEAT_INLINE size_t many_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Steps to the next group of so many lanes. */
static void many_turn(struct many_group *g, size_t lanes)
{
	const double *next = g->d[0] + lanes * g->chunk;

	for (size_t i = 0; i < lanes; i++) {
		g->d[i] = next + i * g->chunk;
		g->a[i] = g->d[i] - 2 * g->chunk;
	}
}

static void many_widen(struct many_reach *r, double least, double most)
{
	r->least = least < r->least ? least : r->least;
	r->most = most > r->most ? most : r->most;
}

static struct leat_terms many_terms(double high, double low, double rest)
{
	struct leat_superacc all;

	leat_superacc_clear(&all);
	leat_superacc_add(&all, high);
	leat_superacc_add(&all, low);
	leat_superacc_add(&all, rest);
	return leat_superacc_terms(&all);
}

#define MANY 2
#define MANY_V leat_lane
#define MANY_M leat_lane_mask
#define MANY_OP(op) leat_lane_##op
#define MANY_NAME(name) name##_by_2
#define MANY_TARGET
#include "slide_many.h"

#ifdef LEAT_AVX
#define MANY 4
#define MANY_V leat_quad
#define MANY_M leat_quad_mask
#define MANY_OP(op) leat_quad_##op
#define MANY_NAME(name) name##_by_4
#define MANY_TARGET LEAT_AVX
#include "slide_many.h"
#endif

#ifdef LEAT_AVX512
#define MANY 8
#define MANY_V leat_octet
#define MANY_M leat_octet_mask
#define MANY_OP(op) leat_octet_##op
#define MANY_NAME(name) name##_by_8
#define MANY_TARGET LEAT_AVX512
#include "slide_many.h"
#endif

/* The widest first. */
static const struct many_form *const many_forms[] = {
#ifdef LEAT_AVX512
	&many_by_8,
#endif
#ifdef LEAT_AVX
	&many_by_4,
#endif
	&many_by_2,
};

enum { N_FORMS = sizeof(many_forms) / sizeof(many_forms[0]) };

/* The first form that this CPU has. */
static size_t many_widest(void)
{
#ifdef LEAT_AVX512
	if (leat_has_octet())
		return 0;
#endif
#ifdef LEAT_AVX
	return N_FORMS - (leat_has_avx() ? 2 : 1);
#else
	return 0;
#endif
}

/* ---------------- a run -------------------------------------------------- */

struct many_run {
	leat_window *w;
	const struct leat_slide *slide;
	const double *x; /* the array */
	double *out;
	size_t n;         /* all values of the array */
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

/* D is empty. */
static void many_begin(struct many_run *r, leat_window *w)
{
	struct leat_slide *s = &w->slide;

	r->absent = s->absent;
	r->clean = s->absent == 0 ? (size_t)w->size : 0;
	r->low = 0;
	r->high = w->flags & MOMENTS ? HUGE_VAL : NAN;
	memset(r->whole, 0, sizeof(r->whole));
	many_get_whole(w, r->whole);
	if (w->flags & SUM)
		many_begin_sum(r, sum_of(w, w->flags));
	if (leat_slide_odd(s) && leat_slide_chunk(s, 1) == s->ring)
		slide_mirror(s, 0);
	r->reach.least = HUGE_VAL;
	r->reach.most = 0;
	if (w->flags & SUM) {
		size_t n = s->chunk + leat_slide_odd(s);
		const struct many_form *form = many_forms[many_widest()];
		form->reach(s->a, n, &r->reach);
		form->reach(leat_slide_chunk(s, 1), s->chunk, &r->reach);
	}
}

/* The values that leave for the i-th and some of the next, whose number is n. */
static const double *many_old(const struct many_run *r, size_t i, size_t *n)
{
	const struct leat_slide *s = r->slide;
	size_t c = s->chunk, size = (size_t)r->w->size;

	if (i >= size) {
		*n = SIZE_MAX;
		return r->x + (i - size);
	}
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

/* The first of n values that are 0, missing, or of a size that a run takes. */
static size_t many_fitting(const struct many_run *r, size_t n)
{
	const double *x = r->x + r->done;
	size_t i = 0;

	while (i < n && !(fabs(x[i]) >= r->high) &&
	    !(fabs(x[i]) < r->low && x[i] != 0))
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
	if (c < lanes || c > MANY_BLOCK * (MANY_MARKS / lanes))
		return 0;
	return many_least(left / lanes, turns) * lanes;
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
	if (w->flags & SUM) {
		struct sum_state *sum = sum_of(w, w->flags);
		sum->upper = leat_lane_make(r->sum.high, r->sum.low);
		sum->rest = r->sum.rest;
	}
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

static size_t many_push(leat_window *w, const double *x, size_t n, double *out)
{
	struct leat_slide *s = &w->slide;
	struct many_run r = { .w = w, .slide = s, .x = x, .out = out, .n = n };
	size_t c = s->chunk;

	if (s->filled > 0 && s->filled < c)
		return many_singly(w, x, many_least(n, c - s->filled), out);
	if (n / c < MANY_LEAST || !many_ready(w))
		return many_singly(w, x, many_least(n, c), out);
	if (s->filled == c)
		slide_stop(w);
	many_begin(&r, w);
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
	uint64_t most = many_chunked(w) ? MANY_BLOCK * MANY_MARKS
					: 2 * SUM_CARRY;

	return w->slide.want && w->size > 1 && w->size <= most;
}
