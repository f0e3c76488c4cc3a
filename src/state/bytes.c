/*
 * bytes.c - numbers as bytes, the same on every machine
 *
 * Eight bytes, the lowest first; a double by its bits as IEEE 754 has them.
 * What bits a NaN has differs: on old MIPS and HP-PA its topmost bit means
 * the opposite of what it means elsewhere. There every NaN is written as the
 * one that 0 / 0 gives elsewhere, and read as the machine's own.
 */
#include "state.h"

#define NAN_ELSEWHERE 0x7FF8000000000000u
#define TOPMOST ((uint64_t)1 << 51)

static uint64_t raw_bits(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

uint64_t leat_bits_of(double x)
{
	if (LEAT_UNLIKELY(x != x))
		return raw_bits(NAN) & TOPMOST ? raw_bits(x) : NAN_ELSEWHERE;
	return raw_bits(x);
}

double leat_double_of(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof(x));
	if (LEAT_UNLIKELY(x != x))
		return raw_bits(NAN) & TOPMOST ? x : NAN;
	return x;
}

void leat_put_double(unsigned char *bytes, double x)
{
	LEAT_ASSERT(bytes);
	leat_store64(bytes, leat_bits_of(x));
}

double leat_get_double(const unsigned char *bytes)
{
	LEAT_ASSERT(bytes);
	return leat_double_of(leat_load64(bytes));
}

void leat_put_uint64(unsigned char *bytes, uint64_t x)
{
	LEAT_ASSERT(bytes);
	leat_store64(bytes, x);
}

uint64_t leat_get_uint64(const unsigned char *bytes)
{
	LEAT_ASSERT(bytes);
	return leat_load64(bytes);
}
