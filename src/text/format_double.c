/*
 * format_double.c - numbers to text
 *
 * Shortest. A double c * 2^q stands for all reals between the middles to
 * its neighbours. With k the largest such that this interval is at least
 * 10^k wide, it holds at least one multiple of 10^k and at most one of
 * 10^(k+1); the latter if there is one, or else the nearest multiple of
 * 10^k, is the answer. Times 10^-k the ends and the double itself become
 * whole numbers of 64 bits and a bit that says whether there is a rest
 * ("round to odd"), which is all that comparisons need; one power of ten of
 * 128 bits is exact enough for that. R. Giulietti, "The Schubfach way to
 * render doubles", 2020.
 *
 * With fixed decimals. The whole part is a whole number. The fraction is
 * f * 2^-s with f < 2^53, so f * 10^decimals has at most 110 bits: a product
 * of two words, shifted and rounded, exactly.
 *
 * Cost: O(1).
 */
#include "sixteen.h"

#define FRACTION (((uint64_t)1 << 52) - 1)

static const uint64_t tens[LEAT_DECIMALS_MAX + 3] = { 1, 10, 100, 1000, 10000,
	100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
	100000000000, 1000000000000, 10000000000000, 100000000000000,
	1000000000000000, 10000000000000000, 100000000000000000,
	1000000000000000000, 10000000000000000000u };

enum { MOST_DIGITS = 17 };

/* digits * 10^exponent */
struct decimal {
	uint64_t digits;
	int exponent;
};

/* ---- The shortest decimal ---- */

/*
 * Returns the 64 bits above the product's lowest 128; the lowest bit also says
 * whether any of those is set.
 */
LEAT_INLINE uint64_t round_to_odd(struct leat_uint128 power, uint64_t c)
{
	uint64_t low = leat_multiply(power.lo, c).hi;
	struct leat_uint128 p = leat_multiply(power.hi, c);

	p.lo += low;
	p.hi += p.lo < low;
	return p.hi | (p.lo > 1);
}

/*
 * Returns the shortest decimal of c * 2^q, with c of 53 bits or a subnormal's.
 * edge: c is 2^52, so that the lower neighbour is only half as far away.
 */
static struct decimal shortest(uint64_t c, int q, int edge)
{
	struct decimal d;
	/* floor(log10(2^q)), with an edge of 3/4 of that; log10(2) * 2^22 */
	int64_t log = (int64_t)q * 1262611 - (edge ? 524031 : 0);
	int k = (int)((log + ((int64_t)1 << 32)) >> 22) - (1 << 10);
	int h = q + leat_log2_of_power(-k) + 1;
	const uint64_t *row = leat_powers + 2 * (-k - LEAT_POWER_MIN);
	/*
	 * 10^-k, rounded up. The sum does not carry: no row of a power above
	 * 10^55 ends with 64 ones.
	 */
	struct leat_uint128 power = { row[0], row[1] + (-k > 55) };
	uint64_t odd = c & 1;
	uint64_t low = round_to_odd(power, (4 * c - 2 + (uint64_t)edge) << h);
	uint64_t mid = round_to_odd(power, 4 * c << h);
	uint64_t high = round_to_odd(power, (4 * c + 2) << h);
	uint64_t s = mid / 4, ten = s / 10 * 10;
	uint64_t below, above, nearer, ten_below, ten_above;

	/* An even c includes both ends of the interval. */
	low += odd;
	high -= odd;
	/*
	 * On each grid the two neighbours may be in the interval, and one is
	 * nearest. No branch is to be predicted: they are as good as random.
	 */
	below = low <= 4 * s;
	above = 4 * (s + 1) <= high;
	nearer = mid + (s & 1) > 4 * s + 2;
	ten_below = (s >= 10) & (low <= 4 * ten);
	ten_above = (s >= 10) & (4 * (ten + 10) <= high);
	s += leat_choose(below ^ above, above, nearer);
	/* Prefer a multiple of 10^(k+1), which has a digit less. */
	d.digits = leat_choose(ten_below ^ ten_above, ten + 10 * ten_above, s);
	d.exponent = k;
	return d;
}

/* ---- Digits ---- */

/* Writes x as 24 digits with leading zeros. */
LEAT_INLINE void put_24(char *out, uint64_t x)
{
	uint64_t rest = x / 100000000, last = leat_digits_of(x % 100000000);
	uint64_t middle = leat_digits_of(rest % 100000000);

	leat_store64(out, leat_digits_of(rest / 100000000) | LEAT_EIGHT('0'));
	leat_store64(out + 8, middle | LEAT_EIGHT('0'));
	leat_store64(out + 16, last | LEAT_EIGHT('0'));
}

/* Returns the number of digits of x > 0. */
LEAT_INLINE int count_digits(uint64_t x)
{
	int bits = 64 - leat_high_zeros(x);
	int n = bits * 1233 >> 12; /* log10(2) */

	return n + (x >= tens[n]);
}

/* Writes a whole number; returns its length. */
static size_t put_whole(char *out, uint64_t x)
{
	char digits[24];
	int n = x ? count_digits(x) : 1;

	put_24(digits, x);
	memcpy(out, digits + 24 - n, (size_t)n);
	return (size_t)n;
}

/* Writes nan, inf or -inf. */
static size_t put_special(char *out, double x)
{
	const char *word = x != x ? "nan" : x > 0 ? "inf" : "-inf";
	size_t n = strlen(word);

	memcpy(out, word, n + 1);
	return n;
}

/* ---- The forms of a number ---- */

/* Writes d.ddde-7. */
static char *put_scientific(char *out, const char *digits, int n, int exponent)
{
	*out++ = *digits;
	if (n > 1) {
		*out++ = '.';
		memcpy(out, digits + 1, (size_t)n - 1);
		out += n - 1;
	}
	*out++ = 'e';
	if (exponent < 0)
		*out++ = '-';
	return out +
	    put_whole(out, (uint64_t)(exponent < 0 ? -exponent : exponent));
}

/*
 * Moves x * 10^*exponent to 17 digits. Nearly all have 16 or 17, with zeros
 * among them at the end.
 */
LEAT_INLINE uint64_t with_17_digits(uint64_t x, int *exponent)
{
	uint64_t is_short;
	int n;

	if (LEAT_LIKELY(x - tens[15] < tens[17] - tens[15])) {
		is_short = x < tens[16];
		*exponent -= (int)is_short;
		return leat_choose(is_short, 10 * x, x);
	}
	n = count_digits(x);
	*exponent += n - MOST_DIGITS;
	/* A multiple of 10 may have one digit more than there can be. */
	return n <= MOST_DIGITS ? x * tens[MOST_DIGITS - n] : x / 10;
}

/* Writes 12.34, 1234 or 0.001234, or d.ddde-7 for others. */
static char *put_decimal(char *out, struct decimal d)
{
	const uint64_t eight = 100000000, sixteen = eight * eight;
	uint64_t x = with_17_digits(d.digits, &d.exponent);
	uint64_t first = x / sixteen, rest = x - first * sixteen;
	uint64_t half = rest / eight;
	leat_sixteen others = leat_sixteen_of(half, rest - half * eight);
	int n = 1 + leat_sixteen_count(others);
	int exponent = d.exponent + MOST_DIGITS - 1, whole = exponent + 1;
	char digits[MOST_DIGITS];

	if (LEAT_LIKELY(exponent >= 0 && exponent < MOST_DIGITS)) {
		leat_sixteen_point(out, first, others, whole);
		return out + (n <= whole ? whole : n + 1);
	}
	if (exponent >= -5 && exponent < 0) {
		memcpy(out, "0.0000", 6);
		out += 1 - exponent;
		*out = (char)(first | '0');
		leat_sixteen_store(out + 1, others);
		return out + n;
	}
	*digits = (char)(first | '0');
	leat_sixteen_store(digits + 1, others);
	return put_scientific(out, digits, n, exponent);
}

size_t leat_format_double(double x, char out[LEAT_DOUBLE_SIZE])
{
	struct decimal d = { 0, 0 };
	uint64_t bits, c;
	char *p = out;
	int e;

	LEAT_ASSERT(out);
	memcpy(&bits, &x, sizeof(x));
	e = (int)(bits >> 52 & 0x7FF);
	c = bits & FRACTION;
	if (e == 0x7FF)
		return put_special(out, x);
	*p = '-';
	p += bits >> 63;
	if (e > 0)
		c += FRACTION + 1;
	if (c == 0)
		*p++ = '0';
	/* A whole number below 2^53 is exact as it is. */
	else if (e >= 1023 && e < 1023 + 53 &&
	    (c & (FRACTION >> (e - 1023))) == 0)
		d.digits = c >> (1075 - e);
	else
		d = shortest(c, (e ? e : 1) - 1075, c == FRACTION + 1 && e > 1);
	if (c)
		p = put_decimal(p, d);
	*p = '\0';
	return (size_t)(p - out);
}

/* ---- Fixed decimals ---- */

/* Writes m * 2^e for e > 0, computed in base 10^9, the lowest part first. */
static size_t put_large(char *out, uint64_t m, int e)
{
	enum { BASE = 1000000000, MOST = 36 };
	uint32_t parts[MOST] = { 0 };
	int n = 0;
	size_t len;

	for (; m > 0; m /= BASE)
		parts[n++] = (uint32_t)(m % BASE);
	while (e > 0) {
		int by = e < 29 ? e : 29;
		uint64_t carry = 0;

		for (int i = 0; i < n; i++) {
			carry += (uint64_t)parts[i] << by;
			parts[i] = (uint32_t)(carry % BASE);
			carry /= BASE;
		}
		if (carry > 0)
			parts[n++] = (uint32_t)carry;
		e -= by;
	}
	len = put_whole(out, parts[n - 1]);
	for (int i = n - 2; i >= 0; i--, len += 9) {
		char digits[24];

		put_24(digits, parts[i]);
		memcpy(out + len, digits + 15, 9);
	}
	return len;
}

/*
 * Returns f * 10^decimals / 2^s, rounded, halfway cases to even. Requires 0 <
 * s, f < 2^53 and f < 2^s.
 */
static uint64_t scale_fraction(uint64_t f, int s, unsigned decimals,
    int whole_is_odd)
{
	struct leat_uint128 p = leat_multiply(f, tens[decimals]);
	uint64_t q, half;
	/* Compares the remainder with a half: 1, 0 or -1. */
	int more;

	if (s > 120) /* p < 2^110, so the result is 0 */
		return 0;
	if (s > 64) {
		q = p.hi >> (s - 64);
		half = (uint64_t)1 << (s - 65);
		p.hi &= 2 * half - 1;
		more = p.hi != half ? (p.hi > half ? 1 : -1) : p.lo > 0;
	} else {
		q = s == 64 ? p.hi : p.hi << (64 - s) | p.lo >> s;
		half = (uint64_t)1 << (s - 1);
		p.lo &= 2 * half - 1;
		more = p.lo != half ? (p.lo > half ? 1 : -1) : 0;
	}
	/* With no decimals the result is the last digit of the whole part. */
	if (decimals == 0)
		return q + (more > 0 || (more == 0 && whole_is_odd));
	return q + (more > 0 || (more == 0 && (q & 1)));
}

size_t leat_format_fixed(double x, unsigned decimals, char out[LEAT_FIXED_SIZE])
{
	uint64_t bits, c, whole = 0, fraction = 0;
	char digits[24];
	size_t len = 0;
	int e, s;

	LEAT_ASSERT(out);
	memcpy(&bits, &x, sizeof(x));
	e = (int)(bits >> 52 & 0x7FF);
	if (e == 0x7FF)
		return put_special(out, x);
	if (decimals > LEAT_DECIMALS_MAX)
		decimals = LEAT_DECIMALS_MAX;
	c = bits & FRACTION;
	if (e > 0)
		c += FRACTION + 1;
	s = 1075 - (e ? e : 1); /* x is c / 2^s */
	if (bits >> 63)
		out[len++] = '-';
	if (s > 0) {
		whole = s < 64 ? c >> s : 0;
		if (s < 64)
			c &= ((uint64_t)1 << s) - 1;
		fraction = scale_fraction(c, s, decimals, whole & 1);
		whole += fraction >= tens[decimals];
		fraction %= tens[decimals];
		len += put_whole(out + len, whole);
	} else {
		len += put_large(out + len, c, -s);
	}
	if (decimals > 0) {
		put_24(digits, fraction);
		out[len++] = '.';
		memcpy(out + len, digits + 24 - decimals, decimals);
		len += decimals;
	}
	out[len] = '\0';
	return len;
}
