/*
 * Learns to predict the last number of each line on standard input, from
 * the other numbers on the line and the last number of the line before.
 *
 * Every line is predicted before it is learned from, so the error that is
 * printed at the end is that of predictions (the first line has none).
 */
#include <errno.h>
#include <leat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 64 };

static const int metrics[] = { LEAT_METRIC_MAE, LEAT_METRIC_R2 };

/* How many numbers the next line has. */
static size_t read_line(double *x)
{
	static char line[4096];
	char *at = line, *end;
	size_t n = 0;

	if (!fgets(line, sizeof line, stdin))
		return 0;
	for (; n < MAX; at = end, n++) {
		x[n] = strtod(at, &end);
		if (end == at)
			break;
	}
	return n;
}

static int fail(const char *why)
{
	fprintf(stderr, "learn: %s\n", why);
	return 1;
}

int main(void)
{
	double x[MAX], before = 0, guess, error[2];
	size_t n = read_line(x);
	leat_model_options options = { .n_features = n };
	leat_metric_options errors = { .metrics = metrics, .n_metrics = 2 };
	leat_model *model;
	leat_metric *metric;

	if (leat_model_new(&model, &options) < 0 ||
	    leat_metric_new(&metric, &errors) < 0)
		return fail("these are no options");
	for (; n == options.n_features; n = read_line(x)) {
		double y = x[n - 1];

		x[n - 1] = before;
		before = y;
		int err = leat_model_learn(model, x, y, &guess);

		if (err == 0 && leat_model_learned(model) > 1)
			err = leat_metric_push(metric, y, guess);
		if (err < 0)
			return fail(leat_strerror(err));
	}
	leat_metric_query(metric, error);
	printf("%llu lines, mean error %g, R2 %g\n",
	    (unsigned long long)leat_model_learned(model), error[0], error[1]);
	leat_model_free(model);
	leat_metric_free(metric);
	return ferror(stdout) || fflush(stdout) ? fail(strerror(errno)) : 0;
}
