/*
 * Statistics from exact sums.
 *
 * With W the sum of weights (the count, when all weights are 1) and S_k
 * that of w x^k, the central moments times powers of W are integers of
 * the same scale:
 *
 *      M2 = W S2 - S1^2
 *      M3 = W^2 S3 - 3 W S1 S2 + 2 S1^3
 *      M4 = W^3 S4 - 4 W^2 S1 S3 + 6 W S1^2 S2 - 3 S1^4
 *
 * and each statistic is a ratio of such numbers or a root of one. All
 * cancellation happens in exact arithmetic; what is rounded afterwards is
 * a product of positive powers. Weights that are not 1 give the weighted
 * definitions, with W^2 - sum w^2 in place of n (n - 1).
 */
#include "oracle.h"
#include "lists.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void oracle_init(struct oracle *o, int depth, int pairs)
{
	memset(o, 0, sizeof(*o));
	o->depth = depth;
	o->pairs = pairs;
}

/* ------------------------------------------------------------------ */
/* Errors of a prediction x of y                                      */
/* ------------------------------------------------------------------ */

static int in_unit(double x)
{
	return x >= 0 && x <= 1;
}

static void tally_errors(struct oracle *o, double x, double y, uint64_t one)
{
	if (!in_unit(x) || !in_unit(y))
		o->errors.outside += one;
	if (isfinite(x) && isfinite(y))
		return;
	if (isinf(x) && isinf(y) && (x > 0) == (y > 0))
		o->errors.none += one;
	else if (isinf(x) ? x > 0 : y < 0)
		o->errors.plus += one;
	else
		o->errors.minus += one;
}

/* a += factor b */
static void add_times(struct big *a, const struct big *b,
    const struct big *factor)
{
	struct big t;
	big_mul(&t, b, factor);
	big_add(a, a, &t);
}

/* In two doubles, where long double is longer than one. */
static void add_loss(struct oracle *o, double x, double y,
    const struct big *weight)
{
	long double p = fminl(fmaxl(x, 0x1p-52L), 1 - 0x1p-52L);
	long double loss = -(y * logl(p) + (1 - y) * log1pl(-p));
	struct big part;
	big_set(&part, (double)loss);
	add_times(&o->errors.loss, &part, weight);
	big_set(&part, (double)(loss - (double)loss));
	add_times(&o->errors.loss, &part, weight);
}

static void add_errors(struct oracle *o, double x, double y,
    const struct big *weight)
{
	struct big d, t;
	if ((x > 0.5) == (y > 0.5))
		big_add(&o->errors.hits, &o->errors.hits, weight);
	if (y <= x)
		big_add(&o->errors.covered, &o->errors.covered, weight);
	if (in_unit(x) && in_unit(y))
		add_loss(o, x, y, weight);
	if (!isfinite(x) || !isfinite(y))
		return;
	big_set(&d, x);
	big_set(&t, y);
	big_sub(&d, &d, &t);
	add_times(&o->errors.bias, &d, weight);
	if (d.sign < 0)
		big_neg(&d);
	add_times(&o->errors.size, &d, weight);
	big_mul(&d, &d, &d);
	add_times(&o->errors.square, &d, weight);
}

/* ------------------------------------------------------------------ */
/* Sums                                                               */
/* ------------------------------------------------------------------ */

static void tally(struct oracle *o, double x, double y, int64_t one)
{
	if (isnan(x) || (o->pairs && isnan(y))) {
		o->missing += (uint64_t)one;
		return;
	}
	o->count += (uint64_t)one;
	if (isinf(x)) {
		o->wild_x += (uint64_t)one;
		*(x > 0 ? &o->plus : &o->minus) += (uint64_t)one;
	}
	if (o->pairs && isinf(y))
		o->wild_y += (uint64_t)one;
	if (o->pairs)
		tally_errors(o, x, y, (uint64_t)one);
}

static void add_x(struct oracle *o, double x, const struct big *weight)
{
	struct big bx, power, size;
	big_set(&bx, x);
	big_copy(&power, weight);
	for (int k = 1; k <= o->depth; k++) {
		big_mul(&power, &power, &bx);
		big_add(&o->s[k], &o->s[k], &power);
	}
	big_set(&size, fabs(x));
	big_mul(&size, &size, weight);
	big_add(&o->abs, &o->abs, &size);
}

static void add_y(struct oracle *o, double x, double y,
    const struct big *weight)
{
	struct big bx, by, term;
	big_set(&by, y);
	big_mul(&term, &by, weight);
	big_add(&o->y1, &o->y1, &term);
	if (isfinite(x)) {
		struct big cross;
		big_set(&bx, x);
		big_mul(&cross, &term, &bx);
		big_add(&o->xy, &o->xy, &cross);
	}
	big_mul(&term, &term, &by);
	big_add(&o->y2, &o->y2, &term);
}

static void account(struct oracle *o, double x, double y,
    const struct big *weight)
{
	struct big square;
	if (isnan(x) || (o->pairs && isnan(y)))
		return;
	big_add(&o->w, &o->w, weight);
	big_mul(&square, weight, weight);
	square.sign *= weight->sign;
	big_add(&o->w2, &o->w2, &square);
	if (isfinite(x))
		add_x(o, x, weight);
	if (o->pairs && isfinite(y))
		add_y(o, x, y, weight);
	if (o->pairs)
		add_errors(o, x, y, weight);
}

void oracle_add_weighted(struct oracle *o, double x, double y,
    const struct big *weight)
{
	tally(o, x, y, 1);
	account(o, x, y, weight);
}

void oracle_add(struct oracle *o, double x, double y)
{
	struct big one;
	big_set_u64(&one, 1);
	oracle_add_weighted(o, x, y, &one);
}

void oracle_drop(struct oracle *o, double x, double y)
{
	struct big minus;
	big_set(&minus, -1.0);
	tally(o, x, y, -1);
	account(o, x, y, &minus);
}

static void fade(const struct oracle *o, struct big *a,
    const struct big *factor)
{
	big_mul(a, a, factor);
	big_trim(a, o->trim);
}

void oracle_fade(struct oracle *o, const struct big *factor)
{
	o->fades = 1;
	fade(o, &o->w, factor);
	for (int k = 1; k <= o->depth; k++)
		fade(o, &o->s[k], factor);
	fade(o, &o->abs, factor);
	fade(o, &o->y1, factor);
	fade(o, &o->y2, factor);
	fade(o, &o->xy, factor);
	fade(o, &o->errors.bias, factor);
	fade(o, &o->errors.size, factor);
	fade(o, &o->errors.square, factor);
	fade(o, &o->errors.hits, factor);
	fade(o, &o->errors.covered, factor);
	fade(o, &o->errors.loss, factor);
	fade(o, &o->w2, factor);
	fade(o, &o->w2, factor);
}

/* r = w a - b c */
static void moment(struct big *r, const struct big *w, const struct big *a,
    const struct big *b, const struct big *c)
{
	struct big t;
	big_mul(&t, b, c);
	big_mul(r, w, a);
	big_sub(r, r, &t);
}

/* r += factor a b */
static void accumulate(struct big *r, int factor, const struct big *a,
    const struct big *b)
{
	struct big t, f;
	big_set(&f, factor);
	big_mul(&t, a, b);
	big_mul(&t, &t, &f);
	big_add(r, r, &t);
}

/* M3 = W (W S3 - 3 S1 S2) + 2 S1^3 */
static void third(struct oracle *o)
{
	struct big t, square;
	big_mul(&t, &o->w, &o->s[3]);
	accumulate(&t, -3, &o->s[1], &o->s[2]);
	big_mul(&o->m3, &o->w, &t);
	big_mul(&square, &o->s[1], &o->s[1]);
	accumulate(&o->m3, 2, &square, &o->s[1]);
}

/* M4 = W (W (W S4 - 4 S1 S3) + 6 S1^2 S2) - 3 S1^4 */
static void fourth(struct oracle *o)
{
	struct big t, square;
	big_mul(&t, &o->w, &o->s[4]);
	accumulate(&t, -4, &o->s[1], &o->s[3]);
	big_mul(&t, &t, &o->w);
	big_mul(&square, &o->s[1], &o->s[1]);
	accumulate(&t, 6, &square, &o->s[2]);
	big_mul(&o->m4, &t, &o->w);
	accumulate(&o->m4, -3, &square, &square);
}

static long magnitude(const struct big *a)
{
	return a->sign != 0 ? wide_of(a).e : -5000;
}

/*
 * With fading weights the sums are rounded, to 32 bits a limb: what is
 * left of them below that is nothing.
 */
static void sweep(const struct oracle *o, struct big *m, const struct big *s)
{
	long digits = 32 * ((long)o->trim - 3);
	long whole = magnitude(&o->w) + magnitude(s);
	if (o->trim != 0 && magnitude(m) < whole - digits)
		big_set(m, 0.0);
}

void oracle_settle(struct oracle *o)
{
	if (o->depth >= 2) {
		moment(&o->m2, &o->w, &o->s[2], &o->s[1], &o->s[1]);
		sweep(o, &o->m2, &o->s[2]);
	}
	if (o->depth >= 3)
		third(o);
	if (o->depth >= 4)
		fourth(o);
	if (o->pairs) {
		moment(&o->my, &o->w, &o->y2, &o->y1, &o->y1);
		sweep(o, &o->my, &o->y2);
		moment(&o->mxy, &o->w, &o->xy, &o->s[1], &o->y1);
		if (o->m2.sign == 0 || o->my.sign == 0)
			big_set(&o->mxy, 0.0);
	}
	if (o->trim == 0)
		o->tight = o->count > 4097 ? 1e-13 : 1e-14;
}

/* ------------------------------------------------------------------ */
/* Order and products                                                 */
/* ------------------------------------------------------------------ */

static int present(const struct oracle *o, size_t i)
{
	return !isnan(o->x[i]) && !(o->y != NULL && isnan(o->y[i]));
}

/* Multiplies the product by a factor, in double-double. */
static void times(struct oracle *o, double x)
{
	struct big a, b;
	int e, shift;
	double m = frexp(x, &e);
	big_set(&a, o->product.hi);
	big_set(&b, o->product.lo);
	big_add(&a, &a, &b);
	big_set(&b, m);
	big_mul(&a, &a, &b);
	(void)frexp(big_double(&a), &shift);
	big_set(&b, ldexp(1.0, -shift));
	big_mul(&a, &a, &b);
	o->product.hi = big_double(&a);
	big_set(&b, o->product.hi);
	big_sub(&a, &a, &b);
	o->product.lo = big_double(&a);
	o->product.e += e + shift;
}

static void multiply(struct oracle *o, double x)
{
	if (x == 0 || isinf(x)) {
		o->wild *= x;
		return;
	}
	o->wild *= copysign(1.0, x);
	times(o, x);
}

/* Updates extremes; of equal ones the newest counts. */
static void visit(struct oracle *o, size_t i)
{
	if (o->oldest == o->n)
		o->oldest = o->low = o->high = i;
	o->newest = i;
	if (o->x[i] <= o->x[o->low])
		o->low = i;
	if (o->x[i] >= o->x[o->high])
		o->high = i;
}

void oracle_walk(struct oracle *o, const double *x, const double *y, size_t n)
{
	o->x = x;
	o->y = y;
	o->n = n;
	o->oldest = o->newest = o->low = o->high = n;
	o->wild = 1.0;
	o->product.hi = 1.0;
	o->product.lo = o->product.e = 0.0;
	for (size_t i = 0; i < n; i++) {
		if (!present(o, i))
			continue;
		visit(o, i);
		if (o->depth > 2)
			multiply(o, x[i]);
	}
}

int oracle_walks(int id)
{
	return (stat_traits(id) & STAT_WALK) != 0;
}

void oracle_scan(struct oracle *o, int depth, const double *x, const double *y,
    size_t n)
{
	oracle_init(o, depth, y != NULL);
	for (size_t i = 0; i < n; i++)
		oracle_add(o, x[i], y != NULL ? y[i] : 0.0);
	oracle_settle(o);
	oracle_walk(o, x, y, n);
}

/* ------------------------------------------------------------------ */
/* Answers                                                            */
/* ------------------------------------------------------------------ */

static struct expect near(double want, double slack)
{
	struct expect e;
	e.want = want;
	e.slack = slack;
	return e;
}

static struct expect exactly(double want)
{
	return near(want, 0.0);
}

static struct expect nothing(void)
{
	return exactly((double)NAN);
}

/* Relative, and half a step of the smallest subnormals beside. */
static struct expect within(double want, double relative)
{
	return near(want, fabs(want) * relative + 0x1p-1074);
}

/*
 * The root of a sum of squares. Where those are smaller than any double,
 * below 1e-154, the root has lost digits: an absolute error of the root
 * of the smallest one.
 */
static struct expect root(double want, double relative)
{
	return near(want, fabs(want) * relative + 0x1p-536);
}

static double ulp(double x)
{
	x = fabs(x);
	if (!(x < DBL_MAX))
		return 0x1p971;
	return nextafter(x, HUGE_VAL) - x;
}

static double exact_sum(const struct oracle *o, int id)
{
	if (o->plus > 0 && o->minus > 0)
		return (double)NAN;
	if (o->wild_x > 0)
		return o->plus > 0 ? HUGE_VAL : -HUGE_VAL;
	if (id == LEAT_STAT_SUM)
		return big_double(&o->s[1]);
	return big_ratio(&o->s[1], &o->w);
}

double oracle_condition(const struct oracle *o)
{
	if (o->s[1].sign == 0)
		return o->abs.sign == 0 ? 1.0 : HUGE_VAL;
	return fabs(big_ratio(&o->abs, &o->s[1]));
}

/* |got - exact| for the sum, W |got - exact| for the mean. */
static void residual(const struct oracle *o, int id, double got, struct big *r)
{
	big_set(r, got);
	if (id == LEAT_STAT_MEAN)
		big_mul(r, r, &o->w);
	big_sub(r, r, &o->s[1]);
	if (r->sign < 0)
		big_neg(r);
}

double oracle_ulps(const struct oracle *o, int id, double got)
{
	struct big off, unit;
	residual(o, id, got, &off);
	big_set(&unit, ulp(exact_sum(o, id)));
	if (id == LEAT_STAT_MEAN)
		big_mul(&unit, &unit, &o->w);
	return big_ratio(&off, &unit);
}

/*
 * Checks the bounds of leat_stat(3): half an ulp of a sum, an ulp of a mean,
 * and 2^-150 sum |x|, which only values that cancel can tell from 0.
 */
static int sum_agrees(const struct oracle *o, int id, double got)
{
	double want = exact_sum(o, id);
	struct big off, slack, unit, half;

	if (!isfinite(got) || !isfinite(want))
		return got == want || (isnan(got) && isnan(want));
	residual(o, id, got, &off);
	big_set(&unit, 0x1p-150);
	big_mul(&slack, &unit, &o->abs);
	big_set(&unit, fmax(ulp(want), ulp(got)));
	big_set(&half, 0.5);
	big_mul(&unit, &unit, id == LEAT_STAT_MEAN ? &o->w : &half);
	big_add(&slack, &slack, &unit);
	return big_cmp_mag(&off, &slack) <= 0;
}

/* Sum of squares around the mean over W or over what ddof 1 makes it. */
static struct wide spread(const struct oracle *o, const struct big *m,
    int population)
{
	struct big divisor;
	big_mul(&divisor, &o->w, &o->w);
	if (!population)
		big_sub(&divisor, &divisor, &o->w2);
	return wide_div(wide_of(m), wide_of(&divisor));
}

/*
 * Returns whether ddof 1 leaves nothing: one value, or one with all the weight.
 */
static int too_few(const struct oracle *o, int population)
{
	struct big divisor;
	if (population)
		return o->count < 1;
	big_mul(&divisor, &o->w, &o->w);
	big_sub(&divisor, &divisor, &o->w2);
	return divisor.sign <= 0;
}

static struct expect variance(const struct oracle *o, int population)
{
	if (too_few(o, population) || o->wild_x > 0)
		return nothing();
	if (o->m2.sign == 0)
		return exactly(0.0);
	return within(wide_double(spread(o, &o->m2, population)), o->tight);
}

static struct expect stddev(const struct oracle *o, int population, int error)
{
	if (too_few(o, population) || o->wild_x > 0)
		return nothing();
	if (o->m2.sign == 0)
		return exactly(0.0);
	struct wide v = spread(o, &o->m2, population);
	if (error)
		v = wide_div(v, wide_set((double)o->count));
	return root(wide_double(wide_sqrt(v)), o->tight);
}

/* g1 = M3 / M2^1.5; G1 = g1 sqrt(n (n - 1)) / (n - 2) */
static struct expect skewness(const struct oracle *o, int population)
{
	double n = (double)o->count;
	if (o->wild_x > 0 || o->m2.sign == 0 || (!population && n < 3))
		return nothing();
	struct wide m2 = wide_of(&o->m2);
	struct wide g = wide_div(wide_of(&o->m3), m2);
	g = wide_div(g, wide_sqrt(m2));
	double want = wide_double(g);
	if (!population)
		want *= sqrt(n * (n - 1)) / (n - 2);
	return near(want, 1e-11 * fmax(1.0, fabs(want)));
}

/*
 * g2 = (M4 - 3 M2^2) / M2^2;
 * G2 = ((n + 1) g2 + 6) (n - 1) / ((n - 2) (n - 3))
 */
static struct expect kurtosis(const struct oracle *o, int population)
{
	double n = (double)o->count;
	if (o->wild_x > 0 || o->m2.sign == 0 || (!population && n < 4))
		return nothing();
	struct big square, six, top;
	big_mul(&square, &o->m2, &o->m2);
	big_mul_u64(&top, &square, 3);
	big_sub(&top, &o->m4, &top);
	if (!population) {
		big_mul_u64(&top, &top, o->count + 1);
		big_mul_u64(&six, &square, 6);
		big_add(&top, &top, &six);
	}
	double want = big_ratio(&top, &square);
	if (!population)
		want *= (n - 1) / ((n - 2) * (n - 3));
	return near(want, 1e-11 * fmax(1.0, fabs(want)));
}

static struct expect zscore(const struct oracle *o)
{
	struct expect s = stddev(o, 0, 0);
	if (isnan(s.want))
		return nothing();
	double last = o->x[o->newest];
	if (o->m2.sign == 0)
		return nothing(); /* 0 / 0 */
	struct big d;
	big_set(&d, last);
	big_mul(&d, &d, &o->w);
	big_sub(&d, &d, &o->s[1]);
	struct wide z = wide_div(wide_of(&d), wide_of(&o->w));
	z = wide_div(z, wide_sqrt(spread(o, &o->m2, 0)));
	double want = wide_double(z);
	return near(want, 1e-13 * fmax(1.0, fabs(want)));
}

static struct expect order(const struct oracle *o, int id)
{
	size_t low = o->low, high = o->high;
	double first = o->x[o->oldest], last = o->x[o->newest];
	double change = isfinite(last - first)
	    ? (last - first) / first
	    : (last / 2 - first / 2) / (first / 2);

	switch (id) {
	case LEAT_STAT_MIN:
		return exactly(o->x[low]);
	case LEAT_STAT_MAX:
		return exactly(o->x[high]);
	case LEAT_STAT_RANGE:
		return exactly(o->x[high] - o->x[low]);
	case LEAT_STAT_ARGMIN:
		return exactly((double)(o->n - 1 - low));
	case LEAT_STAT_ARGMAX:
		return exactly((double)(o->n - 1 - high));
	case LEAT_STAT_FIRST:
		return exactly(first);
	case LEAT_STAT_LAST:
		return exactly(last);
	default:
		if (!isfinite(change))
			return exactly(change);
		return within(change, 4e-16);
	}
}

static struct expect product(const struct oracle *o)
{
	double e = o->product.e;
	if (fabs(o->wild) != 1)
		return exactly(o->wild);
	if (fabs(e) > 5000)
		return exactly(e > 0 ? o->wild * HUGE_VAL : o->wild * 0.0);
	double want = ldexp(o->product.hi, (int)e);
	return within(want, ((double)o->n + 2) * 0x1p-52);
}

/*
 * (hi 2^e)^(1/n), with e = q n + r: 2^q times the root of hi 2^r, so that
 * what goes through the library's logarithm is small.
 */
static struct expect geomean(const struct oracle *o)
{
	double n = (double)o->count;
	if (isnan(o->wild) || o->wild < 0)
		return nothing();
	if (o->wild != 1)
		return exactly(o->wild);
	double q = floor(o->product.e / n);
	double r = o->product.e - q * n;
	double n_th = exp2((r + log2(o->product.hi)) / n);
	double want = ldexp(n_th, (int)q);
	return within(want, 1e-14);
}

static double root_mean_square(const struct big *squares, const struct big *w)
{
	struct wide mean = wide_div(wide_of(squares), wide_of(w));
	return wide_double(wide_sqrt(mean));
}

static struct expect squares(const struct oracle *o, int id)
{
	if (o->wild_x > 0)
		return exactly(HUGE_VAL);
	if (id == LEAT_STAT_SUM_OF_SQUARES)
		return within(big_double(&o->s[2]), o->tight);
	return root(root_mean_square(&o->s[2], &o->w), o->tight);
}

/* Covariance is held to the bound of variances, of sx sy. */
static struct expect covariance(const struct oracle *o, int population)
{
	if (too_few(o, population))
		return nothing();
	double want = wide_double(spread(o, &o->mxy, population));
	struct wide sx = wide_sqrt(spread(o, &o->m2, population));
	struct wide sy = wide_sqrt(spread(o, &o->my, population));
	double slack = wide_double(wide_mul(sx, sy)) * o->tight;
	return near(want, slack + 0x1p-1074);
}

static struct expect correlation(const struct oracle *o)
{
	if (o->m2.sign == 0 || o->my.sign == 0)
		return nothing();
	struct wide r = wide_div(wide_of(&o->mxy), wide_sqrt(wide_of(&o->m2)));
	r = wide_div(r, wide_sqrt(wide_of(&o->my)));
	return near(wide_double(r), o->tight);
}

/* sy / sx, the size that slopes have here. */
static double steepness(const struct oracle *o)
{
	struct wide r = wide_div(wide_of(&o->my), wide_of(&o->m2));
	return wide_double(wide_sqrt(r));
}

static struct expect slope(const struct oracle *o)
{
	if (o->m2.sign == 0)
		return nothing();
	double want = big_ratio(&o->mxy, &o->m2);
	double slack = 2 * o->tight * steepness(o);
	return near(want, slack + ulp(want));
}

/*
 * (S_y M2 - Mxy S_x) / (W M2). The line is anchored at the mean of x: an
 * error of the slope counts as often as the mean is away from 0, and
 * beside it the roundings of numbers as large as the values.
 */
static struct expect intercept(const struct oracle *o)
{
	if (o->m2.sign == 0)
		return nothing();
	struct big top, t;
	big_mul(&top, &o->y1, &o->m2);
	big_mul(&t, &o->mxy, &o->s[1]);
	big_sub(&top, &top, &t);
	struct wide w = wide_mul(wide_of(&o->w), wide_of(&o->m2));
	double want = wide_double(wide_div(wide_of(&top), w));
	double x = fabs(big_ratio(&o->s[1], &o->w));
	double slack = 2 * o->tight * steepness(o) * x;
	slack += 8 * ulp(root_mean_square(&o->s[2], &o->w) * steepness(o));
	slack += 8 * ulp(root_mean_square(&o->y2, &o->w));
	return near(want, slack);
}

static struct expect of_pairs(const struct oracle *o, int id)
{
	if (o->wild_x > 0 || o->wild_y > 0)
		return nothing();
	switch (id) {
	case LEAT_STAT_COVARIANCE:
		return covariance(o, 0);
	case LEAT_STAT_COVARIANCE_POP:
		return covariance(o, 1);
	case LEAT_STAT_CORRELATION:
		return correlation(o);
	case LEAT_STAT_SLOPE:
		return slope(o);
	default:
		return intercept(o);
	}
}

/* ------------------------------------------------------------------ */
/* Accuracy of predictions                                            */
/* ------------------------------------------------------------------ */

/* 0, or what infinite differences make of their mean. */
static double wild_error(const struct oracle *o, int of_size)
{
	uint64_t minus = of_size ? 0 : o->errors.minus;
	uint64_t plus = o->errors.plus + (of_size ? o->errors.minus : 0);

	if (o->errors.none > 0 || (plus > 0 && minus > 0))
		return (double)NAN;
	return plus > 0 ? HUGE_VAL : minus > 0 ? -HUGE_VAL : 0.0;
}

/*
 * A mean is off by an ulp and, where terms cancel, by what leat_stat(3) says
 * of sums of the same size.
 */
static struct expect mean_error(const struct oracle *o, int of_size)
{
	double n = (double)o->count, wild = wild_error(o, of_size);
	double size = big_ratio(&o->errors.size, &o->w);
	const struct big *sum = of_size ? &o->errors.size : &o->errors.bias;

	if (wild != 0)
		return exactly(wild);
	if (o->joined || n > 0x1p26)
		n *= n;
	double want = big_ratio(sum, &o->w);
	return near(want,
	    ulp(want) + 8 * n * 0x1p-106 * size +
		(o->fades ? o->tight : 0) * size);
}

static struct expect square_error(const struct oracle *o, int id)
{
	double wild = wild_error(o, 1);

	if (wild != 0)
		return exactly(wild);
	if (id == LEAT_STAT_MSE)
		return within(big_ratio(&o->errors.square, &o->w), o->tight);
	return root(root_mean_square(&o->errors.square, &o->w), o->tight);
}

/* 1 - SE / SS, with SS = my / W */
static struct expect explained(const struct oracle *o)
{
	struct big top;

	if (o->wild_x > 0 || o->wild_y > 0 || o->my.sign == 0)
		return nothing();
	big_mul(&top, &o->errors.square, &o->w);
	double share = big_ratio(&top, &o->my);
	return near(1 - share, (4 * o->tight + 1e-14) * (share + 1));
}

static struct expect log_loss(const struct oracle *o)
{
	if (o->errors.outside > 0)
		return nothing();
	return within(big_ratio(&o->errors.loss, &o->w),
	    2e-15 + (o->fades ? o->tight : 0));
}

/* A place among n, and whether y is above a half. */
struct ranked {
	double x;
	int above;
};

static int by_x(const void *a, const void *b)
{
	double x = ((const struct ranked *)a)->x;
	double y = ((const struct ranked *)b)->x;

	return (x > y) - (x < y);
}

/* Walks through the values in order, groups of equal ones at a time. */
static double area_of(const struct ranked *r, size_t n)
{
	uint64_t twice = 0, below = 0, above = 0;

	for (size_t i = 0, j; i < n; i = j) {
		uint64_t here = 0;
		for (j = i; j < n && !(r[j].x > r[i].x); j++)
			here += (uint64_t)r[j].above;
		twice += here * (2 * below + (uint64_t)(j - i) - here);
		below += (uint64_t)(j - i) - here;
		above += here;
	}
	if (above == 0 || below == 0)
		return (double)NAN;
	return (double)twice / (double)(2 * above * below);
}

static struct expect area(const struct oracle *o)
{
	struct ranked *r = malloc(o->n * sizeof(*r));
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		if (present(o, i)) {
			r[n].x = o->x[i];
			r[n++].above = o->y[i] > 0.5;
		}
	qsort(r, n, sizeof(*r), by_x);
	double want = area_of(r, n);
	free(r);
	return exactly(want);
}

static struct expect of_predictions(const struct oracle *o, int id)
{
	switch (id) {
	case LEAT_STAT_MAE:
	case LEAT_STAT_BIAS:
		return mean_error(o, id == LEAT_STAT_MAE);
	case LEAT_STAT_MSE:
	case LEAT_STAT_RMSE:
		return square_error(o, id);
	case LEAT_STAT_R2:
		return explained(o);
	case LEAT_STAT_LOG_LOSS:
		return log_loss(o);
	case LEAT_STAT_ACCURACY:
		return near(big_ratio(&o->errors.hits, &o->w),
		    o->fades ? o->tight : 0);
	case LEAT_STAT_COVERAGE:
		return near(big_ratio(&o->errors.covered, &o->w),
		    o->fades ? o->tight : 0);
	default:
		return area(o);
	}
}

/*
 * Differences, or sums of their squares, that are larger than any double, and
 * ratios of squares that are too large or too small.
 */
static int errors_out_of_range(const struct oracle *o, int id, double got)
{
	long squares = magnitude(&o->errors.square);

	if (o->fades)
		return 0;
	switch (id) {
	case LEAT_STAT_MAE:
	case LEAT_STAT_BIAS:
		return !isfinite(got) && magnitude(&o->errors.size) > 1022;
	case LEAT_STAT_MSE:
	case LEAT_STAT_RMSE:
		return got == HUGE_VAL && squares > 1021;
	case LEAT_STAT_R2:
		return isnan(got) &&
		    (squares > 1021 ||
			(o->my.sign != 0 &&
			    (magnitude(&o->my) - magnitude(&o->w) > 1020 ||
				magnitude(&o->my) - magnitude(&o->w) < -955)));
	default:
		return 0;
	}
}

static int is_error(int id)
{
	return (stat_traits(id) & STAT_ERRORS) == STAT_ERRORS;
}

struct expect oracle_expect(const struct oracle *o, int id)
{
	if (id == LEAT_STAT_COUNT)
		return exactly((double)o->count);
	if (id == LEAT_STAT_COUNT_MISSING)
		return exactly((double)o->missing);
	if (o->count == 0)
		return nothing();

	switch (id) {
	case LEAT_STAT_SUM:
	case LEAT_STAT_MEAN:
		return exactly(exact_sum(o, id));
	case LEAT_STAT_VARIANCE:
		return variance(o, 0);
	case LEAT_STAT_VARIANCE_POP:
		return variance(o, 1);
	case LEAT_STAT_STDDEV:
		return stddev(o, 0, 0);
	case LEAT_STAT_STDDEV_POP:
		return stddev(o, 1, 0);
	case LEAT_STAT_STDERR:
		return stddev(o, 0, 1);
	case LEAT_STAT_STDERR_POP:
		return stddev(o, 1, 1);
	case LEAT_STAT_SKEWNESS:
		return skewness(o, 0);
	case LEAT_STAT_SKEWNESS_POP:
		return skewness(o, 1);
	case LEAT_STAT_KURTOSIS:
		return kurtosis(o, 0);
	case LEAT_STAT_KURTOSIS_POP:
		return kurtosis(o, 1);
	case LEAT_STAT_ZSCORE:
		return zscore(o);
	case LEAT_STAT_PRODUCT:
		return product(o);
	case LEAT_STAT_GEOMETRIC_MEAN:
		return geomean(o);
	case LEAT_STAT_SUM_OF_SQUARES:
	case LEAT_STAT_RMS:
		return squares(o, id);
	case LEAT_STAT_COVARIANCE:
	case LEAT_STAT_COVARIANCE_POP:
	case LEAT_STAT_CORRELATION:
	case LEAT_STAT_SLOPE:
	case LEAT_STAT_INTERCEPT:
		return of_pairs(o, id);
	default:
		if (is_error(id))
			return of_predictions(o, id);
		return order(o, id);
	}
}

/* The power of deviations or of values that a statistic is made from. */
static int power_of(int id)
{
	switch (id) {
	case LEAT_STAT_SKEWNESS:
	case LEAT_STAT_SKEWNESS_POP:
		return 3;
	case LEAT_STAT_KURTOSIS:
	case LEAT_STAT_KURTOSIS_POP:
		return 4;
	default:
		return id < LEAT_STAT_VARIANCE ? 1 : 2;
	}
}

/* The sum of squared deviations is below two to this. */
static long squares_magnitude(const struct oracle *o, const struct big *m)
{
	return m->sign != 0 ? magnitude(m) - magnitude(&o->w) + 1 : -5000;
}

/* Returns whether squares, or intermediate sums of them, may overflow. */
static int is_large(const struct oracle *o, const struct big *m)
{
	return squares_magnitude(o, m) > 1021;
}

/*
 * Returns whether a sum of powers behind the statistic exceeds any double,
 * although the statistic itself may not: the standard deviation of 1e300 and 0,
 * the skewness of 1e150 and 0. A spread is infinite then and a ratio NaN; with
 * decaying weights neither is.
 */
static int out_of_range(const struct oracle *o, int id, double got)
{
	if (o->trim != 0 || o->depth < 2)
		return 0;
	if (id >= LEAT_STAT_VARIANCE && id <= LEAT_STAT_STDERR_POP)
		return got == HUGE_VAL && is_large(o, &o->m2);
	switch (id) {
	case LEAT_STAT_RMS:
		return got == HUGE_VAL && magnitude(&o->s[2]) > 1022;
	case LEAT_STAT_SKEWNESS:
	case LEAT_STAT_SKEWNESS_POP:
	case LEAT_STAT_KURTOSIS:
	case LEAT_STAT_KURTOSIS_POP:
		return isnan(got) &&
		    squares_magnitude(o, &o->m2) * power_of(id) > 2 * 1005;
	case LEAT_STAT_CORRELATION:
		return isnan(got) &&
		    (is_large(o, &o->m2) || is_large(o, &o->my));
	case LEAT_STAT_ZSCORE:
	case LEAT_STAT_SLOPE:
	case LEAT_STAT_INTERCEPT:
		return isnan(got) && is_large(o, &o->m2);
	default:
		return 0;
	}
}

static long spread_magnitude(const struct oracle *o, const struct big *m)
{
	return m->sign != 0 ? magnitude(m) - 2 * magnitude(&o->w) : 0;
}

/*
 * The other end: squared deviations so small that doubles no longer hold
 * all their digits, those of values that differ by less than 1e-145. Then
 * a ratio of two such sums may be NaN, but not a number that is wrong.
 */
static int too_small(const struct oracle *o, int id)
{
	int ratio = power_of(id) > 2 || id == LEAT_STAT_ZSCORE ||
	    (id >= LEAT_STAT_CORRELATION && id <= LEAT_STAT_INTERCEPT);
	long e = spread_magnitude(o, &o->m2);
	if (o->pairs && spread_magnitude(o, &o->my) < e)
		e = spread_magnitude(o, &o->my);
	return ratio && e / 2 * power_of(id) < -960;
}

/* The end of the doubles may lie within the slack. */
static int beside(struct expect e, double got)
{
	if (!isinf(e.want) && !isinf(got))
		return !(fabs(got - e.want) > e.slack);
	if (signbit(got) != signbit(e.want) && !(e.slack >= DBL_MAX))
		return 0;
	return fmin(fabs(got), fabs(e.want)) + e.slack >= DBL_MAX;
}

/* |covariance - got| against its slack, both of which may be beyond doubles. */
static int covariance_agrees(const struct oracle *o, int population, double got)
{
	struct big divisor, off, least;
	struct wide slack, both = wide_mul(wide_of(&o->m2), wide_of(&o->my));

	big_mul(&divisor, &o->w, &o->w);
	if (!population)
		big_sub(&divisor, &divisor, &o->w2);
	big_set(&off, isinf(got) ? copysign(DBL_MAX, got) : got);
	big_mul(&off, &off, &divisor);
	big_sub(&off, &off, &o->mxy);
	if (isinf(got) && off.sign * o->mxy.sign <= 0)
		return 1;
	big_set(&least, 0x1p-1074);
	big_mul(&least, &least, &divisor);
	slack = wide_mul(wide_set(o->tight), wide_sqrt(both));
	return big_cmp_mag(&off, &least) <= 0 ||
	    wide_double(wide_div(wide_of(&off), slack)) <= 1;
}

int oracle_agrees(const struct oracle *o, int id, double got)
{
	int summed = id == LEAT_STAT_SUM || id == LEAT_STAT_MEAN;
	if (summed && o->count > 0 && o->trim == 0)
		return sum_agrees(o, id, got);
	struct expect e = oracle_expect(o, id);
	if (is_error(id))
		return errors_out_of_range(o, id, got) ||
		    (isnan(e.want) ? isnan(got) : beside(e, got));
	if (out_of_range(o, id, got))
		return 1;
	if (isnan(got) && o->depth > 1 && too_small(o, id))
		return 1;
	if (isnan(e.want) || isnan(got))
		return isnan(e.want) && isnan(got);
	if (id == LEAT_STAT_CORRELATION && fabs(got) > 1)
		return 0;
	if (id == LEAT_STAT_COVARIANCE || id == LEAT_STAT_COVARIANCE_POP)
		return covariance_agrees(o, id == LEAT_STAT_COVARIANCE_POP,
		    got);
	return beside(e, got);
}
