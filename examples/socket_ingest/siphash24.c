/*
 * SipHash-2-4, as its authors describe it: eight bytes at a time, the lowest
 * first, the last ones with the length in the highest byte.
 */
#include "siphash24.h"

static uint64_t rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void round_of(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void take(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	round_of(v);
	round_of(v);
	v[0] ^= word;
}

uint64_t siphash24(const uint64_t seed[2], const void *bytes, size_t n)
{
	const unsigned char *b = bytes;
	uint64_t v[4] = { seed[0] ^ 0x736f6d6570736575u,
		seed[1] ^ 0x646f72616e646f6du, seed[0] ^ 0x6c7967656e657261u,
		seed[1] ^ 0x7465646279746573u };
	uint64_t last = (uint64_t)n << 56;
	size_t i;

	for (i = 0; i + 8 <= n; i += 8) {
		const unsigned char *p = b + i;

		take(v,
		    (uint64_t)p[0] | (uint64_t)p[1] << 8 |
			(uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
			(uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
			(uint64_t)p[6] << 48 | (uint64_t)p[7] << 56);
	}
	for (int k = 0; i < n; i++, k += 8)
		last |= (uint64_t)b[i] << k;
	take(v, last);
	v[2] ^= 0xff;
	for (int k = 0; k < 4; k++)
		round_of(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
