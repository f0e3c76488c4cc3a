/*
 * Pairs "x y" on standard input; the least-squares line through the last
 * 30 of them on output, with the correlation of x and y.
 *
 * Asking for a statistic of pairs makes the window one of pairs. Then
 * values go in by leat_window_push_xy().
 */
#include <errno.h>
#include <leat.h>
#include <stdio.h>
#include <string.h>

static const leat_stat stats[] = { LEAT_SLOPE, LEAT_INTERCEPT,
	LEAT_CORRELATION };

static int fail(const char *why)
{
	fprintf(stderr, "pairs: %s\n", why);
	return 1;
}

int main(void)
{
	leat_window_options options = { .size = 30, .min_count = 3 };
	leat_window *window;
	double x, y, out[3];

	options.stats = stats;
	options.n_stats = 3;
	int err = leat_window_new(&window, &options);
	while (err >= 0 && scanf("%lf %lf", &x, &y) == 2) {
		err = leat_window_push_xy(window, x, y);
		leat_window_query(window, out);
		if (printf("y = %g + %g x, r = %g\n", out[1], out[0], out[2]) <
		    0)
			return fail(strerror(errno));
	}
	leat_window_free(window);
	if (err < 0)
		return fail(leat_strerror(err));
	return fflush(stdout) ? fail(strerror(errno)) : !feof(stdin);
}
