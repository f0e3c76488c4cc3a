/*
 * rls.c - recursive least squares, by rotations
 *
 * All samples so far, each row scaled by sqrt(forgetting)^age, would make a
 * tall matrix with a column for each feature; its QR factorisation has a
 * triangle R with R w = z, from which the least-squares w follows by
 * substitution. A new sample is one more row below R, taken in by Givens
 * rotations, one a column. Numbers stay as large as the data, not as their
 * squares, and nothing is ever subtracted from R, so there is nothing that
 * could turn indefinite: where the textbook's recursion for a covariance
 * matrix blows up under forgetting, a direction that no sample shows any
 * more just fades here.
 *
 * A column that the ones before it explain (a constant one beside the
 * intercept, a copy) has a diagonal entry of little but rounding error. Its
 * coefficient is 0 then: the column's mean and spread, kept beside R, tell.
 *
 * With forgetting, what a column once contributed fades as well, until rounding
 * errors in the columns around it are all that its diagonal entry is made
 * of, and the next time it varies they would be taken for its coefficient.
 * So a column that has varied keeps a ridge, 1e-5 of its spread so far: far
 * below what it shows while it varies, and above those errors.
 *
 * The intercept's column comes first, so that the others are as good as
 * centred. A ridge is rows sqrt(l2) e_i; what forgetting takes from them is
 * put back one row a sample, in turn.
 *
 * As many samples as columns are fitted exactly, noise and all. Until there
 * are three a column, predictions stay within the targets seen.
 *
 * Gentleman, "Least squares computations by Givens transformations without
 * square roots", J. Inst. Math. Appl. 12 (1973), for the row-wise updating;
 * Golub, Van Loan, "Matrix computations", for the rotations.
 * Cost: of p columns, 3 p^2 operations to rotate and 2 p^2 to substitute.
 */
#include "model.h"

enum { RLS_W, RLS_TRIANGLE, RLS_RIGHT, RLS_MEAN, RLS_SPREAD };

#define RLS_COLUMNS_MAX (LEAT_RLS_MAX + 1)
/*
 * A diagonal entry below this part of its column's norm is noise; with
 * forgetting noise is fresher, and less has been averaged out.
 */
#define RLS_RANK 1e-12
#define RLS_RANK_FORGETTING 1e-10
#define RLS_MOST 1e300 /* largest coefficient */
#define RLS_RIDGE 1e-5 /* ridge with forgetting, in spreads of a column */

static size_t rls_columns(size_t n, int no_intercept)
{
	return n + (no_intercept ? 0 : 1);
}

static void rls_sizes(const leat_model_options *o, size_t *sizes)
{
	size_t p = rls_columns(o->n_features, o->no_intercept);

	sizes[RLS_TRIANGLE] = p * (p + 1) / 2;
	sizes[RLS_RIGHT] = p;
	sizes[RLS_MEAN] = p;
	sizes[RLS_SPREAD] = p;
}

/* Takes in a row whose entries before `first` are 0; it is used up. */
static void rls_rotate(leat_model *m, double *row, double y, size_t first,
    size_t p)
{
	double *r = m->array[RLS_TRIANGLE], *z = m->array[RLS_RIGHT];

	for (size_t j = 0; j < p; r += p - j, j++) {
		double size, c, s;
		if (j < first || row[j] == 0)
			continue;
		size = leat_hypot(r[0], row[j]);
		c = r[0] / size;
		s = row[j] / size;
		r[0] = size;
		for (size_t k = j + 1; k < p; k++) {
			double a = r[k - j], b = row[k];
			r[k - j] = c * a + s * b;
			row[k] = c * b - s * a;
		}
		double a = z[j];
		z[j] = c * a + s * y;
		y = c * y - s * a;
	}
}

/* Adds a row that is 0 except for `size` in column j. */
static void rls_ridge(leat_model *m, size_t j, double size, size_t p)
{
	double row[RLS_COLUMNS_MAX] = { 0 };

	row[j] = size;
	rls_rotate(m, row, 0, j, p);
}

static void rls_start(leat_model *m)
{
	size_t p = rls_columns(m->n, m->no_intercept);

	for (size_t i = 0; i < m->n && m->l2 > 0; i++)
		rls_ridge(m, p - m->n + i, leat_sqrt(m->l2), p);
}

/* Restores to one ridge what this sample's forgetting takes from all p. */
static void rls_refill(leat_model *m, size_t p)
{
	size_t j = (size_t)((uint64_t)m->t % p);
	double spread = m->array[RLS_SPREAD][j] / leat_sqrt(m->t + 1);
	double ridge = RLS_RIDGE * spread;
	double lost = leat_sqrt((1 - m->forgetting) * (double)p);

	if (j < p - m->n) /* the intercept's column never fades */
		return;
	ridge = leat_hypot(ridge, leat_sqrt(m->l2));
	if (ridge > 0)
		rls_ridge(m, j, lost * ridge, p);
}

/*
 * Solves for the p numbers b by back substitution. One is 0 if it is too large
 * for a number, or if its column's diagonal entry is noise.
 */
static void rls_solve(const leat_model *m, double *b, size_t p)
{
	const double *z = m->array[RLS_RIGHT];
	const double *r = m->array[RLS_TRIANGLE] + m->length[RLS_TRIANGLE];
	/* Roots of the number of samples, and of those that are remembered */
	double root = leat_sqrt(m->t + 1), kept = root, rank = RLS_RANK;

	if (m->forgetting < 1) {
		rank = RLS_RANK_FORGETTING;
		if (m->t + 1 > 1 / (1 - m->forgetting))
			kept = leat_sqrt(1 / (1 - m->forgetting));
	}
	for (size_t j = p; j-- > 0;) {
		double sum = z[j];
		double size = leat_hypot(m->array[RLS_MEAN][j],
		    m->array[RLS_SPREAD][j] / root);
		r -= p - j;
		for (size_t k = j + 1; k < p; k++)
			sum -= r[k - j] * b[k];
		b[j] = r[0] > rank * size * kept ? sum / r[0] : 0;
		if (!(fabs(b[j]) <= RLS_MOST))
			b[j] = 0;
	}
}

/*
 * Writes the row as it is taken in: intercept, features, all times scale.
 * Each column's mean and root of the sum of squares around it follow (Welford).
 */
static void rls_fill(leat_model *m, const struct leat_row *row, double scale,
    double *out, size_t p)
{
	size_t first = p - m->n;

	for (size_t j = 0; j < p; j++)
		out[j] = 0;
	if (first)
		out[0] = scale;
	LEAT_FOR_ROW(row, out[first + i] = scale * v);
	for (size_t j = 0; j < p; j++) {
		double *mean = &m->array[RLS_MEAN][j];
		double *spread = &m->array[RLS_SPREAD][j], d = out[j] - *mean;
		*mean += d / (m->t + 1);
		*spread = leat_hypot(*spread,
		    leat_sqrt(fabs(d)) * leat_sqrt(fabs(out[j] - *mean)));
	}
}

static double rls_score(const leat_model *m, const struct leat_row *row)
{
	double f = leat_model_linear(m, row);
	double p = (double)rls_columns(m->n, m->no_intercept);

	/* With fewer samples the fit follows the noise, so clamp it. */
	if (m->t >= 3 * p || !(f - f == 0))
		return f;
	return f < m->state.rls.least ? m->state.rls.least
	    : f > m->state.rls.most   ? m->state.rls.most
				      : f;
}

static int rls_update(leat_model *m, const struct leat_row *row, double y,
    double weight, double score)
{
	size_t p = rls_columns(m->n, m->no_intercept);
	double x[RLS_COLUMNS_MAX], scale = leat_sqrt(weight);
	double keep = leat_sqrt(m->forgetting);
	double most = leat_row_most(row); /* largest entry, without scale */

	(void)score;
	most = most > fabs(y) ? most : fabs(y);
	if (!(scale * (most > 1 ? most : 1) <= LEAT_GROWTH_MAX))
		return LEAT_NOT_FINITE;
	if (m->t == 0 || y < m->state.rls.least)
		m->state.rls.least = y;
	if (m->t == 0 || y > m->state.rls.most)
		m->state.rls.most = y;
	rls_fill(m, row, scale, x, p);
	for (size_t k = 0; keep < 1 && k < m->length[RLS_TRIANGLE]; k++)
		m->array[RLS_TRIANGLE][k] *= keep;
	for (size_t k = 0; keep < 1 && k < p; k++)
		m->array[RLS_RIGHT][k] *= keep;
	rls_rotate(m, x, scale * y, 0, p);
	if (m->forgetting < 1)
		rls_refill(m, p);
	rls_solve(m, x, p);
	m->intercept = m->no_intercept ? 0 : x[0];
	memcpy(m->w, x + (p - m->n), m->n * sizeof(double));
	return LEAT_OK;
}

const struct leat_rule leat_rule_rls = {
	.losses = 1u << LEAT_LOSS_SQUARED,
	.takes = LEAT_TAKES_FORGETTING | LEAT_TAKES_L2 | LEAT_TAKES_RAW,
	.n_arrays = 1,
	.sizes = rls_sizes,
	.start = rls_start,
	.score = rls_score,
	.update = rls_update,
};
