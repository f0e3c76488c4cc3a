/*
 * A line for each minute of each key. Keys go after an hour without a value,
 * or when there are more than a thousand; then what is open is told.
 */
#include <leat_text.h>
#include <stdio.h>
#include <string.h>

static int on_result(void *ctx, const leat_result *r)
{
	return fprintf(ctx, "%s,%lld,%.17g,%.17g\n", (const char *)r->key,
		   (long long)r->start, r->values[0], r->values[1]) < 0;
}

int main(void)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_MAX };
	leat_time_window_options o = {
		.sink = { on_result, stdout }, .stats = stats, .n_stats = 2
	};
	leat_keyed_options keys = { .by_time = &o,
		.max_keys = 1000,
		.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD,
		.ttl = 3600 };
	leat_keyed *k = NULL;
	char key[64];
	double t, x;
	int err = leat_time_window_options_parse("tumbling:60 delay:5", &o,
	    NULL, NULL);

	keys.dropped = o.sink;
	err = err < 0 ? err : leat_keyed_new(&k, &keys);
	while (err >= 0 && scanf("%lf,%63[^,],%lf", &t, key, &x) == 3)
		err = leat_keyed_push(k, key, strlen(key) + 1, (int64_t)t, x);
	err = err < 0 ? err : leat_keyed_flush(k);
	leat_keyed_free(k);
	if (err < 0)
		fprintf(stderr, "minutes_of_keys: %s\n", leat_strerror(err));
	return err < 0 || fflush(stdout) != 0;
}
