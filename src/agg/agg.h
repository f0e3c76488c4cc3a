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
 * Samples that are missing never reach a class. Where order matters,
 * samples have to come in the order of time, and of equal times in that of
 * arrival; classes marked any_order take them in any.
 *
 * Every engine asks classes to lower their combined partial into one
 * leat_summary, from which leat_lower() computes the statistics.
 */
#ifndef LEAT_AGG_H
#define LEAT_AGG_H

#include "../core/core.h"
#include "../state/state.h"

/*
 * Values along time and the integral below them, see timemean.c; v_first
 * is NaN while there is none.
 */
struct leat_path {
	int64_t t_first, t_last;
	double v_first, v_last;
	double hi, lo;
};

/* Of predictions: errors.c, and the moments of targets. */
struct leat_error_sums {
	double bias_hi, bias_lo; /* sum of x - y */
	double distance_hi, distance_lo;
	double loss_hi, loss_lo;
	double square_hi, square_lo;
	double targets; /* sum of squared deviations of y */
	double hits, covered;
	double auc; /* from the engine, which has the order of values */
};

/*
 * Times are the numbers of pushes in windows by count. n, missing,
 * last_tick, carry_to and range come from the engine, and in windows by
 * count last, too; all else from classes.
 */
struct leat_summary {
	double n; /* values that are not missing */
	double missing;
	double last;       /* newest value that is not missing */
	int64_t last_tick; /* of the window: pushed - 1, or end - 1 */
	int64_t carry_to;  /* until when the last value holds */
	double range;      /* ticks that a rate is over; 0: as counted */
	double hi, lo;     /* sum */
	double k, mu, m2;  /* mean is k + mu; sum of squared deviations */
	double g2, g3, g4; /* central moment sums, for shape */
	double min, max;
	int64_t argmin, argmax; /* their times */
	double first;
	double mantissa, exponent; /* product */
	double sq_hi, sq_lo;       /* sum of squares */
	double mean_x, mean_y, mu_y, m2x, m2y;
	double cxy, unit_x, unit_y;  /* the mixed sum, times both units */
	double increase, counted;    /* and the ticks from first to last */
	struct leat_path hold, line; /* by steps, and by lines */
	struct leat_error_sums errors;
};

/* A range of n samples whose times lie between two, both included. */
struct leat_samples {
	uint64_t n;
	int64_t from, to;
	/*
	 * Such runs may have been joined by a version that left the times of
	 * the second one as they were: a first time may be after the last one.
	 */
	int joined;
};

LEAT_INLINE int leat_may_be_at(const struct leat_samples *of, int64_t t)
{
	return of->from <= t && t <= of->to;
}

/* Tells whether the first sample and the last one can have these times. */
LEAT_INLINE int leat_may_span(const struct leat_samples *of, int64_t first,
    int64_t last)
{
	return leat_may_be_at(of, first) && leat_may_be_at(of, last) &&
	    (first <= last || of->joined);
}

struct leat_class {
	size_t size, packed;
	void (*identity)(const leat_agg *agg, void *acc);
	void (*append)(const leat_agg *agg, void *acc, const leat_sample *s);
	void (*prepend)(const leat_agg *agg, void *acc, const leat_sample *s);
	void (*combine)(const leat_agg *agg, void *acc, const void *right);
	void (*fold)(void *acc); /* NULL: nothing to round */
	void (*lower)(const void *acc, struct leat_summary *out);
	int any_order; /* samples may come in any order */
	/*
	 * An accumulator is numbers of eight bytes: doubles, but for those
	 * whose bit is in `integers`; the one at `counts`, from 1, is how many
	 * samples there are (0: none is).
	 */
	unsigned integers;
	size_t counts;
	/*
	 * Whether samples, of which there are some, can have made such an
	 * accumulator. NULL: any numbers can be one.
	 */
	int (*fits)(const void *acc, const struct leat_samples *of);
	unsigned times; /* of `integers`, those that are a sample's time */
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
	LEAT_CLASS_EARLIEST,
	LEAT_CLASS_LATEST,
	LEAT_CLASS_COUNTER,
	LEAT_CLASS_HOLD,
	LEAT_CLASS_TRAPEZOID,
	LEAT_CLASS_BIAS,
	LEAT_CLASS_DISTANCE,
	LEAT_CLASS_LOSS,
	LEAT_CLASS_ERROR_SQUARES,
	LEAT_CLASS_TARGETS,
	LEAT_CLASS_HITS,
	LEAT_CLASS_COVERED,
	LEAT_CLASS_USER,
	LEAT_N_CLASSES
};

extern const struct leat_class leat_class_sum, leat_class_moments,
    leat_class_shape, leat_class_min, leat_class_max, leat_class_argmin,
    leat_class_argmax, leat_class_first, leat_class_product, leat_class_squares,
    leat_class_pairs, leat_class_earliest, leat_class_latest,
    leat_class_counter, leat_class_hold, leat_class_trapezoid, leat_class_bias,
    leat_class_distance, leat_class_loss, leat_class_error_squares,
    leat_class_targets, leat_class_hits, leat_class_covered, leat_class_user;

/* What a statistic asks of a window, or can be had in. */
enum leat_stat_traits {
	LEAT_OF_PAIRS = 1,
	LEAT_DECAYS = 2,     /* the statistic makes sense with weights */
	LEAT_NEEDS_TIME = 4, /* windows by count do not have it */
	/* Values must be stored and their order known; see order.c. */
	LEAT_NEEDS_ORDER = 8
};

/* A row of the table in stat.c: how a statistic is made. */
struct leat_stat_info {
	const char *name, *alias;
	int id;
	unsigned classes; /* bits 1 << enum leat_class_id */
	unsigned traits;  /* of enum leat_stat_traits */
};

const struct leat_stat_info *leat_stat_find(int id);
const struct leat_class *leat_class_find(enum leat_class_id id);

/*
 * Whether there is such a statistic, and with that arg. LEAT_AGG always
 * is; of its class leat_agg_fits() says whether it is whole.
 */
int leat_stat_fits(const leat_stat *s);

/* A class of the user's may have any argument, a NaN among them. */
LEAT_INLINE int leat_same_arg(double a, double b)
{
	return a == b || (a != a && b != b);
}
int leat_agg_fits(const leat_agg *agg); /* may be NULL */

/*
 * The classes that a statistic needs in a window by time, where values may
 * come out of order; none for LEAT_AGG.
 */
unsigned leat_stat_time_classes(const leat_stat *s);

/* agg: the user's, or NULL. */
int leat_any_order(const struct leat_class *cls, const leat_agg *agg);

/* save.c: an option, */
void leat_tape_stat(struct leat_tape *t, int id, double arg,
    const leat_agg *agg);
/* and n_bytes of an accumulator that stands for samples. */
void leat_tape_class(struct leat_tape *t, const struct leat_class *cls,
    const leat_agg *agg, void *acc, size_t n_bytes,
    const struct leat_samples *of);
/* Adds `by` to the times in a partial, which is not an empty one. */
void leat_class_delay(const struct leat_class *cls, void *partial, uint64_t by);

/* One statistic to report. */
struct leat_plan {
	leat_stat stat;
	size_t part; /* of the user's class: its part or section */
};

/* The largest accumulator of a built-in class. */
enum { LEAT_ACC_MAX = 128 };

/* Accumulators of built-in classes for the length of a call. */
struct leat_scratch {
	_Alignas(16) unsigned char acc[LEAT_ACC_MAX], temp[LEAT_ACC_MAX];
};

/* Those of one class of the user's, which are not silent, from its partial. */
void leat_lower_agg(const struct leat_plan *plan, size_t n, size_t part,
    const void *partial, double *out);

/*
 * Writes the n results, but for those of users' classes. silent: there are
 * not enough values, so only counts are reported.
 */
void leat_lower(const struct leat_plan *plan, size_t n,
    const struct leat_summary *s, int silent, double *out);

/* timemean.c */
double leat_path_mean(const struct leat_path *path, int64_t until);

/* From one time to a later one; they may be further apart than int64_t. */
LEAT_INLINE uint64_t leat_ticks(int64_t from, int64_t to)
{
	return (uint64_t)to - (uint64_t)from;
}

/* ------------------------------------------------------------------ */
/* Sums                                                               */
/* ------------------------------------------------------------------ */

/*
 * A sum in three terms: hi is the plain sum, lo the sum of the errors of
 * hi's additions, lo2 that of lo's. Two would do for well-conditioned
 * sums. (Ogita, Rump, Oishi, "Accurate sum and dot product", SIAM J. Sci.
 * Comput. 26, 2005.)
 *
 * All three are off by at most 2 n u^2 S, with u = 2^-53, S = sum |x| and n up
 * to 2^26:
 *
 *   hi is at most S, so each e is at most u S and lo at most n u S;
 *   the error of lo + e, at most u |lo + e|, is found as if lo were the larger.
 *   Where it is not, what is found is off by a rounding of e, u |e| <= u^2 S:
 *   n u^2 S in all;
 *   lo2 is at most n^2 u^2 S / 2, and its own n roundings n^3 u^3 S / 6, which
 *   n^2 u < 1/2 makes less than n u^2 S / 12;
 *   folding rounds lo once: u |lo| <= n u^2 S.
 *
 * Joining the three runs of a relay adds their lo in up to four roundings, of
 * at most (n + 2) u S each: 8 n u^2 S bounds it all. Runs that are joined one
 * after the other round what they have in lo at each join, and in what was
 * joined before it is, in up to five roundings. Steps and joins together are
 * fewer than values, and so are the e, so these lose less than 5 n^2 u^2 S,
 * whatever the tree and for any n. The result is hi + lo, rounded once.
 */
struct leat_sum {
	double hi, lo; /* the partial */
	double lo2;
};

LEAT_INLINE void leat_sum_add(struct leat_sum *s, double x)
{
	double e, lo;

	leat_two_sum(s->hi, x, &s->hi, &e);
	lo = s->lo + e;
	s->lo2 += e - (lo - s->lo);
	s->lo = lo;
}

LEAT_INLINE void leat_sum_fold(struct leat_sum *s)
{
	s->lo += s->lo2;
	s->lo2 = 0;
}

/* sum.c: as functions of a class. */
void leat_sum_identity(const leat_agg *agg, void *acc);
void leat_sum_combine(const leat_agg *agg, void *acc, const void *right);
void leat_sum_round(void *acc);

/* One two-sum: the small terms are added plainly. */
LEAT_INLINE void leat_sum_join(struct leat_sum *s, const struct leat_sum *right)
{
	leat_sum_add(s, right->hi);
	s->lo2 += right->lo + right->lo2;
}

/* hi + lo; the errors of a sum that overflowed or met an infinity are NaN. */
LEAT_INLINE double leat_sum_value(double hi, double lo)
{
	double s = hi + lo;

	return LEAT_LIKELY(s == s) ? s : leat_nan(hi);
}

/*
 * hi and lo may overlap where sums cancel. Made disjoint, the quotient's
 * own rounding is the only one of the leading term that counts; the rest
 * times rn = 1 / n puts back what it had lost. Within 1 ulp of (hi + lo) / n.
 */
LEAT_INLINE double leat_sum_mean(double hi, double lo, double n, double rn)
{
	double s, e, m;

	leat_two_sum(hi, lo, &s, &e);
	m = s / n + e * rn;
	return LEAT_LIKELY(m == m) ? m : leat_nan(hi / n);
}

/* The same for two sums at once: a prefix and a suffix. */
struct leat_sum_lanes {
	leat_lane hi, lo, lo2;
};

/* x with 0 where a value is missing. */
LEAT_INLINE void leat_sum_lanes_add(struct leat_sum_lanes *s, leat_lane x)
{
	leat_lane e, lo;

	leat_lane_two_sum(s->hi, x, &s->hi, &e);
	lo = leat_lane_add(s->lo, e);
	s->lo2 = leat_lane_add(s->lo2,
	    leat_lane_sub(e, leat_lane_sub(lo, s->lo)));
	s->lo = lo;
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
	struct leat_run {
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

/*
 * Whether such steps can have left this sum and this error, however they were
 * rounded. A sum that is not finite has any error.
 */
LEAT_INLINE int leat_positive_fits(double s, double c)
{
	if (!(s <= DBL_MAX))
		return 1;
	return s >= 0 && fabs(c) <= s;
}

/* A positive sum and its error; squares.c has the functions of a class. */
struct leat_squares {
	double sum, error;
};

void leat_squares_identity(const leat_agg *agg, void *acc);
void leat_squares_combine(const leat_agg *agg, void *acc, const void *right);

/* A positive sum that overflowed has NaN for its error. */
LEAT_INLINE double leat_positive_value(double s, double c)
{
	double v = s + c;

	return v == v ? v : s;
}

/*
 * Instead of a sum of squares that has become NaN. An infinity has no
 * deviation: if there is one among the values the sum has been NaN before,
 * or what comes is. Finite values whose deviation overflows add an infinity,
 * or NaN where that is taken from another one; their sum is infinite.
 * So a sum of squares is NaN if and only if a value is an infinity.
 */
double leat_far_squares(double before, double comes);

LEAT_INLINE void leat_moments_add(struct leat_moments *m, double x)
{
	struct leat_sum sum = { m->p.hi, m->p.lo, m->lo2 };

	leat_sum_add(&sum, x);
	m->p.hi = sum.hi;
	m->p.lo = sum.lo;
	m->lo2 = sum.lo2;
	if (!(m->p.n > 0))
		m->p.k = x;
	m->p.n += 1;
	double delta = (x - m->p.k) - m->p.mu;
	double q = delta / m->p.n;
	m->p.mu += q;
	double m2 = m->p.m2;
	leat_add_positive(&m->p.m2, &m->c2, delta * (delta - q));
	if (LEAT_UNLIKELY(m->p.m2 != m->p.m2))
		m->p.m2 = leat_far_squares(m2, x - x);
}

LEAT_INLINE void leat_moments_fold(struct leat_moments *m)
{
	m->p.lo += m->lo2;
	m->p.m2 = leat_positive_value(m->p.m2, m->c2);
	m->lo2 = 0;
	m->c2 = 0;
}

/* right is a partial. */
LEAT_INLINE void leat_moments_join_run(struct leat_moments *m,
    const struct leat_run *right)
{
	struct leat_run r = *right;

	if (!(r.n > 0))
		return;
	if (!(m->p.n > 0)) {
		m->p = r;
		m->lo2 = m->c2 = 0;
		return;
	}
	struct leat_sum sum = { m->p.hi, m->p.lo, m->lo2 };
	leat_sum_add(&sum, r.hi);
	m->p.hi = sum.hi;
	m->p.lo = sum.lo;
	m->lo2 = sum.lo2 + r.lo;

	double d = (r.k - m->p.k) + (r.mu - m->p.mu);
	double n = m->p.n + r.n;
	double q = d * (r.n / n);
	double m2 = m->p.m2;
	leat_add_positive(&m->p.m2, &m->c2, r.m2);
	leat_add_positive(&m->p.m2, &m->c2, d * (q * m->p.n));
	if (LEAT_UNLIKELY(m->p.m2 != m->p.m2))
		m->p.m2 = leat_far_squares(m2, r.m2);
	m->p.mu += q;
	m->p.n = n;
}

LEAT_INLINE void leat_moments_join(struct leat_moments *m,
    const struct leat_moments *right)
{
	struct leat_moments r = *right;

	leat_moments_fold(&r);
	leat_moments_join_run(m, &r.p);
}

/*
 * Squares live in half the range of exponents. A ratio of sums of squares
 * that overflowed, or are so small that their terms underflow, would be a
 * plausible wrong number: it is NaN instead. So it is if they are 0.
 */
LEAT_INLINE int leat_sound(double m2, double least)
{
	return m2 >= least && m2 <= DBL_MAX;
}
#define LEAT_LEAST_SQUARES 0x1p-960 /* smallest terms are 2^-62 of it */
#define LEAT_LEAST_CUBES 0x1p-640   /* the same for d^3 where this is d^2 */
#define LEAT_LEAST_FOURTHS 0x1p-480

/* Of sums of squares; NaN where there are too few values for it. */
LEAT_INLINE double leat_variance(double m2, double denominator)
{
	return LEAT_LIKELY(denominator > 0) ? m2 / denominator : NAN;
}

LEAT_INLINE double leat_stddev(double m2, double denominator)
{
	return leat_sqrt(leat_variance(m2, denominator));
}

/* Rounding may leave |r| an ulp above 1; no correlation is. */
LEAT_INLINE double leat_correlation(double cxy, double m2x, double m2y)
{
	double r = cxy / (leat_sqrt(m2x) * leat_sqrt(m2y));

	if (!leat_sound(m2x, LEAT_LEAST_SQUARES) ||
	    !leat_sound(m2y, LEAT_LEAST_SQUARES))
		return NAN;
	if (r > 1)
		return 1;
	return r < -1 ? -1 : r;
}

struct leat_moments_lanes {
	struct leat_sum_lanes sum;
	leat_lane n, k, mu, m2, c2;
};

/*
 * Two neighbouring runs, neither of them empty, after Chan, Golub and
 * LeVeque (1983).
 */
LEAT_INLINE struct leat_run leat_run_join(struct leat_run a, struct leat_run b)
{
	struct leat_run r;
	double e, d, q;

	leat_two_sum(a.hi, b.hi, &r.hi, &e);
	r.lo = (a.lo + b.lo) + e;
	r.n = a.n + b.n;
	d = (b.k - a.k) + (b.mu - a.mu);
	q = d * (b.n / r.n);
	r.k = a.k;
	r.mu = a.mu + q;
	r.m2 = (a.m2 + b.m2) + d * (q * a.n);
	return r;
}

/*
 * Three neighbours without a division, deviations taken from the mean of
 * the middle one: for runs of which the middle has at least a third of all
 * values, so that the last subtraction cannot cancel more than two bits.
 * rn is 1 / the number of values of all three. What is subtracted is taken
 * in an order in which it overflows only where what it is subtracted from
 * does.
 */
LEAT_INLINE struct leat_run leat_run_join3(struct leat_run a, struct leat_run b,
    struct leat_run d, double rn)
{
	struct leat_run r;
	double s, ea, ed, ma, md, ta, td, t;

	leat_two_sum(a.hi, b.hi, &s, &ea);
	leat_two_sum(s, d.hi, &r.hi, &ed);
	r.lo = ((a.lo + b.lo) + ea) + (d.lo + ed);
	ma = (a.k - b.k) + (a.mu - b.mu);
	md = (d.k - b.k) + (d.mu - b.mu);
	ta = a.n * ma;
	td = d.n * md;
	t = ta + td;
	r.n = 1 / rn;
	r.k = b.k;
	r.mu = b.mu + t * rn;
	r.m2 = ((a.m2 + b.m2) + d.m2) + ((ta * ma + td * md) - t * (t * rn));
	return r;
}

#endif
