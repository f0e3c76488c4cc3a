/*
 * moments.h - mean and squared deviations
 */
#ifndef LEAT_MOMENTS_H
#define LEAT_MOMENTS_H

#include "squares.h"
#include "sum.h"

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
