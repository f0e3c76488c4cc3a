/*
 * first.c - the class behind the oldest value
 *
 * The partial is the value itself, NaN while there is none. (The newest
 * value needs no class: whatever window it is in, it is the last to
 * leave, so every engine just remembers it.)
 */
#include "class.h"

static void first_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	*(double *)acc = NAN;
}

static void first_append(const leat_agg *agg, void *acc, const leat_sample *s)
{
	double *first = acc;

	(void)agg;
	if (*first != *first)
		*first = s->x;
}

static void first_prepend(const leat_agg *agg, void *acc, const leat_sample *s)
{
	(void)agg;
	*(double *)acc = s->x;
}

static void first_combine(const leat_agg *agg, void *acc, const void *right)
{
	double *first = acc;

	(void)agg;
	if (*first != *first)
		memcpy(first, right, sizeof(*first));
}

static void first_lower(const void *acc, struct leat_summary *out)
{
	out->first = *(const double *)acc;
}

static int first_fits(const void *acc, const struct leat_samples *of)
{
	const double *first = acc;

	(void)of;
	return *first == *first;
}

const struct leat_class leat_class_first = {
	.size = sizeof(double),
	.packed = sizeof(double),
	.identity = first_identity,
	.append = first_append,
	.prepend = first_prepend,
	.combine = first_combine,
	.lower = first_lower,
	.fits = first_fits,
};
