/*
 * bench.c - what leat costs, as ratios to hand-written loops
 *
 * The reference loops are in a file of their own (naive.c) and called as
 * the library is. All candidates run in turn within each round, so a change
 * in the machine's speed hits them alike; each ratio is taken between the
 * best rounds of both.
 *
 *      bench [windows|times|models|state|text]...
 */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <leat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

volatile double bench_sink;

double bench_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void bench_least(double *best, double t)
{
	if (*best == 0 || t < *best)
		*best = t;
}

void bench_fill(double *x, size_t n)
{
	uint64_t state = 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		x[i] = (double)(state >> 11) * 0x1p-53;
	}
}

void bench_die(const char *what, int err)
{
	fprintf(stderr, "bench: %s: %s\n", what, leat_strerror(err));
	exit(1);
}

static const struct part {
	const char *name;
	void (*run)(void);
} parts[] = { { "windows", bench_windows }, { "times", bench_times },
	{ "models", bench_models }, { "state", bench_state },
	{ "text", bench_text } };

static int wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return 1;
	return argc < 2;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (wanted(parts[i].name, argc, argv))
			parts[i].run();
	return 0;
}
