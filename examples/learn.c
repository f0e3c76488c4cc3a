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

static const leat_stat measures[] = { LEAT_MAE, LEAT_R2 };

/* Reads the numbers of the next line, and returns how many there are. */
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
	leat_window_options options_of_errors = {
		.kind = LEAT_LANDMARK, .stats = measures, .n_stats = 2
	};
	leat_model *model;
	leat_window *errors;
	unsigned long long learned = 0;

	if (leat_model_new(&model, &options) < 0 ||
	    leat_window_new(&errors, &options_of_errors) < 0)
		return fail("these are no options");
	for (; n == options.n_features; n = read_line(x)) {
		double y = x[n - 1];

		x[n - 1] = before;
		before = y;
		int err = leat_model_learn(model, x, y, &guess);

		if (err == 0 && ++learned > 1)
			err = leat_window_push_xy(errors, guess, y);
		if (err < 0)
			return fail(leat_strerror(err));
	}
	leat_window_query(errors, error);
	printf("%llu lines, mean error %g, R2 %g\n", learned, error[0],
	    error[1]);
	leat_model_free(model);
	leat_window_free(errors);
	return ferror(stdout) || fflush(stdout) ? fail(strerror(errno)) : 0;
}
