/*
 * dated.c - the classes behind the first and the last value by time
 *
 * The partial is a value and its time, {NaN, any} while there is none:
 * missing values never reach a class, so no time has to be set apart. Of
 * values at one time the earliest is the one that came first, the latest
 * the one that came last, so each step asks on which side it adds. (In
 * windows by count the order of values is that of their pushes: first.c,
 * and no class at all for the last.)
 */
#include "class.h"

struct timed {
	double value;
	int64_t t;
};

static void timed_identity(const leat_agg *agg, void *acc)
{
	struct timed *s = acc;

	(void)agg;
	s->value = NAN;
	s->t = 0;
}

/* *earlier came in before later; both may be empty. */
static void timed_first(struct timed *earlier, struct timed later)
{
	if (later.value == later.value &&
	    (earlier->value != earlier->value || later.t < earlier->t))
		*earlier = later;
}

static void timed_last(struct timed *earlier, struct timed later)
{
	if (later.value == later.value &&
	    (earlier->value != earlier->value || later.t >= earlier->t))
		*earlier = later;
}

static void earliest_append(const leat_agg *agg, void *acc,
    const leat_sample *s)
{
	struct timed added = { s->x, s->t };

	(void)agg;
	timed_first(acc, added);
}

static void earliest_prepend(const leat_agg *agg, void *acc,
    const leat_sample *s)
{
	struct timed added = { s->x, s->t };

	(void)agg;
	timed_first(&added, *(const struct timed *)acc);
	*(struct timed *)acc = added;
}

static void earliest_combine(const leat_agg *agg, void *acc, const void *right)
{
	struct timed r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	timed_first(acc, r);
}

static void earliest_lower(const void *acc, struct leat_summary *out)
{
	out->first = ((const struct timed *)acc)->value;
}

static void latest_append(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct timed added = { s->x, s->t };

	(void)agg;
	timed_last(acc, added);
}

static void latest_prepend(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct timed added = { s->x, s->t };

	(void)agg;
	timed_last(&added, *(const struct timed *)acc);
	*(struct timed *)acc = added;
}

static void latest_combine(const leat_agg *agg, void *acc, const void *right)
{
	struct timed r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	timed_last(acc, r);
}

static void latest_lower(const void *acc, struct leat_summary *out)
{
	out->last = ((const struct timed *)acc)->value;
}

static int timed_fits(const void *acc, const struct leat_samples *of)
{
	const struct timed *s = acc;

	return s->value == s->value && leat_may_be_at(of, s->t);
}

const struct leat_class leat_class_earliest = {
	.size = sizeof(struct timed),
	.packed = sizeof(struct timed),
	.identity = timed_identity,
	.append = earliest_append,
	.prepend = earliest_prepend,
	.combine = earliest_combine,
	.lower = earliest_lower,
	.any_order = 1,
	.integers = 2,
	.fits = timed_fits,
	.times = 2,
};
const struct leat_class leat_class_latest = {
	.size = sizeof(struct timed),
	.packed = sizeof(struct timed),
	.identity = timed_identity,
	.append = latest_append,
	.prepend = latest_prepend,
	.combine = latest_combine,
	.lower = latest_lower,
	.any_order = 1,
	.integers = 2,
	.fits = timed_fits,
	.times = 2,
};
