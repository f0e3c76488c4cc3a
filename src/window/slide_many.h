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
	double value[MANY] = { 0 };

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
	MANY_V prefix[MANY_BLOCK], mark[MANY_MARKS], b, run;
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

#include "slide_many_moments.h"
#include "slide_many_sums.h"

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
