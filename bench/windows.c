/*
 * windows.c - what windows by count cost, and what they may
 *
 * A row of the table is a set of statistics, how the window is called, what
 * is pushed, and the bound; a line more is a row more. All of them run in turn
 * in each round, with the two bases among them. What is printed is the best
 * round of the row over the best one of its base, for three sizes.
 */
#include "bench.h"
#include "ways.h"

#include <leat_text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum numbers { NUMBERS, GAPS, SPIKES, ALL_SIZES, N_NUMBERS };

static const char *const numbers_names[N_NUMBERS] = { "", "1 % missing",
	"spike of 1e16 inside", "all magnitudes" };

/* Bounds that come from other rows. */
enum {
	NO_BOUND = 0,
	OF_PARTS = -1, /* the dearest of its statistics alone, and 1.5 */
	OF_FULL = -2   /* 1.15 times the same set in a full window, no gaps */
};

struct row {
	const char *stats;
	const struct way *way;
	enum numbers numbers;
	double most;     /* for arrays: with AVX2 */
	double most_512; /* with AVX-512, where that differs */
};

#define SIX "count,sum,mean,stddev,min,max"

static const struct row rows[] = {
	{ "sum", &push_query, NUMBERS, 2.3, 0 },
	{ "min", &push_query, NUMBERS, 1.5, 0 },
	{ "max", &push_query, NUMBERS, 1.5, 0 },
	{ "mean,stddev", &push_query, NUMBERS, 4.6, 0 },
	{ SIX, &push_query, NUMBERS, 5.2, 0 },
	{ "argmin,argmax", &push_query, NUMBERS, 5, 0 },
	{ "skewness,kurtosis", &push_query, NUMBERS, 10, 0 },
	{ "correlation", &pairs, NUMBERS, 8, 0 },
	{ "mean", &push_query, NUMBERS, NO_BOUND, 0 },
	{ "stddev", &push_query, NUMBERS, NO_BOUND, 0 },
	{ "count", &push_query, NUMBERS, NO_BOUND, 0 },

	{ "sum", &in_one_call, NUMBERS, 2.0, 0 },
	{ "min", &in_one_call, NUMBERS, 1.3, 0 },
	{ "max", &in_one_call, NUMBERS, 1.3, 0 },
	{ "mean", &in_one_call, NUMBERS, 2.3, 0 },
	{ "mean,stddev", &in_one_call, NUMBERS, 4.2, 0 },
	{ SIX, &in_one_call, NUMBERS, 5.0, 0 },
	{ "sum", &in_one_call, SPIKES, 5, 0 },
	{ "sum", &in_one_call, ALL_SIZES, 15, 0 },

	{ "mean,min", &push_query, NUMBERS, OF_PARTS, 0 },
	{ "max,sum", &push_query, NUMBERS, OF_PARTS, 0 },
	{ "stddev,max", &push_query, NUMBERS, OF_PARTS, 0 },
	{ "min,max", &push_query, NUMBERS, OF_PARTS, 0 },
	{ "sum,mean", &push_query, NUMBERS, OF_PARTS, 0 },
	{ "max,stddev,sum", &push_query, NUMBERS, OF_PARTS, 0 },
	{ "min,mean,max", &push_query, NUMBERS, OF_PARTS, 0 },
	{ "count,stddev,mean", &push_query, NUMBERS, OF_PARTS, 0 },

	{ "sum", &push_query, GAPS, OF_FULL, 0 },
	{ "min", &push_query, GAPS, OF_FULL, 0 },
	{ "mean,stddev", &push_query, GAPS, OF_FULL, 0 },
	{ SIX, &push_query, GAPS, OF_FULL, 0 },
	{ "argmin,argmax", &push_query, GAPS, OF_FULL, 0 },
	{ "skewness,kurtosis", &push_query, GAPS, OF_FULL, 0 },
	{ "correlation", &pairs, GAPS, OF_FULL, 0 },
	{ "sum", &first, NUMBERS, OF_FULL, 0 },
	{ "min", &first, NUMBERS, OF_FULL, 0 },
	{ "mean,stddev", &first, NUMBERS, OF_FULL, 0 },
	{ SIX, &first, NUMBERS, OF_FULL, 0 },
	{ "argmin,argmax", &first, NUMBERS, OF_FULL, 0 },
	{ "skewness,kurtosis", &first, NUMBERS, OF_FULL, 0 },
	{ "correlation", &first_pairs, NUMBERS, OF_FULL, 0 },

	{ "mean", &decay, NUMBERS, 2.4, 0 },
	{ "mean", &decay_in_one_call, NUMBERS, 2.4, 0 },
	{ "mean,stddev", &decay, NUMBERS, 3.3, 0 },
	{ "mean", &decay_array, NUMBERS, 2.4, 0 },

	{ "sum", &array, NUMBERS, 2.6, 1.8 },
	{ "min", &array, NUMBERS, 1.6, 1.5 },
	{ "max", &array, NUMBERS, 1.6, 1.5 },
	{ "mean,stddev", &array, NUMBERS, 8.5, 6.5 },
	{ SIX, &array, NUMBERS, NO_BOUND, 0 },

#ifdef HAVE_GSL
	{ "mean", &movstat_mean, NUMBERS, NO_BOUND, 0 },
	{ "stddev", &movstat_sd, NUMBERS, NO_BOUND, 0 },
	{ "min", &movstat_min, NUMBERS, NO_BOUND, 0 },
#endif
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]), N_SIZES = 3 };

static const size_t sizes[N_SIZES] = { 16, 100, 4096 };

/* The best round of each row and of the bases, in seconds a value. */
static double best[N_ROWS][N_SIZES], best_loop[N_SIZES], best_copy[N_SIZES];

/* ---- Values ---- */

static double numbers[N_NUMBERS][ARRAY];

static void fill_numbers(size_t size)
{
	bench_fill(numbers[NUMBERS], ARRAY);
	for (size_t i = 0; i < ARRAY; i++) {
		double x = numbers[NUMBERS][i];
		numbers[GAPS][i] = x < 0.01 ? NAN : x;
		numbers[SPIKES][i] = i % (size / 2) ? x : 1e16;
		numbers[ALL_SIZES][i] = ldexp(x, (int)(i * 7919 % 2000) - 1000);
	}
}

/* ---- Rounds ---- */

static void make(struct subject *s, const struct row *r, size_t size)
{
	leat_window_options o = { 0 };
	leat_stat stats[8];
	int err;

	s->size = size;
	s->x = numbers[r->numbers];
	s->y = numbers[NUMBERS] + 1;
	if (r->way->kind == 0)
		return;
	o.kind = r->way->kind;
	if (o.kind == LEAT_DECAY)
		o.ewm_span = (double)size;
	else
		o.size = size;
	o.stats = stats;
	err = leat_stats_parse(r->stats, stats, 8, &o.n_stats, NULL, NULL);
	if (!err)
		err = leat_window_new(&s->w, &o);
	if (err)
		bench_die(r->stats, err);
}

static void least_of(double *least, const struct way *way, struct subject *s)
{
	bench_least(least, way->run(s) / (double)way->n);
}

static void run_size(size_t k, double *out)
{
	static struct subject subjects[N_ROWS];
	struct subject base = { NULL, sizes[k], numbers[NUMBERS], NULL, out,
		{ calloc(sizes[k], sizeof(double)), sizes[k], 0, 0 } };

	if (!base.ring.ring)
		bench_die("ring", LEAT_ENOMEM);
	for (int i = 0; i < N_ROWS; i++) {
		make(&subjects[i], &rows[i], sizes[k]);
		subjects[i].out = out;
		if (rows[i].way->kind) /* the first round fills the window */
			rows[i].way->run(&subjects[i]);
	}
	for (int round = 0; round < 2 * ROUNDS; round++) {
		least_of(&best_loop[k], &loop, &base);
		least_of(&best_copy[k], &copy, &base);
		for (int i = 0; i < N_ROWS; i++)
			least_of(&best[i][k], rows[i].way, &subjects[i]);
	}
	for (int i = 0; i < N_ROWS; i++) {
		leat_window_free(subjects[i].w);
		subjects[i].w = NULL;
	}
	free(base.ring.ring);
}

/* ---- Bounds ---- */

static double ratio(int row, size_t k)
{
	return best[row][k] /
	    (rows[row].way->base == &copy ? best_copy : best_loop)[k];
}

/* The full window of these statistics, pushed one by one. */
static int full_window(const char *stats, size_t len)
{
	for (int i = 0; i < N_ROWS; i++)
		if (strlen(rows[i].stats) == len &&
		    memcmp(rows[i].stats, stats, len) == 0 &&
		    (rows[i].way == &push_query || rows[i].way == &pairs) &&
		    rows[i].numbers == NUMBERS)
			return i;
	bench_die(stats, LEAT_ESTAT);
	return 0;
}

static double dearest_part(const char *stats, size_t k)
{
	double most = 0;

	for (;;) {
		size_t len = strcspn(stats, ",");
		most = fmax(most, ratio(full_window(stats, len), k));
		if (!stats[len])
			return most;
		stats += len + 1;
	}
}

static double bound_of(const struct row *r, size_t k)
{
	if (r->most == OF_PARTS)
		return dearest_part(r->stats, k) + 1.5;
	if (r->most == OF_FULL)
		return 1.15 * ratio(full_window(r->stats, strlen(r->stats)), k);
	if (r->most_512 > 0 && bench_lanes() == 8)
		return r->most_512;
	return r->most_512 > 0 && bench_lanes() < 4 ? NO_BOUND : r->most;
}

/* ---- Printing ---- */

static void print_bound(const struct row *r)
{
	if (r->most == OF_PARTS)
		printf("  dearest + 1.5  ");
	else if (r->most == OF_FULL)
		printf("  1.15 x full    ");
	else if (bound_of(r, 0) > 0)
		printf("  %-15.1f", bound_of(r, 0));
	else
		printf("  %-15s", "");
}

static void print_row(int i)
{
	const struct row *r = &rows[i];
	const char *set = strcmp(r->stats, SIX) == 0 ? "six" : r->stats;
	const char *way = r->way->name, *of = numbers_names[r->numbers];
	char name[80];
	int above = 0;

	snprintf(name, sizeof(name), "%s%s%s%s%s", set, *way ? ", " : "", way,
	    *of ? ", " : "", of);
	printf("  %-36s", name);
	for (size_t k = 0; k < N_SIZES; k++) {
		double bound = bound_of(r, k);
		printf(" %5.2f", ratio(i, k));
		above |= bound > 0 && ratio(i, k) > bound;
	}
	print_bound(r);
	printf("%s\n", above ? "ABOVE" : "");
}

static void print_rows(const char *title, const struct way *base,
    const double *seconds)
{
	printf("%s: %.2f %.2f %.2f ns a value; times that:\n", title,
	    seconds[0] * 1e9, seconds[1] * 1e9, seconds[2] * 1e9);
	printf("  %-36s %5zu %5zu %5zu  at most\n", "window of", sizes[0],
	    sizes[1], sizes[2]);
	for (int i = 0; i < N_ROWS; i++)
		if (rows[i].way->base == base)
			print_row(i);
}

void bench_windows(void)
{
	double *out = malloc(8 * ARRAY * sizeof(double));

	if (!out)
		bench_die("output", LEAT_ENOMEM);
	memset(out, 0, 8 * ARRAY * sizeof(double));
	for (size_t k = 0; k < N_SIZES; k++) {
		fill_numbers(sizes[k]);
		run_size(k, out);
	}
	print_rows("push and query; hand-written sum", &loop, best_loop);
	print_rows("arrays of 1 MB with their results; memcpy() of such an "
		   "array",
	    &copy, best_copy);
	free(out);
}
