/*
 * moments.c - the class behind variance, its roots, and z-score; and the
 * one of targets, which are the y of pairs
 *
 * The partial is {n, k, mu, m2}, where the mean is about k + mu; the mean that
 * is reported comes from the exact sum. Runs are joined by the update of Chan,
 * Golub and LeVeque ("Algorithms for computing the sample variance", Amer.
 * Statist. 37, 1983):
 *
 *      d = mean_b - mean_a
 *      m2 = m2_a + m2_b + d^2 n_a n_b / n
 *
 * where the k are subtracted from each other before the small mu, so that
 * runs around 1e9 lose nothing. Appending and prepending are the same,
 * since the order of values does not matter here.
 */
#include "moments.h"
#include "class.h"

double leat_far_squares(double before, double comes)
{
	return before != before || comes != comes ? NAN : HUGE_VAL;
}

static void moments_identity(LEAT_NO_AGG, void *acc)
{
	memset(acc, 0, sizeof(struct leat_moments));
}

static void moments_append(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	leat_moments_add(acc, s->x);
}

static void moments_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct leat_run r;

	memcpy(&r, right, sizeof(r));
	leat_moments_join_run(acc, &r);
}

static void moments_fold(void *acc)
{
	leat_moments_fold(acc);
}

static void moments_lower(const void *acc, struct leat_summary *out)
{
	struct leat_moments m = *(const struct leat_moments *)acc;

	leat_moments_fold(&m);
	out->k = m.p.k;
	out->mu = m.p.mu;
	out->m2 = m.p.m2;
}

/* k is a sample, none of which is NaN; m2 is if there are infinities. */
static int moments_fits(const void *acc, const struct leat_samples *of)
{
	const struct leat_moments *m = acc;
	const struct leat_run *p = &m->p;

	if (of->n == 1 && (p->mu > 0 || p->mu < 0 || p->m2 > 0))
		return 0;
	return p->k == p->k && leat_positive_fits(p->m2, m->c2);
}

static void targets_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	leat_moments_add(acc, s->y);
}

static void targets_lower(const void *acc, struct leat_summary *out)
{
	struct leat_moments m = *(const struct leat_moments *)acc;

	leat_moments_fold(&m);
	out->errors.targets = m.p.m2;
}

#define MOMENTS_CLASS(step, lowers)                                            \
	{                                                                      \
		.size = sizeof(struct leat_moments),                           \
		.packed = sizeof(struct leat_run), LEAT_ANY_STEP(step),        \
		.identity = moments_identity, .combine = moments_combine,      \
		.fold = moments_fold, .lower = (lowers), .counts = 1,          \
		.fits = moments_fits, .had_sum = 1                             \
	}

const struct leat_class leat_class_moments = MOMENTS_CLASS(moments_append,
    moments_lower);
const struct leat_class leat_class_targets = MOMENTS_CLASS(targets_step,
    targets_lower);
