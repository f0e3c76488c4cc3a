/*
 * Rolling statistics of a whole array in one call.
 *
 * leat_window_push_many() writes one row of results for each value. With
 * min_count equal to size, the rows of windows that are not yet full are
 * NaN; without it they hold the statistics of what has come so far.
 */
#include <errno.h>
#include <leat.h>
#include <stdio.h>
#include <string.h>

#define N_VALUES 10

static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MAX };

static int fail(const char *why)
{
	fprintf(stderr, "whole_array: %s\n", why);
	return 1;
}

int main(void)
{
	static const double level[N_VALUES] = { 2.0, 4.0, 4.0, 7.0, 1.0, 1.0,
		5.0, 9.0, 3.0, 6.0 };
	double rows[N_VALUES][3];
	leat_window *window;

	leat_window_options options = { .size = 4, .min_count = 4 };
	options.stats = stats;
	options.n_stats = 3;
	int err = leat_window_new(&window, &options);
	if (err >= 0)
		err = leat_window_push_many(window, level, NULL, N_VALUES,
		    rows[0]);
	leat_window_free(window);
	if (err < 0)
		return fail(leat_strerror(err));

	printf("%8s %8s %8s %8s\n", "value", "mean", "stddev", "max");
	for (size_t i = 0; i < N_VALUES; i++)
		printf("%8g %8.4f %8.4f %8g\n", level[i], rows[i][0],
		    rows[i][1], rows[i][2]);
	return ferror(stdout) || fflush(stdout) ? fail(strerror(errno)) : 0;
}
