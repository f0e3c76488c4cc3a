/*
 * Numbers for tests, the same each time: xorshift (Marsaglia 2003).
 */
#ifndef INGEST_TEST_RANDOM_H
#define INGEST_TEST_RANDOM_H

#include <stdint.h>

static uint64_t seed;

static unsigned below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

static void set_seed(int i)
{
	seed = 88172645463325252u + 977u * (unsigned)i;
	below(2);
}

#endif
