/*
 * parse_double.c - numbers from text
 *
 * A number is w * 10^q, where w has its first 19 significant digits. Four ways
 * lead to the nearest double, the quickest first:
 *
 * 1. Text of at most 24 bytes, digits with or without a point among them,
 *    is loaded into up to three registers at once, the point is squeezed
 *    out, and the digits become a number by a few multiplications. Nothing
 *    depends on the place of the point. At most 16 bytes are read in one
 *    register where the CPU can load just these (short_number.h).
 * 2. If w <= 2^53 and |q| <= 22, both w and 10^|q| are doubles, and one
 *    division or multiplication rounds once (Clinger, "How to read floating
 *    point numbers accurately", 1990).
 * 3. The product of w and the leading 128 bits of 10^q has enough bits to
 *    round correctly, for every w of 64 bits (Lemire, "Number parsing at a
 *    gigabyte per second", 2021; that no case is left over: Mushtak and
 *    Lemire, "Fast number parsing without fallback", 2023).
 * 4. If digits follow the 19th, the number is between w and w + 1. If both
 *    round to the same double, that is the result; otherwise all digits are
 *    compared with the midpoint between two doubles, in exact arithmetic
 *    (exact.c).
 */
#include "short_number.h"

#define HIDDEN_BIT ((uint64_t)1 << 52)
#define INFINITE ((uint64_t)0x7FF << 52)

/* A number in the text: its first digits, and the place of all of them. */
struct number {
	uint64_t w;
	int64_t q;
	int more;                /* digits follow those of w */
	const char *first, *end; /* start and end of digits and point */
	const char *point;       /* end of the whole part */
};

LEAT_INLINE double from_bits(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* ---- From w * 10^q to a double ---- */

/* Returns the leading 128 bits of w * 10^q. Requires w >= 2^63. */
LEAT_INLINE struct leat_uint128 scaled(uint64_t w, int q)
{
	const uint64_t *power = leat_powers + 2 * (q - LEAT_POWER_MIN);
	struct leat_uint128 p = leat_multiply(w, power[0]);

	/* The power's lower half matters only if its carry can. */
	if (LEAT_UNLIKELY((p.hi & 0x1FF) == 0x1FF)) {
		struct leat_uint128 low = leat_multiply(w, power[1]);

		p.lo += low.hi;
		p.hi += p.lo < low.hi;
	}
	return p;
}

/* Bits of the double nearest to w * 10^q. Requires w > 0, -342 <= q <= 308. */
static LEAT_NOINLINE uint64_t nearest(uint64_t w, int q)
{
	int zeros = leat_high_zeros(w);
	struct leat_uint128 p = scaled(w << zeros, q);
	int upper = (int)(p.hi >> 63);
	uint64_t m = p.hi >> (upper + 9); /* 53 bits and the one that rounds */
	int e = leat_log2_of_power(q) + 63 + upper - zeros + 1023;

	if (LEAT_UNLIKELY(e <= 0)) { /* subnormal: halfway cases cannot occur */
		m = e <= -63 ? 0 : m >> (1 - e);
		return (m + 1) >> 1;
	}
	/* A halfway case rounds to even; only these q can have one. */
	if (p.lo <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 &&
	    m << (upper + 9) == p.hi)
		m &= ~(uint64_t)1;
	m = (m + 1) >> 1;
	/* The hidden bit and a carry of m add to the exponent. */
	m += ((uint64_t)e << 52) - HIDDEN_BIT;
	return m < INFINITE ? m : INFINITE;
}

/* Returns a bound m * 2^e <= w * 10^q that is off by less than 1.1 ulp. */
static uint64_t below(uint64_t w, int q, int *e)
{
	int zeros = leat_high_zeros(w), shift;
	struct leat_uint128 p = scaled(w << zeros, q);

	p.hi--; /* powers below 1 are rounded up */
	shift = 10 + (int)(p.hi >> 63);
	*e = leat_log2_of_power(q) + 1 - zeros + shift;
	if (*e < -1074) {
		shift += -1074 - *e;
		*e = -1074;
	}
	return shift > 63 ? 0 : p.hi >> shift;
}

/* Writes all digits; a 1 stands for any beyond LEAT_EXACT_DIGITS. */
static void all_digits(const struct number *n, unsigned char *digits,
    struct leat_decimal *d)
{
	const char *p = n->first;
	int rest = 0;

	d->digits = digits;
	d->n = 0;
	d->exponent = n->q;
	for (; p < n->end; p++) {
		if (*p == '.' || (d->n == 0 && *p == '0'))
			continue;
		if (d->n < LEAT_EXACT_DIGITS)
			digits[d->n++] = (unsigned char)(*p - '0');
		else
			rest |= *p != '0';
	}
	/* q is the exponent of the 19th digit. */
	d->exponent -= (int64_t)d->n - 19;
	if (rest) {
		digits[d->n++] = 1;
		d->exponent--;
	}
}

static LEAT_NOINLINE uint64_t exactly(const struct number *n)
{
	unsigned char digits[LEAT_EXACT_DIGITS + 1];
	struct leat_decimal d;
	int e;
	uint64_t m = below(n->w, (int)n->q, &e);

	all_digits(n, digits, &d);
	m += (uint64_t)leat_exact_rounds_up(&d, m, e);
	if (m < HIDDEN_BIT)
		return m;
	return ((uint64_t)(e + 1075) << 52) + m - HIDDEN_BIT;
}

static double to_double(const struct number *n)
{
	uint64_t bits;
	int q;

	if (n->w == 0 || n->q < LEAT_POWER_MIN)
		return 0;
	if (n->q > 308)
		return INFINITY;
	q = (int)n->q;
	if (!n->more && n->w <= (uint64_t)1 << 53 && q >= -22 && q <= 22)
		return q < 0 ? (double)(int64_t)n->w / leat_exact_powers[-q]
			     : (double)(int64_t)n->w * leat_exact_powers[q];
	bits = nearest(n->w, q);
	if (n->more && bits != nearest(n->w + 1, q))
		bits = exactly(n);
	return from_bits(bits);
}

/* ---- Any number ---- */

/* The text of a number. Bytes before p have been read. */
struct reader {
	const char *p, *end;
	size_t n_bytes; /* length of the whole text, also before p */
};

/* Returns the next 8 bytes, with zeros behind the end of the text. */
LEAT_INLINE uint64_t next_eight(const struct reader *r)
{
	size_t left = (size_t)(r->end - r->p);
	uint64_t x = 0;

	if (left >= 8)
		return leat_load64(r->p);
	/*
	 * Load the last 8 bytes and shift out those before p; two shifts, since
	 * a shift by 64 is undefined.
	 */
	if (r->n_bytes >= 8)
		return leat_load64(r->end - 8) >> 4 * (8 - left) >>
		    4 * (8 - left);
	for (size_t i = left; i-- > 0;)
		x = x << 8 | (unsigned char)r->p[i];
	return x;
}

/*
 * Appends all following digits to *w, which may overflow. Each round takes up
 * to 8 digits, however many there are.
 */
LEAT_INLINE void take_digits(struct reader *r, uint64_t *w)
{
	static const uint32_t powers[9] = { 1, 10, 100, 1000, 10000, 100000,
		1000000, 10000000, 100000000 };
	uint64_t x, other;
	int n;

	do {
		x = next_eight(r) ^ LEAT_EIGHT('0');
		other = (x | (x + LEAT_EIGHT(0x06))) & LEAT_EIGHT(0xF0);
		n = other ? leat_low_zeros(other) >> 3 : 8;
		x = x << 4 * (8 - n) << 4 * (8 - n);
		*w = *w * powers[n] + leat_eight_digits(x);
		r->p += n;
	} while (n == 8);
}

/* Takes only the first 19 significant digits; the rest sets n->more. */
static void take_first_digits(struct number *n)
{
	const char *p = n->first;
	int taken = 0;

	while (p < n->end && (*p == '0' || *p == '.'))
		p++;
	n->w = 0;
	for (; p < n->end && taken < 19; p++) {
		if (*p == '.')
			continue;
		n->w = n->w * 10 + (uint64_t)(*p - '0');
		taken++;
	}
	n->q += n->end - p - (p <= n->point && n->point < n->end);
	n->more = p < n->end;
}

/* Adds [e [+-] digits] to *q. Returns its end, or p if there is none. */
static const char *take_exponent(const char *p, const char *end, int64_t *q)
{
	const char *start = p;
	int negative;
	int64_t e = 0;

	if (p == end || (*p != 'e' && *p != 'E'))
		return start;
	p++;
	negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end || !leat_is_digit(*p))
		return start;
	for (; p < end && leat_is_digit(*p); p++)
		/* Any larger exponent gives 0 or infinity. */
		if (e < INT64_MAX / 100)
			e = e * 10 + (*p - '0');
	*q += negative ? -e : e;
	return p;
}

/* Reads the number at r.p. Returns its end, or NULL if there is none. */
static const char *take_number(struct reader r, double *x)
{
	struct number n = { 0, 0, 0, r.p, NULL, NULL };
	ptrdiff_t digits;

	take_digits(&r, &n.w);
	digits = r.p - n.first;
	n.point = r.p;
	if (r.p < r.end && *r.p == '.') {
		r.p++;
		take_digits(&r, &n.w);
		n.q = n.point + 1 - r.p;
		digits -= (ptrdiff_t)n.q;
	}
	if (digits == 0)
		return NULL;
	n.end = r.p;
	if (LEAT_UNLIKELY(digits > 19))
		take_first_digits(&n);
	r.p = take_exponent(r.p, r.end, &n.q);
	*x = to_double(&n);
	return r.p;
}

/* Reads inf, infinity or nan, as take_number() reads numbers. */
static const char *take_word(const char *p, const char *end, double *x)
{
	static const struct {
		const char *text;
		size_t len;
		double x;
	} words[] = { { "infinity", 8, INFINITY }, { "inf", 3, INFINITY },
		{ "nan", 3, NAN } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = 0, len = words[i].len;

		if ((size_t)(end - p) < len)
			continue;
		while (n < len && (p[n] | 0x20) == words[i].text[n])
			n++;
		if (n < len)
			continue;
		*x = words[i].x;
		return p + len;
	}
	return NULL;
}

/* ---- Short numbers ---- */

/*
 * In this section digits are bytes 0 .. 9 in registers, flush right, with 0
 * before the first. Only bytes of the text are read. Shifts that may be by 64
 * are made in two steps.
 */

/*
 * Removes the point from `bytes`, if there is one: the bytes before it move up
 * by one, with `before` first. After the exclusive or with '0', a point has bit
 * 4 and a digit has not; any other byte with that bit remains, and is no digit.
 * Returns how many digits follow the point, -1 if there is none.
 */
LEAT_INLINE int squeeze(uint64_t *bytes, uint64_t before)
{
	uint64_t mark = *bytes & LEAT_EIGHT(0x10), below;
	int at;

	if (!mark)
		return -1;
	at = leat_low_zeros(mark) & ~7;
	below = ((mark & (0 - mark)) << 4) - 1;
	if ((*bytes >> at & 0xFF) != ('.' ^ '0'))
		return -1;
	*bytes = (*bytes & ~below) | ((*bytes << 8 | before) & below);
	return 7 - (at >> 3);
}

/* Reads 1 to 8 bytes: digits and at most one point. Returns 0 otherwise. */
LEAT_INLINE int take_eight(const char *p, size_t len, double *x)
{
	uint64_t b;
	int decimals;

	if (LEAT_LIKELY(len >= 4)) /* includes 8, which saves a branch */
		b = leat_load32(p) | leat_load32(p + len - 4) << 8 * (len - 4);
	else
		b = (uint64_t)(unsigned char)p[0] |
		    (uint64_t)(unsigned char)p[len / 2] << 8 * (len / 2) |
		    (uint64_t)(unsigned char)p[len - 1] << 8 * (len - 1);
	b = (b ^ LEAT_EIGHT('0')) << 8 * (8 - len);
	decimals = squeeze(&b, 0);
	if (!leat_are_digits(b, 0) || (len == 1 && *p == '.'))
		return 0;
	*x = (double)(int64_t)leat_eight_digits(b);
	if (decimals > 0)
		*x /= leat_exact_powers[decimals];
	return 1;
}

/* Reads 9 to 16 bytes, as take_eight() does. */
LEAT_INLINE int take_sixteen(const char *p, size_t len, double *x)
{
	size_t half_lack = 4 * (16 - len);
	uint64_t a = (leat_load64(p) ^ LEAT_EIGHT('0'))
	    << half_lack << half_lack;
	uint64_t b = leat_load64(p + len - 8) ^ LEAT_EIGHT('0'), w;
	int decimals = squeeze(&b, a >> 56);

	if (decimals >= 0)
		a <<= 8;
	else if ((decimals = squeeze(&a, 0)) >= 0)
		decimals += 8;
	else
		decimals = 0;
	if (!leat_are_digits(a, b))
		return 0;
	w = leat_eight_digits(a) * 100000000 + leat_eight_digits(b);
	if (LEAT_LIKELY(w <= (uint64_t)1 << 53))
		*x = (double)(int64_t)w / leat_exact_powers[decimals];
	else
		*x = from_bits(nearest(w, -decimals));
	return 1;
}

/* Reads 17 to 24 bytes with at most 19 significant digits likewise. */
LEAT_INLINE int take_long(const char *p, size_t len, double *x)
{
	size_t lack = 8 * (24 - len);
	uint64_t a = (leat_load64(p) ^ LEAT_EIGHT('0')) << lack;
	uint64_t b = leat_load64(p + len - 16) ^ LEAT_EIGHT('0');
	uint64_t c = leat_load64(p + len - 8) ^ LEAT_EIGHT('0'), w;
	int decimals;

	if ((a | b | c) & LEAT_EIGHT(0xE0)) /* most likely an e */
		return 0;
	decimals = squeeze(&a, 0);
	if (decimals >= 0) {
		decimals += 16;
	} else if ((decimals = squeeze(&b, a >> 56)) >= 0) {
		decimals += 8;
		a <<= 8;
	} else if ((decimals = squeeze(&c, b >> 56)) >= 0) {
		b = b << 8 | a >> 56;
		a <<= 8;
	} else {
		decimals = 0;
	}
	w = leat_eight_digits(a);
	if (!leat_are_digits(a, b) || !leat_are_digits(c, 0) || w > 999)
		return 0;
	w = (w * 100000000 + leat_eight_digits(b)) * 100000000 +
	    leat_eight_digits(c);
	*x = w ? from_bits(nearest(w, -decimals)) : 0;
	return 1;
}

LEAT_INLINE int take_short(const char *p, size_t len, double *x)
{
	return len < 9 ? take_eight(p, len, x)
	    : len < 17 ? take_sixteen(p, len, x)
		       : take_long(p, len, x);
}

/* Returns x or -x without a branch, since signs are hard to predict. */
LEAT_INLINE double with_sign(double x, int negative)
{
	static const double signs[2] = { 1, -1 };

	return x * signs[negative];
}

/* Reads any text that is not empty. */
static LEAT_NOINLINE int parse_any(const char *text, size_t n_bytes,
    double *x_out, size_t *n_used_out)
{
	struct reader r = { text, text + n_bytes, n_bytes };
	const char *stop;
	double x;

	r.p += *text == '-' || *text == '+';
	stop = take_number(r, &x);
	if (!stop)
		stop = take_word(r.p, r.end, &x);
	if (!stop || (!n_used_out && stop < r.end))
		return LEAT_EPARSE;
	*x_out = with_sign(x, *text == '-');
	if (n_used_out)
		*n_used_out = (size_t)(stop - text);
	return LEAT_OK;
}

#ifdef LEAT_SHORT_NUMBER
LEAT_SHORT_NUMBER static LEAT_NOINLINE int take_short_number(const char *text,
    size_t n, double *x_out)
{
	return read_short_number(text, n, x_out);
}
#else
LEAT_INLINE int take_short_number(const char *text, size_t n, double *x_out)
{
	(void)text;
	(void)n;
	(void)x_out;
	return 0;
}
#endif

/* Reads a text that is not empty, most likely a short number. */
static LEAT_NOINLINE int parse_plain(const char *text, size_t n_bytes,
    double *x_out, size_t *n_used_out)
{
	size_t sign = *text == '-' || *text == '+';
	double x;

	/* A sign alone leaves 0 bytes: the difference is huge. */
	if (n_bytes - sign - 1 >= 24 ||
	    !take_short(text + sign, n_bytes - sign, &x))
		return parse_any(text, n_bytes, x_out, n_used_out);
	*x_out = with_sign(x, *text == '-');
	if (n_used_out)
		*n_used_out = n_bytes;
	return LEAT_OK;
}

int leat_parse_double(const char *text, size_t n_bytes, double *x_out,
    size_t *n_used_out)
{
	LEAT_ASSERT(text && x_out);
	if (n_bytes == 0)
		return LEAT_EPARSE;
	if (short_number_works() && take_short_number(text, n_bytes, x_out)) {
		if (n_used_out)
			*n_used_out = n_bytes;
		return LEAT_OK;
	}
	return parse_plain(text, n_bytes, x_out, n_used_out);
}
