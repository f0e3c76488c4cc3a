/*
 * models.c - what learning costs
 *
 * Every line is one test-then-train call a sample, against plain descent
 * on the squared error with four vector accumulators. The samples fit into
 * a second-level cache; coefficients that are as long as samples do not fit
 * into the first one from a few thousand features on.
 */
#include "../tests/lists.h"
#include "bench.h"

#include <leat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 1 << 15, MAX_ROWS = 256 };

struct learner {
	const char *name;
	leat_model_options options;
	double limit; /* the project's own bound */
	leat_model *m;
	double best;
};

/* Learners: all updates of models.def, each with the first loss it has. */
enum { N_LEARNERS = N_UPDATES + 1 };

static struct learner learners[N_LEARNERS] = {
	[LEAT_UPDATE_ADAPTIVE] = { .limit = 5 },
	[LEAT_UPDATE_SGD] = { .limit = 1.5 },
	[N_UPDATES] = { "adaptive, logistic", { .loss = LEAT_LOSS_LOGISTIC }, 0,
	    NULL, 0 },
};

static void list_learners(void)
{
	for (int u = 0; u < N_UPDATES; u++) {
		struct learner *l = &learners[u];

		l->name = update_list[u].name;
		l->options.update = u;
		if (!update_takes_loss(u, LEAT_LOSS_SQUARED))
			l->options.loss = LEAT_LOSS_EPSILON;
	}
}

static double numbers[NUMBERS], targets[MAX_ROWS];

struct samples {
	size_t d, rows, n; /* n: pushes in a round */
};

static double run_naive(const struct samples *s, struct naive_model *w)
{
	double total = 0, t = bench_seconds();

	for (size_t i = 0; i < s->n; i++) {
		size_t k = i % s->rows;
		total += naive_learn(w, numbers + k * s->d, targets[k]);
	}
	bench_sink = total;
	return bench_seconds() - t;
}

static double run_learner(const struct samples *s, struct learner *l)
{
	size_t n = l->options.update == LEAT_UPDATE_RLS ? s->n / 32 + 1 : s->n;
	double total = 0, p = 0, t = bench_seconds();

	for (size_t i = 0; i < n; i++) {
		size_t k = i % s->rows;
		leat_model_learn(l->m, numbers + k * s->d, targets[k], &p);
		total += p;
	}
	bench_sink = total;
	return (bench_seconds() - t) * (double)s->n / (double)n;
}

static void make(struct learner *l, size_t d)
{
	l->options.n_features = d;
	if (l->options.update == LEAT_UPDATE_SGD)
		l->options.rate = 1e-4; /* long samples need a small one */
	int err = leat_model_new(&l->m, &l->options);
	if (err == LEAT_EINVAL)
		l->m = NULL; /* too many for it */
	else if (err)
		bench_die(l->name, err);
	l->best = 0;
}

static void print(const struct samples *s, double naive)
{
	printf("%zu features: plain descent by hand %.1f ns a sample; ratios "
	       "to it:\n",
	    s->d, naive / (double)s->n * 1e9);
	for (int i = 0; i < N_LEARNERS; i++) {
		const struct learner *l = &learners[i];
		double ratio = l->best / naive;
		if (!l->m)
			continue;
		printf("  %-24s %6.2f", l->name, ratio);
		if (l->limit > 0)
			printf("  (at most %g)%s", l->limit,
			    ratio > l->limit ? "  ABOVE" : "");
		printf("\n");
	}
}

static void bench_features(size_t d)
{
	struct samples s = { d, NUMBERS / d, 2000000 / (d + 16) };
	struct naive_model w = { calloc(d, sizeof(double)), d, 0, 1e-4 };
	double naive = 0;

	if (s.rows > MAX_ROWS)
		s.rows = MAX_ROWS;
	if (!w.w)
		bench_die("naive", LEAT_ENOMEM);
	for (int i = 0; i < N_LEARNERS; i++)
		make(&learners[i], d);
	for (int round = 0; round < ROUNDS; round++) {
		bench_least(&naive, run_naive(&s, &w));
		for (int i = 0; i < N_LEARNERS; i++)
			if (learners[i].m)
				bench_least(&learners[i].best,
				    run_learner(&s, &learners[i]));
	}
	print(&s, naive);
	for (int i = 0; i < N_LEARNERS; i++)
		leat_model_free(learners[i].m);
	free(w.w);
}

void bench_models(void)
{
	static const size_t sizes[] = { 8, 64, 512, 4096 };

	bench_fill(numbers, NUMBERS);
	bench_fill(targets, MAX_ROWS);
	list_learners();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		bench_features(sizes[i]);
}
