/* Statistics of the last hundred values of each key, when all have come. */
#include <leat.h>
#include <stdio.h>
#include <string.h>

static int show(void *ctx, const leat_result *r)
{
	return fprintf(ctx, "%s,%.17g,%.17g\n", (const char *)r->key,
		   r->values[0], r->values[1]) < 0;
}

int main(void)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_ZSCORE };
	leat_window_options o = { .size = 100, .stats = stats, .n_stats = 2 };
	leat_keyed_options keys = { .by_count = &o };
	leat_keyed *k;
	char key[64];
	double x;
	int err = leat_keyed_new(&k, &keys);

	while (err >= 0 && scanf("%*d,%63[^,],%lf", key, &x) == 2)
		err = leat_keyed_push(k, key, strlen(key) + 1, 0, x);
	err = err < 0 ? err : leat_keyed_each(k, show, stdout);
	leat_keyed_free(k);
	if (err < 0)
		fprintf(stderr, "last_of_keys: %s\n", leat_strerror(err));
	return err < 0 || fflush(stdout) != 0;
}
