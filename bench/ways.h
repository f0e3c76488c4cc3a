/* ways.h - how a window by count can be called; see ways.c */
#ifndef BENCH_WAYS_H
#define BENCH_WAYS_H

#include "naive.h"

#include <leat.h>

enum {
	SINGLES = 1 << 15, /* values of a round, one by one */
	ARRAY = 1 << 17    /* values of an array, which has 1 MB */
};

/* A window, the values that are pushed, and room for all results. */
struct subject {
	leat_window *w;
	size_t size;
	const double *x, *y; /* ARRAY values each */
	double *out;
	struct naive ring;
};

struct way {
	const char *name;
	/* Pushes the values and returns the CPU time of that, in seconds. */
	double (*run)(struct subject *s);
	size_t n; /* the number of values */
	/* Figures are multiples of what this one takes for a value. */
	const struct way *base;
	int kind; /* 0: it has no window */
};

extern const struct way loop, copy; /* the bases */
extern const struct way push_query, in_one_call, pairs, first, first_pairs;
extern const struct way decay, decay_in_one_call, array, decay_array;
#ifdef HAVE_GSL
extern const struct way movstat_mean, movstat_sd, movstat_min;
#endif

#endif
