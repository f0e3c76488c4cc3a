/*
 * moments.c - the class behind variance, its roots, and z-score
 *
 * One partial serves sum, mean and spread: {hi, lo, n, k, mu, m2}. Runs
 * are joined by the update of Chan, Golub and LeVeque ("Algorithms for
 * computing the sample variance", Amer. Statist. 37, 1983):
 *
 *      d = mean_b - mean_a
 *      m2 = m2_a + m2_b + d^2 n_a n_b / n
 *
 * where the k are subtracted from each other before the small mu, so that
 * runs around 1e9 lose nothing. Appending and prepending are the same,
 * since the order of values does not matter here.
 */
#include "agg.h"

static void moments_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	memset(acc, 0, sizeof(struct leat_moments));
}

static void moments_append(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct leat_moments *m = acc;
	struct leat_sum sum = { m->p.hi, m->p.lo, m->lo2 };

	(void)agg;
	leat_sum_add(&sum, s->x);
	m->p.hi = sum.hi;
	m->p.lo = sum.lo;
	m->lo2 = sum.lo2;
	if (m->p.n == 0)
		m->p.k = s->x;
	m->p.n += 1;
	double delta = (s->x - m->p.k) - m->p.mu;
	double q = delta / m->p.n;
	m->p.mu += q;
	leat_add_positive(&m->p.m2, &m->c2, delta * (delta - q));
}

static void moments_combine(const leat_agg *agg, void *acc, const void *right)
{
	struct leat_moments *m = acc, r;

	(void)agg;
	memset(&r, 0, sizeof(r));
	memcpy(&r.p, right, sizeof(r.p));
	if (r.p.n == 0)
		return;
	if (m->p.n == 0) {
		*m = r;
		return;
	}
	struct leat_sum sum = { m->p.hi, m->p.lo, m->lo2 };
	leat_sum_add(&sum, r.p.hi);
	m->p.hi = sum.hi;
	m->p.lo = sum.lo;
	m->lo2 = sum.lo2 + r.p.lo;

	double d = (r.p.k - m->p.k) + (r.p.mu - m->p.mu);
	double n = m->p.n + r.p.n;
	double q = d * (r.p.n / n);
	leat_add_positive(&m->p.m2, &m->c2, r.p.m2);
	leat_add_positive(&m->p.m2, &m->c2, d * (q * m->p.n));
	m->p.mu += q;
	m->p.n = n;
}

static void moments_fold(void *acc)
{
	struct leat_moments *m = acc;

	m->p.lo += m->lo2;
	m->p.m2 = leat_positive_value(m->p.m2, m->c2);
	m->lo2 = 0;
	m->c2 = 0;
}

static void moments_lower(const void *acc, struct leat_summary *out)
{
	struct leat_moments m = *(const struct leat_moments *)acc;

	moments_fold(&m);
	out->hi = m.p.hi;
	out->lo = m.p.lo;
	out->k = m.p.k;
	out->mu = m.p.mu;
	out->m2 = m.p.m2;
}

const struct leat_class leat_class_moments = { sizeof(struct leat_moments),
	6 * sizeof(double), moments_identity, moments_append, moments_append,
	moments_combine, moments_fold, moments_lower };
