/*
 * pairs.c - the class behind covariance, correlation and the line
 *
 * Welford's recurrence in two dimensions on (x - kx, y - ky), joined as
 * in moments.c (Pebay 2008 for the mixed term). The mixed sum has terms of
 * both signs, so its errors are caught by a full two-sum.
 *
 * A column whose sum of squares overflows is far: that sum is -infinity,
 * which no squares make, and in the mixed sum the column's deviations are
 * counted 2^-550 times, so that this one neither overflows nor underflows. A
 * far column says nothing about the other: y may go from 0 to 1e300 while x
 * goes from 1 to 100, and their covariance and slope are ordinary numbers.
 * An infinity has no deviation: of a column with one the sum of squares is
 * NaN.
 */
#include "pairs.h"
#include "class.h"
#include "squares.h"
#include "triple.h"

#define FAR_UNIT 0x1p-550

static void pairs_identity(LEAT_NO_AGG, void *acc)
{
	memset(acc, 0, sizeof(struct leat_pairs));
}

static void mixed_add(struct leat_pairs *m, double t)
{
	double e;

	leat_two_sum(m->p.cxy, t, &m->p.cxy, &e);
	m->cc += e;
}

/* ---------------- far columns ---------------------------------------- */

/* Places in an accumulator. */
struct column {
	double *k, *mu, *m2, *c;
};

static int is_far(double m2)
{
	return m2 == -HUGE_VAL;
}

/* Adds to a sum of squares, which is of a far column or finite after that. */
static void far_squares(struct column a, double m2, double t)
{
	if (*a.m2 != *a.m2 || m2 != m2) {
		*a.m2 = NAN;
		return;
	}
	if (!is_far(*a.m2) && !is_far(m2)) {
		leat_add_positive(a.m2, a.c, m2);
		leat_add_positive(a.m2, a.c, t);
		if (*a.m2 <= DBL_MAX / 2)
			return;
	}
	*a.m2 = -HUGE_VAL;
	*a.c = 0;
}

/*
 * Joins b, which has the share f of all values, with a, which has n, in one
 * column. Says how far apart their means are, in the unit of the mixed sum.
 */
static double far_join_column(struct column a, struct column b, double n,
    double f)
{
	double d = (*b.k - *a.k) + (*b.mu - *a.mu), half = d / 2;

	if (!(fabs(d) + fabs(*a.mu) <= DBL_MAX)) {
		*a.mu = leat_pair_mean(*a.k, *a.mu);
		*a.k = 0;
		half = leat_pair_mean(*b.k, *b.mu) / 2 - *a.mu / 2;
	}
	*a.mu += half * f;
	*a.mu += half * f;
	far_squares(a, *b.m2, d * (d * f * n));
	return is_far(*a.m2) ? half * (2 * FAR_UNIT) : d;
}

/* A mixed sum of m in the unit that it has in `to`. */
static double in_unit_of(const struct leat_pairs *to,
    const struct leat_pairs *m, double mixed)
{
	if (is_far(to->p.m2x) && !is_far(m->p.m2x))
		mixed *= FAR_UNIT;
	if (is_far(to->p.m2y) && !is_far(m->p.m2y))
		mixed *= FAR_UNIT;
	return mixed;
}

static struct column column_x(struct leat_pairs *m)
{
	struct column c = { &m->p.kx, &m->p.mux, &m->p.m2x, &m->cx };

	return c;
}

static struct column column_y(struct leat_pairs *m)
{
	struct column c = { &m->p.ky, &m->p.muy, &m->p.m2y, &m->cy };

	return c;
}

/* Joins two of which neither is empty, however large their sums are. */
static LEAT_NOINLINE void far_join(struct leat_pairs *m, struct leat_pairs *r)
{
	double n = m->p.n, all = n + r->p.n, f = r->p.n / all, dx, dy;
	struct leat_pairs old = *m;

	dx = far_join_column(column_x(m), column_x(r), n, f);
	dy = far_join_column(column_y(m), column_y(r), n, f);
	m->p.cxy = in_unit_of(m, &old, old.p.cxy);
	m->cc = in_unit_of(m, &old, old.cc);
	mixed_add(m, in_unit_of(m, r, r->p.cxy));
	mixed_add(m, dx * (dy * f * n));
	m->p.n = all;
}

static LEAT_NOINLINE void far_step(struct leat_pairs *m, double x, double y)
{
	struct leat_pairs one = { { 1, x, y, 0, 0, x - x, y - y, 0 }, 0, 0, 0 };

	if (m->p.n > 0)
		far_join(m, &one);
	else
		*m = one;
}

/*
 * Returns whether the sums of squares plus these are finite and neither is a
 * far one. Then the mixed sum, at most their mean, is finite, too.
 */
LEAT_INLINE int is_near(const struct leat_pairs *m, double tx, double ty)
{
	double all = (m->p.m2x + m->p.m2y) + (tx + ty);

	return fabs(all) <= DBL_MAX;
}

/* ---------------- steps and joins ------------------------------------ */

static void pairs_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct leat_pairs *m = acc;
	double n = m->p.n + 1;

	if (m->p.n == 0) {
		m->p.kx = s->x;
		m->p.ky = s->y;
	}
	double dx = (s->x - m->p.kx) - m->p.mux;
	double dy = (s->y - m->p.ky) - m->p.muy;
	double qx = dx / n, qy = dy / n;
	double tx = dx * (dx - qx), ty = dy * (dy - qy);
	if (LEAT_UNLIKELY(!is_near(m, tx, ty))) {
		far_step(m, s->x, s->y);
		return;
	}
	m->p.n = n;
	m->p.mux += qx;
	m->p.muy += qy;
	leat_add_positive(&m->p.m2x, &m->cx, tx);
	leat_add_positive(&m->p.m2y, &m->cy, ty);
	mixed_add(m, dx * (dy - qy));
}

static void pairs_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct leat_pairs *m = acc, r;

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
	double tx = dx * (qx * m->p.n), ty = dy * (qy * m->p.n);
	if (LEAT_UNLIKELY(!is_near(m, r.p.m2x + tx, r.p.m2y + ty))) {
		far_join(m, &r);
		return;
	}
	leat_add_positive(&m->p.m2x, &m->cx, r.p.m2x);
	leat_add_positive(&m->p.m2x, &m->cx, tx);
	leat_add_positive(&m->p.m2y, &m->cy, r.p.m2y);
	leat_add_positive(&m->p.m2y, &m->cy, ty);
	mixed_add(m, r.p.cxy);
	mixed_add(m, dx * (qy * m->p.n));
	m->p.mux += qx;
	m->p.muy += qy;
	m->p.n = n;
}

static void pairs_fold(void *acc)
{
	struct leat_pairs *m = acc;

	m->p.m2x = leat_positive_value(m->p.m2x, m->cx);
	m->p.m2y = leat_positive_value(m->p.m2y, m->cy);
	m->p.cxy = leat_sum_value(m->p.cxy, m->cc);
	if (m->p.m2x != m->p.m2x || m->p.m2y != m->p.m2y)
		m->p.cxy = NAN; /* an infinity has no deviation */
	m->cx = m->cy = m->cc = 0;
}

static void pairs_lower(const void *acc, struct leat_summary *out)
{
	struct leat_pairs m = *(const struct leat_pairs *)acc;

	pairs_fold(&m);
	out->mean_x = leat_pair_mean(m.p.kx, m.p.mux);
	out->mean_y = leat_pair_mean(m.p.ky, m.p.muy);
	out->mu_y = m.p.muy;
	out->m2x = fabs(m.p.m2x);
	out->m2y = fabs(m.p.m2y);
	out->cxy = m.p.cxy;
	out->unit_x = is_far(m.p.m2x) ? 1 / FAR_UNIT : 1;
	out->unit_y = is_far(m.p.m2y) ? 1 / FAR_UNIT : 1;
}

/* Checks x and y as moments.c checks its own sums. */
static int pairs_fits(const void *acc, const struct leat_samples *of)
{
	const struct leat_pairs *m = acc;
	double alone[] = { m->p.mux, m->p.muy, m->p.m2x, m->p.m2y };

	for (size_t i = 0; of->n == 1 && i < 4; i++)
		if (alone[i] > 0 || alone[i] < 0)
			return 0;
	return m->p.kx == m->p.kx && m->p.ky == m->p.ky &&
	    (is_far(m->p.m2x) || leat_positive_fits(m->p.m2x, m->cx)) &&
	    (is_far(m->p.m2y) || leat_positive_fits(m->p.m2y, m->cy));
}

const struct leat_class leat_class_pairs = {
	.size = sizeof(struct leat_pairs),
	.packed = 8 * sizeof(double),
	.identity = pairs_identity,
	LEAT_ANY_STEP(pairs_step),
	.combine = pairs_combine,
	.fold = pairs_fold,
	.lower = pairs_lower,
	.counts = 1,
	.fits = pairs_fits,
};
