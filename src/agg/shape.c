/*
 * shape.c - the class behind skewness and kurtosis
 *
 * Sums of the second, third and fourth power of deviations, on x - k with
 * k a value of the run, extended and joined by the formulas of Pebay
 * ("Formulas for robust, one-pass parallel computation of covariances and
 * arbitrary-order statistical moments", SAND2008-6212).
 */
#include "class.h"

struct shape {
	double n, k, mu, m2, m3, m4;
};

static void shape_identity(LEAT_NO_AGG, void *acc)
{
	memset(acc, 0, sizeof(struct shape));
}

static void shape_append(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct shape *m = acc;

	if (m->n == 0)
		m->k = s->x;
	double before = m->n, n = before + 1;
	double delta = (s->x - m->k) - m->mu;
	double q = delta / n;
	double q2 = q * q;
	double t = delta * q * before;
	m->m4 += t * q2 * (n * n - 3 * n + 3) + 6 * q2 * m->m2 - 4 * q * m->m3;
	m->m3 += t * q * (n - 2) - 3 * q * m->m2;
	m->m2 += t;
	m->mu += q;
	m->n = n;
}

static void shape_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct shape *a = acc, b;

	memcpy(&b, right, sizeof(b));
	if (b.n == 0)
		return;
	if (a->n == 0) {
		*a = b;
		return;
	}
	double n = a->n + b.n;
	double fa = a->n / n, fb = b.n / n;
	double d = (b.k - a->k) + (b.mu - a->mu);
	double d2 = d * d;
	double w = a->n * fb; /* n_a n_b / n */
	a->m4 += b.m4 + d2 * d2 * w * (fa * fa - fa * fb + fb * fb) +
	    6 * d2 * (fa * fa * b.m2 + fb * fb * a->m2) +
	    4 * d * (fa * b.m3 - fb * a->m3);
	a->m3 += b.m3 + d2 * d * w * (fa - fb) +
	    3 * d * (fa * b.m2 - fb * a->m2);
	a->m2 += b.m2 + d2 * w;
	a->mu += d * fb;
	a->n = n;
}

static void shape_lower(const void *acc, struct leat_summary *out)
{
	const struct shape *m = acc;

	out->g2 = m->m2;
	out->g3 = m->m3;
	out->g4 = m->m4;
}

/* k is a sample, none of which is NaN; m2 is if there are infinities. */
static int shape_fits(const void *acc, const struct leat_samples *of)
{
	const struct shape *m = acc;

	if (of->n == 1 && (m->mu > 0 || m->mu < 0 || m->m2 > 0))
		return 0;
	return m->k == m->k && !(m->m2 < 0);
}

const struct leat_class leat_class_shape = {
	LEAT_ALL_PACKED(struct shape),
	.identity = shape_identity,
	LEAT_ANY_STEP(shape_append),
	.combine = shape_combine,
	.lower = shape_lower,
	.counts = 1,
	.fits = shape_fits,
};
