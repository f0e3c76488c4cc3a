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

static void timed_identity(LEAT_NO_AGG, void *acc)
{
	struct timed *s = acc;

	s->value = NAN;
	s->t = 0;
}

/*
 * *earlier came in before later; both may be empty. It becomes the first of the
 * two by time, or the last.
 */
LEAT_INLINE void timed_choose(struct timed *earlier, struct timed later,
    int last)
{
	int later_wins = last ? later.t >= earlier->t : later.t < earlier->t;

	if (later.value == later.value &&
	    (earlier->value != earlier->value || later_wins))
		*earlier = later;
}

LEAT_INLINE void timed_append(struct timed *of, const leat_sample *s, int last)
{
	struct timed added = { s->x, s->t };

	timed_choose(of, added, last);
}

LEAT_INLINE void timed_prepend(struct timed *of, const leat_sample *s, int last)
{
	struct timed added = { s->x, s->t };

	timed_choose(&added, *of, last);
	*of = added;
}

LEAT_INLINE void timed_combine(struct timed *of, const void *right, int last)
{
	struct timed r;

	memcpy(&r, right, sizeof(r));
	timed_choose(of, r, last);
}

LEAT_TWIN(earliest, timed, 0)
LEAT_TWIN(latest, timed, 1)

static void earliest_lower(const void *acc, struct leat_summary *out)
{
	out->first = ((const struct timed *)acc)->value;
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

#define TIMED_CLASS(name)                                                      \
	{                                                                      \
		LEAT_ALL_PACKED(struct timed),                                 \
		    .identity = timed_identity, .append = name##_append,       \
		    .prepend = name##_prepend, .combine = name##_combine,      \
		    .lower = name##_lower, .any_order = 1, .integers = 2,      \
		    .fits = timed_fits, .times = 2                             \
	}

const struct leat_class leat_class_earliest = TIMED_CLASS(earliest);
const struct leat_class leat_class_latest = TIMED_CLASS(latest);
