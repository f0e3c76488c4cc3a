/*
 * first.c - the class behind the oldest value
 *
 * The partial is the value itself, NaN while there is none. (The newest
 * value needs no class: whatever window it is in, it is the last to
 * leave, so every engine just remembers it.)
 */
#include "class.h"

static void first_identity(LEAT_NO_AGG, void *acc)
{
	*(double *)acc = NAN;
}

static void first_append(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	double *first = acc;

	if (*first != *first)
		*first = s->x;
}

static void first_prepend(LEAT_NO_AGG, void *acc, const leat_sample *s)
{
	*(double *)acc = s->x;
}

static void first_combine(LEAT_NO_AGG, void *acc, const void *right)
{
	double *first = acc;

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
	LEAT_ALL_PACKED(double),
	.identity = first_identity,
	.append = first_append,
	.prepend = first_prepend,
	.combine = first_combine,
	.lower = first_lower,
	.fits = first_fits,
};
