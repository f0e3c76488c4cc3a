/*
 * extrema.c - the classes behind min, max, and when they came
 *
 * The identity is the infinity that every value beats. With a time, of
 * equal values the one of the larger time wins, from whichever side it
 * comes, and the identity has the smallest time there is: so values may
 * come in any order and no time has to be set apart.
 */
#include "agg.h"

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

const struct leat_class leat_class_min = { sizeof(double), sizeof(double),
	min_identity, min_step, min_step, min_combine, NULL, min_lower, 1, 0, 0,
	extremum_fits, 0 };
const struct leat_class leat_class_max = { sizeof(double), sizeof(double),
	max_identity, max_step, max_step, max_combine, NULL, max_lower, 1, 0, 0,
	extremum_fits, 0 };

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

const struct leat_class leat_class_argmin = { sizeof(struct dated),
	sizeof(struct dated), dated_identity, argmin_step, argmin_step,
	dated_combine, NULL, argmin_lower, 1, 2, 0, dated_fits, 2 };
const struct leat_class leat_class_argmax = { sizeof(struct dated),
	sizeof(struct dated), dated_identity, argmax_step, argmax_step,
	dated_combine, NULL, argmax_lower, 1, 2, 0, dated_fits, 2 };
