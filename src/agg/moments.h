/*
 * moments.h - squared deviations
 */
#ifndef LEAT_MOMENTS_H
#define LEAT_MOMENTS_H

#include "squares.h"

/*
 * Squared deviations by Welford's recurrence (Technometrics 4, 1962) on
 * x - k, where k is a value of the run itself: neither a large mean nor a
 * value outside the run costs digits. All terms of m2 are positive; their
 * rounding errors are caught in c2.
 */
struct leat_moments {
	struct leat_run {
		double n, k, mu, m2;
	} p; /* the partial */
	double c2;
};

LEAT_INLINE void leat_moments_add(struct leat_moments *m, double x)
{
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
	m->p.m2 = leat_positive_value(m->p.m2, m->c2);
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
		m->c2 = 0;
		return;
	}
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

#endif
