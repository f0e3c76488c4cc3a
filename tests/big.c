/*
 * Exact arithmetic: schoolbook sums and products on normalised limbs.
 *
 * Normalised means that the lowest and the highest limb are not zero, so
 * ordinary data need only a handful of limbs and stay quick, while a
 * window that holds 1e300 and 1e-300 at once is still exact.
 */
#include "big.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void normalise(struct big *a)
{
	while (a->n > 0 && a->limb[a->n - 1] == 0)
		a->n--;
	if (a->n == 0) {
		a->sign = 0;
		a->exp = 0;
		return;
	}
	size_t low = 0;
	while (a->limb[low] == 0)
		low++;
	if (low > 0) {
		a->n -= low;
		memmove(a->limb, a->limb + low, a->n * sizeof(a->limb[0]));
		a->exp += (long)low;
	}
}

static void set_bits(struct big *r, int sign, uint64_t bits, unsigned shift)
{
	uint64_t low = bits << shift;
	r->sign = sign;
	r->n = 3;
	r->limb[0] = (uint32_t)low;
	r->limb[1] = (uint32_t)(low >> 32);
	r->limb[2] = shift > 0 ? (uint32_t)(bits >> (64 - shift)) : 0;
}

void big_set(struct big *r, double x)
{
	if (!isfinite(x))
		abort();
	int e;
	double m = frexp(fabs(x), &e);
	uint64_t bits = (uint64_t)ldexp(m, 53);
	long bit = (long)e - 53 + 3200; /* not negative */
	set_bits(r, x < 0 ? -1 : 1, bits, (unsigned)(bit % 32));
	r->exp = bit / 32 - 100;
	normalise(r);
}

void big_set_u64(struct big *r, uint64_t u)
{
	set_bits(r, 1, u, 0);
	r->exp = 0;
	normalise(r);
}

void big_copy(struct big *r, const struct big *a)
{
	r->sign = a->sign;
	r->n = a->n;
	r->exp = a->exp;
	memmove(r->limb, a->limb, a->n * sizeof(a->limb[0]));
}

void big_neg(struct big *a)
{
	a->sign = -a->sign;
}

static long top(const struct big *a)
{
	return a->exp + (long)a->n;
}

/* The limb that is worth 2^(32 place). */
static uint32_t at(const struct big *a, long place)
{
	if (place < a->exp || place >= top(a))
		return 0;
	return a->limb[place - a->exp];
}

int big_cmp_mag(const struct big *a, const struct big *b)
{
	if (a->n == 0 || b->n == 0)
		return (a->n > 0) - (b->n > 0);
	if (top(a) != top(b))
		return top(a) > top(b) ? 1 : -1;
	long low = a->exp < b->exp ? a->exp : b->exp;
	for (long i = top(a) - 1; i >= low; i--) {
		if (at(a, i) != at(b, i))
			return at(a, i) > at(b, i) ? 1 : -1;
	}
	return 0;
}

/* |a| + |b|, or with borrow |a| - |b| where |a| is the larger. */
static void add_mag(struct big *r, const struct big *a, const struct big *b,
    int subtract)
{
	struct big out;
	long low = a->exp < b->exp ? a->exp : b->exp;
	long high = top(a) > top(b) ? top(a) : top(b);
	int64_t carry = 0;

	if (high - low + 1 > BIG_LIMBS)
		abort();
	out.n = (size_t)(high - low) + 1;
	out.exp = low;
	for (size_t i = 0; i < out.n; i++) {
		int64_t u = at(a, low + (long)i), v = at(b, low + (long)i);
		carry += subtract ? u - v : u + v;
		out.limb[i] = (uint32_t)((uint64_t)carry & 0xffffffffU);
		carry = carry < 0 ? -1 : carry >> 32;
	}
	out.sign = 1;
	normalise(&out);
	big_copy(r, &out);
}

void big_add(struct big *r, const struct big *a, const struct big *b)
{
	if (a->n == 0 || b->n == 0) {
		big_copy(r, a->n == 0 ? b : a);
		return;
	}
	int sign = a->sign;
	if (a->sign == b->sign) {
		add_mag(r, a, b, 0);
	} else if (big_cmp_mag(a, b) >= 0) {
		add_mag(r, a, b, 1);
	} else {
		sign = b->sign;
		add_mag(r, b, a, 1);
	}
	r->sign *= sign;
}

void big_sub(struct big *r, const struct big *a, const struct big *b)
{
	struct big minus;
	big_copy(&minus, b);
	big_neg(&minus);
	big_add(r, a, &minus);
}

void big_mul(struct big *r, const struct big *a, const struct big *b)
{
	struct big out;
	if (a->n + b->n > BIG_LIMBS)
		abort();
	out.n = a->n + b->n;
	out.exp = a->exp + b->exp;
	out.sign = a->sign * b->sign;
	memset(out.limb, 0, out.n * sizeof(out.limb[0]));
	for (size_t i = 0; i < a->n; i++) {
		uint64_t carry = 0;
		for (size_t j = 0; j < b->n; j++) {
			carry += out.limb[i + j];
			carry += (uint64_t)a->limb[i] * b->limb[j];
			out.limb[i + j] = (uint32_t)carry;
			carry >>= 32;
		}
		out.limb[i + b->n] = (uint32_t)carry;
	}
	normalise(&out);
	big_copy(r, &out);
}

void big_mul_u64(struct big *r, const struct big *a, uint64_t u)
{
	struct big b;
	big_set_u64(&b, u);
	big_mul(r, a, &b);
}

void big_trim(struct big *a, size_t n)
{
	if (a->n <= n)
		return;
	size_t drop = a->n - n;
	a->n = n;
	a->exp += (long)drop;
	memmove(a->limb, a->limb + drop, n * sizeof(a->limb[0]));
	normalise(a);
}

/* Returns the place of the highest bit: 2^lead <= |a| < 2^(lead + 1). */
static long lead(const struct big *a)
{
	long bit = 32 * top(a) - 1;
	for (uint32_t v = a->limb[a->n - 1]; v < 0x80000000U; v <<= 1)
		bit--;
	return bit;
}

/* The limb that holds a bit, for places below 0 too. */
static long limb_of(long bit)
{
	return bit >= 0 ? bit / 32 : -((31 - bit) / 32);
}

/* floor(|a| / 2^bit) modulo 2^64. */
static uint64_t bits_from(const struct big *a, long bit)
{
	long place = limb_of(bit);
	unsigned shift = (unsigned)(bit - 32 * place);
	uint64_t low = at(a, place) | (uint64_t)at(a, place + 1) << 32;
	if (shift == 0)
		return low;
	return low >> shift | (uint64_t)at(a, place + 2) << (64 - shift);
}

static int any_below(const struct big *a, long bit)
{
	long place = limb_of(bit);
	if (a->exp < place)
		return 1; /* the lowest limb is never 0 */
	unsigned shift = (unsigned)(bit - 32 * place);
	return (at(a, place) & (((uint32_t)1 << shift) - 1)) != 0;
}

double big_double(const struct big *a)
{
	if (a->n == 0)
		return 0.0;
	long quantum = lead(a) - 52;
	if (quantum > 971)
		return a->sign * HUGE_VAL;
	if (quantum < -1074)
		quantum = -1074;
	if (lead(a) < quantum - 1)
		return a->sign * 0.0;
	uint64_t m = bits_from(a, quantum);
	int half = (bits_from(a, quantum - 1) & 1) != 0;
	if (half && (any_below(a, quantum - 1) || (m & 1) != 0))
		m++;
	return a->sign * ldexp((double)m, (int)quantum);
}

static struct wide wide_norm(double m, long e)
{
	struct wide r = { 0, 0 };
	int shift;
	r.m = frexp(m, &shift);
	r.e = r.m != 0 ? e + shift : 0;
	return r;
}

struct wide wide_of(const struct big *a)
{
	if (a->n == 0)
		return wide_norm(0.0, 0);
	long quantum = lead(a) - 63;
	return wide_norm(a->sign * (double)bits_from(a, quantum), quantum);
}

struct wide wide_set(double x)
{
	return wide_norm(x, 0);
}

struct wide wide_mul(struct wide a, struct wide b)
{
	return wide_norm(a.m * b.m, a.e + b.e);
}

struct wide wide_div(struct wide a, struct wide b)
{
	return wide_norm(a.m / b.m, a.e - b.e);
}

struct wide wide_sqrt(struct wide a)
{
	if (a.e % 2 != 0)
		return wide_norm(sqrt(a.m * 2), (a.e - 1) / 2);
	return wide_norm(sqrt(a.m), a.e / 2);
}

double wide_double(struct wide a)
{
	if (a.e > 1100)
		return a.m * HUGE_VAL;
	if (a.e < -1200)
		return a.m * 0.0;
	return ldexp(a.m, (int)a.e);
}

double big_ratio(const struct big *a, const struct big *b)
{
	return wide_double(wide_div(wide_of(a), wide_of(b)));
}
