/*
 * plan.c - from the statistics of a window to the classes that they need
 *
 * Several statistics share a class: each is kept once.
 */
#include "plan.h"
#include "stat.h"

static const char *why_stat(const struct leat_request *r, const leat_stat *s)
{
	int decays = r->kind == LEAT_DECAY;

	if (s->reserved != 0)
		return LEAT_WHY_RESERVED;
	if (s->id == LEAT_STAT_AGG) {
		if (s->agg && !LEAT_IS_RESERVED(s->agg))
			return LEAT_WHY_RESERVED;
		if (!leat_stat_fits(s) || !leat_agg_fits(s->agg))
			return "stats: a class lacks its size or a function";
		return decays ? "stats: classes are not supported by DECAY"
			      : NULL;
	}
	if (!leat_stat_fits(s))
		return "stats: unknown statistic or invalid argument";
	unsigned traits = leat_stat_traits(s);
	if ((traits & LEAT_NEEDS_TIME) && !r->by_time)
		return "stats: a statistic is for windows by time only";
	if ((traits & LEAT_NEEDS_ORDER) && !r->stores)
		return "stats: a statistic for windows by count that store "
		       "values";
	if (decays && !(traits & LEAT_DECAYS))
		return "stats: a statistic is not supported by DECAY";
	return NULL;
}

int leat_request_check(const struct leat_request *r, const char **why_out)
{
	for (size_t i = 0; i < r->n; i++) {
		const char *why = why_stat(r, &r->stats[i]);
		if (why)
			return leat_because(why_out,
			    strcmp(why, LEAT_WHY_RESERVED) == 0 ? LEAT_EINVAL
								: LEAT_ESTAT,
			    why);
	}
	return LEAT_OK;
}

static unsigned request_classes(const struct leat_request *r)
{
	unsigned classes = 0;

	for (size_t i = 0; i < r->n; i++)
		classes |= leat_stat_classes(&r->stats[i], r->by_time);
	return classes;
}

static int seen_before(const leat_stat *stats, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (stats[k].id == LEAT_STAT_AGG &&
		    stats[k].agg == stats[i].agg)
			return 1;
	return 0;
}

static const struct leat_class *class_of(const struct leat_request *r,
    enum leat_class_id id)
{
	if (id == LEAT_CLASS_SUM && r->few)
		return &leat_class_whole_sum;
	return leat_class_find(id);
}

/* An accumulator of the user's class has room for a lifted sample; user.c. */
static struct leat_section section_of(const struct leat_request *r,
    enum leat_class_id id, const leat_agg *agg)
{
	const struct leat_class *cls = class_of(r, id);
	struct leat_section s = {
		.cls = cls,
		.agg = agg,
		.id = id,
		.any_order = leat_any_order(cls, agg) != 0,
		.beside_moments = id == LEAT_CLASS_SUM &&
		    (request_classes(r) & 1u << LEAT_CLASS_MOMENTS) != 0,
		.size = (uint32_t)(agg ? 2 * agg->size : cls->size),
		.packed = (uint32_t)(agg ? agg->size : cls->packed),
	};

	LEAT_ASSERT(agg || s.size <= LEAT_ACC_MAX);
	return s;
}

int leat_next_section(const struct leat_request *r, size_t *cursor,
    struct leat_section *out)
{
	unsigned classes = r->kind == LEAT_DECAY ? 0 : request_classes(r);

	for (; *cursor < LEAT_CLASS_USER; ++*cursor)
		if (classes & 1u << *cursor) {
			*out = section_of(r, (enum leat_class_id)(*cursor)++,
			    NULL);
			return 1;
		}
	for (; *cursor < LEAT_CLASS_USER + r->n; ++*cursor) {
		size_t i = *cursor - LEAT_CLASS_USER;
		if (r->stats[i].id != LEAT_STAT_AGG || seen_before(r->stats, i))
			continue;
		*out = section_of(r, LEAT_CLASS_USER, r->stats[i].agg);
		++*cursor;
		return 1;
	}
	return 0;
}

unsigned leat_stats_traits(const leat_stat *stats, size_t n)
{
	unsigned traits = 0;

	for (size_t i = 0; i < n; i++)
		traits |= leat_stat_traits(&stats[i]);
	return traits;
}

/* A class of the user's may have any argument, a NaN among them. */
static int same_arg(double a, double b)
{
	return a == b || (a != a && b != b);
}

int leat_stats_equal(const leat_stat *a, const leat_stat *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].id != b[i].id || a[i].agg != b[i].agg ||
		    !same_arg(a[i].arg, b[i].arg))
			return 0;
	return 1;
}
