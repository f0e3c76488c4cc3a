/*
 * make_rows.c - a CSV file to measure with, the same on every run
 *
 *      make_rows N >rows.csv
 *
 * N rows: a time to the second (ISO 8601), a key, and four numbers with four
 * decimals. The key is one of 1000, drawn by Zipf's law (key k as often as
 * 1 / k); one row in twenty has its key in quotes. Numbers are random walks
 * of prices, one for each key and column.
 */
#include <leat_text.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 1000, COLUMNS = 4 };

static uint64_t state = 88172645463325252u;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) * 0x1p-53;
}

/* The share of keys up to k is the sum of 1 / i up to k over that of all. */
static void make_law(double *ends)
{
	double sum = 0;

	for (int k = 0; k < KEYS; k++)
		ends[k] = sum += 1.0 / (k + 1);
	for (int k = 0; k < KEYS; k++)
		ends[k] /= sum;
}

static int draw(const double *ends)
{
	double u = uniform();
	int low = 0, high = KEYS - 1;

	while (low < high) {
		int middle = (low + high) / 2;

		if (ends[middle] < u)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static char *put_row(char *p, int64_t second, int key, double *prices)
{
	const char *quote = uniform() < 0.05 ? "\"" : "";

	p += leat_format_time(second * LEAT_SECOND, p);
	p += sprintf(p, ",%skey%d%s", quote, key, quote);
	for (int i = 0; i < COLUMNS; i++) {
		*p++ = ',';
		prices[i] += 0.01 * prices[i] * (uniform() - 0.5);
		p += leat_format_fixed(prices[i], 4, p);
	}
	*p++ = '\n';
	return p;
}

int main(int argc, char **argv)
{
	static double ends[KEYS], prices[KEYS][COLUMNS];
	static char row[4096];
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	int64_t second = 1704067200; /* 2024-01-01 */

	make_law(ends);
	for (int k = 0; k < KEYS; k++)
		for (int i = 0; i < COLUMNS; i++)
			prices[k][i] = 1 + 999 * uniform();
	puts("time,key,open,high,low,close");
	for (unsigned long i = 0; i < n; i++) {
		int k = draw(ends);
		char *end = put_row(row, second, k, prices[k]);

		fwrite(row, 1, (size_t)(end - row), stdout);
		second += uniform() < 0.25;
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
