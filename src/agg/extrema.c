/*
 * extrema.c - the classes behind min, max, and when they came
 *
 * The identity is the infinity that every value beats. With a time, of
 * equal values the one of the larger time wins, from whichever side it
 * comes, and the identity has the smallest time there is: so values may
 * come in any order and no time has to be set apart.
 */
#include "class.h"

static void min_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	*(double *)acc = HUGE_VAL;
}

static void min_step(const leat_agg *agg, void *acc, const leat_sample *s)
{
	double *m = acc;

	(void)agg;
	*m = s->x < *m ? s->x : *m;
}

static void min_combine(const leat_agg *agg, void *acc, const void *right)
{
	double *m = acc, r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	*m = r < *m ? r : *m;
}

static void min_lower(const void *acc, struct leat_summary *out)
{
	out->min = *(const double *)acc;
}

static void max_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	*(double *)acc = -HUGE_VAL;
}

static void max_step(const leat_agg *agg, void *acc, const leat_sample *s)
{
	double *m = acc;

	(void)agg;
	*m = s->x > *m ? s->x : *m;
}

static void max_combine(const leat_agg *agg, void *acc, const void *right)
{
	double *m = acc, r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	*m = r > *m ? r : *m;
}

static void max_lower(const void *acc, struct leat_summary *out)
{
	out->max = *(const double *)acc;
}

/* No sample is NaN. */
static int extremum_fits(const void *acc, const struct leat_samples *of)
{
	const double *m = acc;

	(void)of;
	return *m == *m;
}

const struct leat_class leat_class_min = {
	.size = sizeof(double),
	.packed = sizeof(double),
	.identity = min_identity,
	.append = min_step,
	.prepend = min_step,
	.combine = min_combine,
	.lower = min_lower,
	.any_order = 1,
	.fits = extremum_fits,
};
const struct leat_class leat_class_max = {
	.size = sizeof(double),
	.packed = sizeof(double),
	.identity = max_identity,
	.append = max_step,
	.prepend = max_step,
	.combine = max_combine,
	.lower = max_lower,
	.any_order = 1,
	.fits = extremum_fits,
};

/* sign * value, so that one piece of code finds the least of both. */
struct dated {
	double value;
	int64_t t;
};

static void dated_identity(const leat_agg *agg, void *acc)
{
	struct dated *d = acc;

	(void)agg;
	d->value = HUGE_VAL;
	d->t = INT64_MIN;
}

static void dated_join(struct dated *d, struct dated other)
{
	if (other.value < d->value ||
	    (other.value == d->value && other.t > d->t))
		*d = other;
}

static void dated_combine(const leat_agg *agg, void *acc, const void *right)
{
	struct dated r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	dated_join(acc, r);
}

static void argmin_step(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct dated d = { s->x, s->t };

	(void)agg;
	dated_join(acc, d);
}

static void argmin_lower(const void *acc, struct leat_summary *out)
{
	const struct dated *d = acc;

	out->argmin = d->t;
}

static void argmax_step(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct dated d = { -s->x, s->t };

	(void)agg;
	dated_join(acc, d);
}

static void argmax_lower(const void *acc, struct leat_summary *out)
{
	const struct dated *d = acc;

	out->argmax = d->t;
}

static int dated_fits(const void *acc, const struct leat_samples *of)
{
	const struct dated *d = acc;

	return d->value == d->value && leat_may_be_at(of, d->t);
}

const struct leat_class leat_class_argmin = {
	.size = sizeof(struct dated),
	.packed = sizeof(struct dated),
	.identity = dated_identity,
	.append = argmin_step,
	.prepend = argmin_step,
	.combine = dated_combine,
	.lower = argmin_lower,
	.any_order = 1,
	.integers = 2,
	.fits = dated_fits,
	.times = 2,
};
const struct leat_class leat_class_argmax = {
	.size = sizeof(struct dated),
	.packed = sizeof(struct dated),
	.identity = dated_identity,
	.append = argmax_step,
	.prepend = argmax_step,
	.combine = dated_combine,
	.lower = argmax_lower,
	.any_order = 1,
	.integers = 2,
	.fits = dated_fits,
	.times = 2,
};
