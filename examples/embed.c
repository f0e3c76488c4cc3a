/* Numbers on standard input; statistics of the last 60 on output. */
#include <leat.h>
#include <stdio.h>

static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MAX };

int main(void)
{
	leat_window_options options = { 0 };
	leat_window *window;
	double x, out[3];

	options.size = 60;
	options.stats = stats;
	options.n_stats = 3;
	if (leat_window_new(&window, &options) < 0)
		return 1;
	while (scanf("%lf", &x) == 1) {
		leat_window_push(window, x);
		leat_window_query(window, out);
		printf("%g %g %g\n", out[0], out[1], out[2]);
	}
	leat_window_free(window);
	return feof(stdin) ? 0 : 1;
}
