/*
 * Numbers from text and to text, by the hundred million. Takes minutes, so
 * it is not part of the usual tests.
 *
 *      long_text [N]          of either kind, 100000000 by default
 *
 * N random bit patterns are written shortest and must read back as the same
 * bits, with every 64th also by strtod(); that nothing shorter would do is
 * for tests/test_number.c. N random decimals must read as strtod() reads
 * them, in the C locale: of all sizes, but most of them where it is easy to
 * go wrong. What they are is the same in each run.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <leat_text.h>

enum { TEXT_SIZE = 640, TOLD = 20 };

static uint64_t passed, failed;
static uint64_t state = 1;

/* splitmix64, as in data.c */
static uint64_t next(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned below(unsigned n)
{
	return (unsigned)((next() >> 32) * n >> 32);
}

static uint64_t bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static double of_bits(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

static void judge(const char *text, double found, double wanted)
{
	int both_nan = found != found && wanted != wanted;

	if (both_nan || bits_of(found) == bits_of(wanted)) {
		passed++;
		return;
	}
	if (failed++ < TOLD)
		printf("\"%s\": %a, not %a\n", text, found, wanted);
}

/* Parses all n bytes; refused text gives a number that cannot occur. */
static double parse(const char *text, size_t n)
{
	double x;

	return leat_parse_double(text, n, &x, NULL) ? 4711e-300 : x;
}

static void check_bits(uint64_t i)
{
	char text[LEAT_DOUBLE_SIZE];
	double x = of_bits(next());
	size_t n = leat_format_double(x, text);

	judge(text, parse(text, n), x);
	if (i % 64 == 0)
		judge(text, strtod(text, NULL), x);
}

/* ---- Decimals ---- */

/* snprintf() would take longer than all the rest. */
static char *put_u64(char *out, uint64_t x)
{
	char digits[20];
	int n = 0;

	do {
		digits[n++] = (char)('0' + x % 10);
		x /= 10;
	} while (x > 0);
	while (n > 0)
		*out++ = digits[--n];
	return out;
}

static char *put_exponent(char *out, int exponent)
{
	*out++ = 'e';
	if (exponent < 0)
		*out++ = '-';
	return put_u64(out, (uint64_t)abs(exponent));
}

static char *put_digits(char *out, unsigned n)
{
	for (; n >= 16; n -= 16, out += 16) {
		uint64_t x = next();

		for (int i = 0; i < 16; i++, x >>= 4)
			out[i] = (char)('0' + (x & 15) * 10 / 16);
	}
	for (uint64_t x = next(); n > 0; n--, x >>= 4)
		*out++ = (char)('0' + (x & 15) * 10 / 16);
	return out;
}

static char *put_byte(char *out, char byte, unsigned n)
{
	memset(out, byte, n);
	return out + n;
}

/* 12.34 */
static char *put_price(char *out)
{
	static const unsigned sizes[] = { 10, 1000, 100000, 10000000 };

	out = put_u64(out, below(sizes[below(4)]));
	*out++ = '.';
	return put_digits(out, 1 + below(4));
}

/* Writes up to 20 digits and an exponent. */
static char *put_any(char *out)
{
	out = put_u64(out, next() >> below(64));
	return put_exponent(out, (int)below(680) - 350);
}

/* A whole number and many decimals, with few or no exponents. */
static char *put_many(char *out)
{
	out = put_digits(out, below(22));
	*out++ = '.';
	out = put_digits(out, 1 + below(22));
	return below(2) ? out : put_exponent(out, (int)below(60) - 30);
}

/*
 * In the middle between two doubles, or one less or more in its last digit:
 * an odd number of 54 bits times a power of two, also as w * 10^q.
 */
static char *put_middle(char *out)
{
	const uint64_t low = (uint64_t)1 << 53;
	unsigned q = below(23), shift = below(10);
	uint64_t fives = 1, odd = low | next() >> 11 | 1;

	for (unsigned i = 0; i < q; i++)
		fives *= 5;
	if (q < 5 && below(2)) {
		out = put_u64(out, odd * fives + below(3) - 1);
		return put_exponent(out, -(int)q);
	}
	out = put_u64(out, ((odd / fives | 1) << shift) + below(3) - 1);
	return put_exponent(out, (int)q);
}

/* Writes a whole number followed by digits far behind the point. */
static char *put_tail(char *out)
{
	uint64_t odd = (uint64_t)1 << 53 | next() >> 11 | 1;
	unsigned kind = below(3), n = below(300);

	out = put_u64(out, (odd << below(10)) - (kind == 2));
	*out++ = '.';
	out = put_byte(out, kind == 2 ? '9' : '0', n);
	return kind == 1 ? put_digits(out, 1 + below(20)) : out;
}

/* From nothing up to the smallest numbers that are not subnormal. */
static char *put_small(char *out)
{
	unsigned n = 1 + below(25);

	out = put_digits(out, n);
	return put_exponent(out, -(int)(below(20) + 305 + n));
}

/* Writes a number around the largest double. */
static char *put_large(char *out)
{
	out = put_u64(out, 1797693134862315000u + below(2000));
	out = put_digits(out, below(12));
	return out;
}

static char *put_large_exponent(char *out)
{
	char *end = put_large(out);

	return put_exponent(end, 308 + 1 - (int)(end - out));
}

/* Writes a double as %.17e does, or with some digits more or less. */
static char *put_double(char *out)
{
	double x = of_bits(next() & INT64_MAX);

	if (below(4) == 0) /* the form is slow */
		return out + sprintf(out, "%.*e", 14 + (int)below(30), x);
	out += leat_format_double(x, out);
	return out;
}

static void check_decimal(uint64_t i)
{
	static char *(*const put[])(char *) = { put_price, put_any, put_many,
		put_middle, put_tail, put_small, put_large_exponent,
		put_double };
	char text[TEXT_SIZE], *end = text;

	if (below(8) == 0)
		*end++ = '-';
	end = put[i % (sizeof(put) / sizeof(put[0]))](end);
	*end = '\0';
	judge(text, parse(text, (size_t)(end - text)), strtod(text, NULL));
}

/* ---- All of them ---- */

static double now(void)
{
	struct timespec t;

	timespec_get(&t, TIME_UTC);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run(const char *name, void (*check)(uint64_t i), uint64_t n)
{
	uint64_t step = n / 10 > 0 ? n / 10 : 1;
	double start = now(), took;

	for (uint64_t i = 0; i < n; i++) {
		check(i);
		if (i % step == step - 1) {
			printf("%s: %" PRIu64 " of %" PRIu64 "\n", name, i + 1,
			    n);
			(void)fflush(stdout);
		}
	}
	took = now() - start;
	printf("%s: %.2f million/s\n", name, 1e-6 * (double)n / took);
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000000;

	run("bit patterns", check_bits, n);
	run("decimals", check_decimal, n);
	printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
	return failed != 0;
}
