/*
 * slide.h - where the values of a sliding window are
 *
 * The ring is three chunks of `chunk` = floor(size / 2) values: D, which is
 * being filled, B, the full one before it, and A, the one before that.
 *
 *          A                  B                  D
 *      [ . . . a a a ]    [ b b b b b b ]    [ d d d . . . ]
 *              |-------------- the window --------|
 *
 * A chunk lies in one piece, so one index tells all: with `filled` values in
 * D, a value enters at d[filled], the suffix of B grows by b[-filled], and
 * a[filled] leaves. When D is full it becomes B, B becomes A, and A's place is
 * filled anew. In a window of an odd size the value that leaves first is the
 * one before A; the ring has a place in front for it, see slide_turn().
 *
 * The ring begins as missing values: what has not come yet and what is missing
 * are alike, so a window that fills goes the way of a full one. Values are
 * counted as they enter and as they leave, which integers do without loss.
 *
 * The tables of the classes are one, of `slots` + 2 rows, in each of which
 * every class has its doubles. The row of filled = 0 and the one at the other
 * end stay empty suffixes. As the table of B grows by a row, the longest suffix
 * of A dies: to let B take the very rows that A gives up, every other chunk's
 * table runs from the end to the start (step < 0). B's suffix that is as long
 * as D goes to `row`, and the suffix of A that is in the window is one step
 * further.
 */
#ifndef LEAT_SLIDE_H
#define LEAT_SLIDE_H

#include "../core/core.h"

struct leat_slide {
	/* Members that each push and query reads, in this order. */
	size_t filled, stop; /* values in D, and where there is more to do */
	double *d;
	double *b, *a;
	double *row;
	ptrdiff_t step;       /* doubles from a row to the next */
	uint64_t absent;      /* places of the window without a value */
	uint64_t quiet;       /* results are numbers with so many of these */
	double n;             /* values: size - absent */
	double inverse, free; /* 1 / n and n - 1 */
	unsigned char *lanes; /* states of the classes in lanes */
	unsigned want;        /* slide_usual.h: results, and their places */
	unsigned char at[8];
	/* Members that only turns need. */
	size_t chunk, slots, width; /* values, rows, and doubles of a row */
	double *table, *ring;
	ptrdiff_t y;       /* from a value's place in the ring to its y's */
	int reversed;      /* the table of B runs from the end; step < 0 */
	unsigned chunks;   /* full ones before D: 0, 1, or 2 for more */
	uint64_t before;   /* pushes before D */
	uint64_t infinite; /* pushes when the last infinity came */
};

/* Returns all pushes. */
LEAT_INLINE uint64_t leat_slide_pushed(const struct leat_slide *s)
{
	return s->before + s->filled;
}

/* 1 in a window of an odd size, else 0. */
LEAT_INLINE size_t leat_slide_odd(const struct leat_slide *s)
{
	return s->slots - s->chunk;
}

/* Returns the first value of D, B or A, which are 0, 1 or 2 chunks back. */
LEAT_INLINE double *leat_slide_chunk(const struct leat_slide *s, unsigned back)
{
	return back == 0 ? s->d
	    : back == 1  ? s->b - (s->chunk - 1)
			 : s->a + leat_slide_odd(s);
}

/* Returns the number of the row of B's suffix, from the table's start. */
LEAT_INLINE size_t leat_slide_place(const struct leat_slide *s)
{
	return s->reversed ? s->slots + 1 - s->filled : s->filled;
}

/* Returns the number of the row of A's suffix in the window. */
LEAT_INLINE size_t leat_slide_tail(const struct leat_slide *s)
{
	size_t place = leat_slide_place(s);

	return s->reversed ? place - 1 : place + 1;
}

#endif
