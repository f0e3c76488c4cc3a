/*
 * pairs.c - the class behind covariance, correlation and the line
 *
 * Welford's recurrence in two dimensions on (x - kx, y - ky), joined as
 * in moments.c (Pebay 2008 for the mixed term). The mixed sum has terms of
 * both signs, so its errors are caught by a full two-sum.
 */
#include "agg.h"

struct pairs {
	struct {
		double n, kx, ky, mux, muy, m2x, m2y, cxy;
	} p;
	double cx, cy, cc;
};

static void pairs_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	memset(acc, 0, sizeof(struct pairs));
}

static void mixed_add(struct pairs *m, double t)
{
	double e;

	leat_two_sum(m->p.cxy, t, &m->p.cxy, &e);
	m->cc += e;
}

static void pairs_step(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct pairs *m = acc;

	(void)agg;
	if (m->p.n == 0) {
		m->p.kx = s->x;
		m->p.ky = s->y;
	}
	m->p.n += 1;
	double dx = (s->x - m->p.kx) - m->p.mux;
	double dy = (s->y - m->p.ky) - m->p.muy;
	double qx = dx / m->p.n, qy = dy / m->p.n;
	m->p.mux += qx;
	m->p.muy += qy;
	leat_add_positive(&m->p.m2x, &m->cx, dx * (dx - qx));
	leat_add_positive(&m->p.m2y, &m->cy, dy * (dy - qy));
	mixed_add(m, dx * (dy - qy));
}

static void pairs_combine(const leat_agg *agg, void *acc, const void *right)
{
	struct pairs *m = acc, r;

	(void)agg;
	memset(&r, 0, sizeof(r));
	memcpy(&r.p, right, sizeof(r.p));
	if (r.p.n == 0)
		return;
	if (m->p.n == 0) {
		*m = r;
		return;
	}
	double n = m->p.n + r.p.n, f = r.p.n / n;
	double dx = (r.p.kx - m->p.kx) + (r.p.mux - m->p.mux);
	double dy = (r.p.ky - m->p.ky) + (r.p.muy - m->p.muy);
	double qx = dx * f, qy = dy * f;
	leat_add_positive(&m->p.m2x, &m->cx, r.p.m2x);
	leat_add_positive(&m->p.m2x, &m->cx, dx * (qx * m->p.n));
	leat_add_positive(&m->p.m2y, &m->cy, r.p.m2y);
	leat_add_positive(&m->p.m2y, &m->cy, dy * (qy * m->p.n));
	mixed_add(m, r.p.cxy);
	mixed_add(m, dx * (qy * m->p.n));
	m->p.mux += qx;
	m->p.muy += qy;
	m->p.n = n;
}

static void pairs_fold(void *acc)
{
	struct pairs *m = acc;

	m->p.m2x = leat_positive_value(m->p.m2x, m->cx);
	m->p.m2y = leat_positive_value(m->p.m2y, m->cy);
	m->p.cxy = leat_sum_value(m->p.cxy, m->cc);
	if (m->p.m2x != m->p.m2x || m->p.m2y != m->p.m2y)
		m->p.cxy = NAN; /* an infinity has no deviation */
	m->cx = m->cy = m->cc = 0;
}

static void pairs_lower(const void *acc, struct leat_summary *out)
{
	struct pairs m = *(const struct pairs *)acc;

	pairs_fold(&m);
	out->mean_x = m.p.kx + m.p.mux;
	out->mean_y = m.p.ky + m.p.muy;
	out->mu_y = m.p.muy;
	out->m2x = m.p.m2x;
	out->m2y = m.p.m2y;
	out->cxy = m.p.cxy;
}

/* Checks x and y as moments.c checks its own sums. */
static int pairs_fits(const void *acc, const struct leat_samples *of)
{
	const struct pairs *m = acc;
	double alone[] = { m->p.mux, m->p.muy, m->p.m2x, m->p.m2y };

	for (size_t i = 0; of->n == 1 && i < 4; i++)
		if (alone[i] > 0 || alone[i] < 0)
			return 0;
	return m->p.kx == m->p.kx && m->p.ky == m->p.ky &&
	    leat_positive_fits(m->p.m2x, m->cx) &&
	    leat_positive_fits(m->p.m2y, m->cy);
}

const struct leat_class leat_class_pairs = { sizeof(struct pairs),
	8 * sizeof(double), pairs_identity, pairs_step, pairs_step,
	pairs_combine, pairs_fold, pairs_lower, 1, 0, 1, pairs_fits };
