/*
 * arithmetic.c - whether the compiler has left doubles alone
 *
 * core.h refuses flags that have a macro and takes back those that have a
 * pragma. What is left is seen by what it does: a few sums, divisions and
 * comparisons that come out otherwise once a compiler may reorder them,
 * divide by multiplying, fuse, forget about NaN, infinity or the sign of 0,
 * or carry more digits than a double has. Every object asks here when it is
 * made, so that a library that would count wrong never gets to count.
 *
 * Operands are read from volatile variables, once, so that nothing is worked
 * out by the compiler, whose own arithmetic is right whatever its flags.
 * Rounding to nearest is not taken for granted and no operand is tiny: a
 * thread may round another way, or flush what is denormal, and is served.
 * Every answer is worked out, also behind one that is no: there is nothing to
 * gain from stopping early.
 * Cost: some forty operations.
 */
#include "error_free.h"
#include "maths.h"

static int sign_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return (int)(bits >> 63);
}

/* 1 beside 2^60 is lost, and is what the sum's error says. */
static int sums_fit(void)
{
	volatile double large = 0x1p60, small = 1;
	double a = large, b = small, s, e;

	leat_two_sum(a, b, &s, &e);
	return ((a + b) - a != b) & (e != 0);
}

/* 1/49 times 49 is not 1 whichever way it is rounded. */
static int quotients_fit(void)
{
	volatile double one = 49, two = 98, four = 196;
	double a = one, b = two, c = four;

	return (a / 49 == 1) & (b / a == 2) & (c / a == 4) & (a / a == 1) &
	    (a * 5 / a == 5);
}

/* The last bit of the square is one that a product rounds away. */
static int products_fit(void)
{
	volatile double factor = 1 + 0x1p-30, square = 1 + 0x1p-29;
	double a = factor, b = square;

	return a * a - b != 0x1p-60;
}

static int roots_fit(void)
{
	volatile double square = 9007199136250225, two = 2;
	double root = leat_sqrt(two);

	return (leat_sqrt(square) == 94906265) &
	    ((root == 0x1.6a09e667f3bccp0) | (root == 0x1.6a09e667f3bcdp0));
}

/* Through a call and a choice, the ways that values go. */
static LEAT_NOINLINE double chosen(double a, int first)
{
	return first ? a : -a;
}

static int none_fits(void)
{
	volatile double none = NAN;
	volatile int yes = 1;
	double a = none, b = chosen(a, yes), c = yes ? NAN : 1;

	return (a != a) & !(a == a) & !(a < 1) & !(a - a == 0) & (b != b) &
	    (c != c) & (leat_nan(a) != a);
}

static int endless_fits(void)
{
	volatile double endless = INFINITY, none = 0, unit = 1;
	volatile int yes = 1;
	double a = endless, b = chosen(a, yes), c = yes ? INFINITY : 1;
	double zero = none, one = unit;

	return (a > DBL_MAX) & !(a - a == 0) & (b > DBL_MAX) & !(b - b == 0) &
	    (c > DBL_MAX) & !(c - c == 0) & (a == INFINITY) &
	    (fabs(b) == HUGE_VAL) & !(a * zero == 0) & (one / a == 0) &
	    (-a < -DBL_MAX) & (leat_nan(a - b) != 0);
}

/* 1 - 1 is -0 for a thread that rounds down, and -0 + 0 as well. */
static int zeros_fit(void)
{
	volatile double one = 1, other = 1, minus = -0.0;
	double a = one, b = other, c = minus, zero = a - b;
	int sign = sign_of(zero), sum = sign_of(c + 0.0);
	int turned = sign_of(-(a - b)), twice = sign_of(0.0 - (0.0 - c));

	return (sum == sign) & (turned != sign) & (twice == sign);
}

int leat_arithmetic_fits(void)
{
	return sums_fit() & quotients_fit() & products_fit() & roots_fit() &
	    none_fits() & endless_fits() & zeros_fit();
}
