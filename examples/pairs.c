/*
 * Pairs "x y" on standard input; the least-squares line through the last
 * 30 of them on output, with the correlation of x and y.
 *
 * Asking for a statistic of pairs makes the window one of pairs. Then
 * values go in by leat_window_push_xy().
 */
#include <leat.h>
#include <stdio.h>

static const leat_stat stats[] = { LEAT_SLOPE, LEAT_INTERCEPT,
	LEAT_CORRELATION };

int main(void)
{
	leat_window_options options = { .size = 30, .min_count = 3 };
	leat_window *window;
	double x, y, out[3];

	options.stats = stats;
	options.n_stats = 3;
	int error = leat_window_new(&window, &options);
	if (error) {
		fprintf(stderr, "pairs: %s\n", leat_strerror(error));
		return 1;
	}
	while (scanf("%lf %lf", &x, &y) == 2) {
		leat_window_push_xy(window, x, y);
		leat_window_query(window, out);
		printf("y = %g + %g x, r = %g\n", out[1], out[0], out[2]);
	}
	leat_window_free(window);
	return feof(stdin) ? 0 : 1;
}
