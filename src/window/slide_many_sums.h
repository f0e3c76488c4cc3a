/*
 * slide_many_sums.h - sums of many pushes; part of the template slide_many.h
 *
 * Sums need no chunks, for they do not depend on the order: consecutive values
 * are the lanes. The differences that a vector of pushes makes to the parts of
 * the sum are added up across lanes, which is exact, as the parts are
 * (slide_sum.h), and each sum is rounded once. Where no value is much smaller
 * than another, two parts are enough, of which one rounding makes the sum.
 *
 * Cost: for each value, a fraction of some forty additions and nine shuffles by
 * three parts, of some twenty and six by two.
 */

MANY_FUNCTION void MANY_NAME(put_some)(double *out, size_t step, size_t n,
    MANY_V v)
{
	double value[MANY];

	if (LEAT_LIKELY(n == MANY)) {
		MANY_NAME(put)(out, step, v);
		return;
	}
	MANY_OP(store)(value, v);
	for (size_t i = 0; i < n; i++)
		out[i * step] = value[i];
}

struct MANY_NAME(parts) {
	MANY_V high, low, rest;
};

MANY_FUNCTION void MANY_NAME(two_sum)(MANY_V a, MANY_V b, MANY_V *s, MANY_V *e)
{
	MANY_V sum = MANY_OP(add)(a, b);
	MANY_V bb = MANY_OP(sub)(sum, a);

	*e = MANY_OP(add)(MANY_OP(sub)(a, MANY_OP(sub)(sum, bb)),
	    MANY_OP(sub)(b, bb));
	*s = sum;
}

MANY_FUNCTION MANY_V MANY_NAME(on)(MANY_V x, MANY_V cut)
{
	return MANY_OP(sub)(MANY_OP(add)(x, cut), cut);
}

MANY_FUNCTION void MANY_NAME(split)(MANY_V x, MANY_V cut_high, MANY_V cut_low,
    struct MANY_NAME(parts) * p, int narrow)
{
	p->high = MANY_NAME(on)(x, cut_high);
	p->rest = MANY_OP(sub)(x, p->high);
	if (narrow)
		return;
	p->low = MANY_NAME(on)(p->rest, cut_low);
	p->rest = MANY_OP(sub)(p->rest, p->low);
}

/* Adds up what comes less what goes, and all before it. */
MANY_FUNCTION MANY_V MANY_NAME(run_on)(MANY_V in, MANY_V gone, MANY_V *before)
{
	MANY_V sum = MANY_OP(add)(MANY_OP(scan)(MANY_OP(sub)(in, gone)),
	    *before);

	*before = MANY_OP(spread)(sum);
	return sum;
}

/* The sums of a vector where the parts cannot be added up so easily. */
MANY_TARGET static LEAT_NOINLINE void
MANY_NAME(sums_far)(const struct MANY_NAME(parts) * p, MANY_V *hi, MANY_V *lo)
{
	double part[3][MANY], sum[2][MANY];

	MANY_OP(store)(part[0], p->high);
	MANY_OP(store)(part[1], p->low);
	MANY_OP(store)(part[2], p->rest);
	for (size_t i = 0; i < MANY; i++) {
		struct leat_terms t = many_terms(part[0][i], part[1][i],
		    part[2][i]);
		sum[0][i] = t.hi;
		sum[1][i] = t.lo;
	}
	*hi = MANY_OP(load)(sum[0]);
	*lo = MANY_OP(load)(sum[1]);
}

/* hi is the sum rounded, and lo what that lost; see sum_value(). */
MANY_FUNCTION void MANY_NAME(sum_up)(const struct MANY_NAME(parts) * p,
    MANY_V *hi, MANY_V *lo)
{
	MANY_V sum, error, below, lost;

	MANY_NAME(two_sum)(p->high, p->low, &sum, &error);
	MANY_NAME(two_sum)(error, p->rest, &below, &lost);
	if (LEAT_LIKELY(MANY_OP(all_within)(lost, MANY_OP(dup)(0))))
		MANY_NAME(two_sum)(sum, below, hi, lo);
	else
		MANY_NAME(sums_far)(p, hi, lo);
}

/* hi is the sum rounded, and lo what that lost. */
MANY_FUNCTION void MANY_NAME(sum_parts)(const struct MANY_NAME(parts) * p,
    MANY_V *hi, MANY_V *lo, int narrow)
{
	if (narrow)
		MANY_NAME(two_sum)(p->high, p->rest, hi, lo);
	else
		MANY_NAME(sum_up)(p, hi, lo);
}

/*
 * Pushes n values for which others leave, all of a size that the parts are
 * for, or missing, and writes sums and means, if wanted. narrow: two parts are
 * enough. gaps: values may be missing.
 */
MANY_FUNCTION void MANY_NAME(sums_as)(struct many_sum *s, const double *x,
    const double *old, size_t n, double *sums, double *means, size_t step,
    int narrow, int gaps)
{
	MANY_V cut_high = MANY_OP(dup)(s->cut_high);
	MANY_V cut_low = MANY_OP(dup)(s->cut_low);
	MANY_V one = MANY_OP(dup)(1), count = MANY_OP(dup)(s->n), all = count;
	MANY_V inverse = MANY_OP(dup)(s->inverse);
	struct MANY_NAME(parts) before = { MANY_OP(dup)(s->high),
		MANY_OP(dup)(s->low), MANY_OP(dup)(s->rest) };
	struct MANY_NAME(parts) in, gone, now;

	for (size_t i = 0; i < n; i += MANY) {
		size_t left = n - i < MANY ? n - i : MANY;
		MANY_V a, b, hi, lo;
		if (LEAT_LIKELY(left == MANY)) {
			a = MANY_OP(load)(x + i);
			b = MANY_OP(load)(old + i);
		} else {
			a = MANY_OP(load_some)(x + i, left);
			b = MANY_OP(load_some)(old + i, left);
		}
		if (gaps) {
			MANY_M come = MANY_OP(valid)(a), go = MANY_OP(valid)(b);
			a = MANY_OP(and)(a, come);
			b = MANY_OP(and)(b, go);
			if (means)
				count = MANY_NAME(run_on)(MANY_OP(and)(one,
							      come),
				    MANY_OP(and)(one, go), &all);
			if (means)
				inverse = MANY_OP(div)(one, count);
		}
		MANY_NAME(split)(a, cut_high, cut_low, &in, narrow);
		MANY_NAME(split)(b, cut_high, cut_low, &gone, narrow);
		now.high = MANY_NAME(run_on)(in.high, gone.high, &before.high);
		if (!narrow)
			now.low = MANY_NAME(run_on)(in.low, gone.low,
			    &before.low);
		now.rest = MANY_NAME(run_on)(in.rest, gone.rest, &before.rest);
		MANY_NAME(sum_parts)(&now, &hi, &lo, narrow);
		if (sums)
			MANY_NAME(put_some)(sums + i * step, step, left, hi);
		if (means)
			MANY_NAME(put_some)
		(means + i * step, step, left,
		    MANY_OP(add)(MANY_OP(div)(hi, count),
			MANY_OP(mul)(lo, inverse)));
	}
	s->high = MANY_OP(last)(before.high);
	s->low = MANY_OP(last)(before.low);
	s->rest = MANY_OP(last)(before.rest);
	s->n = MANY_OP(last)(all);
}

MANY_TARGET static LEAT_NOINLINE void MANY_NAME(sums)(struct many_sum *s,
    const double *x, const double *old, size_t n, double *sums, double *means,
    size_t step, int gaps)
{
	if (!s->narrow)
		MANY_NAME(sums_as)(s, x, old, n, sums, means, step, 0, 1);
	else if (gaps)
		MANY_NAME(sums_as)(s, x, old, n, sums, means, step, 1, 1);
	else if (step == 1 && !means) /* lo is not needed */
		MANY_NAME(sums_as)(s, x, old, n, sums, NULL, 1, 1, 0);
	else
		MANY_NAME(sums_as)(s, x, old, n, sums, means, step, 1, 0);
}

/* ---------------- what is in an array ---------------------------------- */

enum { MANY_NAME(apart) = 4 };

/* The sizes of n values, but for zeros, in vectors side by side. */
struct MANY_NAME(sizes) {
	MANY_V least, most, sum;
};

MANY_FUNCTION void MANY_NAME(widen)(struct MANY_NAME(sizes) * s, MANY_V v)
{
	MANY_V size = MANY_OP(size)(v);
	MANY_V far = MANY_OP(dup)(HUGE_VAL);

	s->most = MANY_OP(max)(size, s->most);
	size = MANY_OP(pick)(MANY_OP(zero)(v), far, size);
	s->least = MANY_OP(min)(size, s->least);
	s->sum = MANY_OP(add)(s->sum, v);
}

/*
 * Widens a reach by n values. A missing one is passed over, and noted, as may
 * be infinities.
 */
MANY_TARGET static LEAT_NOINLINE void MANY_NAME(reach)(const double *x,
    size_t n, struct many_reach *reach)
{
	struct MANY_NAME(sizes) s[MANY_NAME(apart)];
	double least[MANY], most[MANY];
	size_t i = 0;

	for (size_t j = 0; j < MANY_NAME(apart); j++) {
		s[j].least = MANY_OP(dup)(reach->least);
		s[j].most = MANY_OP(dup)(reach->most);
		s[j].sum = MANY_OP(dup)(0);
	}
	for (; i + MANY_NAME(apart) * MANY <= n; i += MANY_NAME(apart) * MANY) {
		MANY_UNROLL
		for (size_t j = 0; j < MANY_NAME(apart); j++)
			MANY_NAME(widen)
		(&s[j], MANY_OP(load)(x + i + j * MANY));
	}
	for (; i < n; i += MANY)
		MANY_NAME(widen)
	(&s[0],
	    n - i < MANY ? MANY_OP(load_some)(x + i, n - i)
			 : MANY_OP(load)(x + i));
	for (size_t j = 0; j < MANY_NAME(apart); j++) {
		MANY_OP(store)(least, s[j].least);
		MANY_OP(store)(most, s[j].most);
		reach->missing |= MANY_OP(any_nan)(s[j].sum);
		for (i = 0; i < MANY; i++)
			many_widen(reach, least[i], most[i]);
	}
}

/* Counts the values that are missing. */
MANY_TARGET static LEAT_NOINLINE size_t MANY_NAME(missing)(const double *x,
    size_t n)
{
	MANY_V one = MANY_OP(dup)(1), valid = MANY_OP(dup)(0), v;
	double sum[MANY];
	size_t missing = n, i = 0;

	for (; i + MANY <= n; i += MANY) {
		v = MANY_OP(load)(x + i);
		v = MANY_OP(and)(one, MANY_OP(valid)(v));
		valid = MANY_OP(add)(valid, v);
	}
	MANY_OP(store)(sum, valid);
	for (size_t j = 0; j < MANY; j++)
		missing -= (size_t)sum[j];
	for (; i < n; i++)
		missing -= x[i] == x[i];
	return missing;
}
