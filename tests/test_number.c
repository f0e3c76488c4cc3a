/*
 * Numbers from text and to text.
 *
 * What is read is held against strtod() and what is written against
 * snprintf() in the C locale, which in glibc are right to the last bit; and
 * where it matters most, in the middle between two doubles, against the
 * middle itself, written out in full by whole numbers of our own. The
 * decimal that is shortest is searched for, one length after the other.
 *
 * Texts are copies of just their size, once with nothing behind them, so
 * that the address sanitizer sees a read beyond the end, and once with a
 * digit, so that the result tells of it. The parts that work on eight bytes
 * at once, and the table of powers, are looked at from inside: few inputs
 * reach their corners.
 */
#define _DEFAULT_SOURCE
#include <float.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <leat_text.h>

/*
 * The library multiplies words as the compiler does, where it can, in all
 * that is read below; in this file it is the portable way that is compiled.
 */
#ifdef __SIZEOF_INT128__
#define COMPILER_MULTIPLIES
__extension__ typedef unsigned __int128 compiler_u128;
#endif
#undef __SIZEOF_INT128__
#include "../src/text/text.h"

/*
 * The CPU chooses the form in which the library reads short numbers, and the
 * compiler that in which they are written. The ones in plain registers are made
 * here once more, so that both are tested.
 */
typedef int parse_fn(const char *text, size_t n_bytes, double *x_out,
    size_t *n_used_out);
parse_fn parse_in_plain_registers;
#define leat_parse_double parse_in_plain_registers
#define LEAT_NO_VECTOR
#include "../src/text/parse_double.c"
size_t format_in_plain_registers(double x, char out[LEAT_DOUBLE_SIZE]);
size_t fix_in_plain_registers(double x, unsigned decimals,
    char out[LEAT_FIXED_SIZE]);
#define leat_format_double format_in_plain_registers
#define leat_format_fixed fix_in_plain_registers
#include "../src/text/format_double.c"
#undef leat_format_double
#undef leat_format_fixed
#undef LEAT_NO_VECTOR
#undef leat_parse_double
#undef HIDDEN_BIT
#undef INFINITE

#include "big.h"
#include "data.h"
#include "suites.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))
#define INFINITE ((uint64_t)0x7FF << 52)
#define LARGEST (INFINITE - 1)
#define SIGN ((uint64_t)1 << 63)

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

/* Returns n cases, or a twentieth of them for slow tools. */
static int times(int n)
{
	return short_run() ? n / 20 + 1 : n;
}

/* Returns a word of any size from 0 to 64 bits. */
static uint64_t random_word(struct rng *r)
{
	uint64_t shift = rng_below(r, 65);

	return shift < 64 ? rng_next(r) >> shift : 0;
}

/* ------------------------------------------------------------------ */
/* Eight bytes at once                                                */
/* ------------------------------------------------------------------ */

/* r = hi * 2^64 + lo */
static void set_wide(struct big *r, struct leat_uint128 p)
{
	struct big low;

	big_set_u64(r, p.hi);
	r->exp += r->sign ? 2 : 0;
	big_set_u64(&low, p.lo);
	big_add(r, r, &low);
}

static void check_product(uint64_t a, uint64_t b)
{
	struct leat_uint128 p = leat_multiply(a, b);
	struct big found, wanted;
	int right;

	set_wide(&found, p);
	big_set_u64(&wanted, a);
	big_mul_u64(&wanted, &wanted, b);
	right = big_cmp_mag(&found, &wanted) == 0;
#ifdef COMPILER_MULTIPLIES
	right &= (compiler_u128)a * b == ((compiler_u128)p.hi << 64 | p.lo);
#endif
	if (!right)
		ck_abort_msg("%llx * %llx", (unsigned long long)a,
		    (unsigned long long)b);
}

START_TEST(the_product_of_two_words_is_whole)
{
	static const uint64_t edges[] = { 0, 1, 10, UINT32_MAX,
		(uint64_t)1 << 32, SIGN - 1, SIGN, UINT64_MAX - 1, UINT64_MAX };
	struct rng r = rng_new(1);

	for (size_t i = 0; i < N_OF(edges); i++)
		for (size_t j = 0; j < N_OF(edges); j++)
			check_product(edges[i], edges[j]);
	for (int i = 0; i < times(100000); i++)
		check_product(random_word(&r), random_word(&r));
}
END_TEST

static uint64_t slow_zero_bytes(uint64_t x)
{
	uint64_t found = 0;

	for (int i = 0; i < 64; i += 8)
		if ((x >> i & 0xFF) == 0)
			found |= (uint64_t)0x80 << i;
	return found;
}

/* Two bytes of all values side by side: no carry goes from one to another. */
START_TEST(zero_bytes_are_found_whatever_stands_beside_them)
{
	struct rng r = rng_new(2);

	for (uint64_t pair = 0; pair < 65536; pair++) {
		uint64_t rest = rng_next(&r);

		for (int i = 0; i <= 48; i += 8) {
			uint64_t x = (rest & ~((uint64_t)0xFFFF << i)) |
			    pair << i;

			if (leat_zero_bytes(x) != slow_zero_bytes(x))
				ck_abort_msg("%llx", (unsigned long long)x);
		}
	}
}
END_TEST

START_TEST(zeros_at_both_ends_of_a_word_are_counted)
{
	struct rng r = rng_new(3);

	for (int low = 0; low < 64; low++) {
		for (int high = 0; high + low < 64; high++) {
			uint64_t x = rng_next(&r) >> (high + low) << low;

			x |= (uint64_t)1 << low | SIGN >> high;
			ck_assert_int_eq(leat_low_zeros(x), low);
			ck_assert_int_eq(leat_high_zeros(x), high);
		}
	}
}
END_TEST

/* The eight digits of n, the first one the lowest byte. */
static uint64_t slow_digits(uint64_t n)
{
	uint64_t x = 0;

	for (int i = 0; i < 8; i++, n /= 10)
		x = x << 8 | n % 10;
	return x;
}

static void check_digits(uint64_t n)
{
	uint64_t digits = slow_digits(n);

	if (leat_digits_of(n) != digits || leat_eight_digits(digits) != n)
		ck_abort_msg("%llu", (unsigned long long)n);
}

/* Converts all upper and all lower halves, which are independent. */
START_TEST(eight_digits_become_a_number_and_back)
{
	struct rng r = rng_new(4);

	for (uint64_t half = 0; half < 10000; half++) {
		check_digits(half);
		check_digits(half * 10000);
		check_digits(half * 10000 + 9999);
		check_digits(99990000 + half);
		for (int i = 0; i < times(20); i++) {
			check_digits(half * 10000 + rng_below(&r, 10000));
			check_digits(rng_below(&r, 10000) * 10000 + half);
		}
	}
}
END_TEST

START_TEST(one_byte_that_is_no_digit_is_seen_among_sixteen)
{
	struct rng r = rng_new(5);

	for (int at = 0; at < 128; at += 8) {
		for (uint64_t byte = 0; byte < 256; byte++) {
			uint64_t x[2] = { slow_digits(rng_below(&r, 100000000)),
				slow_digits(rng_below(&r, 100000000)) };

			x[at / 64] &= ~((uint64_t)0xFF << at % 64);
			x[at / 64] |= byte << at % 64;
			ck_assert_int_eq(leat_are_digits(x[0], x[1]),
			    byte < 10);
		}
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Powers of ten                                                      */
/* ------------------------------------------------------------------ */

static void set_power_of_5(struct big *r, int k)
{
	big_set_u64(r, 1);
	for (; k > 0; k--)
		big_mul_u64(r, r, 5);
}

/* Times 2^bits, in two steps, since it may be too large for a double. */
static void shift(struct big *r, int bits)
{
	struct big factor;

	big_set(&factor, ldexp(1, bits / 2));
	big_mul(r, r, &factor);
	big_set(&factor, ldexp(1, bits - bits / 2));
	big_mul(r, r, &factor);
}

/* floor(log2(a)), a whole number. */
static int log2_of(const struct big *a)
{
	uint32_t top = a->limb[a->n - 1];
	int bits = (int)(32 * (a->exp + (long)a->n - 1));

	for (; top > 1; top >>= 1)
		bits++;
	return bits;
}

START_TEST(logarithms_of_powers_of_ten_are_rounded_down)
{
	for (int k = 0; k <= -LEAT_POWER_MIN; k++) {
		struct big power;
		int log;

		set_power_of_5(&power, k);
		log = log2_of(&power);
		ck_assert_int_eq(leat_log2_of_power(k), log + k);
		/* 5^k is between two powers of two; only 5^0 is one. */
		ck_assert_int_eq(leat_log2_of_power(-k), -log - (k > 0) - k);
	}
}
END_TEST

/*
 * With p the row, which has 128 bits, and 10^k = 5^k * 2^k: p is cut off
 * if p <= 5^k * 2^s < p + 1, for the s that makes it so large; where k < 0
 * it is rounded up if (p - 1) * 5^-k < 2^s <= p * 5^-k.
 */
static void check_power(int k)
{
	const uint64_t *row = leat_powers + 2 * (k - LEAT_POWER_MIN);
	struct leat_uint128 wide = { row[0], row[1] };
	struct big p, next, power, one;
	int below, above;

	big_set_u64(&one, 1);
	set_wide(&p, wide);
	set_power_of_5(&power, abs(k));
	if (k >= 0) {
		big_add(&next, &p, &one);
		shift(&power, 127 - log2_of(&power));
		below = big_cmp_mag(&p, &power) <= 0;
		above = big_cmp_mag(&power, &next) < 0;
	} else {
		big_sub(&next, &p, &one);
		big_mul(&p, &p, &power);
		big_mul(&next, &next, &power);
		shift(&one, 128 + log2_of(&power));
		below = big_cmp_mag(&next, &one) < 0;
		above = big_cmp_mag(&one, &p) <= 0;
	}
	ck_assert_msg((row[0] & SIGN) && below && above, "10^%d", k);
	/* The lower half must allow the 1 that writing adds. */
	ck_assert_msg(k <= 55 || row[1] != UINT64_MAX, "10^%d", k);
}

START_TEST(the_table_of_powers_is_what_whole_numbers_say)
{
	double power = 1;

	for (int k = LEAT_POWER_MIN; k <= LEAT_POWER_MAX; k++)
		check_power(k);
	/* Powers up to 10^22 are doubles, and so are the products. */
	for (int k = 0; k < 23; k++, power *= 10)
		ck_assert(leat_exact_powers[k] == power);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Reading                                                            */
/* ------------------------------------------------------------------ */

#define UNTOUCHED 4711

struct answer {
	int err;
	double x;
	size_t used;
};

static parse_fn *const forms[] = { leat_parse_double,
	parse_in_plain_registers };

/* Parses n bytes with others behind them, which must not matter. */
static struct answer ask(parse_fn *parse, const char *text, size_t n,
    const char *behind, int whole)
{
	struct answer a = { 0, UNTOUCHED, UNTOUCHED };
	size_t more = strlen(behind);
	char *copy = malloc(n + more + (n + more == 0));

	memcpy(copy, text, n);
	memcpy(copy + n, behind, more);
	a.err = parse(copy, n, &a.x, whole ? NULL : &a.used);
	free(copy);
	return a;
}

/* used: 0 if there is no number. */
static void check_answer(const char *text, size_t n, struct answer a, int whole,
    double x, size_t used)
{
	int there = whole ? used == n && n > 0 : used > 0;

	if (!there)
		x = UNTOUCHED;
	if (!there || whole)
		used = UNTOUCHED;
	if (a.err == (there ? LEAT_OK : LEAT_EPARSE) && same_bits(a.x, x) &&
	    a.used == used)
		return;
	ck_abort_msg("\"%.80s\" (%zu bytes%s): %d, %a, %zu; wanted %a, %zu",
	    text, n, whole ? ", whole" : "", a.err, a.x, a.used, x, used);
}

/* Reads n bytes in all ways; x and used are what should come of it. */
static void expect(const char *text, size_t n, double x, size_t used)
{
	static const char *const behind[] = { "", "7" };

	for (int i = 0; i < 8; i++) {
		struct answer a = ask(forms[i / 4], text, n, behind[i / 2 % 2],
		    i % 2);

		check_answer(text, n, a, i % 2, x, used);
	}
}

/* Not for blanks at the start, hexadecimal numbers and nan(...). */
static void expect_like_strtod(const char *text)
{
	char *end;
	double x = strtod(text, &end);

	expect(text, strlen(text), x, (size_t)(end - text));
}

static void put_digits(char *out, int n, struct rng *r)
{
	for (int i = 0; i < n; i++)
		out[i] = (char)('0' + rng_below(r, 10));
	out[n] = '\0';
}

/* A sign or not. */
static char *put_sign(char *out, struct rng *r)
{
	static const char *const signs[] = { "", "", "-", "+" };
	const char *sign = signs[rng_below(r, N_OF(signs))];

	strcpy(out, sign);
	return out + strlen(sign);
}

/* n digits with the point before the one at `point`, n + 1 for none. */
static char *put_pointed(char *out, int n, int point, struct rng *r)
{
	char digits[80];

	put_digits(digits, n, r);
	/* Zeros at either end are a case of their own. */
	for (int zeros = (int)rng_below(r, 8) - 4; zeros > 0 && n > zeros;)
		digits[--zeros] = '0';
	if (point > n)
		return out + sprintf(out, "%s", digits);
	return out + sprintf(out, "%.*s.%s", point, digits, digits + point);
}

/* Mostly none, or one of a size at which something happens. */
static void put_exponent(char *out, struct rng *r)
{
	static const int sizes[] = { 5, 30, 60, 330, 360, 1100 };
	int size = sizes[rng_below(r, N_OF(sizes))];
	int exponent = (int)rng_below(r, (uint64_t)(2 * size)) - size;

	*out = '\0';
	if (rng_below(r, 2))
		sprintf(out, "%c%s%d", rng_below(r, 2) ? 'e' : 'E',
		    exponent >= 0 && rng_below(r, 2) ? "+" : "", exponent);
}

START_TEST(digits_with_a_point_at_each_place_are_read)
{
	struct rng r = rng_new(6);

	for (int n = 1; n <= 40; n++) {
		for (int i = 0; i < times(40) * (n + 2); i++) {
			char text[96], *p = put_sign(text, &r);

			p = put_pointed(p, n, i % (n + 2), &r);
			put_exponent(p, &r);
			expect_like_strtod(text);
		}
	}
}
END_TEST

START_TEST(leading_zeros_do_not_count)
{
	struct rng r = rng_new(7);
	char text[128];

	for (int zeros = 0; zeros < 45; zeros++) {
		for (int n = zeros == 0; n < 23; n++) {
			memset(text, '0', (size_t)zeros);
			put_digits(text + zeros, n, &r);
			expect_like_strtod(text);
			text[zeros / 2] = '.';
			expect_like_strtod(text);
			put_exponent(text + zeros + n, &r);
			expect_like_strtod(text);
		}
	}
}
END_TEST

/* Mostly digits, so that many are long, and other bytes of a number. */
START_TEST(bytes_in_any_order_are_read_as_far_as_they_are_a_number)
{
	static const char bytes[] = "0123456789012345678901234567890123456789"
				    "..ee+-E, infa";
	struct rng r = rng_new(8);

	for (size_t n = 1; n <= 60; n++) {
		for (int i = 0; i < times(6000); i++) {
			uint64_t kinds = 40 + rng_below(&r, 14);
			char text[64];

			for (size_t k = 0; k < n; k++)
				text[k] = bytes[rng_below(&r, kinds)];
			text[n] = '\0';
			if (*text != ' ')
				expect_like_strtod(text);
		}
	}
}
END_TEST

/* Puts any byte at any place of a text of any length and form. */
START_TEST(a_byte_that_is_no_digit_ends_the_number)
{
	struct rng r = rng_new(9);
	char text[64];

	for (int n = 1; n <= (short_run() ? 9 : 32); n++) {
		for (int at = 0; at < n; at++) {
			for (int byte = 0; byte < 256; byte++) {
				char *end;
				double x;

				put_digits(text, n, &r);
				*text = '1'; /* avoids 0x */
				if (n > 2)
					text[1 + byte % (n - 1)] = '.';
				text[at] = (char)byte;
				if (strchr(" \t\n\v\f\r", *text) && *text)
					continue;
				x = strtod(text, &end);
				expect(text, (size_t)n, x,
				    (size_t)(end - text));
			}
		}
	}
}
END_TEST

/*
 * Three pages, of which the outer two cannot be read: a text that begins or
 * ends the one between them shows whatever is read beside it.
 */
static char *make_island(size_t *size_out)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 3 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);

	if (p == MAP_FAILED ||
	    mprotect(p + size, size, PROT_READ | PROT_WRITE) != 0)
		ck_abort_msg("no pages");
	*size_out = size;
	return p + size;
}

static void expect_in_place(const char *text, size_t n, double x)
{
	for (size_t i = 0; i < N_OF(forms); i++) {
		struct answer a = { 0, UNTOUCHED, UNTOUCHED };

		a.err = forms[i](text, n, &a.x, NULL);
		check_answer(text, n, a, 1, x, n);
	}
}

START_TEST(nothing_is_read_beside_a_text_at_an_edge_of_a_page)
{
	struct rng r = rng_new(23);
	size_t size;
	char *page = make_island(&size);

	for (int n = 1; n <= 70; n++) {
		for (int i = 0; i < times(40); i++) {
			char text[80], *end;
			size_t len = (size_t)(put_pointed(put_sign(text, &r), n,
						  i % (n + 2), &r) -
			    text);
			double x = strtod(text, &end);

			memcpy(page, text, len);
			expect_in_place(page, len, x);
			memcpy(page + size - len, text, len);
			expect_in_place(page + size - len, len, x);
		}
	}
	munmap(page - size, 3 * size);
}
END_TEST

/* Texts as files have them, at any place of a word. */
START_TEST(millions_of_short_texts_are_read_as_strtod_reads_them)
{
	struct rng r = rng_new(24);
	char bytes[128];

	for (int i = 0; i < times(1000000); i++) {
		char *text = bytes + rng_below(&r, 16), *end;
		int n = 1 + (int)rng_below(&r, 20);
		char *p = put_sign(text, &r);
		size_t len;
		double x;

		p = put_pointed(p, n, (int)rng_below(&r, (uint64_t)n + 2), &r);
		len = (size_t)(p - text);
		/* Some texts become no number, or a shorter one. */
		if (rng_below(&r, 8) == 0) {
			text[rng_below(&r, len)] = (char)rng_below(&r, 256);
			if (*text && strchr(" \t\n\v\f\rxX", *text))
				continue;
			if (memchr(text, 'x', len) || memchr(text, 'X', len))
				continue;
		}
		x = strtod(text, &end);
		for (size_t k = 0; k < 2 * N_OF(forms); k++) {
			struct answer a = { 0, UNTOUCHED, UNTOUCHED };

			a.err = forms[k / 2](text, len, &a.x,
			    k % 2 ? NULL : &a.used);
			check_answer(text, len, a, k % 2, x,
			    (size_t)(end - text));
		}
	}
}
END_TEST

START_TEST(the_longest_number_at_the_start_is_taken)
{
	static const struct {
		const char *text;
		double x;
		size_t used;
	} cases[] = {
		{ "", 0, 0 },
		{ "1e", 1, 1 },
		{ "1e+", 1, 1 },
		{ "1e-x", 1, 1 },
		{ "1ee5", 1, 1 },
		{ "1e5e5", 1e5, 3 },
		{ "1e5.5", 1e5, 3 },
		{ "1.", 1, 2 },
		{ "1.e2", 100, 4 },
		{ ".5", 0.5, 2 },
		{ ".5.", 0.5, 2 },
		{ "-.5e1", -5, 5 },
		{ ".", 0, 0 },
		{ "..5", 0, 0 },
		{ ".e5", 0, 0 },
		{ "-", 0, 0 },
		{ "+", 0, 0 },
		{ "-.", 0, 0 },
		{ "+-1", 0, 0 },
		{ "--1", 0, 0 },
		{ "e5", 0, 0 },
		{ "infinit", INFINITY, 3 },
		{ "infinityy", INFINITY, 8 },
		{ "-inf", -INFINITY, 4 },
		{ "in", 0, 0 },
		{ "nanx", NAN, 3 },
		{ "+nan", NAN, 4 },
		{ "na", 0, 0 },
		{ "12abc", 12, 2 },
		{ "1.2.3", 1.2, 3 },
		{ "1,5", 1, 1 },
		{ "1_000", 1, 1 },
		{ "1 2", 1, 1 },
		{ "-0", -0.0, 2 },
		{ "0e", 0, 1 },
		{ "1\xD9\xA3", 1, 1 }, /* a digit, in Arabic */
		{ "12345678901234567890x", 12345678901234567890.0, 20 },
		{ "1234567.8901234567890e-", 1234567.8901234567890, 21 },
	};

	for (size_t i = 0; i < N_OF(cases); i++) {
		const char *text = cases[i].text;

		expect(text, strlen(text), cases[i].x, cases[i].used);
		expect_like_strtod(text);
	}
}
END_TEST

/* The C library's strtod() accepts these. */
START_TEST(blanks_and_hexadecimal_numbers_are_not_taken)
{
	static const char *const blanks[] = { " 1", "\t1", "\n1", " inf", " " };

	for (size_t i = 0; i < N_OF(blanks); i++)
		expect(blanks[i], strlen(blanks[i]), 0, 0);
	expect("0x10", 4, 0, 1);
	expect("0x1p3", 5, 0, 1);
	expect("-0X.8", 5, -0.0, 2);
	expect("nan(1)", 6, NAN, 3);
	expect("x10", 3, 0, 0);
	expect("1\0002", 3, 1, 1);
}
END_TEST

static void check_word(const char *word, double x)
{
	size_t n = strlen(word);
	char text[16];

	for (unsigned upper = 0; upper < 1u << n; upper++) {
		strcpy(text, "-");
		for (size_t i = 0; i < n; i++)
			text[i + 1] = (char)(word[i] -
			    32 * (int)(upper >> i & 1));
		expect(text + 1, n, x, n);
		expect(text, n + 1, -x, n + 1);
		*text = '+';
		expect(text, n + 1, x, n + 1);
		/* A letter less is a shorter word or none. */
		text[n] = '\0';
		expect_like_strtod(text);
	}
}

START_TEST(words_are_read_in_any_case)
{
	check_word("inf", INFINITY);
	check_word("infinity", INFINITY);
	check_word("nan", NAN);
}
END_TEST

START_TEST(a_word_with_a_wrong_letter_is_read_as_far_as_it_is_right)
{
	static const char *const words[] = { "infinity", "inf", "nan" };

	for (size_t i = 0; i < N_OF(words); i++) {
		for (size_t at = 0; at < strlen(words[i]); at++) {
			for (int byte = 1; byte < 256; byte++) {
				char text[16];

				strcpy(text, words[i]);
				text[at] = (char)byte;
				if (at > 0 || !strchr(" \t\n\v\f\r", byte))
					expect_like_strtod(text);
			}
		}
	}
}
END_TEST

START_TEST(exponents_may_be_of_any_size)
{
	static const char *const exponents[] = { "0", "1", "22", "23", "37",
		"291", "292", "307", "308", "309", "310", "322", "323", "324",
		"325", "342", "343", "400", "2147483647", "2147483648",
		"4294967296", "9223372036854775807", "9223372036854775808",
		"18446744073709551616", "999999999999999999999",
		"100000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000007" };
	static const char *const numbers[] = { "0", "1", "0.0", "5", "9.9",
		"1.8", "17976931348623158", "4.9406564584124654", "2.47",
		"22250738585072011", ".00000000000000000000000000001",
		"123456789012345678901234567890", "9007199254740993",
		"9999999999999999999" };
	static const char *const signs[] = { "", "+", "-" };
	char text[128];

	for (size_t n = 0; n < N_OF(numbers); n++) {
		for (size_t e = 0; e < N_OF(exponents); e++) {
			for (size_t s = 0; s < 9; s++) {
				snprintf(text, sizeof(text), "%s%se%s%s",
				    signs[s / 3], numbers[n], signs[s % 3],
				    exponents[e]);
				expect_like_strtod(text);
			}
		}
	}
}
END_TEST

/* Text that is built in pieces. */
struct long_text {
	char bytes[45000];
	size_t n;
};

static void put_many(struct long_text *t, char byte, size_t n)
{
	ck_assert_uint_lt(t->n + n, sizeof(t->bytes));
	memset(t->bytes + t->n, byte, n);
	t->n += n;
	t->bytes[t->n] = '\0';
}

static void put_text(struct long_text *t, const char *text)
{
	ck_assert_uint_lt(t->n + strlen(text), sizeof(t->bytes));
	strcpy(t->bytes + t->n, text);
	t->n += strlen(text);
}

/* before, then so many of the byte, then after */
static void check_long(const char *before, char byte, size_t n,
    const char *after)
{
	static struct long_text t;

	t.n = 0;
	put_text(&t, before);
	put_many(&t, byte, n);
	put_text(&t, after);
	expect_like_strtod(t.bytes);
}

START_TEST(very_long_texts_are_read)
{
	static const size_t sizes[] = { 300, 780, 800, 801, 820, 10000, 40000 };

	for (size_t i = 0; i < N_OF(sizes); i++) {
		size_t n = sizes[i];
		char exponent[32];

		for (int sign = 0; sign < 2; sign++) {
			snprintf(exponent, sizeof(exponent), "1e%s%zu",
			    sign ? "-" : "", n);
			check_long("", '0', n, exponent);
			check_long("0.", '0', n, exponent);
			check_long("17.", '0', n, exponent + 1);
			check_long("3", '3', n, exponent + 1);
			check_long("-.9", '9', n, exponent + 1);
		}
		check_long("", '0', n, "");
		check_long("0.", '0', n, "e99999");
		check_long("9", '9', n, ".5");
		check_long("1.", '0', n, "1");
		check_long("9007199254740993.", '0', n, "");
		check_long("9007199254740993.", '0', n, "1");
		check_long("1e", '0', n, "5");
		check_long("1e-", '0', n, "5x");
		check_long("1e-", '9', n, "");
		check_long("1.", '5', n, ".5");
	}
}
END_TEST

START_TEST(thousands_of_digits_with_a_point_anywhere_are_read)
{
	static struct long_text t;
	struct rng r = rng_new(10);

	for (int i = 0; i < times(60); i++) {
		int n = 700 + (int)rng_below(&r, 14000);

		put_digits(t.bytes, n, &r);
		t.bytes[rng_below(&r, (uint64_t)n)] = '.';
		sprintf(t.bytes + n, "e%d", (int)rng_below(&r, 14000) - 14000);
		expect_like_strtod(t.bytes);
	}
}
END_TEST

/* Near to w * 10^q all sorts of digits, and none of them 19 or more. */
START_TEST(any_19_digits_and_any_exponent_are_read)
{
	struct rng r = rng_new(11);

	for (int i = 0; i < times(300000); i++) {
		uint64_t w = random_word(&r);
		int q = (int)rng_below(&r, 680) - 350;
		char text[64];

		snprintf(text, sizeof(text), "%llue%d", (unsigned long long)w,
		    i % 2 ? q : q / 16);
		expect_like_strtod(text);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Midpoints between two doubles                                      */
/* ------------------------------------------------------------------ */

/* digits * 10^exponent; the digits as text. */
struct long_decimal {
	char digits[1200];
	int n;
	int exponent;
};

/* A whole number in base 10^9, the lowest part first. */
struct whole {
	uint32_t parts[100];
	int n;
};

static void whole_set(struct whole *a, uint64_t x)
{
	for (a->n = 0; x > 0; x /= 1000000000)
		a->parts[a->n++] = (uint32_t)(x % 1000000000);
}

static void whole_multiply(struct whole *a, uint32_t factor, int n_times)
{
	for (; n_times > 0; n_times--) {
		uint64_t carry = 0;

		for (int i = 0; i < a->n; i++) {
			carry += (uint64_t)a->parts[i] * factor;
			a->parts[i] = (uint32_t)(carry % 1000000000);
			carry /= 1000000000;
		}
		if (carry > 0)
			a->parts[a->n++] = (uint32_t)carry;
	}
}

static void whole_print(const struct whole *a, struct long_decimal *d)
{
	d->n = sprintf(d->digits, "%u", (unsigned)a->parts[a->n - 1]);
	for (int i = a->n - 2; i >= 0; i--)
		d->n += sprintf(d->digits + d->n, "%09u",
		    (unsigned)a->parts[i]);
}

/* The middle between a double that is not negative and the next one. */
static void set_middle(struct long_decimal *d, uint64_t bits)
{
	uint64_t m = bits & (((uint64_t)1 << 52) - 1);
	int e = (int)(bits >> 52);
	struct whole a;

	if (e > 0)
		m |= (uint64_t)1 << 52;
	else
		e = 1;
	e -= 1076; /* the middle is (2m + 1) * 2^e */
	whole_set(&a, 2 * m + 1);
	if (e < 0) {
		whole_multiply(&a, 9765625, -e / 10);
		whole_multiply(&a, 5, -e % 10);
	} else {
		whole_multiply(&a, 2, e);
	}
	whole_print(&a, d);
	d->exponent = e < 0 ? e : 0;
}

/* Decreases the last digit. */
static void step_down(struct long_decimal *d)
{
	int i = d->n - 1;

	for (; d->digits[i] == '0'; i--)
		d->digits[i] = '9';
	d->digits[i]--;
}

static void step_up(struct long_decimal *d)
{
	int i = d->n - 1;

	for (; i >= 0 && d->digits[i] == '9'; i--)
		d->digits[i] = '0';
	if (i >= 0) {
		d->digits[i]++;
		return;
	}
	memmove(d->digits + 1, d->digits, (size_t)d->n + 1);
	*d->digits = '1';
	d->n++;
}

/* With more digits behind the others, up to n of them. */
static void extend(struct long_decimal *d, char digit, int n)
{
	for (; d->n < n; d->exponent--)
		d->digits[d->n++] = digit;
	d->digits[d->n] = '\0';
}

static void cut(struct long_decimal *d, int n)
{
	if (d->n <= n)
		return;
	d->exponent += d->n - n;
	d->n = n;
	d->digits[n] = '\0';
}

static char *put_zeros(char *out, int n)
{
	memset(out, '0', (size_t)n);
	out[n] = '\0';
	return out + n;
}

/* Writes all digits without an exponent: 0.0012, 1.2 or 1200. */
static void put_plain_form(char *out, const struct long_decimal *d)
{
	int whole = d->n + d->exponent;

	if (whole <= 0) {
		strcpy(out, "0.");
		strcpy(put_zeros(out + 2, -whole), d->digits);
	} else if (d->exponent < 0) {
		sprintf(out, "%.*s.%s", whole, d->digits, d->digits + whole);
	} else {
		strcpy(out, d->digits);
		put_zeros(out + d->n, d->exponent);
	}
}

/* In three forms, as x and with a minus as -x. */
static void expect_decimal(const struct long_decimal *d, double x)
{
	char text[3000];

	sprintf(text, "-%se%d", d->digits, d->exponent);
	expect(text, strlen(text), -x, strlen(text));
	sprintf(text, "%c.%sE%d", *d->digits, d->digits + 1,
	    d->exponent + d->n - 1);
	expect(text, strlen(text), x, strlen(text));
	put_plain_form(text, d);
	expect(text, strlen(text), x, strlen(text));
	if (!same_bits(strtod(text, NULL), x))
		ck_abort_msg("the oracles do not agree on %.80s", text);
}

/* Compares with glibc the first n digits, and those with the last increased. */
static void check_cut(const struct long_decimal *middle, int n)
{
	struct long_decimal d = *middle;
	char text[1300];

	cut(&d, n);
	if (d.n < n)
		return;
	snprintf(text, sizeof(text), "%se%d", d.digits, d.exponent);
	expect_decimal(&d, strtod(text, NULL));
	step_up(&d);
	snprintf(text, sizeof(text), "%se%d", d.digits, d.exponent);
	expect_decimal(&d, strtod(text, NULL));
}

/* The tie and its nearest neighbours of so many digits. */
static void check_middle(uint64_t bits)
{
	double below = of_bits(bits), above = of_bits(bits + 1);
	struct long_decimal middle, d;

	set_middle(&middle, bits);
	d = middle;
	expect_decimal(&d, bits & 1 ? above : below);
	extend(&d, '0', 1000);
	expect_decimal(&d, bits & 1 ? above : below);
	step_up(&d);
	expect_decimal(&d, above);
	d = middle;
	extend(&d, '0', d.n + 1);
	step_up(&d);
	expect_decimal(&d, above);
	d = middle;
	step_up(&d);
	expect_decimal(&d, above);
	d = middle;
	step_down(&d);
	expect_decimal(&d, below);
	extend(&d, '9', 1000);
	expect_decimal(&d, below);
	for (int n = 17; n <= 21; n++)
		check_cut(&middle, n);
}

START_TEST(the_middle_between_two_doubles_goes_to_the_even_one)
{
	struct rng r = rng_new(12);

	for (int i = 0; i < times(200); i++) {
		uint64_t exponent = rng_below(&r, 2047);

		check_middle(exponent << 52 | rng_next(&r) >> 12);
		/* Around a power of two, where the distance changes. */
		check_middle(exponent << 52);
		check_middle((exponent << 52 | ((uint64_t)1 << 52)) - 1);
		/* Numbers with few digits, or with none behind the point. */
		check_middle((rng_below(&r, 80) + 1023) << 52 |
		    rng_next(&r) >> 12);
	}
}
END_TEST

START_TEST(the_middle_between_two_subnormals_goes_to_the_even_one)
{
	struct rng r = rng_new(13);

	for (uint64_t bits = 0; bits < 40; bits++)
		check_middle(bits);
	for (int i = 0; i < times(150); i++)
		check_middle(rng_next(&r) >> (12 + i % 52));
	for (uint64_t i = 0; i < 10; i++)
		check_middle(((uint64_t)1 << 52) - 5 + i);
}
END_TEST

/* Numbers from the midpoint between the largest double and 2^1024 on. */
START_TEST(what_is_too_large_is_an_infinity)
{
	struct rng r = rng_new(14);

	for (uint64_t i = 0; i < 20; i++)
		check_middle(LARGEST - i);
	for (int i = 0; i < times(60); i++)
		check_middle(LARGEST - (rng_next(&r) >> (12 + i % 52)));
	expect("179769313486231580793e289", 25, INFINITY, 25);
	expect("179769313486231580793e288", 25, of_bits(LARGEST), 25);
	expect("1e309", 5, INFINITY, 5);
	expect("-1e400", 6, -INFINITY, 6);
}
END_TEST

/*
 * Ties exist with 19 digits or fewer, too, where w * 10^q is an odd number of
 * 54 bits times a power of two.
 */
static void check_short_tie(uint64_t w, int q)
{
	for (uint64_t more = 0; more < 3; more++) {
		char text[64];
		double x;

		snprintf(text, sizeof(text), "%llue%d",
		    (unsigned long long)(w + more - 1), q);
		x = strtod(text, NULL);
		if (more == 1 && bits_of(x) % 2 == 1)
			ck_abort_msg("%s is no tie", text);
		expect(text, strlen(text), x, strlen(text));
	}
}

START_TEST(short_texts_in_the_middle_go_to_the_even_one)
{
	const uint64_t low = (uint64_t)1 << 53;
	struct rng r = rng_new(15);
	uint64_t fives = 1;

	for (int q = 0; q <= 22; q++, fives *= 5) {
		for (int i = 0; i < times(2000); i++) {
			uint64_t odd = (low + rng_below(&r, low)) | 1;
			uint64_t t = odd / fives | 1;

			/* t * 5^q is odd, and so is odd * 5^q / 5^q. */
			if (t * fives > low && t * fives < 2 * low)
				check_short_tie(t << rng_below(&r, 10), q);
			if (q <= 4)
				check_short_tie(odd * fives, -q);
		}
	}
}
END_TEST

/*
 * Returns whether the text's digits times 10^exponent are nearer to the next.
 */
static int rounds_up(const char *text, int exponent, uint64_t m, int e)
{
	unsigned char digits[32];
	struct leat_decimal d = { digits, strlen(text), exponent };

	for (size_t i = 0; i < d.n; i++)
		digits[i] = (unsigned char)(text[i] - '0');
	return leat_exact_rounds_up(&d, m, e);
}

/*
 * Also where the sides of the comparison are not of the same length, for
 * which no text is known. Middles: 2^64 - 2^10, and 4294967.375.
 */
START_TEST(exact_comparisons_know_below_from_above)
{
	const uint64_t all = ((uint64_t)1 << 53) - 1;

	ck_assert(!rounds_up("18446744073709549568", 0, all, 11));
	ck_assert(!rounds_up("18446744073709550591", 0, all, 11));
	ck_assert(rounds_up("18446744073709550592", 0, all, 11));
	ck_assert(!rounds_up("18446744073709548544", 0, all - 1, 11));
	ck_assert(rounds_up("18446744073709550593", 0, all, 11));
	ck_assert(rounds_up("18446744073709551615", 0, all, 11));
	ck_assert(rounds_up("18446744073709551616", 0, all, 11));
	ck_assert(!rounds_up("4294967250", -3, 17179869, -2));
	ck_assert(!rounds_up("4294967295", -3, 17179869, -2));
	ck_assert(!rounds_up("4294967374", -3, 17179869, -2));
	ck_assert(rounds_up("4294967375", -3, 17179869, -2));
	ck_assert(rounds_up("4294967376", -3, 17179869, -2));
}
END_TEST

/* ------------------------------------------------------------------ */
/* Writing                                                            */
/* ------------------------------------------------------------------ */

/* digits * 10^exponent */
struct shown {
	uint64_t digits;
	int exponent;
};

static int reads_back(struct shown s, double x)
{
	char text[48];

	snprintf(text, sizeof(text), "%llue%d", (unsigned long long)s.digits,
	    s.exponent);
	return strtod(text, NULL) == x;
}

/* The n digits nearest to x > 0. */
static struct shown nearest_digits(double x, int n)
{
	char text[48];
	struct shown s = { 0, 0 };

	snprintf(text, sizeof(text), "%.*e", n - 1, x);
	for (const char *p = text; *p != 'e'; p++)
		if (*p != '.')
			s.digits = 10 * s.digits + (uint64_t)(*p - '0');
	s.exponent = atoi(strchr(text, 'e') + 1) - n + 1;
	return s;
}

/*
 * The answer, by trying all lengths. Beside a power of two the nearest
 * decimal may be out of reach and the one on the other side be not.
 */
static struct shown slow_shortest(double x)
{
	struct shown s = { 0, 0 };

	for (int n = 1; n <= 17; n++) {
		s = nearest_digits(x, n);
		if (reads_back(s, x))
			return s;
		s.digits++;
		if (reads_back(s, x))
			return s;
		s.digits -= 2;
		if (s.digits > 0 && reads_back(s, x))
			return s;
	}
	ck_abort_msg("17 digits are not enough for %a", x);
	return s;
}

static void slow_format(double x, char *out)
{
	struct shown s;
	char digits[32];
	int n, first;

	out += sprintf(out, "%s", signbit(x) ? "-" : "");
	if (x == 0) {
		strcpy(out, "0");
		return;
	}
	s = slow_shortest(fabs(x));
	n = sprintf(digits, "%llu", (unsigned long long)s.digits);
	first = s.exponent + n - 1; /* exponent of the first digit */
	if (first < -5 || first >= 17)
		sprintf(out, "%c%s%se%d", *digits, n > 1 ? "." : "", digits + 1,
		    first);
	else if (first < 0)
		sprintf(out, "0.%.*s%s", -first - 1, "0000", digits);
	else if (s.exponent >= 0)
		sprintf(out, "%s%.*s", digits, s.exponent, "0000000000000000");
	else
		sprintf(out, "%.*s.%s", first + 1, digits, digits + first + 1);
}

/* Into memory of just the size that may be written. */
static void format_double(double x, char *text)
{
	char *out = malloc(LEAT_DOUBLE_SIZE);
	size_t n = leat_format_double(x, out);

	if (n >= LEAT_DOUBLE_SIZE || strlen(out) != n)
		ck_abort_msg("%a: %zu bytes", x, n);
	strcpy(text, out);
	if (format_in_plain_registers(x, out) != n || strcmp(text, out) != 0)
		ck_abort_msg("%a: %s or %s", x, text, out);
	free(out);
}

static void check_shortest(double x)
{
	char text[LEAT_DOUBLE_SIZE], wanted[64];
	double back;

	if (!isfinite(x))
		return;
	format_double(x, text);
	slow_format(x, wanted);
	if (strcmp(text, wanted) != 0)
		ck_abort_msg("%a: %s, not %s", x, text, wanted);
	if (leat_parse_double(text, strlen(text), &back, NULL) != LEAT_OK ||
	    bits_of(back) != bits_of(x))
		ck_abort_msg("%s reads back as %a", text, back);
}

/* Checks a double and its neighbours. */
static void check_around(double x)
{
	uint64_t bits = bits_of(x);

	check_shortest(x);
	check_shortest(-x);
	if (bits > 0)
		check_shortest(of_bits(bits - 1));
	check_shortest(of_bits(bits + 1));
}

START_TEST(known_numbers_are_written_in_their_shortest_form)
{
	static const struct {
		double x;
		const char *text;
	} known[] = {
		{ 0, "0" },
		{ -0.0, "-0" },
		{ 1, "1" },
		{ -1.5, "-1.5" },
		{ 1234.5, "1234.5" },
		{ 0.1, "0.1" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 100.0 / 3, "33.333333333333336" },
		{ 316.1, "316.1" },
		{ 100000, "100000" },
		{ 1e16, "10000000000000000" },
		{ 99999999999999984.0, "99999999999999980" },
		{ 1e17, "1e17" },
		{ 1.25e17, "1.25e17" },
		{ 123456789012345678.0, "1.2345678901234568e17" },
		{ 1e-5, "0.00001" },
		{ 1.2345678901234568e-5, "0.000012345678901234568" },
		{ 9.999999999999999e-6, "9.999999999999999e-6" },
		{ 1.5e-6, "1.5e-6" },
		{ 9.5367431640625e-07, "9.5367431640625e-7" },
		{ 9007199254740991, "9007199254740991" },
		{ 9007199254740993.0, "9007199254740992" },
		{ 9007199254740994, "9007199254740994" },
		{ 1e22, "1e22" },
		{ 1e23, "1e23" },
		{ 1e300, "1e300" },
		{ -1e-300, "-1e-300" },
		{ DBL_MAX, "1.7976931348623157e308" },
		{ DBL_MIN, "2.2250738585072014e-308" },
		{ 0x1p-1074, "5e-324" },
		{ 0x1p-1073, "1e-323" },
		{ -0x1p-1074, "-5e-324" },
		{ NAN, "nan" },
		{ -NAN, "nan" },
		{ INFINITY, "inf" },
		{ -INFINITY, "-inf" },
	};
	char text[LEAT_DOUBLE_SIZE];

	for (size_t i = 0; i < N_OF(known); i++) {
		format_double(known[i].x, text);
		ck_assert_str_eq(text, known[i].text);
		check_shortest(known[i].x);
	}
}
END_TEST

START_TEST(powers_of_two_and_ten_are_written_shortest)
{
	char text[16];

	for (int e = -1074; e < 1024; e++)
		check_around(ldexp(1, e));
	for (int k = -323; k <= 308; k++) {
		snprintf(text, sizeof(text), "1e%d", k);
		check_around(strtod(text, NULL));
		text[0] = (char)('2' + (k & 7));
		check_around(strtod(text, NULL));
	}
}
END_TEST

START_TEST(random_numbers_are_written_shortest_and_read_back)
{
	struct rng r = rng_new(16);

	for (int i = 0; i < times(15000); i++) {
		int64_t n = (int64_t)(rng_next(&r) >> rng_below(&r, 62));

		check_shortest(of_bits(rng_next(&r)));
		check_shortest(of_bits(rng_next(&r) >> (12 + i % 50)));
		check_shortest((double)(rng_next(&r) % 10000000) / 100);
		check_shortest((double)n);
		check_shortest((double)n * 0x1p-50);
		check_shortest((double)(rng_next(&r) % 1000000) *
		    leat_exact_powers[i % 17]);
	}
}
END_TEST

/* A hundred times as many as can be searched for. */
START_TEST(all_bits_read_back)
{
	struct rng r = rng_new(17);

	for (int i = 0; i < times(600000); i++) {
		uint64_t bits = rng_next(&r);
		char text[LEAT_DOUBLE_SIZE];
		double x = of_bits(bits), back;

		format_double(x, text);
		if (leat_parse_double(text, strlen(text), &back, NULL) !=
			LEAT_OK ||
		    !same_bits(x, back))
			ck_abort_msg("%s is not %a", text, x);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Writing with so many decimals                                      */
/* ------------------------------------------------------------------ */

static void format_fixed(double x, unsigned decimals, char *text)
{
	char *out = malloc(LEAT_FIXED_SIZE);
	size_t n = leat_format_fixed(x, decimals, out);

	if (n >= LEAT_FIXED_SIZE || strlen(out) != n)
		ck_abort_msg("%a: %zu bytes", x, n);
	strcpy(text, out);
	free(out);
}

static void check_fixed_of(double x, unsigned decimals)
{
	char text[LEAT_FIXED_SIZE], wanted[LEAT_FIXED_SIZE];
	int n = (int)(decimals < 17 ? decimals : 17);

	format_fixed(x, decimals, text);
	snprintf(wanted, sizeof(wanted), "%.*f", n, x);
	if (strcmp(text, wanted) != 0)
		ck_abort_msg("%a with %u decimals: %s, not %s", x, decimals,
		    text, wanted);
}

static void check_fixed(double x)
{
	for (unsigned decimals = 0; decimals <= 18; decimals++) {
		check_fixed_of(x, decimals);
		check_fixed_of(-x, decimals);
	}
	check_fixed_of(x, 100);
	check_fixed_of(x, UINT_MAX);
}

START_TEST(known_numbers_are_written_with_so_many_decimals)
{
	static const struct {
		double x;
		unsigned decimals;
		const char *text;
	} known[] = {
		{ 0, 0, "0" },
		{ -0.0, 2, "-0.00" },
		{ 0.5, 0, "0" },
		{ 1.5, 0, "2" },
		{ 2.5, 0, "2" },
		{ -0.5, 0, "-0" },
		{ 0.125, 2, "0.12" },
		{ 0.375, 2, "0.38" },
		{ 2.675, 2, "2.67" }, /* the double is slightly less */
		{ 9.9995, 3, "9.999" },
		{ 9.9996, 3, "10.000" },
		{ 99.96875, 1, "100.0" },
		{ 0.1, 17, "0.10000000000000001" },
		{ 0.1, 40, "0.10000000000000001" },
		{ 1e15, 3, "1000000000000000.000" },
		{ 0x1p-1074, 17, "0.00000000000000000" },
		{ NAN, 3, "nan" },
		{ -NAN, 3, "nan" },
		{ INFINITY, 3, "inf" },
		{ -INFINITY, 0, "-inf" },
	};
	char text[LEAT_FIXED_SIZE];

	for (size_t i = 0; i < N_OF(known); i++) {
		format_fixed(known[i].x, known[i].decimals, text);
		ck_assert_str_eq(text, known[i].text);
	}
}
END_TEST

START_TEST(edges_are_written_with_so_many_decimals)
{
	static const double edges[] = { 0, 0.1, 1, DBL_MAX, DBL_MIN, 0x1p-1074,
		DBL_EPSILON, 9.9995, 99.9995, 999999999999999.9, 0x1p53, 0x1p63,
		0x1p64, 1e22, 1e23, 1e100, 5e-18, 4.9e-18, 5.1e-18, 0.5e-17 };

	for (size_t i = 0; i < N_OF(edges); i++)
		check_fixed(edges[i]);
	for (int e = -140; e<1024; e += e> 140 ? 13 : 1) {
		check_fixed(ldexp(1, e));
		check_fixed(ldexp(1 - 0x1p-53, e));
	}
}
END_TEST

START_TEST(random_numbers_are_written_as_printf_writes_them)
{
	struct rng r = rng_new(18);

	for (int i = 0; i < times(3000); i++) {
		int e = (int)rng_below(&r, 200) - 120;
		double x = of_bits(rng_next(&r));

		check_fixed(ldexp(1 + rng_uniform(&r), e));
		check_fixed((double)rng_below(&r, 1000000000) / 1000);
		if (i % 50 == 0 && isfinite(x))
			check_fixed(x);
	}
}
END_TEST

/* An odd multiple of 2^-(n + 1) has a 5 behind the n-th decimal: a tie. */
START_TEST(ties_are_written_to_the_even_digit)
{
	struct rng r = rng_new(19);

	for (int n = 0; n <= 17; n++) {
		for (int i = 0; i < times(1500); i++) {
			uint64_t odd = rng_next(&r) >> (11 + i % 53) | 1;
			double x = ldexp((double)odd, -n - 1);

			check_fixed_of(x, (unsigned)n);
			check_fixed_of(-x, (unsigned)n);
			check_fixed_of(of_bits(bits_of(x) - 1), (unsigned)n);
			check_fixed_of(of_bits(bits_of(x) + 1), (unsigned)n);
		}
	}
}
END_TEST

/* 9.99... of all lengths, and a little more or less. */
START_TEST(carries_go_through_all_digits)
{
	for (int whole = 0; whole <= 15; whole++) {
		for (int n = 0; n <= 16; n++) {
			char text[64];
			double x;

			snprintf(text, sizeof(text), "%.*s.%.*s5", whole,
			    "9999999999999999", n, "9999999999999999");
			x = strtod(text, NULL);
			check_fixed_of(x, (unsigned)n);
			check_fixed_of(of_bits(bits_of(x) + 1), (unsigned)n);
			check_fixed_of(of_bits(bits_of(x) - 1), (unsigned)n);
		}
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Locales                                                            */
/* ------------------------------------------------------------------ */

/* Sets one in which numbers have a comma; NULL if none is installed. */
static const char *set_comma_locale(void)
{
	static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8",
		"de_DE", "fr_FR.UTF-8", "fr_FR.utf8", "es_ES.UTF-8",
		"it_IT.UTF-8", "pl_PL.UTF-8", "ru_RU.UTF-8", "nl_NL.UTF-8",
		"pt_BR.UTF-8", "sv_SE.UTF-8", "da_DK.UTF-8", "cs_CZ.UTF-8" };

	for (size_t i = 0; i < N_OF(names); i++)
		if (setlocale(LC_ALL, names[i]) &&
		    strcmp(localeconv()->decimal_point, ",") == 0)
			return names[i];
	setlocale(LC_ALL, "C");
	return NULL;
}

static void check_point(void)
{
	char text[LEAT_FIXED_SIZE];

	expect("1234567.25", 10, 1234567.25, 10);
	expect("1,5", 3, 1, 1);
	expect("1.50000000000000000000000000e0", 30, 1.5, 30);
	expect("INFINITY", 8, INFINITY, 8);
	format_double(1234567.25, text);
	ck_assert_str_eq(text, "1234567.25");
	format_double(1.5e-300, text);
	ck_assert_str_eq(text, "1.5e-300");
	format_fixed(1234567.25, 3, text);
	ck_assert_str_eq(text, "1234567.250");
}

START_TEST(the_locale_has_no_say)
{
	const char *name = set_comma_locale();
	char text[16];

	if (!name) {
		printf("number: no locale with a decimal comma, skipped\n");
		return;
	}
	snprintf(text, sizeof(text), "%.1f", 1.5);
	ck_assert_str_eq(text, "1,5"); /* the C library does obey */
	check_point();
	setlocale(LC_ALL, "C");
}
END_TEST

/* ------------------------------------------------------------------ */

static TCase *inside_case(void)
{
	TCase *c = tcase_create("inside");

	tcase_add_test(c, the_product_of_two_words_is_whole);
	tcase_add_test(c, zero_bytes_are_found_whatever_stands_beside_them);
	tcase_add_test(c, zeros_at_both_ends_of_a_word_are_counted);
	tcase_add_test(c, eight_digits_become_a_number_and_back);
	tcase_add_test(c, one_byte_that_is_no_digit_is_seen_among_sixteen);
	tcase_add_test(c, logarithms_of_powers_of_ten_are_rounded_down);
	tcase_add_test(c, the_table_of_powers_is_what_whole_numbers_say);
	return c;
}

static TCase *reading_case(void)
{
	TCase *c = tcase_create("reading");

	tcase_add_test(c, digits_with_a_point_at_each_place_are_read);
	tcase_add_test(c, leading_zeros_do_not_count);
	tcase_add_test(c,
	    bytes_in_any_order_are_read_as_far_as_they_are_a_number);
	tcase_add_test(c, a_byte_that_is_no_digit_ends_the_number);
	tcase_add_test(c, nothing_is_read_beside_a_text_at_an_edge_of_a_page);
	tcase_add_test(c,
	    millions_of_short_texts_are_read_as_strtod_reads_them);
	tcase_add_test(c, the_longest_number_at_the_start_is_taken);
	tcase_add_test(c, blanks_and_hexadecimal_numbers_are_not_taken);
	tcase_add_test(c, words_are_read_in_any_case);
	tcase_add_test(c,
	    a_word_with_a_wrong_letter_is_read_as_far_as_it_is_right);
	tcase_add_test(c, exponents_may_be_of_any_size);
	tcase_add_test(c, very_long_texts_are_read);
	tcase_add_test(c, thousands_of_digits_with_a_point_anywhere_are_read);
	tcase_add_test(c, any_19_digits_and_any_exponent_are_read);
	return c;
}

static TCase *middle_case(void)
{
	TCase *c = tcase_create("middle");

	tcase_add_test(c, the_middle_between_two_doubles_goes_to_the_even_one);
	tcase_add_test(c,
	    the_middle_between_two_subnormals_goes_to_the_even_one);
	tcase_add_test(c, what_is_too_large_is_an_infinity);
	tcase_add_test(c, short_texts_in_the_middle_go_to_the_even_one);
	tcase_add_test(c, exact_comparisons_know_below_from_above);
	return c;
}

static TCase *writing_case(void)
{
	TCase *c = tcase_create("writing");

	tcase_add_test(c, known_numbers_are_written_in_their_shortest_form);
	tcase_add_test(c, powers_of_two_and_ten_are_written_shortest);
	tcase_add_test(c, random_numbers_are_written_shortest_and_read_back);
	tcase_add_test(c, all_bits_read_back);
	tcase_add_test(c, known_numbers_are_written_with_so_many_decimals);
	tcase_add_test(c, edges_are_written_with_so_many_decimals);
	tcase_add_test(c, random_numbers_are_written_as_printf_writes_them);
	tcase_add_test(c, ties_are_written_to_the_even_digit);
	tcase_add_test(c, carries_go_through_all_digits);
	tcase_add_test(c, the_locale_has_no_say);
	return c;
}

Suite *number_suite(void)
{
	TCase *const cases[] = { inside_case(), reading_case(), middle_case(),
		writing_case() };
	Suite *suite = suite_create("number");

	for (size_t i = 0; i < N_OF(cases); i++) {
		tcase_set_timeout(cases[i], 300);
		suite_add_tcase(suite, cases[i]);
	}
	return suite;
}
