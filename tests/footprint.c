/*
 * Measures the bytes for each value of a sliding window: at most 24 for a sum
 * and 32 for mean and standard deviation, whatever the size, and a fixed
 * part that does not grow.
 *
 * Prints what it finds; exit status 1 if a bound is broken.
 */
#include <stdio.h>
#include <string.h>

#include <leat.h>

enum { PLACES = 100000, FIXED = 2560 };

struct row {
	const char *name;
	leat_stat stats[2];
	size_t n;
	size_t bound;
};

static size_t bytes(const struct row *row, uint64_t size)
{
	leat_window_options options;
	size_t n = 0;
	memset(&options, 0, sizeof(options));
	options.size = size;
	options.stats = row->stats;
	options.n_stats = row->n;
	if (leat_window_check(&options, &n, NULL) != LEAT_OK)
		return (size_t)-1;
	return n;
}

/* At any size, odd or even: size * bound and the fixed part. */
static int keeps(const struct row *row)
{
	static const uint64_t sizes[] = { 1, 2, 3, 10, 99, 1000, 4097, PLACES,
		PLACES + 1, 1000000 };
	int kept = 1;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t limit = (size_t)sizes[i] * row->bound + FIXED;
		if (bytes(row, sizes[i]) > limit)
			kept = 0;
	}
	size_t more = bytes(row, 2 * PLACES) - bytes(row, PLACES);
	if (more > row->bound * PLACES)
		kept = 0;
	printf("%-12s %zu bytes, %.3f a place of %d, at most %zu: %s\n",
	    row->name, bytes(row, PLACES), (double)more / PLACES, PLACES,
	    row->bound, kept ? "ok" : "TOO MANY");
	return kept;
}

int main(void)
{
	static const struct row rows[] = {
		{ "sum", { LEAT_SUM }, 1, 24 },
		{ "mean", { LEAT_MEAN }, 1, 24 },
		{ "mean+stddev", { LEAT_MEAN, LEAT_STDDEV }, 2, 32 },
		{ "stddev", { LEAT_STDDEV }, 1, 32 },
		{ "min", { LEAT_MIN }, 1, 16 },
	};
	int failed = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		failed += !keeps(&rows[i]);
	return failed != 0;
}
