/*
 * Rolling statistics of a whole array in one call.
 *
 * leat_window_push_many() writes one row of results for each value. With
 * min_count equal to size, the rows of windows that are not yet full are
 * NaN; without it they hold the statistics of what has come so far.
 */
#include <leat.h>
#include <stdio.h>

#define N_VALUES 10

static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MAX };

int main(void)
{
	static const double level[N_VALUES] = { 2.0, 4.0, 4.0, 7.0, 1.0, 1.0,
		5.0, 9.0, 3.0, 6.0 };
	double rows[N_VALUES][3];
	leat_window *window;

	leat_window_options options = { .size = 4, .min_count = 4 };
	options.stats = stats;
	options.n_stats = 3;
	int error = leat_window_new(&window, &options);
	if (!error)
		error = leat_window_push_many(window, level, NULL, N_VALUES,
		    rows[0]);
	if (error) {
		fprintf(stderr, "whole_array: %s\n", leat_strerror(error));
		return 1;
	}
	leat_window_free(window);

	printf("%8s %8s %8s %8s\n", "value", "mean", "stddev", "max");
	for (size_t i = 0; i < N_VALUES; i++)
		printf("%8g %8.4f %8.4f %8g\n", level[i], rows[i][0],
		    rows[i][1], rows[i][2]);
	return 0;
}
