/* A line for each minute; a value may be five seconds late. */
#include <leat_text.h>
#include <stdio.h>

static int on_result(void *ctx, const leat_result *r)
{
	return fprintf(ctx, "%lld,%.17g,%.17g\n", (long long)r->start,
		   r->values[0], r->values[1]) < 0;
}

int main(void)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_MAX };
	leat_time_window_options o = {
		.sink = { on_result, stdout }, .stats = stats, .n_stats = 2
	};
	leat_keyed_options all = { .by_time = &o };
	leat_keyed *k = NULL;
	double t, x;
	int err = leat_time_window_options_parse("tumbling:60 delay:5", &o,
	    NULL, NULL);

	err = err < 0 ? err : leat_keyed_new(&k, &all);
	while (err >= 0 && scanf("%lf,%*[^,],%lf", &t, &x) == 2)
		err = leat_keyed_push(k, NULL, 0, (int64_t)t, x);
	err = err < 0 ? err : leat_keyed_flush(k);
	leat_keyed_free(k);
	if (err < 0)
		fprintf(stderr, "minutes: %s\n", leat_strerror(err));
	return err < 0 || fflush(stdout) != 0;
}
