/*
 * slide_many.h - the results of many pushes, several at a time
 *
 * A template, included by slide_run.h once for each width:
 *
 *      MANY            how many doubles a vector has: 2, 4 or 8
 *      MANY_V          its type
 *      MANY_M          the type of masks
 *      MANY_OP(op)     the function that does op to it
 *      MANY_NAME(name) the name of what is defined here
 *      MANY_TARGET     attribute of the functions
 *
 * Lanes are consecutive chunks. What a push does in one chunk depends on the
 * others only by whole chunks before it, so all go forwards side by side,
 * which gives the prefixes; then the chunks two before them go backwards, and
 * where a suffix has grown to what a result needs, the three runs are joined.
 * Each lane does what single pushes do, in their order, so bits agree; but no
 * suffix is ever stored. MANY values of each of MANY chunks are transposed as
 * they are read, and results as they are written.
 *
 * Prefixes are kept for a block of the chunk. Those of a longer chunk are
 * found twice: at first only the state before each block is kept.
 *
 * Sums need no chunks, for they do not depend on the order. The differences
 * that a vector of pushes makes to the sum's parts are added up across lanes.
 */
#define MANY_FUNCTION MANY_TARGET LEAT_INLINE

/* MANY values of each chunk, from the place on; column j is their j-th. */
MANY_FUNCTION void MANY_NAME(read)(const double *const *chunk, size_t place,
    MANY_V *column)
{
	MANY_UNROLL
	for (size_t i = 0; i < MANY; i++)
		column[i] = MANY_OP(load)(chunk[i] + place);
	MANY_OP(transpose)(column);
}

/*
 * The values by which A's suffixes grow for pushes that end before a place.
 * Returns 1 if A is empty for the last of them, which is the chunk's last.
 */
MANY_FUNCTION int MANY_NAME(read_a)(const struct many_group *g, size_t to,
    size_t next, MANY_V *column)
{
	int empty = to + next > g->chunk;

	MANY_NAME(read)(g->a, to - MANY + (empty ? 0 : next), column);
	if (LEAT_UNLIKELY(empty)) {
		MANY_UNROLL
		for (size_t j = 0; j < MANY - 1; j++)
			column[j] = column[j + 1];
	}
	return empty;
}

MANY_FUNCTION void MANY_NAME(put)(double *out, size_t step, MANY_V v)
{
	double value[MANY];

	if (step == 1) {
		MANY_OP(store)(out, v);
		return;
	}
	if (step == 2) {
		MANY_OP(store_twice_apart)(out, v);
		return;
	}
	MANY_OP(store)(value, v);
	MANY_UNROLL
	for (size_t i = 0; i < MANY; i++)
		out[i * step] = value[i];
}

/* Rows to places that are not next to each other. */
MANY_TARGET static LEAT_NOINLINE void MANY_NAME(write_apart)(double *out,
    size_t step, size_t chunk, const MANY_V *row)
{
	for (size_t i = 0; i < MANY; i++)
		MANY_NAME(put)(out + i * chunk, step, row[i]);
}

/* The other way round, to results. */
MANY_FUNCTION void MANY_NAME(write)(const struct many_group *g, double *out,
    size_t place, MANY_V *column)
{
	size_t step = g->step, chunk = g->chunk * step;

	out += place * step;
	MANY_OP(transpose)(column);
	if (LEAT_UNLIKELY(step != 1)) {
		MANY_NAME(write_apart)(out, step, chunk, column);
		return;
	}
	MANY_UNROLL
	for (size_t i = 0; i < MANY; i++)
		MANY_OP(store)(out + i * chunk, column[i]);
}

/* Gathers the values of all chunks at one place. */
MANY_FUNCTION MANY_V MANY_NAME(gather)(const double *const *chunk, size_t place)
{
	double value[MANY];

	for (size_t i = 0; i < MANY; i++)
		value[i] = chunk[i][place];
	return MANY_OP(load)(value);
}

MANY_FUNCTION void MANY_NAME(scatter)(const struct many_group *g, double *out,
    size_t place, MANY_V v)
{
	double value[MANY];

	MANY_OP(store)(value, v);
	for (size_t i = 0; i < MANY; i++)
		out[(i * g->chunk + place) * g->step] = value[i];
}

/* ---------------- least and largest ------------------------------------ */

MANY_FUNCTION MANY_V MANY_NAME(edge)(MANY_V a, MANY_V b, int largest)
{
	return largest ? MANY_OP(max)(a, b) : MANY_OP(min)(a, b);
}

/*
 * Prefixes of values of all chunks, from one place to another. Returns whether
 * any may be missing.
 */
MANY_TARGET static LEAT_NOINLINE int
MANY_NAME(edge_forwards)(const struct many_group *g, size_t from, size_t to,
    MANY_V *last, MANY_V *prefix, int largest)
{
	MANY_V column[MANY], run = *last, sum = MANY_OP(dup)(0), v;
	size_t i = from;

	for (; i + MANY <= to; i += MANY, prefix += MANY) {
		MANY_NAME(read)(g->d, i, column);
		MANY_UNROLL
		for (size_t j = 0; j < MANY; j++) {
			sum = MANY_OP(add)(sum, column[j]);
			prefix[j] = run = MANY_NAME(edge)(column[j], run,
			    largest);
		}
	}
	for (; i < to; i++, prefix++) {
		v = MANY_NAME(gather)(g->d, i);
		sum = MANY_OP(add)(sum, v);
		*prefix = run = MANY_NAME(edge)(v, run, largest);
	}
	*last = run;
	return MANY_OP(any_nan)(sum);
}

/* The results of pushes from one place to another, the last ones first. */
MANY_FUNCTION MANY_V MANY_NAME(edge_backwards)(const struct many_group *g,
    size_t from, size_t to, MANY_V b, MANY_V run, const MANY_V *prefix,
    int largest, double *out)
{
	size_t next = 1 -
	    g->odd; /* a suffix begins so much later than D ends */
	MANY_V column[MANY];

	prefix += to - from;
	for (; (to - from) % MANY != 0; to--) {
		if (to - 1 + next < g->chunk)
			run = MANY_NAME(edge)(MANY_NAME(gather)(g->a,
						  to - 1 + next),
			    run, largest);
		MANY_NAME(scatter)
		(g, out, to - 1,
		    MANY_NAME(edge)(*--prefix, MANY_NAME(edge)(b, run, largest),
			largest));
	}
	for (; to > from; to -= MANY) {
		int empty = MANY_NAME(read_a)(g, to, next, column);
		prefix -= MANY;
		MANY_UNROLL
		for (size_t j = MANY; j-- > 0;) {
			if (j < MANY - 1 || !empty)
				run = MANY_NAME(edge)(column[j], run, largest);
			column[j] = MANY_NAME(edge)(prefix[j],
			    MANY_NAME(edge)(b, run, largest), largest);
		}
		MANY_NAME(write)(g, out, to - MANY, column);
	}
	return run;
}

MANY_FUNCTION int MANY_NAME(edges_turn)(const struct many_group *g,
    struct many_whole *whole, double *out, int largest)
{
	MANY_V prefix[MANY_BLOCK], mark[MANY_MARKS / MANY], b, run;
	size_t n = g->chunk, start, end;
	MANY_V none = MANY_OP(dup)(edge_none(largest));
	int missing = 0;

	run = none;
	for (start = 0; start < n; start += MANY_BLOCK) {
		mark[start / MANY_BLOCK] = run;
		end = many_least(start + MANY_BLOCK, n);
		missing |= MANY_NAME(edge_forwards)(g, start, end, &run, prefix,
		    largest);
	}
	b = MANY_OP(enter)(run, whole[0].edge[largest]);
	whole[0].edge[largest] = MANY_OP(last)(run);
	whole[1].edge[largest] = MANY_OP(last)(b);
	run = none;
	for (end = n; end > 0; end = start) {
		start = (end - 1) / MANY_BLOCK * MANY_BLOCK;
		if (end != n)
			MANY_NAME(edge_forwards)
		(g, start, end, &mark[start / MANY_BLOCK], prefix, largest);
		run = MANY_NAME(edge_backwards)(g, start, end, b, run, prefix,
		    largest, out);
	}
	return missing;
}

MANY_TARGET static LEAT_NOINLINE int MANY_NAME(edges_as)(struct many_group g,
    struct many_whole *whole, double *out, int largest)
{
	int missing = 0;

	for (; g.turns > 0; g.turns--) {
		missing |= MANY_NAME(edges_turn)(&g, whole, out, largest);
		out += MANY * g.chunk * g.step;
		if (g.turns > 1)
			many_turn(&g, MANY);
	}
	return missing;
}

static int MANY_NAME(edges)(const struct many_group *g,
    struct many_whole *whole, double *out, int largest)
{
	return largest ? MANY_NAME(edges_as)(*g, whole, out, 1)
		       : MANY_NAME(edges_as)(*g, whole, out, 0);
}

/* ---------------- sums -------------------------------------------------- */

MANY_FUNCTION void MANY_NAME(put_some)(double *out, size_t step, size_t n,
    MANY_V v)
{
	double value[MANY];

	if (LEAT_LIKELY(n == MANY)) {
		MANY_NAME(put)(out, step, v);
		return;
	}
	MANY_OP(store)(value, v);
	for (size_t i = 0; i < n; i++)
		out[i * step] = value[i];
}

struct MANY_NAME(parts) {
	MANY_V high, low, rest;
};

MANY_FUNCTION void MANY_NAME(two_sum)(MANY_V a, MANY_V b, MANY_V *s, MANY_V *e)
{
	MANY_V sum = MANY_OP(add)(a, b);
	MANY_V bb = MANY_OP(sub)(sum, a);

	*e = MANY_OP(add)(MANY_OP(sub)(a, MANY_OP(sub)(sum, bb)),
	    MANY_OP(sub)(b, bb));
	*s = sum;
}

MANY_FUNCTION MANY_V MANY_NAME(on)(MANY_V x, MANY_V cut)
{
	return MANY_OP(sub)(MANY_OP(add)(x, cut), cut);
}

MANY_FUNCTION void MANY_NAME(split)(MANY_V x, MANY_V cut_high, MANY_V cut_low,
    struct MANY_NAME(parts) * p, int narrow)
{
	p->high = MANY_NAME(on)(x, cut_high);
	p->rest = MANY_OP(sub)(x, p->high);
	if (narrow)
		return;
	p->low = MANY_NAME(on)(p->rest, cut_low);
	p->rest = MANY_OP(sub)(p->rest, p->low);
}

/* Adds up what comes less what goes, and all before it. */
MANY_FUNCTION MANY_V MANY_NAME(run_on)(MANY_V in, MANY_V gone, MANY_V *before)
{
	MANY_V sum = MANY_OP(add)(MANY_OP(scan)(MANY_OP(sub)(in, gone)),
	    *before);

	*before = MANY_OP(spread)(sum);
	return sum;
}

/* The sums of a vector where the parts cannot be added up so easily. */
MANY_TARGET static LEAT_NOINLINE void
MANY_NAME(sums_far)(const struct MANY_NAME(parts) * p, MANY_V *hi, MANY_V *lo)
{
	double part[3][MANY], sum[2][MANY];

	MANY_OP(store)(part[0], p->high);
	MANY_OP(store)(part[1], p->low);
	MANY_OP(store)(part[2], p->rest);
	for (size_t i = 0; i < MANY; i++) {
		struct leat_terms t = many_terms(part[0][i], part[1][i],
		    part[2][i]);
		sum[0][i] = t.hi;
		sum[1][i] = t.lo;
	}
	*hi = MANY_OP(load)(sum[0]);
	*lo = MANY_OP(load)(sum[1]);
}

/* hi is the sum rounded, and lo what that lost; see sum_value(). */
MANY_FUNCTION void MANY_NAME(sum_up)(const struct MANY_NAME(parts) * p,
    MANY_V *hi, MANY_V *lo)
{
	MANY_V sum, error, below, lost;

	MANY_NAME(two_sum)(p->high, p->low, &sum, &error);
	MANY_NAME(two_sum)(error, p->rest, &below, &lost);
	if (LEAT_LIKELY(MANY_OP(all_within)(lost, MANY_OP(dup)(0))))
		MANY_NAME(two_sum)(sum, below, hi, lo);
	else
		MANY_NAME(sums_far)(p, hi, lo);
}

/* hi is the sum rounded, and lo what that lost. */
MANY_FUNCTION void MANY_NAME(sum_parts)(const struct MANY_NAME(parts) * p,
    MANY_V *hi, MANY_V *lo, int narrow)
{
	if (narrow)
		MANY_NAME(two_sum)(p->high, p->rest, hi, lo);
	else
		MANY_NAME(sum_up)(p, hi, lo);
}

/*
 * Pushes n values for which others leave, all of a size that the parts are
 * for, or missing, and writes sums and means, if wanted. narrow: two parts are
 * enough. gaps: values may be missing.
 */
MANY_FUNCTION void MANY_NAME(sums_as)(struct many_sum *s, const double *x,
    const double *old, size_t n, double *sums, double *means, size_t step,
    int narrow, int gaps)
{
	MANY_V cut_high = MANY_OP(dup)(s->cut_high);
	MANY_V cut_low = MANY_OP(dup)(s->cut_low);
	MANY_V one = MANY_OP(dup)(1), count = MANY_OP(dup)(s->n), all = count;
	MANY_V inverse = MANY_OP(dup)(s->inverse);
	struct MANY_NAME(parts) before = { MANY_OP(dup)(s->high),
		MANY_OP(dup)(s->low), MANY_OP(dup)(s->rest) };
	struct MANY_NAME(parts) in, gone, now;

	for (size_t i = 0; i < n; i += MANY) {
		size_t left = n - i < MANY ? n - i : MANY;
		MANY_V a, b, hi, lo;
		if (LEAT_LIKELY(left == MANY)) {
			a = MANY_OP(load)(x + i);
			b = MANY_OP(load)(old + i);
		} else {
			a = MANY_OP(load_some)(x + i, left);
			b = MANY_OP(load_some)(old + i, left);
		}
		if (gaps) {
			MANY_M come = MANY_OP(valid)(a), go = MANY_OP(valid)(b);
			a = MANY_OP(and)(a, come);
			b = MANY_OP(and)(b, go);
			if (means)
				count = MANY_NAME(run_on)(MANY_OP(and)(one,
							      come),
				    MANY_OP(and)(one, go), &all);
			if (means)
				inverse = MANY_OP(div)(one, count);
		}
		MANY_NAME(split)(a, cut_high, cut_low, &in, narrow);
		MANY_NAME(split)(b, cut_high, cut_low, &gone, narrow);
		now.high = MANY_NAME(run_on)(in.high, gone.high, &before.high);
		if (!narrow)
			now.low = MANY_NAME(run_on)(in.low, gone.low,
			    &before.low);
		now.rest = MANY_NAME(run_on)(in.rest, gone.rest, &before.rest);
		MANY_NAME(sum_parts)(&now, &hi, &lo, narrow);
		if (sums)
			MANY_NAME(put_some)(sums + i * step, step, left, hi);
		if (means)
			MANY_NAME(put_some)
		(means + i * step, step, left,
		    MANY_OP(add)(MANY_OP(div)(hi, count),
			MANY_OP(mul)(lo, inverse)));
	}
	s->high = MANY_OP(last)(before.high);
	s->low = MANY_OP(last)(before.low);
	s->rest = MANY_OP(last)(before.rest);
	s->n = MANY_OP(last)(all);
}

MANY_TARGET static LEAT_NOINLINE void MANY_NAME(sums)(struct many_sum *s,
    const double *x, const double *old, size_t n, double *sums, double *means,
    size_t step, int gaps)
{
	if (!s->narrow)
		MANY_NAME(sums_as)(s, x, old, n, sums, means, step, 0, 1);
	else if (gaps)
		MANY_NAME(sums_as)(s, x, old, n, sums, means, step, 1, 1);
	else if (step == 1 && !means) /* lo is not needed */
		MANY_NAME(sums_as)(s, x, old, n, sums, NULL, 1, 1, 0);
	else
		MANY_NAME(sums_as)(s, x, old, n, sums, means, step, 1, 0);
}

/* ---------------- what is in an array ---------------------------------- */

enum { MANY_NAME(apart) = 4 };

/* The sizes of n values, but for zeros, in vectors side by side. */
struct MANY_NAME(sizes) {
	MANY_V least, most, sum;
};

MANY_FUNCTION void MANY_NAME(widen)(struct MANY_NAME(sizes) * s, MANY_V v)
{
	MANY_V size = MANY_OP(size)(v);
	MANY_V far = MANY_OP(dup)(HUGE_VAL);

	s->most = MANY_OP(max)(size, s->most);
	size = MANY_OP(pick)(MANY_OP(zero)(v), far, size);
	s->least = MANY_OP(min)(size, s->least);
	s->sum = MANY_OP(add)(s->sum, v);
}

/*
 * Widens a reach by n values. A missing one is passed over, and noted, as may
 * be infinities.
 */
MANY_TARGET static LEAT_NOINLINE void MANY_NAME(reach)(const double *x,
    size_t n, struct many_reach *reach)
{
	struct MANY_NAME(sizes) s[MANY_NAME(apart)];
	double least[MANY], most[MANY];
	size_t i = 0;

	for (size_t j = 0; j < MANY_NAME(apart); j++) {
		s[j].least = MANY_OP(dup)(reach->least);
		s[j].most = MANY_OP(dup)(reach->most);
		s[j].sum = MANY_OP(dup)(0);
	}
	for (; i + MANY_NAME(apart) * MANY <= n; i += MANY_NAME(apart) * MANY) {
		MANY_UNROLL
		for (size_t j = 0; j < MANY_NAME(apart); j++)
			MANY_NAME(widen)
		(&s[j], MANY_OP(load)(x + i + j * MANY));
	}
	for (; i < n; i += MANY)
		MANY_NAME(widen)
	(&s[0],
	    n - i < MANY ? MANY_OP(load_some)(x + i, n - i)
			 : MANY_OP(load)(x + i));
	for (size_t j = 0; j < MANY_NAME(apart); j++) {
		MANY_OP(store)(least, s[j].least);
		MANY_OP(store)(most, s[j].most);
		reach->missing |= MANY_OP(any_nan)(s[j].sum);
		for (i = 0; i < MANY; i++)
			many_widen(reach, least[i], most[i]);
	}
}

/* Counts the values that are missing. */
MANY_TARGET static LEAT_NOINLINE size_t MANY_NAME(missing)(const double *x,
    size_t n)
{
	MANY_V one = MANY_OP(dup)(1), valid = MANY_OP(dup)(0), v;
	double sum[MANY];
	size_t missing = n, i = 0;

	for (; i + MANY <= n; i += MANY) {
		v = MANY_OP(load)(x + i);
		v = MANY_OP(and)(one, MANY_OP(valid)(v));
		valid = MANY_OP(add)(valid, v);
	}
	MANY_OP(store)(sum, valid);
	for (size_t j = 0; j < MANY; j++)
		missing -= (size_t)sum[j];
	for (; i < n; i++)
		missing -= x[i] == x[i];
	return missing;
}

#include "slide_many_moments.h"

static const struct many_form MANY_NAME(many) = {
	MANY,
	MANY_NAME(reach),
	MANY_NAME(missing),
	MANY_NAME(sums),
	MANY_NAME(edges),
	MANY_NAME(moments),
};

#undef MANY
#undef MANY_V
#undef MANY_M
#undef MANY_OP
#undef MANY_NAME
#undef MANY_TARGET
#undef MANY_FUNCTION
