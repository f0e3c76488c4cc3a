/*
 * power.c - t^p, rounded as if it were exact
 *
 * Learning rates fall with a power of the number of samples. C libraries
 * differ in the last bit of pow(), so this one is worked out with numbers
 * of two doubles, twice as long as the result: the logarithm by one Newton
 * step from the short one, the exponential by its series after 8 halvings.
 * About 106 bits less a few are right, so that the result, rounded once, is
 * the double nearest to the exact one but for one case in 2^40 or so.
 */
#include "error_free.h"
#include "maths.h"

struct leat_double2 {
	double hi, lo;
};

static struct leat_double2 power_sum(double a, double b)
{
	struct leat_double2 s;

	leat_two_sum(a, b, &s.hi, &s.lo);
	return s;
}

static struct leat_double2 power_product(double a, double b)
{
	struct leat_double2 p;

	leat_two_product(a, b, &p.hi, &p.lo);
	return p;
}

static struct leat_double2 power_mul(struct leat_double2 a,
    struct leat_double2 b)
{
	struct leat_double2 p = power_product(a.hi, b.hi);

	return power_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static struct leat_double2 power_add(struct leat_double2 a,
    struct leat_double2 b)
{
	struct leat_double2 s = power_sum(a.hi, b.hi),
			    t = power_sum(a.lo, b.lo);

	s = power_sum(s.hi, s.lo + t.hi);
	return power_sum(s.hi, s.lo + t.lo);
}

/* a / n for a small integer n. */
static struct leat_double2 power_div(struct leat_double2 a, double n)
{
	double q = a.hi / n;
	struct leat_double2 p = power_product(q, n);

	return power_sum(q, ((a.hi - p.hi) - p.lo + a.lo) / n);
}

/* log 2 in three parts; k times the first two is exact for |k| < 2^11. */
static struct leat_double2 power_log2_times(double k)
{
	struct leat_double2 a = power_sum(k * 0x1.62e42fefa3800p-1,
	    k * 0x1.ef35793c76000p-45);

	return power_add(a, power_sum(k * 0x1.cc01f97b57a08p-87, 0));
}

/* e^a = 2^k e^(r 2^8); *k_out gets k. */
static struct leat_double2 power_exp(struct leat_double2 a, int *k_out)
{
	const struct leat_double2 one = { 1, 0 };
	double k = floor(a.hi * 0x1.71547652b82fep0 + 0.5);
	struct leat_double2 m = power_log2_times(k), r, e = one;

	m.hi = -m.hi;
	m.lo = -m.lo;
	r = power_add(a, m);
	r.hi = leat_ldexp(r.hi, -8);
	r.lo = leat_ldexp(r.lo, -8);
	for (int i = 9; i >= 1; i--)
		e = power_add(one, power_mul(e, power_div(r, i)));
	for (int i = 0; i < 8; i++)
		e = power_mul(e, e);
	*k_out = (int)k;
	return e;
}

static struct leat_double2 power_log(double t)
{
	struct leat_double2 l = { leat_ln(t), 0 }, back, error;
	const struct leat_double2 minus_one = { -1, 0 };
	int k;

	back.hi = -l.hi;
	back.lo = 0;
	back = power_exp(back, &k);
	back.hi = leat_ldexp(back.hi, k);
	back.lo = leat_ldexp(back.lo, k);
	error = power_add(power_mul(back, (struct leat_double2){ t, 0 }),
	    minus_one);
	/* log(1 + error) to two terms; error is about 1e-15. */
	return power_add(l,
	    power_sum(error.hi, error.lo - error.hi * error.hi / 2));
}

/* t^p for 1 <= t <= 2^64 and 0 <= p <= 1. */
double leat_power(double t, double p)
{
	struct leat_double2 r;
	int k;

	if (p == 0)
		return 1;
	if (p == 1)
		return t;
	if (p == 0.5)
		return leat_sqrt(t);
	r = power_mul(power_log(t), (struct leat_double2){ p, 0 });
	r = power_exp(r, &k);
	return leat_ldexp(r.hi + r.lo, k);
}
