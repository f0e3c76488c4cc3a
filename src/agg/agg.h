/*
 * agg.h - how values combine
 *
 * A class stands for runs of samples by partials that can be extended by
 * one sample at either end and joined. Each class has two forms of them:
 *
 *   the accumulator, `size` bytes, which grows sample by sample and may
 *   carry terms that catch rounding errors;
 *   the partial proper, its first `packed` bytes, which is what tables
 *   and panes store. fold() makes them complete: it rounds the extra terms
 *   into them. An accumulator whose extra bytes are zero is a valid one,
 *   so a partial is turned back by copying and clearing.
 *
 * Samples that are missing never reach a class.
 *
 * Every engine asks classes to lower their combined partial into one
 * leat_summary, from which leat_plan_lower() computes the statistics.
 */
#ifndef LEAT_AGG_H
#define LEAT_AGG_H

#include "../core/core.h"

struct leat_summary {
	double n;          /* values that are not missing */
	double missing;
	double last;       /* newest value that is not missing */
	double pushed;     /* all pushes since reset */
	double hi, lo;     /* sum */
	double k, mu, m2;  /* mean is k + mu; sum of squared deviations */
	double g2, g3, g4; /* central moment sums, for shape */
	double min, max;
	double argmin, argmax; /* number of the push */
	double first;
	double mantissa, exponent; /* product */
	double sq_hi, sq_lo;       /* sum of squares */
	double mean_x, mean_y, m2x, m2y, cxy;
};

struct leat_class {
	size_t size, packed;
	void (*identity)(const leat_agg *agg, void *acc);
	void (*append)(const leat_agg *agg, void *acc, const leat_sample *s);
	void (*prepend)(const leat_agg *agg, void *acc, const leat_sample *s);
	void (*combine)(const leat_agg *agg, void *acc, const void *right);
	void (*fold)(void *acc); /* NULL: nothing to round */
	void (*lower)(const void *acc, struct leat_summary *out);
};

enum leat_class_id {
	LEAT_CLASS_NONE, /* what every window knows without a class */
	LEAT_CLASS_SUM,
	LEAT_CLASS_MOMENTS,
	LEAT_CLASS_SHAPE,
	LEAT_CLASS_MIN,
	LEAT_CLASS_MAX,
	LEAT_CLASS_ARGMIN,
	LEAT_CLASS_ARGMAX,
	LEAT_CLASS_FIRST,
	LEAT_CLASS_PRODUCT,
	LEAT_CLASS_SQUARES,
	LEAT_CLASS_PAIRS,
	LEAT_CLASS_USER,
	LEAT_N_CLASSES
};

extern const struct leat_class leat_class_sum, leat_class_moments,
    leat_class_shape, leat_class_min, leat_class_max, leat_class_argmin,
    leat_class_argmax, leat_class_first, leat_class_product,
    leat_class_squares, leat_class_pairs, leat_class_user;

/* What a statistic is made from; part of the table in stat.c. */
struct leat_stat_info {
	const char *name, *alias;
	int id;
	unsigned classes; /* bits 1 << enum leat_class_id */
	int pairs;
	int decays; /* makes sense with weights */
};

const struct leat_stat_info *leat_stat_find(int id);
const struct leat_class *leat_class_find(enum leat_class_id id);

/*
 * The number to report for one statistic; not for classes of the user,
 * whose result their own lower() gives. now: pushes since reset.
 */
double leat_summary_stat(const struct leat_summary *s, int id);

/* ------------------------------------------------------------------ */
/* Sums                                                               */
/* ------------------------------------------------------------------ */

/*
 * A sum in three terms: hi is the plain sum, lo the sum of the errors of
 * hi's additions, lo2 that of lo's. Two would do for well-conditioned
 * sums; the third keeps the last bit right when the sum is 1e15 times
 * smaller than what was added. (Ogita, Rump, Oishi, "Accurate sum and dot
 * product", SIAM J. Sci. Comput. 26, 2005.)
 */
struct leat_sum {
	double hi, lo; /* the partial */
	double lo2;
};

LEAT_INLINE void leat_sum_add(struct leat_sum *s, double x)
{
	double e, e2;

	leat_two_sum(s->hi, x, &s->hi, &e);
	leat_two_sum(s->lo, e, &s->lo, &e2);
	s->lo2 += e2;
}

LEAT_INLINE void leat_sum_fold(struct leat_sum *s)
{
	s->lo += s->lo2;
	s->lo2 = 0;
}

/* hi + lo; the errors of a sum that overflowed or met an infinity are NaN. */
LEAT_INLINE double leat_sum_value(double hi, double lo)
{
	double s = hi + lo;

	return s == s ? s : hi;
}

/*
 * The quotient's own rounding is the only one of hi that counts: lo / n
 * puts back what hi had lost. Within 1 ulp.
 */
LEAT_INLINE double leat_sum_mean(double hi, double lo, double n)
{
	double q = hi / n;
	double m = q + lo / n;

	return m == m ? m : q;
}

/* The same for two sums at once: a prefix and a suffix. */
struct leat_sum_lanes {
	leat_lane hi, lo, lo2;
};

/* x with 0 where a value is missing. */
LEAT_INLINE void leat_sum_lanes_add(struct leat_sum_lanes *s, leat_lane x)
{
	leat_lane e, e2;

	leat_lane_two_sum(s->hi, x, &s->hi, &e);
	leat_lane_two_sum(s->lo, e, &s->lo, &e2);
	s->lo2 = leat_lane_add(s->lo2, e2);
}

/* ------------------------------------------------------------------ */
/* Mean and squared deviations                                        */
/* ------------------------------------------------------------------ */

/*
 * Squared deviations by Welford's recurrence (Technometrics 4, 1962) on
 * x - k, where k is a value of the run itself: neither a large mean nor a
 * value outside the run costs digits. All terms of m2 are positive; their
 * rounding errors are caught in c2.
 */
struct leat_moments {
	struct {
		double hi, lo; /* exact sum, for the mean */
		double n, k, mu, m2;
	} p; /* the partial */
	double lo2, c2;
};

/*
 * s + t for s >= 0, t >= 0 and the error in *c. Only where t > s is the
 * error itself rounded, and then s at least doubles, so this happens too
 * seldom to add up.
 */
LEAT_INLINE void leat_add_positive(double *s, double *c, double t)
{
	double sum = *s + t;

	*c += t - (sum - *s);
	*s = sum;
}

/* A positive sum that overflowed has NaN for its error. */
LEAT_INLINE double leat_positive_value(double s, double c)
{
	double v = s + c;

	return v == v ? v : s;
}

struct leat_moments_lanes {
	struct leat_sum_lanes sum;
	leat_lane n, k, mu, m2, c2;
};

/*
 * Chan, Golub and LeVeque (1983) for three neighbouring runs at once, each
 * not empty, deviations taken from the mean of the middle one. Half of it
 * is a push of its own where two are combined at a time.
 */
struct leat_run {
	leat_lane hi, lo, n, k, mu, m2;
};

LEAT_INLINE void leat_run_combine3(const struct leat_run *a,
    const struct leat_run *b, const struct leat_run *d, leat_lane rn,
    struct leat_run *out)
{
	leat_lane ea, ed, u, ma, mb, md;

	leat_lane_two_sum(a->hi, b->hi, &u, &ea);
	leat_lane_two_sum(u, d->hi, &out->hi, &ed);
	out->lo = leat_lane_add(leat_lane_add(leat_lane_add(a->lo, b->lo), ea),
	    leat_lane_add(d->lo, ed));

	ma = leat_lane_add(leat_lane_sub(a->k, b->k),
	    leat_lane_sub(a->mu, b->mu));
	md = leat_lane_add(leat_lane_sub(d->k, b->k),
	    leat_lane_sub(d->mu, b->mu));
	mb = leat_lane_mul(leat_lane_add(leat_lane_mul(a->n, ma),
			       leat_lane_mul(d->n, md)),
	    rn);
	out->k = b->k;
	out->mu = leat_lane_add(b->mu, mb);
	ma = leat_lane_sub(ma, mb);
	md = leat_lane_sub(md, mb);
	u = leat_lane_add(leat_lane_mul(leat_lane_mul(a->n, ma), ma),
	    leat_lane_mul(leat_lane_mul(d->n, md), md));
	u = leat_lane_add(u, leat_lane_mul(leat_lane_mul(b->n, mb), mb));
	out->m2 = leat_lane_add(leat_lane_add(a->m2, d->m2),
	    leat_lane_add(b->m2, u));
}

#endif
