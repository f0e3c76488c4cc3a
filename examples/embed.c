/* Numbers on standard input; statistics of the last 60 on output. */
#include <errno.h>
#include <leat.h>
#include <stdio.h>
#include <string.h>

static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MAX };

static int fail(const char *why)
{
	fprintf(stderr, "embed: %s\n", why);
	return 1;
}

int main(void)
{
	leat_window_options options = { 0 };
	leat_window *window;
	double x, out[3];
	int err;

	options.size = 60;
	options.stats = stats;
	options.n_stats = 3;
	err = leat_window_new(&window, &options);
	while (err >= 0 && scanf("%lf", &x) == 1) {
		err = leat_window_push(window, x);
		leat_window_query(window, out);
		if (printf("%g %g %g\n", out[0], out[1], out[2]) < 0)
			return fail(strerror(errno));
	}
	leat_window_free(window);
	if (err < 0)
		return fail(leat_strerror(err));
	return fflush(stdout) ? fail(strerror(errno)) : !feof(stdin);
}
