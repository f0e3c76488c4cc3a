/*
 * slide_product.h - products of a sliding window; part of slide.c
 *
 * A product is a mantissa in [0.5, 1) and a power of two, as in agg/product.c.
 * The product of two mantissas is at least a quarter, so that doubling it at
 * most once makes it one again. 0, infinities and NaN stay in the mantissa, and
 * have no exponent. Exponents are doubles, whose sums are exact here. A missing
 * value counts as 1. A row of the table is a suffix's mantissa and exponent.
 */

/* The lanes are the prefix of D and the suffix of B, and `whole` is B's. */
struct product_state {
	leat_lane mantissa, exponent;
	double whole, whole_exponent;
};

/* A run without values has the product 1. */
static void product_begin(struct product_state *s)
{
	s->mantissa = leat_lane_dup(0.5);
	s->exponent = leat_lane_dup(1);
}

static void product_reset(struct product_state *s)
{
	product_begin(s);
	s->whole = 0.5;
	s->whole_exponent = 1;
}

static void product_turn(struct product_state *s)
{
	s->whole = leat_lane_get(s->mantissa, 0);
	s->whole_exponent = leat_lane_get(s->exponent, 0);
	product_begin(s);
}

/* Splits what is no normal number. */
static LEAT_NOINLINE void product_split_odd(double x, double *m, double *e)
{
	int power = 0;

	*m = x == x ? frexp(x, &power) : 0.5;
	*e = x == x ? (*m - *m == 0 ? power : 0) : 1;
}

LEAT_INLINE void product_split(double x, double *m, double *e)
{
	uint64_t bits, power;

	memcpy(&bits, &x, sizeof(bits));
	power = bits >> 52 & 2047;
	if (LEAT_UNLIKELY(power - 1 >= 2046)) {
		product_split_odd(x, m, e);
		return;
	}
	bits ^= (power ^ 1022) << 52;
	memcpy(m, &bits, sizeof(bits));
	*e = (int)power - 1022;
}

/* v: the values of D and B, NaN where missing. */
LEAT_INLINE void product_lane_step(struct product_state *s, leat_lane v,
    double *row)
{
	leat_lane zero = leat_lane_dup(0), one = leat_lane_dup(1), size, m, e;
	leat_lane_mask small;
	double d, b, power_d, power_b;

	product_split(leat_lane_get(v, 0), &d, &power_d);
	product_split(leat_lane_get(v, 1), &b, &power_b);
	m = leat_lane_mul(s->mantissa, leat_lane_make(d, b));
	e = leat_lane_add(s->exponent, leat_lane_make(power_d, power_b));
	size = leat_lane_max(m, leat_lane_sub(zero, m));
	small = leat_lane_less(size, leat_lane_dup(0.5));
	s->mantissa = leat_lane_add(m, leat_lane_and(m, small));
	e = leat_lane_sub(e, leat_lane_and(one, small));
	s->exponent = leat_lane_and(e,
	    leat_lane_both(leat_lane_less(zero, size),
		leat_lane_less(size, one)));
	leat_lane_store(row, leat_lane_seconds(s->mantissa, s->exponent));
}

LEAT_INLINE void product_value(const struct product_state *s, const double *row,
    struct leat_summary *out)
{
	double m = (row[0] * s->whole) * leat_lane_get(s->mantissa, 0);
	double e = (row[1] + s->whole_exponent) + leat_lane_get(s->exponent, 0);
	leat_lane small = leat_lane_and(leat_lane_dup(1),
	    leat_lane_less(leat_lane_dup(fabs(m)), leat_lane_make(0.5, 0.25)));
	double half = leat_lane_get(small, 0),
	       quarter = leat_lane_get(small, 1);

	out->mantissa = m * ((1 + half) * (1 + quarter));
	out->exponent = fabs(m) > 0 && fabs(m) < 1 ? (e - half) - quarter : 0;
}
