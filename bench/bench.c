/*
 * bench.c - what leat costs, as ratios to hand-written loops
 *
 * The reference loops are in a file of their own (naive.c) and called as
 * the library is. All candidates run in turn within each round, so a change
 * in the machine's speed hits them alike; each ratio is taken between the
 * best rounds of both.
 *
 * A bound is what a ratio may be at most on a Xeon of the Sapphire Rapids
 * generation, with gcc -O3; ABOVE marks one that is missed. Elsewhere it tells
 * little by itself, since loops and copies of memory differ more between CPUs
 * than the library does, but ABOVE in a row that had none before a change
 * says that the change made something slower. Nothing fails for it.
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

void bench_figure(const char *name, double ratio, double most)
{
	printf("  %-36s %5.2f", name, ratio);
	if (most > 0)
		printf("  (at most %.1f)%s", most,
		    ratio > most ? "  ABOVE" : "");
	printf("\n");
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

int bench_lanes(void)
{
#if defined(__GNUC__) && defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f"))
		return 8;
	if (__builtin_cpu_supports("avx2"))
		return 4;
#endif
	return 2;
}

/* Says what the figures depend on. */
static void print_head(void)
{
	char line[256], *name = NULL;
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f && !name && fgets(line, sizeof(line), f))
		if (strncmp(line, "model name", 10) == 0)
			name = strchr(line, ':');
	printf("CPU%s", name ? name : ": unknown\n");
	printf("vectors of %d doubles\n", bench_lanes());
	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	print_head();
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (wanted(parts[i].name, argc, argv))
			parts[i].run();
	return 0;
}
