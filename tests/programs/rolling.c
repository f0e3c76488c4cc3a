/* Statistics of the last 60 values, after each of them. */
#include <leat.h>
#include <stdio.h>

int main(void)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MAX };
	leat_window_options o = { .size = 60, .stats = stats, .n_stats = 3 };
	leat_window *w;
	double x, out[3];
	int err = leat_window_new(&w, &o);

	while (err >= 0 && scanf("%*d,%*[^,],%lf", &x) == 1) {
		err = leat_window_push(w, x);
		leat_window_query(w, out);
		printf("%.17g,%.17g,%.17g\n", out[0], out[1], out[2]);
	}
	leat_window_free(w);
	if (err < 0)
		fprintf(stderr, "rolling: %s\n", leat_strerror(err));
	return err < 0 || ferror(stdout) || fflush(stdout) != 0;
}
