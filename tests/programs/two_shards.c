/*
 * Minutes of two halves of a stream: the second one is saved, loaded as
 * another process would, and merged into the first.
 */
#include <leat_text.h>
#include <stdio.h>

static FILE *state;

static size_t put(void *ctx, const void *bytes, size_t n)
{
	return ctx || !state ? 0 : fwrite(bytes, 1, n, state);
}

static size_t get(void *ctx, void *bytes, size_t n)
{
	return ctx ? 0 : fread(bytes, 1, n, state);
}

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
	leat_keyed *half[] = { NULL, NULL, NULL };
	leat_writer out = { .write = put };
	leat_reader in = { .read = get };
	double t, x;
	int err = leat_time_window_options_parse("tumbling:60 delay:86400", &o,
	    NULL, NULL);

	state = tmpfile();
	err = err < 0 ? err : leat_keyed_new(&half[0], &all);
	err = err < 0 ? err : leat_keyed_new(&half[1], &all);
	for (int n = 0; err >= 0 && scanf("%lf,%*[^,],%lf", &t, &x) == 2; n++)
		err = leat_keyed_push(half[n % 2], NULL, 0, (int64_t)t, x);
	err = err < 0 ? err : leat_keyed_save(half[1], &out);
	if (err >= 0)
		rewind(state);
	err = err < 0 ? err : leat_keyed_load(&half[2], &all, &in);
	err = err < 0 ? err : leat_keyed_merge(half[0], half[2]);
	err = err < 0 ? err : leat_keyed_flush(half[0]);
	for (int n = 0; n < 3; n++)
		leat_keyed_free(half[n]);
	if (err < 0)
		fprintf(stderr, "two_shards: %s\n", leat_strerror(err));
	return err < 0 || fflush(stdout) != 0;
}
