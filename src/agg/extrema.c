/*
 * extrema.c - the classes behind min, max, and when they came
 *
 * The identity is the infinity that every value beats. With a time, of
 * equal values the one of the larger time wins, from whichever side it
 * comes, and the identity has the smallest time there is: so values may
 * come in any order and no time has to be set apart.
 */
#include "class.h"

static void min_identity(LEAT_NO_AGG, void *acc)
{
	*(double *)acc = HUGE_VAL;
}

static void min_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	double *m = acc;

	*m = s->x < *m ? s->x : *m;
}

static void min_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	double *m = acc, r;

	memcpy(&r, right, sizeof(r));
	*m = r < *m ? r : *m;
}

static void min_lower(const void *acc, struct leat_summary *out)
{
	out->min = *(const double *)acc;
}

static void max_identity(LEAT_NO_AGG, void *acc)
{
	*(double *)acc = -HUGE_VAL;
}

static void max_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	double *m = acc;

	*m = s->x > *m ? s->x : *m;
}

static void max_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	double *m = acc, r;

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

#define EXTREMUM_CLASS(name)                                                   \
	{                                                                      \
		LEAT_ALL_PACKED(double), LEAT_ANY_STEP(name##_step),           \
		    .identity = name##_identity, .combine = name##_combine,    \
		    .lower = name##_lower, .fits = extremum_fits               \
	}

const struct leat_class leat_class_min = EXTREMUM_CLASS(min);
const struct leat_class leat_class_max = EXTREMUM_CLASS(max);

/* sign * value, so that one piece of code finds the least of both. */
struct dated {
	double value;
	int64_t t;
};

static void dated_identity(LEAT_NO_AGG, void *acc)
{
	struct dated *d = acc;

	d->value = HUGE_VAL;
	d->t = INT64_MIN;
}

static void dated_join(struct dated *d, struct dated other)
{
	if (other.value < d->value ||
	    (other.value == d->value && other.t > d->t))
		*d = other;
}

static void dated_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	struct dated r;

	memcpy(&r, right, sizeof(r));
	dated_join(acc, r);
}

static void argmin_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct dated d = { s->x, s->t };

	dated_join(acc, d);
}

static void argmin_lower(const void *acc, struct leat_summary *out)
{
	out->argmin = ((const struct dated *)acc)->t;
}

static void argmax_step(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	struct dated d = { -s->x, s->t };

	dated_join(acc, d);
}

static void argmax_lower(const void *acc, struct leat_summary *out)
{
	out->argmax = ((const struct dated *)acc)->t;
}

static int dated_fits(const void *acc, const struct leat_samples *of)
{
	const struct dated *d = acc;

	return d->value == d->value && leat_may_be_at(of, d->t);
}

#define DATED_CLASS(name)                                                      \
	{                                                                      \
		LEAT_ALL_PACKED(struct dated), LEAT_ANY_STEP(name##_step),     \
		    .identity = dated_identity, .combine = dated_combine,      \
		    .lower = name##_lower, .integers = 2, .fits = dated_fits,  \
		    .times = 2                                                 \
	}

const struct leat_class leat_class_argmin = DATED_CLASS(argmin);
const struct leat_class leat_class_argmax = DATED_CLASS(argmax);
