/*
 * exact.c - finds the nearer of two doubles to a decimal, in whole numbers
 *
 * The decimal D * 10^q is compared with the midpoint between m * 2^e and the
 * next double, (2m + 1) * 2^(e-1). Both sides are made whole by moving factors
 * to the other one: D * 5^q * 2^(q - e + 1) against 2m + 1, or D against (2m +
 * 1) * 5^-q * ..., whichever has no negative power.
 *
 * The midpoint of two doubles has at most 768 significant digits, so of the
 * digits behind the 800th it matters only whether all are 0 (1 stands for all
 * of them). D has less than 2^2662, 5^(800 + 343) less than 2^2655, and both
 * sides are of similar size: 2^2720 is more than can occur.
 *
 * Cost: O(n^2) for n digits, a few microseconds; hardly ever needed.
 */
#include "text.h"

enum { WORDS = 96, BITS = 32 };

/* A whole number: n words, the lowest first. */
struct big {
	uint32_t words[WORDS];
	int n;
};

/* Replaces b by b * factor + add. */
static void multiply_add(struct big *b, uint32_t factor, uint32_t add)
{
	uint64_t carry = add;

	for (int i = 0; i < b->n; i++) {
		carry += (uint64_t)b->words[i] * factor;
		b->words[i] = (uint32_t)carry;
		carry >>= BITS;
	}
	if (carry) {
		LEAT_ASSERT(b->n < WORDS);
		b->words[b->n++] = (uint32_t)carry;
	}
}

static void multiply_power_of_5(struct big *b, int64_t k)
{
	for (; k >= 13; k -= 13)
		multiply_add(b, 1220703125, 0);
	for (; k > 0; k--)
		multiply_add(b, 5, 0);
}

static void shift_left(struct big *b, int64_t bits)
{
	int words = (int)(bits / BITS);

	multiply_add(b, (uint32_t)1 << bits % BITS, 0);
	if (words == 0)
		return;
	LEAT_ASSERT(b->n + words <= WORDS);
	memmove(b->words + words, b->words, (size_t)b->n * sizeof(b->words[0]));
	memset(b->words, 0, (size_t)words * sizeof(b->words[0]));
	b->n += words;
}

static int compare(const struct big *a, const struct big *b)
{
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (int i = a->n - 1; i >= 0; i--)
		if (a->words[i] != b->words[i])
			return a->words[i] < b->words[i] ? -1 : 1;
	return 0;
}

int leat_exact_rounds_up(const struct leat_decimal *d, uint64_t m, int e)
{
	struct big left, right;
	int64_t twos = d->exponent - e + 1; /* power of two on the left side */
	int order;

	left.n = 0;
	for (size_t i = 0; i < d->n; i++)
		multiply_add(&left, 10, d->digits[i]);
	m = 2 * m + 1;
	right.words[0] = (uint32_t)m;
	right.words[1] = (uint32_t)(m >> BITS);
	right.n = 1 + (right.words[1] > 0);
	if (d->exponent > 0)
		multiply_power_of_5(&left, d->exponent);
	else
		multiply_power_of_5(&right, -d->exponent);
	if (twos > 0)
		shift_left(&left, twos);
	else
		shift_left(&right, -twos);
	order = compare(&left, &right);
	return order > 0 || (order == 0 && (m >> 1 & 1));
}
