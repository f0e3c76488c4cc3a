/*
 * text.c - what numbers and times cost as text
 *
 * Each kind of text is read and written by the library and by the C library
 * in turn, in the C locale; a ratio is how many times longer the latter
 * takes, between the medians of all rounds. Prices are between 1 and 10,000
 * with all lengths equally often, so that nothing can be learned from the
 * length; times are any second of 126 years.
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE /* timegm() */
#include "bench.h"

#include <leat_text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXTS = 20000, MAX_LEN = 40 };

static char texts[TEXTS][MAX_LEN];
static size_t lens[TEXTS];
static double numbers[TEXTS];
static int64_t times[TEXTS];

static uint64_t state = 88172645463325252u;

static uint64_t next_bits(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static double price(void)
{
	double x = exp((double)(next_bits() >> 11) * 0x1p-53 * log(10000));

	return nearbyint(x * 10000) / 10000;
}

static double seventeen_digits(void)
{
	return (double)(next_bits() >> 11) * 0x1p-53 * 1000;
}

static double any_double(void)
{
	double x;

	do {
		uint64_t bits = next_bits();
		memcpy(&x, &bits, sizeof(x));
	} while (!isfinite(x));
	return x;
}

static double whole(void)
{
	return (double)(next_bits() % 100000);
}

/* ---- What is measured: all texts once ---- */

static void parse_leat(void)
{
	double x = 0, sum = 0;

	for (size_t i = 0; i < TEXTS; i++) {
		leat_parse_double(texts[i], lens[i], &x, NULL);
		sum += x;
	}
	bench_sink = sum;
}

static void parse_libc(void)
{
	double sum = 0;

	for (size_t i = 0; i < TEXTS; i++)
		sum += strtod(texts[i], NULL);
	bench_sink = sum;
}

static void format_leat(void)
{
	char out[LEAT_DOUBLE_SIZE];
	size_t sum = 0;

	for (size_t i = 0; i < TEXTS; i++)
		sum += leat_format_double(numbers[i], out);
	bench_sink = (double)sum;
}

static void format_libc(void)
{
	char out[64];
	int sum = 0;

	for (size_t i = 0; i < TEXTS; i++)
		sum += snprintf(out, sizeof(out), "%.17g", numbers[i]);
	bench_sink = (double)sum;
}

static void fixed_leat(void)
{
	char out[LEAT_FIXED_SIZE];
	size_t sum = 0;

	for (size_t i = 0; i < TEXTS; i++)
		sum += leat_format_fixed(numbers[i], 4, out);
	bench_sink = (double)sum;
}

static void fixed_libc(void)
{
	char out[LEAT_FIXED_SIZE];
	int sum = 0;

	for (size_t i = 0; i < TEXTS; i++)
		sum += snprintf(out, sizeof(out), "%.4f", numbers[i]);
	bench_sink = (double)sum;
}

static void parse_time_leat(void)
{
	int64_t t = 0, sum = 0;

	for (size_t i = 0; i < TEXTS; i++) {
		leat_parse_time(texts[i], lens[i], LEAT_UNIT_GUESS, &t, NULL);
		sum ^= t;
	}
	bench_sink = (double)sum;
}

static void parse_time_libc(void)
{
	int64_t sum = 0;

	for (size_t i = 0; i < TEXTS; i++) {
		struct tm tm = { 0 };

		strptime(texts[i], "%Y-%m-%dT%H:%M:%SZ", &tm);
		sum ^= (int64_t)timegm(&tm);
	}
	bench_sink = (double)sum;
}

static void format_time_leat(void)
{
	char out[LEAT_TIME_SIZE];
	size_t sum = 0;

	for (size_t i = 0; i < TEXTS; i++)
		sum += leat_format_time(times[i], out);
	bench_sink = (double)sum;
}

static void format_time_libc(void)
{
	char out[64];
	size_t sum = 0;

	for (size_t i = 0; i < TEXTS; i++) {
		time_t second = (time_t)(times[i] / LEAT_SECOND);
		struct tm tm;

		gmtime_r(&second, &tm);
		sum += strftime(out, sizeof(out), "%Y-%m-%dT%H:%M:%SZ", &tm);
	}
	bench_sink = (double)sum;
}

/* ---- In turn ---- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double timed(void (*run)(void))
{
	double t = bench_seconds();

	run();
	return bench_seconds() - t;
}

static void compare_runs(const char *name, void (*leat)(void),
    void (*libc)(void), double limit)
{
	double ours[ROUNDS], theirs[ROUNDS], ratio;

	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = timed(leat);
		theirs[i] = timed(libc);
	}
	qsort(ours, ROUNDS, sizeof(ours[0]), compare);
	qsort(theirs, ROUNDS, sizeof(theirs[0]), compare);
	ratio = theirs[ROUNDS / 2] / ours[ROUNDS / 2];
	printf("  %-34s %6.1f", name, ratio);
	if (limit > 0)
		printf("  (at least %g)%s", limit,
		    ratio < limit ? "  BELOW" : "");
	printf("\n");
}

static void make_numbers(double (*make)(void), const char *format)
{
	for (size_t i = 0; i < TEXTS; i++) {
		numbers[i] = make();
		lens[i] = (size_t)snprintf(texts[i], MAX_LEN, format,
		    numbers[i]);
	}
}

static void make_times(void)
{
	for (size_t i = 0; i < TEXTS; i++) {
		times[i] = (int64_t)(next_bits() % 4000000000u) * LEAT_SECOND;
		lens[i] = leat_format_time(times[i], texts[i]);
	}
}

void bench_text(void)
{
	printf("text: times the C library takes longer (strtod, "
	       "snprintf(\"%%.17g\"),\nsnprintf(\"%%.4f\"), strptime and "
	       "timegm, gmtime_r and strftime):\n");
	make_numbers(price, "%.4f");
	compare_runs("read prices, %.4f", parse_leat, parse_libc, 5);
	compare_runs("write prices, shortest", format_leat, format_libc, 5);
	compare_runs("write prices, 4 decimals", fixed_leat, fixed_libc, 0);
	make_numbers(whole, "%.0f");
	compare_runs("read whole numbers", parse_leat, parse_libc, 0);
	make_numbers(seventeen_digits, "%.17g");
	compare_runs("read 17 digits", parse_leat, parse_libc, 5);
	compare_runs("write 17 digits, shortest", format_leat, format_libc, 5);
	make_numbers(any_double, "%.17g");
	compare_runs("read random bits", parse_leat, parse_libc, 4);
	compare_runs("write random bits, shortest", format_leat, format_libc,
	    5);
	make_times();
	compare_runs("read times", parse_time_leat, parse_time_libc, 10);
	compare_runs("write times", format_time_leat, format_time_libc, 0);
}
