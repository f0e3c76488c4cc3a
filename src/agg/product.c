/*
 * product.c - the class behind product and geometric mean
 *
 * A mantissa in [0.5, 1) and a power of two apart from it, so that a
 * product of thousands of values neither overflows nor underflows on the
 * way. 0, infinities and NaN stay in the mantissa with exponent 0. Each
 * factor adds at most half an ulp of error.
 */
#include "class.h"

struct product {
	double mantissa;
	int64_t exponent;
};

static void product_multiply(struct product *p, double mantissa,
    int64_t exponent)
{
	int e = 0;

	p->mantissa = frexp(p->mantissa * mantissa, &e);
	/* Damaged states may hold exponents that wrap around. */
	p->exponent = (int64_t)((uint64_t)p->exponent + (uint64_t)exponent +
	    (uint64_t)(int64_t)e);
	if (!(fabs(p->mantissa) > 0) || fabs(p->mantissa) > 1)
		p->exponent = 0;
}

static void product_identity(LEAT_NO_AGG, void *acc)
{
	struct product *p = acc;

	p->mantissa = 0.5;
	p->exponent = 1;
}

static void product_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	int e = 0;
	double m = frexp(s->x, &e);

	product_multiply(acc, m, m - m == 0 ? e : 0);
}

static void product_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct product r;

	memcpy(&r, right, sizeof(r));
	product_multiply(acc, r.mantissa, r.exponent);
}

static void product_lower(const void *acc, struct leat_summary *out)
{
	const struct product *p = acc;

	out->mantissa = p->mantissa;
	out->exponent = (double)p->exponent;
}

/*
 * A mantissa that is a number, and not 0, has the form of frexp(); there is
 * no exponent with any other. A double adds less than 1100 to that.
 */
static int product_fits(const void *acc, const struct leat_samples *of)
{
	const struct product *p = acc;
	uint64_t size = p->exponent < 0 ? 0 - (uint64_t)p->exponent
					: (uint64_t)p->exponent;
	double m = fabs(p->mantissa);

	if (!(m > 0 && m <= DBL_MAX))
		return p->exponent == 0;
	return m >= 0.5 && m < 1 && size / 1100 <= of->n;
}

const struct leat_class leat_class_product = {
	LEAT_ALL_PACKED(struct product),
	.identity = product_identity,
	LEAT_ANY_STEP(product_step),
	.combine = product_combine,
	.lower = product_lower,
	.integers = 2,
	.fits = product_fits,
};
