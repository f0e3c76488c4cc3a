/*
 * Arguments of operations, decoded from bytes. Behind the end there are
 * zeros without end, so that decoding never fails; the driver stops there.
 */
#include "api.h"

#include <math.h>
#include <string.h>

struct api_place api_in;

unsigned api_byte(void)
{
	if (api_in.left == 0)
		return 0;
	api_in.left--;
	return *api_in.at++;
}

uint64_t api_word(void)
{
	uint64_t x = 0;

	for (int i = 0; i < 8; i++)
		x = x << 8 | api_byte();
	return x;
}

static unsigned two_bytes(void)
{
	unsigned high = api_byte();

	return high << 8 | api_byte();
}

static int signed_byte(void)
{
	return (int)api_byte() - 128;
}

size_t api_pick(size_t n)
{
	return (n <= 256 ? api_byte() : two_bytes()) % n;
}

int api_one_in(unsigned n)
{
	return api_byte() % n == n - 1;
}

static double any_bits(void)
{
	uint64_t bits = api_word();
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

double api_number(void)
{
	static const double odd[] = { 0.0, -0.0, 1e308, -1.7e308, 1e-308, 1e16,
		1e154, -1e200, 1.0, 0.1 };

	switch (api_pick(16)) {
	case 0:
		return any_bits();
	case 1:
		return NAN;
	case 2:
		return api_one_in(2) ? INFINITY : -INFINITY;
	case 3:
		return odd[api_pick(sizeof(odd) / sizeof(odd[0]))];
	case 4:
		return 5e-324 * api_byte();
	case 5:
	case 6:
		return signed_byte();
	case 7:
		return 1e9 + 1e-6 * api_byte();
	case 8:
		return ldexp(signed_byte(), (int)(two_bytes() % 2200) - 1100);
	default:
		return ((int)two_bytes() - 32768) / 16.0;
	}
}

double api_finite(void)
{
	double x = api_number();

	return isfinite(x) ? x : 1.0;
}

double api_positive(void)
{
	return (1 + api_byte()) / 64.0;
}

int64_t api_time(void)
{
	switch (api_pick(24)) {
	case 0:
		return (int64_t)api_word();
	case 1:
		return INT64_MIN + api_byte();
	case 2:
		return INT64_MAX - api_byte();
	case 3:
	case 4:
		return api_in.now - (int64_t)two_bytes() % 512;
	case 5:
		api_in.now += two_bytes();
		return api_in.now;
	case 6:
		api_in.now += (int64_t)two_bytes() << 16;
		return api_in.now;
	case 7:
		return 0;
	default:
		api_in.now += (int64_t)api_pick(16);
		return api_in.now - (int64_t)api_pick(8);
	}
}

int64_t api_span(void)
{
	switch (api_pick(16)) {
	case 0:
		return (int64_t)api_word();
	case 1:
		return INT64_MAX;
	case 2:
		return 0;
	case 3:
	case 4:
		return two_bytes();
	default:
		return 1 + (int64_t)api_pick(64);
	}
}

/* Mostly what numbers and times are made of. */
size_t api_text(char *out, size_t room)
{
	static const char usual[] = "0123456789012345+-.eEinfaNTZ: /";
	size_t n = api_pick(room < 40 ? room : 40);

	for (size_t i = 0; i < n; i++) {
		unsigned b = api_byte();

		out[i] = b < 240 ? usual[b % (sizeof(usual) - 1)] : (char)b;
	}
	return n;
}
