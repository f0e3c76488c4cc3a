/*
 * windows.c - what windows by count cost
 *
 * Every line is one push and one query a value, against the reference loop
 * `sum += x - old` on a ring of the same size.
 */
#include "bench.h"

#include <leat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_GSL
#include <gsl/gsl_movstat.h>
#include <gsl/gsl_vector.h>
#endif

enum { N = 1 << 16 };

static double data[N], *out;

struct bench {
	const char *name;
	int many;
	size_t n_stats;
	leat_stat stats[8];
	double limit; /* the project's own bound */
	leat_window *w;
	double best;
};

static struct bench benches[] = {
	{ "sum", 0, 1, { LEAT_SUM }, 3, NULL, 0 },
	{ "min", 0, 1, { LEAT_MIN }, 2, NULL, 0 },
	{ "max", 0, 1, { LEAT_MAX }, 2, NULL, 0 },
	{ "mean stddev", 0, 2, { LEAT_MEAN, LEAT_STDDEV }, 4, NULL, 0 },
	{ "six statistics", 0, 6,
	    { LEAT_COUNT, LEAT_SUM, LEAT_MEAN, LEAT_STDDEV, LEAT_MIN,
		LEAT_MAX },
	    7, NULL, 0 },
	{ "sum, push_many", 1, 1, { LEAT_SUM }, 0, NULL, 0 },
	{ "min, push_many", 1, 1, { LEAT_MIN }, 0, NULL, 0 },
	{ "max, push_many", 1, 1, { LEAT_MAX }, 0, NULL, 0 },
	{ "mean stddev, push_many", 1, 2, { LEAT_MEAN, LEAT_STDDEV }, 0, NULL,
	    0 },
	{ "six, push_many", 1, 6,
	    { LEAT_COUNT, LEAT_SUM, LEAT_MEAN, LEAT_STDDEV, LEAT_MIN,
		LEAT_MAX },
	    0, NULL, 0 },
	{ "skewness kurtosis", 0, 2, { LEAT_SKEWNESS, LEAT_KURTOSIS }, 0, NULL,
	    0 },
	{ "argmin argmax", 0, 2, { LEAT_ARGMIN, LEAT_ARGMAX }, 0, NULL, 0 },
};

enum { N_BENCHES = sizeof(benches) / sizeof(benches[0]), SINGLES = 5 };

static double run_naive(struct naive *w)
{
	double o = 0, total = 0, t = bench_seconds();

	for (size_t i = 0; i < N; i++) {
		naive_push(w, data[i]);
		naive_query(w, &o);
		total += o;
	}
	bench_sink = total;
	return bench_seconds() - t;
}

static double run_single(struct bench *b)
{
	double o[8], total = 0, t = bench_seconds();

	for (size_t i = 0; i < N; i++) {
		leat_window_push(b->w, data[i]);
		leat_window_query(b->w, o);
		total += o[0];
	}
	bench_sink = total;
	return bench_seconds() - t;
}

static double run_many(struct bench *b)
{
	double t = bench_seconds();

	leat_window_push_many(b->w, data, NULL, N, out);
	bench_sink = out[N - 1];
	return bench_seconds() - t;
}

static void make(struct bench *b, uint64_t size)
{
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.size = size;
	o.stats = b->stats;
	o.n_stats = b->n_stats;
	int err = leat_window_new(&b->w, &o);
	if (err)
		bench_die(b->name, err);
	b->best = 0;
}

#ifdef HAVE_GSL
static double gsl_ratio(size_t size, double naive, int which)
{
	gsl_movstat_workspace *g = gsl_movstat_alloc2(size - 1, 0);
	gsl_vector_view in = gsl_vector_view_array(data, N);
	gsl_vector *y = gsl_vector_alloc(N);
	double best = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double t = bench_seconds();
		if (which == 0)
			gsl_movstat_mean(GSL_MOVSTAT_END_PADVALUE, &in.vector,
			    y, g);
		else if (which == 1)
			gsl_movstat_sd(GSL_MOVSTAT_END_PADVALUE, &in.vector, y,
			    g);
		else
			gsl_movstat_min(GSL_MOVSTAT_END_PADVALUE, &in.vector, y,
			    g);
		bench_least(&best, bench_seconds() - t);
		bench_sink = gsl_vector_get(y, N - 1);
	}
	gsl_vector_free(y);
	gsl_movstat_free(g);
	return best / naive;
}

static void print_gsl(size_t size, double naive)
{
	static const char *const names[] = { "GSL movstat mean (array)",
		"GSL movstat sd (array)", "GSL movstat min (array)" };

	for (int i = 0; i < 3; i++)
		printf("  %-24s %5.2f\n", names[i], gsl_ratio(size, naive, i));
}
#else
static void print_gsl(size_t size, double naive)
{
	(void)size;
	(void)naive;
}
#endif

static void print(size_t size, double naive)
{
	printf("window of %zu values: hand-written sum %.2f ns a value; "
	       "ratios to it:\n",
	    size, naive / N * 1e9);
	for (int i = 0; i < N_BENCHES; i++) {
		struct bench *b = &benches[i];
		printf("  %-24s %5.2f", b->name, b->best / naive);
		if (b->limit > 0)
			printf("  (at most %.0f)%s", b->limit,
			    b->best / naive > b->limit ? "  ABOVE" : "");
		if (b->many)
			printf("  (%.2f times as fast as single pushes)",
			    benches[i - SINGLES].best / b->best);
		printf("\n");
	}
	print_gsl(size, naive);
}

static void bench_size(size_t size)
{
	struct naive n = { calloc(size, sizeof(double)), size, 0, 0 };
	double naive = 0;

	if (!n.ring)
		bench_die("naive", LEAT_ENOMEM);
	for (int i = 0; i < N_BENCHES; i++)
		make(&benches[i], size);
	for (int round = 0; round < ROUNDS + 2; round++) {
		double t = run_naive(&n);
		if (round > 1)
			bench_least(&naive, t);
		for (int i = 0; i < N_BENCHES; i++) {
			struct bench *b = &benches[i];
			t = b->many ? run_many(b) : run_single(b);
			if (round > 1) /* the first two only fill it */
				bench_least(&b->best, t);
		}
	}
	print(size, naive);
	for (int i = 0; i < N_BENCHES; i++)
		leat_window_free(benches[i].w);
	free(n.ring);
}

void bench_windows(void)
{
	static const size_t sizes[] = { 16, 256, 4096, 65536 };

	out = malloc(8 * N * sizeof(double));
	if (!out)
		bench_die("output", LEAT_ENOMEM);
	bench_fill(data, N);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		bench_size(sizes[i]);
	free(out);
}
