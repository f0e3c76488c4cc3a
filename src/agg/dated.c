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
#include "agg.h"

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

const struct leat_class leat_class_earliest = { sizeof(struct timed),
	sizeof(struct timed), timed_identity, earliest_append, earliest_prepend,
	earliest_combine, NULL, earliest_lower, 1, 2, 0, timed_fits, 2 };
const struct leat_class leat_class_latest = { sizeof(struct timed),
	sizeof(struct timed), timed_identity, latest_append, latest_prepend,
	latest_combine, NULL, latest_lower, 1, 2, 0, timed_fits, 2 };
